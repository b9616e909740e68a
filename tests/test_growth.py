"""Time and memory grow with the text and no faster, whatever somebody puts into it."""

from __future__ import annotations

import gc
import tracemalloc
from time import process_time
from typing import TYPE_CHECKING

import pytest

from usagecompat import check

if TYPE_CHECKING:
    from collections.abc import Callable

_RESULT = '{"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":1,"num_model_requests":1'
_BUCKET = '{"object":"bucket","start_time":1,"end_time":2,"results":['


def _page(buckets: str) -> str:
    return '{"object":"page","has_more":false,"next_page":null,"data":[' + buckets + "]}"


def _names(count: int) -> str:
    return "".join(f',"name_{number}":1' for number in range(count))


HOSTILE: dict[str, tuple[int, Callable[[int], str]]] = {
    "nested-arrays": (400_000, lambda n: "[" * n),
    "nested-objects": (80_000, lambda n: '{"a":' * n + "1" + "}" * n),
    "nested-in-an-undeclared-member": (
        150,
        lambda n: _RESULT + ',"x":[' + ("[" * 90 + "]" * 90 + ",") * n * 20 + "1]}",
    ),
    "equal-names": (8_000, lambda n: _RESULT + ',"a":1' * n + "}"),
    "undeclared-names": (5_000, lambda n: _RESULT + _names(n) + "}"),
    "names-instead-of-required-ones": (
        5_000,
        lambda n: '{"object":"organization.usage.images.result"' + _names(n) + "}",
    ),
    "undeclared-names-in-many-results": (300, lambda n: _BUCKET + ",".join([_RESULT + _names(20) + "}"] * n) + "]}"),
    "digits": (400_000, lambda n: _RESULT + ',"input_cached_tokens":' + "1" * n + "}"),
    "digits-within-the-limit": (40, lambda n: _RESULT + "".join(f',"n{i}":{"1" * 9_000}' for i in range(n)) + "}"),
    "exponents": (20_000, lambda n: '{"object":"organization.costs.result","x":[' + "1e9999," * n + "1]}"),
    "one-string": (2_000_000, lambda n: _RESULT + ',"model":"' + "x" * n + '"}'),
    "one-string-of-escapes": (60_000, lambda n: _RESULT + ',"model":"' + r"\u00e9" * n + '"}'),
    "string-without-an-end": (1_000_000, lambda n: _RESULT + ',"model":"' + "\\\\" * n),
    "one-name": (1_000_000, lambda n: _RESULT + ',"' + "x" * n + '":1}'),
    "white-space": (2_000_000, lambda n: " " * n + _RESULT + "}" + "\n" * n),
    "wrong-items": (8_000, lambda n: _page(",".join("1" * n))),
    "wrong-values": (1_500, lambda n: _BUCKET + ",".join([_RESULT + ',"model":1}'] * n) + "]}"),
    "equal-results": (1_500, lambda n: _BUCKET + ",".join([_RESULT + "}"] * n) + "]}"),
    "overlapping-buckets": (2_500, lambda n: _page(",".join([_BUCKET + "]}"] * n))),
    "unknown-kinds": (
        5_000,
        lambda n: _BUCKET + ",".join(f'{{"object":"organization.usage.k{i}.result"}}' for i in range(n)) + "]}",
    ),
    "lone-surrogates": (5_000, lambda n: _RESULT + ',"x":[' + r'"\ud800",' * n + "1]}"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_text(kind: str) -> None:
    """A text twice as long takes at most about twice the time."""
    size, text = HOSTILE[kind]
    single, double = text(size), text(2 * size)
    assert any(_ratio(single, double) < 3 for _ in range(4))


@pytest.mark.parametrize("kind", HOSTILE)
def test_memory_grows_with_the_text(kind: str) -> None:
    """A text twice as long takes at most about twice the memory."""
    size, text = HOSTILE[kind]
    single, double = text(size // 4), text(size // 2)
    check(single)
    assert _peak(double) < 3 * _peak(single) + 500_000


def test_findings_are_capped_and_the_cap_is_told() -> None:
    """However many findings there are, a report lists a thousand of each severity and says how many more there were."""
    wrong = ",".join([_RESULT + ',"model":1}'] * 5_000)
    report = check(_BUCKET + wrong + "]}", ignore=["rule/duplicate-group"])
    assert (len(report.findings), report.truncated) == (1_000, 4_000)
    notes = check(_RESULT + _names(5_000) + "}")
    assert (len(notes.findings), notes.truncated, notes.verdict) == (1_000, 4_000, "valid")


@pytest.mark.parametrize(
    "text", [_page("1," * 60_000 + "1"), _RESULT + ',"a":1' * 60_001 + "}"], ids=["wrong-items", "duplicates"]
)
def test_what_is_not_listed_takes_no_memory(text: str) -> None:
    """Findings beyond those that a report lists are not kept; names take a little more than as many values."""
    plain = _RESULT + ',"x":[' + "1," * 60_000 + "1]}"
    assert check(text).truncated > 50_000
    assert len(check(plain).findings) == 1
    assert _peak(text) < 2.5 * _peak(plain)


def test_no_message_needs_all_digits() -> None:
    """Times of thousands of digits contradict each other as others do, in a message of readable length."""
    before, after = "1" * 9_000, "2" * 9_000
    buckets = (
        f'{{"object":"bucket","start_time":{a},"end_time":{b},"results":[]}}'
        for a, b in ((after, before), (before, before))
    )
    report = check(_page(",".join(buckets)))
    found = [finding for finding in report.findings if finding.code.startswith("rule/")]
    assert [finding.code for finding in found] == ["rule/end-before-start", "rule/unordered-buckets"]
    assert all(len(finding.message) < 200 for finding in found)


def _ratio(single: str, double: str) -> float:
    times = []
    for text in (single, double, single, double):
        gc.collect()
        began = process_time()
        check(text)
        times.append(process_time() - began)
    return min(times[1::2]) / max(min(times[::2]), 0.001)


def _peak(text: str) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        check(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
