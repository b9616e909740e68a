"""Sequences of pages that failed are saved, and run again."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.corpus import folder

if TYPE_CHECKING:
    from click.testing import Result

EXPORTERS: Final = Path(__file__).parents[1] / "paging" / "exporters.py"
SCHEMAS: Final = {
    name: Draft202012Validator(json.loads((folder("schemas") / f"{name}.json").read_text("utf-8")))
    for name in ("failures", "replay")
}


def exporter(fault: str = "none") -> str:
    """An exporter with this fault."""
    return shlex.join([sys.executable, "-I", "-S", str(EXPORTERS), fault])


def command(*arguments: str) -> Result:
    """What comes of a command."""
    return CliRunner().invoke(main, [*arguments])


def some() -> str:
    """Words that choose a few sequences: those of costs that an exporter of the first page alone gets wrong."""
    return "costs and complete"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run of an exporter that reads the first page only has saved."""
    place = tmp_path_factory.mktemp("saved")
    words = ["run", "--paging", "--http", "--client", exporter("first-page"), "-k", some()]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        done = command(*words, "--name", "mine", "--save-failures", "failures")
    assert done.exit_code == 1, done.output
    told = json.loads((place / "failures" / "index.json").read_text("utf-8"))
    SCHEMAS["failures"].validate(told)
    assert f"{len(told['cases'])} failing cases are in failures; `usagecompat replay failures`" in done.stderr
    return place / "failures"


@pytest.fixture
def index(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The index of a copy of it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(saved, "failures")
    told: dict[str, Any] = json.loads(Path("failures", "index.json").read_text("utf-8"))
    return told


def test_what_is_saved(index: dict[str, Any]) -> None:
    """Each sequence has what was served, each request with its answer, what was printed, and the command."""
    assert index["paging"] is True
    assert len(index["cases"]) > 1
    for case in index["cases"]:
        place = Path("failures", case["directory"])
        original = folder("fixtures") / f"{case['case']}.json"
        assert (place / "sequence.json").read_bytes() == original.read_bytes()
        assert case["commands"] == [f"usagecompat replay failures --case={case['case']}"]
        first, *_ = [json.loads(line) for line in (place / "exchanges.ndjson").read_bytes().splitlines()]
        exchange = json.loads(original.read_bytes())["exchanges"][0]
        assert (first["number"], first["method"], first["status"]) == (1, "GET", exchange["status"])
        assert first["body"].encode() == (original.parent / exchange["body"]).read_bytes()
        assert (place / "returned.json").stat().st_size > 0
        assert sorted(file.name for file in place.iterdir()) == case["files"]


def test_replay(index: dict[str, Any]) -> None:
    """The same exporter fails just those again, a right one none, and one case can be chosen."""
    still = command("replay", "failures", "--json")
    told = json.loads(still.stdout)
    SCHEMAS["replay"].validate(told)
    assert (still.exit_code, told["counts"]["fails"], told["name"]) == (1, len(index["cases"]), "mine")
    assert [one["codes"] for one in told["cases"]] == [one["codes"] for one in index["cases"]]
    fixed = command("replay", "failures", "--client", f"http:{exporter()}")
    assert (fixed.exit_code, f"{len(index['cases'])} are fixed" in fixed.stdout) == (0, True), fixed.output
    one = command("replay", "failures", "--case", index["cases"][0]["case"], "--quiet")
    assert (one.exit_code, "1 of 1 cases still fails" in one.stdout) == (1, True), one.output


def test_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter that pages is started as one that pages; where nothing fails, nothing is run again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("usagecompat.adapters.installation.user_cache_path", lambda *_, **__: tmp_path / "cache")
    assert command("adapters", "install", "python-urllib").exit_code == 0
    words = ["run", "--paging", "--adapter", "python-urllib", "-k", "costs and 429", "--save-failures", "failures"]
    assert command(*words).exit_code == 0
    done = command("replay", "failures")
    assert (done.exit_code, "nothing to run again" in done.stderr) == (0, True), done.output
    assert "it never sent its name" not in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("sequence.json", "{}", "it is not what was sent"),
        ("index.json", '"paging": 1', "at $.paging"),
    ],
)
def test_damaged(index: dict[str, Any], name: str, text: str, told: str) -> None:
    """Files that were changed are refused, each by its name."""
    if name == "index.json":
        place = Path("failures", name)
        place.write_text(place.read_text("utf-8").replace('"paging": true', text), "utf-8")
    else:
        Path("failures", index["cases"][0]["directory"], name).write_text(text, "utf-8")
    refused = command("replay", "failures")
    assert (refused.exit_code, told in refused.stderr, name in refused.stderr) == (2, True, True), refused.stderr
