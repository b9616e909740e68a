"""
The pytest plugin: `pytest --compat` runs a corpus, and two fixtures help tests of clients.

`usage_payload_check` checks one payload, and `usage_server` serves the API of a made-up organization.
Until `--compat` is given, or a fixture is used, this costs nothing: the module imports pytest alone.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagecompat.checking import Report
    from usagecompat.contract import Revision
    from usagecompat.findings import ProfileName, ShapeName
    from usagecompat.ledger import UsageServer


def _seconds(text: str) -> float:
    """A number of seconds that can be waited for; anything else is refused by the parser of options."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 1_000_000:  # noqa: PLR2004 - some eleven days
        raise ArgumentTypeError(f"it takes a number of seconds above zero, not {text!r}")
    return seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the kit, which are errors where neither `--compat` nor `compat_paths` names what they are for."""
    group = parser.getgroup("usagecompat", "compatibility of usage and costs payloads (usagecompat)")
    group.addoption(
        "--compat",
        action="append",
        nargs="?",
        const="",  # the corpus that comes with the kit
        metavar="PATH",
        help="Run a corpus beside the tests: the directory, case file or payload PATH, or the corpus that comes with the kit; "
        "PATH::item runs that alone. What follows is taken for PATH, so write --compat=PATH where test files follow. May be given several times.",
    )
    group.addoption(
        "--compat-revision",
        metavar="DATE",
        help="Judge at this contract revision, a date or the file of a draft. Cases that nobody has judged there are skipped. "
        "Without it: each case at its own revision and all that it names, plain payloads at the newest one.",
    )
    group.addoption(
        "--compat-profile",
        metavar="NAME",
        help="served: tolerate what the API is known to serve (default); published: the published contract alone.",
    )
    group.addoption(
        "--compat-ignore",
        action="append",
        metavar="CODE",
        help="Leave these findings out in payloads without a case. May be given several times.",
    )
    group.addoption(
        "--compat-fail-on",
        metavar="SEVERITY",
        help="From which severity on a payload without a case fails: error (default), warning or note.",
    )
    group.addoption(
        "--compat-corpus",
        metavar="VERSION",
        help="Run only the cases that this version of the kit had, so that no newer case turns a pinned run red.",
    )
    group.addoption(
        "--compat-set",
        metavar="NAME",
        help="Run only the cases of this set of the corpus (default: full); derived: what can be made of its valid cases by "
        "changing one thing in memory, in place of its files.",
    )
    group.addoption(
        "--compat-client",
        action="append",
        metavar="[NAME=]CMD",
        help="Put each case to this client too, as an item client[NAME]: a command that speaks the line protocol, "
        "oneshot:CMD, http:CMD, python:package.module:function, or tcp:HOST:PORT or unix:PATH of one that runs already. "
        "May be given several times.",
    )
    group.addoption(
        "--compat-client-timeout",
        type=_seconds,
        metavar="S",
        help="How many seconds a client has for one case (default: 10).",
    )
    group.addoption(
        "--compat-baseline",
        action="append",
        metavar="FILE",
        help="Fail a case of a client only if it got worse since FILE, which `usagecompat run` or `matrix` wrote with --format json; "
        "what fails as before is expected to fail. Write --compat-baseline=FILE, or pytest looks for its settings there.",
    )
    group.addoption(
        "--compat-setup",
        metavar="CMD",
        help="Run this line of a shell once before clients are asked, such as 'make adapter' or 'docker compose up -d'; what it leaves "
        "running ends with the run.",
    )
    group.addoption(
        "--compat-setup-timeout",
        type=_seconds,
        metavar="S",
        help="How many seconds --compat-setup has (default: 600).",
    )
    group.addoption(
        "--compat-fuzz",
        type=_seconds,
        metavar="SECONDS",
        help="Also search for payloads that each client gets wrong and no case shows, for so many seconds, as an item fuzz[NAME].",
    )
    group.addoption(
        "--compat-no-config",
        action="store_const",
        const=True,
        help="Take no options from [tool.usagecompat] in pyproject.toml.",
    )
    parser.addini(
        "compat_paths",
        "Corpora and payloads that are run beside the tests whenever no paths are given, as if --compat named each.",
        type="paths",
        default=[],
    )
    parser.addini(
        "compat_expected_failures",
        "Files of lines GLOB [all|some|flaky] [CODE] # REASON, each for cases that are known to fail; one that passes is then a "
        "failure, unless the line says `some` or `flaky`.",
        type="paths",
        default=[],
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Where a corpus is named, load the collectors and put it among the paths to collect."""
    if config.getoption("compat") or config.getini("compat_paths"):
        from usagecompat.plugin import start

        start(config)
        return
    for name, value in vars(config.option).items():
        if name.startswith("compat_") and value is not None:
            option = f"--{name.replace('_', '-')}"
            raise pytest.UsageError(
                f"{option} does nothing without --compat[=PATH], or the setting compat_paths, which name what is run"
            )


@pytest.fixture(scope="session")
def usage_payload_check() -> Callable[..., Report]:
    """
    A function that fails the test, with a full report, if a usage or costs payload is invalid.

    It takes what `usagecompat.check` takes, and returns the report.
    """
    from usagecompat.checking import check

    def usage_payload_check(
        payload: Any,  # noqa: ANN401 - whatever `check` takes
        *,
        revision: Revision | None = None,
        shape: ShapeName | None = None,
        profile: ProfileName = "served",
        ignore: Iterable[str] = (),
    ) -> Report:
        __tracebackhide__ = True
        report = check(payload, revision=revision, shape=shape, profile=profile, ignore=ignore)
        if not report.ok:
            from usagecompat.checking import render

            pytest.fail(render(report))
        return report

    return usage_payload_check


@pytest.fixture
def usage_server() -> Iterator[Callable[..., UsageServer]]:
    """
    A function that starts a server of the usage and costs API of a made-up organization, for this test.

    `usage_server(scenario="error-on-page-2")` gives a server with `.url` and `.key`, with `.requests` (what was asked)
    and with `.buckets(query)` (what a right client ends up with). Any number of servers may be started; they end with
    the test. `scenario` is a name or several of them, as `usagecompat serve --list` explains them; `seed`, `revision`,
    `key` and `now` are the options of `usagecompat serve`, `now` as seconds since 1970.
    """
    from contextlib import ExitStack

    from usagecompat.ledger import DEFAULT_KEY, DEFAULT_NOW, DEFAULT_SEED, Ledger, UsageServer

    with ExitStack() as servers:

        def usage_server(
            *,
            scenario: str | Iterable[str] = (),
            seed: int = DEFAULT_SEED,
            revision: Revision | None = None,
            key: str = DEFAULT_KEY,
            now: int = DEFAULT_NOW,
        ) -> UsageServer:
            names = [scenario] if isinstance(scenario, str) else scenario
            ledger = Ledger(seed=seed, revision=revision, now=now, key=key, scenarios=names)
            return servers.enter_context(UsageServer(ledger))

        yield usage_server
