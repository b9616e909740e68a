"""Whatever ends a run of clients that page, nothing that was started stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EXPORTERS = Path(__file__).with_name("exporters.py")
PATIENCE = 60
"""So many seconds anything here may take, which is much more than it does."""


def children_of(word: str) -> list[int]:
    """The processes whose command has this word."""
    found: list[int] = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                command = (place / "cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in command and b"usagecompat" not in command.split(b"\0")[2]:
                found.append(int(place.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("jobs", ["1", "3"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_clients_end_with_the_kit(jobs: str, number: signal.Signals, tmp_path: Path) -> None:
    """Clients that hang end when the kit is interrupted or killed, however many there are."""
    program = tmp_path / f"hangs-{os.getpid()}-{jobs}-{number}.py"
    program.write_bytes(EXPORTERS.read_bytes())
    client = f"{sys.executable} -I -S {program} hangs"
    command = [sys.executable, "-m", "usagecompat", "run", "--http", "--paging", "-j", jobs, "--client", client]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as kit:
        until = time.monotonic() + PATIENCE
        while len(children_of(program.name)) < int(jobs) and time.monotonic() < until:
            time.sleep(0.05)
        kit.send_signal(number)
        assert kit.wait(PATIENCE) != 0
    while children_of(program.name) and time.monotonic() < until:
        time.sleep(0.05)
    assert children_of(program.name) == []
