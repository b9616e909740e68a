"""Strict, exact JSON: what is read, what is refused and why, and the limits."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from json_texts import codes, lexemes, plain, short

from usagecompat.findings import pointer
from usagecompat.jsontext.reader import Document, read
from usagecompat.jsontext.values import NO_VALUE, Number

MIB = 1024 * 1024


def places(document: Document) -> list[tuple[str, str, tuple[int, int] | None]]:
    """Code, pointer, and line and column of each finding."""
    return [
        (seen.code, pointer(seen.path), document.line_and_column(seen.path, seen.offset)) for seen in document.findings
    ]


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
    ('["\\q","\\n"]', "syntax-error", 2), ('"\\q\\n"', "syntax-error", 1), ('"\\u12\\n"', "syntax-error", 1), ('"\\u\\n"', "syntax-error", 1),
    ("\ufeff{}", "byte-order-mark", 0), ("\ufeff", "byte-order-mark", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slug", "offset"), BROKEN)
def test_what_is_not_json_is_one_finding_with_its_place(text: str, slug: str, offset: int) -> None:
    """A text that is not JSON has no value, and one finding that says what is wrong and where."""
    document = read(text.encode())
    assert document.value is NO_VALUE
    assert [(seen.code, seen.path, seen.offset) for seen in document.findings] == [(f"json/{slug}", (), offset)]
    assert document.text == text
    assert document.findings[0].message.isprintable()
    assert document.findings[0].message.isascii()
    assert read(text) == document


def test_a_message_says_what_was_expected_and_what_is_there() -> None:
    """The message names both sides, and the hint the likely cause."""
    (seen,) = read(b'{"a": True}').findings
    assert seen.message == 'expected a value, found "True"'
    assert "Python" in seen.hint
    assert read(b'{"a": "bc').findings[0].message == 'the text ends where the end of the string "bc" is expected'
    (cut,) = read(b'{"a": tru').findings
    assert cut.message == "the text ends inside a token"
    assert "cut off" in cut.hint
    escapes = r"one of the escapes \" \\ \/ \b \f \n \r \t \uXXXX"
    assert read(rb'["\quit", "\n"]').findings[0].message == rf'expected {escapes}, found "\\q"'


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
    assert document.findings[0].message.startswith("expected UTF-8, found the byte 0x")


def test_a_byte_order_mark_comes_before_what_is_behind_it() -> None:
    """The first fault of a text is the one that is told."""
    assert codes(read(b"\xef\xbb\xbf\xff")) == ["json/byte-order-mark"]


def test_half_a_pair_in_a_str_is_not_text() -> None:
    """A `str` that UTF-8 has no bytes for is refused where it has none."""
    document = read('["a",\n"\ud800"]')
    assert document.value is NO_VALUE
    assert places(document) == [("json/lone-surrogate", "", (2, 2))]
    assert "U+D800" in document.findings[0].message
    assert "bytes" in document.findings[0].hint


def test_bytes_may_come_in_any_container() -> None:
    """`bytes`, `bytearray` and `memoryview`, contiguous or not, are the same text."""
    data = b'{"a":[1]}'
    spread = memoryview(bytes(byte for byte in data for _ in range(2)))[::2]
    assert read(data) == read(bytearray(data)) == read(memoryview(data)) == read(spread)


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
    assert "Parsers differ" in seen.hint


@pytest.mark.parametrize("times", [1_000, 1_001, 1_234])
@pytest.mark.parametrize(
    ("fault", "slug"),
    [
        ('"\\ud800"', "lone-surrogate"),
        ('{"\\ud800":1}', "lone-surrogate"),
        ('{"a":1,"a":1}', "duplicate-member"),
        ("NaN", "non-finite-number"),
        ("1e10001", "limit-exponent"),
    ],
)
def test_of_many_faults_a_thousand_are_told_and_all_are_counted(fault: str, slug: str, times: int) -> None:
    """Faults of one code beyond a thousand are one more finding that counts them, and leave room for other codes."""
    other = "-Infinity" if slug != "non-finite-number" else '"\\udfff"'
    found = read(f"[{','.join([fault] * times)},{other}]").findings
    assert [seen.count for seen in found if seen.code == f"json/{slug}"] == [1] * 1_000 + [times - 1_000] * (
        times > 1_000
    )
    assert [seen.count for seen in found if seen.code != f"json/{slug}"] == [1]


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
        ('{"a": {"b": {"\\udabc": 1}}}', [("/a/b", (1, 14))]),
    ],
)
def test_half_a_pair_is_found(text: str, expected: list[tuple[str, tuple[int, int]] | None]) -> None:
    """An escape for half of a surrogate pair is a finding, in a string or, said of its object, in a name."""
    document = read(text)
    found = [place for place in places(document) if place[0] == "json/lone-surrogate"]
    assert found == [("json/lone-surrogate", *place) for place in expected if place]
    assert all(seen.message.isascii() and seen.message.isprintable() and seen.hint for seen in document.findings)
    assert document.value == json.loads(text, parse_int=Number)


def test_64_mib_are_read_and_one_byte_more_is_not() -> None:
    """The limit counts bytes of UTF-8, of bytes and of `str`."""
    text = "1" + " " * (64 * MIB - 1)
    assert read(text).findings == ()
    assert read(text.encode()).findings == ()
    assert codes(read(f'["{"x" * (64 * MIB - 8)}",NaN]')) == ["json/non-finite-number"]
    numbers = memoryview(text.encode() + b"    ").cast("I")
    for beyond in (text + " ", text.encode() + b" ", "\u00e9" * (32 * MIB + 1), numbers):
        document = read(beyond)
        assert document.value is NO_VALUE
        assert places(document) == [("json/limit-size", "", (1, 1))]
        assert "the limit is 67,108,864" in document.findings[0].message
        assert "one by one" in document.findings[0].hint


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
        ("[" * 100 + "[]," + "[" * 29, "json/limit-depth"),
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


@pytest.mark.parametrize("oddity", ["", "NaN,"], ids=["sound", "with-another-fault"])
@pytest.mark.parametrize(
    "before",
    ['"' + "]" * 300 + '"', r'"\\"', r'"\""', r'"\\\""', r'"\\\\"', "[],[]", "[[]]," * 200 + "{}"],
    ids=["closing-in-a-string", "backslash", "quote", "both", "two-backslashes", "closed", "many-closed"],
)
def test_depth_does_not_depend_on_what_stands_before(before: str, oddity: str) -> None:
    """Neither strings with brackets, quotes and backslashes nor what is closed already hide a level or make one."""
    start = f"[{oddity}{before},"
    fault = ["json/non-finite-number"] if oddity else []
    assert codes(read(f"{start}{'[' * 127}{']' * 127}]")) == fault
    document = read(f"{start}{'[' * 128}{']' * 128}]")
    assert places(document) == [("json/limit-depth", "", (1, len(start) + 128))]
    assert document.findings[0].message == "values are nested deeper than 128 levels"


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
