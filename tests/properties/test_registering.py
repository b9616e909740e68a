"""Hypothesis knows the records, whichever is imported first, and pays for them only where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

RECORDS = "usagecompat.contract.records"
DRAWS = f"""
from hypothesis import given, settings, strategies as st
import {RECORDS} as records
from usagecompat.contract import RECORDS, KINDS

assert set(KINDS) < set(RECORDS)
for cls in RECORDS.values():
    drawn = []
    @settings(max_examples=3, database=None, deadline=None)
    @given(st.from_type(cls))
    def draw(one):
        drawn.append(one)
    draw()
    assert drawn and all(type(one) is cls for one in drawn), cls
"""


def run(program: str) -> None:
    """Run a program in a Python of its own, in which every warning is an error."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "first",
    [
        "import hypothesis",
        f"import {RECORDS}",
        "import hypothesis, usagecompat.contract.tree",
        "import hypothesis, usagecompat; usagecompat.UsageTimeBucket",
        "import usagecompat; usagecompat.check(b'{}'); import hypothesis",
        "import usagecompat.strategies.public",
    ],
)
def test_records_are_drawn(first: str) -> None:
    """`from_type` draws each record as its own class, in whichever order Hypothesis and the records are imported."""
    run(f"{first}\n{DRAWS}")


def test_hypothesis_alone_imports_no_records() -> None:
    """A program that imports Hypothesis and asks for no record gets neither the records nor what they need."""
    run(
        f"import hypothesis, sys\nheavy = {{'attrs', '{RECORDS}', 'usagecompat.jsontext'}} & {{*sys.modules}}\nassert not heavy, heavy"
    )


def test_without_plugins() -> None:
    """Where Hypothesis is told to take no plugins, the records are not registered behind its back."""
    run(
        "import os; os.environ['HYPOTHESIS_NO_PLUGINS'] = '1'\n"
        f"import hypothesis, {RECORDS} as records\n"
        "from hypothesis.strategies import from_type\n"
        "assert 'builds' in repr(from_type(records.UsageTimeBucket).wrapped_strategy)"
    )


def test_records_need_no_hypothesis() -> None:
    """Whoever imports the records alone does not get Hypothesis."""
    run(f"import {RECORDS}, sys\nassert 'hypothesis' not in sys.modules")
