"""
The table of formats that `check` has for reports, by name.

A renderer takes what came of each payload, one after the other, and gives its text in pieces as soon as it can;
it judges nothing and counts nothing that decides an exit status.
To add a format, write `renderers/<name>.py` with such a function and add its name to the table.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from usagecompat.renderers.outcomes import Outcome

Renderer: TypeAlias = "Callable[[Iterable[Outcome]], Iterator[str]]"
"""The text of a format, in pieces that end where lines do."""


def _renderer(module: str, function: str = "render_all") -> Renderer:
    """A renderer, whose module is imported when it is used: most need what no other needs."""

    def render(outcomes: Iterable[Outcome]) -> Iterator[str]:
        renderer = getattr(import_module(f"usagecompat.renderers.{module}"), function)
        return cast("Renderer", renderer)(outcomes)

    return render


RENDERERS: Final[Mapping[str, Renderer]] = {
    name: _renderer(name) for name in ("text", "json", "github", "sarif", "junit")
}
"""Every format by name."""

IN_COLOUR: Final[Mapping[str, Renderer]] = {"text": _renderer("text", "render_all_in_colour")}
"""What stands in for a format on a terminal that shows colours."""
