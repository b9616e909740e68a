"""
Charts as SVG, drawn with whole numbers; behind each stands a table with the same, for those who cannot see it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.pages.document import Html, details, table, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CELL: Final = 13
_HEIGHT: Final = 1_000
_LEAST: Final = 4
"""How tall the bar of a small count is."""
_SECONDS: Final = 86_400
_WEEK: Final = 7
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_YEARS: Final = 20
_LEFT: Final = 70
"""How much room the names of rungs have."""
_STEP: Final = 64
_RUNG: Final = 22
_APART: Final = 3
"""How far lines on the same rung are apart."""
_LABEL: Final = 10
_MOST_LABELS: Final = 40


@frozen
class Day:
    """How much of a day is covered."""

    covered: int
    """Seconds."""
    again: int = 0
    """Seconds that are covered more than once."""

    @property
    def kind(self) -> str:
        """What its cell is called."""
        if self.again:
            return "again"
        if not self.covered:
            return "gap"
        return "whole" if self.covered >= _SECONDS else "part"


def calendar(name: str, days: Mapping[date, Day]) -> Html:
    """
    A cell for each day from the first to the last, a strip for each year.

    Days in between that are not there are gaps.
    """
    if not days:
        return Html("")
    first, last = min(days), max(days)
    years = range(max(first.year, last.year - _MOST_YEARS + 1), last.year + 1)
    strips = "".join(_strip(year, first, last, days) for year in years)
    odd = [(day, days[day]) for day in sorted(days) if days[day].kind != "whole"]
    gaps = [day for offset in range((last - first).days) if (day := first + timedelta(offset)) not in days]
    rows = [(day.isoformat(), one.covered, one.again) for day, one in odd]
    rows += [(day.isoformat(), 0, 0) for day in gaps]
    whole = sum(one.kind == "whole" for one in days.values())
    told = f"{whole:,} whole days, {len(odd):,} in part or more than once, {len(gaps):,} without any"
    return Html(
        f"<figure><figcaption>{words(name)}: {first.isoformat()} to {last.isoformat()}, {told}</figcaption>{strips}"
        f"{_table_behind('Days that are not covered once and whole', ('day', 'seconds covered', 'of them more than once'), sorted(rows))}"
        "</figure>\n"
    )


def _strip(year: int, first: date, last: date, days: Mapping[date, Day]) -> str:
    start = date(year, 1, 1)
    offset = start.weekday()
    cells: list[str] = []
    labels = "".join(
        f'<text x="{((date(year, month, 1) - start).days + offset) // _WEEK * _CELL}" y="10">{_MONTHS[month - 1]}</text>'
        for month in range(1, 13)
    )
    day = max(start, first)
    while day <= last and day.year == year:
        one = days.get(day, Day(0))
        week, weekday = divmod((day - start).days + offset, _WEEK)
        x, y = week * _CELL, 15 + weekday * _CELL
        about = f"{day.isoformat()}: {one.covered:,} s" + (
            f", {one.again:,} s of them more than once" if one.again else ""
        )
        cells.append(
            f'<rect class="{one.kind}" x="{x}" y="{y}" width="11" height="11" rx="2"><title>{about}</title></rect>'
        )
        if one.kind == "gap":
            cells.append(f'<path class="cross" d="M{x + 3} {y + 3}l5 5m0 -5l-5 5"/>')
        elif one.kind == "again":
            cells.append(f'<circle class="dot" cx="{x + 5}" cy="{y + 5}" r="2"/>')
        day += timedelta(1)
    width, height = 54 * _CELL, 15 + _WEEK * _CELL
    return (
        f'<div class="strip"><span class="year">{year}</span>'
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{year}, days covered">{labels}{"".join(cells)}</svg></div>'
    )


@frozen
class Bar:
    """One bar."""

    label: str
    value: int | Decimal
    shown: str = ""
    """How the value is written, if not as it is."""

    @property
    def text(self) -> str:
        """The value in words."""
        return self.shown or f"{self.value:,}"


def bars(name: str, unit: str, values: Sequence[Bar]) -> Html:
    """Upright bars in a row, such as one for each day; those below zero hang down."""
    if not values:
        return Html("")
    most = max(*(bar.value for bar in values), 0)
    least = min(*(bar.value for bar in values), 0)
    span = Decimal(most) - Decimal(least) or Decimal(1)

    def height(value: int | Decimal) -> int:
        return int(Decimal(value) * _HEIGHT / span)

    zero = height(most)
    rects: list[str] = []
    for index, bar in enumerate(values):
        tall = height(bar.value)
        top, size = (zero - tall, tall) if tall >= 0 else (zero, -tall)
        rects.append(
            f'<rect class="bar" x="{index * 10 + 1}" y="{top}" width="8" height="{max(size, _LEAST if bar.value else 0)}">'
            f"<title>{words(bar.label)}: {words(bar.text)} {words(unit)}</title></rect>"
        )
    top_bar = max(values, key=lambda bar: bar.value)
    return Html(
        f"<figure><figcaption>{words(name)}</figcaption>"
        f'<p class="scale">at most {words(top_bar.text)} {words(unit)}, {words(top_bar.label)}</p>'
        f'<svg class="bars" viewBox="0 0 {len(values) * 10} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{words(name)}">{"".join(rects)}</svg>'
        f'<p class="ends"><span>{words(values[0].label)}</span><span>{words(values[-1].label)}</span></p>'
        f"{_table_behind(name, ('', unit), [(bar.label, bar.text) for bar in values])}</figure>\n"
    )


@frozen
class Stack:
    """Bars on top of each other."""

    label: str
    counts: Sequence[int]
    """The lowest first."""


def stacks(name: str, unit: str, parts: Sequence[tuple[str, str]], values: Sequence[Stack]) -> Html:
    """
    Upright bars in a row, each of which consists of counts.

    Args:
        name: What stands above.
        unit: What is counted.
        parts: The name of each count, and the kind that decides on its colour, the lowest first.
        values: The bars.
    """
    if not values:
        return Html("")
    most = max(sum(stack.counts) for stack in values) or 1
    room = _HEIGHT - _LEAST * len(parts)  # so that no count is too small to be there
    rects: list[str] = []
    for index, stack in enumerate(values):
        top = _HEIGHT
        for (part, kind), count in zip(parts, stack.counts, strict=True):
            if count:
                tall = count * room // most + _LEAST
                top -= tall
                rects.append(
                    f'<rect class="{words(kind)}" x="{index * 10 + 1}" y="{top}" width="8" height="{tall}">'
                    f"<title>{words(stack.label)}: {count:,} {words(unit)}, {words(part)}</title></rect>"
                )
    key = " ".join(f'<span class="{words(kind)}">{words(part)}</span>' for part, kind in reversed(parts))
    tallest = max(values, key=lambda stack: sum(stack.counts))
    rows = [(stack.label, *(f"{count:,}" for count in reversed(stack.counts))) for stack in values]
    return Html(
        f"<figure><figcaption>{words(name)}</figcaption>"
        f'<p class="scale">at most {sum(tallest.counts):,} {words(unit)}, {words(tallest.label)}</p>'
        f'<svg class="bars" viewBox="0 0 {len(values) * 10} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{words(name)}">{"".join(rects)}</svg>'
        f'<p class="ends"><span>{words(values[0].label)}</span><span>{words(values[-1].label)}</span></p>'
        f'<p class="key">from the top: {key}</p>'
        f"{_table_behind(name, ('', *(part for part, _ in reversed(parts))), rows)}</figure>\n"
    )


@frozen
class Stop:
    """One point in time of a chart of rungs."""

    label: str
    rungs: Sequence[int | None]
    """How high each line is there; None where nothing is known."""
    about: str = ""
    """What its point says beside its label and height."""
    is_other: bool = False
    """Whether something else changed before it, so that both sides are compared with care."""


def rungs(name: str, heights: Sequence[str], lines: Sequence[str], stops: Sequence[Stop]) -> Html:
    """
    Lines over time that stand on rungs with names, such as levels.

    Args:
        name: What stands above.
        heights: The names of the rungs, the lowest first.
        lines: What each line is; there are two colours.
        stops: The points in time; a broken upright line stands before those that are `is_other`.
    """
    if not stops:
        return Html("")
    width, top = _LEFT + len(stops) * _STEP, 10
    ground = top + (len(heights) - 1) * _RUNG

    def place(index: int, rung: int, line: int) -> tuple[int, int]:
        return _LEFT + index * _STEP + _STEP // 2, ground - rung * _RUNG + line * _APART

    drawn = [
        f'<text x="0" y="{ground - rung * _RUNG + 3}">{words(height)}</text>'
        f'<path class="rung" d="M{_LEFT} {ground - rung * _RUNG}H{width}"/>'
        for rung, height in enumerate(heights)
    ]
    drawn += [
        f'<path class="other" d="M{_LEFT + index * _STEP} {top - 6}V{ground + 6}"/>'
        for index, stop in enumerate(stops)
        if stop.is_other
    ]
    for line, what in enumerate(lines):
        known = [(index, rung, stop) for index, stop in enumerate(stops) if (rung := stop.rungs[line]) is not None]
        corners = " ".join("{},{}".format(*place(index, rung, line)) for index, rung, _ in known)
        drawn.append(f'<polyline class="line{line}" points="{corners}"/>')
        for index, rung, stop in known:
            x, y = place(index, rung, line)
            told = "; ".join(filter(None, (f"{stop.label}: {what} {heights[rung]}", stop.about)))
            drawn.append(f'<circle class="dot{line}" cx="{x}" cy="{y}" r="4"><title>{words(told)}</title></circle>')
    every = -(-len(stops) // _MOST_LABELS)
    drawn += [
        f'<text class="under" x="{_LEFT + index * _STEP + _STEP // 2}" y="{ground + 22}">{words(stop.label[:_LABEL])}</text>'
        for index, stop in enumerate(stops)
        if index % every == 0
    ]
    key = " ".join(f'<span class="line{line}">{words(what)}</span>' for line, what in enumerate(lines))
    rows = [(stop.label, *("" if rung is None else heights[rung] for rung in stop.rungs), stop.about) for stop in stops]
    return Html(
        f"<figure><figcaption>{words(name)}</figcaption>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{words(name)}">'
        f'<svg class="rungs" width="{width}" height="{ground + 30}" viewBox="0 0 {width} {ground + 30}" role="img" '
        f'aria-label="{words(name)}">{"".join(drawn)}</svg></div><p class="key">{key}</p>'
        f"{details('as a table', table(name, ('', *lines, 'of'), rows))}</figure>\n"
    )


def shares(name: str, values: Sequence[tuple[Bar, str]]) -> Html:
    """Lying bars with their names, each of a kind that decides on its colour."""
    if not values:
        return Html("")
    most = max((bar.value for bar, _ in values), default=0) or 1
    rows = "".join(
        f'<tr><th scope="row">{words(bar.label)}</th><td class="number">{words(bar.text)}</td><td class="lying">'
        f'<svg viewBox="0 0 {_HEIGHT} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="{words(kind)}" x="0" y="0" '
        f'width="{int(Decimal(bar.value) * _HEIGHT / Decimal(most))}" height="10"/></svg></td></tr>'
        for bar, kind in values
    )
    return Html(f'<table class="shares"><caption>{words(name)}</caption><tbody>{rows}</tbody></table>\n')


def _table_behind(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    return details("as a table", table(caption, heads, rows, numbers=range(1, len(heads))))
