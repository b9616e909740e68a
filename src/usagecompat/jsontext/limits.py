"""
The limits of what is read, and what a number beyond them is called; nothing is computed to find out.
"""

from __future__ import annotations

import math
from json.encoder import encode_basestring_ascii
from threading import Thread
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from attrs import frozen

from usagecompat.findings import Observation, Path

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")

MAX_SIZE: Final = 64 * 1024 * 1024
"""Bytes of UTF-8 in a text."""
MAX_DEPTH: Final = 128
"""Arrays and objects in one another."""
MAX_DIGITS: Final = 10_000
"""Digits in a number, those of its exponent included."""
MAX_EXPONENT: Final = 10_000
"""The exponent as it is written, with either sign."""

_TOO_LARGE: Final = "The API sends no number that is nearly so large; was it made in a program that ran in a circle?"


@frozen
class NumberFault:
    """Why a number is not looked at further."""

    code: str
    message: str
    hint: str = ""

    def at(self, path: Path, offset: int | None = None) -> Observation:
        """The same of the number at `path`."""
        return Observation(self.code, path, self.message, self.hint, offset)


def number_fault(lexeme: str) -> NumberFault | None:
    """What keeps a number from having a value here; no number is computed for the answer."""
    if len(lexeme) <= MAX_DIGITS and lexeme.isdigit():
        return None  # as most are
    if lexeme.endswith(("NaN", "Infinity")):
        hint = "JSON has neither NaN nor infinities; leave the member out or send null."
        return NumberFault("json/non-finite-number", f"{lexeme} stands where a number is expected", hint)
    if "x" in lexeme:  # the spelling of a Python integer that nobody should write out
        count = int((len(lexeme) - 2) * math.log10(16))
        message = f"a number has about {count:,} digits, the limit is {MAX_DIGITS:,}"
        return NumberFault("json/limit-digits", message, _TOO_LARGE)
    if len(lexeme) > MAX_DIGITS:
        count = len(lexeme) - sum(map(lexeme.count, "-+.eE"))
        if count > MAX_DIGITS:
            message = f"a number has {count:,} digits, the limit is {MAX_DIGITS:,}"
            return NumberFault("json/limit-digits", message, _TOO_LARGE)
    exponent = lexeme.replace("E", "e").partition("e")[2]
    size = exponent.lstrip("+-").lstrip("0")
    if len(size) > len(str(MAX_EXPONENT)) or (size and int(size) > MAX_EXPONENT):
        message = f"a number has the exponent {_cut(exponent)}, the limit is ±{MAX_EXPONENT:,}"
        return NumberFault("json/limit-exponent", message, _TOO_LARGE)
    return None


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - fits on a line


def quoted(text: str) -> str:
    """`text` in quotes, fit for one line of any terminal: escaped where it is not ASCII, and cut where it is long."""
    return encode_basestring_ascii(_cut(text))


def with_room(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """
    Call `function`; if the caller's stack leaves it too little room, call it again on a stack of its own.

    Trees are at most `MAX_DEPTH` deep, and a caller who is close to the recursion limit must not see it.
    """
    try:
        return function(*args, **kwargs)
    except RecursionError:
        pass
    answers: list[_R] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            answers.append(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - raised below, on the caller's stack
            errors.append(error)

    thread = Thread(target=call)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]
