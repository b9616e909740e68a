"""
A folder with one file a run: how clients stood at many times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.exceptions import UnreadableInput
from usagecompat.matrix.standings import read_standings, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from usagecompat.matrix.summary import Matrix
    from usagecompat.matrix.times import Standing

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.+-]+")
_LONGEST: Final = 60


def times_in(folder: Path) -> tuple[Standing, ...]:
    """
    How clients stood, by all files of a folder whose names end in `.json`, the oldest first; each time of a client once.

    Raises:
        UnreadableInput: A file in it is no matrix and no result.
    """
    if not folder.exists():
        return ()
    found: list[Standing] = []
    for path in sorted(folder.iterdir()):
        if path.suffix != ".json" or path.name.startswith("."):
            continue
        try:
            standings = read_standings(path)
        except UnreadableInput as error:
            reason = f"{error.reason}; a history has nothing else in it, so move this file away"
            raise UnreadableInput(error.path, reason) from None
        found += [one for one in standings if one.about is None or one not in found]
    return tuple(sorted(found, key=lambda one: one.made))


def kept(matrix: Matrix, history: Iterable[Standing]) -> tuple[Standing, ...]:
    """The clients of a matrix that a history lacks."""
    there = tuple(history)
    return tuple(one for one in map(standing_of, matrix.clients) if one not in there)


def label_of(matrix: Matrix, moment: str) -> str:
    """The name of the file of a matrix without its end: when it was, and the version of what."""
    made = max((client.about.made for client in matrix.clients if client.about), default=moment)
    if len(matrix.clients) == 1:
        (client,) = matrix.clients
        version = client.client.version if client.client else ""
        what = "-".join(filter(None, (client.name, version)))
    else:
        what = f"usagecompat-{matrix.version}"
    return f"{made.replace(':', '')}-{_UNSAFE.sub('-', what)[:_LONGEST]}"
