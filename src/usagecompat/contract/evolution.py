"""
What each revision of the contract changed, and whom a change breaks.

Two readers are asked: one made from the older revision that gets newer data, and one made from the newer that gets older data.
Both know only what their revision declares, refuse what its schema refuses, and pass over members that it does not declare.
Data has the declared members of its own revision and no others, so a new member is no risk to those who never sent it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from usagecompat.contract.effects import NUMBER_TEXT, READERS, Effect, Role, effects_of, for_all, knows
from usagecompat.contract.markers import Values
from usagecompat.contract.revisions import Tolerance
from usagecompat.contract.tree import contract
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from usagecompat.contract.revisions import Deviation
    from usagecompat.contract.shapes import Member, RecordShape


class Rule(StrEnum):
    """What kind of change it is."""

    KIND_ADDED = "kind-added"
    KIND_REMOVED = "kind-removed"
    MEMBER_ADDED = "member-added"
    MEMBER_REMOVED = "member-removed"
    RENAMED = "renamed"
    TYPE_CHANGED = "type-changed"
    NULL_ALLOWED = "null-allowed"
    NULL_REFUSED = "null-refused"
    REQUIRED = "required"
    NO_LONGER_REQUIRED = "no-longer-required"
    FORMAT_CHANGED = "format-changed"
    VALUES_ADDED = "values-added"
    VALUES_REMOVED = "values-removed"
    VALUES_CLOSED = "values-closed"
    VALUES_OPENED = "values-opened"
    SERVED_AS_TEXT = "served-as-text"
    """Nothing in the published contract: from here on the API serves a number as a string, too."""
    NOT_SERVED_AS_TEXT = "not-served-as-text"
    SERVED_OTHERWISE = "served-otherwise"
    """Nothing in the published contract either: what the API is known to serve against it is something else."""
    MEANING_CHANGED = "meaning-changed"
    """The type stays, and what is counted is something else."""
    ENDPOINT_ADDED = "endpoint-added"
    ENDPOINT_REMOVED = "endpoint-removed"
    PARAMETER_ADDED = "parameter-added"
    PARAMETER_REMOVED = "parameter-removed"
    PARAMETER_TYPE_CHANGED = "parameter-type-changed"
    PARAMETER_REQUIRED = "parameter-required"
    PARAMETER_NO_LONGER_REQUIRED = "parameter-no-longer-required"
    PARAMETER_VALUES_ADDED = "parameter-values-added"
    PARAMETER_VALUES_REMOVED = "parameter-values-removed"
    PARAMETER_DEFAULT_CHANGED = "parameter-default-changed"


_SEVERITY: Final = tuple(Effect)


@frozen(kw_only=True)
class Change:
    """One change of one record from one revision to the next."""

    rule: Rule
    record: str
    """The name of the record; of a query, the endpoint."""
    names: tuple[str, ...]
    """The wire names that it is about: both of a rename, none if it is about the whole record."""
    text: str
    """What changed, as half a sentence about the names."""
    before: str | None
    """What was said; None of what is new."""
    after: str | None
    """What is said now; None of what is gone."""
    effects: Mapping[tuple[Profile, Role], Effect]

    @property
    def place(self) -> str:
        """The record, and the member under its newest name."""
        return ("?" if self.is_of_query else "/").join((self.record, *self.names[-1:]))

    @property
    def is_of_query(self) -> bool:
        """Whether it is about what is asked, and not about what is answered."""
        return self.rule.startswith(("endpoint-", "parameter-"))

    @property
    def is_felt(self) -> bool:
        """Whether it makes a difference to any reader."""
        return any(effect is not Effect.IDENTICAL for effect in self.effects.values())

    @property
    def is_breaking(self) -> bool:
        """Whether it breaks a reader that passes over what it does not know, who adds up, or who asks as before."""
        lenient = (*READERS, Role.ADDER, Role.OLD_CALLER)
        return any(effect is Effect.BREAKING for (_, role), effect in self.effects.items() if role in lenient)


def changes(older: str, newer: str) -> tuple[Change, ...]:
    """All that differs from the revision `older` to the revision `newer`, in the contract's order."""
    old, new = contract(older).records, contract(newer).records
    found = [
        change
        for name, shape in new.items()
        for change in (_record_changes(old[name], shape) if name in old else [_kind(shape, Rule.KIND_ADDED)])
    ]
    found += [_kind(shape, Rule.KIND_REMOVED) for name, shape in old.items() if name not in new]
    return tuple(found)


