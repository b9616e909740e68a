"""
Values at which programs fail: numbers around limits, texts of every class of characters, names that mean something.

Everything is drawn from one `random.Random`, because a draw of Hypothesis costs a hundred times as much.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard

from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

Object: TypeAlias = dict[str, Any]
"""An object of an exact JSON tree."""

_SIZES_OF_INTEGERS: Final = (7, 8, 15, 16, 24, 31, 32, 33, 52, 53, 54, 62, 63, 64)
"""The powers of two at which number types end."""
_MOST_BITS: Final = 70
_MOST_DIGITS: Final = 34
"""More digits than these are extreme, and a client may lose them."""
LENGTHS: Final = tuple(sorted({2**power + more for power in range(2, 11) for more in (-1, 0, 1)}))
"""How long texts are at which buffers and columns end."""
REPEATS: Final = (1, 2, 2, 2, 3, 3, 4, 7, 8, 9, 10, 15, 16, 17, 24, 25, 31, 31, 32, 32, 33, 33, 64, 65, 99, 100, 101)
"""How many items lists have, at most days of a month, the limits of pages and what lies around them."""
_NEAR: Final = (0, 0, 0, -1, -1, 1, 1, -2, 2)
_DIGITS: Final = "0123456789"
_ID: Final = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_LAST_CLASSIFIED: Final = 0x3000

_DECIMALS: Final = (
    "0",
    "-0",
    "0.0",
    "-0.0",
    "0e0",
    "1e0",
    "1E2",
    "1e+2",
    "1e-7",
    "1E-07",
    "12.50",
    "0.1",
    "0.30000000000000004",
    "9007199254740993",
    "9007199254740993.5",
    "123456789012345678",
    "0.1234567890123456789",
    "1e21",
    "1e22",
    "1e23",
    "5e-324",
    "1.7976931348623157e308",
    "-3.25",
    "100e-2",
    "1.10",
)
"""Numbers whose spelling, sign, exponent or digits are lost somewhere."""
_TEXTS: Final = (
    "",
    " ",
    "null",
    "true",
    "NaN",
    "0",
    "-1",
    "1e5",
    "00123",
    "1.0",
    "2026-10-21",
    "2026-10-21T00:00:00Z",
    'a"b',
    "a\\b",
    "a/b",
    "\\u0041",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "<a>&amp;'",
    "%s%n",
    "${x}",
    "__proto__",
    " a ",
    "a,b;c",
    "[]",
    "{}",
    "\u017f\u212a",
)
_NAMES: Final = (
    "",
    " ",
    ".",
    "a.b",
    "a.b.c",
    "a/b",
    "a~b",
    "a b",
    "a-b",
    "a:b",
    "a[0]",
    "0",
    "10",
    "-1",
    "$ref",
    "$type",
    "@id",
    "#",
    "*",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "length",
    "class",
    "self",
    "null",
    "id",
    "type",
    "value",
    "_private",
    "camelCase",
    "PascalCase",
    "UPPER",
    'a"b',
    "a\\b",
    "a\tb",
    "é",
    "名",
    "\U0001f600",
    "\0",
)
"""Names of members that mean something to libraries, languages and paths."""
_CHARACTERS: Final = (
    "\0\x01\x08\x1b\x1f\x7f\x80\x85\xa0\xad\xe9\xdf\u0130\u0131\u01c5\u0301\u0345\u05d0\u0627\u0e33\u1100\u1e9e"
    "\u200b\u200d\u200e\u2028\u2029\u202e\u2160\u212a\u2126\u3000\u3042\uac00\ud7ff\ue000\uf8ff\ufb01\ufdd0"
    "\ufe0f\ufeff\uff21\ufffc\ufffd\ufffe\uffff\U00010000\U00010400\U0001d7d8\U0001f468\U0001f600\U0002f800"
    "\U000e0001\U000f0000\U0010ffff"
)
"""Characters with which normalization, case, escapes, surrogates or controls go wrong."""


def is_object(node: Any) -> TypeGuard[Object]:  # noqa: ANN401 - any JSON
    """Whether a node is an object."""
    return type(node) is dict


def is_list(node: Any) -> TypeGuard[list[Any]]:  # noqa: ANN401 - any JSON
    """Whether a node is an array."""
    return type(node) is list


@cache
def _characters() -> Mapping[str, Sequence[str]]:
    """The characters of each general category, as far as the first planes have them."""
    classes: dict[str, list[str]] = {}
    for point in range(_LAST_CLASSIFIED):
        classes.setdefault(unicodedata.category(chr(point)), []).append(chr(point))
    return {name: found for name, found in sorted(classes.items()) if name != "Cn"}


def character(rng: Random) -> str:
    """One character: a plain one, one that is known for trouble, or one of any class."""
    way = rng.random()
    if way < 0.45:
        return rng.choice(_CHARACTERS)
    if way < 0.85:
        return rng.choice(rng.choice([*_characters().values()]))
    return rng.choice(_ID)


def digits(rng: Random, count: int) -> str:
    """So many digits, without a zero in front and at the end."""
    if count == 1:
        return rng.choice(_DIGITS[1:])
    return rng.choice(_DIGITS[1:]) + "".join(rng.choices(_DIGITS, k=count - 2)) + rng.choice(_DIGITS[1:])


def natural(rng: Random) -> int:
    """An integer from zero on: small, or around a power of two or ten, or of some number of digits."""
    way = rng.random()
    if way < 0.45:
        bits = rng.choice(_SIZES_OF_INTEGERS) if rng.random() < 0.75 else rng.randrange(_MOST_BITS)
        return max(0, (1 << bits) + rng.choice(_NEAR))
    if way < 0.6:
        return max(0, int(f"1{'0' * rng.randrange(22)}") + rng.choice(_NEAR))
    if way < 0.8:
        return int(digits(rng, rng.randint(1, 20)))
    return rng.randrange(300)


def count(rng: Random) -> Number:
    """A natural number as it may be spelled."""
    way = rng.random()
    if way < 0.05:
        return Number("-0")
    number = natural(rng)
    if way < 0.08:
        return Number(f"{number}.0")
    if way < 0.11:
        return Number(f"{number % 10_000}e{rng.randrange(4)}")
    return Number(str(number))


def decimal(rng: Random) -> Number:
    """A decimal number: of some number of digits, with an exponent, with zeros at the end, negative."""
    way = rng.random()
    if way < 0.3:
        return Number(rng.choice(_DECIMALS))
    if way < 0.4:
        return count(rng)
    if way < 0.55:
        sign, e = rng.choice(("", "", "-")), rng.choice("eE")
        return Number(f"{sign}{digits(rng, rng.randint(1, 5))}{e}{rng.choice(('', '+', '-'))}{rng.randrange(30)}")
    drawn = digits(rng, rng.randint(1, _MOST_DIGITS))
    point = rng.randrange(len(drawn) + 1)
    sign = rng.choice(("", "", "", "-"))
    zeros = "0" * rng.choice((0, 0, 0, 0, 1, 2, 6))
    if point == 0:
        return Number(f"{sign}0.{zeros}{drawn}")
    return Number(f"{sign}{drawn[:point]}.{drawn[point:]}{zeros}" if point < len(drawn) else f"{sign}{drawn}")


def length(rng: Random) -> int:
    """How long a text is: short, or around a power of two."""
    return rng.choice(LENGTHS) if rng.random() < 0.4 else rng.randrange(24)


def text(rng: Random) -> str:
    """A text: one that looks like something else, one of some length, one with characters of every class."""
    way = rng.random()
    if way < 0.05:
        return ""
    if way < 0.2:
        return rng.choice(_TEXTS)
    size = length(rng)
    if way < 0.5:
        return "".join(rng.choices(_ID, k=size))
    if way < 0.6:
        return character(rng) * min(size, 40)
    plain = rng.choices(_ID, k=min(size, 40))
    for _ in range(rng.randint(1, 6)):
        plain.insert(rng.randrange(len(plain) + 1), character(rng))
    return "".join(plain)


def name(rng: Random) -> str:
    """A name that no revision declares, or hardly ever."""
    way = rng.random()
    if way < 0.6:
        return rng.choice(_NAMES)
    if way < 0.75:
        return f"{rng.choice('abcx')}{character(rng)}{rng.choice('abcx')}"
    if way < 0.85:
        return "".join(rng.choices(_ID, k=length(rng)))
    return f"x_{''.join(rng.choices(_ID, k=4))}"


def anything(rng: Random, depth: int = 3) -> Any:  # noqa: ANN401 - any JSON
    """Any JSON, not deep."""
    way = rng.random()
    if way < 0.25:
        return text(rng)
    if way < 0.45:
        return decimal(rng)
    if way < 0.7 or depth == 0:
        return rng.choice((None, True, False, Number("0"), Number("1"), ""))
    if way < 0.85:
        return [anything(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {name(rng): anything(rng, depth - 1) for _ in range(rng.randrange(4))}
