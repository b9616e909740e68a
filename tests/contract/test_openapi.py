"""The OpenAPI document that generators are given."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from usagecompat import cases
from usagecompat.contract import contract, endpoints_of, schema
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.openapi import as_json, as_yaml, main, openapi_document
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.exceptions import NoSuchName, NoSuchRevision
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

Schema = dict[str, Any]

PRINTABLE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]))


def schemas(revision: str) -> dict[str, Schema]:
    """The schemas of a document, by name."""
    found: dict[str, Schema] = openapi_document(revision, like_vendor=True)["components"]["schemas"]
    return found


def types(schema: Schema) -> set[str]:
    """The JSON types that a member may have."""
    said = {part["type"] for part in schema.get("anyOf", [schema]) if "type" in part}
    return said | ({"null"} if schema.get("nullable") else set())


@pytest.mark.parametrize("revision", REVISIONS)
def test_declares_what_the_contract_does(revision: str) -> None:
    """Every record has its members, in order, each with its types, and requires what the revision requires."""
    document = schemas(revision)
    records = contract(revision).records
    assert list(document) == list(records)
    for name, shape in records.items():
        assert list(document[name]["properties"]) == list(shape.members)
        assert document[name].get("required", []) == list(shape.required)
        for member in shape.members.values():
            said = document[name]["properties"][member.name]
            if "$ref" not in said:
                assert types(said) == {str(member.type), *(["null"] if member.nullable else [])}


@pytest.mark.parametrize("revision", REVISIONS)
def test_references_lead_somewhere(revision: str) -> None:
    """Every reference names a schema of the document."""
    document = openapi_document(revision, like_vendor=True)
    text = json.dumps(document)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named == set(document["components"]["schemas"])


@pytest.mark.parametrize("revision", REVISIONS)
def test_endpoints(revision: str) -> None:
    """There is a path for each kind that the revision knows."""
    document = openapi_document(revision, like_vendor=True)
    known = contract(revision).kinds
    assert set(document["paths"]) == {f"/organization/{ENDPOINTS[kind]}" for kind in known}


def test_first_generation() -> None:
    """Until 2025 the document is OpenAPI 3.0, and results are told apart by nothing but their members."""
    document = openapi_document("2024-12-16", like_vendor=True)
    bucket = document["components"]["schemas"]["UsageTimeBucket"]["properties"]
    assert document["openapi"] == "3.0.0"
    assert set(bucket["result"]["items"]) == {"oneOf"}
    assert document["components"]["schemas"]["CostsResult"]["properties"]["line_item"]["nullable"] is True


def test_second_generation() -> None:
    """From 2026 on the document is OpenAPI 3.1, and a discriminator without a mapping tells results apart."""
    document = openapi_document(like_vendor=True)
    bucket = document["components"]["schemas"]["UsageTimeBucket"]["properties"]
    assert document["openapi"] == "3.1.0"
    assert bucket["results"]["items"]["discriminator"] == {"propertyName": "object"}
    assert "nullable" not in json.dumps(document)


def test_closed_values_are_an_enumeration() -> None:
    """A set of values that is closed is an enumeration; beside one that is open, any string may stand."""
    document = schemas(LATEST)
    closed = document["CostsResult"]["properties"]["api_source"]["anyOf"]
    opened = document["CostsResult"]["properties"]["quantity_unit"]["anyOf"]
    assert [("enum" in part, part["type"]) for part in closed] == [(True, "string"), (False, "null")]
    assert [("enum" in part, part["type"]) for part in opened] == [(False, "string"), (True, "string"), (False, "null")]


def test_no_such_revision() -> None:
    """A revision that does not exist is told so."""
    with pytest.raises(NoSuchRevision):
        openapi_document("2024-12-17", like_vendor=True)


def test_program(tmp_path: Path) -> None:
    """The module is a program that writes the document to a file."""
    place = tmp_path / "openapi.json"
    subprocess.run([sys.executable, "-m", "usagecompat.contract.openapi", "2024-12-16", place], check=True)
    assert json.loads(place.read_bytes()) == openapi_document("2024-12-16", like_vendor=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "usage:"), (("2024-12-17", "x.json"), "2024-12-17"), (("2024-12-16", "no/such/place.json"), "no/such/place")],
)
def test_program_misused(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the program cannot do is told in one line, with exit status 2."""
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def exact(revision: str, profile: str = "published") -> dict[str, Any]:
    """The document that says all that can be said."""
    return openapi_document(revision, profile=profile)


