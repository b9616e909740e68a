"""`usagecompat run --paging` as a command: ways, formats, choices, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.corpus.data import folder

if TYPE_CHECKING:
    from click.testing import Result

HERE = Path(__file__).parent
EXPORTER = f"{sys.executable} -I -S {HERE / 'exporters.py'}"
STAYS = f"{sys.executable} -I -S {HERE / 'stays.py'}"
FEW = "three-pages or completions-cut or audio-transcriptions-buckets-repeat"


def paging(client: str, *options: str, http: bool = True) -> Result:
    """Run the command in this process."""
    way = ["--http"] if http else []
    return CliRunner().invoke(main, ["run", "--paging", *way, "--client", client, *options], prog_name="usagecompat")


def test_a_right_client_ends_with_0() -> None:
    """A right client passes, and the text says of how many sequences what."""
    result = paging(EXPORTER, "-k", FEW)
    assert result.exit_code == 0, result.output
    assert "3 of 3 sequences are right, 0 are not" in result.stdout
    assert "buckets come out at LEXICAL or better in 1 everyday sequences" in result.stdout
    assert "have all buckets to give: 1 claimed to have all" in result.stdout


def test_a_faulty_client_is_told_what_to_do() -> None:
    """What went wrong, in how many sequences, at which, and what to do about it stands in the text."""
    result = paging(f"{EXPORTER} first-page", "-k", FEW, "--max-cases", "1")
    assert result.exit_code == 1
    assert "    3  client/pages-unread: Follow next_page until it is null" in result.stdout
    assert "      request 1: GET /v1/organization/usage/" in result.stdout
    assert "2 of 3 failing sequences are not listed; --max-cases 3 lists all" in result.stdout
    assert paging(f"{EXPORTER} first-page", "-k", FEW, "--quiet").stdout.count("\n") < result.stdout.count("\n")


def test_what_costs_the_level_and_is_no_fault() -> None:
    """A level below the required one that is the server's fault is told, and fails nothing."""
    result = paging(f"{EXPORTER} keeps-overlaps", "-k", "buckets-repeat")
    assert result.exit_code == 0
    assert "No failure, although the level is below EXACT:" in result.stdout
    assert "buckets-repeat: NONE: the server sent buckets twice" in result.stdout


@pytest.mark.parametrize("fault", ["none", "first-page", "floats", "hides-errors"])
def test_json_is_as_described(fault: str) -> None:
    """The JSON says for each sequence what was asked and what came of it, as schemas/run.json describes it."""
    result = paging(f"{EXPORTER} {fault}", "-k", f"{FEW} or exact-amounts", "--format", "json")
    told = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads((folder("schemas") / "run.json").read_text("utf-8"))).validate(told)
    case = next(case for case in told["cases"] if case["case"] == "sequences/completions-three-pages")
    requests = case["paging"].pop("requests")
    assert [request["status"] for request in requests] == [200] * (1 if fault == "first-page" else 3)
    assert requests[0]["target"].startswith("/v1/organization/usage/completions?start_time=1790812800&")
    read = 3 if fault == "first-page" else 8
    assert {name: case["paging"][name] for name in ("expected", "served", "printed")} == {
        "expected": 8,
        "served": read,
        "printed": read,
    }
    assert len(case["paging"]["missing"]) == 8 - read


@pytest.mark.parametrize("format_", ["junit", "github", "html", "badge"])
def test_other_formats(format_: str, tmp_path: Path) -> None:
    """Every format takes sequences, beside a page that is written as well."""
    page = tmp_path / "run.html"
    result = paging(f"{EXPORTER} first-page", "-k", "three-pages", "--format", format_, "--also", f"html={page}")
    assert result.exit_code == 1, result.output
    named = {"badge": "paging: partial (1 of ", "html": "completions-three-pages"}
    assert named.get(format_, "sequences/completions-three-pages") in result.stdout
    text = page.read_text("utf-8")
    assert "client/pages-unread" in text
    assert "Follow next_page until it is null" in text
    assert "GET /v1/organization/usage/completions?start_time=1790812800" in text


def test_expected_failures(tmp_path: Path) -> None:
    """A list of expected failures is written and read as for cases."""
    known = tmp_path / "known.txt"
    client = f"mine={EXPORTER} first-page"
    assert paging(client, "-k", FEW, "--expected", str(known), "--update-expected").exit_code == 0
    assert "client/pages-unread" in known.read_text("utf-8")
    assert paging(client, "-k", FEW, "--expected", str(known)).exit_code == 0
    assert paging(f"mine={EXPORTER}", "-k", FEW, "--expected", str(known)).exit_code == 1


def test_a_client_that_stays() -> None:
    """A client that speaks the line protocol is asked for one sequence after the other."""
    result = paging(STAYS, "-k", FEW, http=False)
    assert result.exit_code == 0, result.output
    assert "stays 7" in result.stdout
    assert paging(f"{STAYS} first-page", "-k", FEW, http=False).exit_code == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("no-feature", 'expected `"paging": true` among the features of the client'),
        ("ends", "client/crashed: the client ended with exit status 3"),
        ("skips", "skipped, so not judged"),
    ],
)
def test_a_client_that_stays_and_fails(fault: str, told: str) -> None:
    """What such a client does wrong is told, and is exit status 1."""
    result = paging(f"{STAYS} {fault}", "-k", "three-pages", http=False)
    assert result.exit_code == 1
    assert told in result.stdout


