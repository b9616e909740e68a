"""`usagecompat fuzz` from the command line: what it prints, keeps and returns, and what it refuses."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from documents import blocks
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.corpus import folder, read_expected_failures

from .conftest import ODD

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = (sys.executable, "-m", "usagecompat")
FUZZING = Path(__file__).resolve().parents[2] / "docs" / "fuzzing.md"
ITEM = '{"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":"Q7XZ"}'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the odd client, one payload, and a client that writes a flag anew."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_client.py").write_bytes(ODD.read_bytes())
    (tmp_path / "payloads").mkdir()
    (tmp_path / "payloads" / "item.json").write_text(ITEM, "utf-8")
    (tmp_path / "names.py").write_text(
        "def write(payload):\n    return payload.replace(b'\"has_more\":true', b'\"has_more\":false')\n",
        "utf-8",
    )
    return tmp_path


def fuzz(*options: str, client: str = "python:names:write", seconds: str = "120") -> subprocess.CompletedProcess[str]:
    """One run of the command."""
    how = ["--client", client, "--seconds", seconds, "--seed", "1", "--corpus", "payloads", "--stop-after", "1"]
    words = [*COMMAND, "fuzz", *how, *options]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def finds_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The finds of a run with --format json, which the schema describes."""
    told = json.loads(done.stdout)
    Draft202012Validator(json.loads((folder("schemas") / "fuzz.json").read_text("utf-8"))).validate(told)
    found: list[dict[str, Any]] = told["finds"]
    return found


