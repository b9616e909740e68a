"""What is said about each code: complete, true where it can be tried, and the same everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import usagecompat
from usagecompat.cli import main
from usagecompat.corpus.case_files import release
from usagecompat.exceptions import NoSuchName
from usagecompat.explanations import STAGES, document, explanation, explanations
from usagecompat.findings import CODES
from usagecompat.scan.summary import ARCHIVE_CODES

ROOT = Path(__file__).resolve().parent.parent
PAYLOAD_CODES = [code for code in CODES if not code.startswith("client/")]
COMPARED = [code for code in CODES if code.startswith("client/") and not explanation(code).answer]


@pytest.fixture(scope="module")
def shown() -> dict[str, frozenset[str]]:
    """The codes that each case of the corpus shows, the oldest cases first."""
    oldest_first = sorted(usagecompat.cases(), key=lambda case: (release(case.since), case.id))
    return {case.id: frozenset(one.code for one in case.findings) for case in oldest_first}


def run(*args: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, ["explain", *map(str, args)], prog_name="usagecompat")


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    """Each code has all its texts, and each text is made of whole sentences."""
    for heading, text in explanation(code).paragraphs():
        assert text[0].isupper() or heading == "Who was hit"  # a project may come first
        assert text.endswith("."), heading
        assert "  " not in text


def test_only_codes_are_explained() -> None:
    """The texts follow the catalogue, in its order, and each stage has its sentence."""
    assert list(explanations()) == list(CODES)
    text = (ROOT / "src" / "usagecompat" / "explanations.toml").read_text("utf-8")
    assert re.findall(r'^\["(.*)"\]$', text, re.MULTILINE) == list(CODES)
    assert {code.partition("/")[0] for code in CODES} == STAGES.keys()


@pytest.mark.parametrize("code", PAYLOAD_CODES)
def test_every_code_has_a_case(code: str, shown: dict[str, frozenset[str]]) -> None:
    """Each code of a payload is shown by a case, or it is said why none can show it."""
    cases = [name for name, codes in shown.items() if code in codes]
    assert bool(cases) is not bool(explanation(code).no_case), "write a case, or `no_case` in explanations.toml"


@pytest.mark.parametrize("code", COMPARED)
def test_every_example_of_a_client_shows_its_code(code: str) -> None:
    """Of what is said of clients, each pair of texts has the one difference that it is an example of."""
    told = explanation(code)
    found = usagecompat.compare(told.sent.encode(), told.returned.encode()).differences
    assert [difference.code for difference in found] == [code]


def test_what_only_a_run_can_show_is_told() -> None:
    """What no pair of texts can show, but only a run of a client, is told as a sentence."""
    told = {code for code in CODES if explanation(code).answer}
    runner = ("refused-valid", "accepted-invalid", "crashed", "timed-out", "protocol-violation", "nondeterministic")
    buckets = ("buckets-lost", "buckets-repeated", "pages-unread", "paging-endless", "error-hidden", "gave-up-early")
    paging = (*buckets, "query-changed", "cursor-changed")
    unlike = told ^ {f"client/{name}" for name in (*runner, "state-leak", *paging)}
    assert not unlike, "`answer` in explanations.toml is of what only a run can show; this list has those"


def test_a_code_without_a_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code of the catalogue that nobody has explained names the file that lacks it."""
    monkeypatch.setattr("usagecompat.explanations.explanations", dict)
    with pytest.raises(LookupError, match=r"client/crashed: write its text into explanations\.toml"):
        explanation("client/crashed")


def test_document_has_not_drifted(shown: dict[str, frozenset[str]]) -> None:
    """docs/findings.md is what the texts and the corpus say; `usagecompat explain --write` fixes it."""
    assert (ROOT / "docs" / "findings.md").read_text("utf-8") == document(shown)


def test_links_of_the_document_lead_somewhere() -> None:
    """Every link of docs/findings.md is to a payload that is there, or to a heading of the document."""
    text = (ROOT / "docs" / "findings.md").read_text("utf-8")
    anchors = {heading.replace("/", "") for heading in re.findall(r"^### (.*)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\((.*?)\)", text):
        assert target[1:] in anchors if target.startswith("#") else (ROOT / "docs" / target).is_file()


def test_unknown_code() -> None:
    """A code that does not exist is answered with the one that was meant."""
    with pytest.raises(NoSuchName, match="did you mean 'json/duplicate-member'"):
        explanation("json/duplicate-members")
    result = run("wire/amount-as-text")
    assert result.exit_code == 2
    assert "did you mean 'wire/amount-as-string'?" in result.stderr
    with pytest.raises(NoSuchName, match="there are 1"):
        usagecompat.check(b"{}", ignore=["nothing like it"])


# -- the command


def test_explain() -> None:
    """The command tells everything about a code, and some of the cases that show it."""
    result = run("wire/amount-as-string")
    assert result.exit_code == 0
    assert result.stdout.startswith("wire/amount-as-string: a cost is a string that holds a JSON number\n")
    assert "Weight: warning; error by the published contract.\n" in result.stdout
    words = " ".join(result.stdout.split())
    assert all(f"{heading}: {text}" in words for heading, text in explanation("wire/amount-as-string").paragraphs())
    assert "  deviations/amount-string.json\n" in result.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("client/type-changed", "\n  returned  {"),
        ("client/crashed", "An example:\n  A page with an unknown kind"),
        ("json/limit-size", "No case of the corpus has it: a file of more"),
    ],
)
def test_explain_without_cases(code: str, words: str) -> None:
    """Where no case can show a code there is an example, or the reason."""
    assert words in run(code).stdout


def test_list() -> None:
    """Without a code, every code is a line under its stage."""
    lines = run().stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [*CODES, *ARCHIVE_CODES]
    stages = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")][:-1]
    assert stages == [*STAGES, "archive"]


def test_json() -> None:
    """The same as JSON, one object or all."""
    one = json.loads(run("rule/mixed-kinds", "--format", "json").stdout)
    assert one["code"] == "rule/mixed-kinds"
    assert one["title"] == CODES["rule/mixed-kinds"].title
    assert one["producer"] == explanation("rule/mixed-kinds").producer
    everything = json.loads(run("--format", "json").stdout)
    assert [each["code"] for each in everything] == list(CODES)
    assert one in everything


def test_write_and_check(tmp_path: Path) -> None:
    """What was written is not stale, and what was changed is."""
    place = tmp_path / "findings.md"
    assert run("--check", place).exit_code == 1
    assert run("--write", place).exit_code == 0
    assert run("--check", place).exit_code == 0
    place.write_text(place.read_text("utf-8") + "x", "utf-8")
    stale = run("--check", place)
    assert stale.exit_code == 1
    assert f"to fix this: usagecompat explain --write {place}" in stale.stdout
    assert run("--write", place, "--check", place).exit_code == 2
    assert run("rule/mixed-kinds", "--write", place).exit_code == 2
