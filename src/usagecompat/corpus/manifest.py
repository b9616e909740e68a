"""
The manifest of a corpus: its cases with the hashes of their payloads, and the sets they belong to.

It is generated, but for one thing: which cases are in a set smaller than `full` is frozen in it, and kept.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.corpus.case_files import read_cases, read_object
from usagecompat.corpus.tiers import Tier
from usagecompat.exceptions import CorruptCase, NoSuchName
from usagecompat.inputs import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from usagecompat.corpus.case_files import Case

NAME: Final = "manifest.json"
FULL: Final = "full"
"""The set of all cases."""


@frozen
class Entry:
    """What the manifest says of one case."""

    sha256: str
    sets: tuple[str, ...]
    tier: Tier | None = None
    """How likely the payload is; None in a manifest from before there were tiers."""


def read_manifest(root: Path) -> dict[str, Entry]:
    """
    The entries of a corpus by case id; none if it has no manifest.

    Raises:
        CorruptCase: The manifest is not what this module writes.
    """
    path = root / NAME
    if not path.is_file():
        return {}
    listed = read_object(path).get("cases")
    if not isinstance(listed, list):
        raise CorruptCase(str(path), "`cases` must be a list")
    entries: dict[str, Entry] = {}
    for entry in listed:
        match entry:
            case {"id": str(name), "sha256": str(digest), "sets": list(sets), **others}:
                tier = others.get("tier")
                if tier is not None and tier not in tuple(Tier):
                    known = ", ".join(Tier)
                    raise CorruptCase(str(path), f"the `tier` of {name!r} must be one of {known}, not {tier!r}")
                entries[name] = Entry(digest, tuple(map(str, sets)), None if tier is None else Tier(str(tier)))
            case _:
                raise CorruptCase(str(path), f"an entry needs `id`, `sha256` and `sets`: {entry!r}")
    return entries


def manifest_of(cases: Iterable[Case], entries: Mapping[str, Entry]) -> str:
    """The text of the manifest of `cases`, sorted by id and one on each line; `entries` says what is in which set."""
    lines = (
        json.dumps(
            {
                "id": case.id,
                "sha256": digest_of(case),
                "topic": case.topic,
                "verdict": str(case.verdict),
                "tier": str(case.tier),
                "demand": str(case.demand),
                "findings": [{"code": one.code, "severity": str(one.severity)} for one in case.findings],
                "sets": list(entries[case.id].sets) if case.id in entries else [FULL],
                "since": case.since,
            },
            ensure_ascii=False,
        )
        for case in sorted(cases, key=lambda case: case.id)
    )
    return '{\n  "cases": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"


def write_manifest(root: Path) -> bool:
    """
    Write the manifest of a corpus anew; whether that changed it.

    Raises:
        CorruptCase: A case, or the manifest that is there now, cannot be read.
    """
    path = root / NAME
    text = manifest_of(read_cases(root), read_manifest(root)).encode()
    if path.is_file() and content_of(path) == text:
        return False
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_bytes(text)
    waiting.replace(path)  # a link is replaced, and nothing is written where it leads
    return True


def digest_of(case: Case) -> str:
    """The SHA-256 of a payload."""
    return hashlib.sha256(case.payload).hexdigest()


def ids_in_set(root: Path, name: str) -> frozenset[str] | None:
    """
    The ids of the cases that are in the set `name`; None for `full`, in which every case is, listed or not.

    Raises:
        CorruptCase: The manifest cannot be read.
        NoSuchName: The manifest knows no such set.
    """
    if name == FULL:
        return None
    entries = read_manifest(root)
    known = {FULL, *(each for entry in entries.values() for each in entry.sets)}
    if name not in known:
        raise NoSuchName("set", name, tuple(sorted(known)))
    return frozenset(each for each, entry in entries.items() if name in entry.sets)
