"""
Faulty servers: a right one with one thing broken, each with the code that names it.

A fault is a function of the right server; it changes the question, the answer or both.
"""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from attrs import evolve

from usagecompat.ledger import Ledger, Memory, Response, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Server = Callable[[str, str, Mapping[str, str]], Response]
    Query = list[tuple[str, str]]

DAY = 86_400
FAULTS: dict[str, tuple[str, Callable[[Server], Server]]] = {}
"""Each faulty server by name, with the code that it must be found by."""


def right() -> Server:
    """A right server."""
    ledger, memory = Ledger(), Memory()
    return lambda path, query, headers: ledger.answer(path, query, headers, memory=memory)


def fault(code: str) -> Callable[[Callable[[Server], Server]], Callable[[Server], Server]]:
    """Enter a faulty server into the table."""

    def enter(make: Callable[[Server], Server]) -> Callable[[Server], Server]:
        FAULTS[make.__name__.strip("_").replace("_", "-")] = (f"server/{code}", make)
        return make

    return enter


def named(make: Callable[[Server], Server], change: Callable[..., object]) -> Callable[[Server], Server]:
    """What makes a server, under the name of what it changes."""
    make.__name__ = change.__name__
    return make


def asking(change: Callable[[dict[str, str], Query], Query]) -> Callable[[Server], Server]:
    """A server that understands another question than it was asked."""

    def make(server: Server) -> Server:
        def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
            pairs = parse_qsl(query, keep_blank_values=True)
            return server(path, urlencode(change(dict(pairs), pairs)), headers)

        return answer

    return named(make, change)


def telling(change: Callable[[dict[str, Any], dict[str, str]], object]) -> Callable[[Server], Server]:
    """A server that changes its pages."""

    def make(server: Server) -> Server:
        def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
            found = server(path, query, headers)
            if found.status != 200:
                return found
            page = json.loads(found.body, parse_float=Decimal)
            change(page, {"path": path, **dict(parse_qsl(query))})
            return evolve(found, body=dump(page))

        return answer

    return named(make, change)


def refusing(change: Callable[[Response, dict[str, str]], Response]) -> Callable[[Server], Server]:
    """A server that changes its refusals."""

    def make(server: Server) -> Server:
        def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
            found = server(path, query, headers)
            return change(found, dict(parse_qsl(query))) if found.status >= 400 else found

        return answer

    return named(make, change)


def dump(page: object) -> bytes:
    """A page as JSON, decimals digit by digit."""
    kept: list[str] = []

    def keep(value: object) -> str:
        kept.append(f"{value:f}" if isinstance(value, Decimal) else str(value))
        return f"\0{len(kept) - 1}\0"

    text = json.dumps(page, default=keep)
    for at, spelled in enumerate(kept):
        text = text.replace(f'"\\u0000{at}\\u0000"', spelled)
    return text.encode()


def without(*names: str) -> Callable[[Server], Server]:
    """A server that ignores parameters."""
    return asking(lambda _, pairs: [(name, value) for name, value in pairs if name.removesuffix("[]") not in names])


def results(page: dict[str, Any]) -> list[dict[str, Any]]:
    """All results of a page."""
    return [result for bucket in page["data"] for result in bucket["results"]]


def grouped(asked: dict[str, str]) -> bool:
    """Whether a question asks for groups."""
    return "group_by" in asked or "group_by[]" in asked


def amounts(page: dict[str, Any], change: Callable[[Decimal], object]) -> None:
    """Change all amounts of a page."""
    for result in results(page):
        if "amount" in result:
            result["amount"]["value"] = change(Decimal(result["amount"]["value"]))


def counts(page: dict[str, Any], change: Callable[[int], int]) -> None:
    """Change all counts of a page."""
    for result in results(page):
        for name, value in result.items():
            if isinstance(value, int) and not isinstance(value, bool):
                result[name] = change(value)


# -- questions that are misunderstood

