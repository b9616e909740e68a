"""
Payloads made from others: a base from the pool, a few moves at random, and a spelling.

A fault that hundreds of cases did not show is rare: it needs one value, one length, or two neighbours that differ.
So each payload gets many values at limits, lists get many items that vary a little, and members come and go.
What the moves leave contradictory is put right most of the time, so that a refusal counts as one.
"""

from __future__ import annotations

from functools import partial
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, field

from usagecompat.checking import LAST_TIME, group_of, sum_rules
from usagecompat.contract import Contract, Count, JsonType, Member, RecordShape, Time, contract
from usagecompat.fuzz import values
from usagecompat.fuzz.values import Object, is_list, is_object
from usagecompat.jsontext import Number
from usagecompat.strategies import records_in
from usagecompat.strategies.mutations import mutations
from usagecompat.strategies.samples import TWIN, encode, sample, sample_record
from usagecompat.strategies.trees import add_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from usagecompat.strategies import Mutation

Move: TypeAlias = "Callable[[Random, Object], None]"

_LARGEST: Final = 60_000
"""About so many characters a payload has at most; lists are repeated less often for it."""
_MOST_MOVES: Final = 5
_POOL: Final = 400
"""So many payloads that Hypothesis drew are kept to be changed; the corpus is kept whole."""
_SPACES: Final = (("", ""), (" ", ""), ("\n", ""), ("\t", " "), ("\r\n", ""))
_WORDS: Final[Mapping[bool | None, str]] = {None: "null", True: "true", False: "false"}


def copied(tree: Any) -> Any:  # noqa: ANN401 - any JSON
    """The tree again, in which nothing is shared that can change."""
    if is_object(tree):
        return {name: copied(value) for name, value in tree.items()}
    if is_list(tree):
        return [copied(item) for item in tree]
    return tree


def size_of(tree: Any) -> int:  # noqa: ANN401 - any JSON
    """About how many characters the tree takes."""
    if is_object(tree):
        return 2 + sum(len(name) + 4 + size_of(value) for name, value in tree.items())
    if is_list(tree):
        return 2 + sum(1 + size_of(item) for item in tree)
    return len(tree.lexeme) if type(tree) is Number else len(tree) + 2 if type(tree) is str else 4


