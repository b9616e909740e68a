"""
What a shell offers for the values of options and arguments, when somebody presses the Tab key.

Each function is handed to `shell_complete` of an option or argument. What one offers is read where the command itself
reads it; whatever goes wrong, nothing is offered, because there is no place for a message.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from click.shell_completion import CompletionItem

from usagecompat.exceptions import UsageCompatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    Offer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _offers(words: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Offer:
    """Offer those words that begin with what is there, with what they mean if `words` says it."""

    @wraps(words)
    def offer(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            known = [*words(context)]
        except (UsageCompatError, OSError):
            return []
        return [CompletionItem(word, help=means or None) for word, means in known if word.startswith(incomplete)]

    return offer


def _bare(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Words without a meaning beside them."""
    return [(word, "") for word in words]


def files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the shell itself knows: files and directories."""
    return [CompletionItem(incomplete, type="file")]


def dates_or_files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Revisions; and files, where none begins so."""
    from usagecompat.contract import PUBLISHED  # noqa: PLC0415 - needed only while something is completed

    dates = [CompletionItem(date, help=PUBLISHED[date]) for date in PUBLISHED if date.startswith(incomplete)]
    return dates or [CompletionItem(incomplete, type="file")]


@_offers
def codes(_context: click.Context) -> Iterable[tuple[str, str]]:
    """Every finding code."""
    from usagecompat.findings import CODES  # noqa: PLC0415 - needed only while something is completed
    from usagecompat.scan import ARCHIVE_CODES  # noqa: PLC0415 - likewise

    return [*((code, about.title) for code, about in CODES.items()), *ARCHIVE_CODES.items()]


@_offers
def codes_of_payloads(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The finding codes that a payload can have."""
    from usagecompat.findings import CODES, CODES_OF_PAYLOADS  # noqa: PLC0415 - likewise

    return [(code, CODES[code].title) for code in CODES_OF_PAYLOADS]


@_offers
def case_ids(context: click.Context) -> Iterable[tuple[str, str]]:
    """The ids of the cases in the directory or corpus that the line names; of the kit's own if it names none."""
    from usagecompat.corpus import packaged, read_manifest  # noqa: PLC0415 - likewise

    named: Path | None = context.params.get("directory") or context.params.get("corpus")
    return _bare(read_manifest(packaged() if named is None else named))


@_offers
def saved_ids(context: click.Context) -> Iterable[tuple[str, str]]:
    """The ids of the failing cases in the directory that the line names; those of the kit's cases if it has none."""
    from usagecompat.clients import read_saved  # noqa: PLC0415 - likewise
    from usagecompat.corpus import packaged, read_manifest  # noqa: PLC0415 - likewise

    place: Path | None = context.params.get("directory") or next(map(Path, context.args), None)
    try:
        return [(one.case_id, ", ".join(sorted(one.codes))) for one in (read_saved(place).cases if place else ())]
    except UsageCompatError:
        return _bare(read_manifest(packaged()))


@_offers
def sets(context: click.Context) -> Iterable[tuple[str, str]]:
    """The sets of the corpus."""
    from usagecompat.corpus import FULL, packaged, read_manifest  # noqa: PLC0415 - likewise

    named: Path | None = context.params.get("directory") or context.params.get("corpus")
    entries = read_manifest(packaged() if named is None else named).values()
    return _bare(sorted({FULL, *(name for entry in entries for name in entry.sets)}))


@_offers
def flags(context: click.Context) -> Iterable[tuple[str, str]]:
    """The flags that the notes of a corpus explain."""
    from usagecompat.corpus import packaged, read_notes  # noqa: PLC0415 - likewise

    notes = read_notes(context.params.get("directory") or packaged())
    return [(flag, note["title"]) for flag, note in notes.items()]


@_offers
def adapters(_context: click.Context) -> Iterable[tuple[str, str]]:
    """Every adapter."""
    from usagecompat.adapters import descriptions  # noqa: PLC0415 - likewise

    return [(name, adapter.about) for name, adapter in descriptions.adapters().items()]


@_offers
def adapter_rows(context: click.Context) -> Iterable[tuple[str, str]]:
    """What `--adapter` takes here: rows of adapters, or those that fetch all pages."""
    from usagecompat.adapters import descriptions  # noqa: PLC0415 - likewise

    known = descriptions.paging_rows() if context.params.get("paging") else descriptions.rows()
    return [(name, row.about) for name, (_, row) in known.items()]


@_offers
def languages(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The languages of which there is a starter."""
    from usagecompat.adapters import starters  # noqa: PLC0415 - likewise

    return _bare(sorted(starters.STARTERS))


@_offers
def shapes_and_records(_context: click.Context) -> Iterable[tuple[str, str]]:
    """What `usagecompat schema` takes."""
    from usagecompat.contract import LATEST, contract  # noqa: PLC0415 - likewise

    return _bare(("page", "bucket", "result", "amount", "flat", *contract(LATEST).records))


@_offers
def endpoints(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The endpoints, by their last word."""
    from usagecompat.contract import ENDPOINTS  # noqa: PLC0415 - likewise

    return _bare(endpoint.rpartition("/")[2] for endpoint in ENDPOINTS.values())


@_offers
def group_keys(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The members by which results are grouped."""
    from usagecompat.checking import GROUP_KEYS  # noqa: PLC0415 - likewise

    return _bare(dict.fromkeys(key for keys in GROUP_KEYS.values() for key in keys))


@_offers
def scenarios(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The scenarios of the server."""
    from usagecompat.ledger import SCENARIOS  # noqa: PLC0415 - likewise

    return [(name, scenario.does) for name, scenario in SCENARIOS.items()]


@_offers
def families(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The families of mutants."""
    from usagecompat.mutants import all_mutants  # noqa: PLC0415 - likewise

    return _bare(dict.fromkeys(mutant.family for mutant in all_mutants()))


@_offers
def topics(_context: click.Context) -> Iterable[tuple[str, str]]:
    """The topics of what a corpus has to show."""
    from usagecompat.corpus.coverage import cover  # noqa: PLC0415 - likewise

    return _bare(cover(()).by_topic)
