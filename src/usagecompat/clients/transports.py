"""
The ways a client is driven: a request goes in, a reply comes back, whatever the client does.

Requests are sent one at a time. A client that is asked ahead would be quicker, and when it failed, nobody could say
for certain which payload did it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn, Self

from attrs import Factory, define, field

from usagecompat.clients.in_process import MOST_COMPLAINTS, FunctionSession
from usagecompat.clients.process import Closed, Ended, Flooded, Guard, GuardLost, ProcessProblem, TimedOut
from usagecompat.clients.protocol import (
    VERSION,
    ClientInfo,
    Decoded,
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
from usagecompat.clients.replay import KEY, Replay
from usagecompat.clients.results import FAILED, Fault, Outcome
from usagecompat.clients.session import ClientSession, DeferredFault, NotIntroduced, Reply, Request, nothing_meanwhile
from usagecompat.clients.spec import Way
from usagecompat.findings import SERVED_SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from usagecompat.clients.process import Program
    from usagecompat.clients.protocol import Answer
    from usagecompat.clients.replay import Serving
    from usagecompat.clients.session import Errand
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


@contextmanager
def open_session(spec: ClientSpec) -> Generator[ClientSession]:
    """
    The client, ready to be asked; at the end everything is gone that was started.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    if spec.way is Way.PYTHON:
        yield FunctionSession(spec)
        return
    with Guard() as guard, _Server() as server:
        client: ClientSession = _Stdio(spec, guard, server) if spec.way is Way.STDIO else _Oneshot(spec, guard, server)
        yield client
        client.close()


class _Server:
    """The replay server, from when it is needed."""

    def __init__(self) -> None:
        self._replay: Replay | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._replay:
            self._replay.close()

    @property
    def replay(self) -> Replay:
        if self._replay is None:
            self._replay = Replay()
        return self._replay


def _most(request: Request) -> int:
    """How long an answer may be."""
    size = len(request.payload)
    return _FLOOD + min(_GROWTH * size, _MOST_GROWTH + 2 * size)


def _fault(outcome: Outcome, message: str) -> Fault:
    return Fault(f"client/{outcome}", message)


def _taken(guard: Guard) -> str:
    """What happened to a guard, told once."""
    lost, guard.lost = guard.lost, ""
    return lost


def _is_payload(line: bytes) -> bool:
    """Whether a client seems to have printed what it decoded where a message belongs: JSON that names no message."""
    return line.lstrip()[:1] in {b"{", b"["} and b'"started"' not in line


def _with_complaints(message: str, program: Program) -> str:
    complaints = program.complaints
    if len(complaints) > MOST_COMPLAINTS:
        complaints = f"… {complaints[-MOST_COMPLAINTS:]}"
    return f"{message}; it wrote to standard error: {complaints}" if complaints else message


