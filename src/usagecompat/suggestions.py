"""
Which of the names that there are is meant by one that there is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 100
_SHORTEST_PART: Final = 3
_CUTOFF: Final = 0.65


def closest(name: str, known: Iterable[str]) -> str | None:
    """The name that is nearest to `name`, whatever its case; None if none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - most names are right

    if not name or len(name) > _LONGEST:
        return None
    plain = {_plain(one): one for one in known if len(one) <= _LONGEST}
    given = _plain(name)
    close = [given] if given in plain else get_close_matches(given, plain, n=1, cutoff=_CUTOFF)
    if not close and len(given) >= _SHORTEST_PART:
        close = [one for one in plain if given in one][:1]
    return plain[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question about the name that is nearest, with a space behind it; empty if none is near."""
    close = closest(name, known)
    return f"did you mean {str(close)!r}? " if close else ""  # a member of an enum is asked for by its value


def _plain(name: str) -> str:
    """`name` without what people get wrong: case, underscores and dashes."""
    return name.lower().replace("_", "-")
