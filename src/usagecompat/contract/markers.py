"""
The vocabulary in which `records.py` states the contract: markers, absence, and what a record keeps of its text.

A member is one annotated line: its type, one marker that says what it means, and qualifiers for its history.
Nothing here reads the annotations; `tree.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - the annotations are read at run time
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeVar

from attrs import evolve, field, fields, frozen

from usagecompat.jsontext import Number, plain

if TYPE_CHECKING:
    from usagecompat.jsontext import Plain, Tree


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT: Final = Absent.ABSENT
"""The value of a member that is not there, which is not the same as null (`None`)."""


KIND_PATTERN: Final = r"organization\.(usage\.[a-z0-9_]+|costs)\.result"
"""What the `object` of a result looks like, of known and of unknown kinds; to be matched in full."""
NUMBER_PATTERN: Final = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
"""What the text of a JSON number looks like; to be matched in full."""

is_kind: Final = re.compile(KIND_PATTERN).fullmatch
is_number_text: Final = re.compile(NUMBER_PATTERN).fullmatch


@frozen
class Marker:
    """What a member means."""

    doc: str
    """One sentence for people who read the schema."""
    null_since: ClassVar[str] = ""
    """The first revision at which members of this meaning may be null, if their type allows it at all."""


class Kind(Marker):
    """The discriminator."""


class Count(Marker):
    """A number of things that happened: an integer, never below zero."""


class Time(Marker):
    """A moment, in whole seconds since 1970-01-01 UTC."""


class Money(Marker):
    """An exact decimal number of currency units."""


class Quantity(Marker):
    """An exact decimal number of units that another member names."""


class GroupKey(Marker):
    """A value by which a report can be grouped; null or absent where it was not."""

    null_since = "2024-12-05"


class Text(Marker):
    """A string with no further structure."""


class Flag(Marker):
    """A boolean."""


class Part(Marker):
    """A record of its own inside this one."""


class Items(Marker):
    """An array of records."""


class FlatMember(Marker):
    """A member of the flat record, which has the meaning that the kinds give it."""


@frozen
class Since:
    """The member is declared from `revision` on."""

    revision: str


@frozen
class NullSince:
    """The member may be null from `revision` on."""

    revision: str


@frozen
class RequiredSince:
    """The member is required from `revision` on, and optional before."""

    revision: str


@frozen
class RenamedAt:
    """Before `revision`, the member is called `former`."""

    revision: str
    former: str


@frozen
class FormatSince:
    """The contract annotates the member with `format` from `revision` on."""

    revision: str
    format: str


@frozen(kw_only=True)
class Means:
    """
    What the member counts from `since` on, until the next such line says otherwise.

    A meaning is part of a revision as a type is: where it changes, every reader who adds up has to change, and no
    schema shows it.
    """

    since: str
    doc: str
    """One or two sentences."""
    source: str
    """Where the vendor says so."""
    leaves_out: str = ""
    """The member with the part that this one leaves out, so that a sum needs both."""
    unless: str = ""
    """A member with which nothing is left out; while it is absent or null, nobody can tell."""


@frozen
class Values:
    """The values that the contract lists for the member."""

    known: tuple[str, ...]
    closed: bool = False
    """Whether the contract allows no others."""
    in_prose: bool = False
    """Whether the contract lists them in a description only."""


@frozen
class Layout:
    """
    What a record keeps of the text it came from.

    Two layouts are equal if their undeclared members are: order and spelling say nothing about the value.
    """

    undeclared: Mapping[str, Tree] = field(factory=dict[str, "Tree"])
    """Members that the revision does not declare, as exact JSON trees."""
    order: tuple[str, ...] = field(default=(), eq=False)
    """The wire names of all members in the order they came."""
    spellings: Mapping[str, str] = field(factory=dict[str, str], eq=False)
    """How each number was spelled, by wire name."""
    unread: Mapping[str, Number] = field(factory=dict[str, "Number"], eq=False)
    """Integers with exponents that nobody should write out unless asked, by attribute."""

    __hash__ = None  # type: ignore[assignment]


@frozen(kw_only=True)
class Record:
    """
    The base of all records: immutable, equal by the exact values of declared and undeclared members.

    Records are made by `usagecompat.loads`, or by hand with the newest wire names as keywords.
    """

    SINCE: ClassVar[str] = ""
    """The first revision that has the record, if not the first of all."""
    ALSO_REQUIRED: ClassVar[Mapping[str, str]] = {}
    """Names that the contract requires beside the declared members, each with the last revision that does."""
    WIRE_NAMES: ClassVar[Mapping[str, str]] = {}
    """The wire names of a draft's members that are none of Python, by attribute."""

    _layout: Layout = field(factory=Layout, repr=False, hash=False, alias="layout")

    def __init_subclass__(cls) -> None:
        cls.__repr__ = Record.__repr__  # type: ignore[method-assign]  # else attrs writes one without `undeclared`

    def __repr__(self) -> str:
        """What would make the record, and what came with it that cannot be given by hand."""
        members = [f"{one.name}={_shown(getattr(self, one.name))}" for one in fields(type(self)) if one.repr]
        if self._layout.undeclared:
            members.append(f"undeclared={_shown(self.undeclared)}")
        return f"{type(self).__name__}({', '.join(members)})"

    if not TYPE_CHECKING:  # for whom any name would be an attribute

        def __getattr__(self, name: str) -> object:
            """An integer that was left as it is spelled, now that its value is asked for."""
            number = object.__getattribute__(self, "_layout").unread.get(name) if name != "_layout" else None
            if number is None:
                raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)
            object.__setattr__(self, name, number.integer)
            return object.__getattribute__(self, name)

    @property
    def undeclared(self) -> dict[str, Plain]:
        """
        Members of the payload that the revision does not declare, in the order they came; a new dictionary each time.

        Their numbers are exact: an `int` where only digits were sent, else a `Decimal` with the digits as they came.
        """
        return {name: plain(tree) for name, tree in self._layout.undeclared.items()}


R = TypeVar("R", bound=Record)


def _shown(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python refuses to write integers of more than 4,300 digits
        return "<a number too long to be written here>"


def record_of(cls: type[R], members: Mapping[str, object], layout: Layout) -> R:
    """A record of these members, by attribute; a `Number` is an integer whose value is computed when it is asked for."""
    unread = {name: value for name, value in members.items() if type(value) is Number}
    if unread or layout.unread:
        layout, members = evolve(layout, unread=unread), {**members, **dict.fromkeys(unread, 0)}
    record = cls(**members, layout=layout)
    for name in unread:
        object.__delattr__(record, name)
    return record


def member_of(record: Record, name: str) -> object:
    """A member's value; a `Number` as long as nobody has asked for the value of an integer with a large exponent."""
    number = layout_of(record).unread.get(name)
    if number is None:
        return getattr(record, name)
    try:
        return object.__getattribute__(record, name)
    except AttributeError:
        return number


def layout_of(record: Record) -> Layout:
    """What a record keeps of the text that it came from."""
    return record._layout  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the one door to it
