"""
What is kept between runs: the payloads that a client failed, in a folder that no repository takes.

Each client has a key of its own in a database of Hypothesis, whose entries here are payloads; no entry is half written.
What was found is also there as files, for `usagecompat fixtures new` and for eyes.
"""

from __future__ import annotations

import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, field
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.database import DirectoryBasedExampleDatabase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.database import ExampleDatabase

    from usagecompat.fuzz.kinds import Kind

FOLDER: Final = Path(".usagecompat")
"""Where all is kept, below the working directory."""
_IGNORE: Final = ".gitignore"
_IGNORED: Final = "# Made by usagecompat.\n*\n"
_ODD: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 60


@define
class Store:
    """What is kept of one client."""

    client: str
    folder: Path = FOLDER
    problem: str = field(default="", init=False)
    """Why nothing can be kept; empty if it can."""

    @property
    def _key(self) -> bytes:
        return f"usagecompat fuzz {self.client}".encode("utf-8", "surrogatepass")

    def _database(self) -> ExampleDatabase:
        return DirectoryBasedExampleDatabase(self.folder / "examples")

    def prepare(self) -> bool:
        """Whether there is a folder, which is made and hidden from git if need be."""
        try:
            self.folder.mkdir(exist_ok=True)
            ignore = self.folder / _IGNORE
            if not ignore.exists():
                ignore.write_text(_IGNORED, "utf-8")
        except OSError as error:
            self.problem = f"{self.folder}: {error.strerror or error}"
            return False
        return True

    def payloads(self) -> list[bytes]:
        """What failed before, small ones first."""
        if not self.folder.is_dir():
            return []
        return sorted(self._database().fetch(self._key), key=lambda payload: (len(payload), payload))

    def save(self, payload: bytes) -> None:
        """Let the next run begin with a payload."""
        if self.prepare():
            self._database().save(self._key, payload)

    def forget(self, payload: bytes) -> None:
        """Let the next run do without a payload, which fails no more."""
        self._database().delete(self._key, payload)

    def write(self, kind: Kind, payload: bytes) -> Path | None:
        """A payload as a file, named after its kind; None if it cannot be written."""
        if not self.prepare():
            return None
        folder = self.folder / "found" / (slug(self.client) or "client")
        path = folder / f"{name_of(kind)}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(payload)
        except OSError as error:
            self.problem = f"{path}: {error.strerror or error}"
            return None
        return path

    def tidy(self, kept: Iterable[bytes]) -> None:
        """Forget what is no longer among what is kept."""
        wanted = set(kept)
        for payload in self.payloads():
            if payload not in wanted:
                with suppress(OSError):
                    self.forget(payload)


def keep_all_in(folder: Path) -> None:
    """Let Hypothesis, too, keep what it computes once in this folder, and not in one of its own."""
    set_hypothesis_home_dir(folder)


def slug(text: str) -> str:
    """Lower-case words joined by hyphens."""
    return _ODD.sub("-", text.lower()).strip("-")


def name_of(kind: Kind) -> str:
    """A short name for a kind, which no other kind has."""
    last = [part for part in kind.place.split("/") if part not in {"", "*", "data", "results", "result"}]
    words = slug(" ".join((kind.code.partition("/")[2], *last[-2:])))[:_LONGEST].strip("-")
    return f"{words}-{sha256(repr((kind.code, kind.place, kind.words)).encode()).hexdigest()[:6]}"