@define
class _Stdio:
    """A long-lived process that speaks the protocol."""

    spec: ClientSpec
    guard: Guard
    server: _Server
    late: list[DeferredFault] = Factory(list[DeferredFault])
    meanwhile: Callable[[], None] = nothing_meanwhile
    keeps_state: bool = field(default=True, init=False)
    renews: bool = field(default=True, init=False)
    _program: Program | None = field(default=None, init=False)
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
        if self._program is None:
            self._start()
        if self._started is None:  # pragma: no cover - set by `_start`
            message = "a started client has introduced itself"
            raise AssertionError(message)
        return self._started

    def ask(self, request: Request) -> Reply:
        reply, blamed = self._ask_once(request)
        if blamed and self._last:
            # The process may have failed before it read this request: a fresh one tells.
            last, self._last = self._last, None
            answered, self._answered = self._answered, 0
            again, _ = self._ask_once(request)
            if again.outcome is not reply.outcome:
                if reply.outcome is Outcome.CRASHED and answered > 1 and self._goes_on_after(last, request):
                    self._ends.append(answered)
                else:
                    self.late.append(DeferredFault(last.case_id, blamed))
            return again
        return reply

    def _goes_on_after(self, last: Request, request: Request) -> bool:
        """Whether a fresh process answers both requests, so that the first is not what ends the client."""
        return all(self._ask_once(one)[0].outcome not in FAILED for one in (last, request))

    def renew(self) -> None:
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
                self.late.append(DeferredFault("", _fault(Outcome.CRASHED, f"{Ended(status)} after `stop`")))
        except (TimedOut, GuardLost):
            stays = True
        except Flooded as trouble:
            self._blame(last, f"expected nothing more before `stop`; it {trouble}")
        finally:
            program.close()
        others = self.guard.end()
        if lost := _taken(self.guard):
            self._blame(last, f"expected its end after `stop`; the client {lost}")
        elif stays:
            self._blame("", f"expected its end after `stop`, saw it still there after {seconds:g} s")
        elif others:
            self._blame("", f"expected nothing to be left after its end, saw {others} processes that it had started")

    def close(self) -> None:
        self.renew()
        if self._ends:
            least, most, times = min(self._ends), max(self._ends), len(self._ends)
            after = f"{least}" if least == most else f"{least} to {most}"
            often = "once" if times == 1 else f"{times} times"
            message = f"the client ended after {after} requests, {often}; a fresh one was asked the rest"
            self.late.append(DeferredFault("", _fault(Outcome.CRASHED, message)))
            self._ends.clear()

    def _blame(self, case_id: str, message: str) -> None:
        self.late.append(DeferredFault(case_id, _fault(Outcome.PROTOCOL_VIOLATION, message)))

    def _ask_once(self, request: Request) -> tuple[Reply, Fault | None]:
        """
        The reply, and, if that may rather be the fault of the case before, what would have to be said there.

        Raises:
            NotIntroduced: No process can be started any more.
        """
        started = self.introduce()
        program = self._program
        if program is None:  # pragma: no cover - set by `introduce`
            raise AssertionError
        self._seq += 1
        errand = request.begin() if request.begin else None
        serving = self.server.replay.serve(request) if started.features.http and not errand else None
        base_url = errand.base_url if errand else self.server.replay.base_url if serving else None
        line = encode(
            Run(
                seq=self._seq,
                case_id=request.case_id,
                payload=None if base_url else request.payload,
                shape=request.shape,
                revision=request.revision,
                endpoint=request.endpoint,
                base_url=base_url,
                query=errand.query if errand else None,
                key=errand.key if errand else None,
            )
        )
        program.forget_complaints()
        try:
            answered = program.ask(
                line,
                seconds=self.spec.timeout,
                limit=_most(request),
                meanwhile=self.meanwhile,
                until=errand.until if errand else None,
            )
        except Ended as trouble:
            message = _with_complaints(f"the client {trouble}", program)
            self._drop()
            return Reply(outcome=Outcome.CRASHED, message=message), _fault(
                Outcome.CRASHED, f"{message}, after it had answered"
            )
        except TimedOut as trouble:
            return self._failed(Outcome.TIMED_OUT, f"the client {trouble}{self._instead(program)}", program), None
        except (Flooded, Closed, GuardLost) as trouble:
            message = f"expected an answer; the client {trouble}"
            blamed = None if isinstance(trouble, Flooded) else _fault(Outcome.PROTOCOL_VIOLATION, message)
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), blamed
        if self.guard.is_lost:
            reply = self._failed(Outcome.PROTOCOL_VIOLATION, "", program)
            return reply, _fault(Outcome.PROTOCOL_VIOLATION, reply.message)
        return self._judged(request, decode_answer(answered), serving, program)

    def _judged(
        self, request: Request, answer: Answer | Violation, serving: Serving | None, program: Program
    ) -> tuple[Reply, Fault | None]:
        """The reply that an answer is, and what would have to be said of the case before."""
        if isinstance(answer, Violation):
            late = _fault(Outcome.PROTOCOL_VIOLATION, str(Violation("nothing more after an answer", answer.seen)))
            return self._failed(Outcome.PROTOCOL_VIOLATION, str(answer), program), late
        if answer.seq != self._seq:
            message = f"expected an answer for seq {self._seq}, saw one for seq {answer.seq}"
            blamed = None
            if answer.seq == self._seq - 1:
                blamed = _fault(
                    Outcome.PROTOCOL_VIOLATION, f"expected one answer for seq {answer.seq}, saw a second one"
                )
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), blamed
        if serving and not serving.fetched and isinstance(answer, Decoded | Rejected):
            asked = f"for {serving.asked[0]}" if serving.asked else "no request"
            message = f"expected a request for {serving.path} before the answer, saw {asked}"
            return self._failed(Outcome.PROTOCOL_VIOLATION, message, program), None
        self._last = request
        self._answered += 1
        match answer:
            case Decoded():
                return Reply(outcome=Outcome.DECODED, payload=answer.payload), None
            case Rejected():
                return Reply(outcome=Outcome.REFUSED, message=answer.message), None
            case Skipped():
                link = f" ({answer.issue_url})" if answer.issue_url else ""
                return Reply(outcome=Outcome.SKIPPED, message=answer.message + link), None
            case Errored():
                return Reply(outcome=Outcome.ERRORED, message=answer.said), None

    def _instead(self, program: Program) -> str:
        """What a client that missed its deadline did write, and what that means."""
        if self._late >= _EXPLAINED:
            return ""
        self._late += 1
        written, after = program.last_words(seconds=_LAST_WORDS, limit=_FLOOD)
        if b"\n" in after:
            return (
                f"; it wrote {excerpt(written + after)} when its standard input was closed: "
                "standard output has to be flushed after each line"
            )
        if written or after:
            return f"; it wrote {excerpt(written + after)} without a line end, as a prompt is written"
        return "; it wrote nothing to its standard output"

    def _failed(self, outcome: Outcome, message: str, program: Program) -> Reply:
        told = _with_complaints(message, program)
        self._drop()
        if lost := _taken(self.guard):
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=f"expected an answer; the client {lost}")
        return Reply(outcome=outcome, message=told)

    def _drop(self) -> None:
        """End the process; the next request goes to another one."""
        if self._program:
            self._program.close()
            self._program = None
        self.guard.end()

    def _start(self) -> None:
        last, self._last = self._last.case_id if self._last else "", None
        self._answered = 0
        program = self._program = self.guard.start(self.spec.command, env=self.spec.env, cwd=self.spec.cwd)
        if lost := _taken(self.guard):
            self._blame(last, f"expected nothing more before another client is started; the client {lost}")
        try:
            line = program.ask(
                encode(Start(VERSION)), seconds=self.spec.start_timeout, limit=_FLOOD, meanwhile=self.meanwhile
            )
        except ProcessProblem as trouble:
            outcome = Outcome.PROTOCOL_VIOLATION
            if isinstance(trouble, Ended | TimedOut):
                outcome = Outcome.CRASHED if isinstance(trouble, Ended) else Outcome.TIMED_OUT
            told = self._instead(program) if isinstance(trouble, TimedOut) else ""
            self._give_up(program, outcome, f"expected `started`, a client's introduction; the client {trouble}{told}")
        said = decode_started(line)
        if isinstance(said, Violation):
            hint = "; a program that only prints what it decoded is run with --oneshot or --http"
            told = hint if _is_payload(line) else ""
            self._give_up(program, Outcome.PROTOCOL_VIOLATION, f"{said}{told}")
        self._started = said

    def _give_up(self, program: Program, outcome: Outcome, message: str) -> NoReturn:
        told = _with_complaints(message, program)
        self._drop()
        raise NotIntroduced(_fault(outcome, told))


