"""
The neutral tree as JSON Schema, for people who use no Python.

Each revision has two schemas: the published contract, and what the API serves (the same with its deviations).
A payload that fails the served one is invalid; one that passes it and fails the published one is acceptable.
Only keywords that every validator and code generator reads alike are used, and an error stands at the member that is wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from usagecompat.contract.changelog import changelog
from usagecompat.contract.markers import KIND_PATTERN, NUMBER_PATTERN
from usagecompat.contract.revisions import LATEST, REVISIONS, resolve_revision, source_of
from usagecompat.contract.shapes import Contract, JsonType, Member, RecordShape
from usagecompat.contract.tree import contract
from usagecompat.contract.types_schema import types_schema
from usagecompat.exceptions import NoSuchName
from usagecompat.findings import Profile, Shape, named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from usagecompat.contract.revisions import Revision
    from usagecompat.findings import ProfileName, ShapeName

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonSchema = dict[str, Any]

DIALECTS: Final[Mapping[str, str]] = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft-07": "http://json-schema.org/draft-07/schema#",
}
"""The drafts that are published, and the URIs by which validators know them."""

_PROSE: Final = frozenset({"title", "description", "examples", "$comment"})


def schema(
    shape: ShapeName = "bucket",
    revision: Revision | None = None,
    draft: Literal["2020-12", "draft-07"] = "2020-12",
    profile: ProfileName = "published",
) -> JsonSchema:
    """
    One part of the contract as a self-contained JSON Schema document.

    Args:
        shape: "page", "bucket", "result", "amount", "flat", or the name of a record such as "CostsResult".
        revision: One of `usagecompat.REVISIONS`; None for the newest.
        draft: "2020-12" or "draft-07".
        profile: "published" for the published contract, "served" for what the API serves.

    Raises:
        NoSuchName: `shape`, `draft` or `profile` does not exist.
        NoSuchRevision: `revision` was never published.
    """
    if draft not in DIALECTS:
        raise NoSuchName("draft", draft, tuple(DIALECTS))
    document = _document(resolve_revision(revision), named(Profile, profile, "profile"))
    definitions = document["$defs"]
    if shape not in definitions:
        raise NoSuchName("shape", shape, tuple(definitions))
    if shape != "bucket":
        part = {"$schema": document["$schema"], "title": definitions[shape]["title"]}
        document = {**part, **_rooted(definitions, shape)}
    return document if draft == "2020-12" else _as_draft_07(document)


@cache
def files() -> Mapping[str, str]:
    """Every generated file: its path below `schemas/`, and its text; generated once, as nothing that they say changes."""
    written: dict[str, str] = {}
    for profile, folder in ((Profile.PUBLISHED, ""), (Profile.SERVED, "served/")):
        for revision in REVISIONS:
            written |= _forms(_document(revision, profile), folder, revision)
        latest = _document(LATEST, profile)
        newest = {**latest, "$id": latest["$id"].replace(LATEST, "latest")}
        written |= _forms(newest, folder, "latest")
    written |= {f"types/{revision}.json": _text(types_schema(contract(revision))) for revision in REVISIONS}
    written["types/latest.json"] = written[f"types/{LATEST}.json"]
    lock = {name: fingerprint(json.loads(text)) for name, text in sorted(written.items()) if "latest" not in name}
    return MappingProxyType({**written, "LOCK.json": _text(lock), "CHANGELOG.md": changelog()})


def _forms(document: JsonSchema, folder: str, name: str) -> dict[str, str]:
    """A document, and those with a page and with a result at their roots, each in both drafts."""
    definitions: dict[str, JsonSchema] = document["$defs"]
    forms = {f"{folder}{name}.json": document}
    for shape, said in ((Shape.PAGE, "A page of time buckets"), (Shape.RESULT, "A result of any kind")):
        identity = document["$id"].removesuffix(f":{name}")
        forms[f"{folder}{shape}/{name}.json"] = {
            "$schema": document["$schema"],
            "$id": f"{identity}:{shape}:{name}",
            "title": definitions[shape]["title"],
            "description": document["description"].replace("A time bucket", said),
            **_rooted(definitions, shape),
        }
    texts = {place: _text(form) for place, form in forms.items()}
    return texts | {f"draft-07/{place}": _text(_as_draft_07(form)) for place, form in forms.items()}


def _rooted(definitions: Mapping[str, JsonSchema], shape: str) -> JsonSchema:
    """One part at the root, and all that it needs."""
    reached = _reach(definitions, shape)
    return {
        "$ref": f"#/$defs/{shape}",
        "$defs": {name: definition for name, definition in definitions.items() if name in reached},
    }


def write_all(directory: Path) -> list[str]:
    """Write the generated files below `directory`, and return the names of those that changed."""
    stale = {name: text for name, text in files().items() if not _holds(directory / name, text)}
    for name, text in stale.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(stale)


def drift(directory: Path) -> list[str]:
    """The names of generated files below `directory` that are not what the records say."""
    return [name for name, text in files().items() if not _holds(directory / name, text)]


def fingerprint(document: Json) -> str:
    """The SHA-256 of a schema's meaning: canonical JSON without titles, descriptions, examples and comments."""
    canonical = json.dumps(_meaning(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _text(document: object) -> str:
    return msgspec.json.format(json.dumps(document, ensure_ascii=False), indent=2) + "\n"


def _meaning(node: Json, *, named_by_people: bool = False) -> Json:
    """`node` without prose; what stands under `properties` or `$defs` is a name, never a keyword."""
    if isinstance(node, list):
        return [_meaning(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _meaning(value, named_by_people=not named_by_people and key in ("properties", "$defs", "definitions"))
        for key, value in node.items()
        if named_by_people or key not in _PROSE
    }


def _document(revision: str, profile: Profile) -> JsonSchema:
    """The whole contract of a revision; its root is the bucket."""
    said = contract(revision)
    served = profile is Profile.SERVED
    writer = _Writer(said, served=served)
    kinds = {shape.name: writer.record(shape) for shape in said.kinds.values()}
    return {
        "$schema": DIALECTS["2020-12"],
        "$id": f"urn:usagecompat:schema:{'served:' if served else ''}{revision}",
        "title": "UsageTimeBucket",
        "description": (
            f"A time bucket of the organization usage and costs API at contract revision {revision}, "
            f"{'as the API serves it' if served else 'to the letter'} ({source_of(revision)})."
        ),
        "$ref": "#/$defs/bucket",
        "$defs": {
            "page": writer.record(said.page),
            "bucket": writer.record(said.bucket),
            "result": writer.result(),
            **kinds,
            "amount": writer.record(said.amount),
            "flat": writer.record(said.flat),
        },
    }


class _Writer:
    """Writes the parts of one revision, for one profile."""

    def __init__(self, said: Contract, *, served: bool) -> None:
        self._said = said
        self._served = served

    def result(self) -> JsonSchema:
        """Any result: its `object` decides which record it must be."""
        names = list(self._said.kinds)
        tag: JsonSchema = {"description": "Says which kind of result this is.", "enum": names}
        if self._served:
            tag = {
                "description": "Says which kind of result this is; kinds are added, so readers must expect others.",
                "examples": names,
                **_full_match(KIND_PATTERN),
            }
        return {
            "title": "UsageResult",
            "description": "A result of any kind.",
            "type": "object",
            "required": ["object"],
            "properties": {"object": tag},
            "allOf": [
                {
                    "if": {"type": "object", "required": ["object"], "properties": {"object": {"const": kind}}},
                    "then": {"$ref": f"#/$defs/{shape.name}"},
                }
                for kind, shape in self._said.kinds.items()
            ],
        }

    def record(self, shape: RecordShape) -> JsonSchema:
        """One record: an open object."""
        moved = {member.name: (newer, member) for newer, member in shape.moved(served=self._served).items()}
        required = [name for name in shape.needed(served=self._served) if name not in moved]
        written: JsonSchema = {
            "title": shape.name,
            "description": shape.doc.partition("\n")[0],
            "type": "object",
            "required": required,
            "properties": {name: self._member(member) for name, member in shape.members.items()},
        }
        # Strict validators refuse a required name without a schema beside it; an empty one says no more than none.
        undeclared = {"description": "Required by the contract, which does not say what it is."}
        written["properties"] |= {name: undeclared for name in required if name not in shape.members}
        if moved:
            written["allOf"] = [
                {
                    "anyOf": [
                        {"required": [name], "properties": {name: {}}},
                        {"required": [newer], "properties": {newer: self._member(member)}},
                    ]
                }
                for name, (newer, member) in moved.items()
            ]
        return written

    def _member(self, member: Member) -> JsonSchema:
        prose: JsonSchema = {"description": member.doc}
        if member.values is not None and not (member.values.closed and not self._served):
            prose["examples"] = list(member.values.known)
        null = member.may_be_null(served=self._served)
        if member.const is not None:
            return {**prose, "const": member.const}
        if member.type is JsonType.OBJECT:
            amount: JsonSchema = {"$ref": "#/$defs/amount"}
            return {**prose, "anyOf": [amount, {"type": "null"}]} if null else amount
        if member.type is JsonType.ARRAY:
            item = "bucket" if member.of == (self._said.bucket.name,) else "result"
            return {**prose, "type": ["array", "null"] if null else "array", "items": {"$ref": f"#/$defs/{item}"}}
        if member.values is not None and member.values.closed and not self._served:
            return {**prose, "enum": [*member.values.known, *([None] if null else [])]}
        if member.may_be_text(served=self._served):
            return {**prose, "anyOf": [{"type": "number"}, _full_match(NUMBER_PATTERN)]}
        return {**prose, "type": [str(member.type), "null"] if null else str(member.type)}


def _full_match(pattern: str) -> JsonSchema:
    """A string that `pattern` matches in full; in some engines `$` alone would let a line feed follow."""
    return {"type": "string", "pattern": f"^{pattern}$", "if": {"pattern": "\\n"}, "then": {"const": ""}}


def _reach(definitions: Mapping[str, JsonSchema], start: str) -> set[str]:
    """The names of all definitions that `start` needs, its own included."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(definitions[name]))
    return reached


def _as_draft_07(document: JsonSchema) -> JsonSchema:
    """The same in draft-07, where nothing may stand beside a `$ref`, and without an `$id`, which is the twin's."""
    moved = {key: value for key, value in document.items() if key not in ("$id", "$ref", "$defs")}
    moved |= {"$schema": DIALECTS["draft-07"], "allOf": [{"$ref": document["$ref"]}], "definitions": document["$defs"]}
    text = json.dumps(moved, ensure_ascii=False).replace('"#/$defs/', '"#/definitions/')
    rewritten: JsonSchema = json.loads(text)
    return rewritten
