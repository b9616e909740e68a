"""
Which records the checks of the fast route look at wholly: all that were published, and those of most drafts.

A draft may declare numbers, amounts and arrays where nobody looks for them, and leave out what is looked at.
Payloads with such a record are left to the exact route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.checking.fast.layouts import is_plain
from usagecompat.checking.rules import group_keys
from usagecompat.checking.sums import sum_rules
from usagecompat.contract import JsonType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract import Contract, RecordShape

_PAGE: Final = {"data": JsonType.ARRAY, "has_more": JsonType.BOOLEAN, "next_page": JsonType.STRING}
_BUCKET: Final = {"results": JsonType.ARRAY, "start_time": JsonType.INTEGER, "end_time": JsonType.INTEGER}
_PLAIN: Final = frozenset({JsonType.STRING, JsonType.INTEGER, JsonType.BOOLEAN})
_IN_AMOUNTS: Final = _PLAIN | {JsonType.NUMBER}


def is_provable(contract: Contract) -> bool:
    """Whether pages, buckets and amounts are looked at wholly, without which nothing can be proved."""
    envelopes = _has_only(contract.page, _PAGE) and _has_only(contract.bucket, _BUCKET)
    return envelopes and _is_provable_amount(contract.amount)


def provable_kinds(contract: Contract) -> list[RecordShape]:
    """The kinds of results that are looked at wholly, each with all that it requires."""
    return [kind for kind in contract.kinds.values() if _is_plain_record(kind) and _is_provable_kind(contract, kind)]


def _has_only(shape: RecordShape, needed: Mapping[str, JsonType]) -> bool:
    """Whether a record must have what the checks read, and holds nothing but plain values beside it."""
    required = {
        member.attribute: member.type
        for name, member in shape.members.items()
        if name in shape.required and not (member.nullable and member.type is JsonType.INTEGER)
    }
    others = {member.type for member in shape.members.values() if member.attribute not in needed}
    return required.items() >= needed.items() and others <= _PLAIN and _is_plain_record(shape)


def _is_provable_kind(contract: Contract, kind: RecordShape) -> bool:
    """Whether the checks know what to do with a value of each member of a kind."""
    terms = {name for rule in sum_rules(contract.revision, kind.kind or "") for name in rule.all_terms}
    keys = group_keys(kind)
    for name, member in kind.members.items():
        if member.type is JsonType.OBJECT:
            is_known = name == "amount"
        elif member.type is JsonType.NUMBER:
            is_known = name not in keys and name not in terms
        else:
            is_known = member.type is JsonType.INTEGER or (member.type in _PLAIN and name not in terms)
        if not is_known:
            return False
    return True


def _is_provable_amount(amount: RecordShape) -> bool:
    """The same of amounts, which a draft need not have."""
    types = {name: member.type for name, member in amount.members.items()}
    has_currency = not types or types.get("currency") is JsonType.STRING
    return has_currency and _IN_AMOUNTS.issuperset(types.values()) and _is_plain_record(amount)


def _is_plain_record(shape: RecordShape) -> bool:
    """Whether a record declares all that it requires, under names that stand in JSON as they are."""
    return shape.members.keys() >= {*shape.required} and all(map(is_plain, shape.members))
