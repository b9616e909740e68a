"""What the public strategies promise: what is drawn as valid is valid, and what is broken shows how."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from usagecompat.checking.stages import check
from usagecompat.contract import records
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.contract.tree import RECORDS, contract
from usagecompat.exceptions import NoSuchName, NoSuchRevision
from usagecompat.findings import CODES, CODES_OF_PAYLOADS, Severity, Verdict
from usagecompat.strategies import broken_payloads, buckets, pages, payloads, results
from usagecompat.strategies.broken import breakable

if TYPE_CHECKING:
    from collections.abc import Callable

every_revision = pytest.mark.parametrize("revision", REVISIONS)


@every_revision
@given(data=st.data())
def test_payloads_are_valid(revision: str, data: st.DataObject) -> None:
    """A payload to the letter of a revision is valid there, under both profiles."""
    payload = data.draw(payloads(revision=revision))
    for profile in ("served", "published"):
        report = check(payload, revision=revision, profile=profile)
        assert report.verdict is Verdict.VALID, report.findings


@every_revision
@given(data=st.data())
def test_served_payloads_deviate_in_known_ways_only(revision: str, data: st.DataObject) -> None:
    """A payload as it is served draws no error, and no warning but those that every client must live with."""
    report = check(data.draw(payloads(revision=revision, profile="served")), revision=revision)
    heavy = {finding.code for finding in report.findings if finding.severity is not Severity.NOTE}
    assert all(code.startswith("wire/") or code == "schema/unknown-kind" for code in heavy), report.findings


@every_revision
@given(data=st.data())
def test_broken_payloads_show_their_code(revision: str, data: st.DataObject) -> None:
    """A broken payload shows the code that it was broken by."""
    payload, code = data.draw(broken_payloads(revision=revision))
    report = check(payload, revision=revision)
    assert code in {finding.code for finding in report.findings}
    assert report.verdict is not Verdict.VALID


@pytest.mark.parametrize("code", breakable(contract(LATEST)))
@settings(max_examples=5)
@given(data=st.data())
def test_each_code_can_be_drawn(code: str, data: st.DataObject) -> None:
    """Payloads can be drawn for one code, and each of them shows it."""
    payload, named = data.draw(broken_payloads(code=code))
    assert named == code
    assert code in {finding.code for finding in check(payload).findings}


def test_all_codes_of_payloads_can_be_broken() -> None:
    """Every error and warning that a payload can show, at one revision or another, can be drawn."""
    drawn = {code for revision in REVISIONS for code in breakable(contract(revision))}
    heavy = {code for code in CODES_OF_PAYLOADS if CODES[code].served is not Severity.NOTE}
    assert heavy - drawn == {"json/limit-size", "record/phantom-member"}
    assert drawn <= heavy


@pytest.mark.parametrize(("strategy", "shape"), [(pages, "page"), (buckets, "bucket"), (results, "result")])
@given(data=st.data())
def test_shapes(strategy: Callable[..., st.SearchStrategy[object]], shape: str, data: st.DataObject) -> None:
    """A payload of one shape is told to be of that shape, and records of the shape are what their name says."""
    assert check(data.draw(payloads(shape=shape))).shape == shape
    record = data.draw(strategy())
    assert isinstance(
        record, {"page": records.UsageResponse, "bucket": records.UsageTimeBucket}.get(shape, records.UsageResult)
    )


@pytest.mark.parametrize("kind", contract(LATEST).kinds)
@given(data=st.data())
def test_kinds(kind: str, data: st.DataObject) -> None:
    """Every kind can be asked for by the value of its `object`."""
    assert data.draw(results(kind=kind)).object == kind
    assert all(result.object == kind for result in data.draw(buckets(kind=kind)).results)


@pytest.mark.parametrize("cls", RECORDS.values(), ids=RECORDS)
@given(data=st.data())
def test_records_are_registered(cls: type, data: st.DataObject) -> None:
    """Hypothesis draws every record from its type alone, since the package registers them."""
    assert isinstance(data.draw(st.from_type(cls)), cls)


@pytest.mark.parametrize("strategy", [pages, buckets, results, payloads])
def test_names_are_checked_at_once(strategy: Callable[..., object]) -> None:
    """A name that does not exist is refused where it is written, not when something is drawn."""
    with pytest.raises(NoSuchRevision):
        strategy(revision="2025-01-01")
    with pytest.raises(NoSuchName):
        strategy(profile="letter")
    with pytest.raises(NoSuchName):
        strategy(kind="organization.usage.decisions.result", revision="2026-10-06")


def test_codes_are_checked_at_once() -> None:
    """A code that no payload of the revision can show is refused where it is written."""
    with pytest.raises(NoSuchName):
        broken_payloads(code="wire/null-next-page")
    with pytest.raises(NoSuchRevision):
        broken_payloads(revision="yesterday")


@pytest.mark.parametrize("module", ["strategies", "strategies.public", "strategies.trees", "strategies.broken"])
def test_import_in_any_order(module: str) -> None:
    """Hypothesis and the strategies may be imported in either order, although each imports the other."""
    program = (
        f"import usagecompat.{module}, usagecompat.strategies, hypothesis; usagecompat.strategies.pages().validate()"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("strategy", [pages, buckets, results, payloads, broken_payloads])
def test_strategies_print_well(strategy: Callable[[], object]) -> None:
    """A strategy prints in a few lines, as a failing test of its user may show it."""
    assert len(repr(strategy())) < 2_000
