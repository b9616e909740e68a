"""
Judging: what the answers must have to do with each other, and the name of what is wrong if they have not.

Each function looks at one law. It says nothing where the answers that it needs did not come or are wrong by
themselves, so that one fault has one name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from usagecompat.probe.course import DAY
from usagecompat.probe.pages import added, difference, group_of_result, groups_of, in_query, nearly, sums_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.probe.course import Course
    from usagecompat.probe.pages import Bucket, Group, Page, Result, Sums

NOT_JUDGED = "no answers to compare"


def _sums(course: Course, bucket: Bucket) -> Sums:
    return sums_of(bucket.results, course.shape)


def _report_sums(course: Course, code: str, what: str, sides: tuple[Sums, Sums], queries: tuple[str, str]) -> None:
    """Report two sums that differ; a difference that only floating point makes has a code of its own."""
    one, other = sides
    inexact = nearly(one, other) or nearly(other, one)
    course.report("server/sums-inexact" if inexact else code, f"{what}: {difference(one, other)}.", *queries)


def pages_join(course: Course) -> bool:
    """One large page is the concatenation of small ones."""
    if course.whole is None or not course.small:
        return False
    whole = course.days(course.whole)
    for page in course.small:
        for bucket in page.buckets:
            if bucket.start in whole and course.comparable(bucket):
                one, other = _sums(course, whole[bucket.start]), _sums(course, bucket)
                if one != other:
                    _report_sums(
                        course,
                        "server/pages-differ",
                        f"The bucket of {bucket.start} differs between one large page and small ones",
                        (one, other),
                        (course.whole.query, page.query),
                    )
                    return True
    return True


def widths_agree(course: Course) -> bool:
    """Minutes sum to hours, and hours to days."""
    hours, minutes = course.narrow.get("1h"), course.narrow.get("1m")
    judged = False
    for narrow, wide, seconds in ((hours, course.whole, DAY), (minutes, hours, 3_600)):
        if narrow is None or wide is None or course.outlier:
            continue
        judged = True
        if _sum_up(course, narrow, wide, seconds):
            break
    return judged


def _sum_up(course: Course, narrow: Page, wide: Page, seconds: int) -> bool:
    parts: dict[int, list[Sums]] = {}
    for bucket in narrow.buckets:
        if course.comparable(bucket):
            parts.setdefault(bucket.start - bucket.start % seconds, []).append(_sums(course, bucket))
    for start, bucket in course.days(wide).items():
        if len(parts.get(start, ())) * (narrow.buckets[0].end - narrow.buckets[0].start) != seconds:
            continue
        one, other = _sums(course, bucket), added(parts[start])
        if one != other:
            _report_sums(
                course,
                "server/widths-disagree",
                f"The narrow buckets from {start} on do not sum to the wide one",
                (one, other),
                (wide.query, narrow.query),
            )
            return True
    return False


def _group_sums(course: Course, page: Page, keys: tuple[str, ...] = ()) -> dict[int, dict[Group, Sums]]:
    return {start: groups_of(bucket, keys, course.shape) for start, bucket in course.days(page).items()}


def is_outlier(course: Course) -> bool:
    """Whether the ungrouped days contradict every grouping, while all of these agree: then it is the groups' law."""
    if course.whole is None or len(course.groups) <= 1:
        return False
    whole = {start: _sums(course, bucket) for start, bucket in course.days(course.whole).items()}
    grouped = [
        {start: _sums(course, bucket) for start, bucket in course.days(page).items()} for page in course.groups.values()
    ]
    return all(one == grouped[0] for one in grouped) and grouped[0] != whole


def groups_sum(course: Course) -> bool:
    """Groups have the key that was asked for, and sum to the ungrouped result."""
    judged = False
    sound: dict[tuple[str, ...], Page] = {}
    for keys, page in course.groups.items():
        judged = True
        if _is_grouped(course, page, keys) and _sums_to_whole(course, page, keys):
            sound[keys] = page
    course.groups = sound
    return judged


