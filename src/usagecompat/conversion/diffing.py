"""
What differs between two revisions, whom it breaks, and a payload that shows each difference: as data, text and Markdown.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from usagecompat.contract import Change, Effect, Role, Rule, changes, chapter, query_changes, source_of
from usagecompat.conversion.witnesses import QueryWitness, Witness, find_query, find_witness
from usagecompat.findings import Profile
from usagecompat.printing import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SLUGS: Final = {role: role.name.lower().replace("_", "-") for role in Role}


@frozen
class WitnessedChange:
    """One change with what shows it."""

    change: Change
    witness: Witness | QueryWitness | None
    """None if no payload can show it."""

    def to_dict(self) -> dict[str, object]:
        """The change as `schemas/diff.json` describes it."""
        change = self.change
        return {
            "rule": str(change.rule),
            "place": change.place,
            "names": list(change.names),
            "text": change.text,
            "before": change.before,
            "after": change.after,
            "breaking": change.is_breaking,
            "effects": {
                str(profile): {slug: str(change.effects[profile, role]) for role, slug in _SLUGS.items()}
                for profile in Profile
            },
            "witness": None if self.witness is None else self.witness.to_dict(),
        }

    def breaks(self) -> Iterator[str]:
        """Whom it breaks, in words, and under which profile if not under both."""
        for role in Role:
            under = [profile for profile in Profile if self.change.effects[profile, role] is Effect.BREAKING]
            if under:
                only = "" if len(under) == len(Profile) else f" ({', '.join(under)} only)"
                yield f"{role}{only}"


@frozen(slots=False)
class Differences:
    """Everything that differs from one revision to another."""

    older: str
    newer: str
    only_breaking: bool = field(default=False, kw_only=True)

    @cached_property
    def found(self) -> tuple[WitnessedChange, ...]:
        """Each change with its witness, in the contract's order."""
        return tuple(
            WitnessedChange(
                change, (find_query if change.is_of_query else find_witness)(change, self.older, self.newer)
            )
            for change in (*changes(self.older, self.newer), *query_changes(self.older, self.newer))
            if change.is_breaking or not self.only_breaking
        )

    def to_dict(self) -> dict[str, object]:
        """The differences as `schemas/diff.json` describes them."""
        return {
            "older": self.older,
            "newer": self.newer,
            "sources": {"older": source_of(self.older), "newer": source_of(self.newer)},
            "breaking": sum(one.change.is_breaking for one in self.found),
            "changes": [one.to_dict() for one in self.found],
        }

    def text(self) -> Iterator[str]:
        """For a terminal, line by line."""
        yield self._headline()
        for one in self.found:
            change = one.change
            yield f"{'breaks' if change.is_breaking else 'goes on'} {change.rule} {printable(change.place)}"
            yield f"    {printable(change.text)}"
            if change.before is not None and change.after is not None:
                yield f"    before: {printable(change.before)}"
                yield f"    after: {printable(change.after)}"
            for whom in one.breaks():
                yield f"    breaks: {whom}"
            yield f"    {_displayed(one.witness, change)}"

    def markdown(self) -> Iterator[str]:
        """For an issue or a changelog, line by line."""
        yield f"# From {self.older} to {self.newer}"
        yield ""
        yield f"{self._headline()}."
        if not self.found:
            return
        yield ""
        yield from chapter(self.older, self.newer)
        yield ""
        yield "## What shows it"
        yield ""
        yield "Each payload was judged at both revisions when this was written."
        yield ""
        for one in self.found:
            yield f"* `{one.change.rule}` `{one.change.place}`: {_displayed(one.witness, one.change, mark='`')}"

    def _headline(self) -> str:
        count, breaking = len(self.found), sum(one.change.is_breaking for one in self.found)
        if not count:
            return f"{self.older} to {self.newer}: nothing {'breaks' if self.only_breaking else 'differs'}"
        return f"{self.older} to {self.newer}: {counted(count, 'change')}, {breaking} breaking"


def _displayed(witness: Witness | QueryWitness | None, change: Change, mark: str = "") -> str:
    if isinstance(witness, QueryWitness):
        asked = f"{mark}GET {witness.query}{mark}"
        return f"{asked} is right at {witness.right_at}, and refused at {witness.wrong_at}: {witness.reason}"
    if witness is None:
        why = "both sides take the same ones"
        if change.rule is Rule.FORMAT_CHANGED:
            why = "it is an annotation"
        elif change.rule is Rule.PARAMETER_DEFAULT_CHANGED:
            why = "the query is the same, and the answer is another"
        return f"no payload proves it: {why}"
    there = f"{witness.verdict} at {witness.wrong_at} ({witness.code})"
    profile = "as published" if witness.profile is Profile.PUBLISHED else "as served"
    return f"{mark}{witness.payload.decode()}{mark} is right at {witness.right_at}, and {there}, {profile}"


def differences(older: str, newer: str, *, only_breaking: bool = False) -> Differences:
    """
    Everything that differs from one revision to another.

    Args:
        older: One of `usagecompat.REVISIONS` or a draft.
        newer: Likewise; it may be the older one.
        only_breaking: Leave out what breaks neither readers that pass over what they do not know, nor who adds up.
    """
    return Differences(older, newer, only_breaking=only_breaking)
