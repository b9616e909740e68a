"""
What came of many clients, one row each; every number stands beside what it is a share of.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import Factory, frozen

from usagecompat.clients import COMPARED, FAILED, NOT_JUDGED, Expectation, Outcome, badge_of
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients import CaseResult, ClientResult, Comparison
    from usagecompat.corpus import Case, Payload
    from usagecompat.matrix.times import Standing


MATRIX_SCHEMA: Final = "urn:usagecompat:schema:matrix:2"
"""The `$id` of `schemas/matrix.json`; earlier matrices do not say theirs, and are as `schemas/matrix-1.json` says."""


@frozen
class Worst:
    """One thing that is lost, and in how many cases."""

    code: str
    cap: Level
    """The highest level that it allows where it was seen."""
    cases: int
    of: int
    """How many cases were put to the client in which it could have appeared."""

    def to_dict(self) -> dict[str, object]:
        """The loss as `schemas/matrix.json` describes it."""
        return {"code": self.code, "cap": self.cap.name, "cases": self.cases, "of": self.of}


@frozen(kw_only=True)
class Shares:
    """How the cases that are to come back came out; all numbers together are `of`."""

    of: int
    levels: Mapping[Level, int]
    decoded: int
    """How many were decoded without a level, by a client that only decodes."""
    refused: int
    """How many were refused, rightly or not."""
    failed: int
    """How many got no answer, because the client crashed, took too long or broke the protocol."""
    not_judged: int

    def to_dict(self) -> dict[str, object]:
        """The shares as `schemas/matrix.json` describes them."""
        return {
            "of": self.of,
            "levels": {level.name: self.levels.get(level, 0) for level in Level},
            "decoded": self.decoded,
            "refused": self.refused,
            "failed": self.failed,
            "not_judged": self.not_judged,
        }


@frozen(kw_only=True)
class Invalid:
    """How the invalid cases came out, of which nothing has to come back."""

    of: int
    right: int
    """How many were treated as they must be: refused by a client that validates, survived by any other."""
    not_judged: int

    def to_dict(self) -> dict[str, object]:
        """The numbers as `schemas/matrix.json` describes them."""
        return {"of": self.of, "right": self.right, "not_judged": self.not_judged}


@frozen
class Absent:
    """A client that could not be started."""

    name: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """The client as `schemas/matrix.json` describes it."""
        return {"name": self.name, "reason": self.reason}


@frozen(kw_only=True)
class Matrix:
    """Many clients against one corpus."""

    clients: tuple[ClientResult, ...]
    absent: tuple[Absent, ...] = ()
    subjects: Mapping[str, Case | Payload] = Factory(dict[str, "Case | Payload"])
    """What was sent, by the id of its case."""
    made: str = ""
    """The day of the run."""
    version: str = ""
    """The version of the kit."""
    platform: str = ""
    """The system, and the Python that ran the kit."""
    comparisons: Mapping[str, Comparison] = Factory(dict[str, "Comparison"])
    """The failures against a list of expected ones, by the name of the client; empty without a list."""

    history: tuple[Standing, ...] = ()
    """How its clients stood at other times, and at this one, if somebody keeps that."""

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Every case that some client was put, sorted."""
        return tuple(sorted({case.case_id for client in self.clients for case in client.cases}))

    @property
    def fine(self) -> bool:
        """Whether every client could be asked everything that it must answer, and no case of any fails."""
        return self.is_fine()

    def is_fine(self, *, allow_skips: bool = False) -> bool:
        """The same; `allow_skips` lets clients skip what they say they skip."""
        return not self.absent and all(
            client.is_whole(allow_skips=allow_skips) and not client.faults and self._as_expected(client)
            for client in self.clients
        )

    def _as_expected(self, client: ClientResult) -> bool:
        comparison = self.comparisons.get(client.name)
        return not client.failing if comparison is None else comparison.ok

    def unexpected(self, client: ClientResult) -> Mapping[str, frozenset[str]]:
        """The cases of a client that fail and are not expected to, with their codes."""
        comparison = self.comparisons.get(client.name)
        return client.failing if comparison is None else comparison.unexpected

    def to_dict(self) -> dict[str, object]:
        """The matrix as `schemas/matrix.json` describes it."""
        return {
            "schema": MATRIX_SCHEMA,
            "usagecompat": self.version,
            "made": self.made,
            "platform": self.platform,
            "cases": len(self.case_ids),
            "clients": [
                _client(client)
                | {"expected": comparison.to_dict() if (comparison := self.comparisons.get(client.name)) else None}
                for client in self.clients
            ],
            "absent": [absent.to_dict() for absent in self.absent],
        }