def worst(found: Iterable[Change], profile: Profile, role: Role) -> Effect:
    """What all changes together do to a reader."""
    effects = (change.effects[profile, role] for change in found)
    return max(effects, key=_SEVERITY.index, default=Effect.IDENTICAL)


# -- what changed


def _kind(shape: RecordShape, rule: Rule) -> Change:
    """As published the kinds are a closed list; as served they are open, and no one looks into an unknown one."""
    added = rule is Rule.KIND_ADDED
    gets, knows = (Role.OLD_READER, Role.NEW_READER) if added else (Role.NEW_READER, Role.OLD_READER)
    effects: dict[tuple[Profile, Role], Effect] = {}
    for profile in Profile:
        effects[profile, gets] = Effect.BREAKING if profile is Profile.PUBLISHED else Effect.BACKWARD
        effects[profile, knows] = Effect.BACKWARD
    said = f"`{shape.kind}`"
    return Change(
        rule=rule,
        record=shape.name,
        names=(),
        text=f"is a new kind, {said}" if added else f"is no kind any more, {said}",
        before=None if added else said,
        after=said if added else None,
        effects=for_all(effects, {(profile, gets): True for profile in Profile}),
    )


@frozen
class _Step:
    """One change by itself: the record before and after it."""

    rule: Rule
    names: tuple[str, ...]
    text: str
    before: str | None
    after: str | None
    old: RecordShape
    new: RecordShape

    def change(self) -> Change:
        """What it is, and whom it breaks."""
        effects = effects_of(self.old, self.new, self.names)
        strangers = {
            (profile, basis): any(
                knows(sender, name, profile) and not knows(reader, name, profile) for name in self.names
            )
            for profile in Profile
            for basis, reader, sender in (
                (Role.OLD_READER, self.old, self.new),
                (Role.NEW_READER, self.new, self.old),
            )
        }
        return Change(
            rule=self.rule,
            record=self.new.name,
            names=self.names,
            text=self.text,
            before=self.before,
            after=self.after,
            effects=for_all(effects, strangers, adds=self.rule is Rule.MEANING_CHANGED),
        )


def _record_changes(old: RecordShape, new: RecordShape) -> Iterator[Change]:
    """The changes of one record, each taken by itself after those before it."""
    renamed = dict(_renames(old, new))
    for name in dict.fromkeys([*new.members, *old.required, *new.required, *old.members]):
        if name not in renamed.values() or name in new.members:
            found = [step.change() for step in _steps(old, new, renamed.get(name, name), name)]
            yield from (change for change in found if change.rule is not Rule.SERVED_OTHERWISE or change.is_felt)


def _renames(old: RecordShape, new: RecordShape) -> Iterator[tuple[str, str]]:
    """Each member that has another name now, with the name that it had."""
    gone = {member.attribute: name for name, member in old.members.items() if name not in new.members}
    for name, member in new.members.items():
        if name in old.members:
            continue
        former = member.former_name if member.former_name in gone.values() else gone.get(member.attribute)
        newer = next((m.name for m in old.newer.values() if m.newer_name == name and m.name in gone.values()), None)
        if former or newer:
            yield name, former or newer or ""


def _steps(old: RecordShape, new: RecordShape, former: str, name: str) -> Iterator[_Step]:
    before, after = old.members.get(former), new.members.get(name)
    if before is None:
        if after is None:
            yield from _undeclared(old, new, name)
        else:
            text = f"is new: {_type(after)}{'' if after.required else ', may be absent'}"
            yield _Step(Rule.MEMBER_ADDED, (name,), text, None, worded(after), old, _with(old, new, after))
    elif after is None:
        yield _Step(
            Rule.MEMBER_REMOVED, (name,), "is no longer declared", worded(before), None, old, _without(old, new, name)
        )
    else:
        shape, names = old, (name,) if former == name else (former, name)
        if former != name:
            moved = evolve(
                before,
                name=name,
                required=after.required,
                former_name=after.former_name,
                newer_name=after.newer_name,
                deviations=after.deviations,
            )
            shape = _with(_without(old, new, former), None, moved)
            text = f"is now called `{name}`"
            if former in new.required:
                text += f"; `{former}` stays required without being declared"
            if before.required != after.required:
                text += "; is required" if after.required else "; may be absent"
            yield _Step(Rule.RENAMED, names, text, f"`{former}`", f"`{name}`", old, shape)
            before = moved
        for rule, text, one, other, changed in _facts(before, after):
            following = _with(shape, None, changed)
            yield _Step(rule, names, text, one, other, shape, following)
            shape = following
        yield from _absence(shape, new, name)


