"""Time and memory grow with the text and no faster, whatever somebody puts into it."""

from __future__ import annotations

import pytest
from timing import grows_at_most

import hostile
from usagecompat import check


@pytest.mark.parametrize("kind", hostile.HOSTILE)
def test_time_grows_with_the_text(kind: str) -> None:
    """A text twice as long takes at most about twice the time."""
    size, text = hostile.HOSTILE[kind]
    single, double = text(size // 2), text(size)
    assert grows_at_most(3, lambda: check(single), lambda: check(double))


@pytest.mark.parametrize("kind", hostile.HOSTILE)
def test_memory_grows_with_the_text(kind: str) -> None:
    """A text twice as long takes at most about twice the memory."""
    size, text = hostile.HOSTILE[kind]
    single, double = text(size // 8), text(size // 4)
    check(single)
    assert hostile.peak(double) < 3 * hostile.peak(single) + 250_000


def test_findings_are_capped_and_the_cap_is_told() -> None:
    """However many findings there are, a report lists a thousand of each severity and says how many more there were."""
    wrong = ",".join([hostile.RESULT + ',"model":1}'] * 5_000)
    report = check(hostile.BUCKET + wrong + "]}", ignore=["rule/duplicate-group"])
    assert (len(report.findings), report.truncated) == (1_000, 4_000)
    notes = check(hostile.RESULT + hostile.names(5_000) + "}")
    assert (len(notes.findings), notes.truncated, notes.verdict) == (1_000, 4_000, "valid")


def test_pointers_are_capped_as_well() -> None:
    """Many faults below a long name are counted and not listed, but one of each severity is, so the verdict is the same."""
    name, faults = "x" * 3_000_000, '"a":1,' * 20 + '"a":1'
    report = check(f'{hostile.RESULT},"{name}":{{{faults}}},"y":1}}')
    assert [finding.severity for finding in report.findings].count("error") == 1
    assert (report.verdict, report.truncated) == ("invalid", 20)


def test_long_names_rank_revisions() -> None:
    """Undeclared members are listed however long their names are, so that the same revision fits best."""
    short, long = (
        check(hostile.RESULT + ',"input_text_tokens":1' + "".join(f',"{name * size}":1' for name in "abcde") + "}")
        for size in (1, 300_000)
    )
    assert len(long.findings) == len(short.findings)
    assert long.best_revision == short.best_revision


@pytest.mark.parametrize(
    "text",
    [hostile.page("1," * 20_000 + "1"), hostile.RESULT + ',"a":1' * 20_001 + "}"],
    ids=["wrong-items", "duplicates"],
)
def test_what_is_not_listed_takes_no_memory(text: str) -> None:
    """Findings beyond those that a report lists are not kept; names take a little more than as many values."""
    plain = hostile.RESULT + ',"x":[' + "1," * 20_000 + "1]}"
    assert check(text).truncated > 15_000
    assert len(check(plain).findings) == 1
    assert hostile.peak(text) < 2.5 * hostile.peak(plain)


def test_no_message_needs_all_digits() -> None:
    """Times of thousands of digits contradict each other as others do, in a message of readable length."""
    before, after = "1" * 9_000, "2" * 9_000
    buckets = (
        f'{{"object":"bucket","start_time":{a},"end_time":{b},"results":[]}}'
        for a, b in ((after, before), (before, before))
    )
    report = check(hostile.page(",".join(buckets)))
    found = [finding for finding in report.findings if finding.code.startswith("rule/")]
    codes = {finding.code for finding in found}
    assert codes == {"rule/end-before-start", "rule/time-not-in-seconds", "rule/unordered-buckets"}
    assert all(len(finding.message) < 200 for finding in found)
