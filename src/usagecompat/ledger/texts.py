"""
The bytes of an answer, dense or indented, with every number as it is spelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.jsontext import write

if TYPE_CHECKING:
    from usagecompat.jsontext import Tree

_STEP: Final = "  "


def body_of(tree: Tree, *, pretty: bool) -> bytes:
    """The text of a tree, which ends with a line break if it is indented."""
    if not pretty:
        return write(tree)
    parts: list[str] = []
    _indent(tree, "", parts)
    return "".join((*parts, "\n")).encode()


def _indent(tree: Tree, margin: str, parts: list[str]) -> None:
    inner = margin + _STEP
    if isinstance(tree, dict) and tree:
        before = "{\n"
        for name, value in tree.items():
            parts.append(f"{before}{inner}{write(name).decode()}: ")
            _indent(value, inner, parts)
            before = ",\n"
        parts.append(f"\n{margin}}}")
    elif isinstance(tree, list) and tree:
        before = "[\n"
        for value in tree:
            parts.append(f"{before}{inner}")
            _indent(value, inner, parts)
            before = ",\n"
        parts.append(f"\n{margin}]")
    else:
        parts.append(write(tree).decode())
