"""The GitHub actions of this repository: what they declare, what the document says of them, and what their script does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, BinaryIO, Final

import click
import pytest
import yaml
from attrs import frozen
from click.testing import CliRunner

from usagecompat.cli import main

ROOT: Final = Path(__file__).resolve().parent.parent
ACTIONS: Final = ROOT / ".github" / "actions"
DOCUMENT: Final = (ROOT / "docs" / "github-actions.md").read_text("utf-8")
NAMES: Final = ("check", "run")
KNOWN: Final = {
    "": {"name", "description", "author", "branding", "inputs", "outputs", "runs"},
    "branding": {"icon", "color"},
    "inputs": {"description", "required", "default"},
    "outputs": {"description", "value"},
    "runs": {"using", "steps"},
    "steps": {"id", "name", "shell", "env", "run"},
}
"""The keys that GitHub knows in the description of a composite action, as far as ours have them."""
OF_THE_ACTION: Final = {
    "check": {"files", "sarif", "junit", "html", "json", "python", "packages"},
    "run": {"select", "json", "junit", "html", "badge-file", "python", "packages"},
}
"""Inputs that are no options of the command."""
VALID: Final = '{"object": "organization.costs.result", "line_item": null}'
SERVED: Final = '{"object": "organization.costs.result", "amount": {"value": "1", "currency": "usd"}}'
INVALID: Final = '{"object": "organization.costs.result", "line_item": 1}'
HOSTILE: Final = "$(touch pwned)`touch pwned`'; touch pwned; \"; touch pwned; #\\"


def action(name: str) -> dict[str, Any]:
    """The description of an action."""
    read: dict[str, Any] = yaml.safe_load((ACTIONS / name / "action.yml").read_text("utf-8"))
    return read


def options(name: str) -> set[str]:
    """The long options of a command, without the dashes."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return {max(one.opts, key=len).lstrip("-") for one in command.params if isinstance(one, click.Option)}


@frozen
class Done:
    """What the script of the actions did."""

    status: int
    printed: str
    said: str
    outputs: dict[str, str]
    summary: str


Act = Callable[..., Done]


def inputs_of(inputs: dict[str, str], here: Path) -> dict[str, str]:
    """The variables in which GitHub hands inputs over, and the places where it looks for what a step says."""
    places = {"GITHUB_OUTPUT": here / ".output", "GITHUB_STEP_SUMMARY": here / ".summary", "RUNNER_TEMP": here}
    return {f"INPUT_{name.upper()}": text for name, text in inputs.items()} | {
        name: str(place) for name, place in places.items()
    }


