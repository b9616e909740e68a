"""
`redact`: a payload with every string replaced that is not known to be public, and nothing else changed.

Theory of operation: the strings are found in the text as it is spelled (`scanning.py`), each is judged by the name of its
member (`public.py`), and what must go is cut out and a pseudonym (`pseudonyms.py`) put in its place.
Faults inside a string that goes (half of a surrogate pair, a control character, an escape that is none, a byte that is no
UTF-8) are put behind the pseudonym, since they are what the page may be shown for.
Then the new text is held against the old one (`proofs.py`); without a proof there is no answer.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from usagecompat.exceptions import CannotRedact
from usagecompat.findings import pointer
from usagecompat.jsontext import MAX_SIZE, has_surrogate
from usagecompat.redaction.proofs import prove
from usagecompat.redaction.pseudonyms import is_pseudonym, pseudonym, pseudonym_of_name
from usagecompat.redaction.public import is_public_name, publish
from usagecompat.redaction.scanning import Found, Replaced, spoken, strings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.findings import Path

_LOST_BYTE: Final = re.compile("[\udc80-\udcff]")
_FIRST_FAULT: Final = re.compile(r'[\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4}).?', re.DOTALL)
_ESCAPES: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_UNFINISHED: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_HALF: Final = r"\ud800"


@frozen
class Redaction:
    """A payload without what is private, and what was replaced in it."""

    data: bytes
    replaced: tuple[Replaced, ...] = ()


def _key(key: bytes) -> bytes:
    if not isinstance(key, bytes):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        message = f"a key is bytes, not {type(key).__name__}"
        raise TypeError(message)
    if not key:
        raise CannotRedact("the key is empty; with the key, anybody can find out names by trying them")
    return key


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset((names,) if isinstance(names, str) else names)


@frozen
class Redactor:
    """Redacts payloads with one key, so that the same string is the same pseudonym in all of them."""

    _secret: bytes = field(converter=_key, repr=False)
    _keep: frozenset[str] = field(default=frozenset[str](), converter=_names)

    def redact(self, payload: bytes | bytearray | memoryview | str) -> Redaction:
        """
        The payload without what is private.

        Raises:
            CannotRedact: It cannot be read far enough to be sure, or the proof fails.
            TypeError: The payload is no text.
        """
        data = _data(payload)
        answer, renamed = self._spliced(data)
        if answer.replaced:
            prove(data, answer.data, answer.replaced, renamed, lambda text: self._spliced(text)[0].data)
        return answer

    def _spliced(self, data: bytes) -> tuple[Redaction, dict[str, str]]:
        """The answer, and what stands for the names of members that go."""
        text = data.decode("utf-8", "surrogateescape")
        parts: list[str] = []
        replaced: list[Replaced] = []
        new_names: dict[str, str] = {}
        done = 0
        for found in strings(text, self._keep):
            new = self._new(found)
            if new != found.inside:
                if found.is_name:
                    new_names[spoken(found.inside)] = spoken(new)
                parts += text[done : found.start], new
                done = found.start + len(found.inside)
                path: Path = tuple(new_names.get(p, p) if isinstance(p, str) else p for p in found.path)
                replaced.append(Replaced(pointer(path), found.is_name, new))
        if not replaced:
            return Redaction(data), new_names
        parts.append(text[done:])
        spliced = "".join(parts).encode("utf-8", "surrogateescape")
        return Redaction(spliced, tuple(replaced)), new_names

    def _new(self, found: Found) -> str:
        """What is to stand between the quotes."""
        inside = found.inside
        if found.kept or not inside:
            return inside
        faults = _faults(inside, is_whole=found.is_whole)
        text = spoken(inside)
        if not faults and found.is_whole:
            if found.is_name:
                if is_public_name(text):
                    return inside
                new = pseudonym_of_name(text, self._secret)
            else:
                new = publish(text, found.name, found.parent, self._hide)
            return inside if new == text else new
        core = inside.removesuffix(faults) if faults else inside
        if is_pseudonym(core):
            return inside
        return pseudonym(text, self._secret) + faults

    def _hide(self, text: str) -> str:
        return pseudonym(text, self._secret)


def redact(
    payload: bytes | bytearray | memoryview | str, *, key: bytes | None = None, keep: Iterable[str] = ()
) -> bytes:
    """
    A payload with every string replaced that is not known to be public; every other byte stays.

    Numbers, times, kinds, currencies, tiers, sizes, known models and line items made of known words stay.
    Names, identifiers, e-mail addresses, cursors, undeclared strings and the private parts of fine-tuned models go, and so
    do names of members that are not made of known words.
    The answer is proved: `check` says the same of it, `compare` finds nothing else changed, and a second run changes
    nothing.

    Args:
        payload: JSON text, which may be broken.
        key: What pseudonyms are made with: the same string is the same pseudonym for the same key. None for a key that
            this process makes once and nobody knows.
        keep: Names of members whose values stay as they are.

    Raises:
        CannotRedact: The text cannot be read far enough to be sure.
        TypeError: The payload is no text, or the key no bytes.
    """
    return Redactor(_own_key() if key is None else key, keep).redact(payload).data


@cache
def _own_key() -> bytes:
    """A key for this process alone."""
    return secrets.token_bytes(32)


def _data(payload: bytes | bytearray | memoryview | str) -> bytes:
    if isinstance(payload, str):
        try:
            data = payload.encode()
        except UnicodeEncodeError as error:
            reason = "half of a surrogate pair stands in the text itself; pass the bytes as received"
            raise CannotRedact(reason) from error
    elif isinstance(payload, (bytes, bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers err
        data = bytes(payload)
    else:
        message = f"redact takes a text, as bytes or str, not {type(payload).__name__}"
        raise TypeError(message)
    if len(data) > MAX_SIZE:
        raise CannotRedact(f"the text is longer than {MAX_SIZE:,} bytes, and what is longer is not checked")
    return data


def _faults(inside: str, *, is_whole: bool) -> str:
    """What of a string a report would speak of; spelled so that nothing else of the string is in it."""
    faults = ""
    plain = _ESCAPES.sub("", inside)
    unfinished = None if is_whole else _UNFINISHED.search(plain)
    if unfinished:
        plain = plain[: unfinished.start()]
    first = _FIRST_FAULT.search(plain)
    if first:
        faults += r"\q" if first[0][0] == "\\" else first[0]
    elif "\\u" in inside and has_surrogate(_without_lost_bytes(spoken(inside))):
        faults += _HALF
    lost = _LOST_BYTE.search(inside)
    if lost:  # what is wrong with a byte depends on whether anything follows
        faults += lost[0] + ("" if is_whole or lost.end() == len(inside) else "x")
    if unfinished:
        faults += re.sub("[0-9a-fA-F]", "0", unfinished[0])
    return faults


def _without_lost_bytes(text: str) -> str:
    return _LOST_BYTE.sub("", text)
