"""
Names that are nearly right: which one was meant, and whether a member is lost by it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from attrs import define

from usagecompat.checking.hints import plain_name
from usagecompat.contract import (
    EMULATOR_HABITS,
    KNOWN_UNDECLARED,
    LATEST,
    REVISIONS,
    contract,
    declared_since,
    names_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from usagecompat.contract import Contract, RecordShape

LONGEST_NAME: Final = 60
_MOST_SUGGESTIONS: Final = 1_000
_END: Final = 3
_SHORT_NAME: Final = 7


def did_you_mean(name: str, candidates: tuple[str, ...], *, there: bool = False) -> str:
    """A hint at the candidate that `name` may be meant for, or that is meant for `name` where candidates are `there`."""
    if len(name) > LONGEST_NAME:
        return ""
    close = _closest(name, tuple(sorted(c for c in candidates if len(c) <= LONGEST_NAME)))
    if close is None:
        return ""
    return f'There is "{close}"; is it meant to be `{name}`?' if there else f'Did you mean "{close}"?'


def kind_meant(tag: str, kinds: tuple[str, ...]) -> str:
    """A hint at the kind that a tag may be meant for; what all tags have in common makes none of them alike."""
    own = {_own_part(kind): kind for kind in kinds}
    close = _closest(part, tuple(sorted(own))) if len(part := _own_part(tag)) <= LONGEST_NAME else None
    return f'Did you mean "{own[close]}"?' if close else ""


def _own_part(tag: str) -> str:
    """What tells one tag from another: `images` in organization.usage.images.result."""
    parts = [part for part in tag.split(".") if part]
    if len(parts) > 1 and plain_name(parts[-1]).startswith("result"):
        parts.pop()
    return parts[-1] if parts else ""


@lru_cache(maxsize=_MOST_SUGGESTIONS)
def _closest(name: str, candidates: tuple[str, ...]) -> str | None:
    """The candidate that is nearly `name`; all of them are short, since the answers are kept."""
    from difflib import get_close_matches  # noqa: PLC0415 - most payloads have no name that nobody knows

    plain = {plain_name(c): c for c in candidates}
    close = get_close_matches(plain_name(name), plain, n=1, cutoff=0.8)
    return plain[close[0]] if close else None


def meant(said: Contract, shape: RecordShape, name: str) -> tuple[str, ...]:
    """
    The optional members of a record that are one edit away from an undeclared name; none of a name that is known.

    An edit adds, drops or changes one character, or swaps two neighbours.
    """
    if len(name) > LONGEST_NAME or name in _known_names(said) or declared_since(shape.name, name) is not None:
        return ()
    deleted, ends = _deleted(shape)
    return _one_edit_away(name, deleted) if _may_be_near(name, ends) else ()


def _one_edit_away(name: str, deleted: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = dict.fromkeys(one for less in _less_one(name) for one in deleted.get(less, ()))
    return tuple(one for one in found if is_one_edit(name, one))


def _may_be_near(name: str, ends: AbstractSet[str]) -> bool:
    """
    Whether one edit may turn a name into one that has these ends; a cheap look that most names do not pass.

    One edit leaves the first three characters of a name alone, or the last three of one of seven or more.
    """
    return len(name) <= _SHORT_NAME or name[:_END] in ends or name[-_END:] in ends


def is_foreign(name: str, revision: str) -> bool:
    """
    Whether a name means nothing at any published revision, nor at this one.

    No record declares or requires it, nobody knows it as undeclared, and it is no misspelling of an optional member.
    A record that has it has one undeclared member more, and nothing else follows from it.
    """
    known, deleted, ends = _vocabulary(LATEST if revision in REVISIONS else revision)
    if name in known:
        return False
    return len(name) > LONGEST_NAME or not _may_be_near(name, ends) or not _one_edit_away(name, deleted)


@define
class Passing:
    """Undeclared members that need not all be told, because enough of them are listed already."""

    names: AbstractSet[str]
    """Names that are undeclared wherever they stand, and nothing else."""
    left: int
    """How many undeclared members are still to be told; whoever is told counts down."""


@cache
def _vocabulary(revision: str) -> tuple[frozenset[str], Mapping[str, tuple[str, ...]], frozenset[str]]:
    """All names that mean something at published revisions or this one, and the optional members as in `_deleted`."""
    known: set[str] = set()
    deleted: dict[str, tuple[str, ...]] = {}
    ends: set[str] = set()
    for at in dict.fromkeys((*REVISIONS, revision)):
        said = contract(at)
        known |= _known_names(said) | said.flat.members.keys() | names_of(said.flat.cls).wire.keys()
        for shape in said.records.values():
            known |= {*shape.former, *shape.newer, *shape.tolerated_absences}
            rests, its_ends = _deleted(shape)
            ends |= its_ends
            for rest, names in rests.items():
                deleted[rest] = (*deleted.get(rest, ()), *names)
    return frozenset(known), {rest: tuple(dict.fromkeys(names)) for rest, names in deleted.items()}, frozenset(ends)


def misspelt(said: Contract, shape: RecordShape, name: str, there: AbstractSet[str]) -> str | None:
    """The optional member that is lost because it stands under `name`, which nobody declares; None if there is none."""
    return next((one for one in meant(said, shape, name) if one not in there), None)


@cache
def _known_names(said: Contract) -> frozenset[str]:
    """Names that are no misspelling of any other: members of any kind, and undeclared ones that are known."""
    habits = (name for code, name in EMULATOR_HABITS if code == "schema/undeclared-member")
    records = (*said.records.values(), *contract(LATEST).records.values())
    return frozenset(
        {*KNOWN_UNDECLARED, *habits, *(name for shape in records for name in (*shape.members, *shape.required))}
    )


@cache
def _deleted(shape: RecordShape) -> tuple[Mapping[str, tuple[str, ...]], frozenset[str]]:
    """The optional members by what is left of them without one character, and by themselves; and how they begin and end."""
    by_rest: dict[str, tuple[str, ...]] = {}
    for name in shape.members:
        if name not in shape.required:
            for less in _less_one(name):
                by_rest[less] = (*by_rest.get(less, ()), name)
    names = [name for name in shape.members if name not in shape.required]
    return by_rest, frozenset(end for name in names for end in (name[:_END], name[-_END:]))


def _less_one(name: str) -> Iterable[str]:
    return {name, *(name[:index] + name[index + 1 :] for index in range(len(name)))}


def is_one_edit(one: str, other: str) -> bool:
    """Whether one edit turns a name into another."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, left = one[start:], other[start:]
    return (
        rest[1:] == left[1:]
        or rest[1:] == left
        or rest == left[1:]
        or (rest[:2] == left[1::-1] and rest[2:] == left[2:])
    )
