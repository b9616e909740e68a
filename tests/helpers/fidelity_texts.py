"""What several of the tests here are made of."""

from __future__ import annotations

import json
import struct
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
from jsonschema import Draft202012Validator

from usagecompat import compare, strategies
from usagecompat.corpus.data import folder
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.fidelity.comparison import Fidelity


COSTS = "organization.costs.result"


COMPLETIONS = "organization.usage.completions.result"


MINUTE = 60


CAPS = {
    "not-json": ("NONE", "NONE"),
    "kind-lost": ("NONE", "PRESENCE"),
    "type-changed": ("NONE", "PRESENCE"),
    "value-changed": ("NONE", "PRESENCE"),
    "duplicate-collapsed": ("NONE", "PRESENCE"),
    "item-lost": ("NONE", "PRESENCE"),
    "item-invented": ("NONE", "PRESENCE"),
    "items-reordered": ("NONE", "PRESENCE"),
    "member-lost": ("NONE", "PRESENCE"),
    "precision-lost": ("NONE", "PRESENCE"),
    "precision-lost in binary64": ("OPEN", "OPEN"),
    "null-became-absent": ("VALUES", "PRESENCE"),
    "absent-became-null": ("VALUES", "PRESENCE"),
    "member-invented": ("VALUES", "VALUES"),
    "integer-as-float": ("VALUES", "VALUES"),
    "number-respelled": ("EXACT", "EXACT"),
    "order-changed": ("EXACT", "EXACT"),
    "string-respelled": ("LEXICAL", "LEXICAL"),
    "whitespace-changed": ("LEXICAL", "LEXICAL"),
}


Found = list[tuple[str, str]]


def found(fidelity: Fidelity) -> Found:
    """Code, without its stage, and pointer of each difference."""
    return [(one.code.removeprefix("client/"), one.pointer) for one in fidelity.differences]


def seen(sent: str | bytes, returned: str | bytes, **options: str) -> tuple[str, Found]:
    """The level, and code and pointer of each difference."""
    fidelity = compare(sent, returned, **options)
    assert not fidelity.truncated
    return fidelity.level.name, found(fidelity)


