"""`--compat-revision` and `--compat-profile`: what payloads are held against."""

from __future__ import annotations

import pytest


@pytest.mark.usefixtures("small")
def test_other_revision(pytester: pytest.Pytester) -> None:
    """At another revision each case has the verdict that it has there."""
    result = pytester.runpytest("--compat=fixtures", "--compat-revision", "2025-01-17")
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(
        [
            "usagecompat: *; fixtures at 2025-01-17, profile served",
            "4 of 4 cases run, by their files 0 valid, 0 acceptable, 4 invalid",
        ]
    )


@pytest.mark.usefixtures("small")
def test_what_nobody_judged_is_skipped(pytester: pytest.Pytester) -> None:
    """A case that says nothing about the revision is skipped with a reason, and not counted as run."""
    sidecar = pytester.path / "fixtures/numbers/count-one.case.json"
    text = sidecar.read_text("utf-8")
    sidecar.write_text(text.replace('"from": "2024-12-04"', '"from": "2024-12-05"'), "utf-8")
    result = pytester.runpytest("--compat=fixtures", "--compat-revision", "2024-12-04", "-rs")
    result.assert_outcomes(passed=11, skipped=4)
    result.stdout.fnmatch_lines(
        [
            "3 of 4 cases run*",
            "11 of 15 items passed, 4 skipped",
            "SKIPPED [[]4[]] *: the case has no verdict at 2024-12-04 in the profile served",
        ]
    )


@pytest.mark.usefixtures("small")
def test_wrong_at_another_revision(pytester: pytest.Pytester) -> None:
    """A verdict that is not the one of that revision fails, and is told with its finding."""
    sidecar = pytester.path / "fixtures/numbers/count-one.case.json"
    sidecar.write_text(sidecar.read_text("utf-8").replace('"acceptable"', '"valid"'), "utf-8")
    result = pytester.runpytest("--compat=fixtures", "--compat-revision", "2025-02-10")
    result.assert_outcomes(passed=14, failed=1)
    result.stdout.fnmatch_lines(
        [
            "wire/code-interpreter-without-sessions at /sessions: acceptable: *",
            "    expected: valid at 2025-02-10 in the profile served",
            "    pytest --compat=fixtures/numbers/count-one.case.json::record --compat-revision 2025-02-10",
        ]
    )


@pytest.mark.usefixtures("small")
def test_the_letter(pytester: pytest.Pytester) -> None:
    """By the letter each case has its published verdict, and what the letter refuses has no round trip."""
    result = pytester.runpytest("--compat=fixtures", "--compat-profile", "published")
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(["4 of 4 cases run, by their files 1 valid, 0 acceptable, 3 invalid"])


@pytest.mark.usefixtures("small")
def test_the_letter_at_another_revision(pytester: pytest.Pytester) -> None:
    """By the letter of another revision, a case is judged only where its served verdict decides it."""
    result = pytester.runpytest("--compat=fixtures", "--compat-profile=published", "--compat-revision=2025-02-10")
    result.assert_outcomes(passed=7, skipped=8)


@pytest.mark.usefixtures("plain")
def test_plain_payloads(pytester: pytest.Pytester) -> None:
    """Plain payloads are held against the revision and the profile that are named."""
    pytester.runpytest("--compat=recorded", "--compat-revision=2025-02-10").assert_outcomes(passed=8)
    result = pytester.runpytest("--compat=recorded", "--compat-revision=2025-02-10", "--compat-profile=published")
    result.assert_outcomes(passed=2, failed=4, skipped=2)
    older = pytester.runpytest("--compat=recorded", "--compat-revision=2024-12-16", "-k", "one")
    older.stdout.fnmatch_lines(["    to fix: * At revision 2026-05-13 the payload is not invalid."])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("option", "known"),
    [("--compat-revision=2025-02-11", "2026-10-21"), ("--compat-profile=strict", "served, published")],
)
def test_unknown_name(pytester: pytest.Pytester, option: str, known: str) -> None:
    """A revision or a profile that does not exist is a usage error that lists those that do."""
    result = pytester.runpytest("--compat=fixtures", option)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: there is no *{known}*"])
