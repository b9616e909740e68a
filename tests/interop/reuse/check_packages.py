"""The schemas and the cases as others take them: as packages for npm, as modules for Go, as tarballs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
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


@pytest.fixture(scope="module")
def packed(root: Path, run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the archives."""
    out = tmp_path_factory.mktemp("packed")
    run(sys.executable, root / ".ci/pack.py", out)
    return out


def tracked(root: Path, folder: str) -> dict[str, bytes]:
    """The files of a folder that git knows."""
    git = shutil.which("git")
    assert git
    listed = subprocess.run([git, "ls-files", "-z", folder], cwd=root, capture_output=True, text=True, check=True)
    return {name.removeprefix(f"{folder}/"): (root / name).read_bytes() for name in listed.stdout.split("\0") if name}


def test_same_bytes_on_each_run(root: Path, packed: Path, run: Callable[..., str], tmp_path: Path) -> None:
    """Packing again, elsewhere and under other settings, gives the same bytes."""
    env = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    before = os.umask(0o077)
    try:
        run(sys.executable, root / ".ci/pack.py", tmp_path / "again", cwd=tmp_path, env=env)
    finally:
        os.umask(before)
    names = sorted(path.name for path in packed.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert all((packed / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)


def test_checksums_of_the_archives(packed: Path) -> None:
    """`SHA256SUMS` has the checksum of each archive and of nothing else."""
    lines = (packed / "SHA256SUMS").read_text("utf-8").splitlines()
    assert {path.name for path in packed.glob("*.tgz")} == {line.split("  ")[1] for line in lines}
    assert all(
        hashlib.sha256((packed / (pair := line.split("  "))[1]).read_bytes()).hexdigest() == pair[0] for line in lines
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_archive_holds_what_git_holds(folder: str, root: Path, packed: Path, version: str, tmp_path: Path) -> None:
    """An archive has every file of its folder byte for byte, the license, and the checksums of all of them."""
    top = f"usagecompat-{folder}-{version}"
    with tarfile.open(packed / f"{top}.tgz") as tar:
        tar.extractall(tmp_path, filter="data")
    found = {
        p.relative_to(tmp_path / top).as_posix(): p.read_bytes() for p in (tmp_path / top).rglob("*") if p.is_file()
    }
    sums = {
        name: digest for digest, name in (line.split("  ") for line in found.pop("SHA256SUMS").decode().splitlines())
    }
    assert found == {**tracked(root, folder), "LICENSE": (root / "LICENSE").read_bytes()}
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


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


@pytest.fixture(scope="module", params=["tarball", "folder"])
def sources(request: pytest.FixtureRequest, root: Path, packed: Path, version: str) -> list[Path]:
    """What npm is given to install: the archives, or the folders of a clone."""
    if request.param == "folder":
        return [root / folder for folder in FOLDERS]
    return [packed / f"usagecompat-{folder}-{version}.tgz" for folder in FOLDERS]


def test_npm(sources: list[Path], tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """Installed by npm, a case validates, and fails when its payload is broken."""
    node, npm = tool("node"), tool("npm")
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
