"""
What the kit is measured against: other people's decoders, and the straightforward way to do what the kit does.

Each is a function from the bytes of a page or a bucket to anything; what cannot be imported is left out.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union

import attrs
import cattrs
import orjson
from jsonschema import Draft202012Validator, validators

from usagecompat import schema
from usagecompat.contract.revisions import LATEST
from usagecompat.contract.tree import JsonType, Member, RecordShape, contract

if TYPE_CHECKING:
    from collections.abc import Callable

Route = "Callable[[bytes], object]"

_PYTHON: Final = {JsonType.INTEGER: int, JsonType.NUMBER: Decimal, JsonType.STRING: str, JsonType.BOOLEAN: bool}
_ABSENT: Final = object()


def baselines() -> dict[str, Callable[[bytes], object]]:
    """Everything to compare with, by name."""
    found: dict[str, Callable[[bytes], object]] = {"straightforward": straightforward}
    for name, make in (("pydantic", _pydantic), ("openai-python", _openai)):
        try:
            found[name] = make()
        except ImportError:
            continue
    return found


def parse(payload: bytes) -> object:
    """The unit of all ratios."""
    return orjson.loads(payload)


# -- the straightforward way: strict parse, schema, records, and whether they say the same


def straightforward(payload: bytes) -> bool:
    """Whether a payload is strict JSON, passes the schema, and comes back the same from its records."""
    tree = _strict(payload)
    shape = "page" if tree["object"] == "page" else "bucket"
    if not _validator(shape).is_valid(tree):
        return False
    converter, classes = _records()
    return bool(converter.unstructure(converter.structure(tree, classes[shape])) == tree)


def _strict(payload: bytes) -> Any:
    return json.loads(
        payload.decode(), parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicates
    )


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "two members of one name"
        raise ValueError(message)
    return members


@cache
def _validator(shape: str) -> Any:
    """A validator for the schema as vendors write it: the result is one of its kinds."""
    document = schema("page")
    names = [kind.name for kind in contract(LATEST).kinds.values()]
    definitions = {**document["$defs"], "result": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}}
    numbers = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: type(value) in (int, Decimal, float)
    )
    strict = validators.extend(Draft202012Validator, type_checker=numbers)
    return strict({**document, "$ref": f"#/$defs/{shape}", "$defs": definitions})


@cache
def _records() -> tuple[cattrs.Converter, dict[str, type]]:
    """Plain attrs classes of all records, and a converter that leaves out what is absent."""
    at = contract(LATEST)
    converter = cattrs.Converter(omit_if_default=True)
    amount = _attrs_class(at.amount, {})
    kinds = {kind: _attrs_class(shape, {JsonType.OBJECT: amount}) for kind, shape in at.kinds.items()}
    result = reduce(or_, kinds.values())
    bucket = _attrs_class(at.bucket, {JsonType.ARRAY: list[result]})  # type: ignore[valid-type]
    page = _attrs_class(at.page, {JsonType.ARRAY: list[bucket]})  # type: ignore[valid-type]
    converter.register_structure_hook(Decimal, lambda value, _: value)
    converter.register_structure_hook(result, lambda value, _: converter.structure(value, kinds[value["object"]]))
    return converter, {"page": page, "bucket": bucket}


def _attrs_class(shape: RecordShape, parts: dict[JsonType, Any]) -> type:
    fields = {}
    for name, member in shape.members.items():
        wanted = parts.get(member.type) or _PYTHON[member.type]
        fields[name] = attrs.field(
            type=wanted | None if member.nullable else wanted, default=attrs.NOTHING if member.required else _ABSENT
        )
    return attrs.make_class(shape.name, fields, kw_only=True)


# -- pydantic


def _pydantic() -> Callable[[bytes], object]:
    """Validate into equivalent models, told apart by `object`, and dump what was set."""
    from pydantic import Field, TypeAdapter, create_model  # noqa: PLC0415 - may be absent

    def model(shape: RecordShape, parts: dict[JsonType, Any]) -> Any:
        def field(member: Member) -> Any:
            wanted = Literal[member.const] if member.const else parts.get(member.type) or _PYTHON[member.type]
            wanted = float if wanted is Decimal else wanted
            return (wanted | None if member.nullable and not member.const else wanted, ... if member.required else None)

        fields = {name: field(member) for name, member in shape.members.items()}
        return create_model(shape.name, __config__={"strict": True, "extra": "allow"}, **fields)  # type: ignore[call-overload]

    at = contract(LATEST)
    amount = model(at.amount, {})
    kinds = tuple(model(kind, {JsonType.OBJECT: amount}) for kind in at.kinds.values())
    bucket = model(at.bucket, {JsonType.ARRAY: list[Annotated[Union[kinds], Field(discriminator="object")]]})  # type: ignore[valid-type]  # noqa: UP007
    page = model(at.page, {JsonType.ARRAY: list[bucket]})  # type: ignore[valid-type]
    adapter = TypeAdapter(Annotated[Union[page, bucket], Field(discriminator="object")])  # noqa: UP007

    def route(payload: bytes) -> bytes:
        return adapter.dump_json(adapter.validate_json(payload), exclude_unset=True)

    return route


# -- openai-python


def _openai() -> Callable[[bytes], object]:
    """Decode as the client does, and dump what it got."""
    from openai._models import construct_type  # noqa: PLC2701, PLC0415 - may be absent
    from openai.types.admin.organization import UsageCompletionsResponse, usage_completions_response  # noqa: PLC0415

    classes = {"page": UsageCompletionsResponse, "bucket": usage_completions_response.Data}

    def route(payload: bytes) -> str:
        tree = json.loads(payload)
        record: Any = construct_type(type_=classes[tree["object"]], value=tree)
        text: str = record.to_json(indent=None, warnings=False)
        return text

    return route
