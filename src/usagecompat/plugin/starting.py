"""
From the options of pytest to a run: what is run, on which terms, and which clients judge it.
"""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from usagecompat.contract import REVISIONS, revision_named
from usagecompat.corpus import FULL, Terms, read_expected_failures, release, version
from usagecompat.corpus import SET as DERIVED
from usagecompat.exceptions import BadConfiguration, NoSuchName, UsageCompatError
from usagecompat.findings import CODES, Profile, Severity, named
from usagecompat.plugin.configured import Options
from usagecompat.plugin.github import NAME as GITHUB
from usagecompat.plugin.github import Annotations, is_wanted
from usagecompat.plugin.items import printable_path
from usagecompat.plugin.run import NAME, Kit
from usagecompat.plugin.sources import ids_chosen, source_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.plugin.baselines import Baseline

_CLIENT_TIMEOUT: Final = 10.0
_OF_CLIENTS: Final = {
    "compat_fuzz": "what is fuzzed",
    "compat_baseline": "what is compared",
    "compat_setup": "what is asked after it",
    "compat_setup_timeout": "what is asked after it",
}
"""Options that mean nothing without a client, and what they need it for."""


def start(config: pytest.Config) -> None:
    """
    Make a pytest run one of the corpora that `--compat` names.

    Raises:
        pytest.UsageError: An option does not make sense.
    """
    try:
        options = Options.of(config)
        kit = _kit(config, options)
        kit.take_over(config)
    except UsageCompatError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(kit, NAME)
    config.add_cleanup(gc.unfreeze)  # of all that is cleaned up the last, as pytest looks through everything before
    if is_wanted():
        config.pluginmanager.register(Annotations(), GITHUB)
    if clients := options.clients:
        _add_clients(clients, options, kit)
        return
    for name, why in _OF_CLIENTS.items():
        if getattr(config.option, name) is not None:
            raise pytest.UsageError(f"--{name.replace('_', '-')} needs --compat-client, which names {why}")


def _add_clients(given: list[str], options: Options, kit: Kit) -> None:
    """Let the clients that are named judge each case too, until the run ends; and fuzz them, if that is wanted."""
    from usagecompat.plugin.clients import client_judges, close_all, specs_of  # noqa: PLC0415 - a run without clients needs none
    from usagecompat.plugin.setup import NAME as SETUP  # noqa: PLC0415 - likewise
    from usagecompat.plugin.setup import Setup  # noqa: PLC0415 - likewise

    said: float | None = options.get("compat_client_timeout")
    timeout = _CLIENT_TIMEOUT if said is None else said
    named = [(one, options.directory_of(one)) for one in given]
    try:
        setup = Setup.of(options)
        specs = specs_of(named, timeout=timeout, is_set_up=setup is not None)
        before = _baselines(options, [spec.name for spec in specs])
        judges = client_judges(specs, expected=kit.expected_failures, required=options.required, baselines=before)
    except BadConfiguration as error:
        raise pytest.UsageError(str(error)) from None
    except UsageCompatError as error:
        raise pytest.UsageError(f"--compat-client: {error}") from None
    if options.config.option.compat_client and options.config.option.compat_fuzz is None:
        _must_have_cases(kit)
    if len(judges) < len(named):
        raise pytest.UsageError(
            f"--compat-client: {len(named)} clients have {len(judges)} names, {', '.join(judges)}; put NAME= before each"
        )
    if setup:
        options.config.pluginmanager.register(setup, SETUP)
    kit.case_judges.update(judges)
    kit.closing.append(partial(close_all, judges))
    seconds: float | None = options.config.option.compat_fuzz
    if seconds is not None:
        from usagecompat.plugin.fuzzing import TIMEOUT, Plan  # noqa: PLC0415 - likewise

        draft = None if kit.terms.revision in {None, *REVISIONS} else str(options.get("compat_revision"))
        run = ("usagecompat", "run", "--revision", draft) if draft else ()
        kit.fuzzing = Plan(
            again={spec.name: (*run, "--client", one) for spec, (one, _) in zip(specs, named, strict=True) if run},
            specs=specs_of(named, timeout=TIMEOUT if said is None else said, is_set_up=setup is not None),
            seconds=seconds,
            revision=kit.terms.revision,
            expected=kit.expected_failures,
        )


def _baselines(options: Options, clients: list[str]) -> Mapping[str, Baseline]:
    """How clients stood in saved runs; nothing if none is named."""
    given: list[str] | None = options.config.option.compat_baseline
    if not given:
        return {}
    from usagecompat.plugin.baselines import baselines_in  # noqa: PLC0415 - few runs have one

    return baselines_in(given, clients, options.config.invocation_params.dir)


def _must_have_cases(kit: Kit) -> None:
    """
    Refuse a client that would never be asked.

    Raises:
        pytest.UsageError: There is no case.
    """
    if not any(source.is_corpus for source in kit.sources):
        names = ", ".join(printable_path(source.path) for source in kit.sources)
        raise pytest.UsageError(
            f"--compat-client: here are only payloads without a case, and a client is asked about cases; "
            f"`usagecompat run --client CMD --corpus {names}` asks it about payloads"
        )


def _kit(config: pytest.Config, table: Options) -> Kit:
    options: Any = config.option
    revision: str | None = table.get("compat_revision")
    pin: str | None = options.compat_corpus
    set_name: str = table.get("compat_set") or FULL
    asked = dict.fromkeys(source_named(config, said, "--compat") for said in options.compat or ())
    sources = asked | dict.fromkeys(
        source_named(config, str(path), "compat_paths") for path in config.getini("compat_paths")
    )
    if pin is not None:
        try:
            newer = release(pin) > release(version())
        except ValueError:
            raise pytest.UsageError(f"--compat-corpus: {pin!r} is not a version such as {version()}") from None
        if newer:
            raise pytest.UsageError(f"--compat-corpus: {pin} is newer than this usagecompat, which is {version()}")
    for source in sources:
        if set_name == DERIVED and not source.is_corpus:
            raise pytest.UsageError(
                f"--compat-set derived: {source.path} has no cases, from which others can be derived"
            )
        ids_chosen(source.root, set_name)
    if all(source.is_corpus for source in sources):
        for said, option in ((options.compat_ignore, "ignore"), (options.compat_fail_on, "fail-on")):
            if said:
                raise pytest.UsageError(
                    f"--compat-{option}: here are only cases, and each says itself what it must come to; "
                    "the option is for payloads without a case"
                )
        ignore, fail_on = None, None  # what a file says of them is for other runs
    else:
        ignore, fail_on = table.get("compat_ignore"), table.get("compat_fail_on")
    return Kit(
        sources=tuple(sources),
        asked=tuple(asked),
        terms=Terms(
            revision=None if revision is None else revision_named(revision),
            profile=named(Profile, table.get("compat_profile") or Profile.SERVED, "profile"),
            ignore=_ignored(ignore or ()),
            fail_on=named(Severity, fail_on or Severity.ERROR, "severity"),
        ),
        pin=pin,
        set_name=set_name,
        expected_failures=tuple(each for path in table.expected for each in read_expected_failures(path)),
        options=table,
    )


def _ignored(codes: Iterable[str]) -> frozenset[str]:
    for code in codes:
        if code not in CODES:
            raise NoSuchName("finding code", code, tuple(CODES))
    return frozenset(codes)
