"""
The fast route: payloads of a known layout are judged by compiled code, with nothing left unproved.

A payload is decoded into typed Structs and encoded again.
Equal texts prove that the Structs say what the payload says: nothing was lost, doubled, coerced or respelled.
The types and the checks that go with them then prove what the schema and rule stages would find,
of which the fast route counts and explains the few things that live payloads are full of.
Whatever it cannot prove or does not explain it declines, and the exact route answers.

No Struct is a record, and nothing of this shows in `records.py`.
"""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from attrs import frozen
from msgspec import UNSET

from usagecompat._fast_layouts import Layout, observe
from usagecompat._fast_types import Column, FastRecord, FastTypes, fast_types
from usagecompat._faults import MAX_SIZE
from usagecompat._json import Number, lexeme_of
from usagecompat._models import INT32_LEAST, INT32_MOST, is_plain_and_lossy, lossy_decimal_models, lossy_integer_models
from usagecompat._shape import contract
from usagecompat._validate import explain_lossy, explain_number_text, explain_undeclared
from usagecompat._wire import NUMBER_PATTERN
from usagecompat.contracts import Tolerance
from usagecompat.findings import Path, Seen, Shape, pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from msgspec import Struct

    from usagecompat._json import Document
    from usagecompat._shape import Contract, Member

EXPLAINED: Final = frozenset({"schema/undeclared-member", "record/lossy-number", "wire/amount-as-string"})
"""The codes that the fast route explains; a payload with any other has to take the exact one."""

_WHITE: Final = b" \t\n\r"
_ESCAPE: Final = re.compile(rb'\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)', re.DOTALL)
_SAFE_NUMBERS: Final = re.compile(rb"(?:-?(?:\d{1,6}|(?=[\d.]{3,7}\n)\d+\.\d+)\n)*+")
"""Numbers, each on a line, of so few digits that no model changes them."""
_NUMBER_TEXTS: Final = re.compile(rf'(?:"{NUMBER_PATTERN}"\n)*+'.encode())
_NUMBER_TEXT: Final = re.compile(rf'"{NUMBER_PATTERN}"'.encode())

_MOST_ROUTES: Final = 6
"""Layouts that are kept for one revision, the latest used first."""
_LEARNED_AT_ONCE: Final = 16
_TEXT_PER_LESSON: Final = 1 << 17
"""
Bytes that the exact route has to read before one more layout may be learned.

Learning costs a few milliseconds, so it never costs much more than the exact answers do, whatever comes.
"""


@frozen
class Certified:
    """What is proved of a payload."""

    shape: Shape
    seen: tuple[tuple[Seen, int], ...]
    """Each finding's first place and its count, in document order."""


class Bucket(Protocol):
    """What every type of a bucket has."""

    start_time: int
    end_time: int
    results: list[Struct]


class Page(Protocol):
    """What every type of a page has."""

    data: list[Bucket]
    has_more: bool
    next_page: str | None


_encode: Final = msgspec.json.Encoder().encode


def certify(payload: bytes | bytearray | memoryview | str, revision: str, shape: Shape | None = None) -> Certified | None:
    """
    What the exact route would find in a payload; None if that is not proved.

    Args:
        payload: The text.
        revision: What it is judged against.
        shape: What it has to be; None to let it tell.
    """
    if isinstance(payload, str):
        try:
            payload = payload.encode()
        except UnicodeEncodeError:
            return None
    elif type(payload) is not bytes:
        payload = bytes(payload)
    if len(payload) > MAX_SIZE:
        return None
    routes = _routes(revision)
    for route in routes.known:
        certified = route.certify(payload)
        if certified is not None:
            routes.prefer(route)
            return certified if shape is None or shape is certified.shape else None
    return None


def learn(document: Document, shape: Shape, revision: str, codes: Iterable[str]) -> None:
    """
    Remember what a payload looked like that the exact route has judged, so that the next of its like can be certified.

    Args:
        document: The payload.
        shape: What it is.
        revision: What it was judged against.
        codes: What was found; there is no use in payloads that will never be certified.
    """
    if EXPLAINED.issuperset(codes):
        _routes(revision).learn(document, shape)


@cache
def _routes(revision: str) -> _Routes:
    return _Routes(contract(revision))


