"""`flatten` and `narrow`: the flat record of generated clients, and what is wrong with it."""

from __future__ import annotations

import pytest
from attrs import evolve, fields

from usagecompat import ABSENT, CODES, LATEST, REVISIONS, dumps, flatten, loads, narrow
from usagecompat.contract.base import origin_of
from usagecompat.contract.records import (
    CostsResult,
    CostsResultAmount,
    UnknownResult,
    UsageCodeInterpreterSessionsResult,
    UsageCompletionsResult,
    UsageTimeBucketResultInner,
    UsageVectorStoresResult,
)
from usagecompat.contract.tree import contract

COMPLETION = UsageCompletionsResult(input_tokens=1, output_tokens=2, num_model_requests=3, project_id=None)


def found(flat: UsageTimeBucketResultInner) -> list[str]:
    """Code and pointer of what narrowing finds."""
    return [f"{finding.code} {finding.pointer}" for finding in narrow(flat).findings]


def test_flatten_sets_only_what_is_there() -> None:
    """A flat record has the members of its result and no other; null stays null and absent stays absent."""
    flat = flatten(COMPLETION)
    there = {
        field.name
        for field in fields(type(flat))
        if field.name != "_origin" and getattr(flat, field.name) is not ABSENT
    }
    assert there == {"object", "input_tokens", "output_tokens", "num_model_requests", "project_id"}
    assert flat.project_id is None
    assert flat.images is ABSENT


def test_there_and_back() -> None:
    """A flat record narrows to the result that it was."""
    narrowed = narrow(flatten(COMPLETION))
    assert narrowed.result == COMPLETION
    assert type(narrowed.result) is UsageCompletionsResult
    assert narrowed.findings == ()


@pytest.mark.parametrize("shape", contract(LATEST).kinds.values(), ids=lambda shape: shape.name)
def test_each_kind(shape: object) -> None:
    """A result of each kind narrows to itself without a finding."""
    cls = shape.cls  # type: ignore[attr-defined]
    result = cls(**{name: 1 for name in shape.required if name != "object"})  # type: ignore[attr-defined]
    assert narrow(flatten(result)).result == result
    assert narrow(flatten(result)).findings == ()


def test_phantom_members() -> None:
    """A member that the kind does not have is reported, and stays with the result as an undeclared one."""
    flat = evolve(flatten(COMPLETION), images=0, characters=0)
    narrowed = narrow(flat)
    assert found(flat) == ["record/phantom-member /images", "record/phantom-member /characters"]
    assert {finding.severity for finding in narrowed.findings} == {"warning"}
    assert isinstance(narrowed.result, UsageCompletionsResult)
    assert set(narrowed.result.undeclared) == {"images", "characters"}
    assert narrowed.result != COMPLETION


def test_phantom_nulls() -> None:
    """A member of another kind is a phantom even if it is null."""
    assert found(evolve(flatten(COMPLETION), amount=CostsResultAmount(), vector_store_id=None)) == [
        "record/phantom-member /vector_store_id",
        "record/phantom-member /amount",
    ]


def test_undeclared_members_are_no_phantoms() -> None:
    """What the API sends and no kind declares goes through without a finding."""
    result = loads(b'{"object":"organization.costs.result","organization_id":"o","amount":{"value":1.0}}')
    assert isinstance(result, CostsResult)
    assert found(flatten(result)) == []
    assert narrow(flatten(result)).result == result


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        (b'{"object":"organization.costs.result","user_id":{"a":1}}', "2024-12-04"),
        (b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":1}', "2025-02-10"),
        (b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":1}', "2024-12-04"),
        (
            b'{"num_sessions":"x","object":"organization.usage.code_interpreter_sessions.result","sessions":1}',
            "2024-12-04",
        ),
    ],
)
def test_names_of_other_revisions(text: bytes, revision: str) -> None:
    """A member that the kind has at another revision is no phantom, and nothing of it is lost."""
    result = loads(text, revision=revision)
    assert isinstance(result, (CostsResult, UsageCodeInterpreterSessionsResult))
    narrowed = narrow(flatten(result))
    assert narrowed.result == result
    assert narrowed.findings == ()
    assert narrowed.result is not None
    assert dumps(narrowed.result) == text


