"""
Pages as a probe sees them: buckets in time, and exact sums of what their results hold.

Amounts are added as fractions: neither binary floating point nor a context's precision takes part.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from usagecompat.contract import Count, is_number_text
from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from usagecompat.contract import RecordShape
    from usagecompat.jsontext import Tree

Sums: TypeAlias = "dict[str, Fraction]"
"""The sum of each count and of the amounts of each currency; what is zero is left out."""

_SHORT: Final = 20
"""A count of no more digits is added as an integer, many times faster than as a fraction."""

Key: TypeAlias = "str | bool | None"
Group: TypeAlias = "tuple[Key, ...]"
Result: TypeAlias = "Mapping[str, Tree]"


@frozen
class Bucket:
    """A stretch of time with the results of the kind that was asked for."""

    start: int
    end: int
    results: tuple[Result, ...]


@frozen
class Page:
    """A page whose buckets could be read."""

    buckets: tuple[Bucket, ...]
    has_more: bool
    cursor: str | None
    query: str
    """The query that it answers."""


def read_page(tree: Tree, kind: str, query: str) -> Page | None:
    """The page that a checked document is; None if it is none."""
    if not isinstance(tree, dict) or not isinstance(data := tree.get("data"), list):
        return None
    buckets: list[Bucket] = []
    for item in data:
        if not isinstance(item, dict):
            return None
        start, end = _second(item.get("start_time")), _second(item.get("end_time"))
        results = item.get("results", item.get("result"))
        if start is None or end is None or not isinstance(results, list):
            return None
        ours = tuple(one for one in results if isinstance(one, dict) and one.get("object") == kind)
        buckets.append(Bucket(start, end, ours))
    cursor = tree.get("next_page")
    return Page(
        tuple(buckets), tree.get("has_more") is True, cursor if isinstance(cursor, str) and cursor else None, query
    )


def _second(value: Tree) -> int | None:
    if not isinstance(value, Number):
        return None
    whole = value.whole
    return whole if isinstance(whole, int) else None


def sums_of(results: Iterable[Result], shape: RecordShape) -> Sums:
    """What some results hold together."""
    sums: Sums = {}
    wholes: dict[str, int] = {}
    for result in results:
        for name, value in result.items():
            member = shape.members.get(name)
            if member is None:
                continue
            if isinstance(member.marker, Count):
                if isinstance(value, Number) and value.lexeme.isdecimal() and len(value.lexeme) <= _SHORT:
                    wholes[name] = wholes.get(name, 0) + int(value.lexeme)
                else:
                    _add(sums, name, value)
            elif member.attribute == "amount" and isinstance(value, dict):
                _add(sums, f"amount in {value.get('currency')}", value.get("value"))
    for name, whole in wholes.items():
        sums[name] = sums.get(name, Fraction()) + whole
    return {name: value for name, value in sums.items() if value}


def _add(sums: Sums, name: str, value: Tree) -> None:
    exact = _fraction(value)
    if exact:
        sums[name] = sums.get(name, Fraction()) + exact


def _fraction(value: Tree) -> Fraction:
    if isinstance(value, str) and is_number_text(value):
        value = Number(value)
    if not isinstance(value, Number) or not value.within_limits:
        return Fraction()
    decimal: Decimal = value.decimal
    return Fraction(decimal) if decimal else Fraction()


def group_of_result(result: Result, keys: Sequence[str]) -> Group:
    """The values of some group keys; None for what is absent or null."""
    return tuple(_key(result.get(key)) for key in keys)


def _key(value: Tree) -> Key:
    return value if isinstance(value, (str, bool)) else None


def groups_of(bucket: Bucket, keys: Sequence[str], shape: RecordShape) -> dict[Group, Sums]:
    """The sums of each group of a bucket, groups of which nothing is left out."""
    by_group: dict[Group, list[Result]] = {}
    for result in bucket.results:
        by_group.setdefault(group_of_result(result, keys), []).append(result)
    summed = {group: sums_of(results, shape) for group, results in by_group.items()}
    return {group: sums for group, sums in summed.items() if sums}


def added(many: Iterable[Sums]) -> Sums:
    """All sums together."""
    total: Sums = {}
    for sums in many:
        for name, value in sums.items():
            total[name] = total.get(name, Fraction()) + value
    return {name: value for name, value in total.items() if value}


def difference(one: Sums, other: Sums) -> str:
    """The first thing that two sums differ in, in words; empty if they are equal."""
    for name in sorted({*one, *other}):
        here, there = one.get(name, Fraction()), other.get(name, Fraction())
        if here != there:
            return f"{name} is {spelled(here)} on one side and {spelled(there)} on the other"
    return ""


def nearly(one: Sums, other: Sums) -> bool:
    """Whether sums differ by so little that floating point explains it."""
    return all(
        abs(one.get(name, Fraction()) - other.get(name, Fraction()))
        <= abs(one.get(name, Fraction())) / 10**_FLOAT_DIGITS
        for name in {*one, *other}
    )


_FLOAT_DIGITS: Final = 12


def spelled(value: Fraction) -> str:
    """A number in digits, cut where it gets long."""
    if value.denominator == 1:
        text = str(value.numerator) if abs(value.numerator) < 10**60 else f"about {float(value):.6g}"
    else:
        scaled, rest = divmod(abs(value.numerator) * 10**40, value.denominator)
        digits = str(scaled).rjust(41, "0")
        text = f"{'-' if value < 0 else ''}{digits[:-40]}.{digits[-40:].rstrip('0') or '0'}{'…' if rest else ''}"
    return text


def in_query(value: object) -> str:
    """The value of a group as a query has it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
