"""
What clients take for granted because they have never seen anything else.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from usagecompat.contract import KNOWN_UNDECLARED, records
from usagecompat.mutants.model import lossy, refuse, series
from usagecompat.mutants.support.rows import all_zero, integer_at
from usagecompat.mutants.support.walks import (
    GONE,
    of_member,
    of_text,
    on_amounts,
    on_buckets,
    on_lists,
    on_page,
    on_results,
    on_undeclared,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagecompat.mutants.model import Change, Mutant
    from usagecompat.mutants.support.walks import Changed, Object


def mutants() -> Iterator[Mutant]:
    """What a client takes for granted because it has never seen anything else."""
    patterns = {
        "project_id": r"proj_.+",
        "user_id": r"user-.+",
        "api_key_id": r"key_.+",
        "vector_store_id": r"vs_.+",
        "model": r"(?:gpt|o\d|text|whisper|tts|dall|ft|omni|chatgpt).+",
        "size": r"[0-9]+x[0-9]+",
        "source": r"image\.(?:generation|edit|variation)",
        "service_tier": r"auto|default|flex|priority|scale|batch",
        "context_level": r"low|medium|high",
        "quantity_unit": "|".join(records.QUANTITY_UNITS.known),
        "line_item": r".+, .+",
        "currency": r"[a-z]{3}",
        "organization_id": r"org-.+",
        "start_time_iso": r".*[Z+].*",
    }
    ends: dict[str, tuple[str, Callable[[str], Changed]]] = {
        "refused": ("is refused", lambda _: refuse("a value like no other")),
        "null": ("comes back as null", lambda _: None),
        "dropped": ("does not come back", lambda _: GONE),
        "unknown": ('comes back as "unknown"', lambda _: "unknown"),
    }
    for name, pattern in patterns.items():
        start = f"habit/{name.replace('_', '-')}-"
        fault = f"A `{name}` that is not like those that are usual {{}}."
        yield from series(lossy, start, ends, partial(_unlike, name, pattern), fault)
    widths = (60, 3600, 86400)
    yield lossy(
        "habit/bucket-width",
        on_buckets(
            lambda n: n if integer_at(n, "end_time") - integer_at(n, "start_time") in widths else refuse("an odd width")
        ),
    )
    yield lossy(
        "habit/whole-minutes", on_buckets(lambda n: refuse("an odd start") if integer_at(n, "start_time") % 60 else n)
    )
    yield lossy(
        "habit/past", on_buckets(lambda n: refuse("too old") if integer_at(n, "start_time") < 1577836800 else n)
    )
    yield lossy("habit/contiguous", on_page(_touching))
    yield lossy(
        "habit/same-members",
        on_lists(
            lambda d: d if len({tuple(sorted(one)) for one in d if isinstance(one, dict)}) < 2 else refuse("not alike")
        ),
    )
    yield lossy("habit/non-zero", on_results(lambda n: refuse("no usage") if all_zero(n) else n))
    yield lossy("habit/has-model", on_results(lambda n: n if "model" in n else refuse("no model")))
    yield lossy("habit/has-project", on_results(lambda n: n if "project_id" in n else refuse("no project")))
    yield lossy("habit/known-undeclared", on_undeclared(lambda name, old: old if name in KNOWN_UNDECLARED else GONE))
    yield lossy(
        "habit/snake-case-undeclared", on_undeclared(lambda name, old: old if re.fullmatch("[a-z_]+", name) else GONE)
    )


def _unlike(name: str, pattern: str, instead: Callable[[str], Changed]) -> Change:
    """A change of the values of a member that a pattern does not fit."""
    fits = re.compile(pattern).fullmatch
    walk = on_amounts if name == "currency" else on_buckets if name.endswith("iso") else on_results
    return walk(of_member(name, of_text(lambda old: old if fits(old) else instead(old))))


def _touching(page: Object) -> Object:
    data = page.get("data")
    buckets = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    gaps = any(integer_at(a, "end_time") != integer_at(b, "start_time") for a, b in pairwise(buckets))
    return refuse("a gap") if gaps else page
