"""
The process that reads tables: takes messages on standard input, and puts answers on standard output.

When standard input closes, the scan is over or gone, and so is this process.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from usagecompat.exceptions import MissingExtra, UsageCompatError
from usagecompat.scan import _reading
from usagecompat.scan._parent import end_with
from usagecompat.scan._tables import Message, TableProblem, receive, send
from usagecompat.scan.partitions import reason

if TYPE_CHECKING:
    from usagecompat.scan.slices import Slice


class _Asked(io.RawIOBase):
    """A file that the scan reads for this process."""

    def __init__(self, size: int, asking: _Serving) -> None:
        self._size = size
        self._at = 0
        self._asking = asking

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(self._size - self._at, 0)
        data = self._asking.part(self._at, left if size < 0 else min(size, left))
        self._at += len(data)
        return data


class _Serving:
    """Answers message after message; the last table stays open."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._in, self._out = source, target
        self._open = ExitStack()
        self._slice: Slice | None = None
        self._table: Any = None
        self._file: Any = None

    def part(self, start: int, size: int) -> bytes:
        """The bytes of the table that this process cannot read by itself."""
        send(self._out, ("read", start, size))
        _, data = receive(self._in)
        if isinstance(data, Exception):
            raise data
        return cast("bytes", data)

    def serve(self) -> None:
        """Until there are no messages any more."""
        while True:
            verb, one, column, *more = receive(self._in)
            try:
                self._opened(one)
                if verb == "count":
                    self._tell((self._table.metadata.num_row_groups,))
                elif verb == "open":
                    self._tell(self._about(one, column))
                else:
                    for values in _reading.rows(self._table, self._file, column, *more):
                        self._tell((values,))
            except UsageCompatError as error:
                send(self._out, ("raise", error))
            except Exception as error:  # noqa: BLE001 - stores and formats have exceptions of their own
                told = str(error) if isinstance(error, TableProblem) else reason(error)
                send(self._out, ("raise", TableProblem(told)))
            else:
                send(self._out, ("done",))

    def _tell(self, answer: Message) -> None:
        send(self._out, ("answer", *answer))

    def _opened(self, one: Slice) -> None:
        if one == self._slice:
            return
        self._open.close()
        self._slice = None
        try:
            import_module("pyarrow.parquet")
        except ImportError as error:
            raise MissingExtra(one.name, "scan") from error
        local = "://" not in one.name
        file = Path(one.name).open("rb") if local else cast("BinaryIO", _Asked(one.size, self))  # noqa: SIM115 - closed with the stack
        self._file = self._open.enter_context(file)
        self._table = self._open.enter_context(_reading.table(self._file))
        self._slice = one

    def _about(self, one: Slice, column: str | None) -> Message:
        """The column of payloads, and the rows of each row group."""
        about = self._table.metadata
        groups = tuple(about.row_group(number).num_rows for number in range(about.num_row_groups))
        return _reading.column_of(self._table, one.name, column), groups


def main() -> None:
    """Serve until nobody is there any more."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    end_with(os.getppid())
    try:
        _Serving(sys.stdin.buffer, output).serve()
    except (EOFError, BrokenPipeError):
        os._exit(0)


if __name__ == "__main__":
    main()
