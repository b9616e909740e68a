"""OpenAPI documents in many forms: each is read whole, or what is not read is told with its place."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from usagecompat.contract.drafts import draft_of
from usagecompat.contract.importing import Imported, import_openapi
from usagecompat.contract.openapi_text import read_openapi
from usagecompat.contract.tree import contract
from usagecompat.conversion import differences
from usagecompat.corpus.data import folder
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Callable

UPSTREAM = folder("fixtures") / "upstream"
REVISION = "2026-08-21"
(FILE,) = (UPSTREAM / "openapi").glob(f"{REVISION}-*.json")
(HISTORY,) = (
    one["schemas"]
    for one in json.loads((UPSTREAM / "history.json").read_bytes())["revisions"]
    if one["revision"] == REVISION
)
Node = dict[str, Any]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
PATH = "/organization/usage/completions"
RESULT = "/components/schemas/UsageCompletionsResult"


def document() -> Node:
    """The vendor's document."""
    read: Node = json.loads(FILE.read_bytes())
    return read


def imported(said: Node | str) -> Imported:
    """What a document comes to."""
    text = said if isinstance(said, str) else json.dumps(said)
    return import_openapi(text.encode(), FILE.name, today="2027-01-01")


@cache
def plain() -> Imported:
    """What the vendor's document comes to as it is."""
    return imported(document())


def told(found: Imported) -> list[str]:
    """Everything that was told, but for the error answers that the document has anyway."""
    return [str(one) for one in found.not_held if "/responses/429" not in one.place]


def schemas(said: Node) -> Node:
    """The document's schemas."""
    found: Node = said["components"]["schemas"]
    return found


def members(said: Node) -> Node:
    """The members of completions."""
    found: Node = schemas(said)["UsageCompletionsResult"]["properties"]
    return found


def get(said: Node, path: str = PATH) -> Node:
    """An operation."""
    found: Node = said["paths"][path]["get"]
    return found


# -- read whole


def parameters_of_the_path(said: Node) -> None:
    """Parameters stand at the path, and one is overridden by the operation."""
    item = said["paths"][PATH]
    item["parameters"] = item["get"].pop("parameters")
    override = next(one for one in item["parameters"] if one.get("name") == "limit")
    item["get"]["parameters"] = [copy.deepcopy(override)]
    override["schema"] = {"type": "string"}


def parameters_in_components(said: Node) -> None:
    """Each parameter is a reference, its schema another one, with the default in it."""
    listed = get(said)["parameters"]
    kept = said["components"].setdefault("parameters", {})
    for index, one in enumerate(listed):
        schemas(said)[f"Of{one['name']}"] = one["schema"]
        kept[f"P{index}"] = {**one, "schema": {"$ref": f"#/components/schemas/Of{one['name']}"}}
        listed[index] = {"$ref": f"#/components/parameters/P{index}"}


def response_in_components(said: Node) -> None:
    """The answer is a reference to a reference."""
    said["components"]["responses"] = {
        "Again": {"$ref": "#/components/responses/Page"},
        "Page": get(said)["responses"]["200"],
    }
    get(said)["responses"]["200"] = {"$ref": "#/components/responses/Again"}


def all_successes(said: Node) -> None:
    """The answer is that of all statuses of success."""
    answers = get(said)["responses"]
    answers["2XX"] = answers.pop("200")


def media_type_with_parameters(said: Node) -> None:
    """The media type names its character set."""
    content = get(said)["responses"]["200"]["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")


def path_item_by_reference(said: Node) -> None:
    """A path is a reference to a path item."""
    said["components"]["pathItems"] = {"Completions": said["paths"][PATH]}
    said["paths"][PATH] = {"$ref": "#/components/pathItems/Completions"}


