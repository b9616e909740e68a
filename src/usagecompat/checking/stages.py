"""
`check`: one payload through all stages, from bytes to report.
"""

from __future__ import annotations

import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve, frozen

from usagecompat.checking.fits import FitsInBrief, fits_of, in_brief
from usagecompat.checking.recognition import told_shape
from usagecompat.checking.report import Report
from usagecompat.checking.rules import find_contradictions
from usagecompat.checking.schema_stage import validate
from usagecompat.checking.weighing import Weighing, weigh_counted
from usagecompat.contract import REVISIONS, resolve_revision
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import CODES, Profile, Shape, Verdict, named, pointer
from usagecompat.jsontext import NO_VALUE, Document, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from types import ModuleType

    from usagecompat.checking.fast.extracts import FastExtract
    from usagecompat.checking.fast.places import FastPlaces
    from usagecompat.checking.fast.route import Certified
    from usagecompat.checking.weighing import Fit
    from usagecompat.contract import Revision
    from usagecompat.findings import Finding, Observe, Path, ProfileName, ShapeName

_BRIEFS: Final[dict[object, FitsInBrief]] = {}
"""How payloads fit that are alike in all that decides it, as far as it is remembered."""
_MOST_BRIEFS: Final = 500
_NO_CODES: Final = frozenset[str]()


def check(
    payload: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: ShapeName | None = None,
    profile: ProfileName = "served",
    ignore: Iterable[str] = (),
) -> Report:
    """
    All findings about one payload, and its verdict; no payload raises.

    Args:
        payload: JSON text as bytes or `str`, the `Path` of a file that holds it, or what a JSON parser made of it,
            which has lost faults of the text.
        revision: The contract revision to judge against, one of `usagecompat.REVISIONS` or a draft from
            `usagecompat.load_revision`; None for the newest.
        shape: "page", "bucket", "result" or "flat"; None to find out from the payload.
        profile: "served" tolerates what the API is known to serve; "published" is the published contract alone.
        ignore: Finding codes that count for nothing.

    Raises:
        NoSuchRevision: `revision` was never published.
        NoSuchName: `shape`, `profile` or a code of `ignore` does not exist.
        UnreadableInput: `payload` is the path of what cannot be read as one payload.
        TypeError: `payload` holds Python objects that JSON does not have, or a cycle.
    """
    weights = Profile.SERVED if profile == "served" else named(Profile, profile, "profile")
    asked = None if shape is None else named(Shape, shape, "shape")
    codes = _codes(ignore) if ignore else _NO_CODES
    at = resolve_revision(revision)
    if type(payload) is not bytes:
        if isinstance(payload, (bytearray, memoryview)):
            payload = bytes(payload)  # the report may look at it again, and the caller may change it by then
        elif isinstance(payload, os.PathLike):
            from usagecompat.inputs import only  # noqa: PLC0415 - no other payload needs what reads files

            payload = only(payload)
    is_text = isinstance(payload, (bytes, str))
    fast = fast_route() if is_text else None
    certified = fast.certify(payload, at, asked) if fast else None
    if certified is not None and isinstance(payload, (bytes, str)):
        report = _proved(payload, certified, at, weights, codes)
        if report is not None:
            return report
    document = read(payload)
    told = asked or told_shape(document, at)
    report = report_on(document, at, told, weights, codes)
    if fast and certified is None and told is not None:
        fast.learn(document, told, at, {finding.code for finding in report.findings} | codes)
    return report


def _proved(
    payload: bytes | str, certified: Certified, revision: Revision, profile: Profile, ignore: AbstractSet[str]
) -> Report | None:
    """The report of what is proved of a payload; None if the exact route has to say more."""
    again = _Again(payload, revision, certified.shape, profile, ignore)
    verdict: Verdict = Verdict.VALID
    findings: tuple[Finding, ...] = ()
    if certified.observations:
        weighed = weigh_counted(certified.observations, profile=profile, ignore=ignore, places=again)
        if weighed is None:
            return None
        verdict, findings = weighed
    return Report(
        verdict=verdict,
        findings=findings,
        truncated=0,
        shape=certified.shape,
        revision=revision,
        profile=profile,
        fit=again,
    )


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
        from usagecompat.checking.fast import route  # noqa: PLC0415 - the exact route alone must not need it
    except ImportError:
        return None
    return route


