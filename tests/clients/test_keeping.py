"""What is kept of a client is bounded, whatever it says, and the report says what was cut."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING
from unittest.mock import patch

from usagecompat.clients import shares
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.keeping import MOST_WORDS, few_words
from usagecompat.clients.payload_server import Serving
from usagecompat.clients.probes import NONDETERMINISTIC, STATE_LEAK
from usagecompat.clients.runner import run
from usagecompat.clients.spec import ClientSpec, Way
from usagecompat.corpus.selection import cases

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from usagecompat.clients.results import ClientResult

SOME = [case for case in cases() if case.id.startswith("kinds/")][:40]
CLIENTS = """
import itertools, json
count = itertools.count()
def refuse(payload):
    raise ValueError("no " * 200_000)
def large(payload):
    return payload + b" " * 40_000
def other(payload):
    return payload + b" " * (40_000 + next(count))
def invent(payload):
    return json.dumps({**json.loads(payload), **{str(i) * 50: i for i in range(400)}}).encode()
"""


def tried(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ClientResult, int]:
    """What comes of one of these clients, and the most memory that was taken, with little room for what comes back."""
    (tmp_path / "talkers.py").write_text(CLIENTS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    spec = ClientSpec(name=name, command=("talkers", name), way=Way.PYTHON)
    tracemalloc.start()
    try:
        with patch.object(shares, "ROOM", 300_000):
            return run(spec, SOME), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_words() -> None:
    """Long words are cut, and their end tells how much there was more."""
    assert few_words("short") == "short"
    assert few_words("x" * (MOST_WORDS + 1_500)).endswith("x… (1,500 more characters)")


def test_long_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that refuses every payload at length takes no memory with its words."""
    result, most = tried("refuse", tmp_path, monkeypatch)
    assert all(len(case.message) < MOST_WORDS * 2 for case in result.cases)
    assert most < 8_000_000


def test_large_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose answers are large is judged as any other, and what was not kept is told."""
    result, most = tried("large", tmp_path, monkeypatch)
    decoded = [case for case in result.cases if case.outcome is Outcome.DECODED]
    assert {difference.code for case in decoded for difference in case.differences} == {"client/whitespace-changed"}
    assert any("was not kept" in case.message for case in decoded)
    assert not result.faults
    assert not [fault for case in decoded for fault in case.faults if fault.code.endswith(("leak", "deterministic"))]
    assert most < 8_000_000


def test_large_answers_that_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that are too large to be kept are still told apart."""
    result, most = tried("other", tmp_path, monkeypatch)
    codes = {fault.code for case in result.cases for fault in case.faults}
    assert codes & {NONDETERMINISTIC, STATE_LEAK}
    assert most < 12_000_000


def test_many_differences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the room there is only the first of each difference, and the others are counted."""
    result, _ = tried("invent", tmp_path, monkeypatch)
    assert any(0 < len(case.differences) < 20 and case.truncated > 300 for case in result.cases)
    assert len(json.dumps(result.to_dict())) < 3_000_000


def test_paths() -> None:
    """Of what is asked for over HTTP the first paths are kept, and it is counted how many there were."""
    serving = Serving("/v1/x", b"{}")
    for number in range(10_000):
        assert serving.ask("/v1/x?page=1") if number == 5_000 else not serving.ask("/" + "y" * 60_000)
    assert (serving.fetched, serving.requests, len(serving.asked)) == (True, 10_000, 5)
    assert all(len(path) <= 300 for path in serving.asked)
