"""
Witnesses: for a change from one revision to another, the smallest payload that is right at one and not at the other.

Payloads are made up from what both revisions say of the record, and judged by `check` at both; none is believed.
"""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from attrs import frozen

from usagecompat.checking import check, sum_rules
from usagecompat.contract import Change, JsonType, Rule, contract, queries_of, resolve_revision
from usagecompat.findings import Profile, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from usagecompat.checking import Report
    from usagecompat.contract import Contract, Member, Parameter, RecordShape
    from usagecompat.findings import Finding

Object = dict[str, Any]

_SMALL: Final[dict[JsonType, Any]] = {
    JsonType.INTEGER: 0,
    JsonType.NUMBER: 0,
    JsonType.STRING: "",
    JsonType.BOOLEAN: False,
    JsonType.ARRAY: [],
    JsonType.OBJECT: {},
}
_OTHERS: Final[tuple[Any, ...]] = (None, 0, 1, 0.5, "", "0", "a", True, [], {})
"""Values of each type, the shortest first."""
_GONE: Final = object()


@frozen(kw_only=True)
class Witness:
    """A payload that is right at one revision, and not at the other."""

    payload: bytes
    right_at: str
    wrong_at: str
    profile: Profile
    verdict: Verdict
    """What the payload is where it is not right: invalid, acceptable, or valid with a note."""
    code: str
    """The finding that says so."""
    pointer: str

    def to_dict(self) -> dict[str, object]:
        """The witness as `schemas/diff.json` describes it."""
        return {
            "payload": self.payload.decode(),
            "right_at": self.right_at,
            "wrong_at": self.wrong_at,
            "profile": str(self.profile),
            "verdict": str(self.verdict),
            "code": self.code,
            "pointer": self.pointer,
        }


@frozen(kw_only=True)
class QueryWitness:
    """A query that is right at one revision, and refused at the other."""

    query: str
    right_at: str
    wrong_at: str
    reason: str

    def to_dict(self) -> dict[str, object]:
        """The witness as `schemas/diff.json` describes it."""
        return {"query": self.query, "right_at": self.right_at, "wrong_at": self.wrong_at, "reason": self.reason}


def find_query(change: Change, older: str, newer: str) -> QueryWitness | None:
    """The shortest query that shows a change of what may be asked."""
    found = sorted({*_queries(change, older), *_queries(change, newer)}, key=lambda one: (len(one), one))
    for query in found:
        for right, wrong in ((newer, older), (older, newer)):
            reason = why_refused(query, wrong)
            if reason is not None and why_refused(query, right) is None:
                return QueryWitness(query=query, right_at=right, wrong_at=wrong, reason=reason)
    return None


def why_refused(query: str, revision: str) -> str | None:
    """Why a revision does not let a query through; None if it does, or says nothing of queries."""
    endpoint, _, asked = query.partition("?")
    known = queries_of(contract(revision))
    if known is None:
        return None
    parameters = known.get(endpoint)
    if parameters is None:
        return "there is no such endpoint"
    given = parse_qsl(asked, keep_blank_values=True)
    for name, value in given:
        parameter = parameters.get(name)
        if parameter is None:
            return f"there is no parameter `{name}`"
        if parameter.values and value not in parameter.values:
            return f"`{name}` cannot be {value}"
        if parameter.type in _EXAMPLES and value not in _EXAMPLES[parameter.type]:
            return f"`{name}` is {parameter.type}"
    missing = [name for name, parameter in parameters.items() if parameter.required and name not in dict(given)]
    return f"`{missing[0]}` is required" if missing else None


_EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {"integer": ("0",), "number": ("0",), "boolean": ("true",)}
"""Values that are right for each type of parameter that does not take any string."""


def _queries(change: Change, revision: str) -> Iterator[str]:
    """Queries with all that is required, and with what a change is about in each way."""
    parameters = (queries_of(contract(revision)) or {}).get(change.record)
    if parameters is None:
        return
    least = [(name, _example(one)) for name, one in parameters.items() if one.required]
    yield _query(change.record, least)
    for name in change.names:
        rest = [(one, value) for one, value in least if one != name]
        yield _query(change.record, rest)
        if name in parameters:
            for value in (*parameters[name].values, _example(parameters[name]), "a"):
                yield _query(change.record, [*rest, (name, value)])


def _query(endpoint: str, given: list[tuple[str, str]]) -> str:
    return f"{endpoint}?{urlencode(given)}" if given else endpoint


def _example(parameter: Parameter) -> str:
    return parameter.values[0] if parameter.values else _EXAMPLES.get(parameter.type, ("a",))[0]


def find_witness(change: Change, older: str, newer: str) -> Witness | None:
    """
    The smallest payload that shows a change; None if no payload can, as where only a format's name changed.

    A payload that one side refuses is better than one with a warning there, and that is better than one with a note.
    """
    best: tuple[int, int, Witness] | None = None
    names = {*change.names, *_other_names(change, older, newer)}
    for payload in sorted({*_candidates(change, older, newer)}, key=lambda one: (len(one), one)):
        for profile in (Profile.PUBLISHED, Profile.SERVED):
            for right, wrong in ((newer, older), (older, newer)):
                found = _judged(change, names, payload, right, wrong, profile)
                if found is not None:
                    weight, witness = found
                    if best is None or (weight, len(payload)) < best[:2]:
                        best = (weight, len(payload), witness)
        if best is not None and best[0] == 0:
            break  # what follows is longer
    return best[2] if best else None


