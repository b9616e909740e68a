"""
Faults in single members, one mutant for each record and member of the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import (
    LATEST,
    REVISIONS,
    GroupKey,
    JsonType,
    Member,
    RecordShape,
    contract,
    declared_since,
    declared_until,
)
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import Mutant, lenient, lossy, refuse
from usagecompat.mutants.support.errors import coded, declared
from usagecompat.mutants.support.exact import through_binary64
from usagecompat.mutants.support.walks import (
    GONE,
    Changed,
    Object,
    in_record,
    of_flag,
    of_number,
    of_text,
    on_member,
    renamed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Known

DEFAULTS: Final[Mapping[JsonType, tuple[str, Tree]]] = {
    JsonType.INTEGER: ("0", Number("0")),
    JsonType.NUMBER: ("0", Number("0")),
    JsonType.STRING: ("an empty string", ""),
    JsonType.BOOLEAN: ("false", False),
    JsonType.OBJECT: ("an empty object", {}),
    JsonType.ARRAY: ("an empty list", []),
}
"""What typed languages put where there is nothing."""


@frozen
class Place:
    """One member of one record, as the newest revision that has it says."""

    record: RecordShape
    member: Member

    @property
    def slug(self) -> str:
        """How mutants call the place."""
        return f"{slug_of(self.record)}-{self.member.name.replace('_', '-')}"

    @property
    def words(self) -> str:
        """How a sentence calls the place."""
        return f"`{self.member.name}` of {self.record.name}"

    @property
    def known(self) -> Known:
        """The revisions that have the member."""
        since = declared_since(self.record.name, self.member.name) or REVISIONS[0]
        return {"since": since, "until": declared_until(self.record.name, self.member.name) or LATEST}

    @property
    def is_result(self) -> bool:
        """Whether the record is a result, told from others by its discriminator."""
        return (self.record.kind or "").startswith("organization.")

    def is_at(self, record: RecordShape, member: Member) -> bool:
        """Whether this member of this record is the place."""
        return record.name == self.record.name and member.name == self.member.name

    def known_where(self, *, required: bool) -> Known | None:
        """The revisions that require the member, or those that do not; None if there are none."""
        name = self.member.name
        shapes = {revision: contract(revision).records.get(self.record.name) for revision in REVISIONS}
        found = [
            r for r, shape in shapes.items() if shape and name in shape.members and (name in shape.required) is required
        ]
        return {"since": found[0], "until": found[-1]} if found else None

    def change(self, change: Callable[[Tree], Changed]) -> Change:
        """A change of the member where it is present."""
        return on_member(self.record.name, self.record.kind, self.member.name, change)

    def filled(self, instead: Tree) -> Change:
        """A change of the record where it does not have the member."""
        name = self.member.name
        return self.change_record(lambda node: node if name in node else {**node, name: instead})

    def renamed(self, other: str) -> Change:
        """A change of the record that gives the member another name."""
        name = self.member.name
        return self.change_record(lambda node: renamed(node, lambda one: other if one == name else one))

    def change_record(self, change: Callable[[Object], Object]) -> Change:
        """A change of the record that may have the member."""
        return in_record(self.record.name, self.record.kind, change)


def slug_of(record: RecordShape) -> str:
    """A short name of a record."""
    if record.kind and record.kind.startswith("organization."):
        return (
            record.kind.removeprefix("organization.").removeprefix("usage.").removesuffix(".result").replace("_", "-")
        )
    return record.kind or "amount"


def places() -> tuple[Place, ...]:
    """Every member of every record at any revision, in the contract's order, newest revision first."""
    found: dict[tuple[str, str], Place] = {}
    for revision in reversed(REVISIONS):
        for record in contract(revision).records.values():
            for name, member in record.members.items():
                found.setdefault((record.name, name), Place(record, member))
    return tuple(found.values())


def mutants() -> Iterator[Mutant]:
    """One mutant for each place and each fault that the place can have."""
    for place in places():
        yield from _presence(place)
        yield from _nulls(place)
        yield from _values(place)


def _at(place: Place, known: Known, rows: Mapping[str, tuple[str, Change]]) -> Iterator[Mutant]:
    """One mutant for each row: its family, the fault with the words of the place in it, and what it changes."""
    for family, (fault, change) in rows.items():
        yield lossy(f"{family}/{place.slug}", change, fault=fault.format(place.words), **known)


def _presence(place: Place) -> Iterator[Mutant]:
    name, known = place.member.name, place.known
    yield from _at(place, known, {"dropped": ("{} does not come back.", place.change(lambda _: GONE))})
    if (required := place.known_where(required=True)) and (place.member.const is None or not place.is_result):
        yield lenient(
            f"not-required/{place.slug}",
            coded("schema/missing-member", declared(place.is_at)),
            fault=f"A payload without {place.words} is accepted.",
            **required,
        )
    if optional := place.known_where(required=False):
        told, default = DEFAULTS[place.member.type]
        yield from _at(
            place,
            optional,
            {
                "required": (
                    "A payload without {} is refused.",
                    place.change_record(lambda node: node if name in node else refuse(f"`{name}` is missing")),
                ),
                "absent-to-null": ("{} comes back as null where it was absent.", place.filled(None)),
                "absent-to-default": (f"{{}} comes back as {told} where it was absent.", place.filled(default)),
            },
        )
    for other, when in ((place.member.former_name, "earlier"), (place.member.newer_name, "later")):
        if other:
            yield lossy(
                f"renamed/{place.slug}",
                place.renamed(other),
                fault=f"{place.words} comes back as `{other}`, its name at {when} revisions.",
                **known,
            )


def _nulls(place: Place) -> Iterator[Mutant]:
    if not place.member.nullable:
        return
    known = place.known
    known["since"] = max(known.get("since", ""), place.member.marker.null_since)
    told, default = DEFAULTS[place.member.type]

    def null(instead: Callable[[], Changed]) -> Change:
        return place.change(lambda old: instead() if old is None else old)

    yield from _at(
        place,
        known,
        {
            "null-refused": (
                "{} is refused where it is null.",
                null(lambda: refuse(f"{place.words} is refused where it is null.")),
            ),
            "null-dropped": ("{} does not come back where it is null.", null(lambda: GONE)),
            "null-to-default": (f"{{}} comes back as {told} where it is null.", null(lambda: default)),
        },
    )


def _values(place: Place) -> Iterator[Mutant]:
    kind = place.member.type
    rows: dict[str, tuple[str, Change]] = {}
    if kind is JsonType.INTEGER:
        rows["through-double"] = ("{} goes through a binary64 number.", place.change(of_number(through_binary64)))
    if kind is JsonType.BOOLEAN:
        rows["inverted"] = ("{} comes back inverted.", place.change(of_flag(lambda old: not old)))
    if kind is JsonType.STRING and isinstance(place.member.marker, GroupKey):
        rows["emptied"] = ("{} comes back empty.", place.change(of_text(lambda _: "")))
    yield from _at(place, place.known, rows)
