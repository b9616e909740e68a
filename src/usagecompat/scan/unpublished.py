"""
Members and kinds that no revision declares, each with how often it was there and on which day first.

They are what tells of a coming revision.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from usagecompat.checking import is_mapping
from usagecompat.contract import REVISIONS, JsonType, contract, is_kind
from usagecompat.findings import Shape
from usagecompat.jsontext import has_surrogate
from usagecompat.scan.coverage import DAY
from usagecompat.scan.trees import buckets, seconds
from usagecompat.scan.undeclared import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from usagecompat.scan.coverage import Seconds

MOST_MEMBERS: Final = 1_000
"""How many members are told apart: the first in alphabetical order, the others together."""
MOST_KINDS: Final = 100
"""How many kinds, likewise."""
_UNKNOWN_KIND: Final = "schema/unknown-kind"
TELLING: Final = frozenset({UNDECLARED, "schema/misspelt-member", _UNKNOWN_KIND})
"""What is found in every payload that has any."""
OTHERS: Final = "(others)"
_LONGEST: Final = 200
_FIRST_TIME: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LAST_TIME: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


@frozen
class Appearance:
    """How often something was there, and when first."""

    count: int = 0
    first: str | None = None
    """The earliest UTC day on which a bucket starts that it was in; None if none says a day between 2000 and 2099."""

    def __add__(self, other: Appearance) -> Appearance:
        """Both together."""
        days = [day for day in (self.first, other.first) if day is not None]
        return Appearance(self.count + other.count, min(days, default=None))


@frozen
class Unpublished:
    """What no revision declares."""

    members: Mapping[str, Appearance] = {}
    """By record and member, as in `CostsResult/organization_id`."""
    kinds: Mapping[str, Appearance] = {}

    def __add__(self, other: Unpublished) -> Unpublished:
        """Both together."""
        return Unpublished(
            _few(_united(self.members, other.members), MOST_MEMBERS), _few(_united(self.kinds, other.kinds), MOST_KINDS)
        )

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.members or self.kinds)

    def to_dict(self) -> dict[str, object]:
        """As `schemas/scan.json` describes it."""
        return {
            "members": [
                {"record": record, "member": member, **_facts(self.members[place])}
                for place in sorted(self.members)
                for record, _, member in [place.partition("/")]
            ],
            "kinds": [{"kind": kind, **_facts(self.kinds[kind])} for kind in sorted(self.kinds)],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Unpublished:
        """What `to_dict` has written."""
        return cls(
            {
                f"{one['record']}/{one['member']}" if one["member"] else one["record"]: Appearance(
                    one["count"], one["first"]
                )
                for one in data["members"]
            },
            {one["kind"]: Appearance(one["count"], one["first"]) for one in data["kinds"]},
        )


def _facts(one: Appearance) -> dict[str, object]:
    return {"count": one.count, "first": one.first}


def _united(ours: Mapping[str, Appearance], theirs: Mapping[str, Appearance]) -> dict[str, Appearance]:
    united = dict(ours)
    for name, one in theirs.items():
        united[name] = united[name] + one if name in united else one
    return united


def _few(table: dict[str, Appearance], most: int) -> dict[str, Appearance]:
    """
    No more names than there may be.

    A name that is among the first of all is among the first of each part, so what is said of it is complete.
    """
    for name in sorted(table.keys() - {OTHERS})[most:]:
        table[OTHERS] = table.get(OTHERS, Appearance()) + table.pop(name)
    return table


# -- what is published


@cache
def names_of_records(revision: str) -> Mapping[str, frozenset[str]]:
    """The members that each record has at any published revision, or at this one."""
    names: dict[str, set[str]] = {}
    for at in map(contract, dict.fromkeys((*REVISIONS, revision))):
        for name, shape in at.records.items():
            names.setdefault(name, set()).update(shape.members, shape.required)
    return {name: frozenset(members) for name, members in names.items()}


@cache
def _records_of_kinds(revision: str) -> Mapping[str, str]:
    return {
        kind: shape.name
        for at in map(contract, dict.fromkeys((*REVISIONS, revision)))
        for kind, shape in at.kinds.items()
    }


@cache
def _parts_of_records(revision: str) -> Mapping[str, tuple[str, ...]]:
    """The members that are objects, of each record that is a result."""
    return {
        shape.name: tuple(member.name for member in shape.members.values() if member.type is JsonType.OBJECT)
        for at in map(contract, dict.fromkeys((*REVISIONS, revision)))
        for shape in at.kinds.values()
    }


# -- what comes


class Finder:
    """Finds them in payloads as they come."""

    def __init__(self, revision: str) -> None:
        """Begin with none; `revision` counts as published, too."""
        self._revision = revision
        self._names = names_of_records(revision)
        self._kinds = _records_of_kinds(revision)
        said = contract(revision)
        self._page, self._bucket, self._amount = said.page.name, said.bucket.name, said.amount.name
        self._parts = _parts_of_records(revision)
        self._flat = frozenset[str]().union(*(self._names[record] for record in self._parts))
        self._members: dict[str, Appearance] = {}
        self._unknown: dict[str, Appearance] = {}

    def is_published(self, record: str, member: str) -> bool:
        """Whether any revision declares a member."""
        return member in self._names.get(record, ())

    def add(self, place: str, count: int, starts: Iterable[Seconds | None]) -> None:
        """Count a member; `starts` are those of the buckets that it was in."""
        key = place if len(place) <= _LONGEST else OTHERS
        earliest = min((one for one in starts if one is not None and _FIRST_TIME <= one < _LAST_TIME), default=None)
        one = Appearance(count, day_of(earliest))
        self._members[key] = self._members[key] + one if key in self._members else one
        if len(self._members) > MOST_MEMBERS * 2:
            self._members = _few(self._members, MOST_MEMBERS)

    def look(self, tree: Any, shape: Shape) -> None:  # noqa: ANN401 - a tree
        """Count what is in a payload."""
        first: Seconds | None = None
        for index, (bucket, results) in enumerate(buckets(tree, shape, self._revision)):
            start = seconds(bucket.get("start_time")) if bucket is not None else None
            first = start if index == 0 else first
            if bucket is not None:
                self._record(bucket, self._bucket, start)
            for result in results:
                self._result(result, start, made_up=shape is Shape.FLAT)
        if shape is Shape.PAGE and is_mapping(tree):
            self._record(tree, self._page, first)

    def _result(self, result: object, start: Seconds | None, *, made_up: bool) -> None:
        tag = result.get("object") if is_mapping(result) else None
        if not is_mapping(result) or type(tag) is not str or is_kind(tag) is None:
            return
        record = self._kinds.get(tag)
        if record is None:
            key = tag if len(tag) <= _LONGEST else OTHERS
            self._unknown[key] = self._unknown.get(key, Appearance()) + Appearance(1, day_of(start))
            if len(self._unknown) > MOST_KINDS * 10:
                self._unknown = _few(self._unknown, MOST_KINDS)
            return
        self._record(result, record, start, made_up=made_up)
        for part in self._parts.get(record, ()):
            if is_mapping(amount := result.get(part)):
                self._record(amount, self._amount, start)

    def _record(self, node: Mapping[str, Any], record: str, start: Seconds | None, *, made_up: bool = False) -> None:
        for name in node.keys() - self._names[record]:
            if not has_surrogate(name) and not (made_up and name in self._flat):
                self.add(f"{record}/{name}", 1, (start,))

    def found(self, ignored: AbstractSet[str] = frozenset()) -> Unpublished:
        """All of it, but for that whose codes are ignored."""
        return Unpublished() + Unpublished(
            {} if UNDECLARED in ignored else self._members, {} if _UNKNOWN_KIND in ignored else self._unknown
        )


@lru_cache(maxsize=1 << 12)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * DAY, UTC).strftime("%Y-%m-%d")


def day_of(start: Seconds | None) -> str | None:
    """The UTC day of a time; None without one, or of one that is none between 2000 and 2099."""
    return _day(int(start) // DAY) if start is not None and _FIRST_TIME <= start < _LAST_TIME else None
