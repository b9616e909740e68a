"""Flat records that are checked: told by members of several kinds, with the verdict of `narrow`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from usagecompat import (
    REVISIONS,
    Finding,
    Shape,
    check,
    compare,
    dumps,
    flatten,
    load_revision,
    loads,
    narrow,
    strategies,
)
from usagecompat.checking import fast_route
from usagecompat.checking.flat_records import names_that_tell
from usagecompat.cli.commands import main
from usagecompat.contract import UsageTimeBucketResultInner, contract
from usagecompat.conversion.witnesses import least
from usagecompat.corpus.data import folder
from usagecompat.exceptions import NoSuchName

COMPLETIONS = {
    "object": "organization.usage.completions.result",
    "input_tokens": 1,
    "output_tokens": 2,
    "num_model_requests": 3,
}
HISTORY = folder("fixtures") / "upstream" / "history.json"
KINDS = sorted({kind for revision in REVISIONS for kind in contract(revision).kinds})


def found(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    """Codes and places."""
    return {(one.code, one.pointer) for one in findings}


def text(tree: object) -> bytes:
    """JSON."""
    return json.dumps(tree).encode()


def test_what_tells() -> None:
    """A single record with what makes another kind what it is says that it is flat, and what it makes up."""
    report = check(text({**COMPLETIONS, "images": 0, "size": None, "amount": {"value": 0.0}, "input_tokens_left": 1}))
    assert (report.shape, report.verdict) == (Shape.FLAT, "acceptable")
    assert found(report.findings) == {
        ("record/phantom-member", "/images"),
        ("record/phantom-member", "/size"),
        ("record/phantom-member", "/amount"),
        ("schema/undeclared-member", "/input_tokens_left"),
    }
    assert str(report).startswith("acceptable: flat record at")
    assert "This is a flat record" in report.findings[0].hint


@pytest.mark.parametrize("members", [{"size": "1x1"}, {"user_id": None}, {"seats": 1}, {"vector_store_id": "v"}])
def test_what_does_not_tell(members: dict[str, Any]) -> None:
    """A group key of other kinds, or what nobody knows, may be tomorrow's: it is undeclared, and the payload a result."""
    report = check(text({**COMPLETIONS, **members}))
    assert (report.shape, report.verdict) == (Shape.RESULT, "valid")
    asked = check(text({**COMPLETIONS, **members}), shape="flat")
    assert asked.shape is Shape.FLAT
    assert (asked.verdict == "valid") == bool({"user_id", "seats"} & members.keys())


def test_a_wrong_name_is_no_flat_record() -> None:
    """A record that has members of one kind only, under the name of another, is a result that lacks what it must have."""
    report = check(text({"object": COMPLETIONS["object"], "amount": {"value": 1.0, "currency": "usd"}}))
    assert (report.shape, report.verdict) == (Shape.RESULT, "invalid")


def test_no_result_of_any_revision_is_taken_for_a_flat_record() -> None:
    """Nothing tells of another kind that a kind had at any revision, or that several kinds have."""
    for names in (names_that_tell(revision) for revision in REVISIONS):
        for kind, telling in names.items():
            for revision in REVISIONS:
                shape = contract(revision).kinds.get(kind)
                assert shape is None or telling.isdisjoint({*shape.members, *shape.required})


def test_inside_a_bucket_it_stays_undeclared() -> None:
    """What a bucket holds are results, so a member of another kind is a note there."""
    bucket = {"object": "bucket", "start_time": 1, "end_time": 2, "results": [{**COMPLETIONS, "images": 0}]}
    report = check(text(bucket))
    assert (report.shape, report.verdict) == (Shape.BUCKET, "valid")
    assert found(report.findings) == {("schema/undeclared-member", "/results/0/images")}


