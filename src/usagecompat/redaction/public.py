"""
What of a payload is known to be public: which names of members, which strings, and which parts of a string.

A question is answered with yes only if it is sure; so a model that nobody has heard of goes, and a line item keeps those
of its parts that are made of known words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from usagecompat.checking import is_one_edit
from usagecompat.redaction.vocabulary import (
    API_SOURCES,
    DISCRIMINATORS,
    FAMILIES,
    KINDS,
    LEVELS,
    MODEL_WORDS,
    NAMES,
    NUMBERS,
    SERVICE_TIERS,
    SOURCES,
    UNITS,
    WIDTHS,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FOLDED: Final = frozenset(name.casefold() for name in NAMES)
_SHORTEST: Final = 5
"""So many characters a name has at least that can be told from a misspelt one."""
_AMOUNT_OF_TIME: Final = re.compile("[0-9]{1,3}[a-z]{0,2}")
_TIME_TO_KEEP: Final = re.compile("[0-9]{1,3}(?:hrs?|h|m|min|d)")
_WORD: Final = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|[0-9]+[a-z]*|[a-z]")
_SEPARATED: Final = re.compile(r"[_\-. ]+")
_ITEM: Final = re.compile(r"( ?\| | ?, | - )")
_TIMES: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_TIME_ENDS: Final = frozenset(("iso", "time", "at", "date", "timestamp", "day", "month", "start", "end"))
_NUMERIC: Final = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?:[,_ ][0-9]{3})+|[0-9]*)[.,]?[0-9]*(?:[eE][-+]?[0-9]+)?|0x[0-9]{1,9}"
)
_NOT_FINITE: Final = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)
_SIZE: Final = re.compile(r"[0-9]{2,5}x[0-9]{2,5}|auto")
_VERSION: Final = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?[a-z]?")
_MODEL_DATE: Final = re.compile(r"-(?:20[0-9]{2}-[01][0-9]-[0-3][0-9]|20[0-9]{6}|[01][0-9][0-3][0-9])(?=-|\Z)")
_LONGEST: Final = 120


@lru_cache(maxsize=1_000)
def is_public_name(name: str) -> bool:
    """
    Whether the name of a member tells nothing private.

    It is known, or made of known words, or one edit away from a known one, which is what a page may be shown for.
    """
    if name.casefold() in _FOLDED or not any(map(str.isalnum, name)):
        return True
    if _of_words(name):
        return True
    return _SHORTEST <= len(name) <= _LONGEST and any(
        is_one_edit(name, known) for known in NAMES if len(known) >= _SHORTEST
    )


def _of_words(text: str) -> bool:
    """Whether every part of a name is a known word."""
    if len(text) > _LONGEST or not text.isascii() or not text:
        return False
    parts = [part for part in _SEPARATED.split(text) if part]
    words = [word for part in parts for word in ([part] if _AMOUNT_OF_TIME.fullmatch(part) else _WORD.findall(part))]
    if "".join(words) != "".join(parts):
        return False
    return all(word.lower() in WORDS or _AMOUNT_OF_TIME.fullmatch(word) for word in words) and any(
        word.isalpha() for word in words
    )


def is_model(name: str) -> bool:
    """Whether `name` is one of the vendor's own models: a known family, known words, versions and a date."""
    if len(name) > _LONGEST:
        return False
    first, *others = _MODEL_DATE.sub("", name).split("-")
    if first not in FAMILIES:
        return False
    return all(part in MODEL_WORDS or _VERSION.fullmatch(part) for part in others)


def publish(text: str, name: str | None, parent: str | None, hide: Callable[[str], str]) -> str:
    """
    `text` with everything that is not known to be public given to `hide`; the same text if all of it is.

    Args:
        text: The value of a member.
        name: The member's name; None for the item of an array.
        parent: The name of the member whose object it is in.
        hide: Makes a pseudonym of a text or of a part.
    """
    at = "" if name is None else name.casefold()
    if at == "object":
        return text if _is_public_object(text) else hide(text)
    if at in {"line_item", "model"}:
        return _item(text, hide)
    judge = _JUDGES.get(at)
    if judge is not None and judge(text):
        return text
    if at in NUMBERS or (at == "value" and (parent or "").casefold() == "amount"):
        return text if _is_numeric(text) else hide(text)
    if at and _is_time(at, text):
        return text
    if parent == "error" and at in {"type", "code", "param"} and _of_words(text):
        return text
    return hide(text)


def _is_public_object(text: str) -> bool:
    if text in DISCRIMINATORS:
        return True
    if text in {name.casefold() for name in DISCRIMINATORS}:
        return True
    first, _, rest = text.partition(".")
    return first in {"organization", "org"} and text not in KINDS and _of_words(rest)


def _item(text: str, hide: Callable[[str], str]) -> str:
    """A line item or a model: each part by itself, and of a fine-tuned model only what it is based on."""
    parts = _ITEM.split(text)
    for index in range(0, len(parts), 2):
        part = parts[index]
        if not part or _is_item(part):
            continue
        parts[index] = _fine_tuned(part, hide) if part.startswith("ft:") else hide(part)
    return "".join(parts)


def _is_item(part: str) -> bool:
    if is_model(part) or _of_words(part) or _TIME_TO_KEEP.fullmatch(part):
        return True
    if part.startswith("ft-") and is_model(part.removeprefix("ft-")):
        return True
    model, _, rest = part.partition(" ")
    return is_model(model) and _of_words(rest)


def _fine_tuned(name: str, hide: Callable[[str], str]) -> str:
    mark, base, *private = name.split(":")
    shown = base if not base or is_model(base) else hide(base)
    return ":".join([mark, shown, *(part and hide(part) for part in private)])


def _is_numeric(text: str) -> bool:
    if _NOT_FINITE.fullmatch(text):
        return True
    return any(map(str.isdigit, text)) and text.isascii() and _NUMERIC.fullmatch(text.strip(" $")) is not None


def _is_time(name: str, text: str) -> bool:
    """Whether this is a moment in a member whose name says that it holds one."""
    return _SEPARATED.split(name)[-1] in _TIME_ENDS and _of_words(name) and _TIMES.fullmatch(text) is not None


def _in(words: frozenset[str]) -> Callable[[str], bool]:
    return lambda text: text in words


_JUDGES: Final[Mapping[str, Callable[[str], bool]]] = {
    "currency": lambda text: len(text) == 3 and text.isascii() and text.isalpha(),  # noqa: PLR2004 - as ISO 4217 has them
    "service_tier": _in(SERVICE_TIERS),
    "size": lambda text: _SIZE.fullmatch(text) is not None,
    "source": _in(SOURCES),
    "context_level": _in(LEVELS),
    "quantity_unit": lambda text: text in UNITS or _of_words(text),
    "api_source": _in(API_SOURCES),
    "bucket_width": _in(WIDTHS),
    "batch": _in(frozenset(("true", "false"))),
    "has_more": _in(frozenset(("true", "false"))),
}
"""What makes the value of a member public, by its name."""
