"""
Single answers: whether one is what its query asked for, before it is held against others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import frozen

from usagecompat.checking import check
from usagecompat.contract import contract
from usagecompat.findings import Severity
from usagecompat.jsontext import read
from usagecompat.probe.course import DAY, seconds_of
from usagecompat.probe.pages import read_page

if TYPE_CHECKING:
    from usagecompat.contract import Revision
    from usagecompat.probe.course import Course
    from usagecompat.probe.pages import Page
    from usagecompat.probe.session import Exchange

OK: Final = 200
BAD: Final = range(400, 500)
_FAILED: Final = 500
_NOT_FOUND: Final = 404
_UNAUTHORIZED: Final = frozenset({401, 403})
_FLAGS: Final = frozenset({"rule/has-more-without-cursor", "rule/cursor-without-has-more"})
_TIMES: Final = frozenset({"rule/end-before-start", "rule/overlapping-buckets", "rule/unordered-buckets"})
_QUOTED: Final = 200
PAGING: Final = "paging"
"""The law at which a page that is short is judged by the next one."""

_FEW: Final = 2


@frozen(kw_only=True)
class Wanted:
    """What an answer to a right query must be."""

    start: int | None
    """Where its first bucket starts; None for a page that a cursor led to."""
    end: int
    """Where the window ends."""
    width: str
    limit: int


def page_of(course: Course, exchange: Exchange | None, wanted: Wanted, *, fit: bool = False) -> Page | None:
    """
    The page that an answer is, if it may be held against others; what is wrong with it is reported.

    Args:
        course: Where to report.
        exchange: The question with its answer.
        wanted: What is right.
        fit: Whether to ask which revision the answer fits.
    """
    if exchange is None:
        return None
    answer, query = exchange.answer, exchange.query
    if answer.failure:
        course.report("server/no-answer", f"There is no answer: {answer.failure}.", query)
        return None
    if answer.status != OK:
        _refused(course, exchange)
        return None
    document = read(answer.body)
    if is_error(document.value):
        course.report("server/error-with-200", f"Status 200 comes with an error body: {_excerpt(answer.body)}", query)
        return None
    report = check(answer.body, revision=cast("Revision", course.revision), shape="page")
    if fit and report.best_revision:
        course.revisions.append(report.best_revision)
    page = None if isinstance(document.value, str) else read_page(_tree(document.value), course.endpoint.kind, query)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors or page is None:
        first = errors[0] if errors else None
        said = f"{first.code} at {first.pointer or 'the root'}: {first.message}" if first else "it cannot be read"
        course.report("server/invalid-page", f"The answer is no page of the contract: {said}", query)
        return None
    if wrong := _other_kind(course, document.value):
        course.report("server/wrong-kind", wrong, query)
        return None
    flags = [finding for finding in report.findings if finding.code in _FLAGS]
    if flags:
        course.report("server/has-more-wrong", f"{flags[0].message}.", query)
        if course.relation == PAGING:
            return None
    return page if in_time(course, page, wanted) else None


def _tree(value: object) -> Any:  # noqa: ANN401 - a document's value is a tree or nothing
    return value


def is_error(value: object) -> bool:
    """Whether a document is an error body."""
    if not isinstance(value, dict):
        return False
    told = cast("dict[str, Any]", value)
    error = told.get("error")
    return "data" not in told and (
        (isinstance(error, dict) and "message" in error) or (isinstance(error, str) and bool(error))
    )


def _excerpt(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _refused(course: Course, exchange: Exchange) -> None:
    answer, query = exchange.answer, exchange.query
    said = f"Status {answer.status}: {_excerpt(answer.body) or 'without a body'}"
    if answer.status >= _FAILED:
        course.report("server/failed", f"A right query is answered with an error of the server. {said}", query)
    elif answer.status == _NOT_FOUND:
        course.report("server/endpoint-missing", f"The endpoint is not there. {said}", query)
    else:
        hint = " Is the key right?" if answer.status in _UNAUTHORIZED else ""
        course.report("server/query-refused", f"A right query is refused. {said}{hint}", query)


def _other_kind(course: Course, value: object) -> str:
    """A kind that belongs to another endpoint, in words."""
    known = contract(course.revision).kinds
    told: Any = value
    for bucket in told["data"]:
        for result in bucket.get("results", bucket.get("result", ())):
            kind = result.get("object")
            if kind in known and kind != course.endpoint.kind:
                return f"A result is a {kind}; {course.endpoint.name} serves {course.endpoint.kind}."
    return ""


def in_time(course: Course, page: Page, wanted: Wanted) -> bool:
    """Whether the buckets stand where they belong; what is wrong is reported, the gravest first and alone."""
    if wrong := _out_of_time(course, page, wanted):
        course.report(*wrong, page.query)
    return wrong is None


def _out_of_time(course: Course, page: Page, wanted: Wanted) -> tuple[str, str] | None:
    """The code of what is wrong, and a message."""
    seconds = seconds_of(wanted.width)
    buckets = page.buckets
    starts = [bucket.start for bucket in buckets]
    if len({*starts}) < len(starts):
        return "server/buckets-repeated", f"A page has the bucket of {_twice(starts)} twice."
    if len(buckets) > wanted.limit and wanted.start is not None:
        return "server/limit-ignored", f"{len(buckets)} buckets came, and limit is {wanted.limit}."
    last = min(wanted.end, course.window.closed)
    widths = {bucket.end - bucket.start for bucket in buckets if bucket.end <= last}
    others = widths & ({60, 3_600, DAY} - {seconds})
    if others and not widths - others:
        return "server/width-ignored", f"Buckets of {others.pop():,} seconds came, and {wanted.width} was asked for."
    if moved := _moved(starts, wanted, seconds):
        return "server/times-shifted", moved
    off = [
        bucket
        for bucket in buckets
        if bucket.start % seconds or (bucket.end <= last and bucket.end - bucket.start != seconds)
    ]
    if off:
        told = f"A bucket goes from {off[0].start} to {off[0].end}, which is not on the grid of {wanted.width}."
        return "server/buckets-off-grid", told
    first = course.window.start if wanted.start is None else wanted.start
    outside = [start for start in starts if not first <= start < wanted.end]
    if outside:
        told = f"The bucket of {outside[0]} is outside the window that was asked for."
        return "server/buckets-outside-window", told
    if starts != sorted(starts):
        return "server/buckets-unordered", "Buckets do not come in the order of time."
    return None if wanted.start is None else _incomplete(course, page, wanted, range(wanted.start, last, seconds))


def _twice(starts: list[int]) -> int:
    return next(start for start in starts if starts.count(start) > 1)


def _moved(starts: list[int], wanted: Wanted, seconds: int) -> str:
    """What is wrong if all buckets are moved by the same time, in words."""
    rests = {start % seconds for start in starts}
    if len(rests) == 1 and (rest := rests.pop()):
        return f"Every bucket starts {rest:,} seconds after the grid of UTC, as in another time zone."
    if wanted.start is None or len(starts) < _FEW:
        return ""
    expected = list(range(wanted.start, wanted.end, seconds))[: wanted.limit]
    offsets = {there - here for here, there in zip(expected, starts, strict=False)}
    inside = wanted.start <= starts[0] and starts[-1] < wanted.end
    if len(offsets) == 1 and len(starts) == len(expected) and not inside:
        offset = offsets.pop()
        return f"Every bucket is {abs(offset):,} seconds {'late' if offset > 0 else 'early'}."
    return ""


def _incomplete(course: Course, page: Page, wanted: Wanted, grid: range) -> tuple[str, str] | None:
    """The code and a message, if a bucket is missing on the page, or the page is wrong about more of them."""
    starts = {bucket.start for bucket in page.buckets}
    due = list(grid)
    if page.has_more and page.buckets and page.buckets[-1].end >= wanted.end:
        return "server/has-more-wrong", "The page reaches the end of the window, and has `has_more` true."
    if page.has_more and len(page.buckets) < min(wanted.limit, len(due)) and starts == set(due[: len(starts)]):
        if course.relation == PAGING:
            return None
        return "server/limit-ignored", f"Only {len(starts)} buckets came of {len(due)}, and limit is {wanted.limit}."
    missing = [start for start in due[: wanted.limit] if start not in starts]
    if missing:
        return "server/buckets-missing", f"The bucket of {missing[0]} is missing, one of {len(missing)}."
    if not page.has_more and len(due) > wanted.limit:
        left = len(due) - wanted.limit
        return "server/buckets-missing", f"The page has `has_more` false, and {left} buckets are still to come."
    return None


def error_body(body: bytes) -> bool:
    """Whether a body is an error body as the API has it."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return False
    error: Any = cast("dict[str, Any]", told).get("error") if isinstance(told, dict) else None
    return isinstance(error, dict) and isinstance(cast("dict[str, Any]", error).get("message"), str)
