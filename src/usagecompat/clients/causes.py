"""
Why a client fails: the differences of all cases, traced back to as few causes as explain them.

Each difference has every explanation that fits it. The one that explains the most of what is left is taken for a cause,
until nothing is left: so one rounding explains a thousand amounts, and no chance resemblance of one of them counts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, frozen

from usagecompat.clients._changes import explained, renaming
from usagecompat.clients._traits import traits
from usagecompat.clients.cause_names import naming
from usagecompat.clients.results import COMPARED, Cause
from usagecompat.contract import LATEST, contract
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from usagecompat.clients.grading import Task
    from usagecompat.clients.results import CaseResult, ClientResult, Fault
    from usagecompat.fidelity import Difference
    from usagecompat.jsontext import Tree

_FAULTS: Final[Mapping[str, str]] = {
    "client/crashed": "crashes",
    "client/timed-out": "deadlines",
    "client/protocol-violation": "protocol",
    "client/accepted-invalid": "accepts-invalid",
    "client/nondeterministic": "nondeterministic",
}
_PLAIN: Final[Mapping[str, str]] = {
    "client/not-json": "not-json",
    "client/integer-as-float": "integer-as-float",
    "client/duplicate-collapsed": "duplicates-merged",
    "client/null-became-absent": "nulls-dropped",
    "client/absent-became-null": "nulls-for-absent",
    "client/number-respelled": "number-respelled",
    "client/order-changed": "members-reordered",
    "client/string-respelled": "escapes",
    "client/whitespace-changed": "white-space",
}
_PREVIOUS: Final = "what came is the answer to "
_GENERIC: Final = frozenset(
    {
        *("type-changed", "text-changed", "number-changed", "value-as-null", "others", "members-lost", "items-lost"),
        *("members-invented", "renamed", "refused", "kind-lost", "reordered"),
    }
)
"""Causes that explain much by saying little: a more exact one needs half as many cases."""
_KINDS: Final = frozenset(contract(LATEST).kinds)
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


@define
class _Mark:
    """One difference or fault, and what may explain it, the most exact first."""

    case: CaseResult
    code: str
    cap: Level
    pointer: str
    message: str
    candidates: tuple[str, ...]
    cause: str = ""


def causes_of(result: ClientResult, tasks: Iterable[Task]) -> tuple[Cause, ...]:
    """
    The causes of all that is wrong with a client, in the order in which to fix them.

    Args:
        result: What came of the client.
        tasks: What was sent; a case without is explained by its codes alone.
    """
    by_id = {task.case_id: task for task in tasks}
    refusals = _refusal_traits(result, by_id)
    marks = [mark for case in result.cases for mark in _marks(case, by_id.get(case.case_id), refusals)]
    _attribute(marks)
    named: dict[str, list[_Mark]] = {}
    for mark in marks:
        named.setdefault(mark.cause, []).append(mark)
    found = [_cause(name, part, result, marks) for name, part in named.items()]
    return tuple(sorted(found, key=lambda one: (one.cap, -one.everyday, -len(one.cases), one.name)))


def _attribute(marks: Sequence[_Mark]) -> None:
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
        weights = {name: 1 if name == "refused" else 3 if name in _GENERIC else 6 for name in places}
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


def _cause(name: str, part: Sequence[_Mark], result: ClientResult, marks: Sequence[_Mark]) -> Cause:
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
        cap=min(mark.cap for mark in part),
        code=max(codes, key=lambda code: (codes[code], code)),
        example=example if len(example) <= _LONGEST else f"{example[:_LONGEST]} …",
        after=_level_without(name, result, marks),
        known=said.known,
    )


def _where(part: Sequence[_Mark]) -> str:
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


def _level_without(name: str, result: ClientResult, marks: Sequence[_Mark]) -> Level | None:
    """The headline if nothing were left of one cause."""
    caps: dict[str, Level] = {}
    for mark in marks:
        if mark.cause != name:
            caps[mark.case.case_id] = min(mark.cap, caps.get(mark.case.case_id, Level.BYTES))
    owed = [case for case in result.cases if case.tier is Tier.EVERYDAY and case.duty in COMPARED and case.judged]
    return min((caps.get(case.case_id, Level.BYTES) for case in owed), default=None)


# -- the explanations of one case


def _marks(case: CaseResult, task: Task | None, refusals: Mapping[str, tuple[str, ...]]) -> Iterator[_Mark]:
    for fault in case.faults:
        names = _of_fault(fault, refusals.get(case.case_id, ()))
        yield _Mark(case, fault.code, Level.NONE, "", fault.message, names)
    if case.duty not in COMPARED or not case.differences:
        return
    listed = case.differences[:_LISTED]
    values = _Values.of(task.payload if task else None, case.returned)
    renamed = _renamed(listed, values)
    for difference in listed:
        names = renamed.get(id(difference)) or tuple(
            _of_difference(difference, values, listed, task.revision if task else LATEST)
        )
        # What is lost of an extreme payload is no failure, and comes behind everything that is.
        cap = max(difference.cap, Level.EXACT) if case.tier is Tier.EXTREME else difference.cap
        yield _Mark(case, difference.code, cap, difference.pointer, difference.message, names)


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


@define
class _Values:
    """Both sides of a case as trees; None if there is none."""

    sent: Tree
    returned: Tree
    _lists: dict[tuple[str, ...], _Lists | None] = Factory(dict["tuple[str, ...]", "_Lists | None"])

    @classmethod
    def of(cls, sent: bytes | None, returned: bytes | None) -> _Values:
        """Both sides, as far as they can be read."""
        return cls(_tree(sent), _tree(returned))

    def lists(self, at: tuple[str, ...]) -> _Lists | None:
        """What became of a list; None if it is none on both sides."""
        if at not in self._lists:
            sent, returned = _at(self.sent, at), _at(self.returned, at)
            both = isinstance(sent, list) and isinstance(returned, list)
            self._lists[at] = _Lists.of(sent, returned) if both else None  # type: ignore[arg-type]
        return self._lists[at]


def _tree(payload: bytes | None) -> Tree:
    value = read(payload).value if payload else None
    return None if value is NO_VALUE else value


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


_NOTHING: Final = object()


def _at(tree: Tree, parts: Sequence[str]) -> Tree | object:
    node: Tree = tree
    for part in parts:
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        else:
            return _NOTHING
    return node


def _told(excerpt: str | None) -> Tree | object:
    """The value that an excerpt shows, if it shows all of it."""
    if excerpt is None:
        return _NOTHING
    value = read(excerpt.encode("utf-8", "surrogatepass")).value
    return _NOTHING if value is NO_VALUE else value


def _sides(difference: Difference, values: _Values) -> tuple[Tree | object, Tree | object]:
    """What was sent and what came back at a difference."""
    parts = _parts(difference.pointer)
    sent, returned = _told(difference.sent), _told(difference.returned)
    if sent is _NOTHING and difference.sent is not None:
        sent = _at(values.sent, parts)
    if returned is _NOTHING and difference.returned is not None:
        returned = _at(values.returned, parts)
    return sent, returned


def _renamed(differences: Iterable[Difference], values: _Values) -> dict[int, tuple[str, ...]]:
    """Members that were lost and others that were invented in the same object with the same value, as one cause."""
    lost: dict[str, list[Difference]] = {}
    invented: dict[str, list[Difference]] = {}
    for one in differences:
        if one.code in {"client/member-lost", "client/null-became-absent", "client/kind-lost"} and one.returned is None:
            lost.setdefault(one.pointer.rpartition("/")[0], []).append(one)
        elif one.code in {"client/member-invented", "client/absent-became-null"}:
            invented.setdefault(one.pointer.rpartition("/")[0], []).append(one)
    found: dict[int, tuple[str, ...]] = {}
    for parent, gone in lost.items():
        there = list(invented.get(parent, ()))
        for one in gone:
            name, value = _parts(one.pointer)[-1], _sides(one, values)[0]
            ways = [(renaming(name, _parts(other.pointer)[-1]), other) for other in there]
            same = [(way, other) for way, other in ways if way != "renamed" or _equal(value, _sides(other, values)[1])]
            if same:
                way, other = min(same, key=lambda pair: pair[0] == "renamed")
                there.remove(other)
                found[id(one)] = found[id(other)] = (way,)
    return found


def _equal(one: object, other: object) -> bool:
    return one is not _NOTHING and type(one) is type(other) and one == other and one not in (None, "", [], {})


def _of_difference(
    difference: Difference, values: _Values, listed: Sequence[Difference], revision: str
) -> Iterator[str]:
    """Everything that may explain a difference."""
    code = difference.code
    if code in _PLAIN:
        yield from _under_lost_kind(difference, listed)
        if code == "client/number-respelled" and (difference.sent or "").startswith("-0"):
            yield "minus-zero"
        yield _PLAIN[code]
        return
    sent, returned = _sides(difference, values)
    parts = _parts(difference.pointer)
    if code == "client/kind-lost":
        yield f"one-kind-for-all:{returned}" if isinstance(returned, str) and returned in _KINDS else "kind-lost"
        if isinstance(sent, str) and isinstance(returned, str):
            yield from explained(sent, returned)  # type: ignore[arg-type]
    elif code in {"client/value-changed", "client/type-changed", "client/precision-lost"}:
        if parts[-1:] == ["has_more"]:
            yield "has-more-changed"
        if sent is not _NOTHING and returned is not _NOTHING:
            yield from explained(sent, returned)  # type: ignore[arg-type]
            if isinstance(sent, Number) and isinstance(returned, Number):
                yield from _merged(values, parts)
        yield "others"
    elif code == "client/member-lost":
        yield from _under_lost_kind(difference, listed)
        if parts[-2:] == ["amount", "value"] and isinstance(sent, str):
            yield "amounts-as-text-dropped"
        if difference.cap is not Level.NONE:
            yield "undeclared-dropped"
        if sent in (False, "", [], {}) or (isinstance(sent, Number) and not sent.decimal if _finite(sent) else False):
            yield "defaults-dropped"
        if difference.cap is Level.NONE:
            yield f"member-lost-{parts[-1]}" if parts else "members-lost"
            yield "members-lost"
    elif code == "client/member-invented":
        yield from _invented(parts, returned, values, revision)
        yield from _under_lost_kind(difference, listed)
        yield "members-invented"
    elif code in {"client/item-lost", "client/item-invented", "client/items-reordered"}:
        yield from _of_items(difference, values, parts, sent)
    else:
        yield "others"


def _finite(value: object) -> bool:
    return isinstance(value, Number) and value.within_limits


def _under_lost_kind(difference: Difference, listed: Sequence[Difference]) -> Iterator[str]:
    """What a record loses with its kind is lost for that."""
    parent = difference.pointer.rpartition("/")[0]
    for other in listed:
        if other.code == "client/kind-lost" and other.pointer.rpartition("/")[0] == parent:
            returned = _told(other.returned)
            yield f"one-kind-for-all:{returned}" if isinstance(returned, str) and returned in _KINDS else "kind-lost"


def _invented(parts: Sequence[str], returned: object, values: _Values, revision: str) -> Iterator[str]:
    record = _at(values.returned, parts[:-1])
    tag = record.get("object") if isinstance(record, dict) else None
    kinds = contract(revision).kinds
    kind = kinds.get(tag) if isinstance(tag, str) else None
    name = parts[-1] if parts else ""
    own = kind is not None and name in {**kind.former, **kind.members}
    if kind is not None and not own and any(name in other.members for other in kinds.values()):
        yield "flattened"
    elif returned in (False, "", [], {}) or (
        isinstance(returned, Number) and _finite(returned) and not returned.decimal
    ):
        yield "zeros-for-absent"
        yield "flattened"


def _merged(values: _Values, parts: Sequence[str]) -> Iterator[str]:
    """Whether a number stands in a list that came back shorter, so that it may be a sum."""
    for at in range(len(parts), 0, -1):
        sent, returned = _at(values.sent, parts[:at]), _at(values.returned, parts[:at])
        if isinstance(sent, list) and isinstance(returned, list) and len(returned) < len(sent):
            yield "merged"
            return


def _of_items(difference: Difference, values: _Values, parts: list[str], item: object) -> Iterator[str]:
    code = difference.code
    both = values.lists(tuple(parts if code == "client/items-reordered" else parts[:-1]))
    if code == "client/item-invented":
        if both and both.times(_at(values.returned, parts)):
            yield "items-doubled"
        yield "gaps-filled"
    elif code == "client/items-reordered":
        yield from both.orders if both else ()
        yield "reordered"
    else:
        if both:
            yield from both.losses(item)
        yield "items-lost"


@frozen
class _Lists:
    """A list as it was sent and as it came back shorter or in another order, and what that looks like."""

    cuts: tuple[str, ...]
    """What was cut off, if the rest is as it was."""
    orders: tuple[str, ...]
    kinds: frozenset[object]
    """The kinds of items that came back."""
    new_kinds: frozenset[object]
    """The kinds of items that came back and were not sent."""
    _counts: Mapping[str, int]
    _groups: Mapping[str, int]

    @classmethod
    def of(cls, sent: Sequence[Tree], returned: Sequence[Tree]) -> _Lists:
        """What became of a list."""
        ours, theirs = [repr(item) for item in sent], [repr(item) for item in returned]
        cuts: list[str] = []
        if theirs and theirs == ours[: len(theirs)]:
            cuts += ["last-item-lost"] if len(theirs) == len(ours) - 1 else []
            cuts.append(f"list-truncated-at-{len(theirs)}")
        if theirs and theirs == ours[1:]:
            cuts.append("first-item-lost")
        orders = ["reversed"] if theirs == ours[::-1] else []
        if theirs == sorted(ours) or (_is_sorted(returned) and not _is_sorted(sent)):
            orders.append("sorted")
        known = set(ours)
        strange = [item for item, text in zip(returned, theirs, strict=True) if text not in known]
        return cls(
            tuple(cuts),
            tuple(orders),
            frozenset(map(_kind, returned)),
            frozenset(map(_kind, strange)),
            Counter(ours),
            Counter(map(_group, sent)),
        )

    def times(self, item: object) -> int:
        """How often an item was sent."""
        return self._counts.get(repr(item), 0)

    def losses(self, item: object) -> Iterator[str]:
        """Why an item of the list may not have come back."""
        if self.times(item) > 1 or (isinstance(item, dict) and self._groups.get(_group(item), 0) > 1):
            yield "deduplicated"
        yield from self.cuts
        if not isinstance(item, dict):
            return
        kind = _kind(item)
        if item.get("results") == []:
            yield "empty-buckets-dropped"
        numbers = [value for name, value in item.items() if isinstance(value, Number)]
        if numbers and all(_finite(value) and not value.decimal for value in numbers):
            yield "zero-records-dropped"
        if isinstance(kind, str) and kind not in {*_KINDS, "page", "bucket"}:
            yield "unknown-kinds-dropped"
        if kind in self.new_kinds:
            yield "merged"
        if kind in _KINDS and kind not in self.kinds:
            yield "kinds-dropped"


def _kind(item: Tree) -> str | None:
    tag = item.get("object") if isinstance(item, dict) else None
    return tag if isinstance(tag, str) else None


def _group(item: object) -> str:
    """What tells the group of a record: all of it but its numbers."""
    if not isinstance(item, dict):
        return ""
    return repr({name: value for name, value in item.items() if isinstance(value, (str, bool))})


def _is_sorted(items: Sequence[Tree]) -> bool:
    """Whether items are in the order of something."""
    if all(isinstance(item, (str, Number)) for item in items):
        texts = [item.lexeme if isinstance(item, Number) else str(item) for item in items]
        return texts == sorted(texts) or _in_order(items)
    rows = [item for item in items if isinstance(item, dict)]
    return any(_in_order([row.get(name) for row in rows]) for name in {name for row in rows for name in row})


def _in_order(values: Sequence[Tree]) -> bool:
    """Whether values of one type go up, or go down."""
    if len(values) < 2 or any(value is None for value in values):  # noqa: PLR2004 - one is always in order
        return False
    if all(isinstance(value, str) for value in values):
        keys: list[object] = list(values)
    elif all(isinstance(value, Number) and value.within_limits for value in values):
        keys = [value.decimal for value in values if isinstance(value, Number)]
    else:
        return False
    if len(set(map(str, keys))) == 1:
        return False
    up = sorted(keys)  # type: ignore[type-var]
    return keys in (up, up[::-1])
