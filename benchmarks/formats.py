"""
What reports cost beside the check that they are about: each format, the judges of pytest, a scan, and a run of a client.

Everything is measured in this process, in turn with `check()` of the same payload, and a figure is the best ratio of a turn.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import payloads
from figures import Figure
from usagecompat import check
from usagecompat.clients import Probing, client_spec, run
from usagecompat.corpus.case_checks import PAYLOAD_JUDGES
from usagecompat.corpus.case_files import Payload
from usagecompat.corpus.mismatches import NotJudged, Terms
from usagecompat.inputs import Source
from usagecompat.renderers import RENDERERS, Checked
from usagecompat.scan.accumulator import Judged, Tallying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AT_MOST: Final = 3.0


def measure(*, small: bool) -> list[Figure]:
    """All figures about reports."""
    buckets, results, lines, rounds = (2, 3, 20, 2) if small else (60, 40, 1_000, 3)
    costs = payloads.page("costs", buckets=buckets, results=results)
    live = payloads.compact(payloads.with_amounts(payloads.with_organization(costs), 0.12270423340307525))
    one_bucket = payloads.with_organization(payloads.page("costs", buckets=lines, results=1))
    sets = {
        "a page of live costs": [live],
        "a page of costs in strings": [
            payloads.compact(payloads.with_amounts(payloads.with_organization(costs), "0.12270423340307525"))
        ],
        "a page with one error": [
            payloads.compact(payloads.with_one_fault(payloads.page("completions", buckets=buckets, results=results)))
        ],
        "lines with a note each": [payloads.compact(bucket) for bucket in one_bucket["data"]],
    }
    return [figure for name, data in sets.items() for figure in _beside(name, data, rounds)]


def _beside(name: str, data: Sequence[bytes], rounds: int) -> Iterator[Figure]:
    """Figures for one set of payloads."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payload.json"
        path.write_bytes(data[0])
        ways: dict[str, Callable[[], object]] = {
            **{f"check --format {one}": _formatted(one, data) for one in RENDERERS},
            "scan": lambda: _scanned(data),
        }
        if len(data) == 1:
            ways["pytest, the judge `record`"] = lambda: _judged("record", path)
            ways["run, beside its client"] = _run_beside_its_client(path)
        for one in data[:50]:
            check(one)
        for way, run in ways.items():
            ratio = min(_seconds(run) / _seconds(lambda: [check(one) for one in data]) for _ in range(rounds))
            yield Figure(f"reports of {name}, beside check()", way, ratio, "times check()", at_most=_AT_MOST)


def _formatted(name: str, data: Sequence[bytes]) -> Callable[[], object]:
    def run() -> object:
        checked = (
            Checked(Source("x.json", line), report, fails=not report.ok)
            for line, report in enumerate(map(check, data), 1)
        )
        return "".join(RENDERERS[name](checked))

    return run


def same(payload: bytes) -> bytes:
    """The client of a run: it costs nothing."""
    return payload


def _run_beside_its_client(path: Path) -> Callable[[], object]:
    """A run of a client that gives back what it gets, over one payload."""
    spec = client_spec("python:formats:same", cwd=str(Path(__file__).parent))
    subjects = (Payload(id="payload", payload_path=path),)
    return lambda: run(spec, subjects, probing=Probing.NONE)


def _scanned(data: Sequence[bytes]) -> object:
    tallying = Tallying(Judged())
    tallying.begin("x")
    for number, one in enumerate(data, 1):
        tallying.payload(one, number)
    tallying.end(None)
    return tallying.summary()


def _judged(name: str, path: Path) -> object:
    try:
        return list(PAYLOAD_JUDGES[name](Payload(id="payload", payload_path=path), Terms()))
    except NotJudged:
        return None


def _seconds(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return process_time() - start
