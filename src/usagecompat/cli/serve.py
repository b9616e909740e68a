"""
`usagecompat serve`: the API of a made-up organization, for clients under test.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import click

from usagecompat.cli import completing
from usagecompat.cli.commands import until_nobody_reads
from usagecompat.cli.formats import formats
from usagecompat.cli.output import put, say, say_json
from usagecompat.cli.revision_option import REVISION
from usagecompat.contract import LATEST

if TYPE_CHECKING:
    from usagecompat.ledger import Asked

_EPILOG: Final = (
    "Exit status: 0 ended by SIGINT or SIGTERM, 2 misuse, or the port cannot be had. "
    "What is served, and how clients are tested with it: docs/serve.md."
)
_CLOCK: Final = "clock"
_LARGEST_PORT: Final = 65_535
_DISTANT: Final = 4_102_444_800
"""2100-01-01."""


def _moment(_context: click.Context, _option: click.Parameter, text: str) -> int | None:
    """The second since 1970 of a moment in ISO 8601; None for the machine's clock."""
    from usagecompat.ledger import FOUNDED  # noqa: PLC0415 - needed only now

    if text == _CLOCK:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no moment such as 2026-10-21T12:00:00Z, and not {_CLOCK!r}.") from error
    second = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if not FOUNDED <= second < _DISTANT:
        raise click.BadParameter(
            f"{text!r} is not between 2024-01-01, when the organization was founded, and 2100-01-01."
        )
    return second


@click.command(epilog=_EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, _LARGEST_PORT),
    default=0,
    show_default=True,
    help="Listen on this port of 127.0.0.1; 0 for any that is free.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Make up the organization from this number.")
@click.option(
    "--revision",
    type=REVISION,
    metavar="DATE|FILE",
    default=LATEST,
    help="Serve this revision, not the newest.",
)
@click.option("--key", default="sk-admin-mock", show_default=True, help="Accept this key and no other.")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.scenarios,
    help="Do one thing that the API or an emulator is known to do; may be given several times. See --list.",
)
@click.option(
    "--now",
    callback=_moment,
    default="2026-10-21T12:00:00Z",
    show_default=True,
    metavar="MOMENT",
    help="Take this for the present, after which nothing has happened yet; `clock` for the machine's own time.",
)
@click.option("--log", is_flag=True, help="Print each request to standard error once it is answered.")
@click.option("--list", "list_", is_flag=True, help="List the scenarios, and serve nothing.")
@formats()
def serve(  # noqa: PLR0913 - one for each option
    *,
    port: int,
    seed: int,
    revision: str,
    key: str,
    scenarios: tuple[str, ...],
    now: int | None,
    log: bool,
    list_: bool,
    format_: str,
) -> None:
    """
    Serve the usage and costs endpoints of a made-up organization.

    One line is printed, with the URL that clients take as their base; then requests are answered until SIGINT or
    SIGTERM. What the organization used follows from the seed, so that two runs answer alike, byte for byte.

    \b
    Example: usagecompat serve --port 8080
    Example: usagecompat serve --scenario string-amounts --scenario error-on-page-2:429
    """  # noqa: D301 - click's own mark
    from usagecompat.ledger import (  # noqa: PLC0415 - needed only now
        DEFAULT_NOW,
        Ledger,
        UsageServer,
    )

    if list_:
        with until_nobody_reads():
            if format_ == "json":
                say_json(_scenarios(), indent=2)
            else:
                put(_listed())
        return
    if not key or not key.isprintable() or not key.isascii() or key != key.strip():
        raise click.UsageError("--key must be printable ASCII without spaces around it, as a header can carry it.")
    ledger = Ledger(seed=seed, revision=revision, now=DEFAULT_NOW if now is None else now, key=key, scenarios=scenarios)
    clock = None if now is not None else lambda: int(time.time())
    ended = Event()

    def end(_number: int, _frame: object) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server = UsageServer(ledger, port=port, clock=clock, log=_told if log else None)
    except OSError as error:
        for number, handler in before.items():  # nothing is served that they could end
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        reason = error.strerror or str(error)
        raise click.ClickException(f"port {port} of 127.0.0.1: {reason}; --port 0 takes any that is free.") from error
    with server:
        if format_ == "json":
            say_json({"url": server.url})
        else:
            say(f"serving {server.url}")
        ended.wait()


def _told(asked: Asked) -> None:
    """Print a request; clients are served although nobody reads that."""
    with suppress(OSError):
        say(f"{asked.status} {asked.method} {asked.target}", err=True)


def _scenarios() -> list[dict[str, Any]]:
    """The same for other programs."""
    from usagecompat.ledger import SCENARIOS  # noqa: PLC0415 - needed only now

    return [
        {"name": one.name, "does": one.does, "evidence": one.evidence, "variants": dict(one.variants)}
        for one in SCENARIOS.values()
    ]


def _listed() -> str:
    """The scenarios with what they do and who is known to do it."""
    from usagecompat.ledger import SCENARIOS  # noqa: PLC0415 - needed only now

    lines: list[str] = []
    for scenario in SCENARIOS.values():
        lines += [scenario.name, f"    {scenario.does}", f"    Known from: {scenario.evidence}."]
        if scenario.variants:
            lines.append("    Variants, after a colon; the first is meant if none is named:")
            lines += [f"        {scenario.name}:{name}: {does}." for name, does in scenario.variants.items()]
    return "\n".join(lines) + "\n"
