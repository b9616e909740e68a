"""Which item of an array is which, when some are lost, moved or changed."""

from __future__ import annotations

from typing import Any

import pytest
from fidelity_texts import COMPLETIONS, bucket, changed, dumps, page, result, second, seen, three

from usagecompat import compare

EMBEDDINGS = "organization.usage.embeddings.result"


@pytest.mark.parametrize("index", range(4))
def test_one_result_lost(index: int) -> None:
    """A lost result is one difference, and those behind it are none."""
    assert changed(lambda tree: second(tree).pop(index)) == ("NONE", [("item-lost", f"/data/1/results/{index}")])


@pytest.mark.parametrize("index", range(3))
def test_one_bucket_lost(index: int) -> None:
    """A lost bucket is one difference, an empty one too."""
    assert changed(lambda tree: tree["data"].pop(index)) == ("NONE", [("item-lost", f"/data/{index}")])


def test_pairs_by_group_keys_while_all_values_change() -> None:
    """Results find their partners by kind and group keys where nothing else is left of them."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            one["input_tokens"] = 0
        del second(tree)[1]

    assert changed(change) == (
        "NONE",
        [
            ("value-changed", "/data/1/results/0/input_tokens"),
            ("item-lost", "/data/1/results/1"),
            ("value-changed", "/data/1/results/2/input_tokens"),
            ("value-changed", "/data/1/results/3/input_tokens"),
        ],
    )


def test_pairs_though_group_keys_change() -> None:
    """Group keys that all become something else do not tear results apart, even where one is lost."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            one["project_id"] = "unknown"
        del second(tree)[2]

    lost = [(("value-changed", f"/data/1/results/{n}/project_id")) for n in (0, 1, 3)]
    lost.insert(2, ("item-lost", "/data/1/results/2"))
    assert changed(change) == ("NONE", lost)


