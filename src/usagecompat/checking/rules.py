"""
The rule stage: values that contradict each other although each is right by itself.

Rules read the exact document, not records, so that an error in one result does not silence the rules on the others.
They look only at values that are there and of the right type; what is not is the schema stage's matter.
"""

from __future__ import annotations

import re
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Final

from usagecompat.checking.spelling import is_one_edit
from usagecompat.checking.sums import sum_rules, terms_of
from usagecompat.contract import KINDS, LATEST, contract, is_kind, shape_of
from usagecompat.findings import Observation, Path, Shape
from usagecompat.jsontext import Number, has_surrogate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.checking.sums import Integer
    from usagecompat.contract import RecordShape
    from usagecompat.jsontext import Document, Tree

LAST_TIME: Final = 7_258_118_400
"""The start of the year 2200 in seconds since 1970; no usage is as late."""
_FIRST_LIKELY: Final = 1_000_000_000
_FINER: Final = ((1_000, "milliseconds"), (1_000_000, "microseconds"), (1_000_000_000, "nanoseconds"))
is_currency_code: Final = re.compile(r"[A-Za-z]{3}").fullmatch
"""Whether a text is spelled as ISO 4217 spells currencies, in either case."""
_LONGEST_QUOTE: Final = 80
_LONGEST_NUMBER: Final = 40

AROUND_RESULTS: Final = frozenset(
    {
        "rule/has-more-without-cursor",
        "rule/cursor-without-has-more",
        "rule/end-before-start",
        "rule/time-not-in-seconds",
        "rule/overlapping-buckets",
        "rule/unordered-buckets",
        "rule/mixed-kinds",
        "rule/duplicate-group",
    }
)
"""What is not about one result by itself, and the same at all revisions."""

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


def find_contradictions(
    document: Document, revision: str, shape: Shape | None, *, around: bool = True
) -> Iterator[Observation]:
    """
    Everything that the rule stage sees in the document, container by container.

    Args:
        document: What was read.
        revision: What it is judged against.
        shape: What it is.
        around: Whether to tell what results have in common; without it some of `AROUND_RESULTS` are left out.
    """
    node = document.value
    if type(node) is not dict:
        return iter(())
    if shape is Shape.PAGE:
        return _page(node, revision, around=around)
    return _bucket(node, (), revision, around=around) if shape is Shape.BUCKET else _result(node, (), revision)


def _page(page: dict[str, Tree], revision: str, *, around: bool) -> Iterator[Observation]:
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
        start, end = integer_of(bucket.get("start_time")), integer_of(bucket.get("end_time"))
        if start is not None and last_start is not None and start < last_start:
            message = f"the bucket starts at {_spelled(start)}, before the previous one, which starts at {_spelled(last_start)}"
            yield Observation("rule/unordered-buckets", path, message, "The API sends buckets in order of time.")
        elif start is not None and last_end is not None and start < last_end:
            message = f"the bucket starts at {_spelled(start)}, before the previous one ends at {_spelled(last_end)}"
            yield Observation(
                "rule/overlapping-buckets", path, message, "Sums over these buckets count some usage twice."
            )
        last_start, last_end = start, end
        yield from _bucket(bucket, path, revision, around=around)


def _bucket(bucket: dict[str, Tree], path: Path, revision: str, *, around: bool) -> Iterator[Observation]:
    start, end = integer_of(bucket.get("start_time")), integer_of(bucket.get("end_time"))
    if start is not None and end is not None and end <= start:
        message = f"the bucket starts at {_spelled(start)} and ends at {_spelled(end)}"
        yield Observation("rule/end-before-start", path, message, _why_it_ends(start, end))
    for member, time in (("start_time", start), ("end_time", end)):
        if time is not None and not 0 <= time <= LAST_TIME:
            yield _odd_time(time, (*path, member))
            break
    name = name_of_results(bucket, revision)
    results = bucket.get(name)
    if type(results) is not list:
        return
    tags = dict.fromkeys(
        tag
        for r in results
        if around and type(r) is dict and type(tag := r.get("object")) is str and is_kind(tag) is not None
    )  # what is no kind is told already
    if len(tags) > 1:
        message = f"the bucket holds results of {len(tags)} kinds: {', '.join(map(_quote, list(tags)[:4]))}"
        yield Observation("rule/mixed-kinds", path, message, "Each endpoint of the API answers with one kind.")
    groups: dict[tuple[object, ...], int] = {}
    for index, result in enumerate(results):
        if type(result) is not dict:
            continue
        here = (*path, name, index)
        group = group_of(result, revision) if around else None
        if group is not None and groups.setdefault(group, index) != index:
            message = f"the result has the same kind and group keys as the one at index {groups[group]}"
            yield Observation(
                "rule/duplicate-group", here, message, "A reader that stores by group keeps one of the two."
            )
        yield from _result(result, here, revision)


