"""Fidelity: what counts as a difference, where it stands, and which level it leaves."""

from __future__ import annotations

import json
import re
import struct
import sys
import unicodedata
from copy import deepcopy
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from jsonschema import Draft202012Validator

import usagecompat
from usagecompat import Level, compare, strategies
from usagecompat._data import folder
from usagecompat._json import Number, read, write
from usagecompat._roles import roles
from usagecompat._shape import contract
from usagecompat.cli import main
from usagecompat.contracts import REVISIONS
from usagecompat.exceptions import NoSuchName, NoSuchRevision
from usagecompat.fidelity import MOST_DIFFERENCES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from usagecompat.fidelity import Fidelity

COSTS = "organization.costs.result"
COMPLETIONS = "organization.usage.completions.result"
EMBEDDINGS = "organization.usage.embeddings.result"
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


# -- the table

CARRIERS = {
    "declared": (f'{{"object":"{COSTS}","a":0%s}}', "line_item", False),
    "undeclared": (f'{{"object":"{COSTS}","a":0%s}}', "line_item_x", True),
    "unknown kind": ('{"object":"organization.usage.videos.result","a":0%s}', "line_item", True),
    "no kind": ('{"a":0%s}', "line_item", True),
    "under an undeclared member": (f'{{"object":"{COSTS}","a":{{"b":0%s}}}}', "line_item", True),
}

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


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("row", ROWS)
def test_table(row: str, carrier: str) -> None:
    """Each change of a value is named for what it is, where it is, and weighs as the table says for where it is."""
    sent, returned, expected = ROWS[row]
    template, name, is_open = CARRIERS[carrier]
    fidelity = compare(template % f',"{name}":{sent}', template % f',"{name}":{returned}')
    base = "/a/" if "under" in carrier else "/"
    assert found(fidelity) == [(code.removesuffix(" in binary64"), f"{base}{name}{rest}") for code, rest in expected]
    caps = [CAPS[code][is_open] for code, _ in expected]
    assert [one.cap.name for one in fidelity.differences] == caps
    assert fidelity.level == min(Level[cap] for cap in caps)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("sent", "returned", "code"),
    [
        (',"@":5', "", "member-lost"),
        (',"@":null', "", "null-became-absent"),
        ("", ',"@":null', "absent-became-null"),
        ("", ',"@":0', "member-invented"),
        ("", ',"@":""', "member-invented"),
        ("", ',"@":{"b":null}', "member-invented"),
        (',"@":{}', "", "member-lost"),
        (',"@":""', "", "member-lost"),
    ],
)
def test_presence(sent: str, returned: str, code: str, carrier: str) -> None:
    """A member that is there on one side only is lost or invented, and a null is told from a value."""
    template, name, is_open = CARRIERS[carrier]
    fidelity = compare(template % sent.replace("@", name), template % returned.replace("@", name))
    pointer = f"/a/{name}" if "under" in carrier else f"/{name}"
    assert found(fidelity) == [(code, pointer)]
    assert fidelity.level.name == CAPS[code][is_open]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    "value",
    ["5", "5.0", "-0", "1e400", '"\\u0061"', "null", '{"b":1,"b":2}', "[3,1,1]", '{"\\ud800":1}', "1e10001", "{}"],
)
def test_near_misses(value: str, carrier: str) -> None:
    """What comes back as it was is no difference, however odd it is, and white space beside it is the only one."""
    template, name, _ = CARRIERS[carrier]
    text = template % f',"{name}":{value}'
    assert seen(text, text) == ("BYTES", [])
    assert seen(text, f"{text}\n") == ("LEXICAL", [("whitespace-changed", "")])


# -- records


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


@pytest.mark.parametrize("index", range(4))
def test_one_result_lost(index: int) -> None:
    """A lost result is one difference, and those behind it are none."""
    assert changed(lambda tree: second(tree).pop(index)) == ("NONE", [("item-lost", f"/data/1/results/{index}")])


@pytest.mark.parametrize("index", range(3))
def test_one_bucket_lost(index: int) -> None:
    """A lost bucket is one difference, an empty one too."""
    assert changed(lambda tree: tree["data"].pop(index)) == ("NONE", [("item-lost", f"/data/{index}")])


def test_pairs_by_group_keys_while_all_values_change() -> None:
    """Results find their partners by kind and group keys where nothing else is left of them."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            one["input_tokens"] = 0
        del second(tree)[1]

    assert changed(change) == (
        "NONE",
        [
            ("value-changed", "/data/1/results/0/input_tokens"),
            ("item-lost", "/data/1/results/1"),
            ("value-changed", "/data/1/results/2/input_tokens"),
            ("value-changed", "/data/1/results/3/input_tokens"),
        ],
    )


def test_pairs_though_group_keys_change() -> None:
    """Group keys that all become something else do not tear results apart, even where one is lost."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            one["project_id"] = "unknown"
        del second(tree)[2]

    lost = [(("value-changed", f"/data/1/results/{n}/project_id")) for n in (0, 1, 3)]
    lost.insert(2, ("item-lost", "/data/1/results/2"))
    assert changed(change) == ("NONE", lost)