def shares(client: ClientResult) -> Shares:
    """How the cases came out that are to come back."""
    cases = [case for case in client.cases if case.duty in COMPARED]
    outcomes = Counter(case.outcome for case in cases)
    not_judged = sum(outcomes[outcome] for outcome in NOT_JUDGED)
    decoded, refused = outcomes[Outcome.DECODED], outcomes[Outcome.REFUSED]
    return Shares(
        of=len(cases),
        levels=Counter(case.level for case in cases if case.level is not None),
        decoded=sum(case.level is None for case in cases if case.outcome is Outcome.DECODED),
        refused=refused,
        failed=len(cases) - decoded - refused - not_judged,
        not_judged=not_judged,
    )


def invalid(client: ClientResult) -> Invalid:
    """How the invalid cases came out."""
    cases = [case for case in client.cases if case.duty not in COMPARED]
    judged = [case for case in cases if case.judged]
    right = sum(
        case.outcome is Outcome.REFUSED if case.duty is Expectation.MUST_REFUSE else case.outcome not in FAILED
        for case in judged
    )
    return Invalid(of=len(cases), right=right, not_judged=len(cases) - len(judged))


def worst(client: ClientResult) -> tuple[Worst, ...]:
    """Everything that a client loses or does wrong: what lowers its level most first, then what is most frequent."""
    caps: dict[str, Level] = {}
    cases: Counter[str] = Counter()
    owed = sum(case.duty in COMPARED for case in client.cases)
    for case in client.cases:
        seen = codes_of(case)
        cases.update(seen.keys())
        for code, cap in seen.items():
            caps[code] = min(cap, caps.get(code, cap))
    faults = {fault.code for case in client.cases for fault in case.faults}
    found = (Worst(code, caps[code], cases[code], len(client.cases) if code in faults else owed) for code in cases)
    return tuple(sorted(found, key=lambda one: (one.cap, -one.cases, one.code)))


def codes_of(case: CaseResult) -> Mapping[str, Level]:
    """What is wrong in one case, each with the highest level that it allows there; of an invalid case only faults."""
    codes = {fault.code: Level.NONE for fault in case.faults}
    if case.duty in COMPARED:
        for difference in case.differences:
            codes[difference.code] = min(difference.cap, codes.get(difference.code, difference.cap))
    return codes


def _client(client: ClientResult) -> dict[str, object]:
    return {
        "about": client.about and client.about.to_dict(),
        "name": client.name,
        "command": client.command,
        "way": client.way,
        "one_way": client.one_way and str(client.one_way),
        "client": client.client and client.client.to_dict(),
        "revision": client.revision,
        "required": client.required.name,
        "headline": client.headline.to_dict(),
        "tiers": {str(tier): client.standing(tier).to_dict() for tier in Tier},
        "badge": badge_of(client).to_dict(),
        "shares": shares(client).to_dict(),
        "invalid": invalid(client).to_dict(),
        "causes": [cause.to_dict() for cause in client.causes],
        "worst": [one.to_dict() for one in worst(client)],
        "faults": [fault.to_dict() for fault in client.faults],
        "failing": {name: sorted(codes) for name, codes in client.failing.items()},
        "cells": {case.case_id: _cell(case) for case in client.cases},
    }


def _cell(case: CaseResult) -> dict[str, object]:
    caps = codes_of(case)
    told: dict[str, object] = {
        "duty": str(case.duty),
        "tier": str(case.tier),
        "outcome": str(case.outcome),
        "level": None if case.level is None else case.level.name,
        "codes": list(caps),
        "caps": {code: cap.name for code, cap in caps.items()},
        "faults": sorted({fault.code for fault in case.faults}),
    }
    return told | {"sha256": case.sha256} if case.sha256 else told
