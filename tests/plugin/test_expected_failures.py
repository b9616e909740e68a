"""`compat_expected_failures`: what is known to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus.expected import ExpectedFailure, read_expected_failures
from usagecompat.exceptions import UnreadableInput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def failing(pytester: pytest.Pytester, small: Path) -> Path:
    """A corpus of which three items fail, and a list that is configured and empty; the answer is the list."""
    payload = small / "numbers/count-one.json"
    payload.write_bytes(payload.read_bytes().replace(b":1,", b":1.5,"))
    pytester.makeini("[pytest]\ncompat_expected_failures = known.txt\n")
    (pytester.path / "known.txt").touch()
    return pytester.path / "known.txt"


def test_listed_and_failing(pytester: pytest.Pytester, failing: Path) -> None:
    """What fails as listed is expected, and the run is green."""
    failing.write_text(
        "# our own list\n\n"
        "numbers/count-one::schema  schema/wrong-type     # half a session, https://example.org/1\n"
        "numbers/count-one::record  schema/wrong-type     # half a session\n"
        "numbers/*::roundtrip       client/refused-valid  # half a session\n"
        "numbers/count-neg*::roundtrip client/refused-valid # and this one is too much\n",
        "utf-8",
    )
    result = pytester.runpytest("--compat=fixtures", "-rx")
    result.assert_outcomes(passed=11, xfailed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*XPASS(strict)*and this one is too much*",
            "11 of 15 items passed, 1 failed, 3 failed as expected",
            "XFAIL fixtures/numbers/count-one.case.json::* half a session*",
        ]
    )


def test_listed_and_passing(pytester: pytest.Pytester, failing: Path) -> None:
    """What is listed and passes is a failure."""
    failing.write_text("numbers/count-one # all of it\ntext/* # was broken once\n", "utf-8")
    result = pytester.runpytest("--compat=fixtures")
    result.assert_outcomes(passed=8, xfailed=3, failed=4)
    assert result.ret is pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_some_are_listed(pytester: pytest.Pytester, failing: Path, workers: tuple[str, ...]) -> None:
    """With `some`, what fails of a glob fails as listed, and what passes has passed; a line that is never so is told."""
    failing.write_text(
        "numbers/*::schema some schema/wrong-type # half a session\n"
        "numbers/* some # half a session\n"
        "text/* some json/empty-text # none is like this\n",
        "utf-8",
    )
    result = pytester.runpytest("--compat=fixtures", *workers)
    result.assert_outcomes(passed=12, xfailed=3)
    assert result.ret is pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["expected failure of some, and none that was run has failed: text/[*] (line 3)"])
    result.stdout.no_fnmatch_line("expected failure of some*numbers*")


def test_some_that_fail_otherwise(pytester: pytest.Pytester, failing: Path) -> None:
    """With `some`, a failure that is not as listed is a failure."""
    failing.write_text("numbers/* some record/negative-count # less than none\n", "utf-8")
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=12, failed=3)


def test_failing_otherwise(pytester: pytest.Pytester, failing: Path) -> None:
    """What fails with another finding than the listed one is a failure."""
    failing.write_text("numbers/count-one::record record/negative-count # less than none\n", "utf-8")
    result = pytester.runpytest("--compat=fixtures", "-k", "count-one and record")
    result.assert_outcomes(failed=1, deselected=14)
    result.stdout.fnmatch_lines(["schema/wrong-type at /num_sessions: *"])


def test_error_is_no_mismatch(pytester: pytest.Pytester, failing: Path, small: Path) -> None:
    """A case that cannot be read is not a failure that can be expected."""
    failing.write_text("numbers/count-one # unreadable\n", "utf-8")
    (small / "numbers/count-one.json").unlink()
    pytester.runpytest("--compat=fixtures/numbers/count-one.case.json").assert_outcomes(failed=4)


def test_entry_without_items(pytester: pytest.Pytester, failing: Path) -> None:
    """An entry that no item has the name of is told when the whole corpus was collected, also by workers."""
    failing.write_text("numbers/count-one # known\nnumbers/gone # known too\n", "utf-8")
    line = "expected failure that no item has the name of: numbers/gone (line 2)"
    pytester.runpytest("--compat=fixtures").stdout.fnmatch_lines([line])
    pytester.runpytest("--compat=fixtures", "-n1").stdout.fnmatch_lines([line])
    pytester.runpytest("--compat=fixtures", "fixtures/text").stdout.no_fnmatch_line(line)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("numbers/count-one\n", "line 1: say why it fails"),
        ("# first\nnumbers/* json/none # x\n", "line 2: 'json/none' is not one finding code"),
        ("numbers/* json/empty-text json/empty-text # x\n", "is not one finding code"),
        ("numbers/* any json/empty-text # x\n", "a line is GLOB [[]all|some|flaky[]] [[]CODE[]] # REASON"),
    ],
)
def test_list_that_is_none(pytester: pytest.Pytester, failing: Path, text: str, why: str) -> None:
    """A line that is no entry is a usage error with its number."""
    failing.write_text(text, "utf-8")
    result = pytester.runpytest("--compat=fixtures")
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *known.txt: *{why}*"])


def test_missing_list(tmp_path: Path) -> None:
    """A list that is not there is refused by name."""
    with pytest.raises(UnreadableInput, match="nowhere"):
        read_expected_failures(tmp_path / "nowhere")


def test_globs() -> None:
    """In a glob only `*` and `?` are special, so that the names of client items can be written as they are."""
    entry = ExpectedFailure("costs/*::client[go?]", None, "See https://example.org/7 for it", 1)
    assert entry.concerns("costs/any", "client[go1]")
    assert not entry.concerns("costs/any", "clientg")
    assert not entry.concerns("costs/any", "schema")
    assert entry.link == "https://example.org/7"
    assert ExpectedFailure("costs/any", None, "No link", 1).link is None
    assert ExpectedFailure("costs/any", None, "No link", 1).concerns("costs/any", "schema")
