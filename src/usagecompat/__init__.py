"""
A compatibility test kit for clients of the OpenAI organization usage and costs endpoints.

Public names are resolved when they are first used, so that the import itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usagecompat.findings import CODES, Finding, Severity, Verdict

__all__ = ["CODES", "Finding", "Severity", "Verdict"]

_HOMES = {
    "CODES": "findings",
    "Finding": "findings",
    "Severity": "findings",
    "Verdict": "findings",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
