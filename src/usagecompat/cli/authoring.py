"""
`usagecompat fixtures new` and `update`: cases into a corpus, and what a change did to those that are there.
"""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from usagecompat.checking import render
from usagecompat.cli import completing
from usagecompat.cli.output import put, say
from usagecompat.cli.redact import key_of
from usagecompat.contract import LATEST, REVISIONS
from usagecompat.corpus import authoring, read_cases, read_notes, sequence_changes, write_sequences
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import CODES, Verdict
from usagecompat.redaction import Redactor

if TYPE_CHECKING:
    from usagecompat.checking import Report
    from usagecompat.contract import Revision
    from usagecompat.corpus import SequenceChange

_CORPUS: Final = click.Path(file_okay=False, exists=True, path_type=Path)
_VERDICTS: Final = [verdict.value for verdict in Verdict]


@click.command("new", short_help="Write a new case: payload, what it must show, manifest.")
@click.argument("directory", type=_CORPUS, metavar="DIR")
@click.argument("name", required=False, metavar="[ID]")
@click.option("--payload", type=click.File("rb", lazy=True), metavar="FILE|-", help="The payload, taken byte for byte.")
@click.option("--redact", is_flag=True, help="Take what is private out of the payload first.")
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key for that, as redact has it.",
)
@click.option(
    "--verdict", type=click.Choice(_VERDICTS), help="The verdict that you expect, given before the check runs."
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    shell_complete=completing.codes_of_payloads,
    help="A finding that it must show. Repeatable.",
)
@click.option("--description", metavar="TEXT", help="What is special about it, in one sentence.")
@click.option("--evidence", metavar="TEXT", help="Where that is published or was observed, in a sentence.")
@click.option(
    "--flag",
    "flags",
    multiple=True,
    metavar="FLAG",
    shell_complete=completing.flags,
    help="Why it matters, from notes.json. Repeatable.",
)
@click.option("--fix", nargs=2, metavar="OLD NEW", help="The one edit that makes it valid.")
@click.option("--fix-hex", nargs=2, metavar="OLD NEW", help="The same for bytes, in hexadecimal.")
@click.option("--revision", type=click.Choice(REVISIONS), metavar="DATE", default=LATEST, show_default=True)
@click.option("--every-revision", is_flag=True, help="Expect the verdicts of the check at the other revisions, too.")
@click.option("--ask/--no-ask", default=None, help="Ask for what is not given, which is the default on a terminal.")
@click.pass_context
def new(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    directory: Path,
    name: str | None,
    payload: BinaryIO | None,
    redact: bool,
    key_file: Path | None,
    verdict: str | None,
    codes: tuple[str, ...],
    description: str | None,
    evidence: str | None,
    flags: tuple[str, ...],
    fix: tuple[str, str] | None,
    fix_hex: tuple[str, str] | None,
    revision: Revision,
    every_revision: bool,
    ask: bool | None,
) -> None:
    """
    Write a new case into the corpus in DIR: the payload, what it must show, and its line of the manifest.

    ID is the topic, a slash and the name of the fault, such as numbers/count-with-plus. You give the verdict that you
    expect, before the check runs. Nothing is written if the check disagrees, or if anything else has to be fixed.

    Exit status: 0 the case is written, 1 it is not, 2 something was misused.

    \b
    Example: usagecompat fixtures new fixtures/ numbers/count-with-plus --payload plus.json --verdict invalid --ask
    """  # noqa: D301 - click's own mark
    asking = sys.stdin.isatty() if ask is None else ask
    given = {"ID": name, "--payload": payload, "--verdict": verdict, "--description": description}
    given["--evidence"] = evidence
    missing = [option for option, value in given.items() if value is None]
    if missing and not asking:
        raise click.UsageError(f"A case needs {', '.join(missing)}; with --ask you are asked for it.")
    name = name or str(click.prompt("ID (topic/fault)"))
    data = payload.read() if payload else _asked_payload()
    if key_file and not redact:
        raise click.UsageError("--key-file is for --redact.")
    if redact:
        data = Redactor(key_of(key_file)).redact(data).data
    verdict = verdict or str(click.prompt("Which verdict must it have", type=click.Choice(_VERDICTS)))
    description = description or str(click.prompt("What is special about it, in one sentence"))
    evidence = evidence or str(click.prompt("Where is that published, or where was it observed"))
    if asking and not flags:
        known = ", ".join(read_notes(directory))
        flags = tuple(click.prompt(f"Flags, with spaces between ({known})", default="", show_default=False).split())
    if asking and verdict != Verdict.VALID and not (fix or fix_hex):
        old = click.prompt("The one edit that makes it valid: replace", default="", show_default=False)
        fix = (old, click.prompt("with", default="", show_default=False)) if old else None
    case = authoring.NewCase(
        id=name,
        payload=data,
        description=description,
        evidence=evidence,
        flags=flags,
        revision=revision,
        fix=_bytes(fix_hex) if fix_hex else fix,
        every_revision=every_revision,
    )
    report = case.report()
    put(render(report, source=name) + "\n")
    problems = [*_otherwise(report, verdict, codes), *authoring.problems_of(case, directory)]
    for problem in problems:
        say(f"to fix: {problem}", err=True)
    if problems:
        say("nothing was written", err=True)
        context.exit(1)
    for path in authoring.add(case, directory):
        say(f"written: {path}", err=True)


