"""
Members of an object of one of the corpus' own files, each of the type that it must have.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

from usagecompat.exceptions import CorruptCase
from usagecompat.jsontext import Number, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.jsontext import Tree

_Word = TypeVar("_Word", bound=StrEnum)

_MOST_DIGITS: Final = 18


@frozen
class Members:
    """Takes members out of an object, and says which one is not what it must be; all but `refuse` raise `CorruptCase`."""

    path: Path
    tree: Mapping[str, Tree]
    within: str = ""
    """What stands before the names of the members in a message."""

    def refuse(self, name: str, what: str) -> CorruptCase:
        """What to raise where a member is not `what` it must be."""
        if name not in self.tree:
            return CorruptCase(str(self.path), f"`{self.within}{name}` is missing; it must be {what}")
        value = write(self.tree[name]).decode()
        return CorruptCase(str(self.path), f"`{self.within}{name}` must be {what}, not {value:.200}")

    def text(self, name: str, *, empty: bool = False) -> str:
        """A string, which may be `empty` only if that is said."""
        value = self.tree.get(name)
        if not isinstance(value, str) or not (value or empty):
            raise self.refuse(name, "a string")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings that can be printed."""
        value = self.tree.get(name)
        texts = (
            [item for item in value if isinstance(item, str) and item.isprintable()] if isinstance(value, list) else []
        )
        if texts != value:
            raise self.refuse(name, "a list of strings")
        return tuple(texts)

    def word(self, name: str, words: type[_Word]) -> _Word:
        """One of a closed set of words."""
        value = self.tree.get(name)
        if not isinstance(value, str) or value not in tuple(words):
            raise self.refuse(name, f"one of {', '.join(words)}")
        return words(value)

    def integer(self, name: str) -> int:
        """A number without a fraction."""
        value = self.tree.get(name)
        if not isinstance(value, Number) or not value.is_integer:
            raise self.refuse(name, "an integer")
        return value.integer

    def whole(self, name: str) -> int:
        """A number of digits alone."""
        value = self.tree.get(name)
        if not isinstance(value, Number) or not value.lexeme.isdigit() or len(value.lexeme) > _MOST_DIGITS:
            raise self.refuse(name, f"a whole number of at most {_MOST_DIGITS} digits")
        return int(value.lexeme)

    def inside(self, name: str) -> Members:
        """The members of an object."""
        value = self.tree.get(name)
        if not isinstance(value, dict):
            raise self.refuse(name, "an object")
        return Members(self.path, value, f"{self.within}{name}.")

    def items(self, name: str) -> tuple[Members, ...]:
        """The members of each object of a list."""
        value = self.tree.get(name)
        objects = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        if objects != value:
            raise self.refuse(name, "a list of objects")
        return tuple(Members(self.path, item, f"{self.within}{name}[{index}].") for index, item in enumerate(objects))
