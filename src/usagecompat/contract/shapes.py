"""
The classes of the neutral tree: what one revision says of a member, of a record, and altogether.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from usagecompat.contract.markers import GroupKey
from usagecompat.contract.revisions import Tolerance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract.base import Record
    from usagecompat.contract.markers import Marker, Means, Values
    from usagecompat.contract.revisions import Deviation


class JsonType(StrEnum):
    """The type of a member's values, in the words of JSON Schema."""

    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    OBJECT = "object"
    ARRAY = "array"


@frozen(kw_only=True, eq=False)
class Member:
    """What one revision says of one member."""

    name: str
    """The wire name at this revision."""
    attribute: str
    """The attribute of the record, which is the newest wire name."""
    type: JsonType
    nullable: bool
    required: bool
    marker: Marker
    const: str | None = None
    """The only value, of a discriminator."""
    values: Values | None = None
    meaning: Means | None = None
    """What it counts, of a member whose meaning has changed from revision to revision."""
    format: str | None = None
    of: tuple[str, ...] = ()
    """The records that may stand here, of an object or an array."""
    former_name: str | None = None
    """The name at earlier revisions, if it was another."""
    newer_name: str | None = None
    """The name at later revisions, if it will be another."""
    deviations: Mapping[Tolerance, Deviation] = {}
    """What the API serves here against the published contract."""

    @property
    def doc(self) -> str:
        """What the member means, in a sentence or more."""
        return self.marker.doc if self.meaning is None else f"{self.marker.doc} {self.meaning.doc}"

    @property
    def is_group_key(self) -> bool:
        """Whether reports can be grouped by the member."""
        return isinstance(self.marker, GroupKey)

    def may_be_null(self, *, served: bool = True) -> bool:
        """Whether null may stand here: by the published contract, or as it is `served`."""
        return self.nullable or (served and Tolerance.NULL in self.deviations)

    def may_be_text(self, *, served: bool = True) -> bool:
        """Whether a number may stand here as a string."""
        return served and Tolerance.NUMBER_TEXT in self.deviations


@frozen(kw_only=True, eq=False)
class RecordShape:
    """What one revision says of one record."""

    name: str
    doc: str
    cls: type[Record]
    kind: str | None
    """The value of `object`, if the record has one."""
    members: Mapping[str, Member]
    """Declared members by wire name, in the contract's order."""
    required: tuple[str, ...]
    """Required names in the contract's order; the contract has required names that it did not declare."""
    former: Mapping[str, Member]
    """Declared members by the names that earlier revisions gave them."""
    newer: Mapping[str, Member]
    """Declared members by the names that later revisions give them."""
    tolerated_absences: Mapping[str, Deviation]
    """Required names that the API does not serve."""

    @property
    def arrays(self) -> tuple[Member, ...]:
        """Members that are arrays: the first holds the buckets of a page, or the results of a bucket."""
        return tuple(member for member in self.members.values() if member.type is JsonType.ARRAY)

    def needed(self, *, served: bool = True) -> tuple[str, ...]:
        """The names without which there is no such record: by the published contract, or as it is `served`."""
        return tuple(name for name in self.required if not (served and name in self.tolerated_absences))

    def moved(self, *, served: bool = True) -> Mapping[str, Member]:
        """The members that are served under their newer names already, by these."""
        return {
            member.newer_name: member
            for member in self.members.values()
            if served and member.newer_name and Tolerance.NEWER_NAME in member.deviations
        }


@frozen
class Parameter:
    """One parameter of a query."""

    type: str
    required: bool = False
    values: tuple[str, ...] = ()
    """The only values, of the parameter or of each of its items; empty if any will do."""
    default: str | int | float | bool | None = None

    def __str__(self) -> str:
        words = [f"{self.type} of {', '.join(self.values)}" if self.values else self.type]
        words += ["required"] * self.required
        words += [f"{self.default} if not given"] * (self.default is not None)
        return ", ".join(words)


@frozen(kw_only=True, eq=False)
class Contract:
    """What one revision says."""

    revision: str
    page: RecordShape
    bucket: RecordShape
    amount: RecordShape
    kinds: Mapping[str, RecordShape]
    """Results by the value of `object`, in the contract's order."""
    flat: RecordShape
    endpoints: Mapping[str, str]
    """Which endpoint, below `ROOT`, answers with which kind, as far as it is known."""
    queries: Mapping[str, Mapping[str, Parameter]] | None = None
    """What a draft says that each endpoint may be asked; None if it says nothing."""

    @property
    def records(self) -> Mapping[str, RecordShape]:
        """Page, bucket, results and amount by name; not the flat record, which is never on the wire."""
        return {shape.name: shape for shape in (self.page, self.bucket, *self.kinds.values(), self.amount)}
