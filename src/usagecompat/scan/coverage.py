"""
Which time is covered, in bounded memory: exact while the intervals are few, to the minute when they are many.

A `Coverage` is one value of a monoid: `+` takes two of them in either order, and `Coverage()` changes nothing.
What it is depends on the intervals alone, never on the order in which they came or on how they were divided.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date as Date  # noqa: N812 - `date` is a day as text
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_INTERVALS: Final = 10_000
"""Different intervals that are kept as they are; with one more, all are rounded to the minute."""
DAY: Final = 86_400
_MINUTE: Final = 60
_MINUTES: Final = DAY // _MINUTE
_WHOLE_DAY: Final = (1 << _MINUTES) - 1
FIRST: Final = 18_262 * DAY
"""2020-01-01T00:00:00Z; what lies before is counted and not looked at further."""
LAST: Final = 25_567 * DAY
"""2040-01-01T00:00:00Z; likewise what lies after."""
_EPOCH: Final = Date(1970, 1, 1).toordinal()
_BITS: Final = re.compile("1+")

Seconds: TypeAlias = int | Decimal
"""A time as it was sent; a `Decimal` if it has so many digits that nobody should write them out."""
Interval = tuple[int, int]
"""Start and end in seconds since 1970-01-01 UTC; the end is no part of it."""


@frozen
class Coverage:
    """Which time some buckets cover, once and more than once."""

    intervals: Mapping[Interval, int] = field(factory=dict[Interval, int])
    """Each interval with 1, or 2 for more often; none if there have been more than `MOST_INTERVALS`."""
    minutes: Mapping[int, tuple[int, int]] = field(factory=dict[int, tuple[int, int]])
    """By day since 1970: a bit for each minute that is covered, and for each that is covered more than once."""
    outside: int = 0
    """Buckets that start before `FIRST` or end after `LAST`."""
    is_exact: bool = True
    """Whether nothing was rounded."""

    def __add__(self, other: Coverage) -> Coverage:
        """What both cover."""
        builder = CoverageBuilder(self)
        builder.add_coverage(other)
        return builder.coverage()

    def stretches(self) -> tuple[list[Interval], list[Interval]]:
        """What is covered, and what is covered more than once: disjoint, in order, with a gap between any two."""
        if self.is_exact:
            return _swept((start, end, times) for (start, end), times in self.intervals.items())
        once, twice = (
            _joined(run for day in sorted(self.minutes) for run in _runs(day, self.minutes[day][index]))
            for index in (0, 1)
        )
        return once, twice

    def to_dict(self) -> dict[str, object]:
        """The coverage in JSON: what can be added up again, and what can be read off."""
        once, twice = self.stretches()
        gaps = [(left[1], right[0]) for left, right in pairwise(once)]
        return {
            "exact": self.is_exact,
            "start": once[0][0] if once else None,
            "end": once[-1][1] if once else None,
            "covered_seconds_by_day": {date(day): seconds for day, seconds in seconds_by_day(once).items()},
            "gaps": _listed(gaps),
            "overlaps": _listed(twice),
            "outside": self.outside,
            "covered": [] if self.is_exact else [list(stretch) for stretch in once],
            "covered_again": [] if self.is_exact else [list(stretch) for stretch in twice],
            "intervals": [list(row) for row in _rows(self.intervals)],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Coverage:
        """What `to_dict` has written."""
        intervals: dict[Interval, int] = {}
        for start, end, width, times in data["intervals"]:
            intervals |= {(at, at + width): times for at in range(start, end, width)}
        builder = CoverageBuilder()
        for name, bit in (("covered", 0), ("covered_again", 1)):
            for start, end in data[name]:
                builder.set_minutes(start // _MINUTE, end // _MINUTE, bit)
        return cls(intervals, builder.minutes, data["outside"], data["exact"])


class CoverageBuilder:
    """A coverage that grows."""

    def __init__(self, start: Coverage | None = None) -> None:
        """Begin with what `start` covers."""
        self._pending: Counter[Interval] = Counter(start.intervals if start else ())
        self.minutes: dict[int, tuple[int, int]] = dict(start.minutes) if start else {}
        """As in `Coverage`."""
        self._outside = start.outside if start else 0
        self._is_exact = start is None or start.is_exact

    def add_all(self, starts: Sequence[Seconds], ends: Sequence[Seconds]) -> None:
        """
        Cover intervals, none of which is empty.

        Only those between `FIRST` and `LAST` become keys, since integers that are far apart may have one hash.
        """
        intervals: Iterable[tuple[Seconds, Seconds]] = zip(starts, ends, strict=True)
        if starts and (min(starts) < FIRST or max(ends) > LAST):
            intervals = [one for one in intervals if one[0] >= FIRST and one[1] <= LAST]
            self._outside += len(starts) - len(intervals)
        self._pending.update(cast("Iterable[Interval]", intervals))  # a `Decimal` is never so near
        if len(self._pending) > MOST_INTERVALS:
            self.settle()

    def settle(self) -> None:
        """Keep no more of what came than there may be."""
        pending = self._pending
        if len(pending) <= MOST_INTERVALS and self._is_exact:
            return
        self._is_exact = False
        half = _MINUTE // 2
        rounded = [
            ((start + half) // _MINUTE, (end + half) // _MINUTE, times) for (start, end), times in pending.items()
        ]
        self._pending = Counter()
        for bit, stretches in enumerate(_swept(rounded)):
            for start, end in stretches:
                self.set_minutes(start, end, bit)

    def set_minutes(self, start: int, end: int, bit: int) -> None:
        """Take the minutes from `start` to `end` for covered (bit 0), or for covered more than once (bit 1)."""
        while start < end:
            day, minute = divmod(start, _MINUTES)
            until = min(end - day * _MINUTES, _MINUTES)
            mask = _WHOLE_DAY if until - minute == _MINUTES else ((1 << (until - minute)) - 1) << minute
            once, twice = self.minutes.get(day, (0, 0))
            if bit:
                self.minutes[day] = once, _saved(twice | mask)
            else:
                self.minutes[day] = _saved(once | mask), _saved(twice | (once & mask))
            start = day * _MINUTES + until

    def add_coverage(self, other: Coverage) -> None:
        """Add what `other` covers."""
        self._outside += other.outside
        self._is_exact = self._is_exact and other.is_exact
        for day, (once, twice) in other.minutes.items():
            mine, mine_twice = self.minutes.get(day, (0, 0))
            self.minutes[day] = _saved(mine | once), _saved(mine_twice | twice | (mine & once))
        self._pending.update(other.intervals)
        self.settle()

    def coverage(self) -> Coverage:
        """What is covered."""
        self.settle()
        intervals = {one: min(times, 2) for one, times in self._pending.items()}
        return Coverage(intervals, dict(self.minutes), self._outside, self._is_exact)


def seconds_by_day(stretches: Iterable[Interval]) -> dict[int, int]:
    """How many seconds of each day since 1970 these disjoint stretches cover."""
    days: dict[int, int] = {}
    for start, end in stretches:
        for day in range(start // DAY, -(-end // DAY)):
            days[day] = days.get(day, 0) + min(end, (day + 1) * DAY) - max(start, day * DAY)
    return days


def date(day: int) -> str:
    """A day since 1970 as people write it."""
    return Date.fromordinal(_EPOCH + day).isoformat()


def _saved(bits: int) -> int:
    """The same, as one object for all days that are covered from end to end."""
    return _WHOLE_DAY if bits == _WHOLE_DAY else bits


def _swept(intervals: Iterable[tuple[int, int, int]]) -> tuple[list[Interval], list[Interval]]:
    """
    What intervals cover, each with how often it came, and what they cover more than once.

    One walk by their starts: what one covers again ends where it does, or where those in front do.
    """
    once: list[Interval] = []
    twice: list[Interval] = []
    since = until = since_twice = until_twice = _NEVER
    for start, end, times in sorted(intervals):
        again = end if times > 1 or end < until else until
        if start < again:
            if start > until_twice:
                twice.append((since_twice, until_twice))
                since_twice = start
                until_twice = again
            elif again > until_twice:
                until_twice = again
        if start > until:
            once.append((since, until))
            since = start
            until = end
        elif end > until:
            until = end
    once.append((since, until))
    twice.append((since_twice, until_twice))
    return [one for one in once if one[0] < one[1]], [one for one in twice if one[0] < one[1]]


def _runs(day: int, bits: int) -> Iterator[Interval]:
    """The stretches of one day."""
    at = day * DAY
    if bits == _WHOLE_DAY:
        yield at, at + DAY
        return
    for run in _BITS.finditer(f"{bits:0{_MINUTES}b}"[::-1]):
        yield at + run.start() * _MINUTE, at + run.end() * _MINUTE


def _joined(stretches: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in stretches:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


_NEVER: Final = -1
"""Before any time that is covered."""
_MOST_LISTED: Final = 100


def _listed(stretches: list[Interval]) -> dict[str, object]:
    """How many there are, how long they are together, and the first of them."""
    return {
        "count": len(stretches),
        "seconds": sum(end - start for start, end in stretches),
        "first": [list(one) for one in stretches[:_MOST_LISTED]],
    }


def _rows(intervals: Mapping[Interval, int]) -> Iterator[tuple[int, int, int, int]]:
    """The intervals, those of one width that follow each other in one row: start, end, width, how often."""
    rows: dict[tuple[int, int], tuple[int, int]] = {}
    for (start, end), times in sorted(intervals.items()):
        key = (end - start, times)
        since, until = rows.get(key, (start, start))
        if until != start:
            yield since, until, *key
            since = start
        rows[key] = since, end
    for key, (since, until) in rows.items():
        yield since, until, *key
