"""
The ledger: what an organization used, and the answer of its API to any request, without a socket.

Theory of operation. A ledger is a value: a seed, a revision, a present, a key and scenarios. The answer to a request
follows from these alone, but for the few scenarios that remember something between requests; what they remember is a
`Memory`, a handful of counters that the caller keeps. So a server is a thin layer, and a test needs none.
"""

from __future__ import annotations

from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from usagecompat.contract import ROOT, contract, endpoints_of, resolve_revision
from usagecompat.ledger.answers import Book, page
from usagecompat.ledger.cursors import read_cursor, write_cursor
from usagecompat.ledger.events import DAY
from usagecompat.ledger.queries import Query, Refusal, read_query
from usagecompat.ledger.scenarios import PLAIN, Behaviour, behaviour
from usagecompat.ledger.texts import body_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Contract, Endpoint
    from usagecompat.jsontext import Tree

DEFAULT_KEY: Final = "sk-admin-mock"
"""The key that opens a ledger unless told otherwise."""

DEFAULT_NOW: Final = 1_792_584_000
"""2026-10-21T12:00:00Z: a fixed present, so that two runs give the same bytes."""

DEFAULT_SEED: Final = 7

_JSON: Final = ("Content-Type", "application/json")


class Delivery(StrEnum):
    """How much of an answer arrives."""

    WHOLE = "whole"
    CUT = "cut"
    """Half of the body, and then the end of the connection."""
    HANG = "hang"
    """Half of the body, and then nothing."""


@frozen
class Response:
    """An answer, before it goes anywhere."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """All but the length of the body."""
    body: bytes
    delivery: Delivery = Delivery.WHOLE


class Memory:
    """What a server remembers between requests: how often a few named things happened, and nothing that grows."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._lock = Lock()
        self._times: dict[str, int] = {}

    def times(self, what: str) -> int:
        """How often this has happened, this time included."""
        with self._lock:
            self._times[what] = self._times.get(what, 0) + 1
            return self._times[what]


