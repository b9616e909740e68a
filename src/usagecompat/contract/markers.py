"""
The vocabulary in which `records.py` states the contract: markers, absence, and the patterns of texts.

A member is one annotated line: its type, one marker that says what it means, and qualifiers for its history.
Nothing here reads the annotations; `tree.py` does.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import ClassVar, Final, Literal

from attrs import frozen


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
class _Dated:
    """Something is so from `revision` on."""

    revision: str


class Since(_Dated):
    """The member is declared from `revision` on."""


class NullSince(_Dated):
    """The member may be null from `revision` on."""


class RequiredSince(_Dated):
    """The member is required from `revision` on, and optional before."""


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
