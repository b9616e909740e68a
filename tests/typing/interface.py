"""The public interface as type checkers see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import pytest
from hypothesis.strategies import SearchStrategy

import usagecompat
from usagecompat import Fit, Narrowed, Report, Severity, Shape, Verdict
from usagecompat.contract import Record, Revision
from usagecompat.contract.records import UnknownResult, UsageResponse, UsageResult, UsageTimeBucketResultInner
from usagecompat.strategies import broken_payloads, buckets, payloads, results
from usagecompat.testing import PagingMachine, assert_round_trips, parametrize

if TYPE_CHECKING:
    from usagecompat.contract.records import UsageTimeBucket

report = usagecompat.check(
    b"{}", revision="2026-10-21", shape="page", profile="published", ignore=("schema/wrong-type",)
)
assert_type(report, Report)
assert_type(report.verdict, Verdict)
assert_type(report.ok, bool)
assert_type(report.shape, Shape | None)
assert_type(report.best_revision, Revision | None)
assert_type(report.revisions, Mapping[str, Fit])
assert_type(report.findings[0].severity, Severity)
assert_type(report.findings[0].line, int | None)
usagecompat.check(b"{}", "2026-10-21")  # type: ignore[call-arg]
usagecompat.check(5)  # type: ignore[arg-type]
usagecompat.check({"object": "page"})
usagecompat.check([])

usagecompat.check(b"{}", revision="2026-10-20")  # type: ignore[arg-type]
usagecompat.check(b"{}", shape="pages")  # type: ignore[arg-type]
usagecompat.check(b"{}", profile="strict")  # type: ignore[arg-type]
usagecompat.check(Path("page.json"), shape=Shape.PAGE, profile=usagecompat.Profile.SERVED)
usagecompat.check(b"{}", revision=report.best_revision)
usagecompat.check(b"{}", revision=usagecompat.LATEST)
usagecompat.check(b"{}", revision=usagecompat.load_revision("draft.json"))
assert_type([usagecompat.check(b"{}", revision=one) for one in usagecompat.REVISIONS], list[Report])

assert_type(usagecompat.loads("{}"), Record)
assert_type(usagecompat.loads("{}", shape="page"), UsageResponse)
assert_type(usagecompat.loads("{}", shape=Shape.PAGE), UsageResponse)
assert_type(usagecompat.loads("{}", shape="bucket").results, tuple[UsageResult | UnknownResult, ...])
assert_type(usagecompat.loads("{}", shape="result"), UsageResult | UnknownResult)
assert_type(usagecompat.loads("{}", shape="flat"), UsageTimeBucketResultInner)
assert_type(usagecompat.check("{}", shape="flat").shape, Shape | None)
usagecompat.loads("{}", shape="pages")  # type: ignore[call-overload]
usagecompat.schema("page", draft="draft-04")  # type: ignore[arg-type]
usagecompat.cases(verdict="good")  # type: ignore[arg-type]
usagecompat.strategies.payloads(shape="page", revision="2024-12-04")
assert_type(usagecompat.__version__, str)
usagecompat.chek(b"{}")  # type: ignore[attr-defined]
assert_type(usagecompat.dumps(usagecompat.loads("{}")), bytes)
usagecompat.dumps({})  # type: ignore[arg-type]

assert_round_trips(json)
assert_round_trips((json.loads, json.dumps), level=usagecompat.Level.OPEN, set="smoke", revision="2026-10-21")
assert_round_trips(bytes.strip, cases=usagecompat.cases()[0])
assert_round_trips(len)  # type: ignore[arg-type]
assert_round_trips(json, level="exact")  # type: ignore[arg-type]
assert_type(parametrize("smoke", shape="page"), pytest.MarkDecorator)
parametrize(verdict="good")  # type: ignore[arg-type]


class Pager(PagingMachine):
    """A pager of a user, with types."""

    endpoints = ("costs",)
    level = usagecompat.Level.OPEN
    revision = "2026-08-21"

    def fetch(self, url: str, key: str, params: Mapping[str, object]) -> list[dict[str, object]]:
        """Fetch nothing."""
        return [{"url": url, "key": key, **params}]


class Untyped(PagingMachine):
    """A pager with a revision that there is not, and a level that is none."""

    revision = "2026-08-20"  # type: ignore[assignment]
    level = "open"  # type: ignore[assignment]


def misspelt() -> None:
    """A name that the package does not have is an error, although names are resolved when they are used."""
    from usagecompat import loadz  # type: ignore[attr-defined]  # noqa: F401, PLC0415


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
