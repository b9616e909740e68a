"""
`usagecompat fuzz`: payloads that no corpus has against a client in any language.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli.client_options import adapter_option, require_option
from usagecompat.cli.configured import client_given
from usagecompat.cli.formats import formats
from usagecompat.cli.output import put, put_json, say
from usagecompat.cli.positive import Positive
from usagecompat.cli.progress import progress
from usagecompat.cli.revision_option import REVISION, draft_file
from usagecompat.cli.setup import awaited, prepared, setup_options
from usagecompat.cli.subjects import adapted, subjects_in
from usagecompat.clients import Way, client_spec
from usagecompat.contract import resolve_revision
from usagecompat.corpus import FULL, packaged, read_expected_failures
from usagecompat.corpus import NAME as MANIFEST
from usagecompat.fidelity import Level
from usagecompat.fuzz import FORMATS, Store, keep_all_in, render_fuzz
from usagecompat.fuzz import fuzz as search

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from usagecompat.clients import ClientSpec
    from usagecompat.contract import Revision

_TIMEOUT: Final = 2.0
_MOST_SECONDS: Final = 1_000_000
_MOST_SEED: Final = 2**32
_STEPS: Final = 10
"""So often a second the progress bar moves at most."""


@click.command(
    epilog="Exit status: 0 nothing new was found, 1 something was or nothing was judged, 2 the client cannot be started, or "
    "something was misused. What is drawn and how it is judged: docs/fuzzing.md; the JSON: schemas/fuzz.json."
)
@click.option("--client", "given", metavar="CMD", help="The client's command, or python:package.module:function.")
@adapter_option
@click.option("--name", help="What the client is called in reports; taken from the command otherwise.")
@click.option("--oneshot", is_flag=True, help="Start CMD for each payload, as `usagecompat run` does.")
@click.option("--http", is_flag=True, help="Start CMD for each payload, which fetches it, as `usagecompat run` does.")
@click.option("--validates", is_flag=True, help="CMD claims to refuse what is invalid.")
@click.option("--against", metavar="CMD", help="Another client: a failure is then what the two do not agree on.")
@click.option(
    "--seconds",
    type=Positive(_MOST_SECONDS),
    default=60.0,
    show_default=True,
    metavar="S",
    help="How long the search goes on.",
)
@click.option("--seed", type=click.IntRange(0, _MOST_SEED), metavar="N", help="Where the draws begin; any otherwise.")
@click.option(
    "--stop-after",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="End the search after so many new kinds of failure; it takes all its time otherwise.",
)
@click.option(
    "--timeout",
    type=Positive(_MOST_SECONDS),
    default=_TIMEOUT,
    show_default=True,
    metavar="S",
    help="How many seconds a client has for one payload.",
)
@setup_options
@click.option(
    "--expected",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A list of failures that are expected, as `usagecompat run` takes it; docs/fuzzing.md says how it names these.",
)
@click.option(
    "--corpus",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Cases, or payloads of your own, to make others of; the corpus that comes with the kit otherwise.",
)
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Draw and judge by this revision, not the newest.")
@require_option("payload")
@formats([*FORMATS])
@click.pass_context
def fuzz(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    given: str | None,
    adapter: str | None,
    name: str | None,
    oneshot: bool,
    http: bool,
    validates: bool,
    against: str | None,
    seconds: float,
    seed: int | None,
    stop_after: int,
    timeout: float,
    setup: str | None,
    setup_timeout: float,
    expected: Path | None,
    corpus: Path | None,
    revision: Revision | None,
    require: str,
    format_: str,
) -> None:
    """
    Search for payloads that a client gets wrong, until the time is up.

    The corpus is sent first, and what fails there is known. Payloads are drawn and changed then, by the million if need be.
    Each kind of failure, a code and a place in the contract, is found once and made as small as it gets.
    What failed is kept in the folder .usagecompat, and the next run begins with it. Control-C ends the search early.

    \b
    Example: usagecompat fuzz --client 'node adapter.mjs'
    Example: usagecompat fuzz --client 'node adapter.mjs' --seconds 600 --seed 7 --expected known.txt
    Example: usagecompat fuzz --client tcp:localhost:9000 --setup 'docker compose up -d'
    Example: usagecompat fuzz --client './new-version' --against './old-version'
    Example: usagecompat fuzz --adapter go-encoding-json --format json > fuzz.json
    """  # noqa: D301 - click's own mark
    spec, at = _spec(given, adapter, name, timeout, revision, oneshot=oneshot, http=http, validates=validates)
    other = awaited(client_spec(against, timeout=timeout), setup) if against is not None else None
    entries = read_expected_failures(expected) if expected else ()
    subjects = subjects_in(corpus or packaged(), FULL)
    drawn = SystemRandom().randrange(_MOST_SEED) if seed is None else seed
    store = Store(spec.name)
    if store.prepare():
        keep_all_in(store.folder)
    asked = 0

    with (
        prepared(context, setup, setup_timeout),
        _interrupted_once() as is_interrupted,
        progress(int(seconds * _STEPS), spec.name, unit="payloads", counted=lambda: asked) as bar,
    ):
        moved = 0

        def tick(gone: float, sent: int) -> None:
            nonlocal asked, moved
            if is_interrupted():
                raise KeyboardInterrupt
            asked = sent
            if (steps := int(gone * _STEPS)) > moved:
                bar(steps - moved)
                moved = steps

        result = search(
            awaited(spec, setup),
            subjects=subjects,
            revision=at,
            seconds=seconds,
            seed=drawn,
            against=other,
            required=Level[require.upper()],
            expected=entries,
            corpus=_root(corpus),
            store=store,
            stop_after=stop_after,
            again=() if against else _again(context),
            tick=tick,
        )
    if store.problem:
        say(f"usagecompat: nothing can be kept for the next run: {store.problem}", err=True)
    (put_json if format_ == "json" else put)(render_fuzz(result, format_))
    context.exit(0 if result.ok else 1)


def _again(context: click.Context) -> tuple[str, ...]:
    """The command that puts a corpus to the client by the draft that was given; nothing if none was."""
    draft = draft_file(context)
    if draft is None:
        return ()
    given = context.params
    options = {
        "--client": given["given"],
        "--adapter": given["adapter"],
        "--name": given["name"],
        "--setup": given["setup"],
    }
    flags = [f"--{name}" for name in ("oneshot", "http", "validates") if given[name]]
    said = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    return ("usagecompat", "run", *said, *flags, "--revision", draft, "--require", str(given["require"]))


@contextmanager
def _interrupted_once() -> Generator[Callable[[], bool]]:
    """
    Whether Control-C was pressed; it is also raised, as ever.

    Python drops what is raised in the midst of a callback, such as those of garbage collection, and then nothing ends.
    """
    pressed = False
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _root(corpus: Path | None) -> Path | None:
    """The corpus that new cases go to: the one that is named, or that what is named is a part of."""
    places = (corpus, *corpus.parents[:2]) if corpus else ()
    return next((place for place in places if (place / MANIFEST).is_file()), None)


def _spec(  # noqa: PLR0913 - one for each option
    given: str | None,
    adapter: str | None,
    name: str | None,
    timeout: float,
    revision: Revision | None,
    *,
    oneshot: bool,
    http: bool,
    validates: bool,
) -> tuple[ClientSpec, Revision]:
    """The client that is meant, and the revision to judge it by."""
    if oneshot and http:
        raise click.UsageError("A client is driven the --oneshot way or the --http way, not both.")
    if (given is None) == (adapter is None):
        raise click.UsageError("Give the client either as --client CMD or as --adapter NAME.")
    if given is not None:
        way = Way.ONESHOT if oneshot else Way.HTTP if http else Way.STDIO
        spec = client_given(given, way=way, name=name, validates=validates, timeout=timeout)
        return spec, resolve_revision(revision)
    if oneshot or http or validates:
        raise click.UsageError("--oneshot, --http and --validates need a CMD; an adapter declares these itself.")
    spec, own = adapted(adapter or "", name, timeout, revision, paging=False)
    return spec, resolve_revision(own)
