"""
What is asked of each text and each string before anybody looks closer: how deep it nests, and whether half a character is in it.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from usagecompat.findings import Observation, Path
from usagecompat.jsontext.limits import MAX_DEPTH, quoted

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONE_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])"  # a first half without a second
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"  # a second half without a first
)
_BEYOND: Final = "The API sends nothing like it; did the program that wrote it run in a circle?"


def has_surrogate(text: str) -> bool:
    """Whether `text` holds half of a surrogate pair."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def lone_surrogate(text: str, path: Path, offset: int | None = None) -> Observation:
    """Half of a surrogate pair is in `text`, the string at `path` or the name of a member of the object there."""
    message = f"the string {quoted(text)} holds half of a surrogate pair, which is not a character"
    return Observation("json/lone-surrogate", path, message, "Cut strings between characters, not inside them.", offset)


def escapes_lone_surrogate(text: str) -> bool:
    """Whether a string of the JSON `text` spells half of a surrogate pair as an escape."""
    if "\\" not in text or "\\u" not in text:  # the search for one character is many times as fast
        return False
    return _LONE_ESCAPE.search(text.replace("\\\\", "-") if "\\\\" in text else text) is not None


_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # one level down and up, as signed bytes
_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b'[]{}"'))


def may_nest_too_deep(data: bytes) -> bool:
    """
    Whether the UTF-8 text `data` nests too deep; never False if a parser would get that far.

    The escapes that matter for where a string ends go first, and then everything but brackets and quotes.
    A bracket with an odd number of quotes before it stands in a string; two neighbouring quotes change nothing
    about that and go, too, which in most texts leaves no quote at all.
    Of the brackets that are left the innermost levels, which are the most, are taken away before the rest is summed up.
    """
    if len(data) <= MAX_DEPTH:
        return False
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    steps = data.translate(_STEPS, _NOT_STRUCTURE).replace(b'""', b"")
    if b'"' in steps:
        steps = b"".join(steps.split(b'"')[::2])
    levels = 3
    for _ in range(levels):
        steps = steps.replace(b"\x01\xff", b"")
    return levels + max(accumulate(memoryview(steps).cast("b")), default=0) > MAX_DEPTH


def too_deep(offset: int | None) -> Observation:
    """Values nest deeper than the limit."""
    return Observation("json/limit-depth", (), f"values are nested deeper than {MAX_DEPTH} levels", _BEYOND, offset)
