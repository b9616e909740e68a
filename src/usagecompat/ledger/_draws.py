"""
Numbers from a name: the same for ever, on every machine and with every Python.

The random module promises that for a few of its functions only, and a ledger's bytes are compared between runs.
"""

from __future__ import annotations

from hashlib import shake_256
from struct import iter_unpack
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_T = TypeVar("_T")

_BLOCK: Final = 4_096
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Draws:
    """An endless row of numbers that its name decides."""

    def __init__(self, *name: object) -> None:
        """Start the row of this name."""
        self._name = "/".join(map(str, name))
        self._blocks = 0
        self._numbers: Iterator[tuple[int]] = iter(())

    def below(self, bound: int) -> int:
        """A number from 0 up to, and without, `bound`, which is far below 2^64."""
        drawn = next(self._numbers, None)
        if drawn is None:
            block = shake_256(f"{self._name}#{self._blocks}".encode()).digest(_BLOCK)
            self._blocks += 1
            self._numbers = iter_unpack(">Q", block)
            drawn = next(self._numbers)
        return drawn[0] % bound

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def letters(self, count: int) -> str:
        """A text of letters and digits, as identifiers have."""
        return "".join(self.one_of(_LETTERS) for _ in range(count))
