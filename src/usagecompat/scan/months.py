"""
The months of what is found: of the bucket that it is in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from usagecompat.findings import Shape
from usagecompat.scan.coverage import DAY
from usagecompat.scan.summary import NO_MONTH
from usagecompat.scan.trees import items, member, seconds

if TYPE_CHECKING:
    from usagecompat.findings import Path


def time_of(tree: Any, shape: Shape | None, path: Path) -> object:  # noqa: ANN401 - a tree
    """The start of the bucket that a place is in; of the first one for what is said of the page."""
    if shape in {Shape.RESULT, Shape.FLAT}:
        return None
    if shape is Shape.PAGE:
        index = path[1] if len(path) > 1 and path[0] == "data" and isinstance(path[1], int) else 0
        tree = next(iter(items(member(tree, "data"))[index : index + 1]), None)
    return member(tree, "start_time")


def month_of(value: object) -> str:
    """The month of a time as a parser leaves it."""
    time = seconds(value)
    if time is None or not _FIRST_MONTH <= time < _LAST_MONTH:
        return NO_MONTH
    return _month_of_day(int(time) // DAY)


@lru_cache(maxsize=1 << 12)
def _month_of_day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m")


_FIRST_MONTH: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LAST_MONTH: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
