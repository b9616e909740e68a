"""
The contract: every record of the usage and costs endpoints, each member one line.

This file is the source from which schemas, converters, strategies and reference tables are derived.
A member's line gives its newest wire name, its type, what it means, and since when it is so.
`None` in a type means that null is allowed; `Absent` means that some revision lets the member be left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from attrs import frozen

from usagecompat.contract.base import Record
from usagecompat.contract.markers import (
    ABSENT,
    Absent,
    Count,
    Flag,
    FlatMember,
    FormatSince,
    GroupKey,
    Items,
    Kind,
    Means,
    Money,
    NullSince,
    Part,
    Quantity,
    RenamedAt,
    RequiredSince,
    Since,
    Text,
    Time,
    Values,
    is_number_text,
)
from usagecompat.jsontext import Number

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
    input_tokens: Annotated[int, Count("All tokens sent to the model, cached ones included.")]
    input_cached_tokens: Annotated[int | Absent, Count("Input tokens that were read from the prompt cache.")] = ABSENT
    input_cache_write_tokens: Annotated[
        int | Absent,
        Count("Input tokens that were written to the prompt cache."),
        Since("2026-07-15"),
        ALL_WRITES,
        SHORT_WRITES,
        WRITES_AGAIN,
    ] = ABSENT
    input_uncached_tokens: Annotated[
        int | Absent,
        Count("Input tokens that were neither read from nor written to the prompt cache."),
        Since("2026-07-15"),
    ] = ABSENT
    output_tokens: Annotated[int, Count("All tokens that the model produced.")]
    input_text_tokens: Annotated[int | Absent, Count("Uncached input tokens of text."), Since("2026-07-15")] = ABSENT
    output_text_tokens: Annotated[int | Absent, Count("Output tokens of text."), Since("2026-07-15")] = ABSENT
    input_cached_text_tokens: Annotated[int | Absent, Count("Cached input tokens of text."), Since("2026-07-15")] = (
        ABSENT
    )
    input_audio_tokens: Annotated[int | Absent, Count("Uncached input tokens of audio."), Since("2024-12-16")] = ABSENT
    input_cached_audio_tokens: Annotated[int | Absent, Count("Cached input tokens of audio."), Since("2026-07-15")] = (
        ABSENT
    )
    output_audio_tokens: Annotated[int | Absent, Count("Output tokens of audio."), Since("2024-12-16")] = ABSENT
    input_image_tokens: Annotated[int | Absent, Count("Uncached input tokens of images."), Since("2026-07-15")] = ABSENT
    input_cached_image_tokens: Annotated[int | Absent, Count("Cached input tokens of images."), Since("2026-07-15")] = (
        ABSENT
    )
    output_image_tokens: Annotated[int | Absent, Count("Output tokens of images."), Since("2026-07-15")] = ABSENT
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    batch: Annotated[bool | None | Absent, GroupKey("Whether the requests came through the Batch API.")] = ABSENT
    service_tier: Annotated[
        str | None | Absent, GroupKey("The service tier that handled the requests."), Since("2026-05-13")
    ] = ABSENT
    input_cache_write_12h_tokens: Annotated[
        int | Absent, Count("Tokens written to the cache for 12 hours."), Since("2026-10-02")
    ] = ABSENT
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, Count("Tokens written to the cache for 30 minutes."), Since("2026-10-21")
    ] = ABSENT


@frozen(kw_only=True)
class UsageEmbeddingsResult(Record):
    """Tokens and requests of embeddings, per group."""

    object: Annotated[
        Literal["organization.usage.embeddings.result"], Kind("Says that this is an embeddings result.")
    ] = "organization.usage.embeddings.result"
    input_tokens: Annotated[int, Count("Tokens that were embedded.")]
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT


@frozen(kw_only=True)
class UsageModerationsResult(Record):
    """Tokens and requests of moderations, per group."""

    object: Annotated[
        Literal["organization.usage.moderations.result"], Kind("Says that this is a moderations result.")
    ] = "organization.usage.moderations.result"
    input_tokens: Annotated[int, Count("Tokens that were moderated.")]
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT


@frozen(kw_only=True)
class UsageImagesResult(Record):
    """Images and requests of image generation, per group."""

    object: Annotated[Literal["organization.usage.images.result"], Kind("Says that this is an images result.")] = (
        "organization.usage.images.result"
    )
    images: Annotated[int, Count("Images that were processed.")]
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    source: Annotated[
        str | None | Absent,
        GroupKey("How the images came to be."),
        Values(("image.generation", "image.edit", "image.variation"), in_prose=True),
    ] = ABSENT
    size: Annotated[str | None | Absent, GroupKey("The width and height of the images.")] = ABSENT
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT


@frozen(kw_only=True)
class UsageAudioSpeechesResult(Record):
    """Characters and requests of speech synthesis, per group."""

    object: Annotated[
        Literal["organization.usage.audio_speeches.result"], Kind("Says that this is an audio speeches result.")
    ] = "organization.usage.audio_speeches.result"
    characters: Annotated[int, Count("Characters that were spoken.")]
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT


@frozen(kw_only=True)
class UsageAudioTranscriptionsResult(Record):
    """Seconds and requests of audio transcription, per group."""

    object: Annotated[
        Literal["organization.usage.audio_transcriptions.result"],
        Kind("Says that this is an audio transcriptions result."),
    ] = "organization.usage.audio_transcriptions.result"
    seconds: Annotated[int, Count("Seconds of audio that were transcribed."), FormatSince("2026-05-13", "int64")]
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT


@frozen(kw_only=True)
class UsageVectorStoresResult(Record):
    """Bytes held in vector stores, per group."""

    object: Annotated[
        Literal["organization.usage.vector_stores.result"], Kind("Says that this is a vector stores result.")
    ] = "organization.usage.vector_stores.result"
    usage_bytes: Annotated[int, Count("Bytes that the vector stores held.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT


@frozen(kw_only=True)
class UsageCodeInterpreterSessionsResult(Record):
    """Code interpreter sessions, per group."""

    ALSO_REQUIRED = {"sessions": "2025-02-10"}

    object: Annotated[
        Literal["organization.usage.code_interpreter_sessions.result"],
        Kind("Says that this is a code interpreter sessions result."),
    ] = "organization.usage.code_interpreter_sessions.result"
    num_sessions: Annotated[
        int | Absent,
        Count("Sessions that were started."),
        RenamedAt("2025-02-10", former="sessions"),
        RequiredSince("2026-05-13"),
    ] = ABSENT
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT


@frozen(kw_only=True)
class UsageFileSearchCallsResult(Record):
    """File search calls, per group."""

    SINCE = "2026-05-21"

    object: Annotated[
        Literal["organization.usage.file_searches.result"], Kind("Says that this is a file searches result.")
    ] = "organization.usage.file_searches.result"
    num_requests: Annotated[int, Count("Searches that were made.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    vector_store_id: Annotated[str | None | Absent, GroupKey("The vector store that was searched.")] = ABSENT


@frozen(kw_only=True)
class UsageWebSearchCallsResult(Record):
    """Web search calls and the model requests that made them, per group."""

    SINCE = "2026-05-21"

    object: Annotated[
        Literal["organization.usage.web_searches.result"], Kind("Says that this is a web searches result.")
    ] = "organization.usage.web_searches.result"
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    num_requests: Annotated[int, Count("Searches that were made.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    context_level: Annotated[str | None | Absent, GroupKey("How much context the searches were asked to bring.")] = (
        ABSENT
    )
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT


@frozen(kw_only=True)
class UsageDecisionsResult(Record):
    """Tokens and requests of decisions, per group."""

    SINCE = "2026-10-14"

    object: Annotated[Literal["organization.usage.decisions.result"], Kind("Says that this is a decisions result.")] = (
        "organization.usage.decisions.result"
    )
    input_tokens: Annotated[int, Count("All tokens sent to the model, cached ones included.")]
    input_cached_tokens: Annotated[int | None | Absent, Count("Input tokens that were read from the prompt cache.")] = (
        ABSENT
    )
    input_cache_write_tokens: Annotated[
        int | None | Absent,
        Count("Input tokens that were written to the prompt cache."),
        ALL_WRITES,
        SHORT_WRITES,
        WRITES_AGAIN,
    ] = ABSENT
    input_uncached_tokens: Annotated[
        int | None | Absent, Count("Input tokens that were neither read from nor written to the prompt cache.")
    ] = ABSENT
    output_tokens: Annotated[int, Count("All tokens that the model produced.")]
    input_text_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of text.")] = ABSENT
    output_text_tokens: Annotated[int | None | Absent, Count("Output tokens of text.")] = ABSENT
    input_cached_text_tokens: Annotated[int | None | Absent, Count("Cached input tokens of text.")] = ABSENT
    input_audio_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of audio.")] = ABSENT
    input_cached_audio_tokens: Annotated[int | None | Absent, Count("Cached input tokens of audio.")] = ABSENT
    output_audio_tokens: Annotated[int | None | Absent, Count("Output tokens of audio.")] = ABSENT
    input_image_tokens: Annotated[int | None | Absent, Count("Uncached input tokens of images.")] = ABSENT
    input_cached_image_tokens: Annotated[int | None | Absent, Count("Cached input tokens of images.")] = ABSENT
    output_image_tokens: Annotated[int | None | Absent, Count("Output tokens of images.")] = ABSENT
    num_model_requests: Annotated[int, Count("Requests made to the model.")]
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, GroupKey("The model that answered.")] = ABSENT
    batch: Annotated[bool | None | Absent, GroupKey("Whether the requests came through the Batch API.")] = ABSENT
    service_tier: Annotated[str | None | Absent, GroupKey("The service tier that handled the requests.")] = ABSENT
    input_cache_write_12h_tokens: Annotated[int | None | Absent, Count("Tokens written to the cache for 12 hours.")] = (
        ABSENT
    )
    api_source: Annotated[str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES] = (
        ABSENT
    )
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, Count("Tokens written to the cache for 30 minutes."), Since("2026-10-21")
    ] = ABSENT


@frozen(kw_only=True)
class CostsResultAmount(Record):
    """
    An amount of money; the API serves its value as a number or as a string that holds one.

    `value` is what was sent, so that it can be written back; `decimal` is the number in either case, to sum with.
    """

    value: Annotated[Decimal | str | Absent, Money("The amount in whole units of the currency, such as dollars.")] = (
        ABSENT
    )
    currency: Annotated[str | Absent, Text("The ISO 4217 code of the currency, in lower case.")] = ABSENT

    @property
    def decimal(self) -> Decimal:
        """
        The exact value as a number, whichever way it was sent: `sum(cost.amount.decimal for cost in costs)`.

        Raises:
            ValueError: There is no value, or a string that holds no number within the limits.
        """
        if self.value is ABSENT:
            raise ValueError("the amount has no `value`")
        if isinstance(self.value, str):
            if not is_number_text(self.value):
                raise ValueError(f"the amount's `value` is the string {self.value[:80]!r}, which holds no number")
            return Number(self.value).decimal
        return Decimal(self.value)


@frozen(kw_only=True)
class CostsResult(Record):
    """What was charged, per group."""

    ALSO_REQUIRED = {"sessions": "2024-12-16"}

    object: Annotated[Literal["organization.costs.result"], Kind("Says that this is a costs result.")] = (
        "organization.costs.result"
    )
    amount: Annotated[CostsResultAmount | Absent, Part("What was charged.")] = ABSENT
    line_item: Annotated[str | None | Absent, GroupKey("The line of the bill.")] = ABSENT
    project_id: Annotated[str | None | Absent, GroupKey("The project that was charged.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, GroupKey("The API key that was used."), Since("2026-05-13")] = ABSENT
    quantity: Annotated[
        Decimal | None | Absent,
        Quantity("How much was charged for, in the unit that quantity_unit names."),
        Since("2026-05-13"),
    ] = ABSENT
    quantity_unit: Annotated[
        str | None | Absent, Text("The unit in which the quantity is counted."), QUANTITY_UNITS, Since("2026-08-21")
    ] = ABSENT
    api_source: Annotated[
        str | None | Absent, GroupKey("The API through which the requests came."), API_SOURCES, Since("2026-10-06")
    ] = ABSENT
    user_id: Annotated[str | None | Absent, GroupKey("The user who made the requests."), Since("2026-10-06")] = ABSENT


@frozen(kw_only=True)
class UnknownResult(Record):
    """A result of a kind that the revision does not know; its `undeclared` members are all there is of it."""

    object: Annotated[str, Kind("The discriminator as it was sent.")]


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
    start_time: Annotated[int, Time("When the bucket starts.")]
    end_time: Annotated[int, Time("When the bucket ends; this second is no longer part of it.")]
    results: Annotated[
        tuple[UsageResult | UnknownResult, ...],
        Items("One result for each group that had activity."),
        RenamedAt("2026-05-13", former="result"),
    ]


@frozen(kw_only=True)
class UsageResponse(Record):
    """One page of a report."""

    object: Annotated[Literal["page"], Kind("Says that this is a page.")] = "page"
    data: Annotated[tuple[UsageTimeBucket, ...], Items("The buckets of this page, in order of time.")]
    has_more: Annotated[bool, Flag("Whether another page follows.")]
    next_page: Annotated[
        str | None, Text("The cursor of the page that follows; null if there is none."), NullSince("2026-05-13")
    ]


@frozen(kw_only=True)
class UsageTimeBucketResultInner(Record):
    """
    The flat record of generated clients: the members of all kinds in one object.

    No real record has all of them. `usagecompat.flatten` and `usagecompat.narrow` lead here and back.
    `sessions`, the name that `num_sessions` had before 2025-02-10, may be given and read in its place.
    """

    sessions: int | Absent = ABSENT
    """`num_sessions`, under the name that it had before 2025-02-10."""
    if not TYPE_CHECKING:  # for whom it is a member like any other
        del sessions, __annotations__["sessions"]

        def __init__(self, *, sessions: object = ABSENT, **members: object) -> None:  # noqa: D107 - what attrs writes
            if sessions is not ABSENT:
                members["num_sessions"] = sessions
            self.__attrs_init__(**members)

        @property
        def sessions(self) -> object:
            """`num_sessions`, under its former name."""
            return self.num_sessions

    object: Annotated[str | Absent, FlatMember("Says which kind the record really is.")] = ABSENT
    input_tokens: Annotated[int | Absent, FlatMember("Tokens sent, of the kinds that count tokens.")] = ABSENT
    input_cached_tokens: Annotated[int | None | Absent, FlatMember("Input tokens read from the prompt cache.")] = ABSENT
    input_cache_write_tokens: Annotated[
        int | None | Absent, FlatMember("Input tokens written to the prompt cache.")
    ] = ABSENT
    input_uncached_tokens: Annotated[
        int | None | Absent, FlatMember("Input tokens that had nothing to do with the prompt cache.")
    ] = ABSENT
    output_tokens: Annotated[int | Absent, FlatMember("Tokens produced, of the kinds that produce any.")] = ABSENT
    input_text_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of text.")] = ABSENT
    output_text_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of text.")] = ABSENT
    input_cached_text_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of text.")] = ABSENT
    input_audio_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of audio.")] = ABSENT
    input_cached_audio_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of audio.")] = ABSENT
    output_audio_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of audio.")] = ABSENT
    input_image_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of images.")] = ABSENT
    input_cached_image_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of images.")] = ABSENT
    output_image_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of images.")] = ABSENT
    num_model_requests: Annotated[int | Absent, FlatMember("Requests made to a model.")] = ABSENT
    project_id: Annotated[str | None | Absent, FlatMember("The project that was charged.")] = ABSENT
    user_id: Annotated[str | None | Absent, FlatMember("The user who made the requests.")] = ABSENT
    api_key_id: Annotated[str | None | Absent, FlatMember("The API key that was used.")] = ABSENT
    model: Annotated[str | None | Absent, FlatMember("The model that answered.")] = ABSENT
    batch: Annotated[bool | None | Absent, FlatMember("Whether the requests came through the Batch API.")] = ABSENT
    service_tier: Annotated[str | None | Absent, FlatMember("The service tier that handled the requests.")] = ABSENT
    input_cache_write_12h_tokens: Annotated[
        int | None | Absent, FlatMember("Tokens written to the cache for 12 hours.")
    ] = ABSENT
    api_source: Annotated[str | None | Absent, FlatMember("The API through which the requests came.")] = ABSENT
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, FlatMember("Tokens written to the cache for 30 minutes.")
    ] = ABSENT
    images: Annotated[int | Absent, FlatMember("Images, of an images record.")] = ABSENT
    source: Annotated[str | None | Absent, FlatMember("How the images came to be.")] = ABSENT
    size: Annotated[str | None | Absent, FlatMember("The width and height of the images.")] = ABSENT
    characters: Annotated[int | Absent, FlatMember("Characters, of an audio speeches record.")] = ABSENT
    seconds: Annotated[int | Absent, FlatMember("Seconds, of an audio transcriptions record.")] = ABSENT
    usage_bytes: Annotated[int | Absent, FlatMember("Bytes, of a vector stores record.")] = ABSENT
    num_sessions: Annotated[
        int | Absent, FlatMember("Sessions, of a code interpreter record."), RenamedAt("2025-02-10", former="sessions")
    ] = ABSENT
    num_requests: Annotated[int | Absent, FlatMember("Searches, of a file or web searches record.")] = ABSENT
    vector_store_id: Annotated[str | None | Absent, FlatMember("The vector store that was searched.")] = ABSENT
    context_level: Annotated[str | None | Absent, FlatMember("How much context the searches were asked to bring.")] = (
        ABSENT
    )
    amount: Annotated[CostsResultAmount | Absent, FlatMember("What was charged, of a costs record.")] = ABSENT
    line_item: Annotated[str | None | Absent, FlatMember("The line of the bill.")] = ABSENT
    quantity: Annotated[Decimal | None | Absent, FlatMember("How much was charged for.")] = ABSENT
    quantity_unit: Annotated[str | None | Absent, FlatMember("The unit in which the quantity is counted.")] = ABSENT
