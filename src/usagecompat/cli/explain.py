"""
`usagecompat explain`: what the finding codes mean, for people.
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from usagecompat.corpus import cases, packaged, release
from usagecompat.explanations import STAGES, cases_showing, document, explanation, explanations, weight
from usagecompat.findings import CODES
from usagecompat.scan import ARCHIVE_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.explanations import Explanation

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_WIDTH: Final = 100
_MOST_CASES: Final = 10
_REMEDY: Final = "Fix what the message says, and run the same command again: with --state it reads the rest alone."


@click.command()
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--write", type=_FILE, metavar="FILE", help="Write what is to be said about all codes to FILE.")
@click.option("--check", type=_FILE, metavar="FILE", help="Fail if FILE is not what would be written.")
@click.pass_context
def explain(context: click.Context, *, code: str | None, format_: str, write: Path | None, check: Path | None) -> None:
    """
    Explain what a finding code means and how to fix its cause.

    Why it matters, who was hit by it and which cases show it is told, too. Without a CODE all of them are listed.

    \b
    Example: usagecompat explain wire/amount-as-string
    """  # noqa: D301 - click's own mark
    if write or check:
        if code or (write and check):
            raise click.UsageError("Either name a code, or write the file about all of them, or check it.")
        context.exit(_keep(write, check))
    if code and code in ARCHIVE_CODES:
        told_of_files = {"code": code, "title": ARCHIVE_CODES[code], "weight": "error", "remedy": _REMEDY}
        click.echo(
            json.dumps(told_of_files, indent=2)
            if format_ == "json"
            else f"{code}: {ARCHIVE_CODES[code]}\nWeight: error, of `usagecompat scan`.\n\nWhat to do:\n  {_REMEDY}"
        )
    elif format_ == "json":
        told = [_as_dict(explanation(code))] if code else [_as_dict(each) for each in explanations().values()]
        click.echo(json.dumps(told[0] if code else told, indent=2, ensure_ascii=False))
    elif code:
        click.echo("\n".join(_told(explanation(code))))
    else:
        click.echo("\n".join(_listed()))


def _keep(write: Path | None, check: Path | None) -> int:
    """Write the document, or compare it; the exit status."""
    place = write or check
    assert place  # noqa: S101 - the caller has seen to it
    text = document(_codes_by_case())
    if write:
        place.write_text(text, "utf-8")
    elif not place.is_file() or place.read_text("utf-8") != text:
        click.echo(f"{place}: not what the texts and cases say; to fix this: usagecompat explain --write {place}")
        return 1
    return 0


def _listed() -> Iterator[str]:
    width = max(map(len, CODES))
    for stage, sentence in STAGES.items():
        yield f"{stage}: {sentence}"
        yield from (f"  {code:{width}}  {CODES[code].title}" for code in CODES if code.startswith(f"{stage}/"))
        yield ""
    yield "archive: What `usagecompat scan` says of files."
    yield from (f"  {code:{width}}  {title}" for code, title in ARCHIVE_CODES.items())
    yield ""
    yield "usagecompat explain CODE says more."


def _told(told: Explanation) -> Iterator[str]:
    yield f"{told.code}: {CODES[told.code].title}"
    yield f"Weight: {weight(told.code)}."
    for heading, text in told.paragraphs():
        yield f"\n{heading}:"
        yield fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    if told.sent:
        yield f"\nAn example:\n  sent      {told.sent}\n  returned  {told.returned}"
    elif told.answer:
        yield f"\nAn example:\n  {told.answer}"
    elif told.no_case:
        yield f"\nNo case of the corpus shows it: {told.no_case}"
    else:
        ids = cases_showing(told.code, _codes_by_case())
        yield f"\nCases that show it ({len(ids)}), under {packaged()}:"
        yield from (f"  {name}.json" for name in ids[:_MOST_CASES])
        if len(ids) > _MOST_CASES:
            yield f"  and {len(ids) - _MOST_CASES} more"


def _as_dict(told: Explanation) -> dict[str, Any]:
    texts = asdict(told, filter=lambda _, text: bool(text))
    return {**texts, "title": CODES[told.code].title, "weight": weight(told.code)}


def _codes_by_case() -> Mapping[str, frozenset[str]]:
    """The codes that each case of the corpus shows, the oldest cases first."""
    oldest_first = sorted(cases(), key=lambda case: (release(case.since), case.id))
    return {case.id: frozenset(one.code for one in case.findings) for case in oldest_first}
