"""Revisions from OpenAPI documents: read by endpoint, and whatever cannot be held is told."""

from __future__ import annotations

import copy
import json
import re
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat import LATEST, REVISIONS, check, load_revision
from usagecompat.cli.commands import main
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.evolution import Rule
from usagecompat.contract.importing import Imported, import_openapi
from usagecompat.contract.openapi import openapi_document
from usagecompat.contract.openapi_text import read_openapi
from usagecompat.contract.requests import queries_of
from usagecompat.contract.tree import contract
from usagecompat.conversion import differences
from usagecompat.corpus.data import folder
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UPSTREAM = folder("fixtures") / "upstream"
DOCUMENTS = {path.name[:10]: path for path in sorted((UPSTREAM / "openapi").glob("*.json"))}
HISTORY = {
    entry["revision"]: entry["schemas"] for entry in json.loads((UPSTREAM / "history.json").read_bytes())["revisions"]
}
VALIDATOR = Draft202012Validator(json.loads((folder("schemas") / "contract.json").read_bytes()))
Node = dict[str, Any]


def document(revision: str = "2026-08-21") -> Node:
    """The vendor's document of a revision."""
    read: Node = json.loads(DOCUMENTS[revision].read_bytes())
    return read


def imported(said: Node, name: str = "openapi.json", **named: Any) -> Imported:  # noqa: ANN401 - handed on
    """What a document comes to."""
    return import_openapi(json.dumps(said).encode(), name, today="2027-01-01", **named)


def told(found: Imported) -> list[str]:
    """Everything that was told, but for the error answers that the document has anyway."""
    return [str(one) for one in found.not_held if "/responses/429" not in one.place]


def respelled(said: Any) -> Any:  # noqa: ANN401 - any part of a document
    """The same document in words of another kind: types in lists, `const`, `allOf` around every reference."""
    if isinstance(said, list):
        return [respelled(one) for one in said]
    if not isinstance(said, dict):
        return said
    if set(said) == {"$ref"} and "/schemas/" in said["$ref"]:
        return {"allOf": [said], "description": "the same"}
    if set(said) == {"anyOf"} and len(said["anyOf"]) == 2 and {"type": "null"} in said["anyOf"]:
        (other,) = (one for one in said["anyOf"] if one != {"type": "null"})
        if set(other) == {"type"}:
            return {"type": [other["type"], "null"], "title": "Either"}
    if set(said) == {"type", "enum"} and len(said["enum"]) == 1:
        return {"const": said["enum"][0], "type": "string"}
    return {name: respelled(one) for name, one in said.items()}


def renamed(said: Node) -> Node:
    """The same document with schemas of other names."""
    text = re.sub(r'"#/components/schemas/(\w+)"', r'"#/components/schemas/X\1Y"', json.dumps(said))
    other: Node = json.loads(text)
    other["components"]["schemas"] = {f"X{name}Y": one for name, one in other["components"]["schemas"].items()}
    return other


def encoded(said: Node) -> Node:
    """The same document with names that a reference can only say in percent-encoding."""
    text = re.sub(r'"#/components/schemas/(\w+)"', r'"#/components/schemas/%C3%A9%20%25~1{\1%7d"', json.dumps(said))
    other: Node = json.loads(text)
    other["components"]["schemas"] = {f"é %/{{{name}}}": one for name, one in other["components"]["schemas"].items()}
    return other


