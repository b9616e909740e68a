"""
How cases come into a corpus and are kept true: a case is written whole, or not at all.

What a person knows (why the payload is there, where it comes from, which verdict it must have) is never computed;
what a check sees in it is, and is refused where it is not what the person said.
"""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from usagecompat.checking import check
from usagecompat.contract import REVISIONS
from usagecompat.corpus.case_files import read_case, read_cases, read_notes, release
from usagecompat.corpus.data import version
from usagecompat.corpus.lint import MEMBERS, lint
from usagecompat.corpus.manifest import NAME as MANIFEST
from usagecompat.corpus.manifest import manifest_of, read_manifest, write_manifest
from usagecompat.corpus.tiers import demand_of, tier_of
from usagecompat.exceptions import CorruptCase, WouldOverwrite
from usagecompat.findings import Verdict
from usagecompat.inputs import SIDECAR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from usagecompat.checking import Report
    from usagecompat.contract import Revision
    from usagecompat.corpus.case_files import Case

_NOTES: Final = "notes.json"
_ID: Final = re.compile(r"{0}/{0}".format(r"[a-z0-9]+(-[a-z0-9]+)*"))


@frozen(kw_only=True)
class NewCase:
    """A case that is not in any corpus yet."""

    id: str
    payload: bytes
    description: str
    evidence: str
    flags: tuple[str, ...]
    revision: Revision
    fix: tuple[str, str] | tuple[bytes, bytes] | None
    """What to replace in the payload, and with what, so that it is valid."""
    every_revision: bool
    """Whether what the check says at the other revisions is expected, too."""

    def report(self) -> Report:
        """What the check says."""
        return check(self.payload, revision=self.revision)

    def text(self) -> str:
        """The text of its `*.case.json`."""
        said: dict[str, Any] = {
            "id": self.id,
            "description": self.description,
            "evidence": self.evidence,
            "revision": self.revision,
            "flags": sorted(set(self.flags)),
            "since": ".".join(map(str, release(version()))),
            **(seen := _seen(self.payload, self.revision)),
            **_derived(self.payload, seen, self.flags),
        }
        if self.every_revision:
            others: list[Revision] = [revision for revision in REVISIONS if revision != self.revision]
            said["revisions"] = _ranges(self.payload, others, self.revision)
        match self.fix:
            case (str(old), str(new)):
                said["fix"] = {"replace": old, "with": new}
            case (bytes(old), bytes(new)):
                said["fix"] = {"replace_hex": old.hex(), "with_hex": new.hex()}
            case _:
                pass
        return sidecar_text(said)


def sidecar_text(said: Mapping[str, Any]) -> str:
    """The text of a `*.case.json`, as the linter wants it."""
    ordered = {name: said[name] for name in MEMBERS if name in said}
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def _seen(payload: bytes, revision: Revision) -> dict[str, Any]:
    """What a check sees in a payload, in the words of a case."""
    report = check(payload, revision=revision)
    published = check(payload, revision=revision, profile="published").verdict
    findings: list[dict[str, Any]] = []
    for finding in report.findings:
        findings.append({"code": finding.code, "severity": str(finding.severity), "pointer": finding.pointer})
        if finding.count > 1:
            findings[-1]["count"] = finding.count
    seen = {"shape": report.shape and str(report.shape), "verdict": str(report.verdict), "findings": findings}
    return seen if published is report.verdict else {**seen, "published": str(published)}


def _derived(payload: bytes, seen: Mapping[str, Any], flags: Collection[str]) -> dict[str, str]:
    """The tier that the rule gives a payload in which this is seen, and what a client must do with it."""
    verdict, codes = Verdict(seen["verdict"]), [found["code"] for found in seen["findings"]]
    tier = tier_of(payload, verdict, flags, codes)
    return {"tier": str(tier), "demand": str(demand_of(verdict, codes, tier))}


def _ranges(payload: bytes, revisions: Collection[Revision], own: str) -> list[dict[str, str]]:
    """What a check says at each of some revisions; neighbours with one verdict are one range."""
    verdicts = {revision: str(check(payload, revision=revision).verdict) for revision in revisions}
    ranges: list[dict[str, str]] = []
    for verdict, neighbours in groupby(REVISIONS, key=lambda revision: (verdicts.get(revision), revision > own)):
        first, *others = neighbours
        if verdict[0] is not None:
            ranges.append({"from": first, "to": others[-1] if others else first, "verdict": verdict[0]})
    return ranges


# -- new cases


