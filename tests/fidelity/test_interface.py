"""`compare` as it is called: options, results, limits, hostile texts."""

from __future__ import annotations

import sys
from copy import deepcopy
from threading import Thread
from typing import TYPE_CHECKING

import pytest

import usagecompat
from usagecompat import Level, compare
from usagecompat.exceptions import NoSuchName, NoSuchRevision
from usagecompat.fidelity.comparison import MOST_DIFFERENCES

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.fidelity.comparison import Fidelity
from fidelity_texts import CAPS, COSTS, ROWS, bucket, dumps, found, page, result, seen, validator


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


def test_paths_are_read(tmp_path: Path) -> None:
    """Either text may be the path of a file that holds it."""
    sent, returned = tmp_path / "sent.json", tmp_path / "returned.json"
    sent.write_bytes(b'{"a":1}')
    returned.write_bytes(b'{"a":1.0}')
    assert compare(sent, returned) == compare(b'{"a":1}', b'{"a":1.0}')
    assert compare(sent, b'{"a":1}') == compare(b'{"a":1}', sent)
