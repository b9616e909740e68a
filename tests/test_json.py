"""
Strict, exact JSON: what is read, what is refused and why, where it stands, and what it costs.
"""

from __future__ import annotations

import gc
import json
import math
import sys
import time
from collections import UserDict
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagecompat._json import NO_VALUE, Document, Number, read, write
from usagecompat.findings import CODES, pointer

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat._json import Tree

MIB = 1024 * 1024


def codes(document: Document) -> list[str]:
    """The code of each finding."""
    return [seen.code for seen in document.findings]


def places(document: Document) -> list[tuple[str, str, tuple[int, int] | None]]:
    """Code, pointer, and line and column of each finding."""
    return [
        (seen.code, pointer(seen.path), document.line_and_column(seen.path, seen.offset)) for seen in document.findings
    ]


def short(value: object) -> str | None:
    """A test id for a text or a number of any length."""
    if isinstance(value, int):
        return hex(value)[:12]
    return f"{value[:12]}...{value[-4:]} ({len(value)})" if isinstance(value, str) and len(value) > 40 else None


def plain(tree: object) -> object:
    """The tree with the exact value of each number."""
    if isinstance(tree, Number):
        return tree.decimal
    if isinstance(tree, dict):
        return {name: plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree


def lexemes(tree: object) -> list[str]:
    """The spelling of every number in the tree."""
    if isinstance(tree, Number):
        return [tree.lexeme]
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [lexeme for value in tree for lexeme in lexemes(value)] if isinstance(tree, list) else []


# Texts that are JSON

VALID = [
    "null", "true", "false", "0", "-0", '""', "[]", "{}", " [ ] ", "\t{\r\n}\n", '"\x7f"', '"\u2028\u2029"', '"\U0001f600"',
    "[1,2,3]", '{"":0}', '{"a":{"a":{"a":[]}}}', '{"b":1,"a":2}', "[[],[[]],{}]", '["\\"\\\\\\/\\b\\f\\n\\r\\t"]',
    '"\\u0000"', '"\\uD83D\\uDE00"', '"\\ud83d\\ude00\\ud83d\\ude00"', '"\\\\ud800"', '"\\\\\\\\ud800"', '"\\uffff"', '"\ufeff"',
    '"\\u005C\\u0022"', "[1.5,-1.5,1e5,1E+5,1e-5,0.0e0,-0.0,0e0,10,100200]", "0E-6176", "1e10000", "1e-10000", "1e0000000007",
    "123456789012345678901234567890", "0.1000000000000000000000000000001", '{"a":[{"b":null}],"c":"[{"}', '"]]]]{{{{"',
    '{"a]":"b}","c{":["[",""]}', '"\\\\"', '["\\\\",["\\""]]', '{"k":"a\\\\\\"["}',
]  # fmt: skip


@pytest.mark.parametrize("text", VALID)
def test_what_is_json_is_read_without_a_finding(text: str) -> None:
    """A text of the JSON grammar draws no finding and says what the json module says it does."""
    document = read(text.encode())
    assert document.findings == ()
    assert document.text == text
    assert plain(document.value) == json.loads(text, parse_int=Decimal, parse_float=Decimal)
    assert read(text) == document


# Texts that are not JSON: text, code, the offset of what is wrong

BROKEN = [
    ("", "empty-text", 0), (" \n\t\r", "empty-text", 4),
    ("[", "truncated-text", 1), ("{", "truncated-text", 1), ("[1", "truncated-text", 2), ("[1,", "truncated-text", 3),
    ('{"a"', "truncated-text", 4), ('{"a":', "truncated-text", 5), ('{"a":1', "truncated-text", 6),
    ('{"a":1,', "truncated-text", 7), ('{"a', "truncated-text", 3), ('"', "truncated-text", 1), ('"\\', "truncated-text", 2),
    ('"\\"', "truncated-text", 3), ('"\\u', "truncated-text", 3), ('"\\u12', "truncated-text", 5), ('"\\u1234', "truncated-text", 7),
    ("-", "truncated-text", 1), ("[-", "truncated-text", 2), ("1.", "truncated-text", 2), ("[-0.", "truncated-text", 4),
    ("1e", "truncated-text", 2), ("[1.5E", "truncated-text", 5), ("[1e+", "truncated-text", 4), ("[1e-", "truncated-text", 4),
    ("t", "truncated-text", 1), ("[fals", "truncated-text", 5), ("nul", "truncated-text", 3), ("[\n  [1,\n", "truncated-text", 8),
    ("[1]x", "trailing-text", 3), ("{} {}", "trailing-text", 3), ("[]]", "trailing-text", 2), ('""""', "trailing-text", 2),
    ("1 2", "trailing-text", 2), ("null,", "trailing-text", 4), ("[]//", "trailing-text", 2), ("[]\x00", "trailing-text", 2),
    ("1 tru", "trailing-text", 2), ("[] [1.", "trailing-text", 3), ("1\n1.", "trailing-text", 2),
    ("]", "syntax-error", 0), ("}", "syntax-error", 0), (",", "syntax-error", 0), (":", "syntax-error", 0),
    ("[1,]", "syntax-error", 3), ("[1 , \n ]", "syntax-error", 7), ("[,1]", "syntax-error", 1), ("[1,,2]", "syntax-error", 3),
    ("[1 2]", "syntax-error", 3), ("[1}", "syntax-error", 2), ("[1;2]", "syntax-error", 2), ("[1:2]", "syntax-error", 2),
    ('{"a":1,}', "syntax-error", 7), ('{"a":1 ,  }', "syntax-error", 10), ("{,}", "syntax-error", 1), ('{"a" 1}', "syntax-error", 5),
    ('{"a"}', "syntax-error", 4), ('{"a",1}', "syntax-error", 4), ('{"a":}', "syntax-error", 5), ('{"a":1]', "syntax-error", 6),
    ('{"a"::1}', "syntax-error", 5), ("{a:1}", "syntax-error", 1), ("{'a':1}", "syntax-error", 1), ("{1:1}", "syntax-error", 1),
    ("{null:1}", "syntax-error", 1), ('{"a":1 "b":2}', "syntax-error", 7), ("{[]:1}", "syntax-error", 1), ("{tru", "syntax-error", 1),
    ("01", "syntax-error", 1), ("[-01]", "syntax-error", 3), ("[00]", "syntax-error", 2), ("+1", "syntax-error", 0),
    (".5", "syntax-error", 0), ("[-.5]", "syntax-error", 1), ("[1.]", "syntax-error", 2), ("[1.e5]", "syntax-error", 2),
    ("[1e]", "syntax-error", 2), ("[1e+]", "syntax-error", 2), ("[1.5.2]", "syntax-error", 4), ("1.5.", "syntax-error", 3),
    ("[0x1f]", "syntax-error", 2), ("[1_000]", "syntax-error", 2), ("[--1]", "syntax-error", 1), ("[- 1]", "syntax-error", 1),
    ("[1 1.", "syntax-error", 3), ("[1e1e", "syntax-error", 4), ("[\uff11]", "syntax-error", 1), ("[1\uff11]", "syntax-error", 2),
    ("[True]", "syntax-error", 1), ("[nan]", "syntax-error", 1), ("[Inf]", "syntax-error", 1), ("[-Inf]", "syntax-error", 1),
    ("[None]", "syntax-error", 1), ("[undefined]", "syntax-error", 1), ("truefals", "syntax-error", 4), ("[nullx]", "syntax-error", 5),
    ("[+NaN]", "syntax-error", 1), ("['a']", "syntax-error", 1), ("[a]", "syntax-error", 1), ("/**/1", "syntax-error", 0),
    ("#\n1", "syntax-error", 0), ("[\\n]", "syntax-error", 1), ("[\f]", "syntax-error", 1), ("\u00a01", "syntax-error", 0),
    ("[\u2028]", "syntax-error", 1), ("\x001", "syntax-error", 0), ("*", "syntax-error", 0), ("<html>", "syntax-error", 0),
    ('"a\nb"', "syntax-error", 2), ('"\t"', "syntax-error", 1), ('"\x00"', "syntax-error", 1), ('["\x1f"]', "syntax-error", 2),
    ('"\\x41"', "syntax-error", 1), ("\"\\'\"", "syntax-error", 1), ('"\\a"', "syntax-error", 1), ('"\\\t"', "syntax-error", 1),
    ('"\\U0041"', "syntax-error", 1), ('"\\u00G0"', "syntax-error", 1), ('"\\u12"', "syntax-error", 1), ('"\\u 123"', "syntax-error", 1),
    ('"\\u\uff11234"', "syntax-error", 1), ('"\\ud83d\\u12x4"', "syntax-error", 7), ('"\\\\\\q"', "syntax-error", 3),
    ("\ufeff{}", "byte-order-mark", 0), ("\ufeff", "byte-order-mark", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slug", "offset"), BROKEN)
def test_what_is_not_json_is_one_finding_with_its_place(text: str, slug: str, offset: int) -> None:
    """A text that is not JSON has no value, and one finding that says what is wrong and where."""
    document = read(text.encode())
    assert document.value is NO_VALUE
    assert [(seen.code, seen.path, seen.offset) for seen in document.findings] == [(f"json/{slug}", (), offset)]
    assert document.findings[0].message.isprintable()
    assert document.findings[0].message.isascii()
    assert read(text) == document


def test_a_message_says_what_was_expected_and_what_is_there() -> None:
    """The message names both sides, and the hint the likely cause."""
    (seen,) = read(b'{"a": True}').findings
    assert seen.message == 'expected a value, found "True"'
    assert "Python" in seen.hint
    assert read(b'{"a": "bc').findings[0].message == 'the text ends where the end of the string "bc" is expected'


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff", (1, 1)),
        (b'["\xc3\xa9",\n "\xf0\x9f\x98\x80\xe9"]', (2, 4)),
        (b'"\xed\xa0\x80"', (1, 2)),
        (b'"\xc0\xaf"', (1, 2)),
        (b'"\xf4\x90\x80\x80"', (1, 2)),
        (b'"\xe2\x82', (1, 2)),
        (b"\xff\xfe1\x00", (1, 1)),
    ],
)
def test_bytes_that_are_not_utf_8_are_placed_in_code_points(data: bytes, place: tuple[int, int]) -> None:
    """The line and column of a bad byte count the code points in front of it, not the bytes."""
    document = read(data)
    assert document.value is NO_VALUE
    assert places(document) == [("json/invalid-utf-8", "", place)]


def test_a_byte_order_mark_comes_before_what_is_behind_it() -> None:
    """The first fault of a text is the one that is told."""
    assert codes(read(b"\xef\xbb\xbf\xff")) == ["json/byte-order-mark"]


def test_half_a_pair_in_a_str_is_not_text() -> None:
    """A `str` that UTF-8 has no bytes for is refused where it has none."""
    document = read('["a",\n"\ud800"]')
    assert document.value is NO_VALUE
    assert places(document) == [("json/lone-surrogate", "", (2, 2))]


def test_bytes_may_come_in_any_container() -> None:
    """`bytes`, `bytearray` and `memoryview`, contiguous or not, are the same text."""
    data = b'{"a":[1]}'
    spread = memoryview(bytes(byte for byte in data for _ in range(2)))[::2]
    assert read(data) == read(bytearray(data)) == read(memoryview(data)) == read(spread)


# Faults that leave a document


def test_a_non_finite_number_is_found_and_read_on() -> None:
    """NaN and infinities are findings at their place, and numbers without a value in the document."""
    document = read(b'{"a": [NaN, -Infinity],\n "b": Infinity}')
    assert places(document) == [
        ("json/non-finite-number", "/a/0", (1, 8)),
        ("json/non-finite-number", "/a/1", (1, 13)),
        ("json/non-finite-number", "/b", (2, 7)),
    ]
    assert lexemes(document.value) == ["NaN", "-Infinity", "Infinity"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1,"a":1}', [("/a", (1, 8))]),
        ('{"a":1,"\\u0061":2}', [("/a", (1, 8))]),
        ('{"":1,"":2}', [("/", (1, 7))]),
        ('{"a":1,\n"a":2,\n"a":3}', [("/a", (2, 1)), ("/a", (3, 1))]),
        ('[{"x":{}},{"x":{"y":1,"y":2}}]', [("/1/x/y", (1, 23))]),
        ('{"a":{"b":1,"b":2},"a":{}}', [("/a/b", (1, 13)), ("/a", (1, 20))]),
        ('{"a":1,"a":{"b":[0,{"c":1,"c":2}]}}', [("/a", (1, 8)), ("/a/b/1/c", (1, 27))]),
        ('{"a":"b","b":"a"}', []),
        ('{"a":{"a":{"a":1}}}', []),
        ('[{"a":1},{"a":1}]', []),
        ('{"a":1,"A":1,"a ":1}', []),
        ('{"\u00e9":1,"e\u0301":1}', []),
    ],
)
def test_each_extra_member_is_found(text: str, expected: list[tuple[str, tuple[int, int]]]) -> None:
    """A name that is there again is a finding, however it is spelled and wherever it hides; the last value counts."""
    document = read(text)
    assert places(document) == [("json/duplicate-member", where, place) for where, place in expected]
    assert plain(document.value) == json.loads(text)


