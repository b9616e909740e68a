"""
Strict and exact JSON: bytes to `Document`, and a tree back to bytes.

The json module of the standard library parses, through its hooks, and nothing it reads passes through a float or
through an `int`: a number is a `Number`, which keeps its spelling.
The hooks of the usual way keep nothing and give up at the first thing that is legal for the module and not for us.
Only then the text is read again without them, and `usagecompat._faults` finds out what it was and where.
"""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, auto
from functools import cached_property
from json.encoder import encode_basestring
from threading import Thread
from typing import TYPE_CHECKING, Final, NoReturn, ParamSpec, TypeAlias, TypeVar, cast

from attrs import frozen

from usagecompat._faults import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_SIZE,
    broken_text,
    escapes_lone_surrogate,
    faults,
    first_too_deep,
    has_surrogate,
    lone_surrogate,
    may_nest_too_deep,
    number_fault,
    shown,
    too_deep,
)
from usagecompat._positions import Index, Lines
from usagecompat.findings import Path, Seen, pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FEW_DIGITS: Final = 100

_DIGITS_AT_ONCE: Final = 600
"""Fewer than the least limit that Python can be told for the conversion of texts to integers."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Number:
    """
    A JSON number with the spelling it was read in; two are equal if their exact values are.

    A number beyond the limits, a NaN or an infinity has no value: it is `within_limits` False, no integer,
    and equal only to what is spelled alike.
    """

    __slots__ = ("lexeme",)

    lexeme: Final[str]

    def __init__(self, lexeme: str) -> None:
        """Keep `lexeme`, which is a JSON number, `NaN`, `Infinity` or `-Infinity`; computing comes later if at all."""
        self.lexeme = lexeme

    @property
    def within_limits(self) -> bool:
        """Whether the number has a value that may be computed."""
        return _is_plain(self.lexeme) or number_fault(self.lexeme) is None

    @property
    def decimal(self) -> Decimal:
        """
        The exact value.

        Raises:
            ValueError: The number is not within the limits.
        """
        if not self.within_limits:
            message = f"{self!r} has no value: it is not finite, or beyond the limits"
            raise ValueError(message)
        return Decimal(self.lexeme)

    @property
    def is_integer(self) -> bool:
        """Whether the exact value is a whole number, however it is spelled: `5`, `5.0`, `50e-1`."""
        if _is_plain(self.lexeme):
            return True
        if not self.within_limits:
            return False
        value = Decimal(self.lexeme)
        return value == value.to_integral_value()

    @property
    def integer(self) -> int:
        """
        The exact value of a whole number.

        Raises:
            ValueError: The number is not whole, or not within the limits.
        """
        if _is_plain(self.lexeme):
            return int(self.lexeme)
        if not self.is_integer:
            message = f"{self!r} is not an integer"
            raise ValueError(message)
        return _whole(f"{Decimal(self.lexeme).to_integral_value():f}")

    def __eq__(self, other: object) -> bool:
        """Whether the exact values are equal."""
        if not isinstance(other, Number):
            return NotImplemented
        if self.lexeme == other.lexeme:
            return True
        return self.within_limits and other.within_limits and self.decimal == other.decimal

    def __hash__(self) -> int:
        """The hash of the exact value."""
        return hash(self.decimal if self.within_limits else self.lexeme)

    def __repr__(self) -> str:
        """The number as it was spelled."""
        return f"Number({shown(self.lexeme)})"


def _is_plain(lexeme: str) -> bool:
    """Whether a number is what nearly all are: digits alone, and so few that no limit is near."""
    return len(lexeme) <= _FEW_DIGITS and lexeme.isdigit()


def _whole(digits: str) -> int:
    """
    The integer of these digits, at most some ten thousand.

    `int` refuses so many at once, and by way of `Decimal` each would cost what a hundred texts cost.
    """
    value = 0
    start = 1 if digits[0] == "-" else 0
    for at in range(start, len(digits), _DIGITS_AT_ONCE):
        part = digits[at : at + _DIGITS_AT_ONCE]
        value = value * 10 ** len(part) + int(part)
    return -value if start else value


Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | Number | bool | None"
"""What a JSON text says: objects in the order of the text, of several members of one name the last value."""


class _NoValue(Enum):
    NO_VALUE = auto()


NO_VALUE: Final = _NoValue.NO_VALUE
"""Stands where a document has no value, because its text cannot be read."""


@frozen
class Document:
    """What came of reading a payload."""

    value: Tree | _NoValue
    """What the payload says, or `NO_VALUE`."""
    text: str | None
    """
    The text, None if the payload was none.

    Of bytes that are not UTF-8 it is what stands in front of the first bad one, and of a text that is too long, nothing.
    """
    findings: tuple[Seen, ...] = ()
    """What is wrong with the text, in document order."""

    def line_and_column(self, path: Path, offset: int | None = None) -> tuple[int, int] | None:
        """
        The line and the column, from 1 and in code points, of `offset` or else of the value at `path`.

        A member stands where its name does, an item where it starts, and what is absent where its nearest ancestor is.
        The first call makes one pass over the text, which all later ones share.

        Returns:
            None if the payload was not text.
        """
        if self.text is None:
            return None
        if offset is None:
            offset = 0 if self.value is NO_VALUE else self._index.offset(path, self.value)
        return self._lines.at(offset)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text or "")

    @cached_property
    def _index(self) -> Index:
        return Index(self.text or "")


class _Unusual(Exception):
    """The text is JSON for the json module, and there is something in it for which a finding is due."""


def _object(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unusual
    return members


def _integer(lexeme: str) -> Number:
    if len(lexeme) > MAX_DIGITS:
        raise _Unusual
    return Number(lexeme)


def _real(lexeme: str) -> Number:
    if len(lexeme) > MAX_DIGITS or (("e" in lexeme or "E" in lexeme) and number_fault(lexeme)):
        raise _Unusual
    return Number(lexeme)


def _constant(_: str) -> Number:
    raise _Unusual


_STRICT: Final = json.JSONDecoder(
    parse_int=_integer, parse_float=_real, parse_constant=_constant, object_pairs_hook=_object
)
_TOLERANT: Final = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number)


_WORDS: Final = {None: "null", True: "true", False: "false"}
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(payload: bytes | bytearray | memoryview | str | Mapping[str, object] | list[object]) -> Document:
    """
    Read a payload; whatever a text says, the answer is a document.

    Numbers keep their spelling, objects the order of their members, and of two members of one name the last counts.
    A mapping or a list is taken for a text that was parsed by somebody else, which cannot show all faults.

    Raises:
        TypeError: The payload is none of these, or has something in it that JSON has no value for.
    """
    if isinstance(payload, str):
        return _read_text(payload)
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return _read_bytes(payload)
    if isinstance(payload, (Mapping, list)):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        return _read_python(payload)
    message = f"a payload is bytes, bytearray, memoryview, str, a mapping or a list, not {type(payload).__name__}"
    raise TypeError(message)


def _read_bytes(payload: bytes | bytearray | memoryview) -> Document:
    size = memoryview(payload).nbytes
    if size > MAX_SIZE:
        return _too_long(size)
    data = bytes(payload)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
        if not text.startswith("\ufeff"):
            hint = "This begins like UTF-16; JSON is sent as UTF-8." if data[:2] in _UTF_16 else ""
            message = f"expected UTF-8, found the byte 0x{data[error.start]:02x}: {error.reason}"
            return _unreadable(text, Seen("json/invalid-utf-8", (), message, hint, len(text)))
    return _parse(text, data)


def _read_text(text: str) -> Document:
    if len(text) > MAX_SIZE:
        return _too_long(len(text))
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        message = f"half of a surrogate pair, U+{ord(text[error.start]):04X}, stands in the text itself"
        return _unreadable(text, Seen("json/lone-surrogate", (), message, "Pass the bytes as received.", error.start))
    return _parse(text, data) if len(data) <= MAX_SIZE else _too_long(len(data))


def _parse(text: str, data: bytes) -> Document:
    """The document that `text` is, which `data` is the UTF-8 of."""
    if text.startswith("\ufeff"):
        hint = "Write the text as UTF-8 without a byte order mark."
        message = "expected a value, found a byte order mark"
        return _unreadable(text, Seen("json/byte-order-mark", (), message, hint, 0))
    try:
        if may_nest_too_deep(data) and (offset := first_too_deep(text)) is not None:
            return _unreadable(text, _first_fault(text, offset))
        try:
            value: Tree = with_room(_STRICT.decode, text)
            usual = not escapes_lone_surrogate(text)
        except _Unusual:
            value, usual = with_room(_TOLERANT.decode, text), False
    except json.JSONDecodeError as error:
        return _unreadable(text, broken_text(text, error))
    return Document(value, text, () if usual else tuple(faults(text)))


def _first_fault(text: str, deep: int) -> Seen:
    """That `text` nests too deep at the offset `deep`, unless it is broken before that."""
    try:
        with_room(_TOLERANT.decode, text[:deep])
    except json.JSONDecodeError as error:
        if error.pos < deep or not error.msg.startswith("Expecting value"):
            return broken_text(text, error)
    return too_deep(deep)


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


def _unreadable(text: str, fault: Seen) -> Document:
    return Document(NO_VALUE, text, (fault,))


def _too_long(size: int) -> Document:
    message = f"the text is {size:,} bytes long or longer, the limit is {MAX_SIZE:,}"
    return _unreadable("", Seen("json/limit-size", (), message, "", 0))


def _read_python(payload: Mapping[str, object] | list[object]) -> Document:
    hint = "Pass the bytes as they came: duplicate members, spellings of numbers and broken text cannot show here."
    already = Seen("json/already-parsed", (), f"the input is a {type(payload).__name__} and not a text", hint)
    try:
        value, found = with_room(_converted, payload)
    except _TooDeep:
        return Document(NO_VALUE, None, (already, too_deep(None)))
    return Document(value, None, (already, *found))


def _converted(payload: Mapping[str, object] | list[object]) -> tuple[Tree, list[Seen]]:
    conversion = _Conversion()
    return conversion.tree(payload), conversion.found


class _TooDeep(Exception):
    """Python values nest deeper than the limit, or without end."""


class _Conversion:
    """One walk from Python values to a tree, with the way to the value it is at."""

    def __init__(self) -> None:
        self.found: list[Seen] = []
        self._path: list[str | int] = []
        self._open: set[int] = set()

    def tree(self, value: object) -> Tree:
        """The tree that `value` is; adds to `found` what JSON or the limits do not allow."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            self._look_for_surrogates(value)
            return str.__str__(value)
        if isinstance(value, (int, float, Decimal, Number)):
            number = Number(lexeme_of(value))
            if fault := number_fault(number.lexeme):
                self.found.append(fault.at(tuple(self._path)))
            return number
        identity = id(value)
        if not isinstance(value, (Mapping, list, tuple)):
            self._refuse(f"a {type(value).__name__}")
        if identity in self._open:
            self._refuse("a value that contains itself")
        if len(self._open) == MAX_DEPTH:
            raise _TooDeep
        self._open.add(identity)
        if isinstance(value, Mapping):
            tree = self._members(cast("Mapping[object, object]", value))
        else:
            tree = self._items(cast("Sequence[object]", value))
        self._open.remove(identity)
        return tree

    def _members(self, mapping: Mapping[object, object]) -> Tree:
        members: dict[str, Tree] = {}
        for name, value in mapping.items():
            if not isinstance(name, str):
                self._refuse(f"a member name that is a {type(name).__name__}")
            self._look_for_surrogates(name)
            self._path.append(str.__str__(name))
            members[str.__str__(name)] = self.tree(value)
            self._path.pop()
        return members

    def _items(self, sequence: Sequence[object]) -> Tree:
        items: list[Tree] = []
        for index, value in enumerate(sequence):
            self._path.append(index)
            items.append(self.tree(value))
            self._path.pop()
        return items

    def _look_for_surrogates(self, text: str) -> None:
        if has_surrogate(text):
            self.found.append(lone_surrogate(text, tuple(self._path)))

    def _refuse(self, what: str) -> NoReturn:
        message = (
            f"{what} at {shown(pointer(tuple(self._path)))} is not JSON: accepted are mappings with str names, lists,"
            " tuples, str, int, float, Decimal, bool and None"
        )
        raise TypeError(message)


