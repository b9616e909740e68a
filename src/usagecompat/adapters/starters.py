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
_RELOCK: Final[Mapping[str, str]] = {
    "go": "go mod tidy",
    "java": "rm -rf lib && {first} && sha256sum lib/*.jar > lib.sha256",
    "rust": "cargo generate-lockfile",
}
"""What writes the lock of a starter again, where packages can be added; `{first}` is the first command that builds it."""
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
    readme.write_text(_readme(language, build, client), encoding="utf-8", newline="\n")
    return Starter((*written, readme), build, client)


def _line(command: Iterable[str]) -> str:
    command = tuple(command)
    if "usagecompat.adapters.digests" in command:  # whoever has the starter need not have the kit in that Python
        command = ("sha256sum", "--check", "--strict", "--quiet", *command[3:])
    return shlex.join(word.replace("{python}", "python3") for word in command)


def _readme(language: str, build: tuple[str, ...], client: str) -> str:
    commands = "\n".join([*build, f"usagecompat run --client {shlex.quote(client)}"])
    locked = ""
    if language in _RELOCK:
        command = _RELOCK[language].format(first=build[0])
        locked = (
            f"\nPackages are locked with digests. After a change to them, lock them again:\n\n```sh\n{command}\n```\n"
        )
    return (
        f"# An adapter in {language}\n\n"
        f"It decodes each payload with a plain JSON library and encodes it again.\n"
        f"Put your own client where the library is.\n"
        f"If it can only decode, or only encode, docs/clients.md says what the adapter answers then.\n"
        f"Then run:\n\n```sh\n{commands}\n```\n{locked}"
    )
