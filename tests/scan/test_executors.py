"""A whole scan: the same summary whoever does the work, and whatever happens on the way."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import signal
import sys
from functools import partial
from itertools import product
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from timing import grows_at_most
from zstd_of import NAME, zstd

from usagecompat.contract import LATEST
from usagecompat.exceptions import MissingExtra
from usagecompat.scan import _reading, _state, _tables, accumulator, executors, partition_scan  # noqa: PLC2701 - what the test is about
from usagecompat.scan._state import StateOfAnotherScan  # noqa: PLC2701 - what the test is about
from usagecompat.scan.executors import LostWorker, run
from usagecompat.scan.partition_scan import Options, scan_partition
from usagecompat.scan.partitions import plan
from usagecompat.scan.summary import DAMAGED, UNREADABLE, Summary, total

from .conftest import assorted, bucket, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.scan.slices import Partition

    from .conftest import Put

PIECE = 4_000
LINES = assorted(200)


@pytest.fixture
def archive(put: Put, tmp_path: Path) -> str:
    """A directory with lines of many sorts, plain and compressed, single payloads, and files with something wrong."""
    put("a.ndjson", LINES)
    put("b.ndjson", LINES[:50])
    put("c.ndjson.gz", gzip.compress(b"\n".join(LINES[50:90])))
    put("d.jsonl.zst", zstd.compress(b"\n".join(LINES[90:120])))
    for number in range(12):
        put(f"e/{number}.json", text(bucket(number)))
    put("f.ndjson.gz", gzip.compress(b"\n".join(LINES) * 9)[:-4000])
    put("g.ndjson.zst", b"not zstd")
    return str(tmp_path)


def test_processes(archive: str) -> None:
    """Two processes come to the summary of one, however the files are cut."""
    alone = run(plan([archive]))
    assert alone.payloads > 300
    assert alone.pieces == {}
    assert run(plan([archive], piece=PIECE), jobs=2) == alone
    assert run(plan([archive], piece=PIECE)) == alone
    assert total(map(scan_partition, plan([archive], piece=PIECE).partitions)) == alone


def test_spawned_processes(archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes cannot be forked they are started anew."""
    monkeypatch.setattr(sys, "platform", "other")
    assert run(plan([archive], piece=20_000), jobs=2) == run(plan([archive]))


def test_ticks(archive: str) -> None:
    """What is told of progress comes to all bytes, whoever does the work."""
    planned = plan([archive], piece=PIECE)
    for jobs in (1, 2):
        ticks: list[int] = []
        run(planned, jobs=jobs, tick=ticks.append)
        assert sum(ticks) == planned.size


@pytest.mark.parametrize(("end", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstd.compress)])
def test_ticks_within_a_file(put: Put, end: str, pack: Callable[[bytes], bytes]) -> None:
    """What is told of progress comes while a file is read, compressed or not, and never more than there is."""
    data = b"".join(text(bucket(number, user_id=os.urandom(50).hex())) + b"\n" for number in range(5_000))
    planned = plan([put(f"a.ndjson{end}", pack(data))])
    ticks: list[int] = []
    run(planned, tick=ticks.append)
    assert sum(ticks) == planned.size
    assert min(ticks) >= 0
    assert max(ticks) < planned.size / 2


def interrupted(after: int) -> Callable[..., Summary]:
    """`scan_partition` that somebody interrupts."""
    done = 0

    def scan(partition: Partition, options: Options, tick: object = None) -> Summary:  # noqa: ARG001 - as it is called
        nonlocal done
        done += 1
        if done > after:
            raise KeyboardInterrupt
        return scan_partition(partition, options)

    return scan


