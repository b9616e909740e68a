"""
The keywords of JSON Schema that lead to parts of a schema, for validators of the `jsonschema` package.

They do what the package's own do, which make a validator anew for each value, and that takes longer than to validate it.
What a value must be, such as its type, stays for the package to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from attrs import field, frozen

if TYPE_CHECKING:
    from collections import deque

Schema: TypeAlias = "dict[str, Any]"


class Error(Protocol):
    """An error of the package."""

    path: deque[str | int]
    schema_path: deque[str | int]


class Validator(Protocol):
    """A validator of the package."""

    def evolve(self, *, schema: Schema) -> Validator:
        """One like this for another schema."""
        ...

    def iter_errors(self, instance: object) -> Iterator[Error]:
        """What is wrong with a value."""
        ...

    def is_valid(self, instance: object) -> bool:
        """Whether nothing is."""
        ...


_Keyword: TypeAlias = Callable[[Validator, Any, object, Schema], Iterator[Error]]


def linked(part: object, parts: dict[str, object]) -> object:
    """A schema whose references are replaced by what they lead to, in place; no part of the contract holds itself."""
    if isinstance(part, list):
        return [linked(item, parts) for item in cast("list[object]", part)]
    if not isinstance(part, dict):
        return part
    held = cast("dict[str, object]", part)
    if list(held) == ["$ref"]:
        return parts[str(held["$ref"]).removeprefix("#/$defs/")]
    for name, value in held.items():
        held[name] = linked(value, parts)
    return held


@frozen
class Parts:
    """One validator for each part of some schemas, which live as long as this does."""

    _made: dict[int, tuple[Schema, Validator]] = field(factory=dict[int, "tuple[Schema, Validator]"], init=False)
    """Each part and its validator, by the identity of the part."""
    _words: dict[int, tuple[str, str] | None] = field(factory=dict[int, "tuple[str, str] | None"], init=False)
    """What each condition asks for, by its identity, if that is one word."""
    _conditional: dict[int, tuple[list[Schema], list[tuple[str, str] | None]]] = field(
        factory=dict[int, "tuple[list[Schema], list[tuple[str, str] | None]]"], init=False
    )
    """Lists of parts by their identity, each with the word on which a part depends as a whole, if it does."""

    def keywords(self) -> dict[str, _Keyword]:
        """What these keywords do."""
        return {"properties": self._properties, "items": self._items, "allOf": self._all_of, "if": self._if}

    def _errors(
        self,
        validator: Validator,
        part: Schema,
        value: object,
        place: str | int | None = None,
        way: str | int | None = None,
    ) -> Iterator[Error]:
        """The errors of a part, each at its place and with the way to it."""
        for error in self._validator(validator, part).iter_errors(value):
            if place is not None:
                error.path.appendleft(place)
            if way is not None:
                error.schema_path.appendleft(way)
            yield error

    def _validator(self, validator: Validator, part: Schema) -> Validator:
        made = self._made.get(id(part))
        if made is None:
            made = self._made[id(part)] = (part, validator.evolve(schema=part))
        return made[1]

    def _properties(self, validator: Validator, parts: dict[str, Schema], value: object, _: Schema) -> Iterator[Error]:
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)
            for name, part in parts.items():
                if name in members:
                    yield from self._errors(validator, part, members[name], name, name)

    def _items(self, validator: Validator, part: Schema, value: object, _: Schema) -> Iterator[Error]:
        if isinstance(value, list):
            for index, item in enumerate(cast("list[object]", value)):
                yield from self._errors(validator, part, item, index)

    def _all_of(self, validator: Validator, parts: list[Schema], value: object, _: Schema) -> Iterator[Error]:
        known = self._conditional.get(id(parts))
        if known is None:
            words = [_word_of(part["if"]) if part.keys() == {"if", "then"} else None for part in parts]
            known = self._conditional[id(parts)] = (parts, words)
        for index, (part, word) in enumerate(zip(*known, strict=True)):
            if word is None or _says(value, word):  # nothing else is asked of what is another kind
                yield from self._errors(validator, part, value, way=index)

    def _if(self, validator: Validator, condition: Schema, value: object, schema: Schema) -> Iterator[Error]:
        way = "then" if self._holds(validator, condition, value) else "else"
        if way in schema:
            yield from self._errors(validator, schema[way], value, way=way)

    def _holds(self, validator: Validator, condition: Schema, value: object) -> bool:
        """Whether a condition holds; of those that ask for one word, a result fulfils one in a dozen."""
        if id(condition) not in self._words:
            self._validator(validator, condition)  # which keeps the condition, and so its identity
            self._words[id(condition)] = _word_of(condition)
        word = self._words[id(condition)]
        return self._validator(validator, condition).is_valid(value) if word is None else _says(value, word)


def _says(value: object, word: tuple[str, str]) -> bool:
    """Whether a value is an object that has the word in its member."""
    return isinstance(value, dict) and cast("dict[str, object]", value).get(word[0]) == word[1]


def _word_of(condition: Schema) -> tuple[str, str] | None:
    """The member and the word, of a condition that asks for one word in one member and for nothing else."""
    for name, member in condition.get("properties", {}).items():
        word = member.get("const")
        alone = {"type": "object", "required": [name], "properties": {name: {"const": word}}}
        if isinstance(word, str) and condition == alone:
            return name, word
    return None
