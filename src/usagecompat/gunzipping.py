"""
Gzip, read as Python's own module reads it, by the fastest inflate that is there.

isal takes a third of the time of zlib, and may be absent.
With either the same bytes come, and the same error where a file ends too soon or its checksum is wrong,
but for a byte or two before a cut.
isal's own reader would lose lines before such places.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from gzip import BadGzipFile
from importlib import import_module
from io import RawIOBase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_READ: Final = 1 << 15
"""Compressed bytes that are read at once."""
_WRITTEN: Final = 1 << 15
"""Bytes that are uncompressed at once, and lost where damage is among them."""
_VERSION: Final = re.compile(r"1\.(9|\d\d)|[2-9]|\d\d")
"""Versions of isal before 1.9 lose what is behind a part that ends at the end of what was read."""
_MAGIC: Final = b"\x1f\x8b"
_DEFLATE: Final = 8
_HAS_CHECKSUM, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 2, 4, 8, 16


class _Inflate(NamedTuple):
    """What uncompresses, and what comes with it."""

    decompressobj: Callable[..., Any]
    crc32: Callable[[bytes, int], int]
    errors: tuple[type[Exception], ...]


@cache
def inflate() -> _Inflate:
    """That of isal if it is there, or else that of zlib; looked up once."""
    lib: Any = zlib
    try:
        if _VERSION.match(import_module("isal").__version__):
            lib = import_module("isal.isal_zlib")
    except ImportError:
        pass
    return _Inflate(lib.decompressobj, lib.crc32, (lib.error, zlib.error))


class Gunzipped(RawIOBase):
    """
    What a gzip file holds, as it is read; parts that follow each other are one.

    Reading raises an `EOFError` where the file ends too soon, and a `BadGzipFile` where it is damaged or no gzip.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read `file` from where it stands, of which nothing is asked for but `read`."""
        self._file = file
        self._lib = inflate()
        self._ahead = b""
        """What was read and is not uncompressed yet."""
        self._part: Any = None
        """Uncompresses the part at hand; None between two parts."""
        self._crc = self._size = 0
        """Of the part at hand, so far."""
        self._is_first = True

    def readable(self) -> bool:
        """Whether there is something to read: always."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer of any kind
        """Uncompress something; 0 at the end."""
        data = self.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """All of it, or some bytes, no more than `size`."""
        return self.readall() if size < 0 else self.read1(size)

    def read1(self, size: int) -> bytes:
        """Some bytes, no more than `size`; none at the end."""
        data = b""
        while not data and (self._part is not None or self._begin()):
            data = self._more(min(size, _WRITTEN))
        return data

    def _more(self, most: int) -> bytes:
        """Some bytes of the part at hand; none if more has to be read, or it is over."""
        part = self._part
        if part.eof:
            self._end()
            return b""
        try:
            data: bytes = part.decompress(self._ahead, most)
        except self._lib.errors as error:
            raise BadGzipFile(str(error)) from error
        self._ahead = part.unused_data if part.eof else part.unconsumed_tail
        if data:
            self._crc = self._lib.crc32(data, self._crc)
            self._size += len(data)
        elif not part.eof and not self._ahead:
            self._need(1)
        return data

    def _begin(self) -> bool:
        """Read what stands before a part; False if there is none."""
        if not self._is_first:  # zeros may stand between and behind parts
            self._ahead = self._ahead.lstrip(b"\0")
            while not self._ahead and (data := self._file.read(_READ)):
                self._ahead = data.lstrip(b"\0")
        self._is_first = False
        while len(self._ahead) < len(_MAGIC) and (data := self._file.read(_READ)):
            self._ahead += data
        if not self._ahead:
            return False
        if not self._ahead.startswith(_MAGIC):
            raise BadGzipFile("Not a gzipped file")
        head = self._take(10)
        if head[2] != _DEFLATE:
            raise BadGzipFile("Unknown compression method")
        flags = head[3]
        if flags & _HAS_EXTRA:
            self._take(int.from_bytes(self._take(2), "little"))
        for flag in (_HAS_NAME, _HAS_COMMENT):
            if flags & flag:
                self._pass_text()
        if flags & _HAS_CHECKSUM:
            self._take(2)
        self._part = self._lib.decompressobj(wbits=-zlib.MAX_WBITS)
        self._crc = self._size = 0
        return True

    def _pass_text(self) -> None:
        """Read to the zero that ends a text."""
        while b"\0" not in self._ahead:
            self._ahead = b""
            self._need(1)
        self._ahead = self._ahead[self._ahead.index(b"\0") + 1 :]

    def _end(self) -> None:
        """Hold a part against what is said of it behind it."""
        trailer = self._take(8)
        crc, size = (int.from_bytes(trailer[at : at + 4], "little") for at in (0, 4))
        if crc != self._crc:
            raise BadGzipFile(f"CRC check failed {crc:#x} != {self._crc:#x}")
        if size != self._size & 0xFFFFFFFF:
            raise BadGzipFile("Incorrect length of data produced")
        self._part = None

    def _take(self, size: int) -> bytes:
        self._need(size)
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def _need(self, size: int) -> None:
        """Read until there are so many bytes ahead."""
        while len(self._ahead) < size:
            data = self._file.read(_READ)
            if not data:
                raise EOFError
            self._ahead += data
