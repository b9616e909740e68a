"""
A client against a corpus, in one process or in several.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import Counter
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from attrs import evolve

from usagecompat.clients.causes import causes_of
from usagecompat.clients.grading import tasks
from usagecompat.clients.probes import Probing, run_share
from usagecompat.clients.results import ClientResult, Kit
from usagecompat.corpus import Tier, packaged, read_manifest
from usagecompat.exceptions import CannotStartClient, UsageCompatError
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from usagecompat.clients.grading import Task
    from usagecompat.clients.probes import Share
    from usagecompat.clients.spec import ClientSpec
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, Entry, Payload

_WORKER = (sys.executable, "-m", "usagecompat.clients._worker")


def run(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    subjects: Iterable[Case | Payload],
    *,
    revision: Revision | None = None,
    required: Level = Level.EXACT,
    probing: Probing = Probing.SOME,
    jobs: int = 1,
    tick: Callable[[int], object] = int,
) -> ClientResult:
    """
    What comes of a client that is put all these payloads.

    Args:
        spec: The client.
        subjects: Cases of a corpus, or payloads of a plain tree.
        revision: By which all are judged; None for each case's own.
        required: What must come back of each payload that is decoded.
        probing: How much is asked beside the cases.
        jobs: How many processes share the cases; each has a client of its own.
        tick: Called with the number of cases that have been put to the client since, while one process runs them all.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    todo = tasks(subjects, revision=revision)
    if jobs <= 1:
        done = [run_share(spec, todo, probing, required, tick)]
    else:
        done = share_out(spec, todo, probing, jobs, required)
    results = [
        ClientResult(
            name=spec.name,
            command=spec.said,
            way=spec.way.value,
            client=share.client,
            features=share.features,
            revision=revision,
            required=required,
            cases=tuple(sorted(share.cases, key=lambda case: case.case_id)),
            faults=share.faults,
            probes=share.probes,
        )
        for share in done
    ]
    total = results[0]
    for result in results[1:]:
        total += result
    return evolve(total, kit=_kit_in(todo), causes=causes_of(total, todo))


def _kit_in(todo: Iterable[Task]) -> Kit:
    """How many of the kit's own cases are among these tasks, byte for byte."""
    entries = _own_entries()
    all_of = Counter(entry.tier for entry in entries.values())
    run = Counter(
        entry.tier
        for task in todo
        if (entry := entries.get(task.case_id)) and sha256(task.payload).hexdigest() == entry.sha256
    )
    everyday, possible = Tier.EVERYDAY, Tier.POSSIBLE
    return Kit(all_of[everyday], run[everyday], all_of[possible], run[possible])


@cache
def _own_entries() -> Mapping[str, Entry]:
    """The kit's own manifest, which stays as it is while a process lives."""
    return read_manifest(packaged())


def share_out(
    spec: ClientSpec, todo: Sequence[Task], probing: Probing, jobs: int, required: Level = Level.EXACT
) -> list[Share]:
    """
    What comes of the cases when several processes share them, which end when this one does.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    shares = [todo[index::jobs] for index in range(min(jobs, len(todo)) or 1)]
    workers = [
        subprocess.Popen(_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own program
        for _ in shares
    ]
    try:
        for worker, share in zip(workers, shares, strict=True):
            if worker.stdin:
                job = pickle.dumps((sys.path, spec, tuple(share), probing, required))
                worker.stdin.write(len(job).to_bytes(8, "big") + job)
                worker.stdin.flush()
        return [_collected(worker) for worker in workers]
    finally:
        for worker in workers:
            for pipe in (worker.stdin, worker.stdout):
                if pipe:
                    pipe.close()
            worker.wait()


def _collected(worker: subprocess.Popen[bytes]) -> Share:
    told = worker.stdout.read() if worker.stdout else b""
    if not told:
        raise CannotStartClient("", "a worker of usagecompat ended without a result; this is no fault of the client")
    result = cast("Share | UsageCompatError", pickle.loads(told))  # noqa: S301 - our own program wrote it
    if isinstance(result, UsageCompatError):
        raise result
    return result
