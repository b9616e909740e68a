"""
The report of one payload: verdict and findings, how it fits other revisions, and the text of it all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from usagecompat.checking.fits import in_brief
from usagecompat.checking.report_text import render
from usagecompat.checking.weighing import Fit
from usagecompat.contract import REVISIONS
from usagecompat.exceptions import UsageCompatError
from usagecompat.findings import Finding, Profile, Severity, Shape, Verdict, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.checking.fits import FitsInBrief
    from usagecompat.contract import Revision


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
    revision: Revision
    profile: Profile
    _fit: Callable[[], Mapping[str, Fit]] | None = field(repr=False, eq=False, alias="fit")
    """Tells how the payload fits each revision; None where there is no document that could be judged."""

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
        if self._fit is not None:
            return self._fit()
        errors = tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)
        return {
            revision: Fit(
                revision=revision, verdict=self.verdict, undeclared=(), ruled_out_by=errors, errors=len(errors)
            )
            for revision in REVISIONS
        }

    @property
    def best_revision(self) -> Revision | None:
        """
        The revision that fits best; None without JSON.

        Those that know all that is there come first, then those with the best verdict, the fewest errors, warnings and
        undeclared members, and of equals the earliest.
        """
        return self._fits_in_brief()[0]

    def fails(self, fail_on: str = "error") -> bool:
        """
        Whether there is a finding of this severity or a graver one.

        Args:
            fail_on: "error", "warning" or "note".

        Raises:
            NoSuchName: There is no such severity.
        """
        order = tuple(Severity)
        least = order.index(named(Severity, fail_on, "severity"))
        return any(order.index(finding.severity) <= least for finding in self.findings)

    def assert_ok(self, fail_on: str = "error") -> None:
        """
        Pass if the payload is not invalid, or has nothing that weighs as much as is asked.

        Args:
            fail_on: From which severity on a finding fails: "error", "warning" or "note".

        Raises:
            Incompatible: There is one; the message is the rendered report.
            NoSuchName: There is no such severity.
        """
        __tracebackhide__ = True
        if self.fails(fail_on):
            raise Incompatible(self)

    def __str__(self) -> str:
        """The report as text, as `usagecompat check` prints it."""
        return render(self)

    def to_dict(self) -> dict[str, object]:
        """The report as `schemas/report.json` describes it."""
        best, fits = self._fits_in_brief()
        return {
            "verdict": str(self.verdict),
            "shape": self.shape and str(self.shape),
            "revision": self.revision,
            "profile": str(self.profile),
            "findings": [finding.to_dict() for finding in self.findings],
            "truncated": self.truncated,
            "best_revision": best,
            "revisions": [
                {
                    "revision": revision,
                    "verdict": verdict,
                    "undeclared": list(undeclared),
                    "ruled_out_by": [{"code": code, "pointer": place} for code, place in errors],
                }
                for revision, verdict, undeclared, errors in fits
            ],
        }

    def _fits_in_brief(self) -> FitsInBrief:
        """The best revision and each fit."""
        return self._brief

    @cached_property
    def _brief(self) -> FitsInBrief:
        """The same, asked of what needs no messages, or is remembered of payloads alike."""
        remembered = getattr(self._fit, "in_brief", None)
        if remembered is not None and "_fits" not in vars(self):
            brief: FitsInBrief = remembered()
            return brief
        return in_brief(self.revisions, has_json=self._fit is not None)


@frozen(eq=False)
class Incompatible(UsageCompatError, ValueError):
    """A payload breaks the contract, or fails as was asked; `report` says where and how, and the message is its text."""

    report: Report

    def __str__(self) -> str:
        return str(self.report)
