"""The shape of the repository: who imports whom, what stands at the top, and how long a module is."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import usagecompat

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
PACKAGE = ROOT / "src" / "usagecompat"
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


def test_few_modules_at_the_top() -> None:
    """At most ten modules stand beside the packages."""
    assert len([*PACKAGE.glob("*.py")]) <= 10


def test_underscores_stay_inside() -> None:
    """No module imports a module or a name that begins with an underscore from another package."""
    borrowed = [
        f"{module.relative_to(PACKAGE)}: {source}.{name}"
        for module in PACKAGE.rglob("*.py")
        if "-" not in str(module.relative_to(PACKAGE))
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (source := node.module or "").startswith("usagecompat")
        for name in (alias.name for alias in node.names)
        if any(part.startswith("_") and not part.startswith("__") for part in f"{source}.{name}".split("."))
        and ROOT.joinpath("src", *source.split(".")[:2]) not in module.parents
    ]
    assert borrowed == []


def test_doors_name_what_is_there() -> None:
    """Every name that a package hands on can be had from it."""
    for door in PACKAGE.rglob("__init__.pyi"):
        package = import_module(".".join(door.parent.relative_to(ROOT / "src").parts))
        assert [name for name in package.__all__ if not hasattr(package, name)] == []


def test_names_and_modules_differ() -> None:
    """No package hands on a name that one of its modules has: whichever is imported first would hide the other."""
    for door in PACKAGE.rglob("__init__.pyi"):
        package = import_module(".".join(door.parent.relative_to(ROOT / "src").parts))
        modules = {path.stem for path in door.parent.glob("*.py")}
        if package is not usagecompat:
            assert modules.isdisjoint(package.__all__), door


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
    modules = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    packages = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert {name for name in modules | packages if f"`{name}" not in said} == set()
