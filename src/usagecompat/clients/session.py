"""
What is asked of a client and what it answers, whatever way it is driven.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagecompat.clients.case_results import Fault, Outcome
    from usagecompat.clients.partner import Partner
    from usagecompat.clients.protocol import Started
    from usagecompat.findings import Shape


@frozen(kw_only=True)
class Errand:
    """What a client that pages is sent to fetch, and from where."""

    base_url: str
    """What it takes for the API's address, `/v1` included."""
    key: str
    query: str
    """The query string of the first request."""
    until: Callable[[], float]
    """When its time is up, by the monotonic clock; that moves on with each page that it fetches."""


@frozen(kw_only=True)
class Request:
    """One payload to be decoded and encoded again, or one errand."""

    case_id: str
    payload: bytes
    shape: Shape
    revision: str
    endpoint: str
    begin: Callable[[], Errand] | None = None
    """Serves the errand from its beginning; None if there is a payload instead."""


@frozen(kw_only=True)
class Reply:
    """What came of a request."""

    outcome: Outcome
    payload: bytes = b""
    """What the client encoded, if it did; of one that only decodes what it said of the payload, if anything."""
    digest: bytes = b""
    """The SHA-256 of that, if it was too much to be kept."""
    message: str = ""


@frozen
class DeferredFault:
    """Something that a client did wrong after it had answered; without a case if it had answered nothing."""

    case_id: str
    fault: Fault


class NotIntroduced(Exception):
    """A client does not get as far as its introduction; nothing can be asked."""

    def __init__(self, fault: Fault) -> None:
        """Keep what is said of the client."""
        super().__init__(fault.message)
        self.fault = fault


class Keeper(Protocol):
    """Who starts processes, or makes connections."""

    lost: str
    """What happened to the keeper itself since this was last emptied."""

    @property
    def is_lost(self) -> bool:
        """Whether something has happened to it."""
        ...

    def start(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None) -> Partner:
        """Start a process, or connect to one."""
        ...

    def end(self) -> int:
        """End what is left of it; how many processes that were, its first one not counted."""
        ...


class ClientSession(Protocol):
    """A client that can be asked."""

    keeps_state: bool
    """Whether one payload can be answered otherwise because of another."""
    renews: bool
    """Whether a fresh client can be had."""
    late: list[DeferredFault]
    meanwhile: Callable[[], None]
    """What the kit has to do, and may as well do while a client works; some clients leave no time for it."""

    def introduce(self) -> Started:
        """
        Who the client is and what it can.

        Raises:
            NotIntroduced: It does not say so.
        """
        ...

    def ask(self, request: Request) -> Reply:
        """What the client does with a payload; the client may be another process afterwards, if this one failed."""
        ...

    def renew(self) -> None:
        """Let the next request go to a fresh client."""
        ...

    def close(self) -> None:
        """End the client."""
        ...


def nothing_meanwhile() -> None:
    """Do nothing while a client works."""
