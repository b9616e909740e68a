"""
What `usagecompat run` prints and writes of its result.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from usagecompat.cli.moments import today
from usagecompat.cli.output import put, put_json, say, say_json, write_file
from usagecompat.clients import badge_of, this_platform
from usagecompat.corpus import version
from usagecompat.renderers import render_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientResult, Comparison
    from usagecompat.corpus import Case, Payload


def put_run(  # noqa: PLR0913 - one for each option
    format_: str,
    result: ClientResult,
    comparison: Comparison | None,
    subjects: Sequence[Case | Payload],
    *,
    payloads: bool,
    max_cases: int,
    quiet: bool,
) -> None:
    """Print the result in a format."""
    if format_ == "json":
        say_json(_told(result, comparison, payloads=payloads))
    elif format_ == "text":
        for line in render_run(result, comparison, max_cases=max_cases, quiet=quiet):
            say(line)
    else:
        _put_alone(result, comparison, format_, subjects)


def _told(result: ClientResult, comparison: Comparison | None, *, payloads: bool) -> dict[str, object]:
    """The result as `schemas/run.json` describes it."""
    return result.to_dict(payloads=payloads) | {
        "badge": badge_of(result).to_dict(),
        "expected": comparison and comparison.to_dict(),
    }


def write_run(
    also: Iterable[tuple[str, Path]],
    result: ClientResult,
    comparison: Comparison | None,
    subjects: Sequence[Case | Payload],
    *,
    payloads: bool,
) -> None:
    """Write the result to files, each in its format."""
    for format_, place in also:
        if format_ == "json":
            write_file(place, json.dumps(_told(result, comparison, payloads=payloads), separators=(",", ":")) + "\n")
            continue
        from usagecompat.renderers import render_run_page  # noqa: PLC0415 - hardly any run writes a page

        write_file(place, render_run_page(result, {subject.id: subject.payload for subject in subjects}))


def _put_alone(
    result: ClientResult, comparison: Comparison | None, format_: str, subjects: Sequence[Case | Payload]
) -> None:
    """A matrix of one client, in one of its formats."""
    from usagecompat.matrix import FORMATS, Matrix, badge  # noqa: PLC0415 - the usual formats need none

    alone = Matrix(
        clients=(result,),
        subjects={subject.id: subject for subject in subjects},
        made=today(),
        version=version(),
        platform=this_platform(),
        comparisons={result.name: comparison} if comparison else {},
    )
    put_json(badge(result)) if format_ == "badge" else put(FORMATS[format_](alone))
