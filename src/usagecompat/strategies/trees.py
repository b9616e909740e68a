"""
Hypothesis strategies for exact JSON trees that obey a revision, and for the texts that spell them.

Everything is read from the neutral tree, so that a new member, kind or revision is drawn without a line here.
"""

from __future__ import annotations

from functools import cache
from json.encoder import encode_basestring, encode_basestring_ascii
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from usagecompat.checking import LAST_TIME, group_of, is_flat, meant, sum_rules
from usagecompat.contract import (
    KNOWN_UNDECLARED,
    LATEST,
    Contract,
    Count,
    JsonType,
    Member,
    RecordShape,
    Tolerance,
    contract,
)
from usagecompat.findings import Shape
from usagecompat.jsontext import Number
from usagecompat.strategies.samples import Object, declares, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from usagecompat.jsontext import Tree

_MOST_ITEMS: Final = 3
_SHAPE_NAMES: Final = frozenset({"object", "data", "results", "result"})
"""Names that say what an object is, which no undeclared member may have."""

# -- leaves

# What UTF-8 has, which is Hypothesis' own choice; but it finds that out by trying a million characters, for seconds.
texts: Final = st.text(st.characters(exclude_categories=["Cs"]))
"""Strings of whole characters, which is what JSON can say."""
naturals: Final = st.integers(min_value=0) | st.integers(0, 300).map(lambda exponent: 10**exponent)
"""Integers from zero on, of any size."""
integers: Final = naturals | naturals.map(int.__neg__)
"""Integers of any size."""
_exponents: Final = st.builds(
    "{}{}{}{}".format,
    st.sampled_from("eE"),
    st.sampled_from(("", "+", "-")),
    st.sampled_from(("", "0", "000")),
    st.integers(0, 10_000),
)
number_texts: Final = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "-")),
    naturals,
    st.just("") | st.text(digits, min_size=1, max_size=60).map(".{}".format),
    st.just("") | _exponents,
)
"""JSON numbers in every spelling, within the limits."""
numbers: Final = number_texts.map(Number)
values: Final[SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=_MOST_ITEMS) | st.dictionaries(texts, inner, max_size=_MOST_ITEMS),
    max_leaves=4,
)
"""Any JSON at all."""


@st.composite
def _spelled_integers(draw: DrawFn, drawn: SearchStrategy[int]) -> Number:
    """Integers in the spellings that are above suspicion: zero has two."""
    value = draw(drawn)
    return draw(_ZEROS) if value == 0 else number(value)


_ZEROS: Final = st.sampled_from((Number("0"), Number("-0")))
_COUNTS: Final = _spelled_integers(naturals)
_INTEGERS: Final = _spelled_integers(integers)


# -- members


def _member_values(member: Member, said: Contract, *, served: bool) -> SearchStrategy[Any]:
    """The values that one member may have."""
    drawn: SearchStrategy[Any]
    if member.const is not None:
        drawn = st.just(member.const)
    elif member.type is JsonType.INTEGER:
        drawn = _COUNTS if isinstance(member.marker, Count) else _INTEGERS
    elif member.type is JsonType.NUMBER:
        drawn = numbers
    elif member.type is JsonType.BOOLEAN:
        drawn = st.booleans()
    elif member.type is JsonType.OBJECT:
        drawn = objects(said.amount, said, served=served)
    elif member.values is not None:
        drawn = st.sampled_from(member.values.known)
        drawn = drawn if member.values.closed else drawn | texts
    elif member.name == "currency":
        drawn = st.text(ascii_lowercase, min_size=3, max_size=3)
    else:
        drawn = texts
    if member.may_be_text(served=served):
        drawn |= number_texts
    if member.may_be_null(served=served):
        drawn |= st.none()
    return drawn


@cache
def _undeclared_names(shape: RecordShape, said: Contract) -> SearchStrategy[str]:
    """Names that mean nothing in the record: made-up ones, and those that other kinds and revisions have."""
    elsewhere = contract(LATEST).flat.members.keys() | said.flat.members.keys() | KNOWN_UNDECLARED.keys()
    taken = _SHAPE_NAMES.union(shape.members, shape.required, shape.former, shape.newer)
    return st.sampled_from(sorted(elsewhere - taken)) | texts.filter(
        lambda name: name not in taken and not meant(said, shape, name)
    )


