"""
The options that all commands with clients have: which client, which cases, and what has to come back.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from usagecompat.cli import completing
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")

adapter_option: Final = click.option(
    "--adapter",
    metavar="NAME",
    shell_complete=completing.adapter_rows,
    help="A client that `usagecompat adapters list` names, instead of CMD.",
)

corpus_option: Final = click.option(
    "--corpus",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Cases, or payloads of your own; the corpus that comes with the kit otherwise.",
)

set_option: Final = click.option(
    "--set",
    "set_",
    default="full",
    show_default=True,
    metavar="NAME",
    shell_complete=completing.sets,
    help="Only this set of the corpus.",
)


def require_option(noun: str) -> Callable[[_Command], _Command]:
    """Give a command the option for the level below which one of what it sends fails."""
    return click.option(
        "--require",
        type=click.Choice([level.name.lower() for level in Level], case_sensitive=False),
        default=Level.EXACT.name.lower(),
        show_default=True,
        help=f"The level below which a {noun} fails.",
    )
