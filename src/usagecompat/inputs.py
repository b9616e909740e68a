"""
Where payloads come from: files, directories, standard input; whole or line by line, plain or compressed.

Only names decide how a file is read, never what is in it, so that the same file always gives the same payloads:
`.ndjson` and `.jsonl` hold a payload per line, anything else is one payload, and `.gz` or `.zst` may follow.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from gzip import BadGzipFile
from importlib import import_module
from io import BufferedReader, RawIOBase
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn, TypeAlias, cast

from attrs import frozen

from usagecompat.exceptions import MissingExtra, NoPayloads, UnreadableInput
from usagecompat.gunzipping import Gunzipped
from usagecompat.jsontext import MAX_SIZE, NO_VALUE
from usagecompat.jsontext import read as read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator


STANDARD_INPUT: Final = "-"
LINE_BY_LINE: Final = (".ndjson", ".jsonl")
WHOLE: Final = (".json",)
COMPRESSED: Final = (".gz", ".zst")
TABLES: Final = (".parquet", ".pq")
MAGIC: Final = frozenset("*?[")
"""What a name has that may be a pattern."""
SIDECAR: Final = ".case.json"
LISTS_OF_A_CORPUS: Final = ("manifest.json", "notes.json", "package.json")
REFERENCE: Final = "upstream"
"""The folder of a corpus with what the vendor published, as data."""
SEQUENCES: Final = "sequences"
"""The folder of a corpus with what goes over the wire while a client pages: pages of others, and no cases."""
NO_TOPICS: Final = (REFERENCE, SEQUENCES)
"""The folders of a corpus that hold no cases."""

InputProblem: TypeAlias = UnreadableInput | MissingExtra | NoPayloads
"""Why something that was named could not be read; its `path` says what."""

_STANDARD_INPUT_SHOWN: Final = "<stdin>"
_STEP: Final = 1 << 20


@frozen
class Source:
    """Where a payload stood."""

    name: str
    """The file as it was named or found, or `<stdin>`."""
    line: int | None = None
    """The line of the file that is the payload, from 1; None if the whole file is."""

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"

    @property
    def is_standard_input(self) -> bool:
        """Whether there is no file."""
        return self.name == _STANDARD_INPUT_SHOWN

    def file_line(self, line: int) -> int:
        """The line of the file that the payload's own line is."""
        return line if self.line is None else self.line + line - 1


@frozen
class Payload:
    """The bytes of one payload, and where they stood."""

    source: Source
    data: bytes
    """One byte more than the limit if the payload is longer; the rest of it is never read."""


def refuse(problem: InputProblem) -> NoReturn:
    """Raise `problem`: what happens to it where nobody asks for anything else."""
    raise problem


def _nothing(path: str) -> None:
    """Hear of a file, and do nothing."""
    del path


def read(
    names: Iterable[str | os.PathLike[str]],
    *,
    ndjson: bool = False,
    tell: Callable[[InputProblem], object] = refuse,
    limit: int = MAX_SIZE,
    pass_over: Callable[[str], object] = _nothing,
) -> Iterator[Payload]:
    """
    The payloads of everything named, in that order, each read when it is asked for.

    Args:
        names: Files, directories, and `-` for standard input.
        ndjson: Every line of every file is a payload, whatever the file is called.
        tell: Gets whatever could not be read; the rest is read all the same, if this does not raise.
        limit: How many bytes a payload may have.
        pass_over: Gets the payloads that are not read because they have no case where others have one.

    Raises:
        UnreadableInput: A file or directory cannot be read, or its compressed data is damaged.
        MissingExtra: A file needs a package that is not installed.
        NoPayloads: Nothing is there to be read.
    """
    for name in (os.fspath(named) for named in names):
        silent = True

        def heard(problem: InputProblem) -> None:
            nonlocal silent
            silent = False
            tell(problem)

        for file in files(name, tell=heard, pass_over=pass_over):
            try:
                for payload in _payloads(file, ndjson=ndjson, limit=limit):
                    silent = False
                    yield payload
            except (UnreadableInput, MissingExtra) as problem:
                heard(problem)
        if silent:
            tell(NoPayloads(displayed(name)))


