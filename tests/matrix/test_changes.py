"""What changed between two results: each kind of change, for people and for programs, and when the exit status is 1."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients import CaseResult, ClientResult, Expectation, Fault, Outcome
from usagecompat.corpus import Tier, folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Difference, Level
from usagecompat.matrix import CHANGE_FORMATS, changes_between, standing_of
from usagecompat.matrix.changes import Change, client_changes
from usagecompat.matrix.standings import read_standings

if TYPE_CHECKING:
    from click.testing import Result

    from usagecompat.matrix.changes import ClientChanges

SAVED = Path(__file__).parent / "saved"
SCHEMA = json.loads((folder("schemas") / "changes.json").read_text("utf-8"))
LOST = "client/precision-lost"
NULLS = "client/null-became-absent"


def answered(level: Level | None, *codes: str, outcome: Outcome = Outcome.DECODED, **told: Any) -> CaseResult:  # noqa: ANN401 - members of the class
    """A case with these differences, each of which caps it; or without a level, with these faults."""
    found = tuple(
        Difference(code=code, pointer="", sent="1", returned="2", message="", cap=level)
        for code in codes
        if level is not None
    )
    faults = tuple(Fault(code, "") for code in codes if level is None)
    return CaseResult(
        **{"case_id": "t/a", "duty": Expectation.MUST_DECODE, "served": True}
        | {"outcome": outcome, "level": level, "differences": found, "faults": faults}
        | told
    )


def client(*cases: CaseResult, **told: Any) -> ClientResult:  # noqa: ANN401 - members of the class
    """What came of a client."""
    return ClientResult(
        **{"name": "mine", "command": "mine", "way": "oneshot", "client": None, "features": None, "revision": None}
        | {"required": Level.EXACT, "cases": cases}
        | told
    )


def changed(before: CaseResult, now: CaseResult, **told: bool) -> ClientChanges:
    """What changed of a client with one case."""
    return client_changes(standing_of(client(before)), standing_of(client(now)), **told)


WHOLE = answered(Level.BYTES)
SPACED = answered(Level.LEXICAL, "client/whitespace-changed")
ROUNDED = answered(Level.OPEN, LOST)
EMPTIED = answered(Level.VALUES, NULLS)
BOTH = evolve(ROUNDED, differences=(*ROUNDED.differences, *answered(Level.OPEN, NULLS).differences))
OTHER = answered(Level.OPEN, NULLS)
CRASHED = answered(None, "client/crashed", outcome=Outcome.CRASHED)
REFUSED = answered(None, "client/refused-valid", outcome=Outcome.REFUSED)
SKIPPED = answered(None, outcome=Outcome.SKIPPED)
NOT_RUN = answered(None, outcome=Outcome.NOT_RUN)

KINDS = [
    (WHOLE, WHOLE, None, False),
    (WHOLE, ROUNDED, Change.NEW_FAILURE, True),
    (WHOLE, CRASHED, Change.NEW_FAILURE, True),
    (ROUNDED, WHOLE, Change.FIXED, False),
    (CRASHED, SPACED, Change.FIXED, False),
    (ROUNDED, EMPTIED, Change.WORSE, True),
    (ROUNDED, BOTH, Change.WORSE, True),
    (ROUNDED, CRASHED, Change.WORSE, True),
    (EMPTIED, ROUNDED, Change.BETTER, False),
    (BOTH, ROUNDED, Change.BETTER, False),
    (CRASHED, EMPTIED, Change.BETTER, False),
    (ROUNDED, OTHER, Change.OTHERWISE, False),
    (CRASHED, REFUSED, Change.OTHERWISE, False),
    (WHOLE, SPACED, Change.FELL, False),
    (SPACED, WHOLE, Change.ROSE, False),
    (WHOLE, NOT_RUN, Change.UNJUDGED, True),
    (ROUNDED, SKIPPED, Change.UNJUDGED, True),
    (NOT_RUN, SKIPPED, None, False),
    (SKIPPED, WHOLE, Change.JUDGED, False),
    (NOT_RUN, ROUNDED, Change.JUDGED, False),
]


@pytest.mark.parametrize(("before", "now", "kind", "worse"), KINDS)
def test_kinds(before: CaseResult, now: CaseResult, kind: Change | None, *, worse: bool) -> None:
    """Each case is of one kind of change, and some kinds mean that something got worse."""
    found = changed(before, now)
    assert [case.change for case in found.cases] == ([] if kind is None else [kind])
    assert found.got_worse is worse


def test_saved_alike(tmp_path: Path) -> None:
    """Saved results and saved matrices give the same changes as results that were never saved."""
    from usagecompat.matrix import FORMATS, Matrix  # noqa: PLC0415 - here alone

    for before, now, kind, _worse in KINDS:
        old, new = client(before), client(now)
        run, matrix = tmp_path / "run.json", tmp_path / "matrix.json"
        run.write_text(json.dumps(old.to_dict()))
        matrix.write_text(FORMATS["json"](Matrix(clients=(old,))))
        for path in (run, matrix):
            (standing,) = read_standings(path)
            found = client_changes(standing, standing_of(new))
            assert [case.change for case in found.cases] == ([] if kind is None else [kind]), path


def test_required_now() -> None:
    """Both times are judged at the level that is required now, whatever it was then."""
    old = standing_of(client(WHOLE, required=Level.OPEN))
    for required, kind in ((Level.BYTES, Change.NEW_FAILURE), (Level.EXACT, Change.FELL)):
        (found,) = client_changes(old, standing_of(client(SPACED, required=required))).cases
        assert found.change is kind
    already = client_changes(
        standing_of(client(SPACED, required=Level.OPEN)), standing_of(client(SPACED, required=Level.BYTES))
    )
    assert not already.got_worse
    assert [one.what for one in already.apart] == ["required"]


def test_extreme_and_invalid() -> None:
    """What is no failure in a run is none between two: limits of parsers, and what comes back of invalid payloads."""
    extreme = {"tier": Tier.EXTREME}
    assert not changed(evolve(WHOLE, **extreme), evolve(REFUSED, **extreme)).got_worse
    assert changed(evolve(WHOLE, **extreme), evolve(CRASHED, **extreme)).got_worse
    invalid = {"duty": Expectation.MUST_NOT_CRASH}
    assert not changed(evolve(WHOLE, **invalid), evolve(ROUNDED, **invalid)).got_worse


def test_skips_allowed() -> None:
    """What a client skips from now on is worse, unless skips are allowed."""
    assert changed(WHOLE, SKIPPED).got_worse
    assert not changed(WHOLE, SKIPPED, allow_skips=True).got_worse
    assert changed(WHOLE, NOT_RUN, allow_skips=True).got_worse


def test_other_corpus() -> None:
    """Cases that one time lacks, or that are others under their id, are told and not compared."""
    names = {"case_id": "t/b"}
    before = client(evolve(WHOLE, sha256="a" * 64), evolve(WHOLE, **names), evolve(WHOLE, case_id="t/c"))
    now = client(evolve(ROUNDED, sha256="b" * 64), evolve(WHOLE, **names), evolve(ROUNDED, case_id="t/d"))
    found = client_changes(standing_of(before), standing_of(now))
    assert (found.shared, found.other, found.gone, found.new, found.failing_new) == (
        ("t/b",),
        ("t/a",),
        ("t/c",),
        ("t/d",),
        ("t/d",),
    )
    assert not found.got_worse
    assert found.levels[Tier.EVERYDAY] == (Level.BYTES, Level.BYTES)
    both = changes_between([standing_of(before)], [standing_of(now)])
    text = CHANGE_FORMATS["text"](both, 20)
    assert "compared: 1 case that both have; 1 new (1 fail); 1 gone; 1 not the same under their id: t/a" in text
    assert "1 of 1 new cases fail, which is not worse than before:" in text


def test_as_a_whole() -> None:
    """A fault outside any case is worse if it is new."""
    fault = {"faults": (Fault("client/protocol-violation", ""),)}
    assert client_changes(standing_of(client(WHOLE)), standing_of(client(WHOLE, **fault))).got_worse
    assert not client_changes(standing_of(client(WHOLE, **fault)), standing_of(client(WHOLE))).got_worse


def test_many_clients() -> None:
    """Clients are compared by their names, and those that only one side has are told."""
    before = [standing_of(client(WHOLE, name=name)) for name in ("one", "two", "old")]
    now = [standing_of(client(case, name=name)) for name, case in (("one", WHOLE), ("two", ROUNDED), ("new", WHOLE))]
    found = changes_between(before, now)
    assert [one.got_worse for one in found.clients] == [False, True]
    assert (found.without, found.gone) == (("new",), ("old",))
    told = json.loads(CHANGE_FORMATS["json"](found, 20))
    Draft202012Validator(SCHEMA).validate(told)
    assert (told["got_worse"], told["without_baseline"], told["gone"]) == (True, ["new"], ["old"])
    assert "1 of 2 clients got worse" in CHANGE_FORMATS["markdown"](found, 20)
    with pytest.raises(UnreadableInput, match="names must be the same"):
        changes_between(before, [standing_of(client(WHOLE, name="else"))])


def test_markdown_is_short() -> None:
    """However many cases fail, Markdown fits a comment on a pull request, which may have 65,536 characters."""
    names = [f"topic/{'long-name-of-a-case-' * 3}{number}" for number in range(2_000)]
    before, now = (client(*(evolve(case, case_id=name) for name in names)) for case in (WHOLE, ROUNDED))
    found = changes_between([standing_of(before)], [standing_of(now)])
    assert len(CHANGE_FORMATS["markdown"](found, 20)) < 65_536
    assert "1980 more of 2000" in CHANGE_FORMATS["text"](found, 20)


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_hostile_names(format_: str) -> None:
    """Nothing that a client says of itself is markup, or obeyed by a terminal."""
    name = "\x1b[31m<img src=x>|`"
    found = changes_between([standing_of(client(WHOLE, name=name))], [standing_of(client(ROUNDED, name=name))])
    text = CHANGE_FORMATS[format_](found, 20)
    assert "\x1b" not in text
    if format_ == "markdown":
        assert "<img" not in text.replace(r"\<img", "")


# ---- On the command line ------------------------------------------------------------------------------------------

GOOD = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
BAD = "import sys, json; json.dump(json.load(sys.stdin), sys.stdout)"


def run(program: str, *words: str, command: str = "run") -> Result:
    """What a command says of a client that is started for each payload."""
    said = shlex.join([sys.executable, "-I", "-S", "-c", program])
    given = ["--client", f"mine=oneshot:{said}", "-k", "kinds/costs", "--probes", "none"]
    return CliRunner().invoke(main, [command, *given, *words])


def test_command(tmp_path: Path) -> None:
    """A run is compared with one that was saved, in every format; what got worse is exit status 1, and nothing else is."""
    old = tmp_path / "old.json"
    assert run(GOOD, "--also", f"json={old}").exit_code == 0
    better = run(GOOD, "--baseline", str(old))
    assert (better.exit_code, "Nothing got worse at EXACT: 7 as before." in better.stdout) == (0, True), better.output
    assert run(BAD, "--baseline", str(old)).exit_code == 0
    new = tmp_path / "new.json"
    worse = run(BAD, "--require", "bytes", "--baseline", str(old), "--format", "json", "--also", f"json={new}")
    told = json.loads(worse.stdout)
    Draft202012Validator(SCHEMA).validate(told)
    (one,) = told["clients"]
    assert worse.exit_code == 1
    assert {case["now"]["codes"][0] for case in one["new_failures"]} == {"client/whitespace-changed"}
    assert all("white space" in case["now"]["example"] for case in one["new_failures"])
    again = CliRunner().invoke(main, ["matrix", str(new), "--baseline", str(old), "--format", "json"])
    assert json.loads(again.stdout) == told
    assert again.exit_code == 1
    back = CliRunner().invoke(main, ["matrix", str(old), "--baseline", str(new), "--format", "markdown"])
    assert (back.exit_code, "nothing got worse" in back.stdout) == (0, True)


def test_known_failures(tmp_path: Path) -> None:
    """A client that fails as it did before gets exit status 0."""
    old = tmp_path / "old.json"
    assert run(BAD, "--require", "bytes", "--also", f"json={old}").exit_code == 1
    assert run(BAD, "--require", "bytes", "--baseline", str(old)).exit_code == 0


def test_side_by_side(tmp_path: Path) -> None:
    """Two versions of one client stand side by side under names of their own; without names the help says what to do."""
    old, new = tmp_path / "old.json", tmp_path / "new=1.json"
    run(GOOD, "--also", f"json={old}")
    run(BAD, "--also", f"json={new}")
    both = CliRunner().invoke(main, ["matrix", f"v1={old}", f"v2={new}"])
    assert both.exit_code == 0, both.output
    assert "\nv1 " in both.stdout
    assert "\nv2 " in both.stdout
    alike = CliRunner().invoke(main, ["matrix", str(old), str(new)])
    assert (alike.exit_code, "put NAME= before a command or a file" in alike.stderr) == (2, True)
    mixed = run(GOOD, f"v1={old}", "--format", "json", command="matrix")
    assert [row["name"] for row in json.loads(mixed.stdout)["clients"]] == ["v1", "mine"]


def test_matrix_as_baseline(tmp_path: Path) -> None:
    """A saved matrix is a baseline for many clients at once, and can be compared itself."""
    old = tmp_path / "old.json"
    old.write_text(run(GOOD, "--format", "json", command="matrix").stdout)
    assert run(BAD, "--require", "bytes", "--baseline", str(old), command="matrix").exit_code == 1
    same = CliRunner().invoke(main, ["matrix", str(old), "--baseline", str(old)])
    assert (same.exit_code, "7 as before" in same.stdout) == (0, True)
    drawn = CliRunner().invoke(main, ["matrix", str(old)])
    assert (drawn.exit_code, "it is a matrix" in drawn.stderr) == (2, True)


@pytest.mark.parametrize("name", ["run-first", "run-before-2", "matrix-first", "matrix-before-2"])
def test_earlier(name: str) -> None:
    """Files of earlier versions are baselines, too; what they do not say is told as unknown."""
    path = str(SAVED / f"{name}.json")
    result = run(GOOD, "--baseline", path)
    assert result.exit_code == 0, result.output
    assert "kinds/costs-nulls: BYTES, was " in result.stdout
    assert "kit 0.1.0, was unknown" in result.stdout
    if name.startswith("matrix"):
        other = run(GOOD, "--require", "open", "--baseline", path)
        assert (other.exit_code, "judged at EXACT" in other.stderr) == (2, True)


def test_paging(tmp_path: Path) -> None:
    """Results of clients that page are compared likewise, and not with results of cases."""
    old, payloads = tmp_path / "old.json", tmp_path / "payloads.json"
    pager = shlex.join([sys.executable, "-I", "-S", str(Path(__file__).parent.parent / "paging" / "exporters.py")])
    words = ["run", "--paging", "--http", "-k", "three-pages or completions-cut"]
    first = CliRunner().invoke(main, [*words, "--client", pager, "--also", f"json={old}"])
    assert first.exit_code == 0, first.output
    worse = CliRunner().invoke(main, [*words, "--client", f"{pager} first-page", "--baseline", str(old)])
    assert (worse.exit_code, "client/pages-unread" in worse.stdout) == (1, True), worse.output
    run(GOOD, "--also", f"json={payloads}")
    other = CliRunner().invoke(main, [*words, "--client", pager, "--baseline", str(payloads)])
    assert (other.exit_code, "give --paging to both or to none" in other.stderr) == (2, True)


def test_list_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of expected failures that the configuration names is left aside beside a baseline, which is said."""
    monkeypatch.chdir(tmp_path)
    run(GOOD, "--also", "json=old.json")
    Path("known.txt").touch()
    Path("pyproject.toml").write_text('[tool.usagecompat]\nexpected = "known.txt"\n')
    result = run(GOOD, "--baseline", "old.json")
    assert (result.exit_code, "Nothing got worse" in result.stdout) == (0, True), result.output
    assert "with --baseline the list known.txt of the configuration is not used" in result.stderr


