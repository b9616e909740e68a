"""
The file with the table `[tool.usagecompat]`: looked for from a directory upward, and read.

`schemas/config.json` describes it for editors. A file without the table is passed over, and TOML is only read where a
file has the kit's name in it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import frozen

from usagecompat.configuration.keys import KEYS
from usagecompat.exceptions import BadConfiguration
from usagecompat.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.configuration.keys import Value

NAME: Final = "pyproject.toml"
"""The file that is looked for."""
TABLE: Final = "tool.usagecompat"
_MARK: Final = b"usagecompat"
_HOW_TO_DO_WITHOUT: Final = "--no-config before the command leaves the file out"
_LARGEST: Final = 10_000_000
_REVISION: Final = "revision"
_CLIENTS: Final = "clients"
_NAMED: Final = re.compile(r"([\w.-]+)=")
_LONGEST: Final = 80


@frozen(kw_only=True)
class Configuration:
    """What a file says."""

    path: Path
    values: Mapping[str, Value]
    """By key, with paths as seen from the working directory."""
    directory: str | None
    """Where commands of clients are started; None where that is the working directory."""

    def client_named(self, name: str) -> str | None:
        """The client that the table has with `NAME=` before it, if it has one of this name."""
        return next((text for text in self.texts("clients") if text.startswith(f"{name}=")), None) if name else None

    def texts(self, key: str) -> tuple[str, ...]:
        """The list at a key; empty if there is none."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ()


def find(start: Path | None = None) -> Configuration | None:
    """
    What the nearest file says that has the table, from a directory upward; None if there is none.

    Raises:
        BadConfiguration: A file is not TOML, or the table says what it cannot.
    """
    try:
        here = (start or Path.cwd()).absolute()
    except OSError:  # the working directory is gone
        return None
    for directory in (here, *here.parents):
        path = directory / NAME
        if os.path.isfile(path):  # noqa: PTH113 - a directory that nobody may look into has none
            table = _table(path, hint=f"; {_HOW_TO_DO_WITHOUT}")
            if table is not None:
                return _read(path, table)
    return None


def read(path: Path) -> Configuration:
    """
    What this very file says.

    Raises:
        BadConfiguration: It cannot be read, is not TOML, has no table, or the table says what it cannot.
    """
    table = _table(path)
    if table is None:
        raise BadConfiguration(str(path), "", f"it has no table [{TABLE}]")
    return _read(path, table)


def _table(path: Path, hint: str = "") -> object:
    """The table of a file; None if it has none."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadConfiguration(str(path), "", f"it cannot be read: {error.strerror or error}{hint}") from None
    if _MARK not in content:
        return None
    if len(content) > _LARGEST:
        raise BadConfiguration(str(path), "", f"it is longer than {_LARGEST:,} bytes{hint}")
    import tomllib  # noqa: PLC0415 - most directories have no file that names the kit

    try:
        document: Any = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        raise BadConfiguration(str(path), "", f"it is not TOML: {error}{hint}") from None
    tool: Any = document.get("tool")
    return tool.get("usagecompat") if isinstance(tool, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - any TOML


def _read(path: Path, said: object) -> Configuration:
    if not isinstance(said, dict):
        raise BadConfiguration(str(path), "", "it must be a table")
    values: dict[str, Value] = {}
    path = path.absolute()
    for name, value in cast("dict[str, Any]", said).items():
        key = KEYS.get(name)
        if key is None:
            hint = did_you_mean(name, KEYS)
            raise BadConfiguration(str(path), name, f"there is no such key; {hint}the keys are {', '.join(KEYS)}")
        if not key.fits(value):
            raise BadConfiguration(str(path), name, f"it takes {key.what}, not {_displayed(value)}")
        values[name] = tuple(cast("list[str]", value)) if isinstance(value, list) else value
        if name == _CLIENTS and (twice := _named_twice(values[name])):
            raise BadConfiguration(str(path), name, f"two clients have the name {twice!r}; give each one of its own")
        text = str(value)  # pyright: ignore[reportUnknownArgumentType] - a list is no place
        if key.is_place or (name == _REVISION and (path.parent / text).is_file()):
            values[name] = _seen_from_here(path.parent, text)
    return Configuration(path=path, values=values, directory=_directory(path.parent))


def _named_twice(clients: Value) -> str:
    """The name that two clients have; empty if none is given twice."""
    names = [found[1] for text in cast("tuple[str, ...]", clients) if (found := _NAMED.match(text))]
    return next((name for name in names if names.count(name) > 1), "")


def _displayed(value: object) -> str:
    kinds: dict[type, str] = {dict: "a table", list: "this list", bool: str(value).lower(), str: repr(value)}
    return kinds.get(type(value), str(value))[:_LONGEST]


def _directory(parent: Path) -> str | None:
    return None if parent == Path.cwd() else str(parent)


def _seen_from_here(parent: Path, value: str) -> str:
    """A path that is relative to the file; as it stands there, if that is where we are."""
    return value if parent == Path.cwd() else str(parent / value)
