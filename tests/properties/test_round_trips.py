"""What `loads`, `dumps`, `flatten` and `narrow` keep: everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from attrs import evolve
from hypothesis import given

from usagecompat import ABSENT, REVISIONS, Incompatible, dumps, flatten, loads, narrow
from usagecompat.contract.tree import RECORDS, JsonType, contract, shape_of
from usagecompat.jsontext.writer import write
from usagecompat.strategies import broken_payloads, buckets, pages, payloads, results
from usagecompat.strategies.trees import naturals, trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from usagecompat.contract.markers import Record

every_revision = pytest.mark.parametrize("revision", REVISIONS)


def exact(text: bytes) -> Any:  # noqa: ANN401 - any JSON
    """What a text says, by the standard library: members in order, numbers as they are spelled."""
    return json.loads(
        text,
        object_pairs_hook=lambda pairs: ("object", *pairs),
        parse_int=lambda lexeme: ("number", lexeme),
        parse_float=lambda lexeme: ("number", lexeme),
    )


def records(revision: str | None = None) -> st.SearchStrategy[Record]:
    """Records of any shape, as they are served."""
    asked = {"revision": revision, "profile": "served"}
    return st.one_of(pages(**asked), buckets(**asked), results(**asked))


@every_revision
@given(data=st.data())
def test_text_survives(revision: str, data: st.DataObject) -> None:
    """What is read and written says the same: every number as spelled, every member in its place."""
    payload = data.draw(payloads(revision=revision, profile="served"))
    assert exact(dumps(loads(payload, revision=revision))) == exact(payload)


@every_revision
@given(data=st.data())
def test_records_survive(revision: str, data: st.DataObject) -> None:
    """A record that is written and read is equal, and is written alike once more."""
    record = data.draw(records(revision))
    again = loads(dumps(record), revision=revision)
    assert again == record
    assert hash(again) == hash(record)
    assert dumps(again) == dumps(record)


@given(data=st.data())
def test_text_is_compact(data: st.DataObject) -> None:
    """What is written has no white space between tokens, whatever stood there before."""
    tree = data.draw(
        st.sampled_from(("page", "bucket", "result")).flatmap(lambda shape: trees(contract(REVISIONS[-1]), shape))
    )
    assert dumps(loads(write(tree))) == write(tree)


@every_revision
@given(data=st.data(), random=st.randoms())
def test_mutated_text_survives(
    revision: str, data: st.DataObject, random: Random, mutated: Callable[[Random, Any], Any]
) -> None:
    """Whatever `loads` takes, `dumps` gives back; what it does not take, it refuses with a report."""
    tree = mutated(
        random, data.draw(trees(contract(revision), data.draw(st.sampled_from(("page", "bucket", "result")))))
    )
    text = write(tree)
    try:
        record = loads(text, revision=revision)
    except Incompatible as refused:
        assert not refused.report.ok  # noqa: PT017 - either way is right
    else:
        assert dumps(record) == text


@every_revision
@given(data=st.data())
def test_refusals(revision: str, data: st.DataObject) -> None:
    """`loads` takes a broken payload exactly if nothing but values is wrong with it."""
    payload, code = data.draw(broken_payloads(revision=revision))
    strict = code.startswith("json/") or code in {
        "schema/wrong-type",
        "schema/unexpected-null",
        "schema/missing-member",
        "schema/renamed-member",
        "schema/wrong-object",
    }
    if strict:
        with pytest.raises(Incompatible) as refused:
            loads(payload, revision=revision)
        assert code in {finding.code for finding in refused.value.report.findings}
    else:
        assert exact(dumps(loads(payload, revision=revision))) == exact(payload)


@every_revision
@given(data=st.data())
def test_one_change_changes_one_member(revision: str, data: st.DataObject) -> None:
    """A record that was changed in one member is written as before but for that member."""
    shapes = [shape for shape in contract(revision).kinds.values() if shape.name != "CostsResult"]
    shape = data.draw(st.sampled_from(shapes))
    result = data.draw(results(kind=shape.kind, revision=revision))
    member = data.draw(st.sampled_from([m for m in shape.members.values() if m.type is JsonType.INTEGER]))
    value = data.draw(naturals)
    before, after = dict(exact(dumps(result))[1:]), dict(exact(dumps(evolve(result, **{member.attribute: value})))[1:])
    written = after.pop(member.name)
    assert int(written[1]) == value
    assert {name: node for name, node in before.items() if name != member.name} == after
    assert [name for name in before if name in after] == list(after)


@given(data=st.data())
def test_members_can_be_taken_away(data: st.DataObject) -> None:
    """An optional member that is set to absent is not written, and all others are as before."""
    result = data.draw(results())
    shape = shape_of(type(result).__name__, REVISIONS[-1])
    name = data.draw(st.sampled_from([n for n in shape.members if n not in shape.required] or ["project_id"]))
    before, after = exact(dumps(result))[1:], exact(dumps(evolve(result, **{name: ABSENT})))[1:]
    assert after == tuple(pair for pair in before if pair[0] != name)


@every_revision
@given(data=st.data())
def test_flat_and_back(revision: str, data: st.DataObject) -> None:
    """A result that was flattened narrows to itself and is written alike, whatever its kind and its undeclared members."""
    result = data.draw(results(revision=revision, profile="served"))
    flat = flatten(result)
    assert dumps(flat) == dumps(result)
    narrowed = narrow(flat)
    assert narrowed.result == result
    assert narrowed.result is not None
    assert type(narrowed.result) is type(result)
    assert dumps(narrowed.result) == dumps(result)


@pytest.mark.parametrize("cls", RECORDS.values(), ids=RECORDS)
@given(data=st.data())
def test_equality(cls: type[Record], data: st.DataObject) -> None:
    """Records are equal exactly if they are of one class and say the same."""
    first, second = data.draw(st.from_type(cls)), data.draw(st.from_type(cls))
    assert (first == second) is (first.undeclared == second.undeclared and _members(first) == _members(second))
    assert first == evolve(first)
    if first == second:
        assert hash(first) == hash(second)


def _members(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in type(record).__annotations__}
