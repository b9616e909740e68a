"""
What is found in payloads: how often, where first, and in which month.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from usagecompat.findings import pointer
from usagecompat.scan.months import month_of
from usagecompat.scan.summary import ARCHIVE_CODES, MOST_EXAMPLES, Example, Tally, first_of, in_order, severity_of
from usagecompat.scan.undeclared import UNDECLARED, Names

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.findings import Finding, Observation, Profile

_LONGEST_POINTER: Final = 300


class Examples:
    """What was found so far, and the place of the payload at hand."""

    def __init__(
        self, ignore: frozenset[str], profile: Profile, put: Callable[[dict[str, object]], object] | None
    ) -> None:
        """
        Begin with nothing.

        Args:
            ignore: Codes that count for nothing.
            profile: By which places are weighed.
            put: Gets every place, as it comes.
        """
        self._ignore = ignore
        self._profile = profile
        self._put = put
        self.source = ""
        self.base = 0
        self.line = 0
        self.codes: Counter[str] = Counter()
        """How often each code was found."""
        self.undeclared = Names()
        self._examples: dict[str, tuple[Example, ...]] = {}
        self._deviations: dict[str, Counter[str]] = {}

    def tallies(self) -> dict[str, Tally]:
        """How often each code was found that counts, and where first."""
        return {
            code: Tally(count, self._examples.get(code, ()), is_of_files=code in ARCHIVE_CODES)
            for code, count in self.codes.items()
            if code not in self._ignore
        }

    def deviations(self) -> dict[str, dict[str, int]]:
        """Those that count, by month."""
        months = {
            month: {code: count for code, count in codes.items() if code not in self._ignore}
            for month, codes in self._deviations.items()
        }
        return {month: codes for month, codes in months.items() if codes}

    @property
    def wants_all(self) -> bool:
        """Whether somebody wants every place."""
        return self._put is not None

    def wants(self, code: str) -> bool:
        """Whether a place in the payload at hand is among the first of a code."""
        if code in ARCHIVE_CODES:
            return True
        examples = self._examples.get(code, ())
        here = self.source, self.base, self.line
        return len(examples) < MOST_EXAMPLES or here < examples[-1].order

    def note(self, code: str, count: int, place: Callable[[], tuple[str, str]]) -> None:
        """Count a finding of the payload at hand; `place` says where it is, and what it says."""
        self.codes[code] += count
        if self.wants(code):
            example = Example(self.source, self.base, self.line, *place())
            examples = (*self._examples.get(code, ()), example)
            self._examples[code] = in_order(examples) if code in ARCHIVE_CODES else first_of(examples)

    def tell(self, code: str, pointer: str, message: str) -> None:
        """Tell a place to whoever wants all of them."""
        if self._put is None or code in self._ignore:
            return
        place: dict[str, object] = {"source": self.source, "line": self.line or None}
        if self.base:
            place["from"] = self.base
        severity = str(severity_of(code, self._profile))
        self._put({**place, "code": code, "severity": severity, "pointer": pointer, "message": message})

    def note_first(self, seen: Observation, count: int, told: set[str]) -> None:
        """A finding of the payload at hand; only the first of a code becomes an example."""
        if seen.code == UNDECLARED:
            self.undeclared.add(str(seen.path[-1]), count)
        if seen.code in told:
            self.codes[seen.code] += count
        else:
            told.add(seen.code)
            self.note(seen.code, count, partial(place_of, seen))

    def deviation(self, code: str, time: object, count: int) -> None:
        """Count what the API is known to serve, in the month of a time."""
        month = month_of(time)
        self._deviations.setdefault(month, Counter())[code] += count


def place_of(one: Observation | Finding) -> tuple[str, str]:
    """The pointer, of a length that can be kept, and the message."""
    text = pointer(one.path)
    return text if len(text) <= _LONGEST_POINTER else f"{text[: _LONGEST_POINTER - 1]}…", one.message
