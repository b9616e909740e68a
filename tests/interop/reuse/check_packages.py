"""The schemas and the cases as others take them out of a clone: as packages for npm, and as modules for Go."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
FOLDERS = ("fixtures", "schemas")
DATA = (".json", ".html")
"""How the names of data files end: an answer in a sequence may be a page of HTML."""
AJV = "ajv@8.20.0"


@pytest.fixture(scope="module")
def version(root: Path) -> str:
    """The version of the kit."""
    return str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def tracked(root: Path, folder: str) -> dict[str, bytes]:
    """The files of a folder that git knows."""
    git = shutil.which("git")
    assert git
    listed = subprocess.run([git, "ls-files", "-z", folder], cwd=root, capture_output=True, text=True, check=True)
    return {name.removeprefix(f"{folder}/"): (root / name).read_bytes() for name in listed.stdout.split("\0") if name}


@pytest.mark.parametrize("folder", FOLDERS)
def test_package_says_the_version(folder: str, root: Path, version: str) -> None:
    """The npm package has the version of the kit."""
    about = json.loads((root / folder / "package.json").read_text("utf-8"))
    assert (about["name"], about["version"]) == (f"usagecompat-{folder}", version)


@pytest.mark.parametrize("folder", FOLDERS)
def test_npm_packs_all(
    folder: str, root: Path, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path
) -> None:
    """`npm pack` takes the data, and neither the files for Go nor anything that is not there for others."""
    place = shutil.copytree(root / folder, tmp_path / folder)
    (listed,) = json.loads(run(tool("npm"), "pack", "--json", "--dry-run", cwd=place))
    wanted = {name for name in tracked(root, folder) if name.endswith((*DATA, ".md"))}
    assert {file["path"] for file in listed["files"]} == wanted


def test_npm(root: Path, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """Installed by npm from the folders of a clone, a case validates, and fails when its payload is broken."""
    node, npm = tool("node"), tool("npm")
    sources = [root / folder for folder in FOLDERS]
    run(npm, "init", "-y", cwd=tmp_path)
    run(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", AJV, *sources, cwd=tmp_path)
    shutil.copy(HERE / "node/check.js", tmp_path)
    assert run(node, "check.js", cwd=tmp_path).splitlines() == ["valid true", "broken false /results/0/amount/value"]


def test_go(tool: Callable[[str], str], run: Callable[..., str]) -> None:
    """Embedded by Go, a case validates, and fails when its payload is broken."""
    assert run(tool("go"), "run", "-buildvcs=false", ".", cwd=HERE / "go").splitlines() == [
        "valid true",
        "broken false",
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_go_embeds_all(folder: str, root: Path, tool: Callable[[str], str], run: Callable[..., str]) -> None:
    """The Go module has every data file of its folder."""
    about = json.loads(run(tool("go"), "list", "-json", ".", cwd=root / folder))
    assert set(about["EmbedFiles"]) == {name for name in tracked(root, folder) if name.endswith(DATA)}
