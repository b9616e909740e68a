"""
The formats of the matrix, by name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from usagecompat.matrix import tables
from usagecompat.matrix.github import github
from usagecompat.matrix.junit import junit
from usagecompat.matrix.page import page
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.matrix.summary import Matrix


def _text(matrix: Matrix) -> str:
    return "\n".join(map(printable, tables.text(matrix))) + "\n"


def _markdown(matrix: Matrix) -> str:
    return "\n".join(tables.markdown(matrix)) + "\n"


def _json(matrix: Matrix) -> str:
    return json.dumps(matrix.to_dict(), separators=(",", ":")) + "\n"


FORMATS: Final[Mapping[str, Callable[[Matrix], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
    "junit": junit,
    "github": github,
    "html": page,
}
"""How the whole matrix is written; a badge is written for one client, in `badges`."""
