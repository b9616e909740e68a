"""
Types and checks of the fast route, made for one revision and one layout.

The types are msgspec Structs: decoding into them checks presence, types, ranges and closed sets of values,
and encoding them again writes the members in the layout's order.
What types cannot say is checked by one function per record, written here as Python and compiled.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Protocol, TypeAlias

import msgspec
from attrs import frozen
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from usagecompat.checking.fast.layouts import Layout, RecordLayout
from usagecompat.checking.fast.provable import provable_kinds
from usagecompat.checking.rules import group_keys, is_currency_code
from usagecompat.checking.sums import sum_rules
from usagecompat.contract import JsonType, Member, is_kind
from usagecompat.findings import Shape
from usagecompat.jsontext import INT32_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableSequence, Sequence

    from usagecompat.contract import Contract, RecordShape


class Check(Protocol):
    """
    Whether nothing is wrong with objects of one record, which stand in one array, or in several that are named.

    What the columns of the record name is counted, and added to the list.
    False if there is anything the fast route does not explain.
    """

    def __call__(
        self,
        objects: Sequence[Any],
        counts: MutableSequence[int] | tuple[()],
        arrays: Sequence[Sequence[Any]] | None = None,
        /,
    ) -> bool:
        """Look at all of them; `arrays` together are `objects`, in that order."""
        ...


Type: TypeAlias = Any
"""A type that is put together here, as msgspec takes it."""

_MOST_CHECKS: Final = 256
_MOST_RECORDS: Final = 512
_NOTHING_SEEN: Final = RecordLayout()
_NOTHING: Final[Type] = Annotated[int, Meta(ge=1, le=0)]
"""No value is of this type."""
_SCALAR: Final = str | int | float | bool | None
"""What an undeclared member may hold on the fast route."""


@frozen
class Column:
    """One member of one record that is counted while the records go by: each is a finding of its own kind."""

    code: str
    name: str
    """The wire name."""
    attribute: str


@frozen(slots=False)
class FastRecord:
    """The type of one record, and what is looked at in its objects."""

    shape: RecordShape
    order: Mapping[str, int]
    """Where each wire name stands among all that there may be."""
    columns: tuple[Column, ...]
    """What `check` counts."""
    numbers: tuple[Member, ...]
    """Members that hold numbers as they are spelled."""
    part: str | None
    """The attribute that holds an amount."""
    revision: str

    @cached_property
    def check(self) -> Check:
        """What is said of every object, compiled when the first one comes."""
        return _check(self.shape, tuple(self.order), self.columns, self.revision)


@frozen
class FastTypes:
    """Everything that is made for one layout at one revision."""

    contract: Contract
    layout: Layout
    records: Mapping[type[object], FastRecord]
    """All records by type."""
    root: Type
    """The type of a whole payload."""


def fast_types(contract: Contract, layout: Layout) -> FastTypes:
    """The types and checks for payloads of this layout at the revision of `contract`."""
    make = _Maker(contract, layout)
    amount = make.type_of(contract.amount, {})
    kinds = provable_kinds(contract)
    if not layout.is_tagged:  # then one kind can be told from no other
        kinds = [kind for kind in kinds if kind.name in layout.records] or kinds
    results = {make.type_of(kind, {JsonType.OBJECT: amount}): kind for kind in kinds}
    bucket = make.type_of(contract.bucket, {JsonType.ARRAY: GenericAlias(list, (_union(results),))})
    page = make.type_of(contract.page, {JsonType.ARRAY: GenericAlias(list, (bucket,))})
    shapes = {page: contract.page, bucket: contract.bucket, **results}
    roots: Mapping[Shape | None, Iterable[type[Struct]]] = {
        None: shapes,
        Shape.PAGE: [page],
        Shape.BUCKET: [bucket],
        Shape.RESULT: results,
    }
    return FastTypes(
        contract=contract,
        layout=layout,
        records={cls: make.record(shape) for cls, shape in {**shapes, amount: contract.amount}.items()},
        root=_union(roots[None if layout.is_tagged else layout.shape]),
    )


def _union(types: Iterable[type[Struct]]) -> Type:
    first, *others = [*types] or [_NOTHING]
    union: Type = first
    for other in others:
        union |= other
    return union


class _Maker:
    """Writes types and checks for one layout."""

    def __init__(self, contract: Contract, layout: Layout) -> None:
        self._contract = contract
        self._layouts = layout.records

    def type_of(self, shape: RecordShape, parts: Mapping[JsonType, Type]) -> type[Struct]:
        """The Struct of a record; `parts` are the types of its objects or arrays."""
        held = tuple((kind, part) for kind, part in parts.items() if _holds(shape, kind))
        return _struct(shape, self._layouts.get(shape.name, _NOTHING_SEEN), held)

    def record(self, shape: RecordShape) -> FastRecord:
        """The record with its check."""
        return _record(shape, self._layouts.get(shape.name, _NOTHING_SEEN), self._contract.revision)


def _holds(shape: RecordShape, kind: JsonType) -> bool:
    """Whether a record has members of such a type."""
    return any(member.type is kind for member in shape.members.values())


@lru_cache(maxsize=_MOST_RECORDS)
def _struct(shape: RecordShape, layout: RecordLayout, parts: tuple[tuple[JsonType, Type], ...]) -> type[Struct]:
    """The Struct of a record of this layout; layouts of payloads differ in few records and share the others."""
    names = layout.completed(shape)
    tagged = shape.kind is not None and names[0] == "object"
    types = dict(parts)
    fields: list[tuple[str, Type] | tuple[str, Type, object]] = []
    for name in names:
        member = shape.members.get(name)
        if tagged and name == "object":
            continue
        attribute = _attribute(shape, names, name)
        if member is None:
            is_key = name in group_keys(shape)
            fields.append((attribute, str | None | UnsetType if is_key else _SCALAR | UnsetType, UNSET))
        else:
            wanted = types.get(member.type) or _type(member, large=name in layout.large)
            is_needed = name in shape.required
            if name == "object" and is_kind(shape.kind or ""):  # nothing else tells the kind, whatever a draft allows
                is_needed, wanted = True, Literal[shape.kind]
            fields.append((attribute, wanted) if is_needed else (attribute, wanted | UnsetType, UNSET))
    return msgspec.defstruct(
        shape.name,
        fields,
        tag_field="object" if tagged else None,
        tag=shape.kind if tagged else None,
        rename={_attribute(shape, names, name): name for name in names},
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )


@lru_cache(maxsize=_MOST_RECORDS)
def _record(shape: RecordShape, layout: RecordLayout, revision: str) -> FastRecord:
    """A record of this layout with its check, which is shared likewise."""
    names = layout.completed(shape)
    large = [name for name in names if name in layout.large and shape.members[name].type is JsonType.INTEGER]
    columns = (
        *(Column("record/lossy-number", name, shape.members[name].attribute) for name in large),
        *(
            Column("schema/undeclared-member", name, _attribute(shape, names, name))
            for name in names
            if name not in shape.members
        ),
    )
    return FastRecord(
        shape=shape,
        order={name: index for index, name in enumerate(names)},
        columns=columns,
        numbers=tuple(member for member in shape.members.values() if member.type is JsonType.NUMBER),
        part=next((member.attribute for member in shape.members.values() if member.type is JsonType.OBJECT), None),
        revision=revision,
    )


def _attribute(shape: RecordShape, names: tuple[str, ...], name: str) -> str:
    """The attribute of the Struct for a wire name."""
    member = shape.members.get(name)
    return f"_undeclared_{names.index(name)}" if member is None else member.attribute


def _type(member: Member, *, large: bool) -> Type:
    """The type of a plain value; what does not fit it is left to the exact route."""
    wanted: Type
    if member.const is not None:
        wanted = Literal[member.const]
    elif member.type is JsonType.INTEGER:
        wanted = Annotated[int, Meta(ge=0, le=None if large else INT32_MOST)]  # counts and times: less is an error
    elif member.type is JsonType.NUMBER:
        return Raw  # null included, and no union may have it
    elif member.type is JsonType.BOOLEAN:
        wanted = bool
    else:
        wanted = Literal[member.values.known] if member.values else str
    return wanted | None if member.nullable else wanted


@lru_cache(maxsize=_MOST_CHECKS)
def _check(shape: RecordShape, names: tuple[str, ...], columns: tuple[Column, ...], revision: str) -> Check:
    """The check of one record, compiled; layouts differ in few records and share the others."""
    source = SourceText(shape, names, columns)
    keys = tuple(map(attrgetter, source.keys))
    scope: dict[str, Any] = {"UNSET": UNSET, "MOST": INT32_MOST, "KEYS": keys}
    scope |= {
        "AMOUNT": attrgetter("amount"),
        "CURRENCY": attrgetter("currency"),
        "USD": {"usd"},
        "IS_CODE": is_currency_code,
    }
    exec("\n".join(source.lines(revision)), scope)  # noqa: S102 - made of the contract's names and of numbers
    check: Check = scope["check"]
    return check


class SourceText:
    """
    Writes the check of one record as Python.

    For a record with two counts of which one is the other's part, an undeclared member and a group key, that is::

        def check(objects, counts, arrays=None):
            n0 = 0
            for o in objects:
                t0 = o.input_tokens
                t1 = o.input_cached_tokens
                if t1 is not UNSET and t1 > t0:
                    return False
                if o._undeclared_3 is not UNSET:
                    n0 += 1
            counts[0] += n0
            if len(objects) < 2:
                return True
            arrays = arrays or [objects]
            most = max(arrays, key=len)
            for key in KEYS if len(most) > 1 else ():
                if key(most[0]) != key(most[1]):
                    column, start, left = [*map(key, objects)], 0, []
                    for array in arrays:
                        values = {*column[start : start + len(array)]}
                        start += len(array)
                        if len(values) < len(array) or (None in values and UNSET in values):
                            left.append(array)
                    if len(left) < len(arrays):
                        arrays = left
                        break
            for array in arrays:
                groups = set()
                for o in array:
                    k0 = o.project_id
                    if k0 is UNSET:
                        k0 = None
                    groups.add((k0,))
                if len(groups) < len(array):
                    return False
            return True
    """

    def __init__(self, shape: RecordShape, names: tuple[str, ...], columns: tuple[Column, ...]) -> None:
        """Write for these members, of which `columns` are looked at."""
        self._shape = shape
        self._names = names
        self._columns = columns

    @property
    def keys(self) -> list[str]:
        """The attributes of the group keys."""
        keys = [name for name in group_keys(self._shape) if name in self._names]
        keys.sort(key=lambda name: not name.endswith("_id"))  # of which there are more than of models
        return [_attribute(self._shape, self._names, name) for name in keys]

    def lines(self, revision: str) -> list[str]:
        """The check, line by line."""
        counted = range(len(self._columns))
        body = [*self._sums(revision), *self._counters()]
        return [
            "def check(objects, counts, arrays=None):",
            *(f"    n{index} = 0" for index in counted),
            *(["    for o in objects:", *(f"        {line}" for line in body)] if body else ()),
            *(f"    counts[{index}] += n{index}" for index in counted),
            *(f"    {line}" for line in (*self._currencies(), *self._groups())),
        ]

    def _sums(self, revision: str) -> list[str]:
        """The relations between counts that the vendor states, each where all its terms are there."""
        rules = sum_rules(revision, self._shape.kind or "")
        names = dict.fromkeys(name for rule in rules for name in rule.all_terms)
        terms = {name: f"t{index}" for index, name in enumerate(names)}  # no name of a draft may be read as Python
        lines = [f"{term} = o.{self._shape.members[name].attribute}" for name, term in terms.items()]
        for rule in rules:
            there = [is_there for name in rule.terms for is_there in self._is_there(name, terms[name])]
            parts, differs = " + ".join(map(terms.__getitem__, rule.parts)), "!=" if rule.exact else ">"
            broken = [f"{parts} {differs} {terms[rule.total]}"]
            if rule.on_top:
                on_top = f"{parts} + {terms[rule.on_top]} {differs} {terms[rule.total]}"
                more, settled = (
                    " and ".join(self._is_there(name, terms[name])) or "True"
                    for name in (rule.on_top, rule.settled_by or rule.on_top)
                )
                if rule.settled_by:  # the part on top is inside, or nobody knows
                    broken.append(f"(({settled}) or not ({more}) or {on_top})")
                else:
                    broken = [f"({on_top} if {more} else {broken[0]})"]
            lines += [f"if {' and '.join([*there, *broken])}:", "    return False"]
        return lines

    def _counters(self) -> list[str]:
        lines: list[str] = []
        for index, column in enumerate(self._columns):
            value = f"o.{column.attribute}"
            counted = [f"{value} is not UNSET"]
            if column.code == "record/lossy-number":
                counted = [*self._is_there(column.name, value), f"{value} > MOST"]
            lines += [f"if {' and '.join(counted)}:", f"    n{index} += 1"]
        return lines

    def _currency(self) -> list[str]:
        amount = self._shape.members.get("amount")
        if amount is None or amount.type is not JsonType.OBJECT:
            return []
        currency = "o.amount.currency"
        code = f"type({currency}) is str and {currency}.islower() and IS_CODE({currency})"
        return [f'if o.amount is not UNSET and {currency} != "usd" and not ({code}):', "    return False"]

    def _currencies(self) -> list[str]:
        """The same of all objects, of which nearly all have dollars."""
        looks = self._currency()
        if not looks:
            return []
        return [
            "try:",
            "    are_usd = {*map(CURRENCY, map(AMOUNT, objects))} == USD",
            "except AttributeError:",
            "    are_usd = False",
            "for o in () if are_usd else objects:",
            *(f"    {line}" for line in looks),
        ]

    def _groups(self) -> list[str]:
        """
        That no two objects of one array have the same group keys, where an absent key is as good as null.

        Most answers are grouped by one key, so a key that tells the first objects of an array apart often tells all.
        """
        if not is_kind(self._shape.kind or ""):
            return ["return True"]
        numbers = range(len(self.keys))
        return [
            "if len(objects) < 2:",
            "    return True",
            "arrays = arrays or [objects]",
            "most = max(arrays, key=len)",
            "for key in KEYS if len(most) > 1 else ():",
            "    if key(most[0]) != key(most[1]):",
            "        column, start, left = [*map(key, objects)], 0, []",
            "        for array in arrays:",
            "            values = {*column[start : start + len(array)]}",
            "            start += len(array)",
            "            if len(values) < len(array) or (None in values and UNSET in values):",
            "                left.append(array)",
            "        if len(left) < len(arrays):",
            "            arrays = left",
            "            break",
            "for array in arrays:",
            "    groups = set()",
            "    for o in array:",
            *(f"        k{index} = o.{attribute}" for index, attribute in enumerate(self.keys)),
            *(f"        if k{index} is UNSET: k{index} = None" for index in numbers),
            f"        groups.add(({''.join(f'k{index}, ' for index in numbers)}))",
            "    if len(groups) < len(array):",
            "        return False",
            "return True",
        ]

    def _is_there(self, name: str, value: str) -> list[str]:
        member = self._shape.members[name]
        return [
            *([f"{value} is not UNSET"] if name not in self._shape.required else ()),
            *([f"{value} is not None"] if member.nullable else ()),
        ]
