"""The JSON Schemas: what is published, and what `usagecompat.schema` gives out."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry

import usagecompat
from usagecompat import LATEST, REVISIONS
from usagecompat.contract import json_schema as _schema
from usagecompat.contract.tree import contract
from usagecompat.corpus import data as _data
from usagecompat.corpus.validators import schema_verdict
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import Profile, Shape

SCHEMAS = _data.folder("schemas")
CHECKOUT = Path(__file__).resolve().parent.parent.parent / "schemas"
VALIDATORS: dict[str, Any] = {"2020-12": Draft202012Validator, "draft-07": Draft7Validator}
SHAPES = ("page", "bucket", "result", "amount", "flat")
COMMON = {
    *("$schema", "$id", "$ref", "$defs", "definitions", "title", "description", "examples"),
    *("type", "const", "enum", "properties", "required", "items", "allOf", "anyOf", "if", "then", "pattern"),
}


@cache
def part(shape: str, revision: str, draft: str, profile: str) -> dict[str, Any]:
    """One part as `usagecompat.schema` gives it out."""
    return usagecompat.schema(shape, revision=revision, draft=draft, profile=profile)


def parts(revision: str) -> list[str]:
    """Every shape and every record that a revision has."""
    return [*SHAPES, *(shape.name for shape in contract(revision).kinds.values())]


ROOTS = ("", "page/", "result/")
PAYLOADS = {
    "page": {"object": "page", "data": [], "has_more": False, "next_page": None},
    "result": {"object": "organization.costs.result"},
}


def keywords(node: object) -> set[str]:
    """All keywords that a schema uses."""
    if isinstance(node, list):
        return set().union(*map(keywords, node))
    if not isinstance(node, dict):
        return set()
    found: set[str] = set()
    for name, value in node.items():
        found.add(name)
        if name in ("properties", "$defs", "definitions"):
            found |= set().union(*map(keywords, value.values()))
        elif name not in ("const", "enum", "examples"):
            found |= keywords(value)
    return found


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("draft", VALIDATORS)
@pytest.mark.parametrize("revision", REVISIONS)
def test_every_part_stands_alone(revision: str, draft: str, profile: Profile) -> None:
    """Each part is valid by its metaschema, uses common keywords only, and leads nowhere outside of itself."""
    place = "$defs" if draft == "2020-12" else "definitions"
    whole = part("bucket", revision, draft, profile)
    jsonschema_rs.meta.validate(whole)
    for shape in parts(revision):
        document = part(shape, revision, draft, profile)
        assert document[place].items() <= whole[place].items() or shape == "flat"  # so that these are checked already
        jsonschema_rs.meta.validate(document if shape == "flat" else {**document, place: {}})
        assert document["$schema"] == VALIDATORS[draft].META_SCHEMA["$schema"]
        assert keywords(document) <= COMMON
        assert ("$id" in document) == (shape == "bucket" and draft == "2020-12")
        targets = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(document)))
        there = {f"#/{place}/{name}" for name in document[place]}
        assert targets <= there if shape == "bucket" else targets == there
        validator = VALIDATORS[draft](document, registry=Registry())
        assert not validator.is_valid([])
        assert validator.is_valid({}) == (not document[place][shape]["required"])


def test_kinds_of_later_revisions() -> None:
    """A revision has no part for a kind that it does not know."""
    with pytest.raises(NoSuchName, match="UsageDecisionsResult"):
        usagecompat.schema("UsageDecisionsResult", revision="2026-10-06")
    assert usagecompat.schema("UsageDecisionsResult", revision="2026-10-14")["title"] == "UsageDecisionsResult"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"shape": "bukket"}, "bukket"), ({"draft": "draft-04"}, "draft-04"), ({"profile": "loose"}, "loose")],
)
def test_misuse(arguments: dict[str, str], named: str) -> None:
    """A shape, draft or profile that does not exist is named in the error."""
    with pytest.raises(NoSuchName, match=named):
        usagecompat.schema(**arguments)


def test_bucket_is_the_published_file() -> None:
    """The schema of a bucket is the published file of its revision, word for word."""
    for revision in REVISIONS:
        for profile, folder in ((Profile.PUBLISHED, ""), (Profile.SERVED, "served/")):
            for draft, old in (("2020-12", ""), ("draft-07", "draft-07/")):
                published = json.loads((SCHEMAS / f"{old}{folder}{revision}.json").read_text("utf-8"))
                assert part("bucket", revision, draft, profile) == published


@pytest.mark.parametrize("shape", ["page", "result"])
def test_files_with_other_roots(shape: str) -> None:
    """A page and a result stand at the root of files of their own, which need no other and say what the part says."""
    for revision in REVISIONS:
        for profile, folder in ((Profile.PUBLISHED, ""), (Profile.SERVED, "served/")):
            for draft, old in (("2020-12", ""), ("draft-07", "draft-07/")):
                file = json.loads((SCHEMAS / f"{old}{folder}{shape}/{revision}.json").read_text("utf-8"))
                identity = file.pop("$id", None)
                assert identity == (
                    f"urn:usagecompat:schema:{folder.replace('/', ':')}{shape}:{revision}" if not old else None
                )
                assert revision in file.pop("description")
                assert part(shape, revision, draft, profile) == file


@pytest.mark.parametrize("draft", ["", "draft-07/"])
def test_ready_files_judge_pages_and_results(draft: str) -> None:
    """A file with a page at its root takes pages and nothing else, and so does one with a result."""
    for name, payload in PAYLOADS.items():
        for shape in PAYLOADS:
            file = json.loads((SCHEMAS / f"{draft}served/{shape}/latest.json").read_text("utf-8"))
            validator = VALIDATORS["draft-07" if draft else "2020-12"](file, registry=Registry())
            assert validator.is_valid(payload) == (name == shape)


def test_no_drift() -> None:
    """Every generated file, the changelog of the contract among them, is what the records say."""
    assert _schema.drift(SCHEMAS) == []
    assert not CHECKOUT.is_dir() or _schema.drift(CHECKOUT) == []


def test_no_stray_files() -> None:
    """Among the schemas of the contract there is none that is not generated."""
    dated = {path.relative_to(SCHEMAS).as_posix() for path in SCHEMAS.rglob("*.json") if path.stem[:2] in ("20", "la")}
    assert dated == {name for name in _schema.files() if name.endswith(".json") and name != "LOCK.json"}


def test_drift_is_seen_and_mended(tmp_path: Path) -> None:
    """Drift names what is missing or changed, and writing fixes that and nothing else."""
    everything = list(_schema.files())
    assert _schema.drift(tmp_path) == everything
    assert _schema.write_all(tmp_path) == everything
    (tmp_path / "served/latest.json").write_text("{}", "utf-8")
    (tmp_path / "CHANGELOG.md").unlink()
    assert _schema.drift(tmp_path) == ["served/latest.json", "CHANGELOG.md"]
    assert _schema.write_all(tmp_path) == ["served/latest.json", "CHANGELOG.md"]
    assert _schema.drift(tmp_path) == []


def test_fingerprint_is_of_the_meaning() -> None:
    """A fingerprint stays as it is when prose changes, and no member is taken for prose because of its name."""
    schema = {"title": "A", "properties": {"title": {"type": "string", "description": "B"}}}
    assert _schema.fingerprint(schema) == _schema.fingerprint({"properties": {"title": {"type": "string"}}})
    assert _schema.fingerprint(schema) != _schema.fingerprint({"properties": {}})
    assert _schema.fingerprint(schema) != _schema.fingerprint({"properties": {"title": {"type": "integer"}}})


def test_lock() -> None:
    """The lock has the fingerprint of every dated schema, and of no other."""
    lock = json.loads((SCHEMAS / "LOCK.json").read_text("utf-8"))
    dated = {name for name in _schema.files() if name.endswith(".json") and "latest" not in name} - {"LOCK.json"}
    assert lock.keys() == dated
    for name, fingerprint in lock.items():
        assert _schema.fingerprint(json.loads((SCHEMAS / name).read_text("utf-8"))) == fingerprint, name


def test_latest() -> None:
    """`latest` is the newest revision under a name that does not age."""
    for folder in (f"{old}{kind}{shape}" for old in ("", "draft-07/") for kind in ("", "served/") for shape in ROOTS):
        latest, dated = (
            json.loads((SCHEMAS / f"{folder}{name}.json").read_text("utf-8")) for name in ("latest", LATEST)
        )
        assert dated.get("$id", LATEST).endswith(LATEST)
        assert latest == {**dated, **({"$id": dated["$id"].replace(LATEST, "latest")} if "$id" in dated else {})}


def cases() -> list[dict[str, Any]]:
    """Every packaged case that is JSON, by what its file says."""
    files = sorted(_data.folder("fixtures").rglob("*.case.json"))
    return [case for case in (json.loads(path.read_bytes()) for path in files) if case["shape"]]


@pytest.mark.parametrize("profile", Profile)
def test_schemas_say_what_check_says(profile: Profile) -> None:
    """
    `check` finds an error in the shape of a payload exactly if the schema refuses the payload.

    Each case is tried at its own revision and at every fourth, in turn; `interop/judges.sh` tries it at all.
    """
    validators: dict[tuple[str, str], Any] = {}
    for number, case in enumerate(cases()):
        if {"number-model", "parser-dependent", "kit-limit"} & set(case["flags"]):
            continue
        text = (_data.folder("fixtures") / f"{case['id']}.json").read_bytes()
        for revision in {case["revision"], *REVISIONS[number % 4 :: 4]}:
            key = case["shape"], revision
            if key not in validators:
                validators[key] = jsonschema_rs.Draft202012Validator(part(*key, "2020-12", profile))
            report = usagecompat.check(text, revision=revision, shape=case["shape"], profile=profile)
            refused = any(f.severity == "error" and f.code.startswith(("schema/", "wire/")) for f in report.findings)
            assert validators[key].is_valid(json.loads(text)) != refused, (case["id"], revision)


def test_recipe_for_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The example for Python in the guide to the schemas finds what is wrong with the guide's bad payload, and only that."""
    guide = (Path(__file__).parents[2] / "schemas/README.md").read_text("utf-8")
    program = guide.partition("```python\n")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path)
    for name in ("good", "bad"):
        payload = guide.partition(f"`{name}.json`")[2].partition("```json\n")[2].partition("```")[0]
        (tmp_path / f"{name}.json").write_text(payload, "utf-8")
    exec(program, {})  # noqa: S102 - our own
    assert capsys.readouterr().out.count("\n") == 1
    exec(program.replace("bad.json", "good.json"), {})  # noqa: S102 - our own
    assert capsys.readouterr().out == ""


def test_what_passes_both_schemas_and_is_not_valid() -> None:
    """What the guide says that schemas cannot say, they do not say, and `check` does."""
    text = b'{"object":"organization.usage.vector_stores.result","usage_bytes":%s}'
    for count, verdict in ((b"-5", "invalid"), (b"5.0", "acceptable")):
        for profile in ("served", "published"):
            assert schema_verdict(text % count, LATEST, Profile(profile), Shape.RESULT)
        assert usagecompat.check(text % count).verdict == verdict
