"""
What a document is, told by its own members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.checking.flat_records import is_flat
from usagecompat.checking.hints import envelope, is_known, is_list_of_others, looks_like, wraps_a_payload
from usagecompat.contract import LATEST, contract
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from usagecompat.jsontext import Document

_PAGE_NAMES: Final = ("page", "list")


def shape_of_document(document: Document) -> Shape | None:
    """What the document's own members say it is; None if they do not, or if it is no object at all."""
    value = document.value
    if type(value) is not dict:
        return None
    tag = value.get("object")
    if is_list_of_others(value):
        return None
    by_members = looks_like(value)
    if by_members is not None:
        return by_members
    if type(tag) is str:
        if tag in _PAGE_NAMES:
            return Shape.PAGE
        if tag == "bucket":
            return Shape.BUCKET
        if tag.startswith("organization."):
            return Shape.RESULT if envelope(value) is None else None
    if "object" not in value and any(wraps_a_payload(value, name) for name in ("data", "results", "result")):
        return None
    if "data" in value:
        return Shape.PAGE
    if "results" in value or "result" in value:
        return Shape.BUCKET
    is_odd = value and (envelope(value) is not None or not is_known(contract(LATEST), value))
    return None if is_odd else Shape.RESULT


def told_shape(document: Document, revision: str) -> Shape | None:
    """The same, where a result with members of several kinds is a flat record."""
    shape = shape_of_document(document)
    return Shape.FLAT if shape is Shape.RESULT and is_flat(document.value, revision) else shape
