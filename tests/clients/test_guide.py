"""The guide for authors of clients: what it shows works, and what it says is so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from documents import blocks
from jsonschema import Draft202012Validator

from usagecompat.clients.bench import PATIENCE
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.runner import run
from usagecompat.clients.spec import TIMEOUT, client_spec
from usagecompat.corpus.data import folder
from usagecompat.corpus.expected import read_expected_failures
from usagecompat.corpus.selection import cases
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import CODES

PLACE = Path(__file__).parent.parent.parent / "docs" / "clients.md"
GUIDE = PLACE.read_text("utf-8")
PROTOCOL = json.loads((folder("schemas") / "protocol.json").read_text("utf-8"))


def test_adapter(tmp_path: Path) -> None:
    """The adapter in the guide has some 20 lines, works, and shows what a JSON library with binary64 loses."""
    (adapter,) = blocks(PLACE, "python")
    assert len([line for line in adapter.splitlines() if line.strip()]) <= 20
    (tmp_path / "adapter.py").write_text(adapter, encoding="utf-8")
    chosen = [case for case in cases(verdict="valid") if case.topic in {"kinds", "numbers"}]
    result = run(client_spec(f"{sys.executable} {tmp_path / 'adapter.py'}"), chosen)
    assert result.faults == ()
    assert {case.outcome for case in result.cases if case.case_id.startswith("kinds/")} == {Outcome.DECODED}
    assert result.codes["client/precision-lost"]
    assert {case.level for case in result.cases} >= {Level.OPEN, Level.EXACT, Level.LEXICAL}


@pytest.mark.parametrize("line", [line for block in blocks(PLACE, "json") for line in block.splitlines()])
def test_messages(line: str) -> None:
    """Every message in the guide is one."""
    Draft202012Validator(PROTOCOL).validate(json.loads(line))


def test_list(tmp_path: Path) -> None:
    """The list of expected failures in the guide is one."""
    (text,) = (block for block in blocks(PLACE, "") if block.startswith("# known.txt"))
    (tmp_path / "known.txt").write_text(text, encoding="utf-8")
    assert len(read_expected_failures(tmp_path / "known.txt")) == 2


def test_names() -> None:
    """Every code, level, feature and environment variable that the guide names exists, and the numbers are right."""
    assert set(re.findall(r"`(client/[a-z-]+)`", GUIDE)) <= set(CODES)
    assert set(re.findall(r"^\| `([A-Z]+)` \|", GUIDE, re.MULTILINE)) == {level.name for level in Level}
    features = PROTOCOL["$defs"]["started"]["properties"]["started"]["properties"]["features"]["properties"]
    assert set(re.findall(r'^\| `"([a-z-]+)": ', GUIDE, re.MULTILINE)) == set(features)
    assert f"passes {PATIENCE} deadlines in a row" in GUIDE
    assert f"`--timeout` seconds, {TIMEOUT:g} unless" in GUIDE
