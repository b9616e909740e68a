"""What changed from revision to revision, and whether those break whom the changelog says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from usagecompat import REVISIONS
from usagecompat.contract import json_schema as _schema
from usagecompat.contract.changelog import changelog
from usagecompat.contract.effects import READERS, Effect, Role
from usagecompat.contract.evolution import changes, worst
from usagecompat.contract.tree import contract
from usagecompat.findings import Profile

SAMPLES: dict[str, Any] = {"integer": 5, "number": 2.5, "string": "x", "boolean": True, "null": None, "array": []}
STEPS = list(pairwise(REVISIONS))
Witness = tuple[str, dict[str, Any]]
"""An instance of a record, by the record's name."""


def definitions(revision: str, profile: Profile) -> dict[str, Any]:
    """The parts of a revision's schema."""
    parts: dict[str, Any] = _schema.schema(revision=revision, profile=profile)["$defs"]
    names = {"page": "UsageResponse", "bucket": "UsageTimeBucket", "amount": "CostsResultAmount"}
    return {names.get(name, name): part for name, part in parts.items() if name not in ("result", "flat")}


def samples(member: dict[str, Any]) -> list[Any]:
    """Values that a member's schema asks for, one of each kind."""
    if "const" in member:
        return [member["const"]]
    if "enum" in member:
        return list(member["enum"])
    if "anyOf" in member:
        return [2.5, "2.50"]
    if "$ref" in member:
        return [{}]
    types = member.get("type", list(SAMPLES))
    return [SAMPLES[name] for name in ([types] if isinstance(types, str) else types)]


def witnesses(revision: str, profile: Profile) -> list[Witness]:
    """Instances with declared members only: the least of each record, and each member once with each kind of value."""
    found: list[Witness] = []
    for name, part in definitions(revision, profile).items():
        members = part["properties"]
        least = {member: samples(members[member])[0] for member in part["required"]}
        choices = part.get("allOf", [{"anyOf": [{"required": []}]}])[0]["anyOf"]
        for choice in choices:
            start = {**least, **{member: [] for member in choice["required"]}}
            found.append((name, start))
            found += [(name, {**start, member: value}) for member in members for value in samples(members[member])]
    return found


def blamed(instance: Witness, revision: str, profile: Profile) -> set[tuple[str, str | None]]:
    """The members for which a revision's schema refuses an instance, and the record itself if it knows no such kind."""
    record, payload = instance
    known = {shape.name for shape in contract(revision).records.values()}
    document = {**_schema.schema(revision=revision, profile=profile)}
    names = {"UsageResponse": "page", "UsageTimeBucket": "bucket", "CostsResultAmount": "amount"}
    document["$ref"] = f"#/$defs/{names.get(record, record) if record in known else 'result'}"
    found: set[tuple[str, str | None]] = set()
    for error in Draft202012Validator(document).iter_errors(payload):
        if record not in known:
            found.add((record, None))
        elif error.validator == "required":
            found |= {(record, name) for name in error.validator_value if name not in payload}
        elif error.validator == "anyOf" and not error.absolute_path:
            found |= {(record, name) for choice in error.validator_value for name in choice["required"]}
        else:
            found.add((record, str(error.absolute_path[0])))
    return found


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("revision", REVISIONS)
def test_witnesses_are_valid_at_home(revision: str, profile: Profile) -> None:
    """Every instance by which revisions are compared is valid at its own."""
    for witness in witnesses(revision, profile):
        assert not blamed(witness, revision, profile), witness


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(("older", "newer"), STEPS)
def test_breaking(older: str, newer: str, profile: Profile, role: Role) -> None:
    """A change is called breaking exactly if an instance of the one revision is refused by the other on its account."""
    reader, source = (older, newer) if role is Role.OLD_READER else (newer, older)
    refused = {place for witness in witnesses(source, profile) for place in blamed(witness, reader, profile)}
    claimed = [
        {(change.record, name) for name in change.names or (None,)}
        for change in changes(older, newer)
        if change.effects[profile, role] is Effect.BREAKING
    ]
    assert all(places & refused for places in claimed), "a claim without a proof"
    assert refused <= set().union(*claimed), "a break that is not claimed"


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(("older", "newer"), STEPS)
def test_identical(older: str, newer: str, profile: Profile) -> None:
    """Changes of a record are called identical exactly if its schemas are."""
    before, after = definitions(older, profile), definitions(newer, profile)
    for record, part in after.items():
        found = [change for change in changes(older, newer) if change.record == record]
        same = {worst(found, profile, role) is Effect.IDENTICAL for role in READERS}
        assert same == {record in before and _schema.fingerprint(before[record]) == _schema.fingerprint(part)}, record


def test_every_revision_has_its_chapter() -> None:
    """The changelog has a chapter for each revision, newest first, and says what each of them changed."""
    chapters = [line.removeprefix("## ") for line in changelog().splitlines() if line.startswith("## ")]
    assert chapters == list(reversed(REVISIONS))
    assert all(changes(older, newer) for older, newer in STEPS)


def test_a_rename_breaks_both() -> None:
    """To the letter, neither client finds the list of results where the other revision has it."""
    (change,) = (change for change in changes("2025-02-10", "2026-05-13") if change.names == ("result", "results"))
    assert {change.effects[Profile.PUBLISHED, role] for role in READERS} == {Effect.BREAKING}
    assert change.effects[Profile.SERVED, Role.OLD_READER] is Effect.BACKWARD
