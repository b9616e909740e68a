"""
Clients that page: each sequence is put to the client, which fetches all pages and says which buckets there are.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import evolve

from usagecompat.clients.case_results import Fault, Outcome
from usagecompat.clients.keeping import introduced
from usagecompat.clients.paging_judging import judge_paging, not_asked
from usagecompat.clients.paging_server import PagingServer
from usagecompat.clients.results import ClientResult, Probes
from usagecompat.clients.session import NotIntroduced, Request
from usagecompat.clients.spec import Way
from usagecompat.clients.transports import open_session
from usagecompat.exceptions import NoSuchClient
from usagecompat.fidelity import Level
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from usagecompat.clients.paging_judging import PagingResult
    from usagecompat.clients.session import ClientSession
    from usagecompat.clients.spec import ClientSpec
    from usagecompat.corpus import Sequence as PageSequence

PATIENCE: Final = 5
"""After so many deadlines in a row a client is asked nothing more."""
_NO_PAGING: Final = (
    'expected `"paging": true` among the features of the client, saw none; '
    "a program that is started for each sequence is run with --http --paging"
)
_NOT_ASKED: Final = "the client could not be asked, or was given up"


def run_paging(
    spec: ClientSpec,
    sequences: Iterable[PageSequence],
    *,
    required: Level = Level.EXACT,
    jobs: int = 1,
    tick: Callable[[int], object] = int,
) -> ClientResult:
    """
    What comes of a client that is to fetch all pages of these sequences.

    Args:
        spec: The client: one that is started for each sequence (`Way.HTTP`), or one that stays and speaks the protocol.
        sequences: Such as those that `read_sequences` reads.
        required: What must come back of each bucket.
        jobs: How many clients share the sequences.
        tick: Called with 1 after each sequence.

    Raises:
        CannotStartClient: There is no such program.
        NoSuchClient: The client is one that cannot page.
    """
    if spec.way not in {Way.HTTP, Way.STDIO, Way.SOCKET}:
        raise NoSuchClient(spec.said, "a client that pages is a command, run with --http --paging or with --paging")
    todo = tuple(sequences)
    shares = [todo[index::jobs] for index in range(min(jobs, len(todo)) or 1)]
    stopped = Event()
    if len(shares) == 1:
        return _run_share(spec, todo, required, tick, stopped)
    with ThreadPoolExecutor(len(shares)) as pool:
        waiting = [pool.submit(_run_share, spec, share, required, tick, stopped) for share in shares]
        try:
            done = [share.result() for share in waiting]
        except BaseException:
            stopped.set()  # or leaving the pool would wait for clients that may hang
            raise
    total = done[0]
    for result in done[1:]:
        total += result
    return total


def _run_share(
    spec: ClientSpec,
    todo: Sequence[PageSequence],
    required: Level,
    tick: Callable[[int], object],
    stopped: Event,
) -> ClientResult:
    """What comes of some sequences, put to one client after the other."""
    result = evolve(ClientResult.unasked(spec, required), probes=Probes(wanted=False))
    cases: dict[str, PagingResult] = {}
    outside: list[Fault] = []
    with closing(PagingServer(seconds=spec.timeout, stopped=stopped)) as server, open_session(spec) as client:
        try:
            started = client.introduce()
            pages = started.features.paging and not started.features.encodes_only
            features = msgspec.structs.replace(started.features, paging=pages or spec.way is Way.HTTP)
            result = evolve(result, client=introduced(started.client), features=features)
            if not features.paging:
                outside.append(Fault("client/protocol-violation", _NO_PAGING))
            for one in _put(client, server, todo if features.paging else (), spec.timeout):
                cases[one.case_id] = one
                tick(1)
        except NotIntroduced as problem:
            outside.append(problem.fault)
        client.close()
        late = list(client.late)
    for sequence in todo:
        if sequence.id not in cases:
            cases[sequence.id] = not_asked(sequence, Outcome.NOT_RUN, _NOT_ASKED)
    for deferred in late:
        blamed = cases.get(deferred.case_id)
        if blamed is None:
            outside.append(deferred.fault)
        elif deferred.fault.code not in {fault.code for fault in blamed.faults}:
            cases[deferred.case_id] = evolve(blamed, faults=(*blamed.faults, deferred.fault))
    return evolve(result, cases=tuple(cases[name] for name in sorted(cases)), faults=tuple(dict.fromkeys(outside)))


def _put(
    client: ClientSession, server: PagingServer, todo: Sequence[PageSequence], timeout: float
) -> Iterator[PagingResult]:
    """What comes of each sequence, until the client is given up."""
    late = 0
    for sequence in todo:
        if server.stopped.is_set():
            return
        request = Request(
            case_id=sequence.id,
            payload=b"",
            shape=Shape.PAGE,
            revision=sequence.ledger.revision,
            endpoint=sequence.endpoint,
            begin=partial(server.begin, sequence),
        )
        begun = time.monotonic()
        reply = client.ask(request)
        endless = server.asks_too_often or (reply.outcome is Outcome.TIMED_OUT and server.goes_in_circles)
        result = judge_paging(sequence, reply, server.fetched, endless=endless)
        seconds = time.monotonic() - begun
        yield evolve(result, seconds=seconds)
        late = late + 1 if result.outcome is Outcome.TIMED_OUT and seconds > timeout else 0
        if late == PATIENCE:
            return
