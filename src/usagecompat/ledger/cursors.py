"""
Cursors: where a query goes on, in a text that opens nothing else.

A cursor holds a time and a seal over the query it belongs to, so that the server keeps no list of what it gave out.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Final

_PREFIX: Final = "page_"
_TIME: Final = 8
_SEAL: Final = 12


def write_cursor(identity: str, second: int, *, padded: bool) -> str:
    """The cursor at which a query goes on with the bucket that starts at `second`; `identity` says which query."""
    time = second.to_bytes(_TIME)
    text = urlsafe_b64encode(time + _seal(identity, time)).decode()
    return _PREFIX + (text if padded else text.rstrip("="))


def read_cursor(identity: str, text: str, *, padded: bool) -> int | None:
    """Where the query goes on; None if the text is no cursor, or one of another query."""
    try:
        held = urlsafe_b64decode(text.removeprefix(_PREFIX).rstrip("=") + "=")
    except (binascii.Error, ValueError):
        return None
    time = held[:_TIME]
    second = int.from_bytes(time)
    return second if text == write_cursor(identity, second, padded=padded) and len(time) == _TIME else None


def _seal(identity: str, time: bytes) -> bytes:
    return blake2b(identity.encode() + b"\0" + time, digest_size=_SEAL).digest()
