"""What a whole run comes to for mutants, without starting a client."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from usagecompat import corpus
from usagecompat.clients.case_results import CaseResult, Outcome
from usagecompat.clients.grading import judge, tasks
from usagecompat.clients.protocol import Features
from usagecompat.clients.results import ClientResult, Kit
from usagecompat.clients.session import Reply
from usagecompat.corpus.tiers import Tier
from usagecompat.fidelity.comparison import Level
from usagecompat.mutants.catalogue import by_name
from usagecompat.mutants.model import PayloadView, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients.grading import Task
    from usagecompat.mutants.model import Answer, Mutant


def reply_of(answer: Answer) -> Reply:
    """An answer as the runner has it."""
    if isinstance(answer, Refusal):
        return Reply(outcome=Outcome.REFUSED, message=answer.why)
    return Reply(outcome=Outcome.DECODED, payload=answer)


@cache
def put(revision: str | None = None) -> tuple[tuple[Task, PayloadView], ...]:
    """All cases as they are put to clients."""
    return tuple((task, PayloadView(task.payload, task.revision)) for task in tasks(corpus.cases(), revision=revision))


@cache
def faithfully(index: int, revision: str | None, *, validates: bool) -> CaseResult:
    """What the judge says of the answer of a faithful client, which most answers of most mutants are."""
    task, view = put(revision)[index]
    return judge(task, reply_of(view.faithful), Features(validates=validates))


def judged(mutant: Mutant, revision: str | None = None) -> Iterator[CaseResult]:
    """What the judge says of a mutant."""
    for index, (task, view) in enumerate(put(revision)):
        answer = mutant.play(view) if mutant.shows_at(task.revision) else view.faithful
        if answer == view.faithful:
            yield faithfully(index, revision, validates=mutant.validates)
        else:
            yield judge(task, reply_of(answer), Features(validates=mutant.validates))


@cache
def result_of(name: str, revision: str | None = None) -> ClientResult:
    """What a run on the whole corpus comes to for a mutant."""
    cases = tuple(judged(by_name()[name], revision))
    everyday, possible = (sum(task.tier is tier for task, _ in put()) for tier in (Tier.EVERYDAY, Tier.POSSIBLE))
    return ClientResult(
        name=name,
        command=name,
        way="python",
        client=None,
        features=Features(),
        revision=revision,
        required=Level.EXACT,
        cases=cases,
        kit=Kit(everyday, everyday, possible, possible),
    )
