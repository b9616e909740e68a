"""The guard where a system is POSIX and not Linux, such as macOS: no /proc, no prctl, no orphans given to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from usagecompat.clients import guarding
from usagecompat.clients.guarding import Guard
from usagecompat.clients.problems import Ended

if TYPE_CHECKING:
    from usagecompat.clients.process import Program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the other tests show it")

GUARD: Final = guarding._GUARD  # noqa: SLF001 - the test puts another one in its place
LEAVES_A_CHILD: Final = "import subprocess, sys; print(subprocess.Popen(['sleep', '600']).pid, flush=True)"
WAITS: Final = f"{LEAVES_A_CHILD}; sys.stdin.read()"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard that takes this system for macOS, and a kit that has no /proc to look at."""
    text = (
        "import sys, os\n"
        "def absent(*_): raise FileNotFoundError\n"
        "os.listdir = absent\n"
        "sys.platform = 'darwin'\n"
        f"sys.path.append({str(GUARD.parent)!r})\n"
        "from _guard import main\n"
    )
    (tmp_path / "guard.py").write_text(text, "utf-8")
    monkeypatch.setattr(guarding, "_GUARD", tmp_path / "guard.py")

    def nothing(*_: Any) -> str:  # noqa: ANN401 - whatever is asked
        return ""

    monkeypatch.setattr(guarding, "_problem_of", nothing)
    monkeypatch.setattr(guarding, "_end_all_with", nothing)


def is_there(number: int) -> bool:
    """Whether a process is there, and is no zombie that nobody waits for."""
    try:
        state = Path(f"/proc/{number}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in (b"Z", b"X")


def gone(number: int) -> bool:
    """Whether a process goes soon."""
    until = time.monotonic() + 60
    while is_there(number):
        if time.monotonic() > until:
            os.kill(number, signal.SIGKILL)
            return False
        time.sleep(0.01)
    return True


def child_of(program: Program) -> int:
    """The process that a client says it started."""
    return int(program.ask(b"", seconds=60, limit=100, meanwhile=lambda: None))


@pytest.mark.usefixtures("elsewhere")
def test_a_client_ends_with_its_group() -> None:
    """A client that is there is ended, and what it started."""
    with Guard() as guard:
        program = guard.start([sys.executable, "-c", WAITS], env={})
        child = child_of(program)
        guard.end()
        assert gone(child)
        assert gone(program.process)
        program.close()


@pytest.mark.usefixtures("elsewhere")
def test_what_an_ended_client_left() -> None:
    """What a client left behind that has ended already is ended, too, and counted."""
    with Guard() as guard:
        program = guard.start([sys.executable, "-c", LEAVES_A_CHILD], env={})
        child = child_of(program)
        with pytest.raises(Ended):
            program.ask(b"", seconds=60, limit=100, meanwhile=lambda: None)
        assert is_there(child)
        assert guard.end() == 1
        assert gone(child)
        program.close()


@pytest.mark.usefixtures("elsewhere")
def test_all_ends_with_the_guard() -> None:
    """When the kit closes the guard, or dies, the client ends that is there."""
    guard = Guard()
    program = guard.start([sys.executable, "-c", WAITS], env={})
    child = child_of(program)
    guard.close()
    assert gone(child)
    program.close()


@pytest.mark.usefixtures("elsewhere")
def test_one_after_the_other() -> None:
    """Each start ends what is left of the client before, and exit statuses are told as on Linux."""
    with Guard() as guard:
        for status in (0, 3):
            program = guard.start([sys.executable, "-c", f"import sys; sys.exit({status})"], env={})
            with pytest.raises(Ended) as ended:
                program.ask(b"", seconds=60, limit=100, meanwhile=lambda: None)
            assert ended.value.status == status
            program.close()


@pytest.mark.usefixtures("elsewhere")
def test_a_guard_that_is_lost() -> None:
    """A guard that somebody ended is replaced at the next start."""
    with Guard() as guard:
        guard._process.kill()  # noqa: SLF001 - as somebody might
        guard._process.wait()  # noqa: SLF001 - likewise
        program = guard.start([sys.executable, "-c", WAITS], env={})
        assert is_there(program.process)
        assert guard.lost
        assert subprocess.run(["kill", "-0", str(program.process)], check=False).returncode == 0  # noqa: S607 - POSIX has it
        program.close()
