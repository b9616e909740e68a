"""
Which revision fits a payload best, without judging the payload at all of them.

What a revision makes of a payload depends on a few facts: which members are there, what types their values have,
and what the stages found that no type can say.
Payloads of which these facts are the same have the same best revision, so one of them is judged for all.
Where the facts are plain, nothing has to be judged: the revisions that declare what is there are a mask of bits.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeGuard

from usagecompat.checking import look, verdict_of
from usagecompat.contract import LATEST, REVISIONS, JsonType, contract, is_number_text
from usagecompat.findings import CODES, Shape, Verdict, pattern
from usagecompat.jsontext import NO_VALUE, Number, has_surrogate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from usagecompat.contract import Member, RecordShape
    from usagecompat.findings import Observation, Path, Profile
    from usagecompat.jsontext import Document

ALL: Final = (1 << len(REVISIONS)) - 1
"""A bit for each revision, the oldest first."""
_MOST_LISTED: Final = 500
"""With more findings than this a report may leave some out, and then facts do not tell which revision fits."""
_MOST_KEPT: Final = 20_000
_MOST_FACTS: Final = 2_000
"""Sets of facts that are remembered, the latest used."""
_RANKS: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}
_MOST_KINDS: Final = 256
_SHORT: Final = 40
_LONGEST_FACTS: Final = 20_000


class Found(Protocol):
    """What was found: a finding of a report, or a raw observation."""

    @property
    def code(self) -> str:
        """Its code."""
        ...

    @property
    def path(self) -> Path:
        """Its place."""
        ...


def is_object(tree: object) -> TypeGuard[dict[str, Any]]:
    """Whether a tree is an object."""
    return type(tree) is dict


def is_array(tree: object) -> TypeGuard[list[Any]]:
    """Whether a tree is an array."""
    return type(tree) is list


def earliest(mask: int) -> str:
    """The oldest revision of a mask that is not empty."""
    return REVISIONS[(mask & -mask).bit_length() - 1]


# -- masks


class Masks:
    """What each revision says of the members of one record."""

    def __init__(self, shape: RecordShape) -> None:
        """Ask every revision."""
        self._at = [contract(revision).records.get(shape.name) for revision in REVISIONS]
        self.known = self._mask(lambda _: True)
        """The revisions that have the record."""

    def _mask(self, holds: Callable[[RecordShape], bool]) -> int:
        return sum(1 << index for index, shape in enumerate(self._at) if shape is not None and holds(shape))

    def present(self, name: str) -> int:
        """The revisions that declare a member."""
        return self._mask(lambda shape: name in shape.members)

    def absent(self, name: str) -> int:
        """The revisions that do not require it."""
        return self._mask(lambda shape: name not in shape.required)

    def null(self, name: str) -> int:
        """The revisions that declare it and let it be null."""
        return self._mask(lambda shape: name in shape.members and shape.members[name].nullable)

    @property
    def names(self) -> set[str]:
        """All names that any revision declares or requires."""
        return {name for shape in self._at if shape is not None for name in (*shape.members, *shape.required)}


# -- judging


class Observations:
    """What the stages see in one payload: all of it counted, and the first of it kept."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.counts: Counter[str] = Counter()
        """How often each code was seen."""
        self.first: list[Observation] = []
        """No more than `_MOST_KEPT`, and the first of each code."""

    def see(self, one: Observation) -> None:
        """Take one observation."""
        if len(self.first) < _MOST_KEPT or one.code not in self.counts:
            self.first.append(one)
        self.counts[one.code] += one.count

    @property
    def is_whole(self) -> bool:
        """Whether a report would list all of it, so that what is kept tells which revision fits."""
        places = len(self.first)
        if places > _MOST_LISTED:
            places = len({(one.code, pattern(one.path)) for one in self.first})
        return places <= _MOST_LISTED and self.counts.total() == len(self.first)


def best_revision(document: Document, shape: Shape | None, profile: Profile) -> str | None:
    """
    As `Report.best_revision` has it, of a payload in which not too much is found to be listed.

    Revisions that say the same of all that is there are asked once.
    """
    if document.value is NO_VALUE:
        return None
    text = document.text or ""
    kinds = tuple(kind for kind in contract(LATEST).kinds if kind in text or "\\" in text)
    fits: list[tuple[int, int]] = []
    for index, first in enumerate(_alike(kinds)):
        if first < index:
            fits.append(fits[first])
            continue
        seen = Observations()
        look(document, REVISIONS[index], shape, seen.see, hints=False)
        verdict = verdict_of({CODES[code].severity(profile) for code in seen.counts})
        undeclared = {pattern(one.path) for one in seen.first if one.code == "schema/undeclared-member"}
        fits.append((_RANKS[verdict], len(undeclared)))
    return REVISIONS[fits.index(min(fits))]


@lru_cache(maxsize=_MOST_KINDS)
def _alike(kinds: tuple[str, ...]) -> tuple[int, ...]:
    """For each revision the first one that says the same of every record that may be there."""
    words = [
        tuple(shape and _words(shape) for shape in (at.page, at.bucket, at.amount, *map(at.kinds.get, kinds)))
        for at in map(contract, REVISIONS)
    ]
    return tuple(map(words.index, words))


def _words(shape: RecordShape) -> tuple[object, ...]:
    """What one revision says of a record, as far as verdicts depend on it."""
    members = tuple(
        (
            *(member.name, member.type, member.nullable, member.required, member.const, member.of),
            *(member.former_name, member.newer_name, tuple(one.code for one in member.deviations.values())),
            (member.values.known, member.values.closed) if member.values else None,
        )
        for member in shape.members.values()
    )
    return shape.name, members, shape.required, tuple(shape.tolerated_absences)


