"""
The workflows that the documents show, and the actions that they use, under actionlint.

It is a Go module; where there is no Go, this is not run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from documents import blocks

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parent.parent.parent.parent
VERSION: Final = "v1.7.12"
OURS: Final = re.compile(r"OWNER/usagecompat/(\.github/actions/\w+)@v[0-9.]+")
WORKFLOWS: Final = [
    (document, number)
    for document in sorted((ROOT / "docs").glob("*.md"))
    for number, block in enumerate(blocks(document, "yaml"))
    if re.search("^jobs:", block, re.MULTILINE)
]


@pytest.fixture(scope="module")
def actionlint(tool: Callable[[str], str], run: Callable[..., str], built: Path) -> Path:
    """The program actionlint."""
    place = built / f"actionlint-{VERSION}"
    if not (place / "actionlint").is_file():
        package = f"github.com/rhysd/actionlint/cmd/actionlint@{VERSION}"
        run(tool("go"), "install", package, env={"GOBIN": str(place), "GOFLAGS": "-mod=mod"})
    return place / "actionlint"


@pytest.fixture
def linted(tmp_path: Path, actionlint: Path) -> Callable[[str], str]:
    """What actionlint says of a workflow in a repository that has our actions."""
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    shutil.copytree(ROOT / ".github" / "actions", tmp_path / ".github" / "actions")

    def lint(text: str) -> str:
        (workflows / "one.yml").write_text(OURS.sub(r"./\1", text), "utf-8")
        done = subprocess.run(
            [str(actionlint), "-no-color", "-oneline"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    return lint


@pytest.mark.parametrize(
    ("document", "number"), WORKFLOWS, ids=[f"{document.stem}-{number}" for document, number in WORKFLOWS]
)
def test_workflows(linted: Callable[[str], str], document: Path, number: int) -> None:
    """Actionlint finds nothing in a workflow that a document shows, inputs and outputs of our actions included."""
    assert linted(blocks(document, "yaml")[number]) == ""


def test_there_are_some() -> None:
    """The documents use both actions."""
    text = "".join(blocks(document, "yaml")[number] for document, number in WORKFLOWS)
    assert {found.rpartition("/")[2] for found in OURS.findall(text)} == {"check", "run"}


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("fail-on: warning", "fail-at: warning", "fail-at"),
        ("steps.check.outputs.sarif", "steps.check.outputs.serif", "serif"),
    ],
)
def test_it_would_find(linted: Callable[[str], str], was: str, becomes: str, said: str) -> None:
    """An input or output that our action does not have is found."""
    (text,) = (block for block in blocks(ROOT / "docs" / "github-actions.md", "yaml") if was in block)
    assert said in linted(text.replace(was, becomes))
