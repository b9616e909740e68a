"""
Schemas of an OpenAPI document, resolved to what the neutral tree can hold; everything else is told, with its place.

References, `allOf`, alternatives, `nullable`, lists of types, `const` and `enum` all come to one `Node`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from urllib.parse import unquote

from attrs import Factory, evolve, frozen
from jsonpointer import escape, unescape

from usagecompat.contract.openapi_text import list_of, mapping_of
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Tell: TypeAlias = "Callable[[str, str, str], None]"
"""Takes a place, what stands there, and what became of it."""

_DEEPEST: Final = 40
_MOST_PARTS: Final = 100_000
"""So many schemas count, each as often as something leads to it; the vendor's document comes to a few thousand."""
_ANNOTATIONS: Final = frozenset(
    {"title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment", "$schema", "$id"}
)
"""What is for people and changes no payload."""
_READ: Final = frozenset(
    {
        "$ref",
        "allOf",
        "oneOf",
        "anyOf",
        "type",
        "nullable",
        "const",
        "enum",
        "format",
        "properties",
        "required",
        "items",
        "discriminator",
    }
)


def _are_texts(value: object) -> bool:
    return all(isinstance(one, str) for one in list_of(value))


_FORMS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "$ref": lambda value: isinstance(value, str),
    "allOf": lambda value: isinstance(value, list),
    "oneOf": lambda value: isinstance(value, list),
    "anyOf": lambda value: isinstance(value, list),
    "type": lambda value: isinstance(value, str) or (bool(list_of(value)) and _are_texts(value)),
    "nullable": lambda value: isinstance(value, bool),
    "enum": lambda value: isinstance(value, list),
    "format": lambda value: isinstance(value, str),
    "properties": lambda value: isinstance(value, dict),
    "required": lambda value: isinstance(value, list) and _are_texts(cast("object", value)),
    "discriminator": lambda value: isinstance(value, dict),
}
"""Whether a word that is read holds what it must."""
TYPES: Final = frozenset({"integer", "number", "string", "boolean", "object", "array"})


@frozen(kw_only=True)
class Node:
    """What a schema comes to."""

    place: str
    types: frozenset[str] | None = None
    """The types but null; None if it says nothing of them."""
    null: bool = False
    values: tuple[Any, ...] | None = None
    """The only values, of `enum` or `const`."""
    suggested: tuple[Any, ...] = ()
    """Values that are listed beside an open alternative."""
    format: str | None = None
    properties: Mapping[str, Node] | None = None
    required: tuple[str, ...] = ()
    items: Node | None = None
    alternatives: tuple[Node, ...] = ()
    """Several schemas of which one holds, where they are records."""
    tags: Mapping[str, str] = Factory(dict[str, str])
    """What a discriminator says: the value of each referred place."""
    reference: str = ""
    """Where a reference led, if this came from one."""
    unclear: tuple[str, ...] = ()
    """Why it cannot be held as it is."""


