"""What is said of payloads that are something else, and what to write in place of a wrong value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat import check
from usagecompat.checking.hints import envelope, value_hint
from usagecompat.contract import JsonType
from usagecompat.corpus import cases

if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETION: dict[str, Any] = {
    "object": "organization.usage.completions.result",
    "input_tokens": 1,
    "output_tokens": 1,
    "num_model_requests": 1,
}
BUCKET: dict[str, Any] = {"object": "bucket", "start_time": 1, "end_time": 2, "results": []}
PAGE: dict[str, Any] = {"object": "page", "data": [], "has_more": False, "next_page": None}
LIMIT: dict[str, Any] = {"object": "organization.spend_limit", "threshold_amount": 10000, "currency": "USD"}

OTHERS = {
    "error": ({"error": {"message": "Invalid page token", "type": "x"}}, 'error answer of the API: "Invalid page token"'),
    "har": ({"log": {"version": "1.2", "entries": []}}, "HAR"),
    "vcr": ({"http_interactions": [], "recorded_with": "VCR"}, "VCR"),
    "vcr-of-python": ({"interactions": [], "version": 1}, "VCR"),
    "exchange": ({"status": 200, "body": PAGE}, "/body"),
    "exchange-with-text": ({"status": 200, "body": json.dumps(PAGE)}, "/body"),
    "exchange-within": ({"response": {"status": 200, "json": PAGE}}, "/response/json"),
    "spend-limit": (LIMIT, "cents"),
    "nothing-known": ({"foo": 1}, "this cannot be recognized"),
    "error-as-text": ({"error": "invalid_api_key"}, 'error answer: "invalid_api_key"'),
    "error-of-a-gateway": ({"status": 401, "message": "Unauthorized"}, 'error answer: "Unauthorized"'),
    "errors": ({"errors": [{"message": "Not found"}]}, 'error answer: "Not found"'),
    "error-with-detail": ({"detail": "Not Found"}, 'error answer: "Not Found"'),
    "chat": ({"id": "1", "object": "chat.completion", "usage": {}}, 'an object of another endpoint, "chat.completion"'),
    "rate-limit": ({"object": "organization.project.rate_limit", "id": "rl"}, "an object of another endpoint"),
    "page-in-data": ({"data": PAGE}, "/data"),
    "bucket-in-result": ({"result": BUCKET, "success": True}, "/result"),
    "limit-without-object": ({"threshold_amount": 10000, "currency": "USD"}, "a spend limit or alert"),
    "costs-in-data": ({"object": "list", "data": [{"object": "organization.costs.result"}]}, "in the `results` of a bucket"),
    "other-list": ({"object": "list", "data": [{"id": "gpt", "object": "model"}]}, 'a list of other objects, "model"'),
    "old-usage": ({"object": "list", "data": [{"n_requests": 1}], "ft_data": []}, "a list of other objects"),
    "buckets-under-another-name": ({**{name: PAGE[name] for name in ("object", "has_more", "next_page")}, "buckets": [BUCKET]}, 'There is "buckets", which holds buckets'),
    "array-of-buckets": ([BUCKET], "array of buckets"),
    "array-of-results": ([COMPLETION], "array of results"),
    "array-of-pages": ([PAGE], "array of pages"),
    "array-of-other-things": ([{"id": "1"}], "Send the page itself, not its `data`"),
    "many-members": ({f"Name{index}": index for index in range(2000)}, "this cannot be recognized"),
    "array-of-events": ([{"id": "1", "payload": BUCKET}], "bucket at /payload"),
    "encoded-twice": (json.dumps(PAGE), "encoded twice"),
    "page-called-bucket": ({**PAGE, "object": "bucket"}, 'By its members this is a page: write "object": "page"'),
    "bucket-called-usage": ({**BUCKET, "object": "organization.usage.bucket"}, "By its members this is a bucket"),
    "page-without-object": ({name: PAGE[name] for name in ("data", "has_more", "next_page")}, 'Write "object": "page".'),
    "result-of-no-kind": ({**COMPLETION, "object": "organization.usage.result"}, '"organization.usage.completions.result" or "organization.usage.decisions.result"'),
    "result-without-object": ({name: COMPLETION[name] for name in list(COMPLETION)[1:]}, "completions.result"),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), OTHERS.values(), ids=OTHERS)
def test_what_a_payload_is_instead(tree: object, said: str) -> None:
    """What is no payload is called what it is, with the place of the payload in it."""
    report = check(json.dumps(tree))
    assert not report.ok
    assert said in str(report)


@pytest.mark.parametrize("kind", ["videos", "audios", "batches", "fine_tuning", "usage"])
def test_kinds_with_nothing_in_common_are_not_meant(kind: str) -> None:
    """What all names of kinds have in common makes no kind a misspelling of another."""
    report = check(json.dumps({"object": f"organization.usage.{kind}.result", "seconds": 3}))
    assert "Did you mean" not in str(report)
    assert report.findings[0].hint


@pytest.mark.parametrize("name", ["page-called-bucket", "bucket-called-usage"])
def test_a_wrong_name_is_one_finding(name: str) -> None:
    """The shape is told by the members before the name, so that a wrong name is all that is wrong."""
    assert [finding.code for finding in check(json.dumps(OTHERS[name][0])).findings] == ["schema/wrong-object"]


@pytest.mark.parametrize(
    "name",
    [
        "error",
        "har",
        "vcr",
        "exchange",
        "spend-limit",
        "nothing-known",
        "error-as-text",
        "chat",
        "rate-limit",
        "page-in-data",
        "bucket-in-result",
        "other-list",
        "old-usage",
    ],
)
def test_the_unknown_has_no_shape(name: str) -> None:
    """What is neither a page nor a bucket nor a result is called none of them, and is one finding."""
    report = check(json.dumps(OTHERS[name][0]))
    assert report.shape is None
    assert len(report.findings) == 1
    assert "page, bucket or result" in str(report)


@pytest.mark.parametrize(
    ("tree", "name", "twin"),
    [({**PAGE, "Data": []}, "Data", "data"), ({**PAGE, "HAS_MORE": 1}, "HAS_MORE", "has_more"),
     ({**BUCKET, "re\u017fults": 1}, "re\u017fults", "results"), ({**PAGE, "nextPage": 1}, "nextPage", "next_page")],
)  # fmt: skip
def test_a_twin_in_another_case_is_told(tree: object, name: str, twin: str) -> None:
    """A note says which member a decoder takes an undeclared one for that does not look at case."""
    (finding,) = check(json.dumps(tree)).findings
    assert (finding.code, finding.pointer) == ("schema/undeclared-member", f"/{name}")
    assert f"`{twin}`" in finding.hint


def only_hint(tree: object) -> str:
    """The hint of the one error."""
    (finding,) = (one for one in check(json.dumps(tree)).findings if one.severity == "error")
    return finding.hint


def cost(value: object) -> dict[str, Any]:
    """A cost of this value."""
    return {"object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}}


VALUES = {
    "count-as-text": ({**COMPLETION, "input_tokens": "1000"}, "Write 1000, without quotes."),
    "count-with-commas": ({**COMPLETION, "input_tokens": "1,000"}, "Write 1000."),
    "count-as-float": ({**COMPLETION, "input_tokens": 1.5}, "whole number"),
    "flag-as-text": ({**PAGE, "has_more": "false"}, "Write false, without quotes."),
    "flag-as-number": ({**PAGE, "has_more": 0}, "Write false."),
    "amount-as-number": ({"object": "organization.costs.result", "amount": 0.06}, '{"value": 0.06, "currency": "usd"}'),
    "amount-as-text": (
        {"object": "organization.costs.result", "amount": "$0.06"},
        '{"value": 0.06, "currency": "usd"}',
    ),
    "value-with-sign": (cost("$0.06"), "Write 0.06; the currency is a member of its own."),
    "value-with-commas": (cost("1,234.56"), "Write 1234.56."),
    "value-with-plus": (cost("+5"), "Write 5."),
    "iso-time": ({**BUCKET, "start_time": "1970-01-01T00:00:01Z"}, "Write 1: times are seconds since 1970."),
    "iso-day": ({**BUCKET, "start_time": "1970-01-01"}, "Write 0: times are seconds since 1970."),
    "number-for-text": ({**COMPLETION, "model": 4}, 'Write "4", in quotes.'),
    "object-for-array": ({**BUCKET, "results": COMPLETION}, "array, even around one item"),
    "null-for-array": ({**PAGE, "data": None}, "Nothing to list is []."),
    "count-with-exponent": ({**COMPLETION, "input_tokens": "1e3"}, "Write 1000."),
    "count-with-huge-exponent": ({**COMPLETION, "input_tokens": "1e9999"}, "without an exponent"),
    "count-with-fraction": ({**COMPLETION, "input_tokens": "1,234.56"}, "1234.56 is none"),
    "count-as-word": ({**COMPLETION, "input_tokens": "false"}, "such as 1000"),
    "count-as-array": ({**COMPLETION, "input_tokens": [1]}, "such as 1000"),
    "count-below-zero": ({**COMPLETION, "input_tokens": -5}, "subtracted"),
    "value-with-code": (cost("1.5 USD"), "Write 1.5; the currency is a member of its own."),
    "code-with-value": (cost("USD 1.5"), "Write 1.5; the currency is a member of its own."),
    "value-as-array": (cost([]), "such as 0.06"),
    "amount-as-array": ({"object": "organization.costs.result", "amount": []}, '"currency": "usd"'),
    "flag-as-word": ({**COMPLETION, "batch": "maybe"}, "Write true or false"),
    "text-as-flag": ({**COMPLETION, "model": True}, "in double quotes"),
    "array-in-text": ({**PAGE, "data": "[]"}, "JSON text in a string"),
    "time-as-word": ({**BUCKET, "start_time": "tomorrow"}, "seconds since 1970"),
    "item-of-no-object": ({**BUCKET, "results": [5]}, "each item of the array is an object"),
    "null-kind": ({**COMPLETION, "object": None}, "completions.result"),
    "null-tag": ({**PAGE, "object": None}, 'Write "object": "page".'),
    "no-end": ({name: BUCKET[name] for name in ("object", "start_time", "results")}, "seconds since 1970"),
    "no-count": ({name: COMPLETION[name] for name in list(COMPLETION)[:3]}, "also where it is 0"),
    "no-tag": (
        {**BUCKET, "results": [{name: COMPLETION[name] for name in list(COMPLETION)[1:]}]},
        "Its members are those of UsageCompletionsResult",
    ),
    "no-tag-of-a-bucket": (
        {**PAGE, "data": [{name: BUCKET[name] for name in list(BUCKET)[1:]}]},
        'Write "object": "bucket".',
    ),
    "no-flag": (
        {name: PAGE[name] for name in ("object", "data", "next_page")},
        "some OpenAI-compatible gateways leave it out",
    ),
    "no-list": ({name: BUCKET[name] for name in ("object", "start_time", "end_time")}, "if only as []"),
    "number-too-long-for-text": ({**COMPLETION, "model": int("4" * 60)}, "in double quotes"),
    "no-object": (5, "page, bucket, or a kind"),
    "word": ("hello", "page, bucket, or a kind"),
    "limits-in-a-page": ({**PAGE, "data": [LIMIT]}, "cents"),
    "other-kind": ({"object": "widget"}, "organization.usage.completions.result"),
}


@pytest.mark.parametrize(("tree", "said"), VALUES.values(), ids=VALUES)
def test_what_to_write_instead(tree: object, said: str) -> None:
    """A value of a wrong type has a hint with the right one."""
    assert said in only_hint(tree)


def test_text_that_is_no_number_gets_no_number() -> None:
    """Nothing is made up where nobody knows what was meant."""
    assert "Write" not in only_hint(cost("NaN"))
    assert only_hint({**COMPLETION, "input_tokens": "many"}) == "Write a whole number, such as 1000."


def upper(node: dict[str, Any]) -> dict[str, Any]:
    """An object with all names in capitals."""
    return {name.upper(): value for name, value in node.items()}


def camel(node: dict[str, Any]) -> dict[str, Any]:
    """An object with all names as JavaScript writes them."""
    return {name[0] + name.title().replace("_", "")[1:]: value for name, value in node.items()}


@pytest.mark.parametrize("other", [upper, camel], ids=["capitals", "camel"])
@pytest.mark.parametrize("node", [PAGE, BUCKET, COMPLETION], ids=["page", "bucket", "result"])
def test_names_in_another_case_are_one_finding(node: dict[str, Any], other: Callable[[Any], Any]) -> None:
    """Names that are all written in another way are told in one sentence, which says which of them are wrong."""
    renamed = other({name: node[name] for name in node if name != "object"})
    for tree in ({**renamed, "object": node["object"]}, other(node)):
        (finding,) = check(json.dumps(tree)).findings
        assert finding.code == "schema/missing-member"
        assert all(f'"{name}"' in finding.message for name in renamed if name not in node)
        assert "nobody has looked at what is in them" in finding.hint


def test_names_in_another_case_within() -> None:
    """So it is at each place; a single name is told by itself, and what may be absent is no fault."""
    (finding,) = check(json.dumps({**PAGE, "data": [upper(BUCKET)]})).findings
    assert finding.pointer == "/data/0/object"
    single = {**{name: PAGE[name] for name in ("object", "data", "next_page")}, "HAS_MORE": False}
    assert {one.code for one in check(json.dumps(single)).findings} == {
        "schema/missing-member",
        "schema/undeclared-member",
    }
    both = check(json.dumps({**PAGE, "DATA": [], "HAS_MORE": True}))
    assert {one.code for one in both.findings} == {"schema/undeclared-member"}


def test_every_finding_of_the_corpus_has_a_hint() -> None:
    """Only of an undeclared member there may be nothing to say."""
    silent = {
        (case.id, finding.code, finding.message)
        for case in cases()
        for finding in check(case.payload_path.read_bytes(), revision=case.revision).findings
        if not finding.hint and finding.code != "schema/undeclared-member"
    }
    assert not silent


@given(value=st.text(), wanted=st.sampled_from(JsonType), name=st.sampled_from(["start_time", "value", "amount", "x"]))
def test_no_value_is_too_odd(value: str, wanted: JsonType, name: str) -> None:
    """Looking for a hint never fails, whatever the text."""
    assert isinstance(value_hint(value, wanted, name), str)


@given(
    st.dictionaries(
        st.sampled_from(["error", "log", "object", "body", "interactions", "x"]),
        st.none() | st.text() | st.just({"message": 5}),
    )
)
def test_no_envelope_is_too_odd(node: dict[str, Any]) -> None:
    """Looking for what an object is never fails."""
    told = envelope(node)
    assert told is None or all(isinstance(part, str) for part in told)
