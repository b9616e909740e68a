"""What is said of payloads that are something else, and what to write in place of a wrong value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat import check
from usagecompat.checking.hints import absence_hint, envelope, value_hint
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
    "error": ({"error": {"message": "Invalid page token", "type": "x"}}, 'this is an error answer of the API: "Invalid page token" | The request failed, so there is no payload; ask again.'),
    "har": ({"log": {"version": "1.2", "entries": []}}, "this is a HAR recording | The payloads are at /log/entries/*/response/content/text; `check --unwrap` reads them."),
    "vcr": ({"http_interactions": [], "recorded_with": "VCR"}, "this is a VCR cassette | The payloads are at /http_interactions/*/response/body; `check --unwrap` reads them."),
    "vcr-of-python": ({"interactions": [], "version": 1}, "this is a VCR cassette | The payloads are at /interactions/*/response/body; `check --unwrap` reads them."),
    "exchange": ({"status": 200, "body": PAGE}, "this is an object around a page | The payload is at /body; send that. `check --unwrap` reads it."),
    "exchange-with-text": ({"status": 200, "body": json.dumps(PAGE)}, "this is an object around a payload in a string | The payload is at /body; send that. `check --unwrap` reads it."),
    "exchange-within": ({"response": {"status": 200, "json": PAGE}}, "this is an object around a page | The payload is at /response/json; send that. `check --unwrap` reads it."),
    "spend-limit": (LIMIT, 'this is an object of another endpoint, "organization.spend_limit" | It is neither usage nor a cost. Its `threshold_amount` is in cents.'),
    "nothing-known": ({"foo": 1}, "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result | A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "error-as-text": ({"error": "invalid_api_key"}, 'this is an error answer: "invalid_api_key" | The request failed, so there is no payload; ask again.'),
    "error-of-a-gateway": ({"status": 401, "message": "Unauthorized"}, 'this is an error answer: "Unauthorized" | The request failed, so there is no payload; ask again.'),
    "errors": ({"errors": [{"message": "Not found"}]}, 'this is an error answer: "Not found" | The request failed, so there is no payload; ask again.'),
    "message-alone": ({"message": "Not found"}, 'this is an error answer: "Not found" | The request failed, so there is no payload; ask again.'),
    "message-and-status": ({"statusCode": 500, "message": "Down"}, 'this is an error answer: "Down" | The request failed, so there is no payload; ask again.'),
    "message-and-code": ({"code": 5, "message": "Down"}, 'this is an error answer: "Down" | The request failed, so there is no payload; ask again.'),
    "message-and-error": ({"error": None, "message": "Denied"}, 'this is an error answer: "Denied" | The request failed, so there is no payload; ask again.'),
    "message-beside-other-things": ({"foo": 1, "message": "Hello"}, "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result | A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "errors-as-text": ({"errors": ["Denied"]}, 'this is an error answer: "Denied" | The request failed, so there is no payload; ask again.'),
    "errors-as-object": ({"errors": {"a": 1}}, "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result | A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "errors-as-word": ({"errors": "x"}, "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result | A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "error-without-text": ({"error": {"message": 5}}, "this is an error answer of the API | The request failed, so there is no payload; ask again."),
    "error-with-detail": ({"detail": "Not Found"}, 'this is an error answer: "Not Found" | The request failed, so there is no payload; ask again.'),
    "chat": ({"id": "1", "object": "chat.completion", "usage": {}}, 'this is an object of another endpoint, "chat.completion" | It is neither usage nor a cost. A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result.'),
    "rate-limit": ({"object": "organization.project.rate_limit", "id": "rl"}, 'this is an object of another endpoint, "organization.project.rate_limit" | It is neither usage nor a cost. A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result.'),
    "page-in-data": ({"data": PAGE}, "this is an object around a page | The payload is at /data; send that. `check --unwrap` reads it."),
    "bucket-in-result": ({"result": BUCKET, "success": True}, "this is an object around a bucket | The payload is at /result; send that. `check --unwrap` reads it."),
    "limit-without-object": ({"threshold_amount": 10000, "currency": "USD"}, "this is a spend limit or alert | It is neither usage nor a cost. Its `threshold_amount` is in cents."),
    "costs-in-data": ({"object": "list", "data": [{"object": "organization.costs.result"}]}, 'expected "bucket", found the string "organization.costs.result" | This is a result, where a bucket was expected. Results stand in the `results` of a bucket.'),
    "other-list": ({"object": "list", "data": [{"id": "gpt", "object": "model"}]}, 'this is a list of other objects, "model" | It is neither usage nor a cost. A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result.'),
    "old-usage": ({"object": "list", "data": [{"n_requests": 1}], "ft_data": []}, "this is a list of other objects | It is neither usage nor a cost. A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "buckets-under-another-name": ({**{name: PAGE[name] for name in ("object", "has_more", "next_page")}, "buckets": [BUCKET]}, 'UsageResponse has no `data`, which is required | There is "buckets", which holds buckets; the API calls it `data`.'),
    "array-of-buckets": ([BUCKET], "expected an object, found an array | This is an array of buckets. Send the page itself, not its `data`; one payload is one page, one bucket or one result."),
    "array-of-results": ([COMPLETION], "expected an object, found an array | This is an array of results. Send the bucket itself, not its `results`; one payload is one page, one bucket or one result."),
    "array-of-pages": ([PAGE], "expected an object, found an array | This is an array of pages. Send each by itself; one payload is one page, one bucket or one result."),
    "array-of-bare-pages": ([{"object": "page"}], "expected an object, found an array | This is an array of pages. Send each by itself; one payload is one page, one bucket or one result."),
    "array-of-bare-buckets": ([{"object": "bucket"}], "expected an object, found an array | This is an array of buckets. Send the page itself, not its `data`; one payload is one page, one bucket or one result."),
    "array-of-nothing": ([], "expected an object, found an array | Send the page itself; one payload is one page, one bucket or one result."),
    "bare-page-within": ({"x": {"object": "page"}}, "this is an object around a page | The payload is at /x; send that. `check --unwrap` reads it."),
    "spend-alert": ({"object": "organization.spend_alert", "id": "x"}, 'this is an object of another endpoint, "organization.spend_alert" | It is neither usage nor a cost.'),
    "array-encoded-twice": (json.dumps([PAGE]), 'expected an object, found the string "[{"object": "page", "data": [], "has_more": false, "next_pa\u2026" | This is JSON text in a JSON string: it was encoded twice. Decode it once more.'),
    "array-of-other-things": ([{"id": "1"}], "expected an object, found an array | Send the page itself, not its `data`; one payload is one page, one bucket or one result."),
    "many-members": ({f"Name{index}": index for index in range(2000)}, "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result | A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "array-of-events": ([{"id": "1", "payload": BUCKET}], "expected an object, found an array | This is an array of other objects, and each has a bucket at /payload; send that. `check --unwrap` reads it."),
    "encoded-twice": (json.dumps(PAGE), 'expected an object, found the string "{"object": "page", "data": [], "has_more": false, "next_pag…" | This is JSON text in a JSON string: it was encoded twice. Decode it once more.'),
    "page-called-bucket": ({**PAGE, "object": "bucket"}, 'expected "page", found the string "bucket" | By its members this is a page: write "object": "page".'),
    "bucket-called-usage": ({**BUCKET, "object": "organization.usage.bucket"}, 'expected "bucket", found the string "organization.usage.bucket" | By its members this is a bucket: write "object": "bucket".'),
    "page-without-object": ({name: PAGE[name] for name in ("data", "has_more", "next_page")}, 'UsageResponse has no `object`, which is required | Write "object": "page".'),
    "result-of-no-kind": ({**COMPLETION, "object": "organization.usage.result"}, 'expected the name of a kind of result, found the string "organization.usage.result" | Its members are those of UsageCompletionsResult or UsageDecisionsResult, which the API tags "object": "organization.usage.completions.result" or "organization.usage.decisions.result".'),
    "result-without-object": ({name: COMPLETION[name] for name in list(COMPLETION)[1:]}, 'a result has no `object` | Its members are those of UsageCompletionsResult or UsageDecisionsResult, which the API tags "object": "organization.usage.completions.result" or "organization.usage.decisions.result".'),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), OTHERS.values(), ids=OTHERS)
def test_what_a_payload_is_instead(tree: object, said: str) -> None:
    """What is no payload is called what it is, with the place of the payload in it."""
    report = check(json.dumps(tree))
    assert not report.ok
    assert said in [f"{finding.message} | {finding.hint}" for finding in report.findings]


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
    "count-as-float": (
        {**COMPLETION, "input_tokens": 1.5},
        "A count of parts of a thing is no count; write a whole number.",
    ),
    "flag-as-text": ({**PAGE, "has_more": "false"}, "Write false, without quotes."),
    "flag-as-number": ({**PAGE, "has_more": 0}, "Write false."),
    "amount-as-number": (
        {"object": "organization.costs.result", "amount": 0.06},
        'Write {"value": 0.06, "currency": "usd"}.',
    ),
    "amount-as-text": (
        {"object": "organization.costs.result", "amount": "$0.06"},
        'Write {"value": 0.06, "currency": "usd"}.',
    ),
    "value-with-sign": (
        cost("$0.06"),
        "Write 0.06; the currency is a member of its own. The API serves strings here, each exactly one JSON number.",
    ),
    "value-with-commas": (
        cost("1,234.56"),
        "Write 1234.56. The API serves strings here, each exactly one JSON number.",
    ),
    "value-with-plus": (cost("+5"), "Write 5. The API serves strings here, each exactly one JSON number."),
    "iso-time": ({**BUCKET, "start_time": "1970-01-01T00:00:01Z"}, "Write 1: times are seconds since 1970."),
    "iso-time-with-zone": (
        {**BUCKET, "start_time": "1970-01-01T01:00:02+01:00"},
        "Write 2: times are seconds since 1970.",
    ),
    "value-without-zero": (
        cost(".5"),
        "Write 0.5; the currency is a member of its own. The API serves strings here, each exactly one JSON number.",
    ),
    "flag-as-array": ({**PAGE, "has_more": []}, "Write true or false, without quotes."),
    "iso-day": ({**BUCKET, "start_time": "1970-01-01"}, "Write 0: times are seconds since 1970."),
    "number-for-text": ({**COMPLETION, "model": 4}, 'Write "4", in quotes.'),
    "object-for-array": ({**BUCKET, "results": COMPLETION}, "Write an array, even around one item."),
    "null-for-array": ({**PAGE, "data": None}, "Nothing to list is []."),
    "count-with-exponent": ({**COMPLETION, "input_tokens": "1e3"}, "Write 1000."),
    "count-with-huge-exponent": (
        {**COMPLETION, "input_tokens": "1e9999"},
        "Write it without quotes, and without an exponent.",
    ),
    "count-with-fraction": ({**COMPLETION, "input_tokens": "1,234.56"}, "Write a whole number: 1234.56 is none."),
    "count-with-zero-fraction": ({**COMPLETION, "input_tokens": "1000.0"}, "Write 1000."),
    "count-as-word": ({**COMPLETION, "input_tokens": "false"}, "Write a whole number, such as 1000."),
    "count-as-array": ({**COMPLETION, "input_tokens": [1]}, "Write a whole number, such as 1000."),
    "count-below-zero": ({**COMPLETION, "input_tokens": -5}, "Was something subtracted, or did a counter overflow?"),
    "value-with-code": (
        cost("1.5 USD"),
        "Write 1.5; the currency is a member of its own. The API serves strings here, each exactly one JSON number.",
    ),
    "code-with-value": (
        cost("USD 1.5"),
        "Write 1.5; the currency is a member of its own. The API serves strings here, each exactly one JSON number.",
    ),
    "value-as-array": (cost([]), "Write a number, such as 0.06."),
    "amount-as-array": (
        {"object": "organization.costs.result", "amount": []},
        'Write an object, such as {"value": 0.06, "currency": "usd"}.',
    ),
    "flag-as-word": ({**COMPLETION, "batch": "maybe"}, "Write true or false, without quotes."),
    "text-as-flag": ({**COMPLETION, "model": True}, "Write a text in double quotes."),
    "array-in-text": ({**PAGE, "data": "[]"}, "This is JSON text in a string; write the array itself, without quotes."),
    "time-as-word": ({**BUCKET, "start_time": "tomorrow"}, "Write seconds since 1970, such as 1767225600."),
    "item-of-no-object": ({**BUCKET, "results": [5]}, "Leave it out; each item of the array is an object."),
    "null-kind": (
        {**COMPLETION, "object": None},
        'Its members are those of UsageCompletionsResult or UsageDecisionsResult, which the API tags "object": "organization.usage.completions.result" or "organization.usage.decisions.result".',
    ),
    "null-tag": ({**PAGE, "object": None}, 'Write "object": "page".'),
    "no-end": (
        {name: BUCKET[name] for name in ("object", "start_time", "results")},
        "The API always sends it, in seconds since 1970.",
    ),
    "no-count": (
        {name: COMPLETION[name] for name in list(COMPLETION)[:3]},
        "The API always sends it, also where it is 0.",
    ),
    "no-tag": (
        {**BUCKET, "results": [{name: COMPLETION[name] for name in list(COMPLETION)[1:]}]},
        'Its members are those of UsageCompletionsResult or UsageDecisionsResult, which the API tags "object": "organization.usage.completions.result" or "organization.usage.decisions.result".',
    ),
    "no-tag-of-a-bucket": (
        {**PAGE, "data": [{name: BUCKET[name] for name in list(BUCKET)[1:]}]},
        'Write "object": "bucket".',
    ),
    "no-flag": (
        {name: PAGE[name] for name in ("object", "data", "next_page")},
        "The API always sends it; some OpenAI-compatible gateways leave it out.",
    ),
    "no-list": (
        {name: BUCKET[name] for name in ("object", "start_time", "end_time")},
        "The API always sends it, if only as [].",
    ),
    "number-too-long-for-text": ({**COMPLETION, "model": int("4" * 60)}, "Write a text in double quotes."),
    "no-object": (
        5,
        "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result.",
    ),
    "word": (
        "hello",
        "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result.",
    ),
    "limits-in-a-page": (
        {**PAGE, "data": [LIMIT]},
        "It is neither usage nor a cost. Its `threshold_amount` is in cents.",
    ),
    "other-kind": (
        {"object": "widget"},
        'The API tags results with names such as "organization.usage.completions.result".',
    ),
}


@pytest.mark.parametrize(("tree", "said"), VALUES.values(), ids=VALUES)
def test_what_to_write_instead(tree: object, said: str) -> None:
    """A value of a wrong type has a hint with the right one."""
    assert only_hint(tree) == said


@pytest.mark.parametrize(
    ("kind", "name", "wanted", "nullable", "hint"),
    [
        ("page", "object", JsonType.STRING, False, 'Write "object": "page".'),
        ("bucket", "start_time", JsonType.INTEGER, False, "The API always sends it, in seconds since 1970."),
        (None, "x", JsonType.INTEGER, True, "The API always sends it, if only as null."),
        (None, "x", JsonType.NUMBER, False, "The API always sends it, also where it is 0."),
        (None, "x", JsonType.ARRAY, False, "The API always sends it, if only as []."),
        (None, "x", JsonType.STRING, False, "The API always sends it."),
        (None, "x", None, False, "The API always sends it."),
    ],
)
def test_what_is_always_sent(kind: str | None, name: str, wanted: JsonType | None, nullable: bool, hint: str) -> None:  # noqa: FBT001 - a fact of the member
    """Of an absent member that is required it is said what the API sends where there is nothing to say."""
    assert absence_hint(kind, name, wanted, nullable=nullable) == hint


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


def kebab(node: dict[str, Any]) -> dict[str, Any]:
    """An object with dashes in its names."""
    return {name.replace("_", "-"): value for name, value in node.items()}


@pytest.mark.parametrize("other", [upper, camel, kebab], ids=["capitals", "camel", "kebab"])
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
