"""
What came of one client that pages as a page to look at: what went wrong, what to do, and what it asked at each sequence.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from usagecompat.clients import Expectation, PagingResult
from usagecompat.explanations import explanation
from usagecompat.findings import CODES, Severity
from usagecompat.pages import Bar, Html, details, paragraph, section, shares, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import CaseResult, ClientResult

_MOST: Final = 60
"""So many failing sequences are displayed."""
_MOST_REQUESTS: Final = 30
_DUTIES: Final = {
    Expectation.MUST_DECODE: "all buckets can be had",
    Expectation.MAY_REFUSE: "the server breaks the API's promises",
    Expectation.MUST_REFUSE: "a page fails, which must be reported",
}


def paging_sections(result: ClientResult) -> Iterator[Html]:
    """The sections of the page."""
    failing = result.failing
    unjudged = sum(not case.judged for case in result.cases)
    right = len(result.cases) - unjudged - len(failing)
    bars = (
        (Bar("right", right), "valid"),
        (Bar("failing", len(failing)), "invalid"),
        (Bar("not judged", unjudged), "acceptable"),
    )
    yield section("Sequences", shares("Sequences by what came of them", list(bars)), _duties(result))
    yield section("What to fix first", _codes(result))
    for fault in result.faults:
        yield section("The client as a whole", paragraph(f"{fault.code}: {fault.message}"))
    listed = [case for case in result.cases if case.case_id in failing]
    left = len(listed) - _MOST
    more = f", of which {left:,} are not displayed" if left > 0 else ""
    yield section(
        "Failing sequences", paragraph(f"{len(listed):,} sequences fail{more}."), *map(_sequence, listed[:_MOST])
    )


def _duties(result: ClientResult) -> Html:
    rows: list[tuple[str, str, str]] = []
    for duty, meaning in _DUTIES.items():
        cases = [case for case in result.cases if case.duty is duty]
        wrong = sum(case.case_id in result.failing for case in cases)
        rows.append((meaning, f"{len(cases):,}", f"{wrong:,}"))
    return table("Sequences by what a right client does", ("what is so", "sequences", "failing"), rows, numbers=[1, 2])


def _codes(result: ClientResult) -> Html:
    """Each code, at how many sequences, and what to do; notes last."""
    codes = Counter(code for found in result.failing.values() for code in found)
    notes = Counter(
        fault.code for case in result.cases for fault in case.faults if CODES[fault.code].served is Severity.NOTE
    )
    if not codes and not notes:
        return paragraph("Nothing: no sequence fails.")
    rows = [
        (code, CODES[code].title, f"{count:,}", explanation(code).client)
        for code, count in (*codes.most_common(), *notes.most_common())
    ]
    return table("What went wrong", ("code", "what it means", "sequences", "what to do"), rows, numbers=[2])


def _sequence(case: CaseResult) -> Html:
    parts = [paragraph(f"{fault.code}: {fault.message}") for fault in case.faults]
    if case.differences:
        found = [(one.code, one.pointer, one.sent or "", one.returned or "") for one in case.differences]
        parts.append(table("Differences in buckets", ("code", "pointer", "sent", "returned"), found))
    paging = case.paging if isinstance(case, PagingResult) else None
    if paging:
        printed = "a report of a failure" if paging.printed is None else f"{paging.printed:,}"
        parts.append(paragraph(f"Buckets: {paging.expected:,} there, {paging.served:,} served, printed: {printed}."))
        requests = [one.to_dict() for one in paging.requests[:_MOST_REQUESTS]]
        rows = [(f"{at}", f"{one['method']} {one['target']}", f"{one['status']}") for at, one in enumerate(requests, 1)]
        left = len(paging.requests) - len(rows)
        caption = f"What it asked{f', without {left:,} more requests' if left else ''}"
        parts.append(table(caption, ("", "request", "status"), rows, numbers=[0, 2]))
    level = case.level.name if case.level is not None else str(case.outcome)
    return details(f"{case.case_id}: {level}", *parts)