def problems_of(case: NewCase, root: Path) -> list[str]:
    """
    Everything that keeps a case out of a corpus; nothing of the corpus is changed to find out.

    Raises:
        CorruptCase: The corpus itself cannot be read.
    """
    if not _ID.fullmatch(case.id):
        return [f"the id {case.id!r} is not a topic, a slash and a name, both lower-case words joined by hyphens"]
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder)
        payload, sidecar = _files_of(case, trial)
        payload.parent.mkdir()
        payload.write_bytes(case.payload)
        sidecar.write_text(case.text(), "utf-8", newline="\n")
        notes = {flag: dict(note) for flag, note in read_notes(root).items() if flag in case.flags}
        (trial / _NOTES).write_text(json.dumps(notes), "utf-8")
        with suppress(CorruptCase):  # the linter says what is wrong with it
            write_manifest(trial)
        problems = [problem.message for problem in lint(trial)]
    problems += [f"{path} is there already" for path in _files_of(case, root) if path.exists()]
    manifest = root / MANIFEST
    if manifest.is_file() and manifest.read_text("utf-8") != manifest_of(read_cases(root), read_manifest(root)):
        problems.append(f"{manifest} does not match the cases; see first: usagecompat fixtures lint {root}")
    return problems


def add(case: NewCase, root: Path) -> tuple[Path, ...]:
    """
    Write a case that has no problems into a corpus: payload, what it must show, and the manifest; or none of them.

    Raises:
        OSError: Something cannot be written; nothing was.
        WouldOverwrite: A file of the case is there already.
    """
    payload, sidecar = _files_of(case, root)
    for path in (payload, sidecar):
        if path.exists():
            raise WouldOverwrite(str(path))
    text = case.text()
    with tempfile.TemporaryDirectory() as folder:  # the manifest is made from the case, which is not there yet
        trial, described = _files_of(case, Path(folder))
        trial.parent.mkdir()
        trial.write_bytes(case.payload)
        described.write_text(text, "utf-8", newline="\n")
        manifest = manifest_of([*read_cases(root), read_case(described)], read_manifest(root))
    files = {payload: case.payload, sidecar: text.encode(), root / MANIFEST: manifest.encode()}
    _put(files)
    return tuple(files)


def _files_of(case: NewCase, root: Path) -> tuple[Path, Path]:
    topic, _, name = case.id.partition("/")
    return root / topic / f"{name}.json", root / topic / f"{name}{SIDECAR}"


def _put(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: each under another name first, then all under their own, and back if that fails."""
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    made = [folder for folder in {path.parent for path in files} if not folder.is_dir()]
    waiting = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting[path].write_bytes(data)
        for path in files:
            waiting[path].replace(path)
    except BaseException:
        for path, old in before.items():
            with suppress(OSError):
                waiting[path].unlink(missing_ok=True)
                if old is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(old)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


# -- expectations that are no longer true


@frozen
class Change:
    """One case that says something else than a check does now."""

    case: Case
    before: str
    after: str

    @property
    def members(self) -> tuple[str, ...]:
        """What of it changes; empty if only the way it is written does."""
        old, new = json.loads(self.before), json.loads(self.after)
        return tuple(name for name in MEMBERS if old.get(name, ...) != new.get(name, ...))


def changes(root: Path, ids: Sequence[str] = ()) -> tuple[Change, ...]:
    """
    The cases of a corpus whose expectations are not what a check sees now, with both texts.

    Only what a check can see is looked at; a revision that nobody has judged stays so.

    Args:
        root: The corpus.
        ids: Only these cases; all if empty.

    Raises:
        CorruptCase: A case cannot be read.
        UnreadableInput: There is no such directory.
    """
    found = (_change(case) for case in read_cases(root) if not ids or case.id in ids)
    return tuple(change for change in found if change.before != change.after)


def _change(case: Case) -> Change:
    before = case.path.read_text("utf-8")
    said: dict[str, Any] = json.loads(before)
    seen = _seen(case.payload, case.revision)
    after = {name: value for name, value in said.items() if name != "published"} | seen
    after |= _derived(case.payload, seen, case.flags)
    judged: list[Revision] = [
        revision for revision in REVISIONS if any(held.covers(revision) for held in case.revisions)
    ]
    if any(check(case.payload, revision=each).verdict is not case.expected(each) for each in judged):
        after["revisions"] = _ranges(case.payload, judged, case.revision)
    return Change(case, before, sidecar_text(after))


def apply(found: Iterable[Change], root: Path) -> None:
    """
    Write what the cases must say now, and the manifest; all of it or nothing.

    Raises:
        OSError: Something cannot be written; nothing was.
    """
    _put({change.case.path: change.after.encode() for change in found})
    write_manifest(root)
