"""
Faults in the names of members: which come back, and as what.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Final

from usagecompat.mutants.families.strings import ALTERATIONS
from usagecompat.mutants.model import lossy, refuse, series
from usagecompat.mutants.support.walks import GONE, deep_objects, on_undeclared, ordered, renamed, undeclared_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.jsontext import Tree
    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Object

_ALTERED: Final = (
    "trimmed", "lower", "upper", "folded", "nfc", "nfd", "nfkc", "without-accents", "ascii-only", "ascii-question",
    "latin-1", "read-as-latin-1", "astral-dropped", "astral-replaced", "marks-dropped", "controls-dropped", "null-cut",
    "newlines-to-spaces", "html-escaped", "backslash-dropped", "quotes-dropped", "percent-decoded", "slash-cut",
    "dashes", "spaces", "32-characters", "64-characters", "255-characters",
)  # fmt: skip
"""What becomes of names as of strings."""

_NAMES: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    **{name: ALTERATIONS[name] for name in _ALTERED},
    "camel": (
        "comes back in camel case",
        lambda name: re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda m: m[1].upper(), name),
    ),
    "snake": (
        "comes back in snake case",
        lambda name: re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", name),
    ),
    "dots": ("has underscores for dots", lambda name: name.replace(".", "_")),
    "dot-cut": ("keeps what precedes its first dot", lambda name: name.partition(".")[0]),
    "dollar-dropped": ("loses a dollar sign at its start", lambda name: name.removeprefix("$")),
    "at-dropped": ("loses an at sign at its start", lambda name: name.removeprefix("@")),
    "underscore-stripped": ("loses underscores at its ends", lambda name: name.strip("_") or name),
    "pointer-decoded": ("has `~1` and `~0` undone", lambda name: name.replace("~1", "/").replace("~0", "~")),
    "pointer-encoded": ("has slashes and tildes escaped", lambda name: name.replace("~", "~0").replace("/", "~1")),
    "identifier": ("comes back as an identifier", lambda name: re.sub(r"[^0-9a-zA-Z_]", "_", name)),
    "words-avoided": (
        "gets an underscore where it is a word of the language",
        lambda name: (
            f"{name}_" if name in ("class", "from", "import", "default", "function", "return", "None", "self") else name
        ),
    ),
}
"""What becomes of the name of a member."""

_LOST: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "empty": ("with an empty name", lambda name: not name),
    "proto": ("called `__proto__`", lambda name: name == "__proto__"),
    "prototype": (
        "called like what every JavaScript object has",
        lambda name: name in ("constructor", "toString", "hasOwnProperty", "valueOf", "prototype", "toJSON"),
    ),
    "dunder": ("whose name begins with two underscores", lambda name: name.startswith("__")),
    "private": ("whose name begins with an underscore", lambda name: name.startswith("_")),
    "python": (
        "called like a method of a Python dict or object",
        lambda name: (
            name in ("keys", "items", "values", "get", "copy", "update", "pop", "self", "__class__", "__dict__")
        ),
    ),
    "dollar": ("whose name begins with a dollar sign", lambda name: name.startswith("$")),
    "at": ("whose name begins with an at sign", lambda name: name.startswith("@")),
    "dotted": ("whose name holds a dot", lambda name: "." in name),
    "slashed": ("whose name holds a slash", lambda name: "/" in name),
    "spaced": ("whose name holds a space", lambda name: " " in name),
    "quoted": ("whose name holds a quote", lambda name: '"' in name or "'" in name),
    "backslashed": ("whose name holds a backslash", lambda name: "\\" in name),
    "star": ("whose name is a star", lambda name: name == "*"),
    "numeric": ("whose name is a number", lambda name: name.isdecimal()),
    "digit-first": ("whose name begins with a digit", lambda name: name[:1].isdigit()),
    "non-ascii": ("whose name is not ASCII", lambda name: not name.isascii()),
    "astral": ("whose name has a character beyond 65,536", lambda name: any(ord(c) > 0xFFFF for c in name)),
    "control": ("whose name has a control character", lambda name: any(ord(c) < 32 for c in name)),
    "upper": ("whose name has a capital", lambda name: name != name.lower()),
    "odd": ("whose name is no identifier", lambda name: not name.isidentifier()),
    "long": ("whose name is longer than 64 characters", lambda name: len(name) > 64),
    "very-long": ("whose name is longer than 1,000 characters", lambda name: len(name) > 1000),
    "dashed": ("whose name holds a dash", lambda name: "-" in name),
    "colon": ("whose name holds a colon", lambda name: ":" in name),
    "id": ("whose name ends in _id", lambda name: name.endswith("_id")),
    "iso": ("whose name ends in _iso", lambda name: name.endswith("_iso")),
    "name": ("whose name ends in _name", lambda name: name.endswith("_name")),
    "length": ("called `length`, `size` or `count`", lambda name: name in ("length", "count")),
}


def mutants() -> Iterator[Mutant]:
    """Every alteration of a name, every name lost, every name refused, and names taken for each other."""
    yield from series(lossy, "name/", _NAMES, _renamed, "The name of an undeclared member {}.")
    yield from series(lossy, "name-lost/", _LOST, _lost, "An undeclared member {} does not come back.")
    yield from series(lossy, "name-refused/", _LOST, _refused, "A payload is refused for an undeclared member {}.")
    yield lossy("name/case-merged", _merged(str.lower))
    yield lossy("name/case-insensitive", deep_objects(_case_insensitive))
    yield lossy("name/normal-forms-merged", _merged(partial(unicodedata.normalize, "NFC")))
    yield lossy("name/numeric-first", deep_objects(_numeric_first))
    yield lossy("name/dots-nested", deep_objects(_nested))


def _lost(test: Callable[[str], bool]) -> Change:
    return on_undeclared(lambda name, old: GONE if test(name) else old)


def _refused(test: Callable[[str], bool]) -> Change:
    return on_undeclared(lambda name, old: refuse(f"the name {name!r}") if test(name) else old)


def _renamed(alter: Callable[[str], str]) -> Change:
    """Undeclared members renamed: those whose new name is that of another member replace it."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        found = undeclared_names(tree, view)

        def change(node: Object) -> Object:
            return renamed(node, lambda name: alter(name) if name in found else name)

        return deep_objects(change)(tree, view) if found else tree

    return walk


def _merged(fold: Callable[[str], str]) -> Change:
    """Of members whose names are folded to one, the last alone."""

    def change(node: Object) -> Object:
        last = {fold(name): name for name in node}
        return node if len(last) == len(node) else {n: value for n, value in node.items() if last[fold(n)] == n}

    return deep_objects(change)


def _case_insensitive(node: Object) -> Object:
    lower = {name for name in node if name == name.lower()}
    merged = {name for name in node if name not in lower and name.lower() in lower}
    if not merged:
        return node
    new = {name: value for name, value in node.items() if name not in merged}
    for name in merged:
        new[name.lower()] = node[name]
    return new


def _numeric_first(node: Object) -> Object:
    numeric = sorted((name for name in node if name.isdecimal() and str(int(name)) == name), key=int)
    return ordered(node, [*numeric, *(name for name in node if name not in numeric)])


def _nested(node: Object) -> Object:
    if not any("." in name.strip(".") for name in node):
        return node
    new: Object = {}
    for name, value in node.items():
        head, _, tail = name.partition(".")
        if head and tail:
            inner = new.get(head)
            new[head] = {**(inner if isinstance(inner, dict) else {}), tail: value}
        else:
            new[name] = value
    return new
