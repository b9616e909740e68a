"""`usagecompat matrix`: many clients side by side, in every format, from clients that run and from results that were saved."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients.case_results import CaseResult, Expectation, Fault, Outcome
from usagecompat.clients.expected import compare_with_list
from usagecompat.clients.protocol import ClientInfo
from usagecompat.clients.results import Cause, ClientResult, Kit
from usagecompat.corpus.case_files import Case, Payload, read_case
from usagecompat.corpus.data import folder
from usagecompat.corpus.expected import read_expected_failures
from usagecompat.corpus.selection import cases
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity.comparison import Level, compare
from usagecompat.matrix.badges import badge
from usagecompat.matrix.files import read_result, result_of
from usagecompat.matrix.formats import FORMATS
from usagecompat.matrix.summary import Absent, Matrix, invalid, shares, worst

if TYPE_CHECKING:
    from click.testing import Result

MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
SCHEMA = json.loads((folder("schemas") / "matrix.json").read_text("utf-8"))
HOSTILE = "</script><img src=x onerror=alert(1)><!--"
SENT = b'{"a":1,"b":null,"c":"' + HOSTILE.encode() + b'"}'
RETURNED = b'{"a":2,"c":"' + HOSTILE.encode() + b'"}'
OF_COSTS = sum("kinds/costs" in case.id for case in cases())
"""How many cases `-k kinds/costs` means, all of them everyday ones."""


def compared(case_id: str, returned: bytes, *, served: bool = True) -> CaseResult:
    """What comes of a case whose payload is `SENT` and must be decoded."""
    found = compare(SENT, returned)
    return CaseResult(
        case_id=case_id,
        duty=Expectation.MUST_DECODE,
        served=served,
        outcome=Outcome.DECODED,
        level=found.level,
        differences=found.differences,
        returned=returned,
    )


def other(case_id: str, duty: Expectation, outcome: Outcome, *codes: str) -> CaseResult:
    """What comes of a case that was not decoded."""
    faults = tuple(Fault(code, HOSTILE) for code in codes)
    return CaseResult(case_id=case_id, duty=duty, served=False, outcome=outcome, message=HOSTILE, faults=faults)


def client(name: str, *cases: CaseResult) -> ClientResult:
    """What came of a client that never introduced itself."""
    return ClientResult(
        name=name,
        command=name,
        way="oneshot",
        client=None,
        features=None,
        revision=None,
        required=Level.EXACT,
        cases=cases,
    )


GOOD = client("good", compared("t/a", SENT), compared("t/b", SENT))
BAD = client(
    "bad",
    compared("t/a", RETURNED),
    other("t/b", Expectation.MUST_DECODE, Outcome.CRASHED, "client/crashed"),
    other("t/c", Expectation.MAY_REFUSE, Outcome.REFUSED),
    other("t/d", Expectation.MUST_DECODE, Outcome.SKIPPED),
    other("t/e", Expectation.MUST_NOT_CRASH, Outcome.REFUSED),
    other("t/f", Expectation.MUST_NOT_CRASH, Outcome.TIMED_OUT, "client/timed-out"),
    other("t/g", Expectation.MUST_NOT_CRASH, Outcome.NOT_RUN),
)


@pytest.fixture
def both(tmp_path: Path) -> Matrix:
    """A client that keeps everything, one that does not, and one that is not there."""
    subjects = {}
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.json"
        path.write_bytes(SENT)
        subjects[f"t/{name}"] = Payload(id=f"t/{name}", payload_path=path)
    return Matrix(
        clients=(GOOD, BAD), absent=(Absent("gone", HOSTILE),), subjects=subjects, made="2026-11-01", version="1.2.3"
    )


def command(*arguments: str, clients: dict[str, str] | None = None) -> Result:
    """What the command says of fake clients, on a few cases."""
    given: list[str] = []
    for name, fault in (clients or {}).items():
        said = shlex.join([sys.executable, "-I", "-S", str(MINIATURES), fault, "kinds/costs-nulls"])
        given += ["--client", f"{name}={said}"]
    return CliRunner().invoke(main, ["matrix", *given, "-k", "kinds/costs", "--probes", "none", *arguments])


def data_of(page: str) -> dict[str, Any]:
    """The data that a page embeds."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_shares_add_up() -> None:
    """The numbers of a row together are the number that they are a share of."""
    for one in (GOOD, BAD):
        count = shares(one)
        assert sum(count.levels.values()) + count.refused + count.failed + count.not_judged == count.of
        assert count.of + invalid(one).of == len(one.cases)
    assert invalid(BAD).to_dict() == {"of": 3, "right": 1, "not_judged": 1}


