"""`usagecompat --version`: kit, corpus and newest revision."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import usagecompat
from usagecompat.cli import main
from usagecompat.contract import LATEST
from usagecompat.corpus import cases, data, folder

if TYPE_CHECKING:
    from pathlib import Path


def run(*args: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, args, prog_name="usagecompat")


def test_three_lines() -> None:
    """The first line is the kit's name and version, the others say corpus and newest revision."""
    result = run("--version")
    assert result.exit_code == 0
    kit, corpus, revision = result.stdout.splitlines()
    assert kit == f"usagecompat {usagecompat.__version__}"
    assert (found := re.fullmatch(r"corpus (\d+\.\d+\.\d+) \(([\d,]+) cases\)", corpus))
    assert int(found[2].replace(",", "")) == len(cases())
    assert found[1] in {case.since for case in cases()}
    assert revision == f"newest revision {LATEST}"


@pytest.mark.parametrize("args", [("--version", "--json"), ("--json", "--version"), ("--version", "--json", "check")])
def test_json(args: tuple[str, ...]) -> None:
    """`--json` before or behind it gives the same as one object, as the schema says."""
    result = run(*args)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    schema = json.loads((folder("schemas") / "listings.json").read_text("utf-8"))
    Draft202012Validator({**schema, "anyOf": [{"$ref": "#/$defs/version"}]}).validate(told)
    assert told["usagecompat"] == usagecompat.__version__
    assert told["newest_revision"] == LATEST
    assert told["corpus"]["cases"] == len(cases())


@pytest.mark.parametrize("args", [("--json",), ("--json", "check", "-")])
def test_json_alone(args: tuple[str, ...]) -> None:
    """`--json` before a command is refused with where it belongs."""
    result = run(*args)
    assert result.exit_code == 2
    assert "--json here goes with --version alone; a command takes it behind its name." in result.stderr


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cases": 1}', '{"cases": []}', '{"cases": [{"id": "a"}]}', '{"cases": [{"since": "soon"}]}']
)
def test_a_damaged_corpus(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest that does not say it is named in one line."""
    monkeypatch.setattr(data, "_one_file", lambda name: (str(tmp_path / name), text.encode()))
    result = run("--version")
    assert result.exit_code == 2
    assert str(tmp_path / "fixtures" / "manifest.json") in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_little_is_imported() -> None:
    """No case is read for it, and no library but click and attrs is imported."""
    program = (
        "import sys; from usagecompat.cli import main; main(['--version'], standalone_mode=False);"
        "print([n for n in ('usagecompat.corpus.case_files', 'jsonschema', 'hypothesis', 'msgspec', 'yaml') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
