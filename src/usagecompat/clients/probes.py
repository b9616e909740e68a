"""
The probes of a client: does it keep state, does it answer alike twice.

After `shares.py` has put every payload to one process, each bad payload is followed by a good one in another process,
and that by itself again. A payload that was answered in two ways, and a few others, are put to processes of their own:
if those disagree, the client is not deterministic; if they agree with each other, and what was answered otherwise is
answered otherwise once more when the same is sent in the same order, something has leaked.

Answers that differ in nothing that the required level looks at are no fault: they are counted, and that is all.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, evolve

from usagecompat.clients.case_results import FAILED, NOT_JUDGED, CaseResult, Fault, Outcome
from usagecompat.clients.grading import Task, judge, worth
from usagecompat.clients.keeping import digest_of, few_words
from usagecompat.clients.leaks import what_came
from usagecompat.clients.results import Probes
from usagecompat.fidelity import Fidelity, Level, compare
from usagecompat.findings import Verdict
from usagecompat.jsontext import NO_VALUE, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagecompat.clients.bench import Bench, Round
    from usagecompat.clients.protocol import Features
    from usagecompat.clients.session import Reply

NONDETERMINISTIC: Final = "client/nondeterministic"
STATE_LEAK: Final = "client/state-leak"
_SAMPLE: Final = 3
"""So many cases are put to a process of their own in any case."""
_MOST_SUSPECTS: Final = 16
"""So many of those that were answered in two ways are looked into; the others are taken to be like them."""
_REPEATED: Final = 8
"""So many cases are sent again where each has a process of its own anyway."""
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\w.+-]+|[^\s\w.+-]', re.DOTALL)
"""What a text is made of, whatever it is, without the white space between."""

_ANSWERED: Final = frozenset({Outcome.DECODED, Outcome.REFUSED})
_GOOD: Final = frozenset({Verdict.VALID, Verdict.ACCEPTABLE})


class Probing(StrEnum):
    """How much is done beside the cases."""

    NONE = "none"
    SOME = "some"
    ALL = "all"
    """Every case is put to a process of its own as well."""


@define
class Probe:
    """What is found out about a client beside its replies."""

    bench: Bench
    first: Round
    required: Level
    faults: dict[str, Fault] = Factory(dict[str, Fault])
    worst: dict[str, CaseResult] = Factory(dict[str, CaseResult])
    """What the worst answer of a case is worth, of those that had more than one."""
    varied: dict[str, set[str]] = Factory(dict[str, "set[str]"])
    """The cases whose answers differ in nothing that is required, and in what they do."""
    second: Round = Factory(list["tuple[Task, Reply]"])
    _again: dict[int, Round] = Factory(dict[int, "Round"])
    _noted: set[tuple[str, Outcome, bytes]] = Factory(set["tuple[str, Outcome, bytes]"])

    def run(self, *, everything: bool) -> Probes:
        """Ask again, and alone."""
        answered = [(task, reply) for task, reply in self.first if reply.outcome in _ANSWERED]
        good = [task for task, reply in answered if reply.outcome is Outcome.DECODED and task.verdict in _GOOD]
        known = {task.case_id for task in good}
        bad = [task for task, _ in answered if task.case_id not in known]
        if not self.bench.client.keeps_state:
            good, bad = _spread(good, _REPEATED), []
        self.bench.client.renew()
        self.second = self.bench.ask_all(_interleaved(good, bad))
        suspects = self._suspects({task.case_id: reply for task, reply in answered})
        for task in suspects[:_MOST_SUSPECTS]:
            self._look_into(task)
        self._suppose(suspects[_MOST_SUSPECTS:])
        alone = 0
        if self.bench.client.keeps_state:
            sample = [task for task, _ in answered] if everything else _spread(good, _SAMPLE)
            for task in sample:
                self._ask_alone(task)
            alone = len({task.case_id for task in (*sample, *suspects[:_MOST_SUSPECTS])})
        harmless = {case: codes for case, codes in self.varied.items() if case not in self.faults}
        return Probes(
            again=len({task.case_id for task, _ in self.second}),
            alone=alone,
            varied=len(harmless),
            varied_codes=tuple(sorted({code for codes in harmless.values() for code in codes})),
        )

    def _suspects(self, replies: Mapping[str, Reply]) -> list[Task]:
        """Those that were answered otherwise the second time; what failed only then is a fault at once."""
        suspects: dict[str, Task] = {}
        before = "nothing"
        for task, reply in self.second:
            if reply.outcome in FAILED:
                message = f"when it was sent again, after {before}: {reply.message}"
                self._note(task, evolve(reply, message=few_words(message)))
            elif reply.outcome is not Outcome.NOT_RUN and not self._alike(task, replies[task.case_id], reply):
                suspects.setdefault(task.case_id, task)
            before = task.case_id
        return list(suspects.values())

    def _alike(self, task: Task, one: Reply, other: Reply) -> bool:
        """Whether two replies differ in nothing that is required; both are judged if they differ in anything."""
        if _same(one, other):
            return True
        self._note(task, one)
        self._note(task, other)
        if one.outcome is not Outcome.DECODED or other.outcome is not Outcome.DECODED or one.digest or other.digest:
            return False
        fidelity = _between(task, self.bench.features, one, other)
        if fidelity.level is Level.NONE and self.required <= Level.EXACT and _reordered(one.payload, other.payload):
            self.varied.setdefault(task.case_id, set()).add("client/order-changed")
            return True
        if fidelity.level >= self.required:
            self.varied.setdefault(task.case_id, set()).update(found.code for found in fidelity.differences)
            return True
        return False

    def _note(self, task: Task, reply: Reply) -> None:
        """Judge a reply, and keep what it is worth if that is the least so far; one that was not kept cannot be judged."""
        key = (task.case_id, reply.outcome, digest_of(reply))
        if key in self._noted or reply.outcome in NOT_JUDGED or (reply.digest and not reply.payload):
            return
        self._noted.add(key)
        result = judge(task, reply, self.bench.features)
        self.worst[task.case_id] = min(self.worst.get(task.case_id, result), result, key=worth)

    def _look_into(self, task: Task) -> None:
        """Say why a payload was answered in two ways."""
        alone = [reply for _ in range(2) for _, reply in self.bench.ask_alone(task, 2)]
        own = alone[0]
        for other in alone[1:]:
            if not self._alike(task, own, other):
                message = f"sent alone more than once, it was {why_not_same(task, self.bench.features, own, other)}"
                self.faults[task.case_id] = Fault(NONDETERMINISTIC, message)
                return
        for number, told in enumerate((self.first, self.second)):
            for position, (asked, reply) in enumerate(told):
                if asked is not task or reply.outcome not in _ANSWERED or self._alike(task, own, reply):
                    continue
                ways = why_not_same(task, self.bench.features, own, reply)
                if self._deviates_again(number, position, own):
                    before = told[position - 1][0].case_id if position else "nothing"
                    before_it = [(one.case_id, self._sent(one), answer.payload) for one, answer in told[:position]]
                    came = what_came(self._sent(task), reply.payload, before_it)
                    message = f"sent alone and after {before}, it was {ways}{came and f'; {came}'}"
                    self.faults[task.case_id] = Fault(STATE_LEAK, message)
                else:
                    self.faults[task.case_id] = Fault(NONDETERMINISTIC, f"sent more than once, it was {ways}")
                return

    def _sent(self, task: Task) -> bytes:
        """The bytes that went to the client."""
        return task.envelope(self.bench.features).wrap(task.payload)

    def _deviates_again(self, number: int, position: int, own: Reply) -> bool:
        """Whether the same payloads in the same order lead to another reply than the task's own once more."""
        if number not in self._again:
            self._again[number] = self.bench.ask_again((self.first, self.second)[number])
        task, reply = self._again[number][position]
        return reply.outcome in _ANSWERED and not self._alike(task, own, reply)

    def _suppose(self, suspects: Iterable[Task]) -> None:
        """What nobody has looked into is taken to be as what was."""
        codes = [fault.code for fault in self.faults.values() if fault.code in {NONDETERMINISTIC, STATE_LEAK}]
        for task in suspects if codes else ():
            message = f"sent more than once, it was answered in two ways, as {len(codes)} others were"
            self.faults.setdefault(task.case_id, Fault(max(codes, key=codes.count), message))

    def _ask_alone(self, task: Task) -> None:
        if task.case_id in self.faults:
            return
        ((_, reply),) = self.bench.ask_alone(task)
        told = next(reply for asked, reply in self.first if asked is task)
        if reply.outcome is not Outcome.NOT_RUN and not self._alike(task, told, reply):
            self._look_into(task)


