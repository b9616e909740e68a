"""
The line protocol with a long-lived client: a request goes out as a line, and the answer is the next line that comes.

Requests are sent one at a time. A client that is asked ahead would be quicker, and when it failed, nobody could say
for certain which payload did it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn, Self

from attrs import Factory, define, field
from msgspec import UNSET

from usagecompat.clients.case_results import FAILED, Fault, Outcome
from usagecompat.clients.in_process import MOST_COMPLAINTS
from usagecompat.clients.problems import Closed, Ended, Flooded, GuardLost, ProcessProblem, TimedOut
from usagecompat.clients.protocol import (
    VERSION,
    Decoded,
    Encoded,
    Errored,
    Features,
    Rejected,
    Run,
    Skipped,
    Start,
    Started,
    Stop,
    Violation,
    decode_answer,
    decode_started,
    encode,
    excerpt,
)
from usagecompat.clients.records_to_encode import record_of
from usagecompat.clients.session import DeferredFault, NotIntroduced, Reply, Request, nothing_meanwhile
from usagecompat.clients.sockets import Attachment, HungUp, Unreachable
from usagecompat.clients.spec import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.clients.partner import Partner
    from usagecompat.clients.payload_server import PayloadServer, Serving
    from usagecompat.clients.protocol import Answer
    from usagecompat.clients.session import Errand, Keeper
    from usagecompat.clients.spec import ClientSpec

_STOPPING: Final = 5.0
"""How many seconds a client has to end after `stop`, at most."""
_FLOOD: Final = 4 * 1024 * 1024
_LAST_WORDS: Final = 1.0
"""How many seconds a client that said nothing in time has to say it when its standard input closes."""
_EXPLAINED: Final = 3
"""So many missed deadlines are looked into."""
_GROWTH: Final = 64
_MOST_GROWTH: Final = 64 * 1024 * 1024
"""An answer may be `_GROWTH` times as long as the request, at most so many bytes and twice its length; and `_FLOOD` longer."""


class Server:
    """The payload server, from when it is needed."""

    def __init__(self) -> None:
        """Serve nothing yet."""
        self._payloads: PayloadServer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._payloads:
            self._payloads.close()

    @property
    def payloads(self) -> PayloadServer:
        """The server, running."""
        if self._payloads is None:
            from usagecompat.clients.payload_server import PayloadServer  # noqa: PLC0415 - most clients need no server of HTTP

            self._payloads = PayloadServer()
        return self._payloads


def most_of(request: Request) -> int:
    """How long an answer may be."""
    size = len(request.payload)
    return _FLOOD + min(_GROWTH * size, _MOST_GROWTH + 2 * size)


def fault_of(outcome: Outcome, message: str) -> Fault:
    """An outcome that is a fault, as one."""
    return Fault(f"client/{outcome}", message)


def taken(guard: Keeper) -> str:
    """What happened to a guard, told once."""
    lost, guard.lost = guard.lost, ""
    return lost


def _is_payload(line: bytes) -> bool:
    """Whether a client seems to have printed what it decoded where a message belongs: JSON that names no message."""
    return line.lstrip()[:1] in {b"{", b"["} and b'"started"' not in line


def with_complaints(message: str, program: Partner) -> str:
    """A message, and the end of what the client wrote to its standard error."""
    complaints = program.complaints
    if len(complaints) > MOST_COMPLAINTS:
        complaints = f"… {complaints[-MOST_COMPLAINTS:]}"
    return f"{message}; it wrote to standard error: {complaints}" if complaints else message


def run_line(
    request: Request, features: Features, seq: int, *, base_url: str | None = None, errand: Errand | None = None
) -> bytes:
    """The line that asks a client with these features."""
    given = None if base_url or features.encodes_only else request.payload
    return encode(
        Run(
            seq=seq,
            case_id=request.case_id,
            payload=given,
            record=record_of(request.payload) if features.encodes_only and not base_url else None,
            shape=request.shape,
            revision=request.revision,
            endpoint=request.endpoint,
            base_url=base_url,
            query=errand.query if errand else None,
            key=errand.key if errand else None,
        )
    )


def _misplaced(answer: Answer, features: Features, request: Request) -> Violation | None:
    """What is wrong with an answer that another client may give."""
    if isinstance(answer, Encoded) and not features.encodes_only:
        return Violation("`decoded`, of a client that did not introduce itself with `encodes-only`", "`encoded`")
    if isinstance(answer, Decoded) and features.encodes_only and not request.begin:
        return Violation("`encoded`, of a client that introduced itself with `encodes-only`", "`decoded`")
    if isinstance(answer, Decoded) and answer.payload is UNSET and (request.begin or not features.decodes_only):
        return Violation("a member 'payload' in `decoded`, of a client without `decodes-only`", "none")
    return None


@define
class Conversation:
    """A long-lived process that speaks the protocol, started by the kit or running already."""

    spec: ClientSpec
    guard: Keeper
    server: Server
    late: list[DeferredFault] = Factory(list[DeferredFault])
    meanwhile: Callable[[], None] = nothing_meanwhile
    keeps_state: bool = field(default=True, init=False)
    renews: bool = field(default=Factory(lambda self: not self.is_attached, takes_self=True), init=False)
    _program: Partner | None = field(default=None, init=False)
    _started: Started | None = field(default=None, init=False)
    _seq: int = field(default=0, init=False)
    _last: Request | None = field(default=None, init=False)
    """What this process answered last, if it answered any."""
    _answered: int = field(default=0, init=False)
    """How many requests this process has answered."""
    _ends: list[int] = Factory(list[int])
    """After how many answers processes ended by themselves, which is the fault of no case."""
    _late: int = field(default=0, init=False)
    """How many missed deadlines have been looked into."""

    def introduce(self) -> Started:
        """Who the client is; it is started, or connected to, for that."""
        return self._running()[1]

    def ask(self, request: Request) -> Reply:
        """What the client does with a payload."""
        reply, blamed = self._ask_once(request)
        if blamed and self._last:
            # The process may have failed before it read this request: a fresh one tells.
            last, self._last = self._last, None
            answered, self._answered = self._answered, 0
            try:
                again, _ = self._ask_once(request)
            except NotIntroduced:
                if not self.is_attached:
                    raise
                return reply
            if again.outcome is not reply.outcome:
                if reply.outcome is Outcome.CRASHED and answered > 1 and self._goes_on_after(last, request):
                    self._ends.append(answered)
                else:
                    self.late.append(DeferredFault(last.case_id, blamed))
            return again
        return reply

    def _goes_on_after(self, last: Request, request: Request) -> bool:
        """Whether a fresh process answers both requests, so that the first is not what ends the client."""
        try:
            return all(self._ask_once(one)[0].outcome not in FAILED for one in (last, request))
        except NotIntroduced:
            if not self.is_attached:
                raise
            return False

    @property
    def is_attached(self) -> bool:
        """Whether the client runs already, so that no fresh one can be had."""
        return self.spec.way is Way.SOCKET

    def renew(self) -> None:
        """Let a fresh process take the next request; a client that runs on its own stays as it is."""
        if not self.is_attached:
            self._finish()

    def leave(self) -> None:
        """Break off, whatever is going on."""
        if self._program:
            self._program.close()
            self._program = None

    def _finish(self) -> None:
        """Say `stop`, and see the client end."""
        program, self._program = self._program, None
        if program is None:
            return
        last, self._last = self._last.case_id if self._last else "", None
        self._answered = 0
        seconds = min(self.spec.timeout, _STOPPING)
        stays = False
        try:
            status, rest = program.read_all(encode(Stop()), seconds=seconds, limit=_FLOOD)
            if rest:
                self._blame(last, f"expected nothing more before `stop`, saw {excerpt(rest)}")
            elif status:
                self.late.append(DeferredFault("", fault_of(Outcome.CRASHED, f"{Ended(status)} after `stop`")))
        except (TimedOut, GuardLost):
            stays = True
        except Flooded as problem:
            self._blame(last, f"expected nothing more before `stop`; it {problem}")
        finally:
            program.close()
        others = self.guard.end()
        if lost := taken(self.guard):
            self._blame(last, f"expected its end after `stop`; the client {lost}")
        elif stays:
            self._blame("", f"expected {self._end} after `stop`, saw it still there after {seconds:g} s")
        elif others:
            self._blame("", f"expected nothing to be left after its end, saw {others} processes that it had started")

    def close(self) -> None:
        """Say `stop`, and tell what was wrong with how the client ended."""
        self._finish()
        if self._ends:
            least, most, times = min(self._ends), max(self._ends), len(self._ends)
            after = f"{least}" if least == most else f"{least} to {most}"
            often = "once" if times == 1 else f"{times} times"
            message = f"the client ended after {after} requests, {often}; a fresh one was asked the rest"
            self.late.append(DeferredFault("", fault_of(Outcome.CRASHED, message)))
            self._ends.clear()

    def _blame(self, case_id: str, message: str) -> None:
        self.late.append(DeferredFault(case_id, fault_of(Outcome.PROTOCOL_VIOLATION, message)))

    def _ask_once(self, request: Request) -> tuple[Reply, Fault | None]:
        """
        The reply, and, if that may rather be the fault of the case before, what would have to be said there.

        Raises:
            NotIntroduced: No process can be started any more.
        """
        program, started = self._running()
        self._seq += 1
        errand = request.begin() if request.begin else None
        fetches = started.features.http and not (errand or started.features.encodes_only)
        serving = self.server.payloads.serve(request) if fetches else None
        base_url = errand.base_url if errand else self.server.payloads.base_url if serving else None
        line = run_line(request, started.features, self._seq, base_url=base_url, errand=errand)
        program.forget_complaints()
        try:
            answered = program.ask(
                line,
                seconds=self.spec.timeout,
                limit=most_of(request),
                meanwhile=self.meanwhile,
                until=errand.until if errand else None,
            )
        except (Ended, HungUp) as problem:
            message = with_complaints(f"the client {problem}", program)
            self._drop()
            return Reply(outcome=Outcome.CRASHED, message=message), fault_of(
                Outcome.CRASHED, f"{message}, after it had answered"
            )
        except TimedOut as problem:
            return self._failed(Outcome.TIMED_OUT, f"the client {problem}{self._instead(program)}", program), None
        except (Flooded, Closed, GuardLost) as problem:
            message = f"expected an answer; the client {problem}"
            blamed = None if isinstance(problem, Flooded) else fault_of(Outcome.PROTOCOL_VIOLATION, message)
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), blamed
        if self.guard.is_lost:
            reply = self._failed(Outcome.PROTOCOL_VIOLATION, "", program)
            return reply, fault_of(Outcome.PROTOCOL_VIOLATION, reply.message)
        return self._judged(request, decode_answer(answered), serving, program)

    def _judged(
        self, request: Request, answer: Answer | Violation, serving: Serving | None, program: Partner
    ) -> tuple[Reply, Fault | None]:
        """The reply that an answer is, and what would have to be said of the case before."""
        if isinstance(answer, Violation):
            late = fault_of(Outcome.PROTOCOL_VIOLATION, str(Violation("nothing more after an answer", answer.seen)))
            return self._failed(Outcome.PROTOCOL_VIOLATION, str(answer), program), late
        if answer.seq != self._seq:
            message = f"expected an answer for seq {self._seq}, saw one for seq {answer.seq}"
            blamed = None
            if answer.seq == self._seq - 1:
                blamed = fault_of(
                    Outcome.PROTOCOL_VIOLATION, f"expected one answer for seq {answer.seq}, saw a second one"
                )
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), blamed
        if serving and not serving.fetched and isinstance(answer, Decoded | Encoded | Rejected):
            asked = f"for {serving.asked[0]}" if serving.asked else "no request"
            message = f"expected a request for {serving.path} before the answer, saw {asked}"
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), None
        if refused := _misplaced(answer, self._started.features if self._started else Features(), request):
            return self._failed(Outcome.PROTOCOL_VIOLATION, str(refused), program), None
        self._last = request
        self._answered += 1
        match answer:
            case Decoded() | Encoded():
                payload = b"" if answer.payload is UNSET else answer.payload
                return Reply(outcome=Outcome.DECODED, payload=payload), None
            case Rejected():
                return Reply(outcome=Outcome.REFUSED, message=answer.message), None
            case Skipped():
                link = f" ({answer.issue_url})" if answer.issue_url else ""
                return Reply(outcome=Outcome.SKIPPED, message=answer.message + link), None
            case Errored():
                return Reply(outcome=Outcome.ERRORED, message=answer.said), None

    @property
    def _end(self) -> str:
        """What a client has to do after `stop`."""
        return "the end of the connection" if self.is_attached else "its end"

    def _instead(self, program: Partner) -> str:
        """What a client that missed its deadline did write, and what that means."""
        if self._late >= _EXPLAINED:
            return ""
        self._late += 1
        written, after = program.last_words(seconds=_LAST_WORDS, limit=_FLOOD)
        if b"\n" in after:
            when, what = (
                ("nothing more was sent", "what is written")
                if self.is_attached
                else ("its standard input was closed", "standard output")
            )
            return f"; it wrote {excerpt(written + after)} when {when}: {what} has to be flushed after each line"
        if written or after:
            return f"; it wrote {excerpt(written + after)} without a line end, as a prompt is written"
        if self.is_attached:
            return "; it wrote nothing; another connection, or a breakpoint, may keep it busy"
        return "; it wrote nothing to its standard output"

    def _failed(self, outcome: Outcome, message: str, program: Partner) -> Reply:
        told = with_complaints(message, program)
        self._drop()
        if lost := taken(self.guard):
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=f"expected an answer; the client {lost}")
        return Reply(outcome=outcome, message=told)

    def _drop(self) -> None:
        """End the process; the next request goes to another one."""
        if self._program:
            self._program.close()
            self._program = None
        self.guard.end()

    def _running(self) -> tuple[Partner, Started]:
        """The client and its introduction."""
        return (self._program, self._started) if self._program and self._started else self._start()

    def _start(self) -> tuple[Partner, Started]:
        last, self._last = self._last.case_id if self._last else "", None
        self._answered = 0
        while True:
            try:
                program = self._program = self.guard.start(self.spec.command, env=self.spec.env, cwd=self.spec.cwd)
            except Unreachable as problem:
                raise NotIntroduced(fault_of(Outcome.CRASHED, str(problem))) from problem
            if lost := taken(self.guard):
                self._blame(last, f"expected nothing more before another client is started; the client {lost}")
            try:
                line = program.ask(
                    encode(Start(VERSION)), seconds=self.spec.start_timeout, limit=_FLOOD, meanwhile=self.meanwhile
                )
            except ProcessProblem as problem:
                if isinstance(problem, HungUp) and isinstance(self.guard, Attachment) and self.guard.tries_again():
                    self.leave()
                    continue
                outcome = Outcome.PROTOCOL_VIOLATION
                if isinstance(problem, Ended | HungUp | TimedOut):
                    outcome = Outcome.TIMED_OUT if isinstance(problem, TimedOut) else Outcome.CRASHED
                told = self._instead(program) if isinstance(problem, TimedOut) else ""
                self._give_up(
                    program, outcome, f"expected `started`, a client's introduction; the client {problem}{told}"
                )
            break
        said = decode_started(line)
        if isinstance(said, Violation):
            hint = "; a program that only prints what it decoded is run with --oneshot or --http"
            told = hint if _is_payload(line) and not self.is_attached else ""
            self._give_up(program, Outcome.PROTOCOL_VIOLATION, f"{said}{told}")
        self._started = said
        if isinstance(self.guard, Attachment):
            self.guard.introduced()
        return program, said

    def _give_up(self, program: Partner, outcome: Outcome, message: str) -> NoReturn:
        told = with_complaints(message, program)
        self._drop()
        raise NotIntroduced(fault_of(outcome, told))