def done(status: int, printed: str, said: str, here: Path) -> Done:
    """What a step did that ended so, with what it left in its files."""
    texts = [path.read_text("utf-8") if path.exists() else "" for path in (here / ".output", here / ".summary")]
    return Done(status, printed, said, dict(line.split("=", 1) for line in texts[0].splitlines()), texts[1])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which no step has run."""
    for name in [name for name in os.environ if name.startswith(("INPUT_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(here: Path) -> Act:
    """Starts the script with these inputs, as GitHub does."""

    def run(command: str, **inputs: str) -> Done:
        ended = subprocess.run(
            [sys.executable, str(ACTIONS / "action.py"), command],
            env={**os.environ, **inputs_of(inputs, here)},
            capture_output=True,
            check=False,
        )
        return done(ended.returncode, ended.stdout.decode(), ended.stderr.decode(), here)

    return run


@pytest.fixture
def act(here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Act:
    """Does in this process what `started` does, and also what the script starts: the kit, without a shell."""

    def start(words: list[Any], *, stdout: BinaryIO, stderr: int, env: dict[str, str], check: bool) -> object:
        assert Path(words[0]).stem == "usagecompat"
        assert (stderr, check) == (subprocess.PIPE, False)
        kit = CliRunner().invoke(main, words[1:], prog_name="usagecompat", env=env)
        stdout.write(kit.stdout_bytes)
        return subprocess.CompletedProcess(words, kit.exit_code, stderr=kit.stderr_bytes)

    def run(command: str, **inputs: str) -> Done:
        capfd.readouterr()
        with monkeypatch.context() as patch:
            for name, text in inputs_of(inputs, here).items():
                patch.setenv(name, text)
            for client in here.glob("*.py"):  # other tests may have imported one of its name into this process
                patch.setitem(sys.modules, client.stem, ModuleType(client.stem))
                del sys.modules[client.stem]
            patch.setattr(sys, "argv", ["action.py", command])
            spec: Any = spec_from_file_location("action", ACTIONS / "action.py")
            script: Any = module_from_spec(spec)
            spec.loader.exec_module(script)
            patch.setattr(script, "subprocess", SimpleNamespace(run=start, PIPE=subprocess.PIPE))
            try:
                status: Any = script.main()
            except SystemExit as ended:
                status = ended.code
        return done(status, *capfd.readouterr(), here)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_keys(name: str) -> None:
    """A description has no key that GitHub does not know, and says what each input and output is."""
    told = action(name)
    assert set(told) == KNOWN[""]
    assert set(told["branding"]) == KNOWN["branding"]
    assert set(told["runs"]) == KNOWN["runs"]
    assert told["runs"]["using"] == "composite"
    for part in ("inputs", "outputs"):
        for one in told[part].values():
            assert set(one) <= KNOWN[part]
            assert one["description"].endswith(".")
    for step in told["runs"]["steps"]:
        assert set(step) == KNOWN["steps"]
        assert step["shell"] == "bash"


@pytest.mark.parametrize("name", NAMES)
def test_no_input_is_code(name: str) -> None:
    """No expression stands in a script: inputs reach it through the environment alone, and each does."""
    told = action(name)
    values = [value for step in told["runs"]["steps"] for value in step["env"].values()]
    assert [step["run"] for step in told["runs"]["steps"] if "${{" in step["run"]] == []
    assert sorted(re.findall(r"inputs\.([a-z-]+)", " ".join(values))) == sorted(told["inputs"])
    step = told["runs"]["steps"][-1]
    for variable, value in step["env"].items():
        if variable.startswith("INPUT_"):
            assert value == f"${{{{ inputs.{variable.removeprefix('INPUT_').lower().replace('_', '-')} }}}}"


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_the_options(name: str) -> None:
    """Each input is an option of the command, or the action's own."""
    assert set(action(name)["inputs"]) - OF_THE_ACTION[name] <= options(name)


@pytest.mark.parametrize("name", NAMES)
def test_table(name: str) -> None:
    """The tables of the document have each input with its default, and each output, in the words of the action."""
    told = action(name)
    section = DOCUMENT.partition(f"## The action `{name}`\n")[2].partition("\n## ")[0]
    inputs, _, outputs = section.partition("| input |")[2].partition("| output |")
    rows = [[cell.strip() for cell in line.strip("|").split(" |")] for line in inputs.splitlines() if "| `" in line]
    expected = [
        [
            f"`{key}`",
            "needed" if one.get("required") else f"`{one['default']}`" if one["default"] else "",
            one["description"],
        ]
        for key, one in told["inputs"].items()
    ]
    assert rows == expected
    rows = [[cell.strip() for cell in line.strip("|").split(" |")] for line in outputs.splitlines() if "| `" in line]
    assert rows == [[f"`{key}`", one["description"]] for key, one in told["outputs"].items()]


