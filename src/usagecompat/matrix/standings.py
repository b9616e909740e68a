"""
How one client stood at one time: what came of each case, as results and matrices tell it, saved or fresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from usagecompat.clients import COMPARED, NOT_JUDGED, RUN_SCHEMA, Expectation, Outcome
from usagecompat.corpus import Tier
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.findings import CODES, Severity
from usagecompat.matrix.files import about_of, info_of, parsed, read_result, validated
from usagecompat.matrix.summary import MATRIX_SCHEMA, codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.clients import About, ClientInfo, ClientResult

_WRITERS: Final = "usagecompat run --format json` or `usagecompat matrix --format json"
_EXCUSED: Final = frozenset({"client/refused-valid", "client/accepted-invalid"})
_MATRICES: Final[Mapping[str | None, str]] = {MATRIX_SCHEMA: "matrix.json", None: "matrix-1.json"}


@frozen(kw_only=True)
class Answer:
    """What came of one case."""

    outcome: Outcome
    level: Level | None
    """How much came back; None where nothing did, or nothing was to."""
    caps: Mapping[str, Level]
    """What was lost or done wrong, each with the highest level that it allows."""
    faults: frozenset[str]
    """Those of `caps` that are no differences of what came back."""
    duty: Expectation | None = None
    """What was to be done; None if nobody said so, as in matrices of earlier versions."""
    tier: Tier | None = None
    sha256: str = ""
    """The SHA-256 of what was sent; empty if nobody said so."""
    fixed: frozenset[str] | None = None
    """For what it failed at the level of its time, where no more is known than that."""

    @property
    def judged(self) -> bool:
        """Whether it says anything of the client."""
        return self.outcome not in NOT_JUDGED

    def failing(self, required: Level) -> frozenset[str]:
        """The codes for which it fails if a client has to keep to `required`, as `CaseResult.failing` has them."""
        if self.fixed is not None:
            return self.fixed
        faults = {code for code in self.faults if CODES[code].served is not Severity.NOTE}
        if self.tier is Tier.EXTREME:
            return frozenset(faults - _EXCUSED)
        lost = {code for code, cap in self.caps.items() if code not in self.faults and cap < required}
        return frozenset(faults | lost)

    def worth(self, required: Level) -> Level | None:
        """How much came back, and nothing if it fails without that; None if nothing was to come back."""
        if self.level is not None or self.duty not in {*COMPARED, None}:
            return self.level
        return Level.NONE if self.failing(required) else None


@frozen(kw_only=True)
class Standing:
    """How one client stood."""

    name: str
    required: Level
    """The level at which it was judged."""
    revision: str | None
    way: str
    client: ClientInfo | None
    about: About | None
    """What it is of; None in files of earlier versions."""
    faults: frozenset[str]
    """What it did wrong outside any case."""
    answers: Mapping[str, Answer]
    """What came of each case, by its id."""
    levels: Mapping[Tier, Level | None]
    """The headline of each tier that is known."""
    made: str = ""
    """The moment, or the day if no more is known."""

    @property
    def version(self) -> str:
        """The version that the client tells of itself."""
        return self.client.version if self.client else ""

    @property
    def is_paging(self) -> bool:
        """Whether it was put sequences of pages, and not cases."""
        return any(name.startswith("sequences/") for name in self.answers)


def standing_of(result: ClientResult) -> Standing:
    """How a client stood that was just run, or whose result was read."""
    return Standing(
        name=result.name,
        required=result.required,
        revision=result.revision,
        way=result.way,
        client=result.client,
        about=result.about,
        faults=frozenset(fault.code for fault in result.faults),
        answers={
            case.case_id: Answer(
                outcome=case.outcome,
                level=case.level,
                caps=codes_of(case),
                faults=frozenset(fault.code for fault in case.faults),
                duty=case.duty,
                tier=case.tier,
                sha256=case.sha256,
            )
            for case in result.cases
        },
        levels={tier: result.standing(tier).level for tier in Tier},
        made=result.about.made if result.about else "",
    )


def read_standings(path: Path) -> tuple[Standing, ...]:
    """
    How clients stood, as a file holds it that `run` or `matrix` wrote.

    Raises:
        UnreadableInput: The file cannot be read, or holds something else.
    """
    told = parsed(path, _WRITERS)
    if not is_matrix(told):
        return (standing_of(read_result(path, told)),)
    matrix = validated(path, told, _MATRICES, "usagecompat matrix --format json")
    if not matrix["clients"]:
        raise UnreadableInput(str(path), "it is a matrix without any client")
    return tuple(_row(row, matrix["made"]) for row in matrix["clients"])


def is_matrix(told: Mapping[str, Any]) -> bool:
    """Whether an object claims to be a matrix, and not the result of one client."""
    schema = told.get("schema")
    if isinstance(schema, str):
        return schema.startswith(MATRIX_SCHEMA.rpartition(":")[0]) and not schema.startswith(
            RUN_SCHEMA.rpartition(":")[0]
        )
    return "clients" in told and "cases" in told and "name" not in told


def renamed(standing: Standing, name: str) -> Standing:
    """The same under another name."""
    return evolve(standing, name=name)


def _row(row: Mapping[str, Any], made: str) -> Standing:
    """One client of a matrix."""
    failing: Mapping[str, list[str]] = row["failing"]
    about = about_of(row.get("about"))
    return Standing(
        name=row["name"],
        required=Level[row["required"]],
        revision=row["revision"],
        way=row["way"],
        client=info_of(row["client"]),
        about=about,
        faults=frozenset(fault["code"] for fault in row["faults"]),
        answers={name: _cell(cell, failing.get(name, [])) for name, cell in row["cells"].items()},
        levels={Tier(name): _level(of["level"]) for name, of in row.get("tiers", {}).items()}
        or {Tier.EVERYDAY: _level(row["headline"]["level"])},
        made=about.made if about else made,
    )


def _cell(cell: Mapping[str, Any], failing: list[str]) -> Answer:
    caps = {code: Level[cap] for code, cap in cell.get("caps", {}).items()}
    known = "caps" in cell
    return Answer(
        outcome=Outcome(cell["outcome"]),
        level=_level(cell["level"]),
        caps=caps if known else dict.fromkeys(cell["codes"], Level.NONE),
        faults=frozenset(cell.get("faults", ())),
        duty=Expectation(cell["duty"]) if "duty" in cell else None,
        tier=Tier(cell["tier"]) if "tier" in cell else None,
        sha256=cell.get("sha256", ""),
        fixed=None if known else frozenset(failing),
    )


def _level(name: str | None) -> Level | None:
    return None if name is None else Level[name]