def test_other_revision(tmp_path: Path) -> None:
    """That the baseline was judged by another revision is told, as is every option that differs."""
    old = tmp_path / "old.json"
    run(GOOD, "--also", f"json={old}", "--revision", "2026-10-06")
    result = run(GOOD, "--baseline", str(old))
    assert "revision each case's own, was 2026-10-06" in result.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved result."""
    path = tmp_path_factory.mktemp("saved") / "old.json"
    run(GOOD, "--also", f"json={path}")
    return path.read_text("utf-8")


MISUSES = {
    "twice": (["--baseline", "old.json", "--baseline", "old.json"], "Two baselines are of the client mine"),
    "expected": (["--baseline", "old.json", "--expected", "list.txt"], "give one of them"),
    "format": (["--baseline", "old.json", "--format", "junit"], "not as junit"),
    "missing": (["--baseline", "nothing.json"], "does not exist"),
    "cut": (["--baseline", "cut.json"], "was cut, or is not written to the end"),
    "lines": (["--baseline", "lines.json"], "more than one value"),
    "payload": (["--baseline", "payload.json"], "is no result of"),
    "apart": (["--baseline", "apart.json"], "shares no case with the run"),
    "none": (["--baseline", "none.json"], "shares no case with the run: it has none, and the run has kinds/"),
    "empty": (["--baseline", "empty.json"], "it is empty"),
}


@pytest.mark.parametrize("name", MISUSES)
@pytest.mark.parametrize("command", ["run", "matrix"])
def test_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: str, name: str, command: str) -> None:
    """What is no baseline, or does not go with one, is refused in one sentence with exit status 2."""
    monkeypatch.chdir(tmp_path)
    Path("old.json").write_text(whole)
    Path("cut.json").write_text(whole[: len(whole) // 2])
    Path("lines.json").write_text(whole + whole)
    Path("payload.json").write_text('{"object": "page", "data": []}')
    Path("empty.json").touch()
    Path("list.txt").touch()
    Path("none.json").write_text(json.dumps(json.loads(whole) | {"cases": []}))
    Path("apart.json").write_text(whole.replace("kinds/costs", "kinds/else"))
    words, reason = MISUSES[name]
    result = run(GOOD, *words, command=command)
    assert (result.exit_code, reason in result.stderr) == (2, True), result.output
    assert result.stderr.count("\n") == 1
