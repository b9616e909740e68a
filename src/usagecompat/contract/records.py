"""
The contract: every record of the usage and costs endpoints, each member one line.

This file is the source from which schemas, converters, strategies and reference tables are derived.
A member's line gives its newest wire name, its type, what it means, and since when it is so.
The text under it is the same for editors, which show nothing else; a test holds the two together.
`None` in a type means that null is allowed; `Absent` means that some revision lets the member be left out.
"""

import sys
from decimal import Decimal
from typing import Annotated, Literal

from attrs import frozen

from usagecompat.contract.amount import CostsResultAmount as CostsResultAmount  # noqa: PLC0414 - a record here
from usagecompat.contract.base import Record
from usagecompat.contract.flat_record import (
    UsageTimeBucketResultInner as UsageTimeBucketResultInner,  # noqa: PLC0414 - likewise
)
from usagecompat.contract.markers import (
    ABSENT,
    Absent,
    Count,
    Flag,
    FormatSince,
    GroupKey,
    Items,
    Kind,
    Means,
    NullSince,
    Part,
    Quantity,
    RenamedAt,
    RequiredSince,
    Since,
    Text,
    Time,
    Values,
)

API_SOURCES = Values(("agents_api", "unlabeled"), closed=True)
_CACHE_WRITE_DOCS = "docstrings of the response types of openai on PyPI"
_30_MINUTES = "input_cache_write_30m_tokens"
_12_HOURS = "input_cache_write_12h_tokens"
ALL_WRITES = Means(
    since="2026-07-15",
    doc="Here they are all writes, however long they are kept.",
    source="openai/openai-openapi 535f5dc97632",
)
SHORT_WRITES = Means(
    since="2026-10-02",
    doc="Here they are the writes that are kept for 30 minutes; those kept for 12 hours come on top in a sum.",
    source=f"{_CACHE_WRITE_DOCS}, 3.24.0 to 3.35.0",
    leaves_out=_12_HOURS,
)
WRITES_AGAIN = Means(
    since="2026-10-21",
    doc="Here they are all writes again, unless the 30-minute part is absent or null: then it may be either.",
    source=f"{_CACHE_WRITE_DOCS}, from 3.36.0 on",
    leaves_out=_12_HOURS,
    unless=_30_MINUTES,
)
QUANTITY_UNITS = Values(
    (
        "tokens",
        "1000_tokens",
        "duration_seconds",
        "duration_minutes",
        "duration_hours",
        "gibibyte_hours",
        "images",
        "characters",
    )
)


