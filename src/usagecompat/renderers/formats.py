"""
Reports as text of several formats, one file each.

A renderer takes what came of each payload, one after the other, and gives its text in pieces as soon as it can;
it judges nothing and counts nothing that decides an exit status.
To add a format, write `renderers/<name>.py` with such a function and add it to the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from usagecompat.renderers import github, json, junit, sarif, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from usagecompat.renderers.outcomes import Outcome

Renderer: TypeAlias = "Callable[[Iterable[Outcome]], Iterator[str]]"
"""The text of a format, in pieces that end where lines do."""

RENDERERS: Final[Mapping[str, Renderer]] = {
    "text": text.render_all,
    "json": json.render_all,
    "github": github.render_all,
    "sarif": sarif.render_all,
    "junit": junit.render_all,
}
"""Every format by name."""

IN_COLOUR: Final[Mapping[str, Renderer]] = {
    "text": text.render_all_in_colour,
}
"""What stands in for a format on a terminal that shows colours."""
