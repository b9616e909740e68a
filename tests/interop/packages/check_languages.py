"""
The packages of `usagecompat fixtures pack`, each installed and used as people of its language do.

The tests are those of the language's own runner, in the folders beside this file. What needs a tool that is not there
is not run, and counted so.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
AJV, TYPESCRIPT = "ajv@8.20.0", "typescript@5.9.3"
QUIET = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")


@frozen
class Built:
    """What was packed."""

    out: Path
    told: dict[str, dict[str, str]]

    def version(self, kind: str) -> str:
        """The version of a package."""
        return self.told[kind]["version"]


PREPARED = {
    "JavaScript and TypeScript": ("npm", 'echo \'{"private": true, "type": "module"}\' > package.json'),
    "Go": ("go", "go mod init check"),
    "Rust": ("cargo", "cargo init --quiet --name check ."),
    "Everybody else": ("sha256sum", ":"),
}
"""The sections of `docs/packages.md` with commands, the tool that each needs, and what makes the project of a reader."""
ENDED = {
    "JavaScript and TypeScript": "node --test",
    "Go": "go list -deps usagecompat.invalid/corpus",
    "Rust": "cargo metadata --format-version 1 --offline",
    "Everybody else": "cat usagecompat-corpus-*/VERSION",
}
"""What shows that it worked."""


@pytest.fixture(scope="module")
def packed(run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The folder with all packages, and what the command said of each; without a JDK there is no jar."""
    out = tmp_path_factory.mktemp("packages") / "out"
    kinds = ["npm", "go", "cargo", "archive", *(["maven"] if shutil.which("javac") else [])]
    chosen = [word for kind in kinds for word in ("--for", kind)]
    printed = run(sys.executable, "-m", "usagecompat", "fixtures", "pack", out, "--json", *chosen)
    return Built(out, {one["for"]: one for one in map(json.loads, printed.splitlines())})


def counted(printed: str) -> tuple[int, int]:
    """How many cases a test found, and how many it decoded and got back."""
    found = re.search(r"(\d+) cases of \S+, (\d+) decoded and back", printed)
    assert found, printed
    return int(found.group(1)), int(found.group(2))


@pytest.fixture(scope="module")
def expected(root: Path) -> tuple[int, int]:
    """How many cases there are, and how many must be decoded."""
    cases = json.loads((root / "fixtures/manifest.json").read_text("utf-8"))["cases"]
    return len(cases), sum(one["demand"] == "must-decode" for one in cases)


def test_npm(
    packed: Built, expected: tuple[int, int], tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path
) -> None:
    """Installed by npm from the tarball, cases load, come back through JSON, and AJV judges them by the schemas."""
    node, npm = tool("node"), tool("npm")
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}', "utf-8")
    (tarball,) = (packed.out / "npm").glob("*.tgz")
    run(npm, "install", *QUIET, AJV, tarball, cwd=tmp_path)
    shutil.copy(HERE / "node/corpus.test.js", tmp_path)
    printed = run(node, "--test", "--test-reporter=tap", cwd=tmp_path)
    assert "# pass 5" in printed
    assert counted(printed) == expected


def test_npm_types(packed: Built, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """TypeScript finds the types of the loader, and takes its use by them, at its strictest."""
    npm = tool("npm")
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}', "utf-8")
    (tarball,) = (packed.out / "npm").glob("*.tgz")
    run(npm, "install", *QUIET, TYPESCRIPT, tarball, cwd=tmp_path)
    shutil.copy(HERE / "node/types.ts", tmp_path)
    options = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022")
    run(tmp_path / "node_modules/.bin/tsc", *options, "types.ts", cwd=tmp_path)


