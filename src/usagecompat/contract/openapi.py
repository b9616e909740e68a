"""
One revision of the contract as a minimal OpenAPI document, from which code generators make their clients.

It is written from the neutral tree: `python -m usagecompat.contract.openapi 2024-12-16 openapi.json`.
How it says things is how the vendor's own document of that time does, because that decides what generators make of it:
until 2025 an OpenAPI 3.0 document whose results are a bare `oneOf`, from 2026 on one of OpenAPI 3.1 with a
discriminator that has no mapping.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract.endpoints import ROOT
from usagecompat.contract.revisions import resolve_revision, source_of
from usagecompat.contract.shapes import JsonType
from usagecompat.contract.tree import contract
from usagecompat.exceptions import UsageCompatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagecompat.contract.shapes import Contract, Member, RecordShape

_MODERN: Final = "2026-05-13"
"""The first revision that was published as OpenAPI 3.1."""

Node = dict[str, Any]


def openapi(revision: str | None = None) -> Node:
    """
    The OpenAPI document of a revision; None for the newest.

    Raises:
        NoSuchRevision: There is no such revision.
    """
    said = contract(resolve_revision(revision))
    modern = said.revision >= _MODERN
    return {
        "openapi": "3.1.0" if modern else "3.0.0",
        "info": {
            "title": "Organization usage and costs",
            "version": said.revision,
            "description": f"Written by usagecompat from revision {said.revision} ({source_of(said.revision)}).",
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "servers": [{"url": "https://api.openai.com/v1"}],
        "security": [{"AdminKey": []}],
        "paths": {_path(endpoint): _operation(endpoint) for endpoint in said.endpoints.values()},
        "components": {
            "securitySchemes": {"AdminKey": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _record(shape, said, modern=modern) for name, shape in said.records.items()},
        },
    }


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
    return {
        "type": "object",
        "description": shape.doc.partition("\n")[0],
        "properties": {name: _member(member, said, modern=modern) for name, member in shape.members.items()},
        "required": list(shape.required),
    }


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


def main(arguments: Sequence[str]) -> int:
    """Write the document of a revision to a file; the exit status."""
    if len(arguments) != 2:  # noqa: PLR2004 - a revision and a file
        sys.stderr.write("usage: python -m usagecompat.contract.openapi REVISION FILE\n")
        return 2
    revision, place = arguments
    try:
        document: Mapping[str, Any] = openapi(revision)
        Path(place).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except (UsageCompatError, OSError) as error:
        sys.stderr.write(f"usagecompat: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
