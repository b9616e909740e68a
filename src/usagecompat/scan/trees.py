"""
Payloads as trees, whoever parsed them: buckets, results, and the times and numbers in them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from usagecompat.checking import is_mapping, is_sequence, name_of_results
from usagecompat.contract import is_number_text
from usagecompat.findings import Shape
from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.scan.coverage import Seconds

ZERO: Final = Decimal(0)
TOO_LARGE: Final = 10**4_000
"""Counts that are so large are not added: Python prints and reads no integer of more than 4,300 digits."""
NO_START: Final = -1
"""The start of proved results that are in no bucket."""


def member(tree: object, name: str) -> Any:  # noqa: ANN401 - a tree
    """A member of an object; None if it is not there, or there is no object."""
    return tree.get(name) if is_mapping(tree) else None


def items(tree: object) -> list[Any]:
    """The items of an array; none of anything else."""
    return tree if is_sequence(tree) else []


def buckets(tree: Any, shape: Shape, revision: str) -> Iterator[tuple[dict[str, Any] | None, list[Any]]]:  # noqa: ANN401 - a tree
    """The buckets with their results; of a result alone there is no bucket."""
    if shape in {Shape.RESULT, Shape.FLAT}:
        yield None, [tree]
    elif shape is Shape.BUCKET:
        yield tree, items(tree.get(name_of_results(tree, revision)))
    else:
        for bucket in items(tree.get("data")):
            if is_mapping(bucket):
                yield from buckets(bucket, Shape.BUCKET, revision)


def seconds(value: object) -> Seconds | None:
    """A time as a parser leaves it; None for anything else."""
    if type(value) is Number:
        return value.whole
    return value if type(value) is int else None


def integer_of(value: object) -> int | None:
    """A count as it is added; None if it is no integer within the limits."""
    if type(value) is int:
        return value
    if type(value) is Number and value.within_limits and value.is_integer:
        return int(value.decimal)
    return None


def money_of(value: object) -> Decimal | None:
    """An amount as it is added, zero without its exponent; None if it is no number within the limits."""
    if type(value) is str and is_number_text(value):
        value = Number(value)
    if type(value) is int:
        return Decimal(value)
    if type(value) is Number and value.within_limits:
        return value.decimal or ZERO
    return None
