"""`usagecompat compare` on the command line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from usagecompat import compare
from usagecompat.cli import main

if TYPE_CHECKING:
    from pathlib import Path

from fidelity_texts import validator


@pytest.mark.parametrize(
    ("sent", "returned", "status"),
    [
        ("{}", "{}", 0),
        ('{"a":1}', '{ "a":1 }', 0),
        ('{"a":1,"b":2}', '{"b":2,"a":1.0}', 0),
        ('{"a":0.12345678901234567890}', '{"a":0.12345678901234568}', 1),
        ('{"a":1}', "", 1),
    ],
)
def test_command(tmp_path: Path, sent: str, returned: str, status: int) -> None:
    """`usagecompat compare` says the level and each difference, and its status whether the two are identical."""
    (tmp_path / "sent.json").write_text(sent, "utf-8")
    (tmp_path / "returned.json").write_text(returned, "utf-8")
    names = [str(tmp_path / "sent.json"), str(tmp_path / "returned.json")]
    told = CliRunner().invoke(main, ["compare", *names])
    fidelity = compare(sent, returned)
    assert told.exit_code == status, told.output
    first, *others = told.stdout.splitlines()
    assert re.match(rf"level {int(fidelity.level)}, {fidelity.level.name}: ", first)
    assert len(others) == 2 * len(fidelity.differences)
    assert all(one.code in told.stdout and one.message in told.stdout for one in fidelity.differences)
    as_json = CliRunner().invoke(main, ["compare", names[0], "-", "--format", "json"], input=returned)
    assert as_json.exit_code == status
    answer = json.loads(as_json.stdout)
    validator().validate(answer)
    assert answer["source"] == {"sent": names[0], "returned": "<stdin>"}
    assert {name: answer[name] for name in answer if name != "source"} == fidelity.to_dict()


@pytest.mark.parametrize(
    "arguments", [["a.json"], ["-", "-"], ["gone.json", "a.json"], ["a.json", "many.ndjson"], ["a.json", "."]]
)
def test_command_misused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """What cannot be compared is one line and status 2."""
    (tmp_path / "a.json").write_text("{}", "utf-8")
    (tmp_path / "many.ndjson").write_text("{}\n{}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["compare", *arguments], input="{}")
    assert told.exit_code == 2
    assert told.stderr.count("\n") == 1


def test_command_shows_nothing_unescaped(tmp_path: Path) -> None:
    """No control character of a payload reaches the terminal."""
    (tmp_path / "a.json").write_text('{"a\\u001b":1,"\u202e":"\u202e"}', "utf-8")
    (tmp_path / "b.json").write_text("{}", "utf-8")
    told = CliRunner().invoke(main, ["compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    assert told.exit_code == 1
    assert all(character.isprintable() or character == "\n" for character in told.stdout)
