"""
What number models make of a number that was sent: each a function from a number to what a client would print.

Whatever is computed here is computed exactly first, so that only the named model loses anything.
"""

from __future__ import annotations

import math
import re
import struct
from decimal import MAX_EMAX, MIN_EMIN, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import TYPE_CHECKING, Final

from usagecompat.contract import is_number_text
from usagecompat.jsontext import Number, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.mutants.support.walks import Changed

_WIDE: Final = Context(prec=25_000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_DIGITS: Final = re.compile(r"-?[0-9]+")


def value_of(number: Number) -> Decimal:
    """The exact value of a number that was decoded."""
    return number.decimal if number.within_limits else Decimal(0)


def spelled(value: Decimal) -> Number:
    """A decimal as Python prints it, which is a JSON number if it is finite."""
    return Number(str(value))


def plain(value: Decimal) -> Number:
    """A decimal without an exponent."""
    return Number(format(value, "f"))


def whole(value: int) -> Number:
    """An integer of any length."""
    return Number(str(Decimal(value)))  # an `int` prints no more than 4,300 digits


def binary64(number: Number) -> float:
    """The nearest binary64, infinite beyond its range."""
    return float(value_of(number)) if number.within_limits else math.inf


def through_binary64(number: Number) -> Tree:
    """Through a double and printed as JavaScript does: whole numbers without a point, what is not finite as null."""
    value = binary64(number)
    if not math.isfinite(value):
        return None
    text = "0" if value == 0 else script_text(value)
    return number if text == number.lexeme else Number(text)


def script_text(value: float) -> str:
    """A double as ECMAScript prints it."""
    if value == int(value) and abs(value) < 10**21:
        return str(int(Decimal(repr(value))))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = int(exponent)
    if -7 < power < 0:
        return format(Decimal(text), "f")
    return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"


def through_python_float(number: Number) -> Tree:
    """Through a double and printed as Python does, with a point in whole numbers."""
    value = binary64(number)
    return Number(repr(value)) if math.isfinite(value) else None


def through_binary32(number: Number) -> Tree:
    """Through a single and printed with the digits that tell it."""
    try:
        value: float = struct.unpack("f", struct.pack("f", binary64(number)))[0]
    except OverflowError:
        return None
    if not math.isfinite(value):
        return None
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == value:
            return Number(text)
    return Number(f"{value:.9g}")


def to_digits(digits: int, rounding: str = ROUND_HALF_EVEN) -> Callable[[Number], Tree]:
    """Rounded to so many significant digits."""
    context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)

    def model(number: Number) -> Tree:
        value = value_of(number)
        new = context.plus(value)
        return number if new == value else spelled(new)

    return model


def to_places(places: int, rounding: str = ROUND_HALF_UP, *, always: bool = False) -> Callable[[Number], Tree]:
    """Rounded to so many decimals; `always` also pads with zeros."""

    def model(number: Number) -> Tree:
        value = value_of(number)
        new = value.quantize(Decimal(1).scaleb(-places), rounding, _WIDE) if abs(value) < Decimal("1e9000") else value
        return plain(new) if always or new != value else number

    return model


def scaled(power: int) -> Callable[[Number], Tree]:
    """Taken for a hundred times as much, or for a hundredth."""

    def model(number: Number) -> Tree:
        value = value_of(number)
        return spelled(_WIDE.scaleb(value, power)) if value else number

    return model


def is_float(text: str) -> bool:
    """Whether Python's float takes a text."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def one_more(number: Number) -> Tree:
    """The number and one."""
    return plain(_WIDE.add(value_of(number), Decimal(1)))


def cut(number: Number) -> Tree:
    """The whole part alone."""
    return _whole(number, ROUND_DOWN)


def raised(number: Number) -> Tree:
    """The next whole number."""
    return _whole(number, ROUND_UP)


def _whole(number: Number, rounding: str) -> Tree:
    value = value_of(number)
    whole = value.to_integral_value(rounding, _WIDE)
    return number if whole == value else plain(whole)


def without_sign(number: Number) -> Tree:
    """The absolute value."""
    return Number(number.lexeme.removeprefix("-")) if value_of(number) < 0 else number


def never_below_zero(number: Number) -> Tree:
    """Zero for what is less."""
    return Number("0") if value_of(number) < 0 else number


def without_sign_of_zero(number: Number) -> Tree:
    """Zero without its sign."""
    return Number(number.lexeme.removeprefix("-")) if value_of(number) == 0 else number


def without_exponent(number: Number) -> Tree:
    """The digits before an exponent alone, as readers do that stop at the first character they do not know."""
    head = re.split("[eE]", number.lexeme, maxsplit=1)[0]
    return number if head == number.lexeme else Number(head)


def small_is_zero(number: Number) -> Tree:
    """Zero for what needs an exponent."""
    return Number("0") if re.search("[eE]-", number.lexeme) and value_of(number) else number


def normalised(number: Number) -> Tree:
    """Without zeros at the end, and with an exponent where that is shorter."""
    new = spelled(value_of(number).normalize(_WIDE))
    return number if new.lexeme == number.lexeme else new


def stripped(number: Number) -> Tree:
    """Without zeros behind the point, and without an exponent."""
    text = format(value_of(number).normalize(_WIDE), "f") if "." in number.lexeme else number.lexeme
    return number if text == number.lexeme else Number(text)


def expanded(number: Number) -> Tree:
    """Without an exponent."""
    return plain(value_of(number)) if "e" in number.lexeme.lower() else number


def with_fraction(number: Number) -> Tree:
    """Whole numbers as a float prints them."""
    return Number(f"{number.lexeme}.0") if _DIGITS.fullmatch(number.lexeme) else number


def as_text(number: Number) -> Tree:
    """The number in a string."""
    return number.lexeme


def saturated(least: int, most: int) -> Callable[[Number], Tree]:
    """The nearest value of a machine integer."""

    def model(number: Number) -> Tree:
        return number if _fits(number, least, most) else Number(str(max(least, min(most, integer(number)))))

    return model


def wrapped(least: int, most: int) -> Callable[[Number], Tree]:
    """The lowest bits."""

    def model(number: Number) -> Tree:
        if _fits(number, least, most):
            return number
        return Number(str((integer(number) - least) % (most - least + 1) + least))

    return model


def beyond(least: int, most: int, instead: Callable[[], Tree]) -> Callable[[Number], Tree]:
    """Something else for what does not fit a machine integer."""
    return lambda number: number if _fits(number, least, most) else instead()


def _fits(number: Number, least: int, most: int) -> bool:
    if len(number.lexeme) <= 4 and number.lexeme.isdigit():
        return True
    return least <= integer(number) <= most


def integer(number: Number) -> int:
    """The whole part of a number."""
    return int(value_of(number))


def in_text(model: Callable[[Number], Changed]) -> Callable[[Tree], Changed]:
    """The same model for a number that stands in a string, and stays in it."""

    def change(old: Tree) -> Changed:
        if not isinstance(old, str) or not is_number_text(old):
            return old
        new = model(Number(old))
        if isinstance(new, Number):
            return old if new.lexeme == old else new.lexeme
        return new

    return change


def in_either(model: Callable[[Number], Tree]) -> Callable[[Tree], Changed]:
    """The same model for a number and for one in a string."""
    return lambda old: model(old) if isinstance(old, Number) else in_text(model)(old)


INTEGERS: Final[Mapping[str, tuple[int, int]]] = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int53": (-(2**53) + 1, 2**53 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
    "int128": (-(2**127), 2**127 - 1),
}
"""Machine integers by name."""
