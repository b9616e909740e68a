"""
Small sets of a corpus that kill as much as the whole: chosen from a kill matrix once, and frozen in the manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.corpus import FULL, NAME, Entry, manifest_of, read_cases, read_manifest
from usagecompat.mutants.kill_matrix import MutantOutcome, killers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from usagecompat.mutants.kill_matrix import MutantResult

PROMISES: Final[Mapping[str, float]] = {"smoke": 0.95, "core": 1.0}
"""Which share of all mutants that the corpus kills each set must kill."""


@frozen(kw_only=True)
class Reach:
    """What a set is worth."""

    name: str
    payloads: int
    killed: int
    of: int
    """How many mutants the whole corpus kills."""

    @property
    def share(self) -> float:
        """The share of them that the set kills."""
        return self.killed / self.of if self.of else 1.0

    @property
    def kept(self) -> bool:
        """Whether the set reaches what it promises."""
        return self.share >= PROMISES.get(self.name, 1.0)


def choose(results: Iterable[MutantResult]) -> dict[str, frozenset[str]]:
    """
    The ids of the cases in each small set.

    Again and again the case is taken that kills most of what is still alive, and the shorter id where several do;
    in the end each case goes that the others make superfluous.
    """
    kills = killers(results)
    everything = frozenset[str]().union(*kills.values())
    return {name: _cover(kills, everything, share) for name, share in PROMISES.items()}


def _cover(kills: Mapping[str, frozenset[str]], everything: frozenset[str], share: float) -> frozenset[str]:
    spared = int(len(everything) * (1 - share) + 1e-9)
    alive, chosen = set(everything), list[str]()
    left = dict(kills)
    while len(alive) > spared:
        best = min(left, key=lambda case: (-len(left[case] & alive), len(case), case))
        chosen.append(best)
        alive -= left.pop(best)
    for case in list(chosen):
        rest = [other for other in chosen if other != case]
        if len(everything - frozenset[str]().union(*(kills[other] for other in rest))) <= spared:
            chosen = rest
    return frozenset(chosen)


def reaches(results: Iterable[MutantResult], sets: Mapping[str, Collection[str]], payloads: int) -> tuple[Reach, ...]:
    """What each set is worth, the full one of so many payloads included."""
    listed = tuple(results)
    of = sum(result.outcome is MutantOutcome.KILLED for result in listed)
    found = [
        Reach(name=name, payloads=len(ids), killed=sum(not set(ids).isdisjoint(one.cases) for one in listed), of=of)
        for name, ids in sets.items()
    ]
    return (*found, Reach(name=FULL, payloads=payloads, killed=of, of=of))


def frozen_sets(root: Path) -> dict[str, frozenset[str]]:
    """The ids of the cases in each small set, as the manifest of a corpus has them."""
    entries = read_manifest(root)
    return {name: frozenset(each for each, entry in entries.items() if name in entry.sets) for name in PROMISES}


def freeze(root: Path, sets: Mapping[str, Collection[str]]) -> bool:
    """Write the manifest of a corpus with these small sets; whether that changed it."""
    cases, path = read_cases(root), root / NAME
    blank = Entry(sha256="", sets=(FULL,))
    entries = {
        case.id: evolve(blank, sets=(FULL, *(name for name, ids in sorted(sets.items()) if case.id in ids)))
        for case in cases
    }
    text = manifest_of(cases, entries).encode()
    if path.is_file() and path.read_bytes() == text:
        return False
    path.write_bytes(text)
    return True
