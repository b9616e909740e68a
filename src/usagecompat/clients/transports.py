"""
The ways a client is driven: a request goes in, a reply comes back, whatever the client does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import Factory, define, field

from usagecompat.clients.addresses import address_of
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.conversation import Conversation, Server, most_of, taken, with_complaints
from usagecompat.clients.guarding import Guard
from usagecompat.clients.in_process import MOST_COMPLAINTS, FunctionSession
from usagecompat.clients.problems import Ended, Flooded, GuardLost, TimedOut
from usagecompat.clients.protocol import ClientInfo, Features, Started
from usagecompat.clients.session import ClientSession, DeferredFault, Reply, Request, nothing_meanwhile
from usagecompat.clients.sockets import Attachment
from usagecompat.clients.spec import Way
from usagecompat.findings import SERVED_SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from usagecompat.clients.session import Errand
    from usagecompat.clients.spec import ClientSpec


@contextmanager
def open_session(spec: ClientSpec) -> Generator[ClientSession]:
    """
    The client, ready to be asked; at the end everything is gone that was started.

    Raises:
        CannotStartClient: There is no such program, or nobody listens.
        NoSuchClient: There is no such function.
    """
    if spec.way is Way.PYTHON:
        yield FunctionSession(spec)
        return
    if spec.way is Way.SOCKET:
        attachment = Attachment(address_of(spec.command[0]).below(spec.cwd), spec.timeout, spec.patience)
        with Server() as server:
            attached = Conversation(spec, attachment, server)
            try:
                yield attached
                attached.close()
            finally:
                attached.leave()
        return
    with Guard() as guard, Server() as server:
        client: ClientSession = (
            Conversation(spec, guard, server) if spec.way is Way.STDIO else _Oneshot(spec, guard, server)
        )
        yield client
        client.close()


@define
class _Oneshot:
    """A process for each payload, which prints what it decoded and exits with 0, or with 1 if it refused."""

    spec: ClientSpec
    guard: Guard
    server: Server
    late: list[DeferredFault] = Factory(list[DeferredFault])
    meanwhile: Callable[[], None] = nothing_meanwhile
    keeps_state: bool = field(default=False, init=False)
    renews: bool = field(default=True, init=False)

    def introduce(self) -> Started:
        shapes = (Shape.PAGE,) if self.spec.way is Way.HTTP else SERVED_SHAPES
        spec = self.spec
        info = ClientInfo(
            name=spec.name, version=spec.version, language=spec.language, language_version=spec.language_version
        )
        return Started(info, Features(validates=self.spec.validates, shapes=shapes))

    def ask(self, request: Request) -> Reply:
        reply = self._ask(request)
        if lost := taken(self.guard):
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=f"expected its end; the client {lost}")
        return reply

    def _ask(self, request: Request) -> Reply:
        errand = request.begin() if request.begin else None
        serving = self.server.payloads.serve(request) if self.spec.way is Way.HTTP and not errand else None
        program = self.guard.start(self.spec.command, env=self._environment(request, errand), cwd=self.spec.cwd)
        limit = most_of(request)
        try:
            given = b"" if serving or errand else request.payload
            until = errand.until if errand else None
            status, printed = program.read_all(given, seconds=self.spec.timeout, limit=limit, until=until)
        except TimedOut as problem:
            return Reply(outcome=Outcome.TIMED_OUT, message=with_complaints(f"the client {problem}", program))
        except (Flooded, GuardLost) as problem:
            message = with_complaints(f"expected its end; the client {problem}", program)
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=message)
        finally:
            program.close()
            self.guard.end()
        if status != 0 and status not in self.spec.refused:
            return Reply(outcome=Outcome.CRASHED, message=with_complaints(f"the client {Ended(status)}", program))
        if serving and not serving.fetched:
            asked = f"one for {serving.asked[0]}" if serving.asked else "none"
            message = f"expected a request for {serving.path}, saw {asked}; a client of the line protocol is run without --http"
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=with_complaints(message, program))
        if status:
            return Reply(outcome=Outcome.REFUSED, message=program.complaints[-MOST_COMPLAINTS:])
        return Reply(outcome=Outcome.DECODED, payload=_without_line_end(printed, request.payload))

    def renew(self) -> None:
        """Every process is fresh."""

    def close(self) -> None:
        """Nothing is there between two requests."""

    def _environment(self, request: Request, errand: Errand | None) -> Mapping[str, str]:
        told = {
            "USAGECOMPAT_CASE": request.case_id,
            "USAGECOMPAT_SHAPE": request.shape.value,
            "USAGECOMPAT_REVISION": request.revision,
            "USAGECOMPAT_ENDPOINT": request.endpoint,
        }
        if self.spec.way is Way.HTTP:
            from usagecompat.clients.payload_server import KEY  # noqa: PLC0415 - most clients need no server of HTTP

            base_url = errand.base_url if errand else self.server.payloads.base_url
            key = errand.key if errand else KEY
            if errand:
                told["USAGECOMPAT_QUERY"] = errand.query
            told |= {
                "OPENAI_BASE_URL": base_url,
                "OPENAI_ADMIN_KEY": key,
                "OPENAI_API_KEY": key,
                "NO_PROXY": "127.0.0.1",
                "no_proxy": "127.0.0.1",
                "USAGECOMPAT_BASE_URL": base_url,
            }
        return {**told, **self.spec.env}


def _without_line_end(printed: bytes, sent: bytes) -> bytes:
    """What a program printed without the line end that printing adds, unless what was sent ended so too."""
    if sent.endswith(b"\n") or not printed.endswith(b"\n"):
        return printed
    return printed.removesuffix(b"\n").removesuffix(b"\r")
