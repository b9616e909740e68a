"""Under GitHub Actions, what fails is annotated; anywhere else nothing is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def actions(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is a step of a workflow."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pytester.path))


def annotations(result: pytest.RunResult) -> list[str]:
    """The workflow commands of a run."""
    return [line for line in result.outlines if line.startswith("::")]


def broken(pytester: pytest.Pytester, count: int = 1) -> None:
    """A plain tree of payloads that are invalid."""
    (pytester.path / "recorded").mkdir()
    for number in range(count):
        text = '{"object":"organization.costs.result",\n  "line_item": 5}'
        (pytester.path / "recorded" / f"cost{number:02}.json").write_text(text, "utf-8")


def test_failing_payload(pytester: pytest.Pytester) -> None:
    """A payload that fails has one annotation for each fault, at its line and column, however many judges see it."""
    broken(pytester)
    result = pytester.runpytest("--compat=recorded")
    assert result.ret == 1
    (line,) = annotations(result)
    assert line.startswith("::error file=recorded/cost00.json,line=2,col=3,title=schema/wrong-type::/line_item: ")
    assert "%0Aexpected: " in line


def test_the_first_ten(pytester: pytest.Pytester) -> None:
    """GitHub shows ten, so that ten are made, and the others are counted."""
    broken(pytester, 13)
    result = pytester.runpytest("--compat=recorded")
    assert len(annotations(result)) == 10
    result.stdout.fnmatch_lines(["usagecompat: 3 more have no annotation"])


def test_other_processes(pytester: pytest.Pytester) -> None:
    """What the workers of pytest-xdist find is annotated once, too."""
    broken(pytester, 2)
    lines = annotations(pytester.runpytest("--compat=recorded", "-n2"))
    assert [re.findall(r"file=([^,]*)", line) for line in sorted(lines)] == [
        ["recorded/cost00.json"],
        ["recorded/cost01.json"],
    ]


@pytest.mark.usefixtures("small")
def test_nothing_fails(pytester: pytest.Pytester) -> None:
    """What passes has no annotation."""
    assert annotations(pytester.runpytest("--compat=fixtures")) == []


def test_expected_failures(pytester: pytest.Pytester) -> None:
    """What fails as it is listed to is no news."""
    broken(pytester)
    pytester.makeini("[pytest]\ncompat_expected_failures = known.txt\n")
    (pytester.path / "known.txt").write_text("cost* # the exporter writes numbers\n", "utf-8")
    assert annotations(pytester.runpytest("--compat=recorded")) == []


def test_elsewhere(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any other machine there are no annotations."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    broken(pytester)
    assert annotations(pytester.runpytest("--compat=recorded")) == []


def test_case(pytester: pytest.Pytester, small: Path) -> None:
    """A case that shows something else than it must is annotated at its payload."""
    payload = small / "numbers" / "count-one.json"
    payload.write_bytes(payload.read_bytes().replace(b"1,", b"-1,"))
    lines = annotations(pytester.runpytest("--compat=fixtures/numbers"))
    assert [line.partition("::/")[0] for line in lines] == [
        "::error file=fixtures/numbers/count-one.json,line=1,col=65,title=record/negative-count"
    ]
