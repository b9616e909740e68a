"""
A tree back to bytes, with every number as it was spelled.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final

from usagecompat.jsontext.limits import with_room
from usagecompat.jsontext.values import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.jsontext.values import Tree

_WORDS: Final = {None: "null", True: "true", False: "false"}


def write(tree: Tree) -> bytes:
    """
    Write a tree as UTF-8, with nothing between the tokens, and every number as it was spelled.

    What was read and is written reads back the same; half of a surrogate pair is written as the escape it was.

    Raises:
        TypeError: There is something in the tree that no JSON text says.
    """
    return "".join(with_room(_parts, tree)).encode("utf-8", "backslashreplace")


def _parts(tree: Tree) -> list[str]:
    parts: list[str] = []
    _write(tree, parts.append)
    return parts


def _write(tree: Tree, put: Callable[[str], None]) -> None:
    if isinstance(tree, str):
        put(encode_basestring(tree))
    elif isinstance(tree, Number):
        put(tree.lexeme)
    elif isinstance(tree, dict):
        before = "{"
        for name, value in tree.items():
            put(f"{before}{encode_basestring(name)}:")
            _write(value, put)
            before = ","
        put("}" if tree else "{}")
    elif isinstance(tree, list):
        before = "["
        for value in tree:
            put(before)
            _write(value, put)
            before = ","
        put("]" if tree else "[]")
    elif tree is None or tree is True or tree is False:
        put(_WORDS[tree])
    else:
        message = f"a {type(tree).__name__} is not part of a tree: these are dict, list, str, Number, bool and None"
        raise TypeError(message)
