"""
Why a client fails: the differences of all cases, traced back to as few causes as explain them.

Each difference has every explanation that fits it. The one that explains the most of what is left is taken for a cause,
until nothing is left: so one rounding explains a thousand amounts, and no chance resemblance of one of them counts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from usagecompat.clients._explanations import Values, explanations, renamed
from usagecompat.clients._traits import traits
from usagecompat.clients.case_results import COMPARED, OneWay
from usagecompat.clients.cause_names import VAGUE, naming
from usagecompat.clients.fixes import Mark, fixes_of
from usagecompat.clients.results import Cause
from usagecompat.contract import LATEST
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from usagecompat.clients.case_results import CaseResult, Fault
    from usagecompat.clients.grading import Task
    from usagecompat.clients.lifts import Fix
    from usagecompat.clients.results import ClientResult

_FAULTS: Final[Mapping[str, str]] = {
    "client/crashed": "crashes",
    "client/timed-out": "deadlines",
    "client/protocol-violation": "protocol",
    "client/accepted-invalid": "accepts-invalid",
    "client/nondeterministic": "nondeterministic",
}
_PREVIOUS: Final = "what came is the answer to "
_FEW_NAMES: Final = 3
_LONGEST: Final = 160
_TELLING: Final = 0.6
"""A trait may be why payloads are refused if so many of those that have it are."""
_MORE_OFTEN: Final = 1.5
"""And if it is that much more often refused than all payloads are."""
_MOST: Final = 0.8
"""Who refuses more than that refuses everything, and no trait says why."""
_REFUSED: Final = "client/refused-valid"
_LISTED: Final = 200
"""So many differences of a case are looked at."""


def causes_of(result: ClientResult, tasks: Iterable[Task]) -> tuple[Cause, ...]:
    """
    The causes of all that is wrong with a client, in the order in which to fix them.

    Args:
        result: What came of the client.
        tasks: What was sent; a case without is explained by its codes alone.
    """
    return causes_and_fixes(result, tasks)[0]


def causes_and_fixes(result: ClientResult, tasks: Iterable[Task]) -> tuple[tuple[Cause, ...], tuple[Fix, ...]]:
    """The causes, and the same by what to fix first; causes of what comes first come first, too."""
    by_id = {task.case_id: task for task in tasks}
    refusals = _refusal_traits(result, by_id)
    marks = [mark for case in result.cases for mark in _marks(case, by_id.get(case.case_id), refusals)]
    _attribute(marks)
    named: dict[str, list[Mark]] = {}
    for mark in marks:
        named.setdefault(mark.cause, []).append(mark)
    found = [_cause(name, part, result, marks) for name, part in named.items()]
    found.sort(key=lambda one: (one.cap, -one.everyday, -len(one.cases), one.name))
    fixes = fixes_of(found, marks, result.required, {case_id: len(task.payload) for case_id, task in by_id.items()})
    rank = {name: place for place, fix in enumerate(fixes) for name in fix.causes}
    return tuple(sorted(found, key=lambda one: rank.get(one.name, len(rank)))), fixes


def _attribute(marks: Sequence[Mark]) -> None:
    """Give each mark its cause: whatever explains the most of what is left, in cases first and then in places."""
    left = [mark for mark in marks if not mark.cause]
    while left:
        places: Counter[str] = Counter()
        seen: dict[str, set[str]] = {}
        first: dict[str, float] = {}
        for mark in left:
            for rank, name in enumerate(mark.candidates):
                places[name] += 1
                seen.setdefault(name, set()).add(mark.case.case_id)
                first[name] = first.get(name, 0) + rank
        weights = {name: _weight(name) for name in places}
        best = max(
            places,
            key=lambda name: (
                weights[name] * len(seen[name]),
                weights[name] * places[name],
                -first[name] / places[name],
                name,
            ),
        )
        for mark in left:
            if best in mark.candidates:
                mark.cause = best
        left = [mark for mark in left if not mark.cause]


def _weight(name: str) -> int:
    """How much it counts that a cause explains a case: what says less has to explain more."""
    if name == "others":
        return 1
    if name == "refused":
        return 2
    return 4 if name in VAGUE else 12


def _cause(name: str, part: Sequence[Mark], result: ClientResult, marks: Sequence[Mark]) -> Cause:
    said = naming(name)
    shown = min(part, key=lambda mark: (mark.case.tier is not Tier.EVERYDAY, mark.cap, len(mark.message)))
    cases = {mark.case.case_id: mark.case for mark in part}
    example = f"{shown.case.case_id}{f' at {shown.pointer}' if shown.pointer else ''}: {shown.message}"
    codes = Counter(mark.code for mark in part)
    return Cause(
        name=name,
        title=said.title,
        fix=said.fix,
        where=_where(part),
        cases=tuple(sorted(cases)),
        everyday=sum(case.tier is Tier.EVERYDAY for case in cases.values()),
        live=sum(case.served for case in cases.values()),
        cap=min(mark.cap for mark in part),
        code=max(codes, key=lambda code: (codes[code], code)),
        example=example if len(example) <= _LONGEST else f"{example[:_LONGEST]} …",
        after=_level_without(name, result, marks),
        known=said.known,
    )


def _where(part: Sequence[Mark]) -> str:
    names = Counter(_member(mark.pointer) for mark in part)
    listed = [name for name, _ in names.most_common()]
    more = f" and {len(listed) - _FEW_NAMES} more" if len(listed) > _FEW_NAMES else ""
    return ", ".join(listed[:_FEW_NAMES]) + more


def _member(pointer: str) -> str:
    """What stands at a pointer, in a word."""
    names = [part for part in pointer.split("/")[1:] if not part.isdigit()]
    if not names:
        return "the whole"
    return ".".join(names[-2:]) if names[-1] in {"value", "currency"} else names[-1]


def _level_without(name: str, result: ClientResult, marks: Sequence[Mark]) -> Level | None:
    """The headline if nothing were left of one cause, as far as answers tell: none is told of what gave no answer."""
    if result.one_way is OneWay.DECODES:
        return None
    caps: dict[str, Level] = {}
    for mark in marks:
        if mark.cause != name:
            caps[mark.case.case_id] = min(mark.cap, caps.get(mark.case.case_id, Level.BYTES))
    owed = [case for case in result.cases if case.tier is Tier.EVERYDAY and case.duty in COMPARED and case.judged]
    told = (case for case in owed if case.level is not None or case.case_id in caps)
    return min((caps.get(case.case_id, Level.BYTES) for case in told), default=None)


# -- the explanations of one case


def _marks(case: CaseResult, task: Task | None, refusals: Mapping[str, tuple[str, ...]]) -> Iterator[Mark]:
    for fault in case.faults:
        names = _of_fault(fault, refusals.get(case.case_id, ()))
        yield Mark(case, fault.code, Level.NONE, "", fault.message, names)
    if case.duty not in COMPARED or not case.differences:
        return
    listed = case.differences[:_LISTED]
    values = Values.of(task.payload if task else None, case.returned)
    as_one = renamed(listed, values)
    for difference in listed:
        names = as_one.get(id(difference)) or tuple(
            explanations(difference, values, listed, task.revision if task else LATEST)
        )
        # What is lost of an extreme payload is no failure, and comes behind everything that is.
        cap = max(difference.cap, Level.EXACT) if case.tier is Tier.EXTREME else difference.cap
        yield Mark(case, difference.code, cap, difference.pointer, difference.message, names)


def _of_fault(fault: Fault, refusals: tuple[str, ...]) -> tuple[str, ...]:
    if fault.code == _REFUSED:
        return (*refusals, "refused")
    if fault.code == "client/state-leak":
        return ("previous-answer", "state-leak") if _PREVIOUS in fault.message else ("state-leak",)
    return (_FAULTS.get(fault.code, "others"),)


def _refusal_traits(result: ClientResult, tasks: Mapping[str, Task]) -> dict[str, tuple[str, ...]]:
    """For each payload that was wrongly refused the traits that most payloads have for which the client refuses."""
    ids = {case.case_id for case in result.cases if any(fault.code == _REFUSED for fault in case.faults)}
    if not ids:
        return {}
    owed = [case.case_id for case in result.cases if case.duty in COMPARED and case.case_id in tasks]
    own = {case_id: traits(tasks[case_id].payload, tasks[case_id].revision) for case_id in owed}
    with_it = Counter(name for case_id in own for name in own[case_id])
    refused_with_it = Counter(name for case_id in ids & own.keys() for name in own[case_id])
    share = {name: refused_with_it[name] / with_it[name] for name in with_it}
    least = max(_TELLING, min(1.0, _MORE_OFTEN * len(ids) / len(owed))) if owed else 1.0
    telling = {name for name in share if share[name] >= least} if len(ids) < len(owed) * _MOST else set[str]()
    return {case_id: tuple(sorted(own[case_id] & telling, key=lambda one: -share[one])) for case_id in ids & own.keys()}
