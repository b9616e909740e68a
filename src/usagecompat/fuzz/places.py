"""
The place of a failure that has no pointer, such as a refusal: what is left of its smallest payload says where it is.

A payload that nothing can be taken from has only what it must have, and what the failure needs. The latter is the place.
Another payload that fails in the same words is another failure if it still does without anything in the known places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.checking import shape_of_document
from usagecompat.findings import pointer
from usagecompat.fuzz.kinds import place_of
from usagecompat.fuzz.spelled import least, shape_of, walk, written
from usagecompat.jsontext import NO_VALUE, Members, Node, parse, read, said

if TYPE_CHECKING:
    from collections.abc import Collection

    from usagecompat.contract import Contract
    from usagecompat.findings import Path, Shape


def needed_place(payload: bytes, at: Contract) -> str:
    """The first place in a small payload that has more than it must have; empty if there is none."""
    document = read(payload)
    if document.value is NO_VALUE or document.text is None:
        return ""
    tree, shape = parse(document.text), shape_of_document(document)
    for path, node in walk(tree):
        if not isinstance(node, Members):
            continue
        record = shape_of(node, at)
        for name, value in node:
            plain = said(name)
            if record is not None and plain in record.members and isinstance(value, (Members, list)) and value:
                continue  # what is in it says more
            if record is not None and plain in record.required and value == least(record, plain, at):
                continue
            return place_of(pointer((*_names(tree, path), plain)), shape, at)
    return ""


def without_places(payload: bytes, places: Collection[str], at: Contract) -> bytes:
    """The payload with nothing special in these places: what must be there is as small as it gets, the rest is gone."""
    document = read(payload)
    if document.value is NO_VALUE or document.text is None:
        return payload
    tree = parse(document.text)
    cleared = _cleared(tree, (), shape_of_document(document), frozenset(places), at)
    return payload if cleared == tree else written(cleared).encode("utf-8", "surrogatepass")


def _cleared(node: Node, names: Path, shape: Shape | None, places: frozenset[str], at: Contract) -> Node:
    if isinstance(node, list):
        return [_cleared(item, (*names, index), shape, places, at) for index, item in enumerate(node)]
    if not isinstance(node, Members):
        return node
    record = shape_of(node, at)
    members: list[tuple[str, Node]] = []
    for name, value in node:
        plain = said(name)
        if place_of(pointer((*names, plain)), shape, at) not in places:
            members.append((name, _cleared(value, (*names, plain), shape, places, at)))
        elif record is not None and plain in record.required:
            members.append((name, least(record, plain, at)))
    return Members(members)


def _names(tree: Node, path: tuple[int, ...]) -> Path:
    """The names and indexes that lead to a node."""
    names: list[str | int] = []
    for index in path:
        if isinstance(tree, Members):
            name, tree = tree[index]
            names.append(said(name))
        elif isinstance(tree, list):
            names.append(index)
            tree = tree[index]
    return tuple(names)