@pytest.mark.parametrize("after", [0, 1, 7])
def test_goes_on(archive: str, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that was interrupted goes on where it was, and ends with the same summary."""
    state = tmp_path / "the.state"
    planned, expected = plan([archive], piece=PIECE), run(plan([archive]))
    with monkeypatch.context() as patch:
        patch.setattr(executors, "scan_partition", interrupted(after))
        with pytest.raises(KeyboardInterrupt):
            run(planned, state=state)
    assert Summary.from_dict(json.loads(state.read_bytes())["summary"]).payloads < expected.payloads
    scanned: list[int] = []

    def scan(partition: Partition, options: Options, **_: object) -> Summary:
        scanned.append(partition.number)
        return scan_partition(partition, options)

    with monkeypatch.context() as patch:
        patch.setattr(executors, "scan_partition", scan)
        whole = run(plan([archive], piece=PIECE), state=state)
    assert whole == expected
    assert scanned == list(range(after, len(planned.partitions)))
    again = run(plan([archive], piece=PIECE), state=state)
    assert again == expected


def test_state_of_another_scan(put: Put, tmp_path: Path) -> None:
    """A state of other inputs, other options or another form is refused, and left as it is."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "a.state"
    run(plan([name]), state=state)
    before = state.read_bytes()
    with pytest.raises(StateOfAnotherScan, match=f"other options, revision {LATEST}"):
        run(plan([name]), Options(revision="2026-05-13"), state=state)
    with pytest.raises(StateOfAnotherScan, match="other inputs"):
        run(plan([put("b.ndjson", LINES[:20])]), state=state)
    put("a.ndjson", LINES[:21])
    with pytest.raises(StateOfAnotherScan, match="changed since"):
        run(plan([name]), state=state)
    assert state.read_bytes() == before
    for content, reason in (
        (b"{}", "no state"),
        (b"\xff", "no state"),
        (b'{"usagecompat_scan_state": 9, "scan": {}}', "format 9"),
    ):
        state.write_bytes(content)
        with pytest.raises(StateOfAnotherScan, match=reason):
            run(plan([name]), state=state)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("scan", value) for value in (None, [], {}, 7)),
        *(("done", value) for value in (None, [[0]], ["x"], 7)),
        *(("summary", value) for value in (None, [], {}, {"format": 9}, 7)),
        *(("summary", {**Summary().to_dict(), "verdicts_by_month": value}) for value in (None, [], {"2026-10": 7}, 7)),
    ],
)
def test_damaged_state(put: Put, tmp_path: Path, member: str, value: object) -> None:
    """A state that somebody has damaged is refused in words, and left as it is, whether or not its digest shows it."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "a.state"
    run(plan([name]), state=state)
    damaged = {**json.loads(state.read_bytes()), member: value}
    held = json.dumps([damaged["scan"], damaged["done"], damaged["summary"]])
    with_digest = {**damaged, "digest": hashlib.sha256(held.encode()).hexdigest()}
    without = {name: held for name, held in damaged.items() if name != "digest"}
    for content, reason in (
        (damaged, "no state" if member == "scan" else "the state was changed since it was written"),
        (with_digest, "no state"),
        (without, "no state"),
    ):
        state.write_text(json.dumps(content), "utf-8")
        with pytest.raises(StateOfAnotherScan, match=reason):
            run(plan([name]), state=state)
        assert json.loads(state.read_bytes()) == content


def test_state_of_an_older_kit(put: Put, tmp_path: Path) -> None:
    """A state that an older kit wrote, without verdicts by month, is gone on from; the page says what it lacks."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "a.state"
    done = run(plan([name]), state=state)
    older = json.loads(state.read_bytes())
    del older["summary"]["verdicts_by_month"]
    held = json.dumps([older["scan"], older["done"], older["summary"]])
    state.write_text(json.dumps({**older, "digest": hashlib.sha256(held.encode()).hexdigest()}), "utf-8")
    again = run(plan([name]), state=state)
    assert again == evolve(done, verdicts_by_month={})
    assert again.not_by_month == again.payloads > 0


