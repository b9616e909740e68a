"""
Blocks of lines at once: what the fast route proves of one payload is proved here of many with one comparison.

The lines of a block are decoded into the fast route's Structs and encoded again, and the two texts are compared.
Then the checks run over the results of all lines together, and say for each which revisions declare what is there.
What is not spotless is left to be judged by itself.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import compress, pairwise
from operator import attrgetter, ge, methodcaller
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET

from usagecompat.checking import LAST_TIME
from usagecompat.checking.fast import Findings
from usagecompat.checking.fast.columns import NOT_SAFE, NUMBER_TEXT, is_lossy
from usagecompat.checking.fast.extracts import extract
from usagecompat.checking.fast.route import DECODE_ERRORS, encode_struct, says_the_same
from usagecompat.checking.flat_records import may_be_flat
from usagecompat.findings import Shape
from usagecompat.jsontext import Number
from usagecompat.scan.bulk_checks import check_of
from usagecompat.scan.bulk_dates import date_buckets, date_payload
from usagecompat.scan.revision_fit import ALL
from usagecompat.scan.trees import NO_START
from usagecompat.scan.undeclared import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from usagecompat.checking.fast import FastRecord, FastTypes
    from usagecompat.checking.fast.route import Route
    from usagecompat.findings import Observation
    from usagecompat.scan.bulk_checks import Check
    from usagecompat.scan.counts import Counts
    from usagecompat.scan.unpublished import Finder

Found: TypeAlias = "tuple[Shape, tuple[tuple[Observation, int], ...]]"
"""What a payload is, and each finding's first place and count."""

_encode_lines: Final = msgspec.json.Encoder().encode_lines
_TEXT: Final = ALL + 1
"""Beside the mask of an object: that it has a number in a string."""
_SPACE: Final = b" \t\r"
_starts: Final = attrgetter("start_time")
_ends: Final = attrgetter("end_time")
_results: Final = attrgetter("results")
_is_undeclared: Final = methodcaller("startswith", UNDECLARED)


