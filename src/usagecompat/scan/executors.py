"""
A whole scan: partitions handed to workers, and their summaries added up as they come back.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib import import_module
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from usagecompat import inputs
from usagecompat.checking import fast_route
from usagecompat.exceptions import MissingExtra, NoPayloads, UsageCompatError, naming
from usagecompat.findings import Profile
from usagecompat.scan._parent import end_with
from usagecompat.scan._state import State
from usagecompat.scan.partition_scan import DEFAULT, Options, line_of, scan_partition
from usagecompat.scan.rows import gathered
from usagecompat.scan.summary import UNREADABLE, Example, Summary, Tally, in_order, severity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from usagecompat.scan.rows import Parts
    from usagecompat.scan.slices import Partition, Plan

_WAITING: Final = 2
"""How many partitions per worker are handed out at a time."""
_LISTENS: Final = 0.1
"""So often, in seconds, it is looked whether a signal has come."""
_RETRIES: Final = 3
"""How often a partition is tried again whose worker was lost."""

NOTHING: Final = "there is no payload here: no *.json, *.ndjson, *.jsonl, *.parquet or *.pq, or nothing of that name"

Done: TypeAlias = "tuple[Partition, Summary]"


@frozen(eq=False)
class LostWorker(UsageCompatError):
    """A worker process ended before its work did."""

    def __str__(self) -> str:
        return (
            "a worker process ended before its work did, perhaps for want of memory; "
            "with --state the scan can go on from here, and with fewer --jobs it needs less"
        )


@frozen(eq=False)
class NoScheduler(UsageCompatError):
    """A cluster cannot be reached, or does not do its work."""

    address: str
    reason: str

    def __str__(self) -> str:
        return f"{self.address}: {self.reason}"


def run(  # noqa: PLR0913 - one for each choice
    plan: Plan,
    options: Options = DEFAULT,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    state: Path | None = None,
    rows: Path | None = None,
    places: Path | None = None,
    tick: Callable[[int], object] = lambda _: None,
) -> Summary:
    """
    The summary of everything in the plan, what could not be found included.

    Args:
        plan: From `usagecompat.scan.partitions.plan`.
        options: How payloads are read and judged.
        jobs: How many processes do the work, on this machine.
        scheduler: The address of a Dask scheduler, whose workers do it instead.
        state: A file to go on from, and to write to.
        rows: A file for a row of each payload and each finding, of which only a scan without `scheduler` and `state` knows all.
        places: A file to which every place where something is found is written, partition by partition as they are
            done; a scan that goes on from a state adds to it. The workers of a scheduler cannot write it.
        tick: Told, now and then, how many bytes more are done.

    Raises:
        StateOfAnotherScan: `state` is of other inputs or options.
        LostWorker: A process ended before its work did.
        NoScheduler: The cluster cannot be reached or does not do its work.
        MissingExtra: The cluster needs a package that is not installed.
    """
    so_far = State(state, plan, options)
    so_far.save()  # whether that is possible is better known at once
    ahead = [partition for partition in plan.partitions if partition.number not in so_far.done]
    tick(plan.size - sum(partition.size for partition in ahead))
    if places is not None:
        with naming(places), places.open("a" if so_far.done else "w", encoding="utf-8", newline="\n") as file:
            file.writelines(_lines_of(plan, options))
    with gathered(rows, len(plan.partitions)) as parts:
        work = _work(plan, ahead, options, jobs, scheduler, tick, parts, places)
        try:
            with closing(work):  # an interruption can come at any moment, and is not to wait for the workers
                for partition, summary in work:
                    if places is not None:
                        _take_over(places, partition)
                    so_far.add(partition.number, summary)
        finally:
            so_far.save()
            if places is not None:
                for partition in ahead:
                    _part(places, partition).unlink(missing_ok=True)
    return so_far.summary + _problems(plan)


def _work(  # noqa: PLR0913, PLR0917 - as `run` has them
    plan: Plan,
    ahead: Sequence[Partition],
    options: Options,
    jobs: int,
    scheduler: str | None,
    tick: Callable[[int], object],
    parts: Parts | None,
    places: Path | None,
) -> Generator[Done]:
    """What does the work."""
    if scheduler is not None:
        return _on_cluster(scheduler, ahead, options, tick)
    if jobs > 1 and len(ahead) > 1 and not plan.has_standard_input:
        return _in_processes(ahead, options, min(jobs, len(ahead)), tick, parts, places, forking=plan.is_local)
    return ((one, _scanning(places, parts, one)(one, options, tick=tick)) for one in ahead)


def _part(places: Path, partition: Partition) -> Path:
    """Where a worker writes the places of its partition; what it has not done leaves nothing in the list."""
    return places.with_name(f"{places.name}.part-{partition.number}")


def _scanning(places: Path | None, parts: Parts | None, partition: Partition) -> Callable[..., Summary]:
    """What scans a partition."""
    more: dict[str, Any] = {}
    if places is not None:
        more["places"] = _part(places, partition)
    if parts is not None:
        more["parts"] = parts
    return partial(scan_partition, **more) if more else scan_partition


def _take_over(places: Path, partition: Partition) -> None:
    """Add the places of a partition that is done to the list."""
    part = _part(places, partition)
    with naming(places), part.open("rb") as source, places.open("ab") as target:
        shutil.copyfileobj(source, target)
    part.unlink()


def _lines_of(plan: Plan, options: Options) -> Iterator[str]:
    """What was named and is not there, as places."""
    for code, tally in _problems(plan).findings.items():
        severity = str(severity_of(code, Profile(options.profile)))
        for one in tally.first:
            place = {"source": one.source, "line": None, "code": code, "severity": severity}
            yield line_of({**place, "pointer": "", "message": one.message})


def _problems(plan: Plan) -> Summary:
    """What was named and is not there."""
    examples: list[Example] = []
    for problem in plan.troubles:
        reason = NOTHING if isinstance(problem, NoPayloads) else str(problem)
        examples.append(Example(inputs.displayed(problem.path), 0, 0, "", reason.removeprefix(f"{problem.path}: ")))
    if not examples:
        return Summary()
    return Summary(findings={UNREADABLE: Tally(len(examples), in_order(examples), is_of_files=True)})


# -- processes


def _in_processes(  # noqa: PLR0913, PLR0917 - as `run` has them
    ahead: Sequence[Partition],
    options: Options,
    jobs: int,
    tick: Callable[[int], object],
    parts: Parts | None,
    places: Path | None,
    *,
    forking: bool,
) -> Generator[Done]:
    """Each process takes partition after partition; the first to be done come first."""
    # A fork shares what is imported; but what remote file systems start in the background does not survive one.
    method = "fork" if forking and sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    if method == "fork":
        fast_route()  # imported now, each worker has it
    pending: dict[Any, Partition] = {}
    rest = iter(ahead)
    is_done = False
    with (
        _held_back() as let_signals_through,
        ProcessPoolExecutor(jobs, mp_context=context, initializer=_as_worker, initargs=(os.getpid(),)) as pool,
    ):
        try:
            while True:
                let_signals_through()
                while len(pending) < jobs * _WAITING and (following := next(rest, None)):
                    pending[pool.submit(_scanning(places, parts, following), following, options)] = following
                if not pending:
                    is_done = True
                    return
                done, _ = wait(pending, timeout=_LISTENS, return_when=FIRST_COMPLETED)
                for future in done:
                    partition = pending.pop(future)
                    summary = future.result()
                    tick(partition.size)
                    yield partition, summary
        except BrokenProcessPool as error:
            raise LostWorker from error
        finally:
            if not is_done:  # nobody waits for what the workers are at
                with suppress(AttributeError):  # before Python 3.14 there is no public way to end them
                    for worker in [*(pool._processes or {}).values()]:  # noqa: SLF001 - as above
                        worker.terminate()
                    # One of them may have been in the middle of its answer, the rest of which would be waited for.
                    pool._result_queue._writer.close()  # type: ignore[attr-defined]  # noqa: SLF001 - as above
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _held_back() -> Generator[Callable[[], None]]:
    """
    Let the signals that end a program come when they are asked for, by what this gives, and at the end.

    At any other moment they would leave locks of the pool held, for which somebody waits later.
    """
    noted: list[tuple[int, object]] = []
    before: dict[int, Any] = {}
    owner = os.getpid()

    def note(number: int, frame: object) -> None:
        if os.getpid() == owner:
            noted.append((number, frame))
        elif number == signal.SIGTERM:  # a worker that has not come to itself yet
            os._exit(1)

    def let_through() -> None:
        while noted:
            number, frame = noted.pop(0)
            before[number](number, frame)

    if current_thread() is main_thread():
        for ending in (signal.SIGINT, signal.SIGTERM):
            handler: Any = signal.getsignal(ending)
            if callable(handler):
                before[ending] = handler
                signal.signal(ending, note)
    try:
        yield let_through
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note:  # and nobody has set another one meanwhile
                signal.signal(number, handler)
    let_through()


def _as_worker(parent: int) -> None:
    """Leave interruptions to the parent, which ends its workers, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(parent)


