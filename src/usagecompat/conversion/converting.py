"""
`convert`: a payload of one revision as one of another, with every digit, and with all that is lost told.

The text is changed in place: what both revisions say alike keeps its spelling, its order and its white space.
What cannot be converted is refused with the reason; usage is never made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import Factory, frozen

from usagecompat.checking import check, shape_of_document
from usagecompat.contract import JsonType, contract, is_number_text, resolve_revision
from usagecompat.conversion.meanings import Unclear, recount
from usagecompat.conversion.splicing import Edits, Spot, spots
from usagecompat.exceptions import CannotConvert
from usagecompat.findings import CODES, Finding, Path, Profile, Severity, Shape, Verdict, pointer
from usagecompat.jsontext import Number, lexeme_of, read

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from usagecompat.contract import Contract, Member, RecordShape, Revision
    from usagecompat.conversion.splicing import Entry

_TAG: Final = "object"


@frozen
class Conversion:
    """What a payload is at another revision."""

    payload: bytes
    losses: tuple[Finding, ...]
    """What is not in it any more, in document order; each leads into what was given."""
    from_: str
    """The revision that it was of."""
    to: str


def convert(
    payload: bytes | bytearray | memoryview | str, to: Revision, *, from_: Revision | None = None, strict: bool = False
) -> Conversion:
    """
    A payload as one of another revision.

    Args:
        payload: JSON text: a page, a bucket or a result.
        to: The revision that it is to be of, one of `usagecompat.REVISIONS` or a draft.
        from_: The revision that it is of; None for the one that it fits best.
        strict: Leave out members and kinds that `to` does not know, instead of keeping them as undeclared ones.

    Raises:
        CannotConvert: It is invalid where it comes from, or cannot be said as `to` says it; the reason is told.
        NoSuchRevision: `to` or `from_` was never published.
    """
    target = resolve_revision(to)
    data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else bytes(payload)
    if from_ is None:
        report = check(data)
        source = report.best_revision or target
        if report.revision != source:
            report = check(data, revision=source)
    else:
        source = resolve_revision(from_)
        report = check(data, revision=source)
    if report.verdict is Verdict.INVALID:
        first = next(one for one in report.findings if one.severity is Severity.ERROR)
        raise CannotConvert(target, first.pointer, f"it is invalid at {source}, where it comes from: {first.message}")
    if source == target and not strict:
        return Conversion(data, (), source, target)
    document = read(data)
    text = document.text or ""
    conversion = _Conversion(contract(source), contract(target), Edits(text), strict=strict)
    root = spots(text)
    shape = shape_of_document(document)
    if shape is Shape.PAGE:
        conversion.record(root, conversion.source.page, conversion.target.page, ())
    elif shape is Shape.BUCKET:
        conversion.record(root, conversion.source.bucket, conversion.target.bucket, ())
    elif not conversion.result(root, ()):
        tag = _tag(root)
        raise CannotConvert(target, "/object", f"{tag!r} is no kind of {target}, and a result is all that there is")
    written = conversion.edits.result()
    converted = data if written == text else written.encode()
    after = check(converted, revision=target, shape=shape)
    if after.verdict is Verdict.INVALID:
        first = next(one for one in after.findings if one.severity is Severity.ERROR)
        raise CannotConvert(target, first.pointer, first.message)
    return Conversion(converted, tuple(conversion.losses), source, target)


def _tag(spot: Spot) -> str | None:
    """What the `object` of a result says."""
    return next((one.value.string for one in spot.members or () if one.name == _TAG), None)


@frozen
class _Conversion:
    """One walk over one text."""

    source: Contract
    target: Contract
    edits: Edits
    losses: list[Finding] = Factory(list[Finding])
    strict: bool = False

    def lose(self, code: str, path: Path, message: str) -> None:
        """Tell that something is lost."""
        self.losses.append(Finding(code, CODES[code].severity(Profile.SERVED), pointer(path), message, path=path))

    def refuse(self, path: Path, reason: str) -> CannotConvert:
        """The reason why it cannot be converted."""
        return CannotConvert(self.target.revision, pointer(path), reason)

    def result(self, spot: Spot, path: Path) -> bool:
        """Convert one result; False if it is to be left out."""
        tag = _tag(spot)
        before, after = self.source.kinds.get(tag or ""), self.target.kinds.get(tag or "")
        if after is None:
            return not self.strict
        self.record(spot, before or after, after, path)
        if before is not None:
            self._meanings(spot, before, after, path)
        return True

    def record(self, spot: Spot, before: RecordShape, after: RecordShape, path: Path) -> None:
        """Convert one object from what one revision says of it to what another says."""
        entries = spot.members or ()
        there = {entry.name for entry in entries}
        found: dict[str, str] = {}
        for index, entry in enumerate(entries):
            here = (*path, entry.name)
            member = _member(before, entry.name, there)
            wanted = _counterpart(before, after, member) if member is not None else after.members.get(entry.name)
            if wanted is None:
                if entry.name not in after.required:  # which may not be declared
                    self._unknown(spot, index, after, here)
                found[entry.name] = entry.name
            elif self._value(spot, index, member or wanted, wanted, here, after):
                self._name(entry, member, wanted, here, there)
                if wanted.name in found:
                    raise self.refuse(here, f"it would stand beside another `{wanted.name}`")
                found[wanted.name] = entry.name
        self._missing(after, found.keys(), path)

    def _unknown(self, spot: Spot, index: int, after: RecordShape, path: Path) -> None:
        if self.strict:
            self.edits.remove(spot, index)
            message = f"{after.name} has no such member at {self.target.revision}"
            self.lose("convert/member-dropped", path, message)

    def _name(self, entry: Entry, member: Member | None, wanted: Member, path: Path, there: set[str]) -> None:
        """The name that the target gives a member."""
        if entry.name != wanted.name:
            if wanted.name in there:
                raise self.refuse(path, f"it would become `{wanted.name}`, and there is one already")
            self.edits.replace(entry.start, entry.name_end, f'"{wanted.name}"')
        if member is not None and entry.name != member.name:
            message = f"it stood here for `{member.name}`, as {self.source.revision} calls it, which is lost"
            self.lose("convert/name-lost", path, message)

    def _value(  # noqa: PLR0913, PLR0917 - as many as a member has sides
        self, spot: Spot, index: int, member: Member, wanted: Member, path: Path, after: RecordShape
    ) -> bool:
        """Convert the value of a member; False if the member is left out."""
        value = (spot.members or ())[index].value
        if value.is_null and not wanted.may_be_null():
            if wanted.name in after.required:
                raise self.refuse(path, f"it is null, which {self.target.revision} does not allow, and it is required")
            self.edits.remove(spot, index)
            self.lose("convert/null-dropped", path, f"{self.target.revision} does not allow null here")
            return False
        if wanted.type is JsonType.NUMBER and value.is_string and not wanted.may_be_text():
            text = value.string or ""
            if not is_number_text(text):
                raise self.refuse(path, "it is a string, where only a number is allowed")
            self.edits.replace(value.start, value.end, text)
            message = f"the string is a number with the same digits, since {self.target.revision} has no strings here"
            self.lose("convert/text-became-number", path, message)
        elif wanted.type is JsonType.OBJECT and value.members is not None and member.type is JsonType.OBJECT:
            self.record(value, self.source.amount, self.target.amount, path)
        elif wanted.type is JsonType.ARRAY and value.items is not None:
            self._items(value, wanted, path)
        return True

    def _items(self, array: Spot, wanted: Member, path: Path) -> None:
        for index, item in enumerate(array.items or ()):
            here = (*path, index)
            if wanted.of == (self.target.bucket.name,):
                self.record(item, self.source.bucket, self.target.bucket, here)
            elif not self.result(item, here):
                self.edits.remove(array, index)
                message = f"{_tag(item)!r} is no kind of {self.target.revision}"
                self.lose("convert/result-dropped", here, message)

    def _missing(self, after: RecordShape, names: AbstractSet[str], path: Path) -> None:
        """Refuse what lacks something that the target requires and is known to serve."""
        moved = {member.name for newer, member in after.moved().items() if newer in names}
        for name in after.needed():
            if name not in names and name not in moved:
                reason = f"{after.name} needs `{name}` at {self.target.revision}, and nothing is made up"
                raise self.refuse((*path, name), reason)

    # -- meanings

    def _meanings(self, spot: Spot, before: RecordShape, after: RecordShape, path: Path) -> None:
        """Recompute counts that mean something else."""
        changed = [
            entry
            for entry in spot.members or ()
            if (member := before.members.get(entry.name)) is not None
            and (wanted := after.members.get(entry.name)) is not None
            and member.meaning is not None
            and wanted.meaning is not None
            and member.meaning != wanted.meaning
        ]
        if not changed:
            return  # a count is computed only if somebody asks for it: a few characters may spell thousands of digits
        counts = {
            entry.name: number.integer
            for entry in spot.members or ()
            if entry.value.text[:1] in "-0123456789"
            and entry.value.text
            and (number := Number(entry.value.text)).is_integer
        }
        for entry in changed:
            member, wanted = before.members[entry.name], after.members[entry.name]
            if entry.name not in counts or member.meaning is None or wanted.meaning is None:
                continue
            here = (*path, entry.name)
            try:
                found = recount(entry.name, member.meaning, wanted.meaning, counts)
            except Unclear as unclear:
                reason = f"it counts something else at {self.target.revision}, and the result of that is not known: {unclear}"
                raise self.refuse(here, reason) from unclear
            if found.value == counts[entry.name]:
                continue
            self.edits.replace(entry.value.start, entry.value.end, lexeme_of(found.value))
            if found.is_lossy or lexeme_of(counts[entry.name]) != entry.value.text:
                message = "it was recomputed, and the way back may give another text"
                self.lose("convert/sum-recomputed", here, message)


def _member(shape: RecordShape, name: str, there: set[str]) -> Member | None:
    """The member that a name stands for at the revision where a record comes from."""
    member = shape.members.get(name)
    if member is None:
        alias = shape.newer.get(name) or shape.former.get(name)
        if alias is not None and alias.name not in there:
            return alias
    return member


def _counterpart(before: RecordShape, after: RecordShape, member: Member) -> Member | None:
    """The same member at another revision, under whichever name."""
    for wanted in after.members.values():
        if wanted.attribute == member.attribute or wanted.former_name == member.name:
            return wanted
    return after.members.get(member.former_name or "") if before.former.get(member.former_name or "") else None
