"""
The archive that a wheel has in place of `schemas/` and `fixtures/`, and the directory that it is unpacked to.

Paths of cases are public, so that the files have to be files.
They are unpacked once, into a directory that is named by the archive's digest: the user's cache, or a directory of the
user's own for temporary files where the cache cannot be written.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE: Final = "USAGECOMPAT_CACHE"
"""The environment variable that names where archives are unpacked, if not in the user's cache."""
_ATTEMPTS: Final = 3
"""How often processes may get into each other's way before it is a fault."""
_LOST: Final = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)
"""What a rename fails with if another process was faster."""
_AGAIN: Final = "install usagecompat again"


@frozen
class Archive:
    """An archive, and what it must unpack to."""

    path: Path
    sha256: str
    files: int
    size: int
    """The bytes of all files together."""

    def is_unpacked_at(self, folder: Path) -> bool:
        """Whether a directory has as many files and bytes as the archive: none is gone, and none was cut short."""
        files = size = 0
        ahead = [os.fspath(folder)]
        try:
            while ahead:
                with os.scandir(ahead.pop()) as scan:
                    for entry in scan:
                        if entry.is_dir(follow_symlinks=False):
                            ahead.append(entry.path)
                        else:
                            files += 1
                            size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            return False
        return (files, size) == (self.files, self.size)

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """
        Every file with its name, in order.

        Raises:
            UnreadableInput: The archive is damaged.
        """
        import gzip  # noqa: PLC0415 - needed once after each installation
        import hashlib  # noqa: PLC0415 - likewise
        import io  # noqa: PLC0415 - likewise
        import tarfile  # noqa: PLC0415 - likewise

        packed = _read(self.path)
        if hashlib.sha256(packed).hexdigest() != self.sha256:
            raise UnreadableInput(str(self.path), f"its SHA-256 is not the one that was built; {_AGAIN}")
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as tar:
            for entry in tar:
                if (file := tar.extractfile(entry)) is not None:
                    yield entry.name, file.read()

    def content(self, name: str) -> bytes:
        """
        One file: as it is unpacked, or out of the archive, so that nothing is written for it.

        Raises:
            UnreadableInput: The archive is damaged.
        """
        for folder in _folders(self, make=False):
            if self.is_unpacked_at(folder):
                return _read(folder / name)
        for each, content in self.contents():
            if each == name:
                return content
        raise UnreadableInput(str(self.path), f"it has no {name}; {_AGAIN}")

    def unpack_to(self, folder: Path, below: str = "") -> int:
        """
        Write the files of the archive, or those of one of its folders, to a directory; how many they are.

        Raises:
            UnreadableInput: The archive is damaged.
            OSError: A file cannot be written.
        """
        count = 0
        there: set[Path] = set()
        for name, content in self.contents():
            if name.startswith(below):
                path = folder / name.removeprefix(below)
                if path.parent not in there:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    there.add(path.parent)
                path.write_bytes(content)
                count += 1
        return count


def read_archive(folder: Path) -> Archive | None:
    """
    The archive in the data folder of a package; None if there is none.

    Raises:
        UnreadableInput: What the archive must unpack to cannot be read.
    """
    about = folder / "corpus.json"
    if not about.is_file():
        return None
    match _json(about):
        case {"sha256": str(digest), "files": int(files), "bytes": int(size)}:
            return Archive(folder / "corpus.tar.gz", digest, files, size)
        case _:
            raise UnreadableInput(str(about), f"does not say what the corpus beside it is; {_AGAIN}")


def unpacked(archive: Archive) -> Path:
    """
    The directory to which an archive is unpacked; if it is not there yet, or not whole, it is unpacked.

    Raises:
        UnreadableInput: The archive is damaged, or no directory can be written.
    """
    refused: list[str] = []
    for folder in _folders(archive, make=True):
        for attempt in range(_ATTEMPTS):
            if archive.is_unpacked_at(folder):
                return folder
            try:
                _unpack_beside(folder, archive)
            except OSError as error:
                if error.errno not in _LOST or attempt == _ATTEMPTS - 1:
                    refused.append(f"{folder} ({error.strerror or error})")
                    break
    raise UnreadableInput(
        str(archive.path),
        f"the corpus has to be unpacked, and nothing can be written: {', '.join(refused)}; "
        f"name a directory that can be written in {PLACE}, or copy the corpus with `usagecompat fixtures copy DIR` and name DIR",
    )


def _folders(archive: Archive, *, make: bool) -> Iterator[Path]:
    """The directories to which an archive may be unpacked, best first."""
    for place in _places(make=make):
        yield place / "corpus" / archive.sha256[:16]


def _places(*, make: bool) -> Iterator[Path]:
    """The directories that may be written to, best first; one for temporary files only if it is there, or is to be made."""
    if named := os.environ.get(PLACE):
        yield Path(named).absolute()
        return
    from platformdirs import user_cache_path  # noqa: PLC0415 - who reads a checkout needs no cache

    yield user_cache_path("usagecompat", appauthor=False)
    if (own := _temporary(make=make)) is not None:
        yield own


def _temporary(*, make: bool) -> Path | None:
    """A directory for temporary files that is this user's alone; None if there is none, or somebody else has its name."""
    user = os.getuid() if hasattr(os, "getuid") else None  # where there is none, all temporary files are the user's own
    try:
        folder = Path(tempfile.gettempdir()) / f"usagecompat-{'own' if user is None else user}"
        if make:
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
        status = folder.lstat()
    except OSError:
        return None
    trusted = user is None or (status.st_uid == user and not status.st_mode & 0o022)
    return folder if trusted and not folder.is_symlink() else None


def _unpack_beside(folder: Path, archive: Archive) -> None:
    """
    Unpack beside a directory and rename, so that nobody ever finds half of it there.

    Of several processes the first gives the directory its name, and the others find it whole.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.parent, ignore_cleanup_errors=True) as scratch:
        new = Path(scratch, "new")
        archive.unpack_to(new)
        try:
            new.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            if not archive.is_unpacked_at(folder):  # files are gone from it, or were changed
                folder.rename(Path(scratch, "old"))
                new.rename(folder)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(str(path), f"{error.strerror or error}; {_AGAIN}") from error


def _json(path: Path) -> object:
    try:
        told: object = json.loads(_read(path))
    except ValueError as error:
        raise UnreadableInput(str(path), f"is no JSON; {_AGAIN}") from error
    return told
