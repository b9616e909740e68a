"""
A line on the terminal that says how far a scan is, how fast, and how long it will take.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS: Final = 0.2
_WIDTH: Final = 24
_MINUTE: Final = 60
_HOUR: Final = 3600


class Progress:
    """Counts bytes, and shows them if somebody can see it."""

    def __init__(self, total: int, stream: TextIO | None, clock: Callable[[], float] = monotonic) -> None:
        """Begin; nothing is shown if `stream` is None or no terminal."""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._total = total
        self._clock = clock
        self._done = self._before = 0
        self._began: float | None = None
        self._shown = 0.0

    def tick(self, size: int) -> None:
        """So many bytes more are done."""
        now = self._clock()
        self._done += size
        if self._began is None:  # what comes first was done by an earlier run
            self._began, self._before = now, self._done
        if self._stream is not None and now - self._shown >= _SECONDS:
            self._shown = now
            self._stream.write(f"\r{self.line(now)}\x1b[K")
            self._stream.flush()

    def line(self, now: float) -> str:
        """What is shown."""
        done, total = min(self._done, self._total), self._total
        share = done / total if total else 1.0
        spent = now - (self._began if self._began is not None else now)
        rate = (self._done - self._before) / spent if spent > 0 else 0.0
        filled = int(share * _WIDTH)
        text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%} of {total / 1e6:,.0f} MB"
        if rate > 0:
            text += f", {rate / 1e6:,.0f} MB/s, {_duration((total - done) / rate)} left"
        return text

    def close(self) -> None:
        """Leave no trace."""
        if self._stream is not None and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // _HOUR, whole // _MINUTE % _MINUTE, whole % _MINUTE
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
