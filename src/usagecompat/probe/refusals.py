"""
What a server must refuse, as a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from usagecompat.jsontext import read
from usagecompat.probe.answers import BAD, OK, error_body, is_error
from usagecompat.probe.course import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.probe.course import Course
    from usagecompat.probe.transport import Answer

_Query: TypeAlias = "list[tuple[str, str]]"


@frozen
class Refusal:
    """A query that must be refused."""

    code: str
    """Of a server that does not."""
    what: str
    """What is wrong with the query; `{past}` stands for a limit that is too great."""
    query: Callable[[Course], _Query]
    """The query; empty if it cannot be asked."""
    keyed: bool = True

    def __call__(self, course: Course) -> None:
        """Ask, and report what is no refusal."""
        query = self.query(course)
        exchange = course.ask(*query, keyed=self.keyed) if query else None
        if exchange is None:
            return
        what = self.what.format(past=_past(course))
        if wrong := self._wrong(exchange.answer, what, what[0].upper() + what[1:]):
            course.report(*wrong, exchange.query)

    def _wrong(self, answer: Answer, what: str, whatever: str) -> tuple[str, str] | None:
        """The code of what is wrong with an answer, and a message."""
        if answer.failure:
            return "server/no-answer", f"There is no answer to {what}: {answer.failure}."
        if answer.status == OK and is_error(read(answer.body).value):
            return "server/error-with-200", f"{whatever} gets an error body with status 200."
        got = f"{whatever} gets status {answer.status}"
        if answer.status in BAD:
            told = f"{got} without an error body that has a message."
            return None if error_body(answer.body) else ("server/error-without-body", told)
        if answer.status >= BAD.stop:
            return "server/failed-on-bad-input", f"{got}, not 4xx."
        return self.code, f"{got}, and must be refused with 4xx."


def _past(course: Course) -> int:
    return course.endpoint.limits["1d"].most + 1


def _plus(*more: tuple[str, str]) -> Callable[[Course], _Query]:
    """A right query, and these parameters."""
    return lambda course: [*course.times(), *more]


def _past_the_greatest(course: Course) -> _Query:
    return [*course.times(), ("limit", str(_past(course)))]


def _backwards(course: Course) -> _Query:
    return course.times(course.window.end, course.window.start)


def _without_start(course: Course) -> _Query:
    return [("end_time", str(course.window.end))]


def _of_another_query(course: Course) -> _Query:
    if course.cursor is None:
        return []
    limit = -(-course.window.days // 3)
    keys = [("group_by", one) for one in course.endpoint.group_by[:1]]
    return [*course.times(course.window.start + DAY), ("limit", str(limit)), *keys, ("page", course.cursor)]


REFUSALS: Final[Mapping[str, Refusal]] = {
    "key": Refusal("server/key-not-required", "a query without a key", _plus(), keyed=False),
    "limit-0": Refusal("server/limit-not-refused", "a limit of 0", _plus(("limit", "0"))),
    "limit-most": Refusal("server/limit-not-refused", "a limit of {past}, one past the greatest", _past_the_greatest),
    "group-by": Refusal("server/group-by-not-refused", "an unknown group_by", _plus(("group_by", "no_such_key"))),
    "width": Refusal("server/width-not-refused", "a bucket_width of 2d", _plus(("bucket_width", "2d"))),
    "end": Refusal("server/window-not-refused", "an end before the start", _backwards),
    "start": Refusal("server/start-not-required", "a query without start_time", _without_start),
    "cursor": Refusal("server/cursor-not-refused", "a cursor of another query", _of_another_query),
}
"""By the name of the law."""
