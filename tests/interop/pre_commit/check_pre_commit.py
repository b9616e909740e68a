"""
The hooks of `.pre-commit-hooks.yaml`, run by pre-commit in a repository that uses them as docs/pre-commit.md says.

pre-commit clones the kit from the commit that is checked out here, and installs it into an environment of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml
from documents import blocks

from usagecompat.corpus import packaged

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parent.parent.parent.parent
DOCUMENT: Final = ROOT / "docs" / "pre-commit.md"
VALID: Final = '{"object": "organization.costs.result", "line_item": null}'
WARNING: Final = '{"object": "organization.costs.result", "amount": {"value": "1", "currency": "usd"}}'
INVALID: Final = '{"object": "organization.costs.result", "line_item": 1}'

Ask = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def python(built: Path, run: Callable[..., str]) -> Path:
    """The Python of an environment that has pre-commit and nothing else."""
    place = built / f"pre-commit-{sys.version_info.major}.{sys.version_info.minor}"
    found = place / "bin" / "python"
    if not (place / "bin" / "pre-commit").is_file():
        run(sys.executable, "-m", "venv", "--clear", place)
        run(found, "-m", "pip", "install", "-q", "pre-commit>=4.0")
    return found


@pytest.fixture(scope="module")
def git(tool: Callable[[str], str]) -> str:
    """The program git."""
    return tool("git")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who has nothing of ours."""
    home = tmp_path_factory.mktemp("home")
    me = {
        f"GIT_{who}_{what}": f"{who}@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    kept = {name: said for name, said in os.environ.items() if not name.startswith(("GIT_", "PY", "VIRTUAL_ENV"))}
    return {**kept, **me, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "pre-commit")}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str], git: str) -> Path:
    """A repository of the kit with what is here, committed or not."""
    place = tmp_path_factory.mktemp("kit") / "usagecompat"
    subprocess.run([git, "clone", "-q", str(ROOT), str(place)], env=env, check=True)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", place)
    subprocess.run([git, "add", "-A"], cwd=place, env=env, check=True)
    subprocess.run([git, "commit", "-q", "--allow-empty", "-m", "As it is here"], cwd=place, env=env, check=True)
    head = subprocess.run([git, "rev-parse", "HEAD"], cwd=place, env=env, capture_output=True, text=True, check=True)
    (place / "rev").write_text(head.stdout.strip(), "utf-8")
    return place


def configuration(block: int, kit: Path) -> str:
    """What docs/pre-commit.md has as a configuration, of the commit that is here."""
    rev = (kit / "rev").read_text("utf-8")
    settings = yaml.safe_load(blocks(DOCUMENT, "yaml")[block])
    for one in settings["repos"]:
        one |= {"repo": str(kit), "rev": rev}
    text: str = yaml.safe_dump(settings)
    return text


@pytest.fixture
def ask(tmp_path: Path, env: dict[str, str], git: str, python: Path) -> Ask:
    """Runs a program in a new repository."""
    subprocess.run([git, "init", "-q"], cwd=tmp_path, env=env, check=True)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        program = [str(python), "-m", "pre_commit"] if command[0] == "pre-commit" else [git]
        return subprocess.run(
            [*program, *command[1:]], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    return run


def written(root: Path, files: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def test_a_commit_is_refused(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """After `pre-commit install` an invalid payload is not committed, with the report; once it is fixed, it is."""
    written(
        tmp_path,
        {
            ".pre-commit-config.yaml": configuration(0, kit),
            "recorded/costs.json": INVALID,
            "package.json": '{"object": 1}',
            "recorded/one.case.json": "{}",
        },
    )
    assert ask("pre-commit", "install").returncode == 0
    ask("git", "add", "-A")
    refused = ask("git", "commit", "-m", "Record costs")
    assert refused.returncode == 1
    assert "recorded/costs.json" in refused.stderr
    assert "schema/wrong-type" in refused.stderr
    assert "package.json" not in refused.stderr
    assert "one.case.json" not in refused.stderr
    written(tmp_path, {"recorded/costs.json": VALID})
    ask("git", "add", "-A")
    assert ask("git", "commit", "-m", "Record costs").returncode == 0


def test_what_is_looked_at(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """Only payloads are checked: by default those in folders of recordings, else what `files` names."""
    files = {"src/settings.json": INVALID, "recorded/readme.md": INVALID, "notrecorded/a.json": INVALID}
    written(tmp_path, {".pre-commit-config.yaml": configuration(0, kit), **files})
    ask("git", "add", "-A")
    done = ask("pre-commit", "run", "--all-files", "--verbose")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("no files to check") == 2
    for name in ("recorded/a.json", "deep/recordings/b/c.ndjson", "usage_payloads/d.jsonl"):
        written(tmp_path, {name: INVALID})
        ask("git", "add", "-A")
        done = ask("pre-commit", "run", "--all-files")
        assert done.returncode == 1
        assert name in done.stdout


def test_own_places_and_options(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """`files` and `args` of one's own hold, for both hooks."""
    files = {"tests/responses/a.json": WARNING, "recorded/b.json": INVALID}
    written(tmp_path, {".pre-commit-config.yaml": configuration(1, kit), **files})
    ask("git", "add", "-A")
    assert ask("pre-commit", "run", "--all-files").returncode == 0
    written(tmp_path, {"tests/responses/a.json": '{"object": "organization.costs.result", "line_itm": null}'})
    ask("git", "add", "-A")
    warned = ask("pre-commit", "run", "--all-files")
    assert warned.returncode == 1
    assert "schema/misspelt-member" in warned.stdout


def test_a_corpus(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """A sound corpus passes; one with a payload that was changed by hand does not."""
    written(tmp_path, {".pre-commit-config.yaml": configuration(0, kit)})
    corpus = tmp_path / "tests" / "usage-payloads"
    shutil.copytree(packaged(), corpus)
    ask("git", "add", "-A")
    sound = ask("pre-commit", "run", "usagecompat-fixtures-lint", "--all-files")
    assert sound.returncode == 0, sound.stdout
    with (corpus / "deviations" / "amount-number.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    ask("git", "add", "-A")
    broken = ask("pre-commit", "run", "usagecompat-fixtures-lint", "--all-files")
    assert broken.returncode == 1
    assert "amount-number.json" in broken.stdout


def test_without_a_configuration(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """`pre-commit try-repo` needs no configuration, as the document says."""
    written(tmp_path, {"recorded/costs.json": INVALID})
    ask("git", "add", "-A")
    (line,) = (
        line for block in blocks(DOCUMENT, "text") for line in block.splitlines() if line.startswith("pre-commit")
    )
    tried = ask(*line.replace("https://github.com/OWNER/usagecompat", str(kit)).split())
    assert tried.returncode == 1
    assert "schema/wrong-type" in tried.stdout


def test_no_such_corpus(tmp_path: Path, ask: Ask, kit: Path) -> None:
    """A directory in `args` that is not there is named."""
    settings = configuration(1, kit).replace("- corpus", "- corpora")
    written(tmp_path, {".pre-commit-config.yaml": settings, "corpus/a.json": VALID})
    ask("git", "add", "-A")
    done = ask("pre-commit", "run", "--all-files")
    assert done.returncode == 1
    assert "corpora" in done.stdout
