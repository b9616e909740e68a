"""Laws of `check` that hold for whatever comes in."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from usagecompat import REVISIONS, Profile, Report, Severity, Shape, Verdict, check
from usagecompat.contract.tree import contract
from usagecompat.jsontext.writer import write
from usagecompat.strategies import broken_payloads, payloads
from usagecompat.strategies.trees import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from usagecompat import Finding

VERDICTS = tuple(Verdict)
SEVERITIES = tuple(reversed(Severity))
revisions = st.sampled_from(REVISIONS)
shapes = st.sampled_from(Shape)
any_payload = revisions.flatmap(
    lambda revision: (
        payloads(revision=revision, profile="served") | broken_payloads(revision=revision).map(lambda b: b[0])
    )
)
any_python: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner) | st.tuples(inner),
    max_leaves=20,
)


@pytest.fixture(scope="session")
def drawn(mutated: Callable[[Random, Any], Any]) -> Callable[[st.DataObject], bytes]:
    """Draws a payload of any shape and revision with several things wrong in it."""

    def draw(data: st.DataObject) -> bytes:
        tree = data.draw(trees(contract(data.draw(revisions)), data.draw(shapes), served=True))
        return write(mutated(data.draw(st.randoms()), tree))

    return draw


def seen(report: Report) -> list[tuple[str, str, int]]:
    """Code, place and count of every finding."""
    return [(finding.code, finding.pointer, finding.count) for finding in report.findings]


def assert_complete(report: Report) -> None:
    """The report can be shown in full, and its verdict follows from its findings."""
    assert json.loads(json.dumps(report.to_dict()))["verdict"] == report.verdict
    severities = {finding.severity for finding in report.findings}
    worst = Verdict.ACCEPTABLE if Severity.WARNING in severities else Verdict.VALID
    assert report.verdict is (Verdict.INVALID if Severity.ERROR in severities else worst)
    assert report.ok is (report.verdict is not Verdict.INVALID)


@given(payload=st.binary() | st.text(st.characters()) | st.text('[]{}",:0123456789.eE-+ tfn\\u\ud800'))
def test_any_text(payload: bytes | str) -> None:
    """`check` answers for any bytes and any string."""
    report = check(payload)
    assert_complete(report)
    assert report.findings


@given(payload=any_payload, random=st.randoms())
def test_damaged_text(payload: bytes, random: Random) -> None:
    """`check` answers for payloads in which some bytes were lost, changed or repeated."""
    data = bytearray(payload)
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.randrange(3))
        data[start:end] = random.choice((b"", b"\xff", b'"', b"}", b",", b"\\ud800", bytes(data[start:end]) * 2))
    assert_complete(check(bytes(data)))


@given(payload=st.lists(any_python) | st.dictionaries(st.text(st.characters()), any_python), shape=st.none() | shapes)
def test_any_python(payload: Any, shape: Shape | None) -> None:  # noqa: ANN401 - any JSON
    """`check` answers for anything that is made of mappings, lists, tuples, strings, numbers, bools and None."""
    assert_complete(check(payload, shape=shape))


@given(data=st.data())
def test_any_mutation(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """`check` answers for payloads with several things wrong, under any revision, profile and shape."""
    payload = drawn(data)
    assert_complete(
        check(
            payload,
            revision=data.draw(revisions),
            shape=data.draw(st.none() | shapes),
            profile=data.draw(st.sampled_from(Profile)),
        )
    )


@given(data=st.data())
def test_document_order(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """Findings stand in the order in which their places stand in the text."""
    report = check(drawn(data), revision=data.draw(revisions))
    places = [(finding.line, finding.column) for finding in report.findings]
    assert places == sorted(places), report.findings


@given(data=st.data())
def test_grouping(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """Warnings and notes of one code at one pattern of places are one finding; errors are never merged."""
    report = check(drawn(data), revision=data.draw(revisions))
    grouped = Counter((f.code, f.place_pattern) for f in report.findings if f.severity is not Severity.ERROR)
    assert set(grouped.values()) <= {1}
    assert all(finding.count == 1 for finding in report.findings if finding.severity is Severity.ERROR)


@given(data=st.data())
def test_one_judgement_per_value(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """A value that the schema stage refuses draws no further finding of its own."""
    report = check(drawn(data), revision=data.draw(revisions))
    places = [f.pointer for f in report.findings if f.code in {"schema/wrong-type", "schema/unexpected-null"}]
    others = [f.pointer for f in report.findings if f.code.startswith(("record/", "wire/"))]
    assert len(places) == len(set(places))
    assert not set(places) & {f for f in others if not f.endswith("/results")}


@given(data=st.data())
def test_parsed_input(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """A payload that somebody else parsed draws the findings of its text, and a note that it is no text."""
    text, revision = drawn(data), data.draw(revisions)
    parsed = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    if not isinstance(parsed, (dict, list)):
        return
    by_text, by_value = check(text, revision=revision), check(parsed, revision=revision)
    # 10e10000 is within the limits, and Decimal spells it 1.0E+10001, which is not.
    assume(all(finding.code != "json/limit-exponent" for finding in by_value.findings))
    assert seen(by_value) == [("json/already-parsed", "", 1), *seen(by_text)]
    assert by_value.verdict is by_text.verdict
    assert all(finding.line is finding.column is None for finding in by_value.findings)


@given(data=st.data())
def test_fits(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """How a payload fits a revision is what `check` says of it at that revision."""
    payload = drawn(data)
    profile = data.draw(st.sampled_from(Profile))
    report = check(payload, revision=data.draw(revisions), profile=profile)
    assert tuple(report.revisions) == REVISIONS
    for revision, fit in report.revisions.items():
        there = check(payload, revision=revision, profile=profile)
        assert fit.verdict is there.verdict
        first: dict[tuple[str, str], Finding] = {}
        for finding in there.findings:
            if finding.severity is Severity.ERROR:
                first.setdefault((finding.code, finding.place_pattern), finding)
        assert fit.ruled_out_by == tuple(first.values())
        assert len(fit.undeclared) == sum(f.code == "schema/undeclared-member" for f in there.findings)
        assert fit.errors == len(first)
        assert fit.warnings == sum(f.severity is Severity.WARNING for f in there.findings)
    assert report.best_revision == min(
        REVISIONS,
        key=lambda r: (
            (fit := report.revisions[r]).unknown,
            VERDICTS.index(fit.verdict),
            *(fit.errors, fit.warnings, len(fit.undeclared), r),
        ),
    )


@given(data=st.data())
def test_the_letter_is_never_milder(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """The published profile sees what the served one sees, and weighs nothing less."""
    payload, revision = drawn(data), data.draw(revisions)
    served, letter = (check(payload, revision=revision, profile=profile) for profile in ("served", "published"))
    assert VERDICTS.index(letter.verdict) >= VERDICTS.index(served.verdict)
    for code in {finding.code for finding in served.findings}:
        mild, strict = ([f for f in report.findings if f.code == code] for report in (served, letter))
        assert sum(f.count for f in mild) == sum(f.count for f in strict)
        assert SEVERITIES.index(strict[0].severity) >= SEVERITIES.index(mild[0].severity)


@given(data=st.data())
def test_ignored_codes(data: st.DataObject, drawn: Callable[[st.DataObject], bytes]) -> None:
    """To ignore a code takes away its findings and nothing else."""
    payload = drawn(data)
    report = check(payload)
    codes = {finding.code for finding in report.findings}
    ignored = data.draw(st.sets(st.sampled_from(sorted(codes)))) if codes else set()
    less = check(payload, ignore=ignored)
    assert seen(less) == [finding for finding in seen(report) if finding[0] not in ignored]
    assert_complete(less)


@given(payload=any_payload, kind=st.sampled_from((bytes, bytearray, memoryview, bytes.decode)))
def test_kinds_of_text(payload: bytes, kind: Callable[[bytes], Any]) -> None:
    """Bytes, byte arrays, memory views and strings of one text draw the same findings, lines and columns included."""
    try:
        other = kind(payload)
    except UnicodeDecodeError:
        return
    first, second = check(payload), check(other)
    assert seen(first) == seen(second)
    assert [(f.line, f.column) for f in first.findings] == [(f.line, f.column) for f in second.findings]
