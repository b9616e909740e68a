"""
Faults of the text layer: what should not be read and is, and what should be read and is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.jsontext import NO_VALUE, Tree, write
from usagecompat.mutants.model import Mutant, PayloadView, Refusal, lossy, series, strict, told_faults
from usagecompat.mutants.support import lax
from usagecompat.mutants.support.lax import Lax, NoJson
from usagecompat.mutants.support.walks import deep_lists, deep_objects, in_undeclared, on_undeclared, ordered, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Answer, Change
    from usagecompat.mutants.support.walks import Changed

_SAME_TWICE: Final = "reader/first-duplicate-of-members-only"
FREEDOMS: Final = tuple(
    name.partition("/")[2] for name in told_faults() if name.startswith("reader/") and name != _SAME_TWICE
)
"""What readers may do that JSON does not allow, as `faults.toml` has it and `Lax` does it."""
_LEFT: Final = ("json/non-finite-number", "json/lone-surrogate")
"""Faults that may be left in what a lenient reader gives back."""
_NOTHING: Final = frozenset(
    {"nan-null", "nan-zero", "lower-nan", "undefined", "missing-value", "empty-null", "empty-object", "truncated"}
)
"""Freedoms of readers that put something in the place of nothing, and look no further."""


def mutants() -> Iterator[Mutant]:
    """Readers that take too much, readers that take too little, and trees that come back rearranged."""
    for freedom in FREEDOMS:
        yield Mutant(name=f"reader/{freedom}", play=reading(freedom), validates=True)
    yield Mutant(name=_SAME_TWICE, play=_same_twice, validates=True)
    yield from series(strict, "text-refused/", _REFUSED, _by_text, "{} is refused.")
    for depth in (4, 6, 8, 10, 16, 20, 32, 64, 100, 120, 127):
        yield strict(
            f"text-refused/deeper-than-{depth}",
            _deeper(depth),
            fault=f"A text nested deeper than {depth} levels is refused.",
        )
        yield lossy(
            f"depth/cut-at-{depth}",
            _cut_at(depth),
            fault=f"What is nested deeper than {depth} levels comes back as null.",
        )
    for size in (256, 512, 1024, 2048, 4096, 16384, 65536):
        yield strict(
            f"text-refused/longer-than-{size}",
            _longer(size),
            fault=f"A text of more than {size:,} bytes is refused.",
        )
    yield from _orders()


def reading(freedom: str) -> Callable[[PayloadView], Answer]:
    """The answers of a client whose reader has one freedom that JSON does not give."""

    def play(view: PayloadView) -> Answer:
        if not view.errors or not any(one.code.startswith("json/") for one in view.errors):
            return view.faithful
        if any(one.code.startswith("json/limit") for one in view.errors):
            return view.faithful
        try:
            tree = Lax(lax.text_of(view.payload, freedom), freedom).document()
            answer = write(tree)
        except (NoJson, RecursionError, ValueError) as error:
            return Refusal(str(error))
        again = PayloadView(answer, view.revision)
        if freedom in _NOTHING or again.document.value is NO_VALUE or all(one.code in _LEFT for one in again.errors):
            return answer
        return again.faithful

    return play


def _same_twice(view: PayloadView) -> Answer:
    if not view.errors or any(one.code != "json/duplicate-member" for one in view.errors):
        return view.faithful
    try:
        first = write(Lax(view.payload.decode(), "duplicates-first").document())
    except (NoJson, UnicodeDecodeError) as error:
        return Refusal(str(error))
    return first if first == view.encoded else view.faithful


def _by_text(test: Callable[[str], bool]) -> Callable[[PayloadView], bool]:
    return lambda view: test(view.document.text or "")


_REFUSED: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "non-ascii": ("A text that is not ASCII", lambda text: not text.isascii()),
    "astral": ("A text with a character beyond 65,536", lambda text: any(ord(c) > 0xFFFF for c in text)),
    "unicode-escapes": (
        "A text with an escape of four digits",
        lambda text: re.search(r"(?<!\\)(?:\\\\)*\\u", text) is not None,
    ),
    "surrogate-escapes": (
        "A text with an escaped surrogate pair",
        lambda text: re.search(r"\\u[dD][89abAB]", text) is not None,
    ),
    "null-escapes": ("A text with an escaped null character", lambda text: "\\u0000" in text),
    "slash-escapes": ("A text with an escaped slash", lambda text: re.search(r"(?<!\\)\\/", text) is not None),
    "short-escapes": ("A text with a short escape", lambda text: re.search(r"\\[bfnrt]", text) is not None),
    "rare-escapes": (
        "A text with an escaped backspace or form feed",
        lambda text: re.search(r"\\[bf]", text) is not None,
    ),
    "white-space": (
        "A text with white space between its tokens",
        lambda text: re.search(r"[\s]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text.strip())) is not None,
    ),
    "no-white-space": (
        "A text without white space between its tokens",
        lambda text: re.search(r"[\s]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text.strip())) is None,
    ),
    "tabs": ("A text with tabs", lambda text: "\t" in text),
    "carriage-returns": ("A text with carriage returns", lambda text: "\r" in text),
    "several-lines": ("A text of several lines", lambda text: "\n" in text.strip()),
    "one-line": ("A text of one line", lambda text: "\n" not in text.strip()),
    "leading-white-space": ("A text that begins with white space", lambda text: text[:1].isspace()),
    "trailing-white-space": ("A text that ends with white space", lambda text: text[-1:].isspace()),
    "no-final-newline": ("A text without a line break at its end", lambda text: not text.endswith("\n")),
    "space-before-colon": (
        "A text with a space before a colon",
        lambda text: re.search(r'"\s+:', text) is not None,
    ),
    "line-separators": ("A text with U+2028 or U+2029", lambda text: "\u2028" in text or "\u2029" in text),
    "non-characters": (
        "A text with non-characters",
        lambda text: re.search("[\ufdd0-\ufdef\ufffe\uffff]", text) is not None,
    ),
    "byte-order-mark-inside": ("A text with a byte order mark inside", lambda text: "\ufeff" in text),
    "delete": ("A text with U+007F", lambda text: "\x7f" in text),
    "escaped-names": (
        "A text with an escape in a name",
        lambda text: re.search(r'"(?:[^"\\]|\\.)*\\(?:[^"\\]|\\.)*"\s*:', text) is not None,
    ),
    "empty-names": ("A text with an empty name", lambda text: re.search(r'[{,]\s*""\s*:', text) is not None),
    "html": ("A text with an angle bracket", lambda text: "<" in text),
}


def _depth(node: Tree) -> int:
    if isinstance(node, dict):
        return 1 + max(map(_depth, node.values()), default=0)
    return 1 + max(map(_depth, node), default=0) if isinstance(node, list) else 0


def _longer(size: int) -> Callable[[PayloadView], bool]:
    return lambda view: len(view.payload) > size


def _deeper(depth: int) -> Callable[[PayloadView], bool]:
    return lambda view: _depth(view.tree) > depth


def _cut_at(depth: int) -> Change:
    def cut(node: Tree, left: int) -> Tree:
        if not isinstance(node, (dict, list)):
            return node
        if left == 0:
            return None
        if isinstance(node, dict):
            return {name: cut(value, left - 1) for name, value in node.items()}
        return [cut(value, left - 1) for value in node]

    return lambda tree, _: cut(tree, depth) if _depth(tree) > depth else tree


def _orders() -> Iterator[Mutant]:
    """Trees whose parts come back in another order, or not all."""
    yield lossy("order/members-sorted", deep_objects(lambda n: ordered(n, sorted(n))))
    yield lossy("order/members-reversed", deep_objects(lambda n: ordered(n, list(n)[::-1])))
    yield lossy("order/object-first", deep_objects(lambda n: ordered(n, sorted(n, key="object".__ne__))))
    yield lossy("order/object-last", deep_objects(lambda n: ordered(n, sorted(n, key="object".__eq__))))
    yield lossy("order/nulls-last", deep_objects(lambda n: ordered(n, sorted(n, key=lambda name: n[name] is None))))
    sorting: dict[str, tuple[str, Callable[[list[Tree]], list[Tree]]]] = {
        "sorted": ("comes back sorted", lambda nodes: sorted(nodes, key=write)),
        "reversed": ("comes back in reverse", lambda nodes: nodes[::-1]),
        "distinct": ("comes back without items that are there already", _distinct),
        "first": ("comes back with its first item alone", lambda nodes: nodes[:1]),
        "without-last": ("loses its last item", lambda nodes: nodes[:-1]),
        "without-nulls": ("loses its nulls", lambda nodes: [node for node in nodes if node is not None]),
        "flattened": (
            "loses the lists inside it",
            lambda nodes: [one for node in nodes for one in (node if isinstance(node, list) else [node])],
        ),
        "ten": ("is cut after ten items", lambda nodes: nodes[:10]),
        "hundred": ("is cut after a hundred items", lambda nodes: nodes[:100]),
        "thousand": ("is cut after a thousand items", lambda nodes: nodes[:1000]),
    }
    yield from series(lossy, "order/arrays-", sorting, deep_lists, "Every array {}.")
    yield from series(lossy, "undeclared/array-", sorting, _inside, "An array in an undeclared member {}.")
    yield lossy("undeclared/array-unwrapped", on_undeclared(lambda _, old: _unwrapped(old)))
    yield lossy(
        "undeclared/array-to-object",
        on_undeclared(lambda _, old: {str(i): one for i, one in enumerate(old)} if isinstance(old, list) else old),
    )
    yield lossy("undeclared/members-sorted", in_undeclared(deep_objects(lambda n: ordered(n, sorted(n)))))
    yield lossy(
        "undeclared/object-to-text",
        on_undeclared(lambda _, old: text_of(old) if isinstance(old, dict) else old),
    )
    yield lossy(
        "undeclared/array-to-text",
        on_undeclared(lambda _, old: text_of(old) if isinstance(old, list) else old),
    )
    yield lossy(
        "undeclared/all-text",
        on_undeclared(lambda _, old: old if isinstance(old, str) else text_of(old)),
    )


def _inside(order: Callable[[list[Tree]], list[Tree]]) -> Change:
    return in_undeclared(deep_lists(order))


def _unwrapped(old: Tree) -> Changed:
    return old[0] if isinstance(old, list) and len(old) == 1 else old


def _distinct(nodes: list[Tree]) -> list[Tree]:
    return list({write(node): node for node in nodes}.values())
