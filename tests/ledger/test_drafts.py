"""Drafts are served: kinds, names and parameters that only they have."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from usagecompat import check, dumps, flatten, loads
from usagecompat.cli.commands import main
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.openapi import openapi_document
from usagecompat.conversion.flattening import flat_records
from usagecompat.corpus.data import folder
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.contract.revisions import Draft

NEWEST = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"][-1]
VIDEOS = "organization.usage.videos.result"
STRING = {"type": "string", "nullable": True}
START = 1_791_936_000


def said() -> dict[str, Any]:
    """A draft with a new kind, a member that is called otherwise, and parameters that nobody has."""
    entry: dict[str, Any] = copy.deepcopy(NEWEST) | {"revision": "2027-01-05"}
    records = entry["schemas"]
    images = records["UsageImagesResult"]
    images["members"] = {
        **{name: one for name, one in images["members"].items() if name != "images"},
        "num_images": {"type": "integer", "former_name": "images"},
    }
    images["required"] = [
        name.replace("images", "num_images") if name == "images" else name for name in images["required"]
    ]
    records["UsageVideosResult"] = {
        "required": ["object", "frames", "cost", "title"],
        "members": {
            "object": {"type": "string", "const": VIDEOS},
            "frames": {"type": "integer"},
            "num_model_requests": {"type": "integer"},
            "model": STRING,
            "project_id": STRING,
            "quality": {**STRING, "known_values": ["low", "high"]},
            "title": {"type": "string"},
            "cost": records["CostsResult"]["members"]["amount"] | {"nullable": False},
        },
    }
    records["UsageTimeBucket"]["members"]["results"]["items"].append("UsageVideosResult")
    start = {"start_time": {"type": "integer", "required": True}}
    entry["endpoints"] = {
        "usage/videos": {
            "kind": VIDEOS,
            "parameters": {
                **start,
                "group_by": {"type": "array", "values": ["model", "quality"]},
                "models": {"type": "array"},
            },
        },
        "usage/completions": {
            "kind": "organization.usage.completions.result",
            "parameters": {
                **start,
                "tiers": {"type": "array", "values": ["a", "b"]},
                "at_least": {"type": "integer"},
                "deep": {"type": "boolean"},
                "ratio": {"type": "number"},
                "zone": {"type": "string", "required": True},
                "user_ids": {"type": "array"},
            },
        },
    }
    return entry


@pytest.fixture(scope="module")
def draft() -> Draft:
    """The draft."""
    return draft_of(json.dumps(said()).encode())


def ask(draft: Draft, path: str, query: str) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer."""
    ledger = Ledger(revision=draft)
    found = ledger.answer(
        f"/v1/organization/{path}", f"start_time={START}&{query}", {"Authorization": f"Bearer {ledger.key}"}
    )
    if found.status == 200:
        assert check(found.body, revision=draft).ok, found.body[:500]
    return found.status, json.loads(found.body)


