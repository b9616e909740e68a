"""
The guard: who starts processes of clients, and ends them at the end with all they started.
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

from usagecompat.clients.partner import LOOK
from usagecompat.clients.problems import GuardLost
from usagecompat.clients.process import Program
from usagecompat.exceptions import CannotStartClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GUARD: Final = Path(__file__).with_name("_guard.py")
_START: Final = "import sys; sys.path.append(sys.argv[1]); __import__(sys.argv[2]).main(int(sys.argv[3]))"
"""Python keeps what it compiles of a module, and of no program: that is a fifth of the guard's start."""
_PATIENCE: Final = 20.0
"""How many seconds the guard has for anything that it is told; it tries half as long to end what will not end."""
MARK: Final = "USAGECOMPAT_GUARDED"
"""The variable in the environment of clients by which they are known when their guard is lost."""


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
        told = (str(_GUARD.parent), _GUARD.stem, str(theirs.fileno()))
        command = (sys.executable, "-I", "-S", *_compiling(), "-c", _START, *told)
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
            if time.monotonic() > until or "stopped" in _problem_of(self._process.pid):
                self._process.kill()
                self._process.wait()
                _end_all_with(self._token)
            time.sleep(0.001)

    def _replace(self, problem: GuardLost) -> None:
        """Another guard in place of one that is lost, with which all ends that it had started."""
        self.lost = str(problem)
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
            except GuardLost as problem:
                self._replace(problem)
                answer = self._started(order, [stdin, stdout, stderr])
        except BaseException as problem:
            for descriptor in (to_client, from_client, errors):
                os.close(descriptor)
            if isinstance(problem, GuardLost):
                raise CannotStartClient(shlex.join(command), f"{problem}, twice") from problem
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
        except GuardLost as problem:
            self._replace(problem)
            return 0

    @property
    def is_lost(self) -> bool:
        """Whether somebody has ended or stopped the guard."""
        return bool(_problem_of(self._process.pid))

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
        while not select.select([self._socket], [], [], LOOK)[0]:
            if problem := _problem_of(self._process.pid):
                raise GuardLost(problem)
            if time.monotonic() > until:
                raise GuardLost(f"wrote nothing within {_PATIENCE:g} s")
        try:
            chunk = self._socket.recv(1 << 16)
        except OSError:
            chunk = b""
        if not chunk:
            raise GuardLost("was ended from outside")
        return chunk


def _compiling() -> Iterator[str]:
    """The options by which another Python keeps what it compiles as this one does; `-I` lets it ignore the environment."""
    if sys.dont_write_bytecode:
        yield "-B"
    if sys.pycache_prefix:
        yield from ("-X", f"pycache_prefix={sys.pycache_prefix}")


def _problem_of(process: int) -> str:
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
