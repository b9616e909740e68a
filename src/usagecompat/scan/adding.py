"""
Results on their way into totals: many proved ones at once, or one tree after the other.

Of proved results, which are the fast route's Structs, the counts of each are one long integer with a lane for each of them:
adding such integers adds all counts, whatever order the days and groups come in.
What is not plain there (an exponent, an amount that is absent) is added one by one, as results of trees are.
"""

from __future__ import annotations

import struct
from collections import Counter
from decimal import Decimal, localcontext
from itertools import starmap
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from attrs import define, field, frozen
from msgspec import UNSET

from usagecompat.checking import is_mapping
from usagecompat.contract import Count, contract, is_kind
from usagecompat.jsontext import Number, read
from usagecompat.scan.coverage import DAY
from usagecompat.scan.summary import NO_KIND, UNKNOWN_KIND
from usagecompat.scan.totals import EXACT, LONGEST_GROUP, REST, Group, Key, Sum, Totals
from usagecompat.scan.trees import TOO_LARGE, ZERO, buckets, integer_of, member, money_of, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from usagecompat.findings import Shape
    from usagecompat.scan.coverage import Seconds

_FIRST_DAY: Final = 10_957
"""2000-01-01."""
_LAST_DAY: Final = 47_482
"""2100-01-01, which is none of them any more."""
_AT_ONCE: Final = 60
"""So many results are added together: few enough to be still at hand, many enough to share what that costs."""
_MANY: Final = 10_000
"""So many sums are settled, of which few groups may be kept."""
_LONGEST_PLAIN: Final = 60
_FEW: Final = 8
_NOT_DIGITS: Final = b'.-\n"'
_ABSENT: Final = (None, UNSET)
_encode: Final = msgspec.json.Encoder().encode
_parse: Final = msgspec.json.Decoder(float_hook=Number).decode
_money: Final = attrgetter("amount.value", "amount.currency")

Place: TypeAlias = "int | tuple[int, Group]"
"""The day of a proved result, and its group if there are any."""


@define
class _Sum:
    """A sum that grows."""

    columns: list[int]
    """What the members of the kind add up to."""
    present: set[int] = field(factory=set[int])
    """Which of these members there were."""
    results: int = 0
    not_added: int = 0
    money: dict[str, Decimal] = field(factory=dict[str, Decimal])


@frozen
class _Lanes:
    """Adds up the same counts of many results."""

    indexes: tuple[int, ...]
    """Which members of the kind are in each result."""
    is_wide: bool
    """Whether a count may have 8 bytes and a sum 16, or half of that; no sum of so many results runs over."""
    rows: Callable[[Iterable[Any]], Iterable[tuple[Any, ...]]] = field(eq=False)
    """These members of results."""
    others: Callable[[Iterable[Any]], Iterable[tuple[Any, ...]]] = field(eq=False)
    """The other counts of results, which have to be absent."""
    pack: Callable[..., bytes] = field(eq=False)

    @classmethod
    def of(cls, attributes: Sequence[str], indexes: Iterable[int], *, wide: bool) -> _Lanes:
        """For these of all the counts of a kind."""
        inside = (*indexes,)
        rest = [index for index in range(len(attributes)) if index not in inside]
        inner, outer = (_rows_of([attributes[index] for index in some]) for some in (inside, rest))
        lanes = struct.Struct(">" + ("8xQ" if wide else "4xI") * len(inside))
        return cls(inside, wide, inner, outer, lanes.pack)

    def are_all_of(self, results: Sequence[Any]) -> bool:
        """Whether the results have no other counts than these."""
        others = {*self.others(results)}
        return len(others) <= _FEW and all(value in _ABSENT for row in others for value in row)

    def packed(self, results: Sequence[Any]) -> Sequence[int] | None:
        """The lanes of each result; None if one of these counts is absent or too large."""
        if not self.indexes:
            return ()
        try:
            return [*map(int.from_bytes, starmap(self.pack, self.rows(results)))]
        except struct.error:
            return None

    def sums(self, packed: int) -> Sequence[int]:
        """What each member adds up to."""
        size = len(self.indexes)
        if not self.is_wide:
            return struct.unpack(f">{size}Q", packed.to_bytes(8 * size, "big"))
        data = packed.to_bytes(16 * size, "big")
        return [int.from_bytes(data[at : at + 16], "big") for at in range(0, 16 * size, 16)]


