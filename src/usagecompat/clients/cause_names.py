"""
What causes are called: a title for each name, what to do about it, and which known faults are of the kind.

A name may end with a number or a word that belongs to it: `wraps-at-2^31`, `list-truncated-at-7`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Naming:
    """What is said of one kind of cause."""

    title: str
    """What goes wrong; `{}` stands for what the name ends with."""
    fix: str
    """What to do."""
    known: tuple[str, ...] = ()
    """Faults of this kind in `docs/faults.md`, which names clients that had them."""


_EXACT: Final = "Decode numbers into an exact type: integers of 64 bits, decimals, or their spelling."
_TEXT: Final = "Read and write texts as UTF-8, and change nothing in them."
_OPEN: Final = "Keep members that no class declares, and write them back."
_PRESENCE: Final = "Keep null and absent apart: a member has three states."

NAMINGS: Final[Mapping[str, Naming]] = {
    "wraps-at-*": Naming("integers wrap at {}", _EXACT, ("32-bit-integers",)),
    "stops-at-*": Naming("integers stop at {}", _EXACT, ("32-bit-integers",)),
    "through-binary32": Naming("numbers go through a binary32", _EXACT, ("amount-binary32",)),
    "through-binary64": Naming("numbers go through a binary64", _EXACT, ("all-numbers-double", "quantity-float")),
    "rounded-to-*-places": Naming("numbers are rounded to {} places", _EXACT, ("amount-rounded",)),
    "rounded-to-*-digits": Naming("numbers are rounded to {} digits", _EXACT, ("15-digits",)),
    "integer-as-float": Naming("integers come back with a fraction", "Write whole numbers as integers."),
    "cents": Naming("cents and dollars are exchanged", "The API's amounts are dollars.", ("cents-for-dollars",)),
    "milliseconds": Naming("seconds and milliseconds are exchanged", "The API's times are seconds."),
    "microseconds": Naming("seconds and microseconds are exchanged", "The API's times are seconds."),
    "minutes": Naming("seconds and minutes are exchanged", "The API's times are seconds."),
    "hours": Naming("seconds and hours are exchanged", "The API's times are seconds."),
    "days": Naming("seconds and days are exchanged", "The API's times are seconds."),
    "sign-lost": Naming("the sign of numbers is lost", "Credits are negative; keep the sign."),
    "minus-zero": Naming(
        "a minus zero loses its sign", "Harmless, unless texts are compared.", ("negative-zero-unsigned",)
    ),
    "zero-for-what-does-not-fit": Naming("numbers that do not fit become 0", _EXACT, ("unfitting-integer-zero",)),
    "zero": Naming("numbers become 0", "Look for a default that replaces what was read."),
    "leading-digits": Naming("only the leading digits of numbers are read", _EXACT, ("amount-leading-digits",)),
    "off-by-one": Naming("numbers are off by one", "Ends of buckets are exclusive; leave times as they are."),
    "number-changed": Naming("numbers change", "Look at how the member is decoded."),
    "number-respelled": Naming("numbers are spelled otherwise", "Harmless, unless texts are compared."),
    "question-marks": Naming("characters become question marks", _TEXT),
    "mojibake": Naming("texts are read in another encoding (mojibake)", _TEXT),
    "without-accents": Naming("accents are lost", _TEXT),
    "characters-dropped": Naming("characters are dropped", _TEXT),
    "normalised": Naming("texts are normalised", _TEXT),
    "case-folded": Naming("upper and lower case are exchanged", _TEXT),
    "trimmed": Naming("white space around texts is cut off", _TEXT),
    "escaped": Naming("texts are escaped once more", "Escape when JSON is written, and only then."),
    "unescaped": Naming("texts are unescaped once too often", "Unescape when JSON is read, and only then."),
    "line-breaks": Naming("line breaks in texts change", _TEXT),
    "texts-truncated-at-*": Naming("texts are cut at {} characters", "Give texts no greatest length."),
    "placeholder": Naming("values are replaced by a word", _PRESENCE, ("null-key-as-text",)),
    "prefix-dropped": Naming("texts lose their beginning", _TEXT),
    "prefix-added": Naming("texts get another beginning", _TEXT, ("string-amount-concatenated",)),
    "text-changed": Naming("texts change", _TEXT, ("value-misspelt",)),
    "text-as-number": Naming(
        "amounts that are strings come back as numbers",
        "Take amounts as strings and as numbers, and write back what came.",
        ("string-amount-as-float",),
    ),
    "amounts-as-text-dropped": Naming(
        "amounts that are strings do not come back",
        "Take amounts as strings and as numbers, and write back what came.",
        ("string-amount-skipped",),
    ),
    "number-as-text": Naming("numbers come back as strings", "Write back numbers as numbers."),
    "null-replaced": Naming(
        "null comes back as something else",
        _PRESENCE,
        ("null-key-as-text", "null-flag-as-false", "null-object-as-empty"),
    ),
    "empty-as-null": Naming("an empty text comes back as null", _PRESENCE),
    "number-as-null": Naming("numbers come back as null", _EXACT, ("infinite-amount-null",)),
    "value-as-null": Naming("values come back as null", "Look at what the class cannot hold."),
    "array-unwrapped": Naming("an array of one item comes back as the item", "Keep arrays as they are."),
    "emptied": Naming("values come back empty", "Look at what the class cannot hold.", ("enumeration-as-object",)),
    "flag-as-another-type": Naming("flags come back as another type", "Keep true and false.", ("false-word-as-flag",)),
    "type-changed": Naming("values come back as another type", "Look at how the member is declared."),
    "renamed-to-*": Naming("members are renamed to {}", "Write members under the names that were read."),
    "names-changed-as-texts": Naming("names of undeclared members are changed", _OPEN),
    "renamed": Naming(
        "members come back under another name", "Write members under the names that were read.", ("invented-names",)
    ),
    "nulls-dropped": Naming("nulls do not come back", _PRESENCE, ("nulls-dropped",)),
    "nulls-for-absent": Naming("absent members come back as null", _PRESENCE, ("absent-as-null",)),
    "zeros-for-absent": Naming("absent members come back as zero or empty", _PRESENCE),
    "flattened": Naming(
        "records come back with the members of all kinds",
        "Give each kind a class of its own, chosen by `object`.",
        ("all-kinds-members-as-zeros", "one-class-for-all"),
    ),
    "members-invented": Naming("members are invented", "Write back what was read.", ("discriminator-invented",)),
    "defaults-dropped": Naming("zeros, false and empty values do not come back", _PRESENCE),
    "undeclared-dropped": Naming("undeclared members do not come back", _OPEN, ("undeclared-dropped",)),
    "member-lost-*": Naming("`{}` does not come back", "Declare the member, under each name that it has had."),
    "members-lost": Naming("declared members do not come back", "Declare all members of the newest contract."),
    "one-kind-for-all": Naming(
        "records of other kinds come back as {}",
        "Choose the class by `object`, and keep what no class fits.",
        ("unknown-as-first-variant",),
    ),
    "kind-lost": Naming(
        "records lose their kind",
        "Keep `object` as it came.",
        ("guessed-discriminators", "unmatched-record-emptied", "unmatched-record-removed"),
    ),
    "list-truncated-at-*": Naming("lists are cut after {} items", "Give lists no greatest length."),
    "last-item-lost": Naming("the last item of lists is lost", "Look for an index that ends one too early."),
    "first-item-lost": Naming("the first item of lists is lost", "Look for an index that begins one too late."),
    "deduplicated": Naming(
        "equal items, or items of one group, are taken for one", "Two records are two; keep lists as lists."
    ),
    "merged": Naming("records are merged", "Keep records apart; they can differ in more than their group keys."),
    "empty-buckets-dropped": Naming("buckets without results do not come back", "Keep empty buckets."),
    "unknown-kinds-dropped": Naming(
        "records of unknown kinds do not come back", "Keep what no class fits.", ("unmatched-record-removed",)
    ),
    "items-lost": Naming("items of lists do not come back", "Look for a filter."),
    "kinds-dropped": Naming(
        "all records of some kinds do not come back", "Keep what no class fits.", ("unmatched-record-removed",)
    ),
    "zero-records-dropped": Naming("records of zeros do not come back", "A zero was reported; keep it."),
    "items-doubled": Naming("items of lists come back twice", "Look for a list that is appended to twice."),
    "gaps-filled": Naming("buckets or records are invented", "Write back what was read.", ("empty-bucket-filled",)),
    "sorted": Naming("lists are sorted", "Keep lists in the order they came in."),
    "reversed": Naming("lists are reversed", "Keep lists in the order they came in."),
    "reordered": Naming("lists come back in another order", "Keep lists in the order they came in."),
    "duplicates-merged": Naming(
        "of two members of one name one comes back", "Refuse such texts, or keep both.", ("first-duplicate",)
    ),
    "has-more-changed": Naming(
        "`has_more` changes", "Keep it: a client that follows pages stops too early without it.", ("first-page-only",)
    ),
    "not-json": Naming("the answer is not JSON", "JSON has no NaN and no infinity; write UTF-8."),
    "refuses-*": Naming(
        "payloads are refused that have {}",
        "Take them: the API sends them, or may.",
        (
            "string-amount-fails-page",
            "closed-union",
            "optional-required",
            "unknown-member-refused",
            "null-cursor-refused",
        ),
    ),
    "refused": Naming("payloads are refused", "Look at the client's own message."),
    "accepts-invalid": Naming(
        "invalid payloads are decoded",
        "Check what is read, or claim no validation.",
        ("lenient-counts", "non-finite-amount"),
    ),
    "previous-answer": Naming("the answer to an earlier payload comes", "Keep nothing from one payload to the next."),
    "state-leak": Naming(
        "answers depend on earlier payloads", "Keep nothing from one payload to the next.", ("state-left-behind",)
    ),
    "nondeterministic": Naming("answers differ from time to time", "Look for clocks, chance and threads."),
    "crashes": Naming("the client ends", "Catch what decoding throws, and refuse."),
    "deadlines": Naming("no answer comes in time", "Flush standard output after each line; look for endless loops."),
    "protocol": Naming("answers break the protocol", "Read docs/clients.md on the protocol."),
    "members-reordered": Naming(
        "members come back in another order", "Harmless, unless texts are compared.", ("members-sorted",)
    ),
    "escapes": Naming("texts are escaped otherwise", "Harmless, unless texts are compared."),
    "white-space": Naming("white space between tokens changes", "Harmless, unless texts are compared."),
    "others": Naming("other differences", "Look at the cases."),
}
_PATTERNS: Final = tuple((re.compile(re.escape(name).replace(r"\*", "(.+)")), said) for name, said in NAMINGS.items())


def naming(name: str) -> Naming:
    """What is said of the cause `name`."""
    for pattern, said in _PATTERNS:
        if found := pattern.fullmatch(name):
            end = found[1].replace("-", " ") if found.groups() and name.startswith("refuses-") else ""
            return Naming(said.title.replace("{}", end or (found[1] if found.groups() else "")), said.fix, said.known)
    head, _, kind = name.partition(":")
    said = NAMINGS[head if head in NAMINGS else "others"]
    return Naming(said.title.replace("{}", kind), said.fix, said.known)
