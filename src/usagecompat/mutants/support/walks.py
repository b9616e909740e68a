"""
Ways through a decoded payload: where a change applies, with everything else left as it is.

A walk gives back the very same object if nothing changed, so that a mutant that does nothing costs nothing.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from usagecompat.contract import JsonType, Member, RecordShape, contract, is_kind
from usagecompat.findings import Shape
from usagecompat.jsontext import Number, Tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagecompat.mutants.model import Change, PayloadView

Object: TypeAlias = "dict[str, Tree]"


class _Gone(Enum):
    GONE = auto()


GONE: Final = _Gone.GONE
"""What a change gives back for a value that is to be dropped."""

Changed: TypeAlias = "Tree | _Gone"
_New = TypeVar("_New")
LISTS: Final = ("results", "result")
"""The names under which a bucket's results have been."""


def items(nodes: Tree, change: Callable[[Tree], Changed]) -> Tree:
    """Every item of a list changed; what is no list stays."""
    if not isinstance(nodes, list):
        return nodes
    changed = [change(node) for node in nodes]
    if all(map(is_, changed, nodes)):
        return nodes
    return [new for new in changed if new is not GONE]


def member(node: Object, name: str, change: Callable[[Tree], Changed]) -> Object:
    """One member of an object changed, if it is there."""
    if name not in node:
        return node
    new = change(node[name])
    if new is node[name]:
        return node
    if new is GONE:
        return {each: value for each, value in node.items() if each != name}
    return {**node, name: new}


def members(node: Object, change: Callable[[str, Tree], Changed]) -> Object:
    """Every member of an object changed."""
    changed = {name: change(name, value) for name, value in node.items()}
    if all(map(is_, changed.values(), node.values())):
        return node
    return {name: value for name, value in changed.items() if value is not GONE}


def renamed(node: Object, names: Callable[[str], str]) -> Object:
    """An object with other names, in the same order; of two that become one the last counts."""
    if all(names(name) == name for name in node):
        return node
    return {names(name): value for name, value in node.items()}


def ordered(node: Object, names: Iterable[str]) -> Object:
    """An object with its members in the order of `names`, which has all of them."""
    order = list(names)
    return node if order == list(node) else {name: node[name] for name in order}


def text_of(node: Tree) -> str:
    """A value as JSON text."""
    return write(node).decode("utf-8", "replace")


# -- changes of values of one JSON type; all others stay


def of_number(change: Callable[[Number], _New]) -> Callable[[Tree], Tree | _New]:
    """A change of numbers alone."""
    return lambda old: change(old) if isinstance(old, Number) else old


def of_text(change: Callable[[str], _New]) -> Callable[[Tree], Tree | _New]:
    """A change of strings alone."""
    return lambda old: change(old) if isinstance(old, str) else old


def of_flag(change: Callable[[bool], _New]) -> Callable[[Tree], Tree | _New]:
    """A change of true and false alone."""
    return lambda old: change(old) if isinstance(old, bool) else old


def of_list(change: Callable[[list[Tree]], _New]) -> Callable[[Tree], Tree | _New]:
    """A change of arrays alone, each as a whole."""
    return lambda old: change(old) if isinstance(old, list) else old


# -- the places that a contract names


def on_page(change: Callable[[Object], Tree]) -> Change:
    """Change a page."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        return change(tree) if view.shape is Shape.PAGE and isinstance(tree, dict) else tree

    return walk


def on_buckets(change: Callable[[Object], Changed]) -> Change:
    """Change every bucket; only one on a page can be dropped."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        if not isinstance(tree, dict):
            return tree
        if view.shape is Shape.PAGE:
            return member(tree, "data", lambda nodes: items(nodes, one))
        return kept(change(tree), tree) if view.shape is Shape.BUCKET else tree

    def one(node: Tree) -> Changed:
        return change(node) if isinstance(node, dict) else node

    return walk


def in_undeclared(change: Change) -> Change:
    """Change what stands in undeclared members, each as a tree of its own."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        return on_undeclared(lambda _, old: change(old, view))(tree, view)

    return walk


def on_lists(change: Callable[[list[Tree]], Tree]) -> Change:
    """Change the results of every bucket, as a list."""
    return on_buckets(lambda node: with_results(node, of_list(change)))


def with_results(node: Object, change: Callable[[Tree], Changed]) -> Object:
    """A bucket with its results changed."""
    for name in LISTS:
        node = member(node, name, change)
    return node


def on_results(change: Callable[[Object], Changed]) -> Change:
    """Change every result; only one in a bucket can be dropped."""

    def one(node: Tree) -> Changed:
        return change(node) if isinstance(node, dict) else node

    inside = on_lists(lambda nodes: items(nodes, one))

    def walk(tree: Tree, view: PayloadView) -> Tree:
        if view.shape is Shape.RESULT:
            return kept(change(tree), tree) if isinstance(tree, dict) else tree
        return inside(tree, view)

    return walk


def on_amounts(change: Callable[[Object], Changed]) -> Change:
    """Change every amount of a cost."""

    def amount(node: Tree) -> Changed:
        return change(node) if isinstance(node, dict) else node

    return on_results(lambda node: member(node, "amount", amount) if is_cost(node) else node)


def kept(new: Changed, old: Tree) -> Tree:
    """A changed value, for which to be dropped means to become an empty object."""
    return cast("Tree", {} if new is GONE and old is not None else new)


def is_cost(node: Object) -> bool:
    """Whether a result is a cost."""
    return node.get("object") == "organization.costs.result"


def tag_of(node: Object) -> str:
    """The discriminator of an object, empty if it has none."""
    tag = node.get("object")
    return tag if isinstance(tag, str) else ""


def in_record(name: str, kind: str | None, change: Callable[[Object], Object]) -> Change:
    """Change every record of one name: a page, a bucket, a result of one kind, or an amount."""
    if name == "UsageResponse":
        return on_page(change)
    if name == "UsageTimeBucket":
        return on_buckets(change)
    if name == "CostsResultAmount":
        return on_amounts(change)
    return on_results(lambda node: change(node) if tag_of(node) == kind else node)


def on_member(record: str, kind: str | None, name: str, change: Callable[[Tree], Changed]) -> Change:
    """Change one member of one record."""
    return in_record(record, kind, lambda node: member(node, name, change))


ValueChange: TypeAlias = "Callable[[Tree, Member, RecordShape], Changed]"


def on_declared(change: ValueChange) -> Change:
    """Change the value of every declared member of every record, lists and amounts as wholes left out."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        rules = contract(view.revision)

        def record(node: Object, shape: RecordShape) -> Object:
            def value(name: str, old: Tree) -> Changed:
                declared = shape.members.get(name) or shape.newer.get(name)
                if declared is None:
                    return old
                if declared.type is JsonType.ARRAY:
                    return items(old, lambda item: inner(item, declared))
                if declared.type is JsonType.OBJECT and isinstance(old, dict):
                    return record(old, rules.amount)
                return change(old, declared, shape)

            return members(node, value)

        def inner(node: Tree, holder: Member) -> Tree:
            if not isinstance(node, dict):
                return node
            if holder.of == (rules.bucket.name,):
                return record(node, rules.bucket)
            shape = rules.kinds.get(tag_of(node))
            return node if shape is None else record(node, shape)

        if not isinstance(tree, dict):
            return tree
        if view.shape is Shape.RESULT:
            shape = rules.kinds.get(tag_of(tree))
        else:
            shape = rules.page if view.shape is Shape.PAGE else rules.bucket
        return tree if shape is None else record(tree, shape)

    return walk


