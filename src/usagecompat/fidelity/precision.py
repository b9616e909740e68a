"""
What became of a number on its way through a client: how near the one that came back is to the one that was sent.
"""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import Enum, auto
from typing import Final

from usagecompat.jsontext import Number, binary32, exact_parts

LEAST_DIGITS: Final = 6
"""With fewer significant digits shown, a number is not called a rounding of another."""

_ROUNDINGS: Final = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN)


class Nearness(Enum):
    """How near two spellings of numbers are; the first that holds."""

    SAME_VALUE = auto()
    """They have the same exact value."""
    SAME_BINARY64 = auto()
    """Both become the same finite binary64."""
    ROUNDED = auto()
    """Both become the same binary32, or the second is the first rounded or cut to the digits it shows."""
    DIFFERENT = auto()


def nearness(sent: str, returned: str) -> Nearness:
    """How near the number spelled `returned` is to the one spelled `sent`; numbers beyond the limits are compared, too."""
    one, other = Number(sent), Number(returned)
    computable = one.within_limits and other.within_limits
    same = one.decimal == other.decimal if computable else exact_parts(sent) == exact_parts(returned)
    if same:
        return Nearness.SAME_VALUE
    double, other_double = float(sent), float(returned)
    if double == other_double and math.isfinite(double):
        return Nearness.SAME_BINARY64
    single = binary32(double)
    if (single is not None and single == binary32(other_double)) or (
        computable and _is_rounded(one.decimal, other.decimal, returned)
    ):
        return Nearness.ROUNDED
    return Nearness.DIFFERENT


def _is_rounded(sent: Decimal, returned: Decimal, spelling: str) -> bool:
    """
    Whether `returned`, spelled so, is `sent` rounded or cut to the significant digits that are shown.

    Trailing zeros may be shown digits or just fill the places up to the point.
    What is a rounding to more of them is also one to fewer, so the fewest possible decide.
    """
    digits = spelling.lstrip("-").lower().partition("e")[0].replace(".", "").lstrip("0")
    if len(digits) < LEAST_DIGITS:
        return False
    shown = max(LEAST_DIGITS, len(digits.rstrip("0")))
    return any(Context(prec=shown, rounding=rounding).plus(sent) == returned for rounding in _ROUNDINGS)
