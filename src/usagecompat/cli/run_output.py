"""
What `usagecompat run` prints and writes of its result.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from usagecompat.cli.history import with_history
from usagecompat.cli.moments import moment, today
from usagecompat.cli.output import put, put_json, say, say_json, write_file
from usagecompat.clients import badge_of, this_platform
from usagecompat.corpus import version
from usagecompat.renderers import render_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientResult, Comparison
    from usagecompat.corpus import Case, Payload
    from usagecompat.matrix import Matrix, Standing


@frozen
class Told:
    """What is to be told of a run."""

    result: ClientResult
    comparison: Comparison | None
    subjects: Sequence[Case | Payload]
    payloads: bool = False
    """Whether JSON has what came back of each case."""
    history: tuple[Standing, ...] = ()
    """How clients stood at all times that are kept, this run with them; empty if none is."""

    def over_time(self, folder: Path | None, past: tuple[Standing, ...]) -> Told:
        """The same with its history in a folder, if there is one, where it is kept from now on."""
        if folder is None:
            return self
        return evolve(self, history=with_history(self.alone(), folder, past, moment()).history)

    def alone(self) -> Matrix:
        """A matrix of one client."""
        from usagecompat.matrix import Matrix  # noqa: PLC0415 - the usual formats need none

        return Matrix(
            clients=(self.result,),
            subjects={subject.id: subject for subject in self.subjects},
            made=today(),
            version=version(),
            platform=this_platform(),
            comparisons={self.result.name: self.comparison} if self.comparison else {},
            history=self.history,
        )

    def to_dict(self) -> dict[str, object]:
        """The result as `schemas/run.json` describes it."""
        return self.result.to_dict(payloads=self.payloads) | {
            "badge": badge_of(self.result).to_dict(),
            "expected": self.comparison and self.comparison.to_dict(),
        }


def put_run(format_: str, told: Told, *, max_cases: int, quiet: bool) -> None:
    """Print the result in a format."""
    if format_ == "json":
        say_json(told.to_dict())
    elif format_ == "text":
        for line in render_run(told.result, told.comparison, max_cases=max_cases, quiet=quiet):
            say(line)
    elif format_ == "badge":
        from usagecompat.matrix import badge  # noqa: PLC0415 - the usual formats need none

        put_json(badge(told.result))
    else:
        put(_as_matrix(told, format_))


def write_run(also: Iterable[tuple[str, Path]], told: Told) -> None:
    """Write the result to files, each in its format; a page has all times if they are kept."""
    for format_, place in also:
        if format_ == "json":
            write_file(place, json.dumps(told.to_dict(), separators=(",", ":")) + "\n")
        elif told.history:
            write_file(place, _as_matrix(told, format_))
        else:
            from usagecompat.renderers import render_run_page  # noqa: PLC0415 - hardly any run writes a page

            write_file(place, render_run_page(told.result, {one.id: one.payload for one in told.subjects}))


def _as_matrix(told: Told, format_: str) -> str:
    """A matrix of one client, in one of its formats."""
    from usagecompat.matrix import FORMATS  # noqa: PLC0415 - likewise

    return FORMATS[format_](told.alone())
