"""
What hatchling does when it builds a wheel: `fixtures/` and `schemas/` become one archive, the same bytes on each build.

Every file of a wheel stands in the list of files that pytest reads at each start of any project: a corpus of small files
made it long. `usagecompat.corpus.unpacking` reads the archive. An sdist has the files themselves, and an editable
install reads them where they are.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("fixtures", "schemas")
PLACE = "usagecompat/_data"
MOMENT = 946684800  # 2000-01-01: every file is of the same time


class CorpusArchive(BuildHookInterface):
    """Puts the archive, and what it must unpack to, into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write both to a folder of their own, from which hatchling takes them."""
        if version == "editable":
            return
        contents = self._contents()
        packed = archive(contents)
        told = {
            "sha256": hashlib.sha256(packed).hexdigest(),
            "files": len(contents),
            "bytes": sum(map(len, contents.values())),
        }
        self._folder = Path(tempfile.mkdtemp(prefix="usagecompat-"))
        for name, data in (("corpus.tar.gz", packed), ("corpus.json", (json.dumps(told) + "\n").encode())):
            (self._folder / name).write_bytes(data)
            build_data["force_include"][str(self._folder / name)] = f"{PLACE}/{name}"

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the folder again."""
        if version != "editable":
            shutil.rmtree(self._folder, ignore_errors=True)

    def _contents(self) -> dict[str, bytes]:
        """Every file that an sdist would have, by its name in the project."""
        root = Path(self.root)
        paths = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
        named = ((path.relative_to(root).as_posix(), path) for path in paths)
        contents = {name: path.read_bytes() for name, path in named if not self.build_config.path_is_excluded(name)}
        if missing := [folder for folder in FOLDERS if not any(name.startswith(f"{folder}/") for name in contents)]:
            raise FileNotFoundError(f"a wheel needs the folders {' and '.join(missing)} of the project, below {root}")
        return dict(sorted(contents.items()))


def archive(contents: dict[str, bytes]) -> bytes:
    """A compressed tarball that says nothing about who packed it, when and where."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out,
        tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), MOMENT, 0o644
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
