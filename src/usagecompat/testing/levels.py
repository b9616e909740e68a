"""
A level as users give it.
"""

from __future__ import annotations

from usagecompat.fidelity import Level


def must_be_level(level: object) -> None:
    """
    Refuse what is no level.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(level, Level):
        raise TypeError(f"`level` is a usagecompat.Level, such as Level.{Level.EXACT.name}, and not {level!r}")
