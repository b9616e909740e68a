"""
How a payload fits each revision, without judging all of it at all of them.

What a revision makes of a result depends on a few facts: which members are there, what types their values have,
and which sums hold. Results of the same facts are judged once, by the first of them.
What stands in a payload beside its results is mostly the same at all revisions, and is looked at once as well.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve

from usagecompat.checking.hints import is_mapping
from usagecompat.checking.rules import AROUND_RESULTS, currency_fault, find_contradictions, integer_of
from usagecompat.checking.schema_stage import validate
from usagecompat.checking.spelling import Passing, is_foreign, is_one_edit
from usagecompat.checking.sums import SUM_RULES, sum_rules
from usagecompat.checking.weighing import MOST_FINDINGS, Fit, Weighing
from usagecompat.contract import LATEST, REVISIONS, JsonType, contract, declared_since, is_number_text
from usagecompat.findings import Observation, Severity, Shape, Verdict, pattern
from usagecompat.jsontext import NO_VALUE, Document, Number, has_surrogate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from usagecompat.checking.sums import SumRule
    from usagecompat.contract import Contract, Member, RecordShape, Revision
    from usagecompat.findings import Finding, Path, Places, Profile
    from usagecompat.jsontext import NoValue, Tree

Facts: TypeAlias = tuple[object, ...]
"""What decides about a value, so that it can be compared."""

FitsInBrief: TypeAlias = tuple[
    "Revision | None", tuple[tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]], ...]
]
"""The best revision; of each revision the verdict, the undeclared members, and code and pointer of the errors."""

_RANKS: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}
_LEVELS: Final = {Shape.PAGE: 0, Shape.BUCKET: 1, Shape.RESULT: 2, Shape.FLAT: 2}
_MOST_KINDS: Final = 256
_MOST_NAMES: Final = 100
_MOST_MEMBERS: Final = 1024
_SHORT: Final = 40
_RESULTS: Final = ("results", "result")
"""The names that results have had: where both are there, each revision looks under its own."""


def best_of(fits: Mapping[str, Fit]) -> Revision:
    """
    The revision that fits best.

    One that declares what is there comes before one that does not, and so cannot find fault with it.
    Then the verdict decides, then the errors, the warnings and the undeclared members; of equals it is the earliest.
    """
    order = {
        revision: (fit.unknown, _RANKS[fit.verdict], fit.errors, fit.warnings, len(fit.undeclared))
        for revision, fit in fits.items()
    }
    return fits[min(order, key=order.__getitem__)].revision


def in_brief(fits: Mapping[str, Fit], *, has_json: bool = True) -> FitsInBrief:
    """Fits without anything that values decide, so that it can be remembered."""
    brief = tuple(
        (fit.revision, str(fit.verdict), fit.undeclared, tuple((f.code, f.pointer) for f in fit.ruled_out_by))
        for fit in fits.values()
    )
    return best_of(fits) if has_json else None, brief


def fits_of(  # noqa: PLR0913 - all that a report depends on
    document: Document,
    revision: Revision,
    shape: Shape | None,
    profile: Profile,
    ignore: AbstractSet[str],
    *,
    places: Places,
    in_words: bool = True,
) -> dict[str, Fit]:
    """
    How a document fits each revision.

    Args:
        document: What was read.
        revision: What it was judged against, which may be a draft and then is one more.
        shape: What it is.
        profile: What decides severities.
        ignore: Codes that count for nothing.
        places: Where lines and columns come from.
        in_words: Whether somebody reads the messages, which name the revision.
    """
    every: set[Revision] = {*REVISIONS, revision}
    revisions: tuple[Revision, ...] = tuple(sorted(every))
    extract = Extract(document.value, shape, revision)
    unlike = every if extract.names.issuperset(_RESULTS) else {revision} - {*REVISIONS}
    around = {
        at: [one for one in find_contradictions(document, at, shape) if one.code in AROUND_RESULTS]
        for at in {LATEST, *unlike}
    }
    newest = contract(LATEST)
    if revision not in REVISIONS:
        newest = evolve(contract(revision), kinds={**newest.kinds, **contract(revision).kinds})
    fits: dict[str, Fit] = {}
    made: dict[tuple[str, Path], Finding] | None = None if in_words else {}
    patterns: dict[Path, str] = {}
    foreign = frozenset(name for name in extract.names if is_foreign(name, revision))
    names = extract.names - foreign
    deciding = names if len(names) <= _MOST_NAMES else None
    for at, same in zip(revisions, alike(revisions, extract.kinds, deciding), strict=True):
        if same in fits and not (in_words and fits[same].ruled_out_by):
            fits[at] = evolve(fits[same], revision=at)
            continue
        weighing = Weighing(profile, ignore, places, made)
        codes: dict[tuple[str, Path], Observation] = {}
        for one in (*document.findings, *around.get(at, around[LATEST])):
            codes.setdefault((one.code, pattern(one.path)), one)
        extract.look(at, codes, Passing(foreign, MOST_FINDINGS), hints=in_words)
        for one in codes.values():
            weighing.add(one)
        verdict, findings, _ = weighing.result(document.value)
        weights = Counter(finding.severity for finding in findings)
        fits[at] = Fit(
            revision=at,
            verdict=verdict,
            undeclared=tuple(
                patterns.get(f.path) or patterns.setdefault(f.path, f.place_pattern)
                for f in findings
                if f.code == "schema/undeclared-member"
            ),
            ruled_out_by=tuple(f for f in findings if f.severity is Severity.ERROR),
            errors=weights[Severity.ERROR],
            warnings=weights[Severity.WARNING],
            unknown=sum(
                _is_known_elsewhere(one, document.value, shape, newest)
                for one in codes.values()
                if not (one.path and one.path[-1] in foreign)
            ),
        )
    return fits


def _is_known_elsewhere(one: Observation, tree: Tree | NoValue, shape: Shape | None, newest: Contract) -> bool:
    """Whether something is unknown here that another revision knows: a kind, or a member of a record."""
    if one.code not in {"schema/undeclared-member", "schema/unknown-kind"} or shape is None:
        return False
    *way, name = one.path
    level = _LEVELS[shape] + len(way) // 2  # of a list and an index each
    if level < _LEVELS[Shape.RESULT]:
        record: RecordShape | None = newest.bucket if level else newest.page
    elif way and type(way[-1]) is str:
        record = newest.amount
    else:
        node: Any = tree
        for part in way:
            node = node[part]
        tag = node.get("object")
        record = newest.kinds.get(tag) if type(tag) is str else None
    return record is not None and (declared_since(record.name, str(name)) is not None or name in record.members)


@lru_cache(maxsize=_MOST_KINDS)
def alike(revisions: tuple[str, ...], kinds: tuple[str, ...], names: frozenset[str] | None = None) -> tuple[str, ...]:
    """
    For each revision the first one that says the same of every record that is there.

    Args:
        revisions: The revisions.
        kinds: The kinds that there are results of.
        names: The members that there are, but for those that mean nothing at any revision; None for any.
    """
    words = [
        (
            at.flat.cls,  # which knows what a flat record makes up
            *(shape and _words(shape, names) for shape in (at.page, at.bucket, at.amount, *map(at.kinds.get, kinds))),
            *(
                tuple(rule for rule in sum_rules(at.revision, kind) if names is None or rule.total in names)
                for kind in kinds
            ),
        )
        for at in map(contract, revisions)
    ]
    return tuple(revisions[index] for index in map(words.index, words))


def _words(shape: RecordShape, names: frozenset[str] | None) -> tuple[object, ...]:
    """What one revision says of a record, as far as the verdicts on objects with these members depend on it."""
    members = tuple(words for member, words in _members_in_words(shape) if names is None or _may_decide(member, names))
    return shape.name, members, shape.required, tuple(shape.tolerated_absences)


@cache
def _members_in_words(shape: RecordShape) -> tuple[tuple[Member, tuple[object, ...]], ...]:
    """Each member of a record, and what a revision says of it."""
    return tuple(
        (
            member,
            (
                *(member.name, member.type, member.nullable, member.required, member.const, member.of),
                *(member.former_name, member.newer_name, tuple(one.code for one in member.deviations.values())),
                (member.values.known, member.values.closed) if member.values else None,
            ),
        )
        for member in shape.members.values()
    )


def _may_decide(member: Member, names: frozenset[str]) -> bool:
    """Whether it matters what is said of a member where there are these, beside that it is required: it is nearly one."""
    return not names.isdisjoint({member.name, member.former_name, member.newer_name}) or _is_nearly_one(
        member.name, names
    )


@lru_cache(maxsize=_MOST_MEMBERS)
def _is_nearly_one(name: str, names: frozenset[str]) -> bool:
    """Whether one edit turns any of these names, all of which mean something, into `name`; most revisions ask alike."""
    return any(is_one_edit(one, name) for one in names)


# -- one of each


class Extract:
    """A payload in which of all results with the same facts only the first is left."""

    def __init__(self, tree: object, shape: Shape | None, revision: Revision = LATEST) -> None:
        """Take from `tree`, which is not changed, what any published revision or this one looks at."""
        self._shape = shape
        self._seen: dict[Facts, None] = {}
        self._members, self._rules = _looked_at(LATEST if revision in REVISIONS else revision)
        self._kinds = dict.fromkeys((*contract(LATEST).kinds, *contract(revision).kinds), False)
        self._buckets: list[int] = []
        self._results: list[dict[str, list[int]]] = []
        self._names: set[str] = set()
        self.value: Any = tree
        """The payload with what is left."""
        if is_mapping(tree):
            self._note(self._facts(tree))
            if shape is Shape.PAGE:
                self.value = self._page(tree)
            elif shape is Shape.BUCKET:
                self.value = self._bucket(tree)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that there are results of."""
        return tuple(kind for kind, is_there in self._kinds.items() if is_there)

    @property
    def names(self) -> frozenset[str]:
        """The names of all members that any revision may look at."""
        return frozenset(self._names)

    @property
    def facts(self) -> Facts:
        """All facts, so that payloads with the same fit alike."""
        return tuple(self._seen)

    @property
    def size(self) -> int:
        """About how many characters these facts have."""
        return sum(len(str(facts)) for facts in self._seen)

    def look(
        self, revision: Revision, codes: dict[tuple[str, Path], Observation], passing: Passing, *, hints: bool
    ) -> None:
        """
        Add what the stages see in the payload at a revision, beside what is the same at all of them.

        Args:
            revision: The revision.
            codes: The first observation of each code and place pattern.
            passing: Which undeclared members need not all be told.
            hints: Whether anybody reads the hints at names that are nearly the same.
        """
        if self.value is NO_VALUE:
            return

        def see(one: Observation) -> None:
            key = one.code, pattern(one.path)
            if key not in codes:
                path = self._whole(one.path)
                # Made by hand, which is far quicker than `evolve`; the walk and the rules know no offsets and no counts.
                codes[key] = one if path is one.path else Observation(one.code, path, one.message, one.hint)
                passing.left -= one.code == "schema/undeclared-member"

        part = Document(self.value, None)
        validate(part, revision, self._shape, see, hints=hints, passing=passing)
        for one in find_contradictions(part, revision, self._shape, around=False):
            if one.code not in AROUND_RESULTS:
                see(one)

    def _whole(self, path: Path) -> Path:
        """Where in the whole payload something is."""
        if self._shape is Shape.PAGE and len(path) > 1 and path[0] == "data" and type(path[1]) is int and self._buckets:
            return ("data", self._buckets[path[1]], *self._within(self._results[path[1]], path[2:]))
        return self._within(self._results[0], path) if self._shape is Shape.BUCKET and self._results else path

    def _within(self, results: Mapping[str, list[int]], path: Path) -> Path:
        if len(path) > 1 and path[0] in results and type(path[1]) is int:
            return (path[0], results[str(path[0])][path[1]], *path[2:])
        return path

    def _note(self, facts: Facts) -> bool:
        """Whether these facts are new."""
        if facts in self._seen:
            return False
        self._seen[facts] = None
        return True

    def _page(self, page: dict[str, Tree]) -> dict[str, Tree]:
        buckets = page.get("data")
        if type(buckets) is not list:
            return page
        left: list[Tree] = []
        for index, bucket in enumerate(buckets):
            if type(bucket) is not dict:
                is_new, kept = self._note(("item", self._kind_of(bucket))), bucket
                results: dict[str, list[int]] = {}
            else:
                is_new = self._note(("bucket", *self._facts(bucket)))
                kept = self._bucket(bucket)
                results = self._results.pop()
                is_new = is_new or any(results.values())
            if is_new:
                left.append(kept)
                self._buckets.append(index)
                self._results.append(results)
        return {**page, "data": left}

    def _bucket(self, bucket: dict[str, Tree]) -> dict[str, Tree]:
        results: dict[str, list[int]] = {}
        changed = dict(bucket)
        for name in _RESULTS:
            items = bucket.get(name)
            if type(items) is list:
                results[name] = [
                    index
                    for index, item in enumerate(items)
                    if self._note((name, *(self._facts(item) if type(item) is dict else (self._kind_of(item),))))
                ]
                changed[name] = [items[index] for index in results[name]]
        self._results.append(results)
        return changed

    def _facts(self, node: dict[str, Any]) -> Facts:
        """The facts of an object, without those of what arrays in it hold."""
        tag = node.get("object")
        if type(tag) is str and tag in self._kinds:
            self._kinds[tag] = True
        facts: list[object] = []
        self._names.update(node)
        members = self._members
        for name, value in node.items():
            member = members.get(name)
            if type(value) is Number and value.lexeme.isdigit() and len(value.lexeme) <= _SHORT:
                facts.append((name, "i"))
            elif type(value) is int:
                facts.append((name, "i" if value >= 0 else "-i"))
            elif type(value) is str:
                facts.append(
                    (name, _text(value, member) if name != "currency" else currency_fault({name: value}) or "s")
                )
            elif is_mapping(value) and member is not None and member.type is JsonType.OBJECT:
                facts.append((name, self._facts(value)))
            else:
                facts.append((name, self._kind_of(value)))
        return (*facts, *_sums(node, self._rules))

    def _kind_of(self, value: Any) -> str:  # noqa: ANN401 - a tree
        """What kind of value this is, as far as any revision cares."""
        if type(value) is Number:
            if not value.within_limits:
                return "x"
            if not value.is_integer:
                return "f"
            plain = value.lexeme.removeprefix("-").isdigit()
            return ("-" if value.lexeme[0] == "-" and value.decimal < 0 else "") + ("i" if plain else "e")
        return type(value).__name__