@define
class _Oneshot:
    """A process for each payload, which prints what it decoded and exits with 0, or with 1 if it refused."""

    spec: ClientSpec
    guard: Guard
    server: _Server
    late: list[DeferredFault] = Factory(list[DeferredFault])
    meanwhile: Callable[[], None] = nothing_meanwhile
    keeps_state: bool = field(default=False, init=False)
    renews: bool = field(default=True, init=False)

    def introduce(self) -> Started:
        shapes = (Shape.PAGE,) if self.spec.way is Way.HTTP else SERVED_SHAPES
        return Started(ClientInfo(name=self.spec.name), Features(validates=self.spec.validates, shapes=shapes))

    def ask(self, request: Request) -> Reply:
        reply = self._ask(request)
        if lost := _taken(self.guard):
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=f"expected its end; the client {lost}")
        return reply

    def _ask(self, request: Request) -> Reply:
        errand = request.begin() if request.begin else None
        serving = self.server.replay.serve(request) if self.spec.way is Way.HTTP and not errand else None
        program = self.guard.start(self.spec.command, env=self._environment(request, errand), cwd=self.spec.cwd)
        limit = _most(request)
        try:
            given = b"" if serving or errand else request.payload
            until = errand.until if errand else None
            status, printed = program.read_all(given, seconds=self.spec.timeout, limit=limit, until=until)
        except TimedOut as trouble:
            return Reply(outcome=Outcome.TIMED_OUT, message=_with_complaints(f"the client {trouble}", program))
        except (Flooded, GuardLost) as trouble:
            message = _with_complaints(f"expected its end; the client {trouble}", program)
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=message)
        finally:
            program.close()
            self.guard.end()
        if status != 0 and status not in self.spec.refused:
            return Reply(outcome=Outcome.CRASHED, message=_with_complaints(f"the client {Ended(status)}", program))
        if serving and not serving.fetched:
            asked = f"one for {serving.asked[0]}" if serving.asked else "none"
            message = f"expected a request for {serving.path}, saw {asked}; a client of the line protocol is run without --http"
            return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=_with_complaints(message, program))
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
            base_url = errand.base_url if errand else self.server.replay.base_url
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
