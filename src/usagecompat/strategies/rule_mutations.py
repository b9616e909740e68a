"""
Mutations that break a rule, or just keep it, and those of the text of a record.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from usagecompat.checking import LAST_TIME, SumRule
from usagecompat.contract import Contract, JsonType, RecordShape
from usagecompat.strategies.samples import (
    VALID,
    WHOLE,
    Make,
    Mutation,
    Object,
    clear_sums,
    number,
    pages_are_usual,
    sample_record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def sums(make: Make, rule: SumRule, shape: RecordShape) -> Iterator[Mutation]:
    """The parts of a sum below, at and above it."""
    slug = rule.code.partition("/")[2]
    parts = dict.fromkeys(rule.parts, 3)
    total = 3 * len(parts)
    ways: dict[str, tuple[dict[str, int], int, bool]] = {
        "exact": (parts, total, True),
        "too-small": (parts, total - 1, False),
        "too-large": (parts, total + 1, not rule.exact),
    }
    if rule.on_top:
        more = {**parts, rule.on_top: 3}
        ways["on-top"] = more, total + 3, True
        ways["inside"] = more, total, bool(rule.settled_by)
        ways["nor-on-top"] = more, total + 4, False
    if rule.settled_by:
        settled = {**parts, rule.on_top: 3, rule.settled_by: 0}
        ways["settled-inside"] = settled, total, True
        ways["settled-on-top"] = settled, total + 3, False
    for name, (counts, whole, fits) in ways.items():

        def change(node: Object, counts: Mapping[str, int] = counts, whole: int = whole) -> None:
            clear_sums(node, shape, keep=())
            if "input_tokens" in node:
                node["input_tokens"] = number(1_000)
            node.update({part: number(count) for part, count in counts.items()})
            node[rule.total] = number(whole)

        yield make(member=rule.total, fault=f"{slug}-{name}", code=VALID if fits else rule.code, change=change)


def page_rules(make: Make, said: Contract) -> Iterator[Mutation]:
    """Cursors, and buckets beside each other, of pages that have them."""
    if not pages_are_usual(said):
        return
    nothing = None if said.page.members["next_page"].nullable else ""
    for fault, code, has_more, cursor in (
        ("cursor-and-more", VALID, True, "page_example"),
        ("more-without-cursor", "rule/has-more-without-cursor", True, nothing),
        ("cursor-without-more", "rule/cursor-without-has-more", False, "page_example"),
        ("neither", VALID, False, nothing),
    ):
        new = {"has_more": has_more, "next_page": cursor}
        yield make(member="next_page", fault=fault, code=code, at=("next_page",), change=partial(update, new))
    for fault, code, start in (
        ("touching-buckets", VALID, 200),
        ("buckets-with-gap", VALID, 201),
        ("overlapping-buckets", "rule/overlapping-buckets", 199),
        ("same-bucket-twice", "rule/overlapping-buckets", 100),
        ("unordered-buckets", "rule/unordered-buckets", 99),
    ):
        buckets = [
            {**sample_record(said.bucket, said), "start_time": number(first), "end_time": number(first + 100)}
            for first in (100, start)
        ]
        change = partial(_replace, "data", buckets)
        yield make(member="data", fault=fault, code=code, at=("data", 1), change=change)

    name = said.bucket.arrays[0].name
    unknown = {"object": "organization.usage.x_unknown.result"}
    for kind in said.kinds.values():
        buckets = [
            {
                **sample_record(said.bucket, said),
                "start_time": number(first),
                "end_time": number(first + 100),
                name: [result],
            }
            for first, result in ((100, sample_record(kind, said)), (200, unknown))
        ]
        yield make(
            member="data",
            fault=f"unknown-kind-beside-{kind.name}",
            code="schema/unknown-kind",
            at=("data", 1, name, 0, "object"),
            change=partial(_replace, "data", buckets),
        )


def bucket_rules(make: Make, said: Contract) -> Iterator[Mutation]:
    """Times of a bucket, and results beside each other."""
    for fault, code, end in (
        ("one-second-after-start", VALID, 101),
        ("equals-start", "rule/end-before-start", 100),
        ("before-start", "rule/end-before-start", 99),
    ):
        new = {"start_time": number(100), "end_time": number(end)}
        yield make(member="end_time", fault=fault, code=code, change=partial(update, new))
    for fault, code, start, end in (
        ("from-1970", VALID, 0, 1),
        ("before-1970", "rule/time-not-in-seconds", -1, 1),
        ("until-2200", "record/lossy-number", LAST_TIME - 1, LAST_TIME),
        ("beyond-2200", "rule/time-not-in-seconds", LAST_TIME + 1, LAST_TIME + 2),
    ):
        new = {"start_time": number(start), "end_time": number(end)}
        yield make(member="start_time", fault=fault, code=code, at=("start_time",), change=partial(update, new))
    name = said.bucket.arrays[0].name
    kinds = list(said.kinds.values())
    for shape in kinds:
        result = sample_record(shape, said)
        same, other = [result, dict(result)], sample_record(kinds[kinds.index(shape) - 1], said)
        slug = shape.name
        keys = [key for key, member in shape.members.items() if member.is_group_key and member.type is JsonType.STRING]
        apart = [{**result, keys[0]: "a"}, {**result, keys[0]: "b"}]
        yield make(
            member=name,
            fault=f"same-group-{slug}",
            code="rule/duplicate-group",
            at=(name, 1),
            change=partial(_replace, name, same),
        )
        yield make(member=name, fault=f"two-groups-{slug}", change=partial(_replace, name, apart))
        yield make(
            member=name, fault=f"mixed-{slug}", code="rule/mixed-kinds", change=partial(_replace, name, [result, other])
        )


def update(new: Object, node: Object) -> None:
    """Put members into a record."""
    node.update(new)


def _nothing(node: Object) -> None:
    del node


def _replace(name: str, items: list[Object], node: Object) -> None:
    node[name] = copy.deepcopy(items)


def _nested(node: Object) -> None:
    value: Any = None
    for _ in range(130):
        value = [value]
    node["x_undeclared"] = value


def texts(make: Make) -> Iterator[Mutation]:
    """Faults of the text of a record that is a payload by itself, which no revision has a say in."""
    changes: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
        "empty": ("json/empty-text", lambda _: b""),
        "white-space-only": ("json/empty-text", lambda _: b" \n"),
        "invalid-utf-8": ("json/invalid-utf-8", lambda text: text.replace(b'"', b'"\xff', 1)),
        "byte-order-mark": ("json/byte-order-mark", lambda text: b"\xef\xbb\xbf" + text),
        "trailing-comma": ("json/syntax-error", lambda text: text[:-1] + b",}"),
        "single-quotes": ("json/syntax-error", lambda text: text.replace(b'"', b"'")),
        "truncated": ("json/truncated-text", lambda text: text[:-1]),
        "truncated-in-half": ("json/truncated-text", lambda text: text[: text.index(b":")]),
        "twice": ("json/trailing-text", lambda text: text + text),
        "trailing-text": ("json/trailing-text", lambda text: text + b"x"),
        "white-space-around": (VALID, lambda text: b" \t\r\n" + text + b" \t\r\n"),
    }
    for fault, (code, text) in changes.items():
        yield make(member=WHOLE, fault=fault, code=code, at=None, change=_nothing, text=text)
    yield make(member=WHOLE, fault="too-deep", code="json/limit-depth", at=None, change=_nested)
