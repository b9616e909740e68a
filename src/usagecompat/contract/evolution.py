"""
What each revision of the contract changed, and whom a change breaks.

Two readers are asked: one made from the older revision that gets newer data, and one made from the newer that gets older data.
Both know only what their revision declares, refuse what its schema refuses, and pass over members that it does not declare.
Data has the declared members of its own revision and no others, so a new member is no risk to those who never sent it.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract.revisions import LATEST, PUBLISHED, REVISIONS, Tolerance
from usagecompat.contract.shapes import JsonType, Member, RecordShape
from usagecompat.contract.tree import contract
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ABSENT: Final = "absent"
_NULL: Final = "null"
_NUMBER_TEXT: Final = "a string that holds a number"
_ANYTHING: Final = "anything"


class Role(StrEnum):
    """Who reads what."""

    OLD_READER = "old reader of new data"
    NEW_READER = "new reader of old data"


class Effect(StrEnum):
    """What a change does to a reader, from the mildest to the worst."""

    IDENTICAL = "identical"
    """Both revisions take the same."""
    BACKWARD = "backward"
    """The reader takes all that it gets, if not all that it could know."""
    BREAKING = "breaking"
    """The reader refuses something that the other revision allows."""


_SEVERITY: Final = tuple(Effect)
_WORDS: Final[Mapping[Effect, str]] = {
    Effect.IDENTICAL: "same",
    Effect.BACKWARD: "reads on",
    Effect.BREAKING: "**breaks**",
}


@frozen(kw_only=True)
class Change:
    """One change of one record from one revision to the next."""

    record: str
    names: tuple[str, ...]
    """The wire names that it is about: both of a rename, none if it is about the whole record."""
    text: str
    """What changed, as half a sentence about the names."""
    effects: Mapping[tuple[Profile, Role], Effect]


@frozen
class _Standing:
    """What may stand under one name: what a schema lets through, and what data of the same revision has."""

    accepted: frozenset[str]
    sent: frozenset[str]


def changes(older: str, newer: str) -> tuple[Change, ...]:
    """All that differs from the revision `older` to the revision `newer`, in the contract's order."""
    old, new = contract(older).records, contract(newer).records
    found = [
        change
        for name, shape in new.items()
        for change in (_record_changes(old[name], shape) if name in old else [_new_kind(shape)])
    ]
    return tuple(found)


def worst(found: Iterable[Change], profile: Profile, role: Role) -> Effect:
    """What all changes together do to a reader."""
    effects = (change.effects[profile, role] for change in found)
    return max(effects, key=_SEVERITY.index, default=Effect.IDENTICAL)


def changelog() -> str:
    """The history of the contract as Markdown, newest revision first."""
    lines = [_PREAMBLE]
    for older, newer in reversed(list(pairwise(REVISIONS))):
        lines += [f"## {newer}\n", f"{_source(newer)}\n", *_chapter(older, newer), ""]
    first = REVISIONS[0]
    kinds = ", ".join(f"`{shape.name}`" for shape in contract(first).kinds.values())
    lines += [f"## {first}\n", f"{_source(first)}\n", f"The first revision, with {kinds}."]
    return "\n".join(lines) + "\n"


# -- what changed


def _new_kind(shape: RecordShape) -> Change:
    """To the letter the kinds are a closed list; as served they are open, and no one looks into an unknown one."""
    effects = {
        (Profile.PUBLISHED, Role.OLD_READER): Effect.BREAKING,
        (Profile.PUBLISHED, Role.NEW_READER): Effect.BACKWARD,
        (Profile.SERVED, Role.OLD_READER): Effect.BACKWARD,
        (Profile.SERVED, Role.NEW_READER): Effect.BACKWARD,
    }
    return Change(record=shape.name, names=(), text=f"is a new kind, `{shape.kind}`", effects=effects)


def _record_changes(old: RecordShape, new: RecordShape) -> Iterator[Change]:
    renamed = {member.name: former for former, member in new.former.items() if former in old.members}
    for name in dict.fromkeys([*new.members, *old.required, *new.required, *old.members]):
        if name in renamed.values():
            continue
        names = (renamed[name], name) if name in renamed else (name,)
        if text := _difference(old, new, names):
            yield Change(record=new.name, names=names, text=text, effects=_effects(old, new, names))


def _difference(old: RecordShape, new: RecordShape, names: tuple[str, ...]) -> str:
    """What changed about a member, in words; empty if nothing did."""
    former, name = names[0], names[-1]
    before, after = old.members.get(former), new.members.get(name)
    said: list[str] = []
    if former != name:
        said.append(f"is now called `{name}`")
        if former in new.required:
            said.append(f"`{former}` stays required without being declared")
    if before is None and after is None:
        if (former in old.required) != (former in new.required):
            said.append("is required without being declared" if former in new.required else "is no longer required")
    elif before is None and after is not None:
        said.append(f"is new: {_type(after)}{'' if after.required else ', may be absent'}")
    elif before is not None and after is None:
        said.append("is no longer declared")
    elif before is not None and after is not None:
        said += _facts(before, after)
    return "; ".join(said)


