"""
Pack `schemas/` and `fixtures/` for people who use no Python: the same bytes on each run.

Usage: python3 .ci/pack.py OUT

Each archive is a tarball for anyone and a package for npm at once.
`SHA256SUMS` beside the archives is of the archives, the one inside each is of its files.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("fixtures", "schemas")
MOMENT = 946684800  # 2000-01-01: every file is of the same time


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def sums(files: dict[str, bytes]) -> bytes:
    """What `sha256sum --check` reads."""
    return "".join(f"{digest(content)}  {name}\n" for name, content in files.items()).encode()


def contents(folder: str) -> dict[str, bytes]:
    """The files of a folder that git knows, the license, and their checksums."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607 - git is where PATH says
    names = [name for name in listed.stdout.split("\0") if name]
    files = {name.removeprefix(f"{folder}/"): (ROOT / name).read_bytes() for name in names}
    files = dict(sorted({**files, "LICENSE": (ROOT / "LICENSE").read_bytes()}.items()))
    return {**files, "SHA256SUMS": sums(files)}


def archive(top: str, files: dict[str, bytes]) -> bytes:
    """A compressed tarball that says nothing about who packed it, when and where."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out,
        tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), MOMENT, 0o644
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def main(out: Path) -> None:
    """Write the archives and their checksums to a folder."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    packed: dict[str, bytes] = {}
    for folder in FOLDERS:
        files = contents(folder)
        about = json.loads(files["package.json"])
        if about["version"] != version:
            sys.exit(f"{folder}/package.json says version {about['version']}, pyproject.toml {version}")
        packed[f"{about['name']}-{version}.tgz"] = archive(f"{about['name']}-{version}", files)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in {**packed, "SHA256SUMS": sums(packed)}.items():
        (out / name).write_bytes(content)
        print(out / name)


main(Path(sys.argv[1]))