def _asked_payload() -> bytes:
    existing = click.Path(exists=True, dir_okay=False, path_type=Path)
    path: Path = click.prompt("File with the payload", type=existing)
    return path.read_bytes()


def _bytes(fix: tuple[str, str]) -> tuple[bytes, bytes]:
    try:
        return bytes.fromhex(fix[0]), bytes.fromhex(fix[1])
    except ValueError as error:
        raise click.UsageError(f"--fix-hex needs bytes in hexadecimal: {error}.") from None


def _otherwise(report: Report, verdict: str, codes: tuple[str, ...]) -> list[str]:
    """Where the check disagrees with the person."""
    problems: list[str] = []
    if report.verdict != verdict:
        problems.append(f"you expect {verdict}; the check reports {report.verdict}")
    for code in codes:
        if code not in CODES:
            raise NoSuchName("finding code", code, tuple(CODES))
    found = {finding.code for finding in report.findings}
    if codes and found != set(codes):
        said = ", ".join(sorted(set(codes)))
        problems.append(f"you expect {said}; the check reports {', '.join(sorted(found)) or 'nothing'}")
    return problems


@click.command("update", short_help="Report what a change did to every expectation.")
@click.argument("directory", type=_CORPUS, metavar="DIR")
@click.argument("ids", nargs=-1, metavar="[ID...]", shell_complete=completing.case_ids)
@click.option("--write", is_flag=True, help="Write the new expectations of the cases, and the manifest.")
@click.pass_context
def update(context: click.Context, *, directory: Path, ids: tuple[str, ...], write: bool) -> None:
    """
    Print a diff of what the cases of the corpus in DIR need so that they agree with the check.

    The files of sequences that do not follow from the first six members of their sequence are listed.

    Use it after a change to the kit: each line of the diff is a promise that the change breaks, or a case that was
    wrong. Nothing is written unless you ask for it, and then you have agreed to every line.

    Exit status: 0 nothing differs or all is written, 1 something differs, 2 something was misused.

    \b
    Example: usagecompat fixtures update fixtures/ deviations/amount-string
    """  # noqa: D301 - click's own mark
    known = {case.id for case in read_cases(directory)}
    for name in ids:
        if name not in known:
            raise NoSuchName("case", name, tuple(sorted(known)))
    found = authoring.changes(directory, ids)
    for change in found:
        place = str(change.case.path)
        lines = unified_diff(
            change.before.splitlines(), change.after.splitlines(), f"{place} (case)", f"{place} (check)", lineterm=""
        )
        for line in lines:
            say(line)
    total = len(ids) or len(known)
    told = f"{directory}: {len(found):,} of {total:,} cases differ from the check"
    if write and found:
        authoring.apply(found, directory)
        say(f"{told}; now they agree with it", err=True)
    else:
        say(told, err=True)
    files = [] if ids else _sequence_files(directory, write=write)
    context.exit(1 if (found or files) and not write else 0)


def _sequence_files(directory: Path, *, write: bool) -> list[SequenceChange]:
    """Report which files of the sequences do not follow from their heads, and write them if that is wanted."""
    changes = sequence_changes(directory)
    for change in changes:
        what = "is missing" if change.before is None else "is nobody's" if change.after is None else "has other bytes"
        say(f"{change.path}: {what}")
    if changes and write:
        write_sequences(changes)
    if changes:
        done = "; now they do" if write else "; --write writes them"
        say(f"{directory}: {len(changes):,} files of sequences do not follow from their heads{done}", err=True)
    return changes
