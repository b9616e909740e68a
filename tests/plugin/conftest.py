"""A small corpus, and pytest runs that have the plugin."""

from __future__ import annotations

import json
import shutil
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat.corpus import selection as corpus

if TYPE_CHECKING:
    from pathlib import Path

CASES = ("deviations/amount-string", "numbers/count-negative", "numbers/count-one", "text/trailing-brace")
"""An acceptable case, an invalid one with a record, a valid one, and one without a document."""


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """Import what runs of pytest in this process would import again each time: pytester forgets what is new since."""
    for name in ("starting", "baselines", "clients", "fuzzing", "setup"):
        import_module(f"usagecompat.plugin.{name}")


@pytest.fixture(autouse=True)
def plugin(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where the package is not installed, its plugin is named; pytest finds that of an installed one by itself.

    Two plugins of others are left out: they take a second of each process that a test starts.
    """
    del pytester  # it clears the variable
    options = ["-p", "no:hypothesispytest", "-p", "no:anyio"]
    if not any(point.name == "usagecompat" for point in metadata.entry_points(group="pytest11")):
        options += ["-p", "usagecompat.pytest_plugin"]
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(options))


@pytest.fixture
def small(pytester: pytest.Pytester) -> Path:
    """A corpus of a few packaged cases, in `fixtures/`; the cases are at their place in `CASES`."""
    root = pytester.path / "fixtures"
    notes: dict[str, Any] = json.loads((corpus.packaged() / "notes.json").read_text("utf-8"))
    flags: set[str] = set()
    for name in CASES:
        case = corpus.read_case(corpus.packaged() / f"{name}.case.json")
        flags |= set(case.flags)
        (root / case.topic).mkdir(parents=True, exist_ok=True)
        for path in (case.path, case.payload_path):
            shutil.copyfile(path, root / case.topic / path.name)
    (root / "notes.json").write_text(json.dumps({flag: notes[flag] for flag in sorted(flags)}, indent=2), "utf-8")
    corpus.write_manifest(root)
    return root


@pytest.fixture
def plain(pytester: pytest.Pytester) -> Path:
    """A tree of two recorded payloads, in `recorded/`: one valid, one acceptable."""
    root = pytester.path / "recorded"
    (root / "2026").mkdir(parents=True)
    for name, to in (("numbers/count-one", "one"), ("deviations/amount-string", "2026/costs")):
        shutil.copyfile(corpus.packaged() / f"{name}.json", root / f"{to}.json")
    return root
