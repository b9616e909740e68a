"""
The payload server: gives clients their payloads at the API's own paths, on this machine only.

It serves one case at a time, to any client that asks for that case's endpoint, byte for byte and with `Content-Length`.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self, cast

from attrs import define, field

from usagecompat.contract import ROOT

if TYPE_CHECKING:
    from usagecompat.clients.session import Request

KEY: Final = "usagecompat-replay"
"""The key that clients may send; it opens nothing."""


_MOST_ASKED: Final = 5
_LONGEST_PATH: Final = 300


@define
class Serving:
    """What is served just now, and what was asked for meanwhile."""

    path: str
    payload: bytes
    fetched: bool = False
    """Whether somebody has got the payload."""
    requests: int = 0
    """How often anything was asked for."""
    asked: list[str] = field(factory=list[str])
    """The first paths that were asked for, as clients spelled them, each cut where it is long."""

    def ask(self, target: str) -> bool:
        """Take note of what is asked for; whether it is what is served."""
        self.requests += 1
        if len(self.asked) < _MOST_ASKED:
            self.asked.append(ascii(target[:_LONGEST_PATH])[1:-1])
        is_served = _path_of(target) == self.path
        self.fetched = self.fetched or is_served
        return is_served


class PayloadServer:
    """A server on a port of its own, which ends when it is closed."""

    def __init__(self) -> None:
        """Listen, and serve nothing yet."""
        self.serving = Serving("", b"")
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.payloads = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.base_url: Final = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, request: Request) -> Serving:
        """Serve this request's payload from now on, and nothing else."""
        self.serving = Serving(f"{ROOT}{request.endpoint}", request.payload)
        return self.serving


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    payloads: PayloadServer

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Say nothing: a client that hangs up is told of by its answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    wbufsize = -1  # head and body leave in one packet, or each answer waits for a delayed acknowledgement
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # the name is http.server's
        """Answer with the payload, if its endpoint is asked for."""
        serving = cast("_Server", self.server).payloads.serving
        if serving.ask(self.path):
            self._answer(200, serving.payload)
        else:
            wanted = f"this case is at {serving.path}" if serving.path else "no case is served just now"
            self._answer(404, b'{"error":{"message":"%b","type":"invalid_request_error"}}' % wanted.encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Keep no log: what was asked for is in `Serving`."""


def _path_of(target: str) -> str:
    return target.partition("?")[0]
