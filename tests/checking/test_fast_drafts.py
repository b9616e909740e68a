"""Drafts that declare what no published revision has: the fast route proves what its checks look at, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

import differential
import payloads
from usagecompat import LATEST, check
from usagecompat.checking.stages import fast_route
from usagecompat.contract.drafts import draft_of
from usagecompat.corpus.data import folder

if TYPE_CHECKING:
    from usagecompat.contract.revisions import Draft

pytestmark = pytest.mark.usefixtures("nothing_learned")

Tree = dict[str, Any]
HISTORY = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())
NEWEST = next(entry for entry in HISTORY["revisions"] if entry["revision"] == LATEST)
COMPLETIONS, COSTS, BUCKET, PAGE = "UsageCompletionsResult", "CostsResult", "UsageTimeBucket", "UsageResponse"
AMOUNT = {"type": "object", "members": {"value": {"type": "number"}, "currency": {"type": "string"}}}
DOLLAR = {"value": 1, "currency": "usd"}
VALUES = (None, 1, -1, 2**40, 1.5, 0.1234567891, "1", "a", True, [], {}, DOLLAR, {"value": "x"}, [{"object": "bucket"}])


def draft(**changes: Tree) -> Draft:
    """The newest revision with these changes, by record: members that are new or other ones, and those that are gone."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    schemas = said["schemas"]
    for record, members in changes.items():
        one = schemas[COSTS]["members"]["amount"] if record == "Amount" else schemas[record]
        for name, row in members.items():
            if row is None:
                del one["members"][name]
                one["required"] = [other for other in one.get("required", ()) if other != name]
            else:
                one["members"][name] = copy.deepcopy(row)
    return draft_of(json.dumps(said).encode())


def completions(**members: object) -> Tree:
    """A completions result."""
    counts = {"input_tokens": 7, "output_tokens": 1, "num_model_requests": 1}
    return {"object": "organization.usage.completions.result", **counts, **members}


def cost(**members: object) -> Tree:
    """A cost of one dollar."""
    return {"object": "organization.costs.result", "amount": DOLLAR, **members}


def bucket(*results: Tree, **members: object) -> Tree:
    """A bucket of these results."""
    return {"object": "bucket", "start_time": 1, "end_time": 2, "results": [*results], **members}


def page(*buckets: Tree, **members: object) -> Tree:
    """The last page, of these buckets."""
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None, **members}


def holding(record: str, name: str, value: object) -> list[Tree]:
    """Payloads in which an object of that record has such a member."""
    member = {name: value}
    return {
        COMPLETIONS: [bucket(completions() | member), bucket(completions(), completions(model="x") | member)],
        COSTS: [bucket(cost() | member), bucket(cost(), cost(line_item="x") | member), cost() | member],
        "Amount": [bucket(cost(amount=DOLLAR | member)), bucket(cost(), cost(line_item="x", amount=DOLLAR | member))],
        BUCKET: [bucket(completions()) | member, page(bucket() | member)],
        PAGE: [page(bucket(completions())) | member, page() | member],
    }[record]


def says(tree: Tree, revision: Draft) -> str:
    """Which route answers when such a payload comes again, once its answers are those of the exact route."""
    fast = fast_route()
    assert fast is not None
    text = differential.Text(payloads.compact(tree), revision, "served", None)
    exact = differential.facts(differential.by_exact_route(text), best_revision=False)
    for _ in range(2):
        assert differential.facts(check(text.payload, revision=revision), best_revision=False) == exact
    return "exact" if fast.certify(text.payload, revision) is None else "fast"


