"""What the tutorials and the pages that explain show is what happens, command by command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from documents import blocks, examples

from usagecompat.cli import main
from usagecompat.ledger import Ledger, UsageServer

DOCS = Path(__file__).resolve().parent.parent / "docs"
PYTHON = DOCS / "tutorial-python.md"
CLIENT = DOCS / "tutorial-client.md"


@pytest.mark.parametrize("name", ["verdicts", "fidelity"])
def test_examples_of_explanations(name: str) -> None:
    """What the pages on verdicts and fidelity assert holds."""
    found = examples(DOCS / f"{name}.md", "python")
    assert found
    for example in found:
        example.evaluate()


def commands(document: Path) -> list[list[str]]:
    """The `usagecompat` commands of a tutorial, without those that install."""
    lines = [line for block in blocks(document, "bash") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("usagecompat ")]


def said(words: list[str], status: int) -> str:
    """What a command prints, which must end with this status."""
    result = CliRunner().invoke(main, words, prog_name="usagecompat")
    assert result.exit_code == status, (words, result.output)
    return result.output


def test_check_of_the_first_payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first payload of the tutorial for Python is reported as the tutorial quotes it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recorded").mkdir()
    (payload,) = blocks(PYTHON, "json")
    (tmp_path / "recorded" / "cost.json").write_text(payload, "utf-8")
    (quoted,) = blocks(PYTHON, "text")
    _version, check, explain = commands(PYTHON)
    assert said(check, 0).splitlines() == quoted.splitlines()
    assert said([*check, "--fail-on", "warning"], 1)
    assert "Who was hit" in said(explain, 0)


def test_python_of_the_tutorial(capsys: pytest.CaptureFixture[str]) -> None:
    """The reader of the tutorial fails with the error that is quoted, and its fix adds up; generated pages do not break it."""
    found = [example for example in examples(PYTHON, "python") if "usage_payload_check" not in example.parsed]
    for example in found:
        example.evaluate()
    error, total = capsys.readouterr().out.splitlines()
    assert f"# {error}" in found[1].parsed
    assert re.fullmatch(r"\d+\.\d+", total)
    found[-1].namespace["test_total_of_any_page"]()


def test_fixture_of_the_tutorial(pytester: pytest.Pytester) -> None:
    """The test that the tutorial for Python shows passes."""
    (test,) = (block for block in blocks(PYTHON, "python") if "usage_payload_check" in block)
    pytester.makepyfile(test)
    pytester.runpytest().assert_outcomes(passed=1)


def counted(text: str) -> str:
    """A text with `N` for each number: the corpus grows, and the tutorial need not follow each time."""
    return re.sub(r"\d+", "N", text)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is absent")
def test_client_of_the_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client with the fault and the fixed one are reported as the tutorial quotes them."""
    monkeypatch.chdir(tmp_path)
    for name, program in zip(("client.mjs", "fixed.mjs"), blocks(CLIENT, "js"), strict=True):
        (tmp_path / name).write_text(program, "utf-8")
    _version, faulty, fixed, new, smoke, known = commands(CLIENT)
    head, causes, right = blocks(CLIENT, "text")
    first = counted(said([*faulty, "--probes", "none"], 1))  # the fixed one is also asked again
    assert first.startswith(counted(head))
    assert counted(causes.rstrip().removesuffix("…").rstrip()) in first
    assert counted(right.rstrip()) in counted(said(fixed, 0))
    said(new, 0)
    assert "NONE" not in said([*smoke, "-k", "kinds"], 0).splitlines()[1]
    said([*known, "-k", "kinds"], 0)


def test_over_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two versions of the page on clients over time differ as it says, line by line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # `python` is this one
    page = DOCS / "over-time.md"
    for name, program in zip(("usage_v1.py", "usage_v2.py"), blocks(page, "python"), strict=True):
        (tmp_path / name).write_text(program, "utf-8")
    run, again, back, both, *kept = commands(page)
    changes, fixed = blocks(page, "text")
    assert said([*run, "--probes", "none"], 0)
    for words, status, quoted in (([*again, "--probes", "none"], 1, changes), (back, 0, fixed)):
        printed = said(words, status)
        assert quoted.strip() in printed, printed
    said(both, 1)
    assert "v1" in (tmp_path / "versions.html").read_text("utf-8")
    for words, status in zip(kept, (1, 0, 1), strict=True):
        said(words, status)
    assert len([*(tmp_path / "runs").iterdir()]) == len(kept)
    assert (tmp_path / "history.html").read_text("utf-8").count('class="dot0"') == len(kept)


def test_first_answer_of_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up archive adds up to the totals that the page quotes."""
    archives = DOCS / "archives.md"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports").mkdir()
    (asked,) = re.findall(r"'http://127\.0\.0\.1:8080(\S+)' > exports/costs\.json", blocks(archives, "bash")[0])
    with UsageServer(Ledger()) as server:
        page = server.respond("GET", asked, {"Authorization": f"Bearer {server.key}"}).body
    (tmp_path / "exports" / "costs.json").write_bytes(page)
    _serve, scan, *_others = commands(archives)
    assert blocks(archives, "text")[0] in said(scan, 0)
