"""
Clients that already run, in a debugger or a container, and are spoken to over a socket.

The kit cannot start such a client and cannot end it. It keeps one connection as long as that works, so a client that
takes one connection and ends is enough; when it breaks, another one is tried.
`Attachment` stands for the guard of a process, and `Connection` for its program.
"""

from __future__ import annotations

import selectors
import socket
import time
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, frozen

from usagecompat.clients.process import Flooded, ProcessProblem, TimedOut, next_look
from usagecompat.clients.protocol import excerpt
from usagecompat.exceptions import CannotReachClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagecompat.clients.addresses import Address

_CHUNK: Final = 256 * 1024
_PAUSE: Final = 0.1
"""Seconds between two tries to connect."""
_AGAIN: Final = 5.0
"""How many seconds a client has to listen again after a connection broke, as one does that something restarts."""


@frozen(eq=False)
class HungUp(ProcessProblem):
    """The client closed the connection, or it broke."""

    how: str

    def __str__(self) -> str:
        return self.how


@frozen(eq=False)
class Unreachable(ProcessProblem):
    """A client that was there cannot be reached any more."""

    address: Address
    why: str

    def __str__(self) -> str:
        return (
            f"{self.address} cannot be reached again: {self.why}; "
            "it runs on its own, so the kit cannot start it again: start it, and run again"
        )


@define
class Attachment:
    """The way to a client that already runs."""

    address: Address
    seconds: float
    """How long it may take to connect."""
    patience: float = 0.0
    """How long it is tried again at first while nobody listens."""
    lost: str = ""
    is_lost: bool = False
    _reached: bool = False
    _until: float = 0.0
    """When it is no longer tried to reach the client; 0 while it is reached."""

    def start(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None) -> Connection:
        """
        Connect; what a process would be started with does not matter.

        Raises:
            CannotReachClient: Nobody listens there.
            Unreachable: Nobody listens there any more.
        """
        del command, env, cwd
        if not self._until:
            self._until = time.monotonic() + (min(self.seconds, _AGAIN) if self._reached else self.patience)
        while True:
            try:
                made = self.address.connect(self.seconds)
            except (OSError, UnicodeError) as error:
                why = _why(error, self.seconds)
                if isinstance(error, ConnectionRefusedError | FileNotFoundError) and self.tries_again():
                    continue
                if self._reached:
                    raise Unreachable(self.address, why) from error
                waited = f", {self.patience:g} s long" if self.patience else ""
                raise CannotReachClient(str(self.address), why + waited) from error
            return Connection(made)

    def tries_again(self) -> bool:
        """
        Whether there is time to try again, after a pause.

        A connection may be taken and closed by a proxy in front of a client that is not ready, as that of a container.
        """
        time.sleep(_PAUSE if time.monotonic() < self._until else 0)
        return time.monotonic() < self._until

    def introduced(self) -> None:
        """Take the client for one that was there."""
        self._reached, self._until = True, 0.0

    def end(self) -> int:
        """Leave the client as it is; none of its processes are known."""
        return 0


def _why(error: OSError | UnicodeError, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"nobody answered within {seconds:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, FileNotFoundError):
        return "there is no such socket"
    if isinstance(error, socket.gaierror):
        return f"there is no such host ({error.strerror})"
    if isinstance(error, UnicodeError):
        return "there is no such host"
    return error.strerror or str(error)


@define
class Connection:
    """One connection to a client."""

    _socket: socket.socket
    complaints: str = ""
    """What a process writes to its standard error does not come over a socket."""
    _out: bytearray = Factory(bytearray)
    _broken: str = ""
    """How the connection ended; empty while it has not."""
    _deaf: bool = False
    _selector: selectors.BaseSelector = Factory(selectors.DefaultSelector)

    def __attrs_post_init__(self) -> None:
        """Read and write only what goes at once."""
        self._socket.setblocking(False)  # noqa: FBT003 - as the standard library has it
        if self._socket.family != getattr(socket, "AF_UNIX", None):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ)

    def close(self) -> None:
        """Close the connection; more than once does no harm."""
        self._selector.close()
        self._socket.close()

    def forget_complaints(self) -> None:
        """There are none."""

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
            HungUp, TimedOut, Flooded: There is none.
        """
        unsent = self._send(memoryview(line))
        meanwhile()
        deadline = time.monotonic() + seconds
        while True:
            if not unsent and (end := self._out.find(b"\n")) >= 0:
                answer = bytes(self._out[:end])
                del self._out[: end + 1]
                return answer
            if len(self._out) > limit:
                raise Flooded(limit)
            if self._broken:
                raise HungUp(self._how())
            unsent = self._wait(next_look(until) if until else deadline, seconds, unsent)

    def read_all(
        self, data: bytes, *, seconds: float, limit: int, until: Callable[[], float] | None = None
    ) -> tuple[int, bytes]:
        """
        Send `data` and nothing more, and return 0 and all that comes until the client closes the connection.

        Raises:
            TimedOut, Flooded: It does not.
        """
        deadline = time.monotonic() + seconds
        unsent = self._send(memoryview(data))
        finished = False
        while not self._broken:
            if not unsent and not finished:
                finished = True
                self._finish()
            if len(self._out) > limit:
                raise Flooded(limit)
            unsent = self._wait(next_look(until) if until else deadline, seconds, unsent)
        return 0, bytes(self._out)

    def last_words(self, *, seconds: float, limit: int) -> tuple[bytes, bytes]:
        """What came that is no complete line, and what comes once nothing more is sent."""
        written = bytes(self._out)
        self._finish()
        deadline = time.monotonic() + seconds
        try:
            while not self._broken and len(self._out) <= limit:
                self._wait(deadline, seconds, None)
        except ProcessProblem:
            pass
        return written, bytes(self._out[len(written) : limit])

    def _how(self) -> str:
        half = f" in the middle of a line, {excerpt(bytes(self._out))}" if self._out else ""
        return f"{self._broken}{half}"

    def _finish(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._deaf = True

    def _send(self, data: memoryview) -> memoryview | None:
        """Send what goes at once; what is left, None if nothing is."""
        if self._deaf:
            return None
        try:
            return data[self._socket.send(data) :] or None
        except BlockingIOError:
            return data
        except OSError:
            self._deaf = True  # what came before it broke can still be read
            return None

    def _wait(self, deadline: float, seconds: float, unsent: memoryview | None) -> memoryview | None:
        """Send and read what can be, once; what is left to send."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(seconds)
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if unsent else 0)
        self._selector.modify(self._socket, events)
        for _, ready in self._selector.select(left):
            if ready & selectors.EVENT_READ:
                self._receive()
            if unsent and ready & selectors.EVENT_WRITE:
                unsent = self._send(unsent)
        return unsent

    def _receive(self) -> None:
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self._broken = f"broke the connection ({error.strerror})"
            return
        if not chunk:
            self._broken = "closed the connection"
        self._out += chunk
