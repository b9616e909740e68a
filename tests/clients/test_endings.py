"""Nothing is left behind: not after a client's fault, not after Ctrl-C, and not when the kit itself is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from usagecompat.clients.guarding import Guard
from usagecompat.clients.probes import Probing
from usagecompat.clients.problems import TimedOut
from usagecompat.clients.runner import run
from usagecompat.clients.spec import ClientSpec
from usagecompat.corpus.selection import cases
from usagecompat.exceptions import CannotStartClient

KIT = """
import sys
from usagecompat.clients.runner import run
from usagecompat.clients.spec import ClientSpec
from usagecompat.corpus.selection import packaged, read_case
if __name__ == "__main__":
    spec = ClientSpec(name="endless", command=tuple(sys.argv[2:]), timeout=600)
    some = [read_case(packaged() / "numbers" / f"count-{name}.case.json") for name in ("one", "zero")]
    run(spec, some, jobs=int(sys.argv[1]))
"""
CLIENT = """
import json, os, signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
sleep = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(3600)"]
for line in sys.stdin:
    if "start" in json.loads(line):
        print('{"started": {"version": 1, "client": {"name": "endless"}}}', flush=True)
        continue
    pids = [os.getpid(), *(subprocess.Popen(sleep, start_new_session=apart).pid for apart in (False, True))]
    with open(sys.argv[1], "a") as file:
        print(*pids, file=file, flush=True)
    time.sleep(3600)
"""
PATIENCE = 60
"""How many seconds what must come is waited for; only a failing test takes so long."""


def is_alive(process: int) -> bool:
    """Whether a process is there, and not only waiting for its parent to take notice of its end."""
    try:
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in (b"Z", b"X")


def wait_until(condition: object) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the guard ends process groups, and tells nothing of orphans"
)
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_survives_the_kit(tmp_path: Path, number: signal.Signals, jobs: int) -> None:
    """However the kit ends, its clients end with it, and so do the children that they put into sessions of their own."""
    told = tmp_path / "pids"
    told.touch()
    client = tmp_path / "client.py"
    client.write_text(CLIENT, encoding="utf-8")
    command = (sys.executable, "-c", KIT, str(jobs), sys.executable, "-I", "-S", str(client), str(told))
    kit = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until(lambda: told.read_text("utf-8").count("\n") == jobs)
        pids = [int(word) for word in told.read_text("utf-8").split()]
        assert all(map(is_alive, pids))
        os.kill(kit.pid, number)
        assert kit.wait(PATIENCE) != 0
        wait_until(lambda: not any(map(is_alive, pids)))
    finally:
        kit.kill()
        kit.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells a client that its guard ended")
def test_nothing_survives_the_guard(tmp_path: Path) -> None:
    """When somebody ends or stops the guard, its client ends with it and all that it started, and there is another one."""
    told = tmp_path / "pids"
    told.touch()
    client = tmp_path / "client.py"
    client.write_text(CLIENT, encoding="utf-8")
    command = (sys.executable, "-I", "-S", str(client), str(told))
    with Guard() as guard:
        for lines, number in enumerate((signal.SIGKILL, signal.SIGSTOP), 1):
            program = guard.start(command, env={})
            program.ask(b'{"start": 1}\n', seconds=PATIENCE, limit=1_000, meanwhile=int)
            with pytest.raises(TimedOut):
                program.ask(b"{}\n", seconds=0.01, limit=1_000, meanwhile=int)
            wait_until(lambda lines=lines: told.read_text("utf-8").count("\n") == lines)
            pids = [int(word) for word in told.read_text("utf-8").split()]
            os.kill(int(Path(f"/proc/{pids[-3]}/stat").read_text("utf-8").rpartition(")")[2].split()[1]), number)
            program.close()
            assert guard.end() == 0
            assert guard.lost
            wait_until(lambda pids=pids: not any(map(is_alive, pids)))


AT_WORKER = """
import json, os, sys
def parent(pid):
    return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
for line in sys.stdin:
    message = json.loads(line)
    if "start" in message:
        print('{"started": {"version": 1, "client": {"name": "at-worker"}}}', flush=True)
    elif "run" in message:
        asked = message["run"]
        if asked["case"]["id"] == sys.argv[2]:
            os.kill(parent(os.getppid()), int(sys.argv[1]))
        print(json.dumps({"decoded": {"seq": asked["seq"], "payload": asked["case"]["payload"]}}), flush=True)
    else:
        break
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the client looks up its worker in /proc")
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL], ids=lambda number: number.name)
def test_a_worker_that_the_client_ends_or_stops(tmp_path: Path, number: signal.Signals) -> None:
    """With several jobs one that the client ends costs the case alone at which it did, and one that it stops goes on."""
    client = tmp_path / "client.py"
    client.write_text(AT_WORKER, encoding="utf-8")
    asked = cases(verdict="valid")[:6]
    command = (sys.executable, "-I", "-S", str(client), str(int(number)), asked[1].id)
    spec = ClientSpec(name="at-worker", command=command)
    result = run(spec, asked, probing=Probing.NONE, jobs=2)
    outcomes = {case.case_id: case.outcome for case in result.cases}
    assert len(outcomes) == 6
    assert outcomes.pop(asked[1].id) == ("crashed" if number is signal.SIGKILL else "decoded")
    assert set(outcomes.values()) == {"decoded"}


def test_no_such_program() -> None:
    """A command that is not there is said to be not there, before any case is run."""
    spec = ClientSpec(name="nobody", command=("usagecompat-no-such-program",))
    with pytest.raises(CannotStartClient, match="No such file or directory"):
        run(spec, cases(verdict="valid")[:1], probing=Probing.NONE)
    with pytest.raises(CannotStartClient, match="No such file or directory"):
        run(spec, cases(verdict="valid")[:4], probing=Probing.NONE, jobs=2)
