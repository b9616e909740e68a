"""
What the bytes of a payload show of the faults that a text can have, and of what comes near to each.

The faults are told by Python's json module and by plain looks at the text, not by the kit's own reader.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = " \t\r\n"
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NUMBER: Final = re.compile(r"-?[0-9]++(?:\.[0-9]++)?+(?:[eE]([-+]?[0-9]++))?+")
_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")
_LONE: Final = re.compile("[\ud800-\udfff]")
_MOST_DEPTH: Final = 128
_MOST_DIGITS: Final = 10_000


def text_faults(payload: bytes) -> frozenset[str]:
    """The codes of all that is wrong with a text."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return frozenset({"json/invalid-utf-8"})
    if text.startswith("\ufeff"):
        return frozenset({"json/byte-order-mark"})
    if not text.strip(_SPACE):
        return frozenset({"json/empty-text"})
    found: set[str] = set()
    if _depth(text) > _MOST_DEPTH:
        found.add("json/limit-depth")
    try:
        _read(text, found)
    except ValueError as error:
        return frozenset({*found, *_broken(text, error)})
    except RecursionError:
        return frozenset({"json/limit-depth"})
    for match in _NUMBER.finditer(_STRING.sub('""', text)):
        if _digits(match.group()) > _MOST_DIGITS:
            found.add("json/limit-digits")
        if abs(_exponent(match)) > _MOST_DIGITS:
            found.add("json/limit-exponent")
    return frozenset(found)


def _read(text: str, found: set[str]) -> Any:  # noqa: ANN401 - any JSON
    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(members)) < len(members):
            found.add("json/duplicate-member")
        return dict(members)

    def constant(_: str) -> None:
        found.add("json/non-finite-number")

    tree = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_int=str, parse_float=str)
    if _LONE.search(json.dumps(tree, ensure_ascii=False)):
        found.add("json/lone-surrogate")
    return tree


def _broken(text: str, error: ValueError) -> Iterator[str]:
    """What breaks a text, which nothing tells apart but where it ends."""
    try:
        _, end = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text.lstrip(_SPACE))
    except json.JSONDecodeError:
        at = error.pos if isinstance(error, json.JSONDecodeError) else 0
        yield "json/truncated-text"
        if text[at:].strip(_SPACE):
            yield "json/syntax-error"
    else:
        yield "json/trailing-text" if text.lstrip(_SPACE)[end:].strip(_SPACE) else "json/syntax-error"


def near_texts(payload: bytes) -> Iterator[str]:
    """The codes of all faults to which a text without one comes near."""
    text = payload.decode()
    strings = _STRING.findall(text)
    held = "".join(strings)
    bare = _STRING.sub('""', text)
    if text != text.strip(_SPACE):
        yield "json/empty-text"
        if text != text.rstrip(_SPACE):
            yield "json/trailing-text"
    if {len(character.encode()) for character in set(text)} >= {2, 3, 4}:
        yield "json/invalid-utf-8"
    if "\ufeff" in held or "\\ufeff" in held.lower():
        yield "json/byte-order-mark"
    if re.search(r"\s:\s", bare) and re.search(r"\s,\s", bare):
        yield "json/syntax-error"
    if any(mark in held for mark in ("{", "[")) and '\\"' in held:
        yield "json/truncated-text"
    if any(string in ('"NaN"', '"Infinity"', '"-Infinity"') for string in strings):
        yield "json/non-finite-number"
    if _PAIR.search(held):
        yield "json/lone-surrogate"
    if _depth(text) == _MOST_DEPTH:
        yield "json/limit-depth"
    numbers = list(_NUMBER.finditer(bare))
    if any(_digits(match.group()) == _MOST_DIGITS for match in numbers):
        yield "json/limit-digits"
    if any(abs(_exponent(match)) == _MOST_DIGITS for match in numbers):
        yield "json/limit-exponent"
    if _near_duplicates(text):
        yield "json/duplicate-member"


def _near_duplicates(text: str) -> bool:
    found: list[bool] = []

    def pairs(members: list[tuple[str, Any]], fold: Any) -> None:  # noqa: ANN401 - a function of the standard library
        found.append(len({fold(name) for name, _ in members}) < len(members))

    for fold in (str.casefold, partial(unicodedata.normalize, "NFC")):
        json.loads(text, object_pairs_hook=partial(pairs, fold=fold), parse_int=str, parse_float=str)
    return any(found)


def _depth(text: str) -> int:
    depth = most = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        most = max(most, depth)
    return most


def _digits(lexeme: str) -> int:
    return sum(character.isdigit() for character in lexeme)


def _exponent(match: re.Match[str]) -> int:
    held = match[1]
    return int(held) if held and len(held) < 4_000 else 0  # noqa: PLR2004 - Python turns no longer text into a number
