"""
Observations weighed, grouped and capped, one at a time, and the verdict they add up to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.findings import CODES, Finding, Observation, Profile, Severity, Verdict, pattern, pointer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from usagecompat.contract import Revision
    from usagecompat.findings import Path, Places
    from usagecompat.jsontext import NoValue, Tree

MOST_FINDINGS: Final = 1_000
"""How many findings of each severity a report lists; the others are counted in `truncated`."""
MOST_PLACES: Final = 1 << 20
"""
How many characters the pointers of all of them may have in front of their last names, which stand in the text themselves.

A report lists at least one finding of each severity.
"""


@frozen(kw_only=True)
class Fit:
    """How a payload fits one revision."""

    revision: Revision
    verdict: Verdict
    undeclared: tuple[str, ...]
    """Undeclared members, as pointers with `*` for array indexes."""
    ruled_out_by: tuple[Finding, ...]
    """The errors that make the payload invalid at this revision, the first of each code and place pattern."""
    errors: int = 0
    """How many errors there are, each code and place pattern counted once."""
    warnings: int = 0
    """How many warnings there are, counted alike."""
    unknown: int = 0
    """How many members and kinds the revision does not know that another revision does."""


def verdict_of(severities: AbstractSet[Severity]) -> Verdict:
    """The verdict that findings of these severities come to."""
    if Severity.ERROR in severities:
        return Verdict.INVALID
    return Verdict.ACCEPTABLE if Severity.WARNING in severities else Verdict.VALID


class Weighing:
    """Takes what the stages see, in any order, and keeps no more of it than a report lists."""

    def __init__(
        self,
        profile: Profile,
        ignore: AbstractSet[str],
        places: Places,
        made: dict[tuple[str, Path], Finding] | None = None,
    ) -> None:
        """
        Begin with nothing seen.

        Args:
            profile: What decides severities.
            ignore: Codes that count for nothing.
            places: Where lines and columns come from.
            made: Findings of other weighings by code and place, for who reads no messages; None to make each anew.
        """
        self._made = made
        self._profile = profile
        self._ignore = ignore
        self._places = places
        self._groups: dict[object, tuple[Observation, list[int]]] = {}
        self._listed = dict.fromkeys(Severity, 0)
        self._places_left = MOST_PLACES
        self._truncated = 0

    def add(self, one: Observation) -> None:
        """Take one observation: errors each by itself, others with those of the same code and place pattern."""
        if one.code in self._ignore:
            return
        severity = CODES[one.code].severity(self._profile)
        listed = self._listed[severity]
        is_full = listed == MOST_FINDINGS or (listed > 0 and self._places_left < 0)
        key: object = len(self._groups) if severity is Severity.ERROR else (one.code, pattern(one.path))
        group = self._groups.get(key)
        if group is not None:
            group[1][0] += one.count
        elif is_full:
            self._truncated += one.count
        else:
            self._listed[severity] += 1
            self._places_left -= sum(len(part) for part in one.path[:-1] if isinstance(part, str))
            self._groups[key] = one, [one.count]

    def result(self, tree: Tree | NoValue) -> tuple[Verdict, tuple[Finding, ...], int]:
        """Verdict, findings in the order of the document `tree`, and how many are left out."""
        verdict = verdict_of({severity for severity, count in self._listed.items() if count})
        findings = [self._finding(one, count) for one, (count,) in self._groups.values()]
        return verdict, _in_document_order(findings, tree), self._truncated

    def _finding(self, one: Observation, count: int) -> Finding:
        if self._made is None:
            return _finding(one, count, self._profile, self._places)
        key = one.code, one.path
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _finding(one, count, self._profile, self._places)
        return made


def weigh_counted(
    counted: Sequence[tuple[Observation, int]], *, profile: Profile, ignore: AbstractSet[str], places: Places
) -> tuple[Verdict, tuple[Finding, ...]] | None:
    """
    Verdict and findings of observations that are grouped and in document order already.

    None if one of them is an error, or if they are more than a report lists.

    Args:
        counted: The first place of each group, and its count; with pointers far shorter than a report may have.
        profile: What decides their severities.
        ignore: Codes that count for nothing.
        places: Where lines and columns come from.
    """
    if not counted:
        return Verdict.VALID, ()
    if len(counted) > MOST_FINDINGS:
        return None
    findings = tuple(_finding(one, count, profile, places) for one, count in counted if one.code not in ignore)
    verdict = verdict_of({finding.severity for finding in findings})
    return None if verdict is Verdict.INVALID else (verdict, findings)


def _finding(one: Observation, count: int, profile: Profile, places: Places) -> Finding:
    """What a report lists for `one` and others of its group."""
    severity = CODES[one.code].severity(profile)
    return Finding(one.code, severity, pointer(one.path), one.message, one.hint, count, one.path, one.offset, places)


def _in_document_order(findings: list[Finding], tree: Tree | NoValue) -> tuple[Finding, ...]:
    """The findings as their places follow each other in the text; an absent member counts as at its object's start."""
    indexes: dict[int, dict[str, int]] = {}

    def position(finding: Finding) -> tuple[int, ...]:
        node: Tree | NoValue = tree
        way: list[int] = []
        for part in finding.path:
            if isinstance(node, list) and isinstance(part, int) and part < len(node):
                way.append(part)
                node = node[part]
            elif isinstance(node, dict) and isinstance(part, str) and part in node:
                if id(node) not in indexes:
                    indexes[id(node)] = {name: index for index, name in enumerate(node)}
                way.append(indexes[id(node)][part])
                node = node[part]
            else:
                break
        return tuple(way)

    return tuple(sorted(findings, key=position) if len(findings) > 1 else findings)
