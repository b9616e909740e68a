"""What the plugin costs those who do not use it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ALLOWED = {"usagecompat", "usagecompat.pytest_plugin", "lazy_loader"}


def test_import_costs_pytest_alone() -> None:
    """Importing the plugin imports nothing that pytest and the standard library do not bring."""
    script = """if True:
        import importlib, pytest, sys
        before = set(sys.modules)
        import usagecompat.pytest_plugin
        print(*sorted(set(sys.modules) - before))
    """
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) == ALLOWED


def test_run_without_the_option(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run without `--compat` imports no other module of the kit, nor attrs, cattrs or jsonschema."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p usagecompat.pytest_plugin")
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            heavy = {"attr", "attrs", "cattrs", "click", "hypothesis", "jsonpointer", "jsonschema"}
            kit = {name for name in sys.modules if name.partition(".")[0] == "usagecompat"}
            assert (kit, heavy & set(sys.modules)) == ({"usagecompat", "usagecompat.pytest_plugin"}, set())
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
