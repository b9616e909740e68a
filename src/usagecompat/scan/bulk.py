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
from attrs import frozen
from msgspec import UNSET

from usagecompat.checking import LAST_TIME, is_currency_code, sum_rules
from usagecompat.checking.fast import Column, Findings, RecordLayout
from usagecompat.checking.fast.columns import NOT_SAFE, NUMBER_TEXT, is_lossy
from usagecompat.checking.fast.extracts import extract
from usagecompat.checking.fast.route import DECODE_ERRORS, encode_struct, says_the_same
from usagecompat.checking.fast.types import SourceText
from usagecompat.checking.flat_records import may_be_flat
from usagecompat.contract import JsonType, Tolerance
from usagecompat.findings import Shape
from usagecompat.jsontext import INT32_LEAST, INT32_MOST, Number
from usagecompat.scan.bulk_dates import date_buckets, date_payload
from usagecompat.scan.revision_fit import ALL, Masks
from usagecompat.scan.trees import NO_START
from usagecompat.scan.undeclared import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from usagecompat.checking.fast import FastRecord, FastTypes
    from usagecompat.checking.fast.route import Route
    from usagecompat.contract import Member, RecordShape
    from usagecompat.findings import Observation
    from usagecompat.scan.counts import Counts
    from usagecompat.scan.unpublished import Finder

Run: TypeAlias = "Callable[[Sequence[Any], list[int], list[int]], None]"
"""Counts what the columns of the record name, and adds the mask of each object: 0 if anything is wrong with it."""
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
_MOST_CHECKS: Final = 256


@frozen
class _Check:
    """The check of one record, for objects that stand in different arrays."""

    run: Run
    columns: tuple[Column, ...]
    base: int
    """The mask of objects that have nothing but what they must have."""
    is_uniform: bool
    """Whether all objects have that mask, and nothing in them is counted."""
    is_plain: bool
    """Whether there is nothing to look at at all."""
    raw: tuple[tuple[Callable[[Any], Any], str | None], ...]
    """Where its numbers are that are kept as they are spelled, each with the code of its being a string, if it may."""


class SpotlessLines:
    """Takes lines of one layout into a summary."""

    def __init__(self, route: Route) -> None:
        """Prepare for the layout of `route`."""
        self._types: FastTypes = route.types
        self._decode = route.decode
        self._checks: dict[tuple[type[object], int], _Check] = {}
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

    def _has_notes(self, check: _Check, bucket: Any, result: Any) -> bool:  # noqa: ANN401 - Structs
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
        if counted and not (tallying.has_examples(counted) or show()):
            return False
        mask = ALL
        for one in {*masks}:
            mask &= one
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
        seen = findings.seen(value, shape)
        return None if may_be_flat(shape, seen, self._types.contract.revision) else (shape, seen)

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

    def _run(self, check: _Check, objects: Sequence[Any], masks: list[int], counted: Counter[str]) -> bool:
        """Add the mask of each object; False if one is not spotless."""
        more = self._masks(check, objects, counted)
        masks += more
        return 0 not in more and not any(map(_TEXT.__and__, more))

    def _masks(self, check: _Check, objects: Sequence[Any], counted: Counter[str]) -> list[int]:
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

    def _check(self, cls: type[object], envelope: int) -> _Check:
        """The check of one record in objects for which only the revisions of `envelope` come into question."""
        key = cls, envelope
        if key not in self._checks:
            record = self._types.records[cls]
            layout = self._types.layout.records.get(record.shape.name, RecordLayout())
            names = layout.completed(record.shape)
            raw: list[tuple[Callable[[Any], Any], str | None]] = [
                (attrgetter(member.attribute), _text_code(member)) for member in record.numbers
            ]
            if record.part is not None:
                amount, part = self._check(self._amount, envelope), attrgetter(record.part)
                raw += [(_within(part, number), texts) for number, texts in amount.raw]
                if not amount.is_uniform or amount.base != envelope:
                    raw.append((_always, None))
            run, base, is_uniform, is_plain = _compiled(
                record.shape, names, record.columns, self._types.contract.revision, envelope
            )
            is_plain = is_plain and not raw
            self._checks[key] = _Check(run, record.columns, base, is_uniform, is_plain, tuple(raw))
        return self._checks[key]


def _text_code(member: Member) -> str | None:
    """The code for a number that is a string, where the API is known to send it."""
    deviation = member.deviations.get(Tolerance.NUMBER_TEXT)
    return deviation.code if deviation else None


def _class(value: object) -> type[object]:
    return type(value)


def _spaceless(data: bytes) -> bytes:
    """The tokens of lines; line by line, they stay where they are."""
    return data.translate(None, _SPACE)


def _within(part: Callable[[Any], Any], number: Callable[[Any], object]) -> Callable[[Any], object]:
    """Where a number of an amount is."""

    def inner(value: Any) -> object:  # noqa: ANN401 - a Struct
        amount = part(value)
        return UNSET if amount is UNSET else number(amount)

    return inner


