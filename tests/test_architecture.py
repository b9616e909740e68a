"""The shape of the repository: who imports whom, what stands at the top, and how long a module is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "benchmarks",
    "docs",
    "fixtures",
    "pyproject.toml",
    "schemas",
    "src",
    "tests",
}
LONGEST_MODULE = 600  # the direction is 500; past it, look for the second job
LONGEST_README = 150


def test_imports_point_down() -> None:
    """A module imports only what stands below it in the layers of `pyproject.toml`."""
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_top_level(tracked: list[str]) -> None:
    """Only the agreed entries stand at the top level."""
    top = {name.partition("/")[0] for name in tracked}
    assert {entry for entry in top if not entry.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize(
    "module", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_module_has_one_job(module: Path) -> None:
    """No module is so long that it must hold a second job."""
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def test_readme_is_short() -> None:
    """The README fits a few screens."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= LONGEST_README


def test_architecture_names_every_module() -> None:
    """`docs/architecture.md` has a word on every module and every package."""
    said = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    package = ROOT / "src" / "usagecompat"
    modules = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    packages = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert {name for name in modules | packages if f"`{name}" not in said} == set()
