"""
What takes the counts of payloads that were proved many at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence

    from usagecompat.findings import Shape
    from usagecompat.scan.coverage import CoverageBuilder, Seconds
    from usagecompat.scan.revision_fit import Fits
    from usagecompat.scan.unpublished import Finder


class Counts(Protocol):
    """Where proved payloads are counted."""

    @property
    def kinds(self) -> Counter[str]:
        """Results by kind."""
        ...

    @property
    def unpublished(self) -> Finder:
        """What no revision declares."""
        ...

    @property
    def fits(self) -> Fits:
        """What is remembered of how payloads fit."""
        ...

    def take_spotless(self, shape: Shape, masks: list[int], starts: Sequence[int], counted: Mapping[str, int]) -> None:
        """Count payloads with notes at most, the revisions that declare what is in each, and the start of each."""
        ...

    def take_with_texts(self, best: Mapping[str | None, int], starts: Sequence[int]) -> None:
        """Count buckets with an amount in a string, by the revision that fits best."""
        ...

    def has_examples(self, codes: Iterable[str]) -> bool:
        """Whether no place that is still to come can be among the first of these codes."""
        ...

    def coverage_of(self, kind: str) -> CoverageBuilder:
        """The time that is covered by buckets of a kind."""
        ...

    def cover(self, covered: Iterable[tuple[Seconds, Seconds, str | None]]) -> None:
        """Count the time of the buckets of one payload, each with the kind of its results."""
        ...

    def add_up(self, kind: str, starts: Sequence[int], results: Sequence[Any]) -> None:
        """Add up results, each with the start of its bucket, if that is asked for."""
        ...
