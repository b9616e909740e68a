"""Inputs that somebody has broken on purpose: each is told for what it is, and none is a fault of the kit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from click.testing import CliRunner

from usagecompat import check, convert
from usagecompat.cli import main
from usagecompat.clients.case_results import CaseResult, Expectation, Outcome
from usagecompat.clients.case_results import Fault as ClientFault
from usagecompat.clients.expected import compare_with_list, updated
from usagecompat.clients.results import ClientResult, Probes
from usagecompat.corpus.expected import ExpectedFailure, read_expected_failures
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.inputs import named_content
from usagecompat.matrix.files import read_result
from usagecompat.scan import _state  # noqa: PLC2701 - what the test is about
from usagecompat.scan._state import State, StateOfAnotherScan  # noqa: PLC2701 - what the test is about
from usagecompat.scan.executors import run
from usagecompat.scan.partition_scan import DEFAULT
from usagecompat.scan.partitions import plan


def glob(text: str) -> ExpectedFailure:
    """A line with this glob."""
    return ExpectedFailure(text, None, "a reason", 1)


@pytest.mark.parametrize(
    ("text", "name", "stands"),
    [
        ("a/*", "a/b", True),
        ("a/*", "b/a", False),
        ("*b*", "abc", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("?b?", "abc", True),
        ("*.x", "a.x.x", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("**", "", True),
        ("a?c", "a\nc", True),
        ("a.c", "abc", False),
    ],
)
def test_globs(text: str, name: str, stands: bool) -> None:  # noqa: FBT001 - what must come of it
    """A star stands for any characters, a question mark for one, and nothing else for anything but itself."""
    assert glob(text).concerns(name, "item") is stands


def test_globs_of_many_stars() -> None:
    """A glob takes no longer for having many stars."""
    began = process_time()
    assert not glob("*a" * 12 + "*b").concerns("a" * 300, "json")
    assert process_time() - began < 60


def test_names_in_lists(tmp_path: Path) -> None:
    """A list that is written for names with spaces, stars and hashes is right when it is read again."""
    names = ("a b/c", "x#y", "s*r/q?", "tab\tbed")
    cases = tuple(
        CaseResult(
            case_id=name,
            duty=Expectation.MUST_DECODE,
            served=True,
            outcome=Outcome.CRASHED,
            faults=(ClientFault("client/crashed", "it ended"),),
        )
        for name in names
    )
    result = ClientResult(
        name="mine", command="x", way="stdio", client=None, features=None, revision=None, required=Level.EXACT,
        cases=cases, faults=(), probes=Probes(),
    )  # fmt: skip
    path = tmp_path / "list"
    path.write_text(updated(path, result), "utf-8")
    comparison = compare_with_list(result, read_expected_failures(path))
    assert comparison.ok
    assert set(comparison.expected) == set(names)


def test_states_that_were_changed(tmp_path: Path) -> None:
    """Whatever byte of a state's counts is changed, the state is refused."""
    lines = tmp_path / "a.ndjson"
    lines.write_text('{"object":"bucket","start_time":1790812800,"end_time":1790816400,"results":[]}\n', "utf-8")
    planned, path = plan([str(lines)]), tmp_path / "the.state"
    run(planned, state=path)
    whole = path.read_bytes()
    State(path, planned, DEFAULT)
    for place, byte in enumerate(whole):
        if byte in b" ":
            continue
        path.write_bytes(whole[:place] + bytes([byte ^ 1]) + whole[place + 1 :])
        with pytest.raises(StateOfAnotherScan):
            State(path, planned, DEFAULT)