def _facts(before: Member, after: Member) -> Iterator[str]:
    """What changed about a member that both revisions declare."""
    if before.type is not after.type:
        yield f"is {_type(after)}"
    if before.nullable != after.nullable:
        yield "may be null" if after.nullable else "is never null"
    if before.required != after.required:
        yield "is required" if after.required else "may be absent"
    if before.format != after.format:
        yield f"is annotated as `{after.format}`"
    if before.values != after.values:
        yield "has other listed values"
    if Tolerance.NUMBER_TEXT in after.deviations and Tolerance.NUMBER_TEXT not in before.deviations:
        yield f"is served as {_NUMBER_TEXT}, too (`{after.deviations[Tolerance.NUMBER_TEXT].code}`)"


def _type(member: Member) -> str:
    kind = str(member.type)
    if member.values is not None and member.values.closed:
        kind = f"one of {', '.join(f'`{value}`' for value in member.values.known)}"
    return f"{kind} or null" if member.nullable else kind


# -- whom it breaks


def _effects(old: RecordShape, new: RecordShape, names: tuple[str, ...]) -> dict[tuple[Profile, Role], Effect]:
    found: dict[tuple[Profile, Role], Effect] = {}
    for profile in Profile:
        before = [_standing(old, name, profile) for name in names]
        after = [_standing(new, name, profile) for name in names]
        for role, readers, senders in ((Role.OLD_READER, before, after), (Role.NEW_READER, after, before)):
            found[profile, role] = (
                Effect.IDENTICAL
                if [standing.accepted for standing in before] == [standing.accepted for standing in after]
                else Effect.BACKWARD
                if all(_takes(r.accepted, s.sent) for r, s in zip(readers, senders, strict=True))
                else Effect.BREAKING
            )
    return found


def _takes(accepted: frozenset[str], sent: frozenset[str]) -> bool:
    """Whether a schema lets everything through that is sent."""
    return all(
        token in accepted
        or (_ANYTHING in accepted and token != _ABSENT)
        or (token == JsonType.INTEGER and JsonType.NUMBER in accepted)
        or (token.startswith("=") and JsonType.STRING in accepted)
        for token in sent
    )


def _standing(shape: RecordShape, name: str, profile: Profile) -> _Standing:
    served = profile is Profile.SERVED
    required = name in shape.required and not (served and name in shape.tolerated_absences)
    may_miss = frozenset[str]() if required else frozenset({_ABSENT})
    if served and any(name == m.newer_name and Tolerance.NEWER_NAME in m.deviations for m in shape.members.values()):
        both = frozenset({str(shape.newer[name].type), _ABSENT})
        return _Standing(both, both)
    member = shape.members.get(name)
    if member is None:
        anything = frozenset({_ANYTHING}) | may_miss
        return _Standing(anything, anything if name in shape.required else may_miss)
    tokens = frozenset({str(member.type)})
    if member.const is not None:
        tokens = frozenset({f"={member.const}"})
    elif member.values is not None and member.values.closed and not served:
        tokens = frozenset(f"={value}" for value in member.values.known)
    if member.nullable or (served and Tolerance.NULL in member.deviations):
        tokens |= {_NULL}
    if served and Tolerance.NUMBER_TEXT in member.deviations:
        tokens |= {_NUMBER_TEXT}
    if served and Tolerance.NEWER_NAME in member.deviations:
        tokens |= {_ABSENT}
    return _Standing(tokens | may_miss, tokens | may_miss)


# -- as Markdown


_PREAMBLE: Final = f"""# What each revision of the contract changed

Generated from the records: `usagecompat schema --write` writes this file, and `--check` says whether it is up to date.

For each change there are two readers:

* **Old reader of new data**: a client made from the revision before gets a payload of this revision.
* **New reader of old data**: a client made from this revision gets a payload of the revision before, such as one from an archive.

A reader **breaks** if its schema refuses something that the other revision allows.
It *reads on* if its schema takes everything, though an old reader does not know what is new and must keep or ignore it.
It is the *same* if both schemas take the same.
Payloads have only members that their own revision declares: whoever sent an undeclared member before it was declared is not counted.

Two verdicts in one cell: first by the letter (`schemas/<revision>.json`), then as served (`schemas/served/<revision>.json`).
The newest revision is {LATEST}.
"""


def _source(revision: str) -> str:
    source, _, brought = PUBLISHED[revision].partition(": ")
    return f"Published in {source}: {brought}."


def _chapter(older: str, newer: str) -> list[str]:
    found = changes(older, newer)
    lines = [
        f"* {role.capitalize()} ({older if role is Role.OLD_READER else newer} reads "
        f"{newer if role is Role.OLD_READER else older}): {_verdicts(found, role)}."
        for role in Role
    ]
    lines += [
        "",
        "| record | members | change | old reader of new data | new reader of old data |",
        "|---|---|---|---|---|",
    ]
    for (record, text), group in groupby(found, key=lambda change: (change.record, change.text)):
        alike = list(group)
        members = ", ".join(f"`{change.names[0]}`" for change in alike if change.names) or "the record"
        cells = (_verdicts(alike, role) for role in Role)
        lines.append(f"| `{record}` | {members} | {text} | {' | '.join(cells)} |")
    return lines


def _verdicts(found: Iterable[Change], role: Role) -> str:
    alike = list(found)
    letter, served = (_WORDS[worst(alike, profile, role)] for profile in (Profile.PUBLISHED, Profile.SERVED))
    return letter if letter == served else f"{letter} / as served {served}"
