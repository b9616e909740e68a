"""
The neutral tree: what one revision of the contract says, read once from the records' annotations or from a draft.

Schemas, validation, converters, rules and strategies are written from this tree; none of them reads annotations.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from attrs import evolve

from usagecompat.contract import records
from usagecompat.contract.base import Record, annotations_of, names_of
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.markers import (
    Absent,
    FormatSince,
    GroupKey,
    Marker,
    Means,
    NullSince,
    RenamedAt,
    RequiredSince,
    Since,
    Values,
)
from usagecompat.contract.revisions import DEVIATIONS, GROUP_KEYS, REVISIONS, Deviation, Tolerance
from usagecompat.contract.shapes import Contract, JsonType, Member, RecordShape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_KINDS: Final[tuple[type[Record], ...]] = get_args(records.UsageResult)
KINDS: Final = tuple(cls.__name__ for cls in _KINDS)
"""The records of all kinds, in the contract's order."""
RECORDS: Final[Mapping[str, type[Record]]] = {
    cls.__name__: cls
    for cls in (
        records.UsageResponse,
        records.UsageTimeBucket,
        *_KINDS,
        records.UnknownResult,
        records.CostsResultAmount,
        records.UsageTimeBucketResultInner,
    )
}
"""The record classes by name."""

_JSON_TYPES: Final[Mapping[object, JsonType]] = {
    int: JsonType.INTEGER,
    Decimal: JsonType.NUMBER,
    bool: JsonType.BOOLEAN,
    str: JsonType.STRING,
}

_DRAFTS: Final[dict[str, Contract]] = {}


@cache
def contract(revision: str) -> Contract:
    """The neutral tree of `revision`, which must be one of `REVISIONS` or a draft that was loaded."""
    if revision in _DRAFTS:
        return _DRAFTS[revision]
    kinds = tuple(shape_of(cls.__name__, revision) for cls in _KINDS if cls.SINCE <= revision)
    bucket = shape_of("UsageTimeBucket", revision)
    names = tuple(kind.name for kind in kinds)
    return Contract(
        revision=revision,
        page=shape_of("UsageResponse", revision),
        bucket=holding(bucket, names),
        amount=shape_of("CostsResultAmount", revision),
        kinds={kind.kind: kind for kind in kinds if kind.kind is not None},
        flat=flat_of(kinds),
        endpoints={kind: name for kind, name in ENDPOINTS.items() if kind in {shape.kind for shape in kinds}},
    )


def holding(bucket: RecordShape, names: tuple[str, ...]) -> RecordShape:
    """A bucket whose results are records of these names."""

    def held(members: Mapping[str, Member]) -> Mapping[str, Member]:
        return {name: evolve(member, of=names) if member.of else member for name, member in members.items()}

    return evolve(bucket, members=held(bucket.members), former=held(bucket.former), newer=held(bucket.newer))


@cache
def shape_of(record: str, revision: str) -> RecordShape:
    """What `revision` says of the record of this name, which it must have."""
    if revision in _DRAFTS:
        said = _DRAFTS[revision]
        return {**said.records, said.flat.name: said.flat}[record]
    cls = RECORDS[record]
    members = [
        _member(cls.__name__, name, hint, revision)
        for name, hint in annotations_of(cls).items()
        if get_origin(hint) is Annotated
    ]
    declared = {member.name: member for member in members if member is not None}
    required = [member.name for member in declared.values() if member.required]
    required += [n for n, until in cls.ALSO_REQUIRED.items() if revision <= until and n not in required]
    declared = {n: m if m.required == (n in required) else evolve(m, required=True) for n, m in declared.items()}
    return RecordShape(
        name=cls.__name__,
        doc=(cls.__doc__ or "").strip(),
        cls=cls,
        kind=declared["object"].const if "object" in declared else None,
        members=declared,
        required=tuple(required),
        former={m.former_name: m for m in declared.values() if m.former_name},
        newer={m.newer_name: m for m in declared.values() if m.newer_name},
        tolerated_absences=absences_of(cls.__name__, revision),
    )


def absences_of(record: str, revision: str) -> Mapping[str, Deviation]:
    """The required names of a record that the API does not serve at `revision`."""
    return {
        d.member: d for d in DEVIATIONS if d.allows is Tolerance.ABSENT and d.record == record and d.concerns(revision)
    }


def deviations_of(record: str, name: str, marker: Marker, revision: str) -> Mapping[Tolerance, Deviation]:
    """What the API serves at `revision` against the published contract, where a member of this name stands."""
    return {
        d.allows: d
        for d in DEVIATIONS
        if d.concerns(revision)
        and d.record in (None, record)
        and d.allows is not Tolerance.ABSENT
        and (d.member == name or (d.member == GROUP_KEYS and isinstance(marker, GroupKey)))
    }


def annotated(record: str, attribute: str) -> Member | None:
    """What the newest revision says of a member that our records know; None if they do not."""
    hint = annotations_of(RECORDS[record]).get(attribute) if record in RECORDS else None
    return _member(record, attribute, hint, REVISIONS[-1]) if get_origin(hint) is Annotated else None


def attributes_of(record: str) -> Mapping[str, str]:
    """The attribute behind each wire name that any revision has used for a member of the record."""
    return names_of(RECORDS[record]).wire if record in RECORDS else {}


