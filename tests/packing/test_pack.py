"""`usagecompat fixtures pack`: what is in the packages, that they are the same each time, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.corpus import folder, version
from usagecompat.corpus.selection import cases, write_manifest
from usagecompat.exceptions import CannotPack, NoSuchName
from usagecompat.packing import ECOSYSTEMS, Contents, pack, read_contents, write
from usagecompat.packing.names import ARCHIVE, CARGO, GO, MAVEN, NPM, Naming, escaped_path, module_path, semantic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from usagecompat.packing import Packed

JAVAC = shutil.which("javac")
HERE = tuple(kind for kind in ECOSYSTEMS if kind != "maven" or JAVAC)
"""What can be packed here."""
FOR = [word for kind in HERE for word in ("--for", kind)]


@pytest.fixture(scope="module")
def contents() -> Contents:
    """The data of the kit's own packages."""
    return read_contents()


@pytest.fixture(scope="module")
def packed(contents: Contents) -> Callable[[str], Packed]:
    """The kit's own packages, each made once."""
    return cache(lambda kind: pack(kind, contents))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A corpus of a user's own, with what is not part of it beside the cases."""
    place = tmp_path / "own"
    for case in cases("smoke")[:3]:
        there = place / f"{case.id}.case.json"
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(case.path, there)
        shutil.copy(case.payload_path, place / f"{case.id}.json")
    write_manifest(place)
    (place / "secret.txt").write_text("not for others", "utf-8")
    (place / ".hidden.json").write_text("{}", "utf-8")
    (place / "LICENSE").write_text("ask us", "utf-8")
    return place


@pytest.fixture
def few(own: Path) -> Contents:
    """The data of small packages."""
    return read_contents(own, version())


def run(*args: object) -> Result:
    """The command."""
    return CliRunner().invoke(main, ["fixtures", "pack", *map(str, args)], prog_name="usagecompat")


def unpacked(kind: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """What is in the package itself, without the folder at its top."""
    ends = {"npm": ".tgz", "go": ".zip", "cargo": ".crate", "maven": ".jar", "archive": ".tar.gz"}
    (content,) = (content for name, content in files.items() if name.endswith(ends[kind]))
    if kind in {"go", "maven"}:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            found = {name: file.read(name) for name in file.namelist()}
        top = "usagecompat/corpus/" if kind == "maven" else f"{os.path.commonpath([*found])}/"
        return {name.removeprefix(top): data for name, data in found.items()}
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        read = ((member.name.partition("/")[2], tar.extractfile(member)) for member in tar)
        return {name: data.read() for name, data in read if data}


# -- contents


@pytest.mark.parametrize("kind", HERE)
def test_all_data_in_each(kind: str, contents: Contents, packed: Callable[[str], Packed]) -> None:
    """A package of each kind has every file of the data byte for byte, its digests, the license, and version and digest."""
    made = packed(kind)
    found = unpacked(kind, dict(made.files))
    assert {name: found[name] for name in contents.files} == contents.files
    assert found["SHA256SUMS"] == contents.sums
    meta = "META-INF/" if kind == "maven" else ""
    assert found[f"{meta}VERSION"] == f"{made.version}\n".encode()
    assert found[f"{meta}LICENSE"].startswith(b"MIT License")
    readme = found[f"{meta}README.md"].decode()
    assert f"`{contents.digest}`" in readme
    assert "@" not in readme.replace("@v", "")
    beside = {name for name in found if not name.startswith(("fixtures/", "schemas/"))}
    assert not any(found[name].count(b"@VERSION@") for name in beside)


def test_data_of_the_kit(contents: Contents) -> None:
    """The data is all of both folders but what makes them packages by themselves; the digest is that of the digests."""
    for name in ("fixtures", "schemas"):
        root = folder(name)
        there = {f"{name}/{path.relative_to(root).as_posix()}" for path in root.rglob("*") if path.is_file()}
        others = {f"{name}/{file}" for file in ("go.mod", "package.json", f"{name}.go")}
        assert there - others == {file for file in contents.files if file.startswith(f"{name}/")}
    digest = hashlib.sha256(contents.files["fixtures/manifest.json"]).hexdigest()
    assert f"{digest}  fixtures/manifest.json\n".encode() in contents.sums
    assert contents.digest == hashlib.sha256(contents.sums).hexdigest()
    assert contents.version == version()


def test_loaders_are_short(packed: Callable[[str], Packed]) -> None:
    """A loader has about twenty lines, without comments, imports and closing brackets."""
    loaders = {"npm": "index.js", "go": "corpus.go", "cargo": "src/lib.rs", "maven": "Corpus.java"}
    for kind in set(HERE) & set(loaders):
        text = unpacked(kind, dict(packed(kind).files))[loaders[kind]].decode()
        code = [line for line in text.splitlines() if line.strip(" })];") and not line.strip().startswith("//")]
        assert len([line for line in code if not line.strip().startswith(("/**", "import", '"', "use "))]) <= 20, kind


# -- the same bytes


def test_same_bytes_on_each_run(tmp_path: Path, packed: Callable[[str], Packed]) -> None:
    """Packing again, elsewhere and under other settings, gives the same bytes."""
    command = [sys.executable, "-m", "usagecompat", "fixtures", "pack", str(tmp_path / "two"), *FOR]
    env = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    before = os.umask(0o077)
    try:
        subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True)
    finally:
        os.umask(before)
    write([packed(kind) for kind in HERE], tmp_path / "one")
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two


