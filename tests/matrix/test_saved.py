"""What results say that they are of, and files of every version of the schemas that are read."""

from __future__ import annotations

import json
import platform
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients import RUN_SCHEMA
from usagecompat.corpus import folder, packaged, read_manifest, size_and_version, version
from usagecompat.exceptions import UnreadableInput
from usagecompat.matrix.files import read_result
from usagecompat.matrix.summary import MATRIX_SCHEMA

if TYPE_CHECKING:
    from click.testing import Result

SAVED = Path(__file__).parent / "saved"
REFERENCE = "mine=python:usagecompat.clients.reference:codec"


def command(*arguments: str) -> Result:
    """What a command says of the reference client, on a few cases."""
    return CliRunner().invoke(main, [*arguments, "-k", "kinds/costs", "--probes", "none"])


def told(*arguments: str) -> dict[str, Any]:
    """The JSON that a command prints of the reference client."""
    result = command(*arguments, "--client", REFERENCE, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(("name", "schema"), [("run", RUN_SCHEMA), ("matrix", MATRIX_SCHEMA)])
def test_schemas(name: str, schema: str) -> None:
    """A result names its schema, which is published, and the one before it stays published as it was."""
    now, before = (json.loads((folder("schemas") / f"{file}.json").read_text("utf-8")) for file in (name, f"{name}-1"))
    found = told(name)
    assert (found["schema"], now["$id"]) == (schema, schema)
    assert before["$id"] == schema.removesuffix(":2")
    Draft202012Validator(now).validate(found)


def test_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result says at its top what it is of: kit, moment, platform, corpus and options."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    result = told("run")
    assert list(result)[:2] == ["schema", "about"]
    about = result["about"]
    assert (about["usagecompat"], about["made"]) == (version(), "2023-11-14T22:13:20Z")
    assert platform.python_version() in about["platform"]
    assert platform.node() not in about["platform"].split()
    entries = read_manifest(packaged())
    lines = "".join(f"{name} {entries[name].sha256}\n" for name in sorted(entries))
    assert about["corpus"] == {
        "version": size_and_version()[0],
        "digest": sha256(lines.encode()).hexdigest(),
        "cases": len(result["cases"]),
        "of": len(entries),
    }
    assert about["options"]["k"] == "kinds/costs"
    assert about["options"]["require"] == "EXACT"
    assert all(case["sha256"] == entries[case["case"]].sha256 for case in result["cases"])
    row = told("matrix")["clients"][0]
    assert row["about"]["corpus"] == about["corpus"]
    assert {cell["sha256"] for cell in row["cells"].values()} == {case["sha256"] for case in result["cases"]}


def test_other_corpus(tmp_path: Path) -> None:
    """Payloads of one's own are no version of the kit's corpus, and a copy of it is."""
    (tmp_path / "one.json").write_text('{"object": "page", "data": []}')
    result = CliRunner().invoke(main, ["run", "--client", REFERENCE, "--corpus", str(tmp_path), "--json"])
    corpus = json.loads(result.stdout)["about"]["corpus"]
    assert (corpus["version"], corpus["cases"], corpus["of"]) == (None, 1, 1)


@pytest.mark.parametrize("format_", ["text", "html"])
def test_for_people(format_: str, tmp_path: Path) -> None:
    """Text and pages of both commands say it, too."""
    page = tmp_path / "page.html"
    for name in ("run", "matrix"):
        also = ["--also", f"html={page}"]
        result = command(name, "--client", REFERENCE, *also)
        words = result.stdout if format_ == "text" else page.read_text("utf-8")
        for word in (
            f"usagecompat {version()} at ",
            f"corpus {size_and_version()[0]}: 7 of ",
            "options: ",
            "k kinds/costs",
        ):
            assert word in words, (name, word)


def test_markdown() -> None:
    """Markdown of a matrix says it once for all clients where it is the same."""
    result = command("matrix", "--client", REFERENCE, "--client", "oneshot:cat", "--format", "markdown")
    assert result.stdout.count("the kit's corpus ") == 1
    assert result.stdout.count("validates no") == 1
    alone = command("run", "--client", REFERENCE, "--format", "markdown")
    assert "the kit's corpus " in alone.stdout
    assert "| client | headline |" in alone.stdout


def test_quiet() -> None:
    """`--quiet` keeps to the client, its level and what to fix."""
    assert "options: " not in command("run", "--client", REFERENCE, "--quiet").stdout


@pytest.mark.parametrize("name", ["run-first", "run-before-2"])
def test_earlier(name: str) -> None:
    """Files that earlier versions of the kit wrote are read, and say nothing of what they are of."""
    result = read_result(SAVED / f"{name}.json")
    assert result.about is None
    assert result.failing == {"kinds/costs-nulls": frozenset({"client/null-became-absent"})}
    shown = CliRunner().invoke(main, ["matrix", str(SAVED / f"{name}.json")])
    assert (shown.exit_code, shown.stderr) == (1, "")


def test_language() -> None:
    """A client may say which version of its language runs it, and reports say so."""
    assert f"python {platform.python_version()}; " in command("run", "--client", REFERENCE).stdout


BROKEN = {
    "": "it is empty",
    "{": "was cut, or is not written to the end",
    '{"name": "ab': "was cut, or is not written to the end",
    "[1]": "holds no object",
    '{"a": 1}\n{"b": 2}': "more than one value, the second at line 2",
    '{"a" 1}': "Expecting ':' delimiter at line 1",
    "[" * 100_000: "nested too deeply",
    "{}": "'name' is a required property",
    '{"schema": "urn:usagecompat:schema:run:3"}': "by a later version of usagecompat",
    '{"schema": "urn:usagecompat:schema:scan"}': "is no result of `usagecompat run --format json`",
    '{"schema": 2}': "is no result of `usagecompat run --format json`",
    "\x80": "no text in UTF-8",
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_broken(tmp_path: Path, text: str) -> None:
    """A file that is cut, of another version or something else is refused with the reason."""
    path = tmp_path / "result.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnreadableInput) as caught:
        read_result(path)
    assert BROKEN[text] in str(caught.value)


def test_told_where(tmp_path: Path) -> None:
    """Of a member that may be one of several things the innermost fault is named, with its place."""
    path = tmp_path / "result.json"
    found = told("run")
    del found["about"]["options"]["way"]
    path.write_text(json.dumps(found))
    with pytest.raises(UnreadableInput, match=r"at \$\.about\.options: 'way' is a required property"):
        read_result(path)


def test_codes_of_the_future(tmp_path: Path) -> None:
    """A result with codes that only a later version knows is read, fails for them, and is compared."""
    path, before = tmp_path / "later.json", tmp_path / "before.json"
    found = told("run")
    before.write_text(json.dumps(found))
    found["cases"][0]["faults"] = [{"code": "client/of-later", "message": "it does something new"}]
    path.write_text(json.dumps(found))
    result = read_result(path)
    assert result.failing == {found["cases"][0]["case"]: frozenset({"client/of-later"})}
    also = [
        word for name in ("html", "junit", "github", "markdown") for word in ("--also", f"{name}={tmp_path / name}")
    ]
    shown = CliRunner().invoke(main, ["matrix", str(path), *also])
    assert (shown.exit_code, "client/of-later" in shown.stdout) == (1, True), shown.output
    worse = CliRunner().invoke(main, ["matrix", str(path), "--baseline", str(before)])
    assert (worse.exit_code, "client/of-later: it does something new" in worse.stdout) == (1, True), worse.output
    better = CliRunner().invoke(main, ["matrix", str(before), "--baseline", str(path)])
    assert (better.exit_code, "1 fixed" in better.stdout) == (0, True), better.output


def test_what_to_fix_first(tmp_path: Path) -> None:
    """What lifts a client most is read again as it was saved."""
    path = tmp_path / "run.json"
    told = (
        CliRunner().invoke(main, ["run", "--client", "oneshot:false", "-k", "kinds/costs", "--format", "json"]).stdout
    )
    path.write_text(told, "utf-8")
    (fix,) = read_result(path).fix_first
    assert [fix.to_dict()] == json.loads(told)["fix_first"]
    assert (fix.vague, fix.lift.to, fix.lift.cases) == (True, None, fix.cases)
