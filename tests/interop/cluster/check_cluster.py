"""A scan on a Dask cluster comes to the summary that one process comes to, workers that are killed included."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
FILES = 20
LINES = 2_500
IN_PIECES = """
import json, sys
from usagecompat.scan.partitions import plan
from usagecompat.scan.executors import run
print(json.dumps(run(plan([sys.argv[1]], piece=100_000), scheduler=sys.argv[2]).to_dict()))
"""
BUSY = """
import sys, time
from distributed import Client
client = Client(sys.argv[1])
while not all(client.processing().values()):
    time.sleep(0.01)
"""
_SECONDS = 60


@pytest.fixture(scope="module")
def env(pip_install: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    """An environment in which the extra `dask` is installed."""
    installed = pip_install(HERE / "dask" / "requirements.txt")["PYTHONPATH"]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), installed)))}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with lines of some sorts, enough for workers to be busy for a while."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(FILES):
        with (folder / f"{number:02}.ndjson").open("w", encoding="utf-8") as file:
            for line in range(LINES):
                start = 1_790_812_800 + (number * LINES + line) * 60
                result = {
                    "object": "organization.usage.embeddings.result",
                    "input_tokens": line if line % 3 else "many",
                    "num_model_requests": 1,
                }
                record = {"object": "bucket", "start_time": start, "end_time": start + 60, "results": [result]}
                file.write(json.dumps(record) + "\n" if line % 991 else '{"object": "buck\n')
    return folder


@contextmanager
def started(env: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the test."""
    with subprocess.Popen([sys.executable, *arguments], env=env, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def cluster(env: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two worker processes on this machine."""
    told = tmp_path / "scheduler.json"
    scheduler = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    worker = ("-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with started(env, *scheduler, "--scheduler-file", str(told)):
        address = wait_for(lambda: json.loads(told.read_text("utf-8"))["address"] if told.exists() else None)
        folders = [str(tmp_path / name) for name in ("one", "two")]
        with (
            started(env, *worker, "--local-directory", folders[0], address) as one,
            started(env, *worker, "--local-directory", folders[1], address) as two,
        ):
            count = "from distributed import Client; import sys; Client(sys.argv[1]).wait_for_workers(2, timeout=60)"
            subprocess.run([sys.executable, "-c", count, address], env=env, check=True, capture_output=True)
            yield address, [one, two]


def wait_for(look: Callable[[], str | None]) -> str:
    """What `look` finds in the end."""
    for _ in range(_SECONDS * 10):
        try:
            found = look()
        except ValueError:  # half of a file
            found = None
        if found is not None:
            return found
        time.sleep(0.1)
    pytest.fail("nothing came up in a minute")


def scan(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command."""
    command = [sys.executable, "-m", "usagecompat", "scan", "--format", "json", *arguments]
    return subprocess.run(command, env=env, capture_output=True, timeout=10 * _SECONDS, check=False)


def finished(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    """The summary that the command has printed."""
    assert done.returncode == 1, done.stderr.decode()
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


def test_equal_summary(env: dict[str, str], archive: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    """Two workers come to the summary of one process."""
    address, _ = cluster
    assert finished(scan(env, str(archive), "--scheduler", address)) == finished(scan(env, str(archive)))


def test_killed_worker(env: dict[str, str], archive: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    """If a worker is killed in the middle, the other does its part, and nothing is missing or counted twice."""
    address, workers = cluster
    command = [sys.executable, "-c", IN_PIECES, str(archive), address]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
        subprocess.run(
            [sys.executable, "-c", BUSY, address], env=env, check=True, capture_output=True, timeout=_SECONDS
        )
        workers[0].send_signal(signal.SIGKILL)
        assert process.poll() is None, "the scan was over before the worker was killed"
        printed, _ = process.communicate(timeout=10 * _SECONDS)
    assert process.returncode == 0
    alone = finished(scan(env, str(archive)))
    assert json.loads(printed) == {name: value for name, value in alone.items() if name not in {"revision", "profile"}}


def test_no_scheduler(env: dict[str, str], archive: Path) -> None:
    """A scheduler that does not answer is told in one line."""
    done = scan(env, str(archive), "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1].startswith("usagecompat: tcp://127.0.0.1:1: no scheduler answers")
