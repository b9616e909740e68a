"""
What is special about a payload: traits of which one may be why a client refuses it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, contract
from usagecompat.corpus import depth_of
from usagecompat.findings import Shape
from usagecompat.jsontext import NO_VALUE, Number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import RecordShape
    from usagecompat.jsontext import Tree

_KINDS: Final = frozenset(contract(LATEST).kinds)
_EDGES: Final = (31, 32, 53, 63, 64)
_SPACE: Final = " "
_LAST_OF_16_BITS: Final = "\uffff"
_LONG: Final = 255
_LONG_PAGE: Final = 64 * 1024
_DEEP: Final = 16


def traits(payload: bytes, revision: str) -> frozenset[str]:
    """The names of all traits of a payload, as causes of a refusal are called."""
    value = read(payload).value
    if value is NO_VALUE:
        return frozenset({"refuses-bad-json"})
    found = set(_of_text(payload)) | set(_walk(value, revision))
    return frozenset(f"refuses-{name}" for name in found)


def _of_text(payload: bytes) -> Iterator[str]:
    if not payload.isascii():
        yield "non-ascii"
    if b"\\u" in payload:
        yield "unicode-escapes"
    if depth_of(payload) > _DEEP:
        yield "deep-nesting"
    if len(payload) > _LONG_PAGE:
        yield "long-pages"


def _walk(value: Tree, revision: str) -> Iterator[str]:
    waiting: list[tuple[Tree, RecordShape | None]] = [(value, _root(value, revision))]
    while waiting:
        node, record = waiting.pop()
        if isinstance(node, dict):
            yield from _members(node, record)
            for name, inner in node.items():
                waiting.append((inner, _record_of(name, inner, record, revision)))
        elif isinstance(node, list):
            if not node:
                yield "empty-lists"
            waiting += ((item, _record_of("", item, None, revision)) for item in node)
        elif isinstance(node, Number):
            yield from _number(node)
        elif isinstance(node, str):
            if not node:
                yield "empty-texts"
            if len(node) > _LONG:
                yield "long-texts"
            if any(character < _SPACE for character in node):
                yield "control-characters"
            if any(character > _LAST_OF_16_BITS for character in node):
                yield "characters-beyond-16-bits"


def _root(value: Tree, revision: str) -> RecordShape | None:
    return _record_of("", value, None, revision)


def _record_of(name: str, node: Tree, record: RecordShape | None, revision: str) -> RecordShape | None:
    """The record that an object is by its tag, or by where it stands."""
    at = contract(revision)
    if not isinstance(node, dict):
        return None
    if name == "amount" and record is not None:
        return at.amount
    tag = node.get("object")
    if tag == str(Shape.PAGE):
        return at.page
    if tag == str(Shape.BUCKET):
        return at.bucket
    return at.kinds.get(tag) if isinstance(tag, str) else None


def _members(node: Mapping[str, Tree], record: RecordShape | None) -> Iterator[str]:
    tag = node.get("object")
    if isinstance(tag, str) and tag not in {*_KINDS, "page", "bucket"}:
        yield "unknown-kinds"
    if isinstance(tag, str) and tag in _KINDS:
        yield f"records-of-{tag.removeprefix('organization.').removesuffix('.result').removeprefix('usage.')}"
    if record is None:
        return
    declared = {**record.former, **record.members}
    for name, value in node.items():
        if name not in declared:
            yield "undeclared-members"
        elif value is None:
            yield f"null-in-{name}"
            yield "nulls"
        elif name == "value" and isinstance(value, str):
            yield "amounts-as-text"
    for name in record.members:
        if name not in node:
            yield f"absent-{name}"
            yield "absent-members"
    for name in record.former:
        if name in node:
            yield f"old-name-{name}"


def _number(number: Number) -> Iterator[str]:
    lexeme = number.lexeme
    if not number.within_limits or lexeme.endswith(("NaN", "Infinity")):
        yield "numbers-beyond-limits"
        return
    if "e" in lexeme.lower():
        yield "exponents"
    value = Decimal(lexeme)
    if lexeme.lstrip("-").isdigit():
        for bits in _EDGES:
            if not -(2**bits) <= value < 2**bits:
                yield f"integers-beyond-2^{bits}"
    elif "e" not in lexeme.lower():
        yield "fractions"
    if lexeme.startswith("-"):
        yield "negative-numbers"
