"""A scan that is ended from outside leaves no process behind, and a state that another run goes on from."""

from __future__ import annotations

import concurrent.futures
import json
import multiprocessing
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat.scan import executors
from usagecompat.scan._state import State  # noqa: PLC2701 - what the test is about
from usagecompat.scan.executors import run
from usagecompat.scan.partitions import plan

from .conftest import assorted

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Put

PROGRAM = """
import sys, time
from usagecompat.cli import main
from usagecompat.scan import partitions, executors
from usagecompat.scan.partition_scan import scan_partition

def slow(partition, *arguments, **options):
    if partition.number == 10:
        print("at it", flush=True)
        for _ in range(6000):  # from 3.14 on, a signal between `print` and a long sleep waits for the end of the sleep
            time.sleep(0.1)
    return scan_partition(partition, *arguments, **options)

executors.scan_partition = slow
partitions.plan.__kwdefaults__["piece"] = 5_000
main(["scan", *sys.argv[1:]])
"""
HALF_AN_ANSWER = """
import multiprocessing.connection as connection, os, sys, threading, time
from usagecompat.scan import executors
from usagecompat.scan._state import State
from usagecompat.scan.partitions import plan
from usagecompat.scan.summary import Summary

begun, parent, receive = threading.Event(), os.getpid(), connection.Connection._recv

def slow(self, size, *more):
    if size > 1 << 20 and os.getpid() == parent:
        begun.set()
        time.sleep(1)
    return receive(self, size, *more)

def long(partition, *_, **__):
    return Summary(kinds={"x" * (8 << 20): 1}) if partition.number else Summary()

def interrupted(*_):
    begun.wait()
    raise KeyboardInterrupt

connection.Connection._recv, executors.scan_partition, State.add = slow, long, interrupted
try:
    executors.run(plan(sys.argv[1:], piece=100), jobs=2)
except KeyboardInterrupt:
    print("interrupted")
"""
_SECONDS = 60


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(put: Put, tmp_path: Path, ending: signal.Signals, jobs: str) -> None:
    """Whatever ends the command also ends its workers, at once, and all but a kill leave what was done by then."""
    name, state = put("a.ndjson", assorted(400)), tmp_path / "a.state"
    command = [sys.executable, "-c", PROGRAM, name, "--jobs", jobs, "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"at it\n"
        process.send_signal(ending)
        # The pipes are closed only when every process that has them is gone.
        process.communicate(timeout=_SECONDS)
    assert process.returncode == {signal.SIGTERM: 143, signal.SIGINT: 2, signal.SIGKILL: -9}[ending]
    done = json.loads(state.read_bytes())["done"]
    assert bool(done) == (ending is not signal.SIGKILL)
    planned = plan([name], piece=5_000)
    assert run(planned, state=state) == run(planned)


def test_interrupted_between_two_partitions(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption that comes while a summary is being kept ends the workers as well."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(State, "add", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        run(plan([put("a.ndjson", assorted(400))], piece=5_000), jobs=2)
    assert caught.tb  # so that nothing of the run is thrown away before
    assert multiprocessing.active_children() == []


def test_interrupted_within_an_answer(put: Put) -> None:
    """An interruption that comes while a worker sends its answer does not wait for the rest of it."""
    command = [sys.executable, "-c", HALF_AN_ANSWER, put("a.ndjson", assorted(400))]
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    assert (done.stdout, done.returncode) == (b"interrupted\n", 0)


def test_interrupted_within_the_pool(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interruptions do not come while the pool may hold locks, but right afterwards, and only one of them."""
    before = signal.getsignal(signal.SIGINT)
    waited: list[bool] = []

    def wait(*arguments: Any, **options: Any) -> object:  # noqa: ANN401 - as the pool's
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        waited.append(True)
        return concurrent.futures.wait(*arguments, **options)

    monkeypatch.setattr(executors, "wait", wait)
    with pytest.raises(KeyboardInterrupt):
        run(plan([put("a.ndjson", assorted(400))], piece=5_000), jobs=2)
    assert waited == [True]
    assert signal.getsignal(signal.SIGINT) is before
    assert multiprocessing.active_children() == []


def test_few_partitions_are_handed_out(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the workers take, no more than some partitions for each are with them."""
    name, counts = put("a.ndjson", assorted(400)), []

    def wait(pending: dict[Any, Any], **options: Any) -> object:  # noqa: ANN401 - as the pool's
        counts.append(len(pending))
        return (set(), set()) if len(counts) % 3 else concurrent.futures.wait(pending, **options)

    monkeypatch.setattr(executors, "wait", wait)
    assert run(plan([name], piece=2_000), jobs=2) == run(plan([name]))
    assert max(counts) == 4


def test_handlers_of_others(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that do not end the scan hear of every signal, with its frame, and may set other ones."""
    heard: list[tuple[int, bool]] = []

    def hear(number: int, frame: object) -> None:
        heard.append((number, frame is not None))
        if len(heard) == 2:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait(*arguments: Any, **options: Any) -> object:  # noqa: ANN401 - as the pool's
        if not heard:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
        return concurrent.futures.wait(*arguments, **options)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(executors, "wait", wait)
    name = put("a.ndjson", assorted(400))
    try:
        assert run(plan([name], piece=5_000), jobs=2) == run(plan([name]))
        assert [signal.getsignal(number) for number in before] == [signal.SIG_IGN, hear]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert heard == [(signal.SIGTERM, True), (signal.SIGINT, True)]
