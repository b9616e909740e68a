"""
The revisions of the published contract, and what the API is known to serve beside it.

A revision is one dated state of the contract; its name is its date, so names compare as dates do.
What each revision declares stands in `records.py`; this module holds what no declaration can say.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from attrs import frozen

from usagecompat.exceptions import NoSuchRevision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

_DAY: Final = len("2024-12-04")

Published: TypeAlias = Literal[
    "2024-12-04",
    "2024-12-05",
    "2024-12-16",
    "2025-01-17",
    "2025-02-10",
    "2026-05-13",
    "2026-05-21",
    "2026-07-15",
    "2026-08-21",
    "2026-10-02",
    "2026-10-06",
    "2026-10-14",
    "2026-10-21",
]
"""The date of a published revision, for type checkers."""

PUBLISHED: Final[Mapping[str, str]] = {
    "2024-12-04": "openai/openai-openapi c2ff29b035ec: the first nine kinds; a bucket holds `result`",
    "2024-12-05": "openai/openai-openapi 152a060d4b07: group keys may be null",
    "2024-12-16": "openai/openai-openapi 950492bcce08: audio tokens; the generated Perl class was made from it",
    "2025-01-17": "openai/openai-openapi d78fe2ac9e8a: costs no longer require `sessions`",
    "2025-02-10": "openai/openai-openapi a17376029988: `num_sessions` for `sessions`, which stays required",
    "2026-05-13": "openai/openai-openapi 5162af98d314: `results` for `result`; `next_page` may be null",
    "2026-05-21": "openai-python 2.38.0: file searches and web searches",
    "2026-07-15": "openai/openai-openapi 535f5dc97632: completions are split by modality and cache",
    "2026-08-21": "openai/openai-openapi 13c6a94fca98: the unit of a cost's quantity",
    "2026-10-02": "openai-python 3.24.0: 12-hour cache writes",
    "2026-10-06": "openai-python 3.25.0: `api_source`; costs by user",
    "2026-10-14": "openai-python 3.30.0: decisions",
    "2026-10-21": "openai-python 3.36.0 and openai on npm 7.57.0: 30-minute cache writes",
}
"""Each revision's public source and what it brought."""

REVISIONS: Final[tuple[Published, ...]] = get_args(Published)
"""The dates of all revisions, oldest first."""

LATEST: Final[Published] = REVISIONS[-1]
"""The newest revision, against which payloads are judged unless told otherwise."""


class Draft(str):
    """
    A revision that was read from a file: it can stand wherever the date of a published one can.

    Its text is its name: the date that the file gives it, `-draft-`, and a fingerprint of what the file says.
    So names still compare as dates do, and two files that differ are never taken for each other.
    A draft that another process gets is known there, too.
    """

    __slots__ = ("restore", "source")

    source: str
    """Where the file says that it comes from."""
    restore: tuple[Callable[[bytes], Draft], bytes]
    """What makes the draft again, and of what."""

    def __new__(cls, name: str, source: str, restore: tuple[Callable[[bytes], Draft], bytes]) -> Self:
        """A draft of this name."""
        draft = super().__new__(cls, name)
        draft.source = source
        draft.restore = restore
        return draft

    def __reduce__(self) -> tuple[Callable[[bytes], Draft], tuple[bytes]]:
        function, data = self.restore
        return function, (data,)


Revision: TypeAlias = Published | Draft
"""What may be named as a revision."""

_DRAFTS: Final[dict[str, Draft]] = {}
"""The drafts that were loaded, by name: what says the same is one draft, so it is never in doubt which is meant."""


def remember(draft: Draft) -> None:
    """Know a draft by its name from now on."""
    _DRAFTS[draft] = draft


def day_of(revision: str) -> str:
    """The date of a revision, published or draft."""
    return revision[:_DAY]


def source_of(revision: str) -> str:
    """Where a revision comes from and what it brought, of a published one; where it comes from, of a draft."""
    draft = _DRAFTS.get(revision)
    return PUBLISHED[revision] if draft is None else draft.source


def resolve_revision(revision: str | None) -> Revision:
    """
    The named revision, or the newest one for None; a draft that was loaded stands for itself.

    Raises:
        NoSuchRevision: There is no such revision.
    """
    if revision is None:
        return LATEST
    if revision in PUBLISHED:
        return cast("Published", revision)
    if revision not in _DRAFTS:
        raise NoSuchRevision(revision, REVISIONS)
    return _DRAFTS[revision]