def test_one_crash_costs_one_sequence() -> None:
    """The sequence after a crash goes to a fresh client."""
    told = json.loads(paging(f"{STAYS} ends-at-cut", "-k", FEW, "--format", "json", http=False).stdout)
    outcomes = {case["case"].removeprefix("sequences/"): case["outcome"] for case in told["cases"]}
    assert outcomes.pop("completions-cut") == "crashed"
    assert set(outcomes.values()) == {"decoded"}


@pytest.mark.parametrize("client", [f"{EXPORTER} hangs", f"{STAYS} hangs"])
def test_a_client_that_hangs_is_given_up(client: str) -> None:
    """After five deadlines in a row nothing more is asked, and what was not asked is told."""
    result = paging(client, "-k", "completions", "--timeout", "0.3", "--format", "json", http="exporters" in client)
    outcomes = [case["outcome"] for case in json.loads(result.stdout)["cases"]]
    assert result.exit_code == 1
    assert outcomes.count("timed-out") == 5
    assert outcomes.count("not-run") == len(outcomes) - 5 > 5


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-k", "no-such-thing"], "No sequence of"),
        (["--oneshot"], "not both"),
        (["--require", "bytes"], "--require bytes cannot be given with --paging"),
        (["--set", "smoke"], "--set cannot be given with --paging"),
        (["--probes", "all", "--revision", "2026-10-21"], "--revision and --probes cannot be given with --paging"),
        (["--corpus", "."], "there are no sequences here"),
    ],
)
def test_misuse(options: list[str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What cannot go together is refused with exit status 2 before anything is started."""
    monkeypatch.chdir(tmp_path)
    result = paging("no-such-program", *options)
    assert result.exit_code == 2
    assert told in result.output


def test_a_function_cannot_page() -> None:
    """A Python function is refused, as it is not started with an address."""
    result = paging("python:json:loads", http=False)
    assert result.exit_code == 2
    assert "A client that pages is a command" in result.output


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with two sequences."""
    for name in ("completions-one-page", "costs-html-200"):
        place = folder("fixtures") / "sequences"
        copytree(place / name, tmp_path / "sequences" / name)
        (tmp_path / "sequences" / f"{name}.json").write_bytes((place / f"{name}.json").read_bytes())
    return tmp_path


def fixtures(*args: str | Path) -> Result:
    """Run `usagecompat fixtures` in this process."""
    return CliRunner().invoke(main, ["fixtures", *map(str, args)], prog_name="usagecompat")


def test_sequences_of_ones_own(corpus: Path) -> None:
    """The sequences of another corpus are run, and its update has nothing to do."""
    result = paging(EXPORTER, "--corpus", str(corpus))
    assert "2 of 2 sequences are right" in result.stdout
    updated = fixtures("update", corpus)
    assert (updated.exit_code, updated.stdout) == (0, "")


def edited(name: str, old: str, new: str) -> object:
    """A change to a file of a corpus."""

    def change(root: Path) -> None:
        path = root / "sequences" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


ONE = "completions-one-page.json"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edited(ONE, '"endpoint": "usage/completions"', '"endpoint": "usage/nothing"'), "`endpoint` must be one of"),
        (edited(ONE, '"scenarios": []', '"scenarios": ["no-such"]'), "there is no scenario 'no-such'"),
        (edited(ONE, '"scenarios": []', '"scenarios": [7]'), "`scenarios` must be a list of strings"),
        (edited(ONE, '"seed": 7', '"seed": -7'), "`ledger.seed` must be a whole number"),
        (edited(ONE, '"revision": "2026-10-21"', '"revision": "2026-10-22"'), "2026-10-22"),
        (edited(ONE, '"id": "sequences/completions-one-page"', '"id": "sequences/another"'), "must be its path"),
        (edited(ONE, "start_time=1790812800", "start=1790812800"), "the API refuses the query: Unknown parameter"),
        (edited(ONE, '"duty": "complete"', '"duty": "report"'), "does not follow from its head"),
        (edited(ONE, '"duty": "complete"', '"duties": "complete"'), "'duty' is a required property"),
        (edited(ONE, "{", "["), ONE),
        (edited("completions-one-page/1.json", '"object":"page"', '"object": "page"'), "has other bytes than follow"),
        (lambda root: (root / "sequences" / "costs-html-200" / "2.html").unlink(), "is missing"),
        (lambda root: (root / "sequences" / "stray.txt").write_text("x"), "belongs to no sequence"),
    ],
)
def test_broken_sequences(corpus: Path, change: object, told: str) -> None:
    """The linter names each file of a sequence that is not right, and what to do."""
    change(corpus)  # type: ignore[operator]
    result = fixtures("lint", corpus)
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if "sequences" in line]
    assert any(told in line for line in lines), result.stdout


def test_update_writes_what_follows(corpus: Path) -> None:
    """From a head alone the rest of a sequence is written again, byte for byte."""
    path = corpus / "sequences" / ONE
    text = path.read_bytes()
    told = json.loads(text)
    path.write_text(json.dumps({name: told[name] for name in list(told)[:6]}), "utf-8")
    (corpus / "sequences" / "completions-one-page" / "1.json").unlink()
    assert fixtures("update", corpus).exit_code == 1
    assert fixtures("update", corpus, "--write").exit_code == 0
    assert path.read_bytes() == text
    assert fixtures("update", corpus).exit_code == 0


def test_a_broken_sequence_is_not_run(corpus: Path) -> None:
    """A sequence that says nothing sensible is an error before any client is started."""
    edited(ONE, '"duty": "complete"', '"duty": "perhaps"')(corpus)  # type: ignore[operator]
    result = paging("no-such-program", "--corpus", str(corpus))
    assert result.exit_code == 2
    assert "`duty` must be one of complete, report, either" in result.output
