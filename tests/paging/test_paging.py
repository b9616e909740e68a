"""A client that pages is told what it does wrong, and a right one is not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from compiled import compiled

from usagecompat.clients.case_results import Outcome
from usagecompat.clients.paging import run_paging
from usagecompat.clients.spec import ClientSpec, Way
from usagecompat.corpus.sequences import Sequence, SequenceDuty, read_sequences
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import CODES
from usagecompat.ledger.ledger import Memory
from usagecompat.ledger.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients.results import ClientResult

EXPORTERS = Path(__file__).with_name("exporters.py")
ALL = {sequence.id.removeprefix("sequences/"): sequence for sequence in read_sequences()}


def exporter(fault: str = "none") -> ClientSpec:
    """An exporter with this fault, which has long enough for anything."""
    command = (sys.executable, "-I", "-S", compiled(EXPORTERS), fault)
    return ClientSpec(name=fault, command=command, way=Way.HTTP, timeout=20)


def run(fault: str, *names: str) -> ClientResult:
    """What comes of an exporter at these sequences."""
    return run_paging(exporter(fault), [ALL[name] for name in names], jobs=2)


def codes(result: ClientResult) -> Mapping[str, set[str]]:
    """The codes of each sequence that fails, by its name."""
    return {name.removeprefix("sequences/"): set(found) for name, found in result.failing.items()}


def test_a_right_exporter_passes_all() -> None:
    """A right exporter fails no sequence, loses nothing, and reports every failure."""
    result = run_paging(exporter(), ALL.values(), jobs=4)
    assert codes(result) == {}
    assert result.codes == {}
    assert result.headline.level is Level.LEXICAL
    assert result.headline.below == 0
    reported = {case.case_id for case in result.cases if case.outcome is Outcome.REFUSED}
    must = {one.id for one in ALL.values() if one.duty is SequenceDuty.REPORT}
    assert must <= reported
    assert reported <= must | {one.id for one in ALL.values() if one.duty is SequenceDuty.EITHER}


@pytest.mark.parametrize("habit", ["limit-of-one", "array", "page", "in-parts", "backwards"])
def test_habits_are_no_fault(habit: str) -> None:
    """Another limit, several windows, another order, and each form of output, are a client's own business."""
    result = run(habit, "completions-three-pages", "costs-string-amounts", "costs-late", "costs-rate-limit")
    assert codes(result) == {}


FAULTS = [
    ("first-page", "completions-three-pages", {"client/pages-unread"}),
    ("first-page", "completions-error-500", {"client/pages-unread"}),
    ("stops-at-empty", "costs-many-days", {"client/pages-unread"}),
    ("asks-has-more", "file-searches-list", {"client/paging-endless"}),
    ("asks-has-more", "code-interpreter-has-more-without-cursor", {"client/paging-endless"}),
    ("first-page-again", "completions-three-pages", {"client/paging-endless"}),
    ("circle", "moderations-cursor-repeats", {"client/paging-endless"}),
    ("circle", "moderations-cursor-repeats-at-end", {"client/paging-endless"}),
    ("stops-in-circle", "moderations-cursor-repeats", {"client/error-hidden"}),
    ("cursor-alone", "completions-three-pages", {"client/query-changed"}),
    ("no-limit", "completions-three-pages", {"client/query-changed"}),
    ("no-groups", "completions-group-brackets", {"client/query-changed"}),
    ("other-window", "completions-three-pages", {"client/query-changed"}),
    ("other-name", "completions-three-pages", {"client/query-changed"}),
    ("escaped-twice", "audio-speeches-padded-cursor", {"client/cursor-changed"}),
    ("cursor-in-capitals", "completions-three-pages", {"client/cursor-changed"}),
    ("hides-errors", "completions-error-500", {"client/error-hidden"}),
    ("hides-errors", "completions-cut", {"client/error-hidden"}),
    ("hides-errors", "costs-html-200", {"client/error-hidden"}),
    ("hides-errors", "costs-error-401", {"client/error-hidden"}),
    ("hides-errors", "audio-speeches-hang", {"client/error-hidden"}),
    ("drops-last", "completions-three-pages", {"client/buckets-lost"}),
    ("drops-empty", "completions-hours", {"client/buckets-lost"}),
    ("twice", "completions-three-pages", {"client/buckets-repeated"}),
    ("floats", "costs-exact-amounts", {"client/precision-lost"}),
    ("invents", "completions-three-pages", {"client/item-invented"}),
    ("rewinds", "decisions-error-429", {"client/buckets-repeated"}),
    ("prints-none", "completions-three-pages", {"client/buckets-lost"}),
    ("two-cursors", "completions-three-pages", {"client/cursor-changed"}),
    ("always-fails", "completions-three-pages", {"client/refused-valid"}),
    ("truncated", "completions-three-pages", {"client/not-json"}),
    ("text-before", "completions-three-pages", {"client/not-json"}),
    ("numbers", "completions-three-pages", {"client/not-json"}),
    ("no-key", "completions-three-pages", {"client/protocol-violation"}),
    ("other-path", "completions-three-pages", {"client/protocol-violation"}),
    ("kills-itself", "completions-three-pages", {"client/crashed"}),
    ("other-status", "completions-error-500", {"client/crashed"}),
    ("floods", "completions-three-pages", {"client/protocol-violation"}),
    ("logs", "completions-three-pages", {"client/protocol-violation"}),
    ("no-request", "completions-future", {"client/protocol-violation"}),
]


