"""
How much twice the text costs, for each kind of hostile text: about twice, if time and memory grow with the text.
"""

from __future__ import annotations

from figures import Figure
from hostile import HOSTILE, peak, time_ratio
from usagecompat import check


def measure(*, small: bool) -> list[Figure]:
    """The ratios of time and memory of each kind of text."""
    figures: list[Figure] = []
    for name, (size, text) in HOSTILE.items():
        part = 8 if small else 1
        single, double = text(size // part), text(2 * size // part)
        figures.append(Figure("time for twice the text", name, time_ratio(single, double), "x", at_most=3))
        single, double = text(size // part // 4), text(size // part // 2)
        check(single)
        figures.append(Figure("memory for twice the text", name, peak(double) / peak(single), "x", at_most=3))
    return sorted(figures, key=lambda one: one.section, reverse=True)
