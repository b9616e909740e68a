"""
One client and what may be asked of it: each request once more or alone, and none after it was given up.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import Factory, define, evolve

from usagecompat.clients.case_results import FAILED, Fault, Outcome
from usagecompat.clients.grading import Task, unasked
from usagecompat.clients.keeping import few_words
from usagecompat.clients.session import NotIntroduced, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.clients.keeping import Keeping
    from usagecompat.clients.protocol import Features
    from usagecompat.clients.session import ClientSession, Request

PATIENCE: Final = 10
"""After so many deadlines, crashes or breaches of the protocol in a row, all alike, a client is asked nothing more."""
_DIGITS: Final = re.compile(r"[0-9]+|'[^']*'|\"[^\"]*\"")
"""What differs in messages that say the same."""
_ALIKE: Final = 60
"""Messages are alike if so many of their characters are."""

Round: TypeAlias = "list[tuple[Task, Reply]]"
"""What one process after the other was asked, in order, and what came of it."""


def not_run(why: str) -> Reply:
    """The reply of a client that was not asked."""
    return Reply(outcome=Outcome.NOT_RUN, message=why)


@define
class Bench:
    """One client, and what may be asked of it."""

    client: ClientSession
    features: Features
    keeping: Keeping
    outside: list[Fault] = Factory(list[Fault])
    seconds: dict[str, float] = Factory(dict[str, float])
    """How long the first answer to each case took."""
    _kept: dict[str, bytes] = Factory(dict[str, bytes])
    """What each case was answered first, as far as it is kept."""
    _requests: dict[str, Request] = Factory(dict[str, "Request"])
    _in_a_row: int = 0
    _before: tuple[Outcome, str] | None = None
    """How the request before failed, if it did."""
    _given_up: str = ""

    def ask(self, task: Task) -> Reply:
        """What the client does with a task, unless it was given up."""
        if self._given_up:
            return not_run(self._given_up)
        request = self._requests.get(task.case_id)
        if request is None:
            request = task.request(self.features)
            if request is None:
                return unasked(task, self.features)
            self._requests[task.case_id] = request
        began = time.monotonic()
        try:
            reply = self.client.ask(request)
            if reply.message:
                reply = evolve(reply, message=few_words(reply.message))
        except NotIntroduced as situation:
            self.outside.append(situation.fault)
            self._given_up = f"the client could not be started again: {situation.fault.message}"
            return not_run(self._given_up)
        self.seconds.setdefault(task.case_id, time.monotonic() - began)
        alike = (reply.outcome, _DIGITS.sub("", reply.message)[:_ALIKE]) if reply.outcome in FAILED else None
        if reply.outcome is Outcome.TIMED_OUT:
            alike = (reply.outcome, "")
        self._in_a_row = self._in_a_row + 1 if alike and alike == self._before else bool(alike)
        self._before = alike
        if self._in_a_row == PATIENCE:
            what = {Outcome.TIMED_OUT: "deadlines", Outcome.CRASHED: "crashes"}.get(reply.outcome, "faults of one kind")
            self._given_up = f"the client was given up after {PATIENCE} {what} in a row"
        return reply

    def keep(self, task: Task, reply: Reply) -> Reply:
        """A reply as it can be kept for a whole run."""
        request = self._requests.get(task.case_id)
        kept = self.keeping.reply(reply, request.payload if request else b"", self._kept.get(task.case_id, b""))
        self._kept.setdefault(task.case_id, kept.payload)
        return kept

    def ask_all(self, tasks: Iterable[Task]) -> Round:
        """What the client does with these tasks, in this order."""
        return [(task, self.keep(task, self.ask(task))) for task in tasks]

    def ask_again(self, told: Round) -> Round:
        """The same once more, from a fresh process on; where that failed, another one takes over without being asked."""
        self.client.renew()
        replies: Round = []
        for task, reply in told:
            if reply.outcome in FAILED:
                self.client.renew()
                replies.append((task, reply))
            else:
                replies.append((task, self.keep(task, self.ask(task))))
        return replies

    def ask_alone(self, task: Task, times: int = 1) -> Round:
        """What a fresh process does with a task, and then with the same again."""
        self.client.renew()
        if not self.client.renews:
            self.ask(task)  # whatever the payload before has left behind is gone after this, or stays for ever
        return [(task, self.ask(task)) for _ in range(times)]