@pytest.mark.parametrize("revision", REVISIONS)
def test_documents_are_valid(revision: str) -> None:
    """Each document is one by the rules of its version of OpenAPI."""
    validate(exact(revision))
    validate(openapi_document(revision, like_vendor=True))
    if revision in (REVISIONS[0], LATEST):
        validate(exact(revision, "served"))


@pytest.mark.parametrize("revision", ["2024-12-04", "2025-02-10", "2026-08-21", LATEST])
@pytest.mark.parametrize("profile", ["published", "served"])
def test_the_schemas_are_the_published_ones(revision: str, profile: str) -> None:
    """A page is valid by the document where it is valid by the published schema."""
    document = exact(revision, profile)
    by_document = Draft202012Validator({"$ref": "#/components/schemas/UsageResponse", **document}).is_valid
    by_schema = Draft202012Validator(schema("page", revision, profile=profile)).is_valid
    pages = [json.loads(case.payload) for case in cases("smoke", shape="page") if case.verdict != "invalid"]
    ledgers = (Ledger(revision=revision), Ledger(revision=revision, scenarios=["string-amounts", "unknown-kind"]))
    for ledger in ledgers:
        for endpoint in ledger.endpoints.values():
            headers = {"Authorization": f"Bearer {ledger.key}"}
            query = f"start_time=1791936000&group_by={endpoint.group_by[0]}"
            pages.append(json.loads(ledger.answer(endpoint.path, query, headers).body))
    pages += [{**pages[-1], "has_more": "no"}, {**pages[-1], "data": [{"object": "bucket"}]}]
    assert {by_schema(page) for page in pages} == {True, False}
    assert [by_document(page) for page in pages] == [by_schema(page) for page in pages]


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_discriminator_has_a_mapping(revision: str) -> None:
    """Each kind's `object` leads to its own record."""
    known = contract(revision).kinds
    for profile, name in (("published", "UsageResult"), ("served", "KnownResult")):
        said = exact(revision, profile)["components"]["schemas"][name]["discriminator"]
        assert said["propertyName"] == "object"
        assert said["mapping"] == {kind: f"#/components/schemas/{shape.name}" for kind, shape in known.items()}


def test_parameters_have_their_limits() -> None:
    """Every parameter of every endpoint is there, with values and limits."""
    for endpoint in endpoints_of(contract(LATEST)).values():
        found = {p["name"]: p for p in exact(LATEST)["paths"][f"/organization/{endpoint.name}"]["get"]["parameters"]}
        plain = {"start_time", "end_time", "bucket_width", "limit", "group_by", "page"}
        assert set(found) == plain | {item.name for item in endpoint.filters}
        assert [name for name, parameter in found.items() if parameter.get("required")] == ["start_time"]
        assert found["bucket_width"]["schema"]["enum"] == list(endpoint.limits)
        assert found["group_by"]["schema"]["items"]["enum"] == list(endpoint.group_by)
        assert found["limit"]["schema"]["maximum"] == max(limit.most for limit in endpoint.limits.values())
        assert all(
            f"{limit.most:,} for `{width}`" in found["limit"]["description"] for width, limit in endpoint.limits.items()
        )


def test_answers_and_links() -> None:
    """Every endpoint names the error answers, and leads from `next_page` to `page` with the same query."""
    document = exact(LATEST)
    for path in document["paths"].values():
        answers = path["get"]["responses"]
        assert set(answers) == {"200", "400", "401", "403", "404", "405", "429", "500"}
        link = answers["200"]["links"]["NextPage"]
        assert link["operationId"] == path["get"]["operationId"]
        assert link["parameters"]["page"] == "$response.body#/next_page"
        assert set(link["parameters"]) == {parameter["name"] for parameter in path["get"]["parameters"]}
    assert document["security"] == [{"AdminKey": []}]


@pytest.mark.parametrize("document", [exact(LATEST), exact("2024-12-04", "served"), openapi_document(like_vendor=True)])
def test_yaml_and_json_say_the_same(document: dict[str, Any]) -> None:
    """Both formats read back as the document."""
    assert json.loads(as_json(document)) == document
    assert yaml.safe_load(as_yaml(document)) == document


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | PRINTABLE,
        lambda parts: (
            st.lists(parts) | st.dictionaries(PRINTABLE | st.sampled_from(["yes", "null", "on", "/a"]), parts)
        ),
    ).map(lambda part: {"a": part})
)
def test_yaml_keeps_any_text(document: dict[str, Any]) -> None:
    """Whatever printable texts a document holds, YAML reads them back."""
    assert yaml.safe_load(as_yaml(document)) == document


def test_no_such_profile() -> None:
    """A profile that does not exist is told so."""
    with pytest.raises(NoSuchName):
        openapi_document(profile="strict")