def _undeclared(old: RecordShape, new: RecordShape, name: str) -> Iterator[_Step]:
    """A name that is required without being declared, or no longer is."""
    was, is_now = name in old.required, name in new.required
    if was and not is_now:
        shape = evolve(old, required=tuple(one for one in old.required if one != name))
        said = "required, not declared"
        yield _Step(Rule.NO_LONGER_REQUIRED, (name,), "is no longer required", said, None, old, shape)
    elif is_now and not was:
        shape = evolve(old, required=(*old.required, name), tolerated_absences=new.tolerated_absences)
        text = "is required without being declared"
        yield _Step(Rule.REQUIRED, (name,), text, None, "required, not declared", old, shape)
    else:
        yield from _absence(old, new, name)


def _absence(old: RecordShape, new: RecordShape, name: str) -> Iterator[_Step]:
    """A name that is required all the time, and that the API is known not to serve on one side."""
    before, after = old.tolerated_absences.get(name), new.tolerated_absences.get(name)
    if before != after and name in old.required and name in new.required:
        codes = [None if one is None else one.code for one in (before, after)]
        others = {one: deviation for one, deviation in old.tolerated_absences.items() if one != name}
        shape = evolve(old, tolerated_absences={**others, **({name: after} if after else {})})
        text = "is served otherwise against the same letter"
        yield _Step(Rule.SERVED_OTHERWISE, (name,), text, codes[0], codes[1], old, shape)


def _with(shape: RecordShape, new: RecordShape | None, member: Member) -> RecordShape:
    """A record with a member instead of one of its name, or beside the others."""
    members = {**shape.members, member.name: member}
    required = [name for name in shape.required if name != member.name] + [member.name] * member.required
    absences = shape.tolerated_absences if new is None else {**shape.tolerated_absences, **new.tolerated_absences}
    newer = {m.newer_name: m for m in members.values() if m.newer_name}
    return evolve(shape, members=members, required=tuple(required), newer=newer, tolerated_absences=absences)


def _without(shape: RecordShape, new: RecordShape, name: str) -> RecordShape:
    """A record without a member, which may be required all the same."""
    members = {one: member for one, member in shape.members.items() if one != name}
    required = [one for one in shape.required if one != name] + [name] * (name in new.required)
    newer = {m.newer_name: m for m in members.values() if m.newer_name}
    return evolve(
        shape,
        members=members,
        required=tuple(required),
        newer=newer,
        tolerated_absences={**shape.tolerated_absences, **new.tolerated_absences},
    )


_Fact: TypeAlias = "tuple[Rule, str, str | None, str | None, Member]"