def _rows_of(attributes: Sequence[str]) -> Callable[[Iterable[Any]], Iterable[tuple[Any, ...]]]:
    """Reads these attributes of many objects."""
    if not attributes:
        return lambda _: ()
    get = attrgetter(*attributes)
    return (lambda results: map(get, results)) if len(attributes) > 1 else (lambda results: zip(map(get, results)))


@define
class _Proved:
    """Proved results of one kind, added up."""

    lanes: _Lanes | None = None
    """For the counts that the results had last."""
    results: Counter[Place] = field(factory=Counter["Place"])
    counts: dict[_Lanes, dict[Place, int]] = field(factory=dict["_Lanes", "dict[Place, int]"])
    """Counts that are together in results."""
    partial: dict[int, dict[Place, int]] = field(factory=dict[int, "dict[Place, int]"])
    """Counts that are in some of the results that are added together, by their indexes."""
    money: dict[str, dict[Place, Decimal]] = field(factory=dict[str, "dict[Place, Decimal]"])
    """By currency."""

    def add_counts(
        self, places: Sequence[Place], lanes: _Lanes, packed: Sequence[int], partial: Mapping[int, Sequence[object]]
    ) -> None:
        """Add the counts of results, each of which is in its place."""
        if packed:
            sums = self.counts.setdefault(lanes, {})
            so_far = sums.get
            for place, value in zip(places, packed, strict=True):
                sums[place] = so_far(place, 0) + value
        for index, column in partial.items():
            sums = self.partial.setdefault(index, {})
            for place, count in zip(places, column, strict=True):
                if type(count) is int:
                    sums[place] = sums.get(place, 0) + count

    def sums(self, names: Sequence[str]) -> Iterator[tuple[Place, Sum]]:
        """What the results of each place came to; `names` are those of all counts of the kind."""
        counts: dict[Place, dict[str, int]] = {}
        money: dict[Place, dict[str, Decimal]] = {}
        for lanes, packed in self.counts.items():
            inside = [names[index] for index in lanes.indexes]
            for place, value in packed.items():
                told = dict(zip(inside, lanes.sums(value), strict=True))
                counts[place] = _together(counts[place], told) if place in counts else told
        for index, some in self.partial.items():
            for place, count in some.items():
                counts[place] = _together(counts.get(place, {}), {names[index]: count})
        for currency, paid in self.money.items():
            for place, amount in paid.items():
                money.setdefault(place, {})[currency] = amount
        for place, number in self.results.items():
            yield place, Sum(number, 0, counts.get(place, {}), money.get(place, {}))

    def add_money(self, places: Sequence[Place], currencies: Sequence[str], amounts: Sequence[Decimal]) -> None:
        """Add what is paid in results, each of which is in its place."""
        with localcontext(EXACT):
            for currency in {*currencies}:
                paid = self.money.setdefault(currency, {})
                so_far = paid.get
                for place, named, amount in zip(places, currencies, amounts, strict=True):
                    if named == currency:
                        paid[place] = so_far(place, ZERO) + amount


