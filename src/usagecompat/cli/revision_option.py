"""
What can be given for a revision: the date of a published one, or the file of a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from usagecompat.contract import REVISIONS
from usagecompat.exceptions import CorruptDraft, NoSuchRevision

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_DRAFT: Final = "usagecompat.cli.draft"


class _Revision(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions
    """A date or a file, as the name of a revision."""

    name = "revision"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's interface
        """How help names the value."""
        return "DATE|FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's interface
        """The revision; misuse if there is none."""
        if value in REVISIONS:
            return str(value)
        from usagecompat.contract import revision_named  # noqa: PLC0415 - a date needs no tree

        try:
            read = revision_named(value)
        except NoSuchRevision:
            dates = ", ".join(map(repr, REVISIONS))
            self.fail(f"{value!r} is not one of {dates}, and no file of a draft.", param, ctx)
        except CorruptDraft as error:
            self.fail(str(error), param, ctx)
        if ctx:
            ctx.meta[_DRAFT] = str(value)
        return read

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The dates that begin so; files, if none does."""
        from usagecompat.cli.completing import dates_or_files  # noqa: PLC0415 - needed only while something is completed

        return dates_or_files(ctx, param, incomplete)


def draft_file(context: click.Context) -> str | None:
    """The file of the draft that was given; None if there is none."""
    found: str | None = context.meta.get(_DRAFT)
    return found


REVISION: Final = _Revision()
"""The type of options that take a revision."""
