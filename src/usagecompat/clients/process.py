"""
Processes of clients: started through a guard, spoken to under a deadline, and gone at the end with all they started.

A client may hang, crash, write without end, close its pipes or leave children behind: each of these is an exception
here, which costs one case, and nothing of it can block or fill the kit.
"""

from __future__ import annotations

import json
import os
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final, Self

from attrs import frozen

from usagecompat.exceptions import CannotStartClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from threading import Event

_GUARD: Final = Path(__file__).with_name("_guard.py")
_KEPT: Final = 8 * 1024
"""How many bytes of a client's standard error are kept: the last ones."""
_CHUNK: Final = 256 * 1024
_PATIENCE: Final = 20.0
"""How many seconds the guard has for anything that it is told; it tries half as long to end what will not end."""
_LOOK: Final = 0.1
"""How many seconds pass before it is looked whether the guard stands still."""
MARK: Final = "USAGECOMPAT_GUARDED"
"""The variable in the environment of clients by which they are known when their guard is lost."""
_GRACE: Final = 2.0
"""How many seconds pass between a closed output and the word that its process has ended, at most."""


class ProcessProblem(Exception):
    """A process did not do what it was asked."""


@frozen(eq=False)
class Ended(ProcessProblem):
    """The process ended; `status` is its exit status, or the number of the signal that ended it, negated."""

    status: int

    def __str__(self) -> str:
        return f"ended by signal {-self.status}" if self.status < 0 else f"ended with exit status {self.status}"


@frozen(eq=False)
class TimedOut(ProcessProblem):
    """The deadline passed."""

    seconds: float

    def __str__(self) -> str:
        return f"wrote nothing complete within {self.seconds:g} s"


@frozen(eq=False)
class Flooded(ProcessProblem):
    """The process wrote more than anything it was asked could need."""

    limit: int

    def __str__(self) -> str:
        return f"wrote more than {self.limit:,} bytes without ending its answer"


@frozen(eq=False)
class Closed(ProcessProblem):
    """The process closed its standard input or output and went on."""

    which: str

    def __str__(self) -> str:
        return f"closed its standard {self.which}, and is still there"


@frozen(eq=False)
class GuardLost(ProcessProblem):
    """The guard ended, or is held up; whoever was asked last may have done that."""

    how: str

    def __str__(self) -> str:
        return f"lost its guard, a helper process of usagecompat, which {self.how}"


