"""
`--baseline FILE` of `run` and `matrix`: what changed since a saved result.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from usagecompat.cli.output import put, put_json, say
from usagecompat.renderers import MAX_CASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from usagecompat.clients import ClientResult
    from usagecompat.matrix import Standing

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_FORMATS: Final = ("text", "markdown", "json")


def baseline_option(command: _Command) -> _Command:
    """Give a command the option; its parameter is called `baselines`."""
    option = click.option(
        "--baseline",
        "baselines",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Print what changed since FILE, which `run` or `matrix` wrote with --format json (docs/over-time.md).",
    )
    return option(command)


def baselines_in(context: click.Context, paths: Sequence[Path], format_: str) -> tuple[Standing, ...]:
    """
    How clients stood at the time of the baselines, read before any client is asked.

    A list of expected failures that the configuration names is left aside; one on the command line is too much.

    Raises:
        click.UsageError: What was given does not go together.
        UnreadableInput: A file is none that is read here.
    """
    if not paths:
        return ()
    if context.get_parameter_source("expected") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--baseline and --expected both say which failures are known; give one of them.")
    if listed := context.params.get("expected"):
        say(f"usagecompat: with --baseline the list {listed} of the configuration is not used", err=True)
    if format_ not in _FORMATS:
        raise click.UsageError(
            f"With --baseline what changed is printed, as {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}, not as {format_}; "
            "--also FORMAT=FILE writes other formats of the run itself."
        )
    from usagecompat.matrix import read_standings  # noqa: PLC0415 - only who compares needs it

    found = tuple(standing for path in paths for standing in read_standings(path))
    names = [standing.name for standing in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise click.UsageError(f"Two baselines are of the client {twice[0]}; give one of them.")
    return found


def put_changes(
    before: Iterable[Standing],
    now: Iterable[ClientResult | Standing],
    format_: str,
    *,
    allow_skips: bool,
    max_cases: int = MAX_CASES,
) -> int:
    """
    Print what changed, and return the exit status: 1 if something got worse, else 0.

    Raises:
        UnreadableInput: There is nothing to compare.
    """
    from usagecompat.matrix import (  # noqa: PLC0415 - only who compares needs it
        CHANGE_FORMATS,
        Standing,
        changes_between,
        standing_of,
    )

    standings = [one if isinstance(one, Standing) else standing_of(one) for one in now]
    found = changes_between(before, standings, allow_skips=allow_skips)
    document = CHANGE_FORMATS[format_](found, max_cases)
    (put_json if format_ == "json" else put)(document)
    return int(found.got_worse)
