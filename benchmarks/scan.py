"""
How long `scan` takes, as a ratio to an `orjson.loads` loop over the same lines.

Files of lines are made from a seed in a temporary directory, and removed.
Each sample is a fresh process that reads a file; samples of all runners follow each other in every round,
and a ratio is the median of the ratios to the loop of the same round, by the clock.
Memory is the proportional set size of the whole process tree at its peak.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from subprocess import PIPE, Popen
from time import sleep
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
import pyarrow as pa
from backports import zstd
from pyarrow import parquet

from figures import Figure
from payloads import bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES: Final = 1_000_000
_FEW: Final = 100_000
_SMALL: Final = 10_000
_ROUNDS: Final = 5
_RESULTS: Final = 997
"""Different results, each of which gets its own numbers and keys in each line."""
_FIRST: Final = 1_700_000_000
_SPAN: Final = 80_000_000
_POLL: Final = 0.05
_PACKED: Final = {"lines.ndjson.gz": 1.15}
"""How many times as long as the plain lines a form may take."""

_LOOP: Final = """
import sys, time, orjson
began = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    for line in file:
        orjson.loads(line)
print(time.perf_counter() - began)
"""
_SCAN: Final = """
import sys, time
from usagecompat.scan.partitions import plan
from usagecompat.scan.executors import run
from usagecompat.scan.partition_scan import Options
from usagecompat.scan import accumulator, adding, bulk
began = time.perf_counter()
run(plan([sys.argv[1]]), Options(totals="totals" in sys.argv), jobs=int(sys.argv[2]))
print(time.perf_counter() - began)
"""


class Sample(NamedTuple):
    """One run of one runner, without the start of Python and imports, with starting and stopping of processes."""

    seconds: float
    memory: float
    """MiB at the peak; 0 where the system does not tell."""


def measure(*, small: bool) -> list[Figure]:
    """The figures of all runners on a file of many lines and on one of fewer."""
    figures: list[Figure] = []
    memory: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (_SMALL // 2, _SMALL) if small else (_FEW, _LINES):
            found, peaks = _of_file(Path(folder), count, rounds=1 if small else _ROUNDS)
            figures += found
            memory.append(peaks)
        figures += _of_formats(Path(folder), _SMALL if small else _FEW, rounds=1 if small else _ROUNDS)
    section = "memory of the whole process tree"
    for processes, (few, many) in enumerate(zip(*memory, strict=True), 1):
        figures += [
            Figure(section, f"most lines, {processes} processes", many, "MiB", at_most=100),
            Figure(
                section,
                f"most lines to a tenth of them, {processes} processes",
                many / few if few else 0.0,
                "x",
                at_most=1.1,
            ),
        ]
    return figures


def _of_file(folder: Path, count: int, rounds: int) -> tuple[list[Figure], tuple[float, float]]:
    """The figures of clean and odd lines, and the peaks of memory of one process and of two."""
    clean, odd = folder / f"{count}.ndjson", folder / f"{count}-odd.ndjson"
    write(clean, count)
    write(odd, count, odd=0.01)
    samples = [
        {
            "loop": sample(_LOOP, str(clean)),
            "1": sample(_SCAN, str(clean), "1"),
            "2": sample(_SCAN, str(clean), "2"),
            "totals": sample(_SCAN, str(clean), "1", "totals"),
            "1 odd": sample(_SCAN, str(odd), "1"),
            "2 odd": sample(_SCAN, str(odd), "2"),
        }
        for _ in range(rounds)
    ]
    clean.unlink()
    odd.unlink()

    def ratio(name: str, other: str) -> float:
        return median(one[name].seconds / one[other].seconds for one in samples)

    section = f"scan of {count:,} lines, {median(one['1'].seconds for one in samples):.2f} s in one process"
    figures = [
        Figure(section, "1 process", ratio("1", "loop"), "x orjson.loads loop", at_most=3.5),
        Figure(section, "2 processes", ratio("2", "loop"), "x orjson.loads loop", at_most=2),
        Figure(section, "1 process, with totals", ratio("totals", "1"), "x without", at_most=1.3),
        Figure(section, "1 process, 1 % odd lines", ratio("1 odd", "1"), "x clean lines", at_most=1.5),
        Figure(section, "2 processes, 1 % odd lines", ratio("2 odd", "2"), "x clean lines", at_most=1.5),
    ]
    return figures, (median(one["1"].memory for one in samples), median(one["2"].memory for one in samples))


def _of_formats(folder: Path, count: int, rounds: int) -> list[Figure]:
    """How fast archives of each form are scanned by one process, in bytes of payload."""
    payloads = list(lines(count))
    text = b"".join(line + b"\n" for line in payloads)
    size = len(text) / 1e6
    table = pa.table({"payload": pa.array(payloads, pa.binary())})
    writers = {
        "lines.ndjson": lambda path: path.write_bytes(text),
        "lines.ndjson.gz": lambda path: path.write_bytes(gzip.compress(text, 6)),
        "lines.ndjson.zst": lambda path: path.write_bytes(zstd.compress(text)),
        "rows.parquet": partial(parquet.write_table, table, compression="zstd"),
    }
    paths = {name: folder / name for name in writers}
    for name, write_file in writers.items():
        write_file(paths[name])
    samples = [{name: sample(_SCAN, str(path), "1").seconds for name, path in paths.items()} for _ in range(rounds)]
    section = f"forms of {count:,} payloads, {size:,.0f} MB of text"
    plain, *packed = writers
    return [
        *(
            Figure(section, f"{name}, {paths[name].stat().st_size / 1e6:,.0f} MB", median(size / one[name] for one in samples), "MB/s of text, 1 process")
            for name in writers
        ),
        *(
            Figure(section, name, median(one[name] / one[plain] for one in samples), "x plain", at_most=_PACKED.get(name))
            for name in packed
        ),
    ]  # fmt: skip


def sample(program: str, *arguments: str) -> Sample:
    """Run a program of its own."""
    with Popen([sys.executable, "-c", program, *arguments], stdout=PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(_proportional, _tree(process.pid))))
            sleep(_POLL)
        printed = process.stdout.read() if process.stdout else ""
    return Sample(float(printed), peak / 1024)


def _tree(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))


def _proportional(pid: int) -> int:
    """KiB of a process, what it shares with others in part; 0 if nobody tells."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


