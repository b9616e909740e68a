"""
Members that no revision declares, in payloads that the fast route has proved: how many there are, and when first.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from usagecompat.findings import Shape
from usagecompat.scan.undeclared import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.checking.fast import FastTypes
    from usagecompat.scan.coverage import Seconds
    from usagecompat.scan.unpublished import Finder


def date_buckets(
    types: FastTypes, buckets: Sequence[Any], results: Sequence[Any], starts: Sequence[Seconds | None], finder: Finder
) -> None:
    """Count such members of buckets and of their results, one of each, all results of one kind and none with amounts that have any."""
    _count(types, results, starts, finder)
    _count(types, buckets, starts, finder)


def _count(types: FastTypes, objects: Sequence[Any], starts: Sequence[Seconds | None], finder: Finder) -> None:
    """Count such members of objects of one record."""
    kept = types.records[type(objects[0])]
    for column in kept.columns:
        if column.code == UNDECLARED and not finder.is_published(kept.shape.name, column.name):
            value = attrgetter(column.attribute)
            there = [start for one, start in zip(objects, starts, strict=True) if value(one) is not UNSET]
            if there:
                finder.add(f"{kept.shape.name}/{column.name}", len(there), there)


def date_payload(types: FastTypes, value: Any, shape: Shape, finder: Finder) -> None:  # noqa: ANN401 - a Struct
    """Count such members of one payload."""
    objects: dict[type[object], tuple[list[Any], list[Seconds | None]]] = {}

    def put(one: object, start: Seconds | None) -> None:
        there, times = objects.setdefault(type(one), ([], []))
        there.append(one)
        times.append(start)

    def put_result(result: Any, start: Seconds | None) -> None:  # noqa: ANN401 - a Struct
        put(result, start)
        part = types.records[type(result)].part
        if part is not None and (amount := getattr(result, part)) is not UNSET:
            put(amount, start)

    if shape is Shape.RESULT:
        put_result(value, None)
    else:
        buckets = value.data if shape is Shape.PAGE else [value]
        if shape is Shape.PAGE:
            put(value, buckets[0].start_time if buckets else None)
        for bucket in buckets:
            put(bucket, bucket.start_time)
            for result in bucket.results:
                put_result(result, bucket.start_time)
    for there, times in objects.values():
        _count(types, there, times, finder)
