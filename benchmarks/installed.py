"""
What the kit costs a project that has it installed and does not use it, in milliseconds of processor time.

The wheel is built and unpacked, and the other packages of this environment are linked beside it: programs are started
with the wheel on their path and without it, in turn, and a figure is the median of the differences.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from figures import Figure
from starts import median_over, milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT: Final = Path(__file__).resolve().parent.parent
_SECTION: Final = "having the kit installed, milliseconds of processor time"


def measure(*, small: bool) -> list[Figure]:
    """All figures about a kit that is installed."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        wheel, others, test = scratch / "wheel", scratch / "others", scratch / "test_nothing.py"
        _unpack_wheel(wheel)
        _link_others(others)
        (scratch / "nothing").mkdir()
        test.write_text("def test_nothing(): pass\n", "utf-8")
        python = [sys.executable, "-S"]
        pytest = [*python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, str(test)]
        with_it = _environment(scratch, wheel, others)
        without = _environment(scratch, scratch / "nothing", others)  # one place to look in costs as much as another
        turns = []
        for turn in range(-1, 3 if small else 31):
            programs = {
                "pytest": (pytest, with_it),
                "pytest alone": (pytest, without),
                "hypothesis": ([*python, "-c", "import hypothesis"], with_it),
                "hypothesis alone": ([*python, "-c", "import hypothesis"], without),
                "packed": ([*python, "-m", "usagecompat", "fixtures", "list"], with_it),
                "files": ([*python, "-m", "usagecompat", "fixtures", "list", str(_ROOT / "fixtures")], with_it),
            }
            taken = {name: milliseconds(program, environment) for name, (program, environment) in programs.items()}
            if turn >= 0:  # the first one compiles modules and unpacks the corpus
                turns.append(taken)
        files = sum(path.is_file() for path in wheel.rglob("*"))
    over = partial(median_over, turns)
    return [
        Figure(_SECTION, "pytest, over pytest where it is not installed", over("pytest", "pytest alone"), "ms"),
        Figure(_SECTION, "import hypothesis, over where it is not installed", over("hypothesis", "hypothesis alone"), "ms", at_most=2),
        Figure(_SECTION, "usagecompat fixtures list, over the corpus of a checkout", over("packed", "files"), "ms", at_most=30),
        Figure(_SECTION, "files in the wheel", files, "files"),
    ]  # fmt: skip


def _unpack_wheel(folder: Path) -> None:
    """Build the wheel of this checkout, and unpack it, which is all that installing does to a path."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
        subprocess.run(command, cwd=_ROOT, capture_output=True, check=True)
        (built,) = Path(out).iterdir()
        with zipfile.ZipFile(built) as archive:
            archive.extractall(folder)


def _link_others(folder: Path) -> None:
    """Link every installed package but this one."""
    folder.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("usagecompat", "_usagecompat", "__editable__")) and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)


def _environment(scratch: Path, *places: Path) -> Mapping[str, str]:
    own = {
        "PYTHONPATH": os.pathsep.join(map(str, places)),
        "PYTHONPYCACHEPREFIX": str(scratch / "compiled"),
        "USAGECOMPAT_CACHE": str(scratch / "cache"),
    }
    left_out = ("PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, **own}
