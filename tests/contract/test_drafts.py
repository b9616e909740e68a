"""Drafts: a revision that stands in a file can stand wherever a published one can."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from click.testing import CliRunner
from fitting import must_fit_as_checked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from usagecompat import (
    ABSENT,
    LATEST,
    REVISIONS,
    Profile,
    check,
    compare,
    dumps,
    load_revision,
    loads,
    schema,
    strategies,
)
from usagecompat.checking.fast import route
from usagecompat.cli.commands import main
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.importing import import_openapi
from usagecompat.contract.openapi import openapi_document
from usagecompat.contract.requests import endpoints_of
from usagecompat.contract.tree import contract
from usagecompat.corpus.data import folder
from usagecompat.exceptions import CorruptDraft, UsageCompatError
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.contract.revisions import Draft
    from usagecompat.contract.shapes import Contract, Member

HISTORY = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())
ENTRIES = {entry["revision"]: entry for entry in HISTORY["revisions"]}
NEWEST = ENTRIES[LATEST]["schemas"]
VALIDATOR = Draft202012Validator(json.loads((folder("schemas") / "contract.json").read_bytes()))
VIDEOS = "organization.usage.videos.result"


def coming() -> dict[str, Any]:
    """A made-up revision after the newest one: members of each type, a kind, and one requirement that is gone."""
    entry = copy.deepcopy(ENTRIES[LATEST]) | {"revision": "2027-01-05", "source": "made up for a test"}
    records = entry["schemas"]
    completions = records["UsageCompletionsResult"]
    completions["members"] |= {
        "reasoning_tokens": {"type": "integer"},
        "region": {"type": "string", "nullable": True, "doc": "Where the requests were answered."},
        "x-odd.name": {"type": "string", "nullable": True, "known_values": ["a", "b"], "closed": True},
        "class": {"type": "boolean"},
        "weight": {"type": "number", "nullable": True},
    }
    completions["required"].append("reasoning_tokens")
    records["UsageEmbeddingsResult"]["required"].remove("num_model_requests")
    records["UsageVideosResult"] = {
        "required": ["object", "frames"],
        "members": {
            "object": {"type": "string", "const": VIDEOS},
            "frames": {"type": "integer"},
            "project_id": {"type": "string", "nullable": True},
        },
    }
    records["UsageTimeBucket"]["members"]["results"]["items"].append("UsageVideosResult")
    return entry


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The made-up revision as a file."""
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(coming()), "utf-8")
    return path


@pytest.fixture
def draft(file: Path) -> Draft:
    """The made-up revision."""
    return load_revision(file)


def bucket(*results: dict[str, Any]) -> bytes:
    """A bucket with these results."""
    said = {"object": "bucket", "start_time": 1, "end_time": 2, "results": list(results)}
    return json.dumps(said, separators=(",", ":")).encode()


def completions(**members: object) -> dict[str, Any]:
    """A completions result."""
    counts = {"input_tokens": 1, "output_tokens": 2, "num_model_requests": 1}
    return {"object": "organization.usage.completions.result", **counts, **members}


def facts(member: Member) -> dict[str, Any]:
    """All that a tree says of a member."""
    return {field.name: getattr(member, field.name) for field in attrs.fields(type(member))}


