"""
Everything that is asked of the kit's speed, as one table of ratios: python benchmarks/run.py [--small] [--json FILE].

Each figure says what it was measured beside, in the same run; `checks`, `formats`, `growth`, `starts`, `installed` and `scan` say how.
Nothing here fails on a time: what is missed is marked.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import checks
import corpus_runs
import formats
import growth
import installed
import scan
import starts
from figures import Figure, as_dict, machine, show, versions

if TYPE_CHECKING:
    from collections.abc import Callable

_SECTIONS: Final[dict[str, Callable[..., list[Figure]]]] = {
    "check": checks.measure,
    "reports": formats.measure,
    "growth": growth.measure,
    "start": starts.measure,
    "installed": installed.measure,
    "runs": corpus_runs.measure,
    "scan": scan.measure,
}


def main() -> int:
    """Measure and print, and write a file if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="little input and few rounds, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--only", choices=_SECTIONS, action="append", help="measure no more than this")
    asked = parser.parse_args()
    print(*(f"{name} {value}" for name, value in versions().items()), machine(), sep=", ")
    if asked.small:
        print("--small: these figures show that everything works, and nothing else")
    figures: list[Figure] = []
    for name, measure in _SECTIONS.items():
        if asked.only is None or name in asked.only:
            found = measure(small=asked.small)
            if asked.small:  # which is too little to be held to anything
                found = [one._replace(at_most=None, at_least=None) for one in found]
            show(found)
            sys.stdout.flush()
            figures += found
    if asked.json:
        asked.json.write_text(json.dumps(as_dict(figures), indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
