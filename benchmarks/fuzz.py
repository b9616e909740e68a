"""
How soon `usagecompat fuzz` finds rare faults, and how small it makes them.

    python benchmarks/fuzz.py [--seconds 60] [NAME ...]

Each client of `rare_faults` runs as a process of its own. The search ends at the first kind of failure.
The ratio is the size of the payload that was found to that of the smallest known.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from rare_faults import SMALLEST, codec
from usagecompat.clients import client_spec
from usagecompat.contract import LATEST
from usagecompat.corpus import cases
from usagecompat.fuzz import FuzzResult, fuzz

CLIENT = Path(__file__).with_name("rare_faults.py")
TWICE = 2.0
REFUSING = {"two-to-63", "start-at-zero", "tab-between-tokens"}
"""Faults that are refusals, as are the refusals of texts that are no JSON."""


def search(name: str, seconds: float, seed: int, *, set_: str = "full", inside: bool = False) -> FuzzResult:
    """What is found wrong with one client."""
    command = f"python:rare_faults:{name.replace('-', '_')}" if inside else f"{sys.executable} {CLIENT} {name}"
    spec = client_spec(f"{name}={command}", timeout=1.0)
    subjects = [case for case in cases(set=set_) if _keeps(name, case.payload)]
    return fuzz(spec, subjects=subjects, revision=LATEST, seconds=seconds, seed=seed, stop_after=1)


def _keeps(name: str, payload: bytes) -> bool:
    """Whether a client gives a payload back; what no case shows is left to be found."""
    if name == "hangs-at-an-empty-model":
        return b'"model":""' not in payload and b'"model": ""' not in payload
    try:
        return codec(name)(payload) == payload
    except (ValueError, RecursionError):
        return name not in REFUSING
    except SystemExit:
        return False


def ratio(name: str, result: FuzzResult) -> float:
    """How much larger the smallest payload that was found is than it need be."""
    return min((len(find.payload) for find in result.finds), default=10**9) / len(SMALLEST[name])


def main() -> int:
    """Search each client and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SMALLEST, []], metavar="NAME")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--set", default="full", help="the part of the corpus to begin with, without what shows the fault"
    )
    parser.add_argument("--inside", action="store_true", help="call the clients as functions, without processes")
    asked = parser.parse_args()
    found = small = 0
    names = asked.names or list(SMALLEST)
    for name in names:
        began, used = time.monotonic(), os.times()
        result = search(name, asked.seconds, asked.seed, set_=asked.set, inside=asked.inside)
        worked = sum(os.times()[:4]) - sum(used[:4])
        if not result.finds:
            print(f"{name:26} not found; {result.asked:,} payloads", flush=True)
            continue
        found += 1
        times = ratio(name, result)
        small += times <= TWICE
        first = result.finds[0]
        print(
            f"{name:26} {'new  ' if first.is_new else 'known'} at {first.seconds:5.1f} s, ratio {times:4.2f}, "
            f"{time.monotonic() - began:5.1f} s in all, {worked:5.1f} s of processor, "
            f"{result.asked / max(result.seconds, 0.01):,.0f} payloads/s; {first.kind.said[:90]}",
            flush=True,
        )
    print(
        f"{found} of {len(names)} found within {asked.seconds:g} s, {small} made at most {TWICE:g} times the smallest"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
