"""Numbers as they are spelled, and their exact values."""

from __future__ import annotations

import pytest
from json_texts import short

from usagecompat.jsontext.values import Number


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
