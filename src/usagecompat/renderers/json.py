"""
Reports for programs: one JSON object per line and payload, as `schemas/report.json` describes it.

A line is complete as soon as its payload is checked, so a long run can be read while it goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.renderers.encoding import encode
from usagecompat.renderers.outcomes import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.renderers.outcomes import Outcome


def render_all(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """One line per payload that could be read: where it stood, and its report; all ASCII."""
    for outcome in outcomes:
        if isinstance(outcome, Checked):
            source = outcome.source
            yield encode({"source": source.name, "line": source.line, **outcome.report.to_dict()}) + "\n"
