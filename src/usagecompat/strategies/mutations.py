"""
Named ways to change one thing in a payload, each with the finding that it must cause, or with the promise of none.

They are read from the neutral tree of a revision, so that a new member, kind or revision is broken without a line here.
What a change must cause is said where the change is made, by what the contract says, and never learnt from a check.

Each is an obligation: something that the corpus or a case derived from it has to cover.
"""

from __future__ import annotations

import copy
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from usagecompat.checking import LAST_TIME, SUM_RULES, meant, sum_rules
from usagecompat.contract import LATEST, Contract, Count, JsonType, Member, RecordShape, Tolerance, contract
from usagecompat.jsontext import Number
from usagecompat.strategies.rule_mutations import bucket_rules, page_rules, sums, texts, update
from usagecompat.strategies.samples import (
    TWIN,
    VALID,
    WHOLE,
    WRONG,
    Make,
    Mutation,
    Object,
    clear_sums,
    number,
    rename,
    sample,
    sample_record,
    wrong_types,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.findings import Path


# -- values


_TIMES: Final = ("start_time", "end_time")
_INTEGERS: Final[Mapping[str, tuple[str, str]]] = {
    "zero": ("0", VALID),
    "minus-zero": ("-0", VALID),
    "int32-max": ("2147483647", VALID),
    "beyond-int32": ("2147483648", "record/lossy-number"),
    "int53-max": ("9007199254740991", "record/lossy-number"),
    "beyond-int53": ("9007199254740992", "record/lossy-number"),
    "int64-max": ("9223372036854775807", "record/lossy-number"),
    "beyond-int64": ("9223372036854775808", "record/lossy-number"),
    "zero-fraction": ("5.0", "record/integer-spelled-as-float"),
    "exponent": ("5e0", "record/integer-spelled-as-float"),
}
_DECIMALS: Final[Mapping[str, tuple[str, str]]] = {
    "zero": ("0", VALID),
    "whole": ("12", VALID),
    "negative": ("-3.25", VALID),
    "trailing-zero": ("12.50", VALID),
    "exponent": ("1e-7", VALID),
    "thirty-four-digits": ("1.234567890123456789012345678901234", "record/lossy-number"),
    "beyond-binary64": ("1e400", "record/lossy-number"),
}
_NOT_FOR_JSON: Final[Mapping[str, tuple[str, str]]] = {
    "nan": ("NaN", "json/non-finite-number"),
    "minus-infinity": ("-Infinity", "json/non-finite-number"),
    "digits-beyond-limit": ("1" * 10_001, "json/limit-digits"),
    "exponent-beyond-limit": ("1e10001", "json/limit-exponent"),
}


# -- all changes


@cache
def mutations(revision: str) -> tuple[Mutation, ...]:
    """Everything that is to be covered of what `revision`, one of `REVISIONS`, says."""
    said = contract(revision)
    return tuple(mutation for shape in said.records.values() for mutation in _of_record(shape, said))


def _of_record(shape: RecordShape, said: Contract) -> Iterator[Mutation]:
    make = partial(Mutation, revision=said.revision, record=shape.name)
    for member in shape.members.values():
        yield from _presence(make, member, shape, said)
        yield from _names(make, member, shape, said)
        yield from _values(make, member, shape, said)
    for name in shape.required:
        if name not in shape.members:
            yield make(member=name, fault="present", change=partial(update, {name: Number("1")}))
            yield make(member=name, fault="absent", **_absence(shape, name), change=_without(name))
    yield make(
        member=WHOLE,
        fault="undeclared-member",
        code="schema/undeclared-member",
        at=("x_undeclared",),
        change=lambda node: node.setdefault("x_undeclared", "example"),
    )
    for fault, optional in (("minimal", False), ("full", True)):
        yield make(member=WHOLE, fault=fault, change=partial(_made_anew, shape, said, optional=optional))
    for rule in sum_rules(said.revision, shape.kind or ""):
        yield from sums(make, rule, shape)
    if shape is said.page:
        yield from page_rules(make, said)
    if shape is said.bucket:
        yield from bucket_rules(make, said)
    if said.revision == LATEST and shape is not said.amount:
        yield from texts(make)


# -- members


def _absence(shape: RecordShape, name: str) -> dict[str, Any]:
    """What must be found where a member of this name is absent."""
    if name == "currency":
        return {"code": "rule/amount-without-currency", "at": (name,)}
    if name not in shape.required:
        return {"code": VALID}
    deviation = shape.tolerated_absences.get(name)
    return {"code": deviation.code if deviation else "schema/missing-member", "at": (name,)}


def _presence(make: Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
    name = member.name
    yield make(member=name, fault="present", change=_with(member, shape, sample(member, said)))
    yield make(member=name, fault="absent", **_absence(shape, name), change=_without(name))
    if member.nullable:
        code = VALID
    elif Tolerance.NULL in member.deviations:
        code = member.deviations[Tolerance.NULL].code
    else:
        code = "schema/unexpected-null"
    yield make(member=name, fault="null", code=code, at=(name,), change=_with(member, shape, None))


def _names(make: Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
    name = member.name
    wrong = f"x_{name}"
    extra = {"code": "schema/undeclared-member", "at": (wrong,)}
    lost = _absence(shape, name) if name in shape.required else extra
    yield make(member=name, fault="misspelt", **lost, change=_renamed(member, shape, said, wrong))
    nearly = f"{name}x"
    if name in meant(said, shape, nearly):
        yield make(
            member=name,
            fault="one-letter-wrong",
            code="schema/misspelt-member",
            at=(nearly,),
            change=_renamed(member, shape, said, nearly),
        )
    if member.former_name:
        code = "schema/renamed-member" if member.required else "schema/undeclared-member"
        change = _renamed(member, shape, said, member.former_name)
        yield make(member=name, fault="former-name", code=code, at=(member.former_name,), change=change)
    if member.newer_name:
        change = _renamed(member, shape, said, member.newer_name)
        deviation = member.deviations.get(Tolerance.NEWER_NAME)
        found = {"code": deviation.code, "at": (member.newer_name,)} if deviation else _absence(shape, name)
        yield make(member=name, fault="newer-name", **found, change=change)
    yield make(
        member=name,
        fault="duplicated",
        code="json/duplicate-member",
        at=(name,),
        change=_twice(member, shape, said),
    )


def _values(make: Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
    def valued(fault: str, value: object, code: str = VALID, at: Path = ()) -> Mutation:
        change, place = _with(member, shape, value), (member.name, *at)
        if member.name in _TIMES and type(value) is Number and (time := value.whole) is not None:
            first = time - (member.name == "end_time")
            if first < 0 or time > LAST_TIME:
                code, place = "rule/time-not-in-seconds", ("start_time",) if first < 0 else place
        return make(member=member.name, fault=fault, code=code, at=place, change=change)

    for name, value in wrong_types(member).items():
        yield valued(name, value, "schema/wrong-type")
    if member.const is not None:
        yield from _tags(valued, shape, said)
    elif member.type is JsonType.STRING:
        yield from _strings(valued, member)
    elif member.type in (JsonType.INTEGER, JsonType.NUMBER):
        yield from _numbers(valued, member, said)
    elif member.type is JsonType.BOOLEAN:
        yield valued("true", value=True)
        yield valued("false", value=False)
    elif member.type is JsonType.ARRAY:
        yield valued("empty", [])
        yield valued("item-null", [None], "schema/unexpected-null", (0,))
        for name, value in WRONG[JsonType.OBJECT].items():
            yield valued(f"item-{name}", [value], "schema/wrong-type", (0,))
    elif not said.amount.required:
        yield valued("empty", {})


_Valued: TypeAlias = "Callable[..., Mutation]"


def _tags(valued: _Valued, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
    yield valued("other", "example", "schema/wrong-object")
    yield valued("schema-name", shape.name, "schema/wrong-object")
    yield valued("upper-case", (shape.kind or "").upper(), "schema/wrong-object")
    yield valued("other-record", "page" if shape is said.bucket else "bucket", "schema/wrong-object")
    if shape.kind in said.kinds:
        yield valued("unknown-kind", "organization.usage.x_unknown.result", "schema/unknown-kind")


def _strings(valued: _Valued, member: Member) -> Iterator[Mutation]:
    yield valued("lone-surrogate", "a\ud800", "json/lone-surrogate")
    if member.name == "currency":
        yield valued("empty", "", "rule/currency-not-iso-4217")
        yield valued("sign", "$", "rule/currency-not-iso-4217")
    elif member.values is None:
        yield valued("empty", "")
    else:
        code = "schema/unknown-value" if member.values.closed else "schema/unlisted-value"
        yield valued("empty", "", code)
        yield valued("unlisted", "example", code)
        for known in member.values.known:
            yield valued(f"listed-{known}", known)
    if member.name == "currency":
        yield valued("upper-case", "USD", "rule/currency-not-lower-case")


def _numbers(valued: _Valued, member: Member, said: Contract) -> Iterator[Mutation]:
    spellings = _INTEGERS if member.type is JsonType.INTEGER else _DECIMALS
    for fault, (lexeme, code) in spellings.items():
        yield valued(fault, Number(lexeme), code)
    if member.type is JsonType.INTEGER:
        yield valued("minus-one", Number("-1"), "record/negative-count" if isinstance(member.marker, Count) else VALID)
    if member.type is JsonType.NUMBER:
        deviation = member.deviations.get(Tolerance.NUMBER_TEXT)
        yield valued("number-text", "12.50", deviation.code if deviation else "schema/wrong-type")
        for fault, text in (("number-text-nan", "NaN"), ("number-text-space", " 1"), ("number-text-empty", "")):
            yield valued(fault, text, "schema/wrong-type")
    if said.revision == LATEST:
        for fault, (lexeme, code) in _NOT_FOR_JSON.items():
            yield valued(fault, Number(lexeme), code)


def _without(name: str) -> Callable[[Object], object]:
    def change(node: Object) -> None:
        node.pop(name, None)
        if name == "next_page":
            node["has_more"] = False
        if name == "currency":
            node.setdefault("value", Number("1"))

    return change


def _renamed(member: Member, shape: RecordShape, said: Contract, other: str) -> Callable[[Object], object]:
    def change(node: Object) -> None:
        _put(node, member, shape, said)
        rename(node, member.name, other)
        if member.name == "next_page":
            node["has_more"] = False
        if member.name == "currency":
            node.pop("value", None)

    return change


def _twice(member: Member, shape: RecordShape, said: Contract) -> Callable[[Object], object]:
    def change(node: Object) -> None:
        _put(node, member, shape, said)
        node[f"{TWIN}{member.name}"] = node[member.name]

    return change


def _put(node: Object, member: Member, shape: RecordShape, said: Contract) -> None:
    """See to it that the member is there."""
    if member.name not in node:
        node[member.name] = sample(member, said)
        _agree(node, member, shape)


def _with(member: Member, shape: RecordShape, value: object) -> Callable[[Object], object]:
    def change(node: Object) -> None:
        node[member.name] = copy.deepcopy(value)
        _agree(node, member, shape)

    return change


def _agree(node: Object, member: Member, shape: RecordShape) -> None:
    """Let the other members fit the one that was changed, so that no rule is broken by the way."""
    name, value = member.name, node[member.name]
    count = value.integer if type(value) is Number and value.within_limits and value.is_integer else None
    clear_sums(node, shape, keep=(name,))
    if name == "input_cached_tokens" and count is not None and "input_tokens" in node:
        node["input_tokens"] = number(max(count, 1))
    elif name == "start_time" and count is not None:
        node["end_time"] = number(count + 1)
    elif name == "end_time" and count is not None:
        node["start_time"] = number(count - 1 if count <= LAST_TIME else 0)
    elif name == "value" and value is not None:
        node.setdefault("currency", "usd")
    elif name == "next_page":
        node["has_more"] = type(value) is str and value != ""
    elif name == "has_more" and value is True:
        node["next_page"] = "page_example"
    elif name == "has_more" and "next_page" in shape.members:
        node["next_page"] = None if shape.members["next_page"].nullable else ""


# -- rules


def _made_anew(shape: RecordShape, said: Contract, node: Object, *, optional: bool) -> None:
    """Put in place of a record one that has only what it must have, or everything."""
    terms = {name for rule in SUM_RULES for name in rule.all_terms}
    made = sample_record(shape, said, optional=optional)
    node.clear()
    node.update({name: number(0) if name in terms else value for name, value in made.items()})
    if "end_time" in node:
        node["end_time"] = number(8)