def _judged(  # noqa: PLR0913, PLR0917 - a change and all that a payload is judged by
    change: Change, names: AbstractSet[str], payload: bytes, right: str, wrong: str, profile: Profile
) -> tuple[int, Witness] | None:
    """The payload as a witness, and how little is wrong with it; None if it is none."""
    there = _report(payload, wrong, profile)
    blamed = [finding for finding in there.findings if _concerns(finding, change, names)]
    if not blamed:
        return None
    here = _report(payload, right, profile)
    first = min(blamed, key=lambda finding: tuple(Severity).index(finding.severity))
    tolerated = here.verdict is Verdict.ACCEPTABLE and first.severity is Severity.ERROR
    if here.verdict is not Verdict.VALID and not tolerated:
        return None
    if first.severity is Severity.NOTE and any(_concerns(finding, change, names) for finding in here.findings):
        return None
    return tuple(Severity).index(first.severity) + tolerated, Witness(
        payload=payload,
        right_at=right,
        wrong_at=wrong,
        profile=profile,
        verdict=there.verdict,
        code=first.code,
        pointer=first.pointer,
    )


def _report(payload: bytes, revision: str, profile: Profile) -> Report:
    return check(payload, revision=resolve_revision(revision), profile=profile)


def _other_names(change: Change, older: str, newer: str) -> Iterator[str]:
    """The names that other revisions give the members that a change is about: where one is missing, they are named."""
    for member in _members(change, older, newer):
        yield from filter(None, (member.former_name, member.newer_name))


def _concerns(finding: Finding, change: Change, names: AbstractSet[str]) -> bool:
    """Whether a finding is about what changed."""
    if change.rule is Rule.MEANING_CHANGED:
        return finding.code.startswith("rule/") and "split" in finding.code
    if not change.names:
        return finding.code == "schema/unknown-kind"
    return any(part in names for part in finding.path) and not finding.code.startswith("rule/")


# -- payloads


def _candidates(change: Change, older: str, newer: str) -> Iterator[bytes]:
    """Payloads that may show a change."""
    for revision in (older, newer):
        said = contract(revision)
        shape = said.records.get(change.record)
        if shape is None:
            continue
        if change.rule is Rule.MEANING_CHANGED:
            trees: Iterable[Object] = _sums(shape, said, older, newer)
        elif not change.names:
            trees = [least(shape)]
        else:
            trees = _variants(shape, change, older, newer)
        for tree in trees:
            yield _text(tree if shape is not said.amount else _with_amount(said, tree))


def _text(tree: Object) -> bytes:
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()


def least(shape: RecordShape) -> Object:
    """The smallest object that is right."""
    tree = {name: _least_value(shape.members[name]) if name in shape.members else 0 for name in shape.required}
    if tree.get("end_time") == 0:
        tree["end_time"] = 1
    return tree


def _least_value(member: Member) -> object:
    if member.const is not None:
        return member.const
    if member.values is not None and member.values.closed and member.values.known:
        return min(member.values.known, key=len)
    return None if member.nullable else _SMALL[member.type]


def _variants(shape: RecordShape, change: Change, older: str, newer: str) -> Iterator[Object]:
    """The smallest objects, with each kind of value where something changed, and with none."""
    known = {
        value for member in _members(change, older, newer) if member.values is not None for value in member.values.known
    }
    bases = [least(shape)]
    if "currency" in shape.members:
        bases.append({"value": 0, "currency": "usd"})
    for base in bases:
        yield base
        for name in dict.fromkeys((*change.names, *_other_names(change, older, newer))):
            for value in (_GONE, *_OTHERS, *sorted(known)):
                tree = {one: held for one, held in base.items() if one not in change.names}
                rest = {one: held for one, held in base.items() if one in change.names and one != name}
                for others in ({}, rest):
                    if value is _GONE:
                        yield {**tree, **others}
                    else:
                        yield {**tree, **others, name: value}


def _members(change: Change, older: str, newer: str) -> Iterator[Member]:
    """What both sides say of the names that a change is about."""
    for revision in (older, newer):
        record = contract(revision).records.get(change.record)
        if record is not None:
            yield from (record.members[name] for name in change.names if name in record.members)


def _with_amount(said: Contract, amount: Object) -> Object:
    """A result that holds an amount."""
    for shape in said.kinds.values():
        name = next((n for n, m in shape.members.items() if m.type is JsonType.OBJECT), None)
        if name is not None:
            return {**least(shape), name: amount}
    return amount


def _sums(shape: RecordShape, said: Contract, older: str, newer: str) -> Iterator[Object]:
    """Objects whose small counts add up in one way or in another."""
    rules = [rule for revision in (older, newer) for rule in sum_rules(revision, shape.kind or "") if rule.on_top]
    for rule in rules[:1]:
        base = {name: value for name, value in least(shape).items() if name not in rule.all_terms}
        parts = [name for name in rule.all_terms if name != rule.total]
        choices: list[tuple[Any, ...]] = [
            (1, 0) if name in (*rule.parts, rule.on_top) else (_GONE, 0, 1) for name in parts
        ]
        for total, *values in product((0, 1, 2), *choices):
            counts = {name: value for name, value in zip(parts, values, strict=True) if value is not _GONE}
            yield {**base, rule.total: total, **counts}
            if said.revision == newer and rule.settled_by and rule.settled_by not in counts:
                yield {**base, rule.total: total, **counts, rule.settled_by: 0}
