"""
`usagecompat run`: a corpus against a client in any language.
"""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from usagecompat.cli import completing
from usagecompat.cli.also import also_formats
from usagecompat.cli.baseline import baseline_option, baselines_in, put_changes
from usagecompat.cli.client_options import adapter_option, corpus_option, require_option, set_option
from usagecompat.cli.configured import client_given
from usagecompat.cli.formats import formats
from usagecompat.cli.history import history_option, past_in
from usagecompat.cli.output import say, write_file
from usagecompat.cli.paging import paging_result, refuse_beside_paging
from usagecompat.cli.positive import SECONDS
from usagecompat.cli.revision_option import REVISION
from usagecompat.cli.run_output import Told, put_run, write_run
from usagecompat.cli.saving import claim_place, save, save_failures_option
from usagecompat.cli.setup import awaited, prepared, setup_options
from usagecompat.cli.stamping import about_cases
from usagecompat.cli.subjects import adapted, ask, known_ids, meant_by, subjects_in
from usagecompat.clients import (
    TIMEOUT,
    Outcome,
    Probing,
    Way,
    compare_with_list,
    updated,
)
from usagecompat.corpus import (
    Payload,
    packaged,
    read_expected_failures,
)
from usagecompat.printing import counted
from usagecompat.renderers import MAX_CASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.clients import ClientResult, Comparison
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case
    from usagecompat.corpus import Sequence as PageSequence

_STATUSES: Final = re.compile("[0-9]{1,3}(,[0-9]{1,3})*")
_SIGNALLED: Final = 256
_FORMATS: Final = ("text", "markdown", "json", "junit", "github", "badge", "html")
_MOST_NAMES: Final = 5


def _statuses(_context: click.Context, _option: click.Parameter, given: str | None) -> frozenset[int] | None:
    """The exit statuses that are listed."""
    if given is None:
        return None
    if not _STATUSES.fullmatch(given) or not all(0 < int(part) < _SIGNALLED for part in given.split(",")):
        raise click.BadParameter(f"{given!r} is no list of exit statuses from 1 to 255, such as 2,4,5.")
    return frozenset(map(int, given.split(",")))


@click.command()
@click.option(
    "--client",
    "given",
    metavar="CMD",
    help="The client's command, python:package.module:function, or of one that runs already tcp:HOST:PORT or unix:PATH.",
)
@adapter_option
@click.option("--name", help="What the client is called in reports; taken from the command otherwise.")
@click.option(
    "--client-version",
    default="",
    metavar="V",
    help="The version of a client that does not tell it itself: --oneshot, --http and python: only.",
)
@click.option(
    "--oneshot", is_flag=True, help="Start CMD for each payload: payload in, re-encoded payload out, exit 0 or 1."
)
@click.option(
    "--http", is_flag=True, help="Start CMD for each payload, which fetches it from the kit and prints what it decoded."
)
@click.option(
    "--paging",
    is_flag=True,
    help="Let CMD fetch all pages of queries and print the buckets (docs/paging.md); with --http it is started for each.",
)
@click.option(
    "--validates", is_flag=True, help="CMD claims to refuse what is invalid (--oneshot, --http and python: only)."
)
@click.option(
    "--refused-status",
    "refused",
    callback=_statuses,
    metavar="N,...",
    help="The exit statuses that mean refused, of a CMD with --oneshot or --http; any but these and 0 is a crash. [default: 1]",
)
@corpus_option
@set_option
@click.option(
    "-k",
    "expression",
    metavar="EXPR",
    shell_complete=completing.case_ids,
    help="Only cases whose id, flags or verdict match, such as 'costs and not page'.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="How many clients share the cases."
)
@click.option(
    "--timeout",
    type=SECONDS,
    default=TIMEOUT,
    show_default=True,
    metavar="S",
    help="How many seconds a client has for one case, and to introduce itself, for which it has 60 otherwise.",
)
@setup_options
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Judge all by this revision, not each by its own.")
@require_option("case")
@click.option(
    "--probes",
    type=click.Choice([probing.value for probing in Probing]),
    default=Probing.SOME.value,
    show_default=True,
    help="Look for answers that depend on more than their payload: not, with a few processes, or with one for each case.",
)
@click.option(
    "--expected",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A list of failures that are expected: lines 'GLOB [all|some|flaky] [CODE] # REASON'.",
)
@click.option(
    "--max-cases",
    type=click.IntRange(0),
    default=MAX_CASES,
    show_default=True,
    metavar="N",
    help="How many failing cases the text lists.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print only the client, its level, and what to fix.")
