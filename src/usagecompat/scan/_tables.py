"""
Tables, read by a process of their own: a damaged one can end the process that reads it, and must not end the scan.

The process is started when the first table comes and reads one after the other; when it ends, there is a new one.
Files of this machine it opens itself; of any other it asks for the bytes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias, cast

from attrs import frozen

from usagecompat.exceptions import MissingExtra
from usagecompat.inputs import Damaged
from usagecompat.scan._reading import stored

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from usagecompat.scan.slices import Slice

_READER: Final = (sys.executable, "-m", "usagecompat.scan._table_reader")
_PREFIX: Final = 8

Message: TypeAlias = tuple[Any, ...]
"""A verb, and what it needs."""


class TableProblem(Exception):
    """A table cannot be read, for a reason of its format's or its store's."""


class ReaderEnded(Damaged):
    """Reading a table has ended the process that did it."""


@frozen(eq=False)
class Table:
    """A table that can be read, one row group after the other."""

    of: Slice
    column: str
    """The column that holds the payloads."""
    groups: tuple[int, ...]
    """How many rows each row group has."""
    _reader: _Reader
    _file: BinaryIO | None

    def rows(self, group: int) -> Iterator[list[bytes | None]]:
        """
        The payloads of one row group, some rows at a time, None for each null.

        Raises:
            ReaderEnded: Reading them ended the process that did it.
            TableProblem: They cannot be read.
        """
        for (values,) in self._reader.ask(("rows", self.of, self.column, group), self._file):
            yield values


@contextmanager
def table_of(one: Slice, column: str | None) -> Generator[Table]:
    """
    The table that a piece is of.

    Raises:
        UnreadableInput: There is no column of payloads that is called so.
        MissingExtra: The package that reads tables is not installed.
        ReaderEnded: Reading it ended the process that did it.
        TableProblem: It cannot be read.
    """
    with _bytes_of(one) as (reader, file):
        ((found, groups),) = reader.ask(("open", one, column), file)
        yield Table(one, found, groups, reader, file)


def row_groups_of(one: Slice) -> int:
    """How many row groups a table has; raises what `table_of` does."""
    with _bytes_of(one) as (reader, file):
        ((count,),) = reader.ask(("count", one, None), file)
        return cast("int", count)


@contextmanager
def _bytes_of(one: Slice) -> Generator[tuple[_Reader, BinaryIO | None]]:
    """Who reads a table, and its bytes if that cannot open it."""
    try:
        missing = find_spec("pyarrow") is None
    except ValueError:
        missing = True
    if missing:
        raise MissingExtra(one.name, "scan")
    with stored(one) if "://" in one.name else nullcontext() as file:
        yield _reader(), file


class _Reader:
    """The process that reads tables, as far as it is needed."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, message: Message, file: BinaryIO | None) -> Iterator[Message]:
        """What the process says to a message; meanwhile it gets the bytes of `file` that it asks for."""
        process = self._process
        if process is None:
            process = self._process = subprocess.Popen(  # noqa: S603 - our own program
                _READER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": _path()}
            )
        to, back = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        is_over = False
        try:
            send(to, message)
            while True:
                verb, *answer = receive(back)
                if verb == "read" and file is not None:
                    send(to, ("data", _part(file, *answer)))
                elif verb == "answer":
                    yield tuple(answer)
                else:
                    is_over = True
                    if verb == "raise":
                        raise answer[0]
                    return
        except (EOFError, BrokenPipeError):
            is_over = True
            raise ReaderEnded(f"reading it ended the process that does so, {self.close()}") from None
        finally:
            if not is_over:
                self.close()

    def close(self) -> str:
        """End the process; how it ended, if it had ended before."""
        process, self._process = self._process, None
        if process is None:
            return ""
        for pipe in (process.stdin, process.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            status = process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        return f"by signal {-status}" if status < 0 else f"with exit status {status}"


def _part(file: BinaryIO, start: int, size: int) -> bytes | Exception:
    try:
        file.seek(start)
        return file.read(size)
    except Exception as error:  # noqa: BLE001 - stores have exceptions of their own
        return TableProblem(f"{type(error).__name__}: {error}")


def _path() -> str:
    return os.pathsep.join(filter(None, sys.path))


_readers: list[_Reader] = []


def _reader() -> _Reader:
    """The reader of this process; one that was there before a fork is another's."""
    if not _readers or _readers[0].owner != os.getpid():
        _readers[:] = [_Reader()]
    return _readers[0]


def send(stream: IO[bytes], message: Message) -> None:
    """Write a message."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_PREFIX, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """
    Read a message, which our own program wrote.

    Raises:
        EOFError: There is none any more.
    """
    prefix = stream.read(_PREFIX)
    size = int.from_bytes(prefix, "big")
    data = stream.read(size) if len(prefix) == _PREFIX else b""
    if not size or len(data) < size:
        raise EOFError
    message: Message = pickle.loads(data)  # noqa: S301 - as above
    return message
