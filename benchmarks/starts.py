"""
What starting costs, in milliseconds of processor time of whole programs, which other work on the machine disturbs little.

Programs are started in turn, and a figure is the median of the differences within each turn.
"""

from __future__ import annotations

import resource
import sys
import sysconfig
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from subprocess import run
from typing import TYPE_CHECKING, Final

from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FIXTURE: Final = Path(__file__).parent.parent / "fixtures" / "kinds" / "completions-full.json"
_SCRIPT: Final = Path(sysconfig.get_path("scripts")) / "usagecompat"


def measure(*, small: bool) -> list[Figure]:
    """All figures about starting."""
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "test_nothing.py"
        test.write_text("def test_nothing(): pass\n", "utf-8")
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, str(test)]
        programs = {
            "nothing": [sys.executable, "-c", "pass"],
            "import": [sys.executable, "-c", "import usagecompat"],
            "first check": [sys.executable, "-c", "import usagecompat; usagecompat.check(b'{}')"],
            "command": [*([str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "usagecompat"]), "check", str(_FIXTURE)],
            "pytest": pytest,
            "pytest without the plugin": [*pytest, "-p", "no:usagecompat"],
        }  # fmt: skip
        turns = [{name: milliseconds(program) for name, program in programs.items()} for _ in range(3 if small else 31)]
    over = partial(median_over, turns)
    section = "starting, milliseconds of processor time"
    return [
        Figure(section, "import usagecompat, over bare Python", over("import", "nothing"), "ms", at_most=30),
        Figure(section, "import and first check, over bare Python", over("first check", "nothing"), "ms"),
        Figure(section, "usagecompat check one-file, as a whole", median(turn["command"] for turn in turns), "ms", at_most=200),
        Figure(section, "pytest with the unused plugin, over pytest without it", over("pytest", "pytest without the plugin"), "ms", at_most=5),
    ]  # fmt: skip


def median_over(turns: Sequence[Mapping[str, float]], name: str, other: str) -> float:
    """How much longer one program takes than another, by the median of all turns."""
    return median(turn[name] - turn[other] for turn in turns)


def milliseconds(program: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """The processor time of a program as a whole, those that it starts included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(program, capture_output=True, check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
