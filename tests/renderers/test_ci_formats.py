"""Reports for CI systems: what GitHub, code scanning and readers of JUnit XML are given."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import usagecompat
from usagecompat.checking.report import Report
from usagecompat.checking.weighing import verdict_of
from usagecompat.explanations import explanation
from usagecompat.findings import CODES, CODES_OF_PAYLOADS, Finding, Profile, Severity, Shape
from usagecompat.inputs import Source
from usagecompat.renderers import RENDERERS, Checked, Outcome, Unread
from usagecompat.renderers.github import annotation

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = "\x1b\u202e\r\n\x00\x7f\x9b\u2028\ud800"

PAGE = b"""{
  "object": "page",
  "data": [
    {"object": "bucket", "start_time": 1, "end_time": 2, "results": [
      {"object": "organization.costs.result", "amount": {"value": "12.50", "currency": "usd"}, "line_item": "a"},
      {"object": "organization.costs.result", "amount": {"value": true, "currency": "usd"}, "quantity": "1"}
    ]}
  ],
  "has_more": "no",
  "next_page": null
}"""


def outcomes() -> list[Outcome]:
    """A payload of each verdict, one of them a line of a file, and a place that cannot be read."""
    payloads = [
        (Source("recorded/good.json"), b'{"object": "organization.costs.result"}'),
        (
            Source("recorded/export.ndjson", 41),
            b'{"object": "organization.costs.result", "amount": {"value": "1", "currency": "usd"}}',
        ),
        (Source("recorded/page: a,b%.json"), PAGE),
        (Source("<stdin>"), b"{"),
    ]
    checked: list[Outcome] = []
    for source, payload in payloads:
        report = usagecompat.check(payload)
        checked.append(Checked(source, report, fails=not report.ok))
    return [*checked, Unread(Source("gone.json"), "gone.json: No such file or directory")]


def report_of(*findings: Finding, truncated: int = 0) -> Report:
    """A report of these findings."""
    return Report(
        verdict=verdict_of({finding.severity for finding in findings}),
        findings=findings,
        truncated=truncated,
        shape=Shape.PAGE,
        revision=usagecompat.LATEST,
        profile=Profile.SERVED,
        fit=None,
    )


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are below the current directory, and no summary is asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


# -- GitHub


def test_github() -> None:
    """Every finding is an annotation at its line and column in the file, and so is what cannot be read."""
    text = "".join(RENDERERS["github"](outcomes()))
    found = [re.match(r"::(\w+) (.*?)::", line) for line in text.splitlines()]
    assert [(match[1], match[2]) for match in found if match] == [
        ("warning", "file=recorded/export.ndjson,line=41,col=52,title=wire/amount-as-string"),
        ("warning", "file=recorded/page%3A a%2Cb%25.json,line=5,col=58,title=wire/amount-as-string"),
        ("error", "file=recorded/page%3A a%2Cb%25.json,line=6,col=58,title=schema/wrong-type"),
        ("error", "file=recorded/page%3A a%2Cb%25.json,line=6,col=93,title=schema/wrong-type"),
        ("error", "file=recorded/page%3A a%2Cb%25.json,line=9,col=3,title=schema/wrong-type"),
        ("error", "title=json/truncated-text"),
        ("error", "file=gone.json,title=cannot be read"),
    ]


def test_github_message() -> None:
    """A message says where in the payload, what, how often, and what to do."""
    finding = Finding("rule/mixed-kinds", Severity.WARNING, "/data/0", "50% are costs", "Split it.", count=1_200)
    (line,) = RENDERERS["github"]([Checked(Source("a.json"), report_of(finding), fails=False)])
    assert line == (
        "::warning file=a.json,title=rule/mixed-kinds::"
        "/data/0: 50%25 are costs (1,200 places, this is the first)%0ASplit it.\n"
    )


def test_github_annotates_the_first_ten() -> None:
    """GitHub shows ten annotations of each severity, so that ten are made, and the others are counted."""
    errors = [Finding("schema/wrong-type", Severity.ERROR, f"/{index}", "m") for index in range(13)]
    notes = [Finding("record/lossy-number", Severity.NOTE, f"/{index}", "m") for index in range(11)]
    lines = list(RENDERERS["github"]([Checked(Source("a.json"), report_of(*errors, *notes), fails=True)]))
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::notice ") for line in lines) == 10
    assert lines[-1] == "usagecompat: without an annotation: 3 more errors, 1 more note\n"


def test_github_paths_are_below_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A step that runs in a folder of the repository annotates files as the repository has them."""
    (tmp_path / "service").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path / "service")
    finding = Finding("schema/wrong-type", Severity.ERROR, "", "m")
    places = [Source("a.json"), Source("../b.json"), Source(str(tmp_path / "c.json")), Source("/elsewhere/d.json")]
    lines = RENDERERS["github"]([Checked(place, report_of(finding), fails=True) for place in places])
    files = [match[1] for match in map(re.compile(r"file=([^,]*)").search, lines) if match]
    assert files == ["service/a.json", "b.json", "c.json", "/elsewhere/d.json"]


