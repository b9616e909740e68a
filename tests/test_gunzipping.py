"""
Gzip is read alike with isal and without it, sound or damaged.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from usagecompat import gunzipping
from usagecompat.gunzipping import Gunzipped

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = b"".join(b'{"number": %d, "text": "%x"}\n' % (n, n**7) for n in range(5_000))
_PACKED = gzip.compress(_LINES)
_HEAD = b"\x1f\x8b\x08%c" + bytes(6)
_FILES = {
    "one part": _PACKED,
    "two parts": gzip.compress(_LINES[:70_000]) + gzip.compress(_LINES[70_000:]),
    "an empty part": gzip.compress(b"") + _PACKED + gzip.compress(b""),
    "zeros between parts and behind": gzip.compress(_LINES[:999]) + bytes(9) + gzip.compress(_LINES[999:]) + bytes(99),
    "stored": gzip.compress(_LINES, 0),
    "name and comment": _HEAD % 24 + b"name\0comment\0" + _PACKED[10:],
    "extra field": _HEAD % 4 + b"\3\0abc" + _PACKED[10:],
    "checksum of the header": _HEAD % 2 + b"\1\2" + _PACKED[10:],
    "empty": b"",
    "garbage behind": _PACKED + b"garbage",
    "one byte of garbage behind": _PACKED + b"x",
    "the beginning of a part behind": _PACKED + _PACKED[:5],
    "cut": _PACKED[: len(_PACKED) // 2],
    "cut in its head": _PACKED[:5],
    "cut in its name": _HEAD % 8 + b"name",
    "a long name": _HEAD % 8 + b"name" * 999_999 + b"\0" + _PACKED[10:],
    "cut in its checksum": _PACKED[:-4],
    "no gzip": b"not gzip",
    "half of the magic": b"\x1f",
    "another method": b"\x1f\x8b\x09" + _PACKED[3:],
    "a wrong checksum": _PACKED[:-8] + b"aaaa" + _PACKED[-4:],
    "a wrong size": _PACKED[:-4] + b"aaaa",
}


@pytest.fixture(params=["isal", "zlib"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Once with isal and once without."""
    if request.param == "isal":
        pytest.importorskip("isal.isal_zlib")
    else:
        monkeypatch.setitem(sys.modules, "isal.isal_zlib", None)
    gunzipping.inflate.cache_clear()
    yield
    gunzipping.inflate.cache_clear()


def _of(stream: Gunzipped | gzip.GzipFile) -> tuple[bytes, str]:
    """What is read, and what is said where that ends."""
    parts: list[bytes] = []
    try:
        while part := stream.read1(8_192):
            parts.append(part)
    except EOFError:
        return b"".join(parts), "too short"
    except gzip.BadGzipFile as error:
        return b"".join(parts), str(error).partition(" (")[0]
    except zlib.error:
        return b"".join(parts), "damaged"
    return b"".join(parts), ""


def _is_nearly(read: bytes, wanted: bytes) -> bool:
    """Whether no more than some bytes in front of a cut are missing."""
    return wanted.startswith(read) and len(wanted) - len(read) < 10


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("name", _FILES)
def test_as_python_reads_it(name: str) -> None:
    """The same bytes come as from Python's own reader, and then the same error."""
    data = _FILES[name]
    read, why = _of(Gunzipped(io.BytesIO(data)))
    wanted, because = _of(gzip.GzipFile(fileobj=io.BytesIO(data)))
    assert why == because
    assert read == wanted or (why == "too short" and _is_nearly(read, wanted))


@pytest.mark.usefixtures("_either")
def test_every_cut() -> None:
    """Wherever a file is cut, that is told behind all that can be read."""
    packed = gzip.compress(_LINES[:2_000])
    for length in range(1, len(packed)):
        data, why = _of(Gunzipped(io.BytesIO(packed[:length])))
        assert why in {"too short", "Not a gzipped file"}
        assert _is_nearly(data, _of(gzip.GzipFile(fileobj=io.BytesIO(packed[:length])))[0])


@pytest.mark.usefixtures("_either")
def test_every_changed_byte() -> None:
    """No changed byte behind the head goes unnoticed, and what is told of it is no error of another kind."""
    packed = gzip.compress(_LINES[:3_000])
    for index in range(10, len(packed)):
        changed = packed[:index] + bytes([packed[index] ^ 0x55]) + packed[index + 1 :]
        with pytest.raises((EOFError, gzip.BadGzipFile)):
            Gunzipped(io.BytesIO(changed)).read()


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_drop_by_drop(size: int) -> None:
    """A file that gives few bytes at a time is read all the same."""

    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(size)

    data = _LINES[:20_000]
    packed = gzip.compress(data[:9_000]) + bytes(3) + gzip.compress(data[9_000:])
    assert Gunzipped(Slow(packed)).read() == data


@pytest.mark.usefixtures("_either")
def test_as_many_as_asked_for() -> None:
    """No more bytes come than are asked for, and no more memory is taken than they need."""
    stream = Gunzipped(io.BytesIO(gzip.compress(bytes(50_000_000))))
    assert len(stream.read1(100)) == 100
    assert 0 < len(stream.read(1 << 40)) <= 1 << 16


@pytest.mark.parametrize("version", ["1.7.0", "1.8.0", "0.9"])
def test_isal_that_is_too_old(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """A version of isal that loses bytes is left alone."""
    isal = pytest.importorskip("isal")
    gunzipping.inflate.cache_clear()
    assert gunzipping.inflate().decompressobj is not zlib.decompressobj
    monkeypatch.setattr(isal, "__version__", version)
    gunzipping.inflate.cache_clear()
    assert gunzipping.inflate().decompressobj is zlib.decompressobj
    gunzipping.inflate.cache_clear()
