"""The words of the schema and record stages: what was expected, what is there, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from usage_trees import BEFORE, OLD, PERL, RENAMED, SESSIONS, N, bucket, cost, page, store, text, without

from usagecompat import LATEST, check

if TYPE_CHECKING:
    from usagecompat import Revision
    from usagecompat.findings import ShapeName

COMPLETIONS = "organization.usage.completions.result"

WORDS: dict[str, tuple[Revision, object, str, str, str]] = {
    "text-for-integer": (LATEST, store(usage_bytes="5"), "schema/wrong-type /usage_bytes", 'expected an integer, found the string "5"', "Write 5, without quotes."),
    "fraction-for-integer": (LATEST, store(usage_bytes=N("5.7")), "schema/wrong-type /usage_bytes", "expected an integer, found the number 5.7", "A count of parts of a thing is no count; write a whole number."),
    "number-for-string": (LATEST, store(project_id=5), "schema/wrong-type /project_id", "expected a string, found the number 5", 'Write "5", in quotes.'),
    "boolean-for-integer": (LATEST, store(usage_bytes=True), "schema/wrong-type /usage_bytes", "expected an integer, found true", "Write a number: true and false are none."),
    "text-for-boolean": (LATEST, page(has_more="false"), "schema/wrong-type /has_more", 'expected true or false, found the string "false"', "Write false, without quotes."),
    "text-for-object": (LATEST, cost(amount="1.50"), "schema/wrong-type /amount", 'expected an object, found the string "1.50"', 'Write {"value": 1.50, "currency": "usd"}.'),
    "object-for-array": (LATEST, page(data={"a": 1}), "schema/wrong-type /data", "expected an array, found an object", "Write an array, even around one item."),
    "array-for-object": (LATEST, bucket([]), "schema/wrong-type /results/0", "expected a result object, found an array", "Leave it out; each item of the array is an object."),
    "text-for-bucket": (LATEST, page("x"), "schema/wrong-type /data/0", 'expected a bucket object, found the string "x"', "Leave it out; each item of the array is an object."),
    "text-for-amount": (LATEST, cost(amount={"value":"abc","currency":"usd"}), "schema/wrong-type /amount/value", 'expected a number, found the string "abc"', "The API serves strings here, each exactly one JSON number."),
    "number-for-tag-of-page": (LATEST, page(object=5), "schema/wrong-type /object", 'expected the string "page", found the number 5', 'Write "object": "page".'),
    "number-for-tag-of-result": (LATEST, store(object=5), "schema/wrong-type /object", "expected a string that names the kind of the result, found the number 5", 'Its members are those of UsageVectorStoresResult, which the API tags "object": "organization.usage.vector_stores.result".'),
    "null-required": (LATEST, store(usage_bytes=None), "schema/unexpected-null /usage_bytes", "expected an integer, found null", "Send a value; it is required."),
    "null-optional": (LATEST, cost(amount=None), "schema/unexpected-null /amount", "expected an object, found null", "Leave the member out, or send a value."),
    "null-array": (LATEST, page(data=None), "schema/unexpected-null /data", "expected an array, found null", "Nothing to list is []."),
    "null-tag": (LATEST, store(object=None), "schema/unexpected-null /object", "expected a string that names the kind of the result, found null", 'Its members are those of UsageVectorStoresResult, which the API tags "object": "organization.usage.vector_stores.result".'),
    "null-group-key": (OLD, store(project_id=None), "wire/null-group-key /project_id", "2024-12-04 wants a string, found null", "The API sends null here; read it as an absent member."),
    "null-result": (LATEST, bucket(None), "schema/unexpected-null /results/0", "expected a result object, found null", "Leave it out; each item of the array is an object."),
    "absent": (LATEST, without(store(),"usage_bytes"), "schema/missing-member /usage_bytes", "UsageVectorStoresResult has no `usage_bytes`, which is required", "The API always sends it, also where it is 0."),
    "absent-tag-of-result": (LATEST, bucket(without(store(),"object")), "schema/missing-member /results/0/object", "a result has no `object`", 'Its members are those of UsageVectorStoresResult, which the API tags "object": "organization.usage.vector_stores.result".'),
    "absent-tag-unknown": (LATEST, bucket({"foo":1}), "schema/missing-member /results/0/object", "a result has no `object`", 'The API tags results with names such as "organization.usage.completions.result".'),
    "absent-array": (LATEST, without(bucket(items=[store()]),"results"), "schema/missing-member /results", "UsageTimeBucket has no `results`, which is required", 'There is "items", which holds results; the API calls it `results`.'),
    "absent-buckets": (LATEST, without(page(items=[bucket()]),"data"), "schema/missing-member /data", "UsageResponse has no `data`, which is required", 'There is "items", which holds buckets; the API calls it `data`.'),
    "absent-tag-of-bucket": (LATEST, page(without(bucket(),"object")), "schema/missing-member /data/0/object", "UsageTimeBucket has no `object`, which is required", 'Write "object": "bucket".'),
    "absent-before-its-newer-name": (BEFORE, {"object": SESSIONS, "num_sessions": 1}, "schema/missing-member /sessions", "UsageCodeInterpreterSessionsResult has no `sessions`, which is required", "`num_sessions` is its name since 2025-02-10."),
    "absent-by-mistake": (PERL, cost(), "wire/costs-without-sessions /sessions", "CostsResult has no `sessions`, which 2024-12-16 requires by mistake", "The API does not send it; let it be optional."),
    "other-case": (LATEST, {"object":COMPLETIONS,"inputTokens":1,"OutputTokens":2,"num_model_requests":1}, "schema/missing-member /input_tokens", 'UsageCompletionsResult has no `input_tokens` and `output_tokens`, which are required, and has "inputTokens" and "OutputTokens"', "Names are written in small letters, with underscores; nobody has looked at what is in them."),
    "all-in-another-case": (LATEST, {"Object":COMPLETIONS,"InputTokens":1,"OutputTokens":2,"NumModelRequests":1}, "schema/missing-member /object", 'this would be a result, if its names were not "Object", "InputTokens", "OutputTokens" and "NumModelRequests"', "Write `object`, `input_tokens`, `output_tokens` and `num_model_requests`; nobody has looked at what is in them."),
    "renamed": (LATEST, {"object": SESSIONS, "sessions": 1}, "schema/renamed-member /sessions", f"`sessions` was its name from 2024-12-04 to 2025-01-17; {LATEST} calls it `num_sessions`", "Read and write `num_sessions`, or check against a revision that had `sessions`."),
    "newer-name": (RENAMED, bucket(store()), "wire/results-for-result /results", "`results` stands for `result`, as 2025-02-10 calls it", "Read the member under either name."),
    "unknown-object": (LATEST, store(object="foo"), "schema/wrong-object /object", 'expected the name of a kind of result, found the string "foo"', 'Its members are those of UsageVectorStoresResult, which the API tags "object": "organization.usage.vector_stores.result".'),
    "schema-name": (LATEST, store(object="CostsResult"), "schema/wrong-object /object", 'expected the name of a kind of result, found the string "CostsResult"', '"CostsResult" is a schema\'s name; the API sends "organization.costs.result".'),
    "page-for-result": (LATEST, bucket(page()), "schema/wrong-object /results/0/object", 'expected the name of a kind of result, found the string "page"', "This is a page."),
    "bucket-for-result": (LATEST, bucket(bucket()), "schema/wrong-object /results/0/object", 'expected the name of a kind of result, found the string "bucket"', "This is a bucket."),
    "bucket-for-page": (LATEST, bucket(), "schema/wrong-object /object", 'expected "page", found the string "bucket"', "This is a bucket, where a page was expected."),
    "result-for-bucket": (LATEST, store(), "schema/wrong-object /object", 'expected "bucket", found the string "organization.usage.vector_stores.result"', "This is a result, where a bucket was expected. Results stand in the `results` of a bucket."),
    "page-for-bucket": (LATEST, page(), "schema/wrong-object /object", 'expected "bucket", found the string "page"', "This is a page, where a bucket was expected."),
    "by-members": (LATEST, page(object="bucket"), "schema/wrong-object /object", 'expected "page", found the string "bucket"', 'By its members this is a page: write "object": "page".'),
    "by-members-other": (LATEST, page(object="foo"), "schema/wrong-object /object", 'expected "page", found the string "foo"', 'By its members this is a page: write "object": "page".'),
    "list-for-page": (LATEST, page(object="list"), "schema/wrong-object /object", 'expected "page", found the string "list"', 'The API always sends "page"; "list" is a habit of OpenAI-compatible gateways.'),
    "tag-misspelt": (LATEST, bucket(object="Bucket"), "schema/wrong-object /object", 'expected "bucket", found the string "Bucket"', 'By its members this is a bucket: write "object": "bucket".'),
    "kind-misspelt": (LATEST, store(object="organization.usage.vector_store.result"), "schema/unknown-kind /object", f'the string "organization.usage.vector_store.result" is not a kind of {LATEST}', 'Did you mean "organization.usage.vector_stores.result"?'),
    "kind-later": ("2026-05-13", {"object":"organization.usage.file_searches.result","num_requests":1}, "schema/unknown-kind /object", 'the string "organization.usage.file_searches.result" is not a kind of 2026-05-13', "The contract knows this kind since 2026-05-21."),
    "kind-of-nobody": (LATEST, store(object="organization.usage.zzzzzzzzzzz.result"), "schema/unknown-kind /object", f'the string "organization.usage.zzzzzzzzzzz.result" is not a kind of {LATEST}', "The API adds kinds; keep the results of one that you do not know."),
    "endpoint-name": (LATEST, {"object":"organization.usage.web_search_calls.result"}, "schema/unknown-kind /object", f'the string "organization.usage.web_search_calls.result" is not a kind of {LATEST}', 'This is the endpoint\'s name; the API sends "organization.usage.web_searches.result".'),
    "closed-set": (LATEST, cost(api_source="agent_api"), "schema/unknown-value /api_source", 'expected one of "agents_api", "unlabeled", found the string "agent_api"', 'Did you mean "agents_api"?'),
    "open-set": (LATEST, cost(quantity_unit="bananas"), "schema/unlisted-value /quantity_unit", 'expected one of "tokens", "1000_tokens", "duration_seconds", "duration_minutes", "duration_hours", "gibibyte_hours", "images", "characters", found the string "bananas"', "The API may add values; keep the text as it is."),
    "undeclared": (LATEST, store(zzzzzzz=1), "schema/undeclared-member /zzzzzzz", 'UsageVectorStoresResult does not declare "zzzzzzz"', ""),
    "undeclared-later": (OLD, cost(user_id="u",sessions=1), "schema/undeclared-member /user_id", 'CostsResult does not declare "user_id"', "It is declared since 2026-10-06."),
    "undeclared-earlier": (LATEST, {"object": SESSIONS,"num_sessions":1,"sessions":1}, "schema/undeclared-member /sessions", 'UsageCodeInterpreterSessionsResult does not declare "sessions"', "It was declared until 2025-01-17."),
    "undeclared-known": (LATEST, cost(organization_id="o"), "schema/undeclared-member /organization_id", 'CostsResult does not declare "organization_id"', "Known: served on costs since January 2025"),
    "undeclared-of-others": (LATEST, store(source="x"), "schema/undeclared-member /source", 'UsageVectorStoresResult does not declare "source"', "It is a member of other kinds; a flattened record has the members of all."),
    "undeclared-by-mistake": (PERL, cost(sessions="any"), "schema/undeclared-member /sessions", 'CostsResult does not declare "sessions"', "The revision requires it all the same, by mistake."),
    "phantom": (LATEST, store(images=0, api_key_id="k", model="m", batch=False, user_id=None, input_tokens=0), "record/phantom-member /images", "UsageVectorStoresResult has no member `images`; other kinds have", "This is a flat record, one class for all kinds: leave out what its kind does not have, zeros too."),
    "misspelt": (LATEST, store(projectid="p"), "schema/misspelt-member /projectid", 'UsageVectorStoresResult does not declare "projectid", and has no `project_id`', "Is it meant to be `project_id`? Nobody who reads the contract gets its value."),
    "amount-as-text": (LATEST, cost(amount={"value":"12.50","currency":"usd"}), "wire/amount-as-string /amount/value", 'the published contract has a number, found the string "12.50"', "Take the string and the number alike, each digit of it."),
    "respelled": (LATEST, store(usage_bytes=N("5.0")), "record/integer-spelled-as-float /usage_bytes", "expected an integer, found the number 5.0, which is one in another spelling", "Write it without fraction and exponent."),
    "negative": (LATEST, store(usage_bytes=-1), "record/negative-count /usage_bytes", "a count cannot be below zero, found the number -1", "Was something subtracted, or did a counter overflow?"),
    "lossy": (LATEST, store(usage_bytes=2**63), "record/lossy-number /usage_bytes", "the number 9223372036854775808 changes its value in int32, int53, int64", "Decode it into an exact type."),
    "lossy-decimal": (LATEST, cost(quantity=N("0.123456789")), "record/lossy-number /quantity", "the number 0.123456789 changes its value in binary32", "Decode it into an exact type."),
    "array": (LATEST, [page()], "schema/wrong-type ", "expected an object, found an array", "This is an array of pages. Send each by itself; one payload is one page, one bucket or one result."),
    "text": (LATEST, "x", "schema/wrong-type ", 'expected an object, found the string "x"', "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "number": (LATEST, 5, "schema/wrong-type ", "expected an object, found the number 5", "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "empty": (LATEST, {}, "schema/missing-member /object", "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result", "The object is empty."),
    "nothing-known": (LATEST, {"foo":1}, "schema/missing-member /object", "this cannot be recognized: it has no `object`, and no member of a page, a bucket or a result", "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "other-endpoint": (LATEST, {"id": "1", "object": "chat.completion"}, "schema/wrong-object /object", 'this is an object of another endpoint, "chat.completion"', "It is neither usage nor a cost. A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "error-answer": (LATEST, {"error": {"message": "Invalid page token"}}, "schema/missing-member /object", 'this is an error answer of the API: "Invalid page token"', "The request failed, so there is no payload; ask again."),
    "time-as-text": (LATEST, bucket(start_time="2026-01-01T00:00:00Z"), "schema/wrong-type /start_time", 'expected an integer, found the string "2026-01-01T00:00:00Z"', "Write 1767225600: times are seconds since 1970."),
    "time-with-fraction": (LATEST, bucket(start_time=1.5), "schema/wrong-type /start_time", "expected an integer, found the number 1.5", "Times are whole seconds."),
    "time-as-object": (LATEST, bucket(end_time={}), "schema/wrong-type /end_time", "expected an integer, found an object", "Write seconds since 1970, such as 1767225600."),
    "object-for-integer": (LATEST, store(usage_bytes={}), "schema/wrong-type /usage_bytes", "expected an integer, found an object", "Write a whole number, such as 1000."),
    "undeclared-nearly": (LATEST, store(project_idds="p"), "schema/undeclared-member /project_idds", 'UsageVectorStoresResult does not declare "project_idds"', 'Did you mean "project_id"?'),
    "null": (LATEST, None, "schema/wrong-type ", "expected an object, found null", "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "true": (LATEST, True, "schema/wrong-type ", "expected an object, found true", "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."),
    "tag-of-nobody": (LATEST, {"object": "foo", "data": {}}, "schema/wrong-object /object", 'expected "page", found the string "foo"', 'Write "object": "page".'),
    "list-for-bucket": (LATEST, page({"object": "list", "start_time": 1}), "schema/wrong-object /data/0/object", 'expected "bucket", found the string "list"', "This is a page, where a bucket was expected."),
    "absent-beside-an-object": (LATEST, without(bucket(items={"a": 1}), "results"), "schema/missing-member /results", "UsageTimeBucket has no `results`, which is required", "The API always sends it, if only as []."),
    "absent-beside-bare-buckets": (LATEST, without(page(items=[{"start_time": 1, "results": []}]), "data"), "schema/missing-member /data", "UsageResponse has no `data`, which is required", 'There is "items", which holds buckets; the API calls it `data`.'),
    "list-of-words": (LATEST, {"object": "list", "data": ["x"]}, "schema/wrong-type /data/0", 'expected a bucket object, found the string "x"', "Leave it out; each item of the array is an object."),
    "absent-beside-results": (LATEST, without(bucket(items=[cost()]), "end_time"), "schema/missing-member /end_time", "UsageTimeBucket has no `end_time`, which is required", "The API always sends it, in seconds since 1970."),
    "absent-beside-other-case": (LATEST, {"object": COMPLETIONS, "inputTokens": 1, "OutputTokens": 2}, "schema/missing-member /num_model_requests", "UsageCompletionsResult has no `num_model_requests`, which is required", "The API always sends it, also where it is 0."),
    "one-in-other-case": (LATEST, {"object": COMPLETIONS, "inputTokens": 1, "num_model_requests": 1}, "schema/missing-member /input_tokens", "UsageCompletionsResult has no `input_tokens`, which is required", 'There is "inputTokens"; is it meant to be `input_tokens`?'),
    "bucket-by-its-start": (LATEST, {"object": "foo", "start_time": 1, "results": []}, "schema/wrong-object /object", 'expected "bucket", found the string "foo"', 'By its members this is a bucket: write "object": "bucket".'),
    "bucket-by-its-end": (LATEST, {"object": "foo", "end_time": 1, "result": []}, "schema/wrong-object /object", 'expected "bucket", found the string "foo"', 'By its members this is a bucket: write "object": "bucket".'),
    "bucket-by-nothing": (LATEST, {"object": "foo", "results": []}, "schema/wrong-object /object", 'expected "bucket", found the string "foo"', 'Write "object": "bucket".'),
    "page-by-its-flag": (LATEST, {"object": "foo", "data": [], "has_more": False}, "schema/wrong-object /object", 'expected "page", found the string "foo"', 'By its members this is a page: write "object": "page".'),
    "page-by-its-cursor": (LATEST, {"object": "foo", "data": [], "next_page": None}, "schema/wrong-object /object", 'expected "page", found the string "foo"', 'By its members this is a page: write "object": "page".'),
    "page-by-nothing": (LATEST, {"object": "foo", "data": []}, "schema/wrong-object /object", 'expected "page", found the string "foo"', 'Write "object": "page".'),
}  # fmt: skip
"""For each: the revision, the payload, code and pointer of the finding, its message, and its hint."""

SHAPES: dict[str, ShapeName] = {
    "bucket-for-page": "page",
    "result-for-bucket": "bucket",
    "page-for-bucket": "bucket",
    "phantom": "flat",
}
"""What some of these payloads have to be."""


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    """A finding says in one sentence what was expected and what is there, and in another what to do or what it may be."""
    revision, tree, place, message, hint = WORDS[name]
    found = check(text(tree), revision=revision, shape=SHAPES.get(name)).findings
    assert [(one.message, one.hint) for one in found if f"{one.code} {one.pointer}" == place] == [(message, hint)]


def test_each_name_has_its_own_suggestion() -> None:
    """What one name may be meant for is not said of another, nor of the same name in another place."""
    one = cost(api_source="agent_api", quantity_unit="image", project_idds="p")
    hints = {finding.pointer: finding.hint for finding in check(text(one)).findings}
    assert hints == {
        "/api_source": 'Did you mean "agents_api"?',
        "/quantity_unit": 'Did you mean "images"?',
        "/project_idds": 'Did you mean "project_id"?',
    }
    both = bucket(store(input_tokeens=1), {"object": COMPLETIONS, "output_tokens": 1, "input_tokeens": 1})
    found = {finding.pointer: finding.hint for finding in check(text(both)).findings}
    assert found["/results/0/input_tokeens"] == ""
    assert "`input_tokens`" in found["/results/1/input_tokens"]
