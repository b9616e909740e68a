"""
Holds the fast route against the exact one at made-up drafts, and archives against their lines.

Each draft is judged by both routes, text by text. The same texts are then lines of an archive:
its summary has to be that of its lines one by one by the exact route, and has to say what their reports say.
"""

from __future__ import annotations

from collections import Counter
from traceback import format_exc
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from odd_drafts import odd_draft, texts_of
from usagecompat import check
from usagecompat.checking import stages
from usagecompat.checking.fast.route import forget
from usagecompat.scan import accumulator
from usagecompat.scan.accumulator import Judged, Tallying

if TYPE_CHECKING:
    from collections.abc import Iterable

    from differential import Differential
    from odd_texts import Text
    from usagecompat.contract.revisions import Draft
    from usagecompat.scan.summary import Summary

TEXTS: Final = 16
"""So many are made up for each draft."""


def compare_drafts(differential: Differential, numbers: Iterable[int], seed: int) -> None:
    """Compare at those drafts of a seed that are taken; what raises anything is a difference, too."""
    for number in numbers:
        draft = odd_draft(seed, number)
        if draft is None:
            continue
        differential.drafts += 1
        sample = [*texts_of(draft, seed, number, TEXTS)]
        try:
            differential.compare(sample)
            differential.compare(sample[::4])  # what was learned of the others is known now
            differential.differences += archive_differences(draft, sample)
        except Exception:  # noqa: BLE001 - neither check nor scan raises anything, whatever a draft says
            differential.differences.append((sample[0], {"raised": format_exc()}, {"raised": None}))
        forget()


def archive_differences(draft: Draft, sample: list[Text]) -> list[tuple[Text, dict[str, object], dict[str, object]]]:
    """How the summary of some texts differs from that of their lines by themselves, and from their reports."""
    lines = [line for text in sample if b"\n" not in (line := text.payload.strip()) and b"\r" not in line and line]
    judged = Judged(draft, totals=True, restatements=True)
    together = summary_of(lines, judged, at_once=len(lines))
    with patch.object(accumulator, "fast_route", lambda: None), patch.object(stages, "fast_route", lambda: None):
        singly = summary_of(lines, judged, at_once=1)
        reports = counts_of_reports(lines, draft)
    ours, theirs = together.to_dict(whole=False), singly.to_dict(whole=False)
    ours |= {"of " + name: counts for name, counts in counts_of_summary(together).items()}
    theirs |= {"of " + name: counts for name, counts in reports.items()}
    return [] if ours == theirs else [(sample[0], ours, theirs)]


def summary_of(lines: list[bytes], judged: Judged, *, at_once: int) -> Summary:
    """The summary of lines, so many `at_once`, in three rounds: what is learned in one is known in the next."""
    tallying = Tallying(judged)
    tallying.begin("x")
    number = 1
    for _ in range(3):
        for first in range(0, len(lines), at_once):
            part = lines[first : first + at_once]
            tallying.block(b"".join(line + b"\n" for line in part), number)
            number += len(part)
    tallying.end(None)
    return tallying.summary()


def counts_of_summary(summary: Summary) -> dict[str, dict[str, int]]:
    """What a summary says that reports say, too."""
    return {
        "verdicts": dict(summary.verdicts),
        "shapes": dict(summary.shapes),
        "findings": {code: tally.count for code, tally in summary.findings.items()},
    }


def counts_of_reports(lines: list[bytes], draft: Draft) -> dict[str, dict[str, int]]:
    """The same of the report of each line, three times."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("verdicts", "shapes", "findings")}
    for line in lines:
        report = check(line, revision=draft)
        counts["verdicts"][report.verdict] += 3
        counts["shapes"][report.shape or "none"] += 3
        for finding in report.findings:
            counts["findings"][finding.code] += 3 * finding.count
    return {name: {str(key): value for key, value in counted.items()} for name, counted in counts.items()}
