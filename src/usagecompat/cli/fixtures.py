"""
`usagecompat fixtures`: the corpus of cases.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from usagecompat.cli import completing
from usagecompat.cli.authoring import new, update
from usagecompat.cli.commands import Group, until_nobody_reads
from usagecompat.cli.coverage import about, coverage
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.mutants import faults, mutants, sets
from usagecompat.cli.output import put_json, say, say_json
from usagecompat.cli.packing import pack
from usagecompat.corpus import manifest_of, read_manifest
from usagecompat.corpus import selection as corpus
from usagecompat.findings import Shape, Verdict
from usagecompat.printing import counted

if TYPE_CHECKING:
    from usagecompat.findings import ShapeName, VerdictName

_CORPUS = click.Path(file_okay=False, path_type=Path)


@click.group(cls=Group)
def fixtures() -> None:
    """
    List, copy and lint the corpus of cases.

    \b
    Example: usagecompat fixtures list --verdict acceptable
    """  # noqa: D301 - click's own mark


@fixtures.command("list", short_help="List the cases.")
@click.argument("directory", type=_CORPUS, required=False, metavar="[DIR]")
@click.option(
    "--set",
    "set_",
    default="full",
    show_default=True,
    metavar="NAME",
    shell_complete=completing.sets,
    help="Only cases of this set.",
)
@one_of("--shape", Shape, help_="Only payloads of this shape.")
@click.option("--verdict", type=click.Choice([verdict.value for verdict in Verdict]), help="Only this verdict.")
@formats()
@until_nobody_reads()
def list_(
    directory: Path | None, set_: str, shape: ShapeName | None, verdict: VerdictName | None, format_: str
) -> None:
    """
    List the cases of the corpus that comes with the kit, or of the one in DIR.

    \b
    Example: usagecompat fixtures list --shape page --verdict invalid
    """  # noqa: D301 - click's own mark
    cases = corpus.cases(set_, shape=shape, verdict=verdict, root=directory)
    if format_ == "json":
        for case in cases:
            told = {
                "id": case.id,
                "verdict": case.verdict,
                "tier": case.tier,
                "shape": case.shape,
                "revision": case.revision,
                "codes": [expected.code for expected in case.findings],
                "flags": case.flags,
                "description": case.description,
                "payload": str(case.payload_path),
            }
            say_json(told)
        return
    width = max((len(case.id) for case in cases), default=0)
    for case in cases:
        say(f"{case.id:{width}}  {case.verdict:10}  {case.description}")
    say(counted(len(cases), "case"), err=True)


@fixtures.command(short_help="Copy the corpus that comes with the kit.")
@click.argument("directory", type=_CORPUS, metavar="DIR")
def copy(directory: Path) -> None:
    """
    Copy the corpus that comes with the kit to DIR, byte for byte.

    DIR must not be there yet, or be empty.

    \b
    Example: usagecompat fixtures copy tests/usage-payloads
    """  # noqa: D301 - click's own mark
    count = corpus.copy_corpus(directory)
    say(f"{directory}: {count:,} files", err=True)


@fixtures.command(short_help="Check a corpus and report what to fix.")
@click.argument("directory", type=_CORPUS, required=False, metavar="[DIR]")
@formats()
@click.pass_context
def lint(context: click.Context, directory: Path | None, format_: str) -> None:
    """
    Check the corpus in DIR, or the one that comes with the kit, and report what to fix.

    Exit status: 0 nothing, 1 something, 2 the corpus cannot be read.

    \b
    Example: usagecompat fixtures lint fixtures/
    """  # noqa: D301 - click's own mark
    root = corpus.packaged() if directory is None else directory
    problems = corpus.lint(root)
    for problem in problems:
        if format_ == "json":
            say_json({"path": str(problem.path), "message": problem.message})
        else:
            say(str(problem))
    say(f"{root}: {counted(len(problems), 'problem')}", err=True)
    context.exit(1 if problems else 0)


@fixtures.command(short_help="Print or write the manifest of a corpus.")
@click.argument("directory", type=_CORPUS, metavar="DIR")
@click.option("--write", is_flag=True, help="Write it to DIR/manifest.json.")
def manifest(directory: Path, *, write: bool) -> None:
    """
    Print the manifest of the corpus in DIR, made again from its cases, or write it.

    Which cases are in which smaller set is kept as the manifest has it now.

    \b
    Example: usagecompat fixtures manifest fixtures/ --write
    """  # noqa: D301 - click's own mark
    if write:
        changed = corpus.write_manifest(directory)
        say(f"{directory / 'manifest.json'}: {'written' if changed else 'was right already'}", err=True)
    else:
        put_json(manifest_of(corpus.read_cases(directory), read_manifest(directory)))


for _command in (new, update, pack, about, coverage, mutants, sets, faults):
    fixtures.add_command(_command)
