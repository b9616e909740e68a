"""
A badge for each client: what the endpoint of shields.io takes, one JSON object.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.clients import ClientResult

_LABEL: Final = "usage API fidelity"
_COLOURS: Final[Mapping[Level | None, str]] = {
    None: "lightgrey",
    Level.NONE: "red",
    Level.VALUES: "orange",
    Level.PRESENCE: "yellow",
    Level.OPEN: "yellowgreen",
    Level.EXACT: "green",
    Level.LEXICAL: "brightgreen",
    Level.BYTES: "brightgreen",
}


def badge(client: ClientResult) -> str:
    """The badge of a client: its headline level; and how many cases were judged, if not all of those that count were."""
    found = client.headline
    level = "not judged" if found.level is None else found.level.name
    part = "" if found.judged == found.of else f" ({found.judged} of {found.of})"
    told = {"schemaVersion": 1, "label": _LABEL, "message": f"{level}{part}", "color": _COLOURS[found.level]}
    return json.dumps(told) + "\n"
