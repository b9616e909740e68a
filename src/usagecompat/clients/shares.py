"""
A share of the cases put to one client: every payload once, then the probes.

Every payload is sent once to one process, those that must be decoded first, so that what a refusal leaves behind cannot
lower the level of a good one. `probes.py` asks again.
A case is worth the worst of all its answers, so that asking more can only lower a grade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from usagecompat.clients.bench import Bench, not_run
from usagecompat.clients.grading import judge, worth
from usagecompat.clients.keeping import ROOM, Keeping, few_words, introduced
from usagecompat.clients.probes import Probe, Probing
from usagecompat.clients.protocol import ClientInfo, Features
from usagecompat.clients.results import Probes
from usagecompat.clients.session import NotIntroduced
from usagecompat.clients.transports import open_session
from usagecompat.fidelity import Level
from usagecompat.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients.bench import Round
    from usagecompat.clients.case_results import CaseResult, Fault
    from usagecompat.clients.grading import Task
    from usagecompat.clients.spec import ClientSpec


@frozen(kw_only=True)
class Share:
    """What came of some of the cases."""

    client: ClientInfo | None
    features: Features | None
    cases: tuple[CaseResult, ...]
    faults: tuple[Fault, ...]
    probes: Probes


def run_share(
    spec: ClientSpec,
    tasks: Sequence[Task],
    probing: Probing,
    required: Level = Level.EXACT,
    tick: Callable[[int], object] = int,
) -> Share:
    """
    Put these cases to the client, with the probes that are wanted; `tick` is called after each.

    Answers have to hold at the level `required`.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    with open_session(spec) as client:
        try:
            started = client.introduce()
        except NotIntroduced as situation:
            cases = tuple(judge(task, not_run(situation.fault.message), Features()) for task in tasks)
            return Share(
                client=None, features=None, cases=cases, faults=(situation.fault,), probes=Probes(wanted=False)
            )
        tasks = [task for task in tasks if task.concerns(started.features)]
        bench = Bench(client, started.features, Keeping(ROOM))
        results = Keeping(ROOM)
        judged: dict[str, CaseResult] = {}
        waiting: Round = []

        def judge_waiting() -> None:
            while waiting:
                task, reply = waiting.pop()
                judged[task.case_id] = results.result(judge(task, reply, started.features), task.payload)

        client.meanwhile = judge_waiting
        first: Round = []
        for task in sorted(tasks, key=_good_first):
            waiting.append((task, bench.ask(task)))
            first.append((task, bench.keep(*waiting[-1])))
            tick(1)
        judge_waiting()
        probe = Probe(bench, first, required)
        probes = Probes(wanted=False) if probing is Probing.NONE else probe.run(everything=probing is Probing.ALL)
    for task in tasks:
        if other := probe.worst.get(task.case_id):
            worst = min(judged[task.case_id], other, key=worth)
            judged[task.case_id] = results.result(worst, task.payload) if worst is other else worst
    outside: list[Fault] = list(bench.outside)
    for late in client.late:
        if late.case_id in judged:
            judged[late.case_id] = _with(judged[late.case_id], late.fault)
        else:
            outside.append(late.fault)
    for case_id, fault in probe.faults.items():
        judged[case_id] = _with(judged[case_id], fault)
    return Share(
        client=introduced(started.client),
        features=started.features,
        cases=tuple(evolve(judged[task.case_id], seconds=bench.seconds.get(task.case_id, 0.0)) for task in tasks),
        faults=tuple(dict.fromkeys(outside)),
        probes=probes,
    )


def _with(result: CaseResult, fault: Fault) -> CaseResult:
    if any(known.code == fault.code for known in result.faults):
        return result
    fault = evolve(fault, message=few_words(fault.message))
    return evolve(result, faults=(*result.faults, fault))


def _good_first(task: Task) -> tuple[bool, bool]:
    return task.verdict is Verdict.INVALID, not task.must