def test_states_of_before(tmp_path: Path) -> None:
    """A state that an older kit wrote, without a digest, is still taken."""
    lines = tmp_path / "a.ndjson"
    lines.write_text("{}\n", "utf-8")
    planned, path = plan([str(lines)]), tmp_path / "the.state"
    run(planned, state=path)
    held = json.loads(path.read_bytes())
    del held["digest"]
    path.write_text(json.dumps(held), "utf-8")
    assert State(path, planned, DEFAULT).summary.payloads == 1


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no room for the state, the message says for which file."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_state.os, "fsync", full)
    (tmp_path / "a.json").write_text("{}", "utf-8")
    result = CliRunner().invoke(main, ["scan", str(tmp_path / "a.json"), "--state", str(tmp_path / "the.state")])
    assert result.exit_code == 2
    assert f"{tmp_path / 'the.state'}: No space left on device" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "command",
    [
        ["scan", "{}", "--list", "/dev/full"],
        ["scan", "{}", "--also", "html=/dev/full"],
        ["check", "{}", "--also", "html=/dev/full"],
        ["scan", "{}", "--jobs", "2", "--also", "html=/dev/full"],
        ["convert", "{}", "--to", "2025-02-10", "--out", "/dev/full"],
    ],
    ids=" ".join,
)
def test_full_disks_of_other_files(tmp_path: Path, command: list[str]) -> None:
    """Whatever file there is no room for, the message names it."""
    (tmp_path / "a.json").write_text('{"object": "organization.costs.result", "saved": 1}', "utf-8")
    told = CliRunner().invoke(main, [part.format(tmp_path / "a.json") for part in command])
    assert told.exit_code == 2
    assert "/dev/full: No space left on device" in told.stderr


@pytest.mark.parametrize("sign", [1, -1])
def test_long_python_integers(sign: int) -> None:
    """An integer of a million digits in a mapping is beyond the limit, which nobody has to write it out for."""
    short, long = (check({"object": "page", "x": sign << bits}) for bits in (40_001, 3_400_000))
    for report in (short, long):
        assert "json/limit-digits" in {one.code for one in report.findings}
    assert "1,023,5" in next(one.message for one in long.findings if one.code == "json/limit-digits")


@pytest.mark.parametrize("seconds", ["inf", "nan", "0", "-1", "1e300", "soon"])
@pytest.mark.parametrize("command", ["run", "matrix"])
def test_timeouts(command: str, seconds: str) -> None:
    """A deadline that nobody can wait for is misuse."""
    result = CliRunner().invoke(main, [command, "--client", sys.executable, "--timeout", seconds])
    assert result.exit_code == 2
    assert "--timeout" in result.stderr
    assert "fault" not in result.stderr


