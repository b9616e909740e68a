"""
Where the API serves which kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINTS: Final[Mapping[str, str]] = {
    "organization.usage.completions.result": "usage/completions",
    "organization.usage.embeddings.result": "usage/embeddings",
    "organization.usage.moderations.result": "usage/moderations",
    "organization.usage.images.result": "usage/images",
    "organization.usage.audio_speeches.result": "usage/audio_speeches",
    "organization.usage.audio_transcriptions.result": "usage/audio_transcriptions",
    "organization.usage.vector_stores.result": "usage/vector_stores",
    "organization.usage.code_interpreter_sessions.result": "usage/code_interpreter_sessions",
    "organization.usage.file_searches.result": "usage/file_search_calls",
    "organization.usage.web_searches.result": "usage/web_search_calls",
    "organization.usage.decisions.result": "usage/decisions",
    "organization.costs.result": "costs",
}
"""Which endpoint, below `/v1/organization/`, answers with which kind."""

ROOT: Final = "/v1/organization/"
"""Below which path all endpoints are."""
