"""
The steps of `.github/actions/*/action.yml`, run one after the other in bash, as a runner of GitHub Actions runs them.

Expressions are evaluated, each step gets its files for outputs and the summary, and the kit is installed from the
checkout, as the actions do it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from attrs import field, frozen

from usagecompat.corpus import packaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT: Final = Path(__file__).resolve().parent.parent.parent.parent
EXPRESSION: Final = re.compile(r"\$\{\{ *(.*?) *\}\}")
VALID: Final = '{"object": "organization.costs.result", "line_item": null}'
INVALID: Final = '{"object": "organization.costs.result", "line_item": 1}'
HOSTILE: Final = "$(touch pwned)`touch pwned`'; touch pwned; \"; touch pwned; #"


@frozen
class Done:
    """What an action did."""

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@frozen
class Runner:
    """A runner of composite actions, as far as ours need one."""

    checkout: Path
    """Where the kit is checked out."""
    temp: Path
    """What a runner calls its temporary folder; it is one for a job."""
    bash: str
    path: str = field(factory=lambda: os.environ["PATH"])

    def uses(self, name: str, workspace: Path, inputs: Mapping[str, str]) -> Done:
        """Run an action to its end, or to the first step that fails."""
        place = self.checkout / ".github" / "actions" / name
        action: dict[str, Any] = yaml.safe_load((place / "action.yml").read_text("utf-8"))
        assert set(inputs) <= set(action["inputs"])
        known = {f"inputs.{key}": one.get("default", "") for key, one in action["inputs"].items()}
        known |= {f"inputs.{key}": value for key, value in inputs.items()}
        summary = self.temp / "summary"
        summary.write_text("", "utf-8")
        status, log = 0, ""
        for step in action["runs"]["steps"]:
            if status:
                break
            written = self.temp / "output"
            written.write_text("", "utf-8")
            script = self.temp / "step.sh"
            script.write_text(evaluated(step["run"], known), "utf-8")
            done = subprocess.run(
                [self.bash, "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
                cwd=workspace,
                env={
                    **{key: evaluated(value, known) for key, value in step["env"].items()},
                    "PATH": self.path,
                    "HOME": str(self.temp),
                    "CI": "true",
                    "GITHUB_ACTIONS": "true",
                    "GITHUB_ACTION_PATH": str(place),
                    "GITHUB_OUTPUT": str(written),
                    "GITHUB_STEP_SUMMARY": str(summary),
                    "GITHUB_WORKSPACE": str(workspace),
                    "RUNNER_TEMP": str(self.temp),
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            status, log = done.returncode, log + done.stdout
            for line in written.read_text("utf-8").splitlines():
                key, _, value = line.partition("=")
                known[f"steps.{step['id']}.outputs.{key}"] = value
        outputs = {key: evaluated(one["value"], known) for key, one in action["outputs"].items()}
        return Done(status, log, outputs, summary.read_text("utf-8"))


def evaluated(text: str, known: Mapping[str, str]) -> str:
    """A text with the values of its expressions; what a step did not set is empty."""

    def value(found: re.Match[str]) -> str:
        assert found[1] in known or found[1].startswith("steps."), f"{found[1]} is no input"
        return known.get(found[1], "")

    return EXPRESSION.sub(value, text)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, tool: Callable[[str], str]) -> Runner:
    """A runner with a checkout of what is committed here, and the actions as they are here."""
    checkout = tmp_path_factory.mktemp("actions") / "usagecompat"
    subprocess.run([tool("git"), "clone", "-q", str(ROOT), str(checkout)], check=True)
    shutil.copytree(ROOT / ".github" / "actions", checkout / ".github" / "actions", dirs_exist_ok=True)
    bin_ = tmp_path_factory.mktemp("bin")
    (bin_ / "python3").symlink_to(sys.executable)  # as actions/setup-python does
    return Runner(checkout, tmp_path_factory.mktemp("temp"), tool("bash"), f"{bin_}{os.pathsep}{os.environ['PATH']}")


def test_check(runner: Runner, tmp_path: Path) -> None:
    """The action installs the kit from its checkout, counts, annotates, and writes the summary and reports."""
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "a.json").write_text(VALID, "utf-8")
    (tmp_path / "recorded" / "b.json").write_text(INVALID, "utf-8")
    done = runner.uses("check", tmp_path, {"files": "recorded\n", "sarif": "out.sarif", "html": "out.html"})
    assert done.status == 1, done.log
    counts = {"payloads": "2", "valid": "1", "acceptable": "0", "invalid": "1", "unread": "0"}
    reports = {"sarif": "out.sarif", "html": "out.html", "junit": "", "json": ""}
    assert done.outputs == counts | reports
    assert "::error file=recorded/b.json" in done.log
    assert "2 payloads reported" in done.summary
    assert (tmp_path / "out.sarif").is_file()


def test_check_passes(runner: Runner, tmp_path: Path) -> None:
    """The step passes if nothing fails."""
    (tmp_path / "a.json").write_text(VALID, "utf-8")
    done = runner.uses("check", tmp_path, {"files": "*.json"})
    assert done.status == 0, done.log
    assert done.outputs["valid"] == "1"


def test_run(runner: Runner, tmp_path: Path) -> None:
    """A client of another environment is run, and gets its level."""
    shutil.copy(ROOT / "src/usagecompat/adapters/python-json/client.py", tmp_path / "client.py")
    inputs = {"client": "python3 client.py", "name": "mine", "set": "smoke", "html": "out.html", "badge-file": "b.json"}
    done = runner.uses("run", tmp_path, inputs)
    assert done.status in {0, 1}, done.log
    assert done.outputs["level"]
    assert int(done.outputs["cases"]) > 10
    assert done.outputs["html"] == "out.html"
    assert "title=mine" in done.log
    assert (tmp_path / "b.json").is_file()


def test_run_adapter(runner: Runner, tmp_path: Path) -> None:
    """An adapter is installed first, and pages of queries are fetched with `paging`."""
    done = runner.uses("run", tmp_path, {"adapter": "python-urllib", "paging": "true", "select": "hang"})
    assert done.status == 0, done.log
    assert done.outputs["not-run"] == "0"


def test_packages(runner: Runner, tmp_path: Path) -> None:
    """What a client `python:…` needs is installed beside the kit, and nowhere else."""
    (tmp_path / "mine.py").write_text(
        "import orjson\ndef again(payload):\n    return orjson.dumps(orjson.loads(payload))\n", "utf-8"
    )
    without = runner.uses("run", tmp_path, {"client": "python:mine:again", "set": "smoke"})
    assert without.status == 2
    assert "::error title=usagecompat::" in without.log
    done = runner.uses("run", tmp_path, {"client": "python:mine:again", "set": "smoke", "packages": "\n orjson\n"})
    assert done.status in {0, 1}, done.log
    assert done.outputs["level"]


def test_an_old_python(runner: Runner, tmp_path: Path) -> None:
    """A Python that is too old, or none, is told in one annotation that says what to do."""
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    for python in (str(old), str(tmp_path / "gone")):
        done = runner.uses("check", tmp_path, {"files": ".", "python": python})
        assert done.status == 2
        assert "::error title=usagecompat::The kit needs Python 3.11 or newer" in done.log
        assert set(done.outputs.values()) == {""}


@pytest.mark.parametrize(
    "inputs",
    [
        {"files": HOSTILE},
        {"files": ".", "revision": HOSTILE},
        {"files": ".", "ignore": HOSTILE},
        {"files": ".", "python": HOSTILE},
        {"files": ".", "packages": HOSTILE},
        {"files": ".", "packages": "--index-url=http://localhost:9"},
        {"files": ".", "sarif": f"{HOSTILE}/x"},
    ],
    ids=["files", "revision", "ignore", "python", "packages", "index", "sarif"],
)
def test_hostile_inputs(runner: Runner, tmp_path: Path, inputs: dict[str, str]) -> None:
    """No input is run by a shell, nor by pip."""
    (tmp_path / "a.json").write_text(VALID, "utf-8")
    done = runner.uses("check", tmp_path, inputs)
    assert [*tmp_path.rglob("pwned")] == []
    assert done.status == (0 if "sarif" in inputs else done.status or 99)


def test_the_users_python(runner: Runner, tmp_path: Path) -> None:
    """The Python that the user has stays as it is: the kit is in an environment below the runner's folder."""
    (tmp_path / "a.json").write_text(VALID, "utf-8")
    before = {path.name for path in Path(sys.prefix).rglob("*.dist-info")}
    assert runner.uses("check", tmp_path, {"files": "a.json"}).status == 0
    assert {path.name for path in Path(sys.prefix).rglob("*.dist-info")} == before
    (kit,) = runner.temp.glob("usagecompat-*/installed")
    assert packaged().resolve().is_relative_to(kit.parent) is False
