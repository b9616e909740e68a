"""
How one client stood at one time: what came of each case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from usagecompat.clients import COMPARED, NOT_JUDGED, Expectation, Outcome, is_note
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients import About, ClientInfo, OneWay

_EXCUSED: Final = frozenset({"client/refused-valid", "client/accepted-invalid"})


@frozen(kw_only=True)
class Answer:
    """What came of one case."""

    outcome: Outcome
    level: Level | None
    """How much came back; None where nothing did, or nothing was to."""
    caps: Mapping[str, Level]
    """What was lost or done wrong, each with the highest level that it allows."""
    faults: frozenset[str]
    """Those of `caps` that are no differences of what came back."""
    duty: Expectation | None = None
    """What was to be done; None if nobody said so, as in matrices of earlier versions."""
    tier: Tier | None = None
    sha256: str = ""
    """The SHA-256 of what was sent; empty if nobody said so."""
    example: str = field(default="", eq=False)
    """One thing that is wrong in words, with its place; empty where it is not known, as in matrices."""
    fixed: frozenset[str] | None = None
    """For what it failed at the level of its time, where no more is known than that."""

    @property
    def judged(self) -> bool:
        """Whether it says anything of the client."""
        return self.outcome not in NOT_JUDGED

    def failing(self, required: Level) -> frozenset[str]:
        """The codes for which it fails if a client has to keep to `required`, as `CaseResult.failing` has them."""
        if self.fixed is not None:
            return self.fixed
        faults = {code for code in self.faults if not is_note(code)}
        if self.tier is Tier.EXTREME:
            return frozenset(faults - _EXCUSED)
        lost = {code for code, cap in self.caps.items() if code not in self.faults and cap < required}
        return frozenset(faults | lost)

    def worth(self, required: Level) -> Level | None:
        """How much came back, and nothing if it fails without that; None if nothing was to come back."""
        if self.level is not None or self.duty not in {*COMPARED, None}:
            return self.level
        return Level.NONE if self.failing(required) else None


@frozen(kw_only=True)
class Standing:
    """How one client stood."""

    name: str
    required: Level
    """The level at which it was judged."""
    revision: str | None
    way: str
    client: ClientInfo | None
    about: About | None
    """What it is of; None in files of earlier versions."""
    faults: frozenset[str]
    """What it did wrong outside any case."""
    answers: Mapping[str, Answer]
    """What came of each case, by its id."""
    levels: Mapping[Tier, Level | None]
    """The headline of each tier that is known."""
    made: str = ""
    """The moment, or the day if no more is known."""
    one_way: OneWay | None = None
    """Whether it only decodes, or only encodes."""

    @property
    def version(self) -> str:
        """The version that the client tells of itself."""
        return self.client.version if self.client else ""

    @property
    def is_paging(self) -> bool:
        """Whether it was put sequences of pages, and not cases."""
        return any(name.startswith("sequences/") for name in self.answers)
