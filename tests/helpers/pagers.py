"""
A right paging client, in steps that can be replaced one by one; it knows nothing of the kit.
"""

from __future__ import annotations

import json
import re
import time
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, quote
from urllib.request import Request, urlopen

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

Query = list[tuple[str, str]]
Bucket = dict[str, Any]

ATTEMPTS = 3
SILENCE = 30.0
"""How many seconds a server may be silent."""


class Trouble(Exception):
    """Something failed, so that this is not all there is."""


MARK = "\0"
"""Stands around the text of a number with a fraction, from reading to writing, so that no digit is lost."""


@frozen(kw_only=True)
class Answer:
    """What came of a request."""

    status: int
    retry_after: str | None
    body: bytes
    whole: bool
    """Whether the body came to its end."""


@frozen(kw_only=True)
class Page:
    """A page that was read."""

    buckets: list[Bucket]
    more: bool | None
    """What it says of further pages; None if nothing."""
    cursor: str | None


def get(url: str, key: str) -> Answer:
    """The answer to one request, whatever it is."""
    request = Request(url, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - the kit says where
    try:
        with urlopen(request, timeout=SILENCE) as answer:  # noqa: S310 - as above
            status, headers = answer.status, answer.headers
            try:
                body, whole = answer.read(), True
            except IncompleteRead as error:
                body, whole = error.partial, False
    except HTTPError as error:
        with error:
            status, headers, body, whole = error.code, error.headers, error.read(), True
    return Answer(status=status, retry_after=headers.get("Retry-After"), body=body, whole=whole)


def patience(answer: Answer, attempt: int) -> float | None:
    """After how many seconds a request is tried again; None if it is not."""
    if attempt == ATTEMPTS or answer.status != 429:
        return None
    return float(answer.retry_after or 0)


DECODER = json.JSONDecoder(parse_float=lambda text: f"{MARK}{text}{MARK}")


def loads(text: str) -> Any:  # noqa: ANN401 - it is what JSON holds
    """JSON with numbers that are written as they were read."""
    return DECODER.decode(text)


def dumps(value: object) -> str:
    """The same as text."""
    return re.sub(r'"\\u0000([^"]*)\\u0000"', r"\1", json.dumps(value))


def read(answer: Answer) -> Page:
    """The page of an answer."""
    if answer.status != 200 or not answer.whole:
        raise Trouble(f"status {answer.status}: {answer.body[:100]!r}")
    page = loads(answer.body.decode())
    return Page(buckets=page["data"], more=page.get("has_more"), cursor=page.get("next_page"))


def ends(pages: list[Page]) -> bool:
    """Whether there are no further pages."""
    *before, last = pages
    if last.more is False or (last.more is None and not last.cursor):
        return True
    if not last.cursor:
        raise Trouble("there is more, and no cursor")
    if last.cursor in [page.cursor for page in before]:
        raise Trouble("a cursor came back")
    return False


def follow(query: Query, pages: list[Page]) -> Query:
    """The query of the next page."""
    return [*query, ("page", str(pages[-1].cursor))]


def gather(pages: list[Page]) -> list[Bucket]:
    """What it ends up with."""
    return [bucket for page in pages for bucket in page.buckets]


def fail(_: list[Page], error: Exception) -> list[Bucket]:
    """What is given out although something failed; nothing is, and the error is reported."""
    raise Trouble(str(error)) from error


def spell(query: Query) -> str:
    """The query as it is sent."""
    return "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in query)


def keep_key(key: str, _: int) -> str:
    """The key that is sent, after so many pages."""
    return key


@frozen(kw_only=True)
class Pager:
    """A paging client, in steps; with nothing replaced it is right."""

    first: Callable[[Query], Query] = list
    patience: Callable[[Answer, int], float | None] = patience
    read: Callable[[Answer], Page] = read
    recover: Callable[[Query, Exception], Query] | None = None
    """Where it goes on after a page that failed, keeping what it has, once."""
    ends: Callable[[list[Page]], bool] = ends
    follow: Callable[[Query, list[Page]], Query] = follow
    spell: Callable[[Query], str] = spell
    key: Callable[[str, int], str] = keep_key
    gather: Callable[[list[Page]], list[Bucket]] = gather
    fail: Callable[[list[Page], Exception], list[Bucket]] = fail

    def fetch(self, base: str, key: str, query: str) -> list[Bucket]:
        """
        All buckets of a query.

        Raises:
            Trouble: Not all could be had.
        """
        asked = parse_qsl(query)
        pages: list[Page] = []
        target, recover = self.first(asked), self.recover
        try:
            while True:
                try:
                    pages.append(self.read(self.ask(f"{base}?{self.spell(target)}", self.key(key, len(pages)))))
                except (OSError, HTTPException, ValueError, Trouble) as error:
                    if recover is None:
                        raise
                    target, recover = recover(asked, error), None
                    continue
                if self.ends(pages):
                    return self.gather(pages)
                target = self.follow(asked, pages)
        except (OSError, HTTPException, LookupError, TypeError, ValueError, Trouble) as error:
            return self.fail(pages, error)

    def ask(self, url: str, key: str) -> Answer:
        """The last answer to a request that may be tried again."""
        attempt = 0
        while True:
            attempt += 1
            answer = get(url, key)
            wait = self.patience(answer, attempt)
            if wait is None:
                return answer
            time.sleep(wait)


RIGHT = Pager()


def by(key: Callable[[Bucket], object]) -> Callable[[list[Page]], list[Bucket]]:
    """A step that keeps one bucket of each key."""
    return lambda pages: list({key(bucket): bucket for bucket in gather(pages)}.values())
