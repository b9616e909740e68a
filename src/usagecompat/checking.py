"""
`check`: one payload through all stages, from bytes to report.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from usagecompat._json import NO_VALUE, Document, read
from usagecompat._rules import find_contradictions
from usagecompat._validate import shape_of_document, validate
from usagecompat.contracts import resolve_revision
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import CODES, Profile, Shape, named
from usagecompat.report import Report, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet


def check(
    payload: bytes | bytearray | memoryview | str | Mapping[str, object] | list[object],
    *,
    revision: str | None = None,
    shape: str | None = None,
    profile: str = "served",
    ignore: Iterable[str] = (),
) -> Report:
    """
    Everything there is to say about one payload, whatever it holds; payloads never raise.

    Args:
        payload: JSON text as bytes or `str`, or what a JSON parser made of it, which cannot show text faults.
        revision: The contract revision to judge against, one of `usagecompat.REVISIONS`; None for the newest.
        shape: "page", "bucket" or "result"; None to let the payload tell.
        profile: "served" tolerates what the API is known to serve; "published" is the letter of the revision.
        ignore: Finding codes that count for nothing.

    Raises:
        NoSuchRevision: `revision` was never published.
        NoSuchName: `shape`, `profile` or a code of `ignore` does not exist.
        TypeError: `payload` holds Python objects that JSON does not have, or a cycle.
    """
    weights = named(Profile, profile, "profile")
    asked = None if shape is None else named(Shape, shape, "shape")
    codes = frozenset((ignore,) if isinstance(ignore, str) else ignore)
    for code in sorted(codes - CODES.keys()):
        raise NoSuchName("finding code", code, tuple(CODES))
    at = resolve_revision(revision)
    document = read(payload)
    return report_on(document, at, asked or shape_of_document(document), weights, codes)


def report_on(
    document: Document, revision: str, shape: Shape | None, profile: Profile, ignore: AbstractSet[str] = frozenset()
) -> Report:
    """The report of a document that has been read, all stages included."""
    seen = (
        *document.findings,
        *validate(document, revision, shape),
        *find_contradictions(document, revision, shape),
    )
    verdict, findings, truncated = weigh(seen, profile=profile, ignore=ignore, tree=document.value, places=document)
    again = partial(report_on, document, shape=shape, profile=profile, ignore=ignore)
    return Report(
        verdict=verdict,
        findings=findings,
        truncated=truncated,
        shape=shape,
        revision=revision,
        profile=profile,
        judge=again if document.value is not NO_VALUE else None,
    )