def test_undeclared_members_of_other_kinds_are_phantoms() -> None:
    """A payload that was flattened by somebody else shows its phantoms when it is narrowed."""
    result = loads(b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"images":0}')
    assert isinstance(result, UsageVectorStoresResult)
    narrowed = narrow(flatten(result))
    assert narrowed.result == result
    assert [f"{f.code} {f.pointer}" for f in narrowed.findings] == ["record/phantom-member /images"]


def test_unknown_kinds() -> None:
    """A result of unknown kind comes back with everything that it had, members of known kinds included."""
    text = b'{"images":1.0,"object":"organization.usage.videos.result","seconds":"x","more":[1e0]}'
    result = loads(text)
    assert isinstance(result, UnknownResult)
    narrowed = narrow(flatten(result))
    assert narrowed.result == result
    assert narrowed.findings == ()
    assert narrowed.result is not None
    assert dumps(narrowed.result) == text


def test_unknown_kind_by_hand() -> None:
    """A flat record of unknown kind becomes a result that keeps what the flat record has."""
    narrowed = narrow(UsageTimeBucketResultInner(object="organization.usage.videos.result", seconds=5))
    assert isinstance(narrowed.result, UnknownResult)
    assert dumps(narrowed.result) == b'{"object":"organization.usage.videos.result","seconds":5}'


def test_no_discriminator() -> None:
    """A flat record that does not say its kind narrows to nothing."""
    narrowed = narrow(UsageTimeBucketResultInner(images=1))
    assert narrowed.result is None
    assert [f"{f.code} {f.pointer}" for f in narrowed.findings] == ["schema/missing-member /object"]


def test_missing_members() -> None:
    """A flat record that lacks what its kind must have is reported, and loses nothing."""
    narrowed = narrow(UsageTimeBucketResultInner(object="organization.usage.vector_stores.result", project_id="p"))
    assert [f"{f.code} {f.pointer}" for f in narrowed.findings] == ["schema/missing-member /usage_bytes"]
    assert narrowed.result is not None
    assert dumps(narrowed.result) == b'{"object":"organization.usage.vector_stores.result","project_id":"p"}'


def test_spelling_survives() -> None:
    """Order and spelling come back from a flat record as they came."""
    text = b'{"usage_bytes":5.0,"x":-0,"object":"organization.usage.vector_stores.result"}'
    result = loads(text)
    assert isinstance(result, UsageVectorStoresResult)
    assert dumps(flatten(result)) == text


def test_the_flat_record_is_no_payload() -> None:
    """A flat record has every member that any kind has at any revision, under its newest name."""
    names = {m.attribute for r in REVISIONS for m in contract(r).flat.members.values()}
    flat = {field.name for field in fields(UsageTimeBucketResultInner)} - {"_origin"}
    assert not names ^ flat, "contract/records.py and contract/flat_record.py do not have the same members"


def test_the_former_name_of_sessions() -> None:
    """The flat record takes and gives sessions under their former name too, and is written under that of its revision."""
    object_ = "organization.usage.code_interpreter_sessions.result"
    flat = UsageTimeBucketResultInner(object=object_, sessions=3)
    assert (flat.sessions, flat.num_sessions) == (3, 3)
    assert flat == UsageTimeBucketResultInner(object=object_, num_sessions=3)
    assert narrow(flat).result == UsageCodeInterpreterSessionsResult(num_sessions=3)
    old = UsageTimeBucketResultInner(object=object_, sessions=3, revision="2024-12-16")
    assert dumps(old) == b'{"object":"%s","sessions":3}' % object_.encode()
    read = loads(dumps(old), revision="2024-12-16")
    assert isinstance(read, UsageCodeInterpreterSessionsResult)
    assert flatten(read).sessions == 3
    assert dumps(flatten(read)) == dumps(old)
    assert narrow(flatten(read)).result == read
    assert UsageTimeBucketResultInner().sessions is ABSENT