def test_found(place: Path) -> None:
    """What is found is printed with a command that makes a case of it, for acceptable payloads, too; exit status 1."""
    done = fuzz("--json")
    assert done.returncode == 1
    found = finds_of(done)
    assert {one["place"] for one in found} >= {"/has_more"}
    for one in found:
        made = subprocess.run(one["command"], shell=True, capture_output=True, text=True, check=False, env=path())  # noqa: S602 - our own command
        assert made.returncode == 0, made.stderr
    lint = subprocess.run([*COMMAND, "fixtures", "lint", "cases"], capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout
    assert len(list((place / "cases" / "fuzz").glob("*.case.json"))) == len(found)


def path() -> dict[str, str]:
    """An environment in which the command is found."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_found_by_a_draft() -> None:
    """A draft has no cases, so what is found comes with the command that sends it again, which fails then."""
    document = folder("fixtures") / "upstream" / "openapi" / "2026-08-21-13c6a94.json"
    imported = [*COMMAND, "revisions", "import", str(document), "--output", "draft.json"]
    subprocess.run(imported, check=True, capture_output=True)
    done = fuzz("--json", "--revision", "draft.json")
    (found,) = [one for one in finds_of(done) if one["place"] == "/has_more"]
    words = shlex.split(found["command"])
    assert words[:2] == ["usagecompat", "run"]
    assert Path(words[words.index("--corpus") + 1]).read_bytes() == b64decode(found["payload"])
    again = subprocess.run(found["command"], shell=True, capture_output=True, text=True, check=False, env=path())  # noqa: S602 - our own command
    assert (again.returncode, "client/value-changed" in again.stdout) == (1, True), again.stderr
    assert "to send it again, by the draft: usagecompat run" in fuzz("--revision", "draft.json", seconds="3").stdout


def test_kept(place: Path) -> None:
    """What failed is kept where git does not look, and comes first in the next run, marked as found before."""
    first = finds_of(fuzz("--json"))
    kept = place / ".usagecompat"
    assert (kept / ".gitignore").read_text("utf-8").endswith("\n*\n")
    for one in first:
        words = shlex.split(one["command"])
        assert (place / words[words.index("--payload") + 1]).read_bytes() == b64decode(one["payload"])
    again = fuzz()
    assert again.returncode == 1
    assert "new, found before: " in again.stdout
    assert list(place.glob(".hypothesis")) == []


def test_nothing_can_be_kept(place: Path) -> None:
    """If there is no room for a folder, the run says so and goes on."""
    (place / ".usagecompat").write_text("", "utf-8")
    done = fuzz()
    assert done.returncode == 1
    assert "nothing can be kept for the next run" in done.stderr
    assert "to make a case of it" not in done.stdout


def test_known(place: Path) -> None:
    """What the corpus shows is known, and so is what the list of expected failures names: exit status 0."""
    done = fuzz(client="python:odd_client:lower", seconds="1.5")
    assert done.returncode == 0
    assert "the case item fails alike" in done.stdout
    (place / "known.txt").write_text("fuzz* # as it was, issue 3\n", "utf-8")
    done = fuzz("--expected", "known.txt", seconds="1.5", client="python:odd_client:lower")
    assert done.returncode == 0
    assert "line 1 expects it: as it was, issue 3" in done.stdout


def test_interrupted() -> None:
    """Control-C ends the search with a report of what was found."""
    words = [*COMMAND, "fuzz", "--client", "python:names:write", "--seconds", "300", "--corpus", "payloads"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        kept = Path(".usagecompat/examples")
        while not kept.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    assert "Interrupted; this is what was found by then." in stdout
    assert "Traceback" not in stderr
    assert process.returncode == 1


def test_nothing_judged() -> None:
    """A client of which nothing is known is no client without faults: exit status 1."""
    skipping = f"{sys.executable} -I -S odd_client.py skip"
    done = fuzz(client=skipping, seconds="0.5")
    assert done.returncode == 1
    assert "No answer says anything of the client" in done.stdout
    silent = fuzz(client=f"{sys.executable} -I -S odd_client.py silent", seconds="0.5")
    assert silent.returncode == 1
    assert "the client cannot be asked" in silent.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Give the client either as --client CMD or as --adapter NAME."),
        (["--client", "x", "--adapter", "y"], "Give the client either as --client CMD or as --adapter NAME."),
        (["--adapter", "python-json", "--http"], "an adapter declares these itself"),
        (["--client", "x", "--oneshot", "--http"], "not both"),
        (["--client", "./no-such-program"], "no-such-program"),
        (["--client", "python:names:nothing"], "nothing"),
        (["--client", "python:names:write", "--against", "python:names:nothing"], "nothing"),
        (["--client", "x", "--against", ""], "it is empty"),
        (["--client", "x", "--seconds", "0"], "--seconds"),
        (["--client", "x", "--seconds", "nan"], "--seconds"),
        (["--client", "x", "--seed", "-1"], "--seed"),
        (["--client", "x", "--timeout", "-1"], "--timeout"),
        (["--client", "x", "--revision", "2020-01-01"], "2020-01-01"),
        (["--client", "x", "--require", "most"], "--require"),
        (["--client", "x", "--format", "html"], "--format"),
        (["--client", "x", "--corpus", "nowhere"], "nowhere"),
        (["--client", "x", "--expected", "nowhere.txt"], "nowhere.txt"),
        (["--client", "x", "--expected", "names.py"], "names.py"),
        (["--adapter", "no-such-adapter"], "no-such-adapter"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_misuse(options: Sequence[str], words: str) -> None:
    """Bad input is told in one line, with exit status 2."""
    done = CliRunner().invoke(main, ["fuzz", *options])
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_document(place: Path) -> None:
    """The client of docs/fuzzing.md has the fault that the document names, and the command there finds it."""
    (client,) = blocks(FUZZING, "python")
    (place / "client.py").write_text(client, "utf-8")
    (smallest,) = (block.strip() for block in blocks(FUZZING, "json"))
    names: dict[str, Any] = {}
    exec(client, names)  # noqa: S102 - our own document
    assert names["roundtrip"](smallest.encode()) != smallest.encode()
    command = next(block for block in blocks(FUZZING, "bash") if "python:client:roundtrip" in block)
    done = subprocess.run([*COMMAND, *shlex.split(command)[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "client/member-" in done.stdout
    assert '".":0' in done.stdout


def test_list_of_the_document() -> None:
    """The list of expected failures in docs/fuzzing.md is one."""
    (listed,) = blocks(FUZZING, "text")
    Path("known.txt").write_text(listed, "utf-8")
    one, other = read_expected_failures(Path("known.txt"))
    assert one.concerns("fuzz/data/*/results/*/amount/value", "client[mine]")
    assert other.concerns("fuzz/data/*", "client[mine]")
