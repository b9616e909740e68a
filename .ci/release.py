"""
Everything that a release is but the upload.

Usage: python .ci/release.py [--rehearse] OUT

It refuses a tree that is not committed, a version without its section in CHANGELOG.md, and one that has a tag already.
What was built twice, in clones that differ in all that must not matter, is written to OUT with a list of digests and a
list of all that is installed with it. The last lines are the commands that publish it; none of them is run.
`--rehearse` tells what would be refused, and goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
HOMES = ("Homepage", "Documentation", "Source", "Changelog", "Issues")
"""What an index displays of a project that has a home on the web."""


class Failed(Exception):
    """A step did not come to what it must come to."""


def main() -> int:
    """Refuse, or build, look and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a folder that is not there yet, or is empty")
    parser.add_argument("--rehearse", action="store_true", help="tell what would be refused, and go on")
    asked = parser.parse_args()
    out: Path = asked.out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        parser.error(f"{out} is there already, and is no empty folder")
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = str(project["version"])
    refused = list(refusals(version))
    for reason in refused:
        print(f"refused: {reason}")
    if refused and not asked.rehearse:
        return 1
    out.mkdir(parents=True, exist_ok=True)
    commit, moment = said("git", "log", "-1", "--format=%H %ct").split()
    try:
        build(out, moment)
        look_at(out)
        list_parts(out, version, moment)
    except Failed as error:
        print(f"failed: {error}")
        return 1
    tell(out, version, commit, moment, [home for home in HOMES if home not in project.get("urls", {})])
    return 0


# -- what is refused


def refusals(version: str) -> Iterator[str]:
    """Why this tree is no release, each reason with what to do."""
    if changed := said("git", "status", "--porcelain").splitlines():
        yield f"{len(changed)} files are changed or unknown to git, the first is {changed[0][3:]}: commit or remove them"
    if not section(version):
        yield f"CHANGELOG.md has no section `## {version}`, or an empty one: write what the version brings"
    if section("Unreleased"):
        yield f"CHANGELOG.md has entries under `## Unreleased`: give them the number of a version, here and in pyproject.toml ({version})"
    if said("git", "tag", "--list", f"v{version}"):
        yield f"the tag v{version} is there already: a version is released once"


def section(name: str) -> str:
    """What CHANGELOG.md says of a version."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"(?ms)^## {re.escape(name)}\b[^\n]*\n(.*?)(?=^## |\Z)", text)
    return found[1].strip() if found else ""


# -- what is built


def build(out: Path, moment: str) -> None:
    """Build sdist and wheel in two clones, and take them if they are the same, byte for byte."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = built(Path(scratch, "a"), 0o022, moment, TZ="UTC", LC_ALL="C.UTF-8")
        other = built(Path(scratch, "b", "deeper in"), 0o077, moment, TZ="Pacific/Kiritimati", LC_ALL="C", HOME=scratch)
        for name, content in plain.items():
            if other.get(name) != content:
                raise Failed(f"{name} is not the same in two builds")
        for name, content in plain.items():
            if not name.startswith("from-checkout-"):
                (out / name).write_bytes(content)
            elif plain[name.removeprefix("from-checkout-")] != content:
                raise Failed(f"{name} is another wheel than the one that is built from the sdist")


def built(place: Path, mask: int, moment: str, **environment: str) -> dict[str, bytes]:
    """What a clone at a place gives: the sdist, the wheel that is built from it, and the one of the clone itself."""
    place.mkdir(parents=True)
    clone, dist, direct = place / "clone", place / "dist", place / "direct"
    do("cloning", "git", "clone", "--quiet", str(ROOT), str(clone), mask=mask)
    if mask == 0o077:  # noqa: PLR2004 - the clone in which all is different
        for path in clone.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
    environment["SOURCE_DATE_EPOCH"] = moment
    backend = [sys.executable, "-m", "build", "--no-isolation"]
    do("building sdist and wheel", *backend, "--outdir", str(dist), str(clone), mask=mask, **environment)
    do("building the wheel", *backend, "--wheel", "--outdir", str(direct), str(clone), mask=mask, **environment)
    return {
        **{path.name: path.read_bytes() for path in sorted(dist.iterdir())},
        **{f"from-checkout-{path.name}": path.read_bytes() for path in direct.iterdir()},
    }