class Schemas:
    """Reads the schemas of one document."""

    def __init__(self, document: Mapping[str, Any], tell: Tell) -> None:
        """Read `document`, and tell `tell` what is passed over."""
        self._document = document
        self._tell = tell
        self._open: list[str] = []
        self._left = _MOST_PARTS
        self._known: dict[str, tuple[Node, int]] = {}
        self._circles = 0
        self._is_modern = str(document.get("openapi", "")).startswith("3.1")

    def resolve(self, node: Any, place: str) -> tuple[Any, str]:  # noqa: ANN401 - whatever the document has
        """What a reference leads to, and where that is; a thing that is none as it is."""
        visited: set[str] = set()
        while isinstance(reference := mapping_of(node).get("$ref"), str):
            if not reference.startswith("#/"):
                self._tell(place, f"a reference to {reference!r:.80}", "only references within the document are read")
                return None, place
            if reference in visited:
                self._tell(place, f"a reference to {reference!r:.80} that leads back to itself", "nothing stands there")
                return None, place
            visited.add(reference)
            node, found = {**self._document}, True
            target = unquote(reference[1:])
            for key in map(unescape, target[1:].split("/")):
                inside = mapping_of(node) or {str(index): item for index, item in enumerate(list_of(node))}
                found = key in inside
                if not found:
                    break
                node = inside[key]
            if not found:
                self._tell(place, f"a reference to {reference!r:.80}, which is not there", "nothing stands there")
                return None, place
            place = target
        return node, place

    def read(self, node: Any, place: str) -> Node:  # noqa: ANN401 - whatever the document has
        """
        What a schema comes to.

        Raises:
            CorruptDraft: The schemas lead to each other so often that reading them would hardly end.
        """
        self._count(1, place)
        if node is False:
            return Node(place=place, unclear=("nothing may stand here",))
        if node is True or node == {}:
            return Node(place=place, unclear=("anything may stand here",))
        if not isinstance(node, dict):
            self._tell(place, f"a schema that is {type(node).__name__}", "nothing is known of it")
            return Node(place=place, unclear=("this is no schema",))
        schema = cast("dict[str, Any]", node)
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema, place)
        self._others(schema, place)
        self._malformed(schema, place)
        found = self._own(schema, place)
        for index, part in enumerate(list_of(schema.get("allOf"))):
            found = self._both(found, self.read(part, f"{place}/allOf/{index}"), place)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                parts = [self.read(part, f"{place}/{word}/{index}") for index, part in enumerate(list_of(schema[word]))]
                found = self._both(found, self._one_of(parts, word, place), place)
        found = self._nullable(found, schema, place)
        if found.alternatives and (found.properties is not None or found.required):
            base = evolve(found, alternatives=(), tags={}, null=False)
            each = tuple(self._both(base, part, part.place) for part in found.alternatives)
            found = evolve(found, alternatives=each, properties=None, required=())
        if "discriminator" in schema:
            found = evolve(found, tags=self._tags(schema["discriminator"], place))
        return found

    def _nullable(self, found: Node, schema: Mapping[str, Any], place: str) -> Node:
        """What `nullable` means where it stands in an odd place: as it is meant, and told."""
        if schema.get("nullable") is not True:
            return found
        if self._is_modern:
            self._tell(
                f"{place}/nullable", "`nullable`, which OpenAPI 3.1 does not have", "null is taken to be allowed"
            )
        elif "type" not in schema:
            self._tell(f"{place}/nullable", "`nullable` without a type beside it", "null is taken to be allowed")
        elif isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            self._tell(f"{place}/nullable", "`nullable` beside values without null", "null is taken to be allowed")
        return evolve(found, null=True)

    def _referred(self, schema: dict[str, Any], place: str) -> Node:
        reference: str = schema["$ref"]
        if reference in self._open or len(self._open) > _DEEPEST:
            self._circles += 1
            self._tell(place, f"a schema that holds itself: {reference!r:.80}", "what is inside is not read")
            return Node(place=place, unclear=("a schema that holds itself",))
        target, where = self.resolve(schema, place)
        if target is None:
            return Node(place=place, unclear=("a reference that leads nowhere",))
        found = evolve(self._led(reference, target, where), reference=reference)
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        if beside.keys() - _ANNOTATIONS and any(not name.startswith("x-") for name in beside.keys() - _ANNOTATIONS):
            if not self._is_modern:
                what = ", ".join(f"`{name}`" for name in sorted(beside.keys() - _ANNOTATIONS))
                self._tell(place, f"{what} beside a reference, which OpenAPI 3.0 passes over", "it is taken to hold")
            return self._both(found, self.read(beside, place), place)
        return found

    def _led(self, reference: str, target: Any, where: str) -> Node:  # noqa: ANN401 - whatever the document has
        """What stands where a reference leads: read once, unless it holds itself, and counted each time."""
        if where in self._known:
            found, parts = self._known[where]
            self._count(parts, where)
            return found
        left, circles = self._left, self._circles
        self._open.append(reference)
        try:
            found = self.read(target, where)
        finally:
            self._open.pop()
        if self._circles == circles:
            self._known[where] = found, left - self._left
        return found

    def _count(self, parts: int, place: str) -> None:
        self._left -= parts
        if self._left < 0:
            raise CorruptDraft("the document", place, f"its schemas come to more than {_MOST_PARTS:,} parts")

    def _others(self, schema: dict[str, Any], place: str) -> None:
        """Tell of everything that is not read, and changes what is allowed."""
        for name, value in schema.items():
            if name in _READ or name in _ANNOTATIONS or name.startswith("x-"):
                continue
            if name in ("additionalProperties", "unevaluatedProperties") and value in (True, {}):
                continue  # records are open anyway
            self._tell(f"{place}/{escape(str(name))}", f"`{name}`: {value!r:.80}", "it is not checked")

    def _malformed(self, schema: dict[str, Any], place: str) -> None:
        """Tell of words that are read and do not hold what they must."""
        for name, is_right in _FORMS.items():
            if name in schema and not is_right(schema[name]):
                self._tell(f"{place}/{name}", f"`{name}`: {schema[name]!r:.80}", "it says nothing in this form")

    def _own(self, schema: dict[str, Any], place: str) -> Node:
        """What the schema says without its parts."""
        said = schema.get("type")
        types = [said] if isinstance(said, str) else [one for one in list_of(said) if isinstance(one, str)]
        null = "null" in types or schema.get("nullable") is True
        unknown = [one for one in types if one not in TYPES and one != "null"]
        unclear = [f"the type {one!r:.40}" for one in unknown]
        values: tuple[Any, ...] | None = None
        if "const" in schema:
            values = (schema["const"],)
        elif isinstance(schema.get("enum"), list):
            values = tuple(schema["enum"])
        known = frozenset(one for one in types if one in TYPES)
        if values is not None:
            if None in values and types and not null:
                self._tell(place, "null among the values of a type without null", "null is not allowed")
            null = None in values and (null or not types)
            values = tuple(value for value in values if value is not None)
            if not known and not unknown and values and all(isinstance(value, str) for value in values):
                known = frozenset({"string"})
        properties: dict[str, Node] | None = None
        if isinstance(schema.get("properties"), dict):
            inside = f"{place}/properties"
            properties = {
                name: self.read(part, f"{inside}/{escape(str(name))}") for name, part in schema["properties"].items()
            }
            known = known or frozenset({"object"})
        items = self.read(schema["items"], f"{place}/items") if "items" in schema else None
        form = schema.get("format")
        return Node(
            place=place,
            types=known or (None if not unknown else frozenset()),
            null=null,
            values=values,
            format=form if isinstance(form, str) else None,
            properties=properties,
            required=tuple(name for name in list_of(schema.get("required")) if isinstance(name, str)),
            items=items,
            unclear=tuple(unclear),
        )

    def _tags(self, discriminator: Any, place: str) -> dict[str, str]:  # noqa: ANN401 - whatever stands there
        """Which value of the discriminator leads to which place, where the document says so."""
        name = mapping_of(discriminator).get("propertyName")
        if name != "object":
            self._tell(
                f"{place}/discriminator", f"the discriminator {name!r:.40}", "results are told apart by their `object`"
            )
            return {}
        mapping = mapping_of(mapping_of(discriminator).get("mapping"))
        return {
            target if target.startswith("#/") else f"#/components/schemas/{target}": value
            for value, target in mapping.items()
            if isinstance(target, str)
        }

    def _both(self, one: Node, other: Node, place: str) -> Node:
        """What two schemas come to that both hold."""
        types: frozenset[str] | None = one.types
        if other.types is not None:
            types = other.types if types is None else types & other.types
        if one.types and other.types and not types:
            pair = {*one.types, *other.types}
            types = frozenset({"integer"}) if pair == {"integer", "number"} else frozenset()
            if not types:
                self._tell(place, "parts that exclude each other", "nothing is known of it")
        properties = one.properties
        if other.properties is not None:
            properties = dict(one.properties or {})
            for name, node in other.properties.items():
                properties[name] = self._both(properties[name], node, node.place) if name in properties else node
        values = one.values if other.values is None else other.values
        if one.values is not None and other.values is not None:
            values = tuple(value for value in one.values if value in other.values)
        says_null = [node for node in (one, other) if node.types is not None or node.values is not None or node.null]
        return evolve(
            one,
            types=types,
            null=bool(says_null) and all(node.null for node in says_null),
            values=values,
            suggested=(*one.suggested, *other.suggested),
            format=other.format or one.format,
            properties=properties,
            required=tuple(dict.fromkeys((*one.required, *other.required))),
            items=one.items if other.items is None else other.items,
            alternatives=(*one.alternatives, *other.alternatives),
            tags={**one.tags, **other.tags},
            reference=one.reference or other.reference,
            unclear=(*one.unclear, *other.unclear),
        )

    def _one_of(self, parts: list[Node], word: str, place: str) -> Node:
        """What several alternatives come to."""
        null = any(part.null or part.values == () for part in parts)
        rest = [part for part in parts if not _is_null(part)]
        if not rest:
            return Node(place=place, null=null, unclear=() if null else (f"`{word}` without anything",))
        if len(rest) == 1:
            return evolve(rest[0], null=null or rest[0].null)
        if all(part.properties is not None or part.alternatives for part in rest):
            flat = tuple(inner for part in rest for inner in (part.alternatives or (part,)))
            tags = {target: value for part in rest for target, value in part.tags.items()}
            return Node(place=place, null=null, alternatives=flat, types=frozenset({"object"}), tags=tags)
        unclear = tuple(reason for part in rest for reason in part.unclear)
        kinds = {kind for part in rest for kind in part.types or ()}
        if kinds == {"integer", "number"}:
            kinds = {"number"}
        if len(kinds) > 1:
            unclear = (*unclear, f"`{word}` of {' and '.join(sorted(kinds))}")
        listed = tuple(dict.fromkeys(value for part in rest for value in part.values or () if _is_plain(value)))
        is_open = any(part.values is None for part in rest)
        if word == "oneOf" and is_open and listed:
            self._tell(place, "alternatives of `oneOf` that overlap", "they are read as `anyOf`")
        formats = {part.format for part in rest}
        return Node(
            place=place,
            types=frozenset(kinds),
            null=null,
            values=None if is_open else listed,
            suggested=listed if is_open else (),
            format=formats.pop() if len(formats) == 1 else None,
            unclear=unclear,
        )


def _is_null(node: Node) -> bool:
    """Whether a schema takes null and nothing else."""
    return node.null and not node.types and not node.values and node.properties is None and not node.unclear


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float, bool))
