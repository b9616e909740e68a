"""
Asking: the requests of each relation, in the order in which a small budget is best spent.

Nothing is compared here; what an answer breaks by itself is reported when it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.jsontext import read
from usagecompat.probe.answers import OK, Wanted, is_error, page_of
from usagecompat.probe.course import DAY, seconds_of
from usagecompat.probe.pages import group_of_result, in_query, sums_of

if TYPE_CHECKING:
    from usagecompat.contract import Filter
    from usagecompat.probe.course import Course
    from usagecompat.probe.pages import Group, Page

_DAY = "1d"
_MOST_PAGES = 12


def _most(course: Course, width: str) -> int:
    return course.endpoint.limits[width].most


def _by_day(course: Course, *more: tuple[str, str]) -> Page | None:
    """All days of the window on one page."""
    limit = min(_most(course, _DAY), 180)
    query = [*course.times(), ("bucket_width", _DAY), ("limit", str(limit)), *more]
    wanted = Wanted(start=course.window.start, end=course.window.end, width=_DAY, limit=limit)
    return page_of(course, course.ask(*query), wanted, fit=True)


def ask_whole(course: Course) -> None:
    """One large page of days."""
    course.whole = _by_day(course)
    course.gone = course.has("server/endpoint-missing", "server/query-refused")


def ask_again(course: Course) -> None:
    """The same page again; if it differs, once more."""
    if course.whole is None:
        return
    page = _by_day(course)
    while page is not None:
        course.again.append(page)
        if len(course.again) > 1 or not _differing(course, course.whole, page):
            return
        page = _by_day(course)


def _differing(course: Course, one: Page, other: Page) -> list[int]:
    """Days on which two pages differ."""
    here, there = (
        {
            bucket.start: sums_of(bucket.results, course.shape)
            for bucket in page.buckets
            if bucket.end <= course.window.closed
        }
        for page in (one, other)
    )
    return [start for start in here if start in there and here[start] != there[start]]


def settle(course: Course) -> None:
    """Tell days that changed once from a server that says something else each time."""
    if course.whole is None or not course.again:
        return
    days = _differing(course, course.whole, course.again[0])
    if not days:
        return
    query = course.whole.query
    if len(course.again) > 1 and not _differing(course, course.again[0], course.again[1]):
        course.report(
            "server/changed-meanwhile",
            f"The day of {days[0]} changed while it was looked at, one of {len(days)}; such days are not compared.",
            query,
        )
    else:
        course.report(
            "server/not-repeatable",
            f"The same query has another answer each time, first for the day of {days[0]}.",
            query,
        )
    course.changed |= {*days}


def ask_small(course: Course) -> None:
    """The same window in small pages, cursor by cursor."""
    days = course.window.days
    if days <= 1:
        return
    limit = -(-days // 3)
    plain = [*course.times(), ("bucket_width", _DAY), ("limit", str(limit))]
    cursor: str | None = None
    pages: list[Page] = []
    seen: set[str] = set()
    while len(pages) < _MOST_PAGES:
        query = plain if cursor is None else [*plain, ("page", cursor)]
        wanted = Wanted(
            start=course.window.start if cursor is None else None, end=course.window.end, width=_DAY, limit=limit
        )
        page = page_of(course, course.ask(*query), wanted)
        if page is None or _goes_wrong(course, pages, page, cursor, limit):
            return
        pages.append(page)
        if not page.has_more or page.cursor is None:
            course.small = pages
            if short := [one for one in pages[:-1] if len(one.buckets) < limit]:
                course.report(
                    "server/limit-ignored",
                    f"A page has {len(short[0].buckets)} buckets and leads on, and limit is {limit}.",
                    short[0].query,
                )
            return
        cursor = page.cursor
        if len(pages) == 1:
            course.cursor = cursor
        if cursor in seen:
            course.report(
                "server/paging-endless",
                "A cursor comes back that was followed already, so that paging never ends.",
                page.query,
            )
            return
        seen.add(cursor)
    course.report(
        "server/paging-endless",
        f"Paging does not end: {days} days in pages of {limit} took more than {_MOST_PAGES} pages.",
        pages[-1].query,
    )


def _goes_wrong(course: Course, before: list[Page], page: Page, asked: str | None, limit: int) -> bool:
    """Whether the page of the cursor `asked` does not go on where the pages before it ended; what is wrong is reported."""
    wrong = _broken_chain(course, before, page, asked, limit) if before else None
    if wrong:
        course.report(*wrong, page.query)
    return wrong is not None


def _broken_chain(
    course: Course, before: list[Page], page: Page, asked: str | None, limit: int
) -> tuple[str, str] | None:
    """The code of what is wrong, and a message."""
    starts = [bucket.start for bucket in page.buckets]
    read_already = [bucket.start for one in before for bucket in one.buckets]
    if starts and starts == [bucket.start for bucket in before[0].buckets]:
        return "server/cursor-ignored", "The cursor leads to the first page again."
    repeated = [start for start in starts if start in read_already]
    if repeated:
        return "server/buckets-repeated", f"The bucket of {repeated[0]} comes on two pages."
    if len(page.buckets) > limit:
        return "server/limit-ignored", f"{len(page.buckets)} buckets came, and limit is {limit}."
    if page.cursor == asked:
        return "server/paging-endless", "The page's cursor leads to the page itself."
    if not starts:
        return "server/has-more-wrong", "A cursor leads to a page without a bucket."
    due = read_already[-1] + DAY if read_already else course.window.start
    if starts[0] > due:
        return "server/buckets-missing", f"The bucket of {due} is missing between two pages."
    if not page.has_more and starts[-1] + DAY < min(course.window.end, course.window.closed):
        return "server/buckets-missing", f"Paging ends before the bucket of {starts[-1] + DAY}."
    return None


# -- what may be ignored


def tell_unknown(course: Course) -> None:
    """A parameter that does not exist, which may be ignored and is told."""
    exchange = course.ask(*course.times(), ("no_such_parameter", "1"))
    if exchange is None:
        return
    if exchange.answer.failure:
        course.report("server/no-answer", f"There is no answer: {exchange.answer.failure}.", exchange.query)
    elif exchange.answer.status == OK and not is_error(read(exchange.answer.body).value):
        course.report(
            "server/unknown-parameter-ignored",
            "An unknown parameter is ignored, so that a misspelt one goes unnoticed.",
            exchange.query,
        )


# -- widths


def ask_hours(course: Course) -> None:
    """Hours of the first seven days."""
    _ask_narrow(course, "1h", course.window.start, min(course.window.end, course.window.start + 7 * DAY))


def ask_minutes(course: Course) -> None:
    """The minutes of the day on which most happened."""
    hours = course.narrow.get("1h")
    buckets = [bucket for bucket in hours.buckets if course.comparable(bucket)] if hours else []
    by_day: dict[int, int] = {}
    for bucket in buckets:
        day = bucket.start - bucket.start % DAY
        by_day[day] = by_day.get(day, 0) + bool(bucket.results)
    day = max(by_day, key=lambda start: (by_day[start], -start), default=course.window.start)
    _ask_narrow(course, "1m", day, day + DAY)


def _ask_narrow(course: Course, width: str, start: int, end: int) -> None:
    if width not in course.endpoint.limits:
        return
    limit = _most(course, width)
    query = [*course.times(start, end), ("bucket_width", width), ("limit", str(limit))]
    page = page_of(course, course.ask(*query), Wanted(start=start, end=end, width=width, limit=limit))
    if page is not None:
        course.narrow[width] = page


def narrow_count(course: Course) -> int:
    """How many widths there are beside days."""
    return sum(seconds_of(width) < DAY for width in course.endpoint.limits)


# -- groups and filters


def pairs_of(course: Course) -> list[tuple[str, str]]:
    """Group keys two by two, so that each is in one pair as far as possible."""
    keys = course.endpoint.group_by
    return list(zip(keys[::2], keys[1::2], strict=False))


def ask_groups(course: Course) -> None:
    """The days by each group key."""
    for key in course.endpoint.group_by:
        page = _by_day(course, ("group_by", key))
        if page is not None:
            course.groups[key,] = page


def ask_pairs(course: Course) -> None:
    """The days by two keys together, spelled as the SDKs do."""
    for pair in pairs_of(course):
        page = _by_day(course, *(("group_by[]", key) for key in pair))
        if page is not None:
            course.groups[pair] = page


def filter_plan(course: Course) -> list[tuple[str, ...]]:
    """Which filtered keys are tried together: pairs that were asked as groups, and the rest alone."""
    filtered = {item.key for item in course.endpoint.filters}
    plan: list[tuple[str, ...]] = [tuple(key for key in pair if key in filtered) for pair in pairs_of(course)]
    paired = {key for keys in plan for key in keys}
    plan += [(key,) for key in course.endpoint.group_by if key in filtered - paired]
    return [keys for keys in plan if keys]


def ask_filters(course: Course) -> None:
    """The days with filters on what the groups showed to be there."""
    named = {item.key: item for item in course.endpoint.filters}
    for keys in filter_plan(course):
        chosen = _choice(course, keys, named)
        if chosen is None:
            continue
        page = _by_day(course, *((_spelled(named[key], values), value) for key, values in chosen for value in values))
        if page is not None:
            course.filters.append((chosen, page))


def _spelled(item: Filter, values: tuple[str, ...]) -> str:
    return f"{item.name}[]" if len(values) > 1 else item.name


def _choice(
    course: Course, keys: tuple[str, ...], named: dict[str, Filter]
) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Values for these filters that let something through and something not; None if there are none."""
    source = course.groups.get(keys)
    if source is None:
        return None
    groups: dict[Group, int] = {}
    for bucket in source.buckets:
        if course.comparable(bucket):
            for result in bucket.results:
                group = group_of_result(result, keys)
                if None not in group:
                    groups[group] = groups.get(group, 0) + 1
    if not groups:
        return None
    first = max(groups, key=lambda group: (groups[group], str(group)))
    chosen: list[tuple[str, tuple[str, ...]]] = []
    for at, key in enumerate(keys):
        values = [first[at]]
        others = sorted({str(group[at]) for group in groups} - {str(first[at])})
        if at == 0 and len(others) > 1 and not named[key].single:
            values.append(others[0])
        chosen.append((key, tuple(in_query(value) for value in values)))
    return tuple(chosen)
