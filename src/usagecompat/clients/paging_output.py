"""
What a client that pages has printed: buckets, one after the other, in an array, or in a page.
"""

from __future__ import annotations

import re
from json import JSONDecoder
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.clients.protocol import excerpt
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from usagecompat.jsontext import Tree

_SCANNER: Final = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
"""Finds the end of a value, and computes no number."""
_SPACE: Final = " \t\r\n"
_is_time: Final = re.compile(r"[0-9]{1,15}(\.0{1,40})?", re.ASCII).fullmatch
"""Seconds, as a whole number or spelled as a float; also as a text, which is a difference and no other bucket."""


@frozen(kw_only=True)
class Printed:
    """The buckets that a client printed, in its order."""

    buckets: tuple[Tree, ...] = ()
    fault: str = ""
    """Why the text says none; empty if it does."""


def printed_buckets(text: bytes) -> Printed:
    """
    The buckets that a text holds: values with white space between them, each a bucket, an array of them, or a page.

    A text of white space holds none, and so does an empty array.
    """
    try:
        whole = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Printed(fault=f"byte {error.start} of what it printed is not UTF-8: {excerpt(text[error.start :])}")
    buckets: list[Tree] = []
    at = _next(whole, 0)
    while at < len(whole):
        try:
            _, end = _SCANNER.raw_decode(whole, at)
        except (ValueError, RecursionError):
            return Printed(fault=_no_json(whole, at))
        value = read(whole[at:end]).value
        if value is NO_VALUE:
            return Printed(fault=_no_json(whole, at))
        found = _buckets_in(value)
        if found is None:
            line = whole.count("\n", 0, at) + 1
            seen = excerpt(whole[at:end].encode("utf-8", "replace"))
            return Printed(fault=f"expected a bucket, an array of buckets or a page in line {line}, saw {seen}")
        buckets += found
        at = _next(whole, end)
    return Printed(buckets=tuple(buckets))


def _next(text: str, at: int) -> int:
    """Where the next value starts."""
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _no_json(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    seen = excerpt(text[at:].partition("\n")[0].encode("utf-8", "replace"))
    return f"expected JSON in line {line} of what it printed, saw {seen}; logs belong on standard error"


def _buckets_in(value: Tree) -> list[Tree] | None:
    """The buckets that a value stands for; None if it is nothing of the kind."""
    if isinstance(value, list):
        return list(value) if all(isinstance(item, dict) for item in value) else None
    if not isinstance(value, dict):
        return None
    data = value.get("data")
    if isinstance(data, list) and "start_time" not in value:
        return list(data) if all(isinstance(item, dict) for item in data) else None
    return [value]


def start_of(bucket: Tree) -> int | None:
    """When a bucket starts; None if it does not say so in seconds."""
    said = bucket.get("start_time") if isinstance(bucket, dict) else None
    text = said.lexeme if isinstance(said, Number) else said if isinstance(said, str) else ""
    if not _is_time(text):
        return None
    return int(text.partition(".")[0])
