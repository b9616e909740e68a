"""
Named ways to change one thing in a payload, each with the finding that it must cause, or with the promise of none.

They are read from the neutral tree of a revision, so that a new member, kind or revision is broken without a line here.
What a change must cause is said where the change is made, by what the contract says, and never learnt from a check.

Each is an obligation: something that the corpus or a case derived from it has to show.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import field, frozen

from usagecompat.checking import LAST_TIME, SUM_RULES, SumRule, meant, sum_rules
from usagecompat.contract import LATEST, Contract, Count, JsonType, Member, RecordShape, Tolerance, contract
from usagecompat.findings import Path
from usagecompat.jsontext import Number, lexeme_of, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.jsontext import Tree

Object: TypeAlias = dict[str, Any]
"""An object of an exact JSON tree."""
Place: TypeAlias = tuple[Path, Object, RecordShape]
"""Where in a payload a record stands, the record, and what it is."""

WHOLE: Final = "-"
"""Stands for the member where a change concerns a record as a whole."""
VALID: Final = ""
"""Stands for the code where nothing above a note must be found."""
TWIN: Final = "\0"
"""In front of a name: the member is written under the name itself, as a second one."""


@frozen(kw_only=True, eq=False)
class Mutation:
    """One way to change one record."""

    revision: str
    record: str
    member: str
    """The wire name at the revision, or `WHOLE`."""
    fault: str
    code: str = VALID
    at: Path | None = ()
    """Where the finding stands, seen from the record; None for the payload as a whole."""
    change: Callable[[Object], object] = field(repr=False)
    """Makes the change in a record that obeys the revision, and lets its other members agree with it."""
    text: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    """Makes the change in the text instead; the record is then the whole payload."""

    @property
    def obligation(self) -> str:
        """What has to be shown: an interface, which no other change has."""
        return f"{self.revision}/{self.record}/{self.member}/{self.fault}"


def records_in(tree: Any, said: Contract, path: Path = ()) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    """All records of a payload, from the outside in, as far as the revision knows their kinds."""
    if type(tree) is not dict:
        return
    node = cast("Object", tree)
    tag = node.get("object")
    shapes = (said.page, said.bucket, *said.kinds.values())
    shape = next((shape for shape in shapes if shape.kind == tag), None)
    if shape is None:
        return
    yield path, node, shape
    for name, member in shape.members.items():
        inner: Tree = node.get(name)
        if member.type is JsonType.ARRAY:
            for index, item in enumerate(inner if type(inner) is list else ()):
                yield from records_in(item, said, (*path, name, index))
        elif member.type is JsonType.OBJECT and type(inner) is dict:
            yield (*path, name), inner, said.amount


def rename(node: Object, name: str, other: str) -> None:
    """Let a member stand under another name, in the same place."""
    members = {other if key == name else key: value for key, value in node.items()}
    node.clear()
    node.update(members)


def encode(tree: Object) -> bytes:
    """The text of a tree, in which a member whose name begins with `TWIN` stands under the name itself."""
    return write(tree).replace(b'"\\u0000', b'"')


# -- values


def number(value: int) -> Number:
    """The integer in its plain spelling."""
    return Number(lexeme_of(value))


def sample(member: Member, said: Contract) -> Any:  # noqa: ANN401 - any JSON
    """A value that nobody can object to."""
    if member.const is not None:
        return member.const
    if member.type is JsonType.OBJECT:
        return sample_record(said.amount, said, optional=True)
    if member.type is JsonType.STRING:
        known = {"currency": "usd", "next_page": "page_example"}.get(member.name, "example")
        return member.values.known[0] if member.values else known
    plain = {JsonType.INTEGER: Number("7"), JsonType.NUMBER: Number("0.25"), JsonType.BOOLEAN: True}
    return plain.get(member.type, [])


def sample_record(shape: RecordShape, said: Contract, *, optional: bool = False) -> Object:
    """A record that obeys the revision and has only what it must have, or everything."""
    names = shape.members if optional else [name for name in shape.required if name in shape.members]
    node = {name: sample(shape.members[name], said) for name in names}
    node |= {name: Number("1") for name in shape.required if name not in shape.members}
    return node


_WRONG: Final[Mapping[JsonType, Mapping[str, Any]]] = {
    JsonType.INTEGER: {"string": "7", "fraction": Number("5.5"), "boolean": True, "array": [], "object": {}},
    JsonType.NUMBER: {"string": "1,5", "boolean": False, "array": [], "object": {}},
    JsonType.STRING: {"number": Number("5"), "boolean": True, "array": [], "object": {}},
    JsonType.BOOLEAN: {"number": Number("0"), "string": "true", "array": [], "object": {}},
    JsonType.OBJECT: {"number": Number("1.5"), "string": "1.5", "boolean": True, "array": []},
    JsonType.ARRAY: {"number": Number("0"), "string": "", "boolean": False, "object": {}},
}


def wrong_types(member: Member) -> Mapping[str, Any]:
    """Values of every other JSON type than the member's, by the name of that type."""
    return _WRONG[member.type]


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
    """Everything that is to be shown of what `revision`, one of `REVISIONS`, says."""
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
            yield make(member=name, fault="present", change=partial(_update, {name: Number("1")}))
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
        yield from _sums(make, rule, shape)
    if shape is said.page:
        yield from _page_rules(make, said)
    if shape is said.bucket:
        yield from _bucket_rules(make, said)
    if said.revision == LATEST and shape is not said.amount:
        yield from _texts(make)


