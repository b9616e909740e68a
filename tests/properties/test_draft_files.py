"""Whatever stands in the file of a draft, it is loaded or refused with the place; what is loaded can be used for everything."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import odd_drafts
from usagecompat import Incompatible, check, compare, dumps, loads, schema, strategies
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.openapi import openapi_document
from usagecompat.contract.requests import endpoints_of
from usagecompat.contract.tree import contract
from usagecompat.exceptions import CorruptDraft
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.contract.revisions import Draft

NAMES = (
    *(
        "revision",
        "source",
        "schemas",
        "endpoints",
        "meanings",
        "not_held",
        "required",
        "members",
        "type",
        "const",
        "items",
    ),
    *("nullable", "known_values", "closed", "former_name", "doc", "format", "kind", "parameters", "values", "default"),
    *(
        "group_by",
        "limit",
        "bucket_width",
        "since",
        "leaves_out",
        "unless",
        "object",
        "UsageTimeBucket",
        "UsageResponse",
    ),
    *("CostsResult", "results", "data", "self", "a/b~c", "é", "", "x" * 300),
)
WORDS = (
    "2027-01-05",
    "2099-12-31",
    "integer",
    "array",
    "object",
    "organization.costs.result",
    "usage/completions",
    "\0",
    *NAMES,
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4),
    max_leaves=8,
)
NUMBERS = st.integers(0, 10_000)


def places(tree: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values, the root aside."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in inner:
        yield (*path, name)
        yield from places(value, (*path, name))


@st.composite
def spoilt(draw: st.DrawFn) -> object:
    """What a draft's file may say, with one to three things put in place of others, taken away or renamed."""
    said = json.loads(odd_drafts.draft_text(draw(NUMBERS), 0))
    for _ in range(draw(st.integers(1, 3))):
        every = [*places(said)]
        path = draw(st.sampled_from([*(one for one in every if len(one) < 4), *every[:: 1 + len(every) // 60]]))
        node: Any = said
        for name in path[:-1]:
            node = node[name]
        what = draw(st.sampled_from(["put", "put", "take", "rename", "add"]))
        if what == "take" and isinstance(node, dict):
            del node[path[-1]]
        elif what == "rename" and isinstance(node, dict):
            node[draw(st.sampled_from(NAMES))] = node.pop(path[-1])
        elif what == "add" and isinstance(node, dict):
            node[draw(st.sampled_from(NAMES))] = copy.deepcopy(draw(TREES))
        else:
            node[path[-1]] = copy.deepcopy(draw(TREES))
    return said


def loaded(said: object) -> Draft | None:
    """The draft, or None if it is refused with a place and a reason."""
    try:
        return draft_of(json.dumps(said).encode(), "the file")
    except CorruptDraft as error:
        refused = error
    assert not refused.place or refused.place.startswith("/")
    assert refused.reason
    assert str(refused).startswith("the file")
    return None


def use(draft: Draft, seed: int) -> None:
    """Do with a draft all that is done with a revision."""
    said = contract(draft)
    for shape in ("page", "bucket", "result"):
        assert schema(shape, revision=draft)["$defs"]  # type: ignore[arg-type]
        assert schema(shape, revision=draft, draft="draft-07", profile="served")["definitions"]  # type: ignore[arg-type]
    assert json.loads(json.dumps(openapi_document(draft)))["components"]
    for text in odd_drafts.texts_of(draft, seed, 0, 4):
        assert check(text.payload, revision=draft).to_dict()["verdict"]
        try:
            record = loads(text.payload, revision=draft)
        except Incompatible:
            continue
        assert repr(record)
        assert compare(text.payload, dumps(record), revision=draft).level >= 2
    ledger = Ledger(revision=draft)
    for name in endpoints_of(said):
        path, key = f"/v1/organization/{name}", {"Authorization": f"Bearer {ledger.key}"}
        assert check(ledger.answer(path, "start_time=1791936000", key).body, revision=draft).shape


@given(TREES)
@settings(max_examples=60)
def test_any_tree(said: object) -> None:
    """Any tree is refused with its place, unless it happens to be a draft."""
    loaded(said)


@given(spoilt(), NUMBERS)
@settings(max_examples=150, suppress_health_check=[*HealthCheck])
def test_spoilt_drafts(said: object, seed: int) -> None:
    """A draft in which things were changed is refused with the place, or can be used for everything."""
    draft = loaded(said)
    if draft is not None:
        use(draft, seed)


@given(NUMBERS)
@settings(max_examples=40, suppress_health_check=[*HealthCheck])
@example(9)
def test_odd_drafts(seed: int) -> None:
    """A draft of any names, types and requirements that is loaded can be used for everything."""
    draft = loaded(json.loads(odd_drafts.draft_text(seed, 1)))
    if draft is not None:
        use(draft, seed)


@pytest.mark.parametrize("number", [number for number in range(12) if odd_drafts.odd_draft(4, number)])
def test_strategies_of_odd_drafts(number: int) -> None:
    """Payloads can be drawn for odd drafts, sound ones and broken ones, and each has a report."""
    draft = odd_drafts.odd_draft(4, number)

    @settings(max_examples=2, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
    @given(
        strategies.payloads(revision=draft),
        strategies.buckets(revision=draft),
        strategies.broken_payloads(revision=draft),
    )
    def draw(payload: bytes, record: object, broken: tuple[bytes, str]) -> None:
        for one in (payload, dumps(record), broken[0]):  # type: ignore[arg-type]
            assert check(one, revision=draft).verdict

    draw()
