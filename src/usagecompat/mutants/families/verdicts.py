"""
Clients that claim to validate and see too little, and clients that refuse too much.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from usagecompat.contract import (
    LATEST,
    REVISIONS,
    Count,
    GroupKey,
    JsonType,
    Money,
    Quantity,
    Time,
    contract,
    declared_since,
    known_since,
)
from usagecompat.findings import CODES, Profile, Severity
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.families.members import slug_of
from usagecompat.mutants.families.numbers import QUANTITY_SINCE
from usagecompat.mutants.model import lenient, series, strict
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.errors import (
    coded,
    declared,
    is_declared,
    is_undeclared,
    meaning,
    named,
    no_results,
    unchecked,
    wrong,
)
from usagecompat.mutants.support.walks import LISTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.findings import Finding
    from usagecompat.mutants.model import Forgives, Mutant, PayloadView


_TYPES: Final[Mapping[str, tuple[str, Callable[[Tree], bool]]]] = {
    "null": ("null", lambda v: v is None),
    "true": ("true", lambda v: v is True),
    "false": ("false", lambda v: v is False),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    "string": ("a string", lambda v: isinstance(v, str)),
    "digits": ("a string of digits", lambda v: isinstance(v, str) and v.isdigit()),
    "word": ("a string that is no number", lambda v: isinstance(v, str) and not exact.is_float(v)),
    "number": ("a number", lambda v: isinstance(v, Number)),
    "integer": ("an integer", lambda v: isinstance(v, Number) and v.is_integer),
    "zero-or-one": ("0 or 1", lambda v: isinstance(v, Number) and v in (Number("0"), Number("1"))),
    "fraction": ("a number with a fraction", lambda v: isinstance(v, Number) and not v.is_integer),
    "array": ("an array", lambda v: isinstance(v, list)),
    "object": ("an object", lambda v: isinstance(v, dict)),
}
_WANTED: Final[Mapping[str, tuple[str, type, JsonType | None, tuple[str, ...]]]] = {
    "count": (
        "a count",
        Count,
        None,
        ("null", "true", "false", "flag", "string", "digits", "word", "fraction", "array", "object"),
    ),
    "time": ("a time", Time, None, ("null", "flag", "string", "digits", "word", "fraction", "array", "object")),
    "value": ("the value of an amount", Money, None, ("null", "flag", "string", "word", "array", "object")),
    "quantity": ("a quantity", Quantity, None, ("flag", "string", "digits", "array", "object")),
    "key": ("a group key", GroupKey, JsonType.STRING, ("flag", "number", "integer", "array", "object")),
    "batch": ("`batch`", GroupKey, JsonType.BOOLEAN, ("string", "number", "zero-or-one", "array", "object")),
}


def mutants() -> Iterator[Mutant]:
    """Each class of invalid payload accepted, and each class of odd payload refused."""
    yield from _by_type()
    yield from _by_code()
    yield from _by_place()
    yield from _objects()
    yield from _pages()
    yield from _texts()
    yield from _strict()


_FIRST: Final = REVISIONS[0]
_RENAMED: Final = declared_since("UsageTimeBucket", "results") or LATEST


def _since(name: str) -> str:
    """The first revision that has a member of this name in any record."""
    found = (revision for revision in REVISIONS for one in contract(revision).records.values() if name in one.members)
    return next(found, REVISIONS[0])


def _by_type() -> Iterator[Mutant]:
    for slug, (words, marker, kind, accepted) in _WANTED.items():
        since = QUANTITY_SINCE if marker is Quantity else REVISIONS[0]
        for name in accepted:
            what, test = _TYPES[name]
            yield lenient(
                f"accepts/{slug}-{name}",
                wrong(test, meaning(marker, kind)),
                fault=f"For {words}, {what} is accepted.",
                since=since,
            )
    for name, types in {
        "has_more": ("null", "string", "number"),
        "next_page": ("flag", "number", "array", "object"),
        "data": ("null", "object", "string"),
        "currency": ("null", "number"),
        "amount": ("null", "array", "string", "number"),
        "quantity_unit": ("number",),
    }.items():
        for json_type in types:
            what, test = _TYPES[json_type]
            yield lenient(
                f"accepts/{name.replace('_', '-')}-{json_type}",
                wrong(test, named(name)),
                fault=f"For `{name}`, {what} is accepted.",
                since=_since(name),
            )


def _by_code() -> Iterator[Mutant]:
    """What the catalogue calls an error of the payload, unseen as a whole."""
    for code, about in CODES.items():
        stage = code.partition("/")[0]
        is_error = stage in ("schema", "record", "json") and about.severity(Profile.SERVED) is Severity.ERROR
        if is_error and code not in _UNREADABLE:
            yield lenient(
                f"accepts/every-{code.replace('/', '-')}",
                coded(code),
                fault=f"Accepted although {about.title}.",
                since=_RENAMED if "renamed" in code else REVISIONS[0],
            )
    yield lenient("accepts/negative-tokens", coded("record/negative-count", lambda f, _: "tokens" in str(f.path[-1])))
    for unit in (
        "images",
        "seconds",
        "usage_bytes",
        "num_sessions",
        "characters",
        "num_model_requests",
        "num_requests",
    ):
        yield lenient(
            f"accepts/negative-{unit.replace('_', '-')}",
            coded("record/negative-count", named(unit)),
            fault=f"A negative `{unit}` is accepted.",
            since=_since(unit),
        )
    yield lenient("accepts/any-json", unchecked(lambda _, __: True))


_UNREADABLE: Final = frozenset(
    {
        "json/empty-text", "json/invalid-utf-8", "json/byte-order-mark", "json/syntax-error", "json/truncated-text",
        "json/trailing-text", "json/limit-size", "json/limit-depth",
    }
)  # fmt: skip


def _inside(name: str) -> Forgives:
    """That an error is about a declared member of a record of this name."""
    return declared(lambda record, _: record.name == name)


def _by_place() -> Iterator[Mutant]:
    """Records that are not looked at."""
    for kind in contract(LATEST).kinds.values():
        slug, inside = slug_of(kind), _inside(kind.name)
        rows: dict[str, tuple[str, Forgives]] = {
            f"nullable/{slug}": (
                f"A null is accepted for every member of {kind.name}.",
                coded("schema/unexpected-null", inside),
            ),
            f"unchecked/{slug}": (f"The members of {kind.name} are not checked.", inside),
            f"unchecked/{slug}-counts": (
                f"The types of counts in {kind.name} are not checked.",
                wrong(_any, inside, meaning(Count)),
            ),
            f"unchecked/{slug}-group-keys": (
                f"The types of group keys in {kind.name} are not checked.",
                wrong(_any, inside, meaning(GroupKey)),
            ),
        }
        if not any(isinstance(one.marker, Count) for one in kind.members.values()):
            del rows[f"unchecked/{slug}-counts"]
        for row, (fault, forgives) in rows.items():
            yield lenient(row, forgives, fault=fault, since=known_since(kind.kind or "") or LATEST)
    for name, depth in (("page", 1), ("bucket", 3), ("result", 5)):
        yield lenient(f"unchecked/below-{name}", _below(depth), fault=f"Nothing below a {name} of a page is checked.")
    for record in ("page", "bucket", "amount"):
        shape = getattr(contract(LATEST), record)
        for name in shape.members:
            if name != "next_page":  # served as null at every revision
                yield lenient(
                    f"nullable/{record}-{name.replace('_', '-')}",
                    coded("schema/unexpected-null", _inside(shape.name), named(name)),
                    fault=f"For `{name}` of the {record}, null is accepted.",
                    since=_since(name),
                )
    yield lenient("unchecked/amount", unchecked(lambda f, _: "amount" in f.path))
    yield lenient("unchecked/after-first-result", _later("results"))
    yield lenient("unchecked/after-first-bucket", _later("data"))
    yield lenient("unchecked/single-results", unchecked(lambda _, s: s.shape == "result"))
    yield lenient("unchecked/single-buckets", unchecked(lambda _, s: s.shape == "bucket"))


def _any(_: Tree) -> bool:
    return True


def _below(depth: int) -> Forgives:
    return unchecked(lambda f, s: s.shape == "page" and len(f.path) > depth)


def _later(name: str) -> Forgives:
    def forgives(finding: Finding, _: PayloadView) -> bool:
        path = finding.path
        place = path.index(name) + 1 if name in path else len(path)
        return place < len(path) and path[place] != 0

    return unchecked(forgives)


def _level(finding: Finding, view: PayloadView) -> int:
    """In how many lists of a page an error stands: 0 for the page, 1 for a bucket, 2 for a result."""
    inside = sum(isinstance(part, int) for part in finding.path)
    return {"page": 0, "bucket": 1, "result": 2}.get(view.shape or "", 9) + inside


def _at(level: int) -> Forgives:
    return lambda f, s: _level(f, s) == level


def _is_item(finding: Finding, _: PayloadView) -> bool:
    return bool(finding.path) and isinstance(finding.path[-1], int)


_TAGS: Final[Mapping[str, tuple[str, int | None, Callable[[str], bool]]]] = {
    "page-list": ('A page that says "list" is accepted.', 0, lambda tag: tag == "list"),
    "page-any": ("A page with any discriminator is accepted.", 0, lambda _: True),
    "bucket-any": ("A bucket with any discriminator is accepted.", 1, lambda _: True),
    "result-any": ("A result with any discriminator is accepted.", 2, lambda _: True),
    "case": ("Discriminators are compared without regard to case.", None, lambda tag: tag != tag.lower()),
    "trimmed": ("Discriminators are trimmed before they are compared.", None, lambda tag: tag != tag.strip()),
    "empty": ("An empty discriminator is accepted.", None, lambda tag: not tag),
    "schema-name": ("A schema's name is accepted for a discriminator.", None, lambda tag: tag.endswith("Result")),
    "short": (
        "A discriminator without its first or last part is accepted.",
        None,
        lambda tag: tag.endswith(".result") or tag.startswith("organization."),
    ),
    "dashes": ("Dashes in a discriminator are accepted.", None, lambda tag: "-" in tag),
    "organization": (
        "Every result whose discriminator begins with `organization.` is accepted.",
        None,
        lambda tag: tag.startswith("organization."),
    ),
    "result-suffix": (
        "Every result whose discriminator ends in `.result` is accepted.",
        None,
        lambda tag: tag.endswith(".result"),
    ),
    "page-in-data": ("A page among buckets is accepted.", 1, lambda tag: tag in ("page", "list")),
    "bucket-in-results": ("A bucket among results is accepted.", 2, lambda tag: tag == "bucket"),
    "result-in-data": ("A result among buckets is accepted.", 1, lambda tag: tag.startswith("organization.")),
}
"""Discriminators that are not looked at closely: at which level of a page, any if None is given, and which."""


def _objects() -> Iterator[Mutant]:
    """Discriminators that are not looked at."""
    for name, (fault, level, test) in _TAGS.items():
        yield lenient(f"accepts-object/{name}", _tagged(level, test), fault=fault)
    for level, words in enumerate(("page", "bucket", "result")):
        yield lenient(
            f"accepts-object/{words}-missing",
            coded("schema/missing-member", named("object"), _at(level)),
            fault=f"A {words} without a discriminator is accepted.",
        )
    yield lenient("accepts-object/null", coded("schema/unexpected-null", named("object")))
    yield lenient("accepts-object/number", coded("schema/wrong-type", named("object")))


def _tagged(level: int | None, test: Callable[[str], bool]) -> Forgives:
    def forgives(finding: Finding, view: PayloadView) -> bool:
        tag = view.node_at(finding.path)
        return level in (None, _level(finding, view)) and isinstance(tag, str) and test(tag)

    return coded("schema/wrong-object", forgives)


def _pages() -> Iterator[Mutant]:
    """Wrong shapes."""
    for depth, words in ((1, "bucket"), (2, "result")):
        for name in ("null", "number", "string", "array"):
            what, test = _TYPES[name]
            here = wrong(test, _is_item, _at(depth))
            yield lenient(f"accepts/{words}-{name}", here, fault=f"For a {words}, {what} is accepted.")
    for name in ("array", "string", "number", "null", "true"):
        what, test = _TYPES[name]
        whole = wrong(test, lambda f, _: not f.path)
        yield lenient(f"accepts/payload-{name}", whole, fault=f"For a payload, {what} is accepted.")
    for name in ("null", "object", "string"):
        what, test = _TYPES[name]
        yield lenient(
            f"accepts/results-{name}", wrong(test, named(*LISTS)), fault=f"For the results, {what} is accepted."
        )
    yield lenient("accepts/results-missing", no_results)
    yield lenient("accepts/renamed-result", coded("schema/renamed-member", named("result")), since=_RENAMED)
    yield lenient("accepts/renamed-sessions", coded("schema/renamed-member", named("sessions")), since=_RENAMED)
    yield lenient("accepts/empty-object", coded("schema/missing-member", lambda _, s: s.tree == {}))


_PLACES: Final[Mapping[str, tuple[str, Forgives]]] = {
    "declared": ("among declared members", is_declared),
    "undeclared": ("among undeclared members", is_undeclared),
    "page": ("of a page", lambda f, s: s.shape == "page" and len(f.path) == 1),
    "bucket": ("of a bucket", lambda f, s: (s.shape, len(f.path)) in (("page", 3), ("bucket", 1))),
    "result": ("of a result", lambda f, s: (s.shape, len(f.path)) in (("page", 5), ("bucket", 3), ("result", 1))),
    "amount": ("of an amount", lambda f, _: "amount" in f.path[:-1]),
    "object": ("called `object`", named("object")),
    "list": ("that holds buckets or results", named("data", *LISTS)),
    "time": ("that holds a time", named("start_time", "end_time")),
    "escaped": ("one of which is escaped", lambda _, s: "\\u" in (s.document.text or "")),
    "twice": ("that is there twice and no more", lambda f, s: [one.path for one in s.errors].count(f.path) == 1),
    "nested": ("more than three levels deep", lambda f, _: len(f.path) > 3),
}
"""Where a member may be there twice and not be seen."""
_HALVES: Final[Mapping[str, Forgives]] = {
    "undeclared": is_undeclared,
    "declared": is_declared,
    "name": lambda f, s: isinstance(s.node_at(f.path), dict),
    "high": lambda f, s: any("\ud800" <= c < "\udc00" for c in str(s.node_at(f.path))),
    "low": lambda f, s: any("\udc00" <= c < "\ue000" for c in str(s.node_at(f.path))),
}
"""Where, or which, half of a surrogate pair may not be seen."""


def _texts() -> Iterator[Mutant]:
    """Faults of a text that are seen in some places and not in others."""
    twice = partial(coded, "json/duplicate-member")
    yield from series(lenient, "duplicates-accepted/", _PLACES, twice, "A duplicate member {} is accepted.")
    for name, test in _HALVES.items():
        yield lenient(f"surrogates-accepted/{name}", coded("json/lone-surrogate", test))
    for marker, words in ((Count, "count"), (Money, "amount"), (Time, "time"), (Quantity, "quantity")):
        yield lenient(
            f"non-finite-accepted/{words}",
            coded("json/non-finite-number", meaning(marker)),
            fault=f"For a {words}, NaN and infinities are accepted.",
            since=_since(words),
        )
    yield lenient("non-finite-accepted/undeclared", coded("json/non-finite-number", is_undeclared))


_REFUSED: Final[Mapping[str, tuple[str, str, str]]] = {
    "schema/unknown-kind": ("A payload with a record of unknown kind is refused.", _FIRST, LATEST),
    "schema/undeclared-member": ("A payload with an undeclared member is refused.", _FIRST, LATEST),
    "schema/unlisted-value": ("A value that the contract does not list is refused.", _FIRST, LATEST),
    "wire/amount-as-string": ("An amount that is a string is refused.", "2025-02-10", LATEST),
    "wire/results-for-result": (
        "A bucket that says `results` is refused at a revision that says `result`.",
        _FIRST,
        "2025-02-10",
    ),
    "wire/null-next-page": (
        "A cursor that is null is refused at a revision that wants a string.",
        _FIRST,
        "2025-02-10",
    ),
    "wire/null-group-key": (
        "A group key that is null is refused at a revision that wants a value.",
        _FIRST,
        _FIRST,
    ),
    "wire/costs-without-sessions": (
        "A cost without `sessions` is refused at a revision that wants them.",
        _FIRST,
        "2024-12-16",
    ),
    "wire/code-interpreter-without-sessions": (
        "A code interpreter record without `sessions` is refused at a revision that wants them.",
        "2025-02-10",
        "2025-02-10",
    ),
    "record/lossy-number": ("A number that some number model changes is refused.", _FIRST, LATEST),
    "rule/currency-not-lower-case": ("A currency that is not in lower case is refused.", _FIRST, LATEST),
}
"""What must be decoded and is refused, by what `check` says of it, and at which revisions."""


def _strict() -> Iterator[Mutant]:
    for code, (fault, since, until) in _REFUSED.items():
        yield strict(f"refuses/{code.replace('/', '-')}", _finds(code), fault=fault, since=since, until=until)


def _finds(code: str) -> Callable[[PayloadView], bool]:
    return lambda view: any(finding.code == code for finding in view.findings)
