"""
`usagecompat probe`: a server of the usage and costs endpoints under test.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from usagecompat.cli import completing
from usagecompat.cli.also import also_html, write_page
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.output import put, put_json, say
from usagecompat.cli.positive import Positive
from usagecompat.cli.progress import progress
from usagecompat.cli.revision_option import REVISION
from usagecompat.findings import Severity
from usagecompat.printing import counted, printable

if TYPE_CHECKING:
    from usagecompat.contract import Endpoint
    from usagecompat.probe import ProbeResult

_EPILOG: Final = (
    "Exit status: 0 no finding has the severity of --fail-on or more, 1 one has, 2 misuse, or the server "
    "cannot be reached. Needs usagecompat[probe]. What is asked and judged: docs/probe.md; the JSON: schemas/probe.json."
)
_DAY: Final = 86_400
_MOST_DAYS: Final = 31
_FORMATS: Final = ("text", "json", "junit", "github", "html")
_WEEK: Final = 7


def _url(_context: click.Context, _option: click.Parameter, text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
        parts = None
    if not usable or parts is None or parts.query or parts.fragment:
        raise click.BadParameter(f"{printable(text)!r} is no base URL such as https://gateway.example/v1.")
    return text.rstrip("/")


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """The first second of a day."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError  # noqa: TRY301 - a moment is refused like any other text
        day = date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{printable(text)!r} is no day such as 2026-10-01.") from error
    second = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    if second < 0:
        raise click.BadParameter(f"{text} is before 1970.")
    return second


@click.command(epilog=_EPILOG)
@click.argument("url", metavar="URL", callback=_url)
@click.option(
    "--key-env",
    default="OPENAI_ADMIN_KEY",
    show_default=True,
    metavar="NAME",
    help="Take the key from this environment variable; it is never printed or saved.",
)
@click.option(
    "--endpoint",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.endpoints,
    help="Probe this endpoint, such as costs or completions; repeatable. All otherwise.",
)
@click.option(
    "--start",
    callback=_day,
    metavar="DAY",
    help="The first day of the window, in UTC. A closed week with activity is looked for otherwise.",
)
@click.option(
    "--end", callback=_day, metavar="DAY", help="The day after the last of the window; a week after --start otherwise."
)
@click.option(
    "--budget", type=click.IntRange(min=1), default=300, show_default=True, help="Make no more requests than this."
)
@click.option(
    "--rate",
    type=Positive(1_000),
    default=5.0,
    show_default=True,
    help="Make no more requests a second than this.",
)
@click.option(
    "--timeout",
    type=Positive(600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait no longer for a whole answer.",
)
@click.option("--revision", type=REVISION, metavar="DATE|FILE", help="Judge by this revision, not the newest.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Save every answer there, and expected.json for --expected.",
)
@click.option(
    "--expected",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also ask what this file has the answers to, and compare.",
)
@one_of("--fail-on", Severity, Severity.ERROR, help_="From which severity on the exit status is 1.")
@formats(_FORMATS, help_="How the result is written.")
@also_html
@click.pass_context
def probe(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    url: str,
    key_env: str,
    names: tuple[str, ...],
    start: int | None,
    end: int | None,
    budget: int,
    rate: float,
    timeout: float,
    revision: str | None,
    save: Path | None,
    expected: Path | None,
    fail_on: str,
    format_: str,
    also: Path | None,
) -> None:
    """
    Probe a server of the usage and costs endpoints. Each law that it breaks is reported.

    Only GET requests are made, no more than the budget and no faster than the rate. Answers are checked one by one and
    held against each other: pages against pages, groups and filters against the whole, minutes against hours and days.

    \b
    Example: usagecompat probe https://gateway.example/v1
    Example: usagecompat probe http://127.0.0.1:8080/v1 --endpoint costs --start 2026-10-01 --end 2026-10-08
    Example: usagecompat probe http://127.0.0.1:8080/v1 --rate 100 --also html=probe.html
    """  # noqa: D301 - click's own mark
    from usagecompat.contract import contract, endpoints_of, resolve_revision  # noqa: PLC0415 - needed only now
    from usagecompat.probe import (  # noqa: PLC0415 - likewise
        HttpTransport,
        Keeper,
        Session,
        cost_of,
        endpoints_named,
        load_expected,
        public_url,
        render_probe,
    )
    from usagecompat.probe import probe as run  # noqa: PLC0415 - likewise

    key = _key(key_env)
    _window(start, end)
    endpoints = endpoints_named(revision, names)
    known = endpoints_of(contract(resolve_revision(revision)))
    answers = load_expected(expected, known) if expected else ()
    keeper = Keeper(save) if save else None
    days = _WEEK if start is None or end is None else (end - start) // _DAY
    wanted = cost_of(endpoints, days) + (start is None) + len(answers)
    _tell(public_url(url), endpoints, wanted, budget, rate)
    with HttpTransport(timeout) as transport, progress(min(wanted, budget), "probing", unit="requests") as tick:
        session = Session(
            transport=transport,
            base=url,
            key=key,
            budget=budget,
            rate=rate,
            tick=tick,
            keep=keeper.keep if keeper else _nothing,
        )
        result = run(session, endpoints, revision=revision, start=start, end=end, expected=answers, keeper=keeper)
    if not result.answered:
        raise click.ClickException(
            f"{public_url(url)}: there is no server that answers; {session.problem or 'nothing was asked'}"
        )
    if also:
        write_page(also, render_probe(result, "html"))
    (put_json if format_ == "json" else put)(render_probe(result, format_))
    if _is_nowhere(result) and "v1" not in urlsplit(url).path.split("/"):
        say(f"No endpoint is there; did you mean {public_url(url)}/v1?", err=True)
    context.exit(int(result.fails(Severity(fail_on))))


def _nothing(_: object) -> None:
    """Save nothing."""


def _is_nowhere(result: ProbeResult) -> bool:
    """Whether the server has none of the endpoints."""
    return all(any(one.code == "server/endpoint-missing" for one in endpoint.findings) for endpoint in result.endpoints)


def _key(name: str) -> str:
    key = os.environ.get(name, "").strip()
    if not key:
        raise click.UsageError(
            f"The environment variable {printable(name)} has no key; set it, or name another with --key-env."
        )
    if not key.isascii() or not key.isprintable():
        raise click.UsageError(f"The key in {printable(name)} has characters that no header can carry.")
    return key


def _window(start: int | None, end: int | None) -> None:
    if start is not None and end is not None and end <= start:
        raise click.UsageError("--end must be after --start.")
    if start is not None and end is not None and (end - start) // _DAY > _MOST_DAYS:
        raise click.UsageError(f"The window must not have more than {_MOST_DAYS} days, as one page has no more.")


def _tell(url: str, endpoints: list[Endpoint], wanted: int, budget: int, rate: float) -> None:
    """Say beforehand what is going to be asked."""
    made = min(wanted, budget)
    less = f", of {wanted} that it would take" if wanted > budget else ""
    say(
        f"probing {url}: {counted(len(endpoints), 'endpoint')}, up to {made} requests{less}, "
        f"about {made / rate:,.0f} seconds at {rate:g} a second; the budget is {budget}",
        err=True,
    )