def _facts(before: Member, after: Member) -> Iterator[_Fact]:
    """What changed about a member that both revisions declare, each with the member as it is from then on."""
    member = before
    is_another_value = None not in {_only(before), _only(after)} and _only(before) != _only(after)
    if (before.type, before.const) != (after.type, after.const) or is_another_value:
        member = evolve(
            member, type=after.type, of=after.of, const=after.const, values=after.values, marker=after.marker
        )
        yield Rule.TYPE_CHANGED, f"is {_type(after)}", _type(before), _type(after), member
    if before.nullable != after.nullable:
        # What the API serves where the published contract has no null comes and goes with it.
        deviations = _instead(member.deviations, after.deviations, Tolerance.NULL)
        member = evolve(member, nullable=after.nullable, deviations=deviations)
        rule, text = (Rule.NULL_ALLOWED, "may be null") if after.nullable else (Rule.NULL_REFUSED, "is never null")
        yield rule, text, worded(before), worded(after), member
    if before.required != after.required:
        member = evolve(member, required=after.required)
        rule, text = (Rule.REQUIRED, "is required") if after.required else (Rule.NO_LONGER_REQUIRED, "may be absent")
        yield rule, text, worded(before), worded(after), member
    if before.format != after.format:
        member = evolve(member, format=after.format)
        text = f"is annotated as `{after.format}`" if after.format else "has no annotation of its format"
        yield Rule.FORMAT_CHANGED, text, before.format, after.format, member
    for fact in _values(member, after):
        member = fact[-1]
        yield fact
    text_before, text_after = (m.may_be_text() for m in (before, after))
    member = evolve(member, deviations=_instead(member.deviations, after.deviations, Tolerance.NUMBER_TEXT))
    if text_after and not text_before:
        code = after.deviations[Tolerance.NUMBER_TEXT].code
        yield Rule.SERVED_AS_TEXT, f"is served as {NUMBER_TEXT}, too (`{code}`)", None, code, member
    if text_before and not text_after:
        code = before.deviations[Tolerance.NUMBER_TEXT].code
        yield Rule.NOT_SERVED_AS_TEXT, f"is not served as {NUMBER_TEXT} (`{code}`)", code, None, member
    if member.deviations != after.deviations:
        codes = [", ".join(sorted(one.code for one in m.deviations.values())) or None for m in (member, after)]
        member = evolve(member, deviations=after.deviations)
        yield Rule.SERVED_OTHERWISE, "is served otherwise against the same letter", codes[0], codes[1], member
    if before.meaning != after.meaning:
        member = evolve(member, meaning=after.meaning)
        said = after.meaning.doc if after.meaning else "nobody says what it counts."
        text = f"counts something else, which no type shows: {said[0].lower()}{said[1:].rstrip('.')}"
        yield Rule.MEANING_CHANGED, text, _counts(before), _counts(after), member


def _instead(
    before: Mapping[Tolerance, Deviation], after: Mapping[Tolerance, Deviation], allows: Tolerance
) -> dict[Tolerance, Deviation]:
    """Deviations with one of them as it is afterwards."""
    others = {one: deviation for one, deviation in before.items() if one is not allows}
    return {**others, **{one: deviation for one, deviation in after.items() if one is allows}}


def _counts(member: Member) -> str | None:
    return None if member.meaning is None else member.meaning.doc


def _values(member: Member, after: Member) -> Iterator[_Fact]:
    """What changed about the values that are listed."""
    old, new = (one if one and not one.in_prose else Values(()) for one in (member.values, after.values))
    added = tuple(value for value in new.known if value not in old.known)
    removed = tuple(value for value in old.known if value not in new.known)
    if old.closed and not new.closed:
        member = evolve(member, values=Values(old.known))
        yield Rule.VALUES_OPENED, "may be anything else, too", _quoted(member) or None, "any other", member
    if new.closed and not old.closed:
        member = evolve(member, values=Values((*old.known, *added), closed=True))
        yield Rule.VALUES_CLOSED, f"is one of {_quoted(member)} and nothing else", "any other", _quoted(member), member
    elif added:
        member = evolve(member, values=Values((*old.known, *added), closed=new.closed))
        listed = ", ".join(f"`{value}`" for value in added)
        yield Rule.VALUES_ADDED, f"may be {listed}", None, listed, member
    if removed:
        known = tuple(value for value in (*old.known, *added) if value not in removed)
        member = evolve(member, values=Values(known, closed=new.closed))
        listed = ", ".join(f"`{value}`" for value in removed)
        yield Rule.VALUES_REMOVED, f"is no longer listed as {listed}", listed, None, member


def _quoted(member: Member) -> str:
    return ", ".join(f"`{value}`" for value in member.values.known) if member.values else ""


def worded(member: Member) -> str:
    """What a revision says of a member, in a few words."""
    return f"{_type(member)}, {'required' if member.required else 'may be absent'}"


def _only(member: Member) -> str | None:
    """The only value that there may be, if there is one: of a tag, or of a closed list."""
    if member.values is not None and member.values.closed and len(member.values.known) == 1:
        return member.values.known[0]
    return member.const


def _type(member: Member) -> str:
    kind = str(member.type)
    only = _only(member)
    if only is not None:
        kind = f"`{only}`"
    elif member.values is not None and member.values.closed:
        kind = f"one of {_quoted(member)}"
    return f"{kind} or null" if member.nullable else kind