@click.option("--allow-skips", is_flag=True, help="Cases that the client skips are no reason for exit status 1.")
@click.option(
    "--update-expected",
    is_flag=True,
    help="Write the list so that it is right about what was run, and show what changes.",
)
@save_failures_option
@baseline_option
@history_option
@formats(_FORMATS)
@also_formats(("html", "json"))
@click.option("--payloads", is_flag=True, help="In JSON: also what came back of each case, in base64.")
@click.pass_context
def run(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    given: str | None,
    adapter: str | None,
    name: str | None,
    client_version: str,
    oneshot: bool,
    http: bool,
    paging: bool,
    validates: bool,
    refused: frozenset[int] | None,
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
    max_cases: int,
    quiet: bool,
    allow_skips: bool,
    update_expected: bool,
    save_to: Path | None,
    baselines: tuple[Path, ...],
    history: Path | None,
    format_: str,
    payloads: bool,
    also: tuple[tuple[str, Path], ...],
) -> None:
    """
    Run a client in any language over the corpus and report what it loses.

    Every payload is sent to the client, which decodes it and encodes it again, and what comes back is compared.
    CMD speaks the line protocol of docs/clients.md, unless --oneshot or --http is given.
    With --paging the sequences of the corpus are run: queries of several pages, and servers at which pages fail.
    An adapter of a generated client is judged by the revision that it was made from, unless --revision is given.

    Exit status: 0 every case holds at the required level or fails as expected, 1 one does not, was not run, or was
    skipped although it must be decoded, 2 the client cannot be started, or something was misused.
    With --baseline what changed is printed, and the exit status is 1 only if something got worse.

    \b
    Example: usagecompat run --client 'node adapter.mjs' -k costs
    Example: usagecompat run --client 'jq .' --oneshot --require open
    Example: usagecompat run --http --paging --client 'node exporter.mjs'
    Example: usagecompat run --client tcp:localhost:9000 --setup 'docker compose up -d'
    Example: usagecompat run --client python:mypackage.usage:roundtrip --expected known.txt
    Example: usagecompat run --adapter openai-python-to-json
    Example: usagecompat run --paging --adapter python-urllib
    Example: usagecompat run --client 'node adapter.mjs' --also html=run.html
    Example: usagecompat run --client 'node adapter.mjs' --save-failures failures/
    Example: usagecompat run --client 'node adapter.mjs' --format junit > usagecompat.xml
    Example: usagecompat run --client 'node adapter.mjs' --also json=old.json
    Example: usagecompat run --client 'node adapter.mjs' --baseline old.json --format markdown
    Example: usagecompat run --client 'node adapter.mjs' --history runs/ --also html=run.html
    """  # noqa: D301 - click's own mark
    if oneshot and http:
        raise click.UsageError("A client is driven the --oneshot way or the --http way, not both.")
    _refuse_list(expected, update=update_expected)
    claim_place(context, save_to)
    before = baselines_in(context, baselines, format_)
    past = past_in(history)
    expected = None if before else expected
    way = Way.ONESHOT if oneshot else Way.HTTP if http else Way.STDIO
    if (given is None) == (adapter is None):
        raise click.UsageError("Give the client either as --client CMD or as --adapter NAME.")
    if given is not None:
        spec = client_given(given, way=way, name=name, validates=validates, timeout=timeout, version=client_version)
        if refused is not None:
            if spec.way not in {Way.ONESHOT, Way.HTTP}:
                raise click.UsageError(
                    "--refused-status needs a CMD that is started for each payload (--oneshot or --http)."
                )
            spec = evolve(spec, refused=refused)
    elif oneshot or http or validates or client_version or refused is not None:
        raise click.UsageError(
            "--oneshot, --http, --validates, --client-version and --refused-status need a CMD; "
            "an adapter declares these itself."
        )
    else:
        spec, revision = adapted(adapter or "", name, timeout, revision, paging=paging)
    subjects: Sequence[Case | Payload] = ()
    chosen: Sequence[Case | Payload] = ()
    sequences: Sequence[PageSequence] = ()
    if paging:
        refuse_beside_paging(context, require)
        with prepared(context, setup, setup_timeout):
            result, sequences = paging_result(awaited(spec, setup), corpus, expression, require=require, jobs=jobs)
    else:
        place = corpus or packaged()
        subjects = subjects_in(place, set_)
        chosen = meant_by(expression, subjects)
        with prepared(context, setup, setup_timeout):
            result = about_cases(
                ask(awaited(spec, setup), chosen, revision=revision, require=require, probes=probes, jobs=jobs),
                spec,
                chosen,
                place=place,
                listed=subjects,
                set_=set_,
                expression=expression,
                probes=probes,
                jobs=jobs,
            )
    if save_to:
        save(save_to, result, [*chosen, *sequences], spec, revision=revision, given=given, adapter=adapter)
    comparison: Comparison | None = None
    if expected:
        known = {sequence.id for sequence in sequences} or known_ids(corpus or packaged(), set_, subjects)
        if update_expected:
            _update(expected, updated(expected, result, known=known))
        comparison = compare_with_list(result, read_expected_failures(expected), known=known)
    report = Told(result, comparison, chosen, payloads=payloads).over_time(history, past)
    write_run(also, report)
    if before:
        context.exit(
            put_changes(before, [result], format_, allow_skips=allow_skips, max_cases=0 if quiet else max_cases)
        )
    put_run(format_, report, max_cases=max_cases, quiet=quiet)
    context.exit(_status(result, comparison, allow_skips=allow_skips))


