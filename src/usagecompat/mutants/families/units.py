"""
Faults in what values mean: units, rounding, members taken for each other, and times as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, Count, JsonType, declared_since
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.model import lossy
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.walks import (
    GONE,
    deep,
    members,
    numbers,
    of_member,
    of_number,
    on_results,
    on_undeclared,
    unnamed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Mutant
    from usagecompat.mutants.support.walks import Object

_UNITS: Final[Mapping[str, tuple[int, str]]] = {
    "seconds": (60, "minutes"),
    "usage_bytes": (1024**3, "gibibytes"),
    "characters": (1000, "thousands"),
    "input_tokens": (1000, "thousands"),
}
_TWINS: Final = (
    ("input_tokens", "output_tokens"),
    ("input_cached_tokens", "input_uncached_tokens"),
    ("input_cache_write_tokens", "input_cached_tokens"),
    ("input_text_tokens", "input_cached_text_tokens"),
    ("input_audio_tokens", "output_audio_tokens"),
    ("input_image_tokens", "output_image_tokens"),
    ("input_cached_audio_tokens", "input_cached_image_tokens"),
    ("input_cache_write_12h_tokens", "input_cache_write_30m_tokens"),
    ("num_model_requests", "num_requests"),
    ("user_id", "project_id"),
    ("api_key_id", "user_id"),
    ("size", "source"),
    ("quantity_unit", "line_item"),
)
_WRITES: Final = "input_cache_write_tokens"
_LONG_WRITES: Final = "input_cache_write_12h_tokens"
_SHORT_WRITES: Final = "input_cache_write_30m_tokens"
_LONG_WRITES_SINCE: Final = declared_since("UsageCompletionsResult", _LONG_WRITES) or LATEST
_SHORT_WRITES_SINCE: Final = declared_since("UsageCompletionsResult", _SHORT_WRITES) or LATEST
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_TIMES: Final[Mapping[str, tuple[str, Callable[[re.Match[str]], str]]]] = {
    "z": ("says Z where it said +00:00", lambda m: m[0].replace("+00:00", "Z")),
    "offset": ("says +00:00 where it said Z", lambda m: m[0].replace("Z", "+00:00")),
    "offset-added": ("says +00:00 where it said nothing", lambda m: m[0] if m[4] else f"{m[0]}+00:00"),
    "offset-dropped": ("loses its offset", lambda m: m[0].removesuffix(m[4] or "")),
    "space": ("has a space for its T", lambda m: m[0].replace("T", " ")),
    "date": ("keeps its date alone", lambda m: m[1]),
    "seconds-dropped": ("loses its seconds", lambda m: m[0].replace(m[2], m[2][:-3])),
    "milliseconds": ("gets milliseconds", lambda m: m[0] if m[3] else m[0].replace(m[2], f"{m[2]}.000")),
}
_LIMITS: Final = (100, 10**4, 10**6, 10**9, 10**12, 10**15, 10**18)


def mutants() -> Iterator[Mutant]:
    """Each unit, each rounding, each pair of members, and each way to write a time."""
    for name, (factor, words) in _UNITS.items():
        slug = name.replace("_", "-")
        yield lossy(
            f"unit/{slug}-less", on_results(of_member(name, _less(factor))), fault=f"`{name}` comes back in {words}."
        )
        yield lossy(
            f"unit/{slug}-more", on_results(of_member(name, _more(factor))), fault=f"`{name}` is taken for {words}."
        )
    for digits in (1, 2, 3, 6, 7, 9, 12):
        change = numbers(JsonType.INTEGER, _rounded(digits), marker=Count)
        yield lossy(f"unit/count-{digits}-digits", change, fault=f"A count is rounded to {digits} significant digits.")
    for step in (10, 100, 1000):
        down = numbers(JsonType.INTEGER, _stepped(step), marker=Count)
        yield lossy(f"unit/count-multiple-of-{step}", down, fault=f"A count comes back as a multiple of {step}.")
    for limit in _LIMITS:
        least = numbers(JsonType.INTEGER, exact.saturated(0, limit), marker=Count)
        yield lossy(f"unit/count-at-most-{limit}", least, fault=f"A count beyond {limit:,} comes back as that.")
    for one, other in _TWINS:
        slug = f"{one}-and-{other}".replace("_", "-")
        swap = {one: other, other: one}
        yield lossy(
            f"twins/{slug}-swapped", on_results(_swapped(swap)), fault=f"`{one}` and `{other}` come back exchanged."
        )
        yield lossy(
            f"twins/{slug}-copied",
            on_results(_copied(one, other)),
            fault=f"`{other}` comes back with the value of `{one}`.",
        )
    yield lossy(
        "unit/12-hour-writes-added-to-old-records",
        on_results(_recounted(sign=1, settled=False)),
        since=_LONG_WRITES_SINCE,
    )
    yield lossy(
        "unit/12-hour-writes-left-out-of-new-records",
        on_results(_recounted(sign=-1, settled=True)),
        since=_SHORT_WRITES_SINCE,
    )
    for name, (does, change_) in _TIMES.items():
        yield lossy(f"iso-time/{name}", on_undeclared(unnamed(_retold(change_))), fault=f"A time as text {does}.")
        yield lossy(
            f"iso-time/{name}-anywhere", deep(_retold(change_)), fault=f"Any string that looks like a time {does}."
        )
    for name in ("default", "unlabeled", "image.generation", "false"):
        yield lossy(
            f"unit/{name}-dropped",
            on_results(_without(name)),
            fault=f'A value of "{name}" is taken for a default and dropped.',
        )


def _less(factor: int) -> Callable[[Tree], Tree]:
    return of_number(lambda old: exact.whole(exact.integer(old) // factor))


def _more(factor: int) -> Callable[[Tree], Tree]:
    return of_number(lambda old: exact.whole(exact.integer(old) * factor))


def _rounded(digits: int) -> Callable[[Number], Tree]:
    rounding = exact.to_digits(digits)

    def change(old: Number) -> Tree:
        new = rounding(old)
        return exact.plain(new.decimal) if isinstance(new, Number) and new is not old else old

    return change


def _stepped(step: int) -> Callable[[Number], Tree]:
    def change(old: Number) -> Tree:
        rest = exact.integer(old) % step
        return exact.whole(exact.integer(old) - rest) if rest else old

    return change


def _recounted(*, sign: int, settled: bool) -> Callable[[Object], Object]:
    """Cache writes with their 12-hour part added or taken away, in records that say what the 30-minute part is or do not."""

    def change(node: Object) -> Object:
        whole, part = node.get(_WRITES), node.get(_LONG_WRITES)
        if isinstance(node.get(_SHORT_WRITES), Number) is not settled:
            return node
        if not isinstance(whole, Number) or not isinstance(part, Number) or not exact.integer(part):
            return node
        return {**node, _WRITES: exact.whole(exact.integer(whole) + sign * exact.integer(part))}

    return change


def _swapped(names: dict[str, str]) -> Callable[[Object], Object]:
    def change(node: Object) -> Object:
        new = {name: node.get(names.get(name, name), value) for name, value in node.items()}
        return node if all(new[name] is node[name] for name in node) else new

    return change


def _copied(one: str, other: str) -> Callable[[Object], Object]:
    return lambda node: (
        {**node, other: node[one]} if one in node and other in node and node[one] != node[other] else node
    )


def _retold(change: Callable[[re.Match[str]], str]) -> Callable[[Tree], Tree]:
    def retell(old: Tree) -> Tree:
        found = _ISO.fullmatch(old) if isinstance(old, str) else None
        return change(found) if found else old

    return retell


def _without(word: str) -> Callable[[Object], Object]:
    def default(value: Tree) -> bool:
        return value == word or (word == "false" and value is False)

    return lambda node: members(node, lambda _, value: GONE if default(value) else value)
