"""
`loads` and `dumps`: payloads to records and back, with nothing lost on the way.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, Literal, cast, overload

from usagecompat.checking import Incompatible, report_on, shape_of_document, validate
from usagecompat.codec.converters import decoder
from usagecompat.codec.flat import flatten
from usagecompat.contract import (
    Record,
    UnknownResult,
    UsageResponse,
    UsageResult,
    UsageTimeBucket,
    UsageTimeBucketResultInner,
    resolve_revision,
    to_tree,
)
from usagecompat.findings import CODES, Profile, Severity, Shape, named
from usagecompat.inputs import only
from usagecompat.jsontext import read, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Revision
    from usagecompat.findings import ProfileName, ShapeName

_BREAKING: Final = ("json/", "schema/", "wire/")
_TARGETS: Final[Mapping[Shape, Any]] = {
    Shape.PAGE: UsageResponse,
    Shape.BUCKET: UsageTimeBucket,
    Shape.RESULT: UsageResult,
    Shape.FLAT: UsageResult,
}


@overload
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: Literal["page", Shape.PAGE],
    profile: ProfileName = "served",
) -> UsageResponse: ...
@overload
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: Literal["bucket", Shape.BUCKET],
    profile: ProfileName = "served",
) -> UsageTimeBucket: ...
@overload
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: Literal["result", Shape.RESULT],
    profile: ProfileName = "served",
) -> UsageResult | UnknownResult: ...
@overload
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: Literal["flat", Shape.FLAT],
    profile: ProfileName = "served",
) -> UsageTimeBucketResultInner: ...
@overload
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: ShapeName | None = None,
    profile: ProfileName = "served",
) -> Record: ...
def loads(
    data: bytes | bytearray | memoryview | str | os.PathLike[str] | Mapping[str, object] | list[object],
    *,
    revision: Revision | None = None,
    shape: ShapeName | None = None,
    profile: ProfileName = "served",
) -> Record:
    """
    The record that a payload holds: a page, a bucket or a result, each number exact.

    Members that `revision` does not declare are in `undeclared`; a result of unknown kind is an `UnknownResult`.
    Rules are not checked: a negative count or a sum that does not add up is what the API said.

    Args:
        data: As for `usagecompat.check`.
        revision: The contract revision to read by; None for the newest.
        shape: "page", "bucket", "result" or "flat"; None to let the payload tell.
        profile: "served" takes what the API is known to serve; "published" only what the published contract allows.

    Raises:
        Incompatible: The payload is not strict JSON or breaks the contract; `report` says where.
        NoSuchRevision: `revision` was never published.
        NoSuchName: `shape` or `profile` does not exist.
        UnreadableInput: `data` is the path of what cannot be read as one payload.
    """
    weights = named(Profile, profile, "profile")
    asked = None if shape is None else named(Shape, shape, "shape")
    at = resolve_revision(revision)
    document = read(only(data) if isinstance(data, os.PathLike) else data)
    told = asked or shape_of_document(document)
    codes = {one.code for one in document.findings}
    validate(document, at, told, lambda one: codes.add(one.code))
    if any(code.startswith(_BREAKING) and CODES[code].severity(weights) is Severity.ERROR for code in codes):
        raise Incompatible(report_on(document, at, told, weights))
    record = cast("Record", decoder(at, weights).structure(document.value, _TARGETS[told or Shape.RESULT]))
    return flatten(cast("UsageResult", record)) if told is Shape.FLAT else record


def dumps(record: Record) -> bytes:
    """
    The JSON text of a record, as UTF-8 without white space between tokens.

    A record that came from `loads` keeps member order, number spellings and undeclared members;
    of one that was changed, what did not change does.
    A record made by hand is written in the contract's order under the newest names.

    Raises:
        TypeError: This is no record, or a value in it is not one that a record can have, such as a `float`.
        ValueError: A value is none that could be read again: a number that is not finite or beyond the limits, half of
            a surrogate pair.
    """
    if not isinstance(record, Record):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        raise TypeError(f"expected a record of usagecompat.contract.records, found {record!r:.80}")
    return write(to_tree(record))