def lexeme_of(value: float | Decimal | Number) -> str:
    """The spelling of a Python number; of an `int` through `Decimal`, which has no limit of 4,300 digits."""
    if isinstance(value, Number):
        return value.lexeme
    if isinstance(value, int):
        return str(Decimal(value))
    if isinstance(value, Decimal):
        nan, infinite, text = value.is_nan(), value.is_infinite(), str(value)
    else:
        nan, infinite, text = math.isnan(value), math.isinf(value), float.__repr__(value)
    if nan:
        return "NaN"
    if infinite:
        return "Infinity" if value > 0 else "-Infinity"
    return text


def write(tree: Tree) -> bytes:
    """
    Write a tree as UTF-8, with nothing between the tokens, and every number as it was spelled.

    What was read and is written reads back the same; half of a surrogate pair is written as the escape it was.

    Raises:
        TypeError: There is something in the tree that no JSON text says.
    """
    return "".join(with_room(_parts, tree)).encode("utf-8", "backslashreplace")


def _parts(tree: Tree) -> list[str]:
    parts: list[str] = []
    _write(tree, parts.append)
    return parts


def _write(tree: Tree, put: Callable[[str], None]) -> None:
    if isinstance(tree, str):
        put(encode_basestring(tree))
    elif isinstance(tree, Number):
        put(tree.lexeme)
    elif isinstance(tree, dict):
        before = "{"
        for name, value in tree.items():
            put(f"{before}{encode_basestring(name)}:")
            _write(value, put)
            before = ","
        put("}" if tree else "{}")
    elif isinstance(tree, list):
        before = "["
        for value in tree:
            put(before)
            _write(value, put)
            before = ","
        put("]" if tree else "[]")
    elif tree is None or tree is True or tree is False:
        put(_WORDS[tree])
    else:
        message = f"a {type(tree).__name__} is not part of a tree: these are dict, list, str, Number, bool and None"
        raise TypeError(message)
