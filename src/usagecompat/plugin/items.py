"""
What pytest collects under `--compat`: a file for each case or plain payload, and in it an item for each judge.

Node ids are an interface: `fixtures/costs/amount-as-string.case.json::schema`.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
from attrs import frozen

from usagecompat.checking import check
from usagecompat.contract import LATEST
from usagecompat.corpus import (
    PAYLOAD_JUDGES,
    Case,
    Derived,
    Mismatch,
    NotJudged,
    Payload,
    Terms,
    digest_of,
    has_document,
    read_case,
)
from usagecompat.corpus import SET as DERIVED
from usagecompat.corpus import judge as judge_derived
from usagecompat.exceptions import CorruptCase, UsageCompatError
from usagecompat.findings import Profile
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagecompat.plugin.sources import Settings, Source

Judge: TypeAlias = "Callable[[Any, Terms], Iterable[Mismatch]]"
"""Says where one payload is not as expected; raises `NotJudged` if it has nothing to say."""

Subject: TypeAlias = Case | Payload | Derived

_MOST: Final = 10
"""How many mismatches a failing item shows."""
_LONGEST: Final = 1_000


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
            below = self.path.relative_to(self.source.path if self.source.path.is_dir() else self.path.parent)
            payload = Payload(id=below.with_suffix("").as_posix(), payload_path=self.path)
            yield from (self._item(name, payload, judge) for name, judge in PAYLOAD_JUDGES.items())
            return
        try:
            case = read_case(self.path)
        except CorruptCase as error:
            raise self.CollectError(str(error)) from None
        known = {line.partition(":")[0] for line in self.config.getini("markers")}
        for flag in case.flags:
            if flag not in known:
                self.config.addinivalue_line("markers", f"{flag}: a flag that the corpus does not explain")
            self.add_marker(flag)
        for name, judge in self.kit.case_judges.items():
            if name != "schema" or has_document(case):
                yield self._item(name, case, judge)

    def _item(self, name: str, subject: Subject, judge: Judge) -> CompatItem:
        item: CompatItem = CompatItem.from_parent(self, name=name, subject=subject, judge=judge, file=self)  # pyright: ignore[reportUnknownMemberType]
        return item


class CompatItem(pytest.Item):
    """One judge's look at one payload."""

    def __init__(self, *, subject: Subject, judge: Judge, file: CompatFile, **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        """Keep who judges what; the rest is what pytest gives every item."""
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType] - pytest leaves the types open
        self.subject = subject
        self.source = file.source
        self._judge = judge
        self._kit = file.kit

    @property
    def verdict(self) -> str:
        """What the payload is expected to come to, or, where nobody said so, what it comes to."""
        terms = self._kit.terms
        if isinstance(self.subject, Derived):
            return str(self.subject.verdict(terms.profile))
        if isinstance(self.subject, Payload):
            return str(check(self.subject.payload, revision=terms.revision, profile=terms.profile).verdict)
        return str(self.subject.expected(terms.revision or self.subject.revision, terms.profile))

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
                pytest.skip(f"the case says nothing about {at} in the profile {terms.profile}")
        try:
            mismatches = tuple(self._judge(subject, terms))
        except NotJudged as reason:
            pytest.skip(str(reason))
        if mismatches:
            for mismatch in mismatches[:_MOST]:
                self.user_properties += [("code", mismatch.code), ("pointer", mismatch.pointer)]
            raise CompatMismatch(mismatches)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The payload, for whoever lists failures by file."""
        return self.subject.payload_path, None, f"{self.subject.id}::{self.name}"

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
            yield f"    seen:     {mismatch.seen}"
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
        if self.name.startswith("client["):
            for client in self.config.option.compat_client or ():
                again += ["--compat-client", client]
        else:
            yield shlex.join(check)
        yield shlex.join(again)


def _judge_derived(case: Derived, terms: Terms) -> Iterator[Mismatch]:
    return judge_derived(case, terms.profile)


def _named(mismatch: Mismatch) -> str:
    return f"{mismatch.code} at {mismatch.pointer or 'the root'}" if mismatch.code else "the payload as a whole"


def printable_path(path: Path) -> str:
    """A path as it is best typed: from here, if it is below."""
    here = Path(os.path.abspath(os.curdir))  # noqa: PTH100 - symbolic links stay
    return str(path.relative_to(here)) if here in path.parents else str(path)