def meaning_of(record: str, attribute: str, revision: str) -> Means | None:
    """What a member that our records know counts at `revision`, of one whose meaning has changed."""
    return _in_force(meanings_of(record, attribute), revision)


def meanings_of(record: str, attribute: str) -> tuple[Means, ...]:
    """All that a member has ever counted, oldest first, of one whose meaning has changed."""
    notes = get_args(annotations_of(RECORDS[record]).get(attribute)) if record in RECORDS else ()
    return tuple(note for note in notes if isinstance(note, Means))


def _in_force(notes: Iterable[object], revision: str) -> Means | None:
    """The last of several meanings that holds at `revision`."""
    return next((note for note in reversed([*notes]) if isinstance(note, Means) and note.since <= revision), None)


def know(revision: str, tree: Contract) -> None:
    """Give `tree` as what a draft says from now on."""
    _DRAFTS[revision] = tree


def declared_since(record: str, name: str) -> str | None:
    """The first revision that declares member `name` of `record`, or None."""
    first, _ = _lifetimes(record).get(name, (None, None))
    return first


def declared_until(record: str, name: str) -> str | None:
    """The last revision that declares member `name` of `record`, or None."""
    _, last = _lifetimes(record).get(name, (None, None))
    return last


def known_since(kind: str) -> str | None:
    """The first revision that knows the `object` value `kind`, or None."""
    return _arrivals().get(kind)


@cache
def _lifetimes(record: str) -> Mapping[str, tuple[str, str]]:
    """The first and the last revision that declares each member; names of payloads are looked up, never kept."""
    lifetimes: dict[str, tuple[str, str]] = {}
    for revision in REVISIONS:
        shape = contract(revision).records.get(record)
        for name in shape.members if shape is not None else ():
            first, _ = lifetimes.get(name, (revision, revision))
            lifetimes[name] = (first, revision)
    return lifetimes


@cache
def _arrivals() -> Mapping[str, str]:
    """The first revision of each kind."""
    return {kind: revision for revision in reversed(REVISIONS) for kind in contract(revision).kinds}


def _member(record: str, attribute: str, hint: object, revision: str) -> Member | None:
    annotated, *notes = get_args(hint)
    marker = next(note for note in notes if isinstance(note, Marker))
    facts: dict[type, Any] = {type(note): note for note in notes}
    since = facts.get(Since)
    if since and revision < since.revision:
        return None
    union = get_args(annotated) if get_origin(annotated) in (Union, UnionType) else (annotated,)
    renamed = facts.get(RenamedAt)
    old = bool(renamed and revision < renamed.revision)
    null_since = facts[NullSince].revision if NullSince in facts else marker.null_since
    required_since = facts.get(RequiredSince)
    optional = Absent in union and not (required_since and revision >= required_since.revision)
    name = renamed.former if renamed and old else attribute
    formatted = facts.get(FormatSince)
    core = next(part for part in union if part not in (type(None), Absent))
    literal = get_origin(core) is Literal
    json_type, of = _type(str if literal else core)
    return Member(
        name=name,
        attribute=attribute,
        type=json_type,
        nullable=type(None) in union and revision >= null_since,
        required=not optional,
        marker=marker,
        const=get_args(core)[0] if literal else None,
        values=facts.get(Values),
        meaning=_in_force(notes, revision),
        format=formatted.format if formatted and revision >= formatted.revision else None,
        of=of,
        former_name=renamed.former if renamed and not old else None,
        newer_name=attribute if old else None,
        deviations=deviations_of(record, name, marker, revision),
    )


def _type(core: object) -> tuple[JsonType, tuple[str, ...]]:
    """The JSON type of the annotation `core`, and the records that it holds."""
    if get_origin(core) is tuple:
        item = get_args(core)[0]
        parts = get_args(item) or (item,)
        return JsonType.ARRAY, tuple(part.__name__ for part in parts if part is not records.UnknownResult)
    if isinstance(core, type) and issubclass(core, Record):
        return JsonType.OBJECT, (core.__name__,)
    return _JSON_TYPES[core], ()


def flat_of(kinds: tuple[RecordShape, ...]) -> RecordShape:
    """The flat record: all kinds' members as first seen, required and nullable if any kind says so."""
    members: dict[str, Member] = {}
    docs = {m.attribute: m.marker for m in shape_of("UsageTimeBucketResultInner", REVISIONS[-1]).members.values()}
    for member in (member for kind in kinds for member in kind.members.values()):
        marker = docs.get(member.attribute, member.marker)
        first = members.setdefault(member.name, evolve(member, const=None, marker=marker))
        nullable, required = first.nullable or member.nullable, first.required or member.required
        members[member.name] = evolve(first, nullable=nullable, required=required)
    required_names = {name for kind in kinds for name in kind.required}
    return RecordShape(
        name=records.UsageTimeBucketResultInner.__name__,
        doc=(records.UsageTimeBucketResultInner.__doc__ or "").strip(),
        cls=records.UsageTimeBucketResultInner,
        kind=None,
        members=members,
        required=tuple(name for name in members if name in required_names),
        former={},
        newer={},
        tolerated_absences={},
    )
