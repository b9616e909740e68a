"""Trees of pages, buckets and results, whose numbers may be given as they shall be spelled."""

from __future__ import annotations

import json
from typing import Any, Self

COSTS = "organization.costs.result"
EMBEDDINGS = "organization.usage.embeddings.result"
SESSIONS = "organization.usage.code_interpreter_sessions.result"
STORES = "organization.usage.vector_stores.result"
OLD, NULLS, PERL, BEFORE, RENAMED, NEW = (
    "2024-12-04",
    "2024-12-05",
    "2024-12-16",
    "2025-01-17",
    "2025-02-10",
    "2026-05-13",
)


def text(tree: object) -> str:
    """JSON text of a tree whose numbers are given as they shall be spelled: `N("5.0")`."""
    return json.dumps(tree, default=str).replace('"\\u0000', "").replace('\\u0000"', "")


class N(str):
    """A number by its spelling."""

    __slots__ = ()

    def __new__(cls, lexeme: str) -> Self:
        """Mark the lexeme, so that `text` takes its quotes away."""
        return super().__new__(cls, f"\0{lexeme}\0")


def store(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The shortest valid result, and what is given."""
    return {"object": STORES, "usage_bytes": 1, **members}


def cost(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A cost with one dollar, and what is given."""
    return {"object": COSTS, "amount": {"value": 1, "currency": "usd"}, **members}


def bucket(*results: Any, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A bucket of one second."""
    return {"object": "bucket", "start_time": 1, "end_time": 2, "results": list(results), **members}


def page(*buckets: Any, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A last page."""
    return {"object": "page", "data": list(buckets), "has_more": False, "next_page": None, **members}


def old_bucket(*results: Any, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A bucket to the letter of the first revisions."""
    return {"object": "bucket", "start_time": 1, "end_time": 2, "result": list(results), **members}


def without(tree: dict[str, Any], *names: str) -> dict[str, Any]:
    """The tree without some members."""
    return {name: value for name, value in tree.items() if name not in names}