def test_worst_first() -> None:
    """What lowers the level most stands first; of an invalid case only faults count, out of all cases."""
    found = worst(BAD)
    assert [one.cap for one in found] == sorted(one.cap for one in found)
    assert {one.code: (one.cases, one.of) for one in found if one.cap is Level.NONE} == {
        "client/crashed": (1, 7),
        "client/timed-out": (1, 7),
    }
    assert worst(GOOD) == ()


def test_json(both: Matrix) -> None:
    """The JSON is as its schema says, with every client and every cell."""
    told = json.loads(FORMATS["json"](both))
    Draft202012Validator(SCHEMA).validate(told)
    assert [one["headline"]["level"] for one in told["clients"]] == ["BYTES", "NONE"]
    assert [one["headline"]["below"] for one in told["clients"]] == [0, 3]
    assert told["clients"][1]["cells"]["t/b"] == {
        "duty": "must-decode",
        "tier": "everyday",
        "outcome": "crashed",
        "level": None,
        "codes": ["client/crashed"],
        "caps": {"client/crashed": "NONE"},
        "faults": ["client/crashed"],
    }
    assert told["cases"] == 7


def test_text(both: Matrix) -> None:
    """The text names each client, its level and what it is the lowest of, its worst losses, and who is not there."""
    text = FORMATS["text"](both)
    assert re.search(r"^good +BYTES \(2 of 2 everyday\) +2 +0", text, re.MULTILINE)
    assert re.search(r"^bad +NONE \(3 of 4 everyday, 3 below EXACT\)", text, re.MULTILINE)
    assert "NONE: client/crashed in 1 of 7 cases" in text
    assert "gone: not run" in text


def test_markdown(both: Matrix) -> None:
    """Every row of a table has as many cells as its head, and nothing that a client says is markup."""
    hostile = evolve(both, clients=(evolve(BAD, name="a|b<img>`"), GOOD))
    text = FORMATS["markdown"](hostile)
    for table in text.split("\n\n"):
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1
    assert not re.search(r"(?<!\\)<", text)


def test_junit(both: Matrix) -> None:
    """Each client is a suite whose numbers are those of its cases, and a client that is not there is an error."""
    root = ET.fromstring(FORMATS["junit"](both))  # noqa: S314 - our own
    numbers = {
        suite.get("name"): tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped")) for suite in root
    }
    assert numbers == {"good": ("2", "0", "0", "0"), "bad": ("7", "3", "1", "1"), "gone": ("1", "0", "1", "0")}
    assert root.get("tests") == "10"


def test_junit_begins_with_the_cause(both: Matrix) -> None:
    """The text of a failure begins with its causes, and every test case has a time."""
    cause = Cause(
        name="nulls-dropped",
        title="nulls do not come back",
        fix="Keep null and absent apart.",
        where="b",
        cases=("t/a",),
        everyday=1,
        cap=Level.VALUES,
        code="client/null-became-absent",
        example="t/a at /b: null was sent and did not come back",
        after=Level.BYTES,
        known=("nulls-dropped",),
    )
    timed = tuple(evolve(case, seconds=0.25) for case in BAD.cases)
    root = ET.fromstring(FORMATS["junit"](evolve(both, clients=(evolve(BAD, cases=timed, causes=(cause,)),))))  # noqa: S314 - our own
    (failure,) = (case.find("failure") for case in root.iter("testcase") if case.get("name") == "t/a")
    assert failure is not None
    assert (failure.text or "").startswith("cause: nulls do not come back (b). Keep null and absent apart.\n")
    assert {case.get("time") for case in root.iter("testcase") if case.get("name", "").startswith("t/")} == {"0.250"}


