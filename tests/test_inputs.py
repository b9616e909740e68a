"""Where payloads come from."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from zstd_of import NAME, zstd

from usagecompat.exceptions import MissingExtra, NoPayloads, UnreadableInput, UsageCompatError
from usagecompat.inputs import Payload, Source, read

if TYPE_CHECKING:
    from collections.abc import Callable

ONE, TWO = b'{"object": "a"}', b'{"object": "b"}'
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstd.compress,
}


def put(path: Path, data: bytes = ONE) -> str:
    """Write a file, its directory included, and give its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def found(place: Path) -> list[str]:
    """What is read of a directory: the paths below it, and the lines if there are any."""
    payloads = list(read([place]))
    return [str(payload.source).removeprefix(f"{place}{os.sep}") for payload in payloads]


@pytest.mark.parametrize("suffix", PACKERS)
def test_file_is_one_payload(tmp_path: Path, suffix: str) -> None:
    """A file is one payload, byte for byte, several lines or not, compressed or not."""
    text = b'\xff\r\n{\n  "object": "page"\n}\n' + ONE
    name = put(tmp_path / f"page.json{suffix}", PACKERS[suffix](text))
    assert list(read([name])) == [Payload(Source(name), text)]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("kind", [".ndjson", ".jsonl", ".NDJSON"])
def test_lines_are_payloads(tmp_path: Path, kind: str, suffix: str) -> None:
    """A file whose name says so holds a payload per line, blank lines count as lines only, and ends are not payload."""
    name = put(tmp_path / f"export{kind}{suffix}", PACKERS[suffix](ONE + b"\r\n\n  \r\nbroken\n" + TWO))
    expected = [(1, ONE), (4, b"broken"), (5, TWO)]
    assert list(read([name])) == [Payload(Source(name, line), data) for line, data in expected]


def test_only_names_decide(tmp_path: Path) -> None:
    """Lines of complete JSON in a file of another name are one payload, unless the caller says otherwise."""
    name = put(tmp_path / "export.json", ONE + b"\n" + TWO)
    assert [payload.data for payload in read([name])] == [ONE + b"\n" + TWO]
    assert [payload.data for payload in read([name], ndjson=True)] == [ONE, TWO]


def test_line_in_file() -> None:
    """A place in a payload is a place in its file."""
    assert Source("f.json").file_line(7) == 7
    assert Source("f.ndjson", 3).file_line(1) == 3


def test_directory(tmp_path: Path) -> None:
    """A directory gives its payloads at any depth, sorted by path, and nothing else."""
    for name in ("b/2.json", "b/1.json.gz", "a.jsonl", "c.ndjson.zst", "B.JSON"):
        suffix = os.path.splitext(name)[1]  # noqa: PTH122 - the suffix is what is tested
        put(tmp_path / name, PACKERS.get(suffix, bytes)(ONE))
    for name in ("readme.md", "d/x.json.bak", ".hidden/3.json", "b/.4.json", "e/x.gz"):
        put(tmp_path / name)
    assert found(tmp_path) == ["B.JSON", "a.jsonl:1", "b/1.json.gz", "b/2.json", "c.ndjson.zst:1"]


def test_directory_of_links(tmp_path: Path) -> None:
    """Links to files are read, links to directories are not followed, and a dead link is told."""
    put(tmp_path / "real" / "1.json")
    place = tmp_path / "place"
    place.mkdir()
    (place / "file.json").symlink_to(tmp_path / "real" / "1.json")
    (place / "loop.json").symlink_to(place)
    (place / "dead.json").symlink_to(tmp_path / "gone")
    told: list[UsageCompatError] = []
    assert [payload.source.name for payload in read([place], tell=told.append)] == [str(place / "file.json")]
    assert [str(problem) for problem in told] == [f"{place / 'dead.json'}: No such file or directory"]


def test_corpus(tmp_path: Path) -> None:
    """In a corpus the payloads of cases are the payloads, whatever else lies around."""
    for name in ("costs/one.json", "costs/one.case.json", "costs/two.json", "costs/two.case.json"):
        put(tmp_path / name)
    for name in ("manifest.json", "notes.json", "package.json", "upstream/history.json", "costs/rest.ndjson"):
        put(tmp_path / name)
    assert found(tmp_path) == ["costs/one.json", "costs/two.json"]
    assert len(list(read([tmp_path / "notes.json"]))) == 1


