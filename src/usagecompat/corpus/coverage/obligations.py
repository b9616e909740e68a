"""
What a corpus has to cover, read from the neutral tree of every revision: its obligations.

Each is said without a thought of any payload: a place in the contract, what stands there, and what must then be found.
What no payload can cover is among them, with the reason.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from usagecompat.checking import LAST_TIME, sum_rules
from usagecompat.contract import (
    DEVIATIONS,
    GROUP_KEYS,
    REVISIONS,
    Contract,
    Count,
    Deviation,
    JsonType,
    Member,
    RecordShape,
    Tolerance,
    contract,
)
from usagecompat.findings import CODES, CODES_OF_PAYLOADS, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTHING: Final = ""
"""Stands for the code where nothing above a note must be found."""
ANY_REVISION: Final = "any"
"""Stands for the revision where no revision has a say."""

Key: TypeAlias = tuple[str, str, str, str]
"""Topic, revision, subject, and what is to be seen of it."""


@frozen
class Obligation:
    """One thing that has to be covered."""

    topic: str
    revision: str
    subject: str
    what: str
    code: str = NOTHING
    """The finding that must be there."""
    at: Path = ()
    """Where it must stand, seen from the record; of a finding that stands elsewhere, what shows it says where."""
    impossible: str = ""
    """Why no payload can cover it; empty if one can."""

    @property
    def key(self) -> Key:
        """What tells the obligation from all others."""
        return self.topic, self.revision, self.subject, self.what

    @property
    def id(self) -> str:
        """The same as one text: an interface, never renamed."""
        return "/".join(part.replace("/", ":") for part in self.key)


INTEGERS: Final[Mapping[int, str]] = {
    0: "zero",
    2**31 - 1: "int32-max",
    2**31: "beyond-int32",
    2**53 - 1: "int53-max",
    2**53: "beyond-int53",
    2**63 - 1: "int64-max",
    2**63: "beyond-int64",
}
"""The bounds of common number models, and what lies just beyond them."""
WRONG: Final[Mapping[JsonType, tuple[str, ...]]] = {
    JsonType.INTEGER: ("fraction", "string", "boolean", "array", "object"),
    JsonType.NUMBER: ("string", "boolean", "array", "object"),
    JsonType.STRING: ("number", "boolean", "array", "object"),
    JsonType.BOOLEAN: ("number", "string", "array", "object"),
    JsonType.OBJECT: ("number", "string", "boolean", "array"),
    JsonType.ARRAY: ("number", "string", "boolean", "object"),
}
"""All that is of another type than a member's, by the name of that type."""

_OTHER_MODELS: Final = "record/lossy-number"
_NO_CASE: Final[Mapping[str, str]] = {
    "json/limit-size": "A text of 64 MiB is no case: the reader's own tests make one.",
    "json/already-parsed": "It is about input that is not text, and every payload is text.",
    "record/phantom-member": "It is about flat records, which are never on the wire.",
}
_NOT_OF_PAYLOADS: Final[Mapping[str, str]] = {
    "client": "It is about a client's answer, not a payload: the mutants cover it.",
    "convert": "It is about a conversion, not a payload: the tests of conversions cover it.",
    "server": "It is about a server's answers, not one payload: the faulty servers of the tests cover it.",
}
"""Why no payload covers the codes of a stage."""
NEAR_TEXTS: Final[Mapping[str, str]] = {
    "json/empty-text": "white space around a value",
    "json/invalid-utf-8": "characters of two, three and four bytes",
    "json/byte-order-mark": "a byte order mark in a string",
    "json/syntax-error": "white space around colons and commas",
    "json/truncated-text": "brackets and quotes in a string that are never closed",
    "json/trailing-text": "white space behind the value",
    "json/non-finite-number": "the text NaN or Infinity",
    "json/lone-surrogate": "two halves that make a pair, as escapes",
    "json/duplicate-member": "two names that differ in nothing but case, or in how they are composed",
    "json/limit-depth": "128 levels",
    "json/limit-digits": "10,000 digits",
    "json/limit-exponent": "the exponent 10,000 or -10,000",
}
"""What comes as near to each fault of a text as it can, and is none."""
NEAR_VALUES: Final[Mapping[str, str]] = {
    "schema/wrong-type": "a string that holds a number, where it is served",
    "schema/unexpected-null": "a null that is allowed",
    "schema/missing-member": "an optional member that is absent",
    "schema/renamed-member": "the former name beside the newer one",
    "schema/wrong-object": "a kind that the revision does not know",
    "schema/unknown-kind": "a kind since the very revision that brought it",
    "schema/unknown-value": "a value of the closed set",
    "schema/unlisted-value": "a value that is listed for the open set",
    "schema/misspelt-member": "a name one edit away from a member that is there",
    "schema/undeclared-member": "an optional member since the very revision that brought it",
    "record/integer-spelled-as-float": "a whole number with an exponent where decimals are allowed",
    "record/negative-count": "minus zero",
    _OTHER_MODELS: "the largest integer of 32 bits",
}
"""What comes as near to each finding in a document as it can, and is none."""


