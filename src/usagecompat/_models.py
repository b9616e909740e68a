"""
The common number models of clients, and which of them change a number's value.

Models are named by their width, never by the clients that use them.
"""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from usagecompat._json import Number

_INTEGER_MODELS: Final = (
    ("int32", -(2**31), 2**31 - 1),
    ("int53", -(2**53) + 1, 2**53 - 1),
    ("int64", -(2**63), 2**63 - 1),
)
_SAFE_INTEGER_DIGITS: Final = 9
_SAFE_DECIMAL_DIGITS: Final = 6


def lossy_integer_models(number: Number) -> tuple[str, ...]:
    """The integer models that cannot hold `number`, which has an integer value within the limits."""
    if len(number.lexeme) <= _SAFE_INTEGER_DIGITS and number.lexeme.isdigit():
        return ()
    value = number.integer
    return tuple(name for name, least, most in _INTEGER_MODELS if not least <= value <= most)


def lossy_decimal_models(number: Number) -> tuple[str, ...]:
    """The binary models from which `number` does not come back, each printed with the fewest digits that tell it."""
    if len(number.lexeme) <= _SAFE_DECIMAL_DIGITS and number.lexeme.isdigit():
        return ()
    exact = number.decimal
    names: list[str] = []
    if _shortest_binary32(exact) != exact:
        names.append("binary32")
    if Decimal(repr(float(exact))) != exact:
        names.append("binary64")
    return tuple(names)


def _shortest_binary32(exact: Decimal) -> Decimal:
    """`exact` rounded to binary32 and printed with the fewest digits that give the same binary32 again."""
    try:
        packed = struct.pack("f", float(exact))
    except OverflowError:
        return Decimal("Infinity")
    single: float = struct.unpack("f", packed)[0]
    for digits in range(_SAFE_DECIMAL_DIGITS, 9):
        text = f"{single:.{digits}g}"
        try:
            if struct.pack("f", float(text)) == packed:
                return Decimal(text)
        except OverflowError:
            continue
    return Decimal(f"{single:.9g}")
