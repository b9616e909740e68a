"""
Faults in telling null, absent and empty apart, everywhere at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.contract import REVISIONS, Count, GroupKey, JsonType, Member, Quantity, RecordShape, contract
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.families.members import DEFAULTS
from usagecompat.mutants.model import lossy, refuse, series
from usagecompat.mutants.support.walks import (
    GONE,
    deep_objects,
    in_undeclared,
    is_cost,
    member,
    members,
    of_flag,
    of_member,
    on_buckets,
    on_declared,
    on_page,
    on_results,
    on_undeclared,
    on_unknown,
    tag_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Changed, Object

_INSTEAD: Final[Mapping[str, tuple[str, Changed]]] = {
    "dropped": ("does not come back", GONE),
    "empty": ("comes back as an empty string", ""),
    "zero": ("comes back as 0", Number("0")),
    "false": ("comes back as false", False),
    "object": ("comes back as an empty object", {}),
    "list": ("comes back as an empty list", []),
    "word": ('comes back as the string "null"', "null"),
    "none": ('comes back as the string "None"', "None"),
    "unknown": ('comes back as the string "unknown"', "unknown"),
    "dash": ('comes back as the string "-"', "-"),
    "not-available": ('comes back as the string "N/A"', "N/A"),
}
_EMPTY: Final[Mapping[str, tuple[str, Callable[[Tree], bool]]]] = {
    "string": ("An empty string", lambda old: old == ""),
    "list": ("An empty list", lambda old: old == []),
    "object": ("An empty object", lambda old: old == {}),
    "false": ("A false", lambda old: old is False),
    "true": ("A true", lambda old: old is True),
    "zero": ("A zero", lambda old: isinstance(old, Number) and old == Number("0")),
}
"""What languages take for nothing."""


def mutants() -> Iterator[Mutant]:
    """Each thing that is nothing to somebody, in declared, undeclared and unknown places."""
    yield from series(lossy, "null/", _INSTEAD, lambda n: _everywhere(_null(n)), "A null in a declared member {}.")
    yield from series(
        lossy, "null-key/", _INSTEAD, lambda n: _where(_null(n), GroupKey), "A group key that is null {}."
    )
    some = {name: _INSTEAD[name] for name in ("dropped", "empty", "zero", "word")}
    for family, where, words in (
        ("null-undeclared", _undeclared, "in an undeclared member"),
        ("null-nested", _nested, "inside an undeclared member"),
        ("null-unknown-kind", _in_unknown, "in a record of unknown kind"),
    ):
        for name, (does, new) in some.items():
            yield lossy(f"{family}/{name}", where(_null(new)), fault=f"A null {words} {does}.")
    zero = _null(Number("0"))
    yield lossy("null/count-to-zero", _where(zero, Count), since=_first_null(Count))
    yield lossy("null/quantity-to-zero", _where(zero, Quantity), since=_first_null(Quantity))
    for name, (what, test) in _EMPTY.items():
        for end, does, new in (("dropped", "does not come back", GONE), ("null", "comes back as null", None)):
            for family, where, words in (
                ("empty", _everywhere, "in a declared member"),
                ("empty-undeclared", _undeclared, "in an undeclared member"),
                ("empty-nested", _nested, "inside an undeclared member"),
            ):
                yield lossy(f"{family}/{name}-{end}", where(_swap(test, new)), fault=f"{what} {words} {does}.")
    yield lossy("empty-undeclared/object-to-list", _undeclared_swap({}, []))
    yield lossy("empty-undeclared/list-to-object", _undeclared_swap([], {}))
    yield from _filling()
    yield from _booleans()
    yield from _several()


def _first_null(marker: type) -> str:
    """The first revision that lets a member of this meaning be null."""

    def may_be_null(revision: str) -> bool:
        declared = (one for shape in contract(revision).records.values() for one in shape.members.values())
        return any(one.nullable and isinstance(one.marker, marker) for one in declared)

    return next(filter(may_be_null, REVISIONS))


def _swap(test: Callable[[Tree], bool], new: Changed) -> Callable[[Tree], Changed]:
    return lambda old: new if test(old) else old


def _null(new: Changed) -> Callable[[Tree], Changed]:
    return lambda old: new if old is None else old


def _undeclared(swap: Callable[[Tree], Changed]) -> Change:
    return on_undeclared(lambda _, old: swap(old))


def _undeclared_swap(old: Tree, new: Tree) -> Change:
    return on_undeclared(lambda _, value: new if value == old and type(value) is type(old) else value)


def _everywhere(swap: Callable[[Tree], Changed]) -> Change:
    """Every declared member, lists and amounts as wholes included."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        rules = contract(view.revision)

        def record(names: Mapping[str, Member]) -> Callable[[Object], Object]:
            return lambda node: members(node, lambda name, old: swap(old) if name in names else old)

        def result(node: Object) -> Object:
            shape = rules.kinds.get(tag_of(node))
            if shape is None:
                return node
            node = member(
                node, "amount", lambda old: record(rules.amount.members)(old) if isinstance(old, dict) else old
            )
            return record(shape.members)(node)

        bucket = {**rules.bucket.members, **rules.bucket.newer}
        for step in (on_results(result), on_buckets(record(bucket)), on_page(record(rules.page.members))):
            tree = step(tree, view)
        return tree

    return walk


