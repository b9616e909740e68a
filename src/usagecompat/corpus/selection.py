"""
Which cases of a corpus are meant: all, or those of a set, a shape or a verdict; and the whole of it copied.

The packaged corpus is `fixtures/` of this kit; any directory with files of the same kind is a corpus too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from usagecompat.corpus.case_files import Case, Expected, Fix, Range, read_case, read_cases, read_notes
from usagecompat.corpus.data import copy, folder
from usagecompat.corpus.lint import Problem, lint
from usagecompat.corpus.manifest import ids_in_set, write_manifest
from usagecompat.exceptions import WouldOverwrite
from usagecompat.findings import Shape, Verdict, named

if TYPE_CHECKING:
    from usagecompat.findings import ShapeName, VerdictName

__all__ = [
    "Case",
    "Expected",
    "Fix",
    "Problem",
    "Range",
    "cases",
    "copy_corpus",
    "lint",
    "packaged",
    "read_case",
    "read_cases",
    "read_notes",
    "write_manifest",
]


def packaged() -> Path:
    """The directory of the corpus that comes with the kit."""
    return folder("fixtures")


def cases(
    set: str = "full",  # noqa: A002 - the name is promised
    *,
    shape: ShapeName | None = None,
    verdict: VerdictName | None = None,
    root: str | Path | None = None,
) -> tuple[Case, ...]:
    """
    Cases of a corpus, sorted by id, fit for `pytest.mark.parametrize` as they are.

    Args:
        set: "full", or the name of a smaller set of which the corpus' manifest has the list.
        shape: Only "page", "bucket", "result" or "flat" payloads.
        verdict: Only "valid", "acceptable" or "invalid" payloads, at the revision that each is written for.
        root: The directory of the corpus; None for the one that comes with the kit.

    Raises:
        NoSuchName: `set`, `shape` or `verdict` does not exist.
        CorruptCase: A file of the corpus does not say what it must say.
        UnreadableInput: There is no directory `root`.
    """
    place = packaged() if root is None else Path(root)
    wanted_shape = None if shape is None else named(Shape, shape, "shape")
    wanted_verdict = None if verdict is None else named(Verdict, verdict, "verdict")
    ids = ids_in_set(place, set)
    return tuple(
        case
        for case in read_cases(place)
        if (ids is None or case.id in ids)
        and wanted_shape in (None, case.shape)
        and wanted_verdict in (None, case.verdict)
    )


def copy_corpus(destination: Path) -> int:
    """
    Copy the packaged corpus, manifest and notes included, byte for byte; how many files that are.

    Raises:
        WouldOverwrite: Something is at `destination`, other than an empty directory.
        UnreadableInput: The kit is not installed whole.
    """
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise WouldOverwrite(str(destination))
    return copy("fixtures", destination)
