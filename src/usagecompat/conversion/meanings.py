"""
Counts whose meaning changed: what one is worth at another revision, computed exactly or not at all.

What a count leaves out is in another member. Where it must come in, the two are added; where it must go out, it is
subtracted; where nobody can tell which meaning a record follows, its own sums decide, and if they do not, it is refused.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from attrs import frozen

from usagecompat.checking import SUM_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Means


class Form(Enum):
    """What a record's count is."""

    WHOLE = auto()
    PARTIAL = auto()
    """Without the part that another member has."""
    EITHER = auto()
    """Both at once: the other part is nothing, or nobody says that there is any."""


class Unclear(Exception):
    """Nobody can tell what the count would be."""


@frozen
class Recount:
    """What a count is worth at another revision."""

    value: int
    is_lossy: bool = False
    """Whether the way back would come to another number."""


def recount(name: str, before: Means, after: Means, counts: Mapping[str, int]) -> Recount:
    """
    What the count `name` of a record is where it means `after` and no longer `before`.

    Args:
        name: The member.
        before: What it means where the record comes from.
        after: What it means where the record goes to.
        counts: Every count of the record that is an integer, by its name there.

    Raises:
        Unclear: It cannot be said.
    """
    value = counts[name]
    rest = after.leaves_out or before.leaves_out
    apart = counts.get(rest)
    if not apart:
        if apart is None and {_stated(before, counts), _stated(after, counts)} == {Form.WHOLE, Form.PARTIAL}:
            _must_fit(name, value, counts, before.unless or after.unless)
        return Recount(value)
    form = _form(name, before, counts, apart)
    settled = bool(after.unless) and after.unless in counts
    if after.leaves_out and not settled and after.unless:
        # Either form is right there, as long as the record's own sums tell later readers which one it is.
        if _form_by_sums(name, counts, apart) is None:
            raise Unclear(f"`{after.unless}` is not there, and no sum decides whether `{rest}` is part of it")
        return Recount(value)
    wanted = Form.PARTIAL if after.leaves_out and not settled else Form.WHOLE
    lossy = bool(before.unless) and before.unless not in counts and form is Form.WHOLE and wanted is Form.PARTIAL
    if form is wanted:
        return Recount(value)
    if wanted is Form.WHOLE:
        return Recount(value + apart)
    if value < apart:
        raise Unclear(f"`{rest}` is more than the whole of which it is a part")
    return Recount(value - apart, is_lossy=lossy)


def _stated(means: Means, counts: Mapping[str, int]) -> Form:
    """What a count is by its meaning alone, where nobody says what it leaves out."""
    if not means.leaves_out or means.unless in counts:
        return Form.WHOLE
    return Form.EITHER if means.unless else Form.PARTIAL


def _form(name: str, means: Means, counts: Mapping[str, int], apart: int) -> Form:
    """What a record's count is by the meaning that it has there."""
    if not means.leaves_out:
        return Form.WHOLE
    if not means.unless:
        return Form.PARTIAL
    if means.unless in counts:
        return Form.WHOLE
    form = _form_by_sums(name, counts, apart)
    if form is None:
        raise Unclear(f"`{means.unless}` is not there, and no sum decides whether `{means.leaves_out}` is part of it")
    return form


def _form_by_sums(name: str, counts: Mapping[str, int], apart: int) -> Form | None:
    """What the record's own sums say; None if they say nothing, or that neither is right."""
    for rule in SUM_RULES:
        if rule.exact and name in rule.parts and counts.keys() >= {*rule.terms}:
            parts = sum(counts[part] for part in rule.parts)
            if parts == counts[rule.total]:
                return Form.WHOLE
            return Form.PARTIAL if parts + apart == counts[rule.total] else None
    return None


def _must_fit(name: str, value: int, counts: Mapping[str, int], part: str) -> None:
    """A whole and a part are one number if the sums say so, or the other part, or if there is nothing of it."""
    if value and counts.get(part) != value and _form_by_sums(name, counts, 0) is None:
        raise Unclear("how much of it is in another member is not known, and no sum proves that it is nothing")
