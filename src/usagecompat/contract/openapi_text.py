"""
The text of an OpenAPI document, YAML or JSON, as plain Python values.

The vendor's document has two million characters, so YAML is built from the parser's events: that is several times as
fast as a loader, and what a plain scalar is follows the core schema of YAML 1.2, where `on` and dates are strings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from usagecompat.contract.draft_text import told
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 200
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,400}")
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_TAGS: Final = "tag:yaml.org,2002:"
_TEXTS: Final = frozenset({"!", f"{_TAGS}str"})
_PLAIN: Final = frozenset(f"{_TAGS}{name}" for name in ("int", "float", "bool", "null"))
_CONTAINERS: Final = frozenset({"!", f"{_TAGS}map", f"{_TAGS}seq"})
_CONSTANTS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read_openapi(data: bytes, name: str) -> dict[str, Any]:
    """
    The document that a text holds.

    Raises:
        CorruptDraft: It is neither JSON nor YAML, or no OpenAPI document of version 3.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorruptDraft(name, "", f"the text is not UTF-8: {error}") from error
    document = mapping_of(_either(text, name) if text.lstrip()[:1] == "{" else _yaml(text, name))
    if not {"openapi", "swagger"} & document.keys():
        raise CorruptDraft(name, "", "this is no OpenAPI document: it has no member `openapi`")
    version = document.get("openapi")
    if not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.[0-9]+.*", version):
        said = document.get("swagger") if version is None else version
        raise CorruptDraft(name, "/openapi", f"only OpenAPI 3.0 and 3.1 can be read, and this says {said!r:.40}")
    return document


def mapping_of(value: object) -> dict[str, Any]:
    """A mapping of the document; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """A list of the document; an empty one for anything else."""
    items: list[Any] = []
    if isinstance(value, list):
        items += cast("list[object]", value)
    return items


def is_openapi(data: bytes) -> bool:
    """Whether a text is likely to be an OpenAPI document, so that it is worth reading as one."""
    return (
        re.search(rb"""(?m)^\s*["']?(openapi|swagger)["']?\s*:|^\{\s*"(openapi|swagger)"\s*:""", data[:4096])
        is not None
    )


def _either(text: str, name: str) -> Any:  # noqa: ANN401 - whatever the text has
    """JSON, or YAML that looks like it."""
    try:
        return told(text, name).value
    except CorruptDraft as refused:
        try:
            return _yaml(text, name)
        except CorruptDraft:
            raise refused from None


def _yaml(text: str, name: str) -> Any:  # noqa: ANN401 - whatever YAML has
    import yaml  # noqa: PLC0415 - only documents in YAML need it

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        parse: Any = yaml.parse  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it has no types
        return _Builder(iter(parse(text, Loader=loader)), name).document()
    except yaml.YAMLError as error:
        raise CorruptDraft(name, "", f"this is no YAML text: {' '.join(str(error).split())}") from error


class _Builder:
    """Makes values of a parser's events."""

    def __init__(self, events: Iterator[Any], name: str) -> None:
        self._events = events
        self._name = name
        self._anchors: dict[str, Any] = {}

    def document(self) -> Any:  # noqa: ANN401 - whatever YAML has
        """The document of the text, which has to be the only one."""
        found: list[Any] = []
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and found:
                raise self._refuse(event, "there is a second document, and only one can be read")
            if kind not in ("StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent"):
                found.append(self._value(event, 0))
        return found[0] if found else None

    def _refuse(self, event: Any, reason: str) -> CorruptDraft:  # noqa: ANN401 - likewise
        return CorruptDraft(self._name, "", f"line {event.start_mark.line + 1}: {reason}")

    def _value(self, event: Any, depth: int) -> Any:  # noqa: ANN401 - likewise
        kind = type(event).__name__
        if depth > _DEEPEST:
            raise CorruptDraft(self._name, "", "the text is nested too deep")
        if kind == "ScalarEvent":
            value: Any = self._tagged(event)
        elif kind == "AliasEvent":
            if event.anchor not in self._anchors:
                raise self._refuse(event, f"the alias *{event.anchor} leads nowhere, or into itself")
            return self._anchors[event.anchor]
        elif event.tag and event.tag not in _CONTAINERS:
            raise self._refuse(event, f"nothing is known of the tag {event.tag!r:.60}")
        elif kind == "MappingStartEvent":
            value = self._mapping(depth)
        else:  # a sequence
            value = []
            while type(item := next(self._events)).__name__ != "SequenceEndEvent":
                value.append(self._value(item, depth + 1))
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _tagged(self, event: Any) -> Any:  # noqa: ANN401 - likewise
        """What a scalar is, by its tag if it has one."""
        if not event.tag:
            return _scalar(event.value) if event.implicit[0] else event.value
        if event.tag in _TEXTS:
            return event.value
        if event.tag in _PLAIN:
            return _scalar(event.value)
        raise self._refuse(event, f"nothing is known of the tag {event.tag!r:.60}")

    def _mapping(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: list[dict[str, Any]] = []
        while (kind := type(event := next(self._events)).__name__) != "MappingEndEvent":
            if kind != "ScalarEvent":
                raise self._refuse(event, "a name has to be a plain word")
            if event.value in members:
                raise self._refuse(event, f"{event.value!r:.60} stands twice in one mapping")
            value = self._value(next(self._events), depth + 1)
            if event.value == "<<" and event.implicit[0] and not event.tag:
                parts = list_of(value) or [value]
                if not all(isinstance(part, dict) for part in parts):
                    raise self._refuse(event, "what is merged by `<<` has to be a mapping, or a list of mappings")
                merged += parts
            else:
                members[event.value] = value
        for part in merged:
            members = {**members, **{name: value for name, value in part.items() if name not in members}}
        return members


def _scalar(text: str) -> Any:  # noqa: ANN401 - likewise
    """What a scalar without quotes is."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
