"""
Cursors: where a query goes on, in a text that opens nothing else.

A cursor holds a time and a seal over the query it belongs to, so that the server keeps no list of what it gave out.
"""

from __future__ import annotations

import binascii
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Final

_PREFIX: Final = "page_"
_PLAIN: Final = "+/"
"""What a cursor begins with in plain base64, so that each has a character to escape; in the other alphabet `-_`."""
_ALPHABET: Final = str.maketrans("+/", "-_")
_TIME: Final = 8
_SEAL: Final = 12


def write_cursor(identity: str, second: int, *, padded: bool, plain: bool = False) -> str:
    """
    The cursor at which a query goes on with the bucket that starts at `second`.

    Args:
        identity: Which query.
        second: Where it goes on.
        padded: Whether the cursor ends with `=`.
        plain: Whether it is plain base64, which has characters that a query string takes for others.
    """
    time = second.to_bytes(_TIME)
    held = time + _seal(identity, time)
    text = (_PLAIN + b64encode(held).decode()) if plain else urlsafe_b64encode(held).decode()
    return _PREFIX + (text if padded else text.rstrip("="))


def read_cursor(identity: str, text: str, *, padded: bool, plain: bool = False) -> int | None:
    """Where the query goes on; None if the text is no cursor, or one of another query."""
    within = text.removeprefix(_PREFIX).removeprefix(_PLAIN if plain else "").rstrip("=")
    try:
        held = urlsafe_b64decode(within.translate(_ALPHABET) + "=")
    except (binascii.Error, ValueError):
        return None
    time = held[:_TIME]
    second = int.from_bytes(time)
    again = write_cursor(identity, second, padded=padded, plain=plain)
    return second if text == again and len(time) == _TIME else None


def _seal(identity: str, time: bytes) -> bytes:
    return blake2b(identity.encode() + b"\0" + time, digest_size=_SEAL).digest()
