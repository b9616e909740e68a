"""
`--also html=FILE`: a page to look at beside what a command prints.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from usagecompat.cli.output import write_file

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def _file(_context: click.Context, _option: click.Parameter, said: str | None) -> Path | None:
    return None if said is None else _place(said, ("html",))


def _place(said: str, known: tuple[str, ...]) -> Path:
    name, found, path = said.partition("=")
    if name not in known or not found or not path:
        raise click.BadParameter(f"it takes {' or '.join(f'{one}=FILE' for one in known)}, not {said!r}.")
    place = Path(path)
    if not can_be_written(place):
        raise click.BadParameter(f"{path} cannot be written: it is a directory, or is in none that exists.")
    return place


def can_be_written(place: Path) -> bool:
    """Whether a place can be that of a file: it is no directory, and in one that exists."""
    return not place.is_dir() and place.absolute().parent.is_dir()


def also_html(command: _Command) -> _Command:
    """Give a command the option; its parameter is called `also`."""
    option = click.option(
        "--also",
        metavar="html=FILE",
        callback=_file,
        help="Write a page to look at, too: one file that needs no network.",
    )
    return option(command)


def also_formats(known: tuple[str, ...]) -> Callable[[_Command], _Command]:
    """Give a command the option for several formats, any number of times; its parameter `also` has names and places."""

    def places(
        _context: click.Context, _option: click.Parameter, said: tuple[str, ...]
    ) -> tuple[tuple[str, Path], ...]:
        return tuple((one.partition("=")[0], _place(one, known)) for one in said)

    return click.option(
        "--also",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=places,
        help=f"Write another format of the run to a file, too: {' or '.join(known)}.",
    )


def write_page(place: Path, text: str) -> None:
    """Write a page."""
    write_file(place, text)
