"""
The judges of a corpus: each looks at one payload in its own way and says where that is not what was expected.

`json`: the exact reader sees the expected text faults, and no others.
`schema`: an independent validator, with the shipped schema files, comes to the expected verdict of the schema stage.
`record`: `check` comes to the expected findings and verdicts.
`roundtrip`: what the contract allows comes back from `loads` and `dumps` with nothing lost, and nothing else is let in.

A judge knows nothing of pytest, so that the linter and the command line can ask it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve

from usagecompat.checking import Incompatible, check
from usagecompat.codec import dumps, loads
from usagecompat.contract import REVISIONS
from usagecompat.corpus.case_files import Case, Expected, Payload
from usagecompat.corpus.mismatches import (
    Mismatch,
    NotJudged,
    Terms,
    a_shape,
    about,
    at_place,
    checked,
    errors_of,
    failing_of,
    how_to_fix,
    is_of,
    other_findings,
    other_verdict,
    report_of,
    spell,
    unwelcome,
)
from usagecompat.corpus.validators import EXACT, schema_file, validator
from usagecompat.findings import CODES, Path, Profile, Severity, Shape, Verdict, pointer
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
_CODE_OF_KEYWORD: Final = {"required": "schema/missing-member", "const": "schema/wrong-object"}
_DECIMAL: Final = re.compile(r"Decimal\('([^']*)'\)")


CaseJudge: TypeAlias = Callable[[Case, Terms], Iterator[Mismatch]]
PayloadJudge: TypeAlias = Callable[[Payload, Terms], Iterator[Mismatch]]


# -- json


def _case_json(case: Case, terms: Terms) -> Iterator[Mismatch]:
    del terms  # a text is what it is at every revision
    found = [finding for finding in checked(case.payload, case.revision).findings if is_of(finding, "json/")]
    yield from other_findings(case, [one for one in case.findings if is_of(one, "json/")], found)


def _payload_json(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    for finding in failing_of(report_of(payload, terms, terms.ignore), terms, "json/"):
        yield unwelcome(finding)


# -- schema


def _case_schema(case: Case, terms: Terms) -> Iterator[Mismatch]:
    at = terms.revision or case.revision
    own = at == case.revision
    found: Iterable[Expected | Finding] = case.findings if own else check(case.payload, revision=at).findings
    culprits = {
        profile: [one for one in found if is_of(one, *_SCHEMA) and CODES[one.code].severity(profile) is Severity.ERROR]
        for profile in Profile
    }
    excused = [one.pointer for one in found if one.code in _JUDGED_ONCE]
    yield from _judge_by_schema(case, at, case.shape, culprits, excused)


def _payload_schema(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = report_of(payload, terms)
    if [finding for finding in errors_of(report, "json/") if finding.code not in _READABLE]:
        raise NotJudged("the text is not strict JSON, which the item `json` reports")
    if ignored := {finding.code for finding in errors_of(report, *_SCHEMA)} & terms.ignore:
        raise NotJudged(f"a schema cannot leave {', '.join(sorted(ignored))} out, as is asked")
    errors = errors_of(report, *_SCHEMA)
    wrong = list(_judge_by_schema(payload, report.revision, report.shape, {terms.profile: errors}))
    yield from wrong
    if not wrong:  # the schema refuses what the check finds: one fault has one place and one wording
        yield from map(unwelcome, errors)


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
        value = EXACT.decode(subject.payload.decode())
    except ValueError as fault:
        code = "json/invalid-utf-8" if isinstance(fault, UnicodeDecodeError) else "json/syntax-error"
        wanted = f"a text that can be held against {schema_file(revision, Profile.SERVED)}"
        yield about(subject, code, wanted, f"the json module reports: {fault}")
        return
    told: set[tuple[object, ...]] = set()
    for profile, expected in culprits.items():
        name = schema_file(revision, profile)
        errors = (
            error
            for error in validator(revision, profile, shape).iter_errors(value)
            if pointer(tuple(error.absolute_path)) not in excused
        )
        if expected and next(errors, None) is None:
            for culprit in expected:
                wrong = about(subject, culprit.code, f"{name} refuses the payload here", f"{name} accepts the payload")
                yield evolve(wrong, pointer=culprit.pointer)
        elif not expected:
            found = sorted(errors, key=lambda error: [str(part).zfill(9) for part in error.absolute_path])
            new = {key: error for error in found if (key := (*error.absolute_path, error.message)) not in told}
            told |= new.keys()
            yield from (_refusal(subject, error, name) for error in [*new.values()][:_MOST])


def _refusal(subject: Case | Payload, error: Any, name: str) -> Mismatch:  # noqa: ANN401 - jsonschema's
    code = _CODE_OF_KEYWORD.get(str(error.validator), "schema/wrong-type")
    seen = _DECIMAL.sub(r"\1", error.message)
    return at_place(subject, code, tuple(error.absolute_path), f"{name} accepts the payload", seen)


# -- record


def _case_record(case: Case, terms: Terms) -> Iterator[Mismatch]:
    at = terms.revision or case.revision
    report = checked(case.payload, at, terms.profile)
    whole = at == case.revision and terms.profile is Profile.SERVED
    if whole:
        wrong = list(other_findings(case, case.findings, report.findings))
        if not wrong and report.truncated:
            wrong.append(about(case, "", "a finding for everything", f"{report.truncated:,} findings left out"))
        if not wrong and report.shape != case.shape:
            wrong.append(about(case, "", a_shape(case.shape), a_shape(report.shape)))
        yield from wrong
        if wrong:  # the verdicts would say the same once more
            return
    if (verdict := case.expected(at, terms.profile)) is not None:
        yield from other_verdict(case, verdict, report)
    if whole and terms.revision is None:
        published = check(case.payload, revision=at, profile="published")
        yield from other_verdict(case, case.published, published)
        yield from _ranges(case)


def _ranges(case: Case) -> Iterator[Mismatch]:
    """Where `check` comes to another verdict than the case says of other revisions, neighbours taken together."""
    said: dict[Published, Verdict | None] = {
        revision: case.expected(revision) for revision in REVISIONS if revision != case.revision
    }
    reports = {revision: check(case.payload, revision=revision) for revision in said if said[revision] is not None}

    def verdicts(revision: Published) -> tuple[Verdict | None, Verdict | None]:
        judged = reports.get(revision)
        return (said[revision], judged.verdict) if judged else (None, None)

    for (expected, seen), neighbours in groupby(REVISIONS, key=verdicts):
        if expected is not None and expected != seen:
            first, *others = neighbours
            yield from other_verdict(case, expected, reports[first], until=others[-1] if others else first)


def _payload_record(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = report_of(payload, terms, terms.ignore)
    if any(errors_of(report, "json/")):
        raise NotJudged("the text is not strict JSON, which the item `json` reports")
    failing = failing_of(report, terms, "")
    better = report.best_revision if report.verdict is Verdict.INVALID else None
    fits = better is not None and report.revisions[better].verdict is not Verdict.INVALID
    for finding in failing:
        wrong = unwelcome(finding)
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
    yield about(case, "client/accepted-invalid", refusal, "a record")


def _payload_roundtrip(payload: Payload, terms: Terms) -> Iterator[Mismatch]:
    report = report_of(payload, terms)
    if any(errors_of(report, *_BREAKING)):
        raise NotJudged("the payload breaks the contract, so there is no record of it")
    yield from _round(payload, report.revision, terms.profile)


def _round(subject: Case | Payload, revision: Revision, profile: Profile) -> Iterator[Mismatch]:
    """What does not come back from `loads` and `dumps`."""
    try:
        record = loads(subject.payload, revision=revision, profile=profile)
    except Incompatible as refusal:
        for finding in errors_of(refusal.report, *_BREAKING):
            yield evolve(
                unwelcome(finding), code="client/refused-valid", fix=f"{finding.hint} {how_to_fix(subject)}".strip()
            )
        return
    returned = dumps(record)
    sent, back = read(subject.payload), read(returned)
    if sent.value is NO_VALUE or back.value is NO_VALUE:
        yield about(subject, "client/not-json", "JSON", f"{returned!r}")
        return
    for code, path, was, came in _changes(sent.value, back.value, ()):
        fix = "This is a fault of usagecompat itself: `loads` and `dumps` must lose nothing; please report it."
        yield evolve(at_place(subject, code, path, was, came), fix=fix)
    if loads(returned, revision=revision, profile=profile) != record:
        yield about(subject, "client/value-changed", "loads(dumps(record)) == record", "another record")


def _changes(sent: Tree, back: Tree, path: Path) -> Iterator[tuple[str, Path, str, str]]:
    """Code, place, what was and what came, for each value that did not come back in its own spelling and order."""
    if isinstance(sent, dict) and isinstance(back, dict):
        for name in sent:
            if name not in back:
                yield "client/member-lost", (*path, name), spell(sent[name]), "nothing"
            else:
                yield from _changes(sent[name], back[name], (*path, name))
        for name in back:
            if name not in sent:
                yield "client/member-invented", (*path, name), "nothing", spell(back[name])
        if list(sent) != list(back) and set(sent) == set(back):
            yield "client/order-changed", path, ", ".join(sent), ", ".join(back)
    elif isinstance(sent, list) and isinstance(back, list):
        for index, (one, other) in enumerate(zip(sent, back, strict=False)):
            yield from _changes(one, other, (*path, index))
        if len(sent) != len(back):
            code = "client/item-lost" if len(sent) > len(back) else "client/item-invented"
            yield code, path, f"{len(sent)} items", f"{len(back)} items"
    elif type(sent) is not type(back):
        yield "client/type-changed", path, spell(sent), spell(back)
    elif isinstance(sent, Number) and isinstance(back, Number):
        if sent.lexeme != back.lexeme:
            yield "client/number-respelled" if sent == back else "client/value-changed", path, sent.lexeme, back.lexeme
    elif sent != back:
        yield "client/value-changed", path, spell(sent), spell(back)


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
    return not [one for one in case.findings if is_of(one, "json/") and one.code not in _READABLE]
