"""
Blocks of lines at once: what the fast route proves of one payload is proved here of many with one comparison.

The lines of a block are decoded into the fast route's Structs and encoded again, and the two texts are compared.
Then the checks run over the results of all lines together, and say for each which revisions declare what is there.
What is not spotless is left to be judged by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import compress, pairwise
from operator import attrgetter, ge, ne
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from attrs import frozen
from msgspec import UNSET

from usagecompat._fast import _says_the_same
from usagecompat._fast_findings import _NOT_SAFE, Findings
from usagecompat._fast_layouts import RecordLayout
from usagecompat._fast_types import Column, _Source
from usagecompat._json import Number
from usagecompat._models import INT32_LEAST, INT32_MOST
from usagecompat._shape import JsonType
from usagecompat.findings import Shape
from usagecompat.scan._fits import ALL, Masks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from usagecompat._fast import _Route
    from usagecompat._fast_types import FastRecord, FastTypes
    from usagecompat._shape import RecordShape
    from usagecompat.findings import Seen
    from usagecompat.scan.tallying import Tallying

Run: TypeAlias = "Callable[[Sequence[Any], list[int], list[int]], bool]"
"""
Whether nothing is wrong with objects of one record.

What the columns of the record name is counted, and the mask of each object is added.
"""

_encode_lines: Final = msgspec.json.Encoder().encode_lines
_encode: Final = msgspec.json.Encoder().encode
_ERRORS: Final = (msgspec.MsgspecError, ValueError, RecursionError)
_AT_LINE: Final = re.compile(r"at `\$\[(\d+)\]|\(byte (\d+)\)")
_MOST_ODD: Final = 6
"""Lines of a block that are taken out before each line is looked at by itself."""
_SPACE: Final = b" \t\r"
_starts: Final = attrgetter("start_time")
_ends: Final = attrgetter("end_time")
_results: Final = attrgetter("results")
_MOST_CHECKS: Final = 256


@frozen
class _Check:
    """The check of one record, for objects that stand in different arrays."""

    run: Run
    columns: tuple[Column, ...]
    constant: int | None
    """The mask, if it is the same for all objects, and nothing else has to be looked at."""
    raw: tuple[Callable[[Any], Any], ...]
    """Where its numbers are that are kept as they are spelled."""


class SpotlessLines:
    """Takes lines of one layout into a summary."""

    def __init__(self, route: _Route) -> None:
        """Prepare for the layout of `route`."""
        self._types: FastTypes = route.types
        self._decode_lines = msgspec.json.Decoder(route.types.root).decode_lines
        self._decode = route._decode
        self._checks: dict[tuple[type[object], int], _Check] = {}
        self._in_bucket = ALL
        contract = route.types.contract
        classes = {record.shape.name: cls for cls, record in route.types.records.items()}
        self._page, self._bucket = classes[contract.page.name], classes[contract.bucket.name]
        self._amount = classes[contract.amount.name]
        self._bucket_check, self._page_check = self._check(self._bucket, ALL), self._check(self._page, ALL)
        self._in_bucket = ALL if self._bucket_check.constant is None else self._bucket_check.constant

    # -- proving

    def prove_block(self, data: bytes) -> tuple[list[Any], list[int]] | None:
        """
        The Structs of the lines that say what their Structs say, and which lines do not.

        None if these are many, or if there are lines without anything; then it is better to look at each line.
        """
        lines: list[bytes] | None = None
        there: list[int] = []
        odd: list[int] = []
        while True:
            try:
                values = self._decode_lines(data)
                text = _encode_lines(values)
            except _ERRORS as error:
                if lines is None:
                    lines = data.split(b"\n")[:-1]
                    there = list(range(len(lines)))
                at = self._odd_line(error, data, lines)
                if at is None or len(odd) == _MOST_ODD:
                    return None
                odd.append(there.pop(at))
                del lines[at]
                data = b"\n".join((*lines, b""))
                continue
            if text == data or (len(data) >= len(text) + len(values) and _spaceless(data) == _spaceless(text)):
                return values, sorted(odd)
            lines = lines or data.split(b"\n")[:-1]
            again = text.split(b"\n")
            if len(values) != len(lines):
                return None
            for index in reversed([*compress(range(len(lines)), map(ne, lines, again))]):
                if not _says_the_same(lines[index], again[index]):
                    odd.append(there[index] if there else index)
                    del values[index]
            return values, sorted(odd)

    def _odd_line(self, error: Exception, data: bytes, lines: list[bytes]) -> int | None:
        """The line that cannot be decoded, which is verified; None if the error does not tell."""
        found = _AT_LINE.search(str(error))
        if found is None:
            return None
        at = int(found[1]) if found[1] else data.count(b"\n", 0, int(found[2]))
        for index in (at, at - 1):  # what a line lacks is missed at the beginning of the next
            if 0 <= index < len(lines) and self.prove((lines[index],)) == [None]:
                return index
        return None

    def prove(self, lines: Iterable[bytes]) -> list[Any]:
        """Line by line: the Struct that says what the line says, or None."""
        values: list[Any] = []
        decode = self._decode
        for line in lines:
            try:
                value = decode(line)
                text = _encode(value)
            except _ERRORS:
                values.append(None)
            else:
                values.append(value if text == line or _says_the_same(line, text) else None)
        return values

    # -- taking

    def take_all(self, values: list[Any], tallying: Tallying) -> bool:
        """
        Count payloads that are all alike: buckets with one result each, of one kind; False if they are not.

        Nothing is counted then.
        """
        if {*map(type, values)} != {self._bucket}:
            return False
        lists = list(map(_results, values))
        if {*map(len, lists)} != {1}:
            return False
        results = [result for (result,) in lists]
        classes: set[type[object]] = {*map(type, results)}
        starts, ends = list(map(_starts, values)), list(map(_ends, values))
        if len(classes) != 1 or any(map(ge, starts, ends)):
            return False
        (cls,) = classes
        check = self._check(cls, self._in_bucket)
        masks: list[int] = []
        counted: Counter[str] = Counter()
        if not self._run(check, results, masks, counted):
            return False
        if self._bucket_check.constant is None:
            more: list[int] = []
            if not self._run(self._bucket_check, values, more, counted):
                return False
            masks = [one & other for one, other in zip(masks, more, strict=True)]
        if counted and not tallying.has_examples(counted):
            return False
        tallying.take_spotless(Shape.BUCKET, masks, counted)
        kind = self._kind(cls)
        tallying.kinds[kind] += len(results)
        coverage = tallying.coverage_of(kind)
        coverage.pending.update(zip(starts, ends, strict=True))
        coverage.settle_if_full()
        return True

    def take(self, value: Any, tallying: Tallying) -> bool:  # noqa: ANN401 - a Struct
        """Count one payload; False if it is not spotless, and then nothing is counted."""
        masks: list[int] = []
        counted: Counter[str] = Counter()
        cls = _class(value)
        if cls is self._page:
            shape, buckets = Shape.PAGE, value.data
            if value.has_more is not bool(value.next_page) or not self._run(self._page_check, [value], masks, counted):
                return False
            if any(map(ge, map(_starts, buckets), map(_ends, buckets))) or any(
                after.start_time < before.end_time for before, after in pairwise(buckets)
            ):
                return False
        elif cls is self._bucket:
            shape, buckets = Shape.BUCKET, [value]
            if value.end_time <= value.start_time:
                return False
        else:
            if not self._run(self._check(cls, ALL), [value], masks, counted) or counted:
                return False
            tallying.take_spotless(Shape.RESULT, masks, counted)
            tallying.kinds[self._kind(cls)] += 1
            return True
        if buckets and not self._run(self._bucket_check, buckets, masks, counted):
            return False
        kinds: list[str | None] = []
        for bucket in buckets:
            results = bucket.results
            kinds.append(self._kind(_class(results[0])) if results else None)
            if results and not self._array(results, masks, counted):
                return False
        if counted and not tallying.has_examples(counted):
            return False
        mask = ALL
        for one in {*masks}:
            mask &= one
        tallying.take_spotless(shape, [mask], counted)
        for bucket, kind in zip(buckets, kinds, strict=True):
            if kind is not None:
                tallying.kinds[kind] += len(bucket.results)
        tallying.cover(zip(map(_starts, buckets), map(_ends, buckets), kinds, strict=True))
        return True

    def found(
        self,
        value: Any,  # noqa: ANN401 - a Struct
    ) -> tuple[Shape, tuple[tuple[Seen, int], ...]] | None:
        """What the fast route finds in a payload; None if there is anything that it does not explain."""
        cls = _class(value)
        findings = Findings(self._types)
        if cls is self._page:
            shape, clear = Shape.PAGE, findings.page(value)
        elif cls is self._bucket:
            shape, clear = Shape.BUCKET, findings.bucket(value)
        else:
            shape, clear = Shape.RESULT, findings.result(value)
        return (shape, findings.seen(value, shape)) if clear else None

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
        if check.constant is not None:
            masks += [check.constant] * len(objects)
            return True
        counts = [0] * len(check.columns)
        if not check.run(objects, counts, masks):
            return False
        for numbers in check.raw:
            raws = [raw for raw in map(numbers, objects) if raw is not UNSET]
            if _NOT_SAFE.search(b"\n".join((*raws, b""))):
                return False
        if any(counts):
            for column, count in zip(check.columns, counts, strict=True):
                counted[column.code] += count
        return True

    def _check(self, cls: type[object], envelope: int) -> _Check:
        """The check of one record in objects for which only the revisions of `envelope` come into question."""
        key = cls, envelope
        if key not in self._checks:
            record = self._types.records[cls]
            layout = self._types.layout.records.get(record.shape.name, RecordLayout())
            names = layout.completed(record.shape)
            raw = [attrgetter(member.attribute) for member in record.numbers]
            inner: list[Callable[[Any], Any]] = []
            if record.part is not None:
                amount, part = self._types.records[self._amount], attrgetter(record.part)
                inner = [_within(part, attrgetter(member.attribute)) for member in amount.numbers]
                if self._check(self._amount, envelope).constant != envelope:
                    inner.append(_always)
            run, constant = _compiled(record.shape, names, record.columns, self._types.contract.revision, envelope)
            self._checks[key] = _Check(run, record.columns, None if raw or inner else constant, (*raw, *inner))
        return self._checks[key]


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
) -> tuple[Run, int | None]:
    """The check of one record as a function, and the mask of all its objects if there is nothing to look at."""
    scope: dict[str, Any] = {"UNSET": UNSET, "MOST": INT32_MOST, "LEAST": INT32_LEAST}
    writer = _Writer(shape, names, columns)
    base, tests = writer.masks(envelope)
    lines = writer.all_lines(revision, base, tests)
    exec("\n".join(lines), scope)  # noqa: S102 - made of the contract's names and of numbers
    run: Run = scope["check"]
    is_plain = not tests and not writer.sums(revision) and not columns and "amount" not in shape.members
    return run, base if is_plain else None


class _Writer(_Source):
    """
    Writes the check of one record as Python, like the fast route's own, for objects of different arrays.

    Group keys are not compared, and each object gets its mask: the revisions that declare all that it has,
    that require nothing that it has not, and that allow each null in it.
    """

    def sums(self, revision: str) -> list[str]:
        """The sums that are checked."""
        return self._sums(revision)

    def all_lines(self, revision: str, base: int, tests: list[str]) -> list[str]:
        """The check, line by line; `tests` change the mask `f`."""
        counted = range(len(self._columns))
        body = [*self._sums(revision), *self._counters(), *self._currency(), f"f = {base}", *tests, "add(f)"]
        return [
            "def check(objects, counts, masks):",
            "    add = masks.append",
            *(f"    n{index} = 0" for index in counted),
            "    for o in objects:",
            *(f"        {line}" for line in (*self._never(), *body)),
            *(f"    counts[{index}] += n{index}" for index in counted),
            "    return True",
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


@lru_cache(maxsize=16)
def spotless_lines(route: _Route) -> SpotlessLines:
    """Made once for each route that is in use."""
    return SpotlessLines(route)


parse: Final = msgspec.json.Decoder(float_hook=Number).decode
"""A payload that the fast route has proved to be sound as a tree, with numbers as `int` or `Number`."""
