"""What the fast route learns of payloads that the exact one has judged, and what it forgets for it."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

import payloads
from usagecompat import LATEST, check
from usagecompat.checking.stages import fast_route
from usagecompat.contract import contract
from usagecompat.jsontext.limits import MAX_SIZE

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.usefixtures("nothing_learned")

Tree = dict[str, Any]
AMOUNT = {"value": 1, "currency": "usd"}
KEYS = {"model": "a", "project_id": None}
REQUIRED = {"input_tokens": 1, "num_model_requests": 1}
ENOUGH = 1 << 17


def fast() -> ModuleType:
    """The fast route, which is there."""
    route = fast_route()
    assert route is not None
    return route


def knows(tree: Tree) -> bool:
    """Whether such a payload is certified now."""
    return fast().certify(payloads.compact(tree), LATEST) is not None


def result(*before: str, **members: object) -> Tree:
    """A result of embeddings, with some members in front of those that it must have."""
    one: Tree = {"object": "organization.usage.embeddings.result"}
    one |= {name: members.get(name, 1) for name in before}
    return one | REQUIRED | members


def cost(**amount: object) -> Tree:
    """A cost of this amount."""
    return {"object": "organization.costs.result", "amount": amount}


def bucket(*results: Tree, **members: object) -> Tree:
    """A bucket of these results."""
    return {"object": "bucket", "start_time": 1, "end_time": 2, "results": [*results], **members}


def page(*buckets: Tree, **members: object) -> Tree:
    """The last page, of these buckets."""
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None, **members}


def turned(tree: Tree) -> Tree:
    """The same members with their name in front and the others in the opposite order, as no contract has them."""
    return {"object": tree["object"]} | dict(reversed(tree.items()))


def last(tree: Tree) -> Tree:
    """The same members in the opposite order, so that an object says last what it is."""
    return dict(reversed(tree.items()))


def orders() -> list[Tree]:
    """Buckets that have a result each, all with the same members, each in an order that no other has."""
    members = result(**KEYS)
    names = [name for name in members if name != "object"]
    return [
        bucket({name: members[name] for name in ("object", *order)})
        for order in permutations(names)
        if order[0] != "input_tokens"  # as the contract has it
    ]


LEARNED: dict[str, tuple[list[Tree], int]] = {
    "members more": ([bucket(result(x=1)), bucket(result("y")), page(bucket(z=1)), page(z=1)], 0),
    "names that leave an order for all": ([bucket(result("a", "b")), bucket(result("b", "c")), bucket(result("a", "c"))], 0),
    "names in either order": ([bucket(result("a", "b")), bucket(result("b", "a"))], 1),
    "names in a circle": ([bucket(result("a", "b")), bucket(result("b", "c")), bucket(result("c", "a"))], 1),
    "another order": ([turned(bucket(result())), turned(bucket(result(x=1))), turned(bucket())], 1),
    "another order of two records": ([turned(bucket()), turned(bucket(turned(result())))], 1),
    "shapes of another order": ([turned(bucket()), turned(page()), turned(page(turned(bucket(x=1))))], 1),
    "large counts": ([bucket(result(input_tokens=2**31)), bucket(result(num_model_requests=2**40))], 0),
    "shapes that are named last": ([last(bucket()), last(page(bucket())), last(result())], 3),
    "members more where names are last": ([last(bucket(result())), last(bucket(result(), x=1)), last(bucket(result("y")))], 1),
    "buckets that are named last": ([last(bucket()), last(bucket(result())), last(bucket(cost(**AMOUNT)))], 1),
    "kinds that are named last": ([last(bucket(last(result()))), last(bucket(last(cost(**AMOUNT))))], 2),
    "amounts with a name": ([bucket(cost(object="x", **AMOUNT)), bucket(cost(x=1, **AMOUNT)), bucket(cost(value=1, object="x", currency="usd"))], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", LEARNED)
def test_what_is_learned(name: str) -> None:
    """Payloads whose members have one order for all share a layout, which is then known for all; others have their own."""
    trees, more = LEARNED[name]
    before = fast().learned(LATEST)
    for tree in trees:
        check(payloads.compact(tree))
        assert knows(tree)
    assert [knows(tree) for tree in trees] == [True] * len(trees)
    assert fast().learned(LATEST) - before == more


@pytest.mark.parametrize("kind", payloads.kinds())
def test_members_beside_those_that_came(kind: str) -> None:
    """Where payloads have another order, members that come later are expected where the contract has them."""
    whole = payloads.page(kind, buckets=1, results=1)["data"][0]
    required = contract(LATEST).kinds[payloads.kinds()[kind]].required
    few = {name: value for name, value in whole["results"][0].items() if name in required}
    if "amount" in whole["results"][0]:
        few["amount"] = {"currency": "usd"}
    check(payloads.compact(turned({**whole, "results": [few]})))
    assert knows(turned(whole))


def test_members_behind_their_neighbours() -> None:
    """A member that comes later is expected behind the one that the contract has before it, wherever that one stands."""
    check(payloads.compact(bucket(turned(result()))))
    asked = {"project_id": "a", "user_id": "b", "api_key_id": "c", "model": "d"}
    there = {"object": result()["object"], "num_model_requests": 1, **asked, "input_tokens": 1}
    assert list(contract(LATEST).kinds[there["object"]].members)[3:] == list(asked)
    assert knows(bucket(there))


@pytest.mark.parametrize(
    ("members", "is_known"),
    [
        *(({f"x{number}": 1 for number in range(many)}, many <= 24) for many in (23, 24, 25)),
        ({"x" * 60: 1}, True),
        ({"x" * 61: 1}, False),
        ({"\u00e9": 1}, True),
        ({"x y": 1}, False),
        ({"x\\y": 1}, False),
        ({'x"y': 1}, False),
        ({"x\u2028": 1}, False),
        ({"x\n": 1}, False),
        ({"": 1}, True),
        ({"X_1": 1}, True),
        ({"user_idd": 1}, False),
        ({"user_identity": 1}, True),
        ({"project_id": "a", "x": 1}, True),
        ({"x": 2**40}, True),
        ({"x": {}}, False),
        ({"amount": {"value": 1}}, False),
    ],
)
def test_undeclared_members(members: Tree, *, is_known: bool) -> None:
    """Few undeclared members are learned, of plain names that mean no declared one, and if they are plain values."""
    whole = payloads.page("embeddings", buckets=1, results=1)["data"][0]
    for tree in (bucket(whole["results"][0] | members), bucket(result(**members))):
        check(payloads.compact(tree))
        assert knows(tree) == is_known


def test_payloads_that_are_not_learned() -> None:
    """A payload that contradicts itself in the order of members, or has anything wrong with it, is not learned."""
    either = bucket(result("a", "b"), result("b", "a", model="x"))
    check(payloads.compact(either))
    assert not knows(either)
    for tree in (turned(bucket(result(input_tokens=-1))), turned(bucket() | {"start_time": 3})):
        check(payloads.compact(tree))
    assert not knows(turned(bucket()))
    check(payloads.compact(turned(bucket())), ignore=["json/trailing-text"])
    assert not knows(turned(bucket())), "codes that are ignored may hide what was found"
    check(payloads.compact(turned(bucket())), ignore=["schema/undeclared-member"])
    assert knows(turned(bucket()))


def test_learning_is_paid_by_reading() -> None:
    """Sixteen layouts are learned at once, however much was read before, and one more for each 128 KiB."""
    unlike = bucket(result(x=["y" * ENOUGH]))
    for _ in range(3):
        check(payloads.compact(unlike))
    first, second, *others = orders()
    for tree in (*others[:15], first, second):
        check(payloads.compact(tree))
    assert knows(first)
    assert not knows(second)
    check(payloads.compact(bucket(result(x=["y" * (ENOUGH // 2)]))))
    check(payloads.compact(second))
    assert not knows(second)
    check(payloads.compact(bucket(result(x=["y" * (ENOUGH // 2)]))))
    check(payloads.compact(second))
    assert knows(second)
    check(payloads.compact(others[-1]))
    assert not knows(others[-1])


def test_what_is_forgotten() -> None:
    """Of six layouts the oldest goes that was of no use, or else the one that was of use the longest ago."""
    trees = orders()
    for tree in trees[:6]:
        check(payloads.compact(tree))
    assert [knows(tree) for tree in trees[:6]] == [False, *[True] * 5]
    assert knows(bucket(result()))
    check(payloads.compact(trees[6]))
    assert [knows(tree) for tree in trees[1:7]] == [False, *[True] * 5]
    assert knows(bucket(result()))


def test_layouts_stay_of_use_with_more_members() -> None:
    """A layout that was of use, and takes in a member more, is kept like the one that it was."""
    known, *trees = orders()
    check(payloads.compact(known))
    assert knows(known)
    more = known | {"x": 1}
    check(payloads.compact(more))
    for tree in trees[:8]:
        check(payloads.compact(tree))
    assert knows(more)
    assert knows(known)


def test_the_longest_text() -> None:
    """A text as long as texts may be is certified like any other."""
    text = payloads.compact(bucket(result()))
    assert fast().certify(text + b" " * (MAX_SIZE - len(text)), LATEST) is not None