def test_absent_group_keys_count_as_null() -> None:
    """A client that drops nulls loses nulls and no results, whatever order these come back in."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            del one["model"]
        second(tree).reverse()

    level, differences = changed(change)
    assert level == "NONE"
    assert differences[0] == ("items-reordered", "/data/1/results")
    assert differences[1:] == [("null-became-absent", f"/data/1/results/{n}/model") for n in range(4)]


def test_reordered() -> None:
    """Results and buckets in another order are one difference each, and what else became of them is told apart."""
    assert changed(lambda tree: second(tree).sort(key=lambda one: -one["input_tokens"])) == (
        "NONE",
        [("items-reordered", "/data/1/results")],
    )
    assert changed(lambda tree: tree["data"].reverse()) == ("NONE", [("items-reordered", "/data")])
    fidelity = compare(dumps(three()), dumps({**three(), "data": three()["data"][::-1]}))
    assert fidelity.differences[0].returned == "[2,1,0]"


def test_equal_group_keys_pair_by_position() -> None:
    """Results that only their values tell apart pair by position if all came back, else with what is most alike."""
    tree = page(bucket(0, *(result(input_tokens=n, model="a") for n in (1, 2, 3))))

    def swap(tree: dict[str, Any]) -> None:
        results = tree["data"][0]["results"]
        results[0], results[1] = results[1], results[0]

    def respell_and_drop(tree: dict[str, Any]) -> None:
        results = tree["data"][0]["results"]
        for one in results:
            one["input_tokens"] = float(one["input_tokens"])
        del results[1]

    at = "/data/0/results"
    assert changed(swap, tree) == (
        "NONE",
        [("value-changed", f"{at}/0/input_tokens"), ("value-changed", f"{at}/1/input_tokens")],
    )
    assert changed(respell_and_drop, tree) == (
        "NONE",
        [
            ("integer-as-float", f"{at}/0/input_tokens"),
            ("item-lost", f"{at}/1"),
            ("integer-as-float", f"{at}/2/input_tokens"),
        ],
    )


def test_items_of_no_kind() -> None:
    """Items that are no results pair by what they hold."""
    tree = page(bucket(0, *(result("organization.usage.videos.result", n=n) for n in range(5))))
    assert changed(lambda tree: tree["data"][0]["results"].pop(2), tree) == (
        "PRESENCE",
        [("item-lost", "/data/0/results/2")],
    )
    odd = {**three(), "data": [1, "a", None]}
    assert changed(lambda tree: tree["data"].pop(1), odd) == ("NONE", [("item-lost", "/data/1")])


@pytest.mark.parametrize(
    ("tag", "level"),
    [(EMBEDDINGS, "NONE"), ("", "NONE"), ("organization.usage.videos.result", "NONE"), (None, "NONE"), (5, "NONE")],
)
def test_kind_lost(tag: object, level: str) -> None:
    """A result that comes back with another `object` lost its kind, and its members are compared all the same."""

    def change(tree: dict[str, Any]) -> None:
        second(tree)[1].update(object=tag, input_tokens=0)

    expected = [("kind-lost", "/data/1/results/1/object"), ("value-changed", "/data/1/results/1/input_tokens")]
    assert changed(change) == (level, expected)


def test_kind_gone() -> None:
    """A result that comes back without `object` lost its kind, and one of unknown kind is open."""
    assert changed(lambda tree: second(tree)[1].pop("object")) == ("NONE", [("kind-lost", "/data/1/results/1/object")])
    tree = page(bucket(0, result("organization.usage.videos.result", n=1)))
    assert changed(lambda tree: tree["data"][0]["results"][0].update(object=COMPLETIONS), tree) == (
        "PRESENCE",
        [("kind-lost", "/data/0/results/0/object")],
    )


def test_kind_invented() -> None:
    """A result that had no `object` is given one: a member is invented."""
    tree = page(bucket(0, {"input_tokens": 1}))
    assert changed(lambda tree: tree["data"][0]["results"][0].update(object=COMPLETIONS), tree) == (
        "VALUES",
        [("member-invented", "/data/0/results/0/object")],
    )


def test_pointers_lead_into_their_side() -> None:
    """Pointers lead into what was sent, and those to inventions into what came back, where indexes may differ."""

    def change(tree: dict[str, Any]) -> None:
        del tree["data"][0]
        second_now = tree["data"][0]["results"]
        del second_now[0]
        second_now[0]["images"] = 0
        second_now[1]["size"] = None
        second_now[2]["input_tokens"] = 0
        second_now.append(result(input_tokens=99, project_id="new"))

    assert changed(change) == (
        "NONE",
        [
            ("item-lost", "/data/0"),
            ("item-lost", "/data/1/results/0"),
            ("member-invented", "/data/0/results/0/images"),
            ("absent-became-null", "/data/0/results/1/size"),
            ("value-changed", "/data/1/results/3/input_tokens"),
            ("item-invented", "/data/0/results/3"),
        ],
    )


@pytest.mark.parametrize(
    ("sent", "returned", "found"),
    [
        ([1, 2, result(input_tokens=3)], [2, result(input_tokens=3)], ("item-lost", "/data/0/results/0")),
        ([result(input_tokens=3), []], [[]], ("item-lost", "/data/0/results/0")),
        ([None, result(input_tokens=3)], [result(input_tokens=3)], ("item-lost", "/data/0/results/0")),
    ],
)
def test_results_that_are_no_objects(sent: list[Any], returned: list[Any], found: tuple[str, str]) -> None:
    """What stands among results and is none has no group, and is paired by what it is."""
    assert seen(dumps(page(bucket(0, *sent))), dumps(page(bucket(0, *returned)))) == ("NONE", [found])


def test_buckets_that_are_no_objects() -> None:
    """What stands among buckets and is none has no time, and a time that is no scalar is one all the same."""
    odd = {**bucket(1), "start_time": {"from": 1}}
    sent, returned = page(5, bucket(0), odd, bucket(9)), page(bucket(0), odd, bucket(9))
    assert seen(dumps(sent), dumps(returned)) == ("NONE", [("item-lost", "/data/0")])


def test_pairs_beside_what_is_no_object() -> None:
    """Results and buckets find their partners by group and time though items beside them are no objects."""
    one, other = ({"project_id": name} for name in "ab")
    sent = page(bucket(0, 5, result(input_tokens=1, **one), result(input_tokens=2, **other)))
    returned = page(bucket(0, result(input_tokens=4, **other), result(input_tokens=3, **one), 6))
    assert seen(dumps(sent), dumps(returned)) == (
        "NONE",
        [
            ("items-reordered", "/data/0/results"),
            ("item-lost", "/data/0/results/0"),
            ("value-changed", "/data/0/results/1/input_tokens"),
            ("value-changed", "/data/0/results/2/input_tokens"),
            ("item-invented", "/data/0/results/2"),
        ],
    )
    sent = page(5, bucket(0, result(input_tokens=1)), bucket(9, result(input_tokens=2)))
    returned = page(bucket(9, result(input_tokens=3)), bucket(0, result(input_tokens=4)), 6)
    assert seen(dumps(sent), dumps(returned)) == (
        "NONE",
        [
            ("items-reordered", "/data"),
            ("item-lost", "/data/0"),
            ("value-changed", "/data/1/results/0/input_tokens"),
            ("value-changed", "/data/2/results/0/input_tokens"),
            ("item-invented", "/data/2"),
        ],
    )
