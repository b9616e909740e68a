"""
What a client's paging is worth: which buckets are lost or come twice, what it asked, and what became of each bucket.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, field, frozen

from usagecompat.clients.case_results import FAILED, CaseResult, Expectation, Fault, Outcome
from usagecompat.clients.paging_facts import facts_of
from usagecompat.clients.paging_output import printed_buckets, start_of
from usagecompat.contract import ROOT, resolve_revision
from usagecompat.corpus import SequenceDuty, Tier, tier_of
from usagecompat.fidelity import Fidelity, Level, compare
from usagecompat.findings import Shape, Verdict
from usagecompat.jsontext import write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.clients.paging_facts import Facts, Failure
    from usagecompat.clients.paging_server import Fetched
    from usagecompat.clients.session import Reply
    from usagecompat.corpus import Sequence
    from usagecompat.jsontext import Tree

_LOST: Final = "client/buckets-lost"
_REPEATED: Final = "client/buckets-repeated"
_QUERY: Final = "client/query-changed"
_CURSOR: Final = "client/cursor-changed"
_ENDLESS: Final = "client/paging-endless"
_UNREAD: Final = "client/pages-unread"
_HIDDEN: Final = "client/error-hidden"
_EARLY: Final = "client/gave-up-early"
_REFUSED: Final = "client/refused-valid"
_VIOLATION: Final = "client/protocol-violation"

_DUTIES: Final = {
    SequenceDuty.COMPLETE: Expectation.MUST_DECODE,
    SequenceDuty.REPORT: Expectation.MUST_REFUSE,
    SequenceDuty.EITHER: Expectation.MAY_REFUSE,
}
_NOTHING_COMPARED: Final = Fidelity(level=Level.LEXICAL)
_BAD_REQUEST: Final = 400
_LISTED: Final = 4


@frozen(kw_only=True)
class Paging:
    """What a client asked while a sequence was served, and which buckets came of it."""

    requests: tuple[Fetched, ...] = field(repr=False)
    """What it asked, and what it was answered."""
    expected: int
    """How many buckets there are."""
    served: int
    """How many of them it was served."""
    printed: int | None
    """How many it printed; None if it did not say that these are all."""
    missing: tuple[int, ...] = ()
    """When those start that it did not print."""
    repeated: tuple[int, ...] = ()
    """When those start that it printed more than once."""

    def to_dict(self) -> dict[str, object]:
        """The facts as `schemas/run.json` describes them."""
        return {
            "requests": [one.to_dict() for one in self.requests],
            "expected": self.expected,
            "served": self.served,
            "printed": self.printed,
            "missing": list(self.missing),
            "repeated": list(self.repeated),
        }


@frozen(kw_only=True)
class PagingResult(CaseResult):
    """What a client did with one sequence."""

    paging: Paging | None = None
    """None if it was never asked."""

    def to_dict(self, *, payloads: bool = False) -> dict[str, object]:
        """The result as `schemas/run.json` describes it."""
        return CaseResult.to_dict(self, payloads=payloads) | {"paging": self.paging and self.paging.to_dict()}


def judge_paging(sequence: Sequence, reply: Reply, fetched: Iterable[Fetched], *, endless: bool) -> PagingResult:
    """
    What came of one sequence.

    Args:
        sequence: What was served.
        reply: What the client said.
        fetched: What it asked, and was answered.
        endless: Whether the kit had to stop it because it never stopped asking.
    """
    log = tuple(fetched)
    judgement = _Judgement(sequence, facts_of(sequence, log), reply)
    judgement.judge(endless=endless)
    return PagingResult(
        case_id=sequence.id,
        duty=_DUTIES[sequence.duty],
        served=True,
        tier=_tier(sequence),
        outcome=judgement.outcome,
        message=judgement.message,
        level=judgement.level,
        differences=judgement.fidelity.differences,
        truncated=judgement.fidelity.truncated,
        faults=tuple(Fault(code, message) for code, message in judgement.faults.items()),
        returned=reply.payload if reply.outcome is Outcome.DECODED else None,
        paging=Paging(
            requests=log,
            expected=len(judgement.expected),
            served=len(judgement.expected.keys() & judgement.facts.served),
            printed=judgement.printed,
            missing=judgement.missing,
            repeated=judgement.repeated,
        ),
    )


def not_asked(sequence: Sequence, outcome: Outcome, message: str) -> PagingResult:
    """What stands for a sequence that the client was not asked, or did not answer."""
    duty = _DUTIES[sequence.duty]
    return PagingResult(
        case_id=sequence.id, duty=duty, served=True, tier=_tier(sequence), outcome=outcome, message=message
    )


def _tier(sequence: Sequence) -> Tier:
    """How likely a client meets it: only emulators break the API's promises, and few numbers have so many digits."""
    pages = (one.body for one in sequence.exchanges if one.body_name.endswith(".json"))
    usual = all(tier_of(page, Verdict.VALID, (), ()) is Tier.EVERYDAY for page in pages)
    return Tier.EVERYDAY if usual and sequence.duty is not SequenceDuty.EITHER else Tier.POSSIBLE


