"""Payloads at the edges of what the fast route explains: it must answer what the exact route answers, or decline."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from fitting import must_fit_as_checked

import differential
import payloads
from usagecompat import LATEST, REVISIONS, check
from usagecompat.checking.rules import LAST_TIME
from usagecompat.checking.stages import fast_route
from usagecompat.contract import contract
from usagecompat.contract.drafts import draft_of
from usagecompat.corpus.data import folder
from usagecompat.jsontext import INT32_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.usefixtures("nothing_learned")

Tree = dict[str, Any]
LOSSY = 0.1234567891


def result(name: str = "embeddings", **members: object) -> Tree:
    """A result with the members that its kind requires, and with others."""
    required = {
        "embeddings": {"input_tokens": 1, "num_model_requests": 1},
        "completions": {"input_tokens": 9, "output_tokens": 1, "num_model_requests": 1},
        "moderations": {"input_tokens": 1, "num_model_requests": 1},
        "decisions": {"input_tokens": 9, "output_tokens": 1, "num_model_requests": 1},
        "vector_stores": {"usage_bytes": 1},
        "costs": {},
    }
    return {"object": payloads.kinds()[name], **required[name], **members}


def cost(value: object, project: object = None, **members: object) -> Tree:
    """A cost of so many dollars."""
    return result("costs", amount={"value": value, "currency": "usd"}, project_id=project, **members)


def bucket(*results: Tree, times: tuple[int, int] = (1, 2), **members: object) -> Tree:
    """A bucket of these results."""
    return {"object": "bucket", "start_time": times[0], "end_time": times[1], "results": [*results], **members}


def page(*buckets: Tree, **members: object) -> Tree:
    """The last page, of these buckets."""
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None, **members}


def pages(*results: Iterable[Tree]) -> Tree:
    """A page of buckets one after the other, each with these results."""
    return page(*(bucket(*some, times=(day, day + 1)) for day, some in enumerate(results)))


def last(tree: Tree) -> Tree:
    """The same members in the opposite order."""
    return dict(reversed(tree.items()))


def in_times(*times: tuple[int, int]) -> list[Tree]:
    """Payloads of all shapes that have buckets of these times, with results of every sort and with none."""
    sorts: list[list[Tree]] = [[], [result()], [cost(1)]]
    whole = [page(*(bucket(*some, times=one) for one in times)) for some in sorts]
    return whole if len(times) > 1 else whole + [bucket(*some, times=times[0]) for some in sorts]


FAST: dict[str, list[Tree]] = {
    "least time": in_times((0, 1)),
    "last time": in_times((1, LAST_TIME)),
    "buckets that touch": in_times((0, 1), (1, 2), (2, 3)),
    "the same groups in each bucket": [pages([result(), result(model="x")], [result(), result(model="x")])],
    "a kind in each bucket": [pages([result()], [result("completions")], [result()])],
    "an undeclared member of several kinds": [
        pages([result(), result(x=1, model="x")], [result("completions", x=1)], [result(x=1), result(x=1, model="x")]),
        page(bucket(), bucket(times=(2, 3), x=1), x=1),
    ],
    "undeclared members in another order": [bucket(result(b=1), result(model="x", a=1, b=1), result(model="y", a=1), c=1)],
    "an undeclared member that is nearly a declared one": [bucket(result("completions", input_caced_tokns=1))],
    "the greatest count": [
        bucket(*(result(input_tokens=INT32_MOST + more, model=f"{index}") for index, more in enumerate(given)))
        for given in ((0, 1), (1, 0, 2), (0,))
    ],
    "large counts that may be absent or null": [
        bucket(*(result("decisions", model=f"{index}", **more) for index, more in enumerate(given)))
        for large in (INT32_MOST + 1, INT32_MOST)
        for given in (
            ({}, {"input_text_tokens": None}, {"input_text_tokens": large}),
            ({"input_text_tokens": large}, {"input_text_tokens": None}, {}),
        )
    ],
    "amounts of which some are absent": [
        bucket(result("costs"), cost(LOSSY, "a")),
        bucket(cost(LOSSY), result("costs", project_id="a"), cost("1.5", "b")),
        bucket(cost("1.5"), cost(LOSSY, "a"), cost(LOSSY, "b")),
        bucket(result("costs"), result("costs", project_id="a", quantity=LOSSY)),
        bucket(result("costs", amount={"currency": "usd"}), cost("1.5", "a")),
        pages([result("costs")], [result("completions")], [cost("1.5"), cost("2.5", "a")]),
        result("costs"),
    ],
    "amounts with more than amounts have": [
        bucket(cost(1), cost(1, "a") | {"amount": {"value": 1, "currency": "usd", "x": 1}}),
        bucket(cost(1, quantity=LOSSY), cost(LOSSY, "a") | {"amount": {"value": "1", "currency": "usd", "x": 1}}),
    ],
    "quantities of every sort": [
        bucket(cost(1, quantity=given), cost(1, "a", quantity=LOSSY)) for given in (None, 5, 0.5, LOSSY)
    ],
    "other currencies": [
        bucket(cost(1), cost(1, "a") | {"amount": {"value": 1, "currency": "eur"}}),
        bucket(cost(1, x=1), result("costs", project_id="a"), cost(1, "b") | {"amount": {"value": 1, "currency": "eur"}}),
    ],
    "objects that are named last": [
        last(bucket(*(last(one) for one in results), times=(1, 2)))
        for results in ([], [result()], [cost("1.5")], [cost(LOSSY), cost(1, "a", x=1)], [result(x=1), result(model="y")])
    ] + [last(result()), last(cost(1)), last(pages([result("decisions")], [result("decisions", x=1)]))],
    "counts of nothing": [bucket(result(input_tokens=0), result(model="x", input_tokens=INT32_MOST + 1), result(model="y"))],
    "undeclared members of every sort": [
        bucket(*(result(model=f"{index}", x=given) for index, given in enumerate((None, True, 1, 0.5, "x", INT32_MOST + 1))))
    ],
    "keys that are not declared yet": [bucket(cost(1, "a", user_id=given), cost(1, "a")) for given in ("x", "")],
    "a member of another kind": [bucket(result("completions", images=1))],
    "sums that fit": [
        *(bucket(result("completions", input_cached_tokens=given)) for given in (0, 3, 9)),
        bucket(result("decisions", input_cached_tokens=None)),
        bucket(result("completions", input_uncached_tokens=4, input_cached_tokens=3, input_cache_write_tokens=2)),
    ],
}  # fmt: skip
EXACT: dict[str, list[Tree]] = {
    "before all times": in_times((-1, 1)),
    "no time": in_times((1, 1)),
    "times in the wrong order": in_times((2, 1)),
    "after all times": in_times((1, LAST_TIME + 1)),
    "buckets that overlap": in_times((0, 2), (1, 3)),
    "a bucket of no time behind another": in_times((0, 1), (2, 2)),
    "one cursor without more": [page(next_page="x"), page(has_more=True)],
    "several kinds in a bucket": [
        bucket(result(), result("completions")),
        bucket(result(), result(model="x"), result("moderations")),
        pages([result()], [result(), result("moderations")]),
    ],
    "the same groups in one bucket": [
        pages([result(), result(model="x")], [result(model="x"), result(model="x")]),
        pages([result(model="x"), result(model="y")], [result(), result(model=None)]),
        pages([result()], [result(model="x"), result(model="y"), result(model="x")]),
    ],
    "a quantity that is a string": [bucket(cost(1, quantity="5")), bucket(cost(1), cost(1, "a", quantity="5"))],
    "an amount that is null": [bucket(cost(None)), bucket(cost(1), cost(None, "a")), pages([cost(1)], [cost(None)])],
    "no currency": [bucket(cost(1), cost(1, "a") | {"amount": {"value": 1}})],
    "no currencies": [
        bucket(cost(1), cost(1, "a") | {"amount": {"value": 1, "currency": given}}) for given in ("EUR", "euro", "", "e")
    ],
    "counts below nothing": [
        bucket(result(input_tokens=-1)), bucket(result(), result(model="x", input_tokens=-INT32_MOST - 2)),
        bucket(result("moderations", input_tokens=-1)), bucket(result("vector_stores", usage_bytes=-1)),
    ],
    "undeclared members that hold others": [bucket(result(), result(model="x", x=given)) for given in ([], {}, [1])],
    "values of other types": [
        bucket(result(), result(model="x") | more)
        for more in ({"input_tokens": True}, {"input_tokens": None}, {"input_tokens": "1"}, {"input_tokens": 1.5}, {"model": 5})
    ] + [bucket(result("completions", batch=0)), bucket(cost(1, line_item=False)), bucket(result("costs", amount=1))],
    "members that are not there": [
        bucket({name: value for name, value in result().items() if name != absent}) for absent in result()
    ],
    "keys of other types": [
        *(bucket(cost(1, "a", user_id=given), cost(1, "a")) for given in (None, 5)),
        bucket(cost(1, "a", user_id=5), cost(1, "a", user_id=6)),
    ],
    "several kinds that are named last": [pages([last(result())], [last(result("completions"))])],
    "values that are not in the closed set": [bucket(result("completions", api_source="x"))],
    "a flat record": [result("completions", images=1)],
    "sums that do not fit": [
        bucket(result("completions", input_cached_tokens=10)),
        bucket(result("decisions", input_cached_tokens=10)),
        bucket(result(), times=(1, 2)) | {"results": [result("completions"), result("completions", model="x", input_cached_tokens=10)]},
        bucket(result("completions", input_uncached_tokens=4, input_cached_tokens=3, input_cache_write_tokens=3)),
        bucket(result("decisions", output_text_tokens=1, output_audio_tokens=1, output_image_tokens=1)),
    ],
}  # fmt: skip


def says(tree: Tree, revision: str = LATEST) -> str:
    """Which route answers when such a payload comes again, once its answers are those of the exact route."""
    fast = fast_route()
    assert fast is not None
    results = next(name for name, one in contract(revision).bucket.members.items() if one.attribute == "results")
    payload = payloads.compact(tree).replace(b'"results"', f'"{results}"'.encode())
    text = differential.Text(payload, revision, "served", None)
    exact = differential.facts(differential.by_exact_route(text), best_revision=revision == LATEST)
    for _ in range(2):
        report = check(text.payload, revision=revision)
        assert differential.facts(report, best_revision=revision == LATEST) == exact
    return "exact" if fast.certify(text.payload, revision) is None else "fast"


@pytest.mark.parametrize("name", FAST)
def test_what_is_explained(name: str) -> None:
    """The fast route takes these payloads, and tells of them what the exact route tells."""
    assert [says(tree) for tree in FAST[name]] == ["fast"] * len(FAST[name])


@pytest.mark.parametrize("name", EXACT)
def test_what_is_left_to_the_exact_route(name: str) -> None:
    """The fast route has no answer for these payloads, though it knows others of the same members."""
    for trees in FAST.values():
        for tree in trees:
            check(payloads.compact(tree))
    assert [says(tree) for tree in EXACT[name]] == ["exact"] * len(EXACT[name])


@pytest.mark.parametrize("name", EXACT)
def test_what_is_left_to_the_exact_route_at_first(name: str) -> None:
    """Nor has it an answer while it knows nothing but the contract."""
    assert [says(tree) for tree in EXACT[name]] == ["exact"] * len(EXACT[name])


@pytest.mark.parametrize("revision", REVISIONS[:-1:3])
def test_edges_at_other_revisions(revision: str) -> None:
    """What a revision does not declare yet, or declares otherwise, is told alike on both routes."""
    routes = [says(tree, revision) for trees in (*FAST.values(), *EXACT.values()) for tree in trees]
    assert {*routes} == {"fast", "exact"}


@pytest.mark.parametrize(
    ("kind", "revision"),
    [
        *(("completions", revision) for revision in ("2025-01-17", "2026-10-02", "2026-10-14", LATEST)),
        *(("decisions", revision) for revision in ("2026-10-14", LATEST)),
    ],
)
def test_sums(kind: str, revision: str) -> None:
    """Whichever counts are there and whatever they add up to, both routes tell alike whether they fit."""
    routes: set[str] = set()
    written = ({}, {"input_cache_write_tokens": 2}, {"input_cache_write_tokens": None})
    split = ({}, {"input_cache_write_12h_tokens": 1}, {"input_cache_write_12h_tokens": 1, "input_cache_write_30m_tokens": 1},
             {"input_cache_write_12h_tokens": 2, "input_cache_write_30m_tokens": 1}, {"input_cache_write_30m_tokens": 3})  # fmt: skip
    for total, cached, uncached, write, parts in product((7, 9), (3, 8, 0), (4, None), written, split):
        counts = {"input_tokens": total, "input_cached_tokens": cached}
        counts |= {} if uncached is None else {"input_uncached_tokens": uncached}
        routes.add(says(result(kind, **counts, **write, **parts), revision))
    for absent in (None, "output_text_tokens", "output_audio_tokens", "output_image_tokens"):
        for total in (6, 7):
            tokens = {"output_text_tokens": 1, "output_audio_tokens": 2, "output_image_tokens": 4}
            tokens = {name: value for name, value in tokens.items() if name != absent}
            routes.add(says(result(kind, output_tokens=total, **tokens), revision))
    assert routes == {"fast", "exact"}


def test_where_revisions_are_ruled_out() -> None:
    """What rules a revision out is told at its place in the whole payload, though one result of each sort is looked at."""
    plain = [result(project_id="a"), result(project_id="b"), result(project_id="c", x=1)]
    costs = [cost(1, "a"), cost(1, "b"), cost("1.5", "c", quantity=2), cost("1.5", "d", quantity=2, user_id="x")]
    whole = pages(plain, plain, costs)
    for tree in (whole, whole["data"][2], costs[-1]):
        text = differential.Text(payloads.compact(tree), LATEST, "served", None)
        assert says(tree) == "fast"
        fast, exact = (
            {revision: [one.to_dict() for one in fit.ruled_out_by] for revision, fit in report.revisions.items()}
            for report in (check(text.payload), differential.by_exact_route(text))
        )
        assert fast == exact
        assert any(fast.values())
        must_fit_as_checked(text.payload, REVISIONS)


def test_where_revisions_are_ruled_out_of_what_is_not_shortened() -> None:
    """Words and places are those of a check where values decide, too: at a draft, and for members that come later."""
    fast = fast_route()
    assert fast is not None
    newest = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"][-1]
    draft = draft_of(json.dumps(newest | {"revision": "2027-01-05"}).encode())
    plain = [result(project_id="a"), result(project_id="b")]
    whole = payloads.pretty(pages(plain, [cost("1.5", "c"), cost("1.5", "d", user_id="x")]))
    for revision in ("2026-08-21", draft):
        check(whole, revision=revision)
        assert fast.certify(whole, revision) is not None
        assert any(fit.ruled_out_by for fit in check(whole, revision=revision).revisions.values())
        must_fit_as_checked(whole, (*REVISIONS, revision), revision=revision)