def test_a_duplicate_tells_both_places() -> None:
    """The message tells where the member is, and where it was first."""
    (seen,) = read(b'{"a":1,\n  "a" :2}').findings
    assert seen.message == 'the member "a" at line 2, column 3 is there already at line 1, column 2'
    assert seen.offset == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"\\ud800"', [("", (1, 1))]),
        ('["x", "a\\udfffb"]', [("/1", (1, 7))]),
        ('"\\ud800\\ud800\\udc00"', [("", (1, 1))]),
        ('"\\udc00\\ud800"', [("", (1, 1))]),
        ('"\\uD800\\\\udc00"', [("", (1, 1))]),
        ('"\\\\ud83d\\ude00"', [("", (1, 1))]),
        ('"\\ud83d\\\\\\\\\\ude00"', [("", (1, 1))]),
        ('{"\\uDABC": "\\uDABC"}', [("", (1, 2)), ("/\\udabc", (1, 12))]),
        ('{"a": "\\ud800", "a": 1}', [("/a", (1, 7)), None]),
    ],
)
def test_half_a_pair_is_found(text: str, expected: list[tuple[str, tuple[int, int]] | None]) -> None:
    """An escape for half of a surrogate pair is a finding, in a string or, said of its object, in a name."""
    document = read(text)
    found = [place for place in places(document) if place[0] == "json/lone-surrogate"]
    assert found == [("json/lone-surrogate", *place) for place in expected if place]
    assert all(seen.message.isascii() and seen.message.isprintable() for seen in document.findings)
    assert document.value == json.loads(text, parse_int=Number)