def typed(kind: JsonType, change: Callable[[Tree], Changed], *, marker: type | None = None) -> Change:
    """Change every declared value of one type, and of one meaning if `marker` is given; nulls are left alone."""

    def value(old: Tree, declared: Member, _: RecordShape) -> Changed:
        wanted = declared.type is kind and declared.const is None
        if old is None or not wanted or (marker is not None and not isinstance(declared.marker, marker)):
            return old
        return change(old)

    return on_declared(value)


def numbers(kind: JsonType, change: Callable[[Number], Changed], *, marker: type | None = None) -> Change:
    """Change every declared JSON number of one type."""
    return typed(kind, of_number(change), marker=marker)


@cache
def declared_names(shape: RecordShape) -> frozenset[str]:
    """The names of all members that a record has, had or will have."""
    return frozenset({*shape.members, *shape.newer, *shape.former, *shape.required})


def on_undeclared(change: Callable[[str, Tree], Changed], *, where: str = "") -> Change:
    """Change every undeclared member of every record of a known kind, or only those of a page, a bucket, and so on."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        rules = contract(view.revision)

        def own(node: Object, shape: RecordShape) -> Object:
            names = declared_names(shape)
            return members(node, lambda name, old: old if name in names else change(name, old))

        def result(node: Object) -> Changed:
            shape = rules.kinds.get(tag_of(node))
            return node if shape is None else own(node, shape)

        steps = {
            "amount": on_amounts(lambda node: own(node, rules.amount)),
            "result": on_results(result),
            "bucket": on_buckets(lambda node: own(node, rules.bucket)),
            "page": on_page(lambda node: own(node, rules.page)),
        }
        for role, step in steps.items():
            if where in ("", role):
                tree = step(tree, view)
        return tree

    return walk


def undeclared_names(tree: Tree, view: PayloadView) -> set[str]:
    """The names of all undeclared members of records of known kinds."""
    found: set[str] = set()

    def note(name: str, old: Tree) -> Tree:
        found.add(name)
        return old

    on_undeclared(note)(tree, view)
    return found


def on_unknown(change: Callable[[Object], Changed]) -> Change:
    """Change every result of a kind that the client's revision does not know."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        kinds = contract(view.revision).kinds

        def result(node: Object) -> Changed:
            tag = tag_of(node)
            return change(node) if tag not in kinds and is_kind(tag) else node

        return on_results(result)(tree, view)

    return walk


def deep(change: Callable[[Tree], Changed]) -> Change:
    """Change every scalar anywhere, undeclared members included."""

    def node(old: Tree) -> Changed:
        if isinstance(old, dict):
            return members(old, lambda _, value: node(value))
        return items(old, node) if isinstance(old, list) else change(old)

    return lambda tree, _: cast("Tree", node(tree))  # only a scalar is dropped, which no payload is


def deep_objects(change: Callable[[Object], Object]) -> Change:
    """Change every object anywhere, inner ones first."""

    def node(old: Tree) -> Tree:
        if isinstance(old, dict):
            return change(members(old, lambda _, value: node(value)))
        return items(old, node) if isinstance(old, list) else old

    return lambda tree, _: node(tree)


def deep_lists(change: Callable[[list[Tree]], list[Tree]]) -> Change:
    """Change every array anywhere, inner ones first."""

    def node(old: Tree) -> Tree:
        if isinstance(old, dict):
            return members(old, lambda _, value: node(value))
        if isinstance(old, list):
            new = items(old, node)
            return change(new) if isinstance(new, list) else new
        return old

    return lambda tree, _: node(tree)


def unnamed(change: Callable[[Tree], Changed]) -> Callable[[str, Tree], Changed]:
    """A change of a value, whatever its name is."""
    return lambda _, old: change(old)


def of_member(name: str, change: Callable[[Tree], Changed]) -> Callable[[Object], Object]:
    """A change of one member, as a change of its object."""
    return lambda node: member(node, name, change)
