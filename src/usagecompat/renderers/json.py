"""
Reports for programs: one JSON object per line and payload, as `schemas/report.json` describes it.

A line is complete as soon as its payload is checked, so a long run can be read while it goes on.
"""

from __future__ import annotations

from json import JSONEncoder
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.renderers import Checked

_encode: Final = JSONEncoder(separators=(",", ":")).encode


def render_all(checked: Iterable[Checked]) -> Iterator[str]:
    """One line per payload: where it stood, and its report; all ASCII."""
    for source, report in checked:
        yield _encode({"source": source.name, "line": source.line, **report.to_dict()}) + "\n"
