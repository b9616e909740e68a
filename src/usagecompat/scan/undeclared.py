"""
Undeclared members, counted by name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.findings import Observation

MOST_NAMES: Final = 1_000
"""How many undeclared members are counted by name: the first in alphabetical order, the others together."""
OTHER_NAMES: Final = "(others)"
"""Stands for all undeclared members that are not counted by name."""
UNDECLARED: Final = "schema/undeclared-member"
_LONGEST: Final = 100


def few_names(names: Mapping[str, int]) -> Mapping[str, int]:
    """
    The names of undeclared members, with no more of them than there may be.

    A name that is among the first of all is among the first of each part, so its count is complete.
    """
    if len(names) <= MOST_NAMES:
        return names
    few = {name: names[name] for name in sorted(names.keys() - {OTHER_NAMES})[:MOST_NAMES]}
    return {**few, OTHER_NAMES: sum(names.values()) - sum(few.values())}


class Names:
    """The names that came so far, and how often each did."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int) -> None:
        """Count a member that the revision does not declare."""
        self._counts[name if len(name) <= _LONGEST else OTHER_NAMES] += count
        if len(self._counts) > MOST_NAMES * 2:
            self._counts = Counter(few_names(self._counts))

    def see(self, one: Observation) -> None:
        """Count what is observed, if it is one; of several in one nobody knows the names but for the first."""
        if one.code == UNDECLARED:
            self.add(str(one.path[-1]), 1)
            if one.count > 1:
                self.add(OTHER_NAMES, one.count - 1)

    def counts(self) -> Mapping[str, int]:
        """All that is known."""
        return dict(few_names(self._counts))
