"""
What the results of an archive add up to, by UTC day, kind and, if asked for, group: exact, with no float anywhere.

`Totals` is one value of a monoid, as `Summary` is: it depends on the results alone, never on their order or on how they
were divided.
Its size depends on the days, the kinds and `MOST_GROUPS`.

A result adds its counts and its amount.
What is null or absent adds nothing; a cost without an amount, a count that is no integer, an amount that is no number
and a kind that the revision does not know cannot be added, and such a result is counted in `not_added`.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, frozen

from usagecompat.scan.coverage import date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_GROUPS: Final = 1_000
"""How many groups are told apart: the first in alphabetical order, and all others together."""
LONGEST_GROUP: Final = 200
"""Characters that the name of such a group may have; longer ones are with the others."""
NO_DAY: Final = "none"
"""Stands for the day of results that have no time, or none between 2000 and 2099."""
EXACT: Final = Context(prec=50_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
"""Adds everything within the limits without rounding."""

Group: TypeAlias = str | bool | None
"""The value of the member that totals are grouped by; True for all groups that are not told apart."""
Key: TypeAlias = "tuple[int | None, str, Group]"
"""The day since 1970 or None, the kind, and the group."""
REST: Final = True


@frozen
class Sum:
    """What some results add up to."""

    results: int = 0
    not_added: int = 0
    """How many of them could not be added, or not all that is in them."""
    counts: Mapping[str, int] = field(factory=dict[str, int])
    """By member."""
    money: Mapping[str, Decimal] = field(factory=dict[str, Decimal])
    """By currency, as it is spelled."""

    def __add__(self, other: Sum) -> Sum:
        """Both together."""
        counts, more, money = dict(self.counts), other.counts, dict(self.money)
        if counts.keys() == more.keys():
            counts = {name: count + more[name] for name, count in counts.items()}
        else:
            for name, count in more.items():
                counts[name] = counts.get(name, 0) + count
        for currency, amount in other.money.items():
            money[currency] = EXACT.add(money[currency], amount) if currency in money else amount
        return Sum(self.results + other.results, self.not_added + other.not_added, counts, money)


@frozen
class Totals:
    """Sums by day, kind and group."""

    sums: Mapping[Key, Sum] = field(factory=dict["Key", Sum])
    by: str | None = None
    """The member that groups them."""

    def __add__(self, other: Totals) -> Totals:
        """Both together."""
        if not self.sums or not other.sums:
            return Totals(self.sums or other.sums, self.by or other.by).limited()
        sums = dict(self.sums)
        for key, one in other.sums.items():
            sums[key] = sums[key] + one if key in sums else one
        return Totals(sums, self.by or other.by).limited()

    def limited(self) -> Totals:
        """
        The same with no more groups than there may be.

        A name that is among the first of all is among the first of each part, so its sums are complete.
        """
        names = {group for _, _, group in self.sums if isinstance(group, str)}
        if len(names) <= MOST_GROUPS:
            return self
        kept = {*sorted(names)[:MOST_GROUPS]}
        sums: dict[Key, Sum] = {}
        for (day, kind, group), one in self.sums.items():
            key = day, kind, REST if isinstance(group, str) and group not in kept else group
            sums[key] = sums[key] + one if key in sums else one
        return Totals(sums, self.by)

    @property
    def has_rest(self) -> bool:
        """Whether some groups are not told apart."""
        return any(group is REST for _, _, group in self.sums)

    def rows(self) -> list[dict[str, object]]:
        """The sums as `schemas/scan.json` describes them, in order."""
        return [self._row(key, self.sums[key]) for key in sorted(self.sums, key=_order)]

    def _row(self, key: Key, one: Sum) -> dict[str, object]:
        day, kind, group = key
        grouped: dict[str, object] = {}
        if self.by is not None:
            grouped = {"group": None, "rest": True} if group is REST else {"group": group}
        return {
            "day": NO_DAY if day is None else date(day),
            "kind": kind,
            **grouped,
            "results": one.results,
            "counts": {name: one.counts[name] for name in sorted(one.counts)},
            "money": {currency: f"{one.money[currency]:f}" for currency in sorted(one.money)},
            "not_added": one.not_added,
        }

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], by: str | None) -> Totals:
        """What `rows` has written."""
        sums: dict[Key, Sum] = {}
        for row in rows:
            group: Group = REST if row.get("rest") else row.get("group")
            money = {currency: Decimal(amount) for currency, amount in row["money"].items()}
            key = day_of_date(row["day"]), row["kind"], group
            sums[key] = Sum(row["results"], row["not_added"], row["counts"], money)
        return cls(sums, by)


def _order(key: Key) -> tuple[object, ...]:
    day, kind, group = key
    return day is None, day or 0, kind, group is REST, group is not None, str(group)


def day_of_date(text: str) -> int | None:
    """The number of a day that is written as `date` writes it."""
    from datetime import date as Date  # noqa: N812, PLC0415 - needed to go on from a state alone

    return None if text == NO_DAY else Date.fromisoformat(text).toordinal() - Date(1970, 1, 1).toordinal()