@frozen(kw_only=True)
class UsageCompletionsResult(Record):
    """Tokens and requests of text, audio and image generation, per group."""

    object: Annotated[
        Literal["organization.usage.completions.result"], Kind("Says that this is a completions result.")
    ] = "organization.usage.completions.result"
    """Says that this is a completions result."""
    input_tokens: Annotated[int, Count("All tokens sent to the model, cached ones included.")]
    """All tokens sent to the model, cached ones included."""
    input_cached_tokens: Annotated[int | Absent, Count("Input tokens that were read from the prompt cache.")] = ABSENT
    """Input tokens that were read from the prompt cache."""
    input_cache_write_tokens: Annotated[
        int | Absent,
        Count("Input tokens that were written to the prompt cache."),
        Since("2026-07-15"),
        ALL_WRITES,
        SHORT_WRITES,
        WRITES_AGAIN,
    ] = ABSENT
    """
    Input tokens that were written to the prompt cache. Declared since 2026-07-15. From 2026-07-15 on: Here they are all
    writes, however long they are kept. From 2026-10-02 on: Here they are the writes that are kept for 30 minutes; those
    kept for 12 hours come on top in a sum. From 2026-10-21 on: Here they are all writes again, unless the 30-minute
    part is absent or null: then it may be either.
    """
    input_uncached_tokens: Annotated[
        int | Absent,
        Count("Input tokens that were neither read from nor written to the prompt cache."),
        Since("2026-07-15"),
    ] = ABSENT
    """Input tokens that were neither read from nor written to the prompt cache. Declared since 2026-07-15."""
    output_tokens: Annotated[int, Count("All tokens that the model produced.")]
    """All tokens that the model produced."""
    input_text_tokens: Annotated[int | Absent, Count("Uncached input tokens of text."), Since("2026-07-15")] = ABSENT
    """Uncached input tokens of text. Declared since 2026-07-15."""
    output_text_tokens: Annotated[int | Absent, Count("Output tokens of text."), Since("2026-07-15")] = ABSENT
    """Output tokens of text. Declared since 2026-07-15."""
    input_cached_text_tokens: Annotated[int | Absent, Count("Cached input tokens of text."), Since("2026-07-15")] = (
        ABSENT
    )
    """Cached input tokens of text. Declared since 2026-07-15."""
    input_audio_tokens: Annotated[int | Absent, Count("Uncached input tokens of audio."), Since("2024-12-16")] = ABSENT
    """Uncached input tokens of audio. Declared since 2024-12-16."""
    input_cached_audio_tokens: Annotated[int | Absent, Count("Cached input tokens of audio."), Since("2026-07-15")] = (
        ABSENT
    )
    """Cached input tokens of audio. Declared since 2026-07-15."""
    output_audio_tokens: Annotated[int | Absent, Count("Output tokens of audio."), Since("2024-12-16")] = ABSENT
    """Output tokens of audio. Declared since 2024-12-16."""
    input_image_tokens: Annotated[int | Absent, Count("Uncached input tokens of images."), Since("2026-07-15")] = ABSENT
    """Uncached input tokens of images. Declared since 2026-07-15."""
    input_cached_image_tokens: Annotated[int | Absent, Count("Cached input tokens of images."), Since("2026-07-15")] = (
        ABSENT
    )
    """Cached input tokens of images. Declared since 2026-07-15."""
    output_image_tokens: Annotated[int | Absent, Count("Output tokens of images."), Since("2026-07-15")] = ABSENT
    """Output tokens of images. Declared since 2026-07-15."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""
    batch: Annotated[bool | None | Absent, GroupKey("Whether the requests came through the Batch API.")] = ABSENT
    """Whether the requests came through the Batch API."""
    service_tier: Annotated[
        str | None | Absent, GroupKey("The service tier that handled the requests."), Since("2026-05-13")
    ] = ABSENT
    """The service tier that handled the requests. Declared since 2026-05-13."""
    input_cache_write_12h_tokens: Annotated[
        int | Absent, Count("Tokens written to the cache for 12 hours."), Since("2026-10-02")
    ] = ABSENT
    """Tokens written to the cache for 12 hours. Declared since 2026-10-02."""
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT
    """The API through which the requests came. One of `agents_api`, `unlabeled`. Declared since 2026-10-06."""
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, Count("Tokens written to the cache for 30 minutes."), Since("2026-10-21")
    ] = ABSENT
    """Tokens written to the cache for 30 minutes. Declared since 2026-10-21."""


@frozen(kw_only=True)
class UsageEmbeddingsResult(Record):
    """Tokens and requests of embeddings, per group."""

    object: Annotated[
        Literal["organization.usage.embeddings.result"], Kind("Says that this is an embeddings result.")
    ] = "organization.usage.embeddings.result"
    """Says that this is an embeddings result."""
    input_tokens: Annotated[int, Count("Tokens that were embedded.")]
    """Tokens that were embedded."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""