@cache
def _undeclared(shape: RecordShape, said: Contract) -> SearchStrategy[Object]:
    """Members that nobody declares."""
    return st.dictionaries(_undeclared_names(shape, said), values, max_size=2)


@cache
def _declared(shape: RecordShape, said: Contract, *, served: bool) -> SearchStrategy[Object]:
    """What is required of a record, and some of the rest."""
    leaves = {
        m.name: _member_values(m, said, served=served) for m in shape.members.values() if m.type is not JsonType.ARRAY
    }
    undeclared = {name: values for name in shape.required if name not in shape.members}
    needed = shape.needed(served=served)
    required = {name: drawn for name, drawn in {**leaves, **undeclared}.items() if name in needed}
    optional = {name: drawn for name, drawn in {**leaves, **undeclared}.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def _objects(draw: DrawFn, record: str, revision: str, *, served: bool) -> Object:
    """One record: what is required, some of the rest, some that nobody declares, in any order."""
    said = contract(revision)
    shape = said.records[record]
    tree = draw(_declared(shape, said, served=served)) | draw(_undeclared(shape, said))
    add_up(tree, said, shape.kind or "")
    if shape is said.amount and tree.get("value") is not None:
        tree.setdefault("currency", "usd")
    return draw(reordered(tree))


@cache
def objects(shape: RecordShape, said: Contract, *, served: bool) -> SearchStrategy[Object]:
    """Trees of one record; members that hold arrays are left to those who know what is in them."""
    return _objects(shape.name, said.revision, served=served)


def reordered(tree: Object) -> SearchStrategy[Object]:
    """The same members in any order."""
    return st.permutations(list(tree)).map(lambda names: {name: tree[name] for name in names})


def add_up(tree: Object, said: Contract, kind: str) -> None:
    """Raise the totals of a result until they fit their parts, parts of parts first."""
    for rule in reversed(sum_rules(said.revision, kind)):
        counts = {
            name: value.integer
            for name in rule.all_terms
            if type(value := tree.get(name)) is Number and value.is_integer
        }
        if sums := rule.unmet(counts):
            tree[rule.total] = number(int(max(sums.values())))


# -- payloads


@cache
def result_trees(said: Contract, kind: str, *, served: bool) -> SearchStrategy[Object]:
    """Results of one kind, or of a kind that the revision does not know."""
    if kind in said.kinds:
        return objects(said.kinds[kind], said, served=served)
    members = st.dictionaries(texts.filter(lambda name: name not in _SHAPE_NAMES), values, max_size=_MOST_ITEMS)
    return members.map(lambda tree: {"object": kind, **tree}).flatmap(reordered)


@cache
def other_kinds(said: Contract) -> SearchStrategy[str]:
    """Kinds that the revision does not know: those of later revisions, and made-up ones."""
    later = [kind for kind in contract(LATEST).kinds if kind not in said.kinds]
    made_up = st.text(ascii_lowercase + digits + "_", min_size=1).map("organization.usage.{}.result".format)
    others = made_up.filter(lambda kind: kind not in said.kinds)
    return st.sampled_from(later) | others if later else others


@cache
def kinds_of(said: Contract, *, served: bool) -> SearchStrategy[str]:
    """The kinds that the revision knows, and, of what is served, others."""
    known = st.sampled_from(list(said.kinds))
    return known | other_kinds(said) if served else known


@cache
def _result_lists(said: Contract, kind: str, *, served: bool, least: int) -> SearchStrategy[list[Object]]:
    """Results of one kind that differ in their groups."""
    return st.lists(
        result_trees(said, kind, served=served),
        min_size=least,
        max_size=_MOST_ITEMS,
        unique_by=lambda one: group_of(one, said.revision) or object(),
    )


@st.composite
def bucket_trees(  # noqa: PLR0913 - what a page wants to say of its buckets
    draw: DrawFn, revision: str, kind: str | None, *, served: bool, not_before: int | None = None, least: int = 0
) -> Object:
    """One bucket: some time, and results of one kind that differ in their groups."""
    said = contract(revision)
    one_kind = draw(kinds_of(said, served=served)) if kind is None else kind
    tree = draw(objects(said.bucket, said, served=served))
    start = draw(st.integers(0 if not_before is None else not_before, LAST_TIME - 1))
    times = {"start_time": number(start), "end_time": number(draw(st.integers(start + 1, LAST_TIME)))}
    tree |= {name: time for name, time in times.items() if declares(said.bucket, name, JsonType.INTEGER)}
    items, *others = said.bucket.arrays
    tree |= {other.name: [] for other in others if other.required}
    name = items.name
    if served and Tolerance.NEWER_NAME in items.deviations and draw(st.booleans()):
        name = items.newer_name or name
    return draw(reordered({**tree, name: draw(_result_lists(said, one_kind, served=served, least=least))}))


@st.composite
def page_trees(draw: DrawFn, revision: str, kind: str | None, *, served: bool, least: int = 0) -> Object:
    """One page: buckets one behind the other, and a cursor exactly if there is more."""
    said = contract(revision)
    tree = draw(objects(said.page, said, served=served))
    if declares(said.page, "next_page", JsonType.STRING) and declares(said.page, "has_more", JsonType.BOOLEAN):
        cursor = said.page.members["next_page"]
        if tree.get("has_more"):
            tree["next_page"] = draw(texts.filter(bool))
        else:
            tree["next_page"] = draw(st.sampled_from(("", None))) if cursor.may_be_null(served=served) else ""
    data: list[Object] = []
    ended: int | None = None
    for _ in range(draw(st.integers(least, _MOST_ITEMS))):
        if ended == LAST_TIME and len(data) >= least:
            break
        data.append(draw(bucket_trees(revision, kind, served=served, not_before=ended, least=least)))
        ended = time.integer if isinstance(time := data[-1].get("end_time"), Number) else None
    items, *others = said.page.arrays
    tree |= {other.name: [] for other in others if other.required}
    return draw(reordered({**tree, items.name: data}))


def trees(
    said: Contract, shape: Shape, kind: str | None = None, *, served: bool = False, least: int = 0
) -> SearchStrategy[Object]:
    """Payloads of one shape as exact trees, each array with at least `least` items."""
    if shape is Shape.PAGE:
        return page_trees(said.revision, kind, served=served, least=least)
    if shape is Shape.BUCKET:
        return bucket_trees(said.revision, kind, served=served, least=least)
    kinds = kinds_of(said, served=served) if kind is None else st.just(kind)
    results = kinds.flatmap(lambda one: result_trees(said, one, served=served))
    return results.filter(lambda tree: not is_flat(tree, said.revision))  # a member of another kind makes it one


# -- texts


def _all_escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass").hex().upper()
    return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'


def _with_solidus(text: str) -> str:
    return encode_basestring(text).replace("/", "\\/")


_QUOTES: Final[tuple[Callable[[str], str], ...]] = (
    encode_basestring,
    encode_basestring_ascii,
    _with_solidus,
    _all_escaped,
)
_WORDS: Final[Mapping[bool | None, str]] = {None: "null", True: "true", False: "false"}
_spaces: Final = st.text(" \t\r\n", max_size=3)


@st.composite
def spelled(draw: DrawFn, tree: Tree) -> str:
    """Texts that say `tree`: white space and escapes in every way that JSON allows."""
    quote, before, after = draw(st.sampled_from(_QUOTES)), draw(_spaces), draw(_spaces)

    def text(node: Tree) -> str:
        if isinstance(node, dict):
            parts = (f"{before}{quote(name)}{after}:{before}{text(value)}{after}" for name, value in node.items())
            return "{" + ",".join(parts) + "}"
        if isinstance(node, list):
            return "[" + ",".join(f"{before}{text(item)}{after}" for item in node) + "]"
        if isinstance(node, str):
            return quote(node)
        return node.lexeme if isinstance(node, Number) else _WORDS[node]

    return f"{before}{text(tree)}{after}"
