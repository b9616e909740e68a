"""
The part that Hypothesis has: it draws payloads from the public strategies, and seeds for whatever is made of them.

Many short runs follow each other, because the engine remembers every example of a run, and fuzzing has no end.
Nothing fails in these runs: what a client does wrong is noted, and made small elsewhere.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from usagecompat.strategies import broken_payloads, payloads

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.contract import Revision

_EXAMPLES: Final = 10
_MOST_SEED: Final = 2**64 - 1


def draw(revision: Revision, seed: int, take: Callable[[bytes, int], bool]) -> None:
    """
    Payloads and seeds for ever, until `take` has had enough.

    Args:
        revision: Which contract the payloads obey or break.
        seed: Where the draws begin; the same seed gives the same draws.
        take: Called with each payload and seed; whether there is to be more.
    """
    good = st.one_of(payloads(revision=revision), payloads(revision=revision, profile="served"))
    broken = broken_payloads(revision=revision).map(lambda drawn: drawn[0])
    more = True

    for number in count(seed):

        @hypothesis.seed(number)
        @settings(
            max_examples=_EXAMPLES,
            phases=[Phase.generate],
            database=None,
            derandomize=False,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
                HealthCheck.large_base_example,
            ],
        )
        @hypothesis.given(st.one_of(good, good, good, broken), st.integers(0, _MOST_SEED))
        def one_run(payload: bytes, own: int) -> None:
            nonlocal more
            more = more and take(payload, own)

        one_run()
        if not more:
            return
