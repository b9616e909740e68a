"""
What a judge says of a payload that is not as it was expected, in words.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.checking import check
from usagecompat.contract import LATEST, REVISIONS
from usagecompat.corpus.case_files import Case, Expected, Payload
from usagecompat.findings import CODES, Profile, Severity, Shape, Verdict, pointer
from usagecompat.jsontext import Number, read, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.checking import Report
    from usagecompat.contract import Revision
    from usagecompat.findings import Finding, Path
    from usagecompat.jsontext import Tree


_LONGEST: Final = 300


@frozen(kw_only=True)
class Terms:
    """What payloads are held against."""

    revision: Revision | None = None
    """None for the revision that each case is written for, and the newest one for a payload without a case."""
    profile: Profile = Profile.SERVED
    ignore: frozenset[str] = frozenset()
    """Finding codes that count for nothing in payloads without a case."""
    fail_on: Severity = Severity.ERROR
    """From which severity on a payload without a case is not as it must be."""


@frozen(kw_only=True)
class Mismatch:
    """One thing about a payload that is not as it was expected."""

    code: str
    """The finding that is there or is not; empty if no single finding says it."""
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    expected: str
    seen: str
    why: str = ""
    fix: str = ""


class NotJudged(Exception):
    """A judge has nothing to say about a payload, which must not be taken for its being right."""


def is_of(finding: Finding | Expected, *stages: str) -> bool:
    """Whether a finding is of one of these stages."""
    return finding.code.startswith(stages)


def errors_of(report: Report, *stages: str) -> list[Finding]:
    """The errors of these stages."""
    return [one for one in report.findings if one.severity is Severity.ERROR and one.code.startswith(stages)]


def failing_of(report: Report, terms: Terms, *stages: str) -> list[Finding]:
    """What a payload without a case must not show."""
    weights = tuple(Severity)
    worst = weights[: weights.index(terms.fail_on) + 1]
    return [one for one in report.findings if one.severity in worst and one.code.startswith(stages)]


def report_of(payload: Payload, terms: Terms, ignore: frozenset[str] = frozenset()) -> Report:
    """What `check` says of a payload without a case."""
    return checked(payload.payload, terms.revision or LATEST, terms.profile, ignore)


def checked(
    payload: bytes, revision: Revision, profile: Profile = Profile.SERVED, ignore: frozenset[str] = frozenset()
) -> Report:
    """What `check` says, which several judges of one payload ask, one after the other."""
    if revision not in REVISIONS:  # two drafts may have one name
        return check(payload, revision=revision, profile=profile, ignore=ignore)
    return _checked_before(payload, revision, profile, ignore)


@lru_cache(maxsize=2)
def _checked_before(payload: bytes, revision: Revision, profile: Profile, ignore: frozenset[str]) -> Report:
    return check(payload, revision=revision, profile=profile, ignore=ignore)


def other_findings(case: Case, expected: Iterable[Expected], found: Iterable[Finding]) -> Iterator[Mismatch]:
    """Findings that are not there, then those that are there and should not be, then a difference in order."""
    wanted = list(expected)
    seen = [(Expected(finding.code, finding.pointer, finding.count), finding) for finding in found]
    if [one for one, _ in seen] == wanted:
        return
    missing = Counter(wanted) - Counter(one for one, _ in seen)
    extra = Counter(one for one, _ in seen) - Counter(wanted)
    for one in missing.elements():
        near = next((finding for other, finding in seen if extra[other] and finding.code == one.code), None)
        yield Mismatch(
            code=one.code,
            pointer=one.pointer,
            line=near.line if near else None,
            column=near.column if near else None,
            expected=f"{one.code} at {_at(one.pointer)}{_times(one.count)}",
            seen=f"the same code at {_at(near.pointer)}{_times(near.count)}" if near else "no such finding",
            why=CODES[one.code].title,
            fix=how_to_fix(case),
        )
    for one, finding in seen:
        if extra[one] > 0:
            extra[one] -= 1
            yield _unexpected(case, finding)
    if not missing and len(seen) == len(wanted):
        order = [f"{one.code} at {_at(one.pointer)}" for one in wanted]
        came = [f"{one.code} at {_at(one.pointer)}" for one, _ in seen]
        yield about(case, wanted[0].code, f"the order {'; '.join(order)}", f"the order {'; '.join(came)}")


def _unexpected(case: Case, finding: Finding) -> Mismatch:
    return evolve(
        unwelcome(finding),
        expected="no such finding" if case.findings else "no finding at all",
        seen=f"{finding.message}{_times(finding.count)}",
        fix=f"{finding.hint} {how_to_fix(case)}".strip(),
    )


def unwelcome(finding: Finding) -> Mismatch:
    """What a payload must not have; `message` of a finding says what was expected and what is there."""
    return Mismatch(
        code=finding.code,
        pointer=finding.pointer,
        line=finding.line,
        column=finding.column,
        expected=f"no {finding.severity}",
        seen=finding.message,
        why=CODES[finding.code].title,
        fix=finding.hint or "Fix what wrote the payload; `usagecompat explain` explains the code.",
    )


def at_place(subject: Case | Payload, code: str, path: Path, expected: str, seen: str) -> Mismatch:
    """A mismatch at one place of a payload."""
    line, column = read(subject.payload).line_and_column(path) or (None, None)
    return evolve(about(subject, code, expected, seen), pointer=pointer(path), line=line, column=column)


def other_verdict(case: Case, expected: Verdict, report: Report, until: str = "") -> Iterator[Mismatch]:
    """A mismatch if the verdict is not as expected."""
    if report.verdict is expected:
        return
    weights = sorted(report.findings, key=lambda finding: tuple(Severity).index(finding.severity))
    finding = next((one for one in weights if one.severity is not Severity.NOTE), None)
    when = f"at {report.revision}" if until in ("", report.revision) else f"from {report.revision} to {until}"
    yield evolve(
        unwelcome(finding) if finding else about(case, "", "", ""),
        expected=f"{expected} {when} in the profile {report.profile}",
        seen=f"{report.verdict}: {finding.message if finding else 'nothing above a note'}",
        fix=how_to_fix(case),
    )


def about(subject: Case | Payload, code: str, expected: str, seen: str) -> Mismatch:
    """A mismatch of a payload with what a finding means and how to fix it."""
    why = CODES[code].title if code else ""
    return Mismatch(code=code, expected=cut(expected), seen=cut(seen), why=why, fix=how_to_fix(subject))


def how_to_fix(subject: Case | Payload) -> str:
    """What to do about a mismatch."""
    if isinstance(subject, Payload):
        return "Fix what wrote the payload."
    return f"Fix {subject.payload_path.name}, or, if it is right, what {subject.path.name} expects of it."


def _at(place: str) -> str:
    return place or "the root"


def _times(count: int) -> str:
    return f" ({count} places)" if count > 1 else ""


def a_shape(shape: Shape | None) -> str:
    """A shape in words."""
    return f"a {shape}" if shape else "no object, so no shape"


def spell(value: Tree) -> str:
    """A value as JSON, each number as it is spelled."""
    if isinstance(value, Number):
        return value.lexeme
    return write(value).decode("utf-8", "backslashreplace")


def cut(text: str) -> str:
    """A text that fits into a report."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
