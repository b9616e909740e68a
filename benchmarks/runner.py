"""
How many cases a second the runner gets through: python benchmarks/runner.py [--cases 10000] [--repeat 3].

The cases are those of the corpus again and again under other ids; judging them is part of the time, starting clients
is not. The bare pipe is the same lines against a program that sends each back, without a kit and without a client.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import evolve

from corpus_runs import MIRROR, REFERENCE, line_of
from usagecompat.clients.grading import tasks
from usagecompat.clients.probes import Probing
from usagecompat.clients.runner import share_out
from usagecompat.clients.shares import run_share
from usagecompat.clients.spec import ClientSpec, Way
from usagecompat.corpus.selection import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients.grading import Task

_FETCHER = ClientSpec(name="fetcher", command=(sys.executable, str(Path(__file__).with_name("fetching_client.py"))))
_FUNCTION = evolve(REFERENCE, command=("usagecompat.clients.reference", "codec"), way=Way.PYTHON)


def bare_pipe(todo: Sequence[Task]) -> float:
    """How long it takes to send the lines of all cases through a pipe and back, one at a time."""
    lines = [line_of(task, number) for number, task in enumerate(todo)]
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", MIRROR], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as mirror:
        if mirror.stdin is None or mirror.stdout is None:
            raise AssertionError
        start = 0.0
        for number, line in enumerate([lines[0], *lines]):
            mirror.stdin.write(line)
            mirror.stdin.flush()
            mirror.stdout.readline()
            start = start if number else perf_counter()
        took = perf_counter() - start
        mirror.stdin.close()
    return took


def of_one(spec: ClientSpec, *, probing: Probing = Probing.NONE, jobs: int = 1) -> Callable[[Sequence[Task]], float]:
    """How long a client takes, its start not counted."""

    def took(todo: Sequence[Task]) -> float:
        seconds = []
        for part in (todo[: len(todo) // 10], todo):
            start = perf_counter()
            if jobs == 1:
                run_share(spec, part, probing)
            else:
                share_out(spec, part, probing, jobs)
            seconds.append(perf_counter() - start)
        return (seconds[1] - seconds[0]) / 0.9

    return took


def main() -> None:
    """Measure each way in turn, several times, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    corpus = tasks(cases())
    todo = [
        evolve(task, case_id=f"{task.case_id}-{number}")
        for number, task in enumerate(islice(cycle(corpus), options.cases))
    ]
    ways: dict[str, Callable[[Sequence[Task]], float]] = {
        "bare pipe round trip": bare_pipe,
        "stdio, reference codec": of_one(REFERENCE),
        "stdio, reference codec, --jobs 2": of_one(REFERENCE, jobs=2),
        "stdio, reference codec, with all probes": of_one(REFERENCE, probing=Probing.SOME),
        "http, a client that stays": of_one(_FETCHER),
        "python function, reference codec": of_one(_FUNCTION),
    }
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.repeat):
        for name, way in ways.items():
            measured[name].append(len(todo) / way(todo))
    rates = {name: median(found) for name, found in measured.items()}
    bare = rates["bare pipe round trip"]
    print(f"{len(corpus)} cases of the corpus, {options.cases} in all; cases a second, median of {options.repeat}:")
    for name, rate in rates.items():
        print(f"{rate:10,.0f}  {rate / bare:6.1%} of the bare pipe  {name}")
    one, two = rates["stdio, reference codec"], rates["stdio, reference codec, --jobs 2"]
    print(f"--jobs 2 is {two / one:.2f} times as fast as one process")


if __name__ == "__main__":
    main()
