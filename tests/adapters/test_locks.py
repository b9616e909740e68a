"""Locks of adapters: every package that one fetches has a digest, and what has none is refused before anything is run."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from usagecompat.adapters import digests
from usagecompat.adapters.descriptions import Adapter, adapters
from usagecompat.adapters.installation import folder_of, install
from usagecompat.adapters.locks import not_locked
from usagecompat.adapters.starters import STARTERS, write_starter
from usagecompat.exceptions import CannotInstall

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FETCHING = {"go.mod", "package.json", "pom.xml", "requirements.in", "Cargo.toml"}
"""The files in which packages are named."""


@pytest.mark.parametrize("name", adapters())
def test_every_adapter_is_locked(name: str) -> None:
    """Whatever an adapter fetches has a digest in a lock beside it, and its commands take nothing else."""
    assert not_locked(adapters()[name]) == ()


def test_every_registry_has_a_lock() -> None:
    """An adapter whose client comes from a registry names it in a file that has a lock."""
    for adapter in adapters().values():
        if adapter.client.version:
            assert FETCHING & {path.name for path in adapter.files}, adapter.name


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Adapter]:
    """Gives a copy of an adapter, in which a text of a file is another; without a text the file is gone."""

    def change(name: str, file: str, old: str = "", new: str = "") -> Adapter:
        folder = shutil.copytree(adapters()[name].folder, tmp_path / name)
        if not old:
            (folder / file).unlink()
        else:
            text = (folder / file).read_text("utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new), "utf-8")
        return evolve(adapters()[name], folder=folder)

    return change


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "words"),
    [
        ("node-openai", "package-lock.json", "", "", "package.json has no package-lock.json"),
        ("node-openai", "package-lock.json", '"integrity": "sha512', '"other": "sha512', "has no digest of openai"),
        ("node-openai", "package-lock.json", '"integrity": "sha512-', '"integrity": "sha1-', "has no digest of openai"),
        ("node-openai", "package-lock.json", "{", "[", "package.json or its lock cannot be read"),
        ("node-openai", "package.json", "6.49.0", "6.48.0", "package-lock.json is of another package.json"),
        ("python-openai", "requirements.txt", "", "", "requirements.in or its lock cannot be read"),
        ("python-openai", "requirements.in", "", "", "requirements.in is missing"),
        ("python-openai", "requirements.in", "3.54.0", "3.55.0", "requirements.txt is of another requirements.in"),
        (
            "python-openai",
            "requirements.txt",
            "--hash=sha256:",
            "--hash=md5:",
            "requirements.txt has no digest of openai==3.54.0",
        ),
        (
            "python-openai",
            "requirements.txt",
            "openai==3.54.0",
            "openai>=3.54.0",
            "'openai>=3.54.0' is no version of a package",
        ),
        (
            "python-openai",
            "requirements.txt",
            "openai==",
            "--index-url https://x.example\nopenai==",
            "'--index-url https://x.example' is no",
        ),
        (
            "python-openai",
            "requirements.txt",
            "openai==3",
            "git+https://x.example/a\nopenai==3",
            "is no version of a package",
        ),
        ("rust-serde-json", "Cargo.lock", "", "", "Cargo.toml has no Cargo.lock"),
        ("rust-serde-json", "Cargo.lock", "checksum", "sum", "Cargo.lock has no digest of base64 0.22.1"),
        (
            "rust-serde-json",
            "Cargo.toml",
            "base64 =",
            "base65 =",
            "Cargo.lock is of another Cargo.toml: it lacks base65",
        ),
        ("rust-serde-json", "Cargo.lock", "[[package]]", "[[package]", "Cargo.toml or its lock cannot be read"),
        ("go-openai", "go.sum", "", "", "go.sum has no digest of github.com/openai/openai-go/v3 v3.52.0"),
        (
            "go-openai",
            "go.sum",
            "gjson v1.19.0 h1:",
            "gjson v1.18.0 h1:",
            "go.sum has no digest of github.com/tidwall/gjson v1.19.0",
        ),
        ("go-openai", "go.mod", "go 1.25.0", "go 1.25.0\nreplace a.b/c => ../c", "go.mod replaces a module"),
        ("java-jackson", "lib.sha256", "", "", "pom.xml has no lib.sha256"),
        ("java-jackson", "pom.xml", "2.18.9", "2.18.8", "lib.sha256 has no digest of jackson-databind 2.18.8"),
        ("java-jackson", "lib.sha256", "  lib/", " lib/", "line 1 must be a SHA-256, two spaces and FOLDER/FILE"),
    ],
)
def test_what_is_not_locked(  # noqa: PLR0913, PLR0917 - one for each thing that is said
    name: str, file: str, old: str, new: str, words: str, changed: Callable[..., Adapter], tmp_path: Path
) -> None:
    """A package without a digest, and a lock of something else, are refused by name, and nothing is run."""
    adapter = evolve(changed(name, file, old, new), needs=())
    assert words in "; ".join(not_locked(adapter))
    with pytest.raises(CannotInstall, match="it would fetch what no digest is known of"):
        install(adapter, tmp_path / "into")
    assert not folder_of(adapter, tmp_path / "into").exists()


def test_bundled_packages(changed: Callable[..., Adapter]) -> None:
    """A package that is within another one needs no digest of its own."""
    bundled = '"node_modules/a/node_modules/b": {"version": "1.0.0", "inBundle": true},\n    "node_modules/openai": {'
    adapter = changed("node-openai", "package-lock.json", '"node_modules/openai": {', bundled)
    assert not_locked(adapter) == ()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("npm install", "must be `npm ci`"),
        ("npm ci", "needs --ignore-scripts"),
        ("npm.cmd install x", "must be `npm ci`"),
        ("{python} -m pip install --requirement requirements.txt", "needs --require-hashes"),
        ("pip install --require-hashes --requirement requirements.txt", "needs --only-binary"),
        ("pip3.11 install openai", "needs --requirement"),
        ("/usr/bin/pip install --require-hashes --only-binary :all: openai", "needs --requirement"),
        ("go build -o adapter .", "must be `go build -mod=readonly`"),
        ("go get x", "must be `go build -mod=readonly`"),
        ("cargo build", "must be `cargo build --locked`"),
        ("cargo install x --locked", "must be `cargo build --locked`"),
        ("mvn -q package", "needs --strict-checksums"),
        ("mvn -C copy-dependencies", "must be followed by `python -m usagecompat.adapters.digests lib.sha256`"),
        ("curl -O https://x.example/a", "fetches what no lock here has"),
        ("npx quicktype", "fetches what no lock here has"),
        ("cpanm JSON", "fetches what no lock here has"),
    ],
)
def test_commands(command: str, words: str) -> None:
    """A command that would fetch something else than the lock has is refused, and says what it must be."""
    adapter = evolve(adapters()["python-json"], install=(tuple(command.split()),))
    assert any(words in problem for problem in not_locked(adapter)), not_locked(adapter)


def test_programs_of_ones_own() -> None:
    """What fetches nothing is no matter of locks."""
    harmless = (
        ("javac", "Client.java"),
        ("node", "build.mjs"),
        ("{python}", "generate.py"),
        ("node_modules/.bin/tsc",),
    )
    assert not_locked(evolve(adapters()["python-json"], install=harmless)) == ()


@pytest.mark.parametrize("language", STARTERS)
def test_starters_are_locked(language: str, tmp_path: Path) -> None:
    """A starter has the lock of its adapter and is built by it, and its README says how to lock again what is changed."""
    starter = write_starter(language, tmp_path / language)
    names = {path.name for path in starter.files}
    locks = {"rust": "Cargo.lock", "java": "lib.sha256"}
    readme = (tmp_path / language / "README.md").read_text("utf-8")
    assert language not in locks or locks[language] in names
    assert ("lock them again" in readme) == (language in {"go", "java", "rust"})
    if language == "rust":
        assert "cargo build --quiet --locked" in starter.build


# -- lists of digests


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files, and the list of their digests."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    for name in ("a.jar", "b.jar"):
        (tmp_path / "lib" / name).write_text(name, "utf-8")
    assert digests.main(["lib.sha256", "--write", "lib/"]) is None
    return tmp_path


def test_digests_match(fetched: Path) -> None:
    """A list that was written holds, and is what `sha256sum` writes."""
    first = (fetched / "lib.sha256").read_text("utf-8").splitlines()[0]
    assert first == f"{hashlib.sha256(b'a.jar').hexdigest()}  lib/a.jar"
    assert digests.main(["lib.sha256"]) is None


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: (root / "lib/a.jar").write_text("evil", "utf-8"), "lib/a.jar has the SHA-256 "),
        (lambda root: (root / "lib/a.jar").unlink(), "lib/a.jar is not there"),
        (lambda root: (root / "lib/c.jar").touch(), "lib/c.jar is in no line of the list"),
        (lambda root: (root / "lib.sha256").write_text("", "utf-8"), "the list is empty"),
        (lambda root: (root / "lib.sha256").write_text("x  lib/a.jar\n", "utf-8"), "line 1 must be a SHA-256, two"),
        (lambda root: (root / "lib.sha256").write_text(f"{'0' * 64}  ../a/b\n", "utf-8"), "line 1 must be a SHA-256"),
        (lambda root: (root / "lib.sha256").unlink(), "lib.sha256: No such file"),
        (
            lambda root: (root / "lib.sha256").write_text(f"{'0' * 64}  l/a\n{'1' * 64}  l/a\n", "utf-8"),
            "line 2 gives l/a a second digest",
        ),
    ],
)
def test_digests_differ(spoil: Callable[[Path], object], words: str, fetched: Path) -> None:
    """A file that is changed, gone or too much, and a list that is none, are named."""
    spoil(fetched)
    assert words in (digests.main(["lib.sha256"]) or "")


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["a", "--write"], ["a", "--write", "b", "c"]])
def test_usage_of_digests(arguments: list[str]) -> None:
    """Misuse is answered with the usage."""
    assert (digests.main(arguments) or "").startswith("usage: ")


def test_nothing_to_list(fetched: Path) -> None:
    """An empty folder makes no list that would hold for anything."""
    assert digests.main(["x.sha256", "--write", "nothing"]) == "nothing: there is no file to list"
    assert json.dumps(sorted(path.name for path in fetched.iterdir())).count("lib") == 2
