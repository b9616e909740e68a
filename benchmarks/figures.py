"""
Figures, each with what is asked of it, as a table for people and as JSON for programs.
"""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGES: Final = (
    "usagecompat", "orjson", "msgspec", "attrs", "cattrs", "jsonschema", "pydantic", "openai", "pyarrow", "backports.zstd",
)  # fmt: skip


class Figure(NamedTuple):
    """One figure."""

    section: str
    name: str
    value: float
    unit: str
    at_most: float | None = None
    """What is asked, if anything is."""
    at_least: float | None = None
    """Likewise."""

    @property
    def asked(self) -> str:
        """What is asked, and whether it was missed."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}{'' if self.value <= self.at_most else '  missed'}"
        if self.at_least is not None:
            return f">= {self.at_least:g}{'' if self.value >= self.at_least else '  missed'}"
        return ""


def show(figures: Iterable[Figure]) -> None:
    """Print the table of some sections."""
    for section, rows in groupby(figures, lambda one: one.section):
        print(f"\n{section:58}{'':>8}  {'':22}asked")
        for one in rows:
            value = f"{one.value:,.0f}" if one.value >= 1_000 else f"{one.value:.2f}" if one.value < 10 else f"{one.value:.1f}"  # fmt: skip
            print(f"  {one.name:56}{value:>8}  {one.unit:22}{one.asked}".rstrip())


def as_dict(figures: Iterable[Figure]) -> dict[str, Any]:
    """Everything as data."""
    return {"versions": versions(), "machine": machine(), "figures": [one._asdict() for one in figures]}


def machine() -> str:
    """What was measured on."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def versions() -> dict[str, str]:
    """What was measured with."""
    found = {"Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
