"""
What turns one value into another: for each pair of values every known change that explains it.

A pair often has several explanations; which of them is true shows only when all pairs of a client are looked at.
"""

from __future__ import annotations

import html
import json
import math
import re
import struct
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from usagecompat.jsontext import Number, binary32, shortest_binary32

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.jsontext import Tree

_WIDTHS: Final = (8, 16, 32, 64)
_EDGES: Final[Mapping[int, str]] = {
    2**31 - 1: "2^31", -(2**31): "2^31", 2**32 - 1: "2^32", 2**53 - 1: "2^53", 2**53: "2^53",
    2**63 - 1: "2^63", -(2**63): "2^63", 2**64 - 1: "2^64",
}  # fmt: skip
_FACTORS: Final[Mapping[int, str]] = {
    100: "cents", 1000: "milliseconds", 1_000_000: "microseconds", 60: "minutes", 3600: "hours", 86400: "days",
}  # fmt: skip
_MOST_PLACES: Final = 18
_MOST_DIGITS: Final = 34
_ROUND: Final = re.compile("10*|9+")
_LARGEST: Final = 400
"""Beyond this exponent no number is computed."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: Final = frozenset({"", "unknown", "none", "null", "n/a", "-", "none given", "undefined", "not available"})


def explained(sent: Tree, returned: Tree) -> Iterator[str]:
    """The names of all changes that make `returned` of `sent`, the most exact first; they have to differ."""
    if isinstance(sent, str) and isinstance(returned, str):
        one, other = _number_in(sent), _number_in(returned)
        if one is not None and other is not None:
            yield from _numbers(one, other, sent, returned)
        yield from _texts(sent, returned)
    elif isinstance(sent, Number) and isinstance(returned, Number):
        one, other = _value(sent.lexeme), _value(returned.lexeme)
        if one is not None and other is not None:
            yield from _numbers(one, other, sent.lexeme, returned.lexeme)
        yield "number-changed"
    else:
        yield from _types(sent, returned)


def _number_in(text: str) -> Decimal | None:
    """The number that a text spells; None if it spells none, or one that is not computed."""
    return _value(text) if _NUMBER.fullmatch(text) else None


def _value(lexeme: str) -> Decimal | None:
    try:
        value = Decimal(lexeme)
    except InvalidOperation:
        return None
    return value if value.is_finite() and (not value or abs(value.adjusted()) <= _LARGEST) else None


# -- numbers


def _numbers(sent: Decimal, returned: Decimal, spelled: str, answer: str) -> Iterator[str]:
    # What ends between two digits was rounded; who reads leading digits stops at what is none.
    if answer and answer != spelled and spelled.startswith(answer) and not spelled[len(answer)].isdigit():
        yield "leading-digits"
    if sent == returned:
        yield "minus-zero" if spelled.startswith("-") and not sent else "number-respelled"
        return
    yield from _wrapped(sent, returned)
    one, other = float(sent), float(returned)
    fits = math.isfinite(other)  # else a binary64 is infinite, and all that are too large are alike
    if fits and one == other:
        yield "through-binary64"
    elif fits and other in _binary32s(one):
        yield "through-binary32"
    yield from _rounded(sent, returned, answer)
    for factor, name in _FACTORS.items():
        if sent * factor == returned or (returned and returned * factor == sent):
            yield name
    if sent * 60 == returned * 3600 or (fits and other in {one / 100, one * 100}):
        yield "cents"
    if returned == -sent or returned == abs(sent):
        yield "sign-lost"
    if not returned:
        yield "zero-for-what-does-not-fit" if abs(sent) >= 2**31 or "." in spelled else "zero"
    elif sent.to_integral_value() == sent and returned.to_integral_value() == returned:
        offset = returned - sent
        if abs(offset) <= 1:
            yield "off-by-one"


def _wrapped(sent: Decimal, returned: Decimal) -> Iterator[str]:
    if sent != sent.to_integral_value() or returned != returned.to_integral_value():
        return
    one, other = int(sent), int(returned)
    for bits in _WIDTHS:
        low = one % 2**bits
        signed = low - 2**bits if low >= 2 ** (bits - 1) else low
        if other in {signed, one % 2 ** (bits - 1)}:  # with the sign, or cut off
            yield f"wraps-at-2^{bits - 1}"
        if other == low:
            yield f"wraps-at-2^{bits}"
    if other in _EDGES and abs(one) > abs(other):
        yield f"stops-at-{_EDGES[other]}"
    elif one > other >= 10 and _ROUND.fullmatch(str(other)):  # noqa: PLR2004 - 1 is a count
        yield f"stops-at-{other}"


def _rounded(sent: Decimal, returned: Decimal, answer: str) -> Iterator[str]:
    places = _places(returned)
    for shown in range(places, min(_MOST_PLACES, _places(sent))):
        if returned in _quantized(sent, shown):
            yield f"rounded-to-{shown}-places"
    digits = len(answer.lower().partition("e")[0].lstrip("-").replace(".", "").strip("0")) or 1
    for shown in range(max(digits, 6), _MOST_DIGITS):
        if any(Context(prec=shown, rounding=how).plus(sent) == returned for how in _ROUNDINGS):
            yield f"rounded-to-{shown}-digits"


_ROUNDINGS: Final = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN)


def _quantized(value: Decimal, places: int) -> set[Decimal]:
    wide = Context(prec=_LARGEST * 3)
    unit = Decimal(1).scaleb(-places)
    return {value.quantize(unit, rounding=how, context=wide) for how in _ROUNDINGS}


def _places(value: Decimal) -> int:
    """How many decimals a number needs."""
    exponent = value.normalize(Context(prec=_LARGEST * 3)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _binary32s(value: float) -> set[float]:
    """What a number may be after a binary32: the exact value of that, or the fewest digits that give it back."""
    packed = binary32(value)
    return set() if packed is None else {*struct.unpack("<f", packed), float(shortest_binary32(value))}


# -- texts


def _reversed_mojibake(text: str) -> str:
    return text.encode("latin-1").decode()


_TEXT_CHANGES: Final[Mapping[str, tuple[Callable[[str], str], ...]]] = {
    "question-marks": (
        lambda text: text.encode("ascii", "replace").decode(),
        lambda text: re.sub("[^\0-\x7f]", lambda one: "?" * len(one.group().encode("utf-16-le")[::2]), text),
        lambda text: re.sub("[^\0-\x7f]", lambda one: "?" * len(one.group().encode()), text),
        lambda text: text.encode("latin-1", "replace").decode("latin-1"),
        lambda text: re.sub("[^\0-\x7f]", "\ufffd", text),
        lambda text: text.encode("ascii", "surrogateescape").decode("ascii", "replace"),
        lambda text: text.encode().decode("ascii", "replace"),
        lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text),
        lambda text: re.sub("[\U00010000-\U0010ffff]", "\ufffd", text),
    ),
    "mojibake": (
        lambda text: text.encode().decode("latin-1"),
        lambda text: text.encode().decode("cp1252", "replace"),
        lambda text: text.encode().decode("cp1252", "ignore"),
        lambda text: text.encode().decode("cp437", "replace"),
        _reversed_mojibake,
    ),
    "without-accents": (
        lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
        lambda text: unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode(),
    ),
    "characters-dropped": (
        lambda text: re.sub("[^\0-\x7f]", "", text),
        lambda text: re.sub("[^\0-\xff]", "", text),
        lambda text: re.sub("[\U00010000-\U0010ffff]", "", text),
        lambda text: "".join(c for c in text if unicodedata.category(c)[0] != "C"),
        lambda text: "".join(c for c in text if c.isprintable()),
        lambda text: re.sub("[\0-\x1f\x7f]", "", text),
    ),
    "normalised": (
        partial(unicodedata.normalize, "NFC"),
        partial(unicodedata.normalize, "NFD"),
        partial(unicodedata.normalize, "NFKC"),
        partial(unicodedata.normalize, "NFKD"),
    ),
    "case-folded": (str.lower, str.upper, str.casefold, str.title, str.capitalize),
    "trimmed": (str.strip, str.lstrip, str.rstrip, lambda text: " ".join(text.split())),
    "escaped": (
        html.escape,
        lambda text: html.escape(text, quote=False),
        quote,
        lambda text: quote(text, safe=""),
        quote_plus,
        lambda text: json.dumps(text)[1:-1],
        lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
        lambda text: text.replace("\\", "\\\\"),
        lambda text: text.replace("/", "\\/"),
        lambda text: text.replace("&", "&amp;"),
        lambda text: f'"{text}"',
    ),
    "unescaped": (
        html.unescape,
        unquote,
        unquote_plus,
        lambda text: text.replace("\\", ""),
        lambda text: text.replace("+", " "),
    ),
    "line-breaks": (
        lambda text: text.replace("\r\n", "\n").replace("\r", "\n"),
        lambda text: re.sub("\r?\n", "\r\n", text),
        lambda text: re.sub("[\r\n\t]+", " ", text),
        lambda text: text.splitlines()[0] if text else text,
    ),
}


def _texts(sent: str, returned: str) -> Iterator[str]:
    for name, changes in _TEXT_CHANGES.items():
        if any(_gives(change, sent, returned) for change in changes):
            yield name
    if returned and len(returned) < len(sent) and sent.startswith(returned):
        yield f"texts-truncated-at-{len(returned)}"
    if returned.strip().lower() in _WORDS:
        yield "placeholder"
    if returned and len(sent) > len(returned) and sent.endswith(returned):
        yield "prefix-dropped"
    if sent and len(returned) > len(sent) and returned.endswith(sent):
        yield "prefix-added"
    yield "text-changed"


def _gives(change: Callable[[str], str], sent: str, returned: str) -> bool:
    try:
        return change(sent) == returned
    except (UnicodeError, ValueError):
        return False


# -- types


def _types(sent: Tree, returned: Tree) -> Iterator[str]:
    if isinstance(sent, str) and isinstance(returned, Number):
        yield "text-as-number"
    elif isinstance(sent, Number) and isinstance(returned, str):
        yield "number-as-text"
    if sent is None:
        yield "null-replaced"
    elif returned is None:
        if isinstance(sent, str) and not sent:
            yield "empty-as-null"
        elif isinstance(sent, Number) or (isinstance(sent, str) and _number_in(sent) is not None):
            yield "number-as-null"
        yield "value-as-null"
    elif isinstance(sent, list) and len(sent) == 1 and _alike(sent[0], returned):
        yield "array-unwrapped"
    elif isinstance(returned, (dict, list)) and not returned:
        yield "emptied"
    elif isinstance(sent, bool) or isinstance(returned, bool):
        yield "flag-as-another-type"
    yield "type-changed"


def _alike(one: Tree, other: Tree) -> bool:
    return type(one) is type(other) and one == other


# -- names

_SMALL_AND_LARGE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMING: Final[Mapping[str, Callable[[str], str]]] = {
    "camelCase": lambda name: name[:1].lower() + "".join(p[:1].upper() + p[1:] for p in name.split("_"))[1:],
    "PascalCase": lambda name: "".join(p[:1].upper() + p[1:] for p in name.split("_")),
    "kebab-case": lambda name: name.replace("_", "-"),
    "snake_case": lambda name: _SMALL_AND_LARGE.sub("_", name).replace("-", "_").lower(),
    "CAPITALS": str.upper,
    "lower case": str.lower,
    "words without underscores": lambda name: name.replace("_", ""),
}


def renaming(sent: str, returned: str) -> str:
    """How a name was changed into another."""
    how = next((style for style, change in _NAMING.items() if change(sent) == returned), None)
    if how:
        return f"renamed-to-{how.replace(' ', '-')}"
    if any(_gives(change, sent, returned) for changes in _TEXT_CHANGES.values() for change in changes):
        return "names-changed-as-texts"
    return "renamed"
