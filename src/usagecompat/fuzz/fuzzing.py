"""
The search: what failed before, the corpus, and then whatever can be drawn, until the time is up.

Each kind of failure is looked into once. The payload is sent again to a fresh client, so that what another payload
left behind is not taken for its fault; then it is made small, and the search goes on for other kinds.
"""

from __future__ import annotations

from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from usagecompat.clients import NotIntroduced
from usagecompat.corpus import depth_of
from usagecompat.fidelity import Level
from usagecompat.fuzz.asking import Bench
from usagecompat.fuzz.commands import command_for
from usagecompat.fuzz.drawing import draw
from usagecompat.fuzz.looking import Clock, Looking
from usagecompat.fuzz.mutating import Mutator
from usagecompat.fuzz.results import FuzzResult
from usagecompat.fuzz.values import is_object
from usagecompat.jsontext import NO_VALUE, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientInfo, ClientSpec, Fault
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, ExpectedFailure, Payload
    from usagecompat.fuzz.asking import Answer
    from usagecompat.fuzz.keeping import Store
    from usagecompat.fuzz.kinds import Kind
    from usagecompat.fuzz.results import Find

_BURST: Final = 40
"""So many payloads are made by mutation for each that Hypothesis draws, which takes as long as some ten of them."""
_FIRST: Final = 400
"""So many payloads are made before Hypothesis draws the first, which takes it a second or more."""
_TIME_TO_DRAW: Final = 3.0
"""With fewer seconds left Hypothesis does not begin: nothing ends it before its first draw."""
_CORPUS_SHARE: Final = 0.35
"""The share of the time that the corpus may take; a client that takes seconds to start does not get through it."""
_KNOWN_SHARE: Final = 0.2
"""The share of the time for making small what is known."""
_LARGEST_BASE: Final = 12_000
_DEEPEST_BASE: Final = 40
"""Payloads beyond these are sent, and not changed."""


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
    stop_after: int = 0,
    again: Sequence[str] = (),
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
        stop_after: After so many new kinds the search ends; 0 to use all the time.
        again: The command that puts a corpus to the client by a draft, without the corpus.
        tick: Called with the seconds that are gone and the number of payloads that were sent.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    clock = Clock(seconds)
    bench = Bench(spec, revision, required, against)
    looking = Looking(
        bench=bench,
        clock=clock,
        expected=expected,
        store=store,
        stop_after=stop_after,
        tick=lambda: tick(min(clock.gone, seconds), bench.asked),
    )
    search = _Search(bench=bench, clock=clock, looking=looking, seed=seed)
    client: ClientInfo | None = None
    faults: tuple[Fault, ...] = ()
    interrupted = False
    try:
        with bench:
            client = bench.client.introduce().client
            clock.began = monotonic()
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
        seconds=clock.gone,
        asked=bench.asked,
        judged=search.judged,
        corpus=search.of_corpus,
        of=len(subjects),
        finds=_told(looking, corpus, again),
        gone=search.gone,
        faults=faults,
        interrupted=interrupted,
    )


def _told(looking: Looking, corpus: Path | None, again: Sequence[str]) -> tuple[Find, ...]:
    """All that was found: new ones first, in the order in which they came up; each with its command."""
    finds = sorted(looking.finds.values(), key=lambda find: (not find.is_new, find.seconds))
    store, revision = looking.store, looking.bench.revision
    if store:
        store.tidy(find.payload for find in finds if not find.is_case)
    told: list[Find] = []
    for find in finds:
        path = store.write(find.kind, find.payload) if store and find.is_new else None
        told.append(evolve(find, command=command_for(find.kind, find.payload, path, corpus, revision, again)))
    return tuple(told)


