"""
What became of a list on its way through a client.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import LATEST, contract
from usagecompat.jsontext import Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usagecompat.jsontext import NoValue, Tree

KINDS: Final = frozenset(contract(LATEST).kinds)
"""The discriminators of all known kinds."""


@frozen
class Lists:
    """A list as it was sent and as it came back shorter or in another order, and what that looks like."""

    cuts: tuple[str, ...]
    """What was cut off, if the rest is as it was."""
    orders: tuple[str, ...]
    kinds: frozenset[str | None]
    """The kinds of items that came back."""
    new_kinds: frozenset[str | None]
    """The kinds of items that came back and were not sent."""
    one_of_a_kind: bool
    """Whether no two items of one kind came back."""
    _counts: Mapping[str, int]
    _groups: Mapping[str, int]

    @classmethod
    def of(cls, sent: Sequence[Tree], returned: Sequence[Tree]) -> Lists:
        """What became of a list."""
        ours, theirs = [repr(item) for item in sent], [repr(item) for item in returned]
        cuts: list[str] = []
        if theirs and theirs == ours[: len(theirs)]:
            cuts += ["last-item-lost"] if len(theirs) == len(ours) - 1 else []
            cuts.append(f"list-truncated-at-{len(theirs)}")
        if theirs and theirs == ours[1:]:
            cuts.append("first-item-lost")
        orders: list[str] = []
        if theirs == sorted(ours) or (_is_sorted(returned) and not _is_sorted(sent)):
            orders.append("sorted")
        if theirs == ours[::-1]:
            orders.append("reversed")
        known = set(ours)
        strange = [item for item, text in zip(returned, theirs, strict=True) if text not in known]
        return cls(
            tuple(cuts),
            tuple(orders),
            frozenset(map(kind_of, returned)),
            frozenset(map(kind_of, strange)),
            len({*map(kind_of, returned)}) == len(returned),
            Counter(ours),
            Counter(map(_group, sent)),
        )

    def times(self, item: Tree | NoValue) -> int:
        """How often an item was sent."""
        return self._counts.get(repr(item), 0)

    def losses(self, item: Tree | NoValue) -> Iterator[str]:
        """Why an item of the list may not have come back."""
        if self.times(item) > 1 or self._groups.get(_group(item), 0) > 1:
            yield "deduplicated"
        yield from self.cuts
        if not isinstance(item, dict):
            return
        kind = kind_of(item)
        if item.get("results") == []:
            yield "empty-buckets-dropped"
        numbers = [value for value in item.values() if isinstance(value, Number)]
        if numbers and all(value.within_limits and not value.decimal for value in numbers):
            yield "zero-records-dropped"
        if isinstance(kind, str) and kind not in {*KINDS, "page", "bucket"}:
            yield "unknown-kinds-dropped"
        if kind in self.new_kinds or (kind in self.kinds and self.one_of_a_kind):
            yield "merged"
        if kind in KINDS and kind not in self.kinds:
            yield "kinds-dropped"


def kind_of(item: Tree) -> str | None:
    tag = item.get("object") if isinstance(item, dict) else None
    return tag if isinstance(tag, str) else None


def _group(item: Tree | NoValue) -> str:
    """What tells the group of a record: all of it but its numbers."""
    if not isinstance(item, dict) or item.get("object") == "bucket":
        return repr(item)
    return repr({name: value for name, value in item.items() if isinstance(value, (str, bool))})


def _is_sorted(items: Sequence[Tree]) -> bool:
    """Whether items are in the order of something."""
    if all(isinstance(item, (str, Number)) for item in items):
        texts = [item.lexeme if isinstance(item, Number) else str(item) for item in items]
        return texts == sorted(texts) or _in_order(items)
    rows = [item for item in items if isinstance(item, dict)]
    return any(_in_order([row.get(name) for row in rows]) for name in {name for row in rows for name in row})


def _in_order(values: Sequence[Tree]) -> bool:
    """Whether values of one type go up, or go down."""
    if len(values) < 2 or any(value is None for value in values):  # noqa: PLR2004 - one is always in order
        return False
    if all(isinstance(value, str) for value in values):
        keys: list[object] = list(values)
    elif all(isinstance(value, Number) and value.within_limits for value in values):
        keys = [value.decimal for value in values if isinstance(value, Number)]
    else:
        return False
    if len(set(map(str, keys))) == 1:
        return False
    up = sorted(keys)  # type: ignore[type-var]
    return keys in (up, up[::-1])
