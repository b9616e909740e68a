"""What the checks with other languages' tools need: the tools, the files, and a place for what is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from browser import Page, browser

ROOT = Path(__file__).resolve().parent.parent.parent

Run = Callable[..., str]
Tool = Callable[[str], str]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def built() -> Path:
    """A folder for what takes long to build; it outlives the run, and nothing in it decides what a check says."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "usagecompat-interop"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Finds a program of this machine; without it, what needs it counts as not run."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is absent: not run")
        return found

    return find


@pytest.fixture(scope="session")
def run(built: Path) -> Run:
    """Runs a program to its end, and returns what it printed; a failure shows all that it printed."""

    def start(
        *command: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: Path | None = None
    ) -> str:
        quiet = {"NO_COLOR": "1", "npm_config_update_notifier": "false", "npm_config_loglevel": "error"}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, "CARGO_TARGET_DIR": str(built / "cargo"), **quiet, **(env or {})},
            input=stdin.read_bytes() if stdin else b"",
            capture_output=True,
            check=False,
        )
        printed = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            pytest.fail(f"{command} ended with {done.returncode}:\n{printed}\n{done.stderr.decode('utf-8', 'replace')}")
        return printed

    return start


@pytest.fixture(scope="session")
def pip_install(run: Run, built: Path) -> Callable[[Path], dict[str, str]]:
    """Installs a file of requirements beside the environment, and returns what makes Python find it."""

    def install(requirements: Path) -> dict[str, str]:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        target = built / f"python-{version}-{requirements.parent.name}"
        held = target / requirements.name
        if not held.is_file() or held.read_bytes() != requirements.read_bytes():
            shutil.rmtree(target, ignore_errors=True)
            run(sys.executable, "-m", "pip", "install", "-q", "--target", target, "-r", requirements)
            shutil.copy(requirements, held)
        return {"PYTHONPATH": str(target)}

    return install


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page in a browser; without any Chromium, what needs it counts as not run."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("chromium is absent: not run")
    with browser(found, tmp_path_factory.mktemp("profile")) as opened:
        yield opened
