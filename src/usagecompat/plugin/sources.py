"""
The places that `--compat` names, and what a collector has to know of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from usagecompat.corpus import CaseJudge, Derived, Entry, Terms


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
        return path == self.path or self.path in path.parents or path in self.files


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
