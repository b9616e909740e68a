"""The line on a terminal that says how far a command is."""

from __future__ import annotations

import io
import sys

import pytest

from usagecompat.cli.progress import progress


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
