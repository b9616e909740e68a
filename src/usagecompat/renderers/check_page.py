"""
Reports as a page to look at: how many of each verdict, which findings how often, and each payload with what is in it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from usagecompat.findings import CODES, Severity, Shape, Verdict
from usagecompat.pages import Bar, Html, details, page, paragraph, section, shares, table
from usagecompat.printing import counted
from usagecompat.renderers.outcomes import Checked, Outcome, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 200
"""So many payloads are shown one by one: those that fail before the others."""


class CheckPage:
    """Takes what came of payloads, and keeps no more of it than a page shows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._verdicts: Counter[Verdict] = Counter()
        self._codes: Counter[tuple[str, Severity]] = Counter()
        self._failing: list[Checked] = []
        self._others: list[Checked] = []
        self._unread: list[Unread] = []

    def add(self, outcome: Outcome) -> None:
        """Take what came of one payload."""
        if isinstance(outcome, Unread):
            self._unread += [outcome][: MOST - len(self._unread)]
            return
        self._verdicts[outcome.report.verdict] += 1
        for finding in outcome.report.findings:
            self._codes[finding.code, finding.severity] += finding.count
        kept = self._failing if outcome.fails else self._others
        if len(kept) < MOST and (outcome.fails or outcome.report.findings):
            kept.append(outcome)

    def text(self) -> str:
        """The page of all that was watched."""
        total = sum(self._verdicts.values())
        return page("Check", counted(total, "payload"), self._sections())

    def _sections(self) -> Iterator[Html]:
        yield section(
            "Payloads",
            shares("Verdicts", [(Bar(verdict, self._verdicts[verdict]), str(verdict)) for verdict in Verdict]),
        )
        if self._unread:
            rows = [(str(one.source), one.reason) for one in self._unread]
            yield section("Could not be read", table("What could not be read", ("place", "why"), rows))
        order = {code: index for index, code in enumerate(CODES)}
        if self._codes:
            found = sorted(self._codes.items(), key=lambda one: (tuple(Severity).index(one[0][1]), order[one[0][0]]))
            rows_of_codes = [(str(severity), code, f"{count:,}") for (code, severity), count in found]
            yield section(
                "Findings", table("How often each was found", ("severity", "code", "times"), rows_of_codes, numbers=[2])
            )
        shown = [*self._failing, *self._others][:MOST]
        total = sum(self._verdicts.values())
        left = f"{len(shown):,} of {total:,} payloads are listed: those that fail, and others with findings."
        yield section("One by one", paragraph(left), *map(_payload, shown))


def _payload(one: Checked) -> Html:
    report = one.report
    rows = [
        (
            str(finding.severity),
            finding.code,
            "" if finding.line is None else f"{one.source.file_line(finding.line)}:{finding.column}",
            finding.pointer,
            f"{finding.message}{f' ({finding.count:,} places)' if finding.count > 1 else ''}{f'. {finding.hint}' if finding.hint else ''}",
        )
        for finding in report.findings
    ]
    title = f"{one.source}: {report.verdict}"
    if report.shape:
        title += ", flat record" if report.shape is Shape.FLAT else f", {report.shape}"
    parts = [table(f"Findings of {one.source}", ("severity", "code", "line", "pointer", "what"), rows)]
    if report.truncated:
        parts.append(paragraph(f"{report.truncated:,} more findings are not listed."))
    return details(title, *parts, is_open=one.fails)
