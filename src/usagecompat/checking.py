"""
`check`: one payload through all stages, from bytes to report.
"""

from __future__ import annotations

import os
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Final

from usagecompat._json import NO_VALUE, Document, read
from usagecompat._rules import find_contradictions
from usagecompat._validate import shape_of_document, validate
from usagecompat.contracts import resolve_revision
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import CODES, Profile, Shape, named
from usagecompat.report import Report, Weighing, weigh_counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from types import ModuleType

    from usagecompat.findings import Path, See

_NO_CODES: Final = frozenset[str]()


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
    weights = Profile.SERVED if profile == "served" else named(Profile, profile, "profile")
    asked = None if shape is None else named(Shape, shape, "shape")
    codes = _codes(ignore) if ignore else _NO_CODES
    at = resolve_revision(revision)
    fast = fast_route()
    if fast is None or not isinstance(payload, (bytes, str, bytearray, memoryview)):
        document = read(payload)
        return report_on(document, at, asked or shape_of_document(document), weights, codes)
    if isinstance(payload, (bytearray, memoryview)):
        payload = bytes(payload)  # the report may look at it again, and the caller may change it by then
    certified = fast.certify(payload, at, asked)
    if certified is not None:
        again = _Again(payload, certified.shape, weights, codes)
        weighed = weigh_counted(certified.seen, profile=weights, ignore=codes, places=again)
        if weighed is not None:
            return Report(
                verdict=weighed[0],
                findings=weighed[1],
                truncated=0,
                shape=certified.shape,
                revision=at,
                profile=weights,
                judge=again,
            )
    document = read(payload)
    told = asked or shape_of_document(document)
    report = report_on(document, at, told, weights, codes)
    if certified is None and told is not None:
        fast.learn(document, told, at, {finding.code for finding in report.findings} | codes)
    return report


@cache
def fast_route() -> ModuleType | None:
    """
    The module of the fast route, which answers for payloads it can prove everything about.

    None where `USAGECOMPAT_ROUTE=exact` in the environment turns it off, or msgspec cannot be imported.
    The answer is kept; `fast_route.cache_clear()` makes the next call ask again.
    """
    if os.environ.get("USAGECOMPAT_ROUTE") == "exact":
        return None
    try:
        from usagecompat import _fast  # noqa: PLC0415 - the exact route alone must not need it
    except ImportError:
        return None
    return _fast


class _Again:
    """A certified payload that is read after all, when somebody asks for places or for other revisions."""

    def __init__(self, payload: bytes | str, shape: Shape, profile: Profile, ignore: AbstractSet[str]) -> None:
        self._payload = payload
        self._shape = shape
        self._profile = profile
        self._ignore = ignore

    @cached_property
    def _document(self) -> Document:
        return read(self._payload)

    def line_and_column(self, path: Path, offset: int | None) -> tuple[int, int] | None:
        """As `Document` has it."""
        return self._document.line_and_column(path, offset)

    def __call__(self, revision: str) -> Report:
        """The report at another revision."""
        return report_on(self._document, revision, self._shape, self._profile, self._ignore)


def _codes(ignore: Iterable[str]) -> frozenset[str]:
    codes = frozenset((ignore,) if isinstance(ignore, str) else ignore)
    for code in sorted(codes - CODES.keys()):
        raise NoSuchName("finding code", code, tuple(CODES))
    return codes


def look(document: Document, revision: str, shape: Shape | None, see: See, *, hints: bool = True) -> None:
    """Tell `see` everything that all stages see in a document, with or without hints at names that are nearly the same."""
    for one in document.findings:
        see(one)
    validate(document, revision, shape, see, hints=hints)
    for one in find_contradictions(document, revision, shape):
        see(one)


def report_on(
    document: Document, revision: str, shape: Shape | None, profile: Profile, ignore: AbstractSet[str] = frozenset()
) -> Report:
    """The report of a document that has been read, all stages included."""
    weighing = Weighing(profile, ignore, document)
    look(document, revision, shape, weighing.add)
    verdict, findings, truncated = weighing.result(document.value)
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
