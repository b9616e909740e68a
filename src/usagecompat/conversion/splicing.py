"""
A JSON text with the place of each value, so that parts of it can be replaced and taken out, and all else stays.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import define, field, frozen

from usagecompat.jsontext import SCALAR, STRING, said

_SPACE: Final = re.compile(r"[ \t\n\r]*+")


@frozen
class Spot:
    """A value and where it stands."""

    start: int
    end: int
    text: str
    """As it is spelled; empty for objects and arrays."""
    members: tuple[Entry, ...] | None = None
    """Of an object."""
    items: tuple[Spot, ...] | None = None
    """Of an array."""

    @property
    def is_string(self) -> bool:
        """Whether it is a string."""
        return self.text.startswith('"')

    @property
    def string(self) -> str | None:
        """What a string says; None for anything else."""
        return said(self.text[1:-1]) if self.is_string else None

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self.text == "null"


@frozen
class Entry:
    """A member of an object, and where its name stands."""

    name: str
    start: int
    name_end: int
    value: Spot

    @property
    def end(self) -> int:
        """Where its value ends."""
        return self.value.end


def spots(text: str) -> Spot:
    """The value of a text that is known to be JSON of limited depth."""
    return _value(text, _skip(text, 0))


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _value(text: str, start: int) -> Spot:
    opening = text[start]
    if opening == "{":
        members: list[Entry] = []
        place = _skip(text, start + 1)
        while text[place] != "}":
            name = _match(STRING, text, place)
            value = _value(text, _skip(text, _skip(text, name) + 1))
            members.append(Entry(said(text[place + 1 : name - 1]), place, name, value))
            place = _next(text, value.end)
        return Spot(start, place + 1, "", members=tuple(members))
    if opening == "[":
        items: list[Spot] = []
        place = _skip(text, start + 1)
        while text[place] != "]":
            items.append(_value(text, place))
            place = _next(text, items[-1].end)
        return Spot(start, place + 1, "", items=tuple(items))
    end = _match(STRING if opening == '"' else SCALAR, text, start)
    return Spot(start, end, text[start:end])


def _next(text: str, place: int) -> int:
    """Where the next part of a list begins, or the bracket that ends it."""
    place = _skip(text, place)
    return _skip(text, place + 1) if text[place] == "," else place


def _match(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    if match is None:
        message = f"there is no JSON at {place}"
        raise ValueError(message)
    return match.end()


@define
class Edits:
    """What is to be changed in a text."""

    text: str
    _changes: list[tuple[int, int, str]] = field(factory=list[tuple[int, int, str]], init=False)
    _gone: dict[tuple[int, int], set[int]] = field(factory=dict[tuple[int, int], set[int]], init=False)
    _lists: dict[tuple[int, int], tuple[Entry | Spot, ...]] = field(
        factory=dict[tuple[int, int], "tuple[Entry | Spot, ...]"], init=False
    )

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` where something else stands."""
        self._changes.append((start, end, text))

    def remove(self, holder: Spot, index: int) -> None:
        """Take a member or an item out, with its comma and the white space that belongs to it."""
        key = (holder.start, holder.end)
        self._lists[key] = holder.members if holder.members is not None else holder.items or ()
        self._gone.setdefault(key, set()).add(index)

    def result(self) -> str:
        """The text with all changes; the same text if there are none."""
        regions = [*self._removed(), *self._changes]
        if not regions:
            return self.text
        parts: list[str] = []
        place = 0
        for start, end, text in sorted(regions, key=lambda one: (one[0], -one[1])):
            if start < place:  # inside something that is gone
                continue
            parts += (self.text[place:start], text)
            place = end
        return "".join((*parts, self.text[place:]))

    def _removed(self) -> list[tuple[int, int, str]]:
        regions: list[tuple[int, int, str]] = []
        for (start, end), gone in self._gone.items():
            parts = self._lists[start, end]
            kept = [index for index in range(len(parts)) if index not in gone]
            if not kept:
                regions.append((start + 1, end - 1, ""))
                continue
            for index in gone:
                if index < kept[0]:
                    regions.append((parts[index].start, parts[index + 1].start, ""))
                else:
                    regions.append((parts[index - 1].end, parts[index].end, ""))
        return regions
