"""Limits, and room on the stack for what is within them."""

from __future__ import annotations

import pytest
from json_texts import short

from usagecompat.jsontext.limits import with_room
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import Number


def fails_then(*outcomes: BaseException | str) -> tuple[list[str], object]:
    """A function that has one of the outcomes after the other, and the words it was called with."""
    left, heard = list(outcomes), list[str]()

    def function(word: str, *, more: str) -> str:
        heard.extend((word, more))
        outcome = left.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return heard, function


def test_a_second_stack_gives_the_answer() -> None:
    """What finds no room is called again with the same words on a stack of its own, and its answer is the answer."""
    heard, function = fails_then(RecursionError(), "found")
    assert with_room(function, "here", more="there") == "found"  # type: ignore[arg-type]
    assert heard == ["here", "there"] * 2


@pytest.mark.parametrize("error", [ValueError("wrong"), RecursionError("too deep for any stack"), KeyboardInterrupt()])
def test_a_second_stack_hides_no_error(error: BaseException) -> None:
    """What goes wrong on the second stack is raised on the first."""
    _, function = fails_then(RecursionError(), error)
    with pytest.raises(type(error)) as raised:
        with_room(function, "here", more="there")  # type: ignore[arg-type]
    assert raised.value is error


def test_other_errors_are_not_tried_again() -> None:
    """An error that is no lack of room is raised as it is, at once."""
    heard, function = fails_then(ValueError("wrong"), "never")
    with pytest.raises(ValueError, match="wrong"):
        with_room(function, "here", more="there")  # type: ignore[arg-type]
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("lexeme", "message"),
    [
        ("9" * 10_001, "a number has 10,001 digits, the limit is 10,000"),
        ("1e-10001", "a number has the exponent -10001, the limit is ±10,000"),
        ("1e" + "9" * 50, f"a number has the exponent {'9' * 37}..., the limit is ±10,000"),
    ],
    ids=short,
)
def test_what_is_too_large_is_told_with_a_hint(lexeme: str, message: str) -> None:
    """A number beyond a limit is told with its size, the limit and what may be wrong, whoever reads it."""
    for document in (read(f'{{"n": {lexeme}}}'), read({"n": Number(lexeme)})):
        found = document.findings[-1]
        assert (found.message, found.hint.endswith("?")) == (message, True)


def test_an_integer_of_python_that_is_too_large_is_not_written_out() -> None:
    """A Python integer far beyond the limit is told with about as many digits as it has, without writing them."""
    (*_, found) = read({"n": -(10**20_000)}).findings
    assert found.code == "json/limit-digits"
    assert found.message.startswith("a number has about 20,0"), found.message
    assert found.message.endswith("digits, the limit is 10,000")
