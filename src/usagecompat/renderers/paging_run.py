"""
What came of one client that pages, for people: what was put to it, what it did wrong, and what to do.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from usagecompat.clients import Expectation, Outcome, PagingResult
from usagecompat.corpus import Tier
from usagecompat.explanations import explanation
from usagecompat.findings import CODES, Severity
from usagecompat.printing import printable
from usagecompat.renderers.about import about_lines
from usagecompat.renderers.run_parts import against_list, failure, not_judged, told, who

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.clients import CaseResult, ClientResult, Comparison
    from usagecompat.fidelity import Level

_DUTIES: Final[Mapping[Expectation, str]] = {
    Expectation.MUST_DECODE: "have all buckets to give",
    Expectation.MAY_REFUSE: "may be given or reported: the server breaks the API's promises",
    Expectation.MUST_REFUSE: "have a page that fails, which must be reported",
}
_FEW: Final = 3
"""So many requests of a failing sequence are listed, and the last one."""
_OF_PAGES: Final = frozenset(
    f"client/{name}"
    for name in (
        "buckets-lost",
        "buckets-repeated",
        "query-changed",
        "cursor-changed",
        "paging-endless",
        "pages-unread",
        "error-hidden",
        "gave-up-early",
    )
)
"""The codes whose explanation says what a client that pages has to do."""


def render_paging(result: ClientResult, comparison: Comparison | None, *, max_cases: int, quiet: bool) -> Iterator[str]:
    """
    The lines of a result.

    Args:
        result: What came of a client that was put sequences.
        comparison: Which failures were expected.
        max_cases: How many failing sequences are listed.
        quiet: Say only who it is, what it comes to, and what to fix.
    """
    yield who(result)
    if not quiet:
        yield from (f"    {line}" for line in about_lines(result.about))
    judged = [case for case in result.cases if case.judged]
    failing = result.failing
    yield f"{len(judged) - len(failing)} of {len(result.cases)} sequences are right, {len(failing)} are not"
    yield from _levels(result)
    if not quiet:
        yield from _numbers(result)
    for fault in result.faults:
        yield ""
        yield f"The client as a whole: {fault.code}: {told(fault.message)}"
    yield from _codes(result)
    if not quiet:
        yield from _failures(result, comparison, max_cases)
        yield from _without_blame(result)
        yield from not_judged(result)


def _levels(result: ClientResult) -> Iterator[str]:
    """What is kept of the buckets, at worst; a sequence without any, or whose failure is reported, has no level."""
    for tier, of in ((Tier.EVERYDAY, "everyday"), (Tier.POSSIBLE, "rare but possible")):
        levels = [case.level for case in result.cases if case.tier is tier and case.level is not None]
        if levels:
            yield f"    buckets come out at {min(levels).name} or better in {len(levels)} {of} sequences"


def _numbers(result: ClientResult) -> Iterator[str]:
    yield ""
    for duty, meaning in _DUTIES.items():
        cases = [case for case in result.cases if case.duty is duty]
        if cases:
            outcomes = Counter(_OUTCOMES.get(case.outcome, str(case.outcome)) for case in cases)
            done = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
            yield f"{len(cases):5} of {len(result.cases)} sequences {meaning}: {done}"


_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.DECODED: "claimed to have all",
    Outcome.REFUSED: "reported a failure",
}


def _codes(result: ClientResult) -> Iterator[str]:
    """What to fix, the most frequent first; notes last."""
    codes: Counter[str] = Counter(code for found in result.failing.values() for code in found)
    notes = Counter(
        fault.code for case in result.cases for fault in case.faults if CODES[fault.code].served is Severity.NOTE
    )
    if codes or notes:
        yield ""
        yield "What was found, and in how many sequences:"
    for code, times in (*codes.most_common(), *notes.most_common()):
        mark = " (a note)" if code in notes else ""
        yield f"{times:5}  {code}{mark}: {_meaning(code)}"


def _meaning(code: str) -> str:
    return explanation(code).client if code in _OF_PAGES else CODES[code].title


def render_paging_failure(case: PagingResult, required: Level) -> Iterator[str]:
    """The lines of one failing query: what is wrong, what was asked, and what a right client does."""
    codes = case.failing(required)
    yield from failure(case, codes, required)
    yield from _requests(case)
    for code in sorted(codes):
        yield f"  {code}: {_meaning(code)} See docs/findings.md#{code.replace('/', '')}"


def _failures(result: ClientResult, comparison: Comparison | None, max_cases: int) -> Iterator[str]:
    failing = result.failing if comparison is None else comparison.unexpected
    if failing:
        yield ""
        yield "Failing:" if comparison is None else "Failing, and not expected to:"
        listed = [case for case in result.cases if case.case_id in failing]
        for case in listed[:max_cases]:
            yield from failure(case, failing[case.case_id], result.required)
            yield from _requests(case)
        if len(listed) > max_cases:
            more = len(listed) - max_cases
            yield f"  {more} of {len(listed)} failing sequences are not listed; --max-cases {len(listed)} lists all"
    if comparison is not None:
        yield from against_list(result, comparison)


def _requests(case: CaseResult) -> Iterator[str]:
    """The first few requests of a client, and the last one."""
    paging = case.paging if isinstance(case, PagingResult) else None
    told = [one.to_dict() for one in paging.requests] if paging else []
    for number, one in enumerate(told, 1):
        if number <= _FEW or number == len(told):
            yield printable(f"      request {number}: {one['method']} {one['target']}: {one['status']}")
        elif number == _FEW + 1:
            yield f"      … {len(told) - _FEW - 1} more"


def _without_blame(result: ClientResult) -> Iterator[str]:
    """What costs the level of a sequence, and is the fault of its server."""
    cases = [
        case
        for case in result.cases
        if case.level is not None and case.level < result.required and case.case_id not in result.failing
    ]
    if cases:
        yield ""
        yield f"No failure, although the level is below {result.required.name}:"
        for case in cases:
            yield f"  {case.case_id}: {'' if case.level is None else case.level.name}: {told(case.message)}"
