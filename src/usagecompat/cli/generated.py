"""
Pages that a command prints, writes, or compares with what it would write.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from usagecompat.cli.output import put, say, write_file

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_PAGE: Final = click.Path(dir_okay=False, path_type=Path)


def page_options(usual: str) -> Callable[[_Command], _Command]:
    """Give a command `--write` and `--check`, for the page that is usually at `usual`."""

    def with_options(command: _Command) -> _Command:
        for name, what in (("--check", "Fail if FILE is not the page"), ("--write", "Write the page to FILE")):
            said = f"{what}; {usual} if no FILE is given."
            option = click.option(name, type=_PAGE, metavar="[FILE]", is_flag=False, flag_value=Path(usual), help=said)
            command = option(command)
        return command

    return with_options


def put_page(context: click.Context, text: str, *, write: Path | None, check: Path | None) -> None:
    """Print a page, or write it, or end with 1 if a file is not the page."""
    if write:
        write_file(write, text)
    elif check:
        stale = not check.is_file() or check.read_text("utf-8") != text
        if stale:
            say(f"{check} is stale; to fix this: {context.command_path} --write {check}", err=True)
        context.exit(1 if stale else 0)
    else:
        put(text)
