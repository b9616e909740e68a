"""
Kinds of failure: a code, and a place in the contract.

A place is a pointer from the root of a page, whatever was sent, with `*` for every index and for every name that no
revision declares. So the same member is one place in a result, in the tenth bucket and in the hundredth.
A refusal, a crash and an answer that is no JSON have no pointer: there the words of the client, without what varies, tell kinds apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import Contract, JsonType
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import CaseResult
    from usagecompat.fidelity import Level

_ANY: Final = "*"
_MOST_OPEN: Final = 2
"""So many steps into what nobody declares tell places apart."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_MOST_WORDS: Final = 4
"""So many words tell messages apart; those that follow may be the payload's."""
_REFUSED: Final = "client/refused-valid"
_NO_JSON: Final = "client/not-json"
"""The difference that is one of the whole text, which tells no place in it."""
PREFIX: Final = "fuzz"
"""What the names of kinds of failure begin with in lists of expected ones."""


@frozen(order=True)
class Kind:
    """One kind of failure."""

    code: str
    place: str
    """A pointer from the root of a page, with `*` for indexes and open names."""
    words: str = ""
    """What the client says, without numbers and quotations, where no pointer tells the place."""

    @property
    def id(self) -> str:
        """What a list of expected failures names it by; the code stands beside."""
        return f"{PREFIX}{self.place}"

    @property
    def said(self) -> str:
        """The kind for people."""
        where = self.place or "the payload as a whole"
        return f"{self.code} at {where}" + (f" ({self.words})" if self.words else "")


def kinds_of(result: CaseResult, required: Level, shape: Shape | None, said: Contract) -> dict[Kind, str]:
    """The kinds of failure that a result shows, each with what is said of it."""
    codes = result.failing(required)
    found: dict[Kind, str] = {}
    if not codes:
        return found
    for fault in result.faults:
        if fault.code in codes:
            said_by_client = result.message if fault.code == _REFUSED else fault.message
            found.setdefault(Kind(fault.code, "", words_of(said_by_client)), fault.message)
    for difference in result.differences:
        if difference.code in codes and difference.cap < required:
            kind = (
                Kind(difference.code, "", words_of(difference.message))
                if difference.code == _NO_JSON
                else Kind(difference.code, place_of(difference.pointer, shape, said))
            )
            found.setdefault(kind, difference.message)
    return found


def words_of(message: str) -> str:
    """What stays the same in messages that say the same of different payloads: words of the last line, but no quotation."""
    lines = [line for line in message.splitlines() if line.strip()]
    told = re.sub(r"""'[^']*'|"[^"]*"|`[^`]*`|\([^)]*\)""", " ", lines[-1] if lines else "")
    return " ".join(_WORD.findall(told)[:_MOST_WORDS])


def place_of(pointer: str, shape: Shape | None, said: Contract) -> str:
    """The place in the contract that a pointer into a payload of this shape leads to."""
    parts = [*_around(shape, said), *_steps(pointer, shape, said)]
    return "".join(f"/{part}" for part in parts)


def _around(shape: Shape | None, said: Contract) -> tuple[str, ...]:
    """The way from a page to what was sent."""
    if shape is Shape.BUCKET:
        return (_items(said, Shape.PAGE), _ANY)
    if shape in {Shape.RESULT, Shape.FLAT}:
        return (_items(said, Shape.PAGE), _ANY, _items(said, Shape.BUCKET), _ANY)
    return ()


def _items(said: Contract, shape: Shape) -> str:
    """The member of a page or bucket that holds its items."""
    record = said.page if shape is Shape.PAGE else said.bucket
    return next((name for name, member in record.members.items() if member.type is JsonType.ARRAY), _ANY)


def _steps(pointer: str, shape: Shape | None, said: Contract) -> Iterator[str]:
    record: Shape | None = Shape.RESULT if shape is Shape.FLAT else shape
    parts = pointer.split("/")[1:]
    while parts:
        name = parts.pop(0)
        if name not in _names(record, said):
            yield from [_ANY] * min(1 + len(parts), _MOST_OPEN)
            return
        yield name
        inner = {Shape.PAGE: Shape.BUCKET, Shape.BUCKET: Shape.RESULT}.get(record) if record else None
        is_list = inner is not None and name == _items(said, record or Shape.PAGE)
        if is_list and parts:
            parts.pop(0)
            yield _ANY
            record = inner
        elif record is Shape.RESULT and name == "amount":
            record = None
        else:
            yield from [_ANY] * min(len(parts), _MOST_OPEN)
            return


def _names(record: Shape | None, said: Contract) -> frozenset[str]:
    """The declared names of a record; None stands for an amount."""
    if record is Shape.PAGE:
        return frozenset(said.page.members)
    if record is Shape.BUCKET:
        return frozenset(said.bucket.members)
    if record is None:
        return frozenset(said.amount.members)
    return frozenset(name for shape in said.kinds.values() for name in shape.members)
