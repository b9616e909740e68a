"""`usagecompat fixtures mutants`, `sets` and `faults`."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.corpus.selection import cases

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the command."""
    result = CliRunner().invoke(main, ["fixtures", *arguments])
    return result.exit_code, result.stdout, result.stderr


def small_corpus(directory: Path, *topics: str) -> str:
    """Some topics of the packaged corpus, without a manifest and without its few payloads that are large."""
    for topic in topics:
        (directory / topic).mkdir()
    for case in cases():
        if case.topic in topics and len(case.payload) < 20_000:
            for path in (case.payload_path, case.payload_path.with_suffix(".case.json")):
                shutil.copy(path, directory / case.topic)
    return str(directory)


def test_each_mutant_is_told_with_what_kills_it(tmp_path: Path) -> None:
    """A line names the mutant, its outcome, how many cases kill it and some of them."""
    root = small_corpus(tmp_path, "revisions")
    status, out, err = run("mutants", root, "--family", "flat", "--jobs", "1")
    assert status == 0
    assert out.splitlines()[0].split()[:2] == ["flat/zeros", "killed"]
    assert "7 killed, 0 survived, 0 equivalent" in err


def test_proofs_are_told() -> None:
    """For a mutant that no payload can kill, the proof stands in the place of the cases."""
    status, out, _ = run("mutants", "--family", "equivalent", "--jobs", "1")
    assert status == 0
    assert all("equivalent" in line and "." in line for line in out.splitlines())


def test_survivors_fail(tmp_path: Path) -> None:
    """A corpus that lets mutants live is told which, with exit status 1."""
    root = small_corpus(tmp_path, "pages")
    status, out, _ = run("mutants", root, "--family", "amount-accepted", "--survivors", "--jobs", "1")
    assert status == 1
    assert "amount-accepted/nan" in out
    assert "killed" not in out


def test_json_says_it_all(tmp_path: Path) -> None:
    """Each line of JSON says the fault, the outcome, and each case with its codes."""
    root = small_corpus(tmp_path, "objects", "pages")
    status, out, _ = run("mutants", root, "--family", "tag", "--json", "--jobs", "1")
    told = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    lost = next(one for one in told if one["name"] == "tag/lost")
    assert lost["fate"] == "killed"
    assert all(code.startswith("client/") for codes in lost["killed_by"].values() for code in codes)


def test_an_unknown_family_is_misuse() -> None:
    """A family that does not exist ends with exit status 2 and names those that do."""
    status, _, err = run("mutants", "--family", "nonsense")
    assert status == 2
    assert "dropped" in err


def test_the_page_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is not what the corpus says is stale, with exit status 1, until it is written."""
    monkeypatch.setattr("usagecompat.mutants.table", lambda cases: f"a row for each of {len(cases)} cases\n")
    page = tmp_path / "faults.md"
    assert run("faults", "--check", str(page))[0] == 1
    assert run("faults", "--write", str(page))[0] == 0
    assert run("faults", "--check", str(page))[0] == 0
