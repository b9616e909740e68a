"""
The server: a ledger behind HTTP, on this machine only.

It adds to the ledger what sockets are about: how an answer is delivered, what was asked, and how the server ends.
"""

from __future__ import annotations

import json
import select
import sys
import time
import traceback
from collections import deque
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Self, cast

from attrs import evolve, frozen

from usagecompat.contract import ROOT
from usagecompat.jsontext import write
from usagecompat.ledger.ledger import Delivery, Memory, Response, error
from usagecompat.printing import printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.ledger.ledger import Ledger

_KEPT: Final = 10_000
"""How many of the last requests are remembered."""

_IDLE: Final = 30
"""After so many seconds without a request a kept connection is closed."""

_BACKLOG: Final = 128
_POLL: Final = 0.05


@frozen
class Asked:
    """A request that came, and the status of its answer."""

    method: str
    path: str
    query: str
    """The query string as the client spelled it."""
    status: int

    @property
    def target(self) -> str:
        """The path with the query."""
        return f"{self.path}?{self.query}" if self.query else self.path


class UsageServer:
    """A ledger's API at a port of its own, which serves until it is closed."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        port: int = 0,
        clock: Callable[[], int] | None = None,
        log: Callable[[Asked], object] | None = None,
        patience: float | None = None,
    ) -> None:
        """
        Listen on the loopback interface, and serve from now on.

        Args:
            ledger: What to answer from.
            port: The port; 0 for any that is free.
            clock: Tells the present of each request; None for the ledger's own, which stands still.
            log: Called with each request once it is answered.
            patience: After how many seconds a connection ends that hangs; None for never.

        Raises:
            OSError: The port cannot be had.
        """
        self.ledger: Final = ledger
        self._clock = clock
        self._log = log
        self.patience: Final = patience
        self._memory = Memory()
        self._asked: deque[Asked] = deque(maxlen=_KEPT)
        self._lock = Lock()
        self.closing: Final = Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.owner = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": _POLL}, daemon=True)
        self._thread.start()
        self.url: Final = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def key(self) -> str:
        """The key to send as `Authorization: Bearer`."""
        return self.ledger.key

    @property
    def requests(self) -> list[Asked]:
        """What was asked, in order; the last 10,000 requests."""
        with self._lock:
            return list(self._asked)

    def buckets(self, query: str, *, parse_float: Callable[[str], object] = Decimal) -> list[Any]:
        """
        The buckets that a right client ends up with, as plain Python values.

        Args:
            query: The endpoint and the query string, such as `costs?start_time=1790812800&limit=3`.
            parse_float: Makes a value of a number that is no integer.

        Raises:
            ValueError: There is no such endpoint, or it does not take the query.
        """
        target, _, text = query.removeprefix(self.url.removesuffix("/v1")).removeprefix(ROOT).partition("?")
        found = self._present().buckets(f"{ROOT}{target.strip('/')}", text)
        return cast("list[Any]", json.loads(write(found), parse_float=parse_float))

    def close(self) -> None:
        """Stop serving; answers that hang are given up."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, method: str, target: str, headers: dict[str, str]) -> Response:
        """The answer to a request, which is kept and logged."""
        path, _, query = target.partition("?")
        try:
            found = self._present().answer(path, query, headers, method=method, memory=self._memory)
        except Exception:  # noqa: BLE001 - a server answers, whatever happens; the fault is printed
            sys.stderr.write(printable_lines(traceback.format_exc()))
            found = error(500, "This is a fault of usagecompat; its standard error names it.", type_="server_error")
        asked = Asked(method, path, query, found.status)
        with self._lock:
            self._asked.append(asked)
            if self._log is not None:
                self._log(asked)
        return found

    def _present(self) -> Ledger:
        return self.ledger if self._clock is None else evolve(self.ledger, now=self._clock())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = _BACKLOG
    owner: UsageServer

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Say nothing of a client that hangs up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    timeout = _IDLE
    wbufsize = -1  # head and body leave in one packet, or each answer waits for a delayed acknowledgement
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - http.server looks for `do_` and the method
        """The same function for every method: which ones are allowed is the ledger's to say."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's
        """Refuse what is no HTTP request, with the API's error body."""
        self.close_connection = True
        self._deliver(error(int(code), message or "This is not a valid HTTP request.", code="invalid_request"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Keep no log here: the server has its own."""

    def _serve(self) -> None:
        owner = cast("_Server", self.server).owner
        if (
            self.command != "GET"
            or self.headers.get("Content-Length", "0") != "0"
            or "Transfer-Encoding" in self.headers
        ):
            self.close_connection = True  # whatever the body is, nobody reads it
        self._deliver(owner.respond(self.command, self.path, dict(self.headers.items())))

    def _deliver(self, found: Response) -> None:
        self.send_response_only(found.status)
        for name, value in found.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(found.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        whole = found.delivery is Delivery.WHOLE
        if self.command != "HEAD":
            self.wfile.write(found.body if whole else found.body[: len(found.body) // 2])
        self.wfile.flush()
        if found.delivery is Delivery.HANG:
            self._hang()
        self.close_connection |= not whole

    def _hang(self) -> None:
        """Send nothing more, until the client hangs up or the server closes."""
        owner = cast("_Server", self.server).owner
        until = None if owner.patience is None else time.monotonic() + owner.patience
        while not owner.closing.wait(_POLL) and (until is None or time.monotonic() < until):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable:
                return  # an end, or another request, which a client that waits does not send
