"""
What a scan is cut into: pieces of files, and what one worker reads at a time.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen

from usagecompat.exceptions import MissingExtra, NoPayloads, UnreadableInput
from usagecompat.inputs import STANDARD_INPUT


@frozen
class Slice:
    """A piece of one file: what begins from `start` on and before `end`."""

    name: str
    """A path or a URL."""
    content: str
    """How it is read: "lines", "whole" or "parquet"."""
    compression: str = ""
    """The extension that tells it."""
    start: int = 0
    end: int | None = None
    """None for the end of the file."""
    size: int = 0
    """How many bytes have to be read."""
    stamp: str = ""
    """What changes if somebody changes the file: its time, or what its store says of it."""
    seekable: bool = True
    """Whether it can be read from anywhere; False if the store gives it from the beginning to the end alone."""


@frozen
class Partition:
    """What one worker reads at a time."""

    number: int
    slices: tuple[Slice, ...]

    @property
    def size(self) -> int:
        """How many bytes have to be read."""
        return sum(one.size for one in self.slices)


InputProblem: TypeAlias = UnreadableInput | MissingExtra | NoPayloads


@frozen
class Plan:
    """Everything that is to be scanned."""

    partitions: tuple[Partition, ...]
    troubles: tuple[InputProblem, ...] = field(default=())
    """What was named and is not there, or cannot be looked into."""
    without_case: tuple[str, ...] = field(default=())
    """Payloads in directories of cases that have none, and so are not scanned."""

    @property
    def size(self) -> int:
        """How many bytes have to be read."""
        return sum(partition.size for partition in self.partitions)

    @property
    def has_standard_input(self) -> bool:
        """Whether something comes from standard input, which no other process can read."""
        return any(map(_has_standard_input, self.partitions))

    @property
    def is_local(self) -> bool:
        """Whether all files are on this machine's own file systems."""
        return not any("://" in one.name for partition in self.partitions for one in partition.slices)


def _has_standard_input(partition: Partition) -> bool:
    return any(one.name == STANDARD_INPUT for one in partition.slices)
