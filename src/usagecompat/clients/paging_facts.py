"""
What happened between a client and the server of a sequence, as far as it can be told from what went over the wire.

A cursor belongs to the query that it came with. So a request with a cursor is right if the cursor is one that the
server gave, letter for letter, and the rest of the query is what it was; its limit included. A request without a cursor
may ask as it likes, and whether that was right is told by the buckets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl

from attrs import Factory, define, evolve, frozen

from usagecompat.clients.paging_output import start_of
from usagecompat.contract import ROOT
from usagecompat.corpus import page_of
from usagecompat.jsontext import read, write
from usagecompat.ledger import Refusal, read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.clients.paging_server import Fetched
    from usagecompat.contract import Endpoint
    from usagecompat.corpus import Sequence
    from usagecompat.jsontext import Tree
    from usagecompat.ledger import Query

_TOO_MANY: Final = 429
_LONGEST: Final = 160


@frozen(kw_only=True)
class Failure:
    """A request that was never answered with a page."""

    number: int
    """Which request it was, from 1; of several alike the last one."""
    fetched: Fetched
    alone: bool
    """Whether it was made once."""

    @property
    def is_rate_limit(self) -> bool:
        """Whether waiting and asking again is all that it takes."""
        return self.fetched.response.status == _TOO_MANY

    @property
    def said(self) -> str:
        """What the body of the answer says of it; empty if it says nothing."""
        match read(self.fetched.response.body).value:
            case {"error": {"message": str(message)}}:
                return message
            case _:
                return ""

    def __str__(self) -> str:
        response = self.fetched.response
        delivery = "" if response.delivery == "whole" else f", of which not all came ({response.delivery})"
        page = ", which is no page" if response.status == 200 and not delivery else ""  # noqa: PLR2004 - HTTP's
        return f"request {self.number} was answered with status {response.status}{page}{delivery}"


@define(kw_only=True)
class Facts:
    """What happened, in the order in which it did."""

    sequence: Sequence
    served: dict[int, list[dict[str, Tree]]] = Factory(dict[int, "list[dict[str, Tree]]"])
    """What was served of each bucket, by its start; what is the same is there once."""
    times: dict[int, int] = Factory(dict[int, int])
    """With how many different requests each bucket came."""
    cursor_changed: list[str] = Factory(list[str])
    """What is wrong with the cursors of requests, in words."""
    query_changed: list[str] = Factory(list[str])
    """What is wrong with the rest of requests that have a cursor."""
    altered: list[str] = Factory(list[str])
    """How requests without a cursor differ from what was to be asked."""
    failures: list[Failure] = Factory(list[Failure])
    """What failed, and never came."""
    unread: list[str] = Factory(list[str])
    """Cursors to pages that nobody asked for."""
    in_a_circle: bool = False
    """Whether a page led to itself."""
    again: bool = False
    """Whether a page was asked for that had come before."""
    keyless: int = 0
    """How many requests came without the key."""
    elsewhere: list[str] = Factory(list[str])
    """What was asked of other paths."""
    requests: int = 0
    """How many requests the endpoint got."""


def facts_of(sequence: Sequence, fetched: Iterable[Fetched]) -> Facts:
    """What happened while a sequence was served."""
    endpoint = sequence.ledger.endpoints[sequence.endpoint]
    facts = Facts(sequence=sequence)
    wanted = read_query(endpoint, sequence.query)
    given: dict[str, Query] = {}
    promised: list[str] = []
    asked: set[str] = set()
    alike: dict[tuple[str, str | None], list[tuple[int, Fetched]]] = {}
    for number, one in enumerate(fetched, 1):
        if one.path != f"{ROOT}{sequence.endpoint}" or one.method != "GET":
            facts.elsewhere.append(f"{one.method} {_cut(one.path)}")
            continue
        facts.keyless += not one.with_key
        page = _cursor_of(one.query)
        query, refused = _read(endpoint, one.query)
        if page is not None:
            asked.add(page)
            if page not in given:
                facts.cursor_changed.append(f"request {number} has the cursor {_cut(page)!r}, {_given(given, page)}")
            elif query is None or query.identity != given[page].identity:
                told = refused or _other(given[page], query, all_of=True)
                facts.query_changed.append(f"request {number} has a cursor beside another query: {told}")
        elif query is None or evolve(query, limit=wanted.limit) != wanted:
            facts.altered.append(f"request {number} is another query: {refused or _other(wanted, query)}")
        alike.setdefault((query.identity if query else one.query, page), []).append((number, one))
        found = page_of(one.response)
        cursor = found.get("next_page") if found else None
        if found and query and isinstance(cursor, str):
            facts.in_a_circle |= cursor == page
            given.setdefault(cursor, query)
            if found.get("has_more") is not False:
                promised.append(cursor)
    for requests in alike.values():
        _conclude(facts, requests)
    facts.requests = sum(map(len, alike.values()))
    facts.unread = [cursor for cursor in dict.fromkeys(promised) if cursor not in asked]
    return facts


def _conclude(facts: Facts, requests: list[tuple[int, Fetched]]) -> None:
    """Take note of what came of one request in the end, however often it was made."""
    pages = [found for _, one in requests if (found := page_of(one.response)) is not None]
    facts.again |= len(pages) > 1
    if not pages:
        number, one = requests[-1]
        facts.failures.append(Failure(number=number, fetched=one, alone=len(requests) == 1))
    starts: set[int] = set()
    for found in pages:
        data = found["data"]
        for bucket in data if isinstance(data, list) else []:
            start = start_of(bucket)
            if start is not None and isinstance(bucket, dict):
                starts.add(start)
                versions = facts.served.setdefault(start, [])
                if write(bucket) not in map(write, versions):
                    versions.append(bucket)
    for start in starts:
        facts.times[start] = facts.times.get(start, 0) + 1


def _cursor_of(query: str) -> str | None:
    """The cursor of a request as the server understands it; of several all, which is none that it gave."""
    values = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "page"]
    return "&page=".join(values) if values else None


def _read(endpoint: Endpoint, query: str) -> tuple[Query | None, str]:
    """The query of a request without its cursor, or why it is refused."""
    rest = "&".join(part for part in query.split("&") if part.partition("=")[0] != "page")
    try:
        return read_query(endpoint, rest), ""
    except Refusal as refusal:
        return None, refusal.message


def _given(given: Mapping[str, Query], page: str) -> str:
    """What the server had given instead of a cursor."""
    if not given:
        return "and the server had given none"
    latest = list(given)[-1]
    why = "; a cursor is escaped once" if "%" in page and "%" not in latest else ""
    return f"which the server never gave; the last one that it gave is {_cut(latest)!r}{why}"


_NAMES: Final = {
    "start": "start_time",
    "end": "end_time",
    "width": "bucket_width",
    "group_by": "group_by",
    "chosen": "the filters",
}


def _other(wanted: Query, asked: Query | None, *, all_of: bool = False) -> str:
    """In what a query differs from another; the limit counts only where `all_of` it does."""
    names = {**_NAMES, "limit": "limit"} if all_of else _NAMES
    return ", ".join(
        f"{spelled}: {_said(getattr(wanted, name))} became {_said(getattr(asked, name))}"
        for name, spelled in names.items()
        if getattr(asked, name, None) != getattr(wanted, name)
    )


def _said(value: object) -> str:
    """A value of a query in words."""
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return _cut(" and ".join(map(_part, cast("tuple[object, ...]", value))))
    return _cut(str(value))


def _part(value: object) -> str:
    """A group key, or what a group key may be."""
    if isinstance(value, tuple):
        key, chosen = cast("tuple[str, tuple[str, ...]]", value)
        return f"{key} {' or '.join(chosen)}"
    return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
