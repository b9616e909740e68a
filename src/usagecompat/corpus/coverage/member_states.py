"""
What a value shows of the states that a member can be in, whatever the contract says of them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract import Contract, JsonType, Member
from usagecompat.corpus.coverage.obligations import INTEGERS
from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Iterator

_KIND: Final = re.compile(r"organization\.(usage\.[a-z0-9_]+|costs)\.result")
_NUMBER_TEXT: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_LONE: Final = re.compile("[\ud800-\udfff]")
_LONGEST: Final = 40
_DOUBLE_MAX: Final = Decimal("1.797693134862315708e308")


def type_of(value: object) -> str:
    """The JSON type of a value, by its name."""
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "boolean", Number: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


def whole_of(value: object) -> int | None:
    """The value of an integer in any spelling; None for everything else, and for more digits than anybody asks for."""
    whole = value.whole if type(value) is Number else None
    return None if isinstance(whole, Decimal) and whole.adjusted() > _LONGEST else None if whole is None else int(whole)


def states_of(value: Any, member: Member, said: Contract) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """What a value shows of a member, whatever the contract says of it."""
    name = type_of(value)
    if name in ("null", "boolean", "array", "object", "string") and member.type != name:
        yield name
        if name == "string" and member.type is JsonType.NUMBER and _NUMBER_TEXT.fullmatch(value):
            yield "number-text"
    elif member.const is not None and name == "string":
        if value == member.const:
            yield "present"
        else:
            yield "unknown-kind" if _KIND.fullmatch(value) and value not in said.kinds else "other-text"
    elif name == "number":
        yield from _number_states(value, member)
    elif name == "string":
        yield from _text_states(value, member)
    elif name == "boolean":
        yield from ("present", "true" if value else "false")
    elif name == "array":
        yield from ("present", {0: "empty", 1: "one-item", 2: "two-items"}.get(len(value), "many-items"))
        if value:
            yield f"item-{type_of(value[0])}"
    elif name == "object":
        yield "present"
        if not value:
            yield "empty"


def _number_states(value: Number, member: Member) -> Iterator[str]:
    if not value.within_limits:
        return
    lexeme = value.lexeme
    if member.type is JsonType.INTEGER:
        if not value.is_integer:
            yield "fraction"
            return
        yield "present"
        if "e" in lexeme.lower():
            yield "exponent"
        elif "." in lexeme:
            yield "zero-fraction"
        else:
            whole = value.integer
            if lexeme == "-0":
                yield "minus-zero"
            elif whole == -1:
                yield "minus-one"
            elif whole in INTEGERS:
                yield INTEGERS[whole]
    elif member.type is JsonType.NUMBER:
        yield "present"
        yield from _decimal_states(value)
    else:
        yield "number"


def _decimal_states(value: Number) -> Iterator[str]:
    lexeme, decimal = value.lexeme, value.decimal
    if decimal == 0:
        yield "zero"
    elif abs(decimal) > _DOUBLE_MAX:
        yield "beyond-binary64"
    elif Decimal(repr(float(decimal))) != decimal:
        yield "more-digits-than-binary64"
    if decimal < 0:
        yield "negative"
    if "e" in lexeme.lower():
        yield "exponent"
    elif "." not in lexeme:
        yield "whole"
    elif lexeme.endswith("0"):
        yield "trailing-zero"


def _text_states(value: str, member: Member) -> Iterator[str]:
    if _LONE.search(value):
        yield "lone-surrogate"
        return
    yield "present"
    if not value:
        yield "empty"
    elif member.values is not None:
        yield f"listed: {value}" if value in member.values.known else "unlisted"
    elif value != value.lower():
        yield "upper-case"
