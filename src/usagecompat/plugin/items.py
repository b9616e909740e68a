"""
What pytest collects under `--compat`: a file for each case or plain payload, and in it an item for each judge.

Node ids are an interface: `fixtures/costs/amount-as-string.case.json::schema`.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
from attrs import evolve, frozen

from usagecompat.checking import check
from usagecompat.contract import LATEST
from usagecompat.corpus import (
    PAYLOAD_JUDGES,
    Case,
    Derived,
    Lines,
    Mismatch,
    NotJudged,
    Payload,
    PayloadJudge,
    Terms,
    digest_of,
    has_document,
    in_plain_tree,
    read_case,
)
from usagecompat.corpus import SET as DERIVED
from usagecompat.corpus import judge as judge_derived
from usagecompat.exceptions import CorruptCase, MissingExtra, NoPayloads, UnreadableInput, UsageCompatError
from usagecompat.findings import Profile, Severity
from usagecompat.inputs import displayed
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagecompat.plugin.sources import Settings, Source

Judge: TypeAlias = "Callable[[Any, Terms], Iterable[Mismatch]]"
"""Says where one payload is not as expected; raises `NotJudged` if it has nothing to say."""

Subject: TypeAlias = Case | Payload | Lines | Derived

_UNREADABLE: Final = (UnreadableInput, MissingExtra, NoPayloads)
_MOST: Final = 10
"""How many mismatches a failing item shows."""
_LONGEST: Final = 1_000
_FIRST: Final = "json"
"""The item that says of a payload without a case that it cannot be read; the others are skipped for it."""
UNREADABLE: Final = "unreadable"
"""What a file comes to, in place of a verdict, that cannot be read."""


@frozen(eq=False)
class CompatMismatch(Exception):
    """A payload, or what came of it, is not as expected."""

    mismatches: tuple[Mismatch, ...]


class CompatFile(pytest.File):
    """One case, or one payload of a plain tree, or what is derived from one case."""

    kit: Settings
    source: Source

    def collect(self) -> Iterator[CompatItem]:
        """An item for each judge that has something to say, or for each case derived from this one."""
        if self.kit.set_name == DERIVED:
            for derived in self.kit.derived(self.source).get(self.path, ()):
                yield self._item(derived.id, derived, _judge_derived)
            return
        if not self.source.is_corpus:
            subject = self._plain
            for name, look in PAYLOAD_JUDGES.items():
                yield self._item(name, subject, partial(_judge_lines, look) if isinstance(subject, Lines) else look)
            return
        try:
            case = read_case(self.path)
        except CorruptCase as error:
            raise self.CollectError(str(error)) from None
        known = {line.partition(":")[0] for line in self.config.getini("markers")}
        for flag in case.flags:
            if flag in self.kit.marks_of_others:  # which would do something with the case
                self.extra_keyword_matches.add(flag)
                continue
            if flag not in known:
                self.config.addinivalue_line("markers", f"{flag}: a flag that the corpus does not explain")
            self.add_marker(flag)
        for name, judge in self.kit.case_judges.items():
            if name != "schema" or has_document(case):
                yield self._item(name, case, judge)

    @cached_property
    def _plain(self) -> Payload | Lines:
        """What the file is in a plain tree, whose bytes are read once."""
        return in_plain_tree(self.source.path, self.path)

    @cached_property
    def verdicts(self) -> dict[str, int]:
        """What the payloads of a plain tree's file come to, and how many of them."""
        subject, terms = self._plain, self.kit.terms
        counts: Counter[str] = Counter()
        try:
            for payload in subject.payloads() if isinstance(subject, Lines) else (subject,):
                report = check(payload.payload, revision=terms.revision, profile=terms.profile, ignore=terms.ignore)
                counts[str(report.verdict)] += 1
        except _UNREADABLE:
            counts[UNREADABLE] += 1
        return dict(counts)

    def _item(self, name: str, subject: Subject, judge: Judge) -> CompatItem:
        item: CompatItem = CompatItem.from_parent(self, name=name, subject=subject, judge=judge, file=self)  # pyright: ignore[reportUnknownMemberType]
        return item


