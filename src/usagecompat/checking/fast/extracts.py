"""
One result of each sort from a payload that was proved, as a short payload of its own.

What published revisions say of a proved result depends on which members it has and on the types of their values.
So two results of which these are the same need not both be read to tell how the payload fits other revisions.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from attrs import frozen
from msgspec import UNSET, Raw

from usagecompat.checking.sums import SUM_RULES, SumRule
from usagecompat.contract import JsonType, declared_since
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagecompat.checking.fast.types import FastRecord
    from usagecompat.findings import Path

Place = TypeVar("Place")

_encode: Final = msgspec.json.Encoder().encode


@frozen
class FastExtract:
    """A short payload, and where its buckets and results stand in the whole one."""

    _left: object
    shape: Shape
    sorts: tuple[object, ...]
    """What tells this from other extracts: those of the same sorts at the same places fit revisions alike."""
    buckets: tuple[int, ...] = ()
    results: tuple[tuple[int, ...], ...] = ()
    """The indexes of the results of each bucket that is left."""

    @property
    def payload(self) -> bytes:
        """The short payload."""
        return _encode(self._left)

    def whole(self, path: Path) -> Path:
        """Where in the whole payload something is."""
        if self.shape is Shape.PAGE and len(path) > 1 and type(path[1]) is int:
            return (path[0], self.buckets[path[1]], *_moved(path[2:], self.results[path[1]]))
        return _moved(path, self.results[0]) if self.shape is Shape.BUCKET else path


def _moved(path: Path, results: tuple[int, ...]) -> Path:
    return (path[0], results[path[1]], *path[2:]) if len(path) > 1 and type(path[1]) is int else path


def extract(records: Mapping[type[object], FastRecord], value: Any, shape: Shape) -> FastExtract | None:  # noqa: ANN401 - a Struct
    """
    One result of each sort, and the buckets that hold one; None if more than its sort decides about a result.

    Args:
        records: The records of the types into which `value` was decoded.
        value: A proved payload.
        shape: What it is.
    """
    buckets: list[Any] = value.data if shape is Shape.PAGE else [value]
    root = _states([value], records)
    if shape is Shape.RESULT:
        return FastExtract(value, shape, (_class(value), *root)) if root is not None else None
    states = [None] if shape is Shape.BUCKET else _states(buckets, records)
    if states is None or root is None:
        return None
    results = [result for bucket in buckets for result in bucket.results]
    starts = [0, *accumulate(len(bucket.results) for bucket in buckets)]
    classes = list(map(type, results))
    kept: list[list[int]] = [[] for _ in buckets]
    told: dict[int, object] = {}
    for cls in {*classes}:
        places = [place for place, one in enumerate(classes) if one is cls]
        sorts = _states([results[place] for place in places], records)
        if sorts is None:
            return None
        for place, sort in _firsts(sorts, [*zip(places, sorts, strict=True)]):
            index = bisect_right(starts, place) - 1
            kept[index].append(place - starts[index])
            told[place] = cls, sort
    new = {*_firsts(states, range(len(buckets)))}
    left = [index for index in range(len(buckets)) if index in new or kept[index]]
    short = [
        msgspec.structs.replace(bucket, results=[bucket.results[place] for place in sorted(kept[index])])
        for index, bucket in ((index, buckets[index]) for index in left)
    ]
    return FastExtract(
        msgspec.structs.replace(value, data=short) if shape is Shape.PAGE else short[0],
        shape,
        (
            _class(value),
            *root,
            *(states[index] for index in left),
            *(told[place] for place in sorted(told)),
        ),
        tuple(left),
        tuple(tuple(sorted(kept[index])) for index in left),
    )


def _firsts(states: Sequence[object], places: Sequence[Place]) -> list[Place]:
    """The first place of each state."""
    first: dict[object, Place] = dict(zip(reversed(states), reversed(places), strict=True))
    return list(first.values())


def _states(nodes: Sequence[Any], records: Mapping[type[object], FastRecord]) -> Sequence[object] | None:
    """What tells the sort of each of these objects, all of one record; None if the values decide, too."""
    if not nodes:
        return []
    record = records[_class(nodes[0])]
    members = record.shape.members
    columns: list[Iterable[object]] = []
    for column in record.columns:
        if column.code == "schema/undeclared-member":
            if declared_since(record.shape.name, column.name) is not None:
                return None
            columns.append(map(type, map(attrgetter(column.attribute), nodes)))
    for member in members.values():
        if member.const is not None or member.type is JsonType.ARRAY:
            continue
        values = map(attrgetter(member.attribute), nodes)
        if member in record.numbers:
            raws = list(values)
            text = b"".join(raw for raw in raws if raw is not UNSET)
            columns.append(map(_first if b'"' in text or b"n" in text else type, raws))
        elif member.values is not None and member.values.closed:
            columns.append(values)
        else:
            columns.append(map(type, values))
    unclear = [rule for rule in SUM_RULES if rule.on_top and members.keys() >= {rule.on_top, *rule.terms}]
    columns += ([_holds(rule, node, members) for node in nodes] for rule in unclear)
    if record.part is not None:
        parts = list(map(attrgetter(record.part), nodes))
        of_parts = _states([part for part in parts if part is not UNSET], records)
        if of_parts is None:
            return None
        found = iter(of_parts)
        columns.append([None if part is UNSET else next(found) for part in parts])
    return [*zip(*columns, strict=True)]


def _first(raw: object) -> bytes | None:
    """Whether a number that is kept as it is spelled is a string, null, or not there."""
    if not isinstance(raw, Raw):
        return None
    first = bytes(raw)[:1]
    return first if first in b'"n' else b"0"


def _holds(rule: SumRule, node: Any, members: Any) -> object:  # noqa: ANN401 - a Struct
    """Whether a part is on top of a sum that fits, where revisions differ in that; otherwise it is inside."""
    counts = {
        name: value
        for name in (rule.total, *rule.parts, rule.on_top)
        if type(value := getattr(node, members[name].attribute)) is int
    }
    more = counts.get(rule.on_top)
    if not more or len(counts) < len(rule.parts) + 2:
        return None
    return counts[rule.total] - sum(counts[name] for name in rule.parts) == more


def _class(value: object) -> type[object]:
    return type(value)