def test_sums_beside_the_packages(tmp_path: Path, packed: Callable[[str], Packed]) -> None:
    """`SHA256SUMS` beside the packages has the digest of every file that was written."""
    paths = write([packed("npm"), packed("archive")], tmp_path / "out")
    listed = dict(reversed(line.split("  ")) for line in (tmp_path / "out/SHA256SUMS").read_text("utf-8").splitlines())
    there = {path.relative_to(tmp_path / "out").as_posix(): path for path in paths if path.name != "SHA256SUMS"}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}


# -- names and versions


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0.1.0", "0.1.0"),
        ("1.2", "1.2.0"),
        ("0.2.0rc1", "0.2.0-rc.1"),
        ("1.0a2.dev3", "1.0.0-alpha.2.dev.3"),
        ("2.0.0.dev0", "2.0.0-dev.0"),
        ("1.2.3-beta.1", "1.2.3-beta.1"),
    ],
)
def test_semantic(given: str, expected: str) -> None:
    """A version of Python's becomes one that all take, which sorts the same; a semantic one stays."""
    assert semantic(given) == expected


@pytest.mark.parametrize("given", ["", "1.0.post1", "v1.0.0", "1.0.0+local", "1.0.0-01", "latest", "1.0.0\n", "٣.0.0"])
def test_no_such_version(given: str) -> None:
    """A version that not all of them have is refused with one that they do."""
    with pytest.raises(CannotPack, match=r"give one such as 1\.2\.0"):
        semantic(given)


@pytest.mark.parametrize(
    ("naming", "good", "bad"),
    [
        (NPM, ["a", "@acme/usage-corpus", "x.y"], ["", "A", "@acme", "a/b", "a b", ".a", "@a/../b"]),
        (
            GO,
            ["acme.example/x", "go.acme.example/a/b.c"],
            ["corpus", "acme.example", "acme.example/", "a.b/../c", "a.b/.c"],
        ),
        (CARGO, ["a", "acme-usage_corpus"], ["", "1a", "a.b", "a/b", "a\n"]),
        (MAVEN, ["acme:corpus", "com.acme:usage-corpus"], ["corpus", "a:", ":a", "com..acme:x", "a:b:c", "A:b"]),
        (ARCHIVE, ["a", "acme-corpus.1"], ["", "../a", "a/b", ".a", "-a"]),
    ],
)
def test_names(naming: Naming, good: list[str], bad: list[str]) -> None:
    """A name of each kind is taken, and what is none is refused with an example; the usual one and the example are good."""
    for name in [*good, naming.usual, naming.example]:
        assert naming.checked(name) == name
    for name in bad:
        with pytest.raises(CannotPack, match="give one such as"):
            naming.checked(name)


def test_paths_of_go_modules(few: Contents) -> None:
    """From the second major version on it stands in the path; capitals are escaped where case may not count."""
    assert module_path("a.example/x", "1.9.0") == "a.example/x"
    assert module_path("a.example/x", "2.0.0") == "a.example/x/v2" == module_path("a.example/x/v2", "2.0.1")
    assert escaped_path("a.example/Usage") == "a.example/!usage"
    made = pack("go", evolve(few, version="3.1.0"))
    assert made.name == "usagecompat.invalid/corpus/v3"
    assert "go/usagecompat.invalid/corpus/v3/@v/v3.1.0.mod" in made.files


