"""
Sequences: a query, the scenario of the server that answers it, all that goes over the wire, and what must come of it.

A sequence is `sequences/<name>.json` in a corpus, and the bodies of its answers, byte for byte, in `sequences/<name>/`.
It needs no Python: `schemas/sequence.json` describes the file, `docs/paging.md` how it is used.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from usagecompat.contract import ROOT
from usagecompat.corpus.data import folder
from usagecompat.corpus.members import Members
from usagecompat.exceptions import CorruptCase, UnreadableInput, UsageCompatError
from usagecompat.inputs import SEQUENCES, content_of
from usagecompat.jsontext import NO_VALUE, read
from usagecompat.ledger import Delivery, Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.jsontext import Tree


class SequenceDuty(StrEnum):
    """What a right client does with a sequence."""

    COMPLETE = "complete"
    """It gives all buckets, and says that this is all."""
    REPORT = "report"
    """It says that something failed: not all buckets can be had."""
    EITHER = "either"
    """It does one or the other: the server breaks the API's promises, and whatever comes of that is no fault."""


@frozen(kw_only=True)
class Exchange:
    """One request of a right client, and its answer."""

    query: str
    """The query string; the path is that of the sequence's endpoint."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    body_name: str
    """The file of the body, from the folder of all sequences on."""
    delivery: Delivery = Delivery.WHOLE


@frozen(kw_only=True)
class Sequence:
    """One query of one endpoint, answered by a ledger under some scenarios."""

    id: str
    """`sequences/` and the name: an interface, never renamed and never reused."""
    description: str
    path: Path = field(eq=False, repr=False)
    endpoint: str
    query: str
    """The query string of the first request."""
    scenarios: tuple[str, ...]
    ledger: Ledger = field(repr=False)
    duty: SequenceDuty
    report: str
    """What has to be reported, or may be; empty if nothing."""
    exchanges: tuple[Exchange, ...] = field(repr=False)
    buckets: tuple[Tree, ...] = field(repr=False)
    """What a right client has in the end, each bucket once, in order."""

    @cached_property
    def whole(self) -> tuple[Tree, ...]:
        """All buckets of the query, whatever the pages bring; added up once, however many clients are judged by it."""
        return tuple(self.ledger.buckets(f"{ROOT}{self.endpoint}", self.query))

    @property
    def flags(self) -> tuple[str, ...]:
        """The words beside its id that a sequence is selected by."""
        return (*self.scenarios, *(scenario.partition(":")[0] for scenario in self.scenarios), self.duty)

    @property
    def __name__(self) -> str:
        """The id, which is what pytest calls a parameter after."""
        return self.id

    def __str__(self) -> str:
        return self.id


def read_sequences(root: Path | None = None) -> tuple[Sequence, ...]:
    """
    The sequences of a corpus, sorted by id; for None of the one that comes with the kit.

    Raises:
        CorruptCase: A sequence does not say what one must say.
        UnreadableInput: A file cannot be read, or there is no sequence.
    """
    place = (folder("fixtures") if root is None else root) / SEQUENCES
    found = tuple(read_sequence(path) for path in sequence_files(place))
    if not found:
        raise UnreadableInput(str(place), "there are no sequences here; a corpus has them in `sequences/*.json`")
    return found


def ids_of_sequences() -> frozenset[str]:
    """The ids of all sequences of the corpus that comes with the kit, none of which is read."""
    return frozenset(f"{SEQUENCES}/{path.stem}" for path in sequence_files(folder("fixtures") / SEQUENCES))


def sequence_files(place: Path) -> list[Path]:
    """The files that describe a sequence, sorted; none if there is no such folder."""
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if path.name.endswith(".json") and not path.name.startswith("."))


def read_sequence(path: Path) -> Sequence:
    """
    The sequence that a file describes, with the bodies beside it.

    Raises:
        CorruptCase: It does not say what a sequence must say.
        UnreadableInput: A file cannot be read.
    """
    head = read_head(path)
    told = Members(path, head.tree)
    return head.followed_by(
        path,
        duty=told.word("duty", SequenceDuty),
        report=told.text("report", empty=True),
        exchanges=tuple(map(_exchange, told.items("exchanges"))),
        buckets=tuple(dict(one.tree) for one in told.items("buckets")),
    )


@frozen(kw_only=True)
class Head:
    """The part of a sequence that somebody wrote; all else follows from it."""

    id: str
    description: str
    endpoint: str
    query: str
    scenarios: tuple[str, ...]
    ledger: Ledger
    tree: Mapping[str, Tree] = field(eq=False, repr=False)
    """All that the file says."""

    def followed_by(
        self,
        path: Path,
        *,
        duty: SequenceDuty,
        report: str,
        exchanges: tuple[Exchange, ...],
        buckets: tuple[Tree, ...],
    ) -> Sequence:
        """The whole sequence, with what follows from its head."""
        return Sequence(
            id=self.id,
            description=self.description,
            path=path,
            endpoint=self.endpoint,
            query=self.query,
            scenarios=self.scenarios,
            ledger=self.ledger,
            duty=duty,
            report=report,
            exchanges=exchanges,
            buckets=buckets,
        )


def read_head(path: Path) -> Head:
    """
    What a file says of a sequence, but for what follows from that.

    Raises:
        CorruptCase: It does not say what a sequence must say.
        UnreadableInput: The file cannot be read.
    """
    document = read(content_of(path))
    if document.value is NO_VALUE or not isinstance(document.value, dict):
        why = document.findings[0].message if document.findings else "a sequence is a JSON object"
        raise CorruptCase(str(path), why)
    told = Members(path, document.value)
    made = told.inside("ledger")
    scenarios = told.texts("scenarios")
    try:
        ledger = Ledger(
            seed=made.whole("seed"),
            revision=made.text("revision"),
            now=made.whole("now"),
            key=made.text("key"),
            scenarios=scenarios,
        )
    except UsageCompatError as error:
        raise CorruptCase(str(path), str(error)) from error
    endpoint = told.text("endpoint")
    if endpoint not in ledger.endpoints:
        known = ", ".join(ledger.endpoints)
        raise CorruptCase(str(path), f"`endpoint` must be one of {known}, not {endpoint!r}")
    return Head(
        id=told.text("id"),
        description=told.text("description"),
        endpoint=endpoint,
        query=told.text("query"),
        scenarios=scenarios,
        ledger=ledger,
        tree=document.value,
    )


def _exchange(told: Members) -> Exchange:
    name = told.text("body")
    body = told.path.parent / name
    if not body.is_file():
        raise CorruptCase(str(told.path), f"the body {name} is missing")
    return Exchange(
        query=told.text("query"),
        status=told.whole("status"),
        headers=tuple((each, str(value)) for each, value in told.inside("headers").tree.items()),
        body=content_of(body, told.path.parent),
        body_name=name,
        delivery=told.word("delivery", Delivery),
    )
