"""
Processes of clients, which a guard has started: their pipes and their end.
"""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING, Final, Protocol

from usagecompat.clients.partner import LOOK, Partner
from usagecompat.clients.problems import Closed, Ended, TimedOut

if TYPE_CHECKING:
    from threading import Event

_KEPT: Final = 8 * 1024
"""How many bytes of a client's standard error are kept: the last ones."""
_CHUNK: Final = 256 * 1024
_GRACE: Final = 2.0
"""How many seconds pass between a closed output and the word that its process has ended, at most."""


class Starter(Protocol):
    """The one who started a client, and hears of its end."""

    def fileno(self) -> int:
        """The descriptor that can be read when something is to be heard that has not been read already."""
        ...

    @property
    def heard(self) -> bool:
        """Whether something has been read already: a client may have ended before it was known to have started."""
        ...

    def heard_exit(self, process: int) -> int | None:
        """The exit status of a client, if that is the news."""
        ...


class Program(Partner):
    """A running client and the kit's ends of its three pipes."""

    def __init__(self, guard: Starter, process: int, descriptors: tuple[int, int, int]) -> None:
        """Take over the pipes; the process is the guard's."""
        super().__init__()
        self.process = process
        self._guard = guard
        self._stdin, self._stdout, self._stderr = descriptors
        for descriptor in descriptors:
            os.set_blocking(descriptor, False)
        self._err = bytearray()
        self._eof = False
        self._ended: set[int] = set()
        self._poll = select.poll()
        for descriptor in (self._stdout, self._stderr, guard.fileno()):
            self._poll.register(descriptor, select.POLLIN)

    def close(self) -> None:
        """Close the pipes; more than once does no harm."""
        for descriptor in (self._stdin, self._stdout, self._stderr):
            if descriptor >= 0:
                os.close(descriptor)
        self._stdin = self._stdout = self._stderr = -1

    @property
    def complaints(self) -> str:
        """The end of what the client wrote to its standard error."""
        return self._err.decode("utf-8", "backslashreplace").strip()

    def forget_complaints(self) -> None:
        """Let what is written to standard error from now on be all that is kept."""
        self._err.clear()

    def read_on(self, over: Event) -> None:
        """Read what the processes write that an ended one has left, and keep the end of its complaints, until it is over."""
        waiting = select.poll()
        for descriptor in {self._stdout, self._stderr} - self._ended:
            waiting.register(descriptor, select.POLLIN)
        while len(self._ended & {self._stdout, self._stderr}) < len((self._stdout, self._stderr)) and not over.is_set():
            for descriptor, _ in waiting.poll(LOOK * 1000):
                (self._read_out if descriptor == self._stdout else self._read_err)()
                if descriptor in self._ended:
                    waiting.unregister(descriptor)
            self._out.clear()

    def _finish(self) -> None:
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1

    def _send(self, data: memoryview) -> memoryview:
        """Write what goes in at once; what is left."""
        try:
            return data[os.write(self._stdin, data) :]
        except BlockingIOError:
            return data
        except BrokenPipeError:
            self._deaf = True
            return data[:0]

    def _wait(self, deadline: float, seconds: float, unsent: memoryview | None = None) -> memoryview | None:
        """Read and write what can be, once; what is left to write."""
        if self._guard.heard:
            self._hear()
            return unsent
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(seconds)
        if unsent:
            self._poll.register(self._stdin, select.POLLOUT)
        try:
            ready = self._poll.poll(left * 1000 + 1)
        finally:
            if unsent:
                self._poll.unregister(self._stdin)
        for descriptor, _ in ready:
            if descriptor == self._stdout:
                self._read_out()
            elif descriptor == self._stderr:
                self._read_err()
            elif descriptor == self._stdin and unsent:
                unsent = self._send(unsent)
            else:
                self._hear()
        return unsent

    def _hear(self) -> None:
        status = self._guard.heard_exit(self.process)
        self._status = self._status if status is None else status

    def _read_out(self) -> bool:
        chunk = self._read(self._stdout)
        self._eof = self._eof or chunk == b""
        self._out.extend(chunk or b"")
        return bool(chunk)

    def _read_err(self) -> bool:
        chunk = self._read(self._stderr)
        self._err += chunk or b""
        if len(self._err) > _KEPT:
            del self._err[:-_KEPT]
        return bool(chunk)

    def _read(self, descriptor: int) -> bytes | None:
        """What is there to be read; empty if nothing will ever be, None if nothing is just now."""
        if descriptor in self._ended:
            return None
        try:
            chunk = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return None
        if not chunk:
            self._ended.add(descriptor)
            self._poll.unregister(descriptor)
        return chunk

    def _drain(self) -> None:
        """Read what the ended process has left in its pipes, which others may hold open and write to for ever."""
        for read in (self._read_out, self._read_err):
            for _ in range(64):
                if not read():
                    break

    def _raise_if_over(self, deadline: float) -> None:
        if (self._eof or self._deaf) and self._status is None:
            until = min(deadline, time.monotonic() + _GRACE)
            try:
                while self._status is None:
                    self._wait(until, _GRACE)
            except TimedOut:
                raise Closed("input" if self._deaf else "output") from None
        if self._status is not None:
            if not self._eof:
                self._drain()
                self._eof = True
            if self._out.find(b"\n") < 0:
                raise Ended(self._status)