# -- the lines


def write(path: Path, count: int, *, odd: float = 0.0) -> None:
    """Write so many different buckets, valid under every rule but for a share of odd lines."""
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines(count, odd=odd))


def lines(count: int, *, odd: float = 0.0) -> Iterator[bytes]:
    """Different buckets of about 709 bytes, some with null group keys."""
    random = Random(count)
    buckets = [bucket(index) for index in range(_RESULTS)]
    for number in range(count):
        one = buckets[number % _RESULTS]
        one["start_time"] = _FIRST + number * 3600 % _SPAN
        one["end_time"] = one["start_time"] + 3600
        result: dict[str, Any] = one["results"][0]
        texts = random.randrange(1, 900_000)
        result["output_text_tokens"] = texts
        result["output_tokens"] = texts + result["output_audio_tokens"] + result["output_image_tokens"]
        result["num_model_requests"] = number
        result["user_id"] = None if random.random() < 0.1 else f"user-{random.getrandbits(40):010x}"
        result["api_key_id"] = None if random.random() < 0.2 else f"key_{random.getrandbits(40):010x}"
        line = orjson.dumps(one)
        yield _odd(line, random.randrange(len(_ODD))) if odd and random.random() < odd else line


_ODD: Final = (
    (b'"start_time":', b'"start_time": '),
    (b'"results":', b'"start_time_iso":"2026-01-01T00:00:00Z","results":'),
    (b'"batch":', b'"batch":true,"batch":'),
    (b'"input_tokens":', b'"input_token":'),
    (b'"input_tokens":', b'"input_tokens":1'),
    (b'"num_model_requests":', b'"num_model_requests":-'),
    (b'"organization.usage.completions.result"', b'"organization.usage.rockets.result"'),
    (b"}]}", b""),
)
"""What is made of odd lines: another spelling, an undeclared member, a duplicate, a wrong name, a wrong sum, …"""


def _odd(line: bytes, how: int) -> bytes:
    return line.replace(*_ODD[how], 1)
