"""
What a run of the corpus costs beside the least that it could: `usagecompat run` over stdio, and `pytest --compat`.

Both are pairs, one just before the other, in processor time, that of their processes and their start included.

* The cases against the reference codec, beside a loop that sends the same lines to a program that sends each back,
  unread; beside one that reads each, and answers in the protocol with the payload that came; and beside the same loop
  with the reference codec, of which nobody judges the answers.
* `pytest --compat fixtures/`, beside pytest with as many items that do nothing; with no settings, as in an empty folder,
  and with those of this project, which have pytest watch over each item.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from figures import Figure
from usagecompat.clients.conversation import run_line
from usagecompat.clients.grading import tasks
from usagecompat.clients.probes import Probing
from usagecompat.clients.protocol import Features
from usagecompat.clients.shares import run_share
from usagecompat.clients.spec import ClientSpec
from usagecompat.corpus.selection import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients.grading import Task

_ROOT: Final = Path(__file__).resolve().parent.parent
MIRROR: Final = (
    "import sys\nfor line in sys.stdin.buffer:\n    sys.stdout.buffer.write(line)\n    sys.stdout.buffer.flush()\n"
)
"""A program that sends each line back."""
_ECHO_CLIENT: Final = """
import json, sys
for line in sys.stdin:
    run = json.loads(line)["run"]
    sys.stdout.write(json.dumps({"decoded": {"seq": run["seq"], "payload": run["case"]["payload"]}}) + "\\n")
    sys.stdout.flush()
"""
REFERENCE: Final = ClientSpec(name="reference", command=(sys.executable, "-m", "usagecompat.clients.reference"))
_PYTEST: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider")
_EMPTY: Final = """
import pytest

class Empty(pytest.File):
    def collect(self):
        for number in range({count}):
            yield Nothing.from_parent(self, name=str(number))

class Nothing(pytest.Item):
    def runtest(self):
        pass

def pytest_collect_file(file_path, parent):
    if file_path.name == "empty.txt":
        return Empty.from_parent(parent, path=file_path)
"""
_PASSED: Final = re.compile(r"(\d+) passed")


def measure(*, small: bool = False) -> list[Figure]:
    """Both ratios, with the cases asked once and with the probes that a run has."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it is where programs are installed
    rounds = 1 if small else 5
    chosen = cases("smoke" if small else "full")
    todo = tasks(chosen)
    lines = [line_of(task, number) for number, task in enumerate(todo)]
    asked = [Probing.NONE, Probing.SOME]
    client, codec, *stdio = _ratios(
        rounds,
        lambda: echo(lines, MIRROR),
        lambda: echo(lines, _ECHO_CLIENT),
        lambda: echo(lines, REFERENCE.command),
        *(lambda how=how: run_share(REFERENCE, todo, how) for how in asked),
    )
    with tempfile.TemporaryDirectory() as folder:
        options = ["--compat", "fixtures/", *(["--compat-set", "smoke"] if small else [])]
        count = _items(_ROOT, options)
        Path(folder, "conftest.py").write_text(_EMPTY.format(count=count), "utf-8")
        Path(folder, "empty.txt").touch()
        empty, compat = _ratios(
            1 if small else 3,
            lambda: _items(Path(folder), []),
            lambda: _items(_ROOT, ["-c", "pyproject.toml", f"--rootdir={_ROOT}", folder]),
            lambda: _items(_ROOT, options),
        )
    section = "runs of the corpus, processor time"
    return [
        Figure(section, f"run, {len(todo):,} cases over stdio, asked once", stdio[0], "x bare echo loop", at_most=3),
        Figure(section, f"run, {len(todo):,} cases over stdio, asked once", stdio[0] / client, "x an echo client"),
        Figure(
            section, f"run, {len(todo):,} cases over stdio, asked once", stdio[0] / codec, "x the codec in such a loop"
        ),
        Figure(section, f"run, {len(todo):,} cases over stdio, with the probes", stdio[1], "x bare echo loop"),
        Figure(section, f"pytest --compat, {count:,} items", compat, "x as many empty items", at_most=2),
        Figure(section, f"pytest --compat, {count:,} items", compat / empty, "x the same, settings alike"),
    ]


def _ratios(rounds: int, base: Callable[[], object], *others: Callable[[], object]) -> list[float]:
    """Of each of the others the median ratio to the base of the same round, after one round that is not counted."""
    found: list[list[float]] = [[] for _ in others]
    for number in range(rounds + 1):
        beside = _spent(base)
        for ratios, other in zip(found, others, strict=True):
            spent = _spent(other)
            if number:
                ratios.append(spent / beside)
    return [median(ratios) for ratios in found]


def _spent(work: Callable[[], object]) -> float:
    """Processor time in seconds, that of processes that have ended included."""
    before = _so_far()
    work()
    return _so_far() - before


def _so_far() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def line_of(task: Task, number: int) -> bytes:
    """A case as the protocol sends it."""
    request = task.request(Features())
    if request is None:
        raise AssertionError(task.case_id)
    return run_line(request, Features(), number)


def echo(lines: Sequence[bytes], program: str | Sequence[str]) -> None:
    """Send each line to a program in Python, or to a command, and wait for the answer."""
    command = [sys.executable, "-c", program] if isinstance(program, str) else program
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as mirror:
        if mirror.stdin is None or mirror.stdout is None:
            raise AssertionError
        for line in lines:
            mirror.stdin.write(line)
            mirror.stdin.flush()
            mirror.stdout.readline()
        mirror.stdin.close()


def _items(place: Path, options: Sequence[str]) -> int:
    """Run pytest; how many items passed."""
    done = subprocess.run([*_PYTEST, *options], cwd=place, capture_output=True, text=True, check=True)
    passed = _PASSED.search(done.stdout.splitlines()[-1])
    if passed is None:
        raise AssertionError(done.stdout)
    return int(passed[1])


def main() -> None:
    """Measure this alone."""
    from figures import show  # noqa: PLC0415 - only here

    show(measure(small="--small" in sys.argv))


if __name__ == "__main__":
    main()
