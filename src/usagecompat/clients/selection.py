"""
Which cases `-k` means: words with `and`, `or`, `not` and parentheses, as pytest has it.

A word means the cases that have it in their id, whatever the letters' case, or that have it for a flag or a verdict.
Of a sequence the scenarios, the duty and the endpoint are such words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from usagecompat.corpus import Case, Sequence
from usagecompat.exceptions import NoSuchSelection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagecompat.corpus import Payload

    Meant: TypeAlias = Callable[[Case | Payload | Sequence], bool]

_Subject = TypeVar("_Subject", bound="Case | Payload | Sequence")

_DEEPEST: Final = 100
_TOKEN: Final = re.compile(r"\s*([()]|[^\s()]+)")


def select(subjects: Iterable[_Subject], expression: str) -> tuple[_Subject, ...]:
    """
    Those that the expression means.

    Raises:
        NoSuchSelection: It is no expression.
    """
    meant = _Parser(expression).parse()
    return tuple(subject for subject in subjects if meant(subject))


class _Parser:
    """One pass over an expression."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _TOKEN.findall(expression)
        self._depth = 0

    def parse(self) -> Meant:
        meant = self._any()
        if self._tokens:
            raise self._refuse(f"{self._tokens[0]!r} stands where `and`, `or` or the end must")
        return meant

    def _any(self) -> Meant:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return lambda subject: any(part(subject) for part in parts)

    def _all(self) -> Meant:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return lambda subject: all(part(subject) for part in parts)

    def _one(self) -> Meant:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._refuse(f"it is nested deeper than {_DEEPEST} levels")
        meant = self._inner()
        self._depth -= 1
        return meant

    def _inner(self) -> Meant:
        if self._takes("not"):
            inner = self._one()
            return lambda subject: not inner(subject)
        if self._takes("("):
            inner = self._any()
            if not self._takes(")"):
                raise self._refuse("a parenthesis is not closed")
            return inner
        if not self._tokens or self._tokens[0] in {")", "and", "or"}:
            raise self._refuse("a word is missing")
        word = self._tokens.pop(0).lower()
        return lambda subject: word in subject.id.lower() or word in _words(subject)

    def _takes(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            del self._tokens[0]
            return True
        return False

    def _refuse(self, reason: str) -> NoSuchSelection:
        return NoSuchSelection(self._expression, reason)


def _words(subject: Case | Payload | Sequence) -> tuple[str, ...]:
    if isinstance(subject, Sequence):
        return (*subject.flags, subject.endpoint)
    return (*subject.flags, subject.verdict) if isinstance(subject, Case) else ()
