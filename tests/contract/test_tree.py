"""The neutral tree against what was published: member by member, for every revision."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from usagecompat import LATEST, REVISIONS
from usagecompat.contract.tree import JsonType, contract, declared_since, declared_until, known_since, shape_of
from usagecompat.corpus.data import folder

if TYPE_CHECKING:
    from usagecompat.contract.tree import Contract, Member

UPSTREAM = folder("fixtures") / "upstream"
ENTRIES = json.loads((UPSTREAM / "history.json").read_bytes())["revisions"]
HISTORY = {entry["revision"]: entry["schemas"] for entry in ENTRIES}
FLAT = json.loads((UPSTREAM / "flat-record.json").read_bytes())
PERL_TYPES = {
    "string": JsonType.STRING,
    "int": JsonType.INTEGER,
    "boolean": JsonType.BOOLEAN,
    "CostsResultAmount": JsonType.OBJECT,
}


def as_history_says(member: Member, said: Contract) -> dict[str, Any]:
    """One member in the words of the published history."""
    row: dict[str, Any] = {"type": str(member.type)}
    if member.const is not None:
        row["const"] = member.const
    if member.type is JsonType.ARRAY:
        row["items"] = member.of[0] if member.of == (said.bucket.name,) else list(member.of)
    if member.type is JsonType.OBJECT:
        row["members"] = {name: as_history_says(m, said) for name, m in said.amount.members.items()}
    if member.nullable:
        row["nullable"] = True
    if member.format is not None:
        row["format"] = member.format
    if member.values is not None and not member.values.in_prose:
        row["known_values"] = list(member.values.known)
        if member.values.closed:
            row["closed"] = True
    return row


def test_revisions() -> None:
    """The revisions are those of the published history, oldest first."""
    assert tuple(HISTORY) == REVISIONS
    assert REVISIONS[-1] == LATEST


@pytest.mark.parametrize("revision", REVISIONS)
def test_history(revision: str) -> None:
    """What a revision declares and requires is what was published, in the order in which it was published."""
    said = contract(revision)
    ours = {
        shape.name: {
            "required": list(shape.required),
            "members": {name: as_history_says(member, said) for name, member in shape.members.items()},
        }
        for shape in said.records.values()
        if shape is not said.amount
    }
    published = HISTORY[revision]
    assert set(ours) == set(published)
    for name, record in published.items():
        assert json.dumps(ours[name]) == json.dumps(record), (
            f"{name}: contract/records.py and fixtures/upstream/history.json differ about it at {revision}"
        )


def test_flat_record() -> None:
    """At 2024-12-16 the flat record has the 21 members of the generated Perl class: order, types and required set."""
    flat = contract(FLAT["revision"]).flat
    assert len(flat.members) == 21
    assert [(name, member.type) for name, member in flat.members.items()] == [
        (row["member"], PERL_TYPES[row["type"]]) for row in FLAT["members"]
    ]
    assert list(flat.required) == [row["member"] for row in FLAT["members"] if not row["optional"]]


@pytest.mark.parametrize("revision", REVISIONS)
def test_flat_record_is_the_union(revision: str) -> None:
    """The flat record has the members of all kinds as first seen, required and nullable where any kind says so."""
    said = contract(revision)
    everywhere = [(name, m, shape) for shape in said.kinds.values() for name, m in shape.members.items()]
    assert list(said.flat.members) == list(dict.fromkeys(name for name, _, _ in everywhere))
    for name, member in said.flat.members.items():
        assert (name in said.flat.required) is any(n == name and n in shape.required for n, _, shape in everywhere)
        assert member.nullable is any(n == name and m.nullable for n, m, _ in everywhere)


def test_twelve_kinds() -> None:
    """The revision of 2026-10-21 knows twelve kinds, the oldest nine."""
    assert len(contract("2026-10-21").kinds) == 12
    assert len(contract(REVISIONS[0]).kinds) == 9
    assert all(tag == shape.kind for tag, shape in contract(LATEST).kinds.items())


def test_a_required_name_may_be_undeclared() -> None:
    """Where a revision requires a name that it does not declare, the name is required and no member."""
    costs = shape_of("CostsResult", "2024-12-16")
    assert "sessions" in costs.required
    assert "sessions" not in costs.members
    assert "sessions" not in shape_of("CostsResult", "2025-01-17").required


def test_names_change() -> None:
    """A member knows its name at the revision, and the name that it had before or has later."""
    old, new = shape_of("UsageTimeBucket", "2025-02-10"), shape_of("UsageTimeBucket", "2026-05-13")
    assert (old.members["result"].attribute, old.members["result"].newer_name) == ("results", "results")
    assert (new.members["results"].attribute, new.members["results"].former_name) == ("results", "result")
    assert "results" not in old.members
    assert "result" not in new.members


def test_lifetimes() -> None:
    """The tree tells the first and the last revision that declares a name, and since when a kind is known."""
    assert declared_since("UsageTimeBucket", "results") == "2026-05-13"
    assert declared_until("UsageTimeBucket", "result") == "2025-02-10"
    assert declared_since("CostsResult", "sessions") is None
    assert known_since("organization.usage.decisions.result") == "2026-10-14"
    assert known_since("organization.usage.others.result") is None


@pytest.mark.parametrize("revision", REVISIONS)
def test_meanings(revision: str) -> None:
    """What a member counts, where that has changed, is what was published; no other member has a meaning of its own."""
    ours = {
        shape.name: {name: member.meaning for name, member in shape.members.items() if member.meaning is not None}
        for shape in contract(revision).records.values()
    }
    published = next(entry for entry in ENTRIES if entry["revision"] == revision).get("meanings", {})
    assert {name: {n: attrs.asdict(m) for n, m in found.items()} for name, found in ours.items() if found} == {
        name: {n: {"leaves_out": "", "unless": "", **m} for n, m in found.items()} for name, found in published.items()
    }