def listed(both: Matrix, tmp_path: Path, *lines: str) -> Matrix:
    """The matrix against a list of expected failures."""
    path = tmp_path / "known.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    entries = read_expected_failures(path)
    return evolve(both, comparisons={one.name: compare_with_list(one, entries) for one in both.clients})


def test_expected_failures(both: Matrix, tmp_path: Path) -> None:
    """What fails as expected is no failure in any format, and a line that is no longer right is one."""
    lines = ("t/a::client[bad] # x", "t/b::client[bad] # x", "t/f::client[bad] # x", "t/b::client[good] # once")
    known = listed(both, tmp_path, *lines)
    root = ET.fromstring(FORMATS["junit"](known))  # noqa: S314 - our own
    numbers = {
        suite.get("name"): tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped")) for suite in root
    }
    assert numbers == {"good": ("3", "1", "0", "0"), "bad": ("7", "0", "1", "4"), "gone": ("1", "0", "1", "0")}
    told = json.loads(FORMATS["json"](known))
    Draft202012Validator(SCHEMA).validate(told)
    assert set(told["clients"][1]["expected"]["expected"]) == {"t/a", "t/b", "t/f"}
    assert "3 cases fail as expected, 0 do not" in FORMATS["text"](known)
    assert "lines 4 of the list are no longer right" in FORMATS["text"](known)
    assert not known.fine
    assert evolve(listed(evolve(both, absent=(), clients=(GOOD,)), tmp_path, "t/x::client[bad] # x")).fine


