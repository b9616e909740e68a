"""
Hypothesis strategies for payloads that one thing is wrong with, by finding code.

Each fault begins with a payload that obeys the revision, so that what is wrong is what was done to it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen
from hypothesis import strategies as st

from usagecompat.checking import LAST_TIME, SUM_RULES, SumRule, meant, sum_rules
from usagecompat.contract import (
    DEVIATIONS,
    Contract,
    Count,
    Deviation,
    JsonType,
    Member,
    RecordShape,
    Tolerance,
    contract,
)
from usagecompat.findings import SERVED_SHAPES, Shape
from usagecompat.jsontext import Number
from usagecompat.strategies.samples import Object, number, pages_are_usual, records_in, rename, wrong_types
from usagecompat.strategies.trees import (
    naturals,
    number_texts,
    result_trees,
    spelled,
    texts,
    trees,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

Place: TypeAlias = tuple[Object, RecordShape]
"""An object of a tree, and the record that it is."""
Break: TypeAlias = "Callable[[DrawFn, Contract], Object | bytes]"
"""Makes a tree or a text that shows one code."""


@frozen
class _Fault:
    """One way to break a payload."""

    make: Break
    possible: Callable[[Contract], bool] = lambda _: True
    """Whether a payload of the revision can have the fault."""


def breakable(said: Contract) -> tuple[str, ...]:
    """The codes that a payload of the revision can be made to show."""
    return tuple(code for code, fault in _FAULTS.items() if fault.possible(said))


@st.composite
def broken_by(draw: DrawFn, code: str, *, revision: str) -> tuple[bytes, str]:
    """Payloads that show `code` at the revision, each with the code."""
    made = _FAULTS[code].make(draw, contract(revision))
    return made if isinstance(made, bytes) else draw(spelled(made)).encode("utf-8", "backslashreplace"), code


# -- where faults go


def _any_tree(draw: DrawFn, said: Contract, kind: str | None = None, *, page: bool = True) -> Object:
    """A payload of any shape; one that holds results holds one at least."""
    shapes = SERVED_SHAPES if page else (Shape.BUCKET, Shape.RESULT)
    drawn: Object = draw(trees(said, draw(st.sampled_from(shapes)), kind, least=1))
    return drawn


def _places(node: Object, said: Contract) -> Iterator[Place]:
    """All records of a payload that obeys the revision."""
    return ((record, shape) for _, record, shape in records_in(node, said))


def _pick(draw: DrawFn, tree: Object, said: Contract, fits: Callable[[Member], bool]) -> tuple[Object, Member]:
    """A place in the tree and a member of it that fits, whether or not it is there."""
    found = [(n, m) for n, shape in _places(tree, said) for m in shape.members.values() if fits(m)]
    return draw(st.sampled_from(found))


# -- json/


def _text_fault(change: Callable[[DrawFn, str], str | bytes]) -> _Fault:
    def make(draw: DrawFn, said: Contract) -> bytes:
        text: str = draw(spelled(_any_tree(draw, said)))
        changed = change(draw, text)
        return changed if isinstance(changed, bytes) else changed.encode()

    return _Fault(make)


def _cut(draw: DrawFn, text: str) -> str:
    body = text.rstrip(" \t\r\n")
    first = body.index("{") + 1
    return body[: draw(st.integers(first, len(body) - 1))]


def _not_utf_8(draw: DrawFn, text: str) -> bytes:
    data = text.encode()
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.sampled_from((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"))) + data[at:]


def _trailing_comma(_: DrawFn, text: str) -> str:
    body = text.rstrip(" \t\r\n")
    return f"{body[:-1]},{body[-1]}"


def _twice(draw: DrawFn, text: str) -> str:
    """The first member's name once more before it, with any value."""
    found = re.search(r'"(?:[^"\\]|\\.)*"', text)
    name = found[0] if found else ""
    return text.replace("{", f"{{{name}:{draw(values.flatmap(spelled))},", 1)


def _value_fault(strategy: SearchStrategy[Any]) -> _Fault:
    """A value that no JSON text may hold, under a name that nobody declares."""

    def make(draw: DrawFn, said: Contract) -> Object:
        tree = _any_tree(draw, said)
        node, _ = draw(st.sampled_from(list(_places(tree, said))))
        node["undeclared"] = draw(strategy)
        return tree

    return _Fault(make)


