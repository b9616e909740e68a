"""
One server for one query after the other, as a machine puts them to a pager in this process.

It records what goes over the wire, and asks a pager that is told to wait to wait no time at all.
"""

from __future__ import annotations

import atexit
import inspect
import os
from collections.abc import Iterator, Mapping
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve

from usagecompat.clients import DeadlinePassed, Fetched, Outcome, Reply, deadline, judge_paging
from usagecompat.jsontext import NO_VALUE, read, write
from usagecompat.ledger import Ledger, Memory, Response, UsageServer, error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients import PagingResult
    from usagecompat.corpus import Sequence as PageSequence

_MORE: Final = 40
"""So many requests a pager may make beside two for each bucket."""
_HANGING: Final = 1.5
"""After so many seconds a connection ends that hangs."""
_SERVER_FAULT: Final = 503
_LONGEST: Final = 300
_WANTED: Final = "`fetch` returns buckets as JSON values or as JSON text"


class Stage(UsageServer):
    """The server, for one pager at a time."""

    def __init__(self) -> None:
        """Listen; nothing is served yet."""
        self._turn = Lock()
        self._sequence: PageSequence | None = None
        self._seen = Memory()
        self._most = 0
        self.fetched: list[Fetched] = []
        super().__init__(Ledger(), patience=_HANGING)

    def put(
        self, sequence: PageSequence, fetch: Callable[[], object], *, timeout: float
    ) -> tuple[PagingResult, Exception | None]:
        """
        What comes of a pager that is served a sequence from its beginning, and the exception that it raised if it did.

        Raises:
            TypeError: It returned what holds no buckets.
        """
        with self._turn:
            return self._put(sequence, fetch, timeout)

    def _put(
        self, sequence: PageSequence, fetch: Callable[[], object], timeout: float
    ) -> tuple[PagingResult, Exception | None]:
        self.fetched, self._seen, self._sequence = [], Memory(), sequence
        self._most = _MORE + 2 * len(sequence.whole)
        raised: Exception | None = None
        try:
            with deadline(timeout):
                returned = fetch()
                if isinstance(returned, Iterator):
                    returned = list(cast("Iterator[object]", returned))
        except DeadlinePassed:
            reply = Reply(outcome=Outcome.TIMED_OUT, message=f"it fetched for more than {timeout:g} seconds")
        except Exception as problem:  # noqa: BLE001 - whatever a pager raises says that something failed
            raised = problem
            reply = Reply(outcome=Outcome.REFUSED, message=f"{type(problem).__name__}: {problem}"[:_LONGEST])
        else:
            reply = Reply(outcome=Outcome.DECODED, payload=text_of(returned))
        endless = len(self.fetched) > self._most
        return judge_paging(sequence, reply, self.fetched[: self._most], endless=endless), raised

    def respond(self, method: str, target: str, headers: dict[str, str]) -> Response:
        """The answer to a request, which is recorded."""
        path, _, query = target.partition("?")
        sequence = self._sequence
        if sequence is None or len(self.fetched) > self._most:
            return error(_SERVER_FAULT, "The kit has stopped this pager: it asked too often.", type_="server_error")
        found = sequence.ledger.answer(path, query, headers, method=method, memory=self._seen)
        found = evolve(
            found, headers=tuple((name, "0" if name == "Retry-After" else value) for name, value in found.headers)
        )
        sent = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
        with_key = sent.split()[1:] == [sequence.ledger.key]
        self.fetched.append(Fetched(method=method, path=path, query=query, with_key=with_key, response=found))
        return found


def stage() -> Stage:
    """The server of this process, which ends with it: to start one for each fetch takes longer than the fetch."""
    return _stage_of(os.getpid())


@cache
def _stage_of(process: int) -> Stage:
    opened = Stage()

    def close() -> None:
        if os.getpid() == process:  # a fork has no thread that serves
            opened.close()

    atexit.register(close)
    return opened


def text_of(returned: object) -> bytes:
    """
    What a pager returned, as JSON.

    Raises:
        TypeError: It holds no buckets.
    """
    if isinstance(returned, bytes | bytearray | str):
        return returned.encode() if isinstance(returned, str) else bytes(returned)
    if inspect.isawaitable(returned) or inspect.isasyncgen(returned):
        if inspect.iscoroutine(returned):
            returned.close()
        raise TypeError(f"{_WANTED}; this one has to be awaited: call it by `asyncio.run` within `fetch`")
    if not isinstance(returned, Mapping | list | tuple):
        raise TypeError(f"{_WANTED}, and it returned {returned!r:.80}")
    values = cast("Mapping[str, object] | Sequence[object]", returned)
    try:
        tree = read(values if isinstance(values, Mapping) else list(values)).value
    except TypeError as problem:
        raise TypeError(f"{_WANTED}; {problem}") from None
    return b"" if tree is NO_VALUE else write(tree)