@pytest.mark.parametrize(
    "content", [{}, {"readme.md": ONE}, {"empty.ndjson": b"\n \n"}], ids=["bare", "other", "blank"]
)
def test_nothing_there(tmp_path: Path, content: dict[str, bytes]) -> None:
    """A directory that gives no payload is told, and does not pass for one that was checked."""
    for name, data in content.items():
        put(tmp_path / name, data)
    with pytest.raises(NoPayloads) as caught:
        list(read([tmp_path]))
    assert caught.value.path == str(tmp_path)


def test_empty_file_is_a_payload(tmp_path: Path) -> None:
    """An empty file is a payload about which there is something to say."""
    assert [payload.data for payload in read([put(tmp_path / "empty.json", b"")])] == [b""]


def test_rest_is_read(tmp_path: Path) -> None:
    """What cannot be read is told in its turn, and what stands beside it is read."""
    names = [str(tmp_path / "gone.json"), put(tmp_path / "1.json"), str(tmp_path / "gone.ndjson")]
    told: list[UsageCompatError] = []
    assert [payload.source.name for payload in read(names, tell=told.append)] == [names[1]]
    assert [str(problem) for problem in told] == [f"{names[place]}: No such file or directory" for place in (0, 2)]


def test_unreadable_raises(tmp_path: Path) -> None:
    """Who does not ask to be told gets an exception."""
    with pytest.raises(UnreadableInput, match="No such file"):
        list(read([tmp_path / "gone.json"]))


def test_unreadable_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that cannot be listed is told, and its neighbours are read."""
    put(tmp_path / "closed" / "1.json")
    put(tmp_path / "open.json")
    listing = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    told: list[UsageCompatError] = []
    assert [payload.source.name for payload in read([tmp_path], tell=told.append)] == [str(tmp_path / "open.json")]
    assert [str(problem) for problem in told] == [f"{tmp_path / 'closed'}: Permission denied"]


@pytest.mark.parametrize("name", ["a.parquet", "s3://bucket/a.json", "b-*.json"])
def test_what_is_for_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Tables, URLs and patterns are told to be for another command, and a table is no invalid payload."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.parquet", b"PAR1")
    with pytest.raises(UnreadableInput, match="usagecompat scan"):
        list(read([name]))


def test_deep_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Directories may be deeper than calls can be."""
    monkeypatch.chdir(tmp_path)
    for _ in range(1_200):
        Path("d").mkdir()
        monkeypatch.chdir("d")
    Path("1.json").write_bytes(b"{}")
    monkeypatch.chdir(tmp_path)
    try:
        assert [payload.data for payload in read([tmp_path])] == [b"{}"]
    finally:  # pytest could not remove them
        while (tmp_path / "d/d").exists():
            (tmp_path / "d/d").rename(tmp_path / "e")
            shutil.rmtree(tmp_path / "d")
            (tmp_path / "e").rename(tmp_path / "d")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("content", [".json", ".ndjson"])