def test_changed_input(put: Put, tmp_path: Path) -> None:
    """A file that was changed since is told apart from the one before, though it is as long."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "a.state"
    run(plan([name]), state=state)
    put("a.ndjson", [line.upper() for line in LINES[:20]])
    with pytest.raises(StateOfAnotherScan, match="changed since"):
        run(plan([name]), state=state)


def test_state_of_another_reading(put: Put, tmp_path: Path) -> None:
    """A state of a scan that took each file for one payload is none of one that takes each line for one."""
    name, state = put("a.json", LINES[:2]), tmp_path / "a.state"
    run(plan([name]), state=state)
    with pytest.raises(StateOfAnotherScan):
        run(plan([name], ndjson=True), state=state)


@pytest.mark.parametrize(("end", "pack"), [(".gz", gzip.compress), (".zst", zstd.compress)])
def test_time_grows_with_a_line(put: Put, end: str, pack: Callable[[bytes, int], bytes]) -> None:
    """A compressed line twice as long takes about twice the time, though it comes in small parts."""
    names = [put(f"{size}.ndjson{end}", pack(os.urandom(size).hex().encode(), 1)) for size in (4 << 20, 8 << 20)]
    assert grows_at_most(3, lambda: run(plan([names[0]])), lambda: run(plan([names[1]])))


def test_names_that_cannot_be_looked_at(put: Put) -> None:
    """A name that no file system takes is a finding, and the others are scanned."""
    summary = run(plan(["n" * 300, put("a.json", text(bucket()))]))
    assert (summary.payloads, summary.unread) == (1, 1)


def test_state_among_the_inputs(put: Put, tmp_path: Path) -> None:
    """The state may stand in the directory that is scanned, but a file that is named as both is told."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "state.json"
    summaries = [run(plan([str(tmp_path)], but=state), state=state) for _ in range(3)]
    assert summaries == [run(plan([name]))] * 3
    with pytest.raises(StateOfAnotherScan):
        run(plan([str(state)], but=state), state=state)


def test_state_that_is_no_file(put: Put, tmp_path: Path) -> None:
    """A device or a pipe is no state, and is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StateOfAnotherScan, match="no file"):
        run(plan([put("a.ndjson", LINES[:20])]), state=tmp_path / "pipe")


@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_shorter_than_before(put: Put, name: str) -> None:
    """A file that lost its end between planning and reading is not taken for a whole one."""
    path = put(name, LINES[:100] if name == "a.ndjson" else text(bucket()) + b" " * 20_000)
    for piece in (PIECE, 1 << 24):
        planned = plan([path], piece=piece)
        os.truncate(path, 7_000)
        summary = run(planned)
        assert summary.findings[DAMAGED].count > 0
        assert "shorter" in summary.findings[DAMAGED].first[0].message
        os.truncate(path, 20_000)


def test_one_file_in_many_spellings(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file counts once, however often it is named, and a URL of this machine is a path."""
    path = put("a.ndjson", LINES)
    monkeypatch.chdir(tmp_path)
    names = ["a.ndjson", "./a.ndjson", path, f"file://{path}", "*.ndjson", str(tmp_path), f"file://{tmp_path}"]
    assert run(plan(names)).to_dict() == run(plan(["a.ndjson"])).to_dict()
    assert run(plan([f"file://{tmp_path}/*"])) == run(plan([f"{tmp_path}/*"]))


def test_two_files_of_like_spelling(put: Put, tmp_path: Path) -> None:
    """A name that goes up from a link is no other spelling of the one without."""
    put("x.ndjson", LINES[:50])
    put("d/x.ndjson", LINES[50:90])
    (tmp_path / "d/sub").mkdir()
    (tmp_path / "link").symlink_to("d/sub")
    names = [f"{tmp_path}/x.ndjson", f"{tmp_path}/link/../x.ndjson"]
    assert run(plan(names)).payloads == sum(run(plan([name])).payloads for name in names)


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
def test_pipes_that_are_named(tmp_path: Path, name: str) -> None:
    """What is named is read, even if nobody can say how long it is or how far it was read."""
    os.mkfifo(tmp_path / name)
    writer = Thread(target=lambda: (tmp_path / name).write_bytes(text(bucket())))
    writer.start()
    summary = run(plan([str(tmp_path / name)]))
    writer.join()
    assert (summary.verdicts, summary.unread) == ({"valid": 1}, 0)


