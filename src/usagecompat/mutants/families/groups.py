"""
Faults in lists of results: which come back, in which order, and which are taken for one group.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from usagecompat.mutants.model import lossy, refuse
from usagecompat.mutants.support.rows import (
    all_zero,
    amount_of,
    first_of,
    in_order_of,
    integer_at,
    last_of,
    summed,
    text_of_member,
    those,
)
from usagecompat.mutants.support.walks import on_lists, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagecompat.jsontext import Tree
    from usagecompat.mutants.model import Mutant

_KEYS = (
    "project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "source", "size", "vector_store_id",
    "context_level", "line_item", "api_source",
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Faults of the results of a bucket."""
    yield from _lists()
    yield from _groups()


def _lists() -> Iterator[Mutant]:
    def results(name: str, change: Callable[[list[Tree]], Tree]) -> Mutant:
        return lossy(f"results/{name}", on_lists(change))

    yield results("first", lambda d: d[:1] if len(d) > 1 else d)
    yield results("last", lambda d: d[-1:] if len(d) > 1 else d)
    yield results("last-lost", lambda d: d[:-1] if len(d) > 1 else d)
    yield results("two", lambda d: d[:2] if len(d) > 2 else d)
    yield results("five", lambda d: d[:5] if len(d) > 5 else d)
    yield results("ten", lambda d: d[:10] if len(d) > 10 else d)
    yield results("twenty", lambda d: d[:20] if len(d) > 20 else d)
    yield results("hundred", lambda d: d[:100] if len(d) > 100 else d)
    yield results("reversed", lambda d: d[::-1] if len(d) > 1 else d)
    yield results("sorted", lambda d: in_order_of(d, text_of))
    yield results("by-project", lambda d: in_order_of(d, lambda n: text_of_member(n, "project_id")))
    yield results("by-model", lambda d: in_order_of(d, lambda n: text_of_member(n, "model")))
    yield results("by-amount", lambda d: in_order_of(d, lambda n: -amount_of(n)))
    yield results("by-tokens", lambda d: in_order_of(d, lambda n: -integer_at(n, "input_tokens")))
    yield results("distinct", lambda d: last_of(d, text_of))
    yield results("zeros-lost", lambda d: those(d, lambda n: not all_zero(n)))
    yield results("nulls-kept-by-length", lambda d: d * 2 if len(d) == 1 else d)
    yield results("doubled", lambda d: [one for one in d for _ in range(2)] if d else d)


def _groups() -> Iterator[Mutant]:
    """Results that are taken for one group."""

    def of(*names: str) -> Callable[[Tree], str]:
        def key(node: Tree) -> str:
            if not isinstance(node, dict):
                return ""
            picked: list[Tree] = [node.get(name) for name in ("object", *names)]
            return text_of(picked)

        return key

    groups: dict[str, tuple[str, Callable[[Tree], str]]] = {
        "kind": ("of one kind", of()),
        "project": ("of one kind and project", of("project_id")),
        "all-keys": ("with the same group keys", of(*_KEYS)),
        "all-keys-folded": ("whose group keys differ in case only", lambda n: of(*_KEYS)(n).lower()),
        "empty-as-null": (
            "whose group keys differ in null and empty only",
            lambda n: of(*_KEYS)(n).replace('""', "null"),
        ),
        "false-as-null": (
            "whose group keys differ in null and false only",
            lambda n: of(*_KEYS)(n).replace("false", "null"),
        ),
        "trimmed-keys": ("whose group keys differ in spaces only", lambda n: of(*_KEYS)(n).replace(" ", "")),
    }
    ends = {
        "last": ("Of results {} the last alone comes back.", last_of),
        "first": ("Of results {} the first alone comes back.", first_of),
        "summed": ("The counts of results {} come back as their sum.", summed),
    }
    for name in _KEYS:
        groups[f"without-{name.replace('_', '-')}"] = (
            f"that differ in `{name}` only",
            of(*(one for one in _KEYS if one != name)),
        )
    for name, (which, key) in groups.items():
        for end, (fault, merge) in ends.items():
            yield lossy(f"group/{name}-{end}", on_lists(partial(merge, key=key)), fault=fault.format(which))
    yield lossy(
        "group/duplicate-refused",
        on_lists(lambda d: d if len({of(*_KEYS)(n) for n in d}) == len(d) else refuse("a group twice")),
    )
