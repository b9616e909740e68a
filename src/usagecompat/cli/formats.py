"""
`--format` and `--json`, which mean the same in all commands, and options that take one of an enumeration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_ASKED = "usagecompat.cli.json"


def formats(
    known: Iterable[str] = ("text", "json"), *, default: str = "text", help_: str | None = None
) -> Callable[[_Command], _Command]:
    """Give a command `--format`, and `--json` for one of its formats; its parameter is called `format_`."""

    def take(context: click.Context, option: click.Parameter, value: str) -> str:
        if not context.meta.get(_key(context)):
            return value
        named = option.name or ""
        if value != "json" and context.get_parameter_source(named) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--json means --format json, and here is --format {value}, too.", context)
        return "json"

    def hear(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's interface
        context.meta[_key(context)] = value

    format_ = click.option(
        "--format",
        "format_",
        type=click.Choice([*known]),
        default=default,
        show_default=True,
        callback=take,
        help=help_,
    )
    json_ = click.option(
        "--json", is_flag=True, is_eager=True, expose_value=False, callback=hear, help="The same as --format json."
    )

    def both(command: _Command) -> _Command:
        return format_(json_(command))

    return both


def one_of(
    name: str, words: type[StrEnum], default: StrEnum | None = None, *, help_: str
) -> Callable[[_Command], _Command]:
    """An option that takes one of the words of an enumeration, as a string."""
    value = None if default is None else default.value
    return click.option(
        name,
        type=click.Choice([word.value for word in words]),
        default=value,
        show_default=default is not None,
        help=help_,
    )


def _key(context: click.Context) -> str:
    """The name of what a command hears; contexts of groups share theirs."""
    return f"{_ASKED} {context.command_path}"
