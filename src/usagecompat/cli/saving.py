"""
`run --save-failures DIR`: failing cases in a directory, for `usagecompat replay`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from usagecompat.cli.output import say
from usagecompat.exceptions import naming

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients import ClientResult, ClientSpec, Task
    from usagecompat.contract import Revision
    from usagecompat.corpus import Case, Payload
    from usagecompat.corpus import Sequence as PageSequence

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def save_failures_option(command: _Command) -> _Command:
    """Give a command the option; its parameter is called `save_to`."""
    option = click.option(
        "--save-failures",
        "save_to",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Write what was sent and what came back of each failing case to DIR, for `usagecompat replay DIR`.",
    )
    return option(command)


def claim_place(context: click.Context, save_to: Path | None) -> None:
    """
    Make the directory now, as nobody waits for a run that cannot be saved; it goes again if the run is not saved.

    Raises:
        ForeignDirectory: Something else is in it.
    """
    if save_to is None:
        return
    from usagecompat.clients import claimed  # noqa: PLC0415 - few runs save anything

    with naming(save_to):
        context.with_resource(claimed(save_to))


def save(  # noqa: PLR0913 - what is known of a run
    save_to: Path,
    result: ClientResult,
    chosen: Sequence[Case | Payload | PageSequence],
    spec: ClientSpec,
    *,
    revision: Revision | None,
    given: str | None,
    adapter: str | None,
) -> None:
    """Write the failing cases of a run, and say where they are."""
    from usagecompat.clients import GivenClient, save_failures, tasks  # noqa: PLC0415 - few runs save anything
    from usagecompat.corpus import Case, Payload, version  # noqa: PLC0415 - likewise
    from usagecompat.corpus import Sequence as PageSequence  # noqa: PLC0415 - likewise

    failing = result.failing
    wanted = [one for one in chosen if one.id in failing]
    payloads = tasks((one for one in wanted if isinstance(one, Case | Payload)), revision=revision)
    todo: list[Task | PageSequence] = [*payloads, *(one for one in wanted if isinstance(one, PageSequence))]
    driven = GivenClient.of(spec, given=given, adapter=adapter)
    with naming(save_to):
        count = save_failures(save_to, result, todo, spec, driven, version=version())
    again = f"; `usagecompat replay {save_to}` runs them again" if count else ""
    say(f"{count} failing {'case is' if count == 1 else 'cases are'} in {save_to}{again}", err=True)
