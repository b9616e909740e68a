"""
What a new revision asks for in the kit's own files, as text for a person: lines, and cases to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.contract import (
    LATEST,
    Change,
    JsonType,
    Rule,
    changes,
    contract,
    day_of,
    source_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import Member, RecordShape

_PYTHON: Final[Mapping[JsonType, str]] = {
    JsonType.INTEGER: "int",
    JsonType.NUMBER: "Decimal",
    JsonType.STRING: "str",
    JsonType.BOOLEAN: "bool",
    JsonType.OBJECT: "CostsResultAmount",
}


def patch_text(draft: str) -> Iterator[str]:
    """The lines and cases that a draft asks for beside the newest revision."""
    day, said = day_of(draft), contract(draft)
    found = changes(LATEST, draft)
    yield "# src/usagecompat/contract/revisions.py, in PUBLISHED"
    yield f'    "{day}": "{source_of(draft)}: (what it brought)",'
    yield ""
    yield "# src/usagecompat/contract/records.py"
    for change in found:
        if change.rule is Rule.KIND_ADDED:
            yield from _record(said.records[change.record], day)
        else:
            yield from _line(change, said.records.get(change.record), day)
    yield ""
    yield "# src/usagecompat/contract/endpoints.py, in ENDPOINTS"
    for kind, endpoint in said.endpoints.items():
        if kind not in contract(LATEST).kinds:
            yield f'    "{kind}": "{endpoint}",'
    yield ""
    yield "# fixtures/upstream/history.json: the draft itself, at the end of `revisions`"
    yield ""
    yield "# cases to write (usagecompat fixtures new), each at the new revision and at the one before"
    for change in found:
        yield from (f"#   {case}" for case in _cases(change))


def _annotation(member: Member, *, since: str) -> str:
    """A member as one line of its record, and the text under it that editors show."""
    notes = [f'{type(member.marker).__name__}("{member.marker.doc}")']
    if member.values is not None:
        notes.append(f"Values({member.values.known!r}, closed={member.values.closed})")
    if since:
        notes.append(f'Since("{since}")')
    typed = " | ".join([_PYTHON[member.type], *["None"] * member.nullable, *["Absent"] * (not member.required)])
    default = "" if member.required else " = ABSENT"
    line = f"    {member.attribute}: Annotated[{typed}, {', '.join(notes)}]{default}"
    return f'{line}\n    """{_described(member, since=since)}"""'


def _described(member: Member, *, since: str) -> str:
    said = [member.marker.doc]
    if member.values is not None:
        listed = ", ".join(f"`{value}`" for value in member.values.known)
        said.append(f"One of {listed}." if member.values.closed else f"Such as {listed}.")
    return " ".join([*said, *([f"Declared since {since}."] if since else [])])


def _record(shape: RecordShape, day: str) -> Iterator[str]:
    yield ""
    yield "@frozen(kw_only=True)"
    yield f"class {shape.name}(Record):"
    yield f'    """{shape.doc}"""'
    yield ""
    yield f'    SINCE = "{day}"'
    yield ""
    for member in shape.members.values():
        if member.const is not None:
            yield f'    object: Annotated[Literal["{member.const}"], Kind("Says what it is.")] = "{member.const}"'
            yield '    """Says what it is."""'
        elif member.type in _PYTHON:
            yield _annotation(member, since="")
    yield ""


def _line(change: Change, shape: RecordShape | None, day: str) -> Iterator[str]:
    """What one change asks for, in words where it is no line."""
    name = change.names[-1] if change.names else ""
    member = None if shape is None else shape.members.get(name)
    if change.rule is Rule.MEMBER_ADDED and shape is not None and member is not None and member.type in _PYTHON:
        yield f"# in {shape.name}; and its twin, a FlatMember, in UsageTimeBucketResultInner"
        yield _annotation(member, since=day)
        return
    qualifiers: Mapping[Rule, str] = {
        Rule.NULL_ALLOWED: f'`| None` in its type, and NullSince("{day}")',
        Rule.REQUIRED: f'RequiredSince("{day}")',
        Rule.FORMAT_CHANGED: f'FormatSince("{day}", "{member.format if member else ""}")',
        Rule.RENAMED: f'the new name, and RenamedAt("{day}", former="{change.names[0] if change.names else ""}")',
        Rule.MEANING_CHANGED: f'one more Means(since="{day}", …)',
    }
    asked = qualifiers.get(change.rule, "there is no marker for this yet, so markers.py and tree.py need one")
    yield f"# {change.place}: {change.text}: {asked}"


def _cases(change: Change) -> Iterator[str]:
    """The cases that show a change, each by what is in it."""
    what = change.place
    if change.rule is Rule.KIND_ADDED:
        yield f"{what}: valid with all members; valid with the required ones only; one broken"
        yield f"{what}: unknown at the revision before"
    elif change.rule is Rule.MEMBER_ADDED:
        yield f"{what}: present, absent, and with a value of another type"
        yield f"{what}: undeclared at the revision before"
    elif change.rule is Rule.MEANING_CHANGED:
        yield f"{what}: a sum that is right in the new meaning only, and one in the old meaning only"
    else:
        yield f"{what}: a payload that only the new revision takes, and one that only the old one takes ({change.rule})"