class SpotlessLines:
    """Takes lines of one layout into a summary."""

    def __init__(self, route: Route) -> None:
        """Prepare for the layout of `route`."""
        self._types: FastTypes = route.types
        self._decode = route.decode
        self._checks: dict[tuple[type[object], int], Check] = {}
        contract = route.types.contract
        classes = {record.shape.name: cls for cls, record in route.types.records.items()}
        self._page, self._bucket = classes[contract.page.name], classes[contract.bucket.name]
        self._amount = classes[contract.amount.name]
        self._getters: dict[type[object], Callable[[Any], tuple[object, ...]]] = {}
        self._bucket_check, self._page_check = self._check(self._bucket, ALL), self._check(self._page, ALL)
        self._in_bucket = self._bucket_check.base

    # -- proving

    def prove(
        self, lines: Sequence[bytes], data: bytes | None = None
    ) -> tuple[list[Any], Sequence[int], Sequence[int]]:
        """
        The Structs of the lines that say what their Structs say, the indexes of these lines, and those of the others.

        Args:
            lines: Payloads.
            data: The same as one text, each with a line feed behind it, if nothing else has one.
        """
        values, there, odd = self._decoded(lines)
        if data is not None and not odd:
            text = _encode_lines(values)
            if text == data or (len(data) >= len(text) + len(values) and _spaceless(data) == _spaceless(text)):
                return values, there, odd
        again = map(encode_struct, values)
        same = [
            text == (line := lines[index]) or says_the_same(line, text)
            for index, text in zip(there, again, strict=True)
        ]
        if False in same:
            values, there = [*compress(values, same)], [*compress(there, same)]
            kept = {*there}
            odd = [index for index in range(len(lines)) if index not in kept]
        return values, there, odd

    def _decoded(self, lines: Sequence[bytes]) -> tuple[list[Any], Sequence[int], list[int]]:
        """The Structs of the lines that fit one, the indexes of these lines, and those of the others."""
        values: list[Any] = []
        odd: list[int] = []
        decode = self._decode
        for line in lines:
            try:
                values.append(decode(line))
            except DECODE_ERRORS:
                odd.append(len(values) + len(odd))
        there: Sequence[int] = range(len(lines))
        if odd:
            gone = {*odd}
            there = [index for index in there if index not in gone]
        return values, there, odd

    # -- taking

    def take_all(self, values: list[Any], tallying: Counts) -> tuple[list[int], list[int]]:
        """
        Count what can be counted together: spotless buckets with one result each, all of one kind at a time.

        Returns the indexes of those that cannot, and of those that are not spotless, both in order.
        """
        if not values:
            return [], []
        if {*map(type, values)} == {self._bucket}:
            lists = list(map(_results, values))
            if {*map(len, lists)} == {1}:
                results = [result for (result,) in lists]
                if len({*map(type, results)}) == 1:
                    return [], self._take_kind(values, results, tallying)
        groups: dict[type[object], list[int]] = {}
        others: list[int] = []
        for index, value in enumerate(values):
            if _class(value) is self._bucket and len(_results(value)) == 1:
                groups.setdefault(_class(_results(value)[0]), []).append(index)
            else:
                others.append(index)
        odd: list[int] = []
        for indexes in groups.values():
            group = [values[index] for index in indexes]
            left = self._take_kind(group, [bucket.results[0] for bucket in group], tallying)
            odd += [indexes[index] for index in left]
        return others, sorted(odd)

    def _take_kind(self, values: list[Any], results: list[Any], tallying: Counts) -> list[int]:
        """Count buckets with one result each, of one kind; those that are not spotless are left, and returned."""
        check = self._check(_class(results[0]), self._in_bucket)
        starts, ends = list(map(_starts, values)), list(map(_ends, values))
        counted: Counter[str] = Counter()
        masks = self._masks(check, results, counted)
        if not self._bucket_check.is_plain:
            more = self._masks(self._bucket_check, values, counted)
            if more.count(self._in_bucket) < len(more):
                masks = [one & (other | _TEXT if other else 0) for one, other in zip(masks, more, strict=True)]
        if any(map(ge, starts, ends)) or not 0 <= min(starts) <= max(ends) <= LAST_TIME:
            masks = [
                mask if 0 <= start < end <= LAST_TIME else 0
                for mask, start, end in zip(masks, starts, ends, strict=True)
            ]
        if counted and not tallying.has_examples(counted):
            for index, one in enumerate(zip(values, results, strict=True)):
                if masks[index] and self._has_notes(check, *one):
                    masks[index] = 0
            counted = Counter()
        best = self._with_texts(values, masks, tallying)
        odd: list[int] = []
        if 0 in masks:
            odd = [index for index, mask in enumerate(masks) if not mask]
            if counted:  # in what stays and in what goes
                counted = Counter()
                self._masks(check, list(compress(results, masks)), counted)
                self._masks(self._bucket_check, list(compress(values, masks)), counted)
            starts, ends = list(compress(starts, masks)), list(compress(ends, masks))
            results, values = list(compress(results, masks)), list(compress(values, masks))
            masks = list(filter(None, masks))
        if masks:
            spotless = starts
            if best:
                tallying.take_with_texts(best, [s for s, m in zip(starts, masks, strict=True) if m & _TEXT])
                spotless = [s for s, m in zip(starts, masks, strict=True) if not m & _TEXT]
                masks = [mask for mask in masks if not mask & _TEXT]
            tallying.take_spotless(Shape.BUCKET, masks, spotless, counted)
            if any(map(_is_undeclared, counted)):
                date_buckets(self._types, values, results, starts, tallying.unpublished)
            kind = self._kind(_class(results[0]))
            tallying.kinds[kind] += len(starts)
            tallying.coverage_of(kind).add_all(starts, ends)
            tallying.add_up(kind, starts, results)
        return odd

    def _has_notes(self, check: Check, bucket: Any, result: Any) -> bool:  # noqa: ANN401 - Structs
        counted: Counter[str] = Counter()
        self._masks(check, [result], counted)
        self._masks(self._bucket_check, [bucket], counted)
        return bool(counted)

    def _with_texts(self, values: list[Any], masks: list[int], tallying: Counts) -> Counter[str | None]:
        """The best revisions of buckets with numbers in strings; the mask of those that are not known is cleared."""
        best: Counter[str | None] = Counter()
        for index, mask in enumerate(masks) if any(map(_TEXT.__and__, masks)) else ():
            if mask & _TEXT:
                state = self.state(values[index])
                if state in tallying.fits.by_state:
                    best[tallying.fits.by_state[state]] += 1
                else:
                    masks[index] = 0
        return best

    def state(self, bucket: Any) -> object:  # noqa: ANN401 - a Struct
        """
        What decides which revision fits a bucket best that has one result, and in it a number in a string.

        None of anything else, and of payloads of which more than that decides.
        """
        if _class(bucket) is not self._bucket or len(bucket.results) != 1:
            return None
        result = bucket.results[0]
        if self._types.records[_class(result)].part is None:
            return None
        return tuple(map(type, (*self._fields(bucket), *self._fields(result)))), _class(result)

    def _fields(self, value: Any) -> tuple[object, ...]:  # noqa: ANN401 - a Struct
        cls = _class(value)
        if cls not in self._getters:
            self._getters[cls] = attrgetter(*(field.name for field in msgspec.structs.fields(value)))
        return self._getters[cls](value)

    def take(self, value: Any, tallying: Counts, show: Callable[[], bool]) -> bool:  # noqa: ANN401 - a Struct
        """
        Count one payload; False if it is not spotless, and then nothing is counted.

        Args:
            value: The payload.
            tallying: Where it is counted.
            show: Has its places kept, if they are among the first; whether it could.
        """
        masks: list[int] = []
        counted: Counter[str] = Counter()
        cls = _class(value)
        if cls is self._page:
            shape, buckets = Shape.PAGE, value.data
            if value.has_more is not bool(value.next_page) or not self._run(self._page_check, [value], masks, counted):
                return False
            if any(not 0 <= bucket.start_time < bucket.end_time <= LAST_TIME for bucket in buckets) or any(
                after.start_time < before.end_time for before, after in pairwise(buckets)
            ):
                return False
        elif cls is self._bucket:
            shape, buckets = Shape.BUCKET, [value]
            if not 0 <= value.start_time < value.end_time <= LAST_TIME:
                return False
        else:
            if not self._run(self._check(cls, ALL), [value], masks, counted) or counted:
                return False
            tallying.take_spotless(Shape.RESULT, masks, [NO_START], counted)
            self.take_results(value, Shape.RESULT, tallying)
            return True
        if buckets and not self._run(self._bucket_check, buckets, masks, counted):
            return False
        if not all(self._array(bucket.results, masks, counted) for bucket in buckets if bucket.results):
            return False
        mask = ALL
        for one in {*masks}:
            mask &= one
        if not mask:  # what a draft puts together no published revision need declare together
            return False
        if counted and not (tallying.has_examples(counted) or show()):
            return False
        tallying.take_spotless(shape, [mask], [self.start(value, shape)], counted)
        if any(map(_is_undeclared, counted)):
            self.date_all(value, shape, tallying.unpublished)
        self.take_results(value, shape, tallying)
        return True

    def take_results(self, value: Any, shape: Shape, tallying: Counts) -> None:  # noqa: ANN401 - a Struct
        """Count the results of a payload that is proved, by kind, add them up, and count the time its buckets cover."""
        if shape is Shape.RESULT:
            only = self._kind(_class(value))
            tallying.kinds[only] += 1
            tallying.add_up(only, [NO_START], [value])
            return
        buckets = self._buckets(value, shape)
        kinds = [self._kind(_class(bucket.results[0])) if bucket.results else None for bucket in buckets]
        for bucket, kind in zip(buckets, kinds, strict=True):
            if kind is not None:
                tallying.kinds[kind] += len(bucket.results)
                tallying.add_up(kind, [bucket.start_time] * len(bucket.results), bucket.results)
        tallying.cover(zip(map(_starts, buckets), map(_ends, buckets), kinds, strict=True))

    def start(self, value: Any, shape: Shape) -> int:  # noqa: ANN401 - a Struct
        """When a payload that is proved starts: with its first bucket."""
        buckets = () if shape is Shape.RESULT else self._buckets(value, shape)
        start: int = buckets[0].start_time if buckets else NO_START
        return start

    def texts(self, value: Any, shape: Shape) -> Iterator[tuple[int | None, int]]:  # noqa: ANN401 - a Struct
        """How many amounts are strings in a payload that is proved, by the start of their bucket."""
        if shape is Shape.RESULT:
            yield None, self._texts([value])
            return
        for bucket in self._buckets(value, shape):
            if texts := self._texts(bucket.results):
                yield bucket.start_time, texts

    def _texts(self, results: Sequence[Any]) -> int:
        part = self._types.records[_class(results[0])].part if results else None
        if part is None:
            return 0
        amounts = [amount for one in results if (amount := getattr(one, part)) is not UNSET]
        return sum(amount.value is not UNSET and bytes(amount.value)[:1] == b'"' for amount in amounts)

    def date_all(self, value: Any, shape: Shape, finder: Finder) -> None:  # noqa: ANN401 - a Struct
        """Count the members of a payload that is proved which no revision declares."""
        date_payload(self._types, value, shape, finder)

    def _buckets(self, value: Any, shape: Shape) -> Sequence[Any]:  # noqa: ANN401 - a Struct
        buckets: Sequence[Any] = value.data if shape is Shape.PAGE else [value]
        return buckets

    def found(self, value: Any) -> Found | None:  # noqa: ANN401 - a Struct
        """What the fast route finds in a payload; None if there is anything that it does not explain."""
        cls = _class(value)
        findings = Findings(self._types)
        if cls is self._page:
            shape, clear = Shape.PAGE, findings.page(value)
        elif cls is self._bucket:
            shape, clear = Shape.BUCKET, findings.bucket(value)
        else:
            shape, clear = Shape.RESULT, findings.result(value)
        if not clear:
            return None
        observations = findings.observations(value, shape)
        return None if may_be_flat(shape, observations, self._types.contract.revision) else (shape, observations)

    def shortened(self, value: Any, shape: Shape) -> bytes | None:  # noqa: ANN401 - a Struct
        """A short payload that fits each revision as this one does; None if there is none."""
        short = extract(self._types.records, value, shape)
        return None if short is None else short.payload

    # -- checking

    def _kind(self, cls: type[object]) -> str:
        return self._types.records[cls].shape.kind or ""

    def _array(self, results: Sequence[Any], masks: list[int], counted: Counter[str]) -> bool:
        """The results of one bucket."""
        cls = _class(results[0])
        if len(results) > 1:
            record: FastRecord = self._types.records[cls]
            if len({*map(type, results)}) > 1 or not record.check(results, [0] * len(record.columns)):
                return False
        return self._run(self._check(cls, self._in_bucket), results, masks, counted)

    def _run(self, check: Check, objects: Sequence[Any], masks: list[int], counted: Counter[str]) -> bool:
        """Add the mask of each object; False if one is not spotless."""
        more = self._masks(check, objects, counted)
        masks += more
        return 0 not in more and not any(map(_TEXT.__and__, more))

    def _masks(self, check: Check, objects: Sequence[Any], counted: Counter[str]) -> list[int]:
        """The mask of each object, 0 if it is not spotless, and how often there are notes in them."""
        if check.is_plain:
            return [check.base] * len(objects)
        counts = [0] * len(check.columns)
        masks: list[int] = []
        check.run(objects, counts, masks)
        for column, count in zip(check.columns, counts, strict=True):
            if count:
                name = f" {column.name}" if column.code == UNDECLARED else ""
                counted[column.code + name] += count
        for numbers, texts in check.raw:
            raws = list(map(numbers, objects))
            if NOT_SAFE.search(b"\n".join((*(raw for raw in raws if raw is not UNSET), b""))):
                for index, raw in enumerate(raws):
                    if raw is UNSET or not masks[index]:
                        continue
                    data = bytes(raw)
                    if texts and NUMBER_TEXT.fullmatch(data):
                        masks[index] |= _TEXT
                        counted[texts] += 1
                        continue
                    if not NOT_SAFE.search(data):
                        continue
                    lossy = None if data == b"null" else is_lossy(data)
                    if lossy is None:
                        masks[index] = 0
                    elif lossy:
                        counted["record/lossy-number"] += 1
        return masks

    def _check(self, cls: type[object], envelope: int) -> Check:
        """The check of one record in objects for which only the revisions of `envelope` come into question."""
        key = cls, envelope
        if key not in self._checks:
            amount = None if self._types.records[cls].part is None else self._check(self._amount, envelope)
            self._checks[key] = check_of(self._types, cls, envelope, amount)
        return self._checks[key]


def _class(value: object) -> type[object]:
    return type(value)


def _spaceless(data: bytes) -> bytes:
    """The tokens of lines; line by line, they stay where they are."""
    return data.translate(None, _SPACE)


@lru_cache(maxsize=16)
def spotless_lines(route: Route) -> SpotlessLines:
    """Made once for each route that is in use."""
    return SpotlessLines(route)


parse: Final = msgspec.json.Decoder(float_hook=Number).decode
"""A payload that the fast route has proved to be sound as a tree, with numbers as `int` or `Number`."""