class _Routes:
    """The routes of one revision: what has been learned so far."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._credit = _LEARNED_AT_ONCE * _TEXT_PER_LESSON
        self.known: tuple[_Route, ...] = (_Route(fast_types(contract, Layout())),)
        """The latest used first; replaced as a whole, so that threads see the old or the new."""

    def prefer(self, route: _Route) -> None:
        """Try `route` first from now on."""
        if self.known[0] is not route:
            self.known = (route, *(other for other in self.known if other is not route))

    def learn(self, document: Document, shape: Shape) -> None:
        """Take in the layout of a document: into a known one that it fits, or as one more."""
        self._credit = min(self._credit + len(document.text or ""), _LEARNED_AT_ONCE * _TEXT_PER_LESSON)
        if self._credit < _TEXT_PER_LESSON:
            return
        observed = observe(document.value, shape, self._contract)
        if observed is None:
            return
        for route in self.known:
            merged = route.types.layout.merged(observed)
            if merged == route.types.layout:
                return
            if merged is not None:
                others = tuple(other for other in self.known if other is not route)
                break
        else:
            merged, others = observed, self.known[: _MOST_ROUTES - 1]
        self._credit -= _TEXT_PER_LESSON
        self.known = (_Route(fast_types(self._contract, merged)), *others)


class _Route:
    """The way of payloads of one layout."""

    def __init__(self, types: FastTypes) -> None:
        self.types = types
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(types.root).decode
        self._records = types.records
        self._shapes = {
            cls: Shape.PAGE
            if record.shape is types.contract.page
            else Shape.BUCKET
            if record.shape is types.contract.bucket
            else Shape.RESULT
            for cls, record in types.records.items()
        }

    def certify(self, payload: bytes) -> Certified | None:
        """What is proved of a payload; None if it has another layout, or anything that is not explained here."""
        try:
            value = self._decode(payload)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        text = _encode(value)
        if text != payload and not _says_the_same(payload, text):
            return None
        found = _Findings(self.types)
        shape = self._shapes[type(value)]
        if shape is Shape.PAGE:
            clear = found.page(value)
        elif shape is Shape.BUCKET:
            clear = found.bucket(value)
        else:
            clear = found.result(value)
        return Certified(shape, found.seen(value, shape)) if clear else None


def _says_the_same(payload: bytes, text: bytes) -> bool:
    """
    Whether a payload, which msgspec could read, differs from `text` in nothing but white space and escapes.

    White space goes from both, inside strings as well: what is left has the same tokens in the same order,
    and that the strings are the same msgspec has seen to.
    """
    if b"\\" in payload:
        try:
            payload = _ESCAPE.sub(_unescaped, payload)
        except msgspec.MsgspecError:
            return False
    if len(payload) <= len(text):
        return payload == text
    return payload.translate(None, _WHITE) == (text.translate(None, _WHITE) if b" " in text else text)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """An escape in a JSON string as msgspec would write what it stands for."""
    return _encode(msgspec.json.decode(b'"%b"' % escape[0]))[1:-1]


@frozen
class _Sighting:
    """Something found in objects of one record: how often, and how to know an object that has it."""

    code: str
    name: str
    """The wire name of the member that it is about."""
    count: int
    is_in: Callable[[Any], bool]
    explain: Callable[[FastRecord, Any], tuple[str, str]]
    """Message and hint for an object that has it."""


class _Findings:
    """One pass over the Structs of one payload: first what is there, then where it is there first."""

    def __init__(self, types: FastTypes) -> None:
        self._types = types
        self._records = types.records
        self._counts: dict[type[Struct], list[int]] = {}
        self._with_numbers: dict[type[Struct], list[Any]] = {}
        self._sightings: dict[type[Struct], list[_Sighting]] = {}

    # -- what is there: False means that the fast route has no answer

    def page(self, page: Page) -> bool:
        """A page, with all that is in it."""
        if page.has_more is not bool(page.next_page):
            return False
        buckets = page.data
        last_end: int | None = None
        for bucket in buckets:
            if last_end is not None and bucket.start_time < last_end:
                return False
            last_end = bucket.end_time
            if last_end <= bucket.start_time or (bucket.results and not self._results(bucket.results)):
                return False
        return self._counted([page]) and (not buckets or self._counted(buckets)) and self._numbers()

    def bucket(self, bucket: Bucket) -> bool:
        """A bucket, with all that is in it."""
        if bucket.end_time <= bucket.start_time or (bucket.results and not self._results(bucket.results)):
            return False
        return self._counted([bucket]) and self._numbers()

    def result(self, result: Struct) -> bool:
        """A result by itself."""
        return self._results([result]) and self._numbers()

    def _results(self, results: list[Struct]) -> bool:
        """The results of one bucket."""
        cls = type(results[0])
        if len(results) > 1 and len({*map(type, results)}) > 1:
            return False
        record = self._records[cls]
        if record.part or record.numbers:
            self._with_numbers.setdefault(cls, []).extend(results)
        return record.check(results, self._counts.setdefault(cls, [0] * len(record.columns)))

    def _counted(self, objects: Sequence[Any]) -> bool:
        """Objects of one record, of which nothing is to be checked but what is counted."""
        record = self._records[type(objects[0])]
        if not record.columns:
            return True
        return record.check(objects, self._counts.setdefault(type(objects[0]), [0] * len(record.columns)))

    def _numbers(self) -> bool:
        """The numbers that are kept as they are spelled."""
        for cls, objects in self._with_numbers.items():
            record = self._records[cls]
            if not all(self._column(cls, member, objects) for member in record.numbers):
                return False
            if record.part is None:
                continue
            amounts = [part for part in map(attrgetter(record.part), objects) if part is not UNSET]
            if amounts:
                amount = type(amounts[0])
                if not self._counted(amounts):
                    return False
                if not all(self._column(amount, member, amounts) for member in self._records[amount].numbers):
                    return False
        return True

    def _column(self, cls: type[Struct], member: Member, objects: list[Any]) -> bool:
        """One such member of all objects of a record."""
        value = attrgetter(member.attribute)
        values = [raw for raw in map(value, objects) if raw is not UNSET]
        lines = b"\n".join((*values, b""))
        if _SAFE_NUMBERS.fullmatch(lines):
            return True
        text_code = member.deviations[Tolerance.NUMBER_TEXT].code if Tolerance.NUMBER_TEXT in member.deviations else None
        if text_code and _NUMBER_TEXTS.fullmatch(lines):
            texts, lossy = len(values), 0
        else:
            texts = lossy = 0
            for raw in values:
                line = bytes(raw)
                if text_code and _NUMBER_TEXT.fullmatch(line):
                    texts += 1
                elif line != b"null" or not member.nullable:
                    changes = _is_lossy(line)
                    if changes is None:
                        return False
                    lossy += changes
        sightings = self._sightings.setdefault(cls, [])
        if text_code and texts:
            sightings.append(
                _Sighting(
                    text_code,
                    member.name,
                    texts,
                    lambda o: (raw := value(o)) is not UNSET and bytes(raw)[:1] == b'"',
                    lambda _, o: explain_number_text(bytes(value(o))[1:-1].decode()),
                )
            )
        if lossy:
            sightings.append(
                _Sighting(
                    "record/lossy-number",
                    member.name,
                    lossy,
                    lambda o: (raw := value(o)) is not UNSET and bool(_is_lossy(bytes(raw))),
                    lambda _, o: _lossy_decimal(bytes(value(o)).decode()),
                )
            )
        return True

    # -- where it is there first

    def seen(self, root: Any, shape: Shape) -> tuple[tuple[Seen, int], ...]:
        """Each finding's first place and its count, in document order."""
        for cls, counts in self._counts.items():
            if any(counts):
                columns = self._records[cls].columns
                self._sightings.setdefault(cls, []).extend(map(self._sighting, columns, counts))
        wanted = {cls: [one for one in sightings if one.count] for cls, sightings in self._sightings.items()}
        wanted = {cls: sightings for cls, sightings in wanted.items() if sightings}
        if not wanted:
            return ()
        found: dict[tuple[str, Path], tuple[tuple[int, ...], Seen, int]] = {}
        for node, path, position in self._places(root, shape):
            sightings = wanted.get(type(node))
            if sightings is None:
                continue
            record = self._records[type(node)]
            for one in [one for one in sightings if one.is_in(node)]:
                sightings.remove(one)
                place = (*path, one.name)
                key = (one.code, pattern(place))
                if key in found:
                    where, first, count = found[key]
                    found[key] = where, first, count + one.count
                else:
                    seen = Seen(one.code, place, *one.explain(record, node))
                    found[key] = (*position, record.order[one.name]), seen, one.count
            if not sightings:
                del wanted[type(node)]
                if not wanted:
                    break
        return tuple((seen, count) for _, seen, count in sorted(found.values(), key=lambda one: one[0]))

    def _sighting(self, column: Column, count: int) -> _Sighting:
        value = attrgetter(column.attribute)
        if column.code == "schema/undeclared-member":

            def explain(record: FastRecord, node: Any) -> tuple[str, str]:
                there = msgspec.json.decode(_encode(node))
                return explain_undeclared(self._types.contract, record.shape, column.name, there.keys())

            return _Sighting(column.code, column.name, count, lambda o: value(o) is not UNSET, explain)
        return _Sighting(
            column.code,
            column.name,
            count,
            lambda o: type(value(o)) is int and not INT32_LEAST <= value(o) <= INT32_MOST,
            lambda _, o: _lossy_integer(value(o)),
        )

    def _places(self, node: Any, shape: Shape, path: Path = (), at: tuple[int, ...] = ()) -> Iterator[tuple[Any, Path, tuple[int, ...]]]:
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


def _is_lossy(line: bytes) -> bool | None:
    """Whether a binary model changes this number; None if it is no number, or has no value within the limits."""
    if line[0] not in b"-0123456789":
        return None
    text = line.decode()
    answer = is_plain_and_lossy(text)
    if answer is None:
        number = Number(text)
        answer = bool(lossy_decimal_models(number)) if number.within_limits else None
    return answer


def _lossy_decimal(text: str) -> tuple[str, str]:
    number = Number(text)
    return explain_lossy(lossy_decimal_models(number), number)


def _lossy_integer(value: int) -> tuple[str, str]:
    number = Number(lexeme_of(value))
    return explain_lossy(lossy_integer_models(number), number)
