"""The runner names what every faulty client does wrong, and no other case suffers."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from compiled import compiled

from usagecompat.clients.bench import PATIENCE
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.probes import Probing
from usagecompat.clients.runner import run
from usagecompat.clients.spec import ClientSpec, client_spec
from usagecompat.corpus.selection import cases
from usagecompat.fidelity.comparison import Level

if TYPE_CHECKING:
    from usagecompat.clients.results import ClientResult

MINIATURES = Path(__file__).with_name("miniatures.py")
VICTIM = "kinds/completions-nulls"
KINDS = [case for case in cases(verdict="valid") if case.id.startswith("kinds/") and case.id.endswith("-nulls")]
BROKEN = [case for case in cases(verdict="invalid") if case.id.startswith("text/trailing-")]
CORPUS = [*KINDS, *BROKEN]
GOOD = KINDS[:6]
FEW = [*GOOD, *BROKEN[:2]]
PROBED = {"crash", "ends-after-answer", "garbage", "twice", "closes-stdin", "kills-guard", "refuse", "hang"}
"""Faults at one case after which the others are sent again, and alone; after the rest that would find out the same."""


def miniature(fault: str, *, victim: str = VICTIM, timeout: float = 20, **options: object) -> ClientSpec:
    """A fake client; the deadline is long where nothing should run into it, and so is that of its start."""
    options.setdefault("start_timeout", 20.0)
    command = (sys.executable, "-I", "-S", compiled(MINIATURES), fault, victim)
    return ClientSpec(name=fault, command=command, timeout=timeout, **options)  # type: ignore[arg-type]


def probing_after(fault: str) -> Probing:
    """Whether cases are sent again after this fault at one of them: each time, four processes are started for it."""
    return Probing.SOME if fault in PROBED else Probing.NONE


def faults_of(result: ClientResult) -> dict[str, list[str]]:
    """The codes of the faults of each case that has any."""
    return {case.case_id: [fault.code for fault in case.faults] for case in result.cases if case.faults}


def test_the_corpus_of_these_tests() -> None:
    """There are good and bad payloads, and the victim is a good one."""
    assert VICTIM in {case.id for case in FEW[1:5]}
    assert len(KINDS) > 5
    assert len(BROKEN) > 2


def test_faithful() -> None:
    """A faithful client has no fault, and every payload that must be decoded comes back byte for byte."""
    result = run(miniature("faithful"), CORPUS)
    assert faults_of(result) == {}
    assert result.faults == ()
    assert result.failing == {}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.BYTES}
    assert {case.case_id for case in result.cases if case.outcome is Outcome.REFUSED} == {case.id for case in BROKEN}
    assert result.client is not None
    assert result.client.name == "miniature-faithful"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("crash", "client/crashed"),
        ("crash-with-words", "client/crashed"),
        ("segfault", "client/crashed"),
        ("partial-then-end", "client/crashed"),
        ("children-and-death", "client/crashed"),
        ("ends-after-answer", "client/crashed"),
        ("wrong-seq", "client/protocol-violation"),
        ("old-seq", "client/protocol-violation"),
        ("twice", "client/protocol-violation"),
        ("garbage", "client/protocol-violation"),
        ("empty-line", "client/protocol-violation"),
        ("no-such-answer", "client/protocol-violation"),
        ("two-answers-in-one", "client/protocol-violation"),
        ("no-payload", "client/protocol-violation"),
        ("not-base64", "client/protocol-violation"),
        ("seq-as-string", "client/protocol-violation"),
        ("flood-stdout", "client/protocol-violation"),
        ("flood-lines", "client/protocol-violation"),
        ("closes-stdout", "client/protocol-violation"),
        ("closes-stdin", "client/protocol-violation"),
        ("stops-guard", "client/protocol-violation"),
        ("kills-guard", "client/protocol-violation"),
        ("refuse", "client/refused-valid"),
        ("long-words", "client/refused-valid"),
    ],
)
def test_fault_at_one_case(fault: str, code: str) -> None:
    """What a client does wrong at one case is told of that case, and costs no other."""
    result = run(miniature(fault), FEW, probing=probing_after(fault))
    assert faults_of(result) == {VICTIM: [code]}
    others = [case for case in result.cases if case.case_id != VICTIM]
    assert {case.level for case in others if case.outcome is Outcome.DECODED} == {Level.BYTES}
    assert {case.outcome for case in others} == {Outcome.DECODED, Outcome.REFUSED}


@pytest.mark.parametrize("fault", ["hang", "ignore-signals", "flood-stderr", "partial-then-hang"])
def test_hanging_at_one_case(fault: str) -> None:
    """A client that does not answer is ended at its deadline, and the next case goes to a fresh one."""
    result = run(miniature(fault, timeout=2), CORPUS, probing=probing_after(fault))
    assert faults_of(result) == {VICTIM: ["client/timed-out"]}
    assert len(result.not_judged) == 0


def test_hanging_with_the_guard() -> None:
    """A client that stops its guard and hangs is ended with it, blamed for that, and costs no other case."""
    result = run(miniature("stops-guard-and-hangs", timeout=1), CORPUS)
    assert faults_of(result) == {VICTIM: ["client/protocol-violation"]}
    assert "guard" in next(case.message for case in result.cases if case.case_id == VICTIM)
    assert len(result.not_judged) == 0


def test_given_up() -> None:
    """A client that hangs again and again is given up, and what it was not asked does not count as passed."""
    result = run(miniature("hang-always", timeout=0.2), CORPUS)
    counted = Counter(case.outcome for case in result.cases)
    assert counted == {Outcome.TIMED_OUT: PATIENCE, Outcome.NOT_RUN: len(CORPUS) - PATIENCE}
    assert len(result.not_judged) == len(CORPUS) - PATIENCE


@pytest.mark.parametrize(
    ("fault", "outcome", "told"),
    [
        ("crash-always", Outcome.CRASHED, "crashes"),
        ("garbage-always", Outcome.PROTOCOL_VIOLATION, "faults of one kind"),
    ],
)
def test_given_up_for_faults(fault: str, outcome: Outcome, told: str) -> None:
    """Ten crashes or breaches of the protocol in a row, all alike, end the asking as deadlines do."""
    result = run(miniature(fault), CORPUS)
    counted = Counter(case.outcome for case in result.cases)
    assert counted == {outcome: PATIENCE, Outcome.NOT_RUN: len(CORPUS) - PATIENCE}
    assert all(f"given up after {PATIENCE} {told} in a row" in case.message for case in result.not_judged)


def test_ends_after_some_requests() -> None:
    """A client that ends after so many requests is asked the rest anew, and no case is blamed."""
    result = run(miniature("ends-after-five"), FEW)
    assert faults_of(result) == {}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.BYTES}
    (fault,) = result.faults
    assert fault.code == "client/crashed"
    assert "the client ended after 5 requests, " in fault.message
    assert len(result.not_judged) == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("never-flushes", "standard output has to be flushed after each line"),
        ("prompts", "without a line end, as a prompt is written"),
        ("never-starts", "it wrote nothing to its standard output"),
    ],
)
def test_silence_is_explained(fault: str, told: str) -> None:
    """A client that says nothing in time is told what it did write, and what that means."""
    result = run(miniature(fault, start_timeout=2), CORPUS[:2], probing=Probing.NONE)
    assert [found.code for found in result.faults] == ["client/timed-out"]
    assert told in result.faults[0].message


@pytest.mark.parametrize(("fault", "hinted"), [("echoes", True), ("garbage-at-start", False), ("other-version", False)])
def test_hint_at_other_ways(fault: str, hinted: bool) -> None:  # noqa: FBT001 - a table
    """Other ways to drive a client are named only where it seems to have printed what it decoded."""
    result = run(miniature(fault), CORPUS[:2], probing=Probing.NONE)
    assert ("--oneshot" in result.faults[0].message) is hinted


@pytest.mark.parametrize(
    ("fault", "outcome", "told"),
    [
        ("skip", Outcome.SKIPPED, "later (https://example.org/1)"),
        ("fail", Outcome.ERRORED, "the adapter has no class for it"),
    ],
)
def test_not_judged(fault: str, outcome: Outcome, told: str) -> None:
    """A case that a client skips, or at which its adapter fails, is neither passed nor failed, and its words are kept."""
    result = run(miniature(fault), CORPUS, probing=Probing.NONE)
    assert [(case.case_id, case.outcome, case.message) for case in result.not_judged] == [(VICTIM, outcome, told)]
    assert faults_of(result) == {}
    assert all(case.level is None for case in result.not_judged)


@pytest.mark.parametrize(
    ("fault", "codes", "level"),
    [
        ("drop-nulls", {"client/null-became-absent"}, Level.VALUES),
        ("return-garbage", {"client/not-json"}, Level.NONE),
        ("return-nothing", {"client/not-json"}, Level.NONE),
    ],
)
def test_what_comes_back_is_compared(fault: str, codes: set[str], level: Level) -> None:
    """A bad answer in good form is no violation: its differences are listed, and the case fails for them."""
    result = run(miniature(fault), CORPUS, probing=Probing.NONE)
    victim = next(case for case in result.cases if case.case_id == VICTIM)
    assert victim.level is level
    assert victim.failing(Level.EXACT) == codes
    assert set(result.failing) == {VICTIM}


def test_words_are_kept() -> None:
    """What a client wrote to standard error before it ended is part of the message, and the rest of a flood is not."""
    result = run(miniature("crash-with-words"), CORPUS, probing=Probing.NONE)
    victim = next(case for case in result.cases if case.case_id == VICTIM)
    assert "exit status 1" in victim.message
    assert "out of luck" in victim.message
    flooding = run(miniature("flood-stderr", timeout=2), KINDS, probing=Probing.NONE)
    assert max(len(case.message) for case in flooding.cases) < 1_000


def test_standard_error_is_free() -> None:
    """Megabytes on standard error block nobody and are no fault."""
    assert faults_of(run(miniature("much-stderr"), CORPUS)) == {}


def test_validating_client_that_accepts() -> None:
    """A client that claims to validate fails at every invalid payload that it decodes, and nowhere else."""
    result = run(miniature("accept-everything"), CORPUS)
    assert faults_of(result) == {case.id: ["client/accepted-invalid"] for case in BROKEN}


@pytest.mark.parametrize("fault", ["random", "counting"])
def test_nondeterministic(fault: str) -> None:
    """A client that answers one payload in two ways when nothing else was sent is not deterministic, everywhere it does so."""
    result = run(miniature(fault), FEW)
    assert faults_of(result) == {case.id: ["client/nondeterministic"] for case in GOOD}


def test_state_leak_after_refusal() -> None:
    """A good payload after a bad one that is answered otherwise than alone is a leak, and is worth its worst answer."""
    result = run(miniature("leak-after-refusal"), FEW)
    assert faults_of(result) == {case.id: ["client/state-leak"] for case in GOOD}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} <= {Level.NONE, Level.VALUES}
    assert "after text/" in result.cases[0].faults[0].message


def test_state_leak_with_time() -> None:
    """A client that answers otherwise once it has answered many leaks state."""
    result = run(miniature("tired"), FEW)
    assert {fault.code for case in result.cases for fault in case.faults} == {"client/state-leak"}


def test_time_for_the_introduction() -> None:
    """Who says how many seconds a client has for a case means its introduction, too."""
    assert client_spec("x", timeout=2).start_timeout == 2
    assert client_spec("x", timeout=200).start_timeout == 200
    assert client_spec("x").start_timeout > client_spec("x").timeout


def test_first_payload_only() -> None:
    """A client whose first answer alone is right shows it when payloads are sent to processes of their own."""
    result = run(miniature("first-only"), FEW, probing=Probing.ALL)
    assert {code for codes in faults_of(result).values() for code in codes} == {"client/nondeterministic"}
    assert len(faults_of(result)) == len(GOOD)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("dies-at-start", "client/crashed", "no such library"),
        ("garbage-at-start", "client/protocol-violation", "Welcome!"),
        ("other-version", "client/protocol-violation", "version 2"),
        ("never-starts", "client/timed-out", "introduction"),
    ],
)
def test_not_introduced(fault: str, code: str, told: str) -> None:
    """A client that does not introduce itself is asked nothing, and no case counts as passed."""
    result = run(miniature(fault, start_timeout=2 if fault == "never-starts" else 20), CORPUS)
    assert [fault.code for fault in result.faults] == [code]
    assert told in result.faults[0].message
    assert {case.outcome for case in result.cases} == {Outcome.NOT_RUN}
    assert result.headline.level is None
    assert result.client is None


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("ignores-stop", "client/protocol-violation", "its end after `stop`"),
        ("ends-badly", "client/crashed", "exit status 7 after `stop`"),
        ("children", "client/protocol-violation", "2 processes"),
    ],
)
def test_bad_end(fault: str, code: str, told: str) -> None:
    """A client that does not end well when it is told to is told of, and its cases are as they were."""
    result = run(miniature(fault, timeout=2), CORPUS, probing=Probing.NONE)
    assert [found.code for found in result.faults] == [code]
    assert told in result.faults[0].message
    assert faults_of(result) == {}


def test_last_words() -> None:
    """An answer that nobody asked for is told of the case before it, even if it comes with `stop`."""
    result = run(miniature("last-words"), KINDS, probing=Probing.NONE)
    assert faults_of(result) == {KINDS[-1].id: ["client/protocol-violation"]}


def test_pages_only() -> None:
    """A client that decodes pages only gets every payload in one, and what comes back is cut out of its answer."""
    result = run(miniature("pages-only"), CORPUS)
    assert faults_of(result) == {}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.BYTES}
    returned = {case.case_id: case.returned for case in result.cases}
    assert all((returned[case.id] or b"").strip() == case.payload.strip() for case in KINDS)


@pytest.mark.parametrize("fault", ["faithful", "crash", "random"])
def test_in_parallel(fault: str) -> None:
    """Several processes come to the same as one."""
    one, two = run(miniature(fault), FEW), run(miniature(fault), FEW, jobs=2)
    assert [(case.case_id, case.outcome) for case in one.cases] == [(case.case_id, case.outcome) for case in two.cases]
    assert faults_of(one) == faults_of(two)
