"""
What can be wrong with a text before anybody asks what it says: the findings of the stage `json/`.

The json module decides whether a text is JSON; here its answer is put into words.
What that module lets pass (two members of one name, halves of surrogate pairs, numbers of any length) is looked
for in a pass over the tokens, and that pass is made only if there is something to find.
"""

from __future__ import annotations

import re
from collections import Counter
from json import JSONDecodeError, JSONDecoder
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from usagecompat.findings import Observation, Path
from usagecompat.jsontext.foreign import foreign_bytes, foreign_text, hint_at_break, hint_behind, line_of_a_log
from usagecompat.jsontext.limits import MAX_DEPTH, MAX_SIZE, number_fault, quoted, with_room
from usagecompat.jsontext.positions import TOKEN, Lines, string_at
from usagecompat.jsontext.screening import has_surrogate, lone_surrogate, may_nest_too_deep, too_deep
from usagecompat.jsontext.values import NO_VALUE, Number

if TYPE_CHECKING:
    from usagecompat.jsontext.values import NoValue, Tree

MAX_TOLD: Final = 1_000
"""Faults of one code that are told; no report lists more errors, and a text may hold millions."""

_WORD: Final = ascii_letters + digits + "+-."
_UNFINISHED_WORD: Final = re.compile(r"-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?")
_UNFINISHED_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.|(?:\.[0-9]++)?+[eE][-+]?)")
_UNFINISHED_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,4})?")
_SNIPPET: Final = re.compile(r"[-+.\w]{1,20}|.", re.DOTALL)

_EXPECTED: Final = {
    "Expecting value": "a value",
    "Expecting property name": "a member name in double quotes",
    "Expecting ':'": "a colon after the member name",
    "Expecting ','": "a comma or the closing bracket",
    "Illegal trailing comma before end of array": "a value",
    "Illegal trailing comma before end of object": "a member name in double quotes",
    "Invalid control character": "an escape in place of a control character",
    "Invalid \\": r"one of the escapes \" \\ \/ \b \f \n \r \t \uXXXX",
}
_HINTS: Final = {
    "/": "JSON has no comments.",
    "#": "JSON has no comments.",
    "True": "This looks like Python; JSON has true.",
    "False": "This looks like Python; JSON has false.",
    "None": "This looks like Python; JSON has null.",
    "nan": "JSON has neither NaN nor infinities; leave the member out or send null.",
    "inf": "JSON has neither NaN nor infinities; leave the member out or send null.",
    "undefined": "JSON has no undefined; leave the member out or send null.",
}


def first_too_deep(text: str) -> int | None:
    """The offset of the bracket that opens one level too many."""
    depth = 0
    for token in TOKEN.finditer(text):
        character = text[token.start()]
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return token.start()
        elif character in "]}":
            depth -= 1
    return None


def broken_text(text: str, error: JSONDecodeError) -> Observation:
    """
    What `error` means, in words that are the same for every Python version.

    A text is truncated if more text could make it JSON.
    """
    at = error.pos
    expected = next((words for start, words in _EXPECTED.items() if error.msg.startswith(start)), "JSON")
    truncated = False
    if error.msg.startswith("Invalid \\"):
        at = text.rfind("\\", 0, at + 1)
        truncated = _UNFINISHED_ESCAPE.fullmatch(text, at) is not None
    elif error.msg.startswith("Unterminated string"):
        expected, truncated, at = f"the end of the string {quoted(text[at + 1 : at + 100])}", True, len(text)
    elif error.msg.startswith("Illegal trailing comma"):
        at = text.index("]" if "array" in error.msg else "}", at)
    else:
        word = len(text.rstrip(_WORD))
        truncated = at >= len(text) or bool(
            (at == word and expected == "a value" and _UNFINISHED_WORD.fullmatch(text, word))
            or (at > word and _UNFINISHED_NUMBER.fullmatch(text, word))
        )
    if truncated and not text.strip(" \t\n\r"):
        return Observation(
            "json/empty-text",
            (),
            "the text holds no value: it is empty, or white space alone",
            "Did what should write it fail?",
            at,
        )
    if truncated:
        message = f"the text ends where {expected} is expected" if at >= len(text) else "the text ends inside a token"
        return Observation("json/truncated-text", (), message, "Was the text cut off on its way?", len(text))
    snippet = _SNIPPET.match(text, at)
    found = snippet[0] if snippet else ""
    if at and text[at - 1] in _WORD and text[at] in _WORD and error.msg.startswith(("Extra", "Expecting ','")):
        hint = line_of_a_log(text) or (
            "A number has no leading zero, a digit on both sides of its point, and a digit in its exponent."
        )
        return Observation(
            "json/syntax-error", (), f"expected the end of the number or word, found {quoted(found)}", hint, at
        )
    if error.msg.startswith("Extra data"):
        hint = hint_behind(text, at)
        if text[:at].strip(' \t\n\r"').replace("_", "").isalnum():  # a word or a number is the value
            hint = foreign_text(text) or hint
        return Observation("json/trailing-text", (), f"expected the end of the text, found {quoted(found)}", hint, at)
    hint = _HINTS.get(found) or hint_at_break(text, at, expected, found)
    if len(text[:at].strip(" \t\n\r[({")) == 0:
        hint = foreign_text(text) or hint
    if found == "\\":
        found = text[at : at + 2]
    return Observation("json/syntax-error", (), f"expected {expected}, found {quoted(found)}", hint, at)


_TOLERANT: Final = JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number)


