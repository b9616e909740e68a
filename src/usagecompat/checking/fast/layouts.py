"""
What payloads look like: which members their objects have, in which order, and where something is out of the ordinary.

A layout is learned from documents that the exact route has judged, and it holds names, never values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.checking.spelling import meant
from usagecompat.findings import Shape
from usagecompat.jsontext import INT32_MOST, Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from usagecompat.contract import Contract, RecordShape
    from usagecompat.jsontext import Tree

MOST_UNDECLARED: Final = 24
"""Undeclared members of one record in one layout."""
_LONGEST_NAME: Final = 60
_LARGE_DIGITS: Final = len(str(INT32_MOST))


@frozen
class RecordLayout:
    """What is known of the objects of one record."""

    names: tuple[str, ...] = ()
    """Wire names, each in front of all that have come after it."""
    large: frozenset[str] = frozenset()
    """Declared integers that have been beyond 32 bits; none is below zero, which would be an error."""

    def merged(self, other: RecordLayout) -> RecordLayout | None:
        """The layout of objects like these or those; None if two members have come in either order."""
        names: list[str] = []
        rest = iter(self.names)
        for name in other.names:
            if name in names:
                return None
            if name in self.names:
                for mine in rest:
                    names.append(mine)
                    if mine == name:
                        break
            else:
                names.append(name)
        return RecordLayout((*names, *rest), self.large | other.large)

    def completed(self, shape: RecordShape) -> tuple[str, ...]:
        """These names, and those that the contract declares beside them: each behind its neighbour in the contract."""
        names = list(self.names)
        place = 0
        for name in _tag_first(shape.members):
            if name not in names:
                names.insert(place, name)
            place = names.index(name) + 1
        return tuple(names)


@frozen
class Layout:
    """What is known of payloads that look alike."""

    shape: Shape | None
    """What the payload was from which the layout was learned; None for the contract's own layout."""
    records: Mapping[str, RecordLayout]
    """By the name of the record, those that were there."""

    def merged(self, other: Layout) -> Layout | None:
        """The layout of payloads like these or those; None if there is no order of members for both."""
        records = dict(self.records)
        for name, record in other.records.items():
            merged = records.get(name, RecordLayout()).merged(record)
            if merged is None:
                return None
            records[name] = merged
        both = Layout(self.shape, records)
        # What has no tag in front can be told from no other shape.
        return both if both.is_tagged or self.shape == other.shape else None

    @property
    def is_tagged(self) -> bool:
        """Whether each object says first what it is."""
        return all(record.names[0] == "object" for record in self.records.values() if "object" in record.names)


def layout_of(contract: Contract) -> Layout:
    """The layout of payloads that have all members in the contract's order and no other."""
    return Layout(None, {name: RecordLayout(_tag_first(record.members)) for name, record in contract.records.items()})


def _tag_first(names: Iterable[str]) -> tuple[str, ...]:
    """The names with `object` in front, without which records cannot be told apart; a draft may have it elsewhere."""
    return tuple(sorted(names, key=lambda name: name != "object"))


def observe(tree: Tree, shape: Shape, contract: Contract) -> Layout | None:
    """
    The layout of a payload, which has no errors at this revision; None if no layout describes it.

    That is so if its objects contradict each other in the order of their members,
    or if it has too many undeclared members, or such that are no plain values.
    """
    records: dict[str, RecordLayout] = {}
    for record, node in _objects(tree, shape, contract):
        most = len(record.members) + MOST_UNDECLARED
        if len(node) > most:
            return None
        before = records.get(record.name, RecordLayout())
        if tuple(node) != before.names:
            after = before.merged(RecordLayout(tuple(node)))
            if after is None or len(after.names) > most:
                return None
            before = after
        large = {name for name, value in node.items() if _is_large(value) and name in record.members} - before.large
        if large:
            before = evolve(before, large=before.large | large)
        records[record.name] = before
        if any(isinstance(value, (dict, list)) and name not in record.members for name, value in node.items()):
            return None
    layout = Layout(shape, records)
    return layout if is_modest(layout, contract) else None


def is_modest(layout: Layout, contract: Contract) -> bool:
    """Whether a layout has few undeclared members, each with a plain name like no other, and its objects can be told apart."""
    for name, record in layout.records.items():
        undeclared = [member for member in record.names if member not in contract.records[name].members]
        if len(undeclared) > MOST_UNDECLARED or any(not is_plain(member) for member in undeclared):
            return False
        if any(meant(contract, contract.records[name], member) for member in undeclared):
            return False  # it depends on the object whether a member is lost by it
    kinds = [contract.records[name] for name in layout.records if contract.records[name].kind in contract.kinds]
    return layout.is_tagged or len(kinds) <= 1


def is_plain(name: str) -> bool:
    """Whether a name stands in JSON as it is, and stays what it is when white space goes."""
    return len(name) <= _LONGEST_NAME and name.isprintable() and not {*name} & {*' "\\'}


def _is_large(value: object) -> bool:
    return (
        type(value) is Number and len(value.lexeme) >= _LARGE_DIGITS and value.is_integer and value.decimal > INT32_MOST
    )


def _objects(tree: Tree, shape: Shape, contract: Contract) -> Iterator[tuple[RecordShape, dict[str, Tree]]]:
    """Each object of the payload that is a record, with what the contract says of it."""
    if type(tree) is not dict:
        return
    if shape is Shape.PAGE:
        yield contract.page, tree
        for bucket in _items(tree, "data"):
            yield from _objects(bucket, Shape.BUCKET, contract)
    elif shape is Shape.BUCKET:
        yield contract.bucket, tree
        name = next(name for name, member in contract.bucket.members.items() if member.attribute == "results")
        for result in _items(tree, name):
            yield from _objects(result, Shape.RESULT, contract)
    else:
        tag, amount = tree.get("object"), tree.get("amount")
        kind = contract.kinds.get(tag) if type(tag) is str else None
        if kind is not None:
            yield kind, tree
        if kind is not None and type(amount) is dict:
            yield contract.amount, amount


def _items(tree: dict[str, Tree], name: str) -> list[Tree]:
    items = tree.get(name)
    return items if type(items) is list else []