for _name, _code, _make in (
    ("cursor-is-ignored", "cursor-ignored", without("page")),
    ("group-by-is-ignored", "group-by-ignored", without("group_by")),
    ("width-is-ignored", "width-ignored", without("bucket_width")),
    ("limit-is-ignored", "limit-ignored", without("limit")),
    ("end-is-ignored", "buckets-outside-window", without("end_time")),
    ("project-filter-is-ignored", "filter-ignored", without("project_ids")),
    ("model-and-line-filters-are-ignored", "filter-ignored", without("models", "line_items")),
    (
        "brackets-are-ignored",
        "group-by-ignored",
        asking(lambda _, pairs: [(n, v) for n, v in pairs if n != "group_by[]"]),
    ),
    (
        "filter-brackets-are-ignored",
        "filter-ignored",
        asking(lambda _, pairs: [(n, v) for n, v in pairs if not n.endswith("s[]")]),
    ),
    ("unknown-parameter-is-ignored", "unknown-parameter-ignored", without("no_such_parameter")),
):
    FAULTS[_name] = (f"server/{_code}", _make)


@fault("filter-differs")
@asking
def only_the_last_of_a_list_counts(_: dict[str, str], pairs: Query) -> Query:
    """A filter of two values is one of the last."""
    last = dict(pairs)
    return [(n, v) for n, v in pairs if not n.endswith("s[]") or last[n] == v]


@fault("limit-not-refused")
@asking
def a_great_limit_is_clamped(asked: dict[str, str], pairs: Query) -> Query:
    """A limit past the greatest is the greatest."""
    most = {"1m": 1440, "1h": 168}.get(asked.get("bucket_width", ""), 31)
    return [(n, str(min(int(v), most)) if n == "limit" and int(v) in {32, 181} else v) for n, v in pairs]


@fault("limit-not-refused")
@asking
def a_limit_of_zero_is_the_default(_: dict[str, str], pairs: Query) -> Query:
    """A limit of 0 is none."""
    return [(n, v) for n, v in pairs if (n, v) != ("limit", "0")]


@fault("group-by-not-refused")
@asking
def an_unknown_group_is_none(_: dict[str, str], pairs: Query) -> Query:
    """An unknown group key is left out."""
    return [(n, v) for n, v in pairs if v != "no_such_key"]


@fault("width-not-refused")
@asking
def an_unknown_width_is_a_day(_: dict[str, str], pairs: Query) -> Query:
    """An unknown width is the default."""
    return [(n, v) for n, v in pairs if v != "2d"]


@fault("start-not-required")
@asking
def a_start_is_made_up(asked: dict[str, str], pairs: Query) -> Query:
    """Without a start, a week is served."""
    return pairs if "start_time" in asked else [*pairs, ("start_time", str(int(asked["end_time"]) - 7 * DAY))]


@fault("window-not-refused")
@asking
def swapped_times_are_swapped_back(asked: dict[str, str], pairs: Query) -> Query:
    """An end before the start is taken for the start."""
    start, end = asked.get("start_time", "0"), asked.get("end_time", "9999999999")
    if int(start) <= int(end):
        return pairs
    return [(n, {"start_time": end, "end_time": start}.get(n, v)) for n, v in pairs]


@fault("key-not-required")
def no_key_is_needed(server: Server) -> Server:
    """Whoever asks gets an answer."""
    return lambda path, query, _: server(path, query, {"Authorization": "Bearer sk-admin-mock"})


