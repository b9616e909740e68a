"""
All mutants, in the order of their families.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from usagecompat.mutants import controls
from usagecompat.mutants.families import (
    amounts,
    at_places,
    groups,
    habits,
    members,
    numbers,
    pages,
    presence,
    reported,
    strings,
    texts,
    unions,
    units,
    verdicts,
)

if TYPE_CHECKING:
    from usagecompat.mutants.model import Mutant


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant with a fault, and those that are proved to have none; not the controls."""
    sources = (
        members,
        presence,
        numbers,
        amounts,
        strings,
        unions,
        pages,
        groups,
        texts,
        verdicts,
        habits,
        units,
        reported,
        at_places,
    )
    found = tuple(chain.from_iterable(source.mutants() for source in sources))
    return (*found, *controls.equivalents())


@cache
def by_name() -> dict[str, Mutant]:
    """The same, and the controls, by name."""
    everything = (*all_mutants(), *controls.faithful(), *controls.hopeless())
    return {mutant.name: mutant for mutant in everything}


def families() -> tuple[str, ...]:
    """The names of all families, in order."""
    return tuple(dict.fromkeys(mutant.family for mutant in all_mutants()))
