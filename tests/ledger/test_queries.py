"""What a ledger refuses, and that each refusal names the parameter, as the API's own error bodies do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat.contract import ALL_ENDPOINTS
from usagecompat.ledger import Ledger

from .conftest import ROOT, WEEK, Client

if TYPE_CHECKING:
    from usagecompat.contract import Endpoint
    from usagecompat.ledger import Response

START = f"start_time={WEEK}"
every_endpoint = pytest.mark.parametrize("endpoint", ALL_ENDPOINTS, ids=lambda endpoint: endpoint.name)


def told(found: Response) -> dict[str, Any]:
    """The error of a refusal."""
    body = json.loads(found.body)
    assert list(body) == ["error"]
    assert list(body["error"]) == ["message", "type", "param", "code"]
    assert dict(found.headers)["Content-Type"] == "application/json"
    error: dict[str, Any] = body["error"]
    assert error["message"]
    return error


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("", "start_time"),
        ("end_time=1792000000", "start_time"),
        ("start_time=", "start_time"),
        ("start_time=yesterday", "start_time"),
        ("start_time=1.5", "start_time"),
        ("start_time=-5", "start_time"),
        ("start_time=1792000000000", "start_time"),
        ("start_time=99999999999999999999999", "start_time"),
        ("start_time=١٧٩٢٠٠٠٠٠٠", "start_time"),
        (f"{START}&{START}", "start_time"),
        (f"{START}&end_time={WEEK}", "end_time"),
        (f"{START}&end_time={WEEK - 1}", "end_time"),
        (f"{START}&end_time=x", "end_time"),
        (f"{START}&bucket_width=1w", "bucket_width"),
        (f"{START}&bucket_width=", "bucket_width"),
        (f"{START}&bucket_width=1d&bucket_width=1d", "bucket_width"),
        (f"{START}&limit=0", "limit"),
        (f"{START}&limit=-1", "limit"),
        (f"{START}&limit=seven", "limit"),
        (f"{START}&limit=7.0", "limit"),
        (f"{START}&limit=", "limit"),
        (f"{START}&limit=1&limit=1", "limit"),
        (f"{START}&group_by=colour", "group_by"),
        (f"{START}&group_by=", "group_by"),
        (f"{START}&group_by=project_id,", "group_by"),
        (f"{START}&group_by[]=project_id&group_by[]=nobody", "group_by"),
        (f"{START}&project_ids=", "project_ids"),
        (f"{START}&page=", "page"),
        (f"{START}&page=page_AAAA", "page"),
        (f"{START}&page=%00", "page"),
        (f"{START}&page=é", "page"),
        (f"{START}&bucketwidth=1d", "bucketwidth"),
        (f"{START}&limit[]=5", "limit[]"),
        (f"{START}&%ff=1", None),
    ],
)
def test_wrong_queries_are_refused(query: str, param: str | None, client: Client) -> None:
    """A wrong parameter is told by name in an answer with status 400, at every endpoint."""
    for endpoint in ALL_ENDPOINTS:
        found = client.ask(endpoint.name, query)
        assert found.status == 400
        assert told(found)["param"] == param


@every_endpoint
def test_limits_by_width(endpoint: Endpoint, client: Client) -> None:
    """Each width has its default and its greatest limit; one more is refused, and not clamped."""
    for width, limit in endpoint.limits.items():
        query = f"start_time={WEEK - 400 * 86_400}&bucket_width={width}"
        assert len(client.page(endpoint.name, query)["data"]) == limit.default
        assert len(client.page(endpoint.name, f"{query}&limit={limit.most}")["data"]) == limit.most
        found = client.ask(endpoint.name, f"{query}&limit={limit.most + 1}")
        assert (found.status, told(found)["param"]) == (400, "limit")


@every_endpoint
def test_only_the_widths_of_the_endpoint(endpoint: Endpoint, client: Client) -> None:
    """Costs come by day only."""
    for width in ("1m", "1h", "1d"):
        status = client.ask(endpoint.name, f"{START}&bucket_width={width}").status
        assert status == (200 if width in endpoint.limits else 400)


@every_endpoint
def test_every_key_and_filter_of_the_endpoint(endpoint: Endpoint, client: Client) -> None:
    """Each endpoint takes its own group keys and filters, and those of no other."""
    for key in {key for other in ALL_ENDPOINTS for key in other.group_by}:
        assert (client.ask(endpoint.name, f"{START}&group_by={key}").status == 200) == (key in endpoint.group_by)
    mine = {item.name for item in endpoint.filters}
    for item in {item for other in ALL_ENDPOINTS for item in other.filters}:
        found = client.ask(endpoint.name, f"{START}&{item.name}={item.values[0] if item.values else 'x'}")
        assert (found.status == 200) == (item.name in mine)
        if item.values:
            assert client.ask(endpoint.name, f"{START}&{item.name}=x").status == 400


@pytest.mark.parametrize(
    "spelled",
    ["group_by=project_id&group_by=model", "group_by[]=project_id&group_by[]=model", "group_by=model,project_id", "group_by%5B%5D=model&group_by=project_id"],
)  # fmt: skip
def test_spellings_of_a_list(spelled: str, client: Client) -> None:
    """Repeated, with brackets, with commas and in any order, a list is the same."""
    expected = client.ask("usage/images", f"{START}&group_by=project_id&group_by=model")
    assert client.ask("usage/images", f"{START}&{spelled}") == expected


def test_lines_of_the_bill_have_commas(client: Client) -> None:
    """A comma does not separate two lines of the bill."""
    query = f"{START}&group_by=line_item"
    one = client.buckets("costs", f"{query}&line_items=gpt-4.1%2C%20input")
    assert {result["line_item"] for bucket in one for result in bucket["results"]} == {"gpt-4.1, input"}


def test_costs_by_key_begin_on_a_day(client: Client) -> None:
    """Costs by API key are refused for a window that starts before 2025-12-06."""
    for asked in ("group_by=api_key_id", "api_key_ids=key_x"):
        assert client.ask("costs", f"start_time=1764979199&{asked}").status == 400
        assert client.ask("costs", f"start_time=1764979200&{asked}").status == 200


def test_cursors_belong_to_their_query(client: Client) -> None:
    """A cursor is refused beside any other query, and at any other ledger."""
    query = f"start_time={WEEK}&limit=2&group_by=model"
    cursor = client.page("usage/completions", query)["next_page"]
    assert client.ask("usage/completions", f"{query}&page={cursor}").status == 200
    others = [
        ("usage/embeddings", query),
        ("usage/completions", query.replace("limit=2", "limit=3")),
        ("usage/completions", query.replace("&group_by=model", "")),
        ("usage/completions", query.replace(f"{WEEK}", f"{WEEK + 1}")),
        ("usage/completions", f"{query}&end_time={WEEK + 500_000}"),
        ("usage/completions", f"{query}&models=gpt-4.1"),
        ("usage/completions", f"{query}&bucket_width=1h"),
    ]
    for endpoint, other in others:
        found = client.ask(endpoint, f"{other}&page={cursor}")
        assert (found.status, told(found)["param"]) == (400, "page")
    for other_ledger in (Ledger(seed=8), Ledger(revision="2026-08-21")):
        assert Client(other_ledger).ask("usage/completions", f"{query}&page={cursor}").status == 400


@given(st.data())
def test_changed_cursors_are_refused(data: st.DataObject) -> None:
    """No character of a cursor can be changed, left out or added."""
    client = Client(Ledger())
    query = f"start_time={WEEK}&limit=2"
    cursor = client.page("costs", query)["next_page"]
    at = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    for changed in (
        cursor[:at] + letter + cursor[at + 1 :],
        cursor[:at] + cursor[at + 1 :],
        cursor + letter,
        cursor + "=",
    ):
        if changed != cursor:
            assert client.ask("costs", f"{query}&page={changed}").status == 400


def test_defaults_are_part_of_the_query(client: Client) -> None:
    """A default that is left out and one that is sent make the same query."""
    plain = client.page("costs", START)
    assert plain["next_page"]
    assert client.page("costs", f"{START}&limit=7&bucket_width=1d") == plain
    assert client.ask("costs", f"{START}&limit=7&page={plain['next_page']}").status == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": ""}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}]
)
def test_no_key(headers: dict[str, str]) -> None:
    """A request without a key gets 401."""
    found = Ledger().answer(f"{ROOT}costs", START, headers)
    assert found.status == 401
    assert told(found)["code"] is None


def test_a_wrong_key(client: Client) -> None:
    """A request with another key gets 401, and the body does not repeat it."""
    found = client.ledger.answer(f"{ROOT}costs", START, {"authorization": "bearer sk-secret-1"})
    assert (found.status, told(found)["code"]) == (401, "invalid_api_key")
    assert b"secret" not in found.body


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/organization/", f"{ROOT}usage", f"{ROOT}usage/completions/", "/v1/usage/completions"]
)
def test_other_paths(path: str) -> None:
    """What is no endpoint gets 404."""
    assert Ledger().answer(path, START).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"])
def test_other_methods(method: str) -> None:
    """Another method gets 405, and is told which one is allowed."""
    found = Ledger().answer(f"{ROOT}costs", START, method=method)
    assert found.status == 405
    assert dict(found.headers)["Allow"] == "GET"


@given(st.text(max_size=60), st.sampled_from(ALL_ENDPOINTS))
def test_any_query_gets_an_answer(text: str, endpoint: Endpoint) -> None:
    """Whatever the query string is, the answer is a page or an error body."""
    found = Client(Ledger()).ask(endpoint.name, text)
    assert found.status in (200, 400)


@given(
    st.dictionaries(
        st.sampled_from(
            ["start_time", "end_time", "bucket_width", "limit", "group_by", "group_by[]", "page", "models"]
        ),
        st.one_of(st.integers(-5, 1_800_000_000).map(str), st.sampled_from(["1d", "1h", "1m", "model", "page_x", ""])),
    )
)
def test_any_values_get_an_answer(fields: dict[str, str]) -> None:
    """The same of queries that are nearly right."""
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    assert Client(Ledger()).ask("usage/completions", query).status in (200, 400)
