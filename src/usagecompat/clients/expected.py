"""
Expected failures of a client: what is listed and fails as listed is expected, anything else is not.

The list is the one that pytest reads too (`usagecompat.corpus.expected`). A client's own lines name its item, so that they
speak of no other judge: `costs/*::client[my-client]  client/precision-lost  # REASON`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.corpus import read_expected_failures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.results import ClientResult
    from usagecompat.corpus import ExpectedFailure

UNEXPLAINED: Final = "not explained as yet"
"""The reason that is written for what nobody has given one."""


@frozen(kw_only=True)
class Comparison:
    """A client's failures against a list."""

    expected: Mapping[str, frozenset[str]]
    """The cases that fail as listed, and their codes."""
    unexpected: Mapping[str, frozenset[str]]
    """The cases that fail otherwise, and the codes that are not listed."""
    passing: Mapping[ExpectedFailure, tuple[str, ...]]
    """The lines that are no longer right, and the cases that do not fail as they say: of `some`, all that it names."""
    unused: tuple[ExpectedFailure, ...]
    """The lines for this client that no case has the name of."""

    @property
    def ok(self) -> bool:
        """Whether everything is as listed."""
        return not (self.unexpected or self.passing)

    def to_dict(self) -> dict[str, object]:
        """The comparison as `schemas/run.json` describes it."""
        return {
            "expected": {case: sorted(codes) for case, codes in self.expected.items()},
            "unexpected": {case: sorted(codes) for case, codes in self.unexpected.items()},
            "passing": [
                {"line": entry.line, "glob": entry.glob, "code": entry.code, "cases": list(cases)}
                for entry, cases in self.passing.items()
            ],
            "unused": [{"line": entry.line, "glob": entry.glob, "code": entry.code} for entry in self.unused],
        }


def item_of(name: str) -> str:
    """What pytest calls the item of a client."""
    return f"client[{name}]"


def compare_with_list(
    result: ClientResult, entries: Sequence[ExpectedFailure], *, known: Collection[str] = ()
) -> Comparison:
    """
    What of a client's failures is listed, and what of the list is not so.

    A case that was not judged says nothing about a line.

    Args:
        result: What came of the client.
        entries: The list.
        known: The ids of all cases of the corpus; a line that names one of them is not unknown, though it was not run.
    """
    item = item_of(result.name)
    expected: dict[str, frozenset[str]] = {}
    unexpected: dict[str, frozenset[str]] = {}
    passing: dict[ExpectedFailure, list[str]] = {}
    used: set[ExpectedFailure] = set()
    so: set[ExpectedFailure] = set()
    for case in result.cases:
        lines = [entry for entry in entries if entry.concerns(case.case_id, item)]
        used.update(lines)
        if not case.judged:
            continue
        codes = case.failing(result.required)
        listed = {entry.code for entry in lines}
        others = codes if not lines else frozenset[str]() if None in listed else codes - listed
        if others:
            unexpected[case.case_id] = others
        elif codes:
            expected[case.case_id] = codes
        for entry in lines:
            if _fails_so(codes, entry):
                so.add(entry)
            elif not entry.flaky:
                passing.setdefault(entry, []).append(case.case_id)
    unused = tuple(
        entry
        for entry in entries
        if entry not in used
        and entry.glob.endswith(f"::{item}")
        and not any(entry.concerns(case_id, item) for case_id in known)
    )
    held = {entry: tuple(cases) for entry, cases in passing.items() if not (entry.some and entry in so)}
    return Comparison(expected=expected, unexpected=unexpected, passing=held, unused=unused)


def _fails_so(codes: frozenset[str], entry: ExpectedFailure) -> bool:
    return bool(codes) if entry.code is None else entry.code in codes


def updated(path: Path, result: ClientResult, *, known: Collection[str] = ()) -> str:
    """
    The text of a list that is right for this client.

    Only what was run is touched. Lines that are right stay as they are, with their reasons; a line with a glob is right
    if every case that it names fails so, or with `some` if one does. One that is wrong of what was run and may be right
    of the rest becomes `some`. New lines want a reason from somebody.

    Raises:
        UnreadableInput: The file is there, and is no such list.
    """
    entries = read_expected_failures(path) if path.exists() else ()
    text = path.read_text("utf-8") if path.exists() else ""
    comparison = compare_with_list(result, entries, known=known)
    item = item_of(result.name)
    judged = {case.case_id for case in result.cases if case.judged}
    rest = [case_id for case_id in {*known, *(case.case_id for case in result.cases)} if case_id not in judged]
    loosened = {
        entry.line: entry for entry in comparison.passing if any(entry.concerns(case_id, item) for case_id in rest)
    }
    gone = {entry.line for entry in (*comparison.passing, *comparison.unused)} - loosened.keys()
    lines = [
        _loosened(line, loosened[number]) if number in loosened else line
        for number, line in enumerate(text.splitlines(), 1)
        if number not in gone
    ]
    kept = [entry for entry in entries if entry.line not in gone]
    reasons = {(entry.code, case): entry.reason for entry in comparison.passing for case in _named(entry, result)}
    for case in sorted(result.cases, key=lambda case: case.case_id):
        lines += _new_lines(case, result, kept, reasons)
    return "".join(f"{line}\n" for line in lines)


def _loosened(line: str, entry: ExpectedFailure) -> str:
    """A line that speaks of some of the cases of its glob, where it spoke of all."""
    if entry.some:
        return line
    before, hash_, reason = line.partition("#")
    words = [word for word in before.split()[1:] if word != "all"]
    return f"{'  '.join((entry.glob, 'some', *words))}  {hash_}{reason}"


def _named(entry: ExpectedFailure, result: ClientResult) -> Iterable[str]:
    return (case.case_id for case in result.cases if entry.concerns(case.case_id, item_of(result.name)))


def _new_lines(
    case: CaseResult,
    result: ClientResult,
    kept: Sequence[ExpectedFailure],
    reasons: Mapping[tuple[str | None, str], str],
) -> Iterable[str]:
    """A line for each failure of a case that no line speaks of."""
    if not case.judged:
        return
    item = item_of(result.name)
    known = {entry.code for entry in kept if entry.concerns(case.case_id, item)}
    if None in known:
        return
    for code in sorted(case.failing(result.required) - known):
        reason = reasons.get((code, case.case_id)) or reasons.get((None, case.case_id)) or UNEXPLAINED
        yield f"{_as_glob(f'{case.case_id}::{item}')}  {code}  # {reason}"


def _as_glob(name: str) -> str:
    """A name as a line of a list can have it: `?` stands for whatever means something there."""
    return re.sub(r"[\s#*\x00-\x1f]", "?", name)
