"""
Faults in how counts, times, quantities and undeclared numbers are held.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, Count, JsonType, Quantity, Time, declared_since
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import lossy, refuse, series, strict
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.exact import INTEGERS
from usagecompat.mutants.support.walks import GONE, deep, in_undeclared, members, numbers, of_number, on_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Changed, Object

_JAVASCRIPT: Final = "every JavaScript client"
_WHO: Final[Mapping[str, str]] = {
    "int32": "OpenAPI Generator 7.26.0 for Go and Rust, tryAGI.OpenAI, openai-d (`usage_bytes`)",
    "uint32": "openai_dive 1.4.3",
    "int53": _JAVASCRIPT,
    "int64": "openai-go (0 where it does not fit)",
}
_REAL: Final[Mapping[str, tuple[str, Callable[[Number], Changed]]]] = {
    "double": ("goes through a binary64 number, as in JavaScript", exact.through_binary64),
    "float": ("goes through a binary64 number that is printed with a point", exact.through_python_float),
    "single": ("goes through a binary32 number", exact.through_binary32),
    "15-digits": ("is cut to 15 significant digits", exact.to_digits(15)),
    "17-digits": ("is cut to 17 significant digits", exact.to_digits(17)),
    "28-digits": ("is cut to 28 significant digits", exact.to_digits(28)),
    "text": ("comes back as a string", exact.as_text),
    "absolute": ("loses its minus", exact.without_sign),
    "never-negative": ("becomes 0 where it is negative", exact.never_below_zero),
    "no-negative-zero": ("loses the minus of a zero", exact.without_sign_of_zero),
    "exponent-cut": ("loses its exponent", exact.without_exponent),
    "exponent-expanded": ("comes back without an exponent, written out", exact.expanded),
    "normalised": ("comes back in its shortest spelling", exact.normalised),
    "with-fraction": ("comes back with `.0` where it is whole", exact.with_fraction),
    "null": ("comes back as null", lambda _: None),
    "zero": ("comes back as 0", lambda _: Number("0")),
    "zero-dropped": ("does not come back where it is 0", lambda n: GONE if exact.value_of(n) == 0 else n),
    "zero-to-null": ("comes back as null where it is 0", lambda n: None if exact.value_of(n) == 0 else n),
    "one-more": ("comes back greater by one", exact.one_more),
    "thousand": ("comes back divided by a thousand", exact.scaled(-3)),
}


_OF_NEGATIVES: Final = ("absolute", "never-negative")
"""A count below zero is refused, so there is nothing to change."""
_QUANTITIES: Final[Mapping[str, tuple[str, Callable[[Number], Changed]]]] = {
    **{name: row for name, row in _REAL.items() if name not in ("one-more", "thousand")},
    **{
        width: (f"beyond {width} becomes the nearest one", exact.saturated(*INTEGERS[width]))
        for width in ("int32", "int53", "int64")
    },
    **{f"{places}-decimals": (f"is rounded to {places} decimals", exact.to_places(places)) for places in (2, 3, 6, 9)},
}
QUANTITY_SINCE: Final = declared_since("CostsResult", "quantity") or LATEST


def mutants() -> Iterator[Mutant]:
    """Every number model, in every place that it can be in."""
    for slug, words, marker in (("count", "A count", Count), ("time", "A time", Time)):
        for width in INTEGERS:
            yield from _integers(slug, words, width, marker)
        models = {name: row for name, row in _REAL.items() if marker is not Count or name not in _OF_NEGATIVES}
        yield from series(lossy, f"number/{slug}-", models, partial(_whole, marker=marker), f"{words} {{}}.")
    yield from series(lossy, "number/quantity-", _QUANTITIES, _quantity, "A quantity {}.", since=QUANTITY_SINCE)
    yield lossy("number/quantity-whole", _quantity(exact.cut), since=QUANTITY_SINCE)
    yield from _spellings()
    yield from _undeclared()
    yield from _refusing()


def _whole(model: Callable[[Number], Changed], marker: type) -> Change:
    return numbers(JsonType.INTEGER, model, marker=marker)


def _quantity(model: Callable[[Number], Changed]) -> Change:
    return numbers(JsonType.NUMBER, model, marker=Quantity)


def _integers(slug: str, words: str, width: str, marker: type) -> Iterator[Mutant]:
    least, most = INTEGERS[width]
    models: dict[str, tuple[str, Callable[[Number], Changed]]] = {
        "wraps": ("keeps only its lowest bits", exact.wrapped(least, most)),
        "saturates": ("becomes the nearest one that fits", exact.saturated(least, most)),
        "zero": ("becomes 0", exact.beyond(least, most, lambda: Number("0"))),
        "null": ("becomes null", exact.beyond(least, most, lambda: None)),
        "refused": ("is refused", exact.beyond(least, most, lambda: refuse(f"{words} does not fit {width}"))),
        "edge": (
            "is refused together with the greatest that fits",
            exact.beyond(least, most - 1, lambda: refuse(width)),
        ),
    }
    fault = f"{words} beyond {width} {{}}."
    how = partial(_whole, marker=marker)
    yield from series(lossy, f"width/{slug}-{width}-", models, how, fault, who=_WHO.get(width, ""))


def _spellings() -> Iterator[Mutant]:
    """Numbers anywhere, by how they are spelled."""
    every: dict[str, tuple[str, Callable[[Number], Tree]]] = {
        "double": ("Every number goes through a binary64 number.", exact.through_binary64),
        "float": (
            "Every number goes through a binary64 number and is printed with a point.",
            exact.through_python_float,
        ),
        "text": ("Every number comes back as a string.", exact.as_text),
        "zeros-dropped": ("Every number loses the zeros at its end.", exact.stripped),
        "exponent-upper": (
            "Every exponent comes back as a capital E.",
            lambda n: _respelled(n, n.lexeme.replace("e", "E")),
        ),
        "exponent-lower": (
            "Every exponent comes back as a small e.",
            lambda n: _respelled(n, n.lexeme.replace("E", "e")),
        ),
        "plus-dropped": ("The plus of an exponent is lost.", lambda n: _respelled(n, n.lexeme.replace("+", ""))),
        "plus-and-minus-dropped": (
            "The sign of an exponent is lost.",
            lambda n: _respelled(n, n.lexeme[:1] + n.lexeme[1:].replace("+", "").replace("-", "")),
        ),
        "minus-dropped": ("Every number loses its minus.", lambda n: _respelled(n, n.lexeme.removeprefix("-"))),
        "zero-fraction-dropped": (
            "A fraction of zeros alone is lost.",
            lambda n: n if set(n.lexeme.partition(".")[2]) != {"0"} else Number(n.lexeme.partition(".")[0]),
        ),
        "fraction-dropped": ("Every number loses its fraction.", exact.cut),
        "20-characters": (
            "A number is cut after 20 characters.",
            lambda n: _respelled(n, n.lexeme[:20].rstrip("eE+-.")),
        ),
    }
    yield from series(lossy, "spelling/", every, _anywhere, "{}")


def _respelled(number: Number, lexeme: str) -> Number:
    return number if lexeme == number.lexeme else Number(lexeme)


def _undeclared() -> Iterator[Mutant]:
    """Numbers that the contract does not know, in known and in unknown records."""
    inner: dict[str, tuple[str, Callable[[Number], Changed]]] = {
        "double": ("goes through a binary64 number", exact.through_binary64),
        "float": ("goes through a binary64 number that is printed with a point", exact.through_python_float),
        "int32": ("beyond int32 becomes the nearest one that fits", exact.saturated(*INTEGERS["int32"])),
        "int64": ("beyond int64 becomes the nearest one that fits", exact.saturated(*INTEGERS["int64"])),
        "whole": ("loses its fraction", exact.cut),
        "text": ("comes back as a string", exact.as_text),
    }
    inner |= {name: one for name, one in _REAL.items() if name not in (*inner, "zero-dropped", "thousand")}
    undeclared, unknown = "A number in an undeclared member {}.", "A number in a record of unknown kind {}."
    yield from series(lossy, "undeclared/number-", inner, lambda model: in_undeclared(_anywhere(model)), undeclared)
    yield from series(lossy, "unknown-kind/number-", inner, lambda model: _in_unknown(_anywhere(model)), unknown)


def _anywhere(model: Callable[[Number], Changed]) -> Change:
    return deep(of_number(model))


def _in_unknown(change: Change) -> Change:
    def walk(tree: Tree, view: PayloadView) -> Tree:
        def record(node: Object) -> Object:
            return members(node, lambda _, old: change(old, view))

        return on_unknown(record)(tree, view)

    return walk


def _refusing() -> Iterator[Mutant]:
    """Numbers that a client does not take."""
    refused: dict[str, tuple[str, Callable[[str], bool]]] = {
        "exponents": ("A number with an exponent", lambda one: "e" in one.lower()),
        "capital-exponents": ("A number with a capital E", lambda one: "E" in one),
        "plus-in-exponents": ("A number with a plus in its exponent", lambda one: "+" in one),
        "negative-zero": ("A negative zero", lambda one: one.startswith("-0") and not one.strip("-0.")),
        "negatives": ("A negative number", lambda one: one.startswith("-")),
        **{
            f"more-than-{most}-digits": (f"A number with more than {most:,} digits", _longer_than(most))
            for most in (15, 19, 28, 38, 100, 4300)
        },
        "beyond-double": ("A number beyond binary64", lambda one: abs(exact.binary64(Number(one))) == float("inf")),
        "below-double": (
            "A number too small for binary64",
            lambda one: exact.binary64(Number(one)) == 0 and exact.value_of(Number(one)) != 0,
        ),
        "zero-with-exponent": (
            "A zero with an exponent",
            lambda one: "e" in one.lower() and exact.value_of(Number(one)) == 0,
        ),
    }
    yield from series(strict, "number-refused/", refused, _any_number, "{} is refused, wherever it stands.")


def _longer_than(digits: int) -> Callable[[str], bool]:
    return lambda lexeme: sum(map(str.isdigit, lexeme)) > digits


def _any_number(test: Callable[[str], bool]) -> Callable[[PayloadView], bool]:
    def found(node: Tree) -> bool:
        if isinstance(node, dict):
            return any(map(found, node.values()))
        if isinstance(node, list):
            return any(map(found, node))
        return isinstance(node, Number) and test(node.lexeme)

    return lambda view: found(view.tree)
