"""
How long `scan` takes, as a ratio to an `orjson.loads` loop over the same lines: python benchmarks/scan.py [--small].

A file of lines is made from a seed in a temporary directory, and removed.
Each sample is a fresh process that reads the file; samples of all runners follow each other in every round,
and a ratio is the median of the ratios to the loop of the same round, by the clock and in processor time,
which other work on the machine disturbs less.
Memory is the proportional set size of the whole process tree at its peak.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from subprocess import PIPE, Popen
from time import sleep
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from payloads import _bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES: Final = 1_000_000
_FEW: Final = 100_000
_SMALL: Final = 20_000
_RESULTS: Final = 997
"""Different results, each of which gets its own numbers and keys in each line."""
_FIRST: Final = 1_700_000_000
_SPAN: Final = 80_000_000
_POLL: Final = 0.05

_LOOP: Final = """
import sys, time, resource, orjson
began = time.perf_counter(), time.process_time()
with open(sys.argv[1], "rb") as file:
    for line in file:
        orjson.loads(line)
print(time.perf_counter() - began[0], time.process_time() - began[1])
"""
_SCAN: Final = """
import sys, time, resource
from usagecompat.scan.partitions import plan
from usagecompat.scan.running import run
from usagecompat.scan import tallying, _spotless
began = time.perf_counter(), time.process_time()
run(plan([sys.argv[1]]), jobs=int(sys.argv[2]))
children = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - began[0], time.process_time() - began[1] + children.ru_utime + children.ru_stime)
"""


class Sample(NamedTuple):
    """One run of one runner, without the start of Python and imports, with starting and stopping of processes."""

    seconds: float
    processor: float
    """Seconds of processor time, of all processes together."""
    memory: float
    """MiB at the peak; 0 where the system does not tell."""


class Figures(NamedTuple):
    """What a runner takes on a file."""

    runner: str
    lines: int
    seconds: float
    ratio: float
    """To the loop over as many clean lines, by the clock."""
    processor_ratio: float
    """The same in processor time."""
    to_clean: float | None
    """Of odd lines, in processor time, to the same scan of clean ones."""
    memory: float


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few lines and rounds, to see that it works")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    show(measure(lines=_SMALL if asked.small else asked.lines, rounds=1 if asked.small else asked.rounds))
    return 0


def measure(*, lines: int = LINES, rounds: int = 5) -> list[Figures]:
    """The figures of all runners on files of that many lines, and of fewer."""
    figures: list[Figures] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in dict.fromkeys((min(_FEW, lines), lines)):
            clean, odd = Path(folder) / f"{count}.ndjson", Path(folder) / f"{count}-odd.ndjson"
            write(clean, count)
            write(odd, count, odd=0.01)
            runners: dict[str, tuple[str, ...]] = {
                "orjson.loads, line by line": (_LOOP, str(clean)),
                "scan, 1 process": (_SCAN, str(clean), "1"),
                "scan, 2 processes": (_SCAN, str(clean), "2"),
                "scan, 1 process, 1 % odd lines": (_SCAN, str(odd), "1"),
                "scan, 2 processes, 1 % odd lines": (_SCAN, str(odd), "2"),
            }
            samples = [{name: sample(*command) for name, command in runners.items()} for _ in range(rounds)]
            figures += [_figures(name, count, samples) for name in runners]
            clean.unlink()
            odd.unlink()
    return figures


def _figures(name: str, lines: int, samples: list[dict[str, Sample]]) -> Figures:
    loop, plain = "orjson.loads, line by line", name.split(", 1 % odd", 1)[0]
    return Figures(
        name,
        lines,
        median(one[name].seconds for one in samples),
        median(one[name].seconds / one[loop].seconds for one in samples),
        median(one[name].processor / one[loop].processor for one in samples),
        median(one[name].processor / one[plain].processor for one in samples) if plain != name else None,
        median(one[name].memory for one in samples),
    )


def sample(program: str, *arguments: str) -> Sample:
    """Run a program of its own."""
    with Popen([sys.executable, "-c", program, *arguments], stdout=PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(_proportional, _tree(process.pid))))
            sleep(_POLL)
        printed = process.stdout.read() if process.stdout else ""
    seconds, processor = map(float, printed.split())
    return Sample(seconds, processor, peak / 1024)


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
    buckets = [_bucket("completions", index, 1) for index in range(_RESULTS)]
    for number in range(count):
        bucket = buckets[number % _RESULTS]
        bucket["start_time"] = _FIRST + number * 3600 % _SPAN
        bucket["end_time"] = bucket["start_time"] + 3600
        result: dict[str, Any] = bucket["results"][0]
        texts = random.randrange(1, 900_000)
        result["output_text_tokens"] = texts
        result["output_tokens"] = texts + result["output_audio_tokens"] + result["output_image_tokens"]
        result["num_model_requests"] = number
        result["user_id"] = None if random.random() < 0.1 else f"user-{random.getrandbits(40):010x}"
        result["api_key_id"] = None if random.random() < 0.2 else f"key_{random.getrandbits(40):010x}"
        line = orjson.dumps(bucket)
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


def show(figures: list[Figures]) -> None:
    """Print the table."""
    print(f"{'':36}{'lines':>11}{'s':>8}{'x loop':>8}{'x, cpu':>8}{'x clean':>9}{'MiB':>7}")
    for one in figures:
        clean = f"{one.to_clean:9.2f}" if one.to_clean else f"{'':9}"
        ratios = f"{one.ratio:8.2f}{one.processor_ratio:8.2f}"
        print(f"{one.runner:36}{one.lines:11,}{one.seconds:8.2f}{ratios}{clean}{one.memory:7.0f}")


def as_dict(figures: list[Figures]) -> list[dict[str, Any]]:
    """The same as data."""
    return [one._asdict() for one in figures]


if __name__ == "__main__":
    sys.exit(main())
