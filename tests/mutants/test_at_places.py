"""Faults at one place alone are caught, each by two cases."""

from __future__ import annotations

import pytest

from usagecompat.contract import LATEST, contract
from usagecompat.corpus.selection import cases
from usagecompat.mutants.families import at_places
from usagecompat.mutants.kill_matrix import matrix

_MAY_SHOW = ("undeclared-types", "case-twins", "with-types", "empty-buckets", "line-items", "cursor-with")


def test_each_place_is_caught_twice() -> None:
    """Who forgets one type of undeclared member, or folds names, at one place alone is caught by two cases."""
    few = [case for case in cases() if any(part in case.id for part in _MAY_SHOW)]
    fates = matrix(few, tuple(at_places.mutants()))
    assert len(fates) > 200
    others = tuple(result.mutant for result in fates if len(result.kills) < 2)  # cases of other names may show them
    missed = [result.mutant.name for result in matrix(cases(), others) if len(result.kills) < 2]
    assert missed == [], "`usagecompat fixtures mutants` says what each does; give each two cases in fixtures/"


@pytest.mark.parametrize("fold", ["ascii", "unicode"])
def test_every_record_is_asked(fold: str) -> None:
    """There is such a fault for the page, the bucket, the amount and each kind."""
    names = [one.name for one in at_places.mutants() if one.name.endswith(f"-{fold}")]
    assert len(names) == 3 + len(contract(LATEST).kinds)