@define(eq=False)
class Mutator:
    """Makes payloads of one revision."""

    revision: str
    said: Contract = field(init=False)
    _fixed: list[Object] = field(factory=list[Object], init=False)
    _drawn: list[Object] = field(factory=list[Object], init=False)
    _named: dict[str, list[Mutation]] = field(factory=dict[str, "list[Mutation]"], init=False)
    _moves: Sequence[tuple[Move, float]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with a page of each kind, so that there is something to change without any corpus."""
        self.said = contract(self.revision)
        for mutation in mutations(self.revision):
            if mutation.text is None and not mutation.fault.startswith(("digits-beyond", "exponent-beyond", "nan")):
                self._named.setdefault(mutation.record, []).append(mutation)
        for kind in self.said.kinds.values():
            for optional in (True, False):
                results = [sample_record(kind, self.said, optional=optional)]
                page = _page(self.said, [_bucket(self.said, results)])
                has_parts = any(member.type is JsonType.OBJECT for member in kind.members.values())
                self._fixed += [page] * (4 if has_parts else 1)  # amounts are what clients get wrong most
        self._moves = (
            (self._numbers, 4.0),
            (self._texts, 3.0),
            (self._presence, 3.0),
            (self._repeat, 4.0),
            (self._undeclared, 2.0),
            (self._empty, 1.5),
            (self._page, 1.5),
            (self._order, 0.5),
            (self._kind, 0.5),
            (self._catalogued, 1.5),
            (self._twice, 0.2),
        )

    def keep(self, tree: Object) -> None:
        """Let payloads be made of this one as long as there is a corpus."""
        self._fixed.append(tree)

    def learn(self, tree: Object, rng: Random) -> None:
        """Let payloads be made of this one for a while."""
        if len(self._drawn) < _POOL:
            self._drawn.append(tree)
        else:
            self._drawn[rng.randrange(_POOL)] = tree

    def make(self, rng: Random) -> bytes:
        """One payload."""
        pool = self._drawn if self._drawn and rng.random() < 0.25 else self._fixed
        tree: Object = copied(rng.choice(pool))
        _tame(rng, tree)
        if rng.random() < 0.3:
            tree = self._within(rng, tree)
        moves, weights = zip(*self._moves, strict=True)
        for move in rng.choices(moves, weights, k=rng.randint(1, _MOST_MOVES)):
            move(rng, tree)
        if rng.random() < 0.85:
            self._put_right(rng, tree)
        return spelled(rng, tree)

    # -- what there is in a tree

    def _records(self, tree: Object) -> list[tuple[Object, RecordShape]]:
        return [(node, shape) for _, node, shape in records_in(tree, self.said)]

    def _some(self, rng: Random, tree: Object) -> list[tuple[Object, RecordShape]]:
        """One of the records, or each with the same chance."""
        found = self._records(tree)
        if not found or rng.random() < 0.4:
            return [rng.choice(found)] if found else []
        share = rng.choice((0.2, 0.5, 1.0))
        return [one for one in found if rng.random() < share]

    def _lists(self, tree: Object) -> list[tuple[Object, str, list[Any]]]:
        return [
            (node, name, node[name])
            for node, shape in self._records(tree)
            for name, member in shape.members.items()
            if member.type is JsonType.ARRAY and is_list(node.get(name))
        ]

    def _within(self, rng: Random, tree: Object) -> Object:
        """One of the records in a page or bucket instead of the whole, but no amount, which is no payload."""
        return rng.choice([node for node, shape in self._records(tree) if shape is not self.said.amount] or [tree])

    def _value(self, rng: Random, member: Member) -> Any:  # noqa: ANN401 - any JSON
        """A value at a limit that the contract allows for a member, as far as it is a leaf."""
        if member.const is not None or member.type in {JsonType.OBJECT, JsonType.ARRAY}:
            return sample(member, self.said)
        if member.type is JsonType.INTEGER:
            if isinstance(member.marker, Count):
                return values.count(rng)
            return Number(
                str(min(values.natural(rng), LAST_TIME))
                if isinstance(member.marker, Time)
                else str(values.natural(rng))
            )
        if member.type is JsonType.NUMBER:
            return values.decimal(rng)
        if member.type is JsonType.BOOLEAN:
            return rng.random() < 0.5
        if member.name == "currency":
            return rng.choice(("usd", "eur", "USD", "jpy", "xxx"))
        if member.values is not None and (member.values.closed or rng.random() < 0.6):
            return rng.choice(member.values.known)
        return values.text(rng)

    # -- moves

    def _numbers(self, rng: Random, tree: Object) -> None:
        self._leaves(rng, tree, {JsonType.INTEGER, JsonType.NUMBER})

    def _texts(self, rng: Random, tree: Object) -> None:
        self._leaves(rng, tree, {JsonType.STRING})

    def _leaves(self, rng: Random, tree: Object, types: set[JsonType]) -> None:
        """Values at limits in one member of a record, or in several."""
        for node, shape in self._some(rng, tree):
            members = [m for m in shape.members.values() if m.type in types and m.const is None]
            if not members:
                continue
            for member in rng.sample(members, rng.randint(1, len(members))):
                if member.name in node or rng.random() < 0.5:
                    node[member.name] = self._value(rng, member)

    def _presence(self, rng: Random, tree: Object) -> None:
        """Members absent, null or there, each by itself."""
        for node, shape in self._some(rng, tree):
            for name, member in shape.members.items():
                way = rng.random()
                if way < 0.25 and name not in shape.required:
                    node.pop(name, None)
                elif way < 0.5 and member.nullable:
                    node[name] = None
                elif way < 0.75 and (name not in node or node[name] is None):
                    node[name] = self._value(rng, member)

    def _repeat(self, rng: Random, tree: Object) -> None:
        """A list with many items, each a little different from the others."""
        lists = [found for found in self._lists(tree) if found[2]]
        if not lists:
            return
        node, name, items = rng.choice(lists)
        wanted = rng.choice(values.REPEATS)
        largest = max(map(size_of, items))
        wanted = min(wanted, max(3, _LARGEST // largest))
        few = rng.choice((0.0, 0.1, 0.5))
        made = [copied(items[index % len(items)]) for index in range(wanted)]
        for item in made:
            if rng.random() < few and is_object(item):
                rng.choice((self._presence, self._numbers, self._texts, self._undeclared, self._empty))(rng, item)
        node[name] = made

    def _undeclared(self, rng: Random, tree: Object) -> None:
        for node, _ in self._some(rng, tree):
            for _ in range(rng.choice((1, 1, 1, 2, 4))):
                node.setdefault(values.name(rng), values.anything(rng))

    def _empty(self, rng: Random, tree: Object) -> None:
        """One list with nothing in it, or several."""
        lists = self._lists(tree)
        for node, name, _ in rng.sample(lists, rng.randint(1, len(lists))) if lists else ():
            node[name] = []

    def _page(self, rng: Random, tree: Object) -> None:
        """A cursor and a flag in any combination."""
        if tree.get("object") == self.said.page.kind:
            tree["has_more"] = rng.random() < 0.5
            tree["next_page"] = rng.choice((None, "", "page_example", values.text(rng)))

    def _order(self, rng: Random, tree: Object) -> None:
        for node, _ in self._some(rng, tree):
            members = list(node.items())
            rng.shuffle(members)
            node.clear()
            node.update(members)

    def _kind(self, rng: Random, tree: Object) -> None:
        """Results of another kind, or of one that nobody knows."""
        kinds = list(self.said.kinds.values())
        shape = rng.choice(kinds)
        made = sample_record(shape, self.said, optional=rng.random() < 0.7)
        if rng.random() < 0.15:
            made["object"] = "organization.usage.x_unknown.result"
        for node, old in self._records(tree):
            if old in kinds:
                undeclared = {name: value for name, value in node.items() if name not in old.members}
                node.clear()
                node.update(copied(made) | undeclared)

    def _catalogued(self, rng: Random, tree: Object) -> None:
        """One of the named mutations, whatever must be found then."""
        found = self._records(tree)
        if found:
            node, shape = rng.choice(found)
            if named := self._named.get(shape.name):
                rng.choice(named).change(node)

    def _twice(self, rng: Random, tree: Object) -> None:
        """A member that is there twice."""
        for node, _ in self._some(rng, tree)[:1]:
            if node:
                name = rng.choice(list(node))
                node[f"{TWIN}{name}"] = copied(node[name])

    # -- what contradicts itself

    def _put_right(self, rng: Random, tree: Object) -> None:
        """Let times follow each other, sums add up, groups differ, and a cursor be there exactly if there is more."""
        name = next((m.name for m in self.said.bucket.members.values() if m.type is JsonType.ARRAY), "results")
        if tree.get("object") == self.said.page.kind and type(tree.get("has_more")) is bool and rng.random() < 0.6:
            cursor = tree.get("next_page")
            if tree["has_more"] and not cursor:
                tree["next_page"] = "page_example"
            elif not tree["has_more"] and cursor:
                tree["has_more"] = True
        last = 0
        for node, shape in self._records(tree):
            if shape is self.said.bucket:
                last = _later(node, last)
                if is_list(node.get(name)):
                    self._tell_apart(node[name])
            elif shape is self.said.amount:
                if node.get("value") is not None:
                    node.setdefault("currency", "usd")
            elif shape.kind in self.said.kinds:
                self._sums(rng, node, shape)

    def _sums(self, rng: Random, node: Object, shape: RecordShape) -> None:
        if rng.random() < 0.5:
            add_up(node, self.said, shape.kind or "")
            return
        for rule in sum_rules(self.revision, shape.kind or ""):
            counts = {
                name: value.integer
                for name in rule.all_terms
                if type(value := node.get(name)) is Number and value.is_integer
            }
            if rule.unmet(counts):
                for name in rule.all_terms:
                    if name not in shape.required and name != rule.total:
                        node.pop(name, None)

    def _tell_apart(self, results: list[Any]) -> None:
        """Give results of the same group another member of it."""
        known: set[object] = set()
        for index, result in enumerate(results):
            if not is_object(result):
                continue
            group = group_of(result, self.revision)
            tag = result.get("object")
            shape = self.said.kinds.get(tag) if type(tag) is str else None
            if group is not None and group in known and shape is not None:
                keys = [m.name for m in shape.members.values() if m.is_group_key and m.type is JsonType.STRING]
                if keys:
                    result[keys[0]] = f"{result.get(keys[0]) or 'proj'}_{index}"
            known.add(group)


def _page(said: Contract, buckets: list[Object]) -> Object:
    page = sample_record(said.page, said)
    page["data"] = buckets
    if page.get("has_more") is True and not page.get("next_page"):
        page["next_page"] = "page_example"
    return page


def _bucket(said: Contract, results: list[Object]) -> Object:
    bucket = sample_record(said.bucket, said)
    name = next(m.name for m in said.bucket.members.values() if m.type is JsonType.ARRAY)
    bucket[name] = results
    bucket["start_time"], bucket["end_time"] = Number("1730419200"), Number("1730505600")
    return bucket


def _later(bucket: Object, last: int) -> int:
    """Let a bucket begin no earlier than the one before it ended, and end later; when it ends."""
    start, end = bucket.get("start_time"), bucket.get("end_time")
    if not (type(start) is Number and type(end) is Number and start.is_integer and end.is_integer):
        return last
    begin, finish = start.integer, end.integer
    if not last <= begin < LAST_TIME:
        begin = min(last, LAST_TIME - 1)
        bucket["start_time"] = Number(str(begin))
    if not begin < finish <= LAST_TIME:
        finish = min(begin + 86_400, LAST_TIME)
        bucket["end_time"] = Number(str(finish))
    return finish


def _tame(rng: Random, tree: Object) -> None:
    """Replace most numbers that only test the limits of parsers: a client may refuse what has one."""
    if rng.random() < 0.03:
        return
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        places: list[tuple[Any, Any]] = [*node.items()] if is_object(node) else [*enumerate(node)]
        for key, value in places:
            if is_object(value) or is_list(value):
                waiting.append(value)
            elif type(value) is Number and len(value.lexeme) > 36:
                node[key] = Number(str(values.natural(rng)))


# -- texts


def spelled(rng: Random, tree: Object) -> bytes:
    """A text of a tree: mostly the plainest, at times with other escapes or white space."""
    if rng.random() < 0.7 or any(name.startswith(TWIN) for name in tree):
        return encode(tree)
    way = rng.random()
    quote = partial(_escaped, rng) if way < 0.4 else encode_basestring_ascii if way < 0.7 else encode_basestring
    before, after = rng.choice(_SPACES) if way > 0.3 else ("", "")
    return _written(tree, quote, before, after).encode("utf-8", "surrogatepass")


def _escaped(rng: Random, text: str) -> str:
    """The text with some characters escaped that need not be, in either case of letters."""
    parts: list[str] = []
    for character in text:
        units = character.encode("utf-16-be", "surrogatepass").hex()
        if rng.random() < 0.2:
            form = units.upper() if rng.random() < 0.5 else units
            parts += (f"\\u{form[at : at + 4]}" for at in range(0, len(form), 4))
        elif character == "/" and rng.random() < 0.5:
            parts.append("\\/")
        else:
            parts.append(encode_basestring(character)[1:-1])
    return f'"{"".join(parts)}"'


def _written(node: Any, quote: Callable[[str], str], before: str, after: str) -> str:  # noqa: ANN401 - any JSON
    if is_object(node):
        parts = (
            f"{before}{quote(name)}{after}:{before}{_written(value, quote, before, after)}{after}"
            for name, value in node.items()
        )
        return "{" + ",".join(parts) + "}"
    if is_list(node):
        return "[" + ",".join(f"{before}{_written(item, quote, before, after)}{after}" for item in node) + "]"
    if type(node) is str:
        return quote(node)
    return node.lexeme if type(node) is Number else _WORDS[node]
