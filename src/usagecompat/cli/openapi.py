"""
`usagecompat openapi`: the contract as an OpenAPI document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from usagecompat.cli.commands import until_nobody_reads
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.output import put_json
from usagecompat.cli.revision_option import REVISION
from usagecompat.contract import LATEST
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from usagecompat.contract import Revision

_EPILOG = "Exit status: 0 done, 2 misuse. What is in the document, and what OpenAPI cannot express: docs/openapi.md."


@click.command(epilog=_EPILOG)
@click.option("--revision", type=REVISION, metavar="DATE|FILE", default=LATEST, show_default=True)
@one_of(
    "--profile",
    Profile,
    Profile.PUBLISHED,
    help_="Allow what the revision declares, or also what the API is known to serve.",
)
@formats(("yaml", "json"), default="yaml")
@click.option(
    "--like-vendor",
    is_flag=True,
    help="Describe results as the vendor's own document does, for code generators: no error answers, no links, and a "
    "discriminator without a mapping.",
)
@until_nobody_reads()
def openapi(*, revision: Revision, profile: str, format_: str, like_vendor: bool) -> None:
    """
    Print the OpenAPI document of the usage and costs endpoints.

    It has every parameter with its limits, the error answers, the key, a discriminator with a mapping, and a link from
    next_page to page.

    \b
    Example: usagecompat openapi > openapi.yaml
    Example: usagecompat openapi --revision 2026-08-21 --profile served --format json
    """  # noqa: D301 - click's own mark
    from usagecompat.contract.openapi import as_json, as_yaml, openapi_document  # noqa: PLC0415 - needed only now

    if like_vendor and profile == Profile.SERVED.value:
        raise click.UsageError(
            "--like-vendor and --profile served exclude each other: the vendor's document has one profile."
        )
    document = openapi_document(revision, profile=profile, like_vendor=like_vendor)
    put_json(as_json(document) if format_ == "json" else as_yaml(document))
