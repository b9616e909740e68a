"""
The judges of a corpus: each looks at one payload in its own way and says where that is not what was expected.

`json`: the exact reader sees the expected text faults, and no others.
`schema`: an independent validator, with the shipped schema files, comes to the expected verdict of the schema stage.
`record`: `check` comes to the expected findings and verdicts.
`roundtrip`: what the contract allows comes back from `loads` and `dumps` with nothing lost, and nothing else is let in.

A judge knows nothing of pytest, so that the linter and the command line can ask it too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve, frozen

from usagecompat.checking import Incompatible, check
from usagecompat.codec import dumps, loads
from usagecompat.contract import LATEST, REVISIONS, schema
from usagecompat.corpus.case_files import Case, Expected, Payload
from usagecompat.corpus.data import folder
from usagecompat.findings import CODES, Path, Profile, Severity, Shape, Verdict, pointer
from usagecompat.jsontext import NO_VALUE, Number, read, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagecompat.checking import Report
    from usagecompat.contract import Published, Revision
    from usagecompat.findings import Finding
    from usagecompat.jsontext import Tree

_READABLE: Final = ("json/duplicate-member", "json/lone-surrogate", "json/limit-digits", "json/limit-exponent")
"""Faults of a text that the json module reads all the same, as the document that `check` judges."""
_JUDGED_ONCE: Final = ("json/lone-surrogate", "json/limit-digits", "json/limit-exponent")
"""Faults of a value about which nothing else is said."""
_BREAKING: Final = ("json/", "schema/", "wire/")
_SCHEMA: Final = ("schema/", "wire/")
_MOST: Final = 10
_LONGEST: Final = 300
_CODE_OF_KEYWORD: Final = {"required": "schema/missing-member", "const": "schema/wrong-object"}
_DECIMAL: Final = re.compile(r"Decimal\('([^']*)'\)")
_PARSE: Final = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal)


@frozen(kw_only=True)
class Terms:
    """What payloads are held against."""

    revision: Revision | None = None
    """None for the revision that each case is written for, and the newest one for a payload without a case."""
    profile: Profile = Profile.SERVED
    ignore: frozenset[str] = frozenset()
    """Finding codes that count for nothing in payloads without a case."""
    fail_on: Severity = Severity.ERROR
    """From which severity on a payload without a case is not as it must be."""


@frozen(kw_only=True)
class Mismatch:
    """One thing about a payload that is not as it was expected."""

    code: str
    """The finding that is there or is not; empty if no single finding says it."""
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    expected: str
    seen: str
    why: str = ""
    fix: str = ""


class NotJudged(Exception):
    """A judge has nothing to say about a payload, which must not be taken for its being right."""


CaseJudge: TypeAlias = Callable[[Case, Terms], Iterator[Mismatch]]
PayloadJudge: TypeAlias = Callable[[Payload, Terms], Iterator[Mismatch]]


# -- json


def _case_json(case: Case, terms: Terms) -> Iterator[Mismatch]:
    del terms  # a text is what it is at every revision
    found = [finding for finding in check(case.payload, revision=case.revision).findings if _is(finding, "json/")]
    yield from _differences(case, [one for one in case.findings if _is(one, "json/")], found)


def _payload_json(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    for finding in _failing(_report(payload, terms, terms.ignore), terms, "json/"):
        yield _unwelcome(finding)


# -- schema


def _case_schema(case: Case, terms: Terms) -> Iterator[Mismatch]:
    at = terms.revision or case.revision
    own = at == case.revision
    found: Iterable[Expected | Finding] = case.findings if own else check(case.payload, revision=at).findings
    culprits = {
        profile: [one for one in found if _is(one, *_SCHEMA) and CODES[one.code].severity(profile) is Severity.ERROR]
        for profile in Profile
    }
    excused = [one.pointer for one in found if one.code in _JUDGED_ONCE]
    yield from _judge_by_schema(case, at, case.shape, culprits, excused)


def _payload_schema(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = _report(payload, terms)
    if [finding for finding in _errors(report, "json/") if finding.code not in _READABLE]:
        raise NotJudged("the text is no strict JSON, which the item `json` says")
    if ignored := {finding.code for finding in _errors(report, *_SCHEMA)} & terms.ignore:
        raise NotJudged(f"a schema cannot leave {', '.join(sorted(ignored))} out, as is asked")
    errors = _errors(report, *_SCHEMA)
    wrong = list(_judge_by_schema(payload, report.revision, report.shape, {terms.profile: errors}))
    yield from wrong
    if not wrong:  # the schema refuses what the check finds: one fault has one place and one wording
        yield from map(_unwelcome, errors)


def _judge_by_schema(
    subject: Case | Payload,
    revision: Revision,
    shape: Shape | None,
    culprits: Mapping[Profile, Sequence[Expected | Finding]],
    excused: Sequence[str] = (),
) -> Iterator[Mismatch]:
    """
    Where the validator refuses and there are no culprits, the errors that it must see, or the other way round.

    A value at an excused place is one that no JSON may hold: that is said once, and what the schema says of it is not.
    """
    try:
        value = _PARSE.decode(subject.payload.decode())
    except ValueError as fault:
        code = "json/invalid-utf-8" if isinstance(fault, UnicodeDecodeError) else "json/syntax-error"
        wanted = f"a text that can be held against {schema_file(revision, Profile.SERVED)}"
        yield _about(subject, code, wanted, f"the json module reports: {fault}")
        return
    told: set[tuple[object, ...]] = set()
    for profile, expected in culprits.items():
        name = schema_file(revision, profile)
        errors = sorted(
            (
                e
                for e in validator(revision, profile, shape).iter_errors(value)
                if pointer(tuple(e.absolute_path)) not in excused
            ),
            key=lambda error: [str(part).zfill(9) for part in error.absolute_path],
        )
        if expected and not errors:
            for culprit in expected:
                yield Mismatch(
                    code=culprit.code,
                    pointer=culprit.pointer,
                    expected=f"{name} refuses the payload here",
                    seen=f"{name} accepts the payload",
                    why=CODES[culprit.code].title,
                    fix=_mend(subject),
                )
        elif errors and not expected:
            new = {key: error for error in errors if (key := (*error.absolute_path, error.message)) not in told}
            told |= new.keys()
            yield from (_refusal(subject, error, name) for error in [*new.values()][:_MOST])


def _refusal(subject: Case | Payload, error: Any, name: str) -> Mismatch:  # noqa: ANN401 - jsonschema's
    path: Path = tuple(error.absolute_path)
    place = read(subject.payload).line_and_column(path) or (None, None)
    code = _CODE_OF_KEYWORD.get(str(error.validator), "schema/wrong-type")
    return Mismatch(
        code=code,
        pointer=pointer(path),
        line=place[0],
        column=place[1],
        expected=f"{name} accepts the payload",
        seen=_cut(_DECIMAL.sub(r"\1", error.message)),
        why=CODES[code].title,
        fix=_mend(subject),
    )


def schema_file(revision: Revision, profile: Profile) -> str:
    """The name of the shipped schema file for a revision and a profile."""
    return f"schemas/{'served/' if profile is Profile.SERVED else ''}{revision}.json"


@cache
def validator(revision: Revision, profile: Profile, shape: Shape | None) -> Any:  # noqa: ANN401 - jsonschema makes the class at run time
    """
    A validator of the `jsonschema` package for one shape, by the shipped schema file and nothing else of this package.

    Numbers are decimals to it, and 5.0 is an integer, as JSON Schema 2020-12 says.
    """
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - it takes long to import

    making: Any = validators  # it has no types for this
    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
    exact: Any = making.extend(Draft202012Validator, type_checker=types)
    shipped: Any = (
        json.loads((folder("schemas").parent / schema_file(revision, profile)).read_text("utf-8"))
        if revision in REVISIONS
        else schema("bucket", revision, profile=profile)  # a draft has no file
    )
    name = Shape.RESULT if shape is Shape.FLAT else shape or Shape.BUCKET  # no flat record has what `flat` requires
    part = {"$schema": shipped["$schema"], "$ref": f"#/$defs/{name}", "$defs": shipped["$defs"]}
    return exact(part)


def schema_verdict(payload: bytes, revision: Revision, profile: Profile, shape: Shape | None) -> bool:
    """Whether the shipped schema file accepts a payload, which must be JSON."""
    accepted: bool = validator(revision, profile, shape).is_valid(_PARSE.decode(payload.decode()))
    return accepted


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, Decimal)


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()


# -- record


def _case_record(case: Case, terms: Terms) -> Iterator[Mismatch]:
    at = terms.revision or case.revision
    report = check(case.payload, revision=at, profile=terms.profile)
    whole = at == case.revision and terms.profile is Profile.SERVED
    if whole:
        wrong = list(_differences(case, case.findings, report.findings))
        if not wrong and report.truncated:
            wrong.append(_about(case, "", "a finding for everything", f"{report.truncated:,} findings left out"))
        if not wrong and report.shape != case.shape:
            wrong.append(_about(case, "", _a_shape(case.shape), _a_shape(report.shape)))
        yield from wrong
        if wrong:  # the verdicts would say the same once more
            return
    if (verdict := case.expected(at, terms.profile)) is not None:
        yield from _verdict(case, verdict, report)
    if whole and terms.revision is None:
        letter = check(case.payload, revision=at, profile="published")
        yield from _verdict(case, case.published, letter)
        yield from _ranges(case)


def _ranges(case: Case) -> Iterator[Mismatch]:
    """Where `check` comes to another verdict than the case says of other revisions, neighbours taken together."""
    reports = {
        revision: check(case.payload, revision=revision)
        for revision in REVISIONS
        if revision != case.revision and case.expected(revision) is not None
    }

    def verdicts(revision: Published) -> tuple[Verdict | None, Verdict | None]:
        judged = reports.get(revision)
        return (case.expected(revision), judged.verdict) if judged else (None, None)

    for (expected, seen), neighbours in groupby(REVISIONS, key=verdicts):
        if expected is not None and expected != seen:
            first, *others = neighbours
            yield from _verdict(case, expected, reports[first], until=others[-1] if others else first)


def _payload_record(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = _report(payload, terms, terms.ignore)
    if any(_errors(report, "json/")):
        raise NotJudged("the text is no strict JSON, which the item `json` says")
    failing = _failing(report, terms, "")
    better = report.best_revision if report.verdict is Verdict.INVALID else None
    fits = better is not None and report.revisions[better].verdict is not Verdict.INVALID
    for finding in failing:
        wrong = _unwelcome(finding)
        yield evolve(wrong, fix=f"{wrong.fix} At revision {better} the payload is not invalid.") if fits else wrong


# -- roundtrip


def _case_roundtrip(case: Case, terms: Terms) -> Iterator[Mismatch]:
    at = terms.revision or case.revision
    if at == case.revision:
        codes = {one.code for one in case.findings}
    else:
        codes = {one.code for one in check(case.payload, revision=at, profile=terms.profile).findings}
    broken = sorted(
        code for code in codes if code.startswith(_BREAKING) and CODES[code].severity(terms.profile) is Severity.ERROR
    )
    if not broken:
        yield from _round(case, at, terms.profile)
        return
    try:
        loads(case.payload, revision=at, profile=terms.profile)
    except Incompatible:
        return
    refusal = f"`usagecompat.loads` raises Incompatible for {', '.join(broken)}"
    yield _about(case, "client/accepted-invalid", refusal, "a record")


def _payload_roundtrip(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = _report(payload, terms)
    if any(_errors(report, *_BREAKING)):
        raise NotJudged("the payload breaks the contract, so there is no record of it")
    yield from _round(payload, report.revision, terms.profile)


def _round(subject: Case | Payload, revision: Revision, profile: Profile) -> Iterator[Mismatch]:
    """What does not come back from `loads` and `dumps`."""
    try:
        record = loads(subject.payload, revision=revision, profile=profile)
    except Incompatible as refusal:
        for finding in _errors(refusal.report, *_BREAKING):
            yield evolve(
                _unwelcome(finding), code="client/refused-valid", fix=f"{finding.hint} {_mend(subject)}".strip()
            )
        return
    returned = dumps(record)
    sent, back = read(subject.payload), read(returned)
    if sent.value is NO_VALUE or back.value is NO_VALUE:
        yield _about(subject, "client/not-json", "JSON", f"{returned!r}")
        return
    for code, path, was, came in _changes(sent.value, back.value, ()):
        place = sent.line_and_column(path) or (None, None)
        yield Mismatch(
            code=code,
            pointer=pointer(path),
            line=place[0],
            column=place[1],
            expected=_cut(was),
            seen=_cut(came),
            why=CODES[code].title,
            fix="This is a fault of usagecompat itself: `loads` and `dumps` must lose nothing; please report it.",
        )
    if loads(returned, revision=revision, profile=profile) != record:
        yield _about(subject, "client/value-changed", "loads(dumps(record)) == record", "another record")


def _changes(sent: Tree, back: Tree, path: Path) -> Iterator[tuple[str, Path, str, str]]:
    """Code, place, what was and what came, for each value that did not come back in its own spelling and order."""
    if isinstance(sent, dict) and isinstance(back, dict):
        for name in sent:
            if name not in back:
                yield "client/member-lost", (*path, name), _spell(sent[name]), "nothing"
            else:
                yield from _changes(sent[name], back[name], (*path, name))
        for name in back:
            if name not in sent:
                yield "client/member-invented", (*path, name), "nothing", _spell(back[name])
        if list(sent) != list(back) and set(sent) == set(back):
            yield "client/order-changed", path, ", ".join(sent), ", ".join(back)
    elif isinstance(sent, list) and isinstance(back, list):
        for index, (one, other) in enumerate(zip(sent, back, strict=False)):
            yield from _changes(one, other, (*path, index))
        if len(sent) != len(back):
            code = "client/item-lost" if len(sent) > len(back) else "client/item-invented"
            yield code, path, f"{len(sent)} items", f"{len(back)} items"
    elif type(sent) is not type(back):
        yield "client/type-changed", path, _spell(sent), _spell(back)
    elif isinstance(sent, Number) and isinstance(back, Number):
        if sent.lexeme != back.lexeme:
            yield "client/number-respelled" if sent == back else "client/value-changed", path, sent.lexeme, back.lexeme
    elif sent != back:
        yield "client/value-changed", path, _spell(sent), _spell(back)


CASE_JUDGES: Final[Mapping[str, CaseJudge]] = {
    "json": _case_json,
    "schema": _case_schema,
    "record": _case_record,
    "roundtrip": _case_roundtrip,
}
"""What is asked about each case, by the name that stands in the node ids of pytest."""

PAYLOAD_JUDGES: Final[Mapping[str, PayloadJudge]] = {
    "json": _payload_json,
    "schema": _payload_schema,
    "record": _payload_record,
    "roundtrip": _payload_roundtrip,
}
"""What is asked about each payload of a plain tree."""


def has_document(case: Case) -> bool:
    """Whether the payload of a case is a text that the json module reads, so that a schema can be held against it."""
    return not [one for one in case.findings if _is(one, "json/") and one.code not in _READABLE]


# -- the words


def _is(finding: Finding | Expected, *stages: str) -> bool:
    return finding.code.startswith(stages)


def _errors(report: Report, *stages: str) -> list[Finding]:
    return [one for one in report.findings if one.severity is Severity.ERROR and one.code.startswith(stages)]


def _failing(report: Report, terms: Terms, *stages: str) -> list[Finding]:
    """What a payload without a case must not show."""
    weights = tuple(Severity)
    worst = weights[: weights.index(terms.fail_on) + 1]
    return [one for one in report.findings if one.severity in worst and one.code.startswith(stages)]


def _report(payload: Payload, terms: Terms, ignore: frozenset[str] = frozenset()) -> Report:
    return check(payload.payload, revision=terms.revision or LATEST, profile=terms.profile, ignore=ignore)


def _differences(case: Case, expected: Iterable[Expected], found: Iterable[Finding]) -> Iterator[Mismatch]:
    """Findings that are not there, then those that are there and should not be, then a difference in order."""
    wanted = list(expected)
    seen = [(Expected(finding.code, finding.pointer, finding.count), finding) for finding in found]
    missing = Counter(wanted) - Counter(one for one, _ in seen)
    extra = Counter(one for one, _ in seen) - Counter(wanted)
    for one in missing.elements():
        near = next((finding for other, finding in seen if extra[other] and finding.code == one.code), None)
        yield Mismatch(
            code=one.code,
            pointer=one.pointer,
            line=near.line if near else None,
            column=near.column if near else None,
            expected=f"{one.code} at {_at(one.pointer)}{_times(one.count)}",
            seen=f"the same code at {_at(near.pointer)}{_times(near.count)}" if near else "no such finding",
            why=CODES[one.code].title,
            fix=_mend(case),
        )
    for one, finding in seen:
        if extra[one] > 0:
            extra[one] -= 1
            yield _unexpected(case, finding)
    if not missing and len(seen) == len(wanted) and [one for one, _ in seen] != wanted:
        order = [f"{one.code} at {_at(one.pointer)}" for one in wanted]
        came = [f"{one.code} at {_at(one.pointer)}" for one, _ in seen]
        yield _about(case, wanted[0].code, f"the order {'; '.join(order)}", f"the order {'; '.join(came)}")


def _unexpected(case: Case, finding: Finding) -> Mismatch:
    return Mismatch(
        code=finding.code,
        pointer=finding.pointer,
        line=finding.line,
        column=finding.column,
        expected="no such finding" if case.findings else "no finding at all",
        seen=f"{finding.message}{_times(finding.count)}",
        why=CODES[finding.code].title,
        fix=f"{finding.hint} {_mend(case)}".strip(),
    )


def _unwelcome(finding: Finding) -> Mismatch:
    """What a payload must not have; `message` of a finding says what was expected and what is there."""
    return Mismatch(
        code=finding.code,
        pointer=finding.pointer,
        line=finding.line,
        column=finding.column,
        expected=f"no {finding.severity}",
        seen=finding.message,
        why=CODES[finding.code].title,
        fix=finding.hint or "Fix what wrote the payload; `usagecompat explain` explains the code.",
    )


def _verdict(case: Case, expected: Verdict, report: Report, until: str = "") -> Iterator[Mismatch]:
    if report.verdict is expected:
        return
    weights = sorted(report.findings, key=lambda finding: tuple(Severity).index(finding.severity))
    finding = next((one for one in weights if one.severity is not Severity.NOTE), None)
    when = f"at {report.revision}" if until in ("", report.revision) else f"from {report.revision} to {until}"
    yield Mismatch(
        code=finding.code if finding else "",
        pointer=finding.pointer if finding else "",
        line=finding.line if finding else None,
        column=finding.column if finding else None,
        expected=f"{expected} {when} in the profile {report.profile}",
        seen=f"{report.verdict}: {finding.message}" if finding else f"{report.verdict}: nothing above a note",
        why=CODES[finding.code].title if finding else "",
        fix=_mend(case),
    )


def _about(subject: Case | Payload, code: str, expected: str, seen: str) -> Mismatch:
    why = CODES[code].title if code else ""
    return Mismatch(code=code, expected=_cut(expected), seen=_cut(seen), why=why, fix=_mend(subject))


def _mend(subject: Case | Payload) -> str:
    if isinstance(subject, Payload):
        return "Fix what wrote the payload."
    return f"Fix {subject.payload_path.name}, or, if it is right, what {subject.path.name} expects of it."


def _at(place: str) -> str:
    return place or "the root"


def _times(count: int) -> str:
    return f" ({count} places)" if count > 1 else ""


def _a_shape(shape: Shape | None) -> str:
    return f"a {shape}" if shape else "no object, so no shape"


def _spell(value: Tree) -> str:
    if isinstance(value, Number):
        return value.lexeme
    return write(value).decode("utf-8", "backslashreplace")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