@pytest.mark.parametrize(
    ("record", "name", "row"),
    [
        *((record, "more", {"type": "number"}) for record in (PAGE, BUCKET, COSTS, "Amount")),
        *((record, "more", {"type": "integer", "nullable": True}) for record in (PAGE, BUCKET, COSTS, "Amount")),
        *((record, "more", AMOUNT) for record in (PAGE, BUCKET, COSTS, COMPLETIONS)),
        *(
            (record, "amount", {"type": kind})
            for record in (COMPLETIONS, COSTS, BUCKET)
            for kind in ("integer", "number")
        ),
        (COMPLETIONS, "amount", AMOUNT),
        (COMPLETIONS, "project_id", {"type": "number", "nullable": True}),
        (COMPLETIONS, "project_id", AMOUNT),
        (COMPLETIONS, "input_cached_tokens", {"type": "string"}),
        (COMPLETIONS, "input_tokens", {"type": "number"}),
        ("Amount", "currency", {"type": "number"}),
        ("Amount", "currency", {"type": "integer"}),
        ("Amount", "amount", {"type": "integer"}),
        (BUCKET, "more", {"type": "array", "items": [COMPLETIONS]}),
        (BUCKET, "start_time", {"type": "integer", "nullable": True}),
        (BUCKET, "end_time", {"type": "string"}),
        (PAGE, "more", {"type": "array", "items": BUCKET}),
        (PAGE, "has_more", {"type": "string"}),
        (PAGE, "next_page", {"type": "integer"}),
    ],
)
def test_members_of_every_type(record: str, name: str, row: Tree) -> None:
    """Whatever a draft says of a member, both routes tell alike what is found in its values."""
    revision = draft(**{record: {name: row}})
    for value in VALUES:
        for tree in holding(record, name, value):
            says(tree, revision)


@pytest.mark.parametrize(
    ("changes", "route"),
    [
        ({COSTS: {"more": {"type": "number"}}}, "fast"),
        ({COMPLETIONS: {"amount": AMOUNT}}, "fast"),
        ({COMPLETIONS: {"undeclared_3": {"type": "integer"}}}, "fast"),
        ({COMPLETIONS: {'q"q': {"type": "integer"}}}, "exact"),
        ({BUCKET: {"more": {"type": "string"}, "count": {"type": "integer"}, "done": {"type": "boolean"}}}, "fast"),
        ({PAGE: {"more": {"type": "integer"}}}, "fast"),
        ({BUCKET: {"more": {"type": "number"}}}, "exact"),
        ({BUCKET: {"b\\b": {"type": "integer"}}}, "exact"),
        ({PAGE: {"n\nl": {"type": "string"}}}, "exact"),
        ({"Amount": {'q"q': {"type": "string"}}}, "exact"),
        ({BUCKET: {"end_time": None}}, "exact"),
        ({PAGE: {"next_page": None}}, "exact"),
        ({PAGE: {"data": None, "items": {"type": "array", "items": BUCKET}}}, "exact"),
        ({"Amount": {"currency": None}}, "exact"),
        ({COSTS: {"amount": None}}, "fast"),
        ({COMPLETIONS: {"input_tokens": {"type": "number"}}, COSTS: {"more": {"type": "string"}}}, "exact"),
    ],
)
def test_what_is_proved(changes: dict[str, Tree], route: str) -> None:
    """A draft that declares what the checks look at is fast; what they do not look at is left to the exact route."""
    revision = draft(**changes)
    fourth = {"object": completions()["object"], "input_tokens": 7, "output_tokens": 1, "x": 1, "num_model_requests": 1}
    trees = [bucket(fourth), bucket(completions()), page(bucket(completions()))]
    assert {says(tree, revision) for tree in trees} == {route}


def test_kinds_that_are_not_proved() -> None:
    """Of a draft with one kind that is not looked at wholly, the others are proved."""
    revision = draft(**{COMPLETIONS: {"input_tokens": {"type": "number"}}})
    assert [says(tree, revision) for tree in (bucket(completions()), bucket(cost()))] == ["exact", "fast"]


