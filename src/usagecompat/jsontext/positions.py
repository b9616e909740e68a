"""
Where in a JSON text the values stand: lines, columns, and the way from a path to an offset.

Nothing here judges a text: the json module has read it before, and an offset is looked up only when somebody asks.
"""

from __future__ import annotations

import re
from array import array
from json import JSONDecoder
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.findings import Path
    from usagecompat.jsontext.values import Tree

TOKEN: Final = re.compile(
    r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"?+'  # 1: the inside of a string; one without an end runs to the end of the text
    r"[ \t\n\r]*+(:)?+"  # 2: only a member name has this
    r"|[\[\]{}]"
    r"|[-+.\w]++",
    re.DOTALL | re.ASCII,
)
"""
One token of a JSON text, commas and white space left out; `lastindex` is 2 for a name, 1 for a string, else None.

Nothing in it backtracks, so that a text without any closing quote costs one pass and no memory.
"""

_BLOCK: Final = 4096
_VALUE_AT: Final = JSONDecoder().raw_decode


class Lines:
    """
    Lines and columns of a text, both from 1, columns in code points.

    The text is cut into blocks, and each knows how many lines end before it, so that no look-up reads more
    than one block. A line ends with a line feed.
    """

    def __init__(self, text: str) -> None:
        """Count the lines of `text`, once."""
        self._text = text
        self._before = array("L", (0,))
        self._last = array("l", (-1,))
        for start in range(0, len(text), _BLOCK):
            end = start + _BLOCK
            self._before.append(self._before[-1] + text.count("\n", start, end))
            last = text.rfind("\n", start, end)
            self._last.append(last if last >= 0 else self._last[-1])

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of the code point at `offset`."""
        block = offset // _BLOCK
        start = block * _BLOCK
        line = self._before[block] + self._text.count("\n", start, offset) + 1
        last = self._text.rfind("\n", start, offset)
        return line, offset - (last if last >= 0 else self._last[block])


EXCERPT: Final = 76
"""The greatest number of code points of a line that is cut out around a place."""


def around(text: str, offset: int) -> tuple[str, int]:
    """What stands around `offset` in its line, with dots where it goes on, and the index of the place in that."""
    before = text.rfind("\n", max(0, offset - EXCERPT), offset) + 1 or max(0, offset - EXCERPT)
    end = text.find("\n", offset, offset + EXCERPT)
    if end < 0:
        end = min(len(text), offset + EXCERPT)
    start = max(before, min(offset - EXCERPT // 3, end - EXCERPT))
    end = min(end, start + EXCERPT)
    left = "\u2026" if start > 0 and text[start - 1] != "\n" else ""
    right = "\u2026" if end < len(text) and text[end] not in "\r\n" else ""
    return f"{left}{text[start:end].rstrip()}{right}", offset - start + len(left)


def string_at(text: str, offset: int) -> str:
    """The string or member name whose opening quote stands at `offset`."""
    string: str = _VALUE_AT(text, offset)[0]
    return string


class Index:
    """
    The way from a path to an offset in a text that is known to be JSON.

    One pass over the tokens numbers all values in document order and keeps eight bytes of each: where it starts
    (a member with its name) and the number of the first value behind it.
    The children of an object or array are listed when a path first leads through it, and kept.
    So any number of look-ups costs one pass and, at most once, each container on the way.
    """

    def __init__(self, text: str) -> None:
        """Number the values of `text`."""
        self._text = text
        self._starts = starts = array("I")
        self._behind = behind = array("I")
        self._names: dict[int, dict[str, int]] = {}
        self._items: dict[int, array[int]] = {}
        open_values: list[int] = []
        named = False
        for token in TOKEN.finditer(text):
            start = token.start()
            character = text[start]
            if character in "]}":
                behind[open_values.pop()] = len(starts)
                continue
            if not named:
                starts.append(start)
                behind.append(len(starts))
            named = token.lastindex == 2  # noqa: PLR2004 - the colon's group
            if character in "[{":
                open_values.append(len(starts) - 1)

    def offset(self, path: Path, tree: Tree) -> int:
        """
        Where the value at `path` of `tree` starts: a member at its name, anything else at its first character.

        A path that leads nowhere stands for its nearest ancestor, and of several members of one name the last counts.
        """
        value = 0
        for part in path:
            if isinstance(tree, dict) and isinstance(part, str) and part in tree:
                value, tree = self._members(value)[part], tree[part]
            elif isinstance(tree, list) and isinstance(part, int) and 0 <= part < len(tree):
                value, tree = self._elements(value)[part], tree[part]
            else:
                break
        return self._starts[value]

    def _members(self, value: int) -> dict[str, int]:
        if value not in self._names:
            self._names[value] = {string_at(self._text, self._starts[child]): child for child in self._children(value)}
        return self._names[value]

    def _elements(self, value: int) -> array[int]:
        if value not in self._items:
            self._items[value] = array("I", self._children(value))
        return self._items[value]

    def _children(self, value: int) -> Iterator[int]:
        end = self._behind[value]
        child = value + 1
        while child < end:
            yield child
            child = self._behind[child]
