"""
How long `check` takes, as a ratio to parsing the same bytes: python benchmarks/run.py [--small] [--json FILE].

Samples are interleaved: each has one of `orjson.loads` of the same payload just before and just after,
everything is shuffled in every round, and a figure is the median of the paired ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import resource
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path
from statistics import median
from subprocess import run
from time import process_time
from typing import TYPE_CHECKING, Any

from baselines import baselines, parse
from payloads import build

from usagecompat import check

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGES = ("orjson", "msgspec", "attrs", "cattrs", "jsonschema", "pydantic", "openai")
_COMPARED = ("bucket", "page of completions", "page of all kinds")
_SLOW = 20
"""What takes so many times as long as a parse or more is measured in every fourth round."""

Pair = tuple[str, str]


def main() -> int:
    """Measure and print, and write a file if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="small pages and few rounds, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    asked = parser.parse_args()
    inputs = build(small=asked.small)
    routes: dict[Pair, Callable[[bytes], object]] = {(name, "check"): check_and_read for name in inputs}
    routes |= {(name, other): route for name in _COMPARED for other, route in baselines().items()}
    ratios = measure(inputs, routes, rounds=3 if asked.small else 41)
    starts = start_up(rounds=3 if asked.small else 15)
    show(inputs, ratios, starts)
    if asked.json:
        asked.json.write_text(json.dumps(as_dict(inputs, ratios, starts), indent=2) + "\n", "utf-8")
    return 0


def check_and_read(payload: bytes) -> object:
    """What is measured: the report with its findings, their messages included."""
    report = check(payload)
    return report.verdict, report.findings


def measure(inputs: dict[str, bytes], routes: dict[Pair, Callable[[bytes], object]], rounds: int) -> dict[Pair, float]:
    """The median of the paired ratios of each route on its input."""
    samples: dict[Pair, list[float]] = {pair: [] for pair in routes}
    repeats = {name: max(1, 40_000 // len(payload)) for name, payload in inputs.items()}
    for (name, _), route in routes.items():
        route(inputs[name])
        route(inputs[name])  # the first payloads of a layout teach it
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        order = list(routes)
        random.shuffle(order)
        for pair in order:
            if number % 4 and samples[pair] and samples[pair][0] > _SLOW:
                continue
            name = pair[0]
            before = seconds(parse, inputs[name], repeats[name])
            spent = seconds(routes[pair], inputs[name], 1 if pair[1] == "straightforward" else repeats[name])
            after = seconds(parse, inputs[name], repeats[name])
            samples[pair].append(spent / ((before + after) / 2))
    return {pair: median(ratios) for pair, ratios in samples.items()}


def seconds(route: Callable[[bytes], object], payload: bytes, repeats: int) -> float:
    """The processor time of one call, in which what else the machine does counts little."""
    began = process_time()
    for _ in range(repeats):
        route(payload)
    return (process_time() - began) / repeats


def start_up(rounds: int) -> dict[str, float]:
    """Milliseconds of processor time that starting costs over bare Python, and those of one whole command."""
    fixture = Path(__file__).parent.parent / "fixtures" / "kinds" / "completions-full.json"
    script = Path(sysconfig.get_path("scripts")) / "usagecompat"
    commands = {
        "bare Python": [sys.executable, "-c", "pass"],
        "import usagecompat": [sys.executable, "-c", "import usagecompat"],
        "import and first check": [sys.executable, "-c", "import usagecompat; usagecompat.check(b'{}')"],
        "usagecompat check one-file": [
            *([str(script)] if script.exists() else [sys.executable, "-m", "usagecompat"]), "check", str(fixture),
        ],
    }  # fmt: skip
    samples: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            began = _of_children()
            run(command, capture_output=True, check=False)
            samples[name].append((_of_children() - began) * 1000)
    spent = {name: median(times) for name, times in samples.items()}
    bare = spent.pop("bare Python")
    whole = "usagecompat check one-file"
    return {name: time if name == whole else time - bare for name, time in spent.items()}


def _of_children() -> float:
    """The processor time of all programs that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(inputs: dict[str, bytes], ratios: dict[Pair, float], starts: dict[str, float]) -> None:
    """Print the tables."""
    print(*(f"{name} {value}" for name, value in versions().items()), sep=", ")
    print(f"\n{'check':36}{'bytes':>9}{'x orjson.loads':>16}")
    for name, payload in inputs.items():
        print(f"{name:36}{len(payload):9,}{ratios[name, 'check']:16.1f}")
    print(f"\n{'the same by others':24}" + "".join(f"{name:>20}{'check faster':>15}" for name in _COMPARED))
    for other in dict.fromkeys(route for _, route in ratios if route != "check"):
        figures = [(ratios[name, other], ratios[name, other] / ratios[name, "check"]) for name in _COMPARED]
        print(f"{other:24}" + "".join(f"{ratio:20.1f}{faster:14.1f}x" for ratio, faster in figures))
    print("\nmilliseconds of processor time: imports over bare Python, the command as a whole")
    for name, time in starts.items():
        print(f"{name:36}{time:9.0f}")


def as_dict(inputs: dict[str, bytes], ratios: dict[Pair, float], starts: dict[str, float]) -> dict[str, Any]:
    """The same as data."""
    return {
        "versions": versions(),
        "inputs": {name: len(payload) for name, payload in inputs.items()},
        "ratios": [{"input": name, "route": route, "ratio": ratio} for (name, route), ratio in ratios.items()],
        "milliseconds": starts,
    }


def versions() -> dict[str, str]:
    """What was measured with."""
    found = {"Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except ImportError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
