"""Lines and columns of values, and the way from a path to an offset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagecompat.jsontext.positions import EXCERPT, Lines, around
from usagecompat.jsontext.reader import read

if TYPE_CHECKING:
    from usagecompat.jsontext.values import Tree
from json_texts import TREES


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


@pytest.mark.parametrize("text", ["", " ]", "  x", "\n[1"])
def test_what_cannot_be_read_has_one_place(text: str) -> None:
    """In a text without a value every path leads to its start, whatever stands there."""
    document = read(text)
    assert document.line_and_column(()) == document.line_and_column(("data", 0)) == (1, 1)
    assert document.excerpt(("data",)) == (text.partition("\n")[0].rstrip(), 0)


def test_an_excerpt_is_cut_at_the_place_of_a_path() -> None:
    """An excerpt is the line in which the value stands, and the index of the value in it; without a text there is none."""
    document = read('{\n "a": 1,\n "b": [2, 3]\n}')
    assert document.excerpt(("b",)) == (' "b": [2, 3]', 1)
    assert document.excerpt(("b", 1)) == (' "b": [2, 3]', 10)
    assert document.excerpt(("b", 1), 3) == (' "a": 1,', 1)
    assert read({"a": 1}).excerpt(("a",)) is None
    assert read({"a": 1}).excerpt((), 0) is None


@pytest.mark.parametrize("length", [4095, 4096, 4097, 8192])
def test_lines_of_any_length_are_counted(length: int) -> None:
    """A long text has its lines where a short one has."""
    document = read("[" + " " * length + "\n" + " " * length + "1,\n2]")
    assert document.line_and_column((0,)) == (2, length + 1)
    assert document.line_and_column((1,)) == (3, 1)
    assert document.line_and_column((), length + 1) == (1, length + 2)


def test_lines_of_all_lengths_are_counted_together() -> None:
    """Wherever lines end, also at the very start and several between two long ones, every place has its line and column."""
    text = "\n" + "\n".join("x" * width for width in (0, 5000, 1, 2, 4094, 4095, 4096, 3, 9000, 0, 7)) + "\n"
    lines = Lines(text)
    for offset in range(0, len(text) + 1, 3):
        assert lines.at(offset) == (text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
    assert Lines("\n1").at(1) == (2, 1)
    assert Lines("\n" + "x" * 9_000).at(9_000) == (2, 9_000)


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


@given(text=st.text("ab\u00e9\U0001f600\n\r {", max_size=400), data=st.data())
def test_around(text: str, data: st.DataObject) -> None:
    """What is cut out around a place is part of its line, no wider than asked, and knows where the place is."""
    at = data.draw(st.integers(0, len(text)))
    shown, index = around(text, at)
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    assert shown.strip("\u2026") in line
    assert len(shown) <= EXCERPT + 2
    if at < len(text) and not text[at].isspace():
        assert shown[index] == text[at]


LONG = "".join(chr(0x4E00 + number) for number in range(200))


@pytest.mark.parametrize("before", ["", "\n", "first\n", "x" * 99 + "\n"], ids=len)
@pytest.mark.parametrize("behind", ["", "\n", "\nlast"], ids=len)
@pytest.mark.parametrize("at", [0, 10, 25, 26, 27, 100, 149, 150, 175, 199])
def test_a_long_line_is_cut_around_the_place(before: str, behind: str, at: int) -> None:
    """Of a long line as much is cut out as fits, with dots where it goes on and a third of it before the place."""
    shown, index = around(before + LONG + behind, len(before) + at)
    cut = shown.strip("\u2026")
    start = LONG.index(cut)
    end = start + len(cut)
    assert len(cut) == EXCERPT
    assert shown == "\u2026" * (start > 0) + cut + "\u2026" * (end < len(LONG))
    assert shown[index] == LONG[at]
    assert start == max(0, min(at - EXCERPT // 3, len(LONG) - EXCERPT))


@pytest.mark.parametrize("width", [1, EXCERPT - 1, EXCERPT])
def test_a_line_that_fits_is_whole(width: int) -> None:
    """A line that is no longer than an excerpt is not cut, wherever in it the place is."""
    line = LONG[:width]
    for before in ("", "\n", "first\n"):
        for at in range(width):
            for behind in ("", "\n", "\nlast", "\r\nlast" if width < EXCERPT else "\n"):
                assert around(f"{before}{line}{behind}", len(before) + at) == (line, at)
