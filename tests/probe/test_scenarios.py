"""Right servers: no scenario that is no fault is taken for one, and a fault that is a scenario is named."""

from __future__ import annotations

import pytest

from usagecompat.cli.probe import probe as probe_command
from usagecompat.contract import ALL_ENDPOINTS, LATEST
from usagecompat.ledger import SCENARIOS
from usagecompat.probe import render_probe

from .conftest import codes, ledger_transport, probed

(BUDGET,) = (option.default for option in probe_command.params if option.name == "budget")
RIGHT = [name for name, scenario in SCENARIOS.items() if not scenario.fault]


def test_a_right_server_passes_within_the_budget() -> None:
    """All laws are judged at all endpoints with as many requests as are made by default, and nothing is found."""
    result = probed(ledger_transport(), start=None, end=None, budget=BUDGET)
    assert (result.findings, result.requests <= BUDGET, len(result.endpoints)) == ((), True, len(ALL_ENDPOINTS)), (
        render_probe(result)
    )
    states = {state for endpoint in result.endpoints for state in endpoint.relations.values()}
    assert states == {"held"}, f"the default of --budget in cli/probe.py is too small\n{render_probe(result)}"
    assert result.judged == result.laws
    assert result.revision == LATEST


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_api_does_is_no_fault(name: str) -> None:
    """What the API is known to do is not found fault with; a closed day that changes is a note."""
    result = probed(ledger_transport(name), "completions", "costs", "images")
    assert codes(result) == set(), render_probe(result)
    assert result.judged == result.laws or name in {"rate-limit", "empty-pages"}


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("has-more-without-cursor", "has-more-wrong"),
        ("cursor-without-has-more", "has-more-wrong"),
        ("cursor-repeats", "paging-endless"),
        ("buckets-repeat", "buckets-repeated"),
        ("list", "invalid-page"),
        ("error-on-page-2:500", "failed"),
        ("error-on-page-2:400", "query-refused"),
        ("error-on-page-2:401", "query-refused"),
        ("error-on-page-2:html", "failed"),
        ("error-on-page-2:html-200", "invalid-page"),
        ("error-on-page-2:cut", "no-answer"),
        ("error-on-page-2:hang", "no-answer"),
    ],
)
def test_a_scenario_that_is_a_fault_is_named(scenario: str, code: str) -> None:
    """A scenario that breaks the API's promises is found by its own code alone."""
    assert codes(probed(ledger_transport(scenario), "completions", "costs")) == {f"server/{code}"}


def test_a_second_page_that_works_later_is_no_fault() -> None:
    """A 429 that says when to try again is tried again."""
    assert codes(probed(ledger_transport("error-on-page-2:429"), "completions", "costs")) == set()


def test_a_closed_day_that_changes_is_a_note() -> None:
    """A day that changed once while it was looked at is told, and compared no more."""
    late = ledger_transport("late-costs")
    window = {"start": 1_791_936_000, "end": 1_792_540_800, "now": lambda: 1_793_500_000}
    result = probed(late, "costs", **window)
    assert codes(result) == {"server/changed-meanwhile"}
    assert not result.fails()


def test_what_may_still_change_is_not_compared() -> None:
    """Nothing is said of days that closed less than three days ago."""
    window = {"start": 1_791_936_000, "end": 1_792_540_800}
    result = probed(ledger_transport("late-costs"), "costs", **window)
    assert codes(result) == set()


def test_an_older_server_is_judged_by_its_revision() -> None:
    """A server at an older revision passes when it is judged by that one."""
    result = probed(ledger_transport(revision="2026-05-21"), "completions", "costs", revision="2026-05-21")
    assert codes(result) == set()
    assert result.revision is not None
    assert result.revision <= "2026-05-21"