def _refuse_list(path: Path | None, *, update: bool) -> None:
    if update and path is None:
        raise click.UsageError("--update-expected needs --expected FILE, which it writes.")
    if path and not update and not path.exists():
        raise click.UsageError(f"There is no list {path}; --update-expected writes one.")


def _update(path: Path, text: str) -> None:
    """Write a list anew, and show what is other about it."""
    before = path.read_text("utf-8") if path.exists() else ""
    lines = unified_diff(before.splitlines(), text.splitlines(), f"{path} (before)", f"{path} (now)", lineterm="", n=0)
    for line in lines:
        say(line, err=True)
    write_file(path, text)


def _status(result: ClientResult, comparison: Comparison | None, *, allow_skips: bool) -> int:
    fine = not result.failing if comparison is None else comparison.ok
    whole = result.is_whole(allow_skips=allow_skips)
    if not whole:
        say(_gap(result), err=True)
    return 0 if fine and whole and not result.faults else 1


def _gap(result: ClientResult) -> str:
    """Which cases the run says nothing of, although it must."""
    missing = result.missing
    if not any(case.judged for case in result.cases):
        return f"None of {len(result.cases)} cases was judged, which is exit status 1."
    names = ", ".join(case.case_id for case in missing[:_MOST_NAMES])
    more = f" and {len(missing) - _MOST_NAMES} more" if len(missing) > _MOST_NAMES else ""
    skipped = any(case.outcome is Outcome.SKIPPED for case in missing)
    hint = " --allow-skips allows what the client skips." if skipped else ""
    return f"{counted(len(missing), 'case')} skipped or not run, which is exit status 1: {names}{more}.{hint}"
