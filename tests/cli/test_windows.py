"""What works where nothing is there that Windows does not have, as far as Linux can play that, and what is refused."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.corpus import packaged

PROGRAM: Final = Path(__file__).resolve().parent.parent / "helpers" / "like_windows.py"
ROOT: Final = PROGRAM.parent.parent.parent
PAGE: Final = """{"object": "page", "data": [{"object": "bucket", "start_time": 1767225600, "end_time": 1767312000, \
"results": [{"object": "organization.costs.result", "amount": {"value": 1.5, "currency": "usd"}, \
"line_item": null, "project_id": null}]}], "has_more": false, "next_page": null}"""
WORKS: Final = [
    "--version",
    "check page.json",
    "check page.json --format sarif --also html=page.html",
    "compare page.json page.json",
    "convert page.json --to 2026-05-21 --out old.json",
    "explain wire",
    "scan page.json --totals",
    "redact page.json --out redacted",
    "revisions",
    "schema page",
    "openapi",
    "fixtures list --set smoke",
    "fixtures copy corpus",
    "serve --list",
    "adapters list",
    "run --client python:codec:again --set smoke --require none --format json",
    "matrix --client same=python:codec:again --set smoke --require none",
    "completion fish",
]
"""One after the other in one process, as its start takes longer than most of them."""
IN_PROCESSES: Final = ["scan page.json page.json --jobs 2 --state state.json --list places.ndjson"]
PROCESSES: Final = [
    "run --client 'node adapter.mjs'",
    "run --client cat --oneshot",
    "run --client cat --http",
    "run --client cat --paging",
    "run --adapter python-json --set smoke",
]
REFUSAL: Final = (
    "usagecompat: the client cannot be started: processes of clients need Linux or macOS; "
    "on Windows use WSL, or a client python:…\n"
)


MATRIX: Final = "matrix --client mine=cat --set smoke"
INSTALL: Final = "adapters install python-json --into in"
LIST: Final = "adapters list --json"
ENDS: Final = ("check unix.json --json", "check windows.json --json")
SCAN: Final = f"scan '{packaged() / 'kinds'}' --json --jobs "
FAIL: Final = (*PROCESSES, MATRIX, INSTALL, LIST, *ENDS, f"{SCAN}1")
"""What need not work, or is looked at closely: asked in one process, too."""


def like_windows(*words: str, place: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """One command, as it would be on Windows, where no program of ours is."""
    (place / "page.json").write_text(PAGE, "utf-8", newline="\r\n")
    (place / "codec.py").write_text("def again(payload):\n    return payload\n", "utf-8")
    return subprocess.run(
        [sys.executable, str(PROGRAM), *words],
        cwd=place,
        env={**os.environ, "PATH": "", "PYTHONIOENCODING": "utf-8", **env},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@frozen
class Answer:
    """What a command did."""

    status: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """What each command of `FAIL` does on Windows."""
    place = tmp_path_factory.mktemp("windows")
    text = '{"object": "organization.costs.result",\n "amount": {"value": 1,\n  "currency": 7}}\n'
    for name, ends in (("unix.json", "\n"), ("windows.json", "\r\n")):
        (place / name).write_text(text, "utf-8", newline=ends)
    there = str(place / "there")  # as if somebody had installed it there
    CliRunner().invoke(main, ["adapters", "install", "python-json", "--into", there], catch_exceptions=False)
    asked = json.dumps([shlex.split(line) for line in FAIL])
    done = like_windows(place=place, stdin=asked, USAGECOMPAT_ADAPTERS=there)
    assert done.returncode == 0, done.stderr
    return {line: Answer(*said) for line, said in zip(FAIL, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("line", [" --- ".join(WORKS), *IN_PROCESSES])
def test_works(line: str, tmp_path: Path) -> None:
    """Everything works that needs no processes of clients."""
    done = like_windows(*line.split(), place=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("newest revision" in done.stdout) is ("--version" in line)
    assert ("complete --no-files" in done.stdout) is ("completion" in line)  # the last one ran, too
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", PROCESSES)
def test_refused(line: str, answers: dict[str, Answer]) -> None:
    """A client that is a process is refused in one line that says what to do."""
    assert (answers[line].status, answers[line].stderr) == (2, REFUSAL)


def test_adapters_are_refused(answers: dict[str, Answer]) -> None:
    """Adapters are processes: none can be installed, and the list says so."""
    done = answers[INSTALL]
    assert done.status == 2
    assert len(done.stderr.splitlines()) == 1
    assert "a POSIX system is missing" in done.stderr
    told = json.loads(answers[LIST].stdout)
    assert {one["can_run"] for one in told} == {False}


def test_matrix_names_what_cannot_be_started(answers: dict[str, Answer]) -> None:
    """A matrix has no row for a client that is a process, names it, and ends with status 2."""
    done = answers[MATRIX]
    assert done.status == 2
    assert "mine: not run" in done.stdout
    assert "need Linux or macOS" in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
@pytest.mark.parametrize("line", ["check {0}", "check {0} --format github", "explain", "fixtures list"])
def test_consoles(encoding: str, line: str, tmp_path: Path) -> None:
    """A console that can display few characters gets everything, and what it cannot display as escapes."""
    done = subprocess.run(
        [sys.executable, "-m", "usagecompat", *line.format(packaged() / "text").split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding, "GITHUB_STEP_SUMMARY": os.devnull},
        capture_output=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout.decode(encoding)


def test_line_ends_count_as_one(answers: dict[str, Answer]) -> None:
    """Lines of a payload end with CR LF as they do with LF: findings stand at the same line and column."""
    told = [json.loads(answers[line].stdout)["findings"] for line in ENDS]
    places = [[(one["code"], one["line"], one["column"]) for one in found] for found in told]
    assert places[0] == places[1]
    assert places[0]


def test_spawned_workers_say_the_same(answers: dict[str, Answer], tmp_path: Path) -> None:
    """A scan by processes that are spawned, as on Windows and macOS, says what one process says."""
    two = like_windows(*shlex.split(f"{SCAN}2"), place=tmp_path)
    assert json.loads(answers[f"{SCAN}1"].stdout) == json.loads(two.stdout)
