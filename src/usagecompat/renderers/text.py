"""
Reports for people: a line per payload with its verdict, then what was found and where.

Nothing of a payload reaches a terminal unescaped, and no line break or change of direction of its own makes one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.checking import render
from usagecompat.renderers.outcomes import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.renderers.outcomes import Outcome


def render_all(outcomes: Iterable[Outcome], *, color: bool = False) -> Iterator[str]:
    """The reports of all payloads, each as `render` has it; what could not be read is said on standard error."""
    for outcome in outcomes:
        if isinstance(outcome, Checked):
            yield f"{render(outcome.report, source=outcome.source, color=color)}\n"


def render_all_in_colour(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The same for a terminal that shows colours."""
    return render_all(outcomes, color=True)
