"""`--compat-baseline`: only what got worse fails."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from usagecompat.cli import main

MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
VICTIM = "numbers/count-one"


def client(fault: str, name: str = "mine") -> str:
    """A fake client."""
    return f"{name}={shlex.join([sys.executable, '-I', '-S', str(MINIATURES), fault, VICTIM])}"


def saved(pytester: pytest.Pytester, *clients: str, level: str = "exact") -> str:
    """A file with what came of clients at the small corpus."""
    kinds = [word for one in clients for word in ("--client", one)]
    made = CliRunner().invoke(
        main, ["matrix", *kinds, "--corpus", "fixtures", "--probes", "none", "--require", level, "--json"]
    )
    assert made.exit_code < 2, made.output
    (pytester.path / "old.json").write_text(made.stdout, "utf-8")
    return "--compat-baseline=old.json"


@pytest.mark.usefixtures("small")
def test_as_before(pytester: pytest.Pytester) -> None:
    """What failed before is expected to fail, and a fixed client passes."""
    option = saved(pytester, client("crash"))
    again = pytester.runpytest("--compat=fixtures", "--compat-client", client("crash"), option, "-k", "client", "-rx")
    again.assert_outcomes(passed=3, xfailed=1, deselected=15)
    again.stdout.fnmatch_lines(["*it failed so in the baseline: client/crashed*"])
    fixed = pytester.runpytest("--compat=fixtures", "--compat-client", client("faithful"), option, "-k", "client")
    fixed.assert_outcomes(passed=4, deselected=15)


@pytest.mark.usefixtures("small")
def test_worse(pytester: pytest.Pytester) -> None:
    """A new failure fails, and so does an old one for another reason; the command that reproduces it names the file."""
    option = saved(pytester, client("faithful"))
    worse = pytester.runpytest("--compat=fixtures", "--compat-client", client("crash"), option, "-k", "client")
    worse.assert_outcomes(passed=3, failed=1, deselected=15)
    worse.stdout.fnmatch_lines(["*pytest *client[[]mine[]]*--compat-baseline=old.json"])
    option = saved(pytester, client("crash"))
    other = pytester.runpytest(
        "--compat=fixtures", "--compat-client", client("hang"), "--compat-client-timeout=1", option, "-k", "client"
    )
    other.assert_outcomes(passed=3, failed=1, deselected=15)


@pytest.mark.usefixtures("small")
def test_says_nothing_of_a_case(pytester: pytest.Pytester) -> None:
    """A failing case that the baseline lacks, or has with another payload, did not get worse."""
    option = saved(pytester, client("crash"))
    told = json.loads((pytester.path / "old.json").read_text("utf-8"))
    text = json.dumps(told)
    (pytester.path / "old.json").write_text(text.replace(f'"{VICTIM}"', '"numbers/other"'), "utf-8")
    words = ("--compat=fixtures", "--compat-client", client("crash"), option, "-k", "client", "-rx")
    lacks = pytester.runpytest(*words)
    lacks.assert_outcomes(passed=3, xfailed=1, deselected=15)
    lacks.stdout.fnmatch_lines(["*the baseline says nothing of this case*"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--compat-baseline=old.json"], "*--compat-baseline needs --compat-client, which names what is compared*"),
        (
            ["--compat-client", client("crash"), "--compat-baseline=nothing.json"],
            "*--compat-baseline: *nothing.json: *",
        ),
        (
            ["--compat-client", client("crash"), "--compat-baseline=fixtures/notes.json"],
            "*--compat-baseline: *notes.json: *",
        ),
        (
            [
                "--compat-client",
                client("crash"),
                "--compat-client",
                client("hang", "two"),
                "--compat-baseline=old.json",
            ],
            "*--compat-baseline: it has mine, and no client called two*",
        ),
        (
            ["--compat-client", client("crash"), "--compat-baseline=old.json", "--compat-baseline=old.json"],
            "*two baselines are of the client mine*",
        ),
    ],
)
def test_misuse(pytester: pytest.Pytester, words: list[str], told: str) -> None:
    """Files that say nothing of the clients are refused, each in a sentence."""
    saved(pytester, client("crash"))
    result = pytester.runpytest("--compat=fixtures", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])
