"""
Faults in how counts, times, quantities and undeclared numbers are held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, Count, JsonType, Quantity, Time, declared_since
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import lossy, refuse, strict
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


QUANTITY_SINCE: Final = declared_since("CostsResult", "quantity") or LATEST


def mutants() -> Iterator[Mutant]:
    """Every number model, in every place that it can be in."""
    places: tuple[tuple[str, str, type], ...] = (("count", "A count", Count), ("time", "A time", Time))
    for slug, words, marker in places:
        for width in INTEGERS:
            yield from _integers(slug, words, width, marker)
        for model, (does, change) in _REAL.items():
            if slug == "count" and model in ("absolute", "never-negative"):
                continue  # a count below zero is refused, so there is nothing to change
            yield lossy(
                f"number/{slug}-{model}", numbers(JsonType.INTEGER, change, marker=marker), fault=f"{words} {does}."
            )
    for model, (does, change) in _REAL.items():
        if model not in ("one-more", "thousand"):
            walk = numbers(JsonType.NUMBER, change, marker=Quantity)
            yield lossy(f"number/quantity-{model}", walk, fault=f"A quantity {does}.", since=QUANTITY_SINCE)
    for width in ("int32", "int53", "int64"):
        least, most = INTEGERS[width]
        walk = numbers(JsonType.NUMBER, exact.saturated(least, most), marker=Quantity)
        yield lossy(
            f"number/quantity-{width}",
            walk,
            fault=f"A quantity beyond {width} becomes the nearest one.",
            since=QUANTITY_SINCE,
        )
    whole = numbers(JsonType.NUMBER, exact.cut, marker=Quantity)
    yield lossy("number/quantity-whole", whole, since=QUANTITY_SINCE)
    for places_ in (2, 3, 6, 9):
        walk = numbers(JsonType.NUMBER, exact.to_places(places_), marker=Quantity)
        yield lossy(
            f"number/quantity-{places_}-decimals",
            walk,
            fault=f"A quantity is rounded to {places_} decimals.",
            since=QUANTITY_SINCE,
        )
    yield from _spellings()
    yield from _undeclared()
    yield from _refusing()


def _integers(slug: str, words: str, width: str, marker: type) -> Iterator[Mutant]:
    least, most = INTEGERS[width]
    who = _WHO.get(width, "")
    models: dict[str, tuple[str, Callable[[Number], Changed]]] = {
        "wraps": ("keeps only its lowest bits", exact.wrapped(least, most)),
        "saturates": ("becomes the nearest one that fits", exact.saturated(least, most)),
        "zero": ("becomes 0", exact.beyond(least, most, lambda: Number("0"))),
        "null": ("becomes null", exact.beyond(least, most, lambda: None)),
        "refused": ("is refused", exact.beyond(least, most, lambda: refuse(f"{words} does not fit {width}"))),
    }
    models["edge"] = (
        "is refused together with the greatest that fits",
        exact.beyond(least, most - 1, lambda: refuse(width)),
    )
    for model, (does, change) in models.items():
        walk = numbers(JsonType.INTEGER, change, marker=marker)
        yield lossy(f"width/{slug}-{width}-{model}", walk, fault=f"{words} beyond {width} {does}.", who=who)


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
    for name, (fault, model) in every.items():
        yield lossy(f"spelling/{name}", deep(of_number(model)), fault=fault)


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
    for name, (does, model) in inner.items():
        change = deep(of_number(model))
        yield lossy(
            f"undeclared/number-{name}", in_undeclared(change), fault=f"A number in an undeclared member {does}."
        )
        yield lossy(
            f"unknown-kind/number-{name}", _in_unknown(change), fault=f"A number in a record of unknown kind {does}."
        )


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
        "more-than-15-digits": ("A number with more than 15 digits", lambda one: _digits(one) > 15),
        "more-than-19-digits": ("A number with more than 19 digits", lambda one: _digits(one) > 19),
        "more-than-28-digits": ("A number with more than 28 digits", lambda one: _digits(one) > 28),
        "more-than-38-digits": ("A number with more than 38 digits", lambda one: _digits(one) > 38),
        "more-than-100-digits": ("A number with more than 100 digits", lambda one: _digits(one) > 100),
        "more-than-4300-digits": ("A number with more than 4,300 digits", lambda one: _digits(one) > 4300),
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
    for name, (what, test) in refused.items():
        yield strict(f"number-refused/{name}", _any_number(test), fault=f"{what} is refused, wherever it stands.")


def _digits(lexeme: str) -> int:
    return sum(map(str.isdigit, lexeme))


def _any_number(test: Callable[[str], bool]) -> Callable[[PayloadView], bool]:
    def found(node: Tree) -> bool:
        if isinstance(node, dict):
            return any(map(found, node.values()))
        if isinstance(node, list):
            return any(map(found, node))
        return isinstance(node, Number) and test(node.lexeme)

    return lambda view: found(view.tree)
