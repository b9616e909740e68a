"""
What is done with a failure: is it news, does a fresh client show it, how small does it get, and who knows it.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from usagecompat.checking import check
from usagecompat.clients import NONDETERMINISTIC, STATE_LEAK, item_of
from usagecompat.fuzz.asking import Answer, Bench
from usagecompat.fuzz.kinds import Kind
from usagecompat.fuzz.places import needed_place, without_places
from usagecompat.fuzz.reducing import TimeIsUp, reduce
from usagecompat.fuzz.results import Find

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.corpus import ExpectedFailure
    from usagecompat.fuzz.keeping import Store

_ONE_SHARE: Final = 0.4
_ONE_LEAST: Final = 4.0
"""Of the time that is left, so much at most goes into making one payload small, but these seconds in any case."""
_ONE_CODE: Final = 12
"""So many kinds without a pointer are told apart for each code; a client may put anything into its words."""
_PATIENCE: Final = 5
"""After so many times a kind that fresh clients do not show is looked into no more."""
_BACK: Final = 40
"""So many payloads before are sent again, to find what left something behind."""
_QUICK: Final = 0.25
"""Where a client hangs, it gets at least so many seconds while the payload is made small."""
_TIMED_OUT: Final = "client/timed-out"


@define
class Clock:
    """How long a search has gone on, and how long it may."""

    seconds: float
    began: float = field(factory=monotonic)
    enough: bool = False
    """Whether so much was found that the rest of the time is not needed."""

    @property
    def gone(self) -> float:
        """The seconds that are gone."""
        return monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether there is no time left, or no need for it."""
        return self.enough or self.gone >= self.seconds


