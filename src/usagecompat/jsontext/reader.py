"""
Strict and exact JSON: bytes to `Document`.

The json module of the standard library parses, through its hooks, and nothing it reads passes through a float or
through an `int`: a number is a `Number`, which keeps its spelling.
The hooks keep nothing and give up at the first thing that is legal for the module and not for us.
Reading then ends in one call of `usagecompat.jsontext.diagnosis`, which finds out what it was and where.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.jsontext.limits import MAX_DIGITS, MAX_SIZE, number_fault, with_room
from usagecompat.jsontext.positions import Index, Lines, around
from usagecompat.jsontext.python_values import tree_of_python
from usagecompat.jsontext.screening import escapes_lone_surrogate, may_nest_too_deep
from usagecompat.jsontext.values import NO_VALUE, Number

if TYPE_CHECKING:
    from usagecompat.findings import Observation, Path
    from usagecompat.jsontext.values import NoValue, Tree


@frozen(slots=False)
class Document:
    """What came of reading a payload."""

    value: Tree | NoValue
    """What the payload says, or `NO_VALUE`."""
    text: str | None
    """
    The text, None if the payload was none.

    Of bytes that are not UTF-8 it is what stands before the first bad one, and of a text that is too long, nothing.
    """
    findings: tuple[Observation, ...] = ()
    """What is wrong with the text, in document order."""

    def line_and_column(self, path: Path, offset: int | None = None) -> tuple[int, int] | None:
        """
        The line and the column, from 1 and in code points, of `offset` or else of the value at `path`.

        A member stands where its name does, an item where it starts, and what is absent where its nearest ancestor is.
        The first call makes one pass over the text, which all later ones share.

        Returns:
            None if the payload was not text.
        """
        if self.text is None:
            return None
        return self._lines.at(self._offset(path, offset))

    def excerpt(self, path: Path, offset: int | None = None) -> tuple[str, int] | None:
        """What stands around that place in its line, and the index of the place in it; None if there is no text."""
        return None if self.text is None else around(self.text, self._offset(path, offset))

    def _offset(self, path: Path, offset: int | None) -> int:
        if offset is not None:
            return offset
        return 0 if self.value is NO_VALUE else self._index.offset(path, self.value)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text or "")

    @cached_property
    def _index(self) -> Index:
        return Index(self.text or "")


def read(payload: bytes | bytearray | memoryview | str | Mapping[str, object] | list[object]) -> Document:
    """
    Read a payload; whatever a text says, the answer is a document.

    Numbers keep their spelling, objects the order of their members, and of two members of one name the last counts.
    A mapping or a list is taken for a text that was parsed by somebody else, which cannot show all faults.

    Raises:
        TypeError: The payload is none of these, or has something in it that JSON has no value for.
    """
    if isinstance(payload, (str, bytes, bytearray, memoryview)):
        return _read_text(payload)
    if isinstance(payload, (Mapping, list)):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        value, findings = tree_of_python(payload)
        return Document(value, None, findings)
    message = f"a payload is bytes, bytearray, memoryview, str, a mapping or a list, not {type(payload).__name__}"
    raise TypeError(message)


def _read_text(payload: str | bytes | bytearray | memoryview) -> Document:
    """The document of a text in which there is nothing to find; anything else is the diagnosis's."""
    error = None
    try:
        if isinstance(payload, str):
            text, data = payload, payload.encode() if len(payload) <= MAX_SIZE else b""
        else:
            data = bytes(payload) if memoryview(payload).nbytes <= MAX_SIZE else b""
            text = data.decode()
        if 0 < len(data) <= MAX_SIZE and not may_nest_too_deep(data):
            value: Tree = with_room(_STRICT.decode, text)
            if not escapes_lone_surrogate(text):
                return Document(value, text)
    except json.JSONDecodeError as fault:
        error = fault
    except (UnicodeError, _Unusual):
        pass
    from usagecompat.jsontext.diagnosis import diagnose  # noqa: PLC0415 - in most texts nothing is wrong

    return Document(*diagnose(payload, error))


class _Unusual(Exception):
    """The text is JSON for the json module, and there is something in it for which a finding is due."""


def _object(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unusual
    return members


def _integer(lexeme: str) -> Number:
    if len(lexeme) > MAX_DIGITS:
        raise _Unusual
    return Number(lexeme)


def _real(lexeme: str) -> Number:
    if len(lexeme) > MAX_DIGITS or (("e" in lexeme or "E" in lexeme) and number_fault(lexeme)):
        raise _Unusual
    return Number(lexeme)


def _constant(_: str) -> Number:
    raise _Unusual


_STRICT: Final = json.JSONDecoder(
    parse_int=_integer, parse_float=_real, parse_constant=_constant, object_pairs_hook=_object
)
