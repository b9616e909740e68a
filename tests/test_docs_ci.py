"""What docs/github-actions.md and fixtures/README.md tell people to do is what works."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from documents import blocks

import usagecompat
from usagecompat.cli import main
from usagecompat.contract import ALL_ENDPOINTS
from usagecompat.renderers import RENDERERS

ROOT = Path(__file__).resolve().parent.parent
ACTIONS = ROOT / "docs" / "github-actions.md"
FIXTURES = ROOT / "fixtures" / "README.md"
README = ROOT / "README.md"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", ".github/*.md", "docs/*.md", "fixtures/*.md", "schemas/*.md", "tests/*.md", "src/**/*.md")
    for path in ROOT.glob(pattern)
)


def anchors(document: Path) -> set[str]:
    """What a link into a document can name: its headings, as GitHub spells them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def steps() -> list[list[str]]:
    """The commands of the workflow, as a shell would split them."""
    runs = [line for block in blocks(ACTIONS, "yaml") for line in block.splitlines() if "- run:" in line]
    return [shlex.split(line.partition("- run:")[2]) for line in runs]


@pytest.mark.parametrize("document", [ACTIONS, README], ids=["github-actions", "readme"])
def test_fixture_as_documented(pytester: pytest.Pytester, document: Path) -> None:
    """The tests that the documents show pass."""
    (test,) = (block for block in blocks(document, "python") if "usage_payload_check" in block)
    pytester.makepyfile(test)
    pytester.runpytest().assert_outcomes(passed=1)


def test_workflow_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `usagecompat` command of the workflow is understood."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "cost.json").write_text('{"object": "organization.costs.result"}', "utf-8")
    commands = [[word for word in step if "*" not in word] for step in steps() if step[:2] == ["usagecompat", "check"]]
    assert len(commands) == 2
    for _, *words in commands:
        said = words[: words.index(">")] if ">" in words else words
        assert CliRunner().invoke(main, said).exit_code == 0


def test_workflows_of_clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps for clients in Go, JavaScript and Java run as they stand, with another client in the place of theirs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "known.txt").write_text(
        "kinds/costs-nulls::client[mine]  client/null-became-absent  # known\n", "utf-8"
    )
    miniatures = Path(__file__).parent / "clients" / "miniatures.py"
    client = shlex.join([sys.executable, "-I", "-S", str(miniatures), "drop-nulls", "kinds/costs-nulls"])
    runs = [step for step in steps() if step[:2] == ["usagecompat", "run"]]
    matrices = [step for step in steps() if step[:2] == ["usagecompat", "matrix"]]
    assert len(runs) == len(matrices) == 3
    assert len({step[step.index("--client") + 1] for step in runs}) == 3
    for run, matrix in zip(runs, matrices, strict=True):
        said, (_, file) = run[1 : run.index(">")], run[run.index(">") :]
        said[said.index("--client") + 1] = f"mine={client}"
        result = CliRunner().invoke(main, [*said, "-k", "kinds/costs", "--probes", "none"])
        assert result.exit_code == 0, result.output
        Path(file).write_text(result.stdout, "utf-8")
        assert CliRunner().invoke(main, matrix[1:]).exit_code == 0
        for written in ("usagecompat.xml", "usagecompat.html"):
            (tmp_path / written).unlink()


def test_pytest_command(pytester: pytest.Pytester) -> None:
    """The pytest command of the workflow runs recorded payloads and writes JUnit XML."""
    (pytester.path / "recorded").mkdir()
    (pytester.path / "recorded" / "cost.json").write_text('{"object": "organization.costs.result"}', "utf-8")
    (command,) = (step for step in steps() if step[0] == "pytest")
    pytester.runpytest(*command[1:]).assert_outcomes(passed=4)
    assert (pytester.path / "usagecompat.xml").is_file()


def test_formats_are_listed() -> None:
    """The document names every format that a CI system can take."""
    text = ACTIONS.read_text("utf-8")
    for name in RENDERERS.keys() - {"text"}:
        assert f"`--format {name}`" in text


def test_case_as_documented() -> None:
    """The case that fixtures/README.md shows is the one of the corpus."""
    (shown,) = blocks(FIXTURES, "json")
    assert shown == (ROOT / "fixtures" / "members" / "count-null.case.json").read_text("utf-8")


def test_members_are_documented() -> None:
    """fixtures/README.md explains every member that a case can have, and names every topic and command."""
    text = FIXTURES.read_text("utf-8")
    schema = json.loads((ROOT / "schemas" / "case.json").read_text("utf-8"))
    explained = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert set(schema["properties"]) <= set(explained)
    assert {case.topic for case in usagecompat.cases()} <= set(explained)
    commands = re.findall(r"usagecompat fixtures (\w+)", text)
    assert {"new", "lint", "update", "manifest", "list"} <= set(commands)
    for name in commands:
        assert CliRunner().invoke(main, ["fixtures", name, "--help"]).exit_code == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links(document: Path) -> None:
    """Every link leads to a file, and to a heading of it if it names one."""
    for target, heading in re.findall(r"\]\((?!http|mailto)([^)#]*)(?:#([^)]*))?\)", document.read_text("utf-8")):
        place = document.parent / target if target else document
        assert place.exists(), target
        if heading and place.suffix == ".md":
            assert heading in anchors(place), f"{target}#{heading}"


def test_glossary_names_what_there_is() -> None:
    """Every class that the glossary names exists."""
    named = set(re.findall(r"`([A-Z][a-z]+[A-Za-z]*)`", (ROOT / "docs" / "glossary.md").read_text("utf-8")))
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert len(named) > 10
    assert named - set(re.findall(r"^class (\w+)", source, re.MULTILINE)) - {"UsageTimeBucketResultInner"} == set()


def test_the_form_offers_every_endpoint() -> None:
    """Who reports what the API sent can choose each endpoint of the newest revision."""
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "api-sent-something-new.yml").read_text("utf-8"))
    (options,) = (part["attributes"]["options"] for part in form["body"] if part.get("id") == "endpoint")
    *endpoints, another = options
    assert sorted(endpoints) == sorted(endpoint.name for endpoint in ALL_ENDPOINTS)
    assert another.startswith("another one")


def test_sessions_are_listed() -> None:
    """The guide for contributors lists every session of nox, and no other."""
    noxfile = (ROOT / ".ci" / "noxfile.py").read_text("utf-8")
    sessions = {name.replace("_", "-") for name in re.findall(r"^@nox\.session.*\ndef (\w+)", noxfile, re.MULTILINE)}
    guide = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \|", guide, re.MULTILINE)
    assert sorted(listed) == sorted(sessions)
