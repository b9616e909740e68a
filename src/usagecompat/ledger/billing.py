"""
What the events cost: the lines of the bill, exact to the last of 28 decimals.

An amount is a whole number of 10^-28 dollars, so that sums are sums of integers and nothing is ever rounded.
A day's whole bill stays below a million dollars, which makes 34 digits the most that a sum can have.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.ledger.events import STORAGE_STEP, USAGE, Event, events_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.ledger.events import Key

DECIMALS: Final = 28
"""How many decimals an amount has."""

QUANTITY_DECIMALS: Final = 4
"""How many decimals a quantity has; only gibibyte hours need them."""

_ONE: Final = 10**QUANTITY_DECIMALS
_STORED: Final = 2**30 // STORAGE_STEP


@frozen
class Price:
    """What one unit costs, and how its line is called."""

    line: str
    """The line of the bill; `{}` stands for the model."""
    counts: tuple[str, ...]
    """The counts that are added up."""
    each: Mapping[str, int]
    """The price of one by model, in 10^-28 dollars; of any model under an empty name."""
    unit: str | None
    """The unit of the quantity; None if the line counts nothing that the contract has a unit for."""


def _dollars(text: str) -> int:
    """The price in 10^-28 dollars of a text with at most so many decimals."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(DECIMALS, "0"))


_INPUT: Final = {
    "gpt-5.5-2026-04-23": _dollars("0.00000125"),
    "gpt-5-mini-2025-08-07": _dollars("0.00000025"),
    "gpt-4.1": _dollars("0.000002"),
    "ft:gpt-4.1-mini:example::B7x": _dollars("0.0000008123456789012345678901"),  # as negotiated: not a short number
    "gpt-audio": _dollars("0.0000025"),
    "omni-decide-1": _dollars("0.0000031415926535897932384626"),
    "omni-decide-1-mini": _dollars("0.0000004"),
    "text-embedding-3-large": _dollars("0.00000013"),
    "text-embedding-3-small": _dollars("0.00000002"),
    "omni-moderation-latest": 0,  # moderation is free
    "tts-1-hd": _dollars("0.00003"),
    "gpt-4o-mini-tts": _dollars("0.0000006"),
    "whisper-1": _dollars("0.0001"),
    "gpt-4o-transcribe": _dollars("0.0001666666666666666666666667"),
}


def _scaled(factor: int, divisor: int = 1) -> dict[str, int]:
    return {model: price * factor // divisor for model, price in _INPUT.items()}


_CHAT: Final = (
    Price("{}, input", ("input_uncached_tokens",), _INPUT, "tokens"),
    Price("{}, cached input", ("input_cached_tokens",), _scaled(1, 10), "tokens"),
    Price("{}, cache writes", ("input_cache_write_30m_tokens",), _scaled(5, 4), "tokens"),
    Price("{}, cache writes - 12hr", ("input_cache_write_12h_tokens",), _scaled(2), "tokens"),
    Price("{}, output", ("output_tokens",), _scaled(8), "tokens"),
)

_PRICES: Final[Mapping[str, tuple[Price, ...]]] = {
    "usage/completions": _CHAT,
    "usage/decisions": _CHAT,
    "usage/embeddings": (Price("{}, input", ("input_tokens",), _INPUT, "tokens"),),
    "usage/moderations": (Price("{}, input", ("input_tokens",), _INPUT, "tokens"),),
    "usage/images": (
        Price(
            "{} image, output",
            ("images",),
            {"gpt-image-1": _dollars("0.04"), "dall-e-3": _dollars("0.0166666666666666666666666667")},
            "images",
        ),
    ),
    "usage/audio_speeches": (Price("{}, input", ("characters",), _INPUT, "characters"),),
    "usage/audio_transcriptions": (Price("{}, input", ("seconds",), _INPUT, "duration_seconds"),),
    "usage/vector_stores": (Price("file search storage", ("usage_bytes",), {"": _dollars("0.0001")}, "gibibyte_hours"),),
    "usage/code_interpreter_sessions": (Price("code interpreter sessions", ("num_sessions",), {"": _dollars("0.03")}, None),),
    "usage/file_search_calls": (Price("assistants api | file search", ("num_requests",), {"": _dollars("0.0025")}, None),),
    "usage/web_search_calls": (Price("web search tool calls", ("num_requests",), {"": _dollars("0.01")}, None),),
}  # fmt: skip


@lru_cache(maxsize=256)
def charges_of_day(seed: int, day: int) -> tuple[Event, ...]:
    """
    What was charged for the events of a day, in order of endpoints and of time.

    A charge is an event whose counts are its `amount`, in 10^-28 dollars, and its `quantity`, in 10^-4 of its unit.
    """
    return tuple(
        charge for name in USAGE for event in events_of_day(seed, name, day) for charge in _charges(name, event)
    )


def _charges(endpoint: str, event: Event) -> Iterator[Event]:
    model = event.keys.get("model")
    for price in _PRICES[endpoint]:
        count = sum(event.counts[name] for name in price.counts)
        if not count:
            continue
        each = price.each[model if isinstance(model, str) and model in price.each else ""]
        keys: dict[str, Key] = {
            "project_id": event.keys["project_id"],
            "user_id": event.keys.get("user_id"),
            "line_item": price.line.format(model),
            "api_key_id": event.keys.get("api_key_id"),
            "api_source": event.keys.get("api_source"),
        }
        if price.unit == "gibibyte_hours":
            steps = count // STORAGE_STEP
            amount, quantity = steps * (each // _STORED), steps * (_ONE // _STORED)
        else:
            amount, quantity = count * each, count * _ONE
        yield Event(event.second, keys, {"amount": amount, "quantity": quantity}, price.unit)
