"""
Where `schemas/` and `fixtures/` are.

A wheel carries them inside the package as one archive, under `_data/`, which is unpacked when it is first needed.
An editable install and a source checkout have them at the top level of the checkout.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import Final, Literal

from usagecompat.corpus.unpacking import read_archive, unpacked

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_PACKED: Final = _PACKAGE / "_data"
_CHECKOUT: Final = _PACKAGE.parent.parent
_FOLDERS: Final[set[str]] = set()


@cache
def folder(name: Literal["schemas", "fixtures"]) -> Path:
    """
    The folder `name`, as this installation has it.

    Raises:
        UnreadableInput: The archive of a wheel is damaged, or nothing can be written where it must be unpacked.
        FileNotFoundError: The installation is damaged: neither the package nor a checkout around it has the folder.
    """
    archive = read_archive(_PACKED)
    place = _in_checkout(name) if archive is None else unpacked(archive) / name
    _FOLDERS.add(f"{place}{os.sep}")
    return place


def is_of_the_kit(path: Path) -> bool:
    """Whether a file is in a folder that `folder` has given."""
    return str(path).startswith(tuple(_FOLDERS))


def copy(name: Literal["schemas", "fixtures"], destination: Path) -> int:
    """
    Copy a folder to a directory, byte for byte; how many files that are.

    Raises:
        UnreadableInput: The archive of a wheel is damaged.
        FileNotFoundError: The installation is damaged: neither the package nor a checkout around it has the folder.
    """
    if (archive := read_archive(_PACKED)) is not None:
        return archive.unpack_to(destination, f"{name}/")
    shutil.copytree(_in_checkout(name), destination, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return sum(path.is_file() for path in destination.rglob("*"))


def _one_file(name: str) -> tuple[str, bytes]:
    """Where a file is, and what it holds; nothing is unpacked for it."""
    if (archive := read_archive(_PACKED)) is not None:
        return f"{archive.path}/{name}", archive.content(name)
    top, _, rest = name.partition("/")
    path = _in_checkout(top) / rest
    return str(path), path.read_bytes()


def _in_checkout(name: str) -> Path:
    if (found := _CHECKOUT / name).is_dir():
        return found
    raise FileNotFoundError(
        f"usagecompat is installed without its {name}: looked for {_PACKED} and {found}; install it again"
    )


@cache
def version() -> str:
    """The version of the kit; in a checkout that is not installed, the one that would be."""
    import tomllib  # noqa: PLC0415 - both are dear, and few commands show a version
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version("usagecompat")
    except metadata.PackageNotFoundError:
        project: dict[str, str] = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
        return project["version"]


def size_and_version() -> tuple[str, int]:
    """
    The version of the packaged corpus, which is that of its newest cases, and how many cases it has.

    Its manifest alone is read, as the short answer of `--version` must be fast.

    Raises:
        CorruptCase: The manifest does not say it.
        UnreadableInput: The archive of a wheel is damaged.
    """
    import json  # noqa: PLC0415 - hardly any command needs it from here

    from usagecompat.exceptions import CorruptCase  # noqa: PLC0415 - likewise

    where, text = _one_file("fixtures/manifest.json")
    try:
        listed = json.loads(text)["cases"]
        newest = max((case["since"] for case in listed), key=lambda since: tuple(map(int, since.split("."))))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CorruptCase(where, "it must list cases with `since`") from error
    return newest, len(listed)