def test_absent_group_keys_count_as_null() -> None:
    """A client that drops nulls loses nulls and no results, whatever order these come back in."""

    def change(tree: dict[str, Any]) -> None:
        for one in second(tree):
            del one["model"]
        second(tree).reverse()

    level, differences = changed(change)
    assert level == "NONE"
    assert differences[0] == ("items-reordered", "/data/1/results")
    assert differences[1:] == [("null-became-absent", f"/data/1/results/{n}/model") for n in range(4)]


def test_reordered() -> None:
    """Results and buckets in another order are one difference each, and what else became of them is told apart."""
    assert changed(lambda tree: second(tree).sort(key=lambda one: -one["input_tokens"])) == (
        "NONE",
        [("items-reordered", "/data/1/results")],
    )
    assert changed(lambda tree: tree["data"].reverse()) == ("NONE", [("items-reordered", "/data")])
    fidelity = compare(dumps(three()), dumps({**three(), "data": three()["data"][::-1]}))
    assert fidelity.differences[0].returned == "[2,1,0]"


def test_equal_group_keys_pair_by_position() -> None:
    """Results that only their values tell apart pair by position if all came back, else with what is most alike."""
    tree = page(bucket(0, *(result(input_tokens=n, model="a") for n in (1, 2, 3))))

    def swap(tree: dict[str, Any]) -> None:
        results = tree["data"][0]["results"]
        results[0], results[1] = results[1], results[0]

    def respell_and_drop(tree: dict[str, Any]) -> None:
        results = tree["data"][0]["results"]
        for one in results:
            one["input_tokens"] = float(one["input_tokens"])
        del results[1]

    at = "/data/0/results"
    assert changed(swap, tree) == (
        "NONE",
        [("value-changed", f"{at}/0/input_tokens"), ("value-changed", f"{at}/1/input_tokens")],
    )
    assert changed(respell_and_drop, tree) == (
        "NONE",
        [
            ("number-respelled", f"{at}/0/input_tokens"),
            ("item-lost", f"{at}/1"),
            ("number-respelled", f"{at}/2/input_tokens"),
        ],
    )


def test_items_of_no_kind() -> None:
    """Items that are no results pair by what they hold."""
    tree = page(bucket(0, *(result("organization.usage.videos.result", n=n) for n in range(5))))
    assert changed(lambda tree: tree["data"][0]["results"].pop(2), tree) == (
        "PRESENCE",
        [("item-lost", "/data/0/results/2")],
    )
    odd = {**three(), "data": [1, "a", None]}
    assert changed(lambda tree: tree["data"].pop(1), odd) == ("NONE", [("item-lost", "/data/1")])


@pytest.mark.parametrize(
    ("tag", "level"),
    [(EMBEDDINGS, "NONE"), ("", "NONE"), ("organization.usage.videos.result", "NONE"), (None, "NONE"), (5, "NONE")],
)
def test_kind_lost(tag: object, level: str) -> None:
    """A result that comes back with another `object` lost its kind, and its members are compared all the same."""

    def change(tree: dict[str, Any]) -> None:
        second(tree)[1].update(object=tag, input_tokens=0)

    expected = [("kind-lost", "/data/1/results/1/object"), ("value-changed", "/data/1/results/1/input_tokens")]
    assert changed(change) == (level, expected)


def test_kind_gone() -> None:
    """A result that comes back without `object` lost its kind, and one of unknown kind is open."""
    assert changed(lambda tree: second(tree)[1].pop("object")) == ("NONE", [("kind-lost", "/data/1/results/1/object")])
    tree = page(bucket(0, result("organization.usage.videos.result", n=1)))
    assert changed(lambda tree: tree["data"][0]["results"][0].update(object=COMPLETIONS), tree) == (
        "PRESENCE",
        [("kind-lost", "/data/0/results/0/object")],
    )


def test_kind_invented() -> None:
    """A result that had no `object` is given one: a member is invented."""
    tree = page(bucket(0, {"input_tokens": 1}))
    assert changed(lambda tree: tree["data"][0]["results"][0].update(object=COMPLETIONS), tree) == (
        "VALUES",
        [("member-invented", "/data/0/results/0/object")],
    )


def test_pointers_lead_into_their_side() -> None:
    """Pointers lead into what was sent, and those to inventions into what came back, where indexes may differ."""

    def change(tree: dict[str, Any]) -> None:
        del tree["data"][0]
        second_now = tree["data"][0]["results"]
        del second_now[0]
        second_now[0]["images"] = 0
        second_now[1]["size"] = None
        second_now[2]["input_tokens"] = 0
        second_now.append(result(input_tokens=99, project_id="new"))

    assert changed(change) == (
        "NONE",
        [
            ("item-lost", "/data/0"),
            ("item-lost", "/data/1/results/0"),
            ("member-invented", "/data/0/results/0/images"),
            ("absent-became-null", "/data/0/results/1/size"),
            ("value-changed", "/data/1/results/3/input_tokens"),
            ("item-invented", "/data/0/results/3"),
        ],
    )