@define(eq=False, kw_only=True)
class Looking:
    """All that was found, and what it takes to find it."""

    bench: Bench
    clock: Clock
    expected: Sequence[ExpectedFailure]
    store: Store | None
    stop_after: int
    tick: Callable[[], object]
    finds: dict[Kind, Find] = field(factory=dict[Kind, Find], init=False)
    again: bool = field(default=False, init=False)
    """Whether what is looked at comes from an earlier run."""
    case: str = field(default="", init=False)
    """The case whose payload is looked at; empty if it is none."""
    until: float | None = field(default=None, init=False)
    """When nothing more is to be made small, in seconds since the search began; None for its end."""
    history: deque[bytes] = field(factory=lambda: deque[bytes](maxlen=_BACK + 1), init=False)
    """What was sent last, the newest at the end."""
    _waiting: dict[Kind, bytes] = field(factory=dict[Kind, bytes], init=False)
    """What came up while another payload was made small."""
    _unsteady: dict[Kind, int] = field(factory=dict[Kind, int], init=False)
    """How often a fresh client did not have a kind, or was another one after all."""

    # -- is it news

    def look_at(self, kind: Kind, payload: bytes) -> None:
        """Look into a kind that a payload shows, if it is news."""
        if not self._is_news(kind):
            self._learn_case(kind)
            return
        beyond = payload if kind.place else self._beyond(kind, payload)
        if beyond is not None:
            self._look_into(kind, beyond)

    def note(self, kind: Kind, payload: bytes) -> None:
        """Keep a kind that a case shows as it is, because there is no time to make it small."""
        if self._is_news(kind):
            self.finds[kind] = Find(
                kind=kind,
                payload=payload,
                verdict=check(payload, revision=self.bench.revision).verdict,
                message="there was no time to look into it",
                returned=None,
                seconds=self.clock.gone,
                first_size=len(payload),
                whole=False,
                known=self._why_known(kind),
                is_case=True,
            )
        else:
            self._learn_case(kind)

    def look_at_waiting(self) -> None:
        """Look at what came up while something else was made small."""
        while self._waiting and not self.clock.is_over:
            kind = next(iter(self._waiting))
            self.look_at(kind, self._waiting.pop(kind))

    def _is_news(self, kind: Kind) -> bool:
        """Whether a kind has to be looked into, as far as its name tells."""
        return kind not in self.finds and self._unsteady.get(kind, 0) < _PATIENCE

    def _learn_case(self, kind: Kind) -> None:
        """A case shows what was found before the corpus was asked."""
        find = self.finds.get(kind)
        if find and self.case and not find.known:
            self.finds[kind] = evolve(find, known=self._why_known(kind), is_case=True)

    def _beyond(self, kind: Kind, payload: bytes) -> bytes | None:
        """A payload that fails in the same words as others did, but in another place; None if there is none."""
        alike = [find.kind for find in self.finds.values() if find.kind.code == kind.code and find.kind.words]
        places = {known.place for known in alike if known.words == kind.words}
        if len(alike) >= _ONE_CODE or "" in places:
            self._learn_case(evolve(kind, place=""))
            return None
        other = without_places(payload, places, self.bench.said) if places else payload
        if other == payload or kind in self.bench.ask(other).kinds:
            return other
        for place in places:
            if without_places(payload, {place}, self.bench.said) != payload:
                self._learn_case(evolve(kind, place=place))
        return None

    def _why_known(self, kind: Kind) -> str:
        """Why a kind is no news; empty if it is."""
        item = item_of(self.bench.spec.name)
        for entry in self.expected:
            listed = entry.concerns(kind.id, item) or (self.case and entry.concerns(self.case, item))
            if listed and entry.code in {None, kind.code}:
                return f"line {entry.line} expects it: {entry.reason}"
        return f"the case {self.case} fails alike" if self.case else ""

    # -- does it hold, and how small does it get

    def _look_into(self, kind: Kind, payload: bytes) -> None:
        """See whether a payload alone shows a kind, and make it small."""
        before = tuple(self.history)[:-1]
        self.bench.renew()
        alone = self.bench.ask(payload)
        steady = kind in alone.kinds and (kind.code == _TIMED_OUT or kind in self.bench.ask(payload).kinds)
        if not steady:
            self._look_into_unsteady(kind, payload, before)
            return
        find = self._found(kind, payload, alone)
        self.finds[kind] = find
        self._save(find)
        small, whole = self._smaller(kind, payload, alone)
        answer = alone
        if small != payload:
            self.bench.renew()
            answer = self.bench.ask(small)
            if kind not in answer.kinds:
                small, whole, answer = payload, False, alone
        del self.finds[kind]
        if whole and not kind.place:
            place = needed_place(small, self.bench.said)
            found = evolve(kind, place=place)
            if found in self.finds:
                self._unsteady[kind] = self._unsteady.get(kind, 0) + 1
                self._learn_case(found)
                return
        else:
            found = kind
        find = evolve(
            find,
            kind=found,
            payload=small,
            whole=whole,
            verdict=answer.verdict,
            message=answer.kinds[kind],
            returned=answer.returned,
            known=self._why_known(found),
        )
        self._keep(find)
        self._save(find)

    def _keep(self, find: Find) -> None:
        """Take a find into the result, and end the search if it has enough of them."""
        self.finds[find.kind] = find
        self.clock.enough = 0 < self.stop_after <= sum(one.is_new for one in self.finds.values())

    def _found(self, kind: Kind, payload: bytes, answer: Answer) -> Find:
        return Find(
            kind=kind,
            payload=payload,
            verdict=answer.verdict,
            message=answer.kinds.get(kind, ""),
            returned=answer.returned,
            seconds=self.clock.gone,
            first_size=len(payload),
            whole=False,
            again=self.again,
            known=self._why_known(kind),
            is_case=bool(self.case),
        )

    def _smaller(self, kind: Kind, payload: bytes, alone: Answer) -> tuple[bytes, bool]:
        bench, clock = self.bench, self.clock
        limit = min(
            clock.seconds, clock.gone + max(_ONE_LEAST, _ONE_SHARE * clock.seconds), self.until or clock.seconds
        )
        if kind.code != _TIMED_OUT:
            return self._reduced(bench, kind, payload, alone, limit)
        quick = max(_QUICK, min(bench.spec.timeout, 10 * bench.slowest))
        with Bench(evolve(bench.spec, timeout=quick), bench.revision, bench.required, bench.against) as other:
            result = self._reduced(other, kind, payload, alone, limit)
        self.bench.asked += other.asked
        return result

    def _reduced(self, bench: Bench, kind: Kind, payload: bytes, alone: Answer, limit: float) -> tuple[bytes, bool]:
        def shows(candidate: bytes) -> bool:
            if self.clock.gone >= limit:
                raise TimeIsUp
            answer = bench.ask(candidate)
            self.tick()
            for other in answer.kinds:
                if other != kind and other.place and self._is_news(other):
                    self._waiting.setdefault(other, candidate)
            return kind in answer.kinds and answer.rank <= alone.rank

        return reduce(payload, shows, bench.revision, anywhere=not kind.place)

    def _save(self, find: Find) -> None:
        """Keep what failed at once: nobody knows how a run ends."""
        if self.store and not self.case:
            self.store.save(find.payload)

    # -- what fresh clients do not show

    def _look_into_unsteady(self, kind: Kind, payload: bytes, before: tuple[bytes, ...]) -> None:
        """Find out why a payload alone does not show what it showed after others."""
        self._unsteady[kind] = self._unsteady.get(kind, 0) + 1
        codes = {find.kind.code for find in self.finds.values()}
        if kind.code == _TIMED_OUT or codes >= {STATE_LEAK, NONDETERMINISTIC}:
            return
        needed = self._needed(kind, payload, before)
        found = Kind(NONDETERMINISTIC if needed is None else STATE_LEAK, "")
        if found in self.finds:
            return
        number = len(needed or ())
        others = "another payload" if number == 1 else f"{number} other payloads"
        how = "not when it was sent again" if needed is None else f"not alone, only after {others}"
        message = f"it showed {kind.said}, but {how}"
        answer = self.bench.ask(payload)
        self._keep(evolve(self._found(found, payload, answer), message=message, before=needed or (), whole=True))

    def _needed(self, kind: Kind, payload: bytes, before: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
        """The least of what was sent before that has to be sent again; None if the payload does not fail after it."""

        def shows(sent: Sequence[bytes]) -> bool:
            self.bench.renew()
            for one in sent:
                self.bench.ask(one)
            return kind in self.bench.ask(payload).kinds

        for count in (1, len(before)):
            left = list(before[-count:])
            if left and shows(left):
                break
        else:
            return None
        for one in list(left):
            fewer = [other for other in left if other is not one]
            if self.clock.is_over or not fewer:
                break
            if shows(fewer):
                left = fewer
        return tuple(left)
