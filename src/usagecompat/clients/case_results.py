"""
What came of one case: what was to be done, what a client did, and what it did wrong.
"""

from __future__ import annotations

from base64 import b64encode
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from usagecompat.corpus import Tier
from usagecompat.fidelity import Difference, Level
from usagecompat.findings import CODES, Severity


class Outcome(StrEnum):
    """What a client did with a payload."""

    DECODED = "decoded"
    REFUSED = "refused"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    PROTOCOL_VIOLATION = "protocol-violation"
    SKIPPED = "skipped"
    """The client said that it cannot be asked this."""
    ERRORED = "errored"
    """The adapter failed, not the client."""
    NOT_RUN = "not-run"
    """The client was not asked: it could not be started, or was given up."""


FAILED: Final = frozenset({Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.PROTOCOL_VIOLATION})
"""The outcomes that are a fault of the client whatever the payload was."""

NOT_JUDGED: Final = frozenset({Outcome.SKIPPED, Outcome.ERRORED, Outcome.NOT_RUN})
"""The outcomes that say nothing of the client, and never count as passed."""


class Expectation(StrEnum):
    """What a client has to do with a payload."""

    MUST_DECODE = "must-decode"
    MAY_REFUSE = "may-refuse"
    MUST_REFUSE = "must-refuse"
    MUST_NOT_CRASH = "must-not-crash"


class OneWay(StrEnum):
    """Half of what most clients do, of a client that does no more."""

    DECODES = "decodes-only"
    ENCODES = "encodes-only"

    @property
    def words(self) -> str:
        """What is said of such a client."""
        return self.value.replace("-", " ")


@frozen
class Fault:
    """One thing that a client did wrong beside the differences of its answer."""

    code: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """The fault as `schemas/run.json` describes it."""
        return {"code": self.code, "message": self.message}


@frozen(kw_only=True)
class CaseResult:
    """What a client did with one case."""

    case_id: str
    duty: Expectation
    served: bool
    """Whether the API was seen to serve such a payload."""
    tier: Tier = Tier.EVERYDAY
    """How likely it is that a client meets the payload."""
    outcome: Outcome
    message: str = ""
    """Why, in the words of the client or of the kit, where it was not decoded."""
    level: Level | None = None
    """How much came back; None where nothing was to come back, or nothing is known, and of clients that only decode."""
    differences: tuple[Difference, ...] = ()
    truncated: int = 0
    """How many differences are not listed, because there were too many."""
    faults: tuple[Fault, ...] = ()
    returned: bytes | None = None
    """What came back, if anything did, without what the kit had put around the payload."""
    seconds: float = field(default=0.0, eq=False)
    """How long the first answer took."""
    sha256: str = ""
    """The SHA-256 of what was sent; empty where nobody said so, as in results of earlier versions."""

    @property
    def kept(self) -> Level | None:
        """The level; of a client that only decodes the least that a wrong value allows, which is no level of the client."""
        if self.level is not None or self.outcome is not Outcome.DECODED:
            return self.level
        return min((found.cap for found in self.differences if self.duty in COMPARED), default=Level.BYTES)

    @property
    def judged(self) -> bool:
        """Whether the case says anything of the client."""
        return self.outcome not in NOT_JUDGED

    def failing(self, required: Level) -> frozenset[str]:
        """
        The codes for which the case fails if a client has to keep to `required`; empty if it passes or was not judged.

        What a client refuses or loses of an extreme payload is told, and is no failure.
        """
        codes = {fault.code for fault in self.faults if not is_note(fault.code)}
        if self.tier is Tier.EXTREME:
            return frozenset(codes - _EXCUSED)
        if self.duty in COMPARED:
            codes |= {difference.code for difference in self.differences if difference.cap < required}
        return frozenset(codes)

    def to_dict(self, *, payloads: bool = False) -> dict[str, object]:
        """The result as `schemas/run.json` describes it; with what came back, in base64, if `payloads`."""
        told: dict[str, object] = {
            "case": self.case_id,
            "duty": str(self.duty),
            "served": self.served,
            "tier": str(self.tier),
            "outcome": str(self.outcome),
            "message": self.message,
            "level": None if self.level is None else self.level.name,
            "differences": [difference.to_dict() for difference in self.differences],
            "truncated": self.truncated,
            "faults": [fault.to_dict() for fault in self.faults],
            "seconds": round(self.seconds, 6),
        }
        if self.sha256:
            told["sha256"] = self.sha256
        if payloads and self.returned is not None:
            told["returned"] = b64encode(self.returned).decode()
        return told


def is_note(code: str) -> bool:
    """Whether a fault is told and fails nothing; a code that only later versions of the kit know does."""
    return code in CODES and CODES[code].served is Severity.NOTE


COMPARED: Final = frozenset({Expectation.MUST_DECODE, Expectation.MAY_REFUSE})
"""The duties under which a decoded payload has to come back."""

_EXCUSED: Final = frozenset({"client/refused-valid", "client/accepted-invalid"})
"""What is no failure where limits of parsers are tested."""
