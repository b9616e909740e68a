"""
Cases derived in memory: the corpus's valid payloads, each with one thing changed, and what must then be found.

They meet what no hand should write: every member of every record, absent, null, of every wrong type, at its bounds
and beyond. They are never written as files and never counted among the cases that are.
"""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from usagecompat.checking import Incompatible, check, verdict_of
from usagecompat.codec import dumps, loads
from usagecompat.contract import REVISIONS, contract, resolve_revision
from usagecompat.corpus.mismatches import Mismatch
from usagecompat.corpus.validators import schema_file, schema_verdict
from usagecompat.findings import CODES, Path, Profile, Severity, Shape, Verdict, pointer
from usagecompat.jsontext import NO_VALUE, read
from usagecompat.strategies import VALID, Mutation, encode, records_in
from usagecompat.strategies.mutations import mutations

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable, Iterator

    from usagecompat.checking import Report
    from usagecompat.contract import RecordShape, Revision
    from usagecompat.corpus.case_files import Case
    from usagecompat.findings import ProfileName

SET: Final = "derived"
"""The name of the set of all cases that can be derived from a corpus."""

_BREAKING: Final = ("json/", "schema/", "wire/")


@frozen(kw_only=True, eq=False, slots=False)
class Derived:
    """One valid payload with one thing changed."""

    mutation: Mutation
    base: Case
    """The case whose payload is changed."""
    shape: Shape
    path: Path
    """Where in the payload the record stands that is changed."""
    tree: Any = field(repr=False)
    """The payload before the change; not to be changed itself."""

    @property
    def id(self) -> str:
        """The obligation that is met: revision, record, member and fault."""
        return self.mutation.obligation

    @property
    def __name__(self) -> str:
        """The id, which is what pytest calls a parameter after."""
        return self.id

    def __str__(self) -> str:
        return self.id

    @property
    def revision(self) -> Revision:
        """The revision whose words are put to the test."""
        return resolve_revision(self.mutation.revision)

    @property
    def code(self) -> str:
        """The finding that must be there, or nothing."""
        return self.mutation.code

    @property
    def pointer(self) -> str:
        """Where it must stand."""
        at = self.mutation.at
        return "" if at is None else pointer((*self.path, *at))

    @property
    def payload_path(self) -> pathlib.Path:
        """The payload that was changed."""
        return self.base.payload_path

    @cached_property
    def payload(self) -> bytes:
        """The changed payload."""
        tree = copy.deepcopy(self.tree)
        node = tree
        for part in self.path:
            node = node[part]
        self.mutation.change(node)
        text = encode(tree)
        return self.mutation.text(text) if self.mutation.text else text

    def verdict(self, profile: str = "served") -> Verdict:
        """What the payload must come to."""
        return verdict_of({CODES[self.code].severity(Profile(profile))} if self.code != VALID else set())


def derive(cases: Iterable[Case], revision: Revision | None = None) -> tuple[Derived, ...]:
    """
    The cases that can be derived from the valid ones among `cases`, in the order of the contract.

    Args:
        cases: Where payloads come from; the smallest that has a record serves for all changes to it.
        revision: The revision whose obligations are to be met; None for those of all revisions, where what has the
            same outcome at several is covered at the newest of them.

    Raises:
        NoSuchRevision: `revision` was never published.
    """
    sources = [case for case in sorted(cases, key=_size) if case.verdict is Verdict.VALID]
    trees: dict[str, Any] = {}
    derived: list[Derived] = []
    covered: set[tuple[str, ...]] = set()
    named: tuple[Revision, ...] = REVISIONS[::-1] if revision is None else (resolve_revision(revision),)
    for name in named:
        places = _places(sources, trees, name)
        for mutation in mutations(name):
            key = (mutation.record, mutation.member, mutation.fault, mutation.code)
            place = places.get((mutation.record, mutation.text is not None or mutation.at is None))
            if key not in covered and place:
                covered.add(key)
                case, shape, path, tree = place
                derived.append(Derived(mutation=mutation, base=case, shape=shape, path=path, tree=tree))
    return tuple(derived)


def _size(case: Case) -> tuple[bool, int, str]:
    """What shows nothing at all comes first, then what is small."""
    return bool(case.findings), len(case.payload), case.id


def _tree(case: Case) -> Any:  # noqa: ANN401 - any JSON
    value = read(case.payload).value
    return None if value is NO_VALUE else value


