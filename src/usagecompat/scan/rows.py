"""
A row for each payload and each finding, for tools that ask tables.

Each partition writes its rows to a file of its own, so that no process holds more than one payload's; at the end they are
put together in the order of the partitions, and lines are counted from the beginning of each file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from usagecompat.checking import check
from usagecompat.exceptions import MissingExtra, naming
from usagecompat.findings import Profile, Shape
from usagecompat.printing import printable
from usagecompat.scan.trees import buckets, items, member, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import TextIO

    from usagecompat.findings import Path as Place
    from usagecompat.scan.summary import Piece

COLUMNS: Final = {
    "row": "string",
    "source": "string",
    "line": "int64",
    "sha256": "string",
    "shape": "string",
    "kind": "string",
    "start": "int64",
    "verdict": "string",
    "best_revision": "string",
    "bytes": "int64",
    "code": "string",
    "severity": "string",
    "pointer": "string",
    "count": "int64",
    "message": "string",
}
"""The columns of a row, each with its type in Arrow."""
_GROUP: Final = 10_000
"""Rows in one row group of a table."""
_MOST_SECONDS: Final = 1 << 62


class RowWriter:
    """Writes the rows of one partition."""

    def __init__(self, file: TextIO, revision: str, profile: Profile, ignore: frozenset[str]) -> None:
        """Write to `file`, judging so."""
        self._file = file
        self._judged: dict[str, Any] = {"revision": revision, "profile": str(profile), "ignore": ignore}

    def add(  # noqa: PLR0913, PLR0917 - a place, a payload and what is known of it
        self,
        source: str,
        base: int,
        line: int,
        data: bytes,
        tree: Any,  # noqa: ANN401 - a tree
        best: Callable[[set[str]], str | None],
    ) -> None:
        """Write what there is to say of one payload."""
        report = check(data, **self._judged)
        shape = report.shape
        first = next(buckets(tree, shape, self._judged["revision"]), None) if shape else None
        about = {
            "source": source,
            "from": base,
            "line": line or None,
            "sha256": sha256(data).hexdigest(),
            "shape": shape and str(shape),
        }
        self._put(
            {
                "row": "payload",
                **about,
                "kind": _kind(next(iter(first[1]), None)) if first else None,
                "start": _start(first[0]) if first else None,
                "verdict": str(report.verdict),
                "best_revision": best({finding.code for finding in report.findings}),
                "bytes": len(data),
            }
        )
        for finding in report.findings:
            bucket, result = _around(tree, shape, finding.path)
            self._put(
                {
                    "row": "finding",
                    **about,
                    "kind": _kind(result),
                    "start": _start(bucket),
                    "verdict": str(report.verdict),
                    "code": finding.code,
                    "severity": str(finding.severity),
                    "pointer": finding.pointer,
                    "count": finding.count,
                    "message": finding.message,
                }
            )

    def end(self, source: str, piece: Piece) -> None:
        """Note how many lines a piece of a file has."""
        self._put({"row": "piece", "source": source, "from": piece.start, "lines": piece.lines})

    def _put(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")


def _kind(result: object) -> str | None:
    tag = member(result, "object")
    return printable(tag) if type(tag) is str else None


def _start(bucket: object) -> int | None:
    start = seconds(member(bucket, "start_time"))
    return int(start) if start is not None and -_MOST_SECONDS < start < _MOST_SECONDS else None


def _around(tree: object, shape: Shape | None, path: Place) -> tuple[object, object]:
    """The bucket and the result that a place is in."""
    bucket: object = None
    if shape is Shape.PAGE and len(path) > 1 and path[0] == "data":
        bucket = next(iter(items(member(tree, "data"))[_index(path[1]) :][:1]), None)
        path = path[2:]
    elif shape is Shape.BUCKET:
        bucket = tree
    if shape in {Shape.RESULT, Shape.FLAT}:
        return None, tree
    if len(path) > 1 and path[0] in {"results", "result"}:
        return bucket, next(iter(items(member(bucket, str(path[0])))[_index(path[1]) :][:1]), None)
    return bucket, None


def _index(part: str | int) -> int:
    return part if isinstance(part, int) else 0


# -- putting together


@frozen
class Parts:
    """A folder for the rows of partitions."""

    folder: str

    @contextmanager
    def writer(self, number: int, revision: str, profile: Profile, ignore: frozenset[str]) -> Generator[RowWriter]:
        """Where the rows of one partition go."""
        path = self._path(number)
        with naming(path), path.open("w", encoding="utf-8", newline="\n") as file:
            yield RowWriter(file, revision, profile, ignore)

    def _path(self, number: int) -> Path:
        return Path(self.folder, f"{number}.ndjson")

    def rows(self, count: int) -> Iterator[dict[str, Any]]:
        """All rows of so many partitions, in their order."""
        lines: dict[str, int] = {}
        for number in range(count):
            path = self._path(number)
            if not path.exists():
                continue
            ahead: dict[str, int] = dict(lines)
            with path.open(encoding="utf-8") as file:
                for text in file:
                    row: dict[str, Any] = json.loads(text)
                    source, base = row["source"], row.pop("from")
                    if row["row"] == "piece":
                        lines[source] = lines.get(source, 0) + row["lines"]
                        ahead[source] = lines[source]
                        continue
                    if base and row["line"] is not None:
                        row["line"] += ahead.get(source, 0)
                    yield {name: row.get(name) for name in COLUMNS}


@contextmanager
def gathered(target: Path | None, partitions: int) -> Generator[Parts | None]:
    """
    A folder for the rows of partitions, which become `target` if all goes well.

    Raises:
        MissingExtra: The table needs a package that is not installed.
    """
    if target is None:
        yield None
        return
    write = _write_table if target.suffix == ".parquet" else _write_lines
    if write is _write_table:
        _pyarrow(target)
    try:
        folder = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        error.filename = str(target)  # nobody has asked for the folder
        raise
    try:
        parts = Parts(folder)
        yield parts
        whole = Path(folder, "whole")
        write(whole, parts.rows(partitions))
        whole.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with naming(path), path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def _pyarrow(target: Path) -> Any:  # noqa: ANN401 - an optional package
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ImportError as error:
        raise MissingExtra(str(target), "scan") from error


def _write_table(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    arrow = _pyarrow(path)
    schema = arrow.schema([(name, getattr(arrow, of)()) for name, of in COLUMNS.items()])
    waiting: list[dict[str, Any]] = []
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in rows:
            waiting.append(row)
            if len(waiting) == _GROUP:
                writer.write_table(arrow.Table.from_pylist(waiting, schema))
                waiting.clear()
        writer.write_table(arrow.Table.from_pylist(waiting, schema))
