"""
What came of a client: by case, and in all; numbers stand beside what they are a share of.

Results are frozen and can be merged, so that parts of a run may come from several processes.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.clients.protocol import ClientInfo, Features
    from usagecompat.fidelity import Difference


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
    outcome: Outcome
    message: str = ""
    """Why, in the words of the client or of the kit, where it was not decoded."""
    level: Level | None = None
    """How much came back; None where nothing was to come back, or nothing is known."""
    differences: tuple[Difference, ...] = ()
    truncated: int = 0
    """How many differences are not listed, because there were too many."""
    faults: tuple[Fault, ...] = ()
    returned: bytes | None = None
    """What came back, if anything did, without what the kit had put around the payload."""

    @property
    def judged(self) -> bool:
        """Whether the case says anything of the client."""
        return self.outcome not in NOT_JUDGED

    def failing(self, required: Level) -> frozenset[str]:
        """The codes for which the case fails if a client has to keep to `required`; empty if it passes or was not judged."""
        codes = {fault.code for fault in self.faults}
        if self.level is not None and self.duty in _COMPARED and self.level < required:
            codes |= {difference.code for difference in self.differences if difference.cap < required}
        return frozenset(codes)

    def to_dict(self, *, payloads: bool = False) -> dict[str, object]:
        """The result as `schemas/run.json` describes it; with what came back, in base64, if `payloads`."""
        told: dict[str, object] = {
            "case": self.case_id,
            "duty": str(self.duty),
            "served": self.served,
            "outcome": str(self.outcome),
            "message": self.message,
            "level": _level_name(self.level),
            "differences": [difference.to_dict() for difference in self.differences],
            "truncated": self.truncated,
            "faults": [fault.to_dict() for fault in self.faults],
        }
        if payloads and self.returned is not None:
            told["returned"] = b64encode(self.returned).decode()
        return told


_COMPARED: Final = frozenset({Expectation.MUST_DECODE, Expectation.MAY_REFUSE})
"""The duties under which a decoded payload has to come back."""


@frozen(kw_only=True)
class Count:
    """How the cases of one group came out; all numbers are shares of `total`."""

    total: int
    outcomes: Mapping[Outcome, int]
    levels: Mapping[Level, int]
    """Of those decoded, how many came back at exactly this level."""

    def at_least(self, level: Level) -> int:
        """How many cases hold at `level`."""
        return sum(count for held, count in self.levels.items() if held >= level)

    def to_dict(self) -> dict[str, object]:
        """The count as `schemas/run.json` describes it."""
        return {
            "total": self.total,
            "outcomes": {str(outcome): count for outcome, count in self.outcomes.items()},
            "levels": {level.name: count for level, count in self.levels.items()},
        }


@frozen
class Headline:
    """The one level that stands for a client: the lowest over what the API was seen to serve."""

    level: Level | None
    """None if no such case was judged."""
    judged: int
    of: int

    def to_dict(self) -> dict[str, object]:
        """The headline as `schemas/run.json` describes it."""
        return {"level": _level_name(self.level), "judged": self.judged, "of": self.of}


@frozen
class Probes:
    """What was done beside the cases."""

    again: int = 0
    """How many cases were sent more than once."""
    alone: int = 0
    """How many cases were sent to a process of their own."""
    wanted: bool = True

    def __add__(self, other: Probes) -> Probes:
        return Probes(self.again + other.again, self.alone + other.alone, self.wanted and other.wanted)

    def to_dict(self) -> dict[str, object]:
        """The probes as `schemas/run.json` describes them."""
        return {"wanted": self.wanted, "again": self.again, "alone": self.alone}


@frozen(kw_only=True)
class ClientResult:
    """What came of one client."""

    name: str
    command: str
    way: str
    client: ClientInfo | None
    """What the client says it is; None if it never said."""
    features: Features | None
    revision: str | None
    """The revision that all cases were judged by; None for each case's own."""
    required: Level
    """What every case has to hold at."""
    cases: tuple[CaseResult, ...]
    """Sorted by id."""
    faults: tuple[Fault, ...] = ()
    """What went wrong outside any case."""
    probes: Probes = Probes()

    def __add__(self, other: ClientResult) -> ClientResult:
        """The result of both parts; of a case that both have, what `other` says counts."""
        cases = {case.case_id: case for case in (*self.cases, *other.cases)}
        return evolve(
            self,
            client=self.client or other.client,
            features=self.features or other.features,
            cases=tuple(cases[name] for name in sorted(cases)),
            faults=tuple(dict.fromkeys((*self.faults, *other.faults))),
            probes=self.probes + other.probes,
        )

    @property
    def headline(self) -> Headline:
        """The lowest level over the cases that were seen live and must be decoded; what failed there has kept nothing."""
        served = [case for case in self.cases if case.served and case.duty is Expectation.MUST_DECODE]
        judged = [case for case in served if case.judged]
        levels = [Level.NONE if case.level is None else case.level for case in judged]
        return Headline(min(levels, default=None), len(judged), len(served))

    @property
    def counts(self) -> Mapping[Expectation, Count]:
        """How the cases came out, by what was to be done with them."""
        return {duty: count(case for case in self.cases if case.duty is duty) for duty in Expectation}

    @property
    def topics(self) -> Mapping[str, Count]:
        """How the cases that are to come back came out, by topic."""
        compared = [case for case in self.cases if case.duty in _COMPARED]
        names = sorted({topic_of(case.case_id) for case in compared})
        return {name: count(case for case in compared if topic_of(case.case_id) == name) for name in names}

    @property
    def codes(self) -> Mapping[str, int]:
        """In how many cases each fault and each difference was seen; what may not be decoded is left out."""
        seen = Counter(
            code
            for case in self.cases
            for code in {
                *(fault.code for fault in case.faults),
                *(difference.code for difference in case.differences if case.duty in _COMPARED),
            }
        )
        return dict(sorted(seen.items(), key=lambda item: (-item[1], item[0])))

    @property
    def failing(self) -> Mapping[str, frozenset[str]]:
        """The cases that fail, by id, and the codes for which they do."""
        found = {case.case_id: case.failing(self.required) for case in self.cases}
        return {name: codes for name, codes in found.items() if codes}

    @property
    def not_judged(self) -> tuple[CaseResult, ...]:
        """The cases of which nothing is known."""
        return tuple(case for case in self.cases if not case.judged)

    def to_dict(self, *, payloads: bool = False) -> dict[str, object]:
        """The result as `schemas/run.json` describes it."""
        return {
            "name": self.name,
            "command": self.command,
            "way": self.way,
            "client": self.client and self.client.to_dict(),
            "features": self.features and self.features.to_dict(),
            "revision": self.revision,
            "required": self.required.name,
            "headline": self.headline.to_dict(),
            "counts": {str(duty): count.to_dict() for duty, count in self.counts.items()},
            "topics": {topic: count.to_dict() for topic, count in self.topics.items()},
            "codes": dict(self.codes),
            "probes": self.probes.to_dict(),
            "faults": [fault.to_dict() for fault in self.faults],
            "failing": {name: sorted(codes) for name, codes in self.failing.items()},
            "cases": [case.to_dict(payloads=payloads) for case in self.cases],
        }


def count(cases: Iterable[CaseResult]) -> Count:
    """How these cases came out."""
    listed = list(cases)
    outcomes = Counter(case.outcome for case in listed)
    levels = Counter(case.level for case in listed)
    return Count(
        total=len(listed),
        outcomes={outcome: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        levels={level: levels[level] for level in Level if levels[level]},
    )


def topic_of(case_id: str) -> str:
    """The part of a case's id in front of its last slash."""
    return case_id.rpartition("/")[0]


def _level_name(level: Level | None) -> str | None:
    return None if level is None else level.name
