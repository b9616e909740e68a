"""
`compare`: what a client was sent against what it gave back, every difference named, and the level they come to.

The comparison judges no validity: what was wrong and came back as it was is no difference.
"""

from __future__ import annotations

import os
import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import Factory, define, evolve, frozen

from usagecompat.checking import shape_of_document
from usagecompat.contract import ABSENT, Absent, resolve_revision
from usagecompat.fidelity.alignment import Prints, pair
from usagecompat.fidelity.precision import Nearness, nearness
from usagecompat.fidelity.roles import UNDECLARED, UNKNOWN, Role, Roles, roles
from usagecompat.findings import Shape, named, pointer
from usagecompat.inputs import only
from usagecompat.jsontext import (
    NO_VALUE,
    Document,
    Members,
    Spelling,
    by_name,
    excerpt,
    parse,
    read,
    said,
    spaced_alike,
    with_room,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Revision
    from usagecompat.findings import Path, ShapeName
    from usagecompat.jsontext import Node

MOST_DIFFERENCES: Final = 1_000
"""How many differences of each code are listed; the others are counted in `truncated`."""


class Level(IntEnum):
    """How much of a payload survives a client's decoding and encoding; each level holds what those below it do."""

    NONE = 0
    """A declared value was lost or changed."""
    VALUES = 1
    """Declared values survive as binary64; null and absent may be exchanged, members invented."""
    PRESENCE = 2
    """Null stays null, absent stays absent, and nothing is invented."""
    OPEN = 3
    """Undeclared members and unknown kinds survive."""
    EXACT = 4
    """Every number keeps its exact decimal value; from here on two payloads are called identical."""
    LEXICAL = 5
    """Numbers keep their spelling, and members their order."""
    BYTES = 6
    """The bytes are the same."""


@frozen(kw_only=True)
class Difference:
    """
    One thing in which what came back differs from what was sent.

    The pointer leads into what was sent, and only for what was invented (`client/member-invented`,
    `client/item-invented`, `client/absent-became-null`) into what came back.
    """

    code: str
    pointer: str
    sent: str | None
    """What was sent, as JSON that is cut where it gets long; None where there is nothing to show."""
    returned: str | None
    """What came back, likewise."""
    message: str
    cap: Level
    """The highest level that this difference allows."""

    def to_dict(self) -> dict[str, object]:
        """The difference as `schemas/fidelity.json` describes it."""
        return {
            "code": self.code,
            "pointer": self.pointer,
            "sent": self.sent,
            "returned": self.returned,
            "message": self.message,
            "cap": self.cap.name,
        }


@frozen(kw_only=True)
class Fidelity:
    """How much of one payload a client gave back."""

    level: Level
    differences: tuple[Difference, ...] = ()
    """
    In document order; what was invented in an object or array stands behind what was sent of it.

    Complete, unless `truncated` says otherwise.
    """
    truncated: int = 0
    """How many differences are not listed, because there were too many with the same code."""

    def to_dict(self) -> dict[str, object]:
        """The comparison as `schemas/fidelity.json` describes it."""
        return {
            "level": int(self.level),
            "name": self.level.name,
            "differences": [difference.to_dict() for difference in self.differences],
            "truncated": self.truncated,
        }


_CAPS: Final[Mapping[str, tuple[Level, Level]]] = {
    "client/not-json": (Level.NONE, Level.NONE),
    "client/kind-lost": (Level.NONE, Level.PRESENCE),
    "client/type-changed": (Level.NONE, Level.PRESENCE),
    "client/value-changed": (Level.NONE, Level.PRESENCE),
    "client/duplicate-collapsed": (Level.NONE, Level.PRESENCE),
    "client/item-lost": (Level.NONE, Level.PRESENCE),
    "client/item-invented": (Level.NONE, Level.PRESENCE),
    "client/items-reordered": (Level.NONE, Level.PRESENCE),
    "client/member-lost": (Level.NONE, Level.PRESENCE),
    "client/precision-lost": (Level.NONE, Level.PRESENCE),
    "client/null-became-absent": (Level.VALUES, Level.PRESENCE),
    "client/absent-became-null": (Level.VALUES, Level.PRESENCE),
    "client/member-invented": (Level.VALUES, Level.VALUES),
    "client/integer-as-float": (Level.VALUES, Level.VALUES),
    "client/number-respelled": (Level.EXACT, Level.EXACT),
    "client/order-changed": (Level.EXACT, Level.EXACT),
    "client/string-respelled": (Level.LEXICAL, Level.LEXICAL),
    "client/whitespace-changed": (Level.LEXICAL, Level.LEXICAL),
}
"""The highest level that a difference allows at a declared and at an open node."""

_SAME_BINARY64: Final = (Level.OPEN, Level.OPEN)
"""The same for a loss of digits that binary64 does not hold."""

_NEAR: Final = frozenset({Nearness.SAME_VALUE, Nearness.SAME_BINARY64})
"""How near a number is that was changed in its spelling, if at all."""
_INTEGER: Final = re.compile(r"-?[0-9]+")
"""How numbers are spelled that integer decoders read."""

_ROOTS: Final[Mapping[Shape | None, Role]] = {
    Shape.PAGE: Role.PAGE,
    Shape.BUCKET: Role.BUCKET,
    Shape.RESULT: Role.RESULT,
    Shape.FLAT: Role.RESULT,
    None: Role.OTHER,
}
_ITEMS: Final[Mapping[Role, Role]] = {Role.BUCKETS: Role.BUCKET, Role.RESULTS: Role.RESULT}
_INVENTED: Final = frozenset({"client/member-invented", "client/item-invented", "client/absent-became-null"})
"""The codes whose pointers lead into what came back."""

_Member: TypeAlias = "tuple[str, Node]"
_Group: TypeAlias = "list[_Member]"
_Named: TypeAlias = "dict[str, _Group]"


def compare(
    sent: bytes | bytearray | memoryview | str | os.PathLike[str],
    returned: bytes | bytearray | memoryview | str | os.PathLike[str],
    *,
    revision: Revision | None = None,
    shape: ShapeName | None = None,
) -> Fidelity:
    """
    Everything in which `returned` differs from `sent`, and the level that the differences come to.

    Neither text ever raises, whatever it holds.
    A member that came back under another name is one lost and one invented; white space is compared for the whole
    text, the order of members for each object, and the spelling of strings and numbers for each value.

    Args:
        sent: The payload that a client was given, or the `Path` of a file that holds it.
        returned: The text that the client wrote after reading it.
        revision: Members and kinds that this revision or an earlier one lists are declared, all others open; None for
            the newest.
        shape: "page", "bucket", "result" or "flat"; None to let `sent` tell.

    Raises:
        NoSuchRevision: `revision` was never published.
        NoSuchName: `shape` does not exist.
        UnreadableInput: A path is that of what cannot be read as one payload.
        TypeError: `sent` or `returned` is no text.
    """
    at = resolve_revision(revision)
    asked = None if shape is None else named(Shape, shape, "shape")
    before, after = _bytes_of(sent), _bytes_of(returned)
    if before == after:
        return Fidelity(level=Level.BYTES)
    return with_room(_compared, read(before), read(after), at, asked)


def _bytes_of(text: bytes | bytearray | memoryview | str | os.PathLike[str]) -> bytes:
    if isinstance(text, os.PathLike):
        return only(text)
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, (bytes, bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers err
        return bytes(text)
    message = f"compare takes texts, as bytes or str, not {type(text).__name__}"
    raise TypeError(message)


def _compared(sent: Document, returned: Document, revision: str, asked: Shape | None) -> Fidelity:
    """The comparison of two texts that are not the same."""
    comparison = _Comparison(roles(revision))
    for document, whose in ((sent, "what was sent"), (returned, "the answer")):
        fault = _why_no_json(document)
        if fault is not None:
            comparison.text("client/not-json", f"{whose} is not JSON: {fault}")
            return comparison.result()
    one, other = sent.text or "", returned.text or ""
    if not spaced_alike(one, other):
        comparison.text("client/whitespace-changed", "the white space between the tokens came back different")
    # An object that nobody knows is compared as a result of no known kind: all of it is open.
    shape = (asked or shape_of_document(sent) or Shape.RESULT) if type(sent.value) is dict else None
    comparison.value(parse(one), parse(other), _Place((), (), _ROOTS[shape], is_open=False))
    return comparison.result()


def _why_no_json(document: Document) -> str | None:
    """What keeps a text from being JSON; None for one that the strict reader reads, with whatever else is wrong."""
    if document.value is NO_VALUE:
        return document.findings[0].message
    return next((seen.message for seen in document.findings if seen.code == "json/non-finite-number"), None)


@frozen
class _Place:
    """Where the walk is."""

    at: Path
    """In what was sent."""
    back: Path
    """In what came back."""
    role: Role
    is_open: bool
    integer: bool = False
    """Whether the contract says that an integer stands here."""

    def inside(
        self, part: str | int, partner: str | int, role: Role, *, is_open: bool, integer: bool = False
    ) -> _Place:
        """The place of a member or an item in here, open if this one is."""
        return _Place((*self.at, part), (*self.back, partner), role, self.is_open or is_open, integer)


@define
class _Comparison:
    """One walk over two trees."""

    roles: Roles
    prints: Prints = Factory(Prints)
    level: Level = Level.BYTES
    listed: list[Difference] = Factory(list[Difference])
    counts: dict[str, int] = Factory(dict[str, int])

    def result(self) -> Fidelity:
        """All that was found."""
        truncated = sum(self.counts.values()) - len(self.listed)
        return Fidelity(level=self.level, differences=tuple(self.listed), truncated=truncated)

    def text(self, code: str, message: str) -> None:
        """Note what is different in the text as a whole."""
        cap, _ = _CAPS[code]
        self._count(code, cap)
        self.listed.append(Difference(code=code, pointer="", sent=None, returned=None, message=message, cap=cap))

    def add(  # noqa: PLR0913, PLR0917 - as many as a difference has sides
        self,
        code: str,
        place: _Place,
        message: str,
        sent: Node | Absent = ABSENT,
        returned: Node | Absent = ABSENT,
        caps: tuple[Level, Level] | None = None,
    ) -> None:
        """Note a difference; `message` may have `{sent}` and `{returned}` in it."""
        cap = (caps or _CAPS[code])[place.is_open]
        if self._count(code, cap):
            where = pointer(place.back if code in _INVENTED else place.at)
            ours = None if isinstance(sent, Absent) else excerpt(sent)
            theirs = None if isinstance(returned, Absent) else excerpt(returned)
            told = message.format(sent=ours, returned=theirs)
            self.listed.append(Difference(code=code, pointer=where, sent=ours, returned=theirs, message=told, cap=cap))

    def _count(self, code: str, cap: Level) -> bool:
        """Count a difference in; whether it is to be listed."""
        self.level = min(self.level, cap)
        self.counts[code] = self.counts.get(code, 0) + 1
        return self.counts[code] <= MOST_DIFFERENCES

    def value(self, sent: Node, returned: Node, place: _Place) -> None:
        """Compare what stands in the same place."""
        if isinstance(sent, Members) and isinstance(returned, Members):
            self._members(sent, returned, self._judged(sent, place))
        elif isinstance(sent, list) and isinstance(returned, list):
            self._items(sent, returned, place)
        elif isinstance(sent, str) and isinstance(returned, str):
            if said(sent) != said(returned):
                self.add("client/value-changed", place, "{sent} came back as {returned}", sent, returned)
            elif sent != returned:
                message = "the string came back equal and escaped otherwise"
                self.add("client/string-respelled", place, message, sent, returned)
        elif isinstance(sent, Spelling) and isinstance(returned, Spelling):
            if sent != returned:
                self._number(sent, returned, place)
        elif type(sent) is type(returned):
            if sent is not returned:
                self.add("client/value-changed", place, "{sent} came back as {returned}", sent, returned)
        else:
            message = f"{_type(sent, '{sent}')} came back as {_type(returned, '{returned}')}"
            self.add("client/type-changed", self._judged(sent, place), message, sent, returned)

    def _judged(self, node: Node, place: _Place) -> _Place:
        """The same place, open if `node` makes it so: a result of unknown kind."""
        if place.role is Role.RESULT and not place.is_open and isinstance(node, Members) and not self.roles.knows(node):
            return evolve(place, is_open=True)
        return place

    def _number(self, sent: Spelling, returned: Spelling, place: _Place) -> None:
        near = nearness(sent.lexeme, returned.lexeme)
        if (
            place.integer
            and near in _NEAR
            and _INTEGER.fullmatch(sent.lexeme)
            and not _INTEGER.fullmatch(returned.lexeme)
        ):
            message = "the integer {sent} came back spelled {returned}, which integer decoders refuse"
            self.add("client/integer-as-float", place, message, sent, returned)
            if near is Nearness.SAME_VALUE:
                return
        if near is Nearness.SAME_VALUE:
            message = "the number {sent} came back equal and spelled {returned}"
            self.add("client/number-respelled", place, message, sent, returned)
        elif near is Nearness.SAME_BINARY64:
            message = "{sent} came back as {returned}, which is the same as binary64"
            self.add("client/precision-lost", place, message, sent, returned, _SAME_BINARY64)
        elif near is Nearness.ROUNDED:
            message = "{sent} came back as {returned}, which is not even the same as binary64"
            self.add("client/precision-lost", place, message, sent, returned)
        else:
            self.add("client/value-changed", place, "{sent} came back as {returned}", sent, returned)

    # -- objects

    def _members(self, sent: Members, returned: Members, place: _Place) -> None:
        slots = self.roles.members(place.role, sent)
        otherwise = UNKNOWN if slots is None else UNDECLARED
        slots = slots or {}
        ours, theirs = by_name(sent), by_name(returned)
        self._order(sent, returned, ours, theirs, place)
        for name, group in ours.items():
            answers = theirs.get(name)
            if answers == group and place.role is not Role.OTHER:
                continue
            slot = slots.get(name, otherwise)
            here = place.inside(name, name, slot.role, is_open=slot.is_open, integer=slot.integer)
            if place.role is Role.RESULT and name == "object" and self._lost_kind(group, answers, here):
                continue
            if answers is None:
                self._lost(group[-1][1], here)
                continue
            for one, other in self._told_as_often(group, answers, here):
                self._member(one, other, here)
        for name, answers in theirs.items():
            if name not in ours:
                slot = slots.get(name, otherwise)
                self._invented(answers[-1][1], place.inside(name, name, slot.role, is_open=slot.is_open))

    def _order(self, sent: Members, returned: Members, ours: _Named, theirs: _Named, place: _Place) -> None:
        """Compare the order of the members that came back as often as they were sent."""
        if [name for name, _ in sent] == [name for name, _ in returned]:
            return
        alike = {name for name, group in ours.items() if len(theirs.get(name, ())) == len(group)}
        before = [name for name, _ in sent if said(name) in alike]
        after = [name for name, _ in returned if said(name) in alike]
        if [*map(said, before)] != [*map(said, after)]:
            message = "the members came back in another order"
            self.add("client/order-changed", place, message, [*before], [*after])

    def _lost_kind(self, group: _Group, answers: _Group | None, place: _Place) -> bool:
        """Whether a result that said its kind came back as another kind or as none."""
        sent, returned = group[-1][1], ABSENT if answers is None else answers[-1][1]
        if not isinstance(sent, str) or (isinstance(returned, str) and said(sent) == said(returned)):
            return False
        lost = isinstance(returned, Absent)
        message = "a result {sent} came back without its kind" if lost else "a result {sent} came back as {returned}"
        self.add("client/kind-lost", place, message, sent, returned)
        return True

    def _lost(self, sent: Node, place: _Place) -> None:
        code = "client/null-became-absent" if sent is None else "client/member-lost"
        self.add(code, place, "{sent} was sent and did not come back", sent)

    def _invented(self, returned: Node, place: _Place) -> None:
        code = "client/absent-became-null" if returned is None else "client/member-invented"
        self.add(code, place, "{returned} came back and was not sent", ABSENT, returned)

    def _told_as_often(self, group: _Group, answers: _Group, place: _Place) -> list[tuple[_Member, _Member]]:
        """The members of one name that belong together; if there are not as many as were sent, the last of both."""
        if len(group) == len(answers):
            return list(zip(group, answers, strict=True))
        code = "client/duplicate-collapsed" if len(group) > len(answers) else "client/member-invented"
        message = f"the member was sent {_times(len(group))} and came back {_times(len(answers))}"
        self.add(code, place, message, group[-1][1], answers[-1][1])
        return [(group[-1], answers[-1])]

    def _member(self, sent: _Member, returned: _Member, place: _Place) -> None:
        """Compare two members with the same name."""
        (name, value), (answer_name, answer) = sent, returned
        if name != answer_name:
            message = "the member's name came back equal and escaped otherwise"
            self.add("client/string-respelled", place, message, name, answer_name)
            if isinstance(value, str) and isinstance(answer, str) and said(value) == said(answer):
                return
        self.value(value, answer, place)

    # -- arrays

    def _items(self, sent: list[Node], returned: list[Node], place: _Place) -> None:
        pairing = pair(sent, returned, place.role, self.prints)
        role = _ITEMS.get(place.role, Role.OTHER)
        if pairing.reordered:
            order: list[Node] = [Spelling(str(index)) for index in pairing.order]
            message = "the items came back in another order, by their first indexes: {returned}"
            self.add("client/items-reordered", place, message, ABSENT, order)
        for index, (item, partner) in enumerate(zip(sent, pairing.partners, strict=True)):
            if partner is None:
                here = self._judged(item, place.inside(index, index, role, is_open=False))
                self.add("client/item-lost", here, "{sent} was sent and did not come back", item)
            elif role is Role.OTHER or item != returned[partner]:
                self.value(item, returned[partner], place.inside(index, partner, role, is_open=False))
        for index in pairing.invented:
            item = returned[index]
            here = self._judged(item, place.inside(index, index, role, is_open=False))
            self.add("client/item-invented", here, "{returned} came back and was not sent", ABSENT, item)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _type(node: Node, shown_as: str) -> str:
    """A value in words that tell its type."""
    if isinstance(node, (Members, list)):
        return "an object" if isinstance(node, Members) else "an array"
    if isinstance(node, (str, Spelling)):
        return f"the {'string' if isinstance(node, str) else 'number'} {shown_as}"
    return shown_as