class _Again:
    """A certified payload that is read after all, when somebody asks for places or for other revisions."""

    def __init__(
        self, payload: bytes | str, revision: Revision, shape: Shape, profile: Profile, ignore: AbstractSet[str]
    ) -> None:
        self._payload = payload
        self._revision: Revision = revision
        self._shape = shape
        self._profile = profile
        self._ignore = ignore

    @cached_property
    def _places(self) -> FastPlaces:
        from usagecompat.checking.fast.places import FastPlaces  # noqa: PLC0415 - as the fast route itself

        return FastPlaces(self._payload)

    @cached_property
    def _document(self) -> Document:
        return read(self._payload)

    def line_and_column(self, path: Path, offset: int | None) -> tuple[int, int] | None:  # noqa: ARG002 - as in `Places`
        """As `Document` has it; no finding has an offset where the text has no faults."""
        return self._places.line_and_column(path)

    def excerpt(self, path: Path, offset: int | None) -> tuple[str, int] | None:  # noqa: ARG002 - as in `Places`
        """As `Document` has it."""
        return self._places.excerpt(path)

    def __call__(self) -> Mapping[str, Fit]:
        """How it fits each revision: told from one result of each sort, if that is enough."""
        return self._fits(in_words=True)

    def _fits(self, *, in_words: bool) -> Mapping[str, Fit]:
        short = self._short
        document = read(short.payload) if short else self._document
        fits = fits_of(
            document, self._revision, self._shape, self._profile, self._ignore, places=self, in_words=in_words
        )
        return {at: _moved(fit, short) for at, fit in fits.items()} if short else fits

    @cached_property
    def _short(self) -> FastExtract | None:
        if self._revision not in REVISIONS:  # results that a draft tells apart may be one group at the others
            return None
        fast = fast_route()
        return fast.shortened(self._payload, self._revision, self._shape) if fast else None

    def in_brief(self) -> FitsInBrief:
        """The same without messages and lines, which payloads of the same sorts have in common."""
        short = self._short
        if short is None:
            return in_brief(self._fits(in_words=False))
        key = self._revision, self._shape, self._profile, self._ignore, short.sorts, short.buckets, short.results
        brief = _BRIEFS.get(key)
        if brief is None:
            if len(_BRIEFS) >= _MOST_BRIEFS:
                _BRIEFS.clear()
            brief = _BRIEFS[key] = in_brief(self._fits(in_words=False))
        return brief


@frozen(eq=False)
class _Fits:
    """How a document that was read fits each revision, in words or in brief."""

    document: Document
    revision: Revision
    shape: Shape | None
    profile: Profile
    ignore: AbstractSet[str]

    def __call__(self, *, in_words: bool = True) -> Mapping[str, Fit]:
        at = self.document, self.revision, self.shape, self.profile, self.ignore
        return fits_of(*at, places=self.document, in_words=in_words)

    def in_brief(self) -> FitsInBrief:
        """The same without messages, for which fewer revisions have to be asked."""
        return in_brief(self(in_words=False))


def _moved(fit: Fit, short: FastExtract) -> Fit:
    """How the whole payload fits that was shortened."""
    if not fit.ruled_out_by:
        return fit
    paths = [(one, short.whole(one.path)) for one in fit.ruled_out_by]
    return evolve(fit, ruled_out_by=tuple(evolve(one, path=path, pointer=pointer(path)) for one, path in paths))


def _codes(ignore: Iterable[str]) -> frozenset[str]:
    codes = frozenset((ignore,) if isinstance(ignore, str) else ignore)
    for code in sorted(codes - CODES.keys()):
        raise NoSuchName("finding code", code, tuple(CODES))
    return codes


def look(document: Document, revision: str, shape: Shape | None, see: Observe, *, hints: bool = True) -> None:
    """Tell `see` everything that all stages see in a document, with or without hints at names that are nearly the same."""
    for one in document.findings:
        see(one)
    validate(document, revision, shape, see, hints=hints)
    for one in find_contradictions(document, revision, shape):
        see(one)


def report_on(
    document: Document,
    revision: str,
    shape: Shape | None,
    profile: Profile,
    ignore: AbstractSet[str] = frozenset(),
) -> Report:
    """The report of a document that has been read, all stages included."""
    weighing = Weighing(profile, ignore, places=document)
    look(document, revision, shape, weighing.add)
    verdict, findings, truncated = weighing.result(document.value)
    at = cast("Revision", revision)
    fit = _Fits(document, at, shape, profile, ignore)
    return Report(
        verdict=verdict,
        findings=findings,
        truncated=truncated,
        shape=shape,
        revision=at,
        profile=profile,
        fit=fit if document.value is not NO_VALUE else None,
    )
