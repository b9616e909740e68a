"""
One partition, from its bytes to its summary: what every worker does, on whatever machine.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO

from attrs import frozen

from usagecompat import inputs
from usagecompat.contract import LATEST
from usagecompat.exceptions import UnreadableInput, UsageCompatError, naming
from usagecompat.findings import Profile
from usagecompat.jsontext import MAX_SIZE
from usagecompat.scan import _reading
from usagecompat.scan._tables import ReaderEnded, TableProblem, table_of
from usagecompat.scan.accumulator import Judged, Tallying
from usagecompat.scan.partitions import reason
from usagecompat.scan.summary import DAMAGED, UNREADABLE, Piece

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from usagecompat.scan._tables import Table
    from usagecompat.scan.rows import Parts, RowWriter
    from usagecompat.scan.slices import Partition, Slice
    from usagecompat.scan.summary import Summary


@frozen
class Options:
    """How payloads are read and judged."""

    revision: str = LATEST
    profile: str = Profile.SERVED.value
    column: str | None = None
    """The column of Parquet files that holds the payloads; None for `payload`, or the only one of text or bytes."""
    ignore: tuple[str, ...] = ()
    """Codes that count for nothing."""
    totals: bool = False
    """Whether results are added up, by day and kind."""
    group: str | None = None
    """The member by which they are added up, too."""
    restatements: bool = False
    """Whether to look for results that stand there more than once."""


DEFAULT: Final = Options()
_MOST_ENDED: Final = 3
"""So many row groups may end the process that reads them; no more of the table is read then."""


def scan_partition(
    partition: Partition,
    options: Options = DEFAULT,
    *,
    tick: Callable[[int], object] | None = None,
    parts: Parts | None = None,
    places: Path | None = None,
) -> Summary:
    """
    The summary of one partition.

    Args:
        partition: From `usagecompat.scan.partitions.plan`.
        options: How payloads are read and judged.
        tick: Told, now and then, how many bytes more have been read.
        parts: Where rows go, if there are to be any.
        places: A file to write with a line for each place where something is found.
    """
    with ExitStack() as stack:
        writer = None
        put = None
        if parts is not None:
            writer = stack.enter_context(
                parts.writer(partition.number, options.revision, Profile(options.profile), frozenset(options.ignore))
            )
        if places is not None:
            stack.enter_context(naming(places))
            put = partial(_put_place, stack.enter_context(places.open("w", encoding="utf-8", newline="\n")))

        return _scanned(partition, options, tick, writer, put)


def _put_place(file: TextIO, place: dict[str, object]) -> None:
    """Write one place as a line."""
    file.write(line_of(place))


def _scanned(
    partition: Partition,
    options: Options,
    tick: Callable[[int], object] | None,
    rows: RowWriter | None,
    put: Callable[[dict[str, object]], object] | None,
) -> Summary:
    tallying = Tallying(
        Judged(
            options.revision,
            Profile(options.profile),
            ignore=frozenset(options.ignore),
            totals=options.totals or options.group is not None,
            group=options.group,
            restatements=options.restatements,
        ),
        rows,
        put,
    )
    for one in partition.slices:
        _Reader(one, options, tallying, tick).read()
    return tallying.summary()


def line_of(place: dict[str, object]) -> str:
    """A place as `schemas/scan-place.json` describes it, in a line."""
    return json.dumps(place, separators=(",", ":")) + "\n"


class _Reader:
    """Reads one piece of a file into a summary."""

    def __init__(self, one: Slice, options: Options, tallying: Tallying, tick: Callable[[int], object] | None) -> None:
        self._slice = one
        self._options = options
        self._tallying = tallying
        self._tick = tick
        self._told = 0
        self._lines = 0
        """How many have been read."""
        self._is_within = False
        """Whether the file was opened, and what goes wrong now goes wrong somewhere within."""
        self._is_cut_short = False
        """Whether something could not be read."""
        self._is_judging = False
        """Whether what goes wrong now is a fault of the kit, and none of the file's, the store's or the format's."""

    def read(self) -> None:
        """Everything that can be read; what cannot is a finding."""
        one, tallying = self._slice, self._tallying
        tallying.begin(inputs.displayed(one.name), one.start)
        try:
            if one.content == "parquet":
                self._parquet()
            elif one.content == "lines":
                self._ndjson()
            else:
                with _reading.opened(one) as (stream, position):
                    data = _reading.whole(stream)
                    self._judge(tallying.payload, data, 0)
                    if len(data) <= MAX_SIZE:
                        self._is_all(position())
        except Exception as error:  # noqa: BLE001 - stores and formats have exceptions of their own
            self._problem(error)
        is_known = not self._is_cut_short or one.content != "lines" or one.end is None
        tallying.end(Piece(one.start, one.end, self._lines) if is_known else None)
        self._done(one.size)

    def _judge(self, take: Callable[[bytes, int], None], data: bytes, number: int) -> None:
        """Let the tallying take what was read."""
        self._is_judging = True
        take(data, number)
        self._is_judging = False

    def _problem(self, error: Exception) -> None:
        """Count something that could not be read; anything else is raised."""
        self._is_cut_short = True
        if self._is_judging or isinstance(error, (MemoryError, AssertionError)):
            raise error
        if isinstance(error, inputs.Damaged):
            code, why = DAMAGED, str(error)
        elif isinstance(error, UsageCompatError):
            code, why = UNREADABLE, str(error).removeprefix(f"{self._slice.name}: ")
        else:
            why = str(error) if isinstance(error, TableProblem) else reason(error)
            code = DAMAGED if self._lines or self._is_within else UNREADABLE
        self._tallying.unreadable(code, why, self._lines)

    def _done(self, size: int) -> None:
        """Tell how far the piece has been read, of which readers may be a little ahead."""
        if self._tick is not None:
            size = min(size, self._slice.size)
            self._tick(size - self._told)
            self._told = size

    def _ndjson(self) -> None:
        one, tallying = self._slice, self._tallying
        with _reading.opened(one) as (stream, position):
            self._is_within = one.start > 0
            for data, is_whole in _reading.blocks(stream, one.start, one.end):
                self._judge(tallying.block if is_whole else tallying.payload, data, self._lines + 1)
                self._lines += data.count(b"\n") if is_whole else 1
                self._done((position() or one.start) - one.start)
            self._is_all(position())

    def _is_all(self, position: int | None) -> None:
        """Look whether what was to be read was there."""
        end = self._slice.start + self._slice.size
        if position is not None and position < end and not self._slice.compression:
            raise inputs.Damaged("the file has become shorter since its name was looked up")

    def _parquet(self) -> None:
        """The rows of each row group; if one is damaged, the others are read."""
        one = self._slice
        try:
            with table_of(one, self._options.column) as table:
                self._is_within = True
                groups = range(one.start, len(table.groups) if one.end is None else one.end)
                self._groups(table, groups)
        except UnreadableInput:
            if not one.start:
                raise  # of any other piece whoever reads the beginning says so

    def _groups(self, table: Table, groups: range) -> None:
        ended = 0
        for number, group in enumerate(groups, 1):
            before = self._lines
            try:
                for values in table.rows(group):
                    self._rows(values)
            except Exception as error:  # noqa: BLE001 - stores and formats have exceptions of their own
                self._problem(error)
                ended += isinstance(error, ReaderEnded)
            self._lines = before + table.groups[group]
            self._done(self._slice.size * number // len(groups))
            if ended == _MOST_ENDED:
                return

    def _rows(self, values: list[bytes | None]) -> None:
        """Some rows of a column of payloads."""
        payloads = [value for value in values if value is not None]
        if len(payloads) == len(values) and not any(map(_is_no_line, payloads)):
            self._judge(self._tallying.block, b"\n".join((*payloads, b"")), self._lines + 1)
        else:
            for number, value in enumerate(values, self._lines + 1):
                if value is not None:
                    self._judge(self._tallying.payload, value, number)
        self._lines += len(values)


def _is_no_line(payload: bytes) -> bool:
    """Whether a payload cannot stand in a line of its own, or would be passed over there."""
    return b"\n" in payload or payload.endswith(b"\r") or not payload.strip() or len(payload) > MAX_SIZE
