"""
`usagecompat --version`: which kit this is, with which corpus, and up to which revision of the contract.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

import click

from usagecompat.printing import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

_AS_JSON: Final = "usagecompat.cli.version"


def hear_json(context: click.Context, args: Sequence[str]) -> None:
    """Remember whether `--json` stands before any command, so that it may follow `--version` or come first."""
    context.meta[_AS_JSON] = "--json" in takewhile(lambda arg: arg.startswith("-"), args)


def version_and_exit(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's interface
    """Print the versions, if they are asked for."""
    if not asked or context.resilient_parsing:
        return
    from usagecompat.cli.output import say, say_json  # noqa: PLC0415 - no other command needs them from here
    from usagecompat.contract import LATEST  # noqa: PLC0415 - likewise
    from usagecompat.corpus import size_and_version, version  # noqa: PLC0415 - likewise

    corpus, cases = size_and_version()
    if context.meta[_AS_JSON]:
        told = {"usagecompat": version(), "corpus": {"version": corpus, "cases": cases}, "newest_revision": LATEST}
        say_json(told)
    else:
        say(f"usagecompat {version()}", f"corpus {corpus} ({counted(cases, 'case')})", f"newest revision {LATEST}")
    context.exit()


def only_with_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's interface
    """Refuse `--json` before a command, which has its own."""
    if asked and not context.resilient_parsing:
        raise click.UsageError("--json here goes with --version alone; a command takes it behind its name.", context)
