"""
Transports: how one request goes out and what comes back, whatever the other side does.

A transport is a function of a URL and headers. It makes one request, follows nothing and never raises for what the
server does; the session counts. `HttpTransport` is the one with sockets.
"""

from __future__ import annotations

from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from attrs import frozen

from usagecompat.exceptions import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_BYTES: Final = 64 * 2**20
"""A longer body is given up, so that a flood fills no memory."""

_GRACE: Final = 1.0


@frozen(kw_only=True)
class Answer:
    """What came back for one request."""

    status: int = 0
    headers: Mapping[str, str] = {}
    """By lower-case name."""
    body: bytes = b""
    failure: str = ""
    """Why no whole answer came; empty if one did."""
    unreachable: bool = False
    """Whether there was not even a connection."""


Transport: TypeAlias = "Callable[[str, Mapping[str, str]], Answer]"
"""Makes one GET request."""


class HttpTransport:
    """
    GET requests through httpx, with its ways of proxies and certificates.

    Each request runs in a thread of its own, so that no server, however slow its drip, holds up more than the timeout.
    A thread that is given up closes its own connection. Close the transport, or use it as a context manager.
    """

    def __init__(self, timeout: float) -> None:
        """
        Prepare to ask; each answer must be whole after so many seconds.

        Raises:
            MissingExtra: There is no httpx.
        """
        try:
            self._httpx: Any = import_module("httpx")
        except ModuleNotFoundError as error:
            raise MissingExtra("usagecompat probe", "probe") from error
        self._timeout = timeout
        self._lock = Lock()
        self._idle: list[Any] = [self._new_client()]
        """Clients that no thread uses."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer to one request, or why there is none."""
        found: SimpleQueue[Answer] = SimpleQueue()
        deadline = monotonic() + self._timeout
        given_up = Event()
        with self._lock:
            client: Any = self._idle.pop() if self._idle else self._new_client()

        def work() -> None:
            answer = self._ask(client, url, headers, deadline)
            with self._lock:
                if given_up.is_set():
                    client.close()
                else:
                    self._idle.append(client)
                    found.put(answer)

        Thread(target=work, daemon=True).start()
        try:
            return found.get(timeout=self._timeout + _GRACE)
        except Empty:
            return Answer(failure=f"no whole answer came within {self._timeout:g} seconds")
        finally:
            with self._lock:
                given_up.set()

    def _new_client(self) -> Any:  # noqa: ANN401 - an optional package
        return self._httpx.Client(timeout=self._timeout, follow_redirects=False)

    def _ask(self, client: Any, url: str, headers: Mapping[str, str], deadline: float) -> Answer:  # noqa: ANN401
        httpx = self._httpx
        body = bytearray()
        try:
            with client.stream("GET", url, headers=dict(headers)) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        return Answer(failure=f"the body is longer than {MOST_BYTES // 2**20} MiB")
                    if monotonic() > deadline:
                        return Answer(failure=f"no whole answer came within {self._timeout:g} seconds")
                told = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status=response.status_code, headers=told, body=bytes(body))
        except httpx.TimeoutException:
            return Answer(failure=f"no whole answer came within {self._timeout:g} seconds")
        except httpx.ConnectError as error:
            return Answer(failure=f"no connection: {error}", unreachable=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            return Answer(
                failure=f"the answer broke off or is no HTTP: {error}" if str(error) else type(error).__name__
            )
