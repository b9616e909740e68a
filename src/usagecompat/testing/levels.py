"""
A level, and a deadline, as users give them.
"""

from __future__ import annotations

from typing import Final

from usagecompat.fidelity import Level

_LONGEST: Final = 1_000_000


def must_be_level(level: object) -> None:
    """
    Refuse what is no level.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(level, Level):
        raise TypeError(f"`level` is a usagecompat.Level, such as Level.{Level.EXACT.name}, and not {level!r}")


def must_be_seconds(timeout: object) -> None:
    """
    Refuse a deadline that cannot be set, which would be taken for a fault of what is tested.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above zero, or too large.
    """
    told = f"`timeout` is a number of seconds above zero, and not {timeout!r}"
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(told)
    if not 0 < timeout <= _LONGEST:
        raise ValueError(told)
