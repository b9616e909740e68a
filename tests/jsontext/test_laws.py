"""Relations that hold for every text, and what reading costs."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagecompat.findings import CODES
from usagecompat.jsontext.reader import Document, read
from usagecompat.jsontext.values import NO_VALUE, Number
from usagecompat.jsontext.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.jsontext.values import Tree
from json_texts import TREES, codes, lexemes, plain
from timing import grows_at_most


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

    def read_and_find(payload: bytes) -> None:
        document = read(payload)
        for seen in document.findings[:100]:
            document.line_and_column(seen.path, None)
            document.line_and_column(seen.path, seen.offset)

    small, large = HOSTILE[name](250_000), HOSTILE[name](1_000_000)
    assert grows_at_most(10, lambda: read_and_find(small), lambda: read_and_find(large))


def test_every_duplicate_of_many_is_a_finding() -> None:
    """Each extra member counts, and as many as a report lists know their place."""
    document = read(b"{" + b",".join([b'"a":1'] * 200_001) + b"}")
    assert sum(one.count for one in document.findings) == 200_000
    assert len(document.findings) <= 1_001
    for number, one in enumerate(document.findings[:1_000], 1):
        assert one.count == 1
        assert document.line_and_column(one.path, one.offset) == (1, number * 6 + 2)
