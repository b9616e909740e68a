"""
Whom a change of a record breaks: each reader is asked what it takes, and what it gets.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract.shapes import JsonType, RecordShape
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping


_ABSENT: Final = "absent"
_NULL: Final = "null"
NUMBER_TEXT: Final = "a string that holds a number"
_ANYTHING: Final = "anything"


class Role(StrEnum):
    """Who has to live with a change."""

    OLD_READER = "old reader of new data"
    NEW_READER = "new reader of old data"
    STRICT_OLD_READER = "old reader that refuses what it does not know"
    STRICT_NEW_READER = "new reader that refuses what it does not know"
    OLD_WRITER = "old writer under the new contract"
    """Such as a mock or a gateway: what it writes by the old revision is checked by the new one."""
    NEW_WRITER = "new writer under the old contract"
    ADDER = "reader who adds up"
    """Knows every member by its name, adds counts up as its own revision says, and gets data of the other."""
    OLD_CALLER = "old caller of the new API"
    NEW_CALLER = "new caller of the old API"


READERS: Final = (Role.OLD_READER, Role.NEW_READER)
"""The two that know only what their revision declares, and pass over the rest."""
_STRICT: Final = (Role.STRICT_OLD_READER, Role.STRICT_NEW_READER)
_BASIS: Final[Mapping[Role, Role]] = {
    Role.STRICT_OLD_READER: Role.OLD_READER,
    Role.STRICT_NEW_READER: Role.NEW_READER,
    Role.OLD_WRITER: Role.NEW_READER,
    Role.NEW_WRITER: Role.OLD_READER,
}


class Effect(StrEnum):
    """What a change does to a reader, from the mildest to the worst."""

    IDENTICAL = "identical"
    """Both revisions take the same."""
    BACKWARD = "backward"
    """The reader takes all that it gets, if not all that it could know."""
    BREAKING = "breaking"
    """The reader refuses something that the other revision allows, or takes it for something else."""


@frozen
class _Standing:
    """What may stand under one name: what a schema lets through, and what data of the same revision has."""

    accepted: frozenset[str]
    sent: frozenset[str]


def knows(shape: RecordShape, name: str, profile: Profile) -> bool:
    """Whether a record has a name, declared or not, so that it can stand in data and is no surprise to a reader."""
    served = profile is Profile.SERVED
    return name in shape.members or name in shape.moved(served=served) or name in shape.needed(served=served)


def for_all(
    readers: Mapping[tuple[Profile, Role], Effect],
    strangers: Mapping[tuple[Profile, Role], bool],
    *,
    adds: bool = False,
) -> dict[tuple[Profile, Role], Effect]:
    """
    What follows for everybody from what a change does to the two readers.

    Args:
        readers: What it does to them.
        strangers: Whether they get something that they do not know.
        adds: Whether sums are others.
    """
    found = dict(readers)
    for profile in Profile:
        for role, basis in _BASIS.items():
            surprised = role in _STRICT and strangers.get((profile, basis), False)
            found[profile, role] = Effect.BREAKING if surprised else readers[profile, basis]
        found[profile, Role.ADDER] = Effect.BREAKING if adds else Effect.IDENTICAL
        found[profile, Role.OLD_CALLER] = found[profile, Role.NEW_CALLER] = Effect.IDENTICAL
    return found


def effects_of(old: RecordShape, new: RecordShape, names: tuple[str, ...]) -> dict[tuple[Profile, Role], Effect]:
    """What a change of the members of these names does to both readers, under both profiles."""
    found: dict[tuple[Profile, Role], Effect] = {}
    for profile in Profile:
        before = [_standing(old, name, profile) for name in names]
        after = [_standing(new, name, profile) for name in names]
        for role, readers, senders in ((Role.OLD_READER, before, after), (Role.NEW_READER, after, before)):
            found[profile, role] = (
                Effect.IDENTICAL
                if [standing.accepted for standing in before] == [standing.accepted for standing in after]
                else Effect.BACKWARD
                if all(_takes(r.accepted, s.sent) for r, s in zip(readers, senders, strict=True))
                else Effect.BREAKING
            )
    return found


def _takes(accepted: frozenset[str], sent: frozenset[str]) -> bool:
    """Whether a schema lets everything through that is sent."""
    return all(
        token in accepted
        or (_ANYTHING in accepted and token != _ABSENT)
        or (token == JsonType.INTEGER and JsonType.NUMBER in accepted)
        or (token.startswith("=") and JsonType.STRING in accepted)
        for token in sent
    )


def _standing(shape: RecordShape, name: str, profile: Profile) -> _Standing:
    served = profile is Profile.SERVED
    moved = shape.moved(served=served)
    may_miss = frozenset[str]() if name in shape.needed(served=served) else frozenset({_ABSENT})
    if name in moved:
        both = frozenset({str(shape.newer[name].type), _ABSENT})
        return _Standing(both, both)
    member = shape.members.get(name)
    if member is None:
        anything = frozenset({_ANYTHING}) | may_miss
        return _Standing(anything, anything if name in shape.required else may_miss)
    tokens = frozenset({str(member.type)})
    if member.const is not None:
        tokens = frozenset({f"={member.const}"})
    elif member.values is not None and member.values.closed and not served:
        tokens = frozenset(f"={value}" for value in member.values.known)
    if member.may_be_null(served=served):
        tokens |= {_NULL}
    if member.may_be_text(served=served):
        tokens |= {NUMBER_TEXT}
    if member in moved.values():
        tokens |= {_ABSENT}
    return _Standing(tokens | may_miss, tokens | may_miss)
