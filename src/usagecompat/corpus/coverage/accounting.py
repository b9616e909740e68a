"""
Coverage of the obligations: what a corpus has to cover, and which file or derived case covers it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from usagecompat.contract import REVISIONS
from usagecompat.corpus.coverage.obligations import ANY_REVISION, NEAR_TEXTS, NOTHING, Key, Obligation, obligations
from usagecompat.corpus.coverage.text_witnesses import near_texts, text_faults
from usagecompat.corpus.coverage.witnesses import ExpectedFindings, evidence_of
from usagecompat.corpus.derived import derive
from usagecompat.findings import Shape, Verdict
from usagecompat.jsontext import Document, read

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from usagecompat.corpus.case_files import Case
    from usagecompat.corpus.derived import Derived


class Met(StrEnum):
    """By what an obligation is met."""

    FILE = "file"
    DERIVED = "derived"
    IMPOSSIBLE = "impossible"
    """By nothing, because no payload can meet it."""
    OPEN = "open"


@frozen
class Status:
    """One obligation, and what meets it."""

    obligation: Obligation
    met: Met
    case: str
    """The first case that meets it, by its id; empty if none does."""

    def to_dict(self) -> dict[str, str]:
        """The same for other programs."""
        one = self.obligation
        return {
            "id": one.id,
            "topic": one.topic,
            "revision": one.revision,
            "subject": one.subject,
            "what": one.what,
            "code": one.code,
            "met": str(self.met),
            "case": self.case,
            "reason": one.impossible,
        }


@frozen(slots=False)
class Coverage:
    """All obligations of the kit, and what a corpus meets of them."""

    statuses: tuple[Status, ...]

    @property
    def open(self) -> tuple[Status, ...]:
        """What is not met, and could be."""
        return tuple(status for status in self.statuses if status.met is Met.OPEN)

    @cached_property
    def by_topic(self) -> Mapping[str, Mapping[Met, int]]:
        """How many are met by what, by topic."""
        topics: dict[str, dict[Met, int]] = {}
        for status in self.statuses:
            counts = topics.setdefault(status.obligation.topic, dict.fromkeys(Met, 0))
            counts[status.met] += 1
        return topics

    @property
    def totals(self) -> Mapping[Met, int]:
        """How many are met by what."""
        return {met: sum(counts[met] for counts in self.by_topic.values()) for met in Met}


def cover(cases: Sequence[Case]) -> Coverage:
    """
    What a corpus, and what is derived from it, covers of all that has to be covered.

    Which obligations a payload meets is told by its exact tree and by what is expected of it.
    """
    by_file = _first(covered_by(case) for case in cases)
    wanted = obligations()
    left = wanted.keys() - by_file.keys()
    documents: dict[bytes, Document] = {}
    found = dict(by_file)
    for revision in REVISIONS:
        if any(key[1] in (revision, ANY_REVISION) and not wanted[key].impossible for key in left):
            for derived in derive(cases, revision):
                for case, key in covered_by_derived(derived, documents, found):
                    found.setdefault(key, case)
    return Coverage(tuple(_status(one, by_file, found) for one in wanted.values()))


def _first(covered: Iterable[Iterator[tuple[str, Key]]]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for each in covered:
        for case, key in each:
            found.setdefault(key, case)
    return found


def _status(one: Obligation, by_file: Mapping[Key, str], by_derived: Mapping[Key, str]) -> Status:
    if one.key in by_file:
        return Status(one, Met.FILE, by_file[one.key])
    if one.key in by_derived:
        return Status(one, Met.DERIVED, by_derived[one.key])
    return Status(one, Met.IMPOSSIBLE if one.impossible else Met.OPEN, "")


def covered_by(case: Case) -> Iterator[tuple[str, Key]]:
    """Everything that a case covers, at every revision for which it says what must be found."""
    document = read(case.payload)
    for expected in case.findings:
        if not expected.code.startswith("json/"):
            yield case.id, ("code", ANY_REVISION, expected.code, "shown")
    for key in _of_text(case.payload, {expected.code for expected in case.findings}):
        yield case.id, key
    for older, newer in pairwise(REVISIONS):
        verdicts = case.expected(older), case.expected(newer)
        if None not in verdicts and verdicts[0] is not verdicts[1]:
            yield case.id, ("revisions", newer, f"{older} and {newer}", "told-apart")
    for revision in REVISIONS:
        verdict = case.expected(revision)
        if verdict is None:
            continue
        own = revision == case.revision
        found = [(one.code, one.pointer) for one in case.findings] if own else []
        for key in _of_document(document, revision, ExpectedFindings.of(verdict, found, complete=own), case.shape):
            yield case.id, key


def covered_by_derived(
    case: Derived, documents: dict[bytes, Document], known: Container[Key]
) -> Iterator[tuple[str, Key]]:
    """
    Everything that a derived case covers, at its revision, but for some of what is `known` to be covered.

    A payload that came before is read from `documents`.
    """
    payload = case.payload
    found = [(case.code, case.pointer)] if case.code != NOTHING else []
    name = case.id
    if case.code != NOTHING:
        yield name, ("code", ANY_REVISION, case.code, "shown")
    if case.mutation.text is not None or case.code.startswith("json/"):
        for key in _of_text(payload, {case.code}):
            yield name, key
    if payload not in documents:
        documents[payload] = read(payload)
    expected = ExpectedFindings.of(case.verdict(), found)
    for key in _of_document(documents[payload], case.revision, expected, case.shape, known):
        yield name, key


def _of_document(
    document: Document, revision: str, expected: ExpectedFindings, shape: Shape | None, known: Container[Key] = ()
) -> Iterator[Key]:
    evidence = evidence_of(document, revision, expected, known)
    if evidence is not None and (expected.speaks or expected.verdict is Verdict.INVALID):
        yield from evidence.covers(shape)


def _of_text(payload: bytes, codes: set[str]) -> Iterator[Key]:
    expected = {code for code in codes if code.startswith("json/")}
    faults = text_faults(payload)
    for code in faults & expected:
        yield "text", ANY_REVISION, code, "fault"
    if not faults and not expected:
        for code in near_texts(payload):
            yield "text", ANY_REVISION, code, f"near: {NEAR_TEXTS[code]}"
