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
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from attrs import define, frozen

from usagecompat.clients.partner import Partner
from usagecompat.clients.problems import ProcessProblem, TimedOut
from usagecompat.clients.protocol import excerpt
from usagecompat.exceptions import CannotReachClient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


class Connection(Partner):
    """One connection to a client."""

    def __init__(self, made: socket.socket) -> None:
        """Take over a connection; read and write only what goes at once."""
        super().__init__()
        self._socket = made
        self._end = ""
        """How the connection ended; empty while it has not."""
        made.setblocking(False)  # noqa: FBT003 - as the standard library has it
        if made.family != getattr(socket, "AF_UNIX", None):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector = selectors.DefaultSelector()
        self._selector.register(made, selectors.EVENT_READ)

    @property
    def complaints(self) -> str:
        """Nothing: what a process writes to its standard error does not come over a socket."""
        return ""

    def close(self) -> None:
        """Close the connection; more than once does no harm."""
        self._selector.close()
        self._socket.close()

    def forget_complaints(self) -> None:
        """There are none."""

    def _raise_if_over(self, deadline: float) -> None:
        del deadline
        if self._end:
            half = f" in the middle of a line, {excerpt(bytes(self._out))}" if self._out else ""
            raise HungUp(f"{self._end}{half}")

    def _finish(self) -> None:
        if not self._deaf:
            self._deaf = True
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)

    def _drain(self) -> None:
        """All came before the end."""

    def _send(self, data: memoryview) -> memoryview:
        try:
            return data[0 if self._deaf else self._socket.send(data) :]
        except BlockingIOError:
            return data
        except OSError:
            self._deaf = True  # what came before it broke can still be read
            return data[:0]

    def _wait(self, deadline: float, seconds: float, unsent: memoryview | None = None) -> memoryview | None:
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
            self._end, self._status, self._deaf = f"broke the connection ({error.strerror})", 0, True
            return
        if not chunk:
            self._end, self._status = "closed the connection", 0
        self._out.extend(chunk)