def _together(some: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    return some | {name: some.get(name, 0) + count for name, count in others.items()}


class Adder:
    """Adds results up."""

    def __init__(self, revision: str, by: str | None = None) -> None:
        """Begin with none; group them by the member `by`."""
        self._revision = revision
        self._by = by
        self._kinds = contract(revision).kinds
        self._names = {
            kind: tuple(
                (name, m.attribute, m.former_name) for name, m in shape.members.items() if isinstance(m.marker, Count)
            )
            for kind, shape in self._kinds.items()
        }
        self._settled = Totals({}, by)
        self._sums: dict[Key, _Sum] = {}
        self._proved: dict[str, _Proved] = {}
        self._waiting: dict[str, tuple[list[int], list[Any]]] = {}
        """Starts and results by kind, which are added together once there are some."""

    def totals(self) -> Totals:
        """What there is so far."""
        for kind in [*self._waiting]:
            self._flush(kind)
        for kind in [*self._proved]:
            self._settle(kind)
        self._settle_trees()
        return self._settled.limited()

    def _sum(self, day: Seconds | None, kind: str, group: Group) -> _Sum:
        key = _day(day), kind, group
        found = self._sums.get(key)
        if found is None:
            if len(self._sums) >= _MANY:
                self._settle_trees()
            found = self._sums[key] = _Sum([0] * len(self._names.get(kind, ())))
        return found

    def _settle_trees(self) -> None:
        """Take what results of trees came to, of which few groups may be kept in the end."""
        sums: dict[Key, Sum] = {}
        for key, one in self._sums.items():
            names = self._names.get(key[1], ())
            counts = {names[index][1]: one.columns[index] for index in one.present}
            sums[key] = Sum(one.results, one.not_added, counts, one.money)
        self._sums = {}
        self._settled += Totals(sums, self._by)

    # -- trees

    def add(self, tree: Any, shape: Shape) -> None:  # noqa: ANN401 - a tree
        """Every result of a payload."""
        for bucket, results in buckets(tree, shape, self._revision):
            start = seconds(bucket.get("start_time")) if bucket else None
            # A time beyond the years that have a day can be too large to be divided at all.
            day = start // DAY if start is not None and _FIRST_DAY * DAY <= start < _LAST_DAY * DAY else None
            for result in results:
                self._add(result, day)

    def _add(self, result: Any, day: Seconds | None) -> None:  # noqa: ANN401 - a tree
        tag = member(result, "object")
        kind = NO_KIND
        if type(tag) is str and is_kind(tag) is not None:
            kind = tag if tag in self._kinds else UNKNOWN_KIND
        one = self._sum(day, kind, self._group(member(result, self._by)) if self._by else None)
        one.results += 1
        if kind not in self._kinds:
            one.not_added += 1
            return
        is_added = True
        for index, (name, attribute, former) in enumerate(self._names[kind]):
            value = result.get(name)
            if value is None and name != attribute:
                value = result.get(attribute)
            if value is None and former is not None:
                value = result.get(former)
            if value is None:
                continue
            count = integer_of(value)
            if count is None or abs(count) >= TOO_LARGE:
                is_added = False
            else:
                one.columns[index] += count
                one.present.add(index)
        if "amount" in self._kinds[kind].members:
            amount = result.get("amount")
            value, currency = (
                (money_of(amount.get("value")), amount.get("currency")) if is_mapping(amount) else (None, None)
            )
            if value is None or type(currency) is not str or len(currency) > LONGEST_GROUP:
                is_added = False
            else:
                one.money[currency] = EXACT.add(one.money.get(currency, ZERO), value)
        one.not_added += not is_added

    def _group(self, value: object) -> Group:
        if value is None or value is UNSET:
            return None
        if type(value) is str:
            return value if len(value) <= LONGEST_GROUP else REST
        return str(value).lower() if type(value) is bool else REST

    # -- proved results

    def add_all(self, kind: str, starts: Sequence[int], results: Sequence[Any]) -> None:
        """Proved results, each with the start of its bucket, all of one kind and one Struct."""
        waiting = self._waiting.get(kind)
        if waiting is None:
            waiting = self._waiting[kind] = ([], [])
        waiting[0].extend(starts)
        waiting[1].extend(results)
        if len(waiting[0]) >= _AT_ONCE:
            self._flush(kind)

    def _flush(self, kind: str) -> None:
        """Add up what waits for others of its kind."""
        starts, results = self._waiting.pop(kind)
        shape = self._kinds[kind]
        days = [start // DAY for start in starts]
        places: Sequence[Place] = days
        if self._by is not None:
            attribute = shape.members[self._by].attribute if self._by in shape.members else None
            if attribute is None:  # it may be an undeclared member, which trees know by name
                self._one_by_one(results, days)
                return
            places = [*zip(days, map(self._group, map(attrgetter(attribute), results)), strict=True)]
        proved = self._proved.get(kind)
        if proved is None:
            proved = self._proved[kind] = _Proved()
        counts = self._counts(proved, kind, results)
        has_amounts = "amount" in shape.members
        amounts = self._amounts(results) if has_amounts else None
        if counts is None or (has_amounts and amounts is None):
            self._one_by_one(results, days)
            return
        proved.results.update(places)
        proved.add_counts(places, *counts)
        if amounts is not None:
            proved.add_money(places, *amounts)
        if len(proved.results) > _MANY:
            self._settle(kind)

    def _one_by_one(self, results: Sequence[Any], days: Sequence[int]) -> None:
        for result, day in zip(results, days, strict=True):
            self._add(_tree(_encode(result)), day)

    def _counts(
        self, proved: _Proved, kind: str, results: Sequence[Any]
    ) -> tuple[_Lanes, Sequence[int], Mapping[int, Sequence[object]]] | None:
        """The lanes of each result, and the members that only some have; None if a count is too large for a lane."""
        lanes = proved.lanes
        packed = lanes.packed(results) if lanes and lanes.are_all_of(results) else None
        if lanes and packed is not None:
            return lanes, packed, {}
        attributes = [attribute for _, attribute, _ in self._names[kind]]
        columns = [*zip(*_rows_of(attributes)(results), strict=True)]
        types = [{*map(type, column)} for column in columns]
        full = [at for at, some in enumerate(types) if some == {int}]
        partial = {at: columns[at] for at, some in enumerate(types) if int in some and some != {int}}
        if any(type(count) is int and count >= TOO_LARGE for column in partial.values() for count in column):
            return None
        for wide in (False, True):
            lanes = _Lanes.of(attributes, full, wide=wide)
            packed = lanes.packed(results)
            if packed is not None:
                proved.lanes = lanes
                return lanes, packed, partial
        return None

    def _amounts(self, results: Sequence[Any]) -> tuple[list[str], list[Decimal]] | None:
        """Currencies and amounts of costs; None if one is no sum of money."""
        try:
            rows = [*map(_money, results)]
            lines = b"\n".join(map(itemgetter(0), rows))
        except (AttributeError, TypeError):
            return None
        currencies = [*map(itemgetter(1), rows)]
        if not all(type(name) is str and len(name) <= LONGEST_GROUP for name in {*currencies}):
            return None
        texts = lines.decode().replace('"', "").split("\n")
        if lines.translate(None, _NOT_DIGITS).isdigit() and max(map(len, texts)) <= _LONGEST_PLAIN:
            values = [*map(Decimal, texts)]
            return currencies, values if all(values) else [value or ZERO for value in values]
        found = [money_of(_tree(line)) for line in lines.split(b"\n")]
        amounts = [amount for amount in found if amount is not None]
        return (currencies, amounts) if len(amounts) == len(found) else None

    def _settle(self, kind: str) -> None:
        """Take what proved results of a kind came to."""
        names = [attribute for _, attribute, _ in self._names[kind]]
        sums: dict[Key, Sum] = {}
        for place, one in self._proved.pop(kind).sums(names):
            day, group = place if isinstance(place, tuple) else (place, None)
            key = _day(day), kind, group
            sums[key] = sums[key] + one if key in sums else one
        self._settled += Totals(sums, self._by)


def _tree(data: bytes) -> Any:  # noqa: ANN401 - a tree
    """A proved text as a tree; one with a number of very many digits by the exact reader, which takes it."""
    try:
        return _parse(data)
    except msgspec.ValidationError:
        return read(data).value


def _day(number: Seconds | None) -> int | None:
    """A day that is told apart from others."""
    return int(number) if number is not None and _FIRST_DAY <= number < _LAST_DAY else None
