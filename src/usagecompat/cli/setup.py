"""
`--setup CMD`: what is done once before clients are asked, such as a build.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli.configured import directory_of
from usagecompat.cli.output import say
from usagecompat.cli.positive import SECONDS
from usagecompat.clients import SETUP_TIMEOUT, set_up
from usagecompat.clients import awaited as awaited_after_setup
from usagecompat.exceptions import SetupFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TypeVar

    from usagecompat.clients import ClientSpec

    _Command = TypeVar("_Command", bound=Callable[..., object])

_MOST_LINES: Final = 40


def setup_options(command: _Command) -> _Command:
    """The options of a command that can prepare clients."""
    command = click.option(
        "--setup-timeout",
        type=SECONDS,
        default=SETUP_TIMEOUT,
        show_default=True,
        metavar="S",
        help="How many seconds --setup has.",
    )(command)
    return click.option(
        "--setup",
        metavar="CMD",
        help="Run this line of a shell once before, such as 'docker compose up -d'; what it leaves running ends with the run.",
    )(command)


@contextmanager
def prepared(context: click.Context, setup: str | None, seconds: float) -> Generator[None]:
    """
    Do what is to be done before, where the configuration stands if it says so; if it fails, say the end of what it wrote.

    Raises:
        click.UsageError: There is a deadline, or an empty command.
        SetupFailed: It failed.
        CannotStartClient: This system has no such processes.
    """
    if setup is None:
        if context.get_parameter_source("setup_timeout") is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError("--setup-timeout needs --setup CMD, whose deadline it is.")
        yield
        return
    if not setup.strip() or "\0" in setup:
        raise click.UsageError("--setup takes a line of a shell, such as 'make adapter', and this is none.")
    try:
        with set_up(setup, seconds=seconds, cwd=directory_of(context, "setup")):
            yield
    except SetupFailed as error:
        lines = error.output.splitlines()
        if lines:
            say(f"The end of what {setup!r} wrote:", err=True)
        for line in lines[-_MOST_LINES:]:
            say(f"    {line}", err=True)
        raise


def awaited(spec: ClientSpec, setup: str | None) -> ClientSpec:
    """The client; one that runs on its own has time to listen after what was done before."""
    return awaited_after_setup(spec) if setup else spec
