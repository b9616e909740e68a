"""`.ci/release.py` refuses what is no release, and says why."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERSION = "7.8.9"
CHANGES = "# Changelog\n\n## Unreleased\n\n## 7.8.9 (2026-11-29)\n\n### Added\n\n* A thing.\n\n## 7.8.8\n\n* Another.\n"


def git(repository: Path, *words: str) -> None:
    """Run git with a made-up author."""
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, *words], cwd=repository, check=True, capture_output=True)  # noqa: S607 - git is where PATH says


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of a project that could be released."""
    folder = tmp_path / "project"
    (folder / ".ci").mkdir(parents=True)
    shutil.copyfile(ROOT / ".ci" / "release.py", folder / ".ci" / "release.py")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "usagecompat"\nversion = "{VERSION}"\n', "utf-8")
    (folder / "CHANGELOG.md").write_text(CHANGES, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "All of it")
    return folder


def released(repository: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What comes of a release of a repository."""
    command = [sys.executable, ".ci/release.py", *words, str(repository.parent / "out")]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def refused(repository: Path) -> list[str]:
    """Why a repository is not released; nothing may be written then."""
    run = released(repository)
    assert run.returncode == 1, run.stdout + run.stderr
    assert not (repository.parent / "out").exists()
    return re.findall(r"(?m)^refused: (.*)$", run.stdout)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "new.txt"])
def test_dirty_tree(repository: Path, name: str) -> None:
    """A tree with a change or a file that is not committed is refused, and the file is named."""
    with (repository / name).open("a", encoding="utf-8") as file:
        file.write("* More.\n")
    (reason,) = refused(repository)
    assert f"the first is {name}" in reason


@pytest.mark.parametrize(
    "text",
    [CHANGES.replace(VERSION, "7.8.90"), CHANGES.replace("### Added\n\n* A thing.\n\n", "")],
    ids=["no section", "an empty section"],
)
def test_version_without_changelog(repository: Path, text: str) -> None:
    """A version of which the changelog says nothing is refused."""
    (repository / "CHANGELOG.md").write_text(text, "utf-8")
    git(repository, "commit", "-am", "Change")
    (reason,) = refused(repository)
    assert f"## {VERSION}" in reason


def test_entries_without_a_version(repository: Path) -> None:
    """Changes that are in no version yet are refused: they would be released without being named."""
    (repository / "CHANGELOG.md").write_text(CHANGES.replace("Unreleased\n", "Unreleased\n\n* New.\n"), "utf-8")
    git(repository, "commit", "-am", "Change")
    (reason,) = refused(repository)
    assert "Unreleased" in reason


def test_released_before(repository: Path) -> None:
    """A version that has a tag is refused."""
    git(repository, "tag", f"v{VERSION}")
    (reason,) = refused(repository)
    assert f"v{VERSION}" in reason


def test_every_reason_is_told(repository: Path) -> None:
    """All reasons are told at once."""
    git(repository, "tag", f"v{VERSION}")
    (repository / "CHANGELOG.md").write_text("# Changelog\n", "utf-8")
    assert len(refused(repository)) == 3


def test_place_is_taken(repository: Path) -> None:
    """A folder that has something in it is left alone."""
    (repository.parent / "out").mkdir()
    (repository.parent / "out" / "mine").write_bytes(b"")
    run = released(repository)
    assert run.returncode == 2
    assert "no empty folder" in run.stderr
    assert [path.name for path in (repository.parent / "out").iterdir()] == ["mine"]


def test_step_that_fails(repository: Path) -> None:
    """If a step fails, its output is displayed and nothing is called ready."""
    run = released(repository)
    assert run.returncode == 1
    assert "failed: building sdist and wheel ended with" in run.stdout
    assert "To publish it" not in run.stdout
    assert "Traceback" not in run.stderr
