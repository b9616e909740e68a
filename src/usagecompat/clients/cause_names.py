"""
What causes are called, as `causes.toml` has it: a title for each name, what to do, and known faults of the kind.

A name may end with a number or a word that belongs to it: `wraps-at-2^31`, `list-truncated-at-7`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


VAGUE: Final = frozenset(
    {
        *("type-changed", "text-changed", "number-changed", "value-as-null", "others", "members-lost", "items-lost"),
        *("members-invented", "renamed", "refused", "kind-lost", "reordered"),
    }
)
"""Causes that explain much by saying little: a more exact one needs half as many cases."""


@frozen
class Naming:
    """What is said of one kind of cause."""

    title: str
    """What goes wrong; `{}` stands for what the name ends with."""
    fix: str
    """What to do."""
    known: tuple[str, ...] = ()
    """Faults of this kind in `docs/faults.md`, which names clients that had them."""


NAMINGS: Final[Mapping[str, Naming]] = {
    name: Naming(told["title"], told["fix"], tuple(told.get("known", ())))
    for name, told in tomllib.loads(Path(__file__).with_name("causes.toml").read_text("utf-8")).items()
}
_PATTERNS: Final = tuple((re.compile(re.escape(name).replace(r"\*", "(.+)")), said) for name, said in NAMINGS.items())


def naming(name: str) -> Naming:
    """What is said of the cause `name`."""
    for pattern, said in _PATTERNS:
        if found := pattern.fullmatch(name):
            end = found[1].replace("-", " ") if found.groups() and name.startswith("refuses-") else ""
            return Naming(said.title.replace("{}", end or (found[1] if found.groups() else "")), said.fix, said.known)
    head, _, kind = name.partition(":")
    said = NAMINGS[head if head in NAMINGS else "others"]
    return Naming(said.title.replace("{}", kind), said.fix, said.known)
