"""
The search: what failed before, the corpus, and then whatever can be drawn, until the time is up.

Each kind of failure is looked into once. The payload is sent again to a fresh client, so that what another payload
left behind is not taken for its fault; then it is made small, and the search goes on for other kinds.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from usagecompat.clients import NONDETERMINISTIC, STATE_LEAK, ClientInfo, Fault, NotIntroduced, item_of
from usagecompat.corpus import depth_of
from usagecompat.fidelity import Level
from usagecompat.fuzz.asking import Answer, Bench
from usagecompat.fuzz.commands import command_for
from usagecompat.fuzz.drawing import draw
from usagecompat.fuzz.keeping import Store
from usagecompat.fuzz.kinds import Kind
from usagecompat.fuzz.mutating import Mutator
from usagecompat.fuzz.reducing import TimeIsUp, reduce
from usagecompat.fuzz.results import Find, FuzzResult
from usagecompat.jsontext import NO_VALUE, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientSpec
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, ExpectedFailure, Payload

_BURST: Final = 40
"""So many payloads are made by mutation for each that Hypothesis draws, which takes as long as some ten of them."""
_CORPUS_SHARE: Final = 0.35
"""The share of the time that the corpus may take; a client that takes seconds to start does not get through it."""
_KNOWN_SHARE: Final = 0.2
"""The share of the time for making small what is known."""
_ONE_SHARE: Final = 0.2
_ONE_LEAST: Final = 4.0
"""Of the time, so much at most goes into making one payload small, but these seconds in any case."""
_LARGEST_BASE: Final = 12_000
_DEEPEST_BASE: Final = 40
"""Payloads beyond these are sent, and not changed."""
_ONE_CODE: Final = 12
"""So many kinds without a place are told apart for each code; a client may put anything into its words."""
_PATIENCE: Final = 5
"""After so many times a kind that fresh clients do not show is looked into no more."""
_BACK: Final = 40
"""So many payloads before are sent again, to find what left something behind."""
_QUICK: Final = 0.25
"""Where a client hangs, it gets at least so many seconds while the payload is made small."""
_TIMED_OUT: Final = "client/timed-out"


def fuzz(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    *,
    subjects: Sequence[Case | Payload],
    revision: Revision,
    seconds: float,
    seed: int,
    against: ClientSpec | None = None,
    required: Level = Level.EXACT,
    expected: Sequence[ExpectedFailure] = (),
    corpus: Path | None = None,
    store: Store | None = None,
    tick: Callable[[float, int], object] = lambda _seconds, _asked: None,
) -> FuzzResult:
    """
    What is found wrong with a client in some time.

    Args:
        spec: The client.
        subjects: Payloads to begin with, and to make others of.
        revision: By which all are judged.
        seconds: How long the search goes on.
        seed: Where the draws begin.
        against: Another client; then a failure is what both do not agree on.
        required: What must come back of each payload that is decoded.
        expected: Failures that are expected.
        corpus: The directory into which commands put cases.
        store: What is kept between runs; None to keep nothing.
        tick: Called with the seconds that are gone and the number of payloads that were sent.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    search = _Search(
        bench=Bench(spec, revision, required, against),
        seconds=seconds,
        seed=seed,
        expected=expected,
        corpus=corpus,
        store=store or Store(spec.name),
        keeps=store is not None,
        tick=tick,
    )
    client: ClientInfo | None = None
    faults: tuple[Fault, ...] = ()
    interrupted = False
    try:
        with search.bench:
            client = search.bench.client.introduce().client
            search.began = monotonic()
            search.run(subjects)
    except NotIntroduced as situation:
        faults = (situation.fault,)
    except KeyboardInterrupt:
        interrupted = True
    return FuzzResult(
        name=spec.name,
        command=spec.said,
        client=client,
        against=against.said if against else None,
        revision=revision,
        required=required,
        seed=seed,
        budget=seconds,
        seconds=search.gone_by,
        asked=search.bench.asked,
        judged=search.judged,
        corpus=search.of_corpus,
        of=len(subjects),
        finds=search.told(),
        gone=search.gone,
        faults=faults,
        interrupted=interrupted,
    )