def test_names_of_ones_own(few: Contents) -> None:
    """A given name is what the package is called, in every file that says so."""
    npm = unpacked("npm", dict(pack("npm", few, name="@acme/corpus").files))
    assert json.loads(npm["package.json"])["name"] == "@acme/corpus"
    assert 'from "@acme/corpus"' in npm["README.md"].decode()
    cargo = unpacked("cargo", dict(pack("cargo", few, name="acme-corpus").files))
    assert b'name = "acme-corpus"' in cargo["Cargo.toml"]
    assert "use acme_corpus as" in cargo["README.md"].decode()
    go = pack("go", few, name="acme.example/corpus").files
    assert b"module acme.example/corpus\n" in go[f"go/acme.example/corpus/@v/v{semantic(version())}.mod"]


@pytest.mark.skipif(not JAVAC, reason="javac is absent: not run")
def test_java_package_is_of_the_name(few: Contents) -> None:
    """The Java package is that of group and artifact, so that two corpora can be on one class path."""
    (jar,) = (data for name, data in pack("maven", few, name="com.acme:x-y").files.items() if name.endswith(".jar"))
    with zipfile.ZipFile(io.BytesIO(jar)) as file:
        assert b"package com.acme.x_y;" in file.read("com/acme/x_y/Corpus.java")
        assert "com/acme/x_y/Corpus.class" in file.namelist()
        assert file.namelist()[0] == "META-INF/MANIFEST.MF"


# -- corpora of one's own


def test_own_corpus(own: Path, tmp_path: Path) -> None:
    """A corpus of one's own is packed with the schemas, but nothing that lies beside its cases, under nobody's license."""
    result = run(
        tmp_path / "out", "--for", "npm", "--corpus", own, "--name", "@acme/c", "--package-version", "2.0", "--json"
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["name"], told["version"]) == ("@acme/c", "2.0.0")
    (tarball,) = (tmp_path / "out/npm").iterdir()
    found = unpacked("npm", {tarball.name: tarball.read_bytes()})
    ids = [case.id for case in cases(root=own)]
    expected = {f"fixtures/{name}{end}" for name in ids for end in (".json", ".case.json")}
    lists = {"fixtures/manifest.json", "fixtures/LICENSE"}
    assert {name for name in found if name.startswith("fixtures/")} == expected | lists
    about = json.loads(found["package.json"])
    assert about["license"] == "UNLICENSED"
    assert "LICENSE" not in found
    assert "the cases are their owner's" in found["README.md"].decode()
    assert "schemas/latest.json" in found


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda own: (own / "manifest.json").unlink(), "manifest.json: it is missing; `usagecompat fixtures manifest"),
        (lambda own: next(own.rglob("*/*.case.json")).unlink(), "does not say what the cases say"),
        (lambda own: next(own.rglob("*/*.case.json")).write_text("{}", "utf-8"), "`verdict` is missing"),
        (lambda own: next(own.rglob("*/*.case.json")).with_suffix("").with_suffix(".json").unlink(), "cannot be read"),
        (shutil.rmtree, "there is no such file or directory"),
        (lambda own: [path.unlink() for path in own.rglob("*/*.case.json")], "there is no case here"),
    ],
)
def test_spoilt_corpus(spoil: object, words: str, own: Path, tmp_path: Path) -> None:
    """A corpus that is not whole is refused with what is wrong, and nothing is written."""
    assert callable(spoil)
    spoil(own)
    result = run(tmp_path / "out", "--for", "npm", "--corpus", own, "--name", "a", "--package-version", "1.0.0")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


