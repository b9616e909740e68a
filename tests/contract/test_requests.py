"""What may be asked of each endpoint, held against the vendor's published request types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from usagecompat.contract import ALL_ENDPOINTS, LATEST, REVISIONS, Endpoint, contract, endpoints_of, queries_of
from usagecompat.corpus import folder

PUBLISHED: dict[str, dict[str, Any]] = json.loads((folder("fixtures") / "upstream/requests.json").read_text("utf-8"))[
    "endpoints"
]
PLAIN = {"start_time", "end_time", "bucket_width", "limit", "page", "group_by"}
every_endpoint = pytest.mark.parametrize("endpoint", ALL_ENDPOINTS, ids=lambda endpoint: endpoint.name)


def test_every_endpoint_is_there() -> None:
    """The table has the published endpoints and no others."""
    unlike = {endpoint.name for endpoint in ALL_ENDPOINTS} ^ set(PUBLISHED)
    assert not unlike, "contract/requests.py and fixtures/upstream/requests.json do not have the same endpoints"


@every_endpoint
def test_the_table_says_what_was_published(endpoint: Endpoint) -> None:
    """Parameters, listed values, widths and limits are the published ones."""
    said = PUBLISHED[endpoint.name]
    parameters = said["parameters"]
    assert {*PLAIN, *(item.name for item in endpoint.filters)} == set(parameters)
    assert list(endpoint.group_by) == parameters["group_by"]["values"]
    assert list(endpoint.limits) == parameters["bucket_width"]["values"]
    assert {w: {"default": limit.default, "most": limit.most} for w, limit in endpoint.limits.items()} == said["limit"]
    for item in endpoint.filters:
        published = parameters[item.name]
        assert published["type"] == ("boolean" if item.single else "array")
        if not item.single:
            assert list(item.values) == published.get("values", [])


@every_endpoint
def test_every_filter_selects_by_a_key(endpoint: Endpoint) -> None:
    """A filter takes values of a key by which the endpoint groups."""
    assert {item.key for item in endpoint.filters} <= set(endpoint.group_by)


def test_the_newest_revision_has_all() -> None:
    """At the newest revision every key and every filter is declared."""
    assert tuple(endpoints_of(contract(LATEST)).values()) == ALL_ENDPOINTS


@pytest.mark.parametrize("revision", REVISIONS)
def test_older_revisions_have_what_they_declare(revision: str) -> None:
    """Endpoints and keys of a revision are those whose kinds and members it has."""
    said = contract(revision)
    found = endpoints_of(said)
    assert [endpoint.kind for endpoint in found.values()] == list(said.kinds)
    for endpoint in found.values():
        members = said.kinds[endpoint.kind].members
        assert set(endpoint.group_by) == {name for name, member in members.items() if member.is_group_key}


@pytest.mark.parametrize("revision", REVISIONS)
def test_endpoints_take_what_the_revision_lets_be_asked(revision: str) -> None:
    """What is served and documented of a revision takes the parameters that `revisions diff` knows of it, and no others."""
    said = contract(revision)
    asked = {name: set(parameters) for name, parameters in (queries_of(said) or {}).items()}
    assert asked == {
        name: PLAIN | {item.name for item in endpoint.filters} for name, endpoint in endpoints_of(said).items()
    }


def test_lines_of_the_bill_are_a_new_filter() -> None:
    """Costs can be filtered by lines of the bill from the newest revision on, although they are older than that."""
    lines = {
        revision: any(item.name == "line_items" for item in endpoints_of(contract(revision))["costs"].filters)
        for revision in REVISIONS
    }
    assert [revision for revision, takes in lines.items() if takes] == ["2026-10-21"]
