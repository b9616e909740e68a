"""
Files with results on the command line of `matrix`, before which a name may stand: `old=old.json`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve, frozen

from usagecompat.exceptions import UnreadableInput
from usagecompat.matrix import is_matrix, parsed, read_result, read_standings, renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.clients import ClientResult
    from usagecompat.matrix import Standing

_NAMED: Final = re.compile(r"([A-Za-z0-9][\w.@+-]*)=(.+)", re.DOTALL)
_WRITERS: Final = "usagecompat run --format json"


@frozen
class Saved:
    """A file with a result, and the name under which its client is listed."""

    path: Path
    name: str | None = None


def saved_files(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[Saved, ...]:
    """What was given, each as FILE or as NAME=FILE; a file whose own name has such a sign is one."""
    found: list[Saved] = []
    for one in given:
        named = None if Path(one).exists() else _NAMED.fullmatch(one)
        saved = Saved(Path(named[2]), named[1]) if named else Saved(Path(one))
        if not saved.path.exists():
            raise click.BadParameter(f"there is no file {str(saved.path)!r}; give FILE or NAME=FILE.")
        if saved.path.is_dir():
            raise click.BadParameter(f"{str(saved.path)!r} is a directory; give FILE or NAME=FILE.")
        found.append(saved)
    return tuple(found)


def results_in(files: Iterable[Saved]) -> Iterator[ClientResult]:
    """
    The results that files hold, under the names that were given.

    Raises:
        UnreadableInput: A file cannot be read, or holds something else.
    """
    for saved in files:
        told = parsed(saved.path, _WRITERS)
        if is_matrix(told):
            raise UnreadableInput(
                str(saved.path),
                "it is a matrix, which has no differences to draw another from; "
                "it can be compared with --baseline FILE, printed as text, markdown or json",
            )
        result = read_result(saved.path, told)
        yield evolve(result, name=saved.name or result.name)


def standings_in(files: Iterable[Saved]) -> Iterator[Standing]:
    """
    How clients stood, as files hold it that `run` or `matrix` wrote.

    Raises:
        UnreadableInput: A file cannot be read, or holds something else.
        click.UsageError: One name was given to several clients.
    """
    for saved in files:
        found = read_standings(saved.path)
        if saved.name and len(found) > 1:
            raise click.UsageError(f"{saved.path} has {len(found)} clients, which cannot all be called {saved.name}.")
        yield from (renamed(standing, saved.name or standing.name) for standing in found)
