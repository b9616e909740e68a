"""What several of the tests here are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from usagecompat.jsontext.values import Number

if TYPE_CHECKING:
    from usagecompat.jsontext.reader import Document


def codes(document: Document) -> list[str]:
    """The code of each finding."""
    return [seen.code for seen in document.findings]


def short(value: object) -> str | None:
    """A test id for a text or a number of any length."""
    if isinstance(value, int):
        return hex(value)[:12]
    return f"{value[:12]}...{value[-4:]} ({len(value)})" if isinstance(value, str) and len(value) > 40 else None


def plain(tree: object) -> object:
    """The tree with the exact value of each number."""
    if isinstance(tree, Number):
        return tree.decimal
    if isinstance(tree, dict):
        return {name: plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree


def lexemes(tree: object) -> list[str]:
    """The spelling of every number in the tree."""
    if isinstance(tree, Number):
        return [tree.lexeme]
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [lexeme for value in tree for lexeme in lexemes(value)] if isinstance(tree, list) else []


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