def results(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a page."""
    return [result for bucket in page["data"] for result in bucket["results"]]


def test_a_kind_that_only_the_draft_has(draft: Draft) -> None:
    """The endpoint of a new kind has usage: each count, by each key, and groups that add up to the whole."""
    status, whole = ask(draft, "usage/videos", "")
    assert status == 200
    assert all(result["object"] == VIDEOS and result["frames"] > 0 for result in results(whole))
    _, groups = ask(draft, "usage/videos", "group_by=model&group_by=quality")
    assert {result["quality"] for result in results(groups)} == {"low", "high"}
    assert sum(one["frames"] for one in results(groups)) == sum(one["frames"] for one in results(whole)) > 0
    model = results(groups)[0]["model"]
    _, chosen = ask(draft, "usage/videos", f"group_by=model&models={model}")
    assert {one["model"] for one in results(chosen)} == {model}
    assert ask(draft, "usage/videos", "group_by=project_id")[0] == 400


def test_a_member_that_is_called_otherwise(draft: Draft) -> None:
    """A count under a new name holds what it held under the old one."""
    new = results(ask(draft, "usage/images", "")[1])
    ledger = Ledger()
    old = ledger.answer(
        "/v1/organization/usage/images", f"start_time={START}", {"Authorization": f"Bearer {ledger.key}"}
    )
    assert [one["num_images"] for one in new] == [one["images"] for one in results(json.loads(old.body))]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("zone=eu", None),
        ("zone=eu&tiers=a,b&tiers[]=a&at_least=-5&deep=true&ratio=1e3&user_ids=user_a", None),
        ("", "zone"),
        ("zone=eu&tiers=c", "tiers"),
        ("zone=eu&at_least=many", "at_least"),
        ("zone=eu&deep=yes", "deep"),
        ("zone=eu&ratio=NaN", "ratio"),
        ("zone=eu&zone=us", "zone"),
        ("zone=eu&other=1", "other"),
        ("zone=eu&models=gpt-4.1", "models"),
    ],
)
def test_parameters_that_only_the_draft_has(draft: Draft, query: str, param: str | None) -> None:
    """They are taken with values of their type and select nothing; whatever else is wrong is refused by name."""
    status, body = ask(draft, "usage/completions", query)
    assert (status, body.get("error", {}).get("param")) == (200 if param is None else 400, param)


def test_pages_go_on(draft: Draft) -> None:
    """A cursor belongs to a query with its new parameters, and to no other."""
    _, page = ask(draft, "usage/completions", "zone=eu&limit=1")
    assert ask(draft, "usage/completions", f"zone=eu&limit=1&page={page['next_page']}")[0] == 200
    assert ask(draft, "usage/completions", f"zone=us&limit=1&page={page['next_page']}")[0] == 400


def test_openapi_document(draft: Draft, tmp_path: Path) -> None:
    """The OpenAPI document of a draft has its parameters, and reads back as the same draft."""
    document: Any = openapi_document(draft)
    parameters = {one["name"]: one for one in document["paths"]["/organization/usage/completions"]["get"]["parameters"]}
    assert parameters["zone"]["required"]
    assert parameters["tiers"]["schema"]["items"]["enum"] == ["a", "b"]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document), "utf-8")
    told = CliRunner().invoke(main, ["revisions", "import", str(file)])
    again = json.loads(told.stdout)["endpoints"]["usage/completions"]["parameters"]
    assert again["tiers"] == {"type": "array", "values": ["a", "b"]}
    assert again["zone"] == {"type": "string", "required": True}


def test_flat_records_of_a_kind_that_only_the_draft_has(draft: Draft) -> None:
    """A result of a new kind has a flat record too."""
    result = b'{"object":"organization.usage.videos.result","frames":3,"cost":{"value":1,"currency":"usd"},"title":"t"}'
    record = loads(result, revision=draft, shape="result")
    assert dumps(flatten(record)) == result  # type: ignore[arg-type] - of no published kind
    assert flat_records(result, draft, from_=draft) == ((result,), ())


def lacking(record: str, *names: str, **members: dict[str, Any]) -> Draft:
    """The newest revision, of which a record has not these members, and requires those that are new."""
    entry = copy.deepcopy(NEWEST) | {"revision": "2027-01-05"}
    one = entry["schemas"]["CostsResult"]["members"]["amount"] if record == "Amount" else entry["schemas"][record]
    for name in names:
        one["members"].pop(name, None)
        one["required"] = [other for other in one.get("required", ()) if other != name]
    one["members"] |= {name: row for name, row in members.items() if row}
    one["required"] = [*one.get("required", ()), *members]
    return draft_of(json.dumps(entry).encode())


@pytest.mark.parametrize(
    "draft",
    [
        lacking("UsageResponse", "next_page"),
        lacking("UsageResponse", "has_more"),
        lacking("UsageResponse", "data", items={"type": "array", "items": "UsageTimeBucket"}),
        lacking("UsageResponse", others={"type": "array", "items": "UsageTimeBucket"}),
        lacking("UsageResponse", "next_page", next_page={}, more={}),
        lacking("UsageTimeBucket", "end_time", more={}),
        lacking("UsageTimeBucket", others={"type": "array", "items": ["CostsResult"]}),
        lacking("UsageCompletionsResult", "output_tokens", more={}),
        lacking("Amount", tax={"type": "number"}, more={}),
    ],
)
def test_pages_of_other_members(draft: Draft) -> None:
    """A draft may have no cursor, call its buckets otherwise and require what it does not declare: what is served has it so."""
    ledger = Ledger(revision=draft)
    for path in ("usage/completions", "costs"):
        key = {"Authorization": f"Bearer {ledger.key}"}
        answer = ledger.answer(f"/v1/organization/{path}", f"start_time={START}", key)
        assert answer.status == 200
        assert not [one for one in check(answer.body, revision=draft, shape="page").findings if one.severity == "error"]
