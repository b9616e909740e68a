"""Numbers looked at together: what is found is what one look at each finds."""

from __future__ import annotations

import random
from array import array
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from usagecompat.checking.fast.columns import ColumnOfNumbers, look_at
from usagecompat.contract import is_number_text
from usagecompat.jsontext import Number, lossy_decimal_models

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = st.integers(1, 34).flatmap(lambda size: st.integers(10 ** (size - 1), 10**size - 1)).map(str)
POWERS = st.integers(-30, 30).map(lambda power: f"{2.0**power:.34f}".rstrip("0"))


def spelled(digits: str, point: int) -> str:
    """A number of these digits, with its point after so many of them."""
    whole, fraction = digits[: max(point, 0)] or "0", "0" * max(-point, 0) + digits[max(point, 0) :]
    return f"{whole}.{fraction}" if fraction else whole


NUMBERS = st.one_of(
    st.builds(spelled, DIGITS, st.integers(-9, 34)),
    st.builds(lambda one, more: spelled(one.strip("0") or "1", more), DIGITS, st.integers(-3, 3)),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(lambda number: f"{number:.9g}"),
    st.floats(width=32, min_value=0.0009765625, max_value=1024).map(lambda number: f"{number:.8g}"),
    POWERS.map(lambda text: text[:9]),
    st.sampled_from(
        ["0", "-0", "0.0", "16777216", "16777217", "8388609", "8.388609", "1e5", "-1.5E-3", "0." + "0" * 50 + "1"]
    ),
).filter(lambda text: is_number_text(text) is not None)


def one_by_one(numbers: list[str]) -> ColumnOfNumbers:
    """What the slow way finds."""
    lossy = [number for number in numbers if lossy_decimal_models(Number(number))]
    return ColumnOfNumbers(0, len(lossy), lossy[0].encode() if lossy else b"")


@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_as_one_by_one(numbers: list[str]) -> None:
    """The count of lossy numbers and the first of them are those of the slow way."""
    assert look_at([number.encode() for number in numbers], texts=False, nullable=False) == one_by_one(numbers)


def near_powers(size: int) -> Iterator[Decimal]:
    """The numbers of so many digits that binary32 rounds to a power of two, where it has more numbers below than above."""
    for power in map((2.0).__pow__, range(-60, 90)):
        unit = Decimal(1).scaleb(Decimal(power).adjusted() + 1 - size)
        middle = round(Decimal(power) / unit)
        for last in range(middle - 60, middle + 120):
            if last % 10 and array("f", [float(last * unit)])[0] == power:
                yield last * unit


@pytest.mark.parametrize("size", [7, 8, 9])
@pytest.mark.parametrize("sign", ["", "-"])
def test_powers_of_two(sign: str, size: int) -> None:
    """Of all numbers that are rounded to a power of two those are told that do not come back, below it and above."""
    numbers = [f"{sign}{number:f}" for number in near_powers(size)]
    assert len(numbers) > 40
    assert look_at([number.encode() for number in numbers], texts=False, nullable=False) == one_by_one(numbers)
    for number in numbers[:: size**3]:
        assert look_at([number.encode()], texts=False, nullable=False) == one_by_one([number])


@pytest.mark.parametrize("size", [7, 8, 9])
def test_where_it_depends_on_the_number(size: int) -> None:
    """Numbers of seven to nine digits, of which binary32 changes some, are told apart as by the slow way."""
    choose = random.Random(size)  # noqa: S311 - made up again from its seed
    numbers = [
        spelled(str(choose.randrange(10 ** (size - 1), 10**size)).rstrip("0") or "1", choose.randrange(-6, size + 1))
        for _ in range(1500)
    ]
    first = str(choose.randrange(10**5, 10**6))
    numbers += [
        f"{lead}{first}{tail}"[:size]
        for lead in ("8.37", "8.38", "8.39", "1.99", "2.00", "1.67", "1.68")
        for tail in "13579"
    ]
    assert look_at([number.encode() for number in numbers], texts=False, nullable=False) == one_by_one(numbers)