@define(eq=False, kw_only=True)
class _Search:
    """One search for failures of one client."""

    bench: Bench
    seconds: float
    seed: int
    expected: Sequence[ExpectedFailure]
    corpus: Path | None
    store: Store
    keeps: bool
    tick: Callable[[float, int], object]
    began: float = field(factory=monotonic, init=False)
    judged: int = field(default=0, init=False)
    of_corpus: int = field(default=0, init=False)
    gone: int = field(default=0, init=False)
    finds: dict[Kind, Find] = field(factory=dict[Kind, Find], init=False)
    _cases: dict[Kind, tuple[str, bytes]] = field(factory=dict[Kind, "tuple[str, bytes]"], init=False)
    """The smallest payload of the corpus that shows a kind, and its id."""
    _waiting: dict[Kind, bytes] = field(factory=dict[Kind, bytes], init=False)
    """What came up while another payload was made small."""
    _unsteady: dict[Kind, int] = field(factory=dict[Kind, int], init=False)
    _sent: set[int] = field(factory=set[int], init=False)
    _history: deque[bytes] = field(factory=lambda: deque[bytes](maxlen=_BACK), init=False)
    _mutator: Mutator = field(init=False)
    _next: bytes | None = field(default=None, init=False)
    _rng: Random = field(init=False)
    _again: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin all draws at the seed."""
        self._mutator = Mutator(self.bench.revision)
        self._rng = Random(self.seed)  # noqa: S311 - payloads, not keys

    @property
    def gone_by(self) -> float:
        """The seconds that are gone."""
        return monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.gone_by >= self.seconds

    def run(self, subjects: Sequence[Case | Payload]) -> None:
        """
        Search until the time is up.

        Raises:
            NotIntroduced: The client cannot be started any more.
        """
        self._begin_with_what_failed()
        self._ask_corpus(subjects)
        self._look_into_known()
        if not self.is_over:
            draw(self.bench.revision, self.seed, self._take)

    def told(self) -> tuple[Find, ...]:
        """All that was found: new ones first, in the order in which they came up; each with its command."""
        finds = sorted(self.finds.values(), key=lambda find: (not find.is_new, find.seconds))
        if self.keeps:
            self.store.tidy(find.payload for find in finds if find.kind not in self._cases)
        told: list[Find] = []
        for find in finds:
            path = self.store.write(find.kind, find.payload) if self.keeps and find.is_new else None
            command = command_for(find.kind, find.payload, path, self.corpus, self.bench.revision)
            told.append(evolve(find, command=command))
        return tuple(told)

    # -- what is sent

    def _begin_with_what_failed(self) -> None:
        self._again = True
        for payload in self.store.payloads() if self.keeps else ():
            if self.is_over:
                break
            answer = self._examine(payload)
            if answer and answer.judged and not answer.kinds:
                self.gone += 1
                self.store.forget(payload)
        self._again = False

    def _ask_corpus(self, subjects: Sequence[Case | Payload]) -> None:
        """Send the corpus, to know what it knows; and keep what payloads can be made of."""
        until = self.gone_by + _CORPUS_SHARE * self.seconds
        for subject in subjects:
            payload = subject.payload
            if self.gone_by < until:
                answer = self._ask(subject)
                self.of_corpus += 1
                for kind in answer.kinds:
                    known = self._cases.get(kind)
                    if known is None or len(payload) < len(known[1]):
                        self._cases[kind] = (subject.id, payload)
            self._keep(payload)

    def _keep(self, payload: bytes) -> None:
        if len(payload) <= _LARGEST_BASE and depth_of(payload) <= _DEEPEST_BASE:
            tree = read(payload).value
            if tree is not NO_VALUE and isinstance(tree, dict):
                self._mutator.keep(tree)

    def _look_into_known(self) -> None:
        """Make small what the corpus shows, as far as there is time; and correct what was found before it was asked."""
        for kind, find in self.finds.items():
            self.finds[kind] = evolve(find, known=self._why_known(kind))
        until = self.gone_by + _KNOWN_SHARE * self.seconds
        for kind, (_, payload) in sorted(self._cases.items(), key=lambda item: len(item[1][1])):
            if self._is_news(kind):
                self._look_into(kind, payload, until)
        self._look_into_waiting()

    def _take(self, payload: bytes, own: int) -> bool:
        """Send what Hypothesis drew, and what is made of it and of the others."""
        rng = self._rng = Random(own)  # noqa: S311 - as above
        self._next = None
        self._examine(payload)
        if len(payload) <= _LARGEST_BASE and depth_of(payload) <= _DEEPEST_BASE:
            tree = read(payload).value
            if tree is not NO_VALUE and isinstance(tree, dict):
                self._mutator.learn(tree, rng)
        for _ in range(_BURST):
            if self.is_over:
                return False
            made, self._next = self._next, None
            self._examine(made or self._mutator.make(self._rng))
        return not self.is_over

    def _make_ahead(self) -> None:
        """Make the next payload while the client works on this one."""
        if self._next is None:
            self._next = self._mutator.make(self._rng)

    def _ask(self, payload: bytes | Case | Payload) -> Answer:
        answer = self.bench.ask(payload, self._make_ahead)
        self._history.append(payload if isinstance(payload, bytes) else payload.payload)
        self.judged += answer.judged
        self.tick(min(self.gone_by, self.seconds), self.bench.asked)
        return answer

    def _examine(self, payload: bytes) -> Answer | None:
        """Send a payload that was not sent before, and look into what it shows."""
        if hash(payload) in self._sent:
            return None
        self._sent.add(hash(payload))
        answer = self._ask(payload)
        for kind in answer.kinds:
            if self._is_news(kind):
                self._look_into(kind, payload)
        self._look_into_waiting()
        return answer

    # -- what is found

    def _is_news(self, kind: Kind) -> bool:
        """Whether a kind has to be looked into."""
        if kind in self.finds or self._unsteady.get(kind, 0) >= _PATIENCE:
            return False
        return bool(kind.place) or sum(known.code == kind.code for known in self.finds) < _ONE_CODE

    def _look_into_waiting(self) -> None:
        while self._waiting and not self.is_over:
            kind = next(iter(self._waiting))
            payload = self._waiting.pop(kind)
            if self._is_news(kind):
                self._look_into(kind, payload)

    def _look_into(self, kind: Kind, payload: bytes, until: float | None = None) -> None:
        """See whether a payload alone shows a kind, and make it small."""
        before = tuple(self._history)[:-1]
        self.bench.renew()
        alone = self.bench.ask(payload)
        if kind not in alone.kinds:
            self._look_into_unsteady(kind, payload, before)
            return
        find = Find(
            kind=kind,
            payload=payload,
            verdict=alone.verdict,
            message=alone.kinds[kind],
            returned=alone.returned,
            seconds=self.gone_by,
            first_size=len(payload),
            whole=False,
            again=self._again,
            known=self._why_known(kind),
        )
        self.finds[kind] = find
        self._save(find)
        limit = min(self.seconds, self.gone_by + max(_ONE_LEAST, _ONE_SHARE * self.seconds), until or self.seconds)
        small, whole = self._smaller(kind, payload, alone, limit)
        if small != payload:
            self.bench.renew()
            answer = self.bench.ask(small)
            if kind in answer.kinds:
                message = answer.kinds[kind]
                find = evolve(
                    find, payload=small, whole=whole, verdict=answer.verdict, message=message, returned=answer.returned
                )
        else:
            find = evolve(find, whole=whole)
        self.finds[kind] = find
        self._save(find)
        self._merge(kind)

    def _smaller(self, kind: Kind, payload: bytes, alone: Answer, limit: float) -> tuple[bytes, bool]:
        bench = self.bench
        if kind.code == _TIMED_OUT:
            quick = max(_QUICK, min(bench.spec.timeout, 10 * bench.slowest))
            bench = Bench(evolve(bench.spec, timeout=quick), bench.revision, bench.required, bench.against)
            with bench:
                result = self._reduced(bench, kind, payload, alone, limit)
            self.bench.asked += bench.asked
            return result
        return self._reduced(bench, kind, payload, alone, limit)

    def _reduced(self, bench: Bench, kind: Kind, payload: bytes, alone: Answer, limit: float) -> tuple[bytes, bool]:
        def shows(candidate: bytes) -> bool:
            if self.gone_by >= limit:
                raise TimeIsUp
            answer = bench.ask(candidate)
            self.tick(min(self.gone_by, self.seconds), self.bench.asked)
            for other in answer.kinds:
                if other != kind and self._is_news(other):
                    self._waiting.setdefault(other, candidate)
            return kind in answer.kinds and answer.rank <= alone.rank

        return reduce(payload, shows, bench.revision)

    def _merge(self, kind: Kind) -> None:
        """Drop what came to the same small payload in other words."""
        find = self.finds[kind]
        for other in self.finds.values():
            if (
                other is not find
                and not kind.place
                and other.kind.code == kind.code
                and other.payload == find.payload
                and not other.kind.place
            ):
                self._unsteady[kind] = _PATIENCE
                del self.finds[kind]
                return

    def _why_known(self, kind: Kind) -> str:
        """Why a kind is no news; empty if it is."""
        item = item_of(self.bench.spec.name)
        for entry in self.expected:
            listed = entry.concerns(kind.id, item) or (
                kind in self._cases and entry.concerns(self._cases[kind][0], item)
            )
            if listed and entry.code in {None, kind.code}:
                return f"line {entry.line} expects it: {entry.reason}"
        if kind in self._cases:
            return f"the case {self._cases[kind][0]} fails alike"
        return ""

    def _save(self, find: Find) -> None:
        """Keep what failed at once: nobody knows how a run ends."""
        if self.keeps and find.kind not in self._cases:
            self.store.save(find.payload)

    # -- what fresh clients do not show

    def _look_into_unsteady(self, kind: Kind, payload: bytes, before: tuple[bytes, ...]) -> None:
        """Find out why a payload alone does not show what it showed after others."""
        self._unsteady[kind] = self._unsteady.get(kind, 0) + 1
        if kind.code == _TIMED_OUT or (Kind(STATE_LEAK, "") in self.finds and Kind(NONDETERMINISTIC, "") in self.finds):
            return
        needed = self._needed(kind, payload, before)
        code = NONDETERMINISTIC if needed is None else STATE_LEAK
        found = Kind(code, "")
        if found in self.finds:
            return
        answer = self.bench.ask(payload)
        how = "not when it was sent again" if needed is None else f"not alone, only after {len(needed)} other payloads"
        self.finds[found] = Find(
            kind=found,
            payload=payload,
            verdict=answer.verdict,
            message=f"it showed {kind.said}, but {how}",
            returned=answer.returned,
            seconds=self.gone_by,
            first_size=len(payload),
            known=self._why_known(found),
            before=needed or (),
        )

    def _needed(self, kind: Kind, payload: bytes, before: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
        """The least of what was sent before that has to be sent again for a payload to show a kind; None if nothing does."""

        def shows(sent: Sequence[bytes]) -> bool:
            self.bench.renew()
            for one in sent:
                self.bench.ask(one)
            return kind in self.bench.ask(payload).kinds

        for count in (1, len(before)):
            sent = before[len(before) - count :]
            if sent and shows(sent):
                break
        else:
            return None
        left = list(sent)
        for at in islice(reversed(range(len(left))), _BACK):
            fewer = left[:at] + left[at + 1 :]
            if self.is_over or not fewer:
                break
            if shows(fewer):
                left = fewer
        return tuple(left)
