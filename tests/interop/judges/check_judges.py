"""
Validators of other languages, with their own JSON parsers, judge every case by every schema.

They must say what jsonschema says of the exact numbers, at every revision, to the letter and as served.
Where they cannot, because parsers differ there, the case declares under `judges` who says what, and that must be true.

`python -m pytest tests/interop/judges/check_judges.py --declare` writes what they say into the cases instead.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
SCHEMAS, FIXTURES = ROOT / "schemas", ROOT / "fixtures"
REVISIONS = sorted(path.stem for path in SCHEMAS.glob("20*.json"))
FOLDERS = {"2020-12": "", "draft-07": "draft-07/"}
PARSER_FLAGS = {"kit-limit", "number-model", "parser-dependent"}
REFERENCE = "jsonschema"

Answers = dict[tuple[str, str], str]
"""What a judge says, by schema file and case: valid, invalid, unread."""
Court = Callable[[str], Answers]


@cache
def cases() -> dict[str, dict[str, Any]]:
    """What every case says, by id."""
    return {case["id"]: case for case in (json.loads(path.read_bytes()) for path in sidecars())}


def sidecars() -> Iterator[Path]:
    """The files of all cases."""
    return (path for path in sorted(FIXTURES.rglob("*.case.json")))


def part(case: dict[str, Any]) -> str:
    """The part of a schema that a payload is held against; of a broken text, what most parsers would take it for."""
    if case["shape"] is not None:
        return str(case["shape"])
    text = (FIXTURES / f"{case['id']}.json").read_bytes()
    try:
        tag = json.loads(text.decode(json.detect_encoding(text), "replace"))["object"]
    except (ValueError, TypeError, KeyError, IndexError):
        return "bucket"
    return tag if tag in ("page", "bucket") else "result"


def verdict(answers: Answers, folder: str, revision: str, case: str) -> str:
    """What the two schemas of a revision come to."""
    letter, served = answers[f"{folder}{revision}.json", case], answers[f"{folder}served/{revision}.json", case]
    if "unread" in (letter, served):
        return "unread"
    return {("valid", "valid"): "valid", ("invalid", "valid"): "acceptable"}.get((letter, served), "invalid")


def parsers_differ(case: dict[str, Any]) -> bool:
    """Whether a case is flagged as one on which readers of JSON disagree."""
    return not PARSER_FLAGS.isdisjoint(case["flags"])


# -- the judges


@pytest.fixture(scope="session")
def commands(
    tool: Callable[[str], str],
    run: Callable[..., str],
    built: Path,
    pip_install: Callable[[Path], dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Callable[[], tuple[list[object], dict[str, str]]]]:
    """How each judge is built, and then called; a judge whose toolchain is absent is not run."""

    def ajv() -> tuple[list[object], dict[str, str]]:
        node, npm = tool("node"), tool("npm")
        place = shutil.copytree(HERE / "node", tmp_path_factory.mktemp("node") / "judge")
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=place)
        return [node, place / "judge.mjs"], {}

    def jsonschema_rs() -> tuple[list[object], dict[str, str]]:
        return [sys.executable, HERE / "python/jsonschema_rs_judge.py"], pip_install(HERE / "python/requirements.txt")

    def santhosh_tekuri() -> tuple[list[object], dict[str, str]]:
        program = tmp_path_factory.mktemp("go") / "judge"
        run(tool("go"), "build", "-buildvcs=false", "-o", program, ".", cwd=HERE / "go")
        return [program], {}

    def boon() -> tuple[list[object], dict[str, str]]:
        run(tool("cargo"), "build", "--quiet", "--locked", cwd=HERE / "rust")
        return [built / "cargo/debug/judge"], {}

    def networknt() -> tuple[list[object], dict[str, str]]:
        java, maven = tool("java"), tool("mvn")
        path = tmp_path_factory.mktemp("java") / "classpath"
        run(maven, "-q", "-B", "dependency:build-classpath", f"-Dmdep.outputFile={path}", cwd=HERE / "java")
        return [java, "-cp", path.read_text("utf-8"), HERE / "java/Judge.java"], {}

    return {
        "jsonschema": lambda: ([sys.executable, HERE / "python/jsonschema_judge.py"], {}),
        "ajv": ajv,
        "jsonschema-rs": jsonschema_rs,
        "santhosh-tekuri": santhosh_tekuri,
        "boon": boon,
        "networknt": networknt,
    }


JUDGES = ("jsonschema", "ajv", "jsonschema-rs", "santhosh-tekuri", "boon", "networknt")


@pytest.fixture(scope="session")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case against every schema, one job in a line, and all jobs of a payload in a row."""
    file = tmp_path_factory.mktemp("jobs") / "jobs.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for name, case in cases().items():
            for schema in schema_files():
                out.write(json.dumps({"schema": schema, "part": part(case), "payload": f"{name}.json"}) + "\n")
    return file


