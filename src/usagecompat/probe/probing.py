"""
A whole probe: endpoints, window, laws, result.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from usagecompat.contract import contract, endpoints_of, resolve_revision
from usagecompat.exceptions import NoSuchName
from usagecompat.jsontext import read
from usagecompat.probe import asking, judging, results
from usagecompat.probe.answers import OK
from usagecompat.probe.course import DAY, Course, Window
from usagecompat.probe.expected import judge_expected
from usagecompat.probe.pages import read_page
from usagecompat.probe.relations import RELATIONS, UNKNOWN, Relation, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from usagecompat.contract import Endpoint
    from usagecompat.jsontext import Tree
    from usagecompat.probe.course import Broken
    from usagecompat.probe.expected import Expected, Keeper
    from usagecompat.probe.pages import Page
    from usagecompat.probe.session import Session

CLOSED_FOR: Final = 3 * DAY
"""A bucket that closed less long ago may still change, and is not compared."""

_WEEK: Final = 7
_LOOK_BACK: Final = 180
_LOOKS: Final = 2


def endpoints_named(revision: str | None, names: Iterable[str]) -> list[Endpoint]:
    """
    The endpoints of a revision with these names; all of them for no name. `completions` is short for `usage/completions`.

    Raises:
        NoSuchName: There is none of this name.
    """
    known = endpoints_of(contract(resolve_revision(revision)))
    found: dict[str, Endpoint] = {}
    for name in names:
        full = name if name in known else f"usage/{name}"
        if full not in known:
            raise NoSuchName("endpoint", name, tuple(known))
        found[full] = known[full]
    return list((found or known).values())


def cost_of(endpoints: Sequence[Endpoint], days: int) -> int:
    """How many requests a probe of these endpoints makes if none is refused."""
    window = Window(start=0, end=days * DAY, closed=days * DAY)
    courses = [_course(endpoint, window, None, None) for endpoint in endpoints]
    return sum(one.cost(course) for one in RELATIONS for course in courses) + bool(courses)


def probe(  # noqa: PLR0913 - one for each choice
    session: Session,
    endpoints: Sequence[Endpoint],
    *,
    revision: str | None = None,
    start: int | None = None,
    end: int | None = None,
    now: Callable[[], float] = time.time,
    expected: Iterable[Expected] = (),
    keeper: Keeper | None = None,
) -> results.ProbeResult:
    """
    Hold a server to the laws.

    Args:
        session: Who asks.
        endpoints: What is asked of.
        revision: The revision that answers are judged by; None for the newest.
        start: The first day of the window; None to look for one with activity.
        end: The day after its last; None for a week.
        now: Tells the present.
        expected: Answers that must come.
        keeper: Takes what another server can be expected to say.
    """
    present = int(now())
    window = _window(session, start, end, present)
    courses = [_course(endpoint, window, session, revision) for endpoint in endpoints]
    for relation in (*RELATIONS, UNKNOWN):
        for course in courses if relation is not UNKNOWN else courses[:1]:
            _ask(course, relation)
    for course in courses:
        course.relation = "expected"
        judge_expected(course, (one for one in expected if one.endpoint == course.endpoint.name))
        _judge(course)
    if keeper:
        keeper.close((course.endpoint.name, page.query) for course in courses for page in _pages(course))
    fits = [at for course in courses for at in course.revisions]
    return results.ProbeResult(
        url=public_url(session.base),
        judged_by=resolve_revision(revision),
        revision=max(fits) if fits else None,
        window=window,
        budget=session.budget,
        requests=session.spent,
        answered=session.answered,
        gone=session.over,
        endpoints=tuple(map(_result, courses, tidy([course.broken for course in courses]))),
    )


def _pages(course: Course) -> Iterable[Page]:
    return (page for page in (course.whole, *course.groups.values()) if page is not None)


def _course(endpoint: Endpoint, window: Window, session: Session | None, revision: str | None) -> Course:
    at = resolve_revision(revision)
    said = contract(at)
    kept: object = session
    return Course(session=kept, endpoint=endpoint, shape=said.kinds[endpoint.kind], revision=at, window=window)  # type: ignore[arg-type]


def _ask(course: Course, relation: Relation) -> None:
    """Ask for one law, or note why not."""
    cost, session = relation.cost(course), course.session
    course.relation = relation.name
    if session.over:
        course.judged[relation.name] = results.LOST
    elif course.gone:
        course.judged[relation.name] = results.NOT_SERVED
    elif not cost:
        return
    elif session.left < cost:
        course.judged[relation.name] = results.NO_BUDGET
    else:
        before = session.spent
        relation.ask(course)
        course.judged[relation.name] = "" if session.spent > before else results.NOTHING


def _judge(course: Course) -> None:
    """Compare what was asked for."""
    course.relation = "again"
    asking.settle(course)
    course.outlier = judging.is_outlier(course)
    done: set[object] = set()
    for relation in RELATIONS:
        if relation.judge is None or relation.judge in done:
            continue
        course.relation = relation.name
        if relation.name == "hours":
            done.add(relation.judge)
        if not relation.judge(course) and course.judged.get(relation.name) == "":
            course.judged[relation.name] = results.NOTHING


def _result(course: Course, findings: list[Broken]) -> results.EndpointResult:
    broken = {one.relation for one in findings}
    relations = {name: results.BROKEN if name in broken else why or results.HELD for name, why in course.judged.items()}
    if "expected" in broken:
        relations["expected"] = results.BROKEN
    days = course.whole.buckets if course.whole else ()
    return results.EndpointResult(
        name=course.endpoint.name,
        findings=tuple(findings),
        relations=relations,
        active=sum(bool(bucket.results) for bucket in days),
    )


def public_url(url: str) -> str:
    """A URL without what only its owner may know."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _window(session: Session, start: int | None, end: int | None, now: int) -> Window:
    """The window that was named, or else the latest closed week with most active days."""
    closed = now - CLOSED_FOR
    if start is not None:
        return Window(start=start, end=start + _WEEK * DAY if end is None else end, closed=closed)
    last = closed - closed % DAY if end is None else end
    for _ in range(_LOOKS):
        first = last - _LOOK_BACK * DAY
        active = _active_days(session, first, last)
        if active:
            at = max(range(first, last - _WEEK * DAY + 1, DAY), key=lambda day: (_within(active, day), day))
            return Window(start=at, end=at + _WEEK * DAY, closed=closed)
        last = first
    last = closed - closed % DAY if end is None else end
    return Window(start=last - _WEEK * DAY, end=last, closed=closed)


def _within(active: set[int], first: int) -> int:
    return sum(first <= day < first + _WEEK * DAY for day in active)


def _active_days(session: Session, first: int, last: int) -> set[int]:
    """Days with costs that closed long ago, by the server's own present if that is behind ours."""
    query = [("start_time", str(first)), ("end_time", str(last)), ("bucket_width", "1d"), ("limit", str(_LOOK_BACK))]
    exchange = session.ask("costs", query)
    if exchange is None or exchange.answer.status != OK:
        return set()
    value: object = read(exchange.answer.body).value
    tree: Tree = value if isinstance(value, dict) else None
    page = read_page(tree, "organization.costs.result", exchange.query)
    if page is None or not page.buckets:
        return set()
    closed = max(bucket.end for bucket in page.buckets) - CLOSED_FOR
    if max(bucket.end for bucket in page.buckets) >= last:
        closed = last
    return {
        bucket.start for bucket in page.buckets if bucket.results and bucket.end <= closed and first <= bucket.start
    }
