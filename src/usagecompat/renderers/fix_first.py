"""
What lifts a client most, in at most five lines: the end of a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.clients import OneWay
from usagecompat.printing import counted
from usagecompat.renderers.run_parts import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import ClientResult, Fix, Lift

_MOST: Final = 4


def fix_first_lines(result: ClientResult) -> Iterator[str]:
    """The first things to fix, below a line that says how many there are; nothing if there are none."""
    fixes = result.fix_first
    if not fixes:
        return
    yield ""
    some = f", the first {_MOST} of {len(fixes)}" if len(fixes) > _MOST else ""
    yield f"What lifts the client most{some}:"
    for number, fix in enumerate(fixes[:_MOST], 1):
        yield f"  {number}. {_line(fix, result)}"


def _line(fix: Fix, result: ClientResult) -> str:
    lift = _lift(fix.lift)
    if result.one_way is OneWay.DECODES and fix.lift.cases:  # there are no levels to lift it to
        lift = f"alone this makes {_number(fix.lift.cases)} right"
    where = "" if fix.where == "the whole" else f" ({told(fix.where)})"
    faults = f" See docs/faults.md on {', '.join(fix.known)}." if fix.known else ""
    return f"{told(fix.title)}{where}: {_cases(fix)}; {lift}. {_what_to_do(fix)}{faults}"


def _cases(fix: Fix) -> str:
    return f"{_number(fix.cases)}, {fix.live} of them live"


def _lift(lift: Lift) -> str:
    if not lift.cases:
        return "alone this lifts none, as each has another cause, too"
    others = lift.cases - lift.live
    counted = (
        [f"{lift.live} live", f"{others} other"]
        if lift.live and others
        else [f"{lift.cases}{' live' * bool(lift.live)}"]
    )
    cases = f"{' and '.join(counted)} {'case' if lift.cases == 1 else 'cases'}"
    return (
        f"alone this helps {cases}: they are answered"
        if lift.to is None
        else f"alone this lifts {cases} to {lift.to.name}"
    )


def _what_to_do(fix: Fix) -> str:
    if not fix.vague:
        return fix.fix
    size = "" if fix.size is None else f" ({fix.size:,} bytes)"
    return f"The smallest is {told(fix.smallest)}{size}. {fix.fix}"


def _number(cases: int) -> str:
    return counted(cases, "case")
