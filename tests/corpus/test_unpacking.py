"""The archive of a wheel is unpacked once, whole, and into a directory of the user's own; else it is said why not."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus.unpacking import PLACE, Archive, read_archive, unpacked
from usagecompat.exceptions import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONTENTS = {f"fixtures/topic/case-{n}.json": b"{}\n" * n for n in range(30)} | {"schemas/one.json": b"true\n"}


def files_in(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder, by its path from there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a package, with an archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in CONTENTS.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    folder = tmp_path / "_data"
    folder.mkdir()
    archive = gzip.compress(packed.getvalue())
    (folder / "corpus.tar.gz").write_bytes(archive)
    size = sum(map(len, CONTENTS.values()))
    told = {"sha256": hashlib.sha256(archive).hexdigest(), "files": len(CONTENTS), "bytes": size}
    (folder / "corpus.json").write_text(json.dumps(told), "utf-8")
    return folder


@pytest.fixture
def archive(data: Path) -> Archive:
    """The archive in that folder."""
    found = read_archive(data)
    assert found is not None
    return found


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that is named for unpacking."""
    monkeypatch.setenv(PLACE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache and a directory for temporary files, below one folder."""
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "usual" / "cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "usual" / "tmp"))
    (tmp_path / "usual" / "tmp").mkdir(parents=True)
    return tmp_path / "usual"


def test_checkout_has_no_archive(tmp_path: Path) -> None:
    """Where no archive was installed there is none to unpack."""
    assert read_archive(tmp_path) is None


def test_unpacked_once(archive: Archive, cache: Path) -> None:
    """The files come out byte for byte, below the named directory, and are not written again."""
    folder = unpacked(archive)
    assert files_in(folder) == CONTENTS
    assert cache in folder.parents
    before = {path: path.stat().st_ino for path in folder.rglob("*")}
    assert unpacked(archive) == folder
    assert {path: path.stat().st_ino for path in folder.rglob("*")} == before


def test_each_archive_has_its_own_directory(archive: Archive, cache: Path) -> None:
    """Two versions of the kit do not share a directory, so that neither reads the other's cases."""
    other = Archive(archive.path, "0" * 64, archive.files, archive.size)
    folder = unpacked(archive)
    with pytest.raises(UnreadableInput):
        unpacked(other)
    assert [path.name for path in (cache / "corpus").iterdir()] == [folder.name]


@pytest.mark.parametrize("harm", ["a file is gone", "a file was cut short", "a file was added", "a folder is gone"])
def test_made_whole_again(archive: Archive, cache: Path, harm: str) -> None:
    """What a cleaner or a crash did to the directory is undone, so that no run has fewer cases than it says."""
    folder = unpacked(archive)
    victim = folder / "fixtures" / "topic" / "case-9.json"
    if harm == "a file is gone":
        victim.unlink()
    elif harm == "a file was cut short":
        victim.write_bytes(b"")
    elif harm == "a file was added":
        victim.with_name("stray.json").write_bytes(b"{}")
    else:
        victim.parent.rename(cache / "elsewhere")
    assert files_in(unpacked(archive)) == CONTENTS
    assert [path.name for path in (cache / "corpus").iterdir()] == [folder.name]


def test_many_at_once(archive: Archive, cache: Path) -> None:
    """Many that unpack at the same time get the same whole directory, and leave nothing beside it."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        folders = set(pool.map(unpacked, [archive] * 16))
    (folder,) = folders
    assert files_in(folder) == CONTENTS
    assert [path.name for path in (cache / "corpus").iterdir()] == [folder.name]


def test_damaged_archive(archive: Archive, cache: Path) -> None:
    """A damaged archive is named, with what to do, and nothing of it is unpacked."""
    packed = bytearray(archive.path.read_bytes())
    packed[len(packed) // 2] ^= 1
    archive.path.write_bytes(packed)
    with pytest.raises(UnreadableInput, match=r"corpus\.tar\.gz: its SHA-256 is not .* install usagecompat again"):
        unpacked(archive)
    assert not files_in(cache)


def test_missing_archive(archive: Archive, cache: Path) -> None:
    """An archive that is gone is named, with what to do."""
    archive.path.unlink()
    with pytest.raises(UnreadableInput, match=r"corpus\.tar\.gz: No such file .* install usagecompat again"):
        unpacked(archive)
    assert not files_in(cache)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sha256": 1, "files": 2, "bytes": 3}', "\xff"])
def test_damaged_description(data: Path, text: str) -> None:
    """If it is not known what the archive must unpack to, the file that should say so is named."""
    (data / "corpus.json").write_text(text, "latin-1")
    with pytest.raises(UnreadableInput, match=r"corpus\.json: .* install usagecompat again"):
        read_archive(data)


def test_named_directory_cannot_be_written(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that is named and cannot be written is an error that says so, and no other is taken."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(PLACE, str(tmp_path / "file"))
    with pytest.raises(UnreadableInput) as caught:
        unpacked(archive)
    assert str(tmp_path / "file") in str(caught.value)
    assert PLACE in str(caught.value)
    assert "fixtures copy" in str(caught.value)


def test_cache_comes_first(archive: Archive, usual: Path) -> None:
    """Without a named directory the user's cache is taken."""
    assert usual / "cache" in unpacked(archive).parents


def test_cache_cannot_be_written(archive: Archive, usual: Path) -> None:
    """Where the cache cannot be written, a directory for temporary files is taken that only this user can write."""
    (usual / "cache").write_bytes(b"")
    folder = unpacked(archive)
    assert usual / "tmp" in folder.parents
    assert files_in(folder) == CONTENTS
    (own,) = (usual / "tmp").iterdir()
    assert own.stat().st_mode & 0o077 == 0
    assert unpacked(archive) == folder


@pytest.mark.parametrize("trap", ["link", "open"])
def test_directory_of_somebody_else(archive: Archive, usual: Path, trap: str) -> None:
    """A directory for temporary files that others can write is not trusted, even if it has the files already."""
    (usual / "cache").write_bytes(b"")
    (own,) = unpacked(archive).parents[1:2]
    if trap == "link":
        own.rename(usual / "theirs")
        own.symlink_to(usual / "theirs")
    else:
        own.chmod(0o777)
    with pytest.raises(UnreadableInput, match=PLACE):
        unpacked(archive)


def test_something_else_stands_there(archive: Archive, cache: Path) -> None:
    """A file in place of the directory is named, and left alone."""
    place = cache / "corpus" / archive.sha256[:16]
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    with pytest.raises(UnreadableInput, match=place.name):
        unpacked(archive)
    assert place.read_bytes() == b"mine"


def test_copy_needs_no_cache(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One folder of the archive is copied out as it is, wherever else nothing can be written."""
    monkeypatch.setenv(PLACE, str(archive.path))
    count = archive.unpack_to(tmp_path / "copy", "fixtures/")
    assert files_in(tmp_path / "copy") == {
        name.removeprefix("fixtures/"): content for name, content in CONTENTS.items() if name.startswith("fixtures/")
    }
    assert count == len(CONTENTS) - 1


@pytest.mark.parametrize("place", ["unpacked", "nowhere", "a file"])
def test_one_file_without_writing(archive: Archive, cache: Path, place: str) -> None:
    """One file can be read where nothing is unpacked and nothing can be written, and nothing is."""
    if place == "unpacked":
        unpacked(archive)
    elif place == "a file":
        cache.write_bytes(b"")
    assert archive.content("schemas/one.json") == b"true\n"
    assert cache.is_dir() == (place == "unpacked")
    with pytest.raises(UnreadableInput, match=r"nothing\.json"):
        archive.content("schemas/nothing.json")


def test_no_temporary_directory(archive: Archive, usual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is not even a directory for temporary files, what can be done is told."""
    (usual / "cache").write_bytes(b"")
    monkeypatch.setattr(tempfile, "tempdir", str(usual / "none"))
    with pytest.raises(UnreadableInput, match=PLACE):
        unpacked(archive)
    assert archive.content("schemas/one.json") == b"true\n"
