"""`--compat-fuzz`: a search for each client, beside the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = """
def faithful(payload):
    return payload

def write(payload):
    return payload.replace(b'"has_more":true', b'"has_more":false')
"""


@pytest.fixture
def project(pytester: pytest.Pytester, small: Path) -> Path:
    """A project with a small corpus and two clients."""
    pytester.makepyfile(fuzz_clients=CLIENTS)
    return small


@pytest.mark.usefixtures("project")
def test_found(pytester: pytest.Pytester) -> None:
    """What is found fails the item of its client, with the report; the folder stands beside the settings."""
    clients = (
        "--compat-client",
        "good=python:fuzz_clients:faithful",
        "--compat-client",
        "bad=python:fuzz_clients:write",
    )
    result = pytester.runpytest("--compat=fixtures", *clients, "--compat-fuzz", "2", "-k", "fuzz[")
    result.assert_outcomes(passed=1, failed=1, deselected=23)
    result.stdout.fnmatch_lines(["*client/value-changed at /has_more*", "*corpus     4 of 4 payloads"])
    result.stdout.fnmatch_lines(["FAILED usagecompat-fuzz::fuzz[[]bad[]]*"])
    assert (pytester.path / ".usagecompat" / ".gitignore").is_file()


@pytest.mark.usefixtures("project")
def test_expected(pytester: pytest.Pytester) -> None:
    """A line of the list of expected failures may name what is found; it is not called unused."""
    pytester.makefile(".txt", known="fuzz* # it writes has_more anew\n")
    pytester.makeini("[pytest]\ncompat_expected_failures = known.txt\n")
    client = ("--compat-client", "bad=python:fuzz_clients:write")
    result = pytester.runpytest("--compat=fixtures", *client, "--compat-fuzz", "2")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*known.txt*")
    result.stdout.no_fnmatch_line("*fuzz[*]*line 1*")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--compat=fixtures", "--compat-fuzz", "2"), "*--compat-fuzz needs --compat-client*"),
        (("--compat-fuzz", "2"), "*--compat-fuzz does nothing without --compat*"),
        (("--compat=fixtures", "--compat-client", "x", "--compat-fuzz", "0"), "*--compat-fuzz*"),
        (("--compat=fixtures", "--compat-client", "x", "--compat-fuzz", "soon"), "*--compat-fuzz*"),
    ],
)
def test_misuse(pytester: pytest.Pytester, options: tuple[str, ...], words: str) -> None:
    """The option is refused where it means nothing."""
    result = pytester.runpytest(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([words])
