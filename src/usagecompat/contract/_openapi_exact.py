"""
A revision as an OpenAPI 3.1 document that says all that can be said: what may be asked, and what comes back.

The schemas are those of `json_schema.py`, so that a document and a schema never differ.
What OpenAPI has no words for is said in descriptions: that `end_time` comes after `start_time`, that the greatest
`limit` depends on the width, and that a cursor belongs to its query.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract.json_schema import schema
from usagecompat.contract.markers import KIND_PATTERN
from usagecompat.contract.requests import DEFAULT_WIDTH, LATEST_TIME, endpoints_of
from usagecompat.contract.revisions import resolve_revision
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from usagecompat.contract.requests import Endpoint, Filter
    from usagecompat.contract.shapes import Contract, Parameter

Node = dict[str, Any]

_NAMES: Final = {"page": "UsageResponse", "bucket": "UsageTimeBucket", "result": "UsageResult", "amount": "CostsResultAmount"}  # fmt: skip
"""What the shapes of the published schemas are called among the components."""

_EXAMPLE: Final = 1_790_812_800
"""2026-10-01T00:00:00Z: a time of which there is something to tell."""

_ERRORS: Final = {
    "400": ("BadRequest", "A parameter is missing, unknown or wrong; `param` names it."),
    "401": ("Unauthorized", "The key is missing or wrong."),
    "403": ("Forbidden", "The key may not read usage or costs."),
    "404": ("NotFound", "There is no such endpoint."),
    "405": ("MethodNotAllowed", "Only GET is allowed."),
    "429": ("TooManyRequests", "Too many requests; try again after `Retry-After` seconds."),
    "500": ("ServerError", "The server failed."),
}

_HEADERS: Final[dict[str, Node]] = {
    "401": {"WWW-Authenticate": {"description": "How to send a key.", "schema": {"type": "string"}}},
    "405": {"Allow": {"description": "The methods that are allowed.", "schema": {"type": "string"}}},
    "429": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}},
}


def paths(said: Contract) -> Node:
    """Each endpoint with all its parameters and answers."""
    return {
        endpoint.path.removeprefix("/v1"): {"get": _operation(endpoint)} for endpoint in endpoints_of(said).values()
    }


def components(said: Contract, profile: Profile) -> Node:
    """The schemas of all records, and the error answers."""
    return {
        "schemas": {**_schemas(said, profile), "ErrorResponse": _error()},
        "responses": {name: _failure(status, told) for status, (name, told) in _ERRORS.items()},
    }


def _operation(endpoint: Endpoint) -> Node:
    name = endpoint.name.rpartition("/")[2]
    operation = name.replace("_", "-")
    page = {"schema": {"$ref": "#/components/schemas/UsageResponse"}}
    parameters = _parameters(endpoint)
    return {
        "operationId": operation,
        "tags": ["Usage"],
        "summary": f"One page of {name.replace('_', ' ')}.",
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "One page.",
                "content": {"application/json": page},
                "links": {"NextPage": _next_page(operation, [parameter["name"] for parameter in parameters])},
            },
            **{status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _ERRORS.items()},
        },
    }


def _next_page(operation: str, names: list[str]) -> Node:
    """The link from a page to the one after it: the same query, with the cursor."""
    same = {name: f"$request.query.{name}" for name in names if name != "page"}
    return {
        "operationId": operation,
        "description": "While `has_more` is true, the same query with `next_page` as `page` gives the page after this one.",
        "parameters": {**same, "page": "$response.body#/next_page"},
    }


def _parameters(endpoint: Endpoint) -> list[Node]:
    found = [
        _parameter("start_time", "When the report starts, in seconds since 1970-01-01 UTC.", _time(), required=True),
        _parameter(
            "end_time", "When the report ends; that second is no longer part of it. After `start_time`.", _time()
        ),
        _parameter(
            "bucket_width",
            "The width of a bucket.",
            {"type": "string", "enum": list(endpoint.limits), "default": DEFAULT_WIDTH},
        ),
        _parameter("limit", _limits(endpoint), _limit(endpoint)),
        _parameter("group_by", "The keys to group by.", _list({"type": "string", "enum": list(endpoint.group_by)})),
        *(_parameter(item.name, f"Only results of these: `{item.key}`.", _filter(item)) for item in endpoint.filters),
        *(
            _parameter(name, "New, and nothing is known of it.", _new(one), required=one.required)
            for name, one in endpoint.others.items()
        ),
        _parameter(
            "page",
            "The cursor of a page, from `next_page` of the page before it; the query must be the same.",
            {"type": "string", "minLength": 1},
        ),
    ]
    return [parameter for parameter in found if parameter["name"] != "group_by" or endpoint.group_by]


def _new(said: Parameter) -> Node:
    """What a draft says of a parameter that nobody else has."""
    values: Node = {"enum": list(said.values)} if said.values else {}
    if said.type == "array":
        return _list({"type": "string", **values})
    return {"type": said.type, **values, **({} if said.default is None else {"default": said.default})}


def _parameter(name: str, description: str, said: Node, *, required: bool = False) -> Node:
    node: Node = {"name": name, "in": "query", "description": description, "schema": said}
    if required:
        node |= {"required": True, **({"example": _EXAMPLE} if name == "start_time" else {})}
    return {**node, "style": "form", "explode": True} if said["type"] == "array" else node


def _time() -> Node:
    return {"type": "integer", "format": "int64", "minimum": 0, "maximum": LATEST_TIME}


def _limit(endpoint: Endpoint) -> Node:
    most = max(limit.most for limit in endpoint.limits.values())
    return {"type": "integer", "minimum": 1, "maximum": most}


def _limits(endpoint: Endpoint) -> str:
    by_width = ", ".join(
        f"{limit.default} and {limit.most:,} for `{width}`" for width, limit in endpoint.limits.items()
    )
    return f"How many buckets a page holds. Default and greatest: {by_width}."


def _list(items: Node) -> Node:
    return {"type": "array", "minItems": 1, "items": items}


def _filter(item: Filter) -> Node:
    if item.single:
        return {"type": "boolean"}
    if item.values:
        return _list({"type": "string", "enum": list(item.values)})
    return _list({"type": "string", "pattern": "^[^,]+$"} if item.commas else {"type": "string", "minLength": 1})


def _schemas(said: Contract, profile: Profile) -> Node:
    """The published schemas under their records' names, with a discriminator that tells kinds apart."""
    parts = schema("page", resolve_revision(said.revision), profile=profile)["$defs"]
    text = json.dumps(parts, ensure_ascii=False)
    for shape, name in _NAMES.items():
        text = text.replace(f'"#/$defs/{shape}"', f'"#/$defs/{name}"')
    renamed: Node = json.loads(text.replace('"#/$defs/', '"#/components/schemas/'))
    found: Node = {_NAMES.get(shape) or shape: node for shape, node in renamed.items()}
    mapping = {kind: f"#/components/schemas/{shape.name}" for kind, shape in said.kinds.items()}
    known: Node = {
        "description": "A result of any kind; `object` says of which.",
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "discriminator": {"propertyName": "object", "mapping": mapping},
    }
    if profile is Profile.PUBLISHED:
        return {**found, "UsageResult": {"title": "UsageResult", **known}}
    # Readers of a discriminator refuse what its mapping does not have, so what is unknown stands beside it.
    others = {
        "title": "UnknownResult",
        "description": "A result of a kind that the revision does not know; kinds are added.",
        "type": "object",
        "required": ["object"],
        "properties": {"object": {"type": "string", "pattern": f"^{KIND_PATTERN}$", "not": {"enum": list(mapping)}}},
    }
    found["UsageResult"] = {
        "title": "UsageResult",
        "description": "A result, of a known kind or of one that was added.",
        "anyOf": [{"$ref": "#/components/schemas/KnownResult"}, {"$ref": "#/components/schemas/UnknownResult"}],
    }
    return {**found, "KnownResult": {"title": "KnownResult", **known}, "UnknownResult": others}


def _error() -> Node:
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    return {
        "title": "ErrorResponse",
        "description": "Why a request was refused.",
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"description": "What is wrong, for people.", **text},
                    "type": {"description": "The class of errors that it belongs to.", **text},
                    "param": {"description": "The parameter that is wrong; null if it is none.", **maybe},
                    "code": {"description": "What is wrong, for programs.", **maybe},
                },
            }
        },
    }


def _failure(status: str, told: str) -> Node:
    node: Node = {"description": told}
    if status in _HEADERS:
        node["headers"] = _HEADERS[status]
    return {**node, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}}
