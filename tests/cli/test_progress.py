"""The line on a terminal that says how far a command is."""

from __future__ import annotations

import io
import re
import sys
from typing import TYPE_CHECKING

import pytest

from usagecompat.cli import main
from usagecompat.cli.progress import progress
from usagecompat.clients.watching import Forgetful

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    """Somebody is watching."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_share_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows what is done, how much of it, how fast, and that all is done at the end."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(4, "checking", unit="cases") as tick:
        for _ in range(4):
            tick(1)
    text = terminal.getvalue()
    assert "checking" in text
    assert "50%" in text
    assert "100%" in text
    assert "cases/s" in text


def test_rate_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar that counts time has the rate of what is done in it."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(2, "searching", unit="payloads", counted=lambda: 10**9) as tick:
        tick(1)
        tick(1)
    assert re.search(r"\d,\d{3},\d{3} payloads/s", terminal.getvalue())


@pytest.mark.parametrize(("total", "wanted"), [(0, True), (4, False)])
def test_nothing_to_display(monkeypatch: pytest.MonkeyPatch, total: int, *, wanted: bool) -> None:
    """Where there is nothing to do, or nobody wants to see it, a terminal shows nothing."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(total, "checking", wanted=wanted) as tick:
        tick(1)
    assert not terminal.getvalue()


def test_silent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a pipe gets nothing."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(10, "checking") as tick:
        tick(5)
    assert not stream.getvalue()


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_run_and_matrix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jobs: str) -> None:
    """`run` and `matrix` show rate and time left, in one process as in several, and count each case once."""
    (tmp_path / "client.py").write_text(
        "import time\ndef echo(payload):\n    time.sleep(0.1)\n    return payload\n", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for command in ("run", "matrix"):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        arguments = [
            command,
            "--client",
            "python:client:echo",
            "-k",
            "members/amount",
            "--jobs",
            jobs,
            "--probes",
            "none",
        ]
        main([*arguments, "--format", "json"], standalone_mode=False)
        text = terminal.getvalue()
        assert "client:echo" in text
        assert "cases/s" in text
        # How long the rest takes is known after a second.
        assert jobs != "1" or re.search(r"[0-9]%.*[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", text), "the time that is left"
        assert "100%" in text


def test_cases_that_are_asked_again_count_once() -> None:
    """What a lost worker had done is not counted twice."""
    counted: list[int] = []
    again = Forgetful(counted.append, 3)
    for _ in range(5):
        again(1)
    assert sum(counted) == 2