def flattened(said: Contract) -> dict[str, Any]:
    """All that a tree says."""
    shapes = {**said.records, "flat": said.flat}
    return {
        name: {
            field.name: {n: facts(m) for n, m in getattr(shape, field.name).items()}
            if field.name in ("members", "former", "newer")
            else getattr(shape, field.name)
            for field in attrs.fields(type(shape))
        }
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_history_is_a_list_of_drafts(revision: str) -> None:
    """A published revision that is read from the history has exactly the tree that its records' annotations give."""
    draft = draft_of(json.dumps(ENTRIES[revision]).encode())
    read, ours = contract(draft), contract(revision)
    assert list(read.records) == list(ours.records)
    theirs = flattened(read)
    differing = [name for name, shape in flattened(ours).items() if shape != theirs[name]]
    assert not differing, "contract/records.py and fixtures/upstream/history.json differ about these"
    assert read.endpoints == ours.endpoints
    assert revision < draft < (*REVISIONS, "9999")[REVISIONS.index(revision) + 1]


def test_published_schema() -> None:
    """The published schema takes the history and a draft, and refuses what the reader refuses."""
    assert not list(VALIDATOR.iter_errors(coming()))
    history = Draft202012Validator({**VALIDATOR.schema, "$ref": "#/$defs/history"})
    assert not list(history.iter_errors(HISTORY))
    assert list(VALIDATOR.iter_errors({**coming(), "surprise": 1}))


def test_names(draft: Draft, file: Path) -> None:
    """A draft's name begins with its date, and two files have one name exactly if they say the same."""
    again = load_revision(str(file))
    assert again == draft
    file.write_text(json.dumps(coming(), indent=3) + "\n", "utf-8")
    assert load_revision(file) == draft
    changed = coming()
    changed["schemas"]["UsageVideosResult"]["required"].remove("frames")
    file.write_text(json.dumps(changed), "utf-8")
    assert load_revision(file) != draft
    assert draft.startswith("2027-01-05-draft-")
    assert pickle.loads(pickle.dumps(draft)) == draft  # noqa: S301 - our own


def test_other_processes_know_a_draft(draft: Draft) -> None:
    """A process that gets a draft from another one can judge by it."""
    payload, pickled = bucket({"object": VIDEOS}), pickle.dumps(draft)
    text = f"""
import pickle
from usagecompat import check
print(check({payload!r}, revision=pickle.loads({pickled!r})).verdict)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == "invalid"


def test_check(draft: Draft) -> None:
    """A payload is judged by what the draft declares, requires and lists, and by no more."""
    good = bucket(completions(reasoning_tokens=5, region="eu", **{"x-odd.name": "a", "class": True, "weight": 0.5}))
    assert check(good, revision=draft).verdict == "valid"
    assert {f.code for f in check(good).findings} == {"schema/undeclared-member"}
    assert check(bucket({"object": VIDEOS, "frames": 1}), revision=draft).verdict == "valid"
    assert check(bucket({"object": "organization.usage.embeddings.result", "input_tokens": 1}), revision=draft).ok
    for wrong, code in (
        (completions(), "schema/missing-member"),
        (completions(reasoning_tokens="5"), "schema/wrong-type"),
        (completions(reasoning_tokens=-5), "record/negative-count"),
        (completions(reasoning_tokens=5, **{"x-odd.name": "c"}), "schema/unknown-value"),
        ({"object": VIDEOS, "frames": None}, "schema/unexpected-null"),
    ):
        assert code in {finding.code for finding in check(bucket(wrong), revision=draft).findings}, code


def test_groups(draft: Draft) -> None:
    """Results that differ in a group key that only the draft has are two groups."""
    two = (completions(reasoning_tokens=1, region="eu"), completions(reasoning_tokens=1, region="us"))
    assert check(bucket(*two), revision=draft).verdict == "valid"
    assert "rule/duplicate-group" in {f.code for f in check(bucket(two[0], two[0]), revision=draft).findings}


def test_report(draft: Draft) -> None:
    """A report at a draft names it, ranks it among the revisions, and fits its schema."""
    report = check(bucket({"object": VIDEOS, "frames": 1}), revision=draft)
    told = {**report.to_dict()}
    assert told["revision"] == draft
    assert list(report.revisions) == [*REVISIONS, draft]
    Draft202012Validator(json.loads((folder("schemas") / "report.json").read_bytes())).validate(
        json.loads(json.dumps(told))
    )


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([{"object": VIDEOS, "frames": "5"}], "draft"),
        (
            [{"object": VIDEOS, "frames": 5}, {"object": VIDEOS, "frames": 5, "project_id": "a", "user_id": "b"}],
            "draft",
        ),
        ([completions(reasoning_tokens="5")], "draft"),
        ([completions(reasoning_tokens=1, region="eu"), completions(reasoning_tokens=1, region="us")], "draft"),
        ([completions(reasoning_tokens=1, weight=1), completions(reasoning_tokens=1, weight="1")], "draft"),
        ([completions(reasoning_tokens=1, **{"x-odd.name": value}) for value in "ac"], "draft"),
        ([completions(region="eu")], "draft"),
        ([completions()], "2026-05-13"),
    ],
)
def test_revisions_and_the_draft_fit_as_a_check_against_them_says(
    draft: Draft, results: list[dict[str, Any]], best: str
) -> None:
    """At a draft, the draft fits best what only it knows, and all revisions fit as a check against each of them says."""
    payload = bucket(*results)
    must_fit_as_checked(payload, (*REVISIONS, draft), revision=draft)
    assert check(payload, revision=draft).best_revision == (draft if best == "draft" else best)


@pytest.mark.usefixtures("nothing_learned")
def test_fast_route(draft: Draft) -> None:
    """The fast route proves what a draft says, new members and kinds included."""
    good = bucket(completions(reasoning_tokens=5, region="eu", **{"x-odd.name": "a", "class": True}))
    check(good, revision=draft)
    check(bucket({"object": VIDEOS, "frames": 1}), revision=draft)
    assert route.certify(good, draft) is not None
    assert route.certify(bucket({"object": VIDEOS, "frames": 1}), draft) is not None
    assert route.certify(bucket({"object": VIDEOS, "frames": -1}), draft) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_routes_agree(draft: Draft, data: st.DataObject) -> None:
    """Payloads that the strategies make of a draft are right at it, come back the same, and both routes say so."""
    page = data.draw(strategies.pages(revision=draft))
    text = dumps(page)
    report = check(text, revision=draft)
    assert report.ok
    certified = route.certify(text, draft)
    assert certified is None or {seen.code for seen, _ in certified.observations} == {f.code for f in report.findings}
    assert dumps(loads(text, revision=draft)) == text


def test_records(draft: Draft) -> None:
    """Records of a draft have its members as attributes, are of the known classes, and come back the same."""
    text = bucket(completions(reasoning_tokens=5, **{"x-odd.name": "a"}), {"object": VIDEOS, "frames": 3})
    record: Any = loads(text, revision=draft)
    first, second = record.results
    assert first.reasoning_tokens == 5
    assert not first.undeclared
    assert second.frames == 3
    assert isinstance(first, loads(bucket(completions())).results[0].__class__)  # type: ignore[attr-defined]
    assert dumps(record) == text
    assert dumps(type(second)(frames=4)) == b'{"object":"organization.usage.videos.result","frames":4}'
    odd = next(name for name, wire in type(first).WIRE_NAMES.items() if wire == "x-odd.name")
    assert b'"x-odd.name":"b"' in dumps(attrs.evolve(first, **{odd: "b"}))


@pytest.mark.parametrize(
    "row",
    [
        {"type": "integer"},
        {"type": "string", "nullable": True},
        {"type": "object", "members": NEWEST["CostsResult"]["members"]["amount"]["members"]},
    ],
)
@pytest.mark.parametrize("required", [False, True])
def test_pages_and_buckets_with_more(row: dict[str, Any], *, required: bool) -> None:
    """Pages and buckets may have members that only a draft declares: they can be read, written, served and drawn."""
    entry = coming()
    for name in ("UsageResponse", "UsageTimeBucket"):
        entry["schemas"][name]["members"]["more"] = row
        entry["schemas"][name]["required"] += ["more"] if required else []
    draft = draft_of(json.dumps(entry).encode())
    value = {"integer": 5, "string": None, "object": {"value": 1.5, "currency": "usd"}}[row["type"]]
    one = json.loads(bucket(completions(reasoning_tokens=5))) | {"more": value}
    page = {"object": "page", "data": [one], "has_more": False, "next_page": None, "more": value}
    for tree in (one, page):
        text = json.dumps(tree, separators=(",", ":")).encode()
        assert check(text, revision=draft).verdict == "valid"
        record: Any = loads(text, revision=draft)
        assert not record.undeclared
        assert record.more is not None or value is None
        assert dumps(record) == text
    ledger = Ledger(revision=draft)
    for path in ("usage/completions", "costs"):
        answer = ledger.answer(
            f"/v1/organization/{path}", "start_time=1791936000", {"Authorization": f"Bearer {ledger.key}"}
        )
        assert check(answer.body, revision=draft).ok
        assert (b'"more":' in answer.body) == required
    drawn: list[Any] = []

    @settings(max_examples=5, database=None)
    @given(page=strategies.pages(revision=draft))
    def draw(page: object) -> None:
        drawn.append(page)
        assert check(dumps(page), revision=draft).ok

    draw()
    assert drawn


@pytest.mark.parametrize("name", ["revision", "self", "cls", "undeclared", "to_dict", "type", "mro", "attr_dict"])
def test_members_with_names_of_python(name: str, tmp_path: Path) -> None:
    """A member may be called like anything that a class or its constructor has: its record is made, and comes back."""
    entry = coming() | {"revision": "2027-01-06"}
    entry["schemas"]["UsageVideosResult"]["members"][name] = {"type": "string", "nullable": True}
    (tmp_path / "draft.json").write_text(json.dumps(entry), "utf-8")
    coming_next = load_revision(tmp_path / "draft.json")
    text = bucket({"object": VIDEOS, "frames": 3, name: "a"})
    record: Any = loads(text, revision=coming_next)
    assert dumps(record) == text
    assert not record.results[0].undeclared
    assert dumps(attrs.evolve(record.results[0], frames=4)) == text[text.index(b"[") + 1 : -2].replace(b"3", b"4")


def test_compare(draft: Draft) -> None:
    """What a draft declares is declared for a comparison: losing it costs more than losing something unknown."""
    text = bucket({"object": VIDEOS, "frames": 3, "more": 1})
    assert compare(text, text.replace(b'"frames":3,', b""), revision=draft).level == 0
    assert compare(text, text.replace(b',"more":1', b""), revision=draft).level > 0


def test_schema(draft: Draft) -> None:
    """The schemas of a draft say what the check says."""
    validator = Draft202012Validator(schema("bucket", revision=draft))
    assert validator.is_valid(json.loads(bucket(completions(reasoning_tokens=5))))
    assert not validator.is_valid(json.loads(bucket(completions())))
    assert "UsageVideosResult" in openapi_document(draft)["components"]["schemas"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "-q", "PAYLOAD"],
        ["compare", "PAYLOAD", "PAYLOAD"],
        ["scan", "PAYLOAD"],
        ["schema", "UsageVideosResult"],
        ["openapi"],
        ["run", "--client", "python:usagecompat.clients.reference:codec", "--set", "smoke"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands(arguments: list[str], file: Path, tmp_path: Path) -> None:
    """Every command that takes the date of a revision takes the file of a draft."""
    payload = tmp_path / "payload.json"
    payload.write_bytes(bucket({"object": VIDEOS, "frames": 3}))
    named = [str(payload) if argument == "PAYLOAD" else argument for argument in arguments]
    done = CliRunner().invoke(main, [*named, "--revision", str(file)])
    assert done.exit_code in (0, 1), done.output
    assert "Traceback" not in done.output
    refused = CliRunner().invoke(main, [*named, "--revision", str(payload)])
    assert refused.exit_code == 2
    assert "this is no revision" in refused.output


def test_served(draft: Draft) -> None:
    """The ledger serves a draft: every page of it is valid by the draft."""
    ledger = Ledger(revision=draft)
    for endpoint in ledger.endpoints.values():
        query = f"start_time=1791936000&group_by={','.join(endpoint.group_by)}"
        found = ledger.answer(endpoint.path, query, {"Authorization": f"Bearer {ledger.key}"})
        assert found.status == 200
        report = check(found.body, revision=draft)
        assert {finding.severity for finding in report.findings} <= {"note"}, endpoint.name
    assert (
        b'"reasoning_tokens":0'
        in ledger.answer(
            "/v1/organization/usage/completions", "start_time=1791936000", {"Authorization": f"Bearer {ledger.key}"}
        ).body
    )


def asking() -> dict[str, Any]:
    """The made-up revision with what may be asked of completions, and an endpoint of which nothing is said."""
    parameters = {
        "start_time": {"type": "integer", "required": True},
        "bucket_width": {"type": "string", "values": ["1h", "1d", "1w"]},
        "group_by": {"type": "array", "values": ["region", "project_id", "nobody"]},
        "project_ids": {"type": "array", "values": ["proj_a", "proj_b"]},
        "models": {"type": "array"},
        "page": {"type": "string"},
    }
    completions = {"kind": "organization.usage.completions.result", "parameters": parameters}
    return coming() | {"endpoints": {"usage/completions": completions, "usage/videos": {"kind": VIDEOS}}}


def test_endpoints_take_what_the_draft_says() -> None:
    """Keys, filters, their values and widths are those that a draft lists; the usual ones where it lists none."""
    said = contract(draft_of(json.dumps(asking()).encode()))
    found = endpoints_of(said)
    completions = found["usage/completions"]
    assert completions.group_by == ("region", "project_id")
    assert {item.name: item.values for item in completions.filters} == {
        "project_ids": ("proj_a", "proj_b"),
        "models": (),
    }
    assert list(completions.limits) == ["1h", "1d"]
    assert found["usage/videos"].group_by == ("project_id",)
    assert [item.name for item in found["usage/videos"].filters] == ["project_ids"]
    assert list(found["usage/videos"].limits) == ["1m", "1h", "1d"]
    assert found["usage/embeddings"] == endpoints_of(contract(LATEST))["usage/embeddings"]


def test_openapi_of_parameters_that_are_new() -> None:
    """An OpenAPI document of a draft has the parameters that only the draft knows, and reads back with them."""
    said = asking()
    new = {
        "speed": {"type": "string", "values": ["fast", "slow"], "default": "fast"},
        "depth": {"type": "integer", "required": True},
        "tags": {"type": "array", "values": ["a", "b"]},
    }
    said["endpoints"]["usage/completions"]["parameters"] |= new
    document = openapi_document(draft_of(json.dumps(said).encode()))
    written = document["paths"]["/organization/usage/completions"]["get"]["parameters"]
    rows = {row["name"]: row for row in written}
    assert rows["speed"]["schema"] == {"type": "string", "enum": ["fast", "slow"], "default": "fast"}
    assert rows["depth"]["required"] is True
    assert "example" in rows["start_time"]
    assert "example" not in rows["depth"], "the example is a time, which only `start_time` is"
    read = import_openapi(json.dumps(document).encode(), "x.json", today="2027-01-05").draft
    assert {name: read["endpoints"]["usage/completions"]["parameters"][name] for name in new} == new


@pytest.mark.parametrize(
    ("query", "status"),
    [("group_by=region", 200), ("models=gpt-4o", 200), ("group_by=model", 400), ("batch=true", 400)],
)
def test_served_as_asked(query: str, status: int) -> None:
    """The ledger of a draft lets be asked what the draft says, and nothing else."""
    draft = draft_of(json.dumps(asking()).encode())
    ledger = Ledger(revision=draft)
    found = ledger.answer(
        "/v1/organization/usage/completions",
        f"start_time=1791936000&{query}",
        {"Authorization": f"Bearer {ledger.key}"},
    )
    assert found.status == status
    assert status != 200 or check(found.body, revision=draft).ok


def test_plugin(pytester: pytest.Pytester, file: Path) -> None:
    """`--compat-revision` takes the file of a draft."""
    (pytester.path / "bucket.json").write_bytes(bucket({"object": VIDEOS, "frames": 3}))
    done = pytester.runpytest_inprocess("--compat=bucket.json", f"--compat-revision={file}")
    assert done.ret == 0


def without(*path: str) -> str:
    """The draft's text with one member taken away."""
    said: Any = coming()
    inner = said
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return json.dumps(said)


def having(value: object, *path: str) -> str:
    """The draft's text with one member that is something else."""
    said: Any = coming()
    inner = said
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return json.dumps(said)


SCHEMAS = ("schemas",)
VIDEO = ("schemas", "UsageVideosResult")
COUNT = (*VIDEO, "members", "frames")
AMOUNT = {"type": "object", "members": {"value": {"type": "number"}}}
ASKED = {"kind": VIDEOS, "parameters": {"size": {"type": "string", "default": ["big"]}}}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", "", "no JSON text"),
        ("[]", "", "expected an object, found an array"),
        ('{"revision":"2027-01-05","revision":"2027-01-06"}', "", "twice"),
        ("[" * 100_000, "", "too deep"),
        (without("revision"), "", "'revision'"),
        (having("tomorrow", "revision"), "/revision", "a date such as"),
        (having(5, "source"), "/source", "a string"),
        (without("schemas", "UsageResponse"), "/schemas", "'UsageResponse'"),
        (having("float", *COUNT, "type"), "/schemas/UsageVideosResult/members/frames/type", "one of integer"),
        (having("yes", *COUNT, "nullable"), "/schemas/UsageVideosResult/members/frames/nullable", "true or false"),
        (having("x", *COUNT, "const"), "/schemas/UsageVideosResult/members/frames/type", "a `const` is a string"),
        (
            having(True, *VIDEO, "members", "object", "nullable"),  # noqa: FBT003 - what stands there
            "/schemas/UsageVideosResult/members/object/nullable",
            "cannot be null",
        ),
        (having({"members": {}}, *SCHEMAS, "a b"), "/schemas/a b", "the name of a record has letters"),
        (having(1, *COUNT, "minimum"), "/schemas/UsageVideosResult/members/frames/minimum", "nothing is known"),
        (without("schemas", "UsageVideosResult", "members", "object"), "/schemas/UsageVideosResult", "`object`"),
        (having(["Nobody"], "schemas", "UsageTimeBucket", "members", "results", "items"), "/schemas/", "'Nobody'"),
        (having({"x": {"kind": "y"}}, "endpoints"), "/endpoints/x", "no kind"),
        (having("a\ud800b", "note"), "/note", "half of a surrogate pair"),
        (having(["\ud83d\ude00", "\ude00"], "about"), "/about/1", "half of a surrogate pair"),
        (having("\udfff", "source"), "/source", "half of a surrogate pair"),
        (having("", "a/\udc00"), "/a~1\\udc00", "half of a surrogate pair"),
        (having("Videos", *VIDEO, "members", "object", "const"), "/schemas/UsageVideosResult", "look like a kind"),
        (
            having({"members": {"object": {"type": "string", "const": VIDEOS}}}, *SCHEMAS, "AgainResult"),
            "/schemas",
            "two records have the same kind",
        ),
        (
            without("schemas", "UsageTimeBucket", "members", "results"),
            "/schemas/UsageTimeBucket",
            "a member that is an array of results",
        ),
        (
            without("schemas", "UsageResponse", "members", "data"),
            "/schemas/UsageResponse",
            "a member that is an array of UsageTimeBucket",
        ),
        (
            having(["UsageVideosResult"], "schemas", "UsageResponse", "members", "data", "items"),
            "/schemas/UsageResponse/members/data/items",
            "an array of a page holds UsageTimeBucket",
        ),
        (
            having("organization.costs.result", *VIDEO, "members", "object", "const"),
            "/schemas/UsageVideosResult",
            "is the kind of CostsResult, and the record must be called so",
        ),
        (
            having(VIDEOS, "schemas", "CostsResult", "members", "object", "const"),
            "/schemas/CostsResult",
            "is the name of another record",
        ),
        (having(["object", "object"], *VIDEO, "required"), "/schemas/UsageVideosResult/required", "stands here twice"),
        (having("object", *VIDEO, "required"), "/schemas/UsageVideosResult/required", "expected an array, found"),
        (having(AMOUNT, *COUNT), "/schemas/UsageVideosResult/members/frames", "differs from /schemas/CostsResult/"),
        (having({"type": "object"}, *COUNT), "/schemas/UsageVideosResult/members/frames", "an object needs `members`"),
        (
            having(AMOUNT, "schemas", "CostsResult", "members", "amount", "members", "value"),
            "/schemas/CostsResult/members/amount/members/value",
            "an amount cannot hold an object",
        ),
        (
            having({"type": "array", "items": ["CostsResult"]}, *COUNT),
            "/schemas/UsageVideosResult/members/frames",
            "only pages and buckets",
        ),
        (
            having({"usage/videos": ASKED}, "endpoints"),
            "/endpoints/usage~1videos/parameters/size/default",
            "expected a string, a number, true or false",
        ),
        (
            having({"UsageVideosResult": {"frames": {"doc": "Frames."}}}, "meanings"),
            "/meanings/UsageVideosResult/frames",
            "a meaning needs `since`, `doc` and `source`",
        ),
        (json.dumps(HISTORY), "", f"{len(REVISIONS)} revisions"),
        ('{"openapi":"3.1.0"}', "", "revisions import"),
    ],
)
def test_bad_drafts(tmp_path: Path, text: str, place: str, reason: str) -> None:
    """What is no draft is refused with the place, and what was expected there."""
    file = tmp_path / "bad.json"
    file.write_text(text, "utf-8")
    with pytest.raises(CorruptDraft) as refused:
        load_revision(file)
    assert refused.value.place.startswith(place)
    assert reason in str(refused.value)
    assert str(file) in str(refused.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    """A file that is not there, a directory and a device are told, not read."""
    for name in (tmp_path / "nothing.json", tmp_path, "/dev/zero", "a\0b"):
        with pytest.raises(UsageCompatError):
            load_revision(name)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """A file that is larger than any draft is refused unread, with the size that is taken."""
    file = tmp_path / "large.json"
    with file.open("wb") as opened:
        opened.truncate((64 << 20) + 1)
    with pytest.raises(CorruptDraft, match="the file has more than 64 MiB"):
        load_revision(file)


def test_a_file_that_cannot_be_read() -> None:
    """A name that is too long for the system is refused with the reason, which newer Pythons do not hand on."""
    with pytest.raises(CorruptDraft, match=r"aaa: (.*too long|there is no such file)"):
        load_revision("a" * 5000)


def test_a_history_of_one() -> None:
    """A list of revisions with one in it is that revision."""
    assert draft_of(json.dumps({"revisions": [coming()]}).encode()) == draft_of(json.dumps(coming()).encode())


def test_a_draft_without_money() -> None:
    """A draft whose costs have no amount is read, and its amount has no members."""
    draft = draft_of(without("schemas", "CostsResult", "members", "amount").encode())
    assert contract(draft).amount.members == {}
    assert check(bucket({"object": "organization.costs.result"}), revision=draft).ok


def test_words_of_a_draft() -> None:
    """What a draft says of a member that is known takes the place of what the records say, and nothing else does."""
    said = coming()
    said["schemas"]["UsageCompletionsResult"]["members"]["input_tokens"]["doc"] = "Tokens of the new tokenizer."
    member, known = (
        contract(revision).records["UsageCompletionsResult"].members["input_tokens"]
        for revision in (draft_of(json.dumps(said).encode()), LATEST)
    )
    assert member.doc.startswith("Tokens of the new tokenizer.")
    assert type(member.marker) is type(known.marker)


def test_old_and_new_name_side_by_side() -> None:
    """A draft that declares a member under its former and its newer name keeps the values of both apart."""
    said = coming()
    sessions = said["schemas"]["UsageCodeInterpreterSessionsResult"]["members"]
    sessions["sessions"] = {"type": "integer"}
    draft = draft_of(json.dumps(said).encode())
    text = bucket({"object": "organization.usage.code_interpreter_sessions.result", "num_sessions": 3, "sessions": 4})
    (record,) = loads(text, revision=draft).results  # type: ignore[attr-defined]
    assert record.num_sessions == 3
    assert dumps(record).endswith(b'"num_sessions":3,"sessions":4}')


@pytest.mark.parametrize("record", ["UsageResponse", "UsageTimeBucket", "UsageVideosResult"])
def test_objects_that_need_not_say_what_they_are(record: str) -> None:
    """An object whose tag a draft lets be absent is read and written without it; one made by hand has the tag."""
    said = coming()
    said["schemas"][record]["required"].remove("object")
    draft = draft_of(json.dumps(said).encode())
    one = bucket({"object": VIDEOS, "frames": 3})
    texts = {
        "UsageResponse": b'{"data":[%b],"has_more":false,"next_page":null}' % one,
        "UsageTimeBucket": one.replace(b'"object":"bucket",', b""),
        "UsageVideosResult": b'{"frames":3}',
    }
    shape = {"UsageResponse": "page", "UsageTimeBucket": "bucket"}.get(record, "result")
    if record == "UsageVideosResult":  # nothing else says which kind it is
        assert not check(texts[record], revision=draft, shape="result").ok
        return
    found = loads(texts[record], revision=draft, shape=shape)  # type: ignore[arg-type]
    assert found.object is ABSENT  # type: ignore[attr-defined]
    assert dumps(found) == texts[record]
    again = attrs.evolve(found, object=shape)
    assert again.object == shape  # type: ignore[attr-defined]


@pytest.mark.parametrize("nullable", [False, True])
def test_members_of_one_value(*, nullable: bool) -> None:
    """A `const` of another member than `object` is a closed set of one value, for check, schema, records and strategies."""
    said = coming()
    said["schemas"]["UsageVideosResult"]["members"]["size"] = {"type": "string", "const": "big", "nullable": nullable}
    draft = draft_of(json.dumps(said).encode())
    validator = Draft202012Validator(schema("result", revision=draft, profile="published"))
    for value, is_right in (("big", True), ("small", False), (None, nullable), (5, False)):
        tree = {"object": VIDEOS, "frames": 3, "size": value}
        assert check(json.dumps(tree), revision=draft, shape="result", profile="published").ok is is_right
        assert validator.is_valid(tree) is is_right
    loads(bucket({"object": VIDEOS, "frames": 3, "size": "small"}), revision=draft)
    with pytest.raises(UsageCompatError):
        loads(bucket({"object": VIDEOS, "frames": 3, "size": "small"}), revision=draft, profile="published")

    @given(strategies.buckets(revision=draft))
    @settings(max_examples=20)
    def draw(one: object) -> None:
        assert check(dumps(one), revision=draft, profile="published").ok  # type: ignore[arg-type]

    draw()


@pytest.mark.parametrize("row", [{"type": "boolean"}, {"type": "integer"}, {"type": "string"}])
def test_amounts_that_are_no_numbers(row: dict[str, Any]) -> None:
    """An amount whose value a draft makes something else is read as that, and no text of a number is taken for one."""
    said = coming()
    said["schemas"]["CostsResult"]["members"]["amount"]["members"]["value"] = row
    draft = draft_of(json.dumps(said).encode())
    value = {"boolean": False, "integer": 5, "string": "a"}[row["type"]]
    for one, is_right in ((value, True), ("12.50", row["type"] == "string"), ([], False)):
        text = bucket({"object": "organization.costs.result", "amount": {"value": one, "currency": "usd"}})
        assert check(text, revision=draft).ok is is_right
        if is_right:
            assert dumps(loads(text, revision=draft)) == text
        else:
            with pytest.raises(UsageCompatError):
                loads(text, revision=draft)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(("record", "name"), [("UsageTimeBucket", "results"), ("CostsResult", "amount")])
def test_arrays_and_amounts_that_may_be_null(record: str, name: str, profile: Profile) -> None:
    """An array or an amount may be null if a draft says so, for check, records and schemas alike."""
    said = coming()
    said["schemas"][record]["members"][name]["nullable"] = True
    draft = draft_of(json.dumps(said).encode())
    cost = {"object": "organization.costs.result", "amount": None}
    tree = {"object": "bucket", "start_time": 1, "end_time": 2, "results": None if name == "results" else [cost]}
    text = json.dumps(tree, separators=(",", ":")).encode()
    for revision, is_right in ((draft, True), (LATEST, False)):
        assert check(text, revision=revision, profile=profile).ok is is_right
        assert Draft202012Validator(schema(revision=revision, profile=profile)).is_valid(tree) is is_right
        assert Draft7Validator(schema(revision=revision, profile=profile, draft="draft-07")).is_valid(tree) is is_right
    assert dumps(loads(text, revision=draft, profile=profile)) == text