def test_cases_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of expected failures is held against the cases that are there already."""
    read: list[Path] = []

    def counted(path: Path) -> Case:
        read.append(path)
        return read_case(path)

    monkeypatch.setattr("usagecompat.cli.subjects.read_case", counted)
    path = tmp_path / "known.txt"
    path.write_text("kinds/costs* some # x\n", "utf-8")
    command("--expected", str(path), clients={"a": "echo"})
    assert len(read) == len({*read}) > 0


def test_github(both: Matrix, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What to fix is annotated, hostile texts are no commands, and the summary has the tables."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    told = FORMATS["github"](evolve(both, clients=(evolve(BAD, name="b:a,d\n::error::x"), GOOD)))
    assert all(re.match(r"::(error|notice) title=|usagecompat: without", line) for line in told.splitlines())
    assert "::error title=gone%3A cannot be started::" in told
    assert "3 more cases fail::t/a, t/b, t/f" in told
    assert "::notice title=good%3A badge::old result, lightgrey" in told
    assert "| client | headline |" in summary.read_text("utf-8")


def test_matrix_command_takes_a_list(tmp_path: Path) -> None:
    """`matrix --expected` ends with 0 where all that fails is listed, and names what is no list."""
    path = tmp_path / "known.txt"
    path.write_text("kinds/costs-nulls::client[one] client/null-became-absent # dropped\n", "utf-8")
    clients = {"one": "drop-nulls"}
    assert command(clients=clients).exit_code == 1
    assert command("--expected", str(path), clients=clients).exit_code == 0
    path.write_text("nothing\n", "utf-8")
    assert command("--expected", str(path), clients=clients).exit_code == 2
    assert command("--expected", str(tmp_path / "none.txt"), clients=clients).exit_code == 2


@pytest.mark.parametrize(
    ("format_", "told"),
    [
        ("junit", f'<testsuite name="one" tests="{OF_COSTS}" failures="1"'),
        ("github", "::error title=one%3A nulls do not come back::"),
        ("badge", f'"message": "partial ({OF_COSTS} of '),
        ("html", "<!doctype html>"),
    ],
)
def test_formats_of_a_run(format_: str, told: str) -> None:
    """`run` writes each of the formats of the matrix for its one client, with the exit status that it always has."""
    said = shlex.join([sys.executable, "-I", "-S", str(MINIATURES), "drop-nulls", "kinds/costs-nulls"])
    arguments = ["run", "--client", f"one={said}", "-k", "kinds/costs", "--probes", "none", "--format", format_]
    result = CliRunner().invoke(main, arguments)
    assert told in result.stdout
    assert result.exit_code == 1


def test_badge() -> None:
    """A badge says the level, and of how many cases it is the lowest where some were not judged."""
    told = json.loads(badge(evolve(GOOD, kit=Kit(2, 2))))
    assert told == {"schemaVersion": 1, "label": "usage API fidelity", "message": "BYTES", "color": "brightgreen"}
    many = tuple(compared(f"t/{number}", SENT) for number in range(9))
    partly = client("partly", *many, other("t/z", Expectation.MUST_DECODE, Outcome.SKIPPED))
    told = json.loads(badge(evolve(partly, kit=Kit(10, 10))))
    assert (told["message"], told["color"]) == ("BYTES (9 of 10)", "yellowgreen")
    assert json.loads(badge(client("none")))["color"] == "lightgrey"
    assert json.loads(badge(GOOD))["message"] == "old result"


def test_page_is_closed(both: Matrix) -> None:
    """The page asks nothing of any network, allows its own program only, and holds hostile texts as data."""
    page = FORMATS["html"](both)
    assert not re.search(r"https?://", page.replace('"http-equiv', ""))
    assert page.count("</script>") == 2
    assert "<img" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    for name, start, end in (("script-src", "<script>", "</script>"), ("style-src", "<style>", "</style>")):
        text = page.partition(start)[2].partition(end)[0]
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy[1]
    assert HOSTILE in json.dumps(data_of(page)["texts"])


def test_page_holds_all_once(both: Matrix) -> None:
    """Each text stands once in a page, and each cell leads to what was sent, what came back and the differences."""
    data = data_of(FORMATS["html"](both))
    texts = data["texts"]
    assert len(texts) == len(set(texts))
    assert texts.count(SENT.decode()) == 1
    bad = data["clients"][1]
    cell = data["cells"][bad["cells"][0]]
    assert texts[cell[5]] == RETURNED.decode()
    codes = {texts[data["differences"][number][0]] for number in cell[6]}
    assert codes == {difference.code for difference in BAD.cases[0].differences}
    assert data["clients"][0]["cells"][2] == -1


def test_page_explains_itself(both: Matrix) -> None:
    """A page says what each level promises, what each code in it means, and where a client lives."""
    info = ClientInfo(name="x", homepage="https://example.org/x", issues="javascript:alert(1)")
    data = data_of(FORMATS["html"](evolve(both, clients=(evolve(BAD, client=info), GOOD))))
    assert len(data["meanings"]) == len(data["levels"]) == len(Level)
    found = {data["texts"][difference[0]] for difference in data["differences"]}
    assert found | {"client/crashed", "client/timed-out"} == data["codes"].keys()
    assert all(data["codes"].values())
    bad, good = data["clients"]
    assert (bad["homepage"], bad["issues"]) == ("https://example.org/x", "javascript:alert(1)")
    assert (bad["level"], bad["below"], good["level"]) == (int(Level.NONE), 3, int(Level.BYTES))
    assert good["badge"][:2] == ["old result", "lightgrey"]


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's program is JavaScript")
def test_program_of_the_page(both: Matrix) -> None:
    """The page's program is JavaScript that can be parsed, and each element that it asks for is there."""
    page = FORMATS["html"](both)
    program = page.partition("<script>")[2].partition("</script>")[0]
    subprocess.run(["node", "--check", "-"], input=program.encode(), check=True)  # noqa: S607 - node as it is found
    assert {name for name in re.findall(r'at\("([a-z-]+)"\)', program) if f'id="{name}"' not in page} == set()


def test_page_is_small() -> None:
    """Twenty clients that answer alike take hardly more room than one, and seven hundred cases stay small."""
    cases = tuple(compared(f"t/{number:03}", RETURNED) for number in range(700))
    one = Matrix(clients=(client("c", *cases),))
    twenty = Matrix(clients=tuple(client(f"c{number}", *cases) for number in range(20)))
    assert len(FORMATS["html"](twenty)) < len(FORMATS["html"](one)) + 20 * 700 * 8