class CompatDirectory(pytest.Directory):
    """
    A directory of a source, or on the way to one: never a Python package.

    Links to nothing are looked at, and in a source links to directories are not followed, as `usagecompat check` does.
    """

    kit: Settings

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Everything in the directory, by name."""
        with os.scandir(self.path) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
        for entry in entries:
            path, is_directory = Path(entry.path), entry.is_dir()
            if is_directory and entry.is_symlink() and self.kit.holds(self.path):
                continue
            if not self.session.isinitpath(path, with_parents=is_directory) and self.ihook.pytest_ignore_collect(
                collection_path=path, config=self.config
            ):
                continue
            if is_directory:
                directory: pytest.Collector | None = self.ihook.pytest_collect_directory(path=path, parent=self)
                if directory is not None:
                    yield directory
            elif entry.is_file() or self.kit.names(path):
                yield from self.ihook.pytest_collect_file(file_path=path, parent=self)


class CompatItem(pytest.Item):
    """One judge's look at one payload."""

    def __init__(self, *, subject: Subject, judge: Judge, file: CompatFile, **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        """Keep who judges what; the rest is what pytest gives every item."""
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType] - pytest leaves the types open
        self.subject = subject
        self.source = file.source
        self._judge = judge
        self._kit = file.kit
        self._file = file

    @property
    def verdicts(self) -> dict[str, int]:
        """What the payload is expected to come to, or, where nobody said so, what it, or each of its lines, comes to."""
        terms = self._kit.terms
        if isinstance(self.subject, Derived):
            return {str(self.subject.verdict(terms.profile)): 1}
        if isinstance(self.subject, Case):
            return {str(self.subject.expected(terms.revision or self.subject.revision, terms.profile)): 1}
        return self._file.verdicts

    def runtest(self) -> None:
        """
        Pass if the judge sees nothing but what is expected; what nobody has judged is skipped, which is not passed.

        Raises:
            CompatMismatch: There is something else.
        """
        terms, subject = self._kit.terms, self.subject
        if isinstance(subject, Case):
            at = terms.revision or subject.revision
            if subject.expected(at, terms.profile) is None:
                pytest.skip(f"the case has no verdict at {at} in the profile {terms.profile}")
        try:
            mismatches = tuple(self._judge(subject, terms))
        except NotJudged as reason:
            pytest.skip(str(reason))
        except _UNREADABLE as reason:
            if self.name != _FIRST:
                pytest.skip(f"the file cannot be read, which the item `{_FIRST}` says")
            why = "all lines are blank" if isinstance(reason, NoPayloads) else getattr(reason, "reason", str(reason))
            mismatches = (Mismatch(code="", expected="a file that can be read", seen=f"no payload: {why}"),)
        if mismatches:
            for mismatch in mismatches[:_MOST]:
                self.user_properties += [("code", mismatch.code), ("pointer", mismatch.pointer)]
            raise CompatMismatch(mismatches)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The payload, for whoever lists failures by file."""
        return self.subject.payload_path, 0, printable(f"{displayed(self.subject.id)}::{self.name}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's
        """What was expected, what is there, why that matters and what to do, in place of a traceback."""
        if isinstance(excinfo.value, CompatMismatch):
            return "\n".join(map(printable, self._told(excinfo.value.mismatches)))
        if isinstance(excinfo.value, UsageCompatError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def _told(self, mismatches: tuple[Mismatch, ...]) -> Iterator[str]:
        subject = self.subject
        first = mismatches[0]
        yield f"{_named(first)}: {first.seen}"  # the one line that pytest repeats in its summary
        if isinstance(subject, Case):
            yield f"  the case: {subject.description}"
            yield f"  evidence: {subject.evidence}"
        if isinstance(subject, Derived):
            yield f"  derived in memory from {subject.base.id}, to show {subject.id}:"
            yield f"    {subject.payload[:_LONGEST].decode('utf-8', 'backslashreplace')}"
        for mismatch in mismatches[:_MOST]:
            yield f"  {_named(mismatch)}" + (
                f", line {mismatch.line}, column {mismatch.column}" if mismatch.line else ""
            )
            yield f"    expected: {mismatch.expected}"
            yield f"    found:    {mismatch.seen}"
            if mismatch.why:
                yield f"    why:      {mismatch.why}"
            if mismatch.fix:
                yield f"    to fix:   {mismatch.fix}"
        if len(mismatches) > _MOST:
            yield f"  and {len(mismatches) - _MOST:,} more"
        if isinstance(subject, Case):
            entry = self._kit.entries(subject.root).get(subject.id)
            if entry and entry.sha256 != digest_of(subject):
                yield f"  {subject.payload_path.name} has other bytes than when the manifest was written."
        yield "  to reproduce:"
        yield from (f"    {command}" for command in self._commands())

    def _commands(self) -> Iterator[str]:
        terms, payload = self._kit.terms, printable_path(self.subject.payload_path)
        if isinstance(self.subject, Derived):
            yield shlex.join(["pytest", f"--compat={printable_path(self.path)}::{self.name}", "--compat-set", DERIVED])
            return
        own = self.subject.revision if isinstance(self.subject, Case) else LATEST
        check = ["usagecompat", "check", payload, "--revision", terms.revision or own]
        again = ["pytest", f"--compat={printable_path(self.path)}::{self.name}"]
        if terms.revision:
            again += ["--compat-revision", terms.revision]
        if terms.profile is not Profile.SERVED:
            check += ["--profile", terms.profile]
            again += ["--compat-profile", terms.profile]
        if not isinstance(self.subject, Case):
            for code in sorted(terms.ignore):
                check += ["--ignore", code]
                again += ["--compat-ignore", code]
            if terms.fail_on is not Severity.ERROR:
                check += ["--fail-on", terms.fail_on]
                again += ["--compat-fail-on", terms.fail_on]
        if self.name.startswith("client["):
            for client in self.config.option.compat_client or ():
                again += ["--compat-client", client]
            for baseline in self.config.option.compat_baseline or ():
                again.append(f"--compat-baseline={baseline}")
            if self.config.option.compat_setup:
                again += ["--compat-setup", self.config.option.compat_setup]
        else:
            yield shlex.join(check)
        yield shlex.join(again)


def _judge_lines(judge: PayloadJudge, lines: Lines, terms: Terms) -> Iterator[Mismatch]:
    """
    What the judge of a payload says of each line, at its place in the file.

    Raises:
        NotJudged: The judge has nothing to say about any line.
    """
    judged, reason = False, NotJudged("there is no line to judge")
    for payload in lines.payloads():
        try:
            for mismatch in judge(payload, terms):
                line = (payload.line or 1) + (mismatch.line or 1) - 1
                yield evolve(mismatch, line=line, column=mismatch.column or 1)
        except NotJudged as said:
            reason = said
        else:
            judged = True
    if not judged:
        raise reason


def _judge_derived(case: Derived, terms: Terms) -> Iterator[Mismatch]:
    return judge_derived(case, terms.profile)


def _named(mismatch: Mismatch) -> str:
    return f"{mismatch.code} at {mismatch.pointer or 'the root'}" if mismatch.code else "the payload as a whole"


def printable_path(path: Path) -> str:
    """A path as it is best typed: from here, if it is below."""
    here = Path(os.path.abspath(os.curdir))  # noqa: PTH100 - symbolic links stay
    return str(path.relative_to(here)) if here in path.parents else str(path)
