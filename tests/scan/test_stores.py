"""Files of stores come to what the same files on this machine come to, whatever the store can do."""

from __future__ import annotations

import gzip
import io
import zipfile
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile
from zstd_of import zstd

from usagecompat.scan import _reading, partitions  # noqa: PLC2701 - what the test is about
from usagecompat.scan.executors import run
from usagecompat.scan.partitions import plan
from usagecompat.scan.summary import UNREADABLE

from .conftest import assorted, bucket, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Put


class Sparing(io.BytesIO):
    """A file that gives less than it is asked for, as answers of web servers do."""

    def read(self, size: int | None = -1) -> bytes:
        """Some of the next bytes."""
        return super().read(min(size or 0, 1_000))


LINES = b"".join(line + b"\n" for line in assorted(200))


class File(AbstractBufferedFile):
    """A file that is fetched in parts, as object stores do it: no line can be asked for up to a length."""

    DEFAULT_BLOCK_SIZE = 1_000

    def _fetch_range(self, start: int, end: int) -> bytes:
        if "broken" in self.path and start < 6_000:
            raise TimeoutError("no answer")
        return bytes(self.fs.store[self.path][start:end])


class Stream(io.BytesIO):
    """A file that comes from its beginning to its end, as web servers may have it."""

    def seek(self, *_: int) -> int:
        """Not here."""
        raise ValueError("this can only be streamed")


class Store(AbstractFileSystem):
    """Some files, which can be read from anywhere or, if their names say so, only from the beginning."""

    protocol = "parts"
    cachable = False
    store: dict[str, bytes] = {}  # noqa: RUF012 - one store for all

    def ls(self, path: str, detail: bool = True, **_: object) -> list[Any]:  # noqa: FBT001, FBT002 - as fsspec calls it
        """What is in a folder."""
        path = self._strip_protocol(path)
        infos = [
            {"name": name, "size": len(data), "type": "file", **({"partial": False} if "stream" in name else {})}
            for name, data in self.store.items()
            if name == path or name.startswith(f"{path}/")
        ]
        return infos if detail else [info["name"] for info in infos]

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **_: object) -> File | Stream:
        if "stream" not in path:
            return File(self, path, mode, block_size or "default", cache_type="readahead")
        assert block_size == 0, "this can only be streamed"
        return Stream(self.store[path])


@pytest.fixture(autouse=True)
def store() -> Iterator[dict[str, bytes]]:
    """The files of the store."""
    fsspec.register_implementation("parts", Store, clobber=True)
    Store.store.clear()
    yield Store.store
    Store.store.clear()


@pytest.mark.parametrize("folder", ["in-parts", "stream"])
@pytest.mark.parametrize(("end", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstd.compress)])
def test_stores(put: Put, store: dict[str, bytes], folder: str, end: str, pack: Any) -> None:  # noqa: ANN401 - a function
    """Lines, whole or cut into pieces, are all there, and in no case twice."""
    local = put(f"{folder}/a.ndjson{end}", pack(LINES))
    store[f"{folder}/a.ndjson{end}"] = pack(LINES)
    name = f"parts://{folder}/a.ndjson{end}"
    expected = {**run(plan([local])).to_dict(), "findings": None}
    for piece in (2_000, 1 << 24):
        planned = plan([name], piece=piece)
        assert (len(planned.partitions) > 1) == (piece == 2_000 and not end and folder == "in-parts")
        assert {**run(planned).to_dict(), "findings": None} == expected


def test_corpus_in_a_store(put: Put, store: dict[str, bytes]) -> None:
    """Which files of a folder are payloads is told by the same rule as on this machine."""
    table = io.BytesIO()
    pq.write_table(pa.table({"payload": [text(bucket())]}), table)
    files = {
        "case/a.json": text(bucket()),
        "case/a.case.json": b"{}",
        "case/notes.json": b"{}",
        "plain/b.json": text(bucket()),
        "plain/.hidden/c.json": text(bucket()),
        "plain/_temporary/d.parquet": b"",
        "plain/e.txt": b"",
        "case/t.parquet": table.getvalue(),
        "tables/T.PARQUET": table.getvalue(),
        "tables/e.txt": b"",
    }
    for name, content in files.items():
        put(name, content)
        store[f"corpus/{name}"] = content
    for folder, count in (("case", 1), ("plain", 1), ("tables", 1)):
        local = put(f"{folder}/e.txt", b"").removesuffix("/e.txt")
        assert run(plan([local])).payloads == run(plan([f"parts://corpus/{folder}"])).payloads == count


