"""
What Python programs take for JSON: mappings and lists of somebody else's parser, and the way back to plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn, cast

from usagecompat.findings import Observation, pointer
from usagecompat.jsontext.limits import MAX_DEPTH, number_fault, quoted, with_room
from usagecompat.jsontext.screening import has_surrogate, lone_surrogate, too_deep
from usagecompat.jsontext.values import NO_VALUE, Number, lexeme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.jsontext.values import NoValue, Plain, Tree


def tree_of_python(payload: Mapping[str, object] | list[object]) -> tuple[Tree | NoValue, tuple[Observation, ...]]:
    """
    The tree that Python values stand for, and what is wrong with them.

    Raises:
        TypeError: There is something in them that JSON has no value for, or a value that contains itself.
    """
    hint = "Pass the bytes as they came: duplicate members, spellings of numbers and broken text cannot show here."
    already = Observation("json/already-parsed", (), f"the input is a {type(payload).__name__} and not a text", hint)
    try:
        value, found = with_room(_converted, payload)
    except _TooDeep:
        return NO_VALUE, (already, too_deep(None))
    return value, (already, *found)


def plain(tree: Tree) -> Plain:
    """
    The plain Python values that a tree stands for: each number is an exact `int` or `Decimal`.

    A number spelled with digits alone is an `int`; any other is a `Decimal`, which keeps the digits as they came.
    """
    if isinstance(tree, Number):
        return _plain_number(tree)
    if isinstance(tree, dict):
        return {name: plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree


def _plain_number(number: Number) -> int | Decimal:
    digits = number.lexeme.removeprefix("-")
    return number.integer if digits.isdigit() and number.lexeme != "-0" and number.within_limits else number.decimal


def _converted(payload: Mapping[str, object] | list[object]) -> tuple[Tree, list[Observation]]:
    conversion = _Conversion()
    return conversion.tree(payload), conversion.found


class _TooDeep(Exception):
    """Python values nest deeper than the limit, or without end."""


class _Conversion:
    """One walk from Python values to a tree, with the way to the value it is at."""

    def __init__(self) -> None:
        self.found: list[Observation] = []
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
            f"{what} at {quoted(pointer(tuple(self._path)))} is not JSON: accepted are mappings with str names, lists,"
            " tuples, str, int, float, Decimal, bool and None"
        )
        raise TypeError(message)