@frozen(kw_only=True)
class UsageModerationsResult(Record):
    """Tokens and requests of moderations, per group."""

    object: Annotated[
        Literal["organization.usage.moderations.result"], Kind("Says that this is a moderations result.")
    ] = "organization.usage.moderations.result"
    """Says that this is a moderations result."""
    input_tokens: Annotated[int, Count("Tokens that were moderated.")]
    """Tokens that were moderated."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""


@frozen(kw_only=True)
class UsageImagesResult(Record):
    """Images and requests of image generation, per group."""

    object: Annotated[Literal["organization.usage.images.result"], Kind("Says that this is an images result.")] = (
        "organization.usage.images.result"
    )
    """Says that this is an images result."""
    images: Annotated[int, Count("Images that were processed.")]
    """Images that were processed."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    source: Annotated[
        str | None | Absent,
        GroupKey("How the images came to be."),
        Values(("image.generation", "image.edit", "image.variation"), in_prose=True),
    ] = ABSENT
    """How the images came to be. Such as `image.generation`, `image.edit`, `image.variation`."""
    size: Annotated[str | None | Absent, GroupKey("The width and height of the images.")] = ABSENT
    """The width and height of the images."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""


@frozen(kw_only=True)
class UsageAudioSpeechesResult(Record):
    """Characters and requests of speech synthesis, per group."""

    object: Annotated[
        Literal["organization.usage.audio_speeches.result"], Kind("Says that this is an audio speeches result.")
    ] = "organization.usage.audio_speeches.result"
    """Says that this is an audio speeches result."""
    characters: Annotated[int, Count("Characters that were spoken.")]
    """Characters that were spoken."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""


@frozen(kw_only=True)
class UsageAudioTranscriptionsResult(Record):
    """Seconds and requests of audio transcription, per group."""

    object: Annotated[
        Literal["organization.usage.audio_transcriptions.result"],
        Kind("Says that this is an audio transcriptions result."),
    ] = "organization.usage.audio_transcriptions.result"
    """Says that this is an audio transcriptions result."""
    seconds: Annotated[int, Count("Seconds of audio that were transcribed."), FormatSince("2026-05-13", "int64")]
    """Seconds of audio that were transcribed."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""


@frozen(kw_only=True)
class UsageVectorStoresResult(Record):
    """Bytes held in vector stores, per group."""

    object: Annotated[
        Literal["organization.usage.vector_stores.result"], Kind("Says that this is a vector stores result.")
    ] = "organization.usage.vector_stores.result"
    """Says that this is a vector stores result."""
    usage_bytes: Annotated[int, Count("Bytes that the vector stores held.")]
    """Bytes that the vector stores held."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""


@frozen(kw_only=True)
class UsageCodeInterpreterSessionsResult(Record):
    """Code interpreter sessions, per group."""

    ALSO_REQUIRED = {"sessions": "2025-02-10"}

    object: Annotated[
        Literal["organization.usage.code_interpreter_sessions.result"],
        Kind("Says that this is a code interpreter sessions result."),
    ] = "organization.usage.code_interpreter_sessions.result"
    """Says that this is a code interpreter sessions result."""
    num_sessions: Annotated[
        int | Absent,
        Count("Sessions that were started."),
        RenamedAt("2025-02-10", former="sessions"),
        RequiredSince("2026-05-13"),
    ] = ABSENT
    """Sessions that were started. Called `sessions` before 2025-02-10. Required since 2026-05-13."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""


@frozen(kw_only=True)
class UsageFileSearchCallsResult(Record):
    """File search calls, per group."""

    SINCE = "2026-05-21"

    object: Annotated[
        Literal["organization.usage.file_searches.result"], Kind("Says that this is a file searches result.")
    ] = "organization.usage.file_searches.result"
    """Says that this is a file searches result."""
    num_requests: Annotated[int, Count("Searches that were made.")]
    """Searches that were made."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    vector_store_id: Annotated[str | None | Absent, GroupKey("The vector store that was searched.")] = ABSENT
    """The vector store that was searched."""


@frozen(kw_only=True)
class UsageWebSearchCallsResult(Record):
    """Web search calls and the model requests that made them, per group."""

    SINCE = "2026-05-21"

    object: Annotated[
        Literal["organization.usage.web_searches.result"], Kind("Says that this is a web searches result.")
    ] = "organization.usage.web_searches.result"
    """Says that this is a web searches result."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    num_requests: Annotated[int, Count("Searches that were made.")]
    """Searches that were made."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""
    context_level: Annotated[str | None | Absent, GroupKey("How much context the searches were asked to bring.")] = (
        ABSENT
    )
    """How much context the searches were asked to bring."""
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT
    """The API through which the requests came. One of `agents_api`, `unlabeled`. Declared since 2026-10-06."""


