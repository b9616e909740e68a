"""Cases as parameters: `parametrize`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import usagecompat
from usagecompat.exceptions import NoSuchName, UnreadableInput
from usagecompat.testing import parametrize

if TYPE_CHECKING:
    from usagecompat import Case

SMOKE = usagecompat.cases("smoke")


@parametrize("smoke", verdict="valid")
def test_valid_cases(case: Case, request: pytest.FixtureRequest) -> None:
    """A test runs with a case of the kind that was asked for, under the id of the case."""
    assert case.verdict == "valid"
    assert request.node.name.endswith(f"[{case.id}]")


def test_as_a_user_has_it(pytester: pytest.Pytester) -> None:
    """Each case is a test; `-k` runs one, and the one that fails is named."""
    pytester.makepyfile(
        """
        from usagecompat.testing import parametrize

        @parametrize("smoke", argument="one")
        def test_no_nulls(one):
            assert b"null" not in one.payload
        """
    )
    nulls = sum(b"null" in case.payload for case in SMOKE)
    found = pytester.runpytest("-q")
    found.assert_outcomes(passed=len(SMOKE) - nulls, failed=nulls)
    found = pytester.runpytest("-q", "-k", "costs-nulls-within")
    found.assert_outcomes(failed=1, deselected=len(SMOKE) - 1)
    found.stdout.fnmatch_lines(["FAILED *test_no_nulls[[]kinds/costs-nulls-within[]]*"])


@pytest.mark.parametrize(
    ("options", "error", "why"),
    [
        ({"set": "smok"}, NoSuchName, "did you mean 'smoke'?"),
        ({"shape": "pages"}, NoSuchName, "there is no shape 'pages'"),
        ({"verdict": "good"}, NoSuchName, "there is no verdict 'good'"),
        ({"set": "smoke", "shape": "flat", "verdict": "acceptable"}, ValueError, "the test would never run"),
        ({"root": Path("nowhere")}, UnreadableInput, "nowhere"),
    ],
)
def test_misuse(options: dict[str, Any], error: type[Exception], why: str) -> None:
    """A choice that there is not, or that leaves nothing, is refused while tests are collected."""
    with pytest.raises(error, match=re.escape(why)):
        parametrize(**options)
