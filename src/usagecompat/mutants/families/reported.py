"""
The faults that public clients are known to have had, one mutant for each, in the order of the table `docs/faults.md`.

The first part was seen in the wild; the second was measured on published and on generated clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, REVISIONS, Count, GroupKey, JsonType, Quantity, contract, is_number_text
from usagecompat.jsontext import Number, Tree, write
from usagecompat.mutants.families.amounts import STRINGS_SINCE, leading_digits, value
from usagecompat.mutants.families.members import DEFAULTS
from usagecompat.mutants.families.numbers import QUANTITY_SINCE
from usagecompat.mutants.families.pages import filled_if_empty
from usagecompat.mutants.families.texts import reading
from usagecompat.mutants.model import Mutant, lenient, lossy, refuse
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.errors import meaning, no_results, wrong
from usagecompat.mutants.support.exact import INTEGERS
from usagecompat.mutants.support.walks import (
    GONE,
    deep,
    deep_objects,
    is_cost,
    member,
    members,
    numbers,
    of_number,
    of_text,
    on_amounts,
    on_buckets,
    on_page,
    on_results,
    on_undeclared,
    on_unknown,
    ordered,
    renamed,
    tag_of,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.mutants.model import Answer, Change, PayloadView
    from usagecompat.mutants.support.walks import Object

FAMILY: Final = "reported"
_COMPLETIONS: Final = "organization.usage.completions.result"
_INVENTED: Final = {
    "images": "num_images",
    "seconds": "input_seconds",
    "characters": "num_characters",
    "num_requests": "num_queries",
}
_GUESSED: Final = {
    "organization.usage.web_searches.result": "organization.usage.web_search_calls.result",
    "organization.usage.file_searches.result": "organization.usage.file_search_calls.result",
}
_NINE: Final = frozenset(contract(REVISIONS[0]).kinds)


def mutants() -> Iterator[Mutant]:
    """All of them, in order."""
    yield from _string_amounts()
    yield from _numbers()
    yield from _names_and_kinds()
    yield from _presence()
    yield from _pages()
    yield from _measured_kinds()
    yield from _measured_values()


def _reported(slug: str, change: Change, since: str = REVISIONS[0]) -> Mutant:
    return lossy(f"{FAMILY}/{slug}", change, since=since)


def _string_amounts() -> Iterator[Mutant]:
    yield _reported(
        "string-amount-fails-page", value(of_text(lambda _: refuse("expected a number, found a string"))), STRINGS_SINCE
    )
    yield _reported(
        "string-amount-throws-when-read",
        value(of_text(lambda old: refuse("the value is not a number") if is_number_text(old) else old)),
        STRINGS_SINCE,
    )
    yield _reported("string-amount-skipped", value(of_text(lambda _: GONE)), STRINGS_SINCE)
    yield _reported("string-amount-concatenated", value(of_text(lambda old: f"0{old}")), STRINGS_SINCE)
    yield _reported(
        "string-amount-as-float", value(of_text(lambda old: exact.through_python_float(Number(old)))), STRINGS_SINCE
    )
    yield _reported(
        "string-amount-refused",
        on_results(lambda node: refuse("no string is money") if is_cost(node) and _has_text(node) else node),
        STRINGS_SINCE,
    )
    yield _reported("amount-leading-digits", value(of_text(lambda old: leading_digits(old) or "0")), STRINGS_SINCE)
    words = ("nan", "inf", "infinity", "-inf", "-infinity")
    yield lenient(f"{FAMILY}/non-finite-amount", wrong(lambda old: isinstance(old, str) and old.lower() in words))


def _has_text(node: Object) -> bool:
    amount = node.get("amount")
    return isinstance(amount, dict) and isinstance(amount.get("value"), str)


def _numbers() -> Iterator[Mutant]:
    yield _reported("amount-binary32", value(of_number(exact.through_binary32)))
    yield _reported(
        "amount-rounded",
        value(exact.in_either(exact.to_places(9))),
    )
    yield _reported(
        "32-bit-integers",
        numbers(JsonType.INTEGER, exact.beyond(*INTEGERS["int32"], lambda: refuse("does not fit 32 bits"))),
    )
    yield _reported(
        "all-numbers-double",
        deep(of_number(exact.through_binary64)),
    )
    yield _reported(
        "quantity-float", numbers(JsonType.NUMBER, exact.through_python_float, marker=Quantity), QUANTITY_SINCE
    )


def _names_and_kinds() -> Iterator[Mutant]:
    yield _reported(
        "reads-result",
        on_buckets(lambda n: {**member(n, "results", lambda _: GONE), "result": []} if "results" in n else n),
    )
    yield _reported("reads-sessions", on_results(lambda n: member(n, "num_sessions", lambda _: GONE)))
    yield _reported(
        "invented-names", on_results(lambda n: renamed(n, lambda one: _INVENTED.get(one, one)) if _images(n) else n)
    )
    yield _reported(
        "guessed-discriminators",
        on_results(lambda n: {**n, "object": _GUESSED[tag_of(n)]} if tag_of(n) in _GUESSED else n),
    )
    yield _reported(
        "closed-union", on_results(lambda n: n if tag_of(n) in _NINE else refuse(f"unknown variant {tag_of(n)!r}"))
    )
    yield _reported("unknown-as-first-variant", on_unknown(lambda n: {**n, "object": _COMPLETIONS}))
    yield _reported(
        "one-class-for-all",
        on_results(
            lambda n: {
                **n,
                **{
                    name: Number("0")
                    for name in ("input_tokens", "output_tokens", "num_model_requests")
                    if name not in n
                },
            }
        ),
    )


def _images(node: Object) -> bool:
    return not is_cost(node) and tag_of(node) in contract(LATEST).kinds


def _presence() -> Iterator[Mutant]:
    yield _reported(
        "null-key-as-text",
        on_results(lambda n: members(n, lambda name, old: "" if old is None and name in _TEXT_KEYS else old)),
    )
    yield _reported("nulls-dropped", deep_objects(lambda n: members(n, lambda _, old: GONE if old is None else old)))
    yield _reported("undeclared-dropped", on_undeclared(lambda _, __: GONE))
    yield _reported("optional-required", on_results(_with_all_optional))


_TEXT_KEYS: Final = frozenset(
    name for name, one in contract(LATEST).flat.members.items() if one.nullable and one.type is JsonType.STRING
)


def _with_all_optional(node: Object) -> Object:
    if is_cost(node) and "amount" not in node:
        refuse("`amount` is missing")
    if tag_of(node) == _COMPLETIONS and "input_cached_tokens" not in node:
        refuse("`input_cached_tokens` is missing")
    return node


def _pages() -> Iterator[Mutant]:
    yield _reported(
        "bucket-as-record",
        on_buckets(
            lambda n: {
                **member(member(n, "results", lambda _: GONE), "result", lambda _: GONE),
                "input_tokens": Number("0"),
                "output_tokens": Number("0"),
            }
        ),
    )
    yield _reported(
        "first-page-only",
        on_page(lambda n: {**n, "has_more": False, "next_page": None} if n.get("has_more") is True else n),
    )
    yield _reported("members-sorted", deep_objects(lambda n: ordered(n, sorted(n))))
    yield _reported("cents-for-dollars", on_amounts(_in_cents))
    yield _reported(
        "value-misspelt",
        on_results(lambda n: member(n, "source", lambda old: "unsplimage.editash" if old == "image.edit" else old)),
    )
    yield _reported("empty-bucket-filled", on_buckets(filled_if_empty))
    yield lenient(f"{FAMILY}/missing-results-accepted", no_results)


def _in_cents(node: Object) -> Object:
    node = member(node, "value", exact.in_either(exact.scaled(2)))
    return member(node, "currency", of_text(str.lower))


def _measured_kinds() -> Iterator[Mutant]:
    yield _reported(
        "all-kinds-members-as-zeros",
        on_results(
            lambda n: {
                **n,
                **{name: DEFAULTS[one.type][1] for name, one in contract(LATEST).flat.members.items() if name not in n},
            }
        ),
    )
    yield _reported("absent-as-null", on_results(_nulls_for_absent))
    yield _reported(
        "null-flag-as-false", on_results(lambda n: member(n, "batch", lambda old: False if old is None else old))
    )
    yield Mutant(name=f"{FAMILY}/null-object-as-empty", play=_null_amount, validates=True)
    yield _reported("unmatched-record-removed", on_results(lambda n: n if tag_of(n) in _NINE else GONE))
    yield _reported("unmatched-record-emptied", on_results(lambda n: n if tag_of(n) in _NINE else {}))
    yield _reported("schema-name-as-discriminator", on_results(lambda n: refuse(f"no schema is called {tag_of(n)!r}")))
    yield _reported(
        "exactly-one-variant",
        on_results(
            lambda n: (
                refuse("two variants match") if tag_of(n).endswith(("embeddings.result", "moderations.result")) else n
            )
        ),
    )
    yield _reported("unknown-member-refused", on_undeclared(lambda name, _: refuse(f"unknown field {name!r}")))
    yield Mutant(name=f"{FAMILY}/discriminator-invented", play=_with_discriminator, validates=True)


def _nulls_for_absent(node: Object) -> Object:
    shape = contract(LATEST).kinds.get(tag_of(node))
    return node if shape is None else {**node, **{name: None for name in shape.members if name not in node}}


def _null_amount(view: PayloadView) -> Answer:
    nulls = [one for one in view.errors if one.code == "schema/unexpected-null" and one.path[-1:] == ("amount",)]
    if not nulls or len(nulls) < len(view.errors):
        return view.faithful
    emptied = on_results(lambda n: member(n, "amount", lambda old: {} if old is None else old))
    return _written(emptied, view)


def _with_discriminator(view: PayloadView) -> Answer:
    missing = [one for one in view.errors if one.code == "schema/missing-member" and one.path[-1:] == ("object",)]
    if not missing or len(missing) < len(view.errors):
        return view.faithful
    return _written(on_results(lambda n: n if "object" in n else {"object": _COMPLETIONS, **n}), view)


def _written(change: Change, view: PayloadView) -> Answer:
    """What a change makes of a payload that should have been refused."""
    return write(change(view.tree, view))


def _measured_values() -> Iterator[Mutant]:
    yield _reported(
        "unfitting-integer-zero", numbers(JsonType.INTEGER, exact.beyond(*INTEGERS["int64"], lambda: Number("0")))
    )
    yield Mutant(name=f"{FAMILY}/lenient-counts", play=_lenient_counts, validates=True)
    yield _reported(
        "infinite-amount-null", value(of_number(lambda n: None if abs(exact.binary64(n)) == float("inf") else n))
    )
    yield _reported(
        "negative-zero-unsigned",
        deep(of_number(exact.without_sign_of_zero)),
    )
    yield _reported("15-digits", typed(JsonType.NUMBER, of_number(exact.to_digits(15))))
    yield Mutant(name=f"{FAMILY}/false-word-as-flag", play=_flag_words, validates=True)
    yield Mutant(name=f"{FAMILY}/first-duplicate", play=reading("duplicates-first"), validates=True)
    yield _reported(
        "null-cursor-refused",
        on_page(lambda n: member(n, "next_page", lambda old: refuse("`next_page` is null") if old is None else old)),
    )
    yield _reported("enumeration-as-object", on_results(lambda n: member(n, "quantity_unit", lambda _: {})))
    yield _reported(
        "last-variant-only", on_results(lambda n: n if is_cost(n) else refuse(f"{tag_of(n)!r} is not allowed"))
    )
    yield Mutant(name=f"{FAMILY}/state-left-behind", play=lambda view: view.faithful, after=_after_failure)


def _lenient_counts(view: PayloadView) -> Answer:
    def count(old: Tree) -> Tree:
        if isinstance(old, str) and is_number_text(old):
            old = Number(old)
        return exact.cut(old) if isinstance(old, Number) else old

    if not view.errors or not all(_is_count(one, view) for one in view.errors):
        return view.faithful
    return _written(typed(JsonType.INTEGER, count, marker=Count), view)


_is_count: Final = wrong(
    lambda old: isinstance(old, Number) or (isinstance(old, str) and is_number_text(old) is not None), meaning(Count)
)


def _flag_words(view: PayloadView) -> Answer:
    words = ("true", "false")
    if not view.errors or any(f.path[-1:] != ("batch",) or view.node_at(f.path) not in words for f in view.errors):
        return view.faithful
    return _written(typed(JsonType.BOOLEAN, of_text(lambda _: True), marker=GroupKey), view)


def _after_failure(before: PayloadView, view: PayloadView) -> Answer:
    """The next page loses the second half of the members of each result."""
    if not before.errors or view.errors:
        return view.faithful

    def half(node: Object) -> Object:
        return dict(list(node.items())[: len(node) // 2 + 1])

    return _written(on_results(half), view)
