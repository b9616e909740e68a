"""What a failing item says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def broken(small: Path, name: str, old: bytes, new: bytes) -> None:
    """Breaks one payload of the corpus."""
    payload = small / f"{name}.json"
    text = payload.read_bytes()
    assert text.count(old) == 1
    payload.write_bytes(text.replace(old, new))


def test_everything_is_told(pytester: pytest.Pytester, small: Path) -> None:
    """A failure tells code, pointer, place, what was expected and seen, why, how to fix it, and how to see it again."""
    broken(small, "deviations/amount-string", b'"usd"', b"5")
    result = pytester.runpytest("--compat=fixtures", "-k", "amount-string and record")
    result.stdout.fnmatch_lines(
        [
            "*_ deviations/amount-string::record _*",
            "schema/wrong-type at /amount/currency: expected a string, found the number 5",
            "  the case: A cost is a string that holds a decimal.",
            "  evidence: *",
            "  schema/wrong-type at /amount/currency, line 5, column 5",
            "    expected: no such finding",
            "    found:    expected a string, found the number 5",
            "    why:      a value has another JSON type than in the contract",
            '    to fix:   Write "5", in quotes. Fix amount-string.json, or, if it is right, what amount-string.case.json expects of it.',
            "  amount-string.json has other bytes than when the manifest was written.",
            "  to reproduce:",
            "    usagecompat check fixtures/deviations/amount-string.json --revision 2026-10-21",
            "    pytest --compat=fixtures/deviations/amount-string.case.json::record",
            "FAILED fixtures/deviations/amount-string.case.json::record - schema/wrong-typ*",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_missing_finding(pytester: pytest.Pytester, small: Path) -> None:
    """A finding that should be there and is not is told with its code and place."""
    broken(small, "deviations/amount-string", b'"12.50"', b"12.50")
    result = pytester.runpytest("--compat=fixtures", "-k", "amount-string", "-p", "no:randomly")
    result.assert_outcomes(passed=2, failed=2, deselected=11)
    result.stdout.fnmatch_lines(
        [
            "wire/amount-as-string at /amount/value: schemas/2026-10-21.json accepts the payload",
            "wire/amount-as-string at /amount/value: no such finding",
            "    expected: wire/amount-as-string at /amount/value",
            "    found:    no such finding",
        ]
    )


def test_finding_elsewhere(pytester: pytest.Pytester, small: Path) -> None:
    """A finding at another place than expected is told with both places."""
    broken(
        small,
        "numbers/count-negative",
        b'"input_tokens":-1,"num_model_requests":12',
        b'"input_tokens":1,"num_model_requests":-12',
    )
    result = pytester.runpytest("--compat=fixtures", "-k", "count-negative and record")
    result.stdout.fnmatch_lines(
        [
            "    expected: record/negative-count at /input_tokens",
            "    found:    the same code at /num_model_requests",
        ]
    )


def test_text_that_breaks(pytester: pytest.Pytester, small: Path) -> None:
    """A payload that is no JSON any more fails each of its items, with the place where it breaks."""
    broken(small, "numbers/count-one", b":1,", b":1,,")
    result = pytester.runpytest("--compat=fixtures", "-k", "count-one", "-p", "no:randomly")
    result.assert_outcomes(failed=4, deselected=11)
    result.stdout.fnmatch_lines(["  json/syntax-error at the root, line 1, column 82"])


def test_text_that_is_mended(pytester: pytest.Pytester, small: Path) -> None:
    """A payload that must be refused and is not is told so."""
    broken(small, "text/trailing-brace", b"]}}", b"]}")
    result = pytester.runpytest("--compat=fixtures", "-k", "trailing-brace", "-p", "no:randomly")
    result.assert_outcomes(failed=3, deselected=12)
    result.stdout.fnmatch_lines(
        [
            "json/trailing-text at the root: no such finding",
            "client/accepted-invalid at the root: a record",
            "    expected: `usagecompat.loads` raises Incompatible for json/trailing-text",
        ]
    )


def test_control_characters(pytester: pytest.Pytester, plain: Path) -> None:
    """Nothing of a payload reaches the terminal unescaped."""
    (plain / "one.json").write_text('{"object":"\\u001b[31m\\u202e"}', "utf-8")
    result = pytester.runpytest("--compat=recorded")
    text = "\n".join(result.outlines)
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    result.assert_outcomes(passed=5, failed=2, skipped=1)


@pytest.mark.usefixtures("small")
def test_payload_is_the_place(pytester: pytest.Pytester) -> None:
    """An item reports its payload as its place, so that editors open what has to be fixed."""
    pytester.makeconftest(
        """
        def pytest_collection_modifyitems(items):
            print({str(item.reportinfo()[0].name) for item in items})
        """
    )
    result = pytester.runpytest("--compat=fixtures/numbers/count-one.case.json", "-s")
    result.stdout.fnmatch_lines(["*{'count-one.json'}*"])


def test_many_mismatches(pytester: pytest.Pytester, plain: Path) -> None:
    """Of many mismatches the first ten are shown, and the others are counted."""
    (plain / "one.json").write_text(f'{{"object":"bucket","start_time":1,"end_time":2,"results":{[1] * 50}}}', "utf-8")
    result = pytester.runpytest("--compat=recorded", "-k", "one and record")
    result.stdout.fnmatch_lines(["  schema/wrong-type at /results/9, *", "  and 40 more"])


def test_more_judges(pytester: pytest.Pytester, small: Path) -> None:
    """A judge of another plugin gets an item of its own, whose mismatches are told like any others."""
    del small
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_configure(config):
            from usagecompat.corpus.mismatches import Mismatch
            from usagecompat.plugin.run import NAME

            def judge(case, terms):
                if case.verdict == "valid":
                    yield Mismatch(code="client/crashed", expected="an answer", seen="exit status 1")

            config.pluginmanager.get_plugin(NAME).case_judges["client[go]"] = judge
        """
    )
    result = pytester.runpytest("--compat=fixtures")
    result.assert_outcomes(passed=18, failed=1)
    result.stdout.fnmatch_lines(["FAILED fixtures/numbers/count-one.case.json::client[[]go[]] - client/crashed*"])
    again = pytester.runpytest("--compat=fixtures/numbers/count-one.case.json::client[go]")
    again.assert_outcomes(failed=1)
