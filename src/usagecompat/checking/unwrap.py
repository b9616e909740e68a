"""
Payloads out of saved exchanges: HAR recordings, VCR cassettes in JSON and YAML, and objects with a body in them.

What is sought is a payload, wherever it stands: as an object, or as text in a member.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from usagecompat.checking.hints import by_tag, is_mapping, is_sequence, looks_like
from usagecompat.findings import Path, pointer
from usagecompat.jsontext import MAX_SIZE, NO_VALUE, read, write

if TYPE_CHECKING:
    from collections.abc import Iterator

_JSON: Final = re.compile(r"\s*[{\[]")
_TEXTS: Final = frozenset({"text", "body", "string", "json", "content", "payload", "data", "base64_string"})
_ASKED: Final = frozenset({"request", "postData"})
"""What was sent, and not what was answered."""
_DEEPEST: Final = 40
_CASSETTE: Final = re.compile(rb"^(?:http_)?interactions\s*:|^\s*body\s*:", re.MULTILINE)


def unwrapped(data: bytes) -> list[tuple[str, bytes]]:
    """
    The payloads in a saved exchange, each with the JSON Pointer of where it stands.

    The list is empty where none is found, and where the data are a payload themselves.
    """
    if len(data) > MAX_SIZE:
        return []
    tree: Any = read(data).value
    if tree is NO_VALUE:
        tree = _yaml(data)
    if is_mapping(tree) and _is_payload(tree):
        return []
    return list(_payloads(tree, (), encoded=False))


def _is_payload(node: dict[str, Any]) -> bool:
    return by_tag(node) is not None or looks_like(node) is not None


def _payloads(node: Any, path: Path, *, encoded: bool) -> Iterator[tuple[str, bytes]]:  # noqa: ANN401 - a tree
    """Everything in a tree that is a payload, or a text that may be one."""
    if len(path) > _DEEPEST:
        return
    if is_mapping(node):
        if _is_payload(node):
            yield pointer(path), write(node)
            return
        is_base64 = node.get("encoding") == "base64"
        for name, value in node.items():
            if name not in _ASKED:
                yield from _payloads(value, (*path, name), encoded=is_base64 or name == "base64_string")
    elif is_sequence(node):
        for index, item in enumerate(node):
            yield from _payloads(item, (*path, index), encoded=encoded)
    elif type(node) is str and path and path[-1] in _TEXTS:
        body = _decoded(node) if encoded else node.encode("utf-8", "surrogatepass")
        if body is not None and _JSON.match(body[:200].decode("utf-8", "replace")):
            yield pointer(path), body


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text)
    except (binascii.Error, ValueError):
        return None


def _yaml(data: bytes) -> object:
    """What a cassette in YAML says, all scalars as texts; None if it is none, or has references in it."""
    if not _CASSETTE.search(data):
        return None
    import yaml  # noqa: PLC0415 - only cassettes need it

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        text = data.decode()
        parse: Any = yaml.parse  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it has no types
        if any(isinstance(event, yaml.AliasEvent) for event in parse(text, Loader=loader)):
            return None  # which could stand for far more than it is long
        return yaml.load(text, Loader=loader)  # noqa: S506 - it makes texts, lists and dicts only
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
