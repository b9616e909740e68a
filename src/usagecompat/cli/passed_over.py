"""
What a command did not look at, because it stands among cases and has none: said by every command alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat import inputs
from usagecompat.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMES: Final = 10


def say_passed_over(files: Sequence[str]) -> None:
    """Name payloads without a case on standard error, if there are any."""
    if not files:
        return
    names = ", ".join(inputs.displayed(file) for file in files[:_MOST_NAMES])
    more = f" and {len(files) - _MOST_NAMES:,} more" if len(files) > _MOST_NAMES else ""
    noun = "payload has" if len(files) == 1 else "payloads have"
    say(
        f"usagecompat: {len(files):,} {noun} no case among others that do, and nobody has looked at: {names}{more}",
        err=True,
    )
