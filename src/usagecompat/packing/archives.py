"""
Archives that have the same bytes whoever packs them, when and where.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOMENT: Final = 946684800  # 2000-01-01: every file is of the same time
_DATE: Final = (2000, 1, 1, 0, 0, 0)
_MODE: Final = 0o644


def tarball(top: str, files: Mapping[str, bytes]) -> bytes:
    """A compressed tarball with one folder at its top."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out,
        tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), _MOMENT, _MODE
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP file, in the order of `files`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE << 16, 3
            out.writestr(entry, content)
    return packed.getvalue()
