"""
The report of one payload: its findings weighed, grouped and capped, and the verdict they come to.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from attrs import define, field, frozen

from usagecompat.contracts import REVISIONS
from usagecompat.exceptions import Incompatible
from usagecompat.findings import CODES, Finding, Profile, Seen, Severity, Shape, Verdict, pattern, pointer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from usagecompat._json import Tree, _NoValue
    from usagecompat.findings import Places

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

    revision: str
    verdict: Verdict
    undeclared: tuple[str, ...]
    """Undeclared members, as pointers with `*` for array indexes."""
    ruled_out_by: tuple[Finding, ...]
    """The errors that make the payload invalid at this revision; empty if it is not."""


class Judge(Protocol):
    """Judges the same payload again at another revision."""

    def __call__(self, revision: str) -> Report:
        """The report at `revision`."""
        ...


@define(kw_only=True, eq=False, slots=False)
class Report:
    """What a check has found; treat it as immutable."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    """In document order; warnings and notes of the same code and place pattern are one finding with a count."""
    truncated: int
    """How many findings are not listed, because there were too many, or because their pointers were too long."""
    shape: Shape | None
    """What the payload is; None if it is no JSON object."""
    revision: str
    profile: Profile
    _judge: Judge | None = field(repr=False, alias="judge")
    """None where there is no document that could be judged at another revision."""

    @property
    def ok(self) -> bool:
        """Whether the payload is not invalid."""
        return self.verdict is not Verdict.INVALID

    @cached_property
    def revisions(self) -> Mapping[str, Fit]:
        """How the payload fits each revision under this report's profile; computed on first access."""
        fits: dict[str, Fit] = {}
        for revision in REVISIONS:
            judged = self if self._judge is None or revision == self.revision else self._judge(revision)
            fits[revision] = Fit(
                revision=revision,
                verdict=judged.verdict,
                undeclared=tuple(f.place_pattern for f in judged.findings if f.code == "schema/undeclared-member"),
                ruled_out_by=tuple(f for f in judged.findings if f.severity is Severity.ERROR),
            )
        return fits

    @property
    def best_revision(self) -> str | None:
        """The revision with the best verdict, then the fewest undeclared members, then the earliest; None without JSON."""
        if self._judge is None:
            return None
        order = tuple(Verdict)
        return min(self.revisions.values(), key=lambda fit: (order.index(fit.verdict), len(fit.undeclared))).revision

    def assert_ok(self) -> None:
        """
        Pass if the payload is not invalid.

        Raises:
            Incompatible: The payload is invalid; the message is the rendered report.
        """
        if not self.ok:
            raise Incompatible(self)

    def to_dict(self) -> dict[str, object]:
        """The report as `schemas/report.json` describes it."""
        return {
            "verdict": str(self.verdict),
            "shape": self.shape and str(self.shape),
            "revision": self.revision,
            "profile": str(self.profile),
            "findings": [finding.to_dict() for finding in self.findings],
            "truncated": self.truncated,
            "best_revision": self.best_revision,
            "revisions": [
                {
                    "revision": fit.revision,
                    "verdict": str(fit.verdict),
                    "undeclared": list(fit.undeclared),
                    "ruled_out_by": [{"code": f.code, "pointer": f.pointer} for f in fit.ruled_out_by],
                }
                for fit in self.revisions.values()
            ],
        }


def verdict_of(severities: AbstractSet[Severity]) -> Verdict:
    """The verdict that findings of these severities come to."""
    if Severity.ERROR in severities:
        return Verdict.INVALID
    return Verdict.ACCEPTABLE if Severity.WARNING in severities else Verdict.VALID


class Weighing:
    """Takes what the stages see, in any order, and keeps no more of it than a report lists."""

    def __init__(self, profile: Profile, ignore: AbstractSet[str], places: Places) -> None:
        """
        Begin with nothing seen.

        Args:
            profile: What decides severities.
            ignore: Codes that count for nothing.
            places: Where lines and columns come from.
        """
        self._profile = profile
        self._ignore = ignore
        self._places = places
        self._groups: dict[object, tuple[Seen, list[int]]] = {}
        self._listed = dict.fromkeys(Severity, 0)
        self._places_left = MOST_PLACES
        self._truncated = 0

    def add(self, one: Seen) -> None:
        """Take one observation: errors each by itself, others with those of the same code and place pattern."""
        if one.code in self._ignore:
            return
        severity = CODES[one.code].severity(self._profile)
        listed = self._listed[severity]
        is_full = listed == MOST_FINDINGS or (listed > 0 and self._places_left < 0)
        if severity is Severity.ERROR:
            key: object = None if is_full else len(self._groups)
        else:
            key = one.code, pattern(one.path)
        group = self._groups.get(key)
        if group is not None:
            group[1][0] += one.count
        elif is_full:
            self._truncated += one.count
        else:
            self._listed[severity] += 1
            self._places_left -= sum(len(part) for part in one.path[:-1] if isinstance(part, str))
            self._groups[key] = one, [one.count]

    def result(self, tree: Tree | _NoValue) -> tuple[Verdict, tuple[Finding, ...], int]:
        """Verdict, findings in the order of the document `tree`, and how many are left out."""
        verdict = verdict_of({severity for severity, count in self._listed.items() if count})
        findings = [_finding(one, count, self._profile, self._places) for one, (count,) in self._groups.values()]
        return verdict, _in_document_order(findings, tree), self._truncated


def weigh_counted(
    counted: Sequence[tuple[Seen, int]], *, profile: Profile, ignore: AbstractSet[str], places: Places
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


def _finding(one: Seen, count: int, profile: Profile, places: Places) -> Finding:
    """What a report lists for `one` and others of its group."""
    severity = CODES[one.code].severity(profile)
    return Finding(one.code, severity, pointer(one.path), one.message, one.hint, count, one.path, one.offset, places)


def _in_document_order(findings: list[Finding], tree: Tree | _NoValue) -> tuple[Finding, ...]:
    """The findings as their places follow each other in the text; an absent member counts as at its object's start."""
    indexes: dict[int, dict[str, int]] = {}

    def position(finding: Finding) -> tuple[int, ...]:
        node: Tree | _NoValue = tree
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
