"""
Whether an adapter fetches nothing but locked versions with digests.

Each tool has its own lock: npm `package-lock.json`, pip `requirements.txt` with hashes, Go `go.sum`, Cargo `Cargo.lock`.
Maven has none, so `lib.sha256` is held against what it fetched (`digests.py`) before any of it is run.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from usagecompat.adapters.digests import read_digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from usagecompat.adapters.descriptions import Adapter

_PINNED: Final = re.compile(r"[A-Za-z0-9._-]+(?:\[[\w, -]*\])?==[^\s*]+(?: *;.*)?")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}")
_INTEGRITY: Final = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/]+=*")
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")
_VERIFY: Final = "usagecompat.adapters.digests"
_UNLOCKED: Final = frozenset(
    {"bun", "corepack", "cpan", "cpanm", "curl", "git", "npx", "pipx", "pnpm", "uv", "wget", "yarn"}
)
"""Programs that fetch something, and whose locks nothing here reads."""


def not_locked(adapter: Adapter) -> tuple[str, ...]:
    """What an adapter could fetch without a digest, in words; nothing if all is locked."""
    problems = [problem for command in adapter.install for problem in _of_command(command, adapter.install)]
    for path in adapter.files:
        read = _MANIFESTS.get(path.name)
        if read is not None:
            try:
                problems += read(path.parent)
            except (OSError, ValueError, KeyError, TypeError, AttributeError, ET.ParseError) as error:
                problems.append(f"{path.name} or its lock cannot be read: {error}")
    return tuple(problems)


# -- commands


def _of_command(command: tuple[str, ...], every: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    said = " ".join(command)
    program, *_ = names = [word.rpartition("/")[2].partition(".")[0] for word in command[:3]]
    if {"pip", "pip3"} & {*names} and "install" in command:
        yield from (f"`{said}` needs {word}" for word in ("--require-hashes", "--only-binary") if word not in command)
        if "--requirement" not in command:
            yield f"`{said}` needs --requirement, with a file that has digests"
    elif program == "npm":
        if command[1:2] != ("ci",):
            yield f"`{said}` must be `npm ci`, which fetches what package-lock.json has"
        if "--ignore-scripts" not in command:
            yield f"`{said}` needs --ignore-scripts, as scripts fetch what no lock knows"
    elif program == "go":
        if command[1:2] != ("build",) or "-mod=readonly" not in command:
            yield f"`{said}` must be `go build -mod=readonly`"
    elif program == "cargo":
        if command[1:2] != ("build",) or "--locked" not in command:
            yield f"`{said}` must be `cargo build --locked`"
    elif program == "mvn":
        if not {"-C", "--strict-checksums"} & {*command}:
            yield f"`{said}` needs --strict-checksums"
        if not any(_VERIFY in later for later in every[every.index(command) + 1 :][:1]):
            yield f"`{said}` must be followed by `python -m {_VERIFY} lib.sha256`"
    elif program in _UNLOCKED:
        yield f"`{said}` fetches what no lock here has"


# -- locks


def _npm(folder: Path) -> Iterator[str]:
    said = json.loads((folder / "package.json").read_bytes())
    lock = _object(folder / "package-lock.json")
    if lock is None:
        yield "package.json has no package-lock.json"
        return
    packages: dict[str, dict[str, Any]] = lock["packages"]
    root = packages.get("", {})
    for part in ("dependencies", "devDependencies", "optionalDependencies"):
        if root.get(part, {}) != said.get(part, {}):
            yield f"package-lock.json is of another package.json: their {part} differ"
    for name, package in packages.items():
        bundled = package.get("inBundle") is True  # within another package, whose digest covers it
        if name and not bundled and not _INTEGRITY.fullmatch(package.get("integrity", "")):
            yield f"package-lock.json has no digest of {name.removeprefix('node_modules/')}"


def _pip(folder: Path) -> Iterator[str]:
    lines = (folder / "requirements.txt").read_text("utf-8").replace("\\\n", " ").splitlines()
    listed = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    if not listed:
        yield "requirements.txt is empty"
    for line in listed:
        what = line.partition(" --hash")[0].strip()
        if not _PINNED.fullmatch(what):
            yield f"requirements.txt: {what!r} is no version of a package, such as attrs==25.1.0"
        elif not _HASH.search(line) or _HASH.sub("", line).strip() != what:
            yield f"requirements.txt has no digest of {what}, such as --hash=sha256:…"
    wanted = folder / "requirements.in"
    if not wanted.is_file():
        yield "requirements.in is missing, from which requirements.txt is locked"
        return
    pins = {line.partition(" ")[0] for line in listed}
    for line in wanted.read_text("utf-8").split():
        if line not in pins:
            yield f"requirements.txt is of another requirements.in: it lacks {line}"


def _cargo(folder: Path) -> Iterator[str]:
    said = tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))
    lock = folder / "Cargo.lock"
    if not lock.is_file():
        yield "Cargo.toml has no Cargo.lock"
        return
    packages: list[dict[str, Any]] = tomllib.loads(lock.read_text("utf-8"))["package"]
    own = said["package"]["name"]
    for package in packages:
        if package["name"] != own and not _CHECKSUM.fullmatch(package.get("checksum", "")):
            yield f"Cargo.lock has no digest of {package['name']} {package['version']}"
    names = {package["name"] for package in packages}
    for name in said.get("dependencies", {}):
        if name not in names:
            yield f"Cargo.lock is of another Cargo.toml: it lacks {name}"


def _go(folder: Path) -> Iterator[str]:
    said = (folder / "go.mod").read_text("utf-8")
    if re.search(r"^\s*replace\b", said, re.MULTILINE):
        yield "go.mod replaces a module, of which go.sum has no digest"
    wanted = re.findall(r"^\s*(?:require\s+)?([\w.~-]+(?:/[\w.~-]+)+) (v\S+)", said, re.MULTILINE)
    sums = folder / "go.sum"
    text = sums.read_text("utf-8") if sums.is_file() else ""
    for name, version in wanted:
        if not re.search(rf"^{re.escape(name)} {re.escape(version)} h1:[A-Za-z0-9+/]+=$", text, re.MULTILINE):
            yield f"go.sum has no digest of {name} {version}"


def _maven(folder: Path) -> Iterator[str]:
    lock = folder / "lib.sha256"
    if not lock.is_file():
        yield "pom.xml has no lib.sha256"
        return
    digests = read_digests(lock.read_text("utf-8"))
    names = {"m": "http://maven.apache.org/POM/4.0.0"}
    for one in ET.parse(folder / "pom.xml").iterfind("m:dependencies/m:dependency", names):  # noqa: S314 - our own file
        name, version = (one.findtext(f"m:{part}", "", names) for part in ("artifactId", "version"))
        if f"lib/{name}-{version}.jar" not in digests:
            yield f"lib.sha256 has no digest of {name} {version}"


def _object(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_bytes()) if path.is_file() else None


_MANIFESTS: Final[Mapping[str, Callable[[Path], Iterator[str]]]] = {
    "Cargo.toml": _cargo,
    "go.mod": _go,
    "package.json": _npm,
    "pom.xml": _maven,
    "requirements.txt": _pip,
    "requirements.in": _pip,
}
"""What reads the lock of a file in which an adapter names what it needs."""