# Limits


def test_64_mib_are_read_and_one_byte_more_is_not() -> None:
    """The limit counts bytes of UTF-8, of bytes and of `str`."""
    text = "1" + " " * (64 * MIB - 1)
    assert read(text).findings == ()
    assert read(text.encode()).findings == ()
    for beyond in (text + " ", text.encode() + b" ", "\u00e9" * (32 * MIB + 1)):
        document = read(beyond)
        assert document.value is NO_VALUE
        assert places(document) == [("json/limit-size", "", (1, 1))]


NESTS = [("[", "]", "1"), ('{"a":', "}", "1"), ('[{"[[":', "}]", '"]"'), ('["\\"[",', "]", '"\\\\"')]


@pytest.mark.parametrize(("opening", "closing", "inside"), NESTS)
def test_128_levels_are_read_and_one_more_is_not(opening: str, closing: str, inside: str) -> None:
    """The bracket of the 129th level is the finding, and brackets in strings are no levels."""
    times = 64 if "{" in opening and "[" in opening[0] else 128
    assert read(opening * times + inside + closing * times).findings == ()
    assert read(opening * times + closing.replace("}", '"":0}') * times).value is not None
    document = read(f"{opening * times}[{inside}]{closing * times}")
    assert document.value is NO_VALUE
    assert [(seen.code, seen.offset) for seen in document.findings] == [("json/limit-depth", len(opening) * times)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 129, "json/limit-depth"),
        ("[" * 128, "json/truncated-text"),
        ("x" + "[" * 129, "json/syntax-error"),
        ("[1] " + "[" * 129, "json/trailing-text"),
        ("[" * 100 + "1" + "[" * 29, "json/syntax-error"),
        ("[" * 128 + "tru[", "json/syntax-error"),
        ("[" * 128 + "1[", "json/syntax-error"),
        ("[" * 128 + "{", "json/limit-depth"),
        ("[" * 129 + "x", "json/limit-depth"),
        ("]" * 300 + "[" * 300, "json/syntax-error"),
        ("[" * 127 + '{"\\' + "[" * 10, "json/syntax-error"),
        ('"' + "[" * 500, "json/truncated-text"),
        ("\\" + '"[' * 500, "json/syntax-error"),
    ],
    ids=short,
)
def test_depth_is_told_only_if_nothing_is_wrong_before(text: str, code: str) -> None:
    """Of a text that is both broken and deep, the fault that comes first is told."""
    assert codes(read(text)) == [code]


