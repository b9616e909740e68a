"""The line on the terminal."""

from __future__ import annotations

import io

from usagecompat.scan._progress import Progress


class Terminal(io.StringIO):
    """Somebody is watching."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_says_how_far_and_how_long() -> None:
    """On a terminal there is one line with the share, the rate and what remains, and it is wiped away at the end."""
    now = [100.0]
    terminal = Terminal()
    progress = Progress(4_000_000_000, terminal, lambda: now[0])
    for _ in range(10):
        progress.tick(100_000_000)
        now[0] += 1
    assert progress.line(now[0]).endswith("]  25% of 4,000 MB, 90 MB/s, 0:33 left")
    assert "\n" not in terminal.getvalue()
    progress.close()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_earlier_runs_are_no_speed() -> None:
    """What an earlier run has done counts as done, not as fast."""
    now = [0.0]
    progress = Progress(10_000_000_000, None, lambda: now[0])
    progress.tick(9_000_000_000)
    now[0] = 10
    progress.tick(1_000_000)
    assert progress.line(now[0]).endswith(" 90% of 10,000 MB, 0 MB/s, 2:46:30 left")


def test_silent_elsewhere() -> None:
    """Where nobody is watching there is nothing."""
    stream = io.StringIO()
    progress = Progress(10, stream)
    progress.tick(5)
    progress.close()
    assert stream.getvalue() == ""
    Progress(0, None).tick(0)
