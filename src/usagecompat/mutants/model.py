"""
What a mutant is: a faithful client with exactly one fault, as a function from a payload to an answer.

The faithful client refuses what the contract of its revision refuses, and gives everything else back as it came.
"""

from __future__ import annotations

import pathlib
import tomllib
from functools import cache, cached_property
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

from attrs import Factory, field, frozen

from usagecompat.checking import report_on, shape_of_document
from usagecompat.contract import LATEST, REVISIONS, Member, RecordShape, contract
from usagecompat.findings import Path, Profile, Severity, Shape
from usagecompat.jsontext import NO_VALUE, Document, Tree, read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.findings import Finding

_Row = TypeVar("_Row")
_How_contra = TypeVar("_How_contra", contravariant=True)


@frozen
class Refusal:
    """An answer that says: this payload cannot be decoded."""

    why: str


Answer: TypeAlias = bytes | Refusal
"""The payload encoded again, or a refusal."""


class Refused(Exception):
    """A change to a payload comes upon something that the mutant cannot decode."""


def refuse(why: str) -> NoReturn:
    """Refuse the payload."""
    raise Refused(why)


@frozen(slots=False)
class PayloadView:
    """One payload as a client of one revision sees it; all mutants share what it costs to read it."""

    payload: bytes
    revision: str = LATEST

    @cached_property
    def document(self) -> Document:
        """The exact reading of the payload."""
        return read(self.payload)

    @cached_property
    def shape(self) -> Shape | None:
        """Whether it is a page, a bucket or a result."""
        return shape_of_document(self.document)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What `check` finds at the client's revision."""
        return report_on(self.document, self.revision, self.shape, Profile.SERVED).findings

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the payload from being decoded."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @cached_property
    def faithful(self) -> Answer:
        """The answer of the client without a fault."""
        return Refusal(self.errors[0].message) if self.errors else self.encoded

    @cached_property
    def encoded(self) -> bytes:
        """What was read, encoded again."""
        return write(self.tree)

    @property
    def tree(self) -> Tree:
        """What the payload says; of a text that cannot be read, null."""
        return None if self.document.value is NO_VALUE else self.document.value

    def node_at(self, path: Path) -> Tree:
        """The value at `path`, null if there is none."""
        node = self.tree
        for part in path:
            if isinstance(node, dict) and isinstance(part, str):
                node = node.get(part)
            elif isinstance(node, list) and isinstance(part, int) and part < len(node):
                node = node[part]
            else:
                return None
        return node

    def record_at(self, path: Path) -> RecordShape | None:
        """What the contract says of the object at `path`, if it is one of its records."""
        tree = contract(self.revision)
        depth = {Shape.PAGE: 0, Shape.BUCKET: 1, Shape.RESULT: 2, None: 9}[self.shape]
        names = tuple(part for part in path if isinstance(part, str))
        if len(names) + depth == 0:
            return tree.page
        if len(names) + depth == 1:
            return tree.bucket if names in ((), ("data",)) else None
        node = self.node_at(path if depth + len(names) == 2 else path[:-1])
        tag = node.get("object") if isinstance(node, dict) else None
        kind = tree.kinds.get(tag) if isinstance(tag, str) else None
        if depth + len(names) == 2:
            return kind
        is_amount = kind is not None and names[-1] in kind.members and bool(kind.members[names[-1]].of)
        return tree.amount if depth + len(names) == 3 and is_amount else None

    def member_at(self, path: Path) -> tuple[RecordShape, Member] | None:
        """The record and the declared member that stand, or are absent, at `path`."""
        if not path or not isinstance(path[-1], str):
            return None
        record = self.record_at(path[:-1])
        if record is None:
            return None
        name = path[-1]
        member = record.members.get(name) or record.newer.get(name) or record.former.get(name)
        return None if member is None else (record, member)


@cache
def told_faults() -> Mapping[str, Mapping[str, str]]:
    """What `faults.toml` tells of mutants, by name: the `fault`, and, where known, `who` shipped it."""
    families = tomllib.loads(pathlib.Path(__file__).with_name("faults.toml").read_text("utf-8"))
    return {
        f"{family}/{name}": {"fault": told} if isinstance(told, str) else told
        for family, names in families.items()
        for name, told in names.items()
    }


def _told_fault(name: str) -> str:
    """
    What `faults.toml` says of a mutant.

    Raises:
        LookupError: It says nothing.
    """
    told = told_faults().get(name)
    if told is None:
        message = f"{name}: write its fault into mutants/faults.toml"
        raise LookupError(message)
    return told["fault"]