@define
class _Judgement:
    """One client, one sequence; each step adds to what is known."""

    sequence: Sequence
    facts: Facts
    reply: Reply
    faults: dict[str, str] = Factory(dict[str, str])
    """Messages by code; of several alike the first."""
    outcome: Outcome = field(default=Factory(lambda self: self.reply.outcome, takes_self=True))
    message: str = field(default=Factory(lambda self: self.reply.message, takes_self=True))
    level: Level | None = None
    fidelity: Fidelity = _NOTHING_COMPARED
    printed: int | None = None
    missing: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    expected: dict[int, Tree] = Factory(dict[int, "Tree"])

    def __attrs_post_init__(self) -> None:
        self.expected = {start: bucket for bucket in self.sequence.whole if (start := start_of(bucket)) is not None}

    def judge(self, *, endless: bool) -> None:
        """Say what is wrong."""
        if endless:
            self.outcome = Outcome.TIMED_OUT
            code = _QUERY if self._is_on_a_long_way() else _ENDLESS
            self._blame(code, f"{self.facts.requests} requests, and no end: {self._latest()}")
            self._blame_changes()
        elif self.outcome in FAILED:
            self._blame(f"client/{self.outcome}", self.reply.message)
        elif self.outcome in {Outcome.DECODED, Outcome.REFUSED} and not self.facts.requests:
            asked = self.facts.elsewhere[0] if self.facts.elsewhere else "none"
            self.outcome = Outcome.PROTOCOL_VIOLATION
            self._blame(_VIOLATION, f"expected a request for {ROOT}{self.sequence.endpoint}, saw {asked}")
        elif self.outcome is Outcome.REFUSED:
            self._judge_report()
        elif self.outcome is Outcome.DECODED:
            self._judge_buckets()

    def _blame(self, code: str, message: str) -> None:
        self.faults.setdefault(code, message)

    def _is_on_a_long_way(self) -> bool:
        """Whether the client comes to an end, page by page, of a query that is not the one that was asked."""
        facts = self.facts
        lost = facts.again or facts.in_a_circle or facts.failures or facts.cursor_changed or facts.query_changed
        return len(facts.altered) == 1 and not lost

    def _latest(self) -> str:
        """What the client asked again and again."""
        changed = [*self.facts.cursor_changed, *self.facts.query_changed, *self.facts.altered]
        if changed:
            return changed[-1]
        if self.facts.failures:
            return f"{self.facts.failures[-1]}, and was made again and again"
        if self.facts.in_a_circle:
            return "it follows a cursor that leads to itself"
        return "it asks again for what it has"

    def _blame_changes(self) -> bool:
        """Name what the client changed in its requests; whether it did."""
        if self.facts.cursor_changed:
            self._blame(_CURSOR, self.facts.cursor_changed[0])
        if self.facts.query_changed:
            self._blame(_QUERY, self.facts.query_changed[0])
        return bool(self.facts.cursor_changed or self.facts.query_changed)

    # -- a client that says that something failed

    def _judge_report(self) -> None:
        """Whether the client is right to say so."""
        facts, why = self.facts, self.reply.message or "without a word"
        changed = self._blame_changes()
        refused = [failure for failure in facts.failures if self._is_refusal(failure)]
        if not changed and refused:
            told = facts.altered[0] if facts.altered else f"{refused[0]}: {refused[0].said}"
            self._blame(_QUERY, told)
        elif facts.keyless and facts.failures:
            self._blame(
                _VIOLATION, f"expected the key of OPENAI_ADMIN_KEY in {facts.keyless} requests, saw none or another"
            )
        elif not changed and facts.failures and all(failure.is_rate_limit for failure in facts.failures):
            once = [failure for failure in facts.failures if failure.alone]
            if once:
                self._blame(_EARLY, f"{once[0]}, which had a time to ask again, and nobody did")
        elif not changed and not facts.failures and not self._may_report():
            self._blame(_REFUSED, f"every page came, and the client reported a failure: {why}")

    def _is_refusal(self, failure: Failure) -> bool:
        """Whether the server refused what was asked, as it would any day."""
        refuses_all = self.sequence.ledger.behaviour.second_page == "400"
        return failure.fetched.response.status == _BAD_REQUEST and not refuses_all

    def _may_report(self) -> bool:
        """Whether the server said what it never should."""
        return self.sequence.duty is SequenceDuty.EITHER or self.facts.in_a_circle

    # -- a client that says that this is all

    def _judge_buckets(self) -> None:
        said = printed_buckets(self.reply.payload)
        if said.fault:
            self.level = Level.NONE
            self._blame("client/not-json", said.fault)
            return
        self.printed = len(said.buckets)
        told = [(start, bucket) for bucket in said.buckets if (start := start_of(bucket)) is not None]
        if said.buckets and not told:
            self._compare(list(self.expected.values()), said.buckets)
            return
        self._judge_starts(told)
        if strangers := len(said.buckets) - len(told):
            self.level = Level.NONE
            self._blame(
                "client/item-invented",
                f"{strangers} of {len(said.buckets)} that were printed have no start",
            )

    def _judge_starts(self, told: list[tuple[int, Tree]]) -> None:
        """Which buckets are there, and what is left of each."""
        times = Counter(start for start, _ in told)
        self.missing = tuple(sorted(self.expected.keys() - times))
        self.repeated = tuple(sorted(start for start, count in times.items() if count > 1))
        first: dict[int, Tree] = {}
        for start, bucket in told:
            first.setdefault(start, bucket)
        # The order in which they are printed is the client's own business.
        kept = sorted(start for start in first if start in self.expected or start in self.facts.served)
        sent = [self._version(start, first[start]) for start in kept]
        self._compare(sent, [first[start] for start in kept])
        self._judge_missing()
        self._judge_repeated(times)
        self._judge_strangers([start for start in first if start not in self.expected])
        if self.missing or self.repeated:
            self.level = Level.NONE

    def _version(self, start: int, printed: Tree) -> Tree:
        """What was served of a bucket: of several versions the one that was printed, else the last."""
        versions = self.facts.served.get(start, [])
        if any(version == printed for version in versions):
            return printed
        return versions[-1] if versions else self.expected[start]

    def _compare(self, sent: list[Tree], printed: Iterable[Tree]) -> None:
        """How much is left of each bucket, as if they stood in one page."""
        before, after = (
            write({"object": "page", "data": list(buckets), "has_more": False, "next_page": None})
            for buckets in (sent, printed)
        )
        revision = resolve_revision(self.sequence.ledger.revision)
        self.fidelity = compare(before, after, revision=revision, shape=Shape.PAGE)
        self.level = min(self.fidelity.level, Level.LEXICAL)
        if self.facts.altered and self._answers_another_query():
            self._blame(_QUERY, self.facts.altered[0])

    def _answers_another_query(self) -> bool:
        """Whether a bucket was served as another query has it, and never as the right one: late costs may be missing."""
        early = {start_of(bucket): bucket for bucket in self.sequence.buckets}
        return any(
            start in self.expected
            and self.expected[start] not in versions
            and early.get(start, self.expected[start]) not in versions
            for start, versions in self.facts.served.items()
        )

    def _judge_missing(self) -> None:
        lost = [start for start in self.missing if start in self.facts.served]
        if lost:
            self._blame(_LOST, f"{len(lost)} of {len(self.expected)} buckets came and were not printed: {_times(lost)}")
        unserved = [start for start in self.missing if start not in self.facts.served]
        if not unserved:
            return
        facts = self.facts
        told = f"{len(unserved)} of {len(self.expected)} buckets are missing, and the client claimed to have all"
        changed = self._blame_changes()
        if facts.failures:
            self._blame(_HIDDEN, f"{facts.failures[0]}; {told}")
        elif facts.unread:
            self._blame(_UNREAD, f"the cursor {facts.unread[0]!r} was never followed; {told}: {_times(unserved)}")
        elif facts.in_a_circle:
            self._blame(_HIDDEN, f"a page led to itself, so that the next one cannot be had; {told}")
        elif facts.altered:
            self._blame(_QUERY, f"{facts.altered[0]}; {told}")
        elif not changed:
            self._blame(_LOST, f"{told}: {_times(unserved)}")

    def _judge_repeated(self, times: Counter[int]) -> None:
        blamed = [start for start in self.repeated if times[start] > self._allowed(start)]
        if blamed:
            self._blame(_REPEATED, f"{_counted(blamed, 'was', 'were')} printed more than once: {_times(blamed)}")
        elif self.repeated:
            self.message = "the server sent buckets twice, and so did the client, which is no fault and costs the level"

    def _allowed(self, start: int) -> int:
        """How often a bucket may be printed."""
        return self.facts.times.get(start, 1) if "buckets-repeat" in self.sequence.ledger.behaviour else 1

    def _judge_strangers(self, strangers: list[int]) -> None:
        """Buckets that do not belong to the query."""
        served = [start for start in strangers if start in self.facts.served]
        if served and self.facts.altered:
            self._blame(
                _QUERY, f"{self.facts.altered[0]}; {_counted(served, 'is', 'are')} not of the query: {_times(served)}"
            )
        elif strangers:
            self._blame(
                "client/item-invented", f"{_counted(strangers, 'is', 'are')} not of the query: {_times(strangers)}"
            )


def _counted(starts: list[int], one: str, more: str) -> str:
    """How many buckets, and the verb behind them."""
    return f"1 bucket {one}" if len(starts) == 1 else f"{len(starts)} buckets {more}"


def _times(starts: list[int]) -> str:
    """The first few of some buckets, by when they start."""
    told = ", ".join(map(str, starts[:_LISTED]))
    return f"{told} and {len(starts) - _LISTED} more" if len(starts) > _LISTED else told