def test_many_shallow_values_are_no_depth() -> None:
    """Width is not depth."""
    wide = [[[{"a": [{}, {"b": "]["}]}] * 20] * 20, "[" * 200, '"[' * 200, "\\[" * 200]
    assert read(json.dumps(wide)).findings == ()
    assert read("[" + ",".join(["[" * 127 + "]" * 127] * 50) + "]").findings == ()


@pytest.mark.parametrize(
    ("lexeme", "code"),
    [
        ("9" * 10_000, None),
        ("-" + "9" * 10_000, None),
        ("9" * 10_001, "json/limit-digits"),
        ("-0." + "1" * 9_999, None),
        ("0." + "1" * 10_000, "json/limit-digits"),
        ("1" * 9_996 + "e5000", None),
        ("1e" + "0" * 9_998 + "1", None),
        ("1e" + "0" * 10_000, "json/limit-digits"),
        ("1e10000", None),
        ("1E+10000", None),
        ("1e-10000", None),
        ("1e010000", None),
        ("1e10001", "json/limit-exponent"),
        ("0E-10001", "json/limit-exponent"),
        ("1.5E+99999", "json/limit-exponent"),
        ("1e9999999999999999999", "json/limit-exponent"),
        ("1e" + "9" * 5_000, "json/limit-exponent"),
    ],
    ids=short,
)
def test_numbers_have_10_000_digits_and_exponents_up_to_10_000(lexeme: str, code: str | None) -> None:
    """A number at a limit has a value, one beyond has its spelling alone, and the document goes on."""
    document = read(f'{{"a": [0, {lexeme}], "b": 1}}')
    assert places(document) == ([(code, "/a/1", (1, 11))] if code else [])
    assert lexemes(document.value) == ["0", lexeme, "1"]
    number = Number(lexeme)
    assert number.within_limits is (code is None)
    assert codes(read({"n": [number]})) == ["json/already-parsed", *([code] if code else [])]


