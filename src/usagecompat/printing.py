"""
What comes from outside, fit to be printed: nothing of a payload, a name or a client reaches a terminal unescaped.
"""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` with every character escaped that a terminal would not just show: controls, directions, invisible ones."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
