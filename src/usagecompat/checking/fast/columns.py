"""
What is found in a column of numbers as they are spelled: which are texts, and which change in a binary model.

Theory of operation: a page has hundreds of amounts, and one look at each by itself takes longer than parsing the page.
So all are looked at together, in calls that loop in C: how many digits tell each number, and then
* up to 6 digits: no model changes it; 10 or more: binary32 changes each;
* 7 digits below 8.38…: the numbers of 7 digits lie further apart than those of binary32, so that none is changed;
* the others are rounded to binary32: if a number is not the nearest of as many digits to what it is rounded to, it does
  not come back, and if one digit less tells the same binary32, neither.
Whatever is not plain (an exponent, thousands of digits) is looked at by itself.

Below a power of two binary32 has twice as many numbers as above, and so this might fail there: but it holds of all
numbers of seven to nine digits that are rounded to one, as the tests try.
"""

from __future__ import annotations

import re
from array import array
from itertools import repeat
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import frozen
from msgspec import UNSET

from usagecompat.contract import NUMBER_PATTERN
from usagecompat.jsontext import Number, is_plain_and_lossy, lossy_decimal_models

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from msgspec import Raw, UnsetType

NUMBER_TEXT: Final = re.compile(rf'"{NUMBER_PATTERN}"'.encode())
NOT_SAFE: Final = re.compile(rb"^(?!-?(?:\d{1,7}|(?=[\d.]{3,7}$)\d+\.\d+)$).+", re.MULTILINE)
"""Each line but those that hold a number of so few digits that no model changes it."""
_NEVER_SAFE: Final = re.compile(rb"-?(?:0\.0{0,99}[1-9][0-9]{8,99}|[1-9][0-9.]{9,99})[1-9]")
"""Numbers of so many digits that a model changes each of them, and not too many to be numbers at all."""
_IN_NUMBERS: Final = b"0123456789.-+eE,"
_PLAIN: Final = b"0123456789.-\n"
_LONGEST_PLAIN: Final = 30
"""Characters of a number that is sure to be in the normal range of both binary models."""
_MOST_DIGITS: Final = 9_000
_SURE: Final = 6
"""Significant digits: so many or fewer never change."""
_TOO_MANY: Final = 9
"""More than these always do."""
_ALL_INTEGERS: Final = 2**24
"""Up to here binary32 has every integer."""
_SEVEN_SAFE: Final = b"838"
"""2^23 / 10^6: below it numbers of 7 digits are further apart than those of binary32."""
_ZEROS: Final = b"0000000"
"""What a number of more than 30 characters has in it, unless ten digits or more tell it."""
_LESS_THAN_HALF: Final = 0.499999
_MORE_THAN_HALF: Final = 0.500001
"""Between these two binary64 cannot tell on which side of a half a number is."""
_floats: Final = msgspec.json.Decoder(list[float]).decode
"""Many numbers at once, in a tenth of the time that one after the other takes."""
_read: Final = msgspec.json.Decoder(msgspec.Raw).decode
"""Reads a text for nothing but whether it is JSON."""
_NUMBER_STARTS: Final = frozenset((b"-", *(b"%d" % digit for digit in range(10))))


@frozen
class ColumnOfNumbers:
    """What is found in the values of one member."""

    texts: int = 0
    """How many are strings, each one number."""
    lossy: int = 0
    """How many are numbers that a binary model changes."""
    first_lossy: bytes = b""
    """The first of those."""


def look_at(values: Sequence[bytes | Raw | UnsetType], *, texts: bool, nullable: bool) -> ColumnOfNumbers | None:
    """
    What is found in `values`; None if there is anything else.

    Args:
        values: Each as it is spelled, in the order of the text; those that are absent count for nothing.
        texts: Whether a string that holds a number may stand for one.
        nullable: Whether null may.
    """
    try:
        lines = b"\n".join(values)  # type: ignore[arg-type]  # pyright: ignore - a Raw is as good as bytes
    except TypeError:
        values = [value for value in values if value is not UNSET]
        lines = b"\n".join(values)  # type: ignore[arg-type]  # pyright: ignore - likewise
    if not lines.translate(None, _PLAIN):
        return _numbers(lines, 0) if values else ColumnOfNumbers()
    numbers: list[bytes] = []
    strings: list[bytes] = []
    if lines[:1] == b'"' and texts and _all_texts(lines, len(values)):
        return ColumnOfNumbers(texts=len(values))
    for line in lines.split(b"\n"):
        if line[:1] == b'"':
            strings.append(line)
        elif line != b"null":
            numbers.append(line)
        elif not nullable:
            return None
    if strings and not (texts and _all_texts(b"\n".join(strings), len(strings))):
        return None
    lines = b"\n".join(numbers)
    if not numbers or lines.translate(None, _PLAIN):
        return _one_by_one(numbers, len(strings))
    return _numbers(lines, len(strings))


def _one_by_one(numbers: Iterable[bytes], texts: int) -> ColumnOfNumbers | None:
    """The same of numbers that are not all plain."""
    lossy, first = 0, b""
    for number in numbers:
        changes = is_lossy(number)
        if changes is None:
            return None
        if changes:
            first = first or number
            lossy += 1
    return ColumnOfNumbers(texts, lossy, first)