def reference_into_a_list(said: Node) -> None:
    """A parameter is a reference into the list of another endpoint."""
    other = "/organization/usage/embeddings"
    index = next(i for i, one in enumerate(get(said, other)["parameters"]) if one["name"] == "start_time")
    mine = get(said)["parameters"]
    at = next(i for i, one in enumerate(mine) if one["name"] == "start_time")
    mine[at] = {"$ref": f"#/paths/~1organization~1usage~1embeddings/get/parameters/{index}"}


def chain(said: Node) -> None:
    """References lead to references, five times."""
    schemas(said)["R0"] = {"type": "integer"}
    for number in range(1, 6):
        schemas(said)[f"R{number}"] = {"$ref": f"#/components/schemas/R{number - 1}"}
    members(said)["input_tokens"] = {"$ref": "#/components/schemas/R5"}


def siblings(said: Node) -> None:
    """A reference has a description and a title beside it."""
    schemas(said)["Count"] = {"type": "integer"}
    members(said)["input_tokens"] = {"$ref": "#/components/schemas/Count", "description": "d", "title": "t", "x-a": 1}


def all_of_all_of(said: Node) -> None:
    """A record is nested in `allOf`, its required names apart from its members."""
    old = schemas(said)["UsageCompletionsResult"]
    schemas(said)["UsageCompletionsResult"] = {
        "allOf": [
            {"allOf": [{"type": "object", "properties": old["properties"]}, {"title": "x"}]},
            {"allOf": [{"required": old["required"]}]},
        ]
    }


def null_in_any_of(said: Node) -> None:
    """Null is the first of the alternatives, or stands in an `enum`."""
    for name, schema in members(said).items():
        if "anyOf" in schema:
            schema["anyOf"].reverse()
        elif name == "next_page":
            schema["type"].reverse()


def null_as_const(said: Node) -> None:
    """Null is a constant."""
    for schema in members(said).values():
        for index, part in enumerate(schema.get("anyOf", [])):
            if part == {"type": "null"}:
                schema["anyOf"][index] = {"const": None}


def of_3_0(said: Node) -> None:
    """The words of OpenAPI 3.0: `nullable` beside a type, `enum` of one, no lists of types."""
    said["openapi"] = "3.0.3"

    def older(node: Any) -> Any:  # noqa: ANN401 - any part
        if isinstance(node, list):
            return [older(one) for one in node]
        if not isinstance(node, dict):
            return node
        parts = node.get("anyOf")
        if isinstance(parts, list) and {"type": "null"} in parts and len(parts) == 2:
            (other,) = (one for one in parts if one != {"type": "null"})
            if "type" in other:
                rest = {name: older(one) for name, one in node.items() if name != "anyOf"}
                return {**rest, **older(other), "nullable": True}
        if isinstance(node.get("type"), list):
            (kind,) = (one for one in node["type"] if one != "null")
            return {**{name: older(one) for name, one in node.items()}, "type": kind, "nullable": True}
        if "const" in node:
            return {**{name: older(one) for name, one in node.items() if name != "const"}, "enum": [node["const"]]}
        return {name: older(one) for name, one in node.items()}

    said.update(older(copy.deepcopy(said)))


def closed_alternatives_by_mapping(said: Node) -> None:
    """The discriminator has a mapping that says what the results say themselves, by names and by references."""
    union = schemas(said)["UsageTimeBucket"]["properties"]["results"]["items"]
    union["discriminator"]["mapping"] = {
        schemas(said)[one["$ref"].rpartition("/")[2]]["properties"]["object"]["enum"][0]: one["$ref"]
        if index % 2
        else one["$ref"].rpartition("/")[2]
        for index, one in enumerate(union["oneOf"])
    }


def any_of_results(said: Node) -> None:
    """The union of results is an `anyOf`, nested and without a discriminator."""
    items = schemas(said)["UsageTimeBucket"]["properties"]["results"]["items"]
    parts = items.pop("oneOf")
    items.pop("discriminator")
    items["anyOf"] = [{"anyOf": parts[:4]}, {"oneOf": parts[4:]}]


