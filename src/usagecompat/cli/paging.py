"""
`usagecompat run --paging`: the sequences of a corpus against a client that fetches all pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli.progress import progress
from usagecompat.cli.stamping import about_sequences
from usagecompat.cli.subjects import meant_by
from usagecompat.clients import Way
from usagecompat.corpus import read_sequences
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.clients import ClientResult, ClientSpec
    from usagecompat.corpus import Sequence as PageSequence

_OF_PAYLOADS: Final = {
    "oneshot": "--oneshot",
    "validates": "--validates",
    "set_": "--set",
    "revision": "--revision",
    "probes": "--probes",
}


def refuse_beside_paging(context: click.Context, require: str) -> None:
    """
    Refuse what is said of single payloads.

    Raises:
        click.UsageError: Something of the kind was given.
    """
    given = [
        option
        for name, option in _OF_PAYLOADS.items()
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(
            f"{' and '.join(given)} cannot be given with --paging: there are sequences, and no cases."
        )
    if Level[require.upper()] is Level.BYTES:
        raise click.UsageError(
            "--require bytes cannot be given with --paging: buckets do not come back in their pages."
        )


def paging_result(
    spec: ClientSpec,
    corpus: Path | None,
    expression: str | None,
    *,
    require: str,
    jobs: int,
) -> tuple[ClientResult, tuple[PageSequence, ...]]:
    """
    What comes of the sequences that are meant, and all that there are.

    Raises:
        click.UsageError: No sequence is meant, or the client is one that cannot page.
        CorruptCase: A sequence does not say what one must say.
        UnreadableInput: There is none, or a file cannot be read.
        CannotStartClient: There is no such program.
    """
    if spec.way not in {Way.HTTP, Way.STDIO, Way.SOCKET}:
        raise click.UsageError(
            "A client that pages is a command: one for each sequence with --http, or one that stays."
        )
    from usagecompat.clients import run_paging  # noqa: PLC0415 - with its server it takes long to import

    there = read_sequences(corpus)
    chosen = meant_by(expression, there, noun="sequence")
    with progress(len(chosen), spec.name, wanted=True) as tick:
        result = run_paging(spec, chosen, required=Level[require.upper()], jobs=jobs, tick=tick)
    result = about_sequences(result, spec, chosen, listed=there, corpus=corpus, expression=expression, jobs=jobs)
    return result, there
