"""A badge is green for no client that loses money, whatever was asked, and for no run that left something out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from mutant_runs import put, result_of

from usagecompat import corpus
from usagecompat.clients.badges import Colour, badge_of
from usagecompat.clients.case_results import Fault, Outcome
from usagecompat.clients.probes import Probing
from usagecompat.clients.results import ClientResult, Kit, Probes
from usagecompat.clients.runner import run
from usagecompat.clients.spec import client_spec
from usagecompat.contract.revisions import LATEST
from usagecompat.corpus.tiers import Tier
from usagecompat.fidelity.comparison import Level

if TYPE_CHECKING:
    from collections.abc import Iterator


LOSERS = (
    *("width/count-int32-wraps", "width/count-int32-saturates", "width/count-uint32-wraps", "width/count-int32-zero"),
    *("page/first-only", "page/seven-buckets", "page/thirty-one-buckets", "page/first-bucket", "page/last-bucket-lost"),
    *("page/empty-lost", "page/merged", "results/first", "results/distinct", "results/ten", "results/hundred"),
    *("results/last-lost", "results/zeros-lost", "results/doubled", "group/kind-summed", "group/all-keys-last"),
    *("group/without-line-item-summed", "group/without-project-id-summed", "cursor/html-escaped", "cursor/lower"),
    *("cursor/lost", "cursor/percent-decoded", "cursor/32-characters", "name/camel", "name/ascii-only"),
    *("dropped/costs-amount", "dropped/costs-line-item", "dropped/completions-output-tokens", "flat/zeros"),
    *("unit/count-at-most-1000000", "unit/count-6-digits", "unit/input-tokens-more"),
    *("reported/string-amount-as-float", "reported/string-amount-skipped", "reported/string-amount-fails-page"),
    *("reported/amount-binary32", "reported/amount-rounded", "reported/32-bit-integers", "reported/cents-for-dollars"),
    *("reported/reads-result", "reported/undeclared-dropped", "reported/nulls-dropped", "reported/one-class-for-all"),
    *("reported/unknown-as-first-variant", "reported/15-digits", "reported/closed-union", "reported/first-duplicate"),
)
FAITHFUL = ("control/faithful", "control/validating", "control/echo", "order/members-sorted")


def part_of(result: ClientResult, ids: frozenset[str]) -> ClientResult:
    """The same client on some of the cases."""
    cases = tuple(case for case in result.cases if case.case_id in ids)
    everyday, possible = (sum(case.tier is tier for case in cases) for tier in (Tier.EVERYDAY, Tier.POSSIBLE))
    kit = result.kit
    assert kit
    return evolve(result, cases=cases, kit=Kit(kit.everyday, everyday, kit.possible, possible))


def as_with_options(name: str) -> Iterator[tuple[str, ClientResult]]:
    """A client under each option that could make it look better."""
    whole = result_of(name)
    failing = whole.failing.keys()
    yield "the whole corpus", whole
    for level in Level:
        yield f"--require {level.name}", evolve(whole, required=level)
    yield "--probes none", evolve(whole, probes=Probes(wanted=False))
    for set_ in ("smoke", "core"):
        yield f"--set {set_}", part_of(whole, corpus.ids_in_set(corpus.packaged(), set_) or frozenset())
    passing = frozenset(case.case_id for case in whole.cases) - failing
    yield "-k what passes", part_of(whole, passing)
    skipped = tuple(
        evolve(case, outcome=Outcome.SKIPPED, level=None, differences=(), faults=())
        if case.case_id in failing
        else case
        for case in whole.cases
    )
    yield "skips what it fails", evolve(whole, cases=skipped)


@pytest.mark.parametrize("name", LOSERS)
def test_no_green_badge_for_who_loses_money(name: str) -> None:
    """A client that loses something of a bill is green with no option and from no part of the corpus."""
    for option, result in as_with_options(name):
        badge = badge_of(result)
        assert badge.colour < Colour.GREEN, (option, badge)
        assert badge.why, option


@pytest.mark.parametrize("name", LOSERS)
def test_everyday_failure_is_no_shade_of_green(name: str) -> None:
    """A client that fails an everyday case is yellow at best, as the word "green" stands in other colours, too."""
    result = result_of(name)
    if result.standing(Tier.EVERYDAY).below:
        assert "green" not in badge_of(result).colour.word


def test_at_least_forty_faulty_clients() -> None:
    """The audit is of at least forty clients, each of which fails somewhere."""
    assert len(set(LOSERS)) >= 40
    assert all(result_of(name).failing for name in LOSERS)


@pytest.mark.parametrize("name", LOSERS[::5])
def test_no_green_badge_by_one_revision(name: str) -> None:
    """Judging all cases by one revision earns no green badge, not even for a faithful client."""
    assert badge_of(result_of(name, LATEST)).colour < Colour.GREEN
    assert badge_of(result_of("control/faithful", LATEST)).colour is Colour.YELLOWGREEN


@pytest.mark.parametrize("name", FAITHFUL)
def test_bright_green_for_who_keeps_everything(name: str) -> None:
    """A client that loses nothing that its level looks at is bright green, and nothing is held against it."""
    badge = badge_of(result_of(name))
    assert badge.colour is Colour.BRIGHT_GREEN, badge
    assert badge.why == ()
    assert badge.message in {"EXACT", "LEXICAL", "BYTES"}


@pytest.mark.parametrize(
    "name",
    ["number/quantity-double", "width/count-int64-refused", "text-refused/null-escapes", "amount/number-17-digits"],
)
def test_green_for_what_is_rare_and_told(name: str) -> None:
    """Who refuses what is rare, or holds numbers as binary64, is green and not bright green."""
    badge = badge_of(result_of(name))
    assert badge.colour is Colour.GREEN, badge
    assert "possible" in badge.why[0]


def test_extreme_payloads_cost_nothing() -> None:
    """A limit that RFC 8259 allows is no failure, and a crash at it is one."""
    limited = result_of("number-refused/more-than-4300-digits")
    assert badge_of(limited).colour is Colour.BRIGHT_GREEN
    assert limited.failing == {}
    assert limited.standing(Tier.EXTREME).judged
    extreme = next(case for case in limited.cases if case.tier is Tier.EXTREME)
    crashed = evolve(extreme, outcome=Outcome.CRASHED, level=None, faults=(Fault("client/crashed", "no stack"),))
    broken = evolve(limited, cases=tuple(crashed if case is extreme else case for case in limited.cases))
    assert set(broken.failing) == {extreme.case_id}
    assert badge_of(broken).colour is Colour.GREEN


def test_crash_is_no_loss_without_an_error() -> None:
    """A possible case that ends the client or hangs it is called so, and one case is one case."""
    whole = result_of("control/faithful")
    possible = [case for case in whole.cases if case.tier is Tier.POSSIBLE and case.outcome is Outcome.DECODED]
    crashed = evolve(
        possible[0], outcome=Outcome.CRASHED, level=None, faults=(Fault("client/crashed", "it ended by signal 11"),)
    )
    leaked = evolve(possible[1], faults=(Fault("client/state-leak", "sent alone it was answered otherwise"),))
    broken = {crashed.case_id: crashed, leaked.case_id: leaked}
    badge = badge_of(evolve(whole, cases=tuple(broken.get(case.case_id, case) for case in whole.cases)))
    assert badge.colour is Colour.YELLOWGREEN
    assert badge.why == (
        "1 possible case crashes the client, hangs it or breaks the protocol",
        "1 possible case has an answer that depends on more than its payload",
        "2 possible cases fail at EXACT",
    )


def test_grey_says_what_was_left_out() -> None:
    """A badge for a part of the corpus says so, and one for nothing says that."""
    whole = result_of("control/faithful")
    part = part_of(whole, frozenset(case.case_id for case in whole.cases[:100]))
    badge = badge_of(part)
    assert badge.colour is Colour.GREY
    assert badge.message.startswith("partial (")
    assert "part of the run" in badge.why[0]
    assert badge_of(evolve(whole, cases=())).message == "not judged"
    assert badge_of(evolve(whole, kit=None)).message == "old result"
    few = tuple(
        evolve(case, outcome=Outcome.SKIPPED, level=None) if number % 5 == 0 else case
        for number, case in enumerate(whole.cases)
    )
    assert badge_of(evolve(whole, cases=few)).colour is Colour.GREY
    assert "were judged" in badge_of(evolve(whole, cases=few)).why[0]


def test_a_fault_of_the_whole_client_is_seen() -> None:
    """A client that does not end well keeps its level, and is not green."""
    badge = badge_of(evolve(result_of("control/echo"), faults=(Fault("client/crashed", "at its end"),)))
    assert badge.colour is Colour.YELLOWGREEN
    assert "client/crashed" in badge.why[0]


def test_who_was_part_of_a_real_run() -> None:
    """The runner counts the kit's own everyday cases, and parts of a run add up to the whole."""
    spec = client_spec("python:usagecompat.clients.reference:codec")
    some = corpus.cases()[:60]
    everyday = sum(case.tier is Tier.EVERYDAY for case in some)
    first = run(spec, some[:30], probing=Probing.NONE)
    second = run(spec, some[30:], probing=Probing.NONE)
    kit = (first + second).kit
    assert kit
    assert kit.run == everyday
    assert kit.everyday == sum(task.tier is Tier.EVERYDAY for task, _ in put())
    assert (first + first).kit == first.kit
