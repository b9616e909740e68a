"""What `[tool.usagecompat]` gives to a run of pytest."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
COST = '{"object":"organization.costs.result","amount":{"value":"1.5","currency":"usd"}}'


def configure(pytester: pytest.Pytester, **values: object) -> None:
    """Write the table."""
    lines = [f"{name.replace('_', '-')} = {json.dumps(value)}" for name, value in values.items()]
    (pytester.path / "pyproject.toml").write_text("\n".join(["[tool.usagecompat]", *lines]), "utf-8")


def client(fault: str, name: str = "mine", program: str = str(MINIATURES)) -> str:
    """A fake client."""
    return f"{name}={shlex.join([sys.executable, '-I', '-S', program, fault, 'numbers/count-one'])}"


@pytest.mark.usefixtures("small")
def test_clients_judge(pytester: pytest.Pytester) -> None:
    """The clients of the table judge each case, and the header says what was taken, once."""
    configure(pytester, clients=[client("faithful"), client("crash", "other")], timeout=20)
    result = pytester.runpytest("--compat=fixtures", "-k", "client")
    result.stdout.fnmatch_lines(["*pyproject.toml [[]tool.usagecompat[]] gives clients, timeout"])
    result.stdout.fnmatch_lines_random(["FAILED fixtures/numbers/count-one.case.json::client[[]other[]]*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.usefixtures("small")
def test_command_line_wins(pytester: pytest.Pytester) -> None:
    """`--compat-client` replaces those of the table, or names one of them; `--compat-no-config` leaves all out."""
    configure(pytester, clients=[client("crash"), client("faithful", "good")])
    pytester.runpytest("--compat=fixtures", "--compat-client", "good", "-k", "client[good]").assert_outcomes(
        passed=4, deselected=15
    )
    plain = pytester.runpytest("--compat=fixtures", "--compat-no-config")
    assert "tool.usagecompat" not in plain.stdout.str()
    assert "client[" not in plain.stdout.str()


@pytest.mark.usefixtures("small")
def test_required_level_and_expected_failures(pytester: pytest.Pytester) -> None:
    """A client fails below the level of the table, unless the list of the table expects it."""
    configure(pytester, clients=[client("drop-nulls")], require="bytes")
    first = pytester.runpytest("--compat=fixtures", "-k", "client")
    failed = first.parseoutcomes().get("failed", 0)
    assert failed
    (pytester.path / "known.txt").write_text("* some # it writes JSON anew\n", "utf-8")
    configure(pytester, clients=[client("drop-nulls")], require="bytes", expected="known.txt")
    assert pytester.runpytest("--compat=fixtures", "-k", "client").parseoutcomes().get("failed", 0) < failed


def test_payloads(pytester: pytest.Pytester) -> None:
    """Ignored codes, severity and revision count for payloads without a case."""
    recorded = pytester.mkdir("recorded")
    (recorded / "cost.json").write_text(COST, "utf-8")
    configure(pytester, fail_on="warning", revision="2026-08-21")
    failing = pytester.runpytest("--compat=recorded")
    failing.assert_outcomes(failed=1, passed=3)
    failing.stdout.fnmatch_lines(["*gives revision, fail-on"])
    configure(pytester, fail_on="warning", ignore=["wire/amount-as-string"])
    pytester.runpytest("--compat=recorded").assert_outcomes(passed=4)
    other = pytester.runpytest("--compat=recorded", "--compat-ignore", "json/duplicate-member")
    other.assert_outcomes(failed=1, passed=3)


def test_clients_without_cases(pytester: pytest.Pytester) -> None:
    """Where only payloads are run, the summary says which clients of the table were not asked."""
    (pytester.mkdir("recorded") / "cost.json").write_text(COST, "utf-8")
    configure(pytester, clients=[client("faithful"), client("crash", "other")])
    result = pytester.runpytest("--compat=recorded", "-q")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["not asked, as a client is asked about cases, *: client[[]mine[]], client[[]other[]]"])
    plain = pytester.runpytest("--compat=recorded", "--compat-no-config")
    assert "not asked" not in plain.stdout.str()


@pytest.mark.usefixtures("small")
def test_what_is_for_other_runs(pytester: pytest.Pytester) -> None:
    """Ignored codes of the table are no mistake where there are only cases, and without `--compat` nothing is read."""
    configure(pytester, ignore=["wire/amount-as-string"], fail_on="note")
    assert pytester.runpytest("--compat=fixtures").ret == pytest.ExitCode.OK
    (pytester.path / "pyproject.toml").write_text("[tool.usagecompat]\nrequires = 3", "utf-8")
    assert pytester.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"requires": "open"}, "at 'requires': there is no such key; did you mean 'require'?"),
        ({"clients": "x"}, "at 'clients': it takes a list of clients"),
        ({"require": "opem", "clients": [client("faithful")]}, "at 'require': 'opem' is not one of none, values"),
        ({"profile": "x"}, "there is no profile 'x'"),
        ({"clients": ["a 'b"]}, "cannot be split into words"),
    ],
)
def test_bad_values(pytester: pytest.Pytester, values: dict[str, object], told: str) -> None:
    """What cannot be used is refused as misuse, with the file and the key."""
    configure(pytester, **values)
    result = pytester.runpytest("--compat=fixtures")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in result.stderr.str()


@pytest.mark.usefixtures("small")
def test_processes(pytester: pytest.Pytester) -> None:
    """Processes of pytest-xdist take the same from the table."""
    configure(pytester, clients=[client("faithful")])
    result = pytester.runpytest("--compat=fixtures", "-n", "2", "-k", "client")
    result.assert_outcomes(passed=4)


@pytest.mark.usefixtures("small")
def test_below_the_file(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of the table is started beside the file, wherever pytest is."""
    (pytester.path / "client.py").write_text(MINIATURES.read_text("utf-8"), "utf-8")
    configure(pytester, clients=[client("faithful", program="client.py")])
    below = pytester.mkdir("below")
    monkeypatch.chdir(below)
    pytester.runpytest("--compat=../fixtures", "-k", "client").assert_outcomes(passed=4, deselected=15)
