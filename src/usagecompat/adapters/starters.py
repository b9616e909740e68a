"""
Starters: whole adapters around a plain JSON library, one for each language, to put your own client into.

They are the reference adapters themselves, which the tests install and run.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.adapters.descriptions import DESCRIPTION, row_of
from usagecompat.exceptions import NoSuchName, WouldOverwrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

STARTERS: Final[Mapping[str, str]] = {
    "go": "go-encoding-json-number",
    "java": "java-jackson-decimal",
    "javascript": "javascript-json",
    "perl": "perl-json-pp",
    "python": "python-json",
    "rust": "rust-serde-json",
}
"""Which row of the adapters a language starts from."""
_README: Final = "README.md"


@frozen
class Starter:
    """An adapter that was written, and the commands that it takes."""

    files: tuple[Path, ...]
    build: tuple[str, ...]
    """Shell commands that make it ready, in its folder; none if it runs as it is."""
    client: str
    """What `usagecompat run --client` takes there."""


def write_starter(language: str, directory: Path) -> Starter:
    """
    Write the starter of a language into a new or empty directory.

    Raises:
        NoSuchName: There is no starter for the language.
        WouldOverwrite: The directory holds something.
    """
    if language not in STARTERS:
        raise NoSuchName("starter for the language", language, tuple(STARTERS))
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise WouldOverwrite(str(directory))
    adapter, row = row_of(STARTERS[language])
    build = tuple(map(_line, adapter.install))
    client = _line(row.run)
    written = list(adapter.copy_to(directory, without={DESCRIPTION, _README}))
    readme = directory / _README
    readme.write_text(_readme(language, build, client), encoding="utf-8")
    return Starter((*written, readme), build, client)


def _line(command: Iterable[str]) -> str:
    return shlex.join(word.replace("{python}", "python3") for word in command)


def _readme(language: str, build: Iterable[str], client: str) -> str:
    commands = "\n".join([*build, f"usagecompat run --client {shlex.quote(client)}"])
    return (
        f"# An adapter in {language}\n\n"
        f"It decodes each payload with a plain JSON library and encodes it again.\n"
        f"Put your own client where the library is, then run:\n\n```sh\n{commands}\n```\n"
    )
