"""
The server of a sequence: its ledger, with a record of all that went over the wire, and an end to what has none.

Answers come from the ledger and not from the files: a client may rightly ask in another order, with another limit, or
once more. What a right client asks is answered with the bytes of the files all the same.
"""

from __future__ import annotations

import time
from collections import Counter
from threading import Event
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.clients.session import Errand
from usagecompat.ledger import UsageServer, error

if TYPE_CHECKING:
    from usagecompat.corpus import Sequence
    from usagecompat.ledger import Response

HANGING: Final = 1.5
"""After so many seconds a connection ends that hangs, so that no client needs a deadline of its own."""
MORE: Final = 40
"""So many requests a client may make beside two for each bucket."""
TIMES: Final = 6
"""So many times as long as for one page a client may take beside its pages."""
_SAME: Final = 5
"""Whoever asks for the same more often than so, and is not done when the time is up, never stops asking."""


@frozen(kw_only=True)
class Fetched:
    """A request, and what it was answered."""

    method: str
    path: str
    query: str
    """The query string as the client spelled it."""
    with_key: bool
    response: Response

    def to_dict(self) -> dict[str, object]:
        """The request as `schemas/run.json` describes it."""
        target = f"{self.path}?{self.query}" if self.query else self.path
        return {"method": self.method, "target": target, "status": self.response.status}


class PagingServer:
    """Serves one sequence after the other, each from its beginning, at an address of its own."""

    def __init__(self, *, seconds: float, stopped: Event | None = None) -> None:
        """
        Serve nothing yet.

        Args:
            seconds: How long a client may take for a page.
            stopped: Is set when nobody waits for the client any more.
        """
        self._seconds = seconds
        self.stopped = stopped or Event()
        self._serving: _Recording | None = None

    def begin(self, sequence: Sequence) -> Errand:
        """Serve a sequence from now on, as if nobody had asked for it before."""
        self.close()
        serving = self._serving = _Recording(sequence, self._seconds)
        return Errand(
            base_url=serving.url,
            key=sequence.ledger.key,
            query=sequence.query,
            until=lambda: 0.0 if self.stopped.is_set() else serving.until(),
        )

    def close(self) -> None:
        """Serve nothing any more."""
        if self._serving:
            self._serving.close()

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """What was asked of the sequence that is served, or was last."""
        return tuple(self._serving.fetched) if self._serving else ()

    @property
    def asks_too_often(self) -> bool:
        """Whether the client asked more often than any client needs to."""
        return self._serving is not None and self._serving.too_many

    @property
    def goes_in_circles(self) -> bool:
        """Whether the client asked for the same again and again."""
        asked = Counter(one.query for one in self.fetched)
        return max(asked.values(), default=0) > _SAME


class _Recording(UsageServer):
    """The server of one sequence."""

    def __init__(self, sequence: Sequence, seconds: float) -> None:
        self.fetched: list[Fetched] = []
        ledger = sequence.ledger
        self._most = MORE + 2 * len(sequence.whole)
        self._seconds = seconds
        self._in_all = seconds * (TIMES + len(sequence.exchanges))
        self._begun = self._latest = time.monotonic()
        self.too_many = False
        super().__init__(ledger, patience=HANGING)

    def respond(self, method: str, target: str, headers: dict[str, str]) -> Response:
        """The answer to a request, which is recorded; none that counts if there were too many."""
        if len(self.fetched) >= self._most:
            self.too_many = True
            return error(503, "The kit has stopped this client: it asked too often.", type_="server_error")
        found = super().respond(method, target, headers)
        path, _, query = target.partition("?")
        sent = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
        with_key = sent.split()[1:] == [self.key]
        self.fetched.append(Fetched(method=method, path=path, query=query, with_key=with_key, response=found))
        self._latest = time.monotonic()
        return found

    def until(self) -> float:
        """When the client's time is up."""
        if self.too_many:
            return self._begun
        return min(self._begun + self._in_all, self._latest + self._seconds)
