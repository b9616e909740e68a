"""
`--history DIR` of `matrix` and `run`: one file a run, from which the page draws what became of clients.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from attrs import evolve

from usagecompat.cli.output import say, write_new

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.matrix import Matrix, Standing

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def history_option(command: _Command) -> _Command:
    """Give a command the option; its parameter is called `history`."""
    option = click.option(
        "--history",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Keep this run as a file in DIR, and draw all runs in it over time on the page (docs/over-time.md).",
    )
    return option(command)


def past_in(folder: Path | None) -> tuple[Standing, ...]:
    """
    How clients stood at all times that are kept, read before any client is asked.

    Raises:
        UnreadableInput: Something else is kept there.
    """
    if not folder:
        return ()
    from usagecompat.matrix import times_in  # noqa: PLC0415 - only who keeps runs needs it

    return times_in(folder)


def with_history(made: Matrix, folder: Path | None, past: tuple[Standing, ...], moment: str) -> Matrix:
    """The matrix that knows its history, of which it is a part from now on; what is there already is not kept again."""
    if folder is None:
        return made
    from usagecompat.matrix import FORMATS, kept, label_of  # noqa: PLC0415 - only who keeps runs needs it

    new = kept(made, past)
    if new:
        names = {standing.name for standing in new}
        part = evolve(made, clients=tuple(client for client in made.clients if client.name in names))
        place = write_new(folder, label_of(part, moment), ".json", FORMATS["json"](part))
        say(f"This run is kept as {place}.", err=True)
    else:
        say(f"This run is in {folder} already.", err=True)
    return evolve(made, history=(*past, *new))
