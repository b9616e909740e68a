"""
The files of a sequence that failed: what it is, what the client asked and was answered, and what it printed.

`sequence.json` holds all that is needed to serve the sequence again; the bodies of its answers follow from it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from usagecompat.clients.paging_judging import PagingResult
from usagecompat.corpus import SequenceDuty
from usagecompat.exceptions import naming
from usagecompat.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.paging_server import Fetched
    from usagecompat.corpus import Sequence as PageSequence

SEQUENCE: Final = "sequence.json"
EXCHANGES: Final = "exchanges.ndjson"
RETURNED: Final = "returned.json"


def files_of(sequence: PageSequence, case: CaseResult) -> dict[str, bytes]:
    """The files of a sequence, but for commands."""
    with naming(sequence.path):
        files = {SEQUENCE: sequence.path.read_bytes()}
    if isinstance(case, PagingResult) and case.paging:
        files[EXCHANGES] = b"".join(_lines(case.paging.requests))
    if case.returned is not None:
        files[RETURNED] = case.returned
    return files


def facts_of_case(sequence: PageSequence, case: CaseResult) -> dict[str, object]:
    """What the index says of a sequence beside what it says of every case."""
    return {
        "shape": None,
        "revision": sequence.ledger.revision,
        "verdict": Verdict.VALID.value,
        "must": sequence.duty is SequenceDuty.COMPLETE,
        "served": case.served,
        "tier": case.tier.value,
    }


def _lines(requests: tuple[Fetched, ...]) -> Iterator[bytes]:
    """Each request and its answer, as a line of JSON."""
    for number, one in enumerate(requests, 1):
        answer = one.response
        told = {
            "number": number,
            **one.to_dict(),
            "with_key": one.with_key,
            "headers": dict(answer.headers),
            "delivery": answer.delivery.value,
            "body": answer.body.decode("utf-8", "backslashreplace"),
        }
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"
