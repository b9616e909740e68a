"""
What a client that only encodes is given: a payload as a tree in which no number is left to a JSON parser.

It is the payload as JSON, with `{"$number": TEXT}` for each number, as it is spelled. A member whose name begins with `$`
has one more `$` in front, so that nothing else looks so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from usagecompat.jsontext import NO_VALUE, Number, read, with_room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.jsontext import Tree

NUMBER: Final = "$number"
_MARK: Final = "$"
_LONG: Final = 1_000
"""Python makes no integers of texts that are much longer."""


def record_of(payload: bytes) -> object:
    """
    The tree that says what the payload says.

    Raises:
        ValueError: The payload is no JSON, so there is nothing to encode.
    """
    value = read(payload).value
    if value is NO_VALUE:
        message = "a text that is no JSON says nothing that can be encoded"
        raise ValueError(message)
    return with_room(_told, value)


def _told(value: Tree) -> object:
    if isinstance(value, Number):
        return {NUMBER: value.lexeme}
    if isinstance(value, dict):
        return {_MARK + name if name.startswith(_MARK) else name: _told(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_told(item) for item in value]
    return value


def python_value(record: object, *, number: Callable[[str], object] | None = None) -> object:
    """
    What a tree says, in values of Python, for clients in Python.

    Args:
        record: What `Run.record` holds, or a part of it.
        number: What becomes of the text of a number; `int` of a whole one and `Decimal` of any other, if not given.
    """
    return with_room(_value, record, number or _exact)


def _exact(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() and text != "-0" and len(text) < _LONG else Decimal(text)


def _value(record: object, number: Callable[[str], object]) -> object:
    if isinstance(record, dict):
        members = cast("Mapping[str, object]", record)
        if NUMBER in members:
            return number(cast("str", members[NUMBER]))
        return {name.removeprefix(_MARK): _value(inner, number) for name, inner in members.items()}
    if isinstance(record, list):
        return [_value(item, number) for item in cast("list[object]", record)]
    return record
