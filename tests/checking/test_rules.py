"""The rule stage: each relation kept, just broken, and not looked at where a term is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from usagecompat import LATEST, REVISIONS, check
from usagecompat.checking.rules import GROUP_KEYS, LAST_TIME
from usagecompat.checking.sums import SUM_RULES, sum_rules
from usagecompat.contract.tree import contract
from usagecompat.findings import Severity

COMPLETIONS = "organization.usage.completions.result"
EMBEDDINGS = "organization.usage.embeddings.result"
DECISIONS = "organization.usage.decisions.result"


def completion(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A completions result with ten tokens in and out, and what is given."""
    return {"object": COMPLETIONS, "input_tokens": 10, "output_tokens": 10, "num_model_requests": 1, **members}


def embedding(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An embeddings result, and what is given."""
    return {"object": EMBEDDINGS, "input_tokens": 1, "num_model_requests": 1, **members}


def bucket(*results: Any, start: int = 1, end: int = 2, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A bucket of one second."""
    return {"object": "bucket", "start_time": start, "end_time": end, "results": list(results), **members}


def page(*buckets: Any, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A last page."""
    return {"object": "page", "data": list(buckets), "has_more": False, "next_page": None, **members}


def rules(tree: object, **options: Any) -> list[str]:  # noqa: ANN401 - any option of check
    """The rule findings of a payload, as code and pointer."""
    report = check(json.dumps(tree), **options)
    return [f"{f.code.removeprefix('rule/')} {f.pointer}" for f in report.findings if f.code.startswith("rule/")]


SPLIT = {"input_uncached_tokens": 5, "input_cached_tokens": 3, "input_cache_write_tokens": 2}
UNCACHED = {"input_uncached_tokens": 6, "input_text_tokens": 3, "input_audio_tokens": 2, "input_image_tokens": 1}
CACHED = {
    "input_cached_tokens": 6,
    "input_cached_text_tokens": 3,
    "input_cached_audio_tokens": 2,
    "input_cached_image_tokens": 1,
}
OUTPUT = {"output_text_tokens": 7, "output_audio_tokens": 2, "output_image_tokens": 1}
WRITES = {"input_cache_write_tokens": 5, "input_cache_write_30m_tokens": 3, "input_cache_write_12h_tokens": 2}

SUMS = {
    "cached-is-all": (completion(input_cached_tokens=10), []),
    "cached-is-one-more": (completion(input_cached_tokens=11), ["cached-exceeds-input "]),
    "cached-is-absent": (completion(), []),
    "cached-is-zero-of-zero": (completion(input_tokens=0, input_cached_tokens=0), []),
    "input-adds-up": (completion(**SPLIT), []),
    "input-is-one-more": (completion(**SPLIT, input_tokens=11), ["input-split-mismatch "]),
    "input-is-one-less": (completion(**SPLIT, input_tokens=9), ["input-split-mismatch "]),
    "input-lacks-a-part": (completion(input_uncached_tokens=5, input_cached_tokens=3), []),
    "input-part-is-no-number": (completion(**{**SPLIT, "input_cache_write_tokens": "2"}), []),
    "uncached-adds-up": (completion(**UNCACHED), []),
    "uncached-is-one-less": (completion(**{**UNCACHED, "input_uncached_tokens": 5}), ["uncached-split-mismatch "]),
    "uncached-is-one-more": (completion(**{**UNCACHED, "input_uncached_tokens": 7}), ["uncached-split-mismatch "]),
    "uncached-lacks-images": (completion(input_uncached_tokens=9, input_text_tokens=3, input_audio_tokens=2), []),
    "cached-adds-up": (completion(**CACHED), []),
    "cached-is-one-less": (completion(**{**CACHED, "input_cached_tokens": 5}), ["cached-split-mismatch "]),
    "cached-lacks-its-total": (completion(input_cached_text_tokens=99), []),
    "output-adds-up": (completion(**OUTPUT), []),
    "output-is-one-more": (completion(**OUTPUT, output_tokens=11), ["output-split-mismatch "]),
    "writes-are-all": (completion(**WRITES), []),
    "writes-are-less": (completion(**{**WRITES, "input_cache_write_tokens": 6}), []),
    "writes-are-more": (completion(**{**WRITES, "input_cache_write_tokens": 4}), ["cache-write-split-exceeded "]),
    "writes-without-30m": (completion(input_cache_write_tokens=1, input_cache_write_12h_tokens=2), []),
    "two-rules-at-once": (
        completion(**{**OUTPUT, "output_audio_tokens": 3}, input_cached_tokens=11),
        ["cached-exceeds-input ", "output-split-mismatch "],
    ),
    "decisions": (
        {"object": DECISIONS, "input_tokens": 1, "output_tokens": 1, "num_model_requests": 1, "input_cached_tokens": 2},
        ["cached-exceeds-input "],
    ),
    "null-in-decisions": (
        {
            "object": DECISIONS,
            "input_tokens": 1,
            "output_tokens": 1,
            "num_model_requests": 1,
            "input_cached_tokens": None,
        },
        [],
    ),
    "embeddings-declare-no-cache": (embedding(input_cached_tokens=5), []),
    "unknown-kind": ({"object": "organization.usage.x.result", "input_tokens": 1, "input_cached_tokens": 2}, []),
    "beyond-every-machine-word": (
        completion(input_tokens=10**50, input_cached_tokens=10**50 + 1),
        ["cached-exceeds-input "],
    ),
}


@pytest.mark.parametrize(("tree", "expected"), SUMS.values(), ids=SUMS)
def test_sums(tree: object, expected: list[str]) -> None:
    """A relation between counts is checked where every term is there, and reported at the result."""
    assert rules(tree) == expected


def test_spelling_is_no_matter() -> None:
    """Rules compare values, however they are spelled."""
    text = json.dumps(completion(input_cached_tokens=11)).replace("11", "1.1e1")
    assert "rule/cached-exceeds-input" in {finding.code for finding in check(text).findings}
    assert "rule/cached-exceeds-input" not in {f.code for f in check(text.replace("1.1e1", "1.0e1")).findings}


@pytest.mark.parametrize(
    ("code", "since"),
    [
        ("rule/cached-exceeds-input", "2024-12-04"),
        ("rule/input-split-mismatch", "2026-07-15"),
        ("rule/uncached-split-mismatch", "2026-07-15"),
        ("rule/cached-split-mismatch", "2026-07-15"),
        ("rule/output-split-mismatch", "2026-07-15"),
        ("rule/cache-write-split-exceeded", "2026-10-21"),
    ],
)
def test_rules_begin_when_every_term_is_declared(code: str, since: str) -> None:
    """A relation is checked from the revision on that declares all of its terms."""
    rule = next(rule for rule in SUM_RULES if rule.code == code)
    assert next(revision for revision in REVISIONS if rule in sum_rules(revision, COMPLETIONS)) == since


_12H, _30M = "input_cache_write_12h_tokens", "input_cache_write_30m_tokens"
ON_TOP = {"2026-10-02", "2026-10-06", "2026-10-14"}
"""When cache writes for 12 hours came on top of `input_cache_write_tokens`."""
EITHER = {one for one in REVISIONS if one >= "2026-10-21"}
"""Since when they are inside, or on top where there is no count for 30 minutes."""


@pytest.mark.parametrize("kind", [COMPLETIONS, DECISIONS])
@pytest.mark.parametrize("revision", [one for one in REVISIONS if one >= "2026-07-15"])
@pytest.mark.parametrize(
    ("members", "allowed"),
    {
        "on-top": ({"input_tokens": 14, _12H: 4}, ON_TOP | EITHER),
        "inside": ({_12H: 2}, set(REVISIONS) - ON_TOP),
        "neither": ({"input_tokens": 13, _12H: 2}, set[str]()),
        "12h-absent": ({}, set(REVISIONS)),
        "12h-null": ({_12H: None}, set(REVISIONS)),
        "12h-zero": ({_12H: 0}, set(REVISIONS)),
        "12h-no-integer": ({"input_tokens": 14, _12H: 4.5}, ON_TOP | EITHER),
        "inside-beside-30m": ({_12H: 2, _30M: 0}, set(REVISIONS) - ON_TOP),
        "on-top-beside-30m": ({"input_tokens": 12, _12H: 2, _30M: 0}, ON_TOP),
        "on-top-beside-null": ({"input_tokens": 12, _12H: 2, _30M: None}, ON_TOP | EITHER),
        "12h-alone-exceeds-all": ({"input_tokens": 19, _12H: 9}, ON_TOP | EITHER),
    }.values(),
)
def test_long_cache_writes_came_on_top_for_a_while(
    kind: str, revision: str, members: dict[str, Any], allowed: set[str]
) -> None:
    """Of 2026-10-02 to 2026-10-14 the 12-hour writes are added; later they are inside, or, without a 30-minute count, either."""
    tree = {**completion(**SPLIT), "object": kind, **members}
    if kind == DECISIONS and revision < "2026-10-14":
        assert rules(tree, revision=revision) == []
        return
    assert rules(tree, revision=revision) == ([] if revision in allowed else ["input-split-mismatch "])


def test_a_sum_that_may_be_either_names_both() -> None:
    """Where two sums are right and neither holds, the message has both."""
    tree = completion(**SPLIT, input_tokens=13, input_cache_write_12h_tokens=2)
    (finding,) = (one for one in check(json.dumps(tree)).findings if one.code.startswith("rule/"))
    assert finding.message == (
        "input_uncached_tokens + input_cached_tokens + input_cache_write_tokens = 10 or input_uncached_tokens + "
        "input_cached_tokens + input_cache_write_tokens + input_cache_write_12h_tokens = 12 must equal input_tokens = 13"
    )


def test_undeclared_terms_count_for_nothing() -> None:
    """At a revision that does not declare a term, the relation is not checked."""
    tree = completion(**SPLIT, input_tokens=11)
    assert rules(tree, revision="2026-05-21") == []
    assert rules(tree, revision="2026-07-15") == ["input-split-mismatch "]


def test_sums_inside_a_page() -> None:
    """A broken relation points at the result object."""
    tree = page(bucket(completion(), completion(user_id="u", input_cached_tokens=11)))
    assert rules(tree) == ["cached-exceeds-input /data/0/results/1"]


CURSORS = {
    "more-and-cursor": ({"has_more": True, "next_page": "page_2"}, []),
    "more-and-null": ({"has_more": True, "next_page": None}, ["has-more-without-cursor /next_page"]),
    "more-and-empty": ({"has_more": True, "next_page": ""}, ["has-more-without-cursor /next_page"]),
    "no-more-and-null": ({"has_more": False, "next_page": None}, []),
    "no-more-and-empty": ({"has_more": False, "next_page": ""}, []),
    "no-more-and-cursor": ({"has_more": False, "next_page": "page_2"}, ["cursor-without-has-more /next_page"]),
    "more-is-no-boolean": ({"has_more": "true", "next_page": None}, []),
    "cursor-is-no-string": ({"has_more": False, "next_page": 5}, []),
}


@pytest.mark.parametrize(("members", "expected"), CURSORS.values(), ids=CURSORS)
def test_cursors(members: dict[str, Any], expected: list[str]) -> None:
    """A page has a cursor exactly if it says that there is more."""
    assert rules(page(**members)) == expected


def test_no_cursor_at_all() -> None:
    """An absent cursor is none, and the finding points to where it belongs."""
    tree = page(has_more=True)
    del tree["next_page"]
    assert rules(tree) == ["has-more-without-cursor /next_page"]


TIMES = {
    "adjacent": (page(bucket(start=1, end=2), bucket(start=2, end=3)), []),
    "apart": (page(bucket(start=1, end=2), bucket(start=9, end=10)), []),
    "overlapping": (page(bucket(start=1, end=3), bucket(start=2, end=4)), ["overlapping-buckets /data/1"]),
    "same-start": (page(bucket(start=1, end=3), bucket(start=1, end=3)), ["overlapping-buckets /data/1"]),
    "unordered": (page(bucket(start=5, end=6), bucket(start=1, end=2)), ["unordered-buckets /data/1"]),
    "unordered-and-overlapping": (page(bucket(start=5, end=6), bucket(start=1, end=9)), ["unordered-buckets /data/1"]),
    "descending": (
        page(bucket(start=5, end=6), bucket(start=3, end=4), bucket(start=1, end=2)),
        ["unordered-buckets /data/1"],
    ),
    "one-second": (page(bucket(start=1, end=2)), []),
    "no-time": (page(bucket(start=1, end=1)), ["end-before-start /data/0"]),
    "backwards": (page(bucket(start=2, end=1)), ["end-before-start /data/0"]),
    "negative-times": (
        page(bucket(start=-5, end=-4), bucket(start=-4, end=1)),
        ["time-not-in-seconds /data/0/start_time"],
    ),
    "time-is-text": (page(bucket(start=5, end=6), bucket(start_time="1")), []),
}


@pytest.mark.parametrize(("tree", "expected"), TIMES.values(), ids=TIMES)
def test_times(tree: object, expected: list[str]) -> None:
    """Buckets follow each other and end after they start; what does not points at the later bucket."""
    assert rules(tree) == expected


def test_grouped_disorder() -> None:
    """Buckets in reverse order are one finding with a count."""
    report = check(json.dumps(page(bucket(start=5, end=6), bucket(start=3, end=4), bucket(start=1, end=2))))
    assert [(f.code, f.pointer, f.count) for f in report.findings] == [("rule/unordered-buckets", "/data/1", 2)]


def test_bucket_alone() -> None:
    """A bucket that is a payload of its own is held to the same rules, at its root."""
    assert rules(bucket(start=1, end=1)) == ["end-before-start "]
    assert rules(bucket(embedding(), embedding())) == ["duplicate-group /results/1"]


GROUPS = {
    "different-keys": ([embedding(model="a"), embedding(model="b")], []),
    "same-keys": ([embedding(model="a"), embedding(model="a")], ["duplicate-group /results/1"]),
    "absent-counts-as-null": ([embedding(), embedding(model=None, user_id=None)], ["duplicate-group /results/1"]),
    "empty-is-not-null": ([embedding(model=""), embedding(model=None)], []),
    "counts-are-no-keys": ([embedding(input_tokens=1), embedding(input_tokens=2)], ["duplicate-group /results/1"]),
    "undeclared-is-no-key": ([embedding(extra=1), embedding(extra=2)], ["duplicate-group /results/1"]),
    "first-and-last": (
        [embedding(model="a"), embedding(model="b"), embedding(model="a")],
        ["duplicate-group /results/2"],
    ),
    "false-is-not-zero": ([completion(batch=False), completion(batch=0)], []),
    "text-is-not-boolean": ([completion(batch=True), completion(batch="true")], []),
    "unknown-kinds": ([{"object": "organization.usage.x.result"}] * 2, []),
    "no-kind": ([{"a": 1}, {"a": 1}], []),
    "keys-of-wrong-type": ([embedding(model=[]), embedding(model=[])], []),
    "keys-are-equal-numbers": ([embedding(model=5), embedding(model=5.0)], ["duplicate-group /results/1"]),
    "keys-are-other-numbers": ([embedding(model=5), embedding(model=6)], []),
    "tag-is-no-text": ([{**embedding(), "object": tag} for tag in ([], {}, 5, None) for _ in range(2)], []),
    "two-kinds": ([embedding(), completion()], ["mixed-kinds "]),
    "wrong-tag-among-known": ([embedding(), {**embedding(), "object": "organization.costs"}], []),
    "unknown-among-known": ([embedding(), {"object": "organization.usage.x.result"}], ["mixed-kinds "]),
    "kind-and-broken-result": ([embedding(), 5, {"a": 1}], []),
    "same-keys-around-broken-results": ([5, embedding(), {"a": 1}, embedding()], ["duplicate-group /results/3"]),
    "nothing": ([], []),
}


@pytest.mark.parametrize(("results", "expected"), GROUPS.values(), ids=GROUPS)
def test_groups(results: list[Any], expected: list[str]) -> None:
    """A bucket holds one kind, and each group once."""
    assert rules(bucket(*results)) == expected
    assert rules(page(bucket(*results))) == [
        one.replace(" /", " /data/0/") if " /" in one else f"{one}/data/0" for one in expected
    ]


@pytest.mark.parametrize("shape", contract(LATEST).kinds.values(), ids=lambda shape: shape.name)
def test_every_group_key_tells_results_apart(shape: Any) -> None:  # noqa: ANN401 - a record shape
    """Two results that differ in one group key of their kind are two groups."""
    least = {name: 1 for name in shape.required if name != "object"} | {"object": shape.kind}
    assert GROUP_KEYS[shape.kind] == tuple(name for name, member in shape.members.items() if member.is_group_key)
    for name in GROUP_KEYS[shape.kind]:
        assert rules(bucket(least, {**least, name: True if name == "batch" else "tokens"})) == []
    assert rules(bucket(least, least)) == ["duplicate-group /results/1"]


def test_keys_of_later_revisions_count() -> None:
    """A group key that a revision does not declare tells results apart all the same."""
    cost = {"object": "organization.costs.result"}
    tree = bucket({**cost, "user_id": "a"}, {**cost, "user_id": "b"})
    assert rules(tree, revision="2026-05-13") == []


def test_kinds_of_later_revisions_have_groups() -> None:
    """Results of a kind that the revision does not know yet are told apart by its group keys, or are duplicates."""
    one = {"object": DECISIONS, "model": "a"}
    assert rules(bucket(one, {**one, "model": "b"}), revision="2024-12-04") == []
    assert rules(bucket(one, one), revision="2024-12-04") == ["duplicate-group /results/1"]


def test_kinds_are_told_per_bucket() -> None:
    """Buckets of different kinds on a page are no mixture, and the same group in two buckets is no duplicate."""
    tree = page(bucket(embedding()), bucket(completion(), start=2, end=3), bucket(embedding(), start=3, end=4))
    assert rules(tree) == []


def test_results_under_the_old_name() -> None:
    """The results of a bucket are held to the rules under whichever name they stand."""
    tree = {"object": "bucket", "start_time": 1, "end_time": 2, "result": [embedding(), embedding()]}
    assert rules(tree, revision="2025-02-10") == ["duplicate-group /result/1"]
    assert rules(tree) == ["duplicate-group /result/1"]


def test_undeclared_results_are_nobodys() -> None:
    """Beside the name that the revision declares, the other name of the results is an undeclared member."""
    both = {"object": "bucket", "start_time": 1, "end_time": 2, "result": [embedding()], "results": [embedding()] * 2}
    assert rules(both, revision="2025-02-10") == []
    assert rules({**both, "results": [], "result": [embedding()] * 2}) == []
    assert rules({**both, "results": None, "result": [embedding()] * 2}) == []


def test_an_error_does_not_silence_the_rules() -> None:
    """Rules are checked on what is there, whatever else is wrong with the payload."""
    tree = page(bucket(embedding(input_tokens="x"), start=5, end=6), bucket(start=1, end=1))
    assert rules(tree) == ["unordered-buckets /data/1", "end-before-start /data/1"]
    tree = page(bucket(embedding(), embedding(), start=-1, end=-1))
    assert rules(tree) == [
        "end-before-start /data/0",
        "time-not-in-seconds /data/0/start_time",
        "duplicate-group /data/0/results/1",
    ]


@pytest.mark.parametrize(
    ("currency", "expected"), [("usd", []), ("USD", ["currency-not-lower-case /amount/currency"]), (5, [])]
)
def test_currency(currency: object, expected: list[str]) -> None:
    """A currency that is not in lower case is a note at the currency."""
    tree = {"object": "organization.costs.result", "amount": {"value": 1, "currency": currency}}
    assert rules(tree) == expected
    severities = {f.severity for f in check(json.dumps(tree)).findings if f.code.startswith("rule/")}
    assert severities <= {Severity.NOTE}


@pytest.mark.parametrize(
    ("currency", "hint"),
    [
        ("$", 'The API sends "usd".'),
        (" \u20ac", 'The API sends "eur".'),
        ("\u00a3", 'The API sends "gbp".'),
        ("\u00a5", 'The API sends "jpy".'),
        ("dollars", 'The API sends codes such as "usd".'),
    ],
)
def test_a_sign_has_a_code(currency: str, hint: str) -> None:
    """For the sign of a currency its code is named, and for anything else a code as an example."""
    amount = {"value": 1, "currency": currency}
    assert said({"object": "organization.costs.result", "amount": amount})[0][1] == hint


def test_amounts_of_other_kinds_are_nobodys() -> None:
    """What stands in a member that the kind does not declare is not looked at."""
    assert rules(embedding(amount={"currency": "USD"})) == []
    assert rules({"object": "organization.usage.x.result", "amount": {"currency": "USD"}}) == []


def test_both_numbers_are_shown() -> None:
    """A broken relation is reported with its terms and their values."""
    finding = next(
        f for f in check(json.dumps(completion(input_cached_tokens=11))).findings if f.code.startswith("rule/")
    )
    assert "input_cached_tokens" in finding.message
    assert "11" in finding.message
    assert "input_tokens" in finding.message


@pytest.mark.parametrize(
    ("total", "part", "expected"),
    [
        ("1e10000", "1e10000", []),
        ("1e10000", "1.1e10000", ["cached-exceeds-input "]),
        ("9" * 10_000, "1e10000", ["cached-exceeds-input "]),
        ("1e10000", "9" * 10_000, []),
        ("0e10000", "1", ["cached-exceeds-input "]),
        ("-0", "0e-10000", []),
        ("99999999999999999999999999999", "100000000000000000000000000000", ["cached-exceeds-input "]),
    ],
)
def test_wide_numbers(total: str, part: str, expected: list[str]) -> None:
    """Relations hold exactly for the widest numbers within the limits."""
    text = json.dumps(completion(input_tokens=-1, input_cached_tokens=-2)).replace("-1", total).replace("-2", part)
    found = check(text).findings
    assert [f"{f.code.removeprefix('rule/')} {f.pointer}" for f in found if f.code.startswith("rule/")] == expected
    assert all(len(finding.message) < 300 for finding in found)


def test_wide_sums() -> None:
    """Sums of numbers that are far apart are exact."""
    text = json.dumps(completion(**SPLIT)).replace('"input_tokens": 10', '"input_tokens": ' + "1" + "0" * 9_998 + "5")
    for cached, codes in (("1e9999", []), ("1.0e9999", []), ("1e9998", ["rule/input-split-mismatch"])):
        exact = text.replace('"input_cached_tokens": 3', f'"input_cached_tokens": {cached}')
        exact = exact.replace('"input_cache_write_tokens": 2', '"input_cache_write_tokens": 0')
        assert [f.code for f in check(exact).findings if f.code.startswith("rule/")] == codes


def test_messages_are_printable() -> None:
    """A message shows control characters of the payload escaped, and does not grow with it."""
    costs = [
        {"object": "organization.costs.result", "amount": {"currency": "U\x1b[31m" * 999}},
        {"object": "\x07" * 999},
    ]
    for finding in check(json.dumps(bucket(*costs))).findings:
        assert finding.message.isprintable(), finding
        assert len(finding.message) < 700


@pytest.mark.parametrize(
    ("start", "end", "found", "said"),
    [
        (1_793_491_200_000, 1_793_577_600_000, ["time-not-in-seconds /start_time"], "milliseconds: 1793491200"),
        (1_793_491_200, 1_793_577_600_000, ["time-not-in-seconds /end_time"], "milliseconds: 1793577600"),
        (1_793_491_200_123_456, 1_793_577_600_123_456, ["time-not-in-seconds /start_time"], "microseconds: 1793491200"),
        (1_793_491_200 * 10**9, 1_793_577_600 * 10**9, ["time-not-in-seconds /start_time"], "nanoseconds: 1793491200"),
        (7_258_118_399, 7_258_118_400, [], ""),
        (7_258_118_399, 7_258_118_401, ["time-not-in-seconds /end_time"], "whole seconds"),
        (10**50, 10**50 + 1, ["time-not-in-seconds /start_time"], "whole seconds"),
        (0, 1, [], ""),
        (-1, 1, ["time-not-in-seconds /start_time"], "no usage from that time"),
        (1_793_491_200, 0, ["end-before-start "], "0 is what an integer becomes"),
        (1_793_491_200, 1_793_491_200, ["end-before-start "], "first second that is no part"),
        (1_793_577_600, 1_793_491_200, ["end-before-start "], "wrong way round"),
    ],
)
def test_odd_times(start: int, end: int, found: list[str], said: str) -> None:
    """Times that are no seconds, and buckets that end too early, are told with what went wrong."""
    tree = bucket(start=start, end=end)
    assert rules(tree) == found
    hints = [one.hint for one in check(json.dumps(tree)).findings if one.code.startswith("rule/")]
    assert said in "".join(hints)


@pytest.mark.parametrize(
    ("amount", "found"),
    [
        ({"value": 1, "currency": "usd"}, []),
        ({"value": 1, "currency": "USD"}, ["currency-not-lower-case /amount/currency"]),
        ({"value": 1, "currency": "$"}, ["currency-not-iso-4217 /amount/currency"]),
        ({"value": 1, "currency": ""}, ["currency-not-iso-4217 /amount/currency"]),
        ({"value": 1, "currency": "US dollar"}, ["currency-not-iso-4217 /amount/currency"]),
        ({"value": 1, "currency": "usd\n"}, ["currency-not-iso-4217 /amount/currency"]),
        ({"value": 1, "currency": "us\u00df"}, ["currency-not-iso-4217 /amount/currency"]),
        ({"value": 1}, ["amount-without-currency /amount/currency"]),
        ({"value": "1"}, ["amount-without-currency /amount/currency"]),
        ({"value": 1, "curency": "usd"}, []),
        ({"currency": "usd"}, []),
        ({}, []),
    ],
)
def test_currencies(amount: dict[str, Any], found: list[str]) -> None:
    """An amount has a currency of three letters beside its value, on either route."""
    tree = {"object": "organization.costs.result", "amount": amount, "project_id": "a"}
    usual = {**tree, "amount": {"value": 2, "currency": "usd"}, "project_id": "b"}
    for _ in range(2):
        assert rules(tree) == found
        both = bucket(usual, tree)
        assert rules(both) == [one.replace("/amount", "/results/1/amount") for one in found]


def said(tree: object) -> list[tuple[str, str]]:
    """The message and the hint of each rule finding."""
    return [(f.message, f.hint) for f in check(json.dumps(tree)).findings if f.code.startswith("rule/")]


@pytest.mark.parametrize(
    ("tree", "message", "hint"),
    [
        (page(has_more=True), "`has_more` is true, and there is no cursor in `next_page`", "cannot read on"),
        (page(next_page="x"), "`has_more` is false, and `next_page` holds a cursor", "Clients differ"),
        (
            page(bucket(start=9, end=10), bucket(start=0)),
            "starts at 0, before the previous one, which starts at 9",
            "order",
        ),
        (
            page(bucket(start=9, end=10), bucket(start=3)),
            "starts at 3, before the previous one, which starts at 9",
            "order",
        ),
        (
            bucket(embedding(), completion(), embedding(user_id="u")),
            f'the bucket holds results of 2 kinds: "{EMBEDDINGS}", "{COMPLETIONS}"',
            "answers with one kind",
        ),
        (
            bucket(*({"object": f"organization.usage.k{n}.result"} for n in range(6))),
            "results of 6 kinds: " + ", ".join(f'"organization.usage.k{n}.result"' for n in range(4)),
            "answers with one kind",
        ),
        (
            bucket(embedding(model="a"), embedding(), embedding()),
            "the result has the same kind and group keys as the one at index 1",
            "keeps one of the two",
        ),
        (
            page(bucket(start=1, end=9), bucket(start=8, end=9)),
            "starts at 8, before the previous one ends at 9",
            "twice",
        ),
        (bucket(start=5, end=5), "the bucket starts at 5 and ends at 5", "first second that is no part"),
        (bucket(start=5, end=0), "the bucket starts at 5 and ends at 0", "nobody has set"),
        (bucket(start=5, end=4), "the bucket starts at 5 and ends at 4", "wrong way round"),
        (
            {"object": "organization.costs.result", "amount": {"value": 1}},
            "the amount has a `value`, and no `currency`",
            'Nobody can add it to others; the API sends "currency": "usd".',
        ),
        (
            {"object": "organization.costs.result", "amount": {"value": 1, "currency": "USD"}},
            'expected a currency in lower case, found "USD"',
            'The API sends "usd".',
        ),
        (
            completion(input_cached_tokens=11),
            "input_cached_tokens = 11 must not exceed input_tokens = 10",
            "The vendor states this relation",
        ),
        (
            completion(**OUTPUT, output_tokens=11),
            "output_text_tokens + output_audio_tokens + output_image_tokens = 10 must equal output_tokens = 11",
            "The vendor states this relation",
        ),
        (bucket(start=-7), "`start_time` is -7, which is before 1970", "no usage from that time"),
        (
            bucket(start=1, end=10**10),
            "`end_time` is 10000000000, which is beyond the year 2200",
            "Times are whole seconds",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_words(tree: object, message: str, hint: str) -> None:
    """A finding says with numbers what contradicts what, and what may have gone wrong."""
    (found,) = [one for one in said(tree) if one[0].endswith(message)]
    assert hint in found[1]


NO_UNIT = "Times are whole seconds since 1970."


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (LAST_TIME + 1, NO_UNIT),
        (10**12 - 1, NO_UNIT),
        (10**12, "looks like milliseconds: 1000000000 in seconds"),
        (LAST_TIME * 10**3, f"looks like milliseconds: {LAST_TIME} in seconds"),
        (LAST_TIME * 10**3 + 1, NO_UNIT),
        (10**15 - 1, NO_UNIT),
        (10**15, "looks like microseconds: 1000000000 in seconds"),
        (LAST_TIME * 10**6, f"looks like microseconds: {LAST_TIME} in seconds"),
        (LAST_TIME * 10**6 + 1, NO_UNIT),
        (10**18, "looks like nanoseconds: 1000000000 in seconds"),
        (LAST_TIME * 10**9 + 1, NO_UNIT),
    ],
)
def test_a_finer_unit_is_named_where_it_makes_a_likely_time(time: int, words: str) -> None:
    """A time beyond 2200 is called one of a finer unit only if it then lies between 2001 and 2200."""
    (hint,) = [hint for message, hint in said(bucket(start=1, end=time)) if "beyond the year 2200" in message]
    assert hint == words if words is NO_UNIT else words in hint
    assert said(bucket(start=LAST_TIME - 1, end=LAST_TIME)) == said(bucket(start=0, end=1)) == []


@pytest.mark.parametrize("digits", [39, 40, 41])
def test_long_times_are_cut(digits: int) -> None:
    """A time of at most 40 digits is written out, and a longer one by its length alone."""
    text = json.dumps(bucket()).replace('"end_time": 2', f'"end_time": 1e{digits - 1}')
    (found,) = [one.message for one in check(text).findings if one.code == "rule/time-not-in-seconds"]
    written = f"1{'0' * (digits - 1)}" if digits <= 40 else "a number of more than 40 digits"
    assert f"`end_time` is {written}, which" in found


@pytest.mark.parametrize("odd", [None, {"object": "other", "start_time": 9}, {"object": "other", "start_time": 2}])
def test_what_is_no_bucket_is_passed_over(odd: object) -> None:
    """Among buckets something else is not compared, and those after it are; one without `object` is a bucket."""
    second = bucket(start=1)
    del second["object"]
    assert rules(page(bucket(start=5, end=6), odd, second)) == ["unordered-buckets /data/2"]
