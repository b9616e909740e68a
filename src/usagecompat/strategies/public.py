"""
Hypothesis strategies for payloads and records, derived from the contract of each revision.

By default payloads obey the published contract of a revision and draw no error and no warning under either profile.
With `profile="served"` they may also show what the API serves against the published contract (costs as strings,
kinds that the revision does not know): that is what every client must decode.
How a payload is spelled varies as JSON lets it: order of members, white space, escapes, numbers, undeclared members.

`registering.py` registers the records with Hypothesis, so that `from_type(usagecompat.contract.records.UsageTimeBucket)` draws buckets.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from usagecompat.contract import LATEST, Contract, contract, records, resolve_revision, shape_of
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import SERVED_SHAPES, Profile, Shape, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from usagecompat.contract import (
        CostsResultAmount,
        Revision,
        UnknownResult,
        UsageResponse,
        UsageResult,
        UsageTimeBucket,
        UsageTimeBucketResultInner,
    )
    from usagecompat.findings import ProfileName, ShapeName

__all__ = ["broken_payloads", "buckets", "pages", "payloads", "results"]


def pages(
    *, kind: str | None = None, revision: Revision | None = None, profile: ProfileName = "published"
) -> SearchStrategy[UsageResponse]:
    """
    Pages as records, such as `usagecompat.loads` gives.

    Args:
        kind: The `object` of all results; None for any kind of the revision.
        revision: The contract revision that the pages obey, one of `usagecompat.REVISIONS`; None for the newest.
        profile: "published" for the published contract, "served" for what the API serves against it as well.

    Raises:
        NoSuchName: `profile` does not exist, or the revision has no such `kind`.
        NoSuchRevision: `revision` was never published.
    """
    return cast("SearchStrategy[UsageResponse]", _records(Shape.PAGE, kind, revision, profile))


def buckets(
    *, kind: str | None = None, revision: Revision | None = None, profile: ProfileName = "published"
) -> SearchStrategy[UsageTimeBucket]:
    """Buckets as records; the arguments are those of `pages`."""
    return cast("SearchStrategy[UsageTimeBucket]", _records(Shape.BUCKET, kind, revision, profile))


def results(
    *, kind: str | None = None, revision: Revision | None = None, profile: ProfileName = "published"
) -> SearchStrategy[UsageResult | UnknownResult]:
    """Results as records, each of the class of its kind; the arguments are those of `pages`."""
    return cast("SearchStrategy[UsageResult | UnknownResult]", _records(Shape.RESULT, kind, revision, profile))


def payloads(
    *,
    shape: ShapeName | None = None,
    kind: str | None = None,
    revision: Revision | None = None,
    profile: ProfileName = "published",
) -> SearchStrategy[bytes]:
    """
    Payloads as bytes, spelled in every way that JSON allows.

    Args:
        shape: "page", "bucket" or "result"; None for any of them.
        kind: The `object` of all results; None for any kind of the revision.
        revision: The contract revision that the payloads obey; None for the newest.
        profile: "published" for payloads that are `valid` under both profiles; "served" for those that are valid, or
            acceptable for nothing but findings of the stage `wire/` and unknown kinds.

    Raises:
        NoSuchName: `shape` or `profile` does not exist, or the revision has no such `kind`.
        NoSuchRevision: `revision` was never published.
    """
    from hypothesis import strategies as st

    from usagecompat.strategies.trees import spelled, trees

    shapes = st.sampled_from(SERVED_SHAPES if shape is None else (_served(shape),))
    said, served = _asked(kind, revision, profile)
    return shapes.flatmap(lambda one: trees(said, one, kind, served=served)).flatmap(spelled).map(str.encode)


def broken_payloads(*, code: str | None = None, revision: Revision | None = None) -> SearchStrategy[tuple[bytes, str]]:
    """
    Payloads that one thing is wrong with, each with the finding code that `usagecompat.check` must show for it.

    Args:
        code: What is wrong; None for any error or warning that a payload of the revision can show.
        revision: The contract revision that the payloads break; None for the newest.

    Raises:
        NoSuchName: No payload of the revision can be broken so that it shows `code`.
        NoSuchRevision: `revision` was never published.
    """
    from hypothesis import strategies as st

    from usagecompat.strategies.broken import breakable, broken_by

    said = contract(resolve_revision(revision))
    codes = breakable(said)
    if code is not None and code not in codes:
        raise NoSuchName("finding code that a broken payload can show", code, codes)
    return st.sampled_from(codes if code is None else (code,)).flatmap(partial(broken_by, revision=said.revision))


def _served(shape: str) -> Shape:
    if shape not in SERVED_SHAPES:
        raise NoSuchName("shape of a payload that is served", shape, SERVED_SHAPES)
    return Shape(shape)


def _asked(kind: str | None, revision: str | None, profile: str) -> tuple[Contract, bool]:
    said = contract(resolve_revision(revision))
    if kind is not None and kind not in said.kinds:
        raise NoSuchName(f"kind of {said.revision}", kind, tuple(said.kinds))
    return said, named(Profile, profile, "profile") is Profile.SERVED


_TARGETS = {
    Shape.PAGE: records.UsageResponse,
    Shape.BUCKET: records.UsageTimeBucket,
    Shape.RESULT: records.UsageResult,
}


def _records(shape: Shape, kind: str | None, revision: str | None, profile: str) -> SearchStrategy[object]:
    from usagecompat.strategies.trees import trees

    said, served = _asked(kind, revision, profile)
    structure = partial(_structured, revision=said.revision, profile=Profile(profile), target=_TARGETS[shape])
    return trees(said, shape, kind, served=served).map(structure)


def _structured(tree: object, *, revision: str, profile: Profile, target: Any) -> object:  # noqa: ANN401 - a union is no type
    from usagecompat.codec import decoder

    record: object = decoder(revision, profile).structure(tree, target)
    return record


def strategy_of(record: type[Any]) -> SearchStrategy[Any]:
    """Records of one class, of the newest revision: what Hypothesis draws for the type."""
    if record in _OTHERS:
        return _OTHERS[record]()
    return results(kind=shape_of(record.__name__, LATEST).kind)


def _amounts() -> SearchStrategy[CostsResultAmount]:
    from usagecompat.strategies.trees import objects

    said = contract(LATEST)
    structure = partial(_structured, revision=LATEST, profile=Profile.PUBLISHED, target=records.CostsResultAmount)
    return cast("SearchStrategy[CostsResultAmount]", objects(said.amount, said, served=False).map(structure))


def _unknown() -> SearchStrategy[UnknownResult]:
    from usagecompat.strategies.trees import other_kinds, result_trees

    said = contract(LATEST)
    drawn = other_kinds(said).flatmap(lambda kind: result_trees(said, kind, served=True))
    structure = partial(_structured, revision=LATEST, profile=Profile.SERVED, target=records.UsageResult)
    return cast("SearchStrategy[UnknownResult]", drawn.map(structure))


def _flat() -> SearchStrategy[UsageTimeBucketResultInner]:
    from usagecompat.codec import flatten

    return results().map(flatten)


_OTHERS: Final[Mapping[type[Any], Callable[[], SearchStrategy[Any]]]] = {
    records.UsageResponse: pages,
    records.UsageTimeBucket: buckets,
    records.CostsResultAmount: _amounts,
    records.UnknownResult: _unknown,
    records.UsageTimeBucketResultInner: _flat,
}
"""How records are drawn that are no results of a kind."""
