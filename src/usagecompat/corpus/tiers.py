"""
How likely a payload is: what can come any day, what the contract allows, and what only tests the limits of parsers.

The tier of a case is computed from what the case says and from its payload, so that nobody has to judge a new one.
`fixtures/README.md` says the same rule for people.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from usagecompat.findings import CODES, Profile, Severity, Verdict
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from usagecompat.jsontext import Tree


class Tier(StrEnum):
    """How likely it is that a client meets a payload."""

    EVERYDAY = "everyday"
    """A bill can meet it any day."""
    POSSIBLE = "possible"
    """The contract allows it, or a fault on the way makes it."""
    EXTREME = "extreme"
    """It tests the limits of parsers, and RFC 8259, section 9, lets a reader refuse it."""


class Demand(StrEnum):
    """What a client must do with a payload."""

    MUST_DECODE = "must-decode"
    MAY_REFUSE = "may-refuse"
    """It decodes the payload, or refuses it with an error that says why."""
    MUST_REFUSE = "must-refuse"
    """It refuses the payload if it promises to check what it reads; else anything but crash."""


SERVED: Final = "served"
"""The flag of cases that were seen live."""
_LIMIT: Final = "kit-limit"
_UNUSUAL: Final = frozenset({"emulator", "parser-dependent", "number-model", "prototype-name"})
"""The flags of what no API sends on an ordinary day."""
_UNAVOIDABLE: Final = ("wire/", "schema/unknown-kind")
"""Warnings about what the API is known to serve: a payload with no other must be decoded."""

_MOST_DIGITS: Final = 34
"""The significant digits of a decimal128, in which amounts were seen to be held."""
_BINARY64_EXPONENTS: Final = (-324, 308)
_MOST_COUNT: Final = 2**53
_USUAL_DIGITS: Final = 17
_USUAL_DEPTH: Final = 16
_DEEPEST: Final = 64
"""The least limit that a common reader of JSON has unless it is told otherwise."""
_LONGEST: Final = 1_000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")
_LONG_NUMBER: Final = re.compile(rb"[-:,\[ \t\r\n][0-9][0-9.]*+(?:(?<=[0-9.]{%d})|[eE])" % (_MOST_DIGITS + 1))
"""All that numbers have that are extreme, and texts may have."""
_NO_BRACKETS: Final = bytes({*range(256)} - {*b"[]{}"})
_ODD: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
"""The categories of characters that no name or text of people has."""


def must_decode(verdict: Verdict, codes: Iterable[str]) -> bool:
    """Whether a client has to decode a payload with this verdict and these findings."""
    warnings = (code for code in codes if CODES[code].severity(Profile.SERVED) is Severity.WARNING)
    return verdict is not Verdict.INVALID and all(code.startswith(_UNAVOIDABLE) for code in warnings)


def demand_of(verdict: Verdict, codes: Iterable[str], tier: Tier) -> Demand:
    """What a client must do with a payload that has this verdict, these findings and this tier."""
    if verdict is Verdict.INVALID:
        return Demand.MUST_REFUSE
    must = must_decode(verdict, codes) and tier is not Tier.EXTREME
    return Demand.MUST_DECODE if must else Demand.MAY_REFUSE


def tier_of(payload: bytes, verdict: Verdict, flags: Collection[str], codes: Iterable[str]) -> Tier:
    """The tier of a payload that has this verdict, and of which a case says these flags and findings."""
    depth = depth_of(payload)
    if _LIMIT in flags or depth > _DEEPEST or _has_extreme_number(payload):
        return Tier.EXTREME
    if verdict is Verdict.INVALID:
        return Tier.POSSIBLE
    if SERVED in flags:
        return Tier.EVERYDAY
    usual = must_decode(verdict, codes) and _UNUSUAL.isdisjoint(flags) and _is_usual(_tree(payload))
    return Tier.EVERYDAY if usual and depth <= _USUAL_DEPTH else Tier.POSSIBLE


def _tree(payload: bytes) -> Tree:
    value = read(payload).value
    return None if value is NO_VALUE else value


def _has_extreme_number(payload: bytes) -> bool:
    """Whether there is such a number; a text is read only if there is a long one, or an exponent."""
    return _LONG_NUMBER.search(b" " + payload) is not None and any(map(_is_extreme, _numbers(_tree(payload))))


def _numbers(tree: Tree) -> Iterator[Number]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Number):
            yield node
        elif isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _is_extreme(number: Number) -> bool:
    """Whether a number has more digits than a decimal128, or is too large or too small for a binary64."""
    if number.lexeme.endswith(("NaN", "Infinity")):
        return False
    if not number.within_limits:
        return True
    value = number.decimal
    least, most = _BINARY64_EXPONENTS
    many = len(_digits(number.lexeme)) > _MOST_DIGITS
    return bool(value) and (many or not least <= value.adjusted() <= most)


def _digits(lexeme: str) -> str:
    """The digits that tell the value of a number, without its exponent and without zeros in front and at the end."""
    return lexeme.lower().partition("e")[0].lstrip("-").replace(".", "").strip("0")


def _is_usual(tree: Tree) -> bool:
    """Whether names, texts and numbers are such as people and services write."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if not all(map(_NAME.fullmatch, node)):
                return False
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str):
            if len(node) > _LONGEST or any(unicodedata.category(character) in _ODD for character in node):
                return False
        elif isinstance(node, Number) and not _is_usual_number(node):
            return False
    return True


def _is_usual_number(number: Number) -> bool:
    """Whether a number is spelled without exponent, is no minus zero, and fits a binary64 as it is printed."""
    lexeme = number.lexeme
    if "e" in lexeme.lower() or lexeme.endswith(("NaN", "Infinity")):
        return False
    digits = _digits(lexeme)
    if not digits:
        return not lexeme.startswith("-")
    return len(digits) <= _USUAL_DIGITS and abs(number.decimal) <= _MOST_COUNT


def depth_of(payload: bytes) -> int:
    """About how deep a text is nested: brackets in strings count, too, which no payload has many of."""
    deepest = depth = 0
    for byte in payload.translate(None, _NO_BRACKETS):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
