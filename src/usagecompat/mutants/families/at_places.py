"""
Faults that show at one place alone: undeclared members of one JSON type, names without regard to case, pages of nothing.

Who decodes pages, buckets, records and amounts with types of their own may forget one of them.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from usagecompat.contract import KINDS, LATEST, contract, shape_of
from usagecompat.jsontext import Number
from usagecompat.mutants.model import lossy, series
from usagecompat.mutants.support.walks import (
    GONE,
    LISTS,
    declared_names,
    in_record,
    member,
    members,
    of_text,
    on_page,
    on_results,
    on_unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.contract import RecordShape
    from usagecompat.jsontext import Tree
    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Object

_ZERO: Final = Number("0")
_TYPES: Final[Mapping[str, tuple[str, Callable[[Tree], bool]]]] = {
    "null": ("a null", lambda old: old is None),
    "true": ("a true", lambda old: old is True),
    "false": ("a false", lambda old: old is False),
    "zero": ("a zero", lambda old: isinstance(old, Number) and old == _ZERO),
    "integer": ("an integer", lambda old: isinstance(old, Number) and old.is_integer and old != _ZERO),
    "fraction": ("a number with a fraction", lambda old: isinstance(old, Number) and not old.is_integer),
    "empty-string": ("an empty string", lambda old: old == ""),
    "string": ("a string", lambda old: isinstance(old, str) and old != ""),
    "empty-array": ("an empty array", lambda old: old == []),
    "array": ("an array", lambda old: isinstance(old, list) and old != []),
    "empty-object": ("an empty object", lambda old: old == {}),
    "object": ("an object", lambda old: isinstance(old, dict) and old != {}),
}
_FOLDED: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "ascii": ("without regard to the case of A to Z", lambda name: re.sub("[A-Z]+", lambda m: m[0].lower(), name)),
    "unicode": (
        "without regard to case, the long s and the Kelvin sign included",
        lambda name: re.sub("[A-Z\u017f\u212a]+", lambda m: m[0].casefold(), name),
    ),
}


_ARTICLES: Final = {"page": "a page", "bucket": "a bucket", "amount": "an amount"}


def mutants() -> Iterator[Mutant]:
    """Each of these faults at each place where it can show."""
    shapes = {shape.name: shape for kind in KINDS if (shape := shape_of(kind, LATEST))}
    now = contract(LATEST)
    for shape in (now.page, now.bucket, now.amount, *shapes.values()):
        place = _words(shape)
        words = _ARTICLES.get(place) or f"a result of {place.replace('-', ' ')}"
        lost = f"An undeclared member of {words} that is {{}} does not come back."
        yield from series(lossy, f"dropped-type/{place}-", _TYPES, partial(_undeclared, shape), lost)
        blind = f"Members of {words} are found {{}}, and the last one counts."
        yield from series(lossy, f"case-blind/{place}-", _FOLDED, partial(_folded, shape), blind)
    lost = "A member of a record of unknown kind that is {} does not come back."
    yield from series(lossy, "dropped-type/unknown-kind-", _TYPES, _of_unknown, lost)
    yield lossy(
        "last-page/all-empty",
        on_page(lambda node: {**node, "has_more": False, "next_page": None} if _is_empty(node) else node),
    )
    yield lossy(
        "last-page/all-empty-without-cursor",
        on_page(lambda node: {**node, "next_page": None} if _is_empty(node) and node.get("next_page") else node),
    )
    yield lossy("line-item/space-trimmed", _line_items(lambda t: t.replace(" ,", ",")))
    yield lossy("line-item/unit-split", _line_items(lambda text: re.sub(r"\s*,\s*", ", ", text)))
    yield lossy("line-item/underscored", _line_items(lambda text: text.replace("_tokens", " tokens")))
    yield lossy("line-item/cache-hours-lost", _line_items(lambda text: text.removesuffix(" - 12hr")))


def _words(shape: RecordShape) -> str:
    """The record in a few lower-case words: `page`, `bucket`, `amount`, `completions`."""
    names = {"UsageResponse": "page", "UsageTimeBucket": "bucket", "CostsResultAmount": "amount"}
    words = re.findall("[A-Z][a-z]+", shape.name.removeprefix("Usage").removesuffix("Result"))
    return names.get(shape.name) or "-".join(words).lower()


def _undeclared(shape: RecordShape, test: Callable[[Tree], bool]) -> Change:
    """Drop what passes the test of the undeclared members of a record."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        held = contract(view.revision).records.get(shape.name, shape)
        known = declared_names(held)

        def change(node: Object) -> Object:
            return members(node, lambda name, old: GONE if name not in known and test(old) else old)

        return in_record(shape.name, shape.kind, change)(tree, view)

    return walk


def _of_unknown(test: Callable[[Tree], bool]) -> Change:
    return on_unknown(lambda node: members(node, lambda name, old: GONE if name != "object" and test(old) else old))


def _folded(shape: RecordShape, fold: Callable[[str], str]) -> Change:
    """Take members whose names are nearly declared ones for these, the last of each."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        known = contract(view.revision).records.get(shape.name, shape).members.keys() - {"object"}

        def change(node: Object) -> Object:
            if not any(name not in known and fold(name) in known for name in node):
                return node
            merged: Object = {}
            for name, value in node.items():
                merged[fold(name) if fold(name) in known else name] = value
            return merged

        return in_record(shape.name, shape.kind, change)(tree, view)

    return walk


def _is_empty(page: Object) -> bool:
    """Whether a page has buckets, and nothing in them, and more to follow."""
    buckets = page.get("data")
    if not isinstance(buckets, list) or not buckets or page.get("has_more") is not True:
        return False
    return all(isinstance(one, dict) and not any(one.get(name) for name in LISTS) for one in buckets)


def _line_items(alter: Callable[[str], str]) -> Change:
    def change(old: str) -> str:
        new = alter(old)
        return old if new == old else new

    return on_results(lambda node: member(node, "line_item", of_text(change)))
