"""White space and escapes."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from fidelity_texts import dumps, found, second, seen, three

from usagecompat import compare

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
