"""
What a probe comes to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.probe.course import Broken, Window

HELD: Final = "held"
BROKEN: Final = "broken"
NOTHING: Final = "nothing to compare"
NO_BUDGET: Final = "no budget left"
NOT_SERVED: Final = "not served"
LOST: Final = "server gone"


@frozen(kw_only=True)
class EndpointResult:
    """What came out at one endpoint."""

    name: str
    findings: tuple[Broken, ...]
    relations: Mapping[str, str]
    """Each law with `held`, `broken`, or why it was not judged."""
    active: int
    """How many days of the window have anything in them."""

    def to_dict(self) -> dict[str, object]:
        """The result as `schemas/probe.json` describes it."""
        return {
            "endpoint": self.name,
            "active_days": self.active,
            "relations": dict(self.relations),
            "findings": [one.to_dict() for one in self.findings],
        }


@frozen(kw_only=True)
class ProbeResult:
    """What came out at all endpoints."""

    url: str
    """The base that was asked, without a password."""
    judged_by: str
    revision: str | None
    """The earliest revision that fits everything that was served; None if nothing was."""
    window: Window
    budget: int
    requests: int
    answered: int
    gone: bool
    """Whether the server stopped answering, and the probe with it."""
    endpoints: tuple[EndpointResult, ...]

    @property
    def findings(self) -> tuple[Broken, ...]:
        """All findings, endpoint by endpoint."""
        return tuple(one for endpoint in self.endpoints for one in endpoint.findings)

    def count(self, severity: Severity) -> int:
        """How many findings weigh so much."""
        return sum(one.severity is severity for one in self.findings)

    def fails(self, fail_on: Severity = Severity.ERROR) -> bool:
        """Whether a finding weighs so much or more."""
        order = tuple(Severity)
        return any(order.index(one.severity) <= order.index(fail_on) for one in self.findings)

    @property
    def judged(self) -> int:
        """How many laws were judged, at all endpoints."""
        return sum(state in {HELD, BROKEN} for one in self.endpoints for state in one.relations.values())

    @property
    def laws(self) -> int:
        """How many laws there are, at all endpoints."""
        return sum(len(one.relations) for one in self.endpoints)

    def to_dict(self) -> dict[str, object]:
        """The result as `schemas/probe.json` describes it."""
        return {
            "format": 1,
            "url": self.url,
            "judged_by": self.judged_by,
            "revision": self.revision,
            "window": {"start": self.window.start, "end": self.window.end, "compared_until": self.window.closed},
            "budget": self.budget,
            "requests": self.requests,
            "answered": self.answered,
            "gone": self.gone,
            "judged": self.judged,
            "laws": self.laws,
            "findings": {str(severity): self.count(severity) for severity in Severity},
            "endpoints": [one.to_dict() for one in self.endpoints],
        }