# Numbers


def test_a_number_is_its_exact_value() -> None:
    """Equality and hash go by value, and the spelling stays."""
    assert Number("2.50") == Number("2.5") == Number("25e-1")
    assert Number("-0") == Number("0.00")
    assert len({Number("1"), Number("1.0"), Number("10e-1"), Number("100000e-5")}) == 1
    assert Number("0.1") != Number("0.1000000000000000000000000000000000001")
    assert Number("1") != 1
    assert repr(Number("1.50")) == 'Number("1.50")'
    assert Number("0E-6176").decimal == 0


@pytest.mark.parametrize(
    ("lexeme", "value"),
    [("5", 5), ("-0", 0), ("5.0", 5), ("5e0", 5), ("150e-1", 15), ("1.5E1", 15), ("0E-6176", 0), ("1e30", 10**30),
     ("9" * 10_000, 10**10_000 - 1), ("1e10000", 10**10_000),
     ("5.7", None), ("15e-1", None), ("1e-10000", None), ("1.00000000000000000000000000000000001", None)],
    ids=short,
)  # fmt: skip
def test_an_integer_is_told_by_value(lexeme: str, value: int | None) -> None:
    """A whole number is an integer however it is spelled, and its `int` is exact at any length."""
    number = Number(lexeme)
    assert number.is_integer is (value is not None)
    if value is None:
        with pytest.raises(ValueError, match="not an integer"):
            _ = number.integer
    else:
        assert number.integer == value


@pytest.mark.parametrize("lexeme", ["NaN", "Infinity", "-Infinity", "1e10001", "9" * 10_001], ids=short)
def test_a_number_beyond_the_limits_has_no_value(lexeme: str) -> None:
    """No value is computed for it, and it equals only what is spelled alike."""
    number = Number(lexeme)
    assert not number.within_limits
    assert not number.is_integer
    assert number == Number(lexeme)
    assert hash(number) == hash(Number(lexeme))
    assert number != Number("1")
    with pytest.raises(ValueError, match="no value"):
        _ = number.decimal


# Places


def test_a_path_leads_to_its_line_and_column() -> None:
    """A member stands at its name, an item at its start, what is absent at its nearest ancestor."""
    text = '{\n  "data": [\n    {"a\\n": 1, "\U0001f600": [true, {"x": "]"}]}, "s"\n  ],\n  "data2" : null }'
    document = read(text)
    expected: dict[tuple[str | int, ...], tuple[int, int]] = {
        (): (1, 1),
        ("data",): (2, 3),
        ("data", 0): (3, 5),
        ("data", 0, "a\n"): (3, 6),
        ("data", 0, "\U0001f600"): (3, 16),
        ("data", 0, "\U0001f600", 0): (3, 22),
        ("data", 0, "\U0001f600", 1): (3, 28),
        ("data", 0, "\U0001f600", 1, "x"): (3, 29),
        ("data", 1): (3, 42),
        ("data2",): (5, 3),
        ("data", 0, "missing"): (3, 5),
        ("data", 0, "missing", 5, "x"): (3, 5),
        ("data", 2): (2, 3),
        ("data", -1): (2, 3),
        ("data", "0"): (2, 3),
        (0,): (1, 1),
        ("data2", "x"): (5, 3),
    }
    assert {path: document.line_and_column(path, None) for path in expected} == expected


