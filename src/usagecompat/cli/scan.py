"""
`usagecompat scan`: archives in, one summary out.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, NoReturn

import click

from usagecompat.cli import completing
from usagecompat.cli.also import also_html, write_page
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.ignoring import known_codes
from usagecompat.cli.output import put, say_json
from usagecompat.cli.passed_over import say_passed_over
from usagecompat.cli.progress import progress
from usagecompat.cli.revision_option import REVISION
from usagecompat.contract import LATEST
from usagecompat.exceptions import naming
from usagecompat.findings import Profile, Severity
from usagecompat.inputs import STANDARD_INPUT
from usagecompat.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Generator

_EPILOG = (
    "Exit status: 0 no payload fails, 1 one does, 2 something could not be read, was misused or interrupted. "
    "Parquet, .zst and URLs need usagecompat[scan]. The JSON is described by schemas/scan.json, a line of --list by "
    "schemas/scan-place.json, the rest by docs/scale.md."
)


def _group_key(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    from usagecompat.checking import GROUP_KEYS  # noqa: PLC0415 - hardly ever needed

    known = dict.fromkeys(key for keys in GROUP_KEYS.values() for key in keys)
    if name is not None and name not in known:
        hint = did_you_mean(name, known)
        raise click.BadParameter(f"there is no group key {name!r}; {hint}use one of {', '.join(known)}.")
    return name


def _rows_file(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix not in {".ndjson", ".jsonl", ".parquet"}:
        raise click.BadParameter(
            f"{path} ends in none of .ndjson, .jsonl and .parquet, which decide how rows are written."
        )
    if path is not None and not path.parent.is_dir():
        raise click.BadParameter(f"{path} cannot be written: it is in no directory that exists.")
    return path


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH|GLOB|URL...", shell_complete=completing.files)
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="How many processes work.")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Let the workers of a Dask scheduler do the work, such as tcp://host:8786."
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Go on from the state in this file, and write to it how far the scan is.",
)
@click.option(
    "--revision",
    type=REVISION,
    metavar="DATE|FILE",
    default=LATEST,
    help="Judge by this revision, not the newest.",
)
@one_of(
    "--profile",
    Profile,
    Profile.SERVED,
    help_="What counts: what the API is known to serve, or the published contract alone.",
)
@click.option(
    "--list",
    "places",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write every place where something is found to this file too, one JSON object in a line. Payloads with "
    "findings are then judged one by one, which takes longer.",
)
@click.option("--column", metavar="NAME", help="The column of Parquet files that holds the payloads.")
@formats(help_="For whom it is.")
@click.option("--ndjson", is_flag=True, help="Take every line of the input as a payload, for any file name.")
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    shell_complete=completing.codes_of_payloads,
    callback=known_codes,
    help="Leave these findings out, and judge without them. Repeatable.",
)
@one_of("--fail-on", Severity, Severity.ERROR, help_="From which severity on the exit status is 1.")
@click.option("--totals", is_flag=True, help="Add results up by day and kind: counts, and money by currency, exactly.")
@click.option(
    "--group",
    metavar="MEMBER",
    shell_complete=completing.group_keys,
    callback=_group_key,
    help="Add up by this group key, too, such as project_id.",
)
@click.option("--restatements", is_flag=True, help="Look for results that are there twice, equal or with other values.")
@click.option(
    "--rows",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=_rows_file,
    help="Write a row for each payload and each finding, to .ndjson or .parquet.",
)
@also_html
@click.pass_context
def scan(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    jobs: int,
    scheduler: str | None,
    state: Path | None,
    revision: str,
    profile: str,
    places: Path | None,
    column: str | None,
    format_: str,
    ndjson: bool,
    ignore: tuple[str, ...],
    fail_on: str,
    totals: bool,
    group: str | None,
    restatements: bool,
    rows: Path | None,
    also: Path | None,
) -> None:
    """
    Scan archives of any size and print one summary.

    A path is a file, a directory (all *.json, *.ndjson, *.jsonl, *.parquet and *.pq in it) or a pattern; URLs name
    files, directories or patterns in any store that fsspec knows. A name that ends in .ndjson or .jsonl means a payload
    per line, .parquet or .pq one per row, and anything else one payload; .gz and .zst are unpacked. - is standard
    input.

    \b
    Example: usagecompat scan exports/ --jobs 4 --state exports.state
    Example: usagecompat scan exports/ --totals --group project_id --restatements --also html=exports.html
    Example: usagecompat scan 's3://bucket/usage/2026/*.ndjson.gz' --format json
    Example: usagecompat scan exports/ --list places.ndjson
    """  # noqa: D301 - click's own mark
    from usagecompat.scan import Options, as_path, plan, render, render_page, run  # noqa: PLC0415 - likewise

    for named, one in (("--state", state), ("--scheduler", scheduler)):
        if one and STANDARD_INPUT in paths:
            raise click.UsageError(f"{named} needs inputs that can be read again, and standard input cannot.")
        if one and rows:
            raise click.UsageError(f"--rows writes what this process reads, which is not all with {named}.")
    if places and scheduler:
        raise click.UsageError("--list is written on this machine, which the workers of --scheduler may not see.")
    names = [as_path(path) for path in paths]
    if scheduler:  # whose workers are somewhere else
        names = [name if "://" in name or name == STANDARD_INPUT else os.path.abspath(name) for name in names]  # noqa: PTH100 - keeps patterns
    planned = plan(names, ndjson=ndjson, but=state)
    try:
        with naming(places, rows), _ending_in_order(), progress(planned.size, "scanning", unit="MB") as tick:
            summary = run(
                planned,
                Options(revision, profile, column, tuple(sorted({*ignore})), totals, group, restatements),
                jobs=jobs,
                rows=rows,
                scheduler=scheduler,
                state=state,
                places=places,
                tick=tick,
            )
    except KeyboardInterrupt as error:
        raise click.ClickException(_interrupted(state)) from error
    say_passed_over(planned.without_case)
    weights = Profile(profile)
    if format_ == "json":
        say_json({"revision": revision, "profile": profile, **summary.to_dict(weights, whole=False)}, indent=2)
    else:
        put(render(summary, weights, revision))
    if also:
        write_page(also, render_page(summary, weights, revision))
    if summary.unread:
        context.exit(2)
    context.exit(1 if summary.fails(Severity(fail_on), weights) else 0)


def _interrupted(state: Path | None) -> str:
    if state is None:
        return "interrupted; with --state FILE a scan can go on from where it was"
    return f"interrupted; {state} has what was done by then, and the same command goes on from there"


@contextmanager
def _ending_in_order() -> Generator[None]:
    """Let a request to end write the state and end the workers, as an interruption does."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: object) -> NoReturn:
    """End with the status that whoever asks for it expects."""
    sys.exit(128 + number)
