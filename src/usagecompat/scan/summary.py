"""
The summary of an archive: a value that adds up.

A `Summary` is a monoid: `a + b` is the summary of both, in either order and however they were divided,
and `Summary()` changes nothing.
Its size depends on the contract and on the time that is covered, never on the number of payloads.
"""

from __future__ import annotations

import re
from functools import reduce
from heapq import nsmallest
from operator import add
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import evolve, field, frozen

from usagecompat.findings import CODES, Profile, Severity, Verdict
from usagecompat.scan.coverage import Coverage
from usagecompat.scan.restatements import Restatements
from usagecompat.scan.totals import Totals
from usagecompat.scan.undeclared import few_names
from usagecompat.scan.unpublished import Unpublished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FORMAT: Final = 1
"""The version of what `to_dict` writes; raised when an older kit would misread it."""
MOST_EXAMPLES: Final = 3
"""How many places are kept of each code."""
MOST_UNKNOWN: Final = 100
"""How many unknown kinds are counted by name: the first in alphabetical order, the others together."""
NO_SHAPE: Final = "none"
"""Stands for the shape of what is no JSON object, and for the best revision of what is no JSON."""
NO_KIND: Final = "(none)"
"""Stands for the kind of buckets that hold no result, and of results that name none."""
UNKNOWN_KIND: Final = "(unknown)"
"""Stands for all kinds that the contract does not know, where they are not counted by name."""
NO_MONTH: Final = "none"
"""Stands for the month of what has no time, or none between 2000 and 2099."""

UNREADABLE: Final = "archive/unreadable"
DAMAGED: Final = "archive/damaged"
ARCHIVE_CODES: Final[Mapping[str, str]] = {
    UNREADABLE: "a file or directory cannot be read at all",
    DAMAGED: "a file breaks off, or its compressed data is damaged; what came before that was scanned",
}
"""What can be said of a file; everything else is said of payloads. Each is an error."""

Value = TypeVar("Value")


@frozen(order=True)
class Piece:
    """A part of a file, in whatever the file is cut by: bytes, row groups."""

    start: int
    end: int | None
    """None for the end of the file."""
    lines: int = 0
    """How many lines, or rows, it holds."""


@frozen
class Example:
    """A place where something was found."""

    source: str
    """The file."""
    base: int
    """Where in the file the lines are counted from; 0 once everything in front is known."""
    line: int
    """The line, or row, from 1; 0 if it is the file as a whole."""
    pointer: str
    message: str

    @property
    def order(self) -> tuple[str, int, int]:
        """Sorts as the places do."""
        return self.source, self.base, self.line


@frozen
class Tally:
    """How often something was found, and where first."""

    count: int = 0
    first: tuple[Example, ...] = ()
    """In order, one per payload, no more than `MOST_EXAMPLES`; of what is said of files all."""
    is_of_files: bool = False

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        of_files = self.is_of_files or other.is_of_files
        examples = (*self.first, *other.first)
        first = in_order(examples) if of_files else first_of(examples)
        return Tally(self.count + other.count, first, is_of_files=of_files)


