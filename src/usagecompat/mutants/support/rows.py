"""
Help with buckets and results as rows of a list: their times and keys, and lists of them rearranged.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from usagecompat.contract import Count, contract
from usagecompat.findings import Shape
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import refuse
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.walks import (
    LISTS,
    items,
    member,
    members,
    on_results,
    ordered,
    tag_of,
    with_results,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.mutants.model import PayloadView
    from usagecompat.mutants.support.walks import Object

_Key = TypeVar("_Key", int, float, str)


def number_of(old: Tree, new: int) -> Tree:
    """A number with a new value, or the old one if it has that."""
    return old if isinstance(old, Number) and exact.integer(old) == new else exact.whole(new)


def is_bucket(node: Tree) -> bool:
    """Whether a bucket has both its times."""
    return (
        isinstance(node, dict)
        and isinstance(node.get("start_time"), Number)
        and isinstance(node.get("end_time"), Number)
    )


def integer_at(node: Tree, name: str) -> int:
    """A whole number of an object, 0 if it has none."""
    value = node.get(name) if isinstance(node, dict) else None
    return exact.integer(value) if isinstance(value, Number) else 0


def start_of(node: Tree) -> int:
    """When a bucket starts."""
    return integer_at(node, "start_time")


def text_of_member(node: Tree, name: str) -> str:
    """A string of a result, empty if it has none."""
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""


def amount_of(node: Tree) -> float:
    """The amount of a cost."""
    amount = node.get("amount") if isinstance(node, dict) else None
    value = amount.get("value") if isinstance(amount, dict) else None
    if isinstance(value, Number):
        return exact.binary64(value)
    return float(value) if isinstance(value, str) else 0.0


def results_of(node: Tree) -> Tree:
    """The results of a bucket, null if it has none."""
    if isinstance(node, dict):
        for name in LISTS:
            if name in node:
                return node[name]
    return None


def in_order(node: Object, names: tuple[str, ...]) -> Object:
    """An object with these members in front."""
    return ordered(node, [*(name for name in names if name in node), *(name for name in node if name not in names)])


def in_order_of(nodes: list[Tree], key: Callable[[Tree], _Key]) -> list[Tree]:
    """Rows in the order of their keys."""
    new = sorted(nodes, key=key)
    return nodes if all(a is b for a, b in zip(new, nodes, strict=True)) else new


def those(nodes: list[Tree], test: Callable[[Tree], bool]) -> list[Tree]:
    """The rows that pass a test."""
    kept = [node for node in nodes if test(node)]
    return nodes if len(kept) == len(nodes) else kept


def last_of(nodes: list[Tree], key: Callable[[Tree], str]) -> list[Tree]:
    """Of rows with the same key the last."""
    last = {key(node): index for index, node in enumerate(nodes)}
    return nodes if len(last) == len(nodes) else [node for index, node in enumerate(nodes) if last[key(node)] == index]


def first_of(nodes: list[Tree], key: Callable[[Tree], str]) -> list[Tree]:
    """Of rows with the same key the first."""
    first: dict[str, Tree] = {}
    for node in nodes:
        first.setdefault(key(node), node)
    return nodes if len(first) == len(nodes) else list(first.values())


def summed(nodes: list[Tree], key: Callable[[Tree], str]) -> list[Tree]:
    """Of rows with the same key the first, with the sums of all."""
    sums: dict[str, Tree] = {}
    for node in nodes:
        one = sums.get(key(node))
        if isinstance(one, dict) and isinstance(node, dict):
            sums[key(node)] = {
                name: exact.whole(exact.integer(old) + integer_at(node, name)) if isinstance(old, Number) else old
                for name, old in one.items()
            }
        else:
            sums[key(node)] = node
    return nodes if len(sums) == len(nodes) else list(sums.values())


def merged(nodes: list[Tree]) -> list[Tree]:
    """All buckets as one."""
    if len(nodes) < 2 or not isinstance(first := nodes[0], dict) or not isinstance(last := nodes[-1], dict):
        return nodes
    gathered = [one for found in map(results_of, nodes) if isinstance(found, list) for one in found]
    whole = member(first, "end_time", lambda _: last.get("end_time"))
    return [with_results(whole, lambda _: gathered)]


def without_empty_end(nodes: list[Tree]) -> list[Tree]:
    """Buckets up to the last one with results."""
    end = len(nodes)
    while end and results_of(nodes[end - 1]) == []:
        end -= 1
    return nodes if end == len(nodes) else nodes[:end]


def filled_gaps(nodes: list[Tree]) -> list[Tree]:
    """Buckets with empty ones where none are."""
    found: list[Tree] = []
    for before, node in zip([None, *nodes], nodes, strict=False):
        if before is not None and start_of(node) > integer_at(before, "end_time"):
            found.append(
                {
                    "object": "bucket",
                    "start_time": exact.whole(integer_at(before, "end_time")),
                    "end_time": exact.whole(start_of(node)),
                    "results": [],
                }
            )
        found.append(node)
    return nodes if len(found) == len(nodes) else found


def overlaps(nodes: list[Tree]) -> bool:
    """Whether a bucket starts before the previous one has ended."""
    return any(start_of(node) < integer_at(before, "end_time") for before, node in pairwise(nodes))


def without_overlaps(nodes: list[Tree]) -> list[Tree]:
    """Buckets that start after those before them."""
    kept: list[Tree] = []
    for node in nodes:
        if not kept or start_of(node) >= integer_at(kept[-1], "end_time"):
            kept.append(node)
    return nodes if len(kept) == len(nodes) else kept


def kinds_of(nodes: list[Tree]) -> set[str]:
    """The kinds of all results of these buckets."""
    lists = [found for found in map(results_of, nodes) if isinstance(found, list)]
    return {tag_of(one) for found in lists for one in found if isinstance(one, dict)}


def iso(seconds: int) -> str:
    """A time as text."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def all_zero(node: Tree) -> bool:
    """Whether a result has numbers, and all are 0."""
    if not isinstance(node, dict):
        return False
    counts = [value for value in node.values() if isinstance(value, Number)]
    return bool(counts) and all(exact.value_of(value) == 0 for value in counts)


def result_order(*, refusing: bool = False) -> Callable[[Tree, PayloadView], Tree]:
    """Results with their members in the order of the contract, or refused if they are not."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        def order(node: Object) -> Object:
            shape = contract(view.revision).kinds.get(tag_of(node))
            new = node if shape is None else in_order(node, tuple(shape.members))
            return node if new is node else (refuse("another order") if refusing else new)

        return on_results(order)(tree, view)

    return walk


def from_bucket(tree: Tree, view: PayloadView) -> Tree:
    """Results whose counts are all 0."""
    if view.shape is Shape.RESULT:
        return tree

    def zeros(node: Object) -> Object:
        shape = contract(view.revision).kinds.get(tag_of(node))
        if shape is None:
            return node
        counts = {name for name, one in shape.members.items() if isinstance(one.marker, Count)}
        return members(
            node, lambda name, old: Number("0") if name in counts and old is not None and old != Number("0") else old
        )

    return on_results(zeros)(tree, view)


def with_times(node: Object) -> Object:
    """A bucket whose results have its start."""
    start = node.get("start_time")
    return with_results(
        node, lambda old: items(old, lambda one: {**one, "start_time": start} if isinstance(one, dict) else one)
    )