@pytest.mark.parametrize("revision", REVISIONS)
def test_declared_is_what_any_revision_up_to_then_lists(revision: str) -> None:
    """Declared are exactly the members that this revision or an earlier one lists for the record."""
    known = roles(revision)
    lists = {"UsageResponse": known.page, "UsageTimeBucket": known.bucket, "CostsResultAmount": known.amount}
    lists |= {shape.name: known.kinds[kind] for kind, shape in contract(revision).kinds.items()}
    for record, slots in lists.items():
        declared = {name for name, slot in slots.items() if not slot.is_open}
        until = [
            contract(r).records[record].members for r in REVISIONS if r <= revision and record in contract(r).records
        ]
        assert declared == {name for members in until for name in members}


def test_revision_decides_what_is_open() -> None:
    """A loss weighs less at a revision that did not list the member or the kind."""
    sent, returned = dumps(cost(1, quantity=2)), dumps(cost(1))
    assert compare(sent, returned).level is Level.NONE
    assert compare(sent, returned, revision="2026-05-13").level is Level.NONE
    assert compare(sent, returned, revision="2025-02-10").level is Level.PRESENCE
    decision = dumps(result("organization.usage.decisions.result", input_tokens=1))
    assert compare(decision, "{}", revision="2026-10-06").level is Level.PRESENCE
    assert compare(decision, "{}").level is Level.NONE
    former = dumps(result("organization.usage.code_interpreter_sessions.result", sessions=1))
    assert compare(former, former.replace(":1", ":2")).level is Level.NONE
    old = dumps(three())
    assert compare(old, old.replace(":7,", ":8,"), revision="2024-12-16").level is Level.PRESENCE
    assert compare(old, old.replace(":7,", ":8,"), revision="2026-05-13").level is Level.NONE


def test_shape_is_told_or_given() -> None:
    """The shape is what `sent` says, and what the caller says instead."""
    sent, returned = '{"object":"x","data":[],"input_tokens":1}', '{"object":"x","data":[]}'
    assert compare(sent, returned).level is Level.PRESENCE
    assert compare('{"has_more":true}', "{}").level is Level.PRESENCE
    assert compare('{"has_more":true}', "{}", shape="page").level is Level.NONE


@pytest.mark.parametrize(("sent", "returned"), [("[1]", "[2]"), ("1", "2"), ('"a"', "null"), ('[{"a":1}]', "[{}]")])
def test_what_is_no_object_is_declared(sent: str, returned: str) -> None:
    """A payload that is no object has no undeclared members."""
    assert compare(sent, returned).level is Level.NONE


# -- texts

BROKEN = ["", " ", "{", "{}{}", "NaN", "[1,NaN]", '{"a":-Infinity}', "\ufeff{}", "[01]", "'a'", "[" * 200 + "]" * 200]


@pytest.mark.parametrize(
    "text", [*(text.encode() for text in BROKEN), b"\xff", b'"\xed\xa0\x80"', "{}".encode("utf-16")]
)
def test_not_json(text: bytes) -> None:
    """Only bytes that are the same make up for a text that is not JSON, whichever side it is on."""
    assert seen(text, text) == ("BYTES", [])
    for sent, returned in ((text, b"{}"), (b"{}", text), (text, text + b" ")):
        fidelity = compare(sent, returned)
        assert (fidelity.level, found(fidelity)) == (Level.NONE, [("not-json", "")])
        (difference,) = fidelity.differences
        assert difference.message.startswith("the answer" if sent == b"{}" else "what was sent")


def test_odd_json_is_compared() -> None:
    """Duplicates, lone surrogates and numbers beyond the limits leave a text that is JSON, on either side."""
    assert seen('{"a":1}', '{"a":2,"a":1}') == ("VALUES", [("member-invented", "/a")])
    assert seen('{"a":1}', '{"a":1,"a":2}') == ("VALUES", [("member-invented", "/a"), ("value-changed", "/a")])
    assert seen('{"a":1}', r'{"a":1,"\ud800":1}') == ("VALUES", [("member-invented", "/\\ud800")])
    assert seen('{"a":1}', '{"a":1e10001}') == ("PRESENCE", [("value-changed", "/a")])


PRETTY = json.dumps(three(), indent=2)


@pytest.mark.parametrize(
    "returned",
    [json.dumps(three()), json.dumps(three(), indent=4), f"{dumps(three())}\n", dumps(three()).replace("[]", "[ ]")],
)
def test_white_space(returned: str) -> None:
    """White space between tokens is one difference for the whole text, wherever it changed."""
    assert seen(dumps(three()), returned) == ("LEXICAL", [("whitespace-changed", "")])
    assert seen(returned, dumps(three())) == ("LEXICAL", [("whitespace-changed", "")])
    assert seen(PRETTY, returned) == ("LEXICAL", [("whitespace-changed", "")])


def test_white_space_in_strings() -> None:
    """White space in a string is the string's, and what looks like JSON in it stays a string."""
    assert seen('{"a":" { "}', '{"a":"{"}') == ("PRESENCE", [("value-changed", "/a")])
    assert seen(r'{"a":"\" , \\"}', r'{"a":"\" , \\" }') == ("LEXICAL", [("whitespace-changed", "")])


def test_both_white_space_and_escapes() -> None:
    """White space, escapes, spellings and order are told apart when all of them change at once."""
    assert seen('{"a":"/","b":1.0}', r'{"b": 1, "a": "\/"}') == (
        "EXACT",
        [("whitespace-changed", ""), ("order-changed", ""), ("string-respelled", "/a"), ("number-respelled", "/b")],
    )


