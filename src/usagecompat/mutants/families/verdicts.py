"""
Clients that claim to validate and see too little, and clients that refuse too much.
"""

from __future__ import annotations

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
from usagecompat.mutants.model import lenient, strict
from usagecompat.mutants.support import exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.contract import Member
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


_RENAMED: Final = declared_since("UsageTimeBucket", "results") or LATEST


def _since(name: str) -> str:
    """The first revision that has a member of this name in any record."""
    found = (revision for revision in REVISIONS for one in contract(revision).records.values() if name in one.members)
    return next(found, REVISIONS[0])


def _is_wrong(finding: Finding) -> bool:
    return finding.code in ("schema/wrong-type", "schema/unexpected-null")


def _by_type() -> Iterator[Mutant]:
    for slug, (words, marker, kind, accepted) in _WANTED.items():
        for name in accepted:
            what, test = _TYPES[name]

            def forgives(
                finding: Finding,
                view: PayloadView,
                marker: type = marker,
                kind: JsonType | None = kind,
                test: Callable[[Tree], bool] = test,
            ) -> bool:
                found = view.member_at(finding.path)
                right = found is not None and isinstance(found[1].marker, marker) and kind in (None, found[1].type)
                return _is_wrong(finding) and right and test(view.node_at(finding.path))

            since = QUANTITY_SINCE if marker is Quantity else REVISIONS[0]
            yield lenient(f"accepts/{slug}-{name}", forgives, fault=f"For {words}, {what} is accepted.", since=since)
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
                _wrong_at(test, name),
                fault=f"For `{name}`, {what} is accepted.",
                since=_since(name),
            )


def _wrong_at(test: Callable[[Tree], bool], *names: str) -> Forgives:
    """That a member of one of these names holds some wrong type."""
    return lambda f, s: _is_wrong(f) and bool(f.path) and f.path[-1] in names and test(s.node_at(f.path))


def _coded(code: str, *also: Forgives) -> Forgives:
    """That an error has a code, and whatever else is asked of it."""
    return lambda f, s: f.code == code and all(test(f, s) for test in also)


def _named(name: str) -> Forgives:
    """That an error is about a member of this name."""
    return lambda f, _: f.path[-1:] == (name,)


def _by_code() -> Iterator[Mutant]:
    """What the catalogue calls an error of the payload, unseen as a whole."""
    for code, about in CODES.items():
        stage = code.partition("/")[0]
        if (
            stage in ("schema", "record", "json")
            and about.severity(Profile.SERVED) is Severity.ERROR
            and code not in _UNREADABLE
        ):
            slug = code.replace("/", "-")
            yield lenient(
                f"accepts/every-{slug}",
                _coded(code),
                fault=f"Accepted although {about.title}.",
                since=_RENAMED if "renamed" in code else REVISIONS[0],
            )
    yield lenient(
        "accepts/negative-tokens", lambda f, _: f.code == "record/negative-count" and "tokens" in str(f.path[-1])
    )
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
            _coded("record/negative-count", _named(unit)),
            fault=f"A negative `{unit}` is accepted.",
            since=_since(unit),
        )
    yield lenient("accepts/any-json", lambda f, _: not f.code.startswith("json/"))


_UNREADABLE: Final = frozenset(
    {
        "json/empty-text", "json/invalid-utf-8", "json/byte-order-mark", "json/syntax-error", "json/truncated-text",
        "json/trailing-text", "json/limit-size", "json/limit-depth",
    }
)  # fmt: skip


