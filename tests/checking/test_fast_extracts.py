"""One result of each sort from a payload that was certified: which are left, and where they stand in the whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import differential
import payloads
from usagecompat import LATEST, check
from usagecompat.checking.stages import fast_route
from usagecompat.contract import contract
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from usagecompat.checking.fast.extracts import FastExtract

pytestmark = pytest.mark.usefixtures("nothing_learned")

Tree = dict[str, Any]
KEYS = ("a", "b", "c", "d", "e", "f", "g", "h")


def result(key: object = None, **members: object) -> Tree:
    """A result of completions, of some project."""
    counts = {"input_tokens": 7, "output_tokens": 1, "num_model_requests": 1}
    return {"object": "organization.usage.completions.result", **counts, "project_id": key, **members}


def cost(key: object = None, value: object = 1, **members: object) -> Tree:
    """A cost of some project."""
    amount = {"value": value, "currency": "usd"}
    return {"object": "organization.costs.result", "amount": amount, "project_id": key, **members}


def bucket(*results: Tree, day: int = 1, **members: object) -> Tree:
    """A bucket of these results."""
    return {"object": "bucket", "start_time": day, "end_time": day + 1, "results": [*results], **members}


def page(*results: list[Tree], **members: object) -> Tree:
    """The last page, of buckets of these results."""
    data = [bucket(*some, day=day) for day, some in enumerate(results)]
    return {"object": "page", "data": data, "has_more": False, "next_page": None, **members}


def shortened(tree: Tree, revision: str = LATEST) -> FastExtract | None:
    """What is left of a payload that is certified."""
    fast = fast_route()
    assert fast is not None
    payload = payloads.compact(tree)
    for _ in range(2):
        report = check(payload, revision=revision)
    assert fast.certify(payload, revision) is not None
    short: FastExtract | None = fast.shortened(payload, revision, report.shape)
    assert short is None or short == fast.shortened(payload.decode(), revision, report.shape)
    return short


def sorts(make: Any, *members: Tree) -> list[Tree]:  # noqa: ANN401 - a function
    """Results of different projects with these members."""
    return [make(key, **some) for key, some in zip(KEYS, members, strict=False)]


LEFT: dict[str, tuple[list[Tree], list[int]]] = {
    "equal members": (sorts(result, {}, {}, {}), [0]),
    "equal members with other values": (sorts(result, {"model": "x"}, {"model": "y", "input_tokens": 9}), [0]),
    "a member more": (sorts(result, {}, {"model": "x"}, {"model": "y"}, {}), [0, 1]),
    "a null": (sorts(result, {"model": "x"}, {"model": None}, {}, {"model": None}), [0, 1, 2]),
    "an undeclared member": (sorts(result, {"x": 1}, {}, {"x": 2}, {"x": "y"}, {"x": None}), [0, 1, 3, 4]),
    "flags": (sorts(result, {"batch": True}, {"batch": False}, {"batch": None}), [0, 2]),
    "values of a closed set": (sorts(cost, {"api_source": "agents_api"}, {"api_source": "unlabeled"}, {"api_source": "agents_api"}), [0, 1]),
    "values of an open set": (sorts(cost, {"quantity_unit": "tokens"}, {"quantity_unit": "images"}), [0]),
    "numbers": (sorts(cost, {"value": 1}, {"value": 2.5}, {"value": 0.1234567891}, {"quantity": 1}, {"quantity": 2.5}), [0, 3]),
    "numbers that are texts": (sorts(cost, {"value": 1}, {"value": "1"}, {"value": -1.5}, {"value": "2"}), [0, 1]),
    "numbers that are null": (sorts(cost, {"quantity": 1}, {"quantity": None}, {"quantity": 2}, {}), [0, 1, 3]),
    "amounts that are absent": ([cost("a"), {"object": cost()["object"], "project_id": "b"}, cost("c")], [0, 1]),
    "amounts with a member more": (
        [cost("a"), cost("b", value="1"), cost("c") | {"amount": {"value": 1, "currency": "usd", "x": 1}}, cost("d")],
        [0, 1, 2],
    ),
    "what may be on top": (
        [
            result(key, input_uncached_tokens=4, input_cached_tokens=cached, input_cache_write_tokens=2, **more)
            for key, (cached, more) in zip(
                KEYS,
                [
                    (1, {}),
                    (1, {"input_cache_write_12h_tokens": 0}),
                    (1, {"input_cache_write_12h_tokens": 1}),
                    (0, {"input_cache_write_12h_tokens": 1}),
                    (1, {"input_cache_write_12h_tokens": 2}),
                    (0, {"input_cache_write_12h_tokens": 0, "input_tokens": 6}),
                ],
                strict=False,
            )
        ],
        [0, 1, 2, 3],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left(name: str) -> None:
    """Of results that differ in nothing that any revision could mind, the first is left, in a bucket and in pages."""
    results, left = LEFT[name]
    kept = [results[index] for index in left]
    short = shortened(bucket(*results))
    assert short is not None
    assert json.loads(short.payload) == bucket(*kept)
    assert short.whole(("results", len(left) - 1, "model")) == ("results", left[-1], "model")
    whole = page([], results[: left[-1]], [], results[: left[-1]], results)
    short = shortened(whole)
    assert short is not None
    data = json.loads(short.payload)["data"]
    assert [result for one in data for result in one["results"]] == kept
    place = ("data", len(data) - 1, "results", len(data[-1]["results"]) - 1)
    there = whole["data"]
    for part in short.whole(place)[1:]:
        there = there[part]
    assert there == kept[-1]


PAGES: dict[str, tuple[Tree, list[list[int] | None]]] = {
    "of nothing": (page(), []),
    "empty buckets": (page([], [], []), [[], None, None]),
    "a bucket after empty ones": (page([], [], [result("a")], [result("b")]), [[], None, [0], None]),
    "several kinds": (
        page([result("a"), result("b")], [cost("a"), cost("b"), cost("c", value="1")], [result("a")], [cost("a", "2")]),
        [[0], [0, 2], None, None],
    ),
    "sorts in later buckets": (
        page([result("a")], [result("a"), result("b", model="x")], [result("b"), result("c", batch=True)]),
        [[0], [1], [1]],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_buckets_that_are_left(name: str) -> None:
    """Of a page those buckets are left that hold a result of a new sort, and the first of those that have other members."""
    tree, left = PAGES[name]
    short = shortened(tree)
    assert short is not None
    data = [
        one | {"results": [one["results"][index] for index in kept]}
        for one, kept in zip(tree["data"], left, strict=True)
        if kept is not None
    ]
    assert json.loads(short.payload) == tree | {"data": data}
    assert short.buckets == tuple(index for index, kept in enumerate(left) if kept is not None)
    assert short.results == tuple(tuple(kept) for kept in left if kept is not None)
    assert short.whole(("has_more",)) == ("has_more",)
    assert short.whole(("data",)) == ("data",)


def test_members_of_buckets() -> None:
    """A bucket with other members than those before it is left, though its results are of no new sort."""
    tree = page([result("a")], [result("a")], [result("a")])
    tree["data"][1]["x"] = 1
    short = shortened(tree)
    assert short is not None
    assert json.loads(short.payload)["data"] == [tree["data"][0], tree["data"][1] | {"results": []}]
    assert short.whole(("data", 1, "x")) == ("data", 1, "x")


def test_layouts_that_are_known_beside_others() -> None:
    """A payload is shortened by the layout that is its own, whichever was of use last."""
    fast = fast_route()
    assert fast is not None
    tree = bucket(result("a"), result("b"))
    assert shortened(tree) is not None
    assert shortened({"object": "bucket"} | dict(reversed(tree.items()))) is not None
    short = fast.shortened(payloads.compact(tree), LATEST, Shape.BUCKET)
    assert short is not None
    assert short.results == ((0,),)


def test_single_results() -> None:
    """A result by itself is left as it is, and its places are its own."""
    short = shortened(cost(value="1"))
    assert short is not None
    assert json.loads(short.payload) == cost(value="1")
    assert short.whole(("amount", "value")) == ("amount", "value")


@pytest.mark.parametrize(
    "tree",
    [
        bucket(cost("a"), cost("b", user_id="x")),
        page([cost("a")], [cost("a"), cost("b", user_id="x")]),
        cost(user_id="x"),
        bucket(result("a"), result("b", api_source="agents_api")),
    ],
)
def test_values_that_later_revisions_mind(tree: Tree) -> None:
    """Where a member is undeclared that another revision declares, its values decide, so that nothing is left out."""
    assert shortened(tree, "2026-08-21") is None


@pytest.mark.parametrize("shape", [Shape.PAGE, Shape.BUCKET, Shape.RESULT])
def test_other_shapes(shape: Shape) -> None:
    """A payload is shortened as what it is, and as nothing else."""
    fast = fast_route()
    assert fast is not None
    trees = {Shape.PAGE: page([result("a")]), Shape.BUCKET: bucket(result("a")), Shape.RESULT: result("a")}
    short = {name: fast.shortened(payloads.compact(tree), LATEST, shape) for name, tree in trees.items()}
    assert {name for name, one in short.items() if one is not None} == {shape}


def test_kinds_are_told_apart() -> None:
    """What is remembered of results of one kind is not told of those of another, whose members are as many and as plain."""
    kinds = contract(LATEST).kinds
    for kind, shape in kinds.items():
        plain: Tree = dict.fromkeys(shape.required, 1) | {"object": kind}
        for tree in (plain, bucket(plain), page([plain])):
            text = differential.Text(payloads.compact(tree), LATEST, "served", None)
            assert shortened(tree) is not None
            exact = differential.facts(differential.by_exact_route(text), best_revision=True)
            assert differential.facts(check(text.payload), best_revision=True) == exact
            assert (
                check(text.payload).to_dict()["revisions"] == differential.by_exact_route(text).to_dict()["revisions"]
            )
