"""
A JSON reader that forgives what it is told to forgive, and nothing else.

Its only use is to be wrong on purpose: each mutant of the text layer reads with one freedom that JSON does not give.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from usagecompat.jsontext import Number, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBERS: Final[Mapping[str, tuple[re.Pattern[str], Callable[[str], str]]]] = {
    "leading-zeros": (re.compile(r"-?0+[0-9]+(?:\.[0-9]+)?"), lambda text: re.sub(r"^(-?)0+(?=[0-9])", r"\1", text)),
    "plus": (re.compile(r"\+[0-9]+(?:\.[0-9]+)?"), lambda text: text[1:]),
    "no-integer-part": (re.compile(r"-?\.[0-9]+"), lambda text: text.replace(".", "0.")),
    "no-fraction": (re.compile(r"-?[0-9]+\.(?:[eE][+-]?[0-9]+)?(?![0-9])"), lambda text: text.replace(".", ".0")),
    "no-exponent": (re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?(?![0-9])"), lambda text: re.split("[eE]", text)[0]),
    "hexadecimal": (re.compile(r"-?0[xX][0-9a-fA-F]+"), lambda text: str(int(text, 16))),
    "underscores": (re.compile(r"-?[0-9]+(?:_[0-9]+)+"), lambda text: text.replace("_", "")),
    "minus-space": (re.compile(r"-\s+[0-9]+(?:\.[0-9]+)?"), lambda text: re.sub(r"\s", "", text)),
    "minus-alone": (re.compile(r"-(?![0-9.])"), lambda _: "0"),
    "thousands": (re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])"), lambda text: text.replace(",", "")),
    "other-digits": (re.compile(r"-?\d+"), lambda text: str(int(text))),
}
_CONSTANTS: Final[Mapping[str, Mapping[str, Tree]]] = {
    "nan": {"NaN": Number("NaN")},
    "nan-null": {"NaN": None, "Infinity": None, "-Infinity": None},
    "nan-zero": {"NaN": Number("0"), "Infinity": Number("0"), "-Infinity": Number("0")},
    "infinity": {"Infinity": Number("Infinity"), "-Infinity": Number("-Infinity")},
    "lower-nan": {"nan": None, "inf": None, "-inf": None},
    "python": {"True": True, "False": False, "None": None},
    "undefined": {"undefined": None},
    "any-case": {"TRUE": True, "FALSE": False, "NULL": None, "True": True, "False": False, "Null": None},
}
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SPACE: Final = " \t\n\r"
_CLOSING: Final = {"{": "}", "[": "]"}


class NoJson(ValueError):
    """Even this reader cannot read it."""


@define
class Lax:
    """One pass over a text."""

    text: str
    freedom: str
    at: int = 0
    space: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.space = _SPACE + {"form-feed": "\f\v", "unicode-space": "\u00a0\u2028\u2029\u3000\ufeff"}.get(
            self.freedom, ""
        )

    def document(self) -> Tree:
        """
        What the text says.

        Raises:
            NoJson: It says nothing even with this freedom.
        """
        if self.freedom == "event-stream" and self.text.startswith("data:"):
            self.at = 5
        self.skip()
        if self.at == len(self.text) and self.freedom in ("empty-null", "empty-object"):
            return None if self.freedom == "empty-null" else {}
        value = self.value()
        self.skip()
        if self.at < len(self.text):
            rest = self.text[self.at :]
            if self.freedom == "last-value":
                return Lax(rest, self.freedom).document()
            if self.freedom == "null-bytes":
                rest = rest.strip("\0")
            if self.freedom == "closing-brackets":
                rest = rest.strip("}] \n")
            if rest and self.freedom != "trailing-text":
                raise NoJson(rest)
        return value

    def skip(self) -> None:
        """Go on to the next token."""
        while self.at < len(self.text):
            if self.text[self.at] in self.space:
                self.at += 1
                continue
            found = self.freedom == "comments" and re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL).match(
                self.text, self.at
            )
            found = found or (self.freedom == "hash-comments" and re.compile(r"#[^\n]*").match(self.text, self.at))
            if not found:
                return
            self.at = found.end()

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    def value(self, *, is_item: bool = False) -> Tree:
        """Read any value; a comma behind a number that is an item of an array is never one between thousands."""
        first = self.peek()
        if first in _CLOSING:
            return self.members() if first == "{" else self.items()
        if first == '"' or (first == "'" and self.freedom == "single-quotes"):
            return self.string()
        for words in (_CONSTANTS.get(self.freedom, {}), {"true": True, "false": False, "null": None}):
            for word, meaning in words.items():
                if self.text.startswith(word, self.at) and not self.text[self.at + len(word) :][:1].isalnum():
                    self.at += len(word)
                    return meaning
        found = _NUMBER.match(self.text, self.at)
        whole = found is not None and self.text[found.end() : found.end() + 1] in ("", *",]}", *self.space)
        if self.freedom in _NUMBERS and (not whole or (self.freedom == "thousands" and not is_item)):
            pattern, fix = _NUMBERS[self.freedom]
            if freely := pattern.match(self.text, self.at):
                self.at = freely.end()
                return Number(fix(freely[0]))
        if found:
            self.at = found.end()
            return Number(found[0])
        if not first and self.freedom == "truncated":
            return None
        if self.freedom == "truncated" and (
            found := re.compile(r"(?:tru?|fa|fals?|nul?|-|[0-9.]+[eE.][+-]?)$|[tfn]$").match(self.text, self.at)
        ):
            self.at = found.end()
            return None
        if self.freedom == "missing-value" and first in (",", "}", "]"):
            return None
        raise NoJson(self.text[self.at : self.at + 20])

    def items(self) -> Tree:
        """Read an array."""
        self.at += 1
        found: list[Tree] = []
        self.skip()
        while not self._closed("]"):
            found.append(self.value(is_item=True))
            self._separated("]")
        return found

    def members(self) -> Tree:
        """Read an object."""
        self.at += 1
        found: dict[str, Tree] = {}
        self.skip()
        while not self._closed("}"):
            name = self._name()
            self.skip()
            if self.peek() == ":" or (self.freedom == "equals" and self.peek() == "="):
                self.at += 1
            elif not (self.freedom == "missing-colon" or (self.freedom == "truncated" and not self.peek())):
                raise NoJson("no colon")
            self.skip()
            value = self.value()
            if name in found and self.freedom == "duplicates-first":
                pass
            elif name in found and self.freedom == "duplicates-list":
                old = found[name]
                found[name] = [*old, value] if isinstance(old, list) else [old, value]
            elif (
                name in found
                and self.freedom == "duplicates-merged"
                and isinstance(found[name], dict)
                and isinstance(value, dict)
            ):
                found[name] = {**found[name], **value}  # type: ignore[dict-item]
            elif name in found and not self.freedom.startswith("duplicates-"):
                raise NoJson("a name twice")
            else:
                found[name] = value
            self._separated("}")
        return found

    def _name(self) -> str:
        if self.peek() == '"' or (self.peek() == "'" and self.freedom == "single-quotes"):
            return self.string()
        if self.freedom == "unquoted-names" and (found := re.compile(r"[A-Za-z_$][\w$]*").match(self.text, self.at)):
            self.at = found.end()
            return found[0]
        raise NoJson("no name")

    def _closed(self, bracket: str) -> bool:
        """Whether the list or object ends here."""
        if self.peek() == bracket or (self.freedom == "wrong-bracket" and self.peek() in ("]", "}") and self.peek()):
            self.at += 1
            return True
        return not self.peek() and self.freedom == "truncated"

    def _separated(self, bracket: str) -> None:
        """Step over what stands between two items."""
        self.skip()
        if self.peek() == ",":
            self.at += 1
            self.skip()
            if self.freedom == "double-commas":
                while self.peek() == ",":
                    self.at += 1
                    self.skip()
            if self.peek() == bracket and self.freedom != "trailing-commas":
                raise NoJson("a comma too many")
        elif self.peek() and self.peek() not in "]}" and self.freedom != "missing-commas":
            raise NoJson("no comma")

    def string(self) -> str:
        """Read a string."""
        quote = self.peek()
        self.at += 1
        parts: list[str] = []
        while True:
            character = self.peek()
            self.at += 1
            if not character:
                if self.freedom == "truncated":
                    break
                raise NoJson("no end of a string")
            if character == quote:
                break
            if character == "\\":
                parts.append(self._escape())
            elif character < " " and not self._allows(character):
                raise NoJson("a control character")
            else:
                parts.append(character)
        text = "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return self._halves(text)

    def _allows(self, character: str) -> bool:
        return self.freedom == "controls" or self.freedom == {
            "\n": "newlines",
            "\t": "tabs",
            "\0": "null-characters",
        }.get(character)

    def _escape(self) -> str:
        character = self.peek()
        self.at += 1
        if character in _ESCAPES and character:
            return _ESCAPES[character]
        if character == "u":
            found = re.compile("[0-9a-fA-F]{4}").match(self.text, self.at)
            if found:
                self.at += 4
                return chr(int(found[0], 16))
            if self.freedom in ("bad-escapes", "escapes-kept"):
                return "\\u" if self.freedom == "escapes-kept" else "u"
            if self.freedom == "short-escapes" and (found := re.compile("[0-9a-fA-F]{1,3}").match(self.text, self.at)):
                self.at = found.end()
                return chr(int(found[0], 16))
        if character == "x" and self.freedom == "hex-escapes":
            code = self.text[self.at : self.at + 2]
            self.at += 2
            return chr(int(code, 16))
        if self.freedom == "bad-escapes":
            return character
        if self.freedom == "escapes-kept":
            return f"\\{character}"
        if self.freedom == "truncated" and not character:
            return ""
        raise NoJson("an escape")

    def _halves(self, text: str) -> str:
        if not re.search("[\ud800-\udfff]", text) or self.freedom == "surrogates-kept":
            return text
        if self.freedom in ("surrogates-replaced", "surrogates-question", "surrogates-dropped"):
            return re.sub("[\ud800-\udfff]", {"r": "\ufffd", "q": "?", "d": ""}[self.freedom[11]], text)
        raise NoJson("half of a surrogate pair")


def text_of(data: bytes, freedom: str) -> str:
    """
    The text that bytes are.

    Raises:
        NoJson: They are none even with this freedom.
    """
    if data.startswith(codecs.BOM_UTF8):
        if freedom == "byte-order-mark":
            return data[3:].decode()
        raise NoJson("a byte order mark")
    if freedom == "bare-utf-16" and (text := _bare_utf_16(data)) is not None:
        return text
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        decoder = _DECODERS.get(freedom)
        text = decoder(data) if decoder else None
        if text is None:
            raise NoJson("no UTF-8") from error
        return text


def _utf_16(data: bytes) -> str | None:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16")
    return None


def _bare_utf_16(data: bytes) -> str | None:
    if data[1:2] == b"\0":
        return data.decode("utf-16-le")
    return data.decode("utf-16-be") if data[:1] == b"\0" else None


def _overlong(found: re.Match[bytes]) -> bytes:
    first, second = found[0]
    return bytes([(first & 1) << 6 | second & 0x3F])


def _surrogates_in_bytes(data: bytes) -> str | None:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def _cesu_8(data: bytes) -> str | None:
    text = _surrogates_in_bytes(data)
    if text is None:
        return None
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


_DECODERS: Final[Mapping[str, Callable[[bytes], str | None]]] = {
    "utf-8-replaced": lambda data: data.decode("utf-8", "replace"),
    "utf-8-ignored": lambda data: data.decode("utf-8", "ignore"),
    "latin-1": lambda data: data.decode("latin-1"),
    "cp1252": lambda data: data.decode("cp1252", "replace"),
    "utf-16": _utf_16,
    "cesu-8": _cesu_8,
    "overlong": lambda data: re.sub(rb"[\xc0\xc1][\x80-\xbf]", _overlong, data).decode("utf-8", "replace"),
    "surrogates-kept": _surrogates_in_bytes,
}
