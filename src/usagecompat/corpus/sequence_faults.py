"""
What is wrong with the sequences of a corpus: their format, their words, and whatever does not follow from their heads.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract import ROOT
from usagecompat.corpus.data import folder
from usagecompat.corpus.sequence_making import sequence_changes
from usagecompat.corpus.sequences import read_head, sequence_files
from usagecompat.exceptions import CorruptCase, UnreadableInput
from usagecompat.inputs import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOW: Final = "`usagecompat fixtures update DIR --write` writes what follows from the first six members"


def faults_of_sequences(root: Path) -> Iterator[tuple[Path, str]]:
    """The files of the sequences of a corpus that something has to be done about, and what."""
    place = root / SEQUENCES
    found = [(path, fault) for path in sequence_files(place) for fault in _of_head(path)]
    yield from found
    if found:
        return  # nothing follows from what cannot be read
    schema = json.loads((folder("schemas") / "sequence.json").read_text("utf-8"))
    for change in sequence_changes(root):
        if change.before is None:
            yield change.path, f"is missing; {_HOW}"
        elif change.after is None:
            yield change.path, "belongs to no sequence"
        else:
            faults = list(_of_format(change.before, schema)) if change.path.parent == place else []
            for fault in faults or [
                "does not follow from its head" if change.path.parent == place else "has other bytes than follow"
            ]:
                yield change.path, f"{fault}; {_HOW}"


def _of_head(path: Path) -> Iterator[str]:
    """What keeps a sequence from being made."""
    try:
        head = read_head(path)
    except CorruptCase as error:
        yield error.reason
        return
    except UnreadableInput as error:
        yield f"cannot be read: {error.reason}"
        return
    if not _SLUG.fullmatch(path.stem):
        yield "a sequence has lower-case words joined by hyphens for a name"
    if head.id != f"{SEQUENCES}/{path.stem}":
        yield f"the id is {head.id!r} and must be its path, '{SEQUENCES}/{path.stem}'"
    if not head.description.endswith("."):
        yield "the description is no sentence that ends with a full stop"
    try:
        head.ledger.buckets(f"{ROOT}{head.endpoint}", head.query)
    except ValueError as error:
        yield f"the API refuses the query: {error}"


def _of_format(text: bytes, schema: dict[str, object]) -> Iterator[str]:
    """In what a text is not as `schemas/sequence.json` describes it."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - it takes long to import

    validator: Any = Draft202012Validator(schema)  # jsonschema tells no types of what it makes
    yield from (f"{fault.json_path}: {fault.message:.200}" for fault in validator.iter_errors(json.loads(text)))
