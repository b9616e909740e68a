"""The blocks of code in our documents, as sybil finds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sybil import Document, Example
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sybil import Region


def examples(path: Path, language: str) -> list[Example]:
    """
    The blocks in one language, in order; the empty language is that of blocks that name none.

    `example.parsed` is the text. `example.evaluate()` runs Python, all blocks of one call in one namespace, with the
    lines of the document in tracebacks.
    """

    def parse(document: Document) -> Iterator[Region]:
        for region in FencedCodeBlockLexer(re.escape(language))(document):
            region.parsed = region.lexemes["source"]
            region.evaluator = PythonEvaluator()
            yield region

    return list(Document.parse(str(path), parse))


def blocks(path: Path, language: str) -> list[str]:
    """The texts of the blocks in one language."""
    return [str(example.parsed) for example in examples(path, language)]