@fault("cursor-not-refused")
def cursors_are_offsets(server: Server) -> Server:
    """A cursor is a number of buckets, whatever the query."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        pairs = parse_qsl(query)
        asked = dict(pairs)
        plain = [(n, v) for n, v in pairs if n != "page"]
        offset = asked.get("page", "offset_0").removeprefix("offset_")
        if not offset.isdigit() or "start_time" not in asked:
            return server(path, query, headers)
        width = {"1m": 60, "1h": 3600}.get(asked.get("bucket_width", ""), DAY)
        start = str(int(asked["start_time"]) + int(offset) * width)
        found = server(path, urlencode([(n, start if n == "start_time" else v) for n, v in plain]), headers)
        if found.status != 200:
            return found
        page = json.loads(found.body, parse_float=Decimal)
        if page["next_page"]:
            page["next_page"] = f"offset_{int(offset) + len(page['data'])}"
        return evolve(found, body=dump(page))

    return answer


# -- answers that are changed


@fault("buckets-repeated")
@telling
def the_last_bucket_comes_twice(page: dict[str, Any], _: dict[str, str]) -> None:
    """The last bucket of a page that leads on is repeated."""
    if page["next_page"]:
        page["data"] += page["data"][-1:]


@fault("buckets-missing")
@telling
def the_last_bucket_is_lost(page: dict[str, Any], _: dict[str, str]) -> None:
    """The last bucket of each page is lost."""
    page["data"] = page["data"][:-1]


@fault("buckets-missing")
@telling
def empty_buckets_are_left_out(page: dict[str, Any], _: dict[str, str]) -> None:
    """Buckets without results are not sent."""
    page["data"] = [bucket for bucket in page["data"] if bucket["results"]]


@fault("buckets-missing")
@telling
def paging_ends_after_the_first_page(page: dict[str, Any], _: dict[str, str]) -> None:
    """The first page says that it is the last."""
    page |= {"has_more": False, "next_page": None}


@fault("buckets-unordered")
@telling
def buckets_come_newest_first(page: dict[str, Any], _: dict[str, str]) -> None:
    """Pages are in reverse order."""
    page["data"].reverse()


def _move(page: dict[str, Any], seconds: int) -> None:
    for bucket in page["data"]:
        bucket["start_time"] += seconds
        bucket["end_time"] += seconds


@fault("times-shifted")
@telling
def times_are_an_hour_late(page: dict[str, Any], _: dict[str, str]) -> None:
    """All times are moved by an hour."""
    _move(page, 3_600)


@fault("times-shifted")
@telling
def times_are_a_day_early(page: dict[str, Any], _: dict[str, str]) -> None:
    """All times are moved by a day."""
    _move(page, -DAY)


@fault("times-shifted")
@telling
def days_are_local(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Days begin at midnight in New York."""
    if asked.get("bucket_width", "1d") == "1d":
        _move(page, 4 * 3_600)


@fault("buckets-outside-window")
@telling
def times_are_in_milliseconds(page: dict[str, Any], _: dict[str, str]) -> None:
    """Times are a thousand times what they are."""
    for bucket in page["data"]:
        bucket["start_time"] *= 1_000
        bucket["end_time"] *= 1_000


@fault("buckets-off-grid")
@telling
def the_first_bucket_starts_late(page: dict[str, Any], _: dict[str, str]) -> None:
    """The first bucket starts five seconds after the grid."""
    if page["data"]:
        page["data"][0]["start_time"] += 5


@fault("buckets-off-grid")
@telling
def buckets_end_a_second_early(page: dict[str, Any], _: dict[str, str]) -> None:
    """A bucket ends with its last second."""
    for bucket in page["data"]:
        bucket["end_time"] -= 1


@fault("widths-disagree")
def days_hold_hours_of_another_zone(server: Server) -> Server:
    """Days are called as in UTC, and hold what happened from 04:00 to 04:00."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        pairs = parse_qsl(query)
        asked = dict(pairs)
        found = server(path, query, headers)
        if found.status != 200 or asked["bucket_width"] != "1d" or path.endswith("costs"):
            return found
        page = json.loads(found.body, parse_float=Decimal)
        for bucket in page["data"]:
            window = {
                "start_time": bucket["start_time"] + 4 * 3_600,
                "end_time": bucket["end_time"] + 4 * 3_600,
                "bucket_width": "1h",
                "limit": 24,
            }
            part = [(n, v) for n, v in pairs if n not in {*window, "page"}] + [(n, str(v)) for n, v in window.items()]
            hours = json.loads(server(path, urlencode(part), headers).body)
            bucket["results"] = _joined(results(hours))
        return evolve(found, body=dump(page))

    return answer


def _joined(many: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Results with the same keys summed up."""
    found: dict[str, dict[str, Any]] = {}
    for one in many:
        held = found.setdefault(
            repr({n: v for n, v in one.items() if not is_count(v)}),
            {n: 0 if is_count(v) else v for n, v in one.items()},
        )
        for name, value in one.items():
            if is_count(value):
                held[name] = held.get(name, 0) + value
    return list(found.values())