@pytest.mark.parametrize(("fault", "sequence", "expected"), FAULTS)
def test_faults_are_named(fault: str, sequence: str, expected: set[str]) -> None:
    """Each fault has its own name, and no other beside it."""
    assert codes(run(fault, sequence)) == {sequence: expected}


def test_every_code_of_pages_has_a_miniature() -> None:
    """Each code that only a client that pages can get is one that an exporter here gets."""
    codes_of_all = list(CODES)
    first, last = codes_of_all.index("client/buckets-lost"), codes_of_all.index("client/gave-up-early")
    named = {code for *_, expected in FAULTS for code in expected}
    assert set(codes_of_all[first:last]) <= named  # the last one is a note, which the next test shows


def test_giving_up_early_is_a_note() -> None:
    """Who reports a rate limit without asking again gets a note, and fails nothing."""
    result = run("gives-up", "decisions-error-429")
    assert dict(result.codes) == {"client/gave-up-early": 1}
    assert result.failing == {}


def test_what_the_server_repeats_is_no_fault() -> None:
    """Who prints the buckets that the server sent twice is not blamed; the level says what that is worth."""
    result = run("keeps-overlaps", "audio-transcriptions-buckets-repeat")
    (case,) = result.cases
    assert result.failing == {}
    assert case.level is Level.NONE
    assert "the server sent buckets twice" in case.message


def test_sequences_are_spread() -> None:
    """There are at least 40, at every endpoint and under every scenario that pages can show."""
    assert len(ALL) >= 40
    endpoints = {sequence.endpoint for sequence in ALL.values()}
    assert endpoints == set(next(iter(ALL.values())).ledger.endpoints)
    every = {
        f"{name}:{variant}" if variant else name for name, one in SCENARIOS.items() for variant in one.variants or [""]
    }
    assert every == {name for sequence in ALL.values() for name in sequence.scenarios}


@pytest.mark.parametrize("sequence", ALL.values())
def test_recorded_answers_are_served(sequence: Sequence) -> None:
    """What the files of a sequence have for its requests is what its ledger serves."""
    memory = Memory()
    headers = {"Authorization": f"Bearer {sequence.ledger.key}"}
    for one in sequence.exchanges:
        found = sequence.ledger.answer(f"/v1/organization/{sequence.endpoint}", one.query, headers, memory=memory)
        assert (found.status, found.body, found.headers) == (one.status, one.body, one.headers)