class Tolerance(StrEnum):
    """What a deviation lets through that the published contract does not."""

    NUMBER_TEXT = "number-text"
    """A string that holds exactly one JSON number, where a number belongs."""
    NULL = "null"
    """A null, where a value belongs."""
    NEWER_NAME = "newer-name"
    """The name that a later revision gives the member."""
    ABSENT = "absent"
    """No member at all, although it is required."""


GROUP_KEYS: Final = "*group keys*"
"""Stands for every member that is marked as a group key."""


@frozen(kw_only=True)
class Deviation:
    """Something the API serves that the published contract of some revisions does not allow."""

    code: str
    record: str | None
    """The record's name, or None for every record."""
    member: str
    """The wire name at those revisions, or `GROUP_KEYS`."""
    allows: Tolerance
    since: str
    """The first revision whose payloads may show it."""
    until: str
    """The last revision that does not allow it."""
    seen: str
    """When and by whom it was seen."""

    def concerns(self, revision: str) -> bool:
        """Whether the deviation exists at `revision`; a draft later than all is served as the newest one is."""
        return self.since <= min(day_of(revision), LATEST) <= self.until


DEVIATIONS: Final = (
    Deviation(
        code="wire/amount-as-string",
        record="CostsResultAmount",
        member="value",
        allows=Tolerance.NUMBER_TEXT,
        since="2025-02-10",
        until=LATEST,
        seen="from 2026-02-05 (japaniel/openai-exporter) by at least eight independent projects, among them "
        "steipete/CodexBar #999 of May 2026 and openai/openai-java #769 of July 2026",
    ),
    Deviation(
        code="wire/results-for-result",
        record="UsageTimeBucket",
        member="result",
        allows=Tolerance.NEWER_NAME,
        since="2024-12-04",
        until="2025-02-10",
        seen="in every recorded body from January 2025 on, and in the contract's own examples",
    ),
    Deviation(
        code="wire/null-next-page",
        record="UsageResponse",
        member="next_page",
        allows=Tolerance.NULL,
        since="2024-12-04",
        until="2025-02-10",
        seen="on last pages recorded in February 2025 (alexrudall/ruby-openai)",
    ),
    Deviation(
        code="wire/null-group-key",
        record=None,
        member=GROUP_KEYS,
        allows=Tolerance.NULL,
        since="2024-12-04",
        until="2024-12-04",
        seen="in ungrouped reports up to February 2025 (alexrudall/ruby-openai); allowed one revision later",
    ),
    Deviation(
        code="wire/costs-without-sessions",
        record="CostsResult",
        member="sessions",
        allows=Tolerance.ABSENT,
        since="2024-12-04",
        until="2024-12-16",
        seen="in every cost ever recorded; the revision required a member that it did not declare",
    ),
    Deviation(
        code="wire/code-interpreter-without-sessions",
        record="UsageCodeInterpreterSessionsResult",
        member="sessions",
        allows=Tolerance.ABSENT,
        since="2025-02-10",
        until="2025-02-10",
        seen="in the contract's own examples; the revision required the old name and declared only the new one",
    ),
)
"""The registry of deviations; each code has its severity per profile in the catalogue of codes."""

KNOWN_UNDECLARED: Final[Mapping[str, str]] = {
    "organization_id": "served on costs since January 2025",
    "organization_name": "served on costs by June 2026",
    "project_name": "served on costs by June 2026",
    "user_email": "served on costs by June 2026",
    "user_id": "served on costs by June 2026, before the contract had it",
    "start_time_iso": "served on buckets since November 2025",
    "end_time_iso": "served on buckets since November 2025",
}
"""Undeclared members that the live API is known to send, by name; they only enrich a note."""

EMULATOR_HABITS: Final[Mapping[tuple[str, str], str]] = {
    ("schema/missing-member", "next_page"): "The API always sends it, null on the last page; emulators leave it out.",
    ("schema/missing-member", "has_more"): "The API always sends it; some OpenAI-compatible gateways leave it out.",
    ("schema/wrong-object", "list"): 'The API always sends "page"; "list" is a habit of OpenAI-compatible gateways.',
    ("schema/undeclared-member", "next"): "Some emulators call the cursor `next`; the API calls it `next_page`.",
    ("schema/undeclared-member", "num_images"): "One gateway documents `num_images`; the API calls it `images`.",
}
"""What emulators are known to do wrong, by code and name; it stays what it is, and the finding says so."""

ENDPOINT_NAMES: Final[Mapping[str, str]] = {
    "organization.usage.web_search_calls.result": "organization.usage.web_searches.result",
    "organization.usage.file_search_calls.result": "organization.usage.file_searches.result",
}
"""Endpoint names that are taken for discriminators, and the discriminators that the API sends."""
