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


@pytest.mark.parametrize("returned", ["10.0", "1e1", "10.00"])
def test_integer_as_float(returned: str) -> None:
    """A count that comes back with a fraction or an exponent is refused by integer decoders, and is VALUES at most."""
    sent = (
        '{"object":"organization.usage.completions.result","input_tokens":10,"output_tokens":1,"num_model_requests":1}'
    )
    assert seen(sent, sent.replace("10,", f"{returned},")) == ("VALUES", [("integer-as-float", "/input_tokens")])
    assert seen(sent.replace("10,", f"{returned},"), sent) == ("EXACT", [("number-respelled", "/input_tokens")])


def test_integer_as_float_and_rounded() -> None:
    """A large count that went through a binary64 has lost digits and its spelling, and both are told."""
    sent = '{"object":"organization.usage.vector_stores.result","usage_bytes":9007199254740993}'
    returned = sent.replace("9007199254740993", "9007199254740992.0")
    assert seen(sent, returned) == (
        "VALUES",
        [("integer-as-float", "/usage_bytes"), ("precision-lost", "/usage_bytes")],
    )


def test_numbers_that_may_have_a_fraction() -> None:
    """An amount or a quantity that is whole may come back with a fraction: the contract calls them numbers."""
    sent = '{"object":"organization.costs.result","amount":{"value":6,"currency":"usd"},"quantity":3}'
    returned = sent.replace("6", "6.0").replace("3", "3.0")
    assert seen(sent, returned) == ("EXACT", [("number-respelled", "/amount/value"), ("number-respelled", "/quantity")])
