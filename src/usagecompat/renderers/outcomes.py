"""
What a renderer is given: payloads that were checked, and places that could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from usagecompat.checking import Report
    from usagecompat.inputs import Source


@frozen
class Checked:
    """One payload that was checked."""

    source: Source
    """Where it stood."""
    report: Report
    """What was found in it."""
    fails: bool
    """Whether it counts as a failure under the options given."""


@frozen
class Unread:
    """One place that was named and could not be read, about which nothing is known but why."""

    source: Source
    reason: str
    """The whole sentence, the name of the place included."""


Outcome: TypeAlias = Checked | Unread
"""What came of one thing that was to be checked."""
