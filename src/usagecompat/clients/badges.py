"""
What a badge may say of a client: its level, in a colour that it has earned.

A run can prove a fault whatever it leaves out, and can prove the absence of faults only if it leaves nothing out.
So each thing that was not asked keeps the badge from green, and no option can make a grade better than the full run's.
"""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.clients.case_results import COMPARED, FAILED, Expectation, OneWay, Outcome
from usagecompat.clients.results import is_paging
from usagecompat.corpus import Tier, ids_of_sequences
from usagecompat.fidelity import Level
from usagecompat.printing import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.results import ClientResult


class Colour(IntEnum):
    """The colours of a badge, the best last."""

    GREY = 0
    RED = 1
    ORANGE = 2
    YELLOW = 3
    YELLOWGREEN = 4
    GREEN = 5
    BRIGHT_GREEN = 6

    @property
    def word(self) -> str:
        """What shields.io calls it."""
        return "lightgrey" if self is Colour.GREY else self.name.lower().replace("_", "")


BAR: Final = Level.EXACT
"""The level below which a case counts against a badge, however little a run requires."""
_BY_LEVEL: Final[Mapping[Level, Colour]] = {
    Level.NONE: Colour.RED,
    Level.VALUES: Colour.ORANGE,
    Level.PRESENCE: Colour.YELLOW,
    Level.OPEN: Colour.YELLOW,
    Level.EXACT: Colour.BRIGHT_GREEN,
    Level.LEXICAL: Colour.BRIGHT_GREEN,
    Level.BYTES: Colour.BRIGHT_GREEN,
}
_ENOUGH: Final = 0.9
"""The share of everyday cases that must be judged for any colour."""
_HARMS: Final = (
    ("loses more than digits, without an error", "lose more than digits, without an error"),
    ("crashes the client, hangs it or breaks the protocol", "crash the client, hang it or break the protocol"),
    ("has an answer that depends on more than its payload", "have answers that depend on more than their payloads"),
)
"""What a case does that fails and is neither refused nor short of digits only, of one and of many."""


@frozen
class Badge:
    """What stands on a badge, and why it is no better."""

    message: str
    colour: Colour
    why: tuple[str, ...]
    """What keeps it from bright green; empty if nothing does."""

    def to_dict(self) -> dict[str, object]:
        """The badge as `schemas/run.json` describes it."""
        return {"message": self.message, "color": self.colour.word, "why": list(self.why)}


def badge_of(result: ClientResult) -> Badge:
    """The badge of a client; one that does only half of what others do says so first."""
    badge = _badge_of(result)
    only = f"{result.one_way.words}: " if result.one_way else ""
    return badge if badge.message.startswith(only) else Badge(only + badge.message, badge.colour, badge.why)


def _badge_of(result: ClientResult) -> Badge:
    headline = result.headline
    level = headline.level
    if is_paging(result):
        return _badge_of_paging(result)
    if result.kit is None:
        return Badge("old result", Colour.GREY, ("the result is of an earlier version of the kit; run it again",))
    if level is None and result.one_way is not OneWay.DECODES:
        return Badge("not judged", Colour.GREY, ("no everyday case was judged",))
    part = f"{result.kit.run} of {result.kit.everyday}"
    if result.kit.run < result.kit.everyday:
        return Badge(f"partial ({part})", Colour.GREY, (f"only {part} everyday cases of the kit were part of the run",))
    everyday = [case for case in result.cases if case.tier is Tier.EVERYDAY]
    judged = sum(case.judged and case.duty in COMPARED for case in everyday)
    part = f"{judged} of {len(everyday)}"
    if judged < _ENOUGH * len(everyday):
        return Badge(f"partial ({part})", Colour.GREY, (f"only {part} everyday cases were judged",))
    if level is None:
        return _badge_of_decoder(result, everyday)
    why = [f"its level over everyday cases is {level.name}"] if level < BAR else []
    colour = _BY_LEVEL[level]
    for most, reason in _caps(result, everyday):
        colour = min(colour, most)
        why.append(reason)
    at = f" at {result.revision}" if result.revision else ""
    told = f" ({part})" if judged < len(everyday) else ""
    return Badge(f"{level.name}{at}{told}", colour, tuple(why))


def _badge_of_decoder(result: ClientResult, everyday: list[CaseResult]) -> Badge:
    """The badge of a client that only decodes: how many everyday cases are as they must be, and never a level."""
    required = max(BAR, result.required)
    right = [case for case in everyday if case.judged and not case.failing(required)]
    owed = [case for case in everyday if case.judged and case.duty is Expectation.MUST_DECODE]
    colour = _BY_LEVEL[min((case.kept or Level.NONE for case in owed), default=Level.NONE)]
    why: list[str] = []
    for most, reason in (*_caps(result, everyday), _unnamed(owed)):
        colour = min(colour, most)
        why.append(reason)
    at = f" at {result.revision}" if result.revision else ""
    return Badge(f"{len(right)} of {len(everyday)}{at}", colour, tuple(why))


