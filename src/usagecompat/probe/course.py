"""
The course of a probe at one endpoint: what was asked and read, and what was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import Factory, define, field, frozen

from usagecompat.contract import WIDTHS
from usagecompat.findings import CODES, Severity

if TYPE_CHECKING:
    from usagecompat.contract import Endpoint, RecordShape
    from usagecompat.probe.pages import Bucket, Page
    from usagecompat.probe.session import Exchange, Session

DAY: Final = 86_400


@frozen(kw_only=True)
class Window:
    """The whole days that are asked for, and from when on nothing is compared."""

    start: int
    end: int
    closed: int
    """Buckets that end after this second may still change."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start) // DAY


@frozen(kw_only=True)
class Broken:
    """A law that a server broke."""

    code: str
    endpoint: str
    message: str
    query: str = ""
    """The query, or the two that contradict each other."""
    count: int = 1
    relation: str = ""
    """The law that was looked at."""

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return CODES[self.code].served

    def to_dict(self) -> dict[str, object]:
        """The finding as `schemas/probe.json` describes it."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "endpoint": self.endpoint,
            "message": self.message,
            "query": self.query,
            "relation": self.relation,
            "count": self.count,
        }


@define(kw_only=True)
class Course:
    """One endpoint under test."""

    session: Session
    endpoint: Endpoint
    shape: RecordShape
    revision: str
    window: Window
    broken: list[Broken] = field(factory=list["Broken"])
    whole: Page | None = None
    again: list[Page] = field(factory=list["Page"])
    small: list[Page] = field(factory=list["Page"])
    """The pages of a chain of small ones, if it came to its end."""
    cursor: str | None = None
    """One of the small pages' cursors, for trying it elsewhere."""
    narrow: dict[str, Page] = Factory(dict["str", "Page"])
    """Pages of hours and minutes."""
    groups: dict[tuple[str, ...], Page] = Factory(dict["tuple[str, ...]", "Page"])
    filters: list[tuple[tuple[tuple[str, tuple[str, ...]], ...], Page]] = Factory(
        list["tuple[tuple[tuple[str, tuple[str, ...]], ...], Page]"]
    )
    changed: set[int] = field(factory=set["int"])
    """Days whose sums changed while they were looked at, by their start."""
    revisions: list[str] = field(factory=list["str"])
    outlier: bool = False
    """Whether the ungrouped days contradict all groups, while these agree."""
    gone: bool = False
    """Whether the endpoint is not there or refuses a plain query, so that nothing else makes sense."""
    relation: str = ""
    """The law that is looked at."""
    judged: dict[str, str] = Factory(dict["str", "str"])
    """Each law with why it was not judged; empty if it was."""

    def report(self, code: str, message: str, *queries: str) -> None:
        """Note a broken law."""
        text = "  against  ".join(query for query in queries if query)
        one = Broken(
            code=code,
            endpoint=self.endpoint.name,
            message=self.session.hide(message),
            query=self.session.hide(text),
            relation=self.relation,
        )
        self.broken.append(one)

    def has(self, *codes: str) -> bool:
        """Whether one of these laws is broken already."""
        return any(one.code in codes for one in self.broken)

    def ask(self, *query: tuple[str, str], keyed: bool = True) -> Exchange | None:
        """Ask the endpoint."""
        return self.session.ask(self.endpoint.name, list(query), keyed=keyed)

    def times(self, start: int | None = None, end: int | None = None) -> list[tuple[str, str]]:
        """The parameters of the window, or of a part of it."""
        first, last = self.window.start if start is None else start, self.window.end if end is None else end
        return [("start_time", str(first)), ("end_time", str(last))]

    def comparable(self, bucket: Bucket) -> bool:
        """Whether a bucket closed long enough ago, and stayed as it was."""
        return bucket.end <= self.window.closed and bucket.start - bucket.start % DAY not in self.changed

    def days(self, page: Page) -> dict[int, Bucket]:
        """The buckets of a page that can be compared, by start."""
        return {bucket.start: bucket for bucket in page.buckets if self.comparable(bucket)}


def seconds_of(width: str) -> int:
    """The width of a bucket in seconds."""
    return WIDTHS[width]