@pytest.mark.parametrize("character", HOSTILE)
def test_github_takes_no_commands_from_payloads(character: str) -> None:
    """Whatever a payload or a file name holds, an annotation is one line and one command."""
    hostile = f"a{character}::set-env name=x::b,line=3%0A"
    line = annotation(Severity.ERROR, hostile, hostile, file=hostile, place=(1, 2))
    assert line.startswith("::error file=a")
    assert line.count("\n") == 1
    assert line[:-1].isprintable()
    assert ",line=1,col=2,title=a" in line
    assert re.fullmatch(r"::error [^:]*::.*", line[:-1])


def test_github_summary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The summary counts everything, lists errors and warnings, and is added to what earlier steps wrote."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    list(RENDERERS["github"](outcomes()))
    text = summary.read_text("utf-8")
    assert text.startswith("before\n### usagecompat\n\n4 payloads reported: 1 valid, 1 acceptable, 2 invalid.\n")
    assert "1 could not be read:\n\n* gone\\.json\\: No such file or directory\n" in text
    assert "| error | schema\\/wrong\\-type | 3 |\n" in text
    assert "| warning | wire\\/amount\\-as\\-string | 2 |\n" in text
    assert "All errors</summary>" in text
    assert "| recorded\\/export\\.ndjson\\:41\\:52 | wire\\/amount\\-as\\-string | " in text


def test_github_summary_shows_payloads_letter_by_letter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that a payload holds is Markdown or HTML in the summary, and no cell is endless."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    finding = Finding("schema/wrong-type", Severity.ERROR, "", "x" * 5_000, "<img>|`**[a](b)")
    rows = [finding] * 150
    list(RENDERERS["github"]([Checked(Source("a|b.json"), report_of(*rows), fails=True)]))
    text = (tmp_path / "summary.md").read_text("utf-8")
    assert "The first 100 of 150 errors" in text
    assert "a\\|b\\.json" in text
    assert len(text) < 300_000
    short = Finding("schema/wrong-type", Severity.ERROR, "", "m", "<img>|`**[a](b)")
    list(RENDERERS["github"]([Checked(Source("a.json"), report_of(short), fails=True)]))
    assert "\\<img\\>\\|\\`\\*\\*\\[a\\]\\(b\\)" in (tmp_path / "summary.md").read_text("utf-8")


# -- SARIF


def sarif(of: list[Outcome]) -> dict[str, Any]:
    """The one run of the document."""
    document: dict[str, Any] = json.loads("".join(RENDERERS["sarif"](of)))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    return dict(run)


def test_sarif_results() -> None:
    """Every finding is a result with its rule, its level, and its line and column in the file."""
    run = sarif(outcomes())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    told: list[tuple[Any, ...]] = []
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        physical = result["locations"][0].get("physicalLocation") if "locations" in result else None
        place = physical and (physical["artifactLocation"]["uri"], *physical["region"].values())
        told.append((result["level"], result["ruleId"], place))
    page = "recorded/page%3A%20a%2Cb%25.json"
    assert told == [
        ("warning", "wire/amount-as-string", ("recorded/export.ndjson", 41, 52)),
        ("warning", "wire/amount-as-string", (page, 5, 58)),
        ("error", "schema/wrong-type", (page, 6, 58)),
        ("error", "schema/wrong-type", (page, 6, 93)),
        ("error", "schema/wrong-type", (page, 9, 3)),
        ("error", "json/truncated-text", None),
    ]
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_rules() -> None:
    """The rules are all codes that a payload can show, each with its texts."""
    rules = {rule["id"]: rule for rule in sarif([])["tool"]["driver"]["rules"]}
    assert list(rules) == list(CODES_OF_PAYLOADS)
    for code, rule in rules.items():
        assert rule["shortDescription"]["text"] == CODES[code].title
        assert explanation(code).client in rule["help"]["text"]
        assert rule["help"]["markdown"].startswith("* **What it means**: ")


