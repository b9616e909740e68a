"""
JSON of reports in ASCII alone, written by compiled code where that gives the same bytes.
"""

from __future__ import annotations

from json import JSONEncoder
from typing import Final

import msgspec

_to_utf8: Final = msgspec.json.Encoder().encode
_to_ascii: Final = JSONEncoder(separators=(",", ":")).encode
_DELETE: Final = b"\x7f"
"""The one character of ASCII that the two write differently."""


def encode(told: object) -> str:
    """`told` as the standard library writes it, with every character beyond ASCII escaped and nothing between tokens."""
    try:
        text = _to_utf8(told)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError):  # half of a surrogate pair, or a long integer
        return _to_ascii(told)
    return text.decode() if text.isascii() and _DELETE not in text else _to_ascii(told)
