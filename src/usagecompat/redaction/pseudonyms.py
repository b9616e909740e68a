"""
Made-up strings: keyed, the same for the same string, and marked so that nobody takes one for real.

A pseudonym is `redacted`, sixteen letters of a keyed digest, and four letters that are computed from those.
By these four a pseudonym is known for one, whoever made it, so that a second run changes nothing.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from hashlib import sha256
from typing import Final

from usagecompat.contract import is_kind

_DIGEST: Final = 16
_SEAL: Final = 4
_CLASS: Final = 40
"""Up to so many characters a string is short; each further class is twice as long."""
_PREFIX: Final = re.compile(r"(?:proj|user|key|org|page|vs|sk|sess|asst|batch|file|svc|req|resp|call|msg|run)[-_]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AT: Final = "@x.invalid"
_ORGANIZATION: Final = "organization."
_FORM: Final = re.compile(
    r"(?:organization\.usage\.|organization\.|[a-z]{2,5}[-_])?redacted[-_]([a-z2-7]{16})([a-z2-7]{4})x*"
    r"(?:@x\.invalid|\.result)?"
)


def is_pseudonym(text: str) -> bool:
    """Whether `text` was made here, with any key."""
    form = _FORM.fullmatch(text)
    return form is not None and _seal(form[1]) == form[2]


def pseudonym(text: str, key: bytes) -> str:
    """
    What stands for `text`: with the same known prefix, and of the same class of length.

    An e-mail address stays one, and a discriminator stays one.
    """
    if not text or is_pseudonym(text):
        return text
    digest = _letters(hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).digest())[:_DIGEST]
    core = digest + _seal(digest)
    if is_kind(text):
        return f"{_ORGANIZATION}usage.redacted_{core}.result"
    if text.startswith(_ORGANIZATION):
        return f"{_ORGANIZATION}redacted_{core}"
    found = _PREFIX.match(text)
    prefix, end = found[0] if found else "", _AT if _EMAIL.fullmatch(text) else ""
    made = f"{prefix}redacted{prefix[-1:] or '-'}{core}"
    return made + "x" * (_least(len(text)) - len(made) - len(end)) + end


def pseudonym_of_name(name: str, key: bytes) -> str:
    """What stands for the name of a member."""
    return pseudonym(name, key).replace("redacted-", "redacted_")


def _letters(data: bytes) -> str:
    return b32encode(data).decode().lower()


def _seal(digest: str) -> str:
    """The letters by which the sixteen before them are known."""
    return _letters(sha256(b"usagecompat redacted " + digest.encode()).digest())[:_SEAL]


def _least(length: int) -> int:
    """How long a string of the same class is at least."""
    least, most = 0, _CLASS
    while length > most:
        least, most = most, most * 2
    return least + 1 if least else 0