def _renamed(own: Path, name: str) -> None:
    """Give one case of a corpus another id and its files the names of it."""
    (path, *_) = sorted(own.rglob("*/*.case.json"))
    said = {**json.loads(path.read_bytes()), "id": name}
    there = own / f"{name}.case.json"
    there.parent.mkdir(parents=True, exist_ok=True)
    payload = path.with_name(path.name.removesuffix(".case.json") + ".json")
    payload.rename(own / f"{name}.json")
    path.unlink()
    there.write_text(json.dumps(said), "utf-8")
    write_manifest(own)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("numbers/nul", "Windows takes no file of the name 'nul.case.json'"),
        ("numbers/zähler", "not every system takes the name"),
        ("numbers/a b", "not every system takes the name"),
        ("numbers/a'b", "not every system takes the name"),
    ],
)
def test_names_that_not_all_take(name: str, words: str, own: Path, tmp_path: Path) -> None:
    """A file name that Windows, Go or a shell would refuse is refused here, before anybody gets the package."""
    _renamed(own, name)
    result = run(
        tmp_path / "out", "--for", "go", "--corpus", own, "--name", "a.example/b", "--package-version", "1.0.0"
    )
    assert result.exit_code == 2
    assert words in result.stderr


def test_names_that_differ_in_case(own: Path) -> None:
    """Two names that are one where case does not count are refused."""
    _renamed(own, "numbers/Twin")
    _renamed(own, "other/twin")
    (own / "numbers").mkdir(exist_ok=True)
    for path in (own / "other").iterdir():
        text = path.read_bytes().replace(b"other/twin", b"Other/twin")
        (own / "Other").mkdir(exist_ok=True)
        (own / "Other" / path.name).write_bytes(text)
    write_manifest(own)
    with pytest.raises(CannotPack, match="are one file where case does not count"):
        read_contents(own, "1.0.0")


def test_ids_that_lead_out(own: Path, tmp_path: Path) -> None:
    """A case whose id is not the name of its file is refused: its id would be a path."""
    (path, *_) = sorted(own.rglob("*/*.case.json"))
    said = {**json.loads(path.read_bytes()), "id": "a/../../../evil"}
    path.write_text(json.dumps(said), "utf-8")
    write_manifest(own)
    result = run(tmp_path / "out", "--for", "npm", "--corpus", own, "--name", "a", "--package-version", "1.0.0")
    assert (result.exit_code, "after its id" in result.stderr) == (2, True)


# -- misuse


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--for", "pypi"], "'pypi' is not one of 'npm', 'go', 'cargo', 'maven', 'archive'"),
        (["--name", "x"], "--name is for one kind of package"),
        (["--for", "npm", "--for", "go", "--name", "x"], "--name is for one kind of package"),
        (["--for", "npm", "--name", "X Y"], "'X Y' is no name of such a package; give one such as @acme/usage-corpus"),
        (["--for", "npm", "--corpus", "own"], "A corpus of your own needs --name and --package-version."),
        (["--for", "npm", "--package-version", "1.0.0"], "--package-version is for --corpus"),
        (["--for", "npm", "--corpus", "no", "--name", "x", "--package-version", "1"], "no such file or directory"),
    ],
)
def test_misuse(args: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not go together is refused in a sentence, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    result = run("out", *args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


def test_bad_version_of_ones_own(own: Path, tmp_path: Path) -> None:
    """A version that the ecosystems do not know is refused."""
    result = run(tmp_path / "out", "--for", "npm", "--corpus", own, "--name", "x", "--package-version", "today")
    assert (result.exit_code, "have no version 'today'" in result.stderr) == (2, True)


def test_nothing_is_overwritten(own: Path, tmp_path: Path) -> None:
    """A place that holds something is left as it is; an empty one is taken."""
    words = ("--for", "npm", "--corpus", own, "--name", "a", "--package-version", "1.0.0")
    (tmp_path / "out").mkdir()
    (tmp_path / "file").write_text("mine", "utf-8")
    assert run(tmp_path / "out", *words).exit_code == 0
    for place in ("out", "file"):
        result = run(tmp_path / place, *words)
        assert result.exit_code == 2
    assert (tmp_path / "file").read_text("utf-8") == "mine"
    assert "something is there already" in run(tmp_path / "out", *words).stderr


def test_no_such_kind(contents: Contents) -> None:
    """A kind of package that there is not gets the nearest."""
    with pytest.raises(NoSuchName, match="did you mean 'cargo'"):
        pack("carg", contents)


def test_without_a_compiler(few: Contents, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a JDK there is no jar, and the words say how to get the others."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotPack, match="a jar needs javac, which is not there; install a JDK, or leave maven out"):
        pack("maven", few)
    assert pack("npm", few).files
