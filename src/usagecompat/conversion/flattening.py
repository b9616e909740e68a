"""
Flat records of a revision: any result as the one object that generated clients of that time have for all kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from usagecompat.codec import dumps, loads
from usagecompat.codec import flatten as flatten_as_it_is
from usagecompat.contract import Record, UnknownResult, UsageResponse, UsageTimeBucket, origin_of, resolve_revision
from usagecompat.conversion.converting import convert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.contract import Revision, UsageResult, UsageTimeBucketResultInner
    from usagecompat.findings import Finding


def flatten(result: UsageResult | UnknownResult, *, revision: Revision | None = None) -> UsageTimeBucketResultInner:
    """
    The flat record that has just the members of `result`, undeclared ones included.

    Args:
        result: One result of any kind.
        revision: Whose flat record; None for the newest members under the result's own names.

    Raises:
        TypeError: This is no result; a page or a bucket holds results.
        CannotConvert: The result cannot be said as `revision` says it.
        NoSuchRevision: There is no such revision.
    """
    flat = flatten_as_it_is(result)
    if revision is None:
        return flat
    source = resolve_revision(origin_of(result).revision)
    converted = convert(dumps(result), revision, from_=source)
    return flatten_as_it_is(cast("UsageResult", loads(converted.payload, revision=revision, shape="result")))


def flat_records(
    payload: bytes, revision: Revision, *, from_: Revision | None = None
) -> tuple[tuple[bytes, ...], tuple[Finding, ...]]:
    """
    Each result of a payload as the text of its flat record, and what was lost.

    Members that a kind does not have are left out, required or not: whoever writes zeros there makes usage up.

    Raises:
        CannotConvert: The payload is invalid, or cannot be said as `revision` says it.
    """
    at = resolve_revision(revision)
    converted = convert(payload, at, from_=from_)
    record = loads(converted.payload, revision=at)
    return tuple(dumps(flatten_as_it_is(cast("UsageResult", one))) for one in _results(record)), converted.losses


def _results(record: Record) -> Iterator[Record]:
    if isinstance(record, UsageResponse):
        yield from (result for bucket in record.data for result in bucket.results)
    elif isinstance(record, UsageTimeBucket):
        yield from record.results
    else:
        yield record
