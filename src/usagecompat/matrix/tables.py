"""
The matrix for people: as text, and as Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.clients import OneWay
from usagecompat.matrix.groups import groups
from usagecompat.matrix.summary import invalid, worst
from usagecompat.printing import counted, printable
from usagecompat.renderers import about_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import ClientResult
    from usagecompat.matrix.summary import Matrix, Worst

_MOST_WORST: Final = 3
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def text(matrix: Matrix) -> Iterator[str]:
    """The lines of the matrix for a terminal."""
    yield _title(matrix)
    yield from shared_lines(matrix)
    for group in groups(matrix.clients):
        yield ""
        yield from [group.title] if group.title else []
        table = [group.heads, *group.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(group.heads))]
        for row in table:
            cells = [
                cell.ljust(width) if column < group.words else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            yield "  ".join(cells).rstrip()
    for client in matrix.clients:
        yield ""
        yield _about(client)
        yield from (f"    {line}" for line in own_lines(client, matrix))
        yield f"    {_of_invalid(client)}"
        for one in worst(client)[:_MOST_WORST]:
            yield f"    {worst_words(client, one)}"
        if comparison := matrix.comparisons.get(client.name):
            wrong = sorted({entry.line for entry in comparison.passing})
            lines = f"; lines {', '.join(map(str, wrong))} of the list are no longer right" if wrong else ""
            yield f"    {len(comparison.expected)} cases fail as expected, {len(comparison.unexpected)} do not{lines}"
        for cause in [cause for cause in client.causes if cause.cap < client.required][:_MOST_WORST]:
            yield f"    to fix: {printable(cause.title)} ({cause.everyday} everyday of {len(cause.cases)} cases)"
        for fault in client.faults:
            yield f"    the client as a whole: {fault.code}: {printable(fault.message)}"
    for absent in matrix.absent:
        yield ""
        yield printable(f"{absent.name}: not run: {absent.reason}")


def markdown(matrix: Matrix) -> Iterator[str]:
    """The lines of the matrix as tables of Markdown: what each client keeps, and what it loses at worst."""
    yield escaped(_title(matrix))
    for line in shared_lines(matrix):
        yield ""
        yield escaped(line)
    for group in groups(matrix.clients):
        yield ""
        yield from [escaped(group.title), ""] if group.title else []
        yield columns(group.heads)
        yield columns(("---",) * group.words + ("---:",) * (len(group.heads) - group.words))
        for row in group.rows:
            yield columns(tuple(map(escaped, row)))
    yield ""
    yield columns(("client", "is", "worst differences", "invalid payloads"))
    yield columns(("---",) * 4)
    for client in matrix.clients:
        losses = "; ".join(escaped(worst_words(client, one)) for one in worst(client)[:_MOST_WORST]) or "none"
        name, _, about = _about(client).partition(": ")
        about = "; ".join((about, *own_lines(client, matrix)))
        yield columns((escaped(name), escaped(about), losses, escaped(_of_invalid(client).partition(": ")[2])))
    if matrix.absent:
        yield ""
    for absent in matrix.absent:
        yield f"* {escaped(printable(absent.name))}: not run: {escaped(printable(' '.join(absent.reason.split())))}"


def _title(matrix: Matrix) -> str:
    number = len(matrix.clients)
    made = f" on {matrix.made}" if matrix.made else ""
    kit = f"usagecompat {matrix.version}".strip()
    return f"{kit}{made}: {counted(number, 'client')}, {counted(len(matrix.case_ids), 'case')}"


def shared_lines(matrix: Matrix) -> tuple[str, ...]:
    """What all results are of; lines that are not true of all are left to each."""
    first, *others = [tuple(about_lines(client.about)) for client in matrix.clients] or [()]
    return tuple(line for line in first if all(line in other for other in others))


def own_lines(client: ClientResult, matrix: Matrix) -> tuple[str, ...]:
    """What the result of one client is of, beside what all are of."""
    shared = shared_lines(matrix)
    return tuple(line for line in about_lines(client.about) if line not in shared)


def _about(client: ClientResult) -> str:
    revision = f"; judged by {client.revision}" if client.revision else ""
    only = f"; {client.one_way.words}" if client.one_way else ""
    return printable(f"{client.name}: {client.introduction}; {client.way}{only}{revision}")


def _of_invalid(client: ClientResult) -> str:
    count = invalid(client)
    if client.one_way is OneWay.ENCODES:
        return "invalid payloads: none, since no record says what is invalid"
    what = "refused" if client.features and client.features.validates else "survived"
    unknown = f", {count.not_judged} not judged" if count.not_judged else ""
    return f"invalid payloads: {count.right} of {count.of} {what} as they must be{unknown}"


def worst_words(client: ClientResult, one: Worst) -> str:
    """What is lost or done wrong, behind the level that it allows if the client has one."""
    cap = "" if client.one_way is OneWay.DECODES else f"{one.cap.name}: "
    return f"{cap}{one.code} in {one.cases} of {one.of} cases"


def columns(cells: tuple[str, ...]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def escaped(words: str) -> str:
    """Words without anything that Markdown would read."""
    return _MARKS.sub(r"\\\1", words)
