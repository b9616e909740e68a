"""Exact trees by chance: built for a revision, and broken in many ways at once."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat.contract.revisions import KNOWN_UNDECLARED, LATEST, REVISIONS
from usagecompat.contract.tree import JsonType, contract
from usagecompat.jsontext.values import Number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from usagecompat.contract.tree import Contract, RecordShape

NUMBERS = (
    "0",
    "-0",
    "1",
    "5.0",
    "5e0",
    "5.7",
    "-3",
    "12.50",
    "1e-7",
    "9007199254740993",
    "3000000000",
    "1E+2",
    "50e-1",
)
STRINGS = (
    "",
    "5",
    "12.50",
    "0E-6176",
    "NaN",
    " 1",
    "01",
    "1.",
    "-",
    "usd",
    "USD",
    "agents_api",
    "tokens",
    "page_2",
    "1\n",
)
TAGS = ("page", "list", "bucket", "Bucket", "organization.costs.result", "organization.usage.web_search_calls.result")
ODD_TAGS = (
    "organization.usage.new_kind.result",
    "organization.usage..result",
    "organization.costs.result\n",
    "CostsResult",
)
NAMES = sorted(
    {name for r in REVISIONS for shape in (*contract(r).records.values(), contract(r).flat) for name in shape.members}
    | {"sessions", "object ", "Object", "num_images", *KNOWN_UNDECLARED}
)


def _value(random: Random) -> Any:  # noqa: ANN401 - any JSON
    """A value of any type, most of them of the kinds that payloads have."""
    what = random.randrange(8)
    if what < 3:
        return Number(random.choice(NUMBERS))
    if what < 5:
        return random.choice(STRINGS + TAGS)
    return random.choice((None, True, False, [], {}, [None], {"object": "bucket"}, {"value": Number("1")}))


def _containers(node: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    if isinstance(node, (dict, list)):
        yield node
        for inner in list(node.values()) if isinstance(node, dict) else list(node):
            yield from _containers(inner)


def _change_object(random: Random, node: dict[str, Any]) -> None:
    name = random.choice(list(node) or NAMES)
    what = random.randrange(7)
    if what == 0:
        node.pop(name, None)
    elif what == 1:
        node[name] = None
    elif what == 2:
        node[name] = _value(random)
    elif what == 3:
        other, value = random.choice(NAMES), node.pop(name, None)
        node[other] = value
    elif what == 4:
        node[random.choice(NAMES)] = _value(random)
    elif what == 5:
        node["object"] = random.choice((*TAGS, *ODD_TAGS, *contract(LATEST).kinds))
    else:
        node[random.choice(NAMES)] = deepcopy(node.get(name))


def _change_array(random: Random, items: list[Any]) -> None:
    what = random.randrange(4)
    if what == 0 or not items:
        items.append(_value(random))
    elif what == 1:
        items.pop(random.randrange(len(items)))
    elif what == 2:
        items.append(deepcopy(random.choice(items)))
    else:
        items[random.randrange(len(items))] = _value(random)


@pytest.fixture(scope="session")
def mutated() -> Callable[[Random, Any], Any]:
    """Copies a tree with one to four things changed in it, some of which may be harmless."""

    def mutate(random: Random, tree: Any) -> Any:  # noqa: ANN401 - any JSON
        tree = deepcopy(tree)
        for _ in range(random.randint(1, 4)):
            node = random.choice(list(_containers(tree)))
            (_change_object if isinstance(node, dict) else _change_array)(random, node)
        return tree

    return mutate


@pytest.fixture(scope="session")
def built() -> Callable[[Random, Contract, str], Any]:
    """Builds a payload of a shape that obeys the letter of a revision, with no help from the strategies."""

    def leaf(random: Random, kind: JsonType) -> Any:  # noqa: ANN401 - any JSON
        if kind is JsonType.INTEGER:
            return Number(str(random.choice((0, 1, 7, 2**31, 2**53 + 1, 10**30))))
        if kind is JsonType.NUMBER:
            return Number(random.choice(NUMBERS))
        return random.random() < 0.5 if kind is JsonType.BOOLEAN else random.choice(("", "a", "usd", "page_1"))

    def build(random: Random, said: Contract, shape: RecordShape) -> Any:  # noqa: ANN401 - any JSON
        tree: dict[str, Any] = {name: Number("1") for name in shape.required}
        for name, member in shape.members.items():
            if not member.required and random.random() < 0.5:
                continue
            if member.const is not None:
                tree[name] = member.const
            elif member.nullable and random.random() < 0.2:
                tree[name] = None
            elif member.type is JsonType.OBJECT:
                tree[name] = build(random, said, said.amount)
            elif member.type is JsonType.ARRAY:
                inner = [said.bucket] if member.of == (said.bucket.name,) else list(said.kinds.values())
                tree[name] = [build(random, said, random.choice(inner)) for _ in range(random.randrange(3))]
            elif member.values is not None and member.values.closed:
                tree[name] = random.choice(member.values.known)
            else:
                tree[name] = leaf(random, member.type)
        names = list(tree)
        random.shuffle(names)
        return {name: tree[name] for name in names}

    def build_shape(random: Random, said: Contract, shape: str) -> Any:  # noqa: ANN401 - any JSON
        record = {"page": said.page, "bucket": said.bucket}.get(shape) or random.choice(list(said.kinds.values()))
        return build(random, said, record)

    return build_shape
