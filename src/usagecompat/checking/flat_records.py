"""
Flat records: what tells that a result is the one object that generated clients have for all kinds, and what it makes up.

`narrow` says of a flat record in Python what `check` says of its text.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from usagecompat.checking.hints import is_mapping
from usagecompat.contract import REVISIONS, JsonType, contract, names_of
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.contract import Contract, RecordShape
    from usagecompat.findings import Observation

HINT: Final = "This is a flat record, one class for all kinds: leave out what its kind does not have, zeros too."


@cache
def _makes(revision: str) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """What each kind ever had, and what makes it what it is: what it requires, or its amount."""
    had: dict[str, set[str]] = {}
    makes: dict[str, set[str]] = {}
    for at in dict.fromkeys((*REVISIONS, revision)):
        for kind, shape in contract(at).kinds.items():
            had.setdefault(kind, set()).update(shape.members, shape.required)
            makes.setdefault(kind, set()).update(
                member.name
                for member in shape.members.values()
                if member.const is None and (member.required or member.type is JsonType.OBJECT)
            )
    return {kind: frozenset(had[kind]) for kind in had}, {kind: frozenset(makes[kind]) for kind in makes}


@cache
def names_that_tell(revision: str) -> Mapping[str, frozenset[str]]:
    """
    For each kind the members that no record of it ever had, and that make one other kind what it is.

    A group key that comes early says nothing, nor does a count that several kinds have: tomorrow this one may have it.
    """
    had, makes = _makes(revision)
    told = {name for names in makes.values() for name in names if sum(name in others for others in had.values()) == 1}
    return {kind: frozenset(told - names) for kind, names in had.items()}


def is_flat(node: object, revision: str) -> bool:
    """
    Whether an object has members of several kinds under the discriminator of one.

    One that has none of its own kind is not flat, it is called by a wrong name.
    """
    if not is_mapping(node):
        return False
    tag = node.get("object")
    telling = names_that_tell(revision).get(tag) if type(tag) is str else None
    if telling is None or type(tag) is not str or telling.isdisjoint(node):
        return False
    return not _makes(revision)[1][tag].isdisjoint(node)


def may_be_flat(shape: Shape, found: Iterable[tuple[Observation, int]], revision: str) -> bool:
    """Whether a payload in which this was found can be a flat record."""
    names = (str(one.path[-1]) for one, _ in found if one.path)
    return shape is Shape.RESULT and not _all_that_tell(revision).isdisjoint(names)


@cache
def _all_that_tell(revision: str) -> frozenset[str]:
    return frozenset[str]().union(*names_that_tell(revision).values())


def phantoms(said: Contract, shape: RecordShape, names: Iterable[str]) -> frozenset[str]:
    """Which of these members of a flat record other kinds have, while its own has them at no revision and needs none."""
    wire, own = names_of(said.flat.cls).wire, names_of(shape.cls).members
    return frozenset(name for name in names if name in wire and wire[name] not in own and name not in shape.required)
