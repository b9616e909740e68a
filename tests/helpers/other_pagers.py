"""
Paging clients that do it otherwise than most, and rightly: no code may blame them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from attrs import evolve
from pagers import ATTEMPTS, RIGHT, Page, Pager, Query, Trouble, by, follow, gather, patience, spell

BEGINS_ANEW = "begins anew after an error, and forgets what it has"
AT_ONCE = "tries status 429 again at once"
ALSO_RIGHT: dict[str, Pager] = {}
"""Each by what it does."""


def allow(does: str, **steps: Any) -> None:  # noqa: ANN401 - each step has its own type
    """Enter a client that is right in another way."""
    ALSO_RIGHT[does] = evolve(RIGHT, **steps)


def windows(query: Query, pages: list[Page]) -> Query:
    """The next window, from where the last page ended."""
    return [(name, str(pages[-1].buckets[-1]["end_time"]) if name == "start_time" else value) for name, value in query]


def with_commas(query: Query) -> Query:
    """Lists as one value; a comma in a line of a bill belongs to the line."""
    joined: dict[str, list[str]] = {}
    for name, value in query:
        joined.setdefault(name, []).append(value)
    return [
        pair
        for name, values in joined.items()
        for pair in (
            [(name.removesuffix("[]"), ",".join(values))]
            if name.startswith("group_by")
            else [(name, value) for value in values]
        )
    ]


def escaped(text: str) -> str:
    """A text with each byte escaped."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def with_limit(query: Query, limit: str) -> Query:
    """The query with another limit."""
    return [*(pair for pair in query if pair[0] != "limit"), ("limit", limit)]


def ends_again(pages: list[Page]) -> bool:
    """Whether there are no further pages, where a page may have come before."""
    last = pages[-1]
    if last.more is False and not last.cursor:
        return True
    if last.cursor and [page.cursor for page in pages].count(last.cursor) > 2:
        raise Trouble("a cursor came back")
    if last.more and not last.cursor:
        raise Trouble("there is more, and no cursor")
    return last.more is False or not last.cursor


allow("sends parameters in another order", spell=lambda query: spell(sorted(query)))
allow("sends parameters the other way around from the second page on", follow=lambda q, p: follow(q, p)[::-1])
allow("sends lists with commas", spell=lambda query: spell(with_commas(query)))
allow(
    "sends lists under a bare name",
    spell=lambda query: spell([(name.removesuffix("[]"), value) for name, value in query]),
)
allow("escapes brackets", spell=lambda query: spell(query).replace("[]", "%5B%5D"))
allow("escapes every character", spell=lambda query: "&".join(f"{n}={escaped(v)}" for n, v in query))
allow("sends spaces as plus signs", spell=urlencode)
allow("says the limit itself", first=lambda q: with_limit(q, "5"), follow=lambda q, p: with_limit(follow(q, p), "5"))
allow(
    "leaves the limit out from the beginning",
    first=lambda query: [pair for pair in query if pair[0] != "limit"],
    follow=lambda query, pages: [pair for pair in follow(query, pages) if pair[0] != "limit"],
)
allow("tries every failure again", patience=lambda a, n: patience(a, n) if a.status < 500 or n == ATTEMPTS else 0.0)
allow(AT_ONCE, patience=lambda a, n: 0.0 if a.status == 429 and n < ATTEMPTS else None)
allow("follows a cursor although there is no more", ends=lambda pages: not pages[-1].cursor or ends_again(pages))
allow("asks for windows of its own", follow=windows, ends=lambda pages: not pages[-1].more)
allow("gives the newest first", gather=lambda pages: gather(pages)[::-1])
allow("takes each bucket once", gather=by(lambda bucket: bucket["start_time"]))
allow(
    BEGINS_ANEW,
    patience=lambda *_: None,
    recover=lambda query, _: query,
    ends=ends_again,
    gather=by(lambda bucket: bucket["start_time"]),
)