def _places(
    sources: list[Case], trees: dict[str, Any], revision: Revision
) -> dict[tuple[str, bool], tuple[Case, Shape, Path, Any]]:
    """For each record the first payload that has it and is valid at the revision, and the first that it is as a whole."""
    said = contract(revision)
    wanted = {(name, whole) for name in said.records for whole in (True, False)} - {(said.amount.name, True)}
    found: dict[tuple[str, bool], tuple[Case, Shape, Path, Any]] = {}
    for case in sources:
        if found.keys() >= wanted:
            break
        tree = trees[case.id] if case.id in trees else trees.setdefault(case.id, _tree(case))
        places = [(path, shape) for path, node, shape in records_in(tree, said) if not _has_two_names(node, shape)]
        new = {(shape.name, path == ()): path for path, shape in reversed(places)}
        new |= {(name, False): path for (name, _), path in new.items()}
        if new.keys() <= found.keys() or case.shape is None or not _is_valid(case, revision):
            continue
        for key, path in new.items():
            found.setdefault(key, (case, case.shape, path, tree))
    return found


def _has_two_names(node: dict[str, Any], shape: RecordShape) -> bool:
    """Whether a member stands under the name of another revision, too, which then means what it does not in general."""
    return bool(node.keys() & (shape.former.keys() | shape.newer.keys()) - set(shape.required))


def _is_valid(case: Case, revision: Revision) -> bool:
    """Whether a payload has nothing above a note, so that whatever is found later was caused by a change to it."""
    verdict = case.expected(revision)
    return (
        check(case.payload, revision=revision, shape=case.shape).verdict is Verdict.VALID
        if verdict is None
        else (verdict is Verdict.VALID)
    )


# -- the judge


def judge(case: Derived, profile: ProfileName = "served") -> Iterator[Mismatch]:
    """Where a derived case is not what its change must cause: by the check, by the schema, and by the way round."""
    report = check(case.payload, revision=case.revision, shape=case.shape, profile=profile)
    wrong = list(_by_check(case, report))
    yield from wrong
    if not case.code.startswith("json/"):
        yield from _by_schema(case, Profile(profile))
    if not wrong:
        yield from _by_round_trip(case, profile)


def _by_check(case: Derived, report: Report) -> Iterator[Mismatch]:
    wanted = (case.code, case.pointer)
    seen = [(finding.code, finding.pointer) for finding in report.findings]
    severity = CODES[case.code].severity(report.profile) if case.code != VALID else Severity.NOTE
    if case.code != VALID and wanted not in seen:
        yield _mismatch(case, f"{case.code} at {case.pointer or 'the root'}", _told(report))
    others = [
        finding for finding in report.findings if finding.severity is not Severity.NOTE and finding.code != case.code
    ]
    same = [finding for finding in report.findings if finding.code == case.code]
    if others or (severity is not Severity.NOTE and len(same) > 1):
        yield _mismatch(case, "nothing else above a note", _told(report))
    elif report.verdict is not case.verdict(report.profile):
        yield _mismatch(case, f"the verdict {case.verdict(report.profile)}", f"{report.verdict}: {_told(report)}")


def _by_schema(case: Derived, profile: Profile) -> Iterator[Mismatch]:
    refused = case.code.startswith(("schema/", "wire/")) and CODES[case.code].severity(profile) is Severity.ERROR
    accepted = schema_verdict(case.payload, case.revision, profile, case.shape)
    if accepted is refused:
        said = ("accepts", "refuses")
        name = schema_file(case.revision, profile)
        yield _mismatch(case, f"{name} {said[refused]} it", f"{name} {said[not accepted]} it")


def _by_round_trip(case: Derived, profile: ProfileName) -> Iterator[Mismatch]:
    broken = case.code.startswith(_BREAKING) and CODES[case.code].severity(Profile(profile)) is Severity.ERROR
    try:
        returned = dumps(loads(case.payload, revision=case.revision, shape=case.shape, profile=profile))
    except Incompatible as refusal:
        if not broken:
            yield _mismatch(case, "a record", _told(refusal.report))
        return
    if broken:
        yield _mismatch(case, "no record", "a record")
    elif returned != case.payload and case.mutation.text is None:
        yield _mismatch(case, "the same text back", returned.decode("utf-8", "replace"))


def _mismatch(case: Derived, expected: str, seen: str) -> Mismatch:
    fix = "Either the kit is wrong about this member, or `mutations.py` about what the contract has for it."
    why = CODES[case.code].title if case.code != VALID else ""
    return Mismatch(code=case.code, pointer=case.pointer, expected=expected, seen=seen, why=why, fix=fix)


def _told(report: Report) -> str:
    told = [f"{finding.code} at {finding.pointer or 'the root'}" for finding in report.findings]
    return ", ".join(told) or "nothing"
