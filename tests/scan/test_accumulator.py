"""What is counted in bulk is what `check` says of each payload."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given
from timing import grows_at_most

from usagecompat import cases
from usagecompat.checking.stages import check, fast_route
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.findings import Profile
from usagecompat.jsontext import diagnosis, reader
from usagecompat.scan import accumulator
from usagecompat.scan.accumulator import Judged, Tallying
from usagecompat.scan.summary import MOST_EXAMPLES, Piece, Summary, total
from usagecompat.strategies import broken_payloads, payloads

from .conftest import START, assorted, bucket, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINES = assorted(300)
NEWEST = Judged()
STRINGS = ("wire/amount-as-string",)


@pytest.fixture
def exact_route(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is proved; the exact route answers for everything."""
    monkeypatch.setenv("USAGECOMPAT_ROUTE", "exact")
    fast_route.cache_clear()
    yield
    monkeypatch.undo()
    fast_route.cache_clear()


def one_by_one(lines: Sequence[bytes], judged: Judged = NEWEST) -> Summary:
    """The summary of lines that come by themselves."""
    tallying = Tallying(judged)
    tallying.begin("x")
    for number, line in enumerate(lines, 1):
        if line.strip():
            tallying.payload(line.removesuffix(b"\r"), number)
    tallying.end(Piece(0, None, len(lines)))
    return tallying.summary()


def in_blocks(lines: Sequence[bytes], size: int, judged: Judged = NEWEST) -> Summary:
    """The summary of lines that come in blocks."""
    tallying = Tallying(judged)
    tallying.begin("x")
    for first in range(0, len(lines), size):
        tallying.block(b"".join(line + b"\n" for line in lines[first : first + size]), first + 1)
    tallying.end(Piece(0, None, len(lines)))
    return tallying.summary()


def but_bytes(summary: Summary) -> dict[str, object]:
    """All of a summary but its size, in which blank lines count if they come in blocks."""
    return {**summary.to_dict(), "bytes": 0}


@cache
def lines_one_by_one(judged: Judged) -> dict[str, object]:
    """What the lines of all sorts come to by themselves."""
    return but_bytes(one_by_one(LINES, judged))


@pytest.mark.parametrize("profile", ["served", "published"])
@pytest.mark.parametrize("revision", [LATEST, "2026-05-13", "2024-12-04"])
@pytest.mark.parametrize("size", [1, 2, 7, 60, 1000])
def test_blocks(size: int, revision: str, profile: str) -> None:
    """A block of lines comes to what its lines come to by themselves, whatever they are."""
    judged = Judged(revision, profile)
    assert but_bytes(in_blocks(LINES, size, judged)) == lines_one_by_one(judged)


def test_exact_route(exact_route: None) -> None:  # noqa: ARG001 - turns the fast route off
    """Without the fast route the summary is the same."""
    slow = but_bytes(in_blocks(LINES[:120], 30))
    fast_route.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("USAGECOMPAT_ROUTE")
        fast_route.cache_clear()
        assert fast_route() is not None
        assert but_bytes(in_blocks(LINES[:120], 30)) == slow


@pytest.mark.parametrize("name", ["", " ", "a b", "x"])
def test_undeclared_names(name: str) -> None:
    """An undeclared member is counted under its name, which may be empty or have spaces, however lines come."""
    some = [text(bucket(number, **{name: 1})) for number in range(20)]
    assert in_blocks(some, 20).undeclared == one_by_one(some).undeclared == {name: 20}


def assert_as_checked(payload: bytes, judged: Judged) -> None:
    """Hold the summary of one payload to its report."""
    tallying = Tallying(judged)
    tallying.begin("x")
    tallying.payload(payload)
    tallying.end(Piece(0, None))
    summary = tallying.summary()
    report = check(payload, revision=judged.revision, profile=judged.profile)
    assert summary.verdicts == {report.verdict: 1}
    assert list(summary.verdicts_by_month.values()) == [{report.verdict: 1}]
    assert summary.shapes == {report.shape or "none": 1}
    assert summary.best_revisions == {report.best_revision or "none": 1}
    if not report.truncated:
        counts: Counter[str] = Counter()
        first: dict[str, tuple[str, str]] = {}
        for finding in report.findings:
            counts[finding.code] += finding.count
            first.setdefault(finding.code, (finding.pointer, finding.message))
        assert {code: tally.count for code, tally in summary.findings.items()} == counts
        seen = {code: (tally.first[0].pointer, tally.first[0].message) for code, tally in summary.findings.items()}
        assert seen == {code: (at if len(at) <= 300 else at[:299] + "…", said) for code, (at, said) in first.items()}
        wire = {code: count for code, count in counts.items() if code.startswith("wire/")}
        assert total_of(summary) == wire


