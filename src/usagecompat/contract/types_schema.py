"""
The contract for generators of types: what the API serves, in the keywords from which types are made.

Validators get `if` and `then`, so that an error stands at the member that is wrong.
Generators leave those out, and with them every member; here each result is one of several records instead, told by a
constant `object`, and both forms take the same payloads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from usagecompat.contract.markers import KIND_PATTERN, NUMBER_PATTERN
from usagecompat.contract.revisions import source_of
from usagecompat.contract.shapes import JsonType

if TYPE_CHECKING:
    from usagecompat.contract.shapes import Contract, Member, RecordShape

JsonSchema: TypeAlias = "dict[str, Any]"

UNKNOWN: Final = "UnknownResult"
"""What a result of a kind is called that the revision does not know."""
_DEFS: Final = "#/definitions/"


def types_schema(said: Contract) -> JsonSchema:
    """
    One revision as a draft-07 document of types, which is the draft that most generators read; its root is the page.

    A payload that it takes is one that the served schema takes, and the other way round.
    """
    kinds = {shape.name: _record(said, shape) for shape in said.kinds.values()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": said.page.name,
        "description": f"A page of the organization usage and costs API, as types ({source_of(said.revision)}).",
        "$ref": f"{_DEFS}{said.page.name}",
        "definitions": {
            said.page.name: _record(said, said.page),
            said.bucket.name: _record(said, said.bucket),
            "UsageResult": {
                "description": "A result of any kind; `object` says which.",
                "oneOf": [*({"$ref": f"{_DEFS}{name}"} for name in kinds), {"$ref": f"{_DEFS}{UNKNOWN}"}],
            },
            **kinds,
            UNKNOWN: _unknown(said),
            said.amount.name: _record(said, said.amount),
        },
    }


def _unknown(said: Contract) -> JsonSchema:
    """A result of another kind; kinds are added, so readers must expect them."""
    return {
        "title": UNKNOWN,
        "description": "A result of a kind that this revision does not know: keep it as it is.",
        "type": "object",
        "required": ["object"],
        "properties": {"object": {**_full_match(KIND_PATTERN), "description": "Which kind of result this is."}},
        "not": {"required": ["object"], "properties": {"object": {"enum": list(said.kinds)}}},
        "additionalProperties": True,
    }


def _record(said: Contract, shape: RecordShape) -> JsonSchema:
    moved = shape.moved().values()
    required = [name for name in shape.needed() if name not in {member.name for member in moved}]
    properties = {name: _member(said, member) for name, member in shape.members.items()}
    properties |= {
        name: {"description": "Required, but never described."} for name in required if name not in properties
    }
    written: JsonSchema = {
        "title": shape.name,
        "description": shape.doc.partition("\n")[0],
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": True,
    }
    if moved:
        written["allOf"] = [
            {
                "anyOf": [
                    {"required": [member.name]},
                    {"required": [member.newer_name], "properties": {member.newer_name: _member(said, member)}},
                ]
            }
            for member in moved
        ]
    return written


def _member(said: Contract, member: Member) -> JsonSchema:
    prose: JsonSchema = {"description": member.marker.doc}
    if member.const is not None:
        return {**prose, "type": "string", "const": member.const}
    if member.type is JsonType.OBJECT:
        amount: JsonSchema = {"$ref": f"{_DEFS}{said.amount.name}"}
        return {**prose, "anyOf": [amount, {"type": "null"}]} if member.may_be_null() else amount
    if member.type is JsonType.ARRAY:
        item = said.bucket.name if member.of == (said.bucket.name,) else "UsageResult"
        return {
            **prose,
            "type": ["array", "null"] if member.may_be_null() else "array",
            "items": {"$ref": f"{_DEFS}{item}"},
        }
    if member.may_be_text():
        return {**prose, "anyOf": [{"type": "number"}, _full_match(NUMBER_PATTERN)]}
    return {**prose, "type": [str(member.type), "null"] if member.may_be_null() else str(member.type)}


def _full_match(pattern: str) -> JsonSchema:
    """A string that `pattern` matches in full; in some engines `$` alone would let a line feed follow."""
    return {"type": "string", "pattern": f"^{pattern}$", "not": {"pattern": "\n"}}
