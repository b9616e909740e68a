"""
One pass over payloads, which come a block of lines or one at a time, and the summary it ends with.

Payloads that the fast route proves spotless are counted in bulk.
Any other is judged by itself, and once per set of facts at all revisions, to know which of them fits best.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from usagecompat.checking import fast_route, look, report_on, told_shape, verdict_of
from usagecompat.contract import LATEST, contract, is_kind
from usagecompat.findings import CODES, Profile, Shape, Verdict
from usagecompat.jsontext import MAX_SIZE, NO_VALUE, Document, read
from usagecompat.scan.coverage import CoverageBuilder
from usagecompat.scan.examples import Examples, place_of
from usagecompat.scan.months import VerdictsByMonth, time_of
from usagecompat.scan.restatements import Remembering
from usagecompat.scan.revision_fit import Fits, best_revision, earliest
from usagecompat.scan.summary import (
    MOST_UNKNOWN,
    NO_KIND,
    NO_SHAPE,
    UNKNOWN_KIND,
    Piece,
    Summary,
    few_kinds,
)
from usagecompat.scan.trees import buckets, member, seconds
from usagecompat.scan.undeclared import UNDECLARED
from usagecompat.scan.unpublished import TELLING, Finder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from types import ModuleType

    from usagecompat.findings import Finding, Observation
    from usagecompat.scan.adding import Adder
    from usagecompat.scan.bulk import Found, SpotlessLines
    from usagecompat.scan.coverage import Seconds
    from usagecompat.scan.rows import RowWriter

AMOUNT_AS_STRING: Final = "wire/amount-as-string"
_SEVERAL: Final = 8
_MOST_WAITING: Final = 1_000
_LONGEST_WAITING: Final = 1 << 21
_LONGEST_KIND: Final = 100
_LONGEST_POINTER: Final = 300


@frozen
class Judged:
    """How payloads are judged."""

    revision: str = LATEST
    profile: Profile = field(default=Profile.SERVED, converter=Profile)
    ignore: frozenset[str] = frozenset()
    """Codes that count for nothing."""
    totals: bool = False
    """Whether results are added up."""
    group: str | None = None
    """The member by which totals are grouped."""
    restatements: bool = False
    """Whether to look for results that stand there more than once."""


@frozen
class _Bulk:
    """What the fast route does for many lines at once."""

    routes: Any
    """Which layouts are known."""
    lines_of: Callable[[Any], SpotlessLines]
    parse: Callable[[bytes], Any]
    errors: tuple[type[Exception], ...]
    """What that raises."""


def _bulk(fast: ModuleType | None, revision: str) -> _Bulk | None:
    if fast is None or not fast.routes_of(revision).known:
        return None
    from usagecompat.scan.bulk import parse, spotless_lines  # noqa: PLC0415 - the exact route must not need it

    return _Bulk(fast.routes_of(revision), spotless_lines, parse, fast.DECODE_ERRORS)


def _adder(judged: Judged) -> Adder:
    from usagecompat.scan.adding import Adder  # noqa: PLC0415 - a scan without totals must not need it

    return Adder(judged.revision, judged.group)


class Tallying:
    """Payloads of some files, counted as they come."""

    def __init__(
        self,
        judged: Judged,
        rows: RowWriter | None = None,
        put: Callable[[dict[str, object]], object] | None = None,
    ) -> None:
        """
        Begin with none.

        Args:
            judged: How payloads are judged.
            rows: Gets each payload, too.
            put: Gets every place where something is found, as it comes; each such payload is then judged by itself.
        """
        self.kinds: Counter[str] = Counter()
        """Results by kind."""
        self.fits = _fits(judged)
        """What is remembered of how payloads fit."""
        self._judged = judged
        self._fast = fast_route()
        self._bulk = _bulk(self._fast, judged.revision)
        self._known = contract(LATEST).kinds.keys() | contract(judged.revision).kinds.keys()
        self._unknown: list[tuple[bytes, int]] = []
        self._waiting = 0
        self._payloads = 0
        self._bytes = 0
        self._shapes: Counter[str] = Counter()
        self._verdicts: Counter[str] = Counter()
        self._months = VerdictsByMonth()
        self._best: Counter[str] = Counter()
        self._masks: Counter[int] = Counter()
        self._found = Examples(judged.ignore, judged.profile, put)
        self.unpublished = Finder(judged.revision)
        """What no revision declares."""
        self._coverage: dict[str, CoverageBuilder] = {}
        self._pieces: dict[str, list[Piece]] = {}
        self._adder = _adder(judged) if judged.totals else None
        self._rows = rows
        self._remembering = Remembering(revision=judged.revision) if judged.restatements else None

    def summary(self) -> Summary:
        """What there is to say of all that came."""
        best = self._best.copy()
        for mask, count in self._masks.items():
            best[earliest(mask)] += count
        return Summary(
            payloads=self._payloads,
            bytes=self._bytes,
            shapes={str(shape): count for shape, count in self._shapes.items()},
            kinds=dict(few_kinds(self.kinds)),
            verdicts={str(verdict): count for verdict, count in self._verdicts.items()},
            verdicts_by_month=self._months.counts(),
            best_revisions=dict(best),
            findings=self._found.tallies(),
            undeclared={} if UNDECLARED in self._judged.ignore else self._found.undeclared.counts(),
            unpublished=self.unpublished.found(self._judged.ignore),
            deviations=self._found.deviations(),
            coverage={kind: builder.coverage() for kind, builder in self._coverage.items()},
            pieces={source: tuple(pieces) for source, pieces in self._pieces.items()},
            totals=None if self._adder is None else self._adder.totals(),
            restatements=None if self._remembering is None else self._remembering.restatements(),
        ).settled()

    def _verdict(self, codes: Iterable[str]) -> Verdict:
        """The verdict on a payload in which these were found."""
        counted = {*codes} - self._judged.ignore
        return verdict_of({CODES[code].severity(self._judged.profile) for code in counted})

    # -- what comes

    def begin(self, source: str, base: int = 0) -> None:
        """What comes is from `source`, its lines counted from `base`."""
        self._found.source, self._found.base = source, base

    def end(self, piece: Piece | None) -> None:
        """A piece of the source is done; None if nobody knows how many lines it has."""
        self._judge_unknown()
        if piece is not None and self._rows:
            self._rows.end(self._found.source, piece)
        if piece is not None:
            self._pieces.setdefault(self._found.source, []).append(piece)

    def unreadable(self, code: str, reason: str, line: int = 0) -> None:
        """Something could not be read: from the source's beginning, or behind `line`."""
        self._found.line = line
        self._found.tell(code, "", reason)
        self._found.note(code, 1, lambda: ("", reason))

    def block(self, data: bytes, number: int) -> None:
        """Whole lines, the first of which has this number; each that is not blank is a payload."""
        lines = data.split(b"\n")[:-1]
        if len(data) > MAX_SIZE:
            for index, line in enumerate(lines):
                payload = line.removesuffix(b"\r")
                self._bytes += min(len(line), MAX_SIZE + 1)
                if line.strip() or len(payload) > MAX_SIZE:
                    self._payload(payload, number + index)
            return
        self._bytes += len(data) - len(lines)
        numbers = range(number, number + len(lines))
        if self._remembering or self._rows:
            for index, line in zip(numbers, lines, strict=True):
                if line.strip():
                    self._look_into(line.removesuffix(b"\r"), index)
        odd: Sequence[int] = range(len(lines))
        if self._bulk:
            odd = self._take(self._bulk, self._bulk.routes.known[0], lines, numbers, of=len(lines), data=data)
        if odd:
            odd = [index for index in odd if lines[index].strip()]
            odd_lines = [lines[index].removesuffix(b"\r") for index in odd]
            self._lines(odd_lines, [numbers[index] for index in odd], tried=1, of=len(lines))

    def payload(self, data: bytes, number: int = 0) -> None:
        """One payload, in line `number`, or as a whole file; of one that is too long no more counts than shows it."""
        self._bytes += min(len(data), MAX_SIZE + 1)
        self._payload(data, number)

    def _payload(self, data: bytes, number: int) -> None:
        self._found.line = number
        if self._remembering or self._rows:
            self._look_into(data, number)
        if len(data) > MAX_SIZE:
            self._exact(data[: MAX_SIZE + 1], number)
        else:
            self._lines([data], [number])

    def _lines(self, lines: list[bytes], numbers: list[int], tried: int = 0, of: int = 1) -> None:
        """Payloads, line by line; the first routes have been tried, on a block `of` so many lines."""
        lines, numbers = self._by_routes(lines, numbers, tried, of)
        while self._bulk is not None and len(lines) > _SEVERAL:  # they may be alike
            known = self._bulk.routes.known
            self._exact(lines[0], numbers[0])
            lines, numbers = lines[1:], numbers[1:]
            if self._bulk.routes.known is known:
                break
            lines, numbers = self._by_routes(lines, numbers, 0, of)
        self._put_off(lines, numbers)

    def _by_routes(self, lines: list[bytes], numbers: list[int], tried: int, of: int) -> tuple[list[bytes], list[int]]:
        """Count the payloads that any known route proves; the others are returned."""
        bulk = self._bulk
        for route in bulk.routes.known[tried:] if bulk else ():
            if bulk is None or not lines:
                break
            odd = self._take(bulk, route, lines, numbers, of=max(of, len(lines)))
            lines, numbers = [lines[index] for index in odd], [numbers[index] for index in odd]
        return lines, numbers

    def _take(  # noqa: PLR0913 - lines in three forms
        self,
        bulk: _Bulk,
        route: Any,  # noqa: ANN401 - of the fast route
        lines: Sequence[bytes],
        numbers: Sequence[int],
        *,
        of: int,
        data: bytes | None = None,
    ) -> Sequence[int]:
        """Count the payloads that one route proves, among `of` lines of a block; the indexes of the others are returned."""
        spotless = bulk.lines_of(route)
        self._found.line = numbers[0]
        values, there, odd = spotless.prove(lines, data)
        if len(values) * 2 > of:
            bulk.routes.prefer(route)
        elif values:
            route.was_of_use = True
        left = spotless.take_all(values, self)
        if any(left):
            self._singly(spotless, values, left, lambda index: (lines[there[index]], numbers[there[index]]))
        return odd

    def _singly(
        self,
        spotless: SpotlessLines,
        values: list[Any],
        left: tuple[list[int], list[int]],
        place: Callable[[int], tuple[bytes, int]],
    ) -> None:
        """What is proved and cannot be counted together; `place` says of an index which line it is, and its number."""
        others, unclear = left
        for index in others:

            def show(index: int = index) -> bool:
                return self._show(spotless.found(values[index]), place(index)[1])

            if not spotless.take(values[index], self, show):
                unclear.append(index)
        for index in unclear:
            best = self._explain(spotless, values[index], *place(index))
            state = spotless.state(values[index]) if best is not None else None
            if state is not None:
                self.fits.remember(state, best)

    # -- totals

    def add_up(self, kind: str, starts: Sequence[int], results: Sequence[Any]) -> None:
        """Add up results, each with the start of its bucket, if that is asked for."""
        if self._adder:
            self._adder.add_all(kind, starts, results)

    def _look_into(self, data: bytes, number: int) -> None:
        """What is asked of each payload by itself: its row, and whether its results were there before."""
        tree, shape = self._tree(data) if len(data) <= MAX_SIZE else (None, None)
        if self._remembering and shape is not None:
            self._remembering.add(tree, shape, self._found.source, self._found.base, number)
        if self._rows:

            def best(codes: Collection[str]) -> str | None:
                return None if tree is NO_VALUE else self._best_of(data, tree, shape, codes)

            self._rows.add(self._found.source, self._found.base, number, data[: MAX_SIZE + 1], tree, best)

    def _tree(self, data: bytes) -> tuple[Any, Shape | None]:
        """A payload as a tree, and what it is; None for what cannot be read."""
        tree = self._parsed(data)
        if tree is None:
            tree = read(data).value
        return tree, told_shape(Document(tree, None), self._judged.revision)

    # -- spotless payloads, and the first of what is found in many

    def take_spotless(self, shape: Shape, masks: list[int], starts: Sequence[int], counted: Mapping[str, int]) -> None:
        """Count payloads with notes at most, the revisions that declare what is in each, and the start of each."""
        if masks:
            self._payloads += len(masks)
            self._shapes[shape] += len(masks)
            self._verdicts[Verdict.VALID] += len(masks)
            self._months.add_all(Verdict.VALID, starts)
            self._masks.update(masks)
        for told, count in counted.items():
            code, is_named, name = told.partition(" ")
            self._found.codes[code] += count
            if is_named:  # an empty name is one, too
                self._found.undeclared.add(name, count)

    def take_with_texts(self, best: Mapping[str | None, int], starts: Sequence[int]) -> None:
        """Count buckets with an amount in a string, each of which is acceptable; by the revision that fits best."""
        self._payloads += len(starts)
        self._shapes[Shape.BUCKET] += len(starts)
        verdict = self._verdict((AMOUNT_AS_STRING,))
        self._verdicts[verdict] += len(starts)
        self._months.add_all(verdict, starts)
        for revision, count in best.items():
            self._best[revision or NO_SHAPE] += count
        for start in starts:
            self._found.deviation(AMOUNT_AS_STRING, start, 1)

    def has_examples(self, codes: Iterable[str]) -> bool:
        """Whether no place that is still to come can be among the first of these codes."""
        return not self._found.wants_all and not any(self._found.wants(code.partition(" ")[0]) for code in codes)

    # -- coverage

    def coverage_of(self, kind: str) -> CoverageBuilder:
        """The time that is covered by buckets of a kind."""
        return self._coverage.setdefault(kind, CoverageBuilder())

    def cover(self, covered: Iterable[tuple[Seconds, Seconds, str | None]]) -> None:
        """Count the time of the buckets of one payload, each with the kind of its results or None without any."""
        covered = list(covered)
        kinds = {kind for _, _, kind in covered if kind is not None}
        default = next(iter(kinds)) if len(kinds) == 1 else NO_KIND
        for label, group in groupby(covered, key=lambda one: one[2] or default):
            starts, ends, _ = zip(*group, strict=True)
            self.coverage_of(label).add_all(starts, ends)

    # -- payloads that are judged by themselves

    def _put_off(self, lines: list[bytes], numbers: list[int]) -> None:
        """Judge these payloads some time before the summary."""
        self._unknown += zip(lines, numbers, strict=True)
        self._waiting += sum(map(len, lines))
        if len(self._unknown) > _MOST_WAITING or self._waiting > _LONGEST_WAITING:
            self._judge_unknown()

    def _judge_unknown(self) -> None:
        """Judge what was put off: many in a row take less time than one now and then."""
        unknown, self._unknown, self._waiting = self._unknown, [], 0
        for line, number in unknown:
            self._exact(line, number)

    def _explain(self, spotless: SpotlessLines, value: Any, data: bytes, number: int) -> str | None:  # noqa: ANN401 - a Struct
        """A payload that is proved, and has something to be told; the best revision, if an amount in it is a string."""
        data = data.removesuffix(b"\r")
        if self._found.wants_all:
            self._put_off([data], [number])
            return None
        found = spotless.found(value)
        verdict = Verdict.INVALID if found is None else self._verdict(seen.code for seen, _ in found[1])
        if found is None or verdict is Verdict.INVALID:
            self._put_off([data], [number])
            return None
        shape, counted = found
        short = spotless.shortened(value, shape) or data
        tree = self._parsed(short)
        if tree is None:
            self._put_off([data], [number])
            return None
        codes = {seen.code for seen, _ in counted}
        self._found.line = number
        told: set[str] = set()
        for seen, count in counted:
            self._found.note_first(seen, count, told)
        if AMOUNT_AS_STRING in codes:
            for start, texts in spotless.texts(value, shape):
                self._found.deviation(AMOUNT_AS_STRING, start, texts)
        best = self._best_of(short, tree, shape, codes)
        self._count(shape, verdict, best, spotless.start(value, shape))
        if UNDECLARED in codes:
            spotless.date_all(value, shape, self.unpublished)
        spotless.take_results(value, shape, self)
        return best if AMOUNT_AS_STRING in codes else None

    def _show(self, found: Found | None, number: int) -> bool:
        """Keep the places of what is found in a payload that is counted elsewhere; whether that is enough."""
        if found is None or self._found.wants_all:
            return False
        self._found.line = number
        for code, seen in {seen.code: seen for seen, _ in reversed(found[1])}.items():
            self._found.note(code, 0, partial(place_of, seen))
        return True

    def _exact(self, data: bytes, number: int) -> None:
        """A payload of which nothing is known."""
        self._found.line = number
        judged = self._judged
        document = read(data)
        tree = document.value
        shape = told_shape(document, judged.revision)
        counts: Counter[str] = Counter()
        first: dict[str, Observation] = {}

        def see(one: Observation) -> None:
            first.setdefault(one.code, one)
            counts[one.code] += one.count
            if self._found.wants_all:
                self._found.tell(one.code, *place_of(one))
            self._found.undeclared.see(one)
            if one.code.startswith("wire/"):
                self._found.deviation(one.code, time_of(tree, shape, one.path), 1)

        look(document, judged.revision, shape, see, hints=False)
        verdict = self._verdict(counts)
        wanted: set[str] = {code for code in counts if self._found.wants(code)}
        self._found.codes.update(counts)
        if wanted:
            report = report_on(document, judged.revision, shape, judged.profile)
            found: list[Finding | Observation] = [*report.findings, *first.values()]
            for one in found:
                if one.code in wanted:
                    wanted.remove(one.code)
                    self._found.note(one.code, 0, partial(place_of, one))
        best = None
        if tree is not NO_VALUE:
            best = self._best_of(data, tree, shape, counts)
        self._judged_one(tree, shape, verdict, best, counts)
        if self._fast is not None and shape is not None:
            self._fast.learn(document, shape, judged.revision, counts)

    def _parsed(self, data: bytes) -> Any:  # noqa: ANN401 - a tree
        """A payload as a tree; None if that parser does not take it, for one because an integer has too many digits."""
        if self._bulk is None:
            return None
        try:
            return self._bulk.parse(data)
        except self._bulk.errors:
            return None

    def _best_of(self, data: bytes, tree: object, shape: Shape | None, codes: Collection[str]) -> str | None:
        profile = self._judged.profile
        return self.fits.best(tree, shape, codes, lambda: best_revision(read(data), shape, profile))

    def _judged_one(
        self, tree: object, shape: Shape | None, verdict: Verdict, best: str | None, codes: Collection[str]
    ) -> None:
        """Count a payload that was judged, and the results and times in it."""
        self._count(shape, verdict, best, time_of(tree, shape, ()))
        if shape is None:
            return
        if not TELLING.isdisjoint(codes):
            self.unpublished.look(tree, shape)
        if self._adder:
            self._adder.add(tree, shape)
        covering: list[tuple[Seconds, Seconds, str | None]] = []
        for bucket, results in buckets(tree, shape, self._judged.revision):
            kinds = [kind for result in results if (kind := self._kind(result)) is not None]
            self.kinds.update(kinds)
            start, end = (seconds(bucket.get(name)) for name in ("start_time", "end_time")) if bucket else (None, None)
            if start is not None and end is not None and start < end:
                groups = {kind if kind in self._known else UNKNOWN_KIND for kind in kinds}
                covering += [(start, end, kind) for kind in groups or (None,)]
        if verdict is not Verdict.INVALID:
            self.cover(covering)
        if len(self.kinds) > MOST_UNKNOWN * 10:
            self.kinds = Counter(few_kinds(self.kinds))

    def _count(self, shape: Shape | None, verdict: Verdict, best: str | None, start: object) -> None:
        self._payloads += 1
        self._months.add(verdict, start)
        self._shapes[shape or NO_SHAPE] += 1
        self._verdicts[verdict] += 1
        self._best[best or NO_SHAPE] += 1

    def _kind(self, result: object) -> str | None:
        tag = member(result, "object")
        if type(tag) is not str or is_kind(tag) is None:
            return None
        return tag if len(tag) <= _LONGEST_KIND else UNKNOWN_KIND


@cache
def _fits(_judged: Judged) -> Fits:
    """What is remembered for all payloads that are judged alike."""
    return Fits()
