"""
`usagecompat matrix`: many clients side by side.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from usagecompat.cli import completing
from usagecompat.cli.also import can_be_written
from usagecompat.cli.baseline import baseline_option, baselines_in, put_changes
from usagecompat.cli.client_options import corpus_option, require_option, set_option
from usagecompat.cli.configured import client_given
from usagecompat.cli.formats import formats
from usagecompat.cli.history import history_option, past_in, with_history
from usagecompat.cli.moments import moment, today
from usagecompat.cli.output import put, put_json, write_file
from usagecompat.cli.positive import SECONDS
from usagecompat.cli.revision_option import REVISION
from usagecompat.cli.saved import Saved, results_in, saved_files, standings_in
from usagecompat.cli.setup import awaited, prepared, setup_options
from usagecompat.cli.stamping import about_cases
from usagecompat.cli.subjects import ask, known_ids, meant_by, subjects_in
from usagecompat.clients import TIMEOUT, Probing, compare_with_list, this_platform
from usagecompat.corpus import packaged, read_expected_failures, version
from usagecompat.exceptions import CannotStartClient, NoSuchClient
from usagecompat.matrix import FORMATS, Absent, Matrix, badge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.clients import ClientResult, ClientSpec, Comparison
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, Payload
    from usagecompat.matrix import Standing

_BADGE: Final = "badge"
_NAMES: Final = (*FORMATS, _BADGE)


@click.command()
@click.argument("files", nargs=-1, callback=saved_files, metavar="[[NAME=]RESULT...]")
@click.option(
    "--client",
    "given",
    multiple=True,
    metavar="CMD",
    help="A client, as `usagecompat run` takes it; any number of times.",
)
@click.option(
    "--adapter",
    "adapters",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.adapter_rows,
    help="A row of `usagecompat adapters list`; any number of times.",
)
@corpus_option
@set_option
@click.option(
    "-k",
    "expression",
    metavar="EXPR",
    shell_complete=completing.case_ids,
    help="Only cases whose id, flags or verdict match.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="How many processes share the cases."
)
@click.option(
    "--timeout",
    type=SECONDS,
    default=TIMEOUT,
    show_default=True,
    metavar="S",
    help="How many seconds a client has for one case, and to introduce itself.",
)
@setup_options
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Judge all by this revision.")
@require_option("case")
@click.option(
    "--probes",
    type=click.Choice([probing.value for probing in Probing]),
    default=Probing.SOME.value,
    show_default=True,
    help="Look for answers that depend on more than their payload.",
)
@click.option(
    "--expected",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A list of failures that are expected, as `usagecompat run` takes it.",
)
@click.option("--allow-skips", is_flag=True, help="Cases that a client skips are no reason for exit status 1.")
@baseline_option
@history_option
@formats(_NAMES)
@click.option(
    "--also",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write another format to a file; badge=PATH writes a file for each client into a folder.",
)
@click.pass_context
def matrix(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[Saved, ...],
    given: tuple[str, ...],
    adapters: tuple[str, ...],
    corpus: Path | None,
    set_: str,
    expression: str | None,
    jobs: int,
    timeout: float,
    setup: str | None,
    setup_timeout: float,
    revision: Revision | None,
    require: str,
    probes: str,
    expected: Path | None,
    allow_skips: bool,
    baselines: tuple[Path, ...],
    history: Path | None,
    format_: str,
    also: tuple[str, ...],
) -> None:
    """
    Run several clients over the corpus and print a matrix.

    RESULT is a file that `usagecompat run --format json` wrote; with --payloads it holds what came back as well.
    NAME= before it calls its client so, and sets two versions of one client side by side.
    A client that cannot be started has no row, is named, and makes the exit status 2.

    Exit status: 0 every case of every client holds at the required level or fails as expected, 1 one does not or was not run,
    2 a client cannot be started, or something was misused.
    With --baseline what changed is printed, RESULT may be a matrix as well, and 1 means that something got worse.

    \b
    Example: usagecompat matrix --client 'mine=node adapter.mjs' --client 'jq=oneshot:jq .' --also html=matrix.html
    Example: usagecompat matrix --adapter python-json --adapter perl-json-pp --format markdown
    Example: usagecompat matrix monday=monday.json tuesday=tuesday.json --format markdown
    Example: usagecompat matrix tuesday.json --baseline monday.json --format markdown
    Example: usagecompat matrix --client 'mine=node adapter.mjs' --history runs/ --also html=matrix.html
    """  # noqa: D301 - click's own mark
    if not (files or given or adapters):
        raise click.UsageError("There is no client: give --client CMD, --adapter NAME or files with results.")
    wanted = [_wanted(one) for one in also]
    before = baselines_in(context, baselines, format_)
    expected = None if before else expected
    past = past_in(history)
    if before and not (given or adapters or wanted or history):
        context.exit(put_changes(before, _once_each(standings_in(files)), format_, allow_skips=allow_skips))
    listed = subjects_in(corpus or packaged(), set_)
    chosen = meant_by(expression, listed)
    results = [*results_in(files)]
    specs = [*(client_given(one, timeout=timeout) for one in given), *_adapted(adapters, timeout)]
    absent: list[Absent] = []
    made_at = moment()
    with prepared(context, setup, setup_timeout):
        for spec in (awaited(one, setup) for one in specs):
            try:
                result = ask(spec, chosen, revision=revision, require=require, probes=probes, jobs=jobs)
            except (CannotStartClient, NoSuchClient) as error:
                absent.append(Absent(spec.name, str(error)))
            else:
                results.append(
                    about_cases(
                        result,
                        spec,
                        chosen,
                        place=corpus or packaged(),
                        listed=listed,
                        set_=set_,
                        expression=expression,
                        probes=probes,
                        jobs=jobs,
                        made=made_at,
                    )
                )
    made = _matrix(results, absent, listed)
    if expected:
        known = known_ids(corpus or packaged(), set_, listed)
        made = evolve(made, comparisons=_compared(results, expected, known))
    made = with_history(made, history, past, made_at)
    if format_ == _BADGE and len(made.clients) != 1:
        raise click.UsageError(
            f"A badge is of one client, and here are {len(made.clients)}; --also badge=DIR writes all."
        )
    for name, path in wanted:
        _write(made, name, path)
    if before:
        worse = put_changes(before, made.clients, format_, allow_skips=allow_skips)
        context.exit(2 if absent else worse)
    document = badge(made.clients[0]) if format_ == _BADGE else FORMATS[format_](made)
    (put_json if format_ in {_BADGE, "json"} else put)(document)
    context.exit(2 if absent else 0 if made.is_fine(allow_skips=allow_skips) else 1)


def _compared(results: list[ClientResult], path: Path, known: set[str]) -> dict[str, Comparison]:
    """The failures of each client against a list."""
    entries = read_expected_failures(path)
    return {result.name: compare_with_list(result, entries, known=known) for result in results}


def _wanted(said: str) -> tuple[str, Path]:
    name, _, path = said.partition("=")
    if name not in _NAMES or not path:
        raise click.UsageError(f"--also takes FORMAT=PATH with one of {', '.join(_NAMES)}, not {said!r}.")
    place = Path(path)
    if name != _BADGE and not can_be_written(place):
        raise click.UsageError(f"--also {said}: it cannot be written: it is a directory, or is in none that exists.")
    if name == _BADGE and place.exists() and not place.is_dir():
        raise click.UsageError(f"--also {said}: it is a file, and badges go to a directory.")
    return name, place


def _adapted(names: tuple[str, ...], timeout: float) -> Iterator[ClientSpec]:
    if names:
        from usagecompat.adapters import client_of  # noqa: PLC0415 - only who names an adapter needs them

        for name in names:
            yield client_of(name, timeout=timeout)


def _matrix(results: list[ClientResult], absent: list[Absent], listed: tuple[Case | Payload, ...]) -> Matrix:
    """These results side by side, made today."""
    _refuse_twice([*(result.name for result in results), *(one.name for one in absent)])
    return Matrix(
        clients=tuple(results),
        absent=tuple(absent),
        subjects={subject.id: subject for subject in listed},
        made=today(),
        version=version(),
        platform=this_platform(),
    )


def _once_each(standings: Iterable[Standing]) -> list[Standing]:
    """How clients stood, each under a name of its own."""
    found = [*standings]
    _refuse_twice([standing.name for standing in found])
    return found


def _refuse_twice(names: list[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise click.UsageError(f"Two clients are called {twice[0]}; put NAME= before a command or a file.")


def _write(made: Matrix, name: str, path: Path) -> None:
    if name != _BADGE:
        write_file(path, FORMATS[name](made))
        return
    path.mkdir(parents=True, exist_ok=True)
    names = {
        client.name: "".join(c if c.isalnum() or c in "-_." else "-" for c in client.name) for client in made.clients
    }
    often = Counter(safe.casefold() for safe in names.values())
    for client in made.clients:
        safe = names[client.name]
        if often[safe.casefold()] > 1 and safe != client.name:
            safe += f"-{sha256(client.name.encode(errors='surrogatepass')).hexdigest()[:8]}"
        write_file(path / f"{safe}.json", badge(client))