def test_of_two_members_a_path_means_the_last() -> None:
    """What a path leads to is what counts."""
    document = read('{"a":{"x":1},"b":0,"a":{"y":1,"x":2}}')
    assert document.line_and_column(("a",)) == (1, 20)
    assert document.line_and_column(("a", "x")) == (1, 31)


def test_an_offset_goes_before_a_path() -> None:
    """A finding that knows its offset stands there, up to the end of the text."""
    document = read("[1,\n2]")
    assert document.line_and_column((0,), 4) == (2, 1)
    assert document.line_and_column((), 6) == (2, 3)
    assert read("x").line_and_column((), None) == (1, 1)


@pytest.mark.parametrize("length", [4095, 4096, 4097, 8192])
def test_lines_of_any_length_are_counted(length: int) -> None:
    """A long text has its lines where a short one has."""
    document = read("[" + " " * length + "\n" + " " * length + "1,\n2]")
    assert document.line_and_column((0,)) == (2, length + 1)
    assert document.line_and_column((1,)) == (3, 1)
    assert document.line_and_column((), length + 1) == (1, length + 2)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def paths(tree: object) -> list[tuple[str | int, ...]]:
    """The path of every value in a tree."""
    children: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        children = list(tree.items())
    elif isinstance(tree, list):
        children = list(enumerate(tree))
    return [(), *((part, *path) for part, child in children for path in paths(child))]


@given(TREES, st.sampled_from([None, 1]), st.booleans())
def test_every_value_is_found_where_it_stands(tree: Tree, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001
    """What stands at the place of a path is the value, with its name in front if it is a member."""
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    document = read(text)
    lines = text.split("\n")
    for path in paths(tree):
        place = document.line_and_column(path)
        assert place is not None
        rest = "\n".join([lines[place[0] - 1][place[1] - 1 :], *lines[place[0] :]])
        value, end = json.JSONDecoder().raw_decode(rest)
        if path and isinstance(path[-1], str):
            assert value == path[-1]
            rest = rest[end:].lstrip(": \n")
            value, _ = json.JSONDecoder().raw_decode(rest)
        expected: Any = tree
        for part in path:
            expected = expected[part]
        assert value == expected


# Python values


def test_a_mapping_is_taken_for_a_parsed_text() -> None:
    """A mapping or list is read, with the note that text faults cannot show, and has no places."""
    document = read({"a": (1, [2.5, 1e16, Decimal("0.10")], True, None, "x"), "b": UserDict(c=10**5000)})
    assert codes(document) == ["json/already-parsed"]
    assert document.findings[0].path == ()
    assert document.text is None
    assert document.line_and_column(("a",), 3) is None
    assert write(document.value) == b'{"a":[1,[2.5,1e+16,0.10],true,null,"x"],"b":{"c":1' + b"0" * 5000 + b"}}"
    assert codes(read([])) == ["json/already-parsed"]


def test_the_tree_of_a_document_can_be_read_again() -> None:
    """A tree is a Python value like any other."""
    value = read('{"a":[1.50,null]}').value
    assert isinstance(value, dict)
    assert lexemes(read(value).value) == ["1.50"]


@pytest.mark.parametrize(
    ("value", "lexeme"),
    [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (Decimal("sNaN"), "NaN"),
     (Decimal("-NaN"), "NaN"), (Decimal("-Infinity"), "-Infinity")],
)  # fmt: skip
def test_python_numbers_without_a_value_are_found(value: object, lexeme: str) -> None:
    """A NaN or an infinity from Python is the finding it would be in a text."""
    document = read({"a": [value]})
    assert [(seen.code, seen.path) for seen in document.findings[1:]] == [("json/non-finite-number", ("a", 0))]
    assert lexemes(document.value) == [lexeme]


def test_python_strings_with_half_a_pair_are_found() -> None:
    """A lone surrogate is found in a string and in a name, and the message can be printed."""
    document = read({"a\ud800": "\udfff"})
    assert [(seen.code, seen.path) for seen in document.findings[1:]] == [
        ("json/lone-surrogate", ()),
        ("json/lone-surrogate", ("a\ud800",)),
    ]
    assert all(seen.message.isascii() for seen in document.findings)


def test_python_values_nest_to_the_same_depth() -> None:
    """The 129th level of Python values is a finding and never a RecursionError."""

    def nested(levels: int) -> list[object]:
        value: list[object] = []
        for _ in range(levels - 1):
            value = [value]
        return value

    assert codes(read(nested(128))) == ["json/already-parsed"]
    document = read(nested(129))
    assert document.value is NO_VALUE
    assert codes(document) == ["json/already-parsed", "json/limit-depth"]
    assert codes(read(nested(100_000))) == ["json/already-parsed", "json/limit-depth"]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (None, "a payload is bytes"),
        (1, "not int"),
        ((), "not tuple"),
        (object(), "not object"),
        ({"a": [1, {2}]}, 'a set at "/a/1"'),
        ({"a": b""}, 'a bytes at "/a"'),
        ({"a": {1: 2}}, 'a member name that is a int at "/a"'),
        ([1 + 2j], 'a complex at "/0"'),
    ],
)
def test_what_is_not_json_in_python_is_misuse(payload: object, message: str) -> None:
    """A value that JSON has no word for raises, and the message says where it is and what is accepted."""
    with pytest.raises(TypeError, match=message) as caught:
        read(payload)  # type: ignore[arg-type]
    assert "list" in str(caught.value)


