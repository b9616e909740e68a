"""
Answers: buckets and pages of a query, added up from the events and written as a revision of the contract says.

Which members a result has, which of them may be null and what they are called is read from the contract's tree;
how much they hold is added up in integers, so that minutes make up hours, and groups the whole, to the last digit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import Count, GroupKey, JsonType
from usagecompat.jsontext import Number
from usagecompat.ledger.billing import DECIMALS, QUANTITY_DECIMALS, charges_of_day
from usagecompat.ledger.events import DAY, FOUNDED, NewKind, events_of_day
from usagecompat.ledger.organization import organization

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import Contract, Member, RecordShape
    from usagecompat.jsontext import Tree
    from usagecompat.ledger.events import Event, Key
    from usagecompat.ledger.queries import Query
    from usagecompat.ledger.scenarios import Behaviour

_WRITES_OF_30_MINUTES_ONLY: Final = ("2026-10-02", "2026-10-21")
"""From the first and until before the second revision, `input_cache_write_tokens` leaves the 12-hour part out."""

_BUSY: Final = (10, 4)
"""Under `empty-pages`: the one day of so many that is not silent."""

LATE_FROM: Final = 18 * 3_600
"""Under `late-costs`: the second of the day whose charges come late."""

_NOTHING: Final[Mapping[JsonType, Tree]] = {
    JsonType.INTEGER: Number("0"),
    JsonType.NUMBER: Number("0"),
    JsonType.STRING: "",
    JsonType.BOOLEAN: False,
}
"""What stands for a required member that only a draft has, and of which nothing is known."""

_UNKNOWN_KIND: Final = "organization.usage.realtime_sessions.result"


@frozen(kw_only=True)
class Book:
    """What an answer is written from: whose events, until when, and how they are written down."""

    seed: int
    said: Contract
    now: int
    behaviour: Behaviour
    late: bool = False
    """Whether the last closed day's late charges are still missing."""

    @property
    def last_closed_day(self) -> int:
        """The day before the one that is not over."""
        return self.now // DAY - 1

    def ends_at(self, query: Query) -> int:
        """Where a query's report ends: the present is the latest."""
        return min(self.now if query.end is None else query.end, self.now)

    def buckets(self, query: Query, first: int, last: int) -> list[Tree]:
        """The buckets of a query on the grid from `first` up to, and without, `last`."""
        sums = _added_up(self, query, first, last)
        shape = self.said.kinds[query.endpoint.kind]
        found: list[Tree] = []
        for start in range(first, last, query.seconds):
            groups = sums.get(start, {})
            results: list[Tree] = [_result(self, query, shape, groups[keys]) for keys in sorted(groups, key=_in_order)]
            if results and "unknown-kind" in self.behaviour:
                results.append({"object": _UNKNOWN_KIND, "num_sessions": _whole(start // 60 % 97), "project_id": None})
            found.append(_bucket(self, query, start, results))
        return found


def page(book: Book, buckets: list[Tree], cursor: str | None, *, has_more: bool, costs: bool) -> dict[str, Tree]:
    """A page of these buckets; members stand in the order in which the API sends them, which is not that of the contract."""
    declared = book.said.page.members
    missing = None if "next_page" in declared and declared["next_page"].nullable else ""
    listed = book.said.page.arrays[0].name
    is_list = "list" in book.behaviour
    values: dict[str, Tree] = {
        "object": "list" if is_list else book.said.page.kind,
        listed: buckets,
        "has_more": has_more,
        "next_page": missing if cursor is None else cursor,
    }
    order = ("object", "has_more", "next_page", listed) if costs else ("object", listed, "has_more", "next_page")
    sent = [name for name in order if name in declared and not (is_list and name == "has_more")]
    answer = {name: values[name] for name in sent}
    return answer | _required(book, book.said.page, {**answer, **({"has_more": None} if is_list else {})})


class _Sum:
    """What one group of one bucket holds so far."""

    __slots__ = ("counts", "keys", "unit")

    def __init__(self, keys: Mapping[str, Key], unit: str | None) -> None:
        self.keys = keys
        self.unit = unit
        self.counts: dict[str, int] = {}

    def add(self, event: Event) -> None:
        """Take another event in."""
        for name, count in event.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count


def _added_up(book: Book, query: Query, first: int, last: int) -> dict[int, dict[tuple[Key, ...], _Sum]]:
    """The sums of each bucket that has any, by where it starts on the grid and by group."""
    costs = query.endpoint.name == "costs"
    from_second, to_second = first, min(last, book.now)
    if not costs and "short-first-bucket" in book.behaviour:
        from_second, to_second = max(first, query.start), min(last, book.ends_at(query))
    found: dict[int, dict[tuple[Key, ...], _Sum]] = {}
    for event in _chosen(book, query, from_second, to_second):
        start = event.second - event.second % query.seconds
        groups = found.setdefault(start, {})
        group = tuple(event.keys.get(key) for key in query.group_by)
        held = groups.get(group)
        if held is None:
            held = groups[group] = _Sum(dict(zip(query.group_by, group, strict=True)), event.unit)
        held.add(event)
    return found


def _chosen(book: Book, query: Query, first: int, last: int) -> Iterator[Event]:
    """The events or charges of a stretch of time that the filters let through."""
    chosen = {key: {_value(text) if key == "batch" else text for text in texts} for key, texts in query.chosen}
    name, new = query.endpoint.name, _new_kind(book.said.kinds[query.endpoint.kind])
    for day in range(max(first, FOUNDED) // DAY, -(-last // DAY)):
        if "empty-pages" in book.behaviour and day % _BUSY[0] != _BUSY[1]:
            continue
        known = charges_of_day(book.seed, day) if name == "costs" else events_of_day(book.seed, name, day, new)
        ends = min(last, day * DAY + LATE_FROM) if book.late and day == book.last_closed_day else last
        for event in known:
            if first <= event.second < ends and all(event.keys.get(key) in values for key, values in chosen.items()):
                yield event


def _new_kind(shape: RecordShape) -> NewKind:
    """What happens of a kind that only a draft has."""
    members = shape.members.values()
    return NewKind(
        tuple(member.attribute for member in members if isinstance(member.marker, Count)),
        tuple(
            (member.attribute, member.values.known if member.values else ())
            for member in members
            if member.is_group_key and member.type is JsonType.STRING
        ),
    )


def _value(text: str) -> Key:
    return text == "true"


def _in_order(group: tuple[Key, ...]) -> tuple[tuple[bool, str], ...]:
    """Sorts groups by their keys, what has none last."""
    return tuple((key is None, str(key)) for key in group)


def _bucket(book: Book, query: Query, start: int, results: list[Tree]) -> dict[str, Tree]:
    end = start + query.seconds
    if "short-first-bucket" in book.behaviour and query.endpoint.name != "costs":
        start, end = max(start, query.start), min(end, book.ends_at(query))
    bucket: dict[str, Tree] = {}
    for name, member in book.said.bucket.members.items():
        if member.const is not None:
            bucket[name] = member.const
        elif member.type is JsonType.ARRAY:
            if "undeclared" in book.behaviour:
                bucket |= {"start_time_iso": _iso(start), "end_time_iso": _iso(end)}
            bucket[name] = results
        elif member.attribute in ("start_time", "end_time"):
            bucket[name] = _whole(start if member.attribute == "start_time" else end)
        elif member.required:
            bucket[name] = _nothing(book, member)
    return bucket | _required(book, book.said.bucket, bucket)


def _iso(second: int) -> str:
    """A moment as the API spells it; both with and without an offset are known, and which one follows no rule."""
    text = datetime.fromtimestamp(second, UTC).isoformat()
    return text if second // DAY % 2 else text.removesuffix("+00:00")


def _result(book: Book, query: Query, shape: RecordShape, held: _Sum) -> dict[str, Tree]:
    result: dict[str, Tree] = {}
    for name, member in shape.members.items():
        if isinstance(member.marker, GroupKey):
            _put_key(book, query, member, held, result)
        elif member.const is not None:
            result[name] = member.const
        elif isinstance(member.marker, Count):
            counted = held.counts.get(_meant(book, member.attribute), held.counts.get(member.former_name or ""))
            if counted is not None:
                result[name] = _whole(counted)
        elif member.attribute == "amount" and "amount" in held.counts:
            paid: dict[str, Tree] = {"value": _amount(held.counts["amount"], book.behaviour), "currency": "usd"}
            result[name] = paid | _required(book, book.said.amount, paid)
        elif member.attribute == "quantity":
            result[name] = _quantity(held) if _is_counted(query, held) else None
        elif member.attribute == "quantity_unit":
            result[name] = held.unit if _is_counted(query, held) else None
        if name not in result and member.required:
            result[name] = _nothing(book, member)
    result |= _required(book, shape, result)
    if "undeclared" in book.behaviour and query.endpoint.name == "costs":
        result |= {name: value for name, value in _undeclared(book, held).items() if name not in result}
    return result


def _required(book: Book, shape: RecordShape, there: Mapping[str, Tree]) -> dict[str, Tree]:
    """What a record lacks that it requires, declared or not; what the API is known to leave out stays away."""
    lacking = [name for name in shape.required if name not in there and name not in shape.tolerated_absences]
    return {name: _nothing(book, shape.members[name]) if name in shape.members else Number("0") for name in lacking}


def _nothing(book: Book, member: Member) -> Tree:
    """What a required member has where there is nothing to say: null if it may be, else the least of its type."""
    if member.nullable:
        return None
    if member.type is JsonType.ARRAY:
        return []
    return _required(book, book.said.amount, {}) if member.type is JsonType.OBJECT else _NOTHING.get(member.type)


def _put_key(book: Book, query: Query, member: Member, held: _Sum, result: dict[str, Tree]) -> None:
    """Put a group key where the report is grouped by it, and null where it is not and nulls are wanted."""
    value = held.keys.get(member.attribute)
    may_be_null = member.nullable and member.attribute in query.group_by
    if value is not None or may_be_null or "null-keys" in book.behaviour:
        result[member.name] = value


def _is_counted(query: Query, held: _Sum) -> bool:
    """Whether a charge has a quantity: different lines of the bill have different units."""
    return "line_item" in query.group_by and held.unit is not None


def _undeclared(book: Book, held: _Sum) -> dict[str, Tree]:
    org = organization(book.seed)
    project, user = held.keys.get("project_id"), held.keys.get("user_id")
    return {
        "organization_id": org.id,
        "organization_name": org.name,
        "project_name": org.projects[project] if isinstance(project, str) else None,
        "user_email": org.emails[user] if isinstance(user, str) else None,
    }


def _meant(book: Book, attribute: str) -> str:
    """The count that a member holds: what the name means has changed twice."""
    first, after = _WRITES_OF_30_MINUTES_ONLY
    is_short = attribute == "input_cache_write_tokens" and first <= book.said.revision < after
    return "input_cache_write_30m_tokens" if is_short else attribute


def _whole(value: int) -> Number:
    return Number(str(value))


def _amount(value: int, behaviour: Behaviour) -> Tree:
    """An amount of so many 10^-28 dollars."""
    if not value and "decimal128-zero" in behaviour:
        return "0E-6176"
    if "string-amounts" in behaviour:
        return _decimal(value, DECIMALS, least=DECIMALS)
    return Number(_decimal(value, DECIMALS, least=0))


def _quantity(held: _Sum) -> Number:
    """A quantity; the API spells a whole one with `.0`."""
    return Number(_decimal(held.counts["quantity"], QUANTITY_DECIMALS, least=1))


def _decimal(value: int, decimals: int, *, least: int) -> str:
    """The fixed-point text of `value` / 10^`decimals` with at least so many decimals, and no more zeros than these."""
    digits = str(value).rjust(decimals + 1, "0")
    whole, part = digits[:-decimals], digits[-decimals:]
    part = part.rstrip("0").ljust(least, "0")
    return f"{whole}.{part}" if part else whole
