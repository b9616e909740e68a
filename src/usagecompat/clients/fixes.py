"""
What to fix first: causes that belong together, in the order of how much each alone lifts.

Causes are one thing to fix if docs/faults.md has them under one fault. A case is lifted if its level would be higher
without them, or if it would be answered at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define

from usagecompat.clients.cause_names import VAGUE
from usagecompat.clients.lifts import Fix, Lift
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.results import Cause

_FEW: Final = 3
_AMOUNT: Final = "amount.value"


@define
class Mark:
    """One difference or fault, and what may explain it, the most exact first."""

    case: CaseResult
    code: str
    cap: Level
    pointer: str
    message: str
    candidates: tuple[str, ...]
    cause: str = ""


def fixes_of(
    causes: Sequence[Cause], marks: Iterable[Mark], required: Level, sizes: Mapping[str, int]
) -> tuple[Fix, ...]:
    """
    What to fix, what lifts most first.

    Args:
        causes: All that is wrong.
        marks: The same in single places, each with its cause.
        required: The level at which cases have to hold.
        sizes: How long each payload is, as far as it is known.
    """
    caps: dict[str, dict[str, Level]] = {}
    cases: dict[str, CaseResult] = {}
    for mark in marks:
        if mark.cap < required:
            cases[mark.case.case_id] = mark.case
            known = caps.setdefault(mark.case.case_id, {})
            known[mark.cause] = min(mark.cap, known.get(mark.cause, Level.BYTES))
    groups: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.cap < required:
            groups.setdefault(cause.known[0] if cause.known else cause.name, []).append(cause)
    found = [_fix(group, caps, cases, required, sizes) for group in groups.values()]
    return tuple(sorted(found, key=_order))


def _order(fix: Fix) -> tuple[object, ...]:
    lift = fix.lift
    level = _rank(lift.to) if lift.cases else -1
    return (-lift.live, -level, -lift.everyday, -lift.cases, -fix.live, -fix.everyday, -fix.cases, fix.causes)


def _rank(level: Level | None) -> int:
    """What is not known, because nothing was answered, may be anything."""
    return Level.BYTES if level is None else level


def _fix(
    group: Sequence[Cause],
    caps: Mapping[str, Mapping[str, Level]],
    cases: Mapping[str, CaseResult],
    required: Level,
    sizes: Mapping[str, int],
) -> Fix:
    names = {cause.name for cause in group}
    ids = sorted(case_id for case_id, found in caps.items() if names & found.keys())
    lifted: list[str] = []
    levels: list[Level] = []
    for case_id in ids:
        rest = [cap for name, cap in caps[case_id].items() if name not in names]
        level = min(rest, default=required)
        if level > min(caps[case_id].values()):
            lifted.append(case_id)
            if cases[case_id].level is not None:
                levels.append(level)
    first = group[0]
    smallest = min(ids, key=lambda case_id: (sizes.get(case_id, 0), case_id), default="")
    return Fix(
        causes=tuple(cause.name for cause in group),
        title=_title(group),
        fix=first.fix,
        where=first.where,
        cases=len(ids),
        everyday=_everyday(cases[one] for one in ids),
        live=_live(cases[one] for one in ids),
        lift=Lift(
            cases=len(lifted),
            everyday=_everyday(cases[one] for one in lifted),
            live=_live(cases[one] for one in lifted),
            to=min(levels, default=None),
        ),
        known=first.known,
        vague=first.name in VAGUE and not first.known,
        smallest=smallest,
        size=sizes.get(smallest),
    )


def _everyday(cases: Iterable[CaseResult]) -> int:
    return sum(case.tier is Tier.EVERYDAY for case in cases)


def _live(cases: Iterable[CaseResult]) -> int:
    return sum(case.served for case in cases)


def _title(group: Sequence[Cause]) -> str:
    """What goes wrong, in one sentence for all of the group; numbers are called amounts where there are no others."""
    first = group[0]
    titles = list(dict.fromkeys(one.title for one in group))
    if first.where == _AMOUNT and first.title.startswith("numbers "):
        titles[0] = first.title.replace("numbers", "amounts", 1)
    common = "payloads are refused that have "
    if all(title.startswith(common) for title in titles):
        titles = [titles[0], *(title.removeprefix(common) for title in titles[1:])]
    more = f" and {len(titles) - _FEW} more" if len(titles) > _FEW else ""
    return ", ".join(titles[:_FEW]) + more