def _all_texts(lines: bytes, count: int) -> bool:
    """Whether each of `count` lines is a string that holds exactly one number."""
    inner = lines[1:-1].replace(b'"\n"', b",")
    if not inner or inner.translate(None, _IN_NUMBERS) or inner.count(b",") != count - 1:
        return False
    try:
        _read(b"[%b]" % inner)
    except msgspec.DecodeError:
        return False
    return True


def _numbers(lines: bytes, texts: int) -> ColumnOfNumbers | None:
    """The same of numbers without exponent, each on a line."""
    if b"." not in lines and _are_small(lines):
        return ColumnOfNumbers(texts)
    told = [*map(bytes.strip, lines.translate(None, b"-.").split(b"\n"), repeat(b"0"))]
    sizes = [*map(len, told)]
    told_apart = {*sizes}
    least, most = min(told_apart), max(told_apart)
    numbers = lines.split(b"\n")
    if (most > _MOST_DIGITS or _ZEROS in lines) and not _are_normal(numbers, sizes):
        return _one_by_one(numbers, texts)
    if most <= _SURE:
        return ColumnOfNumbers(texts)
    if least > _TOO_MANY:
        return ColumnOfNumbers(texts, len(numbers), numbers[0])
    lossy = [index for index, size in enumerate(sizes) if size > _TOO_MANY] if most > _TOO_MANY else []
    unsure: Sequence[int]
    if _SURE + 1 < least and most <= _TOO_MANY:
        unsure = range(len(told))
    else:
        unsure = [
            index
            for index, size in enumerate(sizes)
            if _SURE < size <= _TOO_MANY and (size > _SURE + 1 or told[index] >= _SEVEN_SAFE)
        ]
    count, first = len(lossy), lossy[0] if lossy else len(told)
    if unsure:
        kept = _kept(unsure, numbers, told)
        count += len(unsure) - len(kept)
        first = min(first, next((index for at, index in enumerate(unsure) if at not in kept), first))
    return ColumnOfNumbers(texts, count, numbers[first]) if count else ColumnOfNumbers(texts)


def _are_small(lines: bytes) -> bool:
    """Whether binary32 has every one of these integers."""
    try:
        values = _floats(b"[%b]" % lines.replace(b"\n", b","))
    except msgspec.MsgspecError:  # one is beyond binary64
        return False
    return max(values) <= _ALL_INTEGERS and min(values) >= -_ALL_INTEGERS


def _are_normal(numbers: list[bytes], sizes: list[int]) -> bool:
    """Whether no number is so long that it may have another fate than its digits tell."""
    return all(
        len(number) <= _LONGEST_PLAIN or _TOO_MANY < size <= len(number) <= _MOST_DIGITS
        for number, size in zip(numbers, sizes, strict=True)
    )


def _kept(unsure: Sequence[int], numbers: list[bytes], told: list[bytes]) -> set[int]:
    """
    Which of these numbers of seven to nine digits come back from binary32, by their positions in `unsure`.

    A number comes back only if it is the nearest of so many digits to its binary32: if both are less than half a unit of
    its last digit apart, which is the number divided by its digits taken as an integer.
    """
    if len(unsure) < len(told):
        numbers, told = [numbers[index] for index in unsure], [told[index] for index in unsure]
    values, wholes = _floats(b"[%b]" % b",".join(numbers)), _floats(b"[%b]" % b",".join(told))
    singles = array("f", values)
    most, least = _MORE_THAN_HALF, -_MORE_THAN_HALF
    apart = [(single - value) * whole / value for value, single, whole in zip(values, singles, wholes, strict=True)]
    near = [at for at, units in enumerate(apart) if least < units < most]
    kept: set[int] = set()
    groups: dict[int, list[int]] = {}
    for at in near:
        groups.setdefault(len(told[at]), []).append(at)
    for size, group in groups.items():
        rounded = array("f", map(singles.__getitem__, group))
        shorter = array("f", _printed(rounded, size - 1))
        kept.update([at for at, single, less in zip(group, rounded, shorter, strict=True) if single != less])
    most, least = _LESS_THAN_HALF, -_LESS_THAN_HALF
    halves = [at for at in kept if not least < apart[at] < most]
    for at in halves:
        if values[at] != float(f"{singles[at]:.{len(told[at])}g}"):
            kept.remove(at)
    return kept


def _printed(singles: array[float], digits: int) -> list[float]:
    """These numbers rounded to so many digits."""
    text = f"%.{digits}g," * len(singles) % tuple(singles)
    return _floats(f"[{text[:-1]}]")


def is_lossy(line: bytes) -> bool | None:
    """Whether a binary model changes this number; None if it is no number, or has no value within the limits."""
    if _NEVER_SAFE.fullmatch(line):
        return True
    if line[:1] not in _NUMBER_STARTS:
        return None
    text = line.decode()
    answer = is_plain_and_lossy(text)
    if answer is None:
        number = Number(text)
        answer = bool(lossy_decimal_models(number)) if number.within_limits else None
    return answer
