"""
Faults in strings, declared and undeclared, and in the names of members.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, unquote_plus

from usagecompat.contract import GroupKey, JsonType, is_number_text
from usagecompat.jsontext import Number, Tree, read
from usagecompat.mutants.model import lossy, refuse
from usagecompat.mutants.support.walks import (
    GONE,
    deep,
    deep_objects,
    in_undeclared,
    member,
    of_text,
    on_page,
    on_undeclared,
    ordered,
    renamed,
    typed,
    undeclared_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Changed, Object


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
    "slash-escaped": ("has a backslash in front of each slash", lambda text: text.replace("/", "\\/")),
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

NAMES: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    **{
        name: (does, change)
        for name, (does, change) in ALTERATIONS.items()
        if name
        in (
            "trimmed",
            "lower",
            "upper",
            "folded",
            "nfc",
            "nfd",
            "nfkc",
            "ascii-only",
            "ascii-question",
            "latin-1",
            "read-as-latin-1",
            "astral-dropped",
            "controls-dropped",
            "null-cut",
            "html-escaped",
            "backslash-dropped",
            "quotes-dropped",
            "percent-decoded",
            "spaces",
            "dashes",
            "slash-cut",
            "32-characters",
            "64-characters",
            "255-characters",
            "without-accents",
            "marks-dropped",
            "astral-replaced",
            "newlines-to-spaces",
        )
    },
    "camel": (
        "comes back in camel case",
        lambda name: re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda m: m[1].upper(), name),
    ),
    "snake": (
        "comes back in snake case",
        lambda name: re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", name),
    ),
    "dots": ("has underscores for dots", lambda name: name.replace(".", "_")),
    "dot-cut": ("keeps what precedes its first dot", lambda name: name.partition(".")[0]),
    "dollar-dropped": ("loses a dollar sign at its start", lambda name: name.removeprefix("$")),
    "at-dropped": ("loses an at sign at its start", lambda name: name.removeprefix("@")),
    "underscore-stripped": ("loses underscores at its ends", lambda name: name.strip("_") or name),
    "pointer-decoded": ("has `~1` and `~0` undone", lambda name: name.replace("~1", "/").replace("~0", "~")),
    "pointer-encoded": ("has slashes and tildes escaped", lambda name: name.replace("~", "~0").replace("/", "~1")),
    "identifier": ("comes back as an identifier", lambda name: re.sub(r"[^0-9a-zA-Z_]", "_", name)),
    "words-avoided": (
        "gets an underscore where it is a word of the language",
        lambda name: (
            f"{name}_" if name in ("class", "from", "import", "default", "function", "return", "None", "self") else name
        ),
    ),
}
"""What becomes of the name of a member."""

_LOST_NAMES: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "empty": ("with an empty name", lambda name: not name),
    "proto": ("called `__proto__`", lambda name: name == "__proto__"),
    "prototype": (
        "called like what every JavaScript object has",
        lambda name: name in ("constructor", "toString", "hasOwnProperty", "valueOf", "prototype", "toJSON"),
    ),
    "dunder": ("whose name begins with two underscores", lambda name: name.startswith("__")),
    "private": ("whose name begins with an underscore", lambda name: name.startswith("_")),
    "python": (
        "called like a method of a Python dict or object",
        lambda name: (
            name in ("keys", "items", "values", "get", "copy", "update", "pop", "self", "__class__", "__dict__")
        ),
    ),
    "dollar": ("whose name begins with a dollar sign", lambda name: name.startswith("$")),
    "at": ("whose name begins with an at sign", lambda name: name.startswith("@")),
    "dotted": ("whose name holds a dot", lambda name: "." in name),
    "slashed": ("whose name holds a slash", lambda name: "/" in name),
    "spaced": ("whose name holds a space", lambda name: " " in name),
    "quoted": ("whose name holds a quote", lambda name: '"' in name or "'" in name),
    "backslashed": ("whose name holds a backslash", lambda name: "\\" in name),
    "star": ("whose name is a star", lambda name: name == "*"),
    "numeric": ("whose name is a number", lambda name: name.isdecimal()),
    "digit-first": ("whose name begins with a digit", lambda name: name[:1].isdigit()),
    "non-ascii": ("whose name is not ASCII", lambda name: not name.isascii()),
    "astral": ("whose name has a character beyond 65,536", lambda name: any(ord(c) > 0xFFFF for c in name)),
    "control": ("whose name has a control character", lambda name: any(ord(c) < 32 for c in name)),
    "upper": ("whose name has a capital", lambda name: name != name.lower()),
    "odd": ("whose name is no identifier", lambda name: not name.isidentifier()),
    "long": ("whose name is longer than 64 characters", lambda name: len(name) > 64),
    "very-long": ("whose name is longer than 1,000 characters", lambda name: len(name) > 1000),
    "dashed": ("whose name holds a dash", lambda name: "-" in name),
    "colon": ("whose name holds a colon", lambda name: ":" in name),
    "id": ("whose name ends in _id", lambda name: name.endswith("_id")),
    "iso": ("whose name ends in _iso", lambda name: name.endswith("_iso")),
    "name": ("whose name ends in _name", lambda name: name.endswith("_name")),
    "length": ("called `length`, `size` or `count`", lambda name: name in ("length", "count")),
}


def mutants() -> Iterator[Mutant]:
    """Every alteration of a string in every place."""
    for name, (does, alter) in ALTERATIONS.items():
        yield lossy(f"string/{name}", _declared(alter), fault=f"A declared string {does}.")
        yield lossy(f"string-undeclared/{name}", _undeclared(alter), fault=f"A string in an undeclared member {does}.")
        if name in _CURSOR:
            yield lossy(f"cursor/{name}", _cursor(alter), fault=f"The cursor {does}.")
    for name, (does, read_) in _READINGS.items():
        yield lossy(f"string/{name}", _declared(read_), fault=f"A declared string {does}.")
        if not name.startswith(("refused-empty", "empty-unknown")):
            yield lossy(
                f"string-undeclared/{name}",
                _undeclared(read_),
                fault=f"A string in an undeclared member {does}.",
            )
    for name, (does, alter) in NAMES.items():
        yield lossy(f"name/{name}", _names(alter), fault=f"The name of an undeclared member {does}.")
    for name, (which, test) in _LOST_NAMES.items():
        lost = on_undeclared(_lost(test))
        yield lossy(f"name-lost/{name}", lost, fault=f"An undeclared member {which} does not come back.")
        refused = on_undeclared(_refused(test))
        yield lossy(f"name-refused/{name}", refused, fault=f"A payload is refused for an undeclared member {which}.")
    yield lossy("name/case-merged", _merged(str.lower))
    yield lossy("name/case-insensitive", deep_objects(_case_insensitive))
    yield lossy("name/normal-forms-merged", _merged(partial(unicodedata.normalize, "NFC")))
    yield lossy("name/numeric-first", deep_objects(_numeric_first))
    yield lossy("name/dots-nested", deep_objects(_nested))
    yield from _cursors()


def _lost(test: Callable[[str], bool]) -> Callable[[str, Tree], Changed]:
    return lambda name, old: GONE if test(name) else old


def _refused(test: Callable[[str], bool]) -> Callable[[str, Tree], Changed]:
    return lambda name, old: refuse(f"the name {name!r}") if test(name) else old


_CURSOR: Final = (
    "trimmed", "lower", "upper", "percent-decoded", "percent-encoded", "form-decoded", "8-characters", "16-characters",
    "32-characters", "html-escaped", "dashes", "underscores", "masked", "ascii-only",
)  # fmt: skip


def _declared(alter: Callable[[str], Changed]) -> Change:
    return typed(JsonType.STRING, of_text(alter), marker=GroupKey)


def _undeclared(alter: Callable[[str], Changed]) -> Change:
    return in_undeclared(deep(of_text(alter)))


def _names(alter: Callable[[str], str]) -> Change:
    """Undeclared members renamed: those whose new name is that of another member replace it."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        found = undeclared_names(tree, view)

        def change(node: Object) -> Object:
            return renamed(node, lambda name: alter(name) if name in found else name)

        return deep_objects(change)(tree, view) if found else tree

    return walk


def _merged(fold: Callable[[str], str]) -> Change:
    """Of members whose names are folded to one, the last alone."""

    def change(node: Object) -> Object:
        last = {fold(name): name for name in node}
        return node if len(last) == len(node) else {n: value for n, value in node.items() if last[fold(n)] == n}

    return deep_objects(change)


def _case_insensitive(node: Object) -> Object:
    lower = {name for name in node if name == name.lower()}
    merged = {name for name in node if name not in lower and name.lower() in lower}
    if not merged:
        return node
    new = {name: value for name, value in node.items() if name not in merged}
    for name in merged:
        new[name.lower()] = node[name]
    return new


def _numeric_first(node: Object) -> Object:
    numeric = sorted((name for name in node if name.isdecimal() and str(int(name)) == name), key=int)
    return ordered(node, [*numeric, *(name for name in node if name not in numeric)])


def _nested(node: Object) -> Object:
    if not any("." in name.strip(".") for name in node):
        return node
    new: Object = {}
    for name, value in node.items():
        head, _, tail = name.partition(".")
        if head and tail:
            inner = new.get(head)
            new[head] = {**(inner if isinstance(inner, dict) else {}), tail: value}
        else:
            new[name] = value
    return new


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
