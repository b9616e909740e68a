"""`--compat-client`: clients as judges beside the kit's own."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
GOOD = "numbers/count-one"


def client(fault: str, victim: str = GOOD, name: str = "mine") -> str:
    """A fake client as it is named on the command line."""
    return f"{name}={shlex.join([sys.executable, '-I', '-S', str(MINIATURES), fault, victim])}"


def outcomes(result: pytest.RunResult) -> Sequence[str]:
    """The lines of the verbose report that are about clients."""
    return [line.split(" [")[0].strip() for line in result.outlines if "::client[" in line and "%]" in line]


@pytest.mark.usefixtures("small")
def test_faithful(pytester: pytest.Pytester) -> None:
    """Each case has an item for each client, which passes if the client does what it has to."""
    result = pytester.runpytest(
        "--compat=fixtures", "--compat-client", client("faithful"), "--compat-client", client("accept-everything", name="other"), "-k", "client"
    )  # fmt: skip
    result.assert_outcomes(passed=6, failed=2, deselected=15)
    result.stdout.fnmatch_lines_random(
        [
            "FAILED fixtures/numbers/count-negative.case.json::client[[]other[]]*",
            "FAILED fixtures/text/trailing-brace.case.json::client[[]other[]]*",
            "*client/accepted-invalid*",
        ]
    )


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("crash", "client/crashed"),
        ("garbage", "client/protocol-violation"),
        ("refuse", "client/refused-valid"),
        ("random", "client/nondeterministic"),
        ("first-only", "client/nondeterministic"),
        ("twice", "client/protocol-violation"),
    ],
)
def test_faults(pytester: pytest.Pytester, fault: str, told: str) -> None:
    """What a client does wrong with a case fails that case, and the message says what and how to see it again."""
    result = pytester.runpytest(f"--compat=fixtures/{GOOD}.json", "--compat-client", client(fault), "-k", "client")
    result.assert_outcomes(failed=1, deselected=4)
    result.stdout.fnmatch_lines(
        [f"*{told}*", "*to reproduce:*", "*pytest*::client[[]mine[]]* --compat-client *miniatures.py*"]
    )


@pytest.mark.usefixtures("small")
def test_harmless_variety(pytester: pytest.Pytester) -> None:
    """A client whose members come back in another order each time is no failure, because the level allows it."""
    result = pytester.runpytest(f"--compat=fixtures/{GOOD}.json", "--compat-client", client("turning"), "-k", "client")
    result.assert_outcomes(passed=1, deselected=4)


@pytest.mark.usefixtures("small")
def test_not_judged(pytester: pytest.Pytester) -> None:
    """A case that a client skips is skipped, not passed."""
    result = pytester.runpytest(
        f"--compat=fixtures/{GOOD}.json", "--compat-client", client("skip"), "-k", "client", "-rs"
    )
    result.assert_outcomes(skipped=1, deselected=4)
    result.stdout.fnmatch_lines(["*SKIPPED*skipped: later (https://example.org/1)*"])


@pytest.mark.usefixtures("small")
def test_expected(pytester: pytest.Pytester) -> None:
    """The list of expected failures is the same, and a line for a client speaks of no other judge."""
    pytester.makeini("[pytest]\ncompat_expected_failures = known.txt\n")
    (pytester.path / "known.txt").write_text(
        f"{GOOD}::client[mine]  client/crashed  # as ever\nnumbers/count-neg*::client[mine] # not so\n", "utf-8"
    )
    result = pytester.runpytest("--compat=fixtures", "--compat-client", client("crash"), "-rx")
    result.assert_outcomes(passed=17, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*not so*", f"*XFAIL *{GOOD}.case.json::client*as ever*"])


@pytest.mark.usefixtures("small")
def test_last_words(pytester: pytest.Pytester) -> None:
    """What a client does wrong when it ends is told in the summary, also by workers of pytest-xdist."""
    words = ("--compat=fixtures", "--compat-client", client("ends-badly"), "-k", "client")
    for result in (pytester.runpytest(*words), pytester.runpytest(*words, "-n", "1")):
        result.assert_outcomes(passed=4)
        result.stdout.fnmatch_lines(["*client[[]mine[]]: client/crashed: *exit status 7*"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("given", ["mine=", "python:nothing"])
def test_no_client(pytester: pytest.Pytester, given: str) -> None:
    """What names no client is a usage error."""
    result = pytester.runpytest("--compat=fixtures", "--compat-client", given)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--compat-client: *is no client*"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--compat=plain", "--compat-client", "./nobody"], "*--corpus plain` asks it about payloads"),
        (
            ["--compat=fixtures", "--compat-client", "a=./one", "--compat-client", "a=./two"],
            "*2 clients have 1 names, client[[]a[]]; put NAME= before each",
        ),
        (["--compat=fixtures", "--compat-fuzz", "soon"], "*--compat-fuzz: it takes a number of seconds above zero, not 'soon'"),
        (["--compat=fixtures", "--compat-client-timeout", "0"], "*--compat-client-timeout: it takes a number of seconds above zero, not '0'"),
    ],
)  # fmt: skip
def test_misuse(pytester: pytest.Pytester, options: list[str], told: str) -> None:
    """A client that nothing would be put to, two of one name, and seconds that are none are usage errors."""
    pytester.mkdir("plain").joinpath("one.json").write_text("{}")
    result = pytester.runpytest(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])
