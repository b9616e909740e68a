"""
What a command sends to clients: the cases or payloads that are meant, and the asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click
from attrs import evolve

from usagecompat.cli.passed_over import say_passed_over
from usagecompat.cli.progress import progress
from usagecompat.clients import Probing, select
from usagecompat.clients import run as run_client
from usagecompat.contract import resolve_revision
from usagecompat.corpus import FULL, Case, Lines, Payload, find_files, ids_in_set, in_plain_tree, read_case
from usagecompat.exceptions import NoPayloads
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from usagecompat import corpus
    from usagecompat.clients import ClientResult, ClientSpec
    from usagecompat.contract import Revision
    from usagecompat.corpus import Found

_Subject = TypeVar("_Subject", bound="Case | Payload | corpus.Sequence")


def subjects_in(place: Path, set_: str) -> tuple[Case | Payload, ...]:
    """
    What is sent to clients: the cases of a corpus, sorted, or the payloads of a plain tree.

    Raises:
        NoPayloads: There is neither.
    """
    found = find_files(place)
    if not found.files:
        raise NoPayloads(str(place))
    say_passed_over([str(path) for path in found.without_case])
    return _subjects(place, found, set_)


def _subjects(place: Path, found: Found, set_: str) -> tuple[Case | Payload, ...]:
    if not found.is_corpus:
        plain = [in_plain_tree(place, path) for path in found.files]
        return tuple(each for one in plain for each in (one.payloads() if isinstance(one, Lines) else [one]))
    ids = ids_in_set(place, set_)
    cases = sorted(map(read_case, found.files), key=lambda case: case.id)
    return tuple(case for case in cases if ids is None or case.id in ids)


def known_ids(place: Path, set_: str, listed: Iterable[Case | Payload]) -> set[str]:
    """The ids that there are in a corpus, of which `listed` is the set `set_`; the full set is not read again."""
    return {subject.id for subject in (listed if set_ == FULL else _subjects(place, find_files(place), FULL))}


def meant_by(expression: str | None, listed: Sequence[_Subject], *, noun: str = "case") -> Sequence[_Subject]:
    """
    What `-k` selects of `listed`; all of it without an expression.

    Raises:
        click.UsageError: Nothing is meant.
    """
    chosen = listed if expression is None else select(listed, expression)
    if not chosen:
        raise click.UsageError(f"No {noun} of {len(listed)} is meant by -k {expression!r}.")
    return chosen


def ask(  # noqa: PLR0913 - one for each option
    spec: ClientSpec,
    chosen: Sequence[Case | Payload],
    *,
    revision: Revision | None,
    require: str,
    probes: str,
    jobs: int,
) -> ClientResult:
    """
    What comes of a client, with a progress bar.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: There is no such function.
    """
    with progress(len(chosen), spec.name) as tick:
        return run_client(
            spec,
            chosen,
            revision=revision,
            required=Level[require.upper()],
            probing=Probing(probes),
            jobs=jobs,
            tick=tick,
        )


def adapted(
    adapter: str, name: str | None, timeout: float, revision: Revision | None, *, paging: bool
) -> tuple[ClientSpec, Revision | None]:
    """The client of an installed adapter, and the revision to judge it by."""
    from usagecompat.adapters import (  # noqa: PLC0415 - only who names an adapter needs them
        client_of,
        paging_client_of,
        row_of,
    )

    if paging:
        spec = paging_client_of(adapter, timeout=timeout)
        return evolve(spec, name=name or spec.name), revision
    spec = client_of(adapter, timeout=timeout)
    own = row_of(adapter)[1].revision
    return evolve(spec, name=name or spec.name), revision or (None if own is None else resolve_revision(own))