def test_few_numbers_of_any_two_sizes() -> None:
    """However many digits two numbers have, both are judged, also beside strings, nulls and absent values."""
    choose = random.Random(1)  # noqa: S311 - made up again from its seed
    for sizes in product((1, 5, 6, 7, 8, 9, 10, 11, 20), repeat=2):
        for _ in range(30):
            numbers = [
                spelled(str(choose.randrange(10 ** (size - 1), 10**size)), choose.randrange(-2, size + 3))
                for size in sizes
            ]
            given = [number.encode() for number in numbers]
            found = one_by_one(numbers)
            assert look_at(given, texts=True, nullable=True) == found
            mixed = [b'"0.5"', UNSET, *given[:1], b"null", *given[1:], b'"1e5"']
            assert look_at(mixed, texts=True, nullable=True) == evolve(found, texts=2)


@pytest.mark.parametrize(
    ("values", "texts", "nullable", "found"),
    [
        ([b'"0.5"', b'"1e5"'], True, False, ColumnOfNumbers(2)),
        ([b'"0.5"', b"0.5", b"null", b"0.1234567891"], True, True, ColumnOfNumbers(1, 1, b"0.1234567891")),
        ([b'"0.5"', b"0.5"], False, False, None),
        ([UNSET, b'"0.5"', b"null", b'"5"'], True, True, ColumnOfNumbers(2)),
        ([b'"0.5"', b"1e5", b"16777217e0", b"16777219.0"], True, False, ColumnOfNumbers(1, 2, b"16777217e0")),
        ([b'"0.5"', b"1000000.06"], True, False, ColumnOfNumbers(1)),
        ([b"1000000.06", b"1000000.12", b"1000000.063"], False, False, ColumnOfNumbers(0, 2, b"1000000.12")),
        ([b'"0.5"', b"0." + b"0" * 50 + b"1"], True, False, ColumnOfNumbers(1, 1, b"0." + b"0" * 50 + b"1")),
        ([b'"0,5"'], True, False, None),
        ([b'"0.5"', b'"1,5"', b"1"], True, False, None),
        ([b'"0,5"', b'"0x"', b"1"], True, False, None),
        ([b'"0.5"', b"0.5", b"12"], True, False, ColumnOfNumbers(1)),
        ([b'"0.5"', b"5", b"16777216"], True, False, ColumnOfNumbers(1)),
        ([b'"0.5"', b"16777217"], True, False, ColumnOfNumbers(1, 1, b"16777217")),
        ([b"-16777217", b"-5"], False, False, ColumnOfNumbers(0, 1, b"-16777217")),
        ([b"11e55"], True, False, ColumnOfNumbers(0, 1, b"11e55")),
        ([b'"12 3"'], True, False, None),
        ([b"5", b"1" + b"0" * 400], True, False, ColumnOfNumbers(0, 1, b"1" + b"0" * 400)),
        ([b"null"], True, False, None),
        ([b"null"], True, True, ColumnOfNumbers()),
        ([b'"0.5x"'], True, False, None),
        ([b'"007"'], True, False, None),
        ([b"true"], True, True, None),
        ([b"[1,\n2]"], True, True, None),
        ([b"[\n1\n]"], True, True, None),
        ([b"{}"], True, True, None),
        ([b'""'], True, True, None),
        ([b"1e99999999999"], True, True, None),
        ([b"1" * 10_001], True, True, None),
        ([b"0." + b"0" * 10_001], True, True, None),
        ([], True, True, ColumnOfNumbers()),
    ],
)
def test_what_else_there_is(
    values: list[bytes | UnsetType], *, texts: bool, nullable: bool, found: ColumnOfNumbers | None
) -> None:
    """Strings are counted where they may stand for numbers, and anything else has no answer."""
    assert look_at(values, texts=texts, nullable=nullable) == found