def annotations(said: Node) -> None:
    """Words for people are everywhere."""
    for schema in schemas(said).values():
        schema |= {"title": "t", "description": "d", "externalDocs": {"url": "u"}, "x-vendor": {"type": "float"}}
    members(said)["input_tokens"] |= {"example": 5, "examples": [5], "$comment": "c"}


def open_records(said: Node) -> None:
    """Records say that they are open."""
    schemas(said)["UsageCompletionsResult"]["additionalProperties"] = True
    schemas(said)["CostsResult"]["additionalProperties"] = {}
    schemas(said)["UsageTimeBucket"]["unevaluatedProperties"] = True


WHOLE = [
    parameters_of_the_path,
    parameters_in_components,
    response_in_components,
    all_successes,
    media_type_with_parameters,
    path_item_by_reference,
    reference_into_a_list,
    chain,
    siblings,
    all_of_all_of,
    null_in_any_of,
    null_as_const,
    of_3_0,
    closed_alternatives_by_mapping,
    any_of_results,
    annotations,
    open_records,
]


@pytest.mark.parametrize("change", WHOLE, ids=lambda one: one.__name__)
@pytest.mark.parametrize("form", ["json", "yaml", "flow"])
def test_read_whole(change: Callable[[Node], None], form: str) -> None:
    """A document that says the same in another form gives the same draft, and nothing is told."""
    said = document()
    change(said)
    data = (
        json.dumps(said)
        if form == "json"
        else yaml.dump(json.loads(json.dumps(said)), Dumper=DUMPER, sort_keys=False, default_flow_style=form == "flow")
    )
    found = imported(data)
    assert told(found) == []
    assert found.draft["schemas"] == HISTORY
    assert found.draft["endpoints"] == plain().draft["endpoints"]
    assert not differences(draft_of(json.dumps(found.draft).encode()), REVISION).found


# -- told


def set_member(schema: object, name: str = "input_tokens") -> Callable[[Node], None]:
    """A change of one member."""

    def change(said: Node) -> None:
        members(said)[name] = schema

    return change


def set_in(path: str, value: object, *more: tuple[str, object]) -> Callable[[Node], None]:
    """A change at a place, or at more of them, written with dots; `GET` stands for the operation."""

    def change(said: Node) -> None:
        for at, what in ((path, value), *more):
            put(said, at, what)

    def put(said: Node, path: str, value: object) -> None:
        node: Any = said
        *way, last = path.split(".")
        for key in way:
            node = (
                get(said) if key == "GET" else node[int(key)] if key.isdigit() and isinstance(node, list) else node[key]
            )
        if isinstance(node, list):
            node.append(value)
        else:
            node[last] = value

    return change