def diagnose(
    payload: str | bytes | bytearray | memoryview, error: JSONDecodeError | None = None
) -> tuple[Tree | NoValue, str, tuple[Observation, ...]]:
    """
    What is wrong with a text, whatever it is.

    Args:
        payload: The text.
        error: Why it is no JSON, if that is known already; then its encoding, size and depth are as they should be.

    Returns:
        What the text says, as far as it can be read; the text; and everything that is wrong with it, in its order.
    """
    size = len(payload) if isinstance(payload, str) else memoryview(payload).nbytes
    if size > MAX_SIZE:
        return _unreadable("", _too_long(size))
    if isinstance(payload, str):
        text = payload
        try:
            size = len(text.encode())
        except UnicodeEncodeError as fault:
            message = f"half of a surrogate pair, U+{ord(text[fault.start]):04X}, stands in the text itself"
            hint = "Pass the bytes as received."
            return _unreadable(text, Observation("json/lone-surrogate", (), message, hint, fault.start))
        if size > MAX_SIZE:
            return _unreadable("", _too_long(size))
    else:
        data = bytes(payload)
        try:
            text = data.decode()
        except UnicodeDecodeError as fault:
            text = data[: fault.start].decode()
            if not text.startswith("\ufeff"):
                hint = foreign_bytes(data)
                message = f"expected UTF-8, found the byte 0x{data[fault.start]:02x}: {fault.reason}"
                return _unreadable(text, Observation("json/invalid-utf-8", (), message, hint, len(text)))
    if text.startswith("\ufeff"):
        hint = "Write the text as UTF-8 without a byte order mark."
        message = "expected a value, found a byte order mark"
        return _unreadable(text, Observation("json/byte-order-mark", (), message, hint, 0))
    if error is not None:
        return _unreadable(text, broken_text(text, error))
    try:
        deep = first_too_deep(text) if may_nest_too_deep(text.encode()) else None
        if deep is None:
            return with_room(_TOLERANT.decode, text), text, tuple(faults(text))
        return _unreadable(text, _first_fault(text, deep))
    except JSONDecodeError as fault:
        return _unreadable(text, broken_text(text, fault))


def _first_fault(text: str, deep: int) -> Observation:
    """That `text` nests too deep at the offset `deep`, unless it is broken before that."""
    try:
        with_room(_TOLERANT.decode, text[:deep])
    except JSONDecodeError as error:
        if error.pos < deep or not error.msg.startswith("Expecting value"):
            return broken_text(text, error)
    return too_deep(deep)


def _unreadable(text: str, fault: Observation) -> tuple[NoValue, str, tuple[Observation, ...]]:
    return NO_VALUE, text, (fault,)


def _too_long(size: int) -> Observation:
    message = f"the text is {size:,} bytes long or longer, the limit is {MAX_SIZE:,}"
    return Observation("json/limit-size", (), message, "A page has few results; send pages one by one.", 0)


@define
class _Level:
    """An object or array that is open while the tokens go by."""

    part: str | int | None
    """Where in it the pass is: the name of a member, the index of an item, None before the first member."""
    first: dict[str, int] = field(factory=dict[str, int])
    """Where in the text each name stood first."""
    is_object: bool = False


def faults(text: str) -> list[Observation]:
    """
    Everything that the json module lets pass in `text`, which is JSON for it, in document order.

    Values that a later member of the same name replaces are looked at as well.
    Of more than `MAX_TOLD` faults of one code the last of the list stands for all that are left.
    """
    found = _Found()
    lines = Lines(text)
    levels: list[_Level] = []

    def path() -> Path:
        return tuple(level.part for level in levels if level.part is not None)

    for token in TOKEN.finditer(text):
        start = token.start()
        character = text[start]
        if character in "]}":
            levels.pop()
            continue
        level = levels[-1] if levels else None
        if token.lastindex == 2 and level is not None:  # noqa: PLR2004 - the colon's group
            inside = token[1]
            name = inside if "\\" not in inside else string_at(text, start)
            level.part = name
            if name is not inside and has_surrogate(name) and found.is_told("json/lone-surrogate"):
                found.tell(lone_surrogate(name, path()[:-1], start))
            first = level.first.setdefault(name, start)
            if first != start and found.is_told("json/duplicate-member"):
                message = _duplicate(name, lines.at(first), lines.at(start))
                found.tell(
                    Observation("json/duplicate-member", path(), message, "Parsers differ in which counts.", start)
                )
            continue
        if level is not None and not level.is_object:
            level.part = level.part + 1 if isinstance(level.part, int) else 0
        if character in "[{":
            levels.append(_Level(None, is_object=character == "{"))
        elif character == '"':
            if (
                "\\u" in token[1]
                and has_surrogate(string := string_at(text, start))
                and found.is_told("json/lone-surrogate")
            ):
                found.tell(lone_surrogate(string, path(), start))
        elif character not in "tfn" and (fault := number_fault(token[0])) and found.is_told(fault.code):
            found.tell(fault.at(path(), start))
    return found.all()


class _Found:
    """The faults of a text: those that are told, and how many there are beyond."""

    def __init__(self) -> None:
        self._told: list[Observation] = []
        self._counts: Counter[str] = Counter()

    def is_told(self, code: str) -> bool:
        """Count one more; whether it has to be told."""
        self._counts[code] += 1
        return self._counts[code] <= MAX_TOLD

    def tell(self, fault: Observation) -> None:
        """Take what `is_told` has asked for."""
        self._told.append(fault)

    def all(self) -> list[Observation]:
        """What is told, and an observation that stands for the others of its code."""
        last = {fault.code: fault for fault in self._told}
        more = {code: count - MAX_TOLD for code, count in self._counts.items() if count > MAX_TOLD}
        return self._told + [evolve(last[code], count=count) for code, count in more.items()]


def _duplicate(name: str, first: tuple[int, int], this: tuple[int, int]) -> str:
    return (
        f"the member {quoted(name)} at line {this[0]}, column {this[1]}"
        f" is there already at line {first[0]}, column {first[1]}"
    )