def _is_grouped(course: Course, page: Page, keys: tuple[str, ...]) -> bool:
    results = [result for bucket in page.buckets for result in bucket.results]
    absent = [key for key in keys if results and all(key not in result for result in results)]
    unasked = [
        key
        for key in course.endpoint.group_by
        if key not in keys and any(result.get(key) is not None for result in results)
    ]
    asked = " and ".join(keys)
    if (absent or _all_null(results, keys)) and unasked:
        wrong = "server/group-keys-swapped", f"Results grouped by {asked} have {unasked[0]} instead."
    elif absent:
        wrong = "server/group-by-ignored", f"Results grouped by {asked} have no {absent[0]}."
    elif unasked:
        wrong = "server/group-by-unasked", f"Results grouped by {asked} are separated by {unasked[0]}, too."
    elif twice := _told_twice(page, keys):
        wrong = "server/groups-repeated", f"A bucket has two results of the same {asked}: {twice}."
    else:
        return True
    course.report(*wrong, page.query)
    return False


def _all_null(results: Iterable[Result], keys: tuple[str, ...]) -> bool:
    return all(result.get(key) is None for result in results for key in keys)


def _told_twice(page: Page, keys: tuple[str, ...]) -> str:
    for bucket in page.buckets:
        groups = Counter(group_of_result(result, keys) for result in bucket.results)
        for group, times in groups.items():
            if times > 1:
                return ", ".join(map(str, group))
    return ""


def _sums_to_whole(course: Course, page: Page, keys: tuple[str, ...]) -> bool:
    if course.whole is None:
        return True
    whole = course.days(course.whole)
    for start, bucket in course.days(page).items():
        if start not in whole:
            continue
        one, other = _sums(course, whole[start]), _sums(course, bucket)
        if one != other:
            what = f"The groups by {' and '.join(keys)} do not sum to the ungrouped result of {start}"
            _report_sums(course, "server/groups-disagree", what, (one, other), (course.whole.query, page.query))
            return False
    return True


def pairs_sum(course: Course) -> bool:
    """Groups by two keys sum to the groups by each of them."""
    judged = False
    for pair, page in list(course.groups.items()):
        if len(pair) <= 1:
            continue
        for at, key in enumerate(pair):
            single = course.groups.get((key,))
            if single is None:
                continue
            judged = True
            marginal, alone = _group_sums(course, page, (key,)), _group_sums(course, single, (key,))
            other_key = pair[1 - at]
            if marginal == alone:
                continue
            swapped = _group_sums(course, page, (other_key,))
            code = "server/group-keys-swapped" if swapped == alone else "server/groups-disagree"
            start = next(start for start in alone if marginal.get(start) != alone[start])
            course.report(
                code,
                f"Grouped by {' and '.join(pair)}, {key} on {start} is not what it is grouped by {key} alone.",
                page.query,
                single.query,
            )
            course.groups.pop(pair, None)
            break
    return judged


def filters_hold(course: Course) -> bool:
    """A filter gives what its group gave."""
    judged = False
    for chosen, page in course.filters:
        keys = tuple(key for key, _ in chosen)
        source = course.groups.get(keys)
        if source is None or any((key,) not in course.groups for key in keys):
            continue
        judged = True
        _filter_holds(course, chosen, page, source)
    return judged


def _filter_holds(course: Course, chosen: tuple[tuple[str, tuple[str, ...]], ...], page: Page, source: Page) -> None:
    found = {start: _sums(course, bucket) for start, bucket in course.days(page).items()}
    keys = tuple(key for key, _ in chosen)
    by_group = _group_sums(course, source, keys)

    def expected(ignored: frozenset[int] = frozenset(), *, only_last: bool = False) -> dict[int, Sums]:
        """What comes if some filters are ignored, or only the last value counts."""
        return {
            start: added(
                sums
                for group, sums in groups.items()
                if all(
                    at in ignored or in_query(group[at]) in (values[-1:] if only_last else values)
                    for at, (_, values) in enumerate(chosen)
                )
            )
            for start, groups in by_group.items()
        }

    right = expected()
    start = next((start for start in found if start in right and found[start] != right[start]), None)
    if start is None:
        return
    told = " and ".join(f"{key}={','.join(values)}" for key, values in chosen)
    for ignored in (frozenset(range(len(chosen))), *(frozenset({at}) for at in range(len(chosen)))):
        if found == expected(ignored):
            names = " and ".join(keys[at] for at in sorted(ignored))
            course.report(
                "server/filter-ignored",
                f"The filter of {names} changes nothing, asked for {told}.",
                page.query,
                source.query,
            )
            return
    what = f"The filter {told} does not give on {start} what its groups gave"
    _report_sums(course, "server/filter-differs", what, (right[start], found[start]), (source.query, page.query))