@define(eq=False, kw_only=True)
class _Search:
    """What is sent to one client, in which order."""

    bench: Bench
    clock: Clock
    looking: Looking
    seed: int
    judged: int = field(default=0, init=False)
    of_corpus: int = field(default=0, init=False)
    gone: int = field(default=0, init=False)
    _sent: set[int] = field(factory=set[int], init=False)
    _mutator: Mutator = field(init=False)
    _next: bytes | None = field(default=None, init=False)
    _rng: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin all draws at the seed."""
        self._mutator = Mutator(self.bench.revision)
        self._rng = Random(self.seed)  # noqa: S311 - payloads, not keys

    def run(self, subjects: Sequence[Case | Payload]) -> None:
        """
        Search until the time is up.

        Raises:
            NotIntroduced: The client cannot be started any more.
        """
        self._begin_with_what_failed()
        self._ask_corpus(subjects)
        more = self._make(_FIRST)
        while more and self.clock.seconds - self.clock.gone < _TIME_TO_DRAW:
            more = self._make(_BURST)
        if more:
            draw(self.bench.revision, self.seed, self._take)

    def _begin_with_what_failed(self) -> None:
        store, looking = self.looking.store, self.looking
        looking.again = True
        for payload in store.payloads() if store else ():
            if self.clock.is_over:
                break
            answer = self._examine(payload)
            if store and answer and answer.judged and not answer.kinds:
                self.gone += 1
                store.forget(payload)
        looking.again = False

    def _ask_corpus(self, subjects: Sequence[Case | Payload]) -> None:
        """Send the corpus, to know what it knows, and make that small; and keep what payloads can be made of."""
        failed: dict[Kind, list[tuple[int, str, bytes]]] = {}
        until = self.clock.gone + _CORPUS_SHARE * self.clock.seconds
        for subject in subjects:
            payload = subject.payload
            if self.clock.gone < until and not self.clock.is_over:
                self.of_corpus += 1
                for kind in self._ask(subject).kinds:
                    failed.setdefault(kind, []).append((len(payload), subject.id, payload))
            tree = self._base(payload)
            if tree is not None:
                self._mutator.keep(tree)
        self.looking.until = self.clock.gone + _KNOWN_SHARE * self.clock.seconds
        for kind, found in sorted(failed.items(), key=lambda item: min(item[1])):
            for _, name, payload in sorted(found)[: 1 if kind.place else None]:
                self.looking.case = name
                if self.clock.gone < self.looking.until:
                    self.looking.look_at(kind, payload)
                else:
                    self.looking.note(kind, payload)
        self.looking.until, self.looking.case = None, ""
        self.looking.look_at_waiting()

    def _base(self, payload: bytes) -> dict[str, Any] | None:
        """The tree of a payload that others can be made of."""
        if len(payload) > _LARGEST_BASE or depth_of(payload) > _DEEPEST_BASE:
            return None
        tree = read(payload).value
        return tree if tree is not NO_VALUE and is_object(tree) else None

    def _take(self, payload: bytes, own: int) -> bool:
        """Send what Hypothesis drew, and what is made of it and of the others; whether there is time for more."""
        rng = self._rng = Random(own)  # noqa: S311 - as above
        self._next = None
        self._examine(payload)
        tree = self._base(payload)
        if tree is not None:
            self._mutator.learn(tree, rng)
        return self._make(_BURST)

    def _make(self, count: int) -> bool:
        """Send so many payloads that are made of others; whether there is time for more."""
        for _ in range(count):
            if self.clock.is_over:
                return False
            made, self._next = self._next, None
            self._examine(made or self._mutator.make(self._rng))
        return not self.clock.is_over

    def _make_ahead(self) -> None:
        """Make the next payload while the client works on this one."""
        if self._next is None:
            self._next = self._mutator.make(self._rng)

    def _ask(self, payload: bytes | Case | Payload) -> Answer:
        answer = self.bench.ask(payload, self._make_ahead)
        self.looking.history.append(payload if isinstance(payload, bytes) else payload.payload)
        self.judged += answer.judged
        self.looking.tick()
        return answer

    def _examine(self, payload: bytes) -> Answer | None:
        """Send a payload that was not sent before, and look at what it shows."""
        if hash(payload) in self._sent:
            return None
        self._sent.add(hash(payload))
        answer = self._ask(payload)
        for kind in answer.kinds:
            if not self.clock.enough:
                self.looking.look_at(kind, payload)
        self.looking.look_at_waiting()
        return answer
