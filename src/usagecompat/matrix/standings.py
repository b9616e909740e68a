"""
How clients stood, as results and matrices tell it, saved or fresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from usagecompat.clients import RUN_SCHEMA, Expectation, OneWay, Outcome
from usagecompat.corpus import Tier
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.matrix.files import about_of, info_of, parsed, read_result, validated
from usagecompat.matrix.summary import MATRIX_SCHEMA, codes_of
from usagecompat.matrix.times import Answer, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.clients import CaseResult, ClientResult

_WRITERS: Final = "usagecompat run --format json` or `usagecompat matrix --format json"
_MATRICES: Final[Mapping[str | None, str]] = {MATRIX_SCHEMA: "matrix.json", None: "matrix-1.json"}


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
                example=_example(case, result.required),
            )
            for case in result.cases
        },
        levels={tier: result.standing(tier).level for tier in Tier},
        made=result.about.made if result.about else "",
        one_way=result.one_way,
    )


def _example(case: CaseResult, required: Level) -> str:
    """The first thing for which a case fails."""
    codes = case.failing(required)
    for fault in case.faults:
        if fault.code in codes:
            return f"{fault.code}: {fault.message}"
    for found in case.differences:
        if found.code in codes and found.cap < required:
            return f"{found.pointer or 'the root'}: {found.message}"
    return ""


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
        one_way=OneWay(row["one_way"]) if row.get("one_way") else None,
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
