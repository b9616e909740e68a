"""
The inputs that are measured: what the API answers, made up from a seed and valid under every rule.

Each variant says the same as its plain page in another spelling, or adds what the live API is known to add.
"""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any, Final

from usagecompat import check
from usagecompat.contract.revisions import LATEST
from usagecompat.contract.tree import contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BUCKETS: Final = 31
RESULTS: Final = 10
_SIZED: Final = "2026-08-21"
"""The revision whose members the results have, which makes a bucket of about 700 bytes and a page of 160 kB."""
_DAY: Final = 86_400
_START: Final = 1_790_812_800
_MODELS: Final = ("gpt-5.2-2026-08-01", "gpt-4.1-mini-2025-04-14", "o5-2026-03-14", "text-embedding-3-large")

PLAIN_OF: Final = {
    "page, pretty-printed": "page of completions",
    "page, reordered": "page of completions",
    "page, iso times": "page of completions",
    "costs, string amounts": "page of costs",
    "costs, organization members": "page of costs",
    "costs, all of it, pretty-printed": "page of costs",
}
"""The inputs that are as the live API sends them, each with the plain page that it says the same as."""

AMOUNTS: Final = "costs with amounts of "
"""How the inputs are called in which each cost has another amount."""

_VARIED: Final[dict[str, tuple[Iterable[int], float]]] = {
    **{f"{digits} digits": ((digits,), 0.0) for digits in range(1, 35)},
    "2 or 17 digits": ((2, 17), 0.0),
    "5 to 8 digits": (range(5, 9), 0.0),
    "7 to 9 digits": (range(7, 10), 0.0),
    "1 to 34 digits": (range(1, 35), 0.0),
    "1 to 34 digits, half of them strings": (range(1, 35), 0.5),
    "1 to 34 digits, all of them strings": (range(1, 35), 1.0),
}
"""How many digits the amounts of such a page have, and which share of them are strings."""

Tree = dict[str, Any]


def kinds() -> dict[str, str]:
    """The discriminators of the newest revision by a short name: `completions`, `costs` and so on."""
    return {
        kind.removeprefix("organization.").removeprefix("usage.").removesuffix(".result"): kind
        for kind in contract(LATEST).kinds
    }


def page(kind: str, *, buckets: int = BUCKETS, results: int = RESULTS) -> Tree:
    """A page of full buckets with results of one kind, each with every member of one revision."""
    return _page([_bucket(kind, index, results) for index in range(buckets)])


def mixed_page() -> Tree:
    """A page whose buckets have one kind each, all kinds in turn."""
    names = tuple(kinds())
    return _page([_bucket(names[index % len(names)], index, RESULTS) for index in range(BUCKETS)])


def bucket(index: int = 0) -> Tree:
    """One bucket with one completions result, about 700 bytes of text; each index has another."""
    return _bucket("completions", index, 1)