def total_of(summary: Summary) -> dict[str, int]:
    """The deviations of all months."""
    counts: Counter[str] = Counter()
    for month in summary.deviations.values():
        counts.update(month)
    return dict(counts)


@pytest.mark.parametrize("revision", [LATEST, "2025-02-10"])
def test_corpus(revision: str) -> None:
    """Of each case of the corpus the summary says what its report says, the best revision included."""
    for case in cases():
        assert_as_checked(case.payload, Judged(revision))


@pytest.mark.parametrize("revision", REVISIONS)
@given(data=st.data())
def test_generated(revision: str, data: st.DataObject) -> None:
    """Of generated payloads, valid and broken, the summary says what the report says."""
    payload = data.draw(
        st.one_of(payloads(revision=revision, profile="served"), broken_payloads(revision=revision).map(first))
    )
    assert_as_checked(payload, Judged(data.draw(st.sampled_from([LATEST, revision]))))


def first(pair: tuple[bytes, str]) -> bytes:
    """The payload without its code."""
    return pair[0]


@given(many=st.lists(payloads(profile="served"), min_size=2, max_size=12))
def test_generated_blocks(many: list[bytes]) -> None:
    """A block of generated payloads comes to what they come to by themselves."""
    lines = [payload for payload in many if b"\n" not in payload and payload.strip()] * 3
    assert but_bytes(in_blocks(lines, 100)) == but_bytes(one_by_one(lines))


def test_lines_that_do_not_hold_one_payload_each() -> None:
    """Lines that hold two payloads or half of one are judged as they are, though a block of them parses as a whole."""
    plain, spaced = text(bucket(1, model="ab")), text(bucket(1, model="a b"))
    half = len(plain) // 2
    for lines in (
        [b"", spaced, plain, plain + plain],
        [plain, plain[:half], plain[half:], plain],
        [plain + b" " + plain, b"  ", plain, b""],
        [plain, spaced.replace(b'"ab"', b'"a b"'), plain[:half], plain[half:] + plain],
    ):
        summary = in_blocks(lines * 12, 100)
        assert but_bytes(summary) == but_bytes(one_by_one(lines * 12))
        assert summary.verdicts["invalid"] >= 12


COSTS = {"object": "organization.costs.result", "amount": {"value": "0.5", "currency": "usd"}}
ODD = {
    "bucket-with-data": ({**bucket(0, "costs"), "results": [COSTS], "data": 5}, LATEST),
    "result-with-a-time": ({**COSTS, "start_time": START}, LATEST),
    "both-names-one-an-array": (
        {"object": "bucket", "start_time": START, "end_time": START + 1, "result": [COSTS], "results": 5},
        "2025-02-10",
    ),
    "both-names-both-arrays": (
        {"object": "bucket", "start_time": START, "end_time": START + 1, "result": [COSTS], "results": []},
        "2025-02-10",
    ),
}


@pytest.mark.usefixtures("nothing_learned")
@pytest.mark.parametrize("name", ODD)
def test_what_comes_later_counts_alike(name: str) -> None:
    """Whether a payload is the first of its layout or one of many makes no difference to what is counted of it."""
    tree, revision = ODD[name]
    one = in_blocks([text(tree)], 7, Judged(revision))
    many = in_blocks([text(tree)] * 30, 7, Judged(revision))
    assert but_bytes(many)["deviations"] == but_bytes(total([one] * 30))["deviations"]
    assert many.verdicts_by_month == total([one] * 30).verdicts_by_month
    assert many.kinds == total([one] * 30).kinds == {"organization.costs.result": 30}
    assert many.coverage.keys() == one.coverage.keys()