def _nested(depth: int) -> Any:  # noqa: ANN401 - a tree is any JSON
    node: Any = None
    for _ in range(depth):
        node = [node]
    return node


# -- schema/ and wire/


def _without_required(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    found = [(n, name) for n, shape in _places(tree, said) for name in shape.needed()]
    node, name = draw(st.sampled_from(found))
    del node[name]
    return tree


def _with_null(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    node, member = _pick(draw, tree, said, lambda m: not m.may_be_null())
    node[member.name] = None
    return tree


def _with_wrong_type(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    node, member = _pick(draw, tree, said, lambda _: True)
    node[member.name] = draw(st.sampled_from(list(wrong_types(member).values())))
    return tree


def _misspelt(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    node, member = _pick(draw, tree, said, lambda m: not m.required)
    name = member.name
    at = draw(st.integers(0, len(name) - 1))
    swapped = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    names = (name[:at] + name[at + 1 :], swapped, f"{name[:at]}x{name[at:]}", f"{name[:at]}x{name[at + 1 :]}")
    shape = next(shape for place, shape in _places(tree, said) if place is node)
    wrong = [one for one in names if name in meant(said, shape, one)] or [f"{name}x"]
    node[draw(st.sampled_from(wrong))] = node.pop(name, None)
    return tree


@cache
def _kinds_with(fits: Callable[[Member], bool], said: Contract) -> tuple[str, ...]:
    """The kinds that have a member that fits."""
    return tuple(kind for kind, shape in said.kinds.items() if any(map(fits, shape.members.values())))


def _has(tree: Object, said: Contract, fits: Callable[[Member], bool]) -> bool:
    """Whether a record of the tree may have a member that fits."""
    return any(fits(member) for _, shape in _places(tree, said) for member in shape.members.values())


def _is_renamed(member: Member) -> bool:
    return member.required and member.former_name is not None


def _with_old_name(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said, draw(st.sampled_from((None, *_kinds_with(_is_renamed, said)))), page=False)
    if not _has(tree, said, _is_renamed):
        tree = draw(trees(said, Shape.BUCKET))
    node, member = _pick(draw, tree, said, _is_renamed)
    rename(node, member.name, member.former_name or "")
    return tree


def _with_wrong_object(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    node, shape = draw(st.sampled_from([place for place in _places(tree, said) if place[1].kind]))
    node["object"] = draw(st.sampled_from(("", "Page", "usage", shape.name, f"{shape.kind}s")))
    return tree


def _with_unknown_kind(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    node, _ = draw(st.sampled_from([place for place in _places(tree, said) if place[1].kind in said.kinds]))
    node["object"] = draw(st.sampled_from(("organization.usage.others.result", "organization.usage.x_9.result")))
    return tree


def _closed(member: Member) -> bool:
    return member.values is not None and member.values.closed


def _with_unknown_value(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said, draw(st.sampled_from(_kinds_with(_closed, said))))
    node, member = _pick(draw, tree, said, _closed)
    known = member.values.known if member.values else ()
    node[member.name] = draw(texts.filter(lambda value: value not in known))
    return tree


def _deviation(deviation: Deviation) -> _Fault:
    """A payload that shows what the API serves against the published contract."""

    def make(draw: DrawFn, said: Contract) -> Object:
        kind = next((kind for kind, shape in said.kinds.items() if shape.name == deviation.record), None)
        if deviation.record == said.amount.name:
            kind = next(
                kind
                for kind, shape in said.kinds.items()
                if any(m.of == (said.amount.name,) for m in shape.members.values())
            )
        tree = draw(trees(said, Shape.PAGE, kind, least=1))
        for node, shape in list(_places(tree, said)):
            for member in shape.members.values():
                if member.of == (said.amount.name,):
                    node.setdefault(member.name, {})
        _deviate(draw, tree, said, deviation)
        return tree

    return _Fault(make, lambda said: deviation.concerns(said.revision))


def _deviate(draw: DrawFn, tree: Object, said: Contract, deviation: Deviation) -> None:
    if deviation.allows is Tolerance.ABSENT:
        found = [n for n, shape in _places(tree, said) if deviation.member in shape.tolerated_absences]
        del draw(st.sampled_from(found))[deviation.member]
        return
    node, member = _pick(draw, tree, said, lambda m: m.deviations.get(deviation.allows) is deviation)
    if deviation.allows is Tolerance.NEWER_NAME:
        rename(node, member.name, member.newer_name or "")
    elif deviation.allows is Tolerance.NULL:
        node[member.name] = None
    else:
        node[member.name] = draw(number_texts)


# -- record/


def _is_count(member: Member) -> bool:
    return isinstance(member.marker, Count)


def _is_integer(member: Member) -> bool:
    return member.type is JsonType.INTEGER


def _spelled_as_float(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said)
    if not _has(tree, said, _is_integer):
        tree = draw(trees(said, Shape.BUCKET))  # a cost has no integer
    node, member = _pick(draw, tree, said, _is_integer)
    whole = draw(naturals)
    node[member.name] = Number(number(whole).lexeme + draw(st.sampled_from((".0", ".000", "e0", "E+2", ".0e-0"))))
    return tree


def _negative(draw: DrawFn, said: Contract) -> Object:
    tree = _any_tree(draw, said, draw(st.sampled_from(_kinds_with(_is_count, said))))
    node, member = _pick(draw, tree, said, _is_count)
    node[member.name] = number(-1 - draw(naturals))
    return tree


# -- rule/


def _sum_fault(code: str) -> _Fault:
    """A result whose parts do not fit their total."""

    def rules_of(said: Contract) -> list[tuple[str, SumRule]]:
        return [(kind, rule) for kind in said.kinds for rule in sum_rules(said.revision, kind) if rule.code == code]

    def make(draw: DrawFn, said: Contract) -> Object:
        kind, rule = draw(st.sampled_from(rules_of(said)))
        tree = _any_tree(draw, said, kind)
        node = draw(st.sampled_from([n for n, shape in _places(tree, said) if shape.kind == kind]))
        for name in (rule.on_top, rule.settled_by):
            node.pop(name, None)
        names = [*rule.parts, *([rule.on_top] if rule.on_top and draw(st.booleans()) else ())]
        counts = {name: draw(naturals) for name in names}
        sums = rule.sums(counts).values()
        off = 1 + draw(naturals)
        if rule.exact and draw(st.booleans()):
            counts[rule.total] = int(max(sums)) + off
        else:
            counts[rule.total] = int(min(sums))
            counts[rule.parts[0]] += off
        node |= {name: number(count) for name, count in counts.items()}
        return tree

    return _Fault(make, lambda said: bool(rules_of(said)))


def _page_fault(change: Callable[[DrawFn, Object], None]) -> _Fault:
    def make(draw: DrawFn, said: Contract) -> Object:
        tree: Object = draw(trees(said, Shape.PAGE, least=1))
        change(draw, tree)
        return tree

    return _Fault(make, pages_are_usual)


def _more_without_cursor(_: DrawFn, page: Object) -> None:
    page |= {"has_more": True, "next_page": ""}


def _cursor_without_more(draw: DrawFn, page: Object) -> None:
    page |= {"has_more": False, "next_page": draw(texts.filter(bool))}


def _ends_too_early(draw: DrawFn, page: Object) -> None:
    bucket = draw(st.sampled_from(page["data"]))
    bucket["end_time"] = number(bucket["start_time"].integer - draw(naturals))


def _odd_time(draw: DrawFn, page: Object) -> None:
    last = page["data"][-1]
    last["end_time"] = number(LAST_TIME + 1 + draw(naturals))


def _amount_with(amount: Object) -> Callable[[DrawFn, Contract], Object]:
    """A cost with this amount."""

    def make(draw: DrawFn, said: Contract) -> Object:
        kind = next(kind for kind, shape in said.kinds.items() if "amount" in shape.members)
        tree = _any_tree(draw, said, kind)
        node = draw(st.sampled_from([n for n, shape in _places(tree, said) if shape.kind == kind]))
        node["amount"] = dict(amount)
        return tree

    return make


def _one_more_bucket(page: Object, start: int) -> None:
    last = page["data"][-1]
    page["data"].append({**last, "start_time": number(start), "end_time": number(start + 1)})


def _overlap(draw: DrawFn, page: Object) -> None:
    last = page["data"][-1]
    _one_more_bucket(page, draw(st.integers(last["start_time"].integer, last["end_time"].integer - 1)))


def _disorder(draw: DrawFn, page: Object) -> None:
    _one_more_bucket(page, page["data"][-1]["start_time"].integer - 1 - draw(naturals))


def _bucket_fault(change: Callable[[DrawFn, list[Any], Contract], None]) -> _Fault:
    def make(draw: DrawFn, said: Contract) -> Object:
        tree: Object = draw(trees(said, draw(st.sampled_from((Shape.BUCKET, Shape.PAGE))), least=1))
        name = said.bucket.arrays[0].name
        node = draw(st.sampled_from([n for n, shape in _places(tree, said) if shape is said.bucket]))
        change(draw, node[name], said)
        return tree

    return _Fault(make, lambda said: len(said.kinds) > 1)


def _mixed(draw: DrawFn, results: list[Any], said: Contract) -> None:
    others = [kind for kind in said.kinds if kind != results[0]["object"]]
    results.append(draw(result_trees(said, draw(st.sampled_from(others)), served=False)))


def _same_group(_: DrawFn, results: list[Any], said: Contract) -> None:
    shape = said.kinds[results[0]["object"]]
    results[0] = {name: value for name, value in results[0].items() if name in (*shape.members, *shape.required)}
    results.append(dict(results[0]))


_FAULTS: Final[Mapping[str, _Fault]] = {
    "json/empty-text": _Fault(lambda draw, _: draw(st.text(" \t\r\n")).encode()),
    "json/invalid-utf-8": _text_fault(_not_utf_8),
    "json/byte-order-mark": _text_fault(lambda _, text: "\ufeff" + text),
    "json/syntax-error": _text_fault(_trailing_comma),
    "json/truncated-text": _text_fault(_cut),
    "json/trailing-text": _text_fault(
        lambda draw, text: text + draw(st.sampled_from(("{}", "]", ",", "x", "\n[]", "\0")))
    ),
    "json/non-finite-number": _value_fault(st.sampled_from(("NaN", "Infinity", "-Infinity")).map(Number)),
    "json/lone-surrogate": _value_fault(st.characters(categories=["Cs"]).flatmap(lambda half: texts.map(half.__add__))),
    "json/duplicate-member": _text_fault(_twice),
    "json/limit-depth": _value_fault(st.integers(128, 200).map(_nested)),
    "json/limit-digits": _value_fault(st.sampled_from(("", "-", "0.")).map(lambda start: Number(start + "1" * 10_001))),
    "json/limit-exponent": _value_fault(
        st.integers(10_001).flatmap(lambda n: st.sampled_from((Number(f"1e{n}"), Number(f"0E-{n}"))))
    ),
    "schema/wrong-type": _Fault(_with_wrong_type),
    "schema/unexpected-null": _Fault(_with_null),
    "schema/missing-member": _Fault(_without_required),
    "schema/misspelt-member": _Fault(_misspelt),
    "schema/renamed-member": _Fault(
        _with_old_name,
        lambda said: any(map(_is_renamed, said.bucket.members.values())) or bool(_kinds_with(_is_renamed, said)),
    ),
    "schema/wrong-object": _Fault(_with_wrong_object),
    "schema/unknown-kind": _Fault(_with_unknown_kind),
    "schema/unknown-value": _Fault(_with_unknown_value, lambda said: bool(_kinds_with(_closed, said))),
    **{deviation.code: _deviation(deviation) for deviation in DEVIATIONS},
    "record/integer-spelled-as-float": _Fault(_spelled_as_float),
    "record/negative-count": _Fault(_negative),
    **{code: _sum_fault(code) for code in dict.fromkeys(rule.code for rule in SUM_RULES)},
    "rule/has-more-without-cursor": _page_fault(_more_without_cursor),
    "rule/cursor-without-has-more": _page_fault(_cursor_without_more),
    "rule/end-before-start": _page_fault(_ends_too_early),
    "rule/time-not-in-seconds": _page_fault(_odd_time),
    "rule/amount-without-currency": _Fault(_amount_with({"value": Number("1")})),
    "rule/currency-not-iso-4217": _Fault(_amount_with({"value": Number("1"), "currency": "$"})),
    "rule/overlapping-buckets": _page_fault(_overlap),
    "rule/unordered-buckets": _page_fault(_disorder),
    "rule/mixed-kinds": _bucket_fault(_mixed),
    "rule/duplicate-group": _bucket_fault(_same_group),
}
"""All errors and warnings that a payload can show, but for a text of more than 64 MiB."""