@cache
def obligations() -> Mapping[Key, Obligation]:
    """Everything that has to be covered, by key, in the order of topics, revisions and the contract."""
    found = [one for revision in REVISIONS for one in _of_revision(contract(revision))]
    found += [*_texts(), *_codes()]
    found += [
        Obligation("revisions", newer, f"{older} and {newer}", "told-apart") for older, newer in pairwise(REVISIONS)
    ]
    topics = dict.fromkeys(one.topic for one in found)
    return {one.key: one for topic in topics for one in found if one.topic == topic}


def _of_revision(said: Contract) -> Iterator[Obligation]:
    for record in said.records.values():
        for member in record.members.values():
            yield from _member(member, record, said)
        for name in record.required:
            if name not in record.members:
                yield Obligation("member", said.revision, member_of(record, name), "present")
                yield _absence(record, name, said)
        yield from _record(record, said)
    yield from _shapes(said)
    yield from _rules(said)
    for deviation in DEVIATIONS:
        yield from _deviation(deviation, said)


def member_of(record: RecordShape, name: str) -> str:
    """The subject of what is to be covered of a member."""
    return f"{record.name}.{name}"


# -- members


def _member(member: Member, record: RecordShape, said: Contract) -> Iterator[Obligation]:
    def demand(what: str, code: str = NOTHING, *more: str | int) -> Obligation:
        return Obligation("member", said.revision, member_of(record, member.name), what, code, (member.name, *more))

    yield demand("present")
    yield _absence(record, member.name, said)
    null = member.deviations.get(Tolerance.NULL)
    yield demand("null", NOTHING if member.nullable else null.code if null else "schema/unexpected-null")
    for name in WRONG[member.type]:
        yield demand(name, "schema/wrong-type")
    yield demand("twice", "json/duplicate-member")
    if member.former_name:
        code = "schema/renamed-member" if member.required else "schema/undeclared-member"
        yield Obligation(
            "member", said.revision, member_of(record, member.name), "former-name", code, (member.former_name,)
        )
    if member.newer_name:
        served = member.deviations.get(Tolerance.NEWER_NAME)
        lost = _absence(record, member.name, said)
        code, at = (served.code, (member.newer_name,)) if served else (lost.code, lost.at)
        yield Obligation("member", said.revision, member_of(record, member.name), "newer-name", code, at)
    for what, (code, *more) in _values(member, record, said).items():
        yield demand(what, code, *more)


def _absence(record: RecordShape, name: str, said: Contract) -> Obligation:
    code = NOTHING
    if name in record.required:
        served = record.tolerated_absences.get(name)
        code = served.code if served else "schema/missing-member"
    return Obligation("member", said.revision, member_of(record, name), "absent", code, (name,))