def only(path: str | os.PathLike[str]) -> bytes:
    """
    The one payload of a file that is named to a function of the kit, read as the commands read files.

    Raises:
        UnreadableInput: The file cannot be read, or holds several payloads; or this is a directory.
        MissingExtra: The file needs a package that is not installed.
        NoPayloads: The file has lines for payloads, and all are blank.
    """
    name = os.fspath(path)
    if name == STANDARD_INPUT:
        name = os.path.join(os.curdir, name)  # noqa: PTH118 - a path is never standard input
    shown = displayed(name)
    if os.path.isdir(name):  # noqa: PTH112 - where it cannot be looked at, reading will say so
        raise UnreadableInput(shown, "this is a directory; `usagecompat check` reads all payloads of one")
    first, *others = islice(read([name]), 2)
    if others:
        raise UnreadableInput(shown, "here are several payloads, one in each line; give one of them as bytes")
    return first.data


def content_of(path: Path, within: Path | None = None) -> bytes:
    """
    All of a file that was found in a tree: never a pipe or a device, and never more than a payload may have.

    Args:
        path: The file.
        within: The tree, which no link may lead out of; None if it was named.

    Raises:
        UnreadableInput: It is no such file, or cannot be read.
    """
    shown = displayed(os.fspath(path))
    if within is not None and Path(os.path.realpath(within)) not in Path(os.path.realpath(path)).parents:
        raise UnreadableInput(shown, "a link leads out of the tree that it is in")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            status = os.fstat(descriptor)
            if not S_ISREG(status.st_mode):
                raise UnreadableInput(shown, "this is no regular file")
            # Room is taken for all that is asked for, so that no more is than there is.
            data = file.read(min(status.st_size, MAX_SIZE) + 1)
            if status.st_size < len(data) <= MAX_SIZE:  # it has grown, or its size is not told
                data += file.read(MAX_SIZE + 1 - len(data))
    except OSError as error:
        raise UnreadableInput(shown, _reason(error)) from error
    if len(data) > MAX_SIZE:
        raise UnreadableInput(shown, f"it has more than {MAX_SIZE:,} bytes")
    return data


def named_content(path: Path, limit: int = MAX_SIZE) -> bytes:
    """
    All of a file that somebody has named, which may be a pipe, but is never read without an end.

    Raises:
        UnreadableInput: It cannot be read, or has more bytes than the limit.
    """
    shown = displayed(os.fspath(path))
    pieces: list[bytes] = []
    room = limit + 1
    try:
        with path.open("rb") as file:
            while room and (piece := file.read(min(room, _STEP))):
                pieces.append(piece)
                room -= len(piece)
    except OSError as error:
        raise UnreadableInput(shown, _reason(error)) from error
    if not room:
        raise UnreadableInput(shown, f"it has more than {limit:,} bytes")
    return b"".join(pieces)


def holds_payloads(path: str) -> bool:
    """Whether the name of a file says so."""
    return extension_of(path)[0] in (*WHOLE, *LINE_BY_LINE)


def files(
    name: str,
    *,
    tell: Callable[[InputProblem], object] = refuse,
    wanted: Callable[[str], bool] = holds_payloads,
    pass_over: Callable[[str], object] = _nothing,
) -> list[str]:
    """
    The files that `name` stands for: itself, or what is in the directory, sorted, at any depth.

    Of a directory these are `*.json`, `*.ndjson` and `*.jsonl`, compressed or not, or those that are `wanted`.
    If it holds a corpus, which any `*.case.json` tells, they are the payloads of its cases and nothing else.
    Names with a leading dot are left out, and symbolic links to directories are not followed.

    Args:
        name: A file, a directory, or `-` for standard input.
        tell: Gets the directories that could not be read.
        wanted: Whether a file is one, by its path from the directory on.
        pass_over: Gets the payloads that are left out of a corpus because they have no case.
    """
    if name == STANDARD_INPUT or not os.path.isdir(name):  # noqa: PTH112 - where it cannot be looked at, reading will say so
        return [name]
    found = [path for path in walk(name, tell) if wanted(path[len(name) :])]
    for path in without_case(found):
        pass_over(path)
    return but_sidecars(found)


