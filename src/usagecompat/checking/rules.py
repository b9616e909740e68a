"""
The rule stage: values that contradict each other although each is right by itself.

Rules read the exact document, not records, so that an error in one result does not silence the rules on the others.
They look only at values that are there and of the right type; what is not is the schema stage's matter.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from functools import cache, reduce
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from usagecompat.contract import KINDS, LATEST, contract, shape_of
from usagecompat.findings import Observation, Path, Shape
from usagecompat.jsontext import Number, is_safe_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.contract import RecordShape
    from usagecompat.jsontext import Document, Tree

Integer: TypeAlias = int | Decimal
"""An `int` if it is short, as nearly all are; a `Decimal` never has to write out its exponent."""

_LONGEST_QUOTE: Final = 80
_LONGEST_NUMBER: Final = 40
_EXACT: Final = Context(prec=50_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
"""Adds integers within the limits without rounding."""


@frozen
class SumRule:
    """A relation that the vendor states between counts of one result."""

    code: str
    total: str
    parts: tuple[str, ...]
    exact: bool = True
    """Whether the parts make up the total, or only do not exceed it."""


SUM_RULES: Final = (
    SumRule("rule/cached-exceeds-input", "input_tokens", ("input_cached_tokens",), exact=False),
    SumRule(
        "rule/input-split-mismatch",
        "input_tokens",
        ("input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens"),
    ),
    SumRule(
        "rule/uncached-split-mismatch",
        "input_uncached_tokens",
        ("input_text_tokens", "input_audio_tokens", "input_image_tokens"),
    ),
    SumRule(
        "rule/cached-split-mismatch",
        "input_cached_tokens",
        ("input_cached_text_tokens", "input_cached_audio_tokens", "input_cached_image_tokens"),
    ),
    SumRule(
        "rule/output-split-mismatch",
        "output_tokens",
        ("output_text_tokens", "output_audio_tokens", "output_image_tokens"),
    ),
    SumRule(
        "rule/cache-write-split-exceeded",
        "input_cache_write_tokens",
        ("input_cache_write_30m_tokens", "input_cache_write_12h_tokens"),
        exact=False,
    ),
)

GROUP_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    shape.kind or "": tuple(name for name, member in shape.members.items() if member.is_group_key)
    for shape in (shape_of(kind, LATEST) for kind in KINDS)
}
"""The group keys of each kind, at any published revision."""


@cache
def group_keys(shape: RecordShape) -> tuple[str, ...]:
    """The group keys of a kind at any published revision, and those that a draft adds."""
    own = (name for name, member in shape.members.items() if member.is_group_key)
    return tuple(dict.fromkeys((*GROUP_KEYS.get(shape.kind or "", ()), *own)))


@cache
def sum_rules(revision: str, kind: str) -> tuple[SumRule, ...]:
    """The rules whose every term is declared for `kind` at `revision`."""
    shape = contract(revision).kinds.get(kind)
    if shape is None:
        return ()
    return tuple(rule for rule in SUM_RULES if shape.members.keys() >= {rule.total, *rule.parts})


@cache
def _terms(revision: str, kind: str) -> tuple[str, ...]:
    """The counts that any of these rules needs."""
    return tuple(dict.fromkeys(name for rule in sum_rules(revision, kind) for name in (rule.total, *rule.parts)))


def find_contradictions(document: Document, revision: str, shape: Shape | None) -> Iterator[Observation]:
    """Everything that the rule stage sees in the document, container by container."""
    node = document.value
    if type(node) is not dict:
        return iter(())
    if shape is Shape.PAGE:
        return _page(node, revision)
    return _bucket(node, (), revision) if shape is Shape.BUCKET else _result(node, (), revision)


def _page(page: dict[str, Tree], revision: str) -> Iterator[Observation]:
    cursor, has_more = page.get("next_page"), page.get("has_more")
    if has_more is True and (cursor is None or cursor == ""):
        message = "`has_more` is true, and there is no cursor in `next_page`"
        yield Observation("rule/has-more-without-cursor", ("next_page",), message, "A client cannot read on from here.")
    if has_more is False and type(cursor) is str and cursor:
        message = "`has_more` is false, and `next_page` holds a cursor"
        yield Observation(
            "rule/cursor-without-has-more", ("next_page",), message, "Clients differ in which of the two they follow."
        )
    last_start: Integer | None = None
    last_end: Integer | None = None
    buckets = page.get("data")
    for index, bucket in enumerate(buckets if type(buckets) is list else ()):
        if type(bucket) is not dict or bucket.get("object", "bucket") != "bucket":
            continue
        path = ("data", index)
        start, end = _integer(bucket.get("start_time")), _integer(bucket.get("end_time"))
        if start is not None and last_start is not None and start < last_start:
            message = f"the bucket starts at {_spelled(start)}, before the one in front of it, which starts at {_spelled(last_start)}"
            yield Observation("rule/unordered-buckets", path, message, "The API sends buckets in order of time.")
        elif start is not None and last_end is not None and start < last_end:
            message = (
                f"the bucket starts at {_spelled(start)}, before the one in front of it ends at {_spelled(last_end)}"
            )
            yield Observation(
                "rule/overlapping-buckets", path, message, "Sums over these buckets count some usage twice."
            )
        last_start, last_end = start, end
        yield from _bucket(bucket, path, revision)


def _bucket(bucket: dict[str, Tree], path: Path, revision: str) -> Iterator[Observation]:
    start, end = _integer(bucket.get("start_time")), _integer(bucket.get("end_time"))
    if start is not None and end is not None and end <= start:
        yield Observation(
            "rule/end-before-start", path, f"the bucket starts at {_spelled(start)} and ends at {_spelled(end)}"
        )
    name = name_of_results(bucket, revision)
    results = bucket.get(name)
    if type(results) is not list:
        return
    tags = dict.fromkeys(tag for r in results if type(r) is dict and type(tag := r.get("object")) is str)
    if len(tags) > 1:
        message = f"the bucket holds results of {len(tags)} kinds: {', '.join(map(_quote, list(tags)[:4]))}"
        yield Observation("rule/mixed-kinds", path, message, "Each endpoint of the API answers with one kind.")
    groups: dict[tuple[object, ...], int] = {}
    for index, result in enumerate(results):
        if type(result) is not dict:
            continue
        here = (*path, name, index)
        group = group_of(result, revision)
        if group is not None and groups.setdefault(group, index) != index:
            message = f"the result has the same kind and group keys as the one at index {groups[group]}"
            yield Observation(
                "rule/duplicate-group", here, message, "A reader that stores by group keeps one of the two."
            )
        yield from _result(result, here, revision)


def name_of_results(bucket: Mapping[str, object], revision: str) -> str:
    """Under which of its two names a bucket has its results: beside the declared one the other is undeclared."""
    names = ("results", "result") if "results" in contract(revision).bucket.members else ("result", "results")
    return names[0] if names[0] in bucket else names[1]


def group_of(result: dict[str, Tree], revision: str = LATEST) -> tuple[object, ...] | None:
    """What tells a result from others in its bucket; None if that cannot be told."""
    tag = result.get("object")
    if type(tag) is not str:
        return None
    shape = contract(revision).kinds.get(tag)
    keys = GROUP_KEYS.get(tag) if shape is None else group_keys(shape)
    if keys is None:
        return None
    values = tuple(map(result.get, keys))
    if any(type(value) in (dict, list) for value in values):
        return None
    return (tag, *((type(value), value) for value in values))


def _result(result: dict[str, Tree], path: Path, revision: str) -> Iterator[Observation]:
    tag = result.get("object")
    kind = contract(revision).kinds.get(tag) if type(tag) is str else None
    if kind is None or type(tag) is not str:
        return
    counts = {name: _integer(result[name]) for name in _terms(revision, tag) if name in result}
    for rule in sum_rules(revision, tag):
        total = counts.get(rule.total)
        parts = [part for name in rule.parts if (part := counts.get(name)) is not None]
        if total is None or len(parts) < len(rule.parts):
            continue
        actual = _sum(parts)
        if actual > total or (rule.exact and actual != total):
            relation = "must equal" if rule.exact else "must not exceed"
            message = f"{' + '.join(rule.parts)} = {_spelled(actual)} {relation} {rule.total} = {_spelled(total)}"
            yield Observation(rule.code, path, message, "The vendor states this relation between the counts.")
    amount = result.get("amount")
    if type(amount) is dict and "amount" in kind.members:
        currency = amount.get("currency")
        if type(currency) is str and currency != currency.lower():
            message = f"expected a currency in lower case, found {_quote(currency)}"
            yield Observation(
                "rule/currency-not-lower-case", (*path, "amount", "currency"), message, "The API sends `usd`."
            )


def _integer(value: Tree) -> Integer | None:
    """The value of an integer in any spelling, its exponent not written out; None for everything else."""
    if type(value) is not Number:
        return None
    if is_safe_count(value.lexeme):
        return int(value.lexeme)
    return value.decimal if value.is_integer else None


def _sum(parts: list[Integer]) -> Integer:
    """The exact sum."""
    return reduce(_EXACT.add, parts) if Decimal in map(type, parts) else sum(parts)


def _spelled(number: Integer) -> str:
    if not number:
        return "0"
    if isinstance(number, int):
        return str(number)
    return (
        f"{number.to_integral_value():f}" if number.adjusted() < _LONGEST_NUMBER else "a number of more than 40 digits"
    )


def _quote(text: str) -> str:
    """`text` in quotes, escaped where it is not ASCII and cut where no kind is so long."""
    return encode_basestring_ascii(text[:_LONGEST_QUOTE])
