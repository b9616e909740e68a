"""
What a client owes each case, and what its reply is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from usagecompat.checking import check
from usagecompat.clients.case_results import COMPARED, FAILED, NOT_JUDGED, CaseResult, Expectation, Fault, Outcome
from usagecompat.clients.chosen_members import compare_chosen, is_wrong
from usagecompat.clients.envelopes import Envelope, endpoint_of, envelope_for
from usagecompat.clients.session import Reply, Request
from usagecompat.contract import LATEST
from usagecompat.corpus import SERVED, Case, Demand, Payload, Tier, demand_of, tier_of
from usagecompat.fidelity import Fidelity, Level, compare
from usagecompat.findings import Shape, Verdict, pointer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.clients.protocol import Features
    from usagecompat.contract import Revision
    from usagecompat.fidelity import Difference


@frozen(kw_only=True)
class Task:
    """One case as it is put to clients; fit to be sent to another process."""

    case_id: str
    payload: bytes = field(repr=False)
    shape: Shape | None
    revision: Revision
    verdict: Verdict
    must: bool
    """Whether a client has to decode it."""
    served: bool
    tier: Tier = Tier.EVERYDAY

    def duty(self, features: Features) -> Expectation:
        """What a client with these features has to do with it; to decode what it is given, or to encode it."""
        if self.verdict is Verdict.INVALID:
            return Expectation.MUST_REFUSE if features.validates else Expectation.MUST_NOT_CRASH
        return Expectation.MUST_DECODE if self.must else Expectation.MAY_REFUSE

    def concerns(self, features: Features) -> bool:
        """Whether it is for such a client; nobody can be asked to encode what is invalid, since no record says it."""
        return not features.encodes_only or self.verdict is not Verdict.INVALID

    def envelope(self, features: Features) -> Envelope:
        """What has to be put around it for a client with these features."""
        return envelope_for(self.shape, self.revision, features.shapes)

    def request(self, features: Features) -> Request | None:
        """The payload as it goes to a client with these features; None if it cannot go to it."""
        around = self.envelope(features)
        if not self.concerns(features):
            return None
        if around.hides(self.payload):
            return None
        return Request(
            case_id=self.case_id,
            payload=around.wrap(self.payload),
            shape=around.shape,
            revision=self.revision,
            endpoint=endpoint_of(self.payload),
        )


def tasks(subjects: Iterable[Case | Payload], *, revision: Revision | None = None) -> tuple[Task, ...]:
    """
    The cases of a corpus, or the payloads of a plain tree, as tasks.

    Args:
        subjects: Payloads of a plain tree count as seen live.
        revision: The revision by which all are judged; None for each case's own, and the newest for plain payloads.
    """
    return tuple(_task(subject, revision) for subject in subjects)


def _task(subject: Case | Payload, revision: Revision | None) -> Task:
    if isinstance(subject, Case) and revision in (None, subject.revision):
        at, shape, verdict = subject.revision, subject.shape, subject.verdict
        codes = {found.code for found in subject.findings}
    else:
        at = revision or LATEST
        report = check(subject.payload, revision=at, shape=subject.shape if isinstance(subject, Case) else None)
        shape, verdict, codes = report.shape, report.verdict, {found.code for found in report.findings}
    if isinstance(subject, Case):
        served, tier = SERVED in subject.flags, subject.tier
    else:
        served, tier = True, tier_of(subject.payload, verdict, (SERVED,), codes)
    return Task(
        case_id=subject.id,
        payload=subject.payload,
        shape=Shape.RESULT if shape is Shape.FLAT else shape,
        revision=at,
        verdict=verdict,
        must=demand_of(verdict, codes, tier) is Demand.MUST_DECODE,
        served=served,
        tier=tier,
    )


UNWRAPPABLE: Final = Reply(
    outcome=Outcome.SKIPPED, message="with a page around it the payload would nest deeper than this kit reads"
)
"""What stands for the reply where there is no request."""
NOTHING_TO_ENCODE: Final = Reply(
    outcome=Outcome.SKIPPED, message="what is invalid is not put to a client that only encodes"
)
"""The same where no client with these features is meant."""


def unasked(task: Task, features: Features) -> Reply:
    """What stands for the reply to a task that has no request."""
    return UNWRAPPABLE if task.concerns(features) else NOTHING_TO_ENCODE


def judge(task: Task, reply: Reply, features: Features) -> CaseResult:
    """What a reply is worth."""
    duty = task.duty(features)
    faults: tuple[Fault, ...] = ()
    fidelity: Fidelity | None = None
    returned: bytes | None = None
    if reply.outcome in FAILED:
        faults = (Fault(f"client/{reply.outcome}", reply.message),)
    elif reply.outcome is Outcome.REFUSED and duty is Expectation.MUST_DECODE:
        message = (
            f"a payload that is {task.verdict} at {task.revision} was refused: {reply.message or 'without a word'}"
        )
        faults = (Fault("client/refused-valid", message),)
    elif reply.outcome is Outcome.DECODED:
        if features.decodes_only:
            fidelity, returned = _chosen(task, reply.payload, features)
        else:
            fidelity, returned = _compared(task, reply.payload, features)
        if duty is Expectation.MUST_REFUSE:
            message = f"a payload that is invalid at {task.revision} was decoded, by a client that claims to validate"
            faults = (Fault("client/accepted-invalid", message),)
    return CaseResult(
        case_id=task.case_id,
        duty=duty,
        served=task.served,
        tier=task.tier,
        outcome=reply.outcome,
        message=reply.message,
        level=fidelity.level if fidelity and not features.decodes_only else None,
        differences=fidelity.differences if fidelity else (),
        truncated=fidelity.truncated if fidelity else 0,
        faults=faults,
        returned=returned,
    )


def worst_of(task: Task, replies: Iterable[Reply], features: Features) -> CaseResult:
    """What a case is worth whose payload got these replies: as much as the worst of them."""
    told = list(replies)
    answers = [reply for reply in told if reply.outcome not in NOT_JUDGED]
    return min((judge(task, reply, features) for reply in answers or told), key=worth)


def worth(result: CaseResult) -> tuple[bool, Level]:
    """What an answer is worth, for the worst of several: a fault is worse than any level."""
    if result.kept is not None:
        return not result.faults, result.kept
    return not result.faults, Level.NONE if result.duty is Expectation.MUST_DECODE else Level.BYTES


def _compared(task: Task, returned: bytes, features: Features) -> tuple[Fidelity, bytes]:
    """How much of the case's own payload came back, whatever was put around it, and what did."""
    around = task.envelope(features)
    if returned == around.wrap(task.payload):
        return Fidelity(level=Level.BYTES), task.payload
    own = around.unwrap(returned)
    if own is not None:
        # White space around a payload is no part of the value that stands in a page.
        sent = task.payload.strip(b" \t\r\n") if around.path else task.payload
        return compare(sent, own, revision=task.revision, shape=task.shape), own
    # The place is gone where the payload stood: what took it away is a difference of the whole.
    fidelity = compare(around.wrap(task.payload), returned, revision=task.revision, shape=around.shape)
    place = pointer(around.path)
    lost = tuple(
        evolve(difference, pointer=difference.pointer.removeprefix(place) if _within(difference, place) else "")
        for difference in fidelity.differences
        if difference.cap is Level.NONE
    )
    return Fidelity(level=Level.NONE, differences=lost, truncated=fidelity.truncated), returned


def _chosen(task: Task, said: bytes, features: Features) -> tuple[Fidelity | None, bytes | None]:
    """What is wrong with the members that a client said, if it said any of a payload that has to be decoded."""
    if not said or task.duty(features) not in COMPARED:
        return None, said or None
    around = task.envelope(features)
    own = around.unwrap(said)
    sent = task.payload.strip(b" \t\r\n") if around.path else task.payload
    if own is not None:
        fidelity = compare_chosen(sent, own, revision=task.revision, shape=task.shape)
    else:
        fidelity = compare_chosen(around.wrap(task.payload), said, revision=task.revision, shape=around.shape)
    place = pointer(around.path) if own is None else ""
    wrong = tuple(
        evolve(difference, pointer=difference.pointer.removeprefix(place) if _within(difference, place) else "")
        for difference in fidelity.differences
        if is_wrong(difference.code, difference.cap)
    )
    return evolve(fidelity, differences=wrong), own if own is not None else said


def _within(difference: Difference, place: str) -> bool:
    return difference.pointer == place or difference.pointer.startswith(f"{place}/")
