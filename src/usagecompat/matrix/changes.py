"""
What changed between two times: of one client, and of many.

Cases that both times have are compared, each by what came back and by why it fails; all others are told by name.
Both times are judged at the level that is required now.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from usagecompat.clients import COMPARED, Expectation, OneWay, Outcome
from usagecompat.corpus import Tier
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.printing import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from usagecompat.matrix.times import Answer, Standing

CHANGES_SCHEMA: Final = "urn:usagecompat:schema:changes"
"""The `$id` of `schemas/changes.json`."""


class Change(StrEnum):
    """What became of one case; what got worse comes first."""

    NEW_FAILURE = "new_failures"
    """It passed, and fails."""
    WORSE = "worse"
    """It failed, and fails with a lower level, or for more reasons."""
    UNJUDGED = "no_longer_judged"
    """It was judged, and nothing is known of it any more."""
    FIXED = "fixed"
    """It failed, and passes."""
    BETTER = "better"
    """It still fails, with a higher level or for fewer reasons."""
    FELL = "fell"
    """It passes with a lower level than before."""
    ROSE = "rose"
    """It passes with a higher level than before."""
    OTHERWISE = "otherwise"
    """It fails for other reasons at the same level, or passes with another outcome."""
    JUDGED = "newly_judged"
    """Nothing was known of it, and now is."""


WORSE: Final = frozenset({Change.NEW_FAILURE, Change.WORSE, Change.UNJUDGED})
"""What is worse than before."""


@frozen(kw_only=True)
class CaseChange:
    """One case at two times."""

    case_id: str
    change: Change
    before: Answer
    now: Answer
    required: Level

    @property
    def codes(self) -> frozenset[str]:
        """For what it fails now; or if it does not, for what it did."""
        return self.now.failing(self.required) or self.before.failing(self.required)

    def to_dict(self) -> dict[str, object]:
        """The case as `schemas/changes.json` describes it."""
        return {
            "case": self.case_id,
            "before": _told(self.before, self.required),
            "now": _told(self.now, self.required),
        }


@frozen
class Apart:
    """One thing in which both times differ beside the client's answers."""

    what: str
    before: str
    now: str

    def to_dict(self) -> dict[str, str]:
        """The difference as `schemas/changes.json` describes it."""
        return {"what": self.what, "before": self.before, "now": self.now}


@frozen(kw_only=True)
class ClientChanges:
    """One client at two times."""

    before: Standing
    now: Standing
    required: Level
    shared: tuple[str, ...]
    """The cases that were compared."""
    cases: tuple[CaseChange, ...]
    """Those whose result changed, sorted by change and id."""
    new: tuple[str, ...]
    """The cases that were not there before."""
    gone: tuple[str, ...]
    """The cases that are not there any more."""
    other: tuple[str, ...]
    """The cases that are others under the same id: another payload, or another duty."""
    apart: tuple[Apart, ...]
    skips_allowed: bool = field(default=False, kw_only=True)

    @property
    def new_faults(self) -> tuple[str, ...]:
        """What the client does wrong outside any case, and did not."""
        return tuple(sorted(self.now.faults - self.before.faults))

    @property
    def gone_faults(self) -> tuple[str, ...]:
        """What the client did wrong outside any case, and does not any more."""
        return tuple(sorted(self.before.faults - self.now.faults))

    def of(self, change: Change) -> tuple[CaseChange, ...]:
        """The cases that changed so."""
        return tuple(case for case in self.cases if case.change is change)

    @property
    def failing_new(self) -> tuple[str, ...]:
        """Those of the new cases that fail."""
        return tuple(name for name in self.new if self.now.answers[name].failing(self.required))

    @property
    def got_worse(self) -> bool:
        """Whether anything did that both times were asked."""
        return bool(self.new_faults) or any(self._counts(case) for case in self.cases)

    def _counts(self, case: CaseChange) -> bool:
        skipped = case.change is Change.UNJUDGED and case.now.outcome is Outcome.SKIPPED
        return case.change in WORSE and not (skipped and self.skips_allowed)

    @property
    def levels(self) -> Mapping[Tier, tuple[Level | None, Level | None]]:
        """The lowest level of each tier before and now, over the cases that are compared."""
        return {tier: (self._lowest(self.before, tier), self._lowest(self.now, tier)) for tier in Tier}

    def _lowest(self, standing: Standing, tier: Tier) -> Level | None:
        """As `ClientResult.standing` has it."""
        if standing.one_way is OneWay.DECODES:
            return None
        found: list[Level] = []
        for name in self.shared:
            answer, known = standing.answers[name], self.now.answers[name]
            allowed = known.duty is Expectation.MAY_REFUSE and answer.outcome is Outcome.REFUSED
            if (known.tier or tier) is tier and known.duty in {*COMPARED, None} and answer.judged and not allowed:
                found.append(Level.NONE if answer.level is None else answer.level)
        return min(found, default=None)

    def to_dict(self) -> dict[str, object]:
        """The changes as `schemas/changes.json` describes them."""
        return {
            "name": self.now.name,
            "got_worse": self.got_worse,
            "required": self.required.name,
            "before": side(self.before),
            "now": side(self.now),
            "apart": [one.to_dict() for one in self.apart],
            "compared": len(self.shared),
            "levels": {
                str(tier): {"before": _name(before), "now": _name(now)} for tier, (before, now) in self.levels.items()
            },
            **{str(change): [case.to_dict() for case in self.of(change)] for change in Change},
            "new_cases": [{"case": name} | _told(self.now.answers[name], self.required) for name in self.new],
            "gone_cases": list(self.gone),
            "other_cases": list(self.other),
            "new_faults": list(self.new_faults),
            "gone_faults": list(self.gone_faults),
        }


