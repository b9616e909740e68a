"""
The matrix for people: as text, and as Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.fidelity import Level
from usagecompat.matrix.summary import invalid, shares, worst
from usagecompat.printing import printable
from usagecompat.renderers import about_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import ClientResult
    from usagecompat.matrix.summary import Matrix, Worst

_LEVELS: Final = tuple(reversed(Level))
_HEADS: Final = ("client", "headline", *(level.name for level in _LEVELS), "refused", "failed", "not judged", "of")
_MOST_WORST: Final = 3
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def text(matrix: Matrix) -> Iterator[str]:
    """The lines of the matrix for a terminal."""
    yield _title(matrix)
    yield from shared_lines(matrix)
    yield ""
    table = [_HEADS, *(_row(client) for client in matrix.clients)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADS))]
    for row in table:
        cells = [
            cell.ljust(width) if column <= 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    for client in matrix.clients:
        yield ""
        yield _about(client)
        yield from (f"    {line}" for line in own_lines(client, matrix))
        yield f"    {_of_invalid(client)}"
        for one in worst(client)[:_MOST_WORST]:
            yield f"    {_worst(one)}"
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
    """The lines of the matrix as two tables of Markdown: what each client keeps, and what it loses at worst."""
    yield escaped(_title(matrix))
    for line in shared_lines(matrix):
        yield ""
        yield escaped(line)
    yield ""
    yield columns(_HEADS)
    yield columns(("---", "---", *("---:" for _ in _HEADS[2:])))
    for client in matrix.clients:
        yield columns(tuple(map(escaped, _row(client))))
    yield ""
    yield columns(("client", "is", "worst differences", "invalid payloads"))
    yield columns(("---",) * 4)
    for client in matrix.clients:
        losses = "; ".join(escaped(_worst(one)) for one in worst(client)[:_MOST_WORST]) or "none"
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
    return f"{kit}{made}: {number} client{'' if number == 1 else 's'}, {len(matrix.case_ids)} cases"


def shared_lines(matrix: Matrix) -> tuple[str, ...]:
    """What all results are of; lines that are not true of all are left to each."""
    first, *others = [tuple(about_lines(client.about)) for client in matrix.clients] or [()]
    return tuple(line for line in first if all(line in other for other in others))


def own_lines(client: ClientResult, matrix: Matrix) -> tuple[str, ...]:
    """What the result of one client is of, beside what all are of."""
    shared = shared_lines(matrix)
    return tuple(line for line in about_lines(client.about) if line not in shared)


def headline(client: ClientResult) -> str:
    """The one level of a client, of how many everyday cases it is the lowest, and how many are below what is required."""
    found = client.headline
    level = "no level" if found.level is None else found.level.name
    below = f", {found.below} below {client.required.name}" if found.below else ""
    return f"{level} ({found.judged} of {found.of} everyday{below})"


def _row(client: ClientResult) -> tuple[str, ...]:
    count = shares(client)
    numbers = (*(count.levels.get(level, 0) for level in _LEVELS), count.refused, count.failed, count.not_judged)
    return (printable(client.name), headline(client), *map(str, numbers), str(count.of))


def _about(client: ClientResult) -> str:
    revision = f"; judged by {client.revision}" if client.revision else ""
    return printable(f"{client.name}: {client.introduction}; {client.way}{revision}")


def _of_invalid(client: ClientResult) -> str:
    count = invalid(client)
    what = "refused" if client.features and client.features.validates else "survived"
    unknown = f", {count.not_judged} not judged" if count.not_judged else ""
    return f"invalid payloads: {count.right} of {count.of} {what} as they must be{unknown}"


def _worst(one: Worst) -> str:
    return f"{one.cap.name}: {one.code} in {one.cases} of {one.of} cases"


def columns(cells: tuple[str, ...]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def escaped(words: str) -> str:
    """Words without anything that Markdown would read."""
    return _MARKS.sub(r"\\\1", words)
