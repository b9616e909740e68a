"""
What to fix in a client, and what that gives.
"""

from __future__ import annotations

from attrs import frozen

from usagecompat.clients.plain import fields_of
from usagecompat.fidelity import Level  # noqa: TC001 - annotations are read at run time


@frozen(kw_only=True)
class Lift:
    """What fixing one thing alone gives: how many cases hold at a higher level then, or are answered at all."""

    cases: int
    everyday: int
    live: int
    to: Level | None
    """The lowest level that these hold at then, as far as answers tell; None if none was answered."""


@frozen(kw_only=True)
class Fix:
    """One thing to fix: causes that are one fault in `docs/faults.md`, or one cause by itself."""

    causes: tuple[str, ...]
    """Their names."""
    title: str
    fix: str
    where: str
    cases: int
    """How many cases fail for it."""
    everyday: int
    """How many of them are everyday cases."""
    live: int
    """How many of them the API was observed to serve."""
    lift: Lift
    known: tuple[str, ...]
    """The faults in `docs/faults.md`."""
    vague: bool
    """Whether it says only that something is otherwise, and not what the client does."""
    smallest: str
    """The smallest case that fails for it, which stands for all of them."""
    size: int | None
    """How many bytes that has; None if nobody knows."""

    def to_dict(self) -> dict[str, object]:
        """The fix as `schemas/run.json` describes it."""
        return fields_of(self)