def _where(swap: Callable[[Tree], Changed], marker: type) -> Change:
    def value(old: Tree, declared: Member, _: RecordShape) -> Changed:
        return swap(old) if isinstance(declared.marker, marker) else old

    return on_declared(value)


def _nested(swap: Callable[[Tree], Changed]) -> Change:
    """Members of objects that are undeclared members."""
    return in_undeclared(deep_objects(lambda node: members(node, lambda _, old: swap(old))))


def _in_unknown(swap: Callable[[Tree], Changed]) -> Change:
    return on_unknown(lambda node: members(node, lambda _, old: swap(old)))


def _filling() -> Iterator[Mutant]:
    """Members invented where none was sent."""

    def filled(instead: Callable[[Member], Tree], wanted: Callable[[Member], bool]) -> Change:
        def walk(tree: Tree, view: PayloadView) -> Tree:
            rules = contract(view.revision)

            def fill(node: Object, names: Mapping[str, Member]) -> Object:
                missing = {name: instead(m) for name, m in names.items() if name not in node and wanted(m)}
                return {**node, **missing} if missing else node

            def result(node: Object) -> Object:
                shape = rules.kinds.get(tag_of(node))
                if shape is None:
                    return node
                node = member(
                    node, "amount", lambda old: fill(old, rules.amount.members) if isinstance(old, dict) else old
                )
                return fill(node, shape.members)

            return on_results(result)(tree, view)

        return walk

    def null(_: Member) -> Tree:
        return None

    def default(declared: Member) -> Tree:
        return DEFAULTS[declared.type][1]

    yield lossy("absent/all-null", filled(null, lambda _: True))
    yield lossy("absent/nullable-null", filled(null, lambda m: m.nullable), since=_first_null(GroupKey))
    yield lossy("absent/all-default", filled(default, lambda _: True))
    yield lossy("absent/counts-zero", filled(default, lambda m: m.type is JsonType.INTEGER))
    yield lossy("absent/strings-empty", filled(default, lambda m: m.type is JsonType.STRING))
    yield lossy("absent/flags-false", filled(default, lambda m: m.type is JsonType.BOOLEAN))
    yield lossy("absent/keys-unknown", filled(lambda _: "unknown", lambda m: m.is_group_key))


def _booleans() -> Iterator[Mutant]:
    """Flags, declared and not."""
    forms: dict[str, tuple[str, Callable[[bool], Changed]]] = {
        "number": ("comes back as 0 or 1", lambda old: Number(str(int(old)))),
        "word": ("comes back as a string", lambda old: str(old).lower()),
        "capital": ("comes back as a string with a capital", str),
        "inverted": ("comes back inverted", lambda old: not old),
        "true": ("comes back as true", lambda _: True),
        "false": ("comes back as false", lambda _: False),
        "null": ("comes back as null", lambda _: None),
        "true-refused": ("is refused where it is true", lambda old: refuse("true") if old else old),
        "false-refused": ("is refused where it is false", lambda old: old or refuse("false")),
    }
    batch, more = "A `batch` that is true or false {}.", "A `has_more` {}."
    yield from series(lossy, "flag/batch-", forms, lambda form: on_results(of_member("batch", of_flag(form))), batch)
    yield from series(lossy, "flag/has-more-", forms, lambda form: on_page(of_member("has_more", of_flag(form))), more)
    some = {name: row for name, row in forms.items() if not name.endswith("refused")}
    inside = "A true or false in an undeclared member {}."
    yield from series(lossy, "flag/undeclared-", some, lambda form: _undeclared(of_flag(form)), inside)


def _several() -> Iterator[Mutant]:
    """What depends on more than one member."""

    def ungrouped(node: Object) -> Changed:
        keys = [name for name in ("project_id", "user_id", "api_key_id", "model") if name in node]
        return GONE if keys and all(node[name] is None for name in keys) else node

    yield lossy("null/ungrouped-dropped", on_results(ungrouped))
    yield lossy(
        "null/cost-without-line", on_results(lambda n: GONE if is_cost(n) and n.get("line_item", 0) is None else n)
    )
    yield lossy(
        "null/unit-without-quantity",
        on_results(lambda n: member(n, "quantity_unit", lambda _: GONE) if n.get("quantity", 0) is None else n),
    )
