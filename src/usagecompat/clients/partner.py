"""
Who is spoken to in lines and under deadlines: a process, or a connection to one that runs already.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from usagecompat.clients.problems import Flooded, ProcessProblem

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK: Final = 0.1
"""How many seconds pass before it is looked again whether something has changed."""


class Partner(ABC):
    """Somebody who speaks the protocol; each kind says how bytes go there and come from there."""

    def __init__(self) -> None:
        """Begin with nothing that came."""
        self._out = bytearray()
        """What came and was not taken yet."""
        self._status: int | None = None
        """The exit status, or 0 for a connection that ended; None before."""
        self._deaf = False
        """Whether nothing can be sent any more."""

    @property
    @abstractmethod
    def complaints(self) -> str:
        """The end of what it wrote beside the protocol."""

    @abstractmethod
    def forget_complaints(self) -> None:
        """Let what is written beside it from now on be all that is kept."""

    @abstractmethod
    def close(self) -> None:
        """Close what leads there; more than once does no harm."""

    @abstractmethod
    def _send(self, data: memoryview) -> memoryview:
        """Send what goes at once; what is left."""

    @abstractmethod
    def _wait(self, deadline: float, seconds: float, unsent: memoryview | None = None) -> memoryview | None:
        """Send and receive what can be, once; what is left to send."""

    @abstractmethod
    def _finish(self) -> None:
        """Let nothing more be sent, and be known to be; more than once does no harm."""

    @abstractmethod
    def _drain(self) -> None:
        """Receive what one that ended has left."""

    @abstractmethod
    def _raise_if_over(self, deadline: float) -> None:
        """Raise the reason why no line will come any more, if there is one."""

    def ask(
        self,
        line: bytes,
        *,
        seconds: float,
        limit: int,
        meanwhile: Callable[[], None],
        until: Callable[[], float] | None = None,
    ) -> bytes:
        """
        Send a line, and return the next line that comes, without its end.

        Args:
            line: What to send, with its end.
            seconds: How long the client has.
            limit: How long the answer may be.
            meanwhile: What is done while the client works; its time is not the client's.
            until: When the time is up, by the monotonic clock, if that is not known beforehand.

        Raises:
            ProcessProblem: There is none.
        """
        unsent: memoryview | None = self._send(memoryview(line))
        meanwhile()
        deadline = next_look(until) if until else time.monotonic() + seconds
        if not (unsent or self._out or self._deaf):
            self._wait(deadline, seconds)  # nearly always this is the whole answer
        while True:
            if not unsent and (end := self._out.find(b"\n")) >= 0:
                answer = bytes(self._out[:end])
                del self._out[: end + 1]
                return answer
            self._refuse_flood(limit)
            deadline = next_look(until) if until else deadline
            self._raise_if_over(until() if until else deadline)
            unsent = self._wait(deadline, seconds, unsent)

    def read_all(
        self, data: bytes, *, seconds: float, limit: int, until: Callable[[], float] | None = None
    ) -> tuple[int, bytes]:
        """
        Send `data` and nothing more, and return the exit status and all that comes; of a connection, 0.

        Raises:
            ProcessProblem: It does not end.
        """
        deadline = time.monotonic() + seconds
        unsent: memoryview | None = self._send(memoryview(data))
        while self._status is None:
            if not unsent:
                self._finish()
            self._refuse_flood(limit)
            deadline = next_look(until) if until else deadline
            unsent = self._wait(deadline, seconds, unsent)
        self._drain()
        self._refuse_flood(limit)
        return self._status, bytes(self._out)

    def last_words(self, *, seconds: float, limit: int) -> tuple[bytes, bytes]:
        """What came that is no complete line, and what comes once nothing more is sent."""
        written = bytes(self._out)
        self._finish()
        deadline = time.monotonic() + seconds
        try:
            while self._status is None and len(self._out) <= limit:
                self._wait(deadline, seconds)
            self._drain()
        except ProcessProblem:
            pass
        return written, bytes(self._out[len(written) : limit])

    def _refuse_flood(self, limit: int) -> None:
        if len(self._out) > limit:
            raise Flooded(limit)


def next_look(until: Callable[[], float]) -> float:
    """Until when to wait before it is asked again when the time is up; what is past if it is."""
    now = time.monotonic()
    end = until()
    return end if end <= now else min(end, now + LOOK)