@pytest.mark.parametrize("way", ["proxy", "replace"])
def test_go(  # noqa: PLR0913, PLR0917 - fixtures
    way: str,
    packed: Built,
    expected: tuple[int, int],
    tool: Callable[[str], str],
    run: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Fetched from the folder as from a proxy, or unpacked and put in place, the module has every file, and cases hold."""
    go = tool("go")
    env = {
        "GOFLAGS": "-buildvcs=false -modcacherw",
        "GOPROXY": f"file://{packed.out}/go",
        "GONOSUMDB": "usagecompat.invalid",
        "GOMODCACHE": str(tmp_path / "cache"),
        "GOWORK": "off",
    }
    place = tmp_path / "check"
    place.mkdir()
    shutil.copy(HERE / "go/corpus_test.go", place)
    name, version = packed.told["go"]["name"], packed.version("go")
    run(go, "mod", "init", "check", cwd=place, env=env)
    if way == "proxy":
        run(go, "get", f"{name}@v{version}", cwd=place, env=env)
        assert f"{name} v{version} h1:" in (place / "go.sum").read_text("utf-8")
    else:
        shutil.unpack_archive(packed.out / f"go/{name}/@v/v{version}.zip", tmp_path / "unpacked", "zip")
        there = tmp_path / f"unpacked/{name}@v{version}"
        run(go, "mod", "edit", f"-require={name}@v{version}", f"-replace={name}={there}", cwd=place, env=env)
        run(go, "vet", ".", cwd=there, env=env)
    printed = run(go, "test", "-count=1", "-v", ".", cwd=place, env=env)
    assert counted(printed) == expected


def test_cargo(
    packed: Built, expected: tuple[int, int], tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path
) -> None:
    """Unpacked and depended on, the crate has every file, and what must be decoded comes back through serde_json."""
    cargo = tool("cargo")
    version = packed.version("cargo")
    crate = f"usagecompat-corpus-{version}"
    with tarfile.open(packed.out / f"cargo/{crate}.crate") as tar:
        tar.extractall(tmp_path, filter="data")
    place = shutil.copytree(HERE / "rust", tmp_path / "check")
    shutil.copy(HERE.parent / "judges/rust/Cargo.lock", place)  # the versions that are built already
    run(cargo, "add", "--quiet", "--path", f"../{crate}", cwd=place)
    env = {"CORPUS_VERSION": version, "CORPUS_DIGEST": packed.told["cargo"]["digest"], "CARGO_INCREMENTAL": "0"}
    printed = run(cargo, "test", "--quiet", "--", "--nocapture", cwd=place, env=env)
    assert counted(printed) == expected


def test_cargo_packages_it(packed: Built, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """Cargo itself takes the crate, and packs the same files again, so that it could be published."""
    cargo = tool("cargo")
    crate = f"usagecompat-corpus-{packed.version('cargo')}"
    with tarfile.open(packed.out / f"cargo/{crate}.crate") as tar:
        tar.extractall(tmp_path, filter="data")
        names = {member.name.removeprefix(f"{crate}/") for member in tar.getmembers()}
    listed = run(cargo, "package", "--list", "--offline", "--allow-dirty", cwd=tmp_path / crate).splitlines()
    assert set(listed) - {"Cargo.lock", "Cargo.toml.orig"} == names


def test_maven(  # noqa: PLR0913, PLR0917 - fixtures
    packed: Built,
    expected: tuple[int, int],
    built: Path,
    tool: Callable[[str], str],
    run: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Resolved by Maven from the folder as a repository, the jar has every file, and cases come back through Jackson."""
    mvn, javac, java = tool("mvn"), tool("javac"), tool("java")
    version = packed.version("maven")
    pom = (HERE / "java/pom.xml").read_text("utf-8")
    (tmp_path / "pom.xml").write_text(pom.replace("@OUT@", str(packed.out)).replace("@VERSION@", version), "utf-8")
    shutil.copy(HERE / "java/CorpusTest.java", tmp_path)
    local = built / "m2-packages"
    shutil.rmtree(local / "usagecompat", ignore_errors=True)  # nothing of an earlier run
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    run(mvn, "-q", "-B", "-C", f"-Dmaven.repo.local={local}", goal, "-DoutputDirectory=lib", cwd=tmp_path)
    run(javac, "-cp", "lib/*", "-d", ".", "CorpusTest.java", cwd=tmp_path)
    assert counted(run(java, "-cp", "lib/*:.", "CorpusTest", cwd=tmp_path)) == expected


def test_archive(packed: Built, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """Whoever has a shell can test the archive by its digest, unpack it, and test each file."""
    bash, sha256sum = tool("bash"), tool("sha256sum")
    run(bash, "-e", "-c", packed.told["archive"]["use"], cwd=tmp_path)
    version = packed.version("archive")
    there = tmp_path / f"usagecompat-corpus-{version}"
    run(sha256sum, "--check", "--quiet", "--strict", "SHA256SUMS", cwd=there)
    assert (
        (there / "VERSION").read_text("utf-8") == (packed.out / "archive/VERSION").read_text("utf-8") == f"{version}\n"
    )
    digest = hashlib.sha256((there / "SHA256SUMS").read_bytes()).hexdigest()
    assert {one["digest"] for one in packed.told.values()} == {digest}
    run(sha256sum, "--check", "--quiet", "--strict", "SHA256SUMS", cwd=packed.out)


@pytest.mark.parametrize("section", PREPARED)
def test_guide(  # noqa: PLR0913, PLR0917 - fixtures
    section: str,
    packed: Built,
    root: Path,
    tool: Callable[[str], str],
    run: Callable[..., str],
    tmp_path: Path,
) -> None:
    """What `docs/packages.md` says works as it stands, in a project of its own beside `dist/`."""
    name, before = PREPARED[section]
    tool(name)
    shutil.copytree(packed.out, tmp_path / "dist")
    text = (root / "docs/packages.md").read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL))
    if "js" in blocks:
        (tmp_path / "corpus.test.js").write_text(blocks["js"], "utf-8")
    script = "\n".join((before, blocks["sh"], ENDED[section]))
    env = {"GOFLAGS": "-buildvcs=false -modcacherw", "GOMODCACHE": str(tmp_path / "cache"), "GOWORK": "off"}
    printed = run(tool("bash"), "-euo", "pipefail", "-c", script, cwd=tmp_path, env=env)
    assert {"npm": "# fail 0", "go": "usagecompat.invalid/corpus", "cargo": "usagecompat-corpus"}.get(
        name, packed.version("archive")
    ) in printed