def test_lines_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is longer than a text may be is invalid, though it says something valid and then only spaces."""
    for module in (accumulator, diagnosis, reader, fast_route()):
        monkeypatch.setattr(module, "MAX_SIZE", 3_000)
    line = text(bucket())
    padded = [line.ljust(3_000), line.ljust(3_001)]
    for lines in ([line, padded[1], line], padded):
        assert in_blocks(lines, 3).verdicts == {"valid": len(lines) - 1, "invalid": 1}
        assert one_by_one(lines).verdicts == {"valid": len(lines) - 1, "invalid": 1}
    assert in_blocks(padded, 3).findings["json/limit-size"].count == 1


@pytest.mark.parametrize("line", [b"", b"5"])
def test_time_grows_with_the_lines(line: bytes) -> None:
    """Twice as many short odd lines in a block take about twice the time."""
    assert grows_at_most(3, lambda: in_blocks([line] * 10_000, 10_000), lambda: in_blocks([line] * 20_000, 20_000))


def test_examples_are_the_first() -> None:
    """The places that are told are the first ones, though lines are judged in another order."""
    odd = text(bucket(1, model=5))
    lines = [*[text(bucket(number)) for number in range(40)], odd, *[text(bucket(number, x=1)) for number in range(40)]]
    findings = in_blocks(lines, 30).findings
    assert [one.line for one in findings["schema/undeclared-member"].first] == [42, 43, 44]
    assert [one.line for one in findings["schema/wrong-type"].first] == [41]
    assert findings["schema/undeclared-member"].count == 40
    assert len(findings["schema/undeclared-member"].first) == MOST_EXAMPLES


def test_deviations_by_month() -> None:
    """A deviation counts in the month in which its bucket starts, on pages too."""
    day = 86_400
    amount = {"value": "1.50", "currency": "usd"}
    buckets = [bucket(number, "costs", day, amount=amount) for number in (29, 30, 31, 32)]
    page = {"object": "page", "data": buckets, "has_more": False, "next_page": None}
    expected = {"2026-10": {"wire/amount-as-string": 2}, "2026-11": {"wire/amount-as-string": 2}}
    assert one_by_one([text(page)]).deviations == expected
    assert in_blocks([text(one) for one in buckets * 40], 80).deviations == {
        month: {code: count * 40 for code, count in codes.items()} for month, codes in expected.items()
    }
    assert one_by_one([text(buckets[0]["results"][0])]).deviations == {"none": {"wire/amount-as-string": 1}}
    far = {**buckets[0], "start_time": 10**14, "end_time": 10**15}
    assert one_by_one([text(far)]).deviations == {"none": {"wire/amount-as-string": 1}}


def by_month(lines: Sequence[bytes], judged: Judged) -> dict[str, dict[str, int]]:
    """The verdicts by month of lines, from nothing but their reports and their text."""
    months: dict[str, Counter[str]] = {}
    for line in filter(bytes.strip, lines):
        report = check(line.removesuffix(b"\r"), revision=judged.revision, profile=judged.profile, ignore=judged.ignore)
        month = "none"
        if report.shape in {"page", "bucket"}:
            tree = json.loads(line, parse_float=Decimal)
            first = next(iter(tree["data"]), {}) if report.shape == "page" else tree
            start = first.get("start_time", -1)
            if 946_684_800 <= start < 4_102_444_800:
                month = datetime.fromtimestamp(int(start), UTC).strftime("%Y-%m")
        months.setdefault(month, Counter())[str(report.verdict)] += 1
    return {month: dict(verdicts) for month, verdicts in months.items()}


@pytest.mark.parametrize("judged", [Judged(), Judged(profile=Profile.PUBLISHED), Judged(ignore=frozenset(STRINGS))])
@given(data=st.data())
def test_verdicts_by_month(judged: Judged, data: st.DataObject) -> None:
    """Each payload counts in the month in which its first bucket starts, whoever proved or judged it, in any order."""
    day = 86_400
    amount = {"value": "1.50", "currency": "usd"}
    lines: list[bytes] = []
    for number in data.draw(st.lists(st.integers(-90, 400), min_size=1, max_size=20)):
        plain = bucket(number, width=day)
        page = {"object": "page", "data": [plain, bucket(number + 40, width=day)], "has_more": False, "next_page": None}
        sorts = [
            text(plain),
            text(bucket(number, "costs", day, amount=amount)),
            text(bucket(number, width=day, x=1)),
            text({**plain, "results": [plain["results"][0], {**plain["results"][0], "model": None}]}),
            text({**plain, "results": []}),
            text(page),
            text({**page, "data": []}),
            text({**page, "data": [bucket(number, "costs", day, amount=amount)]}),
            text(plain["results"][0]),
            text(bucket(number, width=day, input_tokens="7")),
            text({**plain, "start_time": number, "end_time": number + 1}),
            text({**plain, "start_time": 10**12, "end_time": 10**13}),
            text(plain)[:-9],
        ]
        lines += [data.draw(st.sampled_from(sorts))] * data.draw(st.sampled_from([1, 12]))
    lines = data.draw(st.permutations(lines))
    expected = by_month(lines, judged)
    assert one_by_one(lines, judged).verdicts_by_month == expected
    assert in_blocks(lines, data.draw(st.sampled_from([1, 7, 1000])), judged).verdicts_by_month == expected


@pytest.mark.parametrize("first", ["2000-01", "2026-12", "2028-02", "2099-12"])
def test_edges_of_months(first: str) -> None:
    """The last second of a month belongs to it, and the next one to the month behind it, many at once or not."""
    year, month = map(int, first.split("-"))
    since = int(datetime(year, month, 1, tzinfo=UTC).timestamp())
    until = int(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())
    starts = [until, since, until - 1, since - 1]
    lines = [text({**bucket(), "start_time": start, "end_time": start + 1}) for start in starts] * 20
    expected = by_month(lines, NEWEST)
    assert expected[first] == {"valid": 40}
    assert in_blocks(lines, 100).verdicts_by_month == one_by_one(lines).verdicts_by_month == expected


def test_coverage() -> None:
    """Buckets cover time for the kind of their results; empty ones for the one kind of their page; invalid ones nothing."""
    hour = 3600
    page = {"object": "page", "data": [bucket(0), {**bucket(1), "results": []}], "has_more": False, "next_page": None}
    alone = {**bucket(5), "results": []}
    lines = [text(page), text(alone), text(bucket(7, model=5)), text(bucket(8, "rockets"))]
    covered = {kind: one.stretches()[0] for kind, one in one_by_one(lines).coverage.items()}
    assert covered == {
        "organization.usage.completions.result": [(START, START + 2 * hour)],
        "(none)": [(START + 5 * hour, START + 6 * hour)],
        "(unknown)": [(START + 8 * hour, START + 9 * hour)],
    }


def test_hostile_lines_stay_small() -> None:
    """Names and kinds of any length, and times beyond all bounds, leave a summary of moderate size."""
    long = "n" * 1_000_000
    lines = [text({**bucket(number), long: number}) for number in range(2)]
    lines += [text(bucket(number, f"k{number}_{long[: number * 10]}")) for number in range(300)]
    lines += [
        text({**bucket(0), "start_time": 10**number, "end_time": 10 ** (number + 1)}) for number in range(11, 300)
    ]
    assert len(str(in_blocks(lines, 50).to_dict())) < 100_000


def test_sums_of_sources() -> None:
    """Files one after the other come to the sum of the files."""
    tallying = Tallying(Judged())
    for name in ("a", "b"):
        tallying.begin(name)
        tallying.block(b"".join(line + b"\n" for line in LINES[:50]), 1)
        tallying.end(Piece(0, None, 50))
    ones: list[Summary] = []
    for name in ("a", "b"):
        alone = Tallying(Judged())
        alone.begin(name)
        alone.block(b"".join(line + b"\n" for line in LINES[:50]), 1)
        alone.end(Piece(0, None, 50))
        ones.append(alone.summary())
    assert tallying.summary() == total(ones)


@pytest.mark.parametrize(
    "members",
    [
        '"input_cache_write_12h_tokens":2',
        '"input_cache_write_12h_tokens":2,"input_cache_write_30m_tokens":null',
        '"input_cache_write_12h_tokens":0',
        '"input_cache_write_12h_tokens":2,"input_cache_write_30m_tokens":0',
    ],
)
@pytest.mark.parametrize("total", [10, 12, 13])
def test_cache_writes_of_two_meanings(members: str, total: int) -> None:
    """Where revisions add 12-hour cache writes up in different ways, lines of a block fit what they fit by themselves."""
    line = (
        b'{"object":"bucket","start_time":1,"end_time":2,"results":[{"object":"organization.usage.completions.result",'
        b'"input_tokens":%d,"input_cached_tokens":3,"input_cache_write_tokens":2,"input_uncached_tokens":5,'
        b'"output_tokens":1,"num_model_requests":1,%s}]}' % (total, members.encode())
    )
    assert_as_checked(line, NEWEST)
    assert but_bytes(in_blocks([line] * 40, 40)) == but_bytes(one_by_one([line] * 40))
    assert in_blocks([line] * 40, 40).best_revisions == {check(line).best_revision: 40}