_Make: TypeAlias = "Callable[..., Mutation]"


# -- members


def _absence(shape: RecordShape, name: str) -> dict[str, Any]:
    """What must be found where a member of this name is absent."""
    if name == "currency":
        return {"code": "rule/amount-without-currency", "at": (name,)}
    if name not in shape.required:
        return {"code": VALID}
    deviation = shape.tolerated_absences.get(name)
    return {"code": deviation.code if deviation else "schema/missing-member", "at": (name,)}


def _presence(make: _Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
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


def _names(make: _Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
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


def _values(make: _Make, member: Member, shape: RecordShape, said: Contract) -> Iterator[Mutation]:
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
        for name, value in _WRONG[JsonType.OBJECT].items():
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
        node[member.name] = value
        _agree(node, member, shape)

    return change


def _agree(node: Object, member: Member, shape: RecordShape) -> None:
    """Let the other members fit the one that was changed, so that no rule is broken by the way."""
    name, value = member.name, node[member.name]
    count = value.integer if type(value) is Number and value.within_limits and value.is_integer else None
    _clear_sums(node, shape, keep=(name,))
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


def _clear_sums(node: Object, shape: RecordShape, keep: tuple[str, ...]) -> None:
    """Drop the optional counts of all sums, but for some."""
    for rule in SUM_RULES:
        for name in rule.all_terms:
            if name in shape.members and name not in shape.required and name not in keep:
                node.pop(name, None)


# -- rules


def _sums(make: _Make, rule: SumRule, shape: RecordShape) -> Iterator[Mutation]:
    slug = rule.code.partition("/")[2]
    parts = dict.fromkeys(rule.parts, 3)
    total = 3 * len(parts)
    ways: dict[str, tuple[dict[str, int], int, bool]] = {
        "exact": (parts, total, True),
        "too-small": (parts, total - 1, False),
        "too-large": (parts, total + 1, not rule.exact),
    }
    if rule.on_top:
        more = {**parts, rule.on_top: 3}
        ways["on-top"] = more, total + 3, True
        ways["inside"] = more, total, bool(rule.settled_by)
        ways["nor-on-top"] = more, total + 4, False
    if rule.settled_by:
        settled = {**parts, rule.on_top: 3, rule.settled_by: 0}
        ways["settled-inside"] = settled, total, True
        ways["settled-on-top"] = settled, total + 3, False
    for name, (counts, whole, fits) in ways.items():

        def change(node: Object, counts: Mapping[str, int] = counts, whole: int = whole) -> None:
            _clear_sums(node, shape, keep=())
            if "input_tokens" in node:
                node["input_tokens"] = number(1_000)
            node.update({part: number(count) for part, count in counts.items()})
            node[rule.total] = number(whole)

        yield make(member=rule.total, fault=f"{slug}-{name}", code=VALID if fits else rule.code, change=change)


def _page_rules(make: _Make, said: Contract) -> Iterator[Mutation]:
    nothing = None if said.page.members["next_page"].nullable else ""
    for fault, code, has_more, cursor in (
        ("cursor-and-more", VALID, True, "page_example"),
        ("more-without-cursor", "rule/has-more-without-cursor", True, nothing),
        ("cursor-without-more", "rule/cursor-without-has-more", False, "page_example"),
        ("neither", VALID, False, nothing),
    ):
        new = {"has_more": has_more, "next_page": cursor}
        yield make(member="next_page", fault=fault, code=code, at=("next_page",), change=partial(_update, new))
    for fault, code, start in (
        ("touching-buckets", VALID, 200),
        ("buckets-with-gap", VALID, 201),
        ("overlapping-buckets", "rule/overlapping-buckets", 199),
        ("same-bucket-twice", "rule/overlapping-buckets", 100),
        ("unordered-buckets", "rule/unordered-buckets", 99),
    ):
        buckets = [
            {**sample_record(said.bucket, said), "start_time": number(first), "end_time": number(first + 100)}
            for first in (100, start)
        ]
        change = partial(_replace, "data", buckets)
        yield make(member="data", fault=fault, code=code, at=("data", 1), change=change)

    name = next(name for name, member in said.bucket.members.items() if member.type is JsonType.ARRAY)
    unknown = {"object": "organization.usage.x_unknown.result"}
    for kind in said.kinds.values():
        buckets = [
            {
                **sample_record(said.bucket, said),
                "start_time": number(first),
                "end_time": number(first + 100),
                name: [result],
            }
            for first, result in ((100, sample_record(kind, said)), (200, unknown))
        ]
        yield make(
            member="data",
            fault=f"unknown-kind-beside-{kind.name}",
            code="schema/unknown-kind",
            at=("data", 1, name, 0, "object"),
            change=partial(_replace, "data", buckets),
        )


def _bucket_rules(make: _Make, said: Contract) -> Iterator[Mutation]:
    for fault, code, end in (
        ("one-second-after-start", VALID, 101),
        ("equals-start", "rule/end-before-start", 100),
        ("before-start", "rule/end-before-start", 99),
    ):
        new = {"start_time": number(100), "end_time": number(end)}
        yield make(member="end_time", fault=fault, code=code, change=partial(_update, new))
    for fault, code, start, end in (
        ("from-1970", VALID, 0, 1),
        ("before-1970", "rule/time-not-in-seconds", -1, 1),
        ("until-2200", "record/lossy-number", LAST_TIME - 1, LAST_TIME),
        ("beyond-2200", "rule/time-not-in-seconds", LAST_TIME + 1, LAST_TIME + 2),
    ):
        new = {"start_time": number(start), "end_time": number(end)}
        yield make(member="start_time", fault=fault, code=code, at=("start_time",), change=partial(_update, new))
    name = next(name for name, member in said.bucket.members.items() if member.type is JsonType.ARRAY)
    kinds = list(said.kinds.values())
    for shape in kinds:
        result = sample_record(shape, said)
        same, other = [result, dict(result)], sample_record(kinds[kinds.index(shape) - 1], said)
        slug = shape.name
        keys = [key for key, member in shape.members.items() if member.is_group_key and member.type is JsonType.STRING]
        apart = [{**result, keys[0]: "a"}, {**result, keys[0]: "b"}]
        yield make(
            member=name,
            fault=f"same-group-{slug}",
            code="rule/duplicate-group",
            at=(name, 1),
            change=partial(_replace, name, same),
        )
        yield make(member=name, fault=f"two-groups-{slug}", change=partial(_replace, name, apart))
        yield make(
            member=name, fault=f"mixed-{slug}", code="rule/mixed-kinds", change=partial(_replace, name, [result, other])
        )


def _made_anew(shape: RecordShape, said: Contract, node: Object, *, optional: bool) -> None:
    """Put in place of a record one that has only what it must have, or everything."""
    terms = {name for rule in SUM_RULES for name in rule.all_terms}
    made = sample_record(shape, said, optional=optional)
    node.clear()
    node.update({name: number(0) if name in terms else value for name, value in made.items()})
    if "end_time" in node:
        node["end_time"] = number(8)


def _update(new: Object, node: Object) -> None:
    node.update(new)


def _nothing(node: Object) -> None:
    del node


def _replace(name: str, items: list[Object], node: Object) -> None:
    node[name] = [dict(item) for item in items]


# -- texts


def _nested(node: Object) -> None:
    value: Any = None
    for _ in range(130):
        value = [value]
    node["x_undeclared"] = value


def _texts(make: _Make) -> Iterator[Mutation]:
    """Faults of the text of a record that is a payload by itself, which no revision has a say in."""
    changes: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
        "empty": ("json/empty-text", lambda _: b""),
        "white-space-only": ("json/empty-text", lambda _: b" \n"),
        "invalid-utf-8": ("json/invalid-utf-8", lambda text: text.replace(b'"', b'"\xff', 1)),
        "byte-order-mark": ("json/byte-order-mark", lambda text: b"\xef\xbb\xbf" + text),
        "trailing-comma": ("json/syntax-error", lambda text: text[:-1] + b",}"),
        "single-quotes": ("json/syntax-error", lambda text: text.replace(b'"', b"'")),
        "truncated": ("json/truncated-text", lambda text: text[:-1]),
        "truncated-in-half": ("json/truncated-text", lambda text: text[: text.index(b":")]),
        "twice": ("json/trailing-text", lambda text: text + text),
        "trailing-text": ("json/trailing-text", lambda text: text + b"x"),
        "white-space-around": (VALID, lambda text: b" \t\r\n" + text + b" \t\r\n"),
    }
    for fault, (code, text) in changes.items():
        yield make(member=WHOLE, fault=fault, code=code, at=None, change=_nothing, text=text)
    yield make(member=WHOLE, fault="too-deep", code="json/limit-depth", at=None, change=_nested)
