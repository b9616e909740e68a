"""
The places that `--compat` names, and what a collector has to know of the run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pytest
from attrs import frozen

from usagecompat.corpus import NAME as MANIFEST
from usagecompat.corpus import SET as DERIVED
from usagecompat.corpus import find_files, folder, ids_in_set
from usagecompat.exceptions import NoSuchName, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from usagecompat.corpus import CaseJudge, Derived, Entry, Terms


_ABOVE: Final = 2
"""How far above a place its corpus may be: a case is two below."""
_HOW_TO_NAME: Final = "What follows --compat is taken for its path; where test files follow, write --compat=PATH."


@frozen(kw_only=True)
class Source:
    """One place that `--compat` names."""

    path: Path
    item: str
    """The rest of a node id, beginning with `::`, or nothing."""
    root: Path
    """The corpus that the place belongs to, or the place itself."""
    is_corpus: bool
    files: frozenset[Path]
    without_case: tuple[Path, ...] = ()
    """Payloads that are not run, as no case says what they must come to."""

    @property
    def name(self) -> str:
        """The place as an argument of pytest."""
        return f"{self.path}{self.item}"

    def holds(self, path: Path) -> bool:
        """Whether `path` is this place, or in it."""
        return path == self.path or path in self.files or path.is_relative_to(self.path)


class Settings(Protocol):
    """The terms of a run, for the items in it."""

    @property
    def terms(self) -> Terms:
        """At which revision and in which profile payloads are judged."""
        ...

    @property
    def set_name(self) -> str:
        """Which set of the corpus is run."""
        ...

    @property
    def marks_of_others(self) -> AbstractSet[str]:
        """The marks that mean something to pytest or another plugin, which no flag of a case may have."""
        ...

    @property
    def case_judges(self) -> Mapping[str, CaseJudge]:
        """What is asked about each case, by the name of the item."""
        ...

    def names(self, file: Path) -> bool:
        """Whether a file is one of what is run."""
        ...

    def holds(self, path: Path) -> bool:
        """Whether `path` is a place that is run, or in one."""
        ...

    def derived(self, source: Source) -> Mapping[Path, list[Derived]]:
        """What is derived from the cases of a source, by their files."""
        ...

    def entries(self, root: Path) -> Mapping[str, Entry]:
        """What the manifest of a corpus says of its cases."""
        ...


def ids_chosen(root: Path, set_name: str) -> frozenset[str] | None:
    """The cases that a set chooses; None for all."""
    if set_name == DERIVED:
        return None
    try:
        return ids_in_set(root, set_name)
    except NoSuchName as error:
        raise NoSuchName("set", set_name, tuple(sorted((*error.known, DERIVED)))) from None


def source_named(config: pytest.Config, said: str, option: str) -> Source:
    """
    The place that an option names.

    Raises:
        pytest.UsageError: There is nothing to run.
    """
    name, separator, item = said.partition("::")
    if separator and os.path.lexists(absolute(config, said)):
        raise pytest.UsageError(
            f"{option} {said}: pytest has no way to name a path with `::` in it; name what holds it"
        )
    try:
        path = absolute(config, name) if name else folder("fixtures")
    except UnreadableInput as error:
        raise pytest.UsageError(f"{option}: {error}") from None
    try:
        found = find_files(path)
    except UnreadableInput as error:
        raise pytest.UsageError(f"{option} {said}: {error.reason}. {_HOW_TO_NAME}") from None
    if not found.files:
        raise pytest.UsageError(
            f"{option} {said}: there is no case (*.case.json) and no payload (*.json, *.ndjson) here. {_HOW_TO_NAME}"
        )
    is_corpus = found.is_corpus
    if is_corpus and path.is_file():
        (path,) = found.files  # a payload stands for its case
    nearest = (path, *path.parents[:_ABOVE]) if is_corpus else ()
    root = next((place for place in nearest if (place / MANIFEST).is_file()), path)
    return Source(
        path=path,
        item=separator + item,
        root=root,
        is_corpus=is_corpus,
        files=frozenset(found.files),
        without_case=found.without_case,
    )


def absolute(config: pytest.Config, name: str) -> Path:
    """A path as pytest has it: absolute, and with symbolic links as they are."""
    return Path(os.path.abspath(config.invocation_params.dir / name))  # noqa: PTH100 - `resolve` follows links
