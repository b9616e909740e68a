"""Records as type checkers see them: what is required, what may be absent, and that absence is told apart from null."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from attrs import evolve

from usagecompat import (
    ABSENT,
    Absent,
    CostsResult,
    CostsResultAmount,
    UnknownResult,
    UsageCodeInterpreterSessionsResult,
    UsageResponse,
    UsageTimeBucket,
    UsageTimeBucketResultInner,
    UsageVectorStoresResult,
)
from usagecompat.jsontext import Plain

store = UsageVectorStoresResult(usage_bytes=1)
assert_type(store.usage_bytes, int)
assert_type(store.project_id, str | Absent | None)

UsageVectorStoresResult()  # type: ignore[call-arg]
UsageVectorStoresResult(1)  # type: ignore[call-arg, arg-type]
UsageVectorStoresResult(usage_bytes="1")  # type: ignore[arg-type]
UsageVectorStoresResult(usage_bytes=1.5)  # type: ignore[arg-type]
UsageVectorStoresResult(usage_bytes=1, images=0)  # type: ignore[call-arg]
UsageVectorStoresResult(usage_bytes=1, object="organization.costs.result")  # type: ignore[arg-type]
store.usage_bytes = 2  # type: ignore[misc]

amount = CostsResultAmount(value=Decimal("1.50"), currency="usd")
assert_type(amount.value, Decimal | str | Absent)
CostsResultAmount(value=1.5)  # type: ignore[arg-type]
CostsResultAmount(currency=None)  # type: ignore[arg-type]

bucket = UsageTimeBucket(start_time=1, end_time=2, results=(store, CostsResult(amount=amount)))
UsageTimeBucket(start_time=1, end_time=2, results=[store])  # type: ignore[arg-type]
page = UsageResponse(data=(bucket,), has_more=False, next_page=None)
UsageResponse(data=(bucket,), has_more=False)  # type: ignore[call-arg]
assert_type(page.data, tuple[UsageTimeBucket, ...])

for result in page.data[0].results:
    if isinstance(result, UnknownResult):
        assert_type(result.object, str)
    elif result.object == "organization.costs.result":
        assert_type(result, CostsResult)
        if result.amount is not ABSENT:
            assert_type(result.amount, CostsResultAmount)

assert_type(evolve(store, usage_bytes=2), UsageVectorStoresResult)

assert_type(amount.decimal, Decimal)
assert_type(page.to_dict()["data"], Plain)
UsageCodeInterpreterSessionsResult(num_sessions=1, revision="2024-12-05")
UsageTimeBucketResultInner(sessions=1)
UsageTimeBucketResultInner(sesions=1)  # type: ignore[call-arg]
