"""
The schema stage: an exact document against one revision, every difference seen and named.

One walk over the document, guided by the neutral tree, finds all that the published schemas find, with the likely cause.
It also finds what a schema cannot say: undeclared members, old names, deviations, odd and lossy numbers.
What each thing weighs is the profile's matter; the walk is the same for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.checking.flat_records import HINT, phantoms
from usagecompat.checking.hints import (
    WHAT_IS_ONE,
    absence_hint,
    array_hint,
    envelope,
    holder_of,
    is_known,
    kinds_like,
    looks_like,
    misnamed,
    names_in_another_case,
    text_hint,
    value_hint,
)
from usagecompat.checking.spelling import Passing, did_you_mean, kind_meant, misspelt
from usagecompat.checking.wording import (
    describe,
    enumerated,
    explain_lossy,
    explain_number_text,
    explain_undeclared,
    quote,
)
from usagecompat.contract import (
    EMULATOR_HABITS,
    ENDPOINT_NAMES,
    Contract,
    Count,
    JsonType,
    Member,
    RecordShape,
    Tolerance,
    contract,
    declared_since,
    declared_until,
    is_kind,
    is_number_text,
    known_since,
)
from usagecompat.findings import Observation, Path, Shape
from usagecompat.jsontext import (
    NO_VALUE,
    Number,
    has_surrogate,
    is_safe_count,
    lossy_decimal_models,
    lossy_integer_models,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.findings import Observe
    from usagecompat.jsontext import Document, Tree

_KINDS: Final = 'The API tags results with names such as "organization.usage.completions.result".'
_ONE_OF_MANY: Final = "Leave it out; each item of the array is an object."
_UNSEEN: Final = "nobody has looked at what is in them."
_PAGE_NAMES: Final = ("page", "list")
_MOST_SUGGESTIONS: Final = 1_000
_MOST_CANDIDATES: Final = 200
_A_TYPE: Final[Mapping[JsonType, str]] = {
    JsonType.INTEGER: "an integer",
    JsonType.NUMBER: "a number",
    JsonType.STRING: "a string",
    JsonType.BOOLEAN: "true or false",
    JsonType.OBJECT: "an object",
    JsonType.ARRAY: "an array",
}


def validate(  # noqa: PLR0913 - the last two are for who looks at one document many times
    document: Document,
    revision: str,
    shape: Shape | None,
    see: Observe,
    *,
    hints: bool = True,
    passing: Passing | None = None,
) -> None:
    """
    Look at the document as the schema and record stages do, container by container.

    Args:
        document: What was read.
        revision: What it is judged against.
        shape: What it is.
        see: Told everything that there is to see.
        hints: Whether to look for names that are nearly the same, which is dear where many are wrong.
        passing: Which undeclared members need not all be told; None for none.
    """
    if document.value is not NO_VALUE:
        walk = _Walk(contract(revision), see, passing or _NONE_PASSING, hints=hints, flat=shape is Shape.FLAT)
        walk.root(document.value, shape)


_NONE_PASSING: Final = Passing(frozenset(), 0)


class _Walk:
    """One pass over one document at one revision."""

    def __init__(self, contract: Contract, see: Observe, passing: Passing, *, hints: bool, flat: bool = False) -> None:
        self.contract = contract
        self._tell = see
        self._passing = passing
        self._hints = hints
        self._flat = flat
        self._suggestions: dict[tuple[str, tuple[str, ...]], str] = {}
        self._suggested: set[str] = set()
        self._explained: dict[tuple[str, str], tuple[str, str]] = {}

    def root(self, node: Tree, shape: Shape | None) -> None:
        if type(node) is not dict:
            hint = array_hint(node) if type(node) is list else text_hint(node) if type(node) is str else WHAT_IS_ONE
            self._see("schema/wrong-type", (), f"expected an object, found {describe(node)}", hint)
        elif shape is Shape.PAGE:
            self._record(node, self.contract.page, ())
        elif shape is Shape.BUCKET:
            self._record(node, self.contract.bucket, ())
        elif (other := envelope(node)) is not None:
            code = "schema/wrong-object" if "object" in node else "schema/missing-member"
            self._see(code, ("object",), *other)
        elif not is_known(self.contract, node):
            self._nothing_known(node)
        else:
            self._result(node, ())

    def _nothing_known(self, node: dict[str, Tree]) -> None:
        """An object that has nothing of a payload, unless its names are only written in another way."""
        like = names_in_another_case(self.contract, node)
        if like is None:
            message = "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result"
            hint = WHAT_IS_ONE if node else "The object is empty."
        else:
            what, names = like
            message = f"this would be a {what}, if its names were not {enumerated(map(quote, names.values()))}"
            hint = f"Write {enumerated(f'`{name}`' for name in names)}; {_UNSEEN}"
        self._see("schema/missing-member", ("object",), message, hint)

    def _see(self, code: str, path: Path, message: str, hint: str = "") -> None:
        self._tell(Observation(code, path, message, hint))

    # -- objects

    def _result(self, node: Tree, path: Path) -> None:
        """One result: its discriminator tells which record it must be."""
        if type(node) is not dict:
            self._wrong_type(node, "a result object", path, _ONE_OF_MANY)
            return
        tag = node.get("object", NO_VALUE)
        if tag is NO_VALUE:
            self._see(
                "schema/missing-member",
                (*path, "object"),
                "a result has no `object`",
                kinds_like(self.contract, node) or _KINDS,
            )
        elif type(tag) is not str:
            hint = kinds_like(self.contract, node) or _KINDS
            self._wrong_type(tag, "a string that names the kind of the result", (*path, "object"), hint)
        elif (shape := self.contract.kinds.get(tag)) is not None:
            self._record(node, shape, path)
        else:
            self._unknown_kind(tag, node, (*path, "object"))

    def _bucket(self, node: Tree, path: Path) -> None:
        """An item of a page."""
        if type(node) is dict and "object" in node and (other := envelope(node)) is not None:
            self._see("schema/wrong-object", (*path, "object"), *other)
        else:
            self._record(node, self.contract.bucket, path)

    def _record(self, node: Tree, shape: RecordShape, path: Path) -> None:
        """One object against what the contract says of it."""
        if type(node) is not dict:
            self._wrong_type(node, f"a {shape.kind} object", path, _ONE_OF_MANY)
            return
        if shape.kind is not None and node.get("object", shape.kind) != shape.kind and not self._tag(node, shape, path):
            return
        undeclared: list[str] = []
        members = shape.members
        for name, value in node.items():
            member = members.get(name)
            if member is None:
                undeclared.append(name)
            elif member.const is None:
                self._value(value, member, (*path, name))
        missing = [name for name in shape.required if name not in node]
        if missing:
            self._missing(node, shape, path, missing, undeclared)
        made_up = phantoms(self.contract, shape, undeclared) if self._flat and not path else ()
        foreign = self._passing.names
        is_enough = bool(foreign) and self._is_enough()
        for name in undeclared:
            if name in foreign and (is_enough or self._is_enough()):
                continue
            if has_surrogate(name):
                continue
            if name in foreign and not self._hints:  # nobody reads what is said of it
                self._see("schema/undeclared-member", (*path, name), "")
                continue
            if name in made_up:
                message = f"{shape.name} has no member `{name}`; other kinds have"
                self._see("record/phantom-member", (*path, name), message, HINT)
                continue
            lost = None if name in foreign else misspelt(self.contract, shape, name, node.keys())
            if lost is not None:
                message = f"{shape.name} does not declare {quote(name)}, and has no `{lost}`"
                hint = f"Is it meant to be `{lost}`? Nobody who reads the contract gets its value."
                self._see("schema/misspelt-member", (*path, name), message, hint)
            else:
                self._see("schema/undeclared-member", (*path, name), *self._undeclared(node, shape, name))

    def _is_enough(self) -> bool:
        """
        Whether another undeclared member that means nothing would change nothing.

        It would, if it took one of the suggestions that a document may have from another name.
        """
        return self._passing.left <= 0 and not (self._hints and len(self._suggestions) < _MOST_SUGGESTIONS)

    def _tag(self, node: dict[str, Tree], shape: RecordShape, path: Path) -> bool:
        """Report a wrong discriminator of a page or bucket; False if the object clearly is another thing."""
        tag = node["object"]
        where = (*path, "object")
        if type(tag) is not str:
            self._wrong_type(tag, f'the string "{shape.kind}"', where, f'Write "object": "{shape.kind}".')
            return True
        if has_surrogate(tag):
            return True
        other = tag in (*_PAGE_NAMES, "bucket") or is_kind(tag) is not None
        habit = EMULATOR_HABITS.get(("schema/wrong-object", tag), "") if shape.kind == "page" else ""
        hint = habit or f'Write "object": "{shape.kind}".'
        if other and not habit:
            what = "a page" if tag in _PAGE_NAMES else "a bucket" if tag == "bucket" else "a result"
            hint = f"This is {what}, where a {shape.kind} was expected."
            if what == "a result" and shape.kind == "bucket":
                hint += " Results stand in the `results` of a bucket."
        by_members = looks_like(node)
        is_right = by_members is not None and by_members == shape.kind
        if is_right and not habit:
            hint = f'By its members this is a {shape.kind}: write "object": "{shape.kind}".'
        self._see("schema/wrong-object", where, f'expected "{shape.kind}", found {describe(tag)}', hint)
        return not other or bool(habit) or is_right

    def _unknown_kind(self, tag: str, node: dict[str, Tree], path: Path) -> None:
        if has_surrogate(tag):
            return
        if is_kind(tag) is None:
            hint = "This is a page." if tag in _PAGE_NAMES else "This is a bucket." if tag == "bucket" else ""
            named = next((kind for kind, shape in self.contract.kinds.items() if shape.name == tag), None)
            if named:
                hint = f'"{tag}" is a schema\'s name; the API sends "{named}".'
            else:
                hint = hint or kinds_like(self.contract, node) or self._kind_meant(tag)
            self._see(
                "schema/wrong-object",
                path,
                f"expected the name of a kind of result, found {describe(tag)}",
                hint or _KINDS,
            )
            return
        since = known_since(tag)
        if tag in ENDPOINT_NAMES:
            hint = f'This is the endpoint\'s name; the API sends "{ENDPOINT_NAMES[tag]}".'
        elif since:
            hint = f"The contract knows this kind since {since}."
        else:
            hint = self._kind_meant(tag) or "The API adds kinds; keep the results of one that you do not know."
        self._see("schema/unknown-kind", path, f"{describe(tag)} is not a kind of {self.contract.revision}", hint)

    def _kind_meant(self, tag: str) -> str:
        return kind_meant(tag, tuple(self.contract.kinds)) if self._hints else ""

    # -- presence

    def _missing(
        self, node: dict[str, Tree], shape: RecordShape, path: Path, missing: list[str], undeclared: list[str]
    ) -> None:
        """Report absent required members, and take from `undeclared` the names that explain one."""
        required = [name for name in missing if not self._may_be_absent(shape, name, undeclared)]
        others = misnamed(shape, required, undeclared)
        if others:  # one fault, one finding
            undeclared[:] = [name for name in undeclared if name not in others.values()]
            has = f"and has {enumerated(map(quote, others.values()))}"
            names = enumerated(f"`{name}`" for name in others)
            message = f"{shape.name} has no {names}, which are required, {has}"
            hint = f"Names are written in small letters, with underscores; {_UNSEEN}"
            self._see("schema/missing-member", (*path, next(iter(others))), message, hint)
        for name in missing:
            if name in others:
                continue
            member = shape.members.get(name)
            deviation = shape.tolerated_absences.get(name)
            if member and member.former_name in undeclared:
                self._renamed(node, shape, member, path, undeclared)
            elif member and member.newer_name in undeclared and Tolerance.NEWER_NAME in member.deviations:
                newer = member.newer_name or ""
                undeclared.remove(newer)
                code = member.deviations[Tolerance.NEWER_NAME].code
                message = f"`{newer}` stands for `{name}`, as {self.contract.revision} calls it"
                self._see(code, (*path, newer), message, "Read the member under either name.")
                self._value(node[newer], member, (*path, newer))
            elif deviation is not None:
                if self._flat:
                    continue  # no client knows what nobody serves
                message = f"{shape.name} has no `{name}`, which {self.contract.revision} requires by mistake"
                self._see(deviation.code, (*path, name), message, "The API does not send it; let it be optional.")
            else:
                hint = EMULATOR_HABITS.get(("schema/missing-member", name), "")
                hint = self._did_you_mean(name, tuple(undeclared), there=True) or hint
                if member and member.type is JsonType.ARRAY:
                    inner = Shape.BUCKET if shape.kind == "page" else Shape.RESULT
                    if holder := holder_of(node, undeclared[:_MOST_CANDIDATES], inner):
                        hint = f"There is {quote(holder)}, which holds {inner}s; the API calls it `{name}`."
                hint = hint or absence_hint(
                    shape.kind, name, member.type if member else None, nullable=bool(member and member.nullable)
                )
                if member and member.newer_name in undeclared:
                    hint = f"`{member.newer_name}` is its name since {declared_since(shape.name, member.newer_name or '')}."
                self._see(
                    "schema/missing-member", (*path, name), f"{shape.name} has no `{name}`, which is required", hint
                )

    def _may_be_absent(self, shape: RecordShape, name: str, undeclared: list[str]) -> bool:
        """Whether something is known of the absence of a required member."""
        member = shape.members.get(name)
        names = {member.former_name, member.newer_name} if member else set[str | None]()
        return name in shape.tolerated_absences or not names.isdisjoint(undeclared)

    def _renamed(
        self, node: dict[str, Tree], shape: RecordShape, member: Member, path: Path, undeclared: list[str]
    ) -> None:
        former = member.former_name or ""
        undeclared.remove(former)
        message = (
            f"`{former}` was its name from {declared_since(shape.name, former)} to {declared_until(shape.name, former)}; "
            f"{self.contract.revision} calls it `{member.name}`"
        )
        hint = f"Read and write `{member.name}`, or check against a revision that had `{former}`."
        self._see("schema/renamed-member", (*path, former), message, hint)
        self._value(node[former], member, (*path, former))

    def _undeclared(self, node: dict[str, Tree], shape: RecordShape, name: str) -> tuple[str, str]:
        """Message and hint for a member that the record does not declare."""
        key = (shape.name, name)
        if key in self._explained:
            return self._explained[key]
        suggest = self._did_you_mean if self._may_suggest(name) else None
        explained = explain_undeclared(self.contract, shape, name, node.keys(), suggest)
        if len(self._explained) < _MOST_SUGGESTIONS:
            self._explained[key] = explained
        return explained

    def _may_suggest(self, name: str) -> bool:
        """Whether there are suggestions left, or one for this name is known; told before candidates are looked up."""
        return self._hints and (len(self._suggestions) < _MOST_SUGGESTIONS or name in self._suggested)

    def _did_you_mean(self, name: str, candidates: tuple[str, ...], *, there: bool = False) -> str:
        """A hint at a name that is nearly the same; none for more names than anybody writes, since looking is dear."""
        if not self._hints or len(candidates) > _MOST_CANDIDATES:
            return ""
        key = (name, candidates)
        if key not in self._suggestions:
            if len(self._suggestions) == _MOST_SUGGESTIONS:
                return ""
            self._suggested.add(name)
            self._suggestions[key] = did_you_mean(name, candidates, there=there)
        return self._suggestions[key]

    # -- values

    def _value(self, value: Tree, member: Member, path: Path) -> None:
        """One declared member's value against its type."""
        wanted = member.type
        if value is None:
            if not member.nullable:
                self._null(member, path)
        elif type(value) is Number:
            if is_safe_count(value.lexeme) and wanted is JsonType.INTEGER:
                return  # as nearly all are
            if not value.within_limits:
                return
            if wanted is JsonType.INTEGER:
                self._integer(value, member, path)
            elif wanted is JsonType.NUMBER:
                self._lossy(lossy_decimal_models(value), value, path)
            else:
                self._wrong_type(value, _A_TYPE[wanted], path, value_hint(value, wanted, member.name))
        elif type(value) is str:
            if has_surrogate(value):
                return
            if wanted is JsonType.STRING:
                if member.values is not None and value not in member.values.known:
                    self._unlisted(value, member, path)
            elif Tolerance.NUMBER_TEXT in member.deviations:
                self._number_text(value, member, path)
            else:
                self._wrong_type(value, _A_TYPE[wanted], path, value_hint(value, wanted, member.name))
        elif type(value) is list and wanted is JsonType.ARRAY:
            for index, item in enumerate(value):
                if member.of == (self.contract.bucket.name,):
                    self._bucket(item, (*path, index))
                else:
                    self._result(item, (*path, index))
        elif type(value) is dict and wanted is JsonType.OBJECT:
            self._record(value, self.contract.amount, path)
        elif not (type(value) is bool and wanted is JsonType.BOOLEAN):
            self._wrong_type(value, _A_TYPE[wanted], path, value_hint(value, wanted, member.name))

    def _null(self, member: Member, path: Path) -> None:
        deviation = member.deviations.get(Tolerance.NULL)
        if deviation:
            message = f"{self.contract.revision} wants {_A_TYPE[member.type]}, found null"
            self._see(deviation.code, path, message, "The API sends null here; read it as an absent member.")
        else:
            hint = "Leave the member out, or send a value." if not member.required else "Send a value; it is required."
            if member.type is JsonType.ARRAY:
                hint = value_hint(None, member.type, member.name)
            self._see("schema/unexpected-null", path, f"expected {_A_TYPE[member.type]}, found null", hint)

    def _integer(self, number: Number, member: Member, path: Path) -> None:
        lexeme = number.lexeme
        plain = lexeme.isdigit()
        if not plain:
            if not number.is_integer:
                self._wrong_type(number, "an integer", path, value_hint(number, member.type, member.name))
                return
            if not lexeme.removeprefix("-").isdigit():
                message = f"expected an integer, found {describe(number)}, which is one in another spelling"
                self._see("record/integer-spelled-as-float", path, message, "Write it without fraction and exponent.")
            if isinstance(member.marker, Count) and lexeme[0] == "-" and number.decimal < 0:
                message = f"a count cannot be below zero, found {describe(number)}"
                self._see(
                    "record/negative-count", path, message, "Was something subtracted, or did a counter overflow?"
                )
                return
        self._lossy(lossy_integer_models(number), number, path)

    def _lossy(self, models: tuple[str, ...], number: Number, path: Path) -> None:
        if models:
            self._see("record/lossy-number", path, *explain_lossy(models, number))

    def _number_text(self, text: str, member: Member, path: Path) -> None:
        if is_number_text(text):
            self._see(member.deviations[Tolerance.NUMBER_TEXT].code, path, *explain_number_text(text))
        else:
            self._wrong_type(text, "a number", path, value_hint(text, member.type, member.name))

    def _unlisted(self, value: str, member: Member, path: Path) -> None:
        values = member.values
        if values is None:
            return
        listed = ", ".join(f'"{known}"' for known in values.known)
        code = "schema/unknown-value" if values.closed else "schema/unlisted-value"
        self._see(
            code,
            path,
            f"expected one of {listed}, found {describe(value)}",
            self._did_you_mean(value, values.known) or "The API may add values; keep the text as it is.",
        )

    def _wrong_type(self, value: Tree, wanted: str, path: Path, hint: str = "") -> None:
        if value is None:
            self._see("schema/unexpected-null", path, f"expected {wanted}, found null", hint)
        elif type(value) is not Number or value.within_limits:
            self._see("schema/wrong-type", path, f"expected {wanted}, found {describe(value)}", hint)
