"""
`usagecompat adapters`: real clients that can be tested as they are, and what is missing for them here.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from usagecompat.adapters import descriptions, installation, starters
from usagecompat.cli import completing
from usagecompat.cli.commands import Group, until_nobody_reads
from usagecompat.cli.formats import formats
from usagecompat.cli.output import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.adapters import Adapter, Status

_INTO: Final = click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=installation.PLACE,
    show_envvar=True,
    metavar="DIR",
    help="Where adapters are installed, each in a folder of its own; in the user's cache otherwise.",
)


@click.group(cls=Group)
def adapters() -> None:
    """
    List and install the programs that drive real clients.

    \b
    Example: usagecompat adapters list
    """  # noqa: D301 - click's own mark


@adapters.command("list")
@_INTO
@formats()
@until_nobody_reads()
def list_(*, into: Path | None, format_: str) -> None:
    """
    List which adapters can run here, and what the others lack.

    Under each adapter stand its rows: the names that `usagecompat run --adapter` takes, and those that it takes with
    --paging.

    \b
    Example: usagecompat adapters list
    Example: usagecompat adapters list --format json
    """  # noqa: D301 - click's own mark
    every = descriptions.adapters()
    known = installation.statuses(every.values(), into)
    if format_ == "json":
        told = [_as_dict(adapter, known[name]) for name, adapter in every.items()]
        say_json(told, indent=2)
        return
    for name, adapter in every.items():
        say(*_told(adapter, known[name]))
    count = sum(status.can_run for status in known.values())
    ready = sum(status.installed for status in known.values())
    say(f"{count} of {len(every)} adapters can run here; {ready} are installed")


@adapters.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completing.adapters)
@_INTO
@formats()
def install(*, names: tuple[str, ...], into: Path | None, format_: str) -> None:
    """
    Fetch or generate the client of each NAME, outside the package and for this version of the kit.

    NAME is an adapter or one of its rows; what is installed already is left as it is.

    Nothing is fetched but what the adapter's own lock has with its digest; if one does not match, nothing is installed.

    \b
    Example: usagecompat adapters install python-openai
    Example: usagecompat adapters install go-openai --into build/adapters
    """  # noqa: D301 - click's own mark
    for adapter in dict.fromkeys(map(descriptions.adapter_of, names)):
        folder = installation.install(adapter, into)
        if format_ == "json":
            say_json({"name": adapter.name, "folder": str(folder)})
        else:
            say(f"{adapter.name}: installed in {folder}")


@adapters.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completing.adapters)
@_INTO
@click.option("--every-version", is_flag=True, help="Remove what other versions of the kit installed, too.")
@formats()
def remove(*, names: tuple[str, ...], into: Path | None, every_version: bool, format_: str) -> None:
    """
    Remove what was installed of each NAME; the adapter itself stays in the list.

    NAME is an adapter or one of its rows. Each version of the kit has installations of its own.

    \b
    Example: usagecompat adapters remove python-openai
    Example: usagecompat adapters remove python-openai go-openai --every-version
    """  # noqa: D301 - click's own mark
    for adapter in dict.fromkeys(map(descriptions.adapter_of, names)):
        gone = installation.remove(adapter, into, every_version=every_version)
        if format_ == "json":
            say_json({"name": adapter.name, "removed": [str(folder) for folder in gone]})
        else:
            say(*(f"{adapter.name}: removed from {folder}" for folder in gone or ()))
            if not gone:
                say(f"{adapter.name}: was not installed")


@adapters.command("new")
@click.argument("language", metavar="LANGUAGE", shell_complete=completing.languages)
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
def new(*, language: str, directory: Path) -> None:
    """
    Write a starter: a whole adapter in LANGUAGE, in the new directory DIR.

    LANGUAGE is go, java, javascript, perl, python or rust. The starter drives a plain JSON library; put your own client
    in its place.

    \b
    Example: usagecompat adapters new go my-adapter
    """  # noqa: D301 - click's own mark
    starter = starters.write_starter(language, directory)
    for path in starter.files:
        say(f"{path}: written")
    say("To run it:")
    for line in (f"cd {shlex.quote(str(directory))}", *starter.build):
        say(f"    {line}")
    say(f"    usagecompat run --client {shlex.quote(starter.client)}")


def _told(adapter: Adapter, status: Status) -> Iterator[str]:
    state = "installed" if status.installed else "not installed" if status.can_run else "cannot run here"
    yield f"{adapter.name}: {state}; {adapter.about}"
    if not status.installed:
        yield from (f"    missing: {need.what}; {need.get}" for need in status.missing)
    width = max(len(name) for name in (*(row.name for row in adapter.rows), *(row.name for row in adapter.paging)))
    yield from (f"    {row.name:{width}}  {row.about}" for row in adapter.rows)
    yield from (f"    {row.name:{width}}  {row.about} (--paging)" for row in adapter.paging)


def _as_dict(adapter: Adapter, status: Status) -> dict[str, Any]:
    return {
        "name": adapter.name,
        "language": adapter.language,
        "client": adapter.client.name,
        "version": adapter.client.version,
        "installed": status.installed,
        "can_run": status.can_run,
        "missing": [{"what": need.what, "get": need.get} for need in status.missing],
        "rows": [row.name for row in adapter.rows],
        "paging": [row.name for row in adapter.paging],
    }
