"""
Which record stands where in a payload, and which of its members are declared: what a comparison needs of the contract.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import JsonType, contract
from usagecompat.jsontext import Members, last_values, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Contract, Member, RecordShape
    from usagecompat.jsontext import Node


class Role(Enum):
    """What a value is as far as the contract says."""

    PAGE = auto()
    BUCKETS = auto()
    BUCKET = auto()
    RESULTS = auto()
    RESULT = auto()
    AMOUNT = auto()
    OTHER = auto()
    """No record and no list of records."""


@frozen
class Slot:
    """A member's place in a record."""

    role: Role
    is_open: bool
    """Whether no revision up to the one asked for lists the member."""
    integer: bool = False
    """Whether the contract says that it is an integer."""


UNDECLARED: Final = Slot(Role.OTHER, is_open=True)
"""The place of a member that its record does not list."""
UNKNOWN: Final = Slot(Role.OTHER, is_open=False)
"""The place of a member where no record is known, which is as open as where it stands."""


@frozen(eq=False)
class Roles:
    """The records of one revision, with all members that it or an earlier one lists."""

    page: Mapping[str, Slot]
    bucket: Mapping[str, Slot]
    amount: Mapping[str, Slot]
    kinds: Mapping[str, Mapping[str, Slot]]

    def knows(self, result: Members) -> bool:
        """Whether the result is of a kind that is known."""
        return kind_of(result) in self.kinds

    def members(self, role: Role, node: Members) -> Mapping[str, Slot] | None:
        """The members of the record that `node` is; None if it is none."""
        if role is Role.RESULT:
            return self.kinds.get(kind_of(node) or "")
        if role is Role.PAGE:
            return self.page
        if role is Role.BUCKET:
            return self.bucket
        return self.amount if role is Role.AMOUNT else None


def kind_of(node: Node) -> str | None:
    """What the `object` of a result says; None if it says nothing."""
    return kind_told(last_values(node)) if isinstance(node, Members) else None


def kind_told(members: Mapping[str, Node]) -> str | None:
    """The same of a result's members."""
    tag = members.get("object")
    return said(tag) if isinstance(tag, str) else None


@cache
def roles(revision: str) -> Roles:
    """The records of `revision`, which is one of `REVISIONS`."""
    at = contract(revision)
    return Roles(
        page=_slots(at.page, at),
        bucket=_slots(at.bucket, at),
        amount=_slots(at.amount, at),
        kinds={kind: _slots(shape, at) for kind, shape in at.kinds.items()},
    )


def _slots(shape: RecordShape, at: Contract) -> dict[str, Slot]:
    """The places of a record's members under their names up to now, and under later names, which are open as yet."""
    later = {name: Slot(_role(member, at), is_open=True) for name, member in shape.newer.items()}
    declared = {**shape.former, **shape.members}
    return later | {
        name: Slot(_role(member, at), is_open=False, integer=member.type is JsonType.INTEGER)
        for name, member in declared.items()
    }


def _role(member: Member, at: Contract) -> Role:
    if not member.of:
        return Role.OTHER
    if member.type is JsonType.OBJECT:
        return Role.AMOUNT
    return Role.BUCKETS if member.of == (at.bucket.name,) else Role.RESULTS
