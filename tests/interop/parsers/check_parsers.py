"""
JSON parsers of several languages read every case, and say what they read.

Where they disagree the case has a flag that says so, and where it has the flag somebody disagrees: one of them, or one
of the validators of which the case declares under `judges` who says what. A limit of this kit needs nobody else.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent.parent / "fixtures"
DISAGREE = {"kit-limit", "number-model", "parser-dependent"}
NUMBERS = {"exact-number"}
"""The flag of a number that a common number model changes: what parsers make of it differs with their model."""
LEAST = 3

Said = dict[str, dict[str, str]]
"""What each parser reads, by case and parser."""


def cases() -> dict[str, dict[str, Any]]:
    """What every case says, by id."""
    return {case["id"]: case for case in (json.loads(path.read_bytes()) for path in FIXTURES.rglob("*.case.json"))}


@pytest.fixture(scope="session")
def said(run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What every parser that is there reads in every case; one that is not there is named."""
    ids = sorted(cases())
    listed = tmp_path_factory.mktemp("parsers") / "payloads.txt"
    listed.write_text("".join(f"{FIXTURES / name}.json\n" for name in ids), "utf-8")
    commands: dict[str, list[object]] = {}
    for module in ("json", "orjson", "msgspec"):
        if find_spec(module):
            commands[f"python {module}"] = [sys.executable, HERE / "reader.py", module]
    if node := shutil.which("node"):
        commands["node"] = [node, HERE / "reader.mjs"]
    if perl := shutil.which("perl"):
        commands["perl JSON::PP"] = [perl, HERE / "reader.pl"]
    if go := shutil.which("go"):
        for name, experiment in (("go", ""), ("go-v2", "jsonv2")):
            program = listed.with_name(name)
            env = {"GOEXPERIMENT": experiment, "GOFLAGS": "-buildvcs=false"}
            run(go, "build", "-o", program, ".", cwd=HERE / name, env=env)
            commands[name] = [program]
    for name in ("python json", "python orjson", "python msgspec", "node", "perl JSON::PP", "go", "go-v2"):
        print(f"{name}: {'read all cases' if name in commands else 'absent: not run'}")  # noqa: T201 - it is to be seen
    answers = {name: run(*command, stdin=listed).splitlines() for name, command in commands.items()}
    return {case: {name: answers[name][at] for name in answers} for at, case in enumerate(ids)}


def rounded(value: str) -> str:
    """What is read, with each integer as wide as binary64 has it."""

    def double(match: re.Match[str]) -> str:
        try:
            return "d" + struct.pack(">d", float(int(match[1], 16))).hex()
        except OverflowError:
            return "d" + struct.pack(">d", float("-inf" if match[1][0] == "-" else "inf")).hex()

    return re.sub(r"(?<=[:\[,])i(-?[0-9a-f]+)", double, value)


def groups(read: dict[str, str]) -> str:
    """Who says what."""
    values = list(dict.fromkeys(read.values()))
    return "; ".join(
        f"{'refused' if value == 'refused' else f'value {at}'}: {', '.join(n for n, v in read.items() if v == value)}"
        for at, value in enumerate(values, 1)
    )


def test_enough_parsers(said: Said) -> None:
    """Every case is read by at least three parsers that do not share their code."""
    assert all(len(read) >= LEAST for read in said.values())


def test_disagreement_is_flagged(said: Said) -> None:
    """A case on which parsers disagree has a flag that says so; where only wide integers differ, the one that says that."""
    missing = []
    for name, read in said.items():
        if len(set(read.values())) == 1:
            continue
        flags = set(cases_by_id[name]["flags"])
        print(f"{name}: {groups(read)}")  # noqa: T201 - who says what is to be seen
        enough = DISAGREE if len(set(map(rounded, read.values()))) > 1 else DISAGREE | NUMBERS
        if flags.isdisjoint(enough):
            missing.append(f"{name} needs one of {sorted(enough)}: {groups(read)}")
    assert missing == []


def test_flagged_disagree(said: Said) -> None:
    """On a flagged case some parser or some declared judge disagrees with another."""
    idle = [
        name
        for name, case in cases_by_id.items()
        if not DISAGREE.isdisjoint(case["flags"])
        and "kit-limit" not in case["flags"]  # a limit of this kit is one whatever others do
        and len(set(said[name].values())) == 1
        and len(set(case.get("judges", {}).values())) < 2
    ]
    assert idle == []


cases_by_id = cases()
