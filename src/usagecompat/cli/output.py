"""
The one place that writes to standard output and standard error: nothing from outside gets there unescaped.

Texts for people are lines in which nothing is left that a terminal or the runner of a workflow obeys. JSON is escaped as
JSON is. Documents for programs, such as XML, keep their lines, some of which the runner is meant to obey.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from itertools import count
from typing import IO, TYPE_CHECKING, Any

import click

from usagecompat.exceptions import naming
from usagecompat.printing import escaped, printable

if TYPE_CHECKING:
    from pathlib import Path


def say(*lines: str, err: bool = False) -> None:
    """Lines for people; whatever is in one of them, it stays one."""
    for line in lines:
        _echo(printable(line), err=err, nl=True)


def say_json(value: Any, *, indent: int | None = None, err: bool = False) -> None:  # noqa: ANN401 - whatever json writes
    """One JSON value: in one line and in ASCII for programs, or over lines for people, too."""
    if indent is None:
        _echo(json.dumps(value, separators=(",", ":")), err=err, nl=True)
    else:
        put_json(json.dumps(value, indent=indent, ensure_ascii=False) + "\n")


def put_json(text: str) -> None:
    """JSON as it is; what no terminal should get is written as the escape that means the same."""
    if not text.isascii():
        unicode = getattr(sys.stdout, "encoding", "").lower().replace("-", "").startswith("utf")
        text = "".join(
            c if c == "\n" or (c.isprintable() and (unicode or c.isascii())) else json.dumps(c)[1:-1] for c in text
        )
    put(text)


def put(text: str) -> None:
    """A document for programs as it is, with its line ends, but for what a terminal obeys."""
    _echo("\n".join(map(escaped, text.split("\n"))), err=False, nl=False)


def put_coloured(text: str) -> None:
    """A text in which nothing is left to escape, as everything in it was before it got its colours."""
    _echo(text, err=False, nl=False)


def _echo(text: str, *, err: bool, nl: bool) -> None:
    stream: IO[str] | None = sys.stderr if err else sys.stdout
    if not err and (reconfigure := getattr(stream, "reconfigure", None)):
        reconfigure(errors="backslashreplace")
    with naming("standard error" if err else "standard output"):
        click.echo(text, nl=nl, err=err, color=None if nl else True)


def write_new(folder: Path, name: str, end: str, text: str) -> Path:
    """Write a file that was not there, with a number in its name if one was; it is there whole or not at all."""
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f".usagecompat-{os.getpid()}.new"
        try:
            waiting.write_bytes(text.encode("utf-8", "backslashreplace"))
            for number in count(1):
                place = folder / f"{name}{'' if number == 1 else f'-{number}'}{end}"
                if place.exists():
                    continue
                with suppress(FileExistsError):
                    _put_in(waiting, place)
                    return place
            raise AssertionError  # numbers have no end
        except OSError as error:
            error.filename, error.filename2 = os.fspath(folder), None  # nobody has asked for the file that waits
            raise
        finally:
            waiting.unlink(missing_ok=True)


def _put_in(waiting: Path, place: Path) -> None:
    """Give a file its name, which a file of another process may have got meanwhile."""
    try:
        place.hardlink_to(waiting)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        waiting.replace(place)


def write_file(place: Path, text: str) -> None:
    """Write a file, which a failure names; who is ended half-way leaves the file that was there, or none."""
    content = text.encode("utf-8", "backslashreplace")
    with naming(place):
        target = place.resolve()
        if target.exists() and not target.is_file():  # a pipe, or a device
            target.write_bytes(content)
            return
        waiting = target.with_name(f".usagecompat-{os.getpid()}.new")
        try:
            waiting.write_bytes(content)
            if target.exists():
                from shutil import copymode  # noqa: PLC0415 - needed only where a file is replaced

                copymode(target, waiting)
            waiting.replace(target)
        except OSError as error:
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
            if not (isinstance(error, PermissionError) and target.is_file()):
                error.filename, error.filename2 = os.fspath(place), None
                raise  # on a full disk, the file that is there stays as it is
            target.write_bytes(content)  # in a folder in which nothing new can be written
