"""
What came of a client in all; numbers stand beside what they are a share of.

Results are frozen and can be merged, so that parts of a run may come from several processes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.clients.about import About  # noqa: TC001 - annotations are read at run time
from usagecompat.clients.case_results import COMPARED, CaseResult, Expectation, Fault, OneWay, Outcome
from usagecompat.clients.lifts import Fix  # noqa: TC001 - annotations are read at run time
from usagecompat.clients.plain import fields_of
from usagecompat.clients.protocol import ClientInfo, Features  # noqa: TC001 - annotations are read at run time
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level
from usagecompat.inputs import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.clients.spec import ClientSpec


RUN_SCHEMA: Final = "urn:usagecompat:schema:run:2"
"""The `$id` of `schemas/run.json`; results of earlier versions do not say theirs, and are as `schemas/run-1.json` says."""


@frozen(kw_only=True)
class Count:
    """How the cases of one group came out; all numbers are shares of `total`."""

    total: int
    outcomes: Mapping[Outcome, int]
    levels: Mapping[Level, int]
    """Of those decoded, how many came back at exactly this level."""

    def to_dict(self) -> dict[str, object]:
        """The count as `schemas/run.json` describes it."""
        return {
            "total": self.total,
            "outcomes": {str(outcome): count for outcome, count in self.outcomes.items()},
            "levels": {level.name: count for level, count in self.levels.items()},
        }


@frozen(kw_only=True)
class Headline:
    """The level that stands for a client in one tier: the lowest of all that is to come back."""

    level: Level | None
    """None if no such case was judged, and of clients that only decode; what failed or was refused against its duty has kept nothing."""
    judged: int
    of: int
    below: int
    """How many cases of the tier fail at the required level, those that need not come back included."""

    def to_dict(self) -> dict[str, object]:
        """The headline as `schemas/run.json` describes it."""
        return fields_of(self)


@frozen
class Probes:
    """What was done beside the cases."""

    again: int = 0
    """How many cases were sent more than once."""
    alone: int = 0
    """How many cases were sent to a process of their own."""
    wanted: bool = True
    varied: int = 0
    """How many cases came back in more than one way, with no difference that the required level looks at."""
    varied_codes: tuple[str, ...] = ()
    """In what those answers differ, sorted."""

    def __add__(self, other: Probes) -> Probes:
        return Probes(
            self.again + other.again,
            self.alone + other.alone,
            self.wanted and other.wanted,
            self.varied + other.varied,
            tuple(sorted({*self.varied_codes, *other.varied_codes})),
        )

    def to_dict(self) -> dict[str, object]:
        """The probes as `schemas/run.json` describes them."""
        return fields_of(self)


@frozen
class Kit:
    """How much of what a badge stands for was part of a run."""

    everyday: int
    """How many everyday cases the kit's own corpus has."""
    run: int
    """How many of them were in the run, byte for byte."""
    possible: int = 0
    """How many possible cases it has."""
    possible_run: int = 0
    """How many of them were in the run, byte for byte."""

    def to_dict(self) -> dict[str, int]:
        """The numbers as `schemas/run.json` describes them."""
        return fields_of(self)