def test_check(started: Act, tmp_path: Path) -> None:
    """Payloads are counted by verdict; annotations, the summary and each report are there; the status is the kit's."""
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    for name, text in {"a": VALID, "b": SERVED, "c": INVALID}.items():
        (recorded / f"{name}.json").write_text(text, "utf-8")
    done = started("check", files="recorded\n", sarif="out/a.sarif", junit="a.xml", html="a.html", json="a.ndjson")
    assert done.status == 1
    counts = {"payloads": "3", "valid": "1", "acceptable": "1", "invalid": "1", "unread": "0"}
    assert {name: done.outputs[name] for name in counts} == counts
    assert set(done.outputs) == set(action("check")["outputs"])
    assert "::error file=recorded/c.json" in done.printed
    assert "3 payloads reported: 1 valid, 1 acceptable, 1 invalid." in done.summary
    assert json.loads((tmp_path / "out" / "a.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert "<testcase" in (tmp_path / "a.xml").read_text("utf-8")
    assert "<html" in (tmp_path / "a.html").read_text("utf-8")
    assert len((tmp_path / "a.ndjson").read_text("utf-8").splitlines()) == 3


def test_check_options(act: Act, tmp_path: Path) -> None:
    """Inputs are options: patterns, severities, ignored codes, flags."""
    (tmp_path / "b.json").write_text(SERVED, "utf-8")
    (tmp_path / "lines.txt").write_text(f"{VALID}\n{SERVED}\n", "utf-8")
    assert act("check", files="*.json", fail_on="error").status == 0
    assert act("check", files="*.json", fail_on="warning").status == 1
    assert act("check", files="*.json", fail_on="warning", ignore="wire/amount-as-string\n").status == 0
    assert act("check", files="**/*.json", profile="published").outputs["invalid"] == "1"
    assert act("check", files="lines.txt", ndjson="true").outputs["payloads"] == "2"


def test_check_unread(act: Act) -> None:
    """A file that is not there is counted, annotated, and makes the status 2."""
    done = act("check", files="gone.json")
    assert done.status == 2
    assert done.outputs["unread"] == "1"
    assert "::error" in done.printed


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"files": ""}, "The input files is empty"),
        ({"files": "none/**/*.json"}, "No file matches 'none/**/*.json'"),
        ({"files": "-"}, "no standard input"),
        ({"files": ".", "unwrap": "yes"}, "The input unwrap takes true or false, not 'yes'."),
        ({"files": ".", "revision": "2026-01-01"}, "2026-01-01"),
        ({"files": ".", "ignore": "wire/nothing"}, "there is no finding code 'wire/nothing'"),
        ({"files": "a.json", "sarif": "a\ninvalid=0"}, "The input sarif takes one line, not 2."),
    ],
    ids=lambda part: " ".join(map(repr, part.values())) if isinstance(part, dict) else "",
)
def test_misuse(act: Act, inputs: dict[str, str], message: str) -> None:
    """An input that is no good is annotated with what it takes, and no output is set."""
    done = act("check", **inputs)
    assert done.status == 2
    (line,) = (line for line in done.printed.splitlines() if line.startswith("::error title=usagecompat::"))
    assert message in line
    assert done.outputs == {}


@pytest.mark.parametrize("name", ["files", "revision", "shape", "profile", "ignore", "fail_on", "sarif", "html"])
def test_hostile_inputs(act: Act, tmp_path: Path, name: str) -> None:
    """No input is run by a shell, taken for another option, or ends a line of outputs."""
    (tmp_path / "a.json").write_text(VALID, "utf-8")
    for text in (HOSTILE, "--help", f"{HOSTILE}\npayloads=99\n%0A::error::forged"):
        done = act("check", **({"files": "a.json"} | {name: text}))
        assert not (tmp_path / "pwned").exists()
        assert done.outputs.get("payloads") != "99"
        assert "\n::error::forged" not in done.printed


def test_run(started: Act, tmp_path: Path) -> None:
    """A client is run once; level, counts, badge, annotations, the summary and each report are there."""
    (tmp_path / "lossy.py").write_text(
        "import json\ndef again(payload):\n    return json.dumps(json.loads(payload)).encode()\n", "utf-8"
    )
    done = started(
        "run",
        client="python:lossy:again",
        name="mine",
        select="deviations",
        json="r.json",
        junit="r.xml",
        html="r.html",
        badge_file="out/badge.json",
    )
    assert done.status == 1
    assert set(done.outputs) == set(action("run")["outputs"])
    assert done.outputs["level"] in {"OPEN", "VALUES"}
    assert int(done.outputs["failing"]) > 0
    counts = [int(done.outputs[name]) for name in ("decoded", "refused", "crashed", "skipped", "not-run")]
    assert sum(counts) == int(done.outputs["cases"])
    assert "::error title=mine" in done.printed
    assert "mine" in done.summary
    assert json.loads((tmp_path / "out" / "badge.json").read_text("utf-8"))["message"] == done.outputs["badge"]
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["name"] == "mine"
    assert "<testcase" in (tmp_path / "r.xml").read_text("utf-8")
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")


def test_run_expected(act: Act, tmp_path: Path) -> None:
    """Failures that are expected do not fail the step, and are no errors of it."""
    (tmp_path / "lossy.py").write_text(
        "import json\ndef again(payload):\n    return json.dumps(json.loads(payload)).encode()\n", "utf-8"
    )
    (tmp_path / "known.txt").write_text("deviations/* some # binary64\n", "utf-8")
    done = act("run", client="python:lossy:again", select="deviations", expected="known.txt")
    assert done.status == 0, done.printed
    assert "::error" not in done.printed


