"""
One partition, from its bytes to its summary: what every worker does, on whatever machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat import inputs
from usagecompat._faults import MAX_SIZE
from usagecompat.contracts import LATEST
from usagecompat.exceptions import UsageCompatError
from usagecompat.findings import Profile
from usagecompat.scan import _reading
from usagecompat.scan.partitions import reason
from usagecompat.scan.summary import DAMAGED, UNREADABLE, Piece
from usagecompat.scan.tallying import Judged, Tallying

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.scan.partitions import Partition, Slice
    from usagecompat.scan.summary import Summary


@frozen
class Options:
    """How payloads are read and judged."""

    revision: str = LATEST
    profile: str = Profile.SERVED.value
    column: str | None = None
    """The column of Parquet files that holds the payloads; None for `payload`, or the only one of text or bytes."""


DEFAULT: Final = Options()


def scan_partition(
    partition: Partition, options: Options = DEFAULT, *, tick: Callable[[int], object] | None = None
) -> Summary:
    """
    The summary of one partition.

    Args:
        partition: From `usagecompat.scan.partitions.plan`.
        options: How payloads are read and judged.
        tick: Told, now and then, how many bytes more have been read.
    """
    tallying = Tallying(Judged(options.revision, Profile(options.profile)))
    for one in partition.slices:
        _Reader(one, options, tallying, tick).read()
    return tallying.summary()


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

    def read(self) -> None:
        """Everything that can be read; what cannot is a finding."""
        one, tallying = self._slice, self._tallying
        tallying.begin(inputs._shown(one.name), one.start)
        try:
            if one.content == "parquet":
                self._parquet()
            elif one.content == "lines":
                self._ndjson()
            else:
                with _reading.opened(one.name, one.compression) as (stream, _):
                    tallying.payload(stream.read(MAX_SIZE + 1))
        except inputs._Damaged as error:
            tallying.trouble(DAMAGED, str(error), self._lines)
        except UsageCompatError as error:
            tallying.trouble(UNREADABLE, str(error).removeprefix(f"{one.name}: "), self._lines)
        except Exception as error:
            if isinstance(error, (MemoryError, AssertionError)) or not self._is_of_reading(error):
                raise
            tallying.trouble(DAMAGED if self._lines else UNREADABLE, reason(error), self._lines)
        tallying.end(Piece(one.start, one.end, self._lines))
        self._done(one.size)

    def _done(self, size: int) -> None:
        """Tell how far the piece has been read, of which readers may be a little ahead."""
        if self._tick is not None:
            size = min(size, self._slice.size)
            self._tick(size - self._told)
            self._told = size

    def _is_of_reading(self, error: Exception) -> bool:
        """Whether an exception is the store's or the format's; those of judging are faults of the kit."""
        if isinstance(error, OSError):
            return True
        return "://" in self._slice.name or self._slice.content == "parquet"

    def _ndjson(self) -> None:
        one, tallying = self._slice, self._tallying
        with _reading.opened(one.name, one.compression) as (stream, position):
            for data, is_whole in _reading.blocks(stream, one.start, one.end):
                if is_whole:
                    tallying.block(data, self._lines + 1)
                    self._lines += data.count(b"\n")
                else:
                    tallying.payload(data, self._lines + 1)
                    self._lines += 1
                self._done(position() - one.start)

    def _parquet(self) -> None:
        one, tallying = self._slice, self._tallying
        with _reading.parquet_file(one.name) as parquet:
            for values in _reading.rows(parquet, one.name, self._options.column, one.start, one.end):
                payloads = [value for value in values if value is not None]
                if len(payloads) == len(values) and not any(map(_is_no_line, payloads)):
                    tallying.block(b"\n".join((*payloads, b"")), self._lines + 1)
                else:
                    for number, value in enumerate(values, self._lines + 1):
                        if value is not None:
                            tallying.payload(value, number)
                self._lines += len(values)


def _is_no_line(payload: bytes) -> bool:
    """Whether a payload cannot stand in a line of its own, or would be passed over there."""
    return b"\n" in payload or payload.endswith(b"\r") or not payload.strip() or len(payload) > MAX_SIZE
