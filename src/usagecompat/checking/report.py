"""
The report of one payload: verdict and findings, how it fits other revisions, and the text of it all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from attrs import define, field, frozen

from usagecompat.checking.report_text import render
from usagecompat.checking.weighing import Fit
from usagecompat.contract import REVISIONS
from usagecompat.exceptions import UsageCompatError
from usagecompat.findings import Finding, Profile, Severity, Shape, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Judge(Protocol):
    """Judges the same payload again at another revision."""

    def __call__(self, revision: str) -> Report:
        """The report at `revision`."""
        ...


@define(kw_only=True, unsafe_hash=True, slots=False)
class Report:
    """What a check has found; treat it as immutable. Two are equal if they say the same; `str` is its text."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    """In document order; warnings and notes of the same code and place pattern are one finding with a count."""
    truncated: int
    """How many findings are not listed, because there were too many, or because their pointers were too long."""
    shape: Shape | None
    """What the payload is; None if it is no JSON object."""
    revision: str
    profile: Profile
    _judge: Judge | None = field(repr=False, eq=False, alias="judge")
    """None where there is no document that could be judged at another revision."""

    @property
    def ok(self) -> bool:
        """Whether the payload is not invalid."""
        return self.verdict is not Verdict.INVALID

    @property
    def revisions(self) -> Mapping[str, Fit]:
        """How the payload fits each revision under this report's profile; computed on first access."""
        return self._fits

    @cached_property
    def _fits(self) -> Mapping[str, Fit]:
        fits: dict[str, Fit] = {}
        for revision in sorted({*REVISIONS, self.revision}):  # which may be a draft
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
        __tracebackhide__ = True
        if not self.ok:
            raise Incompatible(self)

    def __str__(self) -> str:
        """The report as text, as `usagecompat check` prints it."""
        return render(self)

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


@frozen(eq=False)
class Incompatible(UsageCompatError, ValueError):
    """A payload breaks the contract; `report` says where and how, and the message is its text."""

    report: Report

    def __str__(self) -> str:
        return str(self.report)
