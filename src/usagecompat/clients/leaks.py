"""
What came instead of a payload's own answer, where earlier payloads have left something behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagecompat.jsontext import Tree

_FAR_BACK: Final = 200
"""So many payloads before are looked at."""
_MOST: Final = 3
"""So many values are named."""
_LEAST: Final = 4
"""Texts and numbers of fewer characters may be the same by chance."""


def what_came(sent: bytes, came: bytes, before: Sequence[tuple[str, bytes, bytes]]) -> str:
    """
    What the answer to `sent` has of earlier payloads, in words; nothing if it has nothing.

    Args:
        sent: The payload that was to be answered.
        came: The answer.
        before: The cases that were put to the client before, each with its payload and the answer to it, in order.
    """
    earlier = list(enumerate(reversed(before), 1))[:_FAR_BACK]
    if not came:
        return ""
    for back, (name, *others) in earlier:
        if came in others:
            return f"what came is the answer to {name}, {_ago(back)}"
    strange = _leaves(came) - _leaves(sent)
    if not strange:
        return ""
    for back, (name, payload, _) in earlier:
        common = strange & _leaves(payload)
        if common:
            listed = ", ".join(sorted(common)[:_MOST])
            more = f" and {len(common) - _MOST} more" if len(common) > _MOST else ""
            return f"what came has values of {name}, {_ago(back)}: {listed}{more}"
    return ""


def _ago(back: int) -> str:
    return "the payload before" if back == 1 else f"{back} payloads before"


def _leaves(payload: bytes) -> frozenset[str]:
    """The texts and numbers in a payload that are long enough to tell payloads apart."""
    value = read(payload).value
    return frozenset() if value is NO_VALUE else frozenset(leaf for leaf in _walk(value) if len(leaf) >= _LEAST)


def _walk(tree: Tree) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str):
            yield node
        elif isinstance(node, Number):
            yield node.lexeme