def _values(member: Member, record: RecordShape, said: Contract) -> dict[str, tuple[Any, ...]]:
    """What values of the right type have to be covered of a member, and what must be found."""
    if member.const is not None:
        kinds = {"unknown-kind": ("schema/unknown-kind",)} if record.kind in said.kinds else {}
        return {"other-text": ("schema/wrong-object",), **kinds}
    match member.type:
        case JsonType.INTEGER:
            bounds = {what: (_OTHER_MODELS if bound > 2**31 - 1 else NOTHING,) for bound, what in INTEGERS.items()}
            if member.name in {"start_time", "end_time"}:
                bounds |= {what: ("rule/time-not-in-seconds",) for bound, what in INTEGERS.items() if bound > LAST_TIME}
            below = "record/negative-count" if isinstance(member.marker, Count) else NOTHING
            floats = dict.fromkeys(("zero-fraction", "exponent"), ("record/integer-spelled-as-float",))
            below = "rule/time-not-in-seconds" if member.name == "start_time" else below
            return {**bounds, "minus-zero": (NOTHING,), "minus-one": (below,), **floats}
        case JsonType.NUMBER:
            plain = dict.fromkeys(("zero", "whole", "negative", "trailing-zero", "exponent"), (NOTHING,))
            served = member.deviations.get(Tolerance.NUMBER_TEXT)
            text = (served.code if served else "schema/wrong-type",)
            beyond = dict.fromkeys(("more-digits-than-binary64", "beyond-binary64"), (_OTHER_MODELS,))
            return {**plain, **beyond, "number-text": text}
        case JsonType.STRING:
            return {"lone-surrogate": ("json/lone-surrogate",), **_strings(member)}
        case JsonType.BOOLEAN:
            return {"true": (NOTHING,), "false": (NOTHING,)}
        case JsonType.ARRAY:
            items = {f"item-{name}": ("schema/wrong-type", 0) for name in WRONG[JsonType.OBJECT]}
            sizes = dict.fromkeys(("empty", "one-item", "two-items"), (NOTHING,))
            return {**sizes, "item-null": ("schema/unexpected-null", 0), **items}
        case JsonType.OBJECT:
            return {} if said.amount.required else {"empty": (NOTHING,)}


def _strings(member: Member) -> dict[str, tuple[str, ...]]:
    if member.name == "currency":
        return {"empty": ("rule/currency-not-iso-4217",), "upper-case": ("rule/currency-not-lower-case",)}
    if member.values is None:
        return {"empty": (NOTHING,)}
    code = "schema/unknown-value" if member.values.closed else "schema/unlisted-value"
    return {"empty": (code,), "unlisted": (code,), **{f"listed: {known}": (NOTHING,) for known in member.values.known}}


# -- records and shapes


def _record(record: RecordShape, said: Contract) -> Iterator[Obligation]:
    for what in ("minimal", "full"):
        yield Obligation("record", said.revision, record.name, what)
    yield Obligation("record", said.revision, record.name, "undeclared-member", "schema/undeclared-member")
    if record.kind in said.kinds:
        yield Obligation("record", said.revision, record.name, "unknown-kind-beside-it", "schema/unknown-kind")


def _shapes(said: Contract) -> Iterator[Obligation]:
    for shape in ("page", "bucket", "result"):
        for what in ("valid", "invalid"):
            yield Obligation("shape", said.revision, shape, what)
        yield Obligation("shape", said.revision, shape, "without-object", "schema/missing-member", ("object",))
        if shape != "result":
            yield Obligation("shape", said.revision, shape, "empty")
    for what in ("array", "string", "number", "boolean", "null"):
        yield Obligation("shape", said.revision, "none", what, "schema/wrong-type")


# -- rules and deviations


def _rules(said: Contract) -> Iterator[Obligation]:
    for record in said.kinds.values():
        for rule in sum_rules(said.revision, record.kind or ""):
            whats = {"equal": NOTHING, "one-too-many": rule.code, "one-too-few": rule.code if rule.exact else NOTHING}
            if rule.on_top:
                whats["on top"], whats["inside"] = NOTHING, NOTHING if rule.settled_by else rule.code
            if rule.settled_by:
                whats["settled, inside"], whats["settled, on top"] = NOTHING, rule.code
            for what, code in whats.items():
                yield Obligation("rule", said.revision, f"{rule.code} of {record.name}", what, code)
    ways_of: dict[str, dict[str, bool]] = {
        "rule/has-more-without-cursor": {"more, no cursor": True, "more and a cursor": False},
        "rule/cursor-without-has-more": {"a cursor, no more": True, "no cursor, no more": False},
        "rule/end-before-start": {"one second": False, "no time at all": True, "minus one second": True},
        "rule/overlapping-buckets": {"touching": False, "by one second": True, "the same start": True},
        "rule/unordered-buckets": {"the same start": False, "one second earlier": True},
        "rule/mixed-kinds": {"one kind twice": False, "two kinds": True},
        "rule/duplicate-group": {"two groups": False, "one group twice": True},
        "rule/time-not-in-seconds": {
            "1970": False,
            "before 1970": True,
            "the year 2200": False,
            "beyond it": True,
        },
        "rule/amount-without-currency": {"value and currency": False, "neither": False, "value alone": True},
        "rule/currency-not-iso-4217": {"three letters": False, "other text": True},
        "rule/currency-not-lower-case": {"lower case": False, "upper case": True},
    }
    for code, ways in ways_of.items():
        for what, broken in ways.items():
            yield Obligation("rule", said.revision, code, what, code if broken else NOTHING)


