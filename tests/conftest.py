"""What several test files need."""

from __future__ import annotations

import functools
import gc
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

# What a shell runs in the background ignores interruptions, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests give programs another home, in which none of them should have to unpack the corpus again.
os.environ.setdefault("USAGECOMPAT_CACHE", str(user_cache_path("usagecompat", appauthor=False)))

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Let no test depend on how fast the machine is; a run of a corpus alone needs no Hypothesis."""
    if config.getoption("compat", None) and not _names_tests(config):
        return
    from hypothesis import HealthCheck, settings  # noqa: PLC0415 - it takes long to import

    settings.register_profile(
        "suite", deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow], print_blob=True
    )
    settings.register_profile("thorough", settings.get_profile("suite"), max_examples=2_000)
    settings.load_profile("suite")
    _compile_once(config)


def _compile_once(config: pytest.Config) -> None:
    """
    Let the programs that tests start share what Python compiles, also where it may keep none of that next to its sources.

    There each of many hundred programs compiled the kit anew. What is kept goes when the tests end.
    """
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        kept = tempfile.TemporaryDirectory(prefix="compiled-", ignore_cleanup_errors=True)
        config.add_cleanup(kept.cleanup)
        patch = pytest.MonkeyPatch()
        config.add_cleanup(patch.undo)
        patch.delenv("PYTHONDONTWRITEBYTECODE")
        patch.setenv("PYTHONPYCACHEPREFIX", kept.name)
        patch.setattr(sys, "pycache_prefix", kept.name)
        patch.setattr(sys, "dont_write_bytecode", False)


def pytest_sessionstart() -> None:
    """Forget under mutmut, which forks from a process that ran all tests, what was remembered of code without a change."""
    if "MUTANT_UNDER_TEST" in os.environ:
        gc.unfreeze()
        for found in gc.get_objects():
            if isinstance(found, functools._lru_cache_wrapper):  # noqa: SLF001 - it has no other name
                found.cache_clear()


def pytest_collection_finish() -> None:
    """Leave the thousands of tests themselves out of garbage collections: each full one took a quarter of a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _frozen() -> Iterator[None]:
    """Runs of pytest that are made in this process, by tests of the plugin, leave the collector of garbage as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        patch.setattr(gc, "unfreeze", lambda: None)
        yield


@pytest.fixture
def nothing_learned() -> None:
    """What one test makes the fast route learn must neither help nor hinder another."""
    from usagecompat.checking.stages import fast_route  # noqa: PLC0415 - not for a run of a corpus alone

    fast = fast_route()
    assert fast is not None
    fast.forget()


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """
    Leave these tests out of the README's `pytest --compat fixtures/`, unless they are named.

    That command is for installations without what the tests need.
    """
    return True if config.getoption("compat", None) and not _names_tests(config) else None


def _names_tests(config: pytest.Config) -> bool:
    """Whether these tests are among what was asked for, by the words of the command line."""
    worker: dict[str, list[str]] = getattr(config, "workerinput", {})
    said = worker.get("mainargv", config.invocation_params.args)
    return any(str(argument).startswith("tests") for argument in said)


@pytest.fixture(scope="session")
def tracked() -> list[str]:
    """The files that belong to the project: those git knows, or, in an unpacked sdist, all that are there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 - git is where PATH says
        return sorted(filter(None, listed.stdout.split("\0")))
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()}
    return sorted(name for name in found - {"PKG-INFO"} if "__pycache__" not in name)
