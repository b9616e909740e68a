"""The schema and record stages: each code where it belongs, nothing where it does not, and the likely cause beside it."""

from __future__ import annotations

from typing import Any

import pytest
from usage_trees import (
    BEFORE,
    COSTS,
    NEW,
    NULLS,
    OLD,
    PERL,
    RENAMED,
    SESSIONS,
    STORES,
    N,
    bucket,
    cost,
    old_bucket,
    page,
    store,
    text,
    without,
)

from usagecompat import LATEST, Finding, check


def findings(tree: object, **options: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - any option of check
    """What `check` finds in the text of the tree."""
    return check(text(tree), **options).findings


def only(tree: object, **options: Any) -> Finding:  # noqa: ANN401 - any option of check
    """The one finding there is."""
    found = findings(tree, **options)
    assert len(found) == 1, found
    return found[0]


CASES = {
    # schema/wrong-type, by every type that is wanted
    "integer-is-string": (LATEST, store(usage_bytes="5"), ["schema/wrong-type /usage_bytes"]),
    "integer-is-boolean": (LATEST, store(usage_bytes=True), ["schema/wrong-type /usage_bytes"]),
    "integer-is-fraction": (LATEST, store(usage_bytes=N("5.7")), ["schema/wrong-type /usage_bytes"]),
    "integer-is-fraction-by-exponent": (LATEST, store(usage_bytes=N("5e-1")), ["schema/wrong-type /usage_bytes"]),
    "integer-is-object": (LATEST, store(usage_bytes={}), ["schema/wrong-type /usage_bytes"]),
    "negative-fraction": (LATEST, store(usage_bytes=N("-0.5")), ["schema/wrong-type /usage_bytes"]),
    "string-is-number": (LATEST, store(project_id=5), ["schema/wrong-type /project_id"]),
    "string-is-boolean": (LATEST, store(project_id=False), ["schema/wrong-type /project_id"]),
    "string-is-array": (LATEST, store(project_id=[]), ["schema/wrong-type /project_id"]),
    "boolean-is-string": (LATEST, page(has_more="false"), ["schema/wrong-type /has_more"]),
    "boolean-is-number": (LATEST, page(has_more=0), ["schema/wrong-type /has_more"]),
    "object-is-number": (LATEST, cost(amount=N("1.5")), ["schema/wrong-type /amount"]),
    "object-is-string": (LATEST, cost(amount="1.50"), ["schema/wrong-type /amount"]),
    "object-is-array": (LATEST, cost(amount=[]), ["schema/wrong-type /amount"]),
    "array-is-object": (LATEST, bucket(results={}), ["schema/wrong-type /results"]),
    "page-data-is-object": (LATEST, page(data={"a": 1}), ["schema/wrong-type /data"]),
    "bucket-is-string": (LATEST, page("x", bucket()), ["schema/wrong-type /data/0"]),
    "result-is-number": (LATEST, bucket(1, store()), ["schema/wrong-type /results/0"]),
    "result-is-array": (LATEST, bucket([]), ["schema/wrong-type /results/0"]),
    "time-is-string": (LATEST, bucket(start_time="1"), ["schema/wrong-type /start_time"]),
    "object-of-page-is-number": (LATEST, page(object=5), ["schema/wrong-type /object"]),
    "object-of-page-is-number-and-more": (
        LATEST,
        page(object=5, has_more=0),
        ["schema/wrong-type /object", "schema/wrong-type /has_more"],
    ),
    "object-of-result-is-array": (LATEST, store(object=[]), ["schema/wrong-type /object"]),
    "object-of-bucket-is-array": (LATEST, bucket(object=[]), ["schema/wrong-type /object"]),
    "object-of-result-is-number": (LATEST, store(object=5, usage_bytes="x"), ["schema/wrong-type /object"]),
    "cost-is-text": (LATEST, cost(amount={"value": "NaN", "currency": "usd"}), ["schema/wrong-type /amount/value"]),
    "cost-is-padded": (LATEST, cost(amount={"value": " 1", "currency": "usd"}), ["schema/wrong-type /amount/value"]),
    "cost-has-leading-zero": (
        LATEST,
        cost(amount={"value": "01", "currency": "usd"}),
        ["schema/wrong-type /amount/value"],
    ),
    "cost-is-empty": (LATEST, cost(amount={"value": "", "currency": "usd"}), ["schema/wrong-type /amount/value"]),
    "cost-ends-with-line-feed": (
        LATEST,
        cost(amount={"value": "1\n", "currency": "usd"}),
        ["schema/wrong-type /amount/value"],
    ),
    "cost-has-a-comma": (
        LATEST,
        cost(amount={"value": "1,50", "currency": "usd"}),
        ["schema/wrong-type /amount/value"],
    ),
    "cost-has-other-digits": (
        LATEST,
        cost(amount={"value": "\u0661", "currency": "usd"}),
        ["schema/wrong-type /amount/value"],
    ),
    "cost-has-a-plus": (LATEST, cost(amount={"value": "+1", "currency": "usd"}), ["schema/wrong-type /amount/value"]),
    "quantity-is-number-text": (LATEST, cost(quantity="1"), ["schema/wrong-type /quantity"]),
    "two-errors": (
        LATEST,
        store(usage_bytes="5", project_id=5),
        ["schema/wrong-type /usage_bytes", "schema/wrong-type /project_id"],
    ),
    # schema/unexpected-null
    "null-count": (LATEST, store(usage_bytes=None), ["schema/unexpected-null /usage_bytes"]),
    "null-where-another-kind-allows-it": (
        LATEST,
        {
            "object": "organization.usage.completions.result",
            "input_tokens": 1,
            "output_tokens": 1,
            "num_model_requests": 1,
            "input_cached_tokens": None,
            "input_cache_write_30m_tokens": None,
        },
        ["schema/unexpected-null /input_cached_tokens"],
    ),
    "null-amount": (LATEST, cost(amount=None), ["schema/unexpected-null /amount"]),
    "null-in-amount": (LATEST, cost(amount={"value": None}), ["schema/unexpected-null /amount/value"]),
    "null-results": (LATEST, bucket(results=None), ["schema/unexpected-null /results"]),
    "null-result": (LATEST, bucket(None), ["schema/unexpected-null /results/0"]),
    "null-bucket": (LATEST, page(None), ["schema/unexpected-null /data/0"]),
    "null-object-of-page": (LATEST, page(object=None), ["schema/unexpected-null /object"]),
    "null-object-of-result": (LATEST, store(object=None, usage_bytes="x"), ["schema/unexpected-null /object"]),
    "null-group-key": (LATEST, store(project_id=None), []),
    "null-quantity": (LATEST, cost(quantity=None), []),
    "null-cursor": (LATEST, page(), []),
    # schema/missing-member
    "no-count": (LATEST, without(store(), "usage_bytes"), ["schema/missing-member /usage_bytes"]),
    "no-object": (LATEST, without(store(usage_bytes="x"), "object"), ["schema/missing-member /object"]),
    "no-object-in-bucket": (LATEST, without(bucket(), "object"), ["schema/missing-member /object"]),
    "no-object-in-page": (LATEST, without(page(), "object"), ["schema/missing-member /object"]),
    "no-object-inside": (LATEST, bucket(without(store(), "object")), ["schema/missing-member /results/0/object"]),
    "no-results": (LATEST, without(bucket(), "results"), ["schema/missing-member /results"]),
    "empty-page": (
        LATEST,
        {"object": "page"},
        ["schema/missing-member /data", "schema/missing-member /has_more", "schema/missing-member /next_page"],
    ),
    "missing-before-what-is-inside": (
        LATEST,
        without(bucket(store(usage_bytes="x"), start_time="1"), "end_time"),
        [
            "schema/missing-member /end_time",
            "schema/wrong-type /start_time",
            "schema/wrong-type /results/0/usage_bytes",
        ],
    ),
    "nothing": (LATEST, {}, ["schema/missing-member /object"]),
    "empty-bucket-is-fine": (LATEST, bucket(), []),
    "empty-amount-is-fine": (LATEST, cost(amount={}), []),
    "no-amount-is-fine": (LATEST, {"object": COSTS}, []),
    "no-sessions-before-they-were-required": (NEW, {"object": SESSIONS}, ["schema/missing-member /num_sessions"]),
    # schema/renamed-member
    "result-for-results": (NEW, old_bucket(store()), ["schema/renamed-member /result"]),
    "result-for-results-is-looked-into": (
        NEW,
        old_bucket(store(usage_bytes="5")),
        ["schema/renamed-member /result", "schema/wrong-type /result/0/usage_bytes"],
    ),
    "result-beside-results": (NEW, bucket(result=[1]), ["schema/undeclared-member /result"]),
    "sessions-for-num-sessions": (NEW, {"object": SESSIONS, "sessions": 1}, ["schema/renamed-member /sessions"]),
    "sessions-of-wrong-type": (
        NEW,
        {"object": SESSIONS, "sessions": "1"},
        ["schema/renamed-member /sessions", "schema/wrong-type /sessions"],
    ),
    "sessions-beside-num-sessions": (
        NEW,
        {"object": SESSIONS, "num_sessions": 1, "sessions": 1},
        ["schema/undeclared-member /sessions"],
    ),
    # schema/wrong-object
    "list-for-page": (
        LATEST,
        page(object="list", has_more=0),
        ["schema/wrong-object /object", "schema/wrong-type /has_more"],
    ),
    "pages-for-page": (
        LATEST,
        page(object="pages", has_more=0),
        ["schema/wrong-object /object", "schema/wrong-type /has_more"],
    ),
    "bucket-in-capitals": (
        LATEST,
        bucket(object="Bucket", start_time="1"),
        ["schema/wrong-object /object", "schema/wrong-type /start_time"],
    ),
    "page-in-a-page": (LATEST, page(page(data=5)), ["schema/wrong-object /data/0/object"]),
    "result-in-a-page": (LATEST, page(store(usage_bytes="5")), ["schema/wrong-object /data/0/object"]),
    "bucket-in-a-bucket": (LATEST, bucket(bucket(start_time="x")), ["schema/wrong-object /results/0/object"]),
    "schema-name": (LATEST, store(object="UsageVectorStoresResult", usage_bytes="x"), ["schema/wrong-object /object"]),
    "kind-in-capitals": (LATEST, store(object="organization.costs.Result"), ["schema/wrong-object /object"]),
    "kind-with-line-feed": (LATEST, store(object=f"{STORES}\n"), ["schema/wrong-object /object"]),
    "kind-without-a-name": (LATEST, store(object="organization.usage..result"), ["schema/wrong-object /object"]),
    "endpoint-path": (LATEST, store(object="organization/usage/vector_stores"), ["schema/wrong-object /object"]),
    # schema/unknown-kind
    "new-kind": (
        LATEST,
        store(object="organization.usage.videos_2.result", usage_bytes="x"),
        ["schema/unknown-kind /object"],
    ),
    "later-kind": (
        "2026-05-13",
        {"object": "organization.usage.file_searches.result", "num_requests": "x"},
        ["schema/unknown-kind /object"],
    ),
    "kind-of-its-time": ("2026-05-21", {"object": "organization.usage.file_searches.result", "num_requests": 1}, []),
    # schema/unknown-value, schema/unlisted-value
    "closed-set": (LATEST, cost(api_source="assistants_api"), ["schema/unknown-value /api_source"]),
    "closed-set-in-capitals": (LATEST, cost(api_source="Agents_API"), ["schema/unknown-value /api_source"]),
    "closed-set-kept": (LATEST, cost(api_source="agents_api"), []),
    "closed-set-is-null": (LATEST, cost(api_source=None), []),
    "open-set": (LATEST, cost(quantity_unit="bananas"), ["schema/unlisted-value /quantity_unit"]),
    "open-set-kept": (LATEST, cost(quantity_unit="1000_tokens"), []),
    # schema/undeclared-member
    "undeclared": (LATEST, store(extra={"a": [5.5, None]}), ["schema/undeclared-member /extra"]),
    "undeclared-with-odd-name": (LATEST, store(**{"a/b~c": 1}), ["schema/undeclared-member /a~1b~0c"]),
    "undeclared-in-amount": (LATEST, cost(amount={"unit": "usd"}), ["schema/undeclared-member /amount/unit"]),
    "declared-later": (
        OLD,
        cost(user_id="u", sessions=1),
        ["schema/undeclared-member /user_id", "schema/undeclared-member /sessions"],
    ),
    "case-matters": (LATEST, store(Project_id="p"), ["schema/misspelt-member /Project_id"]),
    # the deviations
    "string-cost": (
        LATEST,
        cost(amount={"value": "12.50", "currency": "usd"}),
        ["wire/amount-as-string /amount/value"],
    ),
    "string-cost-zero": (
        LATEST,
        cost(amount={"value": "0E-6176", "currency": "usd"}),
        ["wire/amount-as-string /amount/value"],
    ),
    "string-cost-huge": (
        LATEST,
        cost(amount={"value": "1e999999", "currency": "usd"}),
        ["wire/amount-as-string /amount/value"],
    ),
    "string-cost-first": (
        RENAMED,
        cost(amount={"value": "-1", "currency": "usd"}),
        ["wire/amount-as-string /amount/value"],
    ),
    "string-cost-too-early": (
        BEFORE,
        cost(amount={"value": "12.50", "currency": "usd"}),
        ["schema/wrong-type /amount/value"],
    ),
    "results-early": (
        RENAMED,
        bucket(store(usage_bytes="5")),
        ["wire/results-for-result /results", "schema/wrong-type /results/0/usage_bytes"],
    ),
    "result-early": (RENAMED, old_bucket(store()), []),
    "results-beside-result-early": (RENAMED, old_bucket(results=[5]), ["schema/undeclared-member /results"]),
    "null-cursor-early": (
        RENAMED,
        page(),
        ["wire/null-next-page /next_page"],
    ),
    "null-group-key-early": (OLD, store(project_id=None), ["wire/null-group-key /project_id"]),
    "null-count-early": (OLD, store(usage_bytes=None), ["schema/unexpected-null /usage_bytes"]),
    "null-group-key-later": (NULLS, store(project_id=None), []),
    "costs-without-sessions": (PERL, cost(), ["wire/costs-without-sessions /sessions"]),
    "costs-with-sessions": (PERL, cost(sessions="any"), ["schema/undeclared-member /sessions"]),
    "costs-after-the-mistake": (BEFORE, cost(), []),
    "sessions-by-mistake": (
        RENAMED,
        {"object": SESSIONS, "num_sessions": 1},
        ["wire/code-interpreter-without-sessions /sessions"],
    ),
    "sessions-to-the-letter": (
        RENAMED,
        {"object": SESSIONS, "num_sessions": 1, "sessions": 1},
        ["schema/undeclared-member /sessions"],
    ),
    "sessions-before": (
        BEFORE,
        {"object": SESSIONS, "num_sessions": 1},
        ["schema/missing-member /sessions", "schema/undeclared-member /num_sessions"],
    ),
    "sessions-at-first": (BEFORE, {"object": SESSIONS, "sessions": 1}, []),
    # record/
    "integer-with-zero-fraction": (
        LATEST,
        store(usage_bytes=N("5.0")),
        ["record/integer-spelled-as-float /usage_bytes"],
    ),
    "integer-with-exponent": (LATEST, store(usage_bytes=N("5e0")), ["record/integer-spelled-as-float /usage_bytes"]),
    "integer-by-fraction-and-exponent": (
        LATEST,
        store(usage_bytes=N("1.5e1")),
        ["record/integer-spelled-as-float /usage_bytes"],
    ),
    "integer-by-negative-exponent": (
        LATEST,
        store(usage_bytes=N("50e-1")),
        ["record/integer-spelled-as-float /usage_bytes"],
    ),
    "time-with-zero-fraction": (LATEST, bucket(end_time=N("2.0")), ["record/integer-spelled-as-float /end_time"]),
    "quantity-may-have-a-fraction": (LATEST, cost(quantity=N("30.0")), []),
    "negative-count": (LATEST, store(usage_bytes=-1), ["record/negative-count /usage_bytes"]),
    "negative-count-as-float": (
        LATEST,
        store(usage_bytes=N("-1.0")),
        ["record/integer-spelled-as-float /usage_bytes", "record/negative-count /usage_bytes"],
    ),
    "minus-zero": (LATEST, store(usage_bytes=N("-0")), []),
    "minus-zero-as-float": (LATEST, store(usage_bytes=N("-0.0")), ["record/integer-spelled-as-float /usage_bytes"]),
    "negative-time": (LATEST, bucket(start_time=-5), []),
    "negative-amount": (LATEST, cost(amount={"value": N("-3.25"), "currency": "usd"}, quantity=-1), []),
    "int32-max": (LATEST, store(usage_bytes=2**31 - 1), []),
    "beyond-int32": (LATEST, store(usage_bytes=2**31), ["record/lossy-number /usage_bytes"]),
    "int32-min": (LATEST, bucket(start_time=-(2**31)), []),
    "below-int32": (
        LATEST,
        bucket(start_time=-(2**31) - 1),
        ["record/lossy-number /start_time"],
    ),
    "binary64": (LATEST, cost(amount={"value": N("0.1"), "currency": "usd"}), []),
    "beyond-binary64": (
        LATEST,
        cost(amount={"value": N("0.12345678901234567890"), "currency": "usd"}),
        ["record/lossy-number /amount/value"],
    ),
    "beyond-binary64-range": (LATEST, cost(quantity=N("1e400")), ["record/lossy-number /quantity"]),
    "beyond-binary32": (LATEST, cost(quantity=N("0.123456789")), ["record/lossy-number /quantity"]),
    "big-text-is-not-lossy": (
        LATEST,
        cost(amount={"value": "0.12345678901234567890", "currency": "usd"}),
        ["wire/amount-as-string /amount/value"],
    ),
    "undeclared-is-not-lossy": (LATEST, store(big=10**30), ["schema/undeclared-member /big"]),
    # numbers that have no value draw nothing but what they are
    "infinite-count": (LATEST, store(usage_bytes=N("-Infinity")), ["json/non-finite-number /usage_bytes"]),
    "nan-where-a-string-belongs": (LATEST, store(project_id=N("NaN")), ["json/non-finite-number /project_id"]),
    "huge-exponent": (LATEST, store(usage_bytes=N("1e10001")), ["json/limit-exponent /usage_bytes"]),
}


@pytest.mark.parametrize(("revision", "tree", "expected"), CASES.values(), ids=CASES)
def test_findings(revision: str, tree: object, expected: list[str]) -> None:
    """A payload draws exactly the findings of the stage that are named, in document order; rules have their own tests."""
    found = [f for f in findings(tree, revision=revision) if not f.code.startswith("rule/")]
    assert [f"{f.code} {f.pointer}" for f in found] == expected


@pytest.mark.parametrize("payload", ["[]", '[{"object":"page"}]', "5", '"page"', "null", "true"])
def test_not_an_object(payload: str) -> None:
    """What is no object at all has no shape and one error at the root."""
    report = check(payload)
    assert [(f.code, f.pointer) for f in report.findings] == [("schema/wrong-type", "")]
    assert report.shape is None


def test_array_has_a_hint() -> None:
    """Whoever sends the list of buckets is told to send the page."""
    assert "page" in only([page()]).hint


def test_warnings_are_grouped() -> None:
    """The same note in many results is one finding with its first place and a count."""
    found = only(page(bucket(store(x=1), store(project_id="p")), bucket(store(x=1), start_time=2, end_time=3)))
    assert (found.code, found.pointer, found.count) == ("schema/undeclared-member", "/data/0/results/0/x", 2)


def test_errors_are_not_grouped() -> None:
    """Each error stands for itself."""
    found = findings(bucket(store(usage_bytes="a"), store(usage_bytes="b", project_id="p")))
    assert [(f.code, f.pointer, f.count) for f in found] == [
        ("schema/wrong-type", "/results/0/usage_bytes", 1),
        ("schema/wrong-type", "/results/1/usage_bytes", 1),
    ]


@pytest.mark.parametrize(
    ("payload", "shape", "expected"),
    [
        (r'{"object":"\ud800","data":[],"has_more":0,"next_page":null}', "page", ["schema/wrong-type /has_more"]),
        (r'{"object":"\ud800","start_time":"1","end_time":2,"results":[]}', "bucket", ["schema/wrong-type /start_time"]),
        (rf'{{"object":"{STORES}","\ud800":1,"usage_bytes":"5","x":1}}', None, ["schema/wrong-type /usage_bytes", "schema/undeclared-member /x"]),
        (rf'{{"object":"{STORES}","project_id":"\ud800","usage_bytes":"5"}}', None, ["schema/wrong-type /usage_bytes"]),
        (r'{"object":"bucket","start_time":1,"end_time":2,"results":[{"object":"\ud800"},5]}', None, ["schema/wrong-type /results/1"]),
    ],
    ids=["page", "bucket", "name", "text", "kind"],
)  # fmt: skip
def test_half_a_pair_silences_nothing_else(payload: str, shape: Any, expected: list[str]) -> None:  # noqa: ANN401 - a shape
    """A tag, name or text that holds half of a surrogate pair is told as that, and all beside it is looked at."""
    found = [f"{f.code} {f.pointer}" for f in check(payload, shape=shape).findings]
    assert [one for one in found if not one.startswith("json/lone-surrogate")] == expected
    assert len(found) == len(expected) + 1


HINTS = {
    "misspelt-member": (without(store(usage_byte=5), "usage_bytes"), "schema/missing-member", '"usage_byte"'),
    "misspelt-by-case": (without(store(usageBytes=5), "usage_bytes"), "schema/missing-member", '"usageBytes"'),
    "misspelt-optional-member": (store(projectid="p"), "schema/misspelt-member", "project_id"),
    "misspelt-kind": (store(object="organization.usage.vector_store.result"), "schema/unknown-kind", STORES),
    "misspelt-value": (cost(api_source="agent_api"), "schema/unknown-value", "agents_api"),
    "endpoint-name": (
        {"object": "organization.usage.web_search_calls.result"},
        "schema/unknown-kind",
        "organization.usage.web_searches.result",
    ),
    "other-endpoint-name": (
        {"object": "organization.usage.file_search_calls.result"},
        "schema/unknown-kind",
        "organization.usage.file_searches.result",
    ),
    "schema-name": ({"object": "CostsResult"}, "schema/wrong-object", COSTS),
    "no-discriminator": ({"usage_bytes": 1}, "schema/missing-member", STORES),
    "string-cost": (cost(amount={"value": "1", "currency": "usd"}), "wire/amount-as-string", "string"),
    "list": (page(object="list"), "schema/wrong-object", "gateways"),
    "no-cursor": (without(page(), "next_page"), "schema/missing-member", "emulators"),
    "other-cursor": (page(next="x"), "schema/undeclared-member", "next_page"),
    "known-undeclared": (cost(organization_id="o"), "schema/undeclared-member", "known"),
    "other-kind": (store(source="image.edit"), "schema/undeclared-member", "other kinds"),
    "flat-record": (store(images=0), "record/phantom-member", "flat record"),
    "old-name": (old_bucket(), "schema/renamed-member", "results"),
    "optional-null": (cost(amount=None), "schema/unexpected-null", "leave"),
}


@pytest.mark.parametrize(("tree", "code", "word"), HINTS.values(), ids=HINTS)
def test_hints(tree: object, code: str, word: str) -> None:
    """A finding names the likely cause."""
    hints = [finding.hint for finding in findings(tree) if finding.code == code]
    assert any(word.lower() in hint.lower() for hint in hints), hints


def test_bucket_for_page() -> None:
    """Whoever gives a bucket where a page was expected is told so, and nothing else."""
    found = only(bucket(store()), shape="page")
    assert (found.code, found.pointer) == ("schema/wrong-object", "/object")
    assert "bucket" in found.hint
    assert "page" in found.hint


def test_result_for_bucket() -> None:
    """Whoever gives a result where a bucket was expected is told so, and nothing else."""
    found = only(store(), shape="bucket")
    assert (found.code, found.pointer) == ("schema/wrong-object", "/object")
    assert "result" in found.hint


def test_old_name_names_its_revisions() -> None:
    """An old name is reported with the revisions that had it."""
    found = only(old_bucket())
    assert "2024-12-04" in found.message
    assert "2025-02-10" in found.message


def test_new_name_at_an_old_revision() -> None:
    """A name that came later is reported with the revision that brought it."""
    hints = [finding.hint for finding in findings(cost(quantity=1, sessions=1), revision=OLD)]
    assert any("2026-05-13" in hint for hint in hints)


def test_later_kind_names_its_revision() -> None:
    """A kind that the revision does not know yet is reported with the revision that brought it."""
    assert "2026-10-14" in only({"object": "organization.usage.decisions.result"}, revision="2026-10-06").hint


def test_messages_say_what_was_expected_and_found() -> None:
    """An error says what was expected and what is there."""
    message = only(store(usage_bytes="5")).message
    assert "integer" in message
    assert '"5"' in message


@pytest.mark.parametrize(
    ("number", "models"),
    [
        (2**31, "int32"),
        (2**53, "int32, int53"),
        (2**63, "int32, int53, int64"),
        (2**53 - 1, "int32"),
        (2**63 - 1, "int32, int53"),
    ],
)
def test_lossy_models(number: int, models: str) -> None:
    """A note on a lossy number names the models that lose it, and no client."""
    assert only(store(usage_bytes=number)).message.endswith(f" in {models}")


def test_long_values_are_cut() -> None:
    """A message stays short whatever the payload holds."""
    for tree in (store(usage_bytes="x" * 100_000), store(**{"y" * 100_000: 1}), store(object="z" * 100_000)):
        assert len(only(tree).message) < 300
        assert len(only(tree).hint) < 300


def test_control_characters_are_escaped() -> None:
    """A message is printable, whatever characters the payload holds."""
    for tree in (store(usage_bytes="\x1b[31m\r\n\u202e"), store(**{"\x1b[2J": 1}), store(object="\x07")):
        found = only(tree)
        assert found.message.isprintable()
        assert found.hint.isprintable()