def test_sarif_says_what_cannot_be_read() -> None:
    """A place that cannot be read is an error of the run, which then was not successful."""
    (invocation,) = sarif(outcomes())["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["message"]["text"] == "gone.json: No such file or directory"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "gone.json"
    assert sarif(outcomes()[:-1])["invocations"] == [{"executionSuccessful": True}]


def test_sarif_fingerprints() -> None:
    """A finding keeps its fingerprint when lines move, and no two findings of a run have the same one."""
    moved = [Checked(Source("a.json"), usagecompat.check(text), fails=True) for text in (PAGE, b"\n\n  " + PAGE)]

    def prints(of: list[Outcome]) -> list[str]:
        return [result["partialFingerprints"]["usagecompat/v1"] for result in sarif(of)["results"]]

    assert prints([moved[0]]) == prints([moved[1]])
    assert len(set(prints([*moved]))) == 2 * len(set(prints([moved[0]])))


def test_sarif_of_absolute_paths(tmp_path: Path) -> None:
    """A file outside the repository has an absolute URI, one inside is relative to its root."""
    finding = Finding("schema/wrong-type", Severity.ERROR, "", "m")
    places = [Source("/elsewhere/a b.json"), Source(str(tmp_path / "c.json"))]
    results = sarif([Checked(place, report_of(finding), fails=True) for place in places])["results"]
    artifacts = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in results]
    assert artifacts == [{"uri": "file:///elsewhere/a%20b.json"}, {"uri": "c.json", "uriBaseId": "%SRCROOT%"}]


def test_sarif_says_what_is_not_listed() -> None:
    """Findings beyond the most that a report lists are counted in the run."""
    (invocation,) = sarif([Checked(Source("a"), report_of(truncated=1_234), fails=True)])["invocations"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "1,234 more findings are not listed"


# -- JUnit


def junit(of: list[Outcome]) -> ET.Element:
    """The one test suite of the document."""
    (suite,) = ET.fromstring("".join(RENDERERS["junit"](of)))  # noqa: S314 - our own text
    return suite


def test_junit() -> None:
    """Every payload is a test case, and what cannot be read is an error among them."""
    suite = junit(outcomes())
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "0",
    }
    told = [(case.get("name"), case.get("line"), [child.tag for child in case]) for case in suite]
    assert told == [
        ("recorded/good.json", None, ["properties"]),
        ("recorded/export.ndjson:41", "41", ["properties", "system-out"]),
        ("recorded/page: a,b%.json", None, ["properties", "failure"]),
        ("<stdin>", None, ["properties", "failure"]),
        ("gone.json", None, ["error"]),
    ]


def test_junit_failure() -> None:
    """A failure is called after its first error, and holds the whole report with lines and columns."""
    failure = junit(outcomes())[2].find("failure")
    assert failure is not None
    assert failure.get("type") == "schema/wrong-type"
    assert (failure.get("message") or "").startswith("schema/wrong-type at /data/0/results/1/amount/value: expected ")
    lines = (failure.text or "").splitlines()
    assert lines[0].startswith("invalid: recorded/page: a,b%.json: page at ")
    assert sum(line.startswith("recorded/page: a,b%.json:6:") for line in lines) == 2


def test_junit_fails_what_the_run_fails() -> None:
    """Whether a warning is a failure is decided by who runs the check, not by the format."""
    warning = Finding("rule/mixed-kinds", Severity.WARNING, "", "m")
    for fails in (True, False):
        suite = junit([Checked(Source("a.json"), report_of(warning), fails=fails)])
        assert (suite.find("testcase/failure") is not None) is fails


@pytest.mark.parametrize("character", HOSTILE)
def test_junit_is_xml_whatever_payloads_hold(character: str) -> None:
    """Characters that XML cannot hold are escaped as they are for a terminal."""
    hostile = f"a{character}<b>&]]>"
    finding = Finding("schema/wrong-type", Severity.ERROR, f"/{hostile}", hostile, hostile)
    suite = junit([Checked(Source(hostile), report_of(finding), fails=True), Unread(Source(hostile), hostile)])
    assert (suite[0].get("name") or "").endswith("<b>&]]>")
    assert character not in (suite[0].get("name") or "")