def test_state_that_is_a_link_to_itself(put: Put, tmp_path: Path) -> None:
    """It gives way to the state."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "s"
    state.symlink_to("s")
    assert run(plan([name], but=state), state=state) == run(plan([name], but=state), state=state)
    assert json.loads(state.read_bytes())["done"]


def test_state_behind_a_link(put: Put, tmp_path: Path) -> None:
    """The file that a link leads to is the state, and the link stays one."""
    name, link = put("a.ndjson", LINES[:20]), tmp_path / "link.state"
    link.symlink_to("a.state")
    run(plan([name]), state=link)
    assert link.is_symlink()
    assert json.loads((tmp_path / "a.state").read_bytes())["done"]


def test_long_lines_however_cut(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts of lines beyond the limit, of their ends and of blank ones is the same in pieces of any size."""
    for module in (_reading, accumulator, partition_scan):
        monkeypatch.setattr(module, "MAX_SIZE", 3_000)
    line = text(bucket())
    lines = [line.ljust(2_999), line.ljust(3_000), line.ljust(3_001), b" " * 9_000, b"", line, b" ", line.ljust(20_000)]
    for end in (b"\n", b"\r\n"):
        name = put("a.ndjson", end.join((*lines, *lines, line)))
        whole = run(plan([name]))
        assert whole.payloads == 13
        for block, piece in product((100, 1_000, 5_000, 9_000), (500, 3_001, 70_000)):
            monkeypatch.setattr(_reading, "BLOCK", block)
            assert run(plan([name], piece=piece)) == whole


