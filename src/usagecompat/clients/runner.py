"""
A client against a corpus, in one process or in several.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve

from usagecompat.clients.case_results import Outcome
from usagecompat.clients.causes import causes_and_fixes
from usagecompat.clients.grading import judge, tasks
from usagecompat.clients.probes import Probing
from usagecompat.clients.protocol import Features
from usagecompat.clients.results import ClientResult, Kit, Probes
from usagecompat.clients.session import Reply
from usagecompat.clients.shares import Share, run_share
from usagecompat.clients.watching import Forgetful, Reading, collect
from usagecompat.corpus import Tier, packaged, read_manifest
from usagecompat.exceptions import CannotStartClient, UsageCompatError
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from usagecompat.clients.grading import Task
    from usagecompat.clients.spec import ClientSpec
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, Entry, Payload

_WORKER = (sys.executable, "-m", "usagecompat.clients._worker")
_MOST_LOST: Final = 60
"""How many workers a client may end before nobody asks it any more."""
_ENDED_ITS_WORKER: Final = "it ended the worker process of usagecompat that asked it"
_TOO_MANY_LOST: Final = f"the client ended {_MOST_LOST} worker processes of usagecompat, and was asked no more"
_LOOK_AGAIN: Final = 0.2
"""Seconds between two looks at whether a worker was stopped."""


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
        tick: Called with the number of cases that have been put to the client since.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    todo = tasks(subjects, revision=revision)
    return run_tasks(spec, todo, revision=revision, required=required, probing=probing, jobs=jobs, tick=tick)


def run_tasks(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    todo: Sequence[Task],
    *,
    revision: Revision | None = None,
    required: Level = Level.EXACT,
    probing: Probing = Probing.SOME,
    jobs: int = 1,
    tick: Callable[[int], object] = int,
) -> ClientResult:
    """
    The same for what was made ready before.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    if jobs <= 1:
        done = [run_share(spec, todo, probing, required, tick)]
    else:
        done = share_out(spec, todo, probing, jobs, required, tick=tick)
    results = [
        evolve(
            ClientResult.unasked(spec, required),
            client=share.client,
            features=share.features,
            revision=revision,
            cases=tuple(sorted(share.cases, key=lambda case: case.case_id)),
            faults=share.faults,
            probes=share.probes,
        )
        for share in done
    ]
    total = results[0]
    for result in results[1:]:
        total += result
    causes, fix_first = causes_and_fixes(total, todo)
    return evolve(total, kit=_kit_in(todo), causes=causes, fix_first=fix_first)


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


def share_out(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    todo: Sequence[Task],
    probing: Probing,
    jobs: int,
    required: Level = Level.EXACT,
    *,
    tick: Callable[[int], object] = int,
) -> list[Share]:
    """
    What comes of the cases when several processes share them, which end when this one does.

    A client that ends such a process from outside is blamed at the case at which it did, and the others are asked again.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    shares = [todo[index::jobs] for index in range(min(jobs, len(todo)) or 1)]
    return _in_workers(spec, shares, probing, required, iter(range(_MOST_LOST)), tick=tick)


def _in_workers(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    shares: Sequence[Sequence[Task]],
    probing: Probing,
    required: Level,
    losses: Iterator[int],
    *,
    tick: Callable[[int], object],
) -> list[Share]:
    """What comes of each share in a process of its own; of one that was ended from outside, of its halves."""
    workers = [
        subprocess.Popen(_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own program
        for _ in shares
    ]
    with _kept_going(workers):
        news: SimpleQueue[int | None] = SimpleQueue()
        readings = [Reading(worker, news) for worker in workers]
        try:
            for worker, share in zip(workers, shares, strict=True):
                job = pickle.dumps((sys.path, spec, tuple(share), probing, required))
                if worker.stdin:
                    with suppress(BrokenPipeError):  # it was ended, which is told where it is collected
                        worker.stdin.write(len(job).to_bytes(8, "big") + job)
                        worker.stdin.flush()
            collect(len(readings), news, tick)
            done = [_collected(reading) for reading in readings]
        finally:
            for reading in readings:
                reading.close()
    results: list[Share] = []
    for share, result, reading in zip(shares, done, readings, strict=True):
        again = Forgetful(tick, reading.ticks)
        if result is not None:
            results.append(result)
        elif next(losses, None) is None:
            results.append(_of(share, Reply(outcome=Outcome.NOT_RUN, message=_TOO_MANY_LOST)))
        elif len(share) == 1:
            results.append(_of(share, Reply(outcome=Outcome.CRASHED, message=_ENDED_ITS_WORKER)))
        else:
            half = len(share) // 2
            results += _in_workers(spec, [share[:half], share[half:]], probing, required, losses, tick=again)
    return results


def _of(share: Sequence[Task], reply: Reply) -> Share:
    """The share of cases that all came to this."""
    cases = tuple(judge(task, reply, Features()) for task in share)
    return Share(client=None, features=None, cases=cases, faults=(), probes=Probes(wanted=False))


@contextmanager
def _kept_going(workers: Sequence[subprocess.Popen[bytes]]) -> Generator[None]:
    """Let workers go on that a client has stopped, where the system tells of it."""
    if sys.platform == "win32" or not hasattr(os, "waitid"):
        yield
        return
    over = Event()

    def look() -> None:
        while not over.wait(_LOOK_AGAIN):
            for worker in workers:
                with suppress(ChildProcessError, ProcessLookupError):
                    if os.waitid(os.P_PID, worker.pid, os.WSTOPPED | os.WNOHANG):
                        os.kill(worker.pid, signal.SIGCONT)

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _collected(reading: Reading) -> Share | None:
    """What a worker has to tell; None if it was ended by a signal."""
    if not reading.told:
        if reading.worker.wait() < 0:
            return None
        raise CannotStartClient("", "a worker of usagecompat ended without a result; this is no fault of the client")
    result = cast("Share | UsageCompatError", pickle.loads(reading.told))  # noqa: S301 - our own program wrote it
    if isinstance(result, UsageCompatError):
        raise result
    return result
