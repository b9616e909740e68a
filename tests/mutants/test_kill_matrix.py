"""The kill matrix, and what guards it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus.selection import cases, packaged
from usagecompat.mutants import controls
from usagecompat.mutants.catalogue import all_mutants, families
from usagecompat.mutants.families import reported
from usagecompat.mutants.fault_table import table
from usagecompat.mutants.kill_matrix import Kill, MutantOutcome, MutantResult, matrix
from usagecompat.mutants.minimal_sets import PROMISES, choose, frozen_sets, reaches
from usagecompat.mutants.model import MAY_REFUSE_RARE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagecompat.corpus.selection import Case
    from usagecompat.mutants.model import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def of_controls() -> Mapping[str, MutantResult]:
    """What becomes of the clients whose outcome is known beforehand, by their names."""
    clients = (*controls.faithful(), *controls.hopeless(), *controls.equivalents())
    return {result.mutant.name: result for result in matrix(cases(), clients)}


@pytest.mark.parametrize("control", tuple(controls.faithful()), ids=str)
def test_a_faithful_client_survives(control: Mutant) -> None:
    """A client without a fault passes every case, whether it claims to validate or not."""
    result = of_controls()[control.name]
    assert result.outcome is MutantOutcome.SURVIVED, result.kills[:3]


@pytest.mark.parametrize("control", tuple(controls.hopeless()), ids=str)
def test_a_hopeless_client_is_killed_over_and_over(control: Mutant) -> None:
    """A client that does nothing right is caught by every case that can catch it at all."""
    result = of_controls()[control.name]
    assert len(result.kills) > len(cases()) // 3


@pytest.mark.parametrize("mutant", tuple(controls.equivalents()), ids=str)
def test_an_equivalent_client_survives(mutant: Mutant) -> None:
    """A client that differs in nothing that JSON means is not killed, and its proof is told."""
    result = of_controls()[mutant.name]
    assert result.outcome is MutantOutcome.EQUIVALENT
    assert result.mutant.equivalent


def test_who_refuses_what_is_rare_survives() -> None:
    """A client that refuses only what no client has to take passes, and its proof is told."""
    chosen = [one for one in all_mutants() if one.equivalent == MAY_REFUSE_RARE]
    assert len(chosen) >= 22
    assert {result.outcome for result in matrix(cases(), chosen)} == {MutantOutcome.EQUIVALENT}


@cache
def of_known_faults() -> tuple[MutantResult, ...]:
    """What becomes of each fault that a public client has had."""
    return matrix(cases(), tuple(reported.mutants()))


def test_known_faults_are_killed() -> None:
    """Each fault that a public client has had is caught by some case."""
    assert of_known_faults()
    assert not [result.mutant.name for result in of_known_faults() if not result.kills]


def test_a_sample_of_each_family_is_killed() -> None:
    """Mutants of every family are caught; `.ci/run` runs them all, at every revision."""
    chosen = [mutant for family in families() for mutant in [one for one in all_mutants() if one.family == family][:2]]
    fates = matrix(cases(), chosen, first=True)
    assert [result.mutant.name for result in fates if result.outcome is MutantOutcome.SURVIVED] == []


def test_two_processes_find_what_one_does() -> None:
    """How many processes share the cases changes nothing."""
    chosen = [mutant for mutant in all_mutants() if mutant.family in ("flat", "absent")]
    part = cases()[:80]
    assert matrix(part, chosen, jobs=2) == matrix(part, chosen) == matrix(part, chosen)


def test_a_mutant_is_not_asked_where_it_cannot_show() -> None:
    """A mutant of a member that a revision does not know says so, and does not count as survived."""
    mutant = next(one for one in all_mutants() if one.name == "dropped/completions-input-cache-write-30m-tokens")
    (result,) = matrix(cases()[:10], [mutant], revision="2024-12-04")
    assert result.outcome is MutantOutcome.NOT_SHOWN


def test_frozen_sets_keep_their_promises() -> None:
    """The small sets in the manifest kill what they promise, among mutants that the whole corpus kills."""
    sets = frozen_sets(packaged())
    assert {name for name, ids in sets.items() if ids} == set(PROMISES)
    assert sets["smoke"] != sets["core"]
    chosen = all_mutants()[::10]
    core = [case for case in cases() if case.id in sets["core"]]
    assert len(core) == len(sets["core"]) < len(cases())
    fates = matrix(core, chosen, first=True)
    survived = [result.mutant.name for result in fates if result.outcome is MutantOutcome.SURVIVED]
    assert survived == [], "to choose the small sets again: usagecompat fixtures sets fixtures/ --write"


def test_sets_are_selectable() -> None:
    """`cases` gives exactly the cases of a small set."""
    for name, ids in frozen_sets(packaged()).items():
        assert {case.id for case in cases(name)} == ids


def test_choosing_covers_and_spares() -> None:
    """The core set kills all with as few payloads as it takes, and smoke may leave one in twenty alive."""
    mutants = all_mutants()[:40]
    kills = {mutant.name: ["wide/one"] for mutant in mutants}
    kills[mutants[0].name] = ["narrow/two", "narrow/three"]
    fates = [
        MutantResult(
            mutant=one, outcome=MutantOutcome.KILLED, kills=tuple(Kill(one.name, case, ()) for case in kills[one.name])
        )
        for one in mutants
    ]
    chosen = choose(fates)
    assert chosen["smoke"] == {"wide/one"}
    assert chosen["core"] == {"wide/one", "narrow/two"}
    smoke, core, full = reaches(fates, chosen, 3)
    assert (smoke.payloads, smoke.killed, core.payloads, core.killed) == (1, 39, 2, 40)
    assert (full.payloads, full.killed, full.of) == (3, 40, 40)
    assert smoke.kept
    assert core.kept


def test_the_table_of_known_faults_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """`docs/faults.md` is what the corpus says; `usagecompat fixtures faults --write` fixes it."""

    def known(asked: Sequence[Case], mutants: Sequence[Mutant]) -> tuple[MutantResult, ...]:
        """What was found out already."""
        assert asked == cases()
        assert [one.name for one in mutants] == [result.mutant.name for result in of_known_faults()]
        return of_known_faults()

    monkeypatch.setattr("usagecompat.mutants.fault_table.matrix", known)
    text = table(cases())
    stale = "docs/faults.md is stale; to fix this: usagecompat fixtures faults --write"
    assert (ROOT / "docs" / "faults.md").read_text("utf-8") == text, stale
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert len(rows) == len(of_known_faults())
    assert all("/" in row.split("|")[3] and "client/" in row.split("|")[4] for row in rows)
