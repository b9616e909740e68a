"""
What every package holds: the files of a corpus and all schemas, and digests of both.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.corpus import NAME, folder, manifest_of, packaged, read_cases, read_manifest, version
from usagecompat.exceptions import CannotPack, CorruptCase, UnreadableInput
from usagecompat.inputs import NO_TOPICS, SIDECAR, content_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUMS: Final = "SHA256SUMS"
_CORPUS: Final = "fixtures"
_SCHEMAS: Final = "schemas"
_LISTS: Final = (NAME, "notes.json", "README.md", "LICENSE")
_DATA: Final = frozenset({".json", ".html", ".md"})
_OTHERS: Final = "package.json"
"""What makes a folder of a clone a package by itself, and is no data."""
_RESERVED: Final = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""File names that Windows does not take, whatever follows behind a dot; Go refuses modules that have one."""
_PORTABLE: Final = re.compile(r"\w([\w.+~-]*[\w+~-])?", re.ASCII)


@frozen
class Contents:
    """The data of a package."""

    files: Mapping[str, bytes]
    """Each file under its name, sorted: `fixtures/…` and `schemas/…`."""
    version: str
    """As PyPI spells it."""
    license: bytes | None
    """The kit's own, if all data is its own; a corpus of somebody else's has the license that its owner gives it."""

    @cached_property
    def sums(self) -> bytes:
        """What `sha256sum --check` reads."""
        return "".join(f"{sha256(content)}  {name}\n" for name, content in self.files.items()).encode()

    @cached_property
    def digest(self) -> str:
        """One digest of all data, the same in a package of any kind: the SHA-256 of the list of digests."""
        return sha256(self.sums)


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def read_contents(corpus: Path | None = None, release: str | None = None) -> Contents:
    """
    The data of the kit's own corpus, or of another one, with the kit's schemas.

    Raises:
        CorruptCase: A case is not right, or the manifest does not say what the cases say.
        CannotPack: Some file has a name that not every system takes.
        UnreadableInput: There is no such directory, or a file in it cannot be read.
    """
    root = packaged() if corpus is None else corpus
    found = {f"{_CORPUS}/{name}": data for name, data in _corpus(root)}
    found |= {f"{_SCHEMAS}/{name}": data for name, data in _below(folder(_SCHEMAS), "")}
    files = dict(sorted(found.items()))
    _refuse_names(files)
    own = None if corpus else _license()
    return Contents(files, release or version(), own)


def _license() -> bytes:
    from importlib import metadata  # noqa: PLC0415 - dear, and for this alone

    for file in metadata.files("usagecompat") or ():
        if file.name == "LICENSE":
            return content_of(Path(str(file.locate())))
    return content_of(folder(_CORPUS).parent / "LICENSE")


def _corpus(root: Path) -> Iterator[tuple[str, bytes]]:
    """What belongs to a corpus, and nothing that only lies beside it."""
    cases = read_cases(root)
    if not cases:
        raise UnreadableInput(str(root), "there is no case here; a corpus has a *.case.json beside each payload")
    manifest = root / NAME
    if not manifest.is_file():
        raise CorruptCase(str(manifest), f"it is missing; `usagecompat fixtures manifest {root} --write` writes it")
    if manifest_of(cases, read_manifest(root)).encode() != content_of(manifest):
        raise CorruptCase(
            str(manifest),
            f"it does not say what the cases say; `usagecompat fixtures manifest {root} --write` writes it",
        )
    for name in _LISTS:
        if (root / name).is_file():
            yield name, content_of(root / name)
    for case in cases:
        if case.path.relative_to(root).as_posix() != f"{case.id}{SIDECAR}":
            raise CorruptCase(str(case.path), f"its file must be {case.id}{SIDECAR}, after its id")
        yield f"{case.id}.json", case.payload
        yield f"{case.id}{SIDECAR}", content_of(case.path)
    for name in NO_TOPICS:
        yield from _below(root, name)


def _below(root: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The files of data below a folder; none if it is not there."""
    for path in (root / name).rglob("*"):
        below = path.relative_to(root).as_posix()
        hidden = any(part.startswith(".") for part in below.split("/"))
        if path.suffix in _DATA and below != _OTHERS and not hidden and path.is_file():
            yield below, content_of(path, root)


def _refuse_names(files: Mapping[str, bytes]) -> None:
    folded: dict[str, str] = {}
    for name in files:
        if (other := folded.setdefault(name.casefold(), name)) != name:
            raise CannotPack(f"{other} and {name} are one file where case does not count; rename one")
        for part in name.split("/"):
            if not _PORTABLE.fullmatch(part):
                raise CannotPack(f"{name}: not every system takes the name {part!r}; use letters, digits and - _ . + ~")
            if part.partition(".")[0].casefold() in _RESERVED:
                raise CannotPack(f"{name}: Windows takes no file of the name {part!r}; rename it")