def inlined(said: Node) -> Node:
    """The same document without a reference to a schema."""

    def inner(node: Any) -> Any:  # noqa: ANN401 - any part of a document
        if isinstance(node, list):
            return [inner(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref", "")
        if reference.startswith("#/components/schemas/"):
            return inner(said["components"]["schemas"][reference.rpartition("/")[2]])
        return {name: inner(one) for name, one in node.items()}

    other: Node = inner(said)
    other["components"].pop("schemas")
    return other


@pytest.mark.parametrize("change", [dict, respelled, renamed, encoded, inlined], ids=lambda one: one.__name__)
@pytest.mark.parametrize("revision", DOCUMENTS)
def test_the_vendors_documents(revision: str, change: Callable[[Node], Node]) -> None:
    """The vendor's document of a revision, however it is written, gives exactly our table and nothing is untold."""
    found = imported(change(document(revision)), DOCUMENTS[revision].name)
    assert found.draft["revision"] == revision
    assert found.draft["schemas"] == HISTORY[revision]
    for name, record in HISTORY[revision].items():
        assert json.dumps(found.draft["schemas"][name]) == json.dumps(record)
    assert not told(found)
    assert not list(VALIDATOR.iter_errors(found.draft))
    draft = draft_of(json.dumps(found.draft).encode())
    assert not differences(draft, revision).found
    assert queries_of(contract(draft)) == queries_of(contract(revision))


@pytest.mark.parametrize("like_vendor", [False, True])
@pytest.mark.parametrize("revision", REVISIONS)
def test_our_own_documents(revision: str, *, like_vendor: bool) -> None:
    """What we write as OpenAPI of a revision, in our own way or the vendor's, reads back as the same records."""
    document = openapi_document(revision, like_vendor=like_vendor)
    draft = draft_of(json.dumps(imported(document, f"{revision}.json").draft).encode())
    # Values of an open set are examples, which a schema need not have; nobody who reads the payload feels that.
    found = [
        one.change for one in differences(draft, revision).found if one.change.is_felt and not one.change.is_of_query
    ]
    assert [change.place for change in found if like_vendor or change.rule is not Rule.FORMAT_CHANGED] == []


@pytest.mark.parametrize("indent", [None, 2])
def test_yaml(indent: int | None) -> None:
    """YAML and JSON are read alike."""
    said = document()
    text = yaml.safe_dump(said, sort_keys=False, default_flow_style=indent is None)
    assert read_openapi(text.encode(), "openapi.yaml") == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[on, yes, no, 2026-10-21, 0x10, 1_000]", ["on", "yes", "no", "2026-10-21", "0x10", "1_000"]),
        ("[12, -1, 1.5, .5, 1e3, '5', !!str 5]", [12, -1, 1.5, 0.5, 1000.0, "5", "5"]),
        ('[~, null, true, False, "a\\nb"]', [None, None, True, False, "a\nb"]),
        ("{a: &x {b: 1}, c: *x}", {"a": {"b": 1}, "c": {"b": 1}}),
        ("{200: x, true: y}", {"200": "x", "true": "y"}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">-\n  folded\n  text\n", "folded text"),
    ],
)
def test_scalars_of_yaml(text: str, value: object) -> None:
    """Plain words of YAML are what version 1.2 says: dates, `on` and `yes` are strings, and names are too."""
    assert read_openapi(f"openapi: 3.1.0\nx: {text}".encode(), "x")["x"] == value


def test_a_large_document_is_read_fast() -> None:
    """Two million characters of YAML cost about as much for each character as a small document."""
    said = document()
    text = yaml.safe_dump(said, sort_keys=False)
    one = textwrap.indent(yaml.safe_dump({"Other": said["components"]["schemas"]["UsageCompletionsResult"]}), "    ")
    others = "".join(one.replace("Other:", f"Other{number}:", 1) for number in range(1300))
    small, large = text.encode(), text.replace("\n  schemas:\n", f"\n  schemas:\n{others}").encode()
    assert len(large) > 2_000_000

    def cost(data: bytes) -> float:
        start = time.process_time()
        import_openapi(data, "openapi.yaml", today="2027-01-01")
        return time.process_time() - start

    assert min(cost(small) for _ in range(3)) / len(small) * 4 > cost(large) / len(large)


def completions(said: Node) -> Node:
    """The members of completions in a document."""
    members: Node = said["components"]["schemas"]["UsageCompletionsResult"]["properties"]
    return members


STRANGE: dict[str, tuple[Any, str]] = {
    "several types": ({"type": ["string", "integer"]}, "`input_tokens` of UsageCompletionsResult"),
    "alternatives": ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "integer and string"),
    "an array of numbers": ({"type": "array", "items": {"type": "integer"}}, "array"),
    "an object": ({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}, "array"),
    "an object without members": ({"type": "object", "additionalProperties": {"type": "integer"}}, "an object"),
    "anything": ({}, "anything may stand here"),
    "true": (True, "anything may stand here"),
    "false": (False, "nothing may stand here"),
    "a type that is none": ({"type": "float"}, "'float'"),
    "a schema that is none": (5, "a schema that is int"),
    "a minimum": ({"type": "integer", "minimum": 0}, "`minimum`: 0"),
    "a pattern": ({"type": "string", "pattern": "a+"}, "`pattern`"),
    "a condition": ({"type": "integer", "if": {"minimum": 5}, "then": {"multipleOf": 5}}, "`if`"),
    "not": ({"type": "integer", "not": {"const": 5}}, "`not`"),
    "a word of tomorrow": ({"type": "integer", "unit": "tokens"}, "`unit`: 'tokens'"),
    "deprecated": ({"type": "integer", "deprecated": True}, "`deprecated`"),
    "values that are numbers": ({"type": "integer", "enum": [1, 2]}, "the values of `input_tokens`"),
    "a reference that leads nowhere": ({"$ref": "#/components/schemas/Nothing"}, "which is not there"),
    "a reference elsewhere": ({"$ref": "other.yaml#/a"}, "only references within the document"),
    "parts that exclude each other": ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "exclude each other"),
    "nullable of 3.0": ({"type": "integer", "nullable": True}, "OpenAPI 3.1 does not have"),
    "overlapping": ({"oneOf": [{"type": "string"}, {"enum": ["a"]}]}, "that overlap"),
}


