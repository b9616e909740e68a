"""What is named becomes pieces of files, and every line of them belongs to one piece."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import fsspec
import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from usagecompat.exceptions import MissingExtra, NoPayloads, UnreadableInput
from usagecompat.scan import _reading  # noqa: PLC2701 - what the test is about
from usagecompat.scan.partitions import plan

if TYPE_CHECKING:
    from usagecompat.scan.slices import Slice

    from .conftest import Put


def slices(*names: str, **options: object) -> list[Slice]:
    """The pieces that these names stand for."""
    return [one for partition in plan(names, **options).partitions for one in partition.slices]  # type: ignore[arg-type]


def short(found: list[Slice], place: Path) -> list[tuple[str, str, str]]:
    """Name, content and compression of each piece."""
    return [(os.path.relpath(one.name, place), one.content, one.compression) for one in found]


def test_names_tell_how_a_file_is_read(put: Put, tmp_path: Path) -> None:
    """Lines, whole texts and tables are told by name, at any depth of a directory; hidden names are left out."""
    for name in (
        "a.json",
        "b.ndjson",
        "c/d.jsonl.gz",
        "c/e.json.zst",
        "c/f.parquet",
        "g.txt",
        ".h.json",
        ".i/j.ndjson",
    ):
        put(name, b"{}")
    assert short(slices(str(tmp_path)), tmp_path) == [
        ("a.json", "whole", ""),
        ("b.ndjson", "lines", ""),
        ("c/d.jsonl.gz", "lines", ".gz"),
        ("c/e.json.zst", "whole", ".zst"),
        ("c/f.parquet", "parquet", ""),
    ]
    assert short(slices(str(tmp_path / "g.txt"), ndjson=True), tmp_path) == [("g.txt", "lines", "")]


def test_patterns(put: Put, tmp_path: Path) -> None:
    """A pattern stands for the files it matches, and a file that is named twice is read once."""
    names = [put(name, b"{}") for name in ("2026/a.json", "2026/x/b.json", "2025/c.json")]
    assert [one.name for one in slices(str(tmp_path / "2026/**/*.json"), names[0])] == names[:2]
    odd = put("what?.json", b"{}")
    assert [one.name for one in slices(odd)] == [odd]


class Failing(io.BytesIO):
    """A file of which not everything can be read."""

    def read1(self, size: int | None = -1) -> bytes:
        """The next bytes, up to where it fails."""
        data = super().read1(min(size or 0, 100))
        if self.tell() > 5_000:
            raise OSError("no more")
        return data


def test_lines_before_a_failure() -> None:
    """Whole lines that were read before reading fails come first, wherever the piece ends."""
    for end in (None, 4_990):
        blocks: list[bytes] = []
        parts = _reading.blocks(Failing(b"12345678\n" * 500 + b"x" * 9_000), 0, end)
        with pytest.raises(OSError, match="no more"):
            blocks.extend(data for data, _ in parts)
        assert b"".join(blocks).count(b"\n") == 500


def test_patterns_at_any_depth(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`**` goes down all folders but hidden ones, and is not led round in circles by links to folders."""
    names = [put(f"a/{name}", b"{}") for name in ("1.json", "b/2.json", "b/c/3.json")]
    put("a/.hidden/4.json", b"{}")
    put("a/b/5.txt", b"{}")
    for link in ("x", "y", "b/z"):
        (tmp_path / "a" / link).symlink_to(tmp_path / "a", target_is_directory=True)
    for pattern in ("a/**/*.json", "a/**", "**/*.json", "../" + tmp_path.name + "/a/**/*.json"):
        assert [Path(one.name).resolve() for one in slices(str(tmp_path / pattern))] == list(map(Path, names))
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in slices("a/**/*.json")] == ["a/1.json", "a/b/2.json", "a/b/c/3.json"]
    assert [one.name for one in slices(str(tmp_path / "a/.hidden/**/*.json"))] == [str(tmp_path / "a/.hidden/4.json")]


def test_what_is_not_there(put: Put, tmp_path: Path) -> None:
    """What is named and not there is told, and the rest is read."""
    there = put("a.json", b"{}")
    (tmp_path / "empty").mkdir()
    found = plan([str(tmp_path / "no.json"), there, str(tmp_path / "*.zst"), str(tmp_path / "empty")])
    assert [one.name for partition in found.partitions for one in partition.slices] == [there]
    assert [type(problem) for problem in found.troubles] == [UnreadableInput, NoPayloads, NoPayloads]


def test_small_files_go_together(put: Put, tmp_path: Path) -> None:
    """One partition takes many small files, and as many bytes as one piece of a large file has."""
    for number in range(300):
        put(f"{number:03}.json", b"x" * 10)
    assert [len(one.slices) for one in plan([str(tmp_path)]).partitions] == [256, 44]
    assert [one.size for one in plan([str(tmp_path)], piece=1000).partitions] == [1000, 1000, 1000]


@given(
    lines=st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20),
    is_ended=st.booleans(),
    piece=st.integers(1, 60),
    block=st.integers(1, 50),
    limit=st.integers(5, 40),
)
@example(lines=[b"", bytes(6)], is_ended=False, piece=1, block=7, limit=5)
def test_each_line_once(lines: list[bytes], is_ended: bool, piece: int, block: int, limit: int) -> None:  # noqa: FBT001 - drawn
    """However a file is cut, each of its lines is in one piece, as a whole, or cut short if it is too long."""
    data = b"\n".join(lines) + (b"\n" if is_ended else b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_reading, "BLOCK", block)
        patch.setattr(_reading, "MAX_SIZE", limit)
        read: list[bytes] = []
        for start in range(0, len(data), piece):
            end = start + piece if start + piece < len(data) else None
            for part, is_whole in _reading.blocks(io.BytesIO(data), start, end):
                assert is_whole is (part.endswith(b"\n") and len(part) > 0)
                read += part.split(b"\n")[:-1] if is_whole else [part]
    whole = data.split(b"\n")[: None if data and not data.endswith(b"\n") else -1]
    assert len(read) == len(whole)
    for ours, line in zip(read, whole, strict=True):
        assert ours == line or (len(line) > limit and line.startswith(ours) and len(ours) == limit + 1)


def test_stores(put: Put) -> None:  # noqa: ARG001 - for its folder
    """A URL names a file, a directory or a pattern in any store that fsspec knows."""
    store = fsspec.filesystem("memory")
    for name in ("/usage/a.ndjson", "/usage/x/b.json.gz", "/usage/x/c.txt"):
        store.pipe(name, b"{}")
    assert [(one.name, one.content, one.compression) for one in slices("memory://usage")] == [
        ("memory:///usage/a.ndjson", "lines", ""),
        ("memory:///usage/x/b.json.gz", "whole", ".gz"),
    ]
    assert [one.name for one in slices("memory://usage/*/*.gz")] == ["memory:///usage/x/b.json.gz"]
    assert [one.name for one in slices("memory://usage/x/c.txt")] == ["memory:///usage/x/c.txt"]
    assert not plan(["memory://usage"]).is_local
    assert [type(problem) for problem in plan(["memory://nothing/here.json", "no-such-store://x"]).troubles] == [
        UnreadableInput,
        UnreadableInput,
    ]


def test_stores_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fsspec a URL is told to need the extra."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    (problem,) = plan(["s3://bucket/x.ndjson"]).troubles
    assert isinstance(problem, MissingExtra)
    assert "usagecompat[scan]" in str(problem)
