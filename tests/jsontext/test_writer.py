"""Trees written back as bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import NO_VALUE
from usagecompat.jsontext.writer import write

if TYPE_CHECKING:
    from usagecompat.jsontext.values import Tree


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


def test_what_is_no_tree_is_named() -> None:
    """The message names the type, and those that a tree is made of."""
    with pytest.raises(TypeError, match="a float is not part of a tree: these are dict, list, str, Number, bool and"):
        write([1.5])  # type: ignore[list-item]
