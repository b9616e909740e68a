"""
What fuzzing a client came to.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from usagecompat.clients import ClientInfo, Fault
    from usagecompat.contract import Revision
    from usagecompat.fidelity import Level
    from usagecompat.findings import Verdict
    from usagecompat.fuzz.kinds import Kind

_FORMAT: Final = 1
"""The version of the JSON."""


@frozen(kw_only=True)
class Find:
    """One kind of failure that was found."""

    kind: Kind
    payload: bytes
    """The smallest payload that shows it."""
    verdict: Verdict
    """What the payload itself comes to."""
    message: str
    """What is wrong, of that payload."""
    returned: bytes | None
    """What the client made of it, if anything."""
    seconds: float
    """When it was met, since the search began."""
    first_size: int
    """How many bytes the payload had in which it was met."""
    whole: bool = True
    """Whether nothing smaller was left to try."""
    again: bool = False
    """Whether an earlier run had found it, and kept the payload."""
    known: str = ""
    """Why it is no news: the case that fails alike, or the line that expects it; empty for a new one."""
    is_case: bool = False
    """Whether a case of the corpus shows it."""
    before: tuple[bytes, ...] = ()
    """What has to be sent first, if the payload alone does not show it."""
    command: str = ""
    """What makes a case of it, for a shell."""

    @property
    def is_new(self) -> bool:
        """Whether nobody knew it."""
        return not self.known

    def to_dict(self) -> dict[str, object]:
        """The find as `schemas/fuzz.json` describes it."""
        return {
            "id": self.kind.id,
            "code": self.kind.code,
            "place": self.kind.place,
            "words": self.kind.words,
            "new": self.is_new,
            "known": self.known,
            "again": self.again,
            "message": self.message,
            "verdict": str(self.verdict),
            "payload": b64encode(self.payload).decode(),
            "text": self.payload.decode("utf-8", "replace"),
            "returned": None if self.returned is None else b64encode(self.returned).decode(),
            "before": [b64encode(one).decode() for one in self.before],
            "size": len(self.payload),
            "first_size": self.first_size,
            "smallest": self.whole,
            "seconds": round(self.seconds, 3),
            "command": self.command,
        }


@frozen(kw_only=True)
class FuzzResult:
    """What came of one client."""

    name: str
    command: str
    client: ClientInfo | None
    """What the client says it is; None if it never said."""
    against: str | None
    """The command of the client that it was compared with."""
    revision: Revision
    required: Level
    seed: int
    budget: float
    """How many seconds there were."""
    seconds: float
    """How many were spent."""
    asked: int
    """How many payloads were sent, those sent to make others smaller included."""
    judged: int
    """How many different examples were answered so that the answer says something of the client."""
    corpus: int
    """How many payloads of the corpus were among them."""
    of: int
    """How many the corpus has."""
    finds: tuple[Find, ...]
    gone: int = 0
    """How many payloads of earlier runs no longer fail."""
    faults: tuple[Fault, ...] = ()
    """Why the client could not be asked any more."""
    interrupted: bool = False

    @property
    def new(self) -> tuple[Find, ...]:
        """What nobody knew."""
        return tuple(find for find in self.finds if find.is_new)

    @property
    def known(self) -> tuple[Find, ...]:
        """What the corpus or the list of expected failures knows."""
        return tuple(find for find in self.finds if not find.is_new)

    @property
    def ok(self) -> bool:
        """Whether the client was asked, and nothing new was found."""
        return not self.new and not self.faults and self.judged > 0

    def to_dict(self) -> dict[str, object]:
        """The result as `schemas/fuzz.json` describes it."""
        return {
            "format": _FORMAT,
            "name": self.name,
            "command": self.command,
            "client": self.client and self.client.to_dict(),
            "against": self.against,
            "revision": self.revision,
            "required": self.required.name,
            "seed": self.seed,
            "budget": self.budget,
            "seconds": round(self.seconds, 3),
            "asked": self.asked,
            "judged": self.judged,
            "corpus": {"asked": self.corpus, "of": self.of},
            "gone": self.gone,
            "interrupted": self.interrupted,
            "faults": [fault.to_dict() for fault in self.faults],
            "ok": self.ok,
            "finds": [find.to_dict() for find in self.finds],
        }