@frozen(kw_only=True)
class Changes:
    """Many clients at two times."""

    clients: tuple[ClientChanges, ...]
    without: tuple[str, ...] = ()
    """The clients that no baseline has."""
    gone: tuple[str, ...] = ()
    """The clients that only baselines have."""

    @property
    def got_worse(self) -> bool:
        """Whether anything did."""
        return any(client.got_worse for client in self.clients)

    def to_dict(self) -> dict[str, object]:
        """The changes as `schemas/changes.json` describes them."""
        return {
            "schema": CHANGES_SCHEMA,
            "got_worse": self.got_worse,
            "clients": [client.to_dict() for client in self.clients],
            "without_baseline": list(self.without),
            "gone": list(self.gone),
        }


def changes_between(before: Iterable[Standing], now: Iterable[Standing], *, allow_skips: bool = False) -> Changes:
    """
    What changed of every client that both times have, by its name; one client each are compared whatever their names.

    Raises:
        UnreadableInput: Two times have nothing to compare, or cannot be judged at the same level.
    """
    old = {standing.name: standing for standing in before}
    new = {standing.name: standing for standing in now}
    if len(old) == len(new) == 1:
        pairs: Sequence[tuple[Standing, Standing]] = [(*old.values(), *new.values())]  # type: ignore[list-item]
    else:
        pairs = [(old[name], new[name]) for name in new if name in old]
    if not pairs:
        raise UnreadableInput(
            "--baseline",
            f"it has no client that is compared: it has {_few(old)}, and here are {_few(new)}; names must be the same",
        )
    known = {one.name for pair in pairs for one in pair}
    return Changes(
        clients=tuple(client_changes(*pair, allow_skips=allow_skips) for pair in pairs),
        without=tuple(name for name in new if name not in known),
        gone=tuple(name for name in old if name not in known),
    )


def client_changes(before: Standing, now: Standing, *, allow_skips: bool = False) -> ClientChanges:
    """
    What changed of one client.

    Raises:
        UnreadableInput: Two times have nothing to compare, or cannot be judged at the same level.
    """
    required = now.required
    both = [name for name in now.answers if name in before.answers]
    other = tuple(sorted(name for name in both if not _same(before.answers[name], now.answers[name])))
    shared = sorted({*both} - {*other})
    if not shared:
        raise UnreadableInput(before.name, _nothing_shared(before, now))
    if before.required is not required and any(before.answers[name].fixed is not None for name in shared):
        raise UnreadableInput(
            before.name,
            f"this baseline is of an earlier version, and judged at {before.required.name}; "
            f"judge by the same level, with --require {before.required.name.lower()}",
        )
    found = (_change(name, before.answers[name], now.answers[name], required) for name in shared)
    order = list(Change)
    return ClientChanges(
        before=before,
        now=now,
        required=required,
        shared=tuple(shared),
        cases=tuple(sorted((one for one in found if one), key=lambda one: (order.index(one.change), one.case_id))),
        new=tuple(sorted(now.answers.keys() - before.answers.keys())),
        gone=tuple(sorted(before.answers.keys() - now.answers.keys())),
        other=other,
        apart=tuple(_apart(before, now)),
        skips_allowed=allow_skips,
    )


