"""
What a client does that keeps it from answering: each costs one case, and nothing of it can block or fill the kit.
"""

from __future__ import annotations

from attrs import frozen


class ProcessProblem(Exception):
    """A process did not do what it was asked."""


@frozen(eq=False)
class Ended(ProcessProblem):
    """The process ended; `status` is its exit status, or the number of the signal that ended it, negated."""

    status: int

    def __str__(self) -> str:
        return f"ended by signal {-self.status}" if self.status < 0 else f"ended with exit status {self.status}"


@frozen(eq=False)
class TimedOut(ProcessProblem):
    """The deadline passed."""

    seconds: float

    def __str__(self) -> str:
        return f"wrote nothing complete within {self.seconds:g} s"


@frozen(eq=False)
class Flooded(ProcessProblem):
    """The process wrote more than anything it was asked could need."""

    limit: int

    def __str__(self) -> str:
        return f"wrote more than {self.limit:,} bytes without ending its answer"


@frozen(eq=False)
class Closed(ProcessProblem):
    """The process closed its standard input or output and went on."""

    which: str

    def __str__(self) -> str:
        return f"closed its standard {self.which}, and is still there"


@frozen(eq=False)
class GuardLost(ProcessProblem):
    """The guard ended, or is held up; the client that was asked last may have done that."""

    how: str

    def __str__(self) -> str:
        return f"lost its guard, a helper process of usagecompat, which {self.how}"
