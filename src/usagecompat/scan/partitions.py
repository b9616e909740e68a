"""
What is to be scanned, cut into partitions: names, patterns and URLs become pieces of files.

A partition is a plain value that can be sent to another machine, if the files can be read there under the same names.
Which partitions there are depends on the names and sizes of the files alone.
"""

from __future__ import annotations

import hashlib
import os
from fnmatch import fnmatchcase
from functools import cache
from glob import glob
from importlib import import_module
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from usagecompat import inputs
from usagecompat.exceptions import MissingExtra, NoPayloads, UnreadableInput
from usagecompat.scan.slices import InputProblem, Partition, Plan, Slice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE: Final = 16 << 20
"""How many bytes of a file one partition holds, if the file can be cut at all."""
MOST_PARTITIONS: Final = 10_000
"""About so many; of more bytes there are larger partitions."""
_HIDDEN: Final = (".", "_")
"""How names begin that who writes tables does not mean to be read."""
_MOST_FILES: Final = 256


def plan(
    names: Iterable[str | os.PathLike[str]], *, ndjson: bool = False, piece: int = PIECE, but: Path | None = None
) -> Plan:
    """
    The partitions of everything named, each file once.

    Args:
        names: Files, directories, patterns such as `2026/*.ndjson.gz`, and URLs that fsspec knows.
        ndjson: Every line of every file is a payload, whatever the file is called.
        piece: How many bytes of a file one partition holds.
        but: A file that is left out of directories and patterns, such as the state of this scan.
    """
    problems: list[InputProblem] = []
    passed_over: dict[str, None] = {}
    files: dict[str, tuple[str, _File]] = {}
    place = cache(os.path.realpath)
    for name in (as_path(os.fspath(named)) for named in names):
        before = len(problems)
        if name == inputs.STANDARD_INPUT:
            files.setdefault(name, (name, _File(0, "", seekable=False)))
            continue
        found = (_remote if "://" in name else _local)(name, problems, passed_over)
        if but is not None:
            found = {path: file for path, file in found.items() if path == name or not _is_same(path, but)}
        if not found and len(problems) == before:
            problems.append(NoPayloads(name))
        for path, file in found.items():
            folder, base = os.path.split(path)
            files.setdefault(path if "://" in path else os.path.join(place(folder), base), (path, file))  # noqa: PTH118 - these are many
    slices = [_slice(name, file, ndjson=ndjson) for name, file in files.values()]
    piece = max(piece, sum(file.size for _, file in files.values()) // MOST_PARTITIONS)
    groups = list(_grouped(_cut(slices, piece), piece))
    partitions = tuple(Partition(number, group) for number, group in enumerate(groups))
    return Plan(partitions, tuple(problems), tuple(passed_over))


def as_path(name: str) -> str:
    """A name as given, and of a URL of this machine the path."""
    for protocol in ("file://", "local://"):
        if name.startswith(protocol) and "::" not in name:
            return os.path.expanduser(name.removeprefix(protocol))  # noqa: PTH111 - keeps patterns
    return name


def _is_same(path: str, file: Path) -> bool:
    """Whether a path leads to a file, which need not exist."""
    try:
        return file.samefile(path)
    except OSError:
        return False


@frozen
class _File:
    """What is known of a file before it is read."""

    size: int
    stamp: str
    """As in `Slice`."""
    seekable: bool = True
    """Likewise."""


def _local(name: str, problems: list[InputProblem], passed_over: dict[str, None]) -> dict[str, _File]:
    if not os.path.lexists(name) and inputs.MAGIC & {*name}:
        named = sorted(filter(_can_end, _matching(name)))
        return {path: file for one in named for path, file in _local(one, problems, passed_over).items()}
    files: dict[str, _File] = {}
    found = inputs.files(name, tell=problems.append, wanted=_is_looked_for, pass_over=passed_over.setdefault)
    for path in found:
        try:
            stat = Path(path).stat()
        except OSError as error:
            problems.append(UnreadableInput(path, error.strerror or str(error)))
        else:
            files[path] = _File(stat.st_size, f"{stat.st_mtime_ns}")
    return files


def _matching(pattern: str) -> list[str]:
    """The names that a pattern stands for; `**` follows no link to a directory, which may lead round in circles."""
    path = Path(pattern)
    if "**" not in path.parts:
        return glob(pattern)  # noqa: PTH207 - also of absolute patterns
    within = str(path.relative_to(path.anchor)) + "/" * (path.name == "**")  # which is directories alone, in any Python
    found = Path(path.anchor or ".").glob(within)
    return [str(one) for one in found if not _is_hidden(str(one), pattern)]


def _is_hidden(path: str, pattern: str) -> bool:
    """Whether a part of a path begins with a dot that no part of the pattern asks for."""
    asked = [part for part in pattern.split("/") if part.startswith(".")]
    dotted = (part for part in path.split("/") if part.startswith("."))
    return not all(any(fnmatchcase(part, one) for one in asked) for part in dotted)


def _can_end(path: str) -> bool:
    """Whether a file that nobody has named comes to an end: pipes and devices may not, and links to nothing say so."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - these are many
    except OSError:
        return True
    return S_ISREG(mode) or S_ISDIR(mode)


def _remote(name: str, problems: list[InputProblem], passed_over: dict[str, None]) -> dict[str, _File]:
    try:
        url_to_fs = import_module("fsspec.core").url_to_fs
    except ImportError:
        problems.append(MissingExtra(name, "scan"))
        return {}
    try:
        fs: Any
        path: str
        fs, path = url_to_fs(name)
        named: dict[str, dict[str, Any]]
        if inputs.MAGIC & {*path} and not fs.exists(path):
            named = {file: info for file, info in fs.glob(path, detail=True).items() if not _is_hidden(file, path)}
        else:
            named = {path: fs.info(path)}
        found: dict[str, dict[str, Any]] = {}
        for file, info in named.items():
            # Of the pages of a web server nobody can tell, so its folders have to be named as such.
            is_folder = info.get("type") == "directory" or (name.endswith("/") and fs.isdir(file))
            found |= _within(fs, file, passed_over) if is_folder else {file: info}
        return {
            _chained(name, fs.unstrip_protocol(file)): _File(
                info.get("size") or 0,
                hashlib.sha256(str(sorted(info.items())).encode()).hexdigest()[:16],
                # A web server may or may not give parts of files; other stores always do.
                info.get("partial", not name.startswith(("http://", "https://"))),
            )
            for file, info in sorted(found.items())
            if info.get("type", "file") not in {"directory", "other"}
        }
    except Exception as error:  # noqa: BLE001 - every store has exceptions of its own
        problems.append(UnreadableInput(name, reason(error)))
        return {}


def _chained(url: str, inner: str) -> str:
    """The URL of a file in what `url` names: in a chain, such as that of an archive in a store, one link is another."""
    links, protocol = url.split("::"), inner.partition("://")[0]
    link = next((one for one in links if one.partition("://")[0] == protocol), _link(url))
    links[links.index(link)] = inner
    return "::".join(links)


def _link(url: str) -> str:
    """The part of a chain of URLs that names the files."""
    return next((link for link in url.split("::") if "://" in link), url)


def _within(fs: Any, folder: str, passed_over: dict[str, None]) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - of an optional package
    """The payloads in a folder of a store, each with what the store says of it."""
    there: dict[str, dict[str, Any]] = fs.find(folder, detail=True)
    payloads = [file for file in there if _is_looked_for(file.removeprefix(folder))]
    passed_over.update(dict.fromkeys(inputs.without_case(payloads)))
    return {file: there[file] for file in inputs.but_sidecars(payloads)}


def _is_looked_for(path: str) -> bool:
    """Whether a file within a directory may hold payloads."""
    kind = kind_of(path)
    hidden = _HIDDEN if kind is not None and kind[0] == "parquet" else "."
    return kind is not None and not any(part.startswith(hidden) for part in path.split("/"))


def reason(error: BaseException) -> str:
    """Why something could not be read, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _path(name: str) -> str:
    """A path, or what stands for one in a URL."""
    if "://" not in name:
        return name
    link = _link(name)
    return link.partition("?")[0].partition("#")[0] if link.startswith(("http://", "https://")) else link


def kind_of(name: str) -> tuple[str, str] | None:
    """What a name says of a file's content and compression; None for what is not looked for in directories."""
    extension, compression = inputs.extension_of(_path(name))
    if extension in inputs.TABLES:
        return "parquet", ""
    if extension in inputs.LINE_BY_LINE:
        return "lines", compression
    return ("whole", compression) if extension in inputs.WHOLE else None


def _slice(name: str, file: _File, *, ndjson: bool) -> Slice:
    content, compression = kind_of(name) or ("whole", inputs.extension_of(_path(name))[1])
    content = "lines" if ndjson and content == "whole" else content
    return Slice(name, content, compression, size=file.size, stamp=file.stamp, seekable=file.seekable)


def _cut(slices: Iterable[Slice], piece: int) -> Iterator[Slice]:
    for one in slices:
        if one.content == "parquet" and one.size > piece:
            yield from _row_groups(one, piece)
        elif one.content == "lines" and not one.compression and one.size > piece and one.seekable:
            starts = range(0, one.size, piece)
            for start in starts:
                end = start + piece if start + piece < one.size else None
                yield evolve(one, start=start, end=end, size=min(piece, one.size - start))
        else:
            yield one


def _row_groups(one: Slice, piece: int) -> Iterator[Slice]:
    """A Parquet file cut between row groups."""
    from usagecompat.scan._tables import row_groups_of  # noqa: PLC0415 - most plans need no table

    try:
        count = row_groups_of(one)
    except Exception:  # noqa: BLE001 - whoever reads it will say so
        yield one
        return
    if not count:
        yield one
    step = max(1, count * piece // max(one.size, 1))
    for start in range(0, count, step):
        end = start + step if start + step < count else None
        yield evolve(one, start=start, end=end, size=one.size * (min(start + step, count) - start) // count)


def _grouped(slices: Iterable[Slice], piece: int) -> Iterator[tuple[Slice, ...]]:
    """Small files together, so that a worker is not asked for each."""
    group: list[Slice] = []
    size = 0
    for one in slices:
        if group and (size + one.size > piece or len(group) == _MOST_FILES):
            yield tuple(group)
            group, size = [], 0
        group.append(one)
        size += one.size
    if group:
        yield tuple(group)


def fingerprint(plan: Plan) -> list[Any]:
    """What tells this plan from others: every piece of every file."""
    return [
        [one.name, one.content, one.compression, one.start, one.end, one.size, one.stamp, partition.number]
        for partition in plan.partitions
        for one in partition.slices
    ]
