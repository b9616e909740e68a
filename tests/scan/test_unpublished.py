"""Members and kinds that no revision declares: counted, dated, and the same in whatever order they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from usagecompat import LATEST, load_revision
from usagecompat.checking.stages import fast_route
from usagecompat.cli.commands import main
from usagecompat.corpus.data import folder
from usagecompat.scan.accumulator import Judged, Tallying
from usagecompat.scan.page import render_page
from usagecompat.scan.summary import Summary, total
from usagecompat.scan.text import render
from usagecompat.scan.unpublished import MOST_KINDS, MOST_MEMBERS, OTHERS, Appearance, Unpublished

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400
COSTS = "organization.costs.result"
VIDEOS = "organization.usage.videos.result"


def bucket(day: int, *results: dict[str, Any], **members: object) -> dict[str, Any]:
    """A bucket of one day after 2025-01-01."""
    start = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) + day * DAY
    return {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": [*results], **members}


def page(*buckets: dict[str, Any], **members: object) -> dict[str, Any]:
    """A page."""
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None, **members}


def cost(**members: object) -> dict[str, Any]:
    """A cost."""
    return {"object": COSTS, "amount": {"value": 1.5, "currency": "usd"}, **members}


def scanned(*trees: object, revision: str = LATEST, ignore: frozenset[str] = frozenset()) -> Summary:
    """The summary of some payloads that come in one block."""
    tallying = Tallying(Judged(revision, ignore=ignore))
    tallying.begin("x")
    if trees:
        tallying.block(b"".join(json.dumps(tree).encode() + b"\n" for tree in trees), 1)
    tallying.end(None)
    return tallying.summary()


def members(summary: Summary) -> dict[str, tuple[int, str | None]]:
    """Members with count and day."""
    return {place: (one.count, one.first) for place, one in summary.unpublished.members.items()}


def kinds(summary: Summary) -> dict[str, tuple[int, str | None]]:
    """Kinds with count and day."""
    return {kind: (one.count, one.first) for kind, one in summary.unpublished.kinds.items()}


def test_what_is_listed() -> None:
    """Members are listed by record, kinds by name, each with the day on which the first bucket with it starts."""
    summary = scanned(
        page(bucket(4, cost(organization_id="o")), bucket(5, {"object": VIDEOS, "frames": 3}), trace="t"),
        bucket(3, cost(organization_id="o", amount={"value": 1, "currency": "usd", "tax": 0}), start_time_iso="x"),
        bucket(2, cost()),
        {"object": VIDEOS, "frames": 1},
        cost(organization_name="n"),
    )
    assert members(summary) == {
        "UsageResponse/trace": (1, "2025-01-05"),
        "UsageTimeBucket/start_time_iso": (1, "2025-01-04"),
        "CostsResult/organization_id": (2, "2025-01-04"),
        "CostsResult/organization_name": (1, None),
        "CostsResultAmount/tax": (1, "2025-01-04"),
    }
    assert kinds(summary) == {VIDEOS: (2, "2025-01-06")}


def test_what_a_revision_declares_is_not_listed() -> None:
    """What any revision declares for a record is published, even where the revision that judges does not know it."""
    newer = {"object": "organization.usage.decisions.result", "input_tokens": 1, "output_tokens": 1}
    summary = scanned(bucket(1, cost(user_id="u", sessions=1)), bucket(1, newer), revision="2024-12-04")
    assert not summary.unpublished
    assert summary.undeclared["user_id"] == 1


def test_drafts_declare(tmp_path: Path) -> None:
    """What only the draft that judges declares is no news."""
    said = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"][-1]
    said["schemas"]["CostsResult"]["members"]["organization_id"] = {"type": "string"}
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(said), "utf-8")
    trees = [bucket(1, cost(organization_id="o", organization_name="n"))]
    assert members(scanned(*trees, revision=load_revision(file))) == {
        "CostsResult/organization_name": (1, "2025-01-02")
    }


@pytest.mark.parametrize("start", [None, "soon", -1, 5, 10**30, 1.5])
def test_no_date(start: object) -> None:
    """Where no bucket says a time from 2000 to 2099 there is no day, and a later one with a day gives it."""
    odd = {**bucket(1, cost(organization_id="o"), {"object": VIDEOS}), "start_time": start}
    assert members(scanned(odd)) == {"CostsResult/organization_id": (1, None)}
    assert kinds(scanned(odd)) == {VIDEOS: (1, None)}
    both = scanned(odd, bucket(9, cost(organization_id="o"), {"object": VIDEOS}))
    assert members(both) == {"CostsResult/organization_id": (2, "2025-01-10")}
    assert kinds(both) == {VIDEOS: (2, "2025-01-10")}


def test_flat_records_are_no_news() -> None:
    """What a flat record makes up is of other kinds and not listed; what nobody knows is."""
    tree = {
        "object": "organization.usage.images.result",
        "images": 1,
        "num_model_requests": 1,
        "amount": None,
        "new": 1,
    }
    assert members(scanned(tree)) == {"UsageImagesResult/new": (1, None)}


def test_ignored() -> None:
    """What counts for nothing is not listed."""
    tree = bucket(1, cost(organization_id="o"), {"object": VIDEOS})
    assert not scanned(tree, ignore=frozenset({"schema/undeclared-member"})).unpublished.members
    assert not scanned(tree, ignore=frozenset({"schema/unknown-kind"})).unpublished.kinds


results = st.fixed_dictionaries(
    {"object": st.sampled_from([COSTS, COSTS, "organization.usage.vector_stores.result", VIDEOS])},
    optional={name: st.just(1) for name in ("organization_id", "x", "é", "usage_bytes")},
)
days = st.integers(-3, 6)
bucket_trees = st.builds(
    lambda day, held, more: bucket(day, *held, **more),
    days,
    st.lists(results, max_size=2),
    st.dictionaries(st.sampled_from(["start_time_iso", "y"]), st.just("1"), max_size=1),
)
trees = (
    results
    | bucket_trees
    | st.builds(
        lambda held, more: page(*held, **more),
        st.lists(bucket_trees, max_size=3),
        st.dictionaries(st.sampled_from(["trace"]), st.just(1), max_size=1),
    )
)


@settings(max_examples=40)
@given(drawn=st.lists(trees, max_size=12), cut=st.integers(0, 12), data=st.data())
def test_order_and_cut(drawn: list[Any], cut: int, data: st.DataObject) -> None:
    """The list is the same in whatever order payloads come and wherever they are cut."""
    whole = scanned(*drawn).unpublished
    assert scanned(*data.draw(st.permutations(drawn))).unpublished == whole
    assert (scanned(*drawn[cut:]) + scanned(*drawn[:cut])).unpublished == whole
    assert total(scanned(one) for one in drawn).unpublished == whole
    assert scanned(*[one for one in drawn for _ in range(3)]).unpublished == whole + whole + whole
    assert Unpublished.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole


@settings(max_examples=20)
@given(drawn=st.lists(trees, max_size=12))
def test_routes(drawn: list[Any]) -> None:
    """The list is the same whichever route reads the payloads."""
    fast = scanned(*drawn, *drawn, *drawn).unpublished
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("USAGECOMPAT_ROUTE", "exact")
        fast_route.cache_clear()
        assert scanned(*drawn, *drawn, *drawn).unpublished == fast
    fast_route.cache_clear()


@pytest.mark.parametrize("step", [1, -1])
def test_many_alike(step: int) -> None:
    """Of many buckets that are counted together the earliest with a member gives the day, whichever comes first."""
    trees = [bucket(day, cost(**({"organization_id": "o"} if day >= 5 else {}))) for day in range(200)]
    for _ in range(2):  # the second time the layout is known
        assert members(scanned(*trees[::step])) == {"CostsResult/organization_id": (195, "2025-01-06")}
    pages = [page(*(bucket(day, cost(organization_id="o")) for day in range(first, first + 3))) for first in range(90)]
    for _ in range(2):
        assert members(scanned(*pages[::step])) == {"CostsResult/organization_id": (270, "2025-01-01")}


def test_bounded() -> None:
    """No more names are told apart than there may be, whatever comes, and the rest is counted together."""
    names = [f"n{number:05}" for number in range(MOST_MEMBERS * 3)]
    kinds_ = [f"organization.usage.k{number:05}.result" for number in range(MOST_KINDS * 30)]
    one, other = (
        scanned(bucket(day, cost(**dict.fromkeys(names, 1)), *({"object": kind} for kind in kinds_))) for day in (1, 2)
    )
    for found in (one.unpublished, (one + other).unpublished, (other + one).unpublished):
        assert len(found.members) == MOST_MEMBERS + 1
        assert len(found.kinds) == MOST_KINDS + 1
        assert found.members[OTHERS].first == found.kinds[OTHERS].first == "2025-01-02"
    assert one.unpublished.members[OTHERS] == Appearance(MOST_MEMBERS * 2, "2025-01-02")
    assert (one + other).unpublished == (other + one).unpublished
    again = Summary.from_dict(json.loads(json.dumps(one.to_dict())))
    assert again == one
    validator = Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_bytes()))
    validator.validate(one.to_dict())


def test_summaries_of_older_kits() -> None:
    """A summary that was written before there was such a list reads as one with an empty list."""
    told = scanned(bucket(1, cost(organization_id="o"))).to_dict()
    del told["unpublished"]
    assert Summary.from_dict(told).unpublished == Unpublished()


def test_where_people_read_it(tmp_path: Path) -> None:
    """The text, the page and the JSON of a scan have it, with "no date" where there is none."""
    summary = scanned(bucket(1, cost(organization_id="o")), {"object": VIDEOS})
    text = render(summary)
    assert "members that no revision declares" in text
    assert "CostsResult/organization_id: 2025-01-02" in text
    assert f"{VIDEOS}: no date" in text
    html = render_page(summary)
    assert "Not published" in html
    assert "CostsResult/organization_id" in html
    assert "no date" in html
    assert "Not published" not in render_page(Summary())
    file = tmp_path / "a.ndjson"
    file.write_text(json.dumps(bucket(1, cost(organization_id="o"))) + "\n", "utf-8")
    told = json.loads(CliRunner().invoke(main, ["scan", str(file), "--format", "json"]).stdout)
    assert told["unpublished"] == {
        "members": [{"record": "CostsResult", "member": "organization_id", "count": 1, "first": "2025-01-02"}],
        "kinds": [],
    }
