"""
`usagecompat revisions`: the revisions of the contract, what differs between two, and new ones from OpenAPI documents.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from usagecompat.cli import completing
from usagecompat.cli.commands import Group, until_nobody_reads
from usagecompat.cli.formats import formats
from usagecompat.cli.output import put_json, say, say_json, write_file
from usagecompat.contract import PUBLISHED, REVISIONS
from usagecompat.printing import counted

if TYPE_CHECKING:
    from usagecompat.contract import Draft, Imported

_FORMATS = ("text", "json", "markdown")


@click.group(cls=Group, invoke_without_command=True)
@formats()
@click.pass_context
@until_nobody_reads()
def revisions(context: click.Context, format_: str) -> None:
    """
    List the revisions of the published contract, compare two, or import one.

    Without a command: each has its date for a name, oldest first, with what it brought and where it was published.

    \b
    Example: usagecompat revisions --format json
    Example: usagecompat revisions diff 2026-08-21 2026-10-21
    Example: usagecompat revisions import openapi.yaml --output draft.json
    """  # noqa: D301 - click's own mark
    if context.invoked_subcommand is not None:
        return
    rows = [(revision, *_source_and_news(revision)) for revision in REVISIONS]
    if format_ == "json":
        listed = [{"revision": revision, "brought": news, "source": source} for revision, source, news in rows]
        say_json(listed, indent=2)
        return
    width = max(len(news) for _, _, news in rows)
    for revision, source, news in rows:
        say(f"{revision}  {news:{width}}  {source}")


@revisions.command()
@click.argument("old", shell_complete=completing.dates_or_files)
@click.argument("new", shell_complete=completing.dates_or_files)
@formats(_FORMATS)
@click.option(
    "--breaking", is_flag=True, help="List only what breaks a lenient reader, who adds up, or who asks as before."
)
@click.pass_context
@until_nobody_reads()
def diff(context: click.Context, old: str, new: str, format_: str, *, breaking: bool) -> None:
    """
    List all differences between two revisions, whom each breaks, and a payload that proves it.

    OLD and NEW are dates, files of drafts, or OpenAPI documents (YAML or JSON).
    Exit status: 0 nothing differs, 1 something does, 2 one of the two cannot be read.

    \b
    Example: usagecompat revisions diff 2025-02-10 2026-05-13 --breaking
    Example: usagecompat revisions diff 2026-10-21 openapi.yaml --format markdown
    """  # noqa: D301 - click's own mark
    from usagecompat.conversion import differences  # noqa: PLC0415 - the list needs none

    one, other = _side(old), _side(new)
    found = differences(one, other, only_breaking=breaking)
    if format_ == "json":
        say_json(found.to_dict(), indent=2)
    else:
        for line in found.markdown() if format_ == "markdown" else found.text():
            say(line)
    context.exit(1 if found.found else 0)


@revisions.command("import")
@click.argument("openapi", shell_complete=completing.files)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the draft here.")
@click.option("--date", metavar="DATE", help="The revision's date; else that of its version or file name, or today's.")
@click.option("--json", "as_json", is_flag=True, help="What is printed to standard error is one JSON object.")
@click.option("--patch", is_flag=True, help="Also print the lines of the kit's own files that the revision asks for.")
@click.pass_context
def import_(  # noqa: PLR0913 - one for each option
    context: click.Context, openapi: str, output: Path | None, date: str | None, *, as_json: bool, patch: bool
) -> None:
    """
    Make a draft of a revision from an OpenAPI document, YAML or JSON.

    The document is read by its endpoints, for any names of schemas.
    The draft goes to standard output or to FILE; every --revision takes it.
    What it cannot hold is printed to standard error, each with its place; so is what differs from the newest revision.

    \b
    Example: usagecompat revisions import openapi.yaml --output draft.json
    Example: usagecompat check page.json --revision draft.json
    """  # noqa: D301 - click's own mark
    imported = _imported(openapi, date)
    text = json.dumps(imported.draft, indent=1, ensure_ascii=False) + "\n"
    draft = _draft(imported, openapi)
    if output is not None:
        write_file(output, text)
    elif not patch:
        put_json(text)
    _tell(imported, draft, as_json=as_json)
    if patch:
        from usagecompat.conversion import patch_text  # noqa: PLC0415 - hardly ever needed

        for line in patch_text(draft):
            say(line)
    context.exit(0)


def _tell(imported: Imported, draft: Draft, *, as_json: bool) -> None:
    """Say on standard error what the draft does not hold, and what is new about it."""
    from usagecompat.contract import LATEST  # noqa: PLC0415 - the list needs none
    from usagecompat.conversion import differences  # noqa: PLC0415 - likewise

    if as_json:
        not_held = [str(one) for one in imported.not_held]
        say_json({"not_held": not_held, "differences": differences(LATEST, draft).to_dict()}, err=True)
        return
    if imported.not_held:
        count = len(imported.not_held)
        say(f"{counted(count, 'thing')} that a draft cannot hold:", err=True)
    for one in imported.not_held:
        say(f"  {one}", err=True)
    say("compared with the newest revision:", err=True)
    for line in differences(LATEST, draft).text():
        say(f"  {line}", err=True)


def _side(name: str) -> str:
    """A date, a draft, or what an OpenAPI document publishes."""
    from usagecompat.contract import is_openapi, read_bytes, revision_named  # noqa: PLC0415 - the list needs none

    if name not in REVISIONS and Path(name).is_file() and is_openapi(read_bytes(name)):
        imported = _imported(name, None)
        for one in imported.not_held:
            say(f"usagecompat: {name}#{one}", err=True)
        return _draft(imported, name)
    return revision_named(name)


def _imported(name: str, date: str | None) -> Imported:
    from datetime import UTC, datetime  # noqa: PLC0415 - the list needs none

    from usagecompat.contract import import_openapi, read_bytes  # noqa: PLC0415 - likewise

    if date is not None:
        try:
            datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            message = f"{date!r} is no date such as {REVISIONS[-1]}."
            raise click.BadParameter(message, param_hint="'--date'") from None
    return import_openapi(read_bytes(name), name, date, today=datetime.now(UTC).date().isoformat())


def _draft(imported: Imported, name: str) -> Draft:
    from usagecompat.contract import draft_of  # noqa: PLC0415 - the list needs none

    return draft_of(json.dumps(imported.draft).encode(), name)


def _source_and_news(revision: str) -> tuple[str, str]:
    source, _, news = PUBLISHED[revision].partition(": ")
    return source, news