def test_missing_files_in_a_store(store: dict[str, bytes]) -> None:
    """What is not in the store is told, and the rest is scanned."""
    store["there/a.json"] = text(bucket())
    summary = run(plan(["parts://there/a.json", "parts://there/b.json"]))
    assert summary.payloads == 1
    assert [one.source for one in summary.findings[UNREADABLE].first] == ["parts://there/b.json"]


def test_patterns_in_a_store(put: Put, store: dict[str, bytes]) -> None:
    """A pattern that matches a folder stands for what is in it, and a name that exists for itself."""
    memory = fsspec.filesystem("memory")
    local = ""
    for name in ("top/2026/b.ndjson", "top/a.ndjson", "top/c[1].json", "top/c1.json"):
        local = put(name, text(bucket())).removesuffix("/c1.json")
        memory.pipe(f"/patterns/{name}", text(bucket()))
        store[name] = text(bucket())
    assert run(plan([f"{local}/*"])).payloads == run(plan(["memory://patterns/top/*"])).payloads == 4
    assert [one.name for part in plan(["parts://top/c[1].json"]).partitions for one in part.slices] == [
        "parts://top/c[1].json"
    ]


def test_chains(put: Put) -> None:
    """An archive is a store as well; what is in it is told by a URL that leads there again."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x/a.json", text(bucket()))
        archive.writestr("x/b.ndjson", text(bucket(model=5)))
    name = put("a.zip", packed.getvalue())
    for within in ("x", "*/*"):
        summary = run(plan([f"zip://{within}::file://{name}"]))
        assert (summary.payloads, summary.unread) == (2, 0)
        (first,) = summary.findings["schema/wrong-type"].first
        assert (first.source, first.line) == (f"zip://x/b.ndjson::file://{name}", 1)
        assert run(plan([first.source])).payloads == 1


def test_hidden_folders_of_a_store(put: Put) -> None:
    """A pattern in a store leaves out what one on this machine leaves out."""
    memory = fsspec.filesystem("memory")
    for name in ("h/.tmp/a.ndjson", "h/x/b.ndjson", "h/.c.json"):
        local = put(name, text(bucket())).partition("/h/")[0]
        memory.pipe(f"/hidden/{name}", text(bucket()))
    for pattern, count in (("h/*", 1), ("h/.*", 2), ("h/.tmp/*", 1)):
        assert run(plan([f"{local}/{pattern}"])).payloads == run(plan([f"memory://hidden/{pattern}"])).payloads == count


def test_a_chain_that_begins_with_an_archive(put: Put) -> None:
    """`zip::` means all of the archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", text(bucket()))
    summary = run(plan([f"zip::file://{put('a.zip', packed.getvalue())}"]))
    assert (summary.payloads, summary.unread) == (1, 0)


def test_reads_that_give_less(store: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole file is read to its end, however little each read gives."""
    store["stream/a.json"] = text(
        {"object": "page", "data": [bucket(number) for number in range(99)], "has_more": False, "next_page": None}
    )
    monkeypatch.setattr(_reading, "stored", lambda _: nullcontext(Sparing(store["stream/a.json"])))
    assert run(plan(["parts://stream/a.json"])).verdicts == {"valid": 1}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("https://store.test/a.ndjson?signed=x.parquet", ("lines", "")),
        ("https://store.test/a.json.gz#part", ("whole", ".gz")),
        ("s3://store/a?b.jsonl", ("lines", "")),
        ("simplecache::https://store.test/a.jsonl.zst?x", ("lines", ".zst")),
        ("a?b.ndjson", ("lines", "")),
    ],
)
def test_kinds_of_urls(name: str, kind: tuple[str, str]) -> None:
    """What a URL asks for is none of the file's name, but other stores take every character for one of it."""
    assert partitions.kind_of(name) == kind


def test_places_behind_what_cannot_be_read(store: dict[str, bytes]) -> None:
    """If a piece cannot be read, places in later ones are told from where they begin, and that something is missing."""
    store["broken/a.ndjson"] = (text(bucket(model=5)) + b"\n") * 100
    summary = run(plan(["parts://broken/a.ndjson"], piece=3_000))
    assert summary.unread > 0
    assert summary.pieces
    assert all(one.base >= 6_000 for one in summary.findings["schema/wrong-type"].first)
