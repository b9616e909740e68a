"""
Clients as judges of a pytest run: what `--compat-client` puts beside the kit's own, an item `client[NAME]` for each case.

Each process of pytest-xdist has a client of its own, which is started by the first case and ends with the run.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from attrs import define, field

from usagecompat.clients import (
    NONDETERMINISTIC,
    STATE_LEAK,
    Fault,
    NotIntroduced,
    awaited,
    client_spec,
    item_of,
    open_session,
    tasks,
    unasked,
    why_not_same,
    worst_of,
)
from usagecompat.corpus import Mismatch, NotJudged
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from usagecompat.clients import ClientSession, ClientSpec, Features, Reply, Task
    from usagecompat.corpus import Case, ExpectedFailure, Terms
    from usagecompat.plugin.baselines import Baseline


def client_judges(
    specs: Iterable[ClientSpec],
    *,
    expected: Sequence[ExpectedFailure],
    required: Level,
    baselines: Mapping[str, Baseline],
) -> dict[str, ClientJudge]:
    """A judge for each client, by the name of its items."""
    return {item_of(one.name): ClientJudge(one, expected, required, baselines.get(one.name)) for one in specs}


def specs_of(
    given: Iterable[tuple[str, str | None]], *, timeout: float, is_set_up: bool = False
) -> tuple[ClientSpec, ...]:
    """
    The clients that are named, each with the directory in which it is started; after a setup they are waited for.

    Raises:
        NoSuchClient: A name is none.
    """
    specs = tuple(client_spec(one, timeout=timeout, cwd=place) for one, place in given)
    return tuple(map(awaited, specs)) if is_set_up else specs


@define(eq=False)
class ClientJudge:
    """One client, kept from case to case."""

    spec: ClientSpec
    expected: Sequence[ExpectedFailure]
    required: Level = Level.EXACT
    baseline: Baseline | None = None
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _client: ClientSession | None = field(default=None, init=False)
    _why_not: str = field(default="", init=False)

    def __call__(self, case: Case, terms: Terms) -> Iterator[Mismatch]:
        """
        What the client does wrong with a case.

        Raises:
            NotJudged: The client cannot be asked.
        """
        (task,) = tasks([case], revision=terms.revision)
        try:
            client, features = self._introduced()
            faults, replies = self._ask(client, task, features)
        except NotIntroduced as situation:
            self._why_not = situation.fault.message
            yield _mismatch(situation.fault)
            return
        result = worst_of(task, replies, features)
        if not result.judged:
            raise NotJudged(f"{result.outcome}: {result.message}")
        codes = result.failing(self.required)
        every = codes | {fault.code for fault in faults}
        if self.baseline and every and (why := self.baseline.excuses(case, every, result.level, self.required)):
            pytest.xfail(why)
        yield from map(_mismatch, (*result.faults, *faults))
        for found in result.differences:
            if found.code in codes and found.cap < self.required:
                yield Mismatch(
                    code=found.code,
                    pointer=found.pointer,
                    expected="the value that was sent"
                    if result.level is None
                    else f"what was sent, at level {self.required.name}",
                    seen=found.message,
                )
        yield from self._no_longer(case, every)

    def close(self) -> list[Fault]:
        """End the client; what it did wrong after the last case, or outside of any."""
        client, self._client = self._client, None
        self._stack.close()
        return [late.fault for late in client.late] if client else []

    def _introduced(self) -> tuple[ClientSession, Features]:
        if self._why_not:
            raise NotJudged(f"the client was given up: {self._why_not}")
        if self._client is None:
            self._client = self._stack.enter_context(open_session(self.spec))
        return self._client, self._client.introduce().features

    def _ask(self, client: ClientSession, task: Task, features: Features) -> tuple[list[Fault], list[Reply]]:
        """The replies to a case, sent twice where that costs no process, and what was wrong beside them."""
        request = task.request(features)
        if request is None:
            return [], [unasked(task, features)]
        reply = client.ask(request)
        replies = [reply]
        faults: list[Fault] = []
        if client.keeps_state and reply.payload:
            again = client.ask(request)
            replies.append(again)
            if message := why_not_same(task, features, reply, again, self.required):
                client.renew()
                one, other = (client.ask(request) for _ in range(2))
                replies += [one, other]
                code = NONDETERMINISTIC if why_not_same(task, features, one, other, self.required) else STATE_LEAK
                faults.append(Fault(code, f"sent twice, it was {message}"))
        for late in client.late:
            where = "" if late.case_id == task.case_id else f"at {late.case_id or 'its end'}: "
            faults.append(Fault(late.fault.code, where + late.fault.message))
        client.late.clear()
        return faults, replies

    def _no_longer(self, case: Case, codes: frozenset[str]) -> Iterator[Mismatch]:
        """Where a list says that the case fails so, and it fails in another way only."""
        for entry in self.expected:
            listed = entry.code is not None and entry.concerns(case.id, item_of(self.spec.name))
            if codes and listed and entry.code not in codes:
                told = f"{entry.code}, as line {entry.line} of the expected failures says"
                yield Mismatch(code="", expected=told, seen="other failures only")


def _mismatch(fault: Fault) -> Mismatch:
    return Mismatch(code=fault.code, expected="an answer as the protocol and the contract have it", seen=fault.message)


def close_all(judges: Mapping[str, ClientJudge]) -> list[str]:
    """End all clients, and say what they did wrong at the end."""
    return [f"{name}: {fault.code}: {fault.message}" for name, one in judges.items() for fault in one.close()]