def dumps(value: object) -> str:
    """Compact JSON as most clients write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


ROWS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "string changed": ('"a"', '"b"', [("value-changed", "")]),
    "digits of a string": ('"12.50"', '"12.5"', [("value-changed", "")]),
    "string trimmed": ('" a "', '"a"', [("value-changed", "")]),
    "another normal form": ('"\u00e9"', '"e\u0301"', [("value-changed", "")]),
    "emptied": ('"a"', '""', [("value-changed", "")]),
    "number changed": ("5", "6", [("value-changed", "")]),
    "number wrapped to zero": ("18446744073709551616", "0", [("value-changed", "")]),
    "sign lost": ("-5", "5", [("value-changed", "")]),
    "fraction cut": ("5.5", "5", [("value-changed", "")]),
    "boolean turned": ("true", "false", [("value-changed", "")]),
    "string to number": ('"12.50"', "12.5", [("type-changed", "")]),
    "number to string": ("12.5", '"12.5"', [("type-changed", "")]),
    "null to false": ("null", "false", [("type-changed", "")]),
    "null to zero": ("null", "0", [("type-changed", "")]),
    "null to empty": ("null", '""', [("type-changed", "")]),
    "null to object": ("null", "{}", [("type-changed", "")]),
    "overflow to null": ("1e400", "null", [("type-changed", "")]),
    "string to boolean": ('"false"', "true", [("type-changed", "")]),
    "boolean to number": ("true", "1", [("type-changed", "")]),
    "object to array": ("{}", "[]", [("type-changed", "")]),
    "array to null": ("[]", "null", [("type-changed", "")]),
    "22 digits to binary64": ("0.1308043834030752617187", "0.13080438340307526", [("precision-lost in binary64", "")]),
    "above 2^53": ("9007199254740993", "9007199254740992", [("precision-lost in binary64", "")]),
    "int64 as binary64": ("9223372036854775807", "9223372036854776000", [("precision-lost in binary64", "")]),
    "more digits than sent": ("0.1", "0.1000000000000000055511151231257827", [("precision-lost in binary64", "")]),
    "underflow": ("1e-400", "0", [("precision-lost in binary64", "")]),
    "binary32": ("0.1308043834030752617187", "0.13080439", [("precision-lost", "")]),
    "beyond binary32": ("1e39", "7e99", [("value-changed", "")]),
    "binary32 widened": ("0.1", "0.10000000149011612", [("precision-lost", "")]),
    "binary32 integer": ("16777217", "16777216", [("precision-lost", "")]),
    "15 digits": ("0.12270423340307525", "0.122704233403075", [("precision-lost", "")]),
    "2^64 in 15 digits": ("18446744073709551616", "1.84467440737096e+19", [("precision-lost", "")]),
    "9 decimals": ("12.345678912345", "12.345678912", [("precision-lost", "")]),
    "cut, not rounded": ("0.66666666666666666666", "0.666666", [("precision-lost", "")]),
    "half up": ("1.2345675", "1.234568", [("precision-lost", "")]),
    "half to even": ("1.2345665", "1.234566", [("precision-lost", "")]),
    "six digits with a trailing zero": ("0.1234504", "0.123450", [("precision-lost", "")]),
    "integer with filling zeros": ("123456789", "123457000", [("precision-lost", "")]),
    "five digits": ("0.66666666666666666666", "0.66667", [("value-changed", "")]),
    "two decimals": ("12.345678", "12.35", [("value-changed", "")]),
    "wrong last digit": ("0.66666666666666666666", "0.666668", [("value-changed", "")]),
    "leading zeros are no digits": ("0.00000123456", "0.000001", [("value-changed", "")]),
    "beyond binary64, other": ("1e400", "1e401", [("value-changed", "")]),
    "trailing zero": ("2.50", "2.5", [("number-respelled", "")]),
    "float for integer": ("10000", "10000.0", [("number-respelled", "")]),
    "exponent spelled": ("1e-7", "1e-07", [("number-respelled", "")]),
    "exponent resolved": ("1e3", "1000", [("number-respelled", "")]),
    "capital exponent": ("1e+2", "1E2", [("number-respelled", "")]),
    "negative zero": ("-0", "0", [("number-respelled", "")]),
    "negative zero with fraction": ("-0.0", "0", [("number-respelled", "")]),
    "decimal128 zero": ("0E-6176", "0.0", [("number-respelled", "")]),
    "beyond the limits, respelled": ("1e10001", "10E+10000", [("number-respelled", "")]),
    "beyond the limits, other": ("1e10001", "1e10002", [("value-changed", "")]),
    "beyond all limits, respelled": (f"1e{'9' * 5000}", f"1E+{'9' * 5000}", [("number-respelled", "")]),
    "beyond all limits, other": (f"1e{'9' * 5000}", f"1e-{'9' * 5000}", [("value-changed", "")]),
    "too many digits": ("0." + "3" * 10_001, "0.3333333333333333", [("precision-lost in binary64", "")]),
    "too many digits, cut": ("0." + "3" * 10_001, "0.333333333333", [("precision-lost", "")]),
    "ASCII": ('"caf\u00e9"', '"caf\\u00e9"', [("string-respelled", "")]),
    "surrogate pair": ('"\U0001f600"', '"\\ud83d\\ude00"', [("string-respelled", "")]),
    "HTML": ('"a<b>&"', '"a\\u003cb\\u003e\\u0026"', [("string-respelled", "")]),
    "solidus": ('"a/b"', '"a\\/b"', [("string-respelled", "")]),
    "escaped backslash": (r'"\\u0061"', r'"\u005cu0061"', [("string-respelled", "")]),
    "escaped backslash is no escape": (r'"\\u0061"', r'"\u0061"', [("value-changed", "")]),
    "lone surrogate kept": (r'"\ud800"', r'"\uD800"', [("string-respelled", "")]),
    "lone surrogate replaced": (r'"\ud800"', '"\ufffd"', [("value-changed", "")]),
    "nested member lost": ('{"b":1,"c":2}', '{"b":1}', [("member-lost", "/c")]),
    "nested null lost": ('{"b":1,"c":null}', '{"b":1}', [("null-became-absent", "/c")]),
    "nested null invented": ('{"b":1}', '{"b":1,"c":null}', [("absent-became-null", "/c")]),
    "nested member invented": ('{"b":1}', '{"b":1,"c":0}', [("member-invented", "/c")]),
    "members reordered": ('{"b":1,"c":2}', '{"c":2,"b":1}', [("order-changed", "")]),
    "duplicate collapsed": ('{"b":1,"b":2}', '{"b":2}', [("duplicate-collapsed", "/b")]),
    "first duplicate wins": ('{"b":1,"b":2}', '{"b":1}', [("duplicate-collapsed", "/b"), ("value-changed", "/b")]),
    "two of three duplicates": ('{"b":1,"b":2,"b":3}', '{"b":2,"b":3}', [("duplicate-collapsed", "/b")]),
    "duplicates lost": ('{"b":1,"b":2}', "{}", [("member-lost", "/b")]),
    "duplicates of null lost": ('{"b":1,"b":null}', "{}", [("null-became-absent", "/b")]),
    "duplicate invented": ('{"b":1}', '{"b":1,"b":1}', [("member-invented", "/b")]),
    "a value that never counted": ('{"b":1,"b":2}', '{"b":0,"b":2}', [("value-changed", "/b")]),
    "duplicates reordered": ('{"b":1,"c":0,"b":2}', '{"b":1,"b":2,"c":0}', [("order-changed", "")]),
    "duplicate hidden by an escape": (r'{"b":1,"\u0062":2}', '{"b":2}', [("duplicate-collapsed", "/b"), ("string-respelled", "/b")]),
    "name respelled": ('{"a/b":1}', r'{"a\/b":1}', [("string-respelled", "/a~1b")]),
    "name and value respelled": ('{"/":"/"}', r'{"\/":"\/"}', [("string-respelled", "/~1")]),
    "name respelled and value changed": ('{"/":1}', r'{"\/":2}', [("string-respelled", "/~1"), ("value-changed", "/~1")]),
    "item lost": ("[1,2,3]", "[1,3]", [("item-lost", "/1")]),
    "first item lost": ("[1,2,3]", "[2,3]", [("item-lost", "/0")]),
    "all items lost": ("[1,2]", "[]", [("item-lost", "/0"), ("item-lost", "/1")]),
    "equal item lost": ("[1,1,1]", "[1,1]", [("item-lost", "/2")]),
    "null item lost": ("[0,null,5]", "[null,5]", [("item-lost", "/0")]),
    "items lost and respelled": ("[1,2.50,3,4]", "[1.0,2.5,4.0]", [("number-respelled", "/0"), ("number-respelled", "/1"), ("item-lost", "/2"), ("number-respelled", "/3")]),
    "item invented": ("[1,3]", "[1,2,3]", [("item-invented", "/1")]),
    "items sorted": ("[3,1,2]", "[1,2,3]", [("items-reordered", "")]),
    "items sorted and respelled": ("[3,1]", "[1.0,3]", [("items-reordered", ""), ("number-respelled", "/1")]),
    "item changed": ("[1,2,3]", "[1,5,3]", [("value-changed", "/1")]),
    "items changed": ("[1,2]", "[3,4]", [("value-changed", "/0"), ("value-changed", "/1")]),
    "array in one item": ("[[1,2]]", "[[2]]", [("item-lost", "/0/0")]),
}  # fmt: skip


def result(kind: str = COMPLETIONS, **members: object) -> dict[str, Any]:
    """A result."""
    return {"object": kind, **members}


def bucket(start: int, *results: dict[str, Any]) -> dict[str, Any]:
    """A bucket of one minute."""
    return {"object": "bucket", "start_time": start, "end_time": start + MINUTE, "results": [*results]}


def page(*buckets: dict[str, Any]) -> dict[str, Any]:
    """The last page."""
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None}


def cost(value: object, **members: object) -> dict[str, Any]:
    """A cost."""
    return result(COSTS, amount={"value": value, "currency": "usd"}, **members)


def three() -> dict[str, Any]:
    """A page of three buckets; the second has four results that differ in their group keys."""
    groups = [
        result(input_tokens=10 + n, num_model_requests=1, project_id=f"proj_{n}", model=None, batch=n == 0)
        for n in range(4)
    ]
    return page(bucket(0, result(input_tokens=7, model="a")), bucket(60, *groups), bucket(120))


def changed(change: Callable[[dict[str, Any]], object], tree: dict[str, Any] | None = None) -> tuple[str, Found]:
    """What is seen if a client changes a page so."""
    sent = three() if tree is None else tree
    returned = deepcopy(sent)
    change(returned)
    return seen(dumps(sent), dumps(returned))


def second(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of the second bucket."""
    results: list[dict[str, Any]] = tree["data"][1]["results"]
    return results


def binary32(lexeme: str) -> str:
    """A number as a binary32 of eight digits; integers stay."""
    single = struct.unpack("f", struct.pack("f", float(lexeme)))[0]
    return lexeme if lexeme.isdigit() else f"{single:.8g}"


@cache
def validator() -> Draft202012Validator:
    """Judges the JSON form of a comparison."""
    schema = json.loads((folder("schemas") / "fidelity.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


scalars = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text()


documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc/~é\\"), inner, max_size=4),
    max_leaves=12,
)


texts = documents.map(lambda tree: write(read({"a": tree}).value).decode()) | strategies.payloads().map(bytes.decode)


def escaped(pointer: str) -> str:
    """A pointer as `compare` writes it."""
    return pointer.encode("utf-8", "backslashreplace").decode()
