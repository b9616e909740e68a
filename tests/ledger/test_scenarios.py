"""What each scenario does, and that scenarios hold together."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from typing import Any
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import given

import usagecompat
from usagecompat.ledger import SCENARIOS, Delivery, Ledger, Memory, NoSuchScenario, behaviour

from .conftest import NOON, WEEK, Client

DAY = 86_400
TWO_WEEKS = f"start_time={WEEK - 7 * DAY}&end_time={WEEK + 7 * DAY}"


def under(*scenarios: str, revision: str | None = None) -> Client:
    """A client of a ledger under scenarios."""
    return Client(Ledger(scenarios=scenarios, revision=revision))


def amounts(client: Client, query: str) -> list[Any]:
    """The values of all amounts, as they come out of a plain reader."""
    return [r["amount"]["value"] for b in client.buckets("costs", query) for r in b["results"]]


def test_string_amounts(client: Client) -> None:
    """Amounts are texts with 28 decimals that say what the numbers say."""
    texts = amounts(under("string-amounts"), f"{TWO_WEEKS}&group_by=line_item")
    assert all(isinstance(text, str) and len(text.partition(".")[2]) == 28 for text in texts)
    body = client.ask("costs", f"{TWO_WEEKS}&group_by=line_item").body
    numbers = [
        r["amount"]["value"] for b in json.loads(body, parse_float=str, parse_int=str)["data"] for r in b["results"]
    ]
    assert [text.rstrip("0").rstrip(".") for text in texts][: len(numbers)] == numbers


def test_decimal128_zero() -> None:
    """What costs nothing costs `"0E-6176"`, and what costs something is a number."""
    values = amounts(under("decimal128-zero"), f"{TWO_WEEKS}&group_by=line_item")
    assert "0E-6176" in values
    assert 0 not in values
    assert any(not isinstance(value, str) for value in values)


def test_pretty(client: Client) -> None:
    """The body is indented, and says the same to the digit."""
    pretty, plain = under("pretty").ask("costs", TWO_WEEKS).body, client.ask("costs", TWO_WEEKS).body
    assert pretty.startswith(b'{\n  "object": "page",\n')
    assert json.loads(pretty, parse_float=str) == json.loads(plain, parse_float=str)


def test_undeclared() -> None:
    """Buckets and costs have what the API sends beside the contract."""
    buckets = under("undeclared").buckets("costs", f"{TWO_WEEKS}&group_by=project_id,user_id")
    assert {bucket["start_time_iso"][-6:] for bucket in buckets} == {"+00:00", ":00:00"}
    results = [result for bucket in buckets for result in bucket["results"]]
    assert all(result["organization_id"].startswith("org-") for result in results)
    assert {result["project_name"] for result in results} == {"Search", "Support", "Research"}
    assert "ada@example.com" in {result["user_email"] for result in results}


def test_unknown_kind(client: Client) -> None:
    """Each bucket with activity has one result more, of a kind that nobody knows."""
    for bucket, plain in zip(
        under("unknown-kind").buckets("usage/images", TWO_WEEKS), client.buckets("usage/images", TWO_WEEKS), strict=True
    ):
        assert bucket["results"][: len(plain["results"])] == plain["results"]
        extra = [result["object"] for result in bucket["results"][len(plain["results"]) :]]
        assert extra == (["organization.usage.realtime_sessions.result"] if plain["results"] else [])


def test_null_keys(client: Client) -> None:
    """Keys that the report is not grouped by are null, and left out otherwise."""
    for who, expected in ((client, False), (under("null-keys"), True)):
        [result] = next(b["results"] for b in who.buckets("usage/images", TWO_WEEKS) if b["results"])
        assert ("user_id" in result) == expected
        assert result.get("user_id") is None


def test_short_first_bucket() -> None:
    """Usage starts at the asked second and ends at the present; costs stay whole days."""
    client = under("short-first-bucket")
    query = f"start_time={WEEK + 50_000}&limit=31"
    usage, costs = client.buckets("usage/completions", query), client.buckets("costs", query)
    assert (usage[0]["start_time"], usage[0]["end_time"]) == (WEEK + 50_000, WEEK + DAY)
    assert (usage[-1]["start_time"], usage[-1]["end_time"]) == (WEEK + 7 * DAY, NOON)
    assert (costs[0]["start_time"], costs[-1]["end_time"]) == (WEEK, WEEK + 8 * DAY)
    before = client.buckets("usage/completions", f"start_time={WEEK}&end_time={WEEK + 50_000}")
    [whole] = Client(Ledger()).buckets("usage/completions", f"start_time={WEEK}&end_time={WEEK + DAY}")
    parts = [b["results"][0]["input_tokens"] for b in (before[0], usage[0]) if b["results"]]
    assert sum(parts) == whole["results"][0]["input_tokens"]


def test_late_costs() -> None:
    """The last closed day changes once, between the first and the second answer that has it, and no other day does."""
    client, memory = under("late-costs"), Memory()
    query = f"start_time={WEEK}&limit=31"
    client.page("costs", f"start_time={WEEK}&end_time={WEEK + DAY}", memory=memory)
    first, second, third = (client.page("costs", query, memory=memory) for _ in range(3))
    assert second == third
    assert second["data"] == client.ledger_buckets("costs", query)
    changed = [a["start_time"] for a, b in zip(first["data"], second["data"], strict=True) if a != b]
    assert changed == [WEEK + 6 * DAY]


def test_empty_pages() -> None:
    """There are pages with a cursor whose buckets are all empty, and pages with activity after them."""
    pages = under("empty-pages").pages("costs", f"start_time={WEEK - 13 * DAY}&end_time={WEEK + DAY}")
    active = [any(bucket["results"] for bucket in page["data"]) for page in pages]
    assert active == [False, True]


def test_padded_cursor() -> None:
    """Cursors end with `=`; escaped once or not at all they are taken, and escaped twice they are refused."""
    client = under("padded-cursor")
    cursor = client.page("costs", TWO_WEEKS)["next_page"]
    assert cursor.endswith("=")
    for text, status in ((cursor, 200), (quote(cursor), 200), (quote(quote(cursor)), 400), (cursor.rstrip("="), 400)):
        assert client.ask("costs", f"{TWO_WEEKS}&page={text}").status == status


@pytest.mark.parametrize("scenarios", [("base64-cursor",), ("base64-cursor", "padded-cursor")])
def test_base64_cursor(scenarios: tuple[str, ...]) -> None:
    """Cursors have `+` and `/`; escaped once they are taken, and as they are, as a space or escaped twice refused."""
    client = under(*scenarios)
    cursor = client.page("costs", TWO_WEEKS)["next_page"]
    assert {"+", "/"} < set(cursor)
    assert cursor.endswith("=") == (len(scenarios) == 2)
    escaped = quote(cursor, safe="")
    sent = {escaped: 200, quote(cursor): 200, cursor: 400, quote(cursor.replace("+", " ")): 400, quote(escaped): 400}
    for text, status in sent.items():
        assert client.ask("costs", f"{TWO_WEEKS}&page={text}").status == status
    assert len(list(client.pages("costs", TWO_WEEKS))) == 2


def test_has_more_without_cursor() -> None:
    """The last page, and no other, promises more and has no cursor."""
    pages = under("has-more-without-cursor").pages("costs", TWO_WEEKS)
    assert [page["has_more"] for page in pages] == [True, True]
    assert pages[-1]["next_page"] is None


def test_cursor_without_has_more() -> None:
    """The last page has a cursor, which leads to a page without buckets."""
    pages = under("cursor-without-has-more").pages("costs", TWO_WEEKS)
    assert [page["has_more"] for page in pages] == [True, False, False]
    assert [len(page["data"]) for page in pages] == [7, 7, 0]


def test_cursor_repeats() -> None:
    """The second page leads to itself."""
    client = under("cursor-repeats")
    cursor = client.page("costs", TWO_WEEKS)["next_page"]
    second = client.page("costs", f"{TWO_WEEKS}&page={cursor}")
    assert (second["next_page"], second["has_more"]) == (cursor, True)


def test_buckets_repeat(client: Client) -> None:
    """Every page after the first begins with the last bucket of the page before it."""
    pages = under("buckets-repeat").pages("costs", f"{TWO_WEEKS}&limit=5")
    for before, after in pairwise(pages):
        assert after["data"][0] == before["data"][-1]
    unique = {bucket["start_time"]: bucket for page in pages for bucket in page["data"]}
    assert list(unique.values()) == client.buckets("costs", TWO_WEEKS)


@pytest.mark.parametrize("variant", list(SCENARIOS["error-on-page-2"].variants))
def test_error_on_page_2(variant: str, client: Client) -> None:
    """The second page fails as the variant says, the first and the third come."""
    failing, memory = under(f"error-on-page-2:{variant}"), Memory()
    query = f"{TWO_WEEKS}&limit=5"
    plain = client.pages("costs", query)
    assert failing.page("costs", query, memory=memory) == plain[0]
    found = failing.ask("costs", f"{query}&page={plain[0]['next_page']}", memory=memory)
    whole = client.ask("costs", f"{query}&page={plain[0]['next_page']}").body
    if variant.isdigit():
        assert found.status == int(variant)
        assert "error" in json.loads(found.body)
    elif variant.startswith("html"):
        assert found.status == (200 if variant == "html-200" else 502)
        assert found.body.startswith(b"<html>")
    else:
        assert found.delivery is Delivery(variant)
        assert found.body == whole
    again = failing.ask("costs", f"{query}&page={plain[0]['next_page']}", memory=memory)
    assert (again.body == whole and again.status == 200) == (variant in {"429", "cut", "hang"})
    assert ("Retry-After", "1") in found.headers or variant != "429"
    assert failing.page("costs", f"{query}&page={plain[1]['next_page']}", memory=memory) == plain[2]


def test_rate_limit() -> None:
    """Every second request is refused for now, and the same request after it is answered."""
    client, memory = under("rate-limit"), Memory()
    answers = [client.ask("costs", TWO_WEEKS, memory=memory) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 429, 200, 429]
    assert ("Retry-After", "1") in answers[1].headers


def test_list() -> None:
    """Pages are lists, and say nothing about more."""
    for page in under("list").pages("costs", TWO_WEEKS):
        assert page["object"] == "list"
        assert "has_more" not in page


def test_each_scenario_changes_something(client: Client) -> None:
    """No scenario is without effect."""
    query = f"start_time={WEEK - 7 * DAY + 5}&group_by=line_item&limit=10"
    usage = f"start_time={WEEK - 7 * DAY + 5}&limit=10"

    def answers(who: Client) -> list[Any]:
        memory, found = Memory(), []
        for endpoint, asked in (("costs", query), ("usage/images", usage)):
            first = who.ask(endpoint, asked, memory=memory)
            found.append(first)
            if first.status == 200 and (cursor := json.loads(first.body)["next_page"]):
                found.append(who.ask(endpoint, f"{asked}&page={cursor}", memory=memory))
        return found

    plain = answers(client)
    assert [name for name in SCENARIOS if answers(under(name)) == plain] == []


CALM = [name for name, scenario in SCENARIOS.items() if not scenario.fault and name != "rate-limit"]


@given(st.lists(st.sampled_from(CALM), unique=True), st.sampled_from(usagecompat.REVISIONS[4:]))
def test_scenarios_hold_together(names: list[str], revision: str) -> None:
    """Under any scenarios that are no faults, from 2025-02-10 on, pages make up the ledger's buckets, and none is invalid."""
    client = under(*names, revision=revision)
    query = f"{TWO_WEEKS}&group_by=project_id&limit=5"
    for endpoint in ("costs", "usage/completions"):
        if "late-costs" not in names:
            assert client.buckets(endpoint, query) == client.ledger_buckets(endpoint, query)
        body = client.ask(endpoint, query).body
        assert usagecompat.check(body, revision=revision).ok


@pytest.mark.parametrize("pair", list(combinations(SCENARIOS, 2)), ids="+".join)
def test_any_two_scenarios_give_answers(pair: tuple[str, str]) -> None:
    """Any two scenarios give answers together."""
    client, memory = under(*pair), Memory()
    page = client.page("costs", TWO_WEEKS, memory=memory)
    if page["next_page"]:
        client.ask("costs", f"{TWO_WEEKS}&page={page['next_page']}", memory=memory)


def test_the_table() -> None:
    """Each scenario says in sentences what it does, and who does it; no two have one name."""
    for name, scenario in SCENARIOS.items():
        assert scenario.name == name
        assert scenario.does.endswith(".")
        assert scenario.evidence
    assert len(SCENARIOS) == 18


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["strings"], "no scenario 'strings'"),
        (["error-on-page-2:418"], r"no variant '418'; did you mean '401'\? it has 500"),
        (["list:x"], "no variant 'x'; it has none"),
        (["error-on-page-2:400", "error-on-page-2:500"], "two variants"),
    ],
)
def test_wrong_names(names: list[str], told: str) -> None:
    """A name that there is not is refused with those that there are."""
    with pytest.raises(NoSuchScenario, match=told):
        behaviour(names)
