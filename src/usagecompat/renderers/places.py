"""
Where files stand for the programs that read reports: paths below the root of a repository, and URIs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from usagecompat.findings import Finding
    from usagecompat.inputs import Source


def path_in_repository(source: Source) -> str | None:
    """
    The file of a source, with slashes: below the root of the repository if it is there, else absolute.

    The root is what GitHub Actions says it is, or the current directory; None for standard input, which is no file.
    """
    if source.is_standard_input:
        return None
    root = Path(os.path.abspath(os.environ.get("GITHUB_WORKSPACE") or os.curdir))  # noqa: PTH100 - links stay
    path = Path(os.path.abspath(source.name))  # noqa: PTH100 - likewise
    return (path.relative_to(root) if root in path.parents else path).as_posix()


def uri(path: str) -> str:
    """A path as a URI: relative if the path is."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)


def line_and_column(source: Source, finding: Finding) -> tuple[int, int] | None:
    """Where in its file a finding stands; None if the payload was no text."""
    if finding.line is None or finding.column is None:
        return None if source.line is None else (source.line, 1)
    return source.file_line(finding.line), finding.column