@frozen(kw_only=True)
class UsageDecisionsResult(Record):
    """Tokens and requests of decisions, per group."""

    SINCE = "2026-10-14"

    object: Annotated[Literal["organization.usage.decisions.result"], Kind("Says that this is a decisions result.")] = (
        "organization.usage.decisions.result"
    )
    """Says that this is a decisions result."""
    input_tokens: Annotated[int, Count("All tokens sent to the model, cached ones included.")]
    """All tokens sent to the model, cached ones included."""
    input_cached_tokens: Annotated[int | None | Absent, Count("Input tokens that were read from the prompt cache.")] = (
        ABSENT
    )
    """Input tokens that were read from the prompt cache."""
    input_cache_write_tokens: Annotated[
        int | None | Absent,
        Count("Input tokens that were written to the prompt cache."),
        ALL_WRITES,
        SHORT_WRITES,
        WRITES_AGAIN,
    ] = ABSENT
    """
    Input tokens that were written to the prompt cache. From 2026-07-15 on: Here they are all writes, however long they
    are kept. From 2026-10-02 on: Here they are the writes that are kept for 30 minutes; those kept for 12 hours come on
    top in a sum. From 2026-10-21 on: Here they are all writes again, unless the 30-minute part is absent or null: then
    it may be either.
    """
    input_uncached_tokens: Annotated[
        int | None | Absent, Count("Input tokens that were neither read from nor written to the prompt cache.")
    ] = ABSENT
    """Input tokens that were neither read from nor written to the prompt cache."""
    output_tokens: Annotated[int, Count("All tokens that the model produced.")]
    """All tokens that the model produced."""
    input_text_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of text.")] = ABSENT
    """Uncached input tokens of text."""
    output_text_tokens: Annotated[int | None | Absent, Count("Output tokens of text.")] = ABSENT
    """Output tokens of text."""
    input_cached_text_tokens: Annotated[int | None | Absent, Count("Cached input tokens of text.")] = ABSENT
    """Cached input tokens of text."""
    input_audio_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of audio.")] = ABSENT
    """Uncached input tokens of audio."""
    input_cached_audio_tokens: Annotated[int | None | Absent, Count("Cached input tokens of audio.")] = ABSENT
    """Cached input tokens of audio."""
    output_audio_tokens: Annotated[int | None | Absent, Count("Output tokens of audio.")] = ABSENT
    """Output tokens of audio."""
    input_image_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of images.")] = ABSENT
    """Uncached input tokens of images."""
    input_cached_image_tokens: Annotated[int | None | Absent, Count("Cached input tokens of images.")] = ABSENT
    """Cached input tokens of images."""
    output_image_tokens: Annotated[int | None | Absent, Count("Output tokens of images.")] = ABSENT
    """Output tokens of images."""
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    """Requests made to the model."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    """The model that answered."""
    batch: Annotated[bool | None | Absent, GroupKey("Whether the requests came through the Batch API.")] = ABSENT
    """Whether the requests came through the Batch API."""
    service_tier: Annotated[str | None | Absent, GroupKey("The service tier that handled the requests.")] = ABSENT
    """The service tier that handled the requests."""
    input_cache_write_12h_tokens: Annotated[int | None | Absent, Count("Tokens written to the cache for 12 hours.")] = (
        ABSENT
    )
    """Tokens written to the cache for 12 hours."""
    api_source: Annotated[str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES] = (
        ABSENT
    )
    """The API through which the requests came. One of `agents_api`, `unlabeled`."""
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, Count("Tokens written to the cache for 30 minutes."), Since("2026-10-21")
    ] = ABSENT
    """Tokens written to the cache for 30 minutes. Declared since 2026-10-21."""


@frozen(kw_only=True)
class CostsResult(Record):
    """What was charged, per group."""

    ALSO_REQUIRED = {"sessions": "2024-12-16"}

    object: Annotated[Literal["organization.costs.result"], Kind("Says that this is a costs result.")] = (
        "organization.costs.result"
    )
    """Says that this is a costs result."""
    amount: Annotated[CostsResultAmount | Absent, Part("What was charged.")] = ABSENT
    """What was charged."""
    line_item: Annotated[str | None | Absent, GroupKey("The line of the bill.")] = ABSENT
    """The line of the bill."""
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    """The project that was charged."""
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used."), Since("2026-05-13")] = ABSENT
    """The API key that was used. Declared since 2026-05-13."""
    quantity: Annotated[
        Decimal | None | Absent,
        Quantity("How much was charged for, in the unit that quantity_unit names."),
        Since("2026-05-13"),
    ] = ABSENT
    """How much was charged for, in the unit that quantity_unit names. Declared since 2026-05-13."""
    quantity_unit: Annotated[
        str | None | Absent, Text("The unit in which the quantity is counted."), QUANTITY_UNITS, Since("2026-08-21")
    ] = ABSENT
    """
    The unit in which the quantity is counted. Such as `tokens`, `1000_tokens`, `duration_seconds`, `duration_minutes`,
    `duration_hours`, `gibibyte_hours`, `images`, `characters`. Declared since 2026-08-21.
    """
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT
    """The API through which the requests came. One of `agents_api`, `unlabeled`. Declared since 2026-10-06."""
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests."), Since("2026-10-06")] = ABSENT
    """The user who made the requests. Declared since 2026-10-06."""


@frozen(kw_only=True)
class UnknownResult(Record):
    """A result of a kind that the revision does not know; its `undeclared` members are all there is of it."""

    object: Annotated[str, Kind("The discriminator as it was sent.")]
    """The discriminator as it was sent."""


UsageResult = (
    UsageCompletionsResult
    | UsageEmbeddingsResult
    | UsageModerationsResult
    | UsageImagesResult
    | UsageAudioSpeechesResult
    | UsageAudioTranscriptionsResult
    | UsageVectorStoresResult
    | UsageCodeInterpreterSessionsResult
    | UsageFileSearchCallsResult
    | UsageWebSearchCallsResult
    | UsageDecisionsResult
    | CostsResult
)
"""Any result of a known kind, in the contract's own order."""


