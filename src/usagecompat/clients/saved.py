"""
Failing cases that were saved, read again: as they were put to the client, and how it was started.

Such a directory may come from another machine. Nothing in it is trusted: the index has to be as `schemas/failures.json`
describes it, it names no file outside, and what was sent has to be what it was.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from usagecompat.clients.grading import Task
from usagecompat.clients.saving import INDEX, SENT, GivenClient
from usagecompat.clients.saving_paging import SEQUENCE
from usagecompat.clients.spec import Way
from usagecompat.corpus import Tier, folder, made_of, read_head
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.findings import Shape, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.corpus import Sequence as PageSequence

_MOST_BYTES: Final = 256 * 1024 * 1024
_HOW: Final = "`usagecompat run --save-failures DIR` writes what is read here"


@frozen(kw_only=True)
class SavedCase:
    """One failing case."""

    case_id: str
    subject: Task | PageSequence
    """The payload as it was put to the client, or the sequence of pages."""
    codes: frozenset[str]
    """For which it failed."""
    key: str
    """The name of its directory, which can stand for its id."""

    @property
    def revision(self) -> str:
        """By which it was judged."""
        return self.subject.revision if isinstance(self.subject, Task) else self.subject.ledger.revision


@frozen(kw_only=True)
class Saved:
    """The failing cases of one run."""

    client: GivenClient
    required: Level
    of: int
    """How many cases the run had."""
    not_judged: int
    """How many of them it says nothing of: skipped, or never asked."""
    version: str
    """Of the kit."""
    cases: tuple[SavedCase, ...]
    is_paging: bool
    """Whether they are sequences of pages."""


def read_saved(directory: Path) -> Saved:
    """
    The failing cases in a directory.

    Raises:
        UnreadableInput: There are none, or they are not what was written.
    """
    told = _index(directory)
    client = told["client"]
    if client["way"] not in {*Way}:
        reason = f"it names a way to drive a client that this version does not know: {client['way']}"
        raise UnreadableInput(str(directory / INDEX), reason)
    is_paging: bool = told.get("paging", False)
    known: dict[str, Any] = {**client, "way": Way(client["way"]), "refused": tuple(client["refused"])}
    return Saved(
        client=GivenClient(**known),
        required=Level[told["required"]],
        of=told["of"],
        not_judged=told["not_judged"],
        version=told["version"],
        cases=tuple(_case(directory, one, is_paging=is_paging) for one in told["cases"]),
        is_paging=is_paging,
    )


def _index(directory: Path) -> Mapping[str, Any]:
    place = directory / INDEX
    content = _content(place)
    try:
        told: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableInput(str(place), f"it is not JSON; {_HOW}") from None
    from jsonschema import Draft202012Validator, ValidationError  # noqa: PLC0415 - whoever only writes needs none

    validator: Any = Draft202012Validator(json.loads((folder("schemas") / "failures.json").read_bytes()))
    try:
        validator.validate(told)
    except ValidationError as error:
        reason = f"it is no index of failing cases: at {error.json_path}: {error.message[:200]}; {_HOW}"
        raise UnreadableInput(str(place), reason) from None
    names = [one["case"] for one in told["cases"]]
    if len({*names}) < len(names):
        raise UnreadableInput(str(place), f"it names a case twice; {_HOW}")
    found: Mapping[str, Any] = told
    return found


def _case(directory: Path, told: Mapping[str, Any], *, is_paging: bool) -> SavedCase:
    place = directory / told["directory"] / (SEQUENCE if is_paging else SENT)
    payload = _content(place)
    if sha256(payload).hexdigest() != told["sha256"]:
        raise UnreadableInput(
            str(place),
            "it is not what was sent; restore it, or run a payload of your own with `usagecompat run --corpus FILE`",
        )
    subject = _sequence(place, told["case"]) if is_paging else _task(payload, told)
    key = told["directory"].rpartition("/")[2]
    return SavedCase(case_id=told["case"], subject=subject, codes=frozenset(told["codes"]), key=key)


def _sequence(place: Path, name: str) -> PageSequence:
    """The sequence that a file describes, with what follows from that."""
    head = read_head(place)
    if head.id != name:
        raise UnreadableInput(str(place), f"it is the sequence {head.id}, and not {name}; {_HOW}")
    return made_of(head, place)


def _task(payload: bytes, told: Mapping[str, Any]) -> Task:
    """What a client was asked."""
    return Task(
        case_id=told["case"],
        payload=payload,
        shape=None if told["shape"] is None else Shape(told["shape"]),
        revision=told["revision"],
        verdict=Verdict(told["verdict"]),
        must=told["must"],
        served=told["served"],
        tier=Tier(told["tier"]),
    )


def _content(place: Path) -> bytes:
    """
    The bytes of a file.

    Raises:
        UnreadableInput: It is none, or cannot be read.
    """
    if not place.is_file():
        unfinished = place.name == INDEX and place.parent.is_dir()
        why = "there is none, so nothing was saved here to the end" if unfinished else "there is no such file"
        raise UnreadableInput(str(place), f"{why}; {_HOW}")
    try:
        with place.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableInput(str(place), f"it cannot be read: {error.strerror or error}") from None
    if len(content) > _MOST_BYTES:
        raise UnreadableInput(str(place), f"it is longer than {_MOST_BYTES:,} bytes")
    return content