def side(standing: Standing) -> dict[str, object]:
    """One of both times as `schemas/changes.json` describes it."""
    return {
        "name": standing.name,
        "client": standing.client and standing.client.to_dict(),
        "made": standing.made,
        "required": standing.required.name,
        "revision": standing.revision,
        "cases": len(standing.answers),
        "about": standing.about and standing.about.to_dict(),
    }


def _same(before: Answer, now: Answer) -> bool:
    """Whether two answers are to the same question, as far as both say."""
    pairs = ((before.sha256, now.sha256), (before.duty, now.duty))
    return all(not one or not other or one == other for one, other in pairs)


def _change(case_id: str, before: Answer, now: Answer, required: Level) -> CaseChange | None:
    before = evolve(before, tier=now.tier or before.tier)  # cases change their tiers, and files of 0.1.0 have none
    kind = _kind(before, now, required)
    if kind is None:
        return None
    return CaseChange(case_id=case_id, change=kind, before=before, now=now, required=required)


def _kind(before: Answer, now: Answer, required: Level) -> Change | None:
    old, new = before.failing(required), now.failing(required)
    if not now.judged:
        return Change.UNJUDGED if before.judged else None
    if not before.judged:
        return Change.JUDGED
    if bool(old) != bool(new):
        return Change.NEW_FAILURE if new else Change.FIXED
    levels = (before.worth(required), now.worth(required))
    if None not in levels and levels[0] != levels[1]:
        is_lower = Level(levels[1] or 0) < Level(levels[0] or 0)
        if new:
            return Change.WORSE if is_lower else Change.BETTER
        return Change.FELL if is_lower else Change.ROSE
    if old != new:
        return Change.WORSE if old < new else Change.BETTER if new < old else Change.OTHERWISE
    return Change.OTHERWISE if before.outcome is not now.outcome else None


def _apart(before: Standing, now: Standing) -> Iterator[Apart]:
    """In what else both times differ."""
    old, new = dict(_facts(before)), dict(_facts(now))
    for what in (*old, *(what for what in new if what not in old)):
        if old.get(what, _UNKNOWN) != new.get(what, _UNKNOWN):
            yield Apart(what, old.get(what, _UNKNOWN), new.get(what, _UNKNOWN))


_UNKNOWN: Final = "unknown"


def _facts(standing: Standing) -> Iterator[tuple[str, str]]:
    """What can differ, and is no answer."""
    yield "name", standing.name
    yield "required", standing.required.name
    yield "revision", standing.revision or "each case's own"
    yield "way", standing.way
    yield "client's work", standing.one_way.words if standing.one_way else "decodes and encodes"
    if client := standing.client:
        yield "client", " ".join(filter(None, (client.name, client.version)))
        if client.language:
            yield "language", f"{client.language} {client.language_version}".strip()
    if about := standing.about:
        yield "kit", about.usagecompat
        yield "platform", about.platform
        corpus = about.corpus
        yield "corpus", f"{corpus.version or 'its own'}, {counted(corpus.of, 'case')}, sha256 {corpus.digest[:12]}"
        for name, value in about.options.items():
            if name not in {"require", "revision", "way"}:
                yield f"option {name}", "none" if value is None else str(value)


def _nothing_shared(before: Standing, now: Standing) -> str:
    if before.is_paging != now.is_paging:
        old, new = ("sequences of pages" if one.is_paging else "cases" for one in (before, now))
        return f"this baseline is of {old}, and the run is of {new}; give --paging to both or to none"
    return (
        f"this baseline shares no case with the run: it has {_few(before.answers)}, and the run has {_few(now.answers)}"
    )


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:3] or ["none"]) + (f" and {len(listed) - 3:,} more" if len(listed) > 3 else "")  # noqa: PLR2004 - a few


def _told(answer: Answer, required: Level) -> dict[str, object]:
    told: dict[str, object] = {
        "outcome": str(answer.outcome),
        "level": _name(answer.level),
        "codes": sorted(answer.failing(required)),
    }
    return told | {"example": answer.example} if answer.example and told["codes"] else told


def _name(level: Level | None) -> str | None:
    return None if level is None else level.name