def test_broken_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 stand in a page as their escapes, and a very long payload is cut with a word."""
    path = tmp_path / "p.json"
    path.write_bytes(b"\xff" + b"x" * 200_000)
    subjects = {"t/a": Payload(id="t/a", payload_path=path)}
    data = data_of(FORMATS["html"](Matrix(clients=(client("c", compared("t/a", b"\xfe")),), subjects=subjects)))
    assert any(
        text.startswith("\\xffx") and text.endswith("170,004 more characters are not displayed")
        for text in data["texts"]
    )
    assert "\\xfe" in data["texts"]


@pytest.mark.parametrize("payloads", [True, False])
def test_saved(tmp_path: Path, *, payloads: bool) -> None:
    """A result that was saved is read as it was written; what came back is there if it was saved."""
    path = tmp_path / "result.json"
    path.write_text(json.dumps(BAD.to_dict(payloads=payloads)))
    expected = BAD if payloads else evolve(BAD, cases=tuple(evolve(case, returned=None) for case in BAD.cases))
    assert read_result(path) == expected
    assert result_of(expected.to_dict(payloads=True)) == expected


@pytest.mark.parametrize(("text", "reason"), [("{", "not JSON"), ("{}", "no result"), ("[" * 100_000, "not JSON")])
def test_not_saved(tmp_path: Path, text: str, reason: str) -> None:
    """A file that holds something else is refused with a reason."""
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(UnreadableInput, match=reason):
        read_result(path)


def test_command(tmp_path: Path) -> None:
    """Clients run one after the other, and every format is written from the same run."""
    names = {name: str(tmp_path / name) for name in FORMATS}
    also = [word for name, path in names.items() for word in ("--also", f"{name}={path}")]
    result = command(*also, "--also", f"badge={tmp_path / 'badges'}", clients={"one": "faithful", "two": "drop-nulls"})
    assert result.exit_code == 1, result.output
    assert Path(names["text"]).read_text("utf-8") == result.stdout
    Draft202012Validator(SCHEMA).validate(json.loads(Path(names["json"]).read_bytes()))
    assert sorted(path.name for path in (tmp_path / "badges").iterdir()) == ["one.json", "two.json"]


def test_run_then_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that `usagecompat run` wrote and the client itself lead to the same row."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = tmp_path / "one.json"
    said = shlex.join([sys.executable, "-I", "-S", str(MINIATURES), "drop-nulls", "kinds/costs-nulls"])
    options = ["-k", "kinds/costs", "--probes", "none", "--format", "json", "--payloads"]
    path.write_text(CliRunner().invoke(main, ["run", "--client", f"one={said}", *options]).stdout)
    saved, live = command(str(path), "--format", "json"), command("--format", "json", clients={"one": "drop-nulls"})
    assert json.loads(saved.stdout)["clients"] == json.loads(live.stdout)["clients"]


def test_not_there() -> None:
    """A client that cannot be started costs only its own row, and the exit status says so."""
    result = command("--client", "gone=usagecompat-no-such-program", clients={"one": "faithful"})
    assert result.exit_code == 2
    assert "gone: not run" in result.stdout
    assert re.search(r"^one +", result.stdout, re.MULTILINE)


def test_green() -> None:
    """Clients that keep everything lead to exit status 0, and one of them has a badge."""
    assert command(clients={"one": "faithful"}).exit_code == 0
    assert json.loads(command("--format", "badge", clients={"one": "faithful"}).stdout)["message"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "There is no client"),
        (["--client", "a=true", "--client", "a=true"], "called a"),
        (["--client", "true", "-k", "no-such-case-at-all"], "No case of"),
        (["--client", "true", "--also", "nonsense=x"], "FORMAT=PATH"),
        (["--client", "a=true", "--client", "b=true", "--format", "badge"], "one client"),
        (["--adapter", "no-such-adapter"], "no-such-adapter"),
    ],
)
def test_misuse(arguments: list[str], told: str) -> None:
    """Misuse is told in one line, with exit status 2."""
    result = CliRunner().invoke(main, ["matrix", "-k", "kinds/costs-full", "--probes", "none", *arguments])
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("html=nowhere/page.html", "is in none that exists"),
        ("json=.", "it is a directory"),
        ("badge=file", "it is a file, and badges go to a directory"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, told: str) -> None:
    """A place for another format is looked at before any client is asked."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    words = ["matrix", "--client", "mine=oneshot:touch asked", "-k", "kinds/costs", "--also", where]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, told in done.stderr, (tmp_path / "asked").exists()) == (2, True, False), done.output
