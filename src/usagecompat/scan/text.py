"""
A summary as people read it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract import LATEST
from usagecompat.findings import Profile, Severity, Verdict
from usagecompat.printing import counted, printable
from usagecompat.scan.coverage import DAY, date, seconds_by_day
from usagecompat.scan.summary import NO_KIND, UNKNOWN_KIND, Example, code_order, severity_of
from usagecompat.scan.totals import MOST_GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.scan.coverage import Coverage, Interval
    from usagecompat.scan.restatements import Restatements
    from usagecompat.scan.summary import Summary
    from usagecompat.scan.totals import Totals
    from usagecompat.scan.unpublished import Unpublished

_FEW: Final = 3
_MOST_NAMES: Final = 100
NO_DATE: Final = "no date"
"""Stands where nothing was in a bucket that says when it starts, or in none from 2000 to 2099."""
_LABELS: Final = {NO_KIND: "(buckets without results)", UNKNOWN_KIND: "(other kinds)"}
_OF_RESULTS: Final = {**_LABELS, NO_KIND: "(no kind)"}
"""The same where results are added up: what has no kind there is a result."""


def render(summary: Summary, profile: Profile = Profile.SERVED, revision: str = LATEST) -> str:
    """
    Everything in the summary, on a few lines each.

    Args:
        summary: What was found.
        profile: By which it was judged.
        revision: Likewise.
    """
    return "".join(f"{line}\n" for line in _lines(summary, profile, revision))


def _lines(summary: Summary, profile: Profile, revision: str) -> Iterator[str]:
    verdicts = ", ".join(f"{summary.verdicts.get(verdict, 0):,} {verdict}" for verdict in Verdict)
    unread = f"; {summary.unread:,} could not be read, or not to the end" if summary.unread else ""
    payloads = counted(summary.payloads, "payload")
    yield f"{payloads}, {summary.bytes:,} bytes: {verdicts}{unread}"
    yield f"judged by revision {revision}, {profile}"
    yield from _counts("shapes", summary.shapes, summary.payloads)
    yield from _counts("kinds of results", summary.kinds, sum(summary.kinds.values()))
    yield from _counts("best-fitting revisions, the earliest of equals", summary.best_revisions, summary.payloads)
    if summary.findings:
        yield ""
        yield "findings; `usagecompat explain CODE` explains each"
    weights, severities = tuple(Severity), {code: severity_of(code, profile) for code in summary.findings}
    for code in sorted(summary.findings, key=lambda one: (weights.index(severities[one]), code_order(one))):
        tally = summary.findings[code]
        yield f"  {tally.count:>12,}  {severities[code]:<8} {code}"
        for example in tally.first:
            yield f"{'':16}{printable(place_in_words(example))}: {printable(example.message)}"
    yield from _undeclared(summary.undeclared)
    yield from _unpublished(summary.unpublished)
    yield from _by_month(summary)
    if summary.deviations:
        yield ""
        yield "deviations by month of start_time"
    for month, codes in sorted(summary.deviations.items()):
        yield f"  {month}  " + ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
    if summary.coverage:
        yield ""
        yield "time covered (UTC) by payloads that are not invalid" + (", as far as they were read" if unread else "")
    for kind, coverage in sorted(summary.coverage.items()):
        yield from _coverage(kind, coverage)
    if summary.totals is not None:
        yield from _totals(summary.totals)
    if summary.restatements is not None:
        yield from _restatements(summary.restatements)
    if summary.pieces:
        yield ""
        yield f"not everything of {len(summary.pieces):,} files has been read"


def _by_month(summary: Summary) -> Iterator[str]:
    """Only where months differ; else the first line says it all."""
    months = summary.verdicts_by_month
    if len(months) < 2 or len({verdict for verdicts in months.values() for verdict in verdicts}) < 2:  # noqa: PLR2004
        return
    yield ""
    yield "verdicts by month of start_time"
    for month, verdicts in sorted(months.items()):
        yield f"  {month}  " + ", ".join(f"{verdicts.get(verdict, 0):,} {verdict}" for verdict in Verdict)
    if summary.not_by_month:
        yield f"  {summary.not_by_month:,} payloads were scanned by an older version, which did not keep their months"


def _totals(totals: Totals) -> Iterator[str]:
    by = f", kind and {totals.by}" if totals.by else " and kind"
    yield ""
    yield f"totals by day (UTC){by}, exact"
    rows: list[Any] = totals.rows()
    for row in rows:
        group = ""
        if totals.by:
            group = "  (all others)" if row.get("rest") else f"  {row['group'] or '(none)'}"
        parts = [
            counted(row["results"], "result"),
            *(f"{amount} {currency}" for currency, amount in row["money"].items()),
            *(f"{name} {count:,}" for name, count in row["counts"].items() if count),
        ]
        if row["not_added"]:
            parts.append(f"{row['not_added']:,} not added, or not all of them")
        yield printable(f"  {row['day']}  {_OF_RESULTS.get(row['kind'], row['kind'])}{group}: {', '.join(parts)}")
    if totals.has_rest:
        yield f"  no more than {MOST_GROUPS:,} groups are kept apart, the first in alphabetical order"


def _restatements(restatements: Restatements) -> Iterator[str]:
    told: Any = restatements.to_dict(whole=False)
    equal, revised = told["equal"], told["revised"]
    yield ""
    yield "results of the same kind, bucket and group keys that are there more than once"
    many = equal["results"]
    yield f"  equal: {counted(many, 'result')} too many" + _money(equal["money"])
    yield from map(_pair, equal["first"])
    groups = revised["groups"]
    yield f"  revised: {counted(groups, 'group')} with other values" + _money(revised["money"], " apart")
    yield from map(_pair, revised["first"])
    if told["not_looked_at"]:
        yield (
            f"  {told['not_looked_at']:,} of {told['results']:,} results were not looked at: there are too many to remember, "
            f"and one group in {told['one_in']:,} was chosen"
        )


def _money(money: Mapping[str, str], what: str = "") -> str:
    return "".join(f", {amount} {currency}{what}" for currency, amount in money.items())


def _pair(places: list[dict[str, Any]]) -> str:
    return f"{'':16}" + printable(pair_in_words(places))


def pair_in_words(places: list[dict[str, Any]]) -> str:
    """Two places, as `Restatements.to_dict` has them."""
    shown = [Example(one["source"], one.get("from", 0), one["line"] or 0, one["pointer"], "") for one in places]
    return " and ".join(map(place_in_words, shown))


def _counts(title: str, counts: Mapping[str, int], whole: int) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield title
    for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {count:>12,}  {_share(count, whole):>6}  {printable(_LABELS.get(name, name))}"


def _undeclared(names: Mapping[str, int]) -> Iterator[str]:
    """The members that the revision does not declare, the most frequent first."""
    if not names:
        return
    yield ""
    yield "undeclared members by name"
    rows = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    for name, count in rows[:_MOST_NAMES]:
        yield f"  {count:>12,}  {printable(name)}"
    if len(rows) > _MOST_NAMES:
        yield f"  and {len(rows) - _MOST_NAMES:,} more names, all of which --format json has"


def _unpublished(found: Unpublished) -> Iterator[str]:
    """What no revision declares: kinds first, then members, the most frequent first."""
    for title, rows in unpublished_in_words(found):
        yield ""
        yield f"{title} that no revision declares, with the day (UTC) on which the first bucket with one starts"
        for name, count, day in rows[:_MOST_NAMES]:
            yield f"  {count:>12,}  {printable(name)}: {day}"
        if len(rows) > _MOST_NAMES:
            yield f"  and {len(rows) - _MOST_NAMES:,} more, all of which --format json has"


def unpublished_in_words(found: Unpublished) -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    """For kinds and for members, if there are any: a title, and each with its count and its first day."""
    for title, table in (("kinds", found.kinds), ("members", found.members)):
        rows = [(name, one.count, one.first or NO_DATE) for name, one in table.items()]
        if rows:
            yield title, sorted(rows, key=lambda row: (-row[1], row[0]))


def _share(count: int, whole: int) -> str:
    """A share in per cent, which is neither nothing nor everything unless it is that."""
    if 0 < count * 1000 < whole:
        return "<0.1%"
    return ">99.9%" if 0 < (whole - count) * 1000 < whole else f"{count / whole:.1%}"


def _duration(seconds: int) -> str:
    """Seconds, in days or hours if that says the same."""
    for name, unit in (("day", DAY), ("hour", 3600)):
        if seconds % unit == 0:
            return f"{seconds // unit:,} {name}{'' if seconds == unit else 's'}"
    return f"{seconds:,} s"


def place_in_words(example: Example) -> str:
    """A place as people write it."""
    where = example.source
    if example.line:
        where += f":{example.line}" if not example.base else f":+{example.line} from byte {example.base}"
    return f"{where} {example.pointer}".rstrip()


def _coverage(kind: str, coverage: Coverage) -> Iterator[str]:
    once, twice = coverage.stretches()
    label = printable(_LABELS.get(kind, kind))
    if once:
        days = seconds_by_day(once)
        whole = sum(seconds == DAY for seconds in days.values())
        about = "" if coverage.is_exact else "about, to the minute: "
        yield (
            f"  {label}: {about}{_moment(once[0][0])} to {_moment(once[-1][1])}, {counted(len(days), 'day')},"
            f" {whole:,} of them whole"
        )
        yield from _parts({day: seconds for day, seconds in days.items() if seconds < DAY})
        gaps = [(left[1], right[0]) for left, right in pairwise(once)]
        yield from _stretches("gap", "gaps", gaps)
        yield from _stretches("stretch covered more than once", "stretches covered more than once", twice)
    else:
        yield f"  {label}: nothing between 2020 and 2039"
    if coverage.outside:
        lie = "bucket lies" if coverage.outside == 1 else "buckets lie"
        yield f"    {coverage.outside:,} {lie} before 2020 or after 2039, with no details"


def _parts(days: Mapping[int, int]) -> Iterator[str]:
    """The days that are covered in part, each with its seconds."""
    if not days:
        return
    few = "; ".join(f"{date(day)} {_duration(seconds)}" for day, seconds in islice(days.items(), _FEW))
    yield f"    {counted(len(days), 'day')} in part: {few}{_and_more(len(days))}"


def _and_more(count: int) -> str:
    return f"; and {count - _FEW:,} more" if count > _FEW else ""


def _stretches(one: str, many: str, stretches: list[Interval]) -> Iterator[str]:
    if not stretches:
        return
    seconds = sum(end - start for start, end in stretches)
    few = "; ".join(f"{_moment(start)} to {_moment(end)}" for start, end in stretches[:_FEW])
    count = len(stretches)
    yield f"    {count:,} {one if count == 1 else many}, {_duration(seconds)}: {few}{_and_more(count)}"


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%d" if seconds % DAY == 0 else "%Y-%m-%dT%H:%M:%SZ")
