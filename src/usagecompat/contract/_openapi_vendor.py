"""
A revision as the vendor's own OpenAPI document of that time says it, for code generators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract.endpoints import ROOT
from usagecompat.contract.shapes import JsonType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.contract.shapes import Contract, Member, RecordShape

_MODERN: Final = "2026-05-13"
"""The first revision that was published as OpenAPI 3.1."""

Node = dict[str, Any]


def dialect(said: Contract) -> str:
    """The version of OpenAPI in which the revision was published."""
    return "3.1.0" if said.revision >= _MODERN else "3.0.0"


def paths(said: Contract) -> Node:
    """Each endpoint, with the one parameter that it needs."""
    return {_path(endpoint): _operation(endpoint) for endpoint in said.endpoints.values()}


def components(said: Contract) -> Node:
    """The schemas of all records."""
    modern = said.revision >= _MODERN
    return {"schemas": {name: _record(shape, said, modern=modern) for name, shape in said.records.items()}}


def _path(endpoint: str) -> str:
    return f"{ROOT.removeprefix('/v1')}{endpoint}"


def _operation(endpoint: str) -> Node:
    name = endpoint.rpartition("/")[2]
    answer: Node = {"application/json": {"schema": {"$ref": "#/components/schemas/UsageResponse"}}}
    return {
        "get": {
            "operationId": name.replace("_", "-"),
            "tags": ["Usage"],
            "summary": f"One page of {name.replace('_', ' ')}.",
            "parameters": [
                {
                    "name": "start_time",
                    "in": "query",
                    "required": True,
                    "description": "When the report starts, in seconds since 1970-01-01 UTC.",
                    "schema": {"type": "integer"},
                }
            ],
            "responses": {"200": {"description": "One page.", "content": answer}},
        }
    }


def _record(shape: RecordShape, said: Contract, *, modern: bool) -> Node:
    node: Node = {
        "type": "object",
        "description": shape.doc.partition("\n")[0],
        "properties": {name: _member(member, said, modern=modern) for name, member in shape.members.items()},
    }
    return {**node, "required": list(shape.required)} if shape.required else node  # OpenAPI 3.0 allows no empty list


def _member(member: Member, said: Contract, *, modern: bool) -> Node:
    doc: Node = {"description": member.doc}
    if member.type is JsonType.OBJECT:
        return _reference(member.of[0])
    if member.type is JsonType.ARRAY:
        return {**doc, "type": "array", "items": _items(member.of, said, modern=modern)}
    if member.const is not None:
        return {**doc, "type": "string", "enum": [member.const]}
    plain: Node = {"type": str(member.type)}
    if member.format:
        plain["format"] = member.format
    alternatives: list[Node] = [plain]
    if member.values is not None and not member.values.in_prose:
        known: Node = {"type": "string", "enum": list(member.values.known)}
        alternatives = [known] if member.values.closed else [plain, known]
    if not member.nullable:
        return {**doc, **_one_of_these(alternatives)}
    if modern:
        return {**doc, "anyOf": [*alternatives, {"type": "null"}]}
    return {**doc, **_one_of_these(alternatives), "nullable": True}


def _one_of_these(alternatives: Sequence[Node]) -> Node:
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": list(alternatives)}


def _items(names: Sequence[str], said: Contract, *, modern: bool) -> Node:
    if names == (said.bucket.name,):
        return _reference(said.bucket.name)
    union: Node = {"oneOf": [_reference(name) for name in names]}
    return {**union, "discriminator": {"propertyName": "object"}} if modern else union


def _reference(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}
