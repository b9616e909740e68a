"""What is built, what is in it, and what is installed."""

from __future__ import annotations

import email
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

import usagecompat
from usagecompat.corpus import data as _data

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INSTALLED = Path(usagecompat.__file__).resolve().parent
PACKED = {
    "src/usagecompat/": "usagecompat/",
    "schemas/": "usagecompat/_data/schemas/",
    "fixtures/": "usagecompat/_data/fixtures/",
}
ENTRY_POINTS = [
    ("console_scripts", "usagecompat.cli:main"),
    ("pytest11", "usagecompat.pytest_plugin"),
    ("hypothesis", "usagecompat.strategies.public:register"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist, built from this tree."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def about(wheel: Path) -> Message:
    """The metadata of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def packed(name: str) -> str | None:
    """Where a file of the tree belongs in the wheel; None for one that stays out."""
    return next((new + name.removeprefix(old) for old, new in PACKED.items() if name.startswith(old)), None)


def test_wheel_holds_what_git_holds(wheel: Path, tracked: list[str]) -> None:
    """The wheel has every file of the package, the schemas and the fixtures that the project has, and no other."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {place for name in tracked if (place := packed(name))}


def test_wheel_bytes(wheel: Path, tracked: list[str]) -> None:
    """Every file arrives in the wheel byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        for name in tracked:
            if place := packed(name):
                assert archive.read(place) == (ROOT / name).read_bytes(), name


def test_wheel_is_clean(wheel: Path) -> None:
    """`check-wheel-contents` finds nothing to say."""
    program = Path(sys.executable).with_name("check-wheel-contents")
    run = subprocess.run([program, wheel], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_typed() -> None:
    """Type checkers use the annotations of the installed package."""
    assert (INSTALLED / "py.typed").is_file()


def test_metadata(about: Message) -> None:
    """The wheel says what `pyproject.toml` says."""
    assert about["Name"] == PROJECT["name"]
    assert about["Version"] == PROJECT["version"]
    assert about["Summary"] == PROJECT["description"]
    assert about["Requires-Python"] == PROJECT["requires-python"]
    assert about["License-Expression"] == PROJECT["license"]
    assert about.get_all("License-File") == PROJECT["license-files"]
    plain = [line for line in about.get_all("Requires-Dist", []) if ";" not in line]
    assert sorted(plain) == sorted(PROJECT["dependencies"])
    assert sorted(about.get_all("Provides-Extra", [])) == sorted(PROJECT["optional-dependencies"])


def test_installed_from_a_wheel() -> None:
    """The package under test is the installed one, not `src/`, and it is this tree's."""
    assert "site-packages" in INSTALLED.parts, f"{INSTALLED} is not an installed package"
    source = ROOT / "src" / "usagecompat"
    for module in source.rglob("*.py"):
        same = (INSTALLED / module.relative_to(source)).read_bytes() == module.read_bytes()
        assert same, f"the installed {module.name} is not that of {source}: install again"


@pytest.mark.parametrize("name", ["schemas", "fixtures"])
def test_data_is_installed(name: Literal["schemas", "fixtures"]) -> None:
    """The schemas and fixtures in use are those of the installed package."""
    assert _data.folder(name) == INSTALLED / "_data" / name


@pytest.mark.parametrize(("group", "target"), ENTRY_POINTS)
def test_entry_point(group: str, target: str) -> None:
    """The package declares its command, its pytest plugin and its Hypothesis plugin, and each loads."""
    found = [point for point in metadata.distribution("usagecompat").entry_points if point.group == group]
    assert [(point.name, point.value) for point in found] == [("usagecompat", target)]
    for point in found:
        point.load()


def test_import_is_light() -> None:
    """`import usagecompat` loads nothing heavy, and all its names are there."""
    script = """if True:
        import sys, usagecompat
        heavy = {"_pytest", "attrs", "cattrs", "click", "hypothesis", "jsonschema", "pytest"} & set(sys.modules)
        assert not heavy, heavy
        assert len(usagecompat.__all__) == len(set(usagecompat.__all__))
        for name in usagecompat.__all__:
            getattr(usagecompat, name)
        assert not set(usagecompat.__all__) - set(dir(usagecompat))
    """
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_version() -> None:
    """The package says which version it is, and has nothing under a name that it does not list."""
    assert usagecompat.__version__ == metadata.version("usagecompat")
    assert usagecompat.strategies.payloads().__class__
    with pytest.raises(AttributeError, match="chek"):
        usagecompat.chek  # type: ignore[attr-defined]  # noqa: B018
