"""
The guard: a small program that starts clients and ends whatever they leave, even when the kit itself is killed.

The kit runs it apart from the package, with nothing but the standard library, and talks to it over a socket, which it
gets as an argument. When that socket closes, for whatever reason, everything that was started ends.
On Linux nothing escapes: the guard is the one whom orphans are given to, so it knows all that descends from a client;
and when somebody ends the guard, the client ends with it.
Elsewhere, as on macOS, it ends the process groups of all clients that it started since it was last asked to: what a
client put into a group of its own goes on.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 10.0
"""How many seconds the guard tries to end processes that will not end."""


def main(descriptor: int) -> None:
    """Serve the kit until it closes the socket, then end everything."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - as the standard library has it
    _adopt_orphans()
    wake_in, wake_out = os.pipe()
    for end in (wake_in, wake_out):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _wake)
    with socket.socket(fileno=descriptor) as kit:
        guard = _Guard(kit, wake_in)
        try:
            guard.serve()
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            guard.end_all()


def _wake(*_: object) -> None:
    """Do nothing: that there is a handler lets the signal through to the pipe."""


class _Guard:
    def __init__(self, kit: socket.socket, wake: int) -> None:
        self._kit = kit
        self._wake = wake
        self._clients: set[int] = set()
        """Those that are there."""
        self._groups: set[int] = set()
        """Those that were started since the last end; what they left is in the groups of their names."""

    def serve(self) -> None:
        import select  # noqa: PLC0415 - one place needs it

        poll = select.poll()
        poll.register(self._kit, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            for ready, _ in poll.poll():
                if ready == self._wake:
                    os.read(self._wake, 512)
                    self._reap()
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        """Do what the kit says next; False if it says nothing any more."""
        line, descriptors, _, _ = socket.recv_fds(self._kit, 1 << 20, 3)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - as the standard library has it
        while line and not line.endswith(b"\n"):
            line += (more := self._kit.recv(1 << 20))
            if not more:
                return False
        if not line:
            return False
        order = json.loads(line)
        if order["do"] == "start":
            self._start(order, descriptors)
        else:
            self._reap()
            self._say({"ended": self.end_all()})
        return True

    def end_all(self) -> int:
        """End everything that was started and is still there; how many processes that were, the clients not counted."""
        count = _sweep(self._clients) if sys.platform == "linux" else _end_groups(self._groups, self._clients)
        self._clients.clear()
        self._groups.clear()
        return count

    def _start(self, order: dict[str, object], descriptors: list[int]) -> None:
        told_in, told_out = os.pipe()
        guard = os.getpid()
        child = os.fork()
        if child == 0:
            _become(order, descriptors, told_out, guard)
        os.close(told_out)
        for descriptor in descriptors:
            os.close(descriptor)
        with open(told_in, "rb") as told:  # noqa: PTH123 - a descriptor
            failure = told.read().decode()
        if not failure:
            self._clients.add(child)
            self._groups.add(child)
        self._say({"failed": failure} if failure else {"started": child})

    def _reap(self) -> None:
        """Tell how clients ended; what was given to the guard by others goes without a word."""
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not child:
                return
            if child in self._clients:
                self._clients.discard(child)
                self._say({"exited": child, "status": os.waitstatus_to_exitcode(status)})

    def _say(self, message: dict[str, object]) -> None:
        self._kit.sendall(json.dumps(message).encode() + b"\n")


def _become(order: dict[str, object], descriptors: list[int], told: int, guard: int) -> None:
    """Turn this process into the client; if that fails, tell why and end."""
    try:
        os.setsid()
        _process_control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(127)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        if order["cwd"]:
            os.chdir(str(order["cwd"]))
        for target, descriptor in enumerate(descriptors):
            os.dup2(descriptor, target)
        argv: list[str] = order["argv"]  # type: ignore[assignment]
        os.execvpe(argv[0], argv, {**os.environ, **order["env"]})  # type: ignore[dict-item]  # noqa: S606
    except OSError as error:
        tried = order["argv"][0] if isinstance(error.filename, bytes) else error.filename or ""  # type: ignore[index]
        os.write(told, f"{error.strerror}: {tried}".rstrip(": ").encode(errors="backslashreplace"))
    finally:
        os._exit(127)


def _adopt_orphans() -> None:
    _process_control(_PR_SET_CHILD_SUBREAPER, 1)


def _process_control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _sweep(clients: set[int]) -> int:
    """End all that descends from this process; how many processes that were, the clients not counted."""
    others: set[int] = set()
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        alive = _descendants()
        if not alive:
            break
        others |= alive - clients
        for number in (signal.SIGSTOP, signal.SIGKILL):  # nothing that stands still makes new processes meanwhile
            for process in alive:
                _kill(process, number, group=process in clients)
            alive |= _descendants()
        _reap_quietly()
        time.sleep(0.001)
    _reap_quietly()
    return len(others)


def _end_groups(groups: set[int], clients: set[int]) -> int:
    """End the groups of all clients; how many groups were still there of clients that had ended."""
    left = sum(_kill(group, signal.SIGKILL, group=True) for group in groups - clients)
    for client in clients:
        _kill(client, signal.SIGKILL, group=True)
        with suppress(ChildProcessError):
            os.waitpid(client, 0)
    return left


def _kill(process: int, number: int, *, group: bool) -> bool:
    """Send a signal; whether there was anybody to get it."""
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(process, number)
        return True
    return False


def _reap_quietly() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _descendants() -> set[int]:
    """Every living process that descends from this one."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib costs a third of the start
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - likewise
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
            except OSError:
                continue
            if state not in (b"Z", b"X"):
                children.setdefault(int(parent), []).append(int(name))
    found: set[int] = set()
    open_ = [os.getpid()]
    while open_:
        for child in children.get(open_.pop(), ()):
            found.add(child)
            open_.append(child)
    return found
