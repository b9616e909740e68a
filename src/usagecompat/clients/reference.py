"""
The kit's own codec as a client: `python -m usagecompat.clients.reference`, or `python:usagecompat.clients.reference:codec`.

It shows what a client can hold, and what the runner itself costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.checking import Incompatible
from usagecompat.clients.adapter_sdk import serve
from usagecompat.clients.protocol import ClientInfo, Features
from usagecompat.codec import dumps, loads
from usagecompat.contract import resolve_revision
from usagecompat.corpus import version
from usagecompat.findings import Severity, Verdict

if TYPE_CHECKING:
    from usagecompat.clients.protocol import Run
    from usagecompat.contract import Revision
    from usagecompat.findings import ShapeName


def codec(payload: bytes, *, revision: Revision | None = None, shape: ShapeName | None = None) -> bytes:
    """
    The payload, decoded and encoded again; where no revision is named, by the newest at which it is not invalid.

    Raises:
        Incompatible: It breaks the contract, at every revision if none is named.
    """
    try:
        return dumps(loads(payload, revision=revision, shape=shape))
    except Incompatible as error:
        if revision is not None:
            raise  # to judge by all the others takes longer than everything before
        fits = [fit.revision for fit in error.report.revisions.values() if fit.verdict is not Verdict.INVALID]
        if not fits:
            raise
        return dumps(loads(payload, revision=resolve_revision(fits[-1]), shape=shape))


class Refused(ValueError):
    """The codec refused a payload; says the first error in it."""


def _answer(run: Run) -> bytes:
    try:
        return codec(run.payload or b"", revision=resolve_revision(run.revision), shape=run.shape)
    except Incompatible as error:
        first = next(found for found in error.report.findings if found.severity is Severity.ERROR)
        raise Refused(f"{first.code} at {first.pointer or 'the root'}: {first.message}") from None


def main() -> None:
    """Serve the kit until it says `stop`."""
    client = ClientInfo(name="usagecompat", language="python", version=version())
    serve(_answer, client, features=Features(), refusals=(Refused,))


if __name__ == "__main__":
    main()
