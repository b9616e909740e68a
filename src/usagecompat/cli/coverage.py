"""
`usagecompat fixtures coverage` and `about`: what a corpus has to show, and the page that says what it is worth.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli import completing
from usagecompat.cli.formats import formats
from usagecompat.cli.generated import page_options, put_page
from usagecompat.cli.output import say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.corpus.coverage import Coverage, Status

_CORPUS: Final = click.Path(file_okay=False, path_type=Path)


@click.command(short_help="Report what the cases must cover, and which case does.")
@click.argument("directory", type=_CORPUS, required=False, metavar="[DIR]")
@click.option("--open", "only_open", is_flag=True, help="Only what no case covers, and one could.")
@click.option(
    "--topic",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.topics,
    help="Only this topic, such as member or rule. Repeatable.",
)
@formats()
@click.pass_context
def coverage(
    context: click.Context, directory: Path | None, *, only_open: bool, topic: tuple[str, ...], format_: str
) -> None:
    """
    Report what the cases must cover at every revision, and the first case that does.

    An obligation is met by a file, by a case that is derived from a file, or by nothing: because no payload can meet
    it, for the reason printed, or because it is open.

    Exit status: 0 nothing is open, 1 something is, 2 the corpus cannot be read.

    \b
    Example: usagecompat fixtures coverage --topic rule
    Example: usagecompat fixtures coverage --open --format json
    """  # noqa: D301 - click's own mark
    from usagecompat.corpus import selection as corpus  # noqa: PLC0415 - the command line is up before any obligation is
    from usagecompat.corpus.coverage import cover  # noqa: PLC0415 - likewise
    from usagecompat.exceptions import NoSuchName  # noqa: PLC0415 - likewise

    known = tuple(cover(()).by_topic) if topic else ()
    for name in topic:
        if name not in known:
            raise NoSuchName("topic", name, known)
    found = cover(corpus.cases(root=directory))
    shown = [
        status
        for status in (found.open if only_open else found.statuses)
        if not topic or status.obligation.topic in topic
    ]
    if format_ == "json":
        _put_json(shown)
    else:
        _put_text(shown)
    for line in _totals(found):
        say(line, err=True)
    context.exit(1 if found.open else 0)


def _put_json(shown: Sequence[Status]) -> None:
    for status in shown:
        say_json(status.to_dict())


def _put_text(shown: Sequence[Status]) -> None:
    say(*(f"{one.met:10}  {one.obligation.id}  {one.case or one.obligation.impossible}".rstrip() for one in shown))


def _totals(found: Coverage) -> list[str]:
    rows = [*found.by_topic.items(), ("all", found.totals)]
    return [f"{name:10} " + ", ".join(f"{count:6,} {met}" for met, count in counts.items()) for name, counts in rows]


@click.command(short_help="Write or check the page about the corpus.")
@page_options("docs/corpus.md")
@click.pass_context
def about(context: click.Context, *, write: Path | None, check: Path | None) -> None:
    """
    Print what the corpus holds and what it has to cover, or write the page about it.

    \b
    Example: usagecompat fixtures about --write docs/corpus.md
    """  # noqa: D301 - click's own mark
    from usagecompat.corpus import selection as corpus  # noqa: PLC0415 - as above
    from usagecompat.mutants import page  # noqa: PLC0415 - as above

    put_page(context, page(corpus.cases(), corpus.packaged()), write=write, check=check)