def is_count(value: object) -> bool:
    """Whether a value is a number that sums up."""
    return isinstance(value, int) and not isinstance(value, bool)


@fault("groups-disagree")
@telling
def a_group_is_left_out(page: dict[str, Any], asked: dict[str, str]) -> None:
    """The last group of a bucket is lost."""
    if grouped(asked):
        for bucket in page["data"]:
            if len(bucket["results"]) > 1:
                bucket["results"].pop()


@fault("groups-disagree")
@telling
def usage_without_a_key_is_left_out(page: dict[str, Any], asked: dict[str, str]) -> None:
    """The group of null is not sent."""
    if grouped(asked):
        for bucket in page["data"]:
            bucket["results"] = [
                one
                for one in bucket["results"]
                if all(one.get(key, "") is not None for key in ("user_id", "api_key_id") if key in asked.values())
            ]


@fault("groups-disagree")
@telling
def the_ungrouped_result_is_doubled(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Ungrouped days are twice what they are."""
    if (
        not grouped(asked)
        and asked.get("bucket_width", "1d") == "1d"
        and not any(name.endswith(("s", "s[]")) or name == "batch" for name in asked)
    ):
        counts(page, lambda value: value * 2)
        amounts(page, lambda value: value * 2)


@fault("widths-disagree")
@telling
def hours_lack_their_last_minute(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Hours hold one less of everything than they should."""
    if asked.get("bucket_width") == "1h":
        counts(page, lambda value: max(value - 1, 0))


@fault("widths-disagree")
@telling
def minutes_are_sampled(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Every other minute has no results."""
    if asked.get("bucket_width") == "1m":
        for bucket in page["data"]:
            if bucket["start_time"] // 60 % 2:
                bucket["results"] = []


@fault("sums-inexact")
@telling
def amounts_are_floats(page: dict[str, Any], _: dict[str, str]) -> None:
    """Amounts went through binary floating point."""
    amounts(page, lambda value: Decimal(repr(float(value))))


@fault("groups-disagree")
@telling
def groups_are_rounded_to_cents(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Amounts of groups are rounded."""
    if grouped(asked):
        with localcontext(prec=60):
            amounts(page, lambda value: value.quantize(Decimal("0.01")))


@fault("groups-disagree")
@telling
def groups_are_in_cents(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Amounts of groups are in cents, and the whole in dollars."""
    if grouped(asked):
        with localcontext(prec=60):
            amounts(page, lambda value: value * 100)


@fault("group-keys-swapped")
@telling
def keys_of_one_group_have_another_name(page: dict[str, Any], _: dict[str, str]) -> None:
    """Projects are called users, and users projects."""
    for result in results(page):
        names = {"project_id": "user_id", "user_id": "project_id"}
        moved = {names.get(name, name): value for name, value in result.items()}
        result.clear()
        result.update(moved)


@fault("group-keys-swapped")
@telling
def keys_of_pairs_are_swapped(page: dict[str, Any], asked: dict[str, str]) -> None:
    """Asked for both, projects and users are swapped."""
    if "group_by[]" in asked:
        for result in results(page):
            if result.get("project_id") is not None:
                result["project_id"], result["user_id"] = result.get("user_id"), result["project_id"]


@fault("group-by-unasked")
@telling
def every_result_has_a_project(page: dict[str, Any], asked: dict[str, str]) -> None:
    """A project is told although nobody asked."""
    if grouped(asked) and "project_id" not in asked.values() and "user_id" not in asked.values():
        for result in results(page):
            result["project_id"] = "proj_1"


@fault("groups-repeated")
@telling
def groups_come_in_halves(page: dict[str, Any], asked: dict[str, str]) -> None:
    """A group comes twice, the second time with nothing in it."""
    if grouped(asked):
        for bucket in page["data"]:
            bucket["results"] += bucket["results"][:1]


@fault("pages-differ")
@telling
def small_pages_hold_more(page: dict[str, Any], asked: dict[str, str]) -> None:
    """What stands on a small page counts one more."""
    if asked.get("limit") == "3":
        counts(page, lambda value: value + 1)
        amounts(page, lambda value: value + 1)


@fault("not-repeatable")
def answers_are_sampled(server: Server) -> Server:
    """Each answer has a little more than the one before it."""
    memory = Memory()

    def more(page: dict[str, Any], _: dict[str, str]) -> None:
        extra = memory.times("asked")
        counts(page, lambda value: value + extra)
        amounts(page, lambda value: value + extra)

    return telling(more)(server)


@fault("invalid-page")
@telling
def pages_are_lists(page: dict[str, Any], _: dict[str, str]) -> None:
    """Pages say that they are lists."""
    page["object"] = "list"
    del page["has_more"]


@fault("invalid-page")
@telling
def counts_are_strings(page: dict[str, Any], _: dict[str, str]) -> None:
    """Times are texts."""
    for bucket in page["data"]:
        bucket["start_time"] = str(bucket["start_time"])


@fault("invalid-page")
def answers_are_html(server: Server) -> Server:
    """A right query gets a page of HTML with status 200."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        found = server(path, query, headers)
        return evolve(found, body=b"<html></html>") if found.status == 200 else found

    return answer


@fault("wrong-kind")
@telling
def all_results_are_of_embeddings(page: dict[str, Any], _: dict[str, str]) -> None:
    """Results are of another endpoint."""
    for bucket in page["data"]:
        if bucket["results"]:
            bucket["results"] = [
                {"object": "organization.usage.embeddings.result", "input_tokens": 1, "num_model_requests": 1}
            ]


@fault("has-more-wrong")
@telling
def the_last_page_has_more(page: dict[str, Any], _: dict[str, str]) -> None:
    """Every page says that there is more."""
    page["has_more"] = True


@fault("has-more-wrong")
@telling
def no_page_has_more(page: dict[str, Any], _: dict[str, str]) -> None:
    """Pages have a cursor, and say that there is no more."""
    page["has_more"] = False


@fault("paging-endless")
def a_cursor_leads_to_itself(server: Server) -> Server:
    """The second page leads to the second page."""

    def change(page: dict[str, Any], asked: dict[str, str]) -> None:
        if "page" in asked:
            page |= {"has_more": True, "next_page": asked["page"]}

    return telling(change)(server)


# -- refusals that are changed


@fault("error-with-200")
@refusing
def errors_come_with_200(found: Response, _: dict[str, str]) -> Response:
    """An error has status 200."""
    return evolve(found, status=200)


@fault("failed-on-bad-input")
@refusing
def bad_input_gets_500(found: Response, _: dict[str, str]) -> Response:
    """Whatever is refused is a fault of the server."""
    return error(500, "oh", type_="server_error") if found.status == 400 else found


@fault("error-without-body")
@refusing
def refusals_are_empty(found: Response, _: dict[str, str]) -> Response:
    """A refusal has no body."""
    return evolve(found, body=b"")


@fault("error-without-body")
@refusing
def refusals_are_html(found: Response, _: dict[str, str]) -> Response:
    """A refusal is a page of HTML."""
    return evolve(found, body=b"<html><h1>Bad Request</h1></html>")


@fault("failed")
def groups_fail(server: Server) -> Server:
    """A grouped report fails."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        found = server(path, query, headers)
        return error(500, "oh", type_="server_error") if "group_by" in query and found.status == 200 else found

    return answer


@fault("query-refused")
def a_limit_of_31_is_too_much(server: Server) -> Server:
    """The greatest limit is refused."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        asked = dict(parse_qsl(query))
        return (
            error(400, "limit", param="limit") if asked.get("limit") in {"31", "180"} else server(path, query, headers)
        )

    return answer


@fault("endpoint-missing")
def completions_are_not_there(server: Server) -> Server:
    """An endpoint is unknown."""
    return lambda path, query, headers: (
        error(404, "no such path") if path.endswith("completions") else server(path, query, headers)
    )


@fault("no-answer")
def the_second_page_is_cut(server: Server) -> Server:
    """The second page breaks off."""

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        found = server(path, query, headers)
        from usagecompat.ledger import Delivery  # noqa: PLC0415 - beside its use

        return evolve(found, delivery=Delivery.CUT) if "page=" in query and found.status == 200 else found

    return answer
