"""
A compatibility test kit for clients of the OpenAI organization usage and costs endpoints.

Public names are resolved when they are first used, so that the import itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from usagecompat._schema import schema
    from usagecompat._wire import ABSENT
    from usagecompat.checking import check
    from usagecompat.codec import dumps, loads
    from usagecompat.contracts import LATEST, REVISIONS
    from usagecompat.corpus import Case, cases
    from usagecompat.exceptions import Incompatible, UsageCompatError
    from usagecompat.fidelity import Difference, Fidelity, Level, compare
    from usagecompat.findings import CODES, Finding, Profile, Severity, Shape, Verdict
    from usagecompat.flat import Narrowed, flatten, narrow
    from usagecompat.report import Fit, Report

__all__ = [
    "ABSENT",
    "CODES",
    "LATEST",
    "REVISIONS",
    "Case",
    "Difference",
    "Fidelity",
    "Finding",
    "Fit",
    "Incompatible",
    "Level",
    "Narrowed",
    "Profile",
    "Report",
    "Severity",
    "Shape",
    "UsageCompatError",
    "Verdict",
    "cases",
    "check",
    "compare",
    "dumps",
    "flatten",
    "loads",
    "narrow",
    "schema",
]

_HOMES: Final = {
    "ABSENT": "_wire",
    "CODES": "findings",
    "LATEST": "contracts",
    "REVISIONS": "contracts",
    "Case": "corpus",
    "Difference": "fidelity",
    "Fidelity": "fidelity",
    "Finding": "findings",
    "Fit": "report",
    "Incompatible": "exceptions",
    "Level": "fidelity",
    "Narrowed": "flat",
    "Profile": "findings",
    "Report": "report",
    "Severity": "findings",
    "Shape": "findings",
    "UsageCompatError": "exceptions",
    "Verdict": "findings",
    "cases": "corpus",
    "check": "checking",
    "compare": "fidelity",
    "dumps": "codec",
    "flatten": "flat",
    "loads": "codec",
    "narrow": "flat",
    "schema": "_schema",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