def _by_place() -> Iterator[Mutant]:
    """Records that are not looked at."""
    for kind in contract(LATEST).kinds.values():
        slug, name, since = slug_of(kind), kind.name, known_since(kind.kind or "") or LATEST

        def forgiving(
            forgives: Callable[[Finding, Member], bool], name: str = name
        ) -> Callable[[Finding, PayloadView], bool]:
            def inside(finding: Finding, view: PayloadView) -> bool:
                found = view.member_at(finding.path)
                return found is not None and found[0].name == name and forgives(finding, found[1])

            return inside

        rows: dict[str, tuple[str, Callable[[Finding, Member], bool]]] = {
            f"nullable/{slug}": (
                f"A null is accepted for every member of {name}.",
                lambda finding, _: finding.code == "schema/unexpected-null",
            ),
            f"unchecked/{slug}": (f"The members of {name} are not checked.", lambda _, __: True),
            f"unchecked/{slug}-counts": (
                f"The types of counts in {name} are not checked.",
                lambda finding, member: isinstance(member.marker, Count) and _is_wrong(finding),
            ),
            f"unchecked/{slug}-group-keys": (
                f"The types of group keys in {name} are not checked.",
                lambda finding, member: isinstance(member.marker, GroupKey) and _is_wrong(finding),
            ),
        }
        if not any(isinstance(one.marker, Count) for one in kind.members.values()):
            del rows[f"unchecked/{slug}-counts"]
        for row, (fault, forgives) in rows.items():
            yield lenient(row, forgiving(forgives), fault=fault, since=since)
    for name, depth in (("page", 1), ("bucket", 3), ("result", 5)):
        yield lenient(
            f"unchecked/below-{name}",
            lambda f, s, d=depth: s.shape == "page" and len(f.path) > d and not f.code.startswith("json/"),  # type: ignore[misc]
            fault=f"Nothing below a {name} of a page is checked.",
        )
    for record in ("page", "bucket", "amount"):
        for name in getattr(contract(LATEST), record).members:
            if name == "next_page":
                continue  # served as null at every revision

            def null(finding: Finding, view: PayloadView, record: str = record, name: str = name) -> bool:
                found = view.member_at(finding.path)
                here = found is not None and slug_of(found[0]) == record and found[1].name == name
                return finding.code == "schema/unexpected-null" and here

            yield lenient(
                f"nullable/{record}-{name.replace('_', '-')}",
                null,
                fault=f"For `{name}` of the {record}, null is accepted.",
                since=_since(name),
            )
    yield lenient("unchecked/amount", lambda f, _: "amount" in f.path and not f.code.startswith("json/"))
    yield lenient("unchecked/after-first-result", _later("results"))
    yield lenient("unchecked/after-first-bucket", _later("data"))
    yield lenient("unchecked/single-results", lambda f, s: s.shape == "result" and not f.code.startswith("json/"))
    yield lenient("unchecked/single-buckets", lambda f, s: s.shape == "bucket" and not f.code.startswith("json/"))


def _later(name: str) -> Callable[[Finding, PayloadView], bool]:
    def forgives(finding: Finding, _: PayloadView) -> bool:
        path = finding.path
        place = path.index(name) + 1 if name in path else len(path)
        return place < len(path) and path[place] != 0 and not finding.code.startswith("json/")

    return forgives


def _objects() -> Iterator[Mutant]:
    """Discriminators that are not looked at."""

    def wrong(test: Callable[[str, Finding, PayloadView], bool]) -> Callable[[Finding, PayloadView], bool]:
        def forgives(finding: Finding, view: PayloadView) -> bool:
            tag = view.node_at(finding.path)
            return finding.code == "schema/wrong-object" and isinstance(tag, str) and test(tag, finding, view)

        return forgives

    def depth(finding: Finding, view: PayloadView) -> int:
        return {"page": 0, "bucket": 1, "result": 2}[view.shape or "page"] + sum(
            isinstance(part, int) for part in finding.path
        )

    def at(level: int) -> Forgives:
        return lambda f, s: depth(f, s) == level

    tests: dict[str, tuple[str, Callable[[str, Finding, PayloadView], bool]]] = {
        "page-list": ('A page that says "list" is accepted.', lambda tag, f, s: tag == "list" and depth(f, s) == 0),
        "page-any": ("A page with any discriminator is accepted.", lambda _, f, s: depth(f, s) == 0),
        "bucket-any": ("A bucket with any discriminator is accepted.", lambda _, f, s: depth(f, s) == 1),
        "result-any": ("A result with any discriminator is accepted.", lambda _, f, s: depth(f, s) == 2),
        "case": ("Discriminators are compared without regard to case.", lambda tag, _, __: tag != tag.lower()),
        "trimmed": ("Discriminators are trimmed before they are compared.", lambda tag, _, __: tag != tag.strip()),
        "empty": ("An empty discriminator is accepted.", lambda tag, _, __: not tag),
        "schema-name": ("A schema's name is accepted for a discriminator.", lambda tag, _, __: tag.endswith("Result")),
        "short": (
            "A discriminator without its first or last part is accepted.",
            lambda tag, _, __: tag.endswith(".result") or tag.startswith("organization."),
        ),
        "dashes": ("Dashes in a discriminator are accepted.", lambda tag, _, __: "-" in tag),
        "organization": (
            "Every result whose discriminator begins with `organization.` is accepted.",
            lambda tag, _, __: tag.startswith("organization."),
        ),
        "result-suffix": (
            "Every result whose discriminator ends in `.result` is accepted.",
            lambda tag, _, __: tag.endswith(".result"),
        ),
        "page-in-data": (
            "A page among buckets is accepted.",
            lambda tag, f, s: tag in ("page", "list") and depth(f, s) == 1,
        ),
        "bucket-in-results": (
            "A bucket among results is accepted.",
            lambda tag, f, s: tag == "bucket" and depth(f, s) == 2,
        ),
        "result-in-data": (
            "A result among buckets is accepted.",
            lambda tag, f, s: tag.startswith("organization.") and depth(f, s) == 1,
        ),
    }
    for name, (fault, test) in tests.items():
        yield lenient(f"accepts-object/{name}", wrong(test), fault=fault)
    for level, words in enumerate(("page", "bucket", "result")):
        yield lenient(
            f"accepts-object/{words}-missing",
            _coded("schema/missing-member", _named("object"), at(level)),
            fault=f"A {words} without a discriminator is accepted.",
        )
    yield lenient("accepts-object/null", lambda f, _: f.code == "schema/unexpected-null" and f.path[-1:] == ("object",))
    yield lenient("accepts-object/number", lambda f, _: f.code == "schema/wrong-type" and f.path[-1:] == ("object",))