def schema_files() -> list[str]:
    """Every schema of every revision: both drafts, the letter and as served."""
    return [f"{old}{served}{date}.json" for old in FOLDERS.values() for served in ("", "served/") for date in REVISIONS]


@pytest.fixture(scope="session")
def court(
    commands: dict[str, Callable[[], tuple[list[object], dict[str, str]]]], run: Callable[..., str], jobs: Path
) -> Court:
    """What a judge says of all jobs; it is built and asked once."""
    heard: dict[str, Answers | BaseException] = {}

    def hear(judge: str) -> Answers:
        command, env = commands[judge]()
        said = run(*command, SCHEMAS, FIXTURES, env=env, stdin=jobs).split()
        asked = [(schema, name) for name in cases() for schema in schema_files()]
        return dict(zip(asked, said, strict=True))

    def ask(judge: str) -> Answers:
        if judge not in heard:
            try:
                heard[judge] = hear(judge)
            except (ValueError, pytest.fail.Exception, pytest.skip.Exception) as outcome:
                heard[judge] = outcome
        said = heard[judge]
        if isinstance(said, BaseException):
            raise said
        return said

    return ask


# -- what they must say


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("draft", FOLDERS)
@pytest.mark.parametrize("judge", JUDGES)
def test_agrees(judge: str, draft: str, revision: str, court: Court) -> None:
    """A judge says of every case what jsonschema says, unless the case declares that they differ."""
    reference, answers = court(REFERENCE), court(judge)
    differences = [
        f"{name} by {schema}: {reference[schema.removeprefix('draft-07/'), name]}, but {judge} says {said}"
        for (schema, name), said in answers.items()
        if schema in (f"{FOLDERS[draft]}{revision}.json", f"{FOLDERS[draft]}served/{revision}.json")
        and said != reference[schema.removeprefix("draft-07/"), name]
        and not declared_to_differ(name, judge)
    ]
    assert not differences


def declared_to_differ(name: str, judge: str) -> bool:
    """Whether a case says that a judge comes to something else than jsonschema; one that has yet to say it is let be."""
    said = cases()[name].get("judges", {})
    return said.get(judge) != said.get(REFERENCE) if said else parsers_differ(cases()[name])


@pytest.mark.parametrize("draft", FOLDERS)
@pytest.mark.parametrize("judge", JUDGES)
def test_says_what_is_declared(judge: str, draft: str, court: Court, pytestconfig: pytest.Config) -> None:
    """A judge says of a case on which parsers differ what the case declares, at the case's own revision."""
    answers = court(judge)
    said = {
        name: verdict(answers, FOLDERS[draft], case["revision"], name)
        for name, case in cases().items()
        if parsers_differ(case)
    }
    if pytestconfig.getoption("--declare"):
        for path in sidecars():
            if (name := json.loads(path.read_bytes())["id"]) in said:
                declare(path, judge, said[name])
        cases.cache_clear()
    declared = {name: cases()[name].get("judges", {}).get(judge) for name in said}
    assert said == declared


def declare(path: Path, judge: str, said: str) -> None:
    """Write what a judge says into a case."""
    case = json.loads(path.read_bytes())
    verdicts = {**case.pop("judges", {}), judge: said}
    since = case.pop("since")
    fix = {"fix": case.pop("fix")} if "fix" in case else {}
    case |= {"judges": {name: verdicts[name] for name in JUDGES if name in verdicts}, **fix, "since": since}
    path.write_text(json.dumps(case, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_declared_where_parsers_differ() -> None:
    """A case declares what every judge says exactly if it is flagged as one on which readers of JSON disagree."""
    for name, case in cases().items():
        assert tuple(case.get("judges", {})) == (JUDGES if parsers_differ(case) else ()), f"{name}: use --declare"