def test_what_flatten_and_narrow_take() -> None:
    """A page or a bucket is no result, and the message says where its results are."""
    page = loads(b'{"object":"page","data":[],"has_more":false,"next_page":null}')
    with pytest.raises(TypeError, match=r"not a UsageResponse; use \[flatten\(result\) for bucket in page.data for"):
        flatten(page)  # type: ignore[arg-type]
    bucket = loads(b'{"object":"bucket","start_time":1,"end_time":2,"results":[]}')
    with pytest.raises(TypeError, match=r"not a UsageTimeBucket; use \[flatten\(result\) for result in bucket.results"):
        flatten(bucket)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not a dict"):
        flatten({})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not a UsageCompletionsResult"):
        narrow(COMPLETION)  # type: ignore[arg-type]


def test_findings_say_what_and_where() -> None:
    """A finding about a flat record has the severity of its code, a place, and a sentence with the names in it."""
    (lacking,) = narrow(UsageTimeBucketResultInner(object=COMPLETION.object, input_tokens=1, output_tokens=2)).findings
    assert lacking.message == f"{COMPLETION.object} requires `num_model_requests`"
    assert (lacking.severity, lacking.pointer, lacking.path) == (
        "error",
        "/num_model_requests",
        ("num_model_requests",),
    )
    (phantom,) = narrow(evolve(flatten(COMPLETION), images=0)).findings
    assert phantom.message == "UsageCompletionsResult has no member `images`; other kinds have"
    assert (phantom.severity, phantom.path) == (CODES["record/phantom-member"].served, ("images",))
    (none,) = narrow(UsageTimeBucketResultInner()).findings
    assert none.message == "a flat record has no `object`"


def test_kinds_are_those_of_the_revision() -> None:
    """A kind that a revision does not have narrows to a result of unknown kind there, and to its own at the newest."""
    text = b'{"object":"organization.usage.decisions.result","num_model_requests":1}'
    flat = flatten(loads(text, revision="2024-12-04"))
    assert type(narrow(flat, revision="2024-12-04").result) is UnknownResult
    assert narrow(flat, revision="2024-12-04").findings == ()
    assert narrow(flat, revision=LATEST).findings != ()


def test_the_way_back_keeps_spellings_and_revision() -> None:
    """What narrowing gives is written with the spellings and by the revision of the text it came from."""
    text = b'{"object":"organization.costs.result","amount":{"value":0.060,"currency":"usd"},"quantity":1e0}'
    result = narrow(flatten(loads(text))).result
    assert result is not None
    assert dumps(result) == text
    assert narrow(flatten(loads(text, revision="2026-05-13"))).result == loads(text, revision="2026-05-13")


def test_all_that_is_missing_is_reported_once() -> None:
    """Each required member that a flat record lacks is one finding, whether all revisions require it or the named one."""
    flat = UsageTimeBucketResultInner(object=COMPLETION.object, input_tokens=1)
    for revision in (None, LATEST):
        lacking = [one.pointer for one in narrow(flat, revision=revision).findings]
        assert lacking == ["/output_tokens", "/num_model_requests"]


def test_a_flat_record_is_of_the_revision_of_its_result() -> None:
    """A result is flattened by its revision, and what is narrowed again has that revision."""
    result = loads(b'{"object":"organization.usage.videos.result","seconds":1}', revision="2025-02-10")
    flat = flatten(result)
    assert type(flat) is contract("2025-02-10").flat.cls
    narrowed = narrow(flat).result
    assert narrowed is not None
    assert origin_of(narrowed).revision == "2025-02-10"
