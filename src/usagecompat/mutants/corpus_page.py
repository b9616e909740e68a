"""
The page `docs/corpus.md`: what the corpus holds, what it has to show, and what it is worth.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from usagecompat.corpus import FULL, read_manifest
from usagecompat.corpus.coverage import Met, cover
from usagecompat.mutants.catalogue import all_mutants
from usagecompat.mutants.kill_matrix import MutantOutcome, matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from usagecompat.corpus import Case

_HEAD: Final = """\
# The corpus

<!-- Written by `usagecompat fixtures about --write`; do not edit. -->

What the cases are, what they have to cover, and which faulty clients they are run against.
"""


def page(cases: Sequence[Case], root: Path) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_topics(cases), *_obligations(cases), *_mutants(cases), *_sets(root)]) + "\n"


def _table(title: str, text: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield from (f"## {title}", "", text, "", f"| {' | '.join(head)} |", "|---" * len(head) + "|")
    for row in rows:
        yield f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in row)} |"
    yield ""


def _topics(cases: Sequence[Case]) -> Iterator[str]:
    counts = Counter((case.topic, str(case.verdict)) for case in cases)
    verdicts = ("valid", "acceptable", "invalid")
    rows = [
        (topic, *(counts[topic, each] for each in verdicts), sum(counts[topic, each] for each in verdicts))
        for topic in sorted({case.topic for case in cases})
    ]
    text = "Verdicts are those at the revision that each case is written for."
    return _table("Cases by topic", text, ("topic", *verdicts, "all"), rows)


def _obligations(cases: Sequence[Case]) -> Iterator[str]:
    found = cover(cases)
    text = "`usagecompat fixtures coverage` lists each, with what meets it or why no payload can."
    rows = [(name, *(counts[met] for met in Met)) for name, counts in (*found.by_topic.items(), ("all", found.totals))]
    return _table("Obligations", text, ("topic", *map(str, Met)), rows)


def _mutants(cases: Sequence[Case]) -> Iterator[str]:
    results = matrix(cases, all_mutants(), first=True)
    counts = Counter((result.mutant.family, result.outcome) for result in results)
    shown = (MutantOutcome.KILLED, MutantOutcome.SURVIVED, MutantOutcome.EQUIVALENT)
    rows = [
        (family, *(counts[family, outcome] for outcome in shown))
        for family in dict.fromkeys(f.mutant.family for f in results)
    ]
    totals = ("all", *(sum(result.outcome is outcome for result in results) for outcome in shown))
    text = "`usagecompat fixtures mutants` runs them, and reports which cases kill each."
    yield from _table("Mutants by family", text, ("family", *map(str, shown)), [*rows, totals])
    yield "## What is known not to be caught"
    yield ""
    for result in results:
        if result.outcome is not MutantOutcome.KILLED:
            yield f"* `{result.mutant.name}`: {result.mutant.equivalent or result.mutant.fault}"
    yield ""


def _sets(root: Path) -> Iterator[str]:
    counts = Counter(name for entry in read_manifest(root).values() for name in entry.sets)
    rows = [(name, counts[name]) for name in ("smoke", "core", FULL)]
    yield from list(
        _table(
            "Frozen sets",
            "`usagecompat fixtures sets --check` holds them to what they promise.",
            ("set", "payloads"),
            rows,
        )
    )[:-1]