@pytest.mark.parametrize("what", STRANGE)
def test_strange_members(what: str) -> None:
    """What the tree cannot hold of a member is told with its place, and the rest of the document is read."""
    schema, words = STRANGE[what]
    said = document()
    completions(said)["input_tokens"] = schema
    found = imported(said)
    lines = told(found)
    assert any(words in line for line in lines), lines
    assert all(line.startswith("/components/schemas/UsageCompletionsResult/properties/input_tokens") for line in lines)
    others = {name: one for name, one in found.draft["schemas"].items() if name != "UsageCompletionsResult"}
    assert others == {name: one for name, one in HISTORY["2026-08-21"].items() if name != "UsageCompletionsResult"}
    assert len(found.draft["not_held"]) == len(found.not_held)
    assert not list(VALIDATOR.iter_errors(found.draft))
    draft_of(json.dumps(found.draft).encode())


def test_places_behind_encoded_references() -> None:
    """What is told of a schema behind a percent-encoded reference stands at a JSON Pointer, not at a part of a URI."""
    said = document()
    completions(said)["input_tokens"] = {"type": "integer", "minimum": 0}
    (one,) = {one.place for one in imported(encoded(said)).not_held if one.construct.startswith("`minimum`")}
    assert one == "/components/schemas/é %~1{UsageCompletionsResult}/properties/input_tokens/minimum"


