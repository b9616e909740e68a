"""`--setup`: what is done once before a client is asked, and that nothing of it outlives the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.clients.setting_up import set_up
from usagecompat.exceptions import SetupFailed

if TYPE_CHECKING:
    from pathlib import Path

ONE: Final = ("-k", "kinds/costs-full", "--probes", "none")
SECONDS: Final = 30.0
SERVER: Final = """
import sys
from usagecompat.clients.adapter_sdk import serve
from usagecompat.clients.protocol import ClientInfo
def codec(run):
    sys.stderr.write("x" * 300_000)
    return run.payload
serve(codec, ClientInfo(name="late"), address="unix:" + sys.argv[1])
"""


def is_alive(process: int) -> bool:
    """Whether there is such a process, as more than an entry that nobody has read."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as told:  # noqa: PTH123 - no file
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(process: int) -> bool:
    """Whether it ends soon."""
    until = time.monotonic() + SECONDS
    while is_alive(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(process)


def number_in(file: Path) -> int:
    """The number that somebody writes there soon."""
    until = time.monotonic() + SECONDS
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < until
        time.sleep(0.02)
    return int(file.read_text())


def test_server_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that `--setup` leaves running is reached once it listens, writes as much as it likes, and ends with the run."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short, and that of a temporary directory may be long
    program, process = tmp_path / "server.py", tmp_path / "process"
    program.write_text(SERVER)
    setup = f"(sleep 0.3; exec {sys.executable} server.py client.sock) & echo $! > process"
    done = CliRunner().invoke(main, ["run", "--client", "unix:client.sock", "--setup", setup, "-k", "kinds/"])
    assert "late; socket" in done.stdout
    assert gone(number_in(process))


def test_children_of_what_fails(tmp_path: Path) -> None:
    """What a failing setup leaves running ends, too."""
    process = tmp_path / "process"
    with (
        pytest.raises(SetupFailed, match="ended with exit status 7"),
        set_up(f"sleep 600 & echo $! > {process}; exit 7"),
    ):
        pass
    assert gone(number_in(process))


@pytest.mark.parametrize(
    ("setup", "seconds", "told"),
    [
        ("echo one; echo two >&2; exit 3", "60", ["    one", "    two", "--setup ended with exit status 3"]),
        ("no-such-program", "60", ["not found", "--setup ended with exit status 127"]),
        ("kill -9 $$", "60", ["--setup ended by signal 9"]),
        ("seq 100000; false", "60", ["    100000", "--setup ended with exit status 1"]),
        (
            "echo waiting; sleep 600",
            "0.5",
            ["    waiting", "--setup was not done within 0.5 s (a server needs & behind it)"],
        ),
        ("yes", "0.5", ["    y", "--setup was not done within 0.5 s"]),
        ("printf '\\033[2J\\377\\0end'; false", "60", ["end", "--setup ended with exit status 1"]),
    ],
)
def test_failures(setup: str, seconds: str, told: list[str]) -> None:
    """A setup that fails, or is not done in time, ends the run with the end of what it wrote and exit status 2."""
    arguments = ["run", "--client", "./never-started", "--setup", setup, "--setup-timeout", seconds, *ONE]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "so no client was asked" in done.stderr
    assert "\x1b" not in done.stderr
    for words in told:
        assert words in done.stderr
    assert len(done.stderr.splitlines()) < 50


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--setup", ""], "--setup takes a line of a shell"),
        (["--setup", "  "], "--setup takes a line of a shell"),
        (["--setup-timeout", "5"], "--setup-timeout needs --setup CMD"),
        (["--setup", "true", "--setup-timeout", "0"], "--setup-timeout"),
        (["--setup", "true", "--setup-timeout", "nan"], "--setup-timeout"),
    ],
)
@pytest.mark.parametrize("command", ["run", "matrix"])
def test_misuse(command: str, arguments: list[str], told: str) -> None:
    """What cannot be set up so is refused with what is wrong."""
    done = CliRunner().invoke(main, [command, "--client", "./never-started", *ONE, *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


def test_once_for_many_clients(tmp_path: Path) -> None:
    """`matrix` sets up once, before the first of its clients."""
    log = tmp_path / "log"
    clients = [f"--client={name}=python:usagecompat.clients.reference:codec" for name in ("one", "two")]
    done = CliRunner().invoke(main, ["matrix", *clients, "--setup", f"echo done >> {log}", *ONE])
    assert "one" in done.stdout
    assert log.read_text() == "done\n"


def test_fuzz_sets_up_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fuzz` sets up before it asks, and asks nothing if that fails."""
    monkeypatch.chdir(tmp_path)
    client = ["--client", "python:usagecompat.clients.reference:codec", "--seconds", "1"]
    done = CliRunner().invoke(main, ["fuzz", *client, "--setup", "echo ready > ready"])
    assert "judged" in done.stdout
    assert (tmp_path / "ready").exists()
    done = CliRunner().invoke(main, ["fuzz", *client, "--setup", "exit 4"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--setup ended with exit status 4" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the kit follows what descends from a process on Linux only")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    """However the kit ends while it sets up, that ends, too, with children in sessions of their own."""
    process = tmp_path / "process"
    setup = f"setsid sh -c 'echo $$ > {process}; trap \"\" INT TERM HUP; sleep 600; sleep 600' & wait"
    command = [sys.executable, "-m", "usagecompat", "run", "--client", "true", "--setup", setup, *ONE]
    kit = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    child = number_in(process)
    os.kill(kit.pid, number)
    _, told = kit.communicate(timeout=SECONDS)
    assert gone(child)
    if number is signal.SIGINT:
        assert b"interrupted" in told
