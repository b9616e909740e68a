"""
Results that stand in an archive more than once: equal, so that somebody who adds up counts them twice, or with other values.

Two results are of the same group if they have the same kind, the same bucket (start and end) and the same group keys.
What is remembered of each is two digests, its money and its first places.
If that gets too much, every second group is left out, then every second of the rest and so on, by the digests: so what is
looked at depends on the results alone, and is a fair share of them.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve, field, frozen

from usagecompat.checking import group_of, is_mapping, name_of_results
from usagecompat.contract import Count, contract
from usagecompat.findings import Shape, pointer
from usagecompat.scan.totals import EXACT
from usagecompat.scan.trees import TOO_LARGE, integer_of, items, money_of, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from usagecompat.contract import RecordShape
    from usagecompat.findings import Path

MOST_RESULTS: Final = 100_000
"""How many different results are remembered."""
_PLACES: Final = 2
_EXAMPLES: Final = 3
_BITS: Final = 64

Place: TypeAlias = "tuple[str, int, int, str]"
"""File, where in it lines are counted from, line, pointer; as in an `Example`."""
Money: TypeAlias = "tuple[str, Decimal] | None"


@frozen
class Version:
    """A result that was found once or more often."""

    count: int
    money: Money
    places: tuple[Place, ...]
    """The first two."""

    def __add__(self, other: Version) -> Version:
        """Both together."""
        return Version(self.count + other.count, self.money, tuple(sorted((*self.places, *other.places))[:_PLACES]))


@frozen
class Restatements:
    """What is remembered of the results of an archive."""

    groups: Mapping[int, Mapping[int, Version]] = field(factory=dict[int, "Mapping[int, Version]"])
    """By the digest of the group, and the digest of its values."""
    results: int = 0
    """How many results there were at all."""
    level: int = 0
    """Groups are remembered whose digests begin with so many zero bits."""

    def __add__(self, other: Restatements) -> Restatements:
        """Both together."""
        builder = Remembering(self)
        builder.include(other)
        return builder.restatements()

    def rebased(self, moved: Mapping[tuple[str, int], tuple[int, int]]) -> Restatements:
        """The same with lines counted from somewhere else."""

        def place(old: Place) -> Place:
            source, base, line, at = old
            new, lines = moved.get((source, base), (base, 0))
            return source, new, line + lines, at

        def version(old: Version) -> Version:
            if any(at[:2] in moved for at in old.places):
                return evolve(old, places=tuple(sorted(map(place, old.places))))
            return old

        groups = {
            key: {digest: version(one) for digest, one in versions.items()} for key, versions in self.groups.items()
        }
        return evolve(self, groups=groups)

    def to_dict(self, *, whole: bool) -> dict[str, object]:
        """What `schemas/scan.json` describes; the table that can be added up only if this is the `whole` of it."""
        equal = [one for versions in self.groups.values() for one in versions.values() if one.count > 1]
        revised = [[*versions.values()] for versions in self.groups.values() if len(versions) > 1]
        looked_at = sum(one.count for versions in self.groups.values() for one in versions.values())
        table: dict[str, object] = {}
        if whole:
            table["table"] = [
                [
                    key,
                    digest,
                    one.count,
                    one.money and [one.money[0], str(one.money[1])],
                    [list(at) for at in one.places],
                ]
                for key, versions in sorted(self.groups.items())
                for digest, one in sorted(versions.items())
            ]
        return {
            "results": self.results,
            "looked_at": looked_at,
            "not_looked_at": self.results - looked_at,
            "one_in": 1 << self.level,
            "equal": {
                "results": sum(one.count - 1 for one in equal),
                "money": _added((one.money, one.count - 1) for one in equal),
                "first": _first([one.places for one in equal]),
            },
            "revised": {
                "groups": len(revised),
                "results": sum(len(versions) - 1 for versions in revised),
                "money": _apart(revised),
                "first": _first([tuple(sorted(one.places[0] for one in versions))[:_PLACES] for versions in revised]),
            },
            **table,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Restatements:
        """What `to_dict` has written as a whole."""
        level = data["one_in"].bit_length() - 1
        groups: dict[int, dict[int, Version]] = {}
        for key, digest, count, money, places in data["table"]:
            paid = money and (money[0], Decimal(money[1]))
            at = tuple((source, base, line, where) for source, base, line, where in places)
            groups.setdefault(key, {})[digest] = Version(count, paid, at)
        return cls(groups, data["results"], level)


def _added(paid: Iterable[tuple[Money, int]]) -> dict[str, str]:
    """The money of results that are counted so many times too often, by currency."""
    sums: dict[str, Decimal] = {}
    for money, times in paid:
        if money:
            currency, amount = money
            sums[currency] = EXACT.fma(amount, Decimal(times), sums.get(currency, Decimal(0)))
    return {currency: f"{amount:f}" for currency, amount in sorted(sums.items())}


def _apart(revised: list[list[Version]]) -> dict[str, str]:
    """How far the greatest and the least amount of each group are apart, added up by currency."""
    sums: dict[str, Decimal] = {}
    for versions in revised:
        amounts: dict[str, list[Decimal]] = {}
        for one in versions:
            if one.money:
                amounts.setdefault(one.money[0], []).append(one.money[1])
        for currency, values in amounts.items():
            apart = EXACT.subtract(max(values), min(values))
            sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), apart)
    return {currency: f"{amount:f}" for currency, amount in sorted(sums.items())}


def _first(found: list[tuple[Place, ...]]) -> list[list[dict[str, object]]]:
    """The first pairs of places, as examples are written."""
    return [
        [
            {"source": source, "line": line or None, "pointer": at, **({"from": base} if base else {})}
            for source, base, line, at in places
        ]
        for places in sorted(found)[:_EXAMPLES]
    ]


class Remembering:
    """Restatements that grow."""

    def __init__(self, start: Restatements | None = None, revision: str | None = None) -> None:
        """Begin with what `start` has."""
        start = start or Restatements()
        self._groups = {key: dict(versions) for key, versions in start.groups.items()}
        self._size = sum(map(len, self._groups.values()))
        self._results, self._level = start.results, start.level
        self._revision = revision or ""
        self._kinds: Mapping[str, RecordShape] = contract(revision).kinds if revision else {}

    def restatements(self) -> Restatements:
        """What there is so far."""
        return Restatements(self._groups, self._results, self._level)

    def include(self, other: Restatements) -> None:
        """Take what somebody else has found."""
        self._results += other.results
        self._level = max(self._level, other.level)
        for key, versions in other.groups.items():
            for digest, one in versions.items():
                self._put(key, digest, one)
        self._thin()

    def _put(self, key: int, digest: int, one: Version) -> None:
        if key >> (_BITS - self._level):
            return
        versions = self._groups.setdefault(key, {})
        if digest in versions:
            versions[digest] += one
        else:
            versions[digest] = one
            self._size += 1

    def _thin(self) -> None:
        """
        Leave out half of what is left, as often as it takes.

        How often that is depends on how many different results there are in all, and not on who came first.
        """
        while True:
            if self._level:
                self._groups = {key: one for key, one in self._groups.items() if not key >> (_BITS - self._level)}
                self._size = sum(map(len, self._groups.values()))
            if self._size <= MOST_RESULTS:
                return
            self._level += 1

    def add(self, tree: Any, shape: Shape, source: str, base: int, line: int) -> None:  # noqa: ANN401 - a tree
        """Every result of a payload that can be told from others."""
        for bucket, result, path in self._results_of(tree, shape, ()):
            start, end = seconds(bucket.get("start_time")), seconds(bucket.get("end_time"))
            group = group_of(result) if is_mapping(result) else None
            kind = self._kinds.get(result["object"]) if group is not None else None
            if kind is None or group is None or start is None or end is None:
                continue
            self._results += 1
            key = _digest((str(start), str(end), [str(part) for part in group]))
            if key >> (_BITS - self._level):
                continue
            amount = result.get("amount")
            value = money_of(amount.get("value")) if is_mapping(amount) else None
            currency = amount.get("currency") if is_mapping(amount) else None
            money = (currency, value) if value is not None and type(currency) is str else None
            values = [
                (name, _printable(integer_of(result[name])))
                for name, one in kind.members.items()
                if isinstance(one.marker, Count) and name in result
            ]
            quantity = money_of(result.get("quantity"))
            digest = _digest((values, _plain(value), currency, _plain(quantity)))
            self._put(key, digest, Version(1, money, ((source, base, line, pointer(path)),)))
            if self._size > MOST_RESULTS:
                self._thin()

    def _results_of(
        self,
        tree: Any,  # noqa: ANN401 - a tree
        shape: Shape,
        path: Path,
    ) -> Iterator[tuple[dict[str, Any], Any, Path]]:
        """Each result with its bucket and its place."""
        if shape is Shape.PAGE:
            for index, bucket in enumerate(items(tree.get("data"))):
                if is_mapping(bucket):
                    yield from self._results_of(bucket, Shape.BUCKET, ("data", index))
        elif shape is Shape.BUCKET:
            name = name_of_results(tree, self._revision)
            for index, result in enumerate(items(tree.get(name))):
                yield tree, result, (*path, name, index)


def _plain(value: Decimal | None) -> str:
    """A number, the same text for the same value."""
    return "" if value is None else str(value.normalize(EXACT))


def _printable(count: int | None) -> int | str | None:
    """A count that Python prints: one of too many digits to base 16, for which it has no limit."""
    return count if count is None or abs(count) < TOO_LARGE else hex(count)


def _digest(value: object) -> int:
    return int.from_bytes(blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
