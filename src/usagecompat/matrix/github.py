"""
The matrix for GitHub Actions: an annotation for each of the first things to fix, and a summary of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.clients import badge_of
from usagecompat.findings import Severity
from usagecompat.matrix.tables import markdown
from usagecompat.printing import counted
from usagecompat.renderers import MOST, add_to_summary, annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import ClientResult
    from usagecompat.matrix.summary import Matrix


def github(matrix: Matrix) -> str:
    """
    Workflow commands: what to fix first is an error, the badge of each client a notice.

    GitHub shows ten errors of a step, so no more are annotated. Under GitHub Actions the tables of the matrix are
    appended to the file that GITHUB_STEP_SUMMARY names.
    """
    errors = [error for client in matrix.clients for error in _errors(matrix, client)]
    errors += [annotation(Severity.ERROR, f"{one.name}: cannot be started", one.reason) for one in matrix.absent]
    lines = errors[:MOST]
    if len(errors) > MOST:
        lines.append(f"usagecompat: without an annotation: {len(errors) - MOST:,} more errors\n")
    for client in matrix.clients:
        badge = badge_of(client)
        told = f"{badge.message}, {badge.colour.word}{': ' if badge.why else ''}{'; '.join(badge.why)}"
        lines.append(annotation(Severity.NOTE, f"{client.name}: badge", told))
    add_to_summary(lambda: "### usagecompat\n\n" + "\n".join(markdown(matrix)) + "\n")
    return "".join(lines)


def _errors(matrix: Matrix, client: ClientResult) -> Iterator[str]:
    """What to fix, and what else keeps a client from passing."""
    unexpected = matrix.unexpected(client)
    for fault in client.faults:
        yield annotation(Severity.ERROR, f"{client.name}: {fault.code}", fault.message)
    told: set[str] = set()
    for cause in client.causes:
        cases = [case for case in cause.cases if case in unexpected]
        if cause.cap < client.required and cases:
            told.update(cases)
            text = f"{cause.where}: {counted(len(cases), 'case')}. {cause.example}\n{cause.fix}"
            yield annotation(Severity.ERROR, f"{client.name}: {cause.title}", text)
    if rest := sorted(unexpected.keys() - told):
        yield annotation(Severity.ERROR, f"{client.name}: {len(rest)} more cases fail", ", ".join(rest[:MOST]))
    comparison = matrix.comparisons.get(client.name)
    for entry, passing in comparison.passing.items() if comparison else ():
        title = f"{client.name}: expected failures, line {entry.line}"
        yield annotation(Severity.ERROR, title, f"{entry.glob} no longer fails so at {', '.join(passing[:MOST])}")
    missing = [case.case_id for case in client.missing]
    if missing:
        title = f"{client.name}: {counted(len(missing), 'case')} not judged"
        yield annotation(Severity.ERROR, title, ", ".join(missing[:MOST]))