def _whole(test: Callable[[Tree], bool]) -> Forgives:
    """That the payload as a whole has some wrong type."""
    return lambda f, s: not f.path and _is_wrong(f) and test(s.tree)


def _pages() -> Iterator[Mutant]:
    """Wrong shapes."""

    def not_an_object(test: Callable[[Tree], bool], depth: int) -> Callable[[Finding, PayloadView], bool]:
        def forgives(finding: Finding, view: PayloadView) -> bool:
            inside = sum(isinstance(part, int) for part in finding.path)
            here = finding.path and isinstance(finding.path[-1], int)
            base = {"page": 0, "bucket": 1, "result": 2}.get(view.shape or "", 9)
            return _is_wrong(finding) and bool(here) and base + inside == depth and test(view.node_at(finding.path))

        return forgives

    for depth, words in ((1, "bucket"), (2, "result")):
        for name in ("null", "number", "string", "array"):
            what, test = _TYPES[name]
            yield lenient(
                f"accepts/{words}-{name}", not_an_object(test, depth), fault=f"For a {words}, {what} is accepted."
            )
    for name in ("array", "string", "number", "null", "true"):
        what, test = _TYPES[name]
        yield lenient(f"accepts/payload-{name}", _whole(test), fault=f"For a payload, {what} is accepted.")
    for name in ("null", "object", "string", "array"):
        what, test = _TYPES[name]
        if name != "array":
            yield lenient(
                f"accepts/results-{name}",
                _wrong_at(test, "results", "result"),
                fault=f"For the results, {what} is accepted.",
            )
    yield lenient(
        "accepts/results-missing",
        lambda f, _: (
            f.code in ("schema/missing-member", "schema/renamed-member") and f.path[-1] in ("results", "result")
        ),
    )
    yield lenient(
        "accepts/renamed-result",
        lambda f, _: f.code == "schema/renamed-member" and f.path[-1] == "result",
        since="2026-05-13",
    )
    yield lenient(
        "accepts/renamed-sessions",
        lambda f, _: f.code == "schema/renamed-member" and f.path[-1] == "sessions",
        since="2026-05-13",
    )
    yield lenient("accepts/empty-object", lambda f, s: s.tree == {} and f.code == "schema/missing-member")