def _always(_value: object) -> bytes:
    """Nothing that is safe: each object is left to be judged by itself."""
    return b"?"


@lru_cache(maxsize=_MOST_CHECKS)
def _compiled(
    shape: RecordShape, names: tuple[str, ...], columns: tuple[Column, ...], revision: str, envelope: int
) -> tuple[Run, int, bool, bool]:
    """The check of one record as a function, and what `_Check` says of it."""
    scope: dict[str, Any] = {"UNSET": UNSET, "MOST": INT32_MOST, "LEAST": INT32_LEAST, "IS_CODE": is_currency_code}
    writer = _Writer(shape, names, columns)
    base, tests = writer.masks(envelope)
    exec("\n".join(writer.all_lines(revision, base, tests)), scope)  # noqa: S102 - made of the contract's names and of numbers
    run: Run = scope["check"]
    is_uniform = not tests and not columns
    return run, base, is_uniform, is_uniform and not writer.is_checked(revision)


class _Writer(SourceText):
    """
    Writes the check of one record as Python, like the fast route's own, for objects of different arrays.

    Group keys are not compared, and each object gets its mask: the revisions that declare all that it has,
    that require nothing that it has not, and that allow each null in it.
    """

    def is_checked(self, revision: str) -> bool:
        """Whether there is anything that can be wrong."""
        return bool(self._sums(revision) or self._currency())

    def all_lines(self, revision: str, base: int, tests: list[str]) -> list[str]:
        """The check, line by line; `tests` change the mask `f`."""
        counted = range(len(self._columns))
        checks = [*self._never(), *self._undecided(revision), *self._sums(revision), *self._currency()]
        body = [
            *(line.replace("return False", "add(0); continue") for line in checks),
            *self._counters(),
            f"f = {base}",
            *tests,
            "add(f)",
        ]
        return [
            "def check(objects, counts, masks):",
            "    add = masks.append",
            *(f"    n{index} = 0" for index in counted),
            "    for o in objects:",
            *(f"        {line}" for line in body),
            *(f"    counts[{index}] += n{index}" for index in counted),
        ]

    def masks(self, envelope: int) -> tuple[int, list[str]]:
        """What is true of all objects, and the tests that tell them apart."""
        shape, masks = self._shape, Masks(self._shape)
        base = envelope & masks.known
        for name in masks.names - shape.members.keys():
            base &= masks.absent(name)
        for name in shape.required:
            base &= masks.present(name)
        steps: dict[int, list[str]] = {}
        tests: list[str] = []
        for name, member in shape.members.items():
            value = f"o.{member.attribute}"
            if name not in shape.required:
                present, absent = base & masks.present(name), base & masks.absent(name)
                if present != base:
                    steps.setdefault(present, []).append(f"{value} is not UNSET")
                if absent != base:
                    tests += [f"if {value} is UNSET:", f"    f &= {absent}"]
            if member.nullable and base & masks.null(name) != base and member.type is not JsonType.NUMBER:
                tests += [f"if {value} is None:", f"    f &= {masks.null(name)}"]
        order = sorted(steps, key=int.bit_count)
        if all(less & more == less for less, more in pairwise(order)):  # then the first that holds says it all
            for index, mask in enumerate(order):
                first = "if" if index == 0 else "elif"
                tests[index * 2 : index * 2] = [f"{first} {' or '.join(steps[mask])}:", f"    f = {mask}"]
        else:
            for mask, conditions in steps.items():
                tests += [f"if {' or '.join(conditions)}:", f"    f &= {mask}"]
        return base, tests

    def _never(self) -> list[str]:
        """What is left to be judged by itself: a member that this revision does not declare, but another one does."""
        declared = Masks(self._shape).names
        lines: list[str] = []
        for column in self._columns:
            if column.code == "schema/undeclared-member" and column.name in declared:
                lines += [f"if o.{column.attribute} is not UNSET:", "    return False"]
        return lines

    def _undecided(self, revision: str) -> list[str]:
        """What is left, too: sums that other revisions count otherwise."""
        lines: list[str] = []
        for rule in sum_rules(revision, self._shape.kind or ""):
            if rule.on_top:
                terms = [f"o.{self._shape.members[name].attribute}" for name in rule.terms]
                there = [f"{term} is not UNSET and {term} is not None" for term in terms]
                known = f"o.{rule.settled_by}" if rule.settled_by else "None"
                on_top = f"o.{rule.on_top} is not UNSET and o.{rule.on_top}"
                lines += [
                    f"if {on_top} and {' and '.join(there)} and ({known} is UNSET or {known} is None):",
                    "    return False",
                ]
        return lines


@lru_cache(maxsize=16)
def spotless_lines(route: Route) -> SpotlessLines:
    """Made once for each route that is in use."""
    return SpotlessLines(route)


parse: Final = msgspec.json.Decoder(float_hook=Number).decode
"""A payload that the fast route has proved to be sound as a tree, with numbers as `int` or `Number`."""
