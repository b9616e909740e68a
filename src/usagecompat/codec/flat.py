"""
The flat record of generated clients: all kinds in one object, and back to the kind it really is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrs import frozen

from usagecompat.contract import (
    ABSENT,
    KINDS,
    Origin,
    Record,
    UnknownResult,
    UsageResponse,
    UsageTimeBucket,
    UsageTimeBucketResultInner,
    contract,
    member_of,
    names_of,
    origin_of,
    record_of,
    resolve_revision,
    to_tree,
)
from usagecompat.findings import CODES, Finding, Profile, pointer

if TYPE_CHECKING:
    from usagecompat.contract import Revision, UsageResult


@frozen
class Narrowed:
    """What a flat record really is, and what is wrong with it."""

    result: UsageResult | UnknownResult | None
    """The result; None if the flat record does not even say its kind."""
    findings: tuple[Finding, ...]


def flatten(result: UsageResult | UnknownResult) -> UsageTimeBucketResultInner:
    """
    The flat record that has just the members of `result`, undeclared ones included.

    Raises:
        TypeError: This is no result; a page or a bucket holds results.
    """
    if not _is_result(result):
        raise TypeError(f"flatten takes one result of a kind, and not {_named(result)}{_where_results_are(result)}")
    members = {name: member_of(result, name) for name in names_of(type(result)).members}
    origin = origin_of(result)
    flat = cast("type[UsageTimeBucketResultInner]", contract(resolve_revision(origin.revision)).flat.cls)
    return record_of(flat, members, origin)


def narrow(flat: UsageTimeBucketResultInner, *, revision: Revision | None = None) -> Narrowed:
    """
    The result that a flat record holds; `narrow(flatten(result)).result == result`.

    Members that the kind does not have stay with the result as undeclared ones, and each is a finding:
    a client that makes them up (`images: 0` on a completions record) has invented usage.
    A record of unknown kind, or one that lacks what its kind must have, becomes an `UnknownResult`.

    Args:
        flat: The flat record.
        revision: Whose kinds they are, and what they require; None for the newest.

    Raises:
        TypeError: This is no flat record.
        NoSuchRevision: There is no such revision.
    """
    if not isinstance(flat, UsageTimeBucketResultInner):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        raise TypeError(f"narrow takes a flat record, a UsageTimeBucketResultInner, and not {_named(flat)}")
    if flat.object is ABSENT:
        return Narrowed(None, (_finding("schema/missing-member", "object", "a flat record has no `object`"),))
    shape = contract(resolve_revision(revision)).kinds.get(flat.object)
    lacking = [] if shape is None else [n for n in names_of(shape.cls).required if member_of(flat, n) is ABSENT]
    if shape is not None and revision is not None:
        needed = [m.attribute for m in shape.members.values() if m.required]
        lacking = list(dict.fromkeys([*lacking, *(n for n in needed if member_of(flat, n) is ABSENT)]))
    cls = UnknownResult if shape is None or lacking else shape.cls
    origin = origin_of(flat)
    known, own, tree = names_of(type(flat)).wire, names_of(cls).members, to_tree(flat)
    undeclared = {n: node for n, node in tree.items() if n in origin.undeclared or known[n] not in own}
    members = {name: member_of(flat, name) for name in own}
    result = record_of(cls, members, Origin(undeclared, tuple(tree), origin.spellings, revision=origin.revision))
    called = {m.attribute: m.name for m in shape.members.values()} if shape is not None else {}
    findings = [
        _finding("schema/missing-member", called.get(n, n), f"{flat.object} requires `{called.get(n, n)}`")
        for n in lacking
    ]
    if shape is not None and not lacking:
        findings += [
            _finding("record/phantom-member", n, f"{shape.name} has no member `{n}`; other kinds have")
            for n in undeclared
            if n in known and known[n] not in own and n not in shape.required
        ]
    return Narrowed(cast("UsageResult | UnknownResult", result), tuple(findings))


def _is_result(value: object) -> bool:
    if isinstance(value, UnknownResult):
        return True
    return isinstance(value, Record) and (type(value).__name__ in KINDS or type(value) in _of_draft(value))


def _of_draft(record: Record) -> frozenset[type[Record]]:
    """The results of the revision that a record is of, which may be a draft with kinds that nobody else has."""
    said = contract(resolve_revision(origin_of(record).revision))
    return frozenset(shape.cls for shape in said.kinds.values())


def _named(value: object) -> str:
    return f"a {type(value).__name__}"


def _where_results_are(value: object) -> str:
    if isinstance(value, UsageResponse):
        return "; use [flatten(result) for bucket in page.data for result in bucket.results]"
    if isinstance(value, UsageTimeBucket):
        return "; use [flatten(result) for result in bucket.results]"
    return ""


def _finding(code: str, name: str, message: str) -> Finding:
    return Finding(code, CODES[code].severity(Profile.SERVED), pointer((name,)), message, path=(name,))
