"""
`usagecompat explain`: what the finding codes mean, for people.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from usagecompat.cli import completing
from usagecompat.cli.commands import until_nobody_reads
from usagecompat.cli.formats import formats
from usagecompat.cli.output import say, say_json, write_file
from usagecompat.corpus import cases, packaged, release
from usagecompat.explanations import STAGES, cases_showing, document, explanation, weight
from usagecompat.findings import CODES
from usagecompat.scan import ARCHIVE_CODES
from usagecompat.suggestions import closest, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.explanations import Explanation

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_GROUPS: Final[Mapping[str, str]] = {**STAGES, "archive": "What `usagecompat scan` finds in files."}
_WIDTH: Final = 100
_MOST_CASES: Final = 10
_REMEDY: Final = "Fix what the message names, and run the same command again: with --state it reads only the rest."


@click.command()
@click.argument("code", required=False, metavar="[CODE]", shell_complete=completing.codes)
@formats()
@click.option("--write", type=_FILE, metavar="FILE", help="Write the explanations of all codes to FILE.")
@click.option("--check", type=_FILE, metavar="FILE", help="Fail if FILE is not what would be written.")
@click.pass_context
@until_nobody_reads()
def explain(context: click.Context, *, code: str | None, format_: str, write: Path | None, check: Path | None) -> None:
    """
    Explain what a finding code means and how to fix its cause.

    Also print why it matters, who was hit by it and which cases have it. CODE may be the first part alone, such as
    wire: then its codes are listed. Without a CODE all of them are.

    \b
    Example: usagecompat explain wire/amount-as-string
    Example: usagecompat explain wire
    """  # noqa: D301 - click's own mark
    if write or check:
        if code or (write and check):
            raise click.UsageError("Either name a code, or write the file about all of them, or check it.")
        context.exit(_keep(write, check))
    group = _group(code or "")
    if code and not group and code not in {*CODES, *ARCHIVE_CODES}:
        raise click.UsageError(_no_such_code(code))
    if format_ == "json":
        wanted = _codes_of(group) if code is None or group else [code]
        told = [_as_dict(one) for one in wanted if code is not None or one not in ARCHIVE_CODES]
        say_json(told[0] if code and not group else told, indent=2)
    elif code and code in ARCHIVE_CODES:
        say(f"{code}: {ARCHIVE_CODES[code]}", "Weight: error, of `usagecompat scan`.")
        say("", "What to do:", f"  {_REMEDY}")
    elif code and not group:
        say(*"\n".join(_told(explanation(code))).split("\n"))
    else:
        say(*_listed(group))


def _group(name: str) -> str:
    """The first part of codes that `name` is, as in `wire`, `wire/` and `wire/*`; empty if it is none."""
    stem = name.lower().removesuffix("*").removesuffix("/")
    return stem if stem in _GROUPS else ""


def _codes_of(group: str) -> list[str]:
    """The codes of a group, or of all."""
    return [code for code in (*CODES, *ARCHIVE_CODES) if code.startswith(f"{group}/" if group else "")]


def _no_such_code(name: str) -> str:
    """What to say of a code that there is not."""
    stem, slash, _ = name.partition("/")
    if not slash and (close := closest(name, _GROUPS)):
        return f"There is no finding code {name!r}; did you mean {close!r}? `usagecompat explain` lists all."
    group = stem if slash and stem in _GROUPS else ""
    hint = did_you_mean(name, _codes_of(group)) or did_you_mean(name, _codes_of(""))
    where = f"`usagecompat explain {group}` lists all of {group}." if group else "`usagecompat explain` lists all."
    return f"There is no finding code {name!r}; {hint}{where}"


def _keep(write: Path | None, check: Path | None) -> int:
    """Write the document, or compare it; the exit status."""
    place = write or check
    assert place  # noqa: S101 - the caller has seen to it
    text = document(_codes_by_case())
    if write:
        write_file(place, text)
    elif not place.is_file() or place.read_text("utf-8") != text:
        say(f"{place}: not what the texts and cases give; to fix this: usagecompat explain --write {place}")
        return 1
    return 0


def _listed(group: str) -> Iterator[str]:
    width = max(map(len, _codes_of("")))
    for stage, sentence in _GROUPS.items():
        if group in {"", stage}:
            yield f"{stage}: {sentence}"
            yield from (f"  {code:{width}}  {_title(code)}" for code in _codes_of(stage))
            yield ""
    yield "usagecompat explain CODE explains one."


def _title(code: str) -> str:
    return CODES[code].title if code in CODES else ARCHIVE_CODES[code]


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
        yield f"\nNo case of the corpus has it: {told.no_case}"
    else:
        ids = cases_showing(told.code, _codes_by_case())
        yield f"\nCases that show it ({len(ids)}), under {packaged()}:"
        yield from (f"  {name}.json" for name in ids[:_MOST_CASES])
        if len(ids) > _MOST_CASES:
            yield f"  and {len(ids) - _MOST_CASES} more"


def _as_dict(code: str) -> dict[str, Any]:
    if code in ARCHIVE_CODES:
        return {"code": code, "title": ARCHIVE_CODES[code], "weight": "error", "remedy": _REMEDY}
    told = explanation(code)
    texts = asdict(told, filter=lambda _, text: bool(text))
    return {**texts, "title": CODES[told.code].title, "weight": weight(told.code)}


def _codes_by_case() -> Mapping[str, frozenset[str]]:
    """The codes that each case of the corpus shows, the oldest cases first."""
    oldest_first = sorted(cases(), key=lambda case: (release(case.since), case.id))
    return {case.id: frozenset(one.code for one in case.findings) for case in oldest_first}
