"""What is built, what is in it, and what is installed."""

from __future__ import annotations

import email
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from once import made_once

import usagecompat
from usagecompat.corpus import data as _data

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INSTALLED = Path(usagecompat.__file__).resolve().parent
SOURCE = "src/"
PACKED = ("fixtures/", "schemas/")
ARCHIVE = "usagecompat/_data/corpus.tar.gz"
ABOUT = "usagecompat/_data/corpus.json"
LIGHT = ("--assert=plain", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Options of a pytest that starts soon: nothing is compiled twice, and plugins that nobody needs stay away."""
ENTRY_POINTS = [
    ("console_scripts", "usagecompat.cli:main"),
    ("pytest11", "usagecompat.pytest_plugin"),
    ("hypothesis", "usagecompat.strategies.registering:register"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist, built from this tree."""

    def build(out: Path) -> None:
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr

    (built,) = made_once(tmp_path_factory, "dist", build).glob("*.whl")
    return built


@pytest.fixture(scope="module")
def about(wheel: Path) -> Message:
    """The metadata of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for `PYTHONPATH` in which the wheel is installed, and compiled by and by."""

    def install(folder: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)  # noqa: S202 - we have just built it

    return made_once(tmp_path_factory, "installed", install)


@pytest.fixture(scope="module")
def damaged(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that folder with an archive that cannot be read."""
    folder = shutil.copytree(installed, tmp_path_factory.mktemp("damaged"), dirs_exist_ok=True)
    (folder / ARCHIVE).write_bytes(b"\x1f\x8b")
    return folder


def usagecompat_in(
    folder: Path, *words: str, cache: Path, program: str = "usagecompat"
) -> subprocess.CompletedProcess[str]:
    """What the command says, or pytest, if the package in a folder is used; it stands in an empty directory."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "USAGECOMPAT_CACHE": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # every start would compile the kit
    command = [sys.executable, "-m", program, *words]
    with tempfile.TemporaryDirectory() as here:
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=here)


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of the archive in a wheel, by name."""
    with zipfile.ZipFile(wheel) as archive, tarfile.open(fileobj=io.BytesIO(archive.read(ARCHIVE))) as tar:
        return {entry.name: file.read() for entry in tar if (file := tar.extractfile(entry))}


def test_wheel_holds_what_git_holds(wheel: Path, tracked: list[str]) -> None:
    """The wheel has every file of the package that the project has, the archive, and no other."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {ARCHIVE, ABOUT, *(name.removeprefix(SOURCE) for name in tracked if name.startswith(SOURCE))}


def test_wheel_bytes(wheel: Path, tracked: list[str]) -> None:
    """Every file arrives in the wheel byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        for name in tracked:
            if name.startswith(SOURCE):
                assert archive.read(name.removeprefix(SOURCE)) == (ROOT / name).read_bytes(), name


def test_archive_holds_what_git_holds(wheel: Path, tracked: list[str]) -> None:
    """The archive has every schema and every file of the corpus, byte for byte, and no other."""
    assert contents(wheel) == {name: (ROOT / name).read_bytes() for name in tracked if name.startswith(PACKED)}


def test_wheel_from_checkout(wheel: Path, tmp_path: Path) -> None:
    """A wheel that is built from the checkout is the wheel that is built from the sdist, byte for byte."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, ROOT]
    subprocess.run(command, capture_output=True, check=True)
    (built,) = tmp_path.iterdir()
    assert built.read_bytes() == wheel.read_bytes()


def test_no_wheel_without_a_corpus(tmp_path: Path) -> None:
    """A tree without the corpus gives no wheel, and is told what it lacks."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    for folder in (".ci", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "src" / "usagecompat").mkdir(parents=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert f"a wheel needs the folders fixtures of the project, below {tmp_path}" in run.stderr


def test_installed_corpus(installed: Path, tmp_path: Path, tracked: list[str]) -> None:
    """Commands read the corpus of an installed wheel, and a copy of it is the one of the repository."""
    cache, copy = tmp_path / "cache", tmp_path / "copy"
    listed = usagecompat_in(installed, "fixtures", "list", "--json", cache=cache)
    assert listed.returncode == 0, listed.stderr
    cases = [json.loads(line) for line in listed.stdout.splitlines()]
    payloads = [Path(case["payload"]) for case in cases]
    assert len(payloads) == len(list((ROOT / "fixtures").rglob("*.case.json")))
    for payload, case in zip(payloads, cases, strict=True):
        assert payload.is_relative_to(cache)
        assert payload.read_bytes() == (ROOT / "fixtures" / f"{case['id']}.json").read_bytes()
    copied = usagecompat_in(installed, "fixtures", "copy", str(copy), cache=ROOT / "LICENSE")
    assert copied.returncode == 0, copied.stderr
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert f"{len(files):,} files" in copied.stderr
    assert all(path.read_bytes() == (ROOT / "fixtures" / path.relative_to(copy)).read_bytes() for path in files)
    assert sorted(f"fixtures/{path.relative_to(copy).as_posix()}" for path in files) == [
        name for name in tracked if name.startswith("fixtures/")
    ]


def test_version_writes_nothing(installed: Path, tmp_path: Path) -> None:
    """`--version` knows the corpus of an installed wheel before it is unpacked, and where it cannot be."""
    for cache in (tmp_path / "cache", ROOT / "LICENSE"):
        run = usagecompat_in(installed, "--version", cache=cache)
        assert run.returncode == 0, run.stderr
        assert f"{len(list((ROOT / 'fixtures').rglob('*.case.json'))):,} cases" in run.stdout
    assert not (tmp_path / "cache").exists()


def test_pytest_runs_the_installed_corpus(installed: Path, tmp_path: Path) -> None:
    """`pytest --compat` runs the corpus of an installed wheel."""
    words = (
        "--compat",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-k",
        "count-one",
        "--rootdir",
        ".",
        *LIGHT,
    )
    run = usagecompat_in(installed, *words, cache=tmp_path / "cache", program="pytest")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("fixtures", "list"),
        ("fixtures", "lint"),
        ("run", "--set", "core", "--client", "cat"),
        ("explain", "json/syntax-error"),
    ],
)
@pytest.mark.parametrize("harm", ["archive", "cache"])
def test_damaged_installation(
    installed: Path, damaged: Path, tmp_path: Path, words: tuple[str, ...], harm: str
) -> None:
    """A damaged archive, and a cache that cannot be written, are told in one line that says what to do."""
    cache = tmp_path / "cache"
    if harm == "cache":
        cache.write_bytes(b"")
    run = usagecompat_in(damaged if harm == "archive" else installed, *words, cache=cache)
    assert run.returncode == 2, run.stdout + run.stderr
    assert ("install usagecompat again" if harm == "archive" else "USAGECOMPAT_CACHE") in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) <= 3


def test_damaged_installation_in_pytest(installed: Path, tmp_path: Path) -> None:
    """A damaged archive is a fault of use for pytest, which runs nothing."""
    folder = shutil.copytree(installed, tmp_path / "damaged")
    (folder / ARCHIVE).unlink()
    words = ("--compat", "--rootdir", ".", *LIGHT)
    run = usagecompat_in(folder, *words, cache=tmp_path / "cache", program="pytest")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "install usagecompat again" in run.stderr
    assert "Traceback" not in run.stderr


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


def test_description(about: Message) -> None:
    """The description is README.md without links and pictures that lead nowhere on an index."""
    text = about.get_payload()
    assert isinstance(text, str)
    assert about["Description-Content-Type"] == "text/markdown"
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
    assert "![" not in text
    headings = re.findall(r"(?m)^#+ .*$", (ROOT / "README.md").read_text("utf-8"))
    assert [
        line for line in re.findall(r"(?m)^#+ .*$", text) if not line.startswith("# ") or line == headings[0]
    ] == headings


def test_installed_from_a_wheel() -> None:
    """The package under test is the installed one, not `src/`, and it is this tree's."""
    assert "site-packages" in INSTALLED.parts, f"{INSTALLED} is not an installed package"
    source = ROOT / "src" / "usagecompat"
    for module in source.rglob("*.py"):
        same = (INSTALLED / module.relative_to(source)).read_bytes() == module.read_bytes()
        assert same, f"the installed {module.name} is not that of {source}: install again"


@pytest.mark.parametrize("name", ["schemas", "fixtures"])
def test_data_is_installed(name: Literal["schemas", "fixtures"], tracked: list[str]) -> None:
    """The schemas and fixtures in use are those of the installed package, not the checkout's, and the same."""
    folder = _data.folder(name)
    assert folder != ROOT / name
    assert sorted(path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file()) == sorted(
        path for path in tracked if path.startswith(f"{name}/")
    )
    assert all(
        (folder.parent / path).read_bytes() == (ROOT / path).read_bytes()
        for path in tracked
        if path.startswith(f"{name}/")
    )


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
