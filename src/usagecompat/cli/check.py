"""
`usagecompat check`: payloads in, reports out.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

import click

from usagecompat import inputs
from usagecompat.checking import check as check_payload
from usagecompat.checking import unwrapped
from usagecompat.cli import completing
from usagecompat.cli.also import also_html, write_page
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.ignoring import known_codes
from usagecompat.cli.output import put, put_coloured, put_json, say
from usagecompat.cli.passed_over import say_passed_over
from usagecompat.cli.progress import progress
from usagecompat.cli.revision_option import REVISION
from usagecompat.findings import Profile, Severity, Shape, Verdict
from usagecompat.printing import counted
from usagecompat.renderers import IN_COLOUR, RENDERERS, Checked, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from usagecompat.contract import Revision
    from usagecompat.findings import ProfileName, ShapeName
    from usagecompat.inputs import InputProblem
    from usagecompat.renderers import CheckPage, Outcome

_JSON: Final = ("json", "sarif")


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...|-", shell_complete=completing.files)
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Judge by this revision, not the newest.")
@one_of("--shape", Shape, help_="What the payloads are; the kit finds out by itself if this is missing.")
@one_of(
    "--profile",
    Profile,
    Profile.SERVED,
    help_="What counts: what the API is known to serve, or the published contract alone.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    shell_complete=completing.codes_of_payloads,
    callback=known_codes,
    help="Leave these findings out. Repeatable.",
)
@one_of("--fail-on", Severity, Severity.ERROR, help_="From which severity on the exit status is 1.")
@formats(
    RENDERERS,
    help_="How reports are written: for people; one JSON object per line and payload; annotations and a summary for "
    "GitHub Actions; SARIF 2.1.0; JUnit XML.",
)
@click.option("--ndjson", is_flag=True, help="Take every line of the input as a payload, for any file name.")
@click.option(
    "--unwrap",
    is_flag=True,
    help="Check the payloads inside saved exchanges: HAR, VCR cassettes in JSON or YAML, objects with a body.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only payloads that fail, and no totals.")
@also_html
@click.pass_context
def check(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    revision: Revision | None,
    shape: ShapeName | None,
    profile: ProfileName,
    ignore: tuple[str, ...],
    fail_on: str,
    format_: str,
    ndjson: bool,
    unwrap: bool,
    quiet: bool,
    also: Path | None,
) -> None:
    """
    Check payloads and report every finding.

    FILE is a file, a directory (all *.json, *.ndjson and *.jsonl in it, or the cases of a corpus: then payloads without
    a case are named and not checked), or - for standard input. A name that ends in .ndjson or .jsonl means a payload per line; .gz and .zst are unpacked. Tables, patterns
    and URLs are read by scan.

    Exit status: 0 no payload fails, 1 one does, 2 something could not be read or was misused.

    \b
    Example: usagecompat check costs.json recorded/ exports.ndjson.gz --also html=report.html
    Example: curl ... | usagecompat check - --format json
    Example: usagecompat check --unwrap recorded.har cassettes/usage.yml
    """  # noqa: D301 - click's own mark
    if not files:
        raise click.UsageError("There is nothing to check: name files, directories, or - for standard input.")
    if files.count(inputs.STANDARD_INPUT) > 1:
        raise click.UsageError("Standard input can be read only once.")
    failed = 0
    verdicts = dict.fromkeys(Verdict, 0)
    unread = 0
    untold: list[Unread] = []
    without_case: list[str] = []
    page = _new_page() if also else None

    def tell(problem: InputProblem) -> None:
        nonlocal unread
        unread += 1
        untold.append(Unread(inputs.Source(problem.path), str(problem)))
        if page:
            page.add(untold[-1])
        say(f"usagecompat: {problem}", err=True)

    def outcomes(tick: Callable[[int], object]) -> Iterator[Outcome]:
        nonlocal failed
        found = inputs.read(files, ndjson=ndjson, tell=tell, pass_over=without_case.append)
        for payload in _unwrapped(found) if unwrap else found:
            yield from untold
            untold.clear()
            try:
                report = check_payload(payload.data, revision=revision, shape=shape, profile=profile, ignore=ignore)
            except Exception as error:
                error.add_note(f"while checking {payload.source}")
                raise
            tick(len(payload.data))
            verdicts[report.verdict] += 1
            fails = report.fails(fail_on)
            failed += fails
            checked = Checked(payload.source, report, fails)
            if page:
                page.add(checked)
            if fails or not quiet:
                yield checked
        yield from untold

    watched = sys.stderr.isatty() and (quiet or not sys.stdout.isatty())
    with progress(_size(files) if watched else 0, "checking", unit="MB") as tick:
        _put(outcomes(tick), format_)
    if also and page:
        write_page(also, page.text())
    say_passed_over(without_case)
    if not quiet:
        say(_totals(verdicts, unread), err=True)
    if unread:
        context.exit(2)
    context.exit(1 if failed else 0)


def _new_page() -> CheckPage:
    from usagecompat.renderers import CheckPage  # noqa: PLC0415 - hardly any check writes one

    return CheckPage()


def _unwrapped(payloads: Iterable[inputs.Payload]) -> Iterator[inputs.Payload]:
    """The payloads inside saved exchanges, each under the name of its file and the pointer; others as they are."""
    for payload in payloads:
        inner = unwrapped(payload.data)
        if not inner:
            yield payload
        for place, data in inner:
            yield inputs.Payload(inputs.Source(f"{payload.source}#{place}"), data)


def _size(names: Iterable[str]) -> int:
    """How many bytes the files have that are named, or are in a directory that is."""
    found = (path for name in names for path in inputs.files(name, tell=lambda _: None))
    return sum(os.path.getsize(path) for path in found if os.path.isfile(path))  # noqa: PTH113, PTH202 - these are many


def _put(outcomes: Iterator[Outcome], format_: str) -> None:
    """Write the reports to standard output, each as soon as it is there."""
    stream: TextIO | None = sys.stdout
    colour = (
        format_ in IN_COLOUR
        and stream
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    render = RENDERERS[format_]
    if colour:
        render = IN_COLOUR.get(format_, render)
    write = put_coloured if colour else put_json if format_ in _JSON else put
    for piece in render(outcomes):
        write(piece)


def _totals(verdicts: dict[Verdict, int], unread: int) -> str:
    total = sum(verdicts.values())
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())
    rest = f"; {unread:,} could not be read" if unread else ""
    return f"{counted(total, 'payload')}: {counts}{rest}"