@frozen(kw_only=True)
class UsageTimeBucket(Record):
    """The results of one stretch of time."""

    object: Annotated[Literal["bucket"], Kind("Says that this is a bucket.")] = "bucket"
    """Says that this is a bucket."""
    start_time: Annotated[int, Time("When the bucket starts.")]
    """When the bucket starts."""
    end_time: Annotated[int, Time("When the bucket ends; this second is no longer part of it.")]
    """When the bucket ends; this second is no longer part of it."""
    results: Annotated[
        tuple[UsageResult | UnknownResult, ...],
        Items("One result for each group that had activity."),
        RenamedAt("2026-05-13", former="result"),
    ]
    """One result for each group that had activity. Called `result` before 2026-05-13."""


@frozen(kw_only=True)
class UsageResponse(Record):
    """One page of a report."""

    object: Annotated[Literal["page"], Kind("Says that this is a page.")] = "page"
    """Says that this is a page."""
    data: Annotated[tuple[UsageTimeBucket, ...], Items("The buckets of this page, in order of time.")]
    """The buckets of this page, in order of time."""
    has_more: Annotated[bool, Flag("Whether another page follows.")]
    """Whether another page follows."""
    next_page: Annotated[
        str | None, Text("The cursor of the page that follows; null if there is none."), NullSince("2026-05-13")
    ]
    """The cursor of the page that follows; null if there is none. May be null since 2026-05-13."""


# If Hypothesis was imported before, it has loaded the module that registers the records, which stands above this one.
if (_registering := sys.modules.get("usagecompat.strategies.registering")) is not None:
    _registering.register()
