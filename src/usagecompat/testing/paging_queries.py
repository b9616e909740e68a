"""
What a machine asks for, and of whom: queries and servers, drawn by Hypothesis, and what follows from them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, urlencode

from attrs import frozen
from hypothesis import strategies as st

from usagecompat.contract import ROOT, WIDTHS
from usagecompat.corpus import Head, made_of
from usagecompat.jsontext import write
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagecompat.contract import Endpoint, Revision
    from usagecompat.corpus import Sequence as PageSequence

_T = TypeVar("_T")

_OFTEN: Final = ("costs", "usage/completions")
_WEEK: Final = 7 * 86_400
_FEW_VALUES: Final = 3
_MOST_VALUES: Final = 2
_MOST_OF_SOME: Final = 2
_MOST_WEIGHT: Final = 3


@frozen(kw_only=True)
class Asked:
    """What is asked for, and how the server behaves."""

    endpoint: str
    width: str = "1d"
    back: int = 6
    """How many buckets before the present the window begins."""
    buckets: int | None = 5
    """How many buckets it has; None if it goes on until now."""
    limit: int | None = 2
    group_by: tuple[str, ...] = ()
    chosen: tuple[str, tuple[str, ...]] | None = None
    """One filter with its values."""
    scenarios: tuple[str, ...] = ()

    def params(self, now: int) -> dict[str, int | str | list[str]]:
        """The query by parameter."""
        seconds = WIDTHS[self.width]
        start = now - now % seconds - self.back * seconds
        found: dict[str, int | str | list[str]] = {"start_time": start}
        if self.buckets is not None:
            found["end_time"] = start + self.buckets * seconds
        if self.width != "1d":
            found["bucket_width"] = self.width
        if self.limit is not None:
            found["limit"] = self.limit
        if self.group_by:
            found["group_by"] = list(self.group_by)
        if self.chosen is not None:
            name, values = self.chosen
            found[name] = list(values)
        return found


@lru_cache(maxsize=256)
def sequence_of(asked: Asked, revision: Revision, seed: int) -> PageSequence:
    """What a right client asks and ends up with."""
    ledger = Ledger(revision=revision, seed=seed, scenarios=asked.scenarios)
    query = urlencode(asked.params(ledger.now), doseq=True)
    head = Head(
        id=f"{asked.endpoint}?{query}",
        description="",
        endpoint=asked.endpoint,
        query=query,
        scenarios=asked.scenarios,
        ledger=ledger,
        tree={},
    )
    return made_of(head, Path("of-a-machine"))


@frozen(kw_only=True)
class Queries:
    """What may be asked of one organization."""

    revision: Revision
    seed: int
    known: Mapping[str, Endpoint]
    names: Sequence[str]
    """The endpoints that are asked."""

    def endpoints(self) -> st.SearchStrategy[str]:
        """Any of the endpoints; costs and completions more often, because there is more to them."""
        often = [name for name in _OFTEN if name in self.names]
        names = st.sampled_from(self.names)
        return st.sampled_from(often) | names if often else names

    def widths(self, endpoint: str) -> st.SearchStrategy[str]:
        """The widths that an endpoint has buckets of."""
        return st.sampled_from(list(self.known[endpoint].limits))

    def keys(self, endpoint: str) -> st.SearchStrategy[tuple[str, ...]]:
        """A few of the keys that an endpoint groups by."""
        return some_of(self.known[endpoint].group_by)

    def filters(self, endpoint: str) -> st.SearchStrategy[tuple[str, tuple[str, ...]] | None]:
        """A filter of an endpoint with values that there are, or none."""
        found: list[st.SearchStrategy[tuple[str, tuple[str, ...]]]] = []
        for item in self.known[endpoint].filters:
            if values := item.values or _values(endpoint, item.key, self.revision, self.seed):
                most = 1 if item.single else _MOST_VALUES
                some = st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)
                found.append(st.tuples(st.just(item.name), some.map(tuple)))
        return st.one_of(st.none(), *found)


def servers(scenarios: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """One thing that a server does, or else none, one or two, each in one variant; those more often that have several."""
    if not scenarios:
        return st.just(())
    by_name: dict[str, list[str]] = {}
    for scenario in scenarios:
        by_name.setdefault(scenario.partition(":")[0], []).append(scenario)
    often = [name for name, variants in by_name.items() for _ in variants[:_MOST_WEIGHT]]
    few = some_of(often).flatmap(lambda names: st.tuples(*(st.sampled_from(by_name[name]) for name in names)))
    return few | st.tuples(st.sampled_from(scenarios))


def some_of(names: Sequence[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    """None, one or two of some names, in their order."""
    if not names:
        return st.just(())
    some = st.sets(st.sampled_from(names), max_size=_MOST_OF_SOME)
    return some.map(lambda found: tuple(name for name in dict.fromkeys(names) if name in found))


@lru_cache(maxsize=256)
def _values(endpoint: str, key: str, revision: Revision, seed: int) -> tuple[str, ...]:
    """
    A few of the values that a group key has in the last week, of those that need no escape in JSON.

    Those come first that need one in a query, as a pager may escape them twice.
    """
    ledger = Ledger(revision=revision, seed=seed)
    found = ledger.buckets(f"{ROOT}{endpoint}", f"start_time={ledger.now - _WEEK}&group_by={key}")
    values = re.findall(rb'"%b":"([^"\\]+)"' % key.encode(), write(found))
    texts = {value.decode() for value in values}
    return tuple(sorted(texts, key=lambda text: (quote(text, safe="") == text, text)))[:_FEW_VALUES]
