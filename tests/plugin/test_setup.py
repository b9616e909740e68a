"""`--compat-setup`: what is done once before clients judge."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
MADE = "made.py"


@pytest.fixture
def words(pytester: pytest.Pytester, small: Path) -> list[str]:
    """The options of a run whose client is there only once something was done."""
    command = shlex.join([sys.executable, "-I", "-S", str(pytester.path / MADE), "faithful", "numbers/count-one"])
    return [f"--compat={small.relative_to(pytester.path)}", "--compat-client", f"mine={command}", "-k", "client"]


def setup_of(pytester: pytest.Pytester) -> str:
    """A line that makes the client, and counts how often it was run."""
    return f"cp {shlex.quote(str(MINIATURES))} {MADE} && echo once >> {shlex.quote(str(pytester.path / 'count.txt'))}"


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_done_once(pytester: pytest.Pytester, words: list[str], more: tuple[str, ...]) -> None:
    """It is run once before the first case, whatever number of processes pytest-xdist has."""
    done = pytester.runpytest(*words, "--compat-setup", setup_of(pytester), *more)
    assert (done.ret, done.parseoutcomes()["passed"]) == (0, 4)
    assert (pytester.path / "count.txt").read_text() == "once\n"


def test_nothing_is_done_for_a_list(pytester: pytest.Pytester, words: list[str]) -> None:
    """What only lists tests runs no setup."""
    pytester.runpytest(*words, "--compat-setup", setup_of(pytester), "--collect-only", "-q")
    assert not (pytester.path / MADE).exists()


def test_of_the_table(pytester: pytest.Pytester, words: list[str]) -> None:
    """The table gives it as well; it is run beside the file."""
    client = words[2]
    lines = ["[tool.usagecompat]", f"clients = [{json.dumps(client)}]", f"setup = {json.dumps(setup_of(pytester))}"]
    (pytester.path / "pyproject.toml").write_text("\n".join(lines), "utf-8")
    done = pytester.runpytest(words[0], "-k", "client")
    assert done.parseoutcomes()["passed"] == 4
    done.stdout.fnmatch_lines(["*[[]tool.usagecompat[]] gives clients, setup"])
    assert (pytester.path / "count.txt").read_text() == "once\n"


def test_reproducing(pytester: pytest.Pytester, words: list[str]) -> None:
    """The command that reproduces a failure has it."""
    words[2] = words[2].replace("faithful", "crash")
    done = pytester.runpytest(*words, "--compat-setup", setup_of(pytester))
    done.stdout.fnmatch_lines(["*pytest *client[[]mine[]]*--compat-setup 'cp *"])


def test_failure(pytester: pytest.Pytester, words: list[str]) -> None:
    """If it fails, nothing is run, and the end of what it wrote is told."""
    done = pytester.runpytest(*words, "--compat-setup", "echo no compiler here; exit 5")
    assert done.ret is pytest.ExitCode.USAGE_ERROR or done.ret == 4
    told = done.stderr.str() + done.stdout.str()
    assert "--compat-setup ended with exit status 5, so no client was asked" in told
    assert "    no compiler here" in told


def test_what_it_leaves_running(pytester: pytest.Pytester, small: Path) -> None:
    """A client that it starts is waited for, and ends with the run."""
    program = (
        "import sys\nfrom usagecompat.clients.adapter_sdk import serve\nfrom usagecompat.clients.protocol import ClientInfo\n"
        "serve(lambda run: run.payload, ClientInfo(name='late'), address='unix:c.sock')\n"
    )
    (pytester.path / "server.py").write_text(program, "utf-8")
    setup = f"(sleep 0.5; exec {shlex.quote(sys.executable)} server.py) & echo $! > process"
    words = (f"--compat={small.relative_to(pytester.path)}", "--compat-client", "unix:c.sock", "-k", "client")
    done = pytester.runpytest_subprocess(*words, "--compat-setup", setup)
    assert done.parseoutcomes()["passed"] == 4
    process = Path("/proc", (pytester.path / "process").read_text().strip(), "stat")
    assert not process.exists() or " Z " in process.read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--compat-setup", "true"), "*--compat-setup needs --compat-client, which names what is asked after it*"),
        (("--compat-setup-timeout", "3"), "*--compat-setup-timeout needs --compat-client*"),
        (("--compat-client", "x", "--compat-setup-timeout", "3"), "*--compat-setup-timeout needs --compat-setup CMD*"),
        (("--compat-client", "x", "--compat-setup", " "), "*--compat-setup takes a line of a shell*"),
        (("--compat-client", "x", "--compat-setup-timeout", "0"), "*--compat-setup-timeout: it takes a number*"),
    ],
)
def test_misuse(pytester: pytest.Pytester, small: Path, options: tuple[str, ...], told: str) -> None:
    """The options are refused where they mean nothing."""
    result = pytester.runpytest(f"--compat={small.relative_to(pytester.path)}", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])
