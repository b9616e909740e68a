"""
What happens in an organization, second by second: the one source of every answer.

A day's events follow from the seed, the endpoint and the day, so that any window can be asked for without a past.
Things happen in bursts: most minutes are silent, and in a busy one several callers are at work.
Some events stand on the first or on the last second of an hour, where a window that is wrong by one loses them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from usagecompat.ledger._draws import Draws
from usagecompat.ledger.organization import organization

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.ledger.organization import Organization

DAY: Final = 86_400
_HOUR: Final = 3_600

FOUNDED: Final = 1_704_067_200
"""2024-01-01: before that day there was no organization, and nothing happened."""

Key: TypeAlias = str | bool | None


@frozen
class Event:
    """Something that happened in one second."""

    second: int
    keys: Mapping[str, Key]
    """Who and what it belongs to, by group key."""
    counts: Mapping[str, int]
    """How much it was, by the newest name of the member."""
    unit: str | None = None
    """What the quantity of a charge is counted in."""


TEXT_MODELS: Final = (
    "gpt-5.5-2026-04-23",
    "gpt-5-mini-2025-08-07",
    "gpt-4.1",
    "ft:gpt-4.1-mini:example::B7x",
    "gpt-audio",
)
DECISION_MODELS: Final = ("omni-decide-1", "omni-decide-1-mini")
EMBEDDING_MODELS: Final = ("text-embedding-3-large", "text-embedding-3-small")
MODERATION_MODELS: Final = ("omni-moderation-latest",)
IMAGE_MODELS: Final = ("gpt-image-1", "dall-e-3")
SPEECH_MODELS: Final = ("tts-1-hd", "gpt-4o-mini-tts")
TRANSCRIPTION_MODELS: Final = ("whisper-1", "gpt-4o-transcribe")
SEARCH_MODELS: Final = ("gpt-5.5-2026-04-23", "gpt-4.1")
_TIERS: Final = ("default", "flex", "priority")
_SOURCES: Final = ("unlabeled", "unlabeled", "agents_api")
_SIZES: Final = ("256x256", "512x512", "1024x1024", "1024x1792")
_ORIGINS: Final = ("image.generation", "image.generation", "image.edit", "image.variation")
_LEVELS: Final = ("low", "medium", "high")

STORAGE_STEP: Final = 2**26
"""Storage is counted in sixteenths of a gibibyte, so that gibibytes are short decimals."""


def _caller(draws: Draws, org: Organization) -> dict[str, Key]:
    caller = draws.one_of(org.callers)
    return {"project_id": caller.project, "user_id": caller.user, "api_key_id": caller.key}


def _tokens(draws: Draws, largest: int) -> dict[str, int]:
    """The tokens of some requests in every split that the contract has; each sum is what the vendor says it is."""

    def some(odds: int = 1) -> int:
        return draws.below(1_000) * 10 ** draws.below(largest) if not draws.below(odds) else 0

    text, audio, image = some(), some(4), some(4)
    cached_text, cached_audio, cached_image = some(2), some(6), some(6)
    write_30m, write_12h = some(3), some(5)
    out_text, out_audio, out_image = some(), some(4), some(6)
    uncached, cached = text + audio + image, cached_text + cached_audio + cached_image
    return {
        "input_tokens": uncached + cached + write_30m + write_12h,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": write_30m + write_12h,
        "input_uncached_tokens": uncached,
        "output_tokens": out_text + out_audio + out_image,
        "input_text_tokens": text,
        "output_text_tokens": out_text,
        "input_cached_text_tokens": cached_text,
        "input_audio_tokens": audio,
        "input_cached_audio_tokens": cached_audio,
        "output_audio_tokens": out_audio,
        "input_image_tokens": image,
        "input_cached_image_tokens": cached_image,
        "output_image_tokens": out_image,
        "num_model_requests": 1 + draws.below(40),
        "input_cache_write_12h_tokens": write_12h,
        "input_cache_write_30m_tokens": write_30m,
    }


def _chat(models: tuple[str, ...], largest: int) -> _Maker:
    def make(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
        keys: dict[str, Key] = {
            **_caller(draws, org),
            "model": draws.one_of(models),
            "batch": not draws.below(4),
            "service_tier": draws.one_of(_TIERS),
            "api_source": draws.one_of(_SOURCES),
        }
        return keys, _tokens(draws, largest)

    return make


def _simple(models: tuple[str, ...], member: str, most: int) -> _Maker:
    def make(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
        keys: dict[str, Key] = {**_caller(draws, org), "model": draws.one_of(models)}
        return keys, {member: 1 + draws.below(most), "num_model_requests": 1 + draws.below(40)}

    return make


def _images(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
    keys, counts = _simple(IMAGE_MODELS, "images", 60)(draws, org)
    return {**keys, "size": draws.one_of(_SIZES), "source": draws.one_of(_ORIGINS)}, counts


def _stores(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
    project, _ = draws.one_of(org.stores)
    return {"project_id": project}, {"usage_bytes": (1 + draws.below(40_000)) * STORAGE_STEP}


def _sessions(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
    return {"project_id": draws.one_of(tuple(org.projects))}, {"num_sessions": 1 + draws.below(30)}


def _file_searches(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
    project, store = draws.one_of(org.stores)
    caller = draws.one_of([caller for caller in org.callers if caller.project == project])
    keys: dict[str, Key] = {
        "project_id": project,
        "user_id": caller.user,
        "api_key_id": caller.key,
        "vector_store_id": store,
    }
    return keys, {"num_requests": 1 + draws.below(200)}


def _web_searches(draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
    keys, counts = _simple(SEARCH_MODELS, "num_requests", 200)(draws, org)
    return {**keys, "context_level": draws.one_of(_LEVELS), "api_source": draws.one_of(_SOURCES)}, counts


_Maker: TypeAlias = "Callable[[Draws, Organization], tuple[dict[str, Key], dict[str, int]]]"

_MAKERS: Final[Mapping[str, _Maker]] = {
    "usage/completions": _chat(TEXT_MODELS, 6),
    "usage/embeddings": _simple(EMBEDDING_MODELS, "input_tokens", 10**9),
    "usage/moderations": _simple(MODERATION_MODELS, "input_tokens", 10**6),
    "usage/images": _images,
    "usage/audio_speeches": _simple(SPEECH_MODELS, "characters", 10**6),
    "usage/audio_transcriptions": _simple(TRANSCRIPTION_MODELS, "seconds", 10**5),
    "usage/vector_stores": _stores,
    "usage/code_interpreter_sessions": _sessions,
    "usage/file_search_calls": _file_searches,
    "usage/web_search_calls": _web_searches,
    "usage/decisions": _chat(DECISION_MODELS, 5),
}
"""What one event of each usage endpoint is; costs follow from all of them."""

USAGE: Final = tuple(_MAKERS)
"""The usage endpoints."""

_QUIET: Final = 12
"""One day in so many passes without an event."""


@frozen
class NewKind:
    """A kind of result that only a draft has: what is counted of it, and by which keys, each with its values if it lists them."""

    counts: tuple[str, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]

    def __call__(self, draws: Draws, org: Organization) -> tuple[dict[str, Key], dict[str, int]]:
        """One event: usage of models by callers, as of most kinds."""
        usual, _ = _chat(TEXT_MODELS, 1)(draws, org)
        keys: dict[str, Key] = {name: usual.get(name) for name, _ in self.keys}
        keys |= {name: draws.one_of(values) for name, values in self.keys if values}
        return keys, {name: 1 + draws.below(1_000) for name in self.counts}


@lru_cache(maxsize=2_048)
def events_of_day(seed: int, endpoint: str, day: int, new: NewKind | None = None) -> tuple[Event, ...]:
    """
    What happened at a usage endpoint on a day, which is counted from 1970-01-01, in order of time.

    Args:
        seed: What the organization follows from.
        endpoint: The path.
        day: The day.
        new: What is counted there, of an endpoint that only a draft has.
    """
    start = day * DAY
    make = _MAKERS.get(endpoint, new)
    if start < FOUNDED or make is None:
        return ()
    draws = Draws("events", seed, endpoint, day)
    if not draws.below(_QUIET):
        return ()
    org = organization(seed)
    found: list[Event] = []
    for _ in range(1 + draws.below(5)):
        first = _first_second(draws)
        for _ in range(1 + draws.below(4)):
            second = start + min(first, DAY - 1)
            found.append(Event(second, *make(draws, org)))
            first += draws.below(45)
    return tuple(sorted(found, key=lambda event: event.second))


def _first_second(draws: Draws) -> int:
    """When a burst begins: anywhere in the day, or just at the edge of an hour."""
    edge = draws.below(8)
    if edge > 1:
        return draws.below(DAY)
    return draws.below(DAY // _HOUR) * _HOUR + (_HOUR - 1) * edge