@frozen(kw_only=True)
class Ledger:
    """
    A made-up organization, and its API: `Ledger(seed=7, scenarios=["string-amounts"])`.

    Raises:
        NoSuchRevision: There is no such revision.
        NoSuchScenario: There is no such scenario.
    """

    seed: int = DEFAULT_SEED
    revision: str = field(default=None, converter=resolve_revision)
    """The revision of the contract that is served; the newest one for None."""
    now: int = DEFAULT_NOW
    """The present, after which nothing has happened yet."""
    key: str = field(default=DEFAULT_KEY, repr=False)
    behaviour: Behaviour = field(default=PLAIN, converter=behaviour, alias="scenarios")

    @property
    def said(self) -> Contract:
        """What the revision says."""
        return contract(self.revision)

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """The endpoints that there are at the ledger's revision, by path below `/v1/organization/`."""
        return endpoints_of(self.said)

    def answer(
        self,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        memory: Memory | None = None,
    ) -> Response:
        """
        The answer to a request.

        Args:
            path: The path from `/v1` on.
            query: The query string as it was sent, without the question mark.
            headers: The headers; only `Authorization` matters.
            method: The method; only GET is allowed.
            memory: What the server remembers; None for the answer to a first request.
        """
        remembered = memory or Memory()
        endpoint = self.endpoints.get(path.removeprefix(ROOT)) if path.startswith(ROOT) else None
        if endpoint is None:
            return error(404, f"Invalid URL ({method} {path})", code="unknown_url")
        if method != "GET":
            message = f"Not allowed to {method} on {path} (HINT: use GET)."
            return error(405, message, code="method_not_supported", headers=(("Allow", "GET"),))
        refused = _refused_key(headers or {}, self.key)
        if refused is not None:
            return refused
        if "rate-limit" in self.behaviour and remembered.times("requests") % 2 == 0:
            return _too_many()
        try:
            asked = read_query(endpoint, query)
            return self._page(asked, self._position(asked), remembered)
        except Refusal as reason:
            return error(400, reason.message, param=reason.param, code=reason.code)

    def buckets(self, path: str, query: str = "") -> list[Tree]:
        """
        What a right client ends up with: all buckets of a query, each once, whatever pages bring them.

        Late costs have come by then, and failures are not in it.

        Raises:
            ValueError: There is no such endpoint, or it does not take the query.
        """
        endpoint = self.endpoints.get(path.removeprefix(ROOT))
        if endpoint is None:
            raise ValueError(f"there is no endpoint {path!r} at revision {self.said.revision}")
        try:
            asked = read_query(endpoint, query)
        except Refusal as reason:
            raise ValueError(reason.message) from reason
        return self._book().buckets(asked, self._position(asked), self._end(asked))

    def _book(self, *, late: bool = False) -> Book:
        return Book(seed=self.seed, said=self.said, now=self.now, behaviour=self.behaviour, late=late)

    def _end(self, query: Query) -> int:
        """Where the grid of a query's report ends."""
        end = self._book().ends_at(query)
        return query.first if end <= query.start else end + -end % query.seconds

    def _position(self, query: Query) -> int:
        """Where on the grid the asked page starts."""
        if query.page is None:
            return query.first
        position = read_cursor(self._identity(query), query.page, padded=self._padded, plain=self._plain)
        if position is None:
            raise Refusal("The page token is invalid, or belongs to another query.", "page", "invalid_page_token")
        return position

    def _identity(self, query: Query) -> str:
        return f"{self.seed} {self.said.revision} {query.identity}"

    def _cursor(self, query: Query, position: int) -> str:
        return write_cursor(self._identity(query), position, padded=self._padded, plain=self._plain)

    @property
    def _padded(self) -> bool:
        return "padded-cursor" in self.behaviour

    @property
    def _plain(self) -> bool:
        return "base64-cursor" in self.behaviour

    def _page(self, query: Query, position: int, memory: Memory) -> Response:
        size = query.limit * query.seconds
        index = (position - query.first) // size
        end = self._end(query)
        until = min(position + size, end)
        begins = position
        if "buckets-repeat" in self.behaviour and index and position < end:
            begins -= query.seconds
        book = self._book(late=self._is_late(query, begins, until, memory))
        is_last = until >= end
        cursor = None if is_last else self._cursor(query, until)
        has_more = not is_last
        if "cursor-repeats" in self.behaviour and index:
            cursor, has_more = query.page, True
        elif is_last and position < end:
            has_more = "has-more-without-cursor" in self.behaviour
            cursor = self._cursor(query, end) if "cursor-without-has-more" in self.behaviour else None
        buckets = book.buckets(query, begins, until) if until > begins else []
        costs = query.endpoint.name == "costs"
        tree = page(book, buckets, cursor, has_more=has_more, costs=costs)
        found = Response(200, (_JSON,), body_of(tree, pretty="pretty" in self.behaviour))
        return self._second_page(found, memory) if index == 1 and position < end else found

    def _is_late(self, query: Query, first: int, last: int, memory: Memory) -> bool:
        """Whether this is the first answer with the day whose charges come late."""
        if "late-costs" not in self.behaviour or query.endpoint.name != "costs":
            return False
        day = self._book().last_closed_day * DAY
        return first <= day < last and memory.times("late day") == 1

    def _second_page(self, found: Response, memory: Memory) -> Response:
        """The second page as the scenario has it."""
        how = self.behaviour.second_page
        if how is None:
            return found
        if how == "429":
            return _too_many() if memory.times("second page") % 2 else found
        if how in _FAILURES:
            return _FAILURES[how]
        return evolve(found, delivery=Delivery(how))


def error(  # noqa: PLR0913 - one for each member of the body
    status: int,
    message: str,
    *,
    type_: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """An answer with the API's error body."""
    tree: Tree = {"error": {"message": message, "type": type_, "param": param, "code": code}}
    return Response(status, (_JSON, *headers), body_of(tree, pretty=False))


def _refused_key(headers: Mapping[str, str], key: str) -> Response | None:
    sent = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, token = sent.strip().partition(" ")
    challenge = (("WWW-Authenticate", "Bearer"),)
    if scheme.lower() != "bearer" or not token.strip():
        message = "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'."
        return error(401, message, code=None, headers=challenge)
    if token.strip() != key:
        return error(401, "Incorrect API key provided.", code="invalid_api_key", headers=challenge)
    return None


def _too_many() -> Response:
    message = "Rate limit reached for requests. Try again in 1 second."
    return error(429, message, type_="requests", code="rate_limit_exceeded", headers=(("Retry-After", "1"),))


_HTML: Final = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"
_HTML_TYPE: Final = (("Content-Type", "text/html; charset=utf-8"),)
_FAILURES: Final[Mapping[str, Response]] = {
    "400": error(400, "The page token is invalid.", param="page", code="invalid_page_token"),
    "401": error(401, "Incorrect API key provided.", code="invalid_api_key", headers=(("WWW-Authenticate", "Bearer"),)),
    "403": error(403, "Missing scopes: api.usage.read.", code="missing_scope"),
    "500": error(500, "The server had an error while processing your request.", type_="server_error"),
    "html": Response(502, _HTML_TYPE, _HTML),
    "html-200": Response(200, _HTML_TYPE, _HTML),
}
