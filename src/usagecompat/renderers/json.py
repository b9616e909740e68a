"""
Reports for programs: one JSON object per line and payload, as `schemas/report.json` describes it.

A line is complete as soon as its payload is checked, so a long run can be read while it goes on.
"""

from __future__ import annotations

from json import JSONEncoder
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.renderers import Checked

_encode: Final = JSONEncoder(separators=(",", ":")).encode


def render_all(checked: Iterable[Checked]) -> Iterator[str]:
    """One line per payload: where it stood, and its report; all ASCII."""
    for source, report in checked:
        line = {"source": source.name, "line": source.line, **report.to_dict()}
        yield f"{_encode(_without_surrogates(line))}\n"


def _without_surrogates(value: object) -> object:
    """`value` with halves of surrogate pairs, which strict JSON cannot say, spelled out in each string."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_without_surrogates(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: _without_surrogates(item) for name, item in cast("dict[str, object]", value).items()}
    return value