@given(data=st.data(), revision=st.sampled_from(REVISIONS), kind=st.sampled_from(KINDS))
def test_the_verdict_of_narrow(data: st.DataObject, revision: Any, kind: str) -> None:  # noqa: ANN401 - a literal
    """At every revision `check` as flat finds what `narrow` finds, of records with and without what is required."""
    said = contract(revision)
    shape = said.kinds.get(kind)
    base = {"object": kind} if shape is None else least(shape)
    others = {name: 0 for name, member in said.flat.members.items() if member.type == "integer" and name not in base}
    gone = data.draw(st.sampled_from([None, *(base.keys() - {"object", "amount", "currency"})]))
    added = data.draw(st.lists(st.sampled_from(sorted(others)), unique=True, max_size=3))
    tree = {name: value for name, value in base.items() if name != gone} | dict.fromkeys(added, 0)
    names = {name: said.flat.members[name].attribute for name in tree if name in said.flat.members}
    flat = UsageTimeBucketResultInner(**{names[name]: tree[name] for name in names}, revision=revision)
    narrowed = narrow(flat, revision=revision)
    report = check(text(tree), shape="flat", revision=revision)
    if shape is None:
        assert found(report.findings) == {("schema/unknown-kind", "/object")}
        assert narrowed.findings == ()
        return
    own = {one for one in found(report.findings) if one[0] in {"schema/missing-member", "record/phantom-member"}}
    lacking = {one for one in found(narrowed.findings) if one[0] == "schema/missing-member"}
    assert lacking == {one for one in own if one[0] == "schema/missing-member"}
    # Of a record that lacks something `narrow` makes no record of the kind, in which a member could be a phantom.
    assert lacking or own == found(narrowed.findings)
    grave = {one.severity for one in narrowed.findings}
    assert report.verdict == ("invalid" if "error" in grave else "acceptable" if "warning" in grave else "valid")


@given(data=st.data(), revision=st.sampled_from(REVISIONS))
def test_flattened_results_are_right(data: st.DataObject, revision: Any) -> None:  # noqa: ANN401 - a literal
    """Whatever `flatten` makes of a result is no worse as a flat record than as a result, and reads back."""
    result = data.draw(strategies.results(revision=revision))
    payload = dumps(flatten(result))
    report = check(payload, shape="flat", revision=revision)
    assert report.ok
    assert check(payload, revision=revision).shape in {Shape.RESULT, Shape.FLAT}
    again = loads(payload, shape="flat", revision=revision)
    assert narrow(again, revision=revision).result == loads(payload, shape="result", revision=revision)


def test_both_routes_say_the_same() -> None:
    """A flat record is told whether or not the fast route has learned what it looks like."""
    records = [{**COMPLETIONS, "images": number} for number in range(5)]
    fast = [check(text(one)) for one in records]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("USAGECOMPAT_ROUTE", "exact")
        fast_route.cache_clear()
        assert [check(text(one)) for one in records] == fast
    fast_route.cache_clear()
    as_results = [check(text(one), shape="result") for one in records * 3]
    assert {one.verdict for one in as_results} == {"valid"}
    assert [check(text(one)) for one in records] == fast


def test_other_revisions() -> None:
    """How a flat record fits other revisions is told of a flat record too."""
    report = check(text({**COMPLETIONS, "images": 0}), revision="2024-12-16")
    assert {fit.verdict for fit in report.revisions.values()} == {"acceptable"}
    assert report.to_dict()["shape"] == "flat"


def test_drafts(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """A draft that gives a kind the member of another takes it for no flat record."""
    history = json.loads((HISTORY).read_bytes())["revisions"][-1]
    history["schemas"]["UsageCompletionsResult"]["members"]["images"] = {"type": "integer"}
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(history), "utf-8")
    report = check(text({**COMPLETIONS, "images": 0}), revision=load_revision(file))
    assert (report.shape, report.verdict) == (Shape.RESULT, "valid")


def test_commands(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """`check` and `scan` tell flat records, `check` and `compare` take the shape, and `strategies` say that they do not."""
    file = tmp_path / "flat.ndjson"
    file.write_bytes(text({**COMPLETIONS, "images": 0}) + b"\n" + text(COMPLETIONS) + b"\n")
    run = CliRunner().invoke
    told = run(main, ["check", str(file), "--format", "json"])
    assert [json.loads(line)["shape"] for line in told.stdout.splitlines()] == ["flat", "result"]
    assert run(main, ["check", str(file), "--shape", "flat", "--fail-on", "warning"]).exit_code == 1
    summary = json.loads(run(main, ["scan", str(file), "--format", "json"]).stdout)
    assert summary["shapes"] == {"flat": 1, "result": 1}
    assert summary["verdicts"] == {"valid": 1, "acceptable": 1, "invalid": 0}
    payload = text({**COMPLETIONS, "images": 0})
    assert (
        compare(payload, payload.replace(b" ", b""), shape="flat").level
        == compare(payload, payload.replace(b" ", b"")).level
    )
    with pytest.raises(NoSuchName, match="page, bucket, result"):
        strategies.payloads(shape="flat")


@given(data=st.data(), revision=st.sampled_from(REVISIONS))
def test_strategies_draw_no_flat_records(data: st.DataObject, revision: Any) -> None:  # noqa: ANN401 - a literal
    """A result that a strategy draws is one, whatever undeclared members it has."""
    payload = data.draw(strategies.payloads(shape="result", revision=revision))
    report = check(payload, revision=revision)
    assert (report.shape, report.verdict) == (Shape.RESULT, "valid")