def _unnamed(owed: list[CaseResult]) -> tuple[Colour, str]:
    """What keeps a client from bright green that chooses itself which values it names."""
    decoded = [case for case in owed if case.outcome is Outcome.DECODED]
    silent = sum(case.returned is None for case in decoded)
    if silent > (1 - _ENOUGH) * len(decoded):
        return Colour.YELLOWGREEN, f"of {silent} of {len(decoded)} everyday payloads that it decoded it named no value"
    return Colour.GREEN, "it chooses itself which values it names"


def _badge_of_paging(result: ClientResult) -> Badge:
    """The badge of a client that pages, which is bright green only if the sequences of the kit are all right."""
    there = ids_of_sequences()
    run = {case.case_id for case in result.cases if case.judged}
    part = f"{len(there & run)} of {len(there)}"
    if there - run:
        return Badge(f"paging: partial ({part})", Colour.GREY, (f"only {part} sequences of the kit were judged",))
    failing = len(result.failing)
    if failing or result.faults:
        why = (
            f"{failing} of {len(result.cases)} sequences fail"
            if failing
            else f"the client as a whole: {result.faults[0].code}"
        )
        return Badge(f"paging: {len(run) - failing} of {len(run)}", Colour.RED, (why,))
    return Badge(f"paging: {len(run)} of {len(run)}", Colour.BRIGHT_GREEN, ())


def _caps(result: ClientResult, everyday: list[CaseResult]) -> Iterator[tuple[Colour, str]]:
    """The best colours that a client can have, each for one reason."""
    required = max(BAR, result.required)
    failing = sum(bool(case.failing(required)) for case in everyday)
    at = "" if result.one_way is OneWay.DECODES else f" at {required.name}"
    if failing:
        yield Colour.YELLOW, f"{failing} of {len(everyday)} everyday cases fail{at}"
    unjudged = sum(not case.judged and _must(case) for case in result.cases)
    if unjudged:
        yield Colour.YELLOWGREEN, f"{unjudged} cases that must be decoded were not judged"
    others = sum(not case.judged and case.tier is not Tier.EXTREME for case in result.cases if not _must(case))
    if others:
        yield Colour.YELLOWGREEN, f"{others} everyday or possible cases that need not be decoded were not judged"
    if result.kit and result.kit.possible_run < result.kit.possible:
        part = f"{result.kit.possible_run} of {result.kit.possible}"
        yield Colour.YELLOWGREEN, f"only {part} possible cases of the kit were part of the run"
    if result.revision:
        yield Colour.YELLOWGREEN, f"all cases were judged by {result.revision}, not each by its own revision"
    if not result.probes.wanted:
        yield Colour.YELLOWGREEN, "nobody asked whether an answer depends on anything but its payload"
    if result.faults:
        yield Colour.YELLOWGREEN, f"the client as a whole: {result.faults[0].code}"
    possible = [case for case in result.cases if case.tier is Tier.POSSIBLE and case.failing(required)]
    grave = Counter(_harm(case) for case in possible if not _openly(case))
    for one, many in _HARMS:
        if count := grave[one]:
            yield Colour.YELLOWGREEN, f"{counted(count, 'possible case')} {one if count == 1 else many}"
    if possible:
        yield Colour.GREEN, f"{counted(len(possible), 'possible case')} {_fail(possible)}{at}"
    extreme = [case for case in result.cases if case.tier is Tier.EXTREME and case.failing(required)]
    if extreme:
        yield Colour.GREEN, f"{counted(len(extreme), 'extreme case')} {_fail(extreme)}"


def _fail(cases: list[CaseResult]) -> str:
    return "fails" if len(cases) == 1 else "fail"


def _harm(case: CaseResult) -> str:
    """What a case that fails gravely does, in the singular of `_HARMS`."""
    lossy = case.kept is not None and case.kept < Level.OPEN
    which = 1 if case.outcome in FAILED else 2 if case.faults and not lossy else 0
    return _HARMS[which][0]


def _must(case: CaseResult) -> bool:
    return case.duty is Expectation.MUST_DECODE


def _openly(case: CaseResult) -> bool:
    """Whether a case fails in a way that harms little: an error, or digits that a binary64 does not hold."""
    if case.outcome is Outcome.REFUSED:
        return True
    return not case.faults and case.kept is not None and case.kept >= Level.OPEN
