"""
The check of one record over objects of many payloads, which is written as Python once for each layout.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen
from msgspec import UNSET

from usagecompat.checking import SUM_RULES, is_currency_code, sum_rules
from usagecompat.checking.fast import Column, RecordLayout
from usagecompat.checking.fast.types import SourceText
from usagecompat.contract import REVISIONS, JsonType, Tolerance
from usagecompat.jsontext import INT32_MOST
from usagecompat.scan.revision_fit import Masks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.checking.fast import FastTypes
    from usagecompat.contract import Member, RecordShape

_Run: TypeAlias = "Callable[[Sequence[Any], list[int], list[int]], None]"
"""Counts what the columns of the record name, and adds the mask of each object: 0 if anything is wrong with it."""
_MOST_CHECKS: Final = 256


@frozen
class Check:
    """The check of one record, for objects that stand in different arrays."""

    run: _Run
    columns: tuple[Column, ...]
    base: int
    """The mask of objects that have nothing but what they must have."""
    is_uniform: bool
    """Whether all objects have that mask, and nothing in them is counted."""
    is_plain: bool
    """Whether there is nothing to look at at all."""
    raw: tuple[tuple[Callable[[Any], Any], str | None], ...]
    """Where its numbers are that are kept as they are spelled, each with the code of its being a string, if it may."""


def check_of(types: FastTypes, cls: type[object], envelope: int, amount: Check | None) -> Check:
    """
    The check of one record in objects for which only the revisions of `envelope` come into question.

    Args:
        types: Of the layout.
        cls: The Struct of the record.
        envelope: The mask of these revisions.
        amount: The check of the amount in it, if it has one.
    """
    record = types.records[cls]
    names = types.layout.records.get(record.shape.name, RecordLayout()).completed(record.shape)
    raw: list[tuple[Callable[[Any], Any], str | None]] = [
        (attrgetter(member.attribute), _text_code(member)) for member in record.numbers
    ]
    if amount is not None:
        part = attrgetter(record.part or "")
        raw += [(_within(part, number), texts) for number, texts in amount.raw]
        if not amount.is_uniform or amount.base != envelope:
            raw.append((_always, None))
    run, base, is_uniform, is_plain = _compiled(record.shape, names, record.columns, types.contract.revision, envelope)
    return Check(run, record.columns, base, is_uniform, is_plain and not raw, tuple(raw))


def _text_code(member: Member) -> str | None:
    """The code for a number that is a string, where the API is known to send it."""
    deviation = member.deviations.get(Tolerance.NUMBER_TEXT)
    return deviation.code if deviation else None


def _within(part: Callable[[Any], Any], number: Callable[[Any], object]) -> Callable[[Any], object]:
    """Where a number of an amount is."""

    def inner(value: Any) -> object:  # noqa: ANN401 - a Struct
        amount = part(value)
        return UNSET if amount is UNSET else number(amount)

    return inner


def _always(_value: object) -> bytes:
    """Nothing that is safe: each object is left to be judged by itself."""
    return b"?"


@lru_cache(maxsize=_MOST_CHECKS)
def _compiled(
    shape: RecordShape, names: tuple[str, ...], columns: tuple[Column, ...], revision: str, envelope: int
) -> tuple[_Run, int, bool, bool]:
    """The check of one record as a function, and what `Check` says of it."""
    scope: dict[str, Any] = {"UNSET": UNSET, "MOST": INT32_MOST, "IS_CODE": is_currency_code}
    writer = _Writer(shape, names, columns)
    base, tests = writer.masks(envelope)
    exec("\n".join(writer.all_lines(revision, base, tests)), scope)  # noqa: S102 - made of the contract's names and of numbers
    run: _Run = scope["check"]
    is_uniform = not tests and not columns
    return run, base, is_uniform, is_uniform and not writer.is_checked(revision)


class _Writer(SourceText):
    """
    Writes the check of one record as Python, like the fast route's own, for objects of different arrays.

    Group keys are not compared, and each object gets its mask: the revisions that declare all that it has,
    that require nothing that it has not, and that allow each null in it.
    """

    def is_checked(self, revision: str) -> bool:
        """Whether there is anything that can be wrong."""
        return bool(self._sums(revision) or self._currency())

    def all_lines(self, revision: str, base: int, tests: list[str]) -> list[str]:
        """The check, line by line; `tests` change the mask `f`."""
        counted = range(len(self._columns))
        checks = [*self._never(), *self._undecided(revision), *self._sums(revision), *self._currency()]
        body = [
            *(line.replace("return False", "add(0); continue") for line in checks),
            *self._counters(),
            f"f = {base}",
            *tests,
            "add(f)",
        ]
        return [
            "def check(objects, counts, masks):",
            "    add = masks.append",
            *(f"    n{index} = 0" for index in counted),
            "    for o in objects:",
            *(f"        {line}" for line in body),
            *(f"    counts[{index}] += n{index}" for index in counted),
        ]

    def masks(self, envelope: int) -> tuple[int, list[str]]:
        """What is true of all objects, and the tests that tell them apart."""
        shape, masks = self._shape, Masks(self._shape)
        base = envelope & masks.known
        for name in masks.names - shape.members.keys():
            base &= masks.absent(name)
        # What is told apart by its tag has it, whatever the contract allows; no attribute holds it.
        tag = () if shape.kind is None or self._names[0] != "object" else ("object",)
        for name in (*shape.required, *tag):
            base &= masks.present(name)
        steps: dict[int, list[str]] = {}
        tests: list[str] = []
        for name, member in shape.members.items():
            if name in tag:
                continue
            value = f"o.{member.attribute}"
            if name not in shape.required:
                present, absent = base & masks.present(name), base & masks.absent(name)
                if present != base:
                    steps.setdefault(present, []).append(f"{value} is not UNSET")
                if absent != base:
                    tests += [f"if {value} is UNSET:", f"    f &= {absent}"]
            if member.nullable and base & masks.null(name) != base and member.type is not JsonType.NUMBER:
                tests += [f"if {value} is None:", f"    f &= {masks.null(name)}"]
        order = sorted(steps, key=int.bit_count)
        if all(less & more == less for less, more in pairwise(order)):  # then the first that holds says it all
            for index, mask in enumerate(order):
                first = "if" if index == 0 else "elif"
                tests[index * 2 : index * 2] = [f"{first} {' or '.join(steps[mask])}:", f"    f = {mask}"]
        else:
            for mask, conditions in steps.items():
                tests += [f"if {' or '.join(conditions)}:", f"    f &= {mask}"]
        return base, tests

    def _never(self) -> list[str]:
        """What is left to be judged by itself: a member that this revision does not declare, but another one does."""
        declared = Masks(self._shape).names
        lines: list[str] = []
        for column in self._columns:
            if column.code == "schema/undeclared-member" and column.name in declared:
                lines += [f"if o.{column.attribute} is not UNSET:", "    return False"]
        return lines

    def _undecided(self, revision: str) -> list[str]:
        """What is left, too: sums that other revisions count otherwise."""
        lines: list[str] = []
        rules = sum_rules(revision, self._shape.kind or "")
        if revision not in REVISIONS:  # a draft may count otherwise than all of them
            rules += tuple(rule for rule in SUM_RULES if self._shape.members.keys() >= {*rule.all_terms})
        for rule in dict.fromkeys(rules):
            if rule.on_top:
                values = {name: f"o.{self._shape.members[name].attribute}" for name in rule.all_terms}
                terms = [values[name] for name in rule.terms]
                there = [f"{term} is not UNSET and {term} is not None" for term in terms]
                known = values.get(rule.settled_by, "None")
                on_top = f"{values[rule.on_top]} is not UNSET and {values[rule.on_top]}"
                lines += [
                    f"if {on_top} and {' and '.join(there)} and ({known} is UNSET or {known} is None):",
                    "    return False",
                ]
        return lines
