"""
The relations between counts of one result that the vendor states, and from when to when each holds.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from functools import cache, cached_property, reduce
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from usagecompat.contract import KINDS, contract, meanings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import Means, RecordShape

Integer: TypeAlias = int | Decimal
"""An `int` if it is short, as nearly all are; a `Decimal` never has to write out its exponent."""

_EXACT: Final = Context(prec=50_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
"""Adds integers within the limits without rounding."""


@frozen(slots=False)
class SumRule:
    """A relation that the vendor states between counts of one result."""

    code: str
    total: str
    parts: tuple[str, ...]
    exact: bool = True
    """Whether the parts make up the total, or only do not exceed it."""
    on_top: str = ""
    """One more part, which may be absent or null and then counts nothing."""
    settled_by: str = ""
    """
    A count with which the part on top is inside the other parts already.

    While that count is absent or null, nobody can tell, and either sum is right.
    """

    @property
    def terms(self) -> tuple[str, ...]:
        """The counts without which the relation says nothing."""
        return (self.total, *self.parts)

    @cached_property
    def all_terms(self) -> tuple[str, ...]:
        """All counts that the relation looks at."""
        return tuple(name for name in (*self.terms, self.on_top, self.settled_by) if name)

    def sums(self, counts: Mapping[str, Integer | None]) -> dict[tuple[str, ...], Integer]:
        """
        What the parts may add up to, by the names that are added; empty if one of them is not there.

        Args:
            counts: What is there of `all_terms`: its value, or None if it is no integer. Nulls are left out.
        """
        parts: list[Integer] = []
        for name in self.parts:
            part = counts.get(name)
            if part is None:
                return {}
            parts.append(part)
        inside = {self.parts: add(parts)}
        if not self.on_top or self.on_top not in counts or (self.settled_by and self.settled_by in counts):
            return inside
        more = counts[self.on_top]
        if more is None:
            return {}
        on_top = {(*self.parts, self.on_top): add([*parts, more])}
        return {**inside, **on_top} if self.settled_by else on_top

    def unmet(self, counts: Mapping[str, Integer | None]) -> dict[tuple[str, ...], Integer]:
        """
        The sums of which none fits the total; empty if one does, and if the relation says nothing of these counts.

        Args:
            counts: As in `sums`.
        """
        total = counts.get(self.total)
        if total is None:
            return {}
        sums = self.sums(counts)
        for one in sums.values():
            if one == total if self.exact else one <= total:
                return {}
        return sums


_RELATIONS: Final = (
    SumRule("rule/cached-exceeds-input", "input_tokens", ("input_cached_tokens",), exact=False),
    SumRule(
        "rule/input-split-mismatch",
        "input_tokens",
        ("input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens"),
    ),
    SumRule(
        "rule/uncached-split-mismatch",
        "input_uncached_tokens",
        ("input_text_tokens", "input_audio_tokens", "input_image_tokens"),
    ),
    SumRule(
        "rule/cached-split-mismatch",
        "input_cached_tokens",
        ("input_cached_text_tokens", "input_cached_audio_tokens", "input_cached_image_tokens"),
    ),
    SumRule(
        "rule/output-split-mismatch",
        "output_tokens",
        ("output_text_tokens", "output_audio_tokens", "output_image_tokens"),
    ),
    SumRule(
        "rule/cache-write-split-exceeded",
        "input_cache_write_tokens",
        ("input_cache_write_30m_tokens", "input_cache_write_12h_tokens"),
        exact=False,
    ),
)
"""Every relation, as it is while each count is all that its name says."""


@cache
def sum_rules(revision: str, kind: str) -> tuple[SumRule, ...]:
    """The rules that hold at `revision` and of which every term is declared for `kind`."""
    shape = contract(revision).kinds.get(kind)
    if shape is None:
        return ()
    rules = [_as_meant(rule, shape) for rule in _RELATIONS if shape.members.keys() >= {*rule.terms}]
    return tuple(rule for rule in rules if shape.members.keys() >= {*rule.all_terms})


def _as_meant(rule: SumRule, shape: RecordShape) -> SumRule:
    """The relation with what its parts leave out at this revision."""
    meanings = (shape.members[name].meaning for name in rule.parts) if rule.exact else ()
    return next((_with(rule, meaning) for meaning in meanings if meaning is not None), rule)


def _with(rule: SumRule, meaning: Means) -> SumRule:
    """The relation where one of its parts means this."""
    return evolve(rule, on_top=meaning.leaves_out, settled_by=meaning.unless)


def _forms(rule: SumRule) -> Iterator[SumRule]:
    """The relation under each meaning that one of its parts has had."""
    yield rule
    for name in rule.parts if rule.exact else ():
        yield from (_with(rule, meaning) for kind in KINDS for meaning in meanings_of(kind, name))


SUM_RULES: Final = tuple(dict.fromkeys(form for rule in _RELATIONS for form in _forms(rule)))
"""Every relation in each of its forms: one whose terms changed their meaning has several."""


@cache
def terms_of(revision: str, kind: str) -> tuple[str, ...]:
    """The counts that any of these rules looks at."""
    return tuple(dict.fromkeys(name for rule in sum_rules(revision, kind) for name in rule.all_terms))


def add(parts: list[Integer]) -> Integer:
    """The exact sum."""
    return reduce(_EXACT.add, parts) if Decimal in map(type, parts) else sum(parts)
