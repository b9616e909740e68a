"""
Holds the fast route against the exact one, at published revisions and at made-up drafts.

    python benchmarks/differential.py --texts 100000 --drafts 800 [--seed N] [--jobs N]

Both have to agree in verdict, shape, each finding with its place and count, what is truncated, and the best revision.
Records are never read by the fast route; what it says of a payload has to fit them: they can be read unless there is
an error of the text or the schema, and they are written with the same tokens.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import monotonic
from typing import TYPE_CHECKING, Final

from draft_routes import compare_drafts
from odd_texts import Text, corpus_texts, mutated_corpus, texts
from usagecompat import check, compare, dumps, loads
from usagecompat.checking.recognition import told_shape
from usagecompat.checking.report import Incompatible
from usagecompat.checking.stages import fast_route, report_on
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import Profile, Severity, Shape
from usagecompat.jsontext.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat.checking.report import Report

_EVERY: Final = 20
"""Of so many texts one is also compared in its best revision and its record, which are the dearest."""
_UNREADABLE: Final = ("json/", "schema/", "wire/")
"""The stages whose errors leave no record."""


def by_exact_route(text: Text) -> Report:
    """The report that the exact route gives."""
    document = read(text.payload)
    shape = Shape(text.shape) if text.shape else told_shape(document, text.revision)
    return report_on(document, text.revision, shape, Profile(text.profile))


def facts(report: Report, *, best_revision: bool) -> dict[str, object]:
    """Everything in which reports can differ."""
    return {
        "verdict": report.verdict,
        "shape": report.shape,
        "truncated": report.truncated,
        "findings": [finding.to_dict() for finding in report.findings],
        "best revision": report.best_revision if best_revision else None,
        "revisions": report.to_dict()["revisions"] if best_revision else None,
    }


def record_fits(text: Text, report: Report) -> bool:
    """Whether there is a record if and only if the report says so, and it is written with the tokens it was read from."""
    is_broken = any(
        finding.severity is Severity.ERROR and finding.code.startswith(_UNREADABLE) for finding in report.findings
    )
    try:
        record = loads(text.payload, revision=text.revision, profile=text.profile, shape=text.shape)
    except Incompatible:
        return is_broken
    written = compare(text.payload, dumps(record), revision=text.revision, shape=text.shape)
    return not is_broken and written.level >= Level.LEXICAL


class Differential:
    """Compares text by text, and counts."""

    def __init__(self, declined_every: int = 1) -> None:
        """
        Begin with nothing compared.

        Of the texts that the fast route declines one in `declined_every` is compared: `check` takes the exact route then.
        """
        self.declined_every = declined_every
        self.taken = 0
        self.compared = 0
        self.drafts = 0
        """Made-up drafts, at each of which texts are compared, and an archive of them."""
        self.certified = 0
        """How often the fast route had the answer."""
        self.certified_with_findings = 0
        self.differences: list[tuple[Text, dict[str, object], dict[str, object]]] = []

    def compare(self, sample: Iterable[Text]) -> None:
        """Check each text as `check` does and by the exact route."""
        fast = fast_route()
        assert fast is not None, "msgspec is needed, and USAGECOMPAT_ROUTE must not be set"  # noqa: S101 - a script
        for text in sample:
            self.taken += 1
            shape = Shape(text.shape) if text.shape else None
            certified = fast.certify(text.payload, text.revision, shape)
            self.certified += certified is not None
            self.certified_with_findings += bool(certified and certified.observations)
            report = check(text.payload, revision=text.revision, profile=text.profile, shape=text.shape)
            if certified is None and self.taken % self.declined_every:
                continue
            self.compared += 1
            best = self.taken % _EVERY == 0
            ours, exact = facts(report, best_revision=best), facts(by_exact_route(text), best_revision=best)
            if best:
                ours["its record fits"], exact["its record fits"] = record_fits(text, report), True
            if ours != exact:
                self.differences.append((text, ours, exact))

    def summary(self) -> str:
        """What was compared, and what the fast route answered."""
        return (
            f"{self.compared:,} texts compared; the fast route answered {self.certified:,} of them,"
            f" {self.certified_with_findings:,} with findings; {self.drafts:,} drafts;"
            f" {len(self.differences):,} differences"
        )

    def __add__(self, other: Differential) -> Differential:
        """Both together."""
        both = Differential()
        both.taken = self.taken + other.taken
        both.drafts = self.drafts + other.drafts
        both.compared = self.compared + other.compared
        both.certified = self.certified + other.certified
        both.certified_with_findings = self.certified_with_findings + other.certified_with_findings
        both.differences = [*self.differences, *other.differences]
        return both


def share(job: int, jobs: int, seed: int, count: int, drafts: int = 0) -> Differential:
    """What one of several processes compares: its part of the corpus' mutations and of the drafts, and texts of its own."""
    differential = Differential()
    if job == 0 and count:
        differential.compare(corpus_texts())
    if count:
        differential.compare(mutated_corpus(jobs, job))
    differential.compare(texts(seed + 1_000_000 * job, count // jobs + (job < count % jobs)))
    compare_drafts(differential, range(job, drafts, jobs), seed)
    return differential


def main() -> int:
    """Compare the corpus, every mutation of it and as many texts and drafts as asked, and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000, help="0 leaves out the corpus, too")
    parser.add_argument("--drafts", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    began = monotonic()
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        shares = [
            pool.submit(share, job, asked.jobs, asked.seed, asked.texts, asked.drafts) for job in range(asked.jobs)
        ]
    differential = sum((one.result() for one in shares), start=Differential())
    for text, ours, exact in differential.differences[:10]:
        print(
            f"{text} {getattr(text.revision, 'source', '')}",
            *(f"  {name}: {ours[name]} / {exact[name]}" for name in ours if ours[name] != exact[name]),
            sep="\n",
        )
    print(f"{differential.summary()} ({monotonic() - began:.0f} s, seed {asked.seed}, {asked.jobs} jobs)")
    return 1 if differential.differences else 0


if __name__ == "__main__":
    sys.exit(main())
