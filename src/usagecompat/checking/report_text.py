"""
A report for people: a line with the verdict, then what was found and where.

No line break or change of direction of a payload's own makes one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from usagecompat.findings import Severity, Shape, Verdict
from usagecompat.printing import counted, printable

if TYPE_CHECKING:
    from usagecompat.checking.fits import FitsInBrief
    from usagecompat.findings import Finding, Profile
    from usagecompat.inputs import Source

_COLOURS: Final = {
    Verdict.VALID: "green",
    Verdict.ACCEPTABLE: "yellow",
    Verdict.INVALID: "red",
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}
_MOST_CODES: Final = 3


class ReportLike(Protocol):
    """What a text needs of a `usagecompat.Report`."""

    @property
    def verdict(self) -> Verdict: ...  # noqa: D102 - as in `Report`
    @property
    def findings(self) -> tuple[Finding, ...]: ...  # noqa: D102
    @property
    def truncated(self) -> int: ...  # noqa: D102
    @property
    def shape(self) -> Shape | None: ...  # noqa: D102
    @property
    def revision(self) -> str: ...  # noqa: D102
    @property
    def profile(self) -> Profile: ...  # noqa: D102
    @property
    def best_revision(self) -> str | None: ...  # noqa: D102
    def _fits_in_brief(self) -> FitsInBrief: ...


def render(report: ReportLike, *, source: Source | str = "", color: bool = False) -> str:
    """
    A line with the verdict, and up to five for each finding; no line break at the end.

    Args:
        report: What to show.
        source: Where the payload stood; lines are then counted from the start of that file.
        color: Whether to colour verdicts and severities for a terminal.
    """
    lines = [_verdict(report, str(source), color=color)]
    for finding in report.findings:
        lines.append(_place(finding, source, color=color))
        lines += _source_line(finding, color=color)
        lines.append(f"    {printable(finding.message)}")
        if finding.hint:
            lines.append(f"    {printable(finding.hint)}")
    if report.truncated:
        lines.append(f"    {report.truncated:,} more findings are not listed")
    return "\n".join(lines)


def _verdict(report: ReportLike, source: str, *, color: bool) -> str:
    start = [_coloured(report.verdict, color=color)]
    if source:
        start.append(printable(source))
    shape = "flat record" if report.shape is Shape.FLAT else report.shape or "no page, bucket or result"
    letter = ", by its letter" if report.profile == "published" else ""
    facts = [f"{shape} at {report.revision}{letter}", _counts(report)]
    if better := _better_fit(report):
        facts.append(better)
    return f"{': '.join(start)}: {'; '.join(facts)}"


def _counts(report: ReportLike) -> str:
    severities = [finding.severity for finding in report.findings]
    counts = [(severity, severities.count(severity)) for severity in Severity]
    told = [counted(count, severity) for severity, count in counts if count]
    return ", ".join(told) or "no findings"


def _better_fit(report: ReportLike) -> str:
    """Which other revision an invalid payload fits better, and why, if there is one; nobody else needs to be told."""
    if report.verdict is not Verdict.INVALID:
        return ""
    best = report.best_revision
    if best is None or best == report.revision:
        return ""
    # The messages of `revisions` are not needed.
    _, fits = report._fits_in_brief()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    verdict = next(verdict for revision, verdict, *_ in fits if revision == best)
    if verdict == Verdict.INVALID:
        return ""
    codes = list(dict.fromkeys(finding.code for finding in report.findings if finding.severity is Severity.ERROR))
    more = f" and {len(codes) - _MOST_CODES} more" if len(codes) > _MOST_CODES else ""
    return f"fits {best} better, where it is {verdict}: here it has {', '.join(codes[:_MOST_CODES])}{more}"


def _place(finding: Finding, source: Source | str, *, color: bool) -> str:
    """The first line of a finding: where, how grave, what, and how often."""
    place = [printable(source if isinstance(source, str) else source.name)] if str(source) else []
    if found := finding.place:
        line = found[0] if isinstance(source, str) else source.file_line(found[0])
        place += [str(line), str(found[1])]
    words = [f"{':'.join(place)}:"] if place else []
    words += [_coloured(finding.severity, color=color), finding.code]
    if finding.pointer:
        words.append(printable(finding.pointer))
    if finding.count > 1:
        words.append(f"({finding.count:,} places, this is the first)")
    return " ".join(words)


def _source_line(finding: Finding, *, color: bool) -> list[str]:
    """The line of the payload, cut to width, and a mark under the place."""
    excerpt = finding.excerpt
    if excerpt is None or not excerpt[0].strip():
        return []
    text, at = (excerpt[0].replace("\t", " "), excerpt[1])
    cut = len(text) - len(text.lstrip()) if at >= len(text) - len(text.lstrip()) else 0
    before = printable(text[cut:at])
    mark = f"{' ' * len(before)}{_coloured(finding.severity, color=color, word='^')}"
    return [f"    | {before}{printable(text[at:])}", f"    | {mark}"]


def _coloured(weight: Verdict | Severity, *, color: bool, word: str = "") -> str:
    if not color:
        return word or str(weight)
    from click import style  # noqa: PLC0415 - only terminals need it

    return style(word or str(weight), fg=_COLOURS[weight], bold=weight in {Verdict.INVALID, Severity.ERROR} or None)
