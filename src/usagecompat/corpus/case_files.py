"""
The cases of a corpus, as their files say them.

A case is a payload `<fault>.json` and, beside it, `<fault>.case.json`, which says what the payload must show.
A tree without any such file is plain: each `*.json`, and each line of a `*.ndjson`, compressed or not, is a payload of
which no more is known than that it must not be invalid.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from usagecompat.contract import LATEST, REVISIONS, resolve_revision
from usagecompat.corpus.data import is_of_the_kit
from usagecompat.corpus.members import Members
from usagecompat.corpus.tiers import Demand, Tier, demand_of, tier_of
from usagecompat.exceptions import CorruptCase, UnreadableInput
from usagecompat.findings import CODES, Profile, Severity, Shape, Verdict
from usagecompat.inputs import (
    LINE_BY_LINE,
    SIDECAR,
    content_of,
    extension_of,
    holds_payloads,
    only,
    refuse,
    walk,
    without_case,
)
from usagecompat.inputs import read as read_payloads
from usagecompat.jsontext import NO_VALUE, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import Revision
    from usagecompat.jsontext import Tree

_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


@frozen
class Expected:
    """One finding that a case must show."""

    code: str
    pointer: str
    count: int = 1
    said_severity: Severity | None = field(default=None, eq=False, repr=False)
    """How grave the file says it is; None if it does not say."""

    @property
    def severity(self) -> Severity:
        """How grave it is in the served profile."""
        return CODES[self.code].severity(Profile.SERVED)


@frozen
class Range:
    """A verdict that holds from one revision to another, both included."""

    first: str
    last: str
    verdict: Verdict

    def covers(self, revision: str) -> bool:
        """Whether `revision` lies in the range."""
        return self.first <= revision <= self.last


@frozen
class Fix:
    """The one edit that makes a payload valid."""

    old: bytes
    new: bytes

    def applied_to(self, payload: bytes) -> bytes | None:
        """The fixed payload; None if there is not exactly one place to fix."""
        return payload.replace(self.old, self.new) if payload.count(self.old) == 1 else None


@frozen(kw_only=True)
class Case:
    """
    One payload of a corpus, and what it must show.

    A case is fit for `pytest.mark.parametrize` as it is: pytest names a test after the case's id.
    """

    id: str
    """The topic, a slash, and the name of the fault: an interface, never renamed and never reused."""
    description: str
    evidence: str
    """Where it is published that the payload is right or wrong, or where such a payload was seen."""
    path: Path = field(eq=False, repr=False)
    """The file that says all this."""
    shape: Shape | None
    """None if the text is broken, so that no shape shows."""
    revision: Revision
    """The revision that the case is written for."""
    verdict: Verdict
    """The verdict at `revision`, with what the API is known to serve taken into account."""
    published: Verdict
    """The verdict by the published contract of `revision`."""
    findings: tuple[Expected, ...] = field(repr=False)
    """All that is to be seen at `revision` in the served profile, in document order."""
    revisions: tuple[Range, ...] = field(repr=False)
    """Verdicts at other revisions in the served profile; a revision in no range is not judged."""
    flags: tuple[str, ...] = field(repr=False)
    fix: Fix | None = field(repr=False)
    """None for a valid payload, and for one that no single edit fixes."""
    since: str = field(repr=False)
    """The version of the kit that brought the case."""
    said_demand: Demand | None = field(default=None, eq=False, repr=False)
    """What the file says that a client must do with it; None if it says nothing."""
    said_tier: Tier | None = field(default=None, eq=False, repr=False)
    """The tier that the file gives; None if it gives none."""

    @property
    def __name__(self) -> str:
        """The id, which is what pytest calls a parameter after."""
        return self.id

    def __str__(self) -> str:
        return self.id

    @property
    def topic(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def root(self) -> Path:
        """The corpus that the case belongs to."""
        return self.path.parents[min(self.id.count("/"), len(self.path.parents) - 1)]

    @cached_property
    def payload_path(self) -> Path:
        """The file that holds the payload."""
        return payload_of(self.path)

    @cached_property
    def payload(self) -> bytes:
        """
        The payload, byte for byte, read on first access.

        Raises:
            CorruptCase: The file is not there.
        """
        try:
            return content_of(self.payload_path, self.root)
        except UnreadableInput as error:
            raise CorruptCase(
                str(self.path), f"its payload {self.payload_path.name} cannot be read: {error.reason}"
            ) from None

    @property
    def demand(self) -> Demand:
        """What a client must do with the payload."""
        return demand_of(self.verdict, [found.code for found in self.findings], self.tier)

    @cached_property
    def tier(self) -> Tier:
        """
        How likely it is that a client meets the payload: what the file says, or else what the rule makes of it.

        Raises:
            CorruptCase: The file says nothing, and the payload is not there.
        """
        return self.said_tier or self.tier_by_rule

    @property
    def tier_by_rule(self) -> Tier:
        """
        The tier that the rule gives the case.

        Raises:
            CorruptCase: The payload is not there.
        """
        return tier_of(self.payload, self.verdict, self.flags, [found.code for found in self.findings])

    def expected(self, revision: str, profile: str = "served") -> Verdict | None:
        """
        The verdict that the case has at `revision`; None where nobody has judged it.

        The published contract never allows more than what is served, so it needs no judgement of its own for what is
        invalid, and never refuses what shows nothing but notes.
        """
        published = Profile(profile) is Profile.PUBLISHED
        if revision == self.revision:
            return self.published if published else self.verdict
        verdict = next((held.verdict for held in self.revisions if held.covers(revision)), None)
        return None if published and verdict is Verdict.ACCEPTABLE else verdict


@frozen(kw_only=True)
class Payload:
    """One payload of a plain tree."""

    id: str
    """The path below the tree, without `.json`; of a line, with its number behind a colon."""
    payload_path: Path
    line: int | None = None
    """The line of the file that is the payload, from 1; None if the whole file is."""
    data: bytes | None = field(default=None, repr=False)
    """The bytes of a line; a file is read when its bytes are asked for."""

    def __str__(self) -> str:
        return self.id

    @cached_property
    def payload(self) -> bytes:
        """
        The bytes, read on first access.

        Raises:
            UnreadableInput: The file cannot be read.
            MissingExtra: The file needs a package that is not installed.
        """
        return only(self.payload_path) if self.data is None else self.data


@frozen(kw_only=True)
class Lines:
    """A file of a plain tree that holds a payload in each line."""

    id: str
    """The path below the tree."""
    payload_path: Path

    def __str__(self) -> str:
        return self.id

    def payloads(self) -> Iterator[Payload]:
        """
        The payload of each line that is not blank, read as it is asked for.

        Raises:
            UnreadableInput: The file cannot be read.
            MissingExtra: The file needs a package that is not installed.
            NoPayloads: All lines are blank.
        """
        for one in read_payloads([self.payload_path]):
            line = one.source.line
            yield Payload(id=f"{self.id}:{line}", payload_path=self.payload_path, line=line, data=one.data)


def in_plain_tree(place: Path, file: Path) -> Payload | Lines:
    """What a file is that was found at `place`, where there are no cases."""
    below = file.relative_to(place if place.is_dir() else place.parent).as_posix()
    if extension_of(file.name)[0] in LINE_BY_LINE:
        return Lines(id=below, payload_path=file)
    return Payload(id=below.removesuffix(".json"), payload_path=file)


def payload_of(sidecar: Path) -> Path:
    """The payload that belongs to a `*.case.json`."""
    return sidecar.with_name(sidecar.name.removesuffix(SIDECAR) + ".json")


def sidecar_of(payload: Path) -> Path:
    """The `*.case.json` that belongs to a payload."""
    return payload.with_name(payload.name.removesuffix(".json") + SIDECAR)


@frozen(kw_only=True)
class Found:
    """What there is at a place."""

    is_corpus: bool
    files: tuple[Path, ...]
    """The `*.case.json` of a corpus, else every payload, sorted."""
    without_case: tuple[Path, ...] = ()
    """Payloads of a corpus of which no case says what they must come to."""


def find_files(place: Path) -> Found:
    """
    The cases at a place, or, where there are none, the payloads that `usagecompat check` finds there.

    A payload that has a `*.case.json` stands for it. What is hidden is left alone.

    Raises:
        UnreadableInput: There is no such place, or a directory in it cannot be read.
    """
    if place.is_file():
        sidecar = place if place.name.endswith(SIDECAR) else sidecar_of(place)
        if sidecar.is_file():
            return Found(is_corpus=True, files=(sidecar,))
        return Found(is_corpus=False, files=(place,) if holds_payloads(place.name) else ())
    if not place.is_dir():
        raise UnreadableInput(str(place), "there is no such file or directory")
    found = [path for path in walk(str(place), refuse) if holds_payloads(path)]
    sidecars = tuple(Path(path) for path in found if path.endswith(SIDECAR))
    return Found(
        is_corpus=bool(sidecars),
        files=sidecars or tuple(map(Path, found)),
        without_case=tuple(map(Path, without_case(found))) if sidecars else (),
    )


def read_cases(root: Path) -> tuple[Case, ...]:
    """
    All cases below a directory, sorted by id.

    Raises:
        CorruptCase: A `*.case.json` does not say what a case must say.
        UnreadableInput: There is no such directory.
    """
    found = find_files(root)
    return tuple(sorted(map(read_case, found.files), key=lambda case: case.id)) if found.is_corpus else ()


def read_case(path: Path) -> Case:
    """
    The case that a `*.case.json` describes; its payload is not read.

    Raises:
        CorruptCase: The file cannot be read, or does not say what a case must say.
    """
    if is_of_the_kit(path):
        try:
            stamps = [(found.st_mtime_ns, found.st_size) for found in (path.stat(), payload_of(path).stat())]
        except OSError:
            return _read_case(path)
        return _of_the_kit(path, *stamps)
    return _read_case(path)


@cache
def _of_the_kit(path: Path, *_stamps: tuple[int, int]) -> Case:
    """A case of the packaged corpus, which a suite of tests reads over and over; read again when a file has changed."""
    return _read_case(path)


def _read_case(path: Path) -> Case:
    said = Members(path, read_object(path))
    verdict = said.word("verdict", Verdict)
    return Case(
        id=_id(said),
        description=said.text("description"),
        evidence=said.text("evidence"),
        path=path,
        shape=None if said.tree.get("shape", "") is None else said.word("shape", Shape),
        revision=_revision(said, "revision"),
        verdict=verdict,
        published=said.word("published", Verdict) if "published" in said.tree else verdict,
        findings=tuple(map(_expected, said.items("findings"))),
        revisions=tuple(map(_range, said.items("revisions"))) if "revisions" in said.tree else (),
        flags=said.texts("flags"),
        fix=_fix(said) if "fix" in said.tree else None,
        since=_since(said),
        said_demand=said.word("demand", Demand) if "demand" in said.tree else None,
        said_tier=said.word("tier", Tier) if "tier" in said.tree else None,
    )


def release(version: str) -> tuple[int, ...]:
    """
    A version as numbers, so that versions compare as they follow each other; what comes behind the third is left out.

    Raises:
        ValueError: It has no three numbers.
    """
    if (found := _VERSION.match(version)) is None:
        raise ValueError(version)
    return tuple(map(int, found.group().split(".")))


def read_notes(root: Path) -> Mapping[str, Mapping[str, str]]:
    """
    What each flag of a corpus means: by flag, its `title`, `problem`, `seen_in` and `fix`; empty without a `notes.json`.

    Raises:
        CorruptCase: `notes.json` does not say so.
    """
    path = root / "notes.json"
    if not path.is_file():
        return {}
    notes: dict[str, Mapping[str, str]] = {}
    for flag, note in read_object(path).items():
        if not isinstance(note, dict):
            raise CorruptCase(str(path), f"the note on {flag!r} is not an object")
        said = Members(path, note)
        notes[flag] = {name: said.text(name) for name in ("title", "problem", "seen_in", "fix")}
    return notes


def read_object(path: Path) -> dict[str, Tree]:
    """
    The object that one of the kit's own JSON files holds, read as strictly as any payload.

    Raises:
        CorruptCase: The file cannot be read, or holds something else.
    """
    try:
        document = read(content_of(path))
    except UnreadableInput as error:
        raise CorruptCase(str(path), f"cannot be read: {error.reason}") from None
    for seen in document.findings:
        place = document.line_and_column(seen.path, seen.offset)
        where = "" if place is None else f"line {place[0]}, column {place[1]}: "
        raise CorruptCase(str(path), where + seen.message)
    if document.value is NO_VALUE or not isinstance(document.value, dict):
        raise CorruptCase(str(path), "holds no object")
    return document.value


def _id(said: Members) -> str:
    """The id, which is printed and is part of names that pytest takes."""
    value = said.text("id")
    if not value.isprintable() or "::" in value or not value[0].isalnum():
        raise said.refuse("id", "a topic, a slash and a name, in words that can be printed")
    return value


def _revision(said: Members, name: str) -> Revision:
    value = said.tree.get(name)
    if not isinstance(value, str) or value not in REVISIONS:
        raise said.refuse(name, f"the date of a revision, such as {LATEST}")
    return resolve_revision(value)


def _since(said: Members) -> str:
    value = said.text("since")
    if not _VERSION.fullmatch(value):
        raise said.refuse("since", "a version such as 0.1.0")
    return value


def _fix(said: Members) -> Fix:
    match said.inside("fix").tree:
        case {"replace": str(old), "with": str(new)}:
            return Fix(old.encode(), new.encode())
        case {"replace_hex": str(old), "with_hex": str(new)}:
            try:
                return Fix(bytes.fromhex(old), bytes.fromhex(new))
            except ValueError:
                raise said.refuse("fix", "bytes in hexadecimal") from None
        case _:
            raise said.refuse("fix", "`replace` and `with`, or `replace_hex` and `with_hex`, all of them strings")


def _expected(said: Members) -> Expected:
    code, pointer = said.text("code"), said.tree.get("pointer")
    if code not in CODES:
        raise CorruptCase(str(said.path), f"there is no finding code {code!r}; the catalogue is usagecompat.CODES")
    if not isinstance(pointer, str):
        raise said.refuse("pointer", "a JSON Pointer")
    count = said.integer("count") if "count" in said.tree else 1
    return Expected(code, pointer, count, said.word("severity", Severity) if "severity" in said.tree else None)


def _range(said: Members) -> Range:
    return Range(_revision(said, "from"), _revision(said, "to"), said.word("verdict", Verdict))
