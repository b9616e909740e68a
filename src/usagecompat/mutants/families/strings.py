"""
Faults in strings, declared and undeclared, and in the names of members.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, unquote_plus

from usagecompat.contract import GroupKey, JsonType, is_number_text
from usagecompat.jsontext import Number, Tree, read
from usagecompat.mutants.model import lossy, refuse, series
from usagecompat.mutants.support.walks import (
    GONE,
    deep,
    in_undeclared,
    member,
    of_text,
    on_page,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Mutant
    from usagecompat.mutants.support.walks import Changed


def _astral(text: str, instead: Callable[[str], str]) -> str:
    return text if text.isascii() else "".join(instead(c) if ord(c) > 0xFFFF else c for c in text)


def _surrogates(character: str) -> str:
    code = ord(character) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _without(text: str, pattern: str, instead: str = "") -> str:
    return re.sub(pattern, instead, text)


def _shorter(length: int) -> Callable[[str], str]:
    return lambda text: text[:length]


def _in_bytes(length: int) -> Callable[[str], str]:
    return lambda text: text.encode("utf-8", "surrogatepass")[:length].decode("utf-8", "ignore")


def _through(encoding: str, errors: str) -> Callable[[str], str]:
    return lambda text: text.encode(encoding, errors).decode(encoding, errors)


def _misread(encoding: str) -> Callable[[str], str]:
    return lambda text: text.encode("utf-8", "surrogatepass").decode(encoding, "replace")


_ZERO_WIDTH: Final = "[\u200b-\u200f\u2028-\u202e\u2060\ufeff]"

ALTERATIONS: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "trimmed": ("loses the white space at its ends", str.strip),
    "trimmed-left": ("loses the white space at its start", str.lstrip),
    "trimmed-right": ("loses the white space at its end", str.rstrip),
    "collapsed": ("has its white space made single", lambda text: _without(text, r"[ \t\r\n]+", " ")),
    "lower": ("comes back in lower case", str.lower),
    "upper": ("comes back in upper case", str.upper),
    "capitalised": ("comes back with a capital", lambda text: text[:1].upper() + text[1:]),
    "folded": ("has its case folded", str.casefold),
    "nfc": ("is normalised to NFC", lambda text: unicodedata.normalize("NFC", text)),
    "nfd": ("is normalised to NFD", lambda text: unicodedata.normalize("NFD", text)),
    "nfkc": ("is normalised to NFKC", lambda text: unicodedata.normalize("NFKC", text)),
    "nfkd": ("is normalised to NFKD", lambda text: unicodedata.normalize("NFKD", text)),
    "without-accents": (
        "loses its accents",
        lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
    ),
    "ascii-only": ("loses what is not ASCII", lambda text: text.encode("ascii", "ignore").decode()),
    "ascii-question": ("has a question mark for what is not ASCII", _through("ascii", "replace")),
    "latin-1": ("has a question mark for what is not Latin-1", _through("latin-1", "replace")),
    "read-as-latin-1": ("is read as Latin-1", _misread("latin-1")),
    "read-as-cp1252": ("is read as Windows-1252", _misread("cp1252")),
    "astral-dropped": ("loses what is beyond the first 65,536 characters", lambda text: _astral(text, lambda _: "")),
    "astral-question": (
        "has a question mark for what is beyond the first 65,536 characters",
        lambda text: _astral(text, lambda _: "?"),
    ),
    "astral-replaced": (
        "has U+FFFD for what is beyond the first 65,536 characters",
        lambda text: _astral(text, lambda _: "\ufffd"),
    ),
    "astral-replaced-twice": (
        "has U+FFFD for each half of a surrogate pair",
        lambda text: _astral(text, lambda _: "\ufffd\ufffd"),
    ),
    "astral-halved": (
        "keeps the first half of a surrogate pair alone",
        lambda text: _astral(text, lambda c: _surrogates(c)[0]),
    ),
    "astral-cut": (
        "ends at the first character beyond 65,536",
        lambda text: _without(text, r"(?s)[\U00010000-\U0010ffff].*"),
    ),
    "astral-16-bits": ("keeps 16 bits of each character", lambda text: _astral(text, lambda c: chr(ord(c) & 0xFFFF))),
    "emoji-dropped": ("loses its emoji", lambda text: _without(text, "[\u2600-\u27bf\U0001f000-\U0001faff]")),
    "joiners-dropped": ("loses its joiners", lambda text: _without(text, "[\u200c\u200d\ufe0f]")),
    "marks-dropped": ("loses its marks of direction and width", lambda text: _without(text, _ZERO_WIDTH)),
    "byte-order-mark-dropped": ("loses a byte order mark inside it", lambda text: text.replace("\ufeff", "")),
    "no-break-space": ("has a plain space for a no-break one", lambda text: text.replace("\u00a0", " ")),
    "line-separators-dropped": ("loses U+2028 and U+2029", lambda text: _without(text, "[\u2028\u2029]")),
    "line-separators-to-newlines": (
        "has a line break for U+2028 and U+2029",
        lambda text: _without(text, "[\u2028\u2029]", "\n"),
    ),
    "non-characters-replaced": (
        "has U+FFFD for non-characters",
        lambda text: _without(text, "[\ufdd0-\ufdef\ufffe\uffff\U0010ffff]", "\ufffd"),
    ),
    "private-use-dropped": ("loses characters for private use", lambda text: _without(text, "[\ue000-\uf8ff]")),
    "controls-dropped": ("loses its control characters", lambda text: _without(text, "[\x00-\x1f]")),
    "controls-to-spaces": ("has a space for each control character", lambda text: _without(text, "[\x00-\x1f]", " ")),
    "delete-dropped": ("loses U+007F", lambda text: text.replace("\x7f", "")),
    "c1-dropped": ("loses U+0080 to U+009F", lambda text: _without(text, "[\x80-\x9f]")),
    "null-cut": ("ends at the first U+0000", lambda text: text.partition("\0")[0]),
    "null-dropped": ("loses U+0000", lambda text: text.replace("\0", "")),
    "null-replaced": ("has U+FFFD for U+0000", lambda text: text.replace("\0", "\ufffd")),
    "newlines-to-spaces": ("has a space for each line break", lambda text: text.replace("\n", " ")),
    "first-line": ("keeps its first line alone", lambda text: text.partition("\n")[0]),
    "carriage-returns-dropped": ("loses its carriage returns", lambda text: text.replace("\r", "")),
    "windows-lines": ("has Windows line breaks", lambda text: _without(text, "(?<!\r)\n", "\r\n")),
    "tabs-to-spaces": ("has spaces for tabs", lambda text: text.replace("\t", "    ")),
    "html-escaped": ("is escaped for HTML", lambda text: html.escape(text, quote=False)),
    "html-quotes-escaped": (
        "has its quotes escaped for HTML",
        lambda text: text.replace('"', "&quot;").replace("'", "&#x27;"),
    ),
    "html-unescaped": ("has its HTML escapes undone", html.unescape),
    "tags-dropped": ("loses its HTML tags", lambda text: _without(text, "<[^>]*>")),
    "ampersand-escaped": ("has its ampersands escaped", lambda text: text.replace("&", "&amp;")),
    "slash-escaped": ("has a backslash before each slash", lambda text: text.replace("/", "\\/")),
    "backslash-dropped": ("loses its backslashes", lambda text: text.replace("\\", "")),
    "backslash-doubled": ("has its backslashes doubled", lambda text: text.replace("\\", "\\\\")),
    "escapes-undone": (
        "has what looks like an escape undone",
        lambda text: re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).replace("\\n", "\n"),
    ),
    "quotes-dropped": ("loses its double quotes", lambda text: text.replace('"', "")),
    "quotes-to-apostrophes": ("has apostrophes for double quotes", lambda text: text.replace('"', "'")),
    "outer-quotes-dropped": (
        "loses quotes around it",
        lambda text: text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text,
    ),
    "smart-quotes": ("has typographic apostrophes", lambda text: text.replace("'", "\u2019")),
    "percent-decoded": ("has its percent escapes undone", unquote),
    "percent-encoded": ("is percent-encoded", lambda text: quote(text.encode("utf-8", "replace"), safe="/:, |+=&")),
    "form-decoded": ("has a space for each plus", unquote_plus),
    "commas-dropped": ("loses its commas", lambda text: text.replace(",", "")),
    "comma-cut": ("ends at its first comma", lambda text: text.partition(",")[0]),
    "colon-cut": ("ends at its first colon", lambda text: text.partition(":")[0]),
    "pipe-cut": ("ends at its first bar", lambda text: text.partition("|")[0].rstrip() if "|" in text else text),
    "slash-cut": ("keeps what follows its last slash", lambda text: text.rpartition("/")[2]),
    "date-dropped": ("loses a date at its end", lambda text: _without(text, r"-20\d\d-\d\d-\d\d$")),
    "dashes": ("has underscores for dashes", lambda text: text.replace("-", "_")),
    "underscores": ("has dashes for underscores", lambda text: text.replace("_", "-")),
    "spaces": ("has underscores for spaces", lambda text: text.replace(" ", "_")),
    "digits-ascii": (
        "has ASCII digits for those of other scripts",
        lambda text: "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text),
    ),
    "masked": ("comes back masked", lambda text: text[:4] + "*" * (len(text) - 4) if len(text) > 12 else text),
    "8-characters": ("is cut after 8 characters", _shorter(8)),
    "16-characters": ("is cut after 16 characters", _shorter(16)),
    "32-characters": ("is cut after 32 characters", _shorter(32)),
    "64-characters": ("is cut after 64 characters", _shorter(64)),
    "255-characters": ("is cut after 255 characters", _shorter(255)),
    "255-bytes": ("is cut after 255 bytes", _in_bytes(255)),
    "1024-characters": ("is cut after 1,024 characters", _shorter(1024)),
    "65535-bytes": ("is cut after 65,535 bytes", _in_bytes(65535)),
    "ellipsis": ("is cut after 80 characters, with dots", lambda text: text if len(text) <= 80 else text[:77] + "..."),
}
"""What becomes of a string."""


def _parsed(text: str) -> Tree:
    found = read(text)
    return text if found.findings or not text.startswith(("{", "[")) else found.value  # type: ignore[return-value]


_READINGS: Final[Mapping[str, tuple[str, Callable[[str], Changed]]]] = {
    "number": (
        "comes back as a number where it looks like one",
        lambda text: Number(text) if is_number_text(text) else text,
    ),
    "literal": (
        "comes back as what it spells where it spells true, false or null",
        lambda text: {"true": True, "false": False, "null": None}.get(text, text),
    ),
    "missing-word": (
        "comes back as null where it is a word for nothing",
        lambda text: (
            None if text in ("null", "NULL", "None", "NaN", "nan", "N/A", "NA", "n/a", "nil", "undefined") else text
        ),
    ),
    "json": ("is read where it holds JSON", _parsed),
    "empty-null": ("comes back as null where it is empty", lambda text: text or None),
    "empty-dropped": ("does not come back where it is empty", lambda text: text or GONE),
    "blank-null": ("comes back as null where it is blank", lambda text: text if text.strip() else None),
    "empty-unknown": ('comes back as "unknown" where it is empty', lambda text: text or "unknown"),
    "list": ("comes back as a list of one", lambda text: [text]),
    "object": ("comes back as an object", lambda text: {"id": text}),
    "true": ("comes back as true", lambda _: True),
    "refused-empty": ("is refused where it is empty", lambda text: text or refuse("an empty string")),
    "refused-non-ascii": (
        "is refused where it is not ASCII",
        lambda text: text if text.isascii() else refuse("not ASCII"),
    ),
    "refused-astral": (
        "is refused where a character is beyond 65,536",
        lambda text: refuse("beyond the first plane") if any(ord(c) > 0xFFFF for c in text) else text,
    ),
    "refused-control": (
        "is refused where it holds a control character",
        lambda text: refuse("a control character") if any(ord(c) < 32 for c in text) else text,
    ),
    "refused-null-character": (
        "is refused where it holds U+0000",
        lambda text: refuse("U+0000") if "\0" in text else text,
    ),
    "refused-long": (
        "is refused where it is longer than 255 characters",
        lambda text: refuse("too long") if len(text) > 255 else text,
    ),
    "refused-very-long": (
        "is refused where it is longer than 65,535 characters",
        lambda text: refuse("too long") if len(text) > 65535 else text,
    ),
    "refused-space": ("is refused where it holds a space", lambda text: refuse("a space") if " " in text else text),
    "refused-punctuation": (
        "is refused where it holds anything but letters, digits, dots, dashes, underscores and colons",
        lambda text: text if re.fullmatch(r"[\w.:\-]*", text) else refuse("an odd character"),
    ),
}

_KEPT: Final = ("refused-empty", "empty-unknown")
"""Readings that are no fault of an undeclared string."""


def mutants() -> Iterator[Mutant]:
    """Every alteration and every reading of a string in every place."""
    declared, undeclared = "A declared string {}.", "A string in an undeclared member {}."
    yield from series(lossy, "string/", ALTERATIONS, _declared, declared)
    yield from series(lossy, "string-undeclared/", ALTERATIONS, _undeclared, undeclared)
    yield from series(lossy, "cursor/", {name: ALTERATIONS[name] for name in _CURSOR}, _cursor, "The cursor {}.")
    yield from series(lossy, "string/", _READINGS, _declared, declared)
    readings = {name: row for name, row in _READINGS.items() if name not in _KEPT}
    yield from series(lossy, "string-undeclared/", readings, _undeclared, undeclared)
    yield from _cursors()


_CURSOR: Final = (
    "trimmed", "lower", "upper", "percent-decoded", "percent-encoded", "form-decoded", "8-characters", "16-characters",
    "32-characters", "html-escaped", "dashes", "underscores", "masked", "ascii-only",
)  # fmt: skip


def _declared(alter: Callable[[str], Changed]) -> Change:
    return typed(JsonType.STRING, of_text(alter), marker=GroupKey)


def _undeclared(alter: Callable[[str], Changed]) -> Change:
    return in_undeclared(deep(of_text(alter)))


def _cursors() -> Iterator[Mutant]:
    def cursor(name: str, change: Callable[[Tree], Changed]) -> Mutant:
        return lossy(f"cursor/{name}", on_page(lambda node: member(node, "next_page", change)))

    yield cursor("lost", lambda _: GONE)
    yield cursor("text-lost", of_text(lambda _: GONE))
    yield cursor("text-to-null", of_text(lambda _: None))
    yield cursor("emptied", of_text(lambda _: ""))
    yield cursor("null-to-empty", lambda old: "" if old is None else old)
    yield cursor("empty-to-null", lambda old: None if old == "" else old)
    yield cursor("empty-refused", lambda old: refuse("an empty cursor") if old == "" else old)
    yield cursor("null-to-word", lambda old: "null" if old is None else old)
    yield cursor("prefix-dropped", of_text(lambda old: old.removeprefix("page_")))
    yield cursor("prefix-added", of_text(lambda old: old if not old or old.startswith("page_") else f"page_{old}"))
    yield cursor(
        "prefix-refused", of_text(lambda old: old if not old or old.startswith("page_") else refuse("no prefix"))
    )
    yield cursor("padding-dropped", of_text(lambda old: old.rstrip("=")))
    yield cursor("url", of_text(lambda old: f"https://api.openai.com/v1?page={old}" if old else old))
    yield cursor("plus-to-space", of_text(lambda old: old.replace("+", " ")))
    yield cursor("url-alphabet", of_text(lambda old: old.replace("+", "-").replace("/", "_")))


def _cursor(alter: Callable[[str], Changed]) -> Change:
    return on_page(lambda node: member(node, "next_page", of_text(alter)))
