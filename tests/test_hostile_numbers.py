"""Numbers that were chosen to make tables, integers or texts large: whatever is done with a payload, twice the text costs about twice."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve
from timing import grows_at_most

import hostile
from usagecompat import Incompatible, check, compare, dumps, flatten, loads, narrow
from usagecompat.contract.records import UsageCompletionsResult, UsageTimeBucket
from usagecompat.corpus.coverage.witnesses import ExpectedFindings, evidence_of
from usagecompat.findings import Shape, Verdict
from usagecompat.jsontext import Number, read
from usagecompat.scan.accumulator import Judged, Tallying

if TYPE_CHECKING:
    from collections.abc import Callable

ZERO_HASH: Final = 2**61 - 1
"""Each multiple of it has the hash 0 in Python."""


def reversed_items(text: str) -> str:
    """A bucket, its results in the opposite order."""
    start = text.index("[") + 1
    items = text[start:-2].replace("},{", "}\n{").split("\n")
    return f"{text[:start]}{','.join(reversed(items))}]}}"


def scanned(text: str, *, lines: bool = False) -> None:
    """Sum up one payload, or many lines."""
    tallying = Tallying(Judged())
    tallying.begin("x")
    if lines:
        tallying.block(text.encode(), 1)
    else:
        tallying.payload(text.encode())
    tallying.end(None)
    tallying.summary().to_dict()


def evidence(text: str) -> None:
    """Ask what a payload shows of the contract."""
    held = evidence_of(read(text), "2026-10-21", ExpectedFindings.of(Verdict.VALID, ()))
    assert held is not None
    assert list(held.covers(Shape.BUCKET))


def there_and_back(text: str) -> None:
    """Read records, write them, and make them flat and narrow again."""
    try:
        record = loads(text)
    except Incompatible:
        return
    dumps(record)
    if isinstance(record, UsageTimeBucket):
        for result in record.results:
            narrow(flatten(result))


WAYS: Final[dict[str, Callable[[str], object]]] = {
    "check": check,
    "loads": there_and_back,
    "compare": lambda text: compare(text, reversed_items(text)),
    "compare-with-one-less": lambda text: compare(text, reversed_items(text).replace("},{", "},", 1)),
    "scan": scanned,
    "coverage": evidence,
}
RESULTS: Final[dict[str, tuple[int, Callable[[int], str]]]] = {
    "group-keys": (200, lambda i: f'"project_id":{i * ZERO_HASH}'),
    "group-keys-of-cases": (200, lambda i: f'"model":{i * ZERO_HASH}.0'),
    "undeclared": (200, lambda i: f'"x":[{i * ZERO_HASH},{i * ZERO_HASH}e0]'),
    "counts": (200, lambda i: f'"input_text_tokens":{i * ZERO_HASH}'),
    "exponents": (100, lambda i: f'"input_text_tokens":{i + 1}e9000,"x":1e-9000'),
    "fractions": (100, lambda i: f'"input_text_tokens":{i + 1}00e-2,"x":{i}.5e-4000'),
}


def bucket(member: Callable[[int], str], count: int) -> str:
    """A bucket of so many results, each with a member of its own."""
    return hostile.BUCKET + ",".join(f"{hostile.RESULT},{member(i)}}}" for i in range(count)) + "]}"


def lines_of_time(count: int) -> str:
    """Buckets in lines, at times that have one hash."""
    return "".join(
        f'{{"object":"bucket","start_time":{i * ZERO_HASH},"end_time":{(i + 1) * ZERO_HASH},'
        f'"results":[{hostile.RESULT}}}]}}\n'
        for i in range(1, count)
    )


def costs_twice_at_most(work: Callable[[str], object], text: Callable[[int], str], size: int) -> bool:
    """Whether twice the text takes no more than three times the time."""
    single, double = text(size), text(2 * size)
    return grows_at_most(3, lambda: work(single), lambda: work(double))


@pytest.mark.parametrize("kind", RESULTS)
@pytest.mark.parametrize("way", WAYS)
def test_numbers_in_results(way: str, kind: str) -> None:
    """Numbers of one hash and numbers with large exponents cost no more than others, in every place and way."""
    size, member = RESULTS[kind]
    assert costs_twice_at_most(WAYS[way], partial(bucket, member), size)


@pytest.mark.parametrize("way", ["check", "compare", "scan"])
def test_times_of_buckets(way: str) -> None:
    """Buckets at times of one hash pair, follow each other and cover time as others do."""

    def text(count: int) -> str:
        buckets = (
            f'{{"object":"bucket","start_time":{i * ZERO_HASH},"end_time":{(i + 1) * ZERO_HASH},"results":[]}}'
            for i in range(count)
        )
        return hostile.page(",".join(buckets))

    assert costs_twice_at_most(WAYS[way], text, 300)


def test_times_of_lines() -> None:
    """An archive of lines at times of one hash takes no longer than any other."""
    assert costs_twice_at_most(partial(scanned, lines=True), lines_of_time, 600)


def test_equal_numbers_are_one_key() -> None:
    """What tells numbers apart in tables is their exact value, and never the hash of a Python number."""
    alike = {Number(text).key for text in ("10", "1e1", "10.0", "100e-1", "0.1E2", "1" + "0" * 41 + "e-40")}
    assert len(alike) == 1
    assert len({Number(text).key for text in ("0", "-0", "0.0", "0e5")}) == 1
    assert len({Number(text).key for text in ("1", "-1", "1e1", "1e10001", "1e10002", "NaN", "Infinity")}) == 7
    assert len({hash(Number(str(i * ZERO_HASH))) for i in range(100)}) > 90


def test_integers_stay_spelled_until_asked() -> None:
    """An integer with a large exponent is written out when its value is asked for, and is that integer in every way."""
    text = bucket(lambda i: f'"input_cached_tokens":{i + 1}e9000', 3)
    record = loads(text)
    assert dumps(record) == text.encode()
    assert isinstance(record, UsageTimeBucket)
    third = record.results[2]
    assert isinstance(third, UsageCompletionsResult)
    flat = flatten(third)
    assert dumps(narrow(flat).result) == dumps(third) == dumps(flat)
    assert flat.input_cached_tokens == third.input_cached_tokens == 3 * 10**9000
    assert dumps(third).endswith(b'"input_cached_tokens":3e9000}')
    changed = evolve(third, input_cached_tokens=5)
    assert dumps(changed).endswith(b'"input_cached_tokens":5}')
    assert evolve(third, input_tokens=2).input_cached_tokens == 3 * 10**9000
    assert pickle.loads(pickle.dumps(third)) == third == copy.deepcopy(third)  # noqa: S301 - our own
    assert loads(text) == record == loads(text.replace("e9000", "0e8999"))
    assert hash(loads(text)) == hash(record)
    assert not hasattr(third, "input_cachet_tokens")
    assert "too long" in repr(third)


def test_records_of_exponents_are_as_small_as_others() -> None:
    """A record of numbers with large exponents takes hardly more memory than one of short numbers."""

    def peak(exponent: str) -> int:
        text = bucket(lambda i: f'"input_cached_tokens":{i + 1}{exponent},"input_text_tokens":{i + 1}{exponent}', 300)
        tracemalloc.start()
        try:
            dumps(loads(text))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak("e9999") < 2 * peak("e1") + 200_000