def test_a_value_that_contains_itself_is_misuse() -> None:
    """A cycle raises and says where it closes; a value that is merely used twice is fine."""
    inner: list[object] = []
    outer = {"a": [inner]}
    inner.append(outer)
    with pytest.raises(TypeError, match='contains itself at "/a/0/0"'):
        read(outer)
    twice = [1]
    assert codes(read([twice, twice])) == ["json/already-parsed"]


# Writing


def test_a_tree_is_written_compactly_and_as_spelled() -> None:
    """No white space, no needless escapes, numbers as spelled, members in order."""
    text = '{ "b" : [ 1.50 , -0, 1E+2, {} , [ ] ], "a\\u00e9\\/\\u0001\\n": null, "c": [true,false,"\\u2028\\ud83d\\ude00"] }'
    expected = '{"b":[1.50,-0,1E+2,{},[]],"a\u00e9/\\u0001\\n":null,"c":[true,false,"\u2028\U0001f600"]}'
    assert write(read(text).value) == expected.encode()


def test_half_a_pair_is_written_as_it_can_be_read() -> None:
    """What UTF-8 has no bytes for is written as an escape."""
    assert write(read('{"\\udfff":"a\\ud800"}').value) == b'{"\\udfff":"a\\ud800"}'


@pytest.mark.parametrize("tree", [1, 1.5, ["a", Decimal(1)], {"a": (1,)}, {1: None}, NO_VALUE, b""])
def test_only_trees_are_written(tree: Tree) -> None:
    """What is not part of a tree raises and is never guessed at."""
    with pytest.raises(TypeError):
        write(tree)


# Laws


@given(TREES)
def test_what_python_writes_is_read_as_it_was(tree: Tree) -> None:
    """Any value that json.dumps writes is read back equal, number by number exact."""
    text = json.dumps(tree)
    document = read(text)
    expected = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    assert document.findings == ()
    assert plain(document.value) == expected
    assert read(json.dumps(tree, ensure_ascii=False).encode()).value == document.value


LEXEMES = st.from_regex(r"\A-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,4})?\Z")


