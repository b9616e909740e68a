"""`usagecompat openapi`: the document, in two formats, two profiles and two ways."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.contract import LATEST
from usagecompat.contract.openapi import openapi_document


def test_formats() -> None:
    """YAML, which is what comes unless told otherwise, and JSON hold the same document."""
    texts = [CliRunner().invoke(main, ["openapi", *options]).output for options in ([], ["--format", "json"])]
    assert yaml.safe_load(texts[0]) == json.loads(texts[1]) == openapi_document(LATEST)


def test_options() -> None:
    """Revision, profile and way are those of the function."""
    for options, document in (
        (["--revision", "2025-02-10", "--profile", "served"], openapi_document("2025-02-10", profile="served")),
        (["--revision", "2024-12-16", "--like-vendor"], openapi_document("2024-12-16", like_vendor=True)),
    ):
        run = CliRunner().invoke(main, ["openapi", "--format", "json", *options])
        assert run.exit_code == 0
        assert json.loads(run.output) == document


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--revision", "2024-12-17"], "2024-12-16"),
        (["--profile", "strict"], "served"),
        (["--format", "xml"], "yaml"),
        (["--like-vendor", "--profile", "served"], "--like-vendor"),
    ],
)
def test_misuse(options: list[str], told: str) -> None:
    """What there is not is told in one line, with status 2."""
    run = CliRunner().invoke(main, ["openapi", *options])
    assert run.exit_code == 2
    assert told in run.output
    assert len(run.output.splitlines()) == 1