@pytest.mark.parametrize("indent", [None, 2])
def test_same_writer_with_a_loss(indent: int | None) -> None:
    """A loss does not look like other white space, if what is left is written as before."""
    tree = three()
    for change in (
        lambda tree: tree["data"].pop(1),
        lambda tree: second(tree).pop(),
        lambda tree: tree.pop("next_page"),
        lambda tree: second(tree)[0].update(x={"y": [1]}),
        lambda tree: second(tree).clear(),
    ):
        returned = deepcopy(tree)
        change(returned)
        differences = found(compare(json.dumps(tree, indent=indent), json.dumps(returned, indent=indent)))
        assert differences
        assert "whitespace-changed" not in {code for code, _ in differences}
        other = found(compare(json.dumps(tree, indent=indent), dumps(returned)))
        assert other[0] == ("whitespace-changed", "")


# -- what real clients do


def as_client(change: Callable[[Any], Any], tree: Any) -> str:  # noqa: ANN401 - any JSON
    """The text of a client that changes every value so, from the inside out."""

    def walk(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            return change({name: walk(value) for name, value in node.items()})
        if isinstance(node, list):
            return change([walk(item) for item in node])
        return change(node)

    return write(walk(tree)).decode()


AMOUNT = "0.1308043834030752617187"
PAGE = (
    '{"object":"page","has_more":false,"next_page":null,"data":[{"object":"bucket","start_time":1735689600,'
    '"end_time":1735776000,"start_time_iso":"2025-01-01","results":[{"object":"organization.costs.result","amount":'
    f'{{"value":{AMOUNT},"currency":"usd"}},"line_item":"a<b","project_id":null,"organization_id":"org-1",'
    '"quantity":10000}]},{"object":"bucket","start_time":1735776000,"end_time":1735862400,"results":[]}]}'
)
AT = "/data/0/results/0"


def numbers_through(convert: Callable[[str], str]) -> Callable[[Any], Any]:
    """A client that reads numbers into another type and prints them."""
    return lambda node: Number(convert(node.lexeme)) if isinstance(node, Number) else node


def binary32(lexeme: str) -> str:
    """A number as a binary32 of eight digits; integers stay."""
    single = struct.unpack("f", struct.pack("f", float(lexeme)))[0]
    return lexeme if lexeme.isdigit() else f"{single:.8g}"


CLIENTS: dict[str, tuple[Callable[[Any], Any], str, Found]] = {
    "nulls dropped": (
        lambda node: {n: v for n, v in node.items() if v is not None} if isinstance(node, dict) else node,
        "VALUES",
        [("null-became-absent", "/next_page"), ("null-became-absent", f"{AT}/project_id")],
    ),
    "nulls added": (
        lambda node: {**node, "user_id": None} if isinstance(node, dict) and "line_item" in node else node,
        "VALUES",
        [("absent-became-null", f"{AT}/user_id")],
    ),
    "foreign nulls added": (
        lambda node: {**node, "size": None} if isinstance(node, dict) and "line_item" in node else node,
        "PRESENCE",
        [("absent-became-null", f"{AT}/size")],
    ),
    "numbers as binary64": (
        numbers_through(lambda lexeme: lexeme if lexeme.isdigit() else repr(float(lexeme))),
        "OPEN",
        [("precision-lost", f"{AT}/amount/value")],
    ),
    "every number a double": (
        numbers_through(lambda lexeme: repr(float(lexeme))),
        "OPEN",
        [
            ("number-respelled", "/data/0/start_time"),
            ("number-respelled", "/data/0/end_time"),
            ("precision-lost", f"{AT}/amount/value"),
            ("number-respelled", f"{AT}/quantity"),
            ("number-respelled", "/data/1/start_time"),
            ("number-respelled", "/data/1/end_time"),
        ],
    ),
    "amounts as binary32": (numbers_through(binary32), "NONE", [("precision-lost", f"{AT}/amount/value")]),
    "15 digits": (
        numbers_through(lambda lexeme: f"{float(lexeme):.15g}"), "NONE", [("precision-lost", f"{AT}/amount/value")]
    ),
    "two decimals": (
        numbers_through(lambda lexeme: lexeme if lexeme.isdigit() else f"{float(lexeme):.2f}"),
        "NONE",
        [("value-changed", f"{AT}/amount/value")],
    ),
    "amount as a string": (
        lambda node: {**node, "value": AMOUNT} if isinstance(node, dict) and "value" in node else node,
        "NONE",
        [("type-changed", f"{AT}/amount/value")],
    ),
    "null object made empty": (
        lambda node: {**node, "project_id": {}} if isinstance(node, dict) and "line_item" in node else node,
        "NONE",
        [("type-changed", f"{AT}/project_id")],
    ),
    "unknown members dropped": (
        lambda node: {n: v for n, v in node.items() if n not in {"organization_id", "start_time_iso"}}
        if isinstance(node, dict)
        else node,
        "PRESENCE",
        [("member-lost", "/data/0/start_time_iso"), ("member-lost", f"{AT}/organization_id")],
    ),
    "members sorted": (
        lambda node: dict(sorted(node.items())) if isinstance(node, dict) else node,
        "EXACT",
        [("order-changed", ""), ("order-changed", "/data/0"), ("order-changed", AT), ("order-changed", f"{AT}/amount"), ("order-changed", "/data/1")],
    ),
    "strings in upper case": (
        lambda node: node.upper() if node == "usd" else node, "NONE", [("value-changed", f"{AT}/amount/currency")]
    ),
    "first bucket only": (
        lambda node: {**node, "data": node["data"][:1]} if isinstance(node, dict) and "data" in node else node,
        "NONE",
        [("item-lost", "/data/1")],
    ),
    "empty bucket dropped": (
        lambda node: [b for b in node if b.get("results") != []] if isinstance(node, list) else node,
        "NONE",
        [("item-lost", "/data/1")],
    ),
    "empty bucket filled": (
        lambda node: node or [{"object": COSTS}] if isinstance(node, list) else node,
        "NONE",
        [("item-invented", "/data/1/results/0")],
    ),
    "results under an old name": (
        lambda node: {"result" if n == "results" else n: v for n, v in node.items()}
        if isinstance(node, dict)
        else node,
        "NONE",
        [
            ("member-lost", "/data/0/results"),
            ("member-invented", "/data/0/result"),
            ("member-lost", "/data/1/results"),
            ("member-invented", "/data/1/result"),
        ],
    ),
    "records lost": (
        lambda node: [] if isinstance(node, list) and node and "line_item" in node[0] else node,
        "NONE",
        [("item-lost", AT)],
    ),
    "records emptied": (
        lambda node: {} if isinstance(node, dict) and "line_item" in node else node,
        "NONE",
        [("kind-lost", f"{AT}/object"), ("member-lost", f"{AT}/amount"), ("member-lost", f"{AT}/line_item"), ("null-became-absent", f"{AT}/project_id"), ("member-lost", f"{AT}/organization_id"), ("member-lost", f"{AT}/quantity")],
    ),
    "kinds confused": (
        lambda node: COMPLETIONS if node == COSTS else node, "NONE", [("kind-lost", f"{AT}/object")]
    ),
    "has_more lost": (
        lambda node: {n: v for n, v in node.items() if n != "has_more"} if isinstance(node, dict) else node,
        "NONE",
        [("member-lost", "/has_more")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_clients(client: str) -> None:
    """What clients are known to do to a page is named exactly, difference by difference."""
    change, level, differences = CLIENTS[client]
    assert seen(PAGE, as_client(change, read(PAGE).value)) == (level, differences)


@pytest.mark.parametrize(
    ("change", "level", "differences"),
    [
        (lambda text: text.replace("a<b", "a\\u003cb"), "LEXICAL", [("string-respelled", f"{AT}/line_item")]),
        (lambda text: text.replace("a<b", "a&lt;b"), "NONE", [("value-changed", f"{AT}/line_item")]),
        (lambda text: json.dumps(json.loads(text, parse_float=Decimal), default=str), "NONE", [("whitespace-changed", ""), ("type-changed", f"{AT}/amount/value")]),
        (lambda text: json.dumps(json.loads(text)), "OPEN", [("whitespace-changed", ""), ("precision-lost", f"{AT}/amount/value")]),
        (lambda text: text.replace('"usd"', '"usd","value":1'), "NONE", [("member-invented", f"{AT}/amount/value"), ("value-changed", f"{AT}/amount/value")]),
        (lambda _: "null", "NONE", [("type-changed", "")]),
        (lambda _: "{}", "NONE", [("member-lost", "/object"), ("member-lost", "/has_more"), ("null-became-absent", "/next_page"), ("member-lost", "/data")]),
        (lambda _: "[]", "NONE", [("type-changed", "")]),
    ],
)  # fmt: skip
def test_text_clients(change: Callable[[str], str], level: str, differences: Found) -> None:
    """What clients do to the text is named exactly."""
    assert seen(PAGE, change(PAGE)) == (level, differences)


def test_flattened_with_zeros() -> None:
    """A client that writes all members of all kinds invents those it was not sent, and turns its nulls into values."""
    names = list(contract(REVISIONS[-1]).flat.members)
    sent = result(input_tokens=1, num_model_requests=1, project_id=None, x=1)
    returned = {name: sent.get(name) or "" for name in names}
    level, differences = seen(dumps(page(bucket(0, sent))), dumps(page(bucket(0, returned))))
    at = "/data/0/results/0"
    assert level == "NONE"
    assert differences == [
        ("type-changed", f"{at}/project_id"),
        ("member-lost", f"{at}/x"),
        *(("member-invented", f"{at}/{name}") for name in names if name not in sent),
    ]


def test_generated_class() -> None:
    """The class that the project began with: nulls dropped or turned, digits lost, `results` unknown."""
    sent = page(bucket(0, result(input_tokens=1, model=None, batch=None), cost(None)))
    sent["data"][0]["results"][1]["amount"] = None
    returned = page(bucket(0, result(input_tokens=1, batch=False), result(COSTS, amount={})))
    del returned["next_page"]
    at = "/data/0/results"
    assert seen(dumps(sent), dumps(returned)) == (
        "NONE",
        [
            ("null-became-absent", f"{at}/0/model"),
            ("type-changed", f"{at}/0/batch"),
            ("type-changed", f"{at}/1/amount"),
            ("null-became-absent", "/next_page"),
        ],
    )


def test_normalised() -> None:
    """A client that normalises text changes values, in group keys too, and loses no result by it."""
    sent = page(bucket(0, *(result(input_tokens=n, model=f"mode\u0300l-{n}") for n in (1, 2))))
    returned = unicodedata.normalize("NFC", dumps(sent))
    assert seen(dumps(sent), returned) == ("NONE", [("value-changed", f"/data/0/results/{n}/model") for n in (0, 1)])


# -- answers


def test_interface() -> None:
    """The names are public, and levels compare as numbers."""
    assert [level.name for level in Level] == ["NONE", "VALUES", "PRESENCE", "OPEN", "EXACT", "LEXICAL", "BYTES"]
    assert [*map(int, Level)] == [*range(7)]
    assert {"Difference", "Fidelity", "Level", "compare"} <= set(usagecompat.__all__)
    with pytest.raises(NoSuchRevision):
        compare("{}", "{}", revision="2024-01-01")
    with pytest.raises(NoSuchName):
        compare("{}", "{}", shape="record")
    with pytest.raises(TypeError, match="texts, as bytes or str, not dict"):
        compare("{}", {})  # type: ignore[arg-type]


def test_every_kind_of_text() -> None:
    """Bytes in any wrapping and `str` are the same text."""
    for text in ('{"a":1}', b'{"a":1}', bytearray(b'{"a":1}'), memoryview(b'{"a":1}')):
        assert compare(text, b'{"a":1}').level is Level.BYTES
        assert compare(b'{"a":2}', text).level is Level.PRESENCE
    assert compare("\ud800", "\ud800").level is Level.BYTES
    assert compare("\ud800", "{}").level is Level.NONE


def test_difference() -> None:
    """A difference shows both values in their own spelling, cut where they get long."""
    (difference,) = compare('{"a":"caf\\u00e9"}', '{"a":[{"b":1.0,"c":null,"d":true}]}').differences
    assert difference == usagecompat.Difference(
        code="client/type-changed",
        pointer="/a",
        sent='"caf\\u00e9"',
        returned='[{"b":1.0,"c":null,"d":true}]',
        message='the string "caf\\u00e9" came back as an array',
        cap=Level.PRESENCE,
    )
    (long,) = compare(dumps({"a": ["x" * 500] * 500}), '{"a":{}}').differences
    assert long.sent is not None
    assert len(long.sent) == 120
    assert long.sent.endswith("xxx...")
    (braces,) = compare('{"a":"{returned} {0}"}', '{"a":"{sent}"}').differences
    assert braces.message == '"{returned} {0}" came back as "{sent}"'


def test_too_many_differences() -> None:
    """Of each code a thousand are listed and the rest is counted, and the level knows of all of them."""
    count = MOST_DIFFERENCES + 500
    sent = {"object": COSTS, **{f"x{n}": None for n in range(count)}, "amount": {"value": 1}}
    fidelity = compare(dumps(sent), dumps({"object": COSTS, "amount": {"value": 2}}))
    assert fidelity.level is Level.NONE
    assert len(fidelity.differences) == MOST_DIFFERENCES + 1
    assert fidelity.truncated == 500
    assert fidelity.differences[-1].pointer == "/amount/value"


def validator() -> Draft202012Validator:
    """Judges the JSON form of a comparison."""
    schema = json.loads((folder("schemas") / "fidelity.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("row", ROWS)
def test_to_dict(row: str) -> None:
    """Every comparison is what its schema says."""
    sent, returned, _ = ROWS[row]
    for one, other in ((sent, returned), (returned, sent), (sent, "{"), (sent, sent)):
        validator().validate(compare(one, other).to_dict())


def test_every_code_is_in_the_schema() -> None:
    """The schema lists exactly the codes that a comparison can show."""
    codes = validator().schema["$defs"]["difference"]["properties"]["code"]["enum"]
    assert {code.removeprefix("client/") for code in codes} == {code.partition(" ")[0] for code in CAPS}


# -- cost

MANY = 10_000


def test_large_pages_are_paired_in_one_pass() -> None:
    """A page of ten thousand results, one of them lost, shows one difference, in whatever order the others come."""
    tree = page(bucket(0, *(result(input_tokens=n % 7, model=f"m{n % 5000}", batch=None) for n in range(MANY))))
    returned = deepcopy(tree)
    del returned["data"][0]["results"][MANY // 2]
    assert seen(dumps(tree), dumps(returned)) == ("NONE", [("item-lost", f"/data/0/results/{MANY // 2}")])
    for one in returned["data"][0]["results"]:
        del one["batch"]
    fidelity = compare(dumps(tree), dumps(returned))
    assert len(fidelity.differences) + fidelity.truncated == MANY
    assert [code for code, _ in found(fidelity)].count("item-lost") == 1


@pytest.mark.parametrize(
    ("sent", "returned"),
    [
        ("[" + "[]," * MANY + "0]", "[" + "{}," * MANY + "0,0]"),
        ("[" * 127 + "1,2" + "]" * 127, "[" * 127 + "2" + "]" * 127),
        ('{"a":[' * 63 + "1" + "]}" * 63, '{"a":[' * 63 + "2" + "]}" * 63),
        ('{"results":[' + "{}," * MANY + "{}]}", '{"results":[' + "{}," * MANY + "{},{}]}"),
        ('{"data":[' + '{"start_time":1},' * MANY + "{}]}", '{"data":[' + '{"start_time":1},' * (MANY // 2) + "{}]}"),
        ("{" + '"a":1,' * MANY + '"a":1}', "{" + '"a":1,' * (MANY - 1) + '"a":1}'),
        (f'{{"a":"{"x" * 1_000_000}"}}', f'{{"a":"{"y" * 1_000_000}"}}'),
        (f"[{'1' * 1_000_000}]", f"[{'2' * 1_000_000}]"),
        (r'{"a":"%s"}' % (r"\\" * 100_000), r'{"a":"%s"}' % (r"\u005c" * 100_000)),
    ],
    ids=range(9),
)
def test_hostile_texts(sent: str, returned: str) -> None:
    """Texts made to be costly come to an answer, and to one that is not `BYTES`."""
    assert compare(sent, returned).level < Level.BYTES
    assert compare(returned, sent).level < Level.BYTES


def test_little_room_on_the_stack() -> None:
    """A caller who is close to the recursion limit gets the same answer."""
    answers: list[Fidelity] = []

    def call(depth: int) -> None:
        if depth:
            call(depth - 1)
        else:
            answers.append(compare("[" * 127 + "1" + "]" * 127, "[" * 127 + "2" + "]" * 127))

    thread = Thread(target=call, args=(sys.getrecursionlimit() - 80,))
    thread.start()
    thread.join()
    assert found(answers[0]) == [("value-changed", "/0" * 127)]


# -- relations

scalars = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text()
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc/~é\\"), inner, max_size=4),
    max_leaves=12,
)
texts = documents.map(lambda tree: write(read({"a": tree}).value).decode()) | strategies.payloads().map(bytes.decode)


@given(st.binary())
@example(b"")
@example(b"\xff")
def test_the_same_bytes(data: bytes) -> None:
    """Whatever it is, it is the same as itself."""
    assert compare(data, data) == usagecompat.Fidelity(level=Level.BYTES)


@given(st.binary() | texts.map(str.encode), st.binary() | texts.map(str.encode))
def test_never_raises(sent: bytes, returned: bytes) -> None:
    """Any two byte strings compare; no difference is the same as the same bytes, and the caps make up the level."""
    fidelity = compare(sent, returned)
    assert (fidelity.level is Level.BYTES) == (sent == returned) == (not fidelity.differences)
    assert fidelity.level == min((one.cap for one in fidelity.differences), default=Level.BYTES)
    validator().validate(fidelity.to_dict())


@given(texts)
def test_reading_and_writing(text: str) -> None:
    """What the exact reader and writer do to a text is not more than white space and escapes."""
    tree = read(text).value
    assert tree is not None
    assert compare(text, write(tree)).level >= Level.LEXICAL  # type: ignore[arg-type]


@given(texts, texts)
def test_losses_mirror_inventions(one: str, other: str) -> None:
    """What is lost one way is invented the other way, and what is neither is the same both ways."""
    mirror = {
        "member-lost": "member-invented",
        "null-became-absent": "absent-became-null",
        "item-lost": "item-invented",
    }
    mirror |= {there: here for here, there in mirror.items()}
    free = {"kind-lost", "precision-lost", "value-changed", "items-reordered", "order-changed", "whitespace-changed"}
    there, back = found(compare(one, other)), found(compare(other, one))
    if "kind-lost" not in dict(there) and "kind-lost" not in dict(back):
        told = sorted(mirror.get(code, code) for code, _ in there if code not in free)
        assert told == sorted(code for code, _ in back if code not in free)


Spot = tuple[Any, Any, str]


def spots(tree: Any, pointer: str = "") -> list[Spot]:  # noqa: ANN401 - any JSON
    """Every place in a tree: the container, the name or index, the pointer."""
    found: list[Spot] = []
    if isinstance(tree, (dict, list)):
        for part, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            here = f"{pointer}/{str(part).replace('~', '~0').replace('/', '~1')}"
            found += [(tree, part, here), *spots(value, here)]
    return found


def escaped(pointer: str) -> str:
    """A pointer as `compare` writes it."""
    return pointer.encode("utf-8", "backslashreplace").decode()


@given(strategies.payloads(), st.data())
def test_one_thing_dropped(payload: bytes, data: st.DataObject) -> None:
    """Dropping one member or one item anywhere is exactly one difference, and it stands there."""
    sent = write(read(payload).value)  # type: ignore[arg-type]
    tree: Any = read(sent).value
    container, part, pointer = data.draw(st.sampled_from(spots(tree)))
    was = container.pop(part)
    (difference,) = compare(sent, write(tree)).differences
    if isinstance(container, list):
        assert difference.code == "client/item-lost"
        left = [write(item) for item in container[part:]]
        assert difference.pointer == escaped(pointer) or write(was) in left
        return
    assert difference.pointer == escaped(pointer)
    expected = "client/member-lost" if was is not None else "client/null-became-absent"
    assert difference.code in (expected, "client/kind-lost")


@given(strategies.payloads(), st.data())
def test_one_number_changed(payload: bytes, data: st.DataObject) -> None:
    """Changing one number anywhere is exactly one difference, and it stands there."""
    sent = write(read(payload).value)  # type: ignore[arg-type]
    tree: Any = read(sent).value
    numbers = [spot for spot in spots(tree) if isinstance(spot[0][spot[1]], Number)]
    if not numbers:
        return
    container, part, pointer = data.draw(st.sampled_from(numbers))
    container[part] = Number("1" + container[part].lexeme.lstrip("-"))
    (difference,) = compare(sent, write(tree)).differences
    assert difference.pointer == escaped(pointer)
    assert difference.code in ("client/value-changed", "client/precision-lost", "client/number-respelled")


@given(strategies.payloads(), st.randoms(use_true_random=False))
def test_members_shuffled(payload: bytes, random: Any) -> None:  # noqa: ANN401 - Hypothesis' own
    """Members in another order are no more than that, once for each object."""
    tree: Any = read(payload).value
    sent = write(tree)

    def shuffled(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, list):
            return [shuffled(item) for item in node]
        if not isinstance(node, dict):
            return node
        names = list(node)
        random.shuffle(names)
        return {name: shuffled(node[name]) for name in names}

    fidelity = compare(sent, write(shuffled(tree)))
    assert {one.code for one in fidelity.differences} <= {"client/order-changed"}
    pointers = [one.pointer for one in fidelity.differences]
    assert len(pointers) == len(set(pointers))


@pytest.mark.parametrize("revision", REVISIONS)
@given(data=st.data())
def test_the_kits_own_codec(revision: str, data: st.DataObject) -> None:
    """`loads` and `dumps` stand at `LEXICAL` or better on every payload that is not invalid."""
    payload = data.draw(strategies.payloads(revision=revision, profile="served"))
    record = usagecompat.loads(payload, revision=revision)
    assert compare(payload, usagecompat.dumps(record), revision=revision).level >= Level.LEXICAL


@pytest.mark.parametrize("case", usagecompat.cases(), ids=lambda case: case.id)
def test_the_kits_own_codec_on_the_corpus(case: usagecompat.Case) -> None:
    """The kit's own codec stands at `LEXICAL` or better on every case that is not invalid."""
    if case.verdict is usagecompat.Verdict.INVALID:
        assert compare(case.payload, case.payload).level is Level.BYTES
        return
    record = usagecompat.loads(case.payload, revision=case.revision, shape=case.shape)
    fidelity = compare(case.payload, usagecompat.dumps(record), revision=case.revision, shape=case.shape)
    assert fidelity.level >= Level.LEXICAL, fidelity.differences


# -- the command


@pytest.mark.parametrize(
    ("sent", "returned", "status"),
    [
        ("{}", "{}", 0),
        ('{"a":1}', '{ "a":1 }', 0),
        ('{"a":1,"b":2}', '{"b":2,"a":1.0}', 0),
        ('{"a":0.12345678901234567890}', '{"a":0.12345678901234568}', 1),
        ('{"a":1}', "", 1),
    ],
)
def test_command(tmp_path: Path, sent: str, returned: str, status: int) -> None:
    """`usagecompat compare` says the level and each difference, and its status whether the two are identical."""
    (tmp_path / "sent.json").write_text(sent, "utf-8")
    (tmp_path / "returned.json").write_text(returned, "utf-8")
    names = [str(tmp_path / "sent.json"), str(tmp_path / "returned.json")]
    told = CliRunner().invoke(main, ["compare", *names])
    fidelity = compare(sent, returned)
    assert told.exit_code == status, told.output
    first, *others = told.stdout.splitlines()
    assert re.match(rf"level {int(fidelity.level)}, {fidelity.level.name}: ", first)
    assert len(others) == 2 * len(fidelity.differences)
    assert all(one.code in told.stdout and one.message in told.stdout for one in fidelity.differences)
    as_json = CliRunner().invoke(main, ["compare", names[0], "-", "--format", "json"], input=returned)
    assert as_json.exit_code == status
    answer = json.loads(as_json.stdout)
    validator().validate(answer)
    assert answer["source"] == {"sent": names[0], "returned": "<stdin>"}
    assert {name: answer[name] for name in answer if name != "source"} == fidelity.to_dict()


@pytest.mark.parametrize(
    "arguments", [["a.json"], ["-", "-"], ["gone.json", "a.json"], ["a.json", "many.ndjson"], ["a.json", "."]]
)
def test_command_misused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """What cannot be compared is one line and status 2."""
    (tmp_path / "a.json").write_text("{}", "utf-8")
    (tmp_path / "many.ndjson").write_text("{}\n{}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["compare", *arguments], input="{}")
    assert told.exit_code == 2
    assert told.stderr.count("\n") == 1


def test_command_shows_nothing_unescaped(tmp_path: Path) -> None:
    """No control character of a payload reaches the terminal."""
    (tmp_path / "a.json").write_text('{"a\\u001b":1,"\u202e":"\u202e"}', "utf-8")
    (tmp_path / "b.json").write_text("{}", "utf-8")
    told = CliRunner().invoke(main, ["compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    assert told.exit_code == 1
    assert all(character.isprintable() or character == "\n" for character in told.stdout)