def test_unreadable_files_are_tried_again(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read is read by the next run, if it can be read by then."""
    names = [put("a.ndjson.zst", zstd.compress(b"\n".join(LINES))), put("b.ndjson", LINES)]
    state = tmp_path / "the.state"
    planned = plan(names, piece=PIECE)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, NAME, None)
        assert run(planned, state=state).unread == 1
    assert run(planned, state=state) == run(planned)
    assert run(planned).unread == 0


def test_state_that_cannot_be_written(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the state can be written shows before anything is scanned."""
    monkeypatch.setattr(executors, "scan_partition", None)
    with pytest.raises(FileNotFoundError):
        run(plan([put("a.ndjson", LINES)]), state=tmp_path / "nowhere" / "a.state")


def test_state_is_written_whole(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the state cannot be written to its end, the one before stays, and nothing is left beside it."""
    name, state = put("a.ndjson", LINES[:20]), tmp_path / "a.state"
    run(plan([name]), state=state)
    before = state.read_bytes()
    monkeypatch.setattr(_state.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="full"):
        run(plan([name]), state=state)
    assert state.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ndjson", "a.state"]


def die(partition: Partition, options: Options) -> Summary:
    """A worker that is killed, as for want of memory."""
    if partition.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return scan_partition(partition, options)


def test_lost_worker(archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker process that is killed ends the scan with a word about it, and a state to go on from."""
    planned, state = plan([archive], piece=PIECE), tmp_path / "the.state"
    with monkeypatch.context() as patch:
        patch.setattr(executors, "scan_partition", die)
        with pytest.raises(LostWorker, match="want of memory"):
            run(planned, jobs=2, state=state)
    assert run(planned, jobs=2, state=state) == run(planned)


def test_damage(put: Put) -> None:
    """A file that breaks off is a finding with its place, and the lines in front of that are scanned."""
    packed = gzip.compress(b"".join(text(bucket(number)) + b"\n" for number in range(5000)))
    name = put("cut.ndjson.gz", packed[: len(packed) * 2 // 3])
    summary = run(plan([name]))
    (place,) = summary.findings[DAMAGED].first
    assert 1000 < summary.payloads < 5000
    assert (place.source, place.line, place.message) == (name, summary.payloads, "the compressed data ends too soon")
    assert summary.verdicts == {"valid": summary.payloads}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("no.ndjson.gz", b"not gzip", "damaged"),
        ("no.json.zst", b"not zstd", "damaged"),
        ("empty.ndjson.gz", b"", "empty"),
        ("no.parquet", b"PAR1 but not really PAR1", "arquet"),
    ],
)
def test_unreadable_files(put: Put, name: str, content: bytes, reason: str) -> None:
    """A file that cannot be read is a finding, and the others are scanned."""
    bad, good = put(name, content), put("good.json", text(bucket()))
    summary = run(plan([bad, good]))
    assert summary.payloads == 1
    assert summary.unread == 1
    (tally,) = (summary.findings[code] for code in (DAMAGED, UNREADABLE) if code in summary.findings)
    assert tally.first[0].source == bad
    assert reason in tally.first[0].message


def test_one_bad_file_of_a_directory(put: Put) -> None:
    """Links to nothing or to themselves are findings, pipes are passed over, and the rest is scanned."""
    folder = Path(put("d/good.json", text(bucket()))).parent
    (folder / "dangling.json").symlink_to("nothing")
    (folder / "dangling.parquet").symlink_to("nothing")
    (folder / "itself.ndjson").symlink_to("itself.ndjson")
    os.mkfifo(folder / "pipe.json")
    (folder / "to-pipe.json").symlink_to("pipe.json")
    os.mkfifo(folder / "pipe.parquet")
    for names in ([str(folder)], [f"{folder}/*"], [f"file://{folder}"]):
        summary = run(plan(names))
        assert summary.payloads == 1
        assert summary.unread == 3
    assert [one.source for one in run(plan([str(folder)])).findings[UNREADABLE].first] == [
        str(folder / name) for name in ("dangling.json", "dangling.parquet", "itself.ndjson")
    ]


def test_damage_behind_whole_frames(put: Put) -> None:
    """What stands in front of damage is scanned, to the last line of the last whole frame."""
    packed = zstd.compress(b"".join(text(bucket(number)) + b"\n" for number in range(300)))
    summary = run(plan([put("a.ndjson.zst", packed + b"this is no frame")]))
    (place,) = summary.findings[DAMAGED].first
    assert (summary.payloads, place.line) == (300, 300)


def test_missing_files(put: Put, tmp_path: Path) -> None:
    """A file that is not there, or vanishes before it is read, is a finding."""
    gone = put("gone.json", b"{}")
    planned = plan([gone, str(tmp_path / "never.json"), put("empty/x.txt", b"").removesuffix("/x.txt")])
    Path(gone).unlink()
    tally = run(planned).findings[UNREADABLE]
    assert [(Path(one.source).name, one.message) for one in tally.first] == [
        ("empty", executors.NOTHING),
        ("gone.json", "No such file or directory"),
        ("never.json", "No such file or directory"),
    ]


def table(path: str, *, kind: pa.DataType, name: str = "payload", rows: int = 10) -> list[bytes | None]:
    """Write a table with a column of payloads, some of them null, in small row groups; returns the payloads."""
    payloads = [None if index % 17 == 3 else line for index, line in enumerate(assorted(200)) if b"\xff" not in line]
    values = [None if one is None else one.decode() if kind in TEXT else one for one in payloads]
    columns = {"id": pa.array(range(len(values))), name: pa.array(values, kind)}
    pq.write_table(pa.table(columns), path, row_group_size=rows)
    return payloads


def can_be_written(kind: pa.DataType) -> bool:
    """Whether the installed version of pyarrow writes columns of this type."""
    try:
        pq.write_table(pa.table({"payload": pa.array([None], kind)}), io.BytesIO())
    except pa.ArrowNotImplementedError:
        return False
    return True


TEXT = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string()))
BYTES = (pa.binary(), pa.large_binary(), pa.binary_view(), pa.dictionary(pa.int32(), pa.binary()))


@pytest.mark.parametrize("kind", [*filter(can_be_written, (*TEXT, *BYTES))], ids=str)
def test_tables(tmp_path: Path, kind: pa.DataType) -> None:
    """A Parquet file has a payload per row, text or bytes, and comes to the same whether it is cut or not."""
    path = str(tmp_path / "payloads.parquet")
    payloads = table(path, kind=kind)
    whole = run(plan([path]))
    assert whole.payloads == sum(one is not None for one in payloads)
    cut = plan([path], piece=3000)
    assert len(cut.partitions) > 1
    assert run(cut, jobs=2) == whole
    broken = payloads.index(b"not JSON") + 1
    assert broken in {one.line for one in whole.findings["json/syntax-error"].first}


