"""The fixture `usage_payload_check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def test_valid_payload(pytester: pytest.Pytester) -> None:
    """A payload that is not invalid passes, and its report is the answer."""
    pytester.makepyfile(
        """
        def test_costs(usage_payload_check):
            payload = b'{"object":"organization.costs.result","amount":{"value":"12.50","currency":"usd"}}'
            report = usage_payload_check(payload)
            assert report.verdict == "acceptable"
            assert usage_payload_check(payload, ignore=["wire/amount-as-string"]).verdict == "valid"
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_invalid_payload(pytester: pytest.Pytester) -> None:
    """An invalid payload fails the test with the whole report, at the line of the test."""
    pytester.makepyfile(
        """
        def test_costs(usage_payload_check):
            usage_payload_check('{"object":"organization.costs.result","amount":5}')
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *invalid*", "E *schema/wrong-type /amount*", "test_invalid_payload.py:2: Failed"])


def test_terms(pytester: pytest.Pytester) -> None:
    """Revision, shape and profile are those of `usagecompat.check`."""
    pytester.makepyfile(
        """
        import pytest

        def test_costs(usage_payload_check):
            payload = {"object": "organization.costs.result", "amount": {"value": "12.50"}}
            assert usage_payload_check(payload, revision="2025-02-10", shape="result").revision == "2025-02-10"
            with pytest.raises(pytest.fail.Exception):
                usage_payload_check(payload, profile="published")
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)
