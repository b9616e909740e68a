"""
Results on their way into totals: whole columns of a block at once, or one tree after the other.

A block of lines has its results as the fast route's Structs, and all that is added of a member is added together.
What is not plain there (an exponent, an amount that is absent) is added one by one, as results of trees are.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import accumulate, pairwise
from operator import add, attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import Factory, define, field, frozen
from msgspec import UNSET

from usagecompat.contract import Count, contract, is_kind
from usagecompat.jsontext import Number
from usagecompat.scan.coverage import DAY
from usagecompat.scan.revision_fit import is_object
from usagecompat.scan.summary import NO_KIND, UNKNOWN_KIND
from usagecompat.scan.totals import EXACT, LONGEST_GROUP, MOST_GROUPS, REST, Group, Key, Sum, Totals
from usagecompat.scan.trees import ZERO, buckets, integer_of, member, money_of, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.findings import Shape
    from usagecompat.scan.coverage import Seconds

_FIRST_DAY: Final = 10_957
"""2000-01-01."""
_LAST_DAY: Final = 47_482
"""2100-01-01, which is none of them any more."""
_AT_ONCE: Final = 2_000
_SHORT: Final = 4
_MANY_GROUPS: Final = 10_000
_LONGEST_PLAIN: Final = 60
_encode: Final = msgspec.json.Encoder().encode
_parse: Final = msgspec.json.Decoder(float_hook=Number).decode


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
class _Columns:
    """What is added of some results, column by column; each with the number of its member."""

    full: list[tuple[int, Sequence[int]]]
    """Members that are in each result."""
    partial: list[tuple[int, Sequence[int]]]
    """Members that are in some, -1 where they are not."""
    indexes: frozenset[int] = field(
        default=Factory(lambda self: frozenset(index for index, _ in self.full), takes_self=True)
    )
    """Those that are in each."""

    def ordered(self, order: list[int]) -> _Columns:
        """The same with the results in another order."""
        full, partial = (
            [(index, [column[at] for at in order]) for index, column in columns]
            for columns in (self.full, self.partial)
        )
        return _Columns([*full], [*partial])


@frozen
class _Amounts:
    """What is paid in some results."""

    currencies: list[str]
    values: list[Decimal]
    is_plain: bool
    """Whether there is one currency alone, and no amount is zero, of which the exponent must not count."""

    def ordered(self, order: list[int]) -> _Amounts:
        """The same in another order."""
        return _Amounts([self.currencies[at] for at in order], [self.values[at] for at in order], self.is_plain)


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
        self._getters: dict[str, Callable[[Any], Any]] = {
            kind: attrgetter(*(attribute for _, attribute, _ in names)) if len(names) > 1 else _one(names)
            for kind, names in self._names.items()
            if names
        }
        self._sums: dict[Key, _Sum] = {}
        self._limit_at = _MANY_GROUPS
        """Beyond so many sums it is looked which groups can be put together."""
        self._waiting: dict[str, tuple[list[int], list[Any]]] = {}
        """Starts and results by kind, which are added together once there are many."""

    def totals(self) -> Totals:
        """What there is so far."""
        for kind in [*self._waiting]:
            self._flush(kind)
        sums: dict[Key, Sum] = {}
        for key, one in self._sums.items():
            names = self._names.get(key[1], ())
            counts = {names[index][1]: one.columns[index] for index in one.present}
            sums[key] = Sum(one.results, one.not_added, counts, one.money)
        return Totals(sums, self._by).limited()

    def _sum(self, day: Seconds | None, kind: str, group: Group) -> _Sum:
        number = int(day) if day is not None and _FIRST_DAY <= day < _LAST_DAY else None
        key = number, kind, group
        found = self._sums.get(key)
        if found is None:
            if group is not None and len(self._sums) > self._limit_at:
                self._limit()
            found = self._sums.setdefault(key, _Sum([0] * len(self._names.get(kind, ()))))
        return found

    def _limit(self) -> None:
        """Put groups together that are not told apart in the end, once there are many."""
        names = sorted({group for _, _, group in self._sums if isinstance(group, str)})[MOST_GROUPS:]
        gone: set[Group] = {*names}
        for key in [key for key in self._sums if key[2] in gone]:
            one = self._sums.pop(key)
            rest = self._sums.setdefault((key[0], key[1], REST), _Sum([0] * len(one.columns)))
            rest.columns = [*map(add, rest.columns, one.columns)]
            rest.present |= one.present
            rest.results += one.results
            rest.not_added += one.not_added
            for currency, amount in one.money.items():
                rest.money[currency] = EXACT.add(rest.money.get(currency, ZERO), amount)
        self._limit_at = max(_MANY_GROUPS, 2 * len(self._sums))

    # -- trees

    def add(self, tree: Any, shape: Shape) -> None:  # noqa: ANN401 - a tree
        """Every result of a payload."""
        for bucket, results in buckets(tree, shape, self._revision):
            start = seconds(bucket.get("start_time")) if bucket else None
            day = None if start is None else start // DAY
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
            if count is None:
                is_added = False
            else:
                one.columns[index] += count
                one.present.add(index)
        if "amount" in self._kinds[kind].members:
            amount = result.get("amount")
            value, currency = (
                (money_of(amount.get("value")), amount.get("currency")) if is_object(amount) else (None, None)
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

    # -- columns

    def add_all(self, kind: str, starts: Sequence[int], results: Sequence[Any]) -> None:
        """One proved result of each of these buckets, all of one kind and one Struct."""
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
        days = [start // DAY for start in starts]
        groups: list[Group] | None = None
        if self._by is not None:
            shape = self._kinds[kind]
            attribute = shape.members[self._by].attribute if self._by in shape.members else None
            if attribute is None:  # it may be an undeclared member, which trees know by name
                self._one_by_one(results, days)
                return
            groups = [self._group(getattr(result, attribute)) for result in results]
        amounts: _Amounts | None = None
        if "amount" in self._kinds[kind].members:
            amounts = self._amounts(results)
            if amounts is None:
                self._one_by_one(results, days)
                return
        columns = self._columns(kind, results)
        keys: Sequence[object] = days if groups is None else [*zip(days, groups, strict=True)]
        ends = [index for index, (before, after) in enumerate(pairwise(keys), 1) if before != after]
        if len(ends) * _SHORT > len(keys):  # runs are short; in another order they may be longer
            places: dict[object, list[int]] = {}
            for index, key in enumerate(keys):
                places.setdefault(key, []).append(index)
            order = [index for indexes in places.values() for index in indexes]
            days = [days[index] for index in order]
            groups = groups and [groups[index] for index in order]
            columns = columns.ordered(order)
            amounts = amounts and amounts.ordered(order)
            ends = [*accumulate(map(len, places.values()))][:-1]
        first = 0
        with localcontext(EXACT):
            for last in (*ends, len(days)):
                self._run((kind, days[first], groups[first] if groups else None), columns, amounts, first, last)
                first = last

    def _one_by_one(self, results: Sequence[Any], days: Sequence[int]) -> None:
        for result, day in zip(results, days, strict=True):
            self._add(_parse(_encode(result)), day)

    def _columns(self, kind: str, results: Sequence[Any]) -> _Columns:
        """Each member that is there."""
        if kind not in self._getters:
            return _Columns([], [])
        full: list[tuple[int, Sequence[int]]] = []
        partial: list[tuple[int, Sequence[int]]] = []
        for index, column in enumerate(zip(*map(self._getters[kind], results), strict=True)):
            try:
                sum(column)
            except TypeError:
                if int in {*map(type, column)}:
                    partial.append((index, [value if type(value) is int else -1 for value in column]))
            else:
                full.append((index, column))
        return _Columns(full, partial)

    def _amounts(self, results: Sequence[Any]) -> _Amounts | None:
        """Currencies and amounts of costs; None if they are not all plain."""
        try:
            currencies = [*map(attrgetter("amount.currency"), results)]
            text = b"\n".join(map(attrgetter("amount.value"), results)).decode().replace('"', "")
        except (AttributeError, TypeError):
            return None
        texts = text.split("\n")
        if not text.replace(".", "").replace("-", "").replace("\n", "").isdigit():
            return None
        names = {*currencies}
        if UNSET in names or max(map(len, texts)) > _LONGEST_PLAIN or max(map(len, names)) > LONGEST_GROUP:
            return None
        values = [*map(Decimal, texts)]
        return _Amounts(currencies, values, len(names) == 1 and all(values))

    def _run(
        self, key: tuple[str, int, Group], columns: _Columns, amounts: _Amounts | None, first: int, last: int
    ) -> None:
        """Some results of one day and group."""
        kind, day, group = key
        one = self._sum(day, kind, group)
        one.results += last - first
        one.present |= columns.indexes
        sums = one.columns
        if last - first == 1:
            for index, column in columns.full:
                sums[index] += column[first]
        else:
            for index, column in columns.full:
                sums[index] += sum(column[first:last])
        for index, column in columns.partial:
            values = [value for value in column[first:last] if value >= 0]
            if values:
                sums[index] += sum(values)
                one.present.add(index)
        if amounts is not None and amounts.is_plain:
            currency = amounts.currencies[first]
            one.money[currency] = sum(amounts.values[first:last], one.money.get(currency, ZERO))
        elif amounts is not None:
            currencies, paid = amounts.currencies[first:last], amounts.values[first:last]
            for currency in {*currencies}:
                wanted = [value for named, value in zip(currencies, paid, strict=True) if value and named == currency]
                one.money[currency] = sum(wanted, one.money.get(currency, ZERO))


def _one(names: tuple[tuple[str, str, str | None], ...]) -> Callable[[Any], tuple[Any]]:
    """As `attrgetter` of several names, of one."""
    get = attrgetter(names[0][1])
    return lambda result: (get(result),)