def compact(tree: Tree) -> bytes:
    """The text that the API sends for `tree` where it saves white space."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def pretty(tree: Tree) -> bytes:
    """The text with two spaces of indentation, as the live API has sent it."""
    return json.dumps(tree, ensure_ascii=False, indent=2).encode()


def reordered(tree: Tree) -> Tree:
    """`tree` with the members of pages, buckets and results in an order that the contract does not have."""
    return {
        **{name: tree[name] for name in ("object", "has_more", "next_page")},
        "data": [
            {
                "object": "bucket",
                "end_time": one["end_time"],
                "results": [_grouped_first(result) for result in one["results"]],
                "start_time": one["start_time"],
            }
            for one in tree["data"]
        ],
    }


def with_iso_times(tree: Tree) -> Tree:
    """`tree` with the undeclared times that live buckets carry."""
    return {
        **tree,
        "data": [
            {**one, "start_time_iso": "2026-10-01T00:00:00+00:00", "end_time_iso": "2026-10-02T00:00:00+00:00"}
            for one in tree["data"]
        ],
    }


def with_organization(tree: Tree) -> Tree:
    """`tree` with the undeclared members that live costs carry."""
    more = {"organization_id": "org-made-up-0001", "organization_name": "Example", "project_name": "Demo project"}
    return with_results(tree, lambda result: {**result, **more})


def with_amounts(tree: Tree, value: float | str) -> Tree:
    """`tree` with another value of each cost."""
    return with_results(tree, lambda result: {**result, "amount": {**result["amount"], "value": value}})


def with_string_amounts(tree: Tree) -> Tree:
    """`tree` with each cost as a string, as the API has sent it since 2026."""
    return with_amounts(tree, "0.2911922500000000000000000000")


def with_varied_amounts(tree: Tree, digits: Iterable[int], *, texts: float = 0.0) -> bytes:
    """
    The text of `tree` with another amount in each cost, as a number or as a string.

    Args:
        tree: A page of costs.
        digits: How many significant digits amounts have; one of these is chosen for each.
        texts: Which share of the amounts are strings.
    """
    sizes = tuple(digits)
    random = Random(f"{sizes}/{texts}")

    def spelled(_: re.Match[bytes]) -> bytes:
        amount = _amount(random.choice(sizes), random)
        return f'"{amount}"'.encode() if random.random() < texts else amount.encode()

    return re.sub(rb'"@"', spelled, compact(with_amounts(tree, "@")))


def _amount(digits: int, random: Random) -> str:
    """A number of so many significant digits, as amounts of dollars are written."""
    text = str(random.randrange(10 ** (digits - 1), 10**digits))
    text = text[:-1] + random.choice("123456789")
    point = random.randrange(min(digits, 4) + 1)
    if not point:
        return f"0.{text}"
    return text[:point] + (f".{text[point:]}" if text[point:] else "")


def with_results(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """`tree` with each result changed."""
    return {**tree, "data": [{**one, "results": [change(result) for result in one["results"]]} for one in tree["data"]]}


def with_one_fault(tree: Tree) -> Tree:
    """`tree` with one counter as a string, in the middle of the page."""
    changed: Tree = json.loads(compact(tree))
    result = changed["data"][len(changed["data"]) // 2]["results"][-1]
    result["input_tokens"] = str(result["input_tokens"])
    return changed


def build(*, small: bool = False) -> dict[str, bytes]:
    """
    All inputs by name.

    Args:
        small: Pages of three buckets, to see that everything works.
    """
    buckets = 3 if small else BUCKETS
    pages = {name: page(name, buckets=buckets) for name in kinds()}
    completions, costs = pages["completions"], pages["costs"]
    inputs = {"bucket": compact(bucket())}
    inputs |= {f"page of {name}": compact(tree) for name, tree in pages.items()}
    inputs |= {
        "page of all kinds": compact(mixed_page()),
        "page, pretty-printed": pretty(completions),
        "page, reordered": compact(reordered(completions)),
        "page, iso times": compact(with_iso_times(completions)),
        "costs, string amounts": compact(with_string_amounts(costs)),
        "costs, organization members": compact(with_organization(costs)),
        "costs, all of it, pretty-printed": pretty(with_iso_times(with_organization(with_string_amounts(costs)))),
        "page with one fault": compact(with_one_fault(completions)),
    }
    inputs |= {
        f"{AMOUNTS}{name}": with_varied_amounts(costs, digits, texts=texts) for name, (digits, texts) in _VARIED.items()
    }
    for name, payload in inputs.items():
        verdict = (
            "invalid"
            if "fault" in name
            else "acceptable"
            if (name.startswith("costs, ") and "org" not in name) or name.endswith("strings")
            else "valid"
        )
        report = check(payload)
        assert report.verdict == verdict, (name, report)  # noqa: S101 - a wrong input would be measured in vain
    return inputs


def _page(buckets: list[Tree]) -> Tree:
    return {"object": "page", "data": buckets, "has_more": True, "next_page": "page_AAAAAGx1c2FnZQ=="}


def _bucket(kind: str, index: int, results: int) -> Tree:
    random = Random(f"{kind}/{index}")
    return {
        "object": "bucket",
        "start_time": _START + index * _DAY,
        "end_time": _START + (index + 1) * _DAY,
        "results": [_result(kind, number, random) for number in range(results)],
    }


def _result(kind: str, number: int, random: Random) -> Tree:
    """One result; its project is its own in its bucket, so that no two have the same group keys."""
    name = kinds()[kind]
    shape = contract(_SIZED).kinds.get(name) or contract(LATEST).kinds[name]
    count = {member: random.randrange(1_000_000) for member in shape.members}
    values: Tree = {
        **count,
        "object": name,
        "project_id": f"proj_{number:02}{random.randrange(16**10):010x}",
        "user_id": f"user-{random.randrange(16**10):010x}",
        "api_key_id": f"key_{random.randrange(16**10):010x}",
        "model": random.choice(_MODELS),
        "batch": random.random() < 0.3,
        "service_tier": random.choice(("default", "flex", "priority")),
        "api_source": "unlabeled",
        "source": "image.generation",
        "size": "1024x1024",
        "vector_store_id": f"vs_{random.randrange(16**10):010x}",
        "context_level": "medium",
        "line_item": f"{random.choice(_MODELS)}, input",
        "amount": {"value": round(random.uniform(0.001, 90), 4), "currency": "usd"},
        "quantity": random.randrange(1, 5_000_000),
        "quantity_unit": "tokens",
    }
    if "output_tokens" in count:
        values |= _tokens(random)
    return {member: values[member] for member in count}


def _tokens(random: Random) -> Tree:
    """Counters for which the sums of the vendor hold."""
    parts = {
        f"{group}_{medium}_tokens": random.randrange(200_000)
        for group in ("input", "input_cached", "output")
        for medium in ("text", "audio", "image")
    }
    sums = {
        group: sum(parts[f"{group}_{medium}_tokens"] for medium in ("text", "audio", "image"))
        for group in ("input", "input_cached", "output")
    }
    long, short = random.randrange(1000), random.randrange(1000)
    written = long + short + random.randrange(1000)
    return {
        **parts,
        "input_uncached_tokens": sums["input"],
        "input_cached_tokens": sums["input_cached"],
        "output_tokens": sums["output"],
        "input_cache_write_tokens": written,
        "input_cache_write_12h_tokens": long,
        "input_cache_write_30m_tokens": short,
        "input_tokens": sums["input"] + sums["input_cached"] + written,
    }


def _grouped_first(result: Tree) -> Tree:
    """The result with its group keys in front of its counters."""
    counters = {name: value for name, value in result.items() if name.endswith("_tokens")}
    return {"object": result["object"], **{n: v for n, v in result.items() if n not in counters}, **counters}
