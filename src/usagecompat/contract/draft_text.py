"""
What a draft's file says, asked for piece by piece: whatever is not as it should be is refused with its place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from attrs import frozen

from usagecompat.exceptions import CorruptDraft
from usagecompat.findings import pointer
from usagecompat.jsontext import has_surrogate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagecompat.findings import Path

_DEEPEST: Final = 60


@frozen
class Told:
    """One value of a draft, and where it stands."""

    file: str
    place: str
    """A JSON pointer."""
    value: Any

    def refuse(self, reason: str) -> NoReturn:
        """
        Say why this is no draft.

        Raises:
            CorruptDraft: Always.
        """
        raise CorruptDraft(self.file, self.place, reason)

    def mapping(self) -> dict[str, Any]:
        """The members of an object."""
        value: object = self.value
        if not isinstance(value, dict):
            self.refuse(f"expected an object, found {_what(self.value)}")
        return cast("dict[str, Any]", value)

    def has(self, name: str) -> bool:
        """Whether an object has a member."""
        return name in self.mapping()

    def member(self, name: str) -> Told:
        """One member of an object, which must be there."""
        members = self.mapping()
        if name not in members:
            self.refuse(f"there is no {name!r}, which is needed here")
        return self._inside(name, members[name])

    def entries(self) -> list[Told]:
        """All members of an object."""
        return [self._inside(name, value) for name, value in self.mapping().items()]

    def items(self) -> list[Told]:
        """The items of an array."""
        value: object = self.value
        if not isinstance(value, list):
            self.refuse(f"expected an array, found {_what(self.value)}")
        return [self._inside(str(index), item) for index, item in enumerate(cast("list[object]", value))]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str) or not self.value.isprintable() or not self.value:
            self.refuse(f"expected a string of printable characters, found {_what(self.value)}")
        return self.value

    def text_of(self, name: str) -> str | None:
        """A string that may be left out."""
        return self.member(name).text() if self.has(name) else None

    def texts_of(self, name: str) -> tuple[str, ...]:
        """The strings of an array that may be left out."""
        return tuple(item.text() for item in self.member(name).items()) if self.has(name) else ()

    def one_of(self, known: Sequence[str]) -> str:
        """One of several strings."""
        if self.value not in known:
            self.refuse(f"expected one of {', '.join(known)}, found {_what(self.value)}")
        return str(self.value)

    def flag(self, name: str) -> bool:
        """Whether a member that may be left out is true."""
        value = self.mapping().get(name, False)
        if not isinstance(value, bool):
            self.member(name).refuse(f"expected true or false, found {_what(value)}")
        return value

    def only(self, *known: str) -> None:
        """Refuse members that nobody knows, which would be passed over."""
        for name in self.mapping():
            if name not in known:
                self.member(name).refuse(f"nothing is known of this; there are {', '.join(known)}")

    def _inside(self, name: str, value: object) -> Told:
        return Told(self.file, self.place + pointer((name,)), value)


def told(text: bytes | str, file: str) -> Told:
    """
    The text of a draft or of a document that one is made of, read.

    Raises:
        CorruptDraft: It is no JSON, or too deep, or has half of a surrogate pair somewhere.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once)
        half = next(_halves(value, ()), None)
    except RecursionError:
        raise CorruptDraft(file, "", "the text is nested too deep") from None
    except ValueError as error:
        raise CorruptDraft(file, "", f"this is no JSON text: {error}") from error
    if half is not None:
        raise CorruptDraft(file, pointer(half), "half of a surrogate pair, which is no character")
    return Told(file, "", value)


def _halves(value: object, path: Path) -> Iterator[Path]:
    """Where half of a surrogate pair stands, in a string or in the name of a member."""
    if isinstance(value, str):
        if has_surrogate(value):
            yield path
    elif isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            if has_surrogate(name):
                yield (*path, name)
            yield from _halves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _halves(inner, (*path, index))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        message = f"{double!r:.60} stands twice in one object"
        raise ValueError(message)
    return members


def _what(value: Any) -> str:  # noqa: ANN401 - whatever JSON has
    if type(value) in (dict, list):
        return "an object" if type(value) is dict else "an array"
    shown = json.dumps(value, ensure_ascii=True)
    return shown if len(shown) <= _DEEPEST else shown[:_DEEPEST] + "…"
