"""What a ledger serves is what its revision of the contract declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import usagecompat
from usagecompat.contract import ALL_ENDPOINTS, contract
from usagecompat.ledger import Ledger

from .conftest import WEEK, Client

if TYPE_CHECKING:
    from usagecompat.contract import Endpoint

every_revision = pytest.mark.parametrize("revision", usagecompat.REVISIONS)
SELF_CONTRADICTIONS = {"wire/costs-without-sessions", "wire/code-interpreter-without-sessions"}
"""Where a revision requires what it does not declare, and the API never sent."""


@every_revision
def test_pages_are_valid(revision: str) -> None:
    """Every page of every endpoint, grouped by nothing and by everything, has no more than notes at its revision."""
    client = Client(Ledger(revision=revision))
    for endpoint in client.ledger.endpoints.values():
        for group_by in ("", f"&group_by={','.join(endpoint.group_by)}"):
            found = client.ask(endpoint.name, f"start_time={WEEK}{group_by}")
            report = usagecompat.check(found.body, revision=revision)
            codes = {finding.code for finding in report.findings if finding.severity != "note"}
            assert codes <= SELF_CONTRADICTIONS, (endpoint.name, codes)
            assert report.shape == "page"


@every_revision
def test_endpoints_of_a_revision(revision: str) -> None:
    """There is an endpoint for each kind that the revision has, and any other gets 404."""
    client = Client(Ledger(revision=revision))
    kinds = contract(revision).kinds
    for endpoint in ALL_ENDPOINTS:
        status = client.ask(endpoint.name, f"start_time={WEEK}").status
        assert status == (200 if endpoint.kind in kinds else 404)


def results(client: Client, endpoint: Endpoint, query: str) -> list[dict[str, Any]]:
    """All results of a query, at a revision that says `results`."""
    return [result for bucket in client.buckets(endpoint.name, query) for result in bucket["results"]]


@pytest.mark.parametrize("revision", [r for r in usagecompat.REVISIONS if r >= "2026-05-13"])
def test_members_of_a_revision(revision: str) -> None:
    """Grouped by everything a result has each declared member but those keys that it has no value for, in the contract's order."""
    client = Client(Ledger(revision=revision))
    for endpoint in client.ledger.endpoints.values():
        declared = list(contract(revision).kinds[endpoint.kind].members)
        query = f"start_time={WEEK}&group_by={','.join(endpoint.group_by)}"
        found = results(client, endpoint, query)
        assert found
        for result in found:
            assert list(result) == declared, f"{endpoint.name}: ledger/events.py says what each member holds there"


def test_the_old_name_of_results() -> None:
    """A revision before 2026-05-13 has `result`, and a cursor that is never null."""
    page = Client(Ledger(revision="2025-02-10")).page("costs", f"start_time={WEEK}&limit=31")
    assert page["next_page"] == ""
    assert all("result" in bucket and "results" not in bucket for bucket in page["data"])


def test_keys_that_could_not_be_null() -> None:
    """The first revision has no null among the group keys: what has no value is left out."""
    query = f"start_time={WEEK}&group_by=project_id,user_id,api_key_id"
    for revision, expected in (("2024-12-04", False), ("2024-12-05", True)):
        body = Client(Ledger(revision=revision)).ask("usage/completions", query).body
        assert (b"null" in body.replace(b'"next_page":null', b"")) == expected


def test_a_revision_without_a_key_has_no_filter_for_it() -> None:
    """Costs by API key and by `api_source` are refused where the revision does not have them."""
    for revision, asked, status in (
        ("2025-02-10", "group_by=api_key_id", 400),
        ("2025-02-10", "api_key_ids=key_x", 400),
        ("2026-05-13", "group_by=api_key_id", 200),
        ("2026-10-02", "group_by=api_source", 400),
        ("2026-10-06", "group_by=api_source", 200),
    ):
        assert Client(Ledger(revision=revision)).ask("costs", f"start_time={WEEK}&{asked}").status == status


@pytest.mark.parametrize("revision", usagecompat.REVISIONS[-5:])
def test_the_sums_of_cache_writes(revision: str) -> None:
    """The 12-hour part comes on top of the cache writes from 2026-10-02 to 2026-10-14, and is inside them at any other revision."""
    client = Client(Ledger(revision=revision))
    on_top = "2026-10-02" <= revision < "2026-10-21"
    seen = False
    for result in results(client, client.ledger.endpoints["usage/completions"], f"start_time={WEEK}&group_by=model"):
        parts = ["input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens"]
        if on_top:
            parts.append("input_cache_write_12h_tokens")
            seen |= result["input_cache_write_12h_tokens"] > 0
        assert sum(result[part] for part in parts) == result["input_tokens"]
    assert seen == on_top


def test_members_stand_in_the_order_of_the_api(client: Client) -> None:
    """Costs and usage send the members of a page in different orders."""
    costs = client.page("costs", f"start_time={WEEK}")
    usage = client.page("usage/images", f"start_time={WEEK}")
    assert list(costs) == ["object", "has_more", "next_page", "data"]
    assert list(usage) == ["object", "data", "has_more", "next_page"]


def test_quantities_of_a_line(client: Client) -> None:
    """A line of the bill has a quantity in its unit, other reports have none, and a whole one is spelled with `.0`."""
    by_line = client.ask("costs", f"start_time={WEEK}&group_by=line_item").body
    assert b'"quantity_unit":"tokens"' in by_line
    assert b'.0,"quantity_unit"' in by_line
    plain = json.loads(client.ask("costs", f"start_time={WEEK}").body)
    assert {result["quantity"] for bucket in plain["data"] for result in bucket["results"]} == {None}
