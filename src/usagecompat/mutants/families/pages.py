"""
Faults in pages and buckets: what is read, in which order, and when it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import MAY_REFUSE, lossy, refuse
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.rows import (
    filled_gaps,
    from_bucket,
    in_order,
    in_order_of,
    integer_at,
    is_bucket,
    iso,
    kinds_of,
    last_of,
    merged,
    number_of,
    overlaps,
    result_order,
    results_of,
    start_of,
    those,
    with_times,
    without_empty_end,
    without_overlaps,
)
from usagecompat.mutants.support.walks import (
    GONE,
    LISTS,
    member,
    of_list,
    of_member,
    of_number,
    on_buckets,
    on_lists,
    on_page,
    renamed,
    tag_of,
    text_of,
    with_results,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagecompat.mutants.model import Mutant
    from usagecompat.mutants.support.walks import Changed, Object


def mutants() -> Iterator[Mutant]:
    """Faults of pages, of buckets and of times."""
    yield from _pages()
    yield from _buckets()
    yield from _times()


def _page(name: str, change: Callable[[Object], Tree], equivalent: str = "") -> Mutant:
    return lossy(f"page/{name}", on_page(change), equivalent=equivalent)


def _data(name: str, change: Callable[[list[Tree]], Tree], equivalent: str = "") -> Mutant:
    return _page(name, of_member("data", of_list(change)), equivalent)


def _pages() -> Iterator[Mutant]:
    yield _page("first-only", lambda n: {**n, "has_more": False, "next_page": None} if n.get("has_more") is True else n)
    yield _page("has-more-from-cursor", lambda n: member(n, "has_more", lambda _: bool(n.get("next_page"))))
    yield _page(
        "cursor-if-more",
        lambda n: (
            n if n.get("has_more") is True else member(n, "next_page", lambda old: None if old is not None else old)
        ),
    )
    yield _page("has-more-lost", lambda n: member(n, "has_more", lambda _: GONE))
    yield _page("has-more-false-lost", lambda n: member(n, "has_more", lambda old: old or GONE))
    yield _page("cursor-required", lambda n: n if isinstance(n.get("next_page"), str) else refuse("no cursor"))
    yield _page(
        "cursor-with-more-required",
        lambda n: n if n.get("has_more") is not True or n.get("next_page") else refuse("no cursor"),
        MAY_REFUSE,
    )
    yield _page("object-list", lambda n: {**n, "object": "list"})
    yield _page("object-lost", lambda n: member(n, "object", lambda _: GONE))
    yield _page("data-alone", lambda n: n.get("data"))
    yield _page("empty-refused", lambda n: n if n.get("data") else refuse("no buckets"))
    yield _page("empty-null", lambda n: member(n, "data", lambda old: old or None))
    yield _page("empty-dropped", lambda n: member(n, "data", lambda old: old or GONE))
    yield _page("data-renamed", lambda n: renamed(n, lambda one: "buckets" if one == "data" else one))
    yield _page("cursor-renamed", lambda n: renamed(n, lambda one: "next" if one == "next_page" else one))
    order = ("object", "data", "has_more", "next_page")
    yield _page("contract-order", lambda n: in_order(n, order))
    yield _page("contract-order-required", _must_be_in(order))
    yield _data("first-bucket", lambda d: d[:1] if len(d) > 1 else d)
    yield _data("last-bucket-lost", lambda d: d[:-1] if d else d)
    yield _data("last-of-several-lost", lambda d: d[:-1] if len(d) > 1 else d)
    yield _data("first-bucket-lost", lambda d: d[1:] if len(d) > 1 else d)
    yield _data("two-buckets", lambda d: d[:2] if len(d) > 2 else d)
    yield _data("seven-buckets", lambda d: d[:7] if len(d) > 7 else d)
    yield _data("thirty-one-buckets", lambda d: d[:31] if len(d) > 31 else d)
    yield _data("one-bucket-unwrapped", lambda d: d[0] if len(d) == 1 else d)
    yield _data("sorted", lambda d: in_order_of(d, start_of))
    yield _data("newest-first", lambda d: in_order_of(d, lambda n: -start_of(n)))
    yield _data("sorted-by-end", lambda d: in_order_of(d, lambda n: integer_at(n, "end_time")))
    yield _data("reversed", lambda d: d[::-1] if len(d) > 1 else d)
    yield _data("merged", merged)
    yield _data("same-start-merged", lambda d: last_of(d, lambda n: str(start_of(n))))
    yield _data("same-bucket-once", lambda d: last_of(d, text_of))
    yield _data("same-day-merged", lambda d: last_of(d, lambda n: str(start_of(n) // 86400)))
    yield _data("same-hour-merged", lambda d: last_of(d, lambda n: str(start_of(n) // 3600)))
    yield _data("empty-lost", lambda d: those(d, lambda n: results_of(n) != []))
    yield _data("empty-at-end-lost", without_empty_end)
    yield _data("gaps-filled", filled_gaps)
    yield _data("overlap-refused", lambda d: refuse("overlap") if overlaps(d) else d, MAY_REFUSE)
    yield _data("overlap-lost", without_overlaps)
    yield _data("kinds-differ-refused", lambda d: d if len(kinds_of(d)) < 2 else refuse("several kinds"))
    yield _page("undeclared-page-object", lambda n: {"page": n})


def _buckets() -> Iterator[Mutant]:
    def bucket(name: str, change: Callable[[Object], Changed]) -> Mutant:
        return lossy(f"bucket/{name}", on_buckets(change))

    yield bucket("empty-filled", filled_if_empty)
    yield bucket("empty-null", lambda n: with_results(n, lambda old: old or None))
    yield bucket("empty-no-list", lambda n: with_results(n, lambda old: old or GONE))
    yield bucket("empty-refused", lambda n: n if results_of(n) != [] else refuse("no results"))
    yield bucket("results-as-result", lambda n: renamed(n, lambda one: "result" if one == "results" else one))
    yield bucket("result-as-results", lambda n: renamed(n, lambda one: "results" if one == "result" else one))
    yield bucket("results-lost", lambda n: with_results(n, lambda _: []))
    yield lossy("bucket/results-unwrapped", on_lists(lambda d: d[0] if len(d) == 1 else d))
    yield lossy(
        "bucket/results-first-kind",
        on_lists(lambda d: in_order_of(d, lambda one: tag_of(one) if isinstance(one, dict) else "")),
    )
    yield bucket("object-lost", lambda n: member(n, "object", lambda _: GONE))
    yield bucket("object-other", lambda n: member(n, "object", lambda _: "time_bucket"))
    order = ("object", "start_time", "end_time", *LISTS)
    yield bucket("contract-order", lambda n: in_order(n, order))
    yield bucket("contract-order-required", _must_be_in(order))
    yield bucket("times-last", lambda n: in_order(n, ("object", *LISTS, "start_time", "end_time")))
    yield bucket(
        "undeclared-times-made", lambda n: {**n, "start_time_iso": iso(start_of(n))} if "start_time_iso" not in n else n
    )
    yield bucket(
        "totals-made",
        lambda n: {**n, "num_results": Number(str(len(results)))} if isinstance(results := results_of(n), list) else n,
    )
    yield lossy("result/contract-order", result_order())
    yield lossy("result/contract-order-required", result_order(refusing=True))
    yield lossy("result/null-items-made", on_lists(lambda d: [x for one in d for x in (one, None)] if d else d))
    yield lossy("result/metrics-from-bucket", from_bucket)
    yield lossy("result/grouped-by-parent", on_buckets(with_times))


def _must_be_in(order: tuple[str, ...]) -> Callable[[Object], Object]:
    return lambda node: node if in_order(node, order) is node else refuse("another order")


def filled_if_empty(node: Object) -> Object:
    """A bucket with a record of zeros where it has none."""
    counts = ("input_tokens", "output_tokens", "num_model_requests")
    zeros: Object = {"object": "organization.usage.completions.result", **{name: Number("0") for name in counts}}
    return with_results(node, lambda old: old or [zeros])


def _times() -> Iterator[Mutant]:
    def times(
        name: str, change: Callable[[int], Changed], which: tuple[str, ...] = ("start_time", "end_time")
    ) -> Mutant:
        def changed(old: Number) -> Changed:
            new = change(exact.integer(old))
            return old if isinstance(new, Number) and new == old and "." not in new.lexeme else new

        def one(node: Object) -> Object:
            for each in which:
                node = member(node, each, of_number(changed))
            return node

        return bucket(name, one)

    def bucket(name: str, change: Callable[[Object], Changed], equivalent: str = "") -> Mutant:
        return lossy(f"time/{name}", on_buckets(change), equivalent=equivalent)

    yield times("iso", iso)
    yield times("date", lambda t: iso(t)[:10])
    yield times("milliseconds", lambda t: Number(str(t * 1000)))
    yield times("seconds-from-milliseconds", lambda t: exact.whole(t // 1000 if t > 10**11 else t))
    yield times("minutes", lambda t: exact.whole(t - t % 60))
    yield times("hours", lambda t: exact.whole(t - t % 3600))
    yield times("days", lambda t: exact.whole(t - t % 86400))
    yield times("west", lambda t: Number(str(t - 28800)))
    yield times("fraction", lambda t: Number(f"{t}.0"))
    yield times("text", str)
    yield times("zero-lost", lambda t: GONE if t == 0 else exact.whole(t))
    yield times("zero-null", lambda t: None if t == 0 else exact.whole(t))
    yield times("negative-refused", lambda t: refuse("before 1970") if t < 0 else exact.whole(t))
    yield times("negative-zero", lambda t: exact.whole(max(t, 0)))
    yield times("absolute", lambda t: exact.whole(abs(t)))
    yield times("far-refused", lambda t: refuse("beyond 9999") if t > 253402300799 else exact.whole(t))
    yield times("far-clamped", lambda t: exact.whole(min(t, 4102444800)))
    yield times("end-lost", lambda _: GONE, ("end_time",))
    yield times("end-inclusive", lambda t: Number(str(t - 1)), ("end_time",))
    yield times("end-null", lambda _: None, ("end_time",))
    yield times("start-lost", lambda _: GONE, ("start_time",))
    yield bucket("end-from-start", lambda n: _ending(n, start_of(n) + 86400))
    yield bucket("end-from-start-hour", lambda n: _ending(n, start_of(n) + 3600))
    yield bucket("whole-day-end", lambda n: _ending(n, -(-integer_at(n, "end_time") // 86400) * 86400))
    yield bucket("swapped", lambda n: _swapped(n) if {"start_time", "end_time"} <= n.keys() else n)
    yield bucket("reversed-mended", lambda n: _swapped(n) if integer_at(n, "end_time") < start_of(n) else n)
    yield bucket("reversed-refused", lambda n: refuse("no time") if _is_reversed(n) else n, MAY_REFUSE)
    yield bucket("reversed-dropped", lambda n: GONE if _is_reversed(n) else n)
    yield bucket("width", lambda n: renamed(n, lambda one: "width" if one == "end_time" else one))


def _ending(node: Object, end: int) -> Object:
    return member(node, "end_time", lambda old: number_of(old, end))


def _swapped(node: Object) -> Object:
    return {**node, "start_time": node["end_time"], "end_time": node["start_time"]}


def _is_reversed(node: Object) -> bool:
    return is_bucket(node) and integer_at(node, "end_time") <= start_of(node)
