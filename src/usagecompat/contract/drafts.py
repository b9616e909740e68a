"""
Drafts: a revision of the contract that stands in a file, and can stand wherever a published one can.

The file says what `fixtures/upstream/history.json` says of one revision; `schemas/contract.json` describes it.
Whatever our records know of a member, its meaning and its names in other revisions, is taken from them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
from attrs import evolve, frozen

from usagecompat.contract.base import Record
from usagecompat.contract.draft_text import Told, told
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.markers import (
    ABSENT,
    Count,
    Flag,
    GroupKey,
    Items,
    Kind,
    Marker,
    Means,
    Part,
    Quantity,
    Text,
    Values,
    is_kind,
)
from usagecompat.contract.revisions import (
    LATEST,
    PUBLISHED,
    REVISIONS,
    Draft,
    Tolerance,
    day_of,
    remember,
    resolve_revision,
)
from usagecompat.contract.shapes import Contract, JsonType, Member, Parameter, RecordShape
from usagecompat.contract.tree import (
    RECORDS,
    absences_of,
    annotated,
    attributes_of,
    deviations_of,
    flat_of,
    holding,
    know,
    meaning_of,
)
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usagecompat.contract.revisions import Revision

PAGE: Final = "UsageResponse"
BUCKET: Final = "UsageTimeBucket"
AMOUNT: Final = "CostsResultAmount"
FLAT: Final = "UsageTimeBucketResultInner"
_ANY_RECORD: Final = "DraftRecord"
"""What the class of each record is called while it is made: its own name is from a file."""

MOST_BYTES: Final = 1 << 26
_DATE: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]*")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_TAKEN: Final = frozenset({"self", "revision", *dir(Record)})
"""What no attribute of a record can be called, because its constructor or its class has it."""
RECORDS_OF_KINDS: Final[Mapping[str, str]] = {
    member.const: name
    for name in RECORDS
    if (member := annotated(name, "object")) is not None and member.const is not None
}
"""The name of our record of each kind, the page and the bucket."""


def load_revision(file: str | os.PathLike[str]) -> Draft:
    """
    A revision from a file, for wherever a revision can be named.

    Args:
        file: A draft, as `usagecompat revisions import` writes it and `schemas/contract.json` describes it.

    Raises:
        CorruptDraft: The file cannot be read, or is no draft; the message says where and why.
    """
    name = os.fspath(file)
    return draft_of(read_bytes(name), name)


def revision_named(text: str) -> Revision:
    """
    The revision that somebody names: a date, or the file of a draft.

    Raises:
        CorruptDraft: There is such a file, and it is no draft.
        NoSuchRevision: There is neither.
    """
    return load_revision(text) if text not in PUBLISHED and Path(text).is_file() else resolve_revision(text)


def read_bytes(name: str) -> bytes:
    """
    What a file holds.

    Raises:
        CorruptDraft: It cannot be read, is no file, or is too long.
    """
    path = Path(name)
    try:
        if not path.is_file():
            reason = "there is no such file" if not path.exists() else "this is no plain file"
        elif path.stat().st_size > MOST_BYTES:
            reason = f"the file has more than {MOST_BYTES >> 20} MiB"
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        raise CorruptDraft(name, "", getattr(error, "strerror", None) or str(error)) from error
    raise CorruptDraft(name, "", reason)


def draft_of(data: bytes, name: str = "the draft") -> Draft:
    """
    The draft that is written in `data`, known from now on.

    Raises:
        CorruptDraft: It is none.
    """
    said = told(data, name)
    if said.has("revisions"):
        entries = said.member("revisions").items()
        if len(entries) != 1:
            said.refuse(f"this lists {len(entries)} revisions, and a draft is one: name a file with one of them")
        (said,) = entries
    if said.has("openapi") or said.has("swagger"):
        said.refuse(f"this is an OpenAPI document; make a draft of it: usagecompat revisions import {name}")
    return draft_from(said)


def draft_from(said: Told) -> Draft:
    """The draft that was read, known from now on."""
    said.only("about", "revision", "source", "note", "schemas", "endpoints", "meanings", "not_held")
    facts = {key: value for key, value in said.mapping().items() if key != "about"}
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    day = said.member("revision").text()
    if not _DATE.fullmatch(day):
        said.member("revision").refuse(f"expected a date such as {REVISIONS[-1]}, found {day!r:.40}")
    source = said.member("source").text() if "source" in facts else f"a draft of {day}"
    draft = Draft(f"{day}-draft-{hashlib.sha256(text).hexdigest()[:8]}", source, (draft_of, text))
    know(draft, _Reader(draft, said).contract())
    remember(draft)
    return draft


# -- from the text to the tree


@frozen
class _Reader:
    """Reads one draft."""

    revision: Draft
    said: Told

    def contract(self) -> Contract:
        """The tree of everything that the draft says."""
        schemas = self.said.member("schemas")
        schemas.mapping()
        page, bucket = schemas.member(PAGE), schemas.member(BUCKET)
        kinds = {
            name: self.record(name, schemas.member(name)) for name in schemas.mapping() if name not in (PAGE, BUCKET)
        }
        for name, shape in kinds.items():
            if not _NAME.fullmatch(name):
                schemas.member(name).refuse("the name of a record has letters, digits, `.`, `-` and `_`, as in OpenAPI")
            if shape.kind is None:
                schemas.member(name).refuse("a result needs a member `object` with a `const`, which names its kind")
            if not is_kind(shape.kind):
                schemas.member(name).refuse(f"{shape.kind!r} does not look like a kind of result")
        tags = [shape.kind for shape in kinds.values()]
        if len({*tags}) < len(tags):
            schemas.refuse("two records have the same kind")
        shape = self.record(BUCKET, bucket)
        listed = next((m for m in shape.members.values() if m.type is JsonType.ARRAY), None)
        if listed is None:
            bucket.refuse("a bucket needs a member that is an array of results")
        unknown = [name for name in listed.of if name not in kinds]
        if unknown:
            bucket.refuse(f"{listed.name} holds {unknown[0]!r}, which `schemas` does not have")
        ordered = {name: kinds[name] for name in dict.fromkeys([*listed.of, *kinds])}
        by_kind = {kind.kind or "": kind for kind in ordered.values()}
        return Contract(
            revision=self.revision,
            page=self.page(page),
            bucket=holding(shape, tuple(ordered)),
            amount=self.amount(schemas),
            kinds=by_kind,
            flat=_flat(tuple(ordered.values())),
            endpoints=self.endpoints(by_kind),
            queries=self.queries(),
        )

    def page(self, said: Told) -> RecordShape:
        """The page, which must have its buckets."""
        page = self.record(PAGE, said)
        if not any(member.of == (BUCKET,) for member in page.members.values()):
            said.refuse(f"a page needs a member that is an array of {BUCKET}")
        return page

    def amount(self, schemas: Told) -> RecordShape:
        """What an amount of money is, wherever the draft says it."""
        found: list[tuple[str, Told]] = [
            (name, member)
            for name in schemas.mapping()
            for member in schemas.member(name).member("members").entries()
            if member.has("type") and member.member("type").value == "object"
        ]
        if not found:
            return self.shape(AMOUNT, {}, (), None)
        first = found[0][1]
        for _, other in found[1:]:
            if other.member("members").value != first.member("members").value:
                other.refuse(f"the objects of one draft are amounts and all alike; this one differs from {first.place}")
        return self.shape(AMOUNT, *self.members(AMOUNT, first), None)

    def endpoints(self, kinds: Mapping[str, RecordShape]) -> Mapping[str, str]:
        """Which endpoint answers with which kind."""
        own: dict[str, str] = {}
        for endpoint, facts in _named(self.said, "endpoints"):
            kind = facts.member("kind").text()
            if kind not in kinds:
                facts.refuse(f"{kind!r} is no kind of this draft")
            own.setdefault(kind, endpoint)
        return {kind: own.get(kind) or ENDPOINTS[kind] for kind in kinds if kind in own or kind in ENDPOINTS}

    def queries(self) -> Mapping[str, Mapping[str, Parameter]] | None:
        """What each endpoint may be asked."""
        if not self.said.has("endpoints"):
            return None
        return {
            endpoint: {name: _parameter(row) for name, row in _named(facts, "parameters")}
            for endpoint, facts in _named(self.said, "endpoints")
        }

    def meaning(self, record: str, name: str, attribute: str) -> Means | None:
        """What a member counts: as the draft says, or as the published revision of its time."""
        given = dict(_named(self.said, "meanings")).get(record)
        if given is not None and given.has(name):
            return _means(given.member(name))
        return meaning_of(record, attribute, min(day_of(self.revision), LATEST))

    def group_keys(self, kind: str) -> frozenset[str] | None:
        """What the endpoint of a kind can group by; None if the draft does not say."""
        for _, facts in _named(self.said, "endpoints"):
            if facts.member("kind").value == kind and facts.has("parameters"):
                parameters = facts.member("parameters")
                if parameters.has("group_by") and parameters.member("group_by").has("values"):
                    return frozenset(parameters.member("group_by").texts_of("values"))
        return None

    def record(self, name: str, said: Told) -> RecordShape:
        """One record under the name that our own record of its kind has."""
        said.only("required", "members")
        members, required = self.members(name, said)
        tag = members["object"].const if "object" in members else None
        wanted = RECORDS_OF_KINDS.get(tag or "", name)
        if wanted != name:
            said.refuse(f"{tag!r} is the kind of {wanted}, and the record must be called so")
        if name in RECORDS and RECORDS_OF_KINDS.get(tag or "") != name:
            said.refuse(f"{name} is the name of another record; call this one otherwise")
        return self.shape(name, members, required, tag)

    def shape(self, name: str, members: Mapping[str, Member], required: Sequence[str], kind: str | None) -> RecordShape:
        """The record with what follows from its members."""
        declared = {
            n: evolve(
                m,
                deviations={
                    allowed: one
                    for allowed, one in deviations_of(name, n, m.marker, self.revision).items()
                    if allowed is not Tolerance.NUMBER_TEXT or m.type is JsonType.NUMBER
                },
            )
            for n, m in members.items()
        }
        base = RECORDS.get(name)
        doc = (base.__doc__ or "").strip() if base else f"A result of kind {kind}."
        return RecordShape(
            name=name,
            doc=doc,
            cls=class_of(name, base, tuple(declared.values()), required),
            kind=kind,
            members=declared,
            required=tuple(required),
            former={m.former_name: m for m in declared.values() if m.former_name},
            newer={m.newer_name: m for m in declared.values() if m.newer_name},
            tolerated_absences=absences_of(name, self.revision),
        )

    def members(self, record: str, said: Told) -> tuple[dict[str, Member], tuple[str, ...]]:
        """The members of a record, and the names that it requires, declared or not."""
        rows = said.member("members")
        required = said.texts_of("required")
        if len({*required}) < len(required):
            said.member("required").refuse("a name stands here twice")
        names = list(rows.mapping())
        attributes = _attributes(record, names)
        tagged = rows.has("object") and rows.member("object").has("const")
        keys = self.group_keys(rows.member("object").member("const").text()) if tagged else None
        return {
            name: self.member(record, name, attributes[name], rows.member(name), name in required, keys, names)
            for name in names
        }, required

    def member(  # noqa: PLR0913, PLR0917 - as many as there are sources
        self,
        record: str,
        name: str,
        attribute: str,
        said: Told,
        required: bool,  # noqa: FBT001 - a fact among others
        keys: frozenset[str] | None,
        names: Sequence[str],
    ) -> Member:
        """One member, with what our records know of it."""
        said.only(
            *("type", "const", "items", "members", "required", "nullable", "format"),
            *("known_values", "closed", "former_name", "doc"),
        )
        json_type = JsonType(said.member("type").one_of([str(one) for one in JsonType]))
        known = annotated(record, attribute)
        marker = known.marker if known is not None and known.type is json_type else None
        const, nullable, values = said.text_of("const"), said.flag("nullable"), _values(said, known)
        is_tag = name == "object" and record != AMOUNT
        if const is not None and json_type is not JsonType.STRING:
            said.member("type").refuse("a `const` is a string, and so is what has one")
        if is_tag and nullable:
            said.member("nullable").refuse("`object` says what this is, and cannot be null")
        if const is not None and not is_tag:  # a closed set of one, as every route, schema and strategy knows it
            values, const = Values((const,), closed=True), None
        doc = said.text_of("doc") or f"A member of {self.revision.source}."
        if marker is None:
            result = record not in (PAGE, BUCKET, AMOUNT)
            marker = _marker(json_type, doc, const=const, key=result and (nullable if keys is None else name in keys))
        elif said.has("doc"):
            marker = type(marker)(doc)
        former = (known.former_name if known and name == attribute else None) or said.text_of("former_name")
        newer = attribute if known and name != attribute else None
        return Member(
            name=name,
            attribute=attribute,
            type=json_type,
            nullable=nullable,
            required=required,
            marker=marker,
            const=const,
            values=values,
            meaning=self.meaning(record, name, attribute),
            format=said.text_of("format"),
            of=_held(json_type, said, record),
            former_name=former if former not in names else None,
            newer_name=newer if newer not in names else None,
        )


def _named(said: Told, name: str) -> Iterator[tuple[str, Told]]:
    """The members of a member that may be left out."""
    if said.has(name):
        inner = said.member(name)
        yield from ((one, inner.member(one)) for one in inner.mapping())


def _parameter(said: Told) -> Parameter:
    """One parameter of a query."""
    said.only("type", "required", "values", "default")
    default = said.mapping().get("default")
    if not isinstance(default, (str, int, float, bool, type(None))):
        said.member("default").refuse("expected a string, a number, true or false")
    return Parameter(
        said.member("type").one_of(["integer", "number", "string", "boolean", "array"]),
        required=said.flag("required"),
        values=said.texts_of("values"),
        default=default,
    )


def _means(said: Told) -> Means:
    """A meaning that the draft gives a member."""
    said.only("since", "doc", "source", "leaves_out", "unless")
    facts = {name: said.member(name).text() for name in said.mapping()}
    if not {"since", "doc", "source"} <= facts.keys():
        said.refuse("a meaning needs `since`, `doc` and `source`")
    return Means(**facts)


def _held(json_type: JsonType, said: Told, record: str) -> tuple[str, ...]:
    """The records that may stand in an object or array."""
    if json_type is JsonType.OBJECT:
        if not said.has("members"):
            said.refuse("an object needs `members`: the tree knows amounts only")
        if record == AMOUNT:
            said.refuse("an amount cannot hold an object")
        return (AMOUNT,)
    if json_type is JsonType.ARRAY:
        items = said.member("items")
        names = (items.text(),) if isinstance(items.value, str) else tuple(item.text() for item in items.items())
        if record == PAGE and names != (BUCKET,):
            items.refuse(f"an array of a page holds {BUCKET}")
        if record not in (PAGE, BUCKET):
            said.refuse("only pages and buckets have arrays of records")
        return names
    return ()


def _values(said: Told, known: Member | None) -> Values | None:
    """The values that the draft lists, or that our records know of from a description."""
    if said.has("known_values"):
        return Values(said.texts_of("known_values"), closed=said.flag("closed"))
    return known.values if known is not None and known.values is not None and known.values.in_prose else None


def _marker(json_type: JsonType, doc: str, *, const: str | None, key: bool) -> Marker:
    """What a member means that our records do not know, as far as its type tells."""
    if const is not None:
        return Kind(doc)
    if key and json_type in (JsonType.STRING, JsonType.BOOLEAN):
        return GroupKey(doc)
    markers: Mapping[JsonType, type[Marker]] = {
        JsonType.INTEGER: Count,
        JsonType.NUMBER: Quantity,
        JsonType.BOOLEAN: Flag,
        JsonType.OBJECT: Part,
        JsonType.ARRAY: Items,
    }
    return markers.get(json_type, Text)(doc)


def _attributes(record: str, names: Sequence[str]) -> dict[str, str]:
    """The attribute of each wire name: ours where we know the name, unless two names would share one."""
    ours = attributes_of(record)
    taken = {name for name in names if ours.get(name) == name}
    found: dict[str, str] = {}
    for index, name in enumerate(names):
        attribute = ours.get(name, name)
        if attribute != name and attribute in taken:
            attribute = name
        if attribute not in ours.values() and (
            not _PLAIN.fullmatch(attribute) or iskeyword(attribute) or attribute in _TAKEN or attribute in taken
        ):
            attribute = f"member_{index}"
        taken.add(attribute)
        found[name] = attribute
    return found


def class_of(
    name: str, base: type[Record] | None, members: Sequence[Member], required: Sequence[str] = ()
) -> type[Record]:
    """
    The class of a record with these members: ours if it will do, else one made of it.

    It will do if it has them all, and asks for nothing that may be left out here; `object` is asked for that has a value.
    """
    own = {field.name: field for field in attrs.fields(base or Record)}
    names = {member.attribute: member.name for member in members}
    added = [attribute for attribute in names if attribute not in own]
    loosened = [
        field.name
        for field in own.values()
        if field.default is not ABSENT and field.name != "_origin" and names.get(field.name) not in required
    ]
    if base is not None and not added and not loosened:
        return base
    attributes: dict[str, Any] = {
        attribute: attrs.field(
            default=attrs.NOTHING if names.get(attribute) in required and attribute not in loosened else ABSENT,
            kw_only=True,
        )
        for attribute in [*added, *loosened]
    }
    constant = next((member.const for member in members if member.attribute == "object" and member.const), None)
    if constant is not None and "object" in attributes:
        attributes["object"] = attrs.field(default=constant, kw_only=True)
    made: type[Record] = attrs.make_class(  # which runs the name as a part of Python in attrs 24
        _ANY_RECORD, attributes, bases=(base or Record,), frozen=True, kw_only=True, slots=True, eq=True, order=False
    )
    for naming in ("__name__", "__qualname__"):
        type.__setattr__(made, naming, name)
    type.__setattr__(made, "IS_OF_A_DRAFT", True)
    odd = {attribute: wire for attribute, wire in names.items() if attribute in added and attribute != wire}
    if odd:
        type.__setattr__(made, "WIRE_NAMES", odd)
    return made


def _flat(kinds: tuple[RecordShape, ...]) -> RecordShape:
    """The flat record, with room for the members that ours does not have."""
    flat = flat_of(kinds)
    return evolve(flat, cls=class_of(FLAT, RECORDS[FLAT], tuple(flat.members.values())))
