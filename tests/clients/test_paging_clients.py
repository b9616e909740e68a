"""Paging clients: faulty ones are named rightly, right ones are not blamed, whichever way they go."""

from __future__ import annotations

import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import faulty_pagers
import pytest
from attrs import evolve
from faulty_pagers import FAULTY
from other_pagers import ALSO_RIGHT, AT_ONCE, BEGINS_ANEW
from pagers import RIGHT, Pager, Trouble, dumps, gather

from usagecompat.clients import ClientSpec, Outcome
from usagecompat.clients.paging import run_paging
from usagecompat.clients.paging_judging import judge_paging
from usagecompat.clients.paging_server import PagingServer
from usagecompat.clients.session import Reply
from usagecompat.corpus import read_sequences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.corpus import Sequence

PROGRAM = str(Path(faulty_pagers.__file__))
STOPPED = {name for name, faulty in FAULTY.items() if faulty.code == "client/paging-endless"} | {"whole-history"}
"""Those that the kit has to stop."""
BY_THE_WAY = (
    "audio-transcriptions-buckets-repeat",
    "completions-empty-pages",
    "completions-error-500",
    "completions-filter-models",
    "completions-group-brackets",
    "completions-group-repeated",
    "completions-hours",
    "completions-no-end",
    "completions-short-first-bucket",
    "costs-line-with-comma",
    "web-searches-cursor-without-has-more",
)
"""The sequences at which there is more than one right way."""


@cache
def sequences() -> Mapping[str, Sequence]:
    """All sequences, by the name of their file."""
    return {sequence.path.stem: sequence for sequence in read_sequences()}


def fetched(pager: Pager, sequence: Sequence) -> CaseResult:
    """What comes of a client that runs in this process."""
    with closing(PagingServer(seconds=10)) as server:
        errand = server.begin(sequence)
        try:
            buckets = pager.fetch(f"{errand.base_url}/organization/{sequence.endpoint}", errand.key, errand.query)
            reply = Reply(outcome=Outcome.DECODED, payload=dumps(buckets).encode())
        except Trouble as error:
            reply = Reply(outcome=Outcome.REFUSED, message=str(error))
        return judge_paging(sequence, reply, server.fetched, endless=False)


def codes(case: CaseResult) -> set[str]:
    """All that is said of a case."""
    return {fault.code for fault in case.faults} | {difference.code for difference in case.differences}


def process(name: str) -> ClientSpec:
    """A client that stays, in a process of its own."""
    return ClientSpec(name=name, command=(sys.executable, PROGRAM, name))


@pytest.mark.parametrize(
    ("name", "sequence"),
    [(name, sequence) for name, faulty in FAULTY.items() if name not in STOPPED for sequence in faulty.sequences],
)
def test_a_faulty_client_is_named(name: str, sequence: str) -> None:
    """A client with one fault is found to have that one and no other."""
    faulty = FAULTY[name]
    case = fetched(faulty.pager, sequences()[sequence])
    assert codes(case) == {faulty.code, *faulty.also}, case.faults


def test_what_changed_is_told_in_words() -> None:
    """Groups and filters that are gone from the second request are named as they are asked for."""
    told = {
        "drops-group-by": ("completions-group-brackets", "group_by: project_id and model became none"),
        "drops-filter": (
            "completions-filter-models",
            "the filters: model ft:gpt-4.1-mini:example::B7x or gpt-4.1 became none",
        ),
    }
    for name, (sequence, words) in told.items():
        (fault,) = fetched(FAULTY[name].pager, sequences()[sequence]).faults
        assert words in fault.message


def test_one_bucket_is_no_buckets() -> None:
    """Messages count buckets in the singular and in the plural."""
    once = evolve(RIGHT, gather=lambda pages: [*gather(pages), gather(pages)[0]])
    twice = evolve(RIGHT, gather=lambda pages: [*gather(pages), *gather(pages)[:2]])
    for pager, words in (
        (once, "1 bucket was printed more than once"),
        (twice, "2 buckets were printed more than once"),
    ):
        (fault,) = fetched(pager, sequences()["completions-three-pages"]).faults
        assert fault.message.startswith(words)


@pytest.mark.parametrize("name", sorted(STOPPED))
def test_an_endless_client_is_stopped(name: str) -> None:
    """A client that never stops asking is stopped and named, with no other fault beside."""
    faulty = FAULTY[name]
    result = run_paging(process(name), [sequences()[sequence] for sequence in faulty.sequences])
    assert [codes(case) for case in result.cases] == [{faulty.code}] * len(faulty.sequences)


def test_there_are_many() -> None:
    """At least thirty faulty paging clients are told apart."""
    assert len(FAULTY) >= 30


def test_a_right_client() -> None:
    """A client without a fault passes all sequences without a code, and loses nothing."""
    result = run_paging(process("right"), sequences().values())
    assert {case.case_id: codes(case) for case in result.cases if codes(case)} == {}
    assert not result.faults
    assert all(case.outcome in {Outcome.DECODED, Outcome.REFUSED} for case in result.cases)


@pytest.mark.parametrize("does", ALSO_RIGHT)
def test_another_right_way(does: str) -> None:
    """A client that does it otherwise, and rightly, is not blamed."""
    waits = {BEGINS_ANEW: ["costs-error-429"], AT_ONCE: ["costs-error-429", "costs-rate-limit"]}
    for name in (*BY_THE_WAY, *waits.get(does, ())):
        assert codes(fetched(ALSO_RIGHT[does], sequences()[name])) == set(), name
