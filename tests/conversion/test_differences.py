"""What differs between two revisions: whom it breaks, and payloads that show it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_up_revisions import made_up

from usagecompat import REVISIONS, Verdict, check, schema
from usagecompat.cli.commands import main
from usagecompat.contract.effects import Effect, Role
from usagecompat.contract.evolution import Rule, changes
from usagecompat.contract.tree import contract
from usagecompat.conversion import QueryWitness, Witness, differences, why_refused
from usagecompat.corpus.data import folder
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALIDATOR = Draft202012Validator(json.loads((folder("schemas") / "diff.json").read_bytes()))
SAMPLES: dict[str, Any] = {"integer": 5, "number": 2.5, "string": "x", "boolean": True, "null": None, "array": []}
PARTS = {"UsageResponse": "page", "UsageTimeBucket": "bucket", "CostsResultAmount": "amount"}
STRICT = {Role.STRICT_OLD_READER: Role.OLD_READER, Role.STRICT_NEW_READER: Role.NEW_READER}
revisions = st.one_of(st.sampled_from(REVISIONS), made_up())
relaxed = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


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


def instances(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Objects of one record with declared members only: the least, and each member once with each kind of value."""
    members = part["properties"]
    least = {member: samples(members[member])[0] for member in part["required"]}
    for choice in part.get("allOf", [{"anyOf": [{"required": []}]}])[0]["anyOf"]:
        start = {**least, **{member: [] for member in choice["required"]}}
        yield start
        yield from ({**start, member: value} for member in members for value in samples(members[member]))


@cache
def validator(record: str, revision: str, profile: Profile, *, strict: bool) -> Any | None:  # noqa: ANN401 - of another library
    """Another library's validator of a record; a strict one refuses what the revision does not know. None: all of it."""
    document = json.loads(json.dumps(schema(revision=revision, profile=profile)))
    known = record in contract(revision).records
    if strict:
        if not known:
            return None
        for part in document["$defs"].values():
            if part["title"] != "UsageResult":
                part["unevaluatedProperties"] = False
    document["$ref"] = f"#/$defs/{PARTS.get(record, record) if known else 'result'}"
    document.pop("$id")
    return jsonschema_rs.validator_for(document)


def refuses(record: str, instance: dict[str, Any], revision: str, profile: Profile, *, strict: bool) -> bool:
    """Whether the validator refuses an object."""
    found = validator(record, revision, profile, strict=strict)
    return found is None or not found.is_valid(instance)


@relaxed
@given(older=revisions, newer=revisions, profile=st.sampled_from(Profile))
def test_a_second_opinion(older: str, newer: str, profile: Profile) -> None:
    """A record's changes break a reader, strict or not, exactly if a validator refuses data of the other revision."""
    found = changes(older, newer)
    for role in (Role.OLD_READER, Role.NEW_READER, *STRICT):
        reads_new = STRICT.get(role, role) is Role.OLD_READER
        reader, source = (older, newer) if reads_new else (newer, older)
        parts = schema(revision=source, profile=profile)["$defs"]
        for record in contract(source).records:
            refused = any(
                refuses(record, instance, reader, profile, strict=role in STRICT)
                for instance in instances(parts[PARTS.get(record, record)])
            )
            claimed = any(
                change.effects[profile, role] is Effect.BREAKING for change in found if change.record == record
            )
            assert refused == claimed, (record, role, [change.text for change in found if change.record == record])


@relaxed
@given(older=revisions, newer=revisions)
def test_witnesses(older: str, newer: str) -> None:
    """Each change but an annotation's has a witness, which is right on one side and not on the other."""
    for one in differences(older, newer).found:
        if isinstance(one.witness, QueryWitness):
            assert why_refused(one.witness.query, one.witness.right_at) is None
            assert why_refused(one.witness.query, one.witness.wrong_at) == one.witness.reason
        elif isinstance(one.witness, Witness):
            here, there = (
                check(one.witness.payload, revision=revision, profile=one.witness.profile)
                for revision in (one.witness.right_at, one.witness.wrong_at)
            )
            assert here.verdict is not Verdict.INVALID
            assert there.verdict is one.witness.verdict
            assert one.witness.code in {finding.code for finding in there.findings}
            assert {here.revision, there.revision} == {older, newer}
        else:
            unfelt = {Rule.FORMAT_CHANGED, Rule.VALUES_ADDED, Rule.VALUES_REMOVED, Rule.VALUES_OPENED}
            # Where a draft lacks a part of the sum, no payload shows what the total means.
            is_draft = not {older, newer} <= {*REVISIONS}
            assert one.change.rule in unfelt | ({Rule.MEANING_CHANGED} if is_draft else set())


@relaxed
@given(revision=revisions)
def test_nothing_differs_from_itself(revision: str) -> None:
    """A revision does not differ from itself."""
    assert not differences(revision, revision).found


@relaxed
@given(older=revisions, newer=revisions, only_breaking=st.booleans())
def test_formats(older: str, newer: str, only_breaking: bool) -> None:  # noqa: FBT001 - drawn
    """The JSON is what its schema says, and text and Markdown name every change."""
    found = differences(older, newer, only_breaking=only_breaking)
    told = json.loads(json.dumps(found.to_dict()))
    VALIDATOR.validate(told)
    assert told["breaking"] == sum(one["breaking"] for one in told["changes"])
    assert not only_breaking or told["breaking"] == len(told["changes"])
    text, markdown = "\n".join(found.text()), "\n".join(found.markdown())
    for one in found.found:
        assert f"{one.change.rule} {one.change.place}" in text
        assert f"`{one.change.rule}` `{one.change.place}`" in markdown


def test_meaning() -> None:
    """Where a count means something else, only who adds up breaks, and a sum shows it."""
    for older, newer in (("2026-08-21", "2026-10-02"), ("2026-10-14", "2026-10-21")):
        found = [one for one in differences(older, newer).found if one.change.rule is Rule.MEANING_CHANGED]
        assert found
        for one in found:
            assert list(one.breaks()) == [str(Role.ADDER)]
            assert isinstance(one.witness, Witness)
            assert one.witness.code == "rule/input-split-mismatch"


def test_command(tmp_path: Path) -> None:
    """The command ends with 0 if nothing differs, 1 if something does, 2 if a side cannot be read."""
    run = CliRunner().invoke
    assert run(main, ["revisions", "diff", "2026-10-21", "2026-10-21"]).exit_code == 0
    told = run(main, ["revisions", "diff", "2025-02-10", "2026-05-13", "--format", "json"])
    assert told.exit_code == 1
    assert {one["rule"] for one in json.loads(told.stdout)["changes"]} >= {"renamed", "null-allowed", "required"}
    assert run(main, ["revisions", "diff", "2024-12-05", "2024-12-16"]).exit_code == 1
    assert run(main, ["revisions", "diff", "2024-12-05", "2024-12-16", "--breaking"]).exit_code == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("openapi: [", "utf-8")
    for arguments in (["2026-10-21"], ["2026-10-21", "2026-10-22"], ["2026-10-21", str(bad)]):
        refused = run(main, ["revisions", "diff", *arguments])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output


@pytest.mark.parametrize("arguments", [[], ["--format", "json"]])
def test_the_list_stays(arguments: list[str]) -> None:
    """Without a command, the revisions are listed."""
    listed = CliRunner().invoke(main, ["revisions", *arguments])
    assert listed.exit_code == 0
    assert all(revision in listed.output for revision in REVISIONS)
