"""
A text as it is spelled: the tree that a comparison needs when it must tell texts apart that say the same.

Here strings are as they stand between their quotes, numbers are spellings, and objects keep every member of one name.
Two nodes are equal if they are spelled alike but for white space between the tokens.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


class Spelling:
    """A number as it is spelled, equal to those that are spelled alike and to nothing else."""

    __slots__ = ("lexeme",)

    def __init__(self, lexeme: str) -> None:
        """Keep `lexeme`; these are made by the million, so nothing else is done."""
        self.lexeme: Final = lexeme

    def __eq__(self, other: object) -> bool:
        """Whether the other is a number that is spelled alike."""
        return isinstance(other, Spelling) and self.lexeme == other.lexeme

    def __hash__(self) -> int:
        """The hash of the spelling."""
        return hash(self.lexeme)


class Members(tuple[tuple[str, "Node"], ...]):
    """The members of an object in the order of the text, duplicates included, names as they are spelled."""

    __slots__ = ()


Node: TypeAlias = "Members | list[Node] | str | Spelling | bool | None"
"""What a text says and how; a `str` is the text between the quotes of a string."""

EXCERPT: Final = 120
"""How many characters of a value an excerpt has."""

_DECODER: Final = json.JSONDecoder(
    parse_int=Spelling, parse_float=Spelling, parse_constant=Spelling, object_pairs_hook=Members
)
_WORDS: Final = {None: "null", True: "true", False: "false"}
STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
SCALAR: Final = re.compile(r"[-+.\w]++", re.ASCII)
"""A string, and a number or word, in a text that is known to be JSON."""
_SPACE: Final = re.compile(r"[ \t\n\r]+")
_OPENING: Final = frozenset("[{")
_CLOSING: Final = frozenset("]}")
_TOKEN: Final = re.compile(r"([ \t\n\r]*+)(.|\Z)")


def parse(text: str) -> Node:
    """
    The tree of `text`, which is known to be JSON.

    Escapes are escaped first, so that the parser of the standard library leaves them as they are.
    No control character can stand in a JSON text but white space, so two of them can stand for escapes meanwhile.
    """
    if "\\" in text:
        text = (
            text.replace(r"\\", "\0")
            .replace(r"\"", "\1")
            .replace("\\", r"\\")
            .replace("\0", r"\\\\")
            .replace("\1", r"\\\"")
        )
    return cast("Node", _DECODER.decode(text))


def said(spelled: str) -> str:
    """The string that stands between quotes as `spelled`."""
    return cast("str", json.loads(f'"{spelled}"')) if "\\" in spelled else spelled


def last_values(members: Members) -> dict[str, Node]:
    """The members by name; of several with one name the last counts."""
    values = dict(members)
    return {said(name): value for name, value in members} if "\\" in "".join(values) else values


def by_name(members: Members) -> dict[str, list[tuple[str, Node]]]:
    """All members of each name, with its spellings."""
    once = {member[0]: [member] for member in members}
    if len(once) == len(members) and "\\" not in "".join(once):
        return once
    named: dict[str, list[tuple[str, Node]]] = {}
    for member in members:
        named.setdefault(said(member[0]), []).append(member)
    return named


def excerpt(node: Node) -> str:
    """The node as compact JSON in its own spelling, cut where it gets long, which three dots then tell."""
    parts: list[str] = []
    size = 0
    for part in _parts(node):
        parts.append(part)
        size += len(part)
        if size > EXCERPT:
            return f"{''.join(parts)[: EXCERPT - 3]}..."
    return "".join(parts)


def _parts(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield f'"{node[: EXCERPT + 1]}"'
    elif isinstance(node, Spelling):
        yield node.lexeme[: EXCERPT + 1]
    elif isinstance(node, Members):
        before = "{"
        for name, value in node:
            yield f'{before}"{name[: EXCERPT + 1]}":'
            yield from _parts(value)
            before = ","
        yield "}" if node else "{}"
    elif isinstance(node, list):
        before = "["
        for value in node:
            yield before
            yield from _parts(value)
            before = ","
        yield "]" if node else "[]"
    else:
        yield _WORDS[node]


def spaced_alike(one: str, other: str) -> bool:
    """
    Whether the white space between the tokens of two JSON texts is the same.

    If the texts have the same tokens in the same order, whatever these say, the answer is exact.
    Otherwise no gap tells where it came from, and the answer is whether a writer of `other` seems to space as that of
    `one` did: between the same two kinds of token at the same depth stands nothing that does not stand there in `one`.
    """
    if not (_SPACE.search(one) or _SPACE.search(other)):
        return True
    one, other = _skeleton(one), _skeleton(other)
    if one == other:
        return True
    if _SPACE.sub("", one) == _SPACE.sub("", other):
        return False
    known, seen = _gaps(one), _gaps(other)
    return all(seen[place] <= known.get(place, seen[place]) for place in seen)


def _skeleton(text: str) -> str:
    """The text with one character for each token."""
    return SCALAR.sub("0", STRING.sub("0", text))


def _gaps(skeleton: str) -> dict[tuple[str, str, int], set[str]]:
    """The white space that stands between two kinds of token, at each depth."""
    gaps: dict[tuple[str, str, int], set[str]] = {}
    before, depth = "", 0
    for gap, after in _TOKEN.findall(skeleton):
        if after in _CLOSING:
            depth -= 1
        gaps.setdefault((before, after, depth), set()).add(gap)
        if after in _OPENING:
            depth += 1
        before = after
    return gaps
