"""Numbers as they are spelled, and their exact values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from json_texts import short

from usagecompat.jsontext.limits import MAX_DIGITS
from usagecompat.jsontext.values import Number, exact_parts, lexeme_of


def test_a_number_is_its_exact_value() -> None:
    """Equality and hash go by value, and the spelling stays."""
    assert Number("2.50") == Number("2.5") == Number("25e-1")
    assert Number("-0") == Number("0.00")
    assert len({Number("1"), Number("1.0"), Number("10e-1"), Number("100000e-5")}) == 1
    assert Number("0.1") != Number("0.1000000000000000000000000000000000001")
    assert Number("1") != 1
    assert repr(Number("1.50")) == 'Number("1.50")'
    assert Number("0E-6176").decimal == 0


@pytest.mark.parametrize(
    ("lexeme", "value"),
    [("5", 5), ("-0", 0), ("5.0", 5), ("5e0", 5), ("150e-1", 15), ("1.5E1", 15), ("0E-6176", 0), ("1e30", 10**30),
     ("9" * 10_000, 10**10_000 - 1), ("1e10000", 10**10_000),
     ("5.7", None), ("15e-1", None), ("1e-10000", None), ("1.00000000000000000000000000000000001", None)],
    ids=short,
)  # fmt: skip
def test_an_integer_is_told_by_value(lexeme: str, value: int | None) -> None:
    """A whole number is an integer however it is spelled, and its `int` is exact at any length."""
    number = Number(lexeme)
    assert number.is_integer is (value is not None)
    if value is None:
        with pytest.raises(ValueError, match="not an integer"):
            _ = number.integer
    else:
        assert number.integer == value


@pytest.mark.parametrize("lexeme", ["NaN", "Infinity", "-Infinity", "1e10001", "9" * 10_001], ids=short)
def test_a_number_beyond_the_limits_has_no_value(lexeme: str) -> None:
    """No value is computed for it, and it equals only what is spelled alike."""
    number = Number(lexeme)
    assert not number.within_limits
    assert not number.is_integer
    assert number == Number(lexeme)
    assert hash(number) == hash(Number(lexeme))
    assert number != Number("1")
    with pytest.raises(ValueError, match="no value"):
        _ = number.decimal


@pytest.mark.parametrize(
    ("lexeme", "parts"),
    [
        ("0", ()),
        ("-0.000e7", ()),
        ("12.50", (False, "125", -1)),
        ("-12.50", (True, "125", -1)),
        ("0.00125", (False, "125", -5)),
        ("1200", (False, "12", 2)),
        ("12E+02", (False, "12", 2)),
        ("12e-02", (False, "12", -2)),
        ("-7e100", (True, "7", 100)),
        (f"1e{'9' * 18}", (False, "1", 10**18 - 1)),
        (f"1.5e+00{'9' * 19}", ("1.5", "9" * 19)),
        (f"1.5e-{'9' * 19}", ("1.5", "-" + "9" * 19)),
    ],
    ids=short,
)
def test_parts_of_numbers_of_any_size(lexeme: str, parts: tuple[object, ...]) -> None:
    """A number is sign, digits without zeros at its ends, and exponent; an endless exponent stays text."""
    assert exact_parts(lexeme) == parts


@pytest.mark.parametrize(
    ("lexeme", "value"),
    [("-5", -5), ("-5.0", -5), ("-" + "7" * 5_000, -int("7" * 4_000) * 10**1_000 - int("7" * 1_000))],
    ids=short,
)
def test_negative_integers(lexeme: str, value: int) -> None:
    """A minus counts at any length."""
    assert Number(lexeme).integer == value


@pytest.mark.parametrize(
    ("value", "lexeme"),
    [
        (-12, "-12"),
        (0.1, "0.1"),
        (Decimal("1.50"), "1.50"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (Decimal("Infinity"), "Infinity"),
        (Decimal("-Infinity"), "-Infinity"),
        (float("nan"), "NaN"),
        (10**MAX_DIGITS, "1" + "0" * MAX_DIGITS),
        (1 << 4 * MAX_DIGITS, "0x1" + "0" * MAX_DIGITS),
    ],
    ids=short,
)
def test_spellings_of_python_numbers(value: float | Decimal, lexeme: str) -> None:
    """A Python number is spelled with all its digits; an integer far beyond the limits in base 16."""
    assert lexeme_of(value) == lexeme
