"""
`usagecompat replay`: failing cases that were saved, once more.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import frozen

from usagecompat.cli import completing
from usagecompat.cli.client_options import adapter_option
from usagecompat.cli.configured import client_given
from usagecompat.cli.formats import formats
from usagecompat.cli.output import say, say_json
from usagecompat.cli.positive import SECONDS
from usagecompat.cli.progress import progress
from usagecompat.cli.setup import awaited, prepared, setup_options
from usagecompat.clients import (
    NONDETERMINISTIC,
    STATE_LEAK,
    TIMEOUT,
    ClientResult,
    Probing,
    Task,
    read_saved,
    run_paging,
    run_tasks,
)
from usagecompat.contract import REVISIONS, revision_named
from usagecompat.renderers import failure, who
from usagecompat.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagecompat.clients import CaseResult, ClientSpec, Saved, SavedCase

_DEPENDS: Final = frozenset({STATE_LEAK, NONDETERMINISTIC})
_MOST_NAMES: Final = 10


class Status(StrEnum):
    """What became of a case that had failed."""

    FAILS = "fails"
    UNSURE = "unsure"
    """It does not fail, but it had failed for what the client was asked before."""
    FIXED = "fixed"
    NOT_JUDGED = "not-judged"


@frozen(kw_only=True)
class Replayed:
    """One case, before and now."""

    saved: SavedCase
    case: CaseResult
    codes: frozenset[str]

    @property
    def status(self) -> Status:
        """What became of it."""
        if not self.case.judged:
            return Status.NOT_JUDGED
        if self.codes:
            return Status.FAILS
        return Status.UNSURE if self.saved.codes <= _DEPENDS else Status.FIXED

    def to_dict(self) -> dict[str, object]:
        """The case as `schemas/replay.json` describes it."""
        return {
            "case": self.case.case_id,
            "directory": f"cases/{self.saved.key}",
            "status": self.status.value,
            "before": sorted(self.saved.codes),
            "codes": sorted(self.codes),
            "outcome": self.case.outcome.value,
            "level": None if self.case.level is None else self.case.level.name,
            "message": self._message(),
        }

    def _message(self) -> str:
        if self.status is Status.NOT_JUDGED:
            return self.case.message
        told = [fault.message for fault in self.case.faults if fault.code in self.codes]
        told += [f"{one.pointer}: {one.message}" for one in self.case.differences if one.code in self.codes]
        return told[0] if told else ""


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--case",
    "wanted",
    multiple=True,
    metavar="ID",
    shell_complete=completing.saved_ids,
    help="Only this case, or the name of its directory. Repeatable.",
)
@click.option("--client", "given", metavar="CMD", help="Another client than that which failed, as `run` takes it.")
@adapter_option
@click.option(
    "--revision",
    "draft",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="The draft by which the cases were judged, if they were judged by one.",
)
@click.option(
    "--timeout", type=SECONDS, metavar="S", help="How many seconds the client has for one case. [default: as saved]"
)
@setup_options
@click.option("--quiet", "-q", is_flag=True, help="Print only the client and how many cases still fail.")
@formats()
@click.pass_context
def replay(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    directory: Path,
    wanted: tuple[str, ...],
    given: str | None,
    adapter: str | None,
    draft: str | None,
    timeout: float | None,
    setup: str | None,
    setup_timeout: float,
    quiet: bool,
    format_: str,
) -> None:
    """
    Run failing cases again that `run --save-failures` wrote.

    DIR is the directory that was given to it. This starts the client that failed, by the command that was
    saved, unless another is given. A case is fixed if it does not fail at the level that was required.

    Exit status: 0 none of the cases fails any more, 1 one does or was not judged, 2 the client cannot be started, DIR
    has no failing cases that were saved, or something was misused.

    \b
    Example: usagecompat run --client 'node adapter.mjs' --save-failures failures/
    Example: usagecompat replay failures/
    Example: usagecompat replay failures/ --case kinds/costs-full --client 'node fixed.mjs'
    """  # noqa: D301 - click's own mark
    saved = read_saved(directory)
    cases = _meant(saved, wanted)
    _know_revisions(cases, draft)
    spec = _client(saved, given, adapter, timeout)
    if not cases:
        gap = f"; {saved.not_judged} were not judged, so run the whole corpus" if saved.not_judged else ""
        say(f"No case of {saved.of} failed when {directory} was written: there is nothing to run again{gap}.", err=True)
    with prepared(context, setup, setup_timeout):
        result = _run(awaited(spec, setup), cases, saved)
    done = _replayed(cases, result)
    if format_ == "json":
        say_json(_told(directory, saved, result, done))
    else:
        for line in _lines(saved, result, done, quiet=quiet):
            say(line)
    still = any(one.status in {Status.FAILS, Status.NOT_JUDGED} for one in done) or (not cases and saved.not_judged)
    context.exit(1 if still or result.faults else 0)


def _meant(saved: Saved, wanted: tuple[str, ...]) -> tuple[SavedCase, ...]:
    """The cases that are named; all of them if none is."""
    if not wanted:
        return saved.cases
    known = {name: one for one in saved.cases for name in (one.key, one.case_id)}
    for name in wanted:
        if name not in known:
            ids = [one.case_id for one in saved.cases]
            raise click.UsageError(
                f"No case {name!r} was saved; {did_you_mean(name, ids)}there {'is' if len(ids) == 1 else 'are'} {_few(ids)}."
            )
    return tuple({known[name].key: known[name] for name in wanted}.values())


def _know_revisions(cases: Sequence[SavedCase], draft: str | None) -> None:
    """Read the draft that cases were judged by."""
    read = None if draft is None else revision_named(draft)
    unknown = sorted({one.revision for one in cases} - {*REVISIONS, read})
    if unknown:
        what = f"--revision {draft} is {read}" if draft else "give the file of that draft as --revision FILE"
        raise click.UsageError(f"Cases were judged by {unknown[0]}: {what}.")


def _client(saved: Saved, given: str | None, adapter: str | None, timeout: float | None) -> ClientSpec:
    """The client that is given, or else that which failed."""
    if given is not None and adapter is not None:
        raise click.UsageError("Give the client either as --client CMD or as --adapter NAME.")
    client = saved.client
    if given is not None:
        return client_given(given, timeout=timeout or TIMEOUT)
    seconds = timeout or client.timeout
    name = adapter or client.adapter
    if name is not None:
        from usagecompat.adapters import client_of, paging_client_of  # noqa: PLC0415 - only who names an adapter needs them

        return paging_client_of(name, timeout=seconds) if saved.is_paging else client_of(name, timeout=seconds)
    return client.spec(seconds)


def _run(spec: ClientSpec, cases: Sequence[SavedCase], saved: Saved) -> ClientResult:
    """What comes of these cases now; of none the client is not even started."""
    if not cases:
        return ClientResult.unasked(spec, saved.required)
    payloads = [one.subject for one in cases if isinstance(one.subject, Task)]
    sequences = [one.subject for one in cases if not isinstance(one.subject, Task)]
    with progress(len(cases), spec.name) as tick:
        if saved.is_paging:
            return run_paging(spec, sequences, required=saved.required, tick=tick)
        return run_tasks(spec, payloads, required=saved.required, probing=Probing.SOME, tick=tick)


def _replayed(cases: Sequence[SavedCase], result: ClientResult) -> list[Replayed]:
    by_id = {case.case_id: case for case in result.cases}
    return [
        Replayed(saved=one, case=by_id[one.case_id], codes=by_id[one.case_id].failing(result.required)) for one in cases
    ]


def _lines(saved: Saved, result: ClientResult, done: Sequence[Replayed], *, quiet: bool) -> Iterator[str]:
    yield who(result) if done else f"{result.name}: not asked anything"
    by = {status: [one for one in done if one.status is status] for status in Status}
    fails = by[Status.FAILS]
    gap = len(by[Status.NOT_JUDGED])
    not_judged = f", {gap} {'was' if gap == 1 else 'were'} not judged" if gap else ""
    yield (
        f"{len(fails)} of {len(done)} cases still {'fails' if len(fails) == 1 else 'fail'} at {result.required.name}, "
        f"{len(by[Status.FIXED])} {'is' if len(by[Status.FIXED]) == 1 else 'are'} fixed{not_judged}; "
        f"{len(saved.cases)} of {saved.of} had failed"
    )
    for fault in result.faults:
        yield f"The client as a whole: {fault.code}: {fault.message}"
    if quiet:
        return
    if fails:
        yield ""
        yield "Still failing:"
    for one in fails:
        yield from failure(one.case, one.codes, result.required)
        if one.codes != one.saved.codes:
            yield f"      it had failed for {', '.join(sorted(one.saved.codes))}"
    if by[Status.NOT_JUDGED]:
        yield ""
        yield "Not judged:"
    for one in by[Status.NOT_JUDGED]:
        yield f"  {one.case.case_id}: {one.case.outcome}: {one.case.message}"
    for status, words in (
        (Status.FIXED, "Fixed:"),
        (
            Status.UNSURE,
            "Not failing by themselves; they failed for what the client was asked before, so run the whole corpus:",
        ),
    ):
        if by[status]:
            yield ""
            yield words
            yield from (f"  {one.case.case_id}" for one in by[status])


def _told(directory: Path, saved: Saved, result: ClientResult, done: Sequence[Replayed]) -> dict[str, object]:
    """All of it as `schemas/replay.json` describes it."""
    statuses = [one.status for one in done]
    return {
        "directory": str(directory),
        "name": result.name,
        "command": result.command,
        "way": result.way,
        "client": result.client and result.client.to_dict(),
        "required": result.required.name,
        "of": saved.of,
        "counts": {status.value: statuses.count(status) for status in Status},
        "faults": [fault.to_dict() for fault in result.faults],
        "cases": [one.to_dict() for one in done],
    }


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return (", ".join(names[:_MOST_NAMES]) or "none") + more
