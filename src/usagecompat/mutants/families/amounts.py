"""
Faults in money: numbers, strings that hold numbers, and currencies.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final, NoReturn

from usagecompat.contract import DEVIATIONS, JsonType, Money, Tolerance, is_number_text
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import lenient, lossy, refuse, series
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.errors import meaning, wrong
from usagecompat.mutants.support.exact import in_text
from usagecompat.mutants.support.walks import GONE, is_cost, member, of_number, of_text, on_amounts, on_results, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Forgives, Mutant
    from usagecompat.mutants.support.walks import Changed, Object

DECIMALS: Final[Mapping[str, tuple[str, Callable[[Number], Changed]]]] = {
    "double": ("goes through a binary64 number, as in JavaScript", exact.through_binary64),
    "float": ("goes through a binary64 number that is printed with a point", exact.through_python_float),
    "single": ("goes through a binary32 number", exact.through_binary32),
    "15-digits": ("is cut to 15 significant digits", exact.to_digits(15)),
    "16-digits": ("is cut to 16 significant digits", exact.to_digits(16)),
    "17-digits": ("is cut to 17 significant digits", exact.to_digits(17)),
    "19-digits": ("is cut to 19 significant digits", exact.to_digits(19)),
    "28-digits": ("is cut to 28 significant digits", exact.to_digits(28)),
    "29-digits": ("is cut to 29 significant digits", exact.to_digits(29)),
    "33-digits": ("is cut to 33 significant digits", exact.to_digits(33, ROUND_DOWN)),
    "whole": ("loses its fraction", exact.cut),
    "rounded-up": ("is rounded up to a whole number", exact.raised),
    "2-decimals": ("is rounded to 2 decimals", exact.to_places(2)),
    "2-decimals-always": ("is written with 2 decimals", exact.to_places(2, always=True)),
    "2-decimals-cut": ("is cut to 2 decimals", exact.to_places(2, ROUND_DOWN)),
    "2-decimals-half-even": ("is rounded to 2 decimals, halves to even", exact.to_places(2, ROUND_HALF_EVEN)),
    "4-decimals": ("is rounded to 4 decimals", exact.to_places(4)),
    "5-decimals": ("is rounded to 5 decimals", exact.to_places(5)),
    "6-decimals": ("is rounded to 6 decimals", exact.to_places(6)),
    "8-decimals": ("is rounded to 8 decimals", exact.to_places(8)),
    "9-decimals": ("is rounded to 9 decimals", exact.to_places(9)),
    "10-decimals": ("is rounded to 10 decimals", exact.to_places(10)),
    "12-decimals": ("is rounded to 12 decimals", exact.to_places(12)),
    "18-decimals": ("is rounded to 18 decimals", exact.to_places(18)),
    "20-decimals": ("is cut to 20 decimals", exact.to_places(20, ROUND_DOWN)),
    "cents": ("is taken for cents, and comes back a hundredth", exact.scaled(-2)),
    "dollars": ("comes back in cents", exact.scaled(2)),
    "micros": ("comes back in millionths", exact.scaled(6)),
    "absolute": ("loses its minus", exact.without_sign),
    "never-negative": ("becomes 0 where it is negative", exact.never_below_zero),
    "no-negative-zero": ("loses the minus of a zero", exact.without_sign_of_zero),
    "exponent-cut": ("loses its exponent", exact.without_exponent),
    "small-is-zero": ("becomes 0 where it is written with a negative exponent", exact.small_is_zero),
    "expanded": ("comes back without an exponent, written out", exact.expanded),
    "normalised": ("comes back in its shortest spelling", exact.normalised),
    "zeros-dropped": ("loses the zeros at its end", exact.stripped),
    "with-fraction": ("comes back with `.0` where it is whole", exact.with_fraction),
    "zero-dropped": ("does not come back where it is 0", lambda n: GONE if exact.value_of(n) == 0 else n),
    "zero-to-null": ("comes back as null where it is 0", lambda n: None if exact.value_of(n) == 0 else n),
    "zero-plain": (
        "comes back as a plain 0 where it is 0",
        lambda n: Number("0") if exact.value_of(n) == 0 and n.lexeme != "0" else n,
    ),
    "zero": ("comes back as 0", lambda _: Number("0")),
    "null": ("comes back as null", lambda _: None),
    "tiny-is-zero": (
        "becomes 0 where it is below a millionth",
        lambda n: Number("0") if 0 < abs(exact.value_of(n)) < Decimal("0.000001") else n,
    ),
    "large-capped": (
        "becomes 999999.99 where it is greater",
        lambda n: Number("999999.99") if exact.value_of(n) > Decimal("999999.99") else n,
    ),
    "refused-if-negative": ("is refused where it is negative", lambda n: _refuse_if(n, exact.value_of(n) < 0)),
    "refused-if-exponent": ("is refused where it has an exponent", lambda n: _refuse_if(n, "e" in n.lexeme.lower())),
    "refused-if-zero-exponent": (
        "is refused where it is a zero with an exponent",
        lambda n: _refuse_if(n, "e" in n.lexeme.lower() and exact.value_of(n) == 0),
    ),
    "refused-if-long": (
        "is refused where it has more than 28 digits",
        lambda n: _refuse_if(n, sum(map(str.isdigit, n.lexeme)) > 28),
    ),
    "refused-if-precise": (
        "is refused where it has more than 18 decimals",
        lambda n: _refuse_if(n, len(n.lexeme.partition(".")[2]) > 18),
    ),
    "refused-if-whole": ("is refused where it has no point", lambda n: _refuse_if(n, "." not in n.lexeme)),
    "refused-if-beyond-double": (
        "is refused where binary64 does not reach",
        lambda n: _refuse_if(n, abs(exact.binary64(n)) == float("inf")),
    ),
}
"""What becomes of an amount, as a number or in a string."""


STRINGS_SINCE: Final = next(one.since for one in DEVIATIONS if one.allows is Tolerance.NUMBER_TEXT)
"""The first revision that takes strings for amounts."""


def mutants() -> Iterator[Mutant]:
    """Every model of an amount, for numbers and for strings, and what else happens to money."""
    yield from series(lossy, "amount/number-", DECIMALS, _number, "An amount that is a number {}.")
    inside = "An amount that is a string {}, and stays a string."
    yield from series(lossy, "amount/text-", DECIMALS, _number_in_text, inside, since=STRINGS_SINCE)
    yield from series(lossy, "amount/text-", _TEXTS, value, "An amount that is a string {}.", since=STRINGS_SINCE)
    yield lossy("amount/number-text", value(of_number(exact.as_text)))
    yield lossy("amount/number-refused", value(of_number(_refuse)))
    yield lossy("amount/number-dropped", value(of_number(lambda _: GONE)))
    yield from _whole_amounts()
    yield from series(lenient, "amount-accepted/", _TAKEN, _taken, "{} is accepted as an amount.")


def value(change: Callable[[Tree], Changed]) -> Change:
    """A change of the values of amounts."""
    return on_amounts(lambda node: member(node, "value", change))


def _number(model: Callable[[Number], Changed]) -> Change:
    return value(of_number(model))


def _number_in_text(model: Callable[[Number], Changed]) -> Change:
    return value(in_text(model))


def _refuse(_: object = None) -> NoReturn:
    refuse("the amount cannot be decoded")


def _refuse_if(number: Number, test: bool) -> Tree:  # noqa: FBT001 - a condition is all it is about
    return _refuse() if test else number


def _with_thousands(text: str) -> str:
    head, point, tail = text.partition(".")
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", head) + point + tail


def leading_digits(text: str) -> str:
    """What `parseFloat` and `strtod` of a careless caller see: as much of a number as there is."""
    found = re.match(r"\s*-?[0-9]*\.?[0-9]*", text)
    return found[0].strip() if found else ""


_TEXTS: Final[Mapping[str, tuple[str, Callable[[Tree], Changed]]]] = {
    "refused": ("is refused", of_text(_refuse)),
    "dropped": ("does not come back", of_text(lambda _: GONE)),
    "to-zero": ("comes back as the number 0", of_text(lambda _: Number("0"))),
    "to-number": ("comes back as a number with the same digits", of_text(Number)),
    "to-float": ("comes back as a binary64 number", of_text(lambda old: exact.through_python_float(Number(old)))),
    "to-script-number": (
        "comes back as a JavaScript number",
        of_text(lambda old: exact.through_binary64(Number(old))),
    ),
    "to-whole": ("comes back as a whole number", of_text(lambda old: exact.cut(Number(old)))),
    "concatenated": ("is added to 0 as text", of_text(lambda old: f"0{old}")),
    "leading-digits": ("loses what follows its digits", of_text(leading_digits)),
    "with-dollar": ("comes back with a currency sign", of_text(lambda old: f"${old}")),
    "comma": ("comes back with a decimal comma", of_text(lambda old: old.replace(".", ","))),
    "thousands": (
        "comes back with separators for thousands",
        of_text(_with_thousands),
    ),
    "upper-exponent": ("comes back with a capital E", of_text(lambda old: old.replace("e", "E"))),
    "lower-exponent": ("comes back with a small e", of_text(lambda old: old.replace("E", "e"))),
    "no-plus": ("loses the plus of its exponent", of_text(lambda old: old.replace("+", ""))),
    "quoted-twice": ("comes back in quotes of its own", of_text(lambda old: f'"{old}"')),
    "object": ("comes back as an object", lambda old: {"value": old} if isinstance(old, str) else old),
    "12-characters": ("is cut after 12 characters", of_text(lambda old: old[:12])),
    "20-characters": ("is cut after 20 characters", of_text(lambda old: old[:20])),
    "32-characters": ("is cut after 32 characters", of_text(lambda old: old[:32])),
    "no-minus": ("loses its minus", of_text(lambda old: old.removeprefix("-"))),
    "unread-exponent": (
        "comes back as it is, but for one with an exponent, which becomes null",
        of_text(lambda old: None if "e" in old.lower() else old),
    ),
    "exponent-nan": (
        "comes back as the string NaN where it is a zero with an exponent",
        of_text(lambda old: "NaN" if "e" in old.lower() and exact.value_of(Number(old)) == 0 else old),
    ),
}


def _whole_amounts() -> Iterator[Mutant]:
    def amount(name: str, change: Callable[[Object], Changed]) -> Mutant:
        return lossy(f"amount/{name}", on_amounts(change))

    def cost(name: str, change: Callable[[Object], Changed]) -> Mutant:
        return lossy(f"amount/{name}", on_results(lambda node: change(node) if is_cost(node) else node))

    def currency(name: str, change: Callable[[str], Changed]) -> Mutant:
        return amount(name, lambda node: member(node, "currency", of_text(change)))

    yield amount("flattened", lambda node: node.get("value"))
    yield amount("emptied", lambda _: {})
    yield amount("empty-dropped", lambda node: node or GONE)
    yield amount("without-value-dropped", lambda n: n if "value" in n else GONE)
    yield amount("value-only", lambda n: n if "currency" in n else GONE)
    yield amount("currency-first", lambda node: ordered(node, sorted(node)))
    yield cost("missing-emptied", lambda n: n if "amount" in n else {**n, "amount": {}})
    yield cost("missing-dropped", lambda n: n if "amount" in n else GONE)
    yield cost(
        "missing-is-zero", lambda n: n if "amount" in n else {**n, "amount": {"value": Number("0"), "currency": "usd"}}
    )
    yield cost("zero-cost-dropped", lambda n: GONE if _number_of(n) == 0 else n)
    yield cost("credit-dropped", lambda n: GONE if (_number_of(n) or 0) < 0 else n)
    yield currency("currency-upper", str.upper)
    yield currency("currency-lower", str.lower)
    yield currency("currency-usd", lambda _: "usd")
    yield currency("currency-sign", lambda old: "$" if old == "usd" else old)
    yield currency("currency-object", lambda old: {"code": old})
    yield currency("currency-refused", lambda old: old if old == "usd" else _refuse())
    yield currency("currency-upper-refused", lambda old: old if old.islower() else _refuse())
    yield currency("currency-dropped", lambda old: old if old == "usd" else GONE)
    yield amount("currency-invented", lambda n: n if "currency" in n else {**n, "currency": "usd"})
    yield amount("value-invented", lambda n: n if "value" in n else {"value": Number("0"), **n})


def _number_of(cost: Object) -> Decimal | None:
    amount = cost.get("amount")
    value = amount.get("value") if isinstance(amount, dict) else None
    if isinstance(value, str) and is_number_text(value):
        value = Number(value)
    return exact.value_of(value) if isinstance(value, Number) else None


_TAKEN: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "any": ("Any string", lambda _: True),
    "empty": ("An empty string", lambda text: not text),
    "nan": ("The string NaN", lambda text: text.lower() == "nan"),
    "infinity": ("The string Infinity", lambda text: text.lower() in ("infinity", "-infinity")),
    "inf": ("The string inf", lambda text: text.lower() in ("inf", "-inf", "+inf")),
    "plus": ("A number with a plus", lambda text: is_number_text(text.removeprefix("+")) is not None),
    "leading-zero": (
        "A number with a leading zero",
        lambda text: is_number_text(re.sub("^(-?)0+(?=[0-9])", r"\1", text)) is not None,
    ),
    "spaces": ("A number with white space around it", lambda text: is_number_text(text.strip()) is not None),
    "trailing-newline": (
        "A number before a line break",
        lambda text: text.endswith("\n") and is_number_text(text[:-1]) is not None,
    ),
    "leading-space": (
        "A number behind a space",
        lambda text: text.startswith(" ") and is_number_text(text[1:]) is not None,
    ),
    "trailing-space": (
        "A number before a space",
        lambda text: text.endswith(" ") and is_number_text(text[:-1]) is not None,
    ),
    "no-integer-part": (
        "A number that begins with its point",
        lambda text: text.startswith((".", "-.")) and exact.is_float(text),
    ),
    "no-fraction": ("A number that ends with its point", lambda text: text.endswith(".") and exact.is_float(text)),
    "underscore": ("A number with underscores", lambda text: "_" in text and exact.is_float(text)),
    "thousands": (
        "A number with commas between thousands",
        lambda text: is_number_text(text.replace(",", "")) is not None,
    ),
    "comma": ("A number with a decimal comma", lambda text: is_number_text(text.replace(",", ".")) is not None),
    "hexadecimal": ("A hexadecimal number", lambda text: text.lower().startswith("0x")),
    "unit": ("A number before letters", lambda text: re.match(r"-?[0-9]", text) is not None),
    "currency-sign": ("A number behind a currency sign", lambda text: is_number_text(text.lstrip("$")) is not None),
    "quoted": ("A number in quotes of its own", lambda text: is_number_text(text.strip('"')) is not None),
    "null-word": ("The string null", lambda text: text == "null"),
    "other-digits": ("A number in digits of another script", lambda text: not text.isascii() and exact.is_float(text)),
    "python-float": ("What Python's float takes", exact.is_float),
    "no-exponent-digits": (
        "A number without digits in its exponent",
        lambda text: re.search(r"[eE][+-]?$", text) is not None,
    ),
    "words": ("A word", str.isalpha),
}
"""Strings that clients which claim to validate take for amounts, and the API does not send."""


def _taken(test: Callable[[str], bool]) -> Forgives:
    return wrong(lambda old: isinstance(old, str) and test(old), meaning(Money, JsonType.NUMBER))
