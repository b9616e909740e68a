"""
The flat record of generated clients: all kinds in one object, and back to the kind it really is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrs import frozen

from usagecompat.codec.converters import member_names, required_names, to_tree, wire_names
from usagecompat.contract import (
    ABSENT,
    LATEST,
    Layout,
    UnknownResult,
    UsageTimeBucketResultInner,
    contract,
    layout_of,
    member_of,
    record_of,
)
from usagecompat.findings import CODES, Finding, Profile, pointer

if TYPE_CHECKING:
    from usagecompat.contract import UsageResult


@frozen
class Narrowed:
    """What a flat record really is, and what is wrong with it."""

    result: UsageResult | UnknownResult | None
    """The result; None if the flat record does not even say its kind."""
    findings: tuple[Finding, ...]


def flatten(result: UsageResult | UnknownResult) -> UsageTimeBucketResultInner:
    """The flat record that has just the members of `result`, undeclared ones included."""
    members = {name: member_of(result, name) for name in member_names(type(result))}
    return record_of(UsageTimeBucketResultInner, members, layout_of(result))


def narrow(flat: UsageTimeBucketResultInner) -> Narrowed:
    """
    The result that a flat record holds; `narrow(flatten(result)).result == result`.

    Members that the kind does not have stay with the result as undeclared ones, and each is a finding:
    a client that makes them up (`images: 0` on a completions record) has invented usage.
    A record of unknown kind, or one that lacks what its kind must have, becomes an `UnknownResult`.
    """
    if flat.object is ABSENT:
        return Narrowed(None, (_finding("schema/missing-member", "object", "a flat record has no `object`"),))
    shape = contract(LATEST).kinds.get(flat.object)
    lacking = [] if shape is None else [n for n in required_names(shape.cls) if member_of(flat, n) is ABSENT]
    cls = UnknownResult if shape is None or lacking else shape.cls
    layout = layout_of(flat)
    known, own, tree = wire_names(type(flat)), member_names(cls), to_tree(flat)
    undeclared = {n: node for n, node in tree.items() if n in layout.undeclared or known[n] not in own}
    members = {name: member_of(flat, name) for name in own}
    result = record_of(cls, members, Layout(undeclared, tuple(tree), layout.spellings))
    findings = [_finding("schema/missing-member", n, f"{flat.object} requires `{n}`") for n in lacking]
    if shape is not None and not lacking:
        findings += [
            _finding("record/phantom-member", n, f"{shape.name} has no member `{n}`; other kinds have")
            for n in undeclared
            if n in known and known[n] not in own
        ]
    return Narrowed(cast("UsageResult | UnknownResult", result), tuple(findings))


def _finding(code: str, name: str, message: str) -> Finding:
    return Finding(code, CODES[code].severity(Profile.SERVED), pointer((name,)), message, path=(name,))
