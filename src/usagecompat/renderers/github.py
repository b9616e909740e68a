"""
Reports for GitHub Actions: annotations in the log, and a summary of the run.

GitHub shows ten errors, ten warnings and ten notices of a step, so that no more are annotated; the summary has more,
and says how many there are in all.
Under GitHub Actions the summary is appended to the file that GITHUB_STEP_SUMMARY names.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, field

from usagecompat.findings import Severity, Verdict
from usagecompat.printing import counted, printable
from usagecompat.renderers.outcomes import Unread
from usagecompat.renderers.places import line_and_column, path_in_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagecompat.findings import Finding
    from usagecompat.inputs import Source
    from usagecompat.renderers.outcomes import Outcome

MOST: Final = 10
"""How many annotations of each severity are made."""

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST_ROWS: Final = 100
_LONGEST: Final = 2_000
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def render_all(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A workflow command for each of the first findings of each severity, then how many were left out."""
    summary = _Summary()
    for outcome in outcomes:
        yield from summary.take(outcome)
    yield from summary.left_out()
    add_to_summary(summary.markdown)


def add_to_summary(markdown: Callable[[], str]) -> None:
    """Append what is made of a result to the summary of the step, under GitHub Actions."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(markdown())


def annotation(
    severity: Severity, title: str, message: str, *, file: str | None = None, place: tuple[int, int] | None = None
) -> str:
    """
    The workflow command for one annotation, with its line break.

    Whatever the texts hold, the runner takes them for nothing but texts.
    """
    properties = {"file": file} if file else {}
    if file and place:
        properties |= {"line": str(place[0]), "col": str(place[1])}
    properties["title"] = title
    told = ",".join(f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in properties.items())
    text = "\n".join(printable(line)[:_LONGEST] for line in message.split("\n"))
    return f"::{_COMMANDS[severity]} {told}::{_escaped(text, _IN_MESSAGES)}\n"


_IN_MESSAGES: Final[dict[str, str | int | None]] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final[dict[str, str | int | None]] = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def _escaped(text: str, escapes: dict[str, str | int | None]) -> str:
    return printable(text.translate(str.maketrans(escapes)))


@define
class _Summary:
    """What has been told so far."""

    findings: Counter[Severity] = field(factory=Counter[Severity])
    verdicts: Counter[Verdict] = field(factory=Counter[Verdict])
    codes: Counter[tuple[Severity, str]] = field(factory=Counter[tuple[Severity, str]])
    rows: dict[Severity, list[str]] = field(factory=lambda: {severity: [] for severity in Severity})
    unread: list[str] = field(factory=list[str])

    def take(self, outcome: Outcome) -> Iterator[str]:
        """The annotations for one more outcome."""
        source = outcome.source
        file = path_in_repository(source)
        if isinstance(outcome, Unread):
            self.unread.append(outcome.reason)
            if self._room(Severity.ERROR):
                yield annotation(Severity.ERROR, "cannot be read", outcome.reason, file=file)
            return
        self.verdicts[outcome.report.verdict] += 1
        for finding in outcome.report.findings:
            self.codes[finding.severity, finding.code] += 1
            if len(self.rows[finding.severity]) < _MOST_ROWS:
                self.rows[finding.severity].append(_row(source, finding))
            if self._room(finding.severity):
                place = line_and_column(source, finding)
                yield annotation(finding.severity, finding.code, _told(finding), file=file, place=place)
        if outcome.report.truncated:
            self.findings[Severity.NOTE] += outcome.report.truncated

    def _room(self, severity: Severity) -> bool:
        """Count one more finding; whether it is among the first."""
        self.findings[severity] += 1
        return self.findings[severity] <= MOST

    def left_out(self) -> Iterator[str]:
        """A line about what has no annotation, if anything has none."""
        more = [
            f"{count - MOST:,} more {severity}{'' if count - MOST == 1 else 's'}"
            for severity, count in sorted(self.findings.items(), key=lambda item: list(Severity).index(item[0]))
            if count > MOST
        ]
        if more:
            yield f"usagecompat: without an annotation: {', '.join(more)}\n"

    def markdown(self) -> str:
        """All of it on one page."""
        total = self.verdicts.total()
        counts = ", ".join(f"{self.verdicts[verdict]:,} {verdict}" for verdict in Verdict)
        lines = ["### usagecompat", "", f"{counted(total, 'payload')} reported: {counts}.", ""]
        if self.unread:
            lines += [f"{len(self.unread):,} could not be read:", ""]
            lines += [*(f"* {_plain(reason)}" for reason in self.unread[:_MOST_ROWS]), ""]
        if self.codes:
            lines += ["| severity | code | findings |", "|---|---|---|"]
            order = sorted(self.codes.items(), key=lambda item: (list(Severity).index(item[0][0]), item[0][1]))
            lines += [f"| {severity} | {_plain(code)} | {count:,} |" for (severity, code), count in order]
            lines.append("")
        for severity in (Severity.ERROR, Severity.WARNING):
            rows = self.rows[severity]
            told = sum(count for (weight, _), count in self.codes.items() if weight is severity)
            if rows:
                first = f"The first {len(rows):,} of {told:,} {severity}s" if told > len(rows) else f"All {severity}s"
                lines += [f"<details><summary>{first}</summary>", "", "| where | code | what |", "|---|---|---|"]
                lines += [*rows, "", "</details>", ""]
        return "\n".join(lines) + "\n"


def _told(finding: Finding) -> str:
    where = f"{finding.pointer}: " if finding.pointer else ""
    often = f" ({finding.count:,} places, this is the first)" if finding.count > 1 else ""
    return f"{where}{finding.message}{often}" + (f"\n{finding.hint}" if finding.hint else "")


def _row(source: Source, finding: Finding) -> str:
    file = path_in_repository(source) or source.name
    place = line_and_column(source, finding)
    where = f"{file}:{place[0]}:{place[1]}" if place else file
    return f"| {_plain(where)} | {_plain(finding.code)} | {_plain(_told(finding))} |"


def _plain(text: str) -> str:
    """`text` as Markdown that shows it letter by letter, in one line, and not too much of it."""
    shown = printable(" ".join(text.split("\n")))
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    return _PUNCTUATION.sub(r"\\\1", shown)
