"""
A revision of the contract from an OpenAPI document: read by endpoint, never by the names of schemas.

What the neutral tree cannot hold is told with its place and what became of it; nothing is left out in silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from attrs import Factory, frozen
from jsonpointer import escape

from usagecompat.contract.drafts import AMOUNT, BUCKET, PAGE, RECORDS_OF_KINDS
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.markers import is_kind
from usagecompat.contract.openapi_schemas import TYPES, Node, Schemas
from usagecompat.contract.openapi_text import list_of, mapping_of, read_openapi
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = dict[str, Any]

_PATH: Final = re.compile(r".*/organization/((?:usage/.+|costs)/?)")
_JSON: Final = re.compile(r"application/(.+\+)?json(;.*)?")
_KNOWN_AMOUNT: Final = ("CostsResult", "amount")
_METHODS: Final = frozenset({"put", "post", "delete", "options", "head", "patch", "trace"})
_GOOD: Final = ("200", "2XX", "2xx")
"""The statuses of a page, the first that is there."""
_PLAIN_PARAMETER: Final = frozenset(
    {"name", "in", "description", "required", "schema", "example", "examples", "explode", "style"}
)
_STYLES: Final[Mapping[str, tuple[object, ...]]] = {"style": ("form",), "explode": (True, False)}
_DATE: Final = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})")
_ENDPOINT_KINDS: Final[Mapping[str, str]] = {endpoint: kind for kind, endpoint in ENDPOINTS.items()}


@frozen
class NotHeld:
    """Something that the document says and a draft cannot."""

    place: str
    """A JSON pointer into the document."""
    construct: str
    consequence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.construct}; {self.consequence}"


@frozen
class Imported:
    """What an OpenAPI document comes to."""

    draft: Mapping[str, Any]
    """As `schemas/contract.json` describes it."""
    not_held: tuple[NotHeld, ...]


def import_openapi(data: bytes, name: str, day: str | None = None, *, today: str) -> Imported:
    """
    The revision that an OpenAPI document publishes.

    Args:
        data: The document, YAML or JSON.
        name: What the file is called.
        day: The date of the revision; None to look for it in the version and in the file's name.
        today: The date that it gets if there is none.

    Raises:
        CorruptDraft: It is no OpenAPI document, or has no endpoint of usage or costs that can be read.
    """
    document = read_openapi(data, name)
    reader = _Reader(document, name)
    reader.endpoints()
    told = mapping_of(document.get("info"))
    version, title = str(told.get("version", "")), str(told.get("title", "an OpenAPI document"))
    found = _DATE.search(version) or _DATE.search(name.replace("\\", "/").rpartition("/")[2])
    return Imported(
        {
            "revision": day or (found[1] if found else today),
            "source": " ".join(f"{title}, version {version}".split()) or "an OpenAPI document",
            **reader.draft(),
            "not_held": [
                {"place": one.place, "construct": one.construct, "consequence": one.consequence}
                for one in reader.not_held
            ],
        },
        tuple(reader.not_held),
    )


@frozen
class _Reader:
    """Reads one document."""

    document: Mapping[str, Any]
    name: str
    not_held: list[NotHeld] = Factory(list[NotHeld])
    records: dict[str, Row] = Factory(dict[str, Row])
    kinds: dict[str, str] = Factory(dict[str, str])
    """The record of each kind, in the order in which they stand in the document."""
    answers: dict[str, list[str]] = Factory(dict[str, list[str]])
    """The kinds that each endpoint may answer with."""
    queries: dict[str, dict[str, Row]] = Factory(dict[str, dict[str, Row]])
    amounts: list[tuple[str, str, str]] = Factory(list[tuple[str, str, str]])
    """The record, the name and the place of every object inside a result."""

    def tell(self, place: str, construct: str, consequence: str) -> None:
        """Remember what cannot be held."""
        one = NotHeld(place, construct, consequence)
        if one not in self.not_held:
            self.not_held.append(one)

    def endpoints(self) -> None:
        """Read every endpoint."""
        paths = mapping_of(self.document.get("paths"))
        schemas = Schemas(self.document, self.tell)
        found = {path: match[1].rstrip("/") for path in paths if (match := _PATH.fullmatch(str(path)))}
        if not found:
            raise CorruptDraft(self.name, "/paths", "no path ends in /organization/usage/… or /organization/costs")
        # The order of kinds is that of the endpoint with most of them; what others add comes behind.
        pages: list[tuple[str, str, Node]] = []
        for path, endpoint in found.items():
            place = f"/paths/{escape(str(path))}"
            item, place = schemas.resolve(paths[path], place)
            item = mapping_of(item)
            operation = item.get("get")
            if not isinstance(operation, dict):
                self.tell(place, "a path without `get`", "the endpoint is left out")
                continue
            for method in sorted(_METHODS & item.keys()):
                self.tell(f"{place}/{method}", f"the method {method.upper()}", "only GET is read")
            asked = mapping_of(item["get"])
            if "requestBody" in asked:
                self.tell(f"{place}/get/requestBody", "`requestBody`, a body of a GET", "only queries are read")
            if endpoint in self.queries:
                self.tell(place, f"the endpoint {endpoint} again, under another path", "the first one holds")
                continue
            self.queries[endpoint] = self._parameters(schemas, [(item, place), (asked, f"{place}/get")])
            page = self._answer(schemas, asked, f"{place}/get")
            if page is not None:
                pages.append((endpoint, f"{place}/get", page))
        for endpoint, place, page in sorted(pages, key=lambda one: -_breadth(one[2])):
            self._page(endpoint, place, page)
        if PAGE not in self.records or BUCKET not in self.records or not self.kinds:
            raise CorruptDraft(self.name, "/paths", "no endpoint answers with a page of buckets of results")

    def draft(self) -> Row:
        """What was read, in the form of a draft."""
        self._agree()
        items = [self.kinds[kind] for kind in self.kinds]
        for row in self.records[BUCKET]["members"].values():
            if row["type"] == "array":
                row["items"] = items
        matched = dict(self._matched())
        return {
            "schemas": dict(sorted(self.records.items())),
            "endpoints": {
                endpoint: {"kind": matched[endpoint], "parameters": self.queries.get(endpoint, {})}
                for endpoint in sorted(self.queries)
                if endpoint in matched
            },
        }

    # -- endpoints

    def _matched(self) -> Iterator[tuple[str, str]]:
        """Which kind each endpoint answers with, of those that its union lists."""
        free = [kind for kind in self.kinds if kind not in _ENDPOINT_KINDS.values()]
        for endpoint in self.queries:
            kinds = self.answers.get(endpoint, [])
            known = _ENDPOINT_KINDS.get(endpoint)
            if known in self.kinds:
                yield endpoint, known
                continue
            last = endpoint.rpartition("/")[2]
            alike = [kind for kind in kinds if _stem(last) == _stem(kind.split(".")[-2])] or (
                kinds if len(kinds) == 1 else [kind for kind in free if kind in kinds]
            )
            if len(alike) == 1:
                yield endpoint, alike[0]
            else:
                place = f"/paths/~1organization~1{escape(str(endpoint))}"
                self.tell(place, "an endpoint of which nobody can say with which kind it answers", "it is left out")

    def _parameters(self, schemas: Schemas, holders: list[tuple[Any, str]]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for holder, where in holders:
            for index, one in enumerate(list_of(holder.get("parameters"))):
                led, place = schemas.resolve(one, f"{where}/parameters/{index}")
                parameter = mapping_of(led)
                if not isinstance(parameter.get("name"), str):
                    self.tell(place, "a parameter without a name", "it is left out")
                elif parameter.get("in") != "query":
                    told = f"the parameter {parameter['name']!r:.40} in {parameter.get('in')!r:.20}"
                    self.tell(place, told, "only queries are read")
                else:
                    row = self._parameter(schemas, parameter, place)
                    if row is not None:
                        found[str(parameter["name"]).removesuffix("[]")] = row
        return found

    def _parameter(self, schemas: Schemas, parameter: Mapping[str, Any], place: str) -> Row | None:
        for word, value in parameter.items():
            if (word not in _PLAIN_PARAMETER and not str(word).startswith("x-")) or value not in _STYLES.get(
                word, (value,)
            ):
                self.tell(f"{place}/{escape(str(word))}", f"`{word}`: {value!r:.60}", "it is not held")
        led, at = schemas.resolve(parameter.get("schema", {}), f"{place}/schema")
        schema = mapping_of(led) if set(mapping_of(parameter.get("schema"))) == {"$ref"} else None
        if schema is None:
            schema, at = mapping_of(parameter.get("schema")), f"{place}/schema"
        plain = {name: value for name, value in schema.items() if name != "default"}
        node = schemas.read(plain, at)
        kind = _only(node)
        if kind is None or kind == "object":
            self.tell(f"{place}/schema", f"a parameter of {_told(node)}", "the parameter is left out")
            return None
        row: Row = {"type": kind}
        if parameter.get("required") is True:
            row["required"] = True
        inner = node
        if kind == "array" and node.items is not None:
            if _only(node.items) not in ("string", None):
                self.tell(f"{place}/schema/items", f"items of {_told(node.items)}", "that they are is not held")
            inner = node.items
        values = inner.values if inner.values is not None else inner.suggested
        if values:
            row["values"] = [str(value) for value in values]
        default = schema.get("default")
        if isinstance(default, (str, int, float, bool)):
            row["default"] = default
        elif default is not None:
            self.tell(f"{place}/schema/default", f"the default {default!r:.40}", "it is not held")
        return row

    def _answer(self, schemas: Schemas, operation: Mapping[str, Any], place: str) -> Node | None:
        """The schema of what an endpoint answers if all is well."""
        listed = mapping_of(operation.get("responses"))
        good = next((status for status in _GOOD if status in listed), "200")
        for status in listed:
            if str(status) != good:
                self.tell(f"{place}/responses/{status}", f"the answer {status}", "only what answers 200 is read")
        response, where = schemas.resolve(listed.get(good), f"{place}/responses/{good}")
        found: Node | None = None
        for media, told in mapping_of(mapping_of(response).get("content")).items():
            at = f"{where}/content/{escape(str(media))}"
            if found is not None or not _JSON.fullmatch(media):
                what = "only JSON is read" if found is None else "only the first of JSON is read"
                self.tell(at, f"the media type {media!r:.40}", what)
            elif "schema" in mapping_of(told):
                found = schemas.read(mapping_of(told)["schema"], f"{at}/schema")
            else:
                self.tell(at, f"the media type {media!r:.40} without a schema", "nothing is known of it")
        if found is None:
            what = "the endpoint's answer is left out"
            self.tell(f"{place}/responses/{good}", "an answer without a schema of JSON", what)
        return found

    # -- records

    def _page(self, endpoint: str, place: str, page: Node) -> None:
        parts = _parts_of(page)
        if parts is None:
            self.tell(
                page.place, "an answer that is no page of buckets of results", "the endpoint's answer is left out"
            )
            self.answers[endpoint] = []
            return
        (held, buckets), (inside, results) = parts
        for what, one in (("a page", page), ("a bucket", buckets), ("a result", results)):
            if one.null:
                self.tell(one.place, f"{what} that may be null", "it is read as if it could not be")
        self.answers[endpoint] = [kind for kind in self._results(results) if kind]
        for name, node, array, items in ((PAGE, page, held, BUCKET), (BUCKET, buckets, inside, "")):
            row = self._record(node, name, arrays={array: items})
            former = self.records.setdefault(name, row)
            if former != row:
                self.tell(node.place, f"another {name} than that of other endpoints", f"{place} is read as they are")

    def _results(self, results: Node) -> Iterator[str]:
        listed = {unquote(node.reference) for node in results.alternatives or (results,)}
        for target, value in results.tags.items():
            if unquote(target) not in listed:
                place = f"{results.place}/discriminator/mapping"
                self.tell(place, f"{value!r:.80}, of which no schema is listed", "the kind is left out")
        for node in results.alternatives or (results,):
            tag = (node.properties or {}).get("object")
            told = results.tags.get(node.reference)
            values = tag.values if tag is not None else None
            kind = values[0] if values and len(values) == 1 else told
            if not isinstance(kind, str) or not is_kind(kind):
                self.tell(node.place, f"a result whose `object` is {kind!r:.60}", "the result is left out")
                continue
            if told is not None and told != kind:
                self.tell(
                    node.place, f"a discriminator that says {told!r:.60} of {kind!r:.60}", "its own `object` holds"
                )
            name = self._name(kind)
            row = self._record(node, name, kind=kind)
            if self.records.setdefault(name, row) != row:
                self.tell(node.place, f"another {kind} than elsewhere in the document", "the first one holds")
            self.kinds.setdefault(kind, name)
            yield kind

    def _name(self, kind: str) -> str:
        """The name of our record of a kind, or one that is made of the kind."""
        own = RECORDS_OF_KINDS.get(kind)
        middle = kind.removeprefix("organization.").removesuffix(".result")
        return own or "".join(word.capitalize() for word in re.split(r"[._]", middle)) + "Result"

    def _record(
        self, node: Node, name: str, *, arrays: Mapping[str, str] | None = None, kind: str | None = None
    ) -> Row:
        members: Row = {}
        for member, inner in (node.properties or {}).items():
            row = self._member(inner, name, member, arrays or {}, kind)
            if row is not None:
                members[member] = row
        if kind is not None and "object" not in members:
            members = {"object": {"type": "string", "const": kind}, **members}
        return {"required": list(node.required), "members": members}

    def _member(self, node: Node, record: str, name: str, arrays: Mapping[str, str], kind: str | None) -> Row | None:
        row: Row
        if name in arrays:
            row = {"type": "array", "items": arrays[name]}
            if node.null:
                row["nullable"] = True
            return row
        only = _only(node)
        if name == "object" and only == "string" and (kind or (node.values and len(node.values) == 1)):
            return {"type": "string", "const": kind or (node.values or ("",))[0]}
        if only is None or only == "array" or (only == "object" and (node.properties is None or kind is None)):
            told = "an object that is no amount" if only == "object" else _told(node)
            self.tell(
                node.place, f"`{name}` of {record}: {told}", "the member is left out, so that anything may stand there"
            )
            return None
        if only == "object":
            return self._amount(node, record, name)
        row = {"type": only}
        if node.null:
            row["nullable"] = True
        if node.format:
            row["format"] = node.format
        values = node.values if node.values is not None else node.suggested
        if values and only == "string" and all(isinstance(value, str) for value in values):
            row["known_values"] = list(values)
            if node.values is not None:
                row["closed"] = True
        elif values or node.values == ():
            self.tell(
                node.place, f"the values of `{name}`: {values!r:.80}", "only strings are listed; they are not checked"
            )
        return row

    def _amount(self, node: Node, record: str, name: str) -> Row | None:
        read = {
            member: self._member(part, AMOUNT, member, {}, None) for member, part in (node.properties or {}).items()
        }
        inner = {member: held for member, held in read.items() if held is not None}
        row: Row = {"type": "object", "members": inner}
        if node.required:
            row["required"] = list(node.required)
        if node.null:
            row["nullable"] = True
        self.amounts.append((record, name, node.place))
        return row

    def _agree(self) -> None:
        """Leave out objects that are unlike the amount: the one that our records know, or else the first."""
        first = next(
            (one for one in self.amounts if one[:2] == _KNOWN_AMOUNT), self.amounts[0] if self.amounts else None
        )
        for record, name, place in self.amounts:
            row = self.records[record]["members"].get(name)
            known: dict[str, Any] = self.records[first[0]]["members"][first[1]] if first else {}
            if row is not None and any(row.get(key) != known.get(key) for key in ("members", "required")):
                del self.records[record]["members"][name]
                told = f"`{name}` of {record}: an object that is no amount"
                self.tell(place, told, "the member is left out, so that anything may stand there")


def _array_of_objects(node: Node) -> tuple[str, Node] | None:
    """The member of an object that is an array of objects, and what its items are, if there is one and only one."""
    found = [
        (name, inner.items)
        for name, inner in (node.properties or {}).items()
        if _only(inner) == "array"
        and inner.items is not None
        and (inner.items.properties is not None or inner.items.alternatives)
    ]
    return found[0] if len(found) == 1 else None


def _parts_of(page: Node) -> tuple[tuple[str, Node], tuple[str, Node]] | None:
    """The buckets of a page and the results of a bucket, each under its name; None if it is no page of these."""
    buckets = _array_of_objects(page)
    results = None if buckets is None else _array_of_objects(buckets[1])
    return None if buckets is None or results is None else (buckets, results)


def _breadth(page: Node) -> int:
    """How many kinds of results a page lists."""
    parts = _parts_of(page)
    return 0 if parts is None else len(parts[1][1].alternatives)


def _only(node: Node) -> str | None:
    """The one type of a schema; None if it has several, none, or one that cannot be held."""
    if node.unclear or node.alternatives or node.types is None or len(node.types) != 1:
        return None
    (only,) = node.types
    return only if only in TYPES else None


def _told(node: Node) -> str:
    """A schema in a few words."""
    if node.unclear:
        return ", ".join(node.unclear)
    if node.alternatives:
        return "one of several objects"
    return " or ".join(sorted(node.types or {"anything"}))


def _stem(name: str) -> str:
    """A name without what endpoints and kinds differ in."""
    return re.sub(r"(_calls|es|s)$", "", name.replace("_calls", "").replace("-", "_"))
