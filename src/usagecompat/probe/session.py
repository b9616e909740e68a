"""
The session: every request of a probe goes through here, under one budget and one rate.

Redirects and second tries count like first ones. The key goes to the origin that was named, and nowhere else.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from attrs import Factory, define, evolve, field, frozen

from usagecompat.probe.transport import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.probe.transport import Transport

_MOST_REDIRECTS: Final = 5
_MOST_WAITS: Final = 3
_LONGEST_WAIT: Final = 60
_LOST: Final = 3
"""After so many requests in a row without an answer nothing more is asked."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TOO_MANY: Final = 429
_HIDDEN: Final = "***"


@frozen(kw_only=True)
class Exchange:
    """A question with its answer."""

    number: int
    endpoint: str
    query: str
    keyed: bool
    answer: Answer


@define(kw_only=True)
class Session:
    """Asks one server, within budget and rate."""

    transport: Transport
    base: str
    """The URL up to and with `/v1`."""
    key: str = field(repr=False)
    budget: int = 300
    rate: float = 5.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    tick: Callable[[int], object] = lambda _: None
    keep: Callable[[Exchange], object] = lambda _: None
    spent: int = 0
    lost: int = 0
    """Requests in a row without an answer."""
    answered: int = 0
    problem: str = ""
    """Why the last request had no answer."""
    _next: float = Factory(float)

    @property
    def left(self) -> int:
        """How many requests may still be made."""
        return 0 if self.over else self.budget - self.spent

    @property
    def over(self) -> bool:
        """Whether the server is taken for gone."""
        return self.lost >= _LOST

    def ask(self, endpoint: str, query: list[tuple[str, str]], *, keyed: bool = True) -> Exchange | None:
        """The answer to a query of an endpoint; None if nothing more may be asked."""
        text = urlencode(query)
        url = f"{self.base.rstrip('/')}/organization/{endpoint}?{text}"
        answer = self._final(url, keyed=keyed)
        if answer is None:
            return None
        self.lost = self.lost + 1 if answer.failure else 0
        self.answered += not answer.failure
        self.problem = self.hide(answer.failure)
        exchange = Exchange(
            number=self.spent, endpoint=endpoint, query=text, keyed=keyed, answer=self._scrubbed(answer)
        )
        self.keep(exchange)
        return exchange

    def hide(self, text: str) -> str:
        """`text` without the key, however it is spelled."""
        for spelled in (self.key, quote(self.key, safe="")):
            text = text.replace(spelled, _HIDDEN) if spelled else text
        return text

    def _scrubbed(self, answer: Answer) -> Answer:
        body, key = answer.body, self.key.encode()
        if key and key in body:
            body = body.replace(key, _HIDDEN.encode())
        return evolve(answer, body=body, failure=self.hide(answer.failure))

    def _final(self, url: str, *, keyed: bool) -> Answer | None:
        """The answer after redirects and waiting; None if the budget ends first."""
        waits = redirects = 0
        while True:
            answer = self._once(url, keyed=keyed)
            if answer is None:
                return None
            if answer.status in _REDIRECTS and (place := answer.headers.get("location")):
                redirects += 1
                if redirects > _MOST_REDIRECTS:
                    return Answer(failure=f"more than {_MOST_REDIRECTS} redirects, the last to {place}")
                there = _joined(url, place)
                if there is None:
                    return Answer(failure=f"a redirect to {place}, which is no URL of HTTP")
                url = there
            elif answer.status == _TOO_MANY and waits < _MOST_WAITS:
                waits += 1
                self.sleep(_wait_of(answer))
            else:
                return answer

    def _once(self, url: str, *, keyed: bool) -> Answer | None:
        if self.left <= 0:
            return None
        pause = self._next - self.clock()
        if pause > 0:
            self.sleep(pause)
        self._next = max(self._next, self.clock()) + 1 / self.rate
        self.spent += 1
        headers = {"Accept": "application/json", "User-Agent": "usagecompat-probe"}
        if keyed and _origin(url) == _origin(self.base):
            headers["Authorization"] = f"Bearer {self.key}"
        answer = self.transport(url, headers)
        self.tick(1)
        return answer


def _joined(url: str, place: str) -> str | None:
    """Where a redirect leads; None if that is no URL of HTTP."""
    try:
        there = urljoin(url, place)
        parts = urlsplit(there)
    except ValueError:
        return None
    return there if parts.scheme in {"http", "https"} and parts.hostname else None


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _wait_of(answer: Answer) -> float:
    text = answer.headers.get("retry-after", "").strip()
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) <= len("999999999") else 1
