"""
Where in a text the strings stand, and what each of them is: the name of a member, or the value of one.

The text need not be JSON: it may be cut off, have commas too many or too few, odd numbers, bytes that are no UTF-8.
Outside of strings it must hold nothing but what a program that writes JSON puts there; if it holds anything else, nobody
can be sure where a string ends, and `CannotRedact` says so.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from attrs import define, frozen

from usagecompat.exceptions import CannotRedact
from usagecompat.redaction.public import is_public_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.findings import Path

_TOKEN: Final = re.compile(
    r'"(?P<inside>[^"\\]*+(?:\\.[^"\\]*+)*+)(?P<end>"|\\?+\Z)'
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<colon>:)"
    r"|(?P<number>[-+]?(?:[0-9]++(?:_[0-9]++|\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?[0-9]*+)?+|0[xX][0-9a-fA-F]{1,8}+|-)"
    r"(?![\w.+\-])"
    r"|(?P<word>-?[A-Za-z_][A-Za-z0-9_]*+)(?!\w)"
    r"|[\s\x00\ufeff=;]++",
    re.DOTALL,
)
_PLAIN_WORDS: Final = frozenset(
    (
        "true", "false", "null", "True", "False", "None", "undefined", "NaN", "nan", "inf", "Infinity", "-Infinity",
        "-NaN", "t", "tr", "tru", "f", "fa", "fal", "fals", "n", "nu", "nul",
    )
)  # fmt: skip
"""The words that programs write outside of quotes, and the beginnings of them with which a text may be cut off."""
_NAMED: Final = re.compile(r"[ \t\n\r]*+:")
_CLOSES: Final = {"{": "}", "[": "]"}


@frozen
class Found:
    """A string as it stands in a text."""

    start: int
    """Where its first character stands, behind the quote."""
    inside: str
    """What stands between the quotes."""
    is_whole: bool
    """Whether its closing quote is there."""
    is_name: bool
    name: str | None
    """The member whose value it is, or whose name; None for the item of an array."""
    parent: str | None
    """The member whose object that member is in."""
    kept: bool
    """Whether it is below a member that is to stay as it is."""
    path: Path


@frozen
class Replaced:
    """A string that was replaced; of what it was nothing is kept."""

    pointer: str
    """Where its value, or the member that it names, stands in the new text."""
    is_name: bool
    """Whether it is the name of a member."""
    by: str
    """What stands there now."""


@define
class _Level:
    """An object or array that is open."""

    bracket: str
    parent: str | None
    """The member that it is the value of, arrays left out."""
    kept: bool
    path: Path
    name: str | None = None
    index: int = 0

    @property
    def here(self) -> Path:
        """Where the next value stands."""
        if self.bracket == "[":
            return (*self.path, self.index)
        return self.path if self.name is None else (*self.path, self.name)


def strings(text: str, keep: frozenset[str]) -> Iterator[Found]:
    """
    Every string of `text`, in its order.

    Args:
        text: The text, with bytes that are no UTF-8 as halves of surrogate pairs.
        keep: Names of members below which everything stays.

    Raises:
        CannotRedact: There is something in it that cannot be told from a string.
    """
    levels = [_Level("", None, kept=False, path=())]
    position, size = 0, len(text)
    while position < size:
        token = _TOKEN.match(text, position)
        if token is None:
            raise CannotRedact(_unknown(text, position))
        level, kind = levels[-1], token.lastgroup
        if kind == "end":
            yield _string(token, text, level, keep)
        elif kind == "open":
            levels.append(_inside(token[0], level, keep))
        elif kind == "close":
            if _CLOSES.get(level.bracket) == token[0]:
                levels.pop()
            else:  # from here on nobody knows what is in what
                levels = [_Level("", None, kept=False, path=())]
        elif kind == "word":
            if not (token[0] in _PLAIN_WORDS or is_public_name(token[0])):
                raise CannotRedact(_unknown(text, position))
        elif kind == "comma":
            level.name = None
            level.index += 1
        position = token.end()


def _string(token: re.Match[str], text: str, level: _Level, keep: frozenset[str]) -> Found:
    inside, is_whole = token["inside"], token["end"] == '"'
    if not is_whole:
        inside += token["end"]
    is_name = is_whole and _NAMED.match(text, token.end()) is not None
    if is_name:
        level.name = spoken(inside)
    name = level.name if level.bracket != "[" or is_name else None
    kept = level.kept or (name is not None and name in keep)
    return Found(
        start=token.start() + 1,
        inside=inside,
        is_whole=is_whole,
        is_name=is_name,
        name=name,
        parent=level.parent,
        kept=kept,
        path=level.here,
    )


def _inside(bracket: str, level: _Level, keep: frozenset[str]) -> _Level:
    """What is open behind a bracket."""
    name = level.name if level.bracket == "{" else None
    return _Level(
        bracket,
        level.parent if name is None else name,
        kept=level.kept or (name is not None and name in keep),
        path=level.here,
    )


def spoken(inside: str) -> str:
    """What a string says that is spelled so between its quotes; the spelling itself where that is no JSON."""
    if "\\" not in inside:
        return inside
    try:
        said: str = json.loads(f'"{inside}"', strict=False)
    except json.JSONDecodeError:
        return inside
    return said


def _unknown(text: str, position: int) -> str:
    found = text[position : position + 1]
    hint = {"'": "strings in single quotes are no JSON", "/": "comments are no JSON", "#": "comments are no JSON"}
    told = hint.get(found, "nothing there can be distinguished from a string without quotes")
    return f"{_place(text, position)}: expected JSON; {told}"


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"
