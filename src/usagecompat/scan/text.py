"""
A summary as people read it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from usagecompat.findings import Profile, Verdict
from usagecompat.renderers.text import printable
from usagecompat.scan.coverage import DAY, date, seconds_by_day
from usagecompat.scan.summary import code_order, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.scan.coverage import Coverage, Interval
    from usagecompat.scan.summary import Example, Summary

_FEW: Final = 3


def render(summary: Summary, profile: Profile = Profile.SERVED) -> str:
    """Everything in the summary, on a few lines each."""
    return "".join(f"{line}\n" for line in _lines(summary, profile))


def _lines(summary: Summary, profile: Profile) -> Iterator[str]:
    verdicts = ", ".join(f"{summary.verdicts.get(verdict, 0):,} {verdict}" for verdict in Verdict)
    yield f"{summary.payloads:,} payload{'' if summary.payloads == 1 else 's'}, {summary.bytes:,} bytes: {verdicts}"
    yield from _counts("shapes", summary.shapes, summary.payloads)
    yield from _counts("kinds of results", summary.kinds, sum(summary.kinds.values()))
    yield from _counts("best-fitting revisions", summary.best_revisions, summary.payloads)
    if summary.findings:
        yield ""
        yield "findings"
    for code, tally in sorted(summary.findings.items(), key=lambda one: code_order(one[0])):
        yield f"  {tally.count:>12,}  {severity_of(code, profile):<8} {code}"
        for example in tally.first:
            yield f"{'':16}{printable(_place(example))}: {printable(example.message)}"
    if summary.deviations:
        yield ""
        yield "deviations by month of start_time"
    for month, codes in sorted(summary.deviations.items()):
        yield f"  {month}  " + ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
    if summary.coverage:
        yield ""
        yield "time covered (UTC)"
    for kind, coverage in sorted(summary.coverage.items()):
        yield from _coverage(kind, coverage)
    if summary.pieces:
        yield ""
        yield f"not everything of {len(summary.pieces):,} files has been read"


def _counts(title: str, counts: Mapping[str, int], whole: int) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield title
    for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {count:>12,}  {count / whole:6.1%}  {printable(name)}"


def _place(example: Example) -> str:
    where = example.source
    if example.line:
        where += f":{example.line}" if not example.base else f":+{example.line} from byte {example.base}"
    return f"{where} {example.pointer}".rstrip()


def _coverage(kind: str, coverage: Coverage) -> Iterator[str]:
    once, twice = coverage.stretches()
    if once:
        days = seconds_by_day(once)
        whole = sum(seconds == DAY for seconds in days.values())
        about = "" if coverage.is_exact else "about, to the minute: "
        yield (
            f"  {kind}: {about}{_moment(once[0][0])} to {_moment(once[-1][1])}, {len(days):,} day{'' if len(days) == 1 else 's'},"
            f" {whole:,} of them whole"
        )
        yield from _parts({day: seconds for day, seconds in days.items() if seconds < DAY})
        gaps = [(left[1], right[0]) for left, right in pairwise(once)]
        yield from _stretches("gap", "gaps", gaps)
        yield from _stretches("stretch covered more than once", "stretches covered more than once", twice)
    else:
        yield f"  {kind}: nothing between 2020 and 2039"
    if coverage.outside:
        lie = "bucket lies" if coverage.outside == 1 else "buckets lie"
        yield f"    {coverage.outside:,} {lie} before 2020 or after 2039, and no more is said of that"


def _parts(days: Mapping[int, int]) -> Iterator[str]:
    """The days that are covered in part, each with its seconds."""
    if not days:
        return
    few = "; ".join(f"{date(day)} {seconds:,} s" for day, seconds in islice(days.items(), _FEW))
    yield f"    {len(days):,} day{'' if len(days) == 1 else 's'} in part: {few}{_and_more(len(days))}"


def _and_more(count: int) -> str:
    return f"; and {count - _FEW:,} more" if count > _FEW else ""


def _stretches(one: str, many: str, stretches: list[Interval]) -> Iterator[str]:
    if not stretches:
        return
    seconds = sum(end - start for start, end in stretches)
    few = "; ".join(f"{_moment(start)} to {_moment(end)}" for start, end in stretches[:_FEW])
    count = len(stretches)
    yield f"    {count:,} {one if count == 1 else many}, {seconds:,} s: {few}{_and_more(count)}"


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%d" if seconds % DAY == 0 else "%Y-%m-%dT%H:%M:%SZ")