def _text(value: str, member: Member | None) -> str:
    if has_surrogate(value):
        return "u"
    if member is None:
        return "s"
    if member.const is not None or (member.values is not None and member.values.closed):
        return f"s {value}"
    return "t" if member.type is JsonType.NUMBER and is_number_text(value) else "s"


def _sums(node: dict[str, Any], rules: Sequence[SumRule]) -> list[bool]:
    """Which of the relations between counts hold, each of which is stated by some revisions only."""
    holds: list[bool] = []
    for rule in rules:
        total = node.get(rule.total)
        if total is None or node.get(rule.parts[-1]) is None:
            holds.append(True)
            continue
        counts = {name: integer_of(node[name]) for name in rule.all_terms if node.get(name) is not None}
        holds.append(not rule.unmet(counts))
    return holds


@cache
def _looked_at(revision: Revision) -> tuple[Mapping[str, Member], tuple[SumRule, ...]]:
    """
    What published revisions and this one look at: members, and relations between counts.

    Members are there by every name that they ever had; of those that have a name in common the one with most to say.
    """
    members: dict[str, Member] = {}
    rules = dict.fromkeys(SUM_RULES)
    for at in (*REVISIONS, revision):
        said = contract(at)
        for shape in said.records.values():
            for name, member in (*shape.members.items(), *shape.former.items(), *shape.newer.items()):
                before = members.get(name)
                if before is None or (member.values is not None and member.values.closed):
                    members[name] = member
        rules |= dict.fromkeys(rule for kind in said.kinds for rule in sum_rules(at, kind))
    return members, tuple(rules)
