"""
How long `check` takes, as a ratio to parsing the same bytes, to what others take, and to the plain page.

Samples are interleaved: each has one of `orjson.loads` of the same payload just before and just after it,
everything is shuffled in every round, and a figure is the median of the paired ratios.
"""

from __future__ import annotations

import gc
import random
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Final, NamedTuple

from baselines import baselines, parse
from figures import Figure
from payloads import AMOUNTS, PLAIN_OF, build
from usagecompat import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BUCKET, _PAGE, _MIXED, _FAULT = "bucket", "page of completions", "page of all kinds", "page with one fault"
_SLOW: Final = 20
"""What takes so many times as long as a parse or more is measured in every fourth round."""
_ASKED: Final[Mapping[tuple[str, str], float]] = {
    ("straightforward", _BUCKET): 50,
    ("straightforward", _PAGE): 150,
    ("pydantic", _PAGE): 1,
    ("openai-python", _PAGE): 5,
}
"""How many times as fast as these `check` has to be."""

Pair = tuple[str, str]


class Sample(NamedTuple):
    """One call, between two parses."""

    ratio: float
    seconds: float


def measure(*, small: bool) -> list[Figure]:
    """All figures about `check`."""
    inputs = build(small=small)
    routes: dict[Pair, Callable[[bytes], object]] = {(name, "check"): check_and_read for name in inputs}
    routes |= {(name, other): route for name in (_BUCKET, _PAGE, _MIXED) for other, route in baselines().items()}
    samples = sampled(inputs, routes, rounds=3 if small else 41)
    ratios = {pair: median(one.ratio for one in of_pair) for pair, of_pair in samples.items()}
    seconds = {pair: median(one.seconds for one in of_pair) for pair, of_pair in samples.items()}
    return [
        *(
            Figure(
                "check, bytes to report",
                f"{name}, {len(payload):,} bytes",
                ratios[name, "check"],
                "x orjson.loads",
                at_most=_most(name),
            )
            for name, payload in inputs.items()
        ),
        *(
            Figure("what the API serves, to the plain page", name, seconds[name, "check"] / seconds[plain, "check"], "x", at_most=2)
            for name, plain in PLAIN_OF.items()
        ),
        *(
            Figure(
                "the same by others",
                f"{other}, {name}",
                ratio / ratios[name, "check"],
                f"x check ({ratio:.1f} x orjson)",
                at_least=_ASKED.get((other, name)),
            )
            for (name, other), ratio in ratios.items()
            if other != "check"
        ),
    ]  # fmt: skip


def _most(name: str) -> float | None:
    """How many times as long as a parse the check of an input may take."""
    if name in PLAIN_OF:
        return None
    if name.startswith(AMOUNTS):
        return 3
    return {_FAULT: 100, _BUCKET: 4}.get(name, 8)


def check_and_read(payload: bytes) -> object:
    """What is measured: the report with its findings, their messages included."""
    report = check(payload)
    return report.verdict, report.findings


def sampled(
    inputs: Mapping[str, bytes], routes: Mapping[Pair, Callable[[bytes], object]], rounds: int
) -> dict[Pair, list[Sample]]:
    """Samples of each route on its input."""
    samples: dict[Pair, list[Sample]] = {pair: [] for pair in routes}
    repeats = {name: max(1, 40_000 // len(payload)) for name, payload in inputs.items()}
    for (name, _), route in routes.items():
        route(inputs[name])
        route(inputs[name])  # the first payloads of a layout teach it
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        order = list(routes)
        random.shuffle(order)
        for pair in order:
            if number % 4 and samples[pair] and samples[pair][0].ratio > _SLOW:
                continue
            name = pair[0]
            before = _seconds(parse, inputs[name], repeats[name])
            spent = _seconds(routes[pair], inputs[name], 1 if pair[1] == "straightforward" else repeats[name])
            after = _seconds(parse, inputs[name], repeats[name])
            samples[pair].append(Sample(spent / ((before + after) / 2), spent))
    return samples


def _seconds(route: Callable[[bytes], object], payload: bytes, repeats: int) -> float:
    """The processor time of one call, in which what else the machine does counts little."""
    began = process_time()
    for _ in range(repeats):
        route(payload)
    return (process_time() - began) / repeats
