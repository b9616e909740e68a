"""
Lines and columns in a payload that was proved, without reading all of it.

Only the containers on the way to a place are taken apart, and each once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from usagecompat.jsontext import EXCERPT, around

if TYPE_CHECKING:
    from usagecompat.findings import Path

_WIDE: Final = 8 * EXCERPT
_BETWEEN: Final = re.compile(rb"[ \t\n\r]*+,?+[ \t\n\r]*+")
_NAMED: Final = re.compile(rb'[ \t\n\r]*+,?+[ \t\n\r]*+("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\n\r]*+:[ \t\n\r]*+', re.DOTALL)
"""The name of a member, with what stands around it."""
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


class FastPlaces:
    """Where the values of one payload stand: members at their names, items at their starts."""

    def __init__(self, payload: bytes | str) -> None:
        """Look up in `payload`, which is JSON and has no member twice in an object."""
        self._data = payload.encode() if isinstance(payload, str) else payload
        self._known: dict[int, dict[str | int, tuple[int, int, int]]] = {}

    def line_and_column(self, path: Path) -> tuple[int, int]:
        """The line and column of a value, or of its nearest ancestor that is there; both from 1."""
        data, place = self._data, self._place(path)
        line_start = data.rfind(b"\n", 0, place) + 1
        return data.count(b"\n", 0, place) + 1, len(data[line_start:place].decode()) + 1

    def excerpt(self, path: Path) -> tuple[str, int]:
        """What stands around a value in its line, and the index of the value in it."""
        data, place = self._data, self._place(path)
        start = max(0, place - _WIDE)
        before = data[start:place].decode(errors="ignore")
        behind = data[place : place + _WIDE].decode(errors="ignore")
        return around(before + behind, len(before))

    def _place(self, path: Path) -> int:
        """Where a value stands, or its nearest ancestor, in bytes."""
        start = place = _skipped(self._data, 0)
        end = len(self._data)
        for part in path:
            children = self._children(start, end)
            if part not in children:
                break
            place, start, end = children[part]
        return place

    def _children(self, start: int, end: int) -> dict[str | int, tuple[int, int, int]]:
        """Of each child of a container its place, and from where to where its value goes."""
        if start not in self._known:
            self._known[start] = self._taken_apart(start, end)
        return self._known[start]

    def _taken_apart(self, start: int, end: int) -> dict[str | int, tuple[int, int, int]]:
        data = self._data
        children: dict[str | int, tuple[int, int, int]] = {}
        at = start + 1
        if data[start:at] == b"{":
            for name, raw in _members(data[start:end]).items():
                named = _NAMED.match(data, at)
                if named is None:
                    break
                begin = named.end()
                at = begin + len(memoryview(raw))
                children[name] = named.start(1), begin, at
        elif data[start:at] == b"[":
            for index, raw in enumerate(_items(data[start:end])):
                begin = _skipped(data, at)
                at = begin + len(memoryview(raw))
                children[index] = begin, begin, at
        return children


def _skipped(data: bytes, at: int) -> int:
    """Where the next token starts, behind a comma or colon."""
    between = _BETWEEN.match(data, at)
    return between.end() if between else at