def test_days_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that is said to be today and is none is misuse."""
    for said in ("soon", "1e9", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", said)
        arguments = ["run", "--client", f"{sys.executable} -c pass", "-k", "kinds/costs-nulls", "--format", "html"]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2
        assert "SOURCE_DATE_EPOCH" in result.stderr


def test_results_that_are_no_base64(tmp_path: Path) -> None:
    """A result file whose payload is no base64 is no result file."""
    client = f'{sys.executable} -c "import sys; sys.stdout.write(sys.stdin.read())"'
    arguments = ["run", "--client", client, "--oneshot", "-k", "kinds/costs-nulls", "--format", "json", "--payloads"]
    told = json.loads(CliRunner().invoke(main, arguments).stdout)
    told["cases"][0]["returned"] = "no base64!"
    path = tmp_path / "result.json"
    path.write_text(json.dumps(told), "utf-8")
    with pytest.raises(Exception, match="base64"):
        read_result(path)


def test_badges_of_names_that_are_nearly_alike(tmp_path: Path) -> None:
    """Each client has a badge file of its own, whatever it is called."""
    clients = [part for name in ("a@b", "a-b", "a+b") for part in ("--client", f"{name}={sys.executable} -c pass")]
    arguments = ["matrix", *clients, "-k", "kinds/costs-nulls", "--also", f"badge={tmp_path}"]
    CliRunner().invoke(main, arguments)
    assert len(list(tmp_path.glob("*.json"))) == 3
    assert (tmp_path / "a-b.json").is_file()


def test_endless_files_that_are_named() -> None:
    """A device that never ends is read as far as it makes sense, wherever a file can be named."""
    zero = Path("/dev/zero")
    for words in (
        ["matrix", zero],
        ["run", "--client", "true", "--expected", zero],
        ["redact", "x", "--out", "y", "--key-file", zero],
        ["revisions", "import", zero],
        ["fixtures", "list", zero],
    ):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 2
        assert "/dev/zero" in result.stderr
        assert result.stderr.count("this is no revision") <= 1


def test_named_content(tmp_path: Path) -> None:
    """A file that is named is read to its end, or not at all."""
    (tmp_path / "x").write_bytes(b"abc")
    assert named_content(tmp_path / "x", 3) == b"abc"
    with pytest.raises(UnreadableInput, match="more than 2 bytes"):
        named_content(tmp_path / "x", 2)
    with pytest.raises(UnreadableInput, match="No such file"):
        named_content(tmp_path / "y")


FULL: Final = {
    "check": ["check", "cost.json", "--also", "html=/dev/full"],
    "scan": ["scan", "cost.json", "--list", "/dev/full"],
    "convert": ["convert", "cost.json", "--to", "flat", "--out", "/dev/full"],
    "explain": ["explain", "--write", "/dev/full"],
    "about": ["revisions", "import", "openapi.json", "--output", "/dev/full"],
}


@pytest.mark.parametrize("name", FULL)
def test_full_disks_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What cannot be written is named, wherever a file is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cost.json").write_text('{"object": "organization.costs.result", "line_itm": 1}', "utf-8")
    (tmp_path / "openapi.json").write_text(CliRunner().invoke(main, ["openapi", "--json"]).stdout, "utf-8")
    result = CliRunner().invoke(main, FULL[name])
    assert result.exit_code == 2
    assert "usagecompat: /dev/full: No space left on device" in result.stderr


@pytest.mark.parametrize(
    "words",
    ["explain", "explain wire", "explain --json", "revisions", "fixtures list", "adapters list", "serve --list",
     "revisions diff 2024-12-04 2026-10-21", "schema page", "openapi"],
)  # fmt: skip
def test_outputs_that_nobody_takes(words: str) -> None:
    """A list ends in peace where its reader has enough, and names standard output where that is full."""
    command = [sys.executable, "-m", "usagecompat", *words.split()]
    env = {**os.environ, "PATH": ""}  # compilers that adapters need would say their versions
    end, start = os.pipe()
    os.close(end)
    with open(start, "wb") as nobody:  # noqa: PTH123 - no path
        done = subprocess.run(command, stdout=nobody, stderr=subprocess.PIPE, env=env, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert b"Traceback" not in done.stderr
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr) == (2, b"usagecompat: standard output: No space left on device\n")


def test_counts_that_nobody_asks_for() -> None:
    """A conversion computes no count whose meaning stays: six characters may spell ten thousand digits."""
    record = '{"object": "organization.usage.completions.result", "input_tokens": 1e9999, "output_tokens": 1, "num_model_requests": 1}'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("usagecompat.jsontext.values._whole", None)
        assert convert(record, "2024-12-16").payload == record.encode()


def test_references_that_double(tmp_path: Path) -> None:
    """A document in which each schema leads to the next one twice is read to an end, and that is told."""
    schemas: dict[str, object] = {
        f"A{at}": {"allOf": [{"$ref": f"#/components/schemas/A{at + 1}"}] * 2} for at in range(35)
    }
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/organization/costs": {"get": {"responses": {"200": answer}}}},
        "components": {"schemas": {**schemas, "A35": {"type": "object"}}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    result = CliRunner().invoke(main, ["revisions", "import", str(tmp_path / "openapi.json")])
    assert result.exit_code == 2
    assert "this is no revision" in result.stderr


@pytest.mark.parametrize("expression", ["not " * 5_000 + "x", "(" * 5_000 + "x", "(" * 5_000 + "x" + ")" * 5_000])
def test_deep_selections(expression: str) -> None:
    """An expression that nests deeper than anybody writes is refused, in a line that somebody reads."""
    result = CliRunner().invoke(main, ["run", "--client", "true", "--set", "smoke", "-k", expression])
    assert result.exit_code == 2
    assert "nested deeper than 100 levels" in result.stderr
    assert len(result.stderr) < 5_000


def test_long_names_are_cut() -> None:
    """What is said of a name of a megabyte is no megabyte."""
    result = CliRunner().invoke(main, ["x" * 1_000_000])
    assert result.exit_code == 2
    assert len(result.stderr) < 5_000
    assert result.stderr.endswith("See: usagecompat --help\n") or "--help" in result.stderr