@frozen(kw_only=True, eq=False)
class Mutant:
    """A faithful client with one fault."""

    name: str
    """Its family, a slash, and what it does: an interface, like the id of a case."""
    fault: str = Factory(lambda self: _told_fault(self.name), takes_self=True)
    """The fault, in one sentence; that of `faults.toml` if no pattern gives one."""
    play: Callable[[PayloadView], Answer] = field(repr=False)
    """Its answer to a payload."""
    who: str = Factory(lambda self: told_faults().get(self.name, {}).get("who", ""), takes_self=True)
    """Who is known to have shipped the fault."""
    validates: bool = False
    """Whether it claims to refuse what the contract does not allow."""
    since: str = REVISIONS[0]
    """The first revision at which the fault can show."""
    until: str = LATEST
    """The last revision at which the fault can show."""
    after: Callable[[PayloadView, PayloadView], Answer] | None = field(default=None, repr=False)
    """Its answer to a payload right after another one, of a fault that one payload leaves behind for the next."""
    equivalent: str = ""
    """Why no payload can tell it from the faithful client; empty for a fault."""
    faults: tuple[str, ...] = ()
    """The entries of the table of known faults that it stands for."""

    @property
    def family(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    def __str__(self) -> str:
        return self.name

    def __call__(self, payload: bytes, revision: str = LATEST) -> Answer:
        """Decode `payload` as a client of `revision` and encode it again, with the fault."""
        return self.play(PayloadView(payload, revision))

    def shows_at(self, revision: str) -> bool:
        """Whether the fault can show at `revision`."""
        return self.since <= revision <= self.until


class Known(TypedDict, total=False):
    """What may be known of a mutant beside its name and its fault."""

    who: str
    validates: bool
    since: str
    until: str
    equivalent: str
    faults: tuple[str, ...]


class Told(Known, total=False):
    """The same, and the fault where it follows a pattern."""

    fault: str


MAY_REFUSE = (
    "It refuses only what draws a warning of a rule, which any client may refuse, and is faithful in everything else."
)
"""The proof for a mutant that differs from the faithful client in refusals alone, and only where it may refuse."""

MAY_REFUSE_RARE = "It refuses only what is extreme or draws a warning, which any client may refuse, and is faithful in everything else."
"""The same of what no API is known to send: numbers beyond every common type, times that are none, deep nesting."""

Change: TypeAlias = "Callable[[Tree, PayloadView], Tree]"
"""A change to what was decoded; it gives back the very same tree if there is nothing to change."""


def lossy(name: str, change: Change, **known: Unpack[Told]) -> Mutant:
    """A client that decodes what it should, and changes it on the way; it refuses by raising `Refused`."""

    def play(view: PayloadView) -> Answer:
        if view.errors:
            return view.faithful
        try:
            tree = change(view.tree, view)
        except Refused as refused:
            return Refusal(str(refused))
        return view.faithful if tree is view.tree else write(tree)

    return Mutant(name=name, play=play, **known)


def strict(name: str, refuses: Callable[[PayloadView], bool], **known: Unpack[Told]) -> Mutant:
    """A client that refuses some of what it should decode."""

    def play(view: PayloadView) -> Answer:
        return Refusal(mutant.fault) if not view.errors and refuses(view) else view.faithful

    mutant = Mutant(name=name, play=play, **known)
    return mutant


Forgives: TypeAlias = "Callable[[Finding, PayloadView], bool]"
"""Whether an error goes unseen."""


def lenient(name: str, forgives: Forgives, **known: Unpack[Told]) -> Mutant:
    """A client that claims to validate, and does not see some errors."""

    def play(view: PayloadView) -> Answer:
        if not view.errors or view.document.value is NO_VALUE:
            return view.faithful
        unseen = all(forgives(finding, view) for finding in view.errors)
        return view.encoded if unseen else view.faithful

    known["validates"] = True
    return Mutant(name=name, play=play, **known)


class _Make(Protocol[_How_contra]):
    """One of the three functions above."""

    def __call__(self, name: str, how: _How_contra, /, **known: Unpack[Told]) -> Mutant: ...


def series(
    make: _Make[_How_contra],
    start: str,
    table: Mapping[str, tuple[str, _Row]],
    how: Callable[[_Row], _How_contra],
    fault: str,
    **known: Unpack[Known],
) -> Iterator[Mutant]:
    """A mutant for each row of a table: its name follows `start`, and its words stand in the sentence `fault`."""
    for name, (words, row) in table.items():
        yield make(f"{start}{name}", how(row), fault=fault.format(words), **known)
