"""Which time is covered: exact while the intervals are few, to the minute when they are many, the same in any order."""

from __future__ import annotations

from itertools import pairwise
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat.scan import coverage
from usagecompat.scan.coverage import DAY, FIRST, LAST, Coverage, CoverageBuilder, seconds_by_day

BEGIN = 20_000 * DAY
few = pytest.mark.parametrize("most", [2, 10_000])
intervals = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 400), st.integers(1, 300)).map(lambda one: (BEGIN + one[0], BEGIN + sum(one))),
        st.tuples(st.integers(0, 60), st.integers(1, 60)).map(
            lambda one: (BEGIN + one[0] * 3600, BEGIN + sum(one) * 3600)
        ),
        st.sampled_from([(FIRST - 1, FIRST + 5), (LAST - 5, LAST + 1), (FIRST, LAST), (0, 60)]),
    ),
    max_size=12,
)


def covering(spans: list[tuple[int, int]]) -> Coverage:
    """The coverage of these intervals, one after the other."""
    builder = CoverageBuilder()
    for start, end in spans:
        builder.add_all([start], [end])
    return builder.coverage()


@few
@given(one=intervals, two=intervals, three=intervals)
def test_adds_up(
    most: int, one: list[tuple[int, int]], two: list[tuple[int, int]], three: list[tuple[int, int]]
) -> None:
    """Coverages are a commutative monoid, and what they come to does not depend on how intervals are divided."""
    with patch.object(coverage, "MOST_INTERVALS", most):
        a, b, c = covering(one), covering(two), covering(three)
        assert (a + b) + c == a + (b + c) == covering([*one, *two, *three]) == covering([*three, *one, *two])
        assert a + b == b + a
        assert a + Coverage() == a == Coverage() + a


@given(spans=intervals)
def test_exact(spans: list[tuple[int, int]]) -> None:
    """While the intervals are few, a second is covered if it lies in one, and again if it lies in two."""
    inside = [(start, end) for start, end in spans if start >= FIRST and end <= LAST]
    once, twice = covering(spans).stretches()
    for second in {at for span in inside for at in (span[0] - 1, span[0], span[1] - 1, span[1])}:
        depth = sum(start <= second < end for start, end in inside)
        assert any(start <= second < end for start, end in once) is (depth > 0)
        assert any(start <= second < end for start, end in twice) is (depth > 1)
    for stretches in (once, twice):
        assert all(left[1] < right[0] for left, right in pairwise(stretches))
    assert covering(spans).outside == len(spans) - len(inside)


@given(spans=intervals)
def test_minutes(spans: list[tuple[int, int]]) -> None:
    """Rounded, whole minutes are covered as exactly as before."""
    whole = [(start // 60 * 60, -(-end // 60) * 60) for start, end in spans]
    with patch.object(coverage, "MOST_INTERVALS", 0):
        rounded = covering(whole)
    assert rounded.stretches() == covering(whole).stretches()
    assert rounded.outside == covering(whole).outside


@few
@given(spans=intervals)
def test_survives_as_json(most: int, spans: list[tuple[int, int]]) -> None:
    """A coverage is the same when it has been written down and read."""
    with patch.object(coverage, "MOST_INTERVALS", most):
        one = covering(spans)
        assert Coverage.from_dict(one.to_dict()) == one


def test_many_intervals_are_rounded() -> None:
    """Up to 10,000 different intervals are exact; with one more it is said that they are not."""
    spans = [(BEGIN + 2 * index, BEGIN + 2 * index + 1) for index in range(10_001)]
    assert covering(spans[:-1] * 2).is_exact
    assert not covering(spans).is_exact
    assert len(covering(spans[:-1]).stretches()[0]) == 10_000


def test_neighbours_stay_neighbours() -> None:
    """Rounding makes no gap and no overlap between buckets of any width that follow each other."""
    with patch.object(coverage, "MOST_INTERVALS", 5):
        one = covering([(BEGIN + 17 + index * 601, BEGIN + 17 + (index + 1) * 601) for index in range(500)])
    once, twice = one.stretches()
    assert (len(once), twice, one.is_exact) == (1, [], False)


def test_what_can_be_read_off() -> None:
    """Gaps, overlaps and the seconds of each day stand beside what is needed to add up."""
    told = covering([(BEGIN, BEGIN + DAY), (BEGIN, BEGIN + DAY), (BEGIN + 3 * DAY, BEGIN + 3 * DAY + 60)]).to_dict()
    assert told["covered_seconds_by_day"] == {"2024-10-04": DAY, "2024-10-07": 60}
    assert told["gaps"] == {"count": 1, "seconds": 2 * DAY, "first": [[BEGIN + DAY, BEGIN + 3 * DAY]]}
    assert told["overlaps"] == {"count": 1, "seconds": DAY, "first": [[BEGIN, BEGIN + DAY]]}
    assert told["intervals"] == [[BEGIN, BEGIN + DAY, DAY, 2], [BEGIN + 3 * DAY, BEGIN + 3 * DAY + 60, 60, 1]]


@given(spans=intervals)
def test_days(spans: list[tuple[int, int]]) -> None:
    """The seconds of all days are those of all stretches."""
    once, _ = covering([span for span in spans if span != (FIRST, LAST)]).stretches()
    assert sum(seconds_by_day(once).values()) == sum(end - start for start, end in once)


def test_any_number_of_intervals_may_overlap() -> None:
    """Thousands of intervals that overlap at one moment are swept in one walk, whether each goes on or all are nested."""
    for count in (2_000, 9_000):
        nested = [(FIRST + i, LAST - i) for i in range(count)]
        assert _covers(nested) == ([(FIRST, LAST)], [(FIRST + 1, LAST - 1)])
        stairs = [(FIRST + i, FIRST + i + count) for i in range(count)]
        assert _covers(stairs) == ([(FIRST, FIRST + 2 * count - 1)], [(FIRST + 1, FIRST + 2 * count - 2)])


def _covers(intervals: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    builder = CoverageBuilder()
    builder.add_all(*zip(*intervals, strict=True))
    return builder.coverage().stretches()
