"""
The tables of a matrix: clients that only decode, or only encode, stand apart from those that do both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.clients import OneWay
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level
from usagecompat.matrix.summary import shares
from usagecompat.printing import printable
from usagecompat.renderers import right_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from usagecompat.clients import ClientResult

_LEVELS: Final = tuple(reversed(Level))
_REST: Final = ("refused", "failed", "not judged", "of")
_HEADS: Final = ("client", "headline", *(level.name for level in _LEVELS), *_REST)
_DECODER_HEADS: Final = (
    "client",
    "everyday as they must be",
    "possible as they must be",
    "decoded",
    "of them wrong",
    *_REST,
)
ONLY_DECODE: Final = "Clients that only decode, and have no level:"
ONLY_ENCODE: Final = "Clients that only encode, with the level of the bytes that they made of a record:"


@frozen
class Group:
    """Clients of one sort, as a table."""

    title: str
    """Empty for clients that decode and encode."""
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int
    """How many columns have words, and not numbers."""


def groups(clients: Sequence[ClientResult]) -> Iterator[Group]:
    """The tables; the first is there even if it is empty and there is no other."""
    both = [client for client in clients if client.one_way is None]
    if both or not clients:
        yield _group("", _HEADS, both, _row)
    if encoders := [client for client in clients if client.one_way is OneWay.ENCODES]:
        yield _group(ONLY_ENCODE, _HEADS, encoders, _row)
    if decoders := [client for client in clients if client.one_way is OneWay.DECODES]:
        yield _group(ONLY_DECODE, _DECODER_HEADS, decoders, _decoder_row)


def _group(
    title: str, heads: tuple[str, ...], clients: Sequence[ClientResult], row: Callable[[ClientResult], tuple[str, ...]]
) -> Group:
    return Group(title, heads, tuple(map(row, clients)), 2)


def headline(client: ClientResult) -> str:
    """The one level of a client, of how many everyday cases it is the lowest, and how many are below what is required."""
    if client.one_way is OneWay.DECODES:
        return f"decodes only ({right_in(client, Tier.EVERYDAY)} everyday as they must be)"
    found = client.headline
    level = "no level" if found.level is None else found.level.name
    below = f", {found.below} below {client.required.name}" if found.below else ""
    only = f"{client.one_way.words}: " if client.one_way else ""
    return f"{only}{level} ({found.judged} of {found.of} everyday{below})"


def _row(client: ClientResult) -> tuple[str, ...]:
    count = shares(client)
    numbers = (*(count.levels.get(level, 0) for level in _LEVELS), count.refused, count.failed, count.not_judged)
    return (printable(client.name), headline(client), *map(str, numbers), str(count.of))


def _decoder_row(client: ClientResult) -> tuple[str, ...]:
    count = shares(client)
    wrong = sum(bool(case.differences and case.failing(client.required)) for case in client.cases)
    numbers = (count.decoded, wrong, count.refused, count.failed, count.not_judged, count.of)
    tiers = (right_in(client, tier) for tier in (Tier.EVERYDAY, Tier.POSSIBLE))
    return (printable(client.name), *tiers, *map(str, numbers))
