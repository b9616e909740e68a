"""
The common number models of clients, and which of them change a number's value.

Models are named by their width, never by the clients that use them.
"""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from usagecompat.jsontext.values import Number

INT32_LEAST: Final = -(2**31)
INT32_MOST: Final = 2**31 - 1

_INTEGER_MODELS: Final = (
    ("int32", INT32_LEAST, INT32_MOST),
    ("int53", -(2**53) + 1, 2**53 - 1),
    ("int64", -(2**63), 2**63 - 1),
)
_SAFE_INTEGER_DIGITS: Final = 9
# Significant digits: as many or fewer never change, more always do. Between them it depends on the number.
_BINARY32_DIGITS: Final = (6, 9)
_BINARY64_DIGITS: Final = (15, 17)
_LONGEST_PLAIN: Final = 30
"""Characters of a number without exponent that is sure to be in the normal range of both binary models."""

_SINGLE: Final = struct.Struct("<f")
"""Of standard size: packing in the native one makes infinity of what is too large, without a word."""


def is_safe_count(lexeme: str) -> bool:
    """Whether a number is an integer of digits alone, and so few that every model holds it."""
    return len(lexeme) <= _SAFE_INTEGER_DIGITS and lexeme.isdigit()


def lossy_integer_models(number: Number) -> tuple[str, ...]:
    """The integer models that cannot hold `number`, which has an integer value within the limits."""
    if is_safe_count(number.lexeme):
        return ()
    value = number.decimal  # which compares without writing out its exponent
    return tuple(name for name, least, most in _INTEGER_MODELS if not least <= value <= most)


def lossy_decimal_models(number: Number) -> tuple[str, ...]:
    """The binary models from which `number` does not come back, each printed with the fewest digits that tell it."""
    digits = _significant(number.lexeme)
    if digits is None:
        exact = number.decimal
        lossy = shortest_binary32(float(exact)) != exact, Decimal(repr(float(exact))) != exact
    else:
        lossy = _lossy_in_binary32(number.lexeme, digits), _lossy_in_binary64(number.lexeme, digits)
    return tuple(name for name, is_lossy in zip(("binary32", "binary64"), lossy, strict=True) if is_lossy)


def is_plain_and_lossy(lexeme: str) -> bool | None:
    """Whether any binary model changes a number that is spelled without exponent; None if it is too long or has one."""
    digits = _significant(lexeme)
    # No decimal comes back from 32 bits and not from 64.
    return None if digits is None else _lossy_in_binary32(lexeme, digits)


def _significant(lexeme: str) -> int | None:
    """How many digits tell the value of a plain number; None if an exponent or its length makes it less than plain."""
    if len(lexeme) > _LONGEST_PLAIN or "e" in lexeme or "E" in lexeme:
        return None
    return len(lexeme.lstrip("-").replace(".", "", 1).strip("0"))


def _lossy_in_binary32(lexeme: str, digits: int) -> bool:
    never, always = _BINARY32_DIGITS
    if digits <= never or digits > always:
        return digits > never
    value = float(lexeme)
    return shortest_binary32(value) != Decimal(repr(value))


def _lossy_in_binary64(lexeme: str, digits: int) -> bool:
    never, always = _BINARY64_DIGITS
    if digits <= never or digits > always:
        return digits > never
    return Decimal(repr(float(lexeme))) != Decimal(lexeme)


def shortest_binary32(value: float) -> Decimal:
    """`value` rounded to binary32 and printed with the fewest digits that give the same binary32 again."""
    try:
        packed = _SINGLE.pack(value)
    except OverflowError:
        return Decimal("Infinity")
    single: float = _SINGLE.unpack(packed)[0]
    least, most = _BINARY32_DIGITS
    for digits in range(least, most):
        text = f"{single:.{digits}g}"
        if _SINGLE.pack(float(text)) == packed:
            return Decimal(text)
    return Decimal(f"{single:.{most}g}")


def binary32(double: float) -> bytes | None:
    """The binary32 nearest to `double`, without a sign if it is zero; None if there is no finite one."""
    if not math.isfinite(double):
        return None
    try:
        packed = _SINGLE.pack(double)
    except OverflowError:
        return None
    return _SINGLE.pack(0.0) if _SINGLE.unpack(packed)[0] == 0 else packed
