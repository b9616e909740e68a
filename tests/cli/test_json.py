"""What commands print for other programs: `--json` in all of them, and what the published schemas say of it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.cli.commands import COMMANDS
from usagecompat.corpus.data import folder

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final[dict[str, Any]] = json.loads((folder("schemas") / "listings.json").read_text("utf-8"))
COST: Final = '{"object": "organization.costs.result", "amount": {"value": 1, "currency": "usd"}, "line_itm": "x"}'
WITHOUT: Final = {
    (),  # groups, which do nothing by themselves
    ("adapters",),
    ("adapters", "new"),  # writes files of which it names each
    ("completion",),  # prints a script
    ("fixtures",),
    ("fixtures", "about"),  # writes a page
    ("fixtures", "copy"),  # writes files
    ("fixtures", "faults"),  # writes a page
    ("fixtures", "manifest"),  # prints JSON in any case
    ("fixtures", "new"),  # asks a person
    ("fixtures", "update"),  # prints a diff to be agreed to
    ("schema",),  # prints JSON in any case
}


def run(*args: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, args, prog_name="usagecompat")


def every_command() -> dict[tuple[str, ...], click.Command]:
    """Each command under its words."""
    found: dict[tuple[str, ...], click.Command] = {}
    context = click.Context(main)
    for name in sorted(COMMANDS):
        command = main.get_command(context, name)
        assert command is not None
        found[name,] = command
        if isinstance(command, click.Group):
            found |= {(name, inner): command.commands[inner] for inner in sorted(command.commands)}
    return found


EVERY: Final = every_command()


def against(part: str, value: object) -> None:
    """`value` is what a part of the schema says."""
    Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{part}"}]}).validate(value)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with one payload, and a corpus of one case."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "few").mkdir()
    for path in (folder("fixtures") / "rules").glob("cached-equals-input.*"):
        shutil.copy(path, tmp_path / "few")
    (tmp_path / "cost.json").write_text(COST, "utf-8")
    return tmp_path


def test_the_schema_is_one() -> None:
    """The schema is valid, and has nothing that no test holds."""
    Draft202012Validator.check_schema(SCHEMA)
    assert [one["$ref"].removeprefix("#/$defs/") for one in SCHEMA["anyOf"]] == list(SCHEMA["$defs"])


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_has_it(words: tuple[str, ...]) -> None:
    """Every command that prints what a program could want has `--json`, and `-j` is never anything but `--jobs`."""
    options = {name for option in EVERY[words].params for name in option.opts}
    assert ("--json" in options) == (words not in WITHOUT), "give it `formats()` of cli/formats.py, or say here why not"
    assert "-j" not in options or "--jobs" in options


LINES: Final = {
    "explanation": ["explain", "wire/amount-as-string"],
    "explanations": ["explain", "archive"],
    "revisions": ["revisions"],
    "case": ["fixtures", "list", "--set", "smoke"],
    "obligation": ["fixtures", "coverage", "few", "--topic", "rule"],
    "mutant": ["fixtures", "mutants", str(folder("fixtures") / "deviations"), "--family", "amount"],
    "scenarios": ["serve", "--list"],
    "packed": ["fixtures", "pack", "dist", "--for", "archive"],
    "redacted": ["redact", "cost.json", "--out", "out"],
    "adapters": ["adapters", "list"],
    "installed": ["adapters", "install", "python-json", "--into", "here"],
    "removed": ["adapters", "remove", "python-json", "--into", "here"],
}


@pytest.mark.parametrize("part", LINES)
def test_listings(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is what the schema says, and `--json` means `--format json`."""
    if part == "adapters":
        monkeypatch.setenv("PATH", "")  # compilers are missing, and need not say their versions
    one, other = run(*LINES[part], "--json"), run(*LINES[part], "--format", "json")
    assert one.exit_code in {0, 1}, one.output
    if part not in {"packed", "redacted"}:  # these write files, and never twice to one place
        assert one.stdout == other.stdout
    lines = [one.stdout] if one.stdout.startswith("[") or part == "explanation" else one.stdout.splitlines()
    assert lines
    for line in lines:
        against(part, json.loads(line))


def test_all_explanations() -> None:
    """So it is for all codes at once."""
    against("explanations", json.loads(run("explain", "--json").stdout))


def test_problems(place: Path) -> None:
    """A line of `fixtures lint` for each problem."""
    (place / "corpus" / "numbers").mkdir(parents=True)
    (place / "corpus" / "numbers" / "x.json").write_text(COST, "utf-8")
    (place / "corpus" / "numbers" / "y.case.json").write_text("{}", "utf-8")
    result = run("fixtures", "lint", "corpus", "--json")
    assert result.exit_code == 1
    for line in result.stdout.splitlines():
        against("problem", json.loads(line))


def test_losses(place: Path) -> None:
    """A line for each loss, and for each payload that is refused."""
    (place / "kind.json").write_text('{"object": "organization.usage.web_searches.result", "num_requests": 1}', "utf-8")
    result = run("convert", "cost.json", "kind.json", "--to", "2024-12-04", "--strict", "--out", "out.json", "--json")
    told = [json.loads(line) for line in result.stderr.splitlines()]
    assert told
    for one in told:
        against("loss", one)


def test_imports(place: Path) -> None:
    """What a draft cannot hold, and what is new about it."""
    (place / "openapi.json").write_text(run("openapi", "--json").stdout, "utf-8")
    result = run("revisions", "import", "openapi.json", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)
    against("imported", json.loads(result.stderr))


def test_serving() -> None:
    """The one line of `serve` has the URL."""
    command = [sys.executable, "-m", "usagecompat", "serve", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as serving:
        assert serving.stdout
        told = json.loads(serving.stdout.readline())
        serving.send_signal(signal.SIGTERM)
    against("serving", told)


def test_two_formats() -> None:
    """`--json` beside another format is misuse, and beside the same is not."""
    result = run("check", "cost.json", "--json", "--format", "sarif")
    assert result.exit_code == 2
    assert "--json means --format json, and here is --format sarif, too." in result.stderr
    assert run("check", "cost.json", "--json", "--format", "json").exit_code == 0


def test_groups_and_their_commands() -> None:
    """What is asked of a group is not asked of its commands."""
    result = run("revisions", "--json", "diff", "2026-08-21", "2026-10-21")
    assert not result.stdout.startswith("{")