def look_at(out: Path) -> None:
    """An index takes the metadata and can display them, and the wheel has what a wheel has."""
    files = [str(path) for path in sorted(out.iterdir())]
    do("twine check", sys.executable, "-m", "twine", "check", "--strict", *files)
    program = Path(sys.executable).with_name("check-wheel-contents")
    do("check-wheel-contents", str(program), *[file for file in files if file.endswith(".whl")])


def list_parts(out: Path, version: str, moment: str) -> None:
    """Install the wheel into an environment of its own, and write down all that is in there (CycloneDX)."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch, "venv")
        venv.create(place, with_pip=False)
        python = str(place / ("Scripts" if os.name == "nt" else "bin") / "python")
        (wheel,) = out.glob("*.whl")
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
        do("installing the wheel", *pip, "--disable-pip-version-check", str(wheel))
        pack(python, out / "packages")
        for record in place.rglob("usagecompat-*.dist-info/direct_url.json"):
            record.unlink()  # it names a folder of this machine
        listed = out / f"usagecompat-{version}.cdx.json"
        command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
        options = ["--mc-type", "library", "--output-reproducible", "--output-file", str(listed)]
        do("listing what is installed", *command, *options, python, SOURCE_DATE_EPOCH=moment)
        if scratch in listed.read_text("utf-8"):
            raise Failed(f"{listed.name} names a folder of this machine")


def pack(python: str, out: Path) -> None:
    """Make the packages for other languages with the wheel, twice, and take them if they are the same."""
    kinds = ("npm", "go", "cargo", "archive", *(["maven"] if shutil.which("javac") else []))
    if "maven" not in kinds:
        print("javac is absent: no jar is made")
    chosen = [word for kind in kinds for word in ("--for", kind)]
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch, "again")
        for place in (out, again):
            do("packing for other languages", python, "-m", "usagecompat", "fixtures", "pack", str(place), *chosen)
        sums = [(place / "SHA256SUMS").read_bytes() for place in (out, again)]
        if sums[0] != sums[1]:
            raise Failed("the packages for other languages are not the same in two runs")


# -- what is told


def tell(out: Path, version: str, commit: str, moment: str, missing: list[str]) -> None:
    """Print what a release is, and the commands that would publish it."""
    files = [path for path in sorted(out.iterdir()) if path.is_file() and path.name != "SHA256SUMS"]
    files.append(out / "packages" / "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}" for path in files]
    (out / "SHA256SUMS").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(int(moment)))
    print(f"\nusagecompat {version}, commit {commit} of {when} UTC\n")
    print(*lines, sep="\n")
    print(f"\nAnybody gets the wheel and the sdist (.tar.gz) again with: SOURCE_DATE_EPOCH={moment} python -m build")
    print(f"\nCHANGELOG.md, {version}:\n\n{section(version) or '(nothing)'}\n")
    if missing:
        print(f"[project.urls] has no {', '.join(missing)}: an index displays no link to them.")
    named = " ".join(path.name for path in files if path.suffix in (".whl", ".gz"))
    print("To publish it, which this does not do:\n")
    print(f"  git tag --sign --message 'usagecompat {version}' v{version} {commit}")
    print(f"  git push origin v{version}")
    print("  ssh-keygen -Y sign -n file -f KEY SHA256SUMS")
    print(f"  twine upload {named}")
    print(
        "\npackages/ has the corpus for npm, Go, Cargo and Maven, and as an archive; docs/packages.md says how each is used."
    )


# -- programs


def do(what: str, *command: str, mask: int = -1, **environment: str) -> None:
    """Run a program, whose output is displayed only if it fails."""
    print(f"{what} ...", flush=True)
    run = subprocess.run(  # noqa: S603 - programs of this environment
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        umask=mask,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        raise Failed(f"{what} ended with {run.returncode}:\n{run.stdout}")


def said(*command: str) -> str:
    """What a program says, without white space behind it."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.rstrip()  # noqa: S603 - it is git


if __name__ == "__main__":
    if shutil.which("git") is None:
        sys.exit("git is needed: a release is a commit")
    sys.exit(main())
