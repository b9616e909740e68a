"""
What the fast route finds in a payload that says what its Structs say.

It counts what live payloads are full of, and explains only the first of each.
Anything else that the exact route would find makes it give up.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import msgspec
from attrs import frozen
from msgspec import UNSET, Raw

from usagecompat.checking.fast.columns import look_at
from usagecompat.checking.rules import LAST_TIME
from usagecompat.checking.spelling import did_you_mean
from usagecompat.checking.wording import explain_lossy, explain_number_text, explain_undeclared
from usagecompat.contract import Tolerance
from usagecompat.findings import Observation, Path, Shape, pattern
from usagecompat.jsontext import (
    INT32_MOST,
    Number,
    lexeme_of,
    lossy_decimal_models,
    lossy_integer_models,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from usagecompat.checking.fast.types import Column, FastRecord, FastTypes
    from usagecompat.contract import Member

EXPLAINED: Final = frozenset({"schema/undeclared-member", "record/lossy-number", "wire/amount-as-string"})
"""The codes that are counted and explained here."""

Node: TypeAlias = object
"""A Struct of a type that was made for a layout, whose attributes nobody but the maker knows."""
Position: TypeAlias = tuple[int, ...]
"""Indexes that sort like the places in the text."""

_members: Final = msgspec.json.Decoder(dict[str, Raw]).decode


class Bucket(Protocol):
    """What every type of a bucket has."""

    start_time: int
    end_time: int
    results: Sequence[object]


class Page(Protocol):
    """What every type of a page has."""

    data: list[Bucket]
    has_more: bool
    next_page: str | None


@frozen
class _Unplaced:
    """Something found in objects of one record: how often, and how to know the first object that has it."""

    code: str
    name: str
    """The wire name of the member that it is about."""
    count: int
    is_in: Callable[[Node], bool]
    explain: Callable[[FastRecord, Node], tuple[str, str]]
    """Message and hint for an object that has it."""


class Findings:
    """One pass over the Structs of one payload: first what is there, then where it is there first."""

    def __init__(self, types: FastTypes) -> None:
        """Begin with nothing found."""
        self._types = types
        self._records = types.records
        self._counts: dict[type[object], list[int]] = {}
        self._with_numbers: dict[type[object], list[Node]] = {}
        self._found: dict[type[object], list[_Unplaced]] = {}

    # -- what is there: False means that the fast route has no answer

    def page(self, page: Page) -> bool:
        """A page, with all that is in it."""
        if page.has_more is not bool(page.next_page):
            return False
        buckets = page.data
        last_end: int | None = None
        arrays: dict[type[object], list[Sequence[object]]] = {}
        for bucket in buckets:
            if last_end is not None and bucket.start_time < last_end:
                return False
            last_end = bucket.end_time
            if not bucket.start_time < last_end <= LAST_TIME:  # no type has times below zero
                return False
            results = bucket.results
            if results:
                arrays.setdefault(type(results[0]), []).append(results)
        if not all(self._results([*chain.from_iterable(some)], some) for some in arrays.values()):
            return False
        return self._counted([page]) and (not buckets or self._counted(buckets)) and self._numbers()

    def bucket(self, bucket: Bucket) -> bool:
        """A bucket, with all that is in it."""
        if not bucket.start_time < bucket.end_time <= LAST_TIME or (
            bucket.results and not self._results(bucket.results)
        ):
            return False
        return self._counted([bucket]) and (not self._with_numbers or self._numbers())

    def result(self, result: object) -> bool:
        """A result by itself."""
        return self._results([result]) and self._numbers()

    def _results(self, results: Sequence[object], arrays: Sequence[Sequence[object]] | None = None) -> bool:
        """The results of one bucket, or of several, each with its array."""
        cls = type(results[0])
        if len(results) > 1 and len({*map(type, results)}) > 1:
            return False
        record = self._records[cls]
        if record.part or record.numbers:
            self._with_numbers.setdefault(cls, []).extend(results)
        counts = self._counts.setdefault(cls, [0] * len(record.columns)) if record.columns else ()
        return record.check(results, counts, arrays)

    def _counted(self, objects: Sequence[Node]) -> bool:
        """Objects of one record, of which nothing is to be checked but what is counted."""
        cls = type(objects[0])
        record = self._records[cls]
        if not record.columns:
            return True
        return record.check(objects, self._counts.setdefault(cls, [0] * len(record.columns)))

    def _numbers(self) -> bool:
        """The numbers that are kept as they are spelled."""
        for cls, objects in self._with_numbers.items():
            record = self._records[cls]
            if not all(self._column(cls, member, objects) for member in record.numbers):
                return False
            if record.part is None:
                continue
            amounts: list[object] = [*map(attrgetter(record.part), objects)]
            if amounts[0] is UNSET or len({*map(type, amounts)}) > 1:
                amounts = [amount for amount in amounts if amount is not UNSET]
                if not amounts:
                    continue
            amount = type(amounts[0])
            if not self._counted(amounts):
                return False
            if not all(self._column(amount, member, amounts) for member in self._records[amount].numbers):
                return False
        return True

    def _column(self, cls: type[object], member: Member, objects: list[Node]) -> bool:
        """One such member of all objects of a record."""
        value = attrgetter(member.attribute)
        text_code = (
            member.deviations[Tolerance.NUMBER_TEXT].code if Tolerance.NUMBER_TEXT in member.deviations else None
        )
        found = look_at([*map(value, objects)], texts=text_code is not None, nullable=member.nullable)
        if found is None:
            return False
        if text_code and found.texts:
            self._found.setdefault(cls, []).append(
                _Unplaced(
                    text_code,
                    member.name,
                    found.texts,
                    lambda o: (raw := value(o)) is not UNSET and bytes(raw)[:1] == b'"',
                    lambda _, o: explain_number_text(bytes(value(o))[1:-1].decode()),
                )
            )
        if found.lossy:
            self._found.setdefault(cls, []).append(
                _Unplaced(
                    "record/lossy-number",
                    member.name,
                    found.lossy,
                    lambda o: (raw := value(o)) is not UNSET and bytes(raw) == found.first_lossy,
                    lambda _, o: _lossy_decimal(bytes(value(o)).decode()),
                )
            )
        return True

    # -- where it is there first

    def observations(self, root: Node, shape: Shape) -> tuple[tuple[Observation, int], ...]:
        """Each finding's first place and its count, in document order."""
        if not self._counts and not self._found:
            return ()
        for cls, counts in self._counts.items():
            if any(counts):
                columns = self._records[cls].columns
                self._found.setdefault(cls, []).extend(map(self._unplaced, columns, counts))
        wanted = {cls: [one for one in left if one.count] for cls, left in self._found.items()}
        wanted = {cls: left for cls, left in wanted.items() if left}
        if not wanted:
            return ()
        found: dict[tuple[str, Path], tuple[Position, Observation, int]] = {}
        for node, path, position in self._places(root, shape):
            cls = type(node)
            left = wanted.get(cls)
            if left is None:
                continue
            record = self._records[cls]
            for one in [one for one in left if one.is_in(node)]:
                left.remove(one)
                place = (*path, one.name)
                key = (one.code, pattern(place))
                if key in found:
                    where, first, count = found[key]
                    found[key] = where, first, count + one.count
                else:
                    observation = Observation(one.code, place, *one.explain(record, node))
                    found[key] = (*position, record.order[one.name]), observation, one.count
            if not left:
                del wanted[cls]
                if not wanted:
                    break
        return tuple((observation, count) for _, observation, count in sorted(found.values(), key=lambda one: one[0]))

    def _unplaced(self, column: Column, count: int) -> _Unplaced:
        value = attrgetter(column.attribute)
        if column.code == "schema/undeclared-member":

            def explain(record: FastRecord, node: Node) -> tuple[str, str]:
                there = _members(msgspec.json.encode(node))
                return explain_undeclared(self._types.contract, record.shape, column.name, there.keys(), did_you_mean)

            return _Unplaced(column.code, column.name, count, lambda o: value(o) is not UNSET, explain)
        return _Unplaced(
            column.code,
            column.name,
            count,
            lambda o: type(value(o)) is int and value(o) > INT32_MOST,
            lambda _, o: _lossy_integer(value(o)),
        )

    def _places(
        self, node: Node, shape: Shape, path: Path = (), at: Position = ()
    ) -> Iterator[tuple[Node, Path, Position]]:
        """Each object with its path and its position among all values, in document order of objects."""
        yield node, path, at
        record = self._records[type(node)]
        items = {Shape.PAGE: ("data", Shape.BUCKET), Shape.BUCKET: ("results", Shape.RESULT)}.get(shape)
        if items is not None:
            attribute, inner = items
            name = next(name for name, member in record.shape.members.items() if member.attribute == attribute)
            for index, item in enumerate(getattr(node, attribute)):
                yield from self._places(item, inner, (*path, name, index), (*at, record.order[name], index))
        elif record.part is not None and (part := getattr(node, record.part)) is not UNSET:
            yield part, (*path, record.part), (*at, record.order[record.part])


def _lossy_decimal(text: str) -> tuple[str, str]:
    number = Number(text)
    return explain_lossy(lossy_decimal_models(number), number)


def _lossy_integer(value: int) -> tuple[str, str]:
    number = Number(lexeme_of(value))
    return explain_lossy(lossy_integer_models(number), number)
