"""The option that writes the judges' verdicts into the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--declare`."""
    parser.addoption("--declare", action="store_true", help="write what the judges say into the flagged cases")
