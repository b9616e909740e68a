"""
The bytes of a piece of a file: lines in blocks, whole texts, rows of a column.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from usagecompat import inputs
from usagecompat._faults import MAX_SIZE
from usagecompat.exceptions import MissingExtra, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

BLOCK: Final = 3 << 13
"""
About so many bytes are looked at together.

In larger blocks clean lines would cost a few per cent less, and each odd line, which is looked for in its block, more.
"""
_STEP: Final = 1 << 20
_ROWS: Final = 90


@contextmanager
def opened(name: str, compression: str) -> Generator[tuple[BinaryIO, Callable[[], int]]]:
    """The uncompressed bytes of a file or of what a URL names, and how many bytes of it have been read so far."""
    with _stored(name) as file:
        if not compression:
            yield file, file.tell
            return
        if not file.read(1):
            raise inputs._Damaged("the file is empty, which no compressed data is")
        file.seek(0)
        with inputs._gunzip(file) if compression == ".gz" else inputs._unzstd(file, name) as stream:
            yield stream, file.tell


@contextmanager
def _stored(name: str) -> Generator[BinaryIO]:
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
    with fs.open(path, "rb") as file:
        yield cast("BinaryIO", file)


def blocks(stream: BinaryIO, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    """
    The lines that begin in a part of a file: in blocks of whole lines, each line with its end.

    With each block comes whether it is that: False for a line that is longer than a payload may be,
    of which only as much comes as shows it.
    If reading fails, whole lines that were read before come first.
    """
    if start:
        stream.seek(start - 1)
        start += _skip_line(stream) - 1
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    ready = b""
    """What was read from `start` on and has not come yet."""
    failure: Exception | None = None
    while failure is None and (end is None or start < end):
        try:
            data = read(BLOCK - len(ready) if len(ready) < BLOCK else len(ready))
        except Exception as error:  # noqa: BLE001 - raised below
            failure, data = error, b""
        is_over = not data
        ready += data
        if len(ready) < BLOCK and not is_over and (end is None or start + len(ready) < end):
            continue
        if end is not None and start + len(ready) >= end:
            cut = ready.find(b"\n", end - start - 1) + 1  # of the last line that begins before the end
            cut = cut or (0 if len(ready) <= MAX_SIZE else ready.rfind(b"\n") + 1)
        else:
            cut = ready.rfind(b"\n") + 1
        if cut:
            yield (ready if cut == len(ready) else ready[:cut]), True
            start, ready = start + cut, ready[cut:]
        if is_over:
            break
        if len(ready) > MAX_SIZE and b"\n" not in ready:
            yield ready[: MAX_SIZE + 1], False
            start += len(ready) + _skip_line(stream)
            ready = b""
    if failure is not None:
        raise failure
    if ready and (end is None or start < end):
        yield ready + b"\n", True


def _skip_line(stream: BinaryIO) -> int:
    """How many bytes the rest of a line has, which are read."""
    skipped = 0
    while rest := stream.readline(_STEP):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped


@contextmanager
def parquet_file(name: str) -> Generator[Any]:
    """A Parquet file, as pyarrow reads it."""
    try:
        parquet_module = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra(name, "scan") from error
    with _stored(name) as file, parquet_module.ParquetFile(file) as parquet:
        yield parquet


def rows(
    parquet: Any,  # noqa: ANN401 - of an optional package
    name: str,
    column: str | None,
    start: int,
    end: int | None,
) -> Iterator[list[bytes | None]]:
    """
    The payloads of some row groups, some rows at a time, None for each null.

    Raises:
        UnreadableInput: There is no such column, or it holds neither text nor bytes.
    """
    types = import_module("pyarrow").types
    schema = parquet.schema_arrow
    textual: list[str] = [
        field.name
        for field in schema
        if types.is_string(field.type)
        or types.is_large_string(field.type)
        or types.is_binary(field.type)
        or types.is_large_binary(field.type)
    ]
    if column is None:
        column = "payload" if "payload" in textual else textual[0] if len(textual) == 1 else None
    if column is None or column not in textual:
        have = ", ".join(textual) or "none"
        raise UnreadableInput(
            name, f"which column holds the payloads? name one with --column; of text or bytes: {have}"
        )
    groups = list(range(start, parquet.metadata.num_row_groups if end is None else end))
    for batch in parquet.iter_batches(batch_size=_ROWS, row_groups=groups, columns=[column]):
        yield [
            value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            for value in batch.column(0).to_pylist()
        ]
