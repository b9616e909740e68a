"""
What a client that only decodes says of a payload: members of its own choice, and whether their values are right.

What it leaves out is no difference: it is filled up with what was sent, and the whole is compared. So every member is
judged as it is where a client gives everything back, and no number goes through a binary64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from usagecompat.fidelity import Level, compare
from usagecompat.jsontext import NO_VALUE, Number, read, with_room, write

if TYPE_CHECKING:
    from usagecompat.contract import Revision
    from usagecompat.fidelity import Fidelity
    from usagecompat.findings import Shape
    from usagecompat.jsontext import Tree

SPELLINGS: Final = frozenset({"client/integer-as-float"})
"""What is no wrong value although it is told of a client that encodes: how a program spells a number for the kit."""

_MOST_PAIRS: Final = 100_000
"""So many pairs of items are looked at in search of the item that is meant."""


def compare_chosen(sent: bytes, answer: bytes, *, revision: Revision, shape: Shape | None) -> Fidelity:
    """
    How the members that a client names differ from what it was sent.

    Its differences are wrong values alone; its level is that of a comparison, and none of a client.
    """
    given, said = read(sent).value, read(answer).value
    if given is NO_VALUE or said is NO_VALUE:
        return compare(sent, answer, revision=revision, shape=shape)
    whole = with_room(_filled, given, said)
    return compare(write(given), write(whole), revision=revision, shape=shape)


def is_wrong(code: str, cap: Level) -> bool:
    """Whether a difference is a wrong value, and not only another spelling."""
    return cap < Level.EXACT and code not in SPELLINGS


def _filled(sent: Tree, said: Tree) -> Tree:
    """What a client said, with all that it left out as it was sent."""
    if isinstance(sent, dict) and isinstance(said, dict):
        whole = {name: _filled(value, said[name]) if name in said else value for name, value in sent.items()}
        # A null for what was not sent says that nothing is there.
        return whole | {name: value for name, value in said.items() if name not in sent and value is not None}
    if isinstance(sent, list) and isinstance(said, list):
        return _filled_items(sent, said)
    return said


def _filled_items(sent: list[Tree], said: list[Tree]) -> list[Tree]:
    """Each item with what it left out of the item that it is: the one in its place, or one that it agrees with."""
    places: list[int | None] = [
        place if place < len(sent) and _agrees(sent[place], item) else None for place, item in enumerate(said)
    ]
    free = [place for place in range(len(sent)) if place not in set(places)]
    unplaced = places.count(None)
    for place, item in enumerate(said):
        if places[place] is None and unplaced * len(free) < _MOST_PAIRS:
            found = next((other for other in free if _agrees(sent[other], item)), None)
            if found is not None:
                places[place] = found
                free.remove(found)
    for place in range(len(said)):
        if places[place] is None and place in free:
            places[place] = place
            free.remove(place)
    return [item if (own := places[place]) is None else _filled(sent[own], item) for place, item in enumerate(said)]


def _agrees(sent: Tree, said: Tree) -> bool:
    """Whether all that was said is so."""
    if isinstance(sent, dict) and isinstance(said, dict):
        return all(value is None if name not in sent else _agrees(sent[name], value) for name, value in said.items())
    if isinstance(sent, list) and isinstance(said, list):
        return len(sent) == len(said) and all(map(_agrees, sent, said))
    if isinstance(sent, Number) and isinstance(said, Number):
        return cast("object", sent) == said
    return type(sent) is type(said) and sent == said