def _texts() -> Iterator[Mutant]:
    """Faults of a text that are seen in some places and not in others."""
    places: dict[str, tuple[str, Callable[[Finding, PayloadView], bool]]] = {
        "declared": ("among declared members", lambda f, s: s.member_at(f.path) is not None),
        "undeclared": ("among undeclared members", lambda f, s: s.member_at(f.path) is None),
        "page": ("of a page", lambda f, s: s.shape == "page" and len(f.path) == 1),
        "bucket": ("of a bucket", lambda f, s: (s.shape, len(f.path)) in (("page", 3), ("bucket", 1))),
        "result": ("of a result", lambda f, s: (s.shape, len(f.path)) in (("page", 5), ("bucket", 3), ("result", 1))),
        "amount": ("of an amount", lambda f, _: "amount" in f.path[:-1]),
        "object": ("called `object`", lambda f, _: f.path[-1:] == ("object",)),
        "list": ("that holds buckets or results", lambda f, _: f.path[-1:] in (("data",), ("results",), ("result",))),
        "time": ("that holds a time", lambda f, _: f.path[-1:] in (("start_time",), ("end_time",))),
        "escaped": ("one of which is escaped", lambda _, s: "\\u" in (s.document.text or "")),
        "twice": ("that is there twice and no more", lambda f, s: [one.path for one in s.errors].count(f.path) == 1),
        "nested": ("more than three levels deep", lambda f, _: len(f.path) > 3),
    }
    for name, (where, test) in places.items():
        yield lenient(
            f"duplicates-accepted/{name}",
            _coded("json/duplicate-member", test),
            fault=f"A duplicate member {where} is accepted.",
        )
    yield lenient(
        "surrogates-accepted/undeclared", lambda f, s: f.code == "json/lone-surrogate" and s.member_at(f.path) is None
    )
    yield lenient(
        "surrogates-accepted/declared", lambda f, s: f.code == "json/lone-surrogate" and s.member_at(f.path) is not None
    )
    yield lenient(
        "surrogates-accepted/name", lambda f, s: f.code == "json/lone-surrogate" and isinstance(s.node_at(f.path), dict)
    )
    yield lenient(
        "surrogates-accepted/high",
        lambda f, s: f.code == "json/lone-surrogate" and any("\ud800" <= c < "\udc00" for c in str(s.node_at(f.path))),
    )
    yield lenient(
        "surrogates-accepted/low",
        lambda f, s: f.code == "json/lone-surrogate" and any("\udc00" <= c < "\ue000" for c in str(s.node_at(f.path))),
    )
    for marker, words in ((Count, "count"), (Money, "amount"), (Time, "time"), (Quantity, "quantity")):

        def here(finding: Finding, view: PayloadView, marker: type = marker) -> bool:
            found = view.member_at(finding.path)
            return (
                finding.code == "json/non-finite-number" and found is not None and isinstance(found[1].marker, marker)
            )

        yield lenient(
            f"non-finite-accepted/{words}",
            here,
            fault=f"For a {words}, NaN and infinities are accepted.",
            since=_since(words),
        )
    yield lenient(
        "non-finite-accepted/undeclared",
        lambda f, s: f.code == "json/non-finite-number" and s.member_at(f.path) is None,
    )


def _finds(code: str) -> Callable[[PayloadView], bool]:
    return lambda view: any(finding.code == code for finding in view.findings)


def _strict() -> Iterator[Mutant]:
    """What must be decoded and is refused, by what `check` says of it."""
    codes: dict[str, str] = {
        "schema/unknown-kind": "A payload with a record of unknown kind is refused.",
        "schema/undeclared-member": "A payload with an undeclared member is refused.",
        "schema/unlisted-value": "A value that the contract does not list is refused.",
        "wire/amount-as-string": "An amount that is a string is refused.",
        "wire/results-for-result": "A bucket that says `results` is refused at a revision that says `result`.",
        "wire/null-next-page": "A cursor that is null is refused at a revision that wants a string.",
        "wire/null-group-key": "A group key that is null is refused at a revision that wants a value.",
        "wire/costs-without-sessions": "A cost without `sessions` is refused at a revision that wants them.",
        "wire/code-interpreter-without-sessions": "A code interpreter record without `sessions` is refused at a revision that wants them.",
        "record/lossy-number": "A number that some number model changes is refused.",
        "rule/currency-not-lower-case": "A currency that is not in lower case is refused.",
    }
    ranges = {
        "wire/amount-as-string": ("2025-02-10", LATEST),
        "wire/results-for-result": ("2024-12-04", "2025-02-10"),
        "wire/null-next-page": ("2024-12-04", "2025-02-10"),
        "wire/null-group-key": ("2024-12-04", "2024-12-04"),
        "wire/costs-without-sessions": ("2024-12-04", "2024-12-16"),
        "wire/code-interpreter-without-sessions": ("2025-02-10", "2025-02-10"),
    }
    for code, fault in codes.items():
        since, until = ranges.get(code, ("2024-12-04", LATEST))
        yield strict(f"refuses/{code.replace('/', '-')}", _finds(code), fault=fault, since=since, until=until)
