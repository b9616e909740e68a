"""
A summary as a page to look at: verdicts, findings, the time that is covered, which revision fits, and what it adds up to.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - `date` is a day as text
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract import LATEST
from usagecompat.findings import Profile, Verdict
from usagecompat.pages import Bar, Day, Html, Stack, bars, calendar, page, paragraph, section, shares, stacks, table
from usagecompat.printing import counted
from usagecompat.scan.coverage import seconds_by_day
from usagecompat.scan.summary import NO_KIND, NO_MONTH, UNKNOWN_KIND, code_order, severity_of
from usagecompat.scan.text import pair_in_words, place_in_words, unpublished_in_words
from usagecompat.scan.totals import EXACT, MOST_GROUPS, NO_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.scan.restatements import Restatements
    from usagecompat.scan.summary import Summary
    from usagecompat.scan.totals import Totals

_LABELS: Final = {NO_KIND: "buckets without results", UNKNOWN_KIND: "other kinds"}
_OF_RESULTS: Final = {**_LABELS, NO_KIND: "no kind"}
"""The same where results are added up: what has no kind there is a result."""
_EPOCH: Final = Date(1970, 1, 1).toordinal()
_MOST_ROWS: Final = 2_000
"""So many sums are listed."""
_MEASURES: Final = (
    "input_tokens",
    "images",
    "characters",
    "seconds",
    "usage_bytes",
    "num_sessions",
    "num_requests",
    "num_model_requests",
)
"""Of each kind the first of these that it has is drawn."""


def render_page(summary: Summary, profile: Profile = Profile.SERVED, revision: str = LATEST) -> str:
    """
    The page.

    Args:
        summary: What was found.
        profile: By which it was judged.
        revision: Likewise.
    """
    payloads = f"{counted(summary.payloads, 'payload')}, {summary.bytes:,} bytes"
    about = f"{payloads}, judged by revision {revision}, {profile}"
    if summary.unread:
        about += f"; {summary.unread:,} files could not be read, or not to the end"
    return page("Scan", about, _sections(summary, profile))


def _sections(summary: Summary, profile: Profile) -> Iterator[Html]:
    yield section(
        "Payloads",
        shares("Verdicts", [(Bar(verdict, summary.verdicts.get(verdict, 0)), str(verdict)) for verdict in Verdict]),
        _counts("Shapes", summary.shapes),
        _counts("Kinds of results", summary.kinds),
    )
    if summary.payloads:
        yield section("Verdicts by month", *_verdicts(summary))
    yield section("Findings", _findings(summary, profile))
    if summary.unpublished:
        yield section("Not published", *_unpublished(summary))
    if summary.deviations:
        yield section("Deviations by month", *_deviations(summary))
    yield section("Time covered", *_coverage(summary))
    yield section(
        "Which revision fits",
        paragraph("Of each payload the revision that fits it best: the earliest of equals."),
        shares(
            "Payloads by revision",
            [(Bar(name, count), "plain") for name, count in sorted(summary.best_revisions.items())],
        ),
    )
    if summary.totals is not None:
        yield section("Totals", *_totals(summary.totals))
    if summary.restatements is not None:
        yield section("There more than once", *_restatements(summary.restatements))


def _counts(name: str, counts: Mapping[str, int]) -> Html:
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return shares(name, [(Bar(_LABELS.get(label, label), count), "plain") for label, count in rows])


def _findings(summary: Summary, profile: Profile) -> Html:
    if not summary.findings:
        return paragraph("Nothing was found.")
    rows = [
        (
            str(severity_of(code, profile)),
            code,
            f"{tally.count:,}",
            " · ".join(f"{place_in_words(example)}: {example.message}" for example in tally.first),
        )
        for code, tally in sorted(summary.findings.items(), key=lambda one: code_order(one[0]))
    ]
    return table("What was found, and where first", ("severity", "code", "times", "first"), rows, numbers=[2])


def _unpublished(summary: Summary) -> Iterator[Html]:
    yield paragraph(
        "What no revision declares, and the day (UTC) on which the first bucket with it starts. It may announce a coming revision."
    )
    for title, rows in unpublished_in_words(summary.unpublished):
        listed = [(name, f"{count:,}", day) for name, count, day in rows[:_MOST_ROWS]]
        yield table(f"Unpublished {title}", (title.removesuffix("s"), "times", "first"), listed, numbers=[1])


def _verdicts(summary: Summary) -> Iterator[Html]:
    yield paragraph("A payload counts in the month (UTC) in which its first bucket starts.")
    yield stacks(
        "Payloads by month and verdict",
        "payloads",
        [(str(verdict), str(verdict)) for verdict in reversed(Verdict)],
        [
            Stack(month, [summary.verdicts_by_month.get(month, {}).get(verdict, 0) for verdict in reversed(Verdict)])
            for month in (_months(summary) if summary.verdicts_by_month else ())
        ],
    )
    without = summary.verdicts_by_month.get(NO_MONTH, {})
    if without:
        told = ", ".join(f"{without.get(verdict, 0):,} {verdict}" for verdict in Verdict)
        yield paragraph(f"Without a month: {told}")
    if summary.not_by_month:
        yield paragraph(
            f"{summary.not_by_month:,} payloads were scanned by an older version, which did not keep their months."
        )


def _months(summary: Summary) -> list[str]:
    """All months of which there is anything to say, so that all charts by month stand above each other."""
    return sorted({*summary.verdicts_by_month, *summary.deviations} - {NO_MONTH})


def _deviations(summary: Summary) -> Iterator[Html]:
    months = _months(summary)
    for code in sorted({code for codes in summary.deviations.values() for code in codes}, key=code_order):
        drawn = [Bar(month, summary.deviations.get(month, {}).get(code, 0)) for month in months]
        without = summary.deviations.get(NO_MONTH, {}).get(code, 0)
        yield bars(code, "times", drawn)
        if without:
            yield paragraph(f"{code}: {without:,} times without a month")


def _coverage(summary: Summary) -> Iterator[Html]:
    if not summary.coverage:
        yield paragraph("No bucket has a time.")
    for kind, coverage in sorted(summary.coverage.items()):
        once, twice = coverage.stretches()
        again = seconds_by_day(twice)
        days = {
            Date.fromordinal(_EPOCH + day): Day(seconds, again.get(day, 0))
            for day, seconds in seconds_by_day(once).items()
        }
        yield calendar(_LABELS.get(kind, kind), days)
        if coverage.outside:
            yield paragraph(f"{kind}: {coverage.outside:,} buckets before 2020 or after 2039 are not drawn")


def _totals(totals: Totals) -> Iterator[Html]:
    rows: list[Any] = totals.rows()
    yield from _money(rows)
    yield from _measures(rows)
    heads = ["day", "kind", *([totals.by] if totals.by else []), "results", "money", "counts", "not added"]
    cells = [
        [
            row["day"],
            _OF_RESULTS.get(row["kind"], row["kind"]),
            *(["all others" if row.get("rest") else row["group"] or ""] if totals.by else []),
            f"{row['results']:,}",
            ", ".join(f"{amount} {currency}" for currency, amount in row["money"].items()),
            ", ".join(f"{name} {count:,}" for name, count in row["counts"].items()),
            f"{row['not_added']:,}",
        ]
        for row in rows[:_MOST_ROWS]
    ]
    yield table("Sums by day, exact", heads, cells, numbers=[len(heads) - 4, len(heads) - 1])
    if len(rows) > _MOST_ROWS:
        yield paragraph(f"{len(rows) - _MOST_ROWS:,} more rows are in the JSON of the scan.")
    if totals.has_rest:
        yield paragraph(f"No more than {MOST_GROUPS:,} groups are kept apart, the first in alphabetical order.")


def _money(rows: list[Any]) -> Iterator[Html]:
    by_currency: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        for currency, amount in row["money"].items():
            days = by_currency.setdefault(currency, {})
            if row["day"] != NO_DAY:
                days[row["day"]] = EXACT.add(days.get(row["day"], Decimal(0)), Decimal(amount))
    for currency, days in sorted(by_currency.items()):
        yield bars(
            f"Costs by day, {currency}", currency, [Bar(day, days[day], f"{days[day]:f}") for day in sorted(days)]
        )


def _measures(rows: list[Any]) -> Iterator[Html]:
    by_kind: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        name = next((name for name in _MEASURES if name in row["counts"]), None)
        if name is not None and row["day"] != NO_DAY:
            days = by_kind.setdefault(row["kind"], {}).setdefault(name, {})
            days[row["day"]] = days.get(row["day"], 0) + row["counts"][name]
    for kind, names in sorted(by_kind.items()):
        for name, days in names.items():
            yield bars(f"{kind}, {name} by day", name, [Bar(day, days[day]) for day in sorted(days)])


def _restatements(restatements: Restatements) -> Iterator[Html]:
    told: Any = restatements.to_dict(whole=False)
    equal, revised = told["equal"], told["revised"]
    rows = [
        (
            "equal, so that a sum counts them again",
            f"{equal['results']:,}",
            _paid(equal["money"]),
            _places(equal["first"]),
        ),
        (
            "revised: groups with other values",
            f"{revised['groups']:,}",
            _paid(revised["money"]),
            _places(revised["first"]),
        ),
    ]
    yield table(
        "Results of the same kind, bucket and group keys", ("what", "how many", "money", "first"), rows, numbers=[1]
    )
    if told["not_looked_at"]:
        yield paragraph(
            f"{told['not_looked_at']:,} of {told['results']:,} results were not looked at: there are too many to remember."
        )


def _paid(money: Mapping[str, str]) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in money.items())


def _places(pairs: list[list[dict[str, Any]]]) -> str:
    return " · ".join(map(pair_in_words, pairs))