# -- a cluster


def _on_cluster(
    address: str, ahead: Sequence[Partition], options: Options, tick: Callable[[int], object]
) -> Generator[Done]:
    """The same on the workers of a Dask scheduler; what a lost worker had is done by another."""
    with _client(address) as client:
        as_completed = import_module("distributed").as_completed
        rest = iter(ahead)
        partitions: dict[str, Partition] = {}
        wanted = max(_WAITING, _WAITING * sum(client.nthreads().values()))

        def submit() -> list[Any]:
            partition = next(rest, None)
            if partition is None:
                return []
            future = client.submit(scan_partition, partition, options, pure=False, retries=_RETRIES)
            partitions[future.key] = partition
            return [future]

        running = as_completed([future for _ in range(wanted) for future in submit()], loop=client.loop)
        for future in running:
            partition = partitions.pop(future.key)
            try:
                summary = future.result()
            except Exception as error:
                raise NoScheduler(
                    address, f"a partition could not be scanned: {type(error).__name__}: {error}"
                ) from error
            tick(partition.size)
            yield partition, summary
            for more in submit():
                running.add(more)


@contextmanager
def _client(address: str) -> Generator[Any]:
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise MissingExtra(address, "dask") from error
    try:
        client: Any = distributed.Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoScheduler(address, f"no scheduler answers: {error}") from error
    with client:
        yield client
