"""
cattrs converters between exact JSON trees and records, one for each revision and profile.

They are strict: nothing is coerced, and what the contract refuses they refuse, each error with its path.
They lose nothing: order, spellings and undeclared members stay with the record.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, NoReturn

from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    Converter,
    IterableValidationError,
    IterableValidationNote,
)

from usagecompat.contract import (
    RECORDS,
    Contract,
    JsonType,
    Member,
    Origin,
    RecordShape,
    UnknownResult,
    UsageResult,
    contract,
    is_kind,
    is_number_text,
    record_of,
)
from usagecompat.findings import Profile
from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.jsontext import Tree

    Hook = Callable[[Tree], object]


@cache
def decoder(revision: str, profile: Profile = Profile.SERVED) -> Converter:
    """
    A converter that structures exact JSON trees into records of `revision`.

    `structure` raises `cattrs.BaseValidationError`, whose paths `cattrs.transform_error` prints.
    """
    converter = Converter()
    said = contract(revision)
    for leaf, hook in _LEAVES.items():
        converter.register_structure_hook(leaf, _without_type(hook))
    for shape in said.records.values():
        structure = _without_type(_record_hook(shape, said, profile))
        for cls in {shape.cls, RECORDS.get(shape.name, shape.cls)}:  # who asks for our record gets that of a draft
            converter.register_structure_hook(cls, structure)
    converter.register_structure_hook(UsageResult, _without_type(partial(_result, said=said, profile=profile)))
    return converter


def _without_type(hook: Hook) -> Callable[[Tree, object], object]:
    """`hook` as cattrs calls hooks, which tells them a type that they know already."""
    return lambda value, _: hook(value)


# -- from trees


def _refuse(value: Tree, wanted: str) -> NoReturn:
    raise TypeError(f"expected {wanted}, found {value!r:.80}")


def structure_integer(value: Tree) -> int:
    """The integer, in whichever spelling."""
    integer = _integer(value)
    return integer if isinstance(integer, int) else integer.integer


def _integer(value: Tree) -> int | Number:
    """The same, but that an integer stays its spelling if its exponent makes it longer than that."""
    whole = value.whole if type(value) is Number else None
    if whole is None or type(value) is not Number:
        _refuse(value, "an integer")
    if isinstance(whole, int):
        return whole
    return value if whole.adjusted() > len(value.lexeme) else value.integer


def structure_number(value: Tree) -> Decimal:
    """The exact decimal."""
    if type(value) is not Number or not value.within_limits:
        _refuse(value, "a number")
    return value.decimal


def structure_string(value: Tree) -> str:
    """The string as it is."""
    return value if type(value) is str else _refuse(value, "a string")


def structure_boolean(value: Tree) -> bool:
    """True or false, and nothing that is only like them."""
    return value if type(value) is bool else _refuse(value, "true or false")


_LEAVES: Mapping[type, Hook] = {
    int: structure_integer,
    Decimal: structure_number,
    str: structure_string,
    bool: structure_boolean,
}
_HOOKS: Mapping[JsonType, Hook] = {
    JsonType.INTEGER: _integer,
    JsonType.NUMBER: structure_number,
    JsonType.STRING: structure_string,
    JsonType.BOOLEAN: structure_boolean,
}


def _result(value: Tree, said: Contract, profile: Profile) -> object:
    """One result as the record that its `object` names."""
    if type(value) is not dict:
        _refuse(value, "a result object")
    tag = value.get("object")
    if type(tag) is not str:
        _refuse(tag, "a string that names the kind of the result")
    shape = said.kinds.get(tag)
    if shape is not None:
        return _record_hook(shape, said, profile)(value)
    if profile is Profile.PUBLISHED or not is_kind(tag):
        _refuse(tag, f"a kind of {said.revision}")
    others = {name: node for name, node in value.items() if name != "object"}
    return record_of(UnknownResult, {"object": tag}, Origin(others, tuple(value), revision=said.revision))


@cache
def _record_hook(shape: RecordShape, said: Contract, profile: Profile) -> Hook:
    """A function that structures one record, all that can be prepared for it prepared."""
    served = profile is Profile.SERVED
    steps = {name: (member, _member_hook(member, said, profile)) for name, member in shape.members.items()}
    aliases = {
        newer: (member.name, (member, steps[member.name][1])) for newer, member in shape.moved(served=served).items()
    }
    required = shape.needed(served=served)

    def structure(value: Tree) -> object:
        if type(value) is not dict:
            _refuse(value, f"a {shape.name} object")
        attributes: dict[str, object] = {}
        undeclared: dict[str, Tree] = {}
        spellings: dict[str, str] = {}
        errors: list[Exception] = []
        found: set[str] = set()
        for name, node in value.items():
            step = steps.get(name)
            if step is None and name in aliases and aliases[name][0] not in value:
                declared, step = aliases[name]
                found.add(declared)
            if step is None:
                undeclared[name] = node
                continue
            member, hook = step
            if type(node) is Number:
                spellings[name] = node.lexeme
            try:
                attributes[member.attribute] = hook(node)
            except Exception as error:  # noqa: BLE001 - whatever it is belongs to this member
                error.add_note(AttributeValidationNote(f"{shape.name}.{name}", name, object))
                errors.append(error)
        errors += [_missing(name, shape) for name in required if name not in value and name not in found]
        if errors:
            raise ClassValidationError(f"this is not a {shape.name}", errors, shape.cls)  # pyright: ignore[reportCallIssue] - it sees ExceptionGroup
        return record_of(shape.cls, attributes, Origin(undeclared, tuple(value), spellings, revision=said.revision))

    return structure


def _missing(name: str, shape: RecordShape) -> KeyError:
    error = KeyError(name)
    error.add_note(AttributeValidationNote(f"{shape.name}.{name}", name, object))
    return error


def _member_hook(member: Member, said: Contract, profile: Profile) -> Hook:
    """A function that structures the value of one member."""
    served = profile is Profile.SERVED
    if member.const is not None:
        hook: Hook = partial(_constant, const=member.const)
    elif member.type is JsonType.ARRAY:
        item: Hook = partial(_result, said=said, profile=profile)
        if member.of == (said.bucket.name,):
            item = _record_hook(said.bucket, said, profile)
        hook = partial(_array, item=item)
    elif member.type is JsonType.OBJECT:
        hook = _record_hook(said.amount, said, profile)
    else:
        hook = _HOOKS[member.type]
    if member.values is not None and member.values.closed and not served:
        hook = partial(_one_of, known=member.values.known)
    if member.may_be_text(served=served):
        hook = _number_or_its_text
    return partial(_nullable, hook=hook) if member.may_be_null(served=served) else hook


def _nullable(value: Tree, hook: Hook) -> object:
    return None if value is None else hook(value)


def _constant(value: Tree, const: str) -> str:
    return const if value == const else _refuse(value, f'"{const}"')


def _one_of(value: Tree, known: tuple[str, ...]) -> object:
    return value if value in known else _refuse(value, f"one of {', '.join(known)}")


def _number_or_its_text(value: Tree) -> object:
    if type(value) is str and is_number_text(value):
        return value
    return structure_number(value)


def _array(value: Tree, item: Hook) -> tuple[object, ...]:
    if type(value) is not list:
        _refuse(value, "an array")
    items, errors = list[object](), list[Exception]()
    for index, node in enumerate(value):
        try:
            items.append(item(node))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to this item
            error.add_note(IterableValidationNote(f"item {index}", index, object))
            errors.append(error)
    if errors:
        raise IterableValidationError("some items are not what they should be", errors, tuple)  # pyright: ignore[reportCallIssue] - likewise
    return tuple(items)
