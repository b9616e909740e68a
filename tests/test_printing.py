"""What comes from outside is printed fit for every terminal, and is never a command to the runner of a workflow."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.corpus.data import folder
from usagecompat.printing import printable

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

NASTY: Final = (
    "\x1b]0;owned\x07\x1b[2J",
    "a\n::error::owned",
    "::error::owned",
    "##[error]owned",
    "  ::set-output name=x::owned",
    "\u202eowned",
    "\x9b2Jowned",
    "a\r::warning::owned",
    "a\u2028::error::owned",
    b"\xff\x1b[1m".decode(errors="surrogateescape"),
)
RESULT: Final = {"object": "organization.usage.completions.result", "input_tokens": 1, "output_tokens": 1}
CLIENT: Final = """
import base64, json, sys
BAD = "\\x1b[2J\\n::error::owned\\u202e"
for line in sys.stdin:
    said = json.loads(line)
    if "start" in said:
        print(json.dumps({"started": {"version": 1, "client": {"name": BAD, "version": BAD, "language": BAD}}}), flush=True)
    elif "stop" in said:
        sys.exit()
    else:
        sys.stderr.write(BAD)
        seq = said["run"]["seq"]
        if seq % 3 == 0:
            print(json.dumps({"rejected": {"seq": seq, "message": BAD}}), flush=True)
        elif seq % 3 == 1:
            print(json.dumps({"skipped": {"seq": seq, "message": BAD, "issue_url": BAD}}), flush=True)
        else:
            tree = json.dumps({BAD: BAD}).encode()
            print(json.dumps({"decoded": {"seq": seq, "payload": base64.b64encode(tree).decode()}}), flush=True)
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Payloads with names that nobody should print, and what nobody should print in them."""
    place = tmp_path / "tree"
    place.mkdir()
    for number, name in enumerate(NASTY):
        payload = {**RESULT, "num_model_requests": number, name.encode(errors="replace").decode(): 1, "model": name}
        if number % 2:
            del payload["input_tokens"]
        text = json.dumps(payload) if number % 3 else '{"\x1b[2J'
        (place / f"{name}.json").write_text(text, "utf-8")
        (place / f"{name}.ndjson").write_text(f"{json.dumps(payload)}\n::error::owned\x1b\n", "utf-8")
    (tmp_path / "client.py").write_text(CLIENT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return place


def clean(result: Result, *, told: str = "") -> None:
    """Nothing is printed that a terminal obeys, and no line is a command but those that the kit means."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for name, output in (("out", result.stdout), ("err", result.stderr)):
        odd = sorted({character for character in output if not character.isprintable() and character != "\n"})
        assert not odd, (told, name, odd, next(line for line in output.split("\n") if odd[0] in line)[:300])
        for line in output.split("\n"):
            start = line.strip()
            assert not start.startswith("##["), (told, line)
            meant = re.match(r"::(error|warning|notice) (file|title)=|::(group|endgroup)::", start)
            assert meant or not start.startswith("::"), (told, line)
            assert not start.startswith(("::error::owned", "::warning::owned", "::set-output")), (told, line)


def usagecompat(*arguments: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, [*arguments])


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_check(tree: Path, format_: str) -> None:
    """`check` in every format, of names and payloads, and of what is not there."""
    clean(usagecompat("check", "--format", format_, str(tree)), told=format_)
    for name in NASTY:
        clean(usagecompat("check", "--format", format_, f"{tree}/nothing{name}", name), told=format_)


@pytest.mark.parametrize("format_", ["text", "json"])
def test_scan(tree: Path, format_: str) -> None:
    """`scan`, and the list of its places."""
    clean(usagecompat("scan", "--format", format_, str(tree), f"{tree}/{NASTY[0]}"))


def test_compare(tree: Path) -> None:
    """`compare`, of two of them."""
    one, other = sorted(map(str, tree.glob("*.json")))[:2]
    clean(usagecompat("compare", one, other))
    clean(usagecompat("compare", "--json", one, other))


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "junit", "badge", "html"])
def test_run(tree: Path, format_: str) -> None:
    """`run` in every format, of a client whose every word is bad."""
    client = shlex.join([sys.executable, "-I", "-S", "client.py"])
    clean(usagecompat("run", "--client", client, "--corpus", str(tree), "--format", format_), told=format_)
    clean(usagecompat("run", "--client", client, "--name", NASTY[0], "-k", NASTY[2], "--format", format_), told=format_)


def test_fixtures(tree: Path) -> None:
    """`fixtures` of a corpus with names that nobody should print."""
    like = json.loads((folder("fixtures") / "numbers/count-one.case.json").read_text("utf-8"))
    for number, name in enumerate(NASTY):
        topic = tree / "numbers"
        topic.mkdir(exist_ok=True)
        case = {**like, "id": f"numbers/{name}" if number % 2 else name}
        case |= {"description": name, "evidence": name} if number % 3 else {"flags": [name]}
        path = topic / f"{name}.case.json"
        path.write_text(json.dumps(case), "utf-8")
        (topic / f"{name}.json").write_bytes((folder("fixtures") / "numbers/count-one.json").read_bytes())
        for command in ("list", "lint", "coverage", "manifest", "mutants"):
            clean(usagecompat("fixtures", command, str(tree)), told=f"{command} {name!r}")
        path.unlink()


@pytest.mark.parametrize("command", ["explain", "schema", "check", "adapters", "revisions", "fixtures", "convert"])
def test_arguments(command: str) -> None:
    """What is given on the command line and makes no sense."""
    for name in NASTY:
        clean(usagecompat(command, name), told=command)
        clean(usagecompat(command, f"--{name}"), told=command)
        clean(usagecompat(name), told=command)


def test_pytest(pytester: pytest.Pytester, tree: Path) -> None:
    """A run of pytest under `--compat`, its node ids and failures."""
    del pytester
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", f"--compat={tree}", "-rA", "-v", "--color=no"]
    result = subprocess.run(command, capture_output=True, check=False)
    output = (result.stdout + result.stderr).decode(errors="backslashreplace")
    assert "owned" in output
    assert not {character for character in output if not character.isprintable()} - {"\n"}
    for line in output.split("\n"):
        assert not line.strip().startswith(("::error::owned", "##[", "::set-output")), line


def test_printable() -> None:
    """What is printable stays, and what a terminal or a runner obeys is escaped."""
    assert printable("déjà vu, 東京") == "déjà vu, 東京"
    assert printable("\x1b[2J\u202e") == "\\x1b[2J\\u202e"
    assert printable("::error::x") == "\\x3a:error::x"
    assert printable("  ##[error]x") == "  \\x23#[error]x"
    assert printable("a::b") == "a::b"
    assert os.linesep
