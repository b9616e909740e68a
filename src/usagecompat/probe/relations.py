"""
The laws of the API that no schema can say, as a table: what each costs in requests, asks and compares.

The order is that in which a small budget is best spent; a law is asked of every endpoint before the next one is.
What explains what stands in a table of its own, so that one fault has one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.probe import asking, judging
from usagecompat.probe.refusals import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagecompat.probe.course import Broken, Course


@frozen
class Relation:
    """One law, or several that cost no request of their own."""

    name: str
    says: str
    cost: Callable[[Course], int]
    """How many requests it makes at most."""
    ask: Callable[[Course], None]
    judge: Callable[[Course], bool] | None = None
    """Compares once everything is asked; whether there was something to compare."""


def _one(_: Course) -> int:
    return 1


def _three(course: Course) -> int:
    return min(course.window.days, 3)


RELATIONS: Final = (
    Relation("page", "A page is of the contract, and its buckets stand in the window, each once.", _one, asking.ask_whole),
    Relation("paging", "One large page is the concatenation of small ones.", _three, asking.ask_small, judging.pages_join),
    Relation("groups", "Groups sum to the ungrouped result.", lambda course: len(course.endpoint.group_by), asking.ask_groups, judging.groups_sum),
    Relation("hours", "Hours sum to days.", lambda course: min(asking.narrow_count(course), 1), asking.ask_hours, judging.widths_agree),
    Relation("key", "A query without a key is refused.", _one, REFUSALS["key"]),
    Relation("limit-0", "A limit of 0 is refused.", _one, REFUSALS["limit-0"]),
    Relation("limit-most", "A limit past the greatest is refused.", _one, REFUSALS["limit-most"]),
    Relation("group-by", "An unknown group_by is refused.", _one, REFUSALS["group-by"]),
    Relation("width", "An unknown bucket_width is refused.", _one, REFUSALS["width"]),
    Relation("end", "An end before the start is refused.", _one, REFUSALS["end"]),
    Relation("start", "A query without a start is refused.", _one, REFUSALS["start"]),
    Relation("cursor", "A cursor of another query is refused.", _one, REFUSALS["cursor"]),
    Relation("pairs", "Groups by two keys sum to the groups by each.", lambda course: len(asking.pairs_of(course)), asking.ask_pairs, judging.pairs_sum),
    Relation("filters", "A filter gives what its group gave.", lambda course: len(asking.filter_plan(course)), asking.ask_filters, judging.filters_hold),
    Relation("minutes", "Minutes sum to hours.", lambda course: max(asking.narrow_count(course) - 1, 0), asking.ask_minutes, judging.widths_agree),
    Relation("again", "The same query has the same answer again.", _one, asking.ask_again),
)  # fmt: skip
"""All laws that every endpoint is held to."""

UNKNOWN: Final = Relation(
    "unknown", "An unknown parameter is refused; if it is ignored, that is a note.", _one, asking.tell_unknown
)
"""Asked of one endpoint: it is no law, and costs a note at most."""

_SUMS: Final = (
    "server/pages-differ",
    "server/widths-disagree",
    "server/groups-disagree",
    "server/filter-differs",
    "server/sums-inexact",
)

EXPLAINS: Final[dict[str, tuple[str, ...]]] = {
    "server/limit-ignored": ("server/limit-not-refused",),
    "server/width-ignored": ("server/width-not-refused",),
    "server/group-by-ignored": ("server/group-by-not-refused",),
    "server/buckets-outside-window": (
        "server/window-not-refused",
        "server/start-not-required",
        "server/has-more-wrong",
    ),
    "server/cursor-ignored": ("server/cursor-not-refused",),
    "server/paging-endless": ("server/cursor-not-refused",),
    "server/times-shifted": (
        "server/buckets-outside-window",
        "server/buckets-off-grid",
        "server/buckets-missing",
        "server/buckets-repeated",
    ),
    "server/not-repeatable": _SUMS,
    "server/failed": ("server/failed-on-bad-input",),
}
"""What follows from a fault, and is not told beside it."""


def tidy(broken: Iterable[list[Broken]]) -> list[list[Broken]]:
    """The findings of each endpoint: a code once, with how often it was found, and without what others explain."""
    kept = [_once(_diagnosed(found)) for found in broken]
    explained = {code for found in kept for cause in found for code in EXPLAINS.get(cause, ())}
    return [[one for code, one in found.items() if code not in explained] for found in kept]


def _once(broken: Iterable[Broken]) -> dict[str, Broken]:
    found: dict[str, Broken] = {}
    for one in broken:
        before = found.get(one.code)
        found[one.code] = one if before is None else evolve(before, count=before.count + 1)
    return found


def _diagnosed(broken: list[Broken]) -> list[Broken]:
    """A width that is not read shows in limits: those of narrow buckets are refused, and no width is."""
    refused = [one for one in broken if one.code == "server/query-refused"]
    unread = any(one.code == "server/width-not-refused" for one in broken)
    if not unread or not refused or any(one.relation not in {"hours", "minutes"} for one in refused):
        return broken
    return [evolve(one, code="server/width-ignored") if one in refused else one for one in broken]