RESULT_AT = "components.schemas.UsageCompletionsResult"
MEMBER = f"{RESULT}/properties/input_tokens"
OPERATION = f"/paths/{PATH.replace('/', '~1')}/get"
TOLD: dict[str, tuple[Callable[[Node], None], str, str]] = {
    "null among values of strings": (set_member({"type": "string", "enum": ["a", None]}), MEMBER, "null among"),
    "schemas for what is not declared": (
        set_in(f"{RESULT_AT}.additionalProperties", {"type": "integer"}), f"{RESULT}/additionalProperties", "integer",
    ),
    "names by pattern": (set_in(f"{RESULT_AT}.patternProperties", {"^x": {}}), f"{RESULT}/patternProperties", "^x"),
    "conditions of records": (set_in(f"{RESULT_AT}.if", {"required": ["model"]}), f"{RESULT}/if", "model"),
    "dependent names": (set_in(f"{RESULT_AT}.dependentRequired", {"a": ["b"]}), f"{RESULT}/dependentRequired", "a"),
    "names that must fit": (set_in(f"{RESULT_AT}.propertyNames", {"maxLength": 3}), f"{RESULT}/propertyNames", "maxLength"),
    "few members": (set_in(f"{RESULT_AT}.maxProperties", 3), f"{RESULT}/maxProperties", "3"),
    "required that is no list": (set_in(f"{RESULT_AT}.required", "object"), f"{RESULT}/required", "`required`"),
    "required of a member": (set_member({"type": "integer", "required": True}), f"{MEMBER}/required", "`required`"),
    "members that are no mapping": (set_member({"type": "object", "properties": []}), f"{MEMBER}/properties", "`properties`"),
    "parts that are no list": (set_member({"type": "integer", "allOf": {"type": "integer"}}), f"{MEMBER}/allOf", "`allOf`"),
    "values that are no list": (set_member({"type": "string", "enum": "a"}), f"{MEMBER}/enum", "`enum`"),
    "a type that is no name": (set_member({"type": ["integer", 5]}), f"{MEMBER}/type", "5"),
    "a type in a mapping": (set_member({"type": {"a": 1}}), f"{MEMBER}/type", "`type`"),
    "a format that is no name": (set_member({"type": "integer", "format": 64}), f"{MEMBER}/format", "`format`"),
    "nullable that is no boolean": (set_member({"type": "integer", "nullable": "yes"}), f"{MEMBER}/nullable", "`nullable`"),
    "a reference that is no text": (set_member({"$ref": 5, "type": "integer"}), f"{MEMBER}/$ref", "`$ref`"),
    "a dynamic reference": (set_member({"$dynamicRef": "#x"}), f"{MEMBER}/$dynamicRef", "`$dynamicRef`"),
    "an anchor": (set_member({"$ref": "#count"}), MEMBER, "#count"),
    "another file": (set_member({"$ref": "counts.yaml#/Count"}), MEMBER, "counts.yaml"),
    "a tuple": (set_member({"type": "array", "prefixItems": [{"type": "integer"}]}), f"{MEMBER}/prefixItems", "prefixItems"),
    "a default": (set_member({"type": "integer", "default": 0}), f"{MEMBER}/default", "`default`"),
    "content in text": (set_member({"type": "string", "contentMediaType": "a/b"}), f"{MEMBER}/contentMediaType", "a/b"),
    "alternatives in parts": (
        set_member({"allOf": [{"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"title": "t"}]}), MEMBER, "integer and string",
    ),
    "another discriminator": (
        set_in("components.schemas.UsageTimeBucket.properties.results.items.discriminator", {"propertyName": "kind"}),
        "/components/schemas/UsageTimeBucket/properties/results/items/discriminator", "'kind'",
    ),
    "a mapping to nothing that is listed": (
        set_in(
            "components.schemas.UsageTimeBucket.properties.results.items.discriminator.mapping",
            {"organization.usage.videos.result": "UsageVideosResult"},
        ),
        "/components/schemas/UsageTimeBucket/properties/results/items/discriminator", "organization.usage.videos.result",
    ),
    "a result that may be null": (
        set_in("components.schemas.UsageTimeBucket.properties.results.items.oneOf.+", {"type": "null"}),
        "/components/schemas/UsageTimeBucket/properties/results/items", "null",
    ),
    "a bucket that may be null": (
        set_in("components.schemas.UsageResponse.properties.data.items", {"anyOf": [{"$ref": "#/components/schemas/UsageTimeBucket"}, {"type": "null"}]}),
        "/components/schemas/UsageResponse/properties/data/items", "null",
    ),
    "few items": (
        set_in("components.schemas.UsageTimeBucket.properties.results.maxItems", 5),
        "/components/schemas/UsageTimeBucket/properties/results/maxItems", "5",
    ),
    "another media type behind JSON": (
        set_in("GET.responses.200.content.text/csv", {"schema": {"type": "string"}}), f"{OPERATION}/responses/200/content/text~1csv", "text/csv",
    ),
    "a second JSON": (
        set_in("GET.responses.200.content.application/x+json", {"schema": {"type": "string"}}),
        f"{OPERATION}/responses/200/content/application~1x+json", "x+json",
    ),
    "an answer for all else": (set_in("GET.responses.default", {"description": "d"}), f"{OPERATION}/responses/default", "default"),
    "a body of a request": (set_in("GET.requestBody", {"content": {}}), f"{OPERATION}/requestBody", "requestBody"),
    "another style of lists": (
        set_in("GET.parameters.+", {"name": "tags", "in": "query", "style": "pipeDelimited", "schema": {"type": "array", "items": {"type": "string"}}}),
        f"{OPERATION}/parameters/", "pipeDelimited",
    ),
    "a parameter with content": (
        set_in("GET.parameters.+", {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}),
        f"{OPERATION}/parameters/", "`content`",
    ),
    "a least value of a parameter": (
        set_in("GET.parameters.+", {"name": "days", "in": "query", "schema": {"type": "integer", "minimum": 1}}),
        f"{OPERATION}/parameters/", "`minimum`",
    ),
    "a parameter in the path": (
        set_in("GET.parameters.+", {"name": "org", "in": "path", "required": True, "schema": {"type": "string"}}),
        f"{OPERATION}/parameters/", "'path'",
    ),
    "one endpoint twice": (
        set_in("paths./v2/organization/usage/completions", {"get": {"responses": {}}}), "/paths/~1v2~1organization~1usage~1completions", "again",
    ),
    "a path without `get`": (
        set_in("paths./organization/usage/videos", {"post": {"responses": {}}}), "/paths/~1organization~1usage~1videos", "without `get`",
    ),
    "a parameter without a name": (
        set_in("GET.parameters.+", {"in": "query", "schema": {"type": "string"}}), f"{OPERATION}/parameters/", "without a name",
    ),
    "a parameter that leads back to itself": (
        set_in("components.parameters", {"Loop": {"$ref": "#/components/parameters/Loop"}}, ("GET.parameters.+", {"$ref": "#/components/parameters/Loop"})),
        "/components/parameters/Loop", "leads back to itself",
    ),
    "a parameter of numbers in a list": (
        set_in("GET.parameters.+", {"name": "parts", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}),
        f"{OPERATION}/parameters/", "items of integer",
    ),
    "a default that is a list": (
        set_in("GET.parameters.+", {"name": "sizes", "in": "query", "schema": {"type": "array", "items": {"type": "string"}, "default": ["a"]}}),
        f"{OPERATION}/parameters/", "the default ['a']",
    ),
    "a media type without a schema": (
        set_in("GET.responses.200.content", {"application/json": {}}), f"{OPERATION}/responses/200/content/application~1json", "without a schema",
    ),
    "an answer that is no page": (
        set_in("GET.responses.200.content.application/json.schema", {"type": "object", "properties": {"data": {"type": "string"}}}),
        f"{OPERATION}/responses/200/content/application~1json/schema", "no page of buckets of results",
    ),
    "a page unlike the others": (
        set_in(
            "GET.responses.200.content.application/json.schema",
            {"allOf": [{"$ref": "#/components/schemas/UsageResponse"}, {"properties": {"more": {"type": "integer"}}}]},
        ),
        f"{OPERATION}/responses/200/content/application~1json/schema", "another UsageResponse than that of other endpoints",
    ),
    "a result without a kind": (
        set_in("components.schemas.UsageTimeBucket.properties.results.items.oneOf.+", {"type": "object", "properties": {"a": {"type": "integer"}}}),
        "/components/schemas/UsageTimeBucket/properties/results/items/oneOf/", "whose `object` is None",
    ),
    "one kind twice": (
        set_in(
            "components.schemas.UsageTimeBucket.properties.results.items.oneOf.+",
            {"type": "object", "properties": {"object": {"const": "organization.costs.result"}, "a": {"type": "integer"}}},
        ),
        "/components/schemas/UsageTimeBucket/properties/results/items/oneOf/", "another organization.costs.result than elsewhere",
    ),
    "a discriminator that says something else": (
        set_in(
            "components.schemas.UsageTimeBucket.properties.results.items.discriminator.mapping",
            {"organization.usage.videos.result": "CostsResult"},
        ),
        "/components/schemas/CostsResult", "its own `object` holds",
    ),
    "records inside a result": (
        set_member({"oneOf": [{"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"b": {}}}]}), MEMBER, "one of several objects",
    ),
    "alternatives of nothing": (set_member({"oneOf": []}), MEMBER, "`oneOf` without anything"),
    "a template in a path": (
        set_in("paths./organization/usage/{kind}", {"get": {"responses": {}}}), "/paths/~1organization~1usage~1{kind}", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_told_with_its_place(what: str) -> None:
    """What a draft cannot hold is told with its place, and the rest is read as ever."""
    change, place, words = TOLD[what]
    said = document()
    change(said)
    found = imported(said)
    lines = told(found)
    assert any(line.startswith(place) and words in line for line in lines), lines
    others = {name: one for name, one in found.draft["schemas"].items() if name != "UsageCompletionsResult"}
    assert others == {name: one for name, one in HISTORY.items() if name != "UsageCompletionsResult"}
    kept = found.draft["schemas"]["UsageCompletionsResult"]["members"]
    assert {name: one for name, one in kept.items() if name != "input_tokens"} == {
        name: one for name, one in HISTORY["UsageCompletionsResult"]["members"].items() if name != "input_tokens"
    }
    draft_of(json.dumps(found.draft).encode())


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        ({"type": "string", "enum": ["a", None]}, False),
        ({"type": ["string", "null"], "enum": ["a", None]}, True),
        ({"type": ["string", "null"], "enum": ["a"]}, False),
        ({"enum": ["a", None]}, True),
        ({"enum": ["a"]}, False),
        ({"anyOf": [{"enum": ["a"]}, {"const": None}]}, True),
        ({"allOf": [{"type": ["string", "null"]}, {"type": "string"}]}, False),
    ],
)
def test_where_null_is_allowed(schema: Node, *, nullable: bool) -> None:
    """Null is allowed where all parts allow it: the type and the values."""
    said = document()
    members(said)["model"] = schema
    row = imported(said).draft["schemas"]["UsageCompletionsResult"]["members"]["model"]
    assert row.get("nullable", False) == nullable


@pytest.mark.parametrize(
    ("schema", "row"),
    [
        ({"allOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "integer"}),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "number"}),
        (
            {"allOf": [{"enum": ["a", "b", "c"]}, {"enum": ["b", "c", "d"]}]},
            {"type": "string", "known_values": ["b", "c"], "closed": True},
        ),
        ({"anyOf": [{"type": "string"}, {"enum": ["a"]}]}, {"type": "string", "known_values": ["a"]}),
        (
            {"oneOf": [{"const": "a"}, {"const": "b"}]},
            {"type": "string", "known_values": ["a", "b"], "closed": True},
        ),
        (
            {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
            {"type": "string", "nullable": True, "format": "uuid"},
        ),
    ],
)
def test_parts_and_alternatives(schema: Node, row: Node) -> None:
    """Parts of a member come to what all of them allow, alternatives to what any of them does."""
    said = document()
    members(said)["input_tokens"] = schema
    found = imported(said)
    assert found.draft["schemas"]["UsageCompletionsResult"]["members"]["input_tokens"] == row
    assert told(found) == []


def test_a_result_that_says_its_kind_by_the_discriminator_only() -> None:
    """A result without a member `object`, whose kind the mapping says, gets the member with that constant."""
    said = document()
    union = schemas(said)["UsageTimeBucket"]["properties"]["results"]["items"]
    schemas(said)["Videos"] = {"type": "object", "properties": {"frames": {"type": "integer"}}}
    union["oneOf"].append({"$ref": "#/components/schemas/Videos"})
    union["discriminator"]["mapping"] = {"organization.usage.videos.result": "Videos"}
    found = imported(said).draft["schemas"]["UsageVideosResult"]["members"]
    assert found == {
        "object": {"type": "string", "const": "organization.usage.videos.result"},
        "frames": {"type": "integer"},
    }


def test_an_amount_that_is_required_and_null() -> None:
    """What an amount requires, and that it may be null, is read with it."""
    said = document()
    amount = schemas(said)["CostsResult"]["properties"]
    inner = {"value": {"type": "number"}, "currency": {"type": "string"}}
    amount["amount"] = {"type": ["object", "null"], "required": ["value"], "properties": inner}
    row = imported(said).draft["schemas"]["CostsResult"]["members"]["amount"]
    assert row == {"type": "object", "members": inner, "required": ["value"], "nullable": True}
    draft = draft_of(json.dumps(imported(said).draft).encode())
    assert contract(draft).amount.required == ("value",)


def test_arrays_that_may_be_null() -> None:
    """The list of buckets of a page, and of results of a bucket, may be null."""
    said = document()
    schemas(said)["UsageResponse"]["properties"]["data"]["type"] = ["array", "null"]
    row = imported(said).draft["schemas"]["UsageResponse"]["members"]["data"]
    assert row == {"type": "array", "items": "UsageTimeBucket", "nullable": True}


def test_members_beside_alternatives() -> None:
    """Members that stand beside the alternatives of results belong to each of them."""
    said = document()
    union = schemas(said)["UsageTimeBucket"]["properties"]["results"]["items"]
    union["properties"] = {"region": {"type": "string"}}
    union["required"] = ["region"]
    records = imported(said).draft["schemas"]
    for name in HISTORY.keys() - {"UsageResponse", "UsageTimeBucket"}:
        assert records[name]["members"]["region"] == {"type": "string"}, name
        assert "region" in records[name]["required"], name


def test_nullable_beside_values_of_3_0() -> None:
    """OpenAPI 3.0 says that values without null refuse it, whatever `nullable` says; it is read as it is meant."""
    said = document()
    of_3_0(said)
    members(said)["model"] = {"type": "string", "nullable": True, "enum": ["a"]}
    found = imported(said)
    row = found.draft["schemas"]["UsageCompletionsResult"]["members"]["model"]
    assert row == {"type": "string", "nullable": True, "known_values": ["a"], "closed": True}
    assert any(line.startswith(f"{RESULT}/properties/model/nullable") for line in told(found))


def test_constraints_beside_a_reference_of_3_1() -> None:
    """OpenAPI 3.1 takes what stands beside a reference, which is read with it and not told."""
    said = document()
    schemas(said)["Tier"] = {"type": "string"}
    members(said)["model"] = {"$ref": "#/components/schemas/Tier", "enum": ["a"]}
    found = imported(said)
    row = found.draft["schemas"]["UsageCompletionsResult"]["members"]["model"]
    assert row == {"type": "string", "known_values": ["a"], "closed": True}
    assert told(found) == []


def test_yaml_that_is_too_deep() -> None:
    """Lists in lists beyond any schema are refused, before Python gives up."""
    for text in (b"[" * 300 + b"]" * 300, b"{a: " * 300 + b"1" + b"}" * 300):
        with pytest.raises(CorruptDraft, match="nested too deep"):
            read_openapi(b"openapi: 3.1.0\nx: " + text, "deep.yaml")


def test_siblings_in_3_0() -> None:
    """OpenAPI 3.0 has nothing beside a reference, which is told of what would change a payload."""
    said = document()
    of_3_0(said)
    schemas(said)["Count"] = {"type": "integer"}
    members(said)["input_tokens"] = {"$ref": "#/components/schemas/Count", "nullable": True}
    lines = told(imported(said))
    assert [line for line in lines if line.startswith(MEMBER) and "3.0" in line], lines


# -- YAML


def test_merge_keys() -> None:
    """A merge key brings the members of what it names, own ones first, those of earlier mappings before later ones."""
    text = """
openapi: 3.1.0
a: &a {x: 1, y: 1}
b: &b {y: 2, z: 2}
c: {<<: *a, x: 3}
d: {<<: [*a, *b]}
e: {"<<": 5}
"""
    said = read_openapi(text.encode(), "x")
    assert said["c"] == {"x": 3, "y": 1}
    assert said["d"] == {"x": 1, "y": 1, "z": 2}
    assert said["e"] == {"<<": 5}


def test_merged_documents() -> None:
    """A document in which every operation shares its answers by a merge key is read whole."""
    said = document()
    text = yaml.safe_dump(said["paths"][PATH]["get"], sort_keys=False)
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    rest = {**said, "paths": {name: one for name, one in said["paths"].items() if name != PATH}}
    head = f"x-shared:\n  get: &get\n{indented}"
    data = f"{head}{yaml.safe_dump(rest, sort_keys=False)}".replace(
        "\npaths:\n", f"\npaths:\n  {PATH}:\n    get:\n      <<: *get\n", 1
    )
    found = imported(data)
    assert told(found) == []
    assert found.draft["schemas"] == HISTORY


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: !include other.yaml", 2, "!include"),
        ("a: !!binary aGk=", 2, "binary"),
        ("a:\n  b: !!set {x, y}", 3, "set"),
        ("a: !thing [1]", 2, "!thing"),
        ("a: {<<: 5}", 2, "<<"),
        ("a: {<<: [{x: 1}, 5]}", 2, "<<"),
        ("a: 1\n---\nopenapi: 3.1.0", 3, "document"),
        ("a: &x {b: *x}", 2, "into itself"),
    ],
)
def test_yaml_that_is_not_read(text: str, line: int, reason: str) -> None:
    """A tag that nobody knows, a merge of no mapping, and a second document are refused with their line."""
    with pytest.raises(CorruptDraft) as raised:
        read_openapi(f"openapi: 3.1.0\n{text}\n".encode(), "x.yaml")
    assert reason in str(raised.value)
    assert f"line {line}" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!int '5'", 5),
        ("!!float '5'", 5),
        ("!!bool 'true'", True),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
        ("! 5", "5"),
    ],
)
def test_tags_of_the_core_schema(text: str, value: object) -> None:
    """The tags of the core schema say what a scalar is."""
    assert read_openapi(f"openapi: 3.1.0\na: {text}\n".encode(), "x")["a"] == value


def test_what_would_never_end() -> None:
    """Parts that double at each level are refused instead of read for ever."""
    said = document()
    for level in range(60):
        reference = {"$ref": f"#/components/schemas/L{level + 1}"}
        schemas(said)[f"L{level}"] = {"allOf": [reference, reference]}
    schemas(said)["L60"] = {"type": "integer"}
    members(said)["input_tokens"] = {"$ref": "#/components/schemas/L0"}
    with pytest.raises(CorruptDraft, match="parts"):
        imported(said)


def test_circles() -> None:
    """Schemas that hold themselves by any way are told, and their other parts are read."""
    said = document()
    schemas(said)["A"] = {"allOf": [{"$ref": "#/components/schemas/B"}]}
    schemas(said)["B"] = {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "integer"}]}
    members(said)["input_tokens"] = {"$ref": "#/components/schemas/A"}
    schemas(said)["CostsResult"]["properties"]["self"] = {"$ref": "#/components/schemas/CostsResult"}
    lines = told(imported(said))
    assert any("holds itself" in line and "/A" in line for line in lines), lines
    assert any("holds itself" in line and "CostsResult" in line for line in lines), lines
