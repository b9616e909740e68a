"""The laws of a ledger: whatever way an amount of usage is asked for, it is the same to the last digit."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat.contract import ALL_ENDPOINTS, WIDTHS
from usagecompat.ledger import FOUNDED, Ledger
from usagecompat.ledger.billing import charges_of_day
from usagecompat.ledger.events import events_of_day

from .conftest import NOON, WEEK, Client, grouped, totals

if TYPE_CHECKING:
    from usagecompat.contract import Endpoint

DAY = 86_400
USAGE = [endpoint for endpoint in ALL_ENDPOINTS if endpoint.name != "costs"]
every_endpoint = pytest.mark.parametrize("endpoint", ALL_ENDPOINTS, ids=lambda endpoint: endpoint.name)


@st.composite
def windows(draw: st.DrawFn, endpoint: Endpoint) -> tuple[str, str, int]:
    """A width, a query for a window on its grid, and how many buckets that has."""
    width = draw(st.sampled_from(sorted(endpoint.limits)))
    seconds, count = WIDTHS[width], draw(st.integers(1, 40))
    start = WEEK - draw(st.integers(40, 300)) * DAY + draw(st.integers(0, DAY // seconds - 1)) * seconds
    query = f"start_time={start}&end_time={start + count * seconds}"
    return width, f"{query}&bucket_width={width}", count


seeds = st.integers(0, 50)


@given(data=st.data(), seed=seeds)
def test_one_large_page_is_the_concatenation_of_small_ones(data: st.DataObject, seed: int) -> None:
    """The same buckets come out, in the same order, however many a page holds."""
    client = Client(Ledger(seed=seed))
    endpoint = data.draw(st.sampled_from(ALL_ENDPOINTS))
    width, query, count = data.draw(windows(endpoint))
    whole = client.buckets(endpoint.name, f"{query}&limit={endpoint.limits[width].most}")
    small = client.buckets(endpoint.name, f"{query}&limit={data.draw(st.integers(1, 10))}")
    assert small == whole
    assert len(whole) == count


@given(data=st.data(), seed=seeds, days=st.integers(0, 300))
def test_minutes_make_hours_and_hours_make_days(data: st.DataObject, seed: int, days: int) -> None:
    """The sums of narrow buckets are those of the wide one they lie in."""
    client = Client(Ledger(seed=seed))
    endpoint = data.draw(st.sampled_from(USAGE))
    start = WEEK - days * DAY
    window = f"start_time={start}&end_time={start + DAY}"

    def by_hour(width: str, limit: int) -> dict[int, Any]:
        buckets = client.buckets(endpoint.name, f"{window}&bucket_width={width}&limit={limit}")
        hours: dict[int, list[dict[str, Any]]] = {}
        for bucket in buckets:
            hours.setdefault(bucket["start_time"] // 3_600, []).extend(bucket["results"])
        return {hour: totals(results) for hour, results in hours.items()}

    minutes, hours = by_hour("1m", 1_440), by_hour("1h", 24)
    assert minutes == hours
    [day] = client.buckets(endpoint.name, f"{window}&bucket_width=1d")
    of_hours = client.buckets(endpoint.name, f"{window}&bucket_width=1h&limit=24")
    assert totals([result for bucket in of_hours for result in bucket["results"]]) == totals(day["results"])


@given(data=st.data(), seed=seeds)
def test_groups_make_the_whole(data: st.DataObject, seed: int) -> None:
    """The sums of the groups are the ungrouped result, and groups by two keys make the groups by one."""
    client = Client(Ledger(seed=seed))
    endpoint = data.draw(st.sampled_from(ALL_ENDPOINTS))
    _, query, _ = data.draw(windows(endpoint))
    whole = client.buckets(endpoint.name, query)
    keys = data.draw(st.lists(st.sampled_from(endpoint.group_by), min_size=1, max_size=3, unique=True))
    finer = client.buckets(endpoint.name, query + "".join(f"&group_by[]={key}" for key in keys))
    for bucket, fine in zip(whole, finer, strict=True):
        assert (bucket["start_time"], bucket["end_time"]) == (fine["start_time"], fine["end_time"])
        expected = totals(bucket["results"])
        actual = totals(fine["results"])
        assert {name: actual.get(name) for name in expected} == expected
        groups = [tuple(result.get(key) for key in keys) for result in fine["results"]]
        assert len(groups) == len(set(groups))
    coarser = client.buckets(endpoint.name, f"{query}&group_by={keys[0]}")
    for coarse, fine in zip(coarser, finer, strict=True):
        expected_groups = grouped(coarse["results"], (keys[0],))
        actual_groups = grouped(fine["results"], (keys[0],))
        assert {group: sums.get("amount in usd", sums) for group, sums in actual_groups.items()} == {
            group: sums.get("amount in usd", sums) for group, sums in expected_groups.items()
        }


@given(data=st.data(), seed=seeds)
def test_a_filter_gives_what_its_group_gave(data: st.DataObject, seed: int) -> None:
    """Each group of a report is what a report has that is filtered by the value of its key."""
    client = Client(Ledger(seed=seed))
    endpoint = data.draw(st.sampled_from(ALL_ENDPOINTS))
    item = data.draw(st.sampled_from(endpoint.filters))
    start = WEEK - data.draw(st.integers(0, 200)) * DAY
    query = f"start_time={start}&end_time={start + 7 * DAY}"
    groups = client.buckets(endpoint.name, f"{query}&group_by={item.key}")
    found = [result[item.key] for bucket in groups for result in bucket["results"] if result.get(item.key) is not None]
    for value in dict.fromkeys(found):
        text = str(value).lower() if isinstance(value, bool) else value.replace(",", "%2C").replace("|", "%7C")
        one = client.buckets(endpoint.name, f"{query}&group_by={item.key}&{item.name}={text}")
        assert [bucket["results"] for bucket in one] == [
            [result for result in bucket["results"] if result.get(item.key) == value] for bucket in groups
        ]


@given(data=st.data())
def test_two_values_of_a_filter_are_what_each_gives(data: st.DataObject) -> None:
    """Two values select both groups, in either spelling of a list."""
    client = Client(Ledger())
    query = f"start_time={WEEK}&end_time={NOON}&group_by=model"
    models = sorted({r["model"] for b in client.buckets("usage/completions", query) for r in b["results"]})
    chosen = data.draw(st.lists(st.sampled_from(models), min_size=2, max_size=3, unique=True))
    spelled = data.draw(
        st.sampled_from(
            ["&models=" + ",".join(chosen), *("".join(f"&{n}={m}" for m in chosen) for n in ("models", "models[]"))]
        )
    )
    both = client.buckets("usage/completions", query + spelled)
    assert {r["model"] for b in both for r in b["results"]} == set(chosen)


@every_endpoint
def test_buckets_stand_on_the_grid(endpoint: Endpoint, client: Client) -> None:
    """A window off the grid gets whole buckets, each once, up to the one that holds its end."""
    for width in endpoint.limits:
        seconds = WIDTHS[width]
        query = f"start_time={WEEK + 17}&end_time={WEEK + 5 * seconds + 1}&bucket_width={width}&limit=4"
        buckets = client.buckets(endpoint.name, query)
        assert [bucket["start_time"] for bucket in buckets] == [WEEK + at * seconds for at in range(6)]
        assert all(bucket["end_time"] == bucket["start_time"] + seconds for bucket in buckets)


@every_endpoint
def test_nothing_happens_after_the_present(endpoint: Endpoint) -> None:
    """A later present brings what happens until then, and changes nothing that was."""
    query = f"start_time={WEEK}&end_time={WEEK + 7 * DAY}&limit=7"
    last: list[Any] = []
    for now in range(WEEK + DAY // 2, WEEK + 6 * DAY, 2 * DAY):
        buckets = Client(Ledger(now=now)).buckets(endpoint.name, query)
        assert buckets[: len(last) - 1] == last[:-1]
        assert len(buckets) == (now - WEEK) // DAY + 1
        last = buckets


@every_endpoint
def test_the_future_has_no_buckets(endpoint: Endpoint, client: Client) -> None:
    """A window that has not begun is a page without buckets."""
    page = client.page(endpoint.name, f"start_time={NOON + 5 * DAY}")
    assert page["data"] == []
    assert page["has_more"] is False


def test_amounts_have_up_to_34_digits() -> None:
    """Amounts have as many digits as a decimal128 holds, many of them more than a binary64, and none has more."""
    lengths: set[int] = set()
    for seed in (7, 8, 9):
        client = Client(Ledger(seed=seed))
        for start in range(WEEK - 360 * DAY, WEEK, 180 * DAY):
            for bucket in client.buckets("costs", f"start_time={start}&end_time={start + 180 * DAY}&limit=180"):
                for result in bucket["results"]:
                    value = result["amount"]["value"]
                    lengths.add(len(value.as_tuple().digits) if hasattr(value, "as_tuple") else len(str(value)))
    assert 32 <= max(lengths) <= 34


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)), ids=str)
def test_another_seed_is_another_organization(pair: tuple[int, int]) -> None:
    """Two seeds share no project."""
    projects = [
        {
            result["project_id"]
            for bucket in Client(Ledger(seed=seed)).buckets("costs", f"start_time={WEEK}&group_by=project_id")
            for result in bucket["results"]
        }
        for seed in pair
    ]
    assert projects[0]
    assert not projects[0] & projects[1]


def test_two_filters_give_what_their_group_gave(client: Client) -> None:
    """Filters by two keys together give the group of both values."""
    query = f"start_time={WEEK}&end_time={NOON}&group_by=project_id,model"
    groups = client.buckets("usage/completions", query)
    pairs = {(result["project_id"], result["model"]) for bucket in groups for result in bucket["results"]}
    for project, model in sorted(pairs)[:6]:
        one = client.buckets("usage/completions", f"{query}&project_ids={project}&models={model}")
        assert [bucket["results"] for bucket in one] == [
            [r for r in bucket["results"] if (r["project_id"], r["model"]) == (project, model)] for bucket in groups
        ]


def test_what_is_kept_is_bounded() -> None:
    """However many days are asked for, a bounded number of them is kept."""
    client = Client(Ledger(seed=99))
    for start in range(FOUNDED, NOON, 31 * DAY):
        client.page("usage/images", f"start_time={start}&limit=31")
        client.page("costs", f"start_time={start}&limit=31")
    for kept in (events_of_day.cache_info(), charges_of_day.cache_info()):
        assert kept.maxsize is not None
        assert kept.currsize <= kept.maxsize <= 2_048
