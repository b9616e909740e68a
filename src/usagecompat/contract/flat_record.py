"""
The flat record of generated clients, each member one line as in `records.py`.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from attrs import Attribute, frozen

from usagecompat.contract.amount import CostsResultAmount
from usagecompat.contract.base import Record
from usagecompat.contract.markers import ABSENT, Absent, FlatMember, RenamedAt


def _without_former(_: type, members: "list[Attribute[object]]") -> "list[Attribute[object]]":
    """All members but the former name of one, which is an argument and a property, and no second member."""
    return [member for member in members if member.name != "sessions"]


@frozen(kw_only=True, field_transformer=_without_former)
class UsageTimeBucketResultInner(Record):
    """
    The flat record of generated clients: the members of all kinds in one object.

    No real record has all of them. `usagecompat.flatten` and `usagecompat.narrow` lead here and back.
    `sessions`, the name that `num_sessions` had before 2025-02-10, may be given and read in its place.
    """

    sessions: int | Absent = ABSENT
    """`num_sessions`, under the name that it had before 2025-02-10."""
    if not TYPE_CHECKING:  # for whom it is a member like any other

        def __init__(self, *, sessions: object = ABSENT, **members: object) -> None:  # noqa: D107 - what attrs writes
            if sessions is not ABSENT:
                members["num_sessions"] = sessions
            self.__attrs_init__(**members)

        @property
        def sessions(self) -> object:
            """`num_sessions`, under its former name."""
            return self.num_sessions

    object: Annotated[str | Absent, FlatMember("Says which kind the record really is.")] = ABSENT
    """Says which kind the record really is."""
    input_tokens: Annotated[int | Absent, FlatMember("Tokens sent, of the kinds that count tokens.")] = ABSENT
    """Tokens sent, of the kinds that count tokens."""
    input_cached_tokens: Annotated[int | None | Absent, FlatMember("Input tokens read from the prompt cache.")] = ABSENT
    """Input tokens read from the prompt cache."""
    input_cache_write_tokens: Annotated[
        int | None | Absent, FlatMember("Input tokens written to the prompt cache.")
    ] = ABSENT
    """Input tokens written to the prompt cache."""
    input_uncached_tokens: Annotated[
        int | None | Absent, FlatMember("Input tokens that had nothing to do with the prompt cache.")
    ] = ABSENT
    """Input tokens that had nothing to do with the prompt cache."""
    output_tokens: Annotated[int | Absent, FlatMember("Tokens produced, of the kinds that produce any.")] = ABSENT
    """Tokens produced, of the kinds that produce any."""
    input_text_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of text.")] = ABSENT
    """Uncached input tokens of text."""
    output_text_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of text.")] = ABSENT
    """Output tokens of text."""
    input_cached_text_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of text.")] = ABSENT
    """Cached input tokens of text."""
    input_audio_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of audio.")] = ABSENT
    """Uncached input tokens of audio."""
    input_cached_audio_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of audio.")] = ABSENT
    """Cached input tokens of audio."""
    output_audio_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of audio.")] = ABSENT
    """Output tokens of audio."""
    input_image_tokens: Annotated[int | None | Absent, FlatMember("Uncached input tokens of images.")] = ABSENT
    """Uncached input tokens of images."""
    input_cached_image_tokens: Annotated[int | None | Absent, FlatMember("Cached input tokens of images.")] = ABSENT
    """Cached input tokens of images."""
    output_image_tokens: Annotated[int | None | Absent, FlatMember("Output tokens of images.")] = ABSENT
    """Output tokens of images."""
    num_model_requests: Annotated[int | Absent, FlatMember("Requests made to a model.")] = ABSENT
    """Requests made to a model."""
    project_id: Annotated[str | None | Absent, FlatMember("The project that was charged.")] = ABSENT
    """The project that was charged."""
    user_id: Annotated[str | None | Absent, FlatMember("The user who made the requests.")] = ABSENT
    """The user who made the requests."""
    api_key_id: Annotated[str | None | Absent, FlatMember("The API key that was used.")] = ABSENT
    """The API key that was used."""
    model: Annotated[str | None | Absent, FlatMember("The model that answered.")] = ABSENT
    """The model that answered."""
    batch: Annotated[bool | None | Absent, FlatMember("Whether the requests came through the Batch API.")] = ABSENT
    """Whether the requests came through the Batch API."""
    service_tier: Annotated[str | None | Absent, FlatMember("The service tier that handled the requests.")] = ABSENT
    """The service tier that handled the requests."""
    input_cache_write_12h_tokens: Annotated[
        int | None | Absent, FlatMember("Tokens written to the cache for 12 hours.")
    ] = ABSENT
    """Tokens written to the cache for 12 hours."""
    api_source: Annotated[str | None | Absent, FlatMember("The API through which the requests came.")] = ABSENT
    """The API through which the requests came."""
    input_cache_write_30m_tokens: Annotated[
        int | None | Absent, FlatMember("Tokens written to the cache for 30 minutes.")
    ] = ABSENT
    """Tokens written to the cache for 30 minutes."""
    images: Annotated[int | Absent, FlatMember("Images, of an images record.")] = ABSENT
    """Images, of an images record."""
    source: Annotated[str | None | Absent, FlatMember("How the images came to be.")] = ABSENT
    """How the images came to be."""
    size: Annotated[str | None | Absent, FlatMember("The width and height of the images.")] = ABSENT
    """The width and height of the images."""
    characters: Annotated[int | Absent, FlatMember("Characters, of an audio speeches record.")] = ABSENT
    """Characters, of an audio speeches record."""
    seconds: Annotated[int | Absent, FlatMember("Seconds, of an audio transcriptions record.")] = ABSENT
    """Seconds, of an audio transcriptions record."""
    usage_bytes: Annotated[int | Absent, FlatMember("Bytes, of a vector stores record.")] = ABSENT
    """Bytes, of a vector stores record."""
    num_sessions: Annotated[
        int | Absent, FlatMember("Sessions, of a code interpreter record."), RenamedAt("2025-02-10", former="sessions")
    ] = ABSENT
    """Sessions, of a code interpreter record. Called `sessions` before 2025-02-10."""
    num_requests: Annotated[int | Absent, FlatMember("Searches, of a file or web searches record.")] = ABSENT
    """Searches, of a file or web searches record."""
    vector_store_id: Annotated[str | None | Absent, FlatMember("The vector store that was searched.")] = ABSENT
    """The vector store that was searched."""
    context_level: Annotated[str | None | Absent, FlatMember("How much context the searches were asked to bring.")] = (
        ABSENT
    )
    """How much context the searches were asked to bring."""
    amount: Annotated[CostsResultAmount | Absent, FlatMember("What was charged, of a costs record.")] = ABSENT
    """What was charged, of a costs record."""
    line_item: Annotated[str | None | Absent, FlatMember("The line of the bill.")] = ABSENT
    """The line of the bill."""
    quantity: Annotated[Decimal | None | Absent, FlatMember("How much was charged for.")] = ABSENT
    """How much was charged for."""
    quantity_unit: Annotated[str | None | Absent, FlatMember("The unit in which the quantity is counted.")] = ABSENT
    """The unit in which the quantity is counted."""