@pytest.mark.parametrize("record", [PAGE, BUCKET, COMPLETIONS, "Amount"])
def test_requirements_of_nothing(record: str) -> None:
    """A record that requires a member that it does not declare is never whole, so that it is not proved."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    one = said["schemas"][COSTS]["members"]["amount"] if record == "Amount" else said["schemas"][record]
    one.setdefault("required", []).append("more")
    revision = draft_of(json.dumps(said).encode())
    for tree in (page(bucket(completions())), bucket(cost()), page()):
        says(tree, revision)


@pytest.mark.parametrize("record", [PAGE, BUCKET, COSTS])
def test_objects_without_a_tag(record: str) -> None:
    """Where a draft lets `object` be absent, both routes tell alike what has none, in any order of the members."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    said["schemas"][record]["required"].remove("object")
    revision = draft_of(json.dumps(said).encode())
    whole = {PAGE: page(bucket(cost())), BUCKET: bucket(cost()), COSTS: cost(line_item=None)}[record]
    bare = {name: value for name, value in whole.items() if name != "object"}
    for tree in (whole, {**bare, "object": whole["object"]}, bare, {**bare, "object": None}, {"object": None, **bare}):
        says(tree, revision)
        if record == COSTS:
            says(bucket(tree), revision)
            says(bucket(tree, cost(line_item="x")), revision)


def test_draft_without_requirements() -> None:
    """A draft that requires of pages and buckets no more than the checks read is proved."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    for record in (PAGE, BUCKET):
        said["schemas"][record]["required"].remove("object")
    revision = draft_of(json.dumps(said).encode())
    unnamed = {"start_time": 1, "end_time": 2, "results": []}
    assert [says(tree, revision) for tree in (bucket(completions()), page(), page(unnamed))] == [
        "fast",
        "fast",
        "exact",
    ]


def test_draft_of_other_orders() -> None:
    """A draft may say last what an object is; payloads that say it first are proved."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    for one in said["schemas"].values():
        one["members"] = dict(reversed(one["members"].items()))
    revision = draft_of(json.dumps(said).encode())
    assert [says(tree, revision) for tree in (bucket(completions()), page(bucket(cost())))] == ["fast", "fast"]


def meaning_it(facts: dict[str, str | None], name: str, row: Tree) -> Draft:
    """A draft with a member more, and with these facts of what written tokens leave out."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    said["schemas"][COMPLETIONS]["members"][name] = row
    meaning = said["meanings"][COMPLETIONS]["input_cache_write_tokens"] | facts
    said["meanings"][COMPLETIONS]["input_cache_write_tokens"] = {key: value for key, value in meaning.items() if value}
    return draft_of(json.dumps(said).encode())


def split(**members: object) -> Tree:
    """A completions result whose input is split, with its members in the contract's order."""
    tokens = {"input_uncached_tokens": 4, "input_cached_tokens": 1, "input_cache_write_tokens": 2}
    one = completions(**tokens) | members
    order = list(NEWEST["schemas"][COMPLETIONS]["members"])
    return {
        name: one[name] for name in sorted(one, key=lambda name: order.index(name) if name in order else len(order))
    }


@pytest.mark.parametrize("name", ["x-odd.name", "class", "o", "UNSET", "t0", "[print(1)][0:0]"])
def test_names_are_no_program(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a draft calls a count that a relation looks at is a name alone, whatever stands in it."""
    for meaning in ({"leaves_out": name}, {"leaves_out": name, "unless": None}, {"unless": name}):
        revision = meaning_it(meaning, name, {"type": "integer"})
        assert {says(bucket(split(**{name: value})), revision) for value in (0, 2)} >= {"fast"}
    assert not capsys.readouterr().out


@pytest.mark.parametrize("leaves_out", ["input_cache_write_12h_tokens", "output_tokens", "input_audio_tokens", "more"])
@pytest.mark.parametrize("unless", [None, "output_tokens", "input_audio_tokens", "more"])
@pytest.mark.parametrize("nullable", [False, True])
def test_sums_that_a_draft_states(leaves_out: str, unless: str | None, *, nullable: bool) -> None:
    """Whatever count a draft says is on top of a sum, and what settles that, both routes tell alike which sums fit."""
    revision = meaning_it(
        {"leaves_out": leaves_out, "unless": unless}, "more", {"type": "integer", "nullable": nullable}
    )
    routes: set[str] = set()
    for total in (7, 9):
        for given in (
            {},
            {leaves_out: 2},
            {leaves_out: 0},
            *({name: given} for name in (unless,) if name for given in (1, None)),
        ):
            for more in ({}, {leaves_out: 2}):
                routes.add(says(bucket(split(input_tokens=total, **{**given, **more})), revision))
    assert routes == {"fast", "exact"}