def why_not_same(task: Task, features: Features, one: Reply, other: Reply, required: Level | None = None) -> str:
    """In what two replies to the same payload differ; nothing if they are the same, or alike at the level `required`."""
    if _same(one, other):
        return ""
    decoded = one.outcome is other.outcome is Outcome.DECODED and not (one.digest or other.digest)
    if decoded and required is not None and _between(task, features, one, other).level >= required:
        return ""
    if one.outcome is not other.outcome:
        return f"{one.outcome} and {other.outcome}"
    if one.digest or other.digest:
        return "answered in two ways, at such length that they were not kept"
    first = min(_between(task, features, one, other).differences, key=lambda found: found.cap)
    return f"answered in two ways: {first.message} (at {first.pointer or 'the root'})"


def _between(task: Task, features: Features, one: Reply, other: Reply) -> Fidelity:
    """In what two answers to one payload differ."""
    return compare(one.payload, other.payload, revision=task.revision, shape=task.envelope(features).shape)


def _reordered(one: bytes, other: bytes) -> bool:
    """Whether two texts that nobody can read, nested too deep or with NaN, hold the same tokens in another order."""
    return read(one).value is read(other).value is NO_VALUE and sorted(_TOKEN.findall(one)) == sorted(
        _TOKEN.findall(other)
    )


def _same(one: Reply, other: Reply) -> bool:
    if one.digest or other.digest:
        return one.outcome is other.outcome and digest_of(one) == digest_of(other)
    return one.outcome is other.outcome and one.payload == other.payload


def _interleaved(good: Sequence[Task], bad: Sequence[Task]) -> list[Task]:
    """Every bad one with a good one behind it, and every good one twice in a row, in another order than before."""
    if not good:
        return list(bad)
    order: list[Task] = []
    for number in range(max(len(good), len(bad))):
        if bad and (number < len(bad) or number < len(good)):
            order.append(bad[-1 - number % len(bad)])
        task = good[-1 - number % len(good)]
        order += (task, task) if number < len(good) else (task,)
    return order


def _spread(tasks: Sequence[Task], most: int) -> list[Task]:
    """At most so many of them, from everywhere."""
    if len(tasks) <= most:
        return list(tasks)
    return [tasks[index * (len(tasks) - 1) // (most - 1)] for index in range(most)]
