"""
A list of digests of fetched files, for tools that have no lock of their own, such as Maven.

`python -m usagecompat.adapters.digests lib.sha256` fails unless the folders that the list names hold the files that it
names, each with its digest, and nothing else. With `--write FOLDER` it writes the list instead.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *]([^/\\]+/[^/\\]+)")
_USAGE: Final = "usage: python -m usagecompat.adapters.digests LIST [--write FOLDER]"


def read_digests(text: str) -> Mapping[str, str]:
    """
    The digest of each file that a list names, as `sha256sum` writes it.

    Raises:
        ValueError: A line is none of such a list, or a file stands there twice.
    """
    digests: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number} must be a SHA-256, two spaces and FOLDER/FILE, not {line!r}")
        if digests.setdefault(found.group(2), found.group(1)) != found.group(1):
            raise ValueError(f"line {number} gives {found.group(2)} a second digest")
    return digests


def differences(expected: Mapping[str, str], root: Path) -> Iterator[str]:
    """What is otherwise in the folders than a list says."""
    there = {
        name: digest
        for folder in sorted({name.partition("/")[0] for name in expected})
        for name, digest in _in(root, folder)
    }
    for name in sorted({*expected, *there}):
        if name not in there:
            yield f"{name} is not there"
        elif name not in expected:
            yield f"{name} is in no line of the list"
        elif there[name] != expected[name]:
            yield f"{name} has the SHA-256 {there[name]}, and {expected[name]} is expected"


def _in(root: Path, folder: str) -> Iterator[tuple[str, str]]:
    place = root / folder
    for path in sorted(place.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: Sequence[str]) -> str | None:
    """Do what the arguments say; what is wrong, if something is."""
    match arguments:
        case [name, "--write", folder]:
            lines = [f"{digest}  {file}\n" for file, digest in _in(Path(), folder.rstrip("/"))]
            Path(name).write_text("".join(lines), "utf-8", newline="\n")
            return None if lines else f"{folder}: there is no file to list"
        case [name]:
            try:
                expected = read_digests(Path(name).read_text("utf-8"))
            except OSError as error:
                return f"{name}: {error.strerror}"
            except ValueError as error:
                return f"{name}: {error}"
            wrong = [*differences(expected, Path())] if expected else ["the list is empty"]
            return f"{name}: the digests do not match: {'; '.join(wrong)}" if wrong else None
        case _:
            return _USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