def test_run_baseline(act: Act, tmp_path: Path) -> None:
    """With a baseline the step fails only for what got worse, and annotates just that; the baseline may be replaced."""
    (tmp_path / "first.py").write_text(
        "import json\ndef again(payload):\n    return json.dumps(json.loads(payload)).encode()\n", "utf-8"
    )
    (tmp_path / "second.py").write_text(
        "import json\n"
        "def some(pairs):\n    return {name: value for name, value in pairs if value is not None}\n"
        "def again(payload):\n    return json.dumps(json.loads(payload, object_pairs_hook=some)).encode()\n",
        "utf-8",
    )
    first = act("run", client="python:first:again", name="mine", select="deviations or kinds", json="base.json")
    assert (first.status, first.outputs["worse"]) == (1, "")
    same = act("run", client="python:first:again", name="mine", select="deviations or kinds", baseline="base.json")
    assert (same.status, same.outputs["worse"], same.outputs["failing"]) == (0, "0", first.outputs["failing"])
    assert "::error" not in same.printed
    reports = {"json": "base.json", "html": "out.html", "junit": "out.xml"}
    done = act(
        "run", client="python:second:again", name="mine", select="deviations or kinds", baseline="base.json", **reports
    )
    assert done.status == 1
    assert int(done.outputs["worse"]) > 10
    told = [line for line in done.printed.splitlines() if line.startswith("::error")]
    assert len(told) == 10
    assert "deviations/amount-strings-on-a-page: VALUES, was LEXICAL: client/null-became-absent" in told[0]
    assert told[-1].endswith(f"and {int(done.outputs['worse']) - 9} more got worse; the summary of the run has them.")
    assert "got worse" in done.summary.removeprefix(same.summary)
    assert json.loads((tmp_path / "base.json").read_text("utf-8"))["client"]["name"] == "mine"
    assert "<testcase" in (tmp_path / "out.xml").read_text("utf-8")
    assert "<html" in (tmp_path / "out.html").read_text("utf-8")
    again = act("run", client="python:second:again", name="mine", select="deviations or kinds", baseline="base.json")
    assert (again.status, again.outputs["worse"]) == (0, "0")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"client": "python:json:loads", "baseline": "gone.json"}, "gone.json"),
        ({"client": "python:json:loads", "baseline": "base.json", "expected": "known.txt"}, "give one of them"),
        ({}, "Give the client either as --client CMD or as --adapter NAME."),
        ({"client": "no-such-program-anywhere"}, "no-such-program-anywhere"),
        ({"adapter": "no-such-adapter"}, "no-such-adapter"),
        ({"client": "a", "oneshot": "1"}, "The input oneshot takes true or false, not '1'."),
        ({"client": "a", "require": "everything"}, "everything"),
    ],
    ids=lambda part: " ".join(map(repr, part.values())) if isinstance(part, dict) else "",
)
def test_run_misuse(act: Act, tmp_path: Path, inputs: dict[str, str], message: str) -> None:
    """A client that is not there, and inputs that are no good, are annotated."""
    for name in ("base.json", "known.txt"):
        (tmp_path / name).write_text("", "utf-8")
    done = act("run", set="smoke", **inputs)
    assert done.status == 2
    assert any(
        message in line for line in done.printed.splitlines() if line.startswith("::error title=usagecompat::")
    ), done.printed
    assert done.outputs == {}


@pytest.mark.parametrize(
    "name", ["client", "adapter", "name", "refused_status", "corpus", "set", "select", "json", "baseline"]
)
def test_run_hostile_inputs(act: Act, tmp_path: Path, name: str) -> None:
    """No input of `run` is run by a shell, or forges outputs; a client's command is started without a shell."""
    for text in (HOSTILE, "--version\nlevel=BYTES"):
        given = {"client": "python:json:loads", "select": "amount-number-17"} | {name: text}
        done = act("run", **(given if name != "adapter" else {"adapter": text}))
        assert not (tmp_path / "pwned").exists()
        assert done.outputs.get("level") != "BYTES"