def but_sidecars(found: list[str]) -> list[str]:
    """The files of a directory that are payloads: of a corpus those of its cases, else all."""
    sidecars = {path for path in found if path.endswith(SIDECAR)}
    if not sidecars:
        return found
    return [path for path in found if path not in sidecars and os.path.splitext(path)[0] + SIDECAR in sidecars]  # noqa: PTH122 - these are many


def without_case(found: list[str]) -> list[str]:
    """
    The payloads among the files of a corpus that have no case, so that nothing says what they must come to.

    The lists of a corpus are none, nor is what it keeps for reference.
    """
    payloads = set(but_sidecars(found))
    return [
        path
        for path in found
        if path not in payloads
        and not path.endswith(SIDECAR)
        and os.path.basename(path) not in LISTS_OF_A_CORPUS  # noqa: PTH119 - these are many
        and not any(f"{os.sep}{folder}{os.sep}" in path for folder in NO_TOPICS)
    ]


def walk(directory: str, tell: Callable[[InputProblem], object]) -> Iterator[str]:
    """Every file that comes to an end, at any depth: a tree may be deeper than calls can be."""
    ahead: list[os.DirEntry[str] | str] = [directory]
    while ahead:
        entry = ahead.pop()
        if isinstance(entry, str) or entry.is_dir(follow_symlinks=False):
            try:
                with os.scandir(os.fspath(entry)) as scan:
                    within = [one for one in scan if not one.name.startswith(".")]
            except OSError as error:
                tell(UnreadableInput(displayed(os.fspath(entry)), _reason(error)))
            else:
                within.sort(key=lambda one: one.name, reverse=True)
                ahead += within
        elif _is_file(entry):
            yield entry.path


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether `entry` can be read to its end, or is a link to nothing or to itself, about which reading will say so."""
    if not entry.is_symlink():
        return entry.is_file()
    try:
        return S_ISREG(entry.stat().st_mode)
    except OSError:
        return True


def extension_of(name: str) -> tuple[str, str]:
    """What kind of content the name of a file tells, and what it is compressed with."""
    stem, extension = os.path.splitext(name.lower())  # noqa: PTH122 - these are many
    if extension in COMPRESSED:
        return os.path.splitext(stem)[1], extension  # noqa: PTH122 - likewise
    return extension, ""


def pieces(name: str, *, ndjson: bool = False, limit: int = MAX_SIZE) -> Iterator[Payload]:
    """
    Everything that one file holds: the whole of it or its lines, each with its end, blank ones included.

    Args:
        name: A file, or `-` for standard input.
        ndjson: Every line is a payload, whatever the file is called.
        limit: How many bytes a piece may have; of a longer one there is more than that, and not all.

    Raises:
        UnreadableInput: The file cannot be read, or its compressed data is damaged.
        MissingExtra: It needs a package that is not installed.
    """
    return _payloads(name, ndjson=ndjson, limit=limit, ends=True)


def _payloads(name: str, *, ndjson: bool, limit: int, ends: bool = False) -> Iterator[Payload]:
    content, compression = extension_of(name)
    shown = displayed(name)
    if content in TABLES or ("://" in name and not os.path.lexists(name)):
        raise UnreadableInput(shown, "tables, URLs and patterns are read by `usagecompat scan`")
    line = 0
    try:
        with _opened(name, compression, shown) as stream:
            if not (ndjson or content in LINE_BY_LINE):
                yield Payload(Source(shown), stream.read(limit + 1))
                return
            lines = _lines(stream, limit, ends=ends)
            for line, data in enumerate(lines if ends else _but_documents(lines, shown), 1):
                if ends or (data and not data.isspace()):
                    yield Payload(Source(shown, line), data)
    except Damaged as error:
        raise UnreadableInput(shown, f"{error}, after line {line}" if line else str(error)) from error
    except FileNotFoundError as error:
        hint = "; patterns are read by `usagecompat scan`" if {*name} & MAGIC else ""
        raise UnreadableInput(shown, _reason(error) + hint) from error
    except OSError as error:
        raise UnreadableInput(shown, _reason(error)) from error


def _is_json(data: bytes) -> bool:
    return read_json(data).value is not NO_VALUE


def _lines(stream: BinaryIO, limit: int, *, ends: bool) -> Iterator[bytes]:
    """The lines, with their ends or without; of one that is too long only as much as shows it."""
    while data := stream.readline(limit + 2):
        complete = data.endswith(b"\n")
        yield data if ends else data.removesuffix(b"\n").removesuffix(b"\r")[: limit + 1]
        while not complete and (data := stream.readline(_STEP)):
            complete = data.endswith(b"\n")


def _but_documents(lines: Iterator[bytes], shown: str) -> Iterator[bytes]:
    """
    The lines, unless they are one document that was printed over many of them.

    Raises:
        UnreadableInput: They are.
    """
    held: list[bytes] = []
    for first in lines:
        held.append(first)
        if first.strip():
            break
    if held and (start := held[-1].strip())[:1] in (b"{", b"[") and start[-1:] in (b"{", b"[", b","):
        size = 0
        for line in lines:
            held.append(line)
            size += len(line)
            if size > MAX_SIZE:
                break
        else:
            if len(held) > 1 and _is_json(b"\n".join(held)):
                message = (
                    "this is one JSON document over many lines, not a payload per line; call it .json, without --ndjson"
                )
                raise UnreadableInput(shown, message)
    yield from held
    yield from lines


class Damaged(Exception):
    """Compressed data is not what it should be."""


@contextmanager
def _opened(name: str, compression: str, shown: str) -> Generator[BinaryIO]:
    """The uncompressed bytes of a file, or of standard input, which is left open."""
    if name == STANDARD_INPUT:
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - it is, if the shell has closed it
            raise UnreadableInput(shown, "standard input is closed")
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        if not compression:
            yield file
            return
        if not file.peek(1):
            raise Damaged("the file is empty, which no compressed data is")
        start = file.peek(1)[:1]
        if start.isspace() or start in b"{[":
            raise Damaged(f"this is plain text, not compressed: call it without {compression}")
        with gunzip(file) if compression == ".gz" else unzstd(file, shown) as stream:
            yield BufferedReader(stream) if isinstance(stream, RawIOBase) else stream


@contextmanager
def gunzip(file: BinaryIO) -> Generator[BinaryIO]:
    """
    What a gzip file holds.

    Raises:
        Damaged: It is cut short or no gzip.
    """
    try:
        yield cast("BinaryIO", Gunzipped(file))
    except EOFError as error:
        raise Damaged("the compressed data ends too soon") from error
    except BadGzipFile as error:
        why = "this is no gzip" if "Not a gzipped file" in str(error) else str(error)
        raise Damaged(f"the compressed data is damaged: {why}") from error


def zstd_for(name: str) -> Any:  # noqa: ANN401 - a module of Python or its backport
    """
    The module that reads and writes zstd, for a file called `name`.

    Raises:
        MissingExtra: It is not there.
    """
    try:
        return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    except ImportError as error:
        raise MissingExtra(name, "scan") from error


@contextmanager
def unzstd(file: BinaryIO, name: str) -> Generator[BinaryIO]:
    """
    What a zstd file called `name` holds.

    Raises:
        Damaged: It is cut short or no zstd.
        MissingExtra: The package that reads it is not there.
    """
    zstd = zstd_for(name)
    try:
        with zstd.open(file) as stream:
            yield cast("BinaryIO", stream)
    except EOFError as error:
        raise Damaged("the compressed data ends too soon") from error
    except zstd.ZstdError as error:
        raise Damaged(f"the compressed data is damaged: {error}") from error


def displayed(name: str) -> str:
    """`name` as text that every output can hold: bytes that are no UTF-8 are escaped."""
    if name == STANDARD_INPUT:
        return _STANDARD_INPUT_SHOWN
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
