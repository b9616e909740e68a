"""
Texts that somebody may write to make the kit slow or large, each as long as asked, and how much twice the text costs.
"""

from __future__ import annotations

import gc
import tracemalloc
from time import process_time
from typing import TYPE_CHECKING, Final

from usagecompat import check

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT: Final = (
    '{"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":1,"num_model_requests":1'
)
BUCKET: Final = '{"object":"bucket","start_time":1,"end_time":2,"results":['


def page(buckets: str) -> str:
    """A page of these buckets."""
    return '{"object":"page","has_more":false,"next_page":null,"data":[' + buckets + "]}"


def names(count: int) -> str:
    """So many members, each with a comma in front."""
    return "".join(f',"name_{number}":1' for number in range(count))


HOSTILE: Final[dict[str, tuple[int, Callable[[int], str]]]] = {
    "nested-arrays": (400_000, lambda n: "[" * n),
    "nested-objects": (80_000, lambda n: '{"a":' * n + "1" + "}" * n),
    "nested-in-an-undeclared-member": (
        150,
        lambda n: RESULT + ',"x":[' + ("[" * 90 + "]" * 90 + ",") * n * 20 + "1]}",
    ),
    "equal-names": (8_000, lambda n: RESULT + ',"a":1' * n + "}"),
    "undeclared-names": (5_000, lambda n: RESULT + names(n) + "}"),
    "names-instead-of-required-ones": (
        5_000,
        lambda n: '{"object":"organization.usage.images.result"' + names(n) + "}",
    ),
    "undeclared-names-in-many-results": (300, lambda n: BUCKET + ",".join([RESULT + names(20) + "}"] * n) + "]}"),
    "digits": (400_000, lambda n: RESULT + ',"input_cached_tokens":' + "1" * n + "}"),
    "digits-within-the-limit": (40, lambda n: RESULT + "".join(f',"n{i}":{"1" * 9_000}' for i in range(n)) + "}"),
    "exponents": (20_000, lambda n: '{"object":"organization.costs.result","x":[' + "1e9999," * n + "1]}"),
    "one-string": (2_000_000, lambda n: RESULT + ',"model":"' + "x" * n + '"}'),
    "one-string-of-escapes": (60_000, lambda n: RESULT + ',"model":"' + r"\u00e9" * n + '"}'),
    "string-without-an-end": (1_000_000, lambda n: RESULT + ',"model":"' + "\\\\" * n),
    "one-name": (1_000_000, lambda n: RESULT + ',"' + "x" * n + '":1}'),
    "long-name-above-many-faults": (1_600, lambda n: RESULT + ',"' + "x" * 100 * n + '":{' + '"a":1,' * n + '"a":1}}'),
    "white-space": (2_000_000, lambda n: " " * n + RESULT + "}" + "\n" * n),
    "wrong-items": (8_000, lambda n: page(",".join("1" * n))),
    "wrong-values": (1_500, lambda n: BUCKET + ",".join([RESULT + ',"model":1}'] * n) + "]}"),
    "equal-results": (1_500, lambda n: BUCKET + ",".join([RESULT + "}"] * n) + "]}"),
    "overlapping-buckets": (2_500, lambda n: page(",".join([BUCKET + "]}"] * n))),
    "unknown-kinds": (
        5_000,
        lambda n: BUCKET + ",".join(f'{{"object":"organization.usage.k{i}.result"}}' for i in range(n)) + "]}",
    ),
    "lone-surrogates": (5_000, lambda n: RESULT + ',"x":[' + r'"\ud800",' * n + "1]}"),
}
"""By name a size that takes a moment, and the text of any size."""


def time_ratio(single: str, double: str) -> float:
    """How many times as long `check` takes on the second text as on the first, in processor time."""
    times: list[float] = []
    for text in (single, double, single, double):
        gc.collect()
        began = process_time()
        check(text)
        times.append(process_time() - began)
    return min(times[1::2]) / max(min(times[::2]), 0.001)


def peak(text: str) -> int:
    """How many bytes `check` needs for a text at its peak; what was there before is not counted."""
    tracemalloc.start()
    try:
        check(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