@frozen(kw_only=True)
class Cause:
    """One thing to fix in a client."""

    name: str
    title: str
    fix: str
    where: str
    """The members, or whatever else it shows at."""
    cases: tuple[str, ...]
    """The cases that fail for it, sorted; of a harmless one those that show it."""
    everyday: int
    """How many of them are everyday cases."""
    live: int = 0
    """How many of the cases the API was observed to serve."""
    cap: Level
    """The highest level that it allows."""
    code: str
    """The code of most of what it explains."""
    example: str
    after: Level | None
    """The headline that fixing this alone gives, by the everyday cases that were answered; None if none was."""
    known: tuple[str, ...]
    """Faults in `docs/faults.md` of the same kind."""

    def to_dict(self) -> dict[str, object]:
        """The cause as `schemas/run.json` describes it."""
        return fields_of(self)


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
    kit: Kit | None = None
    """None if nobody counted, as in results of earlier versions."""
    causes: tuple[Cause, ...] = ()
    """What is wrong, in the order in which to fix it; empty where nobody looked."""
    fix_first: tuple[Fix, ...] = ()
    """The same by what to fix, what lifts the most live cases first; what no required level looks at is left out."""
    about: About | None = None
    """What it is of; None if nobody said so, as in results of earlier versions."""

    @classmethod
    def unasked(cls, spec: ClientSpec, required: Level) -> ClientResult:
        """The result of a client that was not asked anything yet."""
        return cls(
            name=spec.name,
            command=spec.said,
            way=spec.way.value,
            client=None,
            features=None,
            revision=None,
            required=required,
            cases=(),
        )

    @property
    def introduction(self) -> str:
        """Who the client says it is: name, version, and language with its version."""
        if self.client is None:
            return "it never sent its name"
        known = " ".join(filter(None, (self.client.name, self.client.version)))
        language = " ".join(filter(None, (self.client.language, self.client.language_version)))
        return f"{known}, {language}" if language else known

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
            kit=_kit_of_both(self, other),
            causes=(),
            fix_first=(),
        )

    @property
    def one_way(self) -> OneWay | None:
        """Whether the client only decodes, or only encodes."""
        if self.features is None:
            return None
        return OneWay.DECODES if self.features.decodes_only else OneWay.ENCODES if self.features.encodes_only else None

    @property
    def headline(self) -> Headline:
        """What a client keeps of everyday payloads, at worst."""
        return self.standing(Tier.EVERYDAY)

    def standing(self, tier: Tier) -> Headline:
        """What a client keeps of the payloads of one tier, at worst."""
        cases = [case for case in self.cases if case.tier is tier]
        owed = [case for case in cases if case.duty in COMPARED]
        judged = [case for case in owed if case.judged]
        levels = [
            Level.NONE if case.level is None else case.level
            for case in judged
            if not (case.duty is Expectation.MAY_REFUSE and case.outcome is Outcome.REFUSED)
        ]
        below = sum(bool(case.failing(self.required)) for case in cases)
        level = None if self.one_way is OneWay.DECODES else min(levels, default=None)
        return Headline(level=level, judged=len(judged), of=len(owed), below=below)

    @property
    def missing(self) -> tuple[CaseResult, ...]:
        """The cases that leave a gap: not run at all, or skipped although they must be decoded."""
        return tuple(
            case
            for case in self.not_judged
            if case.outcome is not Outcome.SKIPPED or case.duty is Expectation.MUST_DECODE
        )

    def is_whole(self, *, allow_skips: bool = False) -> bool:
        """Whether the client was asked all that it must answer; `allow_skips` lets it skip what it said it skips."""
        gaps = [case for case in self.missing if not (allow_skips and case.outcome is Outcome.SKIPPED)]
        return not gaps and any(case.judged for case in self.cases)

    @property
    def counts(self) -> Mapping[Expectation, Count]:
        """How the cases came out, by what was to be done with them."""
        return {duty: count(case for case in self.cases if case.duty is duty) for duty in Expectation}

    @property
    def topics(self) -> Mapping[str, Count]:
        """How the cases that are to come back came out, by topic."""
        compared = [case for case in self.cases if case.duty in COMPARED]
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
                *(difference.code for difference in case.differences if case.duty in COMPARED),
            }
        )
        return dict(sorted(seen.items(), key=lambda item: (-item[1], item[0])))

    @property
    def failing(self) -> Mapping[str, frozenset[str]]:
        """The cases that fail, by id, and the codes for which they do."""
        found = {case.case_id: case.failing(self.required) for case in self.cases}
        return {name: codes for name, codes in found.items() if codes}

    @property
    def to_fix(self) -> tuple[Cause, ...]:
        """The causes that keep cases below the required level, in the order in which to fix them."""
        return tuple(cause for cause in self.causes if cause.cap < self.required)

    @property
    def not_judged(self) -> tuple[CaseResult, ...]:
        """The cases of which nothing is known."""
        return tuple(case for case in self.cases if not case.judged)

    def to_dict(self, *, payloads: bool = False) -> dict[str, object]:
        """The result as `schemas/run.json` describes it."""
        return {
            "schema": RUN_SCHEMA,
            "about": self.about and self.about.to_dict(),
            "name": self.name,
            "command": self.command,
            "way": self.way,
            "client": self.client and self.client.to_dict(),
            "features": self.features and self.features.to_dict(),
            "one_way": self.one_way and str(self.one_way),
            "revision": self.revision,
            "required": self.required.name,
            "headline": self.headline.to_dict(),
            "tiers": {str(tier): self.standing(tier).to_dict() for tier in Tier},
            "kit": self.kit and self.kit.to_dict(),
            "counts": {str(duty): count.to_dict() for duty, count in self.counts.items()},
            "topics": {topic: count.to_dict() for topic, count in self.topics.items()},
            "codes": dict(self.codes),
            "causes": [cause.to_dict() for cause in self.causes],
            "fix_first": [fix.to_dict() for fix in self.fix_first],
            "probes": self.probes.to_dict(),
            "faults": [fault.to_dict() for fault in self.faults],
            "failing": {name: sorted(codes) for name, codes in self.failing.items()},
            "cases": [case.to_dict(payloads=payloads) for case in self.cases],
        }


def _kit_of_both(one: ClientResult, other: ClientResult) -> Kit | None:
    """How much of the kit both parts have; of parts that share cases no more than the larger one is sure."""
    if one.kit is None or other.kit is None:
        return None
    apart = {case.case_id for case in one.cases}.isdisjoint(case.case_id for case in other.cases)
    together = sum if apart else max
    return Kit(
        max(one.kit.everyday, other.kit.everyday),
        together((one.kit.run, other.kit.run)),
        max(one.kit.possible, other.kit.possible),
        together((one.kit.possible_run, other.kit.possible_run)),
    )


def is_paging(result: ClientResult) -> bool:
    """Whether a result is that of a client that was put sequences."""
    return any(case.case_id.startswith(f"{SEQUENCES}/") for case in result.cases)


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
    """The part of a case's id before its last slash."""
    return case_id.rpartition("/")[0]
