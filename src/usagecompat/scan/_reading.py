"""
The bytes of a piece of a file: lines in blocks, whole texts, rows of a column.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from usagecompat import inputs
from usagecompat.exceptions import MissingExtra, UnreadableInput
from usagecompat.jsontext import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from usagecompat.scan.slices import Slice

BLOCK: Final = 3 << 13
"""
About so many bytes are looked at together.

In larger blocks clean lines would cost a few per cent less, and each odd line, which is looked for in its block, more.
"""
_ROWS: Final = 90
_ROWS_TEXT: Final = 1 << 22
"""Fewer rows are looked at together if they are longer than these bytes."""


@contextmanager
def opened(one: Slice) -> Generator[tuple[BinaryIO, Callable[[], int | None]]]:
    """The uncompressed bytes of the file that a piece is of, and how far it has been read; None if it cannot say so."""
    with stored(one) as file:

        def position() -> int | None:
            try:
                return file.tell()
            except OSError:  # a pipe, for instance
                return None

        if not one.compression:
            yield file, position
            return
        begin = file.read(1)
        if not begin:
            raise inputs.Damaged("the file is empty, which no compressed data is")
        unread = cast("BinaryIO", _Unread(begin, file))
        with inputs.gunzip(unread) if one.compression == ".gz" else inputs.unzstd(unread, one.name) as stream:
            yield stream, position


def whole(stream: BinaryIO) -> bytes:
    """All of a file, or one byte more than a payload may have; one read of some stores gives less than is there."""
    parts: list[bytes] = []
    left = MAX_SIZE + 1
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


class _Unread:
    """A file, the beginning of which was read and comes again; some stores cannot go back."""

    def __init__(self, begin: bytes, file: BinaryIO) -> None:
        self._begin = begin
        self._file = file
        self._is_over = False

    def read(self, size: int) -> bytes:
        """The next bytes, no more than `size`; of what is over nothing is read again, which some stores complain about."""
        begin, self._begin = self._begin, b""
        data = begin if self._is_over else begin + self._file.read(size - len(begin))
        self._is_over = not data
        return data


@contextmanager
def stored(one: Slice) -> Generator[BinaryIO]:
    """The bytes of the file that a piece is of, as they are stored."""
    name = one.name
    if name == inputs.STANDARD_INPUT:
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - it is, if the shell has closed it
            raise UnreadableInput(name, "standard input is closed")
        yield sys.stdin.buffer
        return
    if "://" not in name:
        with Path(name).open("rb") as file:
            yield file
        return
    try:
        url_to_fs = import_module("fsspec.core").url_to_fs
    except ImportError as error:
        raise MissingExtra(name, "scan") from error
    fs: Any
    fs, path = url_to_fs(name)
    with fs.open(path, "rb", **({} if one.seekable else {"block_size": 0})) as file:
        yield cast("BinaryIO", file)


def blocks(stream: BinaryIO, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    """
    The lines that begin in a part of a file: in blocks of whole lines, each line with its end.

    With each block comes whether it is that: False for a line that is longer than a payload may be,
    of which only as much comes as shows it.
    If reading fails, whole lines that were read before come first.
    """
    is_skipping = start > 0
    """Whether what comes next is the rest of a line that is no longer wanted."""
    if is_skipping:
        start -= 1
        stream.seek(start)
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    ready = b""
    """What was read from `start` on and has not come yet."""
    failure: Exception | None = None
    is_over = False
    while failure is None and not is_over and (end is None or start < end):
        # Of a long line as much again is read before anybody looks at it, for which many readers have to be asked often.
        wanted = BLOCK - len(ready) if len(ready) < BLOCK else len(ready)
        parts: list[bytes] = []
        try:
            while wanted > 0 and not is_over and (not parts or len(ready) >= BLOCK):
                parts.append(read(wanted))
                wanted -= len(parts[-1])
                is_over = not parts[-1]
        except Exception as error:  # noqa: BLE001 - raised below
            failure, is_over = error, True
        ready += b"".join(parts)
        if is_skipping:
            cut = ready.find(b"\n") + 1
            is_skipping = not cut
            start, ready = (start + cut, ready[cut:]) if cut else (start + len(ready), b"")
            if end is not None and start >= end:
                break
        if len(ready) < BLOCK and not is_over and (end is None or start + len(ready) < end):
            continue
        if end is not None and start + len(ready) >= end:
            cut = ready.find(b"\n", end - start - 1) + 1  # of the last line that begins before the end
            cut = cut or (0 if len(ready) <= MAX_SIZE + 1 and failure is None else ready.rfind(b"\n") + 1)
        else:
            cut = ready.rfind(b"\n") + 1
        if cut:
            yield (ready if cut == len(ready) else ready[:cut]), True
            start, ready = start + cut, ready[cut:]
            continue  # what is left may begin behind the end
        # Of a line of that length the last byte may belong to its end.
        if not is_over and len(ready) > MAX_SIZE + 1 and b"\n" not in ready:
            yield ready[: MAX_SIZE + 1], False
            start, ready, is_skipping = start + len(ready), b"", True
    if failure is not None:
        raise failure
    if ready and (end is None or start < end):
        yield ready + b"\n", True


def table(file: BinaryIO, **options: Any) -> Any:  # noqa: ANN401 - of an optional package
    """A Parquet file; what is behind extension types counts, and not what they make of it."""
    open_ = import_module("pyarrow.parquet").ParquetFile
    try:
        return open_(file, arrow_extensions_enabled=False, **options)
    except TypeError:  # pyarrow before 21 has no such option
        return open_(file, **options)


def column_of(parquet: Any, name: str, column: str | None) -> str:  # noqa: ANN401 - of an optional package
    """
    The column of a table that holds the payloads: the one asked for, or `payload`, or the only one of text or bytes.

    Raises:
        UnreadableInput: There is no such column, or it holds neither text nor bytes.
    """
    textual: list[str] = [field.name for field in parquet.schema_arrow if _is_text(field.type)]
    if column is None:
        column = "payload" if "payload" in textual else textual[0] if len(textual) == 1 else None
    if column is None or column not in textual:
        have = f"of text or bytes: {', '.join(textual)}" if textual else "none is of text or bytes"
        asked = f"no column of payloads is called {column}:" if column else "which column holds the payloads?"
        raise UnreadableInput(name, f"{asked} name one with --column; {have}")
    if textual.count(column) > 1:
        raise UnreadableInput(name, f"which column holds the payloads? {textual.count(column)} are called {column}")
    return column


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - likewise
    """Whether values of a type are text or bytes, in whatever form a table keeps them."""
    types = import_module("pyarrow").types
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    if isinstance(kind, import_module("pyarrow").BaseExtensionType):
        return _is_text(kind.storage_type)
    is_any_of = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
    return any(getattr(types, f"is_{name}")(kind) for name in is_any_of)


def rows(parquet: Any, file: BinaryIO, column: str, group: int) -> Iterator[list[bytes | None]]:  # noqa: ANN401 - likewise
    """The payloads of one row group, some rows at a time, None for each null."""
    about = parquet.metadata.row_group(group)
    mean = about.total_byte_size // max(about.num_rows, 1)
    of = {"row_groups": [group], "columns": [column], "use_threads": False}
    if import_module("pyarrow").types.is_dictionary(parquet.schema_arrow.field(column).type):
        # Every batch would come with all the texts so far.
        for batch in parquet.iter_batches(batch_size=max(about.num_rows, 1), **of):
            values = batch.column(column)
            most = _at_a_time(max(mean, _longest(values.dictionary)))
            yield from (_cells(values.slice(start, most)) for start in range(0, len(values), most))
        return
    length = max(mean, _longest_of_many(parquet, file, column, group))
    for batch in parquet.iter_batches(batch_size=_at_a_time(length), **of):
        yield _cells(batch.column(column))


def _longest_of_many(parquet: Any, file: BinaryIO, column: str, group: int) -> int:  # noqa: ANN401 - likewise
    """
    How long a text is at most that stands once in a row group for many rows; 0 if that makes no difference.

    What such texts come to in all the rows is told nowhere.
    """
    about = parquet.metadata.row_group(group)
    chunks = [about.column(number) for number in range(about.num_columns)]
    sizes = [one.total_uncompressed_size for one in chunks if one.path_in_schema == column and one.has_dictionary_page]
    size = max(sizes, default=0)
    if size * _ROWS <= _ROWS_TEXT:
        return 0
    with table(file, metadata=parquet.metadata, read_dictionary=[column]) as beside:
        batches = beside.iter_batches(batch_size=1, row_groups=[group], columns=[column], use_threads=False)
        for batch in batches:
            values = batch.column(column)
            return _longest(values.dictionary) if import_module("pyarrow").types.is_dictionary(values.type) else size
    return 0


def _at_a_time(length: int) -> int:
    """How many rows are looked at together, if they have this length."""
    return max(1, min(_ROWS, _ROWS_TEXT // max(length, 1)))


def _longest(texts: Any) -> int:  # noqa: ANN401 - likewise
    compute = import_module("pyarrow.compute")
    longest: int | None = compute.max(compute.binary_length(texts)).as_py()
    return longest or 0


def _cells(values: Any) -> list[bytes | None]:  # noqa: ANN401 - likewise
    return [value.encode() if isinstance(value, str) else value for value in _as_bytes(values).to_pylist()]


def _as_bytes(values: Any) -> Any:  # noqa: ANN401 - likewise
    """Text as the bytes that it is, which need not be UTF-8."""
    arrow = import_module("pyarrow")
    if isinstance(values.type, arrow.BaseExtensionType):
        return _as_bytes(values.storage)
    if arrow.types.is_dictionary(values.type):
        return _as_bytes(values.dictionary_decode())
    for text, binary in (("string", "binary"), ("large_string", "large_binary"), ("string_view", "binary_view")):
        if getattr(arrow.types, f"is_{text}")(values.type):
            return values.view(getattr(arrow, binary)())
    return values
