"""
Tests of single errors, of which clients are made that do not see some of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.mutants.support.walks import LISTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.contract import JsonType, Member, RecordShape
    from usagecompat.findings import Finding
    from usagecompat.jsontext import Tree
    from usagecompat.mutants.model import Forgives, PayloadView


def coded(code: str, *also: Forgives) -> Forgives:
    """That an error has a code, and whatever else is asked of it."""
    return lambda f, s: f.code == code and all(test(f, s) for test in also)


def is_wrong(finding: Finding, _: PayloadView) -> bool:
    """Whether an error is a wrong JSON type, null included."""
    return finding.code in ("schema/wrong-type", "schema/unexpected-null")


def wrong(test: Callable[[Tree], bool], *also: Forgives) -> Forgives:
    """That a value has a wrong JSON type and passes a test, and whatever else is asked of the error."""
    return lambda f, s: is_wrong(f, s) and test(s.node_at(f.path)) and all(each(f, s) for each in also)


def named(*names: str) -> Forgives:
    """That an error is about a member of one of these names."""
    return lambda f, _: bool(f.path) and f.path[-1] in names


def declared(test: Callable[[RecordShape, Member], bool]) -> Forgives:
    """That an error is about a declared member that passes a test, together with its record."""

    def forgives(finding: Finding, view: PayloadView) -> bool:
        found = view.member_at(finding.path)
        return found is not None and test(*found)

    return forgives


def meaning(marker: type, kind: JsonType | None = None) -> Forgives:
    """That an error is about a declared member of this meaning, and of this type if one is given."""
    return declared(lambda _, member: isinstance(member.marker, marker) and kind in (None, member.type))


def is_declared(finding: Finding, view: PayloadView) -> bool:
    """Whether an error is about a declared member."""
    return view.member_at(finding.path) is not None


def is_undeclared(finding: Finding, view: PayloadView) -> bool:
    """Whether an error is about anything else."""
    return not is_declared(finding, view)


def no_results(finding: Finding, _: PayloadView) -> bool:
    """Whether an error is a bucket without results, or with results under another name."""
    return finding.code in ("schema/missing-member", "schema/renamed-member") and finding.path[-1] in LISTS


def unchecked(test: Forgives) -> Forgives:
    """That an error is about what the text says, not about the text, and passes a test."""
    return lambda f, s: not f.code.startswith("json/") and test(f, s)
