"""
The kill matrix: every mutant over every case, through the judge that real clients have.

A case kills a mutant if the judge finds a fault in the mutant's answer, or a difference that the faithful client's
answer does not have: anything that lowers the level below LEXICAL.
An answer that is the faithful client's own is not judged, which is what makes the matrix fast.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.clients import Expectation, Features, Outcome, Reply, Task, judge, tasks
from usagecompat.fidelity import Level
from usagecompat.mutants.catalogue import by_name
from usagecompat.mutants.model import Mutant, PayloadView, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from usagecompat.contract import Revision
    from usagecompat.corpus import Case
    from usagecompat.mutants.model import Answer

STATE_LEAK: Final = "client/state-leak"
_SHARE: Final = 40
"""So many cases at a time are put to a process."""


class MutantOutcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    """It survived, and there is a proof that no payload can kill it."""
    NOT_SHOWN = "not-shown"
    """Its fault cannot show at the revision."""


@frozen
class Kill:
    """That one case kills one mutant."""

    mutant: str
    case: str
    codes: tuple[str, ...]
    """What the judge found, without repetition, in order."""


@frozen(kw_only=True)
class MutantResult:
    """One mutant, and all that kills it."""

    mutant: Mutant
    outcome: MutantOutcome
    kills: tuple[Kill, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that kill it."""
        return tuple(kill.case for kill in self.kills)

    @property
    def codes(self) -> tuple[str, ...]:
        """All that the judge found, what it found most often first."""
        found = [code for kill in self.kills for code in kill.codes]
        return tuple(sorted(dict.fromkeys(found), key=lambda code: -found.count(code)))

    def to_dict(self) -> dict[str, object]:
        """The mutant's outcome, for other programs."""
        return {
            "name": self.mutant.name,
            "family": self.mutant.family,
            "fault": self.mutant.fault,
            "who": self.mutant.who,
            "validates": self.mutant.validates,
            "since": self.mutant.since,
            "until": self.mutant.until,
            "fate": str(self.outcome),
            "proof": self.mutant.equivalent,
            "killed_by": {kill.case: list(kill.codes) for kill in self.kills},
        }


def matrix(  # noqa: PLR0913 - one for each option of the command
    cases: Sequence[Case],
    mutants: Sequence[Mutant],
    *,
    revision: Revision | None = None,
    jobs: int = 1,
    first: bool = False,
    tick: Callable[[int], object] = int,
) -> tuple[MutantResult, ...]:
    """
    What becomes of each mutant.

    Args:
        cases: The corpus, or a part of it.
        mutants: Of the catalogue, if there is more than one job.
        revision: The revision of all clients and judgements; None for the one that each case is written for.
        jobs: How many processes share the cases.
        first: Stop at the first kill of each mutant, which is all it takes to know that none survives.
        tick: Called with the number of cases that have been looked at since.
    """
    names = [mutant.name for mutant in mutants if revision is None or mutant.shows_at(revision)]
    if first and jobs == 1:  # most mutants are then gone before a page is large
        cases = sorted(cases, key=lambda case: len(case.payload))
    shares = [tasks(cases[at : at + _SHARE], revision=revision) for at in range(0, len(cases), _SHARE)]
    kills: dict[str, list[Kill]] = {name: [] for name in names}
    found: list[Kill] = []
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            todo = [(share, tuple(names), first) for share in shares]
            for share, part in zip(shares, pool.map(_share_by_name, todo), strict=True):
                found += part
                tick(len(share))
    else:
        left = [mutant for mutant in mutants if mutant.name in kills]
        for share in shares:
            found += kills_of(share, left, first=first)
            tick(len(share))
            if first:
                done = {kill.mutant for kill in found}
                left = [mutant for mutant in left if mutant.name not in done]
    for kill in found:
        kills[kill.mutant].append(kill)
    return tuple(_fated(mutant, kills.get(mutant.name), first=first) for mutant in mutants)


def _fated(mutant: Mutant, kills: list[Kill] | None, *, first: bool) -> MutantResult:
    if kills is None:
        return MutantResult(mutant=mutant, outcome=MutantOutcome.NOT_SHOWN, kills=())
    outcome = (
        MutantOutcome.KILLED if kills else MutantOutcome.EQUIVALENT if mutant.equivalent else MutantOutcome.SURVIVED
    )
    return MutantResult(mutant=mutant, outcome=outcome, kills=tuple(kills[:1] if first else kills))


def _share_by_name(share: tuple[tuple[Task, ...], tuple[str, ...], bool]) -> list[Kill]:
    tasks_, names, first = share
    mutants = by_name()
    return kills_of(tasks_, [mutants[name] for name in names], first=first)


def kills_of(tasks_: Iterable[Task], mutants: Sequence[Mutant], *, first: bool = False) -> list[Kill]:
    """Which of these tasks kill which of these mutants."""
    found: list[Kill] = []
    left = list(mutants)
    bad: PayloadView | None = None
    for task in tasks_:
        view = PayloadView(task.payload, task.revision)
        judged: dict[tuple[Answer, bool], tuple[str, ...]] = {}
        before = len(found)
        for mutant in left:
            if not mutant.shows_at(task.revision):
                continue
            answer = mutant.play(view)
            codes = () if answer == view.faithful else codes_of(task, answer, mutant, judged)
            if mutant.after is not None and bad is not None and mutant.after(bad, view) != answer:
                codes = (*codes, STATE_LEAK)
            if codes:
                found.append(Kill(mutant.name, task.case_id, codes))
        if view.errors:
            bad = view
        if first and len(found) > before:
            done = {kill.mutant for kill in found[before:]}
            left = [mutant for mutant in left if mutant.name not in done]
    return found


def codes_of(
    task: Task, answer: Answer, mutant: Mutant, judged: dict[tuple[Answer, bool], tuple[str, ...]] | None = None
) -> tuple[str, ...]:
    """What the judge holds against an answer; nothing if it is as good as the faithful one."""
    key = (answer, mutant.validates)
    if judged is not None and key in judged:
        return judged[key]
    features = Features(validates=mutant.validates)
    if isinstance(answer, Refusal):
        reply = Reply(outcome=Outcome.REFUSED, message=answer.why)
    else:
        reply = Reply(outcome=Outcome.DECODED, payload=answer)
    result = judge(task, reply, features)
    codes = [fault.code for fault in result.faults]
    if result.duty is not Expectation.MUST_NOT_CRASH:
        codes += [one.code for one in result.differences if one.cap < Level.LEXICAL]
    told = tuple(dict.fromkeys(codes))
    if judged is not None:
        judged[key] = told
    return told


def killers(results: Iterable[MutantResult]) -> Mapping[str, frozenset[str]]:
    """The mutants that each case kills."""
    found: dict[str, set[str]] = {}
    for result in results:
        for kill in result.kills:
            found.setdefault(kill.case, set()).add(kill.mutant)
    return {case: frozenset(names) for case, names in sorted(found.items())}
