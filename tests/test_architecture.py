"""The shape of the repository: who imports whom, what stands at the top, and how long a module is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import usagecompat
from usagecompat.cli.commands import COMMANDS

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
PACKAGES = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file())
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


def test_names_of_files_suit_every_system(tracked: list[str]) -> None:
    """No file has a name that Windows reserves or cannot have, or that differs from another in case alone, or a long one."""
    reserved = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
    parts = {part for name in tracked for part in name.split("/")}
    assert {part for part in parts if part.partition(".")[0].lower() in reserved} == set()
    assert {part for part in parts if set(part) & set('<>:"|?*\\') or part.endswith((".", " "))} == set()
    assert len({name.casefold() for name in tracked}) == len(tracked)
    assert max(map(len, tracked)) <= 120  # the longest path of Windows has 260, with what stands in front


def test_fixtures_keep_their_bytes() -> None:
    """Git changes nothing in a fixture, whatever it is told of line ends, and writes schemas with LF."""
    asked = ["fixtures/text/wrong-bracket.json", "fixtures/manifest.json", "schemas/run.json"]
    said = subprocess.run(
        ["git", "check-attr", "text", "eol", "filter", "--", *asked],  # noqa: S607 - as it is found
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in asked[:2]:
        assert {f"{name}: text: unset", f"{name}: filter: unset"} <= set(said)
    assert f"{asked[2]}: eol: lf" in said


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


def test_architecture_names_every_package() -> None:
    """`docs/architecture.md` has a word on every package, and on every module beside them."""
    said = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    modules = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    assert {name for name in modules | {f"{name}/" for name in PACKAGES} if f"`{name}" not in said} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_architecture_names_every_module(package: str) -> None:
    """The paragraph on a package names each of its modules and no other; commands and families are called like their files."""
    said = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    _, _, rest = said.partition(f"\n* `{package}/` ")
    paragraph = re.split(r"\n(?=\* |#|\n)", rest)[0]
    modules = {
        path.name
        for path in (PACKAGE / package).rglob("*.py")
        if not path.name.startswith("__") and "-" not in path.parent.name and path.parent.name != "families"
    }
    commands = {f"{module}.py" for module, _ in COMMANDS.values()} if package == "cli" else set()
    named = set(re.findall(r"`(\w+\.py)`", paragraph))
    assert modules - commands - named == set()
    assert named - modules - {path.name for path in PACKAGE.glob("*.py")} == set()


def test_the_table_names_files() -> None:
    """Every file and directory in the tables and walks of `docs/architecture.md` is there."""
    said = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    tables = said[said.index("## From bytes to a report") : said.index("## Decisions that are not obvious")]
    named = {name for name in re.findall(r"`([\w./-]+(?:/|\.\w+))`", tables) if "NAME" not in name}
    assert {name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()} == set()
