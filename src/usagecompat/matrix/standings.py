"""
How clients stood, as results and matrices tell it, saved or fresh.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from attrs import evolve
from msgspec import Struct, ValidationError, convert

from usagecompat.clients import RUN_SCHEMA, About, ClientInfo, Expectation, OneWay, Outcome
from usagecompat.corpus import Tier
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.matrix.files import parsed, read_result, validated
from usagecompat.matrix.summary import MATRIX_SCHEMA, codes_of
from usagecompat.matrix.times import Answer, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.clients import CaseResult, ClientResult

_WRITERS: Final = "usagecompat run --format json` or `usagecompat matrix --format json"
_MATRICES: Final[Mapping[str | None, str]] = {MATRIX_SCHEMA: "matrix.json", None: "matrix-1.json"}
_MADE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)


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
        result = standing_of(read_result(path, told))
        _must_be_a_time(path, result.made)
        return (result,)
    try:
        matrix = convert(told, _Matrix)
    except ValidationError as error:
        validated(path, told, _MATRICES, "usagecompat matrix --format json")
        raise UnreadableInput(str(path), f"it is no matrix: {error}") from None
    if told.get("schema", MATRIX_SCHEMA) != MATRIX_SCHEMA:
        validated(path, told, _MATRICES, "usagecompat matrix --format json")
    if not matrix.clients:
        raise UnreadableInput(str(path), "it is a matrix without any client")
    for made in (matrix.made, *(row.about.made for row in matrix.clients if row.about)):
        _must_be_a_time(path, made)
    return tuple(_standing(row, matrix.made) for row in matrix.clients)


def _must_be_a_time(path: Path, made: str) -> None:
    """
    Refuse a day or a moment that there is not; files of earlier versions may have none.

    Raises:
        UnreadableInput: It is one.
    """
    try:
        if made and not _MADE.fullmatch(made):
            raise ValueError  # noqa: TRY301 - other texts are refused like days that there are not
        datetime.fromisoformat(made or "2000-01-01")
    except ValueError:
        reason = f"its `made` is {made[:80]!r}, and must be a day such as 2026-11-29 or a moment such as 2026-11-29T12:49:01Z"
        raise UnreadableInput(str(path), reason) from None


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


_LevelName: TypeAlias = Literal["NONE", "VALUES", "PRESENCE", "OPEN", "EXACT", "LEXICAL", "BYTES"]


class _Fault(Struct):
    code: str


class _Headline(Struct):
    level: _LevelName | None


class _Cell(Struct):
    """A cell; those of earlier versions say less."""

    outcome: Outcome
    level: _LevelName | None
    codes: tuple[str, ...]
    caps: dict[str, _LevelName] | None = None
    faults: tuple[str, ...] = ()
    duty: Expectation | None = None
    tier: Tier | None = None
    sha256: str = ""

    def answer(self, failing: tuple[str, ...]) -> Answer:
        """The cell as it is compared; `failing` is for what it failed at its time."""
        known = self.caps is not None
        return Answer(
            outcome=self.outcome,
            level=_level(self.level),
            caps={code: Level[cap] for code, cap in (self.caps or dict.fromkeys(self.codes, "NONE")).items()},
            faults=frozenset(self.faults),
            duty=self.duty,
            tier=self.tier,
            sha256=self.sha256,
            fixed=None if known else frozenset(failing),
        )


class _Row(Struct):
    """One client of a matrix."""

    name: str
    required: _LevelName
    revision: str | None
    way: str
    client: ClientInfo | None
    faults: tuple[_Fault, ...]
    failing: dict[str, tuple[str, ...]]
    cells: dict[str, _Cell]
    headline: _Headline
    tiers: dict[Tier, _Headline] | None = None
    about: About | None = None
    one_way: OneWay | None = None


class _Matrix(Struct):
    """What is read of a matrix: many cells, hundreds of times as fast as their schema is."""

    made: str
    clients: tuple[_Row, ...]


def _standing(row: _Row, made: str) -> Standing:
    return Standing(
        name=row.name,
        required=Level[row.required],
        revision=row.revision,
        way=row.way,
        client=row.client,
        about=row.about,
        faults=frozenset(fault.code for fault in row.faults),
        answers={name: cell.answer(row.failing.get(name, ())) for name, cell in row.cells.items()},
        levels={tier: _level(of.level) for tier, of in (row.tiers or {Tier.EVERYDAY: row.headline}).items()},
        made=row.about.made if row.about else made,
        one_way=row.one_way,
    )


def _level(name: str | None) -> Level | None:
    return None if name is None else Level[name]