@frozen(kw_only=True)
class Summary:
    """What there is to say about many payloads."""

    payloads: int = 0
    bytes: int = 0
    """The length of all payloads, unpacked."""
    shapes: Mapping[str, int] = field(factory=dict[str, int])
    """Payloads by what they are."""
    kinds: Mapping[str, int] = field(factory=dict[str, int])
    """Results by kind; those that the contract knows, and the first `MOST_UNKNOWN` others by name."""
    verdicts: Mapping[str, int] = field(factory=dict[str, int])
    verdicts_by_month: Mapping[str, Mapping[str, int]] = field(factory=dict[str, "Mapping[str, int]"])
    """By month of the first bucket's start, how many payloads have each verdict."""
    best_revisions: Mapping[str, int] = field(factory=dict[str, int])
    """Payloads by the revision that fits them best."""
    findings: Mapping[str, Tally] = field(factory=dict[str, Tally])
    undeclared: Mapping[str, int] = field(factory=dict[str, int])
    """Members that the revision does not declare, by name: the first `MOST_NAMES`, and `OTHER_NAMES` for all others."""
    unpublished: Unpublished = field(factory=Unpublished)
    """Members and kinds that no revision declares, and when they were there first."""
    deviations: Mapping[str, Mapping[str, int]] = field(factory=dict[str, "Mapping[str, int]"])
    """By month of the bucket's start, how often each deviation was found."""
    coverage: Mapping[str, Coverage] = field(factory=dict[str, Coverage])
    """The time that buckets cover, by the kind of their results; buckets of invalid payloads cover nothing."""
    pieces: Mapping[str, tuple[Piece, ...]] = field(factory=dict[str, tuple[Piece, ...]])
    """What has been read of files of which not everything has been read."""
    totals: Totals | None = None
    """What the results add up to; None if nobody asked."""
    restatements: Restatements | None = None
    """Which results stand there more than once; None if nobody asked."""

    def __add__(self, other: Summary) -> Summary:
        """The summary of both."""
        pieces = _united(self.pieces, other.pieces, lambda a, b: (*a, *b))
        both = Summary(
            payloads=self.payloads + other.payloads,
            bytes=self.bytes + other.bytes,
            shapes=_united(self.shapes, other.shapes, add),
            kinds=few_kinds(_united(self.kinds, other.kinds, add)),
            verdicts=_united(self.verdicts, other.verdicts, add),
            verdicts_by_month=_united(self.verdicts_by_month, other.verdicts_by_month, lambda a, b: _united(a, b, add)),
            best_revisions=_united(self.best_revisions, other.best_revisions, add),
            findings=_united(self.findings, other.findings, add),
            undeclared=few_names(_united(self.undeclared, other.undeclared, add)),
            unpublished=self.unpublished + other.unpublished,
            deviations=_united(self.deviations, other.deviations, lambda a, b: _united(a, b, add)),
            coverage=_united(self.coverage, other.coverage, add),
            pieces=pieces,
            totals=self.totals + other.totals if self.totals and other.totals else self.totals or other.totals,
            restatements=self.restatements + other.restatements
            if self.restatements and other.restatements
            else self.restatements or other.restatements,
        )
        return both.settled() if pieces else both

    def settled(self) -> Summary:
        """The same, with pieces that touch as one, and lines counted from where they begin."""
        moved: dict[tuple[str, int], tuple[int, int]] = {}
        pieces: dict[str, tuple[Piece, ...]] = {}
        for source, parts in self.pieces.items():
            joined: list[Piece] = []
            for part in sorted(parts, key=lambda one: one.start):
                last = joined[-1] if joined else None
                if last is not None and last.end == part.start:
                    moved[source, part.start] = last.start, last.lines
                    joined[-1] = Piece(last.start, part.end, last.lines + part.lines)
                else:
                    joined.append(part)
            if joined != [Piece(0, None, joined[0].lines)]:
                pieces[source] = tuple(joined)
        if not moved:
            return evolve(self, pieces=pieces)

        def rebased(example: Example) -> Example:
            base, lines = moved.get((example.source, example.base), (example.base, 0))
            return evolve(example, base=base, line=example.line + lines)

        findings = {
            code: evolve(tally, first=tuple(rebased(example) for example in tally.first))
            for code, tally in self.findings.items()
        }
        restatements = self.restatements and self.restatements.rebased(moved)
        return evolve(self, findings=findings, pieces=pieces, restatements=restatements)

    @property
    def unread(self) -> int:
        """How many files, or parts of files, could not be read."""
        return sum(self.findings[code].count for code in ARCHIVE_CODES if code in self.findings)

    @property
    def invalid(self) -> int:
        """How many payloads are invalid."""
        return self.verdicts.get(Verdict.INVALID, 0)

    @property
    def not_by_month(self) -> int:
        """How many payloads were counted by an older kit, which did not keep their months."""
        return self.payloads - sum(sum(verdicts.values()) for verdicts in self.verdicts_by_month.values())

    def fails(self, severity: Severity, profile: Profile) -> bool:
        """Whether anything was found that weighs so much, or more."""
        order = tuple(Severity)
        failing = order[: order.index(severity) + 1]
        return any(severity_of(code, profile) in failing for code, tally in self.findings.items() if tally.count)

    def to_dict(self, profile: Profile = Profile.SERVED, *, whole: bool = True) -> dict[str, object]:
        """
        The summary as `schemas/scan.json` describes it.

        Args:
            profile: How much each finding weighs.
            whole: Whether everything is to be there that `from_dict` needs.
        """
        return {
            "format": FORMAT,
            "payloads": self.payloads,
            "bytes": self.bytes,
            "shapes": _sorted(self.shapes),
            "kinds": _sorted(self.kinds),
            "verdicts": _by_verdict(self.verdicts),
            "verdicts_by_month": {
                month: _by_verdict(verdicts) for month, verdicts in sorted(self.verdicts_by_month.items())
            },
            "best_revisions": _sorted(self.best_revisions),
            "findings": [
                {
                    "code": code,
                    "severity": str(severity_of(code, profile)),
                    "count": tally.count,
                    "first": [
                        {
                            "source": example.source,
                            "line": example.line or None,
                            "pointer": example.pointer,
                            "message": example.message,
                            **({"from": example.base} if example.base else {}),
                        }
                        for example in tally.first
                    ],
                }
                for code, tally in sorted(self.findings.items(), key=lambda one: code_order(one[0]))
            ],
            "undeclared": _sorted(self.undeclared),
            "unpublished": self.unpublished.to_dict(),
            "deviations": {month: _sorted(codes) for month, codes in sorted(self.deviations.items())},
            "coverage": {kind: coverage.to_dict() for kind, coverage in sorted(self.coverage.items())},
            "pieces": {
                source: [[part.start, part.end, part.lines] for part in parts]
                for source, parts in sorted(self.pieces.items())
            },
            **({} if self.totals is None else {"totals": self.totals.rows()}),
            **({} if self.totals is None or self.totals.by is None else {"totals_by": self.totals.by}),
            **({} if self.restatements is None else {"restatements": self.restatements.to_dict(whole=whole)}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Summary:
        """What `to_dict` has written."""
        if data["format"] != FORMAT:
            raise ValueError(f"this is format {data['format']} of a summary, and this kit reads format {FORMAT}")
        return cls(
            payloads=data["payloads"],
            bytes=data["bytes"],
            shapes=data["shapes"],
            kinds=data["kinds"],
            verdicts={verdict: count for verdict, count in data["verdicts"].items() if count},
            verdicts_by_month=_months(data.get("verdicts_by_month", {})),
            best_revisions=data["best_revisions"],
            findings={
                one["code"]: Tally(
                    one["count"],
                    tuple(
                        Example(at["source"], at.get("from", 0), at["line"] or 0, at["pointer"], at["message"])
                        for at in one["first"]
                    ),
                    is_of_files=one["code"] in ARCHIVE_CODES,
                )
                for one in data["findings"]
            },
            undeclared=data.get("undeclared", {}),
            unpublished=Unpublished.from_dict(data.get("unpublished", {"members": [], "kinds": []})),
            deviations=data["deviations"],
            coverage={kind: Coverage.from_dict(coverage) for kind, coverage in data["coverage"].items()},
            pieces={source: tuple(Piece(*part) for part in parts) for source, parts in data["pieces"].items()},
            totals=Totals.from_rows(data["totals"], data.get("totals_by")) if "totals" in data else None,
            restatements=Restatements.from_dict(data["restatements"]) if "restatements" in data else None,
        )


def total(summaries: Iterable[Summary]) -> Summary:
    """All of them together."""
    return reduce(add, summaries, Summary())


def first_of(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The first of these places."""
    return tuple(nsmallest(MOST_EXAMPLES, examples, key=lambda example: example.order))


def in_order(examples: Iterable[Example]) -> tuple[Example, ...]:
    """All of these places."""
    return tuple(sorted(examples, key=lambda example: example.order))


def severity_of(code: str, profile: Profile) -> Severity:
    """How much a finding weighs, those about files included."""
    return Severity.ERROR if code in ARCHIVE_CODES else CODES[code].severity(profile)


def code_order(code: str) -> int:
    """Where a code stands: those about files first, then as in the catalogue."""
    return _ORDER[code]


_ORDER: Final = {code: index for index, code in enumerate((*ARCHIVE_CODES, *CODES))}


def _united(
    ours: Mapping[str, Value], theirs: Mapping[str, Value], join: Callable[[Value, Value], Value]
) -> Mapping[str, Value]:
    """Both tables, with what stands in both joined."""
    if not theirs:
        return ours
    united = dict(ours)
    for name, value in theirs.items():
        united[name] = join(united[name], value) if name in united else value
    return united


def few_kinds(kinds: Mapping[str, int]) -> Mapping[str, int]:
    """
    The kinds with no more unknown ones than there may be.

    A name that is among the first of all is among the first of each part, so its count is complete.
    """
    if len(kinds) <= MOST_UNKNOWN:
        return kinds
    from usagecompat.contract import LATEST, contract  # noqa: PLC0415 - hardly ever needed

    known = contract(LATEST).kinds
    others = sorted(kind for kind in kinds if kind not in known and kind != UNKNOWN_KIND)[MOST_UNKNOWN:]
    if not others:
        return kinds
    few = {kind: count for kind, count in kinds.items() if kind not in {*others}}
    few[UNKNOWN_KIND] = few.get(UNKNOWN_KIND, 0) + sum(kinds[kind] for kind in others)
    return few


def _by_verdict(verdicts: Mapping[str, int]) -> dict[str, int]:
    return {str(verdict): verdicts.get(verdict, 0) for verdict in Verdict}


def _months(data: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """The verdicts by month that `to_dict` has written."""
    months: dict[str, dict[str, int]] = {}
    for month, verdicts in data.items():
        counts = {str(verdict): verdicts[verdict] for verdict in Verdict}
        if not _MONTH.fullmatch(month) or any(type(count) is not int or count < 0 for count in counts.values()):
            raise ValueError(f"the verdicts of {month!r} are no counts of a month")
        months[month] = {verdict: count for verdict, count in counts.items() if count}
    return months


_MONTH: Final = re.compile(rf"20[0-9]{{2}}-(0[1-9]|1[0-2])|{NO_MONTH}")


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}
