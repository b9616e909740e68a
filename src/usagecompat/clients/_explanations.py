"""
What may explain one difference: every name of a cause that fits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import Factory, define

from usagecompat.clients._changes import explained, renaming
from usagecompat.clients._lists import KINDS, Lists
from usagecompat.contract import contract
from usagecompat.fidelity import Level
from usagecompat.findings import is_index, pointer_parts
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from usagecompat.fidelity import Difference
    from usagecompat.jsontext import NoValue, Tree

_PLAIN: Final[Mapping[str, str]] = {
    "client/not-json": "not-json",
    "client/integer-as-float": "integer-as-float",
    "client/duplicate-collapsed": "duplicates-merged",
    "client/null-became-absent": "nulls-dropped",
    "client/absent-became-null": "nulls-for-absent",
    "client/number-respelled": "number-respelled",
    "client/order-changed": "members-reordered",
    "client/string-respelled": "escapes",
    "client/whitespace-changed": "white-space",
}


_LOST: Final = frozenset({"client/kind-lost", "client/member-lost", "client/null-became-absent"})


@define
class Values:
    """Both sides of a case as trees; None if there is none."""

    sent: Tree
    returned: Tree
    _lists: dict[tuple[str, ...], Lists | None] = Factory(dict["tuple[str, ...]", "Lists | None"])

    @classmethod
    def of(cls, sent: bytes | None, returned: bytes | None) -> Values:
        """Both sides, as far as they can be read."""
        return cls(_tree(sent), _tree(returned))

    def lists(self, at: tuple[str, ...]) -> Lists | None:
        """What became of a list; None if it is none on both sides."""
        if at not in self._lists:
            sent, returned = _at(self.sent, at), _at(self.returned, at)
            both = Lists.of(sent, returned) if isinstance(sent, list) and isinstance(returned, list) else None
            self._lists[at] = both
        return self._lists[at]


def _tree(payload: bytes | None) -> Tree:
    value = read(payload).value if payload else None
    return None if value is NO_VALUE else value


def _at(tree: Tree, parts: Sequence[str]) -> Tree | NoValue:
    node: Tree = tree
    for part in parts:
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and is_index(part) and int(part) < len(node):
            node = node[int(part)]
        else:
            return NO_VALUE
    return node


def _told(excerpt: str | None) -> Tree | NoValue:
    """The value that an excerpt shows, if it shows all of it."""
    if excerpt is None:
        return NO_VALUE
    value = read(excerpt.encode("utf-8", "surrogatepass")).value
    return NO_VALUE if value is NO_VALUE else value


def _sides(difference: Difference, values: Values) -> tuple[Tree | NoValue, Tree | NoValue]:
    """What was sent and what came back at a difference."""
    parts = pointer_parts(difference.pointer)
    sent, returned = _told(difference.sent), _told(difference.returned)
    if sent is NO_VALUE and difference.sent is not None:
        sent = _at(values.sent, parts)
    if returned is NO_VALUE and difference.returned is not None:
        returned = _at(values.returned, parts)
    return sent, returned


def renamed(differences: Iterable[Difference], values: Values) -> dict[int, tuple[str, ...]]:
    """Members that were lost and others that were invented in the same object with the same value, as one cause."""
    lost: dict[str, list[Difference]] = {}
    invented: dict[str, list[Difference]] = {}
    # What was lost around a wrapped record is at no member of it.
    for one in (one for one in differences if one.pointer):
        if one.code in {"client/member-lost", "client/null-became-absent", "client/kind-lost"} and one.returned is None:
            lost.setdefault(one.pointer.rpartition("/")[0], []).append(one)
        elif one.code in {"client/member-invented", "client/absent-became-null"}:
            invented.setdefault(one.pointer.rpartition("/")[0], []).append(one)
    found: dict[int, tuple[str, ...]] = {}
    for parent, gone in lost.items():
        there = list(invented.get(parent, ()))
        for one in gone:
            name, value = pointer_parts(one.pointer)[-1], _sides(one, values)[0]
            ways = [(renaming(name, pointer_parts(other.pointer)[-1]), other) for other in there]
            same = [(way, other) for way, other in ways if way != "renamed" or _equal(value, _sides(other, values)[1])]
            if same:
                way, other = min(same, key=lambda pair: pair[0] == "renamed")
                there.remove(other)
                found[id(one)] = found[id(other)] = (way,)
    return found


def _equal(one: Tree | NoValue, other: Tree | NoValue) -> bool:
    return one is not NO_VALUE and type(one) is type(other) and one == other and one not in (None, "", [], {})


def explanations(difference: Difference, values: Values, listed: Sequence[Difference], revision: str) -> Iterator[str]:
    """Everything that may explain a difference."""
    code = difference.code
    parts = pointer_parts(difference.pointer)
    if parts and code in _LOST and _at(values.returned, parts[:-1]) == {}:
        yield "records-emptied"
    if code in _PLAIN:
        yield from _under_lost_kind(difference, listed)
        if code == "client/number-respelled" and (difference.sent or "").startswith("-0"):
            yield "minus-zero"
        yield _PLAIN[code]
        return
    sent, returned = _sides(difference, values)
    if code == "client/kind-lost":
        yield f"one-kind-for-all:{returned}" if isinstance(returned, str) and returned in KINDS else "kind-lost"
        if isinstance(sent, str) and isinstance(returned, str):
            yield from explained(sent, returned)
    elif code in {"client/value-changed", "client/type-changed", "client/precision-lost"}:
        if parts[-1:] == ("has_more",):
            yield "has-more-changed"
        elif parts[-1:] == ("next_page",) and returned is None:
            yield "cursor-as-null"
        if sent is not NO_VALUE and returned is not NO_VALUE:
            yield from explained(sent, returned)
            if isinstance(sent, Number) and isinstance(returned, Number):
                yield from _merged(values, parts)
        yield "others"
    elif code == "client/member-lost":
        yield from _under_lost_kind(difference, listed)
        if parts[-2:] == ("amount", "value") and isinstance(sent, str):
            yield "amounts-as-text-dropped"
        if difference.cap is not Level.NONE:
            yield "undeclared-dropped"
        if sent in (False, "", [], {}) or (isinstance(sent, Number) and not sent.decimal if _finite(sent) else False):
            yield "defaults-dropped"
        if difference.cap is Level.NONE:
            yield f"member-lost-{parts[-1]}" if parts else "members-lost"
            yield "members-lost"
    elif code == "client/member-invented":
        yield from _beside_lost_list(difference, listed)
        yield from _invented(parts, returned, values, revision)
        yield from _under_lost_kind(difference, listed)
        yield "members-invented"
    elif code in {"client/item-lost", "client/item-invented", "client/items-reordered"}:
        yield from _of_items(difference, values, parts, sent)
    else:
        yield "others"


def _finite(value: Tree | NoValue) -> bool:
    return isinstance(value, Number) and value.within_limits


def _under_lost_kind(difference: Difference, listed: Sequence[Difference]) -> Iterator[str]:
    """What a record loses with its kind is lost for that."""
    parent = difference.pointer.rpartition("/")[0]
    for other in listed:
        if other.code == "client/kind-lost" and other.pointer.rpartition("/")[0] == parent:
            returned = _told(other.returned)
            yield f"one-kind-for-all:{returned}" if isinstance(returned, str) and returned in KINDS else "kind-lost"


def _beside_lost_list(difference: Difference, listed: Sequence[Difference]) -> Iterator[str]:
    """What a bucket gets in place of its list of results is invented for that."""
    parent = difference.pointer.rpartition("/")[0]
    for other in listed:
        where, _, name = other.pointer.rpartition("/")
        if other.code == "client/member-lost" and name == "results" and where == parent:
            yield "member-lost-results"


def _invented(parts: Sequence[str], returned: Tree | NoValue, values: Values, revision: str) -> Iterator[str]:
    record = _at(values.returned, parts[:-1])
    tag = record.get("object") if isinstance(record, dict) else None
    kinds = contract(revision).kinds
    kind = kinds.get(tag) if isinstance(tag, str) else None
    name = parts[-1] if parts else ""
    own = kind is not None and name in {**kind.former, **kind.members}
    if kind is not None and not own and any(name in other.members for other in kinds.values()):
        yield "flattened"
    elif returned in (False, "", [], {}) or (
        isinstance(returned, Number) and _finite(returned) and not returned.decimal
    ):
        yield "zeros-for-absent"
        yield "flattened"


def _merged(values: Values, parts: Sequence[str]) -> Iterator[str]:
    """Whether a number stands in a list that came back shorter, so that it may be a sum."""
    for at in range(len(parts), 0, -1):
        sent, returned = _at(values.sent, parts[:at]), _at(values.returned, parts[:at])
        if isinstance(sent, list) and isinstance(returned, list) and len(returned) < len(sent):
            yield "merged"
            return


def _of_items(difference: Difference, values: Values, parts: tuple[str, ...], item: Tree | NoValue) -> Iterator[str]:
    code = difference.code
    both = values.lists(parts if code == "client/items-reordered" else parts[:-1])
    if code == "client/item-invented":
        if both and both.times(_at(values.returned, parts)):
            yield "items-doubled"
        yield "gaps-filled"
    elif code == "client/items-reordered":
        yield from both.orders if both else ()
        yield "reordered"
    else:
        if both:
            yield from both.losses(item)
        yield "items-lost"
