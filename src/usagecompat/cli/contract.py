"""
`usagecompat schema`: the contract, for other languages.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from usagecompat.cli import completing
from usagecompat.cli.commands import until_nobody_reads
from usagecompat.cli.formats import one_of
from usagecompat.cli.output import say, say_json
from usagecompat.cli.revision_option import REVISION
from usagecompat.contract import LATEST
from usagecompat.findings import Profile
from usagecompat.printing import counted

if TYPE_CHECKING:
    from typing import Literal

    from usagecompat.contract import Revision
    from usagecompat.findings import ProfileName, ShapeName

_DRAFTS: Final = ("2020-12", "draft-07")
_DIRECTORY: Final = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("shape", default="bucket", metavar="[SHAPE]", shell_complete=completing.shapes_and_records)
@click.option("--revision", type=REVISION, metavar="DATE|FILE", default=LATEST, show_default=True)
@one_of(
    "--profile",
    Profile,
    Profile.PUBLISHED,
    help_="The published contract alone, or also what the API is known to serve.",
)
@click.option("--draft", type=click.Choice(_DRAFTS), default=_DRAFTS[0], show_default=True)
@click.option(
    "--write",
    type=_DIRECTORY,
    metavar="[DIR]",
    is_flag=False,
    flag_value=Path("schemas"),
    help="Write all generated schema files to DIR, or to schemas/.",
)
@click.option(
    "--check",
    type=_DIRECTORY,
    metavar="[DIR]",
    is_flag=False,
    flag_value=Path("schemas"),
    help="Fail if the generated schema files in DIR, or in schemas/, are not what would be written.",
)
@click.pass_context
@until_nobody_reads()
def schema(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    shape: ShapeName,
    revision: Revision,
    profile: ProfileName,
    draft: Literal["2020-12", "draft-07"],
    write: Path | None,
    check: Path | None,
) -> None:
    """
    Print the JSON Schema of a shape, or write the schema files.

    SHAPE is page, bucket (the default), result, amount, flat, or the name of a record such as CostsResult.
    What is printed needs no other file.

    \b
    Example: usagecompat schema page --revision 2025-02-10 --profile served
    Example: usagecompat schema --check schemas/
    """  # noqa: D301 - click's own mark
    from usagecompat.contract import json_schema as schemas  # noqa: PLC0415 - `revisions` needs none

    if write and check:
        raise click.UsageError("Either write the files or check them.")
    if write:
        changed = schemas.write_all(write)
        say(f"{write}: {_files(len(changed))} written of {len(schemas.files())}")
    elif check:
        stale = schemas.drift(check)
        for name in stale:
            say(str(check / name))
        if stale:
            told = f"{_files(len(stale))} above: not what the records give; to fix this: usagecompat schema --write {check}"
            say(told, err=True)
        context.exit(1 if stale else 0)
    else:
        say_json(schemas.schema(shape, revision, draft, profile), indent=2)


def _files(count: int) -> str:
    return counted(count, "file")
