"""
An option that says how many seconds somebody has.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from click import Context, Parameter

_MOST: Final = 1_000_000


class _Seconds(click.FloatRange):
    """A number of seconds that can be waited for."""

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> float:  # noqa: ANN401 - click's
        seconds: float = super().convert(value, param, ctx)
        if isnan(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


SECONDS: Final = _Seconds(0, _MOST, min_open=True)
