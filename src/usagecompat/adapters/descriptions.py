"""
What each adapter says of itself: which client it drives, in which rows, and what it needs.

`schemas/adapter.json` describes the files that are read here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Container, Iterator, Mapping  # noqa: TC003 - annotations are read at run time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import cattrs
from attrs import Factory, evolve, frozen

from usagecompat.exceptions import NoSuchName

HERE: Final = Path(__file__).resolve().parent
DESCRIPTION: Final = "adapter.json"


class Integers(StrEnum):
    """Which integers a client reads exactly."""

    ANY = "any"
    INT64 = "int64"
    INT32 = "int32"
    BINARY64 = "binary64"
    """Those up to 2^53; larger ones are rounded."""


class Decimals(StrEnum):
    """What a client makes of a number with a fraction."""

    EXACT = "exact"
    BINARY64 = "binary64"
    BINARY32 = "binary32"
    DIGITS15 = "15-digits"
    """A binary64, of which 15 significant digits are written."""


class Policy(StrEnum):
    """What a client does with what it does not know."""

    KEPT = "kept"
    DROPPED = "dropped"
    REFUSED = "refused"


@frozen(kw_only=True)
class Client:
    """The client that an adapter drives."""

    name: str
    package: str
    version: str
    """The version that is installed; empty for what comes with the language."""
    registry: str
    """Where the package comes from."""
    homepage: str


@frozen(kw_only=True)
class Need:
    """Something that has to be there before an adapter can be installed."""

    what: str
    test: tuple[str, ...]
    """A command that succeeds if it is there."""
    get: str
    """How to get it."""


@frozen(kw_only=True)
class Features:
    """What a row claims of its client; a run shows if it is so."""

    validates: bool = False
    http: bool = False
    """It fetches its payloads from the kit, as from the API."""
    encodes: bool = True
    """It can write again what it has read; if not, only what it refuses is judged."""
    integers: Integers
    decimals: Decimals
    unknown_members: Policy
    unknown_kinds: Policy


@frozen(kw_only=True)
class Row:
    """One way to use a client, which has a row of its own in the matrix."""

    name: str
    """What `usagecompat run --adapter` calls it."""
    about: str
    run: tuple[str, ...]
    """The command, as it is given in the folder of the installation."""
    features: Features
    revision: str | None = None
    """The revision that the client was made from, if it is a generated one."""


@frozen(kw_only=True)
class PagingRow:
    """One way to fetch all pages of a query, which `usagecompat run --paging` judges."""

    name: str
    """What `usagecompat run --paging --adapter` calls it."""
    about: str
    run: tuple[str, ...]
    """The command, as it is given in the folder of the installation."""
    stays: bool = False
    """It stays and speaks the line protocol; if not, it is started for each sequence."""


@frozen(kw_only=True, eq=False)
class Adapter:
    """One folder `<language>-<client>/`."""

    name: str
    language: str
    about: str
    client: Client
    needs: tuple[Need, ...]
    install: tuple[tuple[str, ...], ...]
    """The commands that install it, as they are given in the folder of the installation."""
    rows: tuple[Row, ...] = ()
    paging: tuple[PagingRow, ...] = ()
    env: Mapping[str, str] = Factory(dict[str, str])
    """What is added to the environment of the client."""
    folder: Path = HERE

    @property
    def files(self) -> tuple[Path, ...]:
        """The adapter's own files, sorted."""
        return tuple(
            path for path in sorted(self.folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )

    def copy_to(self, directory: Path, *, without: Container[str] = ()) -> Iterator[Path]:
        """Copy its files into a directory, but those of these names, and give the copies."""
        for path in self.files:
            if path.name not in without:
                copy = directory / path.relative_to(self.folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
                yield copy

    @property
    def fingerprint(self) -> str:
        """What changes when an installation has to be made anew: the SHA-256 of all files but the README."""
        digest = hashlib.sha256()
        for path in self.files:
            if path.name != "README.md":
                digest.update(f"{path.relative_to(self.folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
        return digest.hexdigest()


@cache
def adapters() -> Mapping[str, Adapter]:
    """Every adapter that comes with the kit, by name."""
    return {path.parent.name: read(path) for path in sorted(HERE.glob(f"*/{DESCRIPTION}"))}


def read(path: Path) -> Adapter:
    """The adapter that a file describes."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    return evolve(converter.structure(json.loads(path.read_bytes()), Adapter), folder=path.parent)


@cache
def rows() -> Mapping[str, tuple[Adapter, Row]]:
    """Every row that an adapter gives the matrix, by name."""
    return {row.name: (adapter, row) for adapter in adapters().values() for row in adapter.rows}


@cache
def paging_rows() -> Mapping[str, tuple[Adapter, PagingRow]]:
    """Every row that fetches all pages, by name."""
    return {row.name: (adapter, row) for adapter in adapters().values() for row in adapter.paging}


def adapter_of(name: str) -> Adapter:
    """
    The adapter of this name, or the one that has a row of this name.

    Raises:
        NoSuchName: There is neither.
    """
    every = {**rows(), **paging_rows()}
    if name in adapters():
        return adapters()[name]
    if name not in every:
        raise NoSuchName("adapter", name, tuple(sorted({*every, *adapters()})))
    return every[name][0]


def row_of(name: str) -> tuple[Adapter, Row]:
    """
    The row of this name, and its adapter; an adapter with one row goes by either name.

    Raises:
        NoSuchName: There is none, or it fetches pages.
    """
    found = adapters().get(name)
    if found and len(found.rows) == 1:
        return found, found.rows[0]
    if name not in rows():
        other = "row of an adapter that decodes payloads (this one fetches pages, with --paging):"
        raise NoSuchName(other if name in paging_rows() else "row of an adapter", name, tuple(sorted(rows())))
    return rows()[name]


def paging_row_of(name: str) -> tuple[Adapter, PagingRow]:
    """
    The row of this name that fetches all pages, and its adapter; an adapter with one such row goes by either name.

    Raises:
        NoSuchName: There is none.
    """
    found = adapters().get(name)
    if found and len(found.paging) == 1:
        return found, found.paging[0]
    if name not in paging_rows():
        raise NoSuchName("row of an adapter that fetches pages:", name, tuple(sorted(paging_rows())))
    return paging_rows()[name]
