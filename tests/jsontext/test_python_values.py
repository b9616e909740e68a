"""Mappings and lists that are taken for parsed texts."""

from __future__ import annotations

import math
from collections import UserDict
from decimal import Decimal

import pytest
from json_texts import codes, lexemes

from usagecompat.jsontext.limits import MAX_EXPONENT
from usagecompat.jsontext.python_values import plain
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import NO_VALUE, Number
from usagecompat.jsontext.writer import write


def test_a_mapping_is_taken_for_a_parsed_text() -> None:
    """A mapping or list is read, with the note that text faults cannot show, and has no places."""
    document = read({"a": (1, [2.5, 1e16, Decimal("0.10")], True, None, "x"), "b": UserDict(c=10**5000)})
    assert codes(document) == ["json/already-parsed"]
    assert document.findings[0].path == ()
    assert document.findings[0].message == "the input is a dict and not a text"
    assert "Pass the bytes" in document.findings[0].hint
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
    ("text", "value"),
    [
        ("5", 5), ("-5", -5), ("0", 0), ("9" * 5_000, 10**5_000 - 1), ("-0", Decimal("-0")), ("5.0", Decimal("5.0")),
        ("-1.50", Decimal("-1.50")), ("1e2", Decimal("1E+2")), ('"5"', "5"), ("true", True), ("null", None), ("[]", []),
        ('{"a":[1,{"b":-0.0}],"c":{}}', {"a": [1, {"b": Decimal("-0.0")}], "c": {}}),
    ],
    ids=lambda value: str(value)[:9] if isinstance(value, str) else "",
)  # fmt: skip
def test_plain_values_are_exact(text: str, value: object) -> None:
    """As a plain value a number of digits alone is an `int`, and any other the `Decimal` that spells it: also minus zero."""
    tree = read(text).value
    assert tree is not NO_VALUE
    assert repr(plain(tree)) == repr(value) if len(text) < 4_000 else plain(tree) == value


def test_a_number_beyond_the_limits_is_no_plain_value() -> None:
    """What has no value is none as a plain value either."""
    for lexeme in ("9" * 10_001, "1e10001"):
        tree = read(lexeme).value
        assert tree is not NO_VALUE
        with pytest.raises(ValueError, match="has no value"):
            plain(tree)


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


@pytest.mark.parametrize(
    "lexeme",
    ["10E10000", "-10.0E10000", "1" * 9_000 + "e+10000", "0.1E-10000", "-0.0012e-10000", "0.0E-10000",
     "0." + "0" * 9_000 + "1E-10000"],
)  # fmt: skip
def test_the_decimal_of_a_number_at_the_limits_can_be_read_again(lexeme: str) -> None:
    """A `Decimal` may call itself by an exponent beyond the limit, and is spelled as the number that it was read as."""
    value = Number(lexeme).decimal
    assert abs(value.adjusted()) > MAX_EXPONENT
    document = read({"a": value})
    assert codes(document) == ["json/already-parsed"]
    again = read(write(document.value))
    assert again.findings == ()
    assert Decimal(lexemes(again.value)[0]).compare_total(value) == 0


@pytest.mark.parametrize("text", ["1E+10001", "-1.5E+10003", f"1E-{2 * 10_000}", "0E+10001", f"1E+{10**18 - 1}"])
def test_a_decimal_that_no_text_within_the_limits_spells_is_found(text: str) -> None:
    """Neither digits nor exponent make up for an exponent that is out of reach."""
    document = read({"a": Decimal(text)})
    assert codes(document) == ["json/already-parsed", "json/limit-exponent"]
    assert lexemes(document.value) == [text]


def test_python_strings_with_half_a_pair_are_found() -> None:
    """A lone surrogate is found in a string and in a name, and the message can be printed."""
    document = read({"a\ud800": "\udfff"})
    assert [(seen.code, seen.path) for seen in document.findings[1:]] == [
        ("json/lone-surrogate", ()),
        ("json/lone-surrogate", ("a\ud800",)),
    ]
    assert all(seen.message.isascii() for seen in document.findings)


def test_python_strings_of_whole_characters_are_fine() -> None:
    """What UTF-8 has bytes for is no finding, in a string and in a name, on whichever plane it stands."""
    assert codes(read({"\u00e9": ["\ud7ff\ue000", "\U0001f600"]})) == ["json/already-parsed"]


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
