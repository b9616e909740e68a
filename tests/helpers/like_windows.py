"""
The command line where nothing is there that Windows does not have, as far as Linux can play that.

    python like_windows.py check page.json
    python like_windows.py check page.json --- compare page.json page.json
    echo '[["check", "page.json"], ["revisions"]]' | python like_windows.py

After `---` comes another command, in the same process; the exit status is that of the first that is not 0.
Commands on standard input are all run, and what is printed is the status, the output and the errors of each, as JSON.
What other packages have done by then, they have done: they are imported first.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import Final

OTHERS: Final = (
    "asyncio",
    "cattrs",
    "click",
    "click.testing",
    "concurrent.futures",
    "ctypes",
    "http.server",
    "hypothesis",
    "importlib.metadata",
    "jsonschema",
    "lazy_loader",
    "logging",
    "msgspec",
    "multiprocessing",
    "multiprocessing.connection",
    "multiprocessing.popen_spawn_posix",
    "multiprocessing.resource_tracker",
    "platformdirs",
    "pathlib",
    "platform",
    "pytest",
    "shutil",
    "subprocess",
    "tempfile",
    "urllib.request",
    "venv",
    "yaml",
)
MODULES: Final = ("fcntl", "grp", "pwd", "pty", "resource", "syslog", "termios", "tty", "readline", "curses")
OF_OS: Final = [
    "O_CLOEXEC",
    "O_NONBLOCK",
    "WCONTINUED",
    "WNOHANG",
    "WSTOPPED",
    "chown",
    "fchmod",
    "fork",
    "forkpty",
    "getgid",
    "geteuid",
    "getpgid",
    "getuid",
    "initgroups",
    "killpg",
    "mkfifo",
    "openpty",
    "posix_fadvise",
    "posix_spawn",
    "pread",
    "pwrite",
    "register_at_fork",
    "sched_getaffinity",
    "sendfile",
    "setgid",
    "setpgid",
    "setsid",
    "setuid",
    "statvfs",
    "uname",
    "wait",
    "wait3",
    "wait4",
    "waitid",
]
OF_SIGNAL: Final = [
    "SIGALRM",
    "SIGBUS",
    "SIGCHLD",
    "SIGCONT",
    "SIGHUP",
    "SIGIO",
    "SIGKILL",
    "SIGPIPE",
    "SIGPROF",
    "SIGQUIT",
    "SIGSTOP",
    "SIGTRAP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGUSR1",
    "SIGUSR2",
    "ITIMER_REAL",
    "setitimer",
    "getitimer",
    "alarm",
    "pause",
    "pthread_kill",
    "pthread_sigmask",
    "sigpending",
    "sigwait",
    "siginterrupt",
]
IN_WINDOWS: Final = {signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGINT, signal.SIGSEGV, signal.SIGTERM}


def hide() -> None:
    """Take away what Windows does not have."""
    for name in OTHERS:
        importlib.import_module(name)
    vars(shutil)["_USE_CP_SENDFILE"] = False
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # as the import system has it
    for place in (os, signal):  # what starts processes here is POSIX's own, and needs all that it knows
        vars(subprocess)[place.__name__] = SimpleNamespace(**vars(place))
    for place, names in ((os, OF_OS), (signal, OF_SIGNAL)):
        for name in names:
            if hasattr(place, name):
                delattr(place, name)
    for name in ("poll", "epoll"):
        if hasattr(select, name):
            delattr(select, name)
    for name in ("AF_UNIX", "send_fds", "recv_fds"):
        if hasattr(socket, name):
            delattr(socket, name)
    signal.valid_signals = lambda: IN_WINDOWS
    sys.platform = "win32"


def each(words: list[str]) -> None:
    """Run one command after the other, and say which one ends badly."""
    from usagecompat.cli import main  # noqa: PLC0415 - when everything is hidden

    while words:
        end = words.index("---") if "---" in words else len(words)
        try:
            main(words[:end], prog_name="usagecompat")
        except SystemExit as done:
            if done.code:
                if len(words) > end:
                    sys.stderr.write(f"after: {' '.join(words[:end])}\n")
                raise
        words = words[end + 1 :]


def answers(commands: list[list[str]]) -> list[tuple[int, str, str]]:
    """The exit status of each command, and what it writes."""
    from click.testing import CliRunner  # noqa: PLC0415 - imported before

    from usagecompat.cli import main  # noqa: PLC0415 - when everything is hidden

    done = [CliRunner().invoke(main, words, prog_name="usagecompat") for words in commands]
    return [(one.exit_code, one.stdout, one.stderr) for one in done]


if __name__ == "__main__":
    hide()
    if words := sys.argv[1:]:
        each(words)
    else:
        json.dump(answers(json.load(sys.stdin)), sys.stdout)
