"""
What is said of single members and values: messages, hints and the words for what was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.checking.hints import twin_hint
from usagecompat.checking.spelling import LONGEST_NAME
from usagecompat.contract import EMULATOR_HABITS, KNOWN_UNDECLARED, declared_since, declared_until
from usagecompat.jsontext import Number
from usagecompat.printing import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from usagecompat.contract import Contract, RecordShape
    from usagecompat.jsontext import Tree


def explain_undeclared(
    contract: Contract,
    shape: RecordShape,
    name: str,
    there: AbstractSet[str],
    suggest: Callable[[str, tuple[str, ...]], str] | None,
) -> tuple[str, str]:
    """
    Message and hint for a member that the record does not declare.

    Args:
        contract: The revision.
        shape: The record.
        name: The member.
        there: All members of the object.
        suggest: A hint at the one of several names that a name may be meant for; None for no hint.
    """
    message = f"{shape.name} does not declare {quote(name)}"
    since, until = declared_since(shape.name, name), declared_until(shape.name, name)
    if name in shape.required:
        return message, "The revision requires it all the same, by mistake."
    if since and since > contract.revision:
        return message, f"It is declared since {since}."
    if until:
        return message, f"It was declared until {until}."
    known = KNOWN_UNDECLARED.get(name) or EMULATOR_HABITS.get(("schema/undeclared-member", name))
    if known:
        return message, f"Known: {known}"
    if twin := twin_hint(shape, name, there):
        return message, twin
    if name in contract.flat.members:
        return message, "It is a member of other kinds; a flattened record has the members of all."
    if suggest is None:
        return message, ""
    return message, suggest(name, tuple(member for member in shape.members if member not in there))


def explain_lossy(models: tuple[str, ...], number: Number) -> tuple[str, str]:
    """Message and hint for a number whose value these models change."""
    return f"{describe(number)} changes its value in {', '.join(models)}", "Decode it into an exact type."


def explain_number_text(text: str) -> tuple[str, str]:
    """Message and hint for a number in a string."""
    return (
        f"the published contract has a number, found {describe(text)}",
        "Take the string and the number alike, each digit of it.",
    )


def enumerated(names: Iterable[str]) -> str:
    """Names one after the other."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def quote(text: str) -> str:
    """`text` in double quotes, printable and of readable length."""
    return quoted(text, LONGEST_NAME)


def describe(value: Tree) -> str:
    """A value in a few words."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if type(value) is Number:
        lexeme = value.lexeme
        return f"the number {lexeme if len(lexeme) <= LONGEST_NAME else lexeme[: LONGEST_NAME - 1] + '…'}"
    if type(value) is str:
        return f"the string {quote(value)}"
    return "an array" if type(value) is list else "an object"
