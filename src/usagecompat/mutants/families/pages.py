"""
Faults in pages and buckets: what is read, in which order, and when it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.jsontext import Number, Tree, write
from usagecompat.mutants.model import MAY_REFUSE, lossy
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.rows import (
    filled_gaps,
    from_bucket,
    in_order,
    in_order_of,
    is_bucket,
    iso,
    kinds_of,
    last_of,
    merged,
    number_of,
    overlaps,
    refuse,
    result_order,
    results_of,
    seconds_of,
    start_of,
    those,
    time_of,
    with_results,
    with_times,
    without_empty_end,
    without_overlaps,
)
from usagecompat.mutants.support.walks import (
    GONE,
    LISTS,
    member,
    on_buckets,
    on_lists,
    on_page,
    renamed,
    tag_of,
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


def _page(name: str, fault: str, change: Callable[[Object], Tree], equivalent: str = "") -> Mutant:
    return lossy(f"page/{name}", fault, on_page(change), equivalent=equivalent)


def _data(name: str, fault: str, change: Callable[[list[Tree]], Tree], equivalent: str = "") -> Mutant:
    def data(node: Object) -> Tree:
        return member(node, "data", lambda old: change(old) if isinstance(old, list) else old)

    return _page(name, fault, data, equivalent)


def _pages() -> Iterator[Mutant]:
    yield _page(
        "first-only",
        "The client stops after the first page.",
        lambda n: {**n, "has_more": False, "next_page": None} if n.get("has_more") is True else n,
    )
    yield _page(
        "has-more-from-cursor",
        "`has_more` is told by whether there is a cursor.",
        lambda n: member(n, "has_more", lambda _: bool(n.get("next_page"))),
    )
    yield _page(
        "cursor-if-more",
        "The cursor does not come back while `has_more` is false.",
        lambda n: (
            n if n.get("has_more") is True else member(n, "next_page", lambda old: None if old is not None else old)
        ),
    )
    yield _page("has-more-lost", "`has_more` does not come back.", lambda n: member(n, "has_more", lambda _: GONE))
    yield _page(
        "has-more-false-lost",
        "`has_more` does not come back where it is false.",
        lambda n: member(n, "has_more", lambda old: old or GONE),
    )
    yield _page(
        "cursor-required",
        "A page without a cursor is refused.",
        lambda n: n if isinstance(n.get("next_page"), str) else refuse("no cursor"),
    )
    yield _page(
        "cursor-with-more-required",
        "A page that has more and no cursor is refused.",
        lambda n: n if n.get("has_more") is not True or n.get("next_page") else refuse("no cursor"),
        MAY_REFUSE,
    )
    yield _page("object-list", "A page comes back as a list.", lambda n: {**n, "object": "list"})
    yield _page(
        "object-lost", "A page comes back without its discriminator.", lambda n: member(n, "object", lambda _: GONE)
    )
    yield _page("data-alone", "The buckets come back without their page.", lambda n: n.get("data"))
    yield _page(
        "empty-refused", "A page without buckets is refused.", lambda n: n if n.get("data") else refuse("no buckets")
    )
    yield _page(
        "empty-null",
        "A page without buckets comes back with null for them.",
        lambda n: member(n, "data", lambda old: old or None),
    )
    yield _page(
        "empty-dropped",
        "A page without buckets comes back without their list.",
        lambda n: member(n, "data", lambda old: old or GONE),
    )
    yield _page(
        "data-renamed",
        "The buckets come back as `buckets`.",
        lambda n: renamed(n, lambda one: "buckets" if one == "data" else one),
    )
    yield _page(
        "cursor-renamed",
        "The cursor comes back as `next`.",
        lambda n: renamed(n, lambda one: "next" if one == "next_page" else one),
    )
    yield _page(
        "contract-order",
        "The members of a page come back in the contract's order.",
        lambda n: in_order(n, ("object", "data", "has_more", "next_page")),
    )
    yield _page(
        "contract-order-required",
        "A page whose members are in another order is refused.",
        lambda n: n if in_order(n, ("object", "data", "has_more", "next_page")) is n else refuse("another order"),
    )
    yield _data("first-bucket", "The first bucket alone comes back.", lambda d: d[:1] if len(d) > 1 else d)
    yield _data("last-bucket-lost", "The last bucket does not come back.", lambda d: d[:-1] if d else d)
    yield _data(
        "last-of-several-lost", "The last of several buckets does not come back.", lambda d: d[:-1] if len(d) > 1 else d
    )
    yield _data(
        "first-bucket-lost", "The first of several buckets does not come back.", lambda d: d[1:] if len(d) > 1 else d
    )
    yield _data("two-buckets", "No more than two buckets come back.", lambda d: d[:2] if len(d) > 2 else d)
    yield _data("seven-buckets", "No more than seven buckets come back.", lambda d: d[:7] if len(d) > 7 else d)
    yield _data("thirty-one-buckets", "No more than 31 buckets come back.", lambda d: d[:31] if len(d) > 31 else d)
    yield _data(
        "one-bucket-unwrapped", "A single bucket comes back without its list.", lambda d: d[0] if len(d) == 1 else d
    )
    yield _data("sorted", "Buckets come back in the order of their start.", lambda d: in_order_of(d, start_of))
    yield _data("newest-first", "Buckets come back newest first.", lambda d: in_order_of(d, lambda n: -start_of(n)))
    yield _data(
        "sorted-by-end",
        "Buckets come back in the order of their end.",
        lambda d: in_order_of(d, lambda n: time_of(n, "end_time")),
    )
    yield _data("reversed", "Buckets come back in reverse.", lambda d: d[::-1] if len(d) > 1 else d)
    yield _data("merged", "All buckets come back as one.", merged)
    yield _data(
        "same-start-merged",
        "Of buckets with the same start the last alone comes back.",
        lambda d: last_of(d, lambda n: str(start_of(n))),
    )
    yield _data(
        "same-bucket-once",
        "A bucket that is there twice comes back once.",
        lambda d: last_of(d, lambda n: write(n).decode("utf-8", "replace")),
    )
    yield _data(
        "same-day-merged",
        "Of buckets of one day the last alone comes back.",
        lambda d: last_of(d, lambda n: str(start_of(n) // 86400)),
    )
    yield _data(
        "same-hour-merged",
        "Of buckets of one hour the last alone comes back.",
        lambda d: last_of(d, lambda n: str(start_of(n) // 3600)),
    )
    yield _data(
        "empty-lost", "A bucket without results does not come back.", lambda d: those(d, lambda n: results_of(n) != [])
    )
    yield _data("empty-at-end-lost", "Buckets without results do not come back at the end.", without_empty_end)
    yield _data("gaps-filled", "Buckets are invented where there are none.", filled_gaps)
    yield _data(
        "overlap-refused",
        "Buckets that overlap are refused.",
        lambda d: refuse("overlap") if overlaps(d) else d,
        MAY_REFUSE,
    )
    yield _data(
        "overlap-lost",
        "A bucket that starts before the one in front of it has ended does not come back.",
        without_overlaps,
    )
    yield _data(
        "kinds-differ-refused",
        "A page whose buckets hold several kinds is refused.",
        lambda d: d if len(kinds_of(d)) < 2 else refuse("several kinds"),
    )
    yield _page("undeclared-page-object", "A page comes back inside an object of its own.", lambda n: {"page": n})


def _buckets() -> Iterator[Mutant]:
    def bucket(name: str, fault: str, change: Callable[[Object], Changed]) -> Mutant:
        return lossy(f"bucket/{name}", fault, on_buckets(change))

    yield bucket("empty-filled", "A bucket without results comes back with a record of zeros.", filled_if_empty)
    yield bucket(
        "empty-null",
        "A bucket without results comes back with null for them.",
        lambda n: with_results(n, lambda old: old or None),
    )
    yield bucket(
        "empty-no-list",
        "A bucket without results comes back without their list.",
        lambda n: with_results(n, lambda old: old or GONE),
    )
    yield bucket(
        "empty-refused",
        "A bucket without results is refused.",
        lambda n: n if results_of(n) != [] else refuse("no results"),
    )
    yield bucket(
        "results-as-result",
        "Results come back as `result`.",
        lambda n: renamed(n, lambda one: "result" if one == "results" else one),
    )
    yield bucket(
        "result-as-results",
        "Results come back as `results` where they were `result`.",
        lambda n: renamed(n, lambda one: "results" if one == "result" else one),
    )
    yield bucket("results-lost", "Results do not come back.", lambda n: with_results(n, lambda _: []))
    yield bucket(
        "results-unwrapped",
        "A single result comes back without its list.",
        lambda n: with_results(n, lambda old: old[0] if isinstance(old, list) and len(old) == 1 else old),
    )
    yield bucket(
        "results-first-kind",
        "The results come back by kind.",
        lambda n: with_results(
            n,
            lambda old: (
                in_order_of(old, lambda one: tag_of(one) if isinstance(one, dict) else "")
                if isinstance(old, list)
                else old
            ),
        ),
    )
    yield bucket(
        "object-lost", "A bucket comes back without its discriminator.", lambda n: member(n, "object", lambda _: GONE)
    )
    yield bucket(
        "object-other", "A bucket comes back as `time_bucket`.", lambda n: member(n, "object", lambda _: "time_bucket")
    )
    yield bucket(
        "contract-order",
        "The members of a bucket come back in the contract's order.",
        lambda n: in_order(n, ("object", "start_time", "end_time", *LISTS)),
    )
    yield bucket(
        "contract-order-required",
        "A bucket whose members are in another order is refused.",
        lambda n: n if in_order(n, ("object", "start_time", "end_time", *LISTS)) is n else refuse("another order"),
    )
    yield bucket(
        "times-last",
        "The times of a bucket come back behind its results.",
        lambda n: in_order(n, ("object", *LISTS, "start_time", "end_time")),
    )
    yield bucket(
        "undeclared-times-made",
        "A bucket comes back with its start as text beside it.",
        lambda n: {**n, "start_time_iso": iso(start_of(n))} if "start_time_iso" not in n else n,
    )
    yield bucket(
        "totals-made",
        "A bucket comes back with the number of its results.",
        lambda n: {**n, "num_results": Number(str(len(results)))} if isinstance(results := results_of(n), list) else n,
    )
    yield lossy("result/contract-order", "The members of a result come back in the contract's order.", result_order())
    yield lossy(
        "result/contract-order-required",
        "A result whose members are in another order is refused.",
        result_order(refusing=True),
    )
    yield lossy(
        "result/null-items-made",
        "Every result comes back followed by a null.",
        on_lists(lambda d: [x for one in d for x in (one, None)] if d else d),
    )
    yield lossy(
        "result/metrics-from-bucket",
        "Counts are read from the bucket, where there are none, so they come back as 0.",
        from_bucket,
    )
    yield lossy("result/grouped-by-parent", "Results come back with the times of their bucket.", on_buckets(with_times))


def filled_if_empty(node: Object) -> Object:
    """A bucket with a record of zeros where it has none."""
    counts = ("input_tokens", "output_tokens", "num_model_requests")
    zeros: Object = {"object": "organization.usage.completions.result", **{name: Number("0") for name in counts}}
    return with_results(node, lambda old: old or [zeros])


def _times() -> Iterator[Mutant]:
    def times(
        name: str, fault: str, change: Callable[[int], Changed], which: tuple[str, ...] = ("start_time", "end_time")
    ) -> Mutant:
        def changed(old: Number) -> Changed:
            new = change(exact.integer(old))
            return old if isinstance(new, Number) and new == old and "." not in new.lexeme else new

        def one(node: Object) -> Object:
            for each in which:
                node = member(node, each, lambda old: changed(old) if isinstance(old, Number) else old)
            return node

        return lossy(f"time/{name}", fault, on_buckets(one))

    yield times("iso", "Times come back as text.", iso)
    yield times("date", "Times come back as dates.", lambda t: iso(t)[:10])
    yield times("milliseconds", "Times come back in milliseconds.", lambda t: Number(str(t * 1000)))
    yield times(
        "seconds-from-milliseconds",
        "Times beyond 10^11 come back as if they were milliseconds.",
        lambda t: seconds_of(t // 1000 if t > 10**11 else t),
    )
    yield times("minutes", "Times come back in whole minutes.", lambda t: seconds_of(t - t % 60))
    yield times("hours", "Times come back in whole hours.", lambda t: seconds_of(t - t % 3600))
    yield times("days", "Times come back in whole days.", lambda t: seconds_of(t - t % 86400))
    yield times("west", "Times come back eight hours earlier.", lambda t: Number(str(t - 28800)))
    yield times("fraction", "Times come back with a fraction of zero.", lambda t: Number(f"{t}.0"))
    yield times("text", "Times come back as strings of digits.", str)
    yield times("zero-lost", "A time of 0 does not come back.", lambda t: GONE if t == 0 else seconds_of(t))
    yield times("zero-null", "A time of 0 comes back as null.", lambda t: None if t == 0 else seconds_of(t))
    yield times(
        "negative-refused",
        "A time before 1970 is refused.",
        lambda t: refuse("before 1970") if t < 0 else seconds_of(t),
    )
    yield times("negative-zero", "A time before 1970 comes back as 0.", lambda t: seconds_of(max(t, 0)))
    yield times("absolute", "A time before 1970 loses its minus.", lambda t: seconds_of(abs(t)))
    yield times(
        "far-refused",
        "A time beyond the year 9999 is refused.",
        lambda t: refuse("beyond 9999") if t > 253402300799 else seconds_of(t),
    )
    yield times("far-clamped", "A time beyond 2100 comes back as 2100.", lambda t: seconds_of(min(t, 4102444800)))
    yield times("end-lost", "The end of a bucket does not come back.", lambda _: GONE, ("end_time",))
    yield times(
        "end-inclusive", "The end of a bucket comes back a second earlier.", lambda t: Number(str(t - 1)), ("end_time",)
    )
    yield times("end-null", "The end of a bucket comes back as null.", lambda _: None, ("end_time",))
    yield times("start-lost", "The start of a bucket does not come back.", lambda _: GONE, ("start_time",))
    yield lossy(
        "time/end-from-start",
        "The end of a bucket comes back as a day after its start.",
        on_buckets(lambda n: member(n, "end_time", lambda old: number_of(old, start_of(n) + 86400))),
    )
    yield lossy(
        "time/end-from-start-hour",
        "The end of a bucket comes back as an hour after its start.",
        on_buckets(lambda n: member(n, "end_time", lambda old: number_of(old, start_of(n) + 3600))),
    )
    yield lossy(
        "time/whole-day-end",
        "The end of a bucket shorter than a day comes back as its day's end.",
        on_buckets(
            lambda n: member(n, "end_time", lambda old: number_of(old, -(-time_of(n, "end_time") // 86400) * 86400))
        ),
    )
    yield lossy(
        "time/swapped",
        "The times of a bucket come back exchanged.",
        on_buckets(
            lambda n: (
                {**n, "start_time": n["end_time"], "end_time": n["start_time"]}
                if {"start_time", "end_time"} <= n.keys()
                else n
            )
        ),
    )
    yield lossy(
        "time/reversed-mended",
        "A bucket that ends before it starts comes back the other way round.",
        on_buckets(
            lambda n: (
                {**n, "start_time": n["end_time"], "end_time": n["start_time"]}
                if time_of(n, "end_time") < start_of(n)
                else n
            )
        ),
    )
    yield lossy(
        "time/reversed-refused",
        "A bucket that ends when it starts, or before, is refused.",
        on_buckets(lambda n: refuse("no time") if is_bucket(n) and time_of(n, "end_time") <= start_of(n) else n),
        equivalent=MAY_REFUSE,
    )
    yield lossy(
        "time/reversed-dropped",
        "A bucket that ends when it starts, or before, does not come back.",
        on_buckets(lambda n: GONE if is_bucket(n) and time_of(n, "end_time") <= start_of(n) else n),
    )
    yield lossy(
        "time/width",
        "A bucket comes back with its width in place of its end.",
        on_buckets(lambda n: renamed(n, lambda one: "width" if one == "end_time" else one)),
    )
