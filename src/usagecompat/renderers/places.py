"""
Where files stand for the programs that read reports: paths below the root of a repository, and URIs.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from usagecompat.findings import Finding
    from usagecompat.inputs import Source

_FILES_AT_ONCE: Final = 16


def path_in_repository(source: Source) -> str | None:
    """
    The file of a source, with slashes: below the root of the repository if it is there, else absolute.

    The root is what GitHub Actions says it is, or the current directory; None for standard input, which is no file.
    """
    if source.is_standard_input:
        return None
    root = os.path.abspath(os.environ.get("GITHUB_WORKSPACE") or os.curdir)  # noqa: PTH100 - links stay
    return _below(root, os.path.abspath(source.name))  # noqa: PTH100 - likewise


@lru_cache(maxsize=_FILES_AT_ONCE)
def _below(root: str, file: str) -> str:
    """Asked for every finding of a file, and remembered while the file goes by."""
    path = Path(file)
    return (path.relative_to(root) if Path(root) in path.parents else path).as_posix()


@lru_cache(maxsize=_FILES_AT_ONCE)
def uri(path: str) -> str:
    """A path as a URI: relative if the path is."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)


def line_and_column(source: Source, finding: Finding) -> tuple[int, int] | None:
    """Where in its file a finding stands; None if the payload was no text."""
    place = finding.place
    if place is None:
        return None if source.line is None else (source.line, 1)
    return source.file_line(place[0]), place[1]
