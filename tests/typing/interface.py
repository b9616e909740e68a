"""The public interface as type checkers see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_type

from hypothesis.strategies import SearchStrategy

import usagecompat
from usagecompat import Fit, Narrowed, Report, Severity, Shape, Verdict
from usagecompat.contract.records import UnknownResult, UsageResult
from usagecompat.strategies import broken_payloads, buckets, payloads, results

if TYPE_CHECKING:
    from usagecompat.contract.records import UsageTimeBucket, UsageTimeBucketResultInner

report = usagecompat.check(
    b"{}", revision="2026-10-21", shape="page", profile="published", ignore=("schema/wrong-type",)
)
assert_type(report, Report)
assert_type(report.verdict, Verdict)
assert_type(report.ok, bool)
assert_type(report.shape, Shape | None)
assert_type(report.best_revision, str | None)
assert_type(report.revisions, Mapping[str, Fit])
assert_type(report.findings[0].severity, Severity)
assert_type(report.findings[0].line, int | None)
usagecompat.check(b"{}", "2026-10-21")  # type: ignore[call-arg]
usagecompat.check(5)  # type: ignore[arg-type]
usagecompat.check({"object": "page"})
usagecompat.check([])

assert_type(usagecompat.dumps(usagecompat.loads("{}")), bytes)
usagecompat.dumps({})  # type: ignore[arg-type]


def flat(result: UsageResult | UnknownResult) -> UsageTimeBucketResultInner:
    """Flattening takes any result, and narrowing gives one back, or none."""
    flattened = usagecompat.flatten(result)
    narrowed = usagecompat.narrow(flattened)
    assert_type(narrowed, Narrowed)
    assert_type(narrowed.result, UsageResult | UnknownResult | None)
    return flattened


def strategies() -> SearchStrategy[UsageTimeBucket]:
    """Strategies are typed by what they draw, and take keywords only."""
    assert_type(payloads(shape="page"), SearchStrategy[bytes])
    assert_type(broken_payloads(), SearchStrategy[tuple[bytes, str]])
    assert_type(results(), SearchStrategy[UsageResult | UnknownResult])
    payloads("page")  # type: ignore[call-arg]
    return buckets(kind="organization.costs.result")
