"""`--compat-set derived`: cases made in memory, beside the files and never among them."""

from __future__ import annotations

import pytest

from usagecompat.contract import LATEST

NODE = "fixtures/numbers/count-one.case.json"


@pytest.mark.usefixtures("small")
def test_derived(pytester: pytest.Pytester) -> None:
    """The derived cases run in place of the files, under the file that they come from, and are counted by themselves."""
    listed = pytester.runpytest("--compat=fixtures", "--compat-set", "derived", "--collect-only", "-q")
    nodes = [line for line in listed.outlines if "::" in line]
    assert nodes
    assert all(node.startswith(f"{NODE}::20") for node in nodes)
    result = pytester.runpytest("--compat=fixtures", "--compat-set", "derived")
    result.assert_outcomes(passed=len(nodes))
    result.stdout.fnmatch_lines(
        [
            f"{len(nodes)} of {len(nodes)} cases run that are derived in memory from 1 files: * valid, * acceptable, * invalid",
            f"{len(nodes)} of {len(nodes)} items passed",
        ]
    )


@pytest.mark.usefixtures("small")
def test_one_derived_case(pytester: pytest.Pytester) -> None:
    """An obligation can be named."""
    name = f"{LATEST}/UsageCodeInterpreterSessionsResult/num_sessions/null"
    pytester.runpytest(f"--compat={NODE}::{name}", "--compat-set", "derived").assert_outcomes(passed=1)


@pytest.mark.usefixtures("small")
def test_derived_at_a_revision(pytester: pytest.Pytester) -> None:
    """With a revision, the obligations of that revision are met, by its letter if that is asked for."""
    result = pytester.runpytest(
        "--compat=fixtures", "--compat-set=derived", "--compat-revision=2026-05-13", "--compat-profile=published", "-v"
    )
    assert result.ret == 0
    nodes = [line for line in result.outlines if "::" in line]
    assert nodes
    assert all("::2026-05-13/UsageCodeInterpreterSessionsResult/" in node for node in nodes)


@pytest.mark.usefixtures("plain")
def test_plain_tree_has_no_cases(pytester: pytest.Pytester) -> None:
    """From payloads of which nobody said what they are, nothing can be derived."""
    result = pytester.runpytest("--compat=recorded", "--compat-set=derived")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*has no cases, from which others can be derived*"])


@pytest.mark.usefixtures("small")
def test_pinned_cases_only(pytester: pytest.Pytester) -> None:
    """Nothing is derived from cases that the pinned version did not have."""
    result = pytester.runpytest("--compat=fixtures", "--compat-set=derived", "--compat-corpus=0.0.1")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.usefixtures("small")
def test_failure(pytester: pytest.Pytester) -> None:
    """A failure shows the payload, which is nowhere else, and the command that makes it again."""
    pytester.makeconftest(
        """
        from importlib import import_module

        import pytest

        from usagecompat.corpus.mismatches import Mismatch

        patch = pytest.MonkeyPatch()

        def lie(case, profile):
            yield Mismatch(code=case.code, pointer=case.pointer, expected="this", seen="that")

        def pytest_configure():
            patch.setattr(import_module("usagecompat.plugin.items"), "judge_derived", lie)

        def pytest_unconfigure():
            patch.undo()
        """
    )
    name = f"{LATEST}/UsageCodeInterpreterSessionsResult/num_sessions/null"
    result = pytester.runpytest(f"--compat={NODE}::{name}", "--compat-set=derived")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "schema/unexpected-null at /num_sessions: that",
            f"  derived in memory from numbers/count-one, to show {name}:",
            '    {"object":"organization.usage.code_interpreter_sessions.result","num_sessions":null,*',
            f"    pytest --compat={NODE}::{name} --compat-set derived",
        ]
    )
