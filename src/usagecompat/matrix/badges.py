"""
A badge for each client: what the endpoint of shields.io takes, one JSON object.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from usagecompat.clients import badge_of

if TYPE_CHECKING:
    from usagecompat.clients import ClientResult

_LABEL: Final = "usage API fidelity"


def badge(client: ClientResult) -> str:
    """The badge of a client."""
    found = badge_of(client)
    told = {"schemaVersion": 1, "label": _LABEL, "message": found.message, "color": found.colour.word}
    return json.dumps(told) + "\n"