def test_strange_documents() -> None:
    """Other methods, media types, headers, and schemas that hold themselves are told and do not stop the reading."""
    said = document()
    costs = said["paths"]["/organization/costs"]
    costs["post"] = {"responses": {}}
    costs["get"]["parameters"].append({"name": "x-key", "in": "header", "schema": {"type": "string"}})
    costs["get"]["parameters"].append({"name": "shape", "in": "query", "schema": {"type": "object"}})
    costs["get"]["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    costs["get"]["responses"]["404"] = {"description": "no"}
    schemas = said["components"]["schemas"]
    schemas["Loop"] = {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Loop"}}}
    schemas["CostsResult"]["properties"]["loop"] = {"$ref": "#/components/schemas/Loop"}
    schemas["UsageTimeBucket"]["additionalProperties"] = False
    lines = "\n".join(told(imported(said)))
    for words in ("POST", "'header'", "a parameter of object", "404", "holds itself", "`additionalProperties`: False"):
        assert words in lines


def test_a_kind_and_members_that_nobody_knew() -> None:
    """A new kind at a new endpoint is read under a name made of the kind, and payloads are judged by it."""
    said = document()
    said["paths"]["/v1/organization/usage/videos"] = copy.deepcopy(said["paths"]["/organization/usage/images"])
    said["paths"]["/v1/organization/usage/videos"]["get"]["parameters"].append(
        {"name": "lengths[]", "in": "query", "required": True, "schema": {"type": "array", "items": {"type": "string"}}}
    )
    schemas = said["components"]["schemas"]
    schemas["Whatever"] = {
        "allOf": [
            {"type": "object", "required": ["object", "frames"], "properties": {"frames": {"type": "integer"}}},
            {
                "properties": {
                    "object": {"const": "organization.usage.videos.result"},
                    "model": {"type": ["string", "null"]},
                }
            },
        ]
    }
    union = schemas["UsageTimeBucket"]["properties"]["results"]["items"]
    union["oneOf"].append({"$ref": "#/components/schemas/Whatever"})
    union["discriminator"]["mapping"] = {"organization.usage.videos.result": "Whatever"}
    completions(said)["reasoning_tokens"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    found = imported(said, day="2027-01-04")
    assert not told(found)
    draft = draft_of(json.dumps(found.draft).encode())
    assert draft.startswith("2027-01-04-draft-")
    assert contract(draft).endpoints["organization.usage.videos.result"] == "usage/videos"
    result = {"object": "organization.usage.videos.result", "frames": 3, "model": None}
    assert check(result, revision=draft).verdict == "valid"
    assert not check({**result, "frames": "3"}, revision=draft).ok
    rules = {(one.change.rule.value, one.change.place) for one in differences("2026-08-21", draft).found}
    assert rules >= {
        ("kind-added", "UsageVideosResult"),
        ("member-added", "UsageCompletionsResult/reasoning_tokens"),
        ("endpoint-added", "usage/videos"),
    }


def test_discriminator_without_constants() -> None:
    """Where results do not say their kind themselves, a mapping of the discriminator does."""
    said = document()
    schemas = said["components"]["schemas"]
    mapping = {}
    for name, schema in schemas.items():
        tag = schema.get("properties", {}).get("object", {})
        if name.endswith("Result"):
            mapping[tag["enum"][0]] = f"#/components/schemas/{name}"
            schema["properties"]["object"] = {"type": "string"}
    schemas["UsageTimeBucket"]["properties"]["results"]["items"]["discriminator"]["mapping"] = mapping
    assert imported(said).draft["schemas"] == HISTORY["2026-08-21"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "no OpenAPI document"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "no JSON text"),
        (b"a: [", "no YAML text"),
        (b"[]", "no OpenAPI document"),
        (b"openapi: 2.0.0", "only OpenAPI 3.0 and 3.1"),
        (b"swagger: '2.0'", "only OpenAPI 3.0 and 3.1"),
        (b"openapi: 3.1.0", "no path ends in"),
        (b'{"openapi":"3.1.0","paths":{"/organization/costs":{"get":{}}}}', "no endpoint answers with a page"),
        (b"openapi: 3.1.0\na: 1\na: 2", "stands twice"),
        (b'{"openapi":"3.1.0","a":1,"a":2}', "'a' stands twice in one object"),
        (b'{"openapi":"3.1.0","paths":{"a":{"b":1,"b":1}}}', "'b' stands twice in one object"),
        (b'{"openapi":"3.1.0","info":{"title":"\\ud800"}}', "/info/title: half of a surrogate pair"),
        (b"openapi: 3.1.0\na: &x [*x]", "leads nowhere, or into itself"),
        (b"openapi: 3.1.0\na: " + b"[" * 5000, ""),
        (b"openapi: 3.1.0\n? [a]\n: b", "a plain word"),
    ],
)
def test_what_is_no_document(text: bytes, reason: str) -> None:
    """What is no OpenAPI document with these endpoints is refused with the reason."""
    with pytest.raises(CorruptDraft) as refused:
        import_openapi(text, "openapi.yaml", today="2027-01-01")
    assert reason in str(refused.value)


def test_command(tmp_path: Path) -> None:
    """`revisions import` writes a draft that every `--revision` takes, and tells what it cannot hold and what is new."""
    run = CliRunner().invoke
    said = document()
    completions(said)["input_tokens"]["minimum"] = 0
    completions(said)["reasoning_tokens"] = {"type": "integer"}
    source, output = tmp_path / "openapi.json", tmp_path / "draft.json"
    source.write_text(json.dumps(said), "utf-8")
    done = run(main, ["revisions", "import", str(source), "--output", str(output), "--date", "2027-01-04"])
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "`minimum`: 0; it is not checked" in done.stderr
    assert f"{LATEST} to 2027-01-04-draft-" in done.stderr
    assert "UsageCompletionsResult/reasoning_tokens" in done.stderr
    assert load_revision(output).startswith("2027-01-04")
    printed = run(main, ["revisions", "import", str(source), "--date", "2027-01-04"])
    assert printed.stdout == output.read_text("utf-8")
    patch = run(main, ["revisions", "import", str(source), "--output", str(output), "--patch"]).stdout
    assert "    reasoning_tokens: Annotated[int | Absent, Count(" in patch
    assert "cases to write" in patch
    assert run(main, ["revisions", "diff", "2026-08-21", str(source)]).exit_code == 1
    for wrong in (["--date", "soon"], ["--output", str(tmp_path / "no" / "where.json")], ["more"]):
        refused = run(main, ["revisions", "import", str(source), *wrong])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
