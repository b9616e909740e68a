"""
The linter of a corpus: everything that makes its cases worth trusting, looked at again.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from usagecompat.checking import check, verdict_of
from usagecompat.corpus.case_checks import CASE_JUDGES, has_document
from usagecompat.corpus.case_files import payload_of, read_case, read_notes, release, sidecar_of
from usagecompat.corpus.data import folder, version
from usagecompat.corpus.manifest import NAME as MANIFEST
from usagecompat.corpus.manifest import digest_of, manifest_of, read_manifest
from usagecompat.corpus.mismatches import Terms
from usagecompat.corpus.sequence_faults import faults_of_sequences
from usagecompat.corpus.tiers import demand_of
from usagecompat.exceptions import CorruptCase, UnreadableInput
from usagecompat.findings import CODES, Profile, Severity, Verdict
from usagecompat.inputs import LISTS_OF_A_CORPUS, NO_TOPICS, SIDECAR, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from usagecompat.corpus.case_files import Case

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SENTENCE: Final = re.compile(r"(?P<first>\S+)(?: \S+)*\.")
_NEXT_SENTENCE: Final = re.compile(r"[.!?] [A-Z]")
SEVERAL: Final = "several-places"
"""The flag of a case that no single edit fixes."""
MEMBERS: Final = (
    "id", "description", "evidence", "shape", "revision", "verdict", "published", "tier", "demand", "findings",
    "revisions", "flags", "judges", "fix", "since",
)  # fmt: skip
"""The order in which a case says things."""


@frozen
class Problem:
    """One thing to fix in a corpus."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def lint(root: Path) -> list[Problem]:
    """
    All problems of a corpus, sorted by file; none if every case is well told, whole, and true.

    Raises:
        UnreadableInput: There is no such directory.
    """
    if not root.is_dir():
        raise UnreadableInput(str(root), "a corpus is a directory, and there is none")
    problems = [*_stray_files(root)]
    cases: list[Case] = []
    for path in sorted(root.rglob(f"*{SIDECAR}")):
        faults = list(_sidecar(path))
        problems += faults
        try:
            case = read_case(path)
            case.payload  # noqa: B018 - it may be missing
        except CorruptCase as error:
            if not faults:
                problems.append(Problem(path, error.reason))
        else:
            cases.append(case)
    problems += _ids(root, cases)
    problems += _notes(root, cases)
    problems += _manifest(root, cases)
    problems += [Problem(path, message) for path, message in faults_of_sequences(root)]
    problems += [Problem(case.path, message) for case in cases for look in _LOOKS for message in look(case)]
    return sorted(problems, key=lambda problem: problem.path)


# -- files


def _stray_files(root: Path) -> Iterator[Problem]:
    """Payloads without a sidecar, and files that are neither."""
    for path in sorted(root.iterdir()):
        if path.is_file() and path.name.endswith(".json") and path.name not in LISTS_OF_A_CORPUS:
            yield Problem(path, "stands outside of any topic")
        if not path.is_dir() or path.name in NO_TOPICS:
            continue
        if not _SLUG.fullmatch(path.name):
            yield Problem(path, "a topic has lower-case words joined by hyphens for a name")
        for inner in sorted(path.rglob("*")):
            if not inner.name.endswith(".json"):
                yield Problem(inner, "is neither a payload nor what one must show")
            elif not inner.name.endswith(SIDECAR) and not sidecar_of(inner).is_file():
                yield Problem(inner, f"it has no case file with its expectation: {sidecar_of(inner).name} is missing")


def _sidecar(path: Path) -> Iterator[Problem]:
    """What is wrong with the text of a `*.case.json`."""
    if not payload_of(path).is_file():
        yield Problem(path, f"its payload {payload_of(path).name} is missing")
    try:
        text = content_of(path).decode()
        said: dict[str, object] = json.loads(text)
    except UnreadableInput as error:
        yield Problem(path, f"cannot be read: {error.reason}")
        return
    except (ValueError, RecursionError) as error:
        yield Problem(path, f"is no JSON: {error}")
        return
    faults = sorted(_schema_of_cases().iter_errors(said), key=lambda fault: str(fault.json_path))
    for fault in faults:
        yield Problem(path, f"{fault.json_path}: {fault.message}")
    if not faults:
        ordered = {name: said[name] for name in MEMBERS if name in said}
        if text != json.dumps(ordered, indent=2, ensure_ascii=False) + "\n":
            order = ", ".join(MEMBERS)
            yield Problem(path, f"is written otherwise than with two spaces of indent, and in the order {order}")


@cache
def _schema_of_cases() -> Any:  # noqa: ANN401 - jsonschema makes the class at run time
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - it takes long to import

    return Draft202012Validator(json.loads((folder("schemas") / "case.json").read_text("utf-8")))


# -- the corpus as a whole


def _ids(root: Path, cases: list[Case]) -> Iterator[Problem]:
    first: dict[str, Case] = {}
    for case in cases:
        place = case.path.relative_to(root).as_posix().removesuffix(SIDECAR)
        if case.id != place:
            yield Problem(case.path, f"the id is {case.id!r} and must be its path, {place!r}")
        if case.id in first:
            yield Problem(case.path, f"the id {case.id!r} is taken by {first[case.id].path.relative_to(root)}")
        first.setdefault(case.id, case)