@given(st.recursive(LEXEMES.map(Number) | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_is_written_is_read_as_it_was(tree: Tree) -> None:
    """`read` after `write` gives the same tree with the same spellings, and the same bytes again."""
    data = write(tree)
    document = read(data)
    assert document.findings == ()
    assert document.value == tree
    assert lexemes(document.value) == lexemes(tree)
    assert write(document.value) == data


FRAGMENTS = st.lists(
    st.sampled_from([*'[]{},:"\\ \n\t019-+.eE/', "true", "nul", "NaN", "\\u", "\\ud83d", "\\ude00", '"a"', '{"a":', "\u00e9", "\x00"])
).map("".join)  # fmt: skip


@given(st.binary() | st.text() | FRAGMENTS | FRAGMENTS.map(str.encode))
def test_no_text_raises(payload: bytes | str) -> None:
    """Whatever comes, a document is the answer, and it has a value or exactly one finding that says why not."""
    document = read(payload)
    assert set(codes(document)) <= CODES.keys()
    assert document.value is not NO_VALUE or len(document.findings) == 1
    assert all(document.line_and_column(seen.path, seen.offset) for seen in document.findings)
    try:
        json.loads(payload if isinstance(payload, str) else payload.decode())
    except ValueError:
        assert document.value is NO_VALUE
    else:
        assert document.value is not NO_VALUE or codes(document) == ["json/lone-surrogate"]


@given(TREES, st.data())
def test_a_prefix_is_never_called_broken(tree: Tree, data: st.DataObject) -> None:
    """A JSON text that is cut off is truncated, empty, or still JSON, and nothing else."""
    text = json.dumps([tree])
    cut = data.draw(st.integers(0, len(text) - 1))
    assert codes(read(text[:cut])) in (["json/truncated-text"], ["json/empty-text"])


# The stack


def test_a_deep_caller_can_read_a_deep_text() -> None:
    """A text within the limits is read and written although the caller has used up most of the stack."""
    text = b"[" * 120 + b"]" * 120
    value = read(text).value
    answers: list[tuple[Document, bytes, Document]] = []

    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
        else:
            answers.append((read(text), write(value), read(value)))

    thread = Thread(target=descend, args=(sys.getrecursionlimit() - 80,))
    thread.start()
    thread.join()
    ((document, written, again),) = answers
    assert document.value == again.value == value
    assert written == text


def test_a_raised_recursion_limit_does_not_matter() -> None:
    """The depth is known before anything recurses, so that the C stack is safe whatever the limit is."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        assert codes(read(b"[" * 5_000_000)) == ["json/limit-depth"]
        assert codes(read(b'{"a":' * 1_000_000)) == ["json/limit-depth"]
    finally:
        sys.setrecursionlimit(limit)


# Hostile texts

# What takes as many bytes as it is told, or nearly.
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "one name": lambda n: b"{" + b",".join([b'"a":1'] * (n // 6)) + b"}",
    "objects with duplicates": lambda n: b"[" + b",".join([b'{"a":1,"a":[]}'] * (n // 15)) + b"]",
    "names and one duplicate": lambda n: b"{" + b"".join(b'"%d":1,' % i for i in range(n // 10)) + b'"0":2}',
    "long name twice": lambda n: b'{"' + b"k" * n + b'":1,"' + b"k" * n + b'":2}',
    "escaped name": lambda n: b'{"' + b"\\u0061" * (n // 6) + b'":NaN}',
    "backslashes": lambda n: b'["' + b"\\\\" * (n // 2) + b'",NaN]',
    "backslashes without end": lambda n: b'["' + b"\\\\" * (n // 2),
    "escaped quotes without end": lambda n: b"[" * 200 + b'"' + b'\\"' * (n // 2),
    "quotes": lambda n: b'"' * n,
    "strings of one bracket": lambda n: b"[" + b'"[",' * (n // 4) + b"1]",
    "digits": lambda n: b"1" * n,
    "zeros of an exponent": lambda n: b"[1e" + b"0" * n + b"1]",
    "unfinished number": lambda n: b"1" * n + b".",
    "opening brackets": lambda n: b"[" * n,
    "empty arrays": lambda n: b"[" + b"[]," * (n // 3) + b"[]",
    "chains": lambda n: b"[" + b",".join([b"[" * 127 + b"]" * 127] * (n // 255)) + b"]",
    "closing brackets": lambda n: b"]" * n,
    "half pairs": lambda n: b'["' + b"\\ud800" * (n // 6) + b'"]',
    "white space": lambda n: b" " * n + b"x",
    "lines": lambda n: b"[" + b"\n" * n + b"NaN]",
    "bad byte": lambda n: b'"' + b"\xc3\xa9" * (n // 2) + b"\xff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    """Four times the text takes about four times as long, places of findings included."""

    def seconds(size: int) -> float:
        payload = HOSTILE[name](size)
        spent = []
        for _ in range(3):
            start = time.process_time()
            document = read(payload)
            for seen in document.findings[:100]:
                document.line_and_column(seen.path, None)
                document.line_and_column(seen.path, seen.offset)
            spent.append(time.process_time() - start)
        return min(spent)

    gc.collect()
    gc.disable()  # its pauses depend on what other tests have left
    try:
        small, large = seconds(250_000), seconds(1_000_000)
    finally:
        gc.enable()
    assert large < 12 * small + 0.05


def test_every_duplicate_of_many_is_a_finding() -> None:
    """Each extra member counts, and as many as a report lists know their place."""
    document = read(b"{" + b",".join([b'"a":1'] * 200_001) + b"}")
    assert sum(one.count for one in document.findings) == 200_000
    assert len(document.findings) <= 1_001
    for number, one in enumerate(document.findings[:1_000], 1):
        assert one.count == 1
        assert document.line_and_column(one.path, one.offset) == (1, number * 6 + 2)