# -- facts


class Fits:
    """The best revisions of payloads by their facts, as far as they are remembered."""

    def __init__(self) -> None:
        """Remember nothing as yet."""
        self._known: OrderedDict[str, str | None] = OrderedDict()
        self.by_state: dict[object, str | None] = {}
        """The best revisions by anything else that decides."""

    def remember(self, state: object, best: str | None) -> None:
        """Remember which revision fits everything best of which `state` is this."""
        if len(self.by_state) >= _MOST_FACTS:
            self.by_state.clear()
        self.by_state[state] = best

    def best(
        self, tree: object, shape: Shape | None, found: Collection[Found], judge: Callable[[], str | None]
    ) -> str | None:
        """
        The best revision of a payload.

        Args:
            tree: The payload as parsed: numbers as `Number` or `int`.
            shape: What it was judged as.
            found: What was found in it at the newest revision, all of it, or the first of each code and place that no revision weighs differently.
            judge: Judges it at all revisions.
        """
        facts = facts_of(tree, shape, found)
        if facts is None:
            return judge()
        if facts in self._known:
            self._known.move_to_end(facts)
            return self._known[facts]
        best = self._known[facts] = judge()
        if len(self._known) > _MOST_FACTS:
            self._known.popitem(last=False)
        return best


def facts_of(tree: object, shape: Shape | None, found: Collection[Found]) -> str | None:
    """Everything that decides which revision fits a payload best; None if it cannot be said in brief."""
    facts = _Facts()
    text = f"{shape}{facts.of(tree)}{sorted({_fact(one, tree) for one in found if one.code not in _TOLD_BY_MEMBERS})}"
    return None if facts.is_ambiguous or len(text) > _LONGEST_FACTS else text


_TOLD_BY_MEMBERS: Final = {"schema/undeclared-member", "record/lossy-number", "schema/unlisted-value"}


def _fact(one: Found, tree: Any) -> str:  # noqa: ANN401 - a tree
    """A finding, and the kind of the result that it is about."""
    kind: Any = None
    node = tree
    for part in (*one.path, None):
        if is_object(node):
            kind = node.get("object", kind)
            node = node.get(part) if isinstance(part, str) else None
        elif is_array(node) and isinstance(part, int):
            node = node[part] if part < len(node) else None
        else:
            break
    place = pattern(one.path) if one.code.startswith(("rule/", "schema/", "wire/", "record/")) else ""
    return f"{one.code} {place} {kind if isinstance(kind, str) else ''}"


@cache
def _members() -> Mapping[str, Member]:
    """Every member by every name that it ever had; of those that have a name in common the one with most to say."""
    members: dict[str, Member] = {}
    for revision in REVISIONS:
        for shape in contract(revision).records.values():
            for name, member in (*shape.members.items(), *shape.former.items(), *shape.newer.items()):
                before = members.get(name)
                if before is None or (member.values is not None and member.values.closed):
                    members[name] = member
            for name in shape.required:
                if name not in members:
                    members[name] = next(iter(shape.members.values()))
    return members


class _Facts:
    """Writes down the facts of one payload."""

    def __init__(self) -> None:
        self._members = _members()
        self._unknown: dict[str, str] = {}
        self.is_ambiguous = False
        """Whether something is there under an old name and its new one, of which only one is looked at."""

    def of(self, node: Any) -> str:  # noqa: ANN401 - a tree
        """The facts of an object, or of anything in its place."""
        if is_array(node):
            return f"[{'|'.join(sorted({self.of(item) for item in node}))}]"
        if not is_object(node):
            return _kind_of(node)
        if ("result" in node and "results" in node) or ("sessions" in node and "num_sessions" in node):
            self.is_ambiguous = True
        parts: list[str] = []
        for name, value in node.items():
            member = self._members.get(name)
            if type(value) is Number and member is not None and value.lexeme.isdigit() and len(value.lexeme) <= _SHORT:
                parts.append(f"{name}:i")
            elif member is None:
                parts.append(self._unknown_name(name))
            elif value is None:
                parts.append(f"{name}:n")
            elif type(value) is str:
                parts.append(f"{name}:{_text(value, member)}")
            elif isinstance(value, (dict, list)):
                nested = member.type in (JsonType.ARRAY, JsonType.OBJECT)
                parts.append(f"{name}:{self.of(value) if nested else _kind_of(value)}")
            else:
                parts.append(f"{name}:{_kind_of(value)}")
        return f"{{{','.join(sorted(parts))}}}"

    def _unknown_name(self, name: str) -> str:
        """A name that no revision knows: which one does not matter, only where else it is."""
        if name not in self._unknown:
            self._unknown[name] = f"{'!' if has_surrogate(name) else '?'}{len(self._unknown)}"
        return self._unknown[name]


def _text(value: str, member: Member) -> str:
    if member.const is not None or (member.values is not None and member.values.closed):
        return repr(value)
    if member.type is JsonType.NUMBER:
        return "t" if is_number_text(value) else "s"
    return "s"


def _kind_of(value: Any) -> str:  # noqa: ANN401 - a tree
    """What kind of value this is, as far as any revision cares."""
    if type(value) is int:
        return "-" if value < 0 else "i"
    if type(value) is Number:
        if len(value.lexeme) <= _SHORT and value.lexeme.isdigit():
            return "i"
        if not value.within_limits:
            return "x"
        if not value.is_integer:
            return "f"
        plain = value.lexeme.removeprefix("-").isdigit()
        return ("-" if value.lexeme[0] == "-" and value.decimal < 0 else "") + ("i" if plain else "e")
    if isinstance(value, bool):
        return "b"
    if isinstance(value, str):
        return "s"
    return "n" if value is None else "l" if isinstance(value, list) else "d"
