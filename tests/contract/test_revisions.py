"""Revisions and the registry of deviations."""

from __future__ import annotations

import re
from datetime import date

import pytest

from usagecompat import CODES, LATEST, REVISIONS, Profile, Severity, check
from usagecompat.contract.revisions import (
    DEVIATIONS,
    EMULATOR_HABITS,
    ENDPOINT_NAMES,
    GROUP_KEYS,
    KNOWN_UNDECLARED,
    PUBLISHED,
    Deviation,
    Tolerance,
    resolve_revision,
)
from usagecompat.contract.tree import contract
from usagecompat.exceptions import NoSuchRevision

every_deviation = pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.code)


def test_revisions() -> None:
    """Revisions are named by their dates, oldest first; each has a public source, and the first thirteen stay."""
    assert tuple(PUBLISHED) == REVISIONS
    assert REVISIONS.index("2026-10-21") == 12
    assert [date.fromisoformat(revision) for revision in REVISIONS] == sorted(map(date.fromisoformat, REVISIONS))
    assert REVISIONS[-1] == LATEST
    assert all(re.search(r"openai", source) for source in PUBLISHED.values())


def test_resolution() -> None:
    """No revision is the newest one, and what was never published is refused with all that were."""
    assert resolve_revision(None) == LATEST
    assert all(resolve_revision(revision) == revision for revision in REVISIONS)
    for wrong in ("2025-01-18", "latest", "", "2024-12-04 "):
        with pytest.raises(NoSuchRevision) as refused:
            resolve_revision(wrong)
        assert refused.value.known == REVISIONS
        assert all(revision in str(refused.value) for revision in REVISIONS)


def test_each_deviation_has_a_code() -> None:
    """The deviations and the codes of the stage `wire/` are the same."""
    codes = [deviation.code for deviation in DEVIATIONS]
    assert sorted(codes) == sorted(code for code in CODES if code.startswith("wire/"))


@every_deviation
def test_deviations(deviation: Deviation) -> None:
    """A deviation has evidence and a range of revisions, is tolerated as served and an error to the letter."""
    assert len(deviation.seen) > 20
    assert deviation.since in REVISIONS
    assert deviation.until in REVISIONS
    assert deviation.since <= deviation.until
    assert CODES[deviation.code].severity(Profile.SERVED) is Severity.WARNING
    assert CODES[deviation.code].severity(Profile.PUBLISHED) is Severity.ERROR


@every_deviation
def test_ranges(deviation: Deviation) -> None:
    """A deviation exists at the revisions of its range and at no other."""
    concerned = [revision for revision in REVISIONS if deviation.concerns(revision)]
    assert concerned[0] == deviation.since
    assert concerned[-1] == deviation.until
    assert concerned == list(REVISIONS[REVISIONS.index(deviation.since) : REVISIONS.index(deviation.until) + 1])


@every_deviation
@pytest.mark.parametrize("revision", REVISIONS)
def test_deviations_tolerate_something(deviation: Deviation, revision: str) -> None:
    """Where a deviation exists, the letter does not allow what it tolerates; elsewhere it is no part of the tree."""
    said = contract(revision)
    members = [m for shape in said.records.values() for m in shape.members.values()]
    there = [m for m in members if m.deviations.get(deviation.allows) is deviation]
    absences = [s for s in said.records.values() if s.tolerated_absences.get(deviation.member) is deviation]
    assert bool(there or absences) is deviation.concerns(revision)
    for member in there:
        if deviation.allows is Tolerance.NULL:
            assert not member.nullable
        if deviation.allows is Tolerance.NEWER_NAME:
            assert member.newer_name is not None
        if deviation.member == GROUP_KEYS:
            assert member.is_group_key
    assert all(deviation.member in shape.required for shape in absences)


@pytest.mark.parametrize("name", KNOWN_UNDECLARED)
def test_known_undeclared_members(name: str) -> None:
    """A member that the live API is known to send undeclared is a note that says so, and never more."""
    record = "bucket" if name.endswith("_iso") else "organization.costs.result"
    text = f'{{"object":"{record}","start_time":1,"end_time":2,"results":[],"{name}":"x"}}'
    revision = "2026-05-13"
    findings = [finding for finding in check(text, revision=revision).findings if finding.pointer == f"/{name}"]
    assert [(finding.code, finding.severity) for finding in findings] == [("schema/undeclared-member", "note")]
    assert findings[0].hint


def test_habits_are_no_tolerance() -> None:
    """What emulators do is told in hints, and changes no code's weight."""
    assert {code for code, _ in EMULATOR_HABITS} <= CODES.keys()
    assert all(hint.endswith(".") for hint in EMULATOR_HABITS.values())


def test_endpoint_names() -> None:
    """An endpoint's name is no kind, and stands for one that is."""
    for taken, meant in ENDPOINT_NAMES.items():
        assert taken not in contract(LATEST).kinds
        assert meant in contract(LATEST).kinds
