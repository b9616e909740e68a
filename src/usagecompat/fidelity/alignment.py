"""
Which item that came back is which item that was sent, so that one lost item is one difference and not a cascade.

Every step looks items up by a key, so that a pairing costs about as much as reading the items, however hostile they are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import Factory, define, frozen

from usagecompat.checking import GROUP_KEYS
from usagecompat.contract import is_number_text
from usagecompat.fidelity.roles import Role, kind_of, kind_told
from usagecompat.jsontext import Members, Number, Spelling, last_values, said

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from usagecompat.jsontext import Node

_Key: TypeAlias = "Callable[[Node], Hashable | None]"
"""What tells an item from others; None if it cannot be told so."""

_EMPTY: Final = 0
_LONGEST_FLOAT: Final = 400
_ANY_GROUP_KEY: Final = tuple(dict.fromkeys(name for names in GROUP_KEYS.values() for name in names))


@define
class Pairing:
    """What became of the items of an array."""

    partners: list[int | None]
    """For each item that was sent, the index of the one that came back for it."""
    origins: list[int | None]
    """For each item that came back, the index of the one that was sent."""

    @property
    def invented(self) -> list[int]:
        """The indexes of items that came back and were not sent."""
        return [index for index, origin in enumerate(self.origins) if origin is None]

    @property
    def order(self) -> list[int]:
        """The items that were sent and came back, as they came back."""
        return [origin for origin in self.origins if origin is not None]

    @property
    def reordered(self) -> bool:
        """Whether the items that came back came in another order."""
        order = self.order
        return order != sorted(order)


def pair(sent: list[Node], returned: list[Node], role: Role, prints: Prints) -> Pairing:
    """
    Pair the items of two arrays; `prints` is one for all arrays of the same two documents.

    Results pair by kind and group keys, buckets by `start_time`, both then by what is left to tell them by, and then
    by position: between the same two neighbours.
    Other items pair by position if there are as many, unless they are the same in another order; otherwise by what
    they hold, and then by position.
    """
    matching = _Matching(sent, returned, prints)
    if role in _KEYS:
        matching.trim(lambda one, other: one == other)
        for key in _KEYS[role] if matching.ambiguous else ():
            matching.by(key)
    elif len(sent) == len(returned) and not matching.permuted():
        matching.in_order(range(len(sent)), range(len(sent)))
    else:
        exact = prints.exact.of
        matching.trim(lambda one, other: exact(one) == exact(other))
        matching.by(exact)
        matching.by(prints.rough.of)
    matching.between_neighbours()
    return Pairing(matching.partners, matching.origins)


@define
class _Prints:
    """Fingerprints of one sort: equal for items that hold the same; each container is looked into once."""

    exact: bool
    """Whether spelling counts; if not, numbers are rounded, strings may be numbers, and what is null, false, zero or empty may as well be absent."""
    _known: dict[int, int] = Factory(dict[int, int])

    def of(self, node: Node) -> int:
        """The fingerprint of `node`."""
        if not isinstance(node, (Members, list)):
            return hash((type(node), node)) if self.exact else _rough(node)
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._look(node)
        return known

    def _look(self, node: Members | list[Node]) -> int:
        if isinstance(node, list):
            items = tuple(map(self.of, node))
            return hash((list, items)) if items or self.exact else _EMPTY
        if self.exact:
            return hash((Members, tuple((name, self.of(value)) for name, value in node)))
        members = sorted((name, self.of(value)) for name, value in last_values(node).items())
        told = tuple(member for member in members if member[1] != _EMPTY)
        return hash((Members, told)) if told else _EMPTY


@frozen
class Prints:
    """Fingerprints of the values of two documents, which must stay alive as long as these."""

    exact: _Prints = Factory(lambda: _Prints(exact=True))
    rough: _Prints = Factory(lambda: _Prints(exact=False))


def _rough(scalar: str | Spelling | bool | None) -> int:  # noqa: FBT001 - a JSON value
    if isinstance(scalar, bool):
        return hash(("true",)) if scalar else _EMPTY
    if scalar is None:
        return _EMPTY
    text = scalar.lexeme if isinstance(scalar, Spelling) else said(scalar)
    if isinstance(scalar, Spelling) or (len(text) <= _LONGEST_FLOAT and is_number_text(text)):
        number = float(text)
        return hash(f"{number:.6g}") if number else _EMPTY
    return hash(text) if text else _EMPTY


class _Matching:
    """Two arrays while their items find each other."""

    def __init__(self, sent: list[Node], returned: list[Node], prints: Prints) -> None:
        self.sent = sent
        self.returned = returned
        self.partners: list[int | None] = [None] * len(sent)
        self.origins: list[int | None] = [None] * len(returned)
        self.prints = prints

    def permuted(self) -> bool:
        """Whether both hold the same, and not in the same order."""
        if len(self.sent) < 2:  # noqa: PLR2004 - one item has no order
            return False
        for prints in (self.prints.exact, self.prints.rough):
            one, other = list(map(prints.of, self.sent)), list(map(prints.of, self.returned))
            if one == other:
                return False
            if Counter(one) == Counter(other):
                return True
        return False

    def in_order(self, sent: Sequence[int], returned: Sequence[int]) -> None:
        """Match these, the first with the first, as far as there are as many."""
        for index, partner in zip(sent, returned, strict=False):
            self.partners[index], self.origins[partner] = partner, index

    def trim(self, same: Callable[[Node, Node], bool]) -> None:
        """Match what is the same from the start on, and then from the end on."""
        least, start = min(len(self.sent), len(self.returned)), 0
        while start < least and same(self.sent[start], self.returned[start]):
            start += 1
        end = 0
        while end < least - start and same(self.sent[-1 - end], self.returned[-1 - end]):
            end += 1
        self.in_order(range(start), range(start))
        from_end = range(1, end + 1)
        self.in_order([len(self.sent) - i for i in from_end], [len(self.returned) - i for i in from_end])

    @property
    def alone(self) -> tuple[list[int], list[int]]:
        """What has no partner as yet."""
        return (
            [index for index, partner in enumerate(self.partners) if partner is None],
            [index for index, origin in enumerate(self.origins) if origin is None],
        )

    @property
    def ambiguous(self) -> bool:
        """Whether it takes more than the position to match what is still alone."""
        ours, theirs = self.alone
        return len(ours) > 0 < len(theirs) and len(ours) + len(theirs) > 2  # noqa: PLR2004 - one and one are a pair

    def by(self, key: _Key) -> None:
        """Match what is still alone by `key`."""
        ours, theirs = self.alone
        if ours and theirs:
            self._by(
                {index: key(self.sent[index]) for index in ours}, {index: key(self.returned[index]) for index in theirs}
            )

    def between_neighbours(self) -> None:
        """Match by position what is still alone behind the same item, first within the same kind."""
        sent: dict[int, int] = {}
        before = -1
        for index, partner in enumerate(self.partners):
            if partner is None:
                sent[index] = before
            else:
                before = index
        returned: dict[int, int] = {}
        before = -1
        for index, origin in enumerate(self.origins):
            if origin is None:
                returned[index] = before
            else:
                before = origin
        if sent and returned:
            one, other = self.sent, self.returned
            self._by(
                {i: (n, kind_of(one[i])) for i, n in sent.items()},
                {i: (n, kind_of(other[i])) for i, n in returned.items()},
            )
            self._by(
                {i: n for i, n in sent.items() if self.partners[i] is None},
                {i: n for i, n in returned.items() if self.origins[i] is None},
            )

    def _by(self, sent: dict[int, Hashable | None], returned: dict[int, Hashable | None]) -> None:
        here, there = _grouped(sent), _grouped(returned)
        for key, ours in here.items():
            theirs = there.get(key, [])
            if theirs and len(ours) != len(theirs):
                self._by_print(ours, theirs, self.prints.exact)
                self._by_print(ours, theirs, self.prints.rough)
            self._alone_in_order(ours, theirs)

    def _by_print(self, ours: list[int], theirs: list[int], prints: _Prints) -> None:
        """Match of these what is still alone and has the same fingerprint."""
        there = _grouped({index: prints.of(self.returned[index]) for index in theirs if self.origins[index] is None})
        here = _grouped({index: prints.of(self.sent[index]) for index in ours if self.partners[index] is None})
        for print_, group in here.items():
            self.in_order(group, there.get(print_, []))

    def _alone_in_order(self, ours: list[int], theirs: list[int]) -> None:
        """Match of these what is still alone, the first with the first."""
        self.in_order(
            [index for index in ours if self.partners[index] is None],
            [index for index in theirs if self.origins[index] is None],
        )


def _grouped(keys: dict[int, Hashable | None]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for index, key in keys.items():
        if key is not None:
            groups.setdefault(key, []).append(index)
    return groups


# -- keys


def _group(result: Node) -> Hashable | None:
    """Kind and group keys; null and absent are one."""
    if not isinstance(result, Members):
        return None
    members = last_values(result)
    kind = kind_told(members)
    return kind, tuple(_exactly(members.get(name)) for name in GROUP_KEYS.get(kind or "", _ANY_GROUP_KEY))


def _rough_group(result: Node) -> Hashable | None:
    """The same, if null, absent, empty, false and zero are one."""
    if not isinstance(result, Members):
        return None
    members = last_values(result)
    kind, rough = kind_told(members), _Prints(exact=False)
    return kind, tuple(rough.of(members.get(name)) for name in GROUP_KEYS.get(kind or "", _ANY_GROUP_KEY))


def _quantities(result: Node) -> Hashable | None:
    """Kind, and the numbers that are not zero."""
    if not isinstance(result, Members):
        return None
    members, rough = last_values(result), _Prints(exact=False)
    told = [(name, rough.of(value)) for name, value in members.items() if isinstance(value, (Spelling, Members))]
    numbers = tuple(sorted(one for one in told if one[1] != _EMPTY))
    return (kind_told(members), numbers) if numbers else None


def _time(name: str, *, rough: bool = False) -> _Key:
    """The value of a bucket's member `name`."""

    def key(bucket: Node) -> Hashable | None:
        value = last_values(bucket).get(name) if isinstance(bucket, Members) else None
        if value is None:
            return None
        return _rough(value) if rough and not isinstance(value, (Members, list)) else _exactly(value)

    return key


def _exactly(value: Node) -> Hashable:
    """A scalar by its value, anything else by what it holds."""
    if isinstance(value, str):
        return said(value)
    if isinstance(value, Spelling):
        return Number, Number(value.lexeme).key
    if value is None or isinstance(value, bool):
        return (value,)
    return _Prints(exact=False).of(value)


_KEYS: Final[dict[Role, tuple[_Key, ...]]] = {
    Role.RESULTS: (_group, _rough_group, _quantities),
    Role.BUCKETS: (_time("start_time"), _time("start_time", rough=True), _time("end_time")),
}
"""By what the items of the contract's arrays pair, the surest first."""
