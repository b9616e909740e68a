"""
Trees of texts as they are spelled: written, walked and changed, each change a new tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from usagecompat.contract import JsonType
from usagecompat.findings import Shape
from usagecompat.jsontext import Members, Node, Spelling, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.contract import Contract, RecordShape

Path: TypeAlias = tuple[int, ...]
"""The way to a node: the index of a member or item at each level."""

_WORDS: Final = {None: "null", True: "true", False: "false"}
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?").fullmatch


def written(node: Node, before: str = "", after: str = "") -> str:
    """The text of a tree, each string and number as it is spelled, with white space around each token if wanted."""
    if isinstance(node, Members):
        parts = (f'{before}"{name}"{after}:{before}{written(value, before, after)}{after}' for name, value in node)
        return "{" + ",".join(parts) + "}"
    if isinstance(node, list):
        return "[" + ",".join(f"{before}{written(item, before, after)}{after}" for item in node) + "]"
    if isinstance(node, str):
        return f'"{node}"'
    return node.lexeme if isinstance(node, Spelling) else _WORDS[node]


def walk(tree: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node with the way to it, the outer ones first."""
    yield path, tree
    if isinstance(tree, Members):
        for index, (_, value) in enumerate(tree):
            yield from walk(value, (*path, index))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from walk(item, (*path, index))


def within(node: Node) -> list[Node]:
    """The values of an object or the items of an array; of anything else nothing."""
    if isinstance(node, Members):
        return [value for _, value in node]
    return [*node] if isinstance(node, list) else []


def put(tree: Node, path: Path, node: Node) -> Node:
    """The tree with another node in one place."""
    if not path:
        return node
    index, *rest = path
    if isinstance(tree, Members):
        name, value = tree[index]
        return Members((*tree[:index], (name, put(value, tuple(rest), node)), *tree[index + 1 :]))
    if isinstance(tree, list):
        return [*tree[:index], put(tree[index], tuple(rest), node), *tree[index + 1 :]]
    return tree


def tag_of(node: Members) -> str:
    """What the `object` of an object says; nothing if it says nothing."""
    return next((said(value) for name, value in node if name == "object" and isinstance(value, str)), "")


def shape_of(node: Node, at: Contract) -> RecordShape | None:
    """Which record an object is, by its tag."""
    tag = tag_of(node) if isinstance(node, Members) else ""
    shapes = (at.page, at.bucket, *at.kinds.values())
    return next((shape for shape in shapes if tag and shape.kind == tag), None)


def is_tag(tree: Node, path: Path) -> bool:
    """Whether a place is that of a tag, which `_kinds` alone exchanges."""
    for index in path[:-1]:
        if isinstance(tree, Members):
            tree = tree[index][1]
        elif isinstance(tree, list):
            tree = tree[index]
    return isinstance(tree, Members) and tree[path[-1]][0] == "object"


def without(node: Node, name: str) -> Node:
    """The node without the members of a name."""
    return Members(member for member in node if member[0] != name) if isinstance(node, Members) else node


def smallest(shape: RecordShape, at: Contract, number: int = 0) -> Members:
    """The smallest record of a shape, the one of this number among its like."""
    return Members((name, least(shape, name, at, number)) for name in shape.required)


def least(shape: RecordShape, name: str, at: Contract, number: int = 0) -> Node:
    """The smallest value of a member, in the record of this number among its like."""
    member = shape.members.get(name)
    if member is None:
        return Spelling("0")
    if member.const is not None:
        return member.const
    if name in {"start_time", "end_time"}:
        return Spelling(str(number + (name == "end_time")))
    if member.nullable:
        return None
    if member.type is JsonType.OBJECT:
        return smallest(at.amount, at)
    plain: dict[JsonType, Node] = {JsonType.STRING: "", JsonType.BOOLEAN: False, JsonType.ARRAY: []}
    return plain.get(member.type, Spelling("0"))


def changed(node: Members, shape: RecordShape, target: RecordShape, at: Contract) -> Members:
    """A record of another kind: what it must have, and what the old one has beyond what that must have."""
    old = dict(node)
    needed = [
        (name, least(target, name, at, 0) if name == "object" else old.get(name, least(target, name, at, 0)))
        for name in target.required
    ]
    own = [
        member
        for member in node
        if member[0] not in target.required and (member[0] in target.members or member[0] not in shape.members)
    ]
    return Members((*needed, *own))


def units_of(spelled: str) -> list[str]:
    """A spelled string cut into characters and escapes."""
    units: list[str] = []
    at = 0
    while at < len(spelled):
        size = 1 if spelled[at] != "\\" else 6 if spelled[at + 1 : at + 2] == "u" else 2
        units.append(spelled[at : at + size])
        at += size
    return units


def is_number(text: str) -> bool:
    """Whether a text is a JSON number."""
    return _NUMBER(text) is not None


def plain(node: Node) -> Node:
    """The node with no escapes but those that must be."""
    if isinstance(node, Members):
        return Members((_unescaped(name), plain(value)) for name, value in node)
    if isinstance(node, list):
        return [plain(item) for item in node]
    return _unescaped(node) if isinstance(node, str) else node


def _unescaped(spelled: str) -> str:
    """The string with no escape but those of characters that need one."""
    if "\\" not in spelled:
        return spelled
    plain = (said(unit) if len(unit) > 1 else unit for unit in units_of(spelled))
    parts = (
        text if text >= " " and text not in {'"', "\\"} and not "\ud800" <= text <= "\udfff" else unit
        for text, unit in zip(plain, units_of(spelled), strict=True)
    )
    return "".join(parts)


def smallest_of(shape: Shape, at: Contract) -> Members:
    """The smallest payload of a shape."""
    if shape is Shape.PAGE:
        return smallest(at.page, at)
    if shape is Shape.BUCKET:
        return smallest(at.bucket, at)
    return min((smallest(kind, at) for kind in at.kinds.values()), key=lambda one: len(written(one)))
