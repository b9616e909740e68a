"""
`usagecompat fixtures mutants`, `sets` and `faults`: what a corpus catches.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli import completing
from usagecompat.cli.formats import formats
from usagecompat.cli.generated import page_options, put_page
from usagecompat.cli.output import say, say_json
from usagecompat.cli.progress import progress
from usagecompat.cli.revision_option import REVISION
from usagecompat.contract import REVISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.contract import Revision
    from usagecompat.mutants import Mutant, MutantResult

_CORPUS: Final = click.Path(file_okay=False, path_type=Path)
_SHOWN: Final = 3
_JOBS: Final = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="one per core",
    help="Processes to use.",
)


@click.command(short_help="Report which faulty clients the cases catch.")
@click.argument("directory", type=_CORPUS, required=False, metavar="[DIR]")
@click.option(
    "--family",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.families,
    help="Only this family of mutants. Repeatable.",
)
@click.option("--survivors", is_flag=True, help="Only those that no case kills.")
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Judge all cases by this revision.")
@click.option("--every-revision", is_flag=True, help="Print what survives at each revision, and nothing else.")
@formats()
@_JOBS
@click.pass_context
def mutants(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    directory: Path | None,
    family: tuple[str, ...],
    survivors: bool,
    revision: Revision | None,
    every_revision: bool,
    format_: str,
    jobs: int,
) -> None:
    """
    Run faulty clients over the cases, and report which cases kill each of them.

    A mutant is the faithful client with one fault. It is killed if the judge that real clients have finds the fault,
    equivalent if no payload can reveal it (the proof is printed), and has survived otherwise.

    Exit status: 0 none survived, 1 some did, 2 the corpus cannot be read.

    \b
    Example: usagecompat fixtures mutants --family amount
    Example: usagecompat fixtures mutants --survivors --every-revision
    """  # noqa: D301 - click's own mark
    from usagecompat.corpus import selection as corpus  # noqa: PLC0415 - the command line is up before any mutant is
    from usagecompat.mutants import MutantOutcome, matrix  # noqa: PLC0415 - likewise

    chosen = _chosen(family)
    cases = corpus.cases(root=directory)
    failed = False
    for at in REVISIONS if every_revision else (revision,):
        with progress(len(cases), f"mutants at {at or 'each revision'}") as tick:
            results = matrix(cases, chosen, revision=at, jobs=jobs, first=every_revision, tick=tick)
        lost = [result for result in results if result.outcome is MutantOutcome.SURVIVED]
        failed = failed or bool(lost)
        shown = lost if survivors or every_revision else results
        if format_ == "json":
            _put_json(shown, at)
        else:
            _put_text(shown)
        say(_totals(results, len(cases), at), err=True)
    context.exit(1 if failed else 0)


def _chosen(family: tuple[str, ...]) -> Sequence[Mutant]:
    from usagecompat.exceptions import NoSuchName  # noqa: PLC0415 - as above
    from usagecompat.mutants import all_mutants  # noqa: PLC0415 - as above
    from usagecompat.mutants.catalogue import families  # noqa: PLC0415 - as above

    for name in family:
        if name not in families():
            raise NoSuchName("family of mutants", name, families())
    return [mutant for mutant in all_mutants() if not family or mutant.family in family]


def _put_json(results: Sequence[MutantResult], revision: Revision | None) -> None:
    for result in results:
        say_json({**result.to_dict(), "revision": revision})


def _put_text(results: Sequence[MutantResult]) -> None:
    from usagecompat.mutants import MutantOutcome  # noqa: PLC0415 - as above

    width = max((len(result.mutant.name) for result in results), default=0)
    for result in results:
        if result.outcome is MutantOutcome.KILLED:
            more = len(result.kills) - _SHOWN
            told = (
                f"{len(result.kills):4} {', '.join(result.cases[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"
            )
        else:
            told = result.mutant.equivalent if result.outcome is MutantOutcome.EQUIVALENT else result.mutant.fault
        say(f"{result.mutant.name:{width}}  {result.outcome:10}  {told}")


def _totals(results: Sequence[MutantResult], payloads: int, revision: Revision | None) -> str:
    from usagecompat.mutants import MutantOutcome  # noqa: PLC0415 - as above

    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in MutantOutcome}
    told = ", ".join(
        f"{count:,} {outcome}" for outcome, count in counts.items() if count or outcome is not MutantOutcome.NOT_SHOWN
    )
    where = f"at {revision}" if revision else "each case at its own revision"
    return f"{len(results):,} mutants, {payloads:,} cases, {where}: {told}"


@click.command(short_help="Choose, check or freeze the small sets of a corpus.")
@click.argument("directory", type=_CORPUS, required=False, metavar="[DIR]")
@click.option("--write", is_flag=True, help="Choose the sets again and write them to DIR/manifest.json.")
@click.option("--check", is_flag=True, help="Fail if a set does not kill what it promises.")
@formats()
@_JOBS
@click.pass_context
def sets(  # noqa: PLR0913 - one for each option
    context: click.Context, *, directory: Path | None, write: bool, check: bool, format_: str, jobs: int
) -> None:
    """
    Report how many payloads each set of the corpus has, and how many mutants it kills.

    smoke promises 95 in 100 of what the corpus kills, core all of it, and both with as few payloads as could be found.

    Exit status: 0, or 1 if a promise is not kept, 2 the corpus cannot be read.

    \b
    Example: usagecompat fixtures sets --check
    Example: usagecompat fixtures sets fixtures/ --write
    """  # noqa: D301 - click's own mark
    from usagecompat.corpus import selection as corpus  # noqa: PLC0415 - as above
    from usagecompat.mutants import (  # noqa: PLC0415 - as above
        all_mutants,
        choose,
        freeze,
        frozen_sets,
        matrix,
        reaches,
    )

    root = corpus.packaged() if directory is None else directory
    cases = corpus.cases(root=root)
    results = matrix(cases, all_mutants(), jobs=jobs)
    if write:
        changed = freeze(root, choose(results))
        say(f"{root / 'manifest.json'}: {'written' if changed else 'was right already'}", err=True)
    found = reaches(results, frozen_sets(root), len(cases))
    for reach in found:
        if format_ == "json":
            counts = {"payloads": reach.payloads, "killed": reach.killed, "of": reach.of}
            say_json({"name": reach.name, **counts, "kept": reach.kept})
            continue
        share = f"{reach.killed:,} of {reach.of:,} mutants ({reach.share:.1%})"
        say(f"{reach.name:6} {reach.payloads:4} payloads kill {share}{'' if reach.kept else ': PROMISE BROKEN'}")
    context.exit(1 if check and not all(reach.kept for reach in found) else 0)


@click.command(short_help="Write or check the page about what clients got wrong.")
@page_options("docs/faults.md")
@click.pass_context
def faults(context: click.Context, *, write: Path | None, check: Path | None) -> None:
    """
    Print what public clients got wrong and which cases catch it, or write the page about it.

    \b
    Example: usagecompat fixtures faults --write docs/faults.md
    """  # noqa: D301 - click's own mark
    from usagecompat.corpus import selection as corpus  # noqa: PLC0415 - as above
    from usagecompat.mutants import table  # noqa: PLC0415 - as above

    put_page(context, table(corpus.cases()), write=write, check=check)
