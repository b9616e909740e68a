"""The number models: which of them change a value, and from where on."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest
from hypothesis import given

from usagecompat.jsontext.numbers import (
    binary32,
    is_plain_and_lossy,
    is_safe_count,
    lossy_decimal_models,
    lossy_integer_models,
    shortest_binary32,
)
from usagecompat.jsontext.values import Number
from usagecompat.strategies.trees import integers, number_texts


def printed(value: float, code: str) -> Decimal:
    """A binary number in the fewest digits from which it can be read again."""
    packed = struct.pack(code, value)
    texts = (f"{struct.unpack(code, packed)[0]:.{digits}e}" for digits in range(18))
    return Decimal(next(text for text in texts if packs(float(text), code) == packed))


def packs(value: float, code: str) -> bytes | None:
    """The bits of a number, None if it is beyond the range."""
    try:
        return struct.pack(code, value)
    except OverflowError:
        return None


def expected(exact: Decimal) -> tuple[str, ...]:
    """The binary models that lose a value, by trying."""
    names = []
    for name, code in (("binary32", "f"), ("binary64", "d")):
        value = float(exact)
        if packs(value, code) is None or value in (float("inf"), float("-inf")) or printed(value, code) != exact:
            names.append(name)
    return tuple(names)


@pytest.mark.parametrize(
    ("number", "models"),
    [
        (0, ()),
        (2**31 - 1, ()),
        (2**31, ("int32",)),
        (-(2**31), ()),
        (-(2**31) - 1, ("int32",)),
        (2**53 - 1, ("int32",)),
        (2**53, ("int32", "int53")),
        (-(2**53) + 1, ("int32",)),
        (-(2**53), ("int32", "int53")),
        (2**63 - 1, ("int32", "int53")),
        (2**63, ("int32", "int53", "int64")),
        (-(2**63), ("int32", "int53")),
        (-(2**63) - 1, ("int32", "int53", "int64")),
    ],
)
def test_integers(number: int, models: tuple[str, ...]) -> None:
    """An integer is lost by the models whose range it leaves, and by no other."""
    assert lossy_integer_models(Number(str(number))) == models
    assert lossy_integer_models(Number(f"{number}.0")) == models
    assert lossy_integer_models(Number(f"{number}00e-2")) == models


@pytest.mark.parametrize(
    ("lexeme", "models"),
    [
        ("0", ()),
        ("-0.0", ()),
        ("0E-6176", ()),
        ("0.1", ()),
        ("12.50", ()),
        ("0.060000", ()),
        ("16777216", ()),
        ("16777217", ("binary32",)),
        ("123456.7", ()),
        ("0.12345678", ()),
        ("0.123456789", ("binary32",)),
        ("100000.05", ()),
        ("8589974000", ()),
        ("8589973504", ("binary32",)),
        ("9007199254740992", ("binary32",)),
        ("9007199254740993", ("binary32", "binary64")),
        ("0.30000000000000004", ("binary32",)),
        ("0.300000000000000041", ("binary32", "binary64")),
        ("0.2911922500000000000000000000", ("binary32",)),
        ("3.4028235e38", ()),
        ("3.5e38", ("binary32",)),
        ("1e-46", ("binary32",)),
        ("1.7976931348623157e308", ("binary32",)),
        ("1e309", ("binary32", "binary64")),
        ("5e-324", ("binary32",)),
        ("1e-400", ("binary32", "binary64")),
        ("1e10000", ("binary32", "binary64")),
    ],
)
def test_decimals(lexeme: str, models: tuple[str, ...]) -> None:
    """A decimal is lost by the models that print another value for it."""
    assert lossy_decimal_models(Number(lexeme)) == models


@given(number_texts)
def test_decimals_by_trying(lexeme: str) -> None:
    """A decimal is lost by a model exactly if it does not come back from it."""
    assert lossy_decimal_models(Number(lexeme)) == expected(Decimal(lexeme))


@given(integers)
def test_integers_as_decimals(number: int) -> None:
    """An integer that stands for a decimal is held to the binary models."""
    assert lossy_decimal_models(Number(str(number))) == expected(Decimal(number))


@given(number_texts)
def test_the_short_way_agrees(lexeme: str) -> None:
    """What is said of a plain number without computing it is what the models say."""
    answer = is_plain_and_lossy(lexeme)
    assert answer in (None, bool(lossy_decimal_models(Number(lexeme))))


@pytest.mark.parametrize("double", [3.5e38, -3.5e38, 1e39, 1e300, float("inf"), float("-inf"), float("nan")])
def test_what_binary32_cannot_hold(double: float) -> None:
    """A number beyond the range of binary32 has none that is nearest to it, and two such numbers are not alike."""
    assert binary32(double) is None


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 20, 100, 500, 2000])
def test_the_largest_of_binary32_in_digits(steps: int) -> None:
    """The fewest digits of the largest numbers stay in the range though they round up, and what is beyond is infinite."""
    packed = (0x7F7FFFFF - steps).to_bytes(4, "little")
    (single,) = struct.unpack("<f", packed)
    assert struct.pack("<f", float(shortest_binary32(single))) == packed
    assert shortest_binary32(-single) == -shortest_binary32(single)
    assert shortest_binary32(1e39) == Decimal("Infinity")


def test_zeros_in_binary32() -> None:
    """Zero has one binary32, whatever its sign, and what is too small for another has the same."""
    assert binary32(0.0) == binary32(-0.0) == binary32(1e-60) == binary32(-1e-60) == b"\0" * 4


@pytest.mark.parametrize(
    ("lexeme", "is_lossy"),
    [
        ("0.1", False),
        ("0.1234567", False),
        ("16777217", True),
        ("8589974000", False),
        ("0.123456789", True),
        ("1e5", None),
        ("1E5", None),
        ("0." + "0" * 27 + "1", False),
        ("0." + "0" * 28 + "1", None),
    ],
)
def test_plain_numbers(lexeme: str, is_lossy: bool | None) -> None:  # noqa: FBT001 - an answer
    """A plain number has an answer, and one with an exponent or of more than 30 characters has none."""
    assert is_plain_and_lossy(lexeme) is is_lossy


@pytest.mark.parametrize(
    ("lexeme", "safe"), [("999999999", True), ("1000000000", False), ("-1", False), ("1.0", False)]
)
def test_safe_counts(lexeme: str, safe: bool) -> None:  # noqa: FBT001 - an answer
    """Nine digits and nothing else are sure to fit every model."""
    assert is_safe_count(lexeme) is safe


def test_the_nearest_binary32() -> None:
    """Numbers that one binary32 stands for are alike, and others are not."""
    assert binary32(0.1) == struct.pack("<f", 0.1) == binary32(0.10000000149011612)
    assert binary32(0.1) != binary32(0.2)
    assert binary32(-0.1) != binary32(0.1)
