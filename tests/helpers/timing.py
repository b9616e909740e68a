"""Whether work grows in proportion to what it is given, told from processor time."""

from __future__ import annotations

import gc
from math import inf
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def grows_at_most(limit: float, small: Callable[[], object], large: Callable[[], object]) -> bool:
    """
    Whether `large` takes at most `limit` times as long as `small`, by the least time that each has ever taken.

    Both are tried again, a few times, only while the answer is no: most machines answer with the first try.
    """
    least = [inf, inf]
    for _ in range(6):
        # The larger first: what is done but once, as imports are, must not make the smaller slow.
        for index, work in ((1, large), (0, small)):
            gc.disable()  # what it costs, in a pause or if asked for, depends on what other tests have left
            try:
                began = process_time()
                work()
                least[index] = min(least[index], process_time() - began)
            finally:
                gc.enable()
        if least[1] < limit * max(least[0], 0.002):
            return True
    return False
