"""
The smallest payload that still shows one kind of failure.

This works on the tree of the text as it is spelled, and not on the choices of Hypothesis. Most payloads are made by
mutation, and have no choices; a payload of the database or of a corpus has none either. A tree also knows what choices
do not: a result by itself is the same place as a result in a page, another kind of result may be shorter, and thirty-two
buckets can be made small at once. Each step is kept if the failure is still there and the text is smaller.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import define, field

from usagecompat.contract import Contract, JsonType, contract
from usagecompat.fuzz.spelled import (
    Path,
    changed,
    is_number,
    is_tag,
    least,
    plain,
    put,
    shape_of,
    smallest,
    units_of,
    walk,
    within,
    without,
    written,
)
from usagecompat.jsontext import Members, Node, Spelling, parse, read, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from usagecompat.contract import RecordShape


_T = TypeVar("_T")

_SPACES: Final = (("", ""), (" ", ""), ("\n", ""), ("\t", ""), ("\r", ""), ("\t", " "), ("\r\n", ""), (" ", " "))
_SMALL: Final = 600
_FEW: Final = 3
_JOINT: Final = 3
"""From so many items on all items of a list are made smaller at once."""
_PIECES: Final = 4
"""Into so many pieces a list is cut at first."""
_LEAVES: Final[tuple[Node, ...]] = (Spelling("0"), "", None, [], Members(()))
_SHORT_NUMBERS: Final = ("0", "1", "0.5")


class TimeIsUp(Exception):
    """There is no time left to try anything else."""


def reduce(
    payload: bytes, shows: Callable[[bytes], bool], revision: str, *, anywhere: bool = False
) -> tuple[bytes, bool]:
    """
    The smallest payload that was found, and whether nothing smaller was left to try.

    Args:
        payload: It shows the failure.
        shows: Whether another payload does; raises `TimeIsUp` if nobody wants to know any more.
        revision: By which payloads are judged.
        anywhere: Whether it may also appear in another member, as a crash may be.
    """
    reducer = _Reducer(payload, shows, contract(revision), anywhere)
    try:
        reducer.run()
    except TimeIsUp:
        return reducer.best, False
    return reducer.best, True


@define(eq=False)
class _Reducer:
    """One search for something smaller."""

    best: bytes
    _shows: Callable[[bytes], bool]
    _said: Contract
    _anywhere: bool
    _tree: Node = field(default=None, init=False)
    _space: tuple[str, str] = field(default=("", ""), init=False)
    _tried: set[bytes] = field(factory=set[bytes], init=False)

    def run(self) -> None:
        """Make the payload as small as it gets."""
        if self._reads():
            self._passes()
            if self._space != ("", ""):
                self._pieces(self.best.decode(), str.encode)
        else:
            self._pieces(self.best, bytes)

    def _reads(self) -> bool:
        """Whether the payload is JSON whose tree, written anew, shows the failure too."""
        document = read(self.best)
        if document.text is None or any(seen.code != "json/duplicate-member" for seen in document.findings):
            return False
        self._tree = parse(document.text)
        for space in _SPACES:
            text = written(self._tree, *space).encode("utf-8", "surrogatepass")
            if text == self.best or self._shows(text):
                self._space, self.best = space, text
                return True
        return False

    def _passes(self) -> None:
        """All ways to make a tree smaller, again and again until none of them does."""
        passes = (
            self._hoist,
            self._alike,
            self._lists,
            self._members,
            self._kinds,
            self._leaves,
            self._names,
            self._spellings,
            *([self._elsewhere] if self._anywhere else []),
        )
        before = b""
        while before != self.best:
            before = self.best
            for one in passes:
                one()

    @property
    def _by_size(self) -> list[RecordShape]:
        """The kinds of results, those first that have to have little."""
        return sorted(self._said.kinds.values(), key=lambda one: len(written(smallest(one, self._said))))

    # -- trying

    def _try(self, tree: Node) -> bool:
        """Whether a tree shows the failure and is smaller; it is the best one then."""
        text = written(tree, *self._space).encode("utf-8", "surrogatepass")
        if _weight(text) >= _weight(self.best) or not self._is_another(text):
            return False
        self.best, self._tree = text, tree
        return True

    def _is_another(self, text: bytes) -> bool:
        """Whether a text shows the failure that was not tried before."""
        if text in self._tried:
            return False
        self._tried.add(text)
        return self._shows(text)

    def _put(self, path: Path, node: Node) -> bool:
        return self._try(put(self._tree, path, node))

    def _put_members(self, path: Path, left: list[tuple[str, Node]]) -> bool:
        return self._put(path, Members(left))

    def _put_text(self, path: Path, units: list[str]) -> bool:
        return self._put(path, "".join(units))

    def _paths(self, of: type | tuple[type, ...]) -> list[Path]:
        """Where nodes of a type stand now, the outer ones first."""
        return [path for path, node in self._larger(self._tree) if isinstance(node, of)]

    def _larger(self, tree: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """All nodes but records in a list that are as small as there can be: a hundred of them cost a thousand tries."""
        shape = shape_of(tree, self._said) if path else None
        if shape is not None and len(written(tree)) <= len(written(smallest(shape, self._said, path[-1]))):
            return
        yield path, tree
        for index, inner in enumerate(within(tree)):
            yield from self._larger(inner, (*path, index))

    def _at(self, path: Path) -> Node:
        """What stands at a place, which may be gone by now."""
        node = self._tree
        for index in path:
            inner = within(node)
            if index >= len(inner):
                return None
            node = inner[index]
        return node

    def _items(self, path: Path) -> list[Node]:
        """The items of the list at a place; none if it is gone."""
        node = self._at(path)
        return within(node) if not isinstance(node, Members) else []

    def _less(self, parts: Sequence[_T], keep: Callable[[list[_T]], bool], least: int = 1) -> None:
        """Leave out as much of a sequence as can go, pieces down to a size; `keep` tries what is left."""
        left = list(parts)
        size = len(left)
        while size >= max(1, least):
            at = 0
            while at < len(left):
                fewer = left[:at] + left[at + size :]
                if len(fewer) < len(left) and keep(fewer):
                    left = fewer
                else:
                    at += size
            size //= 2

    # -- passes

    def _hoist(self) -> None:
        """A record in a page or bucket by itself, or anything else in the tree."""
        inner = [node for path, node in walk(self._tree) if path and isinstance(node, (Members, list))]
        for node in sorted(inner, key=lambda one: len(written(one))):
            if self._try(node):
                return

    def _lists(self) -> None:
        for path in self._paths(list):
            self._less(self._items(path), partial(self._put, path))

    def _alike(self) -> None:
        """Large pieces of lists; then all items at once: the smallest there can be, without a member, like the first one."""
        for path in self._paths(list):
            items = self._items(path)
            if not items or self._put(path, []):
                continue
            self._less(items, partial(self._put, path), len(items) // _PIECES)
            items = self._items(path)
            if len(items) < _JOINT:
                continue
            self._each_smallest(path, items)
            names = {name for item in self._items(path) if isinstance(item, Members) for name, _ in item}
            for name in sorted(names):
                self._put(path, [without(item, name) for item in self._items(path)])
            items = self._items(path)
            if items:
                self._put(path, [items[0]] * len(items))

    def _each_smallest(self, path: Path, items: list[Node]) -> None:
        """As many of the smallest items as there are; or all but one of them the smallest."""
        shape = next((found for item in items if (found := shape_of(item, self._said)) is not None), None)
        if shape is None:
            return
        shapes = self._by_size if shape.kind in self._said.kinds else [shape]
        for other in shapes:
            least: list[Node] = [smallest(other, self._said, number) for number in range(len(items))]
            if self._put(path, least) or self._put(path, _told_apart(least, other)):
                return
        made = [smallest(shape, self._said, number) for number in range(len(items))]
        self._less(
            [*range(len(items))],
            lambda left: self._put(path, [items[at] if at in left else made[at] for at in range(len(items))]),
        )

    def _members(self) -> None:
        for path in self._paths(Members):
            members = self._at(path)
            if isinstance(members, Members):
                self._less(members, partial(self._put_members, path))

    def _kinds(self) -> None:
        """A shorter kind of result that has all that matters, or the smallest record of the same kind."""
        for path in self._paths(Members):
            node = self._at(path)
            shape = shape_of(node, self._said)
            if not isinstance(node, Members) or shape is None:
                continue
            for target in self._by_size if shape.kind in self._said.kinds else [shape]:
                if self._put(path, changed(node, shape, target, self._said)):
                    break

    def _leaves(self) -> None:
        """Smaller values."""
        for path, _ in list(self._larger(self._tree)):
            node = self._at(path)
            if not path or node is None:
                continue
            if any(self._put(path, leaf) for leaf in _LEAVES if leaf != node) and isinstance(node, (Members, list)):
                continue
            node = self._at(path)
            if isinstance(node, Spelling):
                self._number(path, node.lexeme)
            elif isinstance(node, str) and not is_tag(self._tree, path):
                self._text(units_of(node), partial(self._put_text, path))

    def _elsewhere(self) -> None:
        """
        What is left of a result in a member of another kind that has to have less, or in one that nobody declares.

        A difference has its place, and stays there; a crash or a refusal may be the same wherever the value stands.
        """
        if len(self.best) > _SMALL:
            return
        for path in self._paths(Members):
            node = self._at(path)
            shape = shape_of(node, self._said)
            if not isinstance(node, Members) or shape is None or shape.kind not in self._said.kinds:
                continue
            special = [value for name, value in node if value != least(shape, said(name), self._said)]
            if any(self._put(path, other) for value in special for other in self._with_value(value)):
                return

    def _with_value(self, value: Node) -> Iterator[Members]:
        """Small results that have a value somewhere."""
        kind = JsonType.STRING if isinstance(value, str) else JsonType.INTEGER
        for shape in self._by_size[:_FEW]:
            record = smallest(shape, self._said)
            yield Members((*record, ("", value)))
            names = [m.name for m in shape.members.values() if m.type is kind and m.const is None]
            for name in sorted(names, key=lambda one: (one not in shape.required, len(one)))[:_FEW]:
                rest = (member for member in record if member[0] != name)
                yield Members((*rest, (name, value)))

    def _number(self, path: Path, lexeme: str) -> None:
        for short in _SHORT_NUMBERS:
            if self._put(path, Spelling(short)):
                return
        left = list(lexeme)

        def keep(parts: list[str]) -> bool:
            nonlocal left
            text = "".join(parts)
            if not is_number(text) or not self._put(path, Spelling(text)):
                return False
            left = parts
            return True

        self._less(left, keep)
        for at, digit in enumerate(left):
            for simple in ("0", "1"):
                if digit.isdigit() and digit > simple and keep([*left[:at], simple, *left[at + 1 :]]):
                    break

    def _text(self, units: list[str], keep: Callable[[list[str]], bool]) -> None:
        """Fewer characters, and plainer ones."""
        left = units

        def try_(parts: list[str]) -> bool:
            nonlocal left
            if not keep(parts):
                return False
            left = parts
            return True

        if try_([]):
            return
        self._less(left, try_)
        if len(left) > _JOINT and try_(["a"] * len(left)):
            return
        for at, unit in enumerate(left):
            if unit != "a" and not try_([*left[:at], "a", *left[at + 1 :]]) and unit.startswith("\\u"):
                plain = said(unit)
                if plain.isprintable() and plain not in {'"', "\\"}:
                    try_([*left[:at], plain, *left[at + 1 :]])

    def _names(self) -> None:
        """Shorter names of members that nobody declares; a shorter name of a declared one is another failure."""
        for path in self._paths(Members):
            members = self._at(path)
            shape = shape_of(members, self._said)
            for index in range(len(members) if isinstance(members, Members) else 0):
                members = self._at(path)
                if not isinstance(members, Members) or index >= len(members):
                    break
                name = members[index][0]
                if shape is None or said(name) not in shape.members:
                    self._text(units_of(name), partial(self._rename, path, index))

    def _rename(self, path: Path, index: int, units: list[str]) -> bool:
        """Another name for a member, and for all others of its name, which may be the failure."""
        members = self._at(path)
        if not isinstance(members, Members) or index >= len(members):
            return False
        old, new = members[index][0], "".join(units)
        return self._put(path, Members((new if name == old else name, value) for name, value in members))

    def _spellings(self) -> None:
        """No escapes that need not be."""
        self._try(plain(self._tree))

    # -- texts that are no JSON, or fail by their white space

    def _pieces(self, parts: Any, back: Callable[[Any], bytes]) -> None:  # noqa: ANN401 - bytes or text
        """Pieces of a text left out, as long as it shows the failure."""

        def keep(left: list[Any]) -> bool:
            whole = "".join(left) if isinstance(parts, str) else bytes(left)
            text = back(whole)
            if not self._is_another(text):
                return False
            self.best = text
            return True

        self._less(parts, keep)


def _told_apart(made: list[Node], shape: RecordShape) -> list[Node]:
    """The same results, each of another group."""
    keys = sorted((m.name for m in shape.members.values() if m.is_group_key and m.type is JsonType.STRING), key=len)
    return [
        Members((*item, (keys[0], f"{number}"))) if keys and isinstance(item, Members) else item
        for number, item in enumerate(made)
    ]


def _weight(text: bytes) -> tuple[int, int, bytes]:
    """What is smaller: shorter, then of plainer characters."""
    odd = sum(byte not in b"0a" for byte in text)
    return len(text), odd, text
