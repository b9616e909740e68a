"""
What comes from outside, fit to be printed: nothing of a payload, a name or a client reaches a terminal unescaped.

Nor does it become a command to the runner of a GitHub workflow, which obeys lines that begin with `::` or `##[`.
"""

from __future__ import annotations

import re
from typing import Final

_COMMAND: Final = re.compile(r"(\s*)(?:(:)(?=:)|(#)(?=#\[))")


def printable(text: str) -> str:
    """
    `text` as one line that every terminal just shows.

    Every character is escaped that a terminal would obey or hide, controls, directions and invisible ones, and so is
    the beginning of a line that would be a command.
    """
    text = escaped(text)
    found = _COMMAND.match(text)
    if found is None:
        return text
    return f"{found[1]}\\x{ord(found[2] or found[3]):02x}{text[found.end() :]}"


def printable_lines(text: str) -> str:
    """The same of several lines, which stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def escaped(text: str) -> str:
    """`text` with an escape for each character that is not printable, line ends among them."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def counted(number: int, noun: str) -> str:
    """How many there are of something: `1 case`, `1,083 cases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quoted(text: str, longest: int) -> str:
    """`text` in double quotes: printable, and cut to `longest` characters before it is escaped."""
    return f'"{escaped(text if len(text) <= longest else f"{text[: longest - 1]}…")}"'
