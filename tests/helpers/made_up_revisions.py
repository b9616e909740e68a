"""Revisions that were never published, made of published ones by one change after the other."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from usagecompat.contract.drafts import draft_of
from usagecompat.corpus.data import folder

if TYPE_CHECKING:
    from usagecompat.contract.revisions import Draft

HISTORY = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"]
ENTRIES: dict[str, dict[str, Any]] = {entry["revision"]: entry for entry in HISTORY}

_ROWS: list[dict[str, Any]] = [
    {"type": "integer"},
    {"type": "number", "nullable": True},
    {"type": "string", "nullable": True},
    {"type": "string", "known_values": ["a", "b"], "closed": True},
    {"type": "boolean"},
]


@st.composite
def made_up(draw: st.DrawFn) -> Draft:
    """A draft that differs from some published revision in a few members and kinds."""
    entry = copy.deepcopy(draw(st.sampled_from(HISTORY)))
    if entry["revision"] >= "2026-05-13":
        entry["revision"] = draw(st.sampled_from([entry["revision"], "2027-03-01"]))
    entry["source"] = "made up"
    entry.pop("meanings", None)
    records = entry["schemas"]
    results = sorted(name for name in records if name not in ("UsageResponse", "UsageTimeBucket"))
    for number in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(results))
        _change(draw, records[name], number)
    if draw(st.booleans()):
        members = {
            "object": {"type": "string", "const": "organization.usage.made_up.result"},
            "spans": {"type": "integer"},
        }
        records["UsageMadeUpResult"] = {"required": ["object", "spans"], "members": members}
        listed = next(row for row in records["UsageTimeBucket"]["members"].values() if row["type"] == "array")
        listed["items"] = [*listed["items"], "UsageMadeUpResult"]
    return draft_of(json.dumps(entry).encode())


def _change(draw: st.DrawFn, record: dict[str, Any], number: int) -> None:
    members = record["members"]
    plain = [name for name, row in members.items() if name != "object" and row["type"] != "object"]
    what = draw(st.sampled_from(["add", "remove", "null", "require", "type", "values"]))
    name = draw(st.sampled_from(plain)) if plain and what != "add" else f"made_up_{number}"
    row = members.setdefault(name, dict(draw(st.sampled_from(_ROWS))))
    if what == "remove":
        del members[name]
        record["required"] = [one for one in record["required"] if one != name]
    elif what == "null":
        row["nullable"] = not row.get("nullable", False)
    elif what == "require":
        required = record["required"]
        record["required"] = [one for one in required if one != name] if name in required else [*required, name]
    elif what == "type":
        members[name] = dict(draw(st.sampled_from(_ROWS)))
    elif what == "values" and row["type"] == "string":
        listed = draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))
        members[name] = {**row, "known_values": listed, "closed": draw(st.booleans())}