def test_truncated(tmp_path: Path, content: str, suffix: str) -> None:
    """Compressed data without its end is told, wherever it was cut."""
    packed = PACKERS[suffix](bytes(range(256)))
    for length in range(len(packed)):
        name = put(tmp_path / f"cut{content}{suffix}", packed[:length])
        with pytest.raises(UnreadableInput, match=r"ends too soon|is empty|is damaged"):
            list(read([name]))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_lines_before_damage(tmp_path: Path, suffix: str) -> None:
    """Lines that stand in front of damage are payloads, and the damage is told with the last of them."""
    packed = PACKERS[suffix](b"".join(b'{"n": %d}\n' % n for n in range(60_000)))
    name = put(tmp_path / f"cut.ndjson{suffix}", packed[: len(packed) // 2])
    told: list[UsageCompatError] = []
    lines = [payload.source.line for payload in read([name], tell=told.append)]
    assert lines == list(range(1, len(lines) + 1))
    assert lines
    assert [str(problem) for problem in told] == [f"{name}: the compressed data ends too soon, after line {len(lines)}"]


@pytest.mark.parametrize(
    ("suffix", "damage"), [(".gz", b"{}"), (".zst", b"{}"), (".gz", b"\x1f\x8b\x08\0nothing of it")]
)
def test_not_compressed(tmp_path: Path, suffix: str, damage: bytes) -> None:
    """What is not compressed, in spite of its name, is told."""
    name = put(tmp_path / f"page.json{suffix}", damage)
    with pytest.raises(UnreadableInput) as caught:
        list(read([name]))
    assert caught.value.path == name


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_parts_follow_each_other(tmp_path: Path, suffix: str) -> None:
    """Compressed files that were joined are read to the end of the last, and garbage behind them is told."""
    pack = PACKERS[suffix]
    name = put(tmp_path / f"joined.ndjson{suffix}", pack(ONE + b"\n") + pack(b"") + pack(TWO))
    assert [payload.data for payload in read([name])] == [ONE, TWO]
    put(tmp_path / f"joined.ndjson{suffix}", pack(ONE + b"\n") + b"garbage")
    with pytest.raises(UnreadableInput, match="is damaged"):
        list(read([name]))


def test_missing_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package for a compression is missing, the message says how to get it."""
    name = put(tmp_path / "page.json.zst", PACKERS[".zst"](ONE))
    monkeypatch.setitem(sys.modules, NAME, None)
    with pytest.raises(MissingExtra, match=r"pip install 'usagecompat\[scan\]'"):
        list(read([name]))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_limit_of_a_line(tmp_path: Path, end: bytes) -> None:
    """A line up to the limit is whole, of a longer one no more is read than shows it, and the next one is found."""
    texts = [b"1" * 100, b"2" * 101, b"3" * 5_000_000, TWO]
    name = put(tmp_path / "long.ndjson", (end or b"\n").join(texts) + end)
    payloads = list(read([name], limit=100))
    assert [payload.data for payload in payloads] == [b"1" * 100, b"2" * 101, b"3" * 101, TWO]
    assert [payload.source.line for payload in payloads] == [1, 2, 3, 4]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("content", [".json", ".ndjson"])
def test_bomb(tmp_path: Path, content: str, suffix: str) -> None:
    """However much a file unpacks to, only a payload's worth of it is held."""
    size = 1 << 25
    packed = PACKERS[suffix](b"0" * size) if suffix else b"0" * (1 << 22)
    name = put(tmp_path / f"bomb{content}{suffix}", packed)
    tracemalloc.start()
    try:
        payloads = list(read([name], limit=1000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(payload.data) for payload in payloads] == [1001]
    assert peak < size // 4


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is standard input as one payload, or line by line where that is said."""
    for ndjson, expected in ((False, [ONE + b"\n" + TWO]), (True, [ONE, TWO])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ONE + b"\n" + TWO)))
        payloads = list(read(["-"], ndjson=ndjson))
        assert [payload.data for payload in payloads] == expected
        assert {payload.source.name for payload in payloads} == {"<stdin>"}


def test_lines_are_read_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is a payload before the next one has been written."""
    end, start = os.pipe()
    with open(end, encoding="utf-8") as stream, open(start, "wb", buffering=0) as writer:  # noqa: PTH123 - no paths
        monkeypatch.setattr(sys, "stdin", stream)
        payloads = read(["-"], ndjson=True)
        writer.write(ONE + b"\n")
        assert next(payloads).data == ONE
        writer.write(TWO + b"\n")
        assert next(payloads).data == TWO


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input that the shell has closed is told like a file that is not there."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UnreadableInput, match="closed"):
        list(read(["-"]))


def test_name_that_is_no_text(tmp_path: Path) -> None:
    """A file name that is no UTF-8 is shown in a way that every output can hold."""
    name = put(tmp_path / os.fsdecode(b"\xff.json"))
    assert [payload.source.name for payload in read([name])] == [str(tmp_path / r"\xff.json")]