class Guard:
    """
    The one who starts clients; when it is closed, or the kit dies, everything that was started ends.

    One client is there at a time: starting one ends what is left of the one before.
    Somebody may end the guard or hold it up, a client for one; then there is another one, and `lost` says how.
    """

    def __init__(self) -> None:
        """
        Start the guard.

        Raises:
            CannotStartClient: This system has no such processes.
        """
        if sys.platform == "win32":
            raise CannotStartClient(
                "", "processes of clients need Linux or macOS; on Windows use WSL, or a client python:…"
            )
        self.lost = ""
        """What happened to a guard since this was last emptied."""
        self._token = token_hex(16)
        self._begin()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        command = (sys.executable, "-I", "-S", str(_GUARD), str(theirs.fileno()))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours
        self._unread: bytes = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started; more than once does no harm."""
        self._socket.close()
        until = time.monotonic() + _PATIENCE
        while self._process.poll() is None:
            if time.monotonic() > until or "stopped" in _trouble_of(self._process.pid):
                self._process.kill()
                self._process.wait()
                _end_all_with(self._token)
            time.sleep(0.001)

    def _replace(self, trouble: GuardLost) -> None:
        """Another guard in place of one that is lost, with which all ends that it had started."""
        self.lost = str(trouble)
        self._process.kill()
        self.close()
        _end_all_with(self._token)
        self._begin()

    def start(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None) -> Program:
        """
        Start a client.

        Args:
            command: The program and its arguments.
            env: What to add to the environment.
            cwd: The directory to start in; None for the kit's own.

        Raises:
            CannotStartClient: There is no such program, or it may not be run.
        """
        self.end()
        pipes = [os.pipe() for _ in range(3)]
        (stdin, to_client), (from_client, stdout), (errors, stderr) = pipes
        told = {"do": "start", "argv": list(command), "env": {**env, MARK: self._token}, "cwd": cwd}
        order = json.dumps(told).encode() + b"\n"
        try:
            try:
                answer = self._started(order, [stdin, stdout, stderr])
            except GuardLost as trouble:
                self._replace(trouble)
                answer = self._started(order, [stdin, stdout, stderr])
        except BaseException as trouble:
            for descriptor in (to_client, from_client, errors):
                os.close(descriptor)
            if isinstance(trouble, GuardLost):
                raise CannotStartClient(shlex.join(command), f"{trouble}, twice") from trouble
            raise
        finally:
            for descriptor in (stdin, stdout, stderr):
                os.close(descriptor)
        program = Program(self, answer.get("started", 0), (to_client, from_client, errors))
        if "failed" in answer:
            program.close()
            raise CannotStartClient(shlex.join(command), str(answer["failed"]))
        return program

    def _started(self, order: bytes, descriptors: list[int]) -> dict[str, int]:
        try:
            sent = socket.send_fds(self._socket, [order], descriptors)
            self._socket.sendall(order[sent:])
        except OSError:
            raise GuardLost("was ended from outside") from None
        return self._hear(("started", "failed"))

    def end(self) -> int:
        """End what is left of the client; how many processes that were, its own first one not counted."""
        try:
            try:
                self._socket.sendall(b'{"do":"end"}\n')
            except OSError:
                raise GuardLost("was ended from outside") from None
            return self._hear(("ended",))["ended"]
        except GuardLost as trouble:
            self._replace(trouble)
            return 0

    @property
    def is_lost(self) -> bool:
        """Whether somebody has ended or stopped the guard."""
        return bool(_trouble_of(self._process.pid))

    def fileno(self) -> int:
        """The descriptor that can be read when something is to be heard that has not been read already."""
        return self._socket.fileno()

    @property
    def heard(self) -> bool:
        """Whether something has been read already: a client may have ended before it was known to have started."""
        return b"\n" in self._unread

    def heard_exit(self, process: int) -> int | None:
        """The exit status of a client, if that is the news."""
        news = self._hear(("exited",))
        return news["status"] if news["exited"] == process else None

    def _hear(self, names: tuple[str, ...]) -> dict[str, int]:
        while True:
            line, end, rest = self._unread.partition(b"\n")
            if not end:
                self._unread += self._next()
                continue
            self._unread = rest
            message: dict[str, int] = json.loads(line)
            if message.keys() & set(names):
                return message

    def _next(self) -> bytes:
        """
        What the guard says next.

        Raises:
            GuardLost: It ended, or stands still.
        """
        until = time.monotonic() + _PATIENCE
        while not select.select([self._socket], [], [], _LOOK)[0]:
            if trouble := _trouble_of(self._process.pid):
                raise GuardLost(trouble)
            if time.monotonic() > until:
                raise GuardLost(f"wrote nothing within {_PATIENCE:g} s")
        try:
            chunk = self._socket.recv(1 << 16)
        except OSError:
            chunk = b""
        if not chunk:
            raise GuardLost("was ended from outside")
        return chunk


def _trouble_of(process: int) -> str:
    """Whether a process was ended or stopped by somebody, or is about to be; as far as that can be known here."""
    try:
        with open(f"/proc/{process}/status", "rb", buffering=0) as told:  # noqa: PTH123 - half the time, for each case
            status = _STATUS.match(told.read())
    except OSError:
        return ""
    if not status:
        return ""
    pending = int(status["own"], 16) | int(status["shared"], 16)
    if status["state"] in b"ZX" or pending & _KILLED:
        return "was ended from outside"
    return "was stopped from outside" if status["state"] in b"Tt" or pending & ~_HARMLESS else ""


def _mask(*names: str) -> int:
    """The bits of signals in what Linux tells of a process; Windows has none of these signals."""
    return sum(1 << (getattr(signal, name) - 1) for name in names if hasattr(signal, name))


def next_look(until: Callable[[], float]) -> float:
    """Until when to wait before it is asked again when the time is up; what is past if it is."""
    now = time.monotonic()
    end = until()
    return end if end <= now else min(end, now + _LOOK)


_KILLED: Final = _mask("SIGKILL")
_HARMLESS: Final = _mask("SIGCHLD", "SIGCONT")
_STATUS: Final = re.compile(
    rb".*^State:\s+(?P<state>\S).*^SigPnd:\s+(?P<own>\S+)\n+ShdPnd:\s+(?P<shared>\S+)", re.DOTALL | re.MULTILINE
)


def _end_all_with(token: str) -> None:
    """End the processes that a lost guard has left, which know this word from their environment."""
    if not Path("/proc").is_dir():
        return
    for place in Path("/proc").iterdir():
        try:
            if place.name.isdigit() and token.encode() in (place / "environ").read_bytes():
                os.kill(int(place.name), signal.SIGKILL)
        except OSError:
            continue


class Program:
    """A running client and the kit's ends of its three pipes."""

    def __init__(self, guard: Guard, process: int, descriptors: tuple[int, int, int]) -> None:
        """Take over the pipes; the process is the guard's."""
        self.process = process
        self._guard = guard
        self._stdin, self._stdout, self._stderr = descriptors
        for descriptor in descriptors:
            os.set_blocking(descriptor, False)
        self._out = bytearray()
        self._err = bytearray()
        self._status: int | None = None
        self._eof = False
        self._deaf = False
        self._ended: set[int] = set()
        self._poll = select.poll()
        for descriptor in (self._stdout, self._stderr, guard.fileno()):
            self._poll.register(descriptor, select.POLLIN)

    def close(self) -> None:
        """Close the pipes."""
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
        Write a line, and return the next line that the client writes, without its end.

        Args:
            line: What to write, with its end.
            seconds: How long the client has.
            limit: How long the answer may be.
            meanwhile: What is done while the client works; its time is not the client's.
            until: When the time is up, by the monotonic clock, if that is not known beforehand.

        Raises:
            Ended, TimedOut, Flooded, Closed, GuardLost: There is none.
        """
        unsent: memoryview | None = self._write(memoryview(line))
        meanwhile()
        deadline = next_look(until) if until else time.monotonic() + seconds
        if not (unsent or self._out or self._deaf):
            self._wait(deadline, seconds)  # nearly always this is the whole answer
        while True:
            if not unsent and (end := self._out.find(b"\n")) >= 0:
                answer = bytes(self._out[:end])
                del self._out[: end + 1]
                return answer
            if len(self._out) > limit:
                raise Flooded(limit)
            deadline = next_look(until) if until else deadline
            self._raise_if_ended(until() if until else deadline)
            unsent = self._wait(deadline, seconds, unsent)

    def read_all(
        self, data: bytes, *, seconds: float, limit: int, until: Callable[[], float] | None = None
    ) -> tuple[int, bytes]:
        """
        Write `data` and nothing more, and return the exit status and all that the client writes.

        Raises:
            TimedOut, Flooded, GuardLost: It does not end.
        """
        deadline = time.monotonic() + seconds
        unsent: memoryview | None = self._write(memoryview(data))
        while self._status is None:
            if not unsent:
                self._close_stdin()
            if len(self._out) > limit:
                raise Flooded(limit)
            deadline = next_look(until) if until else deadline
            unsent = self._wait(deadline, seconds, unsent)
        self._drain()
        if len(self._out) > limit:
            raise Flooded(limit)
        return self._status, bytes(self._out)

    def last_words(self, *, seconds: float, limit: int) -> tuple[bytes, bytes]:
        """What a client wrote that is no complete line, and what comes once its standard input is closed."""
        written = bytes(self._out)
        self._close_stdin()
        deadline = time.monotonic() + seconds
        try:
            while self._status is None and len(self._out) <= limit:
                self._wait(deadline, seconds)
            self._drain()
        except ProcessProblem:
            pass
        return written, bytes(self._out[len(written) : limit])

    def read_on(self, over: Event) -> None:
        """Read what the processes write that an ended one has left, and keep the end of its complaints, until it is over."""
        waiting = select.poll()
        for descriptor in {self._stdout, self._stderr} - self._ended:
            waiting.register(descriptor, select.POLLIN)
        while len(self._ended & {self._stdout, self._stderr}) < len((self._stdout, self._stderr)) and not over.is_set():
            for descriptor, _ in waiting.poll(_LOOK * 1000):
                (self._read_out if descriptor == self._stdout else self._read_err)()
                if descriptor in self._ended:
                    waiting.unregister(descriptor)
            self._out.clear()

    def _close_stdin(self) -> None:
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1

    def _write(self, data: memoryview) -> memoryview:
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
                unsent = self._write(unsent)
            else:
                self._hear()
        return unsent

    def _hear(self) -> None:
        status = self._guard.heard_exit(self.process)
        self._status = self._status if status is None else status

    def _read_out(self) -> bool:
        chunk = self._read(self._stdout)
        self._eof = self._eof or chunk == b""
        self._out += chunk or b""
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

    def _raise_if_ended(self, deadline: float) -> None:
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
