"""
Our SARIF is valid by the official schema of SARIF 2.1.0.

No package on PyPI installs that schema; `@microsoft/jest-sarif` on npm has it, so that it comes from there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA = Path("node_modules", "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
ROOT = Path(__file__).resolve().parent.parent.parent.parent


@pytest.fixture(scope="session")
def validator(tool: Callable[[str], str], run: Callable[..., str], built: Path) -> Draft4Validator:
    """A validator of SARIF documents."""
    place = built / "sarif"
    if not (place / SCHEMA).is_file():
        place.mkdir(exist_ok=True)
        run(tool("npm"), "install", "--no-save", "--ignore-scripts", "--prefix", place, PACKAGE)
    schema: dict[str, Any] = json.loads((place / SCHEMA).read_text("utf-8"))
    assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    return Draft4Validator(schema)


def sarif(*args: str) -> dict[str, Any]:
    """What `usagecompat check --format sarif` prints."""
    command = [sys.executable, "-m", "usagecompat", "check", "--format", "sarif", *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_corpus(validator: Draft4Validator) -> None:
    """A document about the whole corpus and about what cannot be read is valid, and has a result for each finding."""
    document = sarif("fixtures/", "gone.json")
    assert [error.message for error in validator.iter_errors(document)] == []
    codes = {result["ruleId"] for result in document["runs"][0]["results"]}
    assert len(codes) > 35
    assert document["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_nothing_found(validator: Draft4Validator) -> None:
    """A document about nothing is valid."""
    assert [error.message for error in validator.iter_errors(sarif("fixtures/kinds/"))] == []


def test_schema_refuses(validator: Draft4Validator) -> None:
    """The schema is the one that it should be: it refuses what is no SARIF."""
    document = sarif("fixtures/kinds/")
    document["runs"][0]["columnKind"] = "bytes"
    assert not validator.is_valid(document)
