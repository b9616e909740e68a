"""
One corpus as packages of several languages: data, and a loader of a few lines from `templates/`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import CannotPack, NoSuchName, WouldOverwrite, naming
from usagecompat.inputs import content_of
from usagecompat.packing.archives import tarball, zipped
from usagecompat.packing.contents import SUMS, sha256
from usagecompat.packing.names import ARCHIVE, CARGO, GO, MAVEN, NPM, escaped_path, module_path, semantic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from usagecompat.packing.contents import Contents
    from usagecompat.packing.names import Naming

_TEMPLATES: Final = Path(__file__).parent / "templates"
_SUMMARY: Final = "Payloads of the OpenAI organization usage and costs endpoints, right and wrong, each with what it must show, and the JSON Schemas of every revision: data only."
_JAVA: Final = 11
"""The oldest Java that can use the jar."""


@frozen(kw_only=True)
class Packed:
    """A package that was made, before it is written."""

    ecosystem: str
    name: str
    """As its users name it."""
    version: str
    """As its users name it."""
    digest: str
    """Of the data alone: the same in packages of all kinds."""
    files: Mapping[str, bytes]
    """What is written, under its name below the place of all packages."""
    use: str
    """How it is used: a line for a shell, in which `{out}` stands for that place."""


@frozen(kw_only=True)
class _Ecosystem:
    naming: Naming
    make: Callable[[str, Contents, str, str], tuple[Mapping[str, bytes], str]]
    """From name, contents, version and license to what is written, and how it is used."""
    called: Callable[[str, str], str] = lambda name, _: name


def pack(ecosystem: str, contents: Contents, *, name: str | None = None) -> Packed:
    """
    A package of a corpus.

    Args:
        ecosystem: One of `ECOSYSTEMS`.
        contents: The data.
        name: What it is called; None for the name of the kit's own.

    Raises:
        NoSuchName: There is no such ecosystem.
        CannotPack: The name or the version is none there, or what makes such a package is missing here.
    """
    if ecosystem not in ECOSYSTEMS:
        raise NoSuchName("kind of package", ecosystem, tuple(ECOSYSTEMS))
    kind = _KINDS[ecosystem]
    version = semantic(contents.version)
    given = kind.naming.checked(kind.naming.usual if name is None else name)
    called = kind.called(given, version)
    files, use = kind.make(called, contents, version, "MIT" if contents.license else "")
    return Packed(ecosystem=ecosystem, name=called, version=version, digest=contents.digest, files=files, use=use)


def write(packages: Iterable[Packed], out: Path) -> tuple[Path, ...]:
    """
    Write packages into a new or empty directory, and the digests of their files; all files, as they stand there.

    Raises:
        WouldOverwrite: The directory holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WouldOverwrite(str(out))
    files = {name: content for package in packages for name, content in sorted(package.files.items())}
    files[SUMS] = "".join(f"{sha256(content)}  {name}\n" for name, content in files.items()).encode()
    for name, content in files.items():
        path = out / name
        with naming(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return tuple(out / name for name in files)


@cache
def _template(name: str) -> str:
    return content_of(_TEMPLATES / name).decode()


def _filled(template: str, **words: str) -> bytes:
    text = _template(template)
    for name, word in words.items():
        text = text.replace(f"@{name.upper()}@", word)
    return text.encode()


def _common(ecosystem: str, name: str, contents: Contents, version: str) -> dict[str, bytes]:
    """What every package has beside its loader."""
    whose = (
        "All of it has the license in `LICENSE`."
        if contents.license
        else "The schemas are usagecompat's, under the MIT license; the cases are their owner's, who says what may be done with them."
    )
    crate = name.replace("-", "_")
    example = _filled(f"{ecosystem}/README.md", name=name, version=version, crate=crate).decode()
    about = _filled("README.md", name=name, version=version, digest=contents.digest, license=whose, example=example)
    files = {"README.md": about, "VERSION": f"{version}\n".encode(), SUMS: contents.sums}
    if contents.license:
        files["LICENSE"] = contents.license
    return files


def _npm(name: str, contents: Contents, version: str, license_: str) -> tuple[Mapping[str, bytes], str]:
    about = {
        "name": name,
        "version": version,
        "description": _SUMMARY,
        "keywords": ["compatibility", "costs", "fixtures", "json-schema", "openai", "usage"],
        "license": license_ or "UNLICENSED",
        "type": "module",
        "exports": {
            ".": {"types": "./index.d.ts", "default": "./index.js"},
            "./fixtures/*": "./fixtures/*",
            "./schemas/*": "./schemas/*",
            "./package.json": "./package.json",
        },
        "types": "./index.d.ts",
        "engines": {"node": ">=18"},
        "sideEffects": False,
    }
    own = {
        "package.json": f"{json.dumps(about, indent=2)}\n".encode(),
        "index.js": _filled("npm/index.js", version=version, digest=contents.digest),
        "index.d.ts": _filled("npm/index.d.ts"),
    }
    files = {**own, **_common("npm", name, contents, version), **contents.files}
    file = f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    return {f"npm/{file}": tarball("package", files)}, f"npm install {{out}}/npm/{file}"


def _go(name: str, contents: Contents, version: str, _: str) -> tuple[Mapping[str, bytes], str]:
    own = {
        "go.mod": f"module {name}\n\ngo 1.21\n".encode(),
        "corpus.go": _filled("go/corpus.go", version=version, digest=contents.digest),
    }
    files = {**own, **_common("go", name, contents, version), **contents.files}
    place = f"go/{escaped_path(name)}/@v"
    host = name.partition("/")[0]
    return {
        f"{place}/list": f"v{version}\n".encode(),
        f"{place}/v{version}.info": f'{{"Version":"v{version}","Time":"2000-01-01T00:00:00Z"}}\n'.encode(),
        f"{place}/v{version}.mod": own["go.mod"],
        f"{place}/v{version}.zip": zipped({f"{name}@v{version}/{file}": files[file] for file in sorted(files)}),
    }, f"GOPROXY=file://{{out}}/go,https://proxy.golang.org GONOSUMDB={host} go get {name}@v{version}"


def _cargo(name: str, contents: Contents, version: str, license_: str) -> tuple[Mapping[str, bytes], str]:
    allowed = f'license = "{license_}"\n' if license_ else "publish = false\n"
    table = "".join(f'    ("{file}", include_bytes!("../{file}")),\n' for file in (*sorted((*contents.files, SUMS)),))
    own = {
        "Cargo.toml": _filled("cargo/Cargo.toml", name=name, version=version, license=allowed, summary=_SUMMARY),
        "src/lib.rs": _filled("cargo/lib.rs", version=version, digest=contents.digest),
        "src/files.in": f"[\n{table}]\n".encode(),
    }
    files = {**own, **_common("cargo", name, contents, version), **contents.files}
    top = f"{name}-{version}"
    use = f"tar -xzf {{out}}/cargo/{top}.crate && cargo add --path {top}"
    return {f"cargo/{top}.crate": tarball(top, files)}, use


def _maven(name: str, contents: Contents, version: str, license_: str) -> tuple[Mapping[str, bytes], str]:
    group, _, artifact = name.partition(":")
    package = f"{group}.{artifact.replace('-', '_')}"
    source = _filled("maven/Corpus.java", package=package, version=version, digest=contents.digest)
    place = package.replace(".", "/")
    head = f"Manifest-Version: 1.0\r\nAutomatic-Module-Name: {package}\r\nImplementation-Version: {version}\r\n\r\n"
    common = _common("maven", name, contents, version)
    data = {f"{place}/{file}": content for file, content in {SUMS: contents.sums, **contents.files}.items()}
    jar = zipped(
        {
            "META-INF/MANIFEST.MF": head.encode(),
            **{f"META-INF/{file}": content for file, content in common.items() if file != SUMS},
            f"{place}/Corpus.class": _compiled(source, f"{place}/Corpus.class"),
            f"{place}/Corpus.java": source,
            **data,
        }
    )
    allowed = f"\n  <licenses><license><name>{license_}</name></license></licenses>" if license_ else ""
    pom = _filled("maven/pom.xml", group=group, artifact=artifact, version=version, summary=_SUMMARY, license=allowed)
    top = f"maven/{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}"
    files = {f"{top}.jar": jar, f"{top}.pom": pom}
    sums = {
        f"{file}.{kind}": hashlib.new(kind, content).hexdigest().encode()
        for file, content in files.items()
        for kind in ("sha1", "sha256")
    }
    use = f"mvn install:install-file -Dfile={{out}}/{top}.jar -DpomFile={{out}}/{top}.pom"
    return {**files, **sums}, use


def _compiled(source: bytes, made: str) -> bytes:
    """The class of the loader."""
    compiler = shutil.which("javac")
    if compiler is None:
        raise CannotPack("a jar needs javac, which is not there; install a JDK, or leave maven out with --for")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "Corpus.java").write_bytes(source)
        soon = "-J-XX:TieredStopAtLevel=1"  # it ends before better machine code would pay off
        options = (soon, f"--release={_JAVA}", "-g:none", "-encoding", "UTF-8", "-d", ".")
        done = subprocess.run(  # noqa: S603 - our own source
            [compiler, *options, "Corpus.java"], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            raise CannotPack(f"javac cannot compile the loader; it must be of JDK {_JAVA} or later: {said}")
        return (place / made).read_bytes()


def _archive(name: str, contents: Contents, version: str, _: str) -> tuple[Mapping[str, bytes], str]:
    top = f"{name}-{version}"
    packed = tarball(top, {**_common("archive", name, contents, version), **contents.files})
    file = f"{top}.tar.gz"
    return {
        f"archive/{file}": packed,
        f"archive/{file}.sha256": f"{sha256(packed)}  {file}\n".encode(),
        "archive/VERSION": f"{version}\n".encode(),
    }, f"(cd {{out}}/archive && sha256sum --check {file}.sha256) && tar -xzf {{out}}/archive/{file}"


_KINDS: Final[Mapping[str, _Ecosystem]] = {
    "npm": _Ecosystem(naming=NPM, make=_npm),
    "go": _Ecosystem(naming=GO, make=_go, called=module_path),
    "cargo": _Ecosystem(naming=CARGO, make=_cargo),
    "maven": _Ecosystem(naming=MAVEN, make=_maven),
    "archive": _Ecosystem(naming=ARCHIVE, make=_archive),
}
ECOSYSTEMS: Final = (*_KINDS,)
"""What packages can be made for."""
