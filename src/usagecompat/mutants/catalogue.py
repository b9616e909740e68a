"""
All mutants, in the order of their families.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from attrs import evolve

from usagecompat.mutants import controls
from usagecompat.mutants.families import (
    amounts,
    at_places,
    groups,
    habits,
    members,
    names,
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
from usagecompat.mutants.model import MAY_REFUSE_RARE

if TYPE_CHECKING:
    from usagecompat.mutants.model import Mutant


_REFUSING_RARE: Final = frozenset(
    {
        *(
            f"width/time-{width}-{how}"
            for width in ("int53", "int64", "uint64", "int128")
            for how in ("refused", "edge")
        ),
        *(f"width/count-int128-{how}" for how in ("refused", "edge")),
        *(f"number-refused/more-than-{digits}-digits" for digits in (38, 100, 4300)),
        *("number-refused/beyond-double", "number-refused/below-double", "amount/number-refused-if-beyond-double"),
        *("time/negative-refused", "time/far-refused"),
        *(f"text-refused/deeper-than-{depth}" for depth in (64, 100, 120, 127)),
    }
)
"""Those that refuse what no client has to take."""


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant with a fault, and those that are proved to have none; not the controls."""
    sources = (
        members,
        presence,
        numbers,
        amounts,
        strings,
        names,
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
    proved = (evolve(one, equivalent=MAY_REFUSE_RARE) if one.name in _REFUSING_RARE else one for one in found)
    return (*proved, *controls.equivalents())


@cache
def by_name() -> dict[str, Mutant]:
    """The same, and the controls, by name."""
    everything = (*all_mutants(), *controls.faithful(), *controls.hopeless())
    return {mutant.name: mutant for mutant in everything}


def families() -> tuple[str, ...]:
    """The names of all families, in order."""
    return tuple(dict.fromkeys(mutant.family for mutant in all_mutants()))
