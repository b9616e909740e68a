"""
What is kept of a client: as much as anybody reads, however much it says.

Clients may answer with anything, thousands of times. Words are cut, and of what comes back no more is kept whole than
there is room for; what was cut says so.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import define, evolve

from usagecompat.clients.protocol import ClientInfo

if TYPE_CHECKING:
    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.session import Reply
    from usagecompat.fidelity import Difference

MOST_WORDS: Final = 2_000
"""Characters of a message that are kept."""
ROOM: Final = 64 * 1024 * 1024
"""So many bytes are kept of what came back, beside what came back as it was sent."""
_NAME: Final = 200
_FEW_DIFFERENCES: Final = 3
_AROUND: Final = 500
"""About so many bytes a difference takes beside its texts."""


def few_words(text: str, most: int = MOST_WORDS) -> str:
    """`text`, cut if it is long, which its end then tells."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def introduced(client: ClientInfo) -> ClientInfo:
    """How a client introduced itself, in few words."""
    told = {name: few_words(value, _NAME) for name, value in client.to_dict().items()}
    return msgspec.convert(told, ClientInfo)


@define
class Keeping:
    """What is left of the room for what one client says."""

    room: int = ROOM

    def reply(self, reply: Reply, *known: bytes) -> Reply:
        """A reply that can be kept; what is `known` already takes no room."""
        for payload in known:
            if reply.payload == payload:
                return evolve(reply, payload=payload)
        self.room -= len(reply.payload)
        if self.room >= 0:
            return reply
        self.room += len(reply.payload)
        return evolve(reply, payload=b"", digest=digest_of(reply))

    def result(self, result: CaseResult, known: bytes) -> CaseResult:
        """A result that can be kept; beyond the room there is only the first of each difference."""
        returned = result.returned
        if returned == known:
            result = evolve(result, returned=known)
        elif returned is not None and len(returned) > self.room:
            message = f"what came back, {len(returned):,} bytes, was not kept: there was too much before"
            result = evolve(result, returned=None, message=result.message or message)
        elif returned is not None:
            self.room -= len(returned)
        size = sum(map(_size, result.differences))
        if size <= self.room:
            self.room -= size
            return result
        first: dict[str, int] = {}
        few: list[Difference] = []
        for one in result.differences:
            first[one.code] = first.get(one.code, 0) + 1
            if first[one.code] <= _FEW_DIFFERENCES:
                few.append(evolve(one, pointer=few_words(one.pointer, _NAME)))
        left_out = len(result.differences) - len(few)
        return evolve(result, differences=tuple(few), truncated=result.truncated + left_out)


def digest_of(reply: Reply) -> bytes:
    """What tells the payload of a reply from others, kept or not."""
    return reply.digest or sha256(reply.payload).digest()


def _size(difference: Difference) -> int:
    return _AROUND + len(difference.pointer) + len(difference.message)