@pytest.mark.parametrize("kind", [*filter(can_be_written, TEXT[:3])], ids=str)
def test_text_that_is_none(tmp_path: Path, kind: pa.DataType) -> None:
    """A cell that is no UTF-8 is a payload that is none, and costs no other."""
    path = tmp_path / "t.parquet"
    cells = [text(bucket(number)) for number in range(200)]
    cells[100] = b'"\xff"'
    binary = {pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}.get(kind, pa.binary())
    pq.write_table(pa.table({"payload": pa.array(cells, binary).view(kind)}), path)
    summary = run(plan([str(path)]))
    assert (summary.payloads, summary.unread) == (200, 0)
    assert [one.line for one in summary.findings["json/invalid-utf-8"].first] == [101]


def test_table_without_rows(tmp_path: Path) -> None:
    """A table without any row is looked at all the same, however small the pieces are."""
    path = str(tmp_path / "t.parquet")
    pq.write_table(pa.table({"payload": pa.array([], pa.string())}), path, row_group_size=1)
    for piece in (10, 1 << 20):
        assert run(plan([path], piece=piece), Options(column="other")).unread == 1


def test_damaged_table(tmp_path: Path) -> None:
    """If a row group is damaged the others are scanned, and their rows keep their numbers."""
    path = tmp_path / "t.parquet"
    lines = [text(bucket(number, model=None if number != 299 else 5)).decode() for number in range(300)]
    pq.write_table(pa.table({"payload": lines}), path, row_group_size=100, compression="snappy", use_dictionary=False)
    about = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    start = about.data_page_offset
    data[start : start + about.total_compressed_size] = b"\xff" * about.total_compressed_size
    path.write_bytes(data)
    summary = run(plan([str(path)]))
    assert run(plan([str(path)], piece=10)) == summary
    assert summary.payloads == 200
    assert [one.line for one in summary.findings[DAMAGED].first] == [100]
    assert [one.line for one in summary.findings["schema/wrong-type"].first] == [300]


def test_column_of_a_table(tmp_path: Path) -> None:
    """The column is named, or it is `payload`, or the only one that can be meant; anything else is told."""
    path = str(tmp_path / "t.parquet")
    table(path, kind=pa.string(), name="body")
    assert run(plan([path])).payloads > 0
    assert run(plan([path]), Options(column="body")) == run(plan([path]))
    for column in ("id", "nothing"):
        tally = run(plan([path]), Options(column=column)).findings[UNREADABLE]
        assert "--column" in tally.first[0].message
        assert run(plan([path], piece=10), Options(column=column)).unread == tally.count == 1
    two = {"one": ["{}"], "two": ["{}"]}
    pq.write_table(pa.table(two), path)
    assert "one, two" in run(plan([path])).findings[UNREADABLE].first[0].message
    pq.write_table(pa.Table.from_arrays([pa.array(["{}"])] * 2, ["payload"] * 2), path)
    assert "2 are called payload" in run(plan([path])).findings[UNREADABLE].first[0].message


def test_columns_that_hold_no_payloads(tmp_path: Path) -> None:
    """Identifiers of one length are no payloads, and a dot in a name is part of it."""
    path = str(tmp_path / "t.parquet")
    lines = [text(bucket(number)).decode() for number in range(5)]
    columns = {
        "id": pa.array([bytes(16)] * 5, pa.binary(16)),
        "raw": pa.array([{"body": "no payload"}] * 5),
        "raw.body": pa.array(lines),
    }
    pq.write_table(pa.table(columns), path)
    assert run(plan([path])).verdicts == {"valid": 5}


def _without_option(open_: Callable[..., object], file: object, **options: object) -> object:
    if "arrow_extensions_enabled" in options:
        raise TypeError("unexpected keyword argument")
    return open_(file, **options)