def _deviation(deviation: Deviation, said: Contract) -> Iterator[Obligation]:
    forms = forms_of(deviation, said)
    concerned = deviation.concerns(said.revision)
    for what, keys in forms.items():
        code = deviation.code if concerned and what == AS_SERVED else NOTHING
        reason = "" if keys else "The revision neither declares nor requires a member of this name."
        yield Obligation("deviation", said.revision, deviation.code, what, code, (), reason)


AS_SERVED: Final = "as served"
AS_WRITTEN: Final = "as written"
_FORMS: Final[Mapping[Tolerance, tuple[str, str]]] = {
    Tolerance.NUMBER_TEXT: ("number-text", "present"),
    Tolerance.NULL: ("null", "present"),
    Tolerance.NEWER_NAME: ("newer-name", "present"),
    Tolerance.ABSENT: ("absent", "present"),
}


def forms_of(deviation: Deviation, said: Contract) -> dict[str, list[Key]]:
    """What is to be covered of members that also covers a deviation, as it is served and as it is written."""
    served, written = _FORMS[deviation.allows]
    forms: dict[str, list[Key]] = {AS_SERVED: [], AS_WRITTEN: []}
    for record in said.records.values():
        if deviation.record not in (None, record.name):
            continue
        names = [
            name
            for name in dict.fromkeys((*record.members, *record.required))
            if name == deviation.member
            or (deviation.member == GROUP_KEYS and name in record.members and record.members[name].is_group_key)
        ]
        renamed = [m.name for m in record.members.values() if m.former_name == deviation.member]
        if renamed and deviation.allows is Tolerance.NEWER_NAME:
            forms[AS_SERVED].append(("member", said.revision, member_of(record, renamed[0]), "present"))
            forms[AS_WRITTEN].append(("member", said.revision, member_of(record, renamed[0]), "former-name"))
        for name in names:
            forms[AS_SERVED].append(("member", said.revision, member_of(record, name), served))
            forms[AS_WRITTEN].append(("member", said.revision, member_of(record, name), written))
    return forms


@cache
def also_covered() -> Mapping[Key, tuple[Key, ...]]:
    """What is covered of a deviation by what is covered of a member."""
    found: dict[Key, tuple[Key, ...]] = {}
    for revision in REVISIONS:
        for deviation in DEVIATIONS:
            for what, keys in forms_of(deviation, contract(revision)).items():
                for key in keys:
                    found[key] = (*found.get(key, ()), ("deviation", revision, deviation.code, what))
    return found


# -- texts and codes


def _texts() -> Iterator[Obligation]:
    for code in CODES:
        if code.startswith("json/"):
            yield Obligation("text", ANY_REVISION, code, "fault", code, (), _NO_CASE.get(code, ""))
            near, reason = NEAR_TEXTS.get(code), _NO_CASE.get(code, "")
            yield Obligation("text", ANY_REVISION, code, f"near: {near}" if near else "near", NOTHING, (), reason)


def _codes() -> Iterator[Obligation]:
    for code in CODES:
        of_payloads = code in CODES_OF_PAYLOADS
        reason = _NO_CASE.get(code, "") if of_payloads else _NOT_OF_PAYLOADS[code.partition("/")[0]]
        if code.startswith("json/"):
            continue
        yield Obligation("code", ANY_REVISION, code, "shown", code, (), reason)
        near = NEAR_VALUES.get(code, "what it is told from")
        yield Obligation("code", ANY_REVISION, code, f"near: {near}", NOTHING, (), reason)