def _notes(root: Path, cases: list[Case]) -> Iterator[Problem]:
    path = root / "notes.json"
    try:
        notes = read_notes(root)
    except CorruptCase as error:
        yield Problem(path, error.reason)
        return
    for case in cases:
        for flag in case.flags:
            if flag not in notes:
                yield Problem(case.path, f"the flag {flag!r} is not explained in notes.json")
    for flag in sorted(notes.keys() - {flag for case in cases for flag in case.flags}):
        yield Problem(path, f"no case has the flag {flag!r}")
    if list(notes) != sorted(notes):
        yield Problem(path, "the flags are not in alphabetical order")


def _manifest(root: Path, cases: list[Case]) -> Iterator[Problem]:
    path = root / MANIFEST
    try:
        entries = read_manifest(root)
    except CorruptCase as error:
        yield Problem(path, error.reason)
        return
    by_id = {case.id: case for case in cases}
    problems = [Problem(path, f"lists {name!r}, which is no case") for name in sorted(entries.keys() - set(by_id))]
    for name, case in by_id.items():
        if name not in entries:
            problems.append(
                Problem(case.path, "the manifest does not list it; `usagecompat fixtures manifest DIR --write` does")
            )
        elif entries[name].sha256 != digest_of(case):
            problems.append(Problem(case.payload_path, "has other bytes than the manifest has"))
    yield from problems
    if not problems and (path.read_text("utf-8") if path.is_file() else "") != manifest_of(cases, entries):
        yield Problem(path, "does not match the cases; fix it with `usagecompat fixtures manifest DIR --write`")


# -- one case


def _words(case: Case) -> Iterator[str]:
    for name, text in (("description", case.description), ("evidence", case.evidence)):
        sentence = _SENTENCE.fullmatch(text)
        if sentence is None:
            yield f"the {name} is no sentence that ends with a full stop, with single spaces"
        elif sentence["first"].isalpha() and sentence["first"][0].islower():
            yield f"the {name} does not begin with a capital letter or a name"
    if _NEXT_SENTENCE.search(case.description):
        yield "the description is more than one sentence"
    if list(case.flags) != sorted(case.flags):
        yield "the flags are not in alphabetical order"


def _since(case: Case) -> Iterator[str]:
    if release(case.since) > release(version()):
        yield f"its `since` is {case.since}, and this is {version()}"


def _tier(case: Case) -> Iterator[str]:
    """Whether the case says its tier, and the one that the rule gives it."""
    rule = case.tier_by_rule
    if case.said_tier is not rule:
        said = "has no `tier`" if case.said_tier is None else f"has the tier {case.said_tier}"
        yield f"it {said}, and the rule of fixtures/README.md gives it {rule}; `usagecompat fixtures update DIR {case.id} --write` fills it in"


def _demand(case: Case) -> Iterator[str]:
    """Whether the case says what a client must do with it, and how grave each finding is."""
    demand = demand_of(case.verdict, [one.code for one in case.findings], case.tier_by_rule)
    if case.said_demand is not demand or any(one.said_severity is not one.severity for one in case.findings):
        yield f"`demand` must be {demand}, and each finding needs its severity; `usagecompat fixtures update DIR {case.id} --write` fills both in"


def _expectation(case: Case) -> Iterator[str]:
    """Whether a case agrees with itself."""
    for profile, name, said in (
        (Profile.SERVED, "verdict", case.verdict),
        (Profile.PUBLISHED, "published verdict", case.published),
    ):
        told = verdict_of({CODES[one.code].severity(profile) for one in case.findings})
        if told is not said:
            yield f"its findings give the verdict {told}, and the {name} is {said}"
    last = ""
    for held in case.revisions:
        if held.first > held.last:
            yield f"the range {held.first} to {held.last} ends before it begins"
        if held.first <= last:
            yield f"the range that begins at {held.first} overlaps or precedes the one before it"
        if held.covers(case.revision):
            yield f"the range {held.first} to {held.last} covers {case.revision}, which `verdict` is for"
        last = held.last
    for one in case.findings:
        if one.count > 1 and CODES[one.code].served is Severity.ERROR:
            yield f"errors are reported one by one, and {one.code} has a count"


def _fix(case: Case) -> Iterator[str]:
    """Whether the recorded edit makes the payload valid, which shows that it has one fault."""
    if case.fix is None:
        if case.verdict is not Verdict.VALID and SEVERAL not in case.flags:
            yield f"no fix proves that it has one fault; the same fault in several places has the flag {SEVERAL!r}"
        return
    if case.verdict is Verdict.VALID:
        yield "a valid payload needs no fix"
        return
    fixed = case.fix.applied_to(case.payload)
    if fixed is None:
        yield f"the text that the fix replaces occurs {case.payload.count(case.fix.old)} times, not once"
        return
    report = check(fixed, revision=case.revision)
    if report.verdict is not Verdict.VALID:
        rest = ", ".join(f"{one.code} at {one.pointer or 'the root'}" for one in report.findings)
        yield f"with its fix the payload is {report.verdict} and not valid: {rest}"


def _judgement(case: Case) -> Iterator[str]:
    """Whether all judges come to what the case says."""
    for name, judge in CASE_JUDGES.items():
        if name == "schema" and not has_document(case):
            continue
        for wrong in judge(case, Terms()):
            place = f" at {wrong.pointer or 'the root'}" if wrong.code else ""
            yield f"{name}: {wrong.code}{place}: expected {wrong.expected}; seen {wrong.seen}"


_LOOKS: Final[tuple[Callable[[Case], Iterator[str]], ...]] = (
    _words,
    _since,
    _tier,
    _demand,
    _expectation,
    _fix,
    _judgement,
)