@pytest.mark.parametrize("sort", ["text", "dictionary", *(["json"] if hasattr(pa, "json_") else [])])
@pytest.mark.parametrize("is_new", [True, False])
def test_long_cells_again_and_again(
    tmp_path: Path,
    sort: str,
    is_new: bool,  # noqa: FBT001 - drawn
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a table holds once for many rows is not unpacked for many rows at a time, whatever its type."""
    path = str(tmp_path / "t.parquet")
    cells = pa.array(["{}", None, *["x" * 3_000_000] * 8, *map(str, range(2_000))])
    column = cells.dictionary_encode() if sort == "dictionary" else cells
    if sort == "json":
        column = pa.ExtensionArray.from_storage(pa.json_(), cells)
    pq.write_table(pa.table({"payload": column}), path, dictionary_pagesize_limit=1 << 30)
    if not is_new:  # as pyarrow was before 21
        monkeypatch.setattr(pq, "ParquetFile", partial(_without_option, pq.ParquetFile))
    with Path(path).open("rb") as file, _reading.table(file) as parquet:
        parts = list(_reading.rows(parquet, file, "payload", 0))
    assert [cell.decode() if cell else None for part in parts for cell in part] == cells.to_pylist()
    assert max(sum(len(cell or b"") for cell in part) for part in parts) < 2 * 3_000_000


def test_tables_need_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow a table is told to need the extra."""
    path = str(tmp_path / "t.parquet")
    table(path, kind=pa.string())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "usagecompat[scan]" in run(plan([path])).findings[UNREADABLE].first[0].message


def test_stores() -> None:
    """Files of a store come to what files of this machine come to."""
    store = fsspec.filesystem("memory")
    data = b"".join(line + b"\n" for line in LINES)
    store.pipe("/running/a.ndjson", data)
    store.pipe("/running/b.ndjson.gz", gzip.compress(data))
    store.pipe("/running/c.ndjson.zst", zstd.compress(data))
    store.pipe("/running/d.json", text(bucket()))
    whole = run(plan(["memory://running"]))
    assert run(plan(["memory://running"], piece=PIECE)) == whole
    assert whole.payloads == 3 * run(plan(["memory://running/a.ndjson"])).payloads + 1
    assert {Path(one.source).name for tally in whole.findings.values() for one in tally.first} == {"a.ndjson"}


def test_options(put: Put) -> None:
    """Payloads are judged at the revision and under the profile that was asked for."""
    name = put("a.json", text(bucket(0, "costs", amount={"value": "1.5", "currency": "usd"})))
    assert run(plan([name])).verdicts == {"acceptable": 1}
    assert run(plan([name]), Options(profile="published")).verdicts == {"invalid": 1}
    assert "wire/results-for-result" in run(plan([name]), Options(revision="2024-12-16")).findings


def test_faults_of_the_kit_are_not_findings(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in judging is raised, and never taken for a file that cannot be read."""

    def fail(*_: object) -> None:
        raise LookupError("a fault")

    monkeypatch.setattr(partition_scan.Tallying, "payload", fail)
    with pytest.raises(LookupError):
        run(plan([put("a.json", b"{}")]))


def test_cluster_needs_the_extra(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask a scheduler is told to need the extra; with it, see `interop/cluster.sh`."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"usagecompat\[dask\]"):
        run(plan([put("a.json", b"{}")]), scheduler="tcp://127.0.0.1:1")


def test_every_byte_of_a_footer(tmp_path: Path) -> None:
    """Whatever byte of a table's footer is changed, the scan ends, and the other files are scanned."""
    path, other = tmp_path / "t.parquet", tmp_path / "u.ndjson"
    pq.write_table(pa.table({"payload": [LINES[0].decode()]}), path, store_schema=False, write_statistics=False)
    other.write_bytes(LINES[1])
    whole = path.read_bytes()
    assert run(plan([str(path), str(other)])).payloads == 2
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    for place in range(len(whole) - footer, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        summary = run(plan([str(path), str(other)]))
        assert summary.payloads in (1, 2)


@pytest.mark.parametrize("groups", [1, 5])
def test_tables_that_end_their_reader(tmp_path: Path, groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that ends the process which reads it is damaged, and no more of it is read than a few row groups."""
    monkeypatch.setattr(_tables, "_READER", (sys.executable, "-c", DYING_READER))
    monkeypatch.setattr(_tables, "_readers", [])
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"payload": ["{}"] * groups}), path, row_group_size=1)
    summary = run(plan([str(path)]))
    assert summary.findings[DAMAGED].count == min(groups, 3)
    assert "by signal 6" in summary.findings[DAMAGED].first[0].message


DYING_READER = """
import os
from usagecompat.scan import _reading, _table_reader
_reading.rows = lambda *_: os.abort()
_table_reader.main()
"""
