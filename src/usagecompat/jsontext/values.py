"""
What a JSON text can say: trees of dict, list, str, bool, None and `Number`, which keeps its spelling.
"""

from __future__ import annotations

import math
from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeAlias

from usagecompat.jsontext.limits import MAX_DIGITS, MAX_EXPONENT, number_fault, quoted

if TYPE_CHECKING:
    from collections.abc import Hashable

_SHORT: Final = 30
_FEW_DIGITS: Final = 100
_LONGEST_EXPONENT: Final = 18
_MOST_BITS: Final = 4 * MAX_DIGITS

_DIGITS_AT_ONCE: Final = 600
"""Fewer than the least limit that Python can be told for the conversion of texts to integers."""


class Number:
    """
    A JSON number with the spelling it was read in; two are equal if their exact values are.

    A number beyond the limits, a NaN or an infinity has no value: it is `within_limits` False, no integer,
    and equal only to what is spelled alike.
    """

    __slots__ = ("lexeme",)

    lexeme: Final[str]

    def __init__(self, lexeme: str) -> None:
        """Keep `lexeme`, which is a JSON number, `NaN`, `Infinity` or `-Infinity`; computing comes later if at all."""
        self.lexeme = lexeme

    @property
    def within_limits(self) -> bool:
        """Whether the number has a value that may be computed."""
        return number_fault(self.lexeme) is None

    @property
    def decimal(self) -> Decimal:
        """
        The exact value.

        Raises:
            ValueError: The number is not within the limits.
        """
        if not self.within_limits:
            message = f"{self!r} has no value: it is not finite, or beyond the limits"
            raise ValueError(message)
        return Decimal(self.lexeme)

    @property
    def is_integer(self) -> bool:
        """Whether the exact value is a whole number, however it is spelled: `5`, `5.0`, `50e-1`."""
        if _is_plain(self.lexeme):
            return True
        if not self.within_limits:
            return False
        value = Decimal(self.lexeme)
        return value == value.to_integral_value()

    @property
    def integer(self) -> int:
        """
        The exact value of a whole number.

        Raises:
            ValueError: The number is not whole, or not within the limits.
        """
        if _is_plain(self.lexeme):
            return int(self.lexeme)
        if not self.is_integer:
            message = f"{self!r} is not an integer"
            raise ValueError(message)
        return _whole(f"{Decimal(self.lexeme).to_integral_value():f}")

    @property
    def whole(self) -> int | Decimal | None:
        """
        The exact value of a whole number, its exponent not written out: an `int` if that is short, else a `Decimal`.

        None for everything else.
        """
        if len(self.lexeme) <= _SHORT and self.lexeme.isdigit():
            return int(self.lexeme)
        if not self.is_integer:
            return None
        value = self.decimal
        return int(value) if value.adjusted() < _SHORT else value

    @property
    def key(self) -> Hashable:
        """
        What stands for the exact value in sets and dictionaries: equal for equal numbers, and made of texts.

        Python's hash of a number is the same for all multiples of 2^61 - 1, so that many of them make a table slow.
        """
        lexeme = self.lexeme
        if not self.within_limits:
            return lexeme
        return exact_parts(lexeme)

    def __deepcopy__(self, memo: object) -> Number:
        """The number itself, which nothing changes."""
        return self

    def __eq__(self, other: object) -> bool:
        """Whether the exact values are equal."""
        if not isinstance(other, Number):
            return NotImplemented
        if self.lexeme == other.lexeme:
            return True
        return self.within_limits and other.within_limits and self.decimal == other.decimal

    def __hash__(self) -> int:
        """The hash of what stands for the exact value."""
        return hash(self.key)

    def __repr__(self) -> str:
        """The number as it was spelled."""
        return f"Number({quoted(self.lexeme)})"


def exact_parts(lexeme: str) -> tuple[str, ...] | tuple[bool, str, int]:
    """The exact value of a number of any size, as sign, digits and exponent; nothing is computed that could be large."""
    mantissa, _, exponent = lexeme.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return ()
    size = exponent.lstrip("+-").lstrip("0")
    if len(size) > _LONGEST_EXPONENT:
        sign = "-" if exponent.startswith("-") else ""
        return mantissa, f"{sign}{size}"
    significant = digits.rstrip("0")
    return lexeme.startswith("-"), significant, int(exponent or 0) - len(fraction) + len(digits) - len(significant)


def _is_plain(lexeme: str) -> bool:
    """Whether a number is what nearly all are: digits alone, and so few that no limit is near."""
    return len(lexeme) <= _FEW_DIGITS and lexeme.isdigit()


def _whole(digits: str) -> int:
    """
    The integer of these digits, at most some ten thousand.

    `int` refuses so many at once, and by way of `Decimal` each would cost what a hundred texts cost.
    """
    value = 0
    start = 1 if digits[0] == "-" else 0
    for at in range(start, len(digits), _DIGITS_AT_ONCE):
        part = digits[at : at + _DIGITS_AT_ONCE]
        value = value * 10 ** len(part) + int(part)
    return -value if start else value


Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | Number | bool | None"
"""What a JSON text says: objects in the order of the text, of several members of one name the last value."""

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | Decimal | bool | None"
"""The same for other programs, each number an exact `int` or `Decimal`."""


class NoValue(Enum):
    """The type of `NO_VALUE`."""

    NO_VALUE = auto()


NO_VALUE: Final = NoValue.NO_VALUE
"""Stands where a document has no value, because its text cannot be read."""


def lexeme_of(value: float | Decimal | Number) -> str:
    """
    The spelling of a Python number; of an `int` through `Decimal`, which has no limit of 4,300 digits.

    An `int` far beyond the limits is spelled in base 16, which no JSON text can be.
    """
    if isinstance(value, Number):
        return value.lexeme
    if isinstance(value, int):
        # Digits cost time by the square of their number, and nobody reads so many of them.
        return str(Decimal(value)) if value.bit_length() <= _MOST_BITS else f"{value:#x}"
    if isinstance(value, Decimal):
        nan, infinite, text = value.is_nan(), value.is_infinite(), _decimal_text(value)
    else:
        nan, infinite, text = math.isnan(value), math.isinf(value), float.__repr__(value)
    if nan:
        return "NaN"
    if infinite:
        return "Infinity" if value > 0 else "-Infinity"
    return text


def _decimal_text(value: Decimal) -> str:
    """
    The spelling of a `Decimal`; with an exponent that can be read again, where there is one.

    `10E10000` is within the limits, and its `Decimal` calls itself `1.0E+10001`.
    """
    if abs(value.adjusted()) > MAX_EXPONENT:
        sign, digits, exponent = value.as_tuple()
        mantissa, places = "".join(map(str, digits)), -MAX_EXPONENT - int(exponent)
        if value.adjusted() < 0 and places <= MAX_DIGITS:
            mantissa, exponent = f"0.{mantissa:0>{places}}", -MAX_EXPONENT
        text = f"{'-' * sign}{mantissa}E{exponent:+}"
        if number_fault(text) is None:
            return text
    return str(value)