def _why_it_ends(start: Integer, end: Integer) -> str:
    """What may have gone wrong where a bucket ends at its start or before."""
    if end == 0:
        return "`end_time` is exclusive; 0 is what an integer becomes that nobody has set."
    if end == start:
        return "`end_time` is exclusive: it is the first second that is no part of the bucket."
    return "`end_time` is exclusive; are the two times the wrong way round?"


def _odd_time(time: Integer, place: Path) -> Observation:
    """A time that nobody can have meant as seconds."""
    name = place[-1]
    if time < 0:
        message, hint = f"`{name}` is {_spelled(time)}, which is before 1970", "The API has no usage from that time."
    else:
        message = f"`{name}` is {_spelled(time)}, which is beyond the year 2200"
        hint = "Times are whole seconds since 1970."
        for factor, unit in _FINER:
            if _FIRST_LIKELY * factor <= time <= LAST_TIME * factor:
                hint = f"Times are whole seconds since 1970; this looks like {unit}: {_spelled(time // factor)} in seconds."
                break
    return Observation("rule/time-not-in-seconds", place, message, hint)


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
    types = tuple(map(type, values))  # since true is 1 for Python
    return None if dict in types or list in types else (tag, types, values)


def _result(result: dict[str, Tree], path: Path, revision: str) -> Iterator[Observation]:
    tag = result.get("object")
    kind = contract(revision).kinds.get(tag) if type(tag) is str else None
    if kind is None or type(tag) is not str:
        return
    yield from _sums(result, path, revision, tag)
    amount = result.get("amount")
    if type(amount) is dict and "amount" in kind.members:
        fault = currency_fault(amount)
        if fault is not None:
            yield Observation(fault[0], (*path, "amount", "currency"), *fault[1:])


def currency_fault(amount: Mapping[str, object]) -> tuple[str, str, str] | None:
    """What is wrong with the currency of an amount: code, message and hint."""
    currency = amount.get("currency")
    if "currency" not in amount:
        if amount.get("value") is None or any(is_one_edit(name, "currency") for name in amount):
            return None
        hint = 'Nobody can add it to others; the API sends "currency": "usd".'
        return "rule/amount-without-currency", "the amount has a `value`, and no `currency`", hint
    if type(currency) is not str or has_surrogate(currency):
        return None
    if not is_currency_code(currency):
        message = f"expected the three letters of ISO 4217, found {_quote(currency)}"
        sign = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}.get(currency.strip())
        hint = f'The API sends "{sign}".' if sign else 'The API sends codes such as "usd".'
        return "rule/currency-not-iso-4217", message, hint
    if currency != currency.lower():
        message = f"expected a currency in lower case, found {_quote(currency)}"
        return "rule/currency-not-lower-case", message, f'The API sends "{currency.lower()}".'
    return None


def _sums(result: dict[str, Tree], path: Path, revision: str, kind: str) -> Iterator[Observation]:
    terms = terms_of(revision, kind)
    counts = {
        name: value.whole if type(value) is Number else None
        for name in terms
        if (value := result.get(name)) is not None
    }
    for rule in sum_rules(revision, kind):
        sums = rule.unmet(counts)
        total = counts.get(rule.total)
        if not sums or total is None:
            continue
        actual = " or ".join(f"{' + '.join(names)} = {_spelled(one)}" for names, one in sums.items())
        relation = "must equal" if rule.exact else "must not exceed"
        message = f"{actual} {relation} {rule.total} = {_spelled(total)}"
        yield Observation(rule.code, path, message, "The vendor states this relation between the counts.")


def integer_of(value: Tree | int) -> Integer | None:
    """The value of an integer in any spelling, its exponent not written out; None for everything else."""
    return value.whole if type(value) is Number else value if type(value) is int else None


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
