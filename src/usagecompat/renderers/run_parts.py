"""
Parts of what is said of one client that stand in more than one report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.clients import NOT_JUDGED
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import CaseResult, ClientResult, Comparison
    from usagecompat.fidelity import Level

_LONGEST: Final = 300
_MOST_DIFFERENCES: Final = 3


def who(result: ClientResult) -> str:
    """Who the client is, in a line."""
    revision = f"judged by {result.revision}" if result.revision else "each case judged by its own revision"
    return printable(f"{result.name}: {result.introduction}; {result.way}: {result.command}; {revision}")


def against_list(result: ClientResult, comparison: Comparison) -> Iterator[str]:
    """The failures against the list of expected ones."""
    yield ""
    yield f"{len(comparison.expected)} of {len(result.cases)} cases fail as expected."
    for entry, cases in comparison.passing.items():
        code = entry.code or "any code"
        where = f"any of {len(cases)} cases" if entry.some else ", ".join(cases)
        yield f"line {entry.line}: {printable(entry.glob)} {code}: no longer so at {where}"
    for entry in comparison.unused:
        yield f"line {entry.line}: {printable(entry.glob)}: no case has that name"


def failure(case: CaseResult, codes: frozenset[str], required: Level) -> Iterator[str]:
    """A failing case, and why it fails."""
    level = f", {case.level.name}" if case.level is not None else ""
    yield f"  {case.case_id}: {case.outcome}{level}: {', '.join(sorted(codes))}"
    for fault in case.faults:
        if fault.code in codes:
            yield f"      {fault.code}: {told(fault.message)}"
    listed = [found for found in case.differences if found.code in codes and found.cap < required]
    for found in listed[:_MOST_DIFFERENCES]:
        yield f"      {printable(found.pointer) or 'the root'}: {found.code}: {told(found.message)}"
    more = len(listed) - _MOST_DIFFERENCES + case.truncated
    if more > 0:
        yield f"      and {more:,} more"


def not_judged(result: ClientResult) -> Iterator[str]:
    """The cases that nothing is known of, by the reason."""
    for outcome in sorted(NOT_JUDGED):
        cases = [case for case in result.cases if case.outcome is outcome]
        if not cases:
            continue
        yield ""
        yield f"{len(cases)} of {len(result.cases)} cases {outcome}, so not judged:"
        reasons: dict[str, list[str]] = {}
        for case in cases:
            reasons.setdefault(case.message, []).append(case.case_id)
        for reason, names in reasons.items():
            more = f" and {len(names) - _MOST_DIFFERENCES} more" if len(names) > _MOST_DIFFERENCES else ""
            yield f"  {', '.join(names[:_MOST_DIFFERENCES])}{more}: {told(reason)}"


def told(message: str) -> str:
    """A message fit for a line."""
    shown = printable(message.replace("\n", " / "))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} …"
