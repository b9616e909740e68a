"""
What `[tool.usagecompat]` gives to a command: values that count where the command line says nothing.

They become click's defaults, so that each is read as if it stood on the command line. What was taken is told once.
"""

from __future__ import annotations

import shlex
from copy import copy
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import evolve, frozen

from usagecompat.cli.output import say
from usagecompat.configuration import KEYS, TABLE, Configuration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients import ClientSpec

_META: Final = "usagecompat.cli.configuration"
_CLIENTS: Final = ("clients", "adapters")
_SETUP: Final = ("setup", "setup-timeout")


def configured(command: click.Command, name: str, context: click.Context, found: Configuration) -> click.Command:
    """The command with what a file gives for its defaults; the context is that of the group."""
    context.meta[_META] = found
    options = _options_of(command, name, found)
    if not options:
        return command
    defaults = {option.name: value for key, option in options.items() if (value := _default(found, key, option))}
    context.default_map = {**(context.default_map or {}), name: defaults}
    taking = copy(command)
    taking.callback = _Taking(command.callback, options, found)
    return taking


def client_given(given: str, **options: Any) -> ClientSpec:  # noqa: ANN401 - the options of `client_spec`
    """
    The client that was given; one of the file is started where the file is.

    Raises:
        NoSuchClient: It is none.
    """
    from usagecompat.clients import client_spec  # noqa: PLC0415 - most commands have no clients

    spec = client_spec(given, **options)
    context = click.get_current_context(silent=True)
    found: Configuration | None = context.meta.get(_META) if context else None
    return evolve(spec, cwd=found.directory) if found and given in found.texts("clients") else spec


def directory_of(context: click.Context, name: str) -> str | None:
    """The directory of the file if the file gave an option, by the name of its parameter; None for this one."""
    found: Configuration | None = context.meta.get(_META)
    given = context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT_MAP
    return found.directory if found and given else None


def told_place(error: click.BadParameter) -> str:
    """In which file the value stands that an error is about, and at which key; empty if it is from the command line."""
    context, param = error.ctx, error.param
    found: Configuration | None = context.meta.get(_META) if context else None
    if not (found and context and isinstance(param, click.Option) and param.name):
        return ""
    if context.get_parameter_source(param.name) is not click.core.ParameterSource.DEFAULT_MAP:
        return ""
    key = next((key for key, one in KEYS.items() if one.option in param.opts), "")
    return f"{found.path}: [{TABLE}] at {key!r}: "


def _options_of(command: click.Command, name: str, found: Configuration) -> dict[str, click.Option]:
    """The options of a command that the file says something of, by key."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    return {
        key: option
        for key in found.values
        for option in options
        if KEYS[key].option in option.opts and name not in KEYS[key].unless
    }


def _default(found: Configuration, key: str, option: click.Option) -> object:
    """The default of an option; None if the file does not say which of several it is."""
    value = found.values[key]
    if not isinstance(value, tuple) or option.multiple:
        return value
    others = sum(len(found.texts(one)) for one in _CLIENTS)
    return value[0] if value and others == 1 else None


@frozen
class _Taking:
    """A command's function that is told what was taken from a file, and chooses among its clients."""

    function: Any
    options: Mapping[str, click.Option]
    found: Configuration

    def __call__(self, *args: object, **given: Any) -> object:  # noqa: ANN401 - click's interface
        context = click.get_current_context()
        self._choose(context, given)
        taken = [
            (key, option)
            for key, option in self.options.items()
            if _is_default(context, option) and given.get(option.name or "") not in {None, ()}
        ]
        if taken and not given.get("quiet"):
            words = " ".join(filter(None, (_said(option, given[option.name or ""]) for _, option in taken)))
            say(f"usagecompat: {self.found.path} adds {words}", err=True)
        return self.function(*args, **given)

    def _choose(self, context: click.Context, given: dict[str, Any]) -> None:
        """Leave out the file's clients where others are given, and find the one that is meant by its name."""
        ways = [option for key, option in self.options.items() if key in _CLIENTS]
        if not ways:
            return
        client = self.options.get("clients")
        every = [param for param in context.command.params if {"--client", "--adapter"} & {*param.opts}]
        said = [param for param in every if not _is_silent(context, param)]
        if said or any(given[one.name or ""] for one in context.command.params if isinstance(one, click.Argument)):
            setup = [option for key, option in self.options.items() if key in _SETUP]
            unneeded = setup if not said and given.get("files") else []  # results alone: no client is asked
            for option in (*ways, *unneeded):
                if _is_default(context, option):
                    given[option.name or ""] = () if option.multiple else None
            if client in said and client.name:
                given[client.name] = self._meant(given[client.name])
        elif not any(given[option.name or ""] for option in ways):
            named = [f"--client {_name(one)}" for one in self.found.texts("clients")]
            named += [f"--adapter {one}" for one in self.found.texts("adapters")]
            raise click.UsageError(f"{self.found.path} has several clients; choose one: {', '.join(named)}.")

    def _meant(self, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        """The file's own clients, where their names stand for them."""
        if isinstance(given, tuple):
            return tuple(self.found.client_named(one) or one for one in given)
        return self.found.client_named(given) or given


def _is_default(context: click.Context, option: click.Parameter) -> bool:
    return context.get_parameter_source(option.name or "") is click.core.ParameterSource.DEFAULT_MAP


def _is_silent(context: click.Context, option: click.Parameter) -> bool:
    """Whether neither the command line nor the environment gives an option."""
    source = click.core.ParameterSource
    return context.get_parameter_source(option.name or "") in {source.DEFAULT, source.DEFAULT_MAP, None}


def _name(client: str) -> str:
    """How to name a client of the file on a command line."""
    name, found, _ = client.partition("=")
    return shlex.quote(name if found and name.replace("-", "").replace(".", "").isalnum() else client)


def _said(option: click.Option, value: object) -> str:
    """An option as it would stand on the command line."""
    name = max(option.opts, key=len)
    if isinstance(value, bool):
        return name if value else ""
    values: tuple[object, ...] = value if isinstance(value, tuple) else (value,)  # pyright: ignore[reportUnknownVariableType] - of click
    return " ".join(f"{name} {shlex.quote(str(one))}" for one in values)
