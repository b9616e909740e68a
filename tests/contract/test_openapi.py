"""The OpenAPI document that generators are given."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.openapi import main, openapi
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.contract.tree import contract
from usagecompat.exceptions import NoSuchRevision

if TYPE_CHECKING:
    from pathlib import Path

Schema = dict[str, Any]


def schemas(revision: str) -> dict[str, Schema]:
    """The schemas of a document, by name."""
    found: dict[str, Schema] = openapi(revision)["components"]["schemas"]
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
        assert document[name]["required"] == list(shape.required)
        for member in shape.members.values():
            said = document[name]["properties"][member.name]
            if "$ref" not in said:
                assert types(said) == {str(member.type), *(["null"] if member.nullable else [])}


@pytest.mark.parametrize("revision", REVISIONS)
def test_references_lead_somewhere(revision: str) -> None:
    """Every reference names a schema of the document."""
    document = openapi(revision)
    text = json.dumps(document)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named == set(document["components"]["schemas"])


@pytest.mark.parametrize("revision", REVISIONS)
def test_endpoints(revision: str) -> None:
    """There is a path for each kind that the revision knows."""
    document = openapi(revision)
    known = contract(revision).kinds
    assert set(document["paths"]) == {f"/organization/{ENDPOINTS[kind]}" for kind in known}


def test_first_generation() -> None:
    """Until 2025 the document is OpenAPI 3.0, and results are told apart by nothing but their members."""
    document = openapi("2024-12-16")
    bucket = document["components"]["schemas"]["UsageTimeBucket"]["properties"]
    assert document["openapi"] == "3.0.0"
    assert set(bucket["result"]["items"]) == {"oneOf"}
    assert document["components"]["schemas"]["CostsResult"]["properties"]["line_item"]["nullable"] is True


def test_second_generation() -> None:
    """From 2026 on the document is OpenAPI 3.1, and a discriminator without a mapping tells results apart."""
    document = openapi()
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
        openapi("2024-12-17")


def test_program(tmp_path: Path) -> None:
    """The module is a program that writes the document to a file."""
    place = tmp_path / "openapi.json"
    subprocess.run([sys.executable, "-m", "usagecompat.contract.openapi", "2024-12-16", place], check=True)
    assert json.loads(place.read_bytes()) == openapi("2024-12-16")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "usage:"), (("2024-12-17", "x.json"), "2024-12-17"), (("2024-12-16", "no/such/place.json"), "no/such/place")],
)
def test_program_misused(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the program cannot do is told in one line, with exit status 2."""
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
