"""
Options that take a number above zero, such as how many seconds somebody has.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from click import Context, Parameter

_MOST: Final = 1_000_000


class Positive(click.FloatRange):
    """A number above zero and up to a limit; a range alone lets through NaN, which is in none."""

    def __init__(self, most: float) -> None:
        """Take what is no larger than `most`."""
        super().__init__(0, most, min_open=True)

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> float:  # noqa: ANN401 - click's
        """The number, which NaN is not."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number


SECONDS: Final = Positive(_MOST)
"""How many seconds can be waited for."""
