"""
The months of what is found: of the bucket that it is in; and how many payloads of each verdict start in each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from usagecompat.findings import Shape
from usagecompat.scan.coverage import DAY
from usagecompat.scan.summary import NO_MONTH
from usagecompat.scan.trees import items, member, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.findings import Path, Verdict


def time_of(tree: Any, shape: Shape | None, path: Path) -> object:  # noqa: ANN401 - a tree
    """The start of the bucket that a place is in; of the first one for what is said of the page."""
    if shape in {Shape.RESULT, Shape.FLAT}:
        return None
    if shape is Shape.PAGE:
        index = path[1] if len(path) > 1 and path[0] == "data" and isinstance(path[1], int) else 0
        tree = next(iter(items(member(tree, "data"))[index : index + 1]), None)
    return member(tree, "start_time")


def month_of(value: object) -> str:
    """The month of a time as a parser leaves it."""
    time = seconds(value)
    if time is None or not _FIRST_MONTH <= time < _LAST_MONTH:
        return NO_MONTH
    return _month_of_day(int(time) // DAY)


class VerdictsByMonth:
    """Counts payloads by their verdict and the month in which they start."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: dict[str, Counter[str]] = {}
        self._waiting: dict[Verdict, list[int]] = {}
        """Starts that are not counted as yet: many at once take less time."""

    def add(self, verdict: Verdict, time: object) -> None:
        """Count one payload, which starts at a time as a parser leaves it."""
        self._add(verdict, month_of(time), 1)

    def add_all(self, verdict: Verdict, starts: Sequence[int]) -> None:
        """Count many of one verdict."""
        waiting = self._waiting.setdefault(verdict, [])
        waiting += starts
        if len(waiting) > _MOST_WAITING:
            self._settle()

    def _settle(self) -> None:
        """Count what waits: once sorted, all of a month are one cut."""
        for verdict, waiting in self._waiting.items():
            waiting.sort()
            at = 0
            while at < len(waiting):
                month, end = _month_around(waiting[at])
                after = bisect_left(waiting, end, at) if end is not None else len(waiting)
                self._add(verdict, month, after - at)
                at = after
        self._waiting.clear()

    def _add(self, verdict: Verdict, month: str, count: int) -> None:
        self._counts.setdefault(month, Counter())[verdict] += count

    def counts(self) -> dict[str, dict[str, int]]:
        """All that were counted, by month and verdict."""
        self._settle()
        return {
            month: {str(verdict): count for verdict, count in verdicts.items()}
            for month, verdicts in self._counts.items()
        }


@lru_cache(maxsize=1 << 12)
def _month_of_day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m")


def _month_around(time: int) -> tuple[str, int | None]:
    """The month of a time, and when the next one begins; None if none does."""
    if time >= _LAST_MONTH:
        return NO_MONTH, None
    if time < _FIRST_MONTH:
        return NO_MONTH, _FIRST_MONTH
    month = _month_of_day(time // DAY)
    return month, _end_of(month)


@lru_cache(maxsize=1 << 12)
def _end_of(month: str) -> int:
    year, number = map(int, month.split("-"))
    return int(datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp())


_MOST_WAITING: Final = 1 << 11
_FIRST_MONTH: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LAST_MONTH: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
